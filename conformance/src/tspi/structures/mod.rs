//! The structures that TAPI and a provider pass each other, row by row, with their offsets and variable parts.
//!
//! A row is one documented member. Offsets follow from the order of the rows, for TAPI packs its structures
//! without gaps. Members are grouped by the version that brought them: what a version lacks belongs to the
//! variable part of the older layout.

use std::sync::LazyLock;

use super::version::Version;

mod address;
mod call;
mod content;
mod counts;
mod decode;
mod encode;
mod encode_values;
#[cfg(test)]
mod layout_tests;
mod line;
mod output;
mod phone;
mod problem;
#[cfg(test)]
mod round_trip_tests;
pub(crate) mod rows;
mod small;
#[cfg(test)]
mod tests;
mod value;

pub use address::*;
pub use call::*;
pub use decode::{Decoded, decode};
pub(crate) use encode::utf16;
pub use encode::{Builder, EncodeError};
pub use encode_values::encode;
pub use line::*;
pub use output::{Fill, POISON, output};
pub use phone::*;
pub use problem::LayoutProblem;
pub use rows::{Content, Field, FieldKind, Filler};
pub use small::*;
pub use value::Value;
pub(crate) use value::render_pairs;

/// A structure: its members in order.
#[derive(Debug)]
pub struct Structure {
    /// The documented name.
    pub name: &'static str,
    /// The documentation page.
    pub page: &'static str,
    /// Whether it says the size of the whole, so that parts of variable size may follow.
    pub variable: bool,
    /// The rows, oldest version first.
    pub groups: &'static [Group],
    /// All members in their places, made from the rows.
    members: &'static [Member],
}

/// Rows that came with one version.
#[derive(Debug)]
pub struct Group {
    /// The first version that has them.
    pub since: Version,
    /// The rows in order.
    pub fields: &'static [Field],
}

/// A member in its place.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    /// The documented name.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Who fills it when a provider answers a query.
    pub filler: Filler,
    /// Bytes from the start of the structure.
    pub offset: usize,
    /// Bytes in the fixed part.
    pub size: usize,
    /// The first version that has it.
    pub since: Version,
}

impl Member {
    const fn of(row: &Field, since: Version, offset: usize) -> Member {
        Member {
            name: row.name,
            kind: row.kind,
            filler: row.filler,
            offset,
            size: row.kind.size(),
            since,
        }
    }
}

impl Structure {
    /// All members, those of newer versions included.
    pub fn all_members(&self) -> impl Iterator<Item = Member> {
        self.members.iter().copied()
    }

    /// The members that a version has.
    pub fn members(&self, version: impl Into<Version>) -> impl Iterator<Item = Member> {
        let version = version.into();
        self.all_members().filter(move |member| member.since <= version)
    }

    /// Bytes of the fixed part in a version.
    pub fn fixed_size(&self, version: impl Into<Version>) -> usize {
        self.members(version)
            .last()
            .map_or(0, |member| member.offset + member.size)
    }

    /// The member with this name.
    pub fn member(&self, name: &str) -> Option<Member> {
        self.all_members().find(|member| member.name == name)
    }

    /// The names of the variable parts, such as `CallerID`.
    pub fn parts(&self) -> impl Iterator<Item = &'static str> {
        self.all_members().filter_map(|member| match member.kind {
            FieldKind::Offset { part, .. } => Some(part),
            _ => None,
        })
    }

    /// Every name that [`Decoded::get`] understands: members and variable parts.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.all_members().map(|member| member.name).chain(self.parts())
    }

    /// Where the size and the offset of a variable part stand, and what the part holds.
    pub fn part(&self, name: &str) -> Option<(Member, Member, Content)> {
        let sizes = |m: &&Member| matches!(m.kind, FieldKind::Size(part) if part == name);
        let size = self.members.iter().find(sizes)?;
        self.members.iter().find_map(|offset| match offset.kind {
            FieldKind::Offset { part, content } if part == name => Some((*size, *offset, content)),
            _ => None,
        })
    }

    /// Bytes of the fixed part in the newest version.
    const fn whole(&self) -> usize {
        match self.members.last() {
            Some(member) => member.offset + member.size,
            None => 0,
        }
    }
}

/// How many rows there are.
const fn count(groups: &[Group]) -> usize {
    let (mut group, mut rows) = (0, 0);
    while group < groups.len() {
        rows += groups[group].fields.len();
        group += 1;
    }
    rows
}

/// Puts each row in its place. This is done by the compiler, for every structure that is read asks for it again and again.
const fn laid_out<const ROWS: usize>(groups: &'static [Group]) -> [Member; ROWS] {
    let mut members = [Member::of(&groups[0].fields[0], groups[0].since, 0); ROWS];
    let (mut group, mut row, mut index, mut end) = (0, 0, 0, 0);
    while index < ROWS {
        if row == groups[group].fields.len() {
            (group, row) = (group + 1, 0);
            continue;
        }
        members[index] = Member::of(&groups[group].fields[row], groups[group].since, end);
        end += members[index].size;
        (row, index) = (row + 1, index + 1);
    }
    members
}

/// Whether one of the oldest rows is `dwTotalSize`.
const fn has_total(groups: &[Group]) -> bool {
    let rows = groups[0].fields;
    let mut row = 0;
    while row < rows.len() {
        if matches!(rows[row].kind, FieldKind::TotalSize) {
            return true;
        }
        row += 1;
    }
    false
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
            pub static $name: $crate::tspi::structures::Structure = {
                const ROWS: &[$crate::tspi::structures::Group] = &[$($crate::tspi::structures::Group {
                    since: $crate::tspi::version::Version::$since,
                    fields: &[$($kind.named(stringify!($field))),*],
                }),*];
                $crate::tspi::structures::Structure {
                    name: stringify!($name),
                    page: $page,
                    variable: $crate::tspi::structures::has_total(ROWS),
                    groups: ROWS,
                    members: {
                        const MEMBERS: [$crate::tspi::structures::Member; $crate::tspi::structures::count(ROWS)] =
                            $crate::tspi::structures::laid_out(ROWS);
                        &MEMBERS
                    },
                }
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
