//! Frames: a little-endian `u32` length and that many bytes of postcard.

use serde::{Serialize, de::DeserializeOwned};
use std::io::{self, Read, Write};

/// The longest payload of a frame, in bytes; more is a breach of the protocol, not a reason to allocate.
pub const MAX_FRAME: usize = 16 << 20;

/// Bytes of the length in front of each payload.
const PREFIX: usize = 4;

/// The place of [`crate::Message::Fault`] among the variants, which [`encode_fault`] writes without that type.
const FAULT_VARIANT: u32 = 8;

/// Why a frame could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum FrameError {
    /// The pipe failed.
    #[error("the protocol pipe failed")]
    Io(#[from] io::Error),
    /// The stream ended inside a frame.
    #[error("the stream ended inside a frame")]
    Truncated,
    /// The length is more than [`MAX_FRAME`].
    #[error("a frame of {0} bytes is longer than the {MAX_FRAME} that are allowed")]
    TooLong(usize),
    /// The payload is no value of the expected type.
    #[error("a frame holds something else than the protocol's types: {0}")]
    Malformed(#[from] postcard::Error),
    /// The payload goes on after the value.
    #[error("a frame holds {0} bytes more than its value")]
    Trailing(usize),
}

/// Puts one frame into `buffer`, replacing what was there.
pub fn encode_frame<T: Serialize>(value: &T, buffer: &mut Vec<u8>) -> Result<(), FrameError> {
    buffer.clear();
    buffer.extend_from_slice(&[0; PREFIX]);
    let mut whole = postcard::to_extend(value, std::mem::take(buffer))?;
    let length = whole.len() - PREFIX;
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(length));
    }
    whole[..PREFIX].copy_from_slice(&u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    *buffer = whole;
    Ok(())
}

/// Writes one frame in one write, so that a small frame reaches a pipe whole, and flushes.
pub fn write_frame<T: Serialize>(to: &mut impl Write, value: &T) -> Result<(), FrameError> {
    let mut buffer = Vec::with_capacity(128);
    encode_frame(value, &mut buffer)?;
    to.write_all(&buffer)?;
    to.flush()?;
    Ok(())
}

/// Reads one frame; `None` where the stream ends between two frames.
pub fn read_frame<T: DeserializeOwned>(from: &mut impl Read) -> Result<Option<T>, FrameError> {
    let mut prefix = [0; PREFIX];
    let mut filled = 0;
    while filled < PREFIX {
        match from.read(&mut prefix[filled..]) {
            Ok(0) if filled == 0 => return Ok(None),
            Ok(0) => return Err(FrameError::Truncated),
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let length = payload_length(prefix)?;
    // `take` grows the buffer by what arrives, so that a garbled length allocates nothing.
    let mut payload = Vec::with_capacity(length.min(4096));
    from.take(length as u64).read_to_end(&mut payload)?;
    if payload.len() < length {
        return Err(FrameError::Truncated);
    }
    decode(&payload).map(Some)
}

/// Takes one frame off the front of `bytes`, which then begin behind it; `None` where it is not all there yet.
pub fn take_frame<T: DeserializeOwned>(bytes: &mut &[u8]) -> Result<Option<T>, FrameError> {
    let Some((prefix, rest)) = bytes.split_first_chunk() else {
        return Ok(None);
    };
    let Some((payload, behind)) = rest.split_at_checked(payload_length(*prefix)?) else {
        return Ok(None);
    };
    let value = decode(payload)?;
    *bytes = behind;
    Ok(Some(value))
}

fn payload_length(prefix: [u8; PREFIX]) -> Result<usize, FrameError> {
    let length = usize::try_from(u32::from_le_bytes(prefix)).unwrap_or(usize::MAX);
    if length > MAX_FRAME {
        return Err(FrameError::TooLong(length));
    }
    Ok(length)
}

fn decode<T: DeserializeOwned>(payload: &[u8]) -> Result<T, FrameError> {
    let (value, rest) = postcard::take_from_bytes(payload)?;
    if rest.is_empty() {
        Ok(value)
    } else {
        Err(FrameError::Trailing(rest.len()))
    }
}

/// Puts the frame of a [`crate::Message::Fault`] into `buffer` and returns its length, `None` where it does not fit.
///
/// It allocates nothing, because a crash handler may not.
pub fn encode_fault(
    buffer: &mut [u8],
    code: u32,
    address: u64,
    at: u64,
    (module, offset): (&str, u64),
    note: &str,
) -> Option<usize> {
    let (prefix, payload) = buffer.split_at_mut_checked(PREFIX)?;
    let fault = (FAULT_VARIANT, code, address, at, module, offset, note);
    let length = postcard::to_slice(&fault, payload).ok()?.len();
    prefix.copy_from_slice(&u32::try_from(length).ok()?.to_le_bytes());
    Some(PREFIX + length)
}
