//! Rules about calls that ring, and about lines that have a call already.

use super::Level::Must;
use super::judging::{EVENTUALLY, ON_ITS_WAY, call_was_given_time, each_outcome, is_error, kept};
use super::{CallLife, Judgement, Rule, Story};
use crate::tspi::{Mode, constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineAccept/12",
        page: "nf-tspi-tspi_lineaccept.md",
        level: Must,
        requirement: "A call that TSPI_lineAccept has accepted alerts, which LINE_LINEDEVSTATE with LINEDEVSTATE_RINGING reports where \
                      TSPI_lineSetStatusMessages has asked for it and LINEDEVCAPS.dwLineStates lists it; where the caller is a line of \
                      the provider too, its call is LINECALLSTATE_RINGBACK by then.",
        why: "Applications that ring for the user stay silent.",
        mend: "Send LINEDEVSTATE_RINGING when the call begins to alert, and at each ring.",
        broken_by: "rings-unsaid",
        exercises: &["accepted-at-once"],
        judge: |story| accepted_calls_ring(story).and(callers_hear_ringing(story)),
    },
    Rule {
        id: "tspi/lineAccept/11",
        page: "nf-tspi-tspi_lineaccept.md",
        level: Must,
        requirement: "LINEADDRESSCAPS.dwAddrCapFlags has LINEADDRCAPFLAGS_ACCEPTTOALERT where a call is reported to ring only once \
                      TSPI_lineAccept has accepted it, and only there.",
        why: "TAPI accepts offered calls by itself only where it must; else nobody ever hears the call.",
        mend: "Set LINEADDRCAPFLAGS_ACCEPTTOALERT if the switch waits for the accept before it rings.",
        broken_by: "rings-once-accepted",
        exercises: &["accepted"],
        judge: accept_to_alert_is_claimed,
    },
    Rule {
        id: "tspi/lineAnswer/10",
        page: "nf-tspi-tspi_lineanswer.md",
        level: Must,
        requirement: "What answering does to another call of the line is what LINEDEVCAPS.dwAnswerMode announces: without \
                      LINEANSWERMODE_DROP no call that is up or on hold ends, without LINEANSWERMODE_HOLD none is put on hold, and \
                      without LINEANSWERMODE_NONE a connected one does not stay as it is; LINE_CALLSTATE reports it.",
        why: "The application answers a second call and loses the first.",
        mend: "Set dwAnswerMode to what the switch does when a second call is answered, and report the state of both calls.",
        broken_by: "answering-drops",
        exercises: &["answered", "answered-beside"],
        judge: answering_does_as_announced,
    },
    Rule {
        id: "tspi/lineHold/5",
        page: "nf-tspi-tspi_linehold.md",
        level: Must,
        requirement: "A call on hold leaves its line free for others: TSPI_lineMakeCall is not refused with LINEERR_CALLUNAVAIL, \
                      LINEERR_RESOURCEUNAVAIL or LINEERR_INVALCALLSTATE where all that is on the line is on hold.",
        why: "Holding is of no use if nobody else can be called meanwhile.",
        mend: "Count only calls that are not on hold against the calls that a line may have.",
        broken_by: "held-call-occupies",
        exercises: &["swap"],
        judge: held_calls_leave_the_line_free,
    },
];

/// The first report of ringing on the call's line since the call came, or a moment before it was announced.
fn first_ring(story: &Story<'_>, call: &CallLife) -> Option<usize> {
    let (message, ringing) = (constant_value("LINE_LINEDEVSTATE"), u64::from(constant_value("LINEDEVSTATE_RINGING")));
    let since = story.time(call.begun).saturating_sub(ON_ITS_WAY);
    let rings = story.callbacks.iter().find(|(at, args)| {
        story.time(*at) >= since
            && call.closed.is_none_or(|closed| *at < closed)
            && Some(args.device) == call.line
            && args.msg == message
            && args.params[0] & ringing != 0
    });
    rings.map(|(at, _)| *at)
}

/// Whether ringing is asked for on the call's line, and the only call that lives there is this one.
fn rings_alone(story: &Story<'_>, call: &CallLife, at: usize) -> bool {
    let alone = !story.calls.iter().any(|other| {
        let ended = other.next_of(&["LINECALLSTATE_IDLE"], other.begun).map(|seen| seen.at);
        let gone = ended.or(other.closed).is_some_and(|gone| gone < call.begun);
        other.ht != call.ht && other.line == call.line && other.begun < at && !gone
    });
    let asked = call.line.map(|line| story.line_mask(line, call.begun).states);
    alone && asked.is_some_and(|states| states & constant_value("LINEDEVSTATE_RINGING") != 0)
}

fn accepted_calls_ring(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineAccept", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let caps = story.caps("LINEDEVCAPS", story.device_of(one)?, one.called)?;
        if !caps.has("dwLineStates", "LINEDEVSTATE_RINGING") || !rings_alone(story, call, one.called) {
            return None;
        }
        let rang = first_ring(story, call).is_some();
        if !rang && !call_was_given_time(story, call, outcome.at) {
            return None;
        }
        kept(rang, || "the call was accepted, and LINEDEVSTATE_RINGING never came".to_owned())
    })
}

/// The calling end of a call that was accepted is told that the other rings.
fn callers_hear_ringing(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineAccept", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let caller = story.other_end(call)?;
        let line = caller.line.and_then(|line| story.line(line))?;
        if !story.caps("LINEADDRESSCAPS", line.device, one.called)?.has("dwCallStates", "LINECALLSTATE_RINGBACK") {
            return None;
        }
        let past = ["LINECALLSTATE_RINGBACK", "LINECALLSTATE_CONNECTED", "LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"];
        let next = story.invocations.iter().find(|other| {
            other.called > outcome.at && (other.function.mode == Mode::Async || other.function.name.contains("Close"))
        });
        let until = next.map_or(story.events.len() - 1, |next| next.called);
        let rang = caller.states.iter().any(|seen| seen.state == constant_value(past[0]) && seen.at < until);
        let over = caller.states.iter().any(|seen| seen.at < until && past[1..].iter().any(|state| seen.state == constant_value(state)));
        if !rang && (over || story.time(until).saturating_sub(story.time(outcome.at)) < EVENTUALLY) {
            return None;
        }
        kept(rang, || "the call was accepted, and the caller's was never LINECALLSTATE_RINGBACK".to_owned())
    })
}

fn accept_to_alert_is_claimed(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineAccept", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let caps = story.caps("LINEADDRESSCAPS", story.device_of(one)?, one.called)?;
        let ring = first_ring(story, call).filter(|_| rings_alone(story, call, one.called))?;
        let waited = story.time(one.called) - story.time(call.begun) >= EVENTUALLY;
        let claimed = caps.has("dwAddrCapFlags", "LINEADDRCAPFLAGS_ACCEPTTOALERT");
        match (ring > one.called, claimed) {
            (true, false) if waited => kept(false, || {
                "the call rang only once it was accepted, and LINEADDRCAPFLAGS_ACCEPTTOALERT is not set".to_owned()
            }),
            (false, true) => kept(false, || {
                "LINEADDRCAPFLAGS_ACCEPTTOALERT is set, and the call rang before it was accepted".to_owned()
            }),
            _ => kept(true, String::new),
        }
        .map(|said| said.with([ring]))
    })
}

fn answering_does_as_announced(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations_of("TSPI_lineAnswer") {
        let outcome = story.outcome(one).filter(|outcome| outcome.succeeded());
        let (Some(outcome), Some(call)) = (outcome, story.call_of(one, "hdCall")) else {
            continue;
        };
        let device = story.device_of(one);
        let caps = device.and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
        let Some(modes) = caps.and_then(|caps| caps.number("dwAnswerMode")).filter(|modes| *modes != 0) else {
            continue;
        };
        let has = |mode: &str| modes & constant_value(mode) != 0;
        let up = ["LINECALLSTATE_CONNECTED", "LINECALLSTATE_ONHOLD"];
        let others = story.calls.iter().filter(|other| {
            let open = other.closed.is_none_or(|closed| closed > outcome.at);
            other.ht != call.ht && other.line == call.line && open && other.was(&up, one.called)
        });
        // What is asked for next may change the other call too.
        let next = story.invocations.iter().find(|next| {
            let asks = next.function.mode == Mode::Async || next.function.name == "TSPI_lineClose";
            next.called > outcome.at && asks
        });
        let (until, end) = next.map_or((story.events.len(), story.end()), |next| {
            (next.called, story.time(next.called))
        });
        if end.saturating_sub(story.time(outcome.at)) < EVENTUALLY {
            continue;
        }
        for other in others {
            let was_connected = other.was(&["LINECALLSTATE_CONNECTED"], one.called);
            let later = other.state_before(until).map_or(0, |seen| seen.state);
            let is = |state: &str| later == constant_value(state);
            let right = if is("LINECALLSTATE_IDLE") || is("LINECALLSTATE_DISCONNECTED") {
                has("LINEANSWERMODE_DROP")
            } else if is("LINECALLSTATE_ONHOLD") && was_connected {
                has("LINEANSWERMODE_HOLD")
            } else {
                !is("LINECALLSTATE_CONNECTED") || has("LINEANSWERMODE_NONE")
            };
            let said = kept(right, || {
                let (modes, later) = (render_constant("LINEANSWERMODE", modes), render_constant("LINECALLSTATE", later));
                format!("dwAnswerMode is {modes}, and another call of the line is {later} after answering")
            });
            judgement.say(outcome.at, said.map(|said| said.with([one.called])));
        }
    }
    judgement
}

fn held_calls_leave_the_line_free(story: &Story<'_>) -> Judgement {
    let errors = ["LINEERR_CALLUNAVAIL", "LINEERR_RESOURCEUNAVAIL", "LINEERR_INVALCALLSTATE"];
    each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let line = story.line_by_hd(one.value("hdLine")?, one.called)?;
        let living = story.calls.iter().filter(|call| {
            let last = call.state_before(one.called);
            let over = last.is_none_or(|seen| seen.state == constant_value("LINECALLSTATE_IDLE"));
            call.line == Some(line.ht) && call.closed.is_none_or(|closed| closed > one.called) && !over
        });
        let held: Vec<bool> = living.map(|call| call.was(&["LINECALLSTATE_ONHOLD"], one.called)).collect();
        if held.is_empty() || held.contains(&false) {
            return None;
        }
        kept(!is_error(outcome.result, &errors), || {
            format!("all on the line is on hold, and a new call was refused with {}", render_result(outcome.result))
        })
    })
}
