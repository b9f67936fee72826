//! Speech as it crosses a modem's port: codecs between octets and 16-bit linear samples, and WAV files.

mod g711;
mod ima;
mod rate;
mod wav;

pub use g711::{a_law_decode, a_law_encode, mu_law_decode, mu_law_encode};
pub use ima::ImaAdpcm;
pub use rate::Resampler;
pub use wav::{WavError, read_wav, write_wav};

/// How samples are written as octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coding {
    /// Eight bits, 128 for silence.
    Unsigned8,
    /// Eight bits in two's complement.
    Signed8,
    /// Sixteen bits in two's complement, low octet first.
    Linear16,
    /// G.711 A-law.
    ALaw,
    /// G.711 mu-law.
    MuLaw,
    /// IMA ADPCM without headers: four bits a sample, the low ones first.
    ImaAdpcm,
}

/// One direction of speech in a coding. It keeps what does not make a whole octet or sample yet.
#[derive(Clone, Debug)]
pub struct Codec {
    coding: Coding,
    ima: ImaAdpcm,
    half: Option<u8>,
}

impl Codec {
    /// A codec at the beginning of its stream.
    pub fn new(coding: Coding) -> Codec {
        Codec {
            coding,
            ima: ImaAdpcm::default(),
            half: None,
        }
    }

    /// The samples that an octet brings.
    pub fn decode(&mut self, octet: u8, samples: &mut Vec<i16>) {
        match self.coding {
            Coding::Unsigned8 => samples.push((i16::from(octet) - 128) << 8),
            Coding::Signed8 => samples.push(i16::from_le_bytes([0, octet])),
            Coding::Linear16 => match self.half.take() {
                None => self.half = Some(octet),
                Some(low) => samples.push(i16::from_le_bytes([low, octet])),
            },
            Coding::ALaw => samples.push(a_law_decode(octet)),
            Coding::MuLaw => samples.push(mu_law_decode(octet)),
            Coding::ImaAdpcm => samples.extend([octet & 0x0f, octet >> 4].map(|code| self.ima.decode(code))),
        }
    }

    /// The octets that a sample brings.
    pub fn encode(&mut self, sample: i16, octets: &mut Vec<u8>) {
        let [low, high] = sample.to_le_bytes();
        match self.coding {
            Coding::Unsigned8 => octets.push(high ^ 0x80),
            Coding::Signed8 => octets.push(high),
            Coding::Linear16 => octets.extend([low, high]),
            Coding::ALaw => octets.push(a_law_encode(sample)),
            Coding::MuLaw => octets.push(mu_law_encode(sample)),
            Coding::ImaAdpcm => {
                let code = self.ima.encode(sample);
                match self.half.take() {
                    None => self.half = Some(code),
                    Some(first) => octets.push(first | (code << 4)),
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A 400 Hz tone of half the range.
    pub(super) fn tone(count: usize) -> Vec<i16> {
        (0..count)
            .map(|n| ((n as f64 * 400.0 / 8000.0 * std::f64::consts::TAU).sin() * 16_000.0) as i16)
            .collect()
    }

    fn through(coding: Coding, samples: &[i16]) -> Vec<i16> {
        let (mut encoder, mut decoder) = (Codec::new(coding), Codec::new(coding));
        let mut octets = Vec::new();
        samples
            .iter()
            .for_each(|sample| encoder.encode(*sample, &mut octets));
        let mut heard = Vec::new();
        octets.iter().for_each(|octet| decoder.decode(*octet, &mut heard));
        heard
    }

    #[test]
    fn every_coding_carries_a_tone_within_its_noise() {
        let said = tone(800);
        for (coding, most) in [
            (Coding::Unsigned8, 256),
            (Coding::Signed8, 256),
            (Coding::Linear16, 0),
            (Coding::ALaw, 520),
            (Coding::MuLaw, 520),
            (Coding::ImaAdpcm, 2500),
        ] {
            let heard = through(coding, &said);
            assert_eq!(heard.len(), said.len(), "{coding:?}");
            // ADPCM needs a moment to find the step size.
            let worst = said
                .iter()
                .zip(&heard)
                .skip(40)
                .map(|(a, b)| (i32::from(*a) - i32::from(*b)).abs());
            assert!(worst.clone().max() <= Some(most), "{coding:?}: {:?}", worst.max());
        }
    }

    proptest! {
        #[test]
        fn octets_survive_decoding_and_encoding(octets in proptest::collection::vec(any::<u8>(), 0..60)) {
            for coding in [Coding::Unsigned8, Coding::Signed8, Coding::Linear16, Coding::ALaw] {
                let (mut decoder, mut encoder) = (Codec::new(coding), Codec::new(coding));
                let (mut samples, mut again) = (Vec::new(), Vec::new());
                octets.iter().for_each(|octet| decoder.decode(*octet, &mut samples));
                samples.iter().for_each(|sample| encoder.encode(*sample, &mut again));
                prop_assert_eq!(&octets[..again.len()], &again[..], "{:?}", coding);
            }
        }

        #[test]
        fn no_samples_make_a_codec_panic(samples in proptest::collection::vec(any::<i16>(), 0..60)) {
            for coding in [Coding::ALaw, Coding::MuLaw, Coding::ImaAdpcm] {
                through(coding, &samples);
            }
        }
    }
}
