//! A trace told as what TAPI keeps: invocations, requests, and the lives of lines, phones and calls. Rules read this
//! instead of each walking the events anew.

mod answers;
mod ends;
mod exports;
mod invocation;
mod lives;
mod read;

use std::collections::HashMap;
use std::time::Duration;

use crate::trace::{CallbackArgs, Event, Party, What};
use crate::tspi::{Mode, Version};

pub use answers::Answer;
pub use exports::Exports;
pub use invocation::{Invocation, Outcome, Request, Returned};
pub use lives::{CallLife, Conference, DialogLife, LineLife, Mask, MspLife, Origin, PhoneLife, StateSeen};

/// Everything that one provider did in a trace.
pub struct Story<'t> {
    /// The whole trace.
    pub events: &'t [Event],
    /// Whose story it is.
    pub party: Party,
    /// Calls into the provider, in order.
    pub invocations: Vec<Invocation<'t>>,
    /// Accepted asynchronous requests.
    pub requests: Vec<Request>,
    /// Completions whose id no accepted request has: index and id.
    pub stray_completions: Vec<(usize, u32)>,
    /// Lines that were opened.
    pub lines: Vec<LineLife>,
    /// Phones that were opened.
    pub phones: Vec<PhoneLife>,
    /// Calls.
    pub calls: Vec<CallLife>,
    /// MSP instances.
    pub msps: Vec<MspLife>,
    /// Dialog instances.
    pub dialogs: Vec<DialogLife>,
    /// Conferences.
    pub conferences: Vec<Conference>,
    /// Every structure that was filled.
    pub answers: Vec<Answer>,
    /// Line callbacks: index and arguments.
    pub callbacks: Vec<(usize, &'t CallbackArgs)>,
    /// Phone callbacks: index and arguments.
    pub phone_callbacks: Vec<(usize, &'t CallbackArgs)>,
    /// What the provider's DLL exports, and where that was noted.
    pub exports: Option<Exports<'t>>,
    /// What the DLL of its user interface exports, once an application has loaded it.
    pub ui_exports: Option<Exports<'t>>,
    /// The invocations of each group that was made at once, by their places.
    pub at_once: Vec<Vec<usize>>,
    /// Whether the child lived until it was told to end.
    pub ended_well: bool,
    /// Where in `requests` each id is.
    request_ids: HashMap<u32, usize>,
}

impl<'t> Story<'t> {
    /// Reads the story of `party` out of a trace.
    pub fn read(events: &'t [Event], party: &Party) -> Story<'t> {
        let mut story = Story {
            events,
            party: party.clone(),
            invocations: Vec::new(),
            requests: Vec::new(),
            stray_completions: Vec::new(),
            lines: Vec::new(),
            phones: Vec::new(),
            calls: Vec::new(),
            msps: Vec::new(),
            dialogs: Vec::new(),
            conferences: Vec::new(),
            answers: Vec::new(),
            callbacks: Vec::new(),
            phone_callbacks: Vec::new(),
            exports: None,
            ui_exports: None,
            at_once: Vec::new(),
            ended_well: false,
            request_ids: HashMap::new(),
        };
        story.read_events();
        story.read_requests();
        story.read_completions();
        story.read_devices();
        story.read_calls();
        story.read_versions();
        story.read_conferences();
        for index in 0..story.invocations.len() {
            story.invocations[index].hostile = super::hostile::is_hostile(&story, &story.invocations[index]);
        }
        story.answers = answers::read(&story);
        story
    }

    /// The call that the provider's handle stands for at event `at`: the latest begun by then.
    pub fn call_by_hd(&self, hd: u64, at: usize) -> Option<&CallLife> {
        self.calls
            .iter()
            .filter(|call| call.begun < at)
            .rev()
            .find(|call| call.hd == Some(hd))
    }

    /// The call that TAPI's handle stands for.
    pub fn call(&self, ht: u64) -> Option<&CallLife> {
        self.calls.iter().find(|call| call.ht == ht)
    }

    /// The call that an invocation is about, by the parameter with its handle (`hdCall`, `hdConfCall`, …).
    pub fn call_of(&self, one: &Invocation<'_>, parameter: &str) -> Option<&CallLife> {
        self.call_by_hd(one.value(parameter)?, one.called)
    }

    /// The line that the provider's handle stands for at event `at`.
    pub fn line_by_hd(&self, hd: u64, at: usize) -> Option<&LineLife> {
        read::line_by_hd(&self.lines, hd, at)
    }

    /// The line that TAPI's handle stands for.
    pub fn line(&self, ht: u64) -> Option<&LineLife> {
        self.lines.iter().find(|line| line.ht == ht)
    }

    /// The phone that the provider's handle stands for at event `at`: the latest opened by then.
    pub fn phone_by_hd(&self, hd: u64, at: usize) -> Option<&PhoneLife> {
        let mut phones = self.phones.iter().rev();
        phones.find(|phone| phone.hd == hd && phone.opened < at)
    }

    /// The phone that TAPI's handle stands for.
    pub fn phone(&self, ht: u64) -> Option<&PhoneLife> {
        self.phones.iter().find(|phone| phone.ht == ht)
    }

    /// Invocations of one function, as TAPI makes them: what it never does is a matter of the rules on hostile callers alone.
    pub fn invocations_of(&self, name: &str) -> impl Iterator<Item = &Invocation<'t>> {
        self.invocations
            .iter()
            .filter(move |one| one.function.name == name && !one.hostile)
    }

    /// The media modes of incoming calls that TAPI has last asked for on a line before event `at`; `None` where it never did.
    pub fn media_mask(&self, ht: u64, at: usize) -> Option<u32> {
        let sets = self
            .invocations_of("TSPI_lineSetDefaultMediaDetection")
            .filter(|one| {
                let line = self.line_by_hd(one.value("hdLine").unwrap_or_default(), one.called);
                one.result() == Some(0) && one.at() < at && line.is_some_and(|line| line.ht == ht)
            });
        Some(sets.last()?.dword("dwMediaModes"))
    }

    /// The request of that id, if it was accepted.
    pub fn request(&self, id: u32) -> Option<&Request> {
        self.requests.get(*self.request_ids.get(&id)?)
    }

    /// How a call ended: with its return, or with its first completion; `None` while it has not, and where an asynchronous
    /// function returned 0, which neither refuses nor begins a request.
    pub fn outcome(&self, one: &Invocation<'_>) -> Option<Outcome> {
        let returned = one.returned?;
        if returned.result == 0 && one.function.mode == Mode::Async {
            return None;
        }
        let id = one.value("dwRequestID").filter(|_| returned.result > 0);
        let Some(id) = id else {
            return Some(Outcome {
                at: returned.at,
                result: returned.result,
            });
        };
        let (at, result) = *self.request(id as u32)?.completions.first()?;
        Some(Outcome { at, result })
    }

    /// What memory held, each time that it was read anew after a call had left it with the provider: index and bytes.
    pub fn kept(&self, one: &Invocation<'_>, name: &str) -> Vec<(usize, &'t [u8])> {
        let What::Call {
            seq: of, function, ..
        } = &self.events[one.called].what
        else {
            return Vec::new();
        };
        let place = function.arg(name);
        let read = self.events.iter().enumerate().skip(one.called);
        let outs = read.filter_map(|(at, event)| match &event.what {
            What::Kept { seq, outs } if seq == of && event.by == self.party => Some((at, outs)),
            _ => None,
        });
        outs.filter_map(|(at, outs)| {
            let found = outs.iter().find(|(index, _)| Some(usize::from(*index)) == place);
            Some((at, found?.1.as_slice()))
        })
        .collect()
    }

    /// The device that a call is about: by its id, or by the line, call or phone whose handle it has.
    pub fn device_of(&self, one: &Invocation<'_>) -> Option<u32> {
        if let Some(device) = one.value("dwDeviceID") {
            return Some(device as u32);
        }
        if let Some(hd) = one.value("hdPhone") {
            return self.phone_by_hd(hd, one.called).map(|phone| phone.device);
        }
        let by_line = one.value("hdLine").and_then(|hd| self.line_by_hd(hd, one.called));
        let calls = [
            "hdCall",
            "hdConfCall",
            "hdConsultCall",
            "hdActiveCall",
            "hdHeldCall",
        ];
        let by_call = || {
            let hd = calls.iter().find_map(|name| one.value(name))?;
            self.line(self.call_by_hd(hd, one.called)?.line?)
        };
        by_line.or_else(by_call).map(|line| line.device)
    }

    /// The first version that the provider settled on for its devices, 0 before any negotiation.
    pub fn version(&self) -> u32 {
        self.invocations_of("TSPI_lineNegotiateTSPIVersion")
            .filter(|one| one.result() == Some(0))
            .find_map(|one| one.number_out("lpdwTSPIVersion"))
            .unwrap_or_default() as u32
    }

    /// The version that was settled on for a line or phone device when it came.
    pub fn device_version(&self, of_phone: bool, device: u32) -> Option<Version> {
        let function = match of_phone {
            true => "TSPI_phoneNegotiateTSPIVersion",
            false => "TSPI_lineNegotiateTSPIVersion",
        };
        self.invocations_of(function)
            .filter(|one| one.result() == Some(0) && one.dword("dwDeviceID") == device)
            .find_map(|one| one.number_out("lpdwTSPIVersion"))
            .map(|version| Version(version as u32))
    }

    /// How many line devices, or phone devices, the provider was started with.
    pub fn devices(&self, of_phone: bool) -> u32 {
        let name = if of_phone { "dwNumPhones" } else { "dwNumLines" };
        let mut inits = self.invocations_of("TSPI_providerInit");
        inits.next().map_or(0, |one| one.dword(name))
    }

    /// Which status messages TAPI has asked for on a line, by its handle for it, before event `at`: what
    /// `TSPI_lineSetStatusMessages` last took.
    pub fn line_mask(&self, ht: u64, at: usize) -> Mask {
        let mut mask = Mask::default();
        for one in self.invocations_of("TSPI_lineSetStatusMessages") {
            let line = self.line_by_hd(one.value("hdLine").unwrap_or_default(), one.called);
            if one.result() == Some(0) && one.at() < at && line.is_some_and(|line| line.ht == ht) {
                mask.states = one.dword("dwLineStates");
                mask.address_states = one.dword("dwAddressStates");
            }
        }
        mask
    }

    /// Which status messages TAPI has asked for on a phone: what `TSPI_phoneSetStatusMessages` last took.
    pub fn phone_mask(&self, ht: u64, at: usize) -> Mask {
        let mut mask = Mask::default();
        for one in self.invocations_of("TSPI_phoneSetStatusMessages") {
            let phone = self.phone_by_hd(one.value("hdPhone").unwrap_or_default(), one.called);
            if one.result() == Some(0) && one.at() < at && phone.is_some_and(|phone| phone.ht == ht) {
                mask.states = one.dword("dwPhoneStates");
                mask.button_modes = one.dword("dwButtonModes");
                mask.button_states = one.dword("dwButtonStates");
            }
        }
        mask
    }

    /// When event `at` happened.
    pub fn time(&self, at: usize) -> Duration {
        self.events.get(at).map_or(Duration::ZERO, |event| event.at)
    }

    /// When the trace ended.
    pub fn end(&self) -> Duration {
        self.events.last().map_or(Duration::ZERO, |event| event.at)
    }
}
