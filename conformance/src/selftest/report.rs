//! The kill matrix for people and for machines.

use serde_json::{Value, json};

use super::{Fate, Matrix, Reference, Row};
use crate::report::{self, Style};
use crate::verdict::Verdict;

fn seconds(row: std::time::Duration) -> String {
    format!("{:.1} s", row.as_secs_f64())
}

/// One rule and its mutant: fate, rule, fault, where and how long; below it what else it breaks, or why it is not killed.
pub fn line(row: &Row, style: Style) -> String {
    let (word, verdict, place) = match &row.fate {
        Fate::Killed {
            provider, exercise, ..
        } => (
            "killed",
            Verdict::Pass,
            format!("{provider}, {exercise}, {}", seconds(row.took)),
        ),
        Fate::Survived(_) => ("survives", Verdict::Violation, seconds(row.took)),
        Fate::Missing(_) => ("no mutant", Verdict::Violation, String::new()),
    };
    let word = report::paint(style, verdict, &format!("{word:>10}"));
    let mut text = format!("{word}  {}  {}  {place}", row.rule.id, row.fault);
    let named = row
        .statements
        .iter()
        .filter(|id| !row.is_own || **id != row.rule.id);
    let named: Vec<&str> = named.copied().collect();
    if !named.is_empty() {
        text.push_str(&format!("\n            breaks {}", named.join(", ")));
    }
    match &row.fate {
        Fate::Killed { .. } => {}
        Fate::Survived(tried) if tried.is_empty() => {
            text.push_str(
                "\n            none of its exercises can be played on a provider that has the fault",
            );
        }
        Fate::Survived(tried) => tried
            .iter()
            .for_each(|tried| text.push_str(&format!("\n            {tried}"))),
        Fate::Missing(why) => text.push_str(&format!("\n            {why}")),
    }
    if !row.others.is_empty() {
        text.push_str(&format!(
            "\n            also breaks {}: {}",
            row.others.len(),
            row.others.join(", ")
        ));
    }
    text
}

/// A reference provider: clean, or what it breaks.
pub fn reference_line(reference: &Reference, style: Style) -> String {
    let (word, verdict) = match reference.broken.is_empty() {
        true => ("clean", Verdict::Pass),
        false => ("not clean", Verdict::Violation),
    };
    let mut text = format!(
        "{}  {}  {} held, {} skipped, {}",
        report::paint(style, verdict, &format!("{word:>10}")),
        reference.name,
        reference.held,
        reference.skipped,
        seconds(reference.took)
    );
    for outcome in &reference.broken {
        text.push_str(&format!("\n{}", report::line(outcome, style)));
    }
    text
}

/// The closing lines.
pub fn summary(matrix: &Matrix, style: Style) -> String {
    let mut lines = Vec::new();
    for fault in &matrix.idle_faults {
        let word = report::paint(style, Verdict::Violation, &format!("{:>10}", "idle"));
        lines.push(format!(
            "{word}  the fault {fault} breaks no rule: no `broken_by` names it"
        ));
    }
    let of = |fate: fn(&Fate) -> bool| matrix.rows.iter().filter(|row| fate(&row.fate)).count();
    let others: usize = matrix.rows.iter().map(|row| row.others.len()).sum();
    let alone = matrix
        .rows
        .iter()
        .filter(|row| row.fate.is_killed() && row.others.is_empty())
        .count();
    let killed = matrix.rows.iter().filter(|row| row.fate.is_killed());
    let proven: usize = killed.map(|row| row.statements.len()).sum();
    lines.push(format!(
        "{} of {} mutants killed, {alone} by their rule alone; {} survive, {} have no fault; {others} other breaches; \
         {proven} statements proven",
        matrix.killed(),
        matrix.rows.len(),
        of(|fate| matches!(fate, Fate::Survived(_))),
        of(|fate| matches!(fate, Fate::Missing(_))),
    ));
    let exit = matrix.exit().row();
    lines.push(format!("exit {}: {}", exit.code, exit.meaning));
    lines.join("\n")
}

/// The whole matrix as one JSON object: `mutants` (`rule`, `fault`, `own`, `statements`, `does`, `fate`, and by fate `provider`, `exercise`,
/// `finding`, `tried`, `why`; `others`, `seconds`), `references`, `idle-faults`, `counts` and `exit`.
pub fn json(matrix: &Matrix) -> Value {
    let exit = matrix.exit().row();
    json!({
        "offhook": env!("CARGO_PKG_VERSION"),
        "mutants": matrix.rows.iter().map(row).collect::<Vec<_>>(),
        "references": matrix.references.iter().map(|reference| json!({
            "provider": reference.name,
            "clean": reference.broken.is_empty(),
            "held": reference.held,
            "skipped": reference.skipped,
            "broken": reference.broken,
            "seconds": reference.took.as_secs_f64(),
        })).collect::<Vec<_>>(),
        "idle-faults": matrix.idle_faults,
        "counts": { "mutants": matrix.rows.len(), "killed": matrix.killed() },
        "exit": { "code": exit.code, "name": exit.name },
    })
}

fn row(row: &Row) -> Value {
    let mut object = json!({
        "rule": row.rule.id,
        "level": row.rule.level,
        "fault": row.fault,
        "own": row.is_own,
        "statements": row.statements,
        "does": row.does,
        "others": row.others,
        "seconds": row.took.as_secs_f64(),
    });
    match &row.fate {
        Fate::Killed {
            provider,
            exercise,
            finding,
        } => {
            object["fate"] = "killed".into();
            object["provider"] = (*provider).into();
            object["exercise"] = (*exercise).into();
            object["finding"] = finding.as_str().into();
        }
        Fate::Survived(tried) => {
            object["fate"] = "survived".into();
            object["tried"] = tried.as_slice().into();
        }
        Fate::Missing(why) => {
            object["fate"] = "missing".into();
            object["why"] = why.as_str().into();
        }
    }
    object
}
