//! What is asked of a simulation while it runs.

use super::{ModemId, Simulation};
use crate::exchange::LineState;

impl Simulation {
    /// What a line is doing, in words, and the number at the other end of its call, where it has reached one.
    pub fn line_state(&self, number: &str) -> Option<(LineState, Option<&str>)> {
        self.exchange.line_state(number)
    }

    /// Whether a modem has power.
    pub fn has_power(&self, id: ModemId) -> bool {
        self.ends[id.0].outlet.has_power()
    }

    /// Whether a modem's client has asked it to tell who calls.
    pub fn tells_callers(&self, id: ModemId) -> bool {
        self.ends[id.0].modem.tells_callers()
    }

    /// Whether a modem holds its bytes back while the client's RTS is off.
    pub fn heeds_rts(&self, id: ModemId) -> bool {
        self.ends[id.0].modem.heeds_rts()
    }

    /// Whether a modem's client has stopped it by XOFF.
    pub fn is_stopped(&self, id: ModemId) -> bool {
        self.ends[id.0].modem.is_stopped()
    }

    /// What a modem sends to stop its client, or to let it go on, where it does not do that by CTS.
    pub fn stops_client_by(&self, id: ModemId, stops: bool) -> Option<u8> {
        self.ends[id.0].modem.stops_client_by(stops)
    }

    /// The modem at the other end of the answered call that this one is in.
    pub fn far_modem(&self, id: ModemId) -> Option<ModemId> {
        self.by_number
            .get(self.exchange.far_end(&self.ends[id.0].number)?)
            .copied()
    }

    /// Bytes that a modem keeps for its client, which is in command state during a call.
    pub fn held_bytes(&self, id: ModemId) -> usize {
        self.ends[id.0].modem.held_bytes()
    }
}
