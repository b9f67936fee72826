//! Supplementary services: presentation, waiting, forwarding, and what is asked of the network in codes (27.007 7.6 to 7.15).

use crate::device::modem::mobile::{CharacterSet, Cme};
use crate::device::modem::{LineAction, Modem, Outcome};
use crate::exchange::{ForwardReason, LineService};
use crate::time::SimTime;
use crate::wire::at::{Operation, Value};
use crate::wire::sms::gsm_from_text;

/// `+CLIP`, `+CLIR`, `+COLP` (27.007 7.6 to 7.8): the setting, and what the network provides.
pub(super) fn presentation(
    modem: &mut Modem,
    operation: Operation,
    name: &'static str,
    most: u32,
) -> Outcome {
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
pub(super) fn call_waiting(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
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
pub(super) fn forwarding(modem: &mut Modem, operation: Operation, _: SimTime) -> Outcome {
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
pub(super) fn unstructured(modem: &mut Modem, operation: Operation, now: SimTime) -> Outcome {
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
                let known = modem.profile().sim.services.get(&asked);
                // A code is digits, stars and hashes (22.030): letters that no service goes by are a mistake, and clients
                // that try encodings in turn count on being told.
                if known.is_none() && !is_number(&asked) {
                    return modem.cme(Cme::INCORRECT_PARAMETERS);
                }
                let text = match known {
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
