//! Rules about `LINE_CALLSTATE` and `LINE_CALLINFO`: which states, in which order, with which detail.

use super::Level::{Must, Should};
use super::{Judgement, Origin, Rule, Story};
use crate::trace::What;
use crate::tspi::{constant_value, family, message, render_constant};
use offhook_sim::ExchangeEvent;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINE_CALLSTATE/1",
        page: "line-callstate.md",
        level: Must,
        requirement: "dwParam1 of LINE_CALLSTATE holds exactly one LINECALLSTATE_ constant.",
        why: "Applications compare dwParam1 with constants, so a combination is no state at all for them.",
        mend: "Send one LINE_CALLSTATE a state, in the order of the states.",
        broken_by: "two-states-at-once",
        exercises: &["outgoing-answered"],
        judge: reports_one_state,
    },
    Rule {
        id: "tspi/LINE_CALLSTATE/2",
        page: "line-callstate.md",
        level: Must,
        requirement: "For LINECALLSTATE_BUSY, dwParam2 holds one LINEBUSYMODE_ constant.",
        why: "An application cannot tell a busy station from busy trunks.",
        mend: "Pass LINEBUSYMODE_UNKNOWN where the device does not say which.",
        broken_by: "busy-without-mode",
        exercises: &["outgoing-busy"],
        judge: |story| details_state(story, "LINECALLSTATE_BUSY", "LINEBUSYMODE"),
    },
    Rule {
        id: "tspi/LINE_CALLSTATE/8",
        page: "line-callstate.md",
        level: Must,
        requirement: "For LINECALLSTATE_DISCONNECTED, dwParam2 holds one LINEDISCONNECTMODE_ constant.",
        why: "An application cannot tell why a call ended.",
        mend: "Pass LINEDISCONNECTMODE_UNKNOWN or LINEDISCONNECTMODE_NORMAL where the device does not say why.",
        broken_by: "disconnected-without-mode",
        exercises: &["far-end-hangs-up"],
        judge: |story| details_state(story, "LINECALLSTATE_DISCONNECTED", "LINEDISCONNECTMODE"),
    },
    Rule {
        id: "tspi/LINE_CALLSTATE/13",
        page: "line-callstate.md",
        level: Must,
        requirement: "A new inbound call is announced in LINECALLSTATE_OFFERING.",
        why: "Applications look for LINECALLSTATE_OFFERING to answer; a call that starts elsewhere is never answered.",
        mend: "Report LINECALLSTATE_OFFERING first for every call that rings.",
        broken_by: "inbound-starts-connected",
        exercises: &["incoming-answered"],
        judge: inbound_calls_are_offered,
    },
    Rule {
        id: "tspi/linecallstate--constants/5",
        page: "linecallstate--constants.md",
        level: Should,
        requirement: "LINECALLSTATE_CONNECTED is reported only once the connection stands. Devices without \
                      call progress cannot tell, and providers for them report it when dialling is done: a warning.",
        why: "An application starts to speak or send while the far end still rings.",
        mend: "Report LINECALLSTATE_CONNECTED when the device reports the answer, not when dialling is done.",
        broken_by: "connected-too-early",
        exercises: &["outgoing-answered"],
        judge: connected_follows_the_answer,
    },
    Rule {
        id: "tspi/linecallstate--constants/10",
        page: "linecallstate--constants.md",
        level: Must,
        requirement: "A call never leaves LINECALLSTATE_IDLE.",
        why: "Applications free a call at LINECALLSTATE_IDLE and crash or complain when it speaks again.",
        mend: "Send nothing for a call after its LINECALLSTATE_IDLE.",
        broken_by: "state-after-idle",
        exercises: &["outgoing-answered"],
        judge: idle_is_the_end,
    },
    Rule {
        id: "tspi/linecallstate--constants/16",
        page: "linecallstate--constants.md",
        level: Must,
        requirement: "LINECALLSTATE_PROCEEDING comes before busy or answer, never after.",
        why: "An application that follows the states takes a connected call for one that still rings.",
        mend: "Report LINECALLSTATE_PROCEEDING when dialling is done, and drop it where the answer came first.",
        broken_by: "proceeding-after-connected",
        exercises: &["outgoing-answered"],
        judge: proceeding_precedes_the_answer,
    },
    Rule {
        id: "tspi/linecallstate--constants/21",
        page: "linecallstate--constants.md",
        level: Must,
        requirement: "LINECALLSTATUS.dwCallState is the state last reported by LINE_CALLSTATE.",
        why: "Applications that ask and applications that listen see different calls.",
        mend: "Answer TSPI_lineGetCallStatus from the state that was reported last, under the same lock.",
        broken_by: "status-disagrees",
        exercises: &["outgoing-answered"],
        judge: status_agrees_with_events,
    },
    Rule {
        id: "tspi/LINE_CALLINFO/1",
        page: "line-callinfo.md",
        level: Must,
        requirement: "dwParam1 of LINE_CALLINFO is a nonzero combination of LINECALLINFOSTATE_ bits.",
        why: "Applications read the members whose bits are set; with none they read nothing.",
        mend: "Pass the LINECALLINFOSTATE_ bits of all that changed.",
        broken_by: "callinfo-without-bits",
        exercises: &["incoming-caller-id"],
        judge: callinfo_names_what_changed,
    },
    Rule {
        id: "tspi/LINE_CALLINFO/5",
        page: "line-callinfo.md",
        level: Must,
        requirement: "After LINECALLSTATE_IDLE no LINE_CALLINFO is sent for the call.",
        why: "Applications free a call at LINECALLSTATE_IDLE; what follows is for nobody.",
        mend: "Send what is left to tell before LINECALLSTATE_IDLE.",
        broken_by: "callinfo-after-idle",
        exercises: &["outgoing-answered"],
        judge: idle_calls_report_nothing_more,
    },
];

fn reports_one_state(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let defined = family("LINECALLSTATE").map_or(0, |family| family.mask());
    for seen in story.calls.iter().flat_map(|call| &call.states) {
        // The high eight bits may carry a device's own substate beside the one defined bit.
        let bits = seen.state & 0x00FF_FFFF;
        let right = bits.count_ones() == 1 && bits & !defined == 0;
        let breach = (!right).then(|| format!("dwParam1 = {}", render_constant("LINECALLSTATE", seen.state)));
        judgement.note(seen.at, breach);
    }
    judgement
}

fn details_state(story: &Story<'_>, state: &str, modes: &str) -> Judgement {
    let mut judgement = Judgement::default();
    let state_value = constant_value(state);
    let Some(family) = family(modes) else {
        return judgement;
    };
    for seen in story
        .calls
        .iter()
        .flat_map(|call| &call.states)
        .filter(|seen| seen.state == state_value)
    {
        let right = u32::try_from(seen.mode).is_ok_and(|mode| family.name_of(mode).is_some());
        let breach =
            (!right).then(|| format!("{state} with dwParam2 = {:#x}, no {modes}_ constant", seen.mode));
        judgement.note(seen.at, breach);
    }
    judgement
}

fn inbound_calls_are_offered(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let offering = constant_value("LINECALLSTATE_OFFERING");
    for call in &story.calls {
        let Origin::Announced(at) = call.origin else {
            continue;
        };
        let rang = story.events[..at].iter().any(|event| {
            matches!(
                event.what,
                What::Exchange(ExchangeEvent::Ringing { .. } | ExchangeEvent::Ring { .. })
            )
        });
        let Some(first) = call.states.first().filter(|_| rang) else {
            continue;
        };
        let breach = (first.state != offering).then(|| {
            format!(
                "the first state of the ringing call is {}",
                render_constant("LINECALLSTATE", first.state)
            )
        });
        judgement.note(first.at, breach);
    }
    judgement
}

fn connected_follows_the_answer(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let connected = constant_value("LINECALLSTATE_CONNECTED");
    let on_exchange = story
        .events
        .iter()
        .any(|event| matches!(event.what, What::Exchange(_) | What::Switch(_)));
    for call in story.calls.iter().filter(|_| on_exchange) {
        let Some(seen) = call.states.iter().find(|seen| seen.state == connected) else {
            continue;
        };
        // At a PBX a call may become another one long after it was answered: it is enough that somebody has.
        let answered = story.events[call.begun..seen.at]
            .iter()
            .any(|event| matches!(event.what, What::Exchange(ExchangeEvent::Answered { .. })))
            || story.events[..seen.at]
                .iter()
                .any(|event| matches!(&event.what, What::Switch(step) if step.event == Some("Established")));
        let breach =
            (!answered).then(|| format!("call {:#x} is CONNECTED, and nobody has answered yet", call.ht));
        judgement.note(seen.at, breach);
    }
    judgement
}

fn idle_is_the_end(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let idle = constant_value("LINECALLSTATE_IDLE");
    for call in &story.calls {
        let Some(position) = call.states.iter().position(|seen| seen.state == idle) else {
            continue;
        };
        let after = call.states[position + 1..].iter().find(|seen| seen.state != idle);
        let breach = after.map(|seen| {
            let name = render_constant("LINECALLSTATE", seen.state);
            format!("call {:#x} went from LINECALLSTATE_IDLE to {name}", call.ht)
        });
        judgement.note(after.map_or(call.states[position].at, |seen| seen.at), breach);
    }
    judgement
}

fn proceeding_precedes_the_answer(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let [proceeding, dialtone, dialing] =
        ["PROCEEDING", "DIALTONE", "DIALING"].map(|name| constant_value(&format!("LINECALLSTATE_{name}")));
    let later =
        ["CONNECTED", "BUSY", "DISCONNECTED"].map(|name| constant_value(&format!("LINECALLSTATE_{name}")));
    for call in &story.calls {
        let mut past = None;
        for seen in &call.states {
            if later.contains(&seen.state) {
                past = Some(seen.state);
            } else if [dialtone, dialing].contains(&seen.state) {
                past = None; // dialling anew on the same call
            } else if seen.state == proceeding {
                let breach = past.map(|state| {
                    let name = render_constant("LINECALLSTATE", state);
                    format!("call {:#x} is PROCEEDING after {name}", call.ht)
                });
                judgement.note(seen.at, breach);
            }
        }
    }
    judgement
}

fn status_agrees_with_events(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story
        .invocations_of("TSPI_lineGetCallStatus")
        .filter(|one| one.result() == Some(0))
    {
        let Some(call) = one
            .value("hdCall")
            .and_then(|hd| story.call_by_hd(hd, one.called))
        else {
            continue;
        };
        let Some(returned) = one.returned else { continue };
        let Some(before) = call.state_before(one.called) else {
            continue;
        };
        let decoded = super::structures::decoded(one, "lpCallStatus", story.version());
        let Some(given) = decoded
            .as_ref()
            .and_then(|decoded| decoded.get("dwCallState")?.number())
        else {
            continue;
        };
        let right = call
            .states_about(story, one.called, returned.at)
            .any(|seen| seen.state == given);
        let breach = (!right).then(|| {
            format!(
                "dwCallState is {}, and the state last reported is {}",
                render_constant("LINECALLSTATE", given),
                render_constant("LINECALLSTATE", before.state)
            )
        });
        judgement.note(returned.at, breach);
    }
    judgement
}

fn callinfo_names_what_changed(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let callinfo = constant_value("LINE_CALLINFO");
    let defined = family("LINECALLINFOSTATE").map_or(0, |family| family.mask());
    for (at, args) in story.callbacks.iter().filter(|(_, args)| args.msg == callinfo) {
        let bits = args.params[0];
        let right = bits != 0 && bits & !u64::from(defined) == 0;
        judgement.note(
            *at,
            (!right).then(|| format!("LINE_CALLINFO with dwParam1 = {bits:#x}")),
        );
    }
    judgement
}

fn idle_calls_report_nothing_more(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let idle = constant_value("LINECALLSTATE_IDLE");
    let callinfo = constant_value("LINE_CALLINFO");
    for call in &story.calls {
        let Some(seen) = call.states.iter().find(|seen| seen.state == idle) else {
            continue;
        };
        let late = story
            .callbacks
            .iter()
            .find(|(at, args)| *at > seen.at && call.events.contains(at) && args.msg == callinfo);
        let breach = late.map(|(_, args)| {
            let name = message(args.msg).map_or("a message", |message| message.name);
            format!("{name} was sent for call {:#x}, which is idle", call.ht)
        });
        judgement.note(late.map_or(seen.at, |(at, _)| *at), breach);
    }
    judgement
}
