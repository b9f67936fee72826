//! Sending for Class 1: a carrier with its training, then frames one at a time or a page, at the carrier's rate.

use std::collections::VecDeque;
use std::time::Duration;

use super::{DLE, ETX, Fax, Modulation, SUB};
use crate::device::modem::{Mode, Modem};
use crate::exchange::FaxSignal;
use crate::time::SimTime;
use crate::wire::at::ResultCode;

/// A page goes out in such steps.
const STEP: Duration = Duration::from_millis(20);
/// Without an octet from the client for so long, the modem stops sending (T.31 8.3.3).
const PATIENCE: Duration = Duration::from_secs(5);
/// Bit 5 of the control octet, as HDLC sends it: the last frame before the other end may speak.
const FINAL: u8 = 0x10;

/// A carrier that the modem sends.
#[derive(Debug)]
pub(in super::super) struct Sender {
    modulation: &'static Modulation,
    frames: bool,
    state: State,
    /// The client's last octet was DLE.
    shielded: bool,
    /// What the client sent and the line has not.
    octets: VecDeque<u8>,
    is_ended: bool,
}

#[derive(Debug)]
enum State {
    /// Trains until the moment; then `CONNECT`.
    Training(SimTime),
    /// Takes octets of a frame, at most until the moment.
    Gathering(SimTime),
    /// A whole frame is on the line until the moment.
    Frame(SimTime),
    /// The next step of a page, and until when the client may be silent.
    Page(SimTime, SimTime),
}

impl Sender {
    pub(super) fn due_at(&self) -> Option<SimTime> {
        match self.state {
            State::Training(at) | State::Gathering(at) | State::Frame(at) | State::Page(at, _) => Some(at),
        }
    }

    pub(super) fn octet(&mut self, octet: u8, now: SimTime) {
        match &mut self.state {
            // Nobody asked for octets yet.
            State::Training(_) | State::Frame(_) => return,
            State::Gathering(until) | State::Page(_, until) => *until = now + PATIENCE,
        }
        if self.is_ended {
            return;
        }
        match (std::mem::take(&mut self.shielded), octet) {
            (false, DLE) => self.shielded = true,
            (false, octet) => self.octets.push_back(octet),
            (true, ETX) => self.is_ended = true,
            (true, SUB) => self.octets.extend([DLE, DLE]),
            (true, DLE) => self.octets.push_back(DLE),
            (true, _) => {}
        }
        if self.is_ended && self.frames {
            // Between two flags stand the octets and the check sequence.
            let bits = 8 * (u64::try_from(self.octets.len()).unwrap_or(0) + 3);
            let micros = bits * 1_000_000 / u64::from(self.modulation.rate);
            let length = if self.octets.is_empty() { 0 } else { micros };
            self.state = State::Frame(now + Duration::from_micros(length));
        }
    }
}

impl Modem {
    /// Sends a carrier; `CONNECT` follows once the far end can have found it. Frames of one carrier follow each other
    /// without training.
    pub(super) fn start_sending(&mut self, modulation: &'static Modulation, frames: bool, now: SimTime) {
        self.fax_line.signals.clear();
        self.fax_signal(FaxSignal::CarrierOn(modulation.code));
        self.mode = Mode::Fax(Box::new(Fax::Send(Sender {
            modulation,
            frames,
            state: State::Training(now + Duration::from_millis(modulation.training_ms)),
            shielded: false,
            octets: VecDeque::new(),
            is_ended: false,
        })));
    }

    /// Does what is due in sending.
    pub(super) fn send_more(&mut self, now: SimTime) {
        let Mode::Fax(fax) = &mut self.mode else { return };
        let Fax::Send(sender) = &mut **fax else { return };
        if sender.due_at().is_none_or(|at| at > now) {
            return;
        }
        match sender.state {
            State::Training(_) => {
                sender.state = match sender.frames {
                    true => State::Gathering(now + PATIENCE),
                    false => State::Page(now + STEP, now + PATIENCE),
                };
                self.result(&ResultCode::Connect);
            }
            State::Gathering(_) => self.end_sending(&ResultCode::Error),
            State::Frame(_) => self.frame_is_out(now),
            State::Page(_, patience) => {
                sender.state = State::Page(now + STEP, patience);
                let count = usize::try_from(sender.modulation.rate / 400).unwrap_or(0);
                let count = count.min(sender.octets.len());
                let octets: Vec<u8> = sender.octets.drain(..count).collect();
                let is_out = sender.octets.is_empty();
                let is_ended = sender.is_ended;
                if !octets.is_empty() {
                    self.fax_signal(FaxSignal::Bits(octets));
                } else if is_ended {
                    return self.end_sending(&ResultCode::Ok);
                }
                if is_out && !is_ended && patience <= now {
                    self.end_sending(&ResultCode::Error);
                }
            }
        }
    }

    fn frame_is_out(&mut self, now: SimTime) {
        let Mode::Fax(fax) = &mut self.mode else { return };
        let Fax::Send(sender) = &mut **fax else { return };
        let frame: Vec<u8> = sender.octets.drain(..).collect();
        let is_last = frame.get(1).is_none_or(|control| control & FINAL != 0);
        sender.is_ended = false;
        sender.state = State::Gathering(now + PATIENCE);
        if !frame.is_empty() {
            self.fax_signal(FaxSignal::Frame(frame));
        }
        if is_last {
            self.end_sending(&ResultCode::Ok);
        } else {
            self.result(&ResultCode::Connect);
        }
    }

    fn end_sending(&mut self, code: &ResultCode) {
        self.fax_signal(FaxSignal::CarrierOff);
        self.mode = Mode::Command;
        self.pending.clear();
        self.result(code);
    }
}
