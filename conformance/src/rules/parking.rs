//! Rules about calls that are parked, fetched, picked up and redirected.

use super::Level::{Must, Should};
use super::judging::{call_was_given_time, each_outcome, kept, never_fails_with, refuses};
use super::{CallLife, Invocation, Judgement, Outcome, Rule, Story};
use crate::tspi::structures::{POISON, VARSTRING};
use crate::tspi::{constant_value, decode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/linePark/6",
        page: "nf-tspi-tspi_linepark.md",
        level: Must,
        requirement: "dwParkMode is exactly one LINEPARKMODE_ constant: TSPI_linePark fails with any other value.",
        why: "TAPI leaves the check to the provider, and the call goes where nobody looks for it.",
        mend: "Return LINEERR_INVALPARKMODE for all but the two constants.",
        broken_by: "parks-by-any-mode",
        exercises: &["park-refused"],
        judge: |story| {
            refuses(story, "TSPI_linePark", &[], |one| {
                !["LINEPARKMODE_DIRECTED", "LINEPARKMODE_NONDIRECTED"].iter().any(|mode| one.dword("dwParkMode") == constant_value(mode))
            })
        },
    },
    Rule {
        id: "tspi/linePark/8",
        page: "nf-tspi-tspi_linepark.md",
        level: Must,
        requirement: "A parked call is where it was parked: TSPI_lineUnpark fetches it from the address that was given for it, or that \
                      lpNonDirAddress returned.",
        why: "A caller who was parked is never found again.",
        mend: "Park at lpszDirAddress under LINEPARKMODE_DIRECTED, and return the true place otherwise.",
        broken_by: "parks-elsewhere",
        exercises: &["park", "park-directed"],
        judge: parked_calls_are_found,
    },
    Rule {
        id: "tspi/linePark/10",
        page: "nf-tspi-tspi_linepark.md",
        level: Must,
        requirement: "What a park mode does not use is ignored: lpNonDirAddress may be NULL under LINEPARKMODE_DIRECTED, and lpszDirAddress may \
                      hold anything under LINEPARKMODE_NONDIRECTED.",
        why: "TAPI passes on what the application left in the unused parameter.",
        mend: "Look at dwParkMode first, and only at the parameter that goes with it.",
        broken_by: "demands-park-address",
        exercises: &["park-directed"],
        judge: |story| {
            let directed = constant_value("LINEPARKMODE_DIRECTED");
            let mut all = never_fails_with(story, "TSPI_linePark", &["LINEERR_INVALPOINTER"], |one| one.dword("dwParkMode") == directed);
            let errors = ["LINEERR_INVALADDRESS", "LINEERR_INVALPOINTER"];
            all.join(never_fails_with(story, "TSPI_linePark", &errors, |one| {
                one.dword("dwParkMode") == constant_value("LINEPARKMODE_NONDIRECTED") && !one.is_null("lpNonDirAddress")
            }));
            all
        },
    },
    Rule {
        id: "tspi/linePark/11",
        page: "nf-tspi-tspi_linepark.md",
        level: Must,
        requirement: "When a call was parked under LINEPARKMODE_NONDIRECTED, the VARSTRING at lpNonDirAddress holds its address: all members are \
                      filled, the string is not empty and ends in a null that dwStringSize counts.",
        why: "Without the address nobody can fetch the call.",
        mend: "Fill the VARSTRING before the request completes.",
        broken_by: "park-address-unsaid",
        exercises: &["park"],
        judge: |story| park_addresses(story, false),
    },
    Rule {
        id: "tspi/linePark/14",
        page: "nf-tspi-tspi_linepark.md",
        level: Should,
        requirement: "The VARSTRING with the address of a parked call has dwStringFormat STRINGFORMAT_ASCII. All other strings of TSPI are in \
                      Unicode, and providers that say STRINGFORMAT_UNICODE here are understood: a warning.",
        why: "An application that goes by the page reads one character of the address.",
        mend: "Write the address in ASCII and say so.",
        broken_by: "park-address-unicode",
        exercises: &["park"],
        judge: |story| park_addresses(story, true),
    },
    Rule {
        id: "tspi/linePark/15",
        page: "nf-tspi-tspi_linepark.md",
        level: Must,
        requirement: "A VARSTRING that has no room for the address makes TSPI_linePark fail with LINEERR_STRUCTURETOOSMALL.",
        why: "The call is parked, and nobody learns where.",
        mend: "Compare dwTotalSize with what the address needs before parking.",
        broken_by: "parks-without-room",
        exercises: &["park-refused"],
        judge: |story| {
            refuses(story, "TSPI_linePark", &["LINEERR_STRUCTURETOOSMALL"], |one| {
                let connected = story.call_of(one, "hdCall").is_some_and(|call| call.was(&["LINECALLSTATE_CONNECTED"], one.called));
                let room = one.bytes_in("lpNonDirAddress").map_or(usize::MAX, <[u8]>::len);
                connected && one.dword("dwParkMode") == constant_value("LINEPARKMODE_NONDIRECTED") && room <= VARSTRING.fixed_size(one.version)
            })
        },
    },
    Rule {
        id: "tspi/linePark/18",
        page: "nf-tspi-tspi_linepark.md",
        level: Must,
        requirement: "The handle that a provider gives for a new call is distinct from those of all calls that are not closed: a parked call that \
                      is fetched is a new call.",
        why: "TAPI takes the old call for the new one, and closes one with the other.",
        mend: "Make a new call with a handle of its own for each call that TAPI asks for.",
        broken_by: "unparks-as-before",
        exercises: &["park", "two-lines"],
        judge: new_handles_are_new,
    },
    Rule {
        id: "tspi/linePickup/9",
        page: "nf-tspi-tspi_linepickup.md",
        level: Must,
        requirement: "lpszDestAddress and lpszGroupID of TSPI_linePickup may each be NULL, or both: group pickup, or the call that waits. NULL is \
                      not refused with LINEERR_INVALPOINTER or LINEERR_INVALADDRESS.",
        why: "A user cannot pick up what rings in the own group.",
        mend: "Read NULL as left out: the own group, or the call that waits.",
        broken_by: "demands-pickup-address",
        exercises: &["pickup-group"],
        judge: |story| {
            let errors = ["LINEERR_INVALPOINTER", "LINEERR_INVALADDRESS"];
            never_fails_with(story, "TSPI_linePickup", &errors, |one| one.is_null("lpszDestAddress"))
        },
    },
    Rule {
        id: "tspi/lineRedirect/6",
        page: "nf-tspi-tspi_lineredirect.md",
        level: Must,
        requirement: "A call is redirected to lpszDestAddress: where that is an open line of the provider, the call is offered there.",
        why: "The caller reaches somebody else.",
        mend: "Read lpszDestAddress to its null and pass it on unchanged.",
        broken_by: "redirects-elsewhere",
        exercises: &["redirect-inside"],
        judge: redirected_calls_arrive,
    },
    Rule {
        id: "tspi/lineRedirect/10",
        page: "nf-tspi-tspi_lineredirect.md",
        level: Must,
        requirement: "A call that is redirected is not answered for it: LINECALLSTATE_CONNECTED is never reported for it.",
        why: "The caller pays for a call that nobody took.",
        mend: "Deflect the call at the switch.",
        broken_by: "answers-to-redirect",
        exercises: &["redirect"],
        judge: |story| {
            each_outcome(story, "TSPI_lineRedirect", |one, outcome| {
                let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
                let answered = call.next_of(&["LINECALLSTATE_CONNECTED"], one.called);
                kept(answered.is_none(), || "the call was redirected, and LINECALLSTATE_CONNECTED was reported for it".to_owned())
                    .map(|said| said.with(answered.map(|seen| seen.at)))
            })
        },
    },
    Rule {
        id: "tspi/lineRedirect/9",
        page: "nf-tspi-tspi_lineredirect.md",
        level: Must,
        requirement: "A request that fails leaves its call as it was: a call that could not be redirected or transferred for its address, or whose \
                      quality of service could not be had, keeps its state.",
        why: "The application tries another address on a call that is gone.",
        mend: "Check everything before asking the switch for anything.",
        broken_by: "idle-where-refused",
        exercises: &["redirect-inside", "call-settings"],
        judge: refusals_change_nothing,
    },
];

/// Where a call was parked: the address that was given, or that came back.
fn parked_at(story: &Story<'_>, one: &Invocation<'_>) -> Option<String> {
    if one.dword("dwParkMode") == constant_value("LINEPARKMODE_DIRECTED") {
        return one.text_in("lpszDirAddress");
    }
    let place = decode(&VARSTRING, story.left(one, "lpNonDirAddress")?, one.version);
    Some(place.get("String")?.text()?.to_owned())
}

fn succeeded(story: &Story<'_>, one: &Invocation<'_>) -> Option<Outcome> {
    story.outcome(one).filter(|outcome| outcome.succeeded())
}

/// How long a switch keeps a parked call at least.
const PARKED: std::time::Duration = std::time::Duration::from_secs(10);

fn parked_calls_are_found(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineUnpark", |one, outcome| {
        let from = one.text_in("lpszDestAddress").filter(|from| !from.is_empty())?;
        let parks = story.invocations_of("TSPI_linePark").filter(|park| {
            let done = succeeded(story, park).is_some_and(|done| done.at < one.called && story.time(one.called) - story.time(done.at) < PARKED);
            done && parked_at(story, park).as_ref() == Some(&from)
        });
        let park = parks.last()?;
        let fetched = story.invocations_of("TSPI_lineUnpark").any(|other| {
            other.called > park.called && other.called < one.called && other.text_in("lpszDestAddress").as_ref() == Some(&from)
        });
        // The caller may have given up meanwhile.
        let dropped = story.invocations_of("TSPI_lineDrop").any(|drop| drop.called > park.called && drop.called < one.called);
        let busy = super::judging::is_error(outcome.result, &["LINEERR_RESOURCEUNAVAIL", "LINEERR_NOMEM"]);
        if fetched || dropped || busy {
            return None;
        }
        kept(outcome.succeeded(), || format!("a call was parked at {from:?}, and TSPI_lineUnpark from there failed with {}", render_result(outcome.result)))
            .map(|said| said.with([park.called]))
    })
}

fn park_addresses(story: &Story<'_>, format: bool) -> Judgement {
    each_outcome(story, "TSPI_linePark", |one, outcome| {
        if !outcome.succeeded() || one.dword("dwParkMode") != constant_value("LINEPARKMODE_NONDIRECTED") {
            return None;
        }
        let bytes = story.left(one, "lpNonDirAddress")?;
        let place = decode(&VARSTRING, bytes, one.version);
        let number = |member: &str| place.get(member)?.number();
        // What has not been written yet may be until the request completes, and was not read again then.
        if number("dwStringFormat") == Some(u32::from_le_bytes([POISON; 4])) {
            return None;
        }
        let (is, ascii) = (number("dwStringFormat")?, constant_value("STRINGFORMAT_ASCII"));
        if format {
            return kept(is == ascii, || format!("dwStringFormat is {is:#x}"));
        }
        let dword = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
        let (size, offset) = (dword(16)?, dword(20)?);
        let unit = if is == constant_value("STRINGFORMAT_UNICODE") { 2 } else { 1 };
        let part = bytes.get(offset..offset + size).unwrap_or_default();
        let ends = part.len() > unit && part[part.len() - unit..].iter().all(|byte| *byte == 0);
        let named = place.get("String").and_then(|text| text.text()).is_some_and(|text| !text.is_empty());
        kept(ends && named, || format!("the call is parked, and lpNonDirAddress holds {}", place.render()))
    })
}

/// Where functions put the handle of a new call, and TAPI's own for it.
const NEW: [(&str, &str); 3] = [("htCall", "lphdCall"), ("htConfCall", "lphdConfCall"), ("htConsultCall", "lphdConsultCall")];

fn new_handles_are_new(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let mut check = |at: usize, ht: u64, hd: u64| {
        let open = |call: &&CallLife| call.ht != ht && call.begun < at && call.hd == Some(hd) && call.closed.is_none_or(|closed| closed > at);
        // What was never a call needs no closing, nor what went with its line.
        let lives = |call: &&CallLife| {
            let line = call.line.and_then(|line| story.line(line));
            call.valid.is_some_and(|valid| valid < at) && line.is_some_and(|line| line.closed.is_none_or(|closed| closed > at))
        };
        let same = story.calls.iter().filter(open).find(lives);
        judgement.note(at, same.map(|same| format!("handle {hd:#x} is given for a new call, and stands for call {:#x}, which is not closed", same.ht)));
    };
    for one in story.invocations.iter().filter(|one| one.accepted()) {
        for (ht, lphd) in NEW {
            let Some(ht) = one.value(ht).filter(|ht| *ht != 0) else { continue };
            if let Some(hd) = one.number_out(lphd).filter(|hd| *hd != 0) {
                check(one.at(), ht, hd);
            }
        }
    }
    for (at, args) in &story.callbacks {
        if let Some(ht) = args.new_call {
            check(*at, ht, args.params[0]);
        }
    }
    judgement
}

fn redirected_calls_arrive(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineRedirect", |one, outcome| {
        let call = story.call_of(one, "hdCall").filter(|_| outcome.succeeded())?;
        let line = story.line_at(&one.text_in("lpszDestAddress")?)?;
        let arrived = story.calls.iter().any(|other| other.line == Some(line) && other.begun > one.called && other.ht != call.ht);
        let busy = story.calls.iter().any(|other| other.line == Some(line) && other.begun < one.called && other.closed.is_none_or(|closed| closed > one.called));
        if busy || !arrived && !call_was_given_time(story, call, outcome.at) {
            return None;
        }
        kept(arrived, || "the call was redirected to a line of the provider, and no call was offered there".to_owned())
    })
}

fn refusals_change_nothing(story: &Story<'_>) -> Judgement {
    let functions: [(&str, &[&str]); 3] = [
        ("TSPI_lineRedirect", &["LINEERR_INVALADDRESS"]),
        ("TSPI_lineBlindTransfer", &["LINEERR_INVALADDRESS"]),
        ("TSPI_lineSetCallQualityOfService", &[]),
    ];
    let mut all = Judgement::default();
    for (function, errors) in functions {
        all.join(each_outcome(story, function, |one, outcome| {
            let call = story.call_of(one, "hdCall")?;
            let of_interest = errors.is_empty() || super::judging::is_error(outcome.result, errors);
            if outcome.succeeded() || !of_interest {
                return None;
            }
            let next = story.invocations.iter().find(|other| other.called > one.called);
            let until = next.map_or(usize::MAX, |next| next.called);
            let changed = call.states.iter().find(|seen| seen.at > one.called && seen.at < until);
            kept(changed.is_none(), || {
                let state = crate::tspi::render_constant("LINECALLSTATE", changed.map_or(0, |seen| seen.state));
                format!("{function} failed with {}, and the call became {state}", render_result(outcome.result))
            })
            .map(|said| said.with(changed.map(|seen| seen.at)))
        }));
    }
    all
}
