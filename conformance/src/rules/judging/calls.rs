//! Judges of what becomes of a call.

use std::time::Duration;

use super::{each_outcome, kept};
use crate::rules::{CallLife, Judgement, StateSeen, Story};
use crate::tspi::{constant_value, render_constant};

/// How long "eventually" is at least, before what does not come is missed.
pub(in crate::rules) const EVENTUALLY: Duration = Duration::from_secs(1);

/// Whether a call was left open for a while after event `at`: closing it, or ending the provider, frees it from reporting
/// anything.
pub(in crate::rules) fn call_was_given_time(story: &Story<'_>, call: &CallLife, at: usize) -> bool {
    let closing = story.invocations.iter().find(|one| {
        let closes = matches!(
            one.function.name,
            "TSPI_lineCloseCall" | "TSPI_lineClose" | "TSPI_providerShutdown"
        );
        closes && one.called > at && one.value("hdCall").is_none_or(|hd| Some(hd) == call.hd)
    });
    closing.is_some_and(|one| story.time(one.called) - story.time(at) >= EVENTUALLY)
}

/// How long a report may still be on its way when the state that it is of has already been read.
pub(in crate::rules) const ON_ITS_WAY: Duration = Duration::from_millis(100);

impl CallLife {
    /// The states that a query between two events of the trace may truly answer: the last that was reported before, and
    /// those that came while it ran or were on their way.
    pub(in crate::rules) fn states_about<'c>(
        &'c self,
        story: &Story<'_>,
        called: usize,
        returned: usize,
    ) -> impl Iterator<Item = StateSeen> + 'c {
        let until = story.time(returned) + ON_ITS_WAY;
        let later = self.states.iter().filter(move |seen| seen.at > called);
        let soon: Vec<StateSeen> = later
            .take_while(|seen| story.time(seen.at) <= until)
            .copied()
            .collect();
        self.state_before(called).into_iter().chain(soon)
    }
}

/// After a function has succeeded, the call behind `parameter` (`hdCall`, or `htConsultCall` of a call that it makes) is
/// reported in one of these states.
pub(in crate::rules) fn reaches(
    story: &Story<'_>,
    function: &str,
    parameter: &str,
    states: &[&str],
) -> Judgement {
    each_outcome(story, function, |one, outcome| {
        let call = match parameter.strip_prefix("ht") {
            Some(_) => story.call(one.value(parameter)?)?,
            None => story.call_of(one, parameter)?,
        };
        if !outcome.succeeded() {
            return None;
        }
        let reached = call.next_of(states, one.called).is_some();
        if !reached && !call_was_given_time(story, call, outcome.at) {
            return None;
        }
        kept(reached, || {
            let last = call.states.last();
            let last = last.map_or("no state".to_owned(), |seen| {
                render_constant("LINECALLSTATE", seen.state)
            });
            format!(
                "{function} succeeded, and its {parameter} never was {}: {last} was reported last",
                states.join(" or ")
            )
        })
    })
}

/// After a function on a call has succeeded, `LINE_CALLINFO` with that bit comes.
pub(in crate::rules) fn changes_info<'t>(
    story: &Story<'t>,
    function: &str,
    bit: &str,
    changes: impl Fn(&crate::rules::Invocation<'t>) -> bool,
) -> Judgement {
    let (message, value) = (constant_value("LINE_CALLINFO"), u64::from(constant_value(bit)));
    each_outcome(story, function, |one, outcome| {
        let call = story.call_of(one, "hdCall")?;
        if !outcome.succeeded() || !changes(one) {
            return None;
        }
        let told = story.callbacks.iter().any(|(at, args)| {
            *at > one.called && args.call == call.ht && args.msg == message && args.params[0] & value != 0
        });
        if !told && !call_was_given_time(story, call, outcome.at) {
            return None;
        }
        kept(told, || {
            format!("{function} succeeded, and LINE_CALLINFO with {bit} never came")
        })
    })
}
