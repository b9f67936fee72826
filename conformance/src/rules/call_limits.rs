//! Rules about how many calls there are at once, against the limits that the capabilities give.

use super::Level::Must;
use super::judging::{Said, kept};
use super::{CallLife, Judgement, Rule, Story};
use crate::tspi::constant_value;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINEADDRESSCAPS/9",
        page: "ns-tapi-lineaddresscaps.md",
        level: Must,
        requirement: "Calls never exceed what the capabilities allow at one time: connected ones dwMaxNumActiveCalls of LINEDEVCAPS and \
                      LINEADDRESSCAPS, held ones dwMaxNumOnHoldCalls, those on hold for a transfer or conference \
                      dwMaxNumOnHoldPendingCalls.",
        why: "Applications plan by these limits, and offer or hide functions for the calls that they expect.",
        mend: "Give the limits of the device, and refuse what would go beyond.",
        broken_by: "holds-beyond-limit",
        exercises: &["hold"],
        judge: calls_stay_within_limits,
    },
    Rule {
        id: "tspi/LINEADDRESSCAPS/10",
        page: "ns-tapi-lineaddresscaps.md",
        level: Must,
        requirement: "No conference has more parties than LINEADDRESSCAPS.dwMaxNumConference.",
        why: "An application offers to add a party as long as the limit is not reached, and hides it beyond.",
        mend: "Give the limit of the device, and fail with LINEERR_CONFERENCEFULL beyond it.",
        broken_by: "conference-beyond-limit",
        exercises: &["conference"],
        judge: conferences_stay_within_limits,
    },
];

/// States of calls, the members that limit how many are in them, and of which structure.
const LIMITS: [(&[&str], &str, &str); 4] = [
    (&["LINECALLSTATE_CONNECTED"], "LINEDEVCAPS", "dwMaxNumActiveCalls"),
    (&["LINECALLSTATE_CONNECTED"], "LINEADDRESSCAPS", "dwMaxNumActiveCalls"),
    (&["LINECALLSTATE_ONHOLD"], "LINEADDRESSCAPS", "dwMaxNumOnHoldCalls"),
    (
        &["LINECALLSTATE_ONHOLDPENDTRANSFER", "LINECALLSTATE_ONHOLDPENDCONF"],
        "LINEADDRESSCAPS",
        "dwMaxNumOnHoldPendingCalls",
    ),
];

fn calls_stay_within_limits(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for line in &story.lines {
        let calls: Vec<&CallLife> = story.calls.iter().filter(|call| call.line == Some(line.ht)).collect();
        for (states, structure, member) in LIMITS {
            let Some(caps) = story.caps(structure, line.device, line.opened) else {
                continue;
            };
            // The calls of a line with several addresses are not told apart here.
            let addresses = story.caps("LINEDEVCAPS", line.device, line.opened);
            let several = addresses.and_then(|caps| caps.number("dwNumAddresses")).is_none_or(|count| count > 1);
            let (Some(most), false) = (caps.number(member), several && structure == "LINEADDRESSCAPS") else {
                continue;
            };
            let entered = calls.iter().flat_map(|call| &call.states);
            for seen in entered.filter(|seen| states.iter().any(|state| seen.state == constant_value(state))) {
                judgement.say(seen.at, count(&calls, states, seen.at, (structure, member, most)));
            }
        }
    }
    judgement
}

/// How many calls are in one of these states once event `at` has happened. One that is about to leave its state, as when
/// two calls change places, is let go: what counts is what is so until the next report.
fn count(calls: &[&CallLife], states: &[&str], at: usize, (structure, member, most): (&str, &str, u32)) -> Option<Said> {
    let there = calls.iter().filter(|call| {
        let open = call.closed.is_none_or(|closed| closed > at);
        let leaves = call.states.iter().find(|seen| seen.at > at);
        open && call.was(states, at + 1) && leaves.is_none_or(|next| next.at > at + NEAR)
    });
    let count = there.count();
    kept(count <= most as usize, || {
        format!("{count} calls are in {}, and {structure}.{member} is {most}", states.join(" or "))
    })
}

/// So many events may lie between two reports that belong together.
const NEAR: usize = 6;

fn conferences_stay_within_limits(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for conference in &story.conferences {
        let device = story
            .call(conference.ht)
            .and_then(|call| story.line(call.line?))
            .map(|line| line.device);
        for (_, joined, _) in &conference.members {
            let parties = conference.members.iter().filter(|(_, from, until)| {
                from <= joined && until.is_none_or(|until| until > *joined)
            });
            let said = device
                .and_then(|device| story.caps("LINEADDRESSCAPS", device, *joined)?.number("dwMaxNumConference"))
                .and_then(|most| {
                    let parties = parties.count();
                    kept(parties <= most as usize, || {
                        format!("{parties} parties are in the conference, and dwMaxNumConference is {most}")
                    })
                });
            judgement.say(*joined, said);
        }
    }
    judgement
}
