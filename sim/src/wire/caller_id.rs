//! Caller id as it crosses the line (Telcordia GR-30, GR-31; ETSI EN 300 659-3): one message in SDMF or MDMF.

use crate::exchange::{CallerId, WallClock};

/// Message types.
const SDMF: u8 = 0x04;
const MDMF: u8 = 0x80;
/// Parameters of MDMF.
const DATE_AND_TIME: u8 = 0x01;
const NUMBER: u8 = 0x02;
const NO_NUMBER: u8 = 0x04;
const NAME: u8 = 0x07;
const NO_NAME: u8 = 0x08;

/// Why a message says nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CallerIdError {
    /// It is shorter than it says.
    #[error("the message ends early")]
    Short,
    /// Its octets do not add up to 0.
    #[error("the checksum does not fit")]
    Checksum,
    /// It is neither SDMF nor MDMF.
    #[error("the message type {0:#04x} is no caller id")]
    Type(u8),
    /// Date and time are no digits.
    #[error("the date and time are not eight digits")]
    Clock,
}

/// The message of a caller: type, length, contents, checksum. A caller known by number only is sent in SDMF, as an
/// exchange without names does; `P` and `O` in place of a number or a name are the reasons for its absence.
pub fn encode(caller: &CallerId, clock: WallClock) -> Vec<u8> {
    let clock = format!(
        "{:02}{:02}{:02}{:02}",
        clock.month, clock.day, clock.hour, clock.minute
    );
    let number = caller.number.as_deref().unwrap_or("P");
    let mut contents = Vec::new();
    let kind = match &caller.name {
        None => {
            contents.extend(clock.bytes());
            contents.extend(number.bytes());
            SDMF
        }
        Some(name) => {
            parameter(&mut contents, DATE_AND_TIME, &clock);
            parameter(
                &mut contents,
                if is_reason(number) { NO_NUMBER } else { NUMBER },
                number,
            );
            parameter(&mut contents, if is_reason(name) { NO_NAME } else { NAME }, name);
            MDMF
        }
    };
    contents.truncate(255);
    let mut message = vec![kind, u8::try_from(contents.len()).unwrap_or(u8::MAX)];
    message.extend(contents);
    let sum = message.iter().fold(0u8, |sum, octet| sum.wrapping_add(*octet));
    message.push(sum.wrapping_neg());
    message
}

/// The caller and the clock of a message. Parameters that are unknown are passed over.
///
/// # Errors
/// Where the message is not whole, not caller id, or its checksum is wrong.
pub fn decode(message: &[u8]) -> Result<(CallerId, WallClock), CallerIdError> {
    let [kind, length, rest @ ..] = message else {
        return Err(CallerIdError::Short);
    };
    let contents = rest.get(..usize::from(*length)).ok_or(CallerIdError::Short)?;
    let whole = message.get(..contents.len() + 3).ok_or(CallerIdError::Short)?;
    if whole.iter().fold(0u8, |sum, octet| sum.wrapping_add(*octet)) != 0 {
        return Err(CallerIdError::Checksum);
    }
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let mut caller = CallerId::default();
    if *kind == SDMF {
        let (clock, number) = contents.split_at_checked(8).ok_or(CallerIdError::Short)?;
        caller.number = Some(text(number)).filter(|number| number != "P");
        return Ok((caller, read_clock(clock)?));
    }
    if *kind != MDMF {
        return Err(CallerIdError::Type(*kind));
    }
    let mut clock = WallClock::default();
    let mut rest = contents;
    while let [kind, length, more @ ..] = rest {
        let (value, after) = more
            .split_at_checked(usize::from(*length))
            .ok_or(CallerIdError::Short)?;
        match *kind {
            DATE_AND_TIME => clock = read_clock(value)?,
            NUMBER | NO_NUMBER => caller.number = Some(text(value)).filter(|number| number != "P"),
            NAME | NO_NAME => caller.name = Some(text(value)),
            _ => {}
        }
        rest = after;
    }
    Ok((caller, clock))
}

fn is_reason(text: &str) -> bool {
    matches!(text, "P" | "O")
}

fn parameter(contents: &mut Vec<u8>, kind: u8, value: &str) {
    let value = value.as_bytes();
    let length = u8::try_from(value.len()).unwrap_or(u8::MAX);
    contents.extend([kind, length]);
    contents.extend(&value[..usize::from(length)]);
}

fn read_clock(digits: &[u8]) -> Result<WallClock, CallerIdError> {
    let pair = |at: usize| match digits.get(at..at + 2) {
        Some([tens, ones]) if tens.is_ascii_digit() && ones.is_ascii_digit() => {
            Ok((tens - b'0') * 10 + (ones - b'0'))
        }
        _ => Err(CallerIdError::Clock),
    };
    Ok(WallClock {
        month: pair(0)?,
        day: pair(2)?,
        hour: pair(4)?,
        minute: pair(6)?,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_two_formats_as_gr_30_prints_them() {
        let clock = WallClock {
            month: 3,
            day: 27,
            hour: 13,
            minute: 19,
        };
        let message = encode(&CallerId::number("5551234"), clock);
        assert_eq!(message[..2], [0x04, 15]);
        assert_eq!(message[2..17], *b"032713195551234");
        let named = CallerId {
            number: None,
            name: Some("A FRIEND".into()),
        };
        let message = encode(&named, clock);
        assert_eq!(message[..4], [0x80, 23, 0x01, 8]);
        assert_eq!(message[12..15], [0x04, 1, b'P']);
        assert_eq!(decode(&message), Ok((named, clock)));
    }

    #[test]
    fn damage_is_noticed() {
        let mut message = encode(&CallerId::number("1"), WallClock::default());
        assert_eq!(decode(&message[..5]), Err(CallerIdError::Short));
        message[4] ^= 1;
        assert_eq!(decode(&message), Err(CallerIdError::Checksum));
        assert_eq!(decode(&[0x82, 0, 0x7e]), Err(CallerIdError::Type(0x82)));
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(
            number in proptest::option::of("[0-9*#]{1,20}"),
            name in proptest::option::of("[A-NQ-Z ]{1,15}"),
            clock in (1u8..13, 1u8..29, 0u8..24, 0u8..60),
        ) {
            let caller = CallerId { number, name };
            let clock = WallClock { month: clock.0, day: clock.1, hour: clock.2, minute: clock.3 };
            prop_assert_eq!(decode(&encode(&caller, clock)), Ok((caller, clock)));
        }

        #[test]
        fn no_octets_make_the_decoder_panic(octets in proptest::collection::vec(any::<u8>(), 0..60)) {
            decode(&octets).map(drop).unwrap_or_default();
        }
    }
}
