//! What the tasks of a PBX share: the switch, its server, and the clients that are attached.

use std::cell::RefCell;
use std::io;
use std::rc::Rc;
use std::time::{Instant, SystemTime};

use tokio::sync::Notify;

use super::links::{Host, Links};
use super::remote::Step;
use super::stream::Stream;
use super::{PbxEvent, Sink};
use crate::device::csta::{ClientId, CstaServer, Profile};
use crate::exchange::switch::Switch;
use crate::time::SimTime;

/// What the tasks of the PBX's thread share.
pub(super) struct Core {
    pub(super) switch: Switch,
    pub(super) links: Links,
    sink: Sink,
    pub(super) began: Instant,
    pub(super) timer_set: Option<SimTime>,
    pub(super) timer_changed: Rc<Notify>,
}

pub(super) type SharedCore = Rc<RefCell<Core>>;

impl Core {
    pub(super) fn new(switch: Switch, profile: Profile, sink: Sink) -> Core {
        let mut server = CstaServer::new(profile);
        server.set_beginning(SystemTime::now().into());
        Core {
            switch,
            links: Links::new(server),
            sink,
            began: Instant::now(),
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
        let done = step(&mut self.links.server, &mut self.switch, now);
        self.links.server.pump(&mut self.switch, now);
        self.report(now);
        done();
    }

    /// Tells the sink what happened, then lets the answers out.
    pub(super) fn report(&mut self, now: SimTime) {
        while let Some(record) = self.links.server.poll_record() {
            (self.sink)(now, PbxEvent::Message(record));
        }
        while let Some(event) = self.links.server.poll_event() {
            (self.sink)(now, PbxEvent::Switch(&self.switch, &event));
        }
        self.links.write_out();
        while let Some((id, reason)) = self.links.poll_closed() {
            (self.sink)(now, PbxEvent::Gone(id, Some(reason)));
        }
        let due_at = self.links.server.poll_timeout(&self.switch);
        if due_at != self.timer_set {
            self.timer_set = due_at;
            self.timer_changed.notify_one();
        }
    }
}

impl Host for Core {
    fn links(&mut self) -> &mut Links {
        &mut self.links
    }

    fn connect(&mut self, stream: &Rc<Stream>) -> ClientId {
        let now = self.now();
        let id = self.links.connect(stream, now);
        (self.sink)(now, PbxEvent::Connected(id));
        self.report(now);
        id
    }

    fn take(&mut self, id: ClientId, bytes: &[u8]) {
        let now = self.now();
        self.links.server.handle_bytes(&mut self.switch, id, bytes, now);
        self.report(now);
    }

    fn gone(&mut self, id: ClientId) {
        let now = self.now();
        let unexpected = self.links.gone(id);
        self.links.server.pump(&mut self.switch, now);
        if unexpected {
            (self.sink)(now, PbxEvent::Gone(id, None));
        }
        self.report(now);
    }

    fn port_failed(&mut self, error: &io::Error) {
        let now = self.now();
        (self.sink)(now, PbxEvent::PortFailed(error.to_string()));
    }
}
