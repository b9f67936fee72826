//! From digits to a destination.

use std::ops::Bound;
use std::sync::Arc;

use super::{
    CallEventKind, CallId, ConnectionId, ConnectionState, DeviceId, EventCause, Forward, Party, Switch, Timer,
};
use crate::time::SimTime;

/// How digits fit the numbers of a switch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberFit {
    /// No number begins so.
    None,
    /// Some numbers begin so, and none is complete.
    Prefix,
    /// A number is complete, and no longer one begins so.
    Exact,
    /// A number is complete, and longer ones begin so.
    ExactOrLonger,
}

/// Whether a text can be dialled: digits, letters of DTMF, star, hash, and a leading plus.
pub(super) fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('+').unwrap_or(text);
    !digits.is_empty()
        && digits
            .bytes()
            .all(|c| c.is_ascii_digit() || matches!(c, b'*' | b'#' | b'A'..=b'D'))
}

impl Switch {
    /// How the digits that were dialled so far fit the numbers of the devices.
    pub fn fits(&self, digits: &str) -> NumberFit {
        match (self.fits_device(digits), self.fits_beyond(digits)) {
            (NumberFit::None, Some(beyond)) => beyond,
            (NumberFit::Exact, Some(_)) => NumberFit::ExactOrLonger,
            (NumberFit::None, None) if self.begins_prefix(digits) => NumberFit::Prefix,
            (NumberFit::Exact, None) if self.begins_prefix(digits) => NumberFit::ExactOrLonger,
            (fit, _) => fit,
        }
    }

    /// Whether the prefix of a trunk group begins with these digits.
    fn begins_prefix(&self, digits: &str) -> bool {
        let mut from = self
            .prefixes
            .range::<str, _>((Bound::Included(digits), Bound::Unbounded));
        from.next().is_some_and(|(prefix, _)| prefix.starts_with(digits))
    }

    pub(super) fn fits_device(&self, digits: &str) -> NumberFit {
        let complete = self.numbers.contains_key(digits);
        let mut longer = self
            .numbers
            .range::<str, _>((Bound::Excluded(digits), Bound::Unbounded));
        let more = longer
            .next()
            .is_some_and(|(number, _)| number.starts_with(digits));
        match (complete, more) {
            (true, false) => NumberFit::Exact,
            (true, true) => NumberFit::ExactOrLonger,
            (false, true) => NumberFit::Prefix,
            (false, false) => NumberFit::None,
        }
    }

    /// Who has this number: a device of ours, or somebody outside.
    pub(super) fn party_of(&self, number: &str) -> Party {
        match self.device(number) {
            Some(device) => Party::Device(device),
            None => Party::Number(number.into()),
        }
    }

    /// Whether a call to this number would find something at all.
    pub(super) fn is_routable(&self, number: &str) -> bool {
        self.device(number).is_some() || self.trunk_for(number).is_some()
    }

    /// The number is complete: the caller's connection is connected, and the call goes on its way.
    pub(super) fn originate(&mut self, connection: ConnectionId, number: &str) {
        let called = self.party_of(number);
        let Some(call) = self.calls.get_mut(&connection.call) else {
            return;
        };
        call.info.called = called;
        if let Some(device) = self.devices.get_mut(connection.device.index()) {
            device.last_number = Some(number.into());
        }
        call.complete_at = None;
        let cause = call.purpose.unwrap_or(EventCause::NewCall);
        self.enter(connection, ConnectionState::Connected);
        let device = connection.device;
        self.report(connection.call, cause, CallEventKind::Originated { device });
        self.route_to(connection.call, number, cause, None);
    }

    /// More digits of a call that is initiated. They go on their way once the number is complete.
    pub(super) fn more_digits(&mut self, connection: ConnectionId, digits: &str, complete: bool) {
        let timeout_at = self.now + self.limits.interdigit_timeout;
        let Some(call) = self.calls.get_mut(&connection.call) else {
            return;
        };
        call.dialled.push_str(digits);
        let number = call.dialled.clone();
        if complete || self.fits(&number) == NumberFit::Exact {
            return self.originate(connection, &number);
        }
        if let Some(call) = self.calls.get_mut(&connection.call) {
            call.complete_at = Some(timeout_at);
        }
        self.at(timeout_at, Timer::NumberComplete(connection.call));
    }

    /// No digit came for the interdigit timeout.
    pub(super) fn number_complete(&mut self, id: CallId, at: SimTime) {
        let Some(call) = self.calls.get(&id).filter(|call| call.complete_at == Some(at)) else {
            return;
        };
        let caller = call.connections.first().map(|c| c.device);
        let number = call.dialled.clone();
        if let Some(device) = caller {
            self.originate(ConnectionId::new(id, device), &number);
        }
    }

    /// Sends a call to a number. `from` is the device that sends it on; where there is none, the caller dialled.
    pub(super) fn route_to(&mut self, call: CallId, number: &str, cause: EventCause, from: Option<DeviceId>) {
        match self.device(number) {
            Some(device) => self.present(call, device, cause, from),
            None => match self.trunk_for(number) {
                Some((group, rest)) => self.go_out(call, group, rest, from),
                None => self.stuck(call, from, EventCause::DestNotObtainable),
            },
        }
    }

    /// A device sends the call on, or turns it away.
    pub(super) fn forward(&mut self, id: CallId, device: DeviceId, forward: &Forward, cause: EventCause) {
        if forward.to.is_empty() {
            return self.fail(id, device, EventCause::DoNotDisturb);
        }
        self.divert(id, device, &Arc::clone(&forward.to), cause);
    }

    /// A call leaves a device for another number. It fails at the device where it was sent on too often.
    pub(super) fn divert(&mut self, id: CallId, device: DeviceId, to: &str, cause: EventCause) {
        let limit = self.limits.diversions;
        let new_destination = self.party_of(to);
        let Some(call) = self.calls.get_mut(&id) else {
            return;
        };
        call.diversions = call.diversions.saturating_add(1);
        if call.diversions > limit {
            return self.fail(id, device, EventCause::DestNotObtainable);
        }
        call.info.last_redirection = Some(Party::Device(device));
        self.withdraw(ConnectionId::new(id, device));
        self.report(
            id,
            cause,
            CallEventKind::Diverted {
                device,
                new_destination,
            },
        );
        self.route_to(id, to, cause, Some(device));
    }
}
