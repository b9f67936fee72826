//! Proves the rules: each is held against a mutant, a reference provider with the one fault that breaks it, and all
//! of them against the reference providers themselves. A rule that judges many statements is held against further mutants,
//! each of which breaks one of them, as the catalogue says.
//!
//! A rule names its fault ([`Rule::broken_by`]) and the exercises that show it; only those are played, on the providers
//! that have the fault, until the rule is broken. What is played is judged by all rules, which tells how much else a
//! mutant breaks. Mutants run many at once, for most of their time is waiting; what survives is played again with few
//! beside it and more patience, so that a busy machine does not let a mutant live.

mod matrix;
mod mutant;
mod report;

use std::collections::{BTreeMap, HashSet};
use std::ops::ControlFlow;
use std::time::Duration;

use crate::app::Backdrop;
use crate::parallel::{News, in_order};
use crate::report::Outcome;
use crate::rules::catalogue::{Breach, judged_by, statements};
use crate::rules::{Level, Rule, rules};
use crate::run::{self, Observer};
use crate::verdict::Verdict;

pub use matrix::{Fate, Matrix, Reference, Row, Target};
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
    /// Only rules whose id, or one of whose statements or faults, contains one of these; all, where there are none.
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

/// A fault that is put into a provider, and the rules that are to find it.
struct Mutant<'p> {
    fault: &'p Fault,
    /// The fault's name, and what it is narrowed to.
    name: &'static str,
    /// The one exercise to play; without one, those of the rules.
    exercise: Option<&'static str>,
    targets: Vec<Target>,
}

/// Runs every chosen rule against its mutants, and every reference provider against the chosen rules.
pub fn selftest(plan: &Plan, watcher: &mut dyn Watcher) -> Matrix {
    let chosen: Vec<&'static Rule> = rules().filter(|rule| is_chosen(plan, rule)).collect();
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
    let (mutants, without) = mutants(plan, &chosen);
    for row in without {
        watcher.row(&row);
        matrix.rows.push(row);
    }
    let mut survivors: Vec<Mutant<'_>> = Vec::new();
    each(
        plan,
        plan.jobs,
        &mutants,
        HASTE,
        watcher,
        |mutant, row, watcher| {
            if row.fate.is_killed() {
                watcher.row(&row);
                matrix.rows.push(row);
                return;
            }
            let target = Target {
                rule: row.rule,
                is_own: row.is_own,
                statements: row.statements,
            };
            match survivors.last_mut() {
                Some(last) if last.name == mutant.name && last.exercise == mutant.exercise => {
                    last.targets.push(target)
                }
                _ => survivors.push(Mutant {
                    targets: vec![target],
                    ..*mutant
                }),
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
    matrix
        .rows
        .sort_by_key(|row| (order[row.rule.id], !row.is_own, row.fault));
    matrix
}

/// Whether a filter names a rule, one of its statements, or a fault that breaks it.
fn is_chosen(plan: &Plan, rule: &Rule) -> bool {
    let by_fault = |fault: &str| plan.filters.iter().any(|filter| fault.contains(filter.as_str()));
    let mut statements = judged_by(rule.id);
    run::selected(&plan.filters, rule.id)
        || by_fault(rule.broken_by)
        || statements.any(|statement| {
            let breach = statement.breach();
            run::selected(&plan.filters, statement.id) || breach.is_some_and(|breach| by_fault(breach.fault))
        })
}

/// Lets mutants live, several at once, and hands on what became of each rule.
fn each<'m, 'p>(
    plan: &Plan,
    jobs: usize,
    mutants: &'m [Mutant<'p>],
    patience: Patience,
    watcher: &mut dyn Watcher,
    mut done: impl FnMut(&'m Mutant<'p>, Row, &mut dyn Watcher),
) {
    let mut count = 0;
    let places: Vec<usize> = (0..mutants.len()).collect();
    in_order(
        jobs,
        &places,
        |_| Duration::ZERO,
        |place| mutant::live(plan, &mutants[*place], patience),
        |place, news| {
            let mutant = &mutants[*place];
            match news {
                News::Begun => watcher.begins(mutant.name, count, mutants.len()),
                News::Done(rows) => {
                    count += 1;
                    rows.into_iter().for_each(|row| done(mutant, row, watcher));
                }
            }
            ControlFlow::Continue(())
        },
    );
}

/// What a rule is to be broken by: its own fault, and those of its statements, each with the statements that it breaks.
fn breaches(rule: &'static Rule) -> Vec<(Breach, Target)> {
    let own = Breach {
        fault: rule.broken_by,
        exercise: None,
    };
    let target = |is_own| Target {
        rule,
        is_own,
        statements: Vec::new(),
    };
    let mut breaches = vec![(own, target(true))];
    for statement in judged_by(rule.id) {
        let alone = judged_by(rule.id).nth(1).is_none();
        let Some(breach) = statement.breach().or(alone.then_some(own)) else {
            continue;
        };
        match breaches.iter_mut().find(|(known, _)| *known == breach) {
            Some((_, target)) => target.statements.push(statement.id),
            None => breaches.push((
                breach,
                Target {
                    statements: vec![statement.id],
                    ..target(false)
                },
            )),
        }
    }
    breaches
}

/// The mutants of all chosen rules, each with the rules that are to find it; and rows for what has no mutant.
fn mutants<'p>(plan: &'p Plan, chosen: &[&'static Rule]) -> (Vec<Mutant<'p>>, Vec<Row>) {
    let mut mutants: Vec<Mutant<'p>> = Vec::new();
    let mut without = Vec::new();
    for (breach, target) in chosen.iter().flat_map(|rule| breaches(rule)) {
        let fault = plan.faults.iter().find(|fault| fault.name == breach.plain());
        let Some(known) = fault.filter(|fault| plan.stands.iter().any(|stand| fault.is_of(stand))) else {
            without.push(Row::without_mutant(&target, breach.fault, fault.is_some()));
            continue;
        };
        let same =
            |mutant: &&mut Mutant<'_>| mutant.name == breach.fault && mutant.exercise == breach.exercise;
        match mutants.iter_mut().find(same) {
            Some(mutant) => mutant.targets.push(target),
            None => mutants.push(Mutant {
                fault: known,
                name: breach.fault,
                exercise: breach.exercise,
                targets: vec![target],
            }),
        }
    }
    (mutants, without)
}

/// The faults that no rule and no statement names.
fn idle(faults: &[Fault]) -> Vec<&'static str> {
    let named: HashSet<&str> = rules()
        .map(|rule| rule.broken_by)
        .chain(
            statements()
                .iter()
                .filter_map(|statement| Some(statement.breach()?.plain())),
        )
        .collect();
    faults
        .iter()
        .map(|fault| fault.name)
        .filter(|name| !named.contains(name))
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
