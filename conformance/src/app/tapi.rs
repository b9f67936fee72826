//! TAPI's server towards one provider: starts it as Windows does, keeps handles and request ids, and records
//! every call on the way in and out.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use offhook_host_protocol::Message;

use super::Stop;
use crate::host::{Child, ChildOptions, Death, HostBinary, HostError, Replied};
use crate::trace::{CallbackArgs, HostNote, Party, Recorder, Waited, What};
use crate::tspi::marshal::Call;
use crate::tspi::structures::{Fill, LINEDEVCAPS, POISON, decode};
use crate::tspi::{Function, Group, Mode, Need, Version, constant_value, render_result};

/// The permanent provider id that TAPI gives at installation; registry settings go by it.
pub const PROVIDER_ID: u32 = 4;

/// The first of TAPI's own handles, apart from the child's.
const FIRST_HANDLE: u64 = 0x4C00_0001;

/// The first request id. Not 1, so that an id is seldom mistaken for another small number.
const FIRST_REQUEST: u32 = 0x0001_0001;

/// What came of calling a function.
#[derive(Debug, Clone)]
pub struct Invoked {
    /// The function.
    pub function: &'static Function,
    /// Its result.
    pub result: i32,
    /// Request id given, 0 for a synchronous function.
    pub request: u32,
    /// Where in the record the call began.
    pub from: usize,
    /// The number of the call within its child.
    pub seq: u32,
    outs: Vec<(u8, Vec<u8>)>,
}

impl Invoked {
    /// The out arguments by position.
    pub fn outs(&self) -> &[(u8, Vec<u8>)] {
        &self.outs
    }

    /// What an out argument holds, where it was given room and is exported.
    pub fn out(&self, name: &str) -> Option<&[u8]> {
        let position = self.function.arg(name)?;
        self.outs
            .iter()
            .find(|(index, _)| usize::from(*index) == position)
            .map(|(_, bytes)| bytes.as_slice())
    }

    /// An out argument as a number.
    pub fn number(&self, name: &str) -> u64 {
        let mut wide = [0; 8];
        // What the provider left as it was is nothing.
        let bytes = self.out(name).unwrap_or_default();
        if bytes.iter().all(|byte| *byte == POISON) {
            return 0;
        }
        let length = bytes.len().min(8);
        wide[..length].copy_from_slice(&bytes[..length]);
        u64::from_le_bytes(wide)
    }
}

/// One provider, loaded and started.
pub struct Tapi {
    name: String,
    recorder: Recorder,
    child: Child,
    next_handle: u64,
    next_request: u32,
    /// The newest version that is offered to it.
    offers: Version,
    /// The version settled on for the provider as a whole.
    pub version: Version,
    /// How many line devices it has.
    pub lines: u32,
    /// How many phone devices it has.
    pub phones: u32,
    /// The versions settled on for each line device, and for each phone device.
    line_versions: Vec<Version>,
    phone_versions: Vec<Version>,
    /// Line and phone devices that are gone: whether a phone, and the device id.
    lost: Vec<(bool, u32)>,
    /// Events that announced a device and were answered when the provider was started.
    answered: Vec<usize>,
    /// The media modes that each line device has, as far as TAPI has asked; `None` where it does not say.
    media: HashMap<u32, Option<u32>>,
    timeout: Duration,
    initialised: bool,
    /// Whether the DLL of the user interface was asked for.
    ui_loaded: bool,
}

impl Tapi {
    /// Spawns the child and loads the DLL. Nothing of TSPI is called yet.
    pub fn load(
        name: &str,
        host: &HostBinary,
        options: ChildOptions,
        dll: &Path,
        recorder: Recorder,
    ) -> Result<Tapi, HostError> {
        let party = Party::Provider(name.to_owned());
        let timeout = options.deadline;
        let sink = Sink {
            recorder: recorder.clone(),
            party: party.clone(),
        };
        let mut child = Child::spawn(host, options, move |message| sink.record(message))?;
        child.load(dll)?;
        recorder.push(party, What::Host(HostNote::Loaded));
        Ok(Tapi {
            name: name.to_owned(),
            recorder,
            child,
            next_handle: FIRST_HANDLE,
            next_request: FIRST_REQUEST,
            offers: Version::V3_1,
            version: Version::V1_3,
            lines: 0,
            phones: 0,
            line_versions: Vec::new(),
            phone_versions: Vec::new(),
            lost: Vec::new(),
            answered: Vec::new(),
            media: HashMap::new(),
            timeout,
            initialised: false,
            ui_loaded: false,
        })
    }

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
            .dword("dwPermanentProviderID", PROVIDER_ID)
            .handle("hProvider", u64::from(PROVIDER_ID));
        let devices = self.demand(devices)?;
        self.lines = devices.number("lpdwNumLines") as u32;
        self.phones = devices.number("lpdwNumPhones") as u32;
        let init = call("TSPI_providerInit")?
            .dword("dwTSPIVersion", overall.0)
            .dword("dwPermanentProviderID", PROVIDER_ID)
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

    /// Makes the devices that were announced up to now, each once. One that the provider then does not make is ignored, as
    /// `nf-tspi-tspi_providercreatelinedevice.md` says.
    fn make_announced(&mut self, from: usize) -> Result<(), Stop> {
        let (line, phone) = (constant_value("LINE_CREATE"), constant_value("PHONE_CREATE"));
        let party = self.party();
        let events = self.recorder.events();
        let announced = events.iter().enumerate().skip(from);
        let announced = announced.filter_map(|(at, event)| match &event.what {
            What::Line(args) | What::Phone(args) if event.by == party => Some((at, args)),
            _ => None,
        });
        for (at, args) in announced {
            let made = match args.msg {
                msg if msg == line => self.create_line(args.params[1]),
                msg if msg == phone => self.create_phone(args.params[1]),
                _ => continue,
            };
            match made {
                Ok(()) | Err(Stop::Failed(_) | Stop::Skipped(_)) => self.answered.push(at),
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    /// Whether a device that was announced by this event has been made, or tried, already.
    pub fn has_answered(&self, at: usize) -> bool {
        self.answered.contains(&at)
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

    /// Leaves a call out of the trace in words.
    pub fn aside(&self, seq: u32) {
        self.recorder.push(self.party(), What::Aside { seq });
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
    pub fn create_line(&mut self, temporary: u64) -> Result<(), Stop> {
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
    pub fn create_phone(&mut self, temporary: u64) -> Result<(), Stop> {
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

    /// What TAPI passes for a parameter that is its own affair.
    pub fn own_value(&self, parameter: &str) -> Option<u64> {
        Some(u64::from(match parameter {
            "dwPermanentProviderID" | "hProvider" => PROVIDER_ID,
            "dwNumLines" => self.lines,
            "dwNumPhones" => self.phones,
            _ => return None,
        }))
    }

    /// Which of these functions the provider does not export.
    pub fn missing<'n>(&mut self, names: &[&'n str]) -> Result<Vec<&'n str>, Stop> {
        let found = self.child.exports(names);
        let found = found.map_err(|death| self.died(death))?;
        let missing = names.iter().zip(found).filter(|(_, found)| !found);
        Ok(missing.map(|(name, _)| *name).collect())
    }

    /// What the memory holds now that call `seq` left with the provider; recorded.
    pub fn kept(&mut self, seq: u32) -> Result<Vec<(u8, Vec<u8>)>, Stop> {
        let kept = self.child.kept(seq);
        kept.map_err(|death| self.died(death))
    }

    /// Loads the DLL of the user interface that the provider names, as TAPI does before it calls into one.
    fn load_ui(&mut self) -> Result<(), Stop> {
        self.ui_loaded = true;
        if !self.missing(&["TSPI_providerUIIdentify"])?.is_empty() {
            return Ok(());
        }
        let identified = self.invoke(call("TSPI_providerUIIdentify")?)?;
        let units = identified
            .out("lpszUIDLLName")
            .unwrap_or_default()
            .chunks_exact(2);
        let units: Vec<u16> = units
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .take_while(|unit| *unit != 0)
            .collect();
        let path = String::from_utf16_lossy(&units);
        let loaded = self.child.load_ui(&path).map_err(|death| self.died(death))?;
        loaded.map_err(|what| Stop::failed(format!("the user interface DLL {path} cannot be loaded: {what}")))
    }

    /// Whether the provider is initialized, and not shut down yet.
    pub fn is_started(&self) -> bool {
        self.initialised
    }

    /// Calls a function that must be there and succeed at once.
    fn demand(&mut self, call: Call) -> Result<Invoked, Stop> {
        let invoked = self.invoke(call)?;
        if invoked.result < 0 {
            let text = format!(
                "{} failed with {}",
                invoked.function.name,
                render_result(invoked.result)
            );
            return Err(Stop::failed(text));
        }
        Ok(invoked)
    }

    /// A fresh handle of TAPI's.
    pub fn new_handle(&mut self) -> u64 {
        self.next_handle += 1;
        self.next_handle - 1
    }

    /// Calls a function, gives it a request id where it wants one, and records call and return.
    pub fn invoke(&mut self, call: Call) -> Result<Invoked, Stop> {
        self.invoke_at(call, self.version)
    }

    /// [`Tapi::invoke`] with structures in the layout of a version: that of the device that the call is about.
    pub fn invoke_at(&mut self, call: Call, version: Version) -> Result<Invoked, Stop> {
        let function = call.function();
        if function.group == Group::Ui && !self.ui_loaded {
            self.load_ui()?;
        }
        let request = if function.mode == Mode::Async {
            self.next_request
        } else {
            0
        };
        if request != 0 {
            self.next_request += 1;
        }
        let call = call.version(version).bits(self.child.bits());
        let call = if request == 0 { call } else { call.request(request) };
        let args = call.build().map_err(|error| Stop::Bug(error.to_string()))?;
        let party = self.party();
        let from = self.recorder.len();
        let seq = self.child.next_seq();
        self.recorder.push(
            party.clone(),
            What::Call {
                seq,
                function,
                args: args.clone(),
            },
        );
        match self.child.call(function.name, args) {
            Ok(Replied::Returned { result, outs }) => {
                match function.name {
                    "TSPI_providerInit" if result == 0 => self.initialised = true,
                    "TSPI_providerShutdown" if result == 0 => self.initialised = false,
                    _ => {}
                }
                Ok(Invoked {
                    function,
                    result,
                    request,
                    from,
                    seq,
                    outs,
                })
            }
            Ok(Replied::Missing) => {
                let text = format!("the provider does not export {}", function.name);
                Err(if function.need == Need::Optional {
                    Stop::Skipped(text)
                } else {
                    Stop::failed(text)
                })
            }
            Err(death) => Err(self.died(death)),
        }
    }

    fn died(&self, death: Death) -> Stop {
        self.recorder
            .push(self.party(), What::Host(HostNote::Died(death.to_string())));
        Stop::Died {
            provider: self.name.clone(),
            death,
        }
    }

    /// Waits for the completion of a request; its `lResult`.
    pub fn completion(&self, request: u32, from: usize, within: Duration) -> Result<i32, Stop> {
        let party = self.party();
        let waited = self.recorder.wait(from, within, |_, event| match event.what {
            What::Completed { request: id, result } if id == request && event.by == party => Some(Ok(result)),
            What::Host(HostNote::Silent) if event.by == party => Some(Err(())),
            _ => None,
        });
        match waited {
            Waited::Seen(Ok(result)) => Ok(result),
            Waited::Seen(Err(())) => Err(self.ended_meanwhile()),
            Waited::TimedOut => Err(Stop::failed(format!(
                "request {request:#x} was not completed within {within:?}"
            ))),
        }
    }

    /// Whether a request has succeeded by now; `None` if it has not completed.
    pub fn has_succeeded(&self, request: u32, from: usize) -> Option<bool> {
        let party = self.party();
        let waited = self
            .recorder
            .wait(from, Duration::ZERO, |_, event| match event.what {
                What::Completed { request: id, result } if id == request && event.by == party => {
                    Some(result == 0)
                }
                _ => None,
            });
        match waited {
            Waited::Seen(succeeded) => Some(succeeded),
            Waited::TimedOut => None,
        }
    }

    /// The child died between calls: say how.
    pub fn ended_meanwhile(&self) -> Stop {
        match self.child.death() {
            Some(death) => Stop::Died {
                provider: self.name.clone(),
                death,
            },
            None => Stop::Bug("the child's death was recorded and then not known".to_owned()),
        }
    }

    /// Ends the provider and starts it anew, in the same process.
    pub fn restart(&mut self) -> Result<(), Stop> {
        self.shut_down()?;
        self.line_versions.clear();
        self.phone_versions.clear();
        self.lost.clear();
        self.media.clear();
        self.start()
    }

    fn shut_down(&mut self) -> Result<(), Stop> {
        let call = call("TSPI_providerShutdown")?
            .dword("dwTSPIVersion", self.version.0)
            .dword("dwPermanentProviderID", PROVIDER_ID);
        self.demand(call).map(drop)
    }

    /// Shuts the provider down and ends the child.
    pub fn finish(mut self) -> Result<(), Stop> {
        if self.initialised {
            self.shut_down()?;
        }
        let party = self.party();
        match self.child.shutdown() {
            Ok(()) => {
                self.recorder.push(party, What::Host(HostNote::Ended));
                Ok(())
            }
            Err(death) => {
                self.recorder
                    .push(party, What::Host(HostNote::Died(death.to_string())));
                Err(Stop::Died {
                    provider: self.name,
                    death,
                })
            }
        }
    }

    /// The provider in the record.
    pub fn party(&self) -> Party {
        Party::Provider(self.name.clone())
    }

    /// How long one call, or a completion, may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }
}

/// A call of a function that is known to exist.
pub(super) fn call(name: &str) -> Result<Call, Stop> {
    Call::new(name).map_err(|error| Stop::Bug(error.to_string()))
}

/// Puts what the child reports into the record, and at last that it is silent.
struct Sink {
    recorder: Recorder,
    party: Party,
}

impl Sink {
    fn record(&self, message: Message) {
        if let Some(what) = recorded(message) {
            self.recorder.push(self.party.clone(), what);
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.recorder
            .push(self.party.clone(), What::Host(HostNote::Silent));
    }
}

/// What a message is in the record; the child's own affairs are none.
fn recorded(message: Message) -> Option<What> {
    Some(match message {
        Message::Returned {
            seq, result, outs, ..
        } => What::Return { seq, result, outs },
        Message::Missing { seq } => What::NotExported { seq },
        Message::Completed { request, result, .. } => What::Completed { request, result },
        Message::Line {
            line,
            call,
            msg,
            params,
            new_call,
            data,
            ..
        } => What::Line(CallbackArgs {
            device: line,
            call,
            msg,
            params,
            new_call,
            data,
        }),
        Message::Phone {
            phone, msg, params, ..
        } => What::Phone(CallbackArgs {
            device: phone,
            call: 0,
            msg,
            params,
            new_call: None,
            data: Vec::new(),
        }),
        Message::Ui {
            object,
            kind,
            params,
            answer,
            ..
        } => What::Ui {
            object,
            kind,
            params,
            answer,
        },
        Message::Dialog {
            provider,
            request,
            hd,
            ht,
            ui_dll,
            params,
            ..
        } => What::Dialog {
            provider,
            request,
            hd,
            ht,
            ui_dll,
            params,
        },
        Message::Kept { seq, outs } => What::Kept { seq, outs },
        Message::Hello { .. }
        | Message::Exports { .. }
        | Message::Was { .. }
        | Message::Done
        | Message::Failed { .. }
        | Message::Fault { .. }
        | Message::Exiting { .. } => return None,
    })
}
