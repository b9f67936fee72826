//! Calls that have not returned while others are made: several at once, or one while a dialog is shown that may ask for
//! something. Each has a thread of its own, and they are waited for on the record.

use std::collections::HashMap;
use std::time::Instant;

use offhook_host_protocol::Arg;

use super::Tapi;
use super::application::ReadyUi;
use super::dialogs::DIALOG;
use crate::app::{Invoked, Stop};
use crate::host::Heard;
use crate::trace::{HostNote, Waited, What};
use crate::tspi::marshal::Call;
use crate::tspi::{Function, Group, Version};

/// What each of several calls came to.
pub type Landed = Vec<Result<Invoked, Stop>>;

/// A call on its way.
struct Flight {
    function: &'static Function,
    /// Its request id, 0 for a synchronous function.
    request: u32,
    /// Where in the record it began.
    from: usize,
    seq: u32,
    /// The place of its application, where it is one of a user interface.
    application: Option<usize>,
}

/// A call that is ready to be made, and its place among those that are made at once.
struct Ready {
    flight: Flight,
    args: Vec<Arg>,
}

impl Tapi {
    /// Calls a function in a thread of its own, so that others can be called meanwhile.
    pub(super) fn invoke_apart(&mut self, call: Call, version: Version) -> Result<Invoked, Stop> {
        let (function, request, args) = self.arguments(call, version)?;
        let (from, seq) = (self.recorder.len(), self.child.next_seq());
        let flight = Flight {
            function,
            request,
            from,
            seq,
            application: None,
        };
        self.enter(Ready { flight, args })
    }

    /// Makes calls at once, each in a thread of its own, and gives what came of each in their order. A provider that has set
    /// LINETSPIOPTION_NONREENTRANT is called one call after another; its user interface is called beside that in any case
    /// (`nf-tspi-tspi_providerinit.md`).
    pub fn invoke_at_once(&mut self, calls: Vec<(Call, Version)>) -> Result<Landed, Stop> {
        let all = self.ready(calls)?;
        let seqs = all.iter().map(|one| one.flight.seq).collect();
        self.recorder.push(self.party(), What::AtOnce { calls: seqs });
        let order: Vec<u32> = all.iter().map(|one| one.flight.seq).collect();
        let (of_ui, own): (Vec<Ready>, Vec<Ready>) =
            all.into_iter().partition(|one| one.flight.application.is_some());
        let mut landed = HashMap::new();
        let mut flights = Vec::new();
        for one in of_ui {
            flights.push(self.begin_ui(one)?);
        }
        if self.one_at_a_time {
            for one in own {
                let seq = one.flight.seq;
                landed.insert(seq, self.enter(one));
                if matches!(landed[&seq], Err(Stop::Died { .. })) {
                    break;
                }
                self.attend_asked()?;
            }
        } else {
            flights.extend(self.begin_at_once(own)?);
        }
        let of: Vec<u32> = flights.iter().map(|flight| flight.seq).collect();
        landed.extend(of.into_iter().zip(self.land(flights)?));
        Ok(order.iter().filter_map(|seq| landed.remove(seq)).collect())
    }

    /// Arguments, numbers and applications of calls that are to be made at once.
    fn ready(&mut self, calls: Vec<(Call, Version)>) -> Result<Vec<Ready>, Stop> {
        let mut made = Vec::new();
        for (call, version) in calls {
            if call.function().group == Group::Ui {
                let ReadyUi {
                    application,
                    function,
                    args,
                    ..
                } = self.ready_ui(call, version)?;
                if function.name == DIALOG {
                    let text = format!("{DIALOG} has a thread of its own: show the dialog before");
                    return Err(Stop::failed(text));
                }
                made.push((Some(application), function, 0, args));
            } else {
                let (function, request, args) = self.arguments(call, version)?;
                made.push((None, function, request, args));
            }
        }
        // The numbers that calls will have: those of each process go on from its last one.
        let mut next: HashMap<Option<usize>, u32> = HashMap::new();
        let from = self.recorder.len();
        let ready = made.into_iter().map(|(application, function, request, args)| {
            let child = match application {
                Some(index) => &self.applications[index].child,
                None => &self.child,
            };
            let next = next.entry(application).or_insert_with(|| child.next_seq());
            let seq = *next;
            *next += 1;
            let flight = Flight {
                function,
                request,
                from,
                seq,
                application,
            };
            Ready { flight, args }
        });
        Ok(ready.collect())
    }

    fn begin_ui(&mut self, one: Ready) -> Result<Flight, Stop> {
        let Ready { flight, args } = one;
        let Some(index) = flight.application else {
            return Err(Stop::Bug(format!(
                "{} is none of a user interface",
                flight.function.name
            )));
        };
        self.record_call(flight.seq, flight.function, &args);
        let begun = self.applications[index]
            .child
            .begin(flight.function.name, args, true);
        begun.map_err(|death| self.ui_died(index, death))?;
        Ok(flight)
    }

    fn begin_at_once(&mut self, all: Vec<Ready>) -> Result<Vec<Flight>, Stop> {
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let (mut flights, mut calls) = (Vec::new(), Vec::new());
        for Ready { flight, args } in all {
            self.record_call(flight.seq, flight.function, &args);
            calls.push((flight.function.name.to_owned(), args));
            flights.push(flight);
        }
        let begun = self.child.begin_at_once(calls);
        begun.map_err(|death| self.died(death))?;
        self.inside += flights.len();
        Ok(flights)
    }

    /// Makes one call in a thread of its own and waits for its return.
    fn enter(&mut self, one: Ready) -> Result<Invoked, Stop> {
        let Ready { flight, args } = one;
        self.record_call(flight.seq, flight.function, &args);
        let begun = self.child.begin(flight.function.name, args, true);
        begun.map_err(|death| self.died(death))?;
        self.inside += 1;
        let mut landed = self.land(vec![flight])?;
        landed
            .pop()
            .unwrap_or_else(|| Err(Stop::Bug("a call came to nothing".to_owned())))
    }

    /// Waits until all of these calls have returned, and meanwhile passes on what user interfaces say.
    fn land(&mut self, flights: Vec<Flight>) -> Result<Landed, Stop> {
        let inside = flights
            .iter()
            .filter(|flight| flight.application.is_none())
            .count();
        let before = self.inside - inside;
        let waited = self.await_returns(&flights);
        self.inside = before;
        waited?;
        Ok(flights.into_iter().map(|flight| self.landed(flight)).collect())
    }

    fn await_returns(&mut self, flights: &[Flight]) -> Result<(), Stop> {
        let deadline = Instant::now() + self.timeout;
        let mut next = flights.iter().map(|flight| flight.from).min().unwrap_or_default();
        let mut out: Vec<&Flight> = flights.iter().collect();
        while let Some(first) = out.first() {
            // What is asked of a provider that wants one call at a time waits until it has returned.
            if !(self.one_at_a_time && self.inside > 0) {
                self.attend_asked()?;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let party = self.party();
            let waited = self.recorder.wait(next, left, |at, event| match &event.what {
                _ if event.by != party => None,
                What::Return { seq, .. } | What::NotExported { seq } => Some((at, Some(*seq))),
                What::Ui { .. } | What::Host(HostNote::Silent | HostNote::UiSilent) => Some((at, None)),
                _ => None,
            });
            match waited {
                Waited::Seen((at, Some(seq))) => {
                    next = at + 1;
                    let own = |flight: &&Flight| flight.seq == seq && flight.application.is_none();
                    self.inside -= out.iter().copied().filter(|flight| own(flight)).count();
                    out.retain(|flight| flight.seq != seq);
                }
                Waited::Seen((at, None)) => {
                    next = at + 1;
                    if let Some(death) = self.child.death() {
                        let own = out.iter().filter(|flight| flight.application.is_none());
                        let mut names: Vec<&str> = own.map(|flight| flight.function.name).collect();
                        names.sort_unstable();
                        names.dedup();
                        let death = match &names[..] {
                            [] => death,
                            names => death.in_function(&names.join(" or ")),
                        };
                        return Err(self.died(death));
                    }
                }
                Waited::TimedOut => {
                    let (function, application) = (first.function.name, first.application);
                    return Err(match application {
                        Some(index) => {
                            let death = self.applications[index].child.hung(function);
                            self.ui_died(index, death)
                        }
                        None => self.died(self.child.hung(function)),
                    });
                }
            }
        }
        Ok(())
    }

    /// What came of a call that has returned.
    fn landed(&mut self, flight: Flight) -> Result<Invoked, Stop> {
        let Flight {
            function,
            request,
            from,
            seq,
            application,
        } = flight;
        let replied = match application {
            Some(index) => self.hear_ui(index, seq, function, true)?,
            None => match self.child.hear(seq, function.name, true) {
                Ok(Heard::Replied(replied)) => replied,
                Ok(Heard::Asked(_)) => return Err(Stop::Bug("a provider asked something".to_owned())),
                Err(death) => return Err(self.died(death)),
            },
        };
        self.invoked(function, request, from, seq, replied)
    }
}
