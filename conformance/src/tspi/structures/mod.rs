//! The structures that TAPI and a provider pass each other, row by row, with their offsets and variable parts.
//!
//! A row is one documented member. Offsets follow from the order of the rows, for TAPI packs its structures
//! without gaps. Members are grouped by the version that brought them: what a version lacks belongs to the
//! variable part of the older layout.

use std::sync::LazyLock;

use super::version::Version;

mod address;
mod call;
mod line;
mod phone;
pub(crate) mod rows;
mod small;

pub use address::*;
pub use call::*;
pub use line::*;
pub use phone::*;
pub use rows::{Content, Field, FieldKind, Filler};
pub use small::*;

/// A structure: its members in order.
#[derive(Debug)]
pub struct Structure {
    /// The documented name.
    pub name: &'static str,
    /// The documentation page.
    pub page: &'static str,
    /// The members, oldest version first.
    pub groups: &'static [Group],
}

/// Members that came with one version.
#[derive(Debug)]
pub struct Group {
    /// The first version that has them.
    pub since: Version,
    /// The members in order.
    pub fields: &'static [Field],
}

/// A member with its place.
#[derive(Debug, Clone, Copy)]
pub struct Placed {
    /// The member.
    pub field: &'static Field,
    /// Bytes from the start of the structure.
    pub offset: usize,
    /// The first version that has it.
    pub since: Version,
}

impl Structure {
    /// All members with their offsets, those of newer versions included.
    pub fn fields(&self) -> impl Iterator<Item = Placed> {
        let members = self
            .groups
            .iter()
            .flat_map(|g| g.fields.iter().map(move |f| (g.since, f)));
        members.scan(0, |end, (since, field)| {
            let offset = *end;
            *end += field.kind.size();
            Some(Placed { field, offset, since })
        })
    }

    /// The members that a version has.
    pub fn fields_in(&self, version: Version) -> impl Iterator<Item = Placed> {
        self.fields().filter(move |p| p.since <= version)
    }

    /// Bytes of the fixed part in a version.
    pub fn fixed_size(&self, version: Version) -> usize {
        self.fields_in(version)
            .last()
            .map_or(0, |p| p.offset + p.field.kind.size())
    }

    /// The member with this name.
    pub fn field(&self, name: &str) -> Option<Placed> {
        self.fields().find(|p| p.field.name == name)
    }

    /// The names of the variable parts, such as `CallerID`.
    pub fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.fields().filter_map(|p| match p.field.kind {
            FieldKind::Offset { part, .. } => Some(part),
            _ => None,
        })
    }

    /// Every name that a decoded structure understands: members and variable parts.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.fields().map(|p| p.field.name).chain(self.parts())
    }

    /// Whether the structure opens with the size of the whole, so that it may have variable parts.
    pub fn is_sized(&self) -> bool {
        self.fields()
            .next()
            .is_some_and(|p| p.field.kind == FieldKind::TotalSize)
    }
}

impl PartialEq for Structure {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// Declares structures: name, page, and rows `member: kind` grouped by the version that brought them.
macro_rules! structure_table {
    ($($name:ident: $page:literal { $(since $since:ident { $($field:ident: $kind:expr,)* })* })*) => {
        $(
            #[doc = concat!("`", stringify!($name), "` (", $page, ").")]
            pub static $name: $crate::tspi::structures::Structure = $crate::tspi::structures::Structure {
                name: stringify!($name),
                page: $page,
                groups: &[$($crate::tspi::structures::Group {
                    since: $crate::tspi::version::Version::$since,
                    fields: &[$($kind.named(stringify!($field))),*],
                }),*],
            };
        )*
        /// The structures of this file.
        pub(super) static STRUCTURES: &[&$crate::tspi::structures::Structure] = &[$(&$name),*];
    };
}
use structure_table;

static ALL: LazyLock<Vec<&'static Structure>> = LazyLock::new(|| {
    [
        line::STRUCTURES,
        address::STRUCTURES,
        call::STRUCTURES,
        small::STRUCTURES,
        phone::STRUCTURES,
    ]
    .concat()
});

/// All structures.
pub fn structures() -> impl Iterator<Item = &'static Structure> {
    ALL.iter().copied()
}

/// The structure with this name.
pub fn structure(name: &str) -> Option<&'static Structure> {
    structures().find(|s| s.name == name)
}
