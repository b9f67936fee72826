//! A value out of a structure or of a call's arguments, with what is known about it.

use std::fmt::{self, Write as _};

use super::output::POISON;
use crate::tspi::constants::Family;
use crate::tspi::version::Version;

/// How many bytes of uninterpreted data are shown.
const SHOWN_BYTES_MAX: usize = 32;

/// A decoded value. [`fmt::Display`] gives it in words.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A number, perhaps with named values.
    Number(u32, Option<&'static Family>),
    /// A number as wide as a pointer.
    Wide(u64),
    /// An opaque handle or an address.
    Handle(u64),
    /// A version.
    Version(Version),
    /// A string, without its terminator.
    Text(String),
    /// Bytes that nobody interprets.
    Bytes(Vec<u8>),
    /// A GUID in its memory layout.
    Guid([u8; 16]),
    /// A SYSTEMTIME: year, month, day of the week, day, hour, minute, second, milliseconds.
    Time([u16; 8]),
    /// Members of a structure.
    Struct(Vec<(&'static str, Value)>),
    /// Values one after another.
    List(Vec<Value>),
    /// A null pointer, or a variable part that is not given.
    Absent,
    /// Room of so many bytes for the provider to fill.
    Room(usize),
    /// One of TAPI's procedures, by the name of its type.
    Procedure(&'static str),
}

impl Value {
    /// The number, if it is one.
    pub fn number(&self) -> Option<u32> {
        match self {
            Value::Number(number, _) | Value::Version(Version(number)) => Some(*number),
            _ => None,
        }
    }

    /// The string, if it is one; an absent one is empty.
    pub fn text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            Value::Absent => Some(""),
            _ => None,
        }
    }
}

/// `name=value, name=value`.
pub(crate) fn render_pairs(pairs: &[(&'static str, Value)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        let _ = write!(text, "{}{name}={value}", if text.is_empty() { "" } else { ", " });
    }
    text
}

fn render_bytes(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    f.write_str("[")?;
    for (i, byte) in bytes.iter().take(SHOWN_BYTES_MAX).enumerate() {
        write!(f, "{}{byte:02x}", if i == 0 { "" } else { " " })?;
    }
    match bytes.len() {
        0..=SHOWN_BYTES_MAX => f.write_str("]"),
        all => write!(f, " … {all} bytes]"),
    }
}

impl Value {
    /// Whether a provider left the place as it was, which held [`POISON`] in every byte.
    pub fn is_unfilled(&self) -> bool {
        match self {
            Value::Number(number, _) | Value::Version(Version(number)) => number.to_le_bytes() == [POISON; 4],
            Value::Wide(number) => number.to_le_bytes() == [POISON; 8],
            Value::Handle(handle) => [
                u64::from_le_bytes([POISON; 8]),
                u32::from_le_bytes([POISON; 4]).into(),
            ]
            .contains(handle),
            Value::Guid(bytes) => *bytes == [POISON; 16],
            Value::Struct(members) => {
                !members.is_empty() && members.iter().all(|(_, value)| value.is_unfilled())
            }
            _ => false,
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            value if value.is_unfilled() => f.write_str("not filled"),
            Value::Number(number, Some(family)) => f.write_str(&family.render(*number)),
            Value::Number(number, None) => write!(f, "{number}"),
            Value::Wide(number) => write!(f, "{number}"),
            Value::Handle(handle) => write!(f, "{handle:#x}"),
            Value::Version(version) => write!(f, "{version}"),
            Value::Text(text) => write!(f, "{text:?}"),
            Value::Bytes(bytes) => render_bytes(f, bytes),
            Value::Guid(b) => {
                let [d1, d2, d3] = [
                    u32::from_le_bytes([b[0], b[1], b[2], b[3]]),
                    u32::from(u16::from_le_bytes([b[4], b[5]])),
                    u32::from(u16::from_le_bytes([b[6], b[7]])),
                ];
                write!(f, "{{{d1:08x}-{d2:04x}-{d3:04x}-{:02x}{:02x}-", b[8], b[9])?;
                b[10..].iter().try_for_each(|byte| write!(f, "{byte:02x}"))?;
                f.write_str("}")
            }
            Value::Time([year, month, _, day, hour, minute, second, millis]) => {
                write!(
                    f,
                    "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
                )
            }
            Value::Struct(members) => write!(f, "{{{}}}", render_pairs(members)),
            Value::List(values) => {
                f.write_str("[")?;
                for (i, value) in values.iter().enumerate() {
                    write!(f, "{}{value}", if i == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            Value::Absent => f.write_str("NULL"),
            Value::Room(bytes) => write!(f, "room for {bytes} bytes"),
            Value::Procedure(name) => f.write_str(name),
        }
    }
}
