//! What a provider must do, each rule with the place in Microsoft's documentation that says so.
//!
//! A rule is a row: its id follows the page, its judge reads the [`Story`] of any trace, and its exercises
//! are the scenarios under `exercises/` that show it. Each file beside this one is a theme with its rows; adding a
//! rule is a row there, and a dropped `.call` file where no exercise provokes it yet.

pub mod catalogue;
mod exercises;
mod judging;
mod probes;
pub mod reference;
mod story;

/// The files with rules; each has a list `RULES`.
macro_rules! themes {
    ($($theme:ident),* $(,)?) => {
        $(mod $theme;)*

        /// All rules, file by file.
        pub fn rules() -> impl Iterator<Item = &'static Rule> {
            themes().into_iter().flat_map(|(_, rules)| rules)
        }

        /// The rules by theme, which is the name of their file.
        pub fn themes() -> impl IntoIterator<Item = (&'static str, &'static [Rule])> {
            [$((stringify!($theme), $theme::RULES)),*]
        }
    };
}

themes![
    advice,
    alerting,
    at_once,
    available,
    beyond,
    call_contents,
    call_device,
    call_limits,
    call_params,
    call_progress,
    callinfo,
    calls,
    capabilities,
    changes,
    claimed,
    claims,
    closing,
    completions,
    conferences,
    config,
    configurations,
    consulting,
    details,
    device_classes,
    dialling,
    digits,
    exports,
    ext_versions,
    features_now,
    forward_status,
    forwarding,
    gathering,
    generating,
    generation,
    handles,
    hostile,
    identity,
    layouts,
    leftovers,
    limits,
    line_contents,
    line_sets,
    line_status,
    made_calls,
    media_detection,
    media_types,
    memory,
    messages,
    monitoring,
    new_calls,
    newer,
    outcomes,
    overlapping,
    params,
    parking,
    partners,
    permanence,
    phone_contents,
    phone_events,
    phone_sets,
    phone_states,
    phone_values,
    phones,
    provider_life,
    queries,
    refusals,
    reports,
    requests,
    services,
    short,
    sizes,
    states,
    status,
    structures,
    together,
    unknowns,
    user_info,
    user_interface,
    values,
    versions,
];

pub use exercises::{EXERCISES, Exercise, Numbers, Probe, exercise};
pub use story::{
    Answer, CallLife, Conference, DialogLife, Exports, Invocation, LineLife, Mask, MspLife, Origin, Outcome,
    PhoneLife, Request, Returned, StateSeen, Story,
};

/// How much weight the documentation gives a requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Breaking it is a violation and fails the run.
    Must,
    /// Breaking it is a warning.
    Should,
    /// What a provider withstands of hostile or careless callers, which TAPI itself never is. Judged only where it is
    /// asked for; breaking it then is a violation.
    Robust,
}

impl Level {
    /// `must`, `should` or `robust`.
    pub fn word(self) -> &'static str {
        match self {
            Level::Must => "must",
            Level::Should => "should",
            Level::Robust => "robust",
        }
    }
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
    /// What goes wrong for applications or Windows when it is broken.
    pub why: &'static str,
    /// How a provider's author mends it.
    pub mend: &'static str,
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
    /// The other events that belong to it.
    pub with: Vec<usize>,
}

impl Judgement {
    /// Both together.
    fn and(mut self, other: Judgement) -> Judgement {
        self.judged += other.judged;
        self.findings.extend(other.findings);
        self
    }

    /// Counts one occasion; `breach` tells what happened instead where the rule was broken.
    fn note(&mut self, at: usize, breach: Option<String>) {
        self.judged += 1;
        if let Some(text) = breach {
            let with = Vec::new();
            self.findings.push(Finding { at, text, with });
        }
    }
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
            for text in [rule.requirement, rule.why, rule.mend] {
                assert!(text.ends_with('.'), "{}: {text:?} is no sentence", rule.id);
            }
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
