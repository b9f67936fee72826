//! The one way out: every message is one frame, written whole and at once, under one lock.

use crate::{clock, crash};
use offhook_host_protocol::{FrameError, Message, Stamp, encode_frame};
use std::{
    fs::File,
    io::Write,
    mem,
    sync::{Mutex, MutexGuard, OnceLock, TryLockError},
    time::{Duration, Instant},
};

/// How long the crash handler waits for the lock before it writes regardless: the holder may be the very thread that
/// crashed, or one that the operating system has already ended.
const LAST_WORDS_PATIENCE: Duration = Duration::from_millis(100);

static OUTBOX: OnceLock<Outbox> = OnceLock::new();

/// The messages' way to the parent.
pub struct Outbox {
    /// Held from the stamp to the end of the write, so that stamps never run backwards; holds the frame's bytes.
    frame: Mutex<Vec<u8>>,
    file: File,
}

/// Makes `file` the way out of this process.
pub fn install(file: File) -> &'static Outbox {
    OUTBOX.get_or_init(|| Outbox {
        frame: Mutex::new(Vec::with_capacity(4096)),
        file,
    })
}

/// The way out, `None` until there is one.
pub fn get() -> Option<&'static Outbox> {
    OUTBOX.get()
}

impl Outbox {
    /// Sends the message that `message` makes of the time and thread of now. A parent that is gone ends this process.
    pub fn report(&self, message: impl FnOnce(Stamp) -> Message) {
        let mut frame = self
            .frame
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let sent = self.write(&mut frame, &message(clock::stamp()));
        if matches!(sent, Err(FrameError::Io(_))) {
            crash::leave_now(crate::BROKEN);
        }
        if let Err(error) = sent {
            // The message itself cannot be sent (it is too long): say so instead, which always fits.
            let what = Message::Failed {
                what: format!("the host could not send a message: {error}"),
                code: 0,
            };
            if self.write(&mut frame, &what).is_err() {
                crash::leave_now(crate::BROKEN);
            }
        }
    }

    /// Sends a message without a stamp.
    pub fn send(&self, message: Message) {
        self.report(|_| message);
    }

    /// Sends [`Message::Failed`].
    pub fn failed(&self, what: String, code: i64) {
        self.send(Message::Failed { what, code });
    }

    fn write(&self, frame: &mut Vec<u8>, message: &Message) -> Result<(), FrameError> {
        encode_frame(message, frame)?;
        (&self.file).write_all(frame)?;
        Ok(())
    }

    /// Writes an encoded frame from a crash or exit handler: allocates nothing, and does not wait for ever.
    ///
    /// With `silence`, nothing can be sent after it.
    pub fn last_words(&self, frame: &[u8], silence: bool) {
        let lock = self.lock_within(LAST_WORDS_PATIENCE);
        // A parent that is gone cannot be told, and nothing is left to do about it.
        let _ = (&self.file).write_all(frame);
        if silence {
            mem::forget(lock);
        }
    }

    fn lock_within(&self, patience: Duration) -> Option<MutexGuard<'_, Vec<u8>>> {
        let start = Instant::now();
        loop {
            match self.frame.try_lock() {
                Ok(lock) => return Some(lock),
                Err(TryLockError::Poisoned(lock)) => return Some(lock.into_inner()),
                Err(TryLockError::WouldBlock) if start.elapsed() > patience => return None,
                Err(TryLockError::WouldBlock) => std::hint::spin_loop(),
            }
        }
    }
}
