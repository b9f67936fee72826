//! What a line is doing, in one word, for people who look at it.

use super::Exchange;
use super::switch::ConnectionState;

/// What a line is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// On-hook.
    Idle,
    /// On-hook and called.
    Ringing,
    /// Off-hook, in no call.
    OffHook,
    /// Off-hook; the call is not answered yet.
    Calling,
    /// In an answered call.
    InCall,
    /// Pulled out of its socket.
    Cut,
}

impl LineState {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            LineState::Idle => "idle",
            LineState::Ringing => "ringing",
            LineState::OffHook => "off-hook",
            LineState::Calling => "calling",
            LineState::InCall => "in-call",
            LineState::Cut => "cut",
        }
    }
}

impl Exchange {
    /// What a line is doing, and the other end of its call, where the call has reached one.
    pub fn line_state(&self, number: &str) -> Option<(LineState, Option<&str>)> {
        let line = self.lines.get(number)?;
        let engaged = self.engaged(number);
        let far = self.far_end(number);
        let state = match engaged {
            _ if line.is_cut => LineState::Cut,
            None if line.is_off_hook => LineState::OffHook,
            None => LineState::Idle,
            Some(_) if far.is_some() => LineState::InCall,
            Some(_) if line.is_off_hook => LineState::Calling,
            Some(_) => LineState::Ringing,
        };
        let other = || {
            let connection = engaged?;
            let states = self.switch.snapshot_call(connection.call)?;
            let (device, _) = states
                .into_iter()
                .find(|(device, state)| *device != connection.device && *state != ConnectionState::Null)?;
            Some(self.switch.number(device))
        };
        Some((state, far.or_else(other)))
    }
}
