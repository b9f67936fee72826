//! What commands set and `&W` stores: S-registers, and the values of basic and extended commands.

use std::collections::BTreeMap;
use std::time::Duration;

use super::ModemProfile;
use super::basic::BASIC;
use super::extended::EXTENDED;
use super::registers::REGISTERS;
use crate::wire::at::Framing;

/// One profile of settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Settings {
    registers: BTreeMap<u32, u8>,
    values: BTreeMap<&'static str, u32>,
    texts: BTreeMap<&'static str, String>,
}

impl Settings {
    /// As the modem leaves the factory.
    pub(super) fn factory(profile: &ModemProfile) -> Settings {
        let mut registers: BTreeMap<u32, u8> =
            REGISTERS.iter().map(|row| (row.number, row.factory)).collect();
        registers.extend(profile.registers.iter().copied());
        let mut values: BTreeMap<&'static str, u32> = BASIC
            .iter()
            .filter_map(|row| Some((row.name, row.factory()?)))
            .collect();
        values.insert("E", u32::from(profile.echo));
        let texts = EXTENDED
            .iter()
            .filter_map(|row| Some((row.name, row.factory()?.to_owned())))
            .collect();
        Settings {
            registers,
            values,
            texts,
        }
    }

    /// The value of a basic command that stores one; 0 for any other name.
    pub(super) fn get(&self, name: &str) -> u32 {
        self.values.get(name).copied().unwrap_or(0)
    }

    pub(super) fn set(&mut self, name: &'static str, value: u32) {
        self.values.insert(name, value);
    }

    /// The value of an extended command that stores one.
    pub(super) fn text(&self, name: &str) -> &str {
        self.texts.get(name).map_or("", String::as_str)
    }

    pub(super) fn set_text(&mut self, name: &'static str, value: String) {
        self.texts.insert(name, value);
    }

    pub(super) fn register(&self, number: u32) -> u8 {
        self.registers.get(&number).copied().unwrap_or(0)
    }

    pub(super) fn set_register(&mut self, number: u32, value: u8) {
        self.registers.insert(number, value);
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
            .filter_map(|row| Some((row.name, *self.values.get(row.name)?)))
    }
}
