//! Rules about media types: what is monitored is reported, on every call of the line, and nothing else.

use super::Level::Must;
use super::judging::{call_was_given_time, each_line_event, kept, takes};
use super::{Judgement, Rule, Story};
use crate::tspi::{constant_value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineMonitorMedia/9",
        page: "nf-tspi-tspi_linemonitormedia.md",
        level: Must,
        requirement: "A media type that arises on a call and is monitored there is reported by LINE_MONITORMEDIA: what TSPI_lineMonitorMedia \
                      has set for the call, or else what TSPI_lineSetDefaultMediaDetection has set for its line, also on consultation calls.",
        why: "Fax and data applications learn from this report that a call is theirs.",
        mend: "Begin every new call with the media types of its line, and report each type that is detected and in the set.",
        broken_by: "media-unheard",
        exercises: &["media-detected"],
        judge: media_are_reported,
    },
    Rule {
        id: "tspi/lineMonitorMedia/12",
        page: "nf-tspi-tspi_linemonitormedia.md",
        level: Must,
        requirement: "LINE_MONITORMEDIA reports only media types of the set that was last given for the call, or, before any was, for its line; \
                      a new set takes the place of the old one.",
        why: "TAPI hands the report to applications that never asked for this type.",
        mend: "Replace the set whole at each call of the function, and compare with it before reporting.",
        broken_by: "media-unasked",
        exercises: &["media-detected"],
        judge: |story| {
            each_line_event(story, "LINE_MONITORMEDIA", |at, args| {
                let asked = story.media_types(story.call(args.call)?, at);
                let beyond = args.params[0] as u32 & !asked;
                kept(beyond == 0, || {
                    let shown = |modes| render_constant("LINEMEDIAMODE", modes);
                    format!("LINE_MONITORMEDIA reports {}, and {} is monitored", shown(beyond), shown(asked))
                })
            })
        },
    },
    Rule {
        id: "tspi/lineMonitorMedia/13",
        page: "nf-tspi-tspi_linemonitormedia.md",
        level: Must,
        requirement: "A detected media type leaves LINECALLINFO.dwMediaMode as it is: only TSPI_lineSetMediaMode changes it.",
        why: "TAPI gives the call to applications by dwMediaMode, and it would move to another one by itself.",
        mend: "Report what is detected, and wait for TSPI_lineSetMediaMode.",
        broken_by: "detection-sets-media",
        exercises: &["media-detected"],
        judge: detection_changes_nothing,
    },
    Rule {
        id: "tspi/lineSetMediaMode/5",
        page: "nf-tspi-tspi_linesetmediamode.md",
        level: Must,
        requirement: "TSPI_lineSetMediaMode takes several media types that the line has together, if LINEMEDIAMODE_UNKNOWN is among them.",
        why: "An application that cannot tell hands the call on with what it may be.",
        mend: "Refuse combinations only where LINEMEDIAMODE_UNKNOWN is missing.",
        broken_by: "refuses-unknown-media",
        exercises: &["media"],
        judge: |story| {
            let unknown = constant_value("LINEMEDIAMODE_UNKNOWN");
            takes(story, "TSPI_lineSetMediaMode", |one| {
                let modes = one.dword("dwMediaMode");
                let caps = story.device_of(one).and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
                let known = caps.and_then(|caps| caps.number("dwMediaModes"));
                let living = story.call_of(one, "hdCall").is_some_and(|call| call.was(&["LINECALLSTATE_CONNECTED"], one.called));
                living && modes & unknown != 0 && modes != unknown && known.is_some_and(|known| modes & !known == 0)
            })
        },
    },
];

/// The operation of the test extensions by which the other end changes to other media types.
const CHANGES_MEDIA: u8 = 7;

fn media_are_reported(story: &Story<'_>) -> Judgement {
    let message = constant_value("LINE_MONITORMEDIA");
    let mut judgement = Judgement::default();
    for one in story.invocations_of("TSPI_lineDevSpecific") {
        let (Some((CHANGES_MEDIA, operand)), Some(call)) = (story.test_operation(one), story.call_of(one, "hdCall")) else {
            continue;
        };
        let Some(outcome) = story.outcome(one).filter(|outcome| outcome.succeeded()) else { continue };
        let arisen = super::judging::dwords(operand).first().copied().unwrap_or_default();
        // What a line had on earlier does not count here: only what holds now.
        let monitored = arisen & story.media_types(call, one.called);
        let next = story.invocations.iter().find(|later| later.called > outcome.at && !later.function.name.contains("Get"));
        let until = next.map_or(usize::MAX, |next| next.called);
        for mode in (0..32).map(|bit| 1_u32 << bit).filter(|mode| monitored & mode != 0) {
            let mut told = story.callbacks.iter().filter(|(at, _)| (one.called..until).contains(at));
            let told = told.any(|(_, args)| args.call == call.ht && args.msg == message && args.params[0] & u64::from(mode) != 0);
            let waited = story.time(until.min(story.events.len() - 1)) - story.time(outcome.at);
            if !told && waited < super::judging::ON_ITS_WAY / 2 && !call_was_given_time(story, call, outcome.at) {
                continue;
            }
            let said = kept(told, || {
                format!("{} arose on the call and is monitored, and LINE_MONITORMEDIA never came", render_constant("LINEMEDIAMODE", mode))
            });
            judgement.say(outcome.at, said.map(|said| said.with([one.called])));
        }
    }
    judgement
}

fn detection_changes_nothing(story: &Story<'_>) -> Judgement {
    each_line_event(story, "LINE_MONITORMEDIA", |at, args| {
        let of_call = |info: &&super::Answer| info.call == Some(args.call);
        let before = story.answers("LINECALLINFO").filter(of_call).filter(|info| info.at < at).last()?;
        let after = story.answers("LINECALLINFO").filter(of_call).find(|info| info.at > at)?;
        let set = story.invocations_of("TSPI_lineSetMediaMode").any(|one| one.called > before.at && one.called < after.at);
        if set {
            return None;
        }
        let (was, is) = (before.number("dwMediaMode")?, after.number("dwMediaMode")?);
        let shown = |modes| render_constant("LINEMEDIAMODE", modes);
        kept(was == is, || format!("LINE_MONITORMEDIA came, and LINECALLINFO.dwMediaMode changed from {} to {}", shown(was), shown(is)))
            .map(|said| said.with([before.at, after.at]))
    })
}
