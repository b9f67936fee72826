//! A caller reads messages itself until its answer is there, which saves waking a second thread; between calls a thread
//! of the child's own does it.

use crate::host::{
    launch::Messages,
    mailbox::{Mailbox, Sink, Stream, Waited, Wanted},
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::{
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long the thread leaves the reading to callers after a call: while call follows call it sleeps, instead of being
/// woken with every answer. It looks less often the longer a call takes.
const LINGER: (Duration, Duration) = (Duration::from_micros(100), Duration::from_millis(1));

/// The one who listens, be it a caller or the thread.
pub(in crate::host) struct Listener(Arc<Shared>);

struct Shared {
    mailbox: Arc<Mailbox>,
    /// Both ends of a look: polled without the lock, read under it.
    messages: Messages,
    /// `None` after the end.
    stream: Mutex<Option<Stream<Messages>>>,
    /// Whether there has been a caller since the thread last looked.
    called: AtomicBool,
    /// Whether a caller reads now.
    calling: AtomicBool,
}

impl Listener {
    /// Starts listening.
    pub(in crate::host) fn start(
        mailbox: Arc<Mailbox>,
        messages: Messages,
        sink: Sink,
    ) -> io::Result<Listener> {
        let stream = Stream::new(messages.try_clone()?, sink);
        let shared = Arc::new(Shared {
            mailbox,
            messages,
            stream: Mutex::new(Some(stream)),
            called: AtomicBool::new(false),
            calling: AtomicBool::new(false),
        });
        let between = shared.clone();
        thread::Builder::new()
            .name("messages".to_owned())
            .spawn(move || between.read_between_calls())?;
        Ok(Listener(shared))
    }

    /// Has to be called before requests are sent, and [`Listener::wait`] after it for each.
    pub(in crate::host) fn expect(&self, answers: usize) {
        self.0.called.store(true, Ordering::Relaxed);
        self.0.calling.store(true, Ordering::SeqCst);
        self.0.mailbox.expect(answers);
    }

    /// Waits for what is wanted until `deadline`.
    pub(in crate::host) fn wait(&self, wanted: Wanted, deadline: Instant) -> Waited {
        if wanted != Wanted::Reply {
            self.0.called.store(true, Ordering::Relaxed);
            self.0.calling.store(true, Ordering::SeqCst);
        }
        let waited = self.0.read_until(wanted, deadline);
        let goes_on = matches!(waited, Waited::Reply(_) | Waited::Asked(_));
        let more = goes_on && self.0.mailbox.is_awaiting();
        self.0.calling.store(more, Ordering::SeqCst);
        waited
    }
}

impl Shared {
    fn read_until(&self, wanted: Wanted, deadline: Instant) -> Waited {
        let mut stream = self.stream();
        loop {
            if let Some(waited) = self.mailbox.look(wanted) {
                return waited;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Waited::TimedOut;
            }
            if self.readable_within(Some(left)) {
                self.read(&mut stream);
            }
        }
    }

    fn read_between_calls(&self) {
        loop {
            let (mut linger, longest) = LINGER;
            while self.calling.load(Ordering::SeqCst) || self.called.swap(false, Ordering::Relaxed) {
                thread::park_timeout(linger);
                linger = (2 * linger).min(longest);
            }
            self.readable_within(None);
            if self.calling.load(Ordering::SeqCst) {
                continue;
            }
            let mut stream = self.stream();
            if stream.is_none() {
                return;
            }
            // A caller may have read it meanwhile.
            if self.readable_within(Some(Duration::ZERO)) {
                self.read(&mut stream);
            }
        }
    }

    /// Reads what is there; at the end the sink is dropped.
    fn read(&self, stream: &mut Option<Stream<Messages>>) {
        if stream.as_mut().is_none_or(|stream| self.mailbox.read(stream)) {
            *stream = None;
        }
    }

    fn readable_within(&self, patience: Option<Duration>) -> bool {
        let mut fds = [PollFd::new(&self.messages, PollFlags::IN)];
        let patience = patience.map(|patience| Timespec {
            tv_sec: i64::try_from(patience.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: patience.subsec_nanos().into(),
        });
        // An interruption is like nothing being there yet: every caller looks again.
        poll(&mut fds, patience.as_ref()).is_ok_and(|ready| ready > 0)
    }

    fn stream(&self) -> MutexGuard<'_, Option<Stream<Messages>>> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
