//! What the modem hears from its line: rings, caller id, call progress, release.

use std::time::Duration;

use super::class::Class;
use super::voice::Ringback;
use super::{LineAction, Mode, Modem};
use crate::time::SimTime;
use crate::wire::at::ResultCode;

/// How far the call on the line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallProgress {
    None,
    DialTone,
    Ringback,
    Busy,
    Answered,
}

/// Rings counted, until the caller gives up.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    rings: u8,
    forget_at: Option<SimTime>,
}

impl Incoming {
    pub(super) fn rings(&self) -> u8 {
        self.rings
    }

    /// The client sets S1.
    pub(super) fn set_rings(&mut self, rings: u8) {
        self.rings = rings;
    }

    pub(super) fn due_at(&self) -> Option<SimTime> {
        self.forget_at
    }

    /// Whether the caller has given up.
    pub(super) fn handle_timeout(&mut self, now: SimTime) -> bool {
        if self.forget_at.is_some_and(|at| at <= now) {
            *self = Incoming::default();
            return true;
        }
        false
    }
}

impl Modem {
    pub(super) fn ringback_heard(&mut self, tone: Duration, silence: Duration, now: SimTime) {
        self.progress = CallProgress::Ringback;
        self.ringback = Some(Ringback::new(tone, silence, now));
        self.mobile_ringback();
        if self.profile().quirks.reports_ringing && matches!(self.mode, Mode::WaitCarrier { .. }) {
            self.result(&ResultCode::Maker("RINGING".to_owned()));
        }
    }

    pub(super) fn ring(&mut self, now: SimTime) {
        self.incoming.rings = self.incoming.rings.saturating_add(1);
        self.incoming.forget_at = Some(now + self.profile().ring_memory);
        self.mobile_rings();
        self.report_ring();
        let answer_after = self.settings.register(0);
        if answer_after != 0 && self.incoming.rings >= answer_after && self.may_answer_by_itself() {
            self.answer(now);
        }
    }

    /// `A`, or S0 rings: off-hook, and answer tone until the caller's carrier comes.
    pub(super) fn answer(&mut self, now: SimTime) {
        self.pending.clear();
        self.incoming = Incoming::default();
        self.is_caller = false;
        if self.is_mobile() {
            let outcome = self.mobile_answers();
            return self.conclude(outcome, now);
        }
        if self.class() == Class::Voice {
            return self.answer_voice();
        }
        self.go_off_hook();
        self.wait_carrier(false, now);
        if self.progress == CallProgress::Answered {
            self.call_is_through(now);
        }
    }

    pub(super) fn far_end_answered(&mut self, now: SimTime) {
        self.progress = CallProgress::Answered;
        self.ringback_ends(now);
        self.mobile_answered();
        self.tell_connected();
        match &self.mode {
            Mode::WaitCarrier { .. } => self.call_is_through(now),
            Mode::WaitAnswer => {
                self.mode = Mode::Command;
                self.run_pending(now);
            }
            Mode::Dialling(dialling) if dialling.waits_for_answer() => self.dial_on(now),
            _ => {}
        }
    }

    /// The far end is there: what follows depends on the service.
    pub(super) fn call_is_through(&mut self, now: SimTime) {
        match self.class() {
            Class::Data => self.seek_carrier(now),
            Class::Fax1 => self.fax_call_is_through(now),
            Class::Fax2 => self.t30_call_is_through(now),
            Class::Voice if self.assumes_answers() => self.ringback_ends(now),
            Class::Voice => self.voice_call_is_through(),
        }
    }

    /// `X3` and above tell busy tone from silence; below, the modem waits for a carrier all the same.
    pub(super) fn busy_tone_heard(&mut self) {
        self.progress = CallProgress::Busy;
        if self.mobile_call_failed(&ResultCode::Busy, "User busy") {
            return;
        }
        let listens = match &self.mode {
            Mode::WaitCarrier { .. } => true,
            Mode::Dialling(dialling) => dialling.waits_for_answer(),
            _ => false,
        };
        if listens && self.settings.get("X") >= 3 {
            self.give_up(&ResultCode::Busy);
        }
    }

    pub(super) fn line_released(&mut self, now: SimTime) {
        self.progress = CallProgress::None;
        if !self.has_carrier && self.mobile_released() {
            return;
        }
        match &self.mode {
            _ if self.class() == Class::Voice && !self.has_carrier => self.voice_released(),
            _ if self.class() == Class::Fax1 && !self.has_carrier => self.fax_released(now),
            _ if self.class() == Class::Fax2 && !self.has_carrier => self.t30_released(),
            // Speech, not data: the modem hears a tone at most, and its client decides.
            Mode::Command if !self.has_carrier => {}
            _ => self.carrier_lost(now),
        }
    }

    /// Error correction ends a call cleanly; without it the carrier is simply gone, and S10 says how long the modem
    /// hopes for its return.
    fn carrier_lost(&mut self, now: SimTime) {
        let corrected = self.link.is_none_or(|link| link.error_correction);
        match self.settings.register(10) {
            _ if corrected || !self.has_carrier => self.give_up(&ResultCode::NoCarrier),
            255 => {}
            tenths => self.carrier_lost_at = Some(now + Duration::from_millis(100) * tenths.into()),
        }
    }

    pub(super) fn go_off_hook(&mut self) {
        if !self.is_off_hook {
            self.is_off_hook = true;
            self.ringback = None;
            self.ring_indicator.stop();
            self.actions.push_back(LineAction::OffHook);
        }
    }
}
