//! The life of a call: digits gathered, routed, rung, answered, released.

use super::{CallId, CallerId, Exchange, ExchangeEvent, LineSignal, RingPattern, StationBehaviour, Timer};
use crate::time::SimTime;

/// One call, from its first digit to its end.
#[derive(Debug)]
pub(super) struct Call {
    from: String,
    /// The called line, once the call has reached one.
    to: Option<String>,
    caller_id: Option<CallerId>,
    phase: Phase,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    /// Digits so far, and when the exchange takes them for the whole number.
    Dialling {
        digits: String,
        complete_at: SimTime,
    },
    /// The number is complete, the far line not reached yet.
    SettingUp {
        digits: String,
    },
    /// The far line rings; bursts so far.
    Ringing {
        bursts: u32,
    },
    Talking,
    /// The caller hears a tone that leads nowhere.
    Failed,
}

impl Call {
    pub(super) fn is_talking(&self) -> bool {
        self.phase == Phase::Talking
    }

    pub(super) fn is_ringing(&self) -> bool {
        matches!(self.phase, Phase::Ringing { .. })
    }

    /// The called line, once the call has reached one.
    pub(super) fn called(&self) -> Option<&str> {
        self.to.as_deref()
    }

    pub(super) fn other_end(&self, number: &str) -> Option<&str> {
        if self.from == number {
            self.to.as_deref()
        } else {
            Some(&self.from)
        }
    }
}

impl Exchange {
    /// The device sends digits. On a line with a call beyond dialling they are heard by the far end; otherwise they
    /// extend the number. `complete` says that no digit will follow; without it the exchange routes as soon as the
    /// number fits a line and could fit no longer one, or when no digit came for the interdigit timeout.
    pub fn dial(&mut self, number: &str, digits: &str, complete: bool, now: SimTime) {
        let Some(line) = self.lines.get_mut(number) else {
            return;
        };
        if !line.is_off_hook || line.is_cut {
            return;
        }
        let Some(id) = line.call else {
            if line.has_dial_tone && !digits.is_empty() {
                line.dial_tone_at = None;
                let caller_id = Some(CallerId::number(number));
                let id = self.new_call(
                    number,
                    caller_id,
                    Phase::Dialling {
                        digits: String::new(),
                        complete_at: now,
                    },
                );
                self.more_digits(id, digits, complete, now);
            }
            return;
        };
        match self.calls.get(&id).map(|call| &call.phase) {
            Some(Phase::Dialling { .. }) => self.more_digits(id, digits, complete, now),
            Some(_) => self.digits_in_band(id, number, digits),
            None => {}
        }
    }

    pub(super) fn station_calls(&mut self, from: &str, to: &str, caller_id: Option<CallerId>, now: SimTime) {
        let phase = Phase::Dialling {
            digits: String::new(),
            complete_at: now,
        };
        let id = self.new_call(from, caller_id, phase);
        self.more_digits(id, to, true, now);
    }

    fn new_call(&mut self, from: &str, caller_id: Option<CallerId>, phase: Phase) -> CallId {
        self.last_call += 1;
        let id = CallId(self.last_call);
        self.calls.insert(
            id,
            Call {
                from: from.to_owned(),
                to: None,
                caller_id,
                phase,
            },
        );
        if let Some(line) = self.lines.get_mut(from) {
            line.call = Some(id);
        }
        id
    }

    fn more_digits(&mut self, id: CallId, more: &str, complete: bool, now: SimTime) {
        let timeout_at = now + self.config.interdigit_timeout;
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Phase::Dialling { digits, complete_at } = &mut call.phase else {
            return;
        };
        digits.push_str(more);
        *complete_at = timeout_at;
        let fits = self.lines.contains_key(digits.as_str());
        let fits_longer = self
            .lines
            .keys()
            .any(|n| n.len() > digits.len() && n.starts_with(digits.as_str()));
        if complete || (fits && !fits_longer) {
            *complete_at = now;
            return self.number_complete(id, now);
        }
        let event = ExchangeEvent::Dialling {
            call: id,
            from: call.from.clone(),
            digits: more.to_owned(),
        };
        self.events.push_back(event);
        self.timers.insert((timeout_at, Timer::NumberComplete(id)));
    }

    pub(super) fn number_complete(&mut self, id: CallId, now: SimTime) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Phase::Dialling { digits, complete_at } = &call.phase else {
            return;
        };
        if *complete_at > now {
            return; // another digit came meanwhile and set a later timer
        }
        let digits = digits.clone();
        let event = ExchangeEvent::Dialled {
            call: id,
            from: call.from.clone(),
            digits: digits.clone(),
        };
        call.phase = Phase::SettingUp { digits };
        self.events.push_back(event);
        self.timers
            .insert((now + self.config.setup_delay, Timer::SetUp(id)));
    }

    pub(super) fn set_up(&mut self, id: CallId, now: SimTime) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let Phase::SettingUp { digits } = &call.phase else {
            return;
        };
        let (from, to) = (call.from.clone(), digits.clone());
        let Some(line) = self.lines.get_mut(&to) else {
            call.phase = Phase::Failed;
            self.events.push_back(ExchangeEvent::Unobtainable {
                call: id,
                number: from.clone(),
                to,
            });
            self.timers
                .insert((now + self.config.announcement, Timer::Release(id)));
            return self.signal(&from, LineSignal::Unobtainable);
        };
        if line.is_off_hook || line.call.is_some() || line.station == Some(StationBehaviour::Busy) {
            call.phase = Phase::Failed;
            self.events.push_back(ExchangeEvent::BusyTone {
                call: id,
                number: from.clone(),
                to,
            });
            return self.signal(&from, LineSignal::Busy);
        }
        line.call = Some(id);
        if let Some(StationBehaviour::AnswersAfter(delay)) = line.station {
            self.timers.insert((now + delay, Timer::StationAnswers(id)));
        }
        call.to = Some(to.clone());
        call.phase = Phase::Ringing { bursts: 0 };
        let caller_id = call.caller_id.clone();
        self.events.push_back(ExchangeEvent::Ringing {
            call: id,
            number: to,
            caller_id,
        });
        self.signal(&from, LineSignal::Ringback);
        if self.config.caller_id_first && self.calls.get(&id).is_some_and(|call| call.caller_id.is_some()) {
            self.send_caller_id(id, now);
            self.timers
                .insert((now + self.config.caller_id_lead(), Timer::Burst(id)));
        } else {
            self.burst(id, now);
        }
    }

    pub(super) fn burst(&mut self, id: CallId, now: SimTime) {
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        let (Phase::Ringing { bursts }, Some(to)) = (&mut call.phase, &call.to) else {
            return;
        };
        *bursts += 1;
        let silence_at = now + self.config.ring_on;
        if *bursts == 1 && call.caller_id.is_some() && !self.config.caller_id_first {
            self.timers
                .insert((silence_at + self.config.ring_off / 4, Timer::CallerId(id)));
        }
        self.timers
            .insert((silence_at + self.config.ring_off, Timer::Burst(id)));
        let to = to.clone();
        // A pulled line takes the ringing current nowhere; the caller cannot tell.
        if !self.lines.get(&to).is_some_and(|line| line.is_cut) {
            self.events.push_back(ExchangeEvent::Ring {
                call: id,
                number: to.clone(),
            });
            self.signal(&to, LineSignal::RingPattern(self.ring_pattern(&to)));
            self.signal(&to, LineSignal::Ring);
        }
    }

    /// How one ring of the line goes.
    fn ring_pattern(&self, number: &str) -> RingPattern {
        let own = self.lines.get(number).and_then(|line| line.ring_pattern.clone());
        own.or_else(|| self.config.ring_pattern.clone())
            .unwrap_or_else(|| {
                RingPattern(vec![
                    u32::try_from(self.config.ring_on.as_millis()).unwrap_or(u32::MAX),
                ])
            })
    }

    pub(super) fn send_caller_id(&mut self, id: CallId, now: SimTime) {
        let Some(call) = self.calls.get(&id).filter(|call| call.is_ringing()) else {
            return;
        };
        let (Some(to), Some(caller)) = (call.to.clone(), call.caller_id.clone()) else {
            return;
        };
        if self.lines.get(&to).is_some_and(|line| line.is_cut) {
            return;
        }
        self.events.push_back(ExchangeEvent::CallerIdSent {
            call: id,
            number: to.clone(),
        });
        self.signal(
            &to,
            LineSignal::CallerId {
                caller,
                clock: self.config.clock.at(now),
            },
        );
    }

    /// The called line goes off-hook.
    pub(super) fn answered(&mut self, id: CallId) {
        let Some(call) = self.calls.get_mut(&id).filter(|call| call.is_ringing()) else {
            return;
        };
        let Some(to) = call.to.clone() else { return };
        call.phase = Phase::Talking;
        let from = call.from.clone();
        self.events.push_back(ExchangeEvent::Answered {
            call: id,
            number: to.clone(),
        });
        self.signal(&to, LineSignal::Answered);
        self.signal(&from, LineSignal::Answered);
    }

    fn digits_in_band(&mut self, id: CallId, from: &str, digits: &str) {
        if digits.is_empty() {
            return;
        }
        let event = ExchangeEvent::Digits {
            call: id,
            from: from.to_owned(),
            digits: digits.to_owned(),
        };
        self.events.push_back(event);
        if let Some((_, far)) = self.talking(from) {
            self.signal(&far, LineSignal::Digits(digits.to_owned()));
        }
    }

    /// Ends a call and frees its lines. An end that is still off-hook is told; a station then goes on-hook by itself,
    /// a device stays off-hook until it hangs up.
    pub(super) fn end_call(&mut self, id: CallId) {
        let Some(call) = self.calls.remove(&id) else {
            return;
        };
        self.timers.retain(|(_, timer)| !timer.is_of(id));
        self.events.push_back(ExchangeEvent::Ended { call: id });
        for number in [Some(call.from), call.to].into_iter().flatten() {
            let Some(line) = self.lines.get_mut(&number) else {
                continue;
            };
            line.call = None;
            if !line.is_off_hook {
                continue;
            }
            if line.station.is_some() {
                line.is_off_hook = false;
                self.events.push_back(ExchangeEvent::OnHook { number });
            } else {
                self.signal(&number, LineSignal::Released);
            }
        }
    }
}

impl Timer {
    fn is_of(&self, call: CallId) -> bool {
        match self {
            Timer::DialTone(_) => false,
            Timer::NumberComplete(id)
            | Timer::SetUp(id)
            | Timer::Burst(id)
            | Timer::CallerId(id)
            | Timer::StationAnswers(id)
            | Timer::Release(id) => *id == call,
        }
    }
}
