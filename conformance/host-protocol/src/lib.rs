//! What the harness (parent) and the provider's host (child) say to each other, and how it is framed.
//!
//! One frame is a little-endian `u32` length and that many bytes of [postcard](https://docs.rs/postcard).
//! The parent sends [`Request`]s; the child takes them in turn and answers each, but [`Request::Exit`] and
//! [`Request::Answer`], with exactly one of [`Message::Hello`],
//! [`Message::Done`], [`Message::Failed`], [`Message::Missing`], [`Message::Returned`], [`Message::Exports`], [`Message::Was`] and
//! [`Message::Kept`], and in between reports
//! whatever the provider does by itself.

mod bytes;
mod frame;
mod message;
mod request;

pub use frame::{FrameError, MAX_FRAME, encode_fault, encode_frame, read_frame, take_frame, write_frame};
pub use message::{Message, Stamp};
pub use request::{Arg, Invocation, RegistryValue, Request};

/// The version of this protocol; a child that speaks another one is refused.
pub const VERSION: u16 = 8;

/// The exit code of a child under Windows after an exception that no one handled and that it has told of; without that a
/// provider has ended the process by this code itself.
pub const CRASHED: i32 = 99;

/// The first call handle that the child hands out for `LINE_NEWCALL`; the parent's own handles stay out of the
/// range from here up to `0x4EFF_FFFF`.
pub const FIRST_NEW_CALL: u32 = 0x4E00_0001;

/// How many arguments a call may have; `TSPI_lineConfigProvider` and its like need far fewer, the longest of the
/// TSPI has ten.
pub const MAX_ARGS: usize = 13;
