//! From one sampling rate to another, by linear interpolation: enough for a telephone line.

/// One direction of a stream.
#[derive(Clone, Debug)]
pub struct Resampler {
    from: u32,
    to: u32,
    /// Where the next sample out lies after the last sample in, in units of 1/`to` of an input sample.
    position: u32,
    last: Option<i16>,
}

impl Resampler {
    /// From `from` to `to` samples a second; both at least 1.
    pub fn new(from: u32, to: u32) -> Resampler {
        Resampler {
            from: from.max(1),
            to: to.max(1),
            position: 0,
            last: None,
        }
    }

    /// Takes a sample, and gives those that lie before it.
    pub fn push(&mut self, sample: i16, out: &mut impl Extend<i16>) {
        if self.from == self.to {
            return out.extend([sample]);
        }
        let Some(last) = self.last.replace(sample) else {
            return;
        };
        let (from, to) = (i64::from(last), i64::from(sample));
        while self.position < self.to {
            let between = from + (to - from) * i64::from(self.position) / i64::from(self.to);
            out.extend(i16::try_from(between));
            self.position = self.position.saturating_add(self.from);
        }
        self.position -= self.to;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::tone;
    use super::*;

    fn resample(from: u32, to: u32, samples: &[i16]) -> Vec<i16> {
        let mut resampler = Resampler::new(from, to);
        let mut out = Vec::new();
        samples
            .iter()
            .for_each(|sample| resampler.push(*sample, &mut out));
        out
    }

    #[test]
    fn the_length_follows_the_rates_and_the_loudness_stays() {
        for (from, to) in [
            (8000, 8000),
            (7200, 8000),
            (11_025, 8000),
            (8000, 11_025),
            (8000, 7200),
        ] {
            let out = resample(from, to, &tone(8000));
            let expected = 8000 * usize::try_from(to).unwrap_or(0) / usize::try_from(from).unwrap_or(1);
            assert!(out.len().abs_diff(expected) <= 2, "{from} to {to}: {}", out.len());
            let loudest = out.iter().map(|sample| sample.unsigned_abs()).max();
            assert!(loudest > Some(15_500), "{from} to {to}: {loudest:?}");
        }
    }
}
