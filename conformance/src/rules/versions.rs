//! Rules about version negotiation and the provider's start.

use super::Level::Must;
use super::{Judgement, Rule, Story};
use crate::tspi::messages::problem;
use crate::tspi::{MessageProblem, Version, constant_value, render_result, render_version};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineNegotiateTSPIVersion/3",
        page: "nf-tspi-tspi_linenegotiatetspiversion.md",
        level: Must,
        requirement: "The version that TSPI_lineNegotiateTSPIVersion answers lies within the range it was offered.",
        why: "TAPI calls the provider by rules that the provider does not know, or gives up on it.",
        mend: "Answer the lower of dwHighVersion and your newest version, and check it against dwLowVersion.",
        broken_by: "version-out-of-range",
        exercises: &["versions"],
        judge: answers_within_the_range,
    },
    Rule {
        id: "tspi/lineNegotiateTSPIVersion/5",
        page: "nf-tspi-tspi_linenegotiatetspiversion.md",
        level: Must,
        requirement: "A range that the provider does not support fails with LINEERR_INCOMPATIBLEAPIVERSION.",
        why: "TAPI uses a provider that does not speak its language.",
        mend: "Return LINEERR_INCOMPATIBLEAPIVERSION where the ranges do not overlap.",
        broken_by: "accepts-any-version",
        exercises: &["versions"],
        judge: refuses_a_foreign_range,
    },
    Rule {
        id: "tspi/providerInit/3",
        page: "nf-tspi-tspi_providerinit.md",
        level: Must,
        requirement: "*lpdwTSPIOptions ends as 0 or LINETSPIOPTION_NONREENTRANT, the only bit defined.",
        why: "TAPI takes unknown bits for options of a version to come.",
        mend: "Write 0, or LINETSPIOPTION_NONREENTRANT, and nothing else.",
        broken_by: "unknown-options",
        exercises: &["lifecycle"],
        judge: sets_known_options,
    },
    Rule {
        id: "tspi/what-s-new-for-tspi-version-3-0/1",
        page: "what-s-new-for-tspi-version-3-0.md",
        level: Must,
        requirement: "LINE_QOSINFO, LINE_SENDMSPDATA and LINE_DEVSPECIFICEX are sent only where version 3.0 or a later one was negotiated.",
        why: "An older TAPI does not know the message and drops it.",
        mend: "Look at the negotiated version before sending it.",
        broken_by: "sends-newer-message",
        exercises: &["outgoing-answered"],
        judge: sends_no_newer_message,
    },
];

fn answers_within_the_range(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story
        .invocations_of("TSPI_lineNegotiateTSPIVersion")
        .filter(|one| one.result() == Some(0))
    {
        let (Some(low), Some(high), Some(given)) = (
            one.value("dwLowVersion"),
            one.value("dwHighVersion"),
            one.number_out("lpdwTSPIVersion"),
        ) else {
            continue;
        };
        let breach = (given < low || given > high).then(|| {
            let [low, high, given] = [low, high, given].map(|version| render_version(version as u32));
            format!("{low} to {high} was offered, and {given} answered")
        });
        judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
    }
    judgement
}

/// No version of TSPI has, or will have, a major number as high as this; a range above it overlaps nothing.
const FOREIGN: u64 = 0x7000_0000;

fn refuses_a_foreign_range(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let incompatible = constant_value("LINEERR_INCOMPATIBLEAPIVERSION") as i32;
    for one in story.invocations_of("TSPI_lineNegotiateTSPIVersion") {
        let foreign = one.value("dwLowVersion").is_some_and(|low| low >= FOREIGN);
        let Some(returned) = one.returned.filter(|_| foreign) else {
            continue;
        };
        let breach = (returned.result != incompatible).then(|| {
            format!(
                "a range that no provider supports was answered with {}",
                render_result(returned.result)
            )
        });
        judgement.note(returned.at, breach);
    }
    judgement
}

fn sets_known_options(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story
        .invocations_of("TSPI_providerInit")
        .filter(|one| one.result() == Some(0))
    {
        let options = one.number_out("lpdwTSPIOptions").unwrap_or_default();
        let known = constant_value("LINETSPIOPTION_NONREENTRANT") as u64;
        let breach = (options & !known != 0).then(|| format!("*lpdwTSPIOptions is {options:#x}"));
        judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
    }
    judgement
}

/// Other messages are not judged: their pages name the version of TAPI's documentation, not the first that had them.
fn sends_no_newer_message(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, args) in &story.callbacks {
        let breach = match problem(args.msg, story.version()) {
            Some(problem @ MessageProblem::NewerThan { since, .. }) if since == Version::V3_0 => {
                Some(problem.to_string())
            }
            _ => None,
        };
        judgement.note(*at, breach);
    }
    judgement
}
