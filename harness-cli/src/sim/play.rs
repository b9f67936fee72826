//! `offhook sim play`: a script of verbs with virtual modems, in virtual time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use clap::Args;
use offhook_conformance::exit::Exit;
use offhook_sim::control::{Book, PlayError, Player};
use offhook_sim::port::fault::FaultSpec;
use offhook_sim::{ModemProfile, SimEvent, SimTime, Simulation};

use super::log::{self, Log};
use super::{exchange, faults_of, set_station};
use crate::fail::Fail;
use crate::output::print;

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
    /// How many modems.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..))]
    pub lines: u16,
    /// The number of the first line; the others follow it.
    #[arg(long, default_value_t = 101, value_name = "NUMBER")]
    pub first_number: u32,
    /// The make of the modems: the name of a profile that is built in, or a TOML file.
    #[arg(long, value_name = "NAME|FILE", default_value = "offhook")]
    pub profile: String,
    /// A telephone at the far end: `NUMBER=answers:TIME`, `NUMBER=busy` or `NUMBER=silent` (repeatable).
    #[arg(long, value_name = "NUMBER=WHAT")]
    pub station: Vec<String>,
    /// A telephone book: names and telephones in TOML.
    #[arg(long, value_name = "FILE")]
    pub phone_book: Option<PathBuf>,
    /// The country whose exchanges the lines ring like: US, GB, DE, FR or JP.
    #[arg(long, value_name = "CODE", default_value = "US")]
    pub country: String,
    /// Faults of the lines between modems and clients, as in `sim modem` (repeatable).
    #[arg(long, value_name = "FAULTS")]
    pub faults: Vec<String>,
    /// Seed of the faults: the same seed brings the same ones.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Write every event to a file, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Also show what passes between modems and clients.
    #[arg(long)]
    pub wire: bool,
}

/// Plays a script.
pub fn play(args: &SimPlayArgs) -> Result<Exit, Fail> {
    let shown = args.script.display();
    let script =
        std::fs::read_to_string(&args.script).map_err(|error| Fail::usage(format!("{shown}: {error}")))?;
    let book = match &args.phone_book {
        Some(file) => Book::load(file).map_err(|error| Fail::usage(error.to_string()))?,
        None => Book::default(),
    };
    let (simulation, modems) = set_up(args, &book)?;
    let mut file = match &args.log {
        Some(path) => {
            let file =
                File::create(path).map_err(|error| Fail::usage(format!("{}: {error}", path.display())))?;
            Some(BufWriter::new(file))
        }
        None => None,
    };
    let mut text = Log::new(args.wire);
    let mut written = Ok(());
    let sink = |at: SimTime, event: SimEvent| {
        for line in text.lines(&event) {
            print(&format!("{:>10}  {line}\n", at.to_string()));
        }
        if let (Some(file), Ok(())) = (&mut file, &written) {
            written = writeln!(file, "{}", log::json(at, &event));
        }
    };
    let mut player = Player::new(simulation, modems, book, args.seed, sink);
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

type Modems = Vec<(offhook_sim::ModemId, FaultSpec)>;

fn set_up(args: &SimPlayArgs, book: &Book) -> Result<(Simulation, Modems), Fail> {
    let profile = ModemProfile::find(&args.profile).map_err(|error| Fail::usage(error.to_string()))?;
    let faults = args.faults.iter().map(|text| faults_of(text));
    let faults = faults.collect::<Result<Vec<_>, _>>()?;
    let mut simulation = Simulation::new(exchange(&args.country)?);
    let mut modems = Vec::new();
    for index in 0..args.lines {
        let number = (args.first_number + u32::from(index)).to_string();
        let modem = simulation
            .add_modem(&number, profile.clone())
            .map_err(|error| Fail::usage(format!("line {number}: {error}")))?;
        let mut mine = FaultSpec::default();
        for (of, faults) in &faults {
            if of.as_ref().is_none_or(|of| *of == number) {
                mine.to_device.extend(faults.to_device.iter().cloned());
                mine.to_client.extend(faults.to_client.iter().cloned());
            }
        }
        modems.push((modem, mine));
    }
    let stations = args.station.iter().map(|station| set_station(station));
    let stations = stations.collect::<Result<Vec<_>, _>>()?;
    for station in book.stations().chain(stations) {
        simulation
            .command(station, SimTime::ZERO)
            .map_err(|error| Fail::usage(error.to_string()))?;
    }
    Ok((simulation, modems))
}
