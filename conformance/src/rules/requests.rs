//! Rules about request ids, returns and completions.

use super::Level::Must;
use super::{Judgement, Rule, Story};
use crate::trace::What;
use crate::tspi::{Mode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/ASYNC_COMPLETION/2",
        page: "nc-tspi-async_completion.md",
        level: Must,
        requirement: "The dwRequestID of each ASYNC_COMPLETION is that of a request which the provider accepted.",
        why: "TAPI drops the completion, and if the id belongs to another request, that one ends with a foreign result.",
        mend: "Keep dwRequestID with the request that it came with, and complete with exactly that.",
        broken_by: "completes-unknown-request",
        exercises: &["outgoing-answered"],
        judge: completes_known_requests,
    },
    Rule {
        id: "tspi/ASYNC_COMPLETION/3",
        page: "nc-tspi-async_completion.md",
        level: Must,
        requirement: "An accepted request is completed once, never a second time.",
        why: "Request ids are used again, so the second completion may end another application's request.",
        mend: "Take the request out of the list before completing it, under one lock.",
        broken_by: "completes-twice",
        exercises: &["outgoing-answered"],
        judge: completes_once,
    },
    Rule {
        id: "tspi/drv-requestid/2",
        page: "drv-requestid.md",
        level: Must,
        requirement: "For every accepted request ASYNC_COMPLETION is called in the end.",
        why: "The application waits for its LINE_REPLY for ever, and TAPI keeps the request's memory.",
        mend: "Complete every request on each way out, also when the call or line is closed meanwhile.",
        broken_by: "never-completes",
        exercises: &["outgoing-answered", "close-with-request"],
        judge: completes_in_the_end,
    },
    Rule {
        id: "tspi/ASYNC_COMPLETION/4",
        page: "nc-tspi-async_completion.md",
        level: Must,
        requirement: "The lResult of a completion is 0 or a negative error number.",
        why: "Applications take a positive LINE_REPLY neither for success nor for an error.",
        mend: "Complete with 0 or a LINEERR_ or PHONEERR_ constant.",
        broken_by: "completes-with-positive-result",
        exercises: &["outgoing-answered"],
        judge: results_are_not_positive,
    },
    Rule {
        id: "tspi/synchronous-asynchronous-model/1",
        page: "synchronous-asynchronous-model.md",
        level: Must,
        requirement: "A function that takes dwRequestID returns that very number or a negative error.",
        why: "TAPI takes 0 for done and another number for a request that it does not know; either way the reply never comes.",
        mend: "Return dwRequestID itself where the request was accepted.",
        broken_by: "returns-zero-for-async",
        exercises: &["outgoing-answered"],
        judge: async_returns_its_id,
    },
    Rule {
        id: "tspi/synchronous-asynchronous-model/2",
        page: "synchronous-asynchronous-model.md",
        level: Must,
        requirement: "After a negative return no ASYNC_COMPLETION follows for that dwRequestID.",
        why: "TAPI has freed the request, and its id may by then belong to another.",
        mend: "Decide before returning: an error, or a request that completes.",
        broken_by: "completes-after-error",
        exercises: &["dial-modifiers"],
        judge: refused_requests_stay_silent,
    },
    Rule {
        id: "tspi/synchronous-asynchronous-model/4",
        page: "synchronous-asynchronous-model.md",
        level: Must,
        requirement: "A function without dwRequestID returns 0 or a negative error.",
        why: "TAPI takes a positive result for a request id that it never gave.",
        mend: "Return 0 where the function succeeded.",
        broken_by: "returns-positive-for-sync",
        exercises: &["lifecycle"],
        judge: sync_returns_zero,
    },
    Rule {
        id: "tspi/lineClose/4",
        page: "nf-tspi-tspi_lineclose.md",
        level: Must,
        requirement: "Requests outstanding on the line or its calls are completed before TSPI_lineClose returns.",
        why: "The application gets its replies for a line that is gone, or never.",
        mend: "Complete what is outstanding on the line with an error before TSPI_lineClose returns.",
        broken_by: "forgets-requests-on-close",
        exercises: &["close-with-request"],
        judge: closing_completes_requests,
    },
];

/// Ids of asynchronous calls that the provider refused: id and index of the return.
fn refused(story: &Story<'_>) -> Vec<(u32, usize, i32)> {
    let calls = story
        .invocations
        .iter()
        .filter(|one| one.function.mode == Mode::Async);
    calls
        .filter_map(|one| {
            let returned = one.returned.filter(|returned| returned.result < 0)?;
            Some((one.value("dwRequestID")? as u32, returned.at, returned.result))
        })
        .collect()
}

fn completes_known_requests(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    judgement.judged += story
        .requests
        .iter()
        .map(|request| request.completions.len())
        .sum::<usize>();
    let refused = refused(story);
    for (at, id) in &story.stray_completions {
        if refused.iter().any(|(known, ..)| known == id) {
            continue; // another rule's matter
        }
        judgement.note(
            *at,
            Some(format!(
                "ASYNC_COMPLETION(dwRequestID = {id:#x}), but no request has that id"
            )),
        );
    }
    judgement
}

fn completes_once(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for request in &story.requests {
        let Some((first, _)) = request.completions.first() else {
            continue;
        };
        let name = story.invocations[request.invocation].function.name;
        let breach = (request.completions.len() > 1).then(|| {
            format!(
                "{name}: request {:#x} was completed {} times",
                request.id,
                request.completions.len()
            )
        });
        let at = request.completions.get(1).map_or(*first, |(second, _)| *second);
        judgement.note(at, breach);
    }
    judgement
}

fn completes_in_the_end(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    if !story.ended_well {
        return judgement;
    }
    for request in &story.requests {
        let invocation = &story.invocations[request.invocation];
        if invocation.result().is_none_or(|result| result <= 0) {
            continue;
        }
        let breach = request.completions.is_empty().then(|| {
            let name = invocation.function.name;
            format!(
                "{name}: request {:#x} was accepted and never completed",
                request.id
            )
        });
        judgement.note(invocation.called, breach);
    }
    judgement
}

fn results_are_not_positive(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, event) in story
        .events
        .iter()
        .enumerate()
        .filter(|(_, event)| event.by == story.party)
    {
        if let What::Completed { request, result } = event.what {
            let breach =
                (result > 0).then(|| format!("request {request:#x} completed with lResult = {result}"));
            judgement.note(at, breach);
        }
    }
    judgement
}

fn async_returns_its_id(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story
        .invocations
        .iter()
        .filter(|one| one.function.mode == Mode::Async)
    {
        let (Some(returned), Some(id)) = (one.returned, one.value("dwRequestID")) else {
            continue;
        };
        let right = returned.result < 0 || i64::from(returned.result) == id as i64;
        let breach = (!right).then(|| {
            format!(
                "{} was given dwRequestID {id:#x} and returned {}",
                one.function.name, returned.result
            )
        });
        judgement.note(returned.at, breach);
    }
    judgement
}

fn refused_requests_stay_silent(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (id, at, result) in refused(story) {
        let late = story.stray_completions.iter().find(|(_, stray)| *stray == id);
        let breach = late.map(|_| {
            format!(
                "request {id:#x} was refused with {} and completed all the same",
                render_result(result)
            )
        });
        judgement.note(late.map_or(at, |(at, _)| *at), breach);
    }
    judgement
}

fn sync_returns_zero(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story
        .invocations
        .iter()
        .filter(|one| one.function.mode == Mode::Sync)
    {
        let Some(returned) = one.returned else { continue };
        let breach = (returned.result > 0).then(|| {
            format!(
                "{} is synchronous and returned {}",
                one.function.name, returned.result
            )
        });
        judgement.note(returned.at, breach);
    }
    judgement
}

fn closing_completes_requests(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for line in &story.lines {
        let Some(closed) = line.closed else { continue };
        for request in story
            .requests
            .iter()
            .filter(|request| request.line == Some(line.ht))
        {
            let invocation = &story.invocations[request.invocation];
            let outstanding_before = invocation.called < closed && invocation.accepted();
            if !outstanding_before {
                continue;
            }
            let late = !request.completions.iter().any(|(at, _)| *at < closed);
            let breach = late.then(|| {
                let name = invocation.function.name;
                format!(
                    "{name}: request {:#x} was outstanding when TSPI_lineClose returned",
                    request.id
                )
            });
            judgement.note(closed, breach);
        }
    }
    judgement
}
