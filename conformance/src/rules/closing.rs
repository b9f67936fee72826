//! Rules about what closing a line, a call or an MSP instance leaves: nothing of it, and all of the others.

use super::Level::Must;
use super::judging::{EVENTUALLY, each, is_error, kept};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::render_result;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineClose/6",
        page: "nf-tspi-tspi_lineclose.md",
        level: Must,
        requirement: "Where LINEDEVCAPS.dwDevCapFlags has LINEDEVCAPFLAGS_CLOSEDROP, TSPI_lineCloseCall and TSPI_lineClose drop a \
                      connected call: its other end on a line of the provider is disconnected.",
        why: "The line stays engaged, and the charge runs on, with no application left that could drop the call.",
        mend: "Drop what is still up when a call or its line is closed, or do not set LINEDEVCAPFLAGS_CLOSEDROP.",
        broken_by: "closes-without-dropping",
        exercises: &["closed-connected", "close-drops"],
        judge: closing_drops,
    },
    Rule {
        id: "tspi/lineClose/9",
        page: "nf-tspi-tspi_lineclose.md",
        level: Must,
        requirement: "TSPI_lineClose and TSPI_phoneClose give up what only one can have, such as a serial port: the line, or phone, can be \
                      opened again.",
        why: "After the first application has closed the line, no other can use it until Windows is restarted.",
        mend: "Close the port before TSPI_lineClose returns, also where a call was up.",
        broken_by: "opens-once",
        exercises: &["reopened", "phone-reopened"],
        judge: |story| closed_lines_can_be_opened(story).and(closed_phones_can_be_opened(story)),
    },
    Rule {
        id: "tspi/lineCreateMSPInstance/5",
        page: "nf-tspi-tspi_linecreatemspinstance.md",
        level: Must,
        requirement: "A line has several MSP instances at once, one for each application: a second one is made with a handle of its \
                      own, and closing one leaves the others as they are.",
        why: "The second application gets no media, or loses them when the first ends.",
        mend: "Keep a list of instances with the line, each with its handle.",
        broken_by: "one-msp-instance",
        exercises: &["msp"],
        judge: msp_instances_are_apart,
    },
];

fn closing_drops(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let connected = ["LINECALLSTATE_CONNECTED"];
    for one in &story.invocations {
        let closes = ["TSPI_lineCloseCall", "TSPI_lineClose"].contains(&one.function.name);
        if !closes || one.result() != Some(0) {
            continue;
        }
        let line = match one.value("hdLine") {
            Some(hd) => story.line_by_hd(hd, one.called).map(|line| line.ht),
            None => story.call_of(one, "hdCall").and_then(|call| call.line),
        };
        let Some(line) = line.and_then(|ht| story.line(ht)) else { continue };
        let caps = story.caps("LINEDEVCAPS", line.device, one.called);
        if !caps.is_some_and(|caps| caps.has("dwDevCapFlags", "LINEDEVCAPFLAGS_CLOSEDROP")) {
            continue;
        }
        // Two connected calls on two lines, and nothing else: they are the ends of one.
        let up = |call: &&super::CallLife| {
            call.was(&connected, one.called) && call.closed.is_none_or(|closed| closed > one.called)
        };
        let living: Vec<_> = story.calls.iter().filter(up).collect();
        let [first, second] = living[..] else { continue };
        let (closed, other) = if first.line == Some(line.ht) { (first, second) } else { (second, first) };
        let meant = one.value("hdCall").is_none_or(|hd| closed.hd == Some(hd));
        if !meant || closed.line != Some(line.ht) || other.line == closed.line {
            continue;
        }
        let ends = ["LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"];
        let end = other.next_of(&ends, one.called);
        let asked_first = story.invocations.iter().find(|next| {
            next.called > one.at() && (next.value("hdCall") == other.hd || next.function.name == "TSPI_lineClose")
        });
        let until = asked_first.map_or(story.end(), |next| story.time(next.called));
        let by_itself = end.is_some_and(|seen| asked_first.is_none_or(|next| seen.at < next.called));
        if !by_itself && until - story.time(one.at()) < EVENTUALLY {
            continue;
        }
        let said = kept(by_itself, || {
            format!("{} closed a connected call, and its other end stays connected", one.function.name)
        });
        judgement.say(one.at(), said);
    }
    judgement
}

fn closed_lines_can_be_opened(story: &Story<'_>) -> Judgement {
    let errors = ["LINEERR_ALLOCATED", "LINEERR_INUSE", "LINEERR_RESOURCEUNAVAIL", "LINEERR_OPERATIONFAILED"];
    each(story, "TSPI_lineOpen", |one| {
        let device = one.dword("dwDeviceID");
        let mut before = story.lines.iter().filter(|line| line.device == device && line.opened < one.called);
        let all_closed = before.next().is_some()
            && !story.lines.iter().any(|line| {
                line.device == device && line.opened < one.called && line.closed.is_none_or(|closed| closed > one.called)
            });
        all_closed.then(|| {
            let result = one.result().unwrap_or_default();
            kept(!is_error(result, &errors), || {
                format!("line {device} was open before and is closed, and opening it gave {}", render_result(result))
            })
        })?
    })
}

fn closed_phones_can_be_opened(story: &Story<'_>) -> Judgement {
    let errors = ["PHONEERR_ALLOCATED", "PHONEERR_INUSE", "PHONEERR_RESOURCEUNAVAIL", "PHONEERR_OPERATIONFAILED"];
    each(story, "TSPI_phoneOpen", |one| {
        let device = one.dword("dwDeviceID");
        let mut before = story.phones.iter().filter(|phone| phone.device == device && phone.opened < one.called).peekable();
        before.peek()?;
        if !before.all(|phone| phone.closed.is_some_and(|closed| closed < one.called)) {
            return None;
        }
        let result = one.result().unwrap_or_default();
        kept(!is_error(result, &errors), || {
            format!("phone {device} was open before and is closed, and opening it gave {}", render_result(result))
        })
    })
}

fn msp_instances_are_apart(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let line_of = |one: &Invocation<'_>| story.line_by_hd(one.value("hdLine")?, one.called).map(|line| line.ht);
    judgement.join(each(story, "TSPI_lineCreateMSPInstance", |one| {
        let line = line_of(one)?;
        let open = |msp: &&super::MspLife| {
            msp.line == Some(line) && msp.created < one.called && msp.closed.is_none_or(|closed| closed > one.called)
        };
        let other = story.msps.iter().find(open)?;
        let same_address = story.invocations_of("TSPI_lineCreateMSPInstance").any(|first| {
            first.value("htMSPLine") == Some(other.ht) && first.value("dwAddressID") == one.value("dwAddressID")
        });
        let handle = one.number_out("lphdMSPLine");
        same_address.then(|| match one.result() {
            // Of an instance with the handle 0 the provider keeps nothing.
            Some(0) => kept(other.hd == 0 || handle != Some(other.hd), || {
                format!("two instances have the handle {:#x}", other.hd)
            }),
            result => kept(false, || {
                let result = render_result(result.unwrap_or_default());
                format!("an instance is open on the line, and a second one was refused with {result}")
            }),
        })?
    }));
    judgement.join(each(story, "TSPI_lineCloseMSPInstance", |one| {
        let hd = one.value("hdMSPLine")?;
        let known = story.msps.iter().rev().find(|msp| msp.hd == hd && msp.created < one.called)?;
        let open = known.closed.is_none_or(|closed| closed >= one.at());
        let result = one.result()?;
        (open && story.msps.len() > 1)
            .then(|| kept(result == 0, || format!("an open instance was closed with {}", render_result(result))))?
    }));
    judgement
}
