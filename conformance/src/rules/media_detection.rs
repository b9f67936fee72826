//! Rules about TSPI_lineConditionalMediaDetection: whether a line would do, asked without changing anything.

use super::Level::{Must, Should};
use super::judging::{EVENTUALLY, each, is_error, kept, refuses};
use super::{Invocation, Judgement, Origin, Rule, Story};
use crate::tspi::structures::LINECALLPARAMS;
use crate::tspi::{Decoded, Value, constant_value, decode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineConditionalMediaDetection/8",
        page: "nf-tspi-tspi_lineconditionalmediadetection.md",
        level: Must,
        requirement: "TSPI_lineConditionalMediaDetection succeeds only where the line can watch for all media types asked for: one that \
                      LINEDEVCAPS.dwMediaModes lacks makes it fail.",
        why: "TAPI chooses a line for an application that the line cannot serve.",
        mend: "Check dwMediaModes against the media types of the line.",
        broken_by: "detects-any-media",
        exercises: &["media-detection"],
        judge: |story| {
            refuses(story, FUNCTION, &[], |one| {
                let device = story.device_of(one);
                let caps = device.and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
                let modes = caps.and_then(|caps| caps.number("dwMediaModes"));
                modes.is_some_and(|modes| one.dword("dwMediaModes") & !modes & 0x00FF_FFFC != 0)
            })
        },
    },
    Rule {
        id: "tspi/lineConditionalMediaDetection/5",
        page: "nf-tspi-tspi_lineconditionalmediadetection.md",
        level: Must,
        requirement: "The test depends on dwMediaModes and on the named members of LINECALLPARAMS alone, not on the other members, on an \
                      address with LINEADDRESSMODE_ADDRESSID, or on the modes in effect: asked again, it gives the same answer.",
        why: "The same application gets a line at one time and none at another.",
        mend: "Read only dwBearerMode, dwMinRate, dwMaxRate, dwMediaMode, dwCallParamFlags and dwAddressMode.",
        broken_by: "detects-by-address",
        exercises: &["media-detection"],
        judge: same_questions_have_one_answer,
    },
    Rule {
        id: "tspi/lineConditionalMediaDetection/11",
        page: "nf-tspi-tspi_lineconditionalmediadetection.md",
        level: Should,
        requirement: "With LINEADDRESSMODE_DIALABLEADDR the originating address counts: the test fails where it is no address of the line. \
                      The page does not say what then is returned, and many lines do not know their number: a warning.",
        why: "TAPI chooses a line for an application that asked for another number.",
        mend: "Compare dwOrigAddress with the addresses of the line.",
        broken_by: "detects-any-address",
        exercises: &["media-detection"],
        judge: |story| {
            refuses(story, FUNCTION, &[], |one| {
                let number = params_of(one).filter(by_number).and_then(|params| {
                    params.get("OrigAddress").and_then(Value::text).map(str::to_owned)
                });
                let own = story.answers("LINEADDRESSCAPS").filter(|caps| caps.device == story.device_of(one));
                let own: Vec<&str> = own.filter_map(|caps| caps.text("Address")).filter(|text| !text.is_empty()).collect();
                number.is_some_and(|number| !own.is_empty() && !own.contains(&number.as_str()))
            })
        },
    },
    Rule {
        id: "tspi/lineConditionalMediaDetection/13",
        page: "nf-tspi-tspi_lineconditionalmediadetection.md",
        level: Must,
        requirement: "Where TSPI_lineConditionalMediaDetection succeeds, TSPI_lineMakeCall with the same parameters at once thereafter is \
                      not refused: neither for its parameters, nor because no new call can be made.",
        why: "TAPI opens a line for an application that cannot call on it.",
        mend: "Make the test by the same checks as the call.",
        broken_by: "detects-on-busy-line",
        exercises: &["media-detection"],
        judge: calls_succeed_where_the_test_does,
    },
    Rule {
        id: "tspi/lineConditionalMediaDetection/4",
        page: "nf-tspi-tspi_lineconditionalmediadetection.md",
        level: Must,
        requirement: "The test leaves the media monitoring modes of the line as they are: calls that were announced before are announced \
                      after it.",
        why: "An application that waits for calls gets none, because another has looked for a line.",
        mend: "Only compare, and set nothing.",
        broken_by: "detection-stops-calls",
        exercises: &["media-detection"],
        judge: calls_are_announced_all_the_same,
    },
];

const FUNCTION: &str = "TSPI_lineConditionalMediaDetection";

fn params_of(one: &Invocation<'_>) -> Option<Decoded> {
    Some(decode(&LINECALLPARAMS, one.bytes_in("lpCallParams")?, one.version))
}

fn by_number(params: &Decoded) -> bool {
    let mode = params.get("dwAddressMode").and_then(Value::number);
    mode == Some(constant_value("LINEADDRESSMODE_DIALABLEADDR"))
}

/// The members of LINECALLPARAMS that count.
const RELEVANT: [&str; 6] = [
    "dwBearerMode",
    "dwMinRate",
    "dwMaxRate",
    "dwMediaMode",
    "dwCallParamFlags",
    "dwAddressMode",
];

fn relevant(params: &Decoded) -> Vec<Option<u32>> {
    RELEVANT.iter().map(|name| params.get(name).and_then(Value::number)).collect()
}

/// Whether calls on a line are the same at two events.
fn calls_unchanged(story: &Story<'_>, line: u64, from: usize, to: usize) -> bool {
    let mut calls = story.calls.iter().filter(|call| call.line == Some(line));
    !calls.any(|call| {
        let begun = call.begun > from && call.begun < to;
        begun || call.states.iter().any(|seen| seen.at > from && seen.at < to)
    })
}

fn same_questions_have_one_answer(story: &Story<'_>) -> Judgement {
    each(story, FUNCTION, |one| {
        let params = params_of(one).filter(|params| !by_number(params))?;
        let line = story.line_by_hd(one.value("hdLine")?, one.called)?.ht;
        let same = story.invocations_of(FUNCTION).filter(|first| {
            first.called < one.called
                && first.value("hdLine") == one.value("hdLine")
                && first.value("dwMediaModes") == one.value("dwMediaModes")
                && params_of(first).is_some_and(|other| relevant(&other) == relevant(&params))
                && calls_unchanged(story, line, first.called, one.called)
        });
        let first = same.last()?;
        let (was, is) = (first.result()?, one.result()?);
        kept((was == 0) == (is == 0), || {
            format!("the same question gave {} before, and {} now", render_result(was), render_result(is))
        })
        .map(|said| said.with([first.called]))
    })
}

fn calls_succeed_where_the_test_does(story: &Story<'_>) -> Judgement {
    let errors = [
        "LINEERR_CALLUNAVAIL",
        "LINEERR_RESOURCEUNAVAIL",
        "LINEERR_INVALCALLPARAMS",
        "LINEERR_INVALBEARERMODE",
        "LINEERR_INVALMEDIAMODE",
        "LINEERR_INVALRATE",
    ];
    super::judging::each_outcome(story, "TSPI_lineMakeCall", |one, outcome| {
        let line = story.line_by_hd(one.value("hdLine")?, one.called)?.ht;
        let params = params_of(one)?;
        let tested = story.invocations_of(FUNCTION).filter(|test| {
            let same = params_of(test).is_some_and(|other| relevant(&other) == relevant(&params));
            test.called < one.called
                && test.value("hdLine") == one.value("hdLine")
                && same
                && calls_unchanged(story, line, test.called, one.called)
        });
        let test = tested.last().filter(|test| test.result() == Some(0))?;
        kept(!is_error(outcome.result, &errors), || {
            format!("the test succeeded, and the call was refused with {}", render_result(outcome.result))
        })
        .map(|said| said.with([test.called]))
    })
}

fn calls_are_announced_all_the_same(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for call in &story.calls {
        let Origin::Made(by) = call.origin else { continue };
        let made = &story.invocations[by];
        let Some(number) = made.text_in("lpszDestAddress").filter(|number| !number.is_empty()) else {
            continue;
        };
        let rings = call.next_of(&["LINECALLSTATE_RINGBACK"], call.begun);
        let mut called = story.answers("LINEADDRESSCAPS").filter(|caps| caps.text("Address") == Some(number.as_str()));
        let (Some(rings), Some(device)) = (rings, called.find_map(|caps| caps.device)) else {
            continue;
        };
        let open = |line: &&super::LineLife| {
            line.device == device && line.opened < call.begun && line.closed.is_none_or(|closed| closed > rings.at)
        };
        let Some(line) = story.lines.iter().find(open) else { continue };
        let of_line = |one: &&Invocation<'_>| one.value("hdLine") == Some(line.hd) && one.called < call.begun;
        let tested = story.invocations_of(FUNCTION).filter(of_line).last();
        let watched = story.invocations_of("TSPI_lineSetDefaultMediaDetection").filter(of_line).last();
        let watches = watched.is_some_and(|one| one.accepted() && one.dword("dwMediaModes") != 0);
        let announced = story.calls.iter().any(|other| {
            matches!(other.origin, Origin::Announced(_)) && other.line == Some(line.ht) && other.begun > call.begun
        });
        if tested.is_none() || !watches || !announced && story.end() - story.time(rings.at) < EVENTUALLY {
            continue;
        }
        let said = kept(announced, || {
            format!("a call rings at {number} after {FUNCTION}, and LINE_NEWCALL did not come")
        });
        judgement.say(rings.at, said);
    }
    judgement
}
