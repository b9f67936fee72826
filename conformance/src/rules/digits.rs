//! Rules about digits and tones as they are heard, gathered and made.

use std::time::Duration;

use super::Level::Must;
use super::judging::{EVENTUALLY, Said, call_was_given_time, each_line_event, kept};
use super::{CallLife, Invocation, Judgement, Rule, Story};
use crate::trace::{CallbackArgs, What};
use crate::tspi::{constant_value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/linegatherterm--constants/1",
        page: "linegatherterm--constants.md",
        level: Must,
        requirement: "The reason of LINE_GATHERDIGITS fits what is in the buffer: with BUFFERFULL as many digits as were asked for, with \
                      TERMDIGIT a termination digit last, with FIRSTTIMEOUT none, with INTERTIMEOUT one or more; CANCEL comes only \
                      where gathering was cancelled or begun anew, or the call ended.",
        why: "An application asks its caller for a number again that was entered, or goes on with half of it.",
        mend: "Decide on the reason and fill the buffer at one place, and send the message then.",
        broken_by: "full-with-two-digits",
        exercises: &["digits-gathered"],
        judge: reasons_fit_the_digits,
    },
    Rule {
        id: "tspi/LINE_GATHERDIGITS/6",
        page: "line-gatherdigits.md",
        level: Must,
        requirement: "The buffer of gathered digits is complete when LINE_GATHERDIGITS is sent, and is not written to afterwards.",
        why: "TAPI has copied it by then, and uses the memory for something else.",
        mend: "Write the digits first, end the string, and let go of the buffer with the message.",
        broken_by: "writes-after-gathering",
        exercises: &["digits-gathered"],
        judge: gathered_digits_stay,
    },
    Rule {
        id: "tspi/LINE_MONITORDIGITS/1",
        page: "line-monitordigits.md",
        level: Must,
        requirement: "The low byte of dwParam1 of LINE_MONITORDIGITS is a digit of the mode: 0 to 9, and for DTMF A to D, star and hash \
                      too.",
        why: "Applications compare with the characters of a telephone's keys.",
        mend: "Translate the device's codes into '0' to '9', 'A' to 'D', '*' and '#'.",
        broken_by: "digit-of-no-key",
        exercises: &["digits"],
        judge: digits_are_of_keys,
    },
    Rule {
        id: "tspi/linedigitmode--constants/2",
        page: "linedigitmode--constants.md",
        level: Must,
        requirement: "Where both are monitored, LINEDIGITMODE_DTMF reports the beginning of a digit and LINEDIGITMODE_DTMFEND its end: \
                      the end follows the beginning of the same digit.",
        why: "Applications measure how long a key was held.",
        mend: "Report LINEDIGITMODE_DTMF when the tone is heard and LINEDIGITMODE_DTMFEND when it falls silent.",
        broken_by: "digits-end-first",
        exercises: &["digits-held"],
        judge: digits_begin_before_they_end,
    },
    Rule {
        id: "tspi/LINE_MONITORMEDIA/2",
        page: "line-monitormedia.md",
        level: Must,
        requirement: "LINE_MONITORMEDIA is sent only for media types that TSPI_lineMonitorMedia has enabled on the call, or \
                      TSPI_lineSetDefaultMediaDetection on its line.",
        why: "TAPI has nobody to hand it to.",
        mend: "Keep the media types with the call, and look there before each LINE_MONITORMEDIA.",
        broken_by: "media-nobody-asked-for",
        exercises: &["media"],
        judge: media_were_asked_for,
    },
    Rule {
        id: "tspi/LINE_MONITORTONE/1",
        page: "line-monitortone.md",
        level: Must,
        requirement: "LINE_MONITORTONE carries in dwParam1 the dwAppSpecific of an entry, and in dwParam2 the dwToneListID, of a list \
                      that TSPI_lineMonitorTones has set on the call.",
        why: "Applications cannot tell which of their tones was heard, or hear one that they never asked for.",
        mend: "Keep the whole LINEMONITORTONE entry with its list, and pass its dwAppSpecific.",
        broken_by: "tone-of-no-list",
        exercises: &["tones"],
        judge: tones_are_of_a_list,
    },
    Rule {
        id: "tspi/LINE_GENERATE/3",
        page: "line-generate.md",
        level: Must,
        requirement: "One generation of digits or tones is in progress on a call: where another begins, the end of the earlier is reported \
                      at once.",
        why: "Applications wait for the end of what has ended long ago.",
        mend: "Send LINE_GENERATE with LINEGENERATETERM_CANCEL for what is in progress before the next begins.",
        broken_by: "replaced-generation-unsaid",
        exercises: &["generation-replaced"],
        judge: one_generation_at_a_time,
    },
    Rule {
        id: "tspi/linegenerateterm--constants/1",
        page: "linegenerateterm--constants.md",
        level: Must,
        requirement: "LINEGENERATETERM_DONE is reported when all digits have been generated for the duration that was asked for: not \
                      before half of that time has passed.",
        why: "Applications hang up after it, and the far end hears the first digits alone.",
        mend: "Report the end when the last digit is over, not when the device has taken the command.",
        broken_by: "done-before-it-begins",
        exercises: &["generation-replaced"],
        judge: done_takes_its_time,
    },
];

/// Each end of gathering with the request that it ends: the last that began on the call before it.
fn each_gathering(
    story: &Story<'_>,
    judge: impl Fn(usize, &CallbackArgs, &CallLife, &Invocation<'_>) -> Option<Said>,
) -> Judgement {
    each_line_event(story, "LINE_GATHERDIGITS", |at, args| {
        let call = story.call(args.call)?;
        let mut begun = story.invocations_of("TSPI_lineGatherDigits").filter(|one| {
            let same = story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht);
            same && one.called < at && one.result() == Some(0) && !one.is_null("lpsDigits") && u64::from(one.dword("dwEndToEndID")) == args.params[1]
        });
        // Two of one identifier cannot be told apart.
        let ended = |one: &Invocation<'_>| {
            story.callbacks.iter().any(|(other, ends)| {
                *other > one.called && *other < at && ends.msg == args.msg && ends.call == args.call
            })
        };
        let request = begun.find(|one| !ended(one))?;
        judge(at, args, call, request)
    })
}

/// What the buffer of a request held each time that it was read after an event.
fn buffers(story: &Story<'_>, request: &Invocation<'_>, after: usize) -> Vec<(usize, String)> {
    let What::Call { seq: wanted, .. } = &story.events[request.called].what else {
        return Vec::new();
    };
    let Some(place) = request.function.arg("lpsDigits") else {
        return Vec::new();
    };
    let read = story.events.iter().enumerate().skip(after).filter_map(|(at, event)| match &event.what {
        What::Kept { seq, outs } if seq == wanted && event.by == story.party => {
            let bytes = outs.iter().find(|(position, _)| usize::from(*position) == place).map(|(_, bytes)| bytes)?;
            let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            let most = request.dword("dwNumDigits") as usize;
            let digits: Vec<u16> = units.take(most).take_while(|unit| *unit != 0).collect();
            Some((at, String::from_utf16_lossy(&digits)))
        }
        _ => None,
    });
    read.collect()
}

fn reasons_fit_the_digits(story: &Story<'_>) -> Judgement {
    each_gathering(story, |at, args, call, request| {
        let reason = render_constant("LINEGATHERTERM", args.params[0] as u32);
        if reason == "LINEGATHERTERM_CANCEL" {
            let cancelled = story.invocations.iter().any(|one| {
                let gathers = one.function.name == "TSPI_lineGatherDigits" && one.called > request.called;
                let mine = story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht);
                // Ending the call comes first; the message may overtake its state.
                let ends = matches!(one.function.name, "TSPI_lineDrop" | "TSPI_lineCloseCall" | "TSPI_lineClose");
                one.called < at && (gathers && mine || ends)
            });
            let ended = story.calls.iter().flat_map(|call| &call.states).any(|seen| {
                let over = seen.state & (constant_value("LINECALLSTATE_DISCONNECTED") | constant_value("LINECALLSTATE_IDLE"));
                over != 0 && seen.at > request.called && story.time(seen.at) <= story.time(at) + EVENTUALLY
            });
            return kept(cancelled || ended, || "LINEGATHERTERM_CANCEL, and nobody cancelled, nor did the call end".to_owned());
        }
        let digits = buffers(story, request, at).into_iter().next()?.1;
        let (count, most) = (digits.chars().count(), request.dword("dwNumDigits") as usize);
        let last_ends = || {
            let ends = request.text_in("lpszTerminationDigits").unwrap_or_default();
            digits.chars().last().is_some_and(|digit| ends.contains(digit))
        };
        let right = match reason.as_str() {
            "LINEGATHERTERM_BUFFERFULL" => count == most,
            "LINEGATHERTERM_TERMDIGIT" => last_ends(),
            "LINEGATHERTERM_FIRSTTIMEOUT" => count == 0,
            "LINEGATHERTERM_INTERTIMEOUT" => count > 0,
            _ => return None,
        };
        kept(right, || format!("{reason} with {digits:?} in the buffer; {most} digits were asked for"))
            .map(|said| said.with([request.called]))
    })
}

fn gathered_digits_stay(story: &Story<'_>) -> Judgement {
    each_gathering(story, |at, _, _, request| {
        let read = buffers(story, request, at);
        let first = read.first()?;
        let other = read.iter().find(|(_, digits)| *digits != first.1);
        (read.len() > 1).then_some(())?;
        kept(other.is_none(), || {
            let later = other.map_or("", |(_, digits)| digits.as_str());
            format!("the buffer held {:?} after LINE_GATHERDIGITS, and {later:?} later", first.1)
        })
        .map(|said| said.with([request.called]))
    })
}

fn digits_are_of_keys(story: &Story<'_>) -> Judgement {
    let pulse = u64::from(constant_value("LINEDIGITMODE_PULSE"));
    each_line_event(story, "LINE_MONITORDIGITS", |_, args| {
        let digit = char::from((args.params[0] & 0xFF) as u8);
        let right = match digit {
            '0'..='9' => true,
            'A'..='D' | '*' | '#' => args.params[1] != pulse,
            _ => false,
        };
        kept(right, || {
            let mode = render_constant("LINEDIGITMODE", args.params[1] as u32);
            format!("the digit is {digit:?} in {mode}")
        })
    })
}

fn digits_begin_before_they_end(story: &Story<'_>) -> Judgement {
    let [msg, begin, end] = ["LINE_MONITORDIGITS", "LINEDIGITMODE_DTMF", "LINEDIGITMODE_DTMFEND"].map(constant_value);
    each_line_event(story, "LINE_MONITORDIGITS", |at, args| {
        let call = story.call(args.call)?;
        let asked = story.invocations_of("TSPI_lineMonitorDigits").filter(|one| {
            one.called < at && one.accepted() && story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht)
        });
        let asked = asked.last()?;
        if args.params[1] != u64::from(end) || asked.dword("dwDigitModes") & (begin | end) != begin | end {
            return None;
        }
        let mut earlier = story.callbacks.iter().rev().filter(|(other, digit)| {
            *other < at && *other > asked.called && digit.msg == msg && digit.call == args.call
        });
        // The nearest report of the same key.
        let before = earlier.find(|(_, digit)| digit.params[0] & 0xFF == args.params[0] & 0xFF);
        kept(before.is_some_and(|(_, digit)| digit.params[1] == u64::from(begin)), || {
            format!("the end of {:?} was reported, and its beginning was not", char::from((args.params[0] & 0xFF) as u8))
        })
    })
}

fn media_were_asked_for(story: &Story<'_>) -> Judgement {
    let of_events = each_line_event(story, "LINE_MONITORMEDIA", |at, args| {
        let call = story.call(args.call)?;
        let mine = |one: &&Invocation<'_>, handle: &str| match handle {
            "hdCall" => story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht),
            _ => one.value("hdLine").and_then(|hd| story.line_by_hd(hd, one.called)).is_some_and(|line| Some(line.ht) == call.line),
        };
        // Whatever was enabled once may have been on its way when it was switched off.
        let asked = [("TSPI_lineMonitorMedia", "hdCall"), ("TSPI_lineSetDefaultMediaDetection", "hdLine")]
            .iter()
            .flat_map(|(function, handle)| story.invocations_of(function).filter(move |one| mine(one, handle)))
            .filter(|one| one.called < at && one.result() == Some(0))
            .fold(0, |modes, one| modes | one.dword("dwMediaModes"));
        kept(args.params[0] & !u64::from(asked) == 0, || {
            let [media, on] = [args.params[0] as u32, asked].map(|modes| render_constant("LINEMEDIAMODE", modes));
            format!("LINE_MONITORMEDIA reports {media}, and {on} was ever enabled")
        })
    });
    let listens = story.invocations_of("TSPI_lineMonitorMedia").any(|one| one.result() == Some(0));
    of_events.and(Judgement {
        judged: usize::from(listens),
        findings: Vec::new(),
    })
}

/// Bytes of a LINEMONITORTONE: dwAppSpecific, dwDuration, three frequencies.
const MONITOR_TONE: usize = 20;

fn tones_are_of_a_list(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_MONITORTONE", |at, args| {
        let call = story.call(args.call)?;
        let mut lists = story.invocations_of("TSPI_lineMonitorTones").filter(|one| {
            let mine = story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht);
            mine && one.called < at && one.result() == Some(0) && u64::from(one.dword("dwToneListID")) == args.params[1]
        });
        let right = lists.any(|list| {
            let entries = list.bytes_in("lpToneList").unwrap_or_default();
            let count = list.dword("dwNumEntries") as usize;
            entries.chunks_exact(MONITOR_TONE).take(count).any(|entry| {
                u64::from(u32::from_le_bytes([entry[0], entry[1], entry[2], entry[3]])) == args.params[0]
            })
        });
        kept(right, || {
            format!("dwParam1 is {:#x} and dwParam2 {:#x}, and no list has such an entry", args.params[0], args.params[1])
        })
    })
}

/// Requests to generate on a call, in order, without those that only cancel.
fn generations<'s, 't>(story: &'s Story<'t>, call: &CallLife) -> Vec<&'s Invocation<'t>> {
    let begins = |one: &&Invocation<'_>| match one.function.name {
        "TSPI_lineGenerateDigits" => !one.is_null("lpszDigits"),
        "TSPI_lineGenerateTone" => one.dword("dwToneMode") != 0,
        _ => false,
    };
    let mine = |one: &&Invocation<'_>| story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht);
    story.invocations.iter().filter(|one| begins(one) && mine(one) && one.result() == Some(0)).collect()
}

fn ends_of<'s>(story: &'s Story<'_>, call: &'s CallLife) -> impl Iterator<Item = (usize, &'s CallbackArgs)> {
    let msg = constant_value("LINE_GENERATE");
    let ends = story.callbacks.iter().filter(move |(_, args)| args.msg == msg && args.call == call.ht);
    ends.map(|(at, args)| (*at, *args))
}

fn one_generation_at_a_time(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for call in &story.calls {
        let begun = generations(story, call);
        for pair in begun.windows(2) {
            let [earlier, later] = [pair[0], pair[1]];
            let id = earlier.dword("dwEndToEndID");
            // Two of one identifier cannot be told apart.
            if begun.iter().filter(|one| one.dword("dwEndToEndID") == id).count() > 1 {
                continue;
            }
            let end = ends_of(story, call).find(|(at, args)| *at > earlier.called && args.params[1] == u64::from(id));
            if end.is_some_and(|(at, _)| at < later.called) {
                continue; // nothing was in progress
            }
            let until = story.time(later.called) + EVENTUALLY;
            let ended = end.is_some_and(|(at, _)| story.time(at) <= until);
            if !ended && !call_was_given_time(story, call, later.called) {
                continue;
            }
            let said = kept(ended, || {
                format!("{} took the place of another, whose end was not reported", later.function.name)
            });
            judgement.say(later.at(), said.map(|said| said.with([earlier.called, later.called])));
        }
    }
    judgement
}

fn done_takes_its_time(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let done = u64::from(constant_value("LINEGENERATETERM_DONE"));
    for call in &story.calls {
        for one in generations(story, call) {
            let digits = one.text_in("lpszDigits").unwrap_or_default();
            let count = digits.chars().filter(|digit| digit.is_ascii_digit()).count() as u32;
            let device = story.device_of(one);
            let caps = device.and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
            let longest = caps.and_then(|caps| caps.decoded.get("MaxDialParams.dwDigitDuration")?.number());
            // What is longer than the device can make is made as long as it can.
            let duration = one.dword("dwDuration").min(longest.unwrap_or_default());
            let end = ends_of(story, call).find(|(at, args)| *at > one.called && args.params[1] == u64::from(one.dword("dwEndToEndID")));
            let Some((at, args)) = end.filter(|_| count > 0 && duration > 0) else {
                continue;
            };
            let (took, least) = (story.time(at) - story.time(one.called), Duration::from_millis((count * duration / 2).into()));
            if args.params[0] == done {
                let said = kept(took >= least, || {
                    format!("{count} digits of {duration} ms were DONE after {} ms", took.as_millis())
                });
                judgement.say(at, said.map(|said| said.with([one.called])));
            }
        }
    }
    judgement
}
