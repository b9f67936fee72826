//! TSPI, described once: functions, constants, messages and structures as tables, and what reads them.
//!
//! Whatever the harness calls, records, judges, lists or generates, it knows from here; nothing else spells out a
//! signature, a value or a layout. Each row names the documentation page that it follows.

pub mod constants;
pub mod functions;
pub mod marshal;
pub mod messages;
mod nearest;
pub mod structures;
mod version;
pub mod vocabulary;

pub use constants::{Family, FamilyKind, constant, families, family, render_result};
pub use functions::{
    CallbackKind, Direction, EntryStates, Function, Group, HandleKind, Kind, Mode, Need, Parameter, function,
    functions,
};
pub use marshal::{Call, MarshalError, arguments, render_args, returned};
pub use messages::{
    About, Message, MessageProblem, Parameter as MessageParameter, Sender, callstate_mode, message,
    message_named, messages, render_event,
};
pub use structures::{
    Builder, Decoded, EncodeError, FieldKind, Fill, Filler, LayoutProblem, Member, Structure, Value, decode,
    output, structure, structures,
};
pub use version::Version;

/// The value of a constant that is known to exist.
///
/// # Panics
/// If there is no constant of this name: for names that come from outside, ask [`constant`].
#[track_caller]
pub fn constant_value(name: &str) -> u32 {
    let Some((_, value)) = constant(name) else {
        panic!("there is no constant {name}")
    };
    value
}

/// A value of a family in words; a plain hexadecimal number if there is no such family.
pub fn render_constant(family_name: &str, value: u32) -> String {
    family(family_name).map_or_else(|| format!("{value:#x}"), |f| f.render(value))
}

/// A version in words, as in `2.1`.
pub fn render_version(version: u32) -> String {
    Version(version).to_string()
}
