//! What an exchange is told once: its cadences and delays, its wall clock, how stations behave.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::SimTime;

use super::{LineSignal, RingPattern};

/// Cadences and delays of an exchange. The default is what a public exchange does; [`ExchangeConfig::quick`] is for
/// runs that must not wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExchangeConfig {
    /// Length of one ring burst.
    pub ring_on: Duration,
    /// Silence between two ring bursts. Caller id is sent in the first of them.
    pub ring_off: Duration,
    /// How the current goes on and off within one ring; steadily for `ring_on` where there is no pattern.
    pub ring_pattern: Option<RingPattern>,
    /// Caller id comes before the first ring, not between the first two.
    pub caller_id_first: bool,
    /// From going off-hook to dial tone.
    pub dial_tone_delay: Duration,
    /// From the last digit to the first ring, or to busy tone.
    pub setup_delay: Duration,
    /// How long the exchange waits for another digit when the number so far fits no line.
    pub interdigit_timeout: Duration,
    /// How long a caller hears "unobtainable" before the exchange releases the call.
    pub announcement: Duration,
    /// What the exchange's clock shows when the simulation begins; caller id carries it.
    pub clock: WallClock,
}

impl Default for ExchangeConfig {
    fn default() -> ExchangeConfig {
        ExchangeConfig {
            ring_on: Duration::from_secs(2),
            ring_off: Duration::from_secs(4),
            ring_pattern: None,
            caller_id_first: false,
            dial_tone_delay: Duration::from_millis(200),
            setup_delay: Duration::from_millis(500),
            interdigit_timeout: Duration::from_secs(10),
            announcement: Duration::from_secs(4),
            clock: WallClock::default(),
        }
    }
}

impl ExchangeConfig {
    /// One ring without a pattern.
    pub(super) fn steady_ring(&self) -> RingPattern {
        RingPattern(vec![u32::try_from(self.ring_on.as_millis()).unwrap_or(u32::MAX)])
    }

    /// Ringing tone, which goes as the exchange rings its lines.
    pub(super) fn ringback(&self) -> LineSignal {
        let tone = match &self.ring_pattern {
            Some(pattern) => Duration::from_millis(pattern.length_ms().into()),
            None => self.ring_on,
        };
        LineSignal::Ringback {
            tone,
            silence: self.ring_off,
        }
    }

    /// The same exchange ten times as fast, for scenario runs: 200 ms of ringing, 400 ms of silence.
    pub fn quick() -> ExchangeConfig {
        ExchangeConfig {
            ring_on: Duration::from_millis(200),
            ring_off: Duration::from_millis(400),
            ring_pattern: None,
            caller_id_first: false,
            dial_tone_delay: Duration::from_millis(5),
            setup_delay: Duration::from_millis(10),
            interdigit_timeout: Duration::from_secs(10),
            announcement: Duration::from_millis(100),
            clock: WallClock::default(),
        }
    }
}

/// Date and time as caller id carries them: no year, no seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallClock {
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
}

impl Default for WallClock {
    /// Noon on the first of January: fixed, so that records of two runs can be compared.
    fn default() -> WallClock {
        WallClock {
            month: 1,
            day: 1,
            hour: 12,
            minute: 0,
        }
    }
}

impl WallClock {
    /// What this clock shows at `now`, if it is right at the beginning of the simulation. February has 28 days.
    pub fn at(self, now: SimTime) -> WallClock {
        const DAYS: [u64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let passed = now.as_micros() / 60_000_000;
        let minutes = u64::from(self.hour) * 60 + u64::from(self.minute) + passed;
        let mut day = u64::from(self.day.max(1)) - 1 + minutes / 1440;
        let mut month = usize::from(self.month.max(1) - 1) % 12;
        day %= 365;
        while day >= DAYS[month] {
            day -= DAYS[month];
            month = (month + 1) % 12;
        }
        WallClock {
            month: month as u8 + 1,
            day: day as u8 + 1,
            hour: (minutes / 60 % 24) as u8,
            minute: (minutes % 60) as u8,
        }
    }
}

/// What a scripted station does when it is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StationBehaviour {
    /// Rings, and answers this long after the first burst began.
    AnswersAfter(Duration),
    /// Callers hear busy tone.
    Busy,
    /// Rings until the caller gives up or the station is told to answer.
    NeverAnswers,
}

/// Who calls, as the exchange sends it between the first and the second ring.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct CallerId {
    /// The caller's number; `None` where it is withheld, `O` where the call comes from out of the area (V.253 spells
    /// both so).
    pub number: Option<String>,
    /// The caller's name, where the exchange knows it.
    pub name: Option<String>,
}

impl CallerId {
    /// A caller known by number only.
    pub fn number(number: impl Into<String>) -> CallerId {
        CallerId {
            number: Some(number.into()),
            name: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_runs_over_midnight_and_new_year() {
        let clock = WallClock {
            month: 12,
            day: 31,
            hour: 23,
            minute: 59,
        };
        let after = clock.at(SimTime::ZERO + Duration::from_secs(120));
        assert_eq!(
            after,
            WallClock {
                month: 1,
                day: 1,
                hour: 0,
                minute: 1
            }
        );
    }
}
