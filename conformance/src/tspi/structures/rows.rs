//! What a row of a structure can say of its member, and the short words to say it with.

use super::Structure;
use crate::tspi::constants::Family;

/// One member of a structure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// The documented name.
    pub name: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Who fills it when a provider answers a query.
    pub filler: Filler,
}

/// Who fills a member when a provider answers a query, as the pages of the query functions say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filler {
    /// The provider.
    Provider,
    /// TAPI alone: the provider leaves the bytes as they are.
    Tapi,
}

/// What a member holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FieldKind {
    /// `dwTotalSize`.
    TotalSize,
    /// `dwNeededSize`.
    NeededSize,
    /// `dwUsedSize`.
    UsedSize,
    /// A DWORD, perhaps with named values.
    Dword(Option<&'static Family>),
    /// A handle of 32 bits.
    Handle,
    /// A GUID.
    Guid,
    /// A SYSTEMTIME.
    Time,
    /// A structure in place.
    Struct(&'static Structure),
    /// Structures in place to the end of the whole, as many as the member `count` says; of size 0 in the fixed part.
    Array {
        /// The entries.
        of: &'static Structure,
        /// The member that counts them.
        count: &'static str,
    },
    /// The size in bytes of a variable part.
    Size(&'static str),
    /// The offset of a variable part from the start of the structure.
    Offset {
        /// The part's own name: `dwCallerIDOffset` gives `CallerID`.
        part: &'static str,
        /// What lies there.
        content: Content,
    },
}

/// What a variable part holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Content {
    /// One NUL-terminated string in the format of `dwStringFormat`, Unicode where there is no such member.
    Text,
    /// Strings that each end in NUL, the last in two.
    Strings,
    /// Strings in entries of one size.
    Table {
        /// The member with the size of an entry in bytes.
        entry: &'static str,
    },
    /// Bytes that TAPI does not interpret.
    Bytes,
    /// DWORDs, perhaps with named values.
    Dwords(Option<&'static Family>),
    /// Structures, one after another. Offsets inside them count from the start of the enclosing structure.
    List(&'static Structure),
}

impl FieldKind {
    /// Bytes in the fixed part.
    pub const fn size(&self) -> usize {
        match self {
            FieldKind::Guid | FieldKind::Time => 16,
            FieldKind::Struct(inner) => inner.whole(),
            FieldKind::Array { .. } => 0,
            _ => 4,
        }
    }
}

impl Field {
    /// Names the row.
    pub(crate) const fn named(self, name: &'static str) -> Field {
        Field { name, ..self }
    }

    /// Marks the member as TAPI's alone.
    pub(crate) const fn by_tapi(self) -> Field {
        Field {
            filler: Filler::Tapi,
            ..self
        }
    }

    /// Whether the member only places a variable part.
    pub fn is_placing(&self) -> bool {
        matches!(self.kind, FieldKind::Size(_) | FieldKind::Offset { .. })
    }
}

const fn row(kind: FieldKind) -> Field {
    Field {
        name: "",
        kind,
        filler: Filler::Provider,
    }
}

const fn part(part: &'static str, content: Content) -> Field {
    row(FieldKind::Offset { part, content })
}

/// `dwTotalSize`, which TAPI sets.
pub(crate) const fn total() -> Field {
    row(FieldKind::TotalSize).by_tapi()
}

/// `dwNeededSize`.
pub(crate) const fn needed() -> Field {
    row(FieldKind::NeededSize)
}

/// `dwUsedSize`.
pub(crate) const fn used() -> Field {
    row(FieldKind::UsedSize)
}

/// A plain number.
pub(crate) const fn number() -> Field {
    row(FieldKind::Dword(None))
}

/// A value of a family.
pub(crate) const fn of(family: &'static Family) -> Field {
    row(FieldKind::Dword(Some(family)))
}

/// A 32-bit handle.
pub(crate) const fn handle() -> Field {
    row(FieldKind::Handle)
}

/// A GUID.
pub(crate) const fn guid() -> Field {
    row(FieldKind::Guid)
}

/// A SYSTEMTIME.
pub(crate) const fn time() -> Field {
    row(FieldKind::Time)
}

/// A structure in place.
pub(crate) const fn nested(inner: &'static Structure) -> Field {
    row(FieldKind::Struct(inner))
}

/// Structures in place to the end.
pub(crate) const fn array(of: &'static Structure, count: &'static str) -> Field {
    row(FieldKind::Array { of, count })
}

/// The size of a variable part.
pub(crate) const fn size(part: &'static str) -> Field {
    row(FieldKind::Size(part))
}

/// The offset of a string.
pub(crate) const fn text(name: &'static str) -> Field {
    part(name, Content::Text)
}

/// The offset of a list of strings.
pub(crate) const fn strings(name: &'static str) -> Field {
    part(name, Content::Strings)
}

/// The offset of strings in entries of one size.
pub(crate) const fn table(name: &'static str, entry: &'static str) -> Field {
    part(name, Content::Table { entry })
}

/// The offset of bytes.
pub(crate) const fn bytes(name: &'static str) -> Field {
    part(name, Content::Bytes)
}

/// The offset of plain DWORDs.
pub(crate) const fn numbers(name: &'static str) -> Field {
    part(name, Content::Dwords(None))
}

/// The offset of DWORDs of a family.
pub(crate) const fn dwords(name: &'static str, of: &'static Family) -> Field {
    part(name, Content::Dwords(Some(of)))
}

/// The offset of structures.
pub(crate) const fn list(name: &'static str, of: &'static Structure) -> Field {
    part(name, Content::List(of))
}
