//! Telephones of the switch, played as stations are: they call, answer, hang up, and have scripts.

use super::switch::{
    CallOptions, ConnectionId, ConnectionState, DeviceId, DeviceKind, Script, ServiceError, Switch,
};
use super::{CallerId, Exchange, StationBehaviour};
use crate::simulation::SimError;
use crate::time::SimTime;

impl Exchange {
    /// The telephone of the switch with this number, where it is no line's.
    pub(super) fn telephone(&self, number: &str) -> Option<DeviceId> {
        let device = self.switch.device(number)?;
        (self.switch.kind(device) == Some(DeviceKind::Station)).then_some(device)
    }

    fn asked<T>(
        &mut self,
        number: &str,
        service: impl FnOnce(&mut Switch) -> Result<T, ServiceError>,
    ) -> Result<(), SimError> {
        let done = self.serve(service).map(drop);
        done.map_err(|error| SimError::Refused {
            number: number.to_owned(),
            error,
        })
    }

    pub(super) fn set_telephone(
        &mut self,
        device: DeviceId,
        number: &str,
        behaviour: StationBehaviour,
    ) -> Result<(), SimError> {
        let script = match behaviour {
            StationBehaviour::AnswersAfter(after) => Some(Script::AnswersAfter(after)),
            StationBehaviour::Busy => Some(Script::Busy),
            StationBehaviour::NeverAnswers => None,
        };
        self.asked(number, |switch| switch.set_script(device, script))
    }

    /// A telephone calls. What it shows is its own number; a name becomes its own.
    pub(super) fn telephone_calls(
        &mut self,
        device: DeviceId,
        number: &str,
        to: &str,
        caller_id: Option<&CallerId>,
        now: SimTime,
    ) -> Result<(), SimError> {
        if let Some(name) = caller_id.and_then(|id| id.name.as_deref()) {
            self.asked(number, |switch| switch.set_name(device, name))?;
        }
        let options = CallOptions::default();
        self.asked(number, |switch| switch.make_call(device, to, &options, now))
    }

    pub(super) fn telephone_answers(
        &mut self,
        device: DeviceId,
        number: &str,
        now: SimTime,
    ) -> Result<(), SimError> {
        let ringing = self.switch.connection_in(device, ConnectionState::Alerting);
        let ringing = ringing.ok_or_else(|| SimError::NotRinging {
            number: number.to_owned(),
        })?;
        self.asked(number, |switch| switch.answer_call(ringing, now))
    }

    /// A telephone leaves the call that it is connected to, or else its oldest.
    pub(super) fn telephone_hangs_up(
        &mut self,
        device: DeviceId,
        number: &str,
        now: SimTime,
    ) -> Result<(), SimError> {
        let connected = self.switch.connection_in(device, ConnectionState::Connected);
        let any = self.switch.snapshot_device(device).first().copied();
        let connection = self.some_call(number, connected.or(any))?;
        self.asked(number, |switch| switch.clear_connection(connection, now))
    }

    pub(super) fn telephone_sends_digits(
        &mut self,
        device: DeviceId,
        number: &str,
        digits: &str,
        now: SimTime,
    ) -> Result<(), SimError> {
        let connected = self.switch.connection_in(device, ConnectionState::Connected);
        let connection = self.some_call(number, connected)?;
        self.asked(number, |switch| switch.generate_digits(connection, digits, now))
    }

    fn some_call(&self, number: &str, found: Option<ConnectionId>) -> Result<ConnectionId, SimError> {
        found.ok_or_else(|| SimError::NoCall {
            number: number.to_owned(),
        })
    }
}
