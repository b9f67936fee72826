//! What was written into a child's registry, kept in a file until it is put back: by the next child there, whatever became
//! of the one before.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use offhook_host_protocol::RegistryValue;
use serde::{Deserialize, Serialize};

/// One value that was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Written {
    /// The key.
    pub(super) key: String,
    /// The value's name.
    pub(super) name: String,
    /// What it was before.
    pub(super) was: RegistryValue,
    /// The topmost key that was made for it.
    pub(super) made: Option<String>,
}

/// The file with what was written, in the order in which it was.
#[derive(Debug)]
pub(super) struct Journal {
    file: PathBuf,
    written: Vec<Written>,
}

impl Journal {
    /// The journal at this place, with what an earlier child left in it.
    pub(super) fn open(file: &Path) -> io::Result<Journal> {
        let written = match fs::read(file) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| io::Error::other(format!("{}: {error}", file.display())))?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        Ok(Journal {
            file: file.to_owned(),
            written,
        })
    }

    /// What is to be put back, the latest first: nothing while so many other children live for whom it may be.
    pub(super) fn to_undo(&self, beside: u32) -> Vec<Written> {
        match beside {
            0 => self.written.iter().rev().cloned().collect(),
            _ => Vec::new(),
        }
    }

    /// All is put back.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.written.clear();
        match fs::remove_file(&self.file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// A value was written.
    pub(super) fn push(&mut self, written: Written) -> io::Result<()> {
        self.written.push(written);
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        // Renamed into its place, so that it is whole whenever it is read.
        let whole = serde_json::to_vec(&self.written).map_err(io::Error::other)?;
        let draft = self.file.with_extension("draft");
        fs::write(&draft, whole)?;
        fs::rename(&draft, &self.file)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_there_for_the_next_child() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("deep/registry.json");
        let value = |name: &str, was| Written {
            key: "HKLM\\Software\\Vendor".to_owned(),
            name: name.to_owned(),
            was,
            made: None,
        };
        let first = value("A", RegistryValue::Absent);
        let second = value("B", RegistryValue::Dword(7));
        let mut journal = Journal::open(&file).unwrap();
        assert_eq!(journal.to_undo(0), []);
        journal.push(first.clone()).unwrap();
        journal.push(second.clone()).unwrap();
        drop(journal);
        let mut journal = Journal::open(&file).unwrap();
        // It may be what a child that lives is to find.
        assert_eq!(journal.to_undo(1), []);
        assert_eq!(journal.to_undo(0), [second, first]);
        journal.clear().unwrap();
        assert_eq!(Journal::open(&file).unwrap().to_undo(0), []);
        fs::write(&file, "no journal").unwrap();
        assert!(Journal::open(&file).is_err());
    }
}
