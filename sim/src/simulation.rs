//! The simulated world without its ports: an exchange and the modems on its lines, driven by bytes and time.

use crate::exchange::{CallerId, ExchangeEvent, StationBehaviour};

/// One modem of a simulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModemId(pub(crate) usize);

/// A step on the far side of the modems: what a person at a telephone, or a lineman, does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are numbers of lines and what the variant says"
)]
pub enum SimCommand {
    /// Sets what a station does when it is called; makes the station where the number is new.
    SetStation {
        number: String,
        behaviour: StationBehaviour,
    },
    /// Gives a line dial tone or takes it away. Giving it also mends a line that was cut.
    SetDialTone { number: String, present: bool },
    /// A station (made if unknown) calls; without `caller_id` the exchange sends none.
    Call {
        from: String,
        to: String,
        caller_id: Option<CallerId>,
    },
    /// A ringing station answers.
    Answer { number: String },
    /// A station hangs up.
    HangUp { number: String },
    /// A station sends bytes to the other end.
    Send { number: String, bytes: Vec<u8> },
    /// A line, a modem's or a station's, is pulled out of its socket.
    Cut { number: String },
}

/// Why a [`SimCommand`] could not be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs, reason = "the fields are numbers of lines")]
pub enum SimError {
    /// Nobody has the number.
    #[error("no line has the number {number}: add a station or a modem with it first")]
    UnknownNumber { number: String },
    /// The step needs a station, and a modem has the number.
    #[error("{number} is a modem's line: drive it through its port, or use a station's number")]
    NotAStation { number: String },
    /// Another line has the number already.
    #[error("the number {number} is taken: give every line a number of its own")]
    NumberTaken { number: String },
    /// The station is in a call, or off-hook, and cannot call.
    #[error("{number} is in use: hang it up before it calls")]
    InUse { number: String },
    /// The station does not ring.
    #[error("{number} does not ring, so it cannot answer")]
    NotRinging { number: String },
    /// The line is in no call.
    #[error("{number} is in no call")]
    NoCall { number: String },
    /// The call is not answered yet.
    #[error("the call of {number} is not answered yet, so it carries no data")]
    NotAnswered { number: String },
    /// The line is pulled.
    #[error("the line of {number} is pulled: give it dial tone again to mend it")]
    LineCut { number: String },
    /// The driver has ended.
    #[error("the simulation is not running any more")]
    Ended,
}

/// What a simulation reports, in the order in which it happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SimEvent {
    /// Bytes crossed a modem's port, coalesced per handling step.
    Wire {
        /// The number of the modem's line.
        number: String,
        /// True for bytes from the client to the modem.
        to_device: bool,
        /// The bytes, never empty.
        bytes: Vec<u8>,
    },
    /// Something happened at the exchange.
    Exchange(ExchangeEvent),
}
