//! Fax Class 1 (T.31).

use super::Form::Bare;
use super::Place::Up;
use super::{ExtendedRow, act, act_and_tell, store};
use crate::device::modem::class::Class;
use crate::device::modem::{Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::Operation;

pub(super) const ROWS: &[ExtendedRow] = &[
    act_and_tell(Bare, "+FTM", |modem, operation, now| {
        in_class(modem, |modem| modem.fax_carrier("+FTM", operation, now))
    }),
    act_and_tell(Bare, "+FRM", |modem, operation, now| {
        in_class(modem, |modem| modem.fax_carrier("+FRM", operation, now))
    }),
    act_and_tell(Bare, "+FTH", |modem, operation, now| {
        in_class(modem, |modem| modem.fax_carrier("+FTH", operation, now))
    }),
    act_and_tell(Bare, "+FRH", |modem, operation, now| {
        in_class(modem, |modem| modem.fax_carrier("+FRH", operation, now))
    }),
    act(Bare, "+FTS", "0-255", |modem, operation, now| {
        silence(modem, true, operation, now)
    }),
    act(Bare, "+FRS", "0-255", |modem, operation, now| {
        silence(modem, false, operation, now)
    }),
    store(Bare, "+FAR", "0", &[Up(0)]),
    store(Bare, "+FAE", "0", &[Up(0)]),
    store(Bare, "+FCL", "0", &[Up(255)]),
    store(Bare, "+FLO", "2", &[Up(2)]),
    store(Bare, "+FPR", "0", &[Up(31)]),
    store(Bare, "+FDD", "0", &[Up(1)]),
];

/// Carrier commands act in Class 1 only.
fn in_class(modem: &mut Modem, run: impl FnOnce(&mut Modem) -> Outcome) -> Outcome {
    match modem.class() {
        Class::Fax1 => run(modem),
        _ => Outcome::Error,
    }
}

fn silence(modem: &mut Modem, sends: bool, operation: Operation, now: SimTime) -> Outcome {
    in_class(modem, |modem| modem.fax_silence(sends, operation, now))
}
