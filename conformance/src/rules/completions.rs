//! Rules about calls that are completed later: identifiers, cancelling, and the call that comes back.

use super::Level::Must;
use super::judging::{EVENTUALLY, ON_ITS_WAY, Said, each_answer, each_outcome, kept, refuses};
use super::{CallLife, Invocation, Judgement, Origin, Rule, Story};
use crate::tspi::{constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineCompleteCall/6",
        page: "nf-tspi-tspi_linecompletecall.md",
        level: Must,
        requirement: "A completion identifier is unique among the requests in progress on the line.",
        why: "An application takes back the request of another.",
        mend: "Count identifiers up, and give none that is still in use.",
        broken_by: "one-completion-id",
        exercises: &["completions-taken-back"],
        judge: completion_ids_differ,
    },
    Rule {
        id: "tspi/lineCompleteCall/15",
        page: "nf-tspi-tspi_linecompletecall.md",
        level: Must,
        requirement: "Each outstanding completion request can be taken back by itself: TSPI_lineUncompleteCall takes its identifier as \
                      long as it is neither completed nor cancelled.",
        why: "A call comes back that nobody wants any more.",
        mend: "Keep each request under its identifier until it is completed or cancelled.",
        broken_by: "uncompletes-nothing",
        exercises: &["completions-taken-back"],
        judge: |story| {
            each_outcome(story, "TSPI_lineUncompleteCall", |one, outcome| {
                let request = completion_of(story, one)?;
                if is_over(story, request, one.called) {
                    return None;
                }
                kept(outcome.succeeded(), || {
                    format!("the request is outstanding, and taking it back gave {}", render_result(outcome.result))
                })
            })
        },
    },
    Rule {
        id: "tspi/lineCompleteCall/7",
        page: "nf-tspi-tspi_linecompletecall.md",
        level: Must,
        requirement: "A completion identifier is invalid once its request has been cancelled: TSPI_lineUncompleteCall refuses it then.",
        why: "The application believes that it has taken back a request that is not there.",
        mend: "Forget the identifier when the request is cancelled or completed, and return LINEERR_INVALCOMPLETIONID.",
        broken_by: "uncompletes-twice",
        exercises: &["completions-taken-back"],
        judge: |story| {
            refuses(story, "TSPI_lineUncompleteCall", &[], |one| {
                completion_of(story, one).is_some_and(|request| is_over(story, request, one.called))
            })
        },
    },
    Rule {
        id: "tspi/lineCompleteCall/12",
        page: "nf-tspi-tspi_linecompletecall.md",
        level: Must,
        requirement: "When the station that was busy is free, the provider offers the call that was asked for: LINE_NEWCALL and \
                      LINECALLSTATE_OFFERING on the line of the request.",
        why: "The user waits for a call back that never comes.",
        mend: "Report the call that the switch offers to the caller as a new call in LINECALLSTATE_OFFERING.",
        broken_by: "forgets-to-call-back",
        exercises: &["called-back"],
        judge: freed_stations_are_called_back,
    },
    Rule {
        id: "tspi/lineCompleteCall/13",
        page: "nf-tspi-tspi_linecompletecall.md",
        level: Must,
        requirement: "LINECALLINFO of a completed call that is offered has LINECALLREASON_CALLCOMPLETION, and the identifier of its \
                      request in dwCompletionID.",
        why: "The application cannot tell the call back from any other call.",
        mend: "Keep the identifier with the call that completes the request.",
        broken_by: "calls-back-as-another",
        exercises: &["called-back"],
        judge: completed_calls_name_their_request,
    },
    Rule {
        id: "tspi/lineCompleteCall/11",
        page: "nf-tspi-tspi_linecompletecall.md",
        level: Must,
        requirement: "TSPI_lineCompleteCall and TSPI_lineDial are completed when network or switch have accepted them, not only when what \
                      they ask for has come about: no sooner is the call back offered, or the call connected.",
        why: "The application's request hangs for as long as somebody else talks.",
        mend: "Complete the request when the switch acknowledges it; what follows are events.",
        broken_by: "dials-until-connected",
        exercises: &["dial-steps", "called-back"],
        judge: acceptance_completes,
    },
];

/// The identifier that a request was given: as it stands when the request has completed.
pub(super) fn id_of(story: &Story<'_>, one: &Invocation<'_>) -> Option<u32> {
    let outcome = story.outcome(one).filter(|outcome| outcome.succeeded())?;
    let read = story.kept(one, "lpdwCompletionID");
    let later = read.iter().find(|(at, _)| *at > outcome.at);
    let bytes = later.and_then(|(_, bytes)| bytes.first_chunk().copied());
    let at_return = one.number_out("lpdwCompletionID").map(|id| id as u32).filter(|id| *id != 0);
    bytes.map(u32::from_le_bytes).or(at_return)
}

fn line_of(story: &Story<'_>, one: &Invocation<'_>) -> Option<u64> {
    match one.value("hdLine") {
        Some(hd) => Some(story.line_by_hd(hd, one.called)?.ht),
        None => story.call_of(one, "hdCall")?.line,
    }
}

/// The request for a call back that TSPI_lineUncompleteCall takes back.
fn completion_of<'s, 't>(story: &'s Story<'t>, one: &Invocation<'t>) -> Option<&'s Invocation<'t>> {
    let (id, line) = (one.dword("dwCompletionID"), line_of(story, one)?);
    let mut requests = story.invocations.iter().rev().filter(|request| {
        request.function.name == "TSPI_lineCompleteCall"
            && request.called < one.called
            && request.dword("dwCompletionMode") != constant_value("LINECALLCOMPLMODE_MESSAGE")
    });
    requests.find(|request| id_of(story, request) == Some(id) && line_of(story, request) == Some(line))
}

/// Whether a request has been cancelled, or its call has been offered.
fn is_over(story: &Story<'_>, request: &Invocation<'_>, at: usize) -> bool {
    let (id, line) = (id_of(story, request), line_of(story, request));
    let cancelled = story.invocations_of("TSPI_lineUncompleteCall").any(|one| {
        one.called > request.called
            && Some(one.dword("dwCompletionID")) == id
            && line_of(story, one) == line
            && story.outcome(one).is_some_and(|outcome| outcome.succeeded() && outcome.at < at)
    });
    let offered = story.calls.iter().any(|call| {
        matches!(call.origin, Origin::Announced(_)) && call.line == line && call.begun > request.called && call.begun < at
    });
    cancelled || offered
}

fn completion_ids_differ(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineCompleteCall", |one, _| {
        let (id, line) = (id_of(story, one)?, line_of(story, one)?);
        let mut others = story.invocations_of("TSPI_lineCompleteCall").filter(|other| {
            other.called < one.called && line_of(story, other) == Some(line) && !is_over(story, other, one.called)
        });
        let other = others.next()?;
        let ids: Vec<_> = std::iter::once(other).chain(others).filter_map(|other| id_of(story, other)).collect();
        kept(!ids.contains(&id), || format!("{id:#x} is the identifier of two requests on one line"))
    })
}

/// Whether a call that ended in busy was to an address of a line of the provider itself.
fn calls_an_own_line(story: &Story<'_>, call: &CallLife) -> bool {
    let Origin::Made(by) = call.origin else { return false };
    let number = story.invocations[by].text_in("lpszDestAddress").filter(|number| !number.is_empty());
    let own = story.answers("LINEADDRESSCAPS").filter_map(|caps| caps.text("Address"));
    number.is_some_and(|number| own.into_iter().any(|address| address == number))
}

fn freed_stations_are_called_back(story: &Story<'_>) -> Judgement {
    let callback = constant_value("LINECALLCOMPLMODE_CALLBACK");
    each_outcome(story, "TSPI_lineCompleteCall", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        if one.dword("dwCompletionMode") != callback || !calls_an_own_line(story, call) {
            return None;
        }
        // From when on everybody is free.
        let begun_before = story.calls.iter().filter(|other| other.begun < one.called);
        let ends: Option<Vec<usize>> = begun_before
            .map(|other| other.next_of(&["LINECALLSTATE_IDLE"], other.begun).map(|seen| seen.at))
            .collect();
        let free = ends?.into_iter().max().filter(|free| *free > outcome.at)?;
        let back = story.calls.iter().any(|other| {
            matches!(other.origin, Origin::Announced(_))
                && other.line == call.line
                && other.begun > outcome.at
                && other.states.first().is_some_and(|seen| seen.state == constant_value("LINECALLSTATE_OFFERING"))
        });
        let taken_back = story.invocations.iter().find(|next| {
            let ends = ["TSPI_lineUncompleteCall", "TSPI_lineClose", "TSPI_lineMakeCall"];
            ends.contains(&next.function.name) && next.called > outcome.at
        });
        let until = taken_back.map_or(story.end(), |next| story.time(next.called));
        if !back && until.saturating_sub(story.time(free)) < EVENTUALLY {
            return None;
        }
        kept(back, || "all are free again, and the call back was not offered".to_owned()).map(|said| said.with([free]))
    })
}

fn completed_calls_name_their_request(story: &Story<'_>) -> Judgement {
    let (completion, offering) = (constant_value("LINECALLREASON_CALLCOMPLETION"), constant_value("LINECALLSTATE_OFFERING"));
    each_answer(story, "LINECALLINFO", |info| {
        let call = story.call(info.call?)?;
        let offered = call.states.first().is_some_and(|seen| seen.state == offering);
        if !matches!(call.origin, Origin::Announced(_)) || !offered {
            return None;
        }
        let on_line = |one: &&Invocation<'_>| {
            one.called < call.begun && line_of(story, one) == call.line && !is_over(story, one, call.begun)
        };
        let ids: Vec<u32> = story
            .invocations_of("TSPI_lineCompleteCall")
            .filter(on_line)
            .filter_map(|one| id_of(story, one))
            .collect();
        let (reason, id) = (info.number("dwReason")?, info.number("dwCompletionID")?);
        // A call for which nobody waits is any other call.
        let alone = story.calls.iter().all(|other| {
            other.ht == call.ht || other.states.last().is_none_or(|seen| seen.state == constant_value("LINECALLSTATE_IDLE"))
        });
        if ids.is_empty() || reason != completion && !alone {
            return None;
        }
        kept(reason == completion && ids.contains(&id), || {
            let reason = render_constant("LINECALLREASON", reason);
            format!("dwReason is {reason}, dwCompletionID {id:#x}, and requests are outstanding with {ids:#x?}")
        })
    })
}

fn acceptance_completes(story: &Story<'_>) -> Judgement {
    let mut all = each_outcome(story, "TSPI_lineDial", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let come = call.next_of(&["LINECALLSTATE_CONNECTED"], one.called)?;
        in_time(story, outcome.at, come.at, "the call was connected")
    });
    all.join(each_outcome(story, "TSPI_lineCompleteCall", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let mut back = story.calls.iter().filter(|other| {
            matches!(other.origin, Origin::Announced(_)) && other.line == call.line && other.begun > one.called
        });
        in_time(story, outcome.at, back.next()?.begun, "the call back was offered")
    }));
    all
}

fn in_time(story: &Story<'_>, completed: usize, come: usize, what: &str) -> Option<Said> {
    let late = story.time(completed).saturating_sub(story.time(come));
    kept(late <= ON_ITS_WAY, || format!("the request was completed {} ms after {what}", late.as_millis()))
        .map(|said| said.with([come]))
}
