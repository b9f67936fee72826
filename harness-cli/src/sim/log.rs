//! Events of the simulation as people and programs read them.

use std::collections::BTreeMap;

use offhook_sim::{SimEvent, SimTime};
use serde_json::{Value, json};

/// Bytes that are shown before their line has ended.
const LONGEST: usize = 120;
/// Bytes without a line's end after which the rest is counted only, until the other side's turn: speech, fax, files.
const MOST: usize = 2 * LONGEST;

/// Makes lines of text of events. Bytes come in any pieces; a line is shown when it is whole.
#[derive(Debug, Default)]
pub struct Log {
    wire: bool,
    /// The unfinished line of each number and direction.
    partial: BTreeMap<(String, bool), Partial>,
}

/// What one side has said in its turn.
#[derive(Debug, Default)]
struct Partial {
    /// Not shown yet.
    bytes: Vec<u8>,
    /// How many were shown that no line's end has followed.
    shown: usize,
    /// How many are counted only.
    hidden: usize,
}

impl Log {
    /// A log, with what passes the ports or without.
    pub fn new(wire: bool) -> Log {
        Log {
            wire,
            partial: BTreeMap::new(),
        }
    }

    /// The lines that an event makes whole.
    pub fn lines(&mut self, event: &SimEvent) -> Vec<String> {
        let (number, text) = match event {
            SimEvent::Wire {
                number,
                to_device,
                bytes,
            } => {
                return if self.wire {
                    self.wire(number, *to_device, bytes)
                } else {
                    Vec::new()
                };
            }
            SimEvent::Exchange(event) => return vec![event.to_string()],
            SimEvent::Switch(step) => return vec![step.text.clone()],
            SimEvent::Csta { to_switch, text } => {
                let arrow = if *to_switch { "<-" } else { "->" };
                return vec![format!("CSTA {arrow} {text}")];
            }
            SimEvent::PortFailed { number, message } => {
                return vec![format!("the port of {number} failed: {message}")];
            }
            SimEvent::Link { peer, text } => return vec![format!("the link to {peer} {text}")],
            SimEvent::Message { from, to, text } => {
                return vec![format!("{from} sends {to} the message {text:?}")];
            }
            SimEvent::Speech { number, samples } => {
                (number, format!("hears {} ms of speech", samples.len() / 8))
            }
            SimEvent::Settings { number, settings } => (number, format!("<- set to {settings}")),
            SimEvent::Break { number } => (number, "<- break".to_owned()),
            SimEvent::Circuits { number, circuits } => (number, circuits.to_string()),
        };
        if !self.wire {
            return Vec::new();
        }
        let mut lines = self.flush(number);
        lines.push(format!("{number} {text}"));
        lines
    }

    fn wire(&mut self, number: &str, to_device: bool, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        // The other direction's turn is over: what it said so far is all for now.
        lines.extend(self.flush_one(number, !to_device));
        let partial = self.partial.entry((number.to_owned(), to_device)).or_default();
        for byte in bytes {
            let ends = matches!(byte, b'\r' | b'\n');
            if partial.shown >= MOST {
                partial.hidden += 1;
                continue;
            }
            if !ends {
                partial.bytes.push(*byte);
            }
            if (ends && !partial.bytes.is_empty()) || partial.bytes.len() >= LONGEST {
                let whole = std::mem::take(&mut partial.bytes);
                partial.shown = if ends { 0 } else { partial.shown + whole.len() };
                lines.push(shown(number, to_device, &whole));
            }
        }
        lines
    }

    fn flush(&mut self, number: &str) -> Vec<String> {
        [true, false]
            .into_iter()
            .filter_map(|to_device| self.flush_one(number, to_device))
            .collect()
    }

    fn flush_one(&mut self, number: &str, to_device: bool) -> Option<String> {
        let Partial { bytes, hidden, .. } = self.partial.remove(&(number.to_owned(), to_device))?;
        match hidden {
            0 => (!bytes.is_empty()).then(|| shown(number, to_device, &bytes)),
            count => Some(format!("{number} {} … and {count} bytes more", arrow(to_device))),
        }
    }
}

fn arrow(to_device: bool) -> &'static str {
    if to_device { "<-" } else { "->" }
}

fn shown(number: &str, to_device: bool, bytes: &[u8]) -> String {
    format!("{number} {} {}", arrow(to_device), bytes.escape_ascii())
}

/// An event as one JSON object.
pub fn json(at: SimTime, event: &SimEvent) -> Value {
    let mut value = match event {
        SimEvent::Wire {
            number,
            to_device,
            bytes,
        } => json!({
            "kind": "wire", "number": number, "to_device": to_device, "bytes": bytes.escape_ascii().to_string(),
        }),
        SimEvent::Exchange(event) => json!({"kind": "exchange", "text": event.to_string()}),
        SimEvent::Switch(step) => json!({"kind": "switch", "text": step.text}),
        SimEvent::Csta { to_switch, text } => json!({"kind": "csta", "to_switch": to_switch, "text": text}),
        SimEvent::PortFailed { number, message } => {
            json!({"kind": "port-failed", "number": number, "text": message})
        }
        SimEvent::Message { from, to, text } => {
            json!({"kind": "message", "from": from, "to": to, "text": text})
        }
        SimEvent::Link { peer, text } => json!({"kind": "link", "peer": peer, "text": text}),
        SimEvent::Speech { number, samples } => {
            json!({"kind": "speech", "number": number, "samples": samples.len()})
        }
        SimEvent::Settings { number, settings } => {
            json!({"kind": "settings", "number": number, "text": settings.to_string()})
        }
        SimEvent::Break { number } => json!({"kind": "break", "number": number}),
        SimEvent::Circuits { number, circuits } => {
            json!({"kind": "circuits", "number": number, "text": circuits.to_string()})
        }
    };
    value["at"] = json!(at.as_micros() as f64 / 1e6);
    value
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(to_device: bool, bytes: &[u8]) -> SimEvent {
        SimEvent::Wire {
            number: "101".into(),
            to_device,
            bytes: bytes.to_vec(),
        }
    }

    #[test]
    fn a_command_typed_byte_by_byte_is_one_line() {
        let mut log = Log::new(true);
        for byte in b"AT&F" {
            assert!(log.lines(&wire(true, &[*byte])).is_empty());
        }
        assert_eq!(log.lines(&wire(true, b"\r")), ["101 <- AT&F"]);
        assert_eq!(log.lines(&wire(false, b"\r\nOK\r\n")), ["101 -> OK"]);
    }

    #[test]
    fn speech_is_counted_where_it_is_long() {
        let mut log = Log::new(true);
        let mut lines = Vec::new();
        for _ in 0..100 {
            lines.extend(log.lines(&wire(false, &[0xff; 160])));
        }
        assert_eq!(lines, vec![format!("101 -> {}", "\\xff".repeat(LONGEST)); 2]);
        assert_eq!(
            log.lines(&wire(true, b"AT\r")),
            ["101 -> … and 15760 bytes more", "101 <- AT"]
        );
        assert_eq!(log.lines(&wire(false, b"OK\r")), ["101 -> OK"]);
    }

    #[test]
    fn what_the_other_side_interrupts_is_shown() {
        let mut log = Log::new(true);
        assert!(log.lines(&wire(true, b"+++")).is_empty());
        assert_eq!(
            log.lines(&wire(false, b"\r\nOK\r\n")),
            ["101 <- +++", "101 -> OK"]
        );
        assert_eq!(log.lines(&wire(true, &[0, 255])), Vec::<String>::new());
        assert_eq!(log.lines(&wire(true, b"\r")), ["101 <- \\x00\\xff"]);
    }
}
