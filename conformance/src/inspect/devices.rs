//! What a running provider says of itself: versions, devices, capabilities.

use super::Got;
use super::filled::{Filled, examine};
use super::session::{Device, Session, Start};
use crate::app::Stop;
use crate::tspi::marshal::Call;
use crate::tspi::structures::{Fill, LINEADDRESSCAPS, LINEDEVCAPS, PHONECAPS, output};
use crate::tspi::{Structure, Value, Version, constant_value, returned};

/// Room behind the fixed part in the first query.
pub(super) const ROOM_BYTES: usize = 4096;

/// The most that is given to a provider which says that it needs more.
const ROOM_BYTES_MAX: usize = 1 << 20;

/// The most addresses that are asked of one line.
const ADDRESSES_MAX: u32 = 256;

/// A provider, as far as it got.
#[derive(Debug, Clone)]
pub struct ProviderReport {
    /// What TAPI learns when it starts the provider.
    pub start: Start,
    /// The versions that it settles on where only that version is offered.
    pub versions: Vec<Version>,
    /// The user interface DLL that it names.
    pub ui_dll: Got<String>,
    /// Its lines.
    pub lines: Vec<LineReport>,
    /// Its phones.
    pub phones: Vec<PhoneReport>,
}

/// A line device.
#[derive(Debug, Clone)]
pub struct LineReport {
    /// Its number from 0.
    pub device: u32,
    /// The version settled on.
    pub version: Got<Version>,
    /// Its extensions.
    pub extension: Got<Extension>,
    /// The class of its media service provider.
    pub msp: Got<Value>,
    /// LINEDEVCAPS.
    pub caps: Got<Filled>,
    /// LINEADDRESSCAPS of each address.
    pub addresses: Vec<Got<Filled>>,
}

/// A phone device.
#[derive(Debug, Clone)]
pub struct PhoneReport {
    /// Its number from 0.
    pub device: u32,
    /// The version settled on.
    pub version: Got<Version>,
    /// Its extensions.
    pub extension: Got<Extension>,
    /// PHONECAPS.
    pub caps: Got<Filled>,
}

/// The extensions of a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extension {
    /// LINEEXTENSIONID or PHONEEXTENSIONID; all zero where there are none.
    pub id: [u32; 4],
    /// The version settled on, where there are any and it could be.
    pub version: Option<Version>,
}

impl ProviderReport {
    /// A report of a provider that has only been started.
    pub(super) fn of(start: Start) -> ProviderReport {
        ProviderReport {
            start,
            versions: Vec::new(),
            ui_dll: Got::NotExported,
            lines: Vec::new(),
            phones: Vec::new(),
        }
    }

    /// Asks everything that needs no open device. What was learned before a death stays.
    pub(super) fn ask(&mut self, session: &mut Session<'_>) -> Result<(), Stop> {
        let initial = constant_value("INITIALIZE_NEGOTIATION");
        for version in Version::ALL {
            let settled = session.negotiate(Device::Line(initial), version, version)?;
            if matches!(settled, Got::Is(found) if found == version) {
                self.versions.push(version);
            }
        }
        let identify = session.ask(Session::call("TSPI_providerUIIdentify")?)?;
        self.ui_dll = identify.map(|identify| {
            let value = identify.out("lpszUIDLLName").map(|bytes| {
                let place = identify.function.arg("lpszUIDLLName").unwrap_or(0) as u8;
                returned(identify.function, &[(place, bytes.to_vec())], Version::V3_1)
            });
            let value = value.and_then(|values| values.into_iter().next());
            value
                .and_then(|(_, value)| value.text().map(str::to_owned))
                .unwrap_or_default()
        });
        if !matches!(self.start.options, Got::Is(_)) {
            return Ok(()); // not initialised: it has no device to ask about
        }
        for device in 0..self.start.lines {
            self.lines.push(line(session, device)?);
        }
        for device in 0..self.start.phones {
            self.phones.push(phone(session, device)?);
        }
        Ok(())
    }
}

fn line(session: &mut Session<'_>, device: u32) -> Result<LineReport, Stop> {
    let version = session.negotiate(Device::Line(device), Version::V1_3, Version::V3_1)?;
    let mut report = LineReport {
        device,
        version,
        extension: Got::NotExported,
        msp: Got::NotExported,
        caps: Got::NotExported,
        addresses: Vec::new(),
    };
    let Some(version) = settled(version) else {
        return Ok(report);
    };
    report.extension = extension(session, Device::Line(device), version)?;
    if version >= Version::V3_0 {
        let call = Session::call("TSPI_lineMSPIdentify")?.dword("dwDeviceID", device);
        report.msp = session.ask(call)?.map(|msp| guid(msp.out("pCLSID")));
    }
    let query = |total| {
        let memory = output(&LINEDEVCAPS, total, version, Fill::Poison);
        let call = Session::call("TSPI_lineGetDevCaps")?;
        Ok((
            call.dword("dwDeviceID", device).dword("dwTSPIVersion", version.0),
            memory,
        ))
    };
    report.caps = filled(session, &LINEDEVCAPS, "lpLineDevCaps", version, query)?;
    let addresses = match &report.caps {
        Got::Is(caps) => caps
            .decoded
            .get("dwNumAddresses")
            .and_then(Value::number)
            .unwrap_or(0),
        _ => 0,
    };
    for address in 0..addresses.min(ADDRESSES_MAX) {
        let query = |total| {
            let memory = output(&LINEADDRESSCAPS, total, version, Fill::Poison);
            let call = Session::call("TSPI_lineGetAddressCaps")?
                .dword("dwDeviceID", device)
                .dword("dwAddressID", address)
                .dword("dwTSPIVersion", version.0);
            Ok((call, memory))
        };
        let caps = filled(session, &LINEADDRESSCAPS, "lpAddressCaps", version, query)?;
        report.addresses.push(caps);
    }
    Ok(report)
}

fn phone(session: &mut Session<'_>, device: u32) -> Result<PhoneReport, Stop> {
    let version = session.negotiate(Device::Phone(device), Version::V1_3, Version::V3_1)?;
    let mut report = PhoneReport {
        device,
        version,
        extension: Got::NotExported,
        caps: Got::NotExported,
    };
    let Some(version) = settled(version) else {
        return Ok(report);
    };
    report.extension = extension(session, Device::Phone(device), version)?;
    let query = |total| {
        let memory = output(&PHONECAPS, total, version, Fill::Poison);
        let call = Session::call("TSPI_phoneGetDevCaps")?;
        Ok((
            call.dword("dwDeviceID", device).dword("dwTSPIVersion", version.0),
            memory,
        ))
    };
    report.caps = filled(session, &PHONECAPS, "lpPhoneCaps", version, query)?;
    Ok(report)
}

/// The version that was settled on, if it is one of TSPI's: of any other no layout is known.
pub(super) fn settled(version: Got<Version>) -> Option<Version> {
    match version {
        Got::Is(version) if (Version::V1_3..=Version::V3_1).contains(&version) => Some(version),
        _ => None,
    }
}

/// Asks for a structure, and once more with as much room as it needs. `query` gives the call without the structure, and
/// the structure's memory for a size.
pub(super) fn filled(
    session: &mut Session<'_>,
    structure: &'static Structure,
    parameter: &'static str,
    version: Version,
    query: impl Fn(usize) -> Result<(Call, Vec<u8>), Stop>,
) -> Result<Got<Filled>, Stop> {
    let mut total = structure.fixed_size(version) + ROOM_BYTES;
    loop {
        let (call, before) = query(total)?;
        let answered = match session.ask(call.structure(parameter, before.clone()))? {
            Got::Is(answered) => answered,
            Got::Refused(error) => return Ok(Got::Refused(error)),
            Got::NotExported => return Ok(Got::NotExported),
        };
        let found = examine(
            structure,
            version,
            total,
            &before,
            answered.out(parameter).unwrap_or_default(),
        );
        let needed = found
            .decoded
            .get("dwNeededSize")
            .and_then(Value::number)
            .unwrap_or(0) as usize;
        if needed <= total || needed > ROOM_BYTES_MAX {
            return Ok(Got::Is(found));
        }
        total = needed;
    }
}

fn extension(session: &mut Session<'_>, device: Device, version: Version) -> Result<Got<Extension>, Stop> {
    let (get, negotiate, id) = match device {
        Device::Line(id) => ("TSPI_lineGetExtensionID", "TSPI_lineNegotiateExtVersion", id),
        Device::Phone(id) => ("TSPI_phoneGetExtensionID", "TSPI_phoneNegotiateExtVersion", id),
    };
    let call = Session::call(get)?
        .dword("dwDeviceID", id)
        .dword("dwTSPIVersion", version.0);
    let answered = session.ask(call)?;
    let Got::Is(answered) = answered else {
        return Ok(answered.map(|_| Extension {
            id: [0; 4],
            version: None,
        }));
    };
    let bytes = answered.out("lpExtensionID").unwrap_or_default();
    let mut words = bytes
        .chunks_exact(4)
        .map(|word| u32::from_le_bytes([word[0], word[1], word[2], word[3]]));
    let id_words = std::array::from_fn(|_| words.next().unwrap_or(0));
    let mut found = Extension {
        id: id_words,
        version: None,
    };
    if id_words != [0; 4] {
        let call = Session::call(negotiate)?
            .dword("dwDeviceID", id)
            .dword("dwTSPIVersion", version.0)
            .dword("dwLowVersion", 0)
            .dword("dwHighVersion", u32::MAX);
        if let Got::Is(settled) = session.ask(call)? {
            found.version = Some(Version(settled.number("lpdwExtVersion") as u32));
        }
    }
    Ok(Got::Is(found))
}

fn guid(bytes: Option<&[u8]>) -> Value {
    let bytes = bytes.unwrap_or_default();
    <[u8; 16]>::try_from(bytes).map_or_else(|_| Value::Bytes(bytes.to_vec()), Value::Guid)
}
