//! How a verb is written: words, slots for values, and parts that may be left out, read from a line such as
//! `make call <new-call> on <line> [to <dialable>] [for <media>]`.

use std::fmt;

use nom::branch::alt;
use nom::bytes::complete::take_while1;
use nom::character::complete::{char, space0};
use nom::combinator::{all_consuming, map, map_res};
use nom::multi::many1;
use nom::sequence::delimited;
use nom::{IResult, Parser};

/// A way of writing something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form(pub Vec<Element>);

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Element {
    /// This word.
    Word(&'static str),
    /// A value.
    Slot(Slot),
    /// All of these or nothing.
    Optional(Vec<Element>),
}

/// Declares the slots: the name in forms, what it stands for in messages, and what the reference shows for it.
macro_rules! slots {
    ($($slot:ident = $name:literal, $what:literal, $shown:literal;)*) => {
        /// A kind of value.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Slot { $(#[doc = $what] $slot),* }

        impl Slot {
            #[cfg(test)]
            pub(super) const ALL: &'static [Slot] = &[$(Slot::$slot),*];

            fn named(name: &str) -> Result<Slot, String> {
                match name {
                    $($name => Ok(Slot::$slot),)*
                    _ => Err(format!("no slot is called <{name}>")),
                }
            }

            /// What is expected where the slot stands, in words.
            pub(super) fn what(self) -> &'static str {
                match self { $(Slot::$slot => $what),* }
            }

            /// What the reference shows for it.
            fn shown(self) -> &'static str {
                match self { $(Slot::$slot => $shown),* }
            }
        }
    };
}

slots! {
    NewLine = "new-line", "a name for the line", "L";
    NewCall = "new-call", "a name for the call", "C";
    NewRequest = "new-request", "a name for the request", "R";
    Line = "line", "the name of an open line", "L";
    Call = "call", "the name of a call", "C";
    Request = "request", "the name of a request", "R";
    EndLine = "end-line", "the name of an open line", "L";
    EndCall = "end-call", "the name of a call", "C";
    Device = "device", "the number of a line", "1 [of P]";
    Providers = "providers", "a provider, as in `P with 1 line`", "P with 1 line, Q with 2 lines";
    Needs = "needs", "a function, a capability or `modem`", "TSPI_lineDial, LINEADDRCAPFLAGS_PARTIALDIAL, modem";
    Phone = "phone", "a telephone number", "5551234";
    Dialable = "dialable", "what to dial", "\"5551234\"";
    Digits = "digits", "a string of digits", "\"123\"";
    Text = "text", "a string", "\"JANE DOE\"";
    Data = "data", "a string", "\"hello\"";
    Duration = "duration", "a duration, as in `200 ms` or `5 s`", "200 ms";
    Number = "number", "a number", "1";
    Media = "media", "a LINEMEDIAMODE", "LINEMEDIAMODE_DATAMODEM";
    States = "states", "a LINECALLSTATE", "BUSY or DISCONNECTED [with LINEDISCONNECTMODE_BUSY]";
    CallReports = "call-reports", "a LINECALLINFOSTATE or LINEGENERATETERM", "LINECALLINFOSTATE_CALLERID";
    LineReports = "line-reports", "a LINEDEVSTATE or LINEADDRESSSTATE", "LINEDEVSTATE_RINGING";
    Error = "error", "a LINEERR code", "LINEERR_INVALCALLSTATE";
    Ending = "ending", "`completes` or `fails`", "fails with LINEERR_INVALCALLSTATE";
    Field = "field", "a member of the structure that was queried", "CallerID";
    Values = "values", "a string, a number or a constant", "\"5551234\" or LINECALLSTATE_IDLE or 1";
    Bits = "bits", "a constant", "LINEMEDIAMODE_DATAMODEM";
}

impl Form {
    /// Reads a form.
    ///
    /// # Errors
    /// Says which part of the form cannot be read. Only the table of verbs has forms, and a test reads them all.
    pub(super) fn read(text: &'static str) -> Result<Form, String> {
        let (_, elements) = all_consuming(elements)
            .parse(text)
            .map_err(|error| format!("the form `{text}` cannot be read: {error}"))?;
        Ok(Form(elements))
    }

    /// The word that a line of this form begins with, if it does with one.
    pub(super) fn first_word(&self) -> Option<&'static str> {
        match self.0.first() {
            Some(Element::Word(word)) => Some(word),
            _ => None,
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.0, f)
    }
}

fn show(elements: &[Element], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, element) in elements.iter().enumerate() {
        if index > 0 && *element != Element::Word(":") {
            f.write_str(" ")?;
        }
        match element {
            Element::Word(word) => f.write_str(word)?,
            Element::Slot(slot) => f.write_str(slot.shown())?,
            Element::Optional(inner) => {
                f.write_str("[")?;
                show(inner, f)?;
                f.write_str("]")?;
            }
        }
    }
    Ok(())
}

fn elements(input: &'static str) -> IResult<&'static str, Vec<Element>> {
    let optional = delimited(char('['), elements, char(']'));
    let slot = delimited(
        char('<'),
        take_while1(|c: char| c.is_ascii_lowercase() || c == '-'),
        char('>'),
    );
    let word = take_while1(|c: char| !c.is_whitespace() && !"[]<>".contains(c));
    let element = alt((
        map(optional, Element::Optional),
        map(map_res(slot, Slot::named), Element::Slot),
        map(word, Element::Word),
    ));
    many1(delimited(space0, element, space0)).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_words_slots_and_optional_parts() {
        let form = Form::read("dial <digits> [on <call>]").expect("the form can be read");
        let on_call = vec![Element::Word("on"), Element::Slot(Slot::Call)];
        assert_eq!(
            form.0,
            [
                Element::Word("dial"),
                Element::Slot(Slot::Digits),
                Element::Optional(on_call)
            ]
        );
        assert_eq!(form.to_string(), "dial \"123\" [on C]");
        assert!(Form::read("dial <nothing-known>").is_err());
        assert!(Form::read("dial [on").is_err());
    }

    #[test]
    fn every_slot_says_what_it_is_for() {
        for slot in Slot::ALL {
            assert!(!slot.what().is_empty() && !slot.shown().is_empty(), "{slot:?}");
        }
    }
}
