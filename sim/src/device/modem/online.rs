//! The online state: data through, and `+++` between two silences.

use std::time::Duration;

use super::class::Class;
use super::settings::Settings;
use super::{LineAction, Mode, Modem, Outcome, Output};
use crate::time::SimTime;
use crate::wire::at::ResultCode;

/// Watches data for the escape sequence: three times the character in S2, with a guard time of silence before and
/// after. The three travel to the far end like any data.
#[derive(Debug)]
pub(super) struct EscapeDetector {
    seen: u8,
    last_byte_at: SimTime,
    /// When the silence after the third character is long enough.
    escape_at: Option<SimTime>,
}

impl EscapeDetector {
    fn new(now: SimTime) -> EscapeDetector {
        EscapeDetector {
            seen: 0,
            last_byte_at: now,
            escape_at: None,
        }
    }

    pub(super) fn handle_data(&mut self, bytes: &[u8], settings: &Settings, now: SimTime) {
        let escape_char = Some(settings.register(2)).filter(|c| *c <= 127);
        let guard = settings.guard_time();
        for byte in bytes {
            let silence = now - self.last_byte_at;
            let in_time = if self.seen == 0 {
                silence >= guard
            } else {
                silence < guard || guard.is_zero()
            };
            self.seen = match self.seen {
                seen @ 0..=2 if Some(*byte) == escape_char && in_time => seen + 1,
                // A pause between the characters makes this one the first of a new sequence.
                1..=2 if Some(*byte) == escape_char && silence >= guard => 1,
                _ => 0,
            };
            self.last_byte_at = now;
            self.escape_at = (self.seen == 3).then(|| now + guard);
            if self.seen == 0 && !guard.is_zero() {
                // No silence is before the rest, which came with this one.
                break;
            }
        }
    }

    /// When the escape is complete, if nothing more comes.
    pub(super) fn due_at(&self) -> Option<SimTime> {
        self.escape_at
    }
}

impl Modem {
    pub(super) fn data_from_line(&mut self, bytes: Vec<u8>, now: SimTime) {
        self.last_data_at = now;
        match &self.mode {
            Mode::Online(_) => self.outputs.push_back(Output::Data(bytes)),
            // Training ends here a moment later than at the far end, or the client is in command state: the modem's
            // buffer and flow control lose nothing.
            _ => self.held.extend(bytes),
        }
    }

    /// Reports the connection and gives the client what came before it.
    pub(super) fn go_online(&mut self, now: SimTime) {
        let is_new = !std::mem::replace(&mut self.has_carrier, true);
        self.mode = Mode::Online(EscapeDetector::new(now));
        self.last_data_at = now;
        self.report_connection(is_new);
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            self.outputs.push_back(Output::Data(held));
        }
    }

    /// `O`: back from command state to the call.
    pub(super) fn return_online(&mut self, now: SimTime) -> Outcome {
        self.pending.clear();
        if self.has_carrier {
            self.go_online(now);
        } else {
            self.result(&ResultCode::NoCarrier);
        }
        Outcome::Busy
    }

    /// Starts looking for the far end's carrier, for S7 seconds.
    pub(super) fn wait_carrier(&mut self, quiet_answer: bool, now: SimTime) {
        self.far_offer = self
            .far_offer
            .filter(|_| self.progress == super::CallProgress::Answered);
        let wait = self.settings.seconds(7).max(Duration::from_secs(1));
        self.mode = Mode::WaitCarrier {
            since: now,
            until: now + wait,
            quiet_answer,
        };
    }

    /// Hangs up; says nothing.
    pub(super) fn hang_up(&mut self) {
        self.mobile_hangs_up();
        if self.is_off_hook {
            self.actions.push_back(LineAction::OnHook);
        }
        self.is_off_hook = false;
        self.progress = super::CallProgress::None;
        self.drop_carrier();
    }

    /// Hangs up and says why; what is left of the command line is forgotten.
    pub(super) fn give_up(&mut self, code: &ResultCode) {
        self.pending.clear();
        if self.keeps_line(1) {
            self.drop_carrier();
        } else {
            self.hang_up();
        }
        self.result(code);
    }

    /// `+VNH` keeps the line through hang-ups outside the voice class, for a client that takes a call over from one
    /// service to another: from 1 on through those that the modem does by itself, with 2 through `H` too.
    pub(super) fn keeps_line(&self, least: u32) -> bool {
        self.class() != Class::Voice && self.settings.number("+VNH", 0) >= least
    }

    /// Ends what the modem does on the line, and stays off-hook.
    pub(super) fn drop_carrier(&mut self) {
        self.has_carrier = false;
        self.link = None;
        self.far_offer = None;
        self.carrier_lost_at = None;
        self.held.clear();
        self.is_stopped = false;
        self.session = None;
        self.mode = Mode::Command;
    }

    /// S30: how long no data flowed before the modem hangs up by itself.
    pub(super) fn inactive_at(&self) -> Option<SimTime> {
        let tens = self.settings.register(30);
        (tens != 0 && self.has_carrier).then(|| self.last_data_at + Duration::from_secs(10) * tens.into())
    }

    /// The client typed while the modem was dialling, answering or training (V.250 5.6.1).
    pub(super) fn abort(&mut self) {
        self.pending.clear();
        self.hang_up();
        self.result(&ResultCode::NoCarrier);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Make, ModemProfile};
    use super::*;

    /// Feeds chunks, each after a silence in ms, and says whether the escape completes afterwards.
    fn escapes(chunks: &[(u64, &[u8])]) -> bool {
        let settings = Settings::factory(&Make::new(ModemProfile::default()));
        let mut now = SimTime::ZERO;
        let mut detector = EscapeDetector::new(now);
        for (silence, bytes) in chunks {
            now += Duration::from_millis(*silence);
            assert!(
                detector.due_at().is_none_or(|at| at > now),
                "escaped before the last chunk"
            );
            detector.handle_data(bytes, &settings, now);
        }
        detector.due_at() == Some(now + Duration::from_secs(1))
    }

    #[test]
    fn three_characters_between_silences_escape() {
        assert!(escapes(&[(1000, b"+++")]));
        assert!(escapes(&[(1000, b"+"), (300, b"+"), (300, b"+")]));
        assert!(escapes(&[(10, b"data"), (1000, b"++"), (10, b"+")]));
        assert!(
            escapes(&[(1000, b"+"), (1000, b"+++")]) || escapes(&[(1000, b"+"), (1000, b"+"), (1, b"++")])
        );
    }

    #[test]
    fn anything_else_is_data() {
        assert!(!escapes(&[(999, b"+++")]));
        assert!(!escapes(&[(1000, b"a+++")]));
        assert!(!escapes(&[(1000, b"++++")]));
        assert!(!escapes(&[(1000, b"+++ATH\r")]));
        assert!(!escapes(&[(1000, b"+++"), (999, b"x")]));
        assert!(!escapes(&[(1000, b"++")]));
    }
}
