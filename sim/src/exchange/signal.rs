//! What devices hear on their lines.

use std::time::Duration;

use super::config::{CallerId, WallClock};
use super::notice::Notice;
use super::sound::{RingPattern, Sound};

/// What a line carries to the device that is plugged into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LineSignal {
    /// Dial tone began.
    DialTone,
    /// How the ring that begins with the next signal rings.
    RingPattern(RingPattern),
    /// One ring burst began.
    Ring,
    /// The caller gave up, or somebody else took the call: no current flows any more.
    RingingEnds,
    /// Caller id, between the first and the second burst.
    CallerId {
        /// Who calls.
        caller: CallerId,
        /// The exchange's clock at that moment.
        clock: WallClock,
    },
    /// Another call waits for the line, which is in one.
    CallWaiting {
        /// Who calls, where the exchange knows.
        caller: Option<CallerId>,
        /// The exchange's clock at that moment.
        clock: WallClock,
    },
    /// The waiting call is gone.
    WaitingGone,
    /// The call on hold is gone.
    HeldGone,
    /// The line's calls are one now, with these numbers at their far ends: those that were held first.
    Conference(Vec<String>),
    /// A far end has left the conference that the line made; it goes on.
    PartyGone(String),
    /// The far end rings; the caller hears ringing tone from now on: so long a tone, so long a silence, until the call is
    /// answered or over.
    Ringback {
        /// One ring, its inner silences included.
        tone: Duration,
        /// The silence after it.
        silence: Duration,
    },
    /// The network says what a service has done to the call.
    Notice(Notice),
    /// The call is through; both ends hear each other.
    Answered,
    /// Busy tone.
    Busy,
    /// The number called is nobody's; an announcement says so.
    Unobtainable,
    /// Bytes from the far end.
    Data(Vec<u8>),
    /// DTMF digits from the far end.
    Digits(String),
    /// Another sound from the far end.
    Sound(Sound),
    /// The far end hung up, or the exchange released the call.
    Released,
    /// The line was pulled out of its socket.
    Cut,
}
