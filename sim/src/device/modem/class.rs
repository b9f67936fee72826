//! `+FCLASS`: which service the modem is set to.

use super::profile::Feature;
use super::{Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::{Operation, Value};

/// What a modem does with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Data.
    Data,
    /// Fax, with T.30 in the client (T.31).
    Fax1,
    /// Fax, with T.30 in the modem (T.32 and its drafts).
    Fax2,
    /// Speech.
    Voice,
}

/// The values of `+FCLASS`, the service each is for, and the family that a modem needs for it.
const CLASSES: &[(&str, Class, Feature)] = &[
    ("0", Class::Data, Feature::V250),
    ("1", Class::Fax1, Feature::Fax1),
    ("2", Class::Fax2, Feature::Fax2),
    ("2.0", Class::Fax2, Feature::Fax2),
    ("8", Class::Voice, Feature::Voice),
];

impl Modem {
    /// The service that the modem is set to.
    pub(super) fn class(&self) -> Class {
        let set = self.settings.text("+FCLASS");
        let row = CLASSES.iter().find(|(name, ..)| *name == set);
        row.map_or(Class::Data, |(_, class, _)| *class)
    }

    /// `+FCLASS` (T.31 8.2): the answers are bare, and `2.0` is a value like the others.
    pub(super) fn service_class(&mut self, operation: Operation, _: SimTime) -> Outcome {
        let known = |modem: &Modem| -> Vec<&'static str> {
            let rows = CLASSES.iter();
            let rows = rows.filter(|(_, _, feature)| modem.profile().has(*feature));
            rows.map(|(name, ..)| *name).collect()
        };
        match operation {
            Operation::Read => {
                let set = self.settings.text("+FCLASS").to_owned();
                self.information(&set);
                Outcome::Next
            }
            Operation::Test => {
                let list = known(self).join(",");
                self.information(&list);
                Outcome::Next
            }
            Operation::Set(values) => {
                let text = match values.as_slice() {
                    [Value::Number(number)] => number.to_string(),
                    [Value::Word(word)] => word.clone(),
                    _ => return Outcome::Error,
                };
                if !known(self).contains(&text.as_str()) {
                    return Outcome::Error;
                }
                self.settings.set_text("+FCLASS", text);
                self.service_class_changed();
                Outcome::Next
            }
            Operation::Execute => Outcome::Error,
        }
    }

    /// Leaves what only the last service needed.
    pub(super) fn service_class_changed(&mut self) {
        self.session = None;
    }
}
