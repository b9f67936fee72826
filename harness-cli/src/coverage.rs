//! `offhook coverage`: what the documentation says of providers, and how much of it is judged.

use offhook_conformance::rules::catalogue::{Count, Standing, Statement, count, statements};
use serde_json::json;

use crate::cli::{CoverageArgs, CoverageBy};
use crate::fail::Fail;
use crate::output::print;

/// Prints counts, or the statements themselves.
pub fn coverage(args: &CoverageArgs) -> Result<(), Fail> {
    let chosen: Vec<&'static Statement> = statements()
        .iter()
        .filter(|statement| args.level.is_empty() || args.level.iter().any(|level| level == statement.level))
        .filter(|statement| {
            args.page
                .as_ref()
                .is_none_or(|page| statement.page.contains(page.as_str()))
        })
        .filter(|statement| !args.open || statement.standing() == Standing::Open)
        .collect();
    if chosen.is_empty() {
        return Err(Fail::nothing(
            "no statement is left: `offhook coverage --by page` names the pages, and levels are must, should and may",
        ));
    }
    let list = args.open || args.list;
    print(&match (args.json, list) {
        (true, _) => as_json(&chosen),
        (false, true) => as_list(&chosen),
        (false, false) => as_table(&chosen, args.by),
    });
    Ok(())
}

fn keyed(by: CoverageBy, statement: &Statement) -> &'static str {
    match by {
        CoverageBy::Level => statement.level,
        CoverageBy::Page => statement.page,
        CoverageBy::Kind => statement.kind,
    }
}

fn as_table(chosen: &[&'static Statement], by: CoverageBy) -> String {
    let counts = count(chosen.iter().copied(), |statement| keyed(by, statement));
    let mut all = Count::default();
    chosen.iter().for_each(|statement| all.add(statement));
    let width = counts
        .keys()
        .map(|key| key.len())
        .max()
        .unwrap_or_default()
        .max("all".len());
    let mut text = format!(
        "{:<width$}  {:>10}  {:>7}  {:>6}  {:>6}  {:>11}  {:>14}  {:>4}\n",
        "", "statements", "covered", "warned", "proven", "permissions", "not observable", "open"
    );
    for (key, count) in counts.into_iter().chain([("all", all)]) {
        text.push_str(&format!(
            "{key:<width$}  {:>10}  {:>7}  {:>6}  {:>6}  {:>11}  {:>14}  {:>4}\n",
            count.statements,
            count.covered,
            count.warned,
            count.proven,
            count.permissions,
            count.unobservable,
            count.open
        ));
    }
    text
}

fn standing(statement: &Statement) -> (&'static str, Option<&'static str>) {
    match statement.standing() {
        Standing::Covered(rule) => ("covered", Some(rule)),
        Standing::Permission => ("permission", None),
        Standing::Unobservable(reason) => ("not observable", Some(reason)),
        Standing::Open => ("open", None),
    }
}

fn as_list(chosen: &[&'static Statement]) -> String {
    let lines = chosen.iter().map(|statement| {
        let (word, detail) = standing(statement);
        let detail = detail.map(|detail| format!(": {detail}")).unwrap_or_default();
        format!(
            "{}  ({}, {word}{detail})\n    {}\n",
            statement.id, statement.level, statement.requirement
        )
    });
    lines.collect()
}

fn as_json(chosen: &[&'static Statement]) -> String {
    let mut all = Count::default();
    chosen.iter().for_each(|statement| all.add(statement));
    let rows: Vec<_> = chosen
        .iter()
        .map(|statement| {
            let (word, detail) = standing(statement);
            json!({
                "id": statement.id, "page": statement.page, "level": statement.level, "kind": statement.kind,
                "observe": statement.observe, "requirement": statement.requirement, "standing": word,
                "by": detail, "proven": statement.is_proven(),
            })
        })
        .collect();
    format!("{:#}\n", json!({ "counts": all, "statements": rows }))
}
