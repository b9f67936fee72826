//! Frames of T.30 between values and octets: the control field, identifications, and what DIS and DCS say of pages. Octets
//! are as HDLC carries them and as T.31 clients see them: the first bit on the line is the lowest.

use std::fmt;

/// Facsimile control fields, with the bit that tells who sends them at 0.
#[allow(missing_docs, reason = "each is the signal of its name in T.30 5.3.6.1")]
pub mod fcf {
    pub const NSF: u8 = 0x20;
    pub const CSI: u8 = 0x40;
    pub const DIS: u8 = 0x80;
    pub const TSI: u8 = 0x42;
    pub const DCS: u8 = 0x82;
    pub const CFR: u8 = 0x84;
    pub const FTT: u8 = 0x44;
    pub const EOM: u8 = 0x8e;
    pub const MPS: u8 = 0x4e;
    pub const EOP: u8 = 0x2e;
    pub const MCF: u8 = 0x8c;
    pub const RTP: u8 = 0xcc;
    pub const RTN: u8 = 0x4c;
    pub const PIP: u8 = 0xac;
    pub const PIN: u8 = 0x2c;
    pub const DCN: u8 = 0xfa;
}

/// The bit of the control field that the station sets which has received a DIS.
const X: u8 = 0x01;
const ADDRESS: u8 = 0xff;
const CONTROL: u8 = 0x03;
const FINAL: u8 = 0x10;
/// Characters of an identification.
pub const ID_LENGTH: usize = 20;

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The control field of [`fcf`].
    pub fcf: u8,
    /// Its lowest bit: the sender has received a DIS.
    pub x: bool,
    /// The last frame before the other station speaks.
    pub is_final: bool,
    /// The information field.
    pub fif: Vec<u8>,
}

impl Frame {
    /// From the address to the last octet of the information, without the check sequence.
    pub fn to_octets(&self) -> Vec<u8> {
        let control = CONTROL | if self.is_final { FINAL } else { 0 };
        let mut octets = vec![ADDRESS, control, self.fcf | u8::from(self.x)];
        octets.extend(&self.fif);
        octets
    }

    /// The frame in these octets; `None` where they are too few or begin otherwise.
    pub fn parse(octets: &[u8]) -> Option<Frame> {
        let [ADDRESS, control, fcf, fif @ ..] = octets else {
            return None;
        };
        (control & !FINAL == CONTROL).then(|| Frame {
            fcf: fcf & !X,
            x: fcf & X != 0,
            is_final: control & FINAL != 0,
            fif: fif.to_vec(),
        })
    }
}

/// An identification as CSI and TSI carry it: its last character first, filled up with blanks.
pub fn write_id(id: &str) -> Vec<u8> {
    let mut octets: Vec<u8> = id.bytes().take(ID_LENGTH).collect();
    octets.reverse();
    octets.resize(ID_LENGTH, b' ');
    octets
}

/// The identification in the information field of CSI or TSI; what cannot be printed is left out.
pub fn read_id(fif: &[u8]) -> String {
    let chars = fif.iter().take(ID_LENGTH).rev().map(|octet| char::from(*octet));
    let text: String = chars.filter(|c| matches!(c, ' '..='~') && *c != '"').collect();
    text.trim().to_owned()
}

/// How pages are sent, or the most that a station can do: the subparameters of T.32 8.5.1.1. Error correction, files and
/// JPEG are not among them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageFormat {
    /// VR: 0 for 98 lines an inch, 1 for 196.
    pub resolution: u8,
    /// BR: 0 to 5 for 2400 to 14,400 bit/s in steps of 2400.
    pub rate: u8,
    /// WD: 0 for 215 mm, 1 for 255 mm, 2 for 303 mm.
    pub width: u8,
    /// LN: 0 for A4, 1 for B4, 2 for any length.
    pub length: u8,
    /// DF: 0 for one-dimensional coding, 1 for two-dimensional.
    pub coding: u8,
    /// ST, the time a line takes at least: 0 for none, 7 for 40 ms.
    pub scan_time: u8,
}

/// Bits 21 to 23 of DIS for each scan time, bit 21 lowest.
const DIS_SCAN_TIMES: [u8; 8] = [0b111, 0b001, 0b110, 0b010, 0b011, 0b000, 0b101, 0b100];
/// Bits 11 to 14 of DCS for each rate, bit 11 lowest: V.27 ter, V.29, V.17.
const DCS_RATES: [u8; 6] = [0b0000, 0b0010, 0b0011, 0b0001, 0b1010, 0b1000];
/// What DCS may say beside them: V.17 at 7200 and 9600 bit/s.
const DCS_V17: [(u8, u8); 2] = [(0b1011, 2), (0b1001, 3)];

impl PageFormat {
    /// The values of a list such as `1,5,0,2,0,0,0,0`; what is left out or out of range is 0.
    pub fn from_list(list: &str) -> PageFormat {
        let values: Vec<u8> = list.split(',').map(|text| text.parse().unwrap_or(0)).collect();
        let value = |place: usize, most: u8| values.get(place).copied().filter(|v| *v <= most).unwrap_or(0);
        PageFormat {
            resolution: value(0, 1),
            rate: value(1, 5),
            width: value(2, 2),
            length: value(3, 2),
            coding: value(4, 1),
            scan_time: value(7, 7),
        }
    }

    /// What a sender with these capabilities uses towards a receiver with those.
    pub fn agree(self, receiver: PageFormat) -> PageFormat {
        let resolution = self.resolution.min(receiver.resolution);
        // A time in two parts is halved at the fine resolution.
        let scan_time = match (receiver.scan_time, resolution) {
            (2, 0) => 3,
            (2, _) => 1,
            (4, 0) => 5,
            (4, _) => 3,
            (6, 0) => 7,
            (6, _) => 5,
            (time, _) => time,
        };
        PageFormat {
            resolution,
            rate: self.rate.min(receiver.rate),
            width: self.width.min(receiver.width),
            length: self.length.min(receiver.length),
            coding: self.coding.min(receiver.coding),
            scan_time,
        }
    }

    /// Bit/s.
    pub fn bit_rate(self) -> u32 {
        2400 * (u32::from(self.rate) + 1)
    }

    fn third_octet(self, scan_time: u8) -> u8 {
        let width = [0b00, 0b01, 0b10][usize::from(self.width.min(2))];
        let length = [0b00, 0b01, 0b10][usize::from(self.length.min(2))];
        width | length << 2 | scan_time << 4
    }

    fn second_octet(self, rate: u8) -> u8 {
        // Bit 10: a receiver, or a page for one.
        0b10 | rate << 2 | self.resolution.min(1) << 6 | self.coding.min(1) << 7
    }

    /// The information field of a DIS with these capabilities.
    pub fn to_dis(self) -> Vec<u8> {
        let rate = match self.rate {
            0 => 0b0000,
            1 => 0b0010,
            2 | 3 => 0b0011,
            _ => 0b1011,
        };
        let time = DIS_SCAN_TIMES[usize::from(self.scan_time.min(7))];
        vec![0, self.second_octet(rate), self.third_octet(time)]
    }

    /// The information field of a DCS for these pages.
    pub fn to_dcs(self) -> Vec<u8> {
        let rate = DCS_RATES[usize::from(self.rate.min(5))];
        let time = DIS_SCAN_TIMES[usize::from(self.scan_time.min(7))];
        vec![0, self.second_octet(rate), self.third_octet(time)]
    }

    /// What a DIS says; of what is missing, the least.
    pub fn from_dis(fif: &[u8]) -> PageFormat {
        let rate = match fif.get(1).copied().unwrap_or(0) >> 2 & 0b1111 {
            0b1011 => 5,
            0b0001 | 0b0011 => 3,
            0b0010 => 1,
            _ => 0,
        };
        PageFormat::read(fif, rate)
    }

    /// What a DCS says.
    pub fn from_dcs(fif: &[u8]) -> PageFormat {
        let bits = fif.get(1).copied().unwrap_or(0) >> 2 & 0b1111;
        let plain = DCS_RATES.iter().position(|known| *known == bits);
        let rate = plain.and_then(|rate| u8::try_from(rate).ok());
        let v17 = || {
            DCS_V17
                .iter()
                .find(|(known, _)| *known == bits)
                .map(|(_, rate)| *rate)
        };
        PageFormat::read(fif, rate.or_else(v17).unwrap_or(0))
    }

    fn read(fif: &[u8], rate: u8) -> PageFormat {
        let second = fif.get(1).copied().unwrap_or(0);
        let third = fif.get(2).copied().unwrap_or(0);
        let of_two = |bits: u8| match bits & 0b11 {
            0b01 => 1,
            0b10 => 2,
            _ => 0,
        };
        let time = DIS_SCAN_TIMES
            .iter()
            .position(|known| *known == third >> 4 & 0b111);
        PageFormat {
            resolution: second >> 6 & 1,
            rate,
            width: of_two(third),
            length: of_two(third >> 2),
            coding: second >> 7,
            scan_time: time.and_then(|time| u8::try_from(time).ok()).unwrap_or(5),
        }
    }
}

impl fmt::Display for PageFormat {
    /// As T.32 lists it: VR, BR, WD, LN, DF, EC, BF, ST.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let PageFormat {
            resolution,
            rate,
            width,
            length,
            coding,
            scan_time,
        } = self;
        write!(f, "{resolution},{rate},{width},{length},{coding},0,0,{scan_time}")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_format() -> impl Strategy<Value = PageFormat> {
        (0u8..2, 0u8..6, 0u8..3, 0u8..3, 0u8..2, 0u8..8).prop_map(
            |(resolution, rate, width, length, coding, scan_time)| PageFormat {
                resolution,
                rate,
                width,
                length,
                coding,
                scan_time,
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(format in any_format()) {
            prop_assert_eq!(PageFormat::from_dcs(&format.to_dcs()), format);
            prop_assert_eq!(PageFormat::from_list(&format.to_string()), format);
            // DIS tells families of modulations, not single rates.
            let rate = match format.rate { 2 => 3, 4 => 5, rate => rate };
            prop_assert_eq!(PageFormat::from_dis(&format.to_dis()), PageFormat { rate, ..format });
        }

        #[test]
        fn nobody_is_sent_what_he_cannot_take(ours in any_format(), theirs in any_format()) {
            let agreed = ours.agree(theirs);
            prop_assert!(agreed.rate <= ours.rate.min(theirs.rate) && agreed.width <= theirs.width);
            prop_assert!(agreed.coding <= theirs.coding && agreed.resolution <= theirs.resolution);
        }

        #[test]
        fn frames_survive_their_octets(fcf in any::<u8>(), flags in any::<(bool, bool)>(), fif in any::<Vec<u8>>()) {
            let frame = Frame { fcf: fcf & !1, x: flags.0, is_final: flags.1, fif };
            prop_assert_eq!(Frame::parse(&frame.to_octets()), Some(frame));
        }

        #[test]
        fn no_octets_make_it_panic(octets in any::<Vec<u8>>()) {
            let fif = Frame::parse(&octets).map_or_else(Vec::new, |frame| frame.fif);
            let _ = (PageFormat::from_dis(&fif), PageFormat::from_dcs(&fif), read_id(&fif));
        }

        #[test]
        fn identifications_survive(id in "[ !#-~]{0,20}") {
            prop_assert_eq!(read_id(&write_id(&id)), id.trim());
        }
    }

    #[test]
    fn a_dis_as_clients_send_it() {
        // V.17, fine, two-dimensional, any length, no scan time.
        let format = PageFormat::from_dis(&[0x00, 0xee, 0xf8]);
        assert_eq!(format.to_string(), "1,5,0,2,1,0,0,0");
        assert_eq!(write_id("+49 1")[..5], *b"1 94+");
    }
}
