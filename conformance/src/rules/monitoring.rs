//! Rules about listening on a call: what one end sends, the other that listens hears, as often and as long as it listens.

use super::Level::Must;
use super::judging::{call_was_given_time, each, kept, never_fails_with, refuses};
use super::{CallLife, Invocation, Judgement, Rule, Story};
use crate::tspi::{constant_value, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineMonitorDigits/5",
        page: "nf-tspi-tspi_linemonitordigits.md",
        level: Must,
        requirement: "Functions that begin to listen return at once: TSPI_lineMonitorDigits, TSPI_lineMonitorMedia, TSPI_lineMonitorTones, \
                      TSPI_lineSetMediaControl and TSPI_lineGatherDigits do not wait for what they listen for. Two seconds are too long.",
        why: "TAPI's server waits for the return, and other applications with it.",
        mend: "Note what is listened for and return; report from the thread that reads the device.",
        broken_by: "monitoring-waits",
        exercises: &["digits"],
        judge: listening_begins_at_once,
    },
    Rule {
        id: "tspi/lineMonitorDigits/8",
        page: "nf-tspi-tspi_linemonitordigits.md",
        level: Must,
        requirement: "Each digit that is detected in a monitored mode is reported by LINE_MONITORDIGITS, one after another until monitoring \
                      ends: where the other end of the call is a line of the provider too, all that it sends.",
        why: "An application misses what the caller has dialled.",
        mend: "Go on detecting after the first digit, and report each in the order in which it came.",
        broken_by: "hears-one-digit",
        exercises: &["digits-and-ends", "digits"],
        judge: |story| digits_are_heard(story, false),
    },
    Rule {
        id: "tspi/lineMonitorDigits/10",
        page: "nf-tspi-tspi_linemonitordigits.md",
        level: Must,
        requirement: "Where LINEDIGITMODE_DTMF and LINEDIGITMODE_DTMFEND are both monitored, each digit is reported twice: when its tone \
                      begins and when it ends.",
        why: "An application that acts while a key is held never learns that it was let go.",
        mend: "Report the end of each tone too where LINEDIGITMODE_DTMFEND is asked for.",
        broken_by: "digit-never-ends",
        exercises: &["digits-and-ends"],
        judge: |story| digits_are_heard(story, true),
    },
    Rule {
        id: "tspi/lineMonitorDigits/12",
        page: "nf-tspi-tspi_linemonitordigits.md",
        level: Must,
        requirement: "Digits can be gathered and monitored on one call at the same time: where each alone has succeeded, neither fails \
                      because the other is on.",
        why: "A voice menu gathers digits while another application logs them.",
        mend: "Keep the gathering and the monitored modes apart; give each detected digit to both.",
        broken_by: "gathers-or-monitors",
        exercises: &["digits-and-ends", "digits"],
        judge: gathering_and_monitoring_go_together,
    },
    Rule {
        id: "tspi/lineMonitorTones/18",
        page: "nf-tspi-tspi_linemonitortones.md",
        level: Must,
        requirement: "LINE_MONITORTONE carries the dwToneListID of a list that is in force on its call, and the dwAppSpecific of a tone in it: \
                      a list that was replaced or dropped is reported no more.",
        why: "An application takes the tone for another one that it had asked for.",
        mend: "Replace the whole list under its dwToneListID, drop it where lpToneList is NULL, and look into it when a tone is heard.",
        broken_by: "tone-lists-stay",
        exercises: &["tone-lists"],
        judge: tones_are_of_lists_in_force,
    },
    Rule {
        id: "tspi/lineMonitorTones/16",
        page: "nf-tspi-tspi_linemonitortones.md",
        level: Must,
        requirement: "A tone that lasts long enough is reported by one LINE_MONITORTONE for each tone of each list in force that it matches, \
                      as often as it comes: where the other end is a line of the provider too, each that it sends.",
        why: "Two applications listen for one tone, and only one hears of it.",
        mend: "Watch all tones of all lists at once, and go on after a report.",
        broken_by: "hears-one-tone-list",
        exercises: &["tone-lists", "tones"],
        judge: tones_are_heard,
    },
    Rule {
        id: "tspi/lineMonitorTones/20",
        page: "nf-tspi-tspi_linemonitortones.md",
        level: Must,
        requirement: "A tone whose frequencies are all zero means silence, and is not refused with LINEERR_INVALTONE.",
        why: "Answering machines wait for silence to end a message.",
        mend: "Take an entry without frequencies as silence.",
        broken_by: "refuses-silence",
        exercises: &["tone-lists"],
        judge: |story| {
            never_fails_with(story, "TSPI_lineMonitorTones", &["LINEERR_INVALTONE"], |one| {
                let entries = one.bytes_in("lpToneList").map(super::judging::dwords).unwrap_or_default();
                entries.len() == 5 && entries[2..].iter().all(|hertz| *hertz == 0)
            })
        },
    },
    Rule {
        id: "tspi/lineMonitorTones/14",
        page: "nf-tspi-tspi_linemonitortones.md",
        level: Must,
        requirement: "More than can be detected is refused: a list of tones, digits, media types or call states that is longer than LINEDEVCAPS \
                      claims makes TSPI_lineMonitorTones or TSPI_lineSetMediaControl fail.",
        why: "The application waits for what nobody watches.",
        mend: "Compare the number of entries with what LINEDEVCAPS claims; return LINEERR_RESOURCEUNAVAIL beyond it.",
        broken_by: "watches-any-number",
        exercises: &["tone-lists", "media"],
        judge: long_lists_are_refused,
    },
];

/// How long a function that only begins something may take.
const AT_ONCE: std::time::Duration = std::time::Duration::from_secs(2);

fn listening_begins_at_once(story: &Story<'_>) -> Judgement {
    let functions = ["TSPI_lineMonitorDigits", "TSPI_lineMonitorMedia", "TSPI_lineMonitorTones", "TSPI_lineSetMediaControl", "TSPI_lineGatherDigits"];
    functions.iter().fold(Judgement::default(), |mut all, function| {
        all.join(each(story, function, |one| {
            let took = story.time(one.at()).saturating_sub(story.time(one.called));
            kept(took < AT_ONCE, || format!("{function} returned after {took:.1?}"))
        }));
        all
    })
}

/// Each generation of DTMF digits that was sent to the end, the call that heard it, and what can be heard of it.
fn sent_digits<'s>(story: &'s Story<'_>) -> impl Iterator<Item = (&'s Invocation<'s>, &'s CallLife, Vec<u32>, usize)> {
    let dtmf = constant_value("LINEDIGITMODE_DTMF");
    story.invocations_of("TSPI_lineGenerateDigits").filter_map(move |one| {
        let hears = story.other_end(story.call_of(one, "hdCall")?)?;
        let done = story.generated(one)?;
        let digits = one.text_in("lpszDigits").unwrap_or_default().to_ascii_uppercase();
        let digits: Vec<u32> = digits.chars().filter(|c| c.is_ascii_digit() || "ABCD*#".contains(*c)).map(u32::from).collect();
        let set_between = story.taken_on("TSPI_lineMonitorDigits", hears).any(|other| other.called > one.called && other.called < done);
        let fits = one.dword("dwDigitMode") == dtmf && !set_between && story.stays_connected(hears, one.called, done);
        fits.then_some((one, hears, digits, done))
    })
}

fn digits_are_heard(story: &Story<'_>, ends: bool) -> Judgement {
    let mut judgement = Judgement::default();
    let (dtmf, end) = (constant_value("LINEDIGITMODE_DTMF"), constant_value("LINEDIGITMODE_DTMFEND"));
    let (mode, needed) = if ends { (end, dtmf | end) } else { (dtmf, dtmf) };
    let message = constant_value("LINE_MONITORDIGITS");
    for (one, hears, digits, done) in sent_digits(story) {
        if story.digit_modes(hears, one.called) & needed != needed {
            continue;
        }
        let heard: Vec<u32> = story
            .callbacks
            .iter()
            .filter(|(at, args)| *at > one.called && args.call == hears.ht && args.msg == message && args.params[1] == u64::from(mode))
            .map(|(_, args)| args.params[0] as u32)
            .take(digits.len())
            .collect();
        let right = heard == digits;
        // Where monitoring ended soon after, the last reports may have been on their way.
        let off = story.taken_on("TSPI_lineMonitorDigits", hears).find(|other| other.called > done);
        let soon = off.is_some_and(|off| story.time(off.called) - story.time(done) < super::judging::EVENTUALLY);
        if !right && (soon || !call_was_given_time(story, hears, done)) {
            continue;
        }
        let said = kept(right, || {
            let shown = |digits: &[u32]| digits.iter().filter_map(|digit| char::from_u32(*digit)).collect::<String>();
            format!(
                "the other end sent {:?}, and LINE_MONITORDIGITS with {} reported {:?}",
                shown(&digits),
                render_constant("LINEDIGITMODE", mode),
                shown(&heard)
            )
        });
        judgement.say(done, said.map(|said| said.with([one.called])));
    }
    judgement
}

fn gathering_and_monitoring_go_together(story: &Story<'_>) -> Judgement {
    let gathered = constant_value("LINE_GATHERDIGITS");
    let gathers = |one: &Invocation<'_>| !one.is_null("lpsDigits") && one.dword("dwNumDigits") != 0;
    let connected = |one: &Invocation<'_>| story.call_of(one, "hdCall").filter(|call| call.was(&["LINECALLSTATE_CONNECTED"], one.called));
    let gathering = |call: &CallLife, at: usize| {
        let begun = story.taken_on("TSPI_lineGatherDigits", call).filter(|one| one.called < at).last();
        begun.is_some_and(|begun| {
            let ended = story.callbacks.iter().any(|(event, args)| *event > begun.called && *event < at && args.call == call.ht && args.msg == gathered);
            gathers(begun) && !ended
        })
    };
    let succeeds = |function: &str| story.invocations_of(function).any(|one| one.accepted() && one.dword("dwDigitModes") != 0);
    let mut all = Judgement::default();
    if succeeds("TSPI_lineGatherDigits") && succeeds("TSPI_lineMonitorDigits") {
        let judge = |one: &Invocation<'_>, other: bool, which: &str| {
            let result = one.result()?;
            other.then_some(())?;
            kept(result >= 0, || format!("{} failed with {} while {which}", one.function.name, render_result(result)))
        };
        all.join(each(story, "TSPI_lineGatherDigits", |one| {
            let call = connected(one).filter(|_| gathers(one))?;
            judge(one, story.digit_modes(call, one.called) != 0, "digits are monitored")
        }));
        all.join(each(story, "TSPI_lineMonitorDigits", |one| {
            let call = connected(one)?;
            let valid = one.dword("dwDigitModes") & !0x7 == 0;
            judge(one, valid && gathering(call, one.called), "digits are gathered")
        }));
    }
    all
}

fn tones_are_of_lists_in_force(story: &Story<'_>) -> Judgement {
    super::judging::each_line_event(story, "LINE_MONITORTONE", |at, args| {
        let call = story.call(args.call)?;
        // A report may have been on its way when the list was changed.
        let before = story.time(at).saturating_sub(super::judging::ON_ITS_WAY);
        let recent = story.events[..at].iter().position(|event| event.at >= before).unwrap_or(at);
        let mut moments = [recent, at].into_iter().flat_map(|moment| story.tones(call, moment));
        let right = moments.any(|tone| (u64::from(tone.tag), u64::from(tone.list)) == (args.params[0], args.params[1]));
        kept(right, || {
            format!("LINE_MONITORTONE reports dwAppSpecific {:#x} of tone list {:#x}, which no list in force has", args.params[0], args.params[1])
        })
    })
}

fn tones_are_heard(story: &Story<'_>) -> Judgement {
    let (message, custom) = (constant_value("LINE_MONITORTONE"), constant_value("LINETONEMODE_CUSTOM"));
    let mut judgement = Judgement::default();
    for one in story.invocations_of("TSPI_lineGenerateTone") {
        let Some(hears) = story.call_of(one, "hdCall").and_then(|call| story.other_end(call)) else { continue };
        let Some(done) = story.generated(one).filter(|_| one.dword("dwToneMode") == custom) else { continue };
        let entries = one.bytes_in("lpTones").map(super::judging::dwords).unwrap_or_default();
        let chopped = entries.chunks_exact(4).any(|tone| tone[1] != 0 || tone[2] != 0);
        let mut sent: Vec<u32> = entries.chunks_exact(4).map(|tone| tone[0]).filter(|hertz| *hertz != 0).collect();
        sent.sort_unstable();
        let listened = story.tones(hears, one.called);
        if chopped || sent.is_empty() || listened != story.tones(hears, done) || !story.stays_connected(hears, one.called, done) {
            continue;
        }
        let next = story.invocations_of("TSPI_lineGenerateTone").find(|other| other.called > done);
        let until = next.map_or(usize::MAX, |next| next.called);
        for tone in listened {
            // Detectors need some margin.
            if tone.frequencies != sent || tone.duration.saturating_mul(2) > one.dword("dwDuration") {
                continue;
            }
            let reported = story.callbacks.iter().any(|(at, args)| {
                let names = args.params[0] == u64::from(tone.tag) && args.params[1] == u64::from(tone.list);
                (one.called..until).contains(at) && args.call == hears.ht && args.msg == message && names
            });
            let changed = story.taken_on("TSPI_lineMonitorTones", hears).find(|other| other.called > done);
            let soon = changed.is_some_and(|off| story.time(off.called) - story.time(done) < super::judging::ON_ITS_WAY);
            if !reported && (soon || !call_was_given_time(story, hears, done)) {
                continue;
            }
            let said = kept(reported, || {
                format!("the other end sent {sent:?} Hz for {} ms, and tone {:#x} of list {:#x} was not reported", one.dword("dwDuration"), tone.tag, tone.list)
            });
            judgement.say(done, said.map(|said| said.with([one.called])));
        }
    }
    judgement
}

/// Function, its parameter with a list, the size of an entry, the member of LINEDEVCAPS that bounds it.
const LISTS: &[(&str, &str, usize, &str)] = &[
    ("TSPI_lineMonitorTones", "lpToneList", 20, "dwMonitorToneMaxNumEntries"),
    ("TSPI_lineSetMediaControl", "lpDigitList", 12, "dwMedCtlDigitMaxListSize"),
    ("TSPI_lineSetMediaControl", "lpMediaList", 12, "dwMedCtlMediaMaxListSize"),
    ("TSPI_lineSetMediaControl", "lpToneList", 24, "dwMedCtlToneMaxListSize"),
    ("TSPI_lineSetMediaControl", "lpCallStateList", 8, "dwMedCtlCallStateMaxListSize"),
];

fn long_lists_are_refused(story: &Story<'_>) -> Judgement {
    LISTS.iter().fold(Judgement::default(), |mut all, (function, parameter, entry, member)| {
        all.join(refuses(story, function, &[], |one| {
            let entries = one.bytes_in(parameter).map_or(0, <[u8]>::len) / entry;
            let caps = story.device_of(one).and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
            caps.and_then(|caps| caps.number(member)).is_some_and(|most| entries > most as usize)
        }));
        all
    })
}
