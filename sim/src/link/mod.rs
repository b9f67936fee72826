//! Simulators joined to one: a call from a line of one to a number of another rings there, with caller id, answer, busy
//! tone, data, sounds and hang-up.
//!
//! Each number of another simulator has a line on the exchange here, whose device is the link: it calls, answers and hangs
//! up as the line over there does. [`codec`] is how the messages travel; the driver carries them over TCP. A link that is
//! lost ends its calls, and its numbers are unobtainable until it is there again.

pub mod codec;

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use crate::exchange::{CallId, CallerId, ExchangeEvent, Handshake, LineService, LineSignal, Notice, Sound};
use crate::simulation::Simulation;
use crate::time::SimTime;
use crate::wire::sms::{ShortMessage, StatusReport};

/// The version of the messages; simulators of different versions do not talk to each other.
pub const VERSION: u16 = 2;

/// One link of a simulation, from when it is up until it is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId(u32);

/// What two simulators say to each other. A call has the number that its caller's side gave it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[allow(missing_docs, reason = "the fields are a call, and what the variant says")]
pub enum Message {
    /// Says both, first of all.
    Hello { version: u16, numbers: Vec<String> },
    /// Numbers that have come since.
    Numbers { numbers: Vec<String> },
    /// Nothing, so that the other side sees that somebody is there.
    Alive,
    /// A line here calls a number there.
    Setup {
        call: Call,
        from: String,
        to: String,
        caller: Option<CallerId>,
    },
    /// The called line answers.
    Answer { call: Call },
    /// The called line is busy.
    Busy { call: Call },
    /// One side hangs up.
    Release { call: Call },
    /// Bytes.
    Data { call: Call, bytes: Vec<u8> },
    /// DTMF digits.
    Digits { call: Call, digits: String },
    /// Another sound.
    Sound { call: Call, sound: Sound },
    /// What a service has done to the call.
    Notice { call: Call, notice: Notice },
    /// A short message for a number there.
    Short {
        from: String,
        to: String,
        message: ShortMessage,
    },
    /// What became of a short message, for the number there that sent it.
    Report { to: String, report: StatusReport },
}

/// A call on a link: a number, and whether the side that says it is the one that set it up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
pub struct Call {
    /// Counted by the side that set it up.
    pub number: u32,
    /// The sender of the message set it up.
    pub mine: bool,
}

impl Call {
    /// The same call as the other side names it.
    fn seen_from_there(self) -> Call {
        Call {
            mine: !self.mine,
            ..self
        }
    }
}

/// The links of a simulation.
#[derive(Debug, Default)]
pub(crate) struct Links {
    /// Numbers of other simulators, and the link that leads there while it is up.
    numbers: BTreeMap<String, Option<LinkId>>,
    /// The call that the line of such a number is in.
    calls: BTreeMap<String, LinkCall>,
    /// How many numbers of this simulation each link knows.
    told: BTreeMap<LinkId, usize>,
    last_link: u32,
    last_call: u32,
    messages: VecDeque<(LinkId, Message)>,
}

#[derive(Debug)]
struct LinkCall {
    link: LinkId,
    call: Call,
    /// The call that rings here for the line over there.
    local: Option<CallId>,
    is_answered: bool,
}

impl Links {
    pub(crate) fn leads_to(&self, number: &str) -> bool {
        self.numbers.contains_key(number)
    }

    fn push(&mut self, link: LinkId, message: Message) {
        self.messages.push_back((link, message));
    }

    /// The line that is in a call, by the call's name here.
    fn line_in(&self, link: LinkId, call: Call) -> Option<String> {
        let mut calls = self.calls.iter();
        let found = calls.find(|(_, known)| known.link == link && known.call == call);
        found.map(|(number, _)| number.clone())
    }
}

impl Simulation {
    /// The numbers of this simulation's own lines.
    pub fn own_numbers(&self) -> Vec<String> {
        let numbers = self.exchange.numbers();
        let own = numbers.filter(|number| !self.links.leads_to(number));
        own.map(str::to_owned).collect()
    }

    /// What this side says first.
    pub fn link_hello(&self) -> Message {
        Message::Hello {
            version: VERSION,
            numbers: self.own_numbers(),
        }
    }

    /// A link is up, and leads to these numbers. Those that are taken here are given back: nobody reaches them by it.
    pub fn link_up(&mut self, numbers: &[String], now: SimTime) -> (LinkId, Vec<String>) {
        self.handle_timeout(now);
        self.links.last_link += 1;
        let link = LinkId(self.links.last_link);
        self.links.told.insert(link, self.own_numbers().len());
        let taken = self.link_leads_to(link, numbers, now);
        (link, taken)
    }

    fn link_leads_to(&mut self, link: LinkId, numbers: &[String], now: SimTime) -> Vec<String> {
        let mut taken = Vec::new();
        for number in numbers {
            let is_known = self.links.numbers.get(number).is_some_and(Option::is_none);
            if !is_known && self.exchange.add_line(number).is_err() {
                taken.push(number.clone());
                continue;
            }
            self.exchange.set_in_service(number, true, now);
            self.links.numbers.insert(number.clone(), Some(link));
        }
        self.link_settle(now);
        taken
    }

    /// A link is lost: its calls end, and its numbers are nobody's until it is there again.
    pub fn link_down(&mut self, link: LinkId, now: SimTime) {
        self.handle_timeout(now);
        self.links.told.remove(&link);
        self.links.messages.retain(|(of, _)| *of != link);
        let lost: Vec<String> = self
            .links
            .numbers
            .iter()
            .filter(|(_, leads)| **leads == Some(link))
            .map(|(number, _)| number.clone())
            .collect();
        for number in lost {
            // A call that rings for it is cleared with the line: its caller hears silence, not busy tone.
            let call = self.links.calls.remove(&number);
            if call.is_some_and(|call| call.is_answered || call.local.is_none()) {
                self.exchange.on_hook(&number, now);
            }
            self.exchange.set_in_service(&number, false, now);
            self.links.numbers.insert(number, None);
        }
        self.link_settle(now);
    }

    /// The next message for another simulator.
    pub fn poll_link(&mut self) -> Option<(LinkId, Message)> {
        self.links.messages.pop_front()
    }

    /// Takes a message of another simulator. Numbers that it names and that are taken here are given back.
    pub fn handle_link(&mut self, link: LinkId, message: Message, now: SimTime) -> Vec<String> {
        self.handle_timeout(now);
        let mut taken = Vec::new();
        match message {
            Message::Hello { .. } | Message::Alive => {}
            Message::Numbers { numbers } => taken = self.link_leads_to(link, &numbers, now),
            Message::Setup {
                call,
                from,
                to,
                caller,
            } => self.set_up_from_there(link, call.seen_from_there(), (&from, &to), caller, now),
            Message::Short { from, to, message } if self.own_number(&to) => {
                self.bring(&from, &to, message, now);
            }
            Message::Report { to, report } if self.own_number(&to) => self.report(&to, report, now),
            // Such a number is none of this side's any more.
            Message::Short { .. } | Message::Report { .. } => {}
            Message::Answer { call }
            | Message::Busy { call }
            | Message::Release { call }
            | Message::Data { call, .. }
            | Message::Digits { call, .. }
            | Message::Sound { call, .. }
            | Message::Notice { call, .. } => {
                // A call that has ended here meanwhile is no more.
                if let Some(number) = self.links.line_in(link, call.seen_from_there()) {
                    self.happens_there(&number, message, now);
                }
            }
        }
        self.link_settle(now);
        taken
    }

    fn own_number(&self, number: &str) -> bool {
        !self.links.leads_to(number)
    }

    /// The link to a number over there, while it is up.
    fn link_to(&self, number: &str) -> Option<LinkId> {
        self.links.numbers.get(number).copied().flatten()
    }

    /// A short message goes to a number over there. Where the link is lost, so is the message.
    pub(crate) fn link_message(&mut self, from: &str, to: &str, message: ShortMessage) {
        if let Some(link) = self.link_to(to) {
            let (from, to) = (from.to_owned(), to.to_owned());
            self.links.push(link, Message::Short { from, to, message });
        }
    }

    /// What became of a short message goes back to where it came from.
    pub(crate) fn link_report(&mut self, to: &str, report: StatusReport) {
        if let Some(link) = self.link_to(to) {
            let to = to.to_owned();
            self.links.push(link, Message::Report { to, report });
        }
    }

    fn set_up_from_there(
        &mut self,
        link: LinkId,
        call: Call,
        (from, to): (&str, &str),
        caller: Option<CallerId>,
        now: SimTime,
    ) {
        let is_theirs = self.links.numbers.get(from) == Some(&Some(link));
        let called = is_theirs && self.exchange.call_from_afar(from, to, caller, now).is_ok();
        if !called {
            return self.links.push(link, Message::Busy { call });
        }
        let call = LinkCall {
            link,
            call,
            local: None,
            is_answered: false,
        };
        self.links.calls.insert(from.to_owned(), call);
    }

    fn happens_there(&mut self, number: &str, message: Message, now: SimTime) {
        match message {
            Message::Answer { .. } => {
                if let Some(call) = self.links.calls.get_mut(number) {
                    call.is_answered = true;
                }
                self.exchange.off_hook(number, now);
            }
            Message::Data { bytes, .. } => self.exchange.data(number, &bytes),
            Message::Digits { digits, .. } => self.exchange.dial(number, &digits, true, now),
            Message::Sound { sound, .. } => self.exchange.sound(number, sound),
            Message::Notice { notice, .. } => self.exchange.notice_from_afar(number, notice),
            _ => {
                if let Some(call) = self.links.calls.remove(number) {
                    self.end_here(number, &call, now);
                }
            }
        }
    }

    /// The line over there is in the call no more.
    fn end_here(&mut self, number: &str, call: &LinkCall, now: SimTime) {
        if call.is_answered || call.local.is_none() {
            self.exchange.on_hook(number, now);
        } else {
            self.exchange.line_service(number, LineService::Refuse, now);
        }
    }

    /// A line over there begins to ring here, or a call that rings for one ends.
    pub(crate) fn link_event(&mut self, event: &ExchangeEvent) {
        match event {
            ExchangeEvent::Ringing {
                call,
                number,
                caller_id,
            } => {
                let Some(Some(link)) = self.links.numbers.get(number).copied() else {
                    return;
                };
                let Some(from) = self.calling(*call) else { return };
                self.links.last_call = self.links.last_call.wrapping_add(1);
                let name = Call {
                    number: self.links.last_call,
                    mine: true,
                };
                let ringing = LinkCall {
                    link,
                    call: name,
                    local: Some(*call),
                    is_answered: false,
                };
                self.links.calls.insert(number.clone(), ringing);
                let setup = Message::Setup {
                    call: name,
                    from,
                    to: number.clone(),
                    caller: caller_id.clone(),
                };
                self.links.push(link, setup);
            }
            ExchangeEvent::Ended { call } => {
                let calls = &mut self.links.calls;
                let ended = calls
                    .iter()
                    .find(|(_, known)| known.local == Some(*call) && !known.is_answered)
                    .map(|(number, _)| number.clone());
                if let Some(known) = ended.and_then(|number| calls.remove(&number)) {
                    self.links.push(known.link, Message::Release { call: known.call });
                }
            }
            _ => {}
        }
    }

    fn calling(&self, call: CallId) -> Option<String> {
        let switch = self.exchange.switch();
        let info = switch.call_info(call)?;
        Some(switch.party(&info.calling))
    }

    /// What the line of a number over there hears.
    pub(crate) fn link_signal(&mut self, number: &str, signal: LineSignal, now: SimTime) {
        let Some(known) = self.links.calls.get_mut(number) else {
            return;
        };
        let (link, call) = (known.link, known.call);
        let message = match signal {
            LineSignal::Answered => {
                let calls = !call.mine && !std::mem::replace(&mut known.is_answered, true);
                let answer = calls.then_some(Message::Answer { call });
                answer
                    .into_iter()
                    .for_each(|answer| self.links.push(link, answer));
                // A station is taken for a modem of any kind.
                let far = self.exchange.far_end(number);
                if far.is_some_and(|far| !self.by_number.contains_key(far) && !self.links.leads_to(far)) {
                    let sound = Sound::Handshake(Handshake::ANY);
                    self.links.push(link, Message::Sound { call, sound });
                }
                return;
            }
            LineSignal::Data(bytes) => Message::Data { call, bytes },
            LineSignal::Digits(digits) => Message::Digits { call, digits },
            LineSignal::Sound(sound) => Message::Sound { call, sound },
            LineSignal::Notice(notice) => Message::Notice { call, notice },
            LineSignal::Busy | LineSignal::Unobtainable => Message::Busy { call },
            LineSignal::Released | LineSignal::Cut => Message::Release { call },
            _ => return,
        };
        let ends = matches!(message, Message::Busy { .. } | Message::Release { .. });
        self.links.push(link, message);
        if ends {
            self.links.calls.remove(number);
            self.exchange.on_hook(number, now);
        }
    }

    /// Tells every link of the numbers that it does not know yet.
    pub(crate) fn tell_numbers(&mut self) {
        if self.links.told.is_empty() {
            return;
        }
        let own = self.own_numbers();
        let behind: Vec<LinkId> = self
            .links
            .told
            .iter_mut()
            .filter(|(_, told)| **told != own.len())
            .map(|(link, told)| {
                *told = own.len();
                *link
            })
            .collect();
        for link in behind {
            // Those that it knows already are taken over there, by this very link.
            self.links.push(link, Message::Numbers { numbers: own.clone() });
        }
    }
}
