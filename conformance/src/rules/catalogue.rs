//! Every statement that the documentation makes about providers, and which rule judges it.
//!
//! A statement is a row of the files in `catalogue/`: id, page, level, kind, how it can be seen from outside, the
//! requirement in our own words, and `by`, which is one of
//!
//! - the id of the rule that judges it, which often serves many statements;
//! - `permission` where it allows something, so that no rule raises an alarm over it;
//! - `no` where it cannot be judged from outside, for the reason that the column before gives after `no:`;
//! - nothing: it is open.
//!
//! A last column, `broken by`, may name the fault that breaks this very statement, as `offhook selftest` tries it: `FAULT`,
//! `FAULT@WHERE` (narrowed to a function, a structure or a message), and behind a blank the exercise that shows it, where
//! the rule names none that does. A statement that its rule judges alone is broken by the rule's own fault.

use std::collections::{BTreeMap, HashSet};
use std::sync::LazyLock;

/// One statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Statement {
    /// Interface, page, number on the page.
    pub id: &'static str,
    /// File name of the page.
    pub page: &'static str,
    /// `must`, `should` or `may`.
    pub level: &'static str,
    /// What it is about: `return`, `async`, `struct`, `event`, …
    pub kind: &'static str,
    /// How it is seen: `trace`, `probe:` and what to do, or `no:` and why it cannot be.
    pub observe: &'static str,
    /// The requirement in our own words.
    pub requirement: &'static str,
    /// The column `by`.
    by: &'static str,
    /// The column `broken by`.
    broken_by: &'static str,
}

/// What breaks one statement among several of its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Breach {
    /// The fault, as `FAULT` or `FAULT@WHERE`.
    pub fault: &'static str,
    /// The exercise that shows it; without one, those of the rule.
    pub exercise: Option<&'static str>,
}

impl Breach {
    /// The fault without what it is narrowed to.
    pub fn plain(&self) -> &'static str {
        self.fault.split('@').next().unwrap_or_default()
    }
}

/// How a statement stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// The rule of this id judges it.
    Covered(&'static str),
    /// It permits, so there is nothing to judge.
    Permission,
    /// It cannot be judged from outside, for this reason.
    Unobservable(&'static str),
    /// No rule judges it yet.
    Open,
}

impl Statement {
    /// How it stands.
    pub fn standing(&self) -> Standing {
        match self.by {
            "" => Standing::Open,
            "permission" => Standing::Permission,
            "no" => Standing::Unobservable(self.observe.trim_start_matches("no:")),
            rule => Standing::Covered(rule),
        }
    }

    /// What breaks this statement, where it is not the rule's own fault alone.
    pub fn breach(&self) -> Option<Breach> {
        let mut words = self.broken_by.split(' ').filter(|word| !word.is_empty());
        let fault = words.next()?;
        let exercise = words.next();
        Some(Breach { fault, exercise })
    }

    /// Whether a page demands it, and the rule that judges it does not fail a run by itself.
    pub fn is_warned(&self) -> bool {
        let Standing::Covered(by) = self.standing() else {
            return false;
        };
        self.level == "must" && super::rule(by).is_some_and(|rule| rule.level != super::Level::Must)
    }

    /// Whether a mutant breaks this very statement: its own, or that of a rule that judges nothing else.
    pub fn is_proven(&self) -> bool {
        let Standing::Covered(rule) = self.standing() else {
            return false;
        };
        self.breach().is_some() || ALONE.contains(rule)
    }
}

const FILES: [&str; 4] = [
    include_str!("catalogue/line-accept-to-mspidentify.tsv"),
    include_str!("catalogue/line-makecall-to-lineevent.tsv"),
    include_str!("catalogue/phone-provider-ui.tsv"),
    include_str!("catalogue/messages-constants-overviews.tsv"),
];

static STATEMENTS: LazyLock<Vec<Statement>> = LazyLock::new(|| {
    FILES
        .iter()
        .flat_map(|file| file.lines().skip(1))
        .filter_map(row)
        .collect()
});

/// Rules that judge one statement.
static ALONE: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let mut rules: BTreeMap<&str, usize> = BTreeMap::new();
    for statement in statements() {
        *rules.entry(statement.by).or_default() += 1;
    }
    rules
        .into_iter()
        .filter(|(_, count)| *count == 1)
        .map(|(rule, _)| rule)
        .collect()
});

fn row(line: &'static str) -> Option<Statement> {
    let mut cells = line.split('\t');
    let mut cell = || cells.next();
    Some(Statement {
        id: cell()?,
        page: cell()?,
        level: cell()?,
        kind: cell()?,
        observe: cell()?,
        requirement: cell()?,
        by: cell()?,
        broken_by: cell().unwrap_or_default(),
    })
}

/// All statements, page by page.
pub fn statements() -> &'static [Statement] {
    &STATEMENTS
}

/// The statements that a rule judges.
pub fn judged_by(rule: &str) -> impl Iterator<Item = &'static Statement> {
    statements().iter().filter(move |statement| statement.by == rule)
}

/// How many statements stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Count {
    /// All.
    pub statements: usize,
    /// Judged by a rule.
    pub covered: usize,
    /// Demanded by a page, and judged by a rule that only warns, or only where it is asked for; the rule says why.
    pub warned: usize,
    /// Judged by a rule that a mutant has shown to see a breach of this very statement.
    pub proven: usize,
    /// Permissions.
    pub permissions: usize,
    /// Not observable.
    pub unobservable: usize,
    /// Open.
    pub open: usize,
}

impl Count {
    /// Counts one more.
    pub fn add(&mut self, statement: &Statement) {
        self.statements += 1;
        self.proven += usize::from(statement.is_proven());
        self.warned += usize::from(statement.is_warned());
        *match statement.standing() {
            Standing::Covered(_) => &mut self.covered,
            Standing::Permission => &mut self.permissions,
            Standing::Unobservable(_) => &mut self.unobservable,
            Standing::Open => &mut self.open,
        } += 1;
    }
}

/// Counts by what `key` takes from a statement, such as its page.
pub fn count(
    of: impl IntoIterator<Item = &'static Statement>,
    key: impl Fn(&Statement) -> &'static str,
) -> BTreeMap<&'static str, Count> {
    let mut counts: BTreeMap<&str, Count> = BTreeMap::new();
    for statement in of {
        counts.entry(key(statement)).or_default().add(statement);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Level, exercise, rule, rules};

    #[test]
    fn each_row_is_whole_and_each_id_unique() {
        let lines = FILES.iter().map(|file| file.lines().count() - 1).sum::<usize>();
        assert_eq!(statements().len(), lines);
        let mut seen = HashSet::new();
        for statement in statements() {
            assert!(seen.insert(statement.id), "{} stands twice", statement.id);
            assert!(
                ["must", "should", "may"].contains(&statement.level),
                "{}",
                statement.id
            );
            let observed = ["trace", "probe:", "no:"]
                .iter()
                .any(|way| statement.observe.starts_with(way));
            assert!(observed, "{}: {}", statement.id, statement.observe);
        }
    }

    #[test]
    fn whoever_judges_a_statement_exists() {
        for statement in statements() {
            match statement.standing() {
                Standing::Covered(by) => {
                    assert!(rule(by).is_some(), "{}: there is no rule {by}", statement.id)
                }
                Standing::Permission => assert_ne!(statement.level, "must", "{}", statement.id),
                Standing::Unobservable(reason) => assert!(
                    statement.observe.starts_with("no:") && !reason.is_empty(),
                    "{} gives no reason",
                    statement.id
                ),
                Standing::Open => {}
            }
        }
    }

    #[test]
    fn what_breaks_a_statement_is_shown_by_an_exercise() {
        for statement in statements() {
            let Some(breach) = statement.breach() else {
                continue;
            };
            assert!(
                matches!(statement.standing(), Standing::Covered(_)),
                "{} is judged by no rule",
                statement.id
            );
            assert!(
                breach.exercise.is_none_or(|name| exercise(name).is_some()),
                "{} names an unknown exercise: {breach:?}",
                statement.id
            );
        }
    }

    #[test]
    fn a_rule_that_only_warns_of_what_a_page_demands_says_why() {
        for statement in statements().iter().filter(|statement| statement.level == "must") {
            let Standing::Covered(by) = statement.standing() else {
                continue;
            };
            let Some(rule) = rule(by) else { continue };
            let reason = match rule.level {
                Level::Must => continue,
                Level::Should => "a warning",
                Level::Robust => "TAPI",
            };
            assert!(
                rule.requirement.contains(reason),
                "{} is a must, and {by} does not say why it is {}",
                statement.id,
                rule.level.word()
            );
        }
    }

    #[test]
    fn every_rule_judges_a_statement() {
        for rule in rules() {
            assert!(
                judged_by(rule.id).next().is_some(),
                "{} judges no statement",
                rule.id
            );
        }
    }
}
