//! Consultation Call.

use super::super::{
    CallOptions, ConnectionId, ConnectionState, EventCause, OperationError, ServiceError, StateError, Switch,
    route,
};
use crate::time::SimTime;

impl Switch {
    /// Consultation Call: the device holds its call and calls another number. Gives its connection in the new call.
    /// With an empty number that call stays initiated until [`Switch::dial_digits`].
    ///
    /// Errors: it is not connected (`invalidActiveConnectionState`); the number cannot be dialled
    /// (`invalidCalledDeviceID`); the device has no room for another call (`invalidCallingDeviceState`).
    pub fn consultation_call(
        &mut self,
        existing: ConnectionId,
        consulted: &str,
        options: &CallOptions,
        now: SimTime,
    ) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| {
            if !consulted.is_empty() && !route::is_number(consulted) {
                return Err(OperationError::InvalidCalledDeviceId.into());
            }
            switch.expect(
                existing,
                &[ConnectionState::Connected],
                StateError::InvalidActiveConnectionState,
            )?;
            let known = switch.known(existing.device, OperationError::InvalidDeviceId)?;
            if !known.is_telephone() {
                return Err(OperationError::RequestIncompatibleWithDevice.into());
            }
            if switch.occupied(existing.device) >= known.settings.max_calls {
                return Err(StateError::InvalidCallingDeviceState.into());
            }
            switch.room_for_call()?;
            switch.hold(existing, EventCause::Consultation);
            Ok(switch.begin(existing.device, consulted, EventCause::Consultation, options))
        })
    }
}
