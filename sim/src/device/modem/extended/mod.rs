//! Extended commands, one row each, by family: V.250, caller id and voice (V.253), fax (T.31, T.32), mobile (27.007,
//! 27.005).

mod caller_id;
mod fax;
mod fax2;
mod mobile;
mod phonebook;
mod place;
mod v250;
mod voice;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::mobile::Cme;
use super::profile::Feature;
use super::{Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::Operation;

pub(super) use place::Place;

/// One extended command.
pub(super) struct ExtendedRow {
    /// Its name with its prefix.
    pub(super) name: &'static str,
    kind: Kind,
}

/// What an extended command does.
enum Kind {
    /// Answers with a text.
    Text(fn(&Modem) -> String),
    /// Holds values.
    Store(Store),
    /// Another name for a row.
    Alias(&'static str),
    /// Acts; the text is the answer to `=?`, without the name: an empty one leaves it at `OK`, as for an action that takes
    /// no values (V.250 5.4.3.2). Where there is none, the action answers.
    Do {
        form: Form,
        test: Option<&'static str>,
        /// What it holds when it leaves the factory, where it holds anything.
        factory: Option<&'static str>,
        run: fn(&mut Modem, Operation, SimTime) -> Outcome,
    },
}

/// A command that holds values.
struct Store {
    form: Form,
    factory: &'static str,
    places: &'static [Place],
    /// What follows from a new value.
    changed: Option<fn(&mut Modem, SimTime) -> Outcome>,
}

/// How a command answers `?` and `=?`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `+NAME: value`, as V.250 and 27.007 want it.
    Named,
    /// The value alone, as V.253, T.31 and T.32 want it.
    Bare,
}

impl ExtendedRow {
    /// Whether the row can hold a value as text, as far as its places say.
    pub(super) fn can_hold(&self, text: &str) -> bool {
        match &self.kind {
            Kind::Store(store) => place::fits(store.places, text),
            _ => true,
        }
    }

    /// The value that a row which holds one leaves the factory with.
    pub(super) fn factory(&self) -> Option<&'static str> {
        match &self.kind {
            Kind::Store(store) => Some(store.factory),
            Kind::Do { factory, .. } => *factory,
            _ => None,
        }
    }
}

/// The rows of each family.
const TABLES: &[(Feature, &[ExtendedRow])] = &[
    (Feature::V250, v250::ROWS),
    (Feature::CallerId, caller_id::ROWS),
    (Feature::Voice, voice::ROWS),
    (Feature::Fax1, fax::ROWS),
    (Feature::Fax2, fax2::ROWS),
    (Feature::Mobile, mobile::ROWS),
    (Feature::Mobile, phonebook::ROWS),
];

/// Rows by name; every name is once in the tables, which a test holds.
static BY_NAME: LazyLock<HashMap<&'static str, (Feature, &'static ExtendedRow)>> = LazyLock::new(|| {
    let rows = TABLES
        .iter()
        .flat_map(|(feature, rows)| rows.iter().map(move |row| (*feature, row)));
    rows.map(|(feature, row)| (row.name, (feature, row))).collect()
});

/// The row of a name, whatever the modem.
pub(super) fn row_of(name: &str) -> Option<&'static ExtendedRow> {
    BY_NAME.get(name).map(|(_, row)| *row)
}

/// All names.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    TABLES
        .iter()
        .flat_map(|(_, rows)| rows.iter().map(|row| row.name))
}

/// All rows that hold values, with their factory settings.
pub(super) fn stored() -> impl Iterator<Item = (&'static str, String)> {
    let rows = TABLES.iter().flat_map(|(_, rows)| rows.iter());
    rows.filter_map(|row| Some((row.name, row.factory()?.to_owned())))
}

const fn text(name: &'static str, text: fn(&Modem) -> String) -> ExtendedRow {
    ExtendedRow {
        name,
        kind: Kind::Text(text),
    }
}

const fn alias(name: &'static str, other: &'static str) -> ExtendedRow {
    ExtendedRow {
        name,
        kind: Kind::Alias(other),
    }
}

const fn store(
    form: Form,
    name: &'static str,
    factory: &'static str,
    places: &'static [Place],
) -> ExtendedRow {
    ExtendedRow {
        name,
        kind: Kind::Store(Store {
            form,
            factory,
            places,
            changed: None,
        }),
    }
}

const fn act(
    form: Form,
    name: &'static str,
    test: &'static str,
    run: fn(&mut Modem, Operation, SimTime) -> Outcome,
) -> ExtendedRow {
    ExtendedRow {
        name,
        kind: Kind::Do {
            form,
            test: Some(test),
            factory: None,
            run,
        },
    }
}

/// A row that acts, and answers `=?` in a way of its own.
const fn act_and_tell(
    form: Form,
    name: &'static str,
    run: fn(&mut Modem, Operation, SimTime) -> Outcome,
) -> ExtendedRow {
    ExtendedRow {
        name,
        kind: Kind::Do {
            form,
            test: None,
            factory: None,
            run,
        },
    }
}

/// A row that holds a value and acts on it in a way of its own.
const fn held(
    form: Form,
    name: &'static str,
    factory: &'static str,
    run: fn(&mut Modem, Operation, SimTime) -> Outcome,
) -> ExtendedRow {
    ExtendedRow {
        name,
        kind: Kind::Do {
            form,
            test: None,
            factory: Some(factory),
            run,
        },
    }
}

/// A row that holds values, and something that follows from new ones.
const fn store_then(
    form: Form,
    name: &'static str,
    factory: &'static str,
    places: &'static [Place],
    changed: fn(&mut Modem, SimTime) -> Outcome,
) -> ExtendedRow {
    ExtendedRow {
        name,
        kind: Kind::Store(Store {
            form,
            factory,
            places,
            changed: Some(changed),
        }),
    }
}

impl Modem {
    pub(super) fn run_extended(&mut self, name: &str, operation: Operation, now: SimTime) -> Outcome {
        let found = BY_NAME.get(name);
        let Some((feature, row)) = found.filter(|(feature, _)| self.profile().has(*feature)) else {
            return self.unknown_command();
        };
        let feature = *feature;
        if feature == Feature::Mobile
            && operation != Operation::Test
            && !mobile::WITHOUT_SIM.contains(&row.name)
            && let Some(error) = self.sim_error()
        {
            return error;
        }
        match (&row.kind, operation) {
            (Kind::Alias(other), operation) => return self.run_extended(other, operation, now),
            (Kind::Text(text), Operation::Execute | Operation::Read) => {
                let text = text(self);
                self.information(&text);
            }
            (Kind::Text(_), Operation::Test) => {}
            (Kind::Text(_), Operation::Set(_)) => return Outcome::Error,
            (Kind::Store(store), Operation::Read) => {
                let value = self.settings.text(row.name).to_owned();
                self.answer_of(store.form, row.name, &value);
            }
            (Kind::Store(store), Operation::Test) => {
                let test: Vec<String> = store.places.iter().map(Place::to_string).collect();
                self.answer_of(store.form, row.name, &test.join(","));
            }
            (Kind::Store(store), Operation::Set(values)) => {
                let Some(text) = place::fill(store.places, self.settings.text(row.name), &values) else {
                    return self.wrong_parameter(feature);
                };
                self.settings.set_text(row.name, text);
                if let Some(changed) = store.changed {
                    return changed(self, now);
                }
            }
            (Kind::Store(_), Operation::Execute) => return Outcome::Error,
            (Kind::Do { test: Some(""), .. }, Operation::Test) => {}
            (
                Kind::Do {
                    form,
                    test: Some(test),
                    ..
                },
                Operation::Test,
            ) => self.answer_of(*form, row.name, test),
            (Kind::Do { run, .. }, operation) => return run(self, operation, now),
        }
        Outcome::Next
    }

    /// A line of information in the form of its command.
    pub(super) fn answer_of(&mut self, form: Form, name: &str, text: &str) {
        if form == Form::Bare || self.profile().quirks.bare_reads {
            self.information(text);
        } else {
            self.information(&format!("{name}: {text}"));
        }
    }

    /// The command is none of this modem's.
    pub(super) fn unknown_command(&self) -> Outcome {
        if self.profile().quirks.unknown_is_ok {
            Outcome::Next
        } else {
            Outcome::Error
        }
    }

    /// A value that the command does not take.
    fn wrong_parameter(&self, feature: Feature) -> Outcome {
        match feature {
            Feature::Mobile => self.cme(Cme::INCORRECT_PARAMETERS),
            _ => Outcome::Error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::modem::{ModemProfile, Output};

    #[test]
    fn every_name_stands_once_in_the_tables_and_every_factory_setting_fits_its_places() {
        let mut seen = std::collections::BTreeSet::new();
        for (_, rows) in TABLES {
            for row in *rows {
                assert!(seen.insert(row.name), "{} is there twice", row.name);
                match &row.kind {
                    Kind::Store(store) => assert!(
                        place::fits(store.places, store.factory),
                        "{} does not take {}",
                        row.name,
                        store.factory
                    ),
                    Kind::Alias(other) => assert!(row_of(other).is_some(), "{other}"),
                    Kind::Text(_) | Kind::Do { .. } => {}
                }
            }
        }
    }

    /// What a command line is answered by a modem that has every family.
    fn answer(line: &str) -> String {
        let features = TABLES.iter().map(|(feature, _)| *feature).collect();
        let profile = ModemProfile {
            features,
            echo: false,
            ..ModemProfile::default()
        };
        let mut modem = Modem::new(profile);
        modem.handle_bytes(line.as_bytes(), SimTime::ZERO);
        let said = std::iter::from_fn(|| modem.poll_output()).flat_map(Output::into_bytes);
        String::from_utf8(said.collect()).unwrap()
    }

    #[test]
    fn every_command_answers_its_test_form() {
        for name in names() {
            // The carriers of Class 1 are told in Class 1 only.
            let class = if name.starts_with("+FT") || name.starts_with("+FR") {
                1
            } else {
                0
            };
            let said = answer(&format!("AT+FCLASS={class};{name}=?\r"));
            assert!(said.ends_with("\r\nOK\r\n"), "{name}=? is answered {said:?}");
            assert!(!said.contains("ERROR"), "{name}=? is answered {said:?}");
        }
    }

    #[test]
    fn every_command_that_holds_something_answers_its_read_form_with_it() {
        for (name, _) in stored() {
            let said = answer(&format!("AT{name}?\r"));
            let lines = said.matches("\r\n").count();
            assert!(
                said.ends_with("\r\nOK\r\n") && lines > 2,
                "{name}? is answered {said:?}"
            );
        }
    }
}
