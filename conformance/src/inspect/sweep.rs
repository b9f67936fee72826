//! Every query of a provider in memory of every size. A provider that dies on the way is started again.

use super::devices::{ProviderReport, ROOM_BYTES};
use super::exports::Exports;
use super::session::{Device, NoSession, Session};
use super::sizes::{Attempt, SizeFinding, judge, memory, sizes};
use super::{Filled, Got};
use crate::app::{Backdrop, Stop};
use crate::host::Death;
use crate::tspi::marshal::Call;
use crate::tspi::{Kind, Structure, Value, Version, constant_value, decode};

/// One query for a structure of variable size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// Whom it is about.
    pub device: Device,
    /// The version at which it is put.
    pub version: Version,
    /// Whether this is an older version than the device settles on.
    pub older: bool,
    /// The function.
    pub function: &'static str,
    /// What tells it from other queries of the function: an address, a device class, a button.
    pub about: About,
}

/// What a query asks about, besides the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// The device itself.
    Device,
    /// An address of a line.
    Address(u32),
    /// A device class.
    Class(String),
    /// A button of a phone.
    Button(u32),
}

/// What came of a query in every size.
#[derive(Debug, Clone)]
pub struct Sweep {
    /// The query.
    pub query: Query,
    /// The structure.
    pub structure: &'static Structure,
    /// Bytes of its fixed part.
    pub fixed: usize,
    /// Bytes that it needs, or the refusal of the query whatever the size.
    pub needed: Got<usize>,
    /// How many sizes were tried.
    pub tried: usize,
    /// What is wrong.
    pub findings: Vec<SizeFinding>,
    /// Sizes at which the provider's process died, and how.
    pub deaths: Vec<(usize, Death)>,
}

impl Query {
    fn new(device: Device, version: Version, function: &'static str, about: About) -> Query {
        Query {
            device,
            version,
            older: false,
            function,
            about,
        }
    }

    /// Who is asked for what, as in `line 0 address 1: TSPI_lineGetAddressCaps at 2.0`.
    pub fn words(&self) -> String {
        let device = match self.device {
            Device::Line(id) => format!("line {id}"),
            Device::Phone(id) => format!("phone {id}"),
        };
        let about = match &self.about {
            About::Device => String::new(),
            About::Address(address) => format!(" address {address}"),
            About::Class(class) => format!(" class {class}"),
            About::Button(button) => format!(" button {button}"),
        };
        let older = if self.older {
            format!(" at {}", self.version)
        } else {
            String::new()
        };
        format!("{device}{about}: {}{older}", self.function)
    }

    /// Bytes of the fixed part of what it fills, in the layout of a version.
    fn fixed(&self, version: Version) -> usize {
        let call = Session::call(self.function).ok();
        let filled = call.and_then(|call| Query::filled(&call).ok());
        filled.map_or(0, |(_, structure)| structure.fixed_size(version))
    }

    /// The structure that is filled, and the parameter that points to it.
    fn filled(call: &Call) -> Result<(&'static str, &'static Structure), Stop> {
        let found = call.function().args.iter().find_map(|arg| match arg.kind {
            Kind::OutStruct(structure) => Some((arg.name, structure)),
            _ => None,
        });
        found.ok_or_else(|| Stop::Bug(format!("{} fills no structure", call.function().name)))
    }

    /// The call without its structure; `None` where the device cannot be opened, or does not take the version.
    fn call(&self, session: &mut Session<'_>) -> Result<Option<Call>, Stop> {
        if !session.settle(self.device, self.version)? {
            return Ok(None);
        }
        let mut call = Session::call(self.function)?;
        let asks = |name: &str| call.function().arg(name).is_some();
        let asks_select = asks("dwSelect");
        let (by_id, by_line, by_phone) = (asks("dwDeviceID"), asks("hdLine"), asks("hdPhone"));
        let versioned = asks("dwTSPIVersion");
        let (Device::Line(id) | Device::Phone(id)) = self.device;
        if by_id {
            call = call.dword("dwDeviceID", id);
        }
        if versioned {
            call = call.dword("dwTSPIVersion", self.version.0);
        }
        if by_line || by_phone {
            let Got::Is(handle) = session.open(self.device, self.version)? else {
                return Ok(None);
            };
            call = call.handle(if by_line { "hdLine" } else { "hdPhone" }, handle);
        }
        if asks_select {
            call = call.dword("dwSelect", constant_value("LINECALLSELECT_LINE"));
        }
        Ok(Some(match &self.about {
            About::Device => call,
            About::Address(address) => call.dword("dwAddressID", *address),
            About::Class(class) => call.text("lpszDeviceClass", class),
            About::Button(button) => call.dword("dwButtonLampID", *button),
        }))
    }
}

/// The queries that a provider's own capabilities suggest.
pub fn queries(report: &ProviderReport, exports: &Exports) -> Vec<Query> {
    let mut found = Vec::new();
    for line in &report.lines {
        let Got::Is(version) = line.version else { continue };
        let device = Device::Line(line.device);
        let mut ask = |function, about| found.push(Query::new(device, version, function, about));
        ask("TSPI_lineGetDevCaps", About::Device);
        ask("TSPI_lineGetLineDevStatus", About::Device);
        if version >= Version::V3_0 {
            ask("TSPI_lineGetCallHubTracking", About::Device);
        }
        for address in 0..u32::try_from(line.addresses.len()).unwrap_or(0) {
            ask("TSPI_lineGetAddressCaps", About::Address(address));
            ask("TSPI_lineGetAddressStatus", About::Address(address));
        }
        for class in classes(&line.caps, "tapi/line") {
            ask("TSPI_lineGetID", About::Class(class.clone()));
            ask("TSPI_lineGetDevConfig", About::Class(class));
        }
    }
    for phone in &report.phones {
        let Got::Is(version) = phone.version else { continue };
        let device = Device::Phone(phone.device);
        let mut ask = |function, about| found.push(Query::new(device, version, function, about));
        ask("TSPI_phoneGetDevCaps", About::Device);
        ask("TSPI_phoneGetStatus", About::Device);
        ask("TSPI_phoneGetDisplay", About::Device);
        if number(&phone.caps, "dwNumButtonLamps") > 0 {
            ask("TSPI_phoneGetButtonInfo", About::Button(0));
        }
        for class in classes(&phone.caps, "tapi/phone") {
            ask("TSPI_phoneGetID", About::Class(class));
        }
    }
    // Capabilities can be asked for at any version, without opening the device: once for each layout.
    let caps = found.iter().filter(|query| query.function.ends_with("Caps"));
    let older: Vec<Query> = caps
        .flat_map(|query| {
            let mut seen = vec![query.fixed(query.version)];
            let mut others = Vec::new();
            for version in report.versions.iter().rev().copied() {
                let fixed = query.fixed(version);
                if version < query.version && !seen.contains(&fixed) {
                    seen.push(fixed);
                    others.push(Query {
                        version,
                        older: true,
                        ..query.clone()
                    });
                }
            }
            others
        })
        .collect();
    found.extend(older);
    found.retain(|query| exports.has(query.function));
    found
}

fn number(caps: &Got<Filled>, member: &str) -> u32 {
    match caps {
        Got::Is(caps) => caps.decoded.get(member).and_then(Value::number).unwrap_or(0),
        _ => 0,
    }
}

/// The device classes that capabilities name, and the one that every device has.
fn classes(caps: &Got<Filled>, own: &str) -> Vec<String> {
    let mut classes = vec![own.to_owned()];
    if let Got::Is(caps) = caps
        && let Some(Value::List(named)) = caps.decoded.get("DeviceClasses")
    {
        classes.extend(named.iter().filter_map(|class| class.text()).map(str::to_owned));
        classes.dedup();
    }
    classes
}

/// Tries queries in every size.
pub struct Sweeper<'b> {
    backdrop: &'b Backdrop,
    exports: &'b Exports,
    lines: u32,
    session: Option<Session<'b>>,
}

/// What one try came to.
enum Tried {
    Answered(Attempt),
    /// The query cannot be put: a device that does not open, a function that is not there.
    Impossible,
    Died(Death),
}

impl<'b> Sweeper<'b> {
    /// A sweeper of the provider on a stage with simulated modems behind `lines` ports.
    pub fn new(backdrop: &'b Backdrop, exports: &'b Exports, lines: u32) -> Sweeper<'b> {
        Sweeper {
            backdrop,
            exports,
            lines,
            session: None,
        }
    }

    /// Puts a query in every size from 0 to one more than it needs. After a death below the fixed part the sweep goes on
    /// with the fixed part, which is the least that TAPI gives; after any other it ends.
    pub fn sweep(&mut self, query: &Query) -> Result<Sweep, NoSession> {
        let empty = Session::call(query.function).map_err(NoSession::Stop)?;
        let (parameter, structure) = Query::filled(&empty).map_err(NoSession::Stop)?;
        let fixed = structure.fixed_size(query.version);
        let mut sweep = Sweep {
            query: query.clone(),
            structure,
            fixed,
            needed: Got::NotExported,
            tried: 0,
            findings: Vec::new(),
            deaths: Vec::new(),
        };
        let mut attempts = Vec::new();
        let mut most = fixed + ROOM_BYTES;
        let needed = loop {
            match self.attempt(query, parameter, structure, most)? {
                Tried::Died(death) => {
                    sweep.deaths.push((most, death));
                    return Ok(sweep);
                }
                Tried::Impossible => return Ok(sweep),
                Tried::Answered(attempt) if attempt.result < 0 => {
                    sweep.needed = Got::Refused(attempt.result);
                    return Ok(sweep);
                }
                Tried::Answered(attempt) => {
                    let needed = needed(structure, query.version, &attempt);
                    attempts.push(attempt);
                    if needed <= most || most > (1 << 20) {
                        break needed;
                    }
                    most = needed;
                }
            }
        };
        sweep.needed = Got::Is(needed);
        let mut from = 0;
        for total in sizes(fixed, needed.max(fixed)) {
            if total < from {
                continue;
            }
            sweep.tried += 1;
            match self.attempt(query, parameter, structure, total)? {
                Tried::Answered(attempt) => attempts.push(attempt),
                Tried::Impossible => break,
                Tried::Died(death) => {
                    sweep.deaths.push((total, death));
                    if total >= fixed {
                        break;
                    }
                    from = fixed;
                }
            }
        }
        sweep.findings = judge(structure, query.version, &attempts);
        Ok(sweep)
    }

    fn attempt(
        &mut self,
        query: &Query,
        parameter: &str,
        structure: &'static Structure,
        total: usize,
    ) -> Result<Tried, NoSession> {
        let session = match &mut self.session {
            Some(session) => session,
            None => self
                .session
                .insert(Session::start(self.backdrop, self.exports, self.lines)?),
        };
        let before = memory(structure, total, query.version);
        let asked = (|| {
            let Some(call) = query.call(session)? else {
                return Ok(None);
            };
            session.invoke(call.structure(parameter, before.clone()))
        })();
        match asked {
            Ok(None) => Ok(Tried::Impossible),
            Ok(Some(invoked)) => Ok(Tried::Answered(Attempt {
                total,
                after: invoked.out(parameter).unwrap_or_default().to_vec(),
                before,
                result: invoked.result,
            })),
            Err(Stop::Died { death, .. }) => {
                self.session = None;
                Ok(Tried::Died(death))
            }
            Err(stop) => Err(NoSession::Stop(stop)),
        }
    }

    /// Ends the provider.
    pub fn finish(self) -> Result<(), Stop> {
        self.session.map_or(Ok(()), Session::finish)
    }
}

fn needed(structure: &'static Structure, version: Version, attempt: &Attempt) -> usize {
    let end = attempt.total.min(attempt.after.len());
    let decoded = decode(structure, &attempt.after[..end], version);
    decoded.get("dwNeededSize").and_then(Value::number).unwrap_or(0) as usize
}
