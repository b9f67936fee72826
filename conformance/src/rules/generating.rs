//! Rules about digits and tones that are made: when the functions return, what they refuse, and how long it takes.

use std::time::Duration;

use super::Level::Must;
use super::judging::{each, kept, never_fails_with};
use super::{CallLife, Invocation, Judgement, Rule, Story};
use crate::trace::CallbackArgs;
use crate::tspi::{Value, constant_value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineGatherDigits/3",
        page: "nf-tspi-tspi_linegatherdigits.md",
        level: Must,
        requirement: "TSPI_lineGatherDigits, TSPI_lineGenerateDigits and TSPI_lineGenerateTone return as soon as they have begun: the \
                      request does not end while they run.",
        why: "TAPI waits in the call, and with it every other application.",
        mend: "Begin and return; let a thread of your own, or the device, go on.",
        broken_by: "generates-before-returning",
        exercises: &["generating"],
        judge: requests_outlast_their_call,
    },
    Rule {
        id: "tspi/lineGatherDigits/24",
        page: "nf-tspi-tspi_linegatherdigits.md",
        level: Must,
        requirement: "One request of gathering is in progress on a call at a time: a new one ends the one before, which neither goes on nor \
                      ends after it.",
        why: "Digits of two applications are mixed.",
        mend: "Cancel what is in progress, with its message, before you begin anew.",
        broken_by: "gathers-side-by-side",
        exercises: &["gathering"],
        judge: requests_follow_each_other,
    },
    Rule {
        id: "tspi/lineGenerateDigits/12",
        page: "nf-tspi-tspi_linegeneratedigits.md",
        level: Must,
        requirement: "Each comma in lpszDigits makes a pause, whose length LINEDEVCAPS tells in its dialling parameters: generation takes no \
                      less than DefaultDialParams.dwDialPause for each, where the call has none of its own.",
        why: "The other end is not ready yet for the digits behind the comma.",
        mend: "Wait for dwDialPause at each comma.",
        broken_by: "hurries-over-commas",
        exercises: &["generating"],
        judge: commas_are_pauses,
    },
    Rule {
        id: "tspi/lineGenerateDigits/14",
        page: "nf-tspi-tspi_linegeneratedigits.md",
        level: Must,
        requirement: "TSPI_lineGenerateDigits skips characters that are no digits of the mode, and brings dwDuration into the range of \
                      LINEDEVCAPS: neither is a ground for refusal.",
        why: "Applications pass on what their users write, and are refused.",
        mend: "Leave out what cannot be sent, and take the nearest permitted duration, the default for 0.",
        broken_by: "generates-digits-alone",
        exercises: &["generating", "digits"],
        judge: |story| {
            let errors = ["LINEERR_INVALPARAM", "LINEERR_INVALDIGITS", "LINEERR_INVALTIMEOUT", "LINEERR_INVALPOINTER", "LINEERR_OPERATIONFAILED"];
            never_fails_with(story, "TSPI_lineGenerateDigits", &errors, |one| {
                let mode = one.dword("dwDigitMode");
                let modes = [constant_value("LINEDIGITMODE_DTMF"), constant_value("LINEDIGITMODE_PULSE")];
                !one.is_null("lpszDigits") && modes.contains(&mode)
            })
        },
    },
    Rule {
        id: "tspi/lineGenerateTone/13",
        page: "nf-tspi-tspi_linegeneratetone.md",
        level: Must,
        requirement: "With dwDuration 0 a tone lasts as its mode does by default: CUSTOM, RINGBACK, BUSY and BEEP until they are ended, so \
                      that LINE_GENERATE does not say LINEGENERATETERM_DONE; BILLING for a single cycle.",
        why: "The caller hears silence where a tone was to tell him something.",
        mend: "Let a tone go on until it is cancelled where dwDuration is 0.",
        broken_by: "tones-end-by-themselves",
        exercises: &["generating"],
        judge: tones_last,
    },
    Rule {
        id: "tspi/lineGenerateTone/15",
        page: "nf-tspi-tspi_linegeneratetone.md",
        level: Must,
        requirement: "TSPI_lineGenerateTone looks at dwNumTones and lpTones for LINETONEMODE_CUSTOM alone: for another mode they are no \
                      ground for refusal.",
        why: "Applications leave in them what they like.",
        mend: "Check both only where dwToneMode is LINETONEMODE_CUSTOM.",
        broken_by: "counts-tones-always",
        exercises: &["generating"],
        judge: |story| {
            let errors = ["LINEERR_INVALTONE", "LINEERR_INVALTONELIST", "LINEERR_INVALPARAM", "LINEERR_INVALPOINTER"];
            never_fails_with(story, "TSPI_lineGenerateTone", &errors, |one| {
                let mode = one.dword("dwToneMode");
                mode != 0 && mode != constant_value("LINETONEMODE_CUSTOM") && one.dword("dwNumTones") != 0
            })
        },
    },
];

/// A kind of request that lasts: its functions, and the message that ends it.
type Lasting = (&'static [&'static str], &'static str);

const GATHERING: Lasting = (&["TSPI_lineGatherDigits"], "LINE_GATHERDIGITS");

const LASTING: &[Lasting] = &[
    GATHERING,
    (&["TSPI_lineGenerateDigits", "TSPI_lineGenerateTone"], "LINE_GENERATE"),
];

fn begins(one: &Invocation<'_>) -> bool {
    match one.function.name {
        "TSPI_lineGenerateTone" => one.dword("dwToneMode") != 0,
        "TSPI_lineGenerateDigits" => !one.is_null("lpszDigits"),
        _ => !one.is_null("lpsDigits"),
    }
}

/// The message that ends a request: the first with its identifier for its call.
fn end<'t>(story: &Story<'t>, call: &CallLife, one: &Invocation<'t>, message: &str) -> Option<(usize, &'t CallbackArgs)> {
    let message = constant_value(message);
    let mut ends = story.callbacks.iter().filter(|(at, args)| {
        *at > one.called
            && args.msg == message
            && args.call == call.ht
            && args.params[1] == u64::from(one.dword("dwEndToEndID"))
    });
    ends.next().copied()
}

/// Requests of one kind on a call that were begun, in order.
fn begun<'s, 't>(story: &'s Story<'t>, call: &CallLife, functions: &[&str]) -> Vec<&'s Invocation<'t>> {
    let of_call = |one: &&Invocation<'_>| {
        functions.contains(&one.function.name)
            && one.result() == Some(0)
            && begins(one)
            && story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht)
    };
    story.invocations.iter().filter(of_call).collect()
}

/// How long a call of a function may take that only begins something.
const AT_ONCE: Duration = Duration::from_millis(50);

fn requests_outlast_their_call(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (functions, message) in LASTING {
        for function in *functions {
            judgement.join(each(story, function, |one| {
                let call = story.call_of(one, "hdCall").filter(|_| one.accepted() && begins(one))?;
                let took = story.time(one.at()) - story.time(one.called);
                let ended = end(story, call, one, message).map(|(at, _)| at).filter(|at| *at < one.at());
                kept(ended.is_none() || took < AT_ONCE, || {
                    format!("{function} returned after {} ms, when the request had ended", took.as_millis())
                })
                .map(|said| said.with(ended))
            }));
        }
    }
    judgement
}

fn requests_follow_each_other(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for call in &story.calls {
        for (functions, message) in [GATHERING] {
            let begun = begun(story, call, functions);
            for (first, second) in begun.iter().zip(begun.iter().skip(1)) {
                if first.dword("dwEndToEndID") == second.dword("dwEndToEndID") {
                    continue;
                }
                let Some((at, _)) = end(story, call, first, message) else { continue };
                let next = end(story, call, second, message).map(|(at, _)| at);
                let late = story.time(at).saturating_sub(story.time(second.at()));
                let right = late <= super::judging::ON_ITS_WAY && next.is_none_or(|next| next > at);
                let said = kept(right, || {
                    format!("another request was begun, and {message} for the one before came {} ms later", late.as_millis())
                });
                judgement.say(at, said.map(|said| said.with([first.called, second.called])));
            }
        }
    }
    judgement
}

fn commas_are_pauses(story: &Story<'_>) -> Judgement {
    let done = u64::from(constant_value("LINEGENERATETERM_DONE"));
    each(story, "TSPI_lineGenerateDigits", |one| {
        let call = story.call_of(one, "hdCall").filter(|_| one.accepted())?;
        let commas = one.text_in("lpszDigits")?.chars().filter(|digit| *digit == ',').count() as u32;
        let caps = story.caps("LINEDEVCAPS", story.device_of(one)?, one.called)?;
        let usual = caps.decoded.get("DefaultDialParams.dwDialPause").and_then(Value::number)?;
        // A call may have been made with a pause of its own.
        let infos = story.answers("LINECALLINFO").filter(|info| info.call == Some(call.ht));
        let own = infos.filter_map(|info| info.decoded.get("DialParams.dwDialPause").and_then(Value::number));
        let pause = own.fold(usual, u32::min);
        let (at, args) = end(story, call, one, "LINE_GENERATE")?;
        if commas == 0 || args.params[0] != done {
            return None;
        }
        let (took, least) = (story.time(at) - story.time(one.called), Duration::from_millis((pause * commas).into()));
        // Clocks differ by a little.
        kept(took + Duration::from_millis(20) >= least, || {
            format!("{commas} commas of at least {pause} ms each took {} ms with all digits", took.as_millis())
        })
        .map(|said| said.with([at]))
    })
}

fn tones_last(story: &Story<'_>) -> Judgement {
    let done = u64::from(constant_value("LINEGENERATETERM_DONE"));
    let billing = constant_value("LINETONEMODE_BILLING");
    each(story, "TSPI_lineGenerateTone", |one| {
        let mode = one.dword("dwToneMode");
        let call = story.call_of(one, "hdCall").filter(|_| one.accepted() && mode != 0)?;
        let (at, args) = end(story, call, one, "LINE_GENERATE")?;
        if one.dword("dwDuration") != 0 || mode == billing {
            return None;
        }
        kept(args.params[0] != done, || {
            format!("{} with dwDuration 0 ended by itself", render_constant("LINETONEMODE", mode))
        })
        .map(|said| said.with([at]))
    })
}
