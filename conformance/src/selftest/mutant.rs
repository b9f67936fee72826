//! The life of one mutant: what its rules' exercises make of it, until each rule has found it.

use std::time::{Duration, Instant};

use super::{Fate, Mutant, Plan, Row, Stand};
use crate::app::{Backdrop, Stop, needs_device};
use crate::judge::Bench;
use crate::rules::{Exercise, exercise, rules};
use crate::run::{Played, play_one, staged};
use crate::scenario::ast::Scenario;

/// How long is waited for what a provider should do.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// The longest that an expectation waits, whatever it says.
    pub expectation: Option<Duration>,
    /// The longest that a call, or a completion, may take.
    pub call: Duration,
}

/// One exercise on one provider.
struct Attempt<'p> {
    stand: &'p Stand,
    exercise: &'static Exercise,
    scenario: Scenario,
}

/// Plays the exercises of these rules with a fault, and tells for each rule what became of the mutant.
pub(super) fn live(plan: &Plan, mutant: &Mutant<'_>, patience: Patience) -> Vec<Row> {
    let begun = Instant::now();
    let mut rows: Vec<Row> = mutant
        .targets
        .iter()
        .map(|target| Row {
            rule: target.rule,
            fault: mutant.name,
            is_own: target.is_own,
            statements: target.statements.clone(),
            does: mutant.fault.does,
            fate: Fate::Survived(Vec::new()),
            others: Vec::new(),
            took: Duration::ZERO,
        })
        .collect();
    for attempt in attempts(plan, mutant) {
        let shows = |row: &Row| {
            let named = mutant.exercise.is_some() || row.rule.exercises.contains(&attempt.exercise.name);
            !row.fate.is_killed() && named
        };
        if !rows.iter().any(shows) {
            continue;
        }
        let backdrop = with_fault(attempt.stand, mutant, patience);
        let played = play_one(&attempt.scenario, &backdrop, attempt.exercise.probe);
        let (bench, ending) = match &played {
            Ok(played) => (judge(attempt.exercise.name, played), ending(played)),
            Err(error) => (Bench::of([]), format!("could not be played: {error}")),
        };
        for row in rows.iter_mut().filter(|row| shows(row)) {
            row.took = begun.elapsed();
            note(row, &attempt, &bench, &ending);
        }
    }
    rows
}

/// Where to try: on each provider that has the fault, the exercises that can be played there: the one that is named, or
/// those of its rules.
fn attempts<'p>(plan: &'p Plan, mutant: &Mutant<'_>) -> Vec<Attempt<'p>> {
    let mut names: Vec<&'static str> = mutant.exercise.into_iter().collect();
    for name in mutant.targets.iter().flat_map(|target| target.rule.exercises) {
        if mutant.exercise.is_none() && !names.contains(name) {
            names.push(name);
        }
    }
    let mut attempts = Vec::new();
    for stand in plan.stands.iter().filter(|stand| mutant.fault.is_of(stand)) {
        for exercise in names.iter().copied().filter_map(exercise) {
            // One that does not parse fails on the reference providers already.
            let scenario = staged(exercise, &stand.faulty).ok();
            let playable = |scenario: &Scenario| stand.faulty.modems || needs_device(scenario).is_none();
            attempts.extend(scenario.filter(playable).map(|scenario| Attempt {
                stand,
                exercise,
                scenario,
            }));
        }
    }
    attempts
}

fn with_fault(stand: &Stand, mutant: &Mutant<'_>, patience: Patience) -> Backdrop {
    let mut backdrop = stand.faulty.clone();
    backdrop
        .env
        .push((stand.variable.to_owned(), mutant.name.to_owned()));
    backdrop.timeout = patience.call;
    backdrop.patience = patience.expectation;
    backdrop
}

fn judge(exercise: &str, played: &Played) -> Bench {
    let mut bench = Bench::of(rules());
    bench.judge(&format!("exercise/{exercise}"), &played.events);
    bench
}

fn ending(played: &Played) -> String {
    match &played.stopped {
        None => "went through".to_owned(),
        Some(Stop::Failed(failure)) => format!("stopped: {}", failure.text),
        Some(Stop::Skipped(reason)) => format!("was skipped: {reason}"),
        Some(Stop::Died { death, .. }) => format!("ended with the provider: {death}"),
        Some(Stop::UiDied { death, .. }) => format!("ended with the user interface: {death}"),
        Some(Stop::Bug(text)) => format!("found the harness at fault: {text}"),
    }
}

/// Notes in a rule's row what an attempt brought.
fn note(row: &mut Row, attempt: &Attempt<'_>, bench: &Bench, ending: &str) {
    let own = bench.tallies.iter().find(|tally| tally.rule.id == row.rule.id);
    let (judged, breach) = own.map_or((0, None), |tally| (tally.judged, tally.shortest.as_ref()));
    let broken = bench.tallies.iter().filter(|tally| tally.breaches > 0);
    for id in broken.map(|tally| tally.rule.id) {
        if id != row.rule.id && !row.others.contains(&id) {
            row.others.push(id);
        }
    }
    match (breach, &mut row.fate) {
        (Some(breach), fate) => {
            *fate = Fate::Killed {
                provider: attempt.stand.name,
                exercise: attempt.exercise.name,
                finding: breach.happened.clone(),
            }
        }
        (None, Fate::Survived(tried)) => tried.push(format!(
            "exercise/{} on {} {ending}; the rule judged {judged} occasions and found nothing",
            attempt.exercise.name, attempt.stand.name
        )),
        (None, _) => {}
    }
}
