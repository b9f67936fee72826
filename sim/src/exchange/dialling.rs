//! From the first digit on a line to the switch: digits gathered, the number complete, the call set up.

use super::switch::{ConnectionId, NumberFit};
use super::{CallId, CallerId, Exchange, ExchangeEvent, LineSignal, Timer};
use crate::time::SimTime;

/// A number on its way into the exchange.
#[derive(Debug)]
pub(super) struct Dialling {
    call: CallId,
    digits: String,
    /// When the exchange takes the digits so far for the whole number; `None` once it has.
    complete_at: Option<SimTime>,
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
        let has_tone = line.has_dial_tone;
        let withholds = line.services.withholds;
        let gathering = line
            .dialling
            .as_ref()
            .map(|dialling| dialling.complete_at.is_some());
        match (gathering, self.engaged(number)) {
            (Some(true), _) => self.more_digits(number, digits, complete, now),
            (_, Some(connection)) => self.digits_in_band(connection, digits, now),
            (None, None) if has_tone && !digits.is_empty() => {
                let caller = match withholds {
                    true => CallerId::default(),
                    false => CallerId::number(number),
                };
                self.starts(number, Some(caller), (digits, complete), now);
            }
            _ => {}
        }
    }

    pub(super) fn station_calls(&mut self, from: &str, to: &str, caller_id: Option<CallerId>, now: SimTime) {
        self.starts(from, caller_id, (to, true), now);
    }

    /// Begins a call with its first digits, and whether they are all.
    fn starts(&mut self, from: &str, caller_id: Option<CallerId>, digits: (&str, bool), now: SimTime) {
        if self.begin(from, caller_id, now) {
            self.more_digits(from, digits.0, digits.1, now);
        }
    }

    /// Begins a call, unless the switch has no room for it.
    fn begin(&mut self, from: &str, caller_id: Option<CallerId>, now: SimTime) -> bool {
        let Some(device) = self.lines.get(from).map(|line| line.device) else {
            return false;
        };
        let Ok(connection) = self.serve(|switch| switch.make_connection(device, now)) else {
            return false;
        };
        self.callers.insert(connection.call, caller_id);
        if let Some(line) = self.lines.get_mut(from) {
            line.dial_tone_at = None;
            line.dialling = Some(Dialling {
                call: connection.call,
                digits: String::new(),
                complete_at: Some(now),
            });
        }
        true
    }

    fn more_digits(&mut self, number: &str, more: &str, complete: bool, now: SimTime) {
        let timeout_at = now + self.config.interdigit_timeout;
        let Some(dialling) = self.lines.get_mut(number).and_then(|line| line.dialling.as_mut()) else {
            return;
        };
        dialling.digits.push_str(more);
        let call = dialling.call;
        let done = complete || self.switch.fits(&dialling.digits) == NumberFit::Exact;
        dialling.complete_at = Some(if done { now } else { timeout_at });
        if done {
            return self.number_complete(call, number, now);
        }
        self.events.push_back(ExchangeEvent::Dialling {
            call,
            from: number.to_owned(),
            digits: more.to_owned(),
        });
        self.timers
            .insert((timeout_at, Timer::NumberComplete(call, number.to_owned())));
    }

    /// No digit will follow, or none came for the interdigit timeout.
    pub(super) fn number_complete(&mut self, id: CallId, number: &str, now: SimTime) {
        let Some(dialling) = self.dialling(id, number) else {
            return;
        };
        if dialling.complete_at.is_none_or(|at| at > now) {
            return; // another digit came meanwhile and set a later timer
        }
        dialling.complete_at = None;
        let digits = dialling.digits.clone();
        self.events.push_back(ExchangeEvent::Dialled {
            call: id,
            from: number.to_owned(),
            digits,
        });
        self.timers
            .insert((now + self.config.setup_delay, Timer::SetUp(id, number.to_owned())));
    }

    /// The number has reached the switch, which finds out where it leads.
    pub(super) fn set_up(&mut self, id: CallId, number: &str, now: SimTime) {
        let Some(dialling) = self.dialling(id, number) else {
            return;
        };
        let dialable: String = dialling
            .digits
            .chars()
            .filter(|c| c.is_ascii_digit() || matches!(c, '*' | '#' | 'A'..='D'))
            .collect();
        let Some(device) = self.lines.get(number).map(|line| line.device) else {
            return;
        };
        let connection = ConnectionId::new(id, device);
        // The connection is initiated and the digits can be dialled, which is all that could be wrong.
        self.serve(|switch| switch.dial_digits(connection, &dialable, true, now))
            .ok();
        if let Some(line) = self.lines.get_mut(number) {
            line.dialling = None;
        }
    }

    /// The number that a line dials in this call.
    fn dialling(&mut self, id: CallId, number: &str) -> Option<&mut Dialling> {
        let line = self.lines.get_mut(number)?;
        line.dialling.as_mut().filter(|dialling| dialling.call == id)
    }

    /// The digits that a caller dialled, as they were dialled, while the call is being set up.
    pub(super) fn dialled(&self, id: CallId, number: &str) -> Option<&str> {
        let dialling = self.lines.get(number)?.dialling.as_ref()?;
        (dialling.call == id).then_some(&dialling.digits)
    }

    fn digits_in_band(&mut self, connection: ConnectionId, digits: &str, now: SimTime) {
        if digits.is_empty() {
            return;
        }
        // The switch takes no digits of a call that is not connected. The line carries them all the same.
        if self
            .serve(|switch| switch.generate_digits(connection, digits, now))
            .is_err()
        {
            self.digits_sent(connection, digits);
        }
    }

    /// Digits were sent in a call: the lines that hear them are signalled. What no line has a part in is not told.
    pub(super) fn digits_sent(&mut self, connection: ConnectionId, digits: &str) {
        let heard = self.switch.hears(connection);
        let heard: Vec<_> = heard.iter().map(|far| far.device).collect();
        let mut ends = heard.iter().chain([&connection.device]);
        if !ends.any(|device| self.devices.contains_key(device)) {
            return;
        }
        let from = self.switch.number(connection.device).to_owned();
        self.events.push_back(ExchangeEvent::Digits {
            call: connection.call,
            from,
            digits: digits.to_owned(),
        });
        self.signal_all(&heard, &LineSignal::Digits(digits.to_owned()));
    }
}
