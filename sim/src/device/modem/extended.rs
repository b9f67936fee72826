//! Extended commands, one row each (V.250 6, V.253 for caller id and digits).

use super::{LineAction, Modem, ModemProfile, Outcome};
use crate::wire::at::{DialElement, Operation, Value};

/// One extended command.
pub(super) struct ExtendedRow {
    /// Its name with its prefix.
    pub(super) name: &'static str,
    kind: Kind,
}

/// What an extended command does.
enum Kind {
    /// Answers with a text of the profile.
    Identify(fn(&ModemProfile) -> &str),
    /// Answers with the same text always, after its name.
    Report(&'static str),
    /// Holds numbers: the factory's, the answer to `=?`, and the largest value at each place.
    Store {
        factory: &'static str,
        test: &'static str,
        most: &'static [u32],
    },
    /// Another name for a row.
    Alias(&'static str),
    /// Acts on its values; the text is the answer to `=?`.
    Do {
        test: &'static str,
        action: fn(&mut Modem, &[Value]) -> Outcome,
    },
}

impl ExtendedRow {
    pub(super) fn factory(&self) -> Option<&'static str> {
        match self.kind {
            Kind::Store { factory, .. } => Some(factory),
            _ => None,
        }
    }
}

const fn row(name: &'static str, kind: Kind) -> ExtendedRow {
    ExtendedRow { name, kind }
}

const fn store(
    name: &'static str,
    factory: &'static str,
    test: &'static str,
    most: &'static [u32],
) -> ExtendedRow {
    row(name, Kind::Store { factory, test, most })
}

/// Every extended command.
pub(super) const EXTENDED: &[ExtendedRow] = &[
    row("+GMI", Kind::Identify(|profile| &profile.manufacturer)),
    row("+GMM", Kind::Identify(|profile| &profile.model)),
    row("+GMR", Kind::Identify(|profile| &profile.revision)),
    row("+FMI", Kind::Identify(|profile| &profile.manufacturer)),
    row("+FMM", Kind::Identify(|profile| &profile.model)),
    row("+FMR", Kind::Identify(|profile| &profile.revision)),
    row("+GCAP", Kind::Report("+FCLASS")),
    store("+FCLASS", "0", "0", &[0]),
    store("+VCID", "0", "(0,1)", &[1]),
    row("#CID", Kind::Alias("+VCID")),
    row(
        "+VTS",
        Kind::Do {
            test: "(0-9,*,#,A-D)",
            action: Modem::send_digits,
        },
    ),
    store(
        "+IPR",
        "0",
        "(0,300,1200,2400,9600,19200,38400,57600,115200)",
        &[921_600],
    ),
    store("+IFC", "2,2", "(0-3),(0-3)", &[3, 3]),
    store("+ICF", "3,3", "(0-6),(0-3)", &[6, 3]),
    store("+ILRR", "0", "(0,1)", &[1]),
    store("+DR", "0", "(0,1)", &[1]),
    store("+ER", "0", "(0,1)", &[1]),
    store("+MR", "0", "(0,1)", &[1]),
];

impl Modem {
    pub(super) fn run_extended(&mut self, name: &str, operation: Operation) -> Outcome {
        let Some(row) = EXTENDED.iter().find(|row| row.name == name) else {
            return Outcome::Error;
        };
        match (&row.kind, operation) {
            (Kind::Alias(other), operation) => return self.run_extended(other, operation),
            (Kind::Identify(text), Operation::Execute | Operation::Read) => {
                let text = text(&self.profile).to_owned();
                self.information(&text);
            }
            (Kind::Report(text), Operation::Execute | Operation::Read) => {
                self.information(&format!("{}: {text}", row.name));
            }
            (Kind::Identify(_) | Kind::Report(_), Operation::Test) => {}
            (Kind::Identify(_) | Kind::Report(_), Operation::Set(_)) => return Outcome::Error,
            (Kind::Store { .. }, Operation::Read) => {
                let value = self.settings.text(row.name).to_owned();
                self.information(&value);
            }
            (Kind::Store { test, .. } | Kind::Do { test, .. }, Operation::Test) => self.information(test),
            (Kind::Store { most, .. }, Operation::Set(values)) => {
                let Some(text) = numbers_within(&values, self.settings.text(row.name), most) else {
                    return Outcome::Error;
                };
                self.settings.set_text(row.name, text);
            }
            (Kind::Do { action, .. }, Operation::Set(values)) => return action(self, &values),
            (Kind::Store { .. } | Kind::Do { .. }, Operation::Execute)
            | (Kind::Do { .. }, Operation::Read) => {
                return Outcome::Error;
            }
        }
        Outcome::Next
    }

    /// `+VTS` (V.253 10.1.4): digits to the far end, or to the exchange. Tones given by frequency are not digits, so
    /// they are sound without meaning here.
    fn send_digits(&mut self, values: &[Value]) -> Outcome {
        let mut digits = String::new();
        for value in values {
            let text = match value {
                Value::Number(number) if *number <= 9 => number.to_string(),
                Value::Word(word) if word.starts_with('[') && word.ends_with(']') => continue,
                // {digit,length in 10 ms}: the length is not simulated.
                Value::Word(word) => word
                    .trim_matches(['{', '}'])
                    .split(',')
                    .next()
                    .unwrap_or("")
                    .to_owned(),
                _ => return Outcome::Error,
            };
            let mut chars = text.chars();
            match (chars.next().and_then(DialElement::from_char), chars.next()) {
                (Some(DialElement::Digit(digit)), None) if digit != '+' => digits.push(digit),
                _ => return Outcome::Error,
            }
        }
        if !self.is_off_hook {
            return Outcome::Error;
        }
        self.actions.push_back(LineAction::Dial {
            digits,
            complete: false,
        });
        Outcome::Next
    }
}

/// The numbers as text, where each is at most what its place takes; places left out keep what they hold.
fn numbers_within(values: &[Value], held: &str, most: &[u32]) -> Option<String> {
    if values.len() > most.len() {
        return None;
    }
    let mut numbers: Vec<String> = held.split(',').map(str::to_owned).collect();
    for ((value, most), place) in values.iter().zip(most).zip(&mut numbers) {
        match value {
            Value::Missing => {}
            Value::Number(number) if number <= most => *place = number.to_string(),
            _ => return None,
        }
    }
    Some(numbers.join(","))
}
