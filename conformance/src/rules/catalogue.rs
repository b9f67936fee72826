//! Every statement that the documentation makes about providers, and which rule judges it.
//!
//! A statement is a row of the files in `catalogue/`: id, page, level, kind, how it can be seen from outside, the
//! requirement in our own words, and `by`, which is one of
//!
//! - the id of the rule that judges it, which often serves many statements;
//! - `permission` where it allows something, so that no rule raises an alarm over it;
//! - `no` where it cannot be judged from outside, for the reason that the column before gives after `no:`;
//! - nothing: it is open.

use std::collections::BTreeMap;
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
    use std::collections::HashSet;

    use super::*;
    use crate::rules::{rule, rules};

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
