//! Holds rules against traces and adds up what they say.

use std::collections::BTreeSet;

use offhook_host_protocol::Arg;

use crate::report::{Breach, Outcome, Place};
use crate::rules::{Finding, Judgement, Level, Rule, Story};
use crate::trace::{Event, Party, What, render_only};
use crate::tspi::Function;
use crate::verdict::Verdict;

/// What one rule said over all traces so far.
pub struct Tally {
    /// The rule.
    pub rule: &'static Rule,
    /// Occasions to keep it.
    pub judged: usize,
    /// How often it was broken.
    pub breaches: usize,
    /// The breach that the fewest steps lead to.
    pub shortest: Option<Breach>,
}

/// What rules said over one trace: for each of its providers a judgement a rule.
pub struct Judged(Vec<Vec<Judgement>>);

impl Judged {
    /// Judges a trace by these rules, for each of its providers.
    pub fn of(rules: &[&'static Rule], events: &[Event]) -> Judged {
        let parties: BTreeSet<&Party> = events
            .iter()
            .map(|event| &event.by)
            .filter(|by| matches!(by, Party::Provider(_)))
            .collect();
        let judged = parties.into_iter().map(|party| {
            let story = Story::read(events, party);
            rules.iter().map(|rule| (rule.judge)(&story)).collect()
        });
        Judged(judged.collect())
    }

    /// Whether no rule was broken.
    pub fn is_clean(&self) -> bool {
        let mut all = self.0.iter().flatten();
        all.all(|judgement| judgement.findings.is_empty())
    }
}

/// All rules that were selected, with what they said.
pub struct Bench {
    /// One a rule, in the order of the rules.
    pub tallies: Vec<Tally>,
}

impl Bench {
    /// A bench of these rules.
    pub fn of(rules: impl IntoIterator<Item = &'static Rule>) -> Bench {
        let tallies = rules
            .into_iter()
            .map(|rule| Tally {
                rule,
                judged: 0,
                breaches: 0,
                shortest: None,
            })
            .collect();
        Bench { tallies }
    }

    /// Judges a trace, which `source` names, for each of its providers.
    pub fn judge(&mut self, source: &str, events: &[Event]) {
        let judged = Judged::of(&self.rules(), events);
        self.add(source, events, &judged);
    }

    /// Its rules, in order.
    pub fn rules(&self) -> Vec<&'static Rule> {
        self.tallies.iter().map(|tally| tally.rule).collect()
    }

    /// Adds what its rules said over a trace, which `source` names.
    pub fn add(&mut self, source: &str, events: &[Event], judged: &Judged) {
        for judgements in &judged.0 {
            for (tally, judgement) in self.tallies.iter_mut().zip(judgements) {
                tally.judged += judgement.judged;
                tally.breaches += judgement.findings.len();
                // The first of a trace has the fewest steps before it.
                if let Some(found) = judgement.findings.iter().min_by_key(|found| found.at) {
                    tally.offer(source, events, found);
                }
            }
        }
    }

    /// A result a rule.
    pub fn outcomes(&self) -> Vec<Outcome> {
        self.tallies.iter().map(Tally::outcome).collect()
    }

    /// The rules that were broken, as results.
    pub fn broken(&self) -> Vec<Outcome> {
        self.tallies
            .iter()
            .filter(|tally| tally.breaches > 0)
            .map(Tally::outcome)
            .collect()
    }
}

impl Tally {
    /// Takes a finding as the one to show, unless a shorter one is known.
    fn offer(&mut self, source: &str, events: &[Event], found: &Finding) {
        let steps: Vec<String> = events[..found.at.min(events.len())]
            .iter()
            .filter_map(|event| match &event.what {
                What::Step { text, .. } => Some(text.trim().to_owned()),
                _ => None,
            })
            .collect();
        let shorter = |known: &Breach| steps.len() < known.steps.len();
        if self.shortest.as_ref().is_none_or(shorter) {
            self.shortest = Some(Breach {
                source: source.to_owned(),
                happened: found.text.clone(),
                steps,
                events: render_only(events, &involved(events, found)),
            });
        }
    }

    fn outcome(&self) -> Outcome {
        let verdict = match (self.breaches, self.judged, self.rule.level) {
            (0, 0, _) => Verdict::Skip,
            (0, ..) => Verdict::Pass,
            (.., Level::Must | Level::Robust) => Verdict::Violation,
            (.., Level::Should) => Verdict::Warning,
        };
        let message = match (verdict, &self.shortest) {
            (Verdict::Skip, _) => "nothing that was played gave an occasion to judge it".to_owned(),
            (_, Some(breach)) => self.breach_text(breach),
            _ => String::new(),
        };
        let place = Some(Place {
            file: self.rule.page.to_owned(),
            line: None,
        });
        Outcome {
            id: self.rule.id.to_owned(),
            verdict,
            message,
            place,
            breach: self.shortest.clone(),
        }
    }

    fn breach_text(&self, breach: &Breach) -> String {
        let mut text = format!(
            "{}\n{}: {}",
            self.rule.requirement, breach.source, breach.happened
        );
        let left_out = breach.steps.len().saturating_sub(STEPS_SHOWN);
        if left_out > 0 {
            text.push_str(&format!("\n  after {left_out} steps"));
        }
        for step in &breach.steps[left_out..] {
            text.push_str(&format!("\n  > {step}"));
        }
        for event in &breach.events {
            text.push_str(&format!("\n    {event}"));
        }
        if self.breaches > 1 {
            text.push_str(&format!("\nand {} more", self.breaches - 1));
        }
        text
    }
}

/// How many steps before a breach are shown.
const STEPS_SHOWN: usize = 8;

/// The events that belong to a finding, in order: those that the rule names, and of each return its call, of each
/// completion the call that began the request.
fn involved(events: &[Event], found: &Finding) -> Vec<usize> {
    let named = std::iter::once(found.at).chain(found.with.iter().copied());
    let mut all: BTreeSet<usize> = named.filter(|at| *at < events.len()).collect();
    for at in all.clone() {
        let by = &events[at].by;
        let before = events[..at].iter().enumerate().rev();
        let mut calls = before.filter(|(_, event)| event.by == *by);
        let call = match &events[at].what {
            What::Return { seq: wanted, .. } => {
                calls.find(|(_, event)| matches!(&event.what, What::Call { seq, .. } if seq == wanted))
            }
            What::Completed { request, .. } => {
                calls.find(|(_, event)| matches!(&event.what, What::Call { function, args, .. } if asks(function, args, *request)))
            }
            _ => None,
        };
        all.extend(call.map(|(index, _)| index));
        // A call without its return tells half of it.
        if let What::Call { seq: wanted, .. } = &events[at].what {
            let after = events.iter().enumerate().skip(at);
            let mut returns = after.filter(|(_, event)| event.by == *by);
            let returned =
                returns.find(|(_, event)| matches!(&event.what, What::Return { seq, .. } if seq == wanted));
            all.extend(returned.map(|(index, _)| index));
        }
    }
    all.into_iter().collect()
}

/// Whether a call began that request.
fn asks(function: &Function, args: &[Arg], request: u32) -> bool {
    let place = function.arg("dwRequestID");
    place.and_then(|place| args.get(place)) == Some(&Arg::Value(u64::from(request)))
}
