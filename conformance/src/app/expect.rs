//! Expectations: waits on the record until what is expected comes, something else comes, or the time is up.

use std::time::Duration;

use super::Stop;
use super::devices;
use super::handles::{Call, Other};
use super::reported;
use super::station;
use super::steps::Player;
use super::stop::in_words;
use crate::rules::Story;
use crate::scenario::ast::{
    CallState, Comparison, Ending, Expectation, ExpectationKind, Given, MessageValue, Name, NameKind,
    ReportMessage, Value,
};
use crate::trace::{CallbackArgs, HostNote, Party, Waited, What};
use crate::tspi::{self, FamilyKind, constant_value, render_result};

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

/// Whether a message has these values.
pub(super) fn has_values(args: &CallbackArgs, values: &[MessageValue]) -> bool {
    values.iter().all(|value| {
        let param = args.params[value.place.min(2)];
        match &value.given {
            Given::Number(number) => param == number.node,
            Given::Constants(names) => {
                let bits = names
                    .iter()
                    .fold(0, |bits, name| bits | u64::from(constant_value(name)));
                let flags = names.iter().all(|name| {
                    tspi::constant(name).is_some_and(|(family, _)| family.kind == FamilyKind::Flags)
                });
                if flags {
                    param & bits == bits
                } else {
                    param == bits
                }
            }
            Given::Text(digit) => char::from_u32((param & 0xff) as u32) == digit.chars().next(),
            _ => false,
        }
    })
}

fn values_in_words(values: &[MessageValue]) -> String {
    let words: Vec<String> = values.iter().map(ToString::to_string).collect();
    if words.is_empty() {
        String::new()
    } else {
        format!(" with {}", words.join(", "))
    }
}

/// A message about a line, a call or a phone.
fn about(
    player: &mut Player<'_>,
    message: &Name,
    of: &Name,
    values: &[MessageValue],
    within: Duration,
) -> Result<(), Stop> {
    let msg = constant_value(message);
    let (provider, ht, of_call) = if let Some(call) = player.handles.calls.get(&of.node) {
        (call.provider, call.ht, true)
    } else if let Some(line) = player.handles.lines.get(&of.node) {
        (line.provider, line.ht, false)
    } else {
        let other = player.other(of)?;
        (other.provider, other.ht, false)
    };
    let seen = (provider, ht, msg);
    let from = player.handles.messages_seen.get(&seen).copied().unwrap_or(0);
    let wanted = format!("{message} on {of}{}", values_in_words(values));
    let at = wait(player, provider, from, within, &wanted, |at, args| {
        let it = if of_call { args.call } else { args.device };
        (it == ht && args.msg == msg && has_values(args, values)).then_some(at)
    })?;
    player.handles.messages_seen.insert(seen, at + 1);
    if matches!(message.as_str(), "LINE_CLOSE" | "PHONE_CLOSE") {
        // Its handle and those of its calls are valid no more (`line-close.md`).
        player.handles.end(&of.node);
    }
    Ok(())
}

/// `LINE_CREATEDIALOGINSTANCE`, and a name for the instance.
fn dialog(
    player: &mut Player<'_>,
    bind: &Name,
    provider: Option<&Name>,
    within: Duration,
) -> Result<(), Stop> {
    let named = |name: &Name| player.scenario.providers.iter().position(|p| p.name == *name);
    let provider = provider.and_then(named).unwrap_or(0);
    let party = player.stage.providers[provider].party();
    let seen = (provider, 0, constant_value("LINE_CREATEDIALOGINSTANCE"));
    let from = player.handles.messages_seen.get(&seen).copied().unwrap_or(0);
    let waited = player.watch(from, within, |at, event| match &event.what {
        _ if event.by != party => None,
        What::Dialog { ht, hd, .. } => Some(Ok((at, *ht, *hd))),
        What::Host(HostNote::Silent) => Some(Err(())),
        _ => None,
    })?;
    let (at, ht, hd) = match waited {
        Waited::Seen(Ok(found)) => found,
        Waited::Seen(Err(())) => return Err(player.stage.providers[provider].ended_meanwhile()),
        Waited::TimedOut => {
            let wanted = "LINE_CREATEDIALOGINSTANCE";
            return Err(timed_out(player, &party, from, within, wanted));
        }
    };
    player.handles.messages_seen.insert(seen, at + 1);
    let instance = Other {
        kind: NameKind::Dialog,
        provider,
        ht,
        hd,
        device: 0,
        line: 0,
        over: false,
        reports_seen: at,
    };
    player.handles.others.insert(bind.node.clone(), instance);
    Ok(())
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
fn next_state(
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

fn incoming_call(player: &mut Player<'_>, bind: &Name, line: &Name, within: Duration) -> Result<(), Stop> {
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

fn report(
    player: &mut Player<'_>,
    message: ReportMessage,
    of: &Name,
    any_of: &[Name],
    within: Duration,
) -> Result<(), Stop> {
    let (name, param) = match message {
        ReportMessage::CallInfo => ("LINE_CALLINFO", 0),
        ReportMessage::Generate => ("LINE_GENERATE", 0),
        ReportMessage::LineDevState => ("LINE_LINEDEVSTATE", 0),
        ReportMessage::AddressState => ("LINE_ADDRESSSTATE", 1),
        ReportMessage::PhoneState => ("PHONE_STATE", 0),
    };
    let msg = constant_value(name);
    let bits = any_of
        .iter()
        .fold(0, |bits, name| bits | u64::from(constant_value(name)));
    let about_call = matches!(message, ReportMessage::CallInfo | ReportMessage::Generate);
    let (provider, handle, from) = if about_call {
        let call = player.call(of)?;
        (call.provider, call.ht, call.reports_seen)
    } else if message == ReportMessage::PhoneState {
        let phone = player.other(of)?;
        (phone.provider, phone.ht, phone.reports_seen)
    } else {
        let line = player.line(of)?;
        (line.provider, line.ht, line.reports_seen)
    };
    let wanted = format!("{of} to report {}", list(any_of, ""));
    let at = wait(player, provider, from, within, &wanted, |at, args| {
        let device = if about_call { args.call } else { args.device };
        (device == handle && args.msg == msg && args.params[param] & bits != 0).then_some(at)
    })?;
    if about_call {
        player
            .handles
            .calls
            .entry(of.node.clone())
            .and_modify(|call| call.reports_seen = at + 1);
    } else if message == ReportMessage::PhoneState {
        player
            .handles
            .others
            .entry(of.node.clone())
            .and_modify(|phone| phone.reports_seen = at + 1);
    } else {
        player
            .handles
            .lines
            .entry(of.node.clone())
            .and_modify(|line| line.reports_seen = at + 1);
    }
    Ok(())
}

/// Looks back: since it was opened, a line or a phone has reported nothing that TAPI had not asked for.
fn only_asked(player: &Player<'_>, of: &Name) -> Result<(), Stop> {
    let (provider, ht, phone) = match player.handles.lines.get(&of.node) {
        Some(line) => (line.provider, line.ht, false),
        None => player.other(of).map(|phone| (phone.provider, phone.ht, true))?,
    };
    let events = player.stage.recorder.events();
    let story = Story::read(&events, &player.stage.providers[provider].party());
    let unasked: Vec<String> = reported::unasked(&story, ht, phone)
        .into_iter()
        .map(|args| tspi::render_event(args.msg, args.params))
        .collect();
    match unasked.is_empty() {
        true => Ok(()),
        false => Err(Stop::failed(format!(
            "nobody had asked {of} for {}",
            unasked.join(", nor for ")
        ))),
    }
}

fn nothing(player: &mut Player<'_>, name: &Name, lasting: Duration) -> Result<(), Stop> {
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

fn member(player: &mut Player<'_>, field: &Name, comparison: &Comparison) -> Result<(), Stop> {
    let value = player.its(field)?;
    match holds(&value, comparison) {
        true => Ok(()),
        false => Err(Stop::failed(format!("{field} is {value}, not as expected"))),
    }
}

/// Whether a value is as a comparison wants it.
pub(super) fn holds(value: &tspi::Value, comparison: &Comparison) -> bool {
    let number = value.number();
    let is = |wanted: &Value| match wanted {
        Value::Text(wanted) => match value {
            tspi::Value::Bytes(bytes) => same_bytes(bytes, wanted.as_bytes()),
            value => value.text() == Some(wanted.node.as_str()),
        },
        Value::Number(wanted) => number == Some(wanted.node),
        Value::Constant(name) => number == Some(constant_value(name)),
    };
    let bits = |names: &[Name]| names.iter().fold(0, |bits, name| bits | constant_value(name));
    match comparison {
        Comparison::Is(values) => values.iter().any(is),
        Comparison::IsNot(values) => !values.iter().any(is),
        Comparison::Has(names) => number.is_some_and(|number| number & bits(names) == bits(names)),
        Comparison::Lacks(names) => number.is_some_and(|number| number & bits(names) == 0),
        Comparison::AtLeast(least) => number.is_some_and(|number| number >= least.node),
        Comparison::AtMost(most) => number.is_some_and(|number| number <= most.node),
    }
}

/// Whether bytes are these, perhaps with zeros behind them: a provider does not say how much of a buffer it has filled.
fn same_bytes(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes
        .strip_prefix(wanted)
        .is_some_and(|rest| rest.iter().all(|byte| *byte == 0))
}
