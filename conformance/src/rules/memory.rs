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
                What::Host(HostNote::Died(how) | HostNote::UiDied(how))
                    if event.by == story.party && is_of_memory_given(how) =>
                {
                    Some(how)
                }
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
    judgement.join(memory_is_let_go(story));
    judgement
}

/// What was given to a function is not touched once it has returned.
fn memory_is_let_go(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, event) in story.events.iter().enumerate().filter(|(_, event)| event.by == story.party) {
        let What::Host(HostNote::Died(how) | HostNote::UiDied(how)) = &event.what else { continue };
        if how.starts_with("crashed") && how.contains(" after the call returned") {
            let of = story.invocations.iter().rev().find(|one| {
                one.called < at && one.returned.is_some() && how.contains(&format!(" of {} after", one.function.name))
            });
            judgement.say(at, kept(false, || format!("the provider {how}")).map(|said| said.with(of.map(|one| one.called))));
        }
    }
    judgement
}

/// Whether a crash came at the edges of memory that TAPI gave. Others are a bad pointer of the provider's own, though they
/// come in a function too.
fn is_of_memory_given(how: &str) -> bool {
    let edges = [" past the end of argument ", " before the beginning of argument "];
    how.starts_with("crashed") && edges.iter().any(|edge| how.contains(edge))
}

#[cfg(test)]
mod tests {
    use super::is_of_memory_given;

    #[test]
    fn only_the_edges_of_what_was_given_count() {
        let crashes = [
            ("write past the end of argument 5 of TSPI_lineGetDevCaps: offset 12 of 12 bytes", true),
            ("read before the beginning of argument 5 of TSPI_lineGetDevCaps, by 2 bytes", true),
            // A jump through a pointer that has been overwritten lands anywhere, also in what TAPI gave.
            ("use as code of argument 5 of TSPI_lineGetDevCaps: offset 0 of 12 bytes", false),
            ("read of address 0x8", false),
        ];
        for (what, is) in crashes {
            let how = format!("crashed in TSPI_lineGetDevCaps (SIGSEGV): {what}");
            assert_eq!(is_of_memory_given(&how), is, "{how}");
        }
        assert!(!is_of_memory_given("exited with code 3 past the end of argument 5"));
    }
}
