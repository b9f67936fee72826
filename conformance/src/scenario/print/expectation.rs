//! Writes expectations down.

use std::fmt::{self, Display, Formatter};

use super::super::ast::{CallState, Comparison, Expectation, ExpectationKind, StationEvent, Value};
use super::super::lexer::quote;
use super::{duration, joined, phone, with, with_values};

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
            ExpectationKind::Message { message, of, values } => {
                write!(f, "{message} on {of}{}", with_values(values))
            }
            ExpectationKind::DeviceMessage {
                message,
                provider,
                values,
            } => {
                message.fmt(f)?;
                if let Some(provider) = provider {
                    write!(f, " from {provider}")?;
                }
                f.write_str(&with_values(values))
            }
            ExpectationKind::Dialog { bind, provider } => {
                write!(f, "dialog instance {bind}")?;
                provider
                    .as_ref()
                    .map_or(Ok(()), |provider| write!(f, " from {provider}"))
            }
            ExpectationKind::OnlyAsked { of } => write!(f, "only reports asked for on {of}"),
            ExpectationKind::Nothing { call, lasting } => {
                write!(f, "nothing on {call} for {}", duration(**lasting))
            }
            ExpectationKind::Request { request, ending } => write!(f, "{request} {ending}"),
            ExpectationKind::Field { field, comparison } => write!(f, "its {field} {comparison}"),
            ExpectationKind::Switch { receives, text } => {
                let verb = if *receives { "receives" } else { "sends" };
                write!(f, "switch {verb} {}", quote(text.as_bytes()))
            }
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
