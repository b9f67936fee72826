//! Expectations: waits on the record until what is expected comes, something else comes, or the time is up.

mod messages;
mod states;
mod values;

use std::time::Duration;

use super::Stop;
use super::devices;
use super::station;
use super::steps::Player;
use super::stop::in_words;
use crate::scenario::ast::{Ending, Expectation, ExpectationKind, Name};
use crate::trace::{CallbackArgs, HostNote, Party, Waited, What};
use crate::tspi::{constant_value, render_result};

pub(super) use messages::has_values;
use messages::{about, dialog, only_asked, report};
use states::{incoming_call, next_state, nothing};
pub(super) use values::holds;
use values::member;

/// How a function ended: zero or a negative error.
pub(super) struct Ended(pub(super) i32);

/// Holds an ending against what the step expects.
pub(super) fn ends_as(function: &str, ending: &Ending, ended: Ended) -> Result<(), Stop> {
    let named = |errors: &[Name]| {
        errors.is_empty()
            || errors
                .iter()
                .any(|name| constant_value(name).cast_signed() == ended.0)
    };
    let (right, wanted) = match ending {
        Ending::Completes => (ended.0 == 0, "success".to_owned()),
        Ending::Fails(errors) => (ended.0 < 0 && named(errors), list(errors, "an error")),
        Ending::CompletesOrFails(errors) => (
            ended.0 == 0 || ended.0 < 0 && named(errors),
            format!("success or {}", list(errors, "an error")),
        ),
    };
    match right {
        true => Ok(()),
        false => Err(Stop::failed(format!(
            "{function}: expected {wanted}, saw {}",
            render_result(ended.0)
        ))),
    }
}

fn list(names: &[Name], none: &str) -> String {
    match names {
        [] => none.to_owned(),
        names => names
            .iter()
            .map(|name| name.node.as_str())
            .collect::<Vec<_>>()
            .join(" or "),
    }
}

/// Carries out one expectation.
pub(super) fn expect(player: &mut Player<'_>, expectation: &Expectation) -> Result<(), Stop> {
    let within = expectation.deadline();
    let within = player
        .stage
        .patience
        .map_or(within, |patience| within.min(patience));
    match &expectation.kind {
        ExpectationKind::State { call, states } => next_state(player, call, states, within, false),
        ExpectationKind::Reaches { call, states } => next_state(player, call, states, within, true),
        ExpectationKind::IncomingCall { bind, line, states } => {
            incoming_call(player, bind, line, within)?;
            match states.is_empty() {
                true => Ok(()),
                false => next_state(player, bind, states, within, false),
            }
        }
        ExpectationKind::Reports { message, of, any_of } => report(player, *message, of, any_of, within),
        ExpectationKind::OnlyAsked { of } => only_asked(player, of),
        ExpectationKind::Nothing { call, lasting } => nothing(player, call, lasting.node),
        ExpectationKind::Request { request, ending } => {
            let begun = player.handles.requests.get(&request.node).cloned();
            let begun = begun.ok_or_else(|| Stop::failed(format!("{request} was not begun")))?;
            let result = player.completion(begun.provider, begun.id, begun.from, within)?;
            player.handles.requests.remove(&request.node);
            if result < 0 {
                player.unmake(&begun.makes);
            } else if begun.found.is_some() {
                player.handles.found = begun.found;
            }
            ends_as(begun.function, ending, Ended(result))
        }
        ExpectationKind::Message { message, of, values } => about(player, message, of, values, within),
        ExpectationKind::DeviceMessage {
            message,
            provider,
            values,
        } => devices::expect(player, message, provider.as_ref(), values, within),
        ExpectationKind::Dialog { bind, provider } => dialog(player, bind, provider.as_ref(), within),
        ExpectationKind::Field { field, comparison } => member(player, field, comparison),
        ExpectationKind::Switch { receives, text } => station::message(player, *receives, text, within),
        ExpectationKind::Station { number, event } => station::expect(player, &number.node, event, within),
    }
}

/// Waits for something of a provider's, from event `from` on; its death ends the wait.
pub(super) fn wait<T>(
    player: &mut Player<'_>,
    provider: usize,
    from: usize,
    within: Duration,
    wanted: &str,
    mut find: impl FnMut(usize, &CallbackArgs) -> Option<T>,
) -> Result<T, Stop> {
    let party = player.stage.providers[provider].party();
    let waited = player.watch(from, within, |index, event| match &event.what {
        _ if event.by != party => None,
        What::Line(args) | What::Phone(args) => find(index, args).map(Ok),
        What::Host(HostNote::Silent) => Some(Err(())),
        _ => None,
    })?;
    match waited {
        Waited::Seen(Ok(found)) => Ok(found),
        Waited::Seen(Err(())) => Err(player.stage.providers[provider].ended_meanwhile()),
        Waited::TimedOut => Err(timed_out(player, &party, from, within, wanted)),
    }
}

pub(super) fn timed_out(
    player: &Player<'_>,
    party: &Party,
    from: usize,
    within: Duration,
    wanted: &str,
) -> Stop {
    let events = player.stage.recorder.events();
    let seen: Vec<String> = events[from.min(events.len())..]
        .iter()
        .filter(|event| event.by == *party)
        .filter_map(|event| in_words(&event.what))
        .collect();
    let seen = if seen.is_empty() {
        "nothing".to_owned()
    } else {
        seen.join(", then ")
    };
    Stop::failed(format!("expected {wanted} within {within:?}, saw {seen}"))
}
