//! Reads a structure out of memory that a provider or TAPI filled, and remarks what is wrong with its layout.
//!
//! Any bytes can be read: what does not fit is left out and remarked.

use super::content::{Format, holds_text, read};
use super::counts::count_of;
use super::problem::LayoutProblem;
use super::rows::{Content, FieldKind, Filler};
use super::value::{Value, render_pairs};
use super::{Member, Structure};
use crate::tspi::version::Version;

/// A structure that was read.
#[derive(Debug, Clone)]
pub struct Decoded {
    /// What was read.
    pub structure: &'static Structure,
    /// The version of the layout.
    pub version: Version,
    /// Members in their order; each variable part follows the member with its offset, under its own name.
    pub fields: Vec<(&'static str, Value)>,
    /// What is wrong with the layout.
    pub problems: Vec<LayoutProblem>,
}

impl Decoded {
    /// A member (`dwCallState`), a variable part (`CallerID`), or a member of a structure inside (`DialParams.dwDialPause`).
    pub fn get(&self, name: &str) -> Option<&Value> {
        let mut parts = name.split('.');
        let first = find(&self.fields, parts.next()?)?;
        parts.try_fold(first, |value, part| match value {
            Value::Struct(members) => find(members, part),
            _ => None,
        })
    }

    /// What a person wants to see: without sizes and offsets, and without parts that are not given.
    pub fn shown(&self) -> Vec<(&'static str, Value)> {
        shown(self.structure, &self.fields)
    }

    /// The structure in words.
    pub fn render(&self) -> String {
        render_pairs(&self.shown())
    }
}

fn find<'v>(fields: &'v [(&'static str, Value)], name: &str) -> Option<&'v Value> {
    fields
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

fn shown(structure: &Structure, fields: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let hidden = |name: &str| {
        structure.member(name).is_some_and(|m| {
            use FieldKind::{NeededSize, Offset, Size, TotalSize, UsedSize};
            matches!(
                m.kind,
                TotalSize | NeededSize | UsedSize | Size(_) | Offset { .. }
            )
        })
    };
    let wanted = fields
        .iter()
        .filter(|(name, value)| !hidden(name) && *value != Value::Absent);
    wanted.map(|(name, value)| (*name, value.clone())).collect()
}

/// Where in which memory a structure is read.
#[derive(Clone, Copy)]
pub(super) struct Place<'b> {
    /// The whole memory; offsets count from its start.
    whole: &'b [u8],
    /// Where the structure begins.
    base: usize,
    /// The fixed part of the outermost structure.
    fixed: usize,
    /// What is used of the memory.
    used: u32,
    /// The version of the layout.
    pub(super) version: Version,
    /// How strings are written.
    pub(super) format: Format,
}

impl<'b> Place<'b> {
    /// The same memory, another structure in it.
    pub(super) fn at(&self, base: usize) -> Place<'b> {
        Place { base, ..*self }
    }

    /// Where bytes out of this memory begin.
    pub(super) fn offset_of(&self, bytes: &[u8]) -> usize {
        bytes.as_ptr().addr().saturating_sub(self.whole.as_ptr().addr())
    }

    fn slice(&self, offset: usize, size: usize) -> Option<&'b [u8]> {
        let start = self.base.checked_add(offset)?;
        self.whole.get(start..start.checked_add(size)?)
    }

    fn dword(&self, offset: usize) -> Option<u32> {
        let bytes = self.slice(offset, 4)?;
        Some(u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }
}

/// Reads a structure that begins at the first byte and may use them all, in the layout of a version.
pub fn decode(structure: &'static Structure, bytes: &[u8], version: impl Into<Version>) -> Decoded {
    let version = version.into();
    let fixed = structure.fixed_size(version);
    let whole = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
    let mut place = Place {
        whole: bytes,
        base: 0,
        fixed,
        used: whole,
        version,
        format: Format::Unicode,
    };
    let mut problems = Vec::new();
    if bytes.len() < fixed {
        problems.push(LayoutProblem::FixedPartCut {
            have: bytes.len(),
            fixed,
        });
    }
    if structure.variable {
        place.used = sizes(structure, &place, &mut problems).unwrap_or(whole);
    }
    if let Some(format) = structure
        .member("dwStringFormat")
        .and_then(|m| place.dword(m.offset))
    {
        place.format = Format::of(structure, version, format);
    }
    let fields = members(structure, &place, &mut problems);
    Decoded {
        structure,
        version,
        fields,
        problems,
    }
}

/// Compares the opening sizes; gives how many bytes count.
fn sizes(structure: &Structure, place: &Place<'_>, problems: &mut Vec<LayoutProblem>) -> Option<u32> {
    let size = |kind| {
        structure
            .all_members()
            .find(|m| m.kind == kind)
            .and_then(|m| place.dword(m.offset))
    };
    let total = size(FieldKind::TotalSize)?;
    if total as usize != place.whole.len() {
        problems.push(LayoutProblem::TotalSizeChanged {
            was: place.whole.len(),
            is: total,
        });
    }
    let (Some(needed), Some(used)) = (size(FieldKind::NeededSize), size(FieldKind::UsedSize)) else {
        return Some(total);
    };
    if used > total {
        problems.push(LayoutProblem::UsedExceedsTotal { used, total });
    }
    if (needed as usize) < place.fixed {
        problems.push(LayoutProblem::NeededBelowFixed {
            needed,
            fixed: place.fixed,
        });
    }
    if used > needed {
        problems.push(LayoutProblem::UsedExceedsNeeded { used, needed });
    }
    if (used as usize) < place.fixed {
        problems.push(LayoutProblem::UsedBelowFixed {
            used,
            fixed: place.fixed,
        });
    }
    Some(used)
}

/// Reads the members of a structure at a place, each variable part after its offset.
pub(super) fn members(
    structure: &'static Structure,
    place: &Place<'_>,
    problems: &mut Vec<LayoutProblem>,
) -> Vec<(&'static str, Value)> {
    let mut fields = Vec::new();
    let mut ranges = Vec::new();
    for member in structure.members(place.version) {
        let Some(value) = in_place(structure, &member, place, problems) else {
            break;
        };
        fields.push((member.name, value));
        if let FieldKind::Offset { part, content } = member.kind {
            let found = size_of(structure, part, place).unwrap_or(0);
            overlap(&member, part, found, place, &mut ranges, problems);
            fields.push((part, variable(structure, &member, part, content, place, problems)));
        }
    }
    fields
}

/// The size that is given for a part.
fn size_of(structure: &Structure, part: &str, place: &Place<'_>) -> Option<u32> {
    let (size, ..) = structure.part(part)?;
    place.dword(size.offset)
}

/// Remarks a part that shares some of its bytes with another and not all. Two parts may well lie in one place.
fn overlap(
    member: &Member,
    part: &'static str,
    size: u32,
    place: &Place<'_>,
    ranges: &mut Vec<(&'static str, u64, u64)>,
    problems: &mut Vec<LayoutProblem>,
) {
    let offset = place.dword(member.offset).unwrap_or(0);
    if size == 0 || member.filler != Filler::Provider {
        return;
    }
    let (start, end) = (u64::from(offset), u64::from(offset) + u64::from(size));
    let crosses = |&&(_, from, to): &&(&str, u64, u64)| {
        (start < from && from < end && end < to) || (from < start && start < to && to < end)
    };
    if let Some((other, ..)) = ranges.iter().find(crosses) {
        problems.push(LayoutProblem::PartsOverlap {
            part,
            offset,
            size,
            other,
        });
    }
    ranges.push((part, start, end));
}

/// The value that stands in the fixed part.
fn in_place(
    structure: &'static Structure,
    member: &Member,
    place: &Place<'_>,
    problems: &mut Vec<LayoutProblem>,
) -> Option<Value> {
    let bytes = place.slice(member.offset, member.size)?;
    Some(match member.kind {
        FieldKind::Guid => Value::Guid(bytes.try_into().ok()?),
        FieldKind::Time => Value::Time(std::array::from_fn(|i| {
            u16::from_le_bytes([bytes[2 * i], bytes[2 * i + 1]])
        })),
        FieldKind::Struct(inner) => {
            Value::Struct(members(inner, &place.at(place.base + member.offset), problems))
        }
        FieldKind::Array { of, count } => array(structure, member, of, count, place, problems),
        FieldKind::Handle => Value::Handle(u64::from(place.dword(member.offset)?)),
        FieldKind::Dword(family) => Value::Number(place.dword(member.offset)?, family),
        _ => Value::Number(place.dword(member.offset)?, None),
    })
}

/// Entries in place, each the origin of its own offsets.
fn array(
    structure: &Structure,
    member: &Member,
    of: &'static Structure,
    count: &str,
    place: &Place<'_>,
    problems: &mut Vec<LayoutProblem>,
) -> Value {
    let announced = structure
        .member(count)
        .and_then(|m| place.dword(m.offset))
        .unwrap_or(0);
    let entry = of.fixed_size(place.version).max(1);
    let room = place.whole.len().saturating_sub(place.base + member.offset) / entry;
    if announced as usize > room {
        problems.push(LayoutProblem::CountExceedsRoom {
            part: member.name,
            count: announced,
            room,
        });
    }
    let mut entries = Vec::new();
    for i in 0..room.min(announced as usize) {
        let start = place.base + member.offset + i * entry;
        let own = Place {
            whole: &place.whole[start..],
            base: 0,
            fixed: entry,
            used: place
                .used
                .saturating_sub(u32::try_from(start).unwrap_or(u32::MAX)),
            ..*place
        };
        entries.push(Value::Struct(members(of, &own, problems)));
    }
    Value::List(entries)
}

/// A variable part, checked against what is used. What TAPI fills is not the provider's fault.
fn variable(
    structure: &Structure,
    member: &Member,
    part: &'static str,
    content: Content,
    place: &Place<'_>,
    problems: &mut Vec<LayoutProblem>,
) -> Value {
    let size = size_of(structure, part, place).unwrap_or(0);
    let offset = place.dword(member.offset).unwrap_or(0);
    if size == 0 {
        return Value::Absent;
    }
    let mut found = Vec::new();
    if (offset as usize) < place.fixed {
        found.push(LayoutProblem::PartOverlapsFixed {
            part,
            offset,
            size,
            fixed: place.fixed,
        });
    }
    let end = u64::from(offset) + u64::from(size);
    if end > u64::from(place.used) {
        found.push(LayoutProblem::PartOutsideUsed {
            part,
            offset,
            size,
            used: place.used,
        });
    }
    let entry = match content {
        Content::Table { entry } => structure.member(entry).and_then(|m| place.dword(m.offset)),
        _ => None,
    };
    let bytes = usize::try_from(end)
        .ok()
        .and_then(|end| place.whole.get(offset as usize..end));
    let counted = count_of(structure.name, part)
        .and_then(|name| structure.member(name))
        .and_then(|member| Some((member.name, place.dword(member.offset)?)));
    let value = bytes.map_or(Value::Absent, |bytes| {
        read(part, content, bytes, entry, counted, place, &mut found)
    });
    if let (Value::List(entries), Some((member, count))) = (&value, counted)
        && entries.len() != count as usize
        && !holds_text(content)
    {
        found.push(LayoutProblem::CountDiffers {
            part,
            entries: entries.len(),
            member,
            count,
        });
    }
    if member.filler == Filler::Provider {
        problems.append(&mut found);
    }
    value
}
