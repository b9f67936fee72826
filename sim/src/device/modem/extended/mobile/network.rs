//! The network: whether the modem is in it, and in which (27.007 7.2, 7.3, 8.2).

use crate::device::modem::mobile::{Cme, PLACE};
use crate::device::modem::{Modem, Outcome};
use crate::time::SimTime;
use crate::wire::at::{Operation, Value};

/// `+CFUN` (27.007 8.2).
pub(super) fn functionality(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    let values = match operation {
        Operation::Read => {
            let held = modem.mobile.as_ref().map_or(1, |mobile| mobile.functionality);
            modem.information(&format!("+CFUN: {held}"));
            return Outcome::Next;
        }
        Operation::Set(values) => values,
        Operation::Execute | Operation::Test => return Outcome::Error,
    };
    let (level, resets) = match values.as_slice() {
        [Value::Number(level @ (0 | 1 | 4))] | [Value::Number(level @ (0 | 1 | 4)), Value::Number(0)] => {
            (*level, false)
        }
        [Value::Number(level @ (0 | 1 | 4)), Value::Number(1)] => (*level, true),
        _ => return modem.cme(Cme::INCORRECT_PARAMETERS),
    };
    if level != 1 || resets {
        modem.hang_up();
    }
    if resets {
        modem.recall(0);
    }
    if let Some(mobile) = &mut modem.mobile {
        mobile.functionality = level;
        if resets {
            mobile.lock.close();
        }
    }
    Outcome::Next
}

/// `+CREG` and its likes (27.007 7.2): whether a change is told, and the state.
pub(super) fn registration(modem: &mut Modem, name: &'static str, operation: Operation) -> Outcome {
    match operation {
        Operation::Read => {
            let (tells, state) = (modem.settings.number(name, 0), modem.registration());
            let place = if tells == 2 && state == 1 { PLACE } else { "" };
            modem.information(&format!("{name}: {tells},{state}{place}"));
            Outcome::Next
        }
        Operation::Set(values) => match values.as_slice() {
            [Value::Number(tells @ 0..=2)] => {
                modem.settings.set_text(name, tells.to_string());
                Outcome::Next
            }
            _ => modem.cme(Cme::INCORRECT_PARAMETERS),
        },
        Operation::Test => {
            modem.information(&format!("{name}: (0-2)"));
            Outcome::Next
        }
        Operation::Execute => Outcome::Error,
    }
}

/// `+COPS` (27.007 7.3): the one network that there is.
pub(super) fn operator(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    let (name, code) = (
        modem.profile().sim.operator.clone(),
        modem.profile().sim.operator_code.clone(),
    );
    match operation {
        Operation::Read if modem.registration() == 0 => {
            let mode = if modem.mobile.as_ref().is_some_and(|mobile| mobile.has_left) {
                2
            } else {
                0
            };
            modem.information(&format!("+COPS: {mode}"));
        }
        Operation::Read => {
            let format = modem.settings.number("+COPS", 0);
            let shown = match format {
                2 => format!("\"{code}\""),
                _ => modem.quoted(&name),
            };
            modem.information(&format!("+COPS: 0,{format},{shown}"));
        }
        Operation::Test => {
            let shown = modem.quoted(&name);
            modem.information(&format!("+COPS: (2,{shown},{shown},\"{code}\"),,(0-4),(0-2)"));
        }
        Operation::Set(values) => {
            let format = match values.get(1) {
                None | Some(Value::Missing) => None,
                Some(Value::Number(format @ 0..=2)) => Some(format.to_string()),
                _ => return modem.cme(Cme::INCORRECT_PARAMETERS),
            };
            let asked = match values.get(2) {
                Some(Value::Quoted(asked)) if asked.bytes().all(|b| b.is_ascii_digit()) => {
                    Some(asked.clone())
                }
                Some(Value::Quoted(asked)) => modem.meant(asked),
                _ => None,
            };
            let leaves = match (values.first(), asked) {
                (Some(Value::Number(0)), _) => false,
                (Some(Value::Number(1 | 4)), Some(asked)) if asked == name || asked == code => false,
                (Some(Value::Number(4)), Some(_)) => false,
                (Some(Value::Number(1)), Some(_)) => return modem.cme(Cme::NO_NETWORK),
                (Some(Value::Number(2)), _) => true,
                (Some(Value::Number(3)), _) if format.is_some() => {
                    modem.mobile.as_ref().is_some_and(|mobile| mobile.has_left)
                }
                _ => return modem.cme(Cme::INCORRECT_PARAMETERS),
            };
            if let Some(format) = format {
                modem.settings.set_text("+COPS", format);
            }
            if let Some(mobile) = &mut modem.mobile {
                mobile.has_left = leaves;
            }
        }
        Operation::Execute => return Outcome::Error,
    }
    Outcome::Next
}
