//! What verbs find at a switch: devices by number, their connections by state.

use std::fmt::Write;

use super::VerbError;
use crate::exchange::switch::{ConnectionId, ConnectionState, DeviceId, Switch};
use crate::time::SimTime;

/// The switch, and where somebody stands who does things at it.
pub(super) struct Desk<'a> {
    pub(super) switch: &'a mut Switch,
    pub(super) now: SimTime,
    /// What there is to show.
    pub(super) answer: String,
}

impl Desk<'_> {
    pub(super) fn device(&self, number: &str) -> Result<DeviceId, VerbError> {
        self.switch
            .device(number)
            .ok_or_else(|| VerbError::UnknownNumber {
                number: number.to_owned(),
            })
    }

    /// The oldest connection of a device in one of these states, the first state first.
    pub(super) fn at(
        &self,
        number: &str,
        states: &[ConnectionState],
        wanted: &'static str,
    ) -> Result<ConnectionId, VerbError> {
        let device = self.device(number)?;
        let mut found = states
            .iter()
            .filter_map(|state| self.switch.connection_in(device, *state));
        found.next().ok_or_else(|| VerbError::NoCall {
            number: number.to_owned(),
            wanted,
        })
    }

    pub(super) fn two(&self, number: &str) -> Result<(ConnectionId, ConnectionId), VerbError> {
        let held = self.at(number, &[ConnectionState::Hold], "held")?;
        Ok((held, self.at(number, &[ConnectionState::Connected], "connected")?))
    }

    pub(super) fn show(&mut self) {
        for (call, connections) in self.switch.snapshot().calls {
            let _ = write!(self.answer, "{call}:");
            for (device, state) in connections {
                let _ = write!(self.answer, " {} {state}", self.switch.number(device));
            }
            self.answer.push('\n');
        }
    }
}

/// Whether a word says on.
pub(super) fn switched(word: &str, form: &'static str) -> Result<bool, VerbError> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(VerbError::Usage { form }),
    }
}
