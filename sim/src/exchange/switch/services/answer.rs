//! Answer Call and Accept Call.

use super::super::{
    CallEventKind, ConnectionId, ConnectionState, DeviceId, EventCause, ServiceError, StateError, Switch,
};
use crate::time::SimTime;

impl Switch {
    /// Answer Call: the device that is alerted joins the call; a device that was prompted goes off-hook, and its call
    /// goes on its way.
    ///
    /// Errors: the connection does not alert (`noCallToAnswer`); the device is connected elsewhere, and the switch
    /// holds nothing by itself (`connectedCallExists`).
    pub fn answer_call(&mut self, connection: ConnectionId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                connection,
                &[ConnectionState::Alerting, ConnectionState::Initiated],
                StateError::NoCallToAnswer,
            )?;
            if switch.state(connection) == ConnectionState::Initiated {
                if !switch.is_prompted(connection) {
                    return Err(StateError::NoCallToAnswer.into());
                }
                switch.make_room(connection)?;
                switch.go_off_hook(connection);
            } else {
                switch.make_room(connection)?;
                switch.establish(connection, EventCause::NewCall);
            }
            Ok(())
        })
    }

    /// Accept Call: a device that a call is offered to takes it, and is alerted from now on.
    ///
    /// Errors: nothing is offered there (`invalidConnectionState`).
    pub fn accept_call(&mut self, connection: ConnectionId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let known = switch.expect(
                connection,
                &[ConnectionState::Alerting],
                StateError::InvalidConnectionState,
            )?;
            if !known.offered {
                return Err(StateError::InvalidConnectionState.into());
            }
            let ConnectionId { call, device } = connection;
            switch.change(connection, |c| c.offered = false);
            switch.report(call, EventCause::NewCall, CallEventKind::Delivered { device });
            if switch.settings(device).is_some_and(|s| s.auto_answer) {
                switch.establish(connection, EventCause::NewCall);
            } else {
                switch.arm(connection);
            }
            Ok(())
        })
    }

    pub(in super::super) fn is_prompted(&self, connection: ConnectionId) -> bool {
        let call = self.calls.get(&connection.call);
        call.is_some_and(|call| call.prompted.is_some())
    }

    /// A device that was prompted goes off-hook: its call goes on its way.
    pub(in super::super) fn go_off_hook(&mut self, connection: ConnectionId) {
        let call = self.calls.get_mut(&connection.call);
        if let Some(number) = call.and_then(|call| call.prompted.take()) {
            self.originate(connection, &number);
        }
    }

    /// Puts the call that the device is connected to on hold, so that it can be connected to another one. What it has
    /// begun to dial elsewhere is cleared.
    pub(in super::super) fn make_room(&mut self, connection: ConnectionId) -> Result<(), ServiceError> {
        let others = self.others_in(connection, ConnectionState::Connected);
        if !others.is_empty() && !self.limits.auto_hold {
            return Err(StateError::ConnectedCallExists.into());
        }
        for other in others {
            self.hold(other, EventCause::NewCall);
        }
        for other in self.others_in(connection, ConnectionState::Initiated) {
            self.clear(other, EventCause::CallCancelled);
        }
        Ok(())
    }

    /// Other connections of the same device in this state.
    pub(super) fn others_in(&self, connection: ConnectionId, state: ConnectionState) -> Vec<ConnectionId> {
        let device: DeviceId = connection.device;
        self.snapshot_device(device)
            .into_iter()
            .filter(|other| *other != connection && self.state(*other) == state)
            .collect()
    }
}
