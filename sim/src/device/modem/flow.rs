//! Flow control between modem and client: `&K` (Hayes) and `+IFC` (V.250 6.2.12) are two names for one setting.

use super::Modem;

/// `&K` for the first value of `+IFC`, which says how the client stops the modem.
pub(super) fn of_ifc(by_client: u32) -> u32 {
    match by_client {
        0 => 0,
        1 => 4,
        // XON and XOFF go on to the far end too.
        3 => 5,
        _ => 3,
    }
}

/// `+IFC` for a value of `&K`.
pub(super) fn of_k(value: u32) -> &'static str {
    match value {
        0..=2 => "0,0",
        4 => "1,1",
        5 => "3,1",
        _ => "2,2",
    }
}

impl Modem {
    /// Whether the modem holds its bytes back while the client's RTS is off.
    pub fn heeds_rts(&self) -> bool {
        matches!(self.settings.get("&K"), 3 | 6)
    }

    /// Whether the client has stopped the modem by XOFF.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// The octet that stops the client, or lets it go on, where the modem does that by octets and not by CTS.
    pub fn stops_client_by(&self, stops: bool) -> Option<u8> {
        let by_octets = matches!(self.settings.get("&K"), 4..=6);
        by_octets.then(|| self.settings.register(if stops { 33 } else { 32 }))
    }

    /// Data from the client without the octets that stop the modem, or let it go on.
    pub(super) fn heed_octets(&mut self, bytes: &[u8]) -> Vec<u8> {
        let level = self.settings.get("&K");
        if !matches!(level, 4..=6) {
            self.is_stopped = false;
            return bytes.to_vec();
        }
        let (xon, xoff) = (self.settings.register(32), self.settings.register(33));
        let mut kept = Vec::with_capacity(bytes.len());
        for byte in bytes {
            let controls = *byte == xon || *byte == xoff;
            if controls {
                self.is_stopped = *byte == xoff;
            }
            if !controls || level == 5 {
                kept.push(*byte);
            }
        }
        kept
    }
}
