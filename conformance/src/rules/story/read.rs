//! How a story is read out of a trace.

use super::{
    CallLife, Conference, DialogLife, Exports, Invocation, LineLife, MspLife, Origin, PhoneLife, Request,
    Returned, StateSeen, Story,
};
use crate::trace::{HostNote, What};
use crate::tspi::{Mode, Version, constant_value};

/// Where functions that make calls take TAPI's handle of a new call, and where they put the provider's.
const NEW_CALLS: [(&str, &str); 3] = [
    ("htCall", "lphdCall"),
    ("htConfCall", "lphdConfCall"),
    ("htConsultCall", "lphdConsultCall"),
];

/// Parameters that hold the provider's handle of a call.
const CALL_HANDLES: [&str; 5] = [
    "hdCall",
    "hdConfCall",
    "hdConsultCall",
    "hdActiveCall",
    "hdHeldCall",
];

impl<'t> Story<'t> {
    pub(super) fn read_events(&mut self) {
        let mut seqs = Vec::new();
        let mut together: Vec<&Vec<u32>> = Vec::new();
        let events = self.events;
        let mine = events
            .iter()
            .enumerate()
            .filter(|(_, event)| event.by == self.party);
        for (at, event) in mine {
            match &event.what {
                What::Call { seq, function, args } => {
                    seqs.push(*seq);
                    self.invocations.push(Invocation {
                        function,
                        seq: *seq,
                        called: at,
                        returned: None,
                        version: Version(0),
                        hostile: false,
                        args,
                    });
                }
                What::Return { seq, result, outs } => {
                    if let Some(index) = seqs.iter().rposition(|known| known == seq) {
                        self.invocations[index].returned = Some(Returned {
                            at,
                            result: *result,
                            outs,
                        });
                    }
                }
                What::Exports { of_ui: true, names } => self.ui_exports = Some(Exports { at, names }),
                What::Exports { names, .. } => self.exports = Some(Exports { at, names }),
                What::Line(args) => self.callbacks.push((at, args)),
                What::Phone(args) => self.phone_callbacks.push((at, args)),
                What::Dialog {
                    provider,
                    request,
                    hd,
                    ht,
                    ui_dll,
                    ..
                } => self.dialogs.push(DialogLife {
                    ht: *ht,
                    hd: *hd,
                    provider: *provider,
                    request: *request,
                    ui_dll: ui_dll.clone(),
                    created: at,
                    freed: None,
                }),
                What::AtOnce { calls } => together.push(calls),
                What::Host(HostNote::Ended) => self.ended_well = true,
                _ => {}
            }
        }
        let place = |seq: &u32| seqs.iter().position(|known| known == seq);
        let places = |group: &Vec<u32>| group.iter().filter_map(place).collect();
        self.at_once = together.into_iter().map(places).collect();
    }

    pub(super) fn read_requests(&mut self) {
        for (index, invocation) in self.invocations.iter().enumerate() {
            let Some(id) = invocation.value("dwRequestID").map(|id| id as u32) else {
                continue;
            };
            // A provider may complete inside the call, so a request counts from the call on; one that was
            // refused is no request.
            if invocation.function.mode == Mode::Async && invocation.result().is_none_or(|result| result >= 0)
            {
                self.request_ids.insert(id, self.requests.len());
                self.requests.push(Request {
                    id,
                    invocation: index,
                    completions: Vec::new(),
                    line: None,
                    phone: None,
                });
            }
        }
    }

    pub(super) fn read_completions(&mut self) {
        for (at, event) in self.events.iter().enumerate() {
            let What::Completed { request, result } = event.what else {
                continue;
            };
            if event.by != self.party {
                continue;
            }
            match self.request_ids.get(&request) {
                Some(known) => self.requests[*known].completions.push((at, result)),
                None => self.stray_completions.push((at, request)),
            }
        }
    }

    /// Lines, phones and MSP instances: what is opened and closed by synchronous functions. Freed dialogs too.
    pub(super) fn read_devices(&mut self) {
        for one in &self.invocations {
            let Some(returned) = one.returned.filter(|returned| returned.result == 0) else {
                continue;
            };
            let (value, given) = (
                |name| one.value(name).unwrap_or_default(),
                |name| one.number_out(name).unwrap_or_default(),
            );
            let at = returned.at;
            match one.function.name {
                "TSPI_lineOpen" => self.lines.push(LineLife {
                    ht: value("htLine"),
                    hd: given("lphdLine"),
                    device: one.dword("dwDeviceID"),
                    opened: at,
                    closed: None,
                }),
                "TSPI_lineClose" => {
                    let hd = value("hdLine");
                    let mut open = self.lines.iter_mut().rev().filter(|line| line.closed.is_none());
                    if let Some(line) = open.find(|line| line.hd == hd) {
                        line.closed = Some(at);
                    }
                }
                "TSPI_phoneOpen" => self.phones.push(PhoneLife {
                    ht: value("htPhone"),
                    hd: given("lphdPhone"),
                    device: one.dword("dwDeviceID"),
                    opened: at,
                    closed: None,
                }),
                "TSPI_phoneClose" => {
                    let hd = value("hdPhone");
                    let mut open = self
                        .phones
                        .iter_mut()
                        .rev()
                        .filter(|phone| phone.closed.is_none());
                    if let Some(phone) = open.find(|phone| phone.hd == hd) {
                        phone.closed = Some(at);
                    }
                }
                "TSPI_lineCreateMSPInstance" => {
                    let line = line_by_hd(&self.lines, value("hdLine"), at);
                    self.msps.push(MspLife {
                        ht: value("htMSPLine"),
                        hd: given("lphdMSPLine"),
                        line: line.map(|line| line.ht),
                        created: at,
                        closed: None,
                    });
                }
                "TSPI_lineCloseMSPInstance" => {
                    let hd = value("hdMSPLine");
                    let mut open = self.msps.iter_mut().rev().filter(|msp| msp.closed.is_none());
                    if let Some(msp) = open.find(|msp| msp.hd == hd) {
                        msp.closed = Some(at);
                    }
                }
                "TSPI_providerFreeDialogInstance" => {
                    let hd = value("hdDlgInst");
                    let mut open = self
                        .dialogs
                        .iter_mut()
                        .rev()
                        .filter(|dialog| dialog.freed.is_none());
                    if let Some(dialog) = open.find(|dialog| dialog.hd == hd) {
                        dialog.freed = Some(at);
                    }
                }
                _ => {}
            }
        }
    }

    pub(super) fn read_calls(&mut self) {
        self.read_made_calls();
        self.read_announced_calls();
        self.read_lines_of_consultation_calls();
        let callstate = constant_value("LINE_CALLSTATE");
        for (at, args) in &self.callbacks {
            let mut calls = self.calls.iter_mut();
            let Some(call) = calls.find(|call| call.ht == args.call && args.new_call.is_none()) else {
                continue;
            };
            call.events.push(*at);
            if args.msg == callstate {
                call.states.push(StateSeen {
                    at: *at,
                    state: args.params[0] as u32,
                    mode: args.params[1],
                });
            }
        }
        let closing = self.invocations.iter();
        for invocation in closing.filter(|one| one.function.name == "TSPI_lineCloseCall") {
            let (Some(hd), Some(returned)) = (invocation.value("hdCall"), invocation.returned) else {
                continue;
            };
            // A provider may use a handle's value again for a later call.
            let open =
                self.calls.iter_mut().rev().find(|call| {
                    call.hd == Some(hd) && call.closed.is_none() && call.begun < invocation.called
                });
            if let (Some(call), 0) = (open, returned.result) {
                call.closed = Some(returned.at);
            }
        }
        for index in 0..self.requests.len() {
            let invocation = &self.invocations[self.requests[index].invocation];
            let line = match invocation.value("hdLine") {
                Some(hd) => line_by_hd(&self.lines, hd, invocation.called).map(|line| line.ht),
                None => CALL_HANDLES
                    .iter()
                    .find_map(|name| invocation.value(name))
                    .and_then(|hd| self.call_by_hd(hd, invocation.called))
                    .and_then(|call| call.line),
            };
            let phone = invocation.value("hdPhone");
            let phone = phone.and_then(|hd| self.phone_by_hd(hd, invocation.called));
            let phone = phone.map(|phone| phone.ht);
            self.requests[index].line = line;
            self.requests[index].phone = phone;
        }
    }

    fn read_made_calls(&mut self) {
        let mut made = Vec::new();
        for request in &self.requests {
            let invocation = &self.invocations[request.invocation];
            for (ht, lphd) in NEW_CALLS {
                let Some(ht) = invocation.value(ht).filter(|ht| *ht != 0) else {
                    continue;
                };
                if !makes_a_call(invocation, lphd) {
                    continue;
                }
                let line = invocation.value("hdLine");
                let line = line.and_then(|hd| line_by_hd(&self.lines, hd, invocation.called));
                let completed = request.completions.iter().find(|(_, result)| *result == 0);
                let completed = completed.map(|(at, _)| *at);
                // A provider that returns 0 instead of the id says that the call is made; that it does is a breach for itself.
                let at_once = invocation.returned.filter(|returned| returned.result == 0);
                made.push(CallLife {
                    ht,
                    hd: invocation.number_out(lphd),
                    line: line.map(|line| line.ht),
                    origin: Origin::Made(request.invocation),
                    begun: invocation.called,
                    valid: completed.or(at_once.map(|returned| returned.at)),
                    states: Vec::new(),
                    events: Vec::new(),
                    closed: None,
                });
            }
        }
        self.calls.extend(made);
    }

    /// A call that was set up from another is on that one's line.
    fn read_lines_of_consultation_calls(&mut self) {
        for index in 0..self.calls.len() {
            let call = &self.calls[index];
            let (Origin::Made(made_by), None) = (call.origin, call.line) else {
                continue;
            };
            let invocation = &self.invocations[made_by];
            let from = ["hdCall", "hdConfCall"]
                .iter()
                .find_map(|name| invocation.value(name));
            self.calls[index].line = from
                .and_then(|hd| self.call_by_hd(hd, call.begun))
                .and_then(|from| from.line);
        }
    }

    fn read_announced_calls(&mut self) {
        for (at, args) in &self.callbacks {
            let Some(ht) = args.new_call else { continue };
            self.calls.push(CallLife {
                ht,
                hd: Some(args.params[0]),
                line: Some(args.device),
                origin: Origin::Announced(*at),
                begun: *at,
                valid: Some(*at),
                states: Vec::new(),
                events: Vec::new(),
                closed: None,
            });
        }
    }

    pub(super) fn read_versions(&mut self) {
        for index in 0..self.invocations.len() {
            let one = &self.invocations[index];
            let own = one.value("dwTSPIVersion").map(|version| Version(version as u32));
            let of_phone = one.function.name.contains("_phone");
            let version = own.filter(|version| version.0 != 0).unwrap_or_else(|| {
                let device = self.device_of(one);
                let known = device.and_then(|device| self.device_version(of_phone, device));
                known.unwrap_or(Version(self.version()))
            });
            self.invocations[index].version = version;
        }
    }

    pub(super) fn read_conferences(&mut self) {
        let mut conferences: Vec<Conference> = Vec::new();
        for one in &self.invocations {
            let Some(outcome) = self.outcome(one).filter(|outcome| outcome.succeeded()) else {
                continue;
            };
            let call = |name| {
                let hd = one.value(name)?;
                self.call_by_hd(hd, one.called).map(|call| call.ht)
            };
            match one.function.name {
                "TSPI_lineSetupConference" | "TSPI_lineCompleteTransfer" => {
                    let made = makes_a_call(one, "lphdConfCall");
                    let Some(ht) = one.value("htConfCall").filter(|ht| *ht != 0 && made) else {
                        continue;
                    };
                    let mut members: Vec<_> = call("hdCall").into_iter().collect();
                    if one.function.name == "TSPI_lineCompleteTransfer" {
                        members.extend(call("hdConsultCall"));
                    }
                    let members = members.into_iter().map(|ht| (ht, outcome.at, None)).collect();
                    conferences.push(Conference { ht, members });
                }
                "TSPI_lineAddToConference" => {
                    let (Some(ht), Some(member)) = (call("hdConfCall"), call("hdConsultCall")) else {
                        continue;
                    };
                    if let Some(known) = conferences.iter_mut().find(|known| known.ht == ht) {
                        known.members.push((member, outcome.at, None));
                    }
                }
                "TSPI_lineRemoveFromConference" => {
                    let Some(ht) = call("hdCall") else { continue };
                    let members = conferences.iter_mut().flat_map(|known| &mut known.members);
                    for member in members.filter(|member| member.0 == ht && member.2.is_none()) {
                        member.2 = Some(outcome.at);
                    }
                }
                _ => {}
            }
        }
        self.conferences = conferences;
    }
}

/// Whether a function that may make a call has been asked for one, or says that it has made one.
fn makes_a_call(one: &Invocation<'_>, lphd: &str) -> bool {
    match one.function.name {
        "TSPI_lineCompleteTransfer" => {
            one.dword("dwTransferMode") == constant_value("LINETRANSFERMODE_CONFERENCE")
        }
        "TSPI_lineForward" => one.number_out(lphd).is_some_and(|hd| hd != 0),
        _ => true,
    }
}

/// The line that the provider's handle stands for at event `at`: the latest opened by then.
pub(super) fn line_by_hd(lines: &[LineLife], hd: u64, at: usize) -> Option<&LineLife> {
    lines.iter().rev().find(|line| line.hd == hd && line.opened < at)
}
