//! Rules about what a provider leaves behind when it ends: ports, threads, handles, memory.
//!
//! It is ended and started again many times in one process. The first ends are a warm-up, in which systems and libraries
//! fill what they keep for good; after that, only what grows each time is told.

use super::Level::{Must, Should};
use super::judging::{ON_ITS_WAY, kept};
use super::{Judgement, Rule, Story};
use crate::trace::{Census, Party, What};

/// Ends that are a warm-up.
const WARM_UP: usize = 3;

/// Ends after those, each of which must leave more than the one before for a leak.
const STEADY: usize = 6;

/// How often the provider is ended.
pub(super) const CYCLES: usize = WARM_UP + STEADY;

/// What memory must grow by each time. What is less may be how an allocator keeps its pages.
const LEAST_MEMORY: u64 = 64 << 10;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/providerShutdown/1",
        page: "nf-tspi-tspi_providershutdown.md",
        level: Must,
        requirement: "When TSPI_providerShutdown has returned, the provider's serial ports are closed, and nothing is sent to its devices any \
                      more.",
        why: "No other program can use the port until TAPI's server is ended, which users cannot do.",
        mend: "Close the ports of all lines before TSPI_providerShutdown returns, after the threads that use them have ended.",
        broken_by: "port-left-open",
        exercises: &["cycles", "lifecycle"],
        judge: ports_are_closed,
    },
    Rule {
        id: "tspi/providerShutdown/11",
        page: "nf-tspi-tspi_providershutdown.md",
        level: Must,
        requirement: "TSPI_providerShutdown ends the provider's threads: after each of many starts and ends the process has no more than after \
                      the one before.",
        why: "TAPI ends the provider whenever its last application goes; the server slows down day by day, and a thread of an unloaded DLL \
              crashes it.",
        mend: "Tell each thread to end and wait for it, before TSPI_providerShutdown returns.",
        broken_by: "thread-left-behind",
        exercises: &["cycles"],
        judge: |story| grows(story, "threads", |census| u64::from(census.threads), 1),
    },
    Rule {
        id: "tspi/providerShutdown/12",
        page: "nf-tspi-tspi_providershutdown.md",
        level: Must,
        requirement: "TSPI_providerShutdown closes the provider's handles: after each of many starts and ends the process has no more than after \
                      the one before.",
        why: "The server of TAPI runs for weeks, and in the end no file, port or event can be opened there.",
        mend: "Close what TSPI_providerInit, TSPI_lineOpen and the like have opened: files, events, threads, registry keys.",
        broken_by: "handle-left-behind",
        exercises: &["cycles"],
        judge: |story| grows(story, "handles", |census| u64::from(census.handles), 1),
    },
    Rule {
        id: "tspi/providerShutdown/13",
        page: "nf-tspi-tspi_providershutdown.md",
        level: Should,
        requirement: "TSPI_providerShutdown frees the provider's memory: it does not grow by 64 KiB or more with each of many starts and ends. \
                      What an allocator keeps cannot be told from what is lost: a warning.",
        why: "The server of TAPI runs for weeks, and its memory is not given back.",
        mend: "Free what belongs to lines, calls and requests with them, and all else in TSPI_providerShutdown.",
        broken_by: "memory-left-behind",
        exercises: &["cycles"],
        judge: |story| grows(story, "bytes of memory", |census| census.memory, LEAST_MEMORY),
    },
];

/// What the process had after each TSPI_providerShutdown, when it was last counted there: where, and what.
pub(super) fn ends<'t>(story: &Story<'t>) -> Vec<(usize, &'t Census)> {
    let mut ends = Vec::new();
    let mut latest = None;
    for (at, event) in story.events.iter().enumerate().filter(|(_, event)| event.by == story.party) {
        match &event.what {
            What::Census(census) => latest = Some((at, census)),
            What::Call { function, .. } if function.name.ends_with("NegotiateTSPIVersion") => ends.extend(latest.take()),
            _ => {}
        }
    }
    ends.extend(latest);
    ends
}

fn grows(story: &Story<'_>, what: &str, count: fn(&Census) -> u64, least: u64) -> Judgement {
    let mut judgement = Judgement::default();
    let ends = ends(story);
    if ends.len() < CYCLES {
        return judgement;
    }
    let counts: Vec<u64> = ends[WARM_UP - 1..].iter().map(|(_, census)| count(census)).collect();
    if counts.iter().all(|count| *count == 0) {
        return judgement;
    }
    let steady = counts.windows(2).all(|two| two[1] >= two[0].saturating_add(least));
    let at = ends.last().map_or(0, |(at, _)| *at);
    judgement.say(at, kept(!steady, || {
        let counts: Vec<String> = counts.iter().map(u64::to_string).collect();
        format!("after each end there are more {what}: {}", counts.join(", "))
    }));
    judgement
}

fn ports_are_closed(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, census) in ends(story).into_iter().filter(|(_, census)| !census.open.is_empty()) {
        let open = census.open.iter().position(|open| *open);
        judgement.say(at, kept(open.is_none(), || {
            format!("the provider is shut down, and its port {} is open", open.unwrap_or_default() + 1)
        }));
    }
    // Whose bytes they are is known where there is one provider.
    let mut others = story.events.iter().filter(|event| matches!(event.by, Party::Provider(_)) && event.by != story.party);
    if others.next().is_some() {
        return judgement;
    }
    for one in story.invocations_of("TSPI_providerShutdown").filter(|one| one.result() == Some(0)) {
        let later = story.events.iter().enumerate().skip(one.at());
        let next = later.clone().find(|(_, event)| matches!(&event.what, What::Call { .. }));
        let next = next.map_or(story.events.len(), |(at, _)| at);
        let sent = later.take_while(|(at, _)| *at < next).find(|(at, event)| {
            let late = story.time(*at).saturating_sub(story.time(one.at())) > ON_ITS_WAY;
            late && matches!(&event.what, What::Wire { to_device: true, .. })
        });
        judgement.say(one.at(), kept(sent.is_none(), || "the provider is shut down, and sends to its device".to_owned())
            .map(|said| said.with(sent.map(|(at, _)| at))));
    }
    judgement
}
