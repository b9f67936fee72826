//! Mobile equipment: 27.007 as far as call control needs it, and 27.005.

use super::Form::Named;
use super::Place::{Of, Quoted, Range, Up};
use super::{ExtendedRow, act, act_and_tell, held, store, store_then, text};
use crate::device::modem::mobile::{CHARACTER_SETS, CharacterSet, Cme, PLACE};
use crate::device::modem::{LineAction, Modem, Outcome};
use crate::exchange::{ForwardReason, LineService};
use crate::time::SimTime;
use crate::wire::at::{Operation, Value};
use crate::wire::sms::gsm_from_text;

pub(super) const ROWS: &[ExtendedRow] = &[
    text("+CGMI", |modem| modem.profile().manufacturer.clone()),
    text("+CGMM", |modem| modem.profile().model.clone()),
    text("+CGMR", |modem| modem.profile().revision.clone()),
    text("+CGSN", |modem| modem.profile().serial.clone()),
    text("+CIMI", |modem| modem.profile().sim.imsi.clone()),
    act(Named, "+CPIN", "", |modem, operation, _| modem.pin(operation)),
    act(
        Named,
        "+CLCK",
        "(\"SC\",\"AO\",\"OI\",\"OX\",\"AI\",\"IR\",\"AB\",\"AG\",\"AC\")",
        |modem, operation, _| of_values(modem, operation, Modem::facility_lock),
    ),
    act(Named, "+CPWD", "(\"SC\",8)", |modem, operation, _| {
        of_values(modem, operation, Modem::change_password)
    }),
    store(Named, "+CMEE", "0", &[Up(2)]),
    act(Named, "+CFUN", "(0,1,4),(0,1)", functionality),
    held(Named, "+CREG", "0", |modem, operation, _| {
        registration(modem, "+CREG", operation)
    }),
    held(Named, "+CGREG", "0", |modem, operation, _| {
        registration(modem, "+CGREG", operation)
    }),
    held(Named, "+CEREG", "0", |modem, operation, _| {
        registration(modem, "+CEREG", operation)
    }),
    held(Named, "+CGATT", "1", |modem, operation, _| match operation {
        // 27.007 10.1.9: there is packet service wherever there is a network, unless the client gives it up.
        Operation::Read => {
            let attached = modem.settings.number("+CGATT", 0).min(modem.registration());
            modem.information(&format!("+CGATT: {attached}"));
            Outcome::Next
        }
        Operation::Test => {
            modem.information("+CGATT: (0,1)");
            Outcome::Next
        }
        Operation::Set(values) => match values.as_slice() {
            [Value::Number(attached @ 0..=1)] => {
                modem.settings.set_text("+CGATT", attached.to_string());
                Outcome::Next
            }
            _ => modem.cme(Cme::INCORRECT_PARAMETERS),
        },
        Operation::Execute => Outcome::Error,
    }),
    act(Named, "+CSQ", "(0-31,99),(0-7,99)", |modem, operation, _| {
        let signal = if modem.registration() == 1 {
            modem.profile().sim.signal
        } else {
            99
        };
        shown(modem, operation, "+CSQ", &format!("{signal},99"))
    }),
    held(Named, "+COPS", "0", operator),
    act(Named, "+CPAS", "(0,3,4)", |modem, operation, _| {
        let activity = modem.activity().to_string();
        shown(modem, operation, "+CPAS", &activity)
    }),
    act(Named, "+CBC", "(0),(0-100)", |modem, operation, _| {
        shown(modem, operation, "+CBC", "0,100")
    }),
    act(Named, "+CCLK", "", |modem, operation, now| match operation {
        Operation::Read => {
            let (clock, second) = Modem::clock(now);
            let (month, day, hour, minute) = (clock.month, clock.day, clock.hour, clock.minute);
            modem.information(&format!(
                "+CCLK: \"26/{month:02}/{day:02},{hour:02}:{minute:02}:{second:02}+00\""
            ));
            Outcome::Next
        }
        Operation::Test => Outcome::Next,
        Operation::Execute | Operation::Set(_) => modem.cme(Cme::NOT_ALLOWED),
    }),
    act(Named, "+CLCC", "", |modem, operation, _| match operation {
        Operation::Execute | Operation::Read => {
            modem.list_calls();
            Outcome::Next
        }
        Operation::Test => Outcome::Next,
        Operation::Set(_) => Outcome::Error,
    }),
    act(Named, "+CHLD", "(0,1,1x,2,2x,3,4)", |modem, operation, _| {
        of_values(modem, operation, Modem::hold)
    }),
    act(Named, "+CHUP", "", |modem, operation, _| match operation {
        Operation::Execute => modem.hang_up_active(),
        Operation::Test => Outcome::Next,
        Operation::Read | Operation::Set(_) => Outcome::Error,
    }),
    store(Named, "+CRC", "0", &[Up(1)]),
    store(Named, "+CVHU", "0", &[Up(2)]),
    store(Named, "+CSTA", "129", &[Of(&[129, 145])]),
    store(Named, "+CMOD", "0", &[Up(0)]),
    held(Named, "+CLIP", "0", |modem, operation, _| {
        presentation(modem, operation, "+CLIP", 1)
    }),
    held(Named, "+COLP", "0", |modem, operation, _| {
        presentation(modem, operation, "+COLP", 1)
    }),
    held(Named, "+CLIR", "0", |modem, operation, _| {
        presentation(modem, operation, "+CLIR", 2)
    }),
    store(Named, "+CSSN", "0,0", &[Up(1), Up(1)]),
    held(Named, "+CCWA", "0", call_waiting),
    act(Named, "+CCFC", "(0-5)", forwarding),
    held(Named, "+CUSD", "0", unstructured),
    store(Named, "+CSCS", "\"IRA\"", &[Quoted(CHARACTER_SETS)]),
    act(Named, "+CEER", "", |modem, operation, _| {
        let cause = modem.mobile.as_ref().map_or("", |mobile| mobile.last_cause);
        shown(modem, operation, "+CEER", cause)
    }),
    store(Named, "+CMGF", "0", &[Up(1)]),
    act(Named, "+CMGS", "", |modem, operation, _| {
        modem.prompt_message(false, operation)
    }),
    act(Named, "+CMGW", "", |modem, operation, _| {
        modem.prompt_message(true, operation)
    }),
    act(Named, "+CMSS", "", |modem, operation, now| match operation {
        Operation::Set(values) => modem.send_stored(&values, now),
        _ => Outcome::Error,
    }),
    act_and_tell(Named, "+CMGL", |modem, operation, _| {
        modem.list_messages(operation)
    }),
    act(Named, "+CMGR", "", |modem, operation, _| {
        of_values(modem, operation, Modem::read_message)
    }),
    act(Named, "+CMGD", "(1-30),(0-4)", |modem, operation, _| {
        of_values(modem, operation, Modem::delete_messages)
    }),
    act_and_tell(Named, "+CPMS", |modem, operation, _| {
        modem.message_storage(operation)
    }),
    held(Named, "+CSCA", "", |modem, operation, _| {
        modem.service_centre(operation)
    }),
    // The third value has nothing to tell: there are no cell broadcasts.
    store_then(
        Named,
        "+CNMI",
        "0,0,0,0,0",
        &[Up(3), Up(3), Up(3), Up(2), Up(1)],
        Modem::indications_changed,
    ),
    store(
        Named,
        "+CSMP",
        "17,167,0,0",
        &[Up(255), Up(255), Up(255), Up(255)],
    ),
    store(Named, "+CSDH", "0", &[Up(1)]),
    store_then(Named, "+CSMS", "0", &[Up(1)], |modem, _| {
        modem.information("+CSMS: 1,1,0");
        Outcome::Next
    }),
    store(Named, "+CSAS", "0", &[Up(0)]),
    store(Named, "+CBST", "7,0,1", &[Range(0, 134), Up(1), Up(3)]),
    store(Named, "+CR", "0", &[Up(1)]),
];

/// Commands that a locked SIM lets through.
pub(super) const WITHOUT_SIM: &[&str] = &[
    "+CGMI", "+CGMM", "+CGMR", "+CGSN", "+CPIN", "+CMEE", "+CFUN", "+CREG", "+CGREG", "+CEREG", "+CSQ",
    "+CPAS", "+CBC", "+CCLK", "+CRC", "+CSCS", "+CMGF", "+CVHU", "+CEER",
];

fn of_values(modem: &mut Modem, operation: Operation, run: fn(&mut Modem, &[Value]) -> Outcome) -> Outcome {
    match operation {
        Operation::Set(values) => run(modem, &values),
        _ => Outcome::Error,
    }
}

/// A command that only shows something.
fn shown(modem: &mut Modem, operation: Operation, name: &str, text: &str) -> Outcome {
    match operation {
        Operation::Execute | Operation::Read => {
            modem.information(&format!("{name}: {text}"));
            Outcome::Next
        }
        Operation::Test | Operation::Set(_) => Outcome::Error,
    }
}

/// `+CFUN` (27.007 8.2).
fn functionality(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
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
fn registration(modem: &mut Modem, name: &'static str, operation: Operation) -> Outcome {
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
fn operator(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
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

/// `+CLIP`, `+CLIR`, `+COLP` (27.007 7.6 to 7.8): the setting, and what the network provides.
fn presentation(modem: &mut Modem, operation: Operation, name: &'static str, most: u32) -> Outcome {
    match operation {
        Operation::Read => {
            let set = modem.settings.number(name, 0);
            let provided = if name == "+CLIR" { 4 } else { 1 };
            modem.information(&format!("{name}: {set},{provided}"));
            Outcome::Next
        }
        Operation::Test => {
            modem.information(&format!("{name}: (0-{most})"));
            Outcome::Next
        }
        Operation::Set(values) => match values.as_slice() {
            [Value::Number(set)] if *set <= most => {
                modem.settings.set_text(name, set.to_string());
                Outcome::Next
            }
            _ => modem.cme(Cme::INCORRECT_PARAMETERS),
        },
        Operation::Execute => Outcome::Error,
    }
}

/// `+CCWA` (27.007 7.12): whether waiting calls are told, and whether the network lets calls wait.
fn call_waiting(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    let values = match operation {
        Operation::Read => {
            let tells = modem.settings.number("+CCWA", 0);
            modem.information(&format!("+CCWA: {tells}"));
            return Outcome::Next;
        }
        Operation::Test => {
            modem.information("+CCWA: (0,1)");
            return Outcome::Next;
        }
        Operation::Set(values) => values,
        Operation::Execute => return Outcome::Error,
    };
    let (tells, mode) = match values.as_slice() {
        [Value::Number(tells @ 0..=1)] => (Some(*tells), None),
        [Value::Number(tells @ 0..=1), Value::Number(mode @ 0..=2), ..] => (Some(*tells), Some(*mode)),
        [Value::Missing, Value::Number(mode @ 0..=2), ..] => (None, Some(*mode)),
        _ => return modem.cme(Cme::INCORRECT_PARAMETERS),
    };
    if let Some(tells) = tells {
        modem.settings.set_text("+CCWA", tells.to_string());
    }
    match mode {
        Some(2) => {
            let waits = modem.mobile.as_ref().is_some_and(|mobile| mobile.lets_calls_wait);
            modem.information(&format!("+CCWA: {},1", u32::from(waits)));
        }
        Some(mode) => {
            if let Some(mobile) = &mut modem.mobile {
                mobile.lets_calls_wait = mode == 1;
            }
            let service = LineService::CallWaiting(mode == 1);
            modem.actions.push_back(LineAction::Service(service));
        }
        None => {}
    }
    Outcome::Next
}

/// `+CCFC` (27.007 7.11): where calls go, by reason.
fn forwarding(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
    let Operation::Set(values) = operation else {
        return Outcome::Error;
    };
    let (Some(Value::Number(reason)), Some(Value::Number(mode))) = (values.first(), values.get(1)) else {
        return modem.cme(Cme::INCORRECT_PARAMETERS);
    };
    let seconds = match values.get(7) {
        Some(Value::Number(seconds @ 1..=30)) => *seconds,
        _ => 20,
    };
    // Rings come every six seconds or so; a network counts seconds.
    let no_reply = ForwardReason::NoReply {
        rings: seconds.div_ceil(6),
    };
    let reasons: &[(u32, ForwardReason)] = match reason {
        0 => &[(0, ForwardReason::Unconditional)],
        1 => &[(1, ForwardReason::Busy)],
        2 => &[(2, no_reply)],
        3 => &[(3, ForwardReason::NotReachable)],
        4 => &[
            (0, ForwardReason::Unconditional),
            (1, ForwardReason::Busy),
            (2, no_reply),
            (3, ForwardReason::NotReachable),
        ],
        5 => &[
            (1, ForwardReason::Busy),
            (2, no_reply),
            (3, ForwardReason::NotReachable),
        ],
        _ => return modem.cme(Cme::NOT_SUPPORTED),
    };
    let Some(mobile) = &mut modem.mobile else {
        return Outcome::Error;
    };
    let to = match (mode, values.get(2)) {
        (2, _) => {
            let lines: Vec<String> = reasons
                .iter()
                .map(|(reason, _)| match mobile.forwards.get(reason) {
                    Some((true, number)) => format!("+CCFC: 1,1,\"{number}\",129"),
                    _ => "+CCFC: 0,1".to_owned(),
                })
                .collect();
            lines.iter().for_each(|line| modem.information(line));
            return Outcome::Next;
        }
        (0 | 4, _) => None,
        (3, Some(Value::Quoted(number))) if is_number(number) => Some(number.clone()),
        (1, _) => match mobile.forwards.get(reason) {
            Some((_, number)) => Some(number.clone()),
            None => return modem.cme(Cme::NOT_ALLOWED),
        },
        _ => return modem.cme(Cme::INCORRECT_PARAMETERS),
    };
    for (reason, forward) in reasons {
        match (&to, mode) {
            (Some(number), _) => drop(mobile.forwards.insert(*reason, (true, number.clone()))),
            (None, 0) => {
                if let Some((is_active, _)) = mobile.forwards.get_mut(reason) {
                    *is_active = false;
                }
            }
            (None, _) => drop(mobile.forwards.remove(reason)),
        }
        let service = LineService::Forward(*forward, to.clone());
        modem.actions.push_back(LineAction::Service(service));
    }
    Outcome::Next
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || "*#+".contains(c))
}

/// `+CUSD` (27.007 7.15): the network answers what the profile says it does.
fn unstructured(modem: &mut Modem, operation: Operation, now: SimTime) -> Outcome {
    match operation {
        Operation::Read => {
            let tells = modem.settings.number("+CUSD", 0);
            modem.information(&format!("+CUSD: {tells}"));
        }
        Operation::Test => modem.information("+CUSD: (0-2)"),
        Operation::Execute => return Outcome::Error,
        Operation::Set(values) => match values.as_slice() {
            [Value::Number(tells @ 0..=2)] => modem.settings.set_text("+CUSD", tells.to_string()),
            [Value::Number(tells @ 0..=1), Value::Quoted(asked), ..] => {
                let Some(asked) = modem.meant(asked) else {
                    return modem.cme(Cme::INVALID_TEXT);
                };
                let text = match modem.profile().sim.services.get(&asked) {
                    // In the default alphabet, or in UCS-2 where that lacks a character (27.007 7.15, 23.038).
                    Some(text) if gsm_from_text(text).is_some() => {
                        format!("+CUSD: 0,{},15", modem.quoted(text))
                    }
                    Some(text) => format!("+CUSD: 0,\"{}\",72", CharacterSet::Ucs2.encode(text)),
                    // 4: the network does not support it.
                    None => "+CUSD: 4".to_owned(),
                };
                if modem.registration() == 0 {
                    return modem.cme(Cme::NO_NETWORK);
                }
                modem.settings.set_text("+CUSD", tells.to_string());
                if *tells == 1 {
                    modem.network_will_tell(text, now);
                }
            }
            _ => return modem.cme(Cme::INCORRECT_PARAMETERS),
        },
    }
    Outcome::Next
}
