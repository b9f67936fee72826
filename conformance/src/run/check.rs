//! Judging a provider by the rules: the exercises that show them are played and their traces judged.

use std::ops::ControlFlow;
use std::time::Duration;

use super::{Observer, Played, not_set, pass, play_one, selected, stopped, tell};
use crate::app::Backdrop;
use crate::judge::Bench;
use crate::parallel::{News, in_order};
use crate::report::{Outcome, Report};
use crate::rules::{EXERCISES, Exercise, Rule, rules};
use crate::scenario::ast::Scenario;
use crate::scenario::{ScenarioError, parse};
use crate::trace::render;
use crate::verdict::Verdict;

/// Judges a provider by every rule that the filters select: plays the exercises that show those rules (all, where
/// there is no filter), and reports a result an exercise that did not go through and one a rule. A filter that begins with
/// `exercise/` selects exercises by their names, and the rules that they show.
pub fn check(backdrop: &Backdrop, filters: &[String], observer: &mut dyn Observer) -> Report {
    let shows = |rule: &Rule| rule.exercises.iter().any(|name| is_named(filters, name));
    let chosen: Vec<&'static Rule> = rules()
        .filter(|rule| rule.level <= backdrop.strictness)
        .filter(|rule| selected(filters, rule.id) || shows(rule))
        .collect();
    let mut report = Report {
        provider: backdrop.cast.describe(),
        outcomes: Vec::new(),
    };
    let mut bench = Bench::of(chosen.iter().copied());
    let exercises: Vec<Staged> = EXERCISES
        .iter()
        .filter(|exercise| match filters {
            [] => exercise.level <= backdrop.strictness,
            _ => {
                let mut wanted = chosen.iter().filter(|rule| selected(filters, rule.id));
                is_named(filters, exercise.name) || wanted.any(|rule| rule.exercises.contains(&exercise.name))
            }
        })
        .map(|exercise| Staged {
            id: format!("exercise/{}", exercise.name),
            exercise,
            scenario: staged(exercise, backdrop),
        })
        .collect();
    in_order(
        backdrop.jobs,
        &exercises,
        |one| one.scenario.as_ref().map_or(Duration::ZERO, Scenario::waits),
        |one| one.play(backdrop),
        |Staged { id, exercise, .. }, news| {
            let outcome = match news {
                News::Begun => {
                    observer.begins(id);
                    return ControlFlow::Continue(());
                }
                News::Done(Err(outcome)) => outcome,
                News::Done(Ok(played)) => {
                    bench.judge(id, &played.events);
                    observer.trace(id, &|| render(&played.events));
                    match &played.stopped {
                        Some(stop) => stopped(id, exercise.file, stop),
                        None => pass(id),
                    }
                }
            };
            tell(&mut report, observer, outcome)
        },
    );
    if report.is_unloadable() {
        return report;
    }
    for outcome in bench.outcomes() {
        let _ = tell(&mut report, observer, outcome);
    }
    report
}

/// Whether a filter names an exercise as results do, from `exercise/` on.
fn is_named(filters: &[String], exercise: &str) -> bool {
    let mut names = filters
        .iter()
        .filter_map(|filter| filter.strip_prefix("exercise/"));
    names.any(|name| exercise.contains(name))
}

/// An exercise that is to be played.
struct Staged {
    id: String,
    exercise: &'static Exercise,
    scenario: Result<Scenario, ScenarioError>,
}

impl Staged {
    /// Plays it: what came of it, or why it could not be played.
    fn play(&self, backdrop: &Backdrop) -> Result<Played, Outcome> {
        let scenario = self.scenario.as_ref().map_err(|error| Outcome {
            id: self.id.clone(),
            verdict: Verdict::HarnessBug,
            message: format!("an exercise does not parse: {error}"),
            place: None,
            breach: None,
        })?;
        play_one(scenario, backdrop, self.exercise.probe).map_err(|error| not_set(&self.id, &error))
    }
}

/// The scenario of an exercise, as it is played before this backdrop.
pub(crate) fn staged(exercise: &Exercise, backdrop: &Backdrop) -> Result<Scenario, ScenarioError> {
    let text = backdrop.numbers.put_into(exercise.text);
    let mut scenario = parse(&format!("exercise/{}", exercise.name), &text)?;
    if !backdrop.modems && backdrop.office.is_none() {
        backdrop.numbers.stand_in_for_stations(&mut scenario);
    }
    Ok(scenario)
}
