//! TAPI's server towards one provider: starts it as Windows does, keeps handles and request ids, and records
//! every call on the way in and out.

use std::path::Path;
use std::time::Duration;

use offhook_host_protocol::Message;

use super::Stop;
use crate::host::{Child, ChildOptions, Death, HostBinary, HostError, Replied};
use crate::trace::{CallbackArgs, HostNote, Party, Recorder, Waited, What};
use crate::tspi::marshal::Call;
use crate::tspi::{Function, Mode, Need, Version, constant_value, render_result};

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
    outs: Vec<(u8, Vec<u8>)>,
}

impl Invoked {
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
        let bytes = self.out(name).unwrap_or_default();
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
    /// The version settled on for the provider as a whole.
    pub version: Version,
    /// How many line devices it has.
    pub lines: u32,
    timeout: Duration,
    initialised: bool,
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
            version: Version::V1_3,
            lines: 0,
            timeout,
            initialised: false,
        })
    }

    /// Starts the provider in TAPI's order: overall version, devices, init, then the version of each line.
    pub fn start(&mut self) -> Result<(), Stop> {
        let overall = self.negotiate(constant_value("INITIALIZE_NEGOTIATION"))?;
        self.version = overall;
        let devices = call("TSPI_providerEnumDevices")?
            .dword("dwPermanentProviderID", PROVIDER_ID)
            .handle("hProvider", u64::from(PROVIDER_ID));
        let devices = self.demand(devices)?;
        self.lines = devices.number("lpdwNumLines") as u32;
        let phones = devices.number("lpdwNumPhones");
        let init = call("TSPI_providerInit")?
            .dword("dwTSPIVersion", overall.0)
            .dword("dwPermanentProviderID", PROVIDER_ID)
            .dword("dwLineDeviceIDBase", 0)
            .dword("dwPhoneDeviceIDBase", 0)
            .dword("dwNumLines", self.lines)
            .dword("dwNumPhones", phones as u32);
        self.demand(init)?;
        self.initialised = true;
        for device in 0..self.lines {
            self.negotiate(device)?;
        }
        Ok(())
    }

    fn negotiate(&mut self, device: u32) -> Result<Version, Stop> {
        let call = call("TSPI_lineNegotiateTSPIVersion")?
            .dword("dwDeviceID", device)
            .dword("dwLowVersion", Version::V1_3.0)
            .dword("dwHighVersion", Version::V3_1.0);
        let version = Version(self.demand(call)?.number("lpdwTSPIVersion") as u32);
        if version < Version::V1_3 || version > Version::V3_1 {
            let text =
                format!("TSPI_lineNegotiateTSPIVersion answered {version}, outside the range 1.3 to 3.1");
            return Err(Stop::failed(text));
        }
        Ok(version)
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
        let function = call.function();
        let request = if function.mode == Mode::Async {
            self.next_request
        } else {
            0
        };
        if request != 0 {
            self.next_request += 1;
        }
        let call = call.version(self.version);
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
            Ok(Replied::Returned { result, outs }) => Ok(Invoked {
                function,
                result,
                request,
                from,
                outs,
            }),
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

    /// Shuts the provider down and ends the child.
    pub fn finish(mut self) -> Result<(), Stop> {
        if self.initialised {
            let call = call("TSPI_providerShutdown")?
                .dword("dwTSPIVersion", self.version.0)
                .dword("dwPermanentProviderID", PROVIDER_ID);
            let shutdown = self.invoke(call)?;
            if shutdown.result < 0 {
                let text = format!(
                    "TSPI_providerShutdown failed with {}",
                    render_result(shutdown.result)
                );
                return Err(Stop::failed(text));
            }
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
            ..
        } => What::Line(CallbackArgs {
            device: line,
            call,
            msg,
            params,
            new_call,
        }),
        Message::Phone {
            phone, msg, params, ..
        } => What::Phone(CallbackArgs {
            device: phone,
            call: 0,
            msg,
            params,
            new_call: None,
        }),
        Message::Hello { .. }
        | Message::Ui { .. }
        | Message::Done
        | Message::Failed { .. }
        | Message::Fault { .. }
        | Message::Exiting { .. } => return None,
    })
}
