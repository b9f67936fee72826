//! Reads what variable parts hold: strings in their formats, lists, bytes.

use std::slice::ChunksExact;

use super::Structure;
use super::decode::{Place, members};
use super::problem::LayoutProblem;
use super::rows::Content;
use super::value::Value;
use crate::tspi::version::Version;

/// How the strings of a structure are written (`dwStringFormat`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// UTF-16.
    Unicode,
    /// One byte a character, or two in the system's double-byte set.
    Narrow,
    /// No string at all.
    Binary,
    /// No known constant; read as Unicode, with a remark.
    Unknown(u32),
}

impl Format {
    /// The format of a structure's strings where its dwStringFormat has this value. From version 2.0 on all of TSPI is
    /// Unicode, and what LINEDEVCAPS and PHONECAPS say of it is obsolete (`functions-with-unicode-w-versions.md`): only
    /// VARSTRING still means it.
    pub(super) fn of(structure: &Structure, version: Version, constant: u32) -> Format {
        match Format::from_constant(constant) {
            Format::Narrow if version >= Version::V2_0 && structure.name != "VARSTRING" => Format::Unicode,
            format => format,
        }
    }

    /// The format named by a STRINGFORMAT_ constant.
    fn from_constant(value: u32) -> Format {
        match value {
            1 | 2 => Format::Narrow,
            3 => Format::Unicode,
            4 => Format::Binary,
            unknown => Format::Unknown(unknown),
        }
    }
}

/// Reads a part. `bytes` are the part's own; `counted` is the member that counts its entries, with its value; `place`
/// knows the whole, for lists whose entries point into it.
pub(super) fn read(
    part: &'static str,
    content: Content,
    bytes: &[u8],
    entry: Option<u32>,
    counted: Option<(&'static str, u32)>,
    place: &Place<'_>,
    problems: &mut Vec<LayoutProblem>,
) -> Value {
    let mut remark = |problem| problems.push(problem);
    match content {
        Content::Bytes => Value::Bytes(bytes.to_vec()),
        Content::Text => text(part, bytes, place.format, &mut remark),
        Content::Strings => strings(part, bytes, place.format, &mut remark),
        Content::Table { .. } => {
            let entry = entry.unwrap_or(0) as usize;
            let chunks = even(part, bytes, entry, &mut remark);
            Value::List(
                chunks
                    .map(|chunk| text(part, chunk, place.format, &mut remark))
                    .collect(),
            )
        }
        Content::Dwords(family) => {
            let chunks = even(part, bytes, 4, &mut remark);
            Value::List(
                chunks
                    .map(|c| Value::Number(u32::from_le_bytes([c[0], c[1], c[2], c[3]]), family))
                    .collect(),
            )
        }
        Content::List(of) => {
            let entry = of.fixed_size(place.version);
            let first = place.offset_of(bytes);
            let entries = match counted {
                // Whether the strings of such entries belong to the part's size is left open: the count tells.
                Some((_, count)) if holds_text(content) => {
                    let room = bytes.len() / entry.max(1);
                    if count as usize > room {
                        remark(LayoutProblem::CountExceedsRoom { part, count, room });
                    }
                    room.min(count as usize)
                }
                _ => even(part, bytes, entry, &mut remark).count(),
            };
            let read = |i: usize| Value::Struct(members(of, &place.at(first + i * entry), problems));
            Value::List((0..entries).map(read).collect())
        }
    }
}

/// Whether a list's entries have parts of their own.
pub(super) fn holds_text(content: Content) -> bool {
    matches!(content, Content::List(of) if of.parts().next().is_some())
}

/// The whole entries of a list; a remainder is remarked.
fn even<'b>(
    part: &'static str,
    bytes: &'b [u8],
    entry: usize,
    remark: &mut impl FnMut(LayoutProblem),
) -> ChunksExact<'b, u8> {
    if entry == 0 || !bytes.len().is_multiple_of(entry) {
        remark(LayoutProblem::UnevenList {
            part,
            size: bytes.len(),
            entry,
        });
    }
    let whole = if entry == 0 { &[] } else { bytes };
    whole.chunks_exact(entry.max(1))
}

/// A string up to its terminator.
fn text(part: &'static str, bytes: &[u8], format: Format, remark: &mut impl FnMut(LayoutProblem)) -> Value {
    match format {
        Format::Binary => Value::Bytes(bytes.to_vec()),
        // The documented way to say that there is no string, whatever the format.
        _ if bytes == [0] => Value::Absent,
        _ => {
            let units = units(part, bytes, format, remark);
            let Some(end) = units.iter().position(|unit| *unit == 0) else {
                remark(LayoutProblem::MissingTerminator {
                    part,
                    size: bytes.len(),
                });
                return Value::Text(utf16(part, &units, remark));
            };
            Value::Text(utf16(part, &units[..end], remark))
        }
    }
}

/// Strings up to the empty one that ends them.
fn strings(
    part: &'static str,
    bytes: &[u8],
    format: Format,
    remark: &mut impl FnMut(LayoutProblem),
) -> Value {
    if format == Format::Binary {
        return Value::Bytes(bytes.to_vec());
    }
    let units = units(part, bytes, format, remark);
    let mut rest = units.as_slice();
    let mut found = Vec::new();
    loop {
        let Some(end) = rest.iter().position(|unit| *unit == 0) else {
            remark(LayoutProblem::MissingTerminator {
                part,
                size: bytes.len(),
            });
            if !rest.is_empty() {
                found.push(Value::Text(utf16(part, rest, remark)));
            }
            break;
        };
        if end == 0 {
            break;
        }
        found.push(Value::Text(utf16(part, &rest[..end], remark)));
        rest = &rest[end + 1..];
    }
    Value::List(found)
}

/// The characters of a string as numbers; narrow ones stand for themselves.
fn units(
    part: &'static str,
    bytes: &[u8],
    format: Format,
    remark: &mut impl FnMut(LayoutProblem),
) -> Vec<u16> {
    if format == Format::Narrow {
        return bytes.iter().map(|byte| u16::from(*byte)).collect();
    }
    if let Format::Unknown(format) = format {
        remark(LayoutProblem::UnknownStringFormat { part, format });
    }
    if !bytes.len().is_multiple_of(2) {
        remark(LayoutProblem::OddUtf16 {
            part,
            size: bytes.len(),
        });
    }
    bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
        .collect()
}

fn utf16(part: &'static str, units: &[u16], remark: &mut impl FnMut(LayoutProblem)) -> String {
    String::from_utf16(units).unwrap_or_else(|_| {
        remark(LayoutProblem::BadUtf16 { part });
        String::from_utf16_lossy(units)
    })
}
