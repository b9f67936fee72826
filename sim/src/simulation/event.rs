//! What a simulation reports.

use crate::exchange::ExchangeEvent;
use crate::wire::uart::LineSettings;
use crate::wire::v24::Circuits;

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
    /// A client or a modem switched control circuits of a modem's port.
    Circuits {
        /// The number of the modem's line.
        number: String,
        /// The side, and what it holds on now.
        circuits: Circuits,
    },
    /// A station hears speech, as it comes.
    Speech {
        /// The station's number.
        number: String,
        /// 16-bit samples, 8000 a second, never empty.
        samples: Vec<i16>,
    },
    /// A client set its port otherwise.
    Settings {
        /// The number of the modem's line.
        number: String,
        /// Rate, data bits, parity and stop bits.
        settings: LineSettings,
    },
    /// A client sent a break.
    Break {
        /// The number of the modem's line.
        number: String,
    },
    /// A short message left a modem or a station.
    Message {
        /// Who sends it.
        from: String,
        /// Whom it is for.
        to: String,
        /// The text, as far as it is one.
        text: String,
    },
    /// A link to another simulator is up, or lost, or could not be made.
    Link {
        /// The other simulator.
        peer: String,
        /// What is with it, in words that follow "the link to it".
        text: String,
    },
    /// Something happened at the exchange.
    Exchange(ExchangeEvent),
    /// Something happened in the switch of a PBX.
    Switch(SwitchStep),
    /// A message passed between a PBX and an application.
    Csta {
        /// From the application to the PBX.
        to_switch: bool,
        /// The message, in ASN.1's value notation.
        text: String,
    },
    /// A modem's port stopped working; the modem goes on without a client.
    PortFailed {
        /// The number of the modem's line.
        number: String,
        /// What the system said.
        message: String,
    },
}

/// A step of a switch, in words, and what of it those want to know who wait for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SwitchStep {
    /// As [`Switch::describe`](crate::exchange::switch::Switch::describe) has it.
    pub text: String,
    /// The event of a call, by the name that CSTA gives it, without `Event`; none of a device.
    pub event: Option<&'static str>,
    /// Why, by the standard's name.
    pub cause: &'static str,
    /// The device that it happened to.
    pub device: String,
    /// Who released it, where it was cleared.
    pub releasing: String,
    /// The devices that are in the call after it, and that one.
    pub devices: Vec<String>,
    /// Digits that went through it.
    pub digits: String,
}
