//! Rules about LINECALLINFO: what it says of a call is what the call is.

use super::Level::{Must, Should};
use super::judging::{Said, each_answer, kept};
use super::{Answer, Invocation, Judgement, Origin, Rule, Story};
use crate::tspi::{constant_value, family, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINECALLINFO/1",
        page: "ns-tapi-linecallinfo.md",
        level: Must,
        requirement: "LINECALLINFO.dwLineDeviceID is the identifier of the line that the call is on, and dwAddressID one \
                      of its addresses.",
        why: "Applications relate the call to a line by these two, and show it at another one.",
        mend: "Fill dwLineDeviceID with the identifier that TAPI gave in TSPI_lineOpen, dwAddressID from 0 on.",
        broken_by: "call-on-another-line",
        exercises: &["outgoing-answered"],
        judge: calls_name_their_line,
    },
    Rule {
        id: "tspi/LINECALLINFO/2",
        page: "ns-tapi-linecallinfo.md",
        level: Must,
        requirement: "LINECALLINFO.dwBearerMode is one LINEBEARERMODE_ constant.",
        why: "Applications compare with constants; a combination or nothing is no bearer for them.",
        mend: "Say the bearer mode that the call has now: LINEBEARERMODE_VOICE for an ordinary line.",
        broken_by: "two-bearers-at-once",
        exercises: &["outgoing-answered"],
        judge: calls_have_one_bearer,
    },
    Rule {
        id: "tspi/LINECALLINFO/7",
        page: "ns-tapi-linecallinfo.md",
        level: Must,
        requirement: "LINECALLINFO.dwCallStates contains every state that is reported for the call, and does not change \
                      while the call lives.",
        why: "Applications decide by dwCallStates what to wait for.",
        mend: "Fill it from the states that the address can report, once and for all.",
        broken_by: "call-states-lack-connected",
        exercises: &["outgoing-answered"],
        judge: call_states_are_whole,
    },
    Rule {
        id: "tspi/linecallorigin--constants/3",
        page: "linecallorigin--constants.md",
        level: Must,
        requirement: "dwOrigin of a call that TSPI_lineMakeCall made is LINECALLORIGIN_OUTBOUND; of a call that was offered \
                      it is INTERNAL, EXTERNAL, INBOUND, or not known.",
        why: "Call logs list the call on the wrong side.",
        mend: "Set dwOrigin when the call begins, from who began it.",
        broken_by: "origin-turned-round",
        exercises: &["outgoing-answered", "incoming-caller-id"],
        judge: origins_tell_who_began,
    },
    Rule {
        id: "tspi/linecallreason--constants/3",
        page: "linecallreason--constants.md",
        level: Should,
        requirement: "dwReason of a call that TSPI_lineMakeCall made is LINECALLREASON_DIRECT, unless it is not known. \
                      Providers that leave it at UNKNOWN are common, and Windows copes: a warning.",
        why: "Applications show a plain call as forwarded or picked up.",
        mend: "Set LINECALLREASON_DIRECT for calls that are simply made.",
        broken_by: "reason-of-another-call",
        exercises: &["outgoing-answered"],
        judge: plain_calls_are_direct,
    },
];

/// The call that an answer tells of, with the invocation that made it, if one did.
fn made_by<'s, 't>(story: &'s Story<'t>, info: &Answer) -> Option<&'s Invocation<'t>> {
    match story.call(info.call?)?.origin {
        Origin::Made(invocation) => story.invocations.get(invocation),
        Origin::Announced(_) => None,
    }
}

fn calls_name_their_line(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLINFO", |info| {
        let line = story.line(story.call(info.call?)?.line?)?;
        let (device, address) = (info.number("dwLineDeviceID")?, info.number("dwAddressID")?);
        if device != line.device {
            return kept(false, || {
                format!("dwLineDeviceID is {device}, and the call is on line {}", line.device)
            });
        }
        let addresses = story
            .invocations_of("TSPI_lineGetNumAddressIDs")
            .filter(|one| story.device_of(one) == Some(line.device))
            .find_map(|one| one.number_out("lpdwNumAddressIDs"));
        let claimed = story.caps("LINEDEVCAPS", line.device, info.at)?;
        let addresses = addresses.or_else(|| claimed.number("dwNumAddresses").map(u64::from))?;
        kept(u64::from(address) < addresses, || {
            format!("dwAddressID is {address}, and the line has {addresses} addresses")
        })
    })
}

fn calls_have_one_bearer(story: &Story<'_>) -> Judgement {
    let bearers = family("LINEBEARERMODE");
    each_answer(story, "LINECALLINFO", |info| {
        let bearer = info.number("dwBearerMode")?;
        // The high 16 bits are open to a device's own bearers.
        let one = bearers?.name_of(bearer).is_some() || (bearer & 0xFFFF == 0 && bearer.count_ones() == 1);
        kept(one, || format!("dwBearerMode is {}", render_constant("LINEBEARERMODE", bearer)))
    })
}

fn call_states_are_whole(story: &Story<'_>) -> Judgement {
    let defined = family("LINECALLSTATE").map_or(0, |family| family.mask());
    each_answer(story, "LINECALLINFO", |info| {
        let call = story.call(info.call?)?;
        let states = info.number("dwCallStates")?;
        let missing = call.states.iter().find(|seen| seen.state & defined & !states != 0);
        if let Some(seen) = missing {
            let text = format!(
                "{} is reported for the call, and dwCallStates is {}",
                render_constant("LINECALLSTATE", seen.state),
                render_constant("LINECALLSTATE", states)
            );
            return Some(Said::Broken(text, vec![seen.at]));
        }
        let first = story.answers("LINECALLINFO").find(|other| other.call == info.call)?;
        let was = first.number("dwCallStates")?;
        kept(states == was, || {
            format!(
                "dwCallStates was {} and is {}",
                render_constant("LINECALLSTATE", was),
                render_constant("LINECALLSTATE", states)
            )
        })
    })
}

fn one_of(family: &str, value: u32, names: &[&str]) -> bool {
    names.iter().any(|name| value == constant_value(&format!("{family}_{name}")))
}

fn origins_tell_who_began(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLINFO", |info| {
        let origin = info.number("dwOrigin")?;
        let call = story.call(info.call?)?;
        let right = match made_by(story, info) {
            Some(one) if one.function.name == "TSPI_lineMakeCall" => one_of("LINECALLORIGIN", origin, &["OUTBOUND"]),
            Some(_) => return None,
            None => {
                let offered = call.states.first()?;
                if offered.state != constant_value("LINECALLSTATE_OFFERING") {
                    return None;
                }
                let incoming = ["INTERNAL", "EXTERNAL", "INBOUND", "UNKNOWN", "UNAVAIL"];
                one_of("LINECALLORIGIN", origin, &incoming)
            }
        };
        kept(right, || {
            let how = match call.origin {
                Origin::Made(_) => "TSPI_lineMakeCall made the call",
                Origin::Announced(_) => "the call was offered",
            };
            format!("{how}, and dwOrigin is {}", render_constant("LINECALLORIGIN", origin))
        })
    })
}

fn plain_calls_are_direct(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLINFO", |info| {
        let reason = info.number("dwReason")?;
        if made_by(story, info)?.function.name != "TSPI_lineMakeCall" {
            return None;
        }
        let right = one_of("LINECALLREASON", reason, &["DIRECT", "UNKNOWN", "UNAVAIL"]);
        kept(right, || format!("dwReason is {}", render_constant("LINECALLREASON", reason)))
    })
}
