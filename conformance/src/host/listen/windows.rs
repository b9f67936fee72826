//! A thread of the child's own reads all messages: Windows' pipes cannot be waited for with a deadline otherwise.

use crate::host::{
    launch::Messages,
    mailbox::{Mailbox, Sink, Stream, Waited, Wanted},
};
use std::{io, sync::Arc, thread, time::Instant};

/// The thread that listens.
pub(in crate::host) struct Listener(Arc<Mailbox>);

impl Listener {
    /// Starts listening.
    pub(in crate::host) fn start(
        mailbox: Arc<Mailbox>,
        messages: Messages,
        sink: Sink,
    ) -> io::Result<Listener> {
        let mut stream = Stream::new(messages, sink);
        let reader = mailbox.clone();
        thread::Builder::new()
            .name("messages".to_owned())
            .spawn(move || while !reader.read(&mut stream) {})?;
        Ok(Listener(mailbox))
    }

    /// Has to be called before requests are sent, and [`Listener::wait`] after it for each.
    pub(in crate::host) fn expect(&self, answers: usize) {
        self.0.expect(answers);
    }

    /// Waits for what is wanted until `deadline`.
    pub(in crate::host) fn wait(&self, wanted: Wanted, deadline: Instant) -> Waited {
        self.0.wait(wanted, deadline)
    }
}
