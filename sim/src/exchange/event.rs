//! What the exchange reports: every step of every call, in plain words.

use std::fmt;

use super::{CallId, CallerId, Sound};

/// One thing that happened at the exchange. `number` is always the line that it happened on.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are named alike throughout: a call, and the numbers of its lines"
)]
pub enum ExchangeEvent {
    /// A line was taken off-hook.
    OffHook { number: String },
    /// A line was put on-hook.
    OnHook { number: String },
    /// An off-hook line hears dial tone.
    DialTone { number: String },
    /// A line went off-hook and will hear no dial tone.
    NoDialTone { number: String },
    /// Some digits came, and more are to come.
    Dialling {
        call: CallId,
        from: String,
        digits: String,
    },
    /// The number is complete, and the call is on its way.
    Dialled {
        call: CallId,
        from: String,
        digits: String,
    },
    /// The called line began to ring.
    Ringing {
        call: CallId,
        number: String,
        caller_id: Option<CallerId>,
    },
    /// One ring burst began.
    Ring { call: CallId, number: String },
    /// Caller id was sent, between the first and the second burst.
    CallerIdSent { call: CallId, number: String },
    /// The called line answered.
    Answered { call: CallId, number: String },
    /// The caller, `number`, hears busy tone, because `to` is busy.
    BusyTone {
        call: CallId,
        number: String,
        to: String,
    },
    /// The caller, `number`, hears that nobody has the number `to`.
    Unobtainable {
        call: CallId,
        number: String,
        to: String,
    },
    /// The call goes on from `number` to another number.
    Forwarded {
        call: CallId,
        number: String,
        to: String,
    },
    /// Bytes went from `from` to the other end.
    Data {
        call: CallId,
        from: String,
        bytes: Vec<u8>,
    },
    /// DTMF digits went from `from` to the other end, in band.
    Digits {
        call: CallId,
        from: String,
        digits: String,
    },
    /// Another sound went from `from` to the other end, in band.
    Sound {
        call: CallId,
        from: String,
        sound: Sound,
    },
    /// The line has made one call of its two, with all their far ends.
    Conferenced { call: CallId, number: String },
    /// The line has left its two calls, whose far ends go on with each other.
    Transferred { call: CallId, number: String },
    /// The line goes on with one end of its conference, `with`, alone.
    Split {
        call: CallId,
        number: String,
        with: String,
    },
    /// This end hung up.
    HungUp { call: CallId, number: String },
    /// The call is over.
    Ended { call: CallId },
    /// The line was pulled out of its socket.
    Cut { number: String },
}

impl fmt::Display for ExchangeEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ExchangeEvent::*;
        match self {
            OffHook { number } => write!(f, "{number} goes off-hook"),
            OnHook { number } => write!(f, "{number} goes on-hook"),
            DialTone { number } => write!(f, "{number} hears dial tone"),
            NoDialTone { number } => write!(f, "{number} hears no dial tone"),
            Dialling { call, from, digits } => write!(f, "{call}: {from} dials {digits}, more to come"),
            Dialled { call, from, digits } => write!(f, "{call}: {from} dials {digits}"),
            Ringing {
                call,
                number,
                caller_id: None,
            } => write!(f, "{call}: {number} is called"),
            Ringing {
                call,
                number,
                caller_id: Some(caller),
            } => {
                let from = caller.number.as_deref().unwrap_or("a withheld number");
                match &caller.name {
                    Some(name) => write!(f, "{call}: {number} is called by {from} ({name})"),
                    None => write!(f, "{call}: {number} is called by {from}"),
                }
            }
            Ring { call, number } => write!(f, "{call}: {number} rings"),
            CallerIdSent { call, number } => write!(f, "{call}: {number} is sent caller id"),
            Answered { call, number } => write!(f, "{call}: {number} answers"),
            BusyTone { call, number, to } => write!(f, "{call}: {number} hears busy tone, {to} is busy"),
            Unobtainable { call, number, to } => {
                write!(f, "{call}: {number} hears that {to} is unobtainable")
            }
            Forwarded { call, number, to } => write!(f, "{call}: {number} forwards it to {to}"),
            Data { call, from, bytes } => {
                write!(
                    f,
                    "{call}: {from} sends {} byte{}",
                    bytes.len(),
                    if bytes.len() == 1 { "" } else { "s" }
                )
            }
            Digits { call, from, digits } => write!(f, "{call}: {from} sends digits {digits}"),
            Sound { call, from, sound } => write!(f, "{call}: {from} sends {sound}"),
            Conferenced { call, number } => write!(f, "{call}: {number} makes a conference of its calls"),
            Transferred { call, number } => write!(f, "{call}: {number} connects its calls and leaves"),
            Split { call, number, with } => write!(f, "{call}: {number} goes on with {with} alone"),
            HungUp { call, number } => write!(f, "{call}: {number} hangs up"),
            Ended { call } => write!(f, "{call}: ended"),
            Cut { number } => write!(f, "the line of {number} is pulled"),
        }
    }
}
