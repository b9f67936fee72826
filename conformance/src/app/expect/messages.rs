//! Expected messages of lines, calls, phones and the provider itself.

use std::time::Duration;

use super::super::Stop;
use super::super::handles::Other;
use super::super::reported;
use super::super::steps::Player;
use super::{list, timed_out, wait};
use crate::rules::Story;
use crate::scenario::ast::{Given, MessageValue, Name, NameKind, ReportMessage};
use crate::trace::{CallbackArgs, HostNote, Waited, What};
use crate::tspi::{self, FamilyKind, constant_value};

/// Whether a message has these values.
pub(in crate::app) fn has_values(args: &CallbackArgs, values: &[MessageValue]) -> bool {
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
pub(in crate::app) fn about(
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
pub(in crate::app) fn dialog(
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

pub(in crate::app) fn report(
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
pub(in crate::app) fn only_asked(player: &Player<'_>, of: &Name) -> Result<(), Stop> {
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
