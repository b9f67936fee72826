//! A command line from its last byte to its result code: one command after another, as far as they go.

use super::Modem;
use super::command_line::Input;
use crate::time::SimTime;
use crate::wire::at::{Command, ResultCode};

/// A part of a command line that is still to be carried out.
#[derive(Debug)]
pub(super) enum Pending {
    Command(Command),
    SyntaxError,
    /// A whole line that a scripted answer is for.
    Scripted(usize),
}

/// How a command went.
pub(super) enum Outcome {
    /// The next command of the line is next.
    Next,
    /// The line ends here with `ERROR`.
    Error,
    /// The line ends here with another result code.
    Failed(ResultCode),
    /// The command speaks for itself later; what it leaves of the line waits.
    Busy,
}

impl Modem {
    pub(super) fn command_byte(&mut self, byte: u8, now: SimTime) {
        if self.settings.get("E") == 1 {
            self.echo_command(byte);
        }
        match self.reader.push(byte, &self.settings, &self.make.profile.quirks) {
            None => {}
            Some(Input::Line(line)) => {
                self.last_line = line;
                self.start_line(now);
            }
            Some(Input::Repeat) => self.start_line(now),
            Some(Input::TooLong) => self.result(&ResultCode::Error),
        }
    }

    pub(super) fn start_line(&mut self, now: SimTime) {
        self.reader.line_ended(now);
        let body = String::from_utf8_lossy(&self.last_line);
        self.pending.clear();
        if let Some(index) = self.scripted_line(&body) {
            self.pending.push_back(Pending::Scripted(index));
            return self.run_pending(now);
        }
        let (commands, error) = crate::wire::at::parse_command_line(&body);
        self.pending.extend(commands.into_iter().map(Pending::Command));
        self.pending.extend(error.map(|_| Pending::SyntaxError));
        self.run_pending(now);
    }

    /// Carries out what is left of the command line, until one command takes its time.
    pub(super) fn run_pending(&mut self, now: SimTime) {
        let mut outcome = Outcome::Next;
        while matches!(outcome, Outcome::Next) {
            outcome = match self.pending.pop_front() {
                None => return self.result(&ResultCode::Ok),
                Some(Pending::SyntaxError) => self.unknown_command(),
                Some(Pending::Scripted(index)) => self.scripted(index, now),
                Some(Pending::Command(command)) => self.run(command, now),
            };
            self.registration_settled(now);
        }
        self.end_of_line(outcome);
    }

    /// A command that took its time has come to its end.
    pub(super) fn conclude(&mut self, outcome: Outcome, now: SimTime) {
        match outcome {
            Outcome::Next => self.run_pending(now),
            outcome => self.end_of_line(outcome),
        }
    }

    pub(super) fn end_of_line(&mut self, outcome: Outcome) {
        let code = match outcome {
            Outcome::Next | Outcome::Busy => return,
            Outcome::Error => ResultCode::Error,
            Outcome::Failed(code) => code,
        };
        self.pending.clear();
        self.result(&code);
    }

    pub(super) fn run(&mut self, command: Command, now: SimTime) -> Outcome {
        if let Some(index) = self.scripted_command(&command) {
            return self.scripted(index, now);
        }
        match command {
            Command::Basic { name, value } => self.run_basic(&name, value.unwrap_or(0), now),
            Command::Register { number, operation } => self.run_register(number, operation),
            Command::Dial(_) if self.profile().lacks("D") => self.unknown_command(),
            Command::Dial(string) => self.start_dialling(string, now),
            Command::StoredNumber { place, operation } => self.stored_number(place.unwrap_or(0), operation),
            Command::Extended { name, .. } if self.profile().lacks(&name) => self.unknown_command(),
            Command::Extended { name, operation } => self.run_extended(&name, operation, now),
        }
    }
}
