//! What slots hold once a line has been read, and how a verb takes them out.

use std::collections::VecDeque;
use std::time::Duration;

use super::ast::{
    self, CallState, Ending, Given, LineRef, MessageValue, Name, Need, Provider, ReportMessage,
};
use super::source::Spanned;

/// What one slot holds.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// The slot is in a part that was left out.
    Absent,
    Text(Spanned<String>),
    Data(Spanned<Vec<u8>>),
    Number(Spanned<u32>),
    Duration(Spanned<Duration>),
    Names(Vec<Name>),
    Line(LineRef),
    Providers(Vec<Provider>),
    Needs(Vec<Spanned<Need>>),
    States(Vec<CallState>),
    Reports((ReportMessage, Vec<Name>)),
    Ending(Ending),
    Values(Vec<ast::Value>),
    /// A value on its way to a parameter.
    Given(Given),
    Parameters(Vec<(Name, Given)>),
    MessageValues(Vec<MessageValue>),
}

/// The values of a line's slots in the order of its form.
#[derive(Debug, Clone, Default)]
pub(super) struct Values(VecDeque<Value>);

impl Values {
    pub(super) fn push(&mut self, value: Value) {
        self.0.push_back(value);
    }

    /// The next value.
    ///
    /// # Panics
    /// If a row of the verb table takes other values than its form has slots for; a test reads every row.
    pub(super) fn take<T: FromValue>(&mut self) -> T {
        let value = self.0.pop_front().unwrap_or(Value::Absent);
        T::from_value(value).expect("a verb takes what its form has")
    }

    /// The next value, or none if it is in a part that was left out.
    pub(super) fn take_or_default<T: FromValue + Default>(&mut self) -> T {
        self.take::<Option<T>>().unwrap_or_default()
    }

    /// All values, as those of a call's slots.
    ///
    /// # Panics
    /// If a form that calls a function has a slot that no parameter takes; a test reads every row.
    pub(super) fn all_given(&mut self) -> Vec<Option<Given>> {
        let given =
            |value| Option::<Given>::from_value(value).expect("a parameter takes what its slot holds");
        self.0.drain(..).map(given).collect()
    }

    /// Whether all values have been taken.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// A type that a slot can hold.
pub(super) trait FromValue: Sized {
    fn from_value(value: Value) -> Option<Self>;
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Absent => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

macro_rules! from_value {
    ($($variant:ident: $type:ty;)*) => {
        $(impl FromValue for $type {
            fn from_value(value: Value) -> Option<Self> {
                match value {
                    Value::$variant(value) => Some(value),
                    _ => None,
                }
            }
        })*
    };
}

from_value! {
    Text: Spanned<String>;
    Data: Spanned<Vec<u8>>;
    Number: Spanned<u32>;
    Duration: Spanned<Duration>;
    Names: Vec<Name>;
    Line: LineRef;
    Providers: Vec<Provider>;
    Needs: Vec<Spanned<Need>>;
    States: Vec<CallState>;
    Reports: (ReportMessage, Vec<Name>);
    Ending: Ending;
    Values: Vec<ast::Value>;
    Given: Given;
    Parameters: Vec<(Name, Given)>;
    MessageValues: Vec<MessageValue>;
}
