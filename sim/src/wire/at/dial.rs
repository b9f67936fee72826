//! The dial string of `D` (V.250 6.3.1) as a value, and its canonical text.

use std::fmt;

use super::Value;

/// What `D` dials, element by element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialString {
    /// Digits and modifiers in their order.
    pub elements: Vec<DialElement>,
    /// The entry of a phonebook that stands in place of the number.
    pub entry: Option<BookEntry>,
    /// Ends with `;`: the modem stays off-hook and takes commands again.
    pub return_to_command: bool,
}

/// An entry of a mobile modem's phonebook, as `D>` names it (27.007 6.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BookEntry {
    /// `>"name"`: whoever has the name, in any memory.
    Name(String),
    /// `>SM5` or `>5`: a place of a memory, or of the one that `+CPBS` chose.
    Place {
        /// The memory, two capitals.
        memory: Option<String>,
        /// The place.
        place: u32,
    },
}

/// The digit whose key bears a letter (E.161); digits stand for themselves.
pub(super) fn key_of(letter: char) -> Option<char> {
    Some(match letter.to_ascii_uppercase() {
        'A'..='C' => '2',
        'D'..='F' => '3',
        'G'..='I' => '4',
        'J'..='L' => '5',
        'M'..='O' => '6',
        'P'..='S' => '7',
        'T'..='V' => '8',
        'W'..='Z' => '9',
        digit if digit.is_ascii_digit() => digit,
        _ => return None,
    })
}

/// One element of a dial string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DialElement {
    /// `0`-`9`, `*`, `#`, `A`-`D`, or `+` for an international number.
    Digit(char),
    /// `T`: tone dialling from here on.
    Tone,
    /// `P`: pulse dialling from here on.
    Pulse,
    /// `W`: wait for dial tone.
    WaitDialTone,
    /// `,`: pause for S8 seconds.
    Pause,
    /// `@`: wait for a quiet answer.
    QuietAnswer,
    /// `!`: hook flash.
    HookFlash,
    /// `$`: wait for the tone that asks for a calling card.
    CallingCardTone,
    /// `L`: the last dial string again.
    Redial,
    /// `R`: the modem takes the answering part once the number is dialled.
    Reverse,
    /// `^`: calling tone on or off.
    CallingTone,
    /// `I`: the caller's number is withheld for this call (27.007 6.2).
    Withhold,
    /// `G`: the call goes to a closed user group (27.007 6.2).
    UserGroup,
    /// `S=n`: the number that `&Zn` stored.
    Stored(u8),
}

impl DialElement {
    /// The element that a single character stands for, in either case; `None` where it stands for none.
    pub fn from_char(c: char) -> Option<DialElement> {
        Some(match c.to_ascii_uppercase() {
            c @ ('0'..='9' | '*' | '#' | '+' | 'A'..='D') => DialElement::Digit(c),
            'T' => DialElement::Tone,
            'P' => DialElement::Pulse,
            'W' => DialElement::WaitDialTone,
            ',' => DialElement::Pause,
            '@' => DialElement::QuietAnswer,
            '!' => DialElement::HookFlash,
            '$' => DialElement::CallingCardTone,
            'L' => DialElement::Redial,
            'R' => DialElement::Reverse,
            '^' => DialElement::CallingTone,
            'I' => DialElement::Withhold,
            'G' => DialElement::UserGroup,
            _ => return None,
        })
    }
}

impl fmt::Display for DialElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let c = match self {
            DialElement::Digit(c) => *c,
            DialElement::Tone => 'T',
            DialElement::Pulse => 'P',
            DialElement::WaitDialTone => 'W',
            DialElement::Pause => ',',
            DialElement::QuietAnswer => '@',
            DialElement::HookFlash => '!',
            DialElement::CallingCardTone => '$',
            DialElement::Redial => 'L',
            DialElement::Reverse => 'R',
            DialElement::CallingTone => '^',
            DialElement::Withhold => 'I',
            DialElement::UserGroup => 'G',
            DialElement::Stored(place) => return write!(f, "S={place}"),
        };
        write!(f, "{c}")
    }
}

impl DialString {
    /// The digits alone.
    pub fn digits(&self) -> String {
        self.elements
            .iter()
            .filter_map(|element| match element {
                DialElement::Digit(c) => Some(*c),
                _ => None,
            })
            .collect()
    }
}

impl fmt::Display for DialString {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.entry {
            None => {}
            Some(BookEntry::Name(name)) => write!(f, ">{}", Value::Quoted(name.clone()))?,
            Some(BookEntry::Place { memory, place }) => {
                write!(f, ">{}{place}", memory.as_deref().unwrap_or(""))?;
            }
        }
        for element in &self.elements {
            write!(f, "{element}")?;
        }
        if self.return_to_command {
            f.write_str(";")
        } else {
            Ok(())
        }
    }
}
