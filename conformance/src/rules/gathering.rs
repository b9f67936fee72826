//! Rules about gathering digits: what is asked for, and what is in the buffer in the end.

use super::Level::Must;
use super::judging::{each_line_event, kept, never_fails_with, refuses};
use super::{CallLife, Invocation, Judgement, Rule, Story};
use crate::trace::CallbackArgs;
use crate::tspi::{constant_value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineGatherDigits/9",
        page: "nf-tspi-tspi_linegatherdigits.md",
        level: Must,
        requirement: "When LINE_GATHERDIGITS comes, the buffer at lpsDigits holds no more digits than were asked for, only such of the \
                      modes that were asked for, a termination digit at its end alone, and a null behind fewer.",
        why: "Applications read numbers that nobody has dialled, or too few digits.",
        mend: "Write the digits, and a null behind fewer than there is room for, before you send LINE_GATHERDIGITS.",
        broken_by: "gathers-elsewhere",
        exercises: &["gathering"],
        judge: buffers_hold_what_is_said,
    },
    Rule {
        id: "tspi/lineGatherDigits/13",
        page: "nf-tspi-tspi_linegatherdigits.md",
        level: Must,
        requirement: "TSPI_lineGatherDigits with a buffer and dwNumDigits 0 fails with LINEERR_INVALPARAM.",
        why: "The request never ends, or writes where there is no room.",
        mend: "Check dwNumDigits where there is a buffer.",
        broken_by: "gathers-no-digits",
        exercises: &["gathering"],
        judge: |story| {
            let errors = ["LINEERR_INVALPARAM", "LINEERR_OPERATIONUNAVAIL"];
            refuses(story, GATHER, &errors, |one| {
                !one.is_null("lpsDigits") && one.value("dwNumDigits") == Some(0)
            })
        },
    },
    Rule {
        id: "tspi/lineGatherDigits/16",
        page: "nf-tspi-tspi_linegatherdigits.md",
        level: Must,
        requirement: "Without termination digits, where lpszTerminationDigits is NULL or empty, TSPI_lineGatherDigits is not refused for \
                      them, and LINE_GATHERDIGITS never says LINEGATHERTERM_TERMDIGIT.",
        why: "Gathering ends too soon, or cannot be asked for.",
        mend: "Take NULL and an empty string for no termination digits.",
        broken_by: "terminates-by-itself",
        exercises: &["gathering"],
        judge: termination_digits_may_be_absent,
    },
    Rule {
        id: "tspi/lineGatherDigits/20",
        page: "nf-tspi-tspi_linegatherdigits.md",
        level: Must,
        requirement: "Timeouts of TSPI_lineGatherDigits that lie within dwGatherDigitsMinTimeout and dwGatherDigitsMaxTimeout of the \
                      capabilities are not refused with LINEERR_INVALTIMEOUT.",
        why: "Applications that keep to the capabilities are refused.",
        mend: "Check timeouts against the range that you claim.",
        broken_by: "refuses-timeouts",
        exercises: &["gathering"],
        judge: timeouts_in_range_are_taken,
    },
    Rule {
        id: "tspi/lineGatherDigits/27",
        page: "nf-tspi-tspi_linegatherdigits.md",
        level: Must,
        requirement: "Gathering does not disturb TSPI_lineMonitorDigits: while both are on, each digit that is gathered is reported by \
                      LINE_MONITORDIGITS too.",
        why: "One application that gathers makes the others deaf.",
        mend: "Hand each digit to both.",
        broken_by: "gathers-alone",
        exercises: &["gathering"],
        judge: gathered_digits_are_monitored,
    },
];

const GATHER: &str = "TSPI_lineGatherDigits";

/// The request that a LINE_GATHERDIGITS ends: the latest with its identifier on the call.
fn ended<'s, 't>(story: &'s Story<'t>, at: usize, args: &CallbackArgs) -> Option<(&'s Invocation<'t>, &'s CallLife)> {
    let call = story.call(args.call)?;
    let mut requests = story.invocations.iter().rev().filter(|one| {
        one.function.name == GATHER
            && one.called < at
            && one.accepted()
            && !one.is_null("lpsDigits")
            && u64::from(one.dword("dwEndToEndID")) == args.params[1]
            && story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht)
    });
    Some((requests.next()?, call))
}

fn reason(args: &CallbackArgs) -> u32 {
    args.params[0] as u32
}

/// The digits before the null, or in all of the room.
fn digits_in(bytes: &[u8], room: usize) -> Vec<u16> {
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    units.take(room).take_while(|unit| *unit != 0).collect()
}

fn is_digit(unit: u16, modes: u32) -> bool {
    let pulse = constant_value("LINEDIGITMODE_PULSE");
    match char::from_u32(unit.into()) {
        Some('0'..='9') => true,
        Some('A'..='D' | 'a'..='d' | '*' | '#') => modes != pulse,
        _ => false,
    }
}

fn buffers_hold_what_is_said(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_GATHERDIGITS", |at, args| {
        let (one, _) = ended(story, at, args)?;
        let read = story.kept(one, "lpsDigits");
        let (read_at, bytes) = read.into_iter().find(|(read, _)| *read > at)?;
        let room = one.dword("dwNumDigits") as usize;
        let digits = digits_in(bytes, room);
        let shown = String::from_utf16_lossy(&digits);
        let modes = one.dword("dwDigitModes");
        let ends: Vec<u16> = one.text_in("lpszTerminationDigits").unwrap_or_default().encode_utf16().collect();
        let early = digits.iter().rev().skip(1).any(|unit| ends.contains(unit));
        let right = digits.len() <= room && digits.iter().all(|unit| is_digit(*unit, modes)) && !early;
        kept(right, || {
            let reason = render_constant("LINEGATHERTERM", reason(args));
            format!("{reason} was said for {room} digits, and the buffer holds {shown:?}")
        })
        .map(|said| said.with([one.called, read_at]))
    })
}

fn termination_digits_may_be_absent(story: &Story<'_>) -> Judgement {
    let absent = |one: &Invocation<'_>| one.text_in("lpszTerminationDigits").is_none_or(|digits| digits.is_empty());
    let errors = ["LINEERR_INVALDIGITS", "LINEERR_INVALPOINTER"];
    let mut all = never_fails_with(story, GATHER, &errors, |one| !one.is_null("lpsDigits") && absent(one));
    let terminated = constant_value("LINEGATHERTERM_TERMDIGIT");
    all.join(each_line_event(story, "LINE_GATHERDIGITS", |at, args| {
        let (one, _) = ended(story, at, args).filter(|(one, _)| absent(one))?;
        kept(reason(args) != terminated, || "LINEGATHERTERM_TERMDIGIT was said, and there is no termination digit".to_owned())
            .map(|said| said.with([one.called]))
    }));
    all
}

fn timeouts_in_range_are_taken(story: &Story<'_>) -> Judgement {
    never_fails_with(story, GATHER, &["LINEERR_INVALTIMEOUT"], |one| {
        let device = story.device_of(one);
        let caps = device.and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
        let range = caps.and_then(|caps| {
            Some(caps.number("dwGatherDigitsMinTimeout")?..=caps.number("dwGatherDigitsMaxTimeout")?)
        });
        let fits = |name: &str| range.as_ref().is_some_and(|range| range.contains(&one.dword(name)) || one.dword(name) == 0);
        !one.is_null("lpsDigits") && fits("dwFirstDigitTimeout") && fits("dwInterDigitTimeout")
    })
}

fn gathered_digits_are_monitored(story: &Story<'_>) -> Judgement {
    let (full, terminated) = (constant_value("LINEGATHERTERM_BUFFERFULL"), constant_value("LINEGATHERTERM_TERMDIGIT"));
    let monitored = constant_value("LINE_MONITORDIGITS");
    each_line_event(story, "LINE_GATHERDIGITS", |at, args| {
        if reason(args) != full && reason(args) != terminated {
            return None;
        }
        let (one, call) = ended(story, at, args)?;
        let modes = one.dword("dwDigitModes");
        let monitors: Vec<_> = story
            .invocations_of("TSPI_lineMonitorDigits")
            .filter(|other| other.accepted() && story.call_of(other, "hdCall").is_some_and(|of| of.ht == call.ht))
            .collect();
        let before = monitors.iter().rev().find(|other| other.called < one.called)?;
        let meanwhile = monitors.iter().any(|other| other.called > one.called && other.called < at);
        if meanwhile || before.dword("dwDigitModes") & modes != modes {
            return None;
        }
        let least = if reason(args) == full { one.dword("dwNumDigits") as usize } else { 1 };
        // The last digit may be reported a moment later.
        let until = story.time(at) + super::judging::ON_ITS_WAY;
        let told = story.callbacks.iter().filter(|(seen, args)| {
            *seen > one.called && story.time(*seen) <= until && args.call == call.ht && args.msg == monitored
        });
        let told = told.count();
        kept(told >= least, || format!("{least} digits were gathered, and LINE_MONITORDIGITS reported {told}"))
            .map(|said| said.with([one.called]))
    })
}
