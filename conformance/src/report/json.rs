//! The report for machines.

use serde_json::{Map, Value, json};

use super::Report;
use crate::verdict::Verdict;

/// The whole report as one JSON object: `provider`, `results` (`id`, `verdict`, `message`, `place`), `counts`
/// by verdict with their `total`, and `exit` (`code`, `name`).
pub fn json(report: &Report) -> Value {
    let mut counts = Map::new();
    for verdict in Verdict::ALL {
        counts.insert(verdict.word().to_owned(), report.count(verdict).into());
    }
    counts.insert("total".to_owned(), report.outcomes.len().into());
    let exit = report.exit().row();
    json!({
        "offhook": env!("CARGO_PKG_VERSION"),
        "provider": report.provider,
        "results": report.outcomes,
        "counts": counts,
        "exit": { "code": exit.code, "name": exit.name },
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Outcome, Place};
    use super::*;

    #[test]
    fn counts_reconcile_with_results() {
        let outcome = |verdict: Verdict| Outcome {
            id: format!("tspi/{}", verdict.word()),
            verdict,
            message: String::new(),
            place: Some(Place {
                file: "a.call".into(),
                line: Some(3),
            }),
            breach: None,
        };
        let outcomes: Vec<Outcome> = Verdict::ALL
            .into_iter()
            .chain([Verdict::Pass])
            .map(outcome)
            .collect();
        let report = Report {
            provider: "p".into(),
            outcomes,
        };
        let value = json(&report);
        let counts = value["counts"].as_object().unwrap();
        let sum: u64 = counts
            .iter()
            .filter(|(name, _)| *name != "total")
            .map(|(_, n)| n.as_u64().unwrap())
            .sum();
        assert_eq!(sum, counts["total"].as_u64().unwrap());
        assert_eq!(sum as usize, value["results"].as_array().unwrap().len());
        assert_eq!(value["exit"]["code"], 70);
    }

    #[test]
    fn an_empty_report_says_that_nothing_was_selected() {
        assert_eq!(json(&Report::default())["exit"]["code"], 6);
    }
}
