//! Rules about the status of calls, lines and addresses: what a query says is what the events said.

use super::Level::Must;
use super::judging::{ON_ITS_WAY, each_answer, each_outcome, kept};
use super::{CallLife, Judgement, Rule, Story};
use crate::tspi::{callstate_mode, constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINECALLSTATUS/2",
        page: "ns-tapi-linecallstatus.md",
        level: Must,
        requirement: "LINECALLSTATUS.dwCallStateMode holds the mode of a state that has modes, as dwParam2 of \
                      LINE_CALLSTATE reported it.",
        why: "An application that asks learns of another kind of busy or disconnect than one that listens.",
        mend: "Keep the mode with the state that was reported, and answer TSPI_lineGetCallStatus from both.",
        broken_by: "forgets-state-mode",
        exercises: &["outgoing-busy", "far-end-hangs-up"],
        judge: modes_agree_with_events,
    },
    Rule {
        id: "tspi/life-cycle-of-a-telephony-service-provider/11",
        page: "life-cycle-of-a-telephony-service-provider.md",
        level: Must,
        requirement: "A call that is not closed answers TSPI_lineGetCallInfo and TSPI_lineGetCallStatus in every state, \
                      idle and disconnected ones included.",
        why: "Applications read at the end of a call why it ended and whom it reached, and find nothing.",
        mend: "Keep what is known of a call until TSPI_lineCloseCall.",
        broken_by: "forgets-call-at-its-end",
        exercises: &["outgoing-answered", "far-end-hangs-up"],
        judge: ended_calls_answer,
    },
    Rule {
        id: "tspi/LINEDEVSTATUS/1",
        page: "ns-tapi-linedevstatus.md",
        level: Must,
        requirement: "dwNumActiveCalls, dwNumOnHoldCalls and dwNumOnHoldPendCalls of LINEDEVSTATUS count the calls of the \
                      line by the states that were reported.",
        why: "TAPI and applications decide by the counts whether the line can take another call.",
        mend: "Count the line's calls by their state when the status is asked for, rather than keeping counters.",
        broken_by: "miscounts-calls-of-line",
        exercises: &["outgoing-answered"],
        judge: |story| counts_agree(story, "LINEDEVSTATUS"),
    },
    Rule {
        id: "tspi/LINEADDRESSSTATUS/2",
        page: "ns-tapi-lineaddressstatus.md",
        level: Must,
        requirement: "dwNumActiveCalls, dwNumOnHoldCalls and dwNumOnHoldPendCalls of LINEADDRESSSTATUS count the calls of \
                      the address by the states that were reported.",
        why: "Applications decide by the counts whether the address can take another call.",
        mend: "Count the address's calls by their state when the status is asked for, rather than keeping counters.",
        broken_by: "miscounts-calls-of-address",
        exercises: &["outgoing-answered"],
        judge: |story| counts_agree(story, "LINEADDRESSSTATUS"),
    },
    Rule {
        id: "tspi/LINEDEVSTATUS/6",
        page: "ns-tapi-linedevstatus.md",
        level: Must,
        requirement: "dwSignalLevel and dwBatteryLevel of LINEDEVSTATUS lie in 0 to 0xFFFF, and dwRoamMode is one \
                      LINEROAMMODE_ constant or zero.",
        why: "Applications draw the levels as parts of 0xFFFF.",
        mend: "Scale the levels to 0xFFFF; put LINEROAMMODE_UNAVAIL where a line knows no roaming.",
        broken_by: "levels-out-of-range",
        exercises: &["lifecycle"],
        judge: levels_lie_in_range,
    },
];

fn modes_agree_with_events(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINECALLSTATUS", |status| {
        let call = story.call(status.call?)?;
        let called = story.invocations[status.invocation].called;
        let (state, mode) = (status.number("dwCallState")?, status.number("dwCallStateMode")?);
        callstate_mode(state)?;
        let about = call.states_about(story, called, status.at);
        let reported: Vec<_> = about.filter(|seen| seen.state == state).collect();
        let last = reported.last()?;
        // Zero is read as the usual mode of these two, so it is the same.
        let usual = [
            ("LINECALLSTATE_CONNECTED", "LINECONNECTEDMODE_ACTIVE"),
            ("LINECALLSTATE_OFFERING", "LINEOFFERINGMODE_ACTIVE"),
        ];
        let usual = usual.iter().find(|(of, _)| constant_value(of) == state);
        let read = |mode: u64| match usual {
            Some((_, usual)) if mode == 0 => u64::from(constant_value(usual)),
            _ => mode,
        };
        let right = reported.iter().any(|seen| read(seen.mode) == read(u64::from(mode)));
        let said = kept(right, || {
            format!(
                "dwCallStateMode is {mode:#x} in {}, and {:#x} was reported with it",
                render_constant("LINECALLSTATE", state),
                last.mode
            )
        });
        said.map(|said| said.with([last.at]))
    })
}

fn ended_calls_answer(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for function in ["TSPI_lineGetCallInfo", "TSPI_lineGetCallStatus"] {
        let one_function = each_outcome(story, function, |one, outcome| {
            let call = story.call_of(one, "hdCall")?;
            let closed = call.closed.is_some_and(|closed| closed < one.called);
            let ended = ["LINECALLSTATE_IDLE", "LINECALLSTATE_DISCONNECTED"];
            if closed || call.valid? > one.called || !call.was(&ended, one.called) {
                return None;
            }
            // Too little memory is another matter.
            let small = outcome.result == constant_value("LINEERR_STRUCTURETOOSMALL") as i32;
            kept(outcome.succeeded() || small, || {
                let state = call.state_before(one.called).map_or(0, |seen| seen.state);
                format!(
                    "{function} of a call in {} that is not closed failed with {}",
                    render_constant("LINECALLSTATE", state),
                    render_result(outcome.result)
                )
            })
        });
        judgement.join(one_function);
    }
    judgement
}

/// What a call counts as, by the state last reported; `None` for one that counts as nothing.
fn counts_as(state: u32) -> Option<&'static str> {
    let is = |names: &[&str]| names.iter().any(|name| state == constant_value(name));
    if is(&["LINECALLSTATE_IDLE"]) {
        None
    } else if is(&["LINECALLSTATE_ONHOLD"]) {
        Some("dwNumOnHoldCalls")
    } else if is(&["LINECALLSTATE_ONHOLDPENDTRANSFER", "LINECALLSTATE_ONHOLDPENDCONF"]) {
        Some("dwNumOnHoldPendCalls")
    } else {
        Some("dwNumActiveCalls")
    }
}

fn counts_agree(story: &Story<'_>, structure: &str) -> Judgement {
    each_answer(story, structure, |status| {
        let called = story.invocations[status.invocation].called;
        let line = story
            .lines
            .iter()
            .rev()
            .find(|line| Some(line.device) == status.device && line.opened < called)?;
        let calls: Vec<&CallLife> = story
            .calls
            .iter()
            .filter(|call| call.line == Some(line.ht))
            .collect();
        // A call on its way in or out may count or not: no answer is wrong then.
        let unsettled = |call: &&CallLife| {
            call.begun < status.at && (call.valid.is_none_or(|valid| valid > called) || call.states.is_empty())
        };
        if calls.iter().any(unsettled) || story.lines.iter().any(|other| other.ht == line.ht && other.opened > called) {
            return None;
        }
        let members = ["dwNumActiveCalls", "dwNumOnHoldCalls", "dwNumOnHoldPendCalls"];
        let given = members.map(|member| status.number(member));
        if given.contains(&None) {
            return None;
        }
        let right = moments(story, &calls, called, status.at)
            .into_iter()
            .any(|moment| members.map(|member| Some(count(&calls, member, moment))) == given);
        kept(right, || {
            let told = members.map(|member| format!("{member} is {}", status.number(member).unwrap_or_default()));
            let real = members.map(|member| count(&calls, member, called).to_string());
            format!("{}, and by the states reported it is {}", told.join(", "), real.join(", "))
        })
    })
}

/// Events at which the answer may have been true: a report may overtake it, or still be on its way.
fn moments(story: &Story<'_>, calls: &[&CallLife], called: usize, returned: usize) -> Vec<usize> {
    let until = story.time(returned) + ON_ITS_WAY;
    let states = calls.iter().flat_map(|call| &call.states).map(|seen| seen.at);
    let soon = states.filter(|at| *at > called && story.time(*at) <= until);
    std::iter::once(called).chain(soon.map(|at| at + 1)).collect()
}

/// How many calls count as this just before event `moment`.
fn count(calls: &[&CallLife], member: &str, moment: usize) -> u32 {
    let counted = calls.iter().filter(|call| {
        let open = call.closed.is_none_or(|closed| closed >= moment);
        let state = call.state_before(moment);
        open && state.is_some_and(|seen| counts_as(seen.state) == Some(member))
    });
    counted.count() as u32
}

fn levels_lie_in_range(story: &Story<'_>) -> Judgement {
    let roaming = crate::tspi::family("LINEROAMMODE");
    each_answer(story, "LINEDEVSTATUS", |status| {
        for member in ["dwSignalLevel", "dwBatteryLevel"] {
            let level = status.number(member)?;
            if level > 0xFFFF {
                return kept(false, || format!("{member} is {level:#x}"));
            }
        }
        let roam = status.number("dwRoamMode")?;
        let known = roam == 0 || roaming?.name_of(roam).is_some();
        kept(known, || format!("dwRoamMode is {roam:#x}, no single LINEROAMMODE_ constant"))
    })
}
