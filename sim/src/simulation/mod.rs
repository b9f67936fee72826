//! The simulated world without its ports: an exchange and the modems on its lines, driven by bytes and time.

mod command;
mod event;
mod settle;
mod state;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use crate::device::fault::Outlet;
use crate::device::modem::profile::Feature;
use crate::device::modem::{Make, Modem, ModemProfile};
use crate::exchange::switch::{Switch, SwitchEvent};
use crate::exchange::{Exchange, ExchangeConfig, StationBehaviour};
use crate::link::Links;
use crate::time::SimTime;
use crate::wire::sms::ShortMessage;
use crate::wire::v24::{Circuits, DceCircuits, DteCircuits};

pub use command::{SimCommand, SimError};
pub use event::{SimEvent, SwitchStep};

/// More than that is never due at one moment, however many modems there are.
const MOST_AT_ONCE: u32 = 10_000_000;

/// One modem of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModemId(pub(crate) usize);

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
    /// Short messages for modems that cannot be reached, and who sent them.
    kept: Vec<(ModemId, String, ShortMessage)>,
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
            kept: Vec::new(),
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
        if profile.has(Feature::Mobile) {
            self.exchange.make_mobile(number)?;
        }
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
}
