//! The simulation's own time: microseconds since it began, handed to every state machine as `now`.

use std::fmt;
use std::ops::{Add, AddAssign, Sub};
use std::time::Duration;

/// A moment of the simulation, in microseconds since it began.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SimTime(u64);

impl SimTime {
    /// The moment at which the simulation begins.
    pub const ZERO: SimTime = SimTime(0);

    /// The moment that lies `micros` microseconds after the beginning.
    pub const fn from_micros(micros: u64) -> SimTime {
        SimTime(micros)
    }

    /// Microseconds since the beginning.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Time since `earlier`; zero where `earlier` is in fact later.
    pub fn since(self, earlier: SimTime) -> Duration {
        Duration::from_micros(self.0.saturating_sub(earlier.0))
    }
}

impl From<Duration> for SimTime {
    fn from(since_beginning: Duration) -> SimTime {
        SimTime(u64::try_from(since_beginning.as_micros()).unwrap_or(u64::MAX))
    }
}

impl Add<Duration> for SimTime {
    type Output = SimTime;

    fn add(self, span: Duration) -> SimTime {
        SimTime(self.0.saturating_add(SimTime::from(span).0))
    }
}

impl AddAssign<Duration> for SimTime {
    fn add_assign(&mut self, span: Duration) {
        *self = *self + span;
    }
}

impl Sub for SimTime {
    type Output = Duration;

    fn sub(self, earlier: SimTime) -> Duration {
        self.since(earlier)
    }
}

impl fmt::Display for SimTime {
    /// Seconds with milliseconds: `12.345`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000_000, self.0 / 1_000 % 1_000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_and_subtracts_durations() {
        let later = SimTime::ZERO + Duration::from_millis(1500);
        assert_eq!(later.as_micros(), 1_500_000);
        assert_eq!(later - SimTime::ZERO, Duration::from_millis(1500));
        assert_eq!(SimTime::ZERO - later, Duration::ZERO);
        assert_eq!(later.to_string(), "1.500");
    }

    #[test]
    fn never_overflows() {
        assert_eq!(
            SimTime::from_micros(u64::MAX) + Duration::from_secs(1),
            SimTime::from_micros(u64::MAX)
        );
    }
}
