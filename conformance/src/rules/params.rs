//! Rules about LINECALLPARAMS: what TSPI_lineMakeCall is given for a call is done, and stands in its LINECALLINFO.

use std::time::Duration;

use super::Level::{Must, Should};
use super::judging::{call_was_given_time, each_answer, each_outcome, is_error, kept};
use super::{Answer, Invocation, Judgement, Origin, Rule, Story};
use crate::tspi::structures::LINECALLPARAMS;
use crate::tspi::{Decoded, Value, constant_value, decode, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINECALLPARAMS/1",
        page: "ns-tapi-linecallparams.md",
        level: Must,
        requirement: "LINECALLINFO of a call that TSPI_lineMakeCall made says what LINECALLPARAMS gave: its flags, its media type, of which 0 \
                      and no LINECALLPARAMS at all mean LINEMEDIAMODE_INTERACTIVEVOICE, its bearer mode, of which 0 means LINEBEARERMODE_VOICE, and, \
                      as far as it says any, its call data.",
        why: "Applications find the call again by its media type and its data, and do not know it for theirs.",
        mend: "Copy these members to the call when it is made, and fill LINECALLINFO from there.",
        broken_by: "forgets-media-of-call",
        exercises: &["call-params"],
        judge: params_stand_in_callinfo,
    },
    Rule {
        id: "tspi/LINECALLINFO/14",
        page: "ns-tapi-linecallinfo.md",
        level: Should,
        requirement: "The called ID of a call that TSPI_lineMakeCall made is the number that was dialled, as far as the digits of one end \
                      the other. Translation by the switch can alter more: a warning.",
        why: "Call logs show another number than was called.",
        mend: "Fill CalledID with the dialled number, and the connected and redirection IDs with what became of it.",
        broken_by: "called-id-of-another",
        exercises: &["call-params"],
        judge: called_id_is_what_was_dialled,
    },
    Rule {
        id: "tspi/LINECALLPARAMS/9",
        page: "ns-tapi-linecallparams.md",
        level: Must,
        requirement: "Where LINEADDRESSCAPS.dwMaxNoAnswerTimeout allows it, a call that dwNoAnswerTimeout seconds after dialling still \
                      proceeds or rings is given up: LINECALLSTATE_DISCONNECTED with LINEDISCONNECTMODE_NOANSWER.",
        why: "A predictive dialler's calls ring on, and its next ones wait.",
        mend: "Start a timer when dialling ends; at its end clear the call and report NOANSWER.",
        broken_by: "rings-for-ever",
        exercises: &["no-answer"],
        judge: unanswered_calls_are_given_up,
    },
    Rule {
        id: "tspi/LINEADDRESSCAPS/21",
        page: "ns-tapi-lineaddresscaps.md",
        level: Must,
        requirement: "LINEADDRESSCAPS.dwPredictiveAutoTransferStates is zero unless dwAddrCapFlags has LINEADDRCAPFLAGS_PREDICTIVEDIALER.",
        why: "Applications leave the transfer to the provider, and nothing happens.",
        mend: "List states only where the address transfers by itself.",
        broken_by: "transfers-without-dialer",
        exercises: &["lifecycle"],
        judge: only_dialers_transfer,
    },
    Rule {
        id: "tspi/predictive-dialing/2",
        page: "predictive-dialing.md",
        level: Must,
        requirement: "On an address with LINEADDRCAPFLAGS_PREDICTIVEDIALER a call is transferred to TargetAddress, and leaves, once it enters a \
                      state of LINECALLPARAMS.dwPredictiveAutoTransferStates; such parameters are not refused there.",
        why: "A predictive dialler's answered calls reach nobody.",
        mend: "Transfer the call when the state is reported, or do not claim the flag.",
        broken_by: "dialer-in-name-only",
        exercises: &["predictive"],
        judge: predictive_calls_are_transferred,
    },
    Rule {
        id: "tspi/passthrough-mode/2",
        page: "passthrough-mode.md",
        level: Must,
        requirement: "Where LINEDEVCAPS.dwBearerModes has LINEBEARERMODE_PASSTHROUGH, TSPI_lineMakeCall with it is not refused for its bearer \
                      and goes to LINECALLSTATE_CONNECTED at once, without dialling; TSPI_lineSetCallParams takes it too.",
        why: "Terminal and fax programs talk to the modem themselves, and find the port shut.",
        mend: "Open the port and report CONNECTED, or do not list the bearer mode.",
        broken_by: "passthrough-in-name-only",
        exercises: &["passthrough"],
        judge: passthrough_connects_at_once,
    },
    Rule {
        id: "tspi/passthrough-mode/1",
        page: "passthrough-mode.md",
        level: Should,
        requirement: "Where LINEDEVCAPS.dwBearerModes lacks LINEBEARERMODE_PASSTHROUGH, TSPI_lineMakeCall and TSPI_lineSetCallParams with it \
                      are refused. Published providers do not look at the bearer mode: a warning.",
        why: "A program that speaks to the modem itself takes the port for its own, and the provider dials on it.",
        mend: "Return LINEERR_INVALBEARERMODE for a bearer mode that dwBearerModes does not list.",
        broken_by: "passthrough-unclaimed",
        exercises: &["passthrough-asked", "passthrough"],
        judge: passthrough_is_claimed,
    },
];

/// What LINECALLPARAMS of a call says.
fn params(one: &Invocation<'_>) -> Option<Decoded> {
    Some(decode(&LINECALLPARAMS, one.bytes_in("lpCallParams")?, one.version))
}

fn number(params: &Decoded, member: &str) -> u32 {
    let value = params.get(member).and_then(Value::number);
    value.unwrap_or_default()
}

/// The call of TSPI_lineMakeCall that made the call of an answer.
fn maker<'s, 't>(story: &'s Story<'t>, info: &Answer) -> Option<&'s Invocation<'t>> {
    let Origin::Made(invocation) = story.call(info.call?)?.origin else {
        return None;
    };
    let made = story.invocations.get(invocation)?;
    (made.function.name == "TSPI_lineMakeCall").then_some(made)
}

fn params_stand_in_callinfo(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLINFO", |info| {
        let made = maker(story, info)?;
        let given = params(made);
        let flags = || wrong_flags(given.as_ref()?, info);
        let data = || wrong_data(story, given.as_ref()?, info);
        let media = given.as_ref().map_or(0, |given| number(given, "dwMediaMode"));
        let bearer = given.as_ref().map_or(0, |given| number(given, "dwBearerMode"));
        let bearer = || wrong_bearer(story, bearer, info);
        let wrong = wrong_media(story, media, info).or_else(bearer).or_else(flags).or_else(data);
        kept(wrong.is_none(), || wrong.unwrap_or_default()).map(|said| said.with([made.called]))
    })
}

fn wrong_flags(given: &Decoded, info: &Answer) -> Option<String> {
    // A call can be secured later on.
    let later = constant_value("LINECALLPARAMFLAGS_SECURE");
    let (was, is) = (number(given, "dwCallParamFlags"), info.number("dwCallParamFlags")?);
    (was & !later != is & !later).then(|| format!("dwCallParamFlags was {was:#x}, and LINECALLINFO says {is:#x}"))
}

/// Whether a function was called on the call of an answer before it was read.
fn was_set(story: &Story<'_>, info: &Answer, function: &str) -> bool {
    let mut set = story.invocations_of(function).filter(|one| one.called < info.at);
    set.any(|one| story.call_of(one, "hdCall").map(|call| call.ht) == info.call)
}

fn wrong_media(story: &Story<'_>, given: u32, info: &Answer) -> Option<String> {
    let usual = constant_value("LINEMEDIAMODE_INTERACTIVEVOICE");
    let was = if given == 0 { usual } else { given };
    let is = info.number("dwMediaMode")?;
    if was_set(story, info, "TSPI_lineSetMediaMode") {
        return None;
    }
    (was & is == 0).then(|| {
        let [was, is] = [was, is].map(|media| render_constant("LINEMEDIAMODE", media));
        format!("the call was made for {was}, and LINECALLINFO.dwMediaMode is {is}")
    })
}

/// No bearer mode at all is the one for voice; whether another is in force that was asked for, tspi/lineMakeCall/13 judges.
fn wrong_bearer(story: &Story<'_>, given: u32, info: &Answer) -> Option<String> {
    let is = info.number("dwBearerMode").filter(|_| given == 0 && !was_set(story, info, "TSPI_lineSetCallParams"))?;
    let wrong = is != constant_value("LINEBEARERMODE_VOICE");
    wrong.then(|| format!("no bearer mode was asked for, and LINECALLINFO.dwBearerMode is {}", render_constant("LINEBEARERMODE", is)))
}

fn wrong_data(story: &Story<'_>, given: &Decoded, info: &Answer) -> Option<String> {
    let (was, is) = (given.get("CallData")?, info.decoded.get("CallData")?);
    let told = *was != Value::Absent && *is != Value::Absent && !was_set(story, info, "TSPI_lineSetCallData");
    (told && was != is).then(|| format!("CallData was {was}, and LINECALLINFO says {is}"))
}

fn called_id_is_what_was_dialled(story: &Story<'_>) -> Judgement {
    let digits = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>();
    each_answer(story, "LINECALLINFO", |info| {
        let made = maker(story, info)?;
        let dialled = digits(&made.text_in("lpszDestAddress")?);
        let called = digits(info.text("CalledID")?);
        if dialled.is_empty() || called.is_empty() || !info.has("dwCalledIDFlags", "LINECALLPARTYID_ADDRESS") {
            return None;
        }
        kept(dialled.ends_with(&called) || called.ends_with(&dialled), || {
            format!("{dialled} was dialled, and LINECALLINFO.CalledID is {called}")
        })
    })
}

/// How much later than its time a call may be given up.
const LATE: Duration = Duration::from_millis(1200);

fn unanswered_calls_are_given_up(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let seconds = number(&params(one)?, "dwNoAnswerTimeout");
        let caps = story.caps("LINEADDRESSCAPS", story.device_of(one)?, one.called)?;
        let able = caps.number("dwMaxNoAnswerTimeout")?;
        if !outcome.succeeded() || seconds == 0 || seconds > able {
            return None;
        }
        let call = story.call(one.value("htCall")?)?;
        let waits = ["LINECALLSTATE_PROCEEDING", "LINECALLSTATE_RINGBACK"];
        let begun = call.next_of(&waits, one.called)?;
        let left = call.states.iter().find(|seen| {
            seen.at > begun.at && !waits.iter().any(|state| seen.state == constant_value(state))
        });
        let closed = story.invocations.iter().find(|other| {
            let ends = matches!(
                other.function.name,
                "TSPI_lineDrop" | "TSPI_lineCloseCall" | "TSPI_lineClose" | "TSPI_providerShutdown"
            );
            ends && other.called > begun.at && other.value("hdCall").is_none_or(|hd| Some(hd) == call.hd)
        });
        let time = Duration::from_secs(u64::from(seconds));
        let until = closed.map_or(story.end(), |one| story.time(one.called));
        let waited = left.map_or(until, |left| story.time(left.at).min(until)) - story.time(begun.at);
        if waited > time + LATE {
            return kept(false, || format!("dwNoAnswerTimeout is {seconds} s, and the call rang {} ms", waited.as_millis()));
        }
        let left = left.filter(|left| story.time(left.at) <= until)?;
        if left.state != constant_value("LINECALLSTATE_DISCONNECTED") {
            return None;
        }
        let unanswered = left.mode == u64::from(constant_value("LINEDISCONNECTMODE_NOANSWER"));
        // The report that it rings may have come late, and then less was seen of the time.
        if waited < time && !(unanswered && waited >= time / 2) {
            return None;
        }
        kept(unanswered, || {
            let mode = render_constant("LINEDISCONNECTMODE", left.mode as u32);
            format!("the call was given up after {seconds} s as {mode}, not LINEDISCONNECTMODE_NOANSWER")
        })
        .map(|said| said.with([left.at]))
    })
}

fn only_dialers_transfer(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEADDRESSCAPS", |caps| {
        let states = caps.number("dwPredictiveAutoTransferStates")?;
        caps.number("dwAddrCapFlags")?;
        let dialer = caps.has("dwAddrCapFlags", "LINEADDRCAPFLAGS_PREDICTIVEDIALER");
        kept(states == 0 || dialer, || {
            format!(
                "dwPredictiveAutoTransferStates is {}, and dwAddrCapFlags lacks LINEADDRCAPFLAGS_PREDICTIVEDIALER",
                render_constant("LINECALLSTATE", states)
            )
        })
    })
}

fn predictive_calls_are_transferred(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let states = number(&params(one)?, "dwPredictiveAutoTransferStates");
        let caps = story.caps("LINEADDRESSCAPS", story.device_of(one)?, one.called)?;
        let able = caps.number("dwPredictiveAutoTransferStates")?;
        if states == 0 || states & !able != 0 || !caps.has("dwAddrCapFlags", "LINEADDRCAPFLAGS_PREDICTIVEDIALER") {
            return None;
        }
        if !outcome.succeeded() {
            let refused = is_error(outcome.result, &["LINEERR_INVALCALLPARAMS", "LINEERR_OPERATIONUNAVAIL"]);
            return kept(!refused, || format!("the states are claimed, and {} came", render_result(outcome.result)));
        }
        let call = story.call(one.value("htCall")?)?;
        let entered = call.states.iter().find(|seen| seen.state & states != 0)?;
        let left = call.states.iter().any(|seen| seen.at > entered.at);
        if !left && !call_was_given_time(story, call, entered.at) {
            return None;
        }
        // What follows by itself comes before anybody drops the call.
        let dropped = story.invocations_of("TSPI_lineDrop").find(|drop| drop.value("hdCall") == call.hd);
        let until = dropped.map_or(usize::MAX, |drop| drop.called);
        let left = call.states.iter().any(|seen| seen.at > entered.at && seen.at < until);
        kept(left, || {
            format!(
                "the call entered {}, and was not transferred",
                render_constant("LINECALLSTATE", entered.state)
            )
        })
        .map(|said| said.with([entered.at]))
    })
}

/// Whether the line claims passthrough, where a call asks for it.
fn passthrough_asked(story: &Story<'_>, one: &Invocation<'_>) -> Option<bool> {
    let bearer = constant_value("LINEBEARERMODE_PASSTHROUGH");
    let wanted = match one.function.name {
        "TSPI_lineMakeCall" => number(&params(one)?, "dwBearerMode"),
        _ => one.dword("dwBearerMode"),
    };
    if wanted != bearer {
        return None;
    }
    let caps = story.caps("LINEDEVCAPS", story.device_of(one)?, one.called)?;
    Some(caps.number("dwBearerModes")? & bearer != 0)
}

const ASKS_FOR_PASSTHROUGH: [&str; 2] = ["TSPI_lineMakeCall", "TSPI_lineSetCallParams"];

fn passthrough_connects_at_once(story: &Story<'_>) -> Judgement {
    let errors = ["LINEERR_INVALBEARERMODE", "LINEERR_BEARERMODEUNAVAIL", "LINEERR_OPERATIONUNAVAIL"];
    let mut all = Judgement::default();
    for function in ASKS_FOR_PASSTHROUGH {
        all.join(each_outcome(story, function, |one, outcome| {
            passthrough_asked(story, one).filter(|able| *able)?;
            if outcome.succeeded() && function == "TSPI_lineSetCallParams" {
                let call = story.call_of(one, "hdCall")?;
                let connected = ["LINECALLSTATE_CONNECTED"];
                let up = call.was(&connected, one.called) || call.next_of(&connected, one.called).is_some();
                if !up && !call_was_given_time(story, call, outcome.at) {
                    return None;
                }
                return kept(up, || "a call was put into passthrough, and never was LINECALLSTATE_CONNECTED".to_owned());
            }
            if !outcome.succeeded() {
                return kept(!is_error(outcome.result, &errors), || {
                    format!("dwBearerModes has LINEBEARERMODE_PASSTHROUGH, and {} came", render_result(outcome.result))
                });
            }
            let call = story.call(one.value("htCall")?)?;
            let first = call.states.first();
            if first.is_none() && !call_was_given_time(story, call, outcome.at) {
                return None;
            }
            kept(first.is_some_and(|seen| seen.state == constant_value("LINECALLSTATE_CONNECTED")), || {
                let first = first.map_or("no state".to_owned(), |seen| render_constant("LINECALLSTATE", seen.state));
                format!("a call in passthrough began with {first}")
            })
        }));
    }
    all
}

fn passthrough_is_claimed(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for function in ASKS_FOR_PASSTHROUGH {
        all.join(each_outcome(story, function, |one, outcome| {
            passthrough_asked(story, one).filter(|able| !*able)?;
            kept(!outcome.succeeded(), || {
                format!("dwBearerModes lacks LINEBEARERMODE_PASSTHROUGH, and {function} was taken")
            })
        }));
    }
    all
}
