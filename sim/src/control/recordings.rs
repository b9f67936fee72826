//! What telephones hear, on its way to WAV files, and what they play out of them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::ControlError;
use crate::simulation::SimEvent;
use crate::time::SimTime;
use crate::wire::audio::{read_wav, write_wav};

/// Samples of the line in a millisecond.
const SAMPLES_A_MS: u128 = 8;

/// Recordings by the number of the telephone. Cloning shares them.
#[derive(Clone, Debug, Default)]
pub struct Recordings(Arc<Mutex<BTreeMap<String, Recording>>>);

#[derive(Debug)]
struct Recording {
    file: PathBuf,
    samples: Vec<i16>,
    /// When the first sample came.
    since: Option<SimTime>,
}

impl Recording {
    /// Speech, behind the silence since what came before it.
    fn hear(&mut self, at: SimTime, samples: &[i16]) {
        let since = *self.since.get_or_insert(at);
        let place = (at - since).as_millis() * SAMPLES_A_MS;
        if let Ok(place) = usize::try_from(place)
            && place > self.samples.len()
        {
            self.samples.resize(place, 0);
        }
        self.samples.extend(samples);
    }

    fn write(&self) -> Result<(), ControlError> {
        let wrong = |message: String| wrong(&self.file, message);
        let wav = write_wav(&self.samples).map_err(|error| wrong(error.to_string()))?;
        std::fs::write(&self.file, wav).map_err(|error| wrong(error.to_string()))
    }
}

fn wrong(file: &Path, message: String) -> ControlError {
    ControlError::Recording {
        file: file.display().to_string(),
        message,
    }
}

/// The samples of a WAV file, as a line carries them.
pub(super) fn read(file: &Path) -> Result<Vec<i16>, ControlError> {
    let opened = std::fs::File::open(file).map_err(|error| wrong(file, error.to_string()))?;
    let samples = read_wav(std::io::BufReader::new(opened));
    samples.map_err(|error| {
        wrong(
            file,
            format!("{error}; it has to be a WAV file of PCM or float samples"),
        )
    })
}

impl Recordings {
    /// Takes one event, in order.
    pub fn hear(&self, at: SimTime, event: &SimEvent) {
        if let SimEvent::Speech { number, samples } = event
            && let Some(recording) = self.all().get_mut(number)
        {
            recording.hear(at, samples);
        }
    }

    /// Begins the recording of a telephone, or ends it where there is no file. One that is under way is written first.
    pub(super) fn switch(&self, number: &str, file: Option<PathBuf>) -> Result<(), ControlError> {
        let before = self.all().remove(number);
        before.map_or(Ok(()), |recording| recording.write())?;
        if let Some(file) = file {
            let recording = Recording {
                file,
                samples: Vec::new(),
                since: None,
            };
            // A file that cannot be written is better told now.
            recording.write()?;
            self.all().insert(number.to_owned(), recording);
        }
        Ok(())
    }

    /// Ends all recordings.
    ///
    /// # Errors
    /// Where one cannot be written; the others are.
    pub fn finish(&self) -> Result<(), ControlError> {
        let all = std::mem::take(&mut *self.all());
        let mut written = Ok(());
        for recording in all.values() {
            let this = recording.write();
            written = written.and(this);
        }
        written
    }

    fn all(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Recording>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
