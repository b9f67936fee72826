//! A Hayes/V.250 modem: bytes from its client and signals from its line in, bytes and line actions out.
//!
//! Entry points are [`Modem::handle_bytes`], [`Modem::handle_signal`] and [`Modem::handle_timeout`]. What commands
//! mean stands in tables: [`registers`], `basic` and `extended`; adding a command is adding a row.

mod basic;
mod circuits;
mod command_line;
mod dialling;
mod extended;
mod line;
mod online;
mod output;
mod profile;
pub mod registers;
mod settings;

use std::collections::VecDeque;

use crate::exchange::{LineSignal, Sound};
use crate::time::SimTime;
use crate::wire::at::{Command, DialString, ResultCode};

pub use output::Output;
pub use profile::ModemProfile;

use circuits::CircuitState;
use command_line::{CommandLineReader, Input};
use dialling::Dialling;
use line::{CallProgress, Incoming};
use online::EscapeDetector;
use settings::Settings;

/// What the modem does on its line; whoever owns the line carries it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineAction {
    /// Goes off-hook.
    OffHook,
    /// Goes on-hook.
    OnHook,
    /// Sends digits; `complete` when none will follow in this dial string.
    Dial {
        /// The digits, possibly none.
        digits: String,
        /// No digit will follow.
        complete: bool,
    },
    /// Sends bytes to the far end.
    Data(Vec<u8>),
    /// Sends another sound to the far end.
    Sound(Sound),
}

/// A modem on one line.
#[derive(Debug)]
pub struct Modem {
    profile: ModemProfile,
    settings: Settings,
    stored: Settings,
    reader: CommandLineReader,
    /// The last command line, for `A/`.
    last_line: Vec<u8>,
    /// Commands of the line that wait for the one being carried out.
    pending: VecDeque<Pending>,
    last_dialled: Option<DialString>,
    mode: Mode,
    is_off_hook: bool,
    /// Both modems have found each other: data can flow.
    has_carrier: bool,
    progress: CallProgress,
    incoming: Incoming,
    circuits: CircuitState,
    /// Data that came while the client was in command state.
    held: Vec<u8>,
    outputs: VecDeque<Output>,
    actions: VecDeque<LineAction>,
}

/// What the modem is busy with.
#[derive(Debug)]
enum Mode {
    /// Takes commands.
    Command,
    /// Carries out `D`.
    Dialling(Dialling),
    /// Waits for the far end's carrier, at most until the moment; S7 seconds.
    WaitCarrier { until: SimTime, quiet_answer: bool },
    /// The far end is there; the modems agree on a rate until the moment.
    Training { until: SimTime },
    /// Data both ways.
    Online(EscapeDetector),
}

/// A part of a command line that is still to be carried out.
#[derive(Debug)]
enum Pending {
    Command(Command),
    SyntaxError,
}

/// How a command went.
enum Outcome {
    /// The next command of the line is next.
    Next,
    /// The line ends here with `ERROR`.
    Error,
    /// The command speaks for itself later; what it leaves of the line waits.
    Busy,
}

impl Modem {
    /// A modem as it is when switched on.
    pub fn new(profile: ModemProfile) -> Modem {
        let settings = Settings::factory(&profile);
        Modem {
            stored: settings.clone(),
            settings,
            profile,
            reader: CommandLineReader::default(),
            last_line: Vec::new(),
            pending: VecDeque::new(),
            last_dialled: None,
            mode: Mode::Command,
            is_off_hook: false,
            has_carrier: false,
            progress: CallProgress::None,
            incoming: Incoming::default(),
            circuits: CircuitState::default(),
            held: Vec::new(),
            outputs: VecDeque::new(),
            actions: VecDeque::new(),
        }
    }

    /// Takes bytes from the client, in chunks of any size.
    pub fn handle_bytes(&mut self, mut bytes: &[u8], now: SimTime) {
        self.handle_timeout(now);
        while let Some((&first, rest)) = bytes.split_first() {
            match &mut self.mode {
                Mode::Online(escape) => {
                    escape.handle_data(bytes, &self.settings, now);
                    self.actions.push_back(LineAction::Data(bytes.to_vec()));
                    return;
                }
                Mode::Command => self.command_byte(first, now),
                // The line feed of a client that ends lines with CR LF belongs to the command, and aborts nothing.
                _ if self.reader.is_line_feed_of_terminator(first) => {}
                _ => self.abort(),
            }
            bytes = rest;
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: SimTime) {
        self.incoming.handle_timeout(now);
        self.circuits_timeout(now);
        match &self.mode {
            Mode::Command => {}
            Mode::Dialling(dialling) if dialling.due_at().is_some_and(|at| at <= now) => self.dial_on(now),
            Mode::Dialling(_) => {}
            Mode::WaitCarrier { until, quiet_answer } if *until <= now => {
                let code = if *quiet_answer {
                    ResultCode::NoAnswer
                } else {
                    ResultCode::NoCarrier
                };
                self.give_up(&code);
            }
            Mode::WaitCarrier { .. } => {}
            Mode::Training { until } if *until <= now => self.go_online(now),
            Mode::Training { .. } => {}
            Mode::Online(escape) if escape.due_at().is_some_and(|at| at <= now) => {
                self.mode = Mode::Command;
                self.result(&ResultCode::Ok);
            }
            Mode::Online(_) => {}
        }
    }

    /// When [`Modem::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let mode = match &self.mode {
            Mode::Command => None,
            Mode::Dialling(dialling) => dialling.due_at(),
            Mode::WaitCarrier { until, .. } | Mode::Training { until } => Some(*until),
            Mode::Online(escape) => escape.due_at(),
        };
        [mode, self.incoming.due_at(), self.circuits.due_at()]
            .into_iter()
            .flatten()
            .min()
    }

    /// The next bytes for the client.
    pub fn poll_output(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// The next thing that the modem does on its line.
    pub fn poll_event(&mut self) -> Option<LineAction> {
        self.actions.pop_front()
    }

    /// Takes a signal from the line.
    pub fn handle_signal(&mut self, signal: LineSignal, now: SimTime) {
        self.handle_timeout(now);
        match signal {
            LineSignal::DialTone => self.dial_tone_heard(now),
            LineSignal::Ring => self.ring(now),
            LineSignal::CallerId { caller, clock } => self.caller_id(&caller, clock),
            LineSignal::Ringback => self.progress = CallProgress::Ringback,
            LineSignal::Answered => self.far_end_answered(now),
            LineSignal::Busy => self.busy_tone_heard(),
            // An announcement is speech, and in-band digits are sound: neither is a carrier.
            LineSignal::Unobtainable
            | LineSignal::Digits(_)
            | LineSignal::Sound(_)
            | LineSignal::RingPattern(_) => {}
            LineSignal::Data(bytes) => self.data_from_line(bytes),
            LineSignal::Released | LineSignal::Cut => self.line_released(),
        }
    }

    /// Bytes from the far end that the client has not asked for yet: it is in command state during a call.
    pub fn held_bytes(&self) -> usize {
        self.held.len()
    }

    fn command_byte(&mut self, byte: u8, now: SimTime) {
        if self.settings.get("E") == 1 {
            self.echo(byte);
        }
        match self.reader.push(byte, &self.settings) {
            None => {}
            Some(Input::Line(line)) => {
                self.last_line = line;
                self.start_line(now);
            }
            Some(Input::Repeat) => self.start_line(now),
            Some(Input::TooLong) => self.result(&ResultCode::Error),
        }
    }

    fn start_line(&mut self, now: SimTime) {
        let body = String::from_utf8_lossy(&self.last_line);
        let (commands, error) = crate::wire::at::parse_command_line(&body);
        self.pending = commands.into_iter().map(Pending::Command).collect();
        self.pending.extend(error.map(|_| Pending::SyntaxError));
        self.run_pending(now);
    }

    /// Carries out what is left of the command line, until one command takes its time.
    fn run_pending(&mut self, now: SimTime) {
        loop {
            let outcome = match self.pending.pop_front() {
                None => return self.result(&ResultCode::Ok),
                Some(Pending::SyntaxError) => Outcome::Error,
                Some(Pending::Command(command)) => self.run(command, now),
            };
            match outcome {
                Outcome::Next => {}
                Outcome::Busy => return,
                Outcome::Error => {
                    self.pending.clear();
                    return self.result(&ResultCode::Error);
                }
            }
        }
    }

    fn run(&mut self, command: Command, now: SimTime) -> Outcome {
        match command {
            Command::Basic { name, value } => self.run_basic(&name, value.unwrap_or(0), now),
            Command::Register { number, operation } => self.run_register(number, operation),
            Command::Dial(string) => self.start_dialling(string, now),
            Command::Extended { name, operation } => self.run_extended(&name, operation),
        }
    }

    fn reset(&mut self) {
        self.hang_up();
        self.settings = self.stored.clone();
    }
}

#[cfg(test)]
mod properties;
