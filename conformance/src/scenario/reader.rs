//! Reads one line by one form, and keeps what it saw: values, names, mistakes, and what else could have stood where.

use super::ast::{LineRef, Name, NameKind};
use super::error::{Mistake, MistakeKind};
use super::form::{Element, Slot};
use super::lexer::{Token, TokenKind};
use super::source::Span;
use super::value::{Value, Values};
use crate::tspi::{Function, Message};

/// The line does not go on as the form does; [`Reader::expected`] has what the form wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stop;

/// What could have stood at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Expected {
    Word(&'static str),
    Slot(Slot),
    /// One of many names, of which the nearest may be suggested.
    OneOf(Slot, Vec<&'static str>),
    /// A mode of the call state before.
    Mode,
    End,
}

/// What a line does with a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mention {
    /// Gives it.
    Bind(NameKind, Name),
    /// Uses it.
    Use(NameKind, Name),
    /// Uses it for the last time.
    End(NameKind, Name),
    /// Uses it, and it may be any of these.
    UseAny(&'static [NameKind], Name),
    /// Means a line device.
    Device(LineRef),
    /// Means a phone device.
    PhoneDevice(LineRef),
    /// Means a provider.
    Provider(Name),
    /// Means something that was read before.
    Its(Name),
}

/// A line on its way through a form.
#[derive(Debug, Clone)]
pub(super) struct Reader<'t> {
    pub(super) tokens: &'t [Token<'t>],
    /// Index of the next token.
    pub(super) at: usize,
    pub(super) values: Values,
    pub(super) mentions: Vec<Mention>,
    /// Mistakes that leave the line readable.
    pub(super) problems: Vec<Mistake>,
    /// What could have stood at each token index that was looked at.
    pub(super) expected: Vec<(usize, Expected)>,
    /// The function that the line calls, as far as it is known.
    pub(super) function: Option<&'static Function>,
    /// The message that the line is about, once it was read.
    pub(super) message: Option<&'static Message>,
    /// Whether the line watches a phone, once it was read what it watches.
    pub(super) watches_phone: Option<bool>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(tokens: &'t [Token<'t>], at: usize) -> Self {
        let (values, mentions, problems, expected) = Default::default();
        Self {
            tokens,
            at,
            values,
            mentions,
            problems,
            expected,
            function: None,
            message: None,
            watches_phone: None,
        }
    }

    /// Reads on by these elements.
    pub(super) fn read(&mut self, elements: &[Element]) -> Result<(), Stop> {
        for element in elements {
            match element {
                Element::Word(word) => self.word(word)?,
                Element::Slot(hole) => {
                    let value = self.fill(*hole)?;
                    self.values.push(value);
                }
                Element::Optional(inner) => self.optional(inner)?,
            }
        }
        Ok(())
    }

    /// Reads a part that may be left out: it is, if the line does not go on with its first element.
    fn optional(&mut self, inner: &[Element]) -> Result<(), Stop> {
        let start = self.at;
        let values = self.values.clone();
        match self.read(inner) {
            Err(Stop) if self.at == start => {
                self.values = values;
                for _ in 0..count_slots(inner) {
                    self.values.push(Value::Absent);
                }
                Ok(())
            }
            outcome => outcome,
        }
    }

    /// The line ends here.
    pub(super) fn end(&mut self) -> Result<(), Stop> {
        if self.at == self.tokens.len() {
            Ok(())
        } else {
            self.expect(Expected::End)
        }
    }

    /// The next token is this word or mark.
    pub(super) fn word(&mut self, word: &'static str) -> Result<(), Stop> {
        if self.next_is(word) {
            self.at += 1;
            Ok(())
        } else {
            self.expect(Expected::Word(word))
        }
    }

    /// Takes this word if it is next, and notes that it could be.
    pub(super) fn takes(&mut self, word: &'static str) -> bool {
        self.word(word).is_ok()
    }

    fn next_is(&self, word: &str) -> bool {
        self.peek()
            .is_some_and(|token| !matches!(token.kind, TokenKind::Text(_)) && token.text == word)
    }

    /// The next token.
    pub(super) fn peek(&self) -> Option<&'t Token<'t>> {
        self.tokens.get(self.at)
    }

    /// The next token if it is a word.
    pub(super) fn peek_word(&self) -> Option<&'t Token<'t>> {
        self.peek().filter(|token| token.kind == TokenKind::Word)
    }

    /// Takes the next token if it is a word that `fits`; otherwise notes that the slot was expected.
    pub(super) fn word_that(
        &mut self,
        slot: Slot,
        fits: impl Fn(&str) -> bool,
    ) -> Result<&'t Token<'t>, Stop> {
        match self.peek_word() {
            Some(token) if fits(token.text) => {
                self.at += 1;
                Ok(token)
            }
            _ => self.expect(Expected::Slot(slot)),
        }
    }

    /// Notes what could stand here, and stops.
    pub(super) fn expect<T>(&mut self, expected: Expected) -> Result<T, Stop> {
        self.expected.push((self.at, expected));
        Err(Stop)
    }

    /// Notes a mistake that leaves the line readable.
    pub(super) fn problem(&mut self, mistake: Mistake) {
        self.problems.push(mistake);
    }

    /// Notes a value that is not allowed.
    pub(super) fn bad_value(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.problem(Mistake::new(MistakeKind::BadValue, span, message).help(help));
    }
}

fn count_slots(elements: &[Element]) -> usize {
    let count = |element: &Element| match element {
        Element::Word(_) => 0,
        Element::Slot(_) => 1,
        Element::Optional(inner) => count_slots(inner),
    };
    elements.iter().map(count).sum()
}
