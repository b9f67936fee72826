//! `offhook check` and `offhook run`: from the command line's words to a run, and from its results to reports.

use std::fs;
use std::io::IsTerminal;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use offhook_conformance::app::{Backdrop, OfficeDevice, PortAssignment, try_ports};
use offhook_conformance::exit::Exit;
use offhook_conformance::host::artifact::{self, Target};
use offhook_conformance::host::{HostBinary, HostError, WinePrefix};
use offhook_conformance::inspect::{Format as ImageFormat, Image};
use offhook_conformance::report::{self, Outcome, Report, Style};
use offhook_conformance::rules::{Level, Numbers};
use offhook_conformance::run::{self, Golden, Observer, provider_name, selected};
use offhook_conformance::scenario::{self, ast::Scenario};
use offhook_conformance::setup::{self, HelperSpec, SetupError, SetupFile};
use offhook_conformance::snapshot::Update;

use offhook_sim::ModemProfile;

use crate::cli::{CheckArgs, Common, Format, ReportTo, RunArgs, SetupArgs, Strictness};
use crate::embedded;
use crate::fail::Fail;
use crate::output::print;
use crate::paths::scenario_files;

/// Judges a provider by every rule.
pub fn check(args: &CheckArgs, style: Style) -> Result<Exit, Fail> {
    let mut backdrop = backdrop(&args.common)?;
    backdrop.numbers = numbers(args)?;
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
    let golden = (!args.no_golden).then(|| Golden {
        dir: args.golden.clone(),
        update: if args.update {
            Update::Accept
        } else {
            Update::from_environment()
        },
        provider: provider_name(&backdrop.dll),
        whole: filters.is_empty() && paths.iter().all(|path| path.is_dir()),
    });
    let mut console = Console::new(&args.common, style, args.trace);
    let report = run::run(&backdrop, &scenarios, golden.as_ref(), &mut console);
    console.finish(&args.common, &report)
}

pub fn backdrop(common: &Common) -> Result<Backdrop, Fail> {
    let dll = match &common.provider {
        Some(file) => {
            std::path::absolute(file).map_err(|error| Fail::usage(format!("{}: {error}", file.display())))?
        }
        None => embedded::provider()?,
    };
    let SetupFile {
        setup,
        device,
        mut env,
        mut registry,
    } = put_up(&common.setup)?;
    env.extend(common.env.iter().cloned());
    registry.extend(common.registry.iter().cloned());
    let device = if common.device.is_empty() {
        device
    } else {
        common.device.clone()
    };
    let modems = !device.iter().any(|device| device == "none");
    if !modems && device.len() > 1 {
        return Err(Fail::usage(
            "--device none stands alone: there is no device".to_owned(),
        ));
    }
    let devices: Vec<PortAssignment> = device
        .iter()
        .filter(|device| modems && !is_pbx(device))
        .map(|device| assignment(device))
        .collect::<Result<_, _>>()?;
    let office = office(&device)?;
    try_ports(&devices).map_err(|error| Fail::usage(error.to_string()))?;
    let host = host_for(&dll)?;
    env.extend(modem_lines(&dll)?);
    Ok(Backdrop {
        numbers: Numbers::default(),
        jobs: common
            .jobs
            .map_or_else(|| default_jobs(&host, &devices), NonZero::get),
        host,
        dll,
        devices,
        modems,
        office,
        timeout: common.timeout,
        patience: None,
        strictness: match common.strictness {
            Strictness::Must => Level::Must,
            Strictness::Should => Level::Should,
            Strictness::Robust => Level::Robust,
        },
        env,
        registry,
        setup,
    })
}

/// What gives the child the modem lines of its pseudo-terminals, where the library fits its process.
pub(crate) fn modem_lines(dll: &Path) -> Result<Option<(String, String)>, Fail> {
    const VARIABLE: &str = "LD_PRELOAD";
    if Image::read(dll).is_ok_and(|image| image.bits == 32) {
        return Ok(None);
    }
    let Some(library) = embedded::lines()? else {
        return Ok(None);
    };
    let mut value = library.display().to_string();
    if let Ok(others) = std::env::var(VARIABLE)
        && !others.is_empty()
    {
        value = format!("{value}:{others}");
    }
    Ok(Some((VARIABLE.to_owned(), value)))
}

/// What is put up around the providers: what the file says, and the command line on top.
fn put_up(args: &SetupArgs) -> Result<SetupFile, Fail> {
    let usage = |error: SetupError| Fail::usage(error.to_string());
    let mut file = match &args.setup {
        Some(path) => setup::read(path).map_err(usage)?,
        None => SetupFile::default(),
    };
    for path in &args.reg_file {
        file.setup
            .registry
            .extend(setup::registry_of(path).map_err(usage)?);
    }
    for text in &args.install {
        let (from, to) = match text.split_once('=') {
            Some((from, to)) => (from, Some(PathBuf::from(to))),
            None => (text.as_str(), None),
        };
        if !Path::new(from).is_file() {
            return Err(Fail::usage(format!("--install {from}: there is no such file")));
        }
        file.setup.files.push(setup::installed(Path::new(from), to));
    }
    let here = std::env::current_dir().map_err(|error| Fail::usage(error.to_string()))?;
    for command in &args.helper {
        let words = command.split_whitespace().map(str::to_owned).collect();
        let helper = HelperSpec::new(words, here.clone(), None);
        file.setup
            .helpers
            .push(helper.ok_or_else(|| Fail::usage("--helper: a command stands behind it".to_owned()))?);
    }
    Ok(file)
}

/// How many scenarios are played at once: few need a processor for long. Where they would share a registry or an
/// existing port, one.
fn default_jobs(host: &HostBinary, devices: &[PortAssignment]) -> usize {
    let shared = cfg!(windows) || matches!(host, HostBinary::Wine { .. });
    if shared || devices.iter().any(|device| device.modem_end.is_some()) {
        return 1;
    }
    parallel_jobs()
}

/// How many scenarios are played at once where nothing is shared.
pub(crate) fn parallel_jobs() -> usize {
    2 * thread::available_parallelism().map_or(1, NonZero::get)
}

/// The child for a DLL: a PE file on another system than Windows runs under Wine, in a process as wide as the DLL;
/// everything else is tried as it is.
pub(crate) fn host_for(dll: &Path) -> Result<HostBinary, Fail> {
    let unloadable = |message: String| Fail {
        exit: Exit::NotLoaded,
        message: format!("{}: {message}", dll.display()),
    };
    fs::File::open(dll).map_err(|error| unloadable(error.to_string()))?;
    // What is no library is left to the loader, whose words are the provider's verdict.
    let image = Image::read(dll).ok();
    let pe = image
        .as_ref()
        .is_some_and(|image| image.format == ImageFormat::Pe);
    if let Some(why) = image.as_ref().and_then(Image::unloadable) {
        return Err(unloadable(why));
    }
    let narrow = image.is_some_and(|image| image.bits == 32) && cfg!(target_pointer_width = "64");
    if !pe || (cfg!(windows) && !narrow) {
        return Ok(HostBinary::Native(embedded::host()?));
    }
    let target = if narrow {
        Target::Windows32
    } else {
        Target::Windows64
    };
    windows_host(target).map_err(|error| match narrow {
        true => unloadable(format!(
            "it is a 32-bit DLL, which needs a 32-bit process: {error}"
        )),
        false => unloadable(error.to_string()),
    })
}

/// A Windows child, under Wine where this is no Windows.
fn windows_host(target: Target) -> Result<HostBinary, HostError> {
    let mut progress = |text: &str| eprintln!("{text}");
    if cfg!(windows) {
        return Ok(HostBinary::Native(artifact::provider_host(
            target,
            &mut progress,
        )?));
    }
    let prefix = WinePrefix::take(|text: &str| eprintln!("{text}"))?;
    let host_exe = artifact::provider_host(target, &mut progress)?;
    Ok(HostBinary::Wine { host_exe, prefix })
}

fn is_pbx(device: &str) -> bool {
    device.split(':').next() == Some("pbx")
}

/// `pbx[:PROFILE|:FILE]`: the PBX is behind this line and all that follow.
fn office(devices: &[String]) -> Result<Option<OfficeDevice>, Fail> {
    let Some(first_line) = devices.iter().position(|device| is_pbx(device)) else {
        return Ok(None);
    };
    let text = &devices[first_line];
    if devices[first_line..].iter().any(|device| device != text) {
        return Err(Fail::usage(format!(
            "--device {text}: a PBX is behind all the lines that follow too: name it last"
        )));
    }
    let what = text.split_once(':').map(|(_, what)| what);
    let found = OfficeDevice::find(what, first_line);
    found
        .map(Some)
        .map_err(|error| Fail::usage(format!("--device {text}: {error}")))
}

/// `modem[:PROFILE][@PORT[:NAME]]`.
fn assignment(text: &str) -> Result<PortAssignment, Fail> {
    let wrong = |why: &str| Fail::usage(format!("--device {text}: {why}"));
    let (modem, port) = match text.split_once('@') {
        Some((modem, port)) => (modem, Some(port)),
        None => (text, None),
    };
    let (kind, profile) = match modem.split_once(':') {
        Some((kind, profile)) => (kind, Some(profile)),
        None => (modem, None),
    };
    if kind != "modem" || port == Some("") {
        return Err(wrong(
            "the forms are none, pbx, pbx:PROFILE, pbx:FILE, modem, modem:PROFILE, and either modem with @PORT or @PORT:NAME \
             behind it",
        ));
    }
    let profile = profile
        .map(ModemProfile::find)
        .transpose()
        .map_err(|error| wrong(&error.to_string()))?;
    let (modem_end, provider_end) = match port.and_then(|port| port.split_once(':')) {
        Some((modem_end, provider_end)) => (Some(modem_end.to_owned()), Some(provider_end.to_owned())),
        None => (port.map(str::to_owned), None),
    };
    Ok(PortAssignment {
        profile,
        modem_end,
        provider_end,
    })
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
    match &to.file {
        Some(file) => {
            fs::write(file, text).map_err(|error| Fail::usage(format!("{}: {error}", file.display())))
        }
        None if to.format == Format::Json => {
            print(&text);
            Ok(())
        }
        None => Ok(()), // shown as it came
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_name_both_ends_of_a_port() {
        let of = |text| assignment(text).unwrap();
        assert_eq!(
            of("modem"),
            PortAssignment {
                profile: None,
                modem_end: None,
                provider_end: None
            }
        );
        assert_eq!(of("modem@COM3").modem_end.as_deref(), Some("COM3"));
        assert_eq!(of("modem@COM3:COM4").provider_end.as_deref(), Some("COM4"));
        assert_eq!(
            of("modem:courier@COM3"),
            PortAssignment {
                profile: Some(ModemProfile::find("courier").unwrap()),
                ..of("modem@COM3")
            }
        );
        assert!(assignment("modem:no-such-modem").is_err());
        assert!(assignment("fax@COM3").is_err());
        assert!(assignment("modem@").is_err());
    }
}
