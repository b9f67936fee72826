//! Phonebooks (27.007 8.11 to 8.14, 6.3): entries by memory and place, and the numbers of late.

use std::collections::BTreeMap;

use super::Cme;
use super::calls::kind_of;
use super::charset::CharacterSet;
use crate::device::modem::profile::SimProfile;
use crate::device::modem::{Modem, Outcome};
use crate::wire::at::{BookEntry, DialElement, Operation, Value};

/// The longest number and the longest name of an entry.
const LONGEST_NUMBER: usize = 40;
const LONGEST_NAME: usize = 18;

/// One memory.
struct Memory {
    name: &'static str,
    places: u32,
    /// Entries are the client's, not the modem's own notes.
    is_writable: bool,
}

const fn memory(name: &'static str, places: u32, is_writable: bool) -> Memory {
    Memory {
        name,
        places,
        is_writable,
    }
}

const MEMORIES: &[Memory] = &[
    memory("SM", 250, true),
    memory("ME", 100, true),
    memory("ON", 4, true),
    memory("DC", 10, false),
    memory("MC", 10, false),
    memory("RC", 10, false),
];

/// Own numbers.
const OWN: usize = 2;

/// What the modem notes by itself, latest first: places in [`MEMORIES`].
#[derive(Clone, Copy, Debug)]
pub(super) enum List {
    Dialled = 3,
    Missed = 4,
    Received = 5,
}

#[derive(Clone, Debug)]
struct Entry {
    number: String,
    name: String,
}

impl Entry {
    /// Number and type as they are shown.
    fn shown_number(&self) -> String {
        format!("\"{}\",{}", self.number, kind_of(&self.number))
    }
}

/// The phonebooks of a SIM and its modem.
#[derive(Debug)]
pub(in super::super) struct Phonebook {
    /// Place in [`MEMORIES`]: `+CPBS`.
    selected: usize,
    /// Entries of each memory by place, from 1.
    entries: Vec<BTreeMap<u32, Entry>>,
}

impl Phonebook {
    pub(super) fn new(sim: &SimProfile) -> Phonebook {
        let mut book = Phonebook {
            selected: 0,
            entries: vec![BTreeMap::new(); MEMORIES.len()],
        };
        for (place, (name, number)) in (1..).zip(&sim.phonebook) {
            let (number, name) = (number.clone(), name.clone());
            book.entries[0].insert(place, Entry { number, name });
        }
        if !sim.number.is_empty() {
            let (number, name) = (sim.number.clone(), String::new());
            book.entries[OWN].insert(1, Entry { number, name });
        }
        book
    }

    fn memory(&self) -> &'static Memory {
        &MEMORIES[self.selected]
    }

    fn note(&mut self, list: List, number: &str) {
        let memory = list as usize;
        let entry = Entry {
            number: number.to_owned(),
            name: String::new(),
        };
        let old = std::mem::take(&mut self.entries[memory]);
        let all = std::iter::once(entry).chain(old.into_values());
        self.entries[memory] = (1..=MEMORIES[memory].places).zip(all).collect();
    }

    fn number_of(&self, entry: &BookEntry) -> Result<&str, Cme> {
        let found = match entry {
            BookEntry::Name(name) => {
                let mut all = self.entries.iter().flat_map(BTreeMap::values);
                all.find(|entry| entry.name == *name).ok_or(Cme::NOT_FOUND)?
            }
            BookEntry::Place { memory, place } => {
                let memory = match memory {
                    None => self.selected,
                    Some(name) => position(name).ok_or(Cme::INCORRECT_PARAMETERS)?,
                };
                if !(1..=MEMORIES[memory].places).contains(place) {
                    return Err(Cme::INVALID_INDEX);
                }
                self.entries[memory].get(place).ok_or(Cme::NOT_FOUND)?
            }
        };
        Ok(&found.number)
    }

    /// `+CPBW`: stores an entry, at the first free place where none is given; without a number the place is freed.
    fn write(&mut self, place: Option<u32>, entry: Option<Entry>) -> Result<(), Cme> {
        let memory = self.memory();
        if !memory.is_writable {
            return Err(Cme::NOT_ALLOWED);
        }
        let entries = &mut self.entries[self.selected];
        let place = match place {
            Some(place) if (1..=memory.places).contains(&place) => place,
            Some(_) => return Err(Cme::INVALID_INDEX),
            None => {
                let mut free = (1..=memory.places).filter(|place| !entries.contains_key(place));
                free.next().ok_or(Cme::MEMORY_FULL)?
            }
        };
        match entry {
            Some(entry) => drop(entries.insert(place, entry)),
            None => drop(entries.remove(&place)),
        }
        Ok(())
    }
}

fn position(memory: &str) -> Option<usize> {
    MEMORIES.iter().position(|row| row.name == memory)
}

/// The entry of `+CPBW`, from the number on; none where there is no number. The name is in a client's character set.
fn entry_of(values: &[Value], set: CharacterSet) -> Result<Option<Entry>, Cme> {
    let (number, rest) = match values {
        [] => return Ok(None),
        [Value::Quoted(number), rest @ ..] => (number.clone(), rest),
        [Value::Number(number), rest @ ..] => (number.to_string(), rest),
        _ => return Err(Cme::INCORRECT_PARAMETERS),
    };
    let (kind, name) = match rest {
        [] => (129, ""),
        [Value::Number(kind @ (129 | 145 | 161))] => (*kind, ""),
        [Value::Number(kind @ (129 | 145 | 161)), Value::Quoted(name)] => (*kind, name.as_str()),
        [Value::Missing, Value::Quoted(name)] => (129, name.as_str()),
        _ => return Err(Cme::INCORRECT_PARAMETERS),
    };
    let is_digit = |c: char| matches!(c, '0'..='9' | '*' | '#' | 'A'..='C' | 'P' | 'W');
    let plain = number.strip_prefix('+').unwrap_or(&number);
    if number.len() > LONGEST_NUMBER {
        return Err(Cme::NUMBER_TOO_LONG);
    }
    if !plain.to_ascii_uppercase().chars().all(is_digit) {
        return Err(Cme::INVALID_NUMBER);
    }
    let name = set.decode(name).ok_or(Cme::INVALID_TEXT)?;
    if name.chars().count() > LONGEST_NAME {
        return Err(Cme::TEXT_TOO_LONG);
    }
    // Type 145 says that the number is international: its `+` may be left out.
    let number = match kind {
        145 => format!("+{plain}"),
        _ => number,
    };
    Ok(Some(Entry { number, name }))
}

impl Modem {
    fn phonebook(&self) -> Result<&Phonebook, Cme> {
        self.mobile
            .as_ref()
            .map(|mobile| &mobile.phonebook)
            .ok_or(Cme::NOT_SUPPORTED)
    }

    pub(super) fn note_number(&mut self, list: List, number: &str) {
        if let Some(mobile) = &mut self.mobile {
            mobile.phonebook.note(list, number);
        }
    }

    /// The digits of an entry that `D>` names.
    pub(in super::super) fn booked_number(&self, entry: &BookEntry) -> Result<Vec<DialElement>, Outcome> {
        if !self.is_mobile() {
            return Err(Outcome::Error);
        }
        if let Some(error) = self.sim_error() {
            return Err(error);
        }
        let entry = match entry {
            BookEntry::Name(name) => match self.meant(name) {
                Some(name) => &BookEntry::Name(name),
                None => return Err(self.cme(Cme::INVALID_TEXT)),
            },
            place @ BookEntry::Place { .. } => place,
        };
        let number = self.phonebook().and_then(|book| book.number_of(entry));
        let number = number.map_err(|error| self.cme(error))?;
        Ok(number.chars().filter_map(DialElement::from_char).collect())
    }

    /// `+CPBS` (27.007 8.11): the memory that the others are about.
    pub(in super::super) fn choose_phonebook(&mut self, operation: Operation) -> Outcome {
        match operation {
            Operation::Test => {
                let names: Vec<String> = MEMORIES.iter().map(|row| format!("\"{}\"", row.name)).collect();
                self.information(&format!("+CPBS: ({})", names.join(",")));
            }
            Operation::Read => {
                let Ok(book) = self.phonebook() else {
                    return Outcome::Error;
                };
                let Memory { name, places, .. } = book.memory();
                let used = book.entries[book.selected].len();
                self.information(&format!("+CPBS: \"{name}\",{used},{places}"));
            }
            Operation::Set(values) => match (values.as_slice(), &mut self.mobile) {
                ([Value::Quoted(name)], Some(mobile)) => match position(name) {
                    Some(memory) => mobile.phonebook.selected = memory,
                    None => return self.cme(Cme::INCORRECT_PARAMETERS),
                },
                _ => return self.cme(Cme::INCORRECT_PARAMETERS),
            },
            Operation::Execute => return Outcome::Error,
        }
        Outcome::Next
    }

    /// `+CPBR` (27.007 8.12): entries of one place, or from one to another.
    pub(in super::super) fn read_phonebook(&mut self, values: &[Value]) -> Outcome {
        let (first, last) = match values {
            [Value::Number(place)] => (*place, *place),
            [Value::Number(first), Value::Number(last)] if first <= last => (*first, *last),
            _ => return self.cme(Cme::INCORRECT_PARAMETERS),
        };
        self.show_entries("+CPBR", |place, _| (first..=last).contains(&place), first, last)
    }

    /// `+CPBF` (27.007 8.13): entries whose name begins with a text.
    pub(in super::super) fn find_in_phonebook(&mut self, values: &[Value]) -> Outcome {
        let [Value::Quoted(text)] = values else {
            return self.cme(Cme::INCORRECT_PARAMETERS);
        };
        let Some(text) = self.meant(text) else {
            return self.cme(Cme::INVALID_TEXT);
        };
        let is_wanted = |entry: &Entry| entry.name.starts_with(&text);
        let found = self
            .phonebook()
            .map(|book| book.entries[book.selected].values().any(is_wanted));
        match found {
            Ok(true) => self.show_entries("+CPBF", |_, entry| is_wanted(entry), 1, 1),
            Ok(false) => self.cme(Cme::NOT_FOUND),
            Err(error) => self.cme(error),
        }
    }

    fn show_entries(
        &mut self,
        name: &str,
        is_wanted: impl Fn(u32, &Entry) -> bool,
        first: u32,
        last: u32,
    ) -> Outcome {
        let lines: Result<Vec<String>, Cme> = self.phonebook().and_then(|book| {
            if first < 1 || last > book.memory().places {
                return Err(Cme::INVALID_INDEX);
            }
            let entries = book.entries[book.selected].iter();
            let wanted = entries.filter(|(place, entry)| is_wanted(**place, entry));
            let shown = wanted.map(|(place, entry)| {
                let (number, text) = (entry.shown_number(), self.quoted(&entry.name));
                format!("{name}: {place},{number},{text}")
            });
            Ok(shown.collect())
        });
        match lines {
            Ok(lines) => lines.iter().for_each(|line| self.information(line)),
            Err(error) => return self.cme(error),
        }
        Outcome::Next
    }

    /// `+CPBW` (27.007 8.14).
    pub(in super::super) fn write_phonebook(&mut self, values: &[Value]) -> Outcome {
        let (place, rest) = match values {
            [Value::Number(place), rest @ ..] => (Some(*place), rest),
            [Value::Missing, rest @ ..] if !rest.is_empty() => (None, rest),
            _ => return self.cme(Cme::INCORRECT_PARAMETERS),
        };
        let entry = entry_of(rest, self.character_set());
        let written = entry.and_then(|entry| match &mut self.mobile {
            Some(mobile) => mobile.phonebook.write(place, entry),
            None => Err(Cme::NOT_SUPPORTED),
        });
        match written {
            Ok(()) => Outcome::Next,
            Err(error) => self.cme(error),
        }
    }

    /// What `+CPBR=?` and its likes say of the memory chosen.
    pub(in super::super) fn phonebook_limits(&self, between: &str) -> String {
        let places = self.phonebook().map_or(0, |book| book.memory().places);
        format!("(1-{places}),{LONGEST_NUMBER}{between},{LONGEST_NAME}")
    }

    /// `+CNUM` (27.007 7.1): the own numbers.
    pub(in super::super) fn own_numbers(&mut self) {
        let own = self.phonebook().map(|book| book.entries[OWN].clone());
        for entry in own.into_iter().flat_map(BTreeMap::into_values) {
            let (name, number) = (self.quoted(&entry.name), entry.shown_number());
            self.information(&format!("+CNUM: {name},{number}"));
        }
    }
}
