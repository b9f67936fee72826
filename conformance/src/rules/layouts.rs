//! Rules about where the parts of a structure lie: which bytes are fixed, which hold parts, and how strings and lists end.

use super::Level::{Must, Should};
use super::judging::{Said, kept};
use super::{Answer, Judgement, Rule, Story};
use crate::tspi::structures::Content;
use crate::tspi::{LayoutProblem, Value, Version, constant_value};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/tspi-versioning/9",
        page: "tspi-versioning.md",
        level: Must,
        requirement: "A structure has the layout of the negotiated version: its fixed part is as long as that version has it, what is \
                      needed and used covers it, and every part lies behind it. Part sizes and offsets are given together.",
        why: "TAPI reads a member where a string begins, and a string where members of a newer version stand.",
        mend: "Take the size of the fixed part from the version that was negotiated for the device, and put the parts behind it.",
        broken_by: "parts-inside-fixed-part",
        exercises: &["lifecycle"],
        judge: |story| no_problem(story, |problem| {
            use LayoutProblem::{NeededBelowFixed, PartOverlapsFixed, PartsOverlap, UsedBelowFixed};
            matches!(
                problem,
                PartOverlapsFixed { .. } | UsedBelowFixed { .. } | NeededBelowFixed { .. } | PartsOverlap { .. }
            )
        }),
    },
    Rule {
        id: "tspi/memory-allocation/12",
        page: "memory-allocation.md",
        level: Should,
        requirement: "Parts begin right behind the fixed members of the negotiated version and follow each other without gaps; what is \
                      free stays at the end. Gaps of less than eight bytes, which align a part, are none, and Windows copes with \
                      others: a warning.",
        why: "TAPI copies what is used, so an application gets bytes of nobody, and may find a newer version's members there.",
        mend: "Put each part where the last one ends, and set dwUsedSize to the end of the last.",
        broken_by: "parts-with-gap",
        exercises: &["lifecycle"],
        judge: parts_leave_no_gap,
    },
    Rule {
        id: "tspi/VARSTRING/2",
        page: "ns-tapi-varstring.md",
        level: Must,
        requirement: "The size of a string counts its terminating null, of a list of strings both nulls at its end, and is in bytes: two \
                      for each character of a Unicode string.",
        why: "Applications take the string for one that ends, and read on past it.",
        mend: "Copy the string with its null, and give the size of what was copied in bytes.",
        broken_by: "strings-without-null",
        exercises: &["lifecycle"],
        judge: |story| no_problem(story, |problem| {
            matches!(problem, LayoutProblem::MissingTerminator { .. } | LayoutProblem::OddUtf16 { .. })
        }),
    },
    Rule {
        id: "tspi/LINEDEVCAPS/23",
        page: "ns-tapi-linedevcaps.md",
        level: Must,
        requirement: "A list has as many entries as the member that counts them says, each of the size that is given for one: terminals \
                      and their texts, call treatments, texts of completion messages, forwardings; and TerminalModes has one entry \
                      for each of LINEDEVCAPS.dwNumTerminals.",
        why: "An application that goes by the count reads past the list, or never sees its end.",
        mend: "Fill count and list from one table.",
        broken_by: "terminals-without-entries",
        exercises: &["lifecycle", "outgoing-answered"],
        judge: lists_have_their_entries,
    },
    Rule {
        id: "tspi/functions-with-unicode-w-versions/1",
        page: "functions-with-unicode-w-versions.md",
        level: Should,
        requirement: "From version 2.0 on strings are Unicode: dwStringFormat of LINEDEVCAPS and PHONECAPS is STRINGFORMAT_UNICODE. \
                      Published samples still say STRINGFORMAT_ASCII there and write Unicode: a warning.",
        why: "An application that goes by dwStringFormat shows the first letter of each name.",
        mend: "Write Unicode, and set STRINGFORMAT_UNICODE.",
        broken_by: "strings-said-to-be-ascii",
        exercises: &["lifecycle"],
        judge: strings_are_unicode,
    },
];

/// Judges the layout of every structure that was filled.
fn no_problem(story: &Story<'_>, which: fn(&LayoutProblem) -> bool) -> Judgement {
    let mut judgement = Judgement::default();
    for answer in &story.answers {
        let found = answer.decoded.problems.iter().find(|problem| which(problem));
        let said = kept(found.is_none(), || {
            format!("{}: {}", answer.structure, found.map_or_else(String::new, ToString::to_string))
        });
        judgement.say(answer.at, said);
    }
    judgement
}

/// How many bytes may be left free so that a part begins at a round address.
const ALIGNED_BYTES: u32 = 7;

fn parts_leave_no_gap(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for answer in &story.answers {
        judgement.say(answer.at, gap(answer));
    }
    judgement
}

/// A gap between the parts of a structure, or behind them; `None` where its lists have parts of their own.
fn gap(answer: &Answer) -> Option<Said> {
    let structure = answer.decoded.structure;
    let version = answer.decoded.version;
    let used = answer.number("dwUsedSize")?;
    let fixed = structure.fixed_size(version) as u32;
    let mut parts = Vec::new();
    for part in structure.parts() {
        let (size, offset, content) = structure.part(part)?;
        if size.since > version {
            continue;
        }
        if matches!(content, Content::List(_)) && answer.decoded.get(part) != Some(&Value::Absent) {
            return None;
        }
        let (size, offset) = (answer.number(size.name)?, answer.number(offset.name)?);
        if size > 0 {
            parts.push((offset, offset.saturating_add(size)));
        }
    }
    parts.sort_unstable();
    let mut end = fixed;
    for (from, to) in parts.into_iter().chain([(used, used)]) {
        if from > end.saturating_add(ALIGNED_BYTES) {
            let text = format!("{}: bytes {end} to {} of {used} used are of no part", structure.name, from - 1);
            return Some(Said::Broken(text, Vec::new()));
        }
        end = end.max(to);
    }
    Some(Said::Kept)
}

/// The lists of terminal modes, which LINEDEVCAPS counts.
const TERMINAL_MODES: [&str; 3] = ["LINECALLINFO", "LINEDEVSTATUS", "LINEADDRESSSTATUS"];

fn lists_have_their_entries(story: &Story<'_>) -> Judgement {
    let mut judgement = no_problem(story, |problem| {
        use LayoutProblem::{CountDiffers, CountExceedsRoom, UnevenList};
        matches!(problem, CountDiffers { .. } | CountExceedsRoom { .. } | UnevenList { .. })
    });
    for answer in &story.answers {
        judgement.say(answer.at, counted_list_is_there(answer));
    }
    for structure in TERMINAL_MODES {
        for answer in story.answers(structure) {
            judgement.say(answer.at, terminals_have_modes(story, answer));
        }
    }
    judgement
}

/// Whether all was given that there is.
fn is_whole(answer: &Answer) -> Option<bool> {
    Some(answer.number("dwNeededSize")? <= answer.number("dwUsedSize")?)
}

/// Each list that LINEDEVCAPS and the like count, against its count, where it is not there at all.
fn counted_list_is_there(answer: &Answer) -> Option<Said> {
    const COUNTED: [(&str, &str, &str); 4] = [
        ("LINEDEVCAPS", "TerminalCaps", "dwNumTerminals"),
        ("LINEADDRESSCAPS", "CallTreatmentList", "dwNumCallTreatments"),
        ("LINEADDRESSCAPS", "CompletionMsgText", "dwNumCompletionMessages"),
        ("LINEADDRESSSTATUS", "Forward", "dwForwardNumEntries"),
    ];
    if !is_whole(answer)? {
        return None;
    }
    let lost = COUNTED.iter().find(|(structure, part, member)| {
        *structure == answer.structure
            && answer.number(member).is_some_and(|count| count > 0)
            && answer.decoded.get(part) == Some(&Value::Absent)
    });
    let (_, part, member) = lost?;
    let count = answer.number(member)?;
    kept(false, || format!("{}: {member} is {count}, and {part} is not there", answer.structure))
}

fn terminals_have_modes(story: &Story<'_>, answer: &Answer) -> Option<Said> {
    let caps = story.caps("LINEDEVCAPS", answer.device?, answer.at)?;
    let terminals = caps.number("dwNumTerminals")? as usize;
    if !is_whole(answer)? {
        return None;
    }
    let modes = answer.numbers("TerminalModes").unwrap_or_default();
    kept(modes.len() == terminals, || {
        format!(
            "{}: TerminalModes has {} entries, and LINEDEVCAPS.dwNumTerminals is {terminals}",
            answer.structure,
            modes.len()
        )
    })
}

fn strings_are_unicode(story: &Story<'_>) -> Judgement {
    let unicode = constant_value("STRINGFORMAT_UNICODE");
    let mut judgement = Judgement::default();
    for structure in ["LINEDEVCAPS", "PHONECAPS"] {
        for answer in story.answers(structure) {
            let format = answer.number("dwStringFormat");
            let strings = answer.decoded.structure.parts().any(|part| {
                let text = answer.decoded.structure.part(part);
                let is_text = text.is_some_and(|(.., content)| matches!(content, Content::Text | Content::Strings));
                is_text && answer.decoded.get(part).is_some_and(|value| *value != Value::Absent)
            });
            let judged = format.filter(|_| strings && answer.decoded.version >= Version::V2_0);
            let said = judged.and_then(|format| {
                kept(format == unicode, || format!("{structure}.dwStringFormat is {format:#x}"))
            });
            judgement.say(answer.at, said);
        }
    }
    judgement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tspi::{FieldKind, structure};

    #[test]
    fn every_list_that_is_counted_exists() {
        for name in TERMINAL_MODES {
            let structure = structure(name).expect("a structure");
            assert!(structure.part("TerminalModes").is_some(), "{name}");
            let placed = structure.member("dwTerminalModesOffset").map(|member| member.kind);
            assert!(matches!(placed, Some(FieldKind::Offset { .. })), "{name}");
        }
    }
}
