//! What the tasks of a PBX share: the switch, its server, and the clients that are attached.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::Instant;

use tokio::sync::Notify;

use super::remote::Step;
use super::stream::Stream;
use super::{PbxEvent, Sink};
use crate::device::csta::{ClientId, CloseReason, CstaServer, Profile};
use crate::exchange::switch::Switch;
use crate::time::SimTime;

/// Bytes on their way to a client beyond which it counts as one that does not read.
const BACKLOG_MOST: usize = 1024 * 1024;

/// What the tasks of the PBX's thread share.
pub(super) struct Core {
    pub(super) switch: Switch,
    pub(super) server: CstaServer,
    pub(super) sink: Sink,
    pub(super) began: Instant,
    pub(super) clients: BTreeMap<ClientId, Attached>,
    pub(super) timer_set: Option<SimTime>,
    pub(super) timer_changed: Rc<Notify>,
}

pub(super) struct Attached {
    pub(super) stream: Rc<Stream>,
    /// Bytes that the stream did not take yet.
    pub(super) backlog: Vec<u8>,
    /// Wakes the client's task: there is a backlog, or the server has closed the client.
    pub(super) wake: Rc<Notify>,
    pub(super) closed: bool,
}

pub(super) type SharedCore = Rc<RefCell<Core>>;

impl Core {
    pub(super) fn new(switch: Switch, profile: Profile, sink: Sink) -> Core {
        Core {
            switch,
            server: CstaServer::new(profile),
            sink,
            began: Instant::now(),
            clients: BTreeMap::new(),
            timer_set: None,
            timer_changed: Rc::new(Notify::new()),
        }
    }

    pub(super) fn now(&self) -> SimTime {
        SimTime::from(self.began.elapsed())
    }

    /// Carries a step out; whoever asked hears of it once all others did.
    pub(super) fn step(&mut self, step: Step) {
        let now = self.now();
        let done = step(&mut self.server, &mut self.switch, now);
        self.server.pump(&mut self.switch, now);
        self.report(now);
        done();
    }

    pub(super) fn connect(&mut self, stream: &Rc<Stream>) -> ClientId {
        let now = self.now();
        let id = self.server.connect(now);
        let attached = Attached {
            stream: Rc::clone(stream),
            backlog: Vec::new(),
            wake: Rc::new(Notify::new()),
            closed: false,
        };
        self.clients.insert(id, attached);
        (self.sink)(now, PbxEvent::Connected(id));
        self.report(now);
        id
    }

    pub(super) fn take(&mut self, id: ClientId, bytes: &[u8]) {
        let now = self.now();
        self.server.handle_bytes(&mut self.switch, id, bytes, now);
        self.report(now);
    }

    pub(super) fn gone(&mut self, id: ClientId) {
        let now = self.now();
        let closed = self.clients.remove(&id).is_some_and(|client| client.closed);
        self.server.handle_gone(id);
        self.server.pump(&mut self.switch, now);
        if !closed {
            (self.sink)(now, PbxEvent::Gone(id, None));
        }
        self.report(now);
    }

    pub(super) fn port_failed(&mut self, error: &io::Error) {
        let now = self.now();
        (self.sink)(now, PbxEvent::PortFailed(error.to_string()));
    }

    /// Tells the sink what happened, then lets the answers out.
    pub(super) fn report(&mut self, now: SimTime) {
        while let Some(record) = self.server.poll_record() {
            (self.sink)(now, PbxEvent::Message(record));
        }
        while let Some(event) = self.server.poll_event() {
            (self.sink)(now, PbxEvent::Switch(&self.switch, &event));
        }
        while let Some((id, bytes)) = self.server.poll_output() {
            let Some(client) = self.clients.get_mut(&id) else {
                continue;
            };
            client.backlog.extend_from_slice(&bytes);
            if self.write(id).is_err() {
                // The client's own task meets the same error when it reads, and ends the client.
                continue;
            }
            if self
                .clients
                .get(&id)
                .is_some_and(|client| client.backlog.len() > BACKLOG_MOST)
            {
                self.server.handle_slow(id);
            }
        }
        while let Some((id, reason)) = self.server.poll_closed() {
            if let Some(client) = self.clients.get_mut(&id) {
                client.closed = true;
                if matches!(reason, CloseReason::Slow | CloseReason::Silent) {
                    // Nobody takes what is left.
                    client.backlog.clear();
                }
                client.wake.notify_one();
                (self.sink)(now, PbxEvent::Gone(id, Some(reason)));
            }
        }
        let due_at = self.server.poll_timeout(&self.switch);
        if due_at != self.timer_set {
            self.timer_set = due_at;
            self.timer_changed.notify_one();
        }
    }

    pub(super) fn write(&mut self, id: ClientId) -> io::Result<()> {
        let Some(client) = self.clients.get_mut(&id) else {
            return Ok(());
        };
        let count = client.stream.try_write(&client.backlog)?;
        client.backlog.drain(..count);
        if !client.backlog.is_empty() {
            client.wake.notify_one();
        }
        Ok(())
    }
}
