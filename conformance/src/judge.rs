//! Holds rules against traces and adds up what they say.

use std::collections::BTreeSet;

use crate::report::{Outcome, Place};
use crate::rules::{Finding, Level, Rule, Story};
use crate::trace::{Event, Party};
use crate::verdict::Verdict;

/// What one rule said over all traces so far.
pub struct Tally {
    /// The rule.
    pub rule: &'static Rule,
    /// Occasions to keep it.
    pub judged: usize,
    /// Breaches: the trace they were seen in, and what was found.
    pub breaches: Vec<(String, Finding)>,
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
                breaches: Vec::new(),
            })
            .collect();
        Bench { tallies }
    }

    /// Judges a trace, which `source` names, for each of its providers.
    pub fn judge(&mut self, source: &str, events: &[Event]) {
        let parties: BTreeSet<&Party> = events
            .iter()
            .map(|event| &event.by)
            .filter(|by| matches!(by, Party::Provider(_)))
            .collect();
        for party in parties {
            let story = Story::read(events, party);
            for tally in &mut self.tallies {
                let judgement = (tally.rule.judge)(&story);
                tally.judged += judgement.judged;
                tally.breaches.extend(
                    judgement
                        .findings
                        .into_iter()
                        .map(|found| (source.to_owned(), found)),
                );
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
            .filter(|tally| !tally.breaches.is_empty())
            .map(Tally::outcome)
            .collect()
    }
}

impl Tally {
    fn outcome(&self) -> Outcome {
        let verdict = match (self.breaches.is_empty(), self.judged, self.rule.level) {
            (false, _, Level::Must) => Verdict::Violation,
            (false, _, Level::Should) => Verdict::Warning,
            (true, 0, _) => Verdict::Skip,
            (true, ..) => Verdict::Pass,
        };
        let message = match verdict {
            Verdict::Skip => "nothing that was played gave an occasion to judge it".to_owned(),
            Verdict::Pass => String::new(),
            _ => self.breach_text(),
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
        }
    }

    fn breach_text(&self) -> String {
        let mut text = self.rule.requirement.to_owned();
        if let Some((source, finding)) = self.breaches.first() {
            text.push_str(&format!("\n{source}: {}", finding.text));
        }
        if self.breaches.len() > 1 {
            text.push_str(&format!("\nand {} more", self.breaches.len() - 1));
        }
        text
    }
}
