//! Simulated telephone hardware: an exchange, AT modems on its lines, and the serial ports that they stand behind.
//!
//! - [`exchange`] owns the calls; [`simulation`] joins it with the modems. Neither knows a clock or a socket.
//! - `driver` runs a simulation in real time on real `port`s, on a thread of its own. Both need the feature `ports`,
//!   which is on where nobody says otherwise.
//! - [`link`] joins simulations, on one machine or on two.
//! - [`exchange::switch`] is a PBX in ECMA-269's call model, and [`device::csta`] its CSTA server; `pbx` runs both on TCP and
//!   serial ports.

#[cfg(feature = "ports")]
pub mod control;
pub mod device;
#[cfg(feature = "ports")]
pub mod driver;
pub mod exchange;
pub mod link;
#[cfg(feature = "ports")]
pub mod pbx;
#[cfg(feature = "ports")]
pub mod port;
pub mod simulation;
pub mod time;
pub mod wire;

pub use device::fault::DeviceFault;
pub use device::modem::ModemProfile;
#[cfg(feature = "ports")]
pub use driver::{Driver, DriverOptions, LineStatus, LinkSpec, Office, PortSetup, Remote};
pub use exchange::{CallId, CallerId, ExchangeConfig, ExchangeEvent, RingPattern, Sound, StationBehaviour};
#[cfg(feature = "ports")]
pub use port::{OpenPort, PortError, PortSpec, TcpKind};
pub use simulation::{ModemId, SimCommand, SimError, SimEvent, Simulation, SwitchStep};
pub use time::SimTime;
pub use wire::uart::{LineSettings, Parity};
pub use wire::v24::{Circuits, DceCircuits, DteCircuits};
