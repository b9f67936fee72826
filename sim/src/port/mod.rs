//! Where a simulated device meets its client: the ends of ports that the driver reads and writes.

use std::fmt;
use std::io;
use std::net::SocketAddr;

pub mod fault;
#[cfg(target_os = "linux")]
mod lines;
pub mod memory;
pub mod page;
#[cfg(unix)]
mod pty;
mod serial;
mod tcp;

use crate::wire::uart::LineSettings;
use crate::wire::v24::{DceCircuits, DteCircuits};

use memory::MemoryPort;
pub use tcp::TcpKind;

/// A port to stand a modem behind.
#[derive(Debug)]
pub enum PortSpec {
    /// A new pseudo-terminal (Unix only).
    Pty,
    /// An existing serial port, such as `COM3` or `/dev/ttyUSB0`, on which the simulated modem speaks.
    Path(String),
    /// A TCP port to listen on, for one client at a time; port 0 lets the system choose.
    Tcp(SocketAddr, TcpKind),
    /// The device's end of a port in memory; see [`memory::pair`].
    Memory(MemoryPort),
}

/// An open port, as a client finds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenPort {
    /// The number of the modem's line.
    pub number: String,
    /// What the client opens, such as `/dev/pts/5`; for an existing port, the name it was given by; `memory` for a
    /// port in memory; `rfc2217://HOST:PORT` and `socket://HOST:PORT` on TCP, as pyserial spells them.
    pub path: String,
}

impl fmt::Display for OpenPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.number, self.path)
    }
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
    /// The address could not be listened on.
    #[error("could not listen on {address} for line {number}: is it free, and this machine's?")]
    Tcp {
        /// The number of the modem's line.
        number: String,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The driver's thread did not start.
    #[error("could not start the driver of the simulated ports")]
    Driver(#[source] io::Error),
}

/// What a read brought.
pub(crate) enum Read {
    /// So many bytes.
    Bytes(usize),
    /// The client closed its end; it may open it again.
    ClientGone,
    /// The client switched circuits.
    Circuits(DteCircuits),
    /// The client set rate, data bits, parity or stop bits.
    Settings(LineSettings),
    /// The client sent a break.
    Break,
}

/// The device's end of an open port, used on the driver's thread.
pub(crate) enum Port {
    #[cfg(unix)]
    Pty(pty::Pty),
    Serial(serial::Serial),
    Tcp(Box<tcp::Tcp>),
    Memory(MemoryPort),
}

impl Port {
    /// Opens what the specification says for the line `number`; the text is what the client opens.
    pub(crate) fn open(spec: PortSpec, number: &str) -> Result<(PortBuilder, String), PortError> {
        match spec {
            #[cfg(unix)]
            PortSpec::Pty => {
                let (pty, path) = pty::PtyBuilder::open(number)?;
                Ok((PortBuilder::Pty(pty), path))
            }
            #[cfg(not(unix))]
            PortSpec::Pty => Err(PortError::NoPty {
                number: number.to_owned(),
            }),
            PortSpec::Path(path) => Ok((PortBuilder::Serial(serial::Serial::open(number, &path)?), path)),
            PortSpec::Tcp(address, kind) => {
                let (tcp, path) = tcp::TcpBuilder::open(number, address, kind)?;
                Ok((PortBuilder::Tcp(tcp), path))
            }
            PortSpec::Memory(port) => Ok((PortBuilder::Memory(port), "memory".to_owned())),
        }
    }

    /// Waits for the client's bytes. Nothing is lost where the future is dropped.
    pub(crate) async fn read(&self, buffer: &mut [u8]) -> io::Result<Read> {
        match self {
            #[cfg(unix)]
            Port::Pty(pty) => pty.read(buffer).await,
            Port::Serial(serial) => serial.read(buffer).await,
            Port::Tcp(tcp) => tcp.read(buffer).await,
            Port::Memory(memory) => memory.read(buffer).await,
        }
    }

    /// Writes as much as the port takes now. Where no client is there, all of it goes nowhere, as on a real port.
    pub(crate) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            #[cfg(unix)]
            Port::Pty(pty) => pty.try_write(bytes),
            Port::Serial(serial) => Ok(serial.try_write(bytes)),
            Port::Tcp(tcp) => Ok(tcp.try_write(bytes)),
            Port::Memory(memory) => Ok(memory.try_write(bytes)),
        }
    }

    /// Shows the client what the modem holds on, as far as this kind of port can.
    pub(crate) fn set_circuits(&self, dce: DceCircuits) -> io::Result<()> {
        match self {
            #[cfg(unix)]
            Port::Pty(pty) => pty.set_circuits(dce),
            Port::Serial(serial) => {
                serial.set_circuits(dce);
                Ok(())
            }
            Port::Tcp(tcp) => {
                tcp.set_circuits(dce);
                Ok(())
            }
            Port::Memory(_) => Ok(()),
        }
    }

    /// Waits until [`Port::try_write`] may take something again.
    pub(crate) async fn writable(&self) -> io::Result<()> {
        match self {
            #[cfg(unix)]
            Port::Pty(pty) => pty.writable().await,
            Port::Serial(serial) => {
                serial.writable().await;
                Ok(())
            }
            Port::Tcp(tcp) => tcp.writable().await,
            Port::Memory(memory) => {
                memory.writable().await;
                Ok(())
            }
        }
    }
}

/// An open port on its way to the driver's thread, where it is registered with the runtime.
pub(crate) enum PortBuilder {
    #[cfg(unix)]
    Pty(pty::PtyBuilder),
    Serial(serial::Serial),
    Tcp(tcp::TcpBuilder),
    Memory(MemoryPort),
}

impl PortBuilder {
    /// Makes the port usable on this thread, inside the runtime.
    pub(crate) fn build(self) -> io::Result<Port> {
        Ok(match self {
            #[cfg(unix)]
            PortBuilder::Pty(pty) => Port::Pty(pty.build()?),
            PortBuilder::Serial(serial) => Port::Serial(serial),
            PortBuilder::Tcp(tcp) => Port::Tcp(Box::new(tcp.build()?)),
            PortBuilder::Memory(memory) => Port::Memory(memory),
        })
    }
}
