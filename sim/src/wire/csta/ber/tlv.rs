//! Elements of BER: identifier, length, content.

use super::{DEPTH_MAX, DecodeError};
use crate::wire::csta::schema::{Class, Tag};

/// One element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element<'a> {
    /// Its tag.
    pub tag: Tag,
    /// Whether its content is elements again.
    pub constructed: bool,
    /// Its content, without the end-of-contents mark of an indefinite length.
    pub content: &'a [u8],
    /// All of it, identifier and length included.
    pub whole: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// A reader of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        Reader { rest: bytes }
    }

    /// What has not been read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// The next element, `None` at the end.
    pub fn element(&mut self) -> Result<Option<Element<'a>>, DecodeError> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let element = first(self.rest)?;
        self.rest = self.rest.get(element.whole.len()..).unwrap_or_default();
        Ok(Some(element))
    }
}

/// The element that `bytes` begin with.
pub fn first(bytes: &[u8]) -> Result<Element<'_>, DecodeError> {
    first_at(bytes, 0)
}

/// How long the element is that `bytes` begin with, identifier and length included, once they say so.
pub fn announced(bytes: &[u8]) -> Option<usize> {
    let (_, _, at) = identifier(bytes).ok()?;
    let (at, length) = length(bytes, at).ok()?;
    at.checked_add(length?)
}

fn first_at(bytes: &[u8], depth: usize) -> Result<Element<'_>, DecodeError> {
    let (tag, constructed, at) = identifier(bytes)?;
    let (at, length) = length(bytes, at)?;
    let Some(length) = length else {
        return indefinite(bytes, tag, constructed, at, depth);
    };
    let end = at.checked_add(length).ok_or(DecodeError::Oversized)?;
    let content = bytes.get(at..end).ok_or(DecodeError::Truncated)?;
    Ok(Element {
        tag,
        constructed,
        content,
        whole: &bytes[..end],
    })
}

/// Where the content begins whose length stands at `at`, and that length; `None` for an indefinite one.
fn length(bytes: &[u8], mut at: usize) -> Result<(usize, Option<usize>), DecodeError> {
    let first_length = *bytes.get(at).ok_or(DecodeError::Truncated)?;
    at += 1;
    if first_length == 0x80 {
        return Ok((at, None));
    }
    let mut length = usize::from(first_length);
    if first_length > 0x80 {
        let count = usize::from(first_length & 0x7F);
        let digits = bytes.get(at..at + count).ok_or(DecodeError::Truncated)?;
        at += count;
        let significant = digits.iter().skip_while(|digit| **digit == 0);
        if significant.clone().count() > 4 {
            return Err(DecodeError::Oversized);
        }
        length = significant.fold(0, |length, digit| length << 8 | usize::from(*digit));
    }
    Ok((at, Some(length)))
}

fn identifier(bytes: &[u8]) -> Result<(Tag, bool, usize), DecodeError> {
    let first = *bytes.first().ok_or(DecodeError::Truncated)?;
    let class = match first >> 6 {
        0 => Class::Universal,
        1 => Class::Application,
        2 => Class::Context,
        _ => Class::Private,
    };
    let constructed = first & 0x20 != 0;
    let mut number = u32::from(first & 0x1F);
    let mut at = 1;
    if number == 0x1F {
        number = 0;
        loop {
            let digit = *bytes.get(at).ok_or(DecodeError::Truncated)?;
            at += 1;
            if number >> 24 != 0 {
                return Err(DecodeError::Oversized);
            }
            number = number << 7 | u32::from(digit & 0x7F);
            if digit & 0x80 == 0 {
                break;
            }
        }
    }
    Ok((Tag::new(class, number), constructed, at))
}

/// An element that ends with two zero bytes where its content would go on (X.690 clause 8.1.3.6).
fn indefinite(
    bytes: &[u8],
    tag: Tag,
    constructed: bool,
    start: usize,
    depth: usize,
) -> Result<Element<'_>, DecodeError> {
    if !constructed {
        return Err(DecodeError::BadContent("primitive element of indefinite length"));
    }
    if depth >= DEPTH_MAX {
        return Err(DecodeError::TooDeep);
    }
    let mut at = start;
    loop {
        let rest = bytes.get(at..).ok_or(DecodeError::Truncated)?;
        if rest.starts_with(&[0, 0]) {
            return Ok(Element {
                tag,
                constructed,
                content: &bytes[start..at],
                whole: &bytes[..at + 2],
            });
        }
        at += first_at(rest, depth + 1)?.whole.len();
    }
}

/// Puts identifier and length before the content that `out` holds from `start` on.
pub(super) fn enclose(out: &mut Vec<u8>, start: usize, tag: Tag, constructed: bool) {
    let length = out.len() - start;
    let mut header = Vec::with_capacity(6);
    let lead = (tag.class as u8) << 6 | u8::from(constructed) << 5;
    match u8::try_from(tag.number) {
        Ok(number @ 0..=30) => header.push(lead | number),
        _ => {
            header.push(lead | 0x1F);
            base128(&mut header, u64::from(tag.number));
        }
    }
    match u8::try_from(length) {
        Ok(short @ 0..=0x7F) => header.push(short),
        _ => {
            let digits = length.to_be_bytes();
            let zeros = digits.iter().take_while(|digit| **digit == 0).count();
            header.push(0x80 | (digits.len() - zeros) as u8);
            header.extend_from_slice(&digits[zeros..]);
        }
    }
    out.splice(start..start, header);
}

/// `number` in sevens of bits, most significant first, all but the last with the top bit set.
pub(super) fn base128(out: &mut Vec<u8>, number: u64) {
    let groups = (u64::BITS - number.leading_zeros()).div_ceil(7).max(1);
    for group in (0..groups).rev() {
        let more = if group == 0 { 0 } else { 0x80 };
        out.push((number >> (7 * group) & 0x7F) as u8 | more);
    }
}
