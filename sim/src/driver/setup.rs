//! What a driver is started with.

use crate::port::fault::FaultSpec;
use crate::port::{PortBuilder, PortSpec};
use crate::simulation::ModemId;
use crate::wire::uart::LineSettings;

/// A port to open, and what is wrong with it.
#[derive(Debug)]
pub struct PortSetup {
    /// The modem behind it.
    pub modem: ModemId,
    /// The port.
    pub port: PortSpec,
    /// What happens to bytes on their way.
    pub faults: FaultSpec,
    /// The modem's own rate and framing, where a client that is set otherwise is to read and send garbage.
    pub strict: Option<LineSettings>,
}

impl From<(ModemId, PortSpec)> for PortSetup {
    fn from((modem, port): (ModemId, PortSpec)) -> PortSetup {
        PortSetup {
            modem,
            port,
            faults: FaultSpec::default(),
            strict: None,
        }
    }
}

/// How a driver runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DriverOptions {
    /// How many times as fast as the wall's clock the simulation's runs; above 0.
    pub speed: f64,
    /// Seed of all faults.
    pub seed: u64,
}

impl Default for DriverOptions {
    fn default() -> DriverOptions {
        DriverOptions { speed: 1.0, seed: 1 }
    }
}

/// An open port on its way to the driver's thread.
pub(super) struct Unattached {
    pub(super) id: ModemId,
    pub(super) builder: PortBuilder,
    pub(super) path: String,
    pub(super) faults: FaultSpec,
    pub(super) strict: Option<LineSettings>,
}
