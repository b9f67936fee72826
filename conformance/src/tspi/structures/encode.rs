//! Builds a structure: members and variable parts by name, sizes and offsets by themselves.

use super::Structure;
use super::rows::{Content, FieldKind};
use crate::tspi::nearest::nearest;
use crate::tspi::version::Version;

/// Why a structure could not be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// There is no such member or part.
    #[error("{structure} of version {version} has no {name}{}", .nearest.map(|n| format!("; did you mean {n}?")).unwrap_or_default())]
    Unknown {
        /// The structure.
        structure: &'static str,
        /// The version of its layout.
        version: Version,
        /// The name that was given.
        name: String,
        /// The nearest name that exists.
        nearest: Option<&'static str>,
    },
    /// The member holds something else.
    #[error("{name} of {structure} is no {wanted}")]
    WrongKind {
        /// The structure.
        structure: &'static str,
        /// The member or part.
        name: String,
        /// What was given.
        wanted: &'static str,
    },
}

/// A structure under construction. What is not set is zero.
#[derive(Debug, Clone)]
pub struct Builder {
    structure: &'static Structure,
    version: Version,
    bytes: Vec<u8>,
    failed: Option<EncodeError>,
}

impl Builder {
    /// An empty structure in the layout of a version.
    pub fn new(structure: &'static Structure, version: impl Into<Version>) -> Builder {
        let version = version.into();
        Builder {
            structure,
            version,
            bytes: vec![0; structure.fixed_size(version)],
            failed: None,
        }
    }

    /// Sets a DWORD member, also inside a structure (`DialParams.dwDialPause`). Sizes and offsets can be forced so, after
    /// the parts are set.
    pub fn number(mut self, name: &str, value: u32) -> Builder {
        match self.dword_at(name) {
            Ok(at) => self.put(at, value),
            Err(error) => self.fail(error),
        }
        self
    }

    /// Appends a string in UTF-16 with its terminator.
    pub fn text(self, part: &str, text: &str) -> Builder {
        let bytes = utf16(text);
        self.append(part, &bytes, "string", |content| matches!(content, Content::Text))
    }

    /// Appends strings, each with its terminator, and one more terminator.
    pub fn strings(self, part: &str, texts: &[&str]) -> Builder {
        let mut bytes: Vec<u8> = texts.iter().flat_map(|text| utf16(text)).collect();
        bytes.extend([0, 0]);
        self.append(part, &bytes, "list of strings", |content| {
            matches!(content, Content::Strings)
        })
    }

    /// Appends bytes as they are; any part takes them.
    pub fn bytes(self, part: &str, bytes: &[u8]) -> Builder {
        self.append(part, bytes, "variable part", |_| true)
    }

    /// Appends DWORDs.
    pub fn dwords(self, part: &str, values: &[u32]) -> Builder {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.append(part, &bytes, "list of DWORDs", |content| {
            matches!(content, Content::Dwords(_))
        })
    }

    /// Appends entries in place (`ForwardList`) and counts them.
    pub fn entries(mut self, name: &str, entries: &[Vec<u8>]) -> Builder {
        match self.structure.member(name).map(|m| m.kind) {
            Some(FieldKind::Array { count, .. }) => {
                self.bytes.extend(entries.iter().flatten());
                self.number(count, u32::try_from(entries.len()).unwrap_or(u32::MAX))
            }
            Some(_) => {
                self.fail(self.wrong(name, "list in place"));
                self
            }
            None => {
                self.fail(self.unknown(name));
                self
            }
        }
    }

    /// The bytes, with the opening sizes set to their number.
    ///
    /// # Errors
    /// The first name that does not exist or does not hold what was given.
    pub fn build(mut self) -> Result<Vec<u8>, EncodeError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let len = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let opening = [FieldKind::TotalSize, FieldKind::NeededSize, FieldKind::UsedSize];
        for member in self
            .structure
            .members(self.version)
            .filter(|m| opening.contains(&m.kind))
        {
            self.put(member.offset, len);
        }
        Ok(self.bytes)
    }

    fn append(
        mut self,
        part: &str,
        bytes: &[u8],
        wanted: &'static str,
        fits: fn(Content) -> bool,
    ) -> Builder {
        match self.structure.part(part) {
            Some((size, offset, content)) if offset.since <= self.version => {
                if !fits(content) {
                    self.fail(self.wrong(part, wanted));
                    return self;
                }
                self.bytes.resize(self.bytes.len().next_multiple_of(4), 0);
                let start = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
                self.put(size.offset, u32::try_from(bytes.len()).unwrap_or(u32::MAX));
                self.put(offset.offset, start);
                self.bytes.extend(bytes);
            }
            _ => self.fail(self.unknown(part)),
        }
        self
    }

    fn dword_at(&self, name: &str) -> Result<usize, EncodeError> {
        let (mut structure, mut base) = (self.structure, 0);
        let mut steps = name.split('.').peekable();
        while let Some(step) = steps.next() {
            let member = structure
                .member(step)
                .filter(|m| m.since <= self.version)
                .ok_or_else(|| self.unknown(name))?;
            match member.kind {
                FieldKind::Struct(inner) if steps.peek().is_some() => {
                    (structure, base) = (inner, base + member.offset);
                }
                _ if member.size == 4 && steps.peek().is_none() => return Ok(base + member.offset),
                _ => break,
            }
        }
        Err(self.wrong(name, "DWORD"))
    }

    fn put(&mut self, at: usize, value: u32) {
        self.bytes[at..at + 4].copy_from_slice(&value.to_le_bytes());
    }

    fn fail(&mut self, error: EncodeError) {
        self.failed.get_or_insert(error);
    }

    fn unknown(&self, name: &str) -> EncodeError {
        EncodeError::Unknown {
            structure: self.structure.name,
            version: self.version,
            name: name.to_owned(),
            nearest: nearest(name, self.structure.names()),
        }
    }

    fn wrong(&self, name: &str, wanted: &'static str) -> EncodeError {
        EncodeError::WrongKind {
            structure: self.structure.name,
            name: name.to_owned(),
            wanted,
        }
    }
}

/// A string in UTF-16 with its terminator, as bytes.
pub(crate) fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}
