//! `check` and `run`: play scenarios one by one, each with a child of its own, judge what was recorded, and hand
//! each result on as it comes.

use std::path::{Path, PathBuf};

use crate::app::{Backdrop, Failure, Stage, StageError, Stop, play};
use crate::host::{Death, HostError};
use crate::judge::Bench;
use crate::report::{Outcome, Place, Report};
use crate::rules::{EXERCISES, Probe, Rule, rules};
use crate::scenario::ast::Scenario;
use crate::scenario::parse;
use crate::snapshot::{Compared, Update, compare, golden_path, orphans};
use crate::trace::{Event, render};
use crate::verdict::Verdict;

/// What is told of a run while it goes on.
pub trait Observer {
    /// A scenario or exercise begins.
    fn begins(&mut self, name: &str);
    /// A result came.
    fn result(&mut self, outcome: &Outcome);
    /// The trace of a scenario, rendered.
    fn trace(&mut self, name: &str, rendered: &str);
}

/// One scenario played to its end, or to where it stopped.
struct Played {
    events: Vec<Event>,
    stopped: Option<Stop>,
}

fn play_one(scenario: &Scenario, backdrop: &Backdrop, probe: Option<Probe>) -> Result<Played, StageError> {
    let mut stage = Stage::set(scenario, backdrop)?;
    let stopped = play(scenario, &mut stage, probe).err();
    let recorder = stage.recorder.clone();
    drop(stage);
    Ok(Played {
        events: recorder.events(),
        stopped,
    })
}

/// The result that a stop makes.
fn stopped(id: &str, file: &str, stop: &Stop) -> Outcome {
    let (verdict, message, line) = match stop {
        Stop::Failed(Failure { line, text }) => (Verdict::Violation, text.clone(), *line),
        Stop::Skipped(reason) => (Verdict::Skip, reason.clone(), None),
        Stop::Died { provider, death } => (
            death_verdict(death),
            format!("provider {provider}: {death}"),
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
    }
}

fn death_verdict(death: &Death) -> Verdict {
    match death {
        Death::Crash { .. } => Verdict::Crash,
        Death::Hang { .. } => Verdict::Hang,
        Death::Exit { .. } => Verdict::Exit,
        Death::Protocol { .. } => Verdict::ProtocolBreach,
    }
}

/// What Windows' loader says of a DLL whose own code crashed while it was loaded.
const ERROR_NOACCESS: i64 = 998;

fn not_set(id: &str, error: &StageError) -> Outcome {
    let verdict = match error {
        StageError::Host(HostError::Load {
            code: ERROR_NOACCESS, ..
        }) => Verdict::Crash,
        StageError::Host(HostError::Load { .. }) => Verdict::NotLoaded,
        StageError::Host(HostError::LoadDied(death)) => death_verdict(death),
        _ => Verdict::HarnessBug,
    };
    Outcome {
        id: id.to_owned(),
        verdict,
        message: error.to_string(),
        place: None,
    }
}

/// Whether any of the filters is in the text; with no filter all is selected.
pub fn selected(filters: &[String], text: &str) -> bool {
    filters.is_empty() || filters.iter().any(|filter| text.contains(filter.as_str()))
}

/// Judges a provider by every rule that the filters select: plays the exercises that show those rules, and
/// reports a result an exercise that did not go through and one a rule.
pub fn check(backdrop: &Backdrop, filters: &[String], observer: &mut dyn Observer) -> Report {
    let chosen: Vec<&'static Rule> = rules().filter(|rule| selected(filters, rule.id)).collect();
    let mut report = Report {
        provider: backdrop.dll.display().to_string(),
        outcomes: Vec::new(),
    };
    let mut bench = Bench::of(chosen.iter().copied());
    for exercise in EXERCISES {
        if !chosen.iter().any(|rule| rule.exercises.contains(&exercise.name)) {
            continue;
        }
        let id = format!("exercise/{}", exercise.name);
        observer.begins(&id);
        let outcome = match parse(&id, exercise.text) {
            Err(error) => {
                let message = format!("an exercise does not parse: {error}");
                Outcome {
                    id: id.clone(),
                    verdict: Verdict::HarnessBug,
                    message,
                    place: None,
                }
            }
            Ok(scenario) => match play_one(&scenario, backdrop, exercise.probe) {
                Err(error) => not_set(&id, &error),
                Ok(played) => {
                    bench.judge(&id, &played.events);
                    observer.trace(&id, &render(&played.events));
                    match &played.stopped {
                        Some(stop) => stopped(&id, exercise.file, stop),
                        None => pass(&id),
                    }
                }
            },
        };
        let end = matches!(outcome.verdict, Verdict::NotLoaded);
        tell(&mut report, observer, outcome);
        if end {
            return report; // the next exercise would be told the same
        }
    }
    for outcome in bench.outcomes() {
        tell(&mut report, observer, outcome);
    }
    report
}

fn pass(id: &str) -> Outcome {
    Outcome {
        id: id.to_owned(),
        verdict: Verdict::Pass,
        message: String::new(),
        place: None,
    }
}

fn tell(report: &mut Report, observer: &mut dyn Observer, outcome: Outcome) {
    observer.result(&outcome);
    report.outcomes.push(outcome);
}

/// Golden files of a run.
pub struct Golden {
    /// Their folder.
    pub dir: PathBuf,
    /// What to do where one is missing or differs.
    pub update: Update,
    /// The provider's name in the golden files' names.
    pub provider: String,
    /// Whether golden files of this provider without a scenario are reported.
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
        provider: backdrop.dll.display().to_string(),
        outcomes: Vec::new(),
    };
    let mut names = Vec::new();
    for scenario in scenarios {
        let file = scenario.source.name();
        let stem = Path::new(file)
            .file_stem()
            .map(|stem| stem.to_string_lossy().into_owned())
            .unwrap_or_default();
        let provider = golden
            .map(|golden| golden.provider.clone())
            .unwrap_or_else(|| provider_name(&backdrop.dll));
        let id = format!("{stem}@{provider}");
        names.push(id.clone());
        observer.begins(&id);
        for outcome in run_one(backdrop, scenario, &id, golden, observer) {
            let end = matches!(outcome.verdict, Verdict::NotLoaded);
            tell(&mut report, observer, outcome);
            if end {
                return report;
            }
        }
    }
    if let Some(golden) = golden.filter(|golden| golden.whole) {
        for outcome in stale(golden, &names) {
            tell(&mut report, observer, outcome);
        }
    }
    report
}

/// The provider's name in golden files: its file's name without `lib` and ending, spelled with hyphens.
pub fn provider_name(dll: &Path) -> String {
    let stem = dll
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    stem.strip_prefix("lib").unwrap_or(&stem).replace('_', "-")
}

/// The results of one scenario: its own, then each rule that it broke.
fn run_one(
    backdrop: &Backdrop,
    scenario: &Scenario,
    id: &str,
    golden: Option<&Golden>,
    observer: &mut dyn Observer,
) -> Vec<Outcome> {
    let file = scenario.source.name().to_owned();
    let played = match play_one(scenario, backdrop, None) {
        Ok(played) => played,
        Err(error) => return vec![not_set(id, &error)],
    };
    let rendered = format!("scenario: {}\n\n{}", scenario.title.node, render(&played.events));
    observer.trace(id, &rendered);
    let mut bench = Bench::of(rules());
    bench.judge(id, &played.events);
    let own = match &played.stopped {
        Some(stop) => stopped(id, &file, stop),
        None => match golden {
            Some(golden) => compared(golden, id, &file, &rendered),
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
    };
    match compare(&golden.dir, id, source, rendered, golden.update) {
        Ok(Compared::Same | Compared::Accepted) => pass(id),
        Ok(Compared::Missing) => differs("there is no golden file for this trace".to_owned()),
        Ok(Compared::Differs(diff)) => differs(format!("the trace differs from its golden file\n{diff}")),
        Err(error) => differs(error.to_string()),
    }
}

/// A result for each golden file that no scenario has any more.
fn stale(golden: &Golden, names: &[String]) -> Vec<Outcome> {
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
    };
    match orphans(&golden.dir, &golden.provider, names) {
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
