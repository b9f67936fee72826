//! `offhook inspect`: from the command line's words to an inspection, and from there to its reports.

use offhook_conformance::exit::Exit;
use offhook_conformance::inspect::{self, Inspection};
use offhook_conformance::report::{Outcome, Style};
use offhook_conformance::verdict::Verdict;

use crate::backdrop::backdrop;
use crate::cli::{Common, Format, InspectArgs, Strictness};
use crate::embedded;
use crate::fail::Fail;
use crate::output::{self, print};

/// Tells what a DLL is and what it says of itself.
pub fn inspect(args: &InspectArgs, style: Style) -> Result<Exit, Fail> {
    let dll = embedded::provider(args.dll.as_deref())?;
    let mut inspection = inspect::read(&dll).map_err(|error| Fail {
        exit: Exit::NotLoaded,
        message: error.to_string(),
    })?;
    if !args.static_only {
        run(&mut inspection, args, dll)?;
    }
    report(args, &inspection, style)?;
    Ok(inspection.exit())
}

/// What needs a process. That there can be none for this DLL is a finding: the exports are reported all the same.
fn run(inspection: &mut Inspection, args: &InspectArgs, dll: std::path::PathBuf) -> Result<(), Fail> {
    let common = Common {
        strictness: Strictness::Should,
        provider: vec![dll.display().to_string()],
        device: args.device.clone(),
        timeout: args.timeout,
        jobs: None,
        filter: Vec::new(),
        report: Vec::new(),
        setup: args.setup.clone(),
    };
    match backdrop(&common) {
        Ok(backdrop) => {
            inspect::run(inspection, &backdrop, args.lines);
            if args.sizes {
                inspect::run_sizes(inspection, &backdrop, args.lines);
            }
        }
        Err(Fail {
            exit: Exit::NotLoaded,
            message,
        }) => inspection.findings.push(Outcome {
            id: "load".to_owned(),
            verdict: Verdict::NotLoaded,
            message,
            place: None,
            breach: None,
        }),
        Err(fail) => return Err(fail),
    }
    Ok(())
}

fn report(args: &InspectArgs, inspection: &Inspection, style: Style) -> Result<(), Fail> {
    if args.report.is_empty() {
        print(&inspect::text(inspection, style));
    }
    for to in &args.report {
        let style = if to.file.is_some() { Style::Plain } else { style };
        let text = match to.format {
            Format::Json => format!("{:#}\n", inspect::json(inspection)),
            Format::Text => inspect::text(inspection, style),
        };
        match &to.file {
            Some(_) => output::report(to, &text)?,
            None => print(&text),
        }
    }
    Ok(())
}
