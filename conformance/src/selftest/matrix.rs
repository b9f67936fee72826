//! What became of each rule's mutant: the kill matrix.

use std::time::Duration;

use crate::exit::Exit;
use crate::report::Outcome;
use crate::rules::Rule;

/// What became of a rule's mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// The rule found it.
    Killed {
        /// The reference provider that it was made of.
        provider: &'static str,
        /// The exercise that showed it.
        exercise: &'static str,
        /// What the rule found.
        finding: String,
    },
    /// The rule did not find it; what was tried.
    Survived(Vec<String>),
    /// There is none; why.
    Missing(String),
}

impl Fate {
    /// Whether the rule found its mutant.
    pub fn is_killed(&self) -> bool {
        matches!(self, Fate::Killed { .. })
    }
}

/// A rule that is to find a mutant.
#[derive(Clone)]
pub struct Target {
    /// The rule.
    pub rule: &'static Rule,
    /// Whether it is the rule's own mutant.
    pub is_own: bool,
    /// The statements that the mutant breaks.
    pub statements: Vec<&'static str>,
}

/// One rule and a mutant.
#[derive(Clone)]
pub struct Row {
    /// The rule.
    pub rule: &'static Rule,
    /// The fault, and what it is narrowed to.
    pub fault: &'static str,
    /// Whether it is the rule's own mutant, or one for statements of it.
    pub is_own: bool,
    /// The statements that it breaks.
    pub statements: Vec<&'static str>,
    /// What the fault does; empty where there is no such fault.
    pub does: &'static str,
    /// What became of it.
    pub fate: Fate,
    /// The other rules that what was played breaks.
    pub others: Vec<&'static str>,
    /// How long playing took.
    pub took: Duration,
}

impl Row {
    pub(super) fn without_mutant(target: &Target, fault: &'static str, is_known: bool) -> Row {
        let why = match is_known {
            true => "no provider has the fault that `broken_by` names",
            false => "`broken_by` names no fault",
        };
        Row {
            rule: target.rule,
            fault,
            is_own: target.is_own,
            statements: target.statements.clone(),
            does: "",
            fate: Fate::Missing(why.to_owned()),
            others: Vec::new(),
            took: Duration::ZERO,
        }
    }
}

/// A reference provider held against the rules.
#[derive(Debug, Clone)]
pub struct Reference {
    /// Its name.
    pub name: &'static str,
    /// How many exercises went through and rules held.
    pub held: usize,
    /// How many could not be played or judged on it.
    pub skipped: usize,
    /// Each rule that it breaks, and each exercise that failed.
    pub broken: Vec<Outcome>,
    /// How long it took.
    pub took: Duration,
}

/// All of it.
#[derive(Default)]
pub struct Matrix {
    /// Rules and their mutants, in the rules' order.
    pub rows: Vec<Row>,
    /// The reference providers.
    pub references: Vec<Reference>,
    /// Faults that no rule names.
    pub idle_faults: Vec<&'static str>,
}

impl Matrix {
    /// How many mutants were killed.
    pub fn killed(&self) -> usize {
        self.rows.iter().filter(|row| row.fate.is_killed()).count()
    }

    /// Whether all is as it should be.
    pub fn is_sound(&self) -> bool {
        self.killed() == self.rows.len()
            && self
                .references
                .iter()
                .all(|reference| reference.broken.is_empty())
            && self.idle_faults.is_empty()
    }

    /// How the program ends.
    pub fn exit(&self) -> Exit {
        match (self.rows.is_empty(), self.is_sound()) {
            (true, _) => Exit::NothingSelected,
            (false, true) => Exit::Held,
            (false, false) => Exit::Violated,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rules;
    use crate::verdict::Verdict;

    fn target() -> Target {
        Target {
            rule: rules().next().unwrap(),
            is_own: true,
            statements: Vec::new(),
        }
    }

    fn killed() -> Row {
        let fate = Fate::Killed {
            provider: "model-tsp",
            exercise: "lifecycle",
            finding: String::new(),
        };
        Row {
            fate,
            ..Row::without_mutant(&target(), "no-such-fault", false)
        }
    }

    fn reference(broken: Vec<Outcome>) -> Reference {
        Reference {
            name: "model-tsp",
            held: 1,
            skipped: 0,
            broken,
            took: Duration::ZERO,
        }
    }

    fn matrix() -> Matrix {
        Matrix {
            rows: vec![killed()],
            references: vec![reference(Vec::new())],
            idle_faults: Vec::new(),
        }
    }

    #[test]
    fn all_is_well_only_where_nothing_is_wrong() {
        assert_eq!(matrix().exit(), Exit::Held);
        assert_eq!(Matrix::default().exit(), Exit::NothingSelected);

        let mut survivor = matrix();
        survivor.rows[0].fate = Fate::Survived(Vec::new());
        assert_eq!(survivor.exit(), Exit::Violated);

        let mut unmatched = matrix();
        unmatched
            .rows
            .push(Row::without_mutant(&target(), "no-such-fault", false));
        assert_eq!(unmatched.exit(), Exit::Violated);

        let mut idle = matrix();
        idle.idle_faults.push("of-no-rule");
        assert_eq!(idle.exit(), Exit::Violated);

        // A warning is a breach too.
        let warning = Outcome {
            id: String::new(),
            verdict: Verdict::Warning,
            message: String::new(),
            place: None,
            breach: None,
        };
        let mut unclean = matrix();
        unclean.references = vec![reference(vec![warning])];
        assert_eq!(unclean.exit(), Exit::Violated);
    }
}
