//! Rules about what answers a request: reports, states, and negotiations.

use super::Level::Must;
use super::judging::{each_line_event, each_outcome, kept, reaches, takes};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::{constant_value, render_version};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineGenerateTone/6",
        page: "nf-tspi-tspi_linegeneratetone.md",
        level: Must,
        requirement: "LINE_GENERATE and LINE_GATHERDIGITS carry the dwEndToEndID of the request that they end, in dwParam2.",
        why: "An application with two requests behind each other cannot tell which has ended.",
        mend: "Keep dwEndToEndID with the request and pass it in dwParam2.",
        broken_by: "end-of-another-request",
        exercises: &["digits"],
        judge: ends_name_their_request,
    },
    Rule {
        id: "tspi/lineGatherDigits/11",
        page: "nf-tspi-tspi_linegatherdigits.md",
        level: Must,
        requirement: "A NULL buffer cancels gathering, a NULL string digit generation, and tone mode 0 tone generation: none of them \
                      is refused for that.",
        why: "Applications cannot stop what they have begun.",
        mend: "Look for NULL, or mode 0, before anything else, and cancel what is in progress.",
        broken_by: "cancels-nothing",
        exercises: &["digits", "tones"],
        judge: cancelling_is_taken,
    },
    Rule {
        id: "tspi/lineHold/7",
        page: "nf-tspi-tspi_linehold.md",
        level: Must,
        requirement: "After TSPI_lineUnhold has succeeded, the call is reported in LINECALLSTATE_CONNECTED.",
        why: "Applications show the call as still held.",
        mend: "Report LINECALLSTATE_CONNECTED when the switch has retrieved the call.",
        broken_by: "unholds-silently",
        exercises: &["hold"],
        judge: |story| reaches(story, "TSPI_lineUnhold", "hdCall", &["LINECALLSTATE_CONNECTED"]),
    },
    Rule {
        id: "tspi/lineCompleteTransfer/11",
        page: "nf-tspi-tspi_linecompletetransfer.md",
        level: Must,
        requirement: "A transfer that TSPI_lineCompleteTransfer resolved with LINETRANSFERMODE_TRANSFER leaves hdCall and \
                      hdConsultCall in LINECALLSTATE_IDLE.",
        why: "Applications keep both calls in their list for ever.",
        mend: "Report LINECALLSTATE_IDLE for both calls once the parties are joined.",
        broken_by: "transfers-silently",
        exercises: &["transfer"],
        judge: transferred_calls_become_idle,
    },
    Rule {
        id: "tspi/tspi-versioning/1",
        page: "tspi-versioning.md",
        level: Must,
        requirement: "Where the range of versions that is offered overlaps the provider's own, negotiation succeeds: a provider that \
                      has settled on a version agrees to every later range that contains it.",
        why: "TAPI gives a device up that does not agree on a version.",
        mend: "Answer the lower of dwHighVersion and your newest version, at any time and as often as it is asked.",
        broken_by: "negotiates-once",
        exercises: &["versions"],
        judge: overlapping_ranges_are_agreed_on,
    },
];

fn ends_name_their_request(story: &Story<'_>) -> Judgement {
    let ends = [
        ("LINE_GENERATE", ["TSPI_lineGenerateDigits", "TSPI_lineGenerateTone"].as_slice()),
        ("LINE_GATHERDIGITS", ["TSPI_lineGatherDigits"].as_slice()),
    ];
    let mut judgement = Judgement::default();
    for (message, functions) in ends {
        judgement.join(each_line_event(story, message, |at, args| {
            let call = story.call(args.call)?;
            let begun = |one: &&Invocation<'_>| {
                let same = story.call_of(one, "hdCall").is_some_and(|of| of.ht == call.ht);
                functions.contains(&one.function.name) && one.called < at && one.accepted() && same
            };
            let named = story.invocations.iter().filter(begun);
            let right = named.into_iter().any(|one| u64::from(one.dword("dwEndToEndID")) == args.params[1]);
            kept(right, || {
                format!("dwParam2 of {message} is {:#x}, the dwEndToEndID of no request on the call", args.params[1])
            })
        }));
    }
    judgement
}

fn cancelling_is_taken(story: &Story<'_>) -> Judgement {
    let mut judgement = takes(story, "TSPI_lineGatherDigits", |one| one.is_null("lpsDigits"));
    judgement.join(takes(story, "TSPI_lineGenerateDigits", |one| one.is_null("lpszDigits")));
    judgement.join(takes(story, "TSPI_lineGenerateTone", |one| one.dword("dwToneMode") == 0));
    judgement
}

fn transferred_calls_become_idle(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let transfer = constant_value("LINETRANSFERMODE_TRANSFER");
    for parameter in ["hdCall", "hdConsultCall"] {
        judgement.join(each_outcome(story, "TSPI_lineCompleteTransfer", |one, outcome| {
            let call = story.call_of(one, parameter)?;
            if !outcome.succeeded() || one.dword("dwTransferMode") != transfer {
                return None;
            }
            let idle = call.next_of(&["LINECALLSTATE_IDLE"], one.called).is_some();
            if !idle && !super::judging::call_was_given_time(story, call, outcome.at) {
                return None;
            }
            kept(idle, || format!("the transfer succeeded, and {parameter} never was LINECALLSTATE_IDLE"))
        }));
    }
    judgement
}

fn overlapping_ranges_are_agreed_on(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for function in ["TSPI_lineNegotiateTSPIVersion", "TSPI_phoneNegotiateTSPIVersion"] {
        let mut settled: Vec<(u32, u64)> = Vec::new();
        for one in story.invocations_of(function) {
            let Some(outcome) = story.outcome(one) else { continue };
            let device = one.dword("dwDeviceID");
            let (low, high) = (u64::from(one.dword("dwLowVersion")), u64::from(one.dword("dwHighVersion")));
            let known = settled
                .iter()
                .find(|(of, version)| *of == device && (low..=high).contains(version));
            if let Some((_, version)) = known {
                let breach = (!outcome.succeeded()).then(|| {
                    format!(
                        "{} was agreed on for device {device} before, and {} to {} is refused now",
                        render_version(*version as u32),
                        render_version(low as u32),
                        render_version(high as u32)
                    )
                });
                judgement.note(outcome.at, breach);
            }
            if let (true, Some(version)) = (outcome.succeeded(), one.number_out("lpdwTSPIVersion")) {
                settled.push((device, version));
            }
        }
    }
    judgement
}
