//! Streams of speech between client and line, in steps of 20 ms: shielded octets here, samples there.

use std::collections::VecDeque;
use std::time::Duration;

use super::gain::Gain;
use super::{DLE, ETX};
use crate::device::modem::settings::Settings;
use crate::device::modem::{LineAction, Mode, Modem, Output};
use crate::exchange::Sound;
use crate::time::SimTime;
use crate::wire::at::ResultCode;
use crate::wire::audio::{Codec, Coding, Resampler};

/// One step: 160 samples of the line.
const STEP: Duration = Duration::from_millis(20);
const STEP_SAMPLES: usize = 160;
const LINE_RATE: u32 = 8000;
/// A sample above this is no silence, at the nominal sensitivity of `+VSD` (128).
const LOUD: u32 = 512;

const SUB: u8 = 0x1a;
const CAN: u8 = 0x18;
const ESC: u8 = 0x1b;

/// Which way speech flows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Direction {
    /// `+VTX`: from client to line.
    Transmit,
    /// `+VRX`: from line to client.
    Receive,
    /// `+VTR`: both.
    Duplex,
}

/// A stream that flows.
#[derive(Debug)]
pub(in super::super) struct Stream {
    direction: Direction,
    next_step: SimTime,
    /// The client's last octet was DLE.
    shielded: bool,
    decoder: Codec,
    to_line_rate: Resampler,
    /// Samples on their way to the line.
    to_line: VecDeque<i16>,
    encoder: Codec,
    to_client_rate: Resampler,
    /// Samples from the line.
    from_line: VecDeque<i16>,
    /// The client has ended what it sends.
    is_ended: bool,
    /// Without anything to send for so long, the stream ends: `+VIT`.
    idle_limit: Option<Duration>,
    idle_since: SimTime,
    silence: Silence,
    /// `+VGT`.
    transmit_gain: Gain,
    /// `+VGR`.
    receive_gain: Gain,
}

/// Silence detection, `+VSD`.
#[derive(Debug)]
struct Silence {
    /// Above this a sample is no silence.
    level: u16,
    /// How many steps of silence are told.
    limit: Option<u32>,
    steps: u32,
    heard_speech: bool,
}

impl Silence {
    fn new(settings: &Settings) -> Silence {
        // 128 is nominal, 127 and below less, 129 and above more sensitive; a step of 16 halves or doubles.
        let sensitivity = settings.number("+VSD", 0).min(255);
        let level = (LOUD << 8).checked_shr(sensitivity / 16).unwrap_or(0).max(2);
        let tenths = settings.number("+VSD", 1);
        Silence {
            level: u16::try_from(level).unwrap_or(u16::MAX),
            limit: (tenths != 0).then_some(tenths.saturating_mul(5)),
            steps: 0,
            heard_speech: false,
        }
    }

    /// The code to tell after a step: `s` for silence after speech, `q` for nothing but silence.
    fn step(&mut self, samples: &[i16]) -> Option<u8> {
        if samples.iter().any(|sample| sample.unsigned_abs() > self.level) {
            self.heard_speech = true;
            self.steps = 0;
            return None;
        }
        self.steps = self.steps.saturating_add(1);
        (Some(self.steps) == self.limit).then_some(if self.heard_speech { b's' } else { b'q' })
    }
}

/// What a client's octet asks for.
enum Asked {
    Nothing,
    /// Ends the stream at once.
    Stop,
}

impl Stream {
    pub(super) fn new(
        direction: Direction,
        coding: Coding,
        rate: u32,
        settings: &Settings,
        now: SimTime,
    ) -> Stream {
        let rate = if rate == 0 { LINE_RATE } else { rate };
        let tenths = settings.number("+VIT", 0);
        Stream {
            direction,
            next_step: now + STEP,
            shielded: false,
            decoder: Codec::new(coding),
            to_line_rate: Resampler::new(rate, LINE_RATE),
            to_line: VecDeque::new(),
            encoder: Codec::new(coding),
            to_client_rate: Resampler::new(LINE_RATE, rate),
            from_line: VecDeque::new(),
            is_ended: false,
            idle_limit: (tenths != 0).then(|| Duration::from_millis(100) * tenths),
            idle_since: now,
            silence: Silence::new(settings),
            transmit_gain: Gain::new(settings.number("+VGT", 0)),
            receive_gain: Gain::new(settings.number("+VGR", 0)),
        }
    }

    pub(in super::super) fn due_at(&self) -> SimTime {
        self.next_step
    }

    /// Samples from the far end. More than a minute ahead is lost: no line holds that.
    pub(super) fn heard(&mut self, samples: &[i16]) {
        if self.direction != Direction::Transmit && self.from_line.len() < 480_000 {
            self.from_line.extend(samples);
        }
    }

    fn octet(&mut self, octet: u8, now: SimTime) -> Asked {
        self.idle_since = now;
        if !std::mem::take(&mut self.shielded) {
            if octet == DLE {
                self.shielded = true;
            } else if self.direction == Direction::Receive {
                // Any other octet than flow control ends a recording (V.253 9.1.2).
                return match octet {
                    0x11 | 0x13 => Asked::Nothing,
                    _ => Asked::Stop,
                };
            } else {
                self.play(octet);
            }
            return Asked::Nothing;
        }
        match (octet, self.direction) {
            (_, Direction::Receive) => return Asked::Stop,
            (b'^' | b'!', Direction::Duplex) => return Asked::Stop,
            (DLE, _) => self.play(DLE),
            // Two DLE in a row as one code.
            (SUB, _) => {
                self.play(DLE);
                self.play(DLE);
            }
            (ETX | ESC, _) => self.is_ended = true,
            (CAN | b'!', _) => {
                self.to_line.clear();
                self.is_ended = true;
            }
            // Codes that ask for nothing that is simulated, such as volume.
            _ => {}
        }
        Asked::Nothing
    }

    fn play(&mut self, octet: u8) {
        if self.is_ended {
            return;
        }
        let mut samples = Vec::new();
        self.decoder.decode(octet, &mut samples);
        for sample in samples {
            self.to_line_rate.push(sample, &mut self.to_line);
        }
    }

    /// The next 20 ms for the line.
    fn step_out(&mut self) -> Vec<i16> {
        let count = self.to_line.len().min(STEP_SAMPLES);
        let mut samples: Vec<i16> = self.to_line.drain(..count).collect();
        self.transmit_gain.apply(&mut samples);
        samples
    }

    /// The next 20 ms for the client, shielded; a code after them where silence is to be told.
    fn step_in(&mut self) -> Vec<u8> {
        let count = self.from_line.len().min(STEP_SAMPLES);
        let mut samples: Vec<i16> = self.from_line.drain(..count).collect();
        samples.resize(STEP_SAMPLES, 0);
        self.receive_gain.apply(&mut samples);
        let told = self.silence.step(&samples);
        let mut resampled = Vec::new();
        let mut octets = Vec::new();
        for sample in samples {
            self.to_client_rate.push(sample, &mut resampled);
        }
        for sample in resampled {
            self.encoder.encode(sample, &mut octets);
        }
        let mut bytes = Vec::with_capacity(octets.len() + 8);
        for octet in octets {
            bytes.push(octet);
            if octet == DLE {
                bytes.push(DLE);
            }
        }
        bytes.extend(told.into_iter().flat_map(|code| [DLE, code]));
        bytes
    }
}

impl Modem {
    /// An octet from the client while speech flows.
    pub(in super::super) fn stream_octet(&mut self, octet: u8, now: SimTime) {
        if let Mode::Voice(stream) = &mut self.mode
            && let Asked::Stop = stream.octet(octet, now)
        {
            self.end_stream(now);
        }
    }

    /// Twenty milliseconds are over.
    pub(in super::super) fn stream_step(&mut self, now: SimTime) {
        let Mode::Voice(stream) = &mut self.mode else {
            return;
        };
        stream.next_step += STEP;
        let said = stream.step_out();
        if !said.is_empty() {
            stream.idle_since = now;
            self.actions.push_back(LineAction::Sound(Sound::Voice(said)));
        }
        if stream.direction != Direction::Transmit {
            let bytes = stream.step_in();
            if !bytes.is_empty() {
                self.outputs.push_back(Output::Data(bytes));
            }
        }
        let is_out = stream.to_line.is_empty();
        let is_idle = stream.direction == Direction::Transmit
            && stream
                .idle_limit
                .is_some_and(|limit| now - stream.idle_since >= limit);
        if is_out && (stream.is_ended || is_idle) {
            self.end_stream(now);
        }
    }

    /// Speech has ended: a stream to the client gets its end mark.
    fn end_stream(&mut self, now: SimTime) {
        let Mode::Voice(stream) = std::mem::replace(&mut self.mode, Mode::Command) else {
            return;
        };
        if stream.direction != Direction::Transmit {
            self.outputs.push_back(Output::Data(vec![DLE, ETX]));
        }
        if self.profile().quirks.says_vcon {
            self.pending.clear();
            return self.result(&ResultCode::Maker("VCON".to_owned()));
        }
        self.run_pending(now);
    }
}
