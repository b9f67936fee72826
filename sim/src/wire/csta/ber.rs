//! The basic encoding rules (X.690) for any type of [`super::schema`].
//!
//! Written definite-length and as short as can be. Read as BER allows: indefinite lengths, segmented strings, members
//! that a later edition has added, enumeration values without a name.

pub mod apdu;
mod decode;
mod encode;
mod tlv;

#[cfg(test)]
mod tests;

pub use decode::decode;
pub use encode::encode;
pub use tlv::{Element, Reader, announced, first};

use thiserror::Error;

/// How deep elements may nest: far beyond any CSTA type, well inside any stack.
const DEPTH_MAX: usize = 48;

/// Why bytes are no value of the type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant carries its message")]
pub enum DecodeError {
    #[error("the bytes end inside an element")]
    Truncated,
    #[error("a tag or a length is longer than any that is in use")]
    Oversized,
    #[error("elements nest more than {DEPTH_MAX} deep")]
    TooDeep,
    #[error("{0} byte(s) follow the value")]
    TrailingBytes(usize),
    #[error("an element is not of type {0}")]
    UnexpectedTag(&'static str),
    #[error("{0} is missing")]
    MissingMember(&'static str),
    #[error("the content is no {0}")]
    BadContent(&'static str),
    #[error("in {0}: {1}")]
    Inside(&'static str, Box<DecodeError>),
}

/// Why a value cannot be written by the type.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[expect(missing_docs, reason = "each variant carries its message")]
pub enum EncodeError {
    #[error("{0} is not what type {1:?} holds")]
    WrongShape(String, &'static str),
    #[error("type {1:?} has no member {0}")]
    UnknownMember(&'static str, &'static str),
    #[error("type {1:?} has no value {0}")]
    UnknownName(&'static str, &'static str),
    #[error("{0} is missing")]
    MissingMember(&'static str),
    #[error("in {0}: {1}")]
    Inside(&'static str, Box<EncodeError>),
}
