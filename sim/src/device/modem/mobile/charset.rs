//! The client's character set (27.007 5.5): texts in commands and answers are turned from it and into it.

use crate::device::modem::Modem;
use crate::wire::at::Value;
use crate::wire::sms::{gsm_from_text, gsm_to_text};

/// The values of `+CSCS`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum CharacterSet {
    /// The default alphabet of 23.038; in strings, which the command line limits to it, the same as the next.
    Gsm,
    /// The international reference alphabet, that is ASCII.
    Ira,
    Utf8,
    /// Four hexadecimal digits for each unit of UTF-16.
    Ucs2,
    /// Two hexadecimal digits for each character of the default alphabet.
    Hex,
}

/// The values of `+CSCS` as they are written.
pub(in super::super) const CHARACTER_SETS: &[&str] = &["GSM", "IRA", "UTF-8", "UCS2", "HEX"];

impl CharacterSet {
    /// A text in the set; what it lacks is a question mark.
    pub(in super::super) fn encode(self, text: &str) -> String {
        match self {
            CharacterSet::Utf8 => text.to_owned(),
            CharacterSet::Gsm | CharacterSet::Ira => {
                text.chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
            }
            CharacterSet::Ucs2 => text.encode_utf16().map(|unit| format!("{unit:04X}")).collect(),
            CharacterSet::Hex => {
                let septets = text.chars().flat_map(|c| {
                    let known = gsm_from_text(c.encode_utf8(&mut [0; 4]));
                    known.unwrap_or_else(|| vec![b'?'])
                });
                to_hex(&septets.collect::<Vec<u8>>())
            }
        }
    }

    /// The text that a client has written in the set; none where it cannot have.
    pub(super) fn decode(self, text: &str) -> Option<String> {
        match self {
            CharacterSet::Utf8 => Some(text.to_owned()),
            CharacterSet::Gsm | CharacterSet::Ira => text.is_ascii().then(|| text.to_owned()),
            CharacterSet::Ucs2 => {
                let octets = from_hex(text.as_bytes())?;
                let units = octets.chunks(2).map(|unit| match unit {
                    [high, low] => Some(u16::from_be_bytes([*high, *low])),
                    _ => None,
                });
                String::from_utf16(&units.collect::<Option<Vec<u16>>>()?).ok()
            }
            CharacterSet::Hex => {
                let septets = from_hex(text.as_bytes())?;
                septets
                    .iter()
                    .all(|septet| *septet < 128)
                    .then(|| gsm_to_text(&septets))
            }
        }
    }
}

impl Modem {
    pub(super) fn character_set(&self) -> CharacterSet {
        match self.settings.text("+CSCS") {
            "\"GSM\"" => CharacterSet::Gsm,
            "\"UTF-8\"" => CharacterSet::Utf8,
            "\"UCS2\"" => CharacterSet::Ucs2,
            "\"HEX\"" => CharacterSet::Hex,
            _ => CharacterSet::Ira,
        }
    }

    /// A text as a string constant in the client's character set.
    pub(in super::super) fn quoted(&self, text: &str) -> String {
        Value::Quoted(self.character_set().encode(text)).to_string()
    }

    /// What the client means by the text of a string constant.
    pub(in super::super) fn meant(&self, text: &str) -> Option<String> {
        self.character_set().decode(text)
    }
}

/// Octets as hexadecimal digits.
pub(super) fn to_hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02X}")).collect()
}

/// Octets out of hexadecimal digits, white space between them left out.
pub(super) fn from_hex(text: &[u8]) -> Option<Vec<u8>> {
    let digits = text.iter().filter(|byte| !byte.is_ascii_whitespace());
    let digits: Option<Vec<u8>> = digits
        .map(|byte| {
            let digit = char::from(*byte).to_digit(16)?;
            u8::try_from(digit).ok()
        })
        .collect();
    let digits = digits?;
    let whole = digits.len().is_multiple_of(2);
    whole.then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_look_as_each_set_has_them() {
        let text = "5 \u{20ac}\u{416}";
        assert_eq!(CharacterSet::Ira.encode(text), "5 ??");
        assert_eq!(CharacterSet::Ucs2.encode(text), "0035002020AC0416");
        assert_eq!(CharacterSet::Hex.encode(text), "35201B653F");
        assert_eq!(CharacterSet::Hex.decode("35201B65"), Some("5 \u{20ac}".into()));
        for (set, wrong) in [
            (CharacterSet::Ucs2, "00"),
            (CharacterSet::Ucs2, "D800"),
            (CharacterSet::Ucs2, "5"),
            (CharacterSet::Hex, "80"),
            (CharacterSet::Hex, "hello"),
            (CharacterSet::Ira, "\u{20ac}"),
        ] {
            assert_eq!(set.decode(wrong), None, "{set:?}: {wrong}");
        }
    }

    proptest! {
        #[test]
        fn what_a_set_has_survives_it(text in "[ -Z€äöüß]{0,40}", any in "\\PC{0,40}") {
            for set in [CharacterSet::Ucs2, CharacterSet::Hex, CharacterSet::Utf8] {
                prop_assert_eq!(set.decode(&set.encode(&text)), Some(text.clone()));
            }
            prop_assert_eq!(CharacterSet::Ucs2.decode(&CharacterSet::Ucs2.encode(&any)), Some(any));
        }
    }
}
