//! Services of single lines: withheld numbers, forwarding, call waiting, hold, refusal. The switch carries them out.

use super::switch::{ConnectionId, ConnectionState, DeviceId, Forward, ForwardingType};
use super::{CallId, CallerId, Exchange, ExchangeEvent, LineSignal, Timer};
use crate::time::SimTime;

/// When a line's calls go elsewhere (27.007 7.11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ForwardReason {
    /// Always.
    Unconditional,
    /// While the line is busy.
    Busy,
    /// After so many rings without an answer.
    NoReply {
        /// How many.
        rings: u32,
    },
    /// While the line cannot be reached.
    NotReachable,
}

/// What a device asks its exchange for, beside dialling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineService {
    /// The number is withheld from those that are called from now on, or not.
    Withhold(bool),
    /// A call that finds the line in a call waits, or hears busy tone.
    CallWaiting(bool),
    /// The device can be reached, as a mobile one that has registered, or not: callers hear an announcement then.
    Reachable(bool),
    /// Calls go to the number; without one no longer. A reason is one however many rings it counts.
    Forward(ForwardReason, Option<String>),
    /// Refuses the call that rings or waits; the caller hears busy tone.
    Refuse,
    /// Puts the active call on hold.
    Hold,
    /// Takes the waiting call; the active one goes on hold.
    AcceptWaiting,
    /// Active and held call change places; where there is one only, it does.
    Swap,
    /// Ends the active call and leaves the line off-hook.
    ReleaseActive,
    /// Ends the held call.
    ReleaseHeld,
    /// Active and held call become one, with all their far ends (27.007 `+CHLD=3`).
    Conference,
    /// The far ends of active and held call go on with each other; the line leaves both (27.007 `+CHLD=4`).
    Transfer,
    /// Ends the part of one far end, by its number, in the active conference (27.007 `+CHLD=1x`).
    ReleaseParty(String),
    /// A hook flash: takes the waiting call, goes back to the held one, or holds the active one and asks for dial tone.
    Flash,
    /// Goes on with one far end of the active conference, by its number; the others are held (27.007 `+CHLD=2x`).
    Split(String),
}

/// What a line has beside one call.
#[derive(Debug, Default)]
pub(super) struct LineServices {
    pub(super) withholds: bool,
    /// A call that waits for the line.
    pub(super) waiting: Option<CallId>,
    /// A call that the line holds.
    pub(super) held: Option<CallId>,
    /// The conference that the line made; it ends when the line leaves (TS 22.084).
    pub(super) conference: Option<CallId>,
    /// The device itself ended a call, and need not be told.
    releasing: Option<CallId>,
    /// No device answers to the line's number.
    is_unreachable: bool,
    /// Where calls go always, and where while the line cannot be reached.
    forwards: [Option<String>; 2],
}

impl LineServices {
    /// What the end of a call means to the line's device; nothing where it ended the call itself.
    pub(super) fn ended(&mut self, id: CallId) -> Option<LineSignal> {
        if self.releasing.take_if(|call| *call == id).is_some() {
            return None;
        }
        if self.waiting.take_if(|call| *call == id).is_some() {
            return Some(LineSignal::WaitingGone);
        }
        if self.held.take_if(|call| *call == id).is_some() {
            return Some(LineSignal::HeldGone);
        }
        Some(LineSignal::Released)
    }
}

impl Exchange {
    /// The device on a line asks for a service. What makes no sense now does nothing, as on a real line.
    pub fn line_service(&mut self, number: &str, service: LineService, now: SimTime) {
        let active = self.engaged(number);
        let ring = self.config.ring_on + self.config.ring_off;
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        let device = line.device;
        let at = |call: CallId| ConnectionId::new(call, device);
        let (held, waiting) = (line.services.held, line.services.waiting);
        // The switch refuses what makes no sense, and a line is not told why.
        match service {
            LineService::Withhold(on) => line.services.withholds = on,
            LineService::CallWaiting(on) => {
                self.serve(|switch| switch.set_call_waiting(device, on, now)).ok();
            }
            LineService::Reachable(on) => {
                line.services.is_unreachable = !on;
                self.reach(number, now);
            }
            LineService::Forward(
                reason @ (ForwardReason::Unconditional | ForwardReason::NotReachable),
                to,
            ) => {
                line.services.forwards[usize::from(reason == ForwardReason::NotReachable)] = to;
                self.reach(number, now);
            }
            LineService::Forward(reason, to) => {
                let (kind, ring_duration) = match reason {
                    ForwardReason::NoReply { rings } => (ForwardingType::NoAnswer, Some(ring * rings)),
                    _ => (ForwardingType::Busy, None),
                };
                let forward = to.map(|to| Forward {
                    to: to.into(),
                    ring_duration,
                });
                self.serve(|switch| switch.set_forwarding(device, kind, forward, now))
                    .ok();
            }
            LineService::Refuse => {
                let ringing = line.ringing.as_ref().map(|ringing| ringing.call);
                line.services.waiting = None;
                if let Some(call) = waiting.or(ringing) {
                    self.serve(|switch| switch.refuse_call(at(call), now)).ok();
                }
            }
            LineService::Hold | LineService::Swap => {
                self.serve(|switch| switch.set_max_calls(device, 3, now)).ok();
                let swapped = match (active, held) {
                    (Some(active), Some(held)) if service == LineService::Swap => {
                        self.serve(|switch| switch.alternate_call(at(held), active, now))
                    }
                    (Some(active), None) => self.serve(|switch| switch.hold_call(active, now)),
                    (None, Some(held)) => self.serve(|switch| switch.retrieve_call(at(held), now)),
                    _ => return,
                };
                if swapped.is_ok() {
                    self.holds(number, active.map(|active| active.call));
                }
            }
            LineService::AcceptWaiting => {
                let Some(call) = waiting.filter(|_| active.is_none() || held.is_none()) else {
                    return;
                };
                line.services.waiting = None;
                if self.serve(|switch| switch.answer_call(at(call), now)).is_ok() && active.is_some() {
                    self.holds(number, active.map(|active| active.call));
                }
            }
            LineService::ReleaseActive => self.release_call(number, active, now),
            LineService::ReleaseHeld => self.release_call(number, held.map(at), now),
            LineService::Conference | LineService::Transfer => {
                if let (Some(active), Some(held)) = (active, held.map(at)) {
                    self.join_calls(number, held, active, service == LineService::Conference, now);
                }
            }
            LineService::Flash => self.flash(number, active, now),
            LineService::ReleaseParty(party) => {
                let connection = active.zip(self.switch.device(&party));
                if let Some((active, party)) = connection {
                    self.clear(ConnectionId::new(active.call, party), now);
                }
            }
            LineService::Split(party) => {
                if let (Some(active), None, Some(party)) = (active, held, self.switch.device(&party)) {
                    self.split(number, active, party, now);
                }
            }
        }
    }

    /// Says to the switch what becomes of calls: they go where the line sends them always, or while it cannot be reached;
    /// without either an unreachable line is out of service.
    fn reach(&mut self, number: &str, now: SimTime) {
        let Some(line) = self.lines.get(number) else {
            return;
        };
        let (device, services) = (line.device, &line.services);
        let [always, otherwise] = &services.forwards;
        let otherwise = otherwise.as_ref().filter(|_| services.is_unreachable);
        let to = always.as_ref().or(otherwise).cloned();
        let in_service = to.is_some() || !services.is_unreachable;
        let forward = to.map(|to| Forward {
            to: to.into(),
            ring_duration: None,
        });
        // A line is not told what the switch refuses.
        self.serve(|switch| {
            switch.set_in_service(device, true, now)?;
            switch.set_forwarding(device, ForwardingType::Immediate, forward, now)?;
            switch.set_in_service(device, in_service, now)
        })
        .ok();
    }

    fn flash(&mut self, number: &str, active: Option<ConnectionId>, now: SimTime) {
        let delay = self.config.dial_tone_delay;
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        let (held, waiting) = (line.services.held, line.services.waiting);
        let holds_only = held.is_none() && waiting.is_none() && active.is_some();
        let service = match waiting {
            Some(_) => LineService::AcceptWaiting,
            None => LineService::Swap,
        };
        self.line_service(number, service, now);
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        // The held party waits, and another number can be dialled.
        if holds_only && line.services.held.is_some() && line.has_dial_tone {
            line.dial_tone_at = Some(now + delay);
            self.timers
                .insert((now + delay, Timer::DialTone(number.to_owned())));
        }
    }

    /// Makes one call of two: the line stays in it, or leaves its far ends to each other.
    fn join_calls(
        &mut self,
        number: &str,
        held: ConnectionId,
        active: ConnectionId,
        stays: bool,
        now: SimTime,
    ) {
        let parties: Vec<String> = [held, active]
            .iter()
            .flat_map(|call| self.others(*call))
            .collect();
        let merged = self.serve(|switch| match stays {
            true => switch.conference_call(held, active, now),
            false => switch.transfer_call(held, active, now),
        });
        let Ok(merged) = merged else { return };
        if let Some(line) = self.lines.get_mut(number) {
            line.services.held = None;
            line.services.conference = stays.then_some(merged.call);
        }
        let (call, number) = (merged.call, number.to_owned());
        if stays {
            self.signal(&number, LineSignal::Conference(parties));
            self.events.push_back(ExchangeEvent::Conferenced { call, number });
        } else {
            self.events.push_back(ExchangeEvent::Transferred { call, number });
        }
    }

    fn split(&mut self, number: &str, active: ConnectionId, party: DeviceId, now: SimTime) {
        self.moving = Some(ConnectionId::new(active.call, party));
        let split = self.serve(|switch| switch.split_call(active, party, now));
        self.moving = None;
        if let Ok(call) = split {
            self.holds(number, Some(active.call));
            let with = self.switch.number(party).to_owned();
            let number = number.to_owned();
            self.events.push_back(ExchangeEvent::Split { call, number, with });
        }
    }

    /// The numbers of the others in a call.
    fn others(&self, connection: ConnectionId) -> Vec<String> {
        let states = self.switch.snapshot_call(connection.call).unwrap_or_default();
        let others = states.iter().filter(|(device, _)| *device != connection.device);
        others
            .map(|(device, _)| self.switch.number(*device).to_owned())
            .collect()
    }

    /// Ends a line's part in a call; a conference that the line made ends for all.
    pub(super) fn leave(&mut self, number: &str, connection: ConnectionId, now: SimTime) {
        let line = self.lines.get_mut(number);
        let own = line.and_then(|line| line.services.conference.take_if(|call| *call == connection.call));
        if own.is_some() {
            self.serve(|switch| switch.clear_call(connection.call, now)).ok();
        } else {
            self.clear(connection, now);
        }
    }

    /// A far end has left a conference that goes on: the line that made it is told.
    pub(super) fn party_gone(&mut self, id: CallId, device: DeviceId) {
        let party = self.switch.number(device).to_owned();
        let states = self.switch.snapshot_call(id).unwrap_or_default();
        for (member, _) in states {
            let Some(number) = self.devices.get(&member).cloned() else {
                continue;
            };
            let line = self.lines.get(&number);
            if line.is_some_and(|line| line.services.conference == Some(id)) {
                self.signal(&number, LineSignal::PartyGone(party.clone()));
            }
        }
    }

    fn holds(&mut self, number: &str, call: Option<CallId>) {
        if let Some(line) = self.lines.get_mut(number) {
            line.services.held = call;
        }
    }

    fn release_call(&mut self, number: &str, connection: Option<ConnectionId>, now: SimTime) {
        let (Some(connection), Some(line)) = (connection, self.lines.get_mut(number)) else {
            return;
        };
        line.services.held.take_if(|call| *call == connection.call);
        line.services.releasing = Some(connection.call);
        self.events.push_back(ExchangeEvent::HungUp {
            call: connection.call,
            number: number.to_owned(),
        });
        self.leave(number, connection, now);
    }

    /// What the line is in beside its active call ends with it.
    pub(super) fn release_others(&mut self, number: &str, now: SimTime) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        let device = line.device;
        let others = [line.services.held.take(), line.services.waiting.take()];
        for call in others.into_iter().flatten() {
            self.leave(number, ConnectionId::new(call, device), now);
        }
    }

    /// A call alerts a line that is in another: its device is told, and nothing rings.
    pub(super) fn waits(&mut self, call: CallId, number: &str, caller: Option<CallerId>, now: SimTime) {
        let clock = self.config.clock.at(now);
        if let Some(line) = self.lines.get_mut(number) {
            line.services.waiting = Some(call);
        }
        self.signal(number, LineSignal::CallWaiting { caller, clock });
    }

    /// Whether a connection is the one that its line speaks in: neither held nor waiting.
    pub(super) fn is_active(&self, connection: ConnectionId, is_off_hook: bool) -> bool {
        match self.switch.state(connection) {
            ConnectionState::Hold => false,
            ConnectionState::Alerting => !is_off_hook,
            _ => true,
        }
    }
}
