//! Phonebooks and own numbers (27.007 7.1, 8.11 to 8.14).

use super::Form::Named;
use super::{ExtendedRow, act, act_and_tell};
use crate::device::modem::{Modem, Outcome};
use crate::wire::at::{Operation, Value};

pub(super) const ROWS: &[ExtendedRow] = &[
    act_and_tell(Named, "+CPBS", |modem, operation, _| {
        modem.choose_phonebook(operation)
    }),
    act_and_tell(Named, "+CPBR", |modem, operation, _| {
        entries(modem, "+CPBR", "", operation, Modem::read_phonebook)
    }),
    act_and_tell(Named, "+CPBF", |modem, operation, _| match operation {
        // Nothing but how long numbers and names may be.
        Operation::Test => {
            let limits = modem.phonebook_limits("");
            let lengths = limits.split_once(',').map_or("", |(_, lengths)| lengths);
            modem.answer_of(Named, "+CPBF", lengths);
            Outcome::Next
        }
        Operation::Set(values) => modem.find_in_phonebook(&values),
        Operation::Execute | Operation::Read => Outcome::Error,
    }),
    act_and_tell(Named, "+CPBW", |modem, operation, _| {
        entries(
            modem,
            "+CPBW",
            ",(129,145,161)",
            operation,
            Modem::write_phonebook,
        )
    }),
    act(Named, "+CNUM", "", |modem, operation, _| match operation {
        Operation::Execute => {
            modem.own_numbers();
            Outcome::Next
        }
        Operation::Read | Operation::Test | Operation::Set(_) => Outcome::Error,
    }),
];

fn entries(
    modem: &mut Modem,
    name: &str,
    between: &str,
    operation: Operation,
    run: fn(&mut Modem, &[Value]) -> Outcome,
) -> Outcome {
    match operation {
        Operation::Test => {
            let limits = modem.phonebook_limits(between);
            modem.answer_of(Named, name, &limits);
            Outcome::Next
        }
        Operation::Set(values) => run(modem, &values),
        Operation::Execute | Operation::Read => Outcome::Error,
    }
}
