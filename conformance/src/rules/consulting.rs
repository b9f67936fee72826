//! Rules about consultation calls and conferences: what is set up can be used and dropped, and the other calls stay.

use super::Level::Must;
use super::judging::{each_answer, each_outcome, is_error, kept, never_fails_with, refuses};
use super::{CallLife, Invocation, Judgement, Origin, Rule, Story};
use crate::tspi::{constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineSetupTransfer/10",
        page: "nf-tspi-tspi_linesetuptransfer.md",
        level: Must,
        requirement: "The consultation call that TSPI_lineSetupTransfer, TSPI_lineSetupConference or TSPI_linePrepareAddToConference makes can be \
                      used: in dial tone TSPI_lineDial dials on it, and once connected TSPI_lineCompleteTransfer or \
                      TSPI_lineAddToConference takes it.",
        why: "The transfer or conference ends half-way, with a caller on hold.",
        mend: "Make a call of its own that all functions for calls know.",
        broken_by: "consultation-cannot-dial",
        exercises: &["transfer", "conference"],
        judge: consultations_can_be_used,
    },
    Rule {
        id: "tspi/lineSetupTransfer/13",
        page: "nf-tspi-tspi_linesetuptransfer.md",
        level: Must,
        requirement: "TSPI_lineDrop on a consultation call cancels it alone: it becomes idle, and the call that it was set up from does not end.",
        why: "A caller is lost because the third party was busy.",
        mend: "Clear the consultation's own connection; leave the held one.",
        broken_by: "drops-the-original",
        exercises: &["transfer-cancelled"],
        judge: originals_outlive_consultations,
    },
    Rule {
        id: "tspi/lineRemoveFromConference/6",
        page: "nf-tspi-tspi_lineremovefromconference.md",
        level: Must,
        requirement: "Removing one call from a conference leaves the others in it: no other member changes its state, where two or more remain.",
        why: "One party leaves, and the others are cut off.",
        mend: "Clear the one party's connection only.",
        broken_by: "empties-conferences",
        exercises: &["conference-of-three"],
        judge: other_members_stay,
    },
    Rule {
        id: "tspi/lineRemoveFromConference/10",
        page: "nf-tspi-tspi_lineremovefromconference.md",
        level: Must,
        requirement: "Where calls can be removed from conferences, LINEADDRESSCAPS.dwRemoveFromConfState names the state that a removed call \
                      enters, and that state is reported for it.",
        why: "Applications wait for the state that the capabilities promise.",
        mend: "Name the true state in dwRemoveFromConfState.",
        broken_by: "removed-into-another-state",
        exercises: &["conference"],
        judge: removed_calls_go_where_claimed,
    },
    Rule {
        id: "tspi/linePrepareAddToConference/5",
        page: "nf-tspi-tspi_lineprepareaddtoconference.md",
        level: Must,
        requirement: "An idle conference takes no more parties: TSPI_linePrepareAddToConference fails, and TSPI_lineAddToConference too.",
        why: "The application is told that something was done which could not be.",
        mend: "Look at the state of the conference call first; return LINEERR_INVALCALLSTATE.",
        broken_by: "grows-idle-conferences",
        exercises: &["conference"],
        judge: |story| {
            let mut all = Judgement::default();
            for function in ["TSPI_linePrepareAddToConference", "TSPI_lineAddToConference"] {
                all.join(refuses(story, function, &[], |one| {
                    story.call_of(one, "hdConfCall").is_some_and(|call| call.was(&["LINECALLSTATE_IDLE"], one.called))
                }));
            }
            all
        },
    },
    Rule {
        id: "tspi/lineSetupConference/6",
        page: "nf-tspi-tspi_linesetupconference.md",
        level: Must,
        requirement: "hdLine is ignored where TSPI_lineSetupConference is given a call: it is not refused with LINEERR_INVALLINEHANDLE.",
        why: "TAPI passes nothing of use there.",
        mend: "Take the line from hdCall where that is not NULL.",
        broken_by: "demands-conference-line",
        exercises: &["conference-of-three"],
        judge: |story| {
            never_fails_with(story, "TSPI_lineSetupConference", &["LINEERR_INVALLINEHANDLE"], |one| one.value("hdCall").is_some_and(|hd| hd != 0))
        },
    },
    Rule {
        id: "tspi/lineSetupConference/5",
        page: "nf-tspi-tspi_linesetupconference.md",
        level: Must,
        requirement: "LINEADDRCAPFLAGS_SETUPCONFNULL says how a conference begins: with it, TSPI_lineSetupConference without a call is not refused \
                      with LINEERR_INVALCALLHANDLE; without it, that is the error, unless there are no conferences at all.",
        why: "Applications choose by this flag, and choose wrong.",
        mend: "Set the flag exactly where hdCall may be NULL.",
        broken_by: "conference-flag-turned",
        exercises: &["conference-from-nothing"],
        judge: conferences_begin_as_claimed,
    },
    Rule {
        id: "tspi/lineSetupTransfer/18",
        page: "nf-tspi-tspi_linesetuptransfer.md",
        level: Must,
        requirement: "An address that knows transfers only between calls that are there already says so: LINEADDRCAPFLAGS_TRANSFERHELD or \
                      TRANSFERMAKE where LINECALLFEATURE_COMPLETETRANSF is claimed without LINECALLFEATURE_SETUPTRANSFER; \
                      TSPI_lineSetupTransfer fails there.",
        why: "Applications cannot tell how to transfer.",
        mend: "Claim LINECALLFEATURE_SETUPTRANSFER, or the flag of the model that the switch has.",
        broken_by: "transfer-model-unsaid",
        exercises: &["two-lines"],
        judge: transfer_models_are_published,
    },
];

/// The invocation that set a consultation call up.
fn set_up_by<'s, 't>(story: &'s Story<'t>, call: &CallLife) -> Option<&'s Invocation<'t>> {
    let Origin::Made(made) = call.origin else { return None };
    story.invocations.get(made).filter(|one| one.value("htConsultCall") == Some(call.ht))
}

fn consultations_can_be_used(story: &Story<'_>) -> Judgement {
    let uses: [(&str, &str, &[&str], &[&str]); 3] = [
        ("TSPI_lineDial", "hdCall", &["LINECALLSTATE_DIALTONE"], &["LINEERR_INVALCALLHANDLE", "LINEERR_INVALCALLSTATE", "LINEERR_OPERATIONUNAVAIL"]),
        ("TSPI_lineCompleteTransfer", "hdConsultCall", &["LINECALLSTATE_CONNECTED"], &["LINEERR_INVALCALLHANDLE", "LINEERR_INVALCONSULTCALLHANDLE"]),
        ("TSPI_lineAddToConference", "hdConsultCall", &["LINECALLSTATE_CONNECTED"], &["LINEERR_INVALCALLHANDLE", "LINEERR_INVALCONSULTCALLHANDLE"]),
    ];
    let mut all = Judgement::default();
    for (function, parameter, states, errors) in uses {
        all.join(each_outcome(story, function, |one, outcome| {
            let call = story.call_of(one, parameter)?;
            let made = set_up_by(story, call)?;
            let transfers = made.function.name == "TSPI_lineSetupTransfer";
            let fits = match function {
                "TSPI_lineCompleteTransfer" => transfers && made.value("hdCall") == one.value("hdCall"),
                "TSPI_lineAddToConference" => !transfers,
                _ => true,
            };
            let moved = call.states.iter().any(|seen| seen.at > one.called && seen.at < outcome.at);
            if !fits || moved || !call.was(states, one.called) {
                return None;
            }
            kept(!is_error(outcome.result, errors), || {
                format!("{function} on a consultation call that {} made failed with {}", made.function.name, render_result(outcome.result))
            })
            .map(|said| said.with([made.called]))
        }));
    }
    all
}

fn originals_outlive_consultations(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineDrop", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let made = set_up_by(story, call)?;
        let original = match made.function.name {
            "TSPI_lineSetupTransfer" => story.call_of(made, "hdCall")?,
            "TSPI_linePrepareAddToConference" => story.call_of(made, "hdConfCall")?,
            _ => return None,
        };
        let held = ["LINECALLSTATE_ONHOLDPENDTRANSFER", "LINECALLSTATE_ONHOLDPENDCONF", "LINECALLSTATE_ONHOLD"];
        if !original.was(&held, one.called) {
            return None;
        }
        let acts = |other: &&Invocation<'_>| other.called > one.called && !other.function.name.contains("Get") && other.function.name != "TSPI_lineCloseCall";
        let until = story.invocations.iter().find(acts).map_or(usize::MAX, |next| next.called);
        let ended = ["LINECALLSTATE_IDLE", "LINECALLSTATE_DISCONNECTED"];
        let ended = original.next_of(&ended, one.called).filter(|seen| seen.at < until);
        kept(ended.is_none(), || {
            let state = render_constant("LINECALLSTATE", ended.map_or(0, |seen| seen.state));
            format!("a consultation call was dropped, and the call that it was set up from became {state}")
        })
        .map(|said| said.with(ended.map(|seen| seen.at)))
    })
}

fn other_members_stay(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineRemoveFromConference", |one, outcome| {
        let removed = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let conference = story.conferences.iter().find(|conference| conference.members.iter().any(|member| member.0 == removed.ht))?;
        let within = |member: &&(u64, usize, Option<usize>)| {
            member.0 != removed.ht && member.1 < one.called && member.2.is_none_or(|left| left > outcome.at)
        };
        let others = conference.members.iter().filter(within);
        let others: Vec<&CallLife> = others.filter_map(|member| story.call(member.0)).filter(|call| call.was(&["LINECALLSTATE_CONFERENCED"], one.called)).collect();
        if others.len() < 2 {
            return None;
        }
        let acts = |other: &&Invocation<'_>| other.called > one.called && !other.function.name.contains("Get") && other.function.name != "TSPI_lineCloseCall";
        let until = story.invocations.iter().find(acts).map_or(usize::MAX, |next| next.called);
        let changed = others.iter().find_map(|call| call.states.iter().find(|seen| seen.at > one.called && seen.at < until));
        kept(changed.is_none(), || {
            let state = render_constant("LINECALLSTATE", changed.map_or(0, |seen| seen.state));
            format!("one call was removed from the conference, and another member became {state}")
        })
        .map(|said| said.with(changed.map(|seen| seen.at)))
    })
}

fn removed_calls_go_where_claimed(story: &Story<'_>) -> Judgement {
    let mut all = each_answer(story, "LINEADDRESSCAPS", |caps| {
        let can = caps.has("dwCallFeatures", "LINECALLFEATURE_REMOVEFROMCONF");
        let state = caps.number("dwRemoveFromConfState").filter(|_| can)?;
        kept(state.count_ones() == 1, || format!("dwRemoveFromConfState is {}", render_constant("LINECALLSTATE", state)))
    });
    all.join(each_outcome(story, "TSPI_lineRemoveFromConference", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let caps = story.caps("LINEADDRESSCAPS", story.device_of(one)?, one.called)?;
        let claimed = caps.number("dwRemoveFromConfState")?;
        let first = call.states.iter().find(|seen| seen.at > one.called)?;
        kept(first.state == claimed, || {
            let shown = |state| render_constant("LINECALLSTATE", state);
            format!("the removed call became {}, and dwRemoveFromConfState is {}", shown(first.state), shown(claimed))
        })
        .map(|said| said.with([first.at, caps.at]))
    }));
    all
}

fn conferences_begin_as_claimed(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineSetupConference", |one, outcome| {
        if one.value("hdCall") != Some(0) {
            return None;
        }
        let line = story.line_by_hd(one.value("hdLine")?, one.called)?;
        let caps = story.caps("LINEADDRESSCAPS", line.device, one.called)?;
        let claimed = caps.has("dwAddrCapFlags", "LINEADDRCAPFLAGS_SETUPCONFNULL");
        let needs_call = is_error(outcome.result, &["LINEERR_INVALCALLHANDLE"]);
        let unavailable = is_error(outcome.result, &["LINEERR_OPERATIONUNAVAIL"]);
        let right = if claimed { !needs_call } else { needs_call || unavailable };
        kept(right, || {
            let has = if claimed { "has" } else { "lacks" };
            format!("dwAddrCapFlags {has} LINEADDRCAPFLAGS_SETUPCONFNULL, and a conference without a call gave {}", render_result(outcome.result))
        })
        .map(|said| said.with([caps.at]))
    })
}

fn transfer_models_are_published(story: &Story<'_>) -> Judgement {
    let models = constant_value("LINEADDRCAPFLAGS_TRANSFERHELD") | constant_value("LINEADDRCAPFLAGS_TRANSFERMAKE");
    let mut all = each_answer(story, "LINEADDRESSCAPS", |caps| {
        let flags = caps.number("dwAddrCapFlags")?;
        let has = |bit| caps.has("dwCallFeatures", bit);
        has("LINECALLFEATURE_COMPLETETRANSF").then_some(())?;
        kept(has("LINECALLFEATURE_SETUPTRANSFER") || flags & models != 0, || {
            "LINECALLFEATURE_COMPLETETRANSF is claimed with neither LINECALLFEATURE_SETUPTRANSFER nor LINEADDRCAPFLAGS_TRANSFERHELD or TRANSFERMAKE".to_owned()
        })
    });
    all.join(refuses(story, "TSPI_lineSetupTransfer", &[], |one| {
        let caps = story.device_of(one).and_then(|device| story.caps("LINEADDRESSCAPS", device, one.called));
        caps.is_some_and(|caps| {
            let features = caps.number("dwCallFeatures").unwrap_or_default();
            let only = caps.number("dwAddrCapFlags").is_some_and(|flags| flags & models != 0);
            only && features != 0 && !caps.has("dwCallFeatures", "LINECALLFEATURE_SETUPTRANSFER")
        })
    }));
    all
}
