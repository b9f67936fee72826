//! Rules about the configuration of a line's devices: what was given out is taken back, and stands.

use super::Level::{Must, Should};
use super::judging::{each_outcome, is_error, kept, refuses};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::{constant_value, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineSetDevConfig/4",
        page: "nf-tspi-tspi_linesetdevconfig.md",
        level: Must,
        requirement: "What TSPI_lineGetDevConfig gave for a class restores that configuration once TSPI_lineSetDevConfig has taken it back: it \
                      stands until the configuration is set anew or the line is closed.",
        why: "Applications keep configurations for their users, who find theirs gone.",
        mend: "Give the whole configuration out, and take exactly this form back.",
        broken_by: "forgets-configuration",
        exercises: &["device-config"],
        judge: configurations_are_restored,
    },
    Rule {
        id: "tspi/lineSetDevConfig/5",
        page: "nf-tspi-tspi_linesetdevconfig.md",
        level: Must,
        requirement: "A device class that TSPI_lineSetDevConfig takes is one that TSPI_lineGetID knows with LINECALLSELECT_LINE.",
        why: "An application configures a device that it cannot find.",
        mend: "Keep one list of classes for all functions that take one.",
        broken_by: "configures-unknown-class",
        exercises: &["device-config"],
        judge: configured_classes_are_known,
    },
    Rule {
        id: "tspi/lineSetDevConfig/6",
        page: "nf-tspi-tspi_linesetdevconfig.md",
        level: Should,
        requirement: "Bytes that are no configuration of the device make TSPI_lineSetDevConfig fail with LINEERR_INVALPARAM: here a single one, \
                      where those that TSPI_lineGetDevConfig gave are longer. What a provider can read is its own affair: a warning.",
        why: "The device works by whatever lay in the application's memory.",
        mend: "Begin the bytes with a mark and their length, and check both.",
        broken_by: "takes-any-configuration",
        exercises: &["device-config"],
        judge: |story| {
            refuses(story, "TSPI_lineSetDevConfig", &["LINEERR_INVALPARAM"], |one| {
                let class = one.text_in("lpszDeviceClass").unwrap_or_default();
                let mut given = configurations(story, &class, one.dword("dwDeviceID")).filter(|(at, _)| *at < one.called).peekable();
                let short = one.bytes_in("lpDeviceConfig").is_some_and(|bytes| bytes.len() == 1);
                short && given.peek().is_some() && given.all(|(_, bytes)| bytes.len() > 1)
            })
        },
    },
    Rule {
        id: "tspi/lineSetDevConfig/9",
        page: "nf-tspi-tspi_linesetdevconfig.md",
        level: Must,
        requirement: "Where a configuration that is taken otherwise is refused while a call is up, the error is LINEERR_INVALLINESTATE.",
        why: "The application takes its configuration for a bad one and asks the user for another.",
        mend: "Check the bytes first, then the state of the line.",
        broken_by: "configuration-state-misnamed",
        exercises: &["config-in-call"],
        judge: refusals_in_calls_say_so,
    },
];

/// What `TSPI_lineGetDevConfig` gave for a class of a device: the event, the bytes.
fn configurations<'s>(story: &'s Story<'_>, class: &str, device: u32) -> impl Iterator<Item = (usize, Vec<u8>)> + 's {
    let class = class.to_owned();
    story.invocations_of("TSPI_lineGetDevConfig").filter_map(move |one| {
        let same = one.dword("dwDeviceID") == device && one.text_in("lpszDeviceClass").is_some_and(|of| of.eq_ignore_ascii_case(&class));
        let bytes = one.bytes_out("lpDeviceConfig").filter(|_| same && one.result() == Some(0))?;
        let dword = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize);
        let (size, offset) = (dword(16)?, dword(20)?);
        Some((one.at(), bytes.get(offset..offset.checked_add(size)?)?.to_vec()))
    })
}

fn configurations_are_restored(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineSetDevConfig", |one, outcome| {
        let (class, device) = (one.text_in("lpszDeviceClass")?, one.dword("dwDeviceID"));
        let bytes = one.bytes_in("lpDeviceConfig").filter(|bytes| !bytes.is_empty())?;
        let mut known = configurations(story, &class, device).filter(|(at, _)| *at < one.called);
        known.find(|(_, given)| given == bytes)?;
        // Whether it is taken is the affair of tspi/lineGetDevConfig/13.
        if !outcome.succeeded() {
            return None;
        }
        let (at, next) = configurations(story, &class, device).find(|(at, _)| *at > outcome.at)?;
        let changes = ["TSPI_lineSetDevConfig", "TSPI_lineClose", "TSPI_providerInit"];
        let changed = story.invocations.iter().any(|other| other.called > one.called && other.called < at && changes.contains(&other.function.name));
        let dialogs = story.invocations.iter().any(|other| other.called > one.called && other.called < at && other.function.name.contains("ConfigDialog"));
        if changed || dialogs {
            return None;
        }
        kept(next == bytes, || format!("{bytes:02x?} was set for {class:?}, and TSPI_lineGetDevConfig gives {next:02x?}")).map(|said| said.with([at]))
    })
}

fn configured_classes_are_known(story: &Story<'_>) -> Judgement {
    let line = constant_value("LINECALLSELECT_LINE");
    each_outcome(story, "TSPI_lineGetID", |one, outcome| {
        let class = one.text_in("lpszDeviceClass").filter(|_| one.dword("dwSelect") == line)?;
        let mut set = story.invocations_of("TSPI_lineSetDevConfig").filter(|set| set.result() == Some(0));
        let set = set.find(|set| set.text_in("lpszDeviceClass").is_some_and(|of| of.eq_ignore_ascii_case(&class)))?;
        let unknown = is_error(outcome.result, &["LINEERR_INVALDEVICECLASS", "LINEERR_NODEVICE"]);
        kept(!unknown, || format!("{class:?} was configured, and TSPI_lineGetID refuses it with {}", render_result(outcome.result)))
            .map(|said| said.with([set.at()]))
    })
}

/// Whether a call is up on a device before an event.
fn in_call(story: &Story<'_>, device: u32, at: usize) -> bool {
    story.calls.iter().any(|call| {
        let here = call.line.and_then(|line| story.line(line)).is_some_and(|line| line.device == device);
        let state = call.state_before(at).is_some_and(|seen| seen.state != constant_value("LINECALLSTATE_IDLE"));
        here && state && call.closed.is_none_or(|closed| closed > at)
    })
}

fn refusals_in_calls_say_so(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineSetDevConfig", |one, outcome| {
        let device = one.dword("dwDeviceID");
        let class = one.text_in("lpszDeviceClass");
        let same = |other: &&Invocation<'_>| {
            let alike = other.bytes_in("lpDeviceConfig") == one.bytes_in("lpDeviceConfig") && other.text_in("lpszDeviceClass") == class;
            alike && other.dword("dwDeviceID") == device && other.result() == Some(0) && !in_call(story, device, other.called)
        };
        let taken = story.invocations_of("TSPI_lineSetDevConfig").find(same)?;
        if !in_call(story, device, one.called) {
            return None;
        }
        let right = outcome.succeeded() || is_error(outcome.result, &["LINEERR_INVALLINESTATE"]);
        kept(right, || format!("the configuration is taken without a call, and refused in one with {}", render_result(outcome.result)))
            .map(|said| said.with([taken.at()]))
    })
}
