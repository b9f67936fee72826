//! What a provider must do, each rule with the place in Microsoft's documentation that says so.
//!
//! A rule is a row: its id follows the page, its judge reads the [`Story`] of any trace, and its exercises
//! are the scenarios under `exercises/` that show it. Adding one is a row here, and a dropped `.call` file
//! where no exercise provokes it yet.

mod calls;
mod capabilities;
pub mod catalogue;
mod exercises;
mod handles;
mod refusals;
mod requests;
mod sizes;
mod states;
mod story;
mod structures;
mod values;
mod versions;

pub use exercises::{EXERCISES, Exercise, Probe, exercise};
pub use story::{CallLife, Invocation, LineLife, Origin, Request, Returned, StateSeen, Story};

/// How much weight the documentation gives a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Breaking it is a violation and fails the run.
    Must,
    /// Breaking it is a warning.
    Should,
}

/// One requirement and how it is judged.
pub struct Rule {
    /// Place in the documentation: interface, page, number of the statement on it.
    pub id: &'static str,
    /// File name of the page, as Microsoft's repositories have it.
    pub page: &'static str,
    /// Weight.
    pub level: Level,
    /// The requirement in our own words.
    pub requirement: &'static str,
    /// The fault that breaks it.
    pub broken_by: &'static str,
    /// Exercises that provoke it.
    pub exercises: &'static [&'static str],
    /// Reads a provider's story and judges it.
    pub judge: fn(&Story<'_>) -> Judgement,
}

/// What a judge found in one story.
#[derive(Debug, Default)]
pub struct Judgement {
    /// How many occasions there were to keep the rule; zero means that the trace says nothing about it.
    pub judged: usize,
    /// Each breach.
    pub findings: Vec<Finding>,
}

/// One breach of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Index in the trace of the event that shows it.
    pub at: usize,
    /// What happened instead, with the decoded values.
    pub text: String,
}

impl Judgement {
    /// Counts one occasion; `breach` tells what happened instead where the rule was broken.
    fn note(&mut self, at: usize, breach: Option<String>) {
        self.judged += 1;
        if let Some(text) = breach {
            self.findings.push(Finding { at, text });
        }
    }
}

/// All rules, in the order of the files that hold them.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    [
        requests::RULES,
        handles::RULES,
        calls::RULES,
        states::RULES,
        structures::RULES,
        sizes::RULES,
        versions::RULES,
        values::RULES,
        capabilities::RULES,
        refusals::RULES,
    ]
    .into_iter()
    .flatten()
}

/// The rule of that id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn ids_are_unique_and_follow_their_page() {
        let mut seen = HashSet::new();
        for rule in rules() {
            assert!(seen.insert(rule.id), "{} stands twice", rule.id);
            let page = rule.id.split('/').nth(1).unwrap_or_default().to_lowercase();
            let stem = rule.page.trim_end_matches(".md").replace('_', "-");
            assert!(
                stem.ends_with(&page.replace('_', "-")),
                "{} does not follow its page {}",
                rule.id,
                rule.page
            );
        }
        assert!(seen.len() >= 25);
    }

    #[test]
    fn every_rule_names_exercises_that_exist() {
        for rule in rules() {
            assert!(!rule.exercises.is_empty(), "{} is shown by no exercise", rule.id);
            for name in rule.exercises {
                assert!(
                    exercise(name).is_some(),
                    "{} names the unknown exercise {name}",
                    rule.id
                );
            }
        }
    }
}
