//! Rules that hold what a provider reports against the capabilities that it claims.

use super::Level::Must;
use super::values::{member, number_filled, structures_of};
use super::{Judgement, Rule, Story};
use crate::tspi::{callstate_mode, constant_value, family};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/tspi-line-device-functions/available",
        page: "tspi-line-device-functions.md",
        level: Must,
        requirement: "What a status structure calls available now, the capabilities call available at all.",
        why: "An application offers its user a button that can never work.",
        mend: "Fill the capabilities with everything that the status can ever say, from one table.",
        broken_by: "features-beyond-caps",
        exercises: &["outgoing-answered"],
        judge: status_stays_within_caps,
    },
    Rule {
        id: "tspi/LINEADDRESSCAPS/6",
        page: "ns-tapi-lineaddresscaps.md",
        level: Must,
        requirement: "Only call states that LINEADDRESSCAPS.dwCallStates lists are reported.",
        why: "Applications decide by dwCallStates what to wait for, and meet a state that they were told never comes.",
        mend: "Set the bit of every state that the provider can report in LINEADDRESSCAPS.dwCallStates.",
        broken_by: "states-beyond-caps",
        exercises: &["outgoing-answered"],
        judge: states_are_claimed,
    },
    Rule {
        id: "tspi/LINEADDRESSCAPS/7",
        page: "ns-tapi-lineaddresscaps.md",
        level: Must,
        requirement: "The modes of reported call states lie within those that LINEADDRESSCAPS lists for the state.",
        why: "Applications decide by the listed modes what to tell their user, and meet one that they were told never comes.",
        mend: "Set the bit of every mode that the provider can report in the member of its state.",
        broken_by: "modes-beyond-caps",
        exercises: &["outgoing-busy", "far-end-hangs-up"],
        judge: modes_are_claimed,
    },
    Rule {
        id: "tspi/LINEDEVCAPS/20",
        page: "ns-tapi-linedevcaps.md",
        level: Must,
        requirement: "Only line and address states that the capabilities list are reported.",
        why: "TAPI asks only for status messages that the capabilities list; others are never expected.",
        mend: "Set the bit of every state that the provider can report in dwLineStates and dwAddressStates.",
        broken_by: "line-states-beyond-caps",
        exercises: &["outgoing-answered"],
        judge: line_states_are_claimed,
    },
];

/// Structure of the status, its member, structure of the capabilities, its member.
const AVAILABLE: &[(&str, &str, &str, &str)] = &[
    (
        "LINECALLSTATUS",
        "dwCallFeatures",
        "LINEADDRESSCAPS",
        "dwCallFeatures",
    ),
    (
        "LINECALLSTATUS",
        "dwCallFeatures2",
        "LINEADDRESSCAPS",
        "dwCallFeatures2",
    ),
    (
        "LINEADDRESSSTATUS",
        "dwAddressFeatures",
        "LINEADDRESSCAPS",
        "dwAddressFeatures",
    ),
    ("LINEDEVSTATUS", "dwLineFeatures", "LINEDEVCAPS", "dwLineFeatures"),
];

/// Call state, member of LINEADDRESSCAPS with its modes.
const MODES: &[(&str, &str)] = &[
    ("LINECALLSTATE_BUSY", "dwBusyModes"),
    ("LINECALLSTATE_CONNECTED", "dwConnectedModes"),
    ("LINECALLSTATE_DIALTONE", "dwDialToneModes"),
    ("LINECALLSTATE_DISCONNECTED", "dwDisconnectModes"),
    ("LINECALLSTATE_OFFERING", "dwOfferingModes"),
    ("LINECALLSTATE_SPECIALINFO", "dwSpecialInfo"),
];

/// All values of one member that successful calls gave: index of the return, value.
fn given(story: &Story<'_>, structure: &str, name: &str) -> Vec<(usize, u32)> {
    let mut values = Vec::new();
    for one in &story.invocations {
        let at = one.returned.map_or(one.called, |returned| returned.at);
        for (arg, filled) in structures_of(one).filter(|(_, filled)| filled.name == structure) {
            let member = member(filled, name, story.version());
            values.extend(member.and_then(|member| Some((at, number_filled(one, arg, &member)?))));
        }
    }
    values
}

/// The bits that any answer claims; `None` where nobody asked. Lines of one provider may differ, so all count.
fn claimed(story: &Story<'_>, structure: &str, name: &str) -> Option<u32> {
    let values = given(story, structure, name);
    values
        .iter()
        .map(|(_, bits)| *bits)
        .reduce(|one, other| one | other)
}

fn status_stays_within_caps(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (status, now, caps, ever) in AVAILABLE {
        let Some(claimed) = claimed(story, caps, ever) else {
            continue;
        };
        for (at, bits) in given(story, status, now) {
            let beyond = bits & !claimed;
            let breach =
                (beyond != 0).then(|| format!("{status}.{now} has {beyond:#x}, which {caps}.{ever} lacks"));
            judgement.note(at, breach);
        }
    }
    judgement
}

fn states_are_claimed(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let Some(claimed) = claimed(story, "LINEADDRESSCAPS", "dwCallStates") else {
        return judgement;
    };
    let states = family("LINECALLSTATE").map(|family| (family, family.mask()));
    let Some((family, defined)) = states else {
        return judgement;
    };
    for seen in story.calls.iter().flat_map(|call| &call.states) {
        let state = seen.state & defined;
        let breach = (state & !claimed != 0).then(|| {
            format!(
                "{} is reported, and LINEADDRESSCAPS.dwCallStates lacks it",
                family.render(state)
            )
        });
        judgement.note(seen.at, breach);
    }
    judgement
}

fn modes_are_claimed(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (state, name) in MODES {
        let (value, claimed) = (constant_value(state), claimed(story, "LINEADDRESSCAPS", name));
        let (Some(claimed), Some(family)) = (claimed, callstate_mode(value)) else {
            continue;
        };
        let reports = story
            .calls
            .iter()
            .flat_map(|call| &call.states)
            .filter(|seen| seen.state == value);
        for seen in reports.filter(|seen| seen.mode != 0) {
            let breach = (seen.mode & !u64::from(claimed) != 0).then(|| {
                let mode = u32::try_from(seen.mode)
                    .map_or_else(|_| format!("{:#x}", seen.mode), |mode| family.render(mode));
                format!("{state} with {mode}, which LINEADDRESSCAPS.{name} lacks")
            });
            judgement.note(seen.at, breach);
        }
    }
    judgement
}

fn line_states_are_claimed(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    // Message, which of its parameters, structure and member that list what it may hold.
    let reported = [
        ("LINE_LINEDEVSTATE", 0, "LINEDEVCAPS", "dwLineStates"),
        ("LINE_ADDRESSSTATE", 1, "LINEADDRESSCAPS", "dwAddressStates"),
    ];
    for (message, parameter, caps, name) in reported {
        let (value, claimed) = (constant_value(message), claimed(story, caps, name));
        let Some(claimed) = claimed else { continue };
        for (at, args) in story.callbacks.iter().filter(|(_, args)| args.msg == value) {
            let beyond = args.params[parameter] & !u64::from(claimed);
            let breach =
                (beyond != 0).then(|| format!("{message} reports {beyond:#x}, which {caps}.{name} lacks"));
            judgement.note(*at, breach);
        }
    }
    judgement
}
