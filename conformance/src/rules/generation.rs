//! Rules about digits, tones and media of a call: what was begun ends with one report, and nothing is reported unasked.

use super::Level::Must;
use super::judging::{each_line_event, kept};
use super::{CallLife, Invocation, Judgement, Rule, Story};
use crate::tspi::{constant_value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINE_GENERATE/1",
        page: "line-generate.md",
        level: Must,
        requirement: "Each accepted TSPI_lineGenerateDigits and TSPI_lineGenerateTone ends with exactly one LINE_GENERATE, also \
                      when it is cancelled or another one takes its place.",
        why: "Applications wait for the end of what they sent before they send more.",
        mend: "Send LINE_GENERATE with LINEGENERATETERM_DONE at the end of the last digit, or with \
               LINEGENERATETERM_CANCEL when it is given up.",
        broken_by: "generation-without-end",
        exercises: &["digits"],
        judge: |story| ends_are_reported(story, &GENERATE),
    },
    Rule {
        id: "tspi/LINE_GATHERDIGITS/1",
        page: "line-gatherdigits.md",
        level: Must,
        requirement: "Each accepted TSPI_lineGatherDigits is closed by exactly one LINE_GATHERDIGITS for its call, also \
                      when it is cancelled.",
        why: "Applications wait for the digits, and TAPI keeps their memory until then.",
        mend: "Send LINE_GATHERDIGITS once the buffer is full, at a terminator or time limit, and when it is cancelled.",
        broken_by: "gathering-without-end",
        exercises: &["digits"],
        judge: |story| ends_are_reported(story, &GATHER),
    },
    Rule {
        id: "tspi/LINE_MONITORDIGITS/3",
        page: "line-monitordigits.md",
        level: Must,
        requirement: "LINE_MONITORDIGITS is sent only for a call on which TSPI_lineMonitorDigits has enabled the mode that it \
                      reports.",
        why: "Applications that asked for nothing hear digits, and take them for theirs.",
        mend: "Keep the modes of TSPI_lineMonitorDigits with the call, and look there before sending.",
        broken_by: "digits-nobody-asked-for",
        exercises: &["digits"],
        judge: digits_are_asked_for,
    },
    Rule {
        id: "tspi/digit-monitoring/1",
        page: "digit-monitoring.md",
        level: Must,
        requirement: "Monitoring of digits, media and tones ends when the call disconnects or goes idle.",
        why: "Applications hear of a call that is over.",
        mend: "End all monitoring before LINECALLSTATE_DISCONNECTED or LINECALLSTATE_IDLE is reported.",
        broken_by: "digits-after-the-end",
        exercises: &["digits"],
        judge: ended_calls_are_not_monitored,
    },
];

/// A kind of request that lasts, and the message that ends it.
struct Lasting {
    functions: &'static [&'static str],
    /// The parameter that is NULL where the function only cancels.
    begins: &'static str,
    message: &'static str,
}

const GENERATE: Lasting = Lasting {
    functions: &["TSPI_lineGenerateDigits", "TSPI_lineGenerateTone"],
    begins: "lpszDigits",
    message: "LINE_GENERATE",
};

const GATHER: Lasting = Lasting {
    functions: &["TSPI_lineGatherDigits"],
    begins: "lpsDigits",
    message: "LINE_GATHERDIGITS",
};

fn begins(one: &Invocation<'_>, lasting: &Lasting) -> bool {
    match one.function.name {
        "TSPI_lineGenerateTone" => one.dword("dwToneMode") != 0,
        _ => !one.is_null(lasting.begins),
    }
}

/// The accepted requests of a kind on a call, in order: their indices in the trace.
fn begun(story: &Story<'_>, call: &CallLife, lasting: &Lasting) -> Vec<usize> {
    let of_call = |one: &&Invocation<'_>| {
        lasting.functions.contains(&one.function.name)
            && one.result() == Some(0)
            && begins(one, lasting)
            && story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht)
    };
    story.invocations.iter().filter(of_call).map(|one| one.called).collect()
}

fn ends_are_reported(story: &Story<'_>, lasting: &Lasting) -> Judgement {
    let mut judgement = Judgement::default();
    let message = constant_value(lasting.message);
    for call in &story.calls {
        let begun = begun(story, call, lasting);
        let ends: Vec<usize> = story
            .callbacks
            .iter()
            .filter(|(_, args)| args.msg == message && args.call == call.ht)
            .map(|(at, _)| *at)
            .collect();
        for end in ends.iter().skip(begun.len()) {
            let text = format!("a {} more than requests were begun", lasting.message);
            judgement.note(*end, Some(text));
        }
        for (index, request) in begun.iter().enumerate() {
            // Whoever closes the call, or leaves it no time, hears nothing more of it.
            let missing = ends.get(index).is_none();
            if missing && !super::judging::call_was_given_time(story, call, *request) {
                continue;
            }
            let breach = missing.then(|| {
                format!("{} requests were begun on the call, and {} {} came", begun.len(), ends.len(), lasting.message)
            });
            judgement.note(*request, breach);
        }
    }
    judgement
}

/// The digit modes that are enabled on a call at an event.
fn monitored_digits(story: &Story<'_>, call: &CallLife, at: usize) -> u32 {
    let mut modes = 0;
    for one in story.invocations_of("TSPI_lineMonitorDigits") {
        let same = story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht);
        if same && one.accepted() && one.called < at {
            modes = one.dword("dwDigitModes");
        }
    }
    modes
}

fn digits_are_asked_for(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_MONITORDIGITS", |at, args| {
        let call = story.call(args.call)?;
        let mode = args.params[1] as u32;
        let asked = monitored_digits(story, call, at);
        // One may be on its way while the monitoring is switched off.
        let just_ended = story
            .invocations_of("TSPI_lineMonitorDigits")
            .any(|one| one.called < at && at <= one.at() + 8 && one.dword("dwDigitModes") == 0);
        kept(asked & mode != 0 || just_ended, || {
            format!(
                "a digit in {} was reported, and {} is enabled",
                render_constant("LINEDIGITMODE", mode),
                render_constant("LINEDIGITMODE", asked)
            )
        })
    })
}

fn ended_calls_are_not_monitored(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for message in ["LINE_MONITORDIGITS", "LINE_MONITORMEDIA", "LINE_MONITORTONE"] {
        judgement.join(each_line_event(story, message, |at, args| {
            let call = story.call(args.call)?;
            let ended = call.was(&["LINECALLSTATE_DISCONNECTED", "LINECALLSTATE_IDLE"], at);
            kept(!ended, || format!("{message} came for a call that had ended"))
        }));
    }
    judgement
}
