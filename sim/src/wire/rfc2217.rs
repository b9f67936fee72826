//! A serial port over TCP: telnet (RFC 854, 855, 856, 858) with the COM port control option (RFC 2217), the side of the
//! server. No I/O: bytes in, [`Event`]s and replies out.

use super::uart::{LineSettings, Parity};
use super::v24::{DceCircuits, DteCircuits};

const IAC: u8 = 255;
const DONT: u8 = 254;
const DO: u8 = 253;
const WONT: u8 = 252;
const WILL: u8 = 251;
const SB: u8 = 250;
const BREAK: u8 = 243;
const SE: u8 = 240;

const BINARY: u8 = 0;
const SUPPRESS_GO_AHEAD: u8 = 3;
const COM_PORT: u8 = 44;

/// What this end does itself where it is asked to.
const OURS: [u8; 3] = [BINARY, SUPPRESS_GO_AHEAD, COM_PORT];

/// The server's codes are the client's and this.
const FROM_SERVER: u8 = 100;
const SIGNATURE: u8 = 0;
const SET_BAUDRATE: u8 = 1;
const SET_DATASIZE: u8 = 2;
const SET_PARITY: u8 = 3;
const SET_STOPSIZE: u8 = 4;
const SET_CONTROL: u8 = 5;
const NOTIFY_MODEMSTATE: u8 = 7;
const FLOWCONTROL_SUSPEND: u8 = 8;
const FLOWCONTROL_RESUME: u8 = 9;
const SET_LINESTATE_MASK: u8 = 10;
const SET_MODEMSTATE_MASK: u8 = 11;
const PURGE_DATA: u8 = 12;

/// A subnegotiation longer than this is nothing that the option knows; it is not kept.
const LONGEST: usize = 256;

/// What the client did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Sent bytes.
    Data(Vec<u8>),
    /// Set rate, data bits, parity or stop bits.
    Settings(LineSettings),
    /// Switched DTR or RTS.
    Circuits(DteCircuits),
    /// Sent a break; counted at its beginning.
    Break,
}

/// Where the reader stands in the stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Data,
    Command,
    Negotiation(u8),
    Sub,
    SubCommand,
}

/// The server's end of one connection.
#[derive(Debug)]
pub struct Server {
    state: State,
    sub: Vec<u8>,
    /// Options agreed on, ours and theirs, so that none is agreed on twice.
    ours: [bool; 256],
    theirs: [bool; 256],
    settings: LineSettings,
    dte: DteCircuits,
    dce: DceCircuits,
    /// Which changes of circuits the client wants to hear of.
    mask: u8,
    flow: [u8; 2],
    in_break: bool,
    /// The client asked for silence.
    is_suspended: bool,
    replies: Vec<u8>,
}

impl Server {
    /// A connection that has just been made. DTR and RTS are on, as on a port that was just opened.
    pub fn new(dce: DceCircuits) -> Server {
        Server {
            state: State::Data,
            sub: Vec::new(),
            ours: [false; 256],
            theirs: [false; 256],
            settings: LineSettings::plain(9600),
            dte: DteCircuits::READY,
            dce,
            mask: 255,
            flow: [1, 14],
            in_break: false,
            is_suspended: false,
            replies: Vec::new(),
        }
    }

    /// Takes what came from the client.
    pub fn receive(&mut self, bytes: &[u8]) -> Vec<Event> {
        let mut events = Vec::new();
        let mut data = Vec::new();
        for &byte in bytes {
            match std::mem::take(&mut self.state) {
                State::Data if byte == IAC => self.state = State::Command,
                State::Data => data.push(byte),
                State::Command => match byte {
                    IAC => data.push(IAC),
                    WILL | WONT | DO | DONT => self.state = State::Negotiation(byte),
                    SB => {
                        self.sub.clear();
                        self.state = State::Sub;
                    }
                    BREAK => {
                        flush(&mut data, &mut events);
                        events.push(Event::Break);
                    }
                    _ => {}
                },
                State::Negotiation(verb) => self.negotiate(verb, byte),
                State::Sub if byte == IAC => self.state = State::SubCommand,
                State::Sub => {
                    self.keep(byte);
                    self.state = State::Sub;
                }
                State::SubCommand if byte == IAC => {
                    self.keep(IAC);
                    self.state = State::Sub;
                }
                State::SubCommand if byte == SE => {
                    flush(&mut data, &mut events);
                    let sub = std::mem::take(&mut self.sub);
                    if let [COM_PORT, command, value @ ..] = sub.as_slice() {
                        events.extend(self.com_port(*command, value));
                    }
                }
                State::SubCommand => {}
            }
        }
        flush(&mut data, &mut events);
        events
    }

    /// What the client is to be sent: answers and notifications.
    pub fn take_replies(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.replies)
    }

    /// Whether the client has asked for silence.
    pub fn is_suspended(&self) -> bool {
        self.is_suspended
    }

    /// Bytes of the port as they travel.
    pub fn encode(bytes: &[u8]) -> Vec<u8> {
        let mut encoded = Vec::with_capacity(bytes.len());
        for &byte in bytes {
            encoded.push(byte);
            if byte == IAC {
                encoded.push(IAC);
            }
        }
        encoded
    }

    /// The modem switched circuits; the client is told what it wants to hear.
    pub fn set_circuits(&mut self, dce: DceCircuits) {
        let before = state_bits(self.dce);
        self.dce = dce;
        // The deltas of RFC 2217 lie four bits below the states; RI's tells only of its end, as a UART's does.
        let changed = before ^ state_bits(dce);
        let ring_ended = if changed & 0x40 != 0 && dce.ri { 0 } else { 0x40 };
        let deltas = (changed & (0xB0 | ring_ended)) >> 4;
        if changed & self.mask & 0xF0 != 0 || deltas & self.mask != 0 {
            self.notify(deltas);
        }
    }

    fn notify(&mut self, deltas: u8) {
        // A peer that never spoke of the option would take this for text.
        if self.theirs[usize::from(COM_PORT)] || self.ours[usize::from(COM_PORT)] {
            let state = (state_bits(self.dce) | deltas) & self.mask;
            self.reply(NOTIFY_MODEMSTATE, &[state]);
        }
    }

    fn keep(&mut self, byte: u8) {
        if self.sub.len() < LONGEST {
            self.sub.push(byte);
        }
    }

    /// Agrees to what this end can do, refuses the rest, and answers nothing that is so already.
    fn negotiate(&mut self, verb: u8, option: u8) {
        let known = OURS.contains(&option);
        let (side, wants, yes, no) = match verb {
            DO | DONT => (&mut self.ours, verb == DO, WILL, WONT),
            _ => (&mut self.theirs, verb == WILL, DO, DONT),
        };
        let agreed = &mut side[usize::from(option)];
        if wants && !known {
            self.replies.extend([IAC, no, option]);
        } else if wants != *agreed {
            *agreed = wants;
            self.replies.extend([IAC, if wants { yes } else { no }, option]);
            if option == COM_PORT && wants {
                self.notify(0);
            }
        }
    }

    fn reply(&mut self, command: u8, value: &[u8]) {
        self.replies
            .extend([IAC, SB, COM_PORT, command.wrapping_add(FROM_SERVER)]);
        self.replies.extend(Server::encode(value));
        self.replies.extend([IAC, SE]);
    }

    fn com_port(&mut self, command: u8, value: &[u8]) -> Option<Event> {
        let before = (self.settings, self.dte);
        let mut broke = false;
        let first = value.first().copied();
        match (command, value) {
            (SIGNATURE, []) => {
                let name = format!("Offhook {}", env!("CARGO_PKG_VERSION"));
                self.reply(SIGNATURE, name.as_bytes());
            }
            (SET_BAUDRATE, &[a, b, c, d]) => {
                let rate = u32::from_be_bytes([a, b, c, d]);
                if rate != 0 {
                    self.settings.rate = rate;
                }
                self.reply(SET_BAUDRATE, &self.settings.rate.to_be_bytes());
            }
            (SET_DATASIZE, &[bits]) => {
                if (5..=8).contains(&bits) {
                    self.settings.data_bits = bits;
                }
                self.reply(SET_DATASIZE, &[self.settings.data_bits]);
            }
            (SET_PARITY, &[code]) => {
                if let Some((_, parity)) = PARITIES.iter().find(|(row, _)| *row == code) {
                    self.settings.parity = *parity;
                }
                let now = self.settings.parity;
                let code = PARITIES.iter().find(|(_, parity)| *parity == now);
                self.reply(SET_PARITY, &[code.map_or(1, |(code, _)| *code)]);
            }
            (SET_STOPSIZE, &[size]) => {
                // 3 is one and a half, which five data bits have: a receiver looks at the first alone.
                match size {
                    1 | 3 => self.settings.stop_bits = 1,
                    2 => self.settings.stop_bits = 2,
                    _ => {}
                }
                self.reply(SET_STOPSIZE, &[self.settings.stop_bits]);
            }
            (SET_CONTROL, &[code]) => broke = self.control(code),
            (FLOWCONTROL_SUSPEND, _) => self.is_suspended = true,
            (FLOWCONTROL_RESUME, _) => self.is_suspended = false,
            (SET_LINESTATE_MASK, &[mask]) => self.reply(SET_LINESTATE_MASK, &[mask]),
            (SET_MODEMSTATE_MASK, &[mask]) => {
                self.mask = mask;
                self.reply(SET_MODEMSTATE_MASK, &[mask]);
            }
            // Nothing waits here: what came was given on at once.
            (PURGE_DATA, _) => self.reply(PURGE_DATA, &[first.unwrap_or(0)]),
            _ => {}
        }
        if broke {
            Some(Event::Break)
        } else if self.settings != before.0 {
            Some(Event::Settings(self.settings))
        } else if self.dte != before.1 {
            Some(Event::Circuits(self.dte))
        } else {
            None
        }
    }

    /// `SET-CONTROL`: flow control, break, DTR, RTS; each answered by what holds now. True where a break began.
    fn control(&mut self, code: u8) -> bool {
        let choose = |on: bool, yes: u8, no: u8| if on { yes } else { no };
        let mut broke = false;
        match code {
            1..=3 | 17 | 19 => self.flow[0] = code,
            13 => self.flow[1] = 13,
            14..=16 | 18 => self.flow[1] = code,
            5 | 6 => {
                broke = code == 5 && !self.in_break;
                self.in_break = code == 5;
            }
            8 | 9 => self.dte.dtr = code == 8,
            11 | 12 => self.dte.rts = code == 11,
            _ => {}
        }
        let answer = match code {
            0..=3 | 17 | 19 => self.flow[0],
            4..=6 => choose(self.in_break, 5, 6),
            7..=9 => choose(self.dte.dtr, 8, 9),
            10..=12 => choose(self.dte.rts, 11, 12),
            13..=16 | 18 => self.flow[1],
            _ => return broke,
        };
        self.reply(SET_CONTROL, &[answer]);
        broke
    }
}

const PARITIES: [(u8, Parity); 5] = [
    (1, Parity::None),
    (2, Parity::Odd),
    (3, Parity::Even),
    (4, Parity::Mark),
    (5, Parity::Space),
];

fn flush(data: &mut Vec<u8>, events: &mut Vec<Event>) {
    if !data.is_empty() {
        events.push(Event::Data(std::mem::take(data)));
    }
}

/// The upper half of a modem state: carrier, ring, data set ready, clear to send.
fn state_bits(dce: DceCircuits) -> u8 {
    u8::from(dce.dcd) << 7 | u8::from(dce.ri) << 6 | u8::from(dce.dsr) << 5 | u8::from(dce.cts) << 4
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUIET: DceCircuits = DceCircuits {
        cts: true,
        dsr: true,
        ri: false,
        dcd: false,
    };

    fn agreed() -> Server {
        let mut server = Server::new(QUIET);
        assert_eq!(server.receive(&[IAC, WILL, COM_PORT]), []);
        assert_eq!(
            server.take_replies(),
            [IAC, DO, COM_PORT, IAC, SB, COM_PORT, 107, 0x30, IAC, SE]
        );
        server
    }

    #[test]
    fn agrees_to_what_it_knows_once_and_refuses_the_rest() {
        let mut server = agreed();
        server.receive(&[IAC, WILL, COM_PORT, IAC, DO, 1, IAC, DO, BINARY, IAC, DONT, 24]);
        assert_eq!(server.take_replies(), [IAC, WONT, 1, IAC, WILL, BINARY]);
    }

    #[test]
    fn data_may_hold_every_value() {
        let all: Vec<u8> = (0..=255).collect();
        let mut server = Server::new(QUIET);
        assert_eq!(server.receive(&Server::encode(&all)), [Event::Data(all)]);
    }

    #[test]
    fn settings_arrive_and_are_answered_by_what_holds() {
        let mut server = agreed();
        let sub = |command, value: &[u8]| {
            let mut bytes = vec![IAC, SB, COM_PORT, command];
            bytes.extend(Server::encode(value));
            bytes.extend([IAC, SE]);
            bytes
        };
        let events = server.receive(&sub(SET_BAUDRATE, &57_600u32.to_be_bytes()));
        assert_eq!(events, [Event::Settings(LineSettings::plain(57_600))]);
        assert_eq!(server.take_replies(), sub(101, &57_600u32.to_be_bytes()));
        let events = server.receive(&sub(SET_PARITY, &[3]));
        assert!(matches!(
            events[..],
            [Event::Settings(LineSettings {
                parity: Parity::Even,
                ..
            })]
        ));
        assert_eq!(server.take_replies(), sub(103, &[3]));
        let events = server.receive(&sub(SET_CONTROL, &[9]));
        let dtr_off = DteCircuits {
            dtr: false,
            rts: true,
        };
        assert_eq!(events, [Event::Circuits(dtr_off)]);
        assert_eq!(server.take_replies(), sub(105, &[9]));
        assert_eq!(server.receive(&sub(SET_CONTROL, &[5])), [Event::Break]);
        assert_eq!(server.receive(&sub(SET_CONTROL, &[5])), []);
    }

    #[test]
    fn the_client_hears_of_circuits_by_its_mask() {
        let mut server = agreed();
        let ringing = DceCircuits { ri: true, ..QUIET };
        server.set_circuits(ringing);
        assert_eq!(server.take_replies(), [IAC, SB, COM_PORT, 107, 0x70, IAC, SE]);
        server.set_circuits(QUIET);
        assert_eq!(server.take_replies(), [IAC, SB, COM_PORT, 107, 0x34, IAC, SE]);
        server.receive(&[IAC, SB, COM_PORT, SET_MODEMSTATE_MASK, 0x80, IAC, SE]);
        server.take_replies();
        server.set_circuits(ringing);
        assert_eq!(server.take_replies(), Vec::<u8>::new());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(128))]

        #[test]
        fn single_bytes_and_chunks_mean_the_same(
            bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 240u8..=255, 0u8..=13, Just(COM_PORT)], 0..80)
        ) {
            let (mut whole, mut single) = (Server::new(QUIET), Server::new(QUIET));
            let joined = |events: Vec<Event>| events.into_iter().fold((Vec::new(), Vec::new()), |(mut data, mut rest), event| {
                match event {
                    Event::Data(bytes) => data.extend(bytes),
                    other => rest.push(other),
                }
                (data, rest)
            });
            let one = joined(whole.receive(&bytes));
            let other = joined(bytes.iter().flat_map(|byte| single.receive(&[*byte])).collect());
            prop_assert_eq!(one, other);
            prop_assert_eq!(whole.take_replies(), single.take_replies());
        }
    }
}
