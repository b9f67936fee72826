//! A provider in its child, started as TAPI starts it and asked one thing after another. What it refuses or does not
//! export is an answer too; only its death ends the session.

use std::collections::BTreeMap;

use super::Got;
use super::exports::Exports;
use crate::app::{Backdrop, Invoked, Stage, StageError, Stop, Tapi};
use crate::scenario;
use crate::tspi::marshal::Call;
use crate::tspi::{Version, constant_value};

/// The permanent provider id, by which settings in the registry go.
const PROVIDER_ID: u32 = crate::app::PROVIDER_ID;

/// What TAPI learns when it starts a provider.
#[derive(Debug, Clone)]
pub struct Start {
    /// The version for the provider as a whole.
    pub version: Got<Version>,
    /// The options of `TSPI_providerInit` (`LINETSPIOPTION_`).
    pub options: Got<u32>,
    /// How many line devices it has.
    pub lines: u32,
    /// How many phone devices it has.
    pub phones: u32,
}

/// A device of the provider's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Device {
    /// A line.
    Line(u32),
    /// A phone.
    Phone(u32),
}

/// A running provider.
pub struct Session<'e> {
    stage: Stage,
    exports: &'e Exports,
    opened: BTreeMap<Device, u64>,
    /// The version last settled on for a device.
    settled: BTreeMap<Device, Version>,
    /// What it said when it was started.
    pub start: Start,
}

/// Why there is no session.
pub enum NoSession {
    /// The child, or the hardware behind it, could not be set up, or the provider not be loaded.
    Stage(StageError),
    /// The provider died when it was started.
    Stop(Stop),
}

impl<'e> Session<'e> {
    /// Loads the provider with simulated modems behind `lines` ports, and starts it.
    pub fn start(backdrop: &Backdrop, exports: &'e Exports, lines: u32) -> Result<Session<'e>, NoSession> {
        let stage = set(backdrop, lines)?;
        let mut session = Session {
            stage,
            exports,
            opened: BTreeMap::new(),
            settled: BTreeMap::new(),
            start: Start {
                version: Got::NotExported,
                options: Got::NotExported,
                lines: 0,
                phones: 0,
            },
        };
        session.initialise().map_err(NoSession::Stop)?;
        Ok(session)
    }

    fn tapi(&mut self) -> Result<&mut Tapi, Stop> {
        let tapi = self.stage.providers.first_mut();
        tapi.ok_or_else(|| Stop::Bug("the stage has no provider".to_owned()))
    }

    /// Calls a function where it is exported.
    pub fn ask(&mut self, call: Call) -> Result<Got<Invoked>, Stop> {
        Ok(match self.invoke(call)? {
            None => Got::NotExported,
            Some(invoked) if invoked.result < 0 => Got::Refused(invoked.result),
            Some(invoked) => Got::Is(invoked),
        })
    }

    /// Calls a function and tells what it left in memory also where it failed; `None` where it is not exported.
    pub fn invoke(&mut self, call: Call) -> Result<Option<Invoked>, Stop> {
        if !self.exports.has(call.function().name) {
            return Ok(None);
        }
        self.tapi()?.invoke(call).map(Some)
    }

    /// A call of a function that is known to exist.
    pub fn call(name: &str) -> Result<Call, Stop> {
        Call::new(name).map_err(|error| Stop::Bug(error.to_string()))
    }

    /// TAPI's order: version, devices, init.
    fn initialise(&mut self) -> Result<(), Stop> {
        let initial = constant_value("INITIALIZE_NEGOTIATION");
        self.start.version = self.negotiate(Device::Line(initial), Version::V1_3, Version::V3_1)?;
        if matches!(self.start.version, Got::NotExported) {
            self.start.version = self.negotiate(Device::Phone(initial), Version::V1_3, Version::V3_1)?;
        }
        let Got::Is(version) = self.start.version else {
            return Ok(());
        };
        let devices = Self::call("TSPI_providerEnumDevices")?
            .dword("dwPermanentProviderID", PROVIDER_ID)
            .handle("hProvider", u64::from(PROVIDER_ID));
        if let Got::Is(devices) = self.ask(devices)? {
            self.start.lines = devices.number("lpdwNumLines") as u32;
            self.start.phones = devices.number("lpdwNumPhones") as u32;
        }
        let init = Self::call("TSPI_providerInit")?
            .dword("dwTSPIVersion", version.0)
            .dword("dwPermanentProviderID", PROVIDER_ID)
            .dword("dwLineDeviceIDBase", 0)
            .dword("dwPhoneDeviceIDBase", 0)
            .dword("dwNumLines", self.start.lines)
            .dword("dwNumPhones", self.start.phones);
        self.start.options = self.ask(init)?.map(|init| init.number("lpdwTSPIOptions") as u32);
        Ok(())
    }

    /// The version that the provider settles on out of a range.
    pub fn negotiate(&mut self, device: Device, low: Version, high: Version) -> Result<Got<Version>, Stop> {
        let (function, id) = match device {
            Device::Line(id) => ("TSPI_lineNegotiateTSPIVersion", id),
            Device::Phone(id) => ("TSPI_phoneNegotiateTSPIVersion", id),
        };
        let call = Self::call(function)?
            .dword("dwDeviceID", id)
            .dword("dwLowVersion", low.0)
            .dword("dwHighVersion", high.0);
        let answered = self.ask(call)?;
        let version = answered.map(|answer| Version(answer.number("lpdwTSPIVersion") as u32));
        if let Got::Is(version) = version {
            self.settled.insert(device, version);
        }
        Ok(version)
    }

    /// Settles on exactly this version for a device, unless it is the one settled on; whether the provider does.
    pub fn settle(&mut self, device: Device, version: Version) -> Result<bool, Stop> {
        if self.settled.get(&device) == Some(&version) {
            return Ok(true);
        }
        Ok(matches!(self.negotiate(device, version, version)?, Got::Is(found) if found == version))
    }

    /// The handle of a device, which is opened if it is not yet.
    pub fn open(&mut self, device: Device, version: Version) -> Result<Got<u64>, Stop> {
        if let Some(handle) = self.opened.get(&device) {
            return Ok(Got::Is(*handle));
        }
        let ht = self.tapi()?.new_handle();
        let (call, out) = match device {
            Device::Line(id) => (
                Self::call("TSPI_lineOpen")?
                    .dword("dwDeviceID", id)
                    .handle("htLine", ht),
                "lphdLine",
            ),
            Device::Phone(id) => (
                Self::call("TSPI_phoneOpen")?
                    .dword("dwDeviceID", id)
                    .handle("htPhone", ht),
                "lphdPhone",
            ),
        };
        let opened = self.ask(call.dword("dwTSPIVersion", version.0))?;
        let handle = opened.map(|opened| opened.number(out));
        if let Got::Is(handle) = handle {
            self.opened.insert(device, handle);
        }
        Ok(handle)
    }

    /// Closes what is open, shuts the provider down, and ends its process.
    pub fn finish(mut self) -> Result<(), Stop> {
        for (device, handle) in std::mem::take(&mut self.opened) {
            let call = match device {
                Device::Line(_) => Self::call("TSPI_lineClose")?.handle("hdLine", handle),
                Device::Phone(_) => Self::call("TSPI_phoneClose")?.handle("hdPhone", handle),
            };
            self.ask(call)?;
        }
        if let (Got::Is(version), Got::Is(_)) = (&self.start.version, &self.start.options) {
            let call = Self::call("TSPI_providerShutdown")?
                .dword("dwTSPIVersion", version.0)
                .dword("dwPermanentProviderID", PROVIDER_ID);
            self.ask(call)?;
        }
        self.stage.clear()
    }
}

fn set(backdrop: &Backdrop, lines: u32) -> Result<Stage, NoSession> {
    let plural = if lines == 1 { "" } else { "s" };
    let text =
        format!("scenario: inspection\nproviders: P with {lines} line{plural}\n\nsteps\n  wait 1 ms\n");
    let scenario = scenario::parse("inspection", &text)
        .map_err(|error| NoSession::Stop(Stop::Bug(format!("the inspection does not parse: {error}"))))?;
    Stage::set(&scenario, backdrop).map_err(NoSession::Stage)
}

/// Loads an image that is no provider, to see whether it can be.
pub(super) fn load_only(backdrop: &Backdrop) -> Result<(), NoSession> {
    set(backdrop, 1)?.clear().map_err(NoSession::Stop)
}
