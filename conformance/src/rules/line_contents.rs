//! Rules about what is set on a line: status, terminals, media control, status messages.

use super::Level::Must;
use super::judging::{Feature, each_outcome, is_error, kept, refused_where_claimed, refuses};
use super::{Answer, Invocation, Judgement, Rule, Story};
use crate::tspi::{Value, constant_value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineSetLineDevStatus/4",
        page: "nf-tspi-tspi_linesetlinedevstatus.md",
        level: Must,
        requirement: "After TSPI_lineSetLineDevStatus has succeeded, the named bits of LINEDEVSTATUS.dwDevStatusFlags are as fStatus says, and the \
                      others as they were.",
        why: "Message lamps and locks show what is not so.",
        mend: "Change these bits alone, and fill LINEDEVSTATUS from what was set.",
        broken_by: "forgets-line-status",
        exercises: &["device-status"],
        judge: line_status_is_kept,
    },
    Rule {
        id: "tspi/lineSetLineDevStatus/6",
        page: "nf-tspi-tspi_linesetlinedevstatus.md",
        level: Must,
        requirement: "A bit of a line's status that TSPI_lineSetLineDevStatus has changed is reported by LINE_LINEDEVSTATE with the state that fits, \
                      where TSPI_lineSetStatusMessages has asked for it.",
        why: "Other applications show the former status.",
        mend: "Send LINE_LINEDEVSTATE with MSGWAITON, MSGWAITOFF, LOCK, INSERVICE, OUTOFSERVICE, CONNECTED or DISCONNECTED.",
        broken_by: "line-status-unsaid",
        exercises: &["device-status"],
        judge: line_status_is_reported,
    },
    Rule {
        id: "tspi/lineSetTerminal/6",
        page: "nf-tspi-tspi_linesetterminal.md",
        level: Must,
        requirement: "TSPI_lineSetTerminal routes the event classes to or from the terminal, and that alone: the terminal modes of LINEADDRESSSTATUS, \
                      for a line or an address, and of LINECALLINFO, for all calls there or for the one call, have the bits afterwards that \
                      bEnable says; several terminals may have the same.",
        why: "Ringing goes to a telephone that is switched off.",
        mend: "Keep the modes of each terminal with line, address and call; change the one entry.",
        broken_by: "forgets-terminal",
        exercises: &["terminals", "terminals-in-call"],
        judge: terminals_are_routed,
    },
    Rule {
        id: "tspi/lineSetTerminal/9",
        page: "nf-tspi-tspi_linesetterminal.md",
        level: Must,
        requirement: "What the capabilities claim of terminals and media control is there: where TSPI_lineSetTerminal is unavailable, \
                      LINEDEVCAPS.dwNumTerminals is 0; where TSPI_lineSetMediaControl is, no LINEFEATURE_SETMEDIACONTROL and no length of a list \
                      is claimed.",
        why: "Applications show settings that do nothing.",
        mend: "Claim terminals and media control only where the functions work.",
        broken_by: "terminals-without-routing",
        exercises: &["terminals", "media"],
        judge: unavailable_is_unclaimed,
    },
    Rule {
        id: "tspi/lineSetMediaControl/4",
        page: "nf-tspi-tspi_linesetmediacontrol.md",
        level: Must,
        requirement: "dwSelect is one LINECALLSELECT_ constant: TSPI_lineSetMediaControl and TSPI_lineSetTerminal fail with any other value.",
        why: "The setting takes hold of what the application did not mean.",
        mend: "Return LINEERR_INVALCALLSELECT for all but LINE, ADDRESS and CALL.",
        broken_by: "selects-anything",
        exercises: &["terminals"],
        judge: |story| {
            let one_of = |one: &Invocation<'_>| {
                let select = one.dword("dwSelect");
                !["LINECALLSELECT_LINE", "LINECALLSELECT_ADDRESS", "LINECALLSELECT_CALL"].iter().any(|name| select == constant_value(name))
            };
            let mut all = refuses(story, "TSPI_lineSetMediaControl", &[], one_of);
            all.join(refuses(story, "TSPI_lineSetTerminal", &[], one_of));
            all
        },
    },
    Rule {
        id: "tspi/lineSetMediaControl/5",
        page: "nf-tspi-tspi_linesetmediacontrol.md",
        level: Must,
        requirement: "Digits of media control are 0 to 9 by pulse and 0 to 9, A to D, * and # by DTMF: TSPI_lineSetMediaControl refuses others.",
        why: "The action waits for a digit that cannot come.",
        mend: "Return LINEERR_INVALDIGITLIST for any other digit.",
        broken_by: "controls-by-any-digit",
        exercises: &["media"],
        judge: |story| {
            refuses(story, "TSPI_lineSetMediaControl", &[], |one| {
                let entries = one.bytes_in("lpDigitList").map(super::judging::dwords).unwrap_or_default();
                let pulse = constant_value("LINEDIGITMODE_PULSE");
                entries.chunks_exact(3).any(|entry| {
                    let digit = char::from_u32(entry[0] & 0xFFFF).unwrap_or_default();
                    let valid = if entry[1] == pulse { digit.is_ascii_digit() } else { digit.is_ascii_digit() || "ABCDabcd*#".contains(digit) };
                    !valid
                })
            })
        },
    },
    Rule {
        id: "tspi/lineSetStatusMessages/4",
        page: "nf-tspi-tspi_linesetstatusmessages.md",
        level: Must,
        requirement: "Status messages that are asked for and that the capabilities list are delivered: when a call begins or ends on a line, \
                      LINEDEVSTATE_NUMCALLS, LINEADDRESSSTATE_NUMCALLS and LINEADDRESSSTATE_INUSEZERO, where asked for, are reported.",
        why: "Applications show a line as busy that is free.",
        mend: "Send the message at each change of a state that is in the set and in the capabilities.",
        broken_by: "numcalls-unsaid",
        exercises: &["calls-counted"],
        judge: asked_for_states_come,
    },
];

/// The answers about the device of an invocation: the last before it, and the first after an event.
fn around<'s>(story: &'s Story<'_>, structure: &'s str, device: u32, from: usize, to: usize) -> (Option<&'s Answer>, Option<&'s Answer>) {
    let about = move |answer: &&Answer| answer.device == Some(device);
    let before = story.answers(structure).filter(about).filter(|answer| answer.at < from).last();
    (before, story.answers(structure).filter(about).find(|answer| answer.at > to))
}

fn line_status_is_kept(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineSetLineDevStatus", |one, outcome| {
        let device = story.device_of(one).filter(|_| outcome.succeeded())?;
        let (before, after) = around(story, "LINEDEVSTATUS", device, one.called, outcome.at);
        let after = after?;
        let again = story.invocations_of("TSPI_lineSetLineDevStatus").any(|other| other.called > one.called && other.called < after.at);
        // Who else changes a line's status says so.
        let changed = story.callbacks.iter().any(|(at, args)| *at > outcome.at && *at < after.at && args.msg == constant_value("LINE_LINEDEVSTATE"));
        let (bits, on) = (one.dword("dwStatusToChange"), one.dword("fStatus") != 0);
        let is = after.number("dwDevStatusFlags").filter(|_| !again)?;
        let shown = |bits| render_constant("LINEDEVSTATUSFLAGS", bits);
        if is & bits != if on { bits } else { 0 } {
            return kept(false, || format!("{} was set {}, and dwDevStatusFlags is {}", shown(bits), if on { "on" } else { "off" }, shown(is)))
                .map(|said| said.with([after.at]));
        }
        let was = before.and_then(|before| before.number("dwDevStatusFlags")).filter(|_| !changed);
        kept(was.is_none_or(|was| (was ^ is) & !bits == 0), || {
            format!("{} alone was set, and dwDevStatusFlags changed from {} to {}", shown(bits), shown(was.unwrap_or_default()), shown(is))
        })
        .map(|said| said.with([after.at]))
    })
}

/// A bit of the status, and the states that report it on and off.
const STATUS: &[(&str, &str, &str)] = &[
    ("LINEDEVSTATUSFLAGS_CONNECTED", "LINEDEVSTATE_CONNECTED", "LINEDEVSTATE_DISCONNECTED"),
    ("LINEDEVSTATUSFLAGS_MSGWAIT", "LINEDEVSTATE_MSGWAITON", "LINEDEVSTATE_MSGWAITOFF"),
    ("LINEDEVSTATUSFLAGS_INSERVICE", "LINEDEVSTATE_INSERVICE", "LINEDEVSTATE_OUTOFSERVICE"),
    ("LINEDEVSTATUSFLAGS_LOCKED", "LINEDEVSTATE_LOCK", "LINEDEVSTATE_LOCK"),
];

/// Whether a line was left open for a while after an event.
fn line_was_given_time(story: &Story<'_>, ht: u64, at: usize) -> bool {
    let closed = story.line(ht).and_then(|line| line.closed).unwrap_or(story.events.len().saturating_sub(1));
    story.time(closed).saturating_sub(story.time(at)) >= super::judging::EVENTUALLY
}

fn told(story: &Story<'_>, ht: u64, message: &str, param: usize, bit: u32, from: usize) -> bool {
    let message = constant_value(message);
    let mut events = story.callbacks.iter().filter(|(at, args)| *at > from && args.device == ht && args.msg == message);
    events.any(|(_, args)| args.params[param] & u64::from(bit) != 0)
}

fn line_status_is_reported(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineSetLineDevStatus", |one, outcome| {
        let line = story.line_by_hd(one.value("hdLine")?, one.called).filter(|_| outcome.succeeded())?;
        let before = around(story, "LINEDEVSTATUS", line.device, one.called, outcome.at).0?.number("dwDevStatusFlags")?;
        let on = one.dword("fStatus") != 0;
        let (bit, state) = STATUS.iter().find_map(|(bit, set, cleared)| {
            let value = constant_value(bit);
            (one.dword("dwStatusToChange") == value).then_some((value, if on { *set } else { *cleared }))
        })?;
        let again = story.invocations_of("TSPI_lineSetLineDevStatus").any(|other| other.called > before_of(story, line.device, one.called) && other.called < one.called);
        let asked = story.line_mask(line.ht, one.called).states & constant_value(state) != 0;
        if again || !asked || (before & bit != 0) == on {
            return None;
        }
        let told = told(story, line.ht, "LINE_LINEDEVSTATE", 0, constant_value(state), one.called);
        if !told && !line_was_given_time(story, line.ht, outcome.at) {
            return None;
        }
        kept(told, || format!("the status was changed, and LINE_LINEDEVSTATE with {state} never came"))
    })
}

/// When the status of a device was read last before an event.
fn before_of(story: &Story<'_>, device: u32, at: usize) -> usize {
    around(story, "LINEDEVSTATUS", device, at, at).0.map_or(0, |before| before.at)
}

fn terminals_are_routed(story: &Story<'_>) -> Judgement {
    ["LINEADDRESSSTATUS", "LINECALLINFO"].into_iter().fold(Judgement::default(), |mut all, structure| {
        all.join(each_outcome(story, "TSPI_lineSetTerminal", |one, outcome| {
            outcome.succeeded().then(|| routed(story, one, outcome.at, structure))?
        }));
        all.join(each_outcome(story, "TSPI_lineSetTerminal", |one, outcome| {
            outcome.succeeded().then(|| others_left_alone(story, one, outcome.at, structure))?
        }));
        all
    })
}

/// Whether what an answer tells of is among what a request is about.
fn is_concerned(story: &Story<'_>, one: &Invocation<'_>, answer: &Answer) -> bool {
    let select = |name: &str| one.dword("dwSelect") == constant_value(name);
    let (line, address) = (select("LINECALLSELECT_LINE"), select("LINECALLSELECT_ADDRESS"));
    let here = answer.device.is_some() && answer.device == story.device_of(one);
    let of_address = |id: Option<u32>| address && id == Some(one.dword("dwAddressID"));
    here && match answer.structure {
        "LINEADDRESSSTATUS" => line || of_address(answer.address),
        "LINECALLINFO" if line || address => line || of_address(answer.number("dwAddressID")),
        "LINECALLINFO" => answer.call.is_some() && answer.call == story.call_of(one, "hdCall").map(|call| call.ht),
        _ => false,
    }
}

fn modes_in(answer: &Answer) -> Option<Vec<u32>> {
    match answer.decoded.get("TerminalModes")? {
        Value::List(modes) => modes.iter().map(Value::number).collect(),
        _ => None,
    }
}

/// Whether another routing may have come between.
fn set_between(story: &Story<'_>, one: &Invocation<'_>, from: usize, to: usize) -> bool {
    story.invocations_of("TSPI_lineSetTerminal").any(|other| other.called != one.called && other.at() > from && other.called < to)
}

fn routed(story: &Story<'_>, one: &Invocation<'_>, done: usize, structure: &'static str) -> Option<super::judging::Said> {
    let after = story.answers(structure).filter(|answer| answer.at > done).find(|answer| is_concerned(story, one, answer))?;
    let again = story.invocations_of("TSPI_lineSetTerminal").any(|other| {
        other.called > one.called && other.called < after.at && other.dword("dwTerminalID") == one.dword("dwTerminalID")
    });
    let (terminal, bits, on) = (one.dword("dwTerminalID") as usize, one.dword("dwTerminalModes"), one.dword("bEnable") != 0);
    let is = *modes_in(after).filter(|_| !again)?.get(terminal)?;
    kept(is & bits == if on { bits } else { 0 }, || {
        let shown = |modes| render_constant("LINETERMMODE", modes);
        format!("{} was set {} for terminal {terminal}, and {} has {}", shown(bits), if on { "on" } else { "off" }, after.structure, shown(is))
    })
    .map(|said| said.with([after.at]))
}

/// The terminals that were not named, and the addresses and calls that were not meant, keep their modes.
fn others_left_alone(story: &Story<'_>, one: &Invocation<'_>, done: usize, structure: &'static str) -> Option<super::judging::Said> {
    let device = story.device_of(one);
    let changed = story.answers(structure).filter(|after| after.at > done && after.device == device).find_map(|after| {
        let same = |before: &&Answer| {
            before.at < one.called && before.device == after.device && before.address == after.address && before.call == after.call
        };
        let before = story.answers(structure).filter(same).last()?;
        if set_between(story, one, before.at, after.at) {
            return None;
        }
        let named = is_concerned(story, one, after).then_some(one.dword("dwTerminalID") as usize);
        let (was, is) = (modes_in(before)?, modes_in(after)?);
        let other = (0..was.len().min(is.len())).find(|terminal| Some(*terminal) != named && was[*terminal] != is[*terminal]);
        Some((after, other.map(|terminal| (terminal, was[terminal], is[terminal]))))
    });
    let (after, wrong) = changed?;
    kept(wrong.is_none(), || {
        let (terminal, was, is) = wrong.unwrap_or_default();
        let shown = |modes| render_constant("LINETERMMODE", modes);
        format!("terminal {terminal} of {} was {} and is {}, which nobody asked for", after.structure, shown(was), shown(is))
    })
    .map(|said| said.with([after.at]))
}

fn unavailable_is_unclaimed(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    let unavailable = |one: &Invocation<'_>| story.outcome(one).filter(|outcome| is_error(outcome.result, &["LINEERR_OPERATIONUNAVAIL"]));
    let claims: [(&str, &[&str]); 2] = [
        ("TSPI_lineSetTerminal", &["dwNumTerminals"]),
        ("TSPI_lineSetMediaControl", &["dwMedCtlDigitMaxListSize", "dwMedCtlMediaMaxListSize", "dwMedCtlToneMaxListSize", "dwMedCtlCallStateMaxListSize"]),
    ];
    for (function, members) in claims {
        all.join(each_outcome(story, function, |one, outcome| {
            let caps = story.caps("LINEDEVCAPS", story.device_of(one)?, one.called)?;
            if unavailable(one).is_none() {
                return outcome.succeeded().then_some(super::judging::Said::Kept);
            }
            let claimed = members.iter().find(|member| caps.number(member).is_some_and(|count| count != 0));
            kept(claimed.is_none(), || format!("{function} is unavailable, and LINEDEVCAPS.{} is not 0", claimed.unwrap_or(&"")))
                .map(|said| said.with([caps.at]))
        }));
    }
    const CLAIMS: [Feature; 2] = [
        Feature { function: "TSPI_lineSetMediaControl", structure: "LINEDEVCAPS", member: "dwLineFeatures", bit: "LINEFEATURE_SETMEDIACONTROL" },
        Feature { function: "TSPI_lineSetTerminal", structure: "LINEDEVCAPS", member: "dwLineFeatures", bit: "LINEFEATURE_SETTERMINAL" },
    ];
    all.join(refused_where_claimed(story, &CLAIMS));
    all
}

/// The message, the parameter with the states, the state, and the member of which capabilities that lists it.
type Told = (&'static str, usize, &'static str, &'static str, &'static str);

const CALLS_COME_AND_GO: &[Told] = &[
    ("LINE_LINEDEVSTATE", 0, "LINEDEVSTATE_NUMCALLS", "LINEDEVCAPS", "dwLineStates"),
    ("LINE_ADDRESSSTATE", 1, "LINEADDRESSSTATE_NUMCALLS", "LINEADDRESSCAPS", "dwAddressStates"),
];

fn asked_for_states_come(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for call in &story.calls {
        let Some(line) = call.line.and_then(|line| story.line(line)) else { continue };
        // Where other calls are there, the counts may stay the same.
        let alone = !story.calls.iter().any(|other| other.ht != call.ht && other.line == call.line && other.begun < call.begun && other.closed.is_none_or(|closed| closed > call.begun));
        let (Some(first), true) = (call.states.first(), alone) else { continue };
        let mask = story.line_mask(line.ht, call.begun);
        for (message, param, state, structure, member) in CALLS_COME_AND_GO {
            let bit = constant_value(state);
            let asked = if *param == 0 { mask.states } else { mask.address_states };
            let listed = story.caps(structure, line.device, call.begun).and_then(|caps| caps.number(member));
            if asked & bit == 0 || listed.is_none_or(|listed| listed & bit == 0) {
                continue;
            }
            let told = told(story, line.ht, message, *param, bit, call.begun);
            if told || super::judging::call_was_given_time(story, call, first.at) {
                judgement.say(first.at, kept(told, || format!("a call began, {state} is asked for and listed, and {message} never came")));
            }
        }
    }
    judgement
}
