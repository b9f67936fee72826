//! Every constant of TAPI and TSPI that a provider can meet, by name and by value, in families.
//!
//! Values come from `windows-sys`; the few that it lacks are written out beside their family. A family is
//! named after its prefix: `LINECALLSTATE` holds `LINECALLSTATE_IDLE` and its siblings.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

mod application;
mod call;
mod error;
mod line;
mod media;
mod message;
mod phone;
mod since;
#[cfg(test)]
mod tests;

pub use application::*;
pub use call::*;
pub use error::*;
pub use line::*;
pub use media::*;
pub use message::*;
pub use phone::*;

/// How the values of a family combine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyKind {
    /// Bits that may be set together.
    Flags,
    /// One value at a time.
    Enum,
    /// A result code: negative as a LONG, one at a time.
    Code,
}

/// One documented constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constant {
    /// The whole name, for example `LINECALLSTATE_CONNECTED`.
    pub name: &'static str,
    /// The value as a DWORD; a negative LONG is stored as its bit pattern.
    pub value: u32,
}

/// Constants that share a prefix and a meaning.
#[derive(Debug, PartialEq, Eq)]
pub struct Family {
    /// The common prefix without its underscore, for example `LINECALLSTATE`.
    pub name: &'static str,
    /// How the values combine.
    pub kind: FamilyKind,
    /// The documentation page.
    pub page: &'static str,
    /// The members, by rising value.
    pub constants: &'static [Constant],
}

impl Family {
    /// The value of a member, given by its whole name or without the prefix (`CONNECTED`).
    pub fn value(&self, name: &str) -> Option<u32> {
        self.constants
            .iter()
            .find(|c| c.name == name || self.short(c) == name)
            .map(|c| c.value)
    }

    /// The whole name of the member with exactly this value.
    pub fn name_of(&self, value: u32) -> Option<&'static str> {
        self.constants.iter().find(|c| c.value == value).map(|c| c.name)
    }

    /// All bits that the family defines; only meaningful for [`FamilyKind::Flags`].
    pub fn mask(&self) -> u32 {
        self.constants.iter().fold(0, |mask, c| mask | c.value)
    }

    /// The value in words: a name, names joined by ` | `, and what no name covers as `0x…`; 0 without a name is `0`.
    pub fn render(&self, value: u32) -> String {
        if let Some(name) = self.name_of(value) {
            return name.to_owned();
        }
        if value == 0 {
            return "0".to_owned();
        }
        let mut text = String::new();
        let mut rest = value;
        if self.kind == FamilyKind::Flags {
            for constant in self.constants.iter().filter(|c| c.value & value != 0) {
                let _ = write!(
                    text,
                    "{}{}",
                    if text.is_empty() { "" } else { " | " },
                    constant.name
                );
                rest &= !constant.value;
            }
        }
        if rest != 0 {
            let _ = write!(text, "{}{rest:#x}", if text.is_empty() { "" } else { " | " });
        }
        text
    }

    /// The member's name without the prefix.
    pub(crate) fn short(&self, constant: &Constant) -> &'static str {
        constant
            .name
            .strip_prefix(self.name)
            .and_then(|rest| rest.strip_prefix('_'))
            .unwrap_or(constant.name)
    }
}

/// Declares families from names of `windows-sys`, plus `own` members with their values written out.
macro_rules! family_table {
    ($($family:ident: $kind:ident, $page:literal { $($name:ident),* $(,)? }
        $(, own { $($own:ident = $value:literal),* $(,)? })?)*) => {
        $(
            #[doc = concat!("The `", stringify!($family), "_` constants (", $page, ").")]
            pub static $family: $crate::tspi::constants::Family = $crate::tspi::constants::Family {
                name: stringify!($family),
                kind: $crate::tspi::constants::FamilyKind::$kind,
                page: $page,
                constants: &[
                    $($crate::tspi::constants::Constant {
                        name: stringify!($name),
                        value: windows_sys::Win32::Devices::Tapi::$name as u32,
                    },)*
                    $($($crate::tspi::constants::Constant { name: stringify!($own), value: $value },)*)?
                ],
            };
        )*
        /// The families of this file.
        pub(super) static FAMILIES: &[&$crate::tspi::constants::Family] = &[$(&$family),*];
    };
}
use family_table;

static ALL: LazyLock<Vec<&'static Family>> = LazyLock::new(|| {
    [
        call::FAMILIES,
        line::FAMILIES,
        media::FAMILIES,
        error::FAMILIES,
        phone::FAMILIES,
        application::FAMILIES,
        message::FAMILIES,
    ]
    .concat()
});

static BY_NAME: LazyLock<HashMap<&'static str, (&'static Family, u32)>> = LazyLock::new(|| {
    let members = |family: &'static Family| family.constants.iter().map(move |c| (c.name, (family, c.value)));
    ALL.iter().copied().flat_map(members).collect()
});

/// All families.
pub fn families() -> impl Iterator<Item = &'static Family> {
    ALL.iter().copied()
}

/// The family with this name (`LINECALLSTATE`, with or without a trailing underscore).
pub fn family(name: &str) -> Option<&'static Family> {
    let name = name.strip_suffix('_').unwrap_or(name);
    families().find(|f| f.name == name)
}

/// The family and value of a constant given by its whole name.
pub fn constant(name: &str) -> Option<(&'static Family, u32)> {
    BY_NAME.get(name).copied()
}

/// The names of all constants.
pub fn names() -> impl Iterator<Item = &'static str> {
    families().flat_map(|f| f.constants.iter().map(|c| c.name))
}

/// The constant whose name is nearest to a misspelt one.
pub fn nearest(name: &str) -> Option<&'static str> {
    super::nearest::nearest(name, names())
}

/// A result of a function or completion in words: `0`, a request id, or the name of the error. The TAPIERR codes are TAPI's
/// small negative numbers to applications, which a provider may also mean as mere numbers: they are shown with both.
pub fn render_result(result: i32) -> String {
    let code = result.cast_unsigned();
    if result >= 0 {
        return result.to_string();
    }
    if let Some(name) = LINEERR.name_of(code).or_else(|| PHONEERR.name_of(code)) {
        return name.to_owned();
    }
    match TAPIERR.name_of(code) {
        Some(name) => format!("{name} ({result})"),
        None => format!("{code:#x}"),
    }
}
