//! Caller id and distinctive ring (V.253 9.2; `#CID` is an older name).

use super::Form::Bare;
use super::Place::Up;
use super::{ExtendedRow, act, alias, store};
use crate::device::modem::{Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::{Operation, Value};

pub(super) const ROWS: &[ExtendedRow] = &[
    store(Bare, "+VCID", "0", &[Up(2)]),
    alias("#CID", "+VCID"),
    act(Bare, "+VRID", "(0,1)", repeat),
    store(Bare, "+VDR", "0,0", &[Up(1), Up(255)]),
];

/// `+VRID`: the caller id of the last call once more, formatted or not.
fn repeat(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    let formatted = match operation {
        Operation::Execute => true,
        Operation::Set(values) => match values.as_slice() {
            [Value::Number(0)] => true,
            [Value::Number(1)] => false,
            _ => return Outcome::Error,
        },
        Operation::Read | Operation::Test => return Outcome::Error,
    };
    modem.repeat_caller_id(formatted)
}
