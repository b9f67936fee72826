//! Recordings as WAV files, read and written by the crate hound.

use std::io::{Cursor, Read};

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

use super::Resampler;

/// Samples a second on a telephone line.
const LINE_RATE: u32 = 8000;

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WavError {
    /// It is no WAV file, or breaks off.
    #[error("the recording cannot be read or written")]
    Format(#[from] hound::Error),
    /// It has no channel.
    #[error("the recording has no channel")]
    NoChannel,
}

/// The samples of a WAV file, as a telephone line carries them: the first channel, 8000 samples a second, 16 bits.
///
/// # Errors
/// Where the file is no WAV file of integer or floating-point samples.
pub fn read_wav(file: impl Read) -> Result<Vec<i16>, WavError> {
    let mut reader = WavReader::new(file)?;
    let spec = reader.spec();
    let channels = usize::from(spec.channels);
    if channels == 0 {
        return Err(WavError::NoChannel);
    }
    let mut resampler = Resampler::new(spec.sample_rate, LINE_RATE);
    let mut line = Vec::new();
    match spec.sample_format {
        SampleFormat::Int => {
            for sample in reader.samples::<i32>().step_by(channels) {
                resampler.push(to_16_bits(sample?, spec.bits_per_sample), &mut line);
            }
        }
        SampleFormat::Float => {
            for sample in reader.samples::<f32>().step_by(channels) {
                let sample = (sample?.clamp(-1.0, 1.0) * f32::from(i16::MAX)) as i16;
                resampler.push(sample, &mut line);
            }
        }
    }
    Ok(line)
}

/// A WAV file of samples as a telephone line carries them.
///
/// # Errors
/// Where the recording is longer than a WAV file can be.
pub fn write_wav(samples: &[i16]) -> Result<Vec<u8>, WavError> {
    let spec = WavSpec {
        channels: 1,
        sample_rate: LINE_RATE,
        bits_per_sample: 16,
        sample_format: SampleFormat::Int,
    };
    let mut file = Cursor::new(Vec::new());
    let mut writer = WavWriter::new(&mut file, spec)?;
    for sample in samples {
        writer.write_sample(*sample)?;
    }
    writer.finalize()?;
    Ok(file.into_inner())
}

/// The sixteen high bits of a sample.
fn to_16_bits(sample: i32, bits: u16) -> i16 {
    let scaled = if bits > 16 {
        sample >> (bits - 16).min(31)
    } else {
        sample << (16 - bits)
    };
    i16::try_from(scaled).unwrap_or(if scaled < 0 { i16::MIN } else { i16::MAX })
}

#[cfg(test)]
mod tests {
    use super::super::tests::tone;
    use super::*;

    #[test]
    fn a_recording_survives_its_file() {
        let samples = tone(400);
        let file = write_wav(&samples).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(file[..4], *b"RIFF");
        assert_eq!(
            read_wav(&file[..]).unwrap_or_else(|error| panic!("{error}")),
            samples
        );
    }

    #[test]
    fn the_first_of_two_channels_is_brought_to_the_lines_rate() {
        let spec = WavSpec {
            channels: 2,
            sample_rate: 16_000,
            bits_per_sample: 8,
            sample_format: SampleFormat::Int,
        };
        let mut file = Cursor::new(Vec::new());
        let mut writer = WavWriter::new(&mut file, spec).unwrap_or_else(|error| panic!("{error}"));
        for _ in 0..1600 {
            writer.write_sample(64).unwrap_or_else(|error| panic!("{error}"));
            writer.write_sample(0).unwrap_or_else(|error| panic!("{error}"));
        }
        writer.finalize().unwrap_or_else(|error| panic!("{error}"));
        let line = read_wav(&file.get_ref()[..]).unwrap_or_else(|error| panic!("{error}"));
        assert!((798..=800).contains(&line.len()), "{}", line.len());
        assert!(line.iter().all(|sample| *sample == 64 << 8));
    }

    #[test]
    fn what_is_no_recording_is_refused() {
        assert!(matches!(read_wav(&b"RIFF"[..]), Err(WavError::Format(_))));
    }
}
