//! What one end of an answered call hears of the other, besides data and digits: tones, speech, fax, and carriers.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A sound on its way to the far end. Sounds have no length of their own in transit: the sender paces them.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Sound {
    /// A data modem seeks agreement on a carrier.
    Handshake(Handshake),
    /// One tone, or two at once.
    Tone {
        /// Hz; the second is 0 where there is only one.
        frequencies: (u16, u16),
        /// Length in milliseconds.
        length_ms: u32,
    },
    /// Speech: 16-bit linear samples, 8000 a second.
    Voice(Vec<i16>),
    /// A fax machine's signals.
    Fax(FaxSignal),
}

/// What a data modem offers while it trains (V.8 and V.42 in one step).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Handshake {
    /// The fastest rate, bit/s.
    pub fastest: u32,
    /// The slowest rate that it accepts, bit/s.
    pub slowest: u32,
    /// Error correction (V.42) is offered.
    pub error_correction: bool,
    /// Error correction is insisted upon.
    pub must_correct: bool,
    /// Compression (V.42 bis) is offered.
    pub compression: bool,
}

impl Handshake {
    /// What a station is taken to offer: it is a modem of any kind.
    pub const ANY: Handshake = Handshake {
        fastest: u32::MAX,
        slowest: 0,
        error_correction: true,
        must_correct: false,
        compression: true,
    };
}

/// What fax machines send each other (T.30).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum FaxSignal {
    /// Calling tone, 1100 Hz.
    Cng,
    /// Answer tone, 2100 Hz.
    Ced,
    /// A carrier begins; the number is T.31's for the modulation: 3 for V.21 channel 2, 96 for V.29 at 9600 bit/s.
    CarrierOn(u16),
    /// An HDLC frame on the carrier, from its address to its last octet; the check sequence is not in it.
    Frame(Vec<u8>),
    /// Octets on the carrier, first bit lowest.
    Bits(Vec<u8>),
    /// The carrier ends.
    CarrierOff,
}

impl Sound {
    /// Whether the exchange reports the sound. Streams would drown the record, and a handshake is part of answering.
    pub(super) fn is_reported(&self) -> bool {
        match self {
            Sound::Tone { .. } => true,
            Sound::Fax(signal) => {
                matches!(signal, FaxSignal::Cng | FaxSignal::Ced | FaxSignal::CarrierOn(_))
            }
            Sound::Handshake(_) | Sound::Voice(_) => false,
        }
    }
}

impl fmt::Display for Sound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Sound::Handshake(offer) => write!(f, "a carrier up to {} bit/s", offer.fastest),
            Sound::Tone {
                frequencies: (one, 0),
                length_ms,
            } => write!(f, "a tone of {one} Hz for {length_ms} ms"),
            Sound::Tone {
                frequencies: (one, two),
                length_ms,
            } => write!(f, "a tone of {one} and {two} Hz for {length_ms} ms"),
            Sound::Voice(samples) => write!(f, "{} ms of speech", samples.len() / 8),
            Sound::Fax(FaxSignal::Cng) => f.write_str("fax calling tone"),
            Sound::Fax(FaxSignal::Ced) => f.write_str("fax answer tone"),
            Sound::Fax(FaxSignal::CarrierOn(modulation)) => write!(f, "fax carrier {modulation}"),
            Sound::Fax(FaxSignal::Frame(octets)) => write!(f, "a fax frame of {} octets", octets.len()),
            Sound::Fax(FaxSignal::Bits(octets)) => write!(f, "{} octets of fax", octets.len()),
            Sound::Fax(FaxSignal::CarrierOff) => f.write_str("end of fax carrier"),
        }
    }
}

/// One ring as the line carries it: ringing current on, off, on, ..., in milliseconds, beginning with on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RingPattern(pub Vec<u32>);

impl RingPattern {
    /// How long one ring lasts, its inner silences included, in milliseconds.
    pub fn length_ms(&self) -> u32 {
        self.0.iter().fold(0, |sum, ms| sum.saturating_add(*ms))
    }
}
