//! The report for people: a line a result, then what was counted.

use super::{Outcome, Report};
use crate::verdict::Verdict;

/// Whether to colour. The caller knows whether a terminal reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Plain text.
    Plain,
    /// ANSI colours.
    Colour,
}

/// A text in a verdict's colour.
pub(crate) fn paint(style: Style, verdict: Verdict, text: &str) -> String {
    let code = match verdict {
        Verdict::Pass => "32",
        Verdict::Skip => "2",
        Verdict::Warning | Verdict::SnapshotDiffers => "33",
        _ => "31",
    };
    match style {
        Style::Plain => text.to_owned(),
        Style::Colour => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
    }
}

/// One result: verdict, id, and below them what was found and where.
pub fn line(outcome: &Outcome, style: Style) -> String {
    let word = format!("{:>16}", outcome.verdict.word());
    let mut text = format!("{}  {}", paint(style, outcome.verdict, &word), outcome.id);
    let place = outcome
        .place
        .as_ref()
        .filter(|_| outcome.verdict != Verdict::Pass);
    if let Some(place) = place {
        text.push_str(&format!("  ({place})"));
    }
    for row in outcome.message.lines() {
        text.push_str(&format!("\n{:18}{row}", ""));
    }
    text
}

/// The closing lines: how many of each verdict, and how the program ends.
pub fn summary(report: &Report, style: Style) -> String {
    let counted: Vec<String> = Verdict::ALL
        .into_iter()
        .filter(|verdict| report.count(*verdict) > 0)
        .map(|verdict| {
            paint(
                style,
                verdict,
                &format!("{} {}", report.count(verdict), verdict.word()),
            )
        })
        .collect();
    let exit = report.exit().row();
    let counted = if counted.is_empty() {
        "nothing".to_owned()
    } else {
        counted.join(", ")
    };
    format!(
        "{}: {counted} of {} results\nexit {}: {}",
        report.provider,
        report.outcomes.len(),
        exit.code,
        exit.meaning
    )
}
