//! Between the thread that reads the child's messages and the one that waits for an answer.

use super::Fault;
use offhook_host_protocol::{FrameError, Message, read_frame};
use std::{
    io::{BufReader, Read},
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

/// How long a caller looks for its answer before it goes to sleep: about what a native round trip takes, where waking
/// up would cost as much again.
const SPIN: Duration = Duration::from_micros(0);

/// What the reader has for the caller.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
    /// Whether there is something for the caller, readable without the lock.
    ready: AtomicBool,
}

#[derive(Debug, Default)]
struct State {
    awaiting: bool,
    reply: Option<Message>,
    end: Option<End>,
    fault: Option<Fault>,
    exiting: Option<Option<i32>>,
}

/// How the stream of messages ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The child closed it, or died in the middle of a message.
    Closed,
    /// Something came that is no message, or none that belongs there.
    Breach(String),
}

/// What the child said before it ended.
#[derive(Clone, Debug, Default)]
pub(super) struct LastWords {
    /// A fault since the last return.
    pub(super) fault: Option<Fault>,
    /// An exit that it announced, with the code where it knew it.
    pub(super) exiting: Option<Option<i32>>,
}

/// What came of waiting.
pub(super) enum Waited {
    Reply(Message),
    Ended,
    TimedOut,
}

impl Mailbox {
    /// Reads messages until their end and gives each to `sink`, in order; answers go to the caller after that.
    ///
    /// The sink is dropped when no message can come any more.
    pub(super) fn fill(self: Arc<Mailbox>, from: impl Read, mut sink: impl FnMut(Message)) {
        let mut from = BufReader::with_capacity(64 << 10, from);
        let end = loop {
            match read_frame(&mut from) {
                Ok(Some(message)) => {
                    if let Some(breach) = self.deliver(message, &mut sink) {
                        break breach;
                    }
                }
                Ok(None) | Err(FrameError::Truncated | FrameError::Io(_)) => break End::Closed,
                Err(error) => break End::Breach(error.to_string()),
            }
        };
        // The end is known to callers first, so that whoever notices that the sink is gone can ask how it ended.
        self.lock().end = Some(end);
        self.announce();
        drop(sink);
    }

    fn deliver(&self, message: Message, sink: &mut impl FnMut(Message)) -> Option<End> {
        match &message {
            Message::Fault {
                code,
                address,
                at,
                note,
            } => {
                let fault = Fault {
                    code: *code,
                    address: *address,
                    at: *at,
                    note: note.clone(),
                };
                self.lock().fault = Some(fault);
            }
            Message::Exiting { code } => self.lock().exiting = Some(*code),
            Message::Hello { .. }
            | Message::Done
            | Message::Failed { .. }
            | Message::Missing { .. }
            | Message::Returned { .. } => {
                sink(message.clone());
                return self.answer(message);
            }
            Message::Completed { .. } | Message::Line { .. } | Message::Phone { .. } | Message::Ui { .. } => {
            }
        }
        sink(message);
        None
    }

    fn answer(&self, message: Message) -> Option<End> {
        let mut state = self.lock();
        if !state.awaiting {
            return Some(End::Breach(match message {
                Message::Failed { what, .. } => what,
                other => format!("an answer to no request: {other:?}"),
            }));
        }
        state.awaiting = false;
        // Whatever fault there was, the provider has handled it.
        state.fault = None;
        state.reply = Some(message);
        drop(state);
        self.announce();
        None
    }

    fn announce(&self) {
        self.ready.store(true, Ordering::Release);
        self.changed.notify_all();
    }

    /// Has to be called before a request is sent: from here on one answer is in order.
    pub(super) fn expect(&self) {
        let mut state = self.lock();
        state.awaiting = true;
        state.reply = None;
        self.ready.store(state.end.is_some(), Ordering::Release);
    }

    /// Waits for the answer until `deadline`.
    pub(super) fn wait(&self, deadline: Instant) -> Waited {
        let spin = (Instant::now() + SPIN).min(deadline);
        while !self.ready.load(Ordering::Acquire) && Instant::now() < spin {
            std::hint::spin_loop();
        }
        let mut state = self.lock();
        loop {
            if let Some(reply) = state.reply.take() {
                return Waited::Reply(reply);
            }
            if state.end.is_some() {
                return Waited::Ended;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Waited::TimedOut;
            }
            state = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }

    /// Waits for the end of the messages, for as long as a dead child's last ones may take.
    pub(super) fn wait_for_end(&self, patience: Duration) -> Option<End> {
        let state = self.lock();
        let waited = self
            .changed
            .wait_timeout_while(state, patience, |state| state.end.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.end.clone()
    }

    /// How the messages ended, `None` as long as they have not.
    pub(super) fn end(&self) -> Option<End> {
        self.lock().end.clone()
    }

    /// What the child said about its own end.
    pub(super) fn last_words(&self) -> LastWords {
        let state = self.lock();
        LastWords {
            fault: state.fault.clone(),
            exiting: state.exiting,
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use offhook_host_protocol::{Stamp, write_frame};

    fn wire(messages: &[Message]) -> Vec<u8> {
        let mut wire = Vec::new();
        for message in messages {
            write_frame(&mut wire, message).unwrap();
        }
        wire
    }

    fn fill(expected: bool, wire: &[u8]) -> (Arc<Mailbox>, Vec<Message>) {
        let mailbox = Arc::new(Mailbox::default());
        if expected {
            mailbox.expect();
        }
        let mut seen = Vec::new();
        mailbox.clone().fill(wire, |message| seen.push(message));
        (mailbox, seen)
    }

    #[test]
    fn an_answer_reaches_the_sink_and_the_caller() {
        let messages = [
            Message::Completed {
                request: 1,
                result: 0,
                stamp: Stamp::default(),
            },
            Message::Missing { seq: 3 },
        ];
        let (mailbox, seen) = fill(true, &wire(&messages));
        assert_eq!(seen, messages);
        assert!(matches!(
            mailbox.wait(Instant::now()),
            Waited::Reply(Message::Missing { seq: 3 })
        ));
        assert!(matches!(mailbox.wait(Instant::now()), Waited::Ended));
        assert_eq!(mailbox.end(), Some(End::Closed));
    }

    #[test]
    fn an_answer_to_nothing_is_a_breach() {
        let (mailbox, seen) = fill(false, &wire(&[Message::Done, Message::Done]));
        assert_eq!(seen, [Message::Done], "nothing is read after it");
        assert!(matches!(mailbox.end(), Some(End::Breach(what)) if what.contains("no request")));
    }

    #[test]
    fn garbage_is_a_breach_and_a_cut_message_is_not() {
        let (mailbox, _) = fill(false, &[2, 0, 0, 0, 0xFF, 0xFF]);
        assert!(matches!(mailbox.end(), Some(End::Breach(_))));
        let (mailbox, _) = fill(false, &[2, 0, 0, 0, 1]);
        assert_eq!(mailbox.end(), Some(End::Closed));
    }

    #[test]
    fn a_fault_that_is_survived_is_forgotten() {
        let fault = Message::Fault {
            code: 11,
            address: 1,
            at: 2,
            note: String::new(),
        };
        let (mailbox, _) = fill(true, &wire(std::slice::from_ref(&fault)));
        assert_eq!(mailbox.last_words().fault.map(|fault| fault.code), Some(11));
        let (mailbox, _) = fill(true, &wire(&[fault, Message::Done]));
        assert_eq!(mailbox.last_words().fault, None);
    }

    #[test]
    fn silence_times_out() {
        let mailbox = Mailbox::default();
        mailbox.expect();
        assert!(matches!(
            mailbox.wait(Instant::now() + Duration::from_millis(1)),
            Waited::TimedOut
        ));
        assert_eq!(mailbox.wait_for_end(Duration::from_millis(1)), None);
    }
}
