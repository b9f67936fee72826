//! SMS-SUBMIT, SMS-DELIVER and SMS-STATUS-REPORT (23.040 9.2.2) with the service centre's address before them, as 27.005 has them.

use super::{ShortMessage, StatusReport, is_septets, pack, unpack};
use crate::exchange::WallClock;

/// TP-SRR of an SMS-SUBMIT, and TP-SRI of an SMS-DELIVER: the sender wants a status report.
const REPORT: u8 = 0x20;

/// A moment as service centres stamp it. The year counts from 2000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// 0 to 99.
    pub year: u8,
    /// Month, day, hour and minute.
    pub clock: WallClock,
    /// 0 to 59.
    pub second: u8,
}

impl Stamp {
    /// Semi-octets, the time zone being that of Greenwich.
    fn octets(self) -> [u8; 7] {
        let WallClock {
            month,
            day,
            hour,
            minute,
        } = self.clock;
        [self.year, month, day, hour, minute, self.second, 0].map(|part| (part % 10) << 4 | (part / 10 % 10))
    }
}

/// Why octets are no SMS-SUBMIT.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PduError {
    /// They end before the message does.
    #[error("the message ends early")]
    Short,
    /// The message is of another type.
    #[error("message type {0} is no SMS-SUBMIT")]
    Type(u8),
    /// An address has a digit that is none.
    #[error("the address is no number")]
    Address,
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], PduError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(PduError::Short)?;
        self.0 = rest;
        Ok(taken)
    }

    fn octet(&mut self) -> Result<u8, PduError> {
        Ok(self.take(1)?.first().copied().unwrap_or(0))
    }
}

/// The message in the octets after the service centre's address, and the octets that were that address.
///
/// # Errors
/// Where the octets are no SMS-SUBMIT.
pub fn parse_submit(octets: &[u8]) -> Result<(ShortMessage, usize), PduError> {
    let mut reader = Reader(octets);
    let centre = usize::from(reader.octet()?);
    reader.take(centre)?;
    let first = reader.octet()?;
    if first & 0x03 != 1 {
        return Err(PduError::Type(first & 0x03));
    }
    reader.octet()?; // the reference, which the modem counts itself
    let digits = usize::from(reader.octet()?);
    let kind = reader.octet()?;
    let number = read_address(reader.take(digits.div_ceil(2))?, digits, kind)?;
    let protocol = reader.octet()?;
    let coding = reader.octet()?;
    let validity = match first >> 3 & 0x03 {
        0 => 0,
        2 => 1,
        _ => 7,
    };
    reader.take(validity)?;
    let length = reader.octet()?;
    let has_header = first & 0x40 != 0;
    let count = usize::from(length);
    let data = if is_septets(coding) {
        let packed = reader.take((count * 7).div_ceil(8))?;
        if has_header {
            packed.to_vec()
        } else {
            unpack(packed, count)
        }
    } else {
        reader.take(count)?.to_vec()
    };
    let message = ShortMessage {
        number,
        protocol,
        coding,
        report: (first & REPORT != 0).then_some(0),
        has_header,
        data,
        length,
    };
    Ok((message, centre + 1))
}

/// The octets of an SMS-SUBMIT without validity, after an empty service centre's address.
pub fn submit_pdu(message: &ShortMessage) -> Vec<u8> {
    let mut octets = vec![0, submit_type(message), 0];
    write_address(&mut octets, &message.number);
    octets.extend([message.protocol, message.coding]);
    write_data(&mut octets, message);
    octets
}

/// The octets of an SMS-DELIVER, after an empty service centre's address.
pub fn deliver_pdu(message: &ShortMessage, stamp: Stamp) -> Vec<u8> {
    let mut octets = vec![0, deliver_type(message)];
    write_address(&mut octets, &message.number);
    octets.extend([message.protocol, message.coding]);
    octets.extend(stamp.octets());
    write_data(&mut octets, message);
    octets
}

/// The octets of an SMS-STATUS-REPORT, after an empty service centre's address.
pub fn report_pdu(report: &StatusReport, sent: Stamp, done: Stamp) -> Vec<u8> {
    let mut octets = vec![0, REPORT_TYPE, report.reference];
    write_address(&mut octets, &report.number);
    octets.extend(sent.octets());
    octets.extend(done.octets());
    octets.push(report.status as u8);
    octets
}

/// The first octet of an SMS-STATUS-REPORT: its type, and no more messages waiting.
pub const REPORT_TYPE: u8 = 0x06;

/// The first octet of an SMS-SUBMIT without validity.
pub fn submit_type(message: &ShortMessage) -> u8 {
    0x01 | flags(message)
}

/// The first octet of an SMS-DELIVER with no more messages waiting.
pub fn deliver_type(message: &ShortMessage) -> u8 {
    0x04 | flags(message)
}

fn flags(message: &ShortMessage) -> u8 {
    let header = if message.has_header { 0x40 } else { 0 };
    let report = if message.report.is_some() { REPORT } else { 0 };
    header | report
}

fn write_data(octets: &mut Vec<u8>, message: &ShortMessage) {
    octets.push(message.length);
    if message.is_septets() && !message.has_header {
        octets.extend(pack(&message.data));
    } else {
        octets.extend(&message.data);
    }
}

/// Semi-octets, the first digit in the low half; 0xf fills an odd one up.
fn write_address(octets: &mut Vec<u8>, number: &str) {
    let (kind, digits) = match number.strip_prefix('+') {
        Some(digits) => (0x91, digits),
        None => (0x81, number),
    };
    let halves: Vec<u8> = digits.chars().filter_map(half_of).take(20).collect();
    octets.extend([u8::try_from(halves.len()).unwrap_or(20), kind]);
    octets.extend(
        halves
            .chunks(2)
            .map(|pair| pair[0] | pair.get(1).copied().unwrap_or(0xf) << 4),
    );
}

fn half_of(digit: char) -> Option<u8> {
    match digit {
        '0'..='9' => digit.to_digit(10).and_then(|value| u8::try_from(value).ok()),
        '*' => Some(10),
        '#' => Some(11),
        'a'..='c' => Some(digit as u8 - b'a' + 12),
        _ => None,
    }
}

fn read_address(octets: &[u8], digits: usize, kind: u8) -> Result<String, PduError> {
    let mut number = String::new();
    if kind >> 4 & 7 == 1 {
        number.push('+');
    }
    let halves = octets
        .iter()
        .flat_map(|octet| [octet & 0x0f, octet >> 4])
        .take(digits);
    for half in halves {
        number.push(match half {
            0..=9 => char::from(b'0' + half),
            10 => '*',
            11 => '#',
            12..=14 => char::from(b'a' + half - 12),
            _ => return Err(PduError::Address),
        });
    }
    Ok(number)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::sms::Delivery;

    #[test]
    fn a_well_known_submit_is_read() {
        // To +46708251358, "hellohello", as text books have it.
        let octets = [
            0x00, 0x11, 0x00, 0x0b, 0x91, 0x64, 0x07, 0x28, 0x15, 0x53, 0xf8, 0x00, 0x00, 0xaa, 0x0a, 0xe8,
            0x32, 0x9b, 0xfd, 0x46, 0x97, 0xd9, 0xec, 0x37,
        ];
        let (message, centre) = parse_submit(&octets).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(
            (message.number.as_str(), message.text().as_str(), centre),
            ("+46708251358", "hellohello", 1)
        );
        assert_eq!(parse_submit(&octets[..20]), Err(PduError::Short));
        assert_eq!(parse_submit(&[0, 0x00, 0]), Err(PduError::Type(0)));
    }

    #[test]
    fn a_deliver_bears_its_time() {
        let clock = WallClock {
            month: 12,
            day: 31,
            hour: 23,
            minute: 59,
        };
        let stamp = Stamp {
            year: 26,
            clock,
            second: 58,
        };
        let octets = deliver_pdu(&ShortMessage::of_text("123", "a"), stamp);
        assert_eq!(
            octets,
            [
                0, 0x04, 3, 0x81, 0x21, 0xf3, 0, 0, 0x62, 0x21, 0x13, 0x32, 0x95, 0x85, 0, 1, 0x61
            ]
        );
    }

    #[test]
    fn a_status_report_says_what_became_of_which_message() {
        let stamp = |second| Stamp {
            year: 26,
            clock: WallClock::default(),
            second,
        };
        let report = StatusReport {
            reference: 7,
            number: "+46708251358".into(),
            status: Delivery::NotObtainable,
        };
        let octets = report_pdu(&report, stamp(0), stamp(12));
        let expected = [
            0x00, 0x06, 0x07, 0x0b, 0x91, 0x64, 0x07, 0x28, 0x15, 0x53, 0xf8, 0x62, 0x10, 0x10, 0x21, 0x00,
            0x00, 0x00, 0x62, 0x10, 0x10, 0x21, 0x00, 0x21, 0x00, 0x43,
        ];
        assert_eq!(octets, expected);
    }

    proptest! {
        #[test]
        fn a_message_survives_its_octets(
            number in "\\+?[0-9*#]{1,20}",
            text in "[ -Z€а-я]{0,60}",
            wants_report in any::<bool>(),
        ) {
            let report = wants_report.then_some(0);
            let message = ShortMessage { report, ..ShortMessage::of_text(&number, &text) };
            prop_assert_eq!(parse_submit(&submit_pdu(&message)), Ok((message.clone(), 1)));
            prop_assert_eq!(message.text(), text);
        }

        #[test]
        fn no_octets_make_the_reader_panic(octets in proptest::collection::vec(any::<u8>(), 0..60)) {
            parse_submit(&octets).map(drop).unwrap_or_default();
        }
    }
}
