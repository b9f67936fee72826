//! What the child has said: events to the sink, answers to the caller, what it asks itself, and how it all ended.

use super::Fault;
use offhook_host_protocol::{Message, take_frame};
use std::{
    collections::{HashMap, HashSet, VecDeque},
    io::{self, Read},
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How much is read at once, in bytes: what a Linux pipe holds.
const CHUNK: usize = 64 << 10;

/// Who is given every message.
pub(super) type Sink = Box<dyn FnMut(Message) + Send>;

/// The stream of messages and who is given them.
pub(super) struct Stream<R> {
    from: R,
    /// Room for one reading.
    chunk: Box<[u8]>,
    /// What has come of a message that is not all there yet.
    begun: Vec<u8>,
    sink: Sink,
}

/// What the reader has for the caller.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// How many answers are in order.
    awaiting: usize,
    replies: VecDeque<Message>,
    /// Calls that were made apart and have not ended, and the answers to those that have.
    apart: HashSet<u32>,
    ended_apart: HashMap<u32, Message>,
    /// What the child waits for an answer to.
    asked: VecDeque<Asked>,
    end: Option<End>,
    fault: Option<Fault>,
    exiting: Option<Option<i32>>,
}

impl State {
    fn look(&mut self, wanted: Wanted) -> Option<Waited> {
        let mut reply = || self.replies.pop_front().map(Waited::Reply);
        let found = match wanted {
            Wanted::Reply => reply(),
            Wanted::ReplyOrAsk => reply().or_else(|| self.asked.pop_front().map(Waited::Asked)),
            Wanted::Apart(seq) => {
                let ended = self.ended_apart.remove(&seq).map(Waited::Reply);
                ended.or_else(|| self.asked.pop_front().map(Waited::Asked))
            }
        };
        found.or_else(|| self.end.is_some().then_some(Waited::Ended))
    }
}

/// A callback in which the child waits for an answer: `TUISPIDLLCALLBACK`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The number by which it is answered.
    pub ask: u32,
    /// `dwObjectID`.
    pub object: u64,
    /// `dwObjectType`.
    pub kind: u32,
    /// The bytes at `lpParams`.
    pub params: Vec<u8>,
}

/// What a caller waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The next answer.
    Reply,
    /// The next answer, or a question of the child's that comes before it.
    ReplyOrAsk,
    /// The answer to this call, which was made apart, or a question before it.
    Apart(u32),
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
    Asked(Asked),
    Ended,
    TimedOut,
}

impl<R: Read> Stream<R> {
    pub(super) fn new(from: R, sink: Sink) -> Stream<R> {
        Stream {
            from,
            chunk: vec![0; CHUNK].into(),
            begun: Vec::new(),
            sink,
        }
    }
}

impl Mailbox {
    /// Reads once, waiting only where nothing has come, and gives each message that is whole to the sink in order;
    /// answers go to the caller after that. Returns whether that was the end, after which the stream, and with it the
    /// sink, has to be dropped.
    pub(super) fn read<R: Read>(&self, stream: &mut Stream<R>) -> bool {
        let end = self.read_once(stream);
        let ended = end.is_some();
        if ended {
            // Callers know the end before the sink is gone, so that whoever notices that can ask how it ended.
            self.lock().end = end;
            self.changed.notify_all();
        }
        ended
    }

    fn read_once<R: Read>(&self, stream: &mut Stream<R>) -> Option<End> {
        let Stream {
            from,
            chunk,
            begun,
            sink,
        } = stream;
        match from.read(chunk) {
            Ok(0) => return Some(End::Closed),
            Ok(count) => begun.extend_from_slice(&chunk[..count]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Some(End::Closed),
        }
        let mut left = begun.as_slice();
        loop {
            match take_frame(&mut left) {
                Ok(Some(message)) => {
                    if let Some(breach) = self.deliver(message, sink) {
                        return Some(breach);
                    }
                }
                Ok(None) => break,
                Err(error) => return Some(End::Breach(error.to_string())),
            }
        }
        let behind = begun.len() - left.len();
        begun.drain(..behind);
        None
    }

    fn deliver(&self, message: Message, sink: &mut Sink) -> Option<End> {
        match &message {
            Message::Fault {
                code,
                address,
                at,
                module,
                offset,
                note,
            } => {
                let fault = Fault {
                    code: *code,
                    address: *address,
                    at: *at,
                    module: (!module.is_empty()).then(|| (module.clone(), *offset)),
                    note: note.clone(),
                };
                // A child under Windows tells of a fault once more when nothing has handled it.
                if self.lock().fault.replace(fault.clone()) == Some(fault) {
                    return None;
                }
            }
            Message::Exiting { code } => self.lock().exiting = Some(*code),
            Message::Returned { seq, .. } | Message::Missing { seq } if self.lock().apart.remove(seq) => {
                let seq = *seq;
                sink(message.clone());
                self.lock().ended_apart.insert(seq, message);
                self.changed.notify_all();
                return None;
            }
            Message::Ui {
                ask,
                object,
                kind,
                params,
                ..
            } => {
                let asked = Asked {
                    ask: *ask,
                    object: *object,
                    kind: *kind,
                    params: params.clone(),
                };
                // Whoever sees it in the record has to find it here.
                self.lock().asked.push_back(asked);
                sink(message);
                self.changed.notify_all();
                return None;
            }
            Message::Hello { .. }
            | Message::Done
            | Message::Failed { .. }
            | Message::Missing { .. }
            | Message::Returned { .. }
            | Message::Exports { .. }
            | Message::Was { .. }
            | Message::Kept { .. }
            | Message::Census { .. } => {
                sink(message.clone());
                return self.answer(message);
            }
            Message::Completed { .. }
            | Message::Line { .. }
            | Message::Phone { .. }
            | Message::Signalled { .. }
            | Message::Dialog { .. } => {}
        }
        sink(message);
        None
    }

    fn answer(&self, message: Message) -> Option<End> {
        let mut state = self.lock();
        if state.awaiting == 0 {
            return Some(End::Breach(match message {
                Message::Failed { what, .. } => what,
                other => format!("an answer to no request: {other:?}"),
            }));
        }
        state.awaiting -= 1;
        // Whatever fault there was, the provider has handled it.
        state.fault = None;
        state.replies.push_back(message);
        drop(state);
        self.changed.notify_all();
        None
    }

    /// Has to be called before requests are sent: from here on so many answers are in order.
    pub(super) fn expect(&self, answers: usize) {
        let mut state = self.lock();
        state.awaiting = answers;
        state.replies.clear();
    }

    /// Has to be called before a request for a call is sent that is made apart.
    pub(super) fn expect_apart(&self, seq: u32) {
        self.lock().apart.insert(seq);
    }

    /// Forgets calls that were made apart: what they were made of is gone.
    pub(super) fn forget_apart(&self) {
        let mut state = self.lock();
        state.apart.clear();
        state.ended_apart.clear();
        state.asked.clear();
    }

    /// What the child waits for an answer to, the oldest first.
    pub(super) fn asked(&self) -> Option<Asked> {
        self.lock().asked.pop_front()
    }

    /// Whether answers are still to come.
    #[cfg(unix)]
    pub(super) fn is_awaiting(&self) -> bool {
        self.lock().awaiting > 0
    }

    /// What there is for the caller, without waiting.
    #[cfg(any(unix, test))]
    pub(super) fn look(&self, wanted: Wanted) -> Option<Waited> {
        self.lock().look(wanted)
    }

    /// Waits for another thread to read the answer, until `deadline`.
    #[cfg(any(windows, test))]
    pub(super) fn wait(&self, wanted: Wanted, deadline: std::time::Instant) -> Waited {
        let mut state = self.lock();
        loop {
            if let Some(waited) = state.look(wanted) {
                return waited;
            }
            let left = deadline.saturating_duration_since(std::time::Instant::now());
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
    use std::{sync::mpsc, time::Instant};

    fn wire(messages: &[Message]) -> Vec<u8> {
        let mut wire = Vec::new();
        for message in messages {
            write_frame(&mut wire, message).unwrap();
        }
        wire
    }

    fn fill(expected: bool, wire: &[u8]) -> (Mailbox, Vec<Message>) {
        let mailbox = Mailbox::default();
        if expected {
            mailbox.expect(1);
        }
        let (sink, seen) = mpsc::channel();
        let mut stream = Stream::new(wire, Box::new(move |message| sink.send(message).unwrap()));
        while !mailbox.read(&mut stream) {}
        drop(stream);
        (mailbox, seen.iter().collect())
    }

    #[test]
    fn half_a_message_keeps_no_one_waiting() {
        struct Stalls<'a>(Option<&'a [u8]>);
        impl Read for Stalls<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let mut once = self.0.take().expect("nobody reads again before there is more");
                once.read(buffer)
            }
        }
        let mut wire = wire(&[Message::Done]);
        wire.pop();
        let mailbox = Mailbox::default();
        mailbox.expect(1);
        let mut stream = Stream::new(Stalls(Some(&wire)), Box::new(|_| ()));
        assert!(!mailbox.read(&mut stream));
        assert!(mailbox.look(Wanted::Reply).is_none());
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
            mailbox.wait(Wanted::Reply, Instant::now()),
            Waited::Reply(Message::Missing { seq: 3 })
        ));
        assert!(matches!(
            mailbox.wait(Wanted::Reply, Instant::now()),
            Waited::Ended
        ));
        assert_eq!(mailbox.end(), Some(End::Closed));
    }

    #[test]
    fn what_is_made_apart_and_what_is_asked_keep_no_other_waiting() {
        let returned = |seq| Message::Returned {
            seq,
            result: 0,
            outs: Vec::new(),
            stamp: Stamp::default(),
        };
        let mailbox = Mailbox::default();
        mailbox.expect(1);
        mailbox.expect_apart(4);
        let asks = Message::Ui {
            ask: 1,
            object: 2,
            kind: 3,
            params: vec![5],
            stamp: Stamp::default(),
        };
        let wire = wire(&[returned(4), asks, returned(3)]);
        let mut stream = Stream::new(wire.as_slice(), Box::new(|_| ()));
        while !mailbox.read(&mut stream) {}
        assert!(matches!(
            mailbox.look(Wanted::Reply),
            Some(Waited::Reply(Message::Returned { seq: 3, .. }))
        ));
        assert!(matches!(
            mailbox.look(Wanted::Apart(4)),
            Some(Waited::Reply(Message::Returned { seq: 4, .. }))
        ));
        assert!(matches!(
            mailbox.look(Wanted::Apart(4)),
            Some(Waited::Asked(Asked { ask: 1, .. }))
        ));
        assert!(matches!(mailbox.look(Wanted::ReplyOrAsk), Some(Waited::Ended)));
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
            module: "vendor.tsp".to_owned(),
            offset: 3,
            note: String::new(),
        };
        let (mailbox, _) = fill(true, &wire(std::slice::from_ref(&fault)));
        assert_eq!(mailbox.last_words().fault.map(|fault| fault.code), Some(11));
        let (mailbox, _) = fill(true, &wire(&[fault.clone(), Message::Done]));
        assert_eq!(mailbox.last_words().fault, None);
        let (mailbox, seen) = fill(
            true,
            &wire(&[fault.clone(), Message::Done, fault.clone(), fault.clone()]),
        );
        assert_eq!(mailbox.last_words().fault.map(|fault| fault.code), Some(11));
        assert_eq!(
            seen,
            [fault.clone(), Message::Done, fault],
            "and is no news when it is told twice"
        );
    }

    #[test]
    fn silence_times_out() {
        let mailbox = Mailbox::default();
        mailbox.expect(1);
        assert!(matches!(
            mailbox.wait(Wanted::Reply, Instant::now() + Duration::from_millis(1)),
            Waited::TimedOut
        ));
        assert_eq!(mailbox.wait_for_end(Duration::from_millis(1)), None);
    }
}
