//! Why a scenario stopped before its end.

use crate::host::Death;
use crate::trace::What;

/// An expectation that was not met, or a step that could not be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Line in the scenario, counted from 1; `None` outside the steps.
    pub line: Option<usize>,
    /// What was expected and what was seen instead.
    pub text: String,
}

/// Why a scenario stopped.
#[derive(Debug)]
pub enum Stop {
    /// The provider did not do what the scenario expects.
    Failed(Failure),
    /// The provider lacks what the scenario needs; the reason.
    Skipped(String),
    /// The provider's process ended.
    Died {
        /// The provider's name in the scenario.
        provider: String,
        /// How.
        death: Death,
    },
    /// The application's process ended in which the provider's user interface is.
    UiDied {
        /// The provider's name in the scenario.
        provider: String,
        /// How.
        death: Death,
    },
    /// The harness itself is at fault.
    Bug(String),
}

impl Stop {
    /// A failure whose line is not known yet.
    pub fn failed(text: impl Into<String>) -> Stop {
        Stop::Failed(Failure {
            line: None,
            text: text.into(),
        })
    }

    /// Names the line of a failure that has none yet.
    pub fn at_line(self, line: usize) -> Stop {
        match self {
            Stop::Failed(failure) => Stop::Failed(Failure {
                line: failure.line.or(Some(line)),
                text: failure.text,
            }),
            other => other,
        }
    }
}

/// The last events of interest, in words, for a failure's message.
pub(super) fn in_words(what: &What) -> Option<String> {
    match what {
        What::Line(args) | What::Phone(args) => Some(crate::tspi::render_event(args.msg, args.params)),
        What::Completed { request, result } => Some(format!(
            "request {request:#x} completed with {}",
            crate::tspi::render_result(*result)
        )),
        What::Dialog { request, .. } => Some(format!("LINE_CREATEDIALOGINSTANCE for request {request:#x}")),
        What::Exchange(event) => Some(event.to_string()),
        _ => None,
    }
}
