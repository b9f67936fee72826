//! Faults of a serial line, wrapped around any port: bytes go in on one side and come out later, otherwise, or not at
//! all on the other. No I/O, no clock; the same seed always brings the same faults.

mod spec;

use std::collections::VecDeque;
use std::time::Duration;

use fastrand::Rng;

use crate::time::SimTime;

pub(crate) use spec::time;
pub use spec::{FORMS, FaultSpec, SpecError};

/// One thing that a line does to the bytes that pass it.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// Every byte comes this much later.
    Delay(Duration),
    /// Bytes come in pieces of this size, each this long after the one before.
    Split {
        /// Bytes a piece, at least one.
        size: usize,
        /// From piece to piece.
        gap: Duration,
    },
    /// Bytes are gathered for this long and come at once.
    Coalesce(Duration),
    /// Each byte is lost with this probability, 0 to 1.
    Drop(f64),
    /// Each byte has one bit changed with this probability.
    Garble(f64),
    /// Each byte comes twice with this probability.
    Duplicate(f64),
    /// After so many bytes nothing comes for this long.
    Stall {
        /// Bytes before the stall.
        after: u64,
        /// Its length.
        pause: Duration,
    },
    /// After so many bytes nothing comes any more.
    Cut {
        /// Bytes before the cut.
        after: u64,
    },
}

/// One direction of a line with its faults, each working on what the one before lets through.
#[derive(Debug)]
pub struct FaultyLine {
    stages: Vec<Stage>,
    rng: Rng,
}

/// A fault and the bytes that it holds back.
#[derive(Debug)]
struct Stage {
    fault: Fault,
    held: VecDeque<(SimTime, Vec<u8>)>,
    seen: u64,
    /// Nothing leaves before this moment.
    free_at: SimTime,
}

impl FaultyLine {
    /// A line with these faults, in the order in which bytes meet them.
    pub fn new(faults: impl IntoIterator<Item = Fault>, seed: u64) -> FaultyLine {
        let stage = |fault| Stage {
            fault,
            held: VecDeque::new(),
            seen: 0,
            free_at: SimTime::ZERO,
        };
        FaultyLine {
            stages: faults.into_iter().map(stage).collect(),
            rng: Rng::with_seed(seed),
        }
    }

    /// Takes bytes at one end; gives those that come out at the other now.
    pub fn push(&mut self, bytes: &[u8], now: SimTime) -> Vec<u8> {
        let mut out = self.poll(now);
        out.extend(self.pass(0, bytes.to_vec(), now, now));
        out
    }

    /// The bytes that come out now.
    pub fn poll(&mut self, now: SimTime) -> Vec<u8> {
        let mut out = Vec::new();
        // The last stage first: what it holds came before all that the others hold.
        for index in (0..self.stages.len()).rev() {
            while let Some((at, bytes)) = self.stages[index].take(now) {
                out.extend(self.pass(index + 1, bytes, at, now));
            }
        }
        out
    }

    /// When [`FaultyLine::poll`] has something next.
    pub fn poll_timeout(&self) -> Option<SimTime> {
        self.stages
            .iter()
            .filter_map(|stage| stage.held.front().map(|(at, _)| *at))
            .min()
    }

    /// Bytes that are held back.
    pub fn held_bytes(&self) -> usize {
        let held = self.stages.iter().flat_map(|stage| &stage.held);
        held.map(|(_, bytes)| bytes.len()).sum()
    }

    /// Forgets what is held back: the client has gone.
    pub fn clear(&mut self) {
        for stage in &mut self.stages {
            stage.held.clear();
        }
    }

    /// Gives bytes that arrive at `at` to the stages from `index` on; what comes out at the end by `now` is returned.
    fn pass(&mut self, index: usize, bytes: Vec<u8>, at: SimTime, now: SimTime) -> Vec<u8> {
        let Some(stage) = self.stages.get_mut(index) else {
            return bytes;
        };
        stage.push(bytes, at, &mut self.rng);
        let mut out = Vec::new();
        while let Some((at, bytes)) = self.stages[index].take(now) {
            out.extend(self.pass(index + 1, bytes, at, now));
        }
        out
    }
}

impl Stage {
    fn take(&mut self, now: SimTime) -> Option<(SimTime, Vec<u8>)> {
        self.held.front().filter(|(at, _)| *at <= now)?;
        self.held.pop_front()
    }

    fn push(&mut self, mut bytes: Vec<u8>, at: SimTime, rng: &mut Rng) {
        match self.fault {
            Fault::Delay(delay) => self.hold(bytes, at + delay),
            Fault::Split { size, gap } => {
                for piece in bytes.chunks(size.max(1)) {
                    let leaves = self.free_at.max(at);
                    self.hold(piece.to_vec(), leaves);
                    self.free_at = leaves + gap;
                }
            }
            Fault::Coalesce(span) => match self.held.back_mut() {
                Some((_, held)) => held.append(&mut bytes),
                None => self.hold(bytes, at + span),
            },
            Fault::Drop(chance) => {
                bytes.retain(|_| rng.f64() >= chance);
                self.hold(bytes, at);
            }
            Fault::Garble(chance) => {
                for byte in &mut bytes {
                    if rng.f64() < chance {
                        *byte ^= 1 << rng.u8(0..8);
                    }
                }
                self.hold(bytes, at);
            }
            Fault::Duplicate(chance) => {
                let twice = bytes
                    .iter()
                    .flat_map(|byte| std::iter::repeat_n(*byte, if rng.f64() < chance { 2 } else { 1 }));
                let twice = twice.collect();
                self.hold(twice, at);
            }
            Fault::Stall { after, pause } => {
                let rest = self.beyond(after, &mut bytes);
                self.hold(bytes, self.free_at.max(at));
                if !rest.is_empty() {
                    if self.free_at == SimTime::ZERO {
                        self.free_at = at + pause;
                    }
                    self.hold(rest, self.free_at.max(at));
                }
            }
            Fault::Cut { after } => {
                self.beyond(after, &mut bytes);
                self.hold(bytes, at);
            }
        }
    }

    /// Splits off what lies beyond the first `limit` bytes of the line's life.
    fn beyond(&mut self, limit: u64, bytes: &mut Vec<u8>) -> Vec<u8> {
        let left = usize::try_from(limit.saturating_sub(self.seen)).unwrap_or(usize::MAX);
        self.seen = self.seen.saturating_add(bytes.len() as u64);
        bytes.split_off(left.min(bytes.len()))
    }

    /// Keeps the order: nothing overtakes what is held already.
    fn hold(&mut self, bytes: Vec<u8>, until: SimTime) {
        if bytes.is_empty() {
            return;
        }
        let until = self.held.back().map_or(until, |(at, _)| until.max(*at));
        self.held.push_back((until, bytes));
    }
}

#[cfg(test)]
mod tests;
