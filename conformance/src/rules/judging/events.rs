//! Judges of what the provider reports by `LINEEVENT` and `PHONEEVENT`.

use super::{EVENTUALLY, Said, kept};
use crate::rules::{Judgement, Story};
use crate::trace::CallbackArgs;
use crate::tspi::constant_value;

/// Judges every `LINEEVENT` of one message.
pub(in crate::rules) fn each_line_event<'t>(
    story: &Story<'t>,
    message: &str,
    judge: impl Fn(usize, &'t CallbackArgs) -> Option<Said>,
) -> Judgement {
    of_message(&story.callbacks, message, judge)
}

/// Judges every `PHONEEVENT` of one message.
pub(in crate::rules) fn each_phone_event<'t>(
    story: &Story<'t>,
    message: &str,
    judge: impl Fn(usize, &'t CallbackArgs) -> Option<Said>,
) -> Judgement {
    of_message(&story.phone_callbacks, message, judge)
}

fn of_message<'t>(
    callbacks: &[(usize, &'t CallbackArgs)],
    message: &str,
    judge: impl Fn(usize, &'t CallbackArgs) -> Option<Said>,
) -> Judgement {
    let mut judgement = Judgement::default();
    let message = constant_value(message);
    for (at, args) in callbacks.iter().filter(|(_, args)| args.msg == message) {
        judgement.say(*at, judge(*at, args));
    }
    judgement
}

/// Whether a phone was left open for a while after event `at`.
pub(in crate::rules) fn phone_was_given_time(story: &Story<'_>, ht: u64, at: usize) -> bool {
    let closing = story.invocations.iter().find(|one| {
        let closes = match one.function.name {
            "TSPI_providerShutdown" => true,
            "TSPI_phoneClose" => one
                .value("hdPhone")
                .and_then(|hd| story.phone_by_hd(hd, one.called))
                .is_some_and(|phone| phone.ht == ht),
            _ => false,
        };
        closes && one.called > at
    });
    closing.is_some_and(|one| story.time(one.called) - story.time(at) >= EVENTUALLY)
}

/// After a function on a phone has succeeded, and while TAPI has asked for that state, `PHONE_STATE` reports it.
pub(in crate::rules) fn reports_on_phone<'t>(
    story: &Story<'t>,
    function: &str,
    state: &str,
    changes: impl Fn(&crate::rules::Invocation<'t>) -> bool,
) -> Judgement {
    let (phone_state, bit) = (constant_value("PHONE_STATE"), constant_value(state));
    super::each_outcome(story, function, |one, outcome| {
        let phone = story.phone_by_hd(one.value("hdPhone")?, one.called)?;
        let asked = story.phone_mask(phone.ht, one.called).states & bit != 0;
        if !outcome.succeeded() || !asked || !changes(one) {
            return None;
        }
        let told = story.phone_callbacks.iter().any(|(at, args)| {
            *at > one.called
                && args.device == phone.ht
                && args.msg == phone_state
                && args.params[0] & u64::from(bit) != 0
        });
        if !told && !phone_was_given_time(story, phone.ht, outcome.at) {
            return None;
        }
        kept(told, || {
            format!("{function} succeeded, and PHONE_STATE with {state} never came")
        })
    })
}
