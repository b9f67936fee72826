//! What the provider prints: drained as it comes, so that it blocks no one, and kept only as far as it is of use.

use std::{
    io::{PipeReader, Read},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

/// Bytes of the end of the output that are kept.
const TAIL: usize = 16 << 10;

/// Characters of one line that a message cites.
const LINE: usize = 300;

/// What a child has printed on stdout and stderr together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Printed {
    /// How many bytes.
    pub total: u64,
    /// The last of them, at most 16 KiB.
    pub tail: Vec<u8>,
}

/// The drain of one child's output.
#[derive(Clone, Debug)]
pub(super) struct Drain(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// More was printed, or that was all.
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    printed: Printed,
    ended: bool,
}

impl Drain {
    /// Drains `from` until its end.
    pub(super) fn start(mut from: PipeReader) -> std::io::Result<Drain> {
        let drain = Drain(Arc::default());
        let shared = drain.0.clone();
        thread::Builder::new().name("printed".to_owned()).spawn(move || {
            let mut chunk = vec![0; 64 << 10];
            // A pipe that fails has nothing more to drain, just as one that ends.
            while let Ok(count @ 1..) = from.read(&mut chunk) {
                shared.lock().printed.add(&chunk[..count]);
                shared.changed.notify_all();
            }
            shared.lock().ended = true;
            shared.changed.notify_all();
        })?;
        Ok(drain)
    }

    /// What has been printed up to now.
    pub(super) fn printed(&self) -> Printed {
        self.0.lock().printed.clone()
    }

    /// The last line that was printed; where none was, it is waited for, since what a process prints comes a little
    /// later than what it answers.
    pub(super) fn last_line(&self, patience: Duration) -> Option<String> {
        let state = self.0.lock();
        let silent = |state: &mut State| state.printed.total == 0 && !state.ended;
        let waited = self.0.changed.wait_timeout_while(state, patience, silent);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let tail = String::from_utf8_lossy(&state.printed.tail);
        let last = tail.lines().rev().map(str::trim).find(|line| !line.is_empty());
        last.map(|line| line.chars().take(LINE).collect())
    }

    /// Waits for the end of the output, which comes with the end of the last process that holds it.
    pub(super) fn wait_for_end(&self, patience: Duration) {
        let state = self.0.lock();
        // Whether it ended or not: what is there is there, and a process in a session of its own may go on for ever.
        let _ = self
            .0
            .changed
            .wait_timeout_while(state, patience, |state| !state.ended);
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Printed {
    fn add(&mut self, bytes: &[u8]) {
        self.total += bytes.len() as u64;
        self.tail
            .extend_from_slice(&bytes[bytes.len().saturating_sub(TAIL)..]);
        let surplus = self.tail.len().saturating_sub(TAIL);
        self.tail.drain(..surplus);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn the_last_line_is_the_last_that_says_something() {
        let (reader, mut writer) = std::io::pipe().unwrap();
        let drain = Drain::start(reader).unwrap();
        writer.write_all(b"first\r\n  second  \n\n").unwrap();
        drop(writer);
        drain.wait_for_end(Duration::from_secs(60));
        assert_eq!(drain.last_line(Duration::ZERO).as_deref(), Some("second"));
        let (reader, writer) = std::io::pipe().unwrap();
        drop(writer);
        assert_eq!(
            Drain::start(reader).unwrap().last_line(Duration::from_secs(60)),
            None
        );
    }

    #[test]
    fn the_end_is_kept_and_all_is_counted() {
        let mut printed = Printed::default();
        printed.add(b"start");
        for _ in 0..5 {
            printed.add(&[b'x'; 10_000]);
        }
        printed.add(b"end");
        assert_eq!(printed.total, 50_008);
        assert_eq!(printed.tail.len(), TAIL);
        assert!(printed.tail.ends_with(b"xend"));
    }
}
