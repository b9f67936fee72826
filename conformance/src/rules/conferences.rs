//! Rules about conferences and transfers: which calls they take, which handles they make, and what becomes of the calls.

use super::Level::Must;
use super::judging::{EVENTUALLY, each_outcome, is_error, kept, reaches, refuses};
use super::{CallLife, Invocation, Judgement, Origin, Rule, Story};
use crate::tspi::{constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineAddToConference/6",
        page: "nf-tspi-tspi_lineaddtoconference.md",
        level: Must,
        requirement: "TSPI_lineAddToConference refuses a call that cannot be added: one that is in a conference already, one of another \
                      line, and, without LINEADDRCAPFLAGS_CONFERENCEHELD, one that was not set up for a conference.",
        why: "The call hangs in two conferences at once, and nobody knows who hears whom.",
        mend: "Look where the call comes from before asking the switch, and return LINEERR_INVALCALLHANDLE.",
        broken_by: "adds-anything",
        exercises: &["conference"],
        judge: |story| {
            refuses(story, "TSPI_lineAddToConference", &[], |one| {
                let (Some(conference), Some(call)) = (story.call_of(one, "hdConfCall"), story.call_of(one, "hdConsultCall"))
                else {
                    return false;
                };
                is_member(story, call, one.called) || conference.line != call.line || lacks_set_up(story, one, call)
            })
        },
    },
    Rule {
        id: "tspi/lineAddToConference/13",
        page: "nf-tspi-tspi_lineaddtoconference.md",
        level: Must,
        requirement: "LINEADDRESSCAPS.dwRemoveFromConfCaps tells which calls can be removed from a conference: with \
                      LINEREMOVEFROMCONF_NONE none is, with LAST only the one added last, with ANY no member is refused.",
        why: "Applications offer to remove a party and fail, or do not offer what is there.",
        mend: "Set dwRemoveFromConfCaps to what the switch can do.",
        broken_by: "removes-unclaimed",
        exercises: &["conference"],
        judge: removal_is_as_claimed,
    },
    Rule {
        id: "tspi/lineCompleteTransfer/12",
        page: "nf-tspi-tspi_linecompletetransfer.md",
        level: Must,
        requirement: "A transfer that TSPI_lineCompleteTransfer resolved with LINETRANSFERMODE_CONFERENCE brings hdCall and \
                      hdConsultCall into LINECALLSTATE_CONFERENCED and the new call into LINECALLSTATE_CONNECTED.",
        why: "Applications do not see that there is a conference, and show two calls.",
        mend: "Report LINECALLSTATE_CONFERENCED for both calls and LINECALLSTATE_CONNECTED for htConfCall.",
        broken_by: "conferences-silently",
        exercises: &["transfer-conference"],
        judge: |story| {
            let states = [
                ("hdCall", "LINECALLSTATE_CONFERENCED"),
                ("hdConsultCall", "LINECALLSTATE_CONFERENCED"),
                ("htConfCall", "LINECALLSTATE_CONNECTED"),
            ];
            states.iter().fold(Judgement::default(), |mut all, (parameter, state)| {
                all.join(becomes_conference(story, parameter, state));
                all
            })
        },
    },
    Rule {
        id: "tspi/lineCompleteTransfer/9",
        page: "nf-tspi-tspi_linecompletetransfer.md",
        level: Must,
        requirement: "With LINETRANSFERMODE_CONFERENCE the provider's handle of the conference call is at lphdConfCall when \
                      TSPI_lineCompleteTransfer returns.",
        why: "TAPI passes what stands there in every later call on the conference; a handle that is not there crashes the provider.",
        mend: "Write the handle to *lphdConfCall before returning the request id.",
        broken_by: "no-conference-handle",
        exercises: &["transfer-conference"],
        judge: |story| {
            of_mode(story, "LINETRANSFERMODE_CONFERENCE", |one| {
                let handle = one.number_out("lphdConfCall")?;
                kept(handle != 0, || "the request was accepted, and *lphdConfCall is NULL".to_owned())
            })
        },
    },
    Rule {
        id: "tspi/lineCompleteTransfer/8",
        page: "nf-tspi-tspi_linecompletetransfer.md",
        level: Must,
        requirement: "With LINETRANSFERMODE_TRANSFER htConfCall and lphdConfCall mean nothing: no event names the one, and nothing is \
                      written to the other.",
        why: "TAPI takes what it finds there for a call, or drops an event of a call that it does not know.",
        mend: "Look at both only with LINETRANSFERMODE_CONFERENCE.",
        broken_by: "transfer-makes-call",
        exercises: &["transfer-poisoned"],
        judge: |story| {
            of_mode(story, "LINETRANSFERMODE_TRANSFER", |one| {
                let ht = one.value("htConfCall").filter(|ht| *ht != 0);
                let named = ht.and_then(|ht| story.callbacks.iter().find(|(at, args)| *at > one.called && args.call == ht));
                let written = one.number_out("lphdConfCall").is_some_and(|handle| handle != 0);
                if ht.is_none() && one.number_out("lphdConfCall").is_none() {
                    return None;
                }
                kept(named.is_none() && !written, || match written {
                    true => "*lphdConfCall was written".to_owned(),
                    false => format!("an event names htConfCall = {:#x}", ht.unwrap_or_default()),
                })
            })
        },
    },
    Rule {
        id: "tspi/lineDrop/16",
        page: "nf-tspi-tspi_linedrop.md",
        level: Must,
        requirement: "Where the consultation call of a transfer or conference is dropped, the call that waits for it in an ONHOLDPEND state \
                      leaves that state: it is reconnected, or ends.",
        why: "The caller waits on hold, and no application can reach him any more.",
        mend: "Retrieve the waiting call when its consultation call is dropped, and report LINECALLSTATE_CONNECTED.",
        broken_by: "leaves-waiting-call",
        exercises: &["consultation-dropped"],
        judge: waiting_calls_come_back,
    },
    Rule {
        id: "tspi/lineBlindTransfer/6",
        page: "nf-tspi-tspi_lineblindtransfer.md",
        level: Must,
        requirement: "TSPI_lineBlindTransfer makes no consultation call that can be seen: no LINE_NEWCALL announces one meanwhile.",
        why: "Applications find a call that nobody made, and that they cannot use.",
        mend: "Keep the call by which the device transfers to yourself.",
        broken_by: "shows-blind-consultation",
        exercises: &["transfer-blind"],
        judge: blind_transfers_show_no_call,
    },
];

fn is_member(story: &Story<'_>, call: &CallLife, at: usize) -> bool {
    let members = story.conferences.iter().flat_map(|conference| &conference.members);
    let mut of_call = members.filter(|(ht, since, until)| *ht == call.ht && *since < at && until.is_none_or(|until| until > at));
    of_call.next().is_some() && call.was(&["LINECALLSTATE_CONFERENCED"], at)
}

/// Whether the line only adds calls that were set up for it, and this one was not.
fn lacks_set_up(story: &Story<'_>, one: &Invocation<'_>, call: &CallLife) -> bool {
    let device = story.device_of(one);
    let caps = device.and_then(|device| story.caps("LINEADDRESSCAPS", device, one.called));
    let held = caps.and_then(|caps| caps.number("dwAddrCapFlags"));
    let held = held.is_none_or(|flags| flags & constant_value("LINEADDRCAPFLAGS_CONFERENCEHELD") != 0);
    let set_up = match call.origin {
        Origin::Made(by) => story.invocations[by].function.name != "TSPI_lineMakeCall",
        Origin::Announced(_) => false,
    };
    !held && !set_up
}

fn removal_is_as_claimed(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineRemoveFromConference", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|call| call.was(&["LINECALLSTATE_CONFERENCED"], one.called))?;
        let caps = story.caps("LINEADDRESSCAPS", story.device_of(one)?, one.called)?;
        let claimed = caps.number("dwRemoveFromConfCaps").filter(|claimed| claimed.count_ones() == 1)?;
        let members = story.conferences.iter().find(|conference| conference.members.iter().any(|member| member.0 == call.ht));
        let later = members?.members.iter().any(|(ht, since, until)| {
            let mine = members.and_then(|all| all.members.iter().find(|member| member.0 == call.ht));
            *ht != call.ht && mine.is_some_and(|mine| *since > mine.1) && *since < one.called && until.is_none_or(|at| at > one.called)
        });
        let can = claimed == constant_value("LINEREMOVEFROMCONF_ANY")
            || claimed == constant_value("LINEREMOVEFROMCONF_LAST") && !later;
        let right = match can {
            true => !is_error(outcome.result, &["LINEERR_OPERATIONUNAVAIL", "LINEERR_INVALCALLSTATE", "LINEERR_INVALCALLHANDLE"]),
            false => !outcome.succeeded(),
        };
        kept(right, || {
            let claimed = render_constant("LINEREMOVEFROMCONF", claimed);
            format!("dwRemoveFromConfCaps is {claimed}, and removing gave {}", render_result(outcome.result))
        })
    })
}

/// Judges transfers that were accepted in one mode, at their return.
fn of_mode<'t>(
    story: &Story<'t>,
    mode: &str,
    judge: impl Fn(&Invocation<'t>) -> Option<super::judging::Said>,
) -> Judgement {
    let mode = constant_value(mode);
    super::judging::each(story, "TSPI_lineCompleteTransfer", |one| {
        (one.accepted() && one.dword("dwTransferMode") == mode).then(|| judge(one))?
    })
}

fn becomes_conference(story: &Story<'_>, parameter: &str, state: &str) -> Judgement {
    let by_conference = story.invocations_of("TSPI_lineCompleteTransfer");
    let mode = constant_value("LINETRANSFERMODE_CONFERENCE");
    // Transfers of the other kind end their calls, which another rule judges.
    match by_conference.into_iter().all(|one| one.dword("dwTransferMode") == mode) {
        true => reaches(story, "TSPI_lineCompleteTransfer", parameter, &[state]),
        false => Judgement::default(),
    }
}

const WAITING: [&str; 2] = ["LINECALLSTATE_ONHOLDPENDTRANSFER", "LINECALLSTATE_ONHOLDPENDCONF"];

fn waiting_calls_come_back(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineDrop", |one, outcome| {
        let dropped = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let Origin::Made(by) = dropped.origin else { return None };
        let by = &story.invocations[by];
        if by.value("htConsultCall") != Some(dropped.ht) {
            return None;
        }
        let conference = by.value("htConfCall").filter(|ht| *ht != 0);
        let waiting = match conference {
            Some(ht) => story.call(ht),
            None => story.call_of(by, "hdCall").or_else(|| story.call_of(by, "hdConfCall")),
        }?;
        if !waiting.was(&WAITING, one.called) {
            return None;
        }
        // What is asked for next may end the call, or bring it back.
        let next = story.invocations.iter().find(|next| {
            let asks = ["TSPI_lineDrop", "TSPI_lineUnhold", "TSPI_lineClose", "TSPI_lineCloseCall"];
            asks.contains(&next.function.name) && next.called > outcome.at && next.value("hdCall") != dropped.hd
        });
        let (until, end) = next.map_or((story.events.len(), story.end()), |next| {
            (next.called, story.time(next.called))
        });
        let back = waiting.states.iter().any(|seen| {
            let held = WAITING.iter().any(|state| seen.state == constant_value(state));
            seen.at > one.called && seen.at < until && !held
        });
        if !back && end.saturating_sub(story.time(outcome.at)) < EVENTUALLY {
            return None;
        }
        kept(back, || "the consultation call was dropped, and the call that waits for it stays on hold".to_owned())
    })
}

fn blind_transfers_show_no_call(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineBlindTransfer", |one, outcome| {
        let line = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?.line;
        // A call that is offered meanwhile comes from elsewhere.
        let offered = constant_value("LINECALLSTATE_OFFERING");
        let shown = story.calls.iter().find(|call| {
            matches!(call.origin, Origin::Announced(at) if at > one.called && at <= outcome.at)
                && call.line == line
                && call.states.first().is_some_and(|seen| seen.state != offered)
        });
        kept(shown.is_none(), || {
            format!("LINE_NEWCALL announced call {:#x} while the transfer was under way", shown.map_or(0, |call| call.ht))
        })
    })
}
