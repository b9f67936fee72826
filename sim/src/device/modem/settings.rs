//! What commands set and `&W` stores: S-registers, and the values of basic and extended commands.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::ModemProfile;
use super::basic::BASIC;
use super::extended;
use super::registers::REGISTERS;
use crate::wire::at::Framing;

/// A make of modem: its profile and the factory settings that follow from it, shared by all modems of the make.
#[derive(Debug, PartialEq, Eq)]
pub struct Make {
    pub(super) profile: ModemProfile,
    factory: Values,
}

impl Make {
    /// The make of a profile.
    pub fn new(profile: ModemProfile) -> Arc<Make> {
        let mut factory = Values {
            registers: REGISTERS.iter().map(|row| (row.number, row.factory)).collect(),
            values: BASIC
                .iter()
                .filter_map(|row| Some((row.name, row.factory()?)))
                .collect(),
            texts: extended::stored().collect(),
        };
        factory.registers.extend(profile.registers.iter().copied());
        for (name, value) in &profile.values {
            if let Some(row) = BASIC.iter().find(|row| row.name == name) {
                factory.values.insert(row.name, *value);
            }
        }
        for (name, text) in &profile.texts {
            if let Some(row) = extended::row_of(name) {
                factory.texts.insert(row.name, text.clone());
            }
        }
        factory.values.insert("E", u32::from(profile.echo));
        Arc::new(Make { profile, factory })
    }

    /// The profile.
    pub fn profile(&self) -> &ModemProfile {
        &self.profile
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Values {
    registers: BTreeMap<u32, u8>,
    values: BTreeMap<&'static str, u32>,
    texts: BTreeMap<&'static str, String>,
}

/// One set of settings: what differs from the make's. Thousands of modems share the rest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    make: Arc<Make>,
    changed: Values,
}

impl Settings {
    /// As the modem leaves the factory.
    pub(super) fn factory(make: &Arc<Make>) -> Settings {
        Settings {
            make: Arc::clone(make),
            changed: Values::default(),
        }
    }

    /// The value of a basic command that stores one; 0 for any other name.
    pub(super) fn get(&self, name: &str) -> u32 {
        let changed = self.changed.values.get(name);
        changed
            .or_else(|| self.make.factory.values.get(name))
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn set(&mut self, name: &'static str, value: u32) {
        self.changed.values.insert(name, value);
    }

    /// The value of an extended command that stores one.
    pub(super) fn text(&self, name: &str) -> &str {
        let changed = self.changed.texts.get(name);
        changed
            .or_else(|| self.make.factory.texts.get(name))
            .map_or("", String::as_str)
    }

    pub(super) fn set_text(&mut self, name: &'static str, value: String) {
        self.changed.texts.insert(name, value);
    }

    /// The number at a place of the value of an extended command; 0 where there is none.
    pub(super) fn number(&self, name: &str, place: usize) -> u32 {
        let text = self.text(name).split(',').nth(place);
        text.and_then(|text| text.parse().ok()).unwrap_or(0)
    }

    pub(super) fn register(&self, number: u32) -> u8 {
        let changed = self.changed.registers.get(&number);
        changed
            .or_else(|| self.make.factory.registers.get(&number))
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn set_register(&mut self, number: u32, value: u8) {
        self.changed.registers.insert(number, value);
    }

    /// A register that counts seconds.
    pub(super) fn seconds(&self, number: u32) -> Duration {
        Duration::from_secs(self.register(number).into())
    }

    /// The guard time around `+++`: S12 counts fiftieths of a second.
    pub(super) fn guard_time(&self) -> Duration {
        Duration::from_millis(20) * u32::from(self.register(12))
    }

    pub(super) fn framing(&self) -> Framing {
        Framing {
            verbose: self.get("V") == 1,
            cr: self.register(3),
            lf: self.register(4),
        }
    }

    /// Basic commands and their values, in the order of the table.
    pub(super) fn basic_values(&self) -> impl Iterator<Item = (&'static str, u32)> {
        BASIC
            .iter()
            .filter(|row| row.factory().is_some())
            .map(|row| (row.name, self.get(row.name)))
    }
}
