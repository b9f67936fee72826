//! The rules as pages for people: one a theme, and one that lists them. They are made from the rows, and kept in
//! `conformance/rules-reference/`.

use super::catalogue::judged_by;
use super::{EXERCISES, Exercise, Rule, exercise, themes};
use crate::selftest::Fault;

/// The mark of a page that was made, by which stale ones are told from others.
pub const MARK: &str = "<!-- Made from the rules by `offhook list rules --markdown`. -->";

/// A page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// Its file name.
    pub file: String,
    /// Its Markdown.
    pub text: String,
}

/// Every page.
pub fn pages(faults: &[Fault]) -> Vec<Page> {
    let mut index = format!(
        "{MARK}\n\n# Rules\n\nWhat `offhook check` judges, by theme. `offhook explain RULE` says the same of one rule, and \
         `offhook coverage`\nwhich statements of the documentation are judged.\n\n"
    );
    let mut pages = Vec::new();
    for (theme, rules) in themes() {
        let file = format!("{}.md", theme.replace('_', "-"));
        index.push_str(&format!("- [{}]({file})\n", title(theme)));
        let mut text = format!("{MARK}\n\n# {}\n", title(theme));
        for rule in rules {
            text.push_str(&section(rule, faults));
        }
        pages.push(Page { file, text });
    }
    pages.push(Page {
        file: "README.md".to_owned(),
        text: index,
    });
    pages
}

fn title(theme: &str) -> String {
    let words = theme.replace('_', " ");
    let mut letters = words.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn section(rule: &Rule, faults: &[Fault]) -> String {
    let mut text = format!(
        "\n## {}\n\n*{}*, [{}]({})\n\n{}\n\nWhy: {}\n\nMend: {}\n",
        rule.id,
        rule.level.word(),
        rule.page,
        address(rule.page),
        rule.requirement,
        rule.why,
        rule.mend
    );
    let covered: Vec<String> = judged_by(rule.id)
        .map(|statement| {
            format!(
                "- {} ({}): {}\n",
                statement.id, statement.level, statement.requirement
            )
        })
        .collect();
    if !covered.is_empty() {
        text.push_str(&format!("\nStatements:\n\n{}", covered.concat()));
    }
    let exercises = rule.exercises.iter().filter_map(|name| exercise(name));
    let exercises: Vec<String> = exercises
        .map(|exercise| format!("[{}](../../{})", exercise.name, exercise.file))
        .collect();
    text.push_str(&format!(
        "\nShown by {}; broken by {}.\n",
        exercises.join(", "),
        mutant(rule, faults)
    ));
    text
}

/// The fault that breaks a rule: its name, what it does, and of which providers it is.
pub fn mutant(rule: &Rule, faults: &[Fault]) -> String {
    match faults.iter().find(|fault| fault.name == rule.broken_by) {
        Some(fault) => format!(
            "`{}` of {} ({})",
            fault.name,
            fault.providers.join(" and "),
            fault.does
        ),
        None => format!("`{}`, which no provider has", rule.broken_by),
    }
}

/// Where Microsoft publishes a page.
pub fn address(page: &str) -> String {
    let name = page.trim_end_matches(".md");
    let mut parts = name.splitn(3, '-');
    match (parts.next(), parts.next()) {
        (Some("nf" | "nc" | "ns"), Some(header)) => {
            format!("https://learn.microsoft.com/windows/win32/api/{header}/{name}")
        }
        _ => format!("https://learn.microsoft.com/windows/win32/tapi/{name}"),
    }
}

/// Of the exercises that show a rule, the one with the fewest steps.
pub fn shortest(rule: &Rule) -> Option<&'static Exercise> {
    let steps = |exercise: &&Exercise| {
        let after = exercise.text.split("\nsteps\n").nth(1).unwrap_or_default();
        let probed = usize::from(exercise.probe.is_some());
        after.lines().filter(|line| !line.trim().is_empty()).count() + probed
    };
    let shown = EXERCISES
        .iter()
        .filter(|exercise| rule.exercises.contains(&exercise.name));
    shown.min_by_key(steps)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::rules;

    #[test]
    fn pages_are_linked_to_where_they_are_published() {
        assert_eq!(
            address("nf-tspi-tspi_linedrop.md"),
            "https://learn.microsoft.com/windows/win32/api/tspi/nf-tspi-tspi_linedrop"
        );
        assert_eq!(
            address("line-callstate.md"),
            "https://learn.microsoft.com/windows/win32/tapi/line-callstate"
        );
    }

    #[test]
    fn every_rule_has_its_section_and_a_shortest_exercise() {
        let pages = pages(&[]);
        for rule in rules() {
            let heading = format!("\n## {}\n", rule.id);
            assert_eq!(
                pages.iter().filter(|page| page.text.contains(&heading)).count(),
                1,
                "{}",
                rule.id
            );
            assert!(shortest(rule).is_some(), "{}", rule.id);
        }
    }
}
