//! `offhook check` and `offhook run`: from the command line's words to a run, and from its results to reports.

use std::io::IsTerminal;
use std::path::PathBuf;

use offhook_conformance::app::Behind;
use offhook_conformance::exit::Exit;
use offhook_conformance::report::{self, Outcome, Report, Style};
use offhook_conformance::rules::Numbers;
use offhook_conformance::run::{self, Golden, Observer, selected};
use offhook_conformance::scenario::{self, ast::Scenario};
use offhook_conformance::snapshot::Update;

use crate::backdrop::backdrop;
use crate::cli::{CheckArgs, Common, Format, ReportTo, RunArgs};
use crate::fail::Fail;
use crate::output::{self, print};
use crate::paths::scenario_files;

/// Judges a provider by every rule.
pub fn check(args: &CheckArgs, style: Style) -> Result<Exit, Fail> {
    let mut backdrop = backdrop(&args.common)?;
    let office = backdrop.office.as_ref().map(|office| &office.behind);
    if backdrop.cast.has_names() || matches!(office, Some(Behind::Providers(_))) {
        return Err(Fail::usage(
            "`offhook check` judges one provider, which has no name: write --provider FILE and --device DEVICE without NAME="
                .to_owned(),
        ));
    }
    backdrop.numbers = numbers(args)?;
    backdrop.fresh = args.fresh;
    let mut console = Console::new(&args.common, style, false);
    let report = run::check(&backdrop, &args.common.filter, &mut console);
    console.finish(&args.common, &report)
}

/// The numbers that exercises dial.
fn numbers(args: &CheckArgs) -> Result<Numbers, Fail> {
    let number = |option: &str, given: &Option<String>, usual: String| match given {
        Some(number) if number.is_empty() || !number.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(Fail::usage(format!(
                "{option} {number:?}: a number is written in digits alone"
            )))
        }
        Some(number) => Ok(number.clone()),
        None => Ok(usual),
    };
    let usual = Numbers::default();
    Ok(Numbers {
        answers: number("--number-that-answers", &args.number_that_answers, usual.answers)?,
        busy: number("--number-that-is-busy", &args.number_that_is_busy, usual.busy)?,
        rings: number("--number-that-rings", &args.number_that_rings, usual.rings)?,
    })
}

/// Replays scenarios.
pub fn run(args: &RunArgs, style: Style) -> Result<Exit, Fail> {
    let named = !args.paths.is_empty();
    let paths = if named {
        args.paths.clone()
    } else {
        vec![PathBuf::from("fixtures/scenarios")]
    };
    let files = scenario_files(&paths)?;
    let filters = &args.common.filter;
    let chosen: Vec<&PathBuf> = files
        .iter()
        .filter(|file| selected(filters, &file.to_string_lossy()))
        .collect();
    let mut scenarios: Vec<Scenario> = Vec::new();
    for file in &chosen {
        scenarios.push(scenario::load(file).map_err(Fail::scenario)?);
    }
    let backdrop = backdrop(&args.common)?;
    backdrop
        .fits(&scenarios)
        .map_err(|error| Fail::usage(error.to_string()))?;
    let golden = (!args.no_golden).then(|| Golden {
        dir: args.golden.clone(),
        update: if args.update {
            Update::Accept
        } else {
            Update::from_environment()
        },
        whole: filters.is_empty() && paths.iter().all(|path| path.is_dir()),
    });
    let mut console = Console::new(&args.common, style, args.trace);
    let report = run::run(&backdrop, &scenarios, golden.as_ref(), &mut console);
    console.finish(&args.common, &report)
}

/// Shows results as they come and writes the reports at the end.
struct Console {
    style: Style,
    /// Whether results go to standard output as they come.
    live: bool,
    /// Whether a terminal shows what is being played.
    progress: bool,
    trace: bool,
}

impl Console {
    fn new(common: &Common, style: Style, trace: bool) -> Console {
        let live = common.report.is_empty()
            || common
                .report
                .iter()
                .any(|to| to.format == Format::Text && to.file.is_none());
        Console {
            style,
            live,
            progress: std::io::stderr().is_terminal(),
            trace,
        }
    }

    fn clear_progress(&self) {
        if self.progress {
            eprint!("\r\u{1b}[K");
        }
    }

    fn finish(&self, common: &Common, report: &Report) -> Result<Exit, Fail> {
        self.clear_progress();
        if self.live {
            print(&format!("{}\n", report::summary(report, self.style)));
        }
        for to in &common.report {
            write_report(to, report)?;
        }
        Ok(report.exit())
    }
}

fn write_report(to: &ReportTo, report: &Report) -> Result<(), Fail> {
    let text = match to.format {
        Format::Json => format!("{:#}\n", report::json(report)),
        Format::Text => {
            let lines: Vec<String> = report
                .outcomes
                .iter()
                .map(|outcome| report::line(outcome, Style::Plain))
                .collect();
            format!(
                "{}\n{}\n",
                lines.join("\n"),
                report::summary(report, Style::Plain)
            )
        }
    };
    output::report(to, &text)
}

impl Observer for Console {
    fn begins(&mut self, name: &str) {
        if self.progress {
            eprint!("\r\u{1b}[K{name} …");
        }
    }

    fn result(&mut self, outcome: &Outcome) {
        self.clear_progress();
        if self.live {
            print(&format!("{}\n", report::line(outcome, self.style)));
        }
    }

    fn trace(&mut self, name: &str, render: &dyn Fn() -> String) {
        if self.trace {
            self.clear_progress();
            print(&format!("=== {name}\n{}\n", render()));
        }
    }
}
