//! Caller id for the client (V.253 9.2.3), and the ring indicator with distinctive ring.

use std::time::Duration;

use super::{Modem, Outcome};
use crate::exchange::{CallerId, RingPattern, WallClock};
use crate::time::SimTime;
use crate::wire::at::ResultCode;
use crate::wire::caller_id;

/// The ring indicator: follows the ringing current in time.
#[derive(Debug, Default)]
pub(super) struct RingIndicator {
    /// When the current changes next, and what it is then; the first change last.
    changes: Vec<(SimTime, bool)>,
    is_on: bool,
    changed_at: SimTime,
    /// There was a ring before this one, so the silence before it says something.
    is_ringing: bool,
    /// When `RING` is due, where `+VDR` says how long after a ring that is.
    says_ring_at: Option<SimTime>,
}

impl RingIndicator {
    pub(super) fn is_on(&self) -> bool {
        self.is_on
    }

    pub(super) fn due_at(&self) -> Option<SimTime> {
        let change = self.changes.last().map(|(at, _)| *at);
        [change, self.says_ring_at].into_iter().flatten().min()
    }

    /// The line is off-hook, or the call is gone: no current flows.
    pub(super) fn stop(&mut self) {
        *self = RingIndicator::default();
    }

    fn start(&mut self, pattern: &RingPattern, now: SimTime) {
        let mut at = now;
        self.changes.clear();
        for (index, ms) in pattern.0.iter().enumerate() {
            self.changes.push((at, index % 2 == 0));
            at += Duration::from_millis((*ms).into());
        }
        self.changes.push((at, false));
        self.changes.reverse();
    }
}

impl Modem {
    pub(super) fn ring_begins(&mut self, pattern: &RingPattern, now: SimTime) {
        if !self.is_off_hook {
            self.ring_indicator.start(pattern, now);
            self.ring_changes(now);
        }
    }

    pub(super) fn ring_ends(&mut self, now: SimTime) {
        self.ring_changes(now);
        let indicator = &mut self.ring_indicator;
        indicator.changes.clear();
        if indicator.is_on {
            indicator.changes.push((now, false));
        }
        self.ring_changes(now);
    }

    /// Current goes on or off; `+VDR` tells the client how long each phase was, in tenths of a second.
    pub(super) fn ring_changes(&mut self, now: SimTime) {
        while let Some((at, is_on)) = self.ring_indicator.changes.pop_if(|(at, _)| *at <= now) {
            let indicator = &mut self.ring_indicator;
            if is_on == indicator.is_on {
                continue;
            }
            let tenths = (at - indicator.changed_at).as_millis() / 100;
            let tells = self.settings.number("+VDR", 0) == 1;
            let says = indicator.is_ringing && tells;
            let pause = Duration::from_millis(100) * self.settings.number("+VDR", 1);
            indicator.says_ring_at = (tells && !is_on && !pause.is_zero()).then(|| at + pause);
            indicator.is_on = is_on;
            indicator.changed_at = at;
            indicator.is_ringing = true;
            if says {
                let name = if is_on { "DROF" } else { "DRON" };
                self.information(&format!("{name}={tenths}"));
            }
        }
        if self.ring_indicator.says_ring_at.is_some_and(|at| at <= now) {
            self.ring_indicator.says_ring_at = None;
            self.result(&ResultCode::Ring);
        }
    }

    /// Whether the client has asked for the caller id of calls to come.
    pub fn tells_callers(&self) -> bool {
        self.settings.number("+VCID", 0) != 0 || self.settings.number("+CLIP", 0) != 0
    }

    pub(super) fn caller_id(&mut self, caller: CallerId, clock: WallClock) {
        if self.is_off_hook {
            return;
        }
        let formatted = self.settings.number("+VCID", 0);
        self.last_caller = Some((caller.clone(), clock));
        self.mobile_caller(&caller);
        match formatted {
            1 => drop(self.repeat_caller_id(true)),
            2 => drop(self.repeat_caller_id(false)),
            _ => {}
        }
    }

    /// Tells the caller id of the last call.
    pub(super) fn repeat_caller_id(&mut self, formatted: bool) -> Outcome {
        let Some((caller, clock)) = self.last_caller.clone() else {
            return Outcome::Error;
        };
        if !formatted {
            let message: String = caller_id::encode(&caller, clock)
                .iter()
                .map(|octet| format!("{octet:02X}"))
                .collect();
            self.caller_id_line("MESG", &message);
            return Outcome::Next;
        }
        self.caller_id_line("DATE", &format!("{:02}{:02}", clock.month, clock.day));
        self.caller_id_line("TIME", &format!("{:02}{:02}", clock.hour, clock.minute));
        // V.253 9.2.3.1: P stands for a number that is withheld, O for one from out of the area.
        self.caller_id_line("NMBR", caller.number.as_deref().unwrap_or("P"));
        if let Some(name) = &caller.name {
            self.caller_id_line("NAME", name);
        }
        Outcome::Next
    }

    fn caller_id_line(&mut self, name: &str, value: &str) {
        let equals = self.profile().results.caller_id_equals.clone();
        let value: String = value.chars().filter(|c| matches!(c, ' '..='~')).collect();
        self.information(&format!("{name}{equals}{value}"));
    }

    /// `RING`, or what the make says in its place. With `+VDR=1` the lengths of rings and silences are told instead, and
    /// `RING` where its second value says when (V.253 9.2.4).
    pub(super) fn report_ring(&mut self) {
        if !self.is_mobile() {
            return match self.settings.number("+VDR", 0) {
                1 => {}
                _ => self.result(&ResultCode::Ring),
            };
        }
        match self.settings.number("+CRC", 0) {
            1 => self.tell("+CRING: VOICE".to_owned()),
            _ => self.result(&ResultCode::Ring),
        }
        // The caller is that of an earlier call until this one's is known.
        if self.incoming.rings() > 1 {
            self.report_caller();
        }
    }

    /// A call waits: RI shows one short ring, and its caller is known from now on (V.250 6.8.1). In the voice class the
    /// client is told of him at once, in a report that shields keep apart from speech (V.253, event 28).
    pub(super) fn waiting_call_shown(&mut self, caller: Option<CallerId>, clock: WallClock, now: SimTime) {
        self.ring_indicator.start(&RingPattern(vec![300]), now);
        self.ring_changes(now);
        let format = self.settings.number("+VCID", 0);
        let Some(caller) = caller.filter(|_| format != 0) else {
            return;
        };
        self.last_caller = Some((caller, clock));
        if self.tells_events() {
            self.voice_event(b'X');
            drop(self.repeat_caller_id(format == 1));
            self.voice_event(b'.');
        }
    }
}
