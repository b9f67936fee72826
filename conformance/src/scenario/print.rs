//! Writes a scenario down in one way: what [`super::parse`] reads back as an equal one. Comments are not kept.

mod expectation;

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::ast::{
    Action, Behaviour, CallerId, Change, Ending, Given, LineRef, MessageValue, ModemState, Name, Need,
    Outcome, Provider, Scenario, Setup, StationAction, Step, StepKind, Until, Wants,
};
use super::form::{Element, Slot};
use super::lexer::quote;
use super::slots::is_bare_number;
use crate::tspi::Version;

impl Display for Scenario {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "scenario: {}", self.title)?;
        if !self.needs.is_empty() {
            writeln!(f, "needs: {}", joined(&self.needs, ", "))?;
        }
        writeln!(f, "providers: {}", joined(&self.providers, ", "))?;
        if !self.setup.is_empty() {
            writeln!(f, "\nexchange")?;
        }
        for setup in &self.setup {
            writeln!(f, "  {setup}")?;
        }
        writeln!(f, "\nsteps")?;
        for step in &self.steps {
            writeln!(f, "  {step}")?;
        }
        Ok(())
    }
}

impl Display for Need {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Need::Function(function) => f.write_str(function),
            Need::Capability { constant, .. } => f.write_str(constant),
            Need::Modem => f.write_str("modem"),
            Need::Addresses => f.write_str("addresses"),
            Need::TestExtensions => f.write_str("test-extensions"),
            Need::Pbx => f.write_str("pbx"),
        }
    }
}

impl Display for Provider {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let lines = if self.lines.node == 1 { "line" } else { "lines" };
        write!(f, "{} with {} {lines}", self.name, self.lines)?;
        match self.phones.node {
            0 => {}
            1 => f.write_str(" and 1 phone")?,
            phones => write!(f, " and {phones} phones")?,
        }
        match &self.version {
            Some(version) => write!(f, " at version {}", Version(version.node)),
            None => Ok(()),
        }
    }
}

impl Display for LineRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("line ")?;
        device(self, f)
    }
}

impl Display for Setup {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Setup::Number { line, number } => write!(f, "{line} is {}", phone(number)),
            Setup::GivesUpAfter { line, after } => write!(f, "{line} gives up after {}", duration(**after)),
            Setup::Change(change) => change.fmt(f),
        }
    }
}

impl Display for Change {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Change::Station { number, behaviour } => {
                write!(f, "station {} ", phone(number))?;
                match behaviour {
                    Behaviour::AnswersAfter(after) => write!(f, "answers after {}", duration(**after)),
                    Behaviour::Busy => f.write_str("is busy"),
                    Behaviour::NeverAnswers => f.write_str("never answers"),
                }
            }
            Change::Switch(text) => write!(f, "switch {}", quote(text.as_bytes())),
            Change::DialTone { line, present: true } => write!(f, "{line} has dial tone"),
            Change::DialTone { line, present: false } => write!(f, "{line} has no dial tone"),
            Change::Faults {
                line, faults: None, ..
            } => write!(f, "{line} has no faults"),
            Change::Faults {
                line,
                faults: Some(faults),
                seed,
            } => {
                write!(f, "{line} has faults {}", quote(faults.as_bytes()))?;
                seed.as_ref()
                    .map_or(Ok(()), |seed| write!(f, " with seed {seed}"))
            }
            Change::Modem { line, state } => write!(f, "modem of {line} {state}"),
        }
    }
}

impl Display for ModemState {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ModemState::InOrder => f.write_str("is in order"),
            ModemState::GivesNoReply => f.write_str("gives no reply"),
            ModemState::RepliesWrongly(text) => write!(f, "replies {} to everything", quote(text.as_bytes())),
            ModemState::RepliesLate(after) => write!(f, "replies {} late", duration(**after)),
            ModemState::EchoesEverything => f.write_str("echoes everything"),
            ModemState::SaysRing(every) => write!(f, "says RING every {}", duration(**every)),
            ModemState::Power(true) => f.write_str("has power"),
            ModemState::Power(false) => f.write_str("has no power"),
        }
    }
}

impl Display for Step {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl Display for StepKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            StepKind::App {
                action,
                outcome: Outcome::Begun(request),
            } => write!(f, "begin {action} as {request}"),
            StepKind::App {
                action,
                outcome: Outcome::Until(until),
            } => write!(f, "{action} {until}"),
            StepKind::App {
                action,
                outcome: Outcome::Ends(Ending::Completes),
            } => action.fmt(f),
            StepKind::App {
                action,
                outcome: Outcome::Ends(ending),
            } => write!(f, "{action} {ending}"),
            StepKind::AtOnce {
                times,
                action,
                ending,
            } => {
                f.write_str("at once ")?;
                if let Some(times) = times {
                    write!(f, "{times} times ")?;
                }
                action.fmt(f)?;
                match ending {
                    Ending::Completes => Ok(()),
                    ending => write!(f, " {ending}"),
                }
            }
            StepKind::Station { number, action } => write!(f, "station {} {action}", phone(number)),
            StepKind::Change(change) => change.fmt(f),
            StepKind::Cut { line } => write!(f, "{line} is cut"),
            StepKind::Application { name, wants } => write!(f, "application {name} {wants}"),
            StepKind::RefuseNewCalls { count, provider } => {
                write!(f, "refuse {count} new calls")?;
                provider
                    .as_ref()
                    .map_or(Ok(()), |provider| write!(f, " from {provider}"))
            }
            StepKind::Wait(time) => write!(f, "wait {}", duration(**time)),
            StepKind::Expect(expectation) => expectation.fmt(f),
        }
    }
}

impl Display for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let mut words = Vec::new();
        let mut slots = self.slots.iter();
        for element in &self.verb.form.0 {
            match element {
                Element::Slot(hole) if hole.slot == Slot::Function => {
                    words.push(self.function.name.to_owned())
                }
                element => said(element, &mut slots, &mut words),
            }
        }
        for (index, word) in words.iter().enumerate() {
            let blank = if index == 0 || word == "," { "" } else { " " };
            write!(f, "{blank}{word}")?;
        }
        for (index, (path, given)) in self.with.iter().enumerate() {
            write!(f, "{} {path} {given}", if index == 0 { " with" } else { "," })?;
        }
        Ok(())
    }
}

/// The words of one element of a form whose slots hold these values; none of a part that was left out.
fn said<'g>(element: &Element, slots: &mut impl Iterator<Item = &'g Option<Given>>, words: &mut Vec<String>) {
    match element {
        Element::Word(word) => words.push((*word).to_owned()),
        Element::Slot(_) => words.extend(slots.next().and_then(Option::as_ref).map(Given::to_string)),
        Element::Optional(inner) => {
            let mut part = Vec::new();
            let mut held = false;
            for element in inner {
                let before = part.len();
                said(element, slots, &mut part);
                held |= matches!(element, Element::Slot(_)) && part.len() > before;
            }
            if held {
                words.extend(part);
            }
        }
    }
}

impl Display for Given {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Given::New(_, name) | Given::Name(_, name) | Given::Last(_, name) | Given::Provider(name) => {
                name.fmt(f)
            }
            Given::Line(line) | Given::Phone(line) => device(line, f),
            Given::Number(number) => number.fmt(f),
            Given::Constants(names) => f.write_str(&joined(names, " and ")),
            Given::Text(text) => f.write_str(&quote(text.as_bytes())),
            Given::Bytes(bytes) => f.write_str(&quote(bytes)),
            Given::Duration(length) => f.write_str(&duration(**length)),
            Given::Switch(on) => f.write_str(if **on { "on" } else { "off" }),
            Given::Version(version) => write!(f, "{}.{}", **version >> 16, **version & 0xffff),
            Given::Its(field) => write!(f, "its {field}"),
            Given::OwnMedia => f.write_str("the media mode of the line"), // never written, but what a row presets
            Given::Null => f.write_str("NULL"),
        }
    }
}

/// A device without the word for its kind.
fn device(line: &LineRef, f: &mut Formatter<'_>) -> fmt::Result {
    line.number.fmt(f)?;
    line.provider
        .as_ref()
        .map_or(Ok(()), |provider| write!(f, " of {provider}"))
}

impl Display for MessageValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            write!(f, "{name} ")?;
        }
        self.given.fmt(f)
    }
}

impl Display for Until {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "until its {} {}", self.field, self.comparison)?;
        self.within
            .as_ref()
            .map_or(Ok(()), |within| write!(f, " within {}", duration(**within)))
    }
}

impl Display for Wants {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Wants::Reports { on, states } => write!(f, "watches {} on {on}", joined(states, " and ")),
            Wants::Calls { on, media } => write!(f, "takes calls for {} on {on}", joined(media, " and ")),
            Wants::Nothing { on } => write!(f, "leaves {on}"),
        }
    }
}

impl Display for Ending {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Ending::Completes => f.write_str("completes"),
            Ending::Fails(errors) => write!(f, "fails{}", with(errors)),
            Ending::CompletesOrFails(errors) => write!(f, "completes or fails{}", with(errors)),
        }
    }
}

impl Display for StationAction {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            StationAction::Calls {
                line,
                caller_id: None,
            } => write!(f, "calls {line} showing nothing"),
            StationAction::Calls {
                line,
                caller_id: Some(CallerId { number, name }),
            } => {
                write!(f, "calls {line}")?;
                if let Some(number) = number {
                    write!(f, " showing {}", quote(number.as_bytes()))?;
                }
                name.as_ref()
                    .map_or(Ok(()), |name| write!(f, " named {}", quote(name.as_bytes())))
            }
            StationAction::Answers => f.write_str("answers"),
            StationAction::HangsUp => f.write_str("hangs up"),
            StationAction::Sends(data) => write!(f, "sends {}", quote(data)),
        }
    }
}

fn joined(items: &[impl Display], joint: &str) -> String {
    items
        .iter()
        .map(|item| item.to_string())
        .collect::<Vec<_>>()
        .join(joint)
}

fn with(names: &[Name]) -> String {
    if names.is_empty() {
        String::new()
    } else {
        format!(" with {}", joined(names, " or "))
    }
}

fn with_values(values: &[MessageValue]) -> String {
    if values.is_empty() {
        String::new()
    } else {
        format!(" with {}", joined(values, ", "))
    }
}

fn phone(number: &str) -> String {
    if is_bare_number(number) {
        number.to_owned()
    } else {
        quote(number.as_bytes())
    }
}

fn duration(length: Duration) -> String {
    let ms = length.as_millis();
    if ms > 0 && ms.is_multiple_of(1000) {
        format!("{} s", ms / 1000)
    } else {
        format!("{ms} ms")
    }
}
