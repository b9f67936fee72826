//! Rules about memory: what TAPI gives ends at a page that nobody can touch, and is taken away when a function returns.

use super::Level::Must;
use super::judging::kept;
use super::{Judgement, Rule, Story};
use crate::trace::{HostNote, What};

pub const RULES: &[Rule] = &[Rule {
    id: "tspi/memory-allocation/2",
    page: "memory-allocation.md",
    level: Must,
    requirement: "A function neither reads nor writes beyond the memory that TAPI gives it: dwTotalSize, dwSize or the terminating \
                  null say where that ends. Here each piece ends at a page that nobody can touch, so that the first byte beyond \
                  it crashes the provider.",
    why: "In TAPI's server other applications' memory lies there, and is read or overwritten.",
    mend: "Compare with the size that the caller gives before each copy, and stop at it.",
    broken_by: "writes-behind-caps",
    exercises: &["lifecycle", "phone", "phone-settings"],
    judge: memory_is_respected,
}];

fn memory_is_respected(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in &story.invocations {
        let pieces = one.function.args.iter().filter(|arg| one.bytes_in(arg.name).is_some()).count();
        if pieces == 0 {
            continue;
        }
        let died = match one.returned {
            Some(_) => None,
            None => story.events[one.called..].iter().find_map(|event| match &event.what {
                What::Host(HostNote::Died(how)) if event.by == story.party && is_of_memory_given(how) => Some(how),
                _ => None,
            }),
        };
        if one.returned.is_none() && died.is_none() {
            continue;
        }
        judgement.say(
            one.at(),
            kept(died.is_none(), || {
                format!("the provider {} in {}", died.map_or("", String::as_str), one.function.name)
            }),
        );
    }
    judgement
}

/// Whether a crash came at the edges of memory that TAPI gave. Others are a bad pointer of the provider's own, though they
/// come in a function too.
fn is_of_memory_given(how: &str) -> bool {
    let edges = [" past the end of argument ", " before the beginning of argument "];
    how.starts_with("crashed") && edges.iter().any(|edge| how.contains(edge))
}
