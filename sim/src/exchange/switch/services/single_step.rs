//! Single Step Transfer, Single Step Conference, Join Call, Intrude Call.

use super::super::{
    CallId, ConnectionId, ConnectionState, DeviceId, EventCause, OperationError, Participation, Party,
    ServiceError, StateError, Switch, SystemResourceError,
};
use super::merge::{Merged, Parts};
use crate::time::SimTime;

impl Switch {
    /// Single Step Transfer: the device leaves the call, which goes on to another number.
    ///
    /// Errors: it is neither connected nor holds (`invalidActiveConnectionState`); the number is nobody's
    /// (`invalidDestination`), or cannot take the call now.
    pub fn single_step_transfer(
        &mut self,
        active: ConnectionId,
        to: &str,
        now: SimTime,
    ) -> Result<Merged, ServiceError> {
        self.serve(now, |switch| {
            switch.expect_active(active, &[ConnectionState::Connected, ConnectionState::Hold])?;
            switch.is_end(active)?;
            let goes_on = switch
                .others(active)
                .iter()
                .any(|(_, state)| matches!(state, ConnectionState::Connected | ConnectionState::Hold));
            if !goes_on {
                return Err(StateError::InvalidActiveConnectionState.into());
            }
            switch.check_destination(active.call, to)?;
            let merged = switch.merge(Parts {
                primary: active,
                secondary: None,
                device: active.device,
                stays: false,
                joins: false,
                to: switch.party_of(to),
                cause: EventCause::SingleStepTransfer,
            });
            switch.route_to(merged.call, to, EventCause::SingleStepTransfer, None);
            Ok(merged)
        })
    }

    /// Single Step Conference: another device is alerted in the call. A silent one hears and is not heard.
    pub fn single_step_conference(
        &mut self,
        active: ConnectionId,
        to: DeviceId,
        participation: Participation,
        now: SimTime,
    ) -> Result<Merged, ServiceError> {
        self.serve(now, |switch| {
            switch.expect_active(active, &[ConnectionState::Connected])?;
            let number = switch.number_arc(to).ok_or(OperationError::InvalidDestination)?;
            switch.room_for_member(active.call)?;
            switch.check_destination(active.call, &number)?;
            let merged = switch.merge(Parts {
                primary: active,
                secondary: None,
                device: active.device,
                stays: true,
                joins: false,
                to: Party::Device(to),
                cause: EventCause::SingleStepConference,
            });
            switch.present(
                merged.call,
                to,
                EventCause::SingleStepConference,
                Some(active.device),
            );
            switch.change(ConnectionId::new(merged.call, to), |c| {
                c.silent = participation != Participation::Active;
            });
            Ok(merged)
        })
    }

    /// Join Call: a device comes into a call of others, without being alerted.
    pub fn join_call(
        &mut self,
        active: ConnectionId,
        joining: DeviceId,
        participation: Participation,
        now: SimTime,
    ) -> Result<Merged, ServiceError> {
        self.serve(now, |switch| {
            switch.expect_active(active, &[ConnectionState::Connected])?;
            switch.can_connect(joining)?;
            switch.room_for_member(active.call)?;
            if switch.state(ConnectionId::new(active.call, joining)) != ConnectionState::Null {
                return Err(OperationError::NotDifferentDevices.into());
            }
            Ok(switch.come_in(active, joining, participation, EventCause::JoinCall))
        })
    }

    /// Intrude Call: a caller who found a device busy comes into the call that the device is busy with.
    ///
    /// Errors: nothing failed because a device was busy (`noCallToComplete`), or that device is connected no more.
    pub fn intrude_call(
        &mut self,
        intruding: ConnectionId,
        participation: Participation,
        now: SimTime,
    ) -> Result<Merged, ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                intruding,
                &[ConnectionState::Connected],
                StateError::InvalidConnectionState,
            )?;
            switch.is_end(intruding)?;
            let busy = switch.failed_device(intruding)?;
            let active = switch
                .connection_in(busy, ConnectionState::Connected)
                .ok_or(StateError::NoCallToComplete)?;
            switch.room_for_member(active.call)?;
            if switch.state(ConnectionId::new(active.call, intruding.device)) != ConnectionState::Null {
                return Err(OperationError::NotDifferentDevices.into());
            }
            switch.clear(intruding, EventCause::Intrude);
            Ok(switch.come_in(active, intruding.device, participation, EventCause::Intrude))
        })
    }

    /// A device becomes part of a call, connected at once.
    fn come_in(
        &mut self,
        active: ConnectionId,
        joining: DeviceId,
        participation: Participation,
        cause: EventCause,
    ) -> Merged {
        self.enter(
            ConnectionId::new(active.call, joining),
            ConnectionState::Connected,
        );
        let merged = self.merge(Parts {
            primary: active,
            secondary: None,
            device: joining,
            stays: true,
            joins: true,
            to: Party::Device(joining),
            cause,
        });
        self.change(ConnectionId::new(merged.call, joining), |c| {
            c.silent = participation != Participation::Active;
        });
        merged
    }

    /// The telephone at which a call failed because it was busy.
    pub(super) fn failed_device(&self, connection: ConnectionId) -> Result<DeviceId, ServiceError> {
        self.others(connection)
            .into_iter()
            .find(|(device, state)| {
                let known = self.devices.get(device.index());
                *state == ConnectionState::Fail && known.is_some_and(|d| d.is_telephone())
            })
            .map(|(device, _)| device)
            .ok_or_else(|| StateError::NoCallToComplete.into())
    }

    fn room_for_member(&self, call: CallId) -> Result<(), ServiceError> {
        let members = self.snapshot_call(call).map_or(0, |states| states.len());
        if members >= self.limits.conference_members {
            return Err(SystemResourceError::ConferenceMemberLimitExceeded.into());
        }
        Ok(())
    }
}
