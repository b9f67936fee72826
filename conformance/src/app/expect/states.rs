//! Expected call states, and calls that come in.

use std::time::Duration;

use super::super::Stop;
use super::super::handles::Call;
use super::super::steps::Player;
use super::{list, wait};
use crate::scenario::ast::{CallState, Name};
use crate::trace::{CallbackArgs, Waited, What};
use crate::tspi::{self, constant_value};

fn matches_state(args: &CallbackArgs, states: &[CallState]) -> bool {
    states.iter().any(|wanted| {
        let state = u64::from(constant_value(&wanted.state)) == args.params[0];
        let modes = &wanted.modes;
        let mode = modes.is_empty()
            || modes
                .iter()
                .any(|mode| u64::from(constant_value(mode)) == args.params[1]);
        state && mode
    })
}

fn state_words(states: &[CallState]) -> String {
    let words = states.iter().map(|state| match state.modes.is_empty() {
        true => state.state.node.clone(),
        false => format!("{} with {}", state.state, list(&state.modes, "")),
    });
    words.collect::<Vec<_>>().join(" or ")
}

/// The next state of a call is one of `states`; with `between`, others may come before it.
pub(in crate::app) fn next_state(
    player: &mut Player<'_>,
    name: &Name,
    states: &[CallState],
    within: Duration,
    between: bool,
) -> Result<(), Stop> {
    let call = player.call(name)?;
    let message = constant_value("LINE_CALLSTATE");
    let wanted = format!("{name} to be {}", state_words(states));
    let (at, args) = wait(
        player,
        call.provider,
        call.states_seen,
        within,
        &wanted,
        |at, args| {
            let of_call = args.call == call.ht && args.msg == message;
            (of_call && (!between || matches_state(args, states))).then(|| (at, args.clone()))
        },
    )?;
    seen_state(player, name, at);
    match matches_state(&args, states) {
        true => Ok(()),
        false => {
            let saw = tspi::render_event(args.msg, args.params);
            Err(Stop::failed(format!("expected {wanted}, saw {saw}")))
        }
    }
}

fn seen_state(player: &mut Player<'_>, name: &Name, at: usize) {
    if let Some(call) = player.handles.calls.get_mut(&name.node) {
        call.states_seen = at + 1;
    }
}

pub(in crate::app) fn incoming_call(
    player: &mut Player<'_>,
    bind: &Name,
    line: &Name,
    within: Duration,
) -> Result<(), Stop> {
    let open = player.line(line)?;
    let wanted = format!("LINE_NEWCALL on {line}");
    let (at, ht, hd) = wait(
        player,
        open.provider,
        open.calls_seen,
        within,
        &wanted,
        |at, args| {
            let ht = args.new_call.filter(|_| args.device == open.ht)?;
            Some((at, ht, args.params[0]))
        },
    )?;
    let call = Call {
        provider: open.provider,
        line: open.ht,
        ht,
        hd,
        states_seen: at,
        reports_seen: at,
    };
    player.handles.calls.insert(bind.node.clone(), call);
    if let Some(open) = player.handles.lines.get_mut(&line.node) {
        open.calls_seen = at + 1;
    }
    Ok(())
}

pub(in crate::app) fn nothing(player: &mut Player<'_>, name: &Name, lasting: Duration) -> Result<(), Stop> {
    let call = player.call(name)?;
    let message = constant_value("LINE_CALLSTATE");
    let party = player.stage.providers[call.provider].party();
    let waited = player.watch(call.states_seen, lasting, |_, event| match &event.what {
        What::Line(args) if event.by == party && args.call == call.ht && args.msg == message => {
            Some(args.clone())
        }
        _ => None,
    })?;
    match waited {
        Waited::TimedOut => Ok(()),
        Waited::Seen(args) => {
            let saw = tspi::render_event(args.msg, args.params);
            Err(Stop::failed(format!(
                "expected nothing on {name} for {lasting:?}, saw {saw}"
            )))
        }
    }
}
