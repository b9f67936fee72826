//! The command line's words.

mod values;

use std::num::NonZero;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use offhook_sim::control::server::Address;

pub use values::{Format, ReportTo};
use values::{duration, pair, report};

/// A test bench for Windows telephony service providers.
#[derive(Debug, Parser)]
#[command(name = "offhook", version, about, after_help = EXAMPLES, propagate_version = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
    /// When to colour the output.
    #[arg(long, value_enum, default_value_t = Colour::Auto, global = true)]
    pub color: Colour,
}

const EXAMPLES: &str = "\
Examples:
  offhook check                                    judge the reference provider by every rule
  offhook check --provider vendor.tsp              judge a vendor's DLL (under Wine where it is a PE file)
  offhook check --provider csta-tsp --device pbx   the reference provider for a PBX's extensions, behind a simulated PBX
  offhook run fixtures/scenarios                   replay scripted calls and compare the traces with golden/
  offhook sim modem --lines 2                      two virtual modems, joined by an exchange
  offhook explain tspi/lineDrop/4                  what a rule asks for, and where that is written

Exit codes: `offhook list exit-codes`.";

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Judge a provider by every rule.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(CheckArgs),
    /// Replay scenarios, judge them, and compare their traces with golden files.
    #[command(after_help = RUN_EXAMPLES)]
    Run(RunArgs),
    /// Prove the rules: each must find the reference provider that breaks it, and none may find fault with the others.
    #[command(after_help = SELFTEST_EXAMPLES)]
    Selftest(SelftestArgs),
    /// Tell what a DLL is, what it exports, and what it says of its devices.
    #[command(after_help = INSPECT_EXAMPLES)]
    Inspect(InspectArgs),
    /// Simulated hardware by itself, for any program to talk to.
    #[command(subcommand)]
    Sim(SimCommand),
    /// List what there is.
    #[command(
        after_help = "Examples:\n  offhook list rules\n  offhook list functions --json\n  offhook list rules --markdown \
                            conformance/rules-reference"
    )]
    List {
        #[arg(value_enum)]
        what: Listing,
        /// Write the rules into this folder, a page a theme, in place of the pages that were made before.
        #[arg(long, value_name = "DIR", conflicts_with = "json")]
        markdown: Option<PathBuf>,
        /// Folder of the scenarios to list.
        #[arg(long, default_value = "fixtures/scenarios")]
        scenarios: PathBuf,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Show what the documentation says of providers, and how much of it is judged by a rule.
    #[command(
        after_help = "Columns: covered by a rule; warned, where a page demands it and the rule only warns, as it says why; proven, where a \
                            mutant of `offhook selftest` breaks this very statement; permissions; not observable, with the \
                            reason in --list; open.\n\nExamples:\n  offhook coverage\n  offhook coverage --by page --level must\n  offhook coverage --open \
                            --page lineopen\n  offhook coverage --list --page line-callstate"
    )]
    Coverage(CoverageArgs),
    /// Explain a rule, a TSPI function, message, structure or constant, or an exit code.
    #[command(
        after_help = "Examples:\n  offhook explain tspi/ASYNC_COMPLETION/3\n  offhook explain TSPI_lineMakeCall\n  \
                            offhook explain LINECALLSTATE_OFFERING\n  offhook explain 5"
    )]
    Explain {
        /// A rule's id, the name of a function, message, structure or constant, an exit code or its name.
        id: String,
    },
}

const CHECK_EXAMPLES: &str = "\
Examples:
  offhook check
  offhook check --filter lineDrop --report json=report.json --report text
  offhook check --provider target/debug/libvendor_tsp.so --env VENDOR_PORT={port1}
  offhook check --provider vendor.tsp --strictness robust
  offhook check --provider switch.tsp --device none --number-that-answers 4711 --number-that-is-busy 4712
  offhook check --provider vendor.tsp --registry 'HKLM\\Software\\Vendor\\Tsp\\Port={com1}'";

const SELFTEST_EXAMPLES: &str = "\
Examples:
  offhook selftest
  offhook selftest --filter tspi/lineDrop          the rules whose id, or whose fault's name, contains this
  offhook selftest --report json=matrix.json --report text
  offhook selftest --mutants target/debug          libfaulty_tsp.so, libmodem_tsp.so, libfaulty_model_tsp.so and
                                                   libmodel_tsp.so (or their .dll) lie there; without it they are built";

const INSPECT_EXAMPLES: &str = "\
Examples:
  offhook inspect vendor.tsp
  offhook inspect vendor.tsp --report json=vendor.json --report text
  offhook inspect vendor.tsp --sizes               judge what it does with little memory
  offhook inspect vendor.tsp --device none --setup vendor.toml
  offhook inspect --lines 2                        the reference provider, with two ports";

const RUN_EXAMPLES: &str = "\
Examples:
  offhook run fixtures/scenarios/outgoing-busy.call
  offhook run fixtures/scenarios --provider vendor.tsp --golden vendor-golden
  offhook run fixtures/scenarios --update          accept the traces as they are
  offhook run mine.call --no-golden --trace        print the trace, compare nothing
  offhook run mine --provider vendor.tsp --device none --helper 'vendor-switch --port {tcp1}' --env VENDOR_PORT={tcp1}
  offhook run mine --provider vendor.tsp --setup vendor.toml
  offhook run fixtures/scenarios/mixed --provider P=modem-tsp --provider Q=csta-tsp --device Q=pbx
                                                   two providers in one scenario: a modem, and extensions of a PBX";

/// What is put up around the providers of a run.
#[derive(Debug, Clone, Default, Args)]
pub struct SetupArgs {
    /// An environment variable for the provider's process; {port1}, {com1} and {dir} are filled in.
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    pub env: Vec<(String, String)>,
    /// A registry string for the provider under Wine or Windows: `HKLM\KEY\NAME=VALUE`, filled in alike;
    /// `=dword:NUMBER` writes a DWORD.
    #[arg(long, value_name = "KEY\\NAME=VALUE", value_parser = pair)]
    pub registry: Vec<(String, String)>,
    /// A file (TOML) that says what is put up for each scenario: `device`, `[env]`, `[registry]`, `reg_files`, `files` to
    /// lie beside the provider, `[[helper]]` processes. What is said here comes on top.
    #[arg(long, value_name = "FILE")]
    pub setup: Option<PathBuf>,
    /// A `.reg` file for the provider's registry under Wine or Windows; all of it is put back (repeatable).
    #[arg(long, value_name = "FILE")]
    pub reg_file: Vec<PathBuf>,
    /// A file to lie beside the provider, perhaps under another name; the provider then is a copy (repeatable).
    #[arg(long, value_name = "FILE[=NAME]")]
    pub install: Vec<String>,
    /// A process that runs beside the provider, words split at blanks; {tcp1}, {tcp2}, … are free TCP ports, in --env and
    /// --registry too, and one that is told of one is waited for until it listens there (repeatable).
    #[arg(long, value_name = "COMMAND")]
    pub helper: Vec<String>,
}

/// What `check` and `run` share.
#[derive(Debug, Args)]
pub struct Common {
    /// The provider's DLL, or the name of a reference provider that the program carries: modem-tsp (which is taken where
    /// none is named), csta-tsp (extensions of a PBX, for `--device pbx`) or model-tsp (no device). With NAME= before it, it
    /// plays the provider of that name in the scenarios, in a child of its own (repeatable).
    #[arg(long, value_name = "[NAME=]FILE")]
    pub provider: Vec<String>,
    /// The device behind each line in turn: `modem` (a pseudo-serial port), `modem@PORT` (the simulated modem speaks
    /// on an existing port), or `modem@PORT:NAME` (and the provider reaches it as NAME). `modem:PROFILE` is another make
    /// of modem, by its name or its TOML file. `pbx`: this line and all that follow are extensions of a simulated PBX that
    /// is reached by CSTA; `pbx:PROFILE` speaks as hipath, annex-j, panasonic, alcatel or serial, `pbx:FILE` is described
    /// in TOML. `NAME=pbx`, and the like: all lines of the provider NAME are. `none`: there is none at all.
    #[arg(long, value_name = "DEVICE")]
    pub device: Vec<String>,
    /// How long one call into the provider may take.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub timeout: Duration,
    /// How many scenarios are played at once; without it, one where they share the registry of Windows, an existing port or,
    /// under Wine, a helper; else four a processor with modems and 36 with `--device none`, under Wine two and four. A provider
    /// that cannot run twice on one machine wants `--jobs 1`.
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<NonZero<usize>>,
    /// Only what contains this text (repeatable: any of them); `exercise/NAME` plays one exercise.
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,
    /// Which rules are judged.
    #[arg(long, value_enum, default_value_t = Strictness::Should)]
    pub strictness: Strictness,
    /// A report: `text` or `json`, on standard output or in `=FILE` (repeatable).
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = report)]
    pub report: Vec<ReportTo>,
    #[command(flatten)]
    pub setup: SetupArgs,
}

#[derive(Debug, Args)]
pub struct CoverageArgs {
    /// What to count by.
    #[arg(long, value_enum, default_value_t = CoverageBy::Level)]
    pub by: CoverageBy,
    /// Only statements of this level: must, should or may (repeatable).
    #[arg(long, value_name = "LEVEL", value_parser = ["must", "should", "may"])]
    pub level: Vec<String>,
    /// Only statements of pages whose name contains this text.
    #[arg(long, value_name = "TEXT")]
    pub page: Option<String>,
    /// List the statements that no rule judges yet.
    #[arg(long)]
    pub open: bool,
    /// List the statements.
    #[arg(long)]
    pub list: bool,
    /// Counts and statements as JSON.
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum CoverageBy {
    /// must, should, may.
    Level,
    /// The page of the documentation.
    Page,
    /// What the statement is about.
    Kind,
}

/// From which level on rules are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Strictness {
    /// What a provider must do: breaking it is a violation.
    Must,
    /// Also what it should do, or what Windows copes with: breaking it is a warning.
    Should,
    /// Also what hostile or careless callers could do, which TAPI itself never does: breaking it is a violation.
    Robust,
}

#[derive(Debug, Args)]
pub struct CheckArgs {
    #[command(flatten)]
    pub common: Common,
    /// Play each exercise in a process of its own. Without it exercises that leave nothing behind go on in the same process,
    /// with the provider loaded anew, and what goes wrong there is only told if it does so in a process of its own too.
    #[arg(long)]
    pub fresh: bool,
    /// A number at the far end that answers; 5551234 without it. Exercises dial it, and simulated exchanges have it.
    #[arg(long, value_name = "NUMBER")]
    pub number_that_answers: Option<String>,
    /// A number at the far end that is busy; 5550000 without it.
    #[arg(long, value_name = "NUMBER")]
    pub number_that_is_busy: Option<String>,
    /// A number at the far end that rings and never answers; 5559999 without it.
    #[arg(long, value_name = "NUMBER")]
    pub number_that_rings: Option<String>,
}

#[derive(Debug, Args)]
pub struct SelftestArgs {
    /// Only rules whose id, or whose fault's name, contains this text (repeatable: any of them).
    #[arg(long, value_name = "TEXT")]
    pub filter: Vec<String>,
    /// How many mutants live at once; without it, six a processor, for they mostly wait.
    #[arg(long, value_name = "NUMBER")]
    pub jobs: Option<NonZero<usize>>,
    /// A report: `text` or `json`, on standard output or in `=FILE` (repeatable).
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = report)]
    pub report: Vec<ReportTo>,
    /// The folder of the built providers, with and without faults; without it, cargo builds them from the checkout.
    #[arg(long, value_name = "DIR")]
    pub mutants: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct InspectArgs {
    /// The DLL, or the name of a reference provider (modem-tsp, csta-tsp, model-tsp); without it, modem-tsp.
    pub dll: Option<PathBuf>,
    /// How many simulated modems stand behind ports that the provider is told of.
    #[arg(long, default_value_t = 1, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(0..=64))]
    pub lines: u32,
    /// Only read the file; run nothing of it.
    #[arg(long)]
    pub static_only: bool,
    /// Also put every query in memory of every size, from nothing to one byte more than it needs, each before a page
    /// that nobody can touch. Lines and phones are opened for it.
    #[arg(long, conflicts_with = "static_only")]
    pub sizes: bool,
    /// The device behind each line in turn, as in `check`.
    #[arg(long, value_name = "DEVICE")]
    pub device: Vec<String>,
    /// How long one call into the provider may take.
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = duration)]
    pub timeout: Duration,
    /// A report: `text` or `json`, on standard output or in `=FILE` (repeatable).
    #[arg(long, value_name = "FORMAT[=FILE]", value_parser = report)]
    pub report: Vec<ReportTo>,
    #[command(flatten)]
    pub setup: SetupArgs,
}

#[derive(Debug, Args)]
pub struct RunArgs {
    /// Scenario files, or folders of them; `fixtures/scenarios` where none is named.
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub common: Common,
    /// Folder of the golden files.
    #[arg(long, value_name = "DIR", default_value = "golden")]
    pub golden: PathBuf,
    /// Compare with no golden file.
    #[arg(long, conflicts_with = "update")]
    pub no_golden: bool,
    /// Accept each trace as the golden file.
    #[arg(long)]
    pub update: bool,
    /// Print the trace of each scenario.
    #[arg(long)]
    pub trace: bool,
}

#[derive(Debug, Subcommand)]
pub enum SimCommand {
    /// Virtual modems on pseudo-serial ports, joined by an exchange: 101, 102, …
    #[command(after_help = crate::sim::EXAMPLES)]
    Modem(Box<crate::sim::SimModemArgs>),
    /// Play a script of verbs with virtual modems, in virtual time.
    #[command(after_help = crate::sim::play::EXAMPLES)]
    Play(Box<crate::sim::play::SimPlayArgs>),
    /// Print the path of the library that gives programs the modem lines of pseudo-terminals.
    Library,
    /// A virtual PBX that applications reach by CSTA, over TCP or a pseudo-serial port.
    #[command(after_help = crate::pbx::EXAMPLES)]
    Pbx(SimPbxArgs),
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("port").required(true).multiple(true)))]
pub struct SimPbxArgs {
    /// The PBX, described in TOML; without it there are plain extensions.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["extensions", "first_number"])]
    pub description: Option<PathBuf>,
    /// How it speaks: hipath, annex-j, md110, panasonic, alcatel or serial. Without it as the description says, or
    /// annex-j.
    #[arg(long)]
    pub profile: Option<String>,
    /// Listen for applications on this address; port 0 picks one and prints it (repeatable).
    #[arg(long, value_name = "ADDRESS", group = "port")]
    pub tcp: Vec<std::net::SocketAddr>,
    /// Serve one application on a new pseudo-terminal.
    #[arg(long, group = "port")]
    pub pty: bool,
    /// How many extensions.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub extensions: u32,
    /// The number of the first extension; the others follow it.
    #[arg(long, default_value_t = 201, value_name = "NUMBER")]
    pub first_number: u32,
    /// Take verbs from clients too: a TCP address, or a Unix socket's path.
    #[arg(long, value_name = "ADDRESS:PORT|PATH")]
    pub control: Option<Address>,
    /// Write every event to a file, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Also show the messages of each application.
    #[arg(long)]
    pub wire: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Listing {
    /// The rules: id, level, requirement.
    Rules,
    /// The functions of TSPI and TUISPI.
    Functions,
    /// The messages of LINEEVENT and PHONEEVENT: number, sender, first version, handles and parameters.
    Messages,
    /// The structures that TAPI and a provider pass each other: bytes of the fixed part by version.
    Structures,
    /// The verbs of scenarios: how each is written, and the function that it calls or what it is for.
    Verbs,
    /// The scenarios in a folder, with their titles.
    Scenarios,
    /// What each exit code means.
    ExitCodes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
