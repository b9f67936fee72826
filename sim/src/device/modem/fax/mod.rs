//! Fax Class 1 (T.31): the client speaks T.30, the modem carries its frames and pages between the ends, at the pace of
//! the modulation.

mod receive;
mod send;

use std::collections::VecDeque;
use std::time::Duration;

use super::line::CallProgress;
use super::{LineAction, Mode, Modem, Outcome};
use crate::exchange::{FaxSignal, Sound};
use crate::time::SimTime;
use crate::wire::at::{Operation, ResultCode, Value};

pub(super) use receive::{Receiver, shielded};
pub(super) use send::Sender;

pub(super) const DLE: u8 = 0x10;
pub(super) const ETX: u8 = 0x03;
pub(super) const SUB: u8 = 0x1a;

/// One modulation of T.31 table 4.
#[derive(Debug)]
pub(super) struct Modulation {
    /// Its number in commands.
    pub(super) code: u16,
    /// Bit/s.
    pub(super) rate: u32,
    /// How long its training takes, milliseconds (T.30, T.4); for V.21 the preamble of flags.
    pub(super) training_ms: u64,
}

const fn modulation(code: u16, rate: u32, training_ms: u64) -> Modulation {
    Modulation {
        code,
        rate,
        training_ms,
    }
}

impl Modulation {
    /// What a receiver reads behind the last octet that was sent: ones, for about 13 ms, with which a carrier is turned
    /// off. efax counts on bits behind the last end of line of a page.
    pub(super) fn turn_off(&self) -> Vec<u8> {
        vec![0xff; usize::try_from(self.rate / 600).unwrap_or(0)]
    }
}

/// V.21, V.27 ter, V.29, and V.17 with long and short training.
pub(super) const MODULATIONS: &[Modulation] = &[
    modulation(3, 300, 1000),
    modulation(24, 2400, 943),
    modulation(48, 4800, 708),
    modulation(72, 7200, 253),
    modulation(96, 9600, 253),
    modulation(73, 7200, 1393),
    modulation(74, 7200, 142),
    modulation(97, 9600, 1393),
    modulation(98, 9600, 142),
    modulation(121, 12_000, 1393),
    modulation(122, 12_000, 142),
    modulation(145, 14_400, 1393),
    modulation(146, 14_400, 142),
];

/// V.21 channel 2, which carries the frames.
pub(super) const V21: &Modulation = &MODULATIONS[0];

/// How long the answer tone lasts (T.30 4.3.3: 2.6 to 4 s), and the silence after it.
pub(super) const CED: Duration = Duration::from_millis(3375);

/// What the fax part of the modem is busy with.
#[derive(Debug)]
pub(super) enum Fax {
    /// Answer tone until the moment; then frames are sent.
    AnswerTone(SimTime),
    /// Sends; see [`Sender`].
    Send(Sender),
    /// Receives; see [`Receiver`].
    Receive(Receiver),
    /// `+FTS`: sends nothing until the moment.
    Pause(SimTime),
    /// `+FRS`: waits for silence of the length, which is reached at the moment if it lasts.
    AwaitSilence(Duration, Option<SimTime>),
}

/// What the line brought, until the client asks for it.
#[derive(Debug, Default)]
pub(super) struct FaxLine {
    signals: VecDeque<FaxSignal>,
    /// The carrier that the far end sends now.
    carrier: Option<u16>,
    far_end_is_gone: bool,
}

impl Modem {
    /// `+FTM`, `+FTH`, `+FRM`, `+FRH`: which carrier, and whether it carries frames.
    pub(super) fn fax_carrier(&mut self, name: &str, operation: Operation, now: SimTime) -> Outcome {
        let (sends, frames) = (name.starts_with("+FT"), name.ends_with('H'));
        let takes = |modulation: &&Modulation| (modulation.code == V21.code) == frames;
        match operation {
            Operation::Test => {
                let codes: Vec<String> = MODULATIONS
                    .iter()
                    .filter(takes)
                    .map(|modulation| modulation.code.to_string())
                    .collect();
                self.information(&codes.join(","));
                Outcome::Next
            }
            Operation::Set(values) => {
                let [Value::Number(code)] = values.as_slice() else {
                    return Outcome::Error;
                };
                let mut known = MODULATIONS.iter().filter(takes);
                let Some(modulation) = known.find(|modulation| u32::from(modulation.code) == *code) else {
                    return Outcome::Error;
                };
                if !self.is_off_hook {
                    return Outcome::Error;
                }
                if sends {
                    self.start_sending(modulation, frames, now);
                } else {
                    self.start_receiving(modulation, frames, None, now);
                }
                Outcome::Busy
            }
            Operation::Execute | Operation::Read => Outcome::Error,
        }
    }

    /// `+FTS` and `+FRS`: silence, in hundredths of a second.
    pub(super) fn fax_silence(&mut self, sends: bool, operation: Operation, now: SimTime) -> Outcome {
        let Operation::Set(values) = operation else {
            return Outcome::Error;
        };
        let [Value::Number(hundredths @ 0..=255)] = values.as_slice() else {
            return Outcome::Error;
        };
        if !self.is_off_hook {
            return Outcome::Error;
        }
        let length = Duration::from_millis(10) * *hundredths;
        let fax = if sends {
            Fax::Pause(now + length)
        } else {
            self.fax_line.signals.clear();
            let is_silent = self.fax_line.carrier.is_none();
            Fax::AwaitSilence(length, is_silent.then(|| now + length))
        };
        self.mode = Mode::Fax(Box::new(fax));
        Outcome::Busy
    }

    /// The call is through: the caller listens for frames, the answerer sends its tone and then frames (T.31 8.3.1,
    /// 8.3.2).
    pub(super) fn fax_call_is_through(&mut self, now: SimTime) {
        self.fax_line = FaxLine::default();
        if self.is_caller {
            self.fax_signal(FaxSignal::Cng);
            let wait = self.settings.seconds(7).max(Duration::from_secs(1));
            self.start_receiving(V21, true, Some(now + wait), now);
        } else {
            self.fax_signal(FaxSignal::Ced);
            self.mode = Mode::Fax(Box::new(Fax::AnswerTone(now + CED)));
        }
    }

    pub(super) fn fax_signal(&mut self, signal: FaxSignal) {
        self.actions.push_back(LineAction::Sound(Sound::Fax(signal)));
    }

    /// A signal from the far end. What nobody listened to is lost when the next carrier begins.
    pub(super) fn fax_heard(&mut self, signal: FaxSignal, now: SimTime) {
        match signal {
            FaxSignal::Cng | FaxSignal::Ced => return,
            FaxSignal::CarrierOn(code) => {
                if !matches!(&self.mode, Mode::Fax(fax) if matches!(**fax, Fax::Receive(_))) {
                    self.fax_line.signals.clear();
                }
                self.fax_line.carrier = Some(code);
            }
            FaxSignal::CarrierOff => self.fax_line.carrier = None,
            FaxSignal::Frame(_) | FaxSignal::Bits(_) => {}
        }
        self.fax_line.signals.push_back(signal);
        if let Mode::Fax(fax) = &mut self.mode
            && let Fax::AwaitSilence(length, until) = &mut **fax
        {
            *until = self.fax_line.carrier.is_none().then(|| now + *length);
        }
        self.receive_more(now);
    }

    /// The far end hung up. What it sent before is still delivered.
    pub(super) fn fax_released(&mut self, now: SimTime) {
        self.progress = CallProgress::None;
        self.fax_line.far_end_is_gone = true;
        self.fax_line.carrier = None;
        self.fax_line.signals.push_back(FaxSignal::CarrierOff);
        match &self.mode {
            Mode::Dialling(_) | Mode::WaitCarrier { .. } => self.give_up(&ResultCode::NoCarrier),
            _ => self.receive_more(now),
        }
    }

    pub(super) fn fax_due_at(fax: &Fax) -> Option<SimTime> {
        match fax {
            Fax::AnswerTone(until) | Fax::Pause(until) => Some(*until),
            Fax::AwaitSilence(_, until) => *until,
            Fax::Send(sender) => sender.due_at(),
            Fax::Receive(receiver) => receiver.until,
        }
    }

    pub(super) fn fax_timeout(&mut self, now: SimTime) {
        let Mode::Fax(fax) = &mut self.mode else { return };
        match &mut **fax {
            Fax::AnswerTone(_) => self.start_sending(V21, true, now),
            Fax::Pause(_) | Fax::AwaitSilence(..) => {
                self.mode = Mode::Command;
                self.run_pending(now);
            }
            Fax::Send(_) => self.send_more(now),
            Fax::Receive(_) => self.give_up(&ResultCode::NoCarrier),
        }
    }

    /// An octet from the client while a fax command is carried out.
    pub(super) fn fax_octet(&mut self, octet: u8, now: SimTime) {
        let Mode::Fax(fax) = &mut self.mode else { return };
        match &mut **fax {
            Fax::Send(sender) => sender.octet(octet, now),
            Fax::AnswerTone(_) => self.abort(),
            Fax::Receive(receiver) if receiver.until.is_some() => self.abort(),
            // T.31 8.3.3: any octet ends what the client waits for.
            Fax::Receive(receiver) => {
                let is_open = receiver.is_open;
                self.end_receiving(is_open, &ResultCode::Ok);
            }
            Fax::AwaitSilence(..) => {
                self.mode = Mode::Command;
                self.end_of_line(Outcome::Failed(ResultCode::Ok));
            }
            Fax::Pause(_) => {}
        }
        self.send_more(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modulations_are_unique_and_fit_whole_octets_into_a_step() {
        for modulation in MODULATIONS {
            let same = MODULATIONS.iter().filter(|other| other.code == modulation.code);
            assert_eq!(same.count(), 1, "{}", modulation.code);
            assert!(modulation.code == V21.code || modulation.rate % 400 == 0);
        }
        assert_eq!(V21.code, 3);
    }
}
