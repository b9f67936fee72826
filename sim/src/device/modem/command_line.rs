//! Command lines out of single bytes: finds `AT` in what comes, edits with S5, ends with S3.

use std::time::Duration;

use super::profile::Quirks;
use super::settings::Settings;
use crate::time::SimTime;

/// What is kept of a line at most, spaces and all.
const HELD_MOST: usize = 4096;

/// So long after the end of a command line no character aborts it.
const ABORT_GUARD: Duration = Duration::from_millis(125);

/// S5, and the key that has its meaning on most terminals.
fn is_editing(byte: u8, settings: &Settings) -> bool {
    byte == settings.register(5) || byte == 0x7f
}

/// What the bytes amount to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Input {
    /// What stood between `AT` and the end of the line.
    Line(Vec<u8>),
    /// `A/`: the last line again.
    Repeat,
    /// A line longer than the modem's buffer.
    TooLong,
}

/// Gathers one command line at a time.
#[derive(Debug, Default)]
pub(super) struct CommandLineReader {
    state: State,
    /// The last byte ended a line, so that a line feed right after it belongs to it.
    just_ended: bool,
    ended_at: Option<SimTime>,
}

#[derive(Debug, Default)]
enum State {
    /// Before `A`. Anything else is ignored: clients send NUL, ESC or `+++` to wake a modem.
    #[default]
    Idle,
    /// After `A` or `a`, as it came: V.250 5.2.1 wants both letters of the prefix in one case.
    SeenA(u8),
    Body(Vec<u8>),
}

impl CommandLineReader {
    /// Whether the byte deletes the last one of a line.
    pub(super) fn deletes(&self, byte: u8, settings: &Settings) -> Option<bool> {
        match &self.state {
            State::Body(body) if is_editing(byte & 0x7f, settings) => Some(!body.is_empty()),
            _ => None,
        }
    }

    pub(super) fn push(&mut self, byte: u8, settings: &Settings, quirks: &Quirks) -> Option<Input> {
        self.just_ended = false;
        // V.250 5.1: commands are seven-bit; the eighth may be parity. Mobile equipment takes names in them (27.007 5.5).
        let byte = if quirks.eight_bit_commands {
            byte
        } else {
            byte & 0x7f
        };
        match &mut self.state {
            State::Idle if byte.eq_ignore_ascii_case(&b'A') => self.state = State::SeenA(byte),
            State::Idle => {}
            State::SeenA(a)
                if byte.eq_ignore_ascii_case(&b'T')
                    && (quirks.mixed_case_prefix || a.is_ascii_lowercase() == byte.is_ascii_lowercase()) =>
            {
                self.state = State::Body(Vec::new());
            }
            State::SeenA(_) if byte.eq_ignore_ascii_case(&b'A') => self.state = State::SeenA(byte),
            State::SeenA(_) => {
                self.state = State::Idle;
                self.just_ended = byte == b'/';
                return (byte == b'/').then_some(Input::Repeat);
            }
            State::Body(body) if byte == settings.register(3) => {
                let body = std::mem::take(body);
                self.state = State::Idle;
                self.just_ended = true;
                let counted = body.iter().filter(|byte| **byte != b' ').count();
                return Some(if counted > quirks.longest_line || body.len() > HELD_MOST {
                    Input::TooLong
                } else {
                    Input::Line(body)
                });
            }
            State::Body(body) if is_editing(byte, settings) => {
                body.pop();
            }
            State::Body(body) if body.len() <= HELD_MOST => body.push(byte),
            State::Body(_) => {}
        }
        None
    }

    /// A line has come to its end now, and is carried out.
    pub(super) fn line_ended(&mut self, now: SimTime) {
        self.ended_at = Some(now);
    }

    /// Whether `byte` still belongs to the line that ended, and so aborts nothing: what comes right after it does (V.250
    /// 5.6.1), and so does the line feed of a client that is slower, or in whose eyes the modem's clock goes faster.
    pub(super) fn belongs_to_line(&mut self, byte: u8, now: SimTime) -> bool {
        let is_line_feed = std::mem::take(&mut self.just_ended) && byte & 0x7f == b'\n';
        is_line_feed || self.ended_at.is_some_and(|at| now < at + ABORT_GUARD)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Make, ModemProfile};
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Input> {
        let settings = Settings::factory(&Make::new(ModemProfile::default()));
        let quirks = Quirks::default();
        let mut reader = CommandLineReader::default();
        bytes
            .iter()
            .filter_map(|byte| reader.push(*byte, &settings, &quirks))
            .collect()
    }

    fn line(text: &str) -> Input {
        Input::Line(text.as_bytes().to_vec())
    }

    #[test]
    fn ignores_what_clients_send_to_wake_a_modem() {
        assert_eq!(read(b"\0\x1b+++\r\n~~AT\r"), [line("")]);
        assert_eq!(read(b"AAT E1\r\nat h\r"), [line(" E1"), line(" h")]);
    }

    #[test]
    fn the_prefix_is_in_one_case() {
        assert_eq!(read(b"At\raT\raAT\rAt/"), [line("")]);
        let settings = Settings::factory(&Make::new(ModemProfile::default()));
        let quirks = Quirks {
            mixed_case_prefix: true,
            ..Quirks::default()
        };
        let mut reader = CommandLineReader::default();
        let mut read = b"aT\r"
            .iter()
            .filter_map(|byte| reader.push(*byte, &settings, &quirks));
        assert_eq!(read.next(), Some(line("")));
    }

    #[test]
    fn repeats_without_waiting_for_the_end_of_the_line() {
        assert_eq!(read(b"ATE0\rA/"), [line("E0"), Input::Repeat]);
    }

    #[test]
    fn edits_and_strips_parity() {
        assert_eq!(read(b"ATX\x08E0\r"), [line("E0")]);
        assert_eq!(read(&[b'A', b'T' | 0x80, b'I', b'\r' | 0x80]), [line("I")]);
    }

    #[test]
    fn mobile_equipment_takes_eight_bits() {
        let settings = Settings::factory(&Make::new(ModemProfile::default()));
        let quirks = Quirks {
            eight_bit_commands: true,
            ..Quirks::default()
        };
        let mut reader = CommandLineReader::default();
        let bytes = "AT\u{fc}\r".as_bytes().iter();
        let read: Vec<Input> = bytes
            .filter_map(|byte| reader.push(*byte, &settings, &quirks))
            .collect();
        assert_eq!(read, [line("\u{fc}")]);
    }

    #[test]
    fn a_line_without_end_takes_no_memory() {
        let mut bytes = b"AT".to_vec();
        bytes.resize(1 << 20, b'X');
        bytes.extend(b"\rAT\r");
        assert_eq!(read(&bytes), [Input::TooLong, line("")]);
    }
}
