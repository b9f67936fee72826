//! The framings of reliable streams: where a frame ends, and what goes before it.

use super::{BODY_MAX, Frame, Framing, FramingError};
use crate::wire::csta::ber;

/// What an Annex J frame has before its XML: two zeros, two bytes of length, four digits.
const ANNEX_J_HEADER: usize = 8;

/// The first frame of `input` and its length with all that belongs to it, `None` where it is not whole yet.
pub(super) fn split(framing: Framing, input: &[u8]) -> Result<Option<(Frame, usize)>, FramingError> {
    match framing {
        Framing::AnnexJ => annex_j(input),
        Framing::HiPath => {
            expect(input, 0, 0x26)?;
            match input.get(1) {
                Some(high) if high & 0x80 == 0 => Err(FramingError::NotAFrame { found: *high }),
                _ => counted(input, 1, 0x7FFF, BODY_MAX),
            }
        }
        Framing::Panasonic => counted(input, 0, 0xFFFF, PANASONIC_MAX),
        Framing::Alcatel => match ber::first(input) {
            Ok(element) => Ok(Some((Frame::new(element.whole.to_vec()), element.whole.len()))),
            Err(ber::DecodeError::Truncated) => {
                let length = ber::announced(input).unwrap_or(input.len());
                if length > BODY_MAX {
                    return Err(FramingError::Length { length });
                }
                Ok(None)
            }
            Err(_) => Err(FramingError::NotBer),
        },
        Framing::Length16 | Framing::Serial => counted(input, 0, 0xFFFF, BODY_MAX),
    }
}

/// The longest APDU that Panasonic's clients take, in bytes.
const PANASONIC_MAX: usize = 240;

fn expect(input: &[u8], at: usize, byte: u8) -> Result<(), FramingError> {
    match input.get(at) {
        Some(found) if *found != byte => Err(FramingError::NotAFrame { found: *found }),
        _ => Ok(()),
    }
}

fn counted(input: &[u8], at: usize, mask: u16, max: usize) -> Result<Option<(Frame, usize)>, FramingError> {
    let Some(&[high, low]) = input.get(at..at + 2) else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([high, low]) & mask);
    if length == 0 || length > max {
        return Err(FramingError::Length { length });
    }
    let start = at + 2;
    Ok(input
        .get(start..start + length)
        .map(|body| (Frame::new(body.to_vec()), start + length)))
}

fn annex_j(input: &[u8]) -> Result<Option<(Frame, usize)>, FramingError> {
    expect(input, 0, 0)?;
    expect(input, 1, 0)?;
    let Some(&[high, low]) = input.get(2..4) else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    // A client that no one here wrote answers with frames that are empty.
    if !(ANNEX_J_HEADER..=BODY_MAX + ANNEX_J_HEADER).contains(&length) {
        return Err(FramingError::Length { length });
    }
    let Some(frame) = input.get(..length) else {
        return Ok(None);
    };
    let (header, body) = frame.split_at(ANNEX_J_HEADER);
    let mut invoke = 0;
    for digit in &header[4..] {
        if !digit.is_ascii_digit() {
            return Err(FramingError::InvokeId);
        }
        invoke = invoke * 10 + u16::from(digit - b'0');
    }
    Ok(Some((
        Frame {
            invoke: Some(invoke),
            body: body.to_vec(),
        },
        length,
    )))
}

/// Appends `frame` to `out`.
pub(super) fn join(framing: Framing, frame: &Frame, out: &mut Vec<u8>) -> Result<(), FramingError> {
    let length = frame.body.len();
    let max = if framing == Framing::Panasonic {
        PANASONIC_MAX
    } else {
        BODY_MAX
    };
    let counted = u16::try_from(length).ok().filter(|_| length > 0 && length <= max);
    let counted = counted.ok_or(FramingError::Length { length })?;
    match framing {
        Framing::AnnexJ => {
            let invoke = frame
                .invoke
                .filter(|invoke| *invoke <= 9999)
                .ok_or(FramingError::InvokeId)?;
            out.extend([0, 0]);
            out.extend((counted + ANNEX_J_HEADER as u16).to_be_bytes());
            out.extend(format!("{invoke:04}").bytes());
        }
        Framing::HiPath => {
            out.push(0x26);
            out.extend((0x8000 | counted).to_be_bytes());
        }
        Framing::Length16 | Framing::Panasonic | Framing::Serial => out.extend(counted.to_be_bytes()),
        Framing::Alcatel => {}
    }
    out.extend_from_slice(&frame.body);
    Ok(())
}
