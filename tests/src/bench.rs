//! Simulated modems for programs to use, and a record of what happened at them.

use std::sync::Mutex;
use std::sync::mpsc;
use std::time::Instant;

use offhook_sim::{
    Driver, DriverOptions, ExchangeConfig, ModemProfile, PortSetup, PortSpec, SimCommand, SimEvent,
    Simulation,
};

use crate::program::PATIENCE;

/// How many lines of the record a failure shows.
const LAST: usize = 60;
/// How many bytes a line of the record shows.
const SHOWN: usize = 200;

/// Modems on an exchange that does not keep anybody waiting.
pub struct Bench {
    driver: Driver,
    events: mpsc::Receiver<SimEvent>,
    /// What has happened, a line each.
    record: Mutex<Vec<String>>,
}

impl Bench {
    /// Modems with these numbers on pseudo-terminals.
    pub fn of(numbers: &[&str], profile: &ModemProfile) -> Bench {
        Bench::at_speed(1.0, numbers, profile)
    }

    /// The same, with a clock that goes so many times as fast.
    ///
    /// # Panics
    /// Where the ports do not open.
    pub fn at_speed(speed: f64, numbers: &[&str], profile: &ModemProfile) -> Bench {
        let mut simulation = Simulation::new(ExchangeConfig::quick());
        let ports = numbers.iter().map(|number| {
            let modem = simulation.add_modem(number, profile.clone());
            PortSetup::from((modem.expect("each number is its own"), PortSpec::Pty))
        });
        let ports = ports.collect();
        let (sender, events) = mpsc::channel();
        let sink = move |_, event| sender.send(event).unwrap_or_default();
        let options = DriverOptions {
            speed,
            ..DriverOptions::default()
        };
        let driver = Driver::start_with(simulation, ports, options, sink);
        Bench {
            driver: driver.expect("pseudo-terminals open"),
            events,
            record: Mutex::default(),
        }
    }

    /// What a client of the modem with this number opens.
    pub fn port(&self, number: &str) -> &str {
        let mut ports = self.driver.ports().iter();
        let port = ports.find(|port| port.number == number);
        &port.expect("a modem of this bench").path
    }

    /// Does something at the far side.
    ///
    /// # Panics
    /// Where it cannot be done.
    pub fn command(&self, command: SimCommand) {
        self.driver.command(command).expect("the exchange carries it out");
    }

    /// Waits until something has happened, after all that was waited for before: a line of the record with this text.
    ///
    /// # Panics
    /// Where it does not happen.
    pub fn happens(&self, text: &str) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            let event = self.events.recv_timeout(left);
            let event = event.unwrap_or_else(|_| panic!("{text:?} did not happen"));
            let line = described(&event);
            let happened = line.contains(text);
            self.record.lock().expect("nobody panicked with it").push(line);
            if happened {
                return;
            }
        }
    }

    /// All that has happened so far.
    pub fn record(&self) -> Vec<String> {
        let mut record = self.record.lock().expect("nobody panicked with it");
        record.extend(self.events.try_iter().map(|event| described(&event)));
        record.clone()
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let record = self.record();
            let last = &record[record.len().saturating_sub(LAST)..];
            eprintln!("what happened at the modems:\n{}", last.join("\n"));
        }
    }
}

/// An event in a line.
fn described(event: &SimEvent) -> String {
    match event {
        SimEvent::Exchange(event) => event.to_string(),
        SimEvent::Wire {
            number,
            to_device,
            bytes,
        } => {
            let arrow = if *to_device { "<-" } else { "->" };
            let rest = if bytes.len() > SHOWN { "..." } else { "" };
            let bytes = &bytes[..bytes.len().min(SHOWN)];
            format!("{number} {arrow} {}{rest}", bytes.escape_ascii())
        }
        other => format!("{other:?}"),
    }
}
