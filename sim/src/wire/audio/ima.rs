//! IMA ADPCM (Interactive Multimedia Association, digital audio recommended practices, 1992): four bits a sample.

const INDEX_CHANGES: [i8; 8] = [-1, -1, -1, -1, 2, 4, 6, 8];

const STEPS: [i32; 89] = [
    7, 8, 9, 10, 11, 12, 13, 14, 16, 17, 19, 21, 23, 25, 28, 31, 34, 37, 41, 45, 50, 55, 60, 66, 73, 80, 88,
    97, 107, 118, 130, 143, 157, 173, 190, 209, 230, 253, 279, 307, 337, 371, 408, 449, 494, 544, 598, 658,
    724, 796, 876, 963, 1060, 1166, 1282, 1411, 1552, 1707, 1878, 2066, 2272, 2499, 2749, 3024, 3327, 3660,
    4026, 4428, 4871, 5358, 5894, 6484, 7132, 7845, 8630, 9493, 10442, 11487, 12635, 13899, 15289, 16818,
    18500, 20350, 22385, 24623, 27086, 29794, 32767,
];

/// One direction of a stream. Encoder and decoder keep the same state, because each decodes what it encodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImaAdpcm {
    predicted: i16,
    index: u8,
}

impl ImaAdpcm {
    /// The sample of a code; only its four low bits count.
    pub fn decode(&mut self, code: u8) -> i16 {
        let step = STEPS.get(usize::from(self.index)).copied().unwrap_or(7);
        let mut difference = step >> 3;
        for (bit, shift) in [(4, 0), (2, 1), (1, 2)] {
            if code & bit != 0 {
                difference += step >> shift;
            }
        }
        let difference = if code & 8 != 0 { -difference } else { difference };
        let sample = (i32::from(self.predicted) + difference).clamp(i16::MIN.into(), i16::MAX.into());
        self.predicted = i16::try_from(sample).unwrap_or(self.predicted);
        let change = INDEX_CHANGES.get(usize::from(code & 7)).copied().unwrap_or(0);
        self.index = self.index.saturating_add_signed(change).min(88);
        self.predicted
    }

    /// The code of a sample.
    pub fn encode(&mut self, sample: i16) -> u8 {
        let step = STEPS.get(usize::from(self.index)).copied().unwrap_or(7);
        let mut difference = i32::from(sample) - i32::from(self.predicted);
        let mut code = 0;
        if difference < 0 {
            code = 8;
            difference = -difference;
        }
        for (bit, shift) in [(4, 0), (2, 1), (1, 2)] {
            if difference >= step >> shift {
                code |= bit;
                difference -= step >> shift;
            }
        }
        self.decode(code);
        code
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_move_the_prediction_as_the_practice_says() {
        let mut decoder = ImaAdpcm::default();
        // Step 7: 7/8 + 7 + 7/2 + 7/4 in whole numbers, then eight steps up.
        assert_eq!(decoder.decode(7), 11);
        assert_eq!(decoder.index, 8);
        assert_eq!(decoder.decode(8), 9);
        assert_eq!(decoder.index, 7);
    }

    #[test]
    fn silence_stays_silence() {
        let mut encoder = ImaAdpcm::default();
        for _ in 0..100 {
            encoder.encode(0);
            assert!(encoder.predicted.abs() <= 1);
        }
    }
}
