//! Basic commands, one row each (V.250 6.1 to 6.3; the rest as Hayes modems have them).

use super::{Modem, Outcome, flow};
use crate::time::SimTime;
use crate::wire::at::ResultCode;

use super::registers::REGISTERS;
use super::settings::Settings;

/// One basic command.
pub(super) struct BasicRow {
    /// Its name with its prefix.
    pub(super) name: &'static str,
    /// The largest number that it takes; all smaller ones too.
    most: u32,
    effect: Effect,
}

/// What a basic command does.
enum Effect {
    /// Stores its number; the number here is the factory's.
    Store(u32),
    /// Acts.
    Do(fn(&mut Modem, u32, SimTime) -> Outcome),
}

impl BasicRow {
    /// The largest number that it takes.
    pub(super) fn most(&self) -> u32 {
        self.most
    }

    pub(super) fn factory(&self) -> Option<u32> {
        match self.effect {
            Effect::Store(value) => Some(value),
            Effect::Do(_) => None,
        }
    }
}

const fn store(name: &'static str, most: u32, factory: u32) -> BasicRow {
    BasicRow {
        name,
        most,
        effect: Effect::Store(factory),
    }
}

const fn act(name: &'static str, most: u32, action: fn(&mut Modem, u32, SimTime) -> Outcome) -> BasicRow {
    BasicRow {
        name,
        most,
        effect: Effect::Do(action),
    }
}

/// Every basic command but `D`, `S` and `&Zn=`. What the stored ones mean is read where it matters: `E`, `Q`, `V`, `X`,
/// `W`, `F`, `&C`, `&D`, `&K`, `&Q`, `&R`, `&S`, `&Y`, `\N`, `%C`. The others are accepted, as clients send them to every
/// modem, and have nothing to act on: there is no loudspeaker (L, M), no guard tone on a line that carries no sound (&G),
/// no leased line (&L), no relay of a telephone set (&J), no choice of standards for a rate (B), and no test (&T).
pub(super) const BASIC: &[BasicRow] = &[
    store("E", 1, 1),
    store("Q", 1, 0),
    store("V", 1, 1),
    store("X", 4, 4),
    store("B", 99, 0),
    store("F", 10, 0),
    store("L", 3, 2),
    store("M", 3, 1),
    store("N", 5, 1),
    act("P", 0, |modem, _, _| {
        modem.dials_pulses = true;
        Outcome::Next
    }),
    act("T", 0, |modem, _, _| {
        modem.dials_pulses = false;
        Outcome::Next
    }),
    store("W", 2, 0),
    store("Y", 1, 0),
    store("&A", 3, 1),
    store("&B", 1, 1),
    store("&C", 2, 1),
    store("&D", 3, 0),
    store("&G", 2, 0),
    store("&H", 3, 1),
    store("&I", 2, 0),
    store("&J", 1, 0),
    store("&K", 6, 3),
    store("&L", 1, 0),
    store("&M", 5, 0),
    store("&N", 16, 0),
    store("&P", 3, 0),
    store("&Q", 9, 5),
    store("&R", 2, 0),
    store("&S", 2, 0),
    store("&T", 9, 4),
    store("&U", 1, 0),
    store("&X", 2, 0),
    store("&Y", 1, 0),
    store("\\A", 3, 1),
    store("\\B", 9, 3),
    store("\\G", 1, 0),
    store("\\J", 1, 0),
    store("\\K", 5, 5),
    store("\\L", 1, 0),
    store("\\N", 7, 3),
    store("\\Q", 3, 3),
    store("\\T", 90, 0),
    store("\\V", 9, 1),
    store("\\X", 1, 0),
    store("%B", 9, 0),
    store("%C", 3, 3),
    store("%E", 3, 2),
    act("A", 0, |modem, _, now| {
        if modem.has_carrier {
            return Outcome::Error;
        }
        modem.answer(now);
        Outcome::Busy
    }),
    act("H", 1, |modem, value, _| {
        match value {
            // 27.007 8.20: with `+CVHU=1`, H leaves voice calls alone.
            0 if modem.settings.number("+CVHU", 0) == 1 && modem.in_voice_call() => {}
            0 if modem.keeps_line(2) => modem.drop_carrier(),
            0 => modem.hang_up(),
            _ => modem.go_off_hook(),
        }
        Outcome::Next
    }),
    act("I", 9, |modem, value, _| {
        modem.identify(value);
        Outcome::Next
    }),
    act("O", 3, |modem, _, now| modem.return_online(now)),
    act("Z", 3, |modem, value, _| {
        modem.hang_up();
        modem.recall(value);
        Outcome::Next
    }),
    act("&F", 2, |modem, _, _| {
        modem.settings = Settings::factory(&modem.make);
        modem.service_class_changed();
        Outcome::Next
    }),
    act("&V", 1, |modem, _, _| {
        modem.show_settings();
        Outcome::Next
    }),
    act("&W", 1, |modem, value, _| {
        let stored = modem.settings.clone();
        if let Some(place) = modem.stored.get_mut(usize::from(value == 1)) {
            *place = stored;
        }
        Outcome::Next
    }),
];

impl Modem {
    pub(super) fn run_basic(&mut self, name: &str, value: u32, now: SimTime) -> Outcome {
        let row = BASIC.iter().find(|row| row.name == name);
        let Some(row) = row.filter(|_| !self.profile().lacks(name)) else {
            return self.unknown_command();
        };
        if value > self.profile().most.get(name).copied().unwrap_or(row.most) {
            return Outcome::Error;
        }
        match &row.effect {
            Effect::Store(_) => {
                self.settings.set(row.name, value);
                if row.name == "&K" {
                    self.settings.set_text("+IFC", flow::of_k(value).to_owned());
                }
                Outcome::Next
            }
            Effect::Do(action) => action(self, value, now),
        }
    }

    /// `I`: V.250 6.1.3 leaves the contents to the maker.
    fn identify(&mut self, value: u32) {
        if let Some(lines) = self.profile().identification.get(&value).cloned() {
            return lines.iter().for_each(|line| self.information(line));
        }
        let text = match value {
            0 => self.profile().model.clone(),
            1 => "000".to_owned(),
            2 => return self.result_as_information(),
            3 => self.profile().revision.clone(),
            _ => self.profile().manufacturer.clone(),
        };
        self.information(&text);
    }

    /// `I2` checks the memory; it is in order.
    fn result_as_information(&mut self) {
        self.information(&ResultCode::Ok.to_string());
    }

    fn show_settings(&mut self) {
        let basic: Vec<String> = self
            .settings
            .basic_values()
            .map(|(name, value)| format!("{name}{value}"))
            .collect();
        let registers: Vec<String> = REGISTERS
            .iter()
            .map(|row| format!("S{:02}:{:03}", row.number, self.settings.register(row.number)))
            .collect();
        self.information(&basic.join(" "));
        self.information(&registers.join(" "));
        let numbers: Vec<String> = self
            .book
            .iter()
            .map(|(place, string)| format!("&Z{place}={string}"))
            .collect();
        if !numbers.is_empty() {
            self.information(&numbers.join(" "));
        }
    }
}
