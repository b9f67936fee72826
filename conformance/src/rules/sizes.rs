//! Rules about structures that do not fit: what a provider leaves out, and how much it says that it needs.

use offhook_host_protocol::Arg;

use super::Level::Must;
use super::probes::with_each;
use super::{Invocation, Judgement, Rule, Story};
use crate::app::{Invoked, Stage, Stop, Tapi};
use crate::inspect::{Attempt, SizeFault, judge, memory, sizes};
use crate::tspi::marshal::Call;
use crate::tspi::{Kind as ArgKind, Structure, Value, Version, decode};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineerr--constants/2",
        page: "lineerr--constants.md",
        level: Must,
        requirement: "LINEERR_STRUCTURETOOSMALL is returned only where dwTotalSize cannot hold the fixed part of the structure.",
        why: "An application that asks with little room, as all do first, cannot find out how much it needs.",
        mend: "Refuse only where the fixed part does not fit; else fill what fits and set dwNeededSize.",
        broken_by: "refuses-short-structures",
        exercises: &["sizes"],
        judge: |story| holds(story, |fault| matches!(fault, SizeFault::Refused { .. })),
    },
    Rule {
        id: "tspi/memory-allocation/4",
        page: "memory-allocation.md",
        level: Must,
        requirement: "dwNeededSize counts all requested data, so it does not depend on how much memory is given.",
        why: "An application allocates what it was told and is told again that it is too little.",
        mend: "Add up all parts before looking at dwTotalSize.",
        broken_by: "needed-follows-total",
        exercises: &["sizes"],
        judge: |story| holds(story, |fault| matches!(fault, SizeFault::NeededChanges { .. })),
    },
    Rule {
        id: "tspi/memory-allocation/6",
        page: "memory-allocation.md",
        level: Must,
        requirement: "Where space is short, a variable part that does not fit is left out whole.",
        why: "An application shows half a name or number as if it were whole.",
        mend: "Write a part only if all of it fits, and else set its size and offset to 0.",
        broken_by: "cuts-strings",
        exercises: &["sizes"],
        judge: |story| holds(story, |fault| matches!(fault, SizeFault::PartCut(_))),
    },
    Rule {
        id: "tspi/variably-sized-data-structures/5",
        page: "variably-sized-data-structures.md",
        level: Must,
        requirement: "With dwNeededSize bytes all parts are there, and dwUsedSize equals dwNeededSize.",
        why: "An application that gives the room asked for still misses parts.",
        mend: "Compute dwNeededSize and the parts from the same list.",
        broken_by: "needs-more-than-it-uses",
        exercises: &["sizes"],
        judge: |story| {
            holds(story, |fault| {
                matches!(fault, SizeFault::Incomplete { .. } | SizeFault::PartMissing(_))
            })
        },
    },
];

/// From how many sizes on the answers to one query are held against each other.
const SIZES_MIN: usize = 16;

/// One query, put again and again with nothing else in between.
struct Series<'s, 't> {
    structure: &'static Structure,
    answers: Vec<(&'s Invocation<'t>, Attempt)>,
}

/// The structure that a query fills.
fn structure_of(one: &Invocation<'_>) -> Option<(&'static str, &'static Structure)> {
    one.function.args.iter().find_map(|arg| match arg.kind {
        ArgKind::OutStruct(structure) if structure.variable => Some((arg.name, structure)),
        _ => None,
    })
}

/// What is the same in all queries of a series: the arguments that are no memory to be filled.
fn asked<'t>(story: &Story<'t>, one: &Invocation<'t>) -> Option<Vec<&'t Arg>> {
    match &story.events.get(one.called)?.what {
        crate::trace::What::Call { args, .. } => Some(
            args.iter()
                .filter(|arg| !matches!(arg, Arg::Out { .. }))
                .collect(),
        ),
        _ => None,
    }
}

/// Every series of a story.
fn series<'s, 't>(story: &'s Story<'t>) -> Vec<Series<'s, 't>> {
    let mut all: Vec<Series<'s, 't>> = Vec::new();
    let mut last = None;
    for one in &story.invocations {
        let key = asked(story, one).map(|args| (one.function.name, args));
        let Some((arg, structure)) = structure_of(one) else {
            last = None;
            continue;
        };
        let (Some(returned), Some(before), Some(after)) =
            (one.returned, one.bytes_in(arg), one.bytes_out(arg))
        else {
            last = None;
            continue;
        };
        let Some(total) = before.first_chunk().map(|bytes| u32::from_le_bytes(*bytes)) else {
            continue;
        };
        if last != key || all.is_empty() {
            all.push(Series {
                structure,
                answers: Vec::new(),
            });
        }
        last = key;
        let attempt = Attempt {
            total: total as usize,
            before: before.to_vec(),
            after: after.to_vec(),
            result: returned.result,
        };
        if let Some(series) = all.last_mut() {
            series.answers.push((one, attempt));
        }
    }
    all.retain(|series| series.answers.len() >= SIZES_MIN);
    all
}

/// One occasion a series; a breach where a fault of this kind was found in it.
fn holds(story: &Story<'_>, which: fn(&SizeFault) -> bool) -> Judgement {
    let mut judgement = Judgement::default();
    for series in series(story) {
        let attempts: Vec<Attempt> = series
            .answers
            .iter()
            .map(|(_, attempt)| attempt.clone())
            .collect();
        let findings = judge(series.structure, Version(story.version()), &attempts);
        let found = findings.iter().find(|finding| which(&finding.fault));
        let shown = found.and_then(|found| {
            series
                .answers
                .iter()
                .find(|(_, attempt)| attempt.total == found.first)
        });
        let at = shown.map_or(0, |(one, _)| {
            one.returned.map_or(one.called, |returned| returned.at)
        });
        let function = series.answers.first().map_or("", |(one, _)| one.function.name);
        let breach = found.map(|found| format!("{function}: {}: {found}", series.structure.name));
        judgement.note(at, breach);
    }
    judgement
}

/// Puts each query about what is open in memory of every size from the fixed part, the least that TAPI gives, to one
/// byte more than is needed.
pub fn every_size(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        let lines = story.lines.iter().filter(|line| line.closed.is_none());
        for hd in lines.map(|line| line.hd) {
            sweep(tapi, "TSPI_lineGetDevCaps", "lpLineDevCaps", |call| {
                call.dword("dwDeviceID", 0)
            })?;
            sweep(tapi, "TSPI_lineGetAddressCaps", "lpAddressCaps", |call| {
                call.dword("dwDeviceID", 0)
            })?;
            sweep(tapi, "TSPI_lineGetDevConfig", "lpDeviceConfig", |call| {
                call.dword("dwDeviceID", 0).text("lpszDeviceClass", "tapi/line")
            })?;
            sweep(tapi, "TSPI_lineGetLineDevStatus", "lpLineDevStatus", |call| {
                call.handle("hdLine", hd)
            })?;
            sweep(tapi, "TSPI_lineGetAddressStatus", "lpAddressStatus", |call| {
                call.handle("hdLine", hd)
            })?;
        }
        let calls = story.calls.iter().filter(|call| call.closed.is_none());
        for hd in calls.filter_map(|call| call.hd) {
            sweep(tapi, "TSPI_lineGetCallInfo", "lpCallInfo", |call| {
                call.handle("hdCall", hd)
            })?;
            sweep(tapi, "TSPI_lineGetCallStatus", "lpCallStatus", |call| {
                call.handle("hdCall", hd)
            })?;
        }
        for phone in 0..tapi.phones {
            sweep(tapi, "TSPI_phoneGetDevCaps", "lpPhoneCaps", |call| {
                call.dword("dwDeviceID", phone)
            })?;
        }
        Ok(())
    })
}

/// Room behind the fixed part in the first query.
const ROOM_BYTES: usize = 4096;

fn sweep(tapi: &mut Tapi, function: &str, parameter: &str, about: impl Fn(Call) -> Call) -> Result<(), Stop> {
    let version = tapi.version;
    let call = about(Call::new(function).map_err(|error| Stop::Bug(error.to_string()))?);
    let Some((_, structure)) = call.function().args.iter().find_map(|arg| match arg.kind {
        ArgKind::OutStruct(structure) => Some((arg.name, structure)),
        _ => None,
    }) else {
        return Err(Stop::Bug(format!("{function} fills no structure")));
    };
    let fixed = structure.fixed_size(version);
    let mut ask = |total| {
        tapi.invoke(
            call.clone()
                .structure(parameter, memory(structure, total, version)),
        )
    };
    let most = ask(fixed + ROOM_BYTES)?;
    if most.result < 0 {
        return Ok(()); // what it does not answer at all is another rule's
    }
    for total in sizes(fixed, needed(structure, version, &most, parameter).max(fixed)) {
        if total >= fixed {
            ask(total)?;
        }
    }
    Ok(())
}

fn needed(structure: &'static Structure, version: Version, answer: &Invoked, parameter: &str) -> usize {
    let decoded = decode(structure, answer.out(parameter).unwrap_or_default(), version);
    decoded.get("dwNeededSize").and_then(Value::number).unwrap_or(0) as usize
}
