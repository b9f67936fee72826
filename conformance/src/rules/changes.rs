//! Rules about changes: what two queries show to be different was reported in between, by the message and the bit of its
//! item, where TAPI had asked to be told.

mod items;

use super::Level::Must;
use super::judging::{EVENTUALLY, ON_ITS_WAY, Said, call_was_given_time, each_answer, kept, phone_was_given_time};
use super::{Answer, Judgement, Rule, Story};
use crate::trace::CallbackArgs;
use crate::tspi::constant_value;
use items::{ADDRESS_ITEMS, CALL_ITEMS, Item, LINE_ITEMS, PHONE_ITEMS};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/linedevstate--constants/9",
        page: "linedevstate--constants.md",
        level: Must,
        requirement: "What LINEDEVSTATUS, LINEDEVCAPS and a device's configuration show to have changed between two queries is \
                      reported in between by LINE_LINEDEVSTATE with the bit of the item, where TSPI_lineSetStatusMessages has \
                      asked for it and LINEDEVCAPS.dwLineStates lists it.",
        why: "Applications ask again only when they are told to, and show what has been.",
        mend: "Send LINE_LINEDEVSTATE with the item's bit where the item is changed, and change it before the message is sent.",
        broken_by: "message-light-unsaid",
        exercises: &["status-changes", "device-status-changes"],
        judge: |story| changes_are_reported(story, LINE_ITEMS),
    },
    Rule {
        id: "tspi/LINE_ADDRESSSTATE/4",
        page: "line-addressstate.md",
        level: Must,
        requirement: "What LINEADDRESSSTATUS and LINEADDRESSCAPS show to have changed between two queries is reported in between by \
                      LINE_ADDRESSSTATE with the bit of the item, where TSPI_lineSetStatusMessages has asked for it and \
                      LINEADDRESSCAPS.dwAddressStates lists it.",
        why: "Applications ask again only when they are told to, and show what has been.",
        mend: "Send LINE_ADDRESSSTATE with the item's bit where the item is changed, and change it before the message is sent.",
        broken_by: "address-calls-unsaid",
        exercises: &["status-changes"],
        judge: |story| changes_are_reported(story, ADDRESS_ITEMS),
    },
    Rule {
        id: "tspi/LINE_CALLINFO/3",
        page: "line-callinfo.md",
        level: Must,
        requirement: "What LINECALLINFO shows to have changed between two queries of a call is reported in between by LINE_CALLINFO \
                      with the bit of the item, where LINEADDRESSCAPS.dwCallInfoStates lists it.",
        why: "Applications ask again only when they are told to, and show another caller, or none.",
        mend: "Send LINE_CALLINFO with the item's bit where the item is changed, and change it before the message is sent.",
        broken_by: "app-specific-unsaid",
        exercises: &["call-changes"],
        judge: |story| changes_are_reported(story, CALL_ITEMS),
    },
    Rule {
        id: "tspi/phonestate--constants/2",
        page: "phonestate--constants.md",
        level: Must,
        requirement: "What PHONESTATUS and PHONECAPS show to have changed between two queries is reported in between by PHONE_STATE \
                      with the bit of the item, where TSPI_phoneSetStatusMessages has asked for it and PHONECAPS.dwPhoneStates \
                      lists it.",
        why: "Applications ask again only when they are told to, and show what has been.",
        mend: "Send PHONE_STATE with the item's bit where the item is changed, and change it before the message is sent.",
        broken_by: "phone-state-unsaid",
        exercises: &["phone-settings"],
        judge: |story| changes_are_reported(story, PHONE_ITEMS),
    },
    Rule {
        id: "tspi/linedevstatusflags--constants/2",
        page: "linedevstatusflags--constants.md",
        level: Must,
        requirement: "The flags of LINEDEVSTATUS and PHONESTATUS say what was reported last: MSGWAIT after LINEDEVSTATE_MSGWAITON, \
                      CONNECTED and INSERVICE unless DISCONNECTED, OUTOFSERVICE or MAINTENANCE was reported, SUSPENDED after \
                      PHONESTATE_SUSPEND.",
        why: "An application that asks learns otherwise than one that listens.",
        mend: "Keep one variable for each, from which the message is sent and the status is filled.",
        broken_by: "message-light-forgotten",
        exercises: &["device-status-changes"],
        judge: flags_follow_reports,
    },
];

/// What an answer is about: TAPI's handle of a line, call or phone that is open, an address, and whatever else tells one
/// matter from another.
#[derive(PartialEq, Clone)]
struct Subject {
    ht: u64,
    address: u32,
    class: Option<String>,
}

fn subject(story: &Story<'_>, answer: &Answer) -> Option<Subject> {
    let one = &story.invocations[answer.invocation];
    let open_line = |device: u32| {
        let mut lines = story.lines.iter().rev();
        lines.find(|line| line.device == device && line.opened < one.called && line.closed.is_none_or(|at| at > answer.at))
    };
    let open_phone = |device: u32| {
        let mut phones = story.phones.iter().rev();
        phones.find(|phone| phone.device == device && phone.opened < one.called && phone.closed.is_none_or(|at| at > answer.at))
    };
    let ht = match answer.structure {
        "LINECALLINFO" => answer.call?,
        "VARSTRING" if one.function.name != "TSPI_lineGetDevConfig" => return None,
        "LINEDEVSTATUS" | "LINEADDRESSSTATUS" | "LINEDEVCAPS" | "LINEADDRESSCAPS" | "VARSTRING" => {
            open_line(answer.device?)?.ht
        }
        _ => open_phone(answer.device?)?.ht,
    };
    Some(Subject {
        ht,
        address: answer.address.unwrap_or_default(),
        class: one.text_in("lpszDeviceClass"),
    })
}

/// Whether all of it found room.
fn is_whole(answer: &Answer) -> bool {
    let number = |member| answer.decoded.get(member).and_then(|value| value.number());
    number("dwNeededSize").is_some_and(|needed| number("dwTotalSize").is_some_and(|total| needed <= total))
}

/// The members by which two answers differ.
fn differences(item: &Item, before: &Answer, after: &Answer) -> Vec<&'static str> {
    const NEVER: [&str; 4] = ["dwTotalSize", "dwNeededSize", "dwUsedSize", "DevSpecific"];
    let all: Vec<&'static str> = match item.members {
        [] => crate::tspi::structures::structure(item.structure)
            .into_iter()
            .flat_map(|structure| structure.names())
            .filter(|name| !NEVER.contains(name) && !name.ends_with("Size") && !name.ends_with("Offset"))
            .collect(),
        some => some.to_vec(),
    };
    let differs = |member: &&'static str| match (before.decoded.get(member), after.decoded.get(member)) {
        (Some(was), Some(is)) => was != is,
        _ => false,
    };
    all.into_iter().filter(differs).collect()
}

/// The bits that TAPI was told can be reported, and has asked for, as of an event; `None` where the capabilities are not known.
fn reported(story: &Story<'_>, structure: &str, ht: u64, at: usize) -> Option<u32> {
    let claimed = |caps: &str, device: Option<u32>, member: &str| story.caps(caps, device?, at)?.number(member);
    match structure {
        "LINECALLINFO" => {
            let line = story.call(ht)?.line.and_then(|line| story.line(line))?;
            claimed("LINEADDRESSCAPS", Some(line.device), "dwCallInfoStates")
        }
        "LINEADDRESSSTATUS" | "LINEADDRESSCAPS" => {
            let states = claimed("LINEADDRESSCAPS", story.line(ht).map(|line| line.device), "dwAddressStates")?;
            Some(states & story.line_mask(ht, at).address_states)
        }
        "PHONESTATUS" | "PHONECAPS" => {
            let states = claimed("PHONECAPS", story.phone(ht).map(|phone| phone.device), "dwPhoneStates")?;
            Some(states & story.phone_mask(ht, at).states)
        }
        _ => {
            let states = claimed("LINEDEVCAPS", story.line(ht).map(|line| line.device), "dwLineStates")?;
            Some(states & story.line_mask(ht, at).states)
        }
    }
}

/// The message that reports changes of a structure, and which of its parameters holds the bits.
fn message(structure: &str) -> (&'static str, usize) {
    match structure {
        "LINECALLINFO" => ("LINE_CALLINFO", 0),
        "LINEADDRESSSTATUS" | "LINEADDRESSCAPS" => ("LINE_ADDRESSSTATE", 1),
        "PHONESTATUS" | "PHONECAPS" => ("PHONE_STATE", 0),
        _ => ("LINE_LINEDEVSTATE", 0),
    }
}

/// The reports about a subject.
fn reports<'s, 't>(
    story: &'s Story<'t>,
    structure: &str,
    of: &Subject,
) -> impl Iterator<Item = (usize, &'t CallbackArgs, u64)> + use<'s, 't> {
    let (name, parameter) = message(structure);
    let (msg, ht, address) = (constant_value(name), of.ht, u64::from(of.address));
    let callbacks = story.callbacks.iter().chain(&story.phone_callbacks);
    callbacks.copied().filter_map(move |(at, args)| {
        let handle = if name == "LINE_CALLINFO" { args.call } else { args.device };
        let same = args.msg == msg && handle == ht && (name != "LINE_ADDRESSSTATE" || args.params[0] == address);
        same.then_some((at, args, args.params[parameter]))
    })
}

/// Whether what was read at an event was left open for long enough after it.
fn was_given_time(story: &Story<'_>, structure: &str, ht: u64, at: usize) -> bool {
    match structure {
        "LINECALLINFO" => story.call(ht).is_some_and(|call| call_was_given_time(story, call, at)),
        "PHONESTATUS" | "PHONECAPS" => phone_was_given_time(story, ht, at),
        _ => {
            let closing = story.invocations.iter().find(|one| {
                one.called > at
                    && match one.function.name {
                        "TSPI_providerShutdown" => true,
                        "TSPI_lineClose" => {
                            let line = one.value("hdLine").and_then(|hd| story.line_by_hd(hd, one.called));
                            line.is_some_and(|line| line.ht == ht)
                        }
                        _ => false,
                    }
            });
            closing.is_some_and(|one| story.time(one.called) - story.time(at) >= EVENTUALLY)
        }
    }
}

fn changes_are_reported(story: &Story<'_>, items: &[Item]) -> Judgement {
    let mut judgement = Judgement::default();
    let mut last: Vec<(&str, Subject, &Answer)> = Vec::new();
    let structures: Vec<&str> = items.iter().map(|item| item.structure).collect();
    let answers = story.answers.iter().filter(|answer| structures.contains(&answer.structure));
    for answer in answers.filter(|answer| is_whole(answer)) {
        let Some(of) = subject(story, answer) else { continue };
        let known = last.iter_mut().find(|(structure, other, _)| *structure == answer.structure && *other == of);
        let Some(known) = known else {
            last.push((answer.structure, of, answer));
            continue;
        };
        let before = std::mem::replace(&mut known.2, answer);
        for item in items.iter().filter(|item| item.structure == answer.structure) {
            judgement.say(answer.at, change_is_reported(story, item, &of, before, answer));
        }
    }
    judgement
}

fn change_is_reported(
    story: &Story<'_>,
    item: &Item,
    of: &Subject,
    before: &Answer,
    after: &Answer,
) -> Option<Said> {
    let changed = differences(item, before, after);
    if changed.is_empty() {
        return None;
    }
    let all = item.bits.iter().fold(0, |all, bit| all | constant_value(bit));
    // Asked for all the while, or it may have been changed while nobody was to be told. Of flags, each has bits of its own,
    // and nobody knows which of them it is.
    let is_flags = item.bits.len() > 3;
    let wanted = if is_flags { flags_of(item, before, after)? } else { all };
    let [then, now] = [before.at, after.at].map(|at| reported(story, item.structure, of.ht, at).map(|bits| bits & wanted));
    let bits = then?;
    if bits != now? || bits == 0 || is_flags && bits != wanted {
        return None;
    }
    // An idle call reports nothing more.
    if item.structure == "LINECALLINFO" && story.call(of.ht)?.was(&["LINECALLSTATE_IDLE"], after.at) {
        return None;
    }
    let since = story.invocations[before.invocation].called;
    let until = story.time(after.at) + EVENTUALLY;
    let told = reports(story, item.structure, of)
        .any(|(at, _, reported)| at > since && story.time(at) <= until && reported & u64::from(wanted) != 0);
    if !told && !was_given_time(story, item.structure, of.ht, after.at) {
        return None;
    }
    let said = kept(told, || {
        let (name, _) = message(item.structure);
        let show = |answer: &Answer, member: &str| {
            answer.decoded.get(member).map_or_else(String::new, |value| value.to_string())
        };
        let shown: Vec<String> = changed
            .iter()
            .map(|member| format!("{member} was {} and is {}", show(before, member), show(after, member)))
            .collect();
        format!("{}: {}; no {name} with {} came", item.structure, shown.join(", "), item.bits.join(" or "))
    });
    said.map(|said| said.with([before.at]))
}

/// A flag, the report that sets it, those that clear it.
struct Flag {
    structure: &'static str,
    member: &'static str,
    flag: &'static str,
    sets: &'static str,
    clears: &'static [&'static str],
}

const FLAGS: [Flag; 5] = [
    Flag {
        structure: "LINEDEVSTATUS",
        member: "dwDevStatusFlags",
        flag: "LINEDEVSTATUSFLAGS_MSGWAIT",
        sets: "LINEDEVSTATE_MSGWAITON",
        clears: &["LINEDEVSTATE_MSGWAITOFF"],
    },
    Flag {
        structure: "LINEDEVSTATUS",
        member: "dwDevStatusFlags",
        flag: "LINEDEVSTATUSFLAGS_CONNECTED",
        sets: "LINEDEVSTATE_CONNECTED",
        clears: &["LINEDEVSTATE_DISCONNECTED"],
    },
    Flag {
        structure: "LINEDEVSTATUS",
        member: "dwDevStatusFlags",
        flag: "LINEDEVSTATUSFLAGS_INSERVICE",
        sets: "LINEDEVSTATE_INSERVICE",
        clears: &["LINEDEVSTATE_OUTOFSERVICE", "LINEDEVSTATE_MAINTENANCE"],
    },
    Flag {
        structure: "PHONESTATUS",
        member: "dwStatusFlags",
        flag: "PHONESTATUSFLAGS_CONNECTED",
        sets: "PHONESTATE_CONNECTED",
        clears: &["PHONESTATE_DISCONNECTED"],
    },
    Flag {
        structure: "PHONESTATUS",
        member: "dwStatusFlags",
        flag: "PHONESTATUSFLAGS_SUSPENDED",
        sets: "PHONESTATE_SUSPEND",
        clears: &["PHONESTATE_RESUME"],
    },
];

/// The bits that report how the flags of two answers differ.
fn flags_of(item: &Item, before: &Answer, after: &Answer) -> Option<u32> {
    let member = item.members.first()?;
    let changed = before.number(member)? ^ after.number(member)?;
    let locked = constant_value("LINEDEVSTATUSFLAGS_LOCKED");
    let lock = match item.structure == "LINEDEVSTATUS" && changed & locked != 0 {
        true => constant_value("LINEDEVSTATE_LOCK"),
        false => 0,
    };
    let set = after.number(member)?;
    let rows = FLAGS.iter().filter(|row| row.structure == item.structure && changed & constant_value(row.flag) != 0);
    Some(rows.fold(lock, |bits, row| match set & constant_value(row.flag) != 0 {
        true => bits | constant_value(row.sets),
        false => row.clears.iter().fold(bits, |bits, clears| bits | constant_value(clears)),
    }))
}

fn flags_follow_reports(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for row in &FLAGS {
        let bits = |names: &[&str]| names.iter().fold(0, |all, name| all | u64::from(constant_value(name)));
        let (sets, clears) = (bits(&[row.sets]), bits(row.clears));
        judgement.join(each_answer(story, row.structure, |status| {
            let of = subject(story, status)?;
            let called = story.invocations[status.invocation].called;
            let turned = reports(story, row.structure, &of).filter(|(.., reported)| reported & (sets | clears) != 0);
            let turned: Vec<(usize, u64)> = turned.map(|(at, _, reported)| (at, reported)).collect();
            let (at, reported) = *turned.iter().rfind(|(at, _)| *at < called)?;
            // One that comes about now may have been foreseen.
            let until = story.time(status.at) + ON_ITS_WAY;
            if turned.iter().any(|(at, _)| *at > called && story.time(*at) <= until) || reported & sets != 0 && reported & clears != 0 {
                return None;
            }
            let is_set = status.number(row.member)? & constant_value(row.flag) != 0;
            let said = kept(is_set == (reported & sets != 0), || {
                let [last, shows] = [reported & sets != 0, is_set].map(|on| if on { "set" } else { "cleared" });
                format!("{} was reported to be {last}, and {} shows it {shows}", row.flag, row.structure)
            });
            said.map(|said| said.with([at]))
        }));
    }
    judgement
}
