//! Rules about the flags that a call is set up with.

use super::Level::Must;
use super::judging::{EVENTUALLY, ON_ITS_WAY, call_was_given_time, each_outcome, kept};
use super::{CallLife, Invocation, Judgement, Rule, Story};
use crate::tspi::structures::structure;
use crate::tspi::{constant_value, decode, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/linecallparamflags--constants/1",
        page: "linecallparamflags--constants.md",
        level: Must,
        requirement: "A call that is made with LINECALLPARAMFLAGS_IDLE joins no call in progress: the other calls of the line neither \
                      become part of a conference nor end by it.",
        why: "A private word is heard by others, or cut off.",
        mend: "Take an idle call appearance, or fail with LINEERR_CALLUNAVAIL.",
        broken_by: "breaks-into-calls",
        exercises: &["idle-appearance"],
        judge: idle_appearances_disturb_nobody,
    },
    Rule {
        id: "tspi/linecallparamflags--constants/2",
        page: "linecallparamflags--constants.md",
        level: Must,
        requirement: "With LINECALLPARAMFLAGS_NOHOLDCONFERENCE the first call stays LINECALLSTATE_CONNECTED until the consultation call is \
                      connected, and where that fails, all the while. Once it is connected, the first call is \
                      LINECALLSTATE_CONFERENCED and the conference call LINECALLSTATE_CONNECTED; where it fails, the conference \
                      call becomes LINECALLSTATE_IDLE.",
        why: "The first party hears silence while somebody is called who may not come.",
        mend: "Leave the call connected until the conference stands, or refuse the flag.",
        broken_by: "holds-all-the-same",
        exercises: &["conference-without-hold"],
        judge: |story| no_hold_conferences_hold_nobody(story).and(no_hold_conferences_come_about(story)),
    },
    Rule {
        id: "tspi/linecallparamflags--constants/5",
        page: "linecallparamflags--constants.md",
        level: Must,
        requirement: "With LINECALLPARAMFLAGS_ONESTEPTRANSFER the provider dials TargetAddress by itself: the consultation call goes beyond \
                      LINECALLSTATE_DIALTONE without TSPI_lineDial.",
        why: "Applications wait for the call to go out, and the provider for them to dial.",
        mend: "Dial TargetAddress once the first call is on consultation hold, or refuse the flag.",
        broken_by: "waits-to-be-dialled",
        exercises: &["transfer-in-one-step"],
        judge: one_step_transfers_dial,
    },
];

/// Whether a call is set up with a flag of LINECALLPARAMS.
pub(super) fn has_flag(one: &Invocation<'_>, flag: &str) -> bool {
    let params = structure("LINECALLPARAMS").zip(one.bytes_in("lpCallParams"));
    let params = params.map(|(structure, bytes)| decode(structure, bytes, one.version));
    let flags = params.and_then(|params| params.get("dwCallParamFlags")?.number());
    flags.is_some_and(|flags| flags & constant_value(flag) != 0)
}

fn idle_appearances_disturb_nobody(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let disturbed = ["LINECALLSTATE_CONFERENCED", "LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"];
    for call in &story.calls {
        judgement.join(each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
            let line = story.line_by_hd(one.value("hdLine")?, one.called)?;
            let connected = call.was(&["LINECALLSTATE_CONNECTED"], one.called);
            if !has_flag(one, "LINECALLPARAMFLAGS_IDLE") || call.line != Some(line.ht) || !connected {
                return None;
            }
            let until = story.time(outcome.at) + ON_ITS_WAY;
            let after = call.next_of(&disturbed, one.called).filter(|seen| story.time(seen.at) <= until);
            // Unless that was asked for meanwhile.
            let ended = after.is_some_and(|seen| {
                story.invocations.iter().any(|other| {
                    other.called > one.called && other.called < seen.at && other.function.name.contains("Drop")
                })
            });
            kept(after.is_none() || ended, || {
                let state = after.map_or(0, |seen| seen.state);
                format!("a call of the line is {} since", render_constant("LINECALLSTATE", state))
            })
        }));
    }
    judgement
}

fn no_hold_conferences_hold_nobody(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineSetupConference", |one, outcome| {
        let first = story.call_of(one, "hdCall")?;
        let consultation = story.call(one.value("htConsultCall")?)?;
        let connected = first.was(&["LINECALLSTATE_CONNECTED"], one.called);
        if !outcome.succeeded() || !connected || !has_flag(one, "LINECALLPARAMFLAGS_NOHOLDCONFERENCE") {
            return None;
        }
        let joined = consultation.next_of(&["LINECALLSTATE_CONNECTED", "LINECALLSTATE_CONFERENCED"], one.called);
        let left = first.states.iter().find(|seen| seen.at > one.called);
        // Leaving is right once the consultation call is connected, a moment sooner or later.
        let right = left.is_none_or(|left| {
            let over = constant_value("LINECALLSTATE_DISCONNECTED") | constant_value("LINECALLSTATE_IDLE");
            left.state & over != 0 || joined.is_some_and(|joined| joined.at <= left.at || story.time(joined.at) - story.time(left.at) <= ON_ITS_WAY)
        });
        kept(right, || {
            let state = left.map_or(0, |left| left.state);
            format!("the first call is {}, and the consultation call is not connected", render_constant("LINECALLSTATE", state))
        })
    })
}

/// What becomes of the conference once its consultation call has been connected, or has failed.
fn no_hold_conferences_come_about(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineSetupConference", |one, outcome| {
        let first = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let consultation = story.call(one.value("htConsultCall")?)?;
        let conference = story.call(one.value("htConfCall")?)?;
        if !has_flag(one, "LINECALLPARAMFLAGS_NOHOLDCONFERENCE") {
            return None;
        }
        let joined = consultation.next_of(&["LINECALLSTATE_CONNECTED", "LINECALLSTATE_CONFERENCED"], one.called);
        let failed = consultation.next_of(&["LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"], one.called);
        // Whoever drops a call, or leaves it, ends all of it.
        let from = joined.or(failed)?.at;
        let until = story.invocations.iter().find(|other| other.called > from && ends(other)).map_or(usize::MAX, |other| other.called);
        let became = |call: &CallLife, state: &str| {
            call.was(&[state], from) || call.next_of(&[state], from).is_some_and(|seen| seen.at < until)
        };
        let (missing, what) = match joined {
            Some(_) if !became(first, "LINECALLSTATE_CONFERENCED") => (Some(first), "the first call is not LINECALLSTATE_CONFERENCED"),
            Some(_) if !became(conference, "LINECALLSTATE_CONNECTED") => (Some(conference), "the conference call is not LINECALLSTATE_CONNECTED"),
            None if !became(conference, "LINECALLSTATE_IDLE") => (Some(conference), "the conference call is not LINECALLSTATE_IDLE"),
            _ => (None, ""),
        };
        if until != usize::MAX && missing.is_some() && story.time(until) - story.time(from) < EVENTUALLY
            || missing.is_some_and(|call| until == usize::MAX && !call_was_given_time(story, call, from))
        {
            return None;
        }
        kept(missing.is_none(), || {
            let how = if joined.is_some() { "is connected" } else { "has failed" };
            format!("the consultation call {how}, and {what}")
        })
        .map(|said| said.with([from]))
    })
}

/// Whether a function ends calls.
fn ends(one: &Invocation<'_>) -> bool {
    ["Drop", "Close", "Remove", "Shutdown"].iter().any(|word| one.function.name.contains(word))
}

fn one_step_transfers_dial(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineSetupTransfer", |one, outcome| {
        let consultation = story.call(one.value("htConsultCall")?)?;
        if !outcome.succeeded() || !has_flag(one, "LINECALLPARAMFLAGS_ONESTEPTRANSFER") {
            return None;
        }
        let beyond = [
            "LINECALLSTATE_DIALING",
            "LINECALLSTATE_PROCEEDING",
            "LINECALLSTATE_RINGBACK",
            "LINECALLSTATE_BUSY",
            "LINECALLSTATE_SPECIALINFO",
            "LINECALLSTATE_CONNECTED",
            "LINECALLSTATE_DISCONNECTED",
        ];
        let went = consultation.next_of(&beyond, one.called).is_some();
        let dialled = story.invocations_of("TSPI_lineDial").any(|dial| {
            story.call_of(dial, "hdCall").is_some_and(|call| call.ht == consultation.ht)
        });
        if dialled || !went && !call_was_given_time(story, consultation, outcome.at) {
            return None;
        }
        kept(went, || format!("the consultation call did not go out within {} s", EVENTUALLY.as_secs()))
    })
}
