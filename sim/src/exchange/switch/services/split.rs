//! Split Call: a service of mobile networks (3GPP TS 22.084, private communication), which ECMA-269 has not. Its events are
//! those of a device that holds a call and of a new call beside it.

use super::super::{
    CallEventKind, CallId, ConnectionId, ConnectionState, DeviceId, EventCause, OperationError, ServiceError,
    StateError, Switch,
};
use crate::time::SimTime;

impl Switch {
    /// The device holds its conference and goes on with one of the others in a new call.
    ///
    /// Errors: it is not connected (`invalidActiveConnectionState`), or the other is not, or nobody else would be left
    /// in the conference (`invalidConnectionState`); either is no telephone.
    pub fn split_call(
        &mut self,
        conference: ConnectionId,
        other: DeviceId,
        now: SimTime,
    ) -> Result<CallId, ServiceError> {
        self.serve(now, |switch| {
            let leaving = ConnectionId::new(conference.call, other);
            let connected = &[ConnectionState::Connected];
            switch.expect(conference, connected, StateError::InvalidActiveConnectionState)?;
            switch.expect(leaving, connected, StateError::InvalidConnectionState)?;
            switch.is_end(conference)?;
            switch.is_end(leaving)?;
            if conference.device == other {
                return Err(OperationError::NotDifferentDevices.into());
            }
            if switch.others(conference).len() < 2 {
                return Err(StateError::InvalidConnectionState.into());
            }
            switch.hold(conference, EventCause::Normal);
            switch.drop_connection(leaving, conference.device, EventCause::Normal);
            let id = switch.new_call(conference.device);
            if let Some(call) = switch.calls.get_mut(&id) {
                call.info.called = other.into();
            }
            let device = conference.device;
            switch.enter(ConnectionId::new(id, device), ConnectionState::Connected);
            switch.report(id, EventCause::Normal, CallEventKind::Originated { device });
            switch.enter(ConnectionId::new(id, other), ConnectionState::Connected);
            switch.report(
                id,
                EventCause::Normal,
                CallEventKind::Established { device: other },
            );
            Ok(id)
        })
    }
}
