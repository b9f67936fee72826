//! Rules about requests that are outstanding together, and calls that end with others.

use std::time::Duration;

use super::Level::{Must, Should};
use super::judging::{Said, each, each_outcome, is_error, kept};
use super::{CallLife, Invocation, Judgement, Request, Rule, Story};
use crate::tspi::{Mode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/life-cycle-of-a-telephony-service-provider/7",
        page: "life-cycle-of-a-telephony-service-provider.md",
        level: Should,
        requirement: "Asynchronous operations may overlap: a request on one line is accepted while one on another has not completed. A \
                      device can be short of resources for both: a warning.",
        why: "Applications on one line wait for those on another.",
        mend: "Keep requests in a list for each line, and answer each when the device does.",
        broken_by: "one-request-at-a-time",
        exercises: &["overlapping"],
        judge: requests_may_overlap,
    },
    Rule {
        id: "tspi/termination-of-asynchronous-operations/2",
        page: "termination-of-asynchronous-operations.md",
        level: Must,
        requirement: "TSPI_lineCloseCall ends the requests that are outstanding on the call, also a TSPI_lineDrop that has just returned: \
                      each is completed, here within half a second.",
        why: "TAPI keeps what belongs to a request until it is completed, and applications wait for it.",
        mend: "Complete the call's requests with LINEERR_OPERATIONFAILED when it is closed.",
        broken_by: "closing-leaves-drop",
        exercises: &["closed-while-dropped"],
        judge: closing_a_call_ends_its_requests,
    },
    Rule {
        id: "tspi/pending-call-handles/3",
        page: "pending-call-handles.md",
        level: Should,
        requirement: "A TSPI_lineMakeCall that is outstanding when its call is closed is completed with LINEERR_OPERATIONFAILED. Other pages \
                      ask for a fitting error, and a call that was just made may still succeed: a warning.",
        why: "Applications tell their user that the number was wrong, when it was he who gave up.",
        mend: "Complete the request with LINEERR_OPERATIONFAILED when the call is closed.",
        broken_by: "closed-call-had-wrong-number",
        exercises: &["closed-while-made"],
        judge: closed_calls_were_given_up,
    },
    Rule {
        id: "tspi/drop-ovr/1",
        page: "drop-ovr.md",
        level: Should,
        requirement: "Dropping a conference call ends or frees its members, and the new state of each is reported. The page says that a drop \
                      can affect related calls, not which: a warning.",
        why: "Applications show parties of a conference that is no more.",
        mend: "Report the state of every member when the conference call ends.",
        broken_by: "members-left-behind",
        exercises: &["conference-dropped"],
        judge: members_end_with_their_conference,
    },
];

/// Whether a request was outstanding when event `at` happened.
fn was_outstanding(story: &Story<'_>, request: &Request, at: usize) -> bool {
    let one = &story.invocations[request.invocation];
    let begun = one.returned.is_some_and(|returned| returned.result > 0 && returned.at < at);
    begun && request.completions.first().is_none_or(|(done, _)| *done > at)
}

fn requests_may_overlap(story: &Story<'_>) -> Judgement {
    const BUSY: [&str; 6] = [
        "LINEERR_RESOURCEUNAVAIL",
        "LINEERR_OPERATIONFAILED",
        "LINEERR_CALLUNAVAIL",
        "LINEERR_INUSE",
        "PHONEERR_RESOURCEUNAVAIL",
        "PHONEERR_OPERATIONFAILED",
    ];
    let mut judgement = Judgement::default();
    for one in story.invocations.iter().filter(|one| one.function.mode == Mode::Async) {
        let Some(result) = one.result() else { continue };
        let device = story.device_of(one);
        let other = story.requests.iter().find(|request| {
            let other = &story.invocations[request.invocation];
            let same_kind = other.function.name == one.function.name;
            same_kind && story.device_of(other) != device && was_outstanding(story, request, one.called)
        });
        let said = other.and_then(|other| {
            let said = kept(!is_error(result, &BUSY), || {
                format!("while request {:#x} was outstanding on another line, {} gave {}", other.id, one.function.name, render_result(result))
            });
            said.map(|said| said.with([story.invocations[other.invocation].called]))
        });
        judgement.say(one.at(), said);
    }
    judgement
}

/// How soon what a closed call leaves behind is completed.
const SOON: Duration = Duration::from_millis(500);

/// The requests that are outstanding on a call when it is closed.
fn left_by<'s>(story: &'s Story<'_>, close: &Invocation<'_>, call: &CallLife) -> Vec<&'s Request> {
    const HANDLES: [&str; 5] = ["hdCall", "hdConfCall", "hdConsultCall", "hdActiveCall", "hdHeldCall"];
    let of_call = |request: &&Request| {
        let one = &story.invocations[request.invocation];
        let by_handle = HANDLES.iter().any(|name| story.call_of(one, name).is_some_and(|of| of.ht == call.ht));
        let makes_it = ["htCall", "htConsultCall", "htConfCall"].iter().any(|name| one.value(name) == Some(call.ht));
        (by_handle || makes_it) && was_outstanding(story, request, close.called)
    };
    story.requests.iter().filter(of_call).collect()
}

fn closing_a_call_ends_its_requests(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for close in story.invocations_of("TSPI_lineCloseCall").filter(|one| one.result() == Some(0)) {
        let Some(call) = story.call_of(close, "hdCall") else { continue };
        for request in left_by(story, close, call) {
            let function = story.invocations[request.invocation].function.name;
            let closed = story.time(close.at());
            let done = request.completions.first().map(|(at, _)| story.time(*at));
            let waited = done.unwrap_or(story.end()).saturating_sub(closed);
            let said = match done {
                None if waited < SOON => None,
                _ => kept(done.is_some() && waited <= SOON, || {
                    format!("{function} was outstanding when its call was closed, and was not completed within {} ms", waited.as_millis())
                }),
            };
            judgement.say(close.at(), said);
        }
    }
    judgement
}

fn closed_calls_were_given_up(story: &Story<'_>) -> Judgement {
    each(story, "TSPI_lineCloseCall", |close| {
        let call = story.call_of(close, "hdCall")?;
        let request = left_by(story, close, call)
            .into_iter()
            .find(|request| story.invocations[request.invocation].function.name == "TSPI_lineMakeCall")?;
        let (at, result) = *request.completions.first()?;
        let right = result == 0 || is_error(result, &["LINEERR_OPERATIONFAILED"]);
        kept(right, || format!("its call was closed, and TSPI_lineMakeCall completed with {}", render_result(result)))
            .map(|said| said.with([at]))
    })
}

/// How long after the drop the members of a conference are looked at.
const SETTLED: Duration = Duration::from_millis(300);

fn members_end_with_their_conference(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineDrop", |one, outcome| -> Option<Said> {
        let conference = story.call_of(one, "hdCall")?;
        let members = story.conferences.iter().find(|known| known.ht == conference.ht)?;
        if !outcome.succeeded() {
            return None;
        }
        let conferenced = ["LINECALLSTATE_CONFERENCED"];
        let left = members.members.iter().find_map(|(ht, from, until)| {
            let call = story.call(*ht)?;
            let inside = *from < one.called && until.is_none_or(|until| until > one.called);
            let closed = call.closed.map_or(story.end(), |closed| story.time(closed));
            let given_time = closed.saturating_sub(story.time(outcome.at)) >= SETTLED;
            let stays = call.was(&conferenced, one.called) && !call.states.iter().any(|seen| seen.at > one.called);
            (inside && given_time && stays).then_some(call)
        });
        kept(left.is_none(), || {
            "the conference call was dropped, and no new state of a member was reported".to_owned()
        })
        .map(|said| said.with(left.iter().filter_map(|call| Some(call.states.last()?.at))))
    })
}
