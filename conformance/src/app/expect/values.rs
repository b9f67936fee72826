//! Expected values of what a query has filled.

use super::super::Stop;
use super::super::steps::Player;
use crate::scenario::ast::{Comparison, Name, Value};
use crate::tspi::{self, constant_value};

pub(in crate::app) fn member(
    player: &mut Player<'_>,
    field: &Name,
    comparison: &Comparison,
) -> Result<(), Stop> {
    let value = player.its(field)?;
    match holds(&value, comparison) {
        true => Ok(()),
        false => Err(Stop::failed(format!("{field} is {value}, not as expected"))),
    }
}

/// Whether a value is as a comparison wants it.
pub(in crate::app) fn holds(value: &tspi::Value, comparison: &Comparison) -> bool {
    let number = value.number();
    let is = |wanted: &Value| match wanted {
        Value::Text(wanted) => match value {
            tspi::Value::Bytes(bytes) => same_bytes(bytes, wanted.as_bytes()),
            value => value.text() == Some(wanted.node.as_str()),
        },
        Value::Number(wanted) => number == Some(wanted.node),
        Value::Constant(name) => number == Some(constant_value(name)),
    };
    let bits = |names: &[Name]| names.iter().fold(0, |bits, name| bits | constant_value(name));
    match comparison {
        Comparison::Is(values) => values.iter().any(is),
        Comparison::IsNot(values) => !values.iter().any(is),
        Comparison::Has(names) => number.is_some_and(|number| number & bits(names) == bits(names)),
        Comparison::Lacks(names) => number.is_some_and(|number| number & bits(names) == 0),
        Comparison::AtLeast(least) => number.is_some_and(|number| number >= least.node),
        Comparison::AtMost(most) => number.is_some_and(|number| number <= most.node),
    }
}

/// Whether bytes are these, perhaps with zeros behind them: a provider does not say how much of a buffer it has filled.
fn same_bytes(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes
        .strip_prefix(wanted)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
}
