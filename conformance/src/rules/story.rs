//! A trace told as what TAPI keeps: invocations, requests, lines and the lives of calls. Rules read this
//! instead of each walking the events anew.

use offhook_host_protocol::Arg;

use crate::trace::{CallbackArgs, Event, HostNote, Party, What};
use crate::tspi::{Function, Mode, constant_value};

/// Where functions that make calls take TAPI's handle of a new call, and where they put the provider's.
const NEW_CALLS: [(&str, &str); 3] = [
    ("htCall", "lphdCall"),
    ("htConfCall", "lphdConfCall"),
    ("htConsultCall", "lphdConsultCall"),
];

/// One call into the provider and its return.
#[derive(Debug)]
pub struct Invocation<'t> {
    /// The function.
    pub function: &'static Function,
    /// Index of the call in the trace.
    pub called: usize,
    /// Index of the return, result and out buffers; `None` where the provider never returned.
    pub returned: Option<Returned<'t>>,
    args: &'t [Arg],
}

/// The return of an [`Invocation`].
#[derive(Debug, Clone, Copy)]
pub struct Returned<'t> {
    /// Index in the trace.
    pub at: usize,
    /// The result as it came.
    pub result: i32,
    /// Out buffers by argument position.
    pub outs: &'t [(u8, Vec<u8>)],
}

impl<'t> Invocation<'t> {
    fn position(&self, name: &str) -> Option<usize> {
        self.function.args.iter().position(|arg| arg.name == name)
    }

    /// A scalar argument by its documented name.
    pub fn value(&self, name: &str) -> Option<u64> {
        match self.args.get(self.position(name)?)? {
            Arg::Value(value) => Some(*value),
            _ => None,
        }
    }

    /// The bytes passed in for an argument: an in buffer, or an out buffer as it was before the call.
    pub fn bytes_in(&self, name: &str) -> Option<&'t [u8]> {
        match self.args.get(self.position(name)?)? {
            Arg::In(bytes) | Arg::Out { bytes, .. } => Some(bytes),
            _ => None,
        }
    }

    /// What an out argument held after the return.
    pub fn bytes_out(&self, name: &str) -> Option<&'t [u8]> {
        let position = self.position(name)?;
        let outs = self.returned.as_ref()?.outs;
        outs.iter()
            .find(|(index, _)| usize::from(*index) == position)
            .map(|(_, bytes)| bytes.as_slice())
    }

    /// An out argument read as a DWORD or a handle of four or eight bytes.
    pub fn number_out(&self, name: &str) -> Option<u64> {
        let bytes = self.bytes_out(name)?;
        let mut wide = [0; 8];
        wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(u64::from_le_bytes(wide))
    }

    /// A NUL-terminated UTF-16 in argument.
    pub fn text_in(&self, name: &str) -> Option<String> {
        let units = self
            .bytes_in(name)?
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        Some(String::from_utf16_lossy(
            &units.take_while(|unit| *unit != 0).collect::<Vec<_>>(),
        ))
    }

    /// The result, where the provider returned.
    pub fn result(&self) -> Option<i32> {
        self.returned.as_ref().map(|returned| returned.result)
    }

    /// Whether the call was accepted: zero, or a request id for an asynchronous function.
    pub fn accepted(&self) -> bool {
        self.result().is_some_and(|result| result >= 0)
    }
}

/// An accepted asynchronous request.
#[derive(Debug)]
pub struct Request {
    /// `dwRequestID`.
    pub id: u32,
    /// The invocation that made it.
    pub invocation: usize,
    /// Each completion: index in the trace and `lResult`.
    pub completions: Vec<(usize, i32)>,
    /// TAPI's handle of the line it belongs to, where that can be told.
    pub line: Option<u64>,
}

/// A line from `TSPI_lineOpen` to `TSPI_lineClose`.
#[derive(Debug)]
pub struct LineLife {
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle.
    pub hd: u64,
    /// Index of the return of `TSPI_lineOpen`.
    pub opened: usize,
    /// Index of the return of a successful `TSPI_lineClose`.
    pub closed: Option<usize>,
}

/// How a call came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// By an invocation that takes TAPI's handle of a new call, as `TSPI_lineMakeCall` does.
    Made(usize),
    /// By `LINE_NEWCALL` at this index.
    Announced(usize),
}

/// A call state that the provider reported.
#[derive(Debug, Clone, Copy)]
pub struct StateSeen {
    /// Index in the trace.
    pub at: usize,
    /// `dwParam1`.
    pub state: u32,
    /// `dwParam2`.
    pub mode: u64,
}

/// The life of one call.
#[derive(Debug)]
pub struct CallLife {
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle, where it gave one.
    pub hd: Option<u64>,
    /// TAPI's handle of its line.
    pub line: Option<u64>,
    /// How it came to be.
    pub origin: Origin,
    /// Index of the invocation or `LINE_NEWCALL` that began it.
    pub begun: usize,
    /// From which event on it is valid: its request's successful completion, or its `LINE_NEWCALL`.
    pub valid: Option<usize>,
    /// The states reported, in order.
    pub states: Vec<StateSeen>,
    /// Every event that names it.
    pub events: Vec<usize>,
    /// Index of the return of a successful `TSPI_lineCloseCall`.
    pub closed: Option<usize>,
}

impl CallLife {
    /// The state last reported before event `at`.
    pub fn state_before(&self, at: usize) -> Option<StateSeen> {
        self.states.iter().take_while(|seen| seen.at < at).last().copied()
    }
}

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
    /// Calls.
    pub calls: Vec<CallLife>,
    /// Line callbacks: index and arguments.
    pub callbacks: Vec<(usize, &'t CallbackArgs)>,
    /// Whether the child lived until it was told to end.
    pub ended_well: bool,
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
            calls: Vec::new(),
            callbacks: Vec::new(),
            ended_well: false,
        };
        let mut seqs = Vec::new();
        for (at, event) in events.iter().enumerate().filter(|(_, event)| event.by == *party) {
            match &event.what {
                What::Call { seq, function, args } => {
                    seqs.push(*seq);
                    story.invocations.push(Invocation {
                        function,
                        called: at,
                        returned: None,
                        args,
                    });
                }
                What::Return { seq, result, outs } => {
                    if let Some(index) = seqs.iter().rposition(|known| known == seq) {
                        story.invocations[index].returned = Some(Returned {
                            at,
                            result: *result,
                            outs,
                        });
                    }
                }
                What::Line(args) => story.callbacks.push((at, args)),
                What::Host(HostNote::Ended) => story.ended_well = true,
                _ => {}
            }
        }
        story.read_requests();
        story.read_completions();
        story.read_lines();
        story.read_calls();
        story
    }

    fn read_requests(&mut self) {
        for (index, invocation) in self.invocations.iter().enumerate() {
            let Some(id) = invocation.value("dwRequestID").map(|id| id as u32) else {
                continue;
            };
            // A provider may complete inside the call, so a request counts from the call on; one that was
            // refused is no request.
            if invocation.function.mode == Mode::Async && invocation.result().is_none_or(|result| result >= 0)
            {
                self.requests.push(Request {
                    id,
                    invocation: index,
                    completions: Vec::new(),
                    line: None,
                });
            }
        }
    }

    fn read_completions(&mut self) {
        for (at, event) in self.events.iter().enumerate() {
            let What::Completed { request, result } = event.what else {
                continue;
            };
            if event.by != self.party {
                continue;
            }
            match self.requests.iter_mut().find(|known| known.id == request) {
                Some(known) => known.completions.push((at, result)),
                None => self.stray_completions.push((at, request)),
            }
        }
    }

    fn read_lines(&mut self) {
        for invocation in &self.invocations {
            let Some(returned) = invocation.returned else {
                continue;
            };
            if returned.result != 0 {
                continue;
            }
            match invocation.function.name {
                "TSPI_lineOpen" => self.lines.push(LineLife {
                    ht: invocation.value("htLine").unwrap_or_default(),
                    hd: invocation.number_out("lphdLine").unwrap_or_default(),
                    opened: returned.at,
                    closed: None,
                }),
                "TSPI_lineClose" => {
                    let hd = invocation.value("hdLine").unwrap_or_default();
                    if let Some(line) = self
                        .lines
                        .iter_mut()
                        .rev()
                        .find(|line| line.hd == hd && line.closed.is_none())
                    {
                        line.closed = Some(returned.at);
                    }
                }
                _ => {}
            }
        }
    }

    fn line_by_hd(&self, hd: u64) -> Option<u64> {
        self.lines
            .iter()
            .rev()
            .find(|line| line.hd == hd)
            .map(|line| line.ht)
    }

    fn read_calls(&mut self) {
        self.read_made_calls();
        self.read_announced_calls();
        self.read_lines_of_consultation_calls();
        let callstate = constant_value("LINE_CALLSTATE");
        for (at, args) in &self.callbacks {
            let Some(call) = self
                .calls
                .iter_mut()
                .find(|call| call.ht == args.call && args.new_call.is_none())
            else {
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
        for invocation in self
            .invocations
            .iter()
            .filter(|one| one.function.name == "TSPI_lineCloseCall")
        {
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
                Some(hd) => self.line_by_hd(hd),
                None => invocation
                    .value("hdCall")
                    .and_then(|hd| self.call_by_hd(hd, invocation.called))
                    .and_then(|call| call.line),
            };
            self.requests[index].line = line;
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
                made.push(CallLife {
                    ht,
                    hd: invocation.number_out(lphd),
                    line: invocation.value("hdLine").and_then(|hd| self.line_by_hd(hd)),
                    origin: Origin::Made(request.invocation),
                    begun: invocation.called,
                    valid: request
                        .completions
                        .iter()
                        .find(|(_, result)| *result == 0)
                        .map(|(at, _)| *at),
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
            let from = invocation
                .value("hdCall")
                .or_else(|| invocation.value("hdConfCall"));
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

    /// The call that the provider's handle stands for at event `at`: the latest begun by then.
    pub fn call_by_hd(&self, hd: u64, at: usize) -> Option<&CallLife> {
        self.calls
            .iter()
            .filter(|call| call.begun < at)
            .rev()
            .find(|call| call.hd == Some(hd))
    }

    /// Invocations of one function.
    pub fn invocations_of(&self, name: &str) -> impl Iterator<Item = &Invocation<'t>> {
        self.invocations
            .iter()
            .filter(move |one| one.function.name == name)
    }

    /// The first version that the provider settled on for its devices, 0 before any negotiation.
    pub fn version(&self) -> u32 {
        self.invocations_of("TSPI_lineNegotiateTSPIVersion")
            .filter(|one| one.result() == Some(0))
            .find_map(|one| one.number_out("lpdwTSPIVersion"))
            .unwrap_or_default() as u32
    }
}
