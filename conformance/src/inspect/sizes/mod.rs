//! One query, answered in memory of every size, and what is wrong with the answers.
//!
//! A provider is given `dwTotalSize` bytes and no more. Behind them stand at most three bytes of padding, which are
//! compared, so that the structure begins as aligned as TAPI's do; behind those stands a page that nobody can touch.
//! TAPI never hands a provider less than the fixed part of a structure (`error-checking.md`), though the pages say what
//! it would answer: a breach below the fixed part warns.

use std::fmt;

use super::filled::{FillProblem, Filled, examine};
use crate::tspi::structures::{Fill, output};
use crate::tspi::{Structure, Value, Version, constant_value, render_result};
use crate::verdict::Verdict;

#[cfg(test)]
mod tests;

/// One answer.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// `dwTotalSize`.
    pub total: usize,
    /// The memory that was given ([`memory`]).
    pub before: Vec<u8>,
    /// The memory as it came back.
    pub after: Vec<u8>,
    /// What the function returned.
    pub result: i32,
}

/// One thing wrong with an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SizeFault {
    /// Success, though the fixed part does not fit.
    TooSmallAccepted {
        /// Bytes of the fixed part.
        fixed: usize,
    },
    /// Another error than the one for structures that are too small.
    TooSmallOtherwise {
        /// The error.
        result: i32,
    },
    /// An error, though the fixed part fits and a larger structure is filled.
    Refused {
        /// The error.
        result: i32,
    },
    /// The memory was written to by a call that failed.
    FailedAndWrote {
        /// The first byte.
        at: usize,
    },
    /// `dwNeededSize` depends on what is given.
    NeededChanges {
        /// With the most memory.
        most: u32,
        /// Here.
        here: u32,
    },
    /// All that is needed was given, and not all was used.
    Incomplete {
        /// `dwNeededSize`.
        needed: u32,
        /// `dwUsedSize`.
        used: u32,
    },
    /// A variable part that did not fit was given in part; it is left out whole or not at all.
    PartCut(&'static str),
    /// A variable part is missing though all that is needed was given.
    PartMissing(&'static str),
    /// The structure itself is not right.
    Fill(FillProblem),
}

/// A fault, and the sizes that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SizeFinding {
    /// The fault, with the numbers of the smallest size.
    pub fault: SizeFault,
    /// The smallest `dwTotalSize` that shows it.
    pub first: usize,
    /// The largest.
    pub last: usize,
    /// How many do.
    pub times: usize,
}

impl SizeFault {
    /// How much it weighs.
    pub fn verdict(&self) -> Verdict {
        match self {
            SizeFault::TooSmallAccepted { .. }
            | SizeFault::TooSmallOtherwise { .. }
            | SizeFault::FailedAndWrote { .. }
            // Windows copes with it, and so do the rules.
            | SizeFault::Fill(FillProblem::Unfilled(_)) => Verdict::Warning,
            _ => Verdict::Violation,
        }
    }

    /// The documentation page.
    pub fn page(&self) -> &'static str {
        match self {
            SizeFault::TooSmallAccepted { .. } | SizeFault::TooSmallOtherwise { .. } => {
                "variably-sized-data-structures.md"
            }
            SizeFault::Refused { .. } => "lineerr--constants.md",
            SizeFault::Incomplete { .. } | SizeFault::PartMissing(_) => "variably-sized-data-structures.md",
            _ => "memory-allocation.md",
        }
    }

    /// What tells kinds of faults apart: all but the numbers.
    fn kind(&self) -> String {
        format!("{self:?}").replace(|c: char| c.is_ascii_digit() || c == '-', "")
    }
}

impl fmt::Display for SizeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SizeFault::TooSmallAccepted { fixed } => {
                write!(f, "success, though the fixed part takes {fixed} bytes")
            }
            SizeFault::TooSmallOtherwise { result } => {
                write!(f, "{} instead of STRUCTURETOOSMALL", render_result(*result))
            }
            SizeFault::Refused { result } => {
                write!(f, "{}, though the fixed part fits", render_result(*result))
            }
            SizeFault::FailedAndWrote { at } => write!(f, "the call failed and wrote to byte {at}"),
            SizeFault::NeededChanges { most, here } => {
                write!(f, "dwNeededSize is {here}, with the most memory {most}")
            }
            SizeFault::Incomplete { needed, used } => {
                write!(f, "dwNeededSize {needed} was given, and dwUsedSize is {used}")
            }
            SizeFault::PartCut(part) => {
                write!(f, "{part} was given in part; it is left out whole or not at all")
            }
            SizeFault::PartMissing(part) => write!(f, "{part} is missing though there is room"),
            SizeFault::Fill(problem) => problem.fmt(f),
        }
    }
}

impl fmt::Display for SizeFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.times {
            1 => write!(f, "dwTotalSize {}: {}", self.first, self.fault),
            times => write!(
                f,
                "dwTotalSize {} to {} ({times} sizes): {}",
                self.first, self.last, self.fault
            ),
        }
    }
}

/// The memory for a query with this `dwTotalSize`: as long as that, and to the next multiple of four bytes.
pub fn memory(structure: &Structure, total: usize, version: Version) -> Vec<u8> {
    let mut bytes = output(structure, total.next_multiple_of(4).max(4), version, Fill::Poison);
    bytes[..4].copy_from_slice(&u32::try_from(total).unwrap_or(u32::MAX).to_le_bytes());
    bytes
}

/// The sizes to try for a structure that needs so many bytes: all from 0 to one more. Where that were too many, all around
/// the fixed part and around the end, and some between.
pub fn sizes(fixed: usize, needed: usize) -> Vec<usize> {
    const ALL_UP_TO: usize = 8192;
    const AROUND: usize = 64;
    const STEP: usize = 61;
    if needed <= ALL_UP_TO {
        return (0..=needed + 1).collect();
    }
    let near_fixed = 0..=fixed + AROUND;
    let between = (fixed + AROUND..needed - AROUND).step_by((needed / ALL_UP_TO).max(1) * STEP);
    let near_end = needed - AROUND..=needed + 1;
    let mut all: Vec<usize> = near_fixed.chain(between).chain(near_end).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Judges the answers to one query. The attempt with the most memory is what the others are held against.
pub fn judge(structure: &'static Structure, version: Version, attempts: &[Attempt]) -> Vec<SizeFinding> {
    let fixed = structure.fixed_size(version);
    let succeeded = attempts
        .iter()
        .filter(|attempt| attempt.result >= 0 && attempt.total >= fixed);
    let most = succeeded.max_by_key(|attempt| attempt.total);
    let whole = most.map(|attempt| filled(structure, version, attempt));
    let mut findings: Vec<SizeFinding> = Vec::new();
    for attempt in attempts {
        for fault in faults(structure, version, attempt, whole.as_ref()) {
            note(&mut findings, attempt.total, fault);
        }
    }
    findings
}

fn note(findings: &mut Vec<SizeFinding>, total: usize, fault: SizeFault) {
    let kind = fault.kind();
    match findings.iter_mut().find(|known| known.fault.kind() == kind) {
        Some(known) => {
            if total < known.first {
                known.fault = fault; // its numbers go with the smallest size
            }
            known.first = known.first.min(total);
            known.last = known.last.max(total);
            known.times += 1;
        }
        None => findings.push(SizeFinding {
            fault,
            first: total,
            last: total,
            times: 1,
        }),
    }
}

fn filled(structure: &'static Structure, version: Version, attempt: &Attempt) -> Filled {
    examine(structure, version, attempt.total, &attempt.before, &attempt.after)
}

/// Whether an error is the one for structures that cannot hold their fixed part.
fn is_too_small(result: i32) -> bool {
    ["LINEERR_STRUCTURETOOSMALL", "PHONEERR_STRUCTURETOOSMALL"]
        .iter()
        .any(|name| constant_value(name).cast_signed() == result)
}

fn faults(
    structure: &'static Structure,
    version: Version,
    attempt: &Attempt,
    whole: Option<&Filled>,
) -> Vec<SizeFault> {
    let fixed = structure.fixed_size(version);
    let mut found = Vec::new();
    if attempt.result < 0 {
        if attempt.total < fixed && !is_too_small(attempt.result) {
            found.push(SizeFault::TooSmallOtherwise {
                result: attempt.result,
            });
        }
        if attempt.total >= fixed && whole.is_some() {
            found.push(SizeFault::Refused {
                result: attempt.result,
            });
        }
        let both = attempt.before.iter().zip(&attempt.after);
        let wrote = both.into_iter().position(|(before, after)| before != after);
        found.extend(wrote.map(|at| SizeFault::FailedAndWrote { at }));
        return found;
    }
    if attempt.total < fixed {
        found.push(SizeFault::TooSmallAccepted { fixed });
        return found;
    }
    let here = filled(structure, version, attempt);
    found.extend(here.problems.iter().cloned().map(SizeFault::Fill));
    if let Some(whole) = whole {
        against(&mut found, structure, attempt.total, &here, whole);
    }
    found
}

/// Holds a successful answer against the one with the most memory.
fn against(
    found: &mut Vec<SizeFault>,
    structure: &'static Structure,
    total: usize,
    here: &Filled,
    whole: &Filled,
) {
    let size = |filled: &Filled, name| filled.decoded.get(name).and_then(Value::number);
    let (needed, used) = (size(here, "dwNeededSize"), size(here, "dwUsedSize"));
    if let (Some(here), Some(most)) = (needed, size(whole, "dwNeededSize"))
        && here != most
    {
        found.push(SizeFault::NeededChanges { most, here });
    }
    let enough = needed.is_some_and(|needed| total >= needed as usize);
    if let (Some(needed), Some(used)) = (needed, used)
        && enough
        && used != needed
    {
        found.push(SizeFault::Incomplete { needed, used });
    }
    for part in structure.parts() {
        match (here.decoded.get(part), whole.decoded.get(part)) {
            (Some(here), Some(whole)) if here == whole => {}
            (Some(Value::Absent) | None, Some(_)) if enough => found.push(SizeFault::PartMissing(part)),
            (Some(Value::Absent), _) | (None, _) | (_, None) => {}
            (Some(_), Some(_)) => found.push(SizeFault::PartCut(part)),
        }
    }
}
