//! The children of a check: exercises that leave nothing behind go on in one, each with the provider loaded anew.
//!
//! That must not be seen in what is told. So what breaks a rule or does not go through in a child that another exercise was
//! played in is played again in one of its own, and that is what counts. Where a child dies or does not end well, everything
//! that was played in it is played again, since any of it may have been the cause.

use super::check::Staged;
use super::{Played, play_in};
use crate::app::{Backdrop, Shared, Stop, lacking, may_share};
use crate::judge::Judged;
use crate::report::Outcome;
use crate::rules::{Level, Rule};

/// How many exercises are played in one child. Starting one costs little more than an exercise does, and their results are
/// known only when the child has ended.
const MOST: usize = 16;

/// An exercise that was played, and what the rules say of it.
pub(super) struct Heard {
    pub played: Played,
    pub judged: Judged,
}

/// What came of an exercise, or why it could not be played; with its place among the exercises.
type Done = (usize, Result<Heard, Outcome>);

/// The children of one worker, of which one at a time goes on.
pub(super) struct Children<'a> {
    backdrop: &'a Backdrop,
    rules: &'a [&'static Rule],
    shared: Option<Shared>,
    /// What was played in that child.
    pending: Vec<(usize, &'a Staged, Heard)>,
}

impl<'a> Children<'a> {
    pub fn new(backdrop: &'a Backdrop, rules: &'a [&'static Rule]) -> Children<'a> {
        Children {
            backdrop,
            rules,
            shared: None,
            pending: Vec::new(),
        }
    }

    /// Plays an exercise; what is known now of it and of those before it.
    pub fn play(&mut self, index: usize, one: &'a Staged) -> Vec<Done> {
        let Ok(scenario) = &one.scenario else {
            return vec![self.alone(index, one)];
        };
        let alone = self.backdrop.fresh || one.exercise.alone || one.exercise.level == Level::Robust;
        if alone || !may_share(scenario, self.backdrop) || lacking(scenario, self.backdrop).is_some() {
            let mut done = self.end();
            done.push(self.alone(index, one));
            return done;
        }
        let mut done = match &self.shared {
            Some(shared) if !shared.fits(scenario) => self.end(),
            _ => Vec::new(),
        };
        let is_first = self.shared.is_none();
        let played = play_in(self.shared.take(), scenario, self.backdrop, one.exercise.probe);
        let Ok((played, shared)) = played else {
            done.extend(self.again());
            done.push(self.alone(index, one));
            return done;
        };
        self.shared = shared;
        if matches!(played.stopped, Some(Stop::Died { .. })) {
            done.extend(self.again());
            done.push(self.alone(index, one));
            return done;
        }
        let judged = Judged::of(self.rules, &played.events);
        let is_well = judged.is_clean() && matches!(played.stopped, None | Some(Stop::Skipped(_)));
        if is_well || is_first {
            self.pending.push((index, one, Heard { played, judged }));
            if !is_well || self.shared.is_none() || self.pending.len() >= MOST {
                done.extend(self.end());
            }
        } else {
            done.extend(self.end());
            done.push(self.alone(index, one));
        }
        done
    }

    /// Ends the child, if there is one; what came of all that was played in it.
    pub fn end(&mut self) -> Vec<Done> {
        match self.shared.take().map(Shared::end) {
            Some(Err(_)) => self.again(),
            Some(Ok(())) | None => {
                let pending = self.pending.drain(..);
                pending.map(|(index, _, heard)| (index, Ok(heard))).collect()
            }
        }
    }

    /// Plays all that was played in the child again, each in one of its own.
    fn again(&mut self) -> Vec<Done> {
        let pending = std::mem::take(&mut self.pending);
        pending
            .into_iter()
            .map(|(index, one, _)| self.alone(index, one))
            .collect()
    }

    fn alone(&self, index: usize, one: &Staged) -> Done {
        (index, one.play(self.backdrop, self.rules))
    }
}
