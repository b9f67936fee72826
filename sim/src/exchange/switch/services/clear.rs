//! Clear Connection and Clear Call.

use super::super::{
    CallId, ConnectionId, ConnectionState, EventCause, OperationError, ServiceError, StateError, Switch,
};
use crate::time::SimTime;

const CLEARABLE: &[ConnectionState] = &[
    ConnectionState::Initiated,
    ConnectionState::Alerting,
    ConnectionState::Connected,
    ConnectionState::Hold,
    ConnectionState::Queued,
    ConnectionState::Fail,
];

impl Switch {
    /// Clear Connection: the device leaves the call. The call ends with it where fewer than two ends are left.
    pub fn clear_connection(&mut self, connection: ConnectionId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(connection, CLEARABLE, StateError::NoConnectionToClear)?;
            let originator = switch
                .calls
                .get(&connection.call)
                .is_some_and(|call| call.info.calling == connection.device.into());
            let answered = switch.snapshot_call(connection.call).is_some_and(|states| {
                states.iter().any(|(device, state)| {
                    *device != connection.device && *state == ConnectionState::Connected
                })
            });
            let cause = if originator && !answered {
                EventCause::CallCancelled
            } else {
                EventCause::NormalClearing
            };
            switch.clear(connection, cause);
            Ok(())
        })
    }

    /// An alerted device refuses the call: the caller hears that it is busy.
    pub fn refuse_call(&mut self, connection: ConnectionId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                connection,
                &[ConnectionState::Alerting],
                StateError::InvalidConnectionState,
            )?;
            switch.fail(connection.call, connection.device, EventCause::Busy);
            Ok(())
        })
    }

    /// Clear Call: all devices leave the call.
    pub fn clear_call(&mut self, call: CallId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let known = switch.calls.get(&call).ok_or(OperationError::InvalidCallId)?;
            let first = known.connections.first().ok_or(StateError::NoCallToClear)?;
            let releasing = first.device;
            switch.end(call, releasing, EventCause::NormalClearing);
            Ok(())
        })
    }
}
