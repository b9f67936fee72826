//! What a run reports: results as they come, and the whole at the end. One file a format.

mod json;
mod text;

use serde::Serialize;

use crate::exit::Exit;
use crate::verdict::Verdict;

pub use json::json;
pub(crate) use text::paint;
pub use text::{Style, line, summary};

/// The verdict on one rule, exercise or scenario.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// `tspi/lineDrop/4`, `exercise/outgoing-busy`, or a scenario's file name and provider.
    pub id: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What was found, in words; empty where all held.
    pub message: String,
    /// Where in the user's files, or in the documentation.
    pub place: Option<Place>,
    /// For a rule that was broken: the breach that the fewest steps lead to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breach: Option<Breach>,
}

/// How a rule was broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// The exercise or scenario that shows it.
    pub source: String,
    /// What happened instead, with the decoded values.
    pub happened: String,
    /// The steps that lead to it.
    pub steps: Vec<String>,
    /// The events involved, in order, as traces render them.
    pub events: Vec<String>,
}

/// A place to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// A scenario file, a golden file, or a page of the documentation.
    pub file: String,
    /// Line in it, counted from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}", self.file),
            None => f.write_str(&self.file),
        }
    }
}

/// Everything that a run found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Path or name of the provider.
    pub provider: String,
    /// Results in the order they came.
    pub outcomes: Vec<Outcome>,
}

impl Report {
    /// How many results have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        self.outcomes
            .iter()
            .filter(|outcome| outcome.verdict == verdict)
            .count()
    }

    /// Whether the run ended early because the provider cannot be loaded.
    pub fn is_unloadable(&self) -> bool {
        self.outcomes
            .last()
            .is_some_and(|last| last.verdict == Verdict::NotLoaded)
    }

    /// How the program ends after this run.
    pub fn exit(&self) -> Exit {
        match self.outcomes.iter().map(|outcome| outcome.verdict).max() {
            Some(heaviest) => heaviest.exit(),
            None => Exit::NothingSelected,
        }
    }
}
