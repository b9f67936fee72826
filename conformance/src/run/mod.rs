//! `check` and `run`: play scenarios, some at once, judge what was recorded, and
//! hand the results on in the scenarios' order as they come.

mod check;
mod children;
mod replay;

use std::ops::ControlFlow;

use crate::app::{Backdrop, Failure, Shared, Stage, StageError, Stop, lacking, play};
use crate::report::{Outcome, Place, Report};
use crate::rules::Probe;
use crate::scenario::ast::Scenario;
use crate::trace::Event;
use crate::verdict::Verdict;

pub use check::check;
pub(crate) use check::staged;
pub use replay::{Golden, run};

/// What is told of a run while it goes on.
pub trait Observer {
    /// A scenario or exercise begins.
    fn begins(&mut self, name: &str);
    /// A result came.
    fn result(&mut self, outcome: &Outcome);
    /// The trace of a scenario; rendering it takes a while, so whoever wants it calls for it.
    fn trace(&mut self, name: &str, render: &dyn Fn() -> String);
}

/// One scenario played to its end, or to where it stopped.
pub(crate) struct Played {
    /// Its trace.
    pub events: Vec<Event>,
    /// Why it did not come to its end.
    pub stopped: Option<Stop>,
}

/// Plays a scenario with children of its own.
pub(crate) fn play_one(
    scenario: &Scenario,
    backdrop: &Backdrop,
    probe: Option<Probe>,
) -> Result<Played, StageError> {
    if let Some(why) = lacking(scenario, backdrop) {
        return Ok(Played {
            events: Vec::new(),
            stopped: Some(Stop::Skipped(why)),
        });
    }
    let mut stage = Stage::set(scenario, backdrop)?;
    let stopped = play(scenario, &mut stage, probe).err();
    let recorder = stage.recorder.clone();
    drop(stage);
    Ok(Played {
        events: recorder.events(),
        stopped,
    })
}

/// Plays a scenario in a child that was played in before, or in one of its own, which is left where it can go on.
fn play_in(
    shared: Option<Shared>,
    scenario: &Scenario,
    backdrop: &Backdrop,
    probe: Option<Probe>,
) -> Result<(Played, Option<Shared>), StageError> {
    let mut stage = Stage::set_in(scenario, backdrop, shared)?;
    stage.keep_child();
    let stopped = play(scenario, &mut stage, probe).err();
    let recorder = stage.recorder.clone();
    let shared = stage.into_shared();
    let events = recorder.events();
    Ok((Played { events, stopped }, shared))
}

/// The result that a stop makes.
fn stopped(id: &str, file: &str, stop: &Stop) -> Outcome {
    let (verdict, message, line) = match stop {
        Stop::Failed(Failure { line, text }) => (Verdict::Violation, text.clone(), *line),
        Stop::Skipped(reason) => (Verdict::Skip, reason.clone(), None),
        Stop::Died { provider, death } => (death.verdict(), format!("provider {provider}: {death}"), None),
        Stop::UiDied { provider, death } => (
            death.verdict(),
            format!("the user interface of provider {provider}, in the application's process: {death}"),
            None,
        ),
        Stop::Bug(text) => (Verdict::HarnessBug, text.clone(), None),
    };
    Outcome {
        id: id.to_owned(),
        verdict,
        message,
        place: Some(Place {
            file: file.to_owned(),
            line,
        }),
        breach: None,
    }
}

fn not_set(id: &str, error: &StageError) -> Outcome {
    let verdict = match error {
        StageError::Host(error) => error.verdict(),
        StageError::Setup(_) | StageError::Uncast(_) => Verdict::BadSetup,
        _ => Verdict::HarnessBug,
    };
    Outcome {
        id: id.to_owned(),
        verdict,
        message: error.to_string(),
        place: None,
        breach: None,
    }
}

/// Whether any of the filters is in the text; with no filter all is selected.
pub fn selected(filters: &[String], text: &str) -> bool {
    filters.is_empty() || filters.iter().any(|filter| text.contains(filter.as_str()))
}

fn pass(id: &str) -> Outcome {
    Outcome {
        id: id.to_owned(),
        verdict: Verdict::Pass,
        message: String::new(),
        place: None,
        breach: None,
    }
}

/// Hands a result on; breaks where every further one would say the same: the provider cannot be loaded.
fn tell(report: &mut Report, observer: &mut dyn Observer, outcome: Outcome) -> ControlFlow<()> {
    observer.result(&outcome);
    let unloadable = outcome.verdict == Verdict::NotLoaded;
    report.outcomes.push(outcome);
    if unloadable {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}
