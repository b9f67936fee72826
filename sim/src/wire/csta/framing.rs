//! How CSTA messages lie in a stream of bytes: one profile for each kind of peer.
//!
//! A [`Link`] takes bytes and gives frames, and the other way round; it does no I/O and is told the time. The framings
//! of real switches are as their clients were seen to speak them. No public description of a serial link discipline for
//! CSTA is known, so [`Framing::Serial`] is this project's own and claims no maker's fidelity.

mod serial;
mod stream;

#[cfg(test)]
mod tests;

use thiserror::Error;

use crate::time::SimTime;

/// The longest frame body that any framing here takes, in bytes.
pub const BODY_MAX: usize = 0x7FFF;

/// How frames are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Framing {
    /// ECMA-323 Annex J.2: two zero bytes, the whole frame's length, four digits of invoke id, XML.
    AnnexJ,
    /// Siemens HiPath and OpenOffice: `26` hexadecimal, the length with its top bit set, an APDU.
    HiPath,
    /// Ericsson MD110: the length, an APDU.
    Length16,
    /// Panasonic: the same, with APDUs of 240 bytes at most.
    Panasonic,
    /// Alcatel: the client says `B`, the switch `P`; then APDUs one after the other, as BER delimits them.
    Alcatel,
    /// This project's own for serial lines: checksum, acknowledgement, repetition.
    Serial,
}

/// Which end of the link this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The application.
    Client,
    /// The switch.
    Server,
}

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The invoke id that the frame itself carries, 0 to 9999: Annex J only.
    pub invoke: Option<u16>,
    /// An APDU or an XML document.
    pub body: Vec<u8>,
}

impl Frame {
    /// A frame without an invoke id of its own.
    pub fn new(body: Vec<u8>) -> Self {
        Frame { invoke: None, body }
    }
}

/// Why a link cannot go on, or a frame cannot be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum FramingError {
    /// The stream is not framed as agreed.
    #[error("byte {found:#04x} where a frame begins")]
    NotAFrame {
        /// What is there instead.
        found: u8,
    },
    /// A frame has a length that no frame can have.
    #[error("a frame of {length} byte(s) is outside what this link takes")]
    Length {
        /// The length.
        length: usize,
    },
    /// An invoke id is not four digits.
    #[error("an invoke id of four digits is needed")]
    InvokeId,
    /// What follows is no BER, so that its end cannot be found.
    #[error("the bytes are no BER")]
    NotBer,
    /// The peer has not acknowledged a frame however often it was sent.
    #[error("the peer does not acknowledge")]
    Silent,
    /// The peer has said that the conversation is over.
    #[error("the peer has ended the conversation")]
    Ended,
}

/// One end of a framed link.
#[derive(Debug)]
pub struct Link {
    framing: Framing,
    input: Vec<u8>,
    output: Vec<u8>,
    /// Alcatel: whether the greeting is done.
    greeted: bool,
    /// Alcatel: frames that wait for the greeting.
    held: Vec<u8>,
    side: Side,
    serial: serial::Serial,
}

impl Link {
    /// A fresh link. An Alcatel client has its greeting to send at once.
    pub fn new(framing: Framing, side: Side) -> Self {
        let greets = framing == Framing::Alcatel && side == Side::Client;
        Link {
            framing,
            input: Vec::new(),
            output: if greets { vec![b'B'] } else { Vec::new() },
            greeted: framing != Framing::Alcatel,
            held: Vec::new(),
            side,
            serial: serial::Serial::default(),
        }
    }

    /// Takes bytes that have come at `now`; [`Link::next_frame`] gives what they complete.
    pub fn receive(&mut self, now: SimTime, bytes: &[u8]) {
        self.input.extend_from_slice(bytes);
        if self.framing == Framing::Serial {
            self.serial.receive(now, &mut self.input, &mut self.output);
        }
    }

    /// The next whole frame.
    ///
    /// # Errors
    /// Where the stream is not framed as agreed, after which nothing more can be read from it.
    pub fn next_frame(&mut self) -> Result<Option<Frame>, FramingError> {
        if self.framing == Framing::Serial {
            return self.serial.next_frame();
        }
        if !self.greeted {
            self.greet()?;
        }
        if !self.greeted || self.input.is_empty() {
            return Ok(None);
        }
        let Some((frame, length)) = stream::split(self.framing, &self.input)? else {
            return Ok(None);
        };
        self.input.drain(..length);
        Ok(Some(frame))
    }

    fn greet(&mut self) -> Result<(), FramingError> {
        let expected = if self.side == Side::Server { b'B' } else { b'P' };
        match self.input.first() {
            None => {}
            Some(found) if *found == expected => {
                self.input.remove(0);
                self.greeted = true;
                if self.side == Side::Server {
                    self.output.push(b'P');
                }
                self.output.append(&mut self.held);
            }
            Some(found) => return Err(FramingError::NotAFrame { found: *found }),
        }
        Ok(())
    }

    /// Sends `frame` at `now`: its bytes come out of [`Link::output`], a serial one's perhaps later.
    ///
    /// # Errors
    /// Where the framing cannot carry it.
    pub fn send(&mut self, now: SimTime, frame: &Frame) -> Result<(), FramingError> {
        if self.framing == Framing::Serial {
            return self.serial.send(now, frame, &mut self.output);
        }
        let target = if self.greeted {
            &mut self.output
        } else {
            &mut self.held
        };
        stream::join(self.framing, frame, target)
    }

    /// Whether a frame has begun to come and is not whole yet. A serial link gives up such a frame by itself.
    pub fn is_inside_frame(&self) -> bool {
        self.framing != Framing::Serial && !self.input.is_empty()
    }

    /// Bytes that wait for the peer to acknowledge what went before them.
    pub fn waiting(&self) -> usize {
        self.serial.waiting() + self.held.len()
    }

    /// This end is about to close: where the line itself does not show that, the peer is told.
    pub fn end(&mut self) {
        if self.framing == Framing::Serial {
            self.serial.end(&mut self.output);
        }
    }

    /// Takes the bytes that are to go out. Real clients read a frame with one read, so write them in one piece.
    pub fn output(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.output)
    }

    /// When [`Link::handle_timeout`] is to be called.
    pub fn deadline(&self) -> Option<SimTime> {
        self.serial.deadline()
    }

    /// Repeats what has not been acknowledged in time.
    ///
    /// # Errors
    /// Where it has been repeated often enough.
    pub fn handle_timeout(&mut self, now: SimTime) -> Result<(), FramingError> {
        self.serial.handle_timeout(now, &mut self.output)
    }
}
