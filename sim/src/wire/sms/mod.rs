//! Short messages (3GPP TS 23.040): SMS-SUBMIT, SMS-DELIVER and SMS-STATUS-REPORT to values and back, and their alphabets
//! (23.038).

mod alphabet;
mod pdu;

use serde::{Deserialize, Serialize};

pub use alphabet::{gsm_from_text, gsm_to_text, pack, unpack};
pub use pdu::{
    PduError, REPORT_TYPE, Stamp, deliver_pdu, deliver_type, parse_submit, report_pdu, submit_pdu,
    submit_type,
};

/// A message, whether it is sent or received.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct ShortMessage {
    /// The other number: whom it is for, or who sent it. With `+` where it is international.
    pub number: String,
    /// Protocol identifier, octet 0 for a plain message.
    pub protocol: u8,
    /// Data coding scheme: 0 for the GSM alphabet, 4 for octets, 8 for UCS-2.
    pub coding: u8,
    /// The reference by which its sender wants a status report, where he does.
    pub report: Option<u8>,
    /// The user data begins with a header, as parts of a long message do.
    pub has_header: bool,
    /// The user data: septets, one an octet, in the GSM alphabet without a header; octets as they are otherwise.
    pub data: Vec<u8>,
    /// How many septets or octets the user data has.
    pub length: u8,
}

impl ShortMessage {
    /// A message of a text, in the GSM alphabet where it has all characters, in UCS-2 otherwise. What is longer than
    /// one message holds is cut off.
    pub fn of_text(number: &str, text: &str) -> ShortMessage {
        let (coding, mut data) = match gsm_from_text(text) {
            Some(septets) => (0, septets),
            None => (8, text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        };
        data.truncate(if coding == 0 { 160 } else { 140 });
        ShortMessage {
            number: number.to_owned(),
            protocol: 0,
            coding,
            report: None,
            has_header: false,
            length: u8::try_from(data.len()).unwrap_or(u8::MAX),
            data,
        }
    }

    /// Whether the user data is septets.
    pub fn is_septets(&self) -> bool {
        is_septets(self.coding)
    }

    /// The text, as far as the message is one.
    pub fn text(&self) -> String {
        match self.coding & 0x0c {
            0x08 => {
                let units: Vec<u16> = self
                    .data
                    .chunks_exact(2)
                    .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
                    .collect();
                String::from_utf16_lossy(&units)
            }
            0x04 => String::from_utf8_lossy(&self.data).into_owned(),
            _ if self.has_header => String::new(),
            _ => gsm_to_text(&self.data),
        }
    }
}

/// What became of a message, as the service centre tells its sender (23.040 9.2.2.3).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct StatusReport {
    /// The reference of the message.
    pub reference: u8,
    /// Whom it was for.
    pub number: String,
    /// What became of it.
    pub status: Delivery,
}

/// The states that a service centre reports here, by their numbers in 23.040 9.2.3.15.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Delivery {
    /// It was received.
    Received = 0x00,
    /// Whoever has the number takes no messages.
    IncompatibleDestination = 0x41,
    /// Nobody has the number.
    NotObtainable = 0x43,
    /// The receiver had no room, and the centre has given up.
    ErrorInReceiver = 0x65,
}

/// Whether a data coding scheme means septets (23.038 clause 4): not octets, not UCS-2.
fn is_septets(coding: u8) -> bool {
    match coding >> 4 {
        0..=3 => coding & 0x0c == 0 || coding & 0x0c == 0x0c,
        0xf => coding & 0x04 == 0,
        _ => true,
    }
}
