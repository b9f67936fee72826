//! Rules about what becomes of a call after a request on it has succeeded.

use super::Level::{Must, Should};
use super::judging::{EVENTUALLY, call_was_given_time, kept, reaches};
use super::{Judgement, Origin, Rule, Story};
use crate::tspi::{constant_value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/answer-ovr/1",
        page: "answer-ovr.md",
        level: Must,
        requirement: "After TSPI_lineAnswer has succeeded, the call is reported in LINECALLSTATE_CONNECTED.",
        why: "Applications begin to speak at LINECALLSTATE_CONNECTED, and the caller hears nothing.",
        mend: "Report LINECALLSTATE_CONNECTED when the device has answered; complete with an error where it has not.",
        broken_by: "answers-without-connecting",
        exercises: &["two-lines"],
        judge: |story| reaches(story, "TSPI_lineAnswer", "hdCall", &["LINECALLSTATE_CONNECTED"]),
    },
    Rule {
        id: "tspi/hold-ovr/1",
        page: "hold-ovr.md",
        level: Must,
        requirement: "After TSPI_lineHold has succeeded, the call is reported in LINECALLSTATE_ONHOLD.",
        why: "Applications offer to retrieve a call only once they know that it is held.",
        mend: "Report LINECALLSTATE_ONHOLD when the switch holds the call.",
        broken_by: "holds-silently",
        exercises: &["hold"],
        judge: |story| reaches(story, "TSPI_lineHold", "hdCall", &["LINECALLSTATE_ONHOLD"]),
    },
    Rule {
        id: "tspi/conference-ovr/1",
        page: "conference-ovr.md",
        level: Must,
        requirement: "After TSPI_lineAddToConference has succeeded, the call that was added is reported in \
                      LINECALLSTATE_CONFERENCED.",
        why: "Applications list as members the calls that are CONFERENCED.",
        mend: "Report LINECALLSTATE_CONFERENCED with the conference's handle for each member.",
        broken_by: "adds-silently",
        exercises: &["conference"],
        judge: |story| {
            let states = ["LINECALLSTATE_CONFERENCED"];
            reaches(story, "TSPI_lineAddToConference", "hdConsultCall", &states)
        },
    },
    Rule {
        id: "tspi/park-ovr/1",
        page: "park-ovr.md",
        level: Should,
        requirement: "After TSPI_linePark has succeeded, the call is reported in LINECALLSTATE_IDLE. The page says normally: a \
                      warning.",
        why: "Applications show a parked call as one that they still have.",
        mend: "Report LINECALLSTATE_IDLE when the switch has parked the call.",
        broken_by: "parks-silently",
        exercises: &["park"],
        judge: |story| reaches(story, "TSPI_linePark", "hdCall", &["LINECALLSTATE_IDLE"]),
    },
    Rule {
        id: "tspi/redirect-ovr/1",
        page: "redirect-ovr.md",
        level: Should,
        requirement: "After TSPI_lineRedirect has succeeded, the call is reported in LINECALLSTATE_IDLE. The page says \
                      normally: a warning.",
        why: "Applications go on ringing for a call that is elsewhere.",
        mend: "Report LINECALLSTATE_IDLE when the switch has redirected the call.",
        broken_by: "redirects-silently",
        exercises: &["redirect"],
        judge: |story| reaches(story, "TSPI_lineRedirect", "hdCall", &["LINECALLSTATE_IDLE"]),
    },
    Rule {
        id: "tspi/LINE_CALLSTATE/15",
        page: "line-callstate.md",
        level: Must,
        requirement: "After a request that makes a call has succeeded, the state of the new call is soon reported.",
        why: "TAPI holds the new call in LINECALLSTATE_UNKNOWN, and applications cannot do anything with it.",
        mend: "Send LINE_CALLSTATE with the real state right after the completion, whatever it is.",
        broken_by: "new-call-without-state",
        exercises: &["outgoing-answered", "transfer"],
        judge: new_calls_report_a_state,
    },
    Rule {
        id: "tspi/linecallorigin--constants/4",
        page: "linecallorigin--constants.md",
        level: Must,
        requirement: "dwOrigin of the conference call that TSPI_lineSetupConference makes is LINECALLORIGIN_CONFERENCE.",
        why: "Applications cannot tell the conference from its members.",
        mend: "Set LINECALLORIGIN_CONFERENCE when the conference call is made.",
        broken_by: "conference-of-no-origin",
        exercises: &["conference"],
        judge: |story| made_calls_say(story, "dwOrigin", "LINECALLORIGIN", &[("TSPI_lineSetupConference", "htConfCall", "CONFERENCE")]),
    },
    Rule {
        id: "tspi/linecallreason--constants/4",
        page: "linecallreason--constants.md",
        level: Must,
        requirement: "dwReason of a call that was picked up is LINECALLREASON_PICKUP, of one that was unparked \
                      LINECALLREASON_UNPARK.",
        why: "Applications that treat such calls in another way cannot know them.",
        mend: "Set dwReason from the request that made the call.",
        broken_by: "forgets-reason",
        exercises: &["pickup", "park"],
        judge: |story| {
            let made = [("TSPI_linePickup", "htCall", "PICKUP"), ("TSPI_lineUnpark", "htCall", "UNPARK")];
            made_calls_say(story, "dwReason", "LINECALLREASON", &made)
        },
    },
];

fn new_calls_report_a_state(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for call in &story.calls {
        let (Origin::Made(by), Some(valid)) = (call.origin, call.valid) else {
            continue;
        };
        let told = call.states.first();
        if told.is_none() && !call_was_given_time(story, call, valid) {
            continue;
        }
        let breach = told.is_none().then(|| {
            let name = story.invocations[by].function.name;
            format!("{name} made the call, and none of its states was reported within {} s", EVENTUALLY.as_secs())
        });
        judgement.note(valid, breach);
    }
    judgement
}

/// Of calls made by a function through the parameter with TAPI's handle, what a member of LINECALLINFO says.
fn made_calls_say(story: &Story<'_>, member: &str, family: &str, made: &[(&str, &str, &str)]) -> Judgement {
    let mut judgement = Judgement::default();
    for answer in story.answers("LINECALLINFO") {
        let Some(call) = answer.call.and_then(|ht| story.call(ht)) else {
            continue;
        };
        let Origin::Made(by) = call.origin else { continue };
        let by = &story.invocations[by];
        let row = made
            .iter()
            .find(|(function, handle, _)| by.function.name == *function && by.value(handle) == Some(call.ht));
        let (Some((function, _, expected)), Some(value)) = (row, answer.number(member)) else {
            continue;
        };
        let said = kept(value == constant_value(&format!("{family}_{expected}")), || {
            format!("{function} made the call, and {member} is {}", render_constant(family, value))
        });
        judgement.say(answer.at, said.map(|said| said.with([by.called])));
    }
    judgement
}
