//! Fills the slots of a form: numbers, strings, header lists; names and calls' values are filled in `given`.

use offhook_sim::port::fault::FaultSpec;

use super::ast::{Ending, Given, LineRef, Name, Provider};
use super::error::{Mistake, MistakeKind};
use super::form::{Hole, Slot};
use super::lexer::{Token, TokenKind};
use super::reader::{Expected, Mention, Reader, Stop};
use super::source::Spanned;
use super::value::Value;
use super::vocabulary::{CALL_REPORTS, LINE_REPORTS, PHONE_REPORTS, nearest};
use offhook_sim::driver::LINK_VERBS;
use offhook_sim::exchange::verbs::VERBS;

use crate::tspi::{Version, constants};

/// The most lines that a provider may have in a scenario.
const MOST_LINES: u32 = 1000;
/// The longest telephone number.
const LONGEST_NUMBER: usize = 32;

/// Whether a word can be a name that a scenario gives: a capital letter, then letters, digits and underlines.
pub(super) fn is_name(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_uppercase())
        && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a telephone number needs no quotation marks.
pub(super) fn is_bare_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit() || c == '*' || c == '+')
        && word.chars().all(|c| c.is_ascii_digit() || c == '*')
        || word
            .strip_prefix('+')
            .is_some_and(|rest| !rest.is_empty() && rest.chars().all(|c| c.is_ascii_digit()))
}

impl<'t> Reader<'t> {
    /// Reads what a slot stands for; in a call, as what goes to a parameter.
    pub(super) fn fill(&mut self, hole: Hole) -> Result<Value, Stop> {
        if !hole.target.is_empty() {
            return self.given(hole).map(Value::Given);
        }
        let slot = hole.slot;
        Ok(match slot {
            Slot::Providers => Value::Providers(self.commas(Reader::provider)?),
            Slot::Needs => Value::Needs(self.commas(Reader::need)?),
            Slot::Phone => self.phone()?,
            Slot::Dialable => Value::Text(self.dialable()?),
            Slot::Digits | Slot::Text => Value::Text(self.text(slot)?),
            Slot::Faults => Value::Text(self.faults()?),
            Slot::Data => Value::Data(self.data(slot)?),
            Slot::Desk => Value::Text(self.desk(slot)?),
            Slot::Duration => Value::Duration(self.duration()?),
            Slot::Number => Value::Number(self.number(slot)?),
            Slot::States => Value::States(self.states()?),
            Slot::CallReports => Value::Reports(self.reports(slot, CALL_REPORTS)?),
            Slot::LineReports => Value::Reports(self.reports(slot, LINE_REPORTS)?),
            Slot::PhoneReports => Value::Reports(self.reports(slot, PHONE_REPORTS)?),
            Slot::Error => Value::Names(self.errors_of()?),
            Slot::Ending => Value::Ending(self.ending()?),
            Slot::Field => Value::Text(self.field(slot)?),
            Slot::Values => Value::Values(self.values()?),
            Slot::Bits => Value::Names(self.bits()?),
            Slot::Application => Value::Text(self.name(slot)?),
            Slot::Statuses => Value::Names(self.statuses()?),
            Slot::Parameters => Value::Parameters(self.parameters()?),
            Slot::Function => self.called_function()?,
            Slot::Message | Slot::DeviceMessage => self.message(slot)?,
            Slot::MessageValues => Value::MessageValues(self.commas(Reader::message_value)?),
            _ => match self.given(hole)? {
                Given::New(_, name) | Given::Name(_, name) | Given::Last(_, name) | Given::Provider(name) => {
                    Value::Text(name)
                }
                Given::Line(line) | Given::Phone(line) => Value::Line(line),
                other => Value::Given(other),
            },
        })
    }

    pub(super) fn name(&mut self, slot: Slot) -> Result<Name, Stop> {
        self.word_that(slot, is_name).map(spanned)
    }

    /// `1`, `1 of Q`.
    pub(super) fn device(&mut self, slot: Slot) -> Result<LineRef, Stop> {
        let number = self.number(slot)?;
        let provider = if self.takes("of") {
            Some(self.name(Slot::Providers)?)
        } else {
            None
        };
        let line = LineRef { number, provider };
        self.mentions.push(if slot == Slot::PhoneDevice {
            Mention::PhoneDevice(line.clone())
        } else {
            Mention::Device(line.clone())
        });
        Ok(line)
    }

    /// A member or parameter of what was read last.
    pub(super) fn field(&mut self, slot: Slot) -> Result<Name, Stop> {
        self.word_that(slot, |word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
            .map(spanned)
    }

    pub(super) fn commas<T>(&mut self, item: impl Fn(&mut Self) -> Result<T, Stop>) -> Result<Vec<T>, Stop> {
        let mut items = vec![item(self)?];
        while self.takes(",") {
            items.push(item(self)?);
        }
        Ok(items)
    }

    /// `P with 2 lines`, `P with 2 lines and 1 phone`, `P with 1 line at version 1.4`.
    fn provider(&mut self) -> Result<Provider, Stop> {
        let name = self.name(Slot::Providers)?;
        self.word("with")?;
        let lines = self.number(Slot::Number)?;
        if !self.takes("line") {
            self.word("lines")?;
        }
        if lines.node == 0 || lines.node > MOST_LINES {
            let message = format!("a provider has 1 to {MOST_LINES} lines, not {lines}");
            self.bad_value(
                lines.span,
                message,
                "write how many lines the provider is installed with",
            );
        }
        let phones = if self.takes("and") {
            let phones = self.number(Slot::Number)?;
            if !self.takes("phone") {
                self.word("phones")?;
            }
            if phones.node == 0 || phones.node > MOST_LINES {
                let message = format!("a provider has 1 to {MOST_LINES} phones, not {phones}");
                self.bad_value(phones.span, message, "leave them out where it has none");
            }
            phones
        } else {
            Spanned::new(0, lines.span)
        };
        let version = if self.takes("at") {
            self.word("version")?;
            let version = self.version(Slot::Version)?;
            if !Version::ALL.contains(&Version(version.node)) {
                let message = format!("there is no version {}", Version(version.node));
                self.bad_value(version.span, message, "write one from 1.3 to 3.1");
            }
            Some(version)
        } else {
            None
        };
        Ok(Provider {
            name,
            lines,
            phones,
            version,
        })
    }

    /// A string whose text a TSPI function or the exchange can take.
    pub(super) fn text(&mut self, slot: Slot) -> Result<Spanned<String>, Stop> {
        let data = self.data(slot)?;
        let span = data.span;
        match String::from_utf8(data.node) {
            Ok(text) => {
                if text.contains('\0') {
                    let help = "TSPI strings end at the first `\\x00`: leave it out";
                    self.bad_value(span, "this string holds a `\\x00`", help);
                }
                Ok(Spanned::new(text, span))
            }
            Err(error) => {
                let help = "only what a station sends or receives may be any bytes";
                self.bad_value(span, "this string is not text (UTF-8)", help);
                Ok(Spanned::new(
                    String::from_utf8_lossy(error.as_bytes()).into_owned(),
                    span,
                ))
            }
        }
    }

    /// Faults of a port, as the simulator reads them.
    fn faults(&mut self) -> Result<Spanned<String>, Stop> {
        let text = self.text(Slot::Faults)?;
        if let Err(error) = text.parse::<FaultSpec>() {
            self.bad_value(text.span, format!("{:?} is no fault", error.part), error.remedy);
        }
        Ok(text)
    }

    /// A line for the switch: one of the verbs of its telephones or of its link, in quotation marks.
    fn desk(&mut self, slot: Slot) -> Result<Spanned<String>, Stop> {
        let text = self.text(slot)?;
        let mut forms = VERBS
            .iter()
            .map(|verb| verb.form)
            .chain(LINK_VERBS.iter().map(|verb| verb.form));
        let first = |form: &'static str| form.split_whitespace().next().unwrap_or_default();
        let verb = text.split_whitespace().next().unwrap_or_default();
        if !forms.clone().any(|form| first(form) == verb) {
            let message = format!("`{verb}` is nothing that is done at a switch");
            let mistake = Mistake::new(MistakeKind::UnknownConstant, text.span, message);
            let meant = nearest(verb, forms.clone().map(first));
            let form = meant.and_then(|meant| forms.find(|form| first(form) == meant));
            self.problem(mistake.suggest(form, || "such as `\"call 202 201\"` or `\"cut-link\"`".to_owned()));
        }
        Ok(text)
    }

    pub(super) fn data(&mut self, slot: Slot) -> Result<Spanned<Vec<u8>>, Stop> {
        match self.peek() {
            Some(Token {
                kind: TokenKind::Text(bytes),
                span,
                ..
            }) => {
                self.at += 1;
                Ok(Spanned::new(bytes.clone(), *span))
            }
            _ => self.expect(Expected::Slot(slot)),
        }
    }

    /// Anything in quotation marks, or a number without.
    pub(super) fn dialable(&mut self) -> Result<Spanned<String>, Stop> {
        match self.peek_word() {
            Some(token) if is_bare_number(token.text) => {
                self.at += 1;
                Ok(spanned(token))
            }
            _ => self.text(Slot::Dialable),
        }
    }

    /// The number of a line or a station.
    fn phone(&mut self) -> Result<Value, Stop> {
        let phone = match self.dialable() {
            Ok(phone) => phone,
            Err(Stop) => return self.expect(Expected::Slot(Slot::Phone)),
        };
        let digit = |c: char| c.is_ascii_digit() || "*#+ABCD".contains(c);
        if phone.is_empty() || phone.len() > LONGEST_NUMBER || !phone.chars().all(digit) {
            let message = format!("`{}` is no telephone number", phone.node);
            self.bad_value(
                phone.span,
                message,
                format!("write 1 to {LONGEST_NUMBER} of 0-9, *, #, + and A-D"),
            );
        }
        Ok(Value::Text(phone))
    }

    pub(super) fn number(&mut self, slot: Slot) -> Result<Spanned<u32>, Stop> {
        let token = self.word_that(slot, |word| word.starts_with(|c: char| c.is_ascii_digit()))?;
        Ok(Spanned::new(self.number_of(token), token.span))
    }

    /// What a token that begins with a digit stands for.
    pub(super) fn number_of(&mut self, token: &Token<'_>) -> u32 {
        let parsed = match token.text.strip_prefix("0x") {
            Some(digits) => u32::from_str_radix(digits, 16),
            None => token.text.parse(),
        };
        parsed.unwrap_or_else(|_| {
            let message = format!("`{}` is no number of 32 bits", token.text);
            self.bad_value(token.span, message, "write it as in `17` or `0x11`");
            1
        })
    }

    /// `completes`, `fails with A or B`, `completes or fails`.
    fn ending(&mut self) -> Result<Ending, Stop> {
        if self.takes("completes") {
            if !self.takes("or") {
                return Ok(Ending::Completes);
            }
            self.word("fails")?;
            return Ok(Ending::CompletesOrFails(self.errors()?));
        }
        self.word("fails")?;
        Ok(Ending::Fails(self.errors()?))
    }

    /// Error codes: of phones where the line is about a phone, or the first is one of theirs.
    fn errors_of(&mut self) -> Result<Vec<Name>, Stop> {
        let phones = self
            .function
            .is_some_and(|function| function.name.starts_with("TSPI_phone"))
            || self
                .peek_word()
                .is_some_and(|token| token.text.starts_with("PHONEERR"));
        let family = if phones {
            &constants::PHONEERR
        } else {
            &constants::LINEERR
        };
        self.constants(Slot::Error, "or", &[family])
    }

    fn errors(&mut self) -> Result<Vec<Name>, Stop> {
        if self.takes("with") {
            self.errors_of()
        } else {
            Ok(Vec::new())
        }
    }
}

/// A token as a name.
pub(super) fn spanned(token: &Token<'_>) -> Name {
    Spanned::new(token.text.to_owned(), token.span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_numbers_are_digits_stars_and_a_leading_plus() {
        for bare in ["101", "*66", "+49301234", "5551234"] {
            assert!(is_bare_number(bare), "{bare}");
        }
        for other in ["", "+", "555-1234", "555;", "+4+9", "A1", "200ms"] {
            assert!(!is_bare_number(other), "{other}");
        }
    }
}
