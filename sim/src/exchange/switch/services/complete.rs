//! Completing a call that found a device busy or not answering: Camp On Call, Call Back, Call Back Message.

use super::super::device::Waiting;
use super::super::{
    CallEventKind, CallOptions, ConnectionId, ConnectionState, DeviceEventKind, DeviceId, EventCause,
    OperationError, ServiceError, StateError, Switch,
};
use crate::time::SimTime;

impl Switch {
    /// Camp On Call: a call that found a device busy waits there until it is free. Gives the connection that waits.
    ///
    /// Errors: nothing failed because a device was busy (`noCallToComplete`).
    pub fn camp_on_call(
        &mut self,
        connection: ConnectionId,
        now: SimTime,
    ) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                connection,
                &[ConnectionState::Connected],
                StateError::InvalidConnectionState,
            )?;
            let device = switch.failed_device(connection)?;
            let waiting = ConnectionId::new(connection.call, device);
            let known = switch.known_mut(device)?;
            let in_front = u32::try_from(known.waiting.len()).unwrap_or(u32::MAX);
            known.waiting.push_back(Waiting::CampOn(waiting));
            switch.enter(waiting, ConnectionState::Queued);
            let kind = CallEventKind::Queued {
                device,
                number_queued: in_front.saturating_add(1),
                calls_in_front: in_front,
            };
            switch.report(connection.call, EventCause::CampOn, kind);
            Ok(waiting)
        })
    }

    /// Call Back (call related): the caller gives up now, and is prompted to call again once both devices are free;
    /// after a call that was not answered, once the called device has been used.
    ///
    /// Errors: the call neither failed at a device nor alerts one (`noCallToComplete`); it is booked already
    /// (`featureAlreadySet`).
    pub fn call_back(&mut self, connection: ConnectionId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                connection,
                &[ConnectionState::Connected],
                StateError::InvalidConnectionState,
            )?;
            let (target, state) = switch
                .others(connection)
                .into_iter()
                .find(|(_, state)| matches!(state, ConnectionState::Fail | ConnectionState::Alerting))
                .ok_or(StateError::NoCallToComplete)?;
            switch.book_call_back(connection.device, target)?;
            let booked = switch.known_mut(target)?.waiting.pop_back();
            switch.clear(connection, EventCause::CallBack);
            if state == ConnectionState::Alerting {
                switch.settle();
            }
            switch.known_mut(target)?.waiting.extend(booked);
            Ok(())
        })
    }

    /// Call Back (not call related): `caller` is prompted to call `target` once both are free.
    pub fn call_back_device(
        &mut self,
        caller: DeviceId,
        target: DeviceId,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.book_call_back(caller, target)?;
            switch.touch(target);
            Ok(())
        })
    }

    /// Cancel Call Back: of one target, or of all.
    pub fn cancel_call_back(
        &mut self,
        caller: DeviceId,
        target: Option<DeviceId>,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.known(caller, OperationError::InvalidDeviceId)?;
            let targets: Vec<DeviceId> = switch
                .call_backs
                .range((caller, DeviceId(0))..=(caller, DeviceId(u32::MAX)))
                .map(|(_, booked)| *booked)
                .filter(|booked| target.is_none_or(|target| target == *booked))
                .collect();
            if targets.is_empty() {
                return Err(StateError::NoCallToComplete.into());
            }
            for target in targets {
                switch.end_call_back(caller, target);
            }
            Ok(())
        })
    }

    /// The devices that a device has booked call backs from.
    pub fn call_backs(&self, caller: DeviceId) -> Vec<DeviceId> {
        self.call_backs
            .range((caller, DeviceId(0))..=(caller, DeviceId(u32::MAX)))
            .map(|(_, target)| *target)
            .collect()
    }

    /// Call Back Message (call related): the caller leaves a message at whom it did not reach. Gives the device that has it.
    ///
    /// Errors: the call is answered, or has no other end (`noCallToComplete`).
    pub fn call_back_message_in(
        &mut self,
        connection: ConnectionId,
        now: SimTime,
    ) -> Result<DeviceId, ServiceError> {
        self.expect(
            connection,
            &[ConnectionState::Connected],
            StateError::InvalidConnectionState,
        )?;
        let unreached = |state| {
            use ConnectionState::{Alerting, Fail, Queued};
            matches!(state, Alerting | Fail | Queued)
        };
        let others = self.others(connection);
        let found = others.into_iter().find(|(_, state)| unreached(*state));
        let (target, _) = found.ok_or(StateError::NoCallToComplete)?;
        self.call_back_message(connection.device, target, now)?;
        Ok(target)
    }

    /// Call Back Message (not call related): `caller` leaves a message at `target` to call back; the target's message waiting goes on.
    pub fn call_back_message(
        &mut self,
        caller: DeviceId,
        target: DeviceId,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let known = switch.known(caller, OperationError::InvalidCallingDeviceId)?;
            if !known.is_telephone() {
                return Err(OperationError::RequestIncompatibleWithCallingDevice.into());
            }
            let known = switch.known(target, OperationError::InvalidCalledDeviceId)?;
            if !known.is_telephone() {
                return Err(OperationError::RequestIncompatibleWithCalledDevice.into());
            }
            if caller == target {
                return Err(OperationError::NotDifferentDevices.into());
            }
            switch.report_device(caller, DeviceEventKind::CallBackMessage { target, on: true });
            switch.message_waits(target, true);
            Ok(())
        })
    }

    /// Cancel Call Back Message: `caller` takes back what it left at `target`, whose message waiting goes off.
    pub fn cancel_call_back_message(
        &mut self,
        caller: DeviceId,
        target: DeviceId,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.known(caller, OperationError::InvalidCallingDeviceId)?;
            switch.known(target, OperationError::InvalidCalledDeviceId)?;
            if !switch.message_waiting(target) {
                return Err(StateError::NoCallToComplete.into());
            }
            switch.report_device(caller, DeviceEventKind::CallBackMessage { target, on: false });
            switch.message_waits(target, false);
            Ok(())
        })
    }

    fn book_call_back(&mut self, caller: DeviceId, target: DeviceId) -> Result<(), ServiceError> {
        let known = self.known(caller, OperationError::InvalidCallingDeviceId)?;
        if !known.is_telephone() {
            return Err(OperationError::RequestIncompatibleWithCallingDevice.into());
        }
        let known = self.known(target, OperationError::InvalidCalledDeviceId)?;
        if !known.is_telephone() {
            return Err(OperationError::RequestIncompatibleWithCalledDevice.into());
        }
        if caller == target {
            return Err(OperationError::NotDifferentDevices.into());
        }
        if !self.call_backs.insert((caller, target)) {
            return Err(OperationError::FeatureAlreadySet.into());
        }
        self.known_mut(target)?
            .waiting
            .push_back(Waiting::CallBack { caller, target });
        self.report_device(caller, DeviceEventKind::CallBack { target, on: true });
        Ok(())
    }

    fn end_call_back(&mut self, caller: DeviceId, target: DeviceId) {
        self.call_backs.remove(&(caller, target));
        self.report_device(caller, DeviceEventKind::CallBack { target, on: false });
    }

    /// One of the two devices of a call back has become free.
    pub(in super::super) fn call_back_due(&mut self, caller: DeviceId, target: DeviceId) {
        if !self.call_backs.contains(&(caller, target)) {
            return;
        }
        for device in [target, caller] {
            if self.is_busy(device) {
                if let Ok(known) = self.known_mut(device) {
                    known.waiting.push_back(Waiting::CallBack { caller, target });
                }
                return;
            }
        }
        self.end_call_back(caller, target);
        let Some(number) = self.number_arc(target) else {
            return;
        };
        if self.can_call(caller).is_err() {
            return;
        }
        let options = CallOptions {
            prompt: true,
            ..CallOptions::default()
        };
        let connection = self.begin(caller, &number, EventCause::CallBack, &options);
        self.arm(connection);
    }
}
