//! `+FCLASS`: which service the modem is set to.

use super::profile::Feature;
use super::{Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::{Operation, Value};

/// The values of `+FCLASS`, and the family that a modem needs for each.
const CLASSES: &[(&str, Feature)] = &[("0", Feature::V250)];

impl Modem {
    /// `+FCLASS` (T.31 8.2): the answers are bare, and `2.0` is a value like the others.
    pub(super) fn service_class(&mut self, operation: Operation, _: SimTime) -> Outcome {
        let known = |modem: &Modem| -> Vec<&'static str> {
            let rows = CLASSES.iter();
            let rows = rows.filter(|(_, feature)| modem.profile().has(*feature));
            rows.map(|(name, ..)| *name).collect()
        };
        match operation {
            Operation::Read => {
                let set = self.settings.text("+FCLASS").to_owned();
                self.information(if set.is_empty() { "0" } else { &set });
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
    pub(super) fn service_class_changed(&mut self) {}
}
