//! `offhook sim play`: a script of verbs with virtual modems, in virtual time.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use offhook_conformance::exit::Exit;
use offhook_sim::control::{PlayError, Player};
use offhook_sim::{SimEvent, SimTime};

use super::log::{self, Log};
use super::{ModemsArgs, book, set_station, set_up};
use crate::fail::Fail;
use crate::output::{log_file, print};

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  offhook sim play ringing.sim
  offhook sim play noisy.sim --lines 2 --faults drop=1%,to-client:delay=20ms --seed 7 --wire

A script has a verb a line: those of `sim modem` (ring 101 from 5551234 · hangup · power 101 off · modem 101 no-reply · …), and
  type NUMBER TEXT · write NUMBER TEXT · dtr NUMBER on|off · expect NUMBER TEXT [within TIME] · quiet NUMBER TIME · wait TIME

Simulated time jumps from event to event: an hour of ringing takes no time, and the same script with the same seed always
brings the same. Exit code 1: something that the script expects did not happen.";

#[derive(Debug, Args)]
pub struct SimPlayArgs {
    /// The script.
    pub script: PathBuf,
    #[command(flatten)]
    pub modems: ModemsArgs,
}

/// Plays a script.
pub fn play(args: &SimPlayArgs) -> Result<Exit, Fail> {
    let shown = args.script.display();
    let script =
        std::fs::read_to_string(&args.script).map_err(|error| Fail::usage(format!("{shown}: {error}")))?;
    let book = book(&args.modems)?;
    let (mut simulation, modems) = set_up(&args.modems)?;
    let stations = args.modems.station.iter().map(|station| set_station(station));
    let stations = stations.collect::<Result<Vec<_>, _>>()?;
    for station in book.stations().chain(stations) {
        simulation
            .command(station, SimTime::ZERO)
            .map_err(|error| Fail::usage(error.to_string()))?;
    }
    let mut file = log_file(args.modems.log.as_deref())?;
    let mut text = Log::new(args.modems.wire);
    let mut written = Ok(());
    let sink = |at: SimTime, event: SimEvent| {
        for line in text.lines(&event) {
            print(&format!("{:>10}  {line}\n", at.to_string()));
        }
        if let (Some(file), Ok(())) = (&mut file, &written) {
            written = writeln!(file, "{}", log::json(at, &event));
        }
    };
    let mut player = Player::new(simulation, modems, book, args.modems.seed, sink);
    let played = player.play(&script);
    let ended = player.now();
    drop(player);
    written
        .and_then(|()| file.map_or(Ok(()), |mut file| file.flush()))
        .map_err(|error| Fail::usage(format!("--log: {error}")))?;
    match played {
        Ok(()) => {
            print(&format!(
                "{:>10}  the script was played to its end\n",
                ended.to_string()
            ));
            Ok(Exit::Held)
        }
        Err(error @ PlayError::Wrong { .. }) => Err(Fail::usage(format!("{shown}: {error}"))),
        Err(error @ PlayError::Failed { .. }) => {
            eprintln!("offhook: {shown}: {error}");
            Ok(Exit::Violated)
        }
    }
}
