//! Judging a provider by the rules: the exercises that show them are played and their traces judged.

use std::ops::ControlFlow;
use std::time::Duration;

use super::children::{Children, Heard};
use super::{Observer, not_set, pass, play_one, selected, stopped, tell};
use crate::app::Backdrop;
use crate::judge::{Bench, Judged};
use crate::parallel::{News, by_hands};
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
    let rules = bench.rules();
    by_hands(
        backdrop.jobs,
        &exercises,
        Staged::lasts,
        |hand| {
            let mut children = Children::new(backdrop, &rules);
            while let Some((index, one)) = hand.take() {
                let done = children.play(index, one);
                done.into_iter()
                    .for_each(|(index, result)| hand.done(index, result));
            }
            let done = children.end();
            done.into_iter()
                .for_each(|(index, result)| hand.done(index, result));
        },
        |Staged { id, exercise, .. }, news| {
            let outcome = match news {
                News::Begun => {
                    observer.begins(id);
                    return ControlFlow::Continue(());
                }
                News::Done(Err(outcome)) => outcome,
                News::Done(Ok(Heard { played, judged })) => {
                    bench.add(id, &played.events, &judged);
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
pub(super) struct Staged {
    id: String,
    pub(super) exercise: &'static Exercise,
    pub(super) scenario: Result<Scenario, ScenarioError>,
}

/// How long a probe may last, next to what the steps of its exercise wait.
const PROBING: Duration = Duration::from_secs(1);

impl Staged {
    /// How long it lasts at least, as far as that can be told beforehand.
    fn lasts(&self) -> Duration {
        let steps = self.scenario.as_ref().map_or(Duration::ZERO, Scenario::waits);
        let probe = self.exercise.probe.map_or(Duration::ZERO, |_| PROBING);
        steps + probe
    }

    /// Plays it in a child of its own and judges it by these rules: what came of it, or why it could not be played.
    pub(super) fn play(&self, backdrop: &Backdrop, rules: &[&'static Rule]) -> Result<Heard, Outcome> {
        let scenario = self.scenario.as_ref().map_err(|error| Outcome {
            id: self.id.clone(),
            verdict: Verdict::HarnessBug,
            message: format!("an exercise does not parse: {error}"),
            place: None,
            breach: None,
        })?;
        let played = play_one(scenario, backdrop, self.exercise.probe);
        let played = played.map_err(|error| not_set(&self.id, &error))?;
        let judged = Judged::of(rules, &played.events);
        Ok(Heard { played, judged })
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
