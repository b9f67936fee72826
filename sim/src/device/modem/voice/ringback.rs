//! Whether the far end of a voice call has answered, as ringing tone tells it (V.253 10.2.5, 10.2.6): no exchange says so
//! on an analogue line.

use std::time::Duration;

use crate::device::modem::class::Class;
use crate::device::modem::{Mode, Modem};
use crate::time::SimTime;

/// Ringing tone as the modem hears it.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Ringback {
    began: SimTime,
    tone: Duration,
    silence: Duration,
    /// When it stopped.
    ended: Option<SimTime>,
}

impl Ringback {
    pub(in super::super) fn new(tone: Duration, silence: Duration, now: SimTime) -> Ringback {
        Ringback {
            began: now,
            tone,
            silence,
            ended: None,
        }
    }

    /// The end of the last tone before it stopped.
    fn silent_since(&self, ended: SimTime) -> SimTime {
        let round = (self.tone + self.silence).as_micros().max(1);
        let rounds = (ended - self.began).as_micros() / round;
        let rounds = u32::try_from(rounds).unwrap_or(u32::MAX);
        let last_began = self.began + (self.tone + self.silence).saturating_mul(rounds);
        (last_began + self.tone).min(ended)
    }

    /// When there has been silence for `wait`: a wait shorter than the silence between two rings is deceived by it.
    fn gone_at(&self, wait: Duration) -> Option<SimTime> {
        match self.ended {
            _ if wait < self.silence && self.ended.is_none_or(|at| at >= self.began + self.tone + wait) => {
                Some(self.began + self.tone + wait)
            }
            Some(ended) => Some(self.silent_since(ended) + wait),
            None => None,
        }
    }
}

impl Modem {
    /// When a voice call that waits for its far end is taken to be through: `+VRA` tenths of a second after ringing tone
    /// went away, `+VRN` seconds after the last digit where none came.
    pub(in super::super) fn assumed_answer_at(&self) -> Option<SimTime> {
        let Mode::WaitCarrier { since, .. } = &self.mode else {
            return None;
        };
        if !self.assumes_answers() {
            return None;
        }
        match &self.ringback {
            Some(ringback) => ringback.gone_at(Duration::from_millis(100) * self.settings.number("+VRA", 0)),
            None => Some(*since + Duration::from_secs(self.settings.number("+VRN", 0).into())),
        }
    }

    /// A mobile network says when a call is answered, a telephone line does not.
    pub(in super::super) fn assumes_answers(&self) -> bool {
        self.class() == Class::Voice && !self.is_mobile()
    }

    /// The tone has stopped.
    pub(in super::super) fn ringback_ends(&mut self, now: SimTime) {
        if let Some(ringback) = &mut self.ringback {
            ringback.ended.get_or_insert(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> SimTime {
        SimTime::ZERO + Duration::from_millis(ms)
    }

    /// Two seconds of tone, four of silence, answered at a moment: when that is known with so many tenths in `+VRA`.
    fn known_at(answered: Option<u64>, tenths: u64) -> Option<SimTime> {
        let mut ringback = Ringback::new(Duration::from_secs(2), Duration::from_secs(4), at(1000));
        ringback.ended = answered.map(at);
        ringback.gone_at(Duration::from_millis(tenths * 100))
    }

    #[test]
    fn the_wait_counts_from_the_end_of_the_last_tone() {
        assert_eq!(known_at(None, 50), None);
        assert_eq!(known_at(Some(1500), 50), Some(at(6500)), "within the first tone");
        assert_eq!(
            known_at(Some(4000), 50),
            Some(at(8000)),
            "in the silence after it"
        );
        assert_eq!(known_at(Some(14_000), 50), Some(at(19_000)), "within the third");
    }

    #[test]
    fn a_wait_shorter_than_the_silence_takes_that_for_an_answer() {
        assert_eq!(known_at(None, 30), Some(at(6000)));
        assert_eq!(known_at(Some(14_000), 30), Some(at(6000)));
        assert_eq!(known_at(Some(1500), 30), Some(at(4500)));
    }
}
