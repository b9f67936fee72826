//! The words of `offhook sim modem`, which `offhook sim play` shares.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Args;
use offhook_sim::control::server::Address;

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  offhook sim modem --lines 2
  offhook sim modem --station 5551234=answers:2s --station 5550000=busy --wire
  offhook sim modem --lines 4 --profile courier --link-dir ~/modems --control /tmp/modems.sock
  offhook sim modem --rfc2217 127.0.0.1:7001           # pyserial: rfc2217://127.0.0.1:7001
  offhook sim modem --port COM3                        # one end of a null modem; the program opens COM4
  offhook sim modem --first-number 201 --listen 0.0.0.0:7100     # and on another machine:
  offhook sim modem --join bench1:7100                 # ATDT201 rings over there
  offhook sim modem --faults drop=1%,to-client:delay=200ms --seed 7 --strict-baud 9600 --speed 10

Then, at one of the ports: ATDT102, or ATDT5551234. Verbs are typed, or sent to the control channel:
  ring 101 from 5551234 · hangup · cut 101 · power 101 off · record 5551234 heard.wav · status · help

LD_PRELOAD=$(offhook sim library) gives a program the modem lines of a pseudo-terminal. Ctrl-C ends it all.";

/// The modems of a simulation, what is around them, and what is told of it.
#[derive(Debug, Args)]
pub struct ModemsArgs {
    /// How many modems.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=899))]
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
    /// A telephone book: a TOML file with a table for each number, such as `[5551234]`, and in it `name = "Jane Doe"` and
    /// `does = "answers:2s"`, `"busy"` or `"silent"`. Verbs take the names too.
    #[arg(long, value_name = "FILE")]
    pub phone_book: Option<PathBuf>,
    /// The country whose exchanges the lines ring like: US, GB, DE, FR or JP.
    #[arg(long, value_name = "CODE", default_value = "US")]
    pub country: String,
    /// Faults of the ports, of all or of one: `[NUMBER:]FAULT,…` (repeatable). There are delay=TIME, split=BYTES/TIME,
    /// coalesce=TIME, drop=PERCENT%, garble=PERCENT%, duplicate=PERCENT%, stall=BYTES/TIME and cut=BYTES, each for one
    /// direction with `to-device:` or `to-client:` before it.
    #[arg(long, value_name = "FAULTS")]
    pub faults: Vec<String>,
    /// Seed of the faults: the same seed brings the same ones.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Write every event to a file, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub log: Option<PathBuf>,
    /// Also show what passes the ports: commands, answers, data, control circuits, settings.
    #[arg(long)]
    pub wire: bool,
}

impl ModemsArgs {
    /// The numbers of the lines.
    pub fn numbers(&self) -> impl Iterator<Item = String> {
        (self.first_number..)
            .take(self.lines.into())
            .map(|number| number.to_string())
    }
}

#[derive(Debug, Args)]
pub struct SimModemArgs {
    #[command(flatten)]
    pub modems: ModemsArgs,
    /// Modems on TCP with RFC 2217: the first at this address, the others at the ports that follow.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub rfc2217: Option<SocketAddr>,
    /// Modems on TCP, bytes alone: the first at this address, the others at the ports that follow.
    #[arg(long, value_name = "ADDRESS:PORT", conflicts_with = "rfc2217")]
    pub tcp: Option<SocketAddr>,
    /// An existing port for the next modem, such as COM3 (repeatable; the others get pseudo-terminals).
    #[arg(long, value_name = "PORT", conflicts_with_all = ["rfc2217", "tcp"])]
    pub port: Vec<String>,
    /// A folder in which links with the lines' numbers lead to the pseudo-terminals.
    #[arg(long, value_name = "DIR")]
    pub link_dir: Option<PathBuf>,
    /// Take verbs from clients too: a TCP address, or a Unix socket's path.
    #[arg(long, value_name = "ADDRESS:PORT|PATH")]
    pub control: Option<Address>,
    /// Let another simulator join at this address: lines of each call numbers of the other.
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub listen: Option<SocketAddr>,
    /// Join another simulator, which listens there (repeatable); a link that is lost is made again.
    #[arg(long, value_name = "HOST:PORT")]
    pub join: Vec<String>,
    /// The modems' own rate, 8N1: a client that is set otherwise reads and sends garbage.
    #[arg(long, value_name = "RATE", num_args = 0..=1, default_missing_value = "115200")]
    pub strict_baud: Option<u32>,
    /// How many times as fast as the clock the simulated time runs.
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
    /// Write what happened on the lines as a scenario for `offhook run`, when the simulation ends.
    #[arg(long, value_name = "FILE.call")]
    pub record: Option<PathBuf>,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed: f64 = text.parse().map_err(|_| "not a number".to_owned())?;
    if (0.001..=10_000.0).contains(&speed) {
        Ok(speed)
    } else {
        Err("between 0.001 and 10000".to_owned())
    }
}
