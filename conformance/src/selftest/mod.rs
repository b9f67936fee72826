//! Proves the rules: each is held against a mutant, a reference provider with the one fault that breaks it, and all
//! of them against the reference providers themselves.
//!
//! A rule names its fault ([`Rule::broken_by`]) and the exercises that show it; only those are played, on the providers
//! that have the fault, until the rule is broken. What is played is judged by all rules, which tells how much else a
//! mutant breaks. Mutants run many at once, for most of their time is waiting; what survives is played again with few
//! beside it and more patience, so that a busy machine does not let a mutant live.

mod matrix;
mod mutant;
mod report;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::app::Backdrop;
use crate::parallel::{News, in_order};
use crate::report::Outcome;
use crate::rules::{Level, Rule, rules};
use crate::run::{self, Observer};
use crate::verdict::Verdict;

pub use matrix::{Fate, Matrix, Reference, Row};
pub use report::{json, line, reference_line, summary};

use mutant::Patience;

/// A reference provider, and the DLL that has faults in front of it.
pub struct Stand {
    /// `modem-tsp`, `model-tsp`.
    pub name: &'static str,
    /// The provider as it is.
    pub reference: Backdrop,
    /// The provider with faults.
    pub faulty: Backdrop,
    /// The environment variable that chooses one.
    pub variable: &'static str,
}

/// A fault that a rule may name.
#[derive(Debug, Clone)]
pub struct Fault {
    /// Its name.
    pub name: &'static str,
    /// What it does, in one line.
    pub does: &'static str,
    /// The names of the stands that have it.
    pub providers: Vec<&'static str>,
}

impl Fault {
    /// Whether a stand has it.
    fn is_of(&self, stand: &Stand) -> bool {
        self.providers.contains(&stand.name)
    }
}

/// What is to be proven, and by what.
pub struct Plan {
    /// The providers, the quickest first: a mutant is tried there first.
    pub stands: Vec<Stand>,
    /// Every fault that is there to break a rule.
    pub faults: Vec<Fault>,
    /// Only rules whose id, or whose fault's name, contains one of these; all, where there are none.
    pub filters: Vec<String>,
    /// How many mutants live at once.
    pub jobs: usize,
}

/// What is told while it goes on.
pub trait Watcher {
    /// A mutant, or a reference provider, begins.
    fn begins(&mut self, name: &str, done: usize, of: usize);
    /// A rule's mutant is killed, survives or is missing.
    fn row(&mut self, row: &Row);
    /// A reference provider was judged.
    fn reference(&mut self, reference: &Reference);
}

/// How long an expectation waits at first: what a sound provider does takes a fraction of it.
const HASTE: Patience = Patience {
    expectation: Some(Duration::from_millis(2_500)),
    call: Duration::from_millis(2_500),
};

/// How long where a mutant has survived that.
const CALM: Patience = Patience {
    expectation: None,
    call: Duration::from_secs(5),
};

/// How many survivors are tried again at once.
const SECOND_JOBS: usize = 2;

/// Runs every chosen rule against its mutant, and every reference provider against the chosen rules.
pub fn selftest(plan: &Plan, watcher: &mut dyn Watcher) -> Matrix {
    let chosen: Vec<&'static Rule> = rules()
        .filter(|rule| {
            run::selected(&plan.filters, rule.id)
                || plan
                    .filters
                    .iter()
                    .any(|filter| rule.broken_by.contains(filter.as_str()))
        })
        .collect();
    let mut matrix = Matrix::default();
    if chosen.is_empty() {
        return matrix;
    }
    for stand in &plan.stands {
        watcher.begins(stand.name, 0, 0);
        let reference = judged(stand, &chosen);
        watcher.reference(&reference);
        matrix.references.push(reference);
    }
    if plan.filters.is_empty() {
        matrix.idle_faults = idle(&plan.faults);
    }
    let (with_mutant, without) = by_fault(plan, &chosen);
    for row in without {
        watcher.row(&row);
        matrix.rows.push(row);
    }
    let mut survivors: Vec<(&Fault, Vec<&'static Rule>)> = Vec::new();
    each(
        plan,
        plan.jobs,
        &with_mutant,
        HASTE,
        watcher,
        |fault, row, watcher| {
            if row.fate.is_killed() {
                watcher.row(&row);
                matrix.rows.push(row);
            } else {
                match survivors.last_mut() {
                    Some((last, rules)) if last.name == fault.name => rules.push(row.rule),
                    _ => survivors.push((fault, vec![row.rule])),
                }
            }
        },
    );
    each(plan, SECOND_JOBS, &survivors, CALM, watcher, |_, row, watcher| {
        watcher.row(&row);
        matrix.rows.push(row);
    });
    let order: BTreeMap<&str, usize> = rules()
        .enumerate()
        .map(|(place, rule)| (rule.id, place))
        .collect();
    matrix.rows.sort_by_key(|row| order[row.rule.id]);
    matrix
}

/// Lets mutants live, several at once, and hands on what became of each rule.
fn each<'p>(
    plan: &Plan,
    jobs: usize,
    mutants: &[(&'p Fault, Vec<&'static Rule>)],
    patience: Patience,
    watcher: &mut dyn Watcher,
    mut done: impl FnMut(&'p Fault, Row, &mut dyn Watcher),
) {
    let mut count = 0;
    in_order(
        jobs,
        mutants,
        |_| Duration::ZERO,
        |(fault, rules)| mutant::live(plan, fault, rules, patience),
        |(fault, _), news| {
            match news {
                News::Begun => watcher.begins(fault.name, count, mutants.len()),
                News::Done(rows) => {
                    count += 1;
                    rows.into_iter().for_each(|row| done(fault, row, watcher));
                }
            }
            ControlFlow::Continue(())
        },
    );
}

/// The rules of each fault, in the rules' order; and rows for rules without one.
fn by_fault<'p>(
    plan: &'p Plan,
    chosen: &[&'static Rule],
) -> (Vec<(&'p Fault, Vec<&'static Rule>)>, Vec<Row>) {
    let mut mutants: Vec<(&Fault, Vec<&'static Rule>)> = Vec::new();
    let mut without = Vec::new();
    for rule in chosen {
        let fault = plan.faults.iter().find(|fault| fault.name == rule.broken_by);
        match fault.filter(|fault| plan.stands.iter().any(|stand| fault.is_of(stand))) {
            Some(fault) => match mutants.iter_mut().find(|(known, _)| known.name == fault.name) {
                Some((_, rules)) => rules.push(rule),
                None => mutants.push((fault, vec![rule])),
            },
            None => without.push(Row::without_mutant(rule, fault.is_some())),
        }
    }
    (mutants, without)
}

/// The faults that no rule names.
fn idle(faults: &[Fault]) -> Vec<&'static str> {
    let named = |fault: &&Fault| rules().any(|rule| rule.broken_by == fault.name);
    faults
        .iter()
        .filter(|fault| !named(fault))
        .map(|fault| fault.name)
        .collect()
}

/// Holds the chosen rules, of whatever level, against a reference provider.
fn judged(stand: &Stand, chosen: &[&'static Rule]) -> Reference {
    struct Silent;
    impl Observer for Silent {
        fn begins(&mut self, _: &str) {}
        fn result(&mut self, _: &Outcome) {}
        fn trace(&mut self, _: &str, _: &dyn Fn() -> String) {}
    }
    let filters: Vec<String> = chosen.iter().map(|rule| rule.id.to_owned()).collect();
    let mut backdrop = stand.reference.clone();
    backdrop.strictness = rules().map(|rule| rule.level).max().unwrap_or(Level::Must);
    // No fault, whatever the environment of this program says.
    backdrop.env.push((stand.variable.to_owned(), String::new()));
    let begun = std::time::Instant::now();
    let report = run::check(&backdrop, &filters, &mut Silent);
    let held = report.count(Verdict::Pass);
    let skipped = report.count(Verdict::Skip);
    Reference {
        name: stand.name,
        held,
        skipped,
        broken: report
            .outcomes
            .into_iter()
            .filter(|outcome| !matches!(outcome.verdict, Verdict::Pass | Verdict::Skip))
            .collect(),
        took: begun.elapsed(),
    }
}
