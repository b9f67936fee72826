//! Call associated services: Generate Digits, Generate Telephony Tones, Send User Information, Associate Data.

use std::sync::Arc;

use super::super::{
    CallEventKind, CallOptions, ConnectionId, ConnectionState, EventCause, OperationError, ServiceError,
    StateError, Switch, TelephonyTone,
};
use crate::time::SimTime;

const TALKING: &[ConnectionState] = &[ConnectionState::Connected];

impl Switch {
    /// Generate Digits: DTMF digits from the device to the others in the call; a comma is a pause.
    pub fn generate_digits(
        &mut self,
        connection: ConnectionId,
        digits: &str,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(connection, TALKING, StateError::InvalidConnectionState)?;
            let all_known = digits
                .bytes()
                .all(|c| c.is_ascii_digit() || matches!(c, b'*' | b'#' | b'A'..=b'D' | b','));
            if digits.is_empty() || !all_known {
                return Err(OperationError::ToneCharacterOutOfRange.into());
            }
            let kind = CallEventKind::DigitsGenerated {
                device: connection.device,
                digits: digits.into(),
            };
            switch.report(connection.call, EventCause::Normal, kind);
            Ok(())
        })
    }

    /// Generate Telephony Tones: a tone from the device to the others in the call.
    pub fn generate_telephony_tones(
        &mut self,
        connection: ConnectionId,
        tone: TelephonyTone,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            switch.expect(connection, TALKING, StateError::InvalidConnectionState)?;
            let device = connection.device;
            switch.report(
                connection.call,
                EventCause::Normal,
                CallEventKind::TelephonyTonesGenerated { device, tone },
            );
            Ok(())
        })
    }

    /// Send User Information: the others in the call see these user data with the next event.
    pub fn send_user_information(
        &mut self,
        connection: ConnectionId,
        user_data: &[u8],
        now: SimTime,
    ) -> Result<(), ServiceError> {
        let options = CallOptions {
            user_data: Some(Arc::from(user_data)),
            ..CallOptions::default()
        };
        self.associate(connection, &options, now)
    }

    /// Associate Data: correlator data and account of a call.
    pub fn associate_data(
        &mut self,
        connection: ConnectionId,
        correlator: Option<&[u8]>,
        account: Option<&str>,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        if correlator.is_none() && account.is_none() {
            return Err(OperationError::AtLeastOneConditionalParameterNotProvided.into());
        }
        let options = CallOptions {
            correlator: correlator.map(Arc::from),
            account: account.map(Arc::from),
            ..CallOptions::default()
        };
        self.associate(connection, &options, now)
    }

    fn associate(
        &mut self,
        connection: ConnectionId,
        options: &CallOptions,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let ConnectionId { call, device } = connection;
            let known = switch.calls.get(&call).ok_or(OperationError::InvalidCallId)?;
            if known.state(device) == ConnectionState::Null {
                return Err(OperationError::InvalidConnectionId.into());
            }
            switch.attach(call, options);
            switch.report(
                call,
                EventCause::Normal,
                CallEventKind::CallInformation { device },
            );
            Ok(())
        })
    }
}
