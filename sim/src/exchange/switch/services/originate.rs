//! Services that begin a call: Make Call, Make Connection, Dial Digits, Make Predictive Call.

use super::super::{
    CallEventKind, CallOptions, ConnectionId, ConnectionState, DeviceId, DeviceKind, EventCause,
    OperationError, ServiceError, StateError, Switch, SystemResourceError, route,
};
use crate::time::SimTime;

impl Switch {
    /// Make Call: `calling` calls the number `called`. With an empty number the call stays initiated until
    /// [`Switch::dial_digits`]. A number that nobody has is not refused: the call fails, as one dialled by hand would.
    ///
    /// Errors: the device cannot call (`invalidCallingDeviceID`, `requestIncompatibleWithCallingDevice`), is in a call
    /// (`invalidCallingDeviceState`) or out of service; the number cannot be dialled (`invalidCalledDeviceID`); the
    /// switch is full (`resourceLimitExceeded`).
    pub fn make_call(
        &mut self,
        calling: DeviceId,
        called: &str,
        options: &CallOptions,
        now: SimTime,
    ) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| {
            if !called.is_empty() && !route::is_number(called) {
                return Err(OperationError::InvalidCalledDeviceId.into());
            }
            switch.can_call(calling)?;
            Ok(switch.begin(calling, called, EventCause::NewCall, options))
        })
    }

    /// Make Connection: `device` gets a connection that is initiated, and dials later. Errors as
    /// [`Switch::make_call`], but of a device instead of a calling device.
    pub fn make_connection(&mut self, device: DeviceId, now: SimTime) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| {
            switch.can_connect(device)?;
            Ok(switch.begin(device, "", EventCause::NewCall, &CallOptions::default()))
        })
    }

    /// Dial Digits: more digits of a call that is initiated. `complete` says that no digit will follow; without it the
    /// call goes on its way once the digits fit one number only, or none came for the interdigit timeout.
    pub fn dial_digits(
        &mut self,
        connection: ConnectionId,
        digits: &str,
        complete: bool,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(
                connection,
                &[ConnectionState::Initiated],
                StateError::InvalidConnectionState,
            )?;
            if switch.is_prompted(connection) {
                return Err(StateError::InvalidConnectionState.into());
            }
            if !digits.is_empty() && !route::is_number(digits) {
                return Err(OperationError::InvalidParameterValue.into());
            }
            if !digits.is_empty() {
                let kind = CallEventKind::DigitsDialed {
                    device: connection.device,
                    digits: digits.into(),
                };
                switch.report(connection.call, EventCause::Normal, kind);
            }
            switch.more_digits(connection, digits, complete);
            Ok(())
        })
    }

    /// Make Predictive Call: the number is called first, and `calling` only once it has answered. The connection that
    /// is given back is the one that `calling` will have.
    pub fn make_predictive_call(
        &mut self,
        calling: DeviceId,
        called: &str,
        options: &CallOptions,
        now: SimTime,
    ) -> Result<ConnectionId, ServiceError> {
        self.serve(now, |switch| {
            if !route::is_number(called) || !switch.is_routable(called) {
                return Err(OperationError::InvalidCalledDeviceId.into());
            }
            let known = switch.known(calling, OperationError::InvalidCallingDeviceId)?;
            if !known.is_telephone() && known.kind != DeviceKind::Group {
                return Err(OperationError::RequestIncompatibleWithCallingDevice.into());
            }
            if !known.in_service {
                return Err(SystemResourceError::CallingDeviceOutOfService.into());
            }
            switch.room_for_call()?;
            let id = switch.new_call(calling);
            switch.attach(id, options);
            let party = switch.party_of(called);
            if let Some(call) = switch.calls.get_mut(&id) {
                call.info.called = party;
                call.predictive = Some(calling);
            }
            switch.route_to(id, called, EventCause::MakePredictiveCall, None);
            Ok(ConnectionId::new(id, calling))
        })
    }

    /// Checks that a device may begin a call now.
    pub(in super::super) fn can_call(&self, device: DeviceId) -> Result<(), ServiceError> {
        let known = self.known(device, OperationError::InvalidCallingDeviceId)?;
        if !known.is_telephone() {
            return Err(OperationError::RequestIncompatibleWithCallingDevice.into());
        }
        if !known.in_service {
            return Err(SystemResourceError::CallingDeviceOutOfService.into());
        }
        let engaged = known.calls.iter().any(|id| {
            let state = self.state(ConnectionId::new(*id, device));
            match state {
                ConnectionState::Initiated | ConnectionState::Connected => true,
                ConnectionState::Alerting => !known.settings.call_waiting,
                ConnectionState::Fail => self.calls[id].info.calling == device.into(),
                _ => false,
            }
        });
        if engaged || self.occupied(device) >= known.settings.max_calls {
            return Err(StateError::InvalidCallingDeviceState.into());
        }
        self.room_for_call()
    }

    /// As [`Switch::can_call`], where the device of a request is not one that calls.
    pub(super) fn can_connect(&self, device: DeviceId) -> Result<(), ServiceError> {
        use SystemResourceError::{CallingDeviceOutOfService, DeviceOutOfService};
        self.can_call(device).map_err(|error| match error {
            ServiceError::Operation(OperationError::RequestIncompatibleWithCallingDevice) => {
                OperationError::RequestIncompatibleWithDevice.into()
            }
            ServiceError::StateIncompatibility(StateError::InvalidCallingDeviceState) => {
                StateError::InvalidDeviceState.into()
            }
            ServiceError::SystemResourceAvailability(CallingDeviceOutOfService) => DeviceOutOfService.into(),
            other => other,
        })
    }

    pub(in super::super) fn room_for_call(&self) -> Result<(), ServiceError> {
        if self.calls.len() >= self.limits.calls {
            return Err(SystemResourceError::ResourceLimitExceeded.into());
        }
        Ok(())
    }

    /// Makes the call of a device that may call.
    pub(in super::super) fn begin(
        &mut self,
        device: DeviceId,
        called: &str,
        purpose: EventCause,
        options: &CallOptions,
    ) -> ConnectionId {
        let id = self.new_call(device);
        let connection = ConnectionId::new(id, device);
        self.attach(id, options);
        let prompt = options.prompt && !called.is_empty();
        if let Some(call) = self.calls.get_mut(&id) {
            call.purpose = Some(purpose);
            call.prompted = prompt.then(|| called.into());
        }
        self.enter(connection, ConnectionState::Initiated);
        let cause = match (prompt, purpose) {
            (true, EventCause::NewCall) => EventCause::MakeCall,
            _ => purpose,
        };
        self.report(id, cause, CallEventKind::ServiceInitiated { device });
        if !prompt && !called.is_empty() {
            self.originate(connection, called);
        }
        connection
    }
}
