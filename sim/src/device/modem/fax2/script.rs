//! What a fax modem sends without its client: signals one after another, each in its time.

use std::collections::VecDeque;
use std::time::Duration;

use super::super::fax::{Modulation, V21};
use crate::exchange::FaxSignal;
use crate::time::SimTime;
use crate::wire::t30::Frame;

/// Between what one station sends and what the other does, and between two carriers (T.30 5.3.6.1).
const TURN: Duration = Duration::from_millis(75);
/// The training check lasts so long (T.30 5.3.6.1.3).
const TRAINING_CHECK_STEPS: usize = 75;
/// Pages and checks go out in such steps.
pub(super) const STEP: Duration = Duration::from_millis(20);

/// Signals that are still to be sent.
#[derive(Debug, Default)]
pub(super) struct Script {
    /// Each so long after the one before.
    signals: VecDeque<(Duration, FaxSignal)>,
    /// How long the last one takes.
    rest: Duration,
    /// When the last signal went out.
    since: SimTime,
    is_running: bool,
}

impl Script {
    /// Begins anew; what was still to be sent is not.
    pub(super) fn start(&mut self, now: SimTime) {
        *self = Script {
            since: now,
            is_running: true,
            ..Script::default()
        };
    }

    pub(super) fn is_running(&self) -> bool {
        self.is_running
    }

    /// When the next signal is due, or the end of the last.
    pub(super) fn due_at(&self) -> Option<SimTime> {
        let next = self.signals.front().map_or(self.rest, |(after, _)| *after);
        self.is_running.then(|| self.since + next)
    }

    /// The next signal that is due, or `None` at the end of the last.
    pub(super) fn next(&mut self) -> Option<FaxSignal> {
        match self.signals.pop_front() {
            Some((after, signal)) => {
                self.since += after;
                Some(signal)
            }
            None => {
                self.is_running = false;
                None
            }
        }
    }

    pub(super) fn silence(&mut self, length: Duration) {
        self.rest += length;
    }

    fn push(&mut self, signal: FaxSignal) {
        let after = std::mem::take(&mut self.rest);
        self.signals.push_back((after, signal));
    }

    /// A carrier and its training, after a pause.
    pub(super) fn carrier(&mut self, modulation: &Modulation) {
        self.silence(TURN);
        self.push(FaxSignal::CarrierOn(modulation.code));
        self.rest = Duration::from_millis(modulation.training_ms);
    }

    /// Frames on a carrier of their own.
    pub(super) fn frames(&mut self, frames: &[Frame]) {
        self.carrier(V21);
        for frame in frames {
            let octets = frame.to_octets();
            // Between two flags stand the octets and the check sequence.
            let bits = 8 * (u64::try_from(octets.len()).unwrap_or(0) + 3);
            self.silence(Duration::from_micros(bits * 1_000_000 / u64::from(V21.rate)));
            self.push(FaxSignal::Frame(octets));
        }
        self.push(FaxSignal::CarrierOff);
    }

    /// Zeros, by which the other station sees whether it can read the modulation.
    pub(super) fn training_check(&mut self, modulation: &Modulation) {
        self.carrier(modulation);
        for _ in 0..TRAINING_CHECK_STEPS {
            self.silence(STEP);
            self.push(FaxSignal::Bits(vec![0; octets_a_step(modulation)]));
        }
        self.push(FaxSignal::CarrierOff);
    }
}

/// How many octets a modulation carries in one step.
pub(super) fn octets_a_step(modulation: &Modulation) -> usize {
    usize::try_from(modulation.rate / 400).unwrap_or(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::device::modem::fax::MODULATIONS;
    use crate::wire::t30::fcf;

    #[test]
    fn signals_come_in_their_time() {
        let mut script = Script::default();
        script.start(SimTime::ZERO);
        let frame = Frame {
            fcf: fcf::MCF,
            x: false,
            is_final: true,
            fif: Vec::new(),
        };
        script.frames(&[frame]);
        let mut times = Vec::new();
        while let Some(at) = script.due_at() {
            times.push((at.as_micros() / 1000, script.next().is_some()));
        }
        // 75 ms of silence, a second of preamble, 48 bits at 300 bit/s, the end.
        assert_eq!(times, [(75, true), (1235, true), (1235, true), (1235, false)]);
    }

    #[test]
    fn a_training_check_lasts_a_second_and_a_half() {
        let modulation = MODULATIONS.iter().find(|modulation| modulation.code == 96);
        let mut script = Script::default();
        script.start(SimTime::ZERO);
        script.training_check(modulation.expect("V.29"));
        let mut octets = 0;
        while script.is_running() {
            if let Some(FaxSignal::Bits(zeros)) = script.next() {
                octets += zeros.len();
            }
        }
        assert_eq!(octets * 8, 9600 * 3 / 2);
    }
}
