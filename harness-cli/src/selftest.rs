//! `offhook selftest`: the rules against their mutants, and the reference providers against the rules.

use std::io::IsTerminal;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::time::Duration;

use faulty_core::{Base, Purpose};
use offhook_conformance::app::{Backdrop, Cast};
use offhook_conformance::exit::Exit;
use offhook_conformance::host::artifact::{self, Target};
use offhook_conformance::report::Style;
use offhook_conformance::rules::{Level, Numbers};
use offhook_conformance::selftest::{self, Fault, Matrix, Plan, Reference, Row, Stand, Watcher};

use crate::backdrop::{library_of, parallel_jobs};
use crate::cli::{Format, ReportTo, SelftestArgs};
use crate::fail::Fail;
use crate::output::{self, print};

/// How long a call into a reference provider may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The providers, the quickest first: each mutant is tried there first.
const ORDER: [Base; 2] = [Base::Model, Base::Modem];

/// Runs the rules against their mutants.
pub fn selftest(args: &SelftestArgs, style: Style) -> Result<Exit, Fail> {
    let plan = Plan {
        stands: ORDER
            .into_iter()
            .map(|base| stand(base, args))
            .collect::<Result<_, _>>()?,
        faults: faults(),
        filters: args.filter.clone(),
        jobs: args.jobs.map_or_else(default_jobs, NonZero::get),
    };
    let text_on_stdout = |to: &ReportTo| to.format == Format::Text && to.file.is_none();
    let mut console = Console {
        style,
        live: args.report.is_empty() || args.report.iter().any(text_on_stdout),
        progress: std::io::stderr().is_terminal(),
    };
    let matrix = selftest::selftest(&plan, &mut console);
    if matrix.rows.is_empty() {
        return Err(Fail::nothing(
            "no rule is left: `offhook list rules` names them, and a filter is a part of a rule's or a fault's name",
        ));
    }
    console.clear();
    if console.live {
        print(&format!("{}\n", selftest::summary(&matrix, style)));
    }
    for to in &args.report {
        write_report(to, &matrix)?;
    }
    Ok(matrix.exit())
}

/// Every fault that is there to break a rule.
pub fn faults() -> Vec<Fault> {
    let for_rules = faulty_core::faults()
        .iter()
        .filter(|fault| fault.purpose == Purpose::Rule);
    for_rules
        .map(|fault| Fault {
            name: fault.name,
            does: fault.does,
            providers: fault.on.iter().map(|base| reference(*base)).collect(),
        })
        .collect()
}

/// Mutants mostly wait.
fn default_jobs() -> usize {
    3 * parallel_jobs()
}

/// The package of a provider without faults.
fn reference(base: Base) -> &'static str {
    match base {
        Base::Modem => "modem-tsp",
        Base::Model => "model-tsp",
    }
}

fn stand(base: Base, args: &SelftestArgs) -> Result<Stand, Fail> {
    let name = reference(base);
    Ok(Stand {
        name,
        reference: backdrop(name, base, args)?,
        faulty: backdrop(base.package(), base, args)?,
        variable: faulty_core::VARIABLE,
    })
}

fn backdrop(package: &str, base: Base, args: &SelftestArgs) -> Result<Backdrop, Fail> {
    let dll = library(package, args.mutants.as_deref())?;
    Ok(Backdrop {
        numbers: Numbers::default(),
        jobs: args.jobs.map_or_else(parallel_jobs, NonZero::get),
        env: Vec::new(),
        cast: Cast::of_one(library_of(dll)?),
        devices: Vec::new(),
        modems: base == Base::Modem,
        office: None,
        timeout: TIMEOUT,
        patience: None,
        fresh: false,
        strictness: Level::Must, // the rules that were chosen are judged whatever their level
        registry: Vec::new(),
        setup: Default::default(),
    })
}

/// The DLL of a package: from the folder that was named, or built.
fn library(package: &str, folder: Option<&Path>) -> Result<PathBuf, Fail> {
    let unloadable = |message: String| Fail {
        exit: Exit::NotLoaded,
        message,
    };
    let Some(folder) = folder else {
        let mut progress = |text: &str| eprintln!("{text}");
        let built = artifact::library(package, Target::Native, &mut progress);
        return built.map_err(|error| unloadable(format!("{error}; or name a folder with --mutants")));
    };
    let names = [Target::Native, Target::Windows64].map(|target| artifact::library_name(package, target));
    let found = names
        .iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file());
    let path = found.ok_or_else(|| {
        Fail::usage(format!(
            "{}: there is no {} and no {}; `cargo build -p {package}` makes it",
            folder.display(),
            names[0],
            names[1]
        ))
    })?;
    std::path::absolute(&path).map_err(|error| Fail::usage(format!("{}: {error}", path.display())))
}

fn write_report(to: &ReportTo, matrix: &Matrix) -> Result<(), Fail> {
    let text = match to.format {
        Format::Json => format!("{:#}\n", selftest::json(matrix)),
        Format::Text => {
            let references = matrix
                .references
                .iter()
                .map(|reference| selftest::reference_line(reference, Style::Plain));
            let rows = matrix.rows.iter().map(|row| selftest::line(row, Style::Plain));
            let lines: Vec<String> = references.chain(rows).collect();
            format!(
                "{}\n{}\n",
                lines.join("\n"),
                selftest::summary(matrix, Style::Plain)
            )
        }
    };
    output::report(to, &text)
}

struct Console {
    style: Style,
    /// Whether results go to standard output as they come.
    live: bool,
    /// Whether a terminal shows what is going on.
    progress: bool,
}

impl Console {
    fn clear(&self) {
        if self.progress {
            eprint!("\r\u{1b}[K");
        }
    }

    fn show(&self, text: &str) {
        self.clear();
        if self.live {
            print(&format!("{text}\n"));
        }
    }
}

impl Watcher for Console {
    fn begins(&mut self, name: &str, done: usize, of: usize) {
        if self.progress {
            let count = if of == 0 {
                String::new()
            } else {
                format!("{done} of {of}: ")
            };
            eprint!("\r\u{1b}[K{count}{name} …");
        }
    }

    fn row(&mut self, row: &Row) {
        self.show(&selftest::line(row, self.style));
    }

    fn reference(&mut self, reference: &Reference) {
        self.show(&selftest::reference_line(reference, self.style));
    }
}
