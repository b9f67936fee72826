//! The exchange: subscribers' lines with devices and scripted stations on them, and the switch that they share with
//! extensions, trunks and whatever else has calls.
//!
//! The [`switch`] is the only owner of call truth. This layer adds what a line has and a call has not: loops, dial tone,
//! digits one by one, ringing current, caller id. It knows neither clock nor socket: devices tell it what they do
//! (`off_hook`, `dial`, ...), `handle_timeout` tells it the time, it follows the switch's events, and it answers with
//! [`LineSignal`]s for the lines and [`ExchangeEvent`]s for the record.

mod config;
mod dialling;
mod event;
mod follow;
mod line;
mod nation;
mod notice;
pub mod pbx;
mod ringing;
mod services;
mod signal;
mod sound;
mod state;
mod station;
pub mod switch;
mod telephone;
pub mod verbs;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::simulation::SimError;
use crate::time::SimTime;

pub use config::{CallerId, ExchangeConfig, StationBehaviour, WallClock};
pub use event::ExchangeEvent;
pub use nation::{NATIONS, Nation};
pub use notice::Notice;
pub use services::{ForwardReason, LineService};
pub use signal::LineSignal;
pub use sound::{FaxSignal, Handshake, RingPattern, Sound};
pub use state::LineState;
pub use switch::CallId;

use line::Line;
use switch::{ConnectionId, ConnectionState, DeviceId, Limits, Switch, SwitchEvent};

/// Lines and calls.
#[derive(Debug)]
pub struct Exchange {
    config: ExchangeConfig,
    switch: Switch,
    lines: BTreeMap<String, Line>,
    /// The numbers of the lines' devices in the switch.
    devices: BTreeMap<DeviceId, String>,
    /// Who the calls of scripted stations say that they are from.
    callers: BTreeMap<CallId, Option<CallerId>>,
    /// The lines that have left a call which is about to end.
    leaving: BTreeMap<CallId, Vec<String>>,
    /// A connection that a service takes into another call: its line goes on as if nothing had happened.
    moving: Option<ConnectionId>,
    /// Stations that have put their handsets down, which the switch is still to be told.
    loops_to_open: Vec<DeviceId>,
    /// Times that a line began to ring.
    last_turn: u64,
    timers: BTreeSet<(SimTime, Timer)>,
    signals: VecDeque<(String, LineSignal)>,
    events: VecDeque<ExchangeEvent>,
    /// How many of them there have been that are not in `events` any more.
    pub(crate) events_gone: u64,
    /// The switch's own events, where somebody asked for them, each with how many of `events` there were before it.
    switch_events: Option<VecDeque<(u64, SwitchEvent)>>,
}

/// What is due at a moment. A timer whose line or call has moved on meanwhile does nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    DialTone(String),
    NumberComplete(CallId, String),
    SetUp(CallId, String),
    Burst(u64, String),
    CallerId(u64, String),
    StationAnswers(u64, String),
    Release(CallId),
}

impl Exchange {
    /// An exchange without lines.
    pub fn new(config: ExchangeConfig) -> Exchange {
        Exchange::with_switch(config, Switch::new(Limits::default()))
    }

    /// An exchange around a switch that has devices of its own already.
    pub fn with_switch(config: ExchangeConfig, switch: Switch) -> Exchange {
        Exchange {
            config,
            switch,
            lines: BTreeMap::new(),
            devices: BTreeMap::new(),
            callers: BTreeMap::new(),
            leaving: BTreeMap::new(),
            moving: None,
            loops_to_open: Vec::new(),
            last_turn: 0,
            timers: BTreeSet::new(),
            signals: VecDeque::new(),
            events: VecDeque::new(),
            events_gone: 0,
            switch_events: None,
        }
    }

    /// The switch, to ask.
    pub fn switch(&self) -> &Switch {
        &self.switch
    }

    /// Has the switch do something, and carries what follows from it to the lines.
    pub fn serve<T>(&mut self, service: impl FnOnce(&mut Switch) -> T) -> T {
        let done = service(&mut self.switch);
        self.follow();
        done
    }

    /// As [`Exchange::serve`], for somebody who takes the switch's events himself, such as a CSTA server: `step` is
    /// called until it brings no more of them. Those go to the lines, and not to [`Exchange::poll_switch_event`].
    pub fn serve_through(&mut self, mut step: impl FnMut(&mut Switch) -> Vec<SwitchEvent>) {
        loop {
            let events = step(&mut self.switch);
            if events.is_empty() {
                return;
            }
            for event in &events {
                if let SwitchEvent::Call(event) = event {
                    self.follow_call(event);
                }
            }
            self.open_loops();
        }
    }

    /// Keeps the switch's own events from now on, for [`Exchange::poll_switch_event`].
    pub fn observe_switch(&mut self) {
        self.switch_events.get_or_insert_default();
    }

    /// The next event of the switch itself.
    pub fn poll_switch_event(&mut self) -> Option<SwitchEvent> {
        self.switch_events.as_mut()?.pop_front().map(|(_, event)| event)
    }

    /// How many events of [`Exchange::poll_event`] there were before the next one of the switch itself.
    pub fn events_before_switch(&self) -> Option<u64> {
        self.switch_events.as_ref()?.front().map(|(before, _)| *before)
    }

    /// Events so far.
    fn event_count(&self) -> u64 {
        self.events_gone + self.events.len() as u64
    }

    /// Adds a line for a device, which hears of it through [`LineSignal`]s.
    pub fn add_line(&mut self, number: &str) -> Result<(), SimError> {
        self.new_line(number, None)
    }

    /// Makes a line that of a mobile subscriber, who is told at once who calls.
    pub fn make_mobile(&mut self, number: &str) -> Result<(), SimError> {
        self.line_mut(number)?.is_mobile = true;
        Ok(())
    }

    fn new_line(&mut self, number: &str, station: Option<StationBehaviour>) -> Result<(), SimError> {
        let taken = |_| SimError::NumberTaken {
            number: number.to_owned(),
        };
        let device = self.switch.add_line(number).map_err(taken)?;
        self.lines.insert(number.to_owned(), Line::new(device, station));
        self.devices.insert(device, number.to_owned());
        Ok(())
    }

    /// Bytes from a line to the far end of its call; lost where nobody listens, as on any line.
    pub fn data(&mut self, number: &str, bytes: &[u8]) {
        let Some((call, far)) = self.talking(number) else {
            return;
        };
        self.events.push_back(ExchangeEvent::Data {
            call,
            from: number.to_owned(),
            bytes: bytes.to_vec(),
        });
        self.signal_all(&far, &LineSignal::Data(bytes.to_vec()));
    }

    /// A sound from a line to the far end of its call; lost where nobody listens.
    pub fn sound(&mut self, number: &str, sound: Sound) {
        let Some((call, far)) = self.talking(number) else {
            return;
        };
        if sound.is_reported() {
            self.events.push_back(ExchangeEvent::Sound {
                call,
                from: number.to_owned(),
                sound: sound.clone(),
            });
        }
        self.signal_all(&far, &LineSignal::Sound(sound));
    }

    /// Makes a line ring in its own way from the next call on, or as the exchange rings all lines: distinctive ring.
    pub fn set_ring(&mut self, number: &str, pattern: Option<RingPattern>) -> Result<(), SimError> {
        self.line_mut(number)?.ring_pattern = pattern;
        Ok(())
    }

    /// Whether a line has the number.
    pub(crate) fn has_line(&self, number: &str) -> bool {
        self.lines.contains_key(number)
    }

    /// The numbers of all lines.
    pub(crate) fn numbers(&self) -> impl ExactSizeIterator<Item = &str> {
        self.lines.keys().map(String::as_str)
    }

    /// A line serves, or every call to it fails.
    pub(crate) fn set_in_service(&mut self, number: &str, serves: bool, now: SimTime) {
        if let Some(device) = self.lines.get(number).map(|line| line.device) {
            // The device is a line of this switch, which is all that could be wrong.
            self.serve(|switch| switch.set_in_service(device, serves, now))
                .ok();
        }
    }

    /// The other end of the answered call that `number` is in; nobody where it is in a conference.
    pub fn far_end(&self, number: &str) -> Option<&str> {
        match self.switch.hears(self.engaged(number)?).as_slice() {
            [far] => Some(self.switch.number(far.device)),
            _ => None,
        }
    }

    /// Does what is due at `now`.
    pub fn handle_timeout(&mut self, now: SimTime) {
        while let Some(at) = self.poll_timeout().filter(|at| *at <= now) {
            if self.switch.poll_timeout() == Some(at) {
                self.serve(|switch| switch.handle_timeout(at));
                continue;
            }
            let Some((at, timer)) = self.timers.pop_first() else {
                return;
            };
            match timer {
                Timer::DialTone(number) => self.dial_tone(&number, at),
                Timer::NumberComplete(call, number) => self.number_complete(call, &number, at),
                Timer::SetUp(call, number) => self.set_up(call, &number, at),
                Timer::Burst(turn, number) => self.burst(turn, &number, at),
                Timer::CallerId(turn, number) => self.send_caller_id(turn, &number, at),
                Timer::StationAnswers(turn, number) => self.station_answers(turn, &number, at),
                Timer::Release(call) => {
                    self.serve(|switch| switch.clear_call(call, at)).ok();
                }
            }
        }
    }

    /// When [`Exchange::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        let line = self.timers.first().map(|(at, _)| *at);
        [line, self.switch.poll_timeout()].into_iter().flatten().min()
    }

    /// The next signal for a device, and the number of its line.
    pub fn poll_signal(&mut self) -> Option<(String, LineSignal)> {
        self.signals.pop_front()
    }

    /// The next event for the record.
    pub fn poll_event(&mut self) -> Option<ExchangeEvent> {
        let event = self.events.pop_front()?;
        self.events_gone += 1;
        Some(event)
    }

    fn line_mut(&mut self, number: &str) -> Result<&mut Line, SimError> {
        self.lines.get_mut(number).ok_or_else(|| SimError::UnknownNumber {
            number: number.to_owned(),
        })
    }

    /// Queues a signal, unless a station stands on the line: its script needs none.
    fn signal(&mut self, number: &str, signal: LineSignal) {
        if self
            .lines
            .get(number)
            .is_some_and(|line| line.station.is_none() && !line.is_cut)
        {
            self.signals.push_back((number.to_owned(), signal));
        }
    }

    /// The connection of the call that a line is an end of, ringing included. A call that found it busy is none, and one
    /// that it holds, or that waits for it, is another.
    fn engaged(&self, number: &str) -> Option<ConnectionId> {
        let line = self.lines.get(number)?;
        let (device, is_off_hook) = (line.device, line.is_off_hook);
        let connections = self.switch.snapshot_device(device);
        connections.into_iter().find(|connection| {
            let calls = || {
                let info = self.switch.call_info(connection.call);
                info.is_some_and(|info| info.calling == device.into())
            };
            match self.switch.state(*connection) {
                ConnectionState::Null | ConnectionState::Queued => false,
                ConnectionState::Fail => calls(),
                // A call that rings, or the one call that is not held and does not wait.
                _ => self.is_active(*connection, is_off_hook),
            }
        })
    }

    /// The answered call of a line, and the devices that hear it.
    fn talking(&self, number: &str) -> Option<(CallId, Vec<DeviceId>)> {
        let connection = self.engaged(number)?;
        let heard = self.switch.hears(connection);
        let devices: Vec<DeviceId> = heard.into_iter().map(|far| far.device).collect();
        (!devices.is_empty()).then_some((connection.call, devices))
    }

    fn clear(&mut self, connection: ConnectionId, now: SimTime) {
        // Refused only where the connection has gone already.
        self.serve(|switch| switch.clear_connection(connection, now)).ok();
    }

    /// Signals to every line among these devices.
    fn signal_all(&mut self, devices: &[DeviceId], signal: &LineSignal) {
        for device in devices {
            if let Some(number) = self.devices.get(device).cloned() {
                self.signal(&number, signal.clone());
            }
        }
    }
}
