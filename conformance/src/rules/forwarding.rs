//! Rules about forwarding: what an address is asked to do with its calls, and what it shows of that.

use super::Level::Must;
use super::judging::{EVENTUALLY, ON_ITS_WAY, Said, each_outcome, is_error, kept, never_fails_with, refuses};
use super::{Invocation, Judgement, LineLife, Origin, Rule, Story};
use crate::tspi::structures::LINEFORWARDLIST;
use crate::tspi::{Value, constant_value, decode, family, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineForward/3",
        page: "nf-tspi-tspi_lineforward.md",
        level: Must,
        requirement: "While an address is forwarded unconditionally, or not to be disturbed, no call to it is offered there.",
        why: "The telephone rings though its user has gone and left another number.",
        mend: "Have the switch forward, and do not report calls that it deflects.",
        broken_by: "forwards-nothing",
        exercises: &["forwarded", "undisturbed"],
        judge: forwarded_calls_are_not_offered,
    },
    Rule {
        id: "tspi/lineForward/4",
        page: "nf-tspi-tspi_lineforward.md",
        level: Must,
        requirement: "With bAllAddresses TRUE every address is meant and dwAddressID is ignored, also a wrong one; with FALSE \
                      dwAddressID alone is meant, and one that the line has not is refused.",
        why: "Applications forward another address than they mean, or none.",
        mend: "Look at bAllAddresses first, and at dwAddressID only where it is FALSE.",
        broken_by: "forwards-by-address",
        exercises: &["forwarding"],
        judge: address_counts_where_it_is_meant,
    },
    Rule {
        id: "tspi/lineForward/25",
        page: "nf-tspi-tspi_lineforward.md",
        level: Must,
        requirement: "Whether forwarding succeeds depends on the new instructions alone: a list that was taken is taken again, and \
                      cancelling works with nothing in effect. A number of rings out of range is brought into it, and lpCallParams does \
                      not matter where no call is made.",
        why: "Applications set forwarding anew at every start, without knowing what is in effect.",
        mend: "Replace whatever is in effect, clamp dwNumRingsNoAnswer, and leave lpCallParams alone.",
        broken_by: "forwards-once",
        exercises: &["forwarding"],
        judge: known_instructions_are_taken,
    },
    Rule {
        id: "tspi/lineForward/21",
        page: "nf-tspi-tspi_lineforward.md",
        level: Must,
        requirement: "The newest list replaces the older ones, and none, or one without entries, cancels all: LINEADDRESSSTATUS then shows \
                      no entry of a mode that was not asked for last.",
        why: "Applications show a forwarding that is no more.",
        mend: "Forget the old instructions before the new ones are set.",
        broken_by: "keeps-old-forwarding",
        exercises: &["forward", "forwarding"],
        judge: newest_list_rules,
    },
    Rule {
        id: "tspi/lineForward/10",
        page: "nf-tspi-tspi_lineforward.md",
        level: Must,
        requirement: "*lphdConsultCall is the handle of the consultation call where forwarding makes one, and stays NULL where it makes none: \
                      a handle that is there is that of a call which is reported.",
        why: "TAPI takes what stands there for a call, and shows applications one that is none.",
        mend: "Write *lphdConsultCall only where you make a consultation call.",
        broken_by: "invents-consultation",
        exercises: &["forwarding"],
        judge: consultation_handles_are_of_calls,
    },
    Rule {
        id: "tspi/lineForward/15",
        page: "nf-tspi-tspi_lineforward.md",
        level: Must,
        requirement: "A forward list with an entry whose dwForwardMode is no LINEFORWARDMODE_ constant fails with LINEERR_INVALPARAM.",
        why: "The application believes that calls are forwarded, and they are not.",
        mend: "Look through all entries before any of them is set.",
        broken_by: "forwards-by-any-mode",
        exercises: &["forwarding"],
        judge: |story| {
            let known = family("LINEFORWARDMODE").map_or(0, |family| family.mask());
            refuses(story, "TSPI_lineForward", &["LINEERR_INVALPARAM", "LINEERR_OPERATIONUNAVAIL"], |one| {
                let entries = entries(one);
                entries.iter().any(|entry| entry.mode.count_ones() != 1 || entry.mode & !known != 0)
            })
        },
    },
    Rule {
        id: "tspi/lineForward/18",
        page: "nf-tspi-tspi_lineforward.md",
        level: Must,
        requirement: "Forwarding that another list has set up, or cancelled, is reported by LINE_ADDRESSSTATE with \
                      LINEADDRESSSTATE_FORWARD, where TSPI_lineSetStatusMessages has asked for it.",
        why: "Applications show the forwarding of yesterday.",
        mend: "Send LINEADDRESSSTATE_FORWARD when the switch has confirmed the new instructions.",
        broken_by: "forwards-silently",
        exercises: &["forwarding"],
        judge: forwarding_is_reported,
    },
];

/// One entry of a list.
struct Entry {
    mode: u32,
}

fn entries(one: &Invocation<'_>) -> Vec<Entry> {
    let Some(bytes) = one.bytes_in("lpForwardList") else {
        return Vec::new();
    };
    let list = decode(&LINEFORWARDLIST, bytes, one.version);
    let Some(Value::List(entries)) = list.get("ForwardList") else {
        return Vec::new();
    };
    let number = |entry: &Value, name: &str| match entry {
        Value::Struct(members) => members.iter().find(|(known, _)| *known == name)?.1.number(),
        _ => None,
    };
    entries.iter().filter_map(|entry| Some(Entry { mode: number(entry, "dwForwardMode")? })).collect()
}

fn line_of<'s>(story: &'s Story<'_>, one: &Invocation<'_>) -> Option<&'s LineLife> {
    story.line_by_hd(one.value("hdLine")?, one.called)
}

/// Requests of a line that succeeded before an event, in order.
fn forwards<'s, 't>(story: &'s Story<'t>, line: u64, at: usize) -> impl Iterator<Item = &'s Invocation<'t>> {
    story.invocations_of("TSPI_lineForward").filter(move |one| {
        line_of(story, one).is_some_and(|of| of.ht == line)
            && story.outcome(one).is_some_and(|outcome| outcome.succeeded() && outcome.at < at)
    })
}

fn forwarded_calls_are_not_offered(story: &Story<'_>) -> Judgement {
    let unconditional = constant_value("LINEFORWARDMODE_UNCOND");
    let mut judgement = Judgement::default();
    for call in &story.calls {
        let Origin::Made(by) = call.origin else { continue };
        let Some(number) = story.invocations[by].text_in("lpszDestAddress").filter(|number| !number.is_empty()) else {
            continue;
        };
        let mut called = story.answers("LINEADDRESSCAPS").filter(|caps| caps.text("Address") == Some(number.as_str()));
        let Some(device) = called.find_map(|caps| caps.device) else { continue };
        let mut open = story.lines.iter().filter(|line| line.device == device && line.opened < call.begun);
        let Some(line) = open.find(|line| line.closed.is_none_or(|closed| closed > call.begun)) else {
            continue;
        };
        let Some(last) = forwards(story, line.ht, call.begun).last() else { continue };
        if !entries(last).iter().any(|entry| entry.mode == unconditional) {
            continue;
        }
        // Until the next call to anybody.
        let next = story.calls.iter().filter(|other| other.begun > call.begun && matches!(other.origin, Origin::Made(_)));
        let until = next.map(|other| other.begun).min().unwrap_or(story.events.len());
        let offered = story.calls.iter().find(|other| {
            matches!(other.origin, Origin::Announced(_)) && other.line == Some(line.ht) && other.begun > call.begun && other.begun < until
                && other.next_of(&["LINECALLSTATE_OFFERING"], call.begun).is_some()
        });
        let said = kept(offered.is_none(), || format!("{number} is forwarded, and a call to it was offered there"));
        judgement.say(call.begun, said.map(|said| said.with(offered.map(|other| other.begun))));
    }
    judgement
}

fn address_counts_where_it_is_meant(story: &Story<'_>) -> Judgement {
    let all = |one: &Invocation<'_>| one.dword("bAllAddresses") != 0;
    let mut judgement = never_fails_with(story, "TSPI_lineForward", &["LINEERR_INVALADDRESSID"], |one| all(one));
    judgement.join(refuses(story, "TSPI_lineForward", &[], |one| {
        let device = story.device_of(one);
        let caps = device.and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
        let addresses = caps.and_then(|caps| caps.number("dwNumAddresses"));
        !all(one) && addresses.is_some_and(|addresses| one.dword("dwAddressID") >= addresses)
    }));
    judgement
}

/// What a request asks for: its list, none where that has no entries, and the addresses that it is about.
fn instructions<'t>(one: &Invocation<'t>) -> (Option<&'t [u8]>, bool, u32) {
    let list = one.bytes_in("lpForwardList").filter(|_| !entries(one).is_empty());
    let all = one.dword("bAllAddresses") != 0;
    (list, all, if all { 0 } else { one.dword("dwAddressID") })
}

fn known_instructions_are_taken(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineForward", |one, outcome| {
        let line = line_of(story, one)?;
        let before = forwards(story, line.ht, one.called).find(|first| instructions(first) == instructions(one));
        let first = before?;
        let own = ["LINEERR_NOMEM", "LINEERR_RESOURCEUNAVAIL"];
        kept(outcome.succeeded() || is_error(outcome.result, &own), || {
            format!("the same instructions were taken before, and now {} came", render_result(outcome.result))
        })
        .map(|said: Said| said.with([first.called]))
    })
}

fn newest_list_rules(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for status in story.answers("LINEADDRESSSTATUS") {
        let one = &story.invocations[status.invocation];
        let Some(line) = line_of(story, one) else { continue };
        let last = forwards(story, line.ht, one.called).last();
        let Some(last) = last.filter(|last| last.dword("bAllAddresses") != 0) else { continue };
        // The switch may confirm a moment later.
        let set = story.outcome(last).map_or(last.called, |outcome| outcome.at);
        if story.time(one.called).saturating_sub(story.time(set)) < ON_ITS_WAY {
            continue;
        }
        let wanted = entries(last).iter().fold(0, |modes, entry| modes | entry.mode);
        let shown: Vec<u32> = match status.decoded.get("Forward") {
            Some(Value::List(entries)) => entries
                .iter()
                .filter_map(|entry| match entry {
                    Value::Struct(members) => members.iter().find(|(name, _)| *name == "dwForwardMode")?.1.number(),
                    _ => None,
                })
                .collect(),
            _ => Vec::new(),
        };
        // A provider may tell a mode by its parts, and those that it does not know by UNKNOWN.
        let unknown = constant_value("LINEFORWARDMODE_UNKNOWN") | constant_value("LINEFORWARDMODE_UNAVAIL");
        let stale = match wanted {
            0 => shown.first().copied(),
            _ if shown.len() > entries(last).len() => shown.iter().copied().find(|mode| mode & (wanted | unknown) == 0),
            _ => None,
        };
        let said = kept(stale.is_none(), || {
            let mode = render_constant("LINEFORWARDMODE", stale.unwrap_or_default());
            format!("LINEADDRESSSTATUS shows {mode}, which the newest list does not ask for")
        });
        judgement.say(status.at, said.map(|said| said.with([last.called])));
    }
    judgement
}

fn consultation_handles_are_of_calls(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineForward", |one, outcome| {
        let ht = one.value("htConsultCall").filter(|ht| *ht != 0 && outcome.succeeded())?;
        let handle = one.number_out("lphdConsultCall")?;
        let named = story.callbacks.iter().any(|(at, args)| *at > one.called && args.call == ht);
        let given_time = story.end() - story.time(outcome.at) >= EVENTUALLY;
        match (handle != 0, named) {
            (true, false) if given_time => kept(false, || {
                format!("*lphdConsultCall is {handle:#x}, and no event names a consultation call")
            }),
            (false, true) => kept(false, || "events name htConsultCall, and *lphdConsultCall is NULL".to_owned()),
            (true, false) => None,
            _ => kept(true, String::new),
        }
    })
}

fn forwarding_is_reported(story: &Story<'_>) -> Judgement {
    let (message, bit) = (constant_value("LINE_ADDRESSSTATE"), constant_value("LINEADDRESSSTATE_FORWARD"));
    each_outcome(story, "TSPI_lineForward", |one, outcome| {
        let line = line_of(story, one).filter(|_| outcome.succeeded())?;
        let asked = story.line_mask(line.ht, one.called).address_states & bit != 0;
        let before = forwards(story, line.ht, one.called).last().map(|last| instructions(last));
        let changes = match before {
            Some(before) => before != instructions(one),
            None => !entries(one).is_empty(),
        };
        if !asked || !changes {
            return None;
        }
        let told = story.callbacks.iter().any(|(at, args)| {
            *at > one.called && args.device == line.ht && args.msg == message && args.params[1] & u64::from(bit) != 0
        });
        let next = story.invocations.iter().find(|next| {
            next.called > one.called && ["TSPI_lineForward", "TSPI_lineClose"].contains(&next.function.name)
        });
        let until = next.map_or(story.end(), |next| story.time(next.called));
        if !told && until.saturating_sub(story.time(outcome.at)) < EVENTUALLY {
            return None;
        }
        kept(told, || "forwarding was changed, and LINEADDRESSSTATE_FORWARD never came".to_owned())
    })
}
