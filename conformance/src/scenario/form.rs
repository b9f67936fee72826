//! How a verb is written: words, slots for values, and parts that may be left out, read from a line such as
//! `dial <digits lpszDestAddress> on <call hdCall>`. Behind a slot's kind stands where its value goes, if that is a
//! parameter of a function.

use std::fmt;

use nom::branch::alt;
use nom::bytes::complete::take_while1;
use nom::character::complete::{char, space0};
use nom::combinator::{all_consuming, map, map_res, opt};
use nom::multi::many1;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

use super::target::{Content, target};
use crate::tspi::{Family, Function};

/// A way of writing something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form(pub Vec<Element>);

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Element {
    /// This word.
    Word(&'static str),
    /// A value.
    Slot(Hole),
    /// All of these or nothing.
    Optional(Vec<Element>),
}

/// A place for a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hole {
    /// What kind of value.
    pub slot: Slot,
    /// Where it goes: a parameter of the row's function or a path into one; empty where the row has none.
    pub target: &'static str,
    /// The constants that it may be, where the target says so.
    pub family: Option<&'static Family>,
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
    NewPhone = "new-telephone", "a name for the phone", "H";
    NewMsp = "new-msp", "a name for the MSP instance", "M";
    NewRequest = "new-request", "a name for the request", "R";
    Line = "line", "the name of an open line", "L";
    Call = "call", "the name of a call", "C";
    OpenPhone = "telephone", "the name of an open phone", "H";
    Msp = "msp", "the name of an MSP instance", "M";
    NewDialog = "new-dialog", "a name for the dialog instance", "I";
    Dialog = "dialog", "the name of a dialog instance", "I";
    Request = "request", "the name of a request", "R";
    Application = "application", "the name of an application", "A";
    Watched = "watched", "the name of an open line or an open phone", "L";
    Statuses = "statuses", "a LINEDEVSTATE, LINEADDRESSSTATE, PHONESTATE, PHONEBUTTONMODE or PHONEBUTTONSTATE", "LINEDEVSTATE_RINGING and LINEADDRESSSTATE_NUMCALLS";
    EndLine = "end-line", "the name of an open line", "L";
    EndCall = "end-call", "the name of a call", "C";
    EndPhone = "end-telephone", "the name of an open phone", "H";
    EndMsp = "end-msp", "the name of an MSP instance", "M";
    EndDialog = "end-dialog", "the name of a dialog instance", "I";
    Whom = "whom", "the name of an open line, a call or an open phone", "C";
    Device = "device", "the number of a line", "1 [of P]";
    PhoneDevice = "telephone-device", "the number of a phone", "1 [of P]";
    Provider = "provider", "the name of a provider", "P";
    Providers = "providers", "a provider, as in `P with 1 line`", "P with 1 line, Q with 2 lines and 1 phone";
    Needs = "needs", "a function, a capability, `modem` or `addresses`", "TSPI_lineDial, LINEADDRCAPFLAGS_PARTIALDIAL, modem";
    Phone = "phone", "a telephone number", "5551234";
    Dialable = "dialable", "what to dial", "\"5551234\"";
    Digits = "digits", "a string of digits", "\"123\"";
    Text = "text", "a string", "\"JANE DOE\"";
    Class = "class", "a device class, as in `\"tapi/line\"`", "\"tapi/line\"";
    Data = "data", "a string", "\"hello\"";
    Desk = "desk", "what is done at the switch, as in `\"hold 202\"`", "\"hold 202\"";
    Duration = "duration", "a duration, as in `200 ms` or `5 s`", "200 ms";
    Faults = "faults", "faults in quotation marks, as in `\"drop=1%\"`", "\"drop=1%, to-client:delay=20ms\"";
    Number = "number", "a number", "1";
    Count = "count", "a number", "1";
    Version = "version", "a version, as in `2.1`", "2.1";
    Switch = "switch", "`on` or `off`", "on";
    Bytes = "bytes", "bytes, as in `0x01ff` or `\"text\"`", "0x01ff";
    Constants = "constants", "a constant", "CONSTANT [and CONSTANT]";
    Function = "function", "a function of TSPI or TUISPI", "TSPI_lineHold";
    Parameters = "parameters", "a parameter and its value", "NAME VALUE, …";
    Message = "message", "a message of a line, a call or a phone", "LINE_MONITORDIGITS";
    DeviceMessage = "device-message", "a message of a provider", "LINE_CREATE";
    MessageValues = "message-values", "a constant, or a parameter and its value", "CONSTANT, NAME VALUE, …";
    Media = "media", "a LINEMEDIAMODE", "LINEMEDIAMODE_DATAMODEM";
    States = "states", "a LINECALLSTATE", "BUSY or DISCONNECTED [with LINEDISCONNECTMODE_BUSY]";
    CallReports = "call-reports", "a LINECALLINFOSTATE or LINEGENERATETERM", "LINECALLINFOSTATE_CALLERID";
    LineReports = "line-reports", "a LINEDEVSTATE or LINEADDRESSSTATE", "LINEDEVSTATE_RINGING";
    PhoneReports = "telephone-reports", "a PHONESTATE", "PHONESTATE_LAMP";
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

    /// Reads the form of a call of a function: its slots learn from their targets which constants they may be.
    ///
    /// # Errors
    /// Says which part of the form cannot be read or leads nowhere.
    pub(super) fn of_function(text: &'static str, function: &'static Function) -> Result<Form, String> {
        let mut form = Form::read(text)?;
        for hole in holes_mut(&mut form.0) {
            if hole.target.is_empty() {
                return Err(format!("a slot of `{text}` goes nowhere"));
            }
            let found =
                target(function, hole.target).map_err(|lost| format!("`{text}`: {}", lost.message))?;
            if let Content::Number(family) = found.content {
                hole.family = family;
            }
        }
        Ok(form)
    }

    /// The slots in their order, those of optional parts among them.
    pub(super) fn holes(&self) -> Vec<Hole> {
        fn collect(elements: &[Element], holes: &mut Vec<Hole>) {
            for element in elements {
                match element {
                    Element::Word(_) => {}
                    Element::Slot(hole) => holes.push(*hole),
                    Element::Optional(inner) => collect(inner, holes),
                }
            }
        }
        let mut holes = Vec::new();
        collect(&self.0, &mut holes);
        holes
    }

    /// The word that a line of this form begins with, if it does with one.
    pub(super) fn first_word(&self) -> Option<&'static str> {
        match self.0.first() {
            Some(Element::Word(word)) => Some(word),
            _ => None,
        }
    }
}

fn holes_mut(elements: &mut [Element]) -> Vec<&mut Hole> {
    elements
        .iter_mut()
        .flat_map(|element| match element {
            Element::Word(_) => Vec::new(),
            Element::Slot(hole) => vec![hole],
            Element::Optional(inner) => holes_mut(inner),
        })
        .collect()
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(&self.0, f)
    }
}

fn show(elements: &[Element], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, element) in elements.iter().enumerate() {
        if index > 0 && !matches!(element, Element::Word(":" | ",")) {
            f.write_str(" ")?;
        }
        match element {
            Element::Word(word) => f.write_str(word)?,
            Element::Slot(hole) => match hole.family.and_then(|family| family.constants.first()) {
                Some(constant) if hole.slot == Slot::Constants => f.write_str(constant.name)?,
                _ => f.write_str(hole.slot.shown())?,
            },
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
    let kind = take_while1(|c: char| c.is_ascii_lowercase() || c == '-');
    let target = take_while1(|c: char| c.is_ascii_alphanumeric() || c == '.');
    let slot = delimited(char('<'), (kind, opt(preceded(char(' '), target))), char('>'));
    let hole = map_res(slot, |(kind, target): (&'static str, Option<&'static str>)| {
        Slot::named(kind).map(|slot| Hole {
            slot,
            target: target.unwrap_or_default(),
            family: None,
        })
    });
    let word = take_while1(|c: char| !c.is_whitespace() && !"[]<>".contains(c));
    let element = alt((
        map(optional, Element::Optional),
        map(hole, Element::Slot),
        map(word, Element::Word),
    ));
    many1(delimited(space0, element, space0)).parse(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_words_slots_and_optional_parts() {
        let form = Form::read("dial <digits lpszDestAddress> [on <call>]").expect("the form can be read");
        let hole = |slot, target| {
            Element::Slot(Hole {
                slot,
                target,
                family: None,
            })
        };
        let on_call = vec![Element::Word("on"), hole(Slot::Call, "")];
        assert_eq!(
            form.0,
            [
                Element::Word("dial"),
                hole(Slot::Digits, "lpszDestAddress"),
                Element::Optional(on_call)
            ]
        );
        assert_eq!(form.to_string(), "dial \"123\" [on C]");
        assert!(Form::read("dial <nothing-known>").is_err());
        assert!(Form::read("dial [on").is_err());
    }

    #[test]
    fn the_slots_of_a_call_know_their_constants() {
        let function = crate::tspi::function("TSPI_linePark").expect("a function");
        let form =
            Form::of_function("park <call hdCall> so <constants dwParkMode>", function).expect("a form");
        assert_eq!(
            form.holes()[1].family.map(|family| family.name),
            Some("LINEPARKMODE")
        );
        assert_eq!(form.to_string(), "park C so LINEPARKMODE_DIRECTED");
        assert!(Form::of_function("park <call hdCal>", function).is_err());
        assert!(Form::of_function("park <call>", function).is_err());
    }

    #[test]
    fn every_slot_says_what_it_is_for() {
        for slot in Slot::ALL {
            assert!(!slot.what().is_empty() && !slot.shown().is_empty(), "{slot:?}");
        }
    }
}
