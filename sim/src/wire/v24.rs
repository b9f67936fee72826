//! The control circuits between a client and its modem (V.24), by the names that serial ports give them.

use std::fmt;

/// What the client (DTE) holds on. A client that has no such circuits is taken to hold both on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DteCircuits {
    /// Data terminal ready, circuit 108/2.
    pub dtr: bool,
    /// Ready for receiving, circuit 133; request to send (105) on the same pin.
    pub rts: bool,
}

impl DteCircuits {
    /// A client that is there and takes bytes.
    pub const READY: DteCircuits = DteCircuits { dtr: true, rts: true };
    /// No client.
    pub const OFF: DteCircuits = DteCircuits {
        dtr: false,
        rts: false,
    };
}

/// What the modem (DCE) holds on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DceCircuits {
    /// Ready for sending, circuit 106.
    pub cts: bool,
    /// Data set ready, circuit 107.
    pub dsr: bool,
    /// Calling indicator, circuit 125: on while a burst of ringing lasts.
    pub ri: bool,
    /// Data channel received line signal detector, circuit 109; Windows calls it RLSD.
    pub dcd: bool,
}

/// One side's circuits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Circuits {
    /// The client's.
    Dte(DteCircuits),
    /// The modem's.
    Dce(DceCircuits),
}

impl fmt::Display for Circuits {
    /// Each circuit with a sign: `+DTR -RTS`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |on| if on { '+' } else { '-' };
        match self {
            Circuits::Dte(DteCircuits { dtr, rts }) => write!(f, "{}DTR {}RTS", sign(*dtr), sign(*rts)),
            Circuits::Dce(DceCircuits { cts, dsr, ri, dcd }) => write!(
                f,
                "{}CTS {}DSR {}RI {}DCD",
                sign(*cts),
                sign(*dsr),
                sign(*ri),
                sign(*dcd)
            ),
        }
    }
}
