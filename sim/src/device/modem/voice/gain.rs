//! `+VGT` and `+VGR`: how loud speech is on its way to the line and from it.

/// Nominal: speech passes as it is.
const NOMINAL: u32 = 128;
/// So many steps of the setting double the level, or halve it.
const STEPS: f64 = 32.0;
/// What automatic gain brings the loudest samples to.
const TARGET: f64 = 12_000.0;

/// A gain that is set, or follows the speech.
#[derive(Debug)]
pub(super) enum Gain {
    Fixed(f64),
    /// The loudest sample of late.
    Automatic(f64),
}

impl Gain {
    /// The gain of a setting: 0 is automatic, 128 nominal, 255 fifteen times as loud.
    pub(super) fn new(setting: u32) -> Gain {
        match setting {
            0 => Gain::Automatic(TARGET),
            set => Gain::Fixed(2_f64.powf((f64::from(set.min(255)) - f64::from(NOMINAL)) / STEPS)),
        }
    }

    /// Makes one step of speech as loud as it shall be; what is too loud is cut off.
    pub(super) fn apply(&mut self, samples: &mut [i16]) {
        let factor = match self {
            Gain::Fixed(factor) => *factor,
            Gain::Automatic(loudest) => {
                let peak = samples
                    .iter()
                    .map(|sample| sample.unsigned_abs())
                    .max()
                    .unwrap_or(0);
                // It follows louder speech at once, and forgets it within seconds.
                *loudest = f64::from(peak).max(*loudest * 0.99).max(TARGET / 16.0);
                TARGET / *loudest
            }
        };
        if factor == 1.0 {
            return;
        }
        for sample in samples {
            // A conversion of a float to an integer saturates.
            *sample = (f64::from(*sample) * factor).round() as i16;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(setting: u32, samples: &[i16]) -> Vec<i16> {
        let mut samples = samples.to_vec();
        Gain::new(setting).apply(&mut samples);
        samples
    }

    #[test]
    fn nominal_changes_nothing_and_each_thirty_two_steps_double() {
        let speech = [0, 1, -1, 1000, i16::MAX, i16::MIN];
        assert_eq!(after(128, &speech), speech);
        assert_eq!(after(160, &[1000, -3]), [2000, -6]);
        assert_eq!(after(96, &[1000, -3]), [500, -2]);
        assert_eq!(after(255, &[30_000, -30_000]), [i16::MAX, i16::MIN]);
    }

    #[test]
    fn automatic_gain_lifts_whispers_and_tames_shouts() {
        let mut gain = Gain::new(0);
        let mut steps = |level: i16, count: usize| {
            let mut step = [level; 160];
            for _ in 0..count {
                step = [level; 160];
                gain.apply(&mut step);
            }
            step[0]
        };
        assert_eq!(steps(24_000, 1), 12_000);
        assert!(steps(1500, 500) > 11_000);
    }
}
