//! Rules about refusals: which errors there are, and when a call may not be refused.

use super::Level::{Must, Should};
use super::judging::EVENTUALLY;
use super::{Invocation, Judgement, Outcome, Rule, Story};
use crate::tspi::{constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineerr--constants/1",
        page: "lineerr--constants.md",
        level: Must,
        requirement: "An error is a code in 0x80000000 to 0xBFFFFFFF that is defined, or one of the device's own from 0xC0000000 on.",
        why: "An application shows a number that nobody can look up.",
        mend: "Return a LINEERR_ or PHONEERR_ constant, or a code from 0xC0000000 on that your documentation explains.",
        broken_by: "undefined-error",
        exercises: &["wrong-states"],
        judge: errors_are_defined,
    },
    Rule {
        id: "tspi/lineerr--constants/listed",
        page: "lineerr--constants.md",
        level: Should,
        requirement: "A function fails with an error that its page lists. The lists are incomplete, and Windows hands \
                      on what it gets: another error is a warning.",
        why: "Applications handle the errors that a page lists and take others for a fault.",
        mend: "Choose the listed error that is nearest; LINEERR_OPERATIONFAILED is on every page.",
        broken_by: "unlisted-error",
        exercises: &["wrong-states"],
        judge: errors_are_listed,
    },
    Rule {
        id: "tspi/lineerr--constants/entry-states",
        page: "lineerr--constants.md",
        level: Must,
        requirement: "A call in a state that the page of a function names valid on entry is not refused with \
                      LINEERR_INVALCALLSTATE.",
        why: "An application that keeps to the documentation cannot do what it is promised.",
        mend: "Compare the state check of the function with the states that its page names.",
        broken_by: "refuses-valid-state",
        exercises: &["outgoing-answered", "incoming-answered"],
        judge: valid_states_are_taken,
    },
];

/// Errors that any function may give: the page of each lists them, or TAPI itself gives them for handles and devices
/// that are not valid.
const ALWAYS: &[&str] = &[
    "LINEERR_BADDEVICEID",
    "LINEERR_INVALCALLHANDLE",
    "LINEERR_INVALLINEHANDLE",
    "LINEERR_NOMEM",
    "LINEERR_OPERATIONFAILED",
    "LINEERR_OPERATIONUNAVAIL",
    "LINEERR_RESOURCEUNAVAIL",
    "LINEERR_STRUCTURETOOSMALL",
    "PHONEERR_BADDEVICEID",
    "PHONEERR_INVALPHONEHANDLE",
    "PHONEERR_NOMEM",
    "PHONEERR_OPERATIONFAILED",
    "PHONEERR_OPERATIONUNAVAIL",
    "PHONEERR_RESOURCEUNAVAIL",
    "PHONEERR_STRUCTURETOOSMALL",
];

/// Where the device's own codes begin.
const DEVICE_SPECIFIC: u32 = 0xC000_0000;

/// Each failure: the invocation, the index that shows it, the code.
fn failures<'s, 't>(story: &'s Story<'t>) -> Vec<(&'s Invocation<'t>, usize, i32)> {
    let returned = story.invocations.iter().filter_map(|one| {
        let returned = one.returned.filter(|returned| returned.result < 0)?;
        Some((one, returned.at, returned.result))
    });
    let completed = story.requests.iter().flat_map(|request| {
        let failed = request.completions.iter().filter(|(_, result)| *result < 0);
        failed.map(|(at, result)| (&story.invocations[request.invocation], *at, *result))
    });
    returned.chain(completed).filter(|(one, ..)| !one.hostile).collect()
}

fn errors_are_defined(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, at, code) in failures(story) {
        let right = code as u32 >= DEVICE_SPECIFIC || render_result(code).contains("ERR_");
        let breach = (!right).then(|| {
            format!(
                "{} failed with {:#010x}, which no page defines",
                one.function.name, code
            )
        });
        judgement.note(at, breach);
    }
    judgement
}

fn errors_are_listed(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, at, code) in failures(story) {
        let (listed, name) = (one.function.errors(), render_result(code));
        if listed.is_empty() || code as u32 >= DEVICE_SPECIFIC {
            continue; // the page leaves its list empty, or the device speaks for itself
        }
        let right = listed.contains(&name.as_str()) || ALWAYS.contains(&name.as_str());
        let breach = (!right).then(|| {
            format!(
                "{} failed with {name}, which its page does not list",
                one.function.name
            )
        });
        judgement.note(at, breach);
    }
    judgement
}

fn valid_states_are_taken(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let invalid = constant_value("LINEERR_INVALCALLSTATE") as i32;
    for one in &story.invocations {
        let Some(Outcome { at, result }) = story.outcome(one) else {
            continue;
        };
        // What was reported when the function refused may be old: the report of a change was on its way then. What comes after
        // something else was done may be due to that.
        let next = story.invocations.iter().find(|other| other.called > at && does_something(story, other));
        let late = |seen: usize| {
            next.is_none_or(|next| seen < next.called) && story.time(seen) <= story.time(at) + EVENTUALLY
        };
        // Only if each call that the function takes was in a valid state is the refusal wrong.
        let states: Option<Vec<(&str, u32)>> = one
            .function
            .entry_states()
            .iter()
            .map(|entry| {
                let call = story.call_by_hd(one.value(entry.handle)?, one.called)?;
                let seen = call.state_before(one.called)?;
                // Nor does an answer say anything where the state changed while the function ran.
                let steady = !call
                    .states
                    .iter()
                    .any(|later| later.at > seen.at && (later.at < at || (result == invalid && late(later.at))));
                (steady && entry.states & seen.state != 0).then_some((entry.handle, seen.state))
            })
            .collect();
        let Some(states) = states.filter(|states| !states.is_empty()) else {
            continue;
        };
        let breach = (result == invalid).then(|| {
            let shown: Vec<String> = states
                .iter()
                .map(|(handle, state)| format!("{handle} is {}", render_constant("LINECALLSTATE", *state)))
                .collect();
            format!(
                "{}: {}, and LINEERR_INVALCALLSTATE came",
                one.function.name,
                shown.join(", ")
            )
        });
        judgement.note(at, breach);
    }
    judgement
}

/// Whether calls may change by it: no query, and not refused.
fn does_something(story: &Story<'_>, one: &Invocation<'_>) -> bool {
    let refused = story.outcome(one).is_some_and(|outcome| outcome.result < 0);
    !one.function.name.contains("Get") && !refused
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::{CallbackArgs, Event, Party, What};
    use offhook_host_protocol::Arg;
    use std::time::Duration;

    const HD: u64 = 0x77;
    const HT: u64 = 0x4C00_0001;

    /// A call that is reported CONNECTED at 1 s, dropped and refused at 2 s, and reported DISCONNECTED so much later.
    fn refused(disconnected_after: Duration) -> Judgement {
        let by = Party::Provider("P".to_owned());
        let call = |seq, name: &str, given: &[(&str, u64)]| {
            let function = crate::tspi::functions().find(|function| function.name == name).unwrap();
            let value = |parameter: &str| given.iter().find(|(name, _)| *name == parameter).map(|(_, value)| *value);
            let args = function.args.iter().map(|arg| match arg.name {
                "lphdCall" => Arg::Out {
                    bytes: vec![0; 8],
                    keep: false,
                },
                name => Arg::Value(value(name).unwrap_or(0)),
            });
            What::Call {
                seq,
                function,
                args: args.collect(),
            }
        };
        let returned = |seq, result, outs| What::Return { seq, result, outs };
        let state = |name: &str| {
            What::Line(CallbackArgs {
                device: 1,
                call: HT,
                msg: constant_value("LINE_CALLSTATE"),
                params: [u64::from(constant_value(name)), 0, 0],
                new_call: None,
                micros: 0,
                data: Vec::new(),
            })
        };
        let made = crate::tspi::functions().find(|function| function.name == "TSPI_lineMakeCall").unwrap();
        let place = made.args.iter().position(|arg| arg.name == "lphdCall").unwrap();
        let second = Duration::from_secs(1);
        let events = [
            (Duration::ZERO, call(0, "TSPI_lineMakeCall", &[("dwRequestID", 7), ("htCall", HT)])),
            (Duration::ZERO, returned(0, 7, vec![(u8::try_from(place).unwrap(), HD.to_le_bytes().to_vec())])),
            (Duration::ZERO, What::Completed { request: 7, result: 0 }),
            (second, state("LINECALLSTATE_CONNECTED")),
            (2 * second, call(1, "TSPI_lineDrop", &[("dwRequestID", 8), ("hdCall", HD)])),
            (2 * second, returned(1, constant_value("LINEERR_INVALCALLSTATE").cast_signed(), Vec::new())),
            (2 * second + disconnected_after, state("LINECALLSTATE_DISCONNECTED")),
        ];
        let events: Vec<Event> = events
            .into_iter()
            .map(|(at, what)| Event {
                at,
                by: by.clone(),
                what,
            })
            .collect();
        valid_states_are_taken(&Story::read(&events, &by))
    }

    #[test]
    fn a_refusal_is_wrong_unless_the_state_was_changing() {
        assert_eq!(refused(Duration::from_secs(5)).findings.len(), 1);
        assert_eq!(refused(Duration::from_millis(300)).findings, []);
    }
}
