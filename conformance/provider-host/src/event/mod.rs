//! Event objects that are passed to a DLL: who waits for them, and tells the parent.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as os;
#[cfg(windows)]
use windows as os;

use crate::outbox::Outbox;
use offhook_host_protocol::Message;
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

/// An event of one call. When the call is over, whether it was signalled has been told.
pub struct Event {
    event: Arc<os::Event>,
    over: Arc<AtomicBool>,
    waiting: Option<JoinHandle<()>>,
}

impl Event {
    /// Makes one, of call `seq`, and tells the parent when it is signalled.
    pub fn watched(seq: u32, outbox: &'static Outbox) -> io::Result<Event> {
        let event = Arc::new(os::Event::new()?);
        let over = Arc::new(AtomicBool::new(false));
        let (watched, is_over) = (event.clone(), over.clone());
        let waiting = thread::Builder::new().name("event".to_owned()).spawn(move || {
            if watched.wait() && !is_over.load(Ordering::SeqCst) {
                outbox.report(|stamp| Message::Signalled { seq, stamp });
            }
        })?;
        Ok(Event {
            event,
            over,
            waiting: Some(waiting),
        })
    }

    /// What is passed for it.
    pub fn handle(&self) -> usize {
        self.event.handle()
    }
}

impl Drop for Event {
    fn drop(&mut self) {
        if !self.event.is_signalled() {
            self.over.store(true, Ordering::SeqCst);
            self.event.signal();
        }
        if let Some(waiting) = self.waiting.take() {
            // A panic of that thread has been printed.
            let _ = waiting.join();
        }
    }
}
