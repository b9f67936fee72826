//! TAPI's server towards one provider: starts it as Windows does, keeps handles and request ids, and records
//! every call on the way in and out. [`application`] is the process that its user interface lives in.

mod application;
mod devices;
mod dialogs;
mod duties;
mod flights;
mod invoked;
mod life;
mod record;
mod reusable;

use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::time::Duration;

use offhook_host_protocol::Arg;

pub use invoked::Invoked;

use self::application::Application;
pub(super) use self::duties::Duty;
pub(super) use self::flights::Landed;
use self::record::Lane;
pub(super) use self::reusable::Reusable;
use super::Stop;
use crate::host::{Child, ChildOptions, Death, HostBinary, Replied};
use crate::trace::{HostNote, Party, Recorder, Waited, What};
use crate::tspi::marshal::Call;
use crate::tspi::{Function, Group, Mode, Version, render_result};

/// The permanent provider id that TAPI gives the first provider at installation; registry settings go by it. Further
/// ones of a scenario get those behind it.
pub const PROVIDER_ID: u32 = 4;

/// The first of TAPI's own handles, apart from the child's.
const FIRST_HANDLE: u64 = 0x4C00_0001;

/// The first request id. Not 1, so that an id is seldom mistaken for another small number.
const FIRST_REQUEST: u32 = 0x0001_0001;

/// One provider, loaded and started.
pub struct Tapi {
    name: String,
    recorder: Recorder,
    child: Child,
    /// Where what the child says goes.
    lane: Lane,
    /// The permanent provider id.
    id: u32,
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
    /// Devices that were announced and that the provider then did not make: the event, and how that failed.
    unmade: HashMap<usize, String>,
    /// The record up to here has been looked through for what TAPI does by itself.
    attended: usize,
    /// The media modes that each line device has, as far as TAPI has asked; `None` where it does not say.
    media: HashMap<u32, Option<u32>>,
    timeout: Duration,
    initialised: bool,
    /// Calls of TSPI_providerInit that succeeded while it was initialised: each is paired with a TSPI_providerShutdown.
    initialised_again: u32,
    /// Whether it has set LINETSPIOPTION_NONREENTRANT: it is in no two functions at a time.
    one_at_a_time: bool,
    /// How many of its functions have been called apart and have not returned.
    inside: usize,
    /// The program of the child.
    host: HostBinary,
    /// What stands around the provider, for processes beside its own.
    options: ChildOptions,
    dll: PathBuf,
    /// The path of the user interface DLL, once it was asked for; `None` in it where there is none.
    ui_dll: Option<Option<String>>,
    /// The processes of applications, one a user interface DLL.
    applications: Vec<Application>,
}

impl Tapi {
    /// Leaves a call out of the trace in words.
    pub fn aside(&self, seq: u32) {
        self.recorder.push(self.party(), What::Aside { seq });
    }

    /// Its name in the scenario.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The permanent provider id.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// What TAPI passes for a parameter that is its own affair.
    pub fn own_value(&self, parameter: &str) -> Option<u64> {
        Some(u64::from(match parameter {
            "dwPermanentProviderID" | "hProvider" => self.id,
            "dwNumLines" => self.lines,
            "dwNumPhones" => self.phones,
            _ => return None,
        }))
    }

    /// Which of these functions the provider, or for those of the user interface its DLL, does not export.
    pub fn missing<'n>(&mut self, names: &[&'n str]) -> Result<Vec<&'n str>, Stop> {
        let (of_ui, own): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| name.starts_with("TUISPI_"));
        let found = self.child.exports(&own);
        let found = found.map_err(|death| self.died(death))?;
        let mut missing: HashSet<&str> = own
            .iter()
            .zip(found)
            .filter(|(_, found)| !found)
            .map(|(name, _)| *name)
            .collect();
        if !of_ui.is_empty() {
            missing.extend(self.missing_in_ui(&of_ui)?);
        }
        Ok(names
            .iter()
            .filter(|name| missing.contains(**name))
            .copied()
            .collect())
    }

    /// What the memory holds now that call `seq` left with the provider; recorded.
    pub fn kept(&mut self, seq: u32) -> Result<Vec<(u8, Vec<u8>)>, Stop> {
        let kept = self.child.kept(seq);
        kept.map_err(|death| self.died(death))
    }

    /// Answers the next so many LINE_NEWCALLs with NULL, as TAPI does that is short of memory (`line-newcall.md`).
    pub fn refuse_new_calls(&mut self, count: u32) -> Result<(), Stop> {
        let refused = self.child.refuse_new_calls(count);
        refused.map_err(|death| self.died(death))
    }

    /// Whether the provider is initialized, and not shut down yet.
    pub fn is_started(&self) -> bool {
        self.initialised
    }

    /// Calls a function that must be there and succeed at once.
    fn demand(&mut self, call: Call) -> Result<Invoked, Stop> {
        let invoked = self.invoke(call)?;
        if invoked.result < 0 {
            let said = self.child.last_line();
            let said = said.map_or(String::new(), |line| format!("; it printed: {line}"));
            let text = format!(
                "{} failed with {}{said}",
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

    /// Calls a function of basic telephony for TAPI's own sake, which it does without where the provider does not export it.
    pub fn invoke_if_exported(&mut self, call: Call) -> Result<Option<Invoked>, Stop> {
        match self.invoke(call) {
            Err(Stop::Skipped(_)) => Ok(None),
            invoked => invoked.map(Some),
        }
    }

    /// [`Tapi::invoke`] with structures in the layout of a version: that of the device that the call is about.
    pub fn invoke_at(&mut self, call: Call, version: Version) -> Result<Invoked, Stop> {
        if call.function().group == Group::Ui {
            return self.invoke_ui(call, version);
        }
        if self.inside > 0 || self.shows_dialogs() {
            return self.invoke_apart(call, version);
        }
        let (function, request, args) = self.arguments(call, version)?;
        let from = self.recorder.len();
        let seq = self.child.next_seq();
        self.record_call(seq, function, &args);
        match self.child.call(function.name, args) {
            Ok(replied) => self.invoked(function, request, from, seq, replied),
            Err(death) => Err(self.died(death)),
        }
    }

    /// The arguments of a call, with a request id where it wants one.
    fn arguments(
        &mut self,
        call: Call,
        version: Version,
    ) -> Result<(&'static Function, u32, Vec<Arg>), Stop> {
        let function = call.function();
        let call = call.version(version).bits(self.child.bits());
        let (request, call) = match function.mode {
            Mode::Async => {
                let request = self.next_request;
                self.next_request += 1;
                (request, call.request(request))
            }
            _ => (0, call),
        };
        let args = call.build().map_err(|error| Stop::Bug(error.to_string()))?;
        Ok((function, request, args))
    }

    fn record_call(&self, seq: u32, function: &'static Function, args: &[Arg]) {
        let args = args.to_vec();
        self.recorder
            .push(self.party(), What::Call { seq, function, args });
    }

    /// What came of a call that has returned.
    fn invoked(
        &mut self,
        function: &'static Function,
        request: u32,
        from: usize,
        seq: u32,
        replied: Replied,
    ) -> Result<Invoked, Stop> {
        match replied {
            Replied::Returned { result, outs } => {
                let invoked = Invoked {
                    function,
                    result,
                    request,
                    from,
                    seq,
                    outs,
                };
                self.note_life(&invoked);
                Ok(invoked)
            }
            Replied::Missing => {
                let text = format!("the provider does not export {}", function.name);
                // What a provider leaves out of basic telephony a rule warns of; there is nothing more to play.
                Err(match function.is_vital() {
                    true => Stop::failed(text),
                    false => Stop::Skipped(text),
                })
            }
        }
    }

    pub(super) fn died(&self, death: Death) -> Stop {
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
                "request {request:#x} was not completed within {within:?}; --timeout gives it more"
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
