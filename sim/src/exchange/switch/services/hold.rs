//! Hold Call, Retrieve Call, Alternate Call, Reconnect Call.

use super::super::{
    CallEventKind, ConnectionId, ConnectionState, EventCause, OperationError, ServiceError, StateError,
    Switch,
};
use crate::time::SimTime;

impl Switch {
    /// Hold Call: the device holds the call that it is connected to.
    pub fn hold_call(&mut self, connection: ConnectionId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                connection,
                &[ConnectionState::Connected],
                StateError::InvalidConnectionState,
            )?;
            switch.is_end(connection)?;
            switch.hold(connection, EventCause::Normal);
            Ok(())
        })
    }

    /// Retrieve Call: the device comes back to the call that it holds.
    ///
    /// Errors: it does not hold it (`invalidHeldConnectionState`); it is connected elsewhere, and the switch holds
    /// nothing by itself (`connectedCallExists`).
    pub fn retrieve_call(&mut self, connection: ConnectionId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                connection,
                &[ConnectionState::Hold],
                StateError::InvalidHeldConnectionState,
            )?;
            switch.make_room(connection)?;
            switch.retrieve(connection, EventCause::Normal);
            Ok(())
        })
    }

    /// Alternate Call: the device swaps the call that it holds and the one that it is connected to.
    pub fn alternate_call(
        &mut self,
        held: ConnectionId,
        active: ConnectionId,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.held_and_active(held, active)?;
            switch.hold(active, EventCause::Alternate);
            switch.retrieve(held, EventCause::Alternate);
            Ok(())
        })
    }

    /// Reconnect Call: the device leaves the call that it is connected to, and comes back to the one that it holds.
    pub fn reconnect_call(
        &mut self,
        active: ConnectionId,
        held: ConnectionId,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let states = &[
                ConnectionState::Connected,
                ConnectionState::Initiated,
                ConnectionState::Fail,
            ];
            switch.same_device(held, active)?;
            switch.expect_active(active, states)?;
            switch.expect_held(held)?;
            let connected = switch.others_in(held, ConnectionState::Connected);
            if connected.iter().any(|other| *other != active) {
                return Err(StateError::ConnectedCallExists.into());
            }
            switch.clear(active, EventCause::NormalClearing);
            switch.retrieve(held, EventCause::Normal);
            Ok(())
        })
    }

    pub(in super::super) fn hold(&mut self, connection: ConnectionId, cause: EventCause) {
        let ConnectionId { call, device } = connection;
        self.enter(connection, ConnectionState::Hold);
        self.report(call, cause, CallEventKind::Held { device });
    }

    fn retrieve(&mut self, connection: ConnectionId, cause: EventCause) {
        let ConnectionId { call, device } = connection;
        self.enter(connection, ConnectionState::Connected);
        self.report(call, cause, CallEventKind::Retrieved { device });
    }

    /// Checks two connections of one device: the one held, the other connected.
    pub(super) fn held_and_active(
        &self,
        held: ConnectionId,
        active: ConnectionId,
    ) -> Result<(), ServiceError> {
        self.same_device(held, active)?;
        self.expect_held(held)?;
        self.expect_active(active, &[ConnectionState::Connected])
    }

    /// Checks the connection that a request calls the held one.
    fn expect_held(&self, held: ConnectionId) -> Result<(), ServiceError> {
        let error = StateError::InvalidHeldConnectionState;
        match self.expect(held, &[ConnectionState::Hold], error) {
            Ok(_) => Ok(()),
            Err(ServiceError::Operation(OperationError::InvalidCallId)) => {
                Err(OperationError::InvalidHeldCallId.into())
            }
            Err(ServiceError::Operation(OperationError::InvalidConnectionId)) => {
                Err(OperationError::InvalidHeldConnectionId.into())
            }
            Err(error) => Err(error),
        }
    }

    /// Checks the connection that a request calls the active one.
    pub(super) fn expect_active(
        &self,
        active: ConnectionId,
        states: &[ConnectionState],
    ) -> Result<(), ServiceError> {
        let error = StateError::InvalidActiveConnectionState;
        match self.expect(active, states, error) {
            Ok(_) => Ok(()),
            Err(ServiceError::Operation(OperationError::InvalidCallId)) => {
                Err(OperationError::InvalidActiveCallId.into())
            }
            Err(ServiceError::Operation(OperationError::InvalidConnectionId)) => {
                Err(OperationError::InvalidActiveConnectionId.into())
            }
            Err(error) => Err(error),
        }
    }

    fn same_device(&self, held: ConnectionId, active: ConnectionId) -> Result<(), ServiceError> {
        if held.device != active.device {
            return Err(OperationError::NotSameDevice.into());
        }
        if held.call == active.call {
            return Err(OperationError::InvalidActiveCallId.into());
        }
        Ok(())
    }
}
