//! Where a simulated device meets its client: the ends of ports that the driver reads and writes.

use std::fmt;
use std::io;

/// A port to stand a modem behind.
#[derive(Debug)]
pub enum PortSpec {
    /// A new pseudo-terminal (Unix only).
    Pty,
    /// An existing serial port, such as `COM3` or `/dev/ttyUSB0`, on which the simulated modem speaks.
    Path(String),
}

/// An open port, as a client finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPort {
    /// The number of the modem's line.
    pub number: String,
    /// What the client opens, such as `/dev/pts/5`; for an existing port, the name it was given by.
    pub path: String,
}

/// Why a port could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum PortError {
    /// The system made no pseudo-terminal.
    #[error("could not make a pseudo-terminal for line {number} ({step})")]
    Pty {
        /// The number of the modem's line.
        number: String,
        /// The call that failed.
        step: &'static str,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// This system has no pseudo-terminals.
    #[error("no pseudo-terminals on this system: give line {number} an existing port, such as COM3")]
    NoPty {
        /// The number of the modem's line.
        number: String,
    },
    /// An existing port did not open.
    #[error("could not open port {path} for line {number}: is it there, and free?")]
    Serial {
        /// The number of the modem's line.
        number: String,
        /// The port's name.
        path: String,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The driver's thread did not start.
    #[error("could not start the driver of the simulated ports")]
    Driver(#[source] io::Error),
}

impl fmt::Display for OpenPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.number, self.path)
    }
}
