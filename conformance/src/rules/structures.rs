//! Rules about the structures that a provider fills.

use super::Level::{Must, Should};
use super::{Invocation, Judgement, Rule, Story};
use crate::inspect::{FillProblem, examine};
use crate::tspi::structures::POISON;
use crate::tspi::{Decoded, Filler, Kind as ArgKind, LayoutProblem, Structure, Version, decode};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/memory-allocation/3",
        page: "memory-allocation.md",
        level: Must,
        requirement: "dwTotalSize belongs to the caller and is left as it was.",
        why: "The caller allocates and copies by dwTotalSize; another value makes it read or free what is not there.",
        mend: "Leave dwTotalSize alone; say how much is needed in dwNeededSize.",
        broken_by: "changes-total-size",
        exercises: &["lifecycle"],
        judge: leaves_total_size,
    },
    Rule {
        id: "tspi/memory-allocation/5",
        page: "memory-allocation.md",
        level: Must,
        requirement: "dwUsedSize never exceeds dwTotalSize.",
        why: "TAPI copies dwUsedSize bytes to the application, and reads past its memory.",
        mend: "Stop at dwTotalSize, and count what was really written.",
        broken_by: "used-exceeds-total",
        exercises: &["lifecycle"],
        judge: |story| {
            no_problem(story, |problem| {
                matches!(problem, LayoutProblem::UsedExceedsTotal { .. })
            })
        },
    },
    Rule {
        id: "tspi/variably-sized-data-structures/4",
        page: "variably-sized-data-structures.md",
        level: Must,
        requirement: "dwNeededSize counts all parts, so it is never below dwUsedSize.",
        why: "An application asks again with dwNeededSize bytes and gets less than it had.",
        mend: "Count the fixed part and all parts in dwNeededSize.",
        broken_by: "used-exceeds-needed",
        exercises: &["lifecycle"],
        judge: |story| {
            no_problem(story, |problem| {
                matches!(problem, LayoutProblem::UsedExceedsNeeded { .. })
            })
        },
    },
    Rule {
        id: "tspi/memory-allocation/9",
        page: "memory-allocation.md",
        level: Must,
        requirement: "Offset plus size of each variable part that is not empty lies within dwUsedSize.",
        why: "TAPI copies dwUsedSize bytes, so the application reads memory that is not the part.",
        mend: "Count every part in dwUsedSize, and count offsets from the start of the structure.",
        broken_by: "string-outside-structure",
        exercises: &["lifecycle"],
        judge: |story| {
            no_problem(story, |problem| {
                matches!(problem, LayoutProblem::PartOutsideUsed { .. })
            })
        },
    },
    Rule {
        id: "tspi/lineGetCallInfo/5",
        page: "nf-tspi-tspi_linegetcallinfo.md",
        level: Should,
        requirement: "The members of LINECALLINFO that are TAPI's alone hold the same bytes after the call as before. A \
                      published provider library fills the monitor modes, and Windows copes: a warning.",
        why: "TAPI has to repair what it wrote there for other applications.",
        mend: "Set the members that the page gives to the provider, and no other; do not clear the structure.",
        broken_by: "overwrites-tapi-members",
        exercises: &["outgoing-answered"],
        judge: |story| leaves_tapi_members(story, "LINECALLINFO"),
    },
    Rule {
        id: "tspi/lineGetLineDevStatus/4",
        page: "nf-tspi-tspi_linegetlinedevstatus.md",
        level: Must,
        requirement: "dwNumOpens, dwOpenMediaModes and the applications of LINEDEVSTATUS are TAPI's: they hold the same bytes after the call as before.",
        why: "Applications see wrong counts of who has the line open.",
        mend: "Set the members that the page gives to the provider, and no other; do not clear the structure.",
        broken_by: "overwrites-line-status",
        exercises: &["lifecycle"],
        judge: |story| leaves_tapi_members(story, "LINEDEVSTATUS"),
    },
    Rule {
        id: "tspi/lineGetCallStatus/4",
        page: "nf-tspi-tspi_linegetcallstatus.md",
        level: Must,
        requirement: "dwCallPrivilege of LINECALLSTATUS is TAPI's: it holds the same bytes after the call as before.",
        why: "An application is told a privilege on the call that it does not have.",
        mend: "Set the members that the page gives to the provider, and no other; do not clear the structure.",
        broken_by: "overwrites-call-privilege",
        exercises: &["outgoing-answered"],
        judge: |story| leaves_tapi_members(story, "LINECALLSTATUS"),
    },
    Rule {
        id: "tspi/lineGetDevCaps/4",
        page: "nf-tspi-tspi_linegetdevcaps.md",
        level: Should,
        requirement: "On success every member of LINEDEVCAPS but dwTotalSize is filled: none holds what TAPI's memory \
                      held before. Microsoft's own sample fills what it has and leaves the rest: a warning.",
        why: "Applications read whatever stood in TAPI's memory as capabilities.",
        mend: "Clear all behind dwTotalSize first, and then set what the device can do.",
        broken_by: "leaves-members-unfilled",
        exercises: &["lifecycle"],
        judge: |story| fills_every_member(story, "LINEDEVCAPS"),
    },
    Rule {
        id: "tspi/lineGetNumAddressIDs/3",
        page: "nf-tspi-tspi_linegetnumaddressids.md",
        level: Must,
        requirement: "*lpdwNumAddressIDs holds the number of addresses of the line, one or more.",
        why: "TAPI takes a line without addresses for one that no call can be made on.",
        mend: "Write at least 1: every line has an address.",
        broken_by: "no-addresses",
        exercises: &["lifecycle"],
        judge: lines_have_addresses,
    },
];

/// The structure that an out argument points to, decoded in the layout of `version`.
pub(super) fn decoded(one: &Invocation<'_>, arg: &str, version: u32) -> Option<Decoded> {
    let ArgKind::OutStruct(structure) = one.function.args.iter().find(|known| known.name == arg)?.kind else {
        return None;
    };
    Some(decode(structure, one.bytes_out(arg)?, version))
}

/// Every structure that a successful call filled: the invocation, the argument, the structure.
fn filled<'s, 't>(
    story: &'s Story<'t>,
) -> impl Iterator<Item = (&'s Invocation<'t>, &'static str, &'static Structure)> {
    story
        .invocations
        .iter()
        .filter(|one| one.result() == Some(0))
        .flat_map(|one| {
            one.function.args.iter().filter_map(move |arg| match arg.kind {
                ArgKind::OutStruct(structure) if structure.variable => Some((one, arg.name, structure)),
                _ => None,
            })
        })
}

fn total_size(bytes: Option<&[u8]>) -> Option<u32> {
    Some(u32::from_le_bytes(bytes?.get(..4)?.try_into().ok()?))
}

fn leaves_total_size(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, arg, structure) in filled(story) {
        let (Some(before), Some(after)) = (total_size(one.bytes_in(arg)), total_size(one.bytes_out(arg)))
        else {
            continue;
        };
        let breach = (before != after).then(|| {
            format!(
                "{}: {}.dwTotalSize was {before}, is {after}",
                one.function.name, structure.name
            )
        });
        judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
    }
    // Of an asynchronous function, once its request is completed.
    for one in story.invocations_of("TSPI_linePark").filter(|one| one.accepted()) {
        let (before, after) = (total_size(one.bytes_in("lpNonDirAddress")), total_size(story.left(one, "lpNonDirAddress")));
        let Some((before, after)) = before.zip(after) else { continue };
        let breach = (before != after).then(|| format!("TSPI_linePark: VARSTRING.dwTotalSize was {before}, is {after}"));
        judgement.note(one.at(), breach);
    }
    judgement
}

fn no_problem(story: &Story<'_>, which: fn(&LayoutProblem) -> bool) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, arg, structure) in filled(story) {
        let Some(decoded) = decoded(one, arg, story.version()) else {
            continue;
        };
        let breach = decoded
            .problems
            .iter()
            .find(|problem| which(problem))
            .map(|problem| format!("{}: {}: {problem}", one.function.name, structure.name));
        judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
    }
    judgement
}

pub(super) fn leaves_tapi_members(story: &Story<'_>, of: &str) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, arg, structure) in filled(story).filter(|(.., structure)| structure.name == of) {
        let (Some(before), Some(after)) = (one.bytes_in(arg), one.bytes_out(arg)) else {
            continue;
        };
        let changed = structure
            .members(story.version())
            .filter(|member| member.filler == Filler::Tapi)
            .find(|member| {
                let range = member.offset..member.offset + member.size;
                before.get(range.clone()) != after.get(range)
            });
        let breach = changed.map(|member| format!("{} of {of} was overwritten", member.name));
        judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
    }
    judgement
}

/// Judges structures whose memory held poison where the provider should fill it.
pub(super) fn fills_every_member(story: &Story<'_>, of: &str) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, arg, structure) in filled(story).filter(|(.., structure)| structure.name == of) {
        let (Some(before), Some(after)) = (one.bytes_in(arg), one.bytes_out(arg)) else {
            continue;
        };
        let version = Version(story.version());
        if !before.contains(&POISON) || after.len() < structure.fixed_size(version) {
            continue;
        }
        let problems = examine(structure, version, after.len(), before, after).problems;
        let unfilled = problems
            .iter()
            .find(|problem| matches!(problem, FillProblem::Unfilled(_)));
        let breach = unfilled.map(|problem| format!("{of}: {problem}"));
        judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
    }
    judgement
}

fn lines_have_addresses(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story
        .invocations_of("TSPI_lineGetNumAddressIDs")
        .filter(|one| one.result() == Some(0))
    {
        let number = one.number_out("lpdwNumAddressIDs").unwrap_or_default();
        let breach = (number == 0).then(|| "the line has 0 addresses".to_owned());
        judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
    }
    judgement
}
