//! Rules that hold what a provider does against the flags of its addresses and lines.

use super::Level::Must;
use super::judging::{Said, call_was_given_time, each_answer, each_outcome, is_error, kept};
use super::{Invocation, Judgement, Origin, Outcome, Rule, Story};
use crate::tspi::structures::structure;
use crate::tspi::{Decoded, Value, Version, constant_value, decode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineaddrcapflags--constants/7",
        page: "lineaddrcapflags--constants.md",
        level: Must,
        requirement: "Conferences, transfers and pickups are as the flags say: with CONFERENCEHELD a held call can be added, with \
                      CONFERENCEMAKE one that TSPI_lineMakeCall made, with CROSSADDRCONF one of another address; with TRANSFERHELD a held \
                      call can be transferred, with TRANSFERMAKE to one that was made; with SETUPCONFNULL a conference begins \
                      without a call, and without it does not; with PICKUPGROUPID nothing is picked up without a group.",
        why: "Applications choose by the flags how they set conferences and transfers up.",
        mend: "Set each flag as the switch is, or take what the flag promises.",
        broken_by: "null-conference-unclaimed",
        exercises: &["conference-null", "conference-held", "pickup"],
        judge: joining_is_as_claimed,
    },
    Rule {
        id: "tspi/lineaddrcapflags--constants/9",
        page: "lineaddrcapflags--constants.md",
        level: Must,
        requirement: "Calls are made as the flags say: SECURE, ORIGOFFHOOK, DESTOFFHOOK, PREDICTIVEDIALER, HIGHLEVCOMP, LOWLEVCOMP, \
                      MULTIPLEADDR, PARTIALDIAL, and DIALED where it is clear, promise that a call asked for in that way is not refused \
                      with LINEERR_INVALCALLPARAMS, LINEERR_INVALADDRESS or LINEERR_OPERATIONUNAVAIL.",
        why: "Applications ask for what the flags promise, and their user for a call that never comes.",
        mend: "Clear the flag, or take calls of that kind.",
        broken_by: "claims-to-lift-the-far-handset",
        exercises: &["call-flags", "dial-partial"],
        judge: calls_are_made_as_claimed,
    },
    Rule {
        id: "tspi/lineaddrcapflags--constants/13",
        page: "lineaddrcapflags--constants.md",
        level: Must,
        requirement: "Forwarding is as the flags say: with FWDBUSYNAADDR busy and no answer may go to different addresses, with \
                      FWDINTEXTADDR internal and external calls; with FWDNUMRINGS a number of rings within the limits is taken; with \
                      FWDCONSULT a consultation call is made.",
        why: "Applications offer what the flags promise, and wait for a consultation call for ever.",
        mend: "Set each flag as the switch is.",
        broken_by: "consults-nobody",
        exercises: &["forward-apart"],
        judge: forwarding_is_as_claimed,
    },
    Rule {
        id: "tspi/lineaddrcapflags--constants/15",
        page: "lineaddrcapflags--constants.md",
        level: Must,
        requirement: "With LINEADDRCAPFLAGS_HOLDMAKESNEW, putting a call on hold makes a new call, which LINE_NEWCALL announces.",
        why: "Applications wait for the call with which to dial.",
        mend: "Announce the call, or clear the flag.",
        broken_by: "hold-makes-nothing",
        exercises: &["held-for-a-while"],
        judge: holding_makes_a_call,
    },
    Rule {
        id: "tspi/lineaddrcapflags--constants/3",
        page: "lineaddrcapflags--constants.md",
        level: Must,
        requirement: "With LINEADDRCAPFLAGS_AUTORECONNECT, dropping a consultation call brings the call on consultation hold back to \
                      LINECALLSTATE_CONNECTED by itself, and without it does not.",
        why: "Applications retrieve a call that is connected, or leave one on hold.",
        mend: "Set the flag as the switch is.",
        broken_by: "reconnection-unclaimed",
        exercises: &["reconnected"],
        judge: consultation_ends_as_claimed,
    },
    Rule {
        id: "tspi/lineaddrcapflags--constants/5",
        page: "lineaddrcapflags--constants.md",
        level: Must,
        requirement: "With LINEADDRCAPFLAGS_COMPLETIONID, two completions that are outstanding have different identifiers.",
        why: "An application takes back another request than its own.",
        mend: "Count the requests up, and give each its number.",
        broken_by: "completions-alike",
        exercises: &["completions"],
        judge: completions_differ,
    },
    Rule {
        id: "tspi/lineaddrcapflags--constants/6",
        page: "lineaddrcapflags--constants.md",
        level: Must,
        requirement: "With LINEADDRCAPFLAGS_CONFDROP, dropping a conference call disconnects its members too.",
        why: "Applications leave calls behind that cost money.",
        mend: "Report LINECALLSTATE_DISCONNECTED or LINECALLSTATE_IDLE for each member, or clear the flag.",
        broken_by: "members-outlive-their-conference",
        exercises: &["conference-ended"],
        judge: conferences_end_as_claimed,
    },
    Rule {
        id: "tspi/lineaddrcapflags--constants/24",
        page: "lineaddrcapflags--constants.md",
        level: Must,
        requirement: "With LINEADDRCAPFLAGS_SETCALLINGID, the CallingPartyID of LINECALLPARAMS is the CallerID that the called line of the \
                      provider shows.",
        why: "The called party sees a number that is not to be called back.",
        mend: "Pass the number on to the switch, or clear the flag.",
        broken_by: "caller-shows-no-number",
        exercises: &["calling-id"],
        judge: calling_ids_are_passed_on,
    },
    Rule {
        id: "tspi/linedevcapflags--constants/9",
        page: "linedevcapflags--constants.md",
        level: Must,
        requirement: "LINEDEVCAPFLAGS_MSP is set exactly where TSPI_lineMSPIdentify names a media service provider, from version 3.0 on.",
        why: "TAPI 3 makes no terminals for the line, or fails to.",
        mend: "Set the flag where TSPI_lineMSPIdentify succeeds.",
        broken_by: "msp-unclaimed",
        exercises: &["msp-identified"],
        judge: msps_are_claimed,
    },
];

/// Whether the capabilities of the device that a call is about have a flag; `None` where nobody asked for them.
fn flag(story: &Story<'_>, one: &Invocation<'_>, flag: &str) -> Option<bool> {
    let (structure, member) = match flag.starts_with("LINEDEVCAPFLAGS") {
        true => ("LINEDEVCAPS", "dwDevCapFlags"),
        false => ("LINEADDRESSCAPS", "dwAddrCapFlags"),
    };
    Some(story.caps(structure, story.device_of(one)?, one.called)?.number(member)? & constant_value(flag) != 0)
}

/// What a promise came to: the flag is set, and the function was not refused as if it were not.
fn promised(
    story: &Story<'_>,
    one: &Invocation<'_>,
    outcome: Outcome,
    promise: &str,
    refusals: &[&str],
) -> Option<Said> {
    flag(story, one, promise)?.then_some(())?;
    kept(!is_error(outcome.result, refusals), || {
        format!("{promise} is set, and {} gave {}", one.function.name, render_result(outcome.result))
    })
}

/// Whether TSPI_lineMakeCall made a call.
fn was_made(story: &Story<'_>, call: &super::CallLife) -> bool {
    matches!(call.origin, Origin::Made(by) if story.invocations[by].function.name == "TSPI_lineMakeCall")
}

/// The address that LINECALLINFO last showed for a call.
fn address(story: &Story<'_>, call: &super::CallLife) -> Option<u32> {
    story.answers("LINECALLINFO").filter(|info| info.call == Some(call.ht)).last()?.number("dwAddressID")
}

const NOT_SO: [&str; 4] = [
    "LINEERR_INVALCALLSTATE",
    "LINEERR_INVALCONSULTCALLHANDLE",
    "LINEERR_INVALCALLHANDLE",
    "LINEERR_OPERATIONUNAVAIL",
];

fn joining_is_as_claimed(story: &Story<'_>) -> Judgement {
    let mut judgement = each_outcome(story, "TSPI_lineAddToConference", |one, outcome| {
        let (conference, added) = (story.call_of(one, "hdConfCall")?, story.call_of(one, "hdConsultCall")?);
        // No flag lets the calls of two lines into one conference.
        if conference.line != added.line {
            return None;
        }
        if added.was(&["LINECALLSTATE_ONHOLD"], one.called) && !was_made(story, added) {
            return promised(story, one, outcome, "LINEADDRCAPFLAGS_CONFERENCEHELD", &NOT_SO);
        }
        if was_made(story, added) && added.was(&["LINECALLSTATE_CONNECTED"], one.called) {
            return promised(story, one, outcome, "LINEADDRCAPFLAGS_CONFERENCEMAKE", &NOT_SO);
        }
        if address(story, conference)? != address(story, added)? {
            return promised(story, one, outcome, "LINEDEVCAPFLAGS_CROSSADDRCONF", &NOT_SO);
        }
        None
    });
    judgement.join(each_outcome(story, "TSPI_lineCompleteTransfer", |one, outcome| {
        let (call, other) = (story.call_of(one, "hdCall")?, story.call_of(one, "hdConsultCall")?);
        if call.was(&["LINECALLSTATE_ONHOLD"], one.called) {
            return promised(story, one, outcome, "LINEADDRCAPFLAGS_TRANSFERHELD", &NOT_SO);
        }
        was_made(story, other).then(|| promised(story, one, outcome, "LINEADDRCAPFLAGS_TRANSFERMAKE", &NOT_SO))?
    }));
    judgement.join(each_outcome(story, "TSPI_lineSetupConference", |one, outcome| {
        if one.value("hdCall") != Some(0) {
            return None;
        }
        if flag(story, one, "LINEADDRCAPFLAGS_SETUPCONFNULL")? {
            return promised(story, one, outcome, "LINEADDRCAPFLAGS_SETUPCONFNULL", &NOT_SO);
        }
        kept(!outcome.succeeded(), || {
            "LINEADDRCAPFLAGS_SETUPCONFNULL is not set, and a conference was set up without a call".to_owned()
        })
    }));
    judgement.join(each_outcome(story, "TSPI_linePickup", |one, outcome| {
        // A number may stand for the group.
        let named = !one.is_null("lpszGroupID") || !one.is_null("lpszDestAddress");
        if named || !flag(story, one, "LINEADDRCAPFLAGS_PICKUPGROUPID")? {
            return None;
        }
        kept(!outcome.succeeded(), || {
            "LINEADDRCAPFLAGS_PICKUPGROUPID is set, and a call was picked up without a group".to_owned()
        })
    }));
    judgement
}

/// The LINECALLPARAMS that a call was asked for with.
fn params(one: &Invocation<'_>) -> Option<Decoded> {
    Some(decode(structure("LINECALLPARAMS")?, one.bytes_in("lpCallParams")?, one.version))
}

const REFUSED_CALLS: [&str; 4] = [
    "LINEERR_INVALCALLPARAMS",
    "LINEERR_INVALADDRESS",
    "LINEERR_INVALPARAM",
    "LINEERR_OPERATIONUNAVAIL",
];

fn calls_are_made_as_claimed(story: &Story<'_>) -> Judgement {
    const FLAGS: [(&str, &str); 4] = [
        ("LINECALLPARAMFLAGS_SECURE", "LINEADDRCAPFLAGS_SECURE"),
        ("LINECALLPARAMFLAGS_ORIGOFFHOOK", "LINEADDRCAPFLAGS_ORIGOFFHOOK"),
        ("LINECALLPARAMFLAGS_DESTOFFHOOK", "LINEADDRCAPFLAGS_DESTOFFHOOK"),
        ("LINECALLPARAMFLAGS_PREDICTIVEDIAL", "LINEADDRCAPFLAGS_PREDICTIVEDIALER"),
    ];
    const PARTS: [(&str, &str); 2] = [
        ("HighLevelComp", "LINEDEVCAPFLAGS_HIGHLEVCOMP"),
        ("LowLevelComp", "LINEDEVCAPFLAGS_LOWLEVCOMP"),
    ];
    each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let params = params(one);
        let asked = params.as_ref().and_then(|params| params.get("dwCallParamFlags")?.number()).unwrap_or_default();
        // What is asked for in two ways at once may be refused for either.
        let by_flag = FLAGS.iter().filter(|(flag, _)| asked & constant_value(flag) != 0).map(|(_, claim)| *claim);
        let has = |part: &str| params.as_ref().is_some_and(|params| matches!(params.get(part), Some(Value::Bytes(bytes)) if !bytes.is_empty()));
        let by_part = PARTS.iter().filter(|(part, _)| has(part)).map(|(_, claim)| *claim);
        let text = one.text_in("lpszDestAddress").unwrap_or_default();
        let several = text.trim_end().contains('\n').then_some("LINEDEVCAPFLAGS_MULTIPLEADDR");
        let partly = text.trim_end().ends_with(';').then_some("LINEADDRCAPFLAGS_PARTIALDIAL");
        let claims: Vec<&str> = by_flag.chain(by_part).chain(several).chain(partly).collect();
        match claims.as_slice() {
            [claim] => promised(story, one, outcome, claim, &REFUSED_CALLS),
            [] if one.is_null("lpszDestAddress") && !flag(story, one, "LINEADDRCAPFLAGS_DIALED")? => {
                kept(!is_error(outcome.result, &REFUSED_CALLS), || {
                    format!("LINEADDRCAPFLAGS_DIALED is not set, and a call without a number gave {}", render_result(outcome.result))
                })
            }
            _ => None,
        }
    })
}

/// The entries of a forwarding list: mode and destination.
fn forwards(one: &Invocation<'_>) -> Option<Vec<(u32, String)>> {
    let list = decode(structure("LINEFORWARDLIST")?, one.bytes_in("lpForwardList")?, one.version);
    let Value::List(entries) = list.get("ForwardList")? else {
        return None;
    };
    let entry = |value: &Value| match value {
        Value::Struct(members) => {
            let member = |name: &str| members.iter().find(|(known, _)| *known == name).map(|(_, value)| value);
            let to = member("DestAddress").and_then(|value| value.text()).unwrap_or_default();
            Some((member("dwForwardMode")?.number()?, to.to_owned()))
        }
        _ => None,
    };
    entries.iter().map(entry).collect()
}

fn forwarding_is_as_claimed(story: &Story<'_>) -> Judgement {
    let modes = |kind: &str, cases: &[&str]| {
        cases.iter().fold(0, |all, case| all | constant_value(&format!("LINEFORWARDMODE_{kind}{case}")))
    };
    let cases = ["", "INTERNAL", "EXTERNAL"];
    let (busy, unanswered) = (modes("BUSY", &cases), modes("NOANSW", &cases));
    let inside = ["UNCOND", "BUSY", "NOANSW"].iter().fold(0, |all, kind| all | modes(kind, &["INTERNAL"]));
    let outside = ["UNCOND", "BUSY", "NOANSW"].iter().fold(0, |all, kind| all | modes(kind, &["EXTERNAL"]));
    let refusals = ["LINEERR_INVALPARAM", "LINEERR_INVALADDRESS", "LINEERR_OPERATIONUNAVAIL"];
    each_outcome(story, "TSPI_lineForward", |one, outcome| {
        let entries = forwards(one)?;
        let apart = |some: u32, others: u32| {
            entries.iter().any(|(mode, to)| mode & some != 0 && entries.iter().any(|(other, also)| other & others != 0 && also != to))
        };
        if flag(story, one, "LINEADDRCAPFLAGS_FWDCONSULT")? && outcome.succeeded() {
            return kept(one.number_out("lphdConsultCall").is_some_and(|hd| hd != 0), || {
                "LINEADDRCAPFLAGS_FWDCONSULT is set, and *lphdConsultCall holds no call".to_owned()
            });
        }
        if apart(inside, outside) {
            return promised(story, one, outcome, "LINEADDRCAPFLAGS_FWDINTEXTADDR", &refusals);
        }
        if apart(busy, unanswered) {
            return promised(story, one, outcome, "LINEADDRCAPFLAGS_FWDBUSYNAADDR", &refusals);
        }
        let caps = story.caps("LINEADDRESSCAPS", story.device_of(one)?, one.called)?;
        let limits = caps.number("dwMinFwdNumRings")?..=caps.number("dwMaxFwdNumRings")?;
        if entries.iter().any(|(mode, _)| mode & unanswered != 0) && limits.contains(&one.dword("dwNumRingsNoAnswer")) {
            return promised(story, one, outcome, "LINEADDRCAPFLAGS_FWDNUMRINGS", &refusals);
        }
        Some(Said::Kept)
    })
}

fn holding_makes_a_call(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineHold", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        if !flag(story, one, "LINEADDRCAPFLAGS_HOLDMAKESNEW")? {
            return Some(Said::Kept);
        }
        let made = story.calls.iter().any(|other| {
            matches!(other.origin, Origin::Announced(at) if at > one.called) && other.line == call.line
        });
        if !made && !call_was_given_time(story, call, outcome.at) {
            return None;
        }
        kept(made, || "LINEADDRCAPFLAGS_HOLDMAKESNEW is set, and holding a call made no other".to_owned())
    })
}

fn consultation_ends_as_claimed(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineDrop", |one, outcome| {
        let dropped = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let Origin::Made(by) = dropped.origin else { return None };
        let setup = &story.invocations[by];
        if setup.function.name != "TSPI_lineSetupTransfer" {
            return None;
        }
        let first = story.call_of(setup, "hdCall")?;
        if !first.was(&["LINECALLSTATE_ONHOLDPENDTRANSFER"], one.called) {
            return None;
        }
        let claimed = flag(story, setup, "LINEADDRCAPFLAGS_AUTORECONNECT")?;
        let asked = story.invocations.iter().find(|other| {
            let retrieves = ["TSPI_lineUnhold", "TSPI_lineSwapHold", "TSPI_lineDrop"].contains(&other.function.name);
            retrieves && other.called > one.called
        });
        let until = asked.map_or(story.events.len(), |asked| asked.called);
        let back = first.next_of(&["LINECALLSTATE_CONNECTED"], one.called).is_some_and(|seen| seen.at < until);
        let waited = story.time(until.min(story.events.len() - 1)) - story.time(outcome.at) >= super::judging::EVENTUALLY;
        if !back && !waited {
            return None;
        }
        kept(back == claimed, || match claimed {
            true => "LINEADDRCAPFLAGS_AUTORECONNECT is set, and the first call stayed on hold".to_owned(),
            false => "LINEADDRCAPFLAGS_AUTORECONNECT is not set, and the first call was connected by itself".to_owned(),
        })
    })
}

fn completions_differ(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineCompleteCall", |one, outcome| {
        let id = one.number_out("lpdwCompletionID").filter(|id| outcome.succeeded() && *id != 0)?;
        if !flag(story, one, "LINEADDRCAPFLAGS_COMPLETIONID")? {
            return None;
        }
        let twin = story.invocations_of("TSPI_lineCompleteCall").find(|other| {
            let taken = story.outcome(other).is_some_and(|outcome| outcome.succeeded());
            let same = other.number_out("lpdwCompletionID") == Some(id) && story.device_of(other) == story.device_of(one);
            taken && same && other.called < one.called
        });
        // It may have been used again once it was taken back.
        let over = story.invocations_of("TSPI_lineUncompleteCall").any(|other| u64::from(other.dword("dwCompletionID")) == id);
        kept(twin.is_none() || over, || format!("*lpdwCompletionID is {id:#x}, as it was for a completion that is outstanding"))
            .map(|said| said.with(twin.map(|twin| twin.called)))
    })
}

fn conferences_end_as_claimed(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for conference in &story.conferences {
        for (member, since, _) in &conference.members {
            judgement.join(each_outcome(story, "TSPI_lineDrop", |one, outcome| {
                let dropped = story.call_of(one, "hdCall").filter(|call| call.ht == conference.ht)?;
                if !outcome.succeeded() || !flag(story, one, "LINEADDRCAPFLAGS_CONFDROP")? || *since > one.called {
                    return None;
                }
                let member = story.call(*member)?;
                if !member.was(&["LINECALLSTATE_CONFERENCED"], one.called) || member.line != dropped.line {
                    return None;
                }
                let over = member.next_of(&["LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"], one.called).is_some();
                if !over && !call_was_given_time(story, member, outcome.at) {
                    return None;
                }
                kept(over, || {
                    "LINEADDRCAPFLAGS_CONFDROP is set, and a member of the conference that was dropped is still there".to_owned()
                })
            }));
        }
    }
    judgement
}

fn calling_ids_are_passed_on(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let params = params(one)?;
        let wanted = params.get("CallingPartyID")?.text().filter(|text| !text.is_empty())?.to_owned();
        if !outcome.succeeded() || !flag(story, one, "LINEADDRCAPFLAGS_SETCALLINGID")? {
            return None;
        }
        let mut called = story.calls.iter().filter(|call| matches!(call.origin, Origin::Announced(at) if at > one.called));
        let (first, more) = (called.next()?, called.next());
        if more.is_some() {
            return None; // which of them is this one is not known
        }
        let info = story.answers("LINECALLINFO").filter(|info| info.call == Some(first.ht)).last()?;
        let shown = info.text("CallerID")?;
        kept(shown == wanted, || format!("CallingPartyID is {wanted:?}, and the called line shows {shown:?}"))
            .map(|said| said.with([info.at]))
    })
}

fn msps_are_claimed(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineMSPIdentify", |one, outcome| {
        if one.version < Version::V3_0 {
            return None;
        }
        let claimed = flag(story, one, "LINEDEVCAPFLAGS_MSP")?;
        kept(claimed == outcome.succeeded(), || {
            let has = if claimed { "has" } else { "lacks" };
            format!("dwDevCapFlags {has} LINEDEVCAPFLAGS_MSP, and TSPI_lineMSPIdentify gave {}", render_result(outcome.result))
        })
    })
    .and(each_answer(story, "LINEDEVCAPS", |caps| {
        let missing = story.lacks("TSPI_lineMSPIdentify");
        (missing && caps.has("dwDevCapFlags", "LINEDEVCAPFLAGS_MSP")).then(|| {
            Said::Broken("LINEDEVCAPFLAGS_MSP is set, and TSPI_lineMSPIdentify is not exported".to_owned(), Vec::new())
        })
    }))
}

