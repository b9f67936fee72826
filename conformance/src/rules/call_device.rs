//! Rules about the way of a call as the device tells of it: what the modem or the switch said, and what became of it.

use super::Level::Must;
use super::call_progress::{each_state, is};
use super::judging::{Said, kept};
use super::{CallLife, Judgement, Rule, Story};
use crate::trace::What;
use crate::tspi::{Version, constant_value, render_constant};
use offhook_sim::ExchangeEvent;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/linecallstate--constants/9",
        page: "linecallstate--constants.md",
        level: Must,
        requirement: "Where the far end releases a connected call, LINECALLSTATE_DISCONNECTED is reported next.",
        why: "Applications learn of the release, and of its reason, by that state alone.",
        mend: "Report LINECALLSTATE_DISCONNECTED with its mode, and LINECALLSTATE_IDLE after it.",
        broken_by: "release-goes-idle",
        exercises: &["far-end-hangs-up"],
        judge: releases_are_reported,
    },
    Rule {
        id: "tspi/linedisconnectmode--constants/9",
        page: "linedisconnectmode--constants.md",
        level: Must,
        requirement: "The mode of LINECALLSTATE_DISCONNECTED says what the device said: BUSY, NOANSWER or NODIALTONE after a modem's \
                      BUSY, NO ANSWER or NO DIALTONE, and NORMAL where the far end hung up. UNKNOWN and UNAVAIL are no \
                      breach.",
        why: "Applications try again after BUSY, and not after other modes.",
        mend: "Translate each result of the device into its own mode.",
        broken_by: "disconnected-by-forwarding",
        exercises: &["outgoing-busy", "far-end-hangs-up", "no-dial-tone"],
        judge: modes_are_the_devices,
    },
    Rule {
        id: "tspi/linebusymode--constants/2",
        page: "linebusymode--constants.md",
        level: Must,
        requirement: "A busy station is LINEBUSYMODE_STATION, or not known; LINEBUSYMODE_TRUNK is for a trunk or circuit.",
        why: "Applications try a busy trunk again at once, and a busy station later.",
        mend: "Report LINEBUSYMODE_STATION for normal busy tone, LINEBUSYMODE_UNAVAIL where the device does not tell.",
        broken_by: "busy-station-is-trunk",
        exercises: &["outgoing-busy"],
        judge: stations_are_no_trunks,
    },
    Rule {
        id: "tspi/linecallstate--constants/17",
        page: "linecallstate--constants.md",
        level: Must,
        requirement: "LINECALLSTATE_RINGBACK is reported only once the called station rings.",
        why: "The user waits for somebody who is not being called yet.",
        mend: "Report it when the device tells of ringing, and LINECALLSTATE_PROCEEDING until then.",
        broken_by: "rings-before-it-dials",
        exercises: &["outgoing-answered"],
        judge: ringback_follows_ringing,
    },
];

/// The number of the modem's line, where the provider has one modem alone.
fn only_modem<'s>(story: &'s Story<'_>) -> Option<&'s str> {
    let mut numbers = story.events.iter().filter_map(|event| match &event.what {
        What::Wire { number, .. } => Some(number.as_str()),
        _ => None,
    });
    let first = numbers.next()?;
    numbers.all(|number| number == first).then_some(first)
}

/// Functions that end a call, or begin another.
const ENDS: [&str; 6] = [
    "TSPI_lineDrop",
    "TSPI_lineDropOnClose",
    "TSPI_lineDropNoOwner",
    "TSPI_lineCloseCall",
    "TSPI_lineClose",
    "TSPI_providerShutdown",
];

/// Where TAPI first asked for the end of calls after an event.
fn asked_to_end(story: &Story<'_>, after: usize) -> usize {
    let ends = story.invocations.iter().filter(|one| ENDS.contains(&one.function.name) && one.called > after);
    ends.map(|one| one.called).next().unwrap_or(story.events.len())
}

/// Where the far end hung up while a call was connected, with the call.
fn releases<'s>(story: &'s Story<'_>) -> Vec<(usize, &'s CallLife)> {
    let Some(own) = only_modem(story) else {
        return Vec::new();
    };
    let hung_up = story.events.iter().enumerate().filter_map(|(at, event)| match &event.what {
        What::Exchange(ExchangeEvent::OnHook { number }) if number != own => Some(at),
        _ => None,
    });
    let connected = hung_up.filter_map(|at| {
        let call = story.calls.iter().find(|call| call.was(&["LINECALLSTATE_CONNECTED"], at))?;
        let since = call.state_before(at)?;
        (asked_to_end(story, since.at) > at).then_some((at, call))
    });
    connected.collect()
}

fn releases_are_reported(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, call) in releases(story) {
        let next = call.states.iter().find(|seen| seen.at > at && !is(**seen, "LINECALLSTATE_CONNECTED"));
        // What TAPI asked for meanwhile may have made it another ending.
        let Some(next) = next.filter(|next| next.at < asked_to_end(story, at)) else {
            continue;
        };
        let said = kept(is(*next, "LINECALLSTATE_DISCONNECTED"), || {
            format!("the far end hung up, and {} was reported next", render_constant("LINECALLSTATE", next.state))
        });
        judgement.say(next.at, said.map(|said| said.with([at])));
    }
    judgement
}

/// Lines that the only modem said: where each ended, and its text.
fn results(story: &Story<'_>) -> Vec<(usize, String)> {
    let mut lines = Vec::new();
    let mut line = Vec::new();
    if only_modem(story).is_none() {
        return lines;
    }
    for (at, event) in story.events.iter().enumerate() {
        let What::Wire {
            to_device: false,
            bytes,
            ..
        } = &event.what
        else {
            continue;
        };
        for byte in bytes {
            match byte {
                b'\r' | b'\n' => {
                    let text = String::from_utf8_lossy(&line).trim().to_owned();
                    lines.extend((!text.is_empty()).then_some((at, text)));
                    line.clear();
                }
                _ => line.push(*byte),
            }
        }
    }
    lines
}

/// What a modem says at the end of a call, and the mode that says the same.
const RESULTS: [(&str, &str); 4] = [
    ("BUSY", "LINEDISCONNECTMODE_BUSY"),
    ("NO ANSWER", "LINEDISCONNECTMODE_NOANSWER"),
    ("NO DIALTONE", "LINEDISCONNECTMODE_NODIALTONE"),
    ("NO DIAL TONE", "LINEDISCONNECTMODE_NODIALTONE"),
];

fn modes_are_the_devices(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    if story.version() < Version::V1_4.0 {
        return judgement; // the mode for no dial tone is newer
    }
    let said_so = results(story).into_iter().filter_map(|(at, text)| {
        let (_, mode) = RESULTS.iter().find(|(result, _)| *result == text)?;
        let call = story.calls.iter().rfind(|call| call.begun < at)?;
        Some((at, call, text, *mode))
    });
    let hung_up = releases(story)
        .into_iter()
        .map(|(at, call)| (at, call, "the far end hung up".to_owned(), "LINEDISCONNECTMODE_NORMAL"));
    for (at, call, what, mode) in said_so.chain(hung_up) {
        let ended = call.next_of(&["LINECALLSTATE_DISCONNECTED"], at);
        let Some(ended) = ended.filter(|ended| ended.at < asked_to_end(story, at)) else {
            continue;
        };
        let right = [mode, "LINEDISCONNECTMODE_UNKNOWN", "LINEDISCONNECTMODE_UNAVAIL"];
        let kept_so = right.iter().any(|mode| u64::from(constant_value(mode)) == ended.mode);
        let said = kept(kept_so, || {
            let shown = render_constant("LINEDISCONNECTMODE", ended.mode as u32);
            format!("{what}, and the mode of LINECALLSTATE_DISCONNECTED is {shown}")
        });
        judgement.say(ended.at, said.map(|said| said.with([at])));
    }
    judgement
}

fn stations_are_no_trunks(story: &Story<'_>) -> Judgement {
    each_state(story, |call, _, seen| {
        let busy = is(seen, "LINECALLSTATE_BUSY");
        let station = story.events.get(call.begun..seen.at).unwrap_or_default().iter().any(|event| {
            matches!(event.what, What::Exchange(ExchangeEvent::BusyTone { .. }))
        });
        if !busy || !station {
            return None;
        }
        kept(seen.mode != u64::from(constant_value("LINEBUSYMODE_TRUNK")), || {
            "the station is busy, and LINEBUSYMODE_TRUNK was reported".to_owned()
        })
    })
}

fn ringback_follows_ringing(story: &Story<'_>) -> Judgement {
    let on_exchange = story.events.iter().any(|event| matches!(event.what, What::Exchange(_) | What::Switch(_)));
    each_state(story, |call, _, seen| {
        if !on_exchange || !is(seen, "LINECALLSTATE_RINGBACK") {
            // A call that is dialled is on its way to this state.
            return (on_exchange && is(seen, "LINECALLSTATE_DIALING")).then_some(Said::Kept);
        }
        let since = story.events.get(call.begun..seen.at).unwrap_or_default();
        let rang = since.iter().any(|event| matches!(event.what, What::Exchange(ExchangeEvent::Ringing { .. })));
        // In a PBX a call may have rung long before it became this one.
        let delivered = story.events[..seen.at].iter().any(|event| {
            matches!(&event.what, What::Switch(step) if matches!(step.event, Some("Delivered" | "Queued" | "Network Reached")))
        });
        kept(rang || delivered, || "LINECALLSTATE_RINGBACK was reported, and nobody's station rings".to_owned())
    })
}

