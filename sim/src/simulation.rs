//! The simulated world without its ports: an exchange and the modems on its lines, driven by bytes and time.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::device::fault::{DeviceFault, Outlet};
use crate::device::modem::profile::Feature;
use crate::device::modem::{LineAction, Make, Modem, ModemProfile};
use crate::exchange::switch::{ServiceError, Switch, SwitchEvent};
use crate::exchange::{
    CallerId, Exchange, ExchangeConfig, ExchangeEvent, Handshake, LineService, LineSignal, LineState,
    RingPattern, Sound, StationBehaviour,
};
use crate::link::Links;
use crate::time::SimTime;
use crate::wire::sms::ShortMessage;
use crate::wire::uart::LineSettings;
use crate::wire::v24::{Circuits, DceCircuits, DteCircuits};

/// More than that is never due at one moment, however many modems there are.
const MOST_AT_ONCE: u32 = 10_000_000;

/// One modem of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModemId(pub(crate) usize);

/// A step on the far side of the modems: what a person at a telephone, or a lineman, does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are numbers of lines and what the variant says"
)]
pub enum SimCommand {
    /// Sets what a station does when it is called; makes the station where the number is new.
    SetStation {
        number: String,
        behaviour: StationBehaviour,
    },
    /// Gives a line dial tone or takes it away. Giving it also mends a line that was cut.
    SetDialTone { number: String, present: bool },
    /// A station (made if unknown) calls; without `caller_id` the exchange sends none.
    Call {
        from: String,
        to: String,
        caller_id: Option<CallerId>,
    },
    /// A ringing station answers.
    Answer { number: String },
    /// A station hangs up.
    HangUp { number: String },
    /// A station sends bytes to the other end.
    Send { number: String, bytes: Vec<u8> },
    /// A station sends DTMF digits to the other end of its call.
    SendDigits { number: String, digits: String },
    /// A station speaks to the other end of its call: 16-bit samples, 8000 a second, all at once; the listener takes
    /// them in their time.
    Speak { number: String, samples: Vec<i16> },
    /// A station sends a short message to a mobile modem.
    SendMessage { from: String, to: String, text: String },
    /// A call that finds the line in a call waits, or hears busy tone.
    SetCallWaiting { number: String, on: bool },
    /// A line rings in its own way from its next call on; without a pattern, as the exchange rings all lines.
    SetRing {
        number: String,
        pattern: Option<RingPattern>,
    },
    /// A line, a modem's or a station's, is pulled out of its socket.
    Cut { number: String },
    /// A modem's power goes or comes back. Without it the modem is on-hook, silent, and all its circuits are off; with
    /// it again, it is as `&W` left it.
    SetPower { number: String, on: bool },
    /// Something is wrong with a modem from now on, or nothing any more.
    SetDeviceFault {
        number: String,
        fault: Option<DeviceFault>,
    },
}

/// Why a [`SimCommand`] could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are numbers of lines")]
pub enum SimError {
    /// Nobody has the number.
    #[error("no line has the number {number}: add a station or a modem with it first")]
    UnknownNumber { number: String },
    /// The step needs a station, and a modem has the number.
    #[error("{number} is a modem's line: drive it through its port, or use a station's number")]
    NotAStation { number: String },
    /// Another line has the number already.
    #[error("the number {number} is taken: give every line a number of its own")]
    NumberTaken { number: String },
    /// The station is in a call, or off-hook, and cannot call.
    #[error("{number} is in use: hang it up before it calls")]
    InUse { number: String },
    /// The step needs a modem.
    #[error("no modem has the number {number}")]
    NotAModem { number: String },
    /// The station does not ring.
    #[error("{number} does not ring, so it cannot answer")]
    NotRinging { number: String },
    /// The line is in no call.
    #[error("{number} is in no call")]
    NoCall { number: String },
    /// The call is not answered yet.
    #[error("the call of {number} is not answered yet, so it carries no data")]
    NotAnswered { number: String },
    /// The number is no mobile modem's.
    #[error("{number} is no mobile modem, so it takes no short messages: give it the profile gsm")]
    NotMobile { number: String },
    /// The line is pulled.
    #[error("the line of {number} is pulled: give it dial tone again to mend it")]
    LineCut { number: String },
    /// The switch refuses what its telephone asks for.
    #[error("the switch refuses {number}: {error}")]
    Refused { number: String, error: ServiceError },
    /// A line for the PBX is no verb, or cannot be carried out.
    #[error("{line}: {message}")]
    Pbx { line: String, message: String },
    /// There is no PBX on the exchange.
    #[error("there is no PBX on this exchange")]
    NoPbx,
    /// The driver has ended.
    #[error("the simulation is not running any more")]
    Ended,
}

/// What a simulation reports, in the order in which it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimEvent {
    /// Bytes crossed a modem's port, coalesced per handling step.
    Wire {
        /// The number of the modem's line.
        number: String,
        /// True for bytes from the client to the modem.
        to_device: bool,
        /// The bytes, never empty.
        bytes: Vec<u8>,
    },
    /// A client or a modem switched control circuits of a modem's port.
    Circuits {
        /// The number of the modem's line.
        number: String,
        /// The side, and what it holds on now.
        circuits: Circuits,
    },
    /// A station hears speech, as it comes.
    Speech {
        /// The station's number.
        number: String,
        /// 16-bit samples, 8000 a second, never empty.
        samples: Vec<i16>,
    },
    /// A client set its port otherwise.
    Settings {
        /// The number of the modem's line.
        number: String,
        /// Rate, data bits, parity and stop bits.
        settings: LineSettings,
    },
    /// A client sent a break.
    Break {
        /// The number of the modem's line.
        number: String,
    },
    /// A short message left a modem or a station.
    Message {
        /// Who sends it.
        from: String,
        /// Whom it is for.
        to: String,
        /// The text, as far as it is one.
        text: String,
    },
    /// A link to another simulator is up, or lost, or could not be made.
    Link {
        /// The other simulator.
        peer: String,
        /// What is with it, in words that follow "the link to it".
        text: String,
    },
    /// Something happened at the exchange.
    Exchange(ExchangeEvent),
    /// Something happened in the switch of a PBX.
    Switch(SwitchStep),
    /// A message passed between a PBX and an application.
    Csta {
        /// From the application to the PBX.
        to_switch: bool,
        /// The message, in ASN.1's value notation.
        text: String,
    },
    /// A modem's port stopped working; the modem goes on without a client.
    PortFailed {
        /// The number of the modem's line.
        number: String,
        /// What the system said.
        message: String,
    },
}

/// A step of a switch, in words, and what of it those want to know who wait for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SwitchStep {
    /// As [`Switch::describe`] has it.
    pub text: String,
    /// The event of a call, by the name that CSTA gives it, without `Event`; none of a device.
    pub event: Option<&'static str>,
    /// Why, by the standard's name.
    pub cause: &'static str,
    /// The device that it happened to.
    pub device: String,
    /// Who released it, where it was cleared.
    pub releasing: String,
    /// The devices that are in the call after it, and that one.
    pub devices: Vec<String>,
    /// Digits that went through it.
    pub digits: String,
}

/// An exchange and the modems on its lines.
#[derive(Debug)]
pub struct Simulation {
    pub(crate) exchange: Exchange,
    ends: Vec<End>,
    /// Makes of modem, each shared by all modems of it.
    makes: Vec<Arc<Make>>,
    pub(crate) by_number: BTreeMap<String, ModemId>,
    /// Other simulators, and their numbers.
    pub(crate) links: Links,
    /// When each modem with a timer wants to be called.
    due: BTreeSet<(SimTime, ModemId)>,
    outputs: VecDeque<(ModemId, Vec<u8>)>,
    circuits: VecDeque<(ModemId, DceCircuits)>,
    events: VecDeque<SimEvent>,
    /// How many of the exchange's events are not in `events` any more.
    exchange_events: u64,
}

#[derive(Debug)]
struct End {
    number: String,
    modem: Modem,
    outlet: Outlet,
    /// The circuits as they were reported last.
    circuits: DceCircuits,
    due_at: Option<SimTime>,
}

impl Simulation {
    /// An exchange without lines.
    pub fn new(config: ExchangeConfig) -> Simulation {
        Simulation {
            exchange: Exchange::new(config),
            ends: Vec::new(),
            makes: Vec::new(),
            by_number: BTreeMap::new(),
            links: Links::default(),
            due: BTreeSet::new(),
            outputs: VecDeque::new(),
            circuits: VecDeque::new(),
            events: VecDeque::new(),
            exchange_events: 0,
        }
    }

    /// The world around an exchange that has devices of its own already, such as a PBX.
    pub fn with_exchange(exchange: Exchange) -> Simulation {
        Simulation {
            exchange_events: exchange.events_gone,
            exchange,
            ..Simulation::new(ExchangeConfig::default())
        }
    }

    /// The exchange, to ask.
    pub fn exchange(&self) -> &Exchange {
        &self.exchange
    }

    /// Has the switch do something, and carries what follows from it to the modems.
    pub fn serve<T>(&mut self, now: SimTime, service: impl FnOnce(&mut Switch) -> T) -> T {
        self.handle_timeout(now);
        let done = self.exchange.serve(service);
        self.settle(BTreeSet::new(), now);
        self.handle_timeout(now);
        done
    }

    /// As [`Simulation::serve`], for somebody who takes the switch's events himself; see [`Exchange::serve_through`].
    pub fn serve_through(&mut self, now: SimTime, step: impl FnMut(&mut Switch) -> Vec<SwitchEvent>) {
        self.handle_timeout(now);
        self.exchange.serve_through(step);
        self.settle(BTreeSet::new(), now);
        self.handle_timeout(now);
    }

    /// Keeps the switch's own events from now on, for [`Simulation::poll_switch_event`].
    pub fn observe_switch(&mut self) {
        self.exchange.observe_switch();
    }

    /// The next event of the switch itself.
    pub fn poll_switch_event(&mut self) -> Option<SwitchEvent> {
        self.exchange.poll_switch_event()
    }

    /// Adds a line with a modem on it.
    pub fn add_modem(&mut self, number: &str, profile: ModemProfile) -> Result<ModemId, SimError> {
        self.exchange.add_line(number)?;
        let id = ModemId(self.ends.len());
        let known = self.makes.iter().find(|make| *make.profile() == profile);
        let make = known.cloned().unwrap_or_else(|| {
            let make = Make::new(profile);
            self.makes.push(Arc::clone(&make));
            make
        });
        let modem = Modem::of_make(make);
        self.ends.push(End {
            number: number.to_owned(),
            circuits: modem.circuits(),
            modem,
            outlet: Outlet::default(),
            due_at: None,
        });
        self.by_number.insert(number.to_owned(), id);
        // A mobile modem whose SIM is locked is not in its network yet.
        self.carry_out(id, SimTime::ZERO);
        Ok(id)
    }

    /// Adds a line with a scripted station on it.
    pub fn add_station(&mut self, number: &str, behaviour: StationBehaviour) -> Result<(), SimError> {
        self.exchange.set_station(number, behaviour)
    }

    /// The number of a modem's line.
    pub fn number(&self, id: ModemId) -> &str {
        &self.ends[id.0].number
    }

    /// Takes bytes that a modem's client wrote.
    pub fn handle_bytes(&mut self, id: ModemId, bytes: &[u8], now: SimTime) {
        self.handle_timeout(now);
        if bytes.is_empty() {
            return;
        }
        let number = self.ends[id.0].number.clone();
        self.events.push_back(SimEvent::Wire {
            number,
            to_device: true,
            bytes: bytes.to_vec(),
        });
        let end = &mut self.ends[id.0];
        end.outlet.written(bytes);
        if end.outlet.has_power() {
            end.modem.handle_bytes(bytes, now);
        }
        self.settle(BTreeSet::from([id]), now);
        self.handle_timeout(now);
    }

    /// A modem's client switched control circuits.
    pub fn handle_circuits(&mut self, id: ModemId, dte: DteCircuits, now: SimTime) {
        self.handle_timeout(now);
        let number = self.ends[id.0].number.clone();
        self.events.push_back(SimEvent::Circuits {
            number,
            circuits: Circuits::Dte(dte),
        });
        self.ends[id.0].modem.handle_circuits(dte, now);
        self.settle(BTreeSet::from([id]), now);
        self.handle_timeout(now);
    }

    /// A modem's client closed its end of the port.
    pub fn handle_client_gone(&mut self, id: ModemId, now: SimTime) {
        self.handle_timeout(now);
        self.ends[id.0].modem.handle_client_gone();
        self.settle(BTreeSet::from([id]), now);
    }

    /// Carries out a step on the far side.
    pub fn command(&mut self, command: SimCommand, now: SimTime) -> Result<(), SimError> {
        self.handle_timeout(now);
        let mut touched = None;
        match command {
            SimCommand::SetStation { number, behaviour } => self.exchange.set_station(&number, behaviour),
            SimCommand::SetDialTone { number, present } => self.exchange.set_dial_tone(&number, present),
            SimCommand::Call { from, to, caller_id } => self.exchange.call(&from, &to, caller_id, now),
            SimCommand::Answer { number } => self.exchange.answer(&number, now),
            SimCommand::HangUp { number } => self.exchange.hang_up(&number, now),
            SimCommand::Send { number, bytes } => self.exchange.send(&number, &bytes),
            SimCommand::SendDigits { number, digits } => self.exchange.send_digits(&number, &digits, now),
            SimCommand::Speak { number, samples } => self.exchange.speak(&number, samples),
            SimCommand::SendMessage { from, to, text } => self.send_message(&from, &to, &text, now),
            SimCommand::SetCallWaiting { number, on } => {
                self.exchange
                    .line_service(&number, LineService::CallWaiting(on), now);
                Ok(())
            }
            SimCommand::SetRing { number, pattern } => self.exchange.set_ring(&number, pattern),
            SimCommand::Cut { number } => self.exchange.cut(&number, now),
            SimCommand::SetPower { number, on } => {
                self.set_power(&number, on, now).map(|id| touched = Some(id))
            }
            SimCommand::SetDeviceFault { number, fault } => self.modem_of(&number).map(|id| {
                self.ends[id.0].outlet.set_fault(fault, now);
                touched = Some(id);
            }),
        }?;
        self.settle(touched.into_iter().collect(), now);
        self.handle_timeout(now);
        Ok(())
    }

    fn modem_of(&self, number: &str) -> Result<ModemId, SimError> {
        self.by_number
            .get(number)
            .copied()
            .ok_or_else(|| SimError::NotAModem {
                number: number.to_owned(),
            })
    }

    fn set_power(&mut self, number: &str, on: bool, now: SimTime) -> Result<ModemId, SimError> {
        let id = self.modem_of(number)?;
        let end = &mut self.ends[id.0];
        if end.outlet.has_power() != on {
            // What the modem says as it comes up is for those who are there: it says it when power is back.
            if !on {
                end.outlet.set_power(false);
                end.modem.power_cycle(now);
                end.modem.handle_circuits(DteCircuits::READY, now);
            } else {
                end.outlet.set_power(true);
                end.modem.power_cycle(now);
            }
            if end.modem.profile().has(Feature::Mobile) {
                let service = LineService::Reachable(on && end.modem.is_reachable());
                self.exchange.line_service(number, service, now);
            }
        }
        Ok(id)
    }

    /// Does what is due up to `now`, each thing at its own moment.
    ///
    /// # Panics
    /// Where time stands still: a timer stays due whatever is done, which is a bug, and better seen than waited for.
    pub fn handle_timeout(&mut self, now: SimTime) {
        let (mut moment, mut done) = (SimTime::ZERO, 0);
        while let Some(at) = self.poll_timeout().filter(|at| *at <= now) {
            done = if at == moment { done + 1 } else { 0 };
            moment = at;
            assert!(done < MOST_AT_ONCE, "time stands still at {at}");
            let mut touched = BTreeSet::new();
            if self.exchange.poll_timeout() == Some(at) {
                self.exchange.handle_timeout(at);
            } else if let Some((_, id)) = self.due.first().copied() {
                let end = &mut self.ends[id.0];
                end.modem.handle_timeout(at);
                end.outlet.handle_timeout(at);
                touched.insert(id);
            }
            self.settle(touched, at);
        }
    }

    /// When [`Simulation::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let modem = self.due.first().map(|(at, _)| *at);
        [modem, self.exchange.poll_timeout()].into_iter().flatten().min()
    }

    /// The next bytes for a modem's client.
    pub fn poll_output(&mut self) -> Option<(ModemId, Vec<u8>)> {
        self.outputs.pop_front()
    }

    /// The next change of a modem's circuits. A change belongs before the bytes of the same step: a client that reads
    /// `CONNECT` finds DCD on.
    pub fn poll_circuits(&mut self) -> Option<(ModemId, DceCircuits)> {
        self.circuits.pop_front()
    }

    /// What a modem holds on now.
    pub fn circuits(&self, id: ModemId) -> DceCircuits {
        self.ends[id.0].circuits
    }

    /// The next thing to report.
    pub fn poll_event(&mut self) -> Option<SimEvent> {
        let event = self.events.pop_front()?;
        self.exchange_events += u64::from(matches!(event, SimEvent::Exchange(_)));
        Some(event)
    }

    /// The next thing to report that came before the next event of the switch itself; see
    /// [`Simulation::poll_switch_event`].
    pub fn poll_event_before_switch(&mut self) -> Option<SimEvent> {
        let before = self.exchange.events_before_switch()?;
        (self.exchange_events < before)
            .then(|| self.poll_event())
            .flatten()
    }

    /// What a line is doing, in words, and the number at the other end of its call, where it has reached one.
    pub fn line_state(&self, number: &str) -> Option<(LineState, Option<&str>)> {
        self.exchange.line_state(number)
    }

    /// Whether a modem has power.
    pub fn has_power(&self, id: ModemId) -> bool {
        self.ends[id.0].outlet.has_power()
    }

    /// Whether a modem holds its bytes back while the client's RTS is off.
    pub fn heeds_rts(&self, id: ModemId) -> bool {
        self.ends[id.0].modem.heeds_rts()
    }

    /// Whether a modem's client has stopped it by XOFF.
    pub fn is_stopped(&self, id: ModemId) -> bool {
        self.ends[id.0].modem.is_stopped()
    }

    /// What a modem sends to stop its client, or to let it go on, where it does not do that by CTS.
    pub fn stops_client_by(&self, id: ModemId, stops: bool) -> Option<u8> {
        self.ends[id.0].modem.stops_client_by(stops)
    }

    /// The modem at the other end of the answered call that this one is in.
    pub fn far_modem(&self, id: ModemId) -> Option<ModemId> {
        self.by_number
            .get(self.exchange.far_end(&self.ends[id.0].number)?)
            .copied()
    }

    /// Bytes that a modem keeps for its client, which is in command state during a call.
    pub fn held_bytes(&self, id: ModemId) -> usize {
        self.ends[id.0].modem.held_bytes()
    }

    /// Carries actions to the exchange and signals to the modems until all is quiet, then reports what the modems
    /// said.
    fn settle(&mut self, mut touched: BTreeSet<ModemId>, now: SimTime) {
        let mut all_touched = BTreeSet::new();
        loop {
            while let Some(id) = touched.pop_first() {
                all_touched.insert(id);
                self.carry_out(id, now);
            }
            while let Some(event) = self.exchange.poll_event() {
                self.link_event(&event);
                self.events.push_back(SimEvent::Exchange(event));
            }
            let Some((number, signal)) = self.exchange.poll_signal() else {
                break;
            };
            if self.links.leads_to(&number) {
                self.link_signal(&number, signal, now);
                continue;
            }
            if let Some(id) = self.by_number.get(&number).copied() {
                let is_answered = signal == LineSignal::Answered;
                let end = &mut self.ends[id.0];
                if !end.outlet.has_power() {
                    continue;
                }
                let modem = &mut end.modem;
                modem.handle_signal(signal, now);
                // A station is taken for a modem of any kind.
                let far = self.exchange.far_end(&number).filter(|_| is_answered);
                if far.is_some_and(|far| !self.by_number.contains_key(far) && !self.links.leads_to(far)) {
                    modem.handle_signal(LineSignal::Sound(Sound::Handshake(Handshake::ANY)), now);
                }
                touched.insert(id);
            }
        }
        for id in all_touched {
            self.collect(id, now);
        }
        self.tell_numbers();
    }

    /// Carries what a link has done to the lines.
    pub(crate) fn link_settle(&mut self, now: SimTime) {
        self.settle(BTreeSet::new(), now);
        self.handle_timeout(now);
    }

    fn carry_out(&mut self, id: ModemId, now: SimTime) {
        let End { number, modem, .. } = &mut self.ends[id.0];
        while let Some(action) = modem.poll_event() {
            match action {
                LineAction::OffHook => self.exchange.off_hook(number, now),
                LineAction::OnHook => self.exchange.on_hook(number, now),
                LineAction::Dial { digits, complete } => self.exchange.dial(number, &digits, complete, now),
                LineAction::Data(bytes) => self.exchange.data(number, &bytes),
                LineAction::Service(service) => self.exchange.line_service(number, service, now),
                LineAction::Message(message) => {
                    let from = number.clone();
                    self.deliver(&from, message, now);
                    return self.carry_out(id, now);
                }
                LineAction::Sound(sound) => {
                    let far = self.exchange.far_end(number);
                    let station = far.filter(|far| !self.by_number.contains_key(*far));
                    let station = station.filter(|far| !self.links.leads_to(far));
                    if let (Some(station), Sound::Voice(samples)) = (station, &sound) {
                        self.events.push_back(SimEvent::Speech {
                            number: station.to_owned(),
                            samples: samples.clone(),
                        });
                    }
                    self.exchange.sound(number, sound);
                }
            }
        }
    }

    fn send_message(&mut self, from: &str, to: &str, text: &str, now: SimTime) -> Result<(), SimError> {
        let known = self.by_number.get(to).copied();
        let takes = known.is_some_and(|id| self.ends[id.0].modem.profile().has(Feature::Mobile));
        if !takes {
            return Err(SimError::NotMobile {
                number: to.to_owned(),
            });
        }
        self.deliver(from, ShortMessage::of_text(to, text), now);
        Ok(())
    }

    /// A short message on its way: a mobile modem takes it, anybody else has no use for it.
    fn deliver(&mut self, from: &str, message: ShortMessage, now: SimTime) {
        self.events.push_back(SimEvent::Message {
            from: from.to_owned(),
            to: message.number.clone(),
            text: message.text(),
        });
        let to = message.number.trim_start_matches('+').to_owned();
        if let Some(id) = self.by_number.get(&to).copied() {
            self.ends[id.0].modem.handle_message(from, message, now);
            self.collect(id, now);
        }
    }

    /// Takes the circuits that a modem switched, what it said, in one piece, and its timer.
    fn collect(&mut self, id: ModemId, now: SimTime) {
        let end = &mut self.ends[id.0];
        let circuits = if end.outlet.has_power() {
            end.modem.circuits()
        } else {
            DceCircuits::default()
        };
        if circuits != end.circuits {
            end.circuits = circuits;
            self.circuits.push_back((id, circuits));
            self.events.push_back(SimEvent::Circuits {
                number: end.number.clone(),
                circuits: Circuits::Dce(circuits),
            });
        }
        while let Some(output) = end.modem.poll_output() {
            end.outlet.push(output, now);
        }
        let bytes = end.outlet.take();
        if !bytes.is_empty() {
            let number = end.number.clone();
            self.events.push_back(SimEvent::Wire {
                number,
                to_device: false,
                bytes: bytes.clone(),
            });
            self.outputs.push_back((id, bytes));
        }
        let due_at = [end.modem.poll_timeout(), end.outlet.due_at()]
            .into_iter()
            .flatten()
            .min();
        if due_at != end.due_at {
            if let Some(at) = end.due_at {
                self.due.remove(&(at, id));
            }
            self.due.extend(due_at.map(|at| (at, id)));
            end.due_at = due_at;
        }
    }
}
