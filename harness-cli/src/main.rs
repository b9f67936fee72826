//! The command line: parse, dispatch, exit code.

mod backdrop;
mod bench;
mod cli;
mod coverage;
mod embedded;
mod explain;
mod fail;
mod inspect;
mod list;
mod output;
mod paths;
mod pbx;
mod reference;
mod selftest;
mod sim;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;
use offhook_conformance::cleanup;
use offhook_conformance::exit::Exit;
use offhook_conformance::report::Style;

use crate::cli::{Cli, Colour, Command, SimCommand};
use crate::fail::Fail;

/// The exit code of a program that the user interrupted, as shells have it.
const INTERRUPTED: i32 = 130;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // Where even this cannot be printed, the exit code is all that is left to say.
            let _ = error.print();
            return ExitCode::from(if asked {
                Exit::Held.code()
            } else {
                Exit::Usage.code()
            });
        }
    };
    let style = style(cli.color);
    match dispatch(&cli, style) {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(Fail { exit, message }) => {
            eprintln!("offhook: {message}");
            ExitCode::from(exit.code())
        }
    }
}

fn style(colour: Colour) -> Style {
    let wanted = match colour {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
    };
    if wanted { Style::Colour } else { Style::Plain }
}

fn dispatch(cli: &Cli, style: Style) -> Result<Exit, Fail> {
    match &cli.command {
        Command::Check(args) => {
            leave_nothing_behind()?;
            bench::check(args, style)
        }
        Command::Run(args) => {
            leave_nothing_behind()?;
            bench::run(args, style)
        }
        Command::Selftest(args) => {
            leave_nothing_behind()?;
            selftest::selftest(args, style)
        }
        Command::Inspect(args) => {
            leave_nothing_behind()?;
            inspect::inspect(args, style)
        }
        Command::Sim(SimCommand::Modem(args)) => sim::modem(args),
        Command::Sim(SimCommand::Play(args)) => sim::play::play(args),
        Command::Sim(SimCommand::Library) => sim::library(),
        Command::Sim(SimCommand::Pbx(args)) => pbx::run(args),
        Command::List {
            what,
            markdown: Some(dir),
            ..
        } => reference::write(*what, dir).map(|()| Exit::Held),
        Command::List {
            what,
            scenarios,
            json,
            ..
        } => list::list(*what, scenarios, *json).map(|()| Exit::Held),
        Command::Coverage(args) => coverage::coverage(args).map(|()| Exit::Held),
        Command::Explain { id } => explain::explain(id).map(|()| Exit::Held),
    }
}

/// On an interrupt, does what was registered for it and ends; child processes end with this one.
fn leave_nothing_behind() -> Result<(), Fail> {
    ctrlc::set_handler(|| {
        cleanup::all();
        std::process::exit(INTERRUPTED);
    })
    .map_err(|error| Fail::bug(format!("the handler of interrupts could not be set: {error}")))
}
