//! Rules about the way of a call as the device tells of it: what the modem or the switch said, and what became of it.

use super::Level::Must;
use super::call_progress::{each_state, is};
use super::judging::{ON_ITS_WAY, Said, kept};
use super::{CallLife, Judgement, Rule, Story};
use crate::trace::What;
use crate::tspi::structures::structure;
use crate::tspi::{Version, constant_value, decode, render_constant};
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
                      BUSY, NO ANSWER or NO DIALTONE, TEMPFAILURE after DELAYED and BLOCKED after BLACKLISTED, and NORMAL where the far end hung up. UNKNOWN \
                      and UNAVAIL are no breach.",
        why: "Applications try again after BUSY, and not after other modes.",
        mend: "Translate each result of the device into its own mode.",
        broken_by: "disconnected-by-forwarding",
        exercises: &["no-dial-tone", "far-end-hangs-up", "outgoing-busy"],
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
    Rule {
        id: "tspi/linecallpartyid--constants/2",
        page: "linecallpartyid--constants.md",
        level: Must,
        requirement: "A number that a modem reports as P is marked LINECALLPARTYID_BLOCKED, one that it reports as O \
                      LINECALLPARTYID_OUTOFAREA.",
        why: "Applications that refuse callers who hide their number take the call.",
        mend: "Translate the letters P and O of NMBR into the flags, and not into a number.",
        broken_by: "withheld-numbers-unsaid",
        exercises: &["incoming-withheld"],
        judge: withheld_numbers_are_marked,
    },
    Rule {
        id: "tspi/linebearermode--constants/2",
        page: "linebearermode--constants.md",
        level: Must,
        requirement: "While a call is in LINEBEARERMODE_PASSTHROUGH the provider sends nothing to the device, and never dials.",
        why: "The application speaks with the modem by itself, and its commands are mixed with others.",
        mend: "Leave the port alone until the call ends.",
        broken_by: "dials-in-passthrough",
        exercises: &["passthrough-asked"],
        judge: passthrough_is_silent,
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
pub(super) fn results(story: &Story<'_>) -> Vec<(usize, String)> {
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
const RESULTS: [(&str, &str); 7] = [
    ("BUSY", "LINEDISCONNECTMODE_BUSY"),
    ("NO ANSWER", "LINEDISCONNECTMODE_NOANSWER"),
    ("NO DIALTONE", "LINEDISCONNECTMODE_NODIALTONE"),
    ("NO DIAL TONE", "LINEDISCONNECTMODE_NODIALTONE"),
    // These came with version 2.0.
    ("DELAYED", "LINEDISCONNECTMODE_TEMPFAILURE"),
    ("BLACKLISTED", "LINEDISCONNECTMODE_BLOCKED"),
    ("BLOCKLISTED", "LINEDISCONNECTMODE_BLOCKED"),
];

fn modes_are_the_devices(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    if story.version() < Version::V1_4.0 {
        return judgement; // the mode for no dial tone is newer
    }
    let newer = ["LINEDISCONNECTMODE_TEMPFAILURE", "LINEDISCONNECTMODE_BLOCKED"];
    let known = |mode: &str| story.version() >= Version::V2_0.0 || !newer.contains(&mode);
    let said_so = results(story).into_iter().filter_map(|(at, text)| {
        let (_, mode) = RESULTS.iter().find(|(result, mode)| *result == text && known(mode))?;
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

fn withheld_numbers_are_marked(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, text) in results(story) {
        let flag = match text.split_once('=').map(|(name, value)| (name.trim(), value.trim())) {
            Some(("NMBR", "P")) => "LINECALLPARTYID_BLOCKED",
            Some(("NMBR", "O")) => "LINECALLPARTYID_OUTOFAREA",
            _ => continue,
        };
        let told = (constant_value("LINE_CALLINFO"), u64::from(constant_value("LINECALLINFOSTATE_CALLERID")));
        let reported = story.callbacks.iter().find(|(later, args)| {
            *later > at && args.msg == told.0 && args.params[0] & told.1 != 0
        });
        let Some((reported, args)) = reported else { continue };
        let info = story.answers("LINECALLINFO").find(|info| info.at > *reported && info.call == Some(args.call));
        let Some(flags) = info.and_then(|info| info.number("dwCallerIDFlags")) else {
            continue;
        };
        let said = kept(flags & constant_value(flag) != 0, || {
            format!("the modem said {text:?}, and dwCallerIDFlags is {}", render_constant("LINECALLPARTYID", flags))
        });
        judgement.say(info.map_or(at, |info| info.at), said.map(|said| said.with([at])));
    }
    judgement
}

fn passthrough_is_silent(story: &Story<'_>) -> Judgement {
    let through = constant_value("LINEBEARERMODE_PASSTHROUGH");
    let mut judgement = Judgement::default();
    for one in story.invocations_of("TSPI_lineMakeCall").filter(|one| one.accepted()) {
        let params = structure("LINECALLPARAMS").zip(one.bytes_in("lpCallParams"));
        let params = params.map(|(structure, bytes)| decode(structure, bytes, one.version));
        let bearer = params.and_then(|params| params.get("dwBearerMode")?.number());
        // A provider that does not claim the mode makes an ordinary call, which another rule warns of.
        let caps = story.device_of(one).and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
        if caps.and_then(|caps| caps.number("dwBearerModes")).is_some_and(|modes| modes & through == 0) {
            continue;
        }
        let valid = story.calls.iter().find(|call| call.begun == one.called).and_then(|call| call.valid);
        let (Some(valid), true) = (valid, bearer == Some(through) && only_modem(story).is_some()) else {
            continue;
        };
        let next = story.invocations.iter().find(|other| other.called > valid && !other.function.name.contains("Get"));
        let until = next.map_or(story.events.len(), |next| next.called);
        let quiet = story.time(valid) + ON_ITS_WAY;
        let sent = story.events[one.called..until].iter().position(|event| match &event.what {
            What::Wire { to_device: true, bytes, .. } => event.at > quiet || bytes.windows(3).any(|word| word == b"ATD"),
            _ => false,
        });
        let said = kept(sent.is_none(), || "the call is in LINEBEARERMODE_PASSTHROUGH, and the provider spoke to the device".to_owned());
        let at = sent.map_or(valid, |sent| one.called + sent);
        judgement.say(at, said.map(|said| said.with([one.called])));
    }
    judgement
}
