//! Builds a structure out of the values that decoding it gives: sizes, offsets and counts follow from the values.

use super::content::Format;
use super::counts::count_of;
use super::rows::{Content, FieldKind};
use super::{EncodeError, Member, Structure, Value};
use crate::tspi::nearest::nearest;
use crate::tspi::version::Version;

/// A structure with these members and variable parts, in the layout of a version; what is not named is zero or absent.
///
/// Opening sizes, sizes and offsets of parts are computed, whatever the fields say of them; the members that count
/// entries are computed where they are not named. Strings are written as `dwStringFormat` says, in Unicode where it is
/// not named.
///
/// # Errors
/// A name that the version has not, or a value that the place cannot hold: of another kind, a string with a NUL in it,
/// a string too long for its table.
pub fn encode(
    structure: &'static Structure,
    version: impl Into<Version>,
    fields: &[(&str, Value)],
) -> Result<Vec<u8>, EncodeError> {
    let version = version.into();
    let format = match fields.iter().find(|(name, _)| *name == "dwStringFormat") {
        Some((_, value)) => Format::of(structure, version, value.number().unwrap_or(0)),
        None => Format::Unicode,
    };
    let mut writer = Writer {
        bytes: vec![0; structure.fixed_size(version)],
        version,
        format,
    };
    if let Some(member) = member(structure, version, "dwStringFormat") {
        writer.put(member.offset, 3);
    }
    writer.structure(structure, fields, 0, 0)?;
    let len = dword(writer.bytes.len());
    for member in structure.members(version) {
        use FieldKind::{NeededSize, TotalSize, UsedSize};
        if matches!(member.kind, TotalSize | NeededSize | UsedSize) {
            writer.put(member.offset, len);
        }
    }
    Ok(writer.bytes)
}

fn dword(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

fn member(structure: &Structure, version: Version, name: &str) -> Option<Member> {
    structure.members(version).find(|member| member.name == name)
}

struct Writer {
    bytes: Vec<u8>,
    version: Version,
    format: Format,
}

impl Writer {
    fn put(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    /// Writes members into the room at `base`, and parts behind all that is there; offsets count from `origin`.
    fn structure(
        &mut self,
        structure: &'static Structure,
        fields: &[(&str, Value)],
        base: usize,
        origin: usize,
    ) -> Result<(), EncodeError> {
        // Entries in place follow the fixed part, before any part.
        let in_place = |name: &str| {
            let kind = member(structure, self.version, name).map(|m| m.kind);
            matches!(kind, Some(FieldKind::Array { .. }))
        };
        let (first, rest): (Vec<_>, Vec<_>) = fields.iter().partition(|(name, _)| in_place(name));
        let named = |name: &str| fields.iter().any(|(known, _)| *known == name);
        for (name, value) in first.into_iter().chain(rest) {
            if let Some(member) = member(structure, self.version, name) {
                self.member(structure, &member, value, base, &named)?;
            } else if structure
                .part(name)
                .is_some_and(|(_, offset, _)| offset.since <= self.version)
            {
                self.part(structure, name, value, (base, origin), &named)?;
            } else {
                return Err(EncodeError::Unknown {
                    structure: structure.name,
                    version: self.version,
                    name: (*name).to_owned(),
                    nearest: nearest(name, structure.names()),
                });
            }
        }
        Ok(())
    }

    fn member(
        &mut self,
        structure: &'static Structure,
        member: &Member,
        value: &Value,
        base: usize,
        named: &impl Fn(&str) -> bool,
    ) -> Result<(), EncodeError> {
        let at = base + member.offset;
        match (member.kind, value) {
            (FieldKind::Dword(_), Value::Number(number, _)) => self.put(at, *number),
            (FieldKind::Dword(_), Value::Version(version)) => self.put(at, version.0),
            (FieldKind::Handle, Value::Handle(handle)) => match u32::try_from(*handle) {
                Ok(handle) => self.put(at, handle),
                Err(_) => return Err(wrong(structure, member.name, "handle of 32 bits")),
            },
            (FieldKind::Guid, Value::Guid(guid)) => self.bytes[at..at + 16].copy_from_slice(guid),
            (FieldKind::Time, Value::Time(time)) => {
                for (i, word) in time.iter().enumerate() {
                    self.bytes[at + 2 * i..at + 2 * i + 2].copy_from_slice(&word.to_le_bytes());
                }
            }
            (FieldKind::Struct(inner), Value::Struct(fields)) => self.structure(inner, fields, at, 0)?,
            (FieldKind::Array { of, count }, Value::List(entries)) => {
                if !named(count) {
                    self.count(structure, count, entries.len(), base);
                }
                self.entries(structure, member.name, of, entries, None)?;
            }
            (
                FieldKind::TotalSize
                | FieldKind::NeededSize
                | FieldKind::UsedSize
                | FieldKind::Size(_)
                | FieldKind::Offset { .. },
                Value::Number(..),
            ) => {} // computed
            (kind, _) => return Err(wrong(structure, member.name, wanted(kind))),
        }
        Ok(())
    }

    fn count(&mut self, structure: &Structure, name: &str, entries: usize, base: usize) {
        if let Some(member) = member(structure, self.version, name) {
            self.put(base + member.offset, dword(entries));
        }
    }

    /// Room for entries behind all that is there, and the entries in it; where it begins.
    fn entries(
        &mut self,
        outer: &'static Structure,
        name: &str,
        of: &'static Structure,
        entries: &[Value],
        origin: Option<usize>,
    ) -> Result<usize, EncodeError> {
        let (start, size) = (self.bytes.len(), of.fixed_size(self.version));
        self.bytes.resize(start + entries.len() * size, 0);
        for (i, entry) in entries.iter().enumerate() {
            let Value::Struct(fields) = entry else {
                return Err(wrong(outer, name, "list of structures"));
            };
            let base = start + i * size;
            // Entries in place are the origin of their own offsets; those of a part count from the whole.
            self.structure(of, fields, base, origin.unwrap_or(base))?;
        }
        Ok(start)
    }

    fn part(
        &mut self,
        structure: &'static Structure,
        name: &str,
        value: &Value,
        (base, origin): (usize, usize),
        named: &impl Fn(&str) -> bool,
    ) -> Result<(), EncodeError> {
        let Some((size_at, offset_at, content)) = structure.part(name) else {
            return Ok(());
        };
        let entries = match value {
            Value::Absent => return Ok(()),
            Value::List(entries) if entries.is_empty() => return Ok(()),
            Value::List(entries) => Some(entries.len()),
            _ => None,
        };
        if let (Some(entries), Some(count)) = (entries, count_of(structure.name, name))
            && !named(count)
        {
            self.count(structure, count, entries, base);
        }
        self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
        let start = self.bytes.len();
        let size = match (content, value) {
            (Content::List(of), Value::List(entries)) => {
                self.entries(structure, name, of, entries, Some(0))?;
                entries.len() * of.fixed_size(self.version)
            }
            (Content::Table { entry }, Value::List(texts)) => {
                let texts = self.texts(structure, name, texts)?;
                let longest = texts.iter().map(Vec::len).max().unwrap_or(0);
                let place = member(structure, self.version, entry).map(|m| base + m.offset);
                let given = place
                    .filter(|_| named(entry))
                    .map(|at| u32::from_le_bytes([0, 1, 2, 3].map(|i| self.bytes[at + i])) as usize);
                let room = given.unwrap_or(longest);
                if longest > room {
                    return Err(wrong(
                        structure,
                        name,
                        "list of strings within their entries' size",
                    ));
                }
                if let Some(at) = place {
                    self.put(at, dword(room));
                }
                for text in &texts {
                    let end = self.bytes.len() + room;
                    self.bytes.extend(text);
                    self.bytes.resize(end, 0);
                }
                texts.len() * room
            }
            _ => {
                let bytes = self.plain(structure, name, content, value)?;
                self.bytes.extend(&bytes);
                bytes.len()
            }
        };
        self.put(base + size_at.offset, dword(size));
        self.put(base + offset_at.offset, dword(start - origin));
        Ok(())
    }

    /// The bytes of a part that holds no structures.
    fn plain(
        &self,
        structure: &'static Structure,
        name: &str,
        content: Content,
        value: &Value,
    ) -> Result<Vec<u8>, EncodeError> {
        let binary = self.format == Format::Binary && matches!(content, Content::Text | Content::Strings);
        match (content, value) {
            (Content::Bytes, Value::Bytes(bytes)) => Ok(bytes.clone()),
            (_, Value::Bytes(bytes)) if binary => Ok(bytes.clone()),
            (Content::Text, Value::Text(text)) => self.text(structure, name, text),
            (Content::Strings, Value::List(texts)) => {
                let texts = self.texts(structure, name, texts)?;
                let end = self.text(structure, name, "")?;
                if texts.contains(&end) {
                    return Err(wrong(structure, name, "list of strings without an empty one"));
                }
                Ok(texts.concat().into_iter().chain(end).collect())
            }
            (Content::Dwords(_), Value::List(numbers)) => {
                let numbers: Option<Vec<[u8; 4]>> =
                    numbers.iter().map(|n| n.number().map(u32::to_le_bytes)).collect();
                let numbers = numbers.ok_or_else(|| wrong(structure, name, "list of DWORDs"))?;
                Ok(numbers.concat())
            }
            _ => Err(wrong(structure, name, wanted_part(content, binary))),
        }
    }

    fn texts(
        &self,
        structure: &'static Structure,
        name: &str,
        texts: &[Value],
    ) -> Result<Vec<Vec<u8>>, EncodeError> {
        let one = |text: &Value| match text {
            Value::Text(text) => self.text(structure, name, text),
            _ => Err(wrong(structure, name, "list of strings")),
        };
        texts.iter().map(one).collect()
    }

    /// A string with its terminator.
    fn text(&self, structure: &'static Structure, name: &str, text: &str) -> Result<Vec<u8>, EncodeError> {
        if text.contains('\0') {
            return Err(wrong(structure, name, "string without a NUL in it"));
        }
        if self.format == Format::Narrow {
            let narrow: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
            let mut narrow = narrow.ok_or_else(|| wrong(structure, name, "string of single bytes"))?;
            narrow.push(0);
            return Ok(narrow);
        }
        Ok(super::utf16(text))
    }
}

fn wrong(structure: &'static Structure, name: &str, wanted: &'static str) -> EncodeError {
    EncodeError::WrongKind {
        structure: structure.name,
        name: name.to_owned(),
        wanted,
    }
}

/// What a member holds, for a message.
fn wanted(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Handle => "handle",
        FieldKind::Guid => "GUID",
        FieldKind::Time => "SYSTEMTIME",
        FieldKind::Struct(_) => "structure",
        FieldKind::Array { .. } => "list of structures",
        _ => "DWORD",
    }
}

/// What a part holds, for a message.
fn wanted_part(content: Content, binary: bool) -> &'static str {
    match content {
        _ if binary => "binary string",
        Content::Text => "string",
        Content::Strings | Content::Table { .. } => "list of strings",
        Content::Bytes => "bytes",
        Content::Dwords(_) => "list of DWORDs",
        Content::List(_) => "list of structures",
    }
}
