//! Writes a scenario down in one way: what [`super::parse`] reads back as an equal one. Comments are not kept.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use super::ast::{
    Action, Behaviour, CallState, CallerId, Change, Comparison, Ending, Expectation, ExpectationKind,
    LineRef, Name, Need, Outcome, Provider, QueryTarget, Scenario, Setup, StationAction, StationEvent, Step,
    StepKind, Value,
};
use super::lexer::quote;
use super::slots::is_bare_number;

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
        }
    }
}

impl Display for Provider {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let lines = if self.lines.node == 1 { "line" } else { "lines" };
        write!(f, "{} with {} {lines}", self.name, self.lines)
    }
}

impl Display for LineRef {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.number)?;
        self.provider
            .as_ref()
            .map_or(Ok(()), |provider| write!(f, " of {provider}"))
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
            Change::DialTone { line, present: true } => write!(f, "{line} has dial tone"),
            Change::DialTone { line, present: false } => write!(f, "{line} has no dial tone"),
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
                outcome: Outcome::Ends(Ending::Completes),
            } => action.fmt(f),
            StepKind::App {
                action,
                outcome: Outcome::Ends(ending),
            } => write!(f, "{action} {ending}"),
            StepKind::Station { number, action } => write!(f, "station {} {action}", phone(number)),
            StepKind::Change(change) => change.fmt(f),
            StepKind::Cut { line } => write!(f, "{line} is cut"),
            StepKind::Wait(time) => write!(f, "wait {}", duration(**time)),
            StepKind::Expect(expectation) => expectation.fmt(f),
        }
    }
}

impl Display for Action {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Action::OpenLine { line, bind } => write!(f, "open {line} as {bind}"),
            Action::CloseLine { line } => write!(f, "close line {line}"),
            Action::WatchIncoming { line, media } => {
                write!(f, "watch incoming calls on {line}{}", for_media(media))
            }
            Action::MakeCall {
                bind,
                line,
                to,
                media,
            } => {
                write!(f, "make call {bind} on {line}")?;
                if let Some(to) = to {
                    write!(f, " to {}", quote(to.as_bytes()))?;
                }
                f.write_str(&for_media(media))
            }
            Action::Dial { digits, call } => write!(f, "dial {} on {call}", quote(digits.as_bytes())),
            Action::Answer { call } => write!(f, "answer {call}"),
            Action::Accept { call } => write!(f, "accept {call}"),
            Action::Drop { call } => write!(f, "drop {call}"),
            Action::CloseCall { call } => write!(f, "close call {call}"),
            Action::SendDigits { digits, call } => {
                write!(f, "send digits {} on {call}", quote(digits.as_bytes()))
            }
            Action::SetMediaMode { call, media } => {
                write!(f, "set media mode of {call} to {}", joined(media, " and "))
            }
            Action::Query { structure, of } => match of {
                QueryTarget::Call(name) | QueryTarget::OpenLine(name) => {
                    write!(f, "query {} of {name}", structure.name())
                }
                QueryTarget::Line(line) => write!(f, "query {} of {line}", structure.name()),
            },
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

impl Display for Expectation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "expect {}", self.kind)?;
        self.within
            .as_ref()
            .map_or(Ok(()), |within| write!(f, " within {}", duration(**within)))
    }
}

impl Display for ExpectationKind {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            ExpectationKind::State { call, states } => write!(f, "{call} is {}", joined(states, " or ")),
            ExpectationKind::Reaches { call, states } => {
                write!(f, "{call} reaches {}", joined(states, " or "))
            }
            ExpectationKind::IncomingCall { bind, line, states } => {
                write!(f, "call {bind} on {line}")?;
                if states.is_empty() {
                    Ok(())
                } else {
                    write!(f, " is {}", joined(states, " or "))
                }
            }
            ExpectationKind::Reports { of, any_of, .. } => {
                write!(f, "{of} reports {}", joined(any_of, " or "))
            }
            ExpectationKind::Nothing { call, lasting } => {
                write!(f, "nothing on {call} for {}", duration(**lasting))
            }
            ExpectationKind::Request { request, ending } => write!(f, "{request} {ending}"),
            ExpectationKind::Field { field, comparison } => write!(f, "its {field} {comparison}"),
            ExpectationKind::Station { number, event } => write!(f, "station {} {event}", phone(number)),
        }
    }
}

impl Display for CallState {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.state, with(&self.modes))
    }
}

impl Display for Comparison {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Comparison::Is(values) => write!(f, "is {}", joined(values, " or ")),
            Comparison::IsNot(values) => write!(f, "is not {}", joined(values, " or ")),
            Comparison::Has(names) => write!(f, "has {}", joined(names, " and ")),
            Comparison::Lacks(names) => write!(f, "lacks {}", joined(names, " and ")),
            Comparison::AtLeast(number) => write!(f, "is at least {number}"),
            Comparison::AtMost(number) => write!(f, "is at most {number}"),
        }
    }
}

impl Display for Value {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Value::Text(text) => f.write_str(&quote(text.as_bytes())),
            Value::Number(number) => number.fmt(f),
            Value::Constant(name) => name.fmt(f),
        }
    }
}

impl Display for StationEvent {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            StationEvent::Rings => f.write_str("rings"),
            StationEvent::IsAnswered => f.write_str("is answered"),
            StationEvent::HearsBusyTone => f.write_str("hears busy tone"),
            StationEvent::HearsHangUp => f.write_str("hears hang-up"),
            StationEvent::Receives(data) => write!(f, "receives {}", quote(data)),
            StationEvent::ReceivesDigits(digits) => write!(f, "receives digits {}", quote(digits.as_bytes())),
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

fn for_media(media: &[Name]) -> String {
    if media.is_empty() {
        String::new()
    } else {
        format!(" for {}", joined(media, " and "))
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
