//! Rules about calls that are made: by the parameters of the application, dialled at once, in parts, or not at all.

use super::Level::Must;
use super::judging::{call_was_given_time, each_answer, each_outcome, is_error, kept};
use super::{Answer, CallLife, Invocation, Judgement, Origin, Rule, Story};
use crate::tspi::structures::LINECALLPARAMS;
use crate::tspi::{Decoded, constant_value, decode, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineMakeCall/8",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "A call that TSPI_lineMakeCall makes without an address is brought to dial tone: LINECALLSTATE_DIALTONE is reported, and \
                      the digits come by TSPI_lineDial. A telephone that dials by itself may go on to its number.",
        why: "The application waits for dial tone before it dials.",
        mend: "Go off hook (ATD; on a modem) and report LINECALLSTATE_DIALTONE.",
        broken_by: "dial-tone-unsaid",
        exercises: &["no-number", "dial-partial"],
        judge: no_address_gives_dial_tone,
    },
    Rule {
        id: "tspi/lineMakeCall/24",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "A dial string that ends in a semicolon is dialled as far as it goes: LINECALLSTATE_DIALING is reported, and TSPI_lineDial \
                      adds digits while it lasts.",
        why: "Calling cards and extensions are dialled in parts.",
        mend: "Keep the semicolon for the modem, report LINECALLSTATE_DIALING, and wait for TSPI_lineDial.",
        broken_by: "dialling-unsaid",
        exercises: &["dial-semicolon"],
        judge: partial_numbers_wait,
    },
    Rule {
        id: "tspi/lineMakeCall/13",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "lpCallParams governs the call that is made: LINECALLINFO names its bearer mode and the address that it asks for, a rate \
                      within its range, and the dialling parameters that it sets within those of LINEDEVCAPS.",
        why: "A data call goes out as speech, or from a number that the caller must not show.",
        mend: "Keep the parameters with the call, and set the call up by them; refuse what cannot be had.",
        broken_by: "bearer-of-its-own",
        exercises: &["call-by-parameters", "outgoing-answered"],
        judge: parameters_govern,
    },
    Rule {
        id: "tspi/lineMakeCall/25",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "With LINECALLPARAMFLAGS_IDLE the line is looked at first: without dial tone TSPI_lineMakeCall fails with \
                      LINEERR_CALLUNAVAIL. It does not succeed and then report LINEDISCONNECTMODE_NODIALTONE.",
        why: "Applications with several lines try the next one on this error.",
        mend: "Complete the request only once there is dial tone.",
        broken_by: "no-dial-tone-later",
        exercises: &["idle-line"],
        judge: idle_lines_are_looked_at,
    },
    Rule {
        id: "tspi/lineMakeCall/28",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Must,
        requirement: "Until the request that makes it has succeeded, a new call is in no count: dwNumActiveCalls, dwNumOnHoldCalls and \
                      dwNumOnHoldPendCalls of LINEDEVSTATUS and LINEADDRESSSTATUS together do not exceed the calls that TAPI knows.",
        why: "TAPI takes the line for busy with a call that nobody has.",
        mend: "Count a call from the completion of its request on.",
        broken_by: "counts-unborn-calls",
        exercises: &["counted-early"],
        judge: unborn_calls_are_not_counted,
    },
];

fn no_address_gives_dial_tone(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let call = story.call(one.value("htCall")?)?;
        if !outcome.succeeded() || !one.is_null("lpszDestAddress") {
            return None;
        }
        // What follows dial tone by itself is a telephone that dials by itself; what ends it never had one.
        let first = ["LINECALLSTATE_DIALTONE", "LINECALLSTATE_PROCEEDING", "LINECALLSTATE_RINGBACK", "LINECALLSTATE_CONNECTED"];
        let ends = ["LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"];
        let dialled = story.invocations_of("TSPI_lineDial").find(|dial| dial.called > outcome.at);
        let reached = call.next_of(&first, one.called).filter(|seen| dialled.is_none_or(|dial| seen.at < dial.called));
        if reached.is_none() && (call.next_of(&ends, one.called).is_some() || dialled.is_none() && !call_was_given_time(story, call, outcome.at)) {
            return None;
        }
        kept(reached.is_some(), || "a call was made without an address, and LINECALLSTATE_DIALTONE never came".to_owned())
    })
}

fn partial_numbers_wait(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let call = story.call(one.value("htCall")?)?;
        if !outcome.succeeded() || !one.text_in("lpszDestAddress")?.ends_with(';') {
            return None;
        }
        // A network that has digits enough goes on, and one that has none for them ends the call.
        let later = ["LINECALLSTATE_PROCEEDING", "LINECALLSTATE_RINGBACK", "LINECALLSTATE_CONNECTED", "LINECALLSTATE_BUSY", "LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"];
        let dialling = call.next_of(&["LINECALLSTATE_DIALING"], one.called);
        if dialling.is_none() && (call.next_of(&later, one.called).is_some() || !call_was_given_time(story, call, outcome.at)) {
            return None;
        }
        let rest = story.invocations_of("TSPI_lineDial").find(|dial| {
            let same = story.call_of(dial, "hdCall").is_some_and(|of| of.ht == call.ht);
            dial.called > one.called && same && call.was(&["LINECALLSTATE_DIALING"], dial.called)
        });
        let refused = rest.and_then(|rest| story.outcome(rest)).filter(|answer| is_error(answer.result, &["LINEERR_INVALCALLSTATE"]));
        kept(dialling.is_some() && refused.is_none(), || match refused {
            None => "a partial number was dialled, and LINECALLSTATE_DIALING did not come".to_owned(),
            Some(answer) => format!("a partial number was dialled, and TSPI_lineDial with the rest failed with {}", render_result(answer.result)),
        })
        .map(|said| said.with(rest.map(|rest| rest.called)))
    })
}

/// The invocation of `TSPI_lineMakeCall` that made a call.
fn made_by<'s, 't>(story: &'s Story<'t>, call: &CallLife) -> Option<&'s Invocation<'t>> {
    let Origin::Made(made) = call.origin else { return None };
    story.invocations.get(made).filter(|one| one.function.name == "TSPI_lineMakeCall")
}

fn parameters_govern(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLINFO", |info| {
        let call = story.call(info.call?)?;
        let made = made_by(story, call)?;
        let params = decode(&LINECALLPARAMS, made.bytes_in("lpCallParams")?, made.version);
        let asked = |member: &str| params.get(member)?.number();
        // Only the first answer: parameters may be set anew later.
        let first = story.answers("LINECALLINFO").find(|other| other.call == info.call)?;
        let set = story.taken_on("TSPI_lineSetCallParams", call).any(|one| one.called < info.at);
        if first.at != info.at || set {
            return None;
        }
        let mut wrong = Vec::new();
        let (bearer, wanted) = (info.number("dwBearerMode")?, asked("dwBearerMode")?);
        if wanted != 0 && bearer != wanted {
            let shown = |mode| render_constant("LINEBEARERMODE", mode);
            wrong.push(format!("dwBearerMode is {}, and {} was asked for", shown(bearer), shown(wanted)));
        }
        let by_id = asked("dwAddressMode")? == constant_value("LINEADDRESSMODE_ADDRESSID");
        let (address, wanted) = (info.number("dwAddressID")?, asked("dwAddressID")?);
        if by_id && address != wanted {
            wrong.push(format!("dwAddressID is {address}, and {wanted} was asked for"));
        }
        let (rate, least, most) = (info.number("dwRate")?, asked("dwMinRate")?, asked("dwMaxRate")?);
        if rate != 0 && most != 0 && !(least..=most).contains(&rate) {
            wrong.push(format!("dwRate is {rate}, and {least} to {most} was asked for"));
        }
        let caps = call.line.and_then(|line| story.line(line)).and_then(|line| story.caps("LINEDEVCAPS", line.device, info.at));
        wrong.extend(caps.and_then(|caps| wrong_dialling(&params, caps, info)));
        kept(wrong.is_empty(), || wrong.join("; ")).map(|said| said.with([made.called]))
    })
}

/// A dialling parameter that is not in force as it was asked for: 0 is the default, and what is out of range is brought into it.
fn wrong_dialling(params: &Decoded, caps: &Answer, info: &Answer) -> Option<String> {
    ["dwDialPause", "dwDialSpeed", "dwDigitDuration", "dwWaitForDialtone"].into_iter().find_map(|member| {
        let asked = params.get(&format!("DialParams.{member}"))?.number()?;
        let bound = |which: &str| caps.decoded.get(&format!("{which}DialParams.{member}"))?.number();
        let (least, usual, most) = (bound("Min")?, bound("Default")?, bound("Max")?);
        let wanted = match asked {
            0 => usual,
            asked => asked.max(least).min(most.max(least)),
        };
        let is = info.decoded.get(&format!("DialParams.{member}"))?.number()?;
        // Where 0 is in range, it may be meant as it is.
        (is != wanted && !(asked == 0 && is == 0)).then(|| format!("{member} {asked} was asked for, and DialParams has {is}"))
    })
}

fn idle_lines_are_looked_at(story: &Story<'_>) -> Judgement {
    let flag = constant_value("LINECALLPARAMFLAGS_IDLE");
    each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let params = decode(&LINECALLPARAMS, one.bytes_in("lpCallParams")?, one.version);
        if params.get("dwCallParamFlags")?.number()? & flag == 0 {
            return None;
        }
        if !outcome.succeeded() {
            return is_error(outcome.result, &["LINEERR_CALLUNAVAIL"]).then_some(super::judging::Said::Kept);
        }
        let call = story.call(one.value("htCall")?)?;
        let none = u64::from(constant_value("LINEDISCONNECTMODE_NODIALTONE"));
        let seen = call.next_of(&["LINECALLSTATE_DISCONNECTED"], one.called)?;
        kept(seen.mode != none, || "TSPI_lineMakeCall with LINECALLPARAMFLAGS_IDLE succeeded, and LINEDISCONNECTMODE_NODIALTONE came".to_owned())
            .map(|said| said.with([seen.at]))
    })
}

fn unborn_calls_are_not_counted(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for structure in ["LINEDEVSTATUS", "LINEADDRESSSTATUS"] {
        all.join(each_answer(story, structure, |status| {
            let called = story.invocations[status.invocation].called;
            let line = story.lines.iter().rev().find(|line| Some(line.device) == status.device && line.opened < called)?;
            let calls: Vec<&CallLife> = story.calls.iter().filter(|call| call.line == Some(line.ht) && call.begun < status.at).collect();
            // A completion may be on its way while the status is read.
            let soon = story.time(status.at) + super::judging::ON_ITS_WAY;
            let unborn = |call: &&&CallLife| matches!(call.origin, Origin::Made(_)) && call.valid.is_none_or(|valid| story.time(valid) > soon);
            let expected = calls.iter().filter(unborn).count();
            if expected == 0 {
                return None;
            }
            let known = calls.len() - expected;
            let members = ["dwNumActiveCalls", "dwNumOnHoldCalls", "dwNumOnHoldPendCalls"];
            let counted: u32 = members.iter().map(|member| status.number(member)).sum::<Option<u32>>()?;
            kept(counted as usize <= known, || {
                format!("{structure} counts {counted} calls while a request that makes one is not completed, and {known} are known")
            })
        }));
    }
    all
}
