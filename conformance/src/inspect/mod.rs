//! `offhook inspect`: what a DLL is, what it exports, and what it says of itself.
//!
//! The [`Image`] is read without running the DLL; everything else is asked in the child. What the provider refuses is
//! part of the answer, and what it breaks is an [`Outcome`], as a check has them.

use std::path::Path;

mod devices;
mod exports;
mod filled;
mod image;
mod json;
mod session;
mod sizes;
mod sweep;
mod text;

use crate::app::{Backdrop, StageError, Stop};
use crate::exit::Exit;
use crate::report::{Outcome, Place};
use crate::tspi::render_result;
use crate::verdict::Verdict;

pub use devices::{Extension, LineReport, PhoneReport, ProviderReport};
pub use exports::{Companion, Exports, Misspelt, Role};
pub use filled::{FillProblem, Filled, examine};
pub use image::{Export, ExportName, Format, Image, ImageError, Machine};
pub use json::json;
pub use session::{Device, Start};
pub use sizes::{Attempt, SizeFault, SizeFinding, judge, memory, sizes};
pub use sweep::{About, Query, Sweep};
pub use text::text;

use session::{NoSession, Session};
use sweep::Sweeper;

/// The answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Got<T> {
    /// This.
    Is(T),
    /// An error code.
    Refused(i32),
    /// The provider does not export the function.
    NotExported,
}

impl<T> Got<T> {
    /// Another answer out of a successful one.
    pub fn map<U>(self, make: impl FnOnce(T) -> U) -> Got<U> {
        match self {
            Got::Is(answer) => Got::Is(make(answer)),
            Got::Refused(error) => Got::Refused(error),
            Got::NotExported => Got::NotExported,
        }
    }

    /// The answer in words: `words` for a successful one, the error's name, or `not exported`.
    pub fn words(&self, words: impl FnOnce(&T) -> String) -> String {
        match self {
            Got::Is(answer) => words(answer),
            Got::Refused(error) => render_result(*error),
            Got::NotExported => "not exported".to_owned(),
        }
    }
}

/// All that was found out about a DLL.
#[derive(Debug)]
pub struct Inspection {
    /// The file.
    pub path: String,
    /// What it says on the disk.
    pub image: Image,
    /// Its exports, judged.
    pub exports: Exports,
    /// What it says when it runs; `None` where it is no provider or could not be started.
    pub provider: Option<ProviderReport>,
    /// What came of its queries in memory of every size, where that was asked for.
    pub sweeps: Vec<Sweep>,
    /// What is wrong with it.
    pub findings: Vec<Outcome>,
}

impl Inspection {
    /// How the program ends after this.
    pub fn exit(&self) -> Exit {
        let heaviest = self.findings.iter().map(|finding| finding.verdict).max();
        heaviest.map_or(Exit::Held, Verdict::exit)
    }

    fn finding(&mut self, id: impl Into<String>, verdict: Verdict, message: String, page: Option<&str>) {
        self.findings.push(Outcome {
            id: id.into(),
            verdict,
            message,
            place: page.map(|page| Place {
                file: page.to_owned(),
                line: None,
            }),
            breach: None,
        });
    }
}

/// What is read without running anything.
///
/// # Errors
/// The file cannot be read, or is no library.
pub fn read(path: &Path) -> Result<Inspection, ImageError> {
    let image = Image::read(path)?;
    let exports = Exports::judge(&image);
    let mut inspection = Inspection {
        path: path.display().to_string(),
        image,
        exports,
        provider: None,
        sweeps: Vec::new(),
        findings: Vec::new(),
    };
    judge_exports(&mut inspection);
    Ok(inspection)
}

/// The page that lists what every provider exports.
const MANDATORY_PAGE: &str = "tspi-basic-telephony-functions.md";

fn judge_exports(inspection: &mut Inspection) {
    let missing: Vec<_> = inspection.exports.missing.clone();
    if inspection.exports.role == Role::Neither {
        let message = "it exports no function of TSPI: it is no telephony service provider".to_owned();
        inspection.finding("exports", Verdict::Violation, message, None);
    } else {
        // Published providers, Microsoft's own sample among them, leave some of them out, and Windows copes.
        for function in missing {
            let message = format!("{} is mandatory and not exported", function.name);
            inspection.finding("exports", Verdict::Warning, message, Some(MANDATORY_PAGE));
        }
    }
    for companion in inspection.exports.companions.clone() {
        let message = format!("{} is not exported, and {}", companion.wanted, companion.because);
        inspection.finding("exports", Verdict::Warning, message, Some(companion.page));
    }
    for found in inspection.exports.misspelt.clone() {
        let message = match (found.nearest, found.decorated) {
            (Some(nearest), true) => format!(
                "{} is exported with its decoration, under which TAPI does not find it; export {nearest} through a .def file",
                found.name
            ),
            (Some(nearest), false) => {
                format!("TSPI has no function {}; did you mean {nearest}?", found.name)
            }
            (None, _) => format!("TSPI has no function {}", found.name),
        };
        inspection.finding("exports", Verdict::Warning, message, None);
    }
}

/// Starts the provider with simulated modems behind `lines` ports and asks what it says of itself.
pub fn run(inspection: &mut Inspection, backdrop: &Backdrop, lines: u32) {
    if inspection.exports.role != Role::Provider {
        if let Err(why) = session::load_only(backdrop) {
            not_started(inspection, why);
        }
        return;
    }
    let exports = Exports::judge(&inspection.image);
    let mut session = match Session::start(backdrop, &exports, lines) {
        Ok(session) => session,
        Err(why) => return not_started(inspection, why),
    };
    let mut report = ProviderReport::of(session.start.clone());
    let asked = report.ask(&mut session);
    judge_report(inspection, &report);
    inspection.provider = Some(report);
    if let Err(stop) = asked.and_then(|()| session.finish()) {
        stopped(inspection, stop);
    }
}

/// Puts every query that [`run`] found possible in memory of every size. Lines and phones are opened for it.
pub fn run_sizes(inspection: &mut Inspection, backdrop: &Backdrop, lines: u32) {
    let Some(report) = &inspection.provider else {
        return;
    };
    let exports = Exports::judge(&inspection.image);
    let queries = sweep::queries(report, &exports);
    let mut sweeper = Sweeper::new(backdrop, &exports, lines);
    for query in queries {
        match sweeper.sweep(&query) {
            Ok(sweep) => {
                judge_sweep(inspection, &sweep);
                inspection.sweeps.push(sweep);
            }
            Err(why) => return not_started(inspection, why),
        }
    }
    if let Err(stop) = sweeper.finish() {
        stopped(inspection, stop);
    }
}

fn judge_sweep(inspection: &mut Inspection, sweep: &Sweep) {
    let id = format!("sizes of {}", sweep.query.words());
    for found in &sweep.findings {
        let (verdict, page) = (found.fault.verdict(), found.fault.page());
        inspection.finding(&id, verdict, found.to_string(), Some(page));
    }
    for (total, death) in &sweep.deaths {
        // TAPI gives no provider less than the fixed part.
        let verdict = match *total < sweep.fixed {
            true => Verdict::Warning,
            false => death.verdict(),
        };
        let message = format!("dwTotalSize {total}: the provider {death}");
        inspection.finding(&id, verdict, message, Some("memory-allocation.md"));
    }
}

fn judge_report(inspection: &mut Inspection, report: &ProviderReport) {
    let start = &report.start;
    for (name, error) in [
        ("TSPI_lineNegotiateTSPIVersion", refusal(&start.version)),
        ("TSPI_providerInit", refusal(&start.options)),
    ] {
        if let Some(error) = error {
            let message = format!("{name} failed with {}", render_result(error));
            inspection.finding("start", Verdict::Violation, message, None);
        }
    }
    for line in &report.lines {
        judge_filled(
            inspection,
            &format!("line {}: LINEDEVCAPS", line.device),
            &line.caps,
        );
        for (address, caps) in line.addresses.iter().enumerate() {
            let id = format!("line {} address {address}: LINEADDRESSCAPS", line.device);
            judge_filled(inspection, &id, caps);
        }
    }
    let lines = report
        .lines
        .iter()
        .map(|line| ("line", line.device, line.version));
    let phones = report
        .phones
        .iter()
        .map(|phone| ("phone", phone.device, phone.version));
    for (kind, device, version) in lines.chain(phones) {
        if let (Got::Is(answered), None) = (version, devices::settled(version)) {
            let message = match answered.0 {
                0 => format!("TSPI_{kind}NegotiateTSPIVersion succeeded and left *lpdwTSPIVersion as it was"),
                _ => format!("{answered} was settled on, outside the range 1.3 to 3.1 that was offered"),
            };
            let page = format!("nf-tspi-tspi_{kind}negotiatetspiversion.md");
            inspection.finding(
                format!("{kind} {device}"),
                Verdict::Violation,
                message,
                Some(&page),
            );
        }
    }
    for phone in &report.phones {
        judge_filled(
            inspection,
            &format!("phone {}: PHONECAPS", phone.device),
            &phone.caps,
        );
    }
}

fn refusal<T>(got: &Got<T>) -> Option<i32> {
    match got {
        Got::Refused(error) => Some(*error),
        _ => None,
    }
}

fn judge_filled(inspection: &mut Inspection, id: &str, caps: &Got<Filled>) {
    match caps {
        Got::Is(filled) => {
            let page = Some(filled.decoded.structure.page);
            let mut unfilled: Vec<String> = Vec::new();
            for problem in filled.problems.clone() {
                match problem {
                    FillProblem::Unfilled(member) => unfilled.push(member),
                    problem => inspection.finding(id, Verdict::Violation, problem.to_string(), page),
                }
            }
            // Published providers, Microsoft's own sample among them, fill what they have, and Windows copes.
            if !unfilled.is_empty() {
                let message = format!("left unfilled: {}", unfilled.join(", "));
                inspection.finding(id, Verdict::Warning, message, page);
            }
        }
        Got::Refused(error) => {
            inspection.finding(
                id,
                Verdict::Violation,
                format!("refused with {}", render_result(*error)),
                None,
            );
        }
        Got::NotExported => {}
    }
}

fn not_started(inspection: &mut Inspection, why: NoSession) {
    match why {
        NoSession::Stop(stop) => stopped(inspection, stop),
        NoSession::Stage(error) => {
            let verdict = match &error {
                StageError::Host(error) => error.verdict(),
                StageError::Setup(_) | StageError::Uncast(_) => Verdict::BadSetup,
                _ => Verdict::HarnessBug,
            };
            inspection.finding("load", verdict, error.to_string(), None);
        }
    }
}

fn stopped(inspection: &mut Inspection, stop: Stop) {
    let (verdict, message) = match stop {
        Stop::Failed(failure) => (Verdict::Violation, failure.text),
        Stop::Skipped(reason) => (Verdict::Skip, reason),
        Stop::Died { death, .. } => (death.verdict(), format!("the provider {death}")),
        Stop::UiDied { death, .. } => (death.verdict(), format!("the user interface {death}")),
        Stop::Bug(text) => (Verdict::HarnessBug, text),
    };
    inspection.finding("run", verdict, message, None);
}
