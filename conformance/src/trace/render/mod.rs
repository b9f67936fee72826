//! A trace as a person reads it: the scenario's steps, and below each what crossed which boundary.

mod calls;
mod events;
mod ui;

use std::collections::{HashMap, HashSet};

use offhook_sim::ExchangeEvent;

use super::lanes::{Lane, SEPARATOR};
use super::normalize::{WireLines, short_numbers};
use super::{Event, HostNote, Names, Party, What};
use crate::tspi::{Function, Version, render_result};

/// Renders a whole trace.
pub fn render(events: &[Event]) -> String {
    let asides = events.iter().filter_map(|event| match event.what {
        What::Aside { seq } => Some((event.by.clone(), seq)),
        _ => None,
    });
    let mut renderer = Renderer {
        asides: asides.collect(),
        ..Renderer::default()
    };
    for event in events {
        renderer.event(event);
    }
    renderer.finish()
}

/// The lines of some events alone, in their order, with the names that they have in the whole trace.
pub fn render_only(events: &[Event], wanted: &[usize]) -> Vec<String> {
    let mut renderer = Renderer::default();
    let mut lines = Vec::new();
    let last = wanted.iter().max().map_or(0, |last| last + 1);
    for (at, event) in events.iter().enumerate().take(last) {
        let before = renderer.text.len();
        renderer.event(event);
        if wanted.contains(&at) {
            lines.extend(renderer.text[before..].lines().map(str::to_owned));
        }
    }
    lines.retain(|line| !line.trim().is_empty());
    lines
}

#[derive(Default)]
struct Renderer {
    text: String,
    names: Names,
    wires: HashMap<(String, bool), WireLines>,
    /// The function of each call, and the lane that it and its return stand in.
    calls: HashMap<(Party, u32), (&'static Function, Lane)>,
    /// The lanes of callbacks of the user interface.
    asks: HashMap<(Party, u32), Lane>,
    /// TAPI's handles of what calls make, by the out parameter with the provider's.
    makes: HashMap<(Party, u32, String), u64>,
    versions: HashMap<Party, Version>,
    /// The places of calls that are made at once, from 1.
    at_once: HashMap<(Party, u32), usize>,
    /// Calls that are not shown.
    asides: HashSet<(Party, u32)>,
    /// Lines that ring: only the first ring of each call is shown, for how many there are is a matter of time.
    ringing: HashSet<String>,
    /// Data of the exchange that came in pieces.
    data: Option<(String, Vec<u8>)>,
}

impl Renderer {
    fn line(&mut self, lane: &Lane, text: &str) {
        self.text.push_str(&format!("{lane}{SEPARATOR}{text}\n"));
    }

    fn event(&mut self, event: &Event) {
        let by = &event.by;
        match (&event.what, by) {
            (What::Step { line, text }, _) => self.text.push_str(&format!("\n-- {line}: {text}\n")),
            (
                What::Wire {
                    number,
                    to_device,
                    bytes,
                },
                _,
            ) => self.wire(number, *to_device, bytes),
            (What::Exchange(event), _) => self.exchange(event),
            (What::Switch(step), _) => self.line(&Lane::Exchange, &step.text),
            (
                What::Csta {
                    to_switch: true,
                    text,
                },
                _,
            ) => self.line(&Lane::ToSwitch, &short_numbers(text)),
            (What::Csta { text, .. }, _) => self.line(&Lane::FromSwitch, &short_numbers(text)),
            (What::PortFailed { number, message }, _) => {
                self.line(
                    &Lane::Exchange,
                    &format!("the port of {number} failed: {message}"),
                );
            }
            (_, Party::Provider(name)) => self.provider(name, event),
            _ => {}
        }
    }

    fn provider(&mut self, name: &str, event: &Event) {
        let by = &event.by;
        match &event.what {
            What::Call { seq, .. } | What::Return { seq, .. }
                if self.asides.contains(&(by.clone(), *seq)) => {}
            What::Aside { .. } | What::Exports { .. } | What::Census(_) => {}
            What::AtOnce { calls } => {
                let places = calls.iter().zip(1..);
                self.at_once = places.map(|(seq, place)| ((by.clone(), *seq), place)).collect();
            }
            What::Call { seq, function, args } => self.call(name, by, *seq, function, args),
            What::Return { seq, result, outs } => self.returned(by, *seq, *result, outs),
            What::NotExported { seq } => {
                let known = self.calls.get(&(by.clone(), *seq)).map(|(_, lane)| lane.clone());
                let lane = known.unwrap_or_else(|| Lane::App(name.to_owned()));
                self.line(&lane, "  is not exported");
            }
            What::Completed { request, result } => {
                let request = self.names.name(by, "request", u64::from(*request));
                let text = format!("ASYNC_COMPLETION({request}, {})", render_result(*result));
                self.line(&Lane::Event(name.to_owned()), &text);
            }
            What::Line(args) => self.callback(name, by, args, "line"),
            What::Phone(args) => self.callback(name, by, args, "phone"),
            What::Kept { seq, outs } => self.kept(by, *seq, outs),
            What::Ui { .. } | What::UiAnswer { .. } | What::Signalled { .. } | What::Dialog { .. } => {
                self.ui(name, event);
            }
            What::Host(note) => {
                let text = match note {
                    HostNote::Silent | HostNote::UiSilent => return,
                    HostNote::Loaded => "provider loaded".to_owned(),
                    HostNote::Died(how) => format!("provider died: {how}"),
                    HostNote::Ended => "process ended as told".to_owned(),
                    HostNote::UiLoaded => "user interface DLL loaded in an application's process".to_owned(),
                    HostNote::UiDied(how) => format!("the application's process died: {how}"),
                    HostNote::UiEnded => "the application's process ended as told".to_owned(),
                };
                self.line(&Lane::Host(name.to_owned()), &text);
            }
            What::Step { .. }
            | What::Wire { .. }
            | What::Exchange(_)
            | What::Switch(_)
            | What::Csta { .. }
            | What::PortFailed { .. } => {}
        }
    }

    fn wire(&mut self, number: &str, to_device: bool, bytes: &[u8]) {
        let lines = self
            .wires
            .entry((number.to_owned(), to_device))
            .or_default()
            .take(bytes);
        for line in lines {
            self.wire_line(number, to_device, &line);
        }
    }

    fn wire_line(&mut self, number: &str, to_device: bool, line: &str) {
        if !to_device && line == "RING" && !self.ringing.insert(number.to_owned()) {
            return;
        }
        let lane = match to_device {
            true => Lane::ToDevice(number.to_owned()),
            false if line == "RING" => Lane::Rings(number.to_owned()),
            false => Lane::FromDevice(number.to_owned()),
        };
        self.line(&lane, line);
    }

    fn exchange(&mut self, event: &ExchangeEvent) {
        if let ExchangeEvent::Data { from, bytes, .. } = event {
            match &mut self.data {
                Some((known, data)) if known == from => data.extend_from_slice(bytes),
                _ => {
                    self.flush_data();
                    self.data = Some((from.clone(), bytes.clone()));
                }
            }
            return;
        }
        self.flush_data();
        match event {
            ExchangeEvent::Ring { .. } => return,
            ExchangeEvent::Ringing { number, .. } => drop(self.ringing.remove(number)),
            _ => {}
        }
        self.line(&Lane::Exchange, &event.to_string());
    }

    fn flush_data(&mut self) {
        if let Some((from, bytes)) = self.data.take() {
            self.line(
                &Lane::Exchange,
                &format!("{from} sends \"{}\"", bytes.escape_ascii()),
            );
        }
    }

    fn finish(mut self) -> String {
        self.flush_data();
        let mut wires: Vec<_> = std::mem::take(&mut self.wires).into_iter().collect();
        wires.sort_by(|one, other| one.0.cmp(&other.0));
        for ((number, to_device), mut lines) in wires {
            if let Some(line) = lines.flush() {
                self.wire_line(&number, to_device, &line);
            }
        }
        self.text.trim_start().to_owned()
    }
}
