//! What TAPI does by itself while a scenario is played: before each step, and whenever a step waits.

use std::time::{Duration, Instant};

use super::Stop;
use super::devices;
use super::steps::Player;
use super::tapi::Duty;
use crate::scenario::ast::NameKind;
use crate::trace::{Event, HostNote, Waited, What};

impl Player<'_> {
    /// Does what is due.
    pub(super) fn attend(&mut self) -> Result<(), Stop> {
        for provider in 0..self.stage.providers.len() {
            while let Some((at, duty)) = self.stage.providers[provider].next_duty() {
                let tapi = &mut self.stage.providers[provider];
                match duty {
                    Duty::Make { phone, temporary } => tapi.make(at, phone, temporary)?,
                    Duty::Lose { phone, device } => {
                        let kind = if phone { NameKind::Phone } else { NameKind::Line };
                        devices::gone(self, provider, kind, device)?;
                    }
                    Duty::State { line, call, state } => self.see_state(provider, at, line, call, state)?,
                    Duty::Ui => {
                        let over = tapi.attend_ui()?;
                        self.forget_dialogs(provider, &over);
                    }
                }
            }
        }
        Ok(())
    }

    /// Dialogs that are over are passed to no function any more.
    pub(super) fn forget_dialogs(&mut self, provider: usize, over: &[u64]) {
        for other in self.handles.others.values_mut() {
            other.over |=
                other.kind == NameKind::Dialog && other.provider == provider && over.contains(&other.ht);
        }
    }

    /// Looks through the record from event `from` on, again whenever it grows, until `find` answers or `within` has passed.
    /// Meanwhile TAPI does what is due.
    pub(super) fn watch<T>(
        &mut self,
        from: usize,
        within: Duration,
        mut find: impl FnMut(usize, &Event) -> Option<T>,
    ) -> Result<Waited<T>, Stop> {
        let deadline = Instant::now() + within;
        let mut next = from;
        loop {
            self.attend()?;
            let left = deadline.saturating_duration_since(Instant::now());
            let providers = &self.stage.providers;
            let waited = self.stage.recorder.wait(next, left, |at, event| {
                let found = find(at, event).map(|found| Ok((at, found)));
                found.or_else(|| {
                    providers
                        .iter()
                        .any(|tapi| tapi.is_due(at, event))
                        .then_some(Err(at))
                })
            });
            match waited {
                Waited::Seen(Ok((_, found))) => {
                    self.attend()?;
                    return Ok(Waited::Seen(found));
                }
                Waited::Seen(Err(at)) => next = at + 1,
                Waited::TimedOut => return Ok(Waited::TimedOut),
            }
        }
    }

    /// Waits for the completion of a request; its `lResult`.
    pub(super) fn completion(
        &mut self,
        provider: usize,
        request: u32,
        from: usize,
        within: Duration,
    ) -> Result<i32, Stop> {
        let party = self.stage.providers[provider].party();
        let waited = self.watch(from, within, |_, event| match event.what {
            _ if event.by != party => None,
            What::Completed { request: id, result } if id == request => Some(Ok(result)),
            What::Host(HostNote::Silent) => Some(Err(())),
            _ => None,
        })?;
        match waited {
            Waited::Seen(Ok(result)) => Ok(result),
            Waited::Seen(Err(())) => Err(self.stage.providers[provider].ended_meanwhile()),
            Waited::TimedOut => Err(Stop::failed(format!(
                "request {request:#x} was not completed within {within:?}"
            ))),
        }
    }
}
