//! Rules about structures that cannot be right: too short for their fixed part, or with members that mean nothing.

use super::Level::{Must, Robust};
use super::judging::{each_outcome, is_error, kept, never_fails_with};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::structures::PHONEBUTTONINFO;
use crate::tspi::{Kind, Structure, Value, constant, decode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/variably-sized-data-structures/1",
        page: "variably-sized-data-structures.md",
        level: Robust,
        requirement: "A dwTotalSize below the fixed part that the structure has in the negotiated version fails with \
                      LINEERR_STRUCTURETOOSMALL or PHONEERR_STRUCTURETOOSMALL. TAPI looks at it first, so no provider of its own \
                      is ever asked so.",
        why: "Members are written behind the caller's memory, and what stood there is lost.",
        mend: "Compare dwTotalSize with the fixed size of the version before writing anything.",
        broken_by: "fills-any-room",
        exercises: &["short-structures"],
        judge: short_structures_are_refused,
    },
    Rule {
        id: "tspi/PHONEBUTTONINFO/4",
        page: "ns-tapi-phonebuttoninfo.md",
        level: Must,
        requirement: "TSPI_phoneSetButtonInfo ignores dwButtonState: whatever it holds is no ground for refusal.",
        why: "Applications fill the structure by TSPI_phoneGetButtonInfo or clear it, and are refused for what means nothing.",
        mend: "Do not look at dwButtonState.",
        broken_by: "minds-button-state",
        exercises: &["phone-button-info"],
        judge: button_state_is_ignored,
    },
];

/// The structure that a query fills, and its dwTotalSize as it was given.
fn given(one: &Invocation<'_>) -> Option<(&'static Structure, usize)> {
    one.function.args.iter().find_map(|arg| match arg.kind {
        Kind::OutStruct(structure) if structure.variable => {
            let total = u32::from_le_bytes(*one.bytes_in(arg.name)?.first_chunk()?);
            Some((structure, total as usize))
        }
        _ => None,
    })
}

fn short_structures_are_refused(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in &story.invocations {
        let Some((structure, total)) = given(one) else { continue };
        let fixed = structure.fixed_size(one.version);
        let Some(result) = one.result().filter(|_| total < fixed) else {
            continue;
        };
        let right = is_error(result, &["LINEERR_STRUCTURETOOSMALL", "PHONEERR_STRUCTURETOOSMALL"]);
        judgement.say(
            one.at(),
            kept(right, || {
                format!(
                    "{} has a fixed part of {fixed} bytes, dwTotalSize was {total}, and {} gave {}",
                    structure.name,
                    one.function.name,
                    render_result(result)
                )
            }),
        );
    }
    judgement
}

fn button_state_is_ignored(story: &Story<'_>) -> Judgement {
    let mut judgement = never_fails_with(story, "TSPI_phoneSetButtonInfo", &["PHONEERR_INVALBUTTONSTATE"], |_| true);
    // The same without the odd state went through: then it was for the state that this was refused.
    judgement.join(each_outcome(story, "TSPI_phoneSetButtonInfo", |one, outcome| {
        let state = |one: &Invocation<'_>| {
            let info = decode(&PHONEBUTTONINFO, one.bytes_in("lpButtonInfo")?, one.version);
            info.get("dwButtonState").and_then(Value::number)
        };
        let known = |state: u32| ["UP", "DOWN", "UNKNOWN", "UNAVAIL"].iter().any(|name| {
            constant(&format!("PHONEBUTTONSTATE_{name}")).is_some_and(|(_, value)| value == state)
        });
        if known(state(one)?) {
            return None;
        }
        let alike = story.invocations_of("TSPI_phoneSetButtonInfo").find(|other| {
            let same = other.value("hdPhone") == one.value("hdPhone")
                && other.value("dwButtonLampID") == one.value("dwButtonLampID");
            same && other.called < one.called && state(other).is_some_and(known)
        })?;
        if !story.outcome(alike)?.succeeded() {
            return None;
        }
        kept(outcome.succeeded(), || {
            format!("the same with another dwButtonState was taken, and now {} came", render_result(outcome.result))
        })
        .map(|said| said.with([alike.called]))
    }));
    judgement
}
