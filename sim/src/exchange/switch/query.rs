//! What can be asked of the switch, and the checks that services begin with.

use std::sync::Arc;

use super::call::{Call, Connection};
use super::device::Device;
use super::{
    CallId, CallInfo, ConnectionId, ConnectionState, DeviceId, DeviceKind, Forward, ForwardingType, Limits,
    OperationError, Party, Screening, ServiceError, StateError, StationSettings, Switch,
};
use crate::time::SimTime;

impl Switch {
    /// What this switch can do at most.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// The moment that this switch was told last.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The device with this directory number.
    pub fn device(&self, number: &str) -> Option<DeviceId> {
        self.numbers.get(number).copied()
    }

    /// All devices, in the order in which they were added.
    pub fn devices(&self) -> impl ExactSizeIterator<Item = DeviceId> + use<> {
        let count = u32::try_from(self.devices.len()).unwrap_or(u32::MAX);
        (0..count).map(DeviceId)
    }

    /// A device's directory number; empty for a device of another switch.
    pub fn number(&self, device: DeviceId) -> &str {
        self.devices.get(device.index()).map_or("", |d| &d.number)
    }

    /// A device's directory number, to keep.
    pub fn number_arc(&self, device: DeviceId) -> Option<Arc<str>> {
        self.devices.get(device.index()).map(|d| Arc::clone(&d.number))
    }

    /// What kind of device it is.
    pub fn kind(&self, device: DeviceId) -> Option<DeviceKind> {
        self.devices.get(device.index()).map(|d| d.kind)
    }

    /// What the device was told.
    pub fn settings(&self, device: DeviceId) -> Option<&StationSettings> {
        self.devices.get(device.index()).map(|d| &d.settings)
    }

    /// Whether the device serves.
    pub fn is_in_service(&self, device: DeviceId) -> bool {
        self.devices.get(device.index()).is_some_and(|d| d.in_service)
    }

    /// Whether the device is off-hook.
    pub fn is_off_hook(&self, device: DeviceId) -> bool {
        self.devices.get(device.index()).is_some_and(|d| d.off_hook)
    }

    /// Whether do not disturb is on.
    pub fn do_not_disturb(&self, device: DeviceId) -> bool {
        self.devices.get(device.index()).is_some_and(|d| d.do_not_disturb)
    }

    /// Whether messages wait for the device.
    pub fn message_waiting(&self, device: DeviceId) -> bool {
        self.devices
            .get(device.index())
            .is_some_and(|d| d.message_waiting)
    }

    /// Whether a device is an end of calls that somebody speaks at.
    pub fn is_telephone(&self, device: DeviceId) -> bool {
        self.devices.get(device.index()).is_some_and(Device::is_telephone)
    }

    /// The number that a device called last.
    pub fn last_number(&self, device: DeviceId) -> Option<&str> {
        self.devices.get(device.index())?.last_number.as_deref()
    }

    /// The forwardings that are set on a device, in the order of their numbers.
    pub fn forwarding(&self, device: DeviceId) -> impl Iterator<Item = (ForwardingType, &Forward)> {
        let device = self.devices.get(device.index());
        device.into_iter().flat_map(|d| {
            d.forwarding
                .iter()
                .map(|(forwarding_type, forward)| (*forwarding_type, forward))
        })
    }

    /// The connections of a device, oldest call first: ECMA-269's Snapshot Device.
    pub fn snapshot_device(&self, device: DeviceId) -> Vec<ConnectionId> {
        let calls = self.devices.get(device.index()).map(|d| &d.calls);
        calls
            .into_iter()
            .flatten()
            .map(|call| ConnectionId::new(*call, device))
            .collect()
    }

    /// The connections of a call and their states, in the order in which they joined: ECMA-269's Snapshot Call.
    /// `None` where there is no such call.
    pub fn snapshot_call(&self, call: CallId) -> Option<Vec<(DeviceId, ConnectionState)>> {
        self.calls.get(&call).map(Call::states)
    }

    /// The state of a connection; null where there is none.
    pub fn state(&self, connection: ConnectionId) -> ConnectionState {
        self.calls
            .get(&connection.call)
            .map_or(ConnectionState::Null, |call| call.state(connection.device))
    }

    /// Who takes part in a call and what travels with it.
    pub fn call_info(&self, call: CallId) -> Option<&CallInfo> {
        self.calls.get(&call).map(|call| &call.info)
    }

    /// How many calls there are.
    pub fn call_count(&self) -> usize {
        self.calls.len()
    }

    /// The first connection of a device in this state, oldest call first.
    pub fn connection_in(&self, device: DeviceId, state: ConnectionState) -> Option<ConnectionId> {
        let known = self.devices.get(device.index())?;
        known
            .calls
            .iter()
            .map(|call| ConnectionId::new(*call, device))
            .find(|connection| self.state(*connection) == state)
    }

    /// The other devices that a connected device hears: those connected in the same call that do not keep silent,
    /// through trunks too.
    pub fn hears(&self, connection: ConnectionId) -> Vec<ConnectionId> {
        let mut heard = Vec::new();
        let mut entries = vec![connection];
        let mut seen = Vec::new();
        while let Some(entry) = entries.pop() {
            seen.push(entry.call);
            let Some(call) = self.calls.get(&entry.call) else {
                continue;
            };
            if call.state(entry.device) != ConnectionState::Connected {
                continue;
            }
            for other in &call.connections {
                let talks = other.state == ConnectionState::Connected && !other.silent;
                if other.device == entry.device || !talks {
                    continue;
                }
                match other.peer {
                    Some(peer) if !seen.contains(&peer.call) => entries.push(peer),
                    Some(_) => {}
                    None => heard.push(ConnectionId::new(entry.call, other.device)),
                }
            }
        }
        heard
    }

    pub(super) fn known(&self, device: DeviceId, error: OperationError) -> Result<&Device, ServiceError> {
        self.devices
            .get(device.index())
            .ok_or(ServiceError::Operation(error))
    }

    pub(super) fn known_mut(&mut self, device: DeviceId) -> Result<&mut Device, ServiceError> {
        self.devices
            .get_mut(device.index())
            .ok_or(ServiceError::Operation(OperationError::InvalidDeviceId))
    }

    /// Checks that a connection exists and is in one of these states.
    pub(super) fn expect(
        &self,
        connection: ConnectionId,
        states: &[ConnectionState],
        error: StateError,
    ) -> Result<&Connection, ServiceError> {
        let call = self
            .calls
            .get(&connection.call)
            .ok_or(OperationError::InvalidCallId)?;
        let known = call
            .get(connection.device)
            .ok_or(OperationError::InvalidConnectionId)?;
        if states.contains(&known.state) {
            Ok(known)
        } else {
            Err(error.into())
        }
    }

    /// Checks that the device of a connection is one that somebody speaks at.
    pub(super) fn is_end(&self, connection: ConnectionId) -> Result<(), ServiceError> {
        if self
            .known(connection.device, OperationError::InvalidDeviceId)?
            .is_telephone()
        {
            Ok(())
        } else {
            Err(OperationError::RequestIncompatibleWithConnection.into())
        }
    }

    /// Whether the device is the one that calls.
    pub(super) fn is_caller(&self, connection: ConnectionId) -> bool {
        let call = self.calls.get(&connection.call);
        call.is_some_and(|call| call.info.calling == connection.device.into())
    }

    /// How others see a device in a call: a trunk by whoever is beyond it.
    pub fn party_at(&self, connection: ConnectionId) -> Party {
        let call = self.calls.get(&connection.call);
        let known = call.and_then(|call| call.get(connection.device));
        known
            .and_then(|known| known.beyond.clone())
            .unwrap_or(Party::Device(connection.device))
    }

    /// The instructions that come before a device's forwardings, in their order.
    pub fn screening(&self, device: DeviceId) -> &[Screening] {
        self.devices
            .get(device.index())
            .map_or(&[], |known| &known.screening)
    }
}
