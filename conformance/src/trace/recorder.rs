//! Collects events from all threads on one timeline and lets the app side wait for what it expects.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::{Event, Party, What};

/// The shared record of one run. Cheap to clone; every lane holds one.
#[derive(Clone)]
pub struct Recorder {
    inner: Arc<Inner>,
}

struct Inner {
    began: Instant,
    events: Mutex<Vec<Event>>,
    grew: Condvar,
}

/// What waiting for an event brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waited<T> {
    /// The event came.
    Seen(T),
    /// The deadline passed first.
    TimedOut,
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Recorder {
    /// An empty record; its timeline begins now.
    pub fn new() -> Self {
        let inner = Inner {
            began: Instant::now(),
            events: Mutex::new(Vec::new()),
            grew: Condvar::new(),
        };
        Recorder {
            inner: Arc::new(inner),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Event>> {
        // A panic elsewhere cannot leave a Vec half pushed, so the record stays readable.
        self.inner.events.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds an event with the present time and wakes whoever waits.
    pub fn push(&self, by: Party, what: What) {
        let mut events = self.lock();
        events.push(Event {
            at: self.inner.began.elapsed(),
            by,
            what,
        });
        drop(events);
        self.inner.grew.notify_all();
    }

    /// How many events there are so far.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether nothing was recorded yet.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A copy of the record so far.
    pub fn events(&self) -> Vec<Event> {
        self.lock().clone()
    }

    /// Looks through the record from event `from` on, once; what was found, and how many events there are.
    pub fn find<T>(&self, from: usize, find: impl FnMut(usize, &Event) -> Option<T>) -> (Option<T>, usize) {
        let mut find = find;
        let events = self.lock();
        let mut seen = events.iter().enumerate().skip(from);
        (seen.find_map(|(at, event)| find(at, event)), events.len())
    }

    /// Looks through the record from event `from` on, again whenever it grows, until `find` answers or
    /// `within` has passed. `find` gets the index and the event.
    pub fn wait<T>(
        &self,
        from: usize,
        within: Duration,
        mut find: impl FnMut(usize, &Event) -> Option<T>,
    ) -> Waited<T> {
        let deadline = Instant::now() + within;
        let mut next = from;
        let mut events = self.lock();
        loop {
            while next < events.len() {
                if let Some(found) = find(next, &events[next]) {
                    return Waited::Seen(found);
                }
                next += 1;
            }
            let Some(left) = deadline
                .checked_duration_since(Instant::now())
                .filter(|d| !d.is_zero())
            else {
                return Waited::TimedOut;
            };
            let (guard, _) = self
                .inner
                .grew
                .wait_timeout(events, left)
                .unwrap_or_else(PoisonError::into_inner);
            events = guard;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(line: usize) -> What {
        What::Step {
            line,
            text: format!("step {line}"),
        }
    }

    #[test]
    fn waiting_sees_what_another_thread_records() {
        let recorder = Recorder::new();
        let writer = recorder.clone();
        let thread = std::thread::spawn(move || {
            for line in 1..=3 {
                writer.push(Party::Scenario, step(line));
            }
        });
        let seen = recorder.wait(0, Duration::from_secs(5), |index, event| match event.what {
            What::Step { line: 3, .. } => Some(index),
            _ => None,
        });
        assert_eq!(seen, Waited::Seen(2));
        thread.join().unwrap();
    }

    #[test]
    fn waiting_ends_at_its_deadline() {
        let recorder = Recorder::new();
        recorder.push(Party::Scenario, step(1));
        let seen = recorder.wait(1, Duration::from_millis(1), |index, _| Some(index));
        assert_eq!(seen, Waited::TimedOut);
    }
}
