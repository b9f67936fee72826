//! A CSTA server: applications with their associations and sessions, monitors, and the services of one switch.
//!
//! It does no I/O and is told the time. Bytes of a client go in by [`CstaServer::handle_bytes`]; what the switch does,
//! at a client's wish or by itself, goes out as event reports by [`CstaServer::pump`], always after the answer to the
//! request that caused it.

mod association;
mod client;
mod clock;
mod events;
mod identifiers;
mod mishaps;
mod monitor;
mod profile;
mod reports;
mod routeing;
mod services;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use time::OffsetDateTime;

pub use client::CloseReason;
pub use profile::{Encoding, Profile, profiles};

use crate::exchange::switch::{Switch, SwitchEvent};
use crate::time::SimTime;
use crate::wire::csta::{framing::FramingError, message::Message, services::Service, value::Value};

use client::{Client, SendError};
use monitor::{Monitor, Object};
use routeing::Routeing;

/// A client of a server, counted from 1 in the order in which they came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientId(pub u32);

/// A message on its way, for a record that people read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The client.
    pub client: ClientId,
    /// From the client to the switch.
    pub from_client: bool,
    /// The message, or why the bytes are none, in ASN.1's value notation.
    pub text: String,
}

/// The server of one switch.
#[derive(Debug)]
pub struct CstaServer {
    profile: Profile,
    clients: BTreeMap<ClientId, Client>,
    last_client: u32,
    monitors: BTreeMap<u32, Monitor>,
    /// The monitors on each object, and those that follow calls beyond it.
    watched: BTreeMap<Object, BTreeSet<u32>>,
    followers: BTreeSet<u32>,
    last_monitor: u32,
    last_session: u32,
    /// The last number that a registration, a list of devices or the like has got.
    last_id: u32,
    routeing: Routeing,
    /// What is said to clients is held back.
    is_held: bool,
    /// What the switch says of itself.
    status: &'static str,
    events: VecDeque<SwitchEvent>,
    records: VecDeque<Record>,
    output: VecDeque<(ClientId, Vec<u8>)>,
    closed: VecDeque<(ClientId, CloseReason)>,
    now: SimTime,
    /// When the simulation began, by the wall clock.
    began: OffsetDateTime,
}

impl CstaServer {
    /// A server without clients.
    pub fn new(profile: Profile) -> CstaServer {
        CstaServer {
            profile,
            clients: BTreeMap::new(),
            last_client: 0,
            monitors: BTreeMap::new(),
            watched: BTreeMap::new(),
            followers: BTreeSet::new(),
            last_monitor: 0,
            last_session: 0,
            last_id: 0,
            routeing: Routeing::default(),
            is_held: false,
            status: "normal",
            events: VecDeque::new(),
            records: VecDeque::new(),
            output: VecDeque::new(),
            closed: VecDeque::new(),
            now: SimTime::ZERO,
            began: OffsetDateTime::from_unix_timestamp(clock::BEGINNING)
                .unwrap_or(OffsetDateTime::UNIX_EPOCH),
        }
    }

    /// The kind of switch that it passes for.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// How many monitors there are.
    pub fn monitor_count(&self) -> usize {
        self.monitors.len()
    }

    /// A client has connected. One too many is closed at once.
    pub fn connect(&mut self, now: SimTime) -> ClientId {
        self.now = self.now.max(now);
        self.last_client += 1;
        let id = ClientId(self.last_client);
        let full = self.clients.len() >= self.profile.clients_max;
        let mut client = Client::new(&self.profile, now);
        client.held = self.is_held.then(Vec::new);
        self.clients.insert(id, client);
        if full {
            self.close(id, CloseReason::TooManyClients);
        } else if !self.profile.association {
            self.tell_status(id);
            self.flush(id);
        }
        id
    }

    /// A client is gone: its monitors and sessions end, and calls that it was asked to route go their way with the next
    /// [`CstaServer::pump`].
    pub fn handle_gone(&mut self, client: ClientId) {
        self.clients.remove(&client);
        self.forget_wishes(client);
    }

    /// Forgets what a client wanted to hear of and to decide.
    fn forget_wishes(&mut self, client: ClientId) {
        let monitors = self
            .monitors
            .iter()
            .filter(|(_, monitor)| monitor.client == client)
            .map(|(id, _)| *id);
        for id in monitors.collect::<Vec<_>>() {
            self.forget_monitor(id);
        }
        self.routeing.forget(client);
        if let Some(known) = self.clients.get_mut(&client) {
            known.registrations.clear();
        }
    }

    /// A client does not read what it is sent: it is given up.
    pub fn handle_slow(&mut self, client: ClientId) {
        self.close(client, CloseReason::Slow);
    }

    /// Bytes of a client. Whatever they ask of the switch is done, answered and reported before this returns.
    pub fn handle_bytes(&mut self, switch: &mut Switch, client: ClientId, bytes: &[u8], now: SimTime) {
        self.now = self.now.max(now);
        let Some(known) = self.clients.get_mut(&client) else {
            return;
        };
        known.link.receive(now, bytes);
        known.heard = now;
        known.asked = false;
        while let Some(known) = self.clients.get_mut(&client) {
            match known.link.next_frame() {
                Ok(Some(frame)) => self.handle_frame(switch, client, &frame),
                Ok(None) => break,
                Err(FramingError::Ended) => self.close(client, CloseReason::Released),
                Err(error) => {
                    self.note(client, true, format!("no frame: {error}"));
                    self.close(client, CloseReason::BadFraming);
                }
            }
            self.flush(client);
            self.pump(switch, now);
        }
        self.flush(client);
    }

    /// Reports what has happened in the switch to the monitors that want to hear it.
    pub fn pump(&mut self, switch: &mut Switch, now: SimTime) {
        self.now = self.now.max(now);
        loop {
            self.settle_routes(switch);
            let Some(event) = switch.poll_event() else { break };
            self.tell(switch, &event);
            self.events.push_back(event);
        }
        let clients: Vec<_> = self.clients.keys().copied().collect();
        for client in clients {
            self.flush(client);
            if self.clients.get(&client).is_some_and(Client::is_slow) {
                self.close(client, CloseReason::Slow);
            }
        }
    }

    /// Reports an event that somebody else has taken from the switch, such as an exchange of which it is a part. What
    /// goes out waits for the next [`CstaServer::pump`].
    pub fn tell(&mut self, switch: &mut Switch, event: &SwitchEvent) {
        match event {
            SwitchEvent::Route(event) => self.report_route(switch, event),
            SwitchEvent::Call(_) | SwitchEvent::Device(_) => self.report(switch, event),
        }
    }

    /// Does what is due: repetitions on serial links, signs of life, sessions that run out, and the switch's own timers.
    pub fn handle_timeout(&mut self, switch: &mut Switch, now: SimTime) {
        switch.handle_timeout(now);
        self.pump(switch, now);
        for client in self.clients.keys().copied().collect::<Vec<_>>() {
            self.client_timeout(client, now);
            self.flush(client);
        }
        self.pump(switch, now);
    }

    /// When [`CstaServer::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self, switch: &Switch) -> Option<SimTime> {
        let clients = self
            .clients
            .values()
            .filter_map(|client| client.deadline(&self.profile));
        clients.chain(switch.poll_timeout()).min()
    }

    /// Bytes for a client, to be written in one piece.
    pub fn poll_output(&mut self) -> Option<(ClientId, Vec<u8>)> {
        self.output.pop_front()
    }

    /// A client whose connection is to be closed once its bytes are written; the server knows it no more.
    pub fn poll_closed(&mut self) -> Option<(ClientId, CloseReason)> {
        self.closed.pop_front()
    }

    /// What the switch did, in order, after it was reported.
    pub fn poll_event(&mut self) -> Option<SwitchEvent> {
        self.events.pop_front()
    }

    /// The next message that went in or out.
    pub fn poll_record(&mut self) -> Option<Record> {
        self.records.pop_front()
    }

    /// The switch changes its system status, by the standard's name: all clients that registered for it are told.
    /// Names that the standard lacks are ignored by the encoder of every client, so only its own are given here.
    pub fn set_status(&mut self, status: &'static str, now: SimTime) {
        self.now = self.now.max(now);
        self.status = status;
        for client in self.clients.keys().copied().collect::<Vec<_>>() {
            self.tell_status(client);
            self.flush(client);
        }
    }

    /// What the switch says of itself.
    pub fn status(&self) -> &'static str {
        self.status
    }

    /// The clients that are connected.
    pub fn clients(&self) -> impl Iterator<Item = ClientId> + '_ {
        self.clients.keys().copied()
    }

    fn note(&mut self, client: ClientId, from_client: bool, text: String) {
        self.records.push_back(Record {
            client,
            from_client,
            text,
        });
    }

    fn close(&mut self, client: ClientId, reason: CloseReason) {
        if let Some(known) = self.clients.get_mut(&client) {
            known.link.end();
        }
        self.flush(client);
        if self.clients.contains_key(&client) {
            self.handle_gone(client);
            self.closed.push_back((client, reason));
        }
    }

    fn flush(&mut self, client: ClientId) {
        if let Some(known) = self.clients.get_mut(&client) {
            let bytes = known.link.output();
            if !bytes.is_empty() {
                self.output.push_back((client, bytes));
            }
        }
    }

    /// Sends a message where the link can carry it, and makes a note of it. An event that has no room for its time goes
    /// without; the note, which has a time of its own, does not show it.
    fn put(&mut self, client: ClientId, message: &Message) -> Result<(), SendError> {
        let stamped = self.stamped(message);
        if let Some(known) = self.clients.get_mut(&client) {
            let with_time = stamped.map(|stamped| known.send(&self.profile, self.now, &stamped));
            if !matches!(with_time, Some(Ok(()))) {
                known.send(&self.profile, self.now, message)?;
            }
        }
        self.note(client, false, describe(message));
        Ok(())
    }

    fn send(&mut self, client: ClientId, message: &Message) {
        let Err(error) = self.put(client, message) else {
            return;
        };
        self.note(
            client,
            false,
            format!("cannot be sent: {error}: {}", describe(message)),
        );
        // Who asked is told that there is no room for the answer, rather than left to wait.
        if let Message::Response { invoke, .. } = message {
            let failure = Message::failure(*invoke, "systemResourceAvailability", "resourceLimitExceeded");
            self.send(client, &failure);
        }
    }

    /// Asks a client for a service, or tells it something in the form of one.
    fn request(&mut self, client: ClientId, service: &str, argument: Value) {
        let (Some(service), Some(known)) = (Service::by_name(service), self.clients.get_mut(&client)) else {
            return;
        };
        let invoke = known.next_invoke();
        self.send(
            client,
            &Message::Request {
                invoke,
                service,
                argument,
            },
        );
    }

    /// A number that nothing else has.
    fn next_id(&mut self) -> u32 {
        self.last_id = self.last_id.wrapping_add(1);
        self.last_id
    }

    fn forget_monitor(&mut self, id: u32) -> Option<Monitor> {
        let monitor = self.monitors.remove(&id)?;
        self.followers.remove(&id);
        if let Some(ids) = self.watched.get_mut(&monitor.object) {
            ids.remove(&id);
            if ids.is_empty() {
                self.watched.remove(&monitor.object);
            }
        }
        Some(monitor)
    }
}

/// A message as a line of a record.
fn describe(message: &Message) -> String {
    match message {
        Message::Request {
            invoke,
            service,
            argument,
        } => format!("{invoke} {} {argument}", service.name),
        Message::Response {
            invoke,
            service,
            result,
        } => {
            format!(
                "{invoke} {}Response {result}",
                service.map_or("", |service| service.name)
            )
        }
        Message::Failure { invoke, error } => format!("{invoke} UniversalFailure {error}"),
        Message::Reject {
            invoke: Some(invoke),
            problem,
        } => format!("{invoke} Reject {problem}"),
        Message::Reject {
            invoke: None,
            problem,
        } => format!("Reject {problem}"),
        Message::Event {
            monitor, event, data, ..
        } => {
            format!("{} for {} {data}", event.ty, Value::Octets(monitor.clone()))
        }
    }
}
