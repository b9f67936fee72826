//! How TAPI starts a provider, and what it keeps of the devices: their number, versions and media modes.

use super::{Duty, Tapi, call};
use crate::app::Stop;
use crate::tspi::structures::{Fill, LINEDEVCAPS, decode};
use crate::tspi::{Version, constant_value, render_result};

impl Tapi {
    /// Offers the provider no version newer than this, as an older Windows would.
    pub fn offer_up_to(&mut self, version: Version) {
        self.offers = version;
    }

    /// Starts the provider in TAPI's order: overall version, devices, init, then the version of each device. Devices that
    /// the provider announces while it is initialized are made at the end.
    pub fn start(&mut self) -> Result<(), Stop> {
        let from = self.recorder.len();
        let overall = self.negotiate_overall()?;
        self.version = overall;
        let devices = call("TSPI_providerEnumDevices")?
            .dword("dwPermanentProviderID", self.id)
            .handle("hProvider", u64::from(self.id));
        let devices = self.demand(devices)?;
        self.lines = devices.number("lpdwNumLines") as u32;
        self.phones = devices.number("lpdwNumPhones") as u32;
        let init = call("TSPI_providerInit")?
            .dword("dwTSPIVersion", overall.0)
            .dword("dwPermanentProviderID", self.id)
            .dword("dwLineDeviceIDBase", 0)
            .dword("dwPhoneDeviceIDBase", 0)
            .dword("dwNumLines", self.lines)
            .dword("dwNumPhones", self.phones);
        self.demand(init)?;
        self.initialised = true;
        for device in 0..self.lines {
            let version = self.negotiate(device)?;
            self.line_versions.push(version);
        }
        for device in 0..self.phones {
            let version = match self.negotiate_by("TSPI_phoneNegotiateTSPIVersion", device) {
                // A phone with which nothing can be settled is of no use, and the lines are none the worse for it.
                Err(Stop::Failed(_)) => overall,
                negotiated => negotiated?,
            };
            self.phone_versions.push(version);
        }
        self.make_announced(from)
    }

    /// The version for the provider as a whole: by the phones where it has no function of lines for it.
    fn negotiate_overall(&mut self) -> Result<Version, Stop> {
        let (line, phone) = ("TSPI_lineNegotiateTSPIVersion", "TSPI_phoneNegotiateTSPIVersion");
        let missing = self.missing(&[line, phone])?;
        let function = if missing == [line] { phone } else { line };
        self.negotiate_by(function, constant_value("INITIALIZE_NEGOTIATION"))
    }

    /// Makes the devices that were announced up to now, each once.
    fn make_announced(&mut self, from: usize) -> Result<(), Stop> {
        self.attended = from;
        let until = self.recorder.len();
        while let Some((at, Duty::Make { phone, temporary })) = self.next_duty_before(until) {
            self.make(at, phone, temporary)?;
        }
        Ok(())
    }

    /// Makes a device that was announced by event `at`. One that the provider then does not make is ignored, as
    /// `nf-tspi-tspi_providercreatelinedevice.md` says.
    pub(in crate::app) fn make(&mut self, at: usize, phone: bool, temporary: u64) -> Result<(), Stop> {
        let made = match phone {
            true => self.create_phone(temporary),
            false => self.create_line(temporary),
        };
        match made {
            Err(Stop::Failed(failure)) => drop(self.unmade.insert(at, failure.text)),
            Err(Stop::Skipped(reason)) => drop(self.unmade.insert(at, reason)),
            made => return made,
        }
        Ok(())
    }

    /// Why the device that was announced by this event was not made.
    pub(in crate::app) fn unmade(&self, at: usize) -> Option<&str> {
        self.unmade.get(&at).map(String::as_str)
    }

    /// The media modes in the capabilities of a line device; `None` where it does not tell them. Asked once, aside.
    pub fn media_modes(&mut self, device: u32) -> Result<Option<u32>, Stop> {
        if let Some(known) = self.media.get(&device) {
            return Ok(*known);
        }
        let name = "TSPI_lineGetDevCaps";
        let modes = if self.missing(&[name])?.is_empty() {
            let version = self.line_version(device);
            let query = call(name)?.dword("dwDeviceID", device).fill(Fill::Zero);
            let answered = self.invoke_at(query, version)?;
            self.aside(answered.seq);
            let caps = answered.out("lpLineDevCaps").filter(|_| answered.result == 0);
            let caps = caps.map(|caps| decode(&LINEDEVCAPS, caps, version));
            caps.and_then(|caps| caps.get("dwMediaModes")?.number())
                .filter(|modes| *modes != 0)
        } else {
            None
        };
        self.media.insert(device, modes);
        Ok(modes)
    }

    fn negotiate(&mut self, device: u32) -> Result<Version, Stop> {
        self.negotiate_by("TSPI_lineNegotiateTSPIVersion", device)
    }

    fn negotiate_by(&mut self, function: &str, device: u32) -> Result<Version, Stop> {
        let call = call(function)?
            .dword("dwDeviceID", device)
            .dword("dwLowVersion", Version::V1_3.0)
            .dword("dwHighVersion", self.offers.0);
        let answered = self.invoke(call)?;
        let incompatible = [
            "LINEERR_INCOMPATIBLEAPIVERSION",
            "PHONEERR_INCOMPATIBLEAPIVERSION",
        ];
        let too_old = incompatible
            .iter()
            .any(|error| constant_value(error) as i32 == answered.result);
        if self.offers < Version::V3_1 && too_old {
            let text = format!("the provider supports no version up to {}", self.offers);
            return Err(Stop::Skipped(text));
        }
        if answered.result < 0 {
            let text = format!("{function} failed with {}", render_result(answered.result));
            return Err(Stop::failed(text));
        }
        let version = Version(answered.number("lpdwTSPIVersion") as u32);
        if version < Version::V1_3 || version > self.offers {
            let text = format!(
                "{function} answered {version}, outside the range 1.3 to {}",
                self.offers
            );
            return Err(Stop::failed(text));
        }
        Ok(version)
    }

    /// The version settled on for a line device; that of the provider where none was.
    pub fn line_version(&self, device: u32) -> Version {
        let known = self.line_versions.get(device as usize);
        known.copied().unwrap_or(self.version)
    }

    /// The version settled on for a phone device; that of the provider where none was.
    pub fn phone_version(&self, device: u32) -> Version {
        let known = self.phone_versions.get(device as usize);
        known.copied().unwrap_or(self.version)
    }

    /// Answers LINE_CREATE: has the provider make the device under the next device id, and settles on its version.
    fn create_line(&mut self, temporary: u64) -> Result<(), Stop> {
        let device = self.lines;
        let create = call("TSPI_providerCreateLineDevice")?
            .handle("dwTempID", temporary)
            .dword("dwDeviceID", device);
        self.demand(create)?;
        self.lines += 1;
        let version = self.negotiate(device)?;
        self.line_versions.push(version);
        Ok(())
    }

    /// Answers PHONE_CREATE alike.
    fn create_phone(&mut self, temporary: u64) -> Result<(), Stop> {
        let device = self.phones;
        let create = call("TSPI_providerCreatePhoneDevice")?
            .handle("dwTempID", temporary)
            .dword("dwDeviceID", device);
        self.demand(create)?;
        self.phones += 1;
        let version = self.negotiate_by("TSPI_phoneNegotiateTSPIVersion", device)?;
        self.phone_versions.push(version);
        Ok(())
    }

    /// Takes a device for gone. Its id is not given again.
    pub fn lose(&mut self, phone: bool, device: u32) {
        self.lost.push((phone, device));
    }

    /// Whether a device is gone.
    pub fn has_lost(&self, phone: bool, device: u32) -> bool {
        self.lost.contains(&(phone, device))
    }
}
