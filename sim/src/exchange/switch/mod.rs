//! The switch: devices, and calls with any number of connections, in the call model of ECMA-269.
//!
//! It knows neither clock nor socket. A service is a method that takes `now`, checks everything first, and either
//! refuses with a [`ServiceError`] and changes nothing, or is done and leaves its [`SwitchEvent`]s in order. Timers run
//! by [`Switch::handle_timeout`]. Whoever sees all events can rebuild [`Switch::snapshot`]; [`Replica`] does.

mod alert;
mod call;
mod call_event;
mod cause;
mod coded;
mod describe;
mod device;
mod device_event;
mod error;
mod error_codes;
mod features;
mod ids;
mod query;
mod replica;
mod route;
mod routeing_event;
mod services;
mod settle;
mod state;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::time::SimTime;

pub use call_event::{CallEvent, CallEventKind, CallInfo, ConnectionListEntry, Merge, TelephonyTone};
pub use cause::EventCause;
pub use device::{DeviceKind, Screening, Script, StationSettings};
pub use device_event::{AgentState, DeviceEvent, DeviceEventKind, Forward, ForwardingType, LampMode};
pub use error::ServiceError;
pub use error_codes::{
    OperationError, PerformanceError, SecurityError, StateError, SubscribedResourceError, SystemResourceError,
};
pub use features::{Agent, Apparatus, Button, Distribution, GroupSettings, TrunkGroupId, TrunkSettings};
pub use ids::{CallId, ConnectionId, DeviceId, Party};
pub use replica::{Replica, Snapshot};
pub use route::NumberFit;
pub use routeing_event::{RouteEvent, RouteEventKind, RouteId};
pub use services::{CallOptions, Merged, Participation};
pub use state::{ConnectionState, simple_call_state};

use call::{Call, Connection};
use device::Device;
use features::{Dialogue, Group, RouteingDevice, TrunkGroup};

/// One report of the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SwitchEvent {
    /// A call moved on, or something was said in it.
    Call(CallEvent),
    /// A device changed: a feature, an agent, its service, a part of the telephone.
    Device(DeviceEvent),
    /// The switch asks where a call shall go.
    Route(RouteEvent),
}

/// What a switch can do at most, and how long it waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Devices in one call.
    pub conference_members: usize,
    /// Times that one call is sent on by forwarding before it fails.
    pub diversions: u32,
    /// Calls at once.
    pub calls: usize,
    /// How long the switch waits for another digit when the number so far is nobody's.
    pub interdigit_timeout: Duration,
    /// How long a device is alerted before a forwarding on no answer acts that says no time of its own.
    pub no_answer: Duration,
    /// Answering or retrieving a call puts the connected one on hold; where this is false, it is refused.
    pub auto_hold: bool,
    /// A held call can be transferred to where the consultation call failed, and its end hears why; where this is
    /// false, the transfer is refused.
    pub transfer_to_failed: bool,
    /// How long a call stays parked before whoever parked it is called back; never where there is none.
    pub park_recall: Option<Duration>,
    /// How long a routeing device waits for a client's answer.
    pub route_timeout: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            conference_members: 8,
            diversions: 10,
            calls: usize::MAX,
            interdigit_timeout: Duration::from_secs(10),
            no_answer: Duration::from_secs(15),
            auto_hold: true,
            transfer_to_failed: false,
            park_recall: None,
            route_timeout: Duration::from_secs(10),
        }
    }
}

/// Devices and calls.
#[derive(Clone, Debug)]
pub struct Switch {
    limits: Limits,
    devices: Vec<Device>,
    numbers: BTreeMap<Arc<str>, DeviceId>,
    pickup_groups: BTreeMap<u32, Vec<DeviceId>>,
    park_slots: Vec<DeviceId>,
    /// Call backs that are booked: who wants one, and from whom.
    call_backs: BTreeSet<(DeviceId, DeviceId)>,
    groups: BTreeMap<DeviceId, Group>,
    /// The groups that a device is a member of.
    memberships: BTreeMap<DeviceId, Vec<DeviceId>>,
    agents: BTreeMap<DeviceId, Agent>,
    apparatus: BTreeMap<DeviceId, Apparatus>,
    routeing: BTreeMap<DeviceId, RouteingDevice>,
    dialogues: BTreeMap<RouteId, Dialogue>,
    last_route: u32,
    trunk_groups: Vec<TrunkGroup>,
    trunk_of: BTreeMap<DeviceId, TrunkGroupId>,
    prefixes: BTreeMap<Arc<str>, TrunkGroupId>,
    calls: BTreeMap<CallId, Call>,
    last_call: u32,
    timers: BTreeMap<(SimTime, u64), Timer>,
    last_timer: u64,
    events: VecDeque<SwitchEvent>,
    /// Devices whose calls changed, to be looked at once the service is done.
    dirty: VecDeque<DeviceId>,
    now: SimTime,
}

/// What is due at a moment. A timer whose connection has moved on meanwhile does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timer {
    NoAnswer(ConnectionId),
    Script(ConnectionId),
    NumberComplete(CallId),
    AfterCall(DeviceId),
    Route(RouteId),
}

impl Default for Switch {
    fn default() -> Switch {
        Switch::new(Limits::default())
    }
}

impl Switch {
    /// A switch without devices.
    pub fn new(limits: Limits) -> Switch {
        Switch {
            limits,
            devices: Vec::new(),
            numbers: BTreeMap::new(),
            pickup_groups: BTreeMap::new(),
            park_slots: Vec::new(),
            call_backs: BTreeSet::new(),
            groups: BTreeMap::new(),
            memberships: BTreeMap::new(),
            agents: BTreeMap::new(),
            apparatus: BTreeMap::new(),
            routeing: BTreeMap::new(),
            dialogues: BTreeMap::new(),
            last_route: 0,
            trunk_groups: Vec::new(),
            trunk_of: BTreeMap::new(),
            prefixes: BTreeMap::new(),
            calls: BTreeMap::new(),
            last_call: 0,
            timers: BTreeMap::new(),
            last_timer: 0,
            events: VecDeque::new(),
            dirty: VecDeque::new(),
            now: SimTime::ZERO,
        }
    }

    /// Adds a telephone. Fails with `invalidDeviceID` where the number is taken or empty.
    pub fn add_station(&mut self, number: &str, settings: StationSettings) -> Result<DeviceId, ServiceError> {
        self.add_telephone(number, DeviceKind::Station, settings)
    }

    /// Adds a subscriber's line, whose device says itself when it goes off-hook and on-hook. It has room for one call.
    pub fn add_line(&mut self, number: &str) -> Result<DeviceId, ServiceError> {
        let settings = StationSettings {
            max_calls: 1,
            ..StationSettings::default()
        };
        self.add_line_with(number, settings)
    }

    /// Adds a subscriber's line that is more than plain.
    pub fn add_line_with(
        &mut self,
        number: &str,
        settings: StationSettings,
    ) -> Result<DeviceId, ServiceError> {
        self.add_telephone(number, DeviceKind::Line, settings)
    }

    fn add_telephone(
        &mut self,
        number: &str,
        kind: DeviceKind,
        settings: StationSettings,
    ) -> Result<DeviceId, ServiceError> {
        let group = settings.pickup_group;
        let id = self.add(number, kind, settings)?;
        if let Some(group) = group {
            self.pickup_groups.entry(group).or_default().push(id);
        }
        Ok(id)
    }

    /// Adds a place where calls are parked.
    pub fn add_park_slot(&mut self, number: &str) -> Result<DeviceId, ServiceError> {
        let settings = StationSettings {
            max_calls: 1,
            ..StationSettings::default()
        };
        let id = self.add(number, DeviceKind::ParkSlot, settings)?;
        self.park_slots.push(id);
        Ok(id)
    }

    fn add(
        &mut self,
        number: &str,
        kind: DeviceKind,
        settings: StationSettings,
    ) -> Result<DeviceId, ServiceError> {
        let place =
            u32::try_from(self.devices.len()).map_err(|_| SystemResourceError::ResourceLimitExceeded)?;
        if number.is_empty() || self.numbers.contains_key(number) {
            return Err(OperationError::InvalidDeviceId.into());
        }
        let id = DeviceId(place);
        let number: Arc<str> = number.into();
        self.numbers.insert(Arc::clone(&number), id);
        self.devices.push(Device::new(number, kind, settings));
        Ok(id)
    }

    /// Does what is due up to `now`, each thing at its own moment.
    pub fn handle_timeout(&mut self, now: SimTime) {
        while let Some(((at, _), timer)) = self.timers.first_key_value().map(|(k, v)| (*k, *v)) {
            if at > now {
                break;
            }
            self.timers.pop_first();
            self.now = self.now.max(at);
            match timer {
                Timer::NoAnswer(connection) => self.no_answer(connection, at),
                Timer::Script(connection) => self.script_due(connection, at),
                Timer::NumberComplete(call) => self.number_complete(call, at),
                Timer::AfterCall(device) => self.after_call(device, at),
                Timer::Route(route) => self.route_timeout(route, at),
            }
            self.settle();
        }
        self.now = self.now.max(now);
    }

    /// When [`Switch::handle_timeout`] wants to be called next.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.timers.first_key_value().map(|((at, _), _)| *at)
    }

    /// The next event.
    pub fn poll_event(&mut self) -> Option<SwitchEvent> {
        self.events.pop_front()
    }

    /// Carries out a service: what is due comes first, and what it set free is served at the end.
    fn serve<T>(
        &mut self,
        now: SimTime,
        service: impl FnOnce(&mut Switch) -> Result<T, ServiceError>,
    ) -> Result<T, ServiceError> {
        self.handle_timeout(now);
        let done = service(self);
        self.settle();
        done
    }

    fn at(&mut self, at: SimTime, timer: Timer) {
        self.last_timer += 1;
        self.timers.insert((at, self.last_timer), timer);
    }

    fn new_call(&mut self, calling: DeviceId) -> CallId {
        self.last_call = self.last_call.wrapping_add(1);
        while self.calls.contains_key(&CallId(self.last_call)) {
            self.last_call = self.last_call.wrapping_add(1);
        }
        let id = CallId(self.last_call);
        let name = self
            .devices
            .get(calling.index())
            .map(|d| d.settings.name.as_str());
        let call = Call {
            info: CallInfo {
                calling: Party::Device(calling),
                calling_name: name.filter(|name| !name.is_empty()).map(Arc::from),
                ..CallInfo::default()
            },
            ..Call::default()
        };
        self.calls.insert(id, call);
        id
    }

    /// Puts a connection into a state, making it where it is new.
    fn enter(&mut self, connection: ConnectionId, state: ConnectionState) {
        let ConnectionId { call: id, device } = connection;
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        match call.get_mut(device) {
            Some(known) => {
                known.state = state;
                known.offered = false;
                known.no_answer_at = None;
                known.script_at = None;
            }
            None => call.connections.push(Connection::new(device, state)),
        }
        if let Some(known) = self.devices.get_mut(device.index()) {
            known.calls.insert(id);
        }
        self.touch(device);
    }

    /// Takes a connection out of its call.
    fn leave(&mut self, connection: ConnectionId) -> Option<Connection> {
        let call = self.calls.get_mut(&connection.call)?;
        let place = call
            .connections
            .iter()
            .position(|c| c.device == connection.device)?;
        let left = call.connections.remove(place);
        if let Some(device) = self.devices.get_mut(connection.device.index()) {
            device.calls.remove(&connection.call);
        }
        if let Some(place) = left.place {
            self.queue_moved(connection.device, place, None);
        }
        if let Some(route) = left.route {
            self.route_moved(route, connection, None);
        }
        self.touch(connection.device);
        Some(left)
    }

    /// Takes a connection out of its call for another one; what it led to beyond a trunk is cleared.
    fn withdraw(&mut self, connection: ConnectionId) {
        let left = self.leave(connection);
        if let Some(peer) = left.and_then(|left| left.peer) {
            self.clear(peer, EventCause::NormalClearing);
        }
    }

    /// Notes that a device's calls changed.
    fn touch(&mut self, device: DeviceId) {
        if let Some(known) = self.devices.get_mut(device.index())
            && !known.is_dirty
        {
            known.is_dirty = true;
            self.dirty.push_back(device);
        }
    }

    fn report(&mut self, call: CallId, cause: EventCause, kind: CallEventKind) {
        // What a step led to may have ended the call. Nothing is told of a call that is over.
        let Some((info, connections)) = self.calls.get(&call).map(|c| (c.info.clone(), c.states())) else {
            return;
        };
        self.events.push_back(SwitchEvent::Call(CallEvent {
            at: self.now,
            call,
            cause,
            kind,
            info,
            connections,
        }));
    }

    fn report_device(&mut self, device: DeviceId, kind: DeviceEventKind) {
        self.events.push_back(SwitchEvent::Device(DeviceEvent {
            at: self.now,
            device,
            kind,
        }));
    }
}
