//! Deflect Call, Directed Pickup Call, Group Pickup Call.

use super::super::{
    CallEventKind, CallId, ConnectionId, ConnectionState, DeviceId, DeviceKind, EventCause, ForwardingType,
    OperationError, Party, ServiceError, StateError, Switch, SystemResourceError, route,
};
use crate::time::SimTime;

impl Switch {
    /// Deflect Call: a call that alerts a device, waits for it or failed at it goes on to another number.
    ///
    /// Errors: the connection is in another state (`invalidConnectionState`); the number is nobody's
    /// (`invalidDestination`), or cannot take the call now.
    pub fn deflect_call(
        &mut self,
        connection: ConnectionId,
        to: &str,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                connection,
                &[
                    ConnectionState::Alerting,
                    ConnectionState::Queued,
                    ConnectionState::Fail,
                ],
                StateError::InvalidConnectionState,
            )?;
            if switch.state(connection) == ConnectionState::Fail && switch.is_caller(connection) {
                return Err(StateError::InvalidConnectionState.into());
            }
            switch.check_destination(connection.call, to)?;
            switch.divert(connection.call, connection.device, to, EventCause::Redirected);
            Ok(())
        })
    }

    /// Directed Pickup Call: `device` takes a call that alerts another device, waits there or is held there, or one that
    /// waits at itself. Gives its connection in the call, connected.
    ///
    /// Errors: nothing to pick up there (`invalidConnectionState`); the device cannot take a call
    /// (`invalidDeviceState`) or is in that call already (`notDifferentDevices`).
    pub fn directed_pickup_call(
        &mut self,
        call_to_pick_up: ConnectionId,
        device: DeviceId,
        now: SimTime,
    ) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| switch.pick_up(call_to_pick_up, device))
    }

    /// Group Pickup Call: `device` takes the oldest call that alerts a member of its pickup group.
    ///
    /// Errors: the device is in no group (`requestIncompatibleWithPickupDevice`); nothing alerts there
    /// (`noCallToAnswer`).
    pub fn group_pickup_call(
        &mut self,
        device: DeviceId,
        now: SimTime,
    ) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| {
            let known = switch.known(device, OperationError::InvalidPickUpDeviceId)?;
            let group = known
                .settings
                .pickup_group
                .ok_or(OperationError::RequestIncompatibleWithPickupDevice)?;
            let members = switch.pickup_groups.get(&group).map_or(&[][..], Vec::as_slice);
            let oldest = members
                .iter()
                .filter(|member| **member != device)
                .filter_map(|member| switch.connection_in(*member, ConnectionState::Alerting))
                .min_by_key(|connection| connection.call)
                .ok_or(StateError::NoCallToAnswer)?;
            switch.pick_up(oldest, device)
        })
    }

    fn pick_up(&mut self, picked: ConnectionId, device: DeviceId) -> Result<ConnectionId, ServiceError> {
        self.expect(
            picked,
            &[
                ConnectionState::Alerting,
                ConnectionState::Queued,
                ConnectionState::Hold,
            ],
            StateError::InvalidConnectionState,
        )?;
        let known = self.known(device, OperationError::InvalidPickUpDeviceId)?;
        if !known.is_telephone() {
            return Err(OperationError::RequestIncompatibleWithPickupDevice.into());
        }
        if self.kind(picked.device) == Some(DeviceKind::Trunk) {
            return Err(OperationError::RequestIncompatibleWithConnection.into());
        }
        if !known.in_service {
            return Err(SystemResourceError::PickupDeviceOutOfService.into());
        }
        let connection = ConnectionId::new(picked.call, device);
        if connection == picked && self.state(picked) == ConnectionState::Queued {
            self.make_room(connection)?;
            self.establish(connection, EventCause::CallPickup);
            return Ok(connection);
        }
        if self.state(connection) != ConnectionState::Null {
            return Err(OperationError::NotDifferentDevices.into());
        }
        if self.occupied(device) >= known.settings.max_calls {
            return Err(StateError::InvalidDeviceState.into());
        }
        self.make_room(connection)?;
        if let Some(call) = self.calls.get_mut(&picked.call) {
            call.info.last_redirection = Some(Party::Device(picked.device));
        }
        self.withdraw(picked);
        let kind = CallEventKind::Diverted {
            device: picked.device,
            new_destination: Party::Device(device),
        };
        self.report(picked.call, EventCause::CallPickup, kind);
        self.establish(connection, EventCause::CallPickup);
        Ok(connection)
    }

    /// Checks that a call can be sent to a number now: that it is somebody's who is not in the call, and that the call
    /// would not fail there at once.
    pub(in super::super) fn check_destination(&self, call: CallId, to: &str) -> Result<(), ServiceError> {
        if !route::is_number(to) || !self.is_routable(to) {
            return Err(OperationError::InvalidDestination.into());
        }
        let Some(device) = self.device(to) else {
            return Ok(());
        };
        if self.state(ConnectionId::new(call, device)) != ConnectionState::Null {
            return Err(OperationError::NotDifferentDevices.into());
        }
        let known = self.known(device, OperationError::InvalidDestination)?;
        if !known.in_service {
            return Err(SystemResourceError::DestinationDeviceOutOfService.into());
        }
        let goes_on = !known.screening.is_empty()
            || known.forwarding.keys().any(|forwarding_type| {
                use ForwardingType::*;
                match forwarding_type {
                    Immediate | ImmediateInternal | ImmediateExternal => true,
                    Busy | BusyInternal | BusyExternal => !known.do_not_disturb,
                    DoNotDisturb | DoNotDisturbInternal | DoNotDisturbExternal => known.do_not_disturb,
                    NoAnswer | NoAnswerInternal | NoAnswerExternal => false,
                }
            });
        if known.is_telephone() && !goes_on && (known.do_not_disturb || self.is_busy(device)) {
            return Err(StateError::InvalidDestinationDeviceState.into());
        }
        Ok(())
    }
}
