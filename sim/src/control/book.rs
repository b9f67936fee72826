//! The telephone book: who has which number, and what the telephone there does when it is called.
//!
//! ```toml
//! [5551234]
//! name = "Jane Doe"
//! does = "answers:2s"     # or "busy", or "silent", which it is where nothing is said
//! ```

use std::collections::BTreeMap;
use std::path::Path;

use serde::Deserialize;

use super::verb::behaviour;
use crate::exchange::StationBehaviour;
use crate::simulation::SimCommand;

/// A telephone book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Book {
    entries: BTreeMap<String, Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    name: Option<String>,
    behaviour: StationBehaviour,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: Option<String>,
    does: Option<String>,
}

/// Why a file is no telephone book.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// It cannot be read.
    #[error("the telephone book {file} cannot be read: {message}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        message: String,
    },
    /// Its text is wrong.
    #[error("the telephone book {file} is wrong: {message}")]
    Wrong {
        /// The file.
        file: String,
        /// Place, mistake, and what would be right.
        message: String,
    },
}

impl Book {
    /// The book in a file.
    ///
    /// # Errors
    /// Where it cannot be read, or is none.
    pub fn load(path: &Path) -> Result<Book, BookError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| BookError::Unreadable {
            file: file.clone(),
            message: error.to_string(),
        })?;
        Book::from_toml(&text, &file)
    }

    /// The book in a text; `file` is its name in error messages.
    ///
    /// # Errors
    /// Where it is none.
    pub fn from_toml(text: &str, file: &str) -> Result<Book, BookError> {
        let wrong = |message: String| BookError::Wrong {
            file: file.to_owned(),
            message,
        };
        let rows: BTreeMap<String, Row> = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
        let mut entries = BTreeMap::new();
        for (number, row) in rows {
            let does = row.does.as_deref().unwrap_or("silent");
            let behaviour = behaviour(does).ok_or_else(|| {
                wrong(format!(
                    "{number} does {does:?}: answers:TIME, busy and silent are there"
                ))
            })?;
            entries.insert(
                number,
                Entry {
                    name: row.name,
                    behaviour,
                },
            );
        }
        Ok(Book { entries })
    }

    /// Makes every telephone of the book.
    pub fn stations(&self) -> impl Iterator<Item = SimCommand> {
        self.entries.iter().map(|(number, entry)| SimCommand::SetStation {
            number: number.clone(),
            behaviour: entry.behaviour,
        })
    }

    /// The name that goes with a number.
    pub fn name(&self, number: &str) -> Option<&str> {
        self.entries.get(number)?.name.as_deref()
    }

    /// The number that goes with a name, in any case; what is no name in the book is taken for a number.
    pub fn number(&self, name: &str) -> String {
        let found = self.entries.iter().find(|(_, entry)| {
            let known = entry.name.as_deref();
            known.is_some_and(|known| known.eq_ignore_ascii_case(name))
        });
        found.map_or(name, |(number, _)| number).to_owned()
    }

    /// Puts numbers where a step has names.
    pub(super) fn resolve(&self, command: &mut SimCommand) {
        match command {
            SimCommand::Answer { number }
            | SimCommand::HangUp { number }
            | SimCommand::Send { number, .. }
            | SimCommand::SendDigits { number, .. }
            | SimCommand::Cut { number }
            | SimCommand::SetDialTone { number, .. }
            | SimCommand::SetStation { number, .. } => *number = self.number(number),
            SimCommand::SendMessage { from, to, .. } => {
                *from = self.number(from);
                *to = self.number(to);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_for_numbers() {
        let book =
            Book::from_toml("[5551234]\nname = \"Jane\"\ndoes = \"busy\"\n[7]\n", "book.toml").unwrap();
        assert_eq!(book.number("jane"), "5551234");
        assert_eq!(book.number("101"), "101");
        assert_eq!(book.name("5551234"), Some("Jane"));
        let stations: Vec<SimCommand> = book.stations().collect();
        let busy = SimCommand::SetStation {
            number: "5551234".into(),
            behaviour: StationBehaviour::Busy,
        };
        assert!(stations.contains(&busy) && stations.len() == 2, "{stations:?}");
    }

    #[test]
    fn mistakes_are_named() {
        for (text, wanted) in [
            ("[1]\ndoes = \"sings\"", "answers:TIME"),
            ("[1]\nnmae = \"x\"", "nmae"),
            ("[1", "line 1"),
        ] {
            let error = Book::from_toml(text, "book.toml").unwrap_err().to_string();
            assert!(error.contains(wanted) && error.contains("book.toml"), "{error}");
        }
    }
}
