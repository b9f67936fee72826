//! Replaying scenarios: each trace is judged by every rule and compared with its golden file.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use super::{Observer, Played, not_set, pass, play_one, stopped, tell};
use crate::app::Backdrop;
use crate::judge::Bench;
use crate::parallel::{News, in_order};
use crate::report::{Outcome, Place, Report};
use crate::rules::{Level, rules};
use crate::scenario::ast::Scenario;
use crate::snapshot::{Compared, Update, compare, golden_path, orphans};
use crate::trace::render;
use crate::verdict::Verdict;

/// Golden files of a run.
pub struct Golden {
    /// Their folder.
    pub dir: PathBuf,
    /// What to do where one is missing or differs.
    pub update: Update,
    /// Whether golden files of these providers without a scenario are reported.
    pub whole: bool,
}

/// Plays scenarios, judges each trace by every rule, and compares it with its golden file.
pub fn run(
    backdrop: &Backdrop,
    scenarios: &[Scenario],
    golden: Option<&Golden>,
    observer: &mut dyn Observer,
) -> Report {
    let mut report = Report {
        provider: backdrop.cast.describe(),
        outcomes: Vec::new(),
    };
    let labels: Vec<String> = scenarios
        .iter()
        .map(|scenario| backdrop.cast.label(scenario))
        .collect();
    let named: Vec<(String, &Scenario)> = scenarios
        .iter()
        .zip(&labels)
        .map(|(scenario, label)| (format!("{}@{label}", stem(scenario)), scenario))
        .collect();
    in_order(
        backdrop.jobs,
        &named,
        |(_, scenario)| scenario.waits(),
        |(_, scenario)| play_one(scenario, backdrop, None),
        |(id, scenario), news| match news {
            News::Begun => {
                observer.begins(id);
                ControlFlow::Continue(())
            }
            News::Done(Err(error)) => tell(&mut report, observer, not_set(id, &error)),
            News::Done(Ok(played)) => judged(id, scenario, &played, golden, backdrop.strictness, observer)
                .into_iter()
                .try_for_each(|outcome| tell(&mut report, observer, outcome)),
        },
    );
    if report.is_unloadable() {
        return report;
    }
    if let Some(golden) = golden.filter(|golden| golden.whole) {
        let names: Vec<&str> = named.iter().map(|(id, _)| id.as_str()).collect();
        let providers: BTreeSet<&String> = labels.iter().collect();
        for outcome in providers
            .into_iter()
            .flat_map(|provider| stale(golden, provider, &names))
        {
            let _ = tell(&mut report, observer, outcome);
        }
    }
    report
}

/// A scenario's name: its file's, without folder and ending.
fn stem(scenario: &Scenario) -> String {
    let stem = Path::new(scenario.source.name()).file_stem();
    stem.map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// The results of one scenario: its own, then each rule that it broke.
fn judged(
    id: &str,
    scenario: &Scenario,
    played: &Played,
    golden: Option<&Golden>,
    strictness: Level,
    observer: &mut dyn Observer,
) -> Vec<Outcome> {
    let file = scenario.source.name();
    let rendered = format!("scenario: {}\n\n{}", scenario.title.node, render(&played.events));
    observer.trace(id, &|| rendered.clone());
    let mut bench = Bench::of(rules().filter(|rule| rule.level <= strictness));
    bench.judge(id, &played.events);
    let own = match &played.stopped {
        Some(stop) => stopped(id, file, stop),
        None => match golden {
            Some(golden) => compared(golden, id, file, &rendered),
            None => pass(id),
        },
    };
    let mut outcomes = vec![own];
    outcomes.extend(bench.broken().into_iter().map(|broken| Outcome {
        id: format!("{id}: {}", broken.id),
        ..broken
    }));
    outcomes
}

fn compared(golden: &Golden, id: &str, source: &str, rendered: &str) -> Outcome {
    let path = golden_path(&golden.dir, id);
    let place = Some(Place {
        file: path.display().to_string(),
        line: None,
    });
    let differs = |message: String| Outcome {
        id: id.to_owned(),
        verdict: Verdict::SnapshotDiffers,
        message,
        place: place.clone(),
        breach: None,
    };
    match compare(&golden.dir, id, source, rendered, golden.update) {
        Ok(Compared::Same | Compared::Accepted) => pass(id),
        Ok(Compared::Missing) => differs("there is no golden file for this trace".to_owned()),
        Ok(Compared::Differs(diff)) => differs(format!("the trace differs from its golden file\n{diff}")),
        Err(error) => differs(error.to_string()),
    }
}

/// A result for each golden file that no scenario has any more.
fn stale(golden: &Golden, provider: &str, names: &[&str]) -> Vec<Outcome> {
    let outcome = |path: &Path, message: String| Outcome {
        id: format!(
            "golden/{}",
            path.file_name().unwrap_or_default().to_string_lossy()
        ),
        verdict: Verdict::SnapshotDiffers,
        message,
        place: Some(Place {
            file: path.display().to_string(),
            line: None,
        }),
        breach: None,
    };
    match orphans(&golden.dir, provider, names) {
        Ok(paths) => {
            let message = "no scenario has this golden file any more: remove it, or bring its scenario back";
            paths
                .iter()
                .map(|path| outcome(path, message.to_owned()))
                .collect()
        }
        Err(error) => vec![outcome(
            &golden.dir,
            format!("the folder cannot be read: {error}"),
        )],
    }
}
