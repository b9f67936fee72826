//! What judges are made of: a usual rule says which occasions there are, and what is right on each.
//!
//! ```text
//! judge: |story| refuses(story, "TSPI_phoneSetLamp", &["PHONEERR_INVALLAMPMODE"], |one| {
//!     one.dword("dwLampMode").count_ones() != 1
//! })
//! judge: |story| each_answer(story, "PHONESTATUS", |status| {
//!     let volume = status.number("dwRingVolume")?;
//!     kept(volume <= 0xFFFF, || format!("dwRingVolume is {volume:#x}"))
//! })
//! ```
//!
//! A closure gives `None` where there is nothing to judge, and [`kept`] where there is.

mod calls;
mod events;
mod features;
mod invoked;
mod monitored;

use super::{Judgement, Story};

pub(super) use calls::{EVENTUALLY, ON_ITS_WAY, call_was_given_time, changes_info, reaches};
pub(super) use events::{each_line_event, each_phone_event, phone_was_given_time, reports_on_phone};
pub(super) use features::{Feature, refused_where_claimed, taken_where_not_claimed};
pub(super) use invoked::{each, each_outcome, is_error, never_fails_with, refuses, takes};
pub(super) use monitored::dwords;

/// What a judge says of one occasion: the rule was kept, or what happened instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    /// Kept.
    Kept,
    /// Broken: what happened instead, and the other events that belong to it.
    Broken(String, Vec<usize>),
}

impl Said {
    /// The same, with further events that belong to it.
    pub(super) fn with(self, events: impl IntoIterator<Item = usize>) -> Said {
        match self {
            Said::Broken(text, mut with) => {
                with.extend(events);
                Said::Broken(text, with)
            }
            Said::Kept => Said::Kept,
        }
    }
}

/// An occasion: kept if `right`, and else `otherwise` tells what happened.
pub(super) fn kept(right: bool, otherwise: impl FnOnce() -> String) -> Option<Said> {
    Some(match right {
        true => Said::Kept,
        false => Said::Broken(otherwise(), Vec::new()),
    })
}

impl Judgement {
    /// Takes in what another judge found.
    pub(super) fn join(&mut self, other: Judgement) {
        self.judged += other.judged;
        self.findings.extend(other.findings);
    }

    /// Counts what was said of one occasion, which event `at` shows.
    pub(super) fn say(&mut self, at: usize, said: Option<Said>) {
        match said {
            None => {}
            Some(Said::Kept) => self.note(at, None),
            Some(Said::Broken(text, with)) => {
                self.judged += 1;
                self.findings.push(super::Finding { at, text, with });
            }
        }
    }
}

/// Judges every structure of that name that was filled.
pub(super) fn each_answer(
    story: &Story<'_>,
    structure: &str,
    judge: impl Fn(&super::Answer) -> Option<Said>,
) -> Judgement {
    let mut judgement = Judgement::default();
    for answer in story.answers(structure) {
        judgement.say(answer.at, judge(answer));
    }
    judgement
}
