//! Trunks: circuits to the outside, where scripted parties and the subscribers of the same exchange are.
//!
//! A call that goes out takes a circuit. Where its number is a subscriber's (or an extension's, for a call that comes
//! in), a second call begins on the other side of the circuit. The two connections of the circuit are peers: what the
//! called end does is told to the caller's side, and either side takes the other along when it clears.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::super::{
    CallEventKind, CallId, ConnectionId, ConnectionState, DeviceId, DeviceKind, EventCause, NumberFit,
    OperationError, Party, Script, ServiceError, StationSettings, Switch, SystemResourceError, route,
};
use crate::time::SimTime;

/// A trunk group of one switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrunkGroupId(u32);

/// What a trunk group is told once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrunkSettings {
    /// The name of the group; its circuits are named after it: `NAME-1`, `NAME-2`, …
    pub name: String,
    /// Circuits, and so calls at once.
    pub circuits: u32,
    /// What is dialled before a number to reach it through this group: an access code, or the public number of the
    /// PBX for calls that come in. The rest of the digits goes on to the other side. An empty prefix takes every number
    /// that is nobody's on this side.
    pub prefixes: Vec<String>,
    /// Parties on the other side that are no devices of this switch, and what they do.
    pub far_ends: BTreeMap<Arc<str>, Script>,
    /// What every other number on the other side does; without it nobody has it.
    pub others: Option<Script>,
}

/// A trunk group as the switch keeps it.
#[derive(Clone, Debug)]
pub(in super::super) struct TrunkGroup {
    settings: TrunkSettings,
    circuits: Vec<DeviceId>,
    free: BTreeSet<DeviceId>,
}

/// How far a call beyond a trunk has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Progress {
    Alerting,
    Answered,
    Failed(EventCause),
}

impl Switch {
    /// Adds a trunk group and its circuits.
    ///
    /// Errors: a prefix is none or is another group's, or a circuit's name is taken (`invalidDeviceID`).
    pub fn add_trunk_group(&mut self, settings: TrunkSettings) -> Result<TrunkGroupId, ServiceError> {
        let place =
            u32::try_from(self.trunk_groups.len()).map_err(|_| SystemResourceError::ResourceLimitExceeded)?;
        let wrong = |prefix: &String| {
            !prefix.is_empty() && !route::is_number(prefix) || self.prefixes.contains_key(prefix.as_str())
        };
        let name = |circuit: u32| format!("{}-{circuit}", settings.name);
        let taken = (1..=settings.circuits).any(|circuit| self.device(&name(circuit)).is_some());
        if settings.prefixes.iter().any(wrong) || taken || settings.name.is_empty() {
            return Err(OperationError::InvalidDeviceId.into());
        }
        let mut circuits = Vec::new();
        for circuit in 1..=settings.circuits {
            let own = StationSettings {
                max_calls: 2,
                ..StationSettings::default()
            };
            let device = self.add(&name(circuit), DeviceKind::Trunk, own)?;
            self.trunk_of.insert(device, TrunkGroupId(place));
            circuits.push(device);
        }
        for prefix in &settings.prefixes {
            self.prefixes.insert(prefix.as_str().into(), TrunkGroupId(place));
        }
        self.trunk_groups.push(TrunkGroup {
            settings,
            free: circuits.iter().copied().collect(),
            circuits,
        });
        Ok(TrunkGroupId(place))
    }

    /// All trunk groups, in the order in which they were added.
    pub fn trunk_groups(&self) -> impl Iterator<Item = TrunkGroupId> + use<> {
        (0..u32::try_from(self.trunk_groups.len()).unwrap_or(u32::MAX)).map(TrunkGroupId)
    }

    /// The circuits of a trunk group.
    pub fn circuits(&self, group: TrunkGroupId) -> &[DeviceId] {
        self.trunk_groups
            .get(group.0 as usize)
            .map_or(&[], |group| &group.circuits)
    }

    /// The trunk group that a circuit belongs to.
    pub fn trunk_group(&self, circuit: DeviceId) -> Option<TrunkGroupId> {
        self.trunk_of.get(&circuit).copied()
    }

    /// A call from outside comes in. Gives the connection of its circuit: clearing that is what the caller does who
    /// hangs up.
    ///
    /// Errors: all circuits are busy (`networkBusy`); the number cannot be dialled (`invalidCalledDeviceID`).
    pub fn incoming_call(
        &mut self,
        group: TrunkGroupId,
        caller: Party,
        name: Option<&str>,
        to: &str,
        now: SimTime,
    ) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| {
            if !route::is_number(to) {
                return Err(OperationError::InvalidCalledDeviceId.into());
            }
            switch.room_for_call()?;
            let circuit = switch.seize(group).ok_or(SystemResourceError::NetworkBusy)?;
            Ok(switch.comes_in(circuit, caller, name.map(Arc::from), to, None))
        })
    }

    /// The trunk group that a number leads to, and the digits that are left for the other side.
    pub(in super::super) fn trunk_for<'a>(&self, number: &'a str) -> Option<(TrunkGroupId, &'a str)> {
        (0..number.len()).rev().find_map(|length| {
            let (prefix, rest) = number.split_at_checked(length)?;
            self.prefixes.get(prefix).map(|group| (*group, rest))
        })
    }

    /// How digits that begin with the prefix of a trunk group fit the numbers beyond it.
    pub(in super::super) fn fits_beyond(&self, digits: &str) -> Option<NumberFit> {
        let (group, rest) = self.trunk_for(digits)?;
        let group = self.trunk_groups.get(group.0 as usize)?;
        if group.settings.others.is_some() {
            return Some(NumberFit::ExactOrLonger);
        }
        let known = group.settings.far_ends.contains_key(rest);
        Some(match (known, self.fits_device(rest)) {
            (true, NumberFit::None | NumberFit::Exact) => NumberFit::Exact,
            (true, _) => NumberFit::ExactOrLonger,
            (false, NumberFit::None) => NumberFit::Prefix,
            (false, fit) => fit,
        })
    }

    /// A call goes out through a trunk group.
    pub(in super::super) fn go_out(
        &mut self,
        id: CallId,
        group: TrunkGroupId,
        rest: &str,
        from: Option<DeviceId>,
    ) {
        let Some(circuit) = self.seize(group) else {
            return self.stuck(id, from, EventCause::TrunksBusy);
        };
        let script = self.trunk_groups.get(group.0 as usize).and_then(|group| {
            let settings = &group.settings;
            settings.far_ends.get(rest).copied().or(settings.others)
        });
        let connection = ConnectionId::new(id, circuit);
        let number = Party::Number(rest.into());
        let beyond = number.clone();
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.info.called = number;
        call.info.associated_called = Some(circuit);
        let (caller, name) = (call.info.calling.clone(), call.info.calling_name.clone());
        self.enter(connection, ConnectionState::Connected);
        self.change(connection, |c| {
            c.reached = true;
            c.beyond = Some(beyond);
        });
        self.report(
            id,
            EventCause::NewCall,
            CallEventKind::NetworkReached { device: circuit },
        );
        // A subscriber of ours before a party that answers for all others. An empty prefix leads nowhere new.
        let scripted = self.is_far_end(group, rest);
        let onward = self
            .trunk_for(rest)
            .is_some_and(|(_, left)| left.len() < rest.len());
        let ours = self.device(rest).is_some() || onward;
        match script.filter(|_| scripted || !ours) {
            Some(script) => self.play_far_end(connection, script),
            None if ours => {
                self.comes_in(circuit, caller, name, rest, Some(connection));
            }
            None => self.fail(id, circuit, EventCause::DestNotObtainable),
        }
    }

    fn is_far_end(&self, group: TrunkGroupId, number: &str) -> bool {
        let group = self.trunk_groups.get(group.0 as usize);
        group.is_some_and(|group| group.settings.far_ends.contains_key(number))
    }

    fn seize(&mut self, group: TrunkGroupId) -> Option<DeviceId> {
        self.trunk_groups.get_mut(group.0 as usize)?.free.pop_first()
    }

    /// A party beyond the trunk does what its script says.
    fn play_far_end(&mut self, connection: ConnectionId, script: Script) {
        let ConnectionId { call, device } = connection;
        self.change(connection, |c| c.script = Some(script));
        if script == Script::Busy {
            return self.fail(call, device, EventCause::Busy);
        }
        self.enter(connection, ConnectionState::Alerting);
        self.report(call, EventCause::NewCall, CallEventKind::Delivered { device });
        self.arm(connection);
    }

    /// A call begins on the inner side of a circuit.
    fn comes_in(
        &mut self,
        circuit: DeviceId,
        caller: Party,
        name: Option<Arc<str>>,
        to: &str,
        outer: Option<ConnectionId>,
    ) -> ConnectionId {
        let id = self.new_call(circuit);
        let connection = ConnectionId::new(id, circuit);
        let called = self.party_of(to);
        let beyond = caller.clone();
        if let Some(call) = self.calls.get_mut(&id) {
            call.info.calling = caller;
            call.info.calling_name = name;
            call.info.called = called;
            call.info.associated_calling = Some(circuit);
        }
        self.enter(connection, ConnectionState::Connected);
        self.change(connection, |c| {
            c.peer = outer;
            c.beyond = Some(beyond);
        });
        if let Some(outer) = outer {
            self.change(outer, |c| c.peer = Some(connection));
        }
        self.report(
            id,
            EventCause::NewCall,
            CallEventKind::Originated { device: circuit },
        );
        self.route_to(id, to, EventCause::NewCall, None);
        connection
    }

    /// Tells the callers beyond trunks how far their calls have come.
    pub(in super::super) fn tell_peers(&mut self, id: CallId, progress: Progress) {
        let Some(call) = self.calls.get(&id) else {
            return;
        };
        let peers: Vec<ConnectionId> = call.connections.iter().filter_map(|c| c.peer).collect();
        for peer in peers {
            let known = self.calls.get(&peer.call).and_then(|call| call.get(peer.device));
            let Some(state) = known.filter(|c| c.reached).map(|c| c.state) else {
                continue;
            };
            match progress {
                Progress::Alerting if state == ConnectionState::Connected => {
                    self.enter(peer, ConnectionState::Alerting);
                    let kind = CallEventKind::Delivered { device: peer.device };
                    self.report(peer.call, EventCause::NewCall, kind);
                    self.tell_peers(peer.call, progress);
                }
                Progress::Alerting => {}
                Progress::Answered => {
                    self.change(peer, |c| c.reached = false);
                    self.establish(peer, EventCause::NewCall);
                }
                Progress::Failed(cause) => {
                    self.change(peer, |c| c.reached = false);
                    self.fail(peer.call, peer.device, cause);
                }
            }
        }
    }

    /// A circuit without calls is free.
    pub(in super::super) fn refresh_trunk(&mut self, device: DeviceId) {
        let Some(group) = self.trunk_of.get(&device) else {
            return;
        };
        let free = self
            .devices
            .get(device.index())
            .is_some_and(|known| known.in_service && known.calls.is_empty());
        if let Some(group) = self.trunk_groups.get_mut(group.0 as usize) {
            if free {
                group.free.insert(device);
            } else {
                group.free.remove(&device);
            }
        }
    }
}
