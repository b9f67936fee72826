//! How exchanges of several countries ring, as data.

use std::time::Duration;

use super::{ExchangeConfig, RingPattern};

/// What differs from country to country on a subscriber's line.
#[derive(Debug)]
pub struct Nation {
    /// ISO 3166 code.
    pub code: &'static str,
    /// One ring: current on, off, on, ..., in milliseconds.
    pub ring_ms: &'static [u32],
    /// Silence between two rings, in milliseconds.
    pub silence_ms: u32,
    /// Caller id comes before the first ring, not after it.
    pub caller_id_first: bool,
    /// Frequencies of dial tone, Hz; the second is 0 where there is one.
    pub dial_tone: (u16, u16),
    /// Frequencies of busy tone, Hz.
    pub busy_tone: (u16, u16),
    /// Busy tone on and off, in milliseconds.
    pub busy_ms: (u32, u32),
}

const fn nation(
    code: &'static str,
    ring_ms: &'static [u32],
    silence_ms: u32,
    caller_id_first: bool,
    tones: ((u16, u16), (u16, u16)),
    busy_ms: (u32, u32),
) -> Nation {
    Nation {
        code,
        ring_ms,
        silence_ms,
        caller_id_first,
        dial_tone: tones.0,
        busy_tone: tones.1,
        busy_ms,
    }
}

/// The countries that are known (cadences and tones: ITU-T E.180 supplement 2; caller id: ETSI EN 300 659,
/// BT SIN 227, NTT's interface edition 5).
pub const NATIONS: &[Nation] = &[
    nation("US", &[2000], 4000, false, ((350, 440), (480, 620)), (500, 500)),
    nation(
        "GB",
        &[400, 200, 400],
        2000,
        true,
        ((350, 440), (400, 0)),
        (375, 375),
    ),
    nation("DE", &[1000], 4000, false, ((425, 0), (425, 0)), (480, 480)),
    nation("FR", &[1500], 3500, false, ((440, 0), (440, 0)), (500, 500)),
    nation("JP", &[1000], 2000, true, ((400, 0), (400, 0)), (500, 500)),
];

impl Nation {
    /// The country of a code, in either case; `UK` is taken for `GB`.
    pub fn named(code: &str) -> Option<&'static Nation> {
        let code = if code.eq_ignore_ascii_case("UK") {
            "GB"
        } else {
            code
        };
        NATIONS
            .iter()
            .find(|nation| nation.code.eq_ignore_ascii_case(code))
    }
}

impl ExchangeConfig {
    /// From caller id to the first ring, where caller id comes first.
    pub(super) fn caller_id_lead(&self) -> Duration {
        self.ring_off / 4
    }

    /// The same exchange ringing as a country's exchanges do.
    pub fn ringing_as(mut self, nation: &Nation) -> ExchangeConfig {
        let pattern = RingPattern(nation.ring_ms.to_vec());
        self.ring_on = Duration::from_millis(pattern.length_ms().into());
        self.ring_off = Duration::from_millis(nation.silence_ms.into());
        self.ring_pattern = Some(pattern);
        self.caller_id_first = nation.caller_id_first;
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_ring_begins_and_ends_with_current_and_codes_are_unique() {
        for nation in NATIONS {
            assert_eq!(nation.ring_ms.len() % 2, 1, "{}", nation.code);
            assert_eq!(
                NATIONS.iter().filter(|other| other.code == nation.code).count(),
                1
            );
        }
        assert_eq!(Nation::named("uk").map(|nation| nation.code), Some("GB"));
        assert!(Nation::named("ZZ").is_none());
    }
}
