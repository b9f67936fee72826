//! Asking a running driver from other threads.

use std::sync::mpsc as std_mpsc;

use tokio::sync::mpsc;

use crate::exchange::LineState;
use crate::port::fault::FaultSpec;
use crate::simulation::{SimCommand, SimError};
use crate::wire::uart::LineSettings;
use crate::wire::v24::{DceCircuits, DteCircuits};

/// What other threads ask of the driver's.
pub(super) enum Request {
    Command(SimCommand, std_mpsc::Sender<Result<(), SimError>>),
    SetFaults(
        String,
        FaultSpec,
        Option<u64>,
        std_mpsc::Sender<Result<(), SimError>>,
    ),
    Status(std_mpsc::Sender<Vec<LineStatus>>),
    Pbx(String, std_mpsc::Sender<Result<(), SimError>>),
    End,
}

/// What a modem's line and port are doing.
#[derive(Clone, Debug, PartialEq)]
pub struct LineStatus {
    /// The line's number.
    pub number: String,
    /// What a client opens.
    pub port: Option<String>,
    /// What the line is doing.
    pub state: LineState,
    /// The number at the other end of its call.
    pub far_end: Option<String>,
    /// What the modem holds on.
    pub dce: DceCircuits,
    /// What the client holds on.
    pub dte: DteCircuits,
    /// How the client has set the port, where it is known.
    pub settings: Option<LineSettings>,
    /// The modem has power.
    pub has_power: bool,
    /// The client has asked the modem to tell who calls.
    pub tells_callers: bool,
}

/// Asks a driver from any thread; what it asks of one that has ended fails.
#[derive(Clone, Debug)]
pub struct Remote(pub(super) mpsc::UnboundedSender<Request>);

impl Remote {
    /// As [`super::Driver::command`].
    ///
    /// # Errors
    /// As [`super::Driver::command`].
    pub fn command(&self, command: SimCommand) -> Result<(), SimError> {
        self.ask(|reply| Request::Command(command, reply))?
    }

    /// Sets what happens to bytes between a modem and its client from now on, with a seed of its own or the driver's.
    ///
    /// # Errors
    /// Where no modem with a port has the number, or the simulation has ended.
    pub fn set_faults(&self, number: &str, faults: FaultSpec, seed: Option<u64>) -> Result<(), SimError> {
        self.ask(|reply| Request::SetFaults(number.to_owned(), faults, seed, reply))?
    }

    /// What every modem with a port is doing.
    ///
    /// # Errors
    /// Where the simulation has ended.
    pub fn status(&self) -> Result<Vec<LineStatus>, SimError> {
        self.ask(Request::Status)
    }

    /// As [`super::Driver::pbx`].
    ///
    /// # Errors
    /// As [`super::Driver::pbx`].
    pub fn pbx(&self, line: &str) -> Result<(), SimError> {
        self.ask(|reply| Request::Pbx(line.to_owned(), reply))?
    }

    fn ask<T>(&self, request: impl FnOnce(std_mpsc::Sender<T>) -> Request) -> Result<T, SimError> {
        let (reply, answer) = std_mpsc::channel();
        self.0.send(request(reply)).map_err(|_| SimError::Ended)?;
        answer.recv().map_err(|_| SimError::Ended)
    }
}
