//! Receiving for Class 1: waits for the carrier that the client named, then gives it frames one at a time or a page.

use super::{DLE, ETX, Fax, Modulation, V21};
use crate::device::modem::{Mode, Modem, Output};
use crate::exchange::FaxSignal;
use crate::time::SimTime;
use crate::wire::at::ResultCode;

/// A carrier that the client waits for or receives.
#[derive(Debug)]
pub(in super::super) struct Receiver {
    modulation: &'static Modulation,
    frames: bool,
    /// `CONNECT` was said.
    pub(super) is_open: bool,
    /// The frames of a new call: without a carrier until the moment the call has failed.
    pub(super) until: Option<SimTime>,
}

/// The check sequence of a frame as it follows it on the line (T.30 5.3.7: CRC-16, lowest bit first, inverted).
fn check_sequence(frame: &[u8]) -> [u8; 2] {
    let crc = frame.iter().fold(0xffff_u16, |crc, octet| {
        (0..8).fold(crc ^ u16::from(*octet), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0x8408
            } else {
                crc >> 1
            }
        })
    });
    (!crc).to_le_bytes()
}

pub(in super::super) fn shielded(octets: impl IntoIterator<Item = u8>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for octet in octets {
        bytes.push(octet);
        if octet == DLE {
            bytes.push(DLE);
        }
    }
    bytes
}

impl Modem {
    pub(super) fn start_receiving(
        &mut self,
        modulation: &'static Modulation,
        frames: bool,
        until: Option<SimTime>,
        now: SimTime,
    ) {
        self.mode = Mode::Fax(Box::new(Fax::Receive(Receiver {
            modulation,
            frames,
            is_open: false,
            until,
        })));
        self.receive_more(now);
    }

    /// Gives the client what the line has brought.
    pub(super) fn receive_more(&mut self, _: SimTime) {
        loop {
            let Mode::Fax(fax) = &mut self.mode else { return };
            let Fax::Receive(receiver) = &mut **fax else {
                return;
            };
            let Some(signal) = self.fax_line.signals.pop_front() else {
                // What comes after a frame of this carrier is waited for; after the call nothing comes.
                if self.fax_line.far_end_is_gone {
                    let is_open = receiver.is_open;
                    self.end_receiving(is_open, &ResultCode::NoCarrier);
                }
                return;
            };
            let (frames, is_open, wanted) = (receiver.frames, receiver.is_open, receiver.modulation.code);
            match signal {
                FaxSignal::CarrierOn(code) if code == wanted => {
                    receiver.is_open = true;
                    receiver.until = None;
                    self.result(&ResultCode::Connect);
                }
                // T.31 8.3.4: the wrong carrier, which is mostly a frame in place of a page.
                FaxSignal::CarrierOn(code) => {
                    self.fax_line.signals.push_front(FaxSignal::CarrierOn(code));
                    let error = ResultCode::Extended("+FCERROR".to_owned());
                    return self.end_receiving(false, &error);
                }
                FaxSignal::Frame(frame) if frames => {
                    if !is_open {
                        self.result(&ResultCode::Connect);
                    }
                    let check = check_sequence(&frame);
                    let bytes = shielded(frame.into_iter().chain(check));
                    self.outputs.push_back(Output::Data(bytes));
                    return self.end_receiving(true, &ResultCode::Ok);
                }
                FaxSignal::Bits(octets) if is_open && !frames => {
                    self.outputs.push_back(Output::Data(shielded(octets)));
                }
                FaxSignal::CarrierOff if is_open || (frames && wanted == V21.code) => {
                    if is_open && !frames {
                        let rest = receiver.modulation.turn_off();
                        self.outputs.push_back(Output::Data(rest));
                    }
                    return self.end_receiving(is_open && !frames, &ResultCode::NoCarrier);
                }
                FaxSignal::Frame(_)
                | FaxSignal::Bits(_)
                | FaxSignal::CarrierOff
                | FaxSignal::Cng
                | FaxSignal::Ced => {}
            }
        }
    }

    /// Ends what the client receives; a stream that has begun gets its end mark.
    pub(super) fn end_receiving(&mut self, is_open: bool, code: &ResultCode) {
        if is_open {
            self.outputs.push_back(Output::Data(vec![DLE, ETX]));
        }
        self.mode = Mode::Command;
        self.pending.clear();
        self.result(code);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sequence_of_a_known_frame() {
        // RFC 1662 C.2: a frame with its own check sequence leaves 0xf0b8 in the register.
        let frame = [0xff, 0x13, 0x84];
        let mut whole = frame.to_vec();
        whole.extend(check_sequence(&frame));
        assert_eq!(u16::from_le_bytes(check_sequence(&whole)), !0xf0b8_u16);
        assert_eq!(check_sequence(b"123456789"), [0x6e, 0x90]);
    }
}
