//! Rules about the way that a call takes: which state may follow which, and with what detail.

use super::Level::Must;
use super::judging::{EVENTUALLY, Said, each_answer, each_outcome, kept};
use super::{CallLife, Judgement, Origin, Rule, StateSeen, Story};
use crate::tspi::{constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINE_CALLSTATE/11",
        page: "line-callstate.md",
        level: Must,
        requirement: "With LINECALLSTATE_CONFERENCED dwParam2 of LINE_CALLSTATE is the htCall of the conference call, or 0 where its \
                      handle is gone.",
        why: "Applications learn from it which call the conference is, and have no other way.",
        mend: "Pass TAPI's handle of the call that TSPI_lineSetupConference made, not your own.",
        broken_by: "conferenced-with-nobody",
        exercises: &["conference"],
        judge: members_name_their_conference,
    },
    Rule {
        id: "tspi/linecallstate--constants/1",
        page: "linecallstate--constants.md",
        level: Must,
        requirement: "LINECALLSTATE_ACCEPTED follows LINECALLSTATE_OFFERING, or is the first state of a call.",
        why: "Applications let their user answer an accepted call, and this one is beyond that.",
        mend: "Report LINECALLSTATE_ACCEPTED only for a call that is being offered.",
        broken_by: "accepted-when-connected",
        exercises: &["incoming-answered"],
        judge: accepted_calls_were_offered,
    },
    Rule {
        id: "tspi/linecallstate--constants/6",
        page: "linecallstate--constants.md",
        level: Must,
        requirement: "Generating digits never brings a call into LINECALLSTATE_DIALING: once a call is past dialling, it returns there \
                      only where TSPI_lineDial has been called.",
        why: "Applications take the call for one that is not yet set up.",
        mend: "Report LINECALLSTATE_DIALING for TSPI_lineMakeCall and TSPI_lineDial alone.",
        broken_by: "digits-are-dialling",
        exercises: &["digits"],
        judge: digits_are_no_dialling,
    },
    Rule {
        id: "tspi/linecallstate--constants/12",
        page: "linecallstate--constants.md",
        level: Must,
        requirement: "A call that is offered is reported so once: that its line rings again changes nothing of its state.",
        why: "Applications show another incoming call with each ring.",
        mend: "Report LINECALLSTATE_OFFERING when the call comes in, and rings by LINEDEVSTATE_RINGING.",
        broken_by: "offered-at-each-ring",
        exercises: &["incoming-rings"],
        judge: calls_are_offered_once,
    },
    Rule {
        id: "tspi/lineofferingmode--constants/4",
        page: "lineofferingmode--constants.md",
        level: Must,
        requirement: "A call that is offered as LINEOFFERINGMODE_ACTIVE is accompanied by LINEDEVSTATE_RINGING, where TAPI has asked for \
                      that and LINEDEVCAPS.dwLineStates lists it.",
        why: "Applications that sound a bell at each ring stay silent.",
        mend: "Send LINE_LINEDEVSTATE with LINEDEVSTATE_RINGING for each ring of the station.",
        broken_by: "rings-in-silence",
        exercises: &["incoming-rings"],
        judge: offered_calls_ring,
    },
    Rule {
        id: "tspi/lineofferingmode--constants/6",
        page: "lineofferingmode--constants.md",
        level: Must,
        requirement: "LINEOFFERINGMODE_INACTIVE is used only on an address that other stations share: on one that is \
                      LINEADDRESSSHARING_PRIVATE alone, offered calls are active.",
        why: "Applications do not ring for a call that alerts elsewhere, and it alerts nowhere.",
        mend: "Report LINEOFFERINGMODE_ACTIVE on private addresses.",
        broken_by: "offers-to-another-station",
        exercises: &["two-lines"],
        judge: private_addresses_are_alerted,
    },
    Rule {
        id: "tspi/lineconnectedmode--constants/7",
        page: "lineconnectedmode--constants.md",
        level: Must,
        requirement: "A connected call in LINECONNECTEDMODE_INACTIVE can be joined with TSPI_lineAnswer, which does not fail with \
                      LINEERR_INVALCALLSTATE.",
        why: "Applications have no other way to join it.",
        mend: "Let TSPI_lineAnswer take calls in that mode, or report LINECONNECTEDMODE_ACTIVE.",
        broken_by: "connected-elsewhere",
        exercises: &["answer-connected"],
        judge: inactive_calls_can_be_joined,
    },
    Rule {
        id: "tspi/linemediamode--constants/3",
        page: "linemediamode--constants.md",
        level: Must,
        requirement: "Of a call that is being offered nobody can tell a person from a machine: where the line has \
                      LINEMEDIAMODE_INTERACTIVEVOICE, its media type is not LINEMEDIAMODE_AUTOMATEDVOICE alone.",
        why: "TAPI offers the call to answering machines and not to people.",
        mend: "Report LINEMEDIAMODE_INTERACTIVEVOICE for voice until the call has been listened to.",
        broken_by: "callers-are-machines",
        exercises: &["two-lines"],
        judge: callers_are_taken_for_people,
    },
];

/// Judges each state of each call, with the call and the state before.
pub(super) fn each_state(
    story: &Story<'_>,
    judge: impl Fn(&CallLife, Option<StateSeen>, StateSeen) -> Option<Said>,
) -> Judgement {
    let mut judgement = Judgement::default();
    for call in &story.calls {
        let mut before = None;
        for seen in &call.states {
            judgement.say(seen.at, judge(call, before, *seen));
            before = Some(*seen);
        }
    }
    judgement
}

/// Whether that is the state that was reported.
pub(super) fn is(seen: StateSeen, state: &str) -> bool {
    seen.state == constant_value(state)
}

fn members_name_their_conference(story: &Story<'_>) -> Judgement {
    each_state(story, |_, _, seen| {
        if !is(seen, "LINECALLSTATE_CONFERENCED") {
            return None;
        }
        let known = seen.mode == 0 || story.call(seen.mode).is_some();
        kept(known, || {
            format!("LINECALLSTATE_CONFERENCED with dwParam2 = {:#x}, which is no call", seen.mode)
        })
    })
}

fn accepted_calls_were_offered(story: &Story<'_>) -> Judgement {
    each_state(story, |_, before, seen| {
        let before = before?;
        if is(before, "LINECALLSTATE_OFFERING") {
            return Some(Said::Kept);
        }
        if !is(seen, "LINECALLSTATE_ACCEPTED") || is(before, "LINECALLSTATE_UNKNOWN") || is(before, "LINECALLSTATE_ACCEPTED") {
            return None;
        }
        kept(false, || {
            format!("LINECALLSTATE_ACCEPTED after {}", render_constant("LINECALLSTATE", before.state))
        })
    })
}

/// States of a call that is past dialling.
const PAST_DIALLING: [&str; 4] = [
    "LINECALLSTATE_PROCEEDING",
    "LINECALLSTATE_RINGBACK",
    "LINECALLSTATE_BUSY",
    "LINECALLSTATE_CONNECTED",
];

fn digits_are_no_dialling(story: &Story<'_>) -> Judgement {
    each_state(story, |call, before, seen| {
        let before = before?;
        if !PAST_DIALLING.iter().any(|state| is(before, state)) {
            return None;
        }
        let dials = ["TSPI_lineDial", "TSPI_lineMakeCall"];
        let dialled = story.invocations.iter().any(|one| {
            let mine = story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht);
            dials.contains(&one.function.name) && mine && one.called < seen.at
        });
        let right = !is(seen, "LINECALLSTATE_DIALING") || dialled;
        kept(right, || {
            format!(
                "the call went from {} to LINECALLSTATE_DIALING, and nobody has dialled",
                render_constant("LINECALLSTATE", before.state)
            )
        })
    })
}

fn calls_are_offered_once(story: &Story<'_>) -> Judgement {
    each_state(story, |_, before, seen| {
        if !is(seen, "LINECALLSTATE_OFFERING") {
            return None;
        }
        let again = before.is_some_and(|before| is(before, "LINECALLSTATE_OFFERING") && before.mode == seen.mode);
        kept(!again, || "LINECALLSTATE_OFFERING was reported again, and nothing had changed".to_owned())
    })
}

/// A ring and the pause after it, with something to spare.
const RING_CYCLE: std::time::Duration = std::time::Duration::from_millis(6_500);

fn offered_calls_ring(story: &Story<'_>) -> Judgement {
    let (message, ringing) = (constant_value("LINE_LINEDEVSTATE"), constant_value("LINEDEVSTATE_RINGING"));
    each_state(story, |call, _, seen| {
        let line = story.line(call.line?)?;
        let active = [0, constant_value("LINEOFFERINGMODE_ACTIVE")];
        let offered = is(seen, "LINECALLSTATE_OFFERING") && active.map(u64::from).contains(&seen.mode);
        let claimed = story.caps("LINEDEVCAPS", line.device, seen.at)?.has("dwLineStates", "LINEDEVSTATE_RINGING");
        if !offered || !claimed || story.line_mask(line.ht, seen.at).states & ringing == 0 {
            return None;
        }
        let left = call.states.iter().find(|later| later.at > seen.at).map_or(story.end(), |later| story.time(later.at));
        let from = story.time(seen.at).saturating_sub(EVENTUALLY);
        let rang = story.callbacks.iter().any(|(at, args)| {
            args.msg == message && args.device == line.ht && args.params[0] == u64::from(ringing) && story.time(*at) >= from && story.time(*at) <= left
        });
        if !rang && left - story.time(seen.at) < RING_CYCLE {
            return None;
        }
        kept(rang, || "the call was offered as active, and LINEDEVSTATE_RINGING never came".to_owned())
    })
}

fn private_addresses_are_alerted(story: &Story<'_>) -> Judgement {
    let private = constant_value("LINEADDRESSSHARING_PRIVATE");
    each_state(story, |call, _, seen| {
        let line = story.line(call.line?).filter(|_| is(seen, "LINECALLSTATE_OFFERING"))?;
        let sharing = story.caps("LINEADDRESSCAPS", line.device, seen.at)?.number("dwAddressSharing")?;
        if sharing != private {
            return None;
        }
        kept(seen.mode & u64::from(constant_value("LINEOFFERINGMODE_INACTIVE")) == 0, || {
            "dwAddressSharing is LINEADDRESSSHARING_PRIVATE, and the call is offered as LINEOFFERINGMODE_INACTIVE".to_owned()
        })
    })
}

fn inactive_calls_can_be_joined(story: &Story<'_>) -> Judgement {
    let inactive = u64::from(constant_value("LINECONNECTEDMODE_INACTIVE"));
    each_outcome(story, "TSPI_lineAnswer", |one, outcome| {
        let seen = story.call_of(one, "hdCall")?.state_before(one.called)?;
        if !is(seen, "LINECALLSTATE_CONNECTED") || seen.mode != inactive {
            return None;
        }
        kept(outcome.result != constant_value("LINEERR_INVALCALLSTATE") as i32, || {
            format!("the call is LINECONNECTEDMODE_INACTIVE, and {} came", render_result(outcome.result))
        })
        .map(|said| said.with([seen.at]))
    })
}

fn callers_are_taken_for_people(story: &Story<'_>) -> Judgement {
    let machine = constant_value("LINEMEDIAMODE_AUTOMATEDVOICE");
    let modes = story.claimed("LINEDEVCAPS", "dwMediaModes").unwrap_or_default();
    each_answer(story, "LINECALLINFO", |info| {
        let call = story.call(info.call?)?;
        let called = story.invocations[info.invocation].called;
        let announced = matches!(call.origin, Origin::Announced(_));
        if !announced || !call.was(&["LINECALLSTATE_OFFERING"], called) || modes & constant_value("LINEMEDIAMODE_INTERACTIVEVOICE") == 0 {
            return None;
        }
        let media = info.number("dwMediaMode")?;
        kept(media != machine, || {
            "a call that is being offered is LINEMEDIAMODE_AUTOMATEDVOICE, and the line has LINEMEDIAMODE_INTERACTIVEVOICE".to_owned()
        })
    })
}
