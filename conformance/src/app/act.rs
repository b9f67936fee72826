//! Steps by which the application calls functions: names become handles, the call is made, what it gives is kept.

use std::time::{Duration, Instant};

use super::expect::{self, Ended};
use super::handles::{Begun, Found};
use super::made::given;
use super::prepare::Prepared;
use super::steps::Player;
use super::{Invoked, Stop};
use crate::scenario::ast::{Action, Ending, Name, Outcome, Until};
use crate::trace::{Event, What};
use crate::tspi::{Function, Kind, Need, render_result};

/// How soon a query is made again that did not find what it waits for, where the provider reports nothing meanwhile.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A function that lets something be found, by the out parameters that it has for it.
fn finds(function: &Function) -> bool {
    function.args.iter().any(|arg| {
        matches!(
            arg.kind,
            Kind::OutStruct(_)
                | Kind::OutDword(_)
                | Kind::OutVersion
                | Kind::OutDigits { .. }
                | Kind::OutString { .. }
                | Kind::OutBytes { .. }
                | Kind::InOutBytes { .. }
                | Kind::OutGuid
        )
    })
}

impl Player<'_> {
    pub(super) fn act(&mut self, action: &Action, outcome: &Outcome) -> Result<(), Stop> {
        match outcome {
            Outcome::Until(until) => self.query_until(action, until),
            outcome => self.act_once(action, outcome),
        }
    }

    /// Makes a query again until it finds what is waited for. Only the last one is shown, for how many there were is a matter
    /// of time.
    fn query_until(&mut self, action: &Action, until: &Until) -> Result<(), Stop> {
        let within = until.deadline();
        let deadline = Instant::now() + within;
        loop {
            self.act_once(action, &Outcome::Ends(Ending::Completes))?;
            let value = self.its(&until.field)?;
            if expect::holds(&value, &until.comparison) {
                return Ok(());
            }
            if Instant::now() >= deadline {
                return Err(Stop::failed(format!(
                    "{} is still {value} after {within:?}, not as waited for",
                    until.field
                )));
            }
            if let Some(found) = &self.handles.found {
                self.stage.providers[found.provider].aside(found.seq);
            }
            // Something that happens is worth a look at once; what says nothing of itself is looked for soon.
            let happens =
                |_, event: &Event| matches!(event.what, What::Line(_) | What::Phone(_)).then_some(());
            let seen = self.stage.recorder.len();
            self.watch(seen, LOOK_AGAIN, happens)?;
        }
    }

    fn act_once(&mut self, action: &Action, outcome: &Outcome) -> Result<(), Stop> {
        let mut prepared = self.prepare(action)?;
        // TAPI fails with LINEERR_OPERATIONUNAVAIL for what is not exported, without asking.
        if action.may_be_missing(outcome) && self.is_missing(&prepared, action.function)? {
            return Ok(());
        }
        let call = prepared.take_call()?;
        let invoked = self.stage.providers[prepared.provider].invoke_at(call, prepared.version)?;
        let provider = prepared.provider;
        let (names, found) = self.take_in(prepared, &invoked)?;
        match outcome {
            Outcome::Until(_) => Err(Stop::Bug("a query is made once here".to_owned())),
            Outcome::Begun(name) => self.begin(provider, name, &invoked, names, found),
            Outcome::Ends(ending) => self.ends(provider, &invoked, (names, found), ending),
        }
    }

    /// Whether a function that need not be there is not.
    pub(super) fn is_missing(&mut self, prepared: &Prepared, function: &Function) -> Result<bool, Stop> {
        if function.need == Need::Mandatory {
            return Ok(false);
        }
        let missing = self.stage.providers[prepared.provider].missing(&[function.name])?;
        Ok(!missing.is_empty())
    }

    /// Keeps what a function that was taken makes and finds, and forgets what it ends: the names, and what is found.
    pub(super) fn take_in(
        &mut self,
        prepared: Prepared,
        invoked: &Invoked,
    ) -> Result<(Vec<String>, Option<Found>), Stop> {
        let Prepared {
            provider,
            version,
            device,
            line,
            makes,
            ends,
            ..
        } = prepared;
        let accepted = invoked.result >= 0;
        let mut names = Vec::new();
        if accepted {
            // A request may be taken and end with an error: then it has made nothing, and no handle need be there.
            let lacking = makes.iter().any(|make| given(invoked, make).is_err());
            let ended = if lacking {
                self.end_of(provider, invoked)?.0
            } else {
                0
            };
            let makes = match ended {
                0.. => makes,
                error => {
                    self.note_unmade(invoked, error, makes.into_iter().map(|make| make.name));
                    Vec::new()
                }
            };
            for make in makes {
                names.push(make.name.clone());
                self.bind(provider, device, line, make, invoked)?;
            }
            for name in ends {
                self.handles.end(&name);
            }
        } else {
            self.note_unmade(invoked, invoked.result, makes.into_iter().map(|make| make.name));
        }
        let found = (accepted && finds(invoked.function)).then(|| Found {
            provider,
            seq: invoked.seq,
            function: invoked.function,
            version,
            outs: invoked.outs().to_vec(),
        });
        Ok((names, found))
    }

    /// Keeps why names stand for nothing.
    fn note_unmade(&mut self, invoked: &Invoked, error: i32, names: impl Iterator<Item = String>) {
        let how = format!("{} failed with {}", invoked.function.name, render_result(error));
        self.handles.unmade.extend(names.map(|name| (name, how.clone())));
    }

    /// Waits for the end of a function and holds it against what the step expects.
    pub(super) fn ends(
        &mut self,
        provider: usize,
        invoked: &Invoked,
        (names, found): (Vec<String>, Option<Found>),
        ending: &Ending,
    ) -> Result<(), Stop> {
        let ended = self.end_of(provider, invoked)?;
        if ended.0 < 0 {
            self.unmake(&names);
            self.note_unmade(invoked, ended.0, names.into_iter());
        } else if found.is_some() {
            self.handles.found = found;
        }
        expect::ends_as(invoked.function.name, ending, ended)
    }

    /// How a function ended, by its return or by its completion.
    fn end_of(&mut self, provider: usize, invoked: &Invoked) -> Result<Ended, Stop> {
        if invoked.result < 0 || invoked.request == 0 {
            return Ok(Ended(invoked.result));
        }
        if i64::from(invoked.result) != i64::from(invoked.request) {
            let name = invoked.function.name;
            let text = format!(
                "{name} was given request id {:#x} and returned {}",
                invoked.request, invoked.result
            );
            return Err(Stop::failed(text));
        }
        let within = self.stage.providers[provider].timeout();
        self.completion(provider, invoked.request, invoked.from, within)
            .map(Ended)
    }

    fn begin(
        &mut self,
        provider: usize,
        name: &Name,
        invoked: &Invoked,
        makes: Vec<String>,
        found: Option<Found>,
    ) -> Result<(), Stop> {
        if invoked.result <= 0 {
            let function = invoked.function.name;
            return Err(Stop::failed(format!(
                "{function} was not begun: it returned {}",
                render_result(invoked.result)
            )));
        }
        let begun = Begun {
            provider,
            id: invoked.request,
            function: invoked.function.name,
            from: invoked.from,
            makes,
            found,
        };
        self.handles.requests.insert(name.node.clone(), begun);
        Ok(())
    }

    /// What a request that failed was to make is not there: TAPI never calls on with its handles.
    pub(super) fn unmake(&mut self, names: &[String]) {
        for name in names {
            self.handles.end(name);
        }
    }
}
