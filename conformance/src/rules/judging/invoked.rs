//! Judges of calls into the provider: how they return, and how their requests complete.

use super::{Said, kept};
use crate::rules::{Invocation, Judgement, Outcome, Story};
use crate::tspi::{constant_value, render_result};

/// Judges every return of a function.
pub(in crate::rules) fn each<'t>(
    story: &Story<'t>,
    function: &str,
    judge: impl Fn(&Invocation<'t>) -> Option<Said>,
) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story
        .invocations_of(function)
        .filter(|one| one.returned.is_some())
    {
        judgement.say(one.at(), judge(one));
    }
    judgement
}

/// Judges how every call of a function ended: by its return, or by its completion.
pub(in crate::rules) fn each_outcome<'t>(
    story: &Story<'t>,
    function: &str,
    judge: impl Fn(&Invocation<'t>, Outcome) -> Option<Said>,
) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations_of(function) {
        if let Some(outcome) = story.outcome(one) {
            judgement.say(
                outcome.at,
                judge(one, outcome).map(|said| said.with([one.called])),
            );
        }
    }
    judgement
}

/// Whether a result is one of these errors, by name.
pub(in crate::rules) fn is_error(result: i32, errors: &[&str]) -> bool {
    errors.iter().any(|error| constant_value(error) as i32 == result)
}

/// Where `when` holds, a function fails with one of these errors; with any, where none is named.
pub(in crate::rules) fn refuses<'t>(
    story: &Story<'t>,
    function: &str,
    errors: &[&str],
    when: impl Fn(&Invocation<'t>) -> bool,
) -> Judgement {
    each_outcome(story, function, |one, outcome| {
        if !when(one) {
            return None;
        }
        let right = match errors {
            [] => outcome.result < 0,
            _ => is_error(outcome.result, errors),
        };
        kept(right, || {
            let got = render_result(outcome.result);
            match errors {
                [] => format!("{function} gave {got} instead of an error"),
                _ => format!("{function} gave {got}, not {}", errors.join(" or ")),
            }
        })
    })
}

/// Where `when` holds, a function does not fail.
pub(in crate::rules) fn takes<'t>(
    story: &Story<'t>,
    function: &str,
    when: impl Fn(&Invocation<'t>) -> bool,
) -> Judgement {
    each_outcome(story, function, |one, outcome| {
        if !when(one) {
            return None;
        }
        kept(outcome.succeeded(), || {
            format!("{function} failed with {}", render_result(outcome.result))
        })
    })
}

/// Where `when` holds, a function does not fail with any of these errors.
pub(in crate::rules) fn never_fails_with<'t>(
    story: &Story<'t>,
    function: &str,
    errors: &[&str],
    when: impl Fn(&Invocation<'t>) -> bool,
) -> Judgement {
    each_outcome(story, function, |one, outcome| {
        if !when(one) {
            return None;
        }
        kept(!is_error(outcome.result, errors), || {
            format!("{function} failed with {}", render_result(outcome.result))
        })
    })
}
