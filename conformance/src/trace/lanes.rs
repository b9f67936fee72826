//! The lanes of a rendered trace, and when two renderings tell the same story.
//!
//! Inside a lane order is promised; between lanes it is not: a completion may overtake a wire byte and neither
//! is wrong. So two renderings are the same when each lane is.

use std::collections::BTreeMap;

/// What separates a lane's tag from its text in a rendered line.
pub(super) const SEPARATOR: &str = " | ";

/// The tag of a lane, as it stands at the start of a rendered line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Calls and returns of a provider.
    App(String),
    /// One of several calls that are made at once, by its place among them from 1.
    Thread(String, usize),
    /// Completions and events of a provider.
    Event(String),
    /// Calls of the user interface DLL in an application's process, and what it says through `TUISPIDLLCALLBACK`.
    Ui(String),
    /// The thread of the application that shows the dialog with this name.
    Dialog(String, String),
    /// Bytes from the client to the device on the line with this number.
    ToDevice(String),
    /// Bytes from the device to its client.
    FromDevice(String),
    /// RING from the device: it comes by itself, at any place among answers.
    Rings(String),
    /// CSTA messages to a PBX.
    ToSwitch,
    /// CSTA messages of a PBX.
    FromSwitch,
    /// The exchange.
    Exchange,
    /// A provider's child process.
    Host(String),
}

impl std::fmt::Display for Lane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tag = match self {
            Lane::App(name) => format!("{name} call"),
            Lane::Thread(name, place) => format!("{name} call#{place}"),
            Lane::Event(name) => format!("{name} event"),
            Lane::Ui(name) => format!("{name} ui"),
            Lane::Dialog(name, dialog) => format!("{name} {dialog}"),
            Lane::ToDevice(number) => format!("{number} <-"),
            Lane::FromDevice(number) => format!("{number} ->"),
            Lane::Rings(number) => format!("{number} rings"),
            Lane::ToSwitch => "csta <-".to_owned(),
            Lane::FromSwitch => "csta ->".to_owned(),
            Lane::Exchange => "exchange".to_owned(),
            Lane::Host(name) => format!("{name} host"),
        };
        write!(f, "{tag:<10}")
    }
}

/// The lines of each lane by its tag; steps and headings, which have no lane, are a lane of their own.
pub fn lanes(rendered: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut lanes: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in rendered.lines().filter(|line| !line.trim().is_empty()) {
        let (tag, text) = line.split_once(SEPARATOR).unwrap_or(("", line));
        lanes.entry(tag.trim_end()).or_default().push(text.trim_end());
    }
    lanes
}

/// Whether two renderings hold the same lines in the same order in every lane.
pub fn same_lanes(one: &str, other: &str) -> bool {
    lanes(one) == lanes(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "-- 3: drop C\nP call     | TSPI_lineDrop()\n101 <-     | ATH\nP event    | IDLE\n";

    #[test]
    fn lanes_may_interleave_in_any_order() {
        let other = "-- 3: drop C\nP call     | TSPI_lineDrop()\nP event    | IDLE\n101 <-     | ATH\n";
        assert!(same_lanes(ONE, other));
    }

    #[test]
    fn order_inside_a_lane_counts() {
        let one = "P event    | IDLE\nP event    | DISCONNECTED\n";
        let other = "P event    | DISCONNECTED\nP event    | IDLE\n";
        assert!(!same_lanes(one, other));
    }

    #[test]
    fn a_line_more_or_less_counts() {
        assert!(!same_lanes(ONE, &ONE.replace("101 <-     | ATH\n", "")));
    }
}
