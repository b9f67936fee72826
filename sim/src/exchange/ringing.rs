//! Ringing: bursts, silences, and the caller id between them.

use std::time::Duration;

use super::switch::{CallEvent, ConnectionId, Party};
use super::{CallId, CallerId, Exchange, ExchangeEvent, LineSignal, RingPattern, StationBehaviour, Timer};
use crate::time::SimTime;

/// A line that rings.
#[derive(Debug)]
pub(super) struct Ringing {
    pub(super) call: CallId,
    /// Which ringing it is, counted over all lines: what a timer of an earlier one is told from.
    pub(super) turn: u64,
    /// Bursts so far.
    bursts: u32,
    caller_id: Option<CallerId>,
}

impl Exchange {
    /// A call alerts a line: it begins to ring. Whether the call has to wait instead.
    pub(super) fn rings(&mut self, event: &CallEvent, number: &str) -> bool {
        let (id, now) = (event.call, event.at);
        let caller_id = self.caller_id(event);
        self.last_turn += 1;
        let turn = self.last_turn;
        let Some(line) = self.lines.get_mut(number) else {
            return false;
        };
        if line.is_off_hook && line.station.is_none() {
            self.events.push_back(ExchangeEvent::Ringing {
                call: id,
                number: number.to_owned(),
                caller_id: caller_id.clone(),
            });
            self.waits(id, number, caller_id, now);
            return true;
        }
        line.ringing = Some(Ringing {
            call: id,
            turn,
            bursts: 0,
            caller_id: caller_id.clone(),
        });
        if let Some(StationBehaviour::AnswersAfter(delay)) = line.station {
            self.timers
                .insert((now + delay, Timer::StationAnswers(turn, number.to_owned())));
        }
        self.events.push_back(ExchangeEvent::Ringing {
            call: id,
            number: number.to_owned(),
            caller_id,
        });
        false
    }

    /// The ringing current begins, or caller id where it comes first.
    pub(super) fn first_burst(&mut self, number: &str, now: SimTime) {
        let Some(line) = self.lines.get(number) else {
            return;
        };
        let is_mobile = line.is_mobile;
        let Some(ringing) = &line.ringing else { return };
        let (turn, shows) = (ringing.turn, ringing.caller_id.is_some());
        if is_mobile {
            self.burst(turn, number, now);
            if shows {
                self.send_caller_id(turn, number, now);
            }
        } else if self.config.caller_id_first && shows {
            self.send_caller_id(turn, number, now);
            self.timers.insert((
                now + self.config.caller_id_lead(),
                Timer::Burst(turn, number.to_owned()),
            ));
        } else {
            self.burst(turn, number, now);
        }
    }

    pub(super) fn burst(&mut self, turn: u64, number: &str, now: SimTime) {
        let pattern = self.ring_pattern(number);
        let silence_at = now + Duration::from_millis(pattern.length_ms().into());
        let is_mobile = self.lines.get(number).is_some_and(|line| line.is_mobile);
        let caller_id_follows = !self.config.caller_id_first && !is_mobile;
        let Some(ringing) = self.ringing(turn, number) else {
            return;
        };
        ringing.bursts += 1;
        let call = ringing.call;
        let sends_id = ringing.bursts == 1 && ringing.caller_id.is_some() && caller_id_follows;
        if sends_id {
            let at = silence_at + self.config.ring_off / 4;
            self.timers.insert((at, Timer::CallerId(turn, number.to_owned())));
        }
        self.timers.insert((
            silence_at + self.config.ring_off,
            Timer::Burst(turn, number.to_owned()),
        ));
        // A pulled line takes the ringing current nowhere; the caller cannot tell.
        if !self.lines.get(number).is_some_and(|line| line.is_cut) {
            self.events.push_back(ExchangeEvent::Ring {
                call,
                number: number.to_owned(),
            });
            self.signal(number, LineSignal::RingPattern(pattern));
            self.signal(number, LineSignal::Ring);
        }
    }

    /// How one ring of the line goes.
    fn ring_pattern(&self, number: &str) -> RingPattern {
        let own = self.lines.get(number).and_then(|line| line.ring_pattern.clone());
        own.or_else(|| self.config.ring_pattern.clone())
            .unwrap_or_else(|| self.config.steady_ring())
    }

    pub(super) fn send_caller_id(&mut self, turn: u64, number: &str, now: SimTime) {
        let Some(ringing) = self.ringing(turn, number) else {
            return;
        };
        let call = ringing.call;
        let Some(caller) = ringing.caller_id.clone() else {
            return;
        };
        if self.lines.get(number).is_some_and(|line| line.is_cut) {
            return;
        }
        self.events.push_back(ExchangeEvent::CallerIdSent {
            call,
            number: number.to_owned(),
        });
        let clock = self.config.clock.at(now);
        self.signal(number, LineSignal::CallerId { caller, clock });
    }

    /// The called line goes off-hook.
    pub(super) fn answered(&mut self, number: &str, now: SimTime) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        let Some(ringing) = line.ringing.take() else {
            return;
        };
        let connection = ConnectionId::new(ringing.call, line.device);
        // Refused only where the call has gone already.
        self.serve(|switch| switch.answer_call(connection, now)).ok();
    }

    fn ringing(&mut self, turn: u64, number: &str) -> Option<&mut Ringing> {
        let line = self.lines.get_mut(number)?;
        line.ringing.as_mut().filter(|ringing| ringing.turn == turn)
    }

    /// What a call shows of its caller: what its station said, or what the switch knows.
    fn caller_id(&self, event: &CallEvent) -> Option<CallerId> {
        if let Some(said) = self.callers.get(&event.call) {
            return said.clone();
        }
        let info = &event.info;
        let number = match &info.calling {
            Party::Device(device) => Some(self.switch.number(*device).to_owned()),
            Party::Number(number) => Some(number.to_string()),
            Party::NotKnown => return None,
            Party::Restricted => None,
        };
        Some(CallerId {
            number,
            name: info.calling_name.as_deref().map(str::to_owned),
        })
    }
}
