//! Transfer Call and Conference Call: two calls become a new one.

use super::super::device::Waiting;
use super::super::{
    Call, CallEventKind, CallId, Connection, ConnectionId, ConnectionListEntry, ConnectionState, DeviceId,
    DeviceKind, EventCause, Merge, OperationError, Party, ServiceError, StateError, Switch,
    SystemResourceError,
};
use crate::time::SimTime;

/// What a merge gives back: ECMA-269's results of Transfer Call and Conference Call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The new call.
    pub call: CallId,
    /// How the old connections became new ones.
    pub connections: Vec<ConnectionListEntry>,
}

/// What is to become one call.
pub(super) struct Parts {
    /// The calls that end: the one whose connection is `primary` first.
    pub(super) primary: ConnectionId,
    pub(super) secondary: Option<ConnectionId>,
    /// The device that merges, and whether it stays.
    pub(super) device: DeviceId,
    pub(super) stays: bool,
    /// The device comes into the call with this merge, and had no connection that anybody was told of.
    pub(super) joins: bool,
    /// Whom it transfers to, or adds.
    pub(super) to: Party,
    pub(super) cause: EventCause,
}

impl Switch {
    /// Transfer Call: the device leaves both its calls, and the others go on in a new one.
    ///
    /// Errors: the connections are not one held and one connected of the same device; a device is in both calls
    /// (`notDifferentDevices`); nobody but alerted ends would be left (`invalidHeldConnectionState`), or the call that
    /// it is connected to has failed and [`Limits::transfer_to_failed`](super::super::Limits::transfer_to_failed) is off (`invalidActiveConnectionState`).
    pub fn transfer_call(
        &mut self,
        held: ConnectionId,
        active: ConnectionId,
        now: SimTime,
    ) -> Result<Merged, ServiceError> {
        self.serve(now, |switch| {
            switch.mergeable(held, active, switch.limits.transfer_to_failed)?;
            let stay_active = [held, active].iter().any(|old| {
                switch
                    .others(*old)
                    .iter()
                    .any(|(_, state)| matches!(state, ConnectionState::Connected | ConnectionState::Hold))
            });
            if !stay_active {
                return Err(StateError::InvalidHeldConnectionState.into());
            }
            let to = switch.other_party(active);
            Ok(switch.merge(Parts {
                primary: held,
                secondary: Some(active),
                device: held.device,
                stays: false,
                joins: false,
                to,
                cause: EventCause::Transfer,
            }))
        })
    }

    /// Conference Call: all devices of both calls go on in a new one.
    ///
    /// Errors as [`Switch::transfer_call`]; too many devices (`conferenceMemberLimitExceeded`).
    pub fn conference_call(
        &mut self,
        held: ConnectionId,
        active: ConnectionId,
        now: SimTime,
    ) -> Result<Merged, ServiceError> {
        self.serve(now, |switch| {
            switch.mergeable(held, active, false)?;
            let members = switch.others(held).len() + switch.others(active).len() + 1;
            if members > switch.limits.conference_members {
                return Err(SystemResourceError::ConferenceMemberLimitExceeded.into());
            }
            let to = switch.other_party(active);
            Ok(switch.merge(Parts {
                primary: held,
                secondary: Some(active),
                device: held.device,
                stays: true,
                joins: false,
                to,
                cause: EventCause::Conference,
            }))
        })
    }

    /// Checks that two calls of a device can become one; the second may have failed where that is wanted.
    fn mergeable(&self, held: ConnectionId, active: ConnectionId, failed: bool) -> Result<(), ServiceError> {
        self.held_and_active(held, active)?;
        let (ours, theirs) = (self.others(held), self.others(active));
        let goes_on = theirs
            .iter()
            .any(|(_, state)| failed || *state != ConnectionState::Fail);
        if !goes_on {
            return Err(StateError::InvalidActiveConnectionState.into());
        }
        if ours.is_empty() || ours.iter().all(|(_, state)| *state == ConnectionState::Fail) {
            return Err(StateError::InvalidHeldConnectionState.into());
        }
        if ours
            .iter()
            .any(|(device, _)| theirs.iter().any(|(other, _)| device == other))
        {
            return Err(OperationError::NotDifferentDevices.into());
        }
        Ok(())
    }

    /// The other devices of a call, and their states.
    pub(super) fn others(&self, connection: ConnectionId) -> Vec<(DeviceId, ConnectionState)> {
        let states = self.snapshot_call(connection.call).unwrap_or_default();
        states
            .into_iter()
            .filter(|(device, _)| *device != connection.device)
            .collect()
    }

    /// Who is at the other end of a call: nobody that can be named where there are several.
    pub(super) fn other_party(&self, connection: ConnectionId) -> Party {
        match self.others(connection).as_slice() {
            [(device, _)] => self.party_at(ConnectionId::new(connection.call, *device)),
            _ => Party::NotKnown,
        }
    }

    /// Makes the new call, and reports it.
    pub(super) fn merge(&mut self, parts: Parts) -> Merged {
        let calling = self.other_party(parts.primary);
        let id = self.new_call(parts.device);
        let mut new = self.calls.remove(&id).unwrap_or_default();
        let mut entries = Vec::new();
        for old in [Some(parts.primary), parts.secondary].into_iter().flatten() {
            self.take_over(old, id, &parts, &mut new, &mut entries);
        }
        if !parts.stays {
            new.info.last_redirection = Some(Party::Device(parts.device));
            new.info.calling = calling;
            new.info.called = parts.to.clone();
        }
        new.connections
            .retain(|c| c.device != parts.device || parts.stays);
        let kept: Vec<DeviceId> = new.connections.iter().map(|c| c.device).collect();
        self.calls.insert(id, new);
        for device in kept {
            if let Some(known) = self.devices.get_mut(device.index()) {
                known.calls.insert(id);
            }
            self.touch(device);
        }
        let merge = Merge {
            primary_old: parts.primary,
            secondary_old: parts.secondary,
            device: parts.device,
            to: parts.to,
            connections: entries.clone(),
        };
        let kind = if parts.stays {
            CallEventKind::Conferenced(merge)
        } else {
            CallEventKind::Transferred(merge)
        };
        self.report(id, parts.cause, kind);
        Merged {
            call: id,
            connections: entries,
        }
    }

    /// Moves the connections of an old call into the new one. The merging device gets at most one, connected.
    fn take_over(
        &mut self,
        old: ConnectionId,
        id: CallId,
        parts: &Parts,
        new: &mut Call,
        entries: &mut Vec<ConnectionListEntry>,
    ) {
        let Some(mut call) = self.calls.remove(&old.call) else {
            return;
        };
        for mut connection in std::mem::take(&mut call.connections) {
            let device = connection.device;
            let merging = device == parts.device;
            let from = ConnectionId::new(old.call, device);
            let to = ConnectionId::new(id, device);
            if let Some(known) = self.devices.get_mut(device.index()) {
                known.calls.remove(&old.call);
            }
            self.touch(device);
            let again = merging && new.get(device).is_some();
            if !again {
                let kept = (!merging || parts.stays).then_some(to);
                let mut entry = self.entry(&connection, from, kept);
                entry.old = entry.old.filter(|_| !(merging && parts.joins));
                entries.push(entry);
            }
            if merging {
                if !again {
                    connection.state = ConnectionState::Connected;
                    new.connections.push(connection);
                }
                continue;
            }
            self.relocate(from, to, &connection);
            new.connections.push(connection);
        }
        let info = &mut new.info;
        info.correlator = call.info.correlator.or(info.correlator.take());
        info.user_data = call.info.user_data.or(info.user_data.take());
        info.account = info.account.take().or(call.info.account);
        info.associated_calling = info.associated_calling.or(call.info.associated_calling);
        info.associated_called = call.info.associated_called.or(info.associated_called);
        info.calling_name = info.calling_name.take().or(call.info.calling_name);
    }

    fn entry(
        &self,
        connection: &Connection,
        old: ConnectionId,
        new: Option<ConnectionId>,
    ) -> ConnectionListEntry {
        let trunk = self.kind(old.device) == Some(DeviceKind::Trunk);
        ConnectionListEntry {
            new,
            old: Some(old),
            endpoint: connection.beyond.clone().unwrap_or(Party::Device(old.device)),
            associated_nid: trunk.then_some(old.device),
        }
    }

    /// Tells everything that knows a connection by its old name the new one.
    fn relocate(&mut self, from: ConnectionId, to: ConnectionId, connection: &Connection) {
        if let Some(peer) = connection.peer {
            self.change(peer, |c| c.peer = Some(to));
        }
        if connection.state == ConnectionState::Queued
            && let Some(device) = self.devices.get_mut(from.device.index())
        {
            for waiting in &mut device.waiting {
                if *waiting == Waiting::CampOn(from) {
                    *waiting = Waiting::CampOn(to);
                }
            }
        }
        if let Some(place) = connection.place {
            self.queue_moved(from.device, place, Some(to.call));
        }
        if let Some(route) = connection.route {
            self.route_moved(route, from, Some(to));
        }
        if let Some(at) = connection.no_answer_at {
            self.at(at, super::super::Timer::NoAnswer(to));
        }
        if let Some(at) = connection.script_at {
            self.at(at, super::super::Timer::Script(to));
        }
    }
}
