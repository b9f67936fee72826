//! Voice (V.253, and the older `#V` commands): calls that are speech, what the line tells meanwhile, streams, tones.

mod gain;
mod ringback;
mod stream;
mod tones;

use super::class::Class;
use super::line::CallProgress;
use super::{Mode, Modem, Outcome, Output};
use crate::exchange::{FaxSignal, Handshake, Sound};
use crate::time::SimTime;
use crate::wire::at::{Operation, ResultCode};
use crate::wire::audio::Coding;

pub(super) use ringback::Ringback;
pub(super) use stream::{Direction, Stream};
pub(super) use tones::Tones;

/// Shields a code in a stream (V.253 9.1).
const DLE: u8 = 0x10;
const ETX: u8 = 0x03;

/// One compression method of `+VSM`.
pub(super) struct Method {
    pub(super) label: u32,
    pub(super) name: &'static str,
    pub(super) bits: u32,
    pub(super) coding: Coding,
}

const fn method(label: u32, name: &'static str, bits: u32, coding: Coding) -> Method {
    Method {
        label,
        name,
        bits,
        coding,
    }
}

/// The methods (V.253 table 17: labels below 128 are its own, those from 128 on the maker's).
pub(super) const METHODS: &[Method] = &[
    method(0, "SIGNED PCM", 8, Coding::Signed8),
    method(1, "UNSIGNED PCM", 8, Coding::Unsigned8),
    method(4, "G.711U", 8, Coding::MuLaw),
    method(5, "G.711A", 8, Coding::ALaw),
    method(128, "8-BIT LINEAR", 8, Coding::Unsigned8),
    method(129, "16-BIT LINEAR", 16, Coding::Linear16),
    method(130, "8-BIT ALAW", 8, Coding::ALaw),
    method(131, "8-BIT ULAW", 8, Coding::MuLaw),
    method(132, "IMA ADPCM", 4, Coding::ImaAdpcm),
];

/// The sampling rates of every method.
pub(super) const SAMPLING_RATES: &[u32] = &[7200, 8000, 11_025];

/// One place where sound comes from and goes to (V.253 table 18).
pub(super) struct Source {
    pub(super) label: u32,
    pub(super) parts: &'static str,
    /// The telephone line is part of it.
    pub(super) is_line: bool,
}

const fn source(label: u32, parts: &'static str, is_line: bool) -> Source {
    Source {
        label,
        parts,
        is_line,
    }
}

/// The values of `+VLS`.
pub(super) const SOURCES: &[Source] = &[
    source(0, "", false),
    source(1, "T", true),
    source(2, "L", false),
    source(3, "LT", true),
    source(4, "S", false),
    source(5, "ST", true),
    source(6, "M", false),
    source(7, "MST", true),
    source(11, "M1", false),
    source(13, "M1ST", true),
    source(14, "H", false),
];

impl Modem {
    /// The result code of a voice call that is through.
    pub(super) fn voice_connected(&self) -> ResultCode {
        match self.profile().quirks.says_vcon {
            true => ResultCode::Maker("VCON".to_owned()),
            false => ResultCode::Ok,
        }
    }

    /// A call that the modem made is through, or taken to be.
    pub(super) fn voice_call_is_through(&mut self) {
        self.mode = Mode::Command;
        let code = self.voice_connected();
        self.result(&code);
    }

    /// `A` in the voice class: off-hook, and the call is through.
    pub(super) fn answer_voice(&mut self) {
        self.settings.set_text("+VLS", "1".to_owned());
        self.go_off_hook();
        let code = self.voice_connected();
        self.result(&code);
    }

    /// Something that the line tells, as a shielded code: in the voice class it may stand between results as well as
    /// in a stream.
    pub(super) fn voice_event(&mut self, code: u8) {
        if self.tells_events() {
            self.outputs.push_back(Output::Data(vec![DLE, code]));
        }
    }

    /// Whether the client is told what the line brings: in a voice call.
    pub(super) fn tells_events(&self) -> bool {
        let listens = matches!(self.mode, Mode::Command | Mode::Voice(_) | Mode::Waiting(_));
        listens && self.class() == Class::Voice && self.is_off_hook
    }

    pub(super) fn digits_heard(&mut self, digits: &str) {
        for digit in digits.bytes() {
            self.voice_event(digit);
        }
    }

    /// Sounds that a voice modem tells its client of, or records.
    pub(super) fn voice_sound_heard(&mut self, sound: Sound) {
        // Whoever makes a sound has answered.
        if let Mode::WaitCarrier { .. } = self.mode
            && sound != Sound::Handshake(Handshake::ANY)
        {
            self.voice_call_is_through();
        }
        match sound {
            Sound::Voice(samples) => {
                if let Mode::Voice(stream) = &mut self.mode {
                    stream.heard(&samples);
                }
            }
            // 1100 Hz calls for a fax machine, 1300 Hz for a data modem, 2100 Hz is the answer of either.
            Sound::Tone { frequencies, .. } => match frequencies {
                (1100, 0) => self.voice_event(b'c'),
                (1300, 0) => self.voice_event(b'e'),
                (2100 | 2225, 0) => self.voice_event(b'a'),
                _ => {}
            },
            // A station is a modem only where one is looked for.
            Sound::Handshake(Handshake::ANY) => {}
            Sound::Handshake(_) => self.voice_event(b'e'),
            Sound::Fax(FaxSignal::Cng) => self.voice_event(b'c'),
            Sound::Fax(FaxSignal::Ced) => self.voice_event(b'a'),
            Sound::Fax(_) => {}
        }
    }

    /// The far end of a voice call hung up: the client hears busy tone and decides, unless `+VNH` leaves it to the
    /// modem.
    pub(super) fn voice_released(&mut self) {
        self.progress = CallProgress::None;
        if let Mode::WaitCarrier { .. } | Mode::Dialling(_) = self.mode {
            return self.give_up(&ResultCode::NoCarrier);
        }
        self.voice_event(b'b');
    }

    /// `+VLS` (V.253 10.2.4): a source with the line in it takes the line, one without gives it back.
    pub(super) fn select_source(&mut self) {
        let label = self.settings.number("+VLS", 0);
        let is_line = SOURCES
            .iter()
            .any(|source| source.label == label && source.is_line);
        if is_line {
            self.go_off_hook();
        } else if self.is_off_hook {
            self.hang_up();
        }
    }

    /// `+VSM=?` and `+VLS=?`: a line for each value.
    pub(super) fn list_methods(&mut self) {
        let rates: Vec<String> = SAMPLING_RATES.iter().map(u32::to_string).collect();
        for method in METHODS {
            let Method {
                label, name, bits, ..
            } = method;
            let line = format!("{label},\"{name}\",{bits},0,({}),(0),(0)", rates.join(","));
            self.information(&line);
        }
    }

    pub(super) fn list_sources(&mut self) {
        for source in SOURCES {
            let line = format!("{},\"{}\",00000000,00000000,00000000", source.label, source.parts);
            self.information(&line);
        }
    }

    /// `+VTX`, `+VRX`, `+VTR`: speech flows until the client, or silence, ends it.
    pub(super) fn start_stream(
        &mut self,
        direction: Direction,
        operation: Operation,
        now: SimTime,
    ) -> Outcome {
        if self.class() != Class::Voice || !matches!(operation, Operation::Execute | Operation::Set(_)) {
            return Outcome::Error;
        }
        let label = self.settings.number("+VSM", 0);
        let Some(method) = METHODS.iter().find(|method| method.label == label) else {
            return Outcome::Error;
        };
        let rate = self.settings.number("+VSM", 1);
        self.mode = Mode::Voice(Box::new(Stream::new(
            direction,
            method.coding,
            rate,
            &self.settings,
            now,
        )));
        self.result(&ResultCode::Connect);
        Outcome::Busy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_unique() {
        for method in METHODS {
            assert_eq!(
                METHODS.iter().filter(|other| other.label == method.label).count(),
                1
            );
        }
        for source in SOURCES {
            assert_eq!(
                SOURCES.iter().filter(|other| other.label == source.label).count(),
                1
            );
        }
    }
}
