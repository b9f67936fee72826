//! A structure that a provider filled, held against the memory that it was given: what it left out, what it should
//! have left alone, and what its layout lacks.

use std::fmt;

use crate::tspi::structures::{FieldKind, Filler, LayoutProblem, Member, POISON, Structure};
use crate::tspi::{Decoded, Version, decode};

/// A structure as a provider filled it.
#[derive(Debug, Clone)]
pub struct Filled {
    /// What it holds.
    pub decoded: Decoded,
    /// What is wrong with it.
    pub problems: Vec<FillProblem>,
}

/// One thing wrong with a structure that a provider filled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FillProblem {
    /// The layout does not hold together.
    Layout(LayoutProblem),
    /// A member that is the provider's to fill holds what TAPI's memory held before.
    Unfilled(String),
    /// A member that is TAPI's alone was written to.
    Overwritten(&'static str),
    /// Memory behind the structure was written to.
    BehindEnd {
        /// Bytes behind `dwTotalSize`.
        at: usize,
    },
}

impl fmt::Display for FillProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            FillProblem::Layout(problem) => problem.fmt(f),
            FillProblem::Unfilled(member) => write!(f, "{member} was left unfilled"),
            FillProblem::Overwritten(member) => write!(f, "{member} belongs to TAPI and was overwritten"),
            FillProblem::BehindEnd { at } => {
                write!(f, "the byte {at} bytes behind dwTotalSize was overwritten")
            }
        }
    }
}

/// Reads a structure of `total` bytes after a successful call. `before` and `after` are the whole memory, which may be
/// longer; where a member should have been filled, `before` held [`POISON`].
pub fn examine(
    structure: &'static Structure,
    version: Version,
    total: usize,
    before: &[u8],
    after: &[u8],
) -> Filled {
    let end = total.min(after.len());
    let decoded = decode(structure, &after[..end], version);
    let mut problems: Vec<FillProblem> = decoded
        .problems
        .iter()
        .cloned()
        .map(FillProblem::Layout)
        .collect();
    problems.extend(overwritten(structure, version, before, after));
    unfilled(structure, version, &after[..end], 0, "", &mut problems);
    let behind = (end..before.len().min(after.len())).find(|&at| before[at] != after[at]);
    problems.extend(behind.map(|at| FillProblem::BehindEnd { at: at - end }));
    Filled { decoded, problems }
}

/// TAPI's own members that differ. `dwTotalSize` is left to the layout's remarks.
fn overwritten(
    structure: &'static Structure,
    version: Version,
    before: &[u8],
    after: &[u8],
) -> impl Iterator<Item = FillProblem> {
    let members = structure.members(version);
    let own = members.filter(|m| m.filler == Filler::Tapi && m.kind != FieldKind::TotalSize);
    own.filter(move |member| place(member, 0, before) != place(member, 0, after))
        .map(|member| FillProblem::Overwritten(member.name))
}

fn place<'b>(member: &Member, base: usize, bytes: &'b [u8]) -> Option<&'b [u8]> {
    bytes.get(base + member.offset..base + member.offset + member.size)
}

/// Members of the provider's that hold nothing but poison.
fn unfilled(
    structure: &'static Structure,
    version: Version,
    bytes: &[u8],
    base: usize,
    outer: &str,
    problems: &mut Vec<FillProblem>,
) {
    for member in structure
        .members(version)
        .filter(|m| m.filler == Filler::Provider)
    {
        if let FieldKind::Struct(inner) = member.kind {
            let outer = format!("{outer}{}.", member.name);
            unfilled(inner, version, bytes, base + member.offset, &outer, problems);
            continue;
        }
        let held = place(&member, base, bytes);
        if held.is_some_and(|bytes| !bytes.is_empty() && bytes.iter().all(|byte| *byte == POISON)) {
            problems.push(FillProblem::Unfilled(format!("{outer}{}", member.name)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tspi::structures::{Builder, Fill, LINECALLINFO, LINEDEVCAPS, LINEDEVSTATUS, output};

    const VERSION: Version = Version::V2_2;

    /// What a sound provider leaves where TAPI gave `before`: its own members filled, TAPI's as they were.
    fn sound(structure: &'static Structure, before: &[u8]) -> Vec<u8> {
        let mut after = before.to_vec();
        let zeros = Builder::new(structure, VERSION).build().expect("nothing was set");
        let fixed = structure.fixed_size(VERSION);
        for member in structure.members(VERSION) {
            let keep = member.filler == Filler::Tapi
                || matches!(member.kind, FieldKind::NeededSize | FieldKind::UsedSize);
            if !keep {
                let range = member.offset..member.offset + member.size;
                after[range.clone()].copy_from_slice(&zeros[range]);
            }
        }
        assert!(after.len() >= fixed);
        after
    }

    #[test]
    fn a_sound_provider_draws_no_remark() {
        for structure in [&LINEDEVCAPS, &LINECALLINFO, &LINEDEVSTATUS] {
            let before = output(structure, 400, VERSION, Fill::Poison);
            let after = sound(structure, &before);
            let filled = examine(structure, VERSION, 400, &before, &after);
            let harmless = |p: &&FillProblem| {
                !matches!(p, FillProblem::Layout(LayoutProblem::UnknownStringFormat { .. }))
            };
            let problems: Vec<_> = filled.problems.iter().filter(harmless).collect();
            assert!(problems.is_empty(), "{}: {problems:?}", structure.name);
        }
    }

    #[test]
    fn each_fault_draws_its_remark() {
        let before = output(&LINECALLINFO, 400, VERSION, Fill::Poison);
        let good = sound(&LINECALLINFO, &before);
        let at = |name: &str| LINECALLINFO.member(name).expect("a member").offset;
        let problems = |after: &[u8]| examine(&LINECALLINFO, VERSION, 396, &before[..400], after).problems;

        let mut lazy = good.clone();
        lazy[at("dwRate")..at("dwRate") + 4].fill(POISON);
        let pause = at("DialParams");
        lazy[pause..pause + 4].fill(POISON);
        let found = problems(&lazy);
        assert!(
            found.contains(&FillProblem::Unfilled("dwRate".to_owned())),
            "{found:?}"
        );
        assert!(
            found.contains(&FillProblem::Unfilled("DialParams.dwDialPause".to_owned())),
            "{found:?}"
        );

        let mut greedy = good.clone();
        greedy[at("dwNumOwners")] = 1;
        greedy[397] = 0;
        let found = problems(&greedy);
        assert!(
            found.contains(&FillProblem::Overwritten("dwNumOwners")),
            "{found:?}"
        );
        assert!(found.contains(&FillProblem::BehindEnd { at: 1 }), "{found:?}");
    }
}
