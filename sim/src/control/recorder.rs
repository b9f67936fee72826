//! Turns what happened on the lines into a scenario that `offhook run` plays: what a person did at the telephones comes
//! again, and what the client did with its modem becomes what an application does with a provider.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use crate::exchange::{CallId, ExchangeEvent};
use crate::simulation::SimEvent;
use crate::time::SimTime;

/// Records the events of a simulation.
#[derive(Debug, Default)]
pub struct Recorder {
    /// The numbers of the modems' lines, in order.
    lines: Vec<String>,
    steps: Vec<String>,
    /// What each station was seen to do: `answers after 100 ms`, `is busy`, `never answers`.
    stations: BTreeMap<String, String>,
    calls: BTreeMap<CallId, Recorded>,
    /// Stations whose calls have reached no line yet.
    callers: BTreeMap<CallId, String>,
    named: usize,
}

/// A call between a modem's line and a station.
#[derive(Debug)]
struct Recorded {
    name: String,
    station: String,
    /// When the station began to ring, where the modem called.
    rings_since: Option<SimTime>,
    /// The application has let the call go.
    is_dropped: bool,
}

impl Recorder {
    /// A recorder of the lines with these numbers.
    pub fn new(lines: Vec<String>) -> Recorder {
        Recorder {
            lines,
            ..Recorder::default()
        }
    }

    /// Takes one event, in order.
    pub fn push(&mut self, at: SimTime, event: &SimEvent) {
        use ExchangeEvent::*;
        let SimEvent::Exchange(event) = event else {
            return;
        };
        match event {
            Dialled { call, from, digits } => self.dialled(*call, from, digits),
            Ringing {
                call,
                number,
                caller_id,
            } => match self.calls.get_mut(call) {
                // A modem called, and the station rings.
                Some(recorded) if recorded.station == *number => recorded.rings_since = Some(at),
                // One line of modems calls another: each provider sees its own end, which one script cannot show.
                Some(_) => drop(self.calls.remove(call)),
                None => {
                    let shown = caller_id.as_ref();
                    let number_shown = shown.and_then(|caller| caller.number.as_deref());
                    let name_shown = shown.and_then(|caller| caller.name.as_deref());
                    self.called(*call, number, number_shown, name_shown);
                }
            },
            Answered { call, number } => self.answered(*call, number, at),
            BusyTone { call, to, .. } if self.calls.contains_key(call) => {
                self.stations.insert(to.clone(), "is busy".to_owned());
            }
            HungUp { call, number } => self.hung_up(*call, number),
            Ended { call } => {
                if let Some(recorded) = self.calls.remove(call) {
                    self.steps.push(format!("expect {} reaches IDLE", recorded.name));
                    self.steps.push(format!("close call {}", recorded.name));
                }
            }
            Data { call, from, bytes } if self.is_station_of(*call, from) => {
                self.steps.push(format!("station {from} sends {}", quoted(bytes)));
            }
            _ => {}
        }
    }

    /// The scenario so far.
    pub fn scenario(&self) -> String {
        let count = self.lines.len();
        let plural = if count == 1 { "" } else { "s" };
        let mut text = format!(
            "scenario: recorded by offhook sim\nneeds: modem\nproviders: P with {count} line{plural}\n"
        );
        text.push_str("\nexchange\n");
        for (index, number) in self.lines.iter().enumerate() {
            // Writing to a string cannot fail, here and below.
            let _ = writeln!(text, "  line {} is {number}", index + 1);
        }
        for (number, does) in &self.stations {
            let _ = writeln!(text, "  station {number} {does}");
        }
        text.push_str("\nsteps\n");
        for index in 1..=count {
            let _ = writeln!(
                text,
                "  open line {index} as L{index}\n  watch incoming calls on L{index}"
            );
        }
        for step in &self.steps {
            let _ = writeln!(text, "  {step}");
        }
        for recorded in self.calls.values() {
            let name = &recorded.name;
            if !recorded.is_dropped {
                let _ = writeln!(text, "  drop {name}");
            }
            let _ = writeln!(text, "  expect {name} reaches IDLE\n  close call {name}");
        }
        for index in 1..=count {
            let _ = writeln!(text, "  close line L{index}");
        }
        text
    }

    fn is_station_of(&self, call: CallId, number: &str) -> bool {
        self.calls
            .get(&call)
            .is_some_and(|recorded| recorded.station == number)
    }

    fn line(&self, number: &str) -> Option<usize> {
        let index = self.lines.iter().position(|line| line == number)?;
        Some(index + 1)
    }

    fn begin(&mut self, call: CallId, station: &str) -> String {
        self.named += 1;
        let name = format!("C{}", self.named);
        let recorded = Recorded {
            name: name.clone(),
            station: station.to_owned(),
            rings_since: None,
            is_dropped: false,
        };
        self.calls.insert(call, recorded);
        name
    }

    fn dialled(&mut self, call: CallId, from: &str, digits: &str) {
        match self.line(from) {
            Some(line) if self.line(digits).is_none() => {
                let name = self.begin(call, digits);
                self.steps
                    .push(format!("make call {name} on L{line} to \"{digits}\""));
            }
            Some(_) => {}
            // A station calls: its own number is told here, and what it shows when the line rings.
            None => drop(self.callers.insert(call, from.to_owned())),
        }
    }

    /// A modem's line is called.
    fn called(&mut self, call: CallId, number: &str, shown: Option<&str>, name_shown: Option<&str>) {
        let (Some(line), Some(station)) = (self.line(number), self.callers.remove(&call)) else {
            return;
        };
        let call_name = self.begin(call, &station);
        let mut step = format!("station {station} calls line {line}");
        match shown {
            None => step.push_str(" showing nothing"),
            Some(shown) if *shown != *station => {
                let _ = write!(step, " showing {}", quoted(shown.as_bytes()));
            }
            Some(_) => {}
        }
        if let Some(name) = name_shown {
            let _ = write!(step, " named {}", quoted(name.as_bytes()));
        }
        self.steps.push(step);
        self.steps
            .push(format!("expect call {call_name} on L{line} is OFFERING"));
    }

    fn answered(&mut self, call: CallId, number: &str, at: SimTime) {
        let is_line = self.line(number).is_some();
        let Some(recorded) = self.calls.get(&call) else {
            return;
        };
        let name = &recorded.name;
        if is_line {
            self.steps.push(format!("answer {name}"));
        } else if let Some(since) = recorded.rings_since {
            let after = (at - since).max(Duration::from_millis(1));
            let does = format!("answers after {} ms", after.as_millis());
            self.stations.insert(number.to_owned(), does);
        }
        self.steps
            .push(format!("expect {name} reaches CONNECTED within 30 s"));
    }

    fn hung_up(&mut self, call: CallId, number: &str) {
        let is_line = self.line(number).is_some();
        let Some(recorded) = self.calls.get_mut(&call) else {
            return;
        };
        if !is_line {
            self.steps.push(format!("station {number} hangs up"));
        } else if !std::mem::replace(&mut recorded.is_dropped, true) {
            self.steps.push(format!("drop {}", recorded.name));
        }
    }
}

/// A string as scenarios write it.
fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for byte in bytes {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\r' => text.push_str("\\r"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b' '..=b'~' => text.push(char::from(*byte)),
            other => {
                let _ = write!(text, "\\x{other:02x}");
            }
        }
    }
    text.push('"');
    text
}
