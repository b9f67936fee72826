//! Park Call.

use super::super::{
    CallEventKind, ConnectionId, ConnectionState, DeviceId, DeviceKind, EventCause, OperationError, Party,
    ServiceError, StateError, Switch, SystemResourceError,
};
use crate::time::SimTime;

impl Switch {
    /// Park Call: the device leaves the call, which waits at another device until somebody picks it up there
    /// ([`Switch::directed_pickup_call`]). Without `to` the switch takes its first free park slot. Gives the
    /// connection that waits.
    ///
    /// Errors: the device is neither connected nor holds (`invalidConnectionState`); no slot is free (`resourceBusy`);
    /// the place is no place to park (`invalidParkToDeviceID`).
    pub fn park_call(
        &mut self,
        parking: ConnectionId,
        to: Option<DeviceId>,
        now: SimTime,
    ) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                parking,
                &[ConnectionState::Connected, ConnectionState::Hold],
                StateError::InvalidConnectionState,
            )?;
            switch.is_end(parking)?;
            let left = switch
                .others(parking)
                .iter()
                .any(|(_, state)| matches!(state, ConnectionState::Connected | ConnectionState::Hold));
            if !left {
                return Err(StateError::InvalidConnectionState.into());
            }
            let slot = switch.park_place(parking, to)?;
            let ConnectionId { call, device } = parking;
            switch.leave(parking);
            let kind = CallEventKind::Diverted {
                device,
                new_destination: Party::Device(slot),
            };
            if let Some(call) = switch.calls.get_mut(&call) {
                call.info.last_redirection = Some(Party::Device(device));
            }
            switch.report(call, EventCause::Park, kind);
            let parked = ConnectionId::new(call, slot);
            switch.enter(parked, ConnectionState::Queued);
            let kind = CallEventKind::Queued {
                device: slot,
                number_queued: 1,
                calls_in_front: 0,
            };
            switch.report(call, EventCause::Park, kind);
            let recall_at = switch.limits.park_recall.map(|after| switch.now + after);
            switch.set_timers(parked, recall_at, None);
            switch.change(parked, |c| c.parked_by = Some(device));
            Ok(parked)
        })
    }

    fn park_place(&self, parking: ConnectionId, to: Option<DeviceId>) -> Result<DeviceId, ServiceError> {
        let is_free = |device: &DeviceId| {
            self.devices
                .get(device.index())
                .is_some_and(|d| d.in_service && d.calls.is_empty())
        };
        let Some(device) = to else {
            let free = self.park_slots.iter().copied().find(is_free);
            return free.ok_or_else(|| SystemResourceError::ResourceBusy.into());
        };
        let known = self.known(device, OperationError::InvalidParkToDeviceId)?;
        if !known.in_service {
            return Err(SystemResourceError::ParkToDeviceOutOfService.into());
        }
        if self.state(ConnectionId::new(parking.call, device)) != ConnectionState::Null {
            return Err(OperationError::NotDifferentDevices.into());
        }
        match known.kind {
            DeviceKind::ParkSlot if !is_free(&device) => Err(StateError::InvalidParkToDeviceState.into()),
            DeviceKind::ParkSlot | DeviceKind::Station | DeviceKind::Line => Ok(device),
            _ => Err(OperationError::RequestIncompatibleWithParkToDevice.into()),
        }
    }

    /// A call was parked too long: whoever parked it is called back, at once or after as long again where the device
    /// is busy.
    pub(in super::super) fn recall(&mut self, parked: ConnectionId, parker: DeviceId) {
        let again = self.limits.park_recall.map(|after| self.now + after);
        if self.is_busy(parker) && again.is_some() {
            return self.set_timers(parked, again, None);
        }
        if let Some(number) = self.number_arc(parker) {
            self.divert(parked.call, parked.device, &number, EventCause::Recall);
        }
    }
}
