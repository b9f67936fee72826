//! Neighbouring steps that call functions at the same time.

use super::Stop;
use super::prepare::Prepared;
use super::steps::Player;
use super::{Invoked, tapi::Landed};
use crate::scenario::ast::{Ending, Outcome, Step, StepKind};
use crate::trace::{Party, What};
use crate::tspi::Version;
use crate::tspi::marshal::Call;

/// One of the calls that are made at once.
struct One<'s> {
    /// The line of its step.
    at: usize,
    ending: &'s Ending,
    prepared: Prepared,
}

/// One of them, and what came of it.
type Made<'s> = (One<'s>, Result<Invoked, Stop>);

impl Player<'_> {
    /// Makes all calls of these steps at once, then waits for the end of each. Of several that do not end as they should, the
    /// first is told.
    pub(super) fn at_once(&mut self, steps: &[Step]) -> Result<(), Stop> {
        let mut all = Vec::new();
        for step in steps {
            let StepKind::AtOnce {
                times,
                action,
                ending,
            } = &step.kind
            else {
                return Err(Stop::Bug("a step was to be made at once that is not".to_owned()));
            };
            let (line, text) = (step.line, step.text.clone());
            self.stage
                .recorder
                .push(Party::Scenario, What::Step { line, text });
            for _ in 0..times.as_ref().map_or(1, |times| times.node) {
                let prepared = self.prepare(action).map_err(|stop| stop.at_line(line))?;
                let outcome = Outcome::Ends(ending.clone());
                if action.may_be_missing(&outcome) && self.is_missing(&prepared, action.function)? {
                    continue;
                }
                let at = line;
                all.push(One { at, ending, prepared });
            }
        }
        let mut first = Ok(());
        for (one, invoked) in self.make_at_once(all)? {
            let ended = invoked.and_then(|invoked| {
                let provider = one.prepared.provider;
                let taken = self.take_in(one.prepared, &invoked)?;
                self.ends(provider, &invoked, taken, one.ending)
            });
            match ended {
                Err(stop @ Stop::Died { .. }) => return Err(stop.at_line(one.at)),
                ended => first = first.and(ended.map_err(|stop| stop.at_line(one.at))),
            }
        }
        first
    }

    /// Makes the calls, all of one provider at the same time.
    fn make_at_once<'s>(&mut self, all: Vec<One<'s>>) -> Result<Vec<Made<'s>>, Stop> {
        let mut made = Vec::new();
        let mut left = all;
        while let Some(first) = left.first() {
            let (provider, at) = (first.prepared.provider, first.at);
            let (mut here, elsewhere): (Vec<One<'_>>, Vec<One<'_>>) = left
                .into_iter()
                .partition(|one| one.prepared.provider == provider);
            left = elsewhere;
            let calls = here
                .iter_mut()
                .map(|one| Ok((one.prepared.take_call()?, one.prepared.version)));
            let calls: Vec<(Call, Version)> = calls.collect::<Result<_, Stop>>()?;
            let landed = self.stage.providers[provider].invoke_at_once(calls);
            let landed: Landed = landed.map_err(|stop| stop.at_line(at))?;
            made.extend(here.into_iter().zip(landed));
        }
        Ok(made)
    }
}
