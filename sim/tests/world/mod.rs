//! A simulation in virtual time, for tests that read like a telephone call.

#![allow(dead_code, reason = "every test file uses its own part of it")]

use std::collections::BTreeMap;
use std::time::Duration;

use offhook_sim::{
    DteCircuits, ExchangeConfig, ModemId, ModemProfile, SimCommand, SimEvent, SimTime, Simulation,
    StationBehaviour,
};

/// Modems, stations and a clock that jumps.
pub struct World {
    simulation: Simulation,
    modems: BTreeMap<String, ModemId>,
    now: SimTime,
    said: BTreeMap<ModemId, Vec<u8>>,
    log: Vec<String>,
    speech: Vec<i16>,
}

impl World {
    /// An exchange with its usual cadence, and modems with these numbers; each modem's echo is off.
    pub fn with_modems(numbers: &[&str]) -> World {
        let modems: Vec<_> = numbers
            .iter()
            .map(|number| (*number, ModemProfile::default()))
            .collect();
        World::with_profiles(ExchangeConfig::default(), &modems)
    }

    /// An exchange, and modems of several makes; each modem's echo is off.
    pub fn with_profiles(config: ExchangeConfig, makes: &[(&str, ModemProfile)]) -> World {
        let mut simulation = Simulation::new(config);
        let mut modems = BTreeMap::new();
        for (number, profile) in makes {
            let profile = ModemProfile {
                echo: false,
                ..profile.clone()
            };
            modems.insert(number.to_string(), simulation.add_modem(number, profile).unwrap());
        }
        World {
            simulation,
            modems,
            now: SimTime::ZERO,
            said: BTreeMap::new(),
            log: Vec::new(),
            speech: Vec::new(),
        }
    }

    pub fn station(&mut self, number: &str, behaviour: StationBehaviour) {
        self.simulation.add_station(number, behaviour).unwrap();
    }

    pub fn command(&mut self, command: SimCommand) {
        self.simulation.command(command, self.now).unwrap();
        self.drain();
    }

    pub fn try_command(&mut self, command: SimCommand) -> Result<(), offhook_sim::SimError> {
        self.simulation.command(command, self.now)
    }

    /// Whether ringing current reaches a modem now.
    pub fn ring_indicator(&self, number: &str) -> bool {
        self.simulation.circuits(self.modems[number]).ri
    }

    pub fn now(&self) -> SimTime {
        self.now
    }

    /// The client of a modem writes bytes.
    pub fn write(&mut self, number: &str, bytes: impl AsRef<[u8]>) {
        self.simulation
            .handle_bytes(self.modems[number], bytes.as_ref(), self.now);
        self.drain();
    }

    /// The client sends a command line and gets what the modem says at once.
    pub fn at(&mut self, number: &str, line: &str) -> String {
        self.write(number, format!("{line}\r"));
        self.said(number)
    }

    /// What a modem has said since it was last asked, line breaks as `|`.
    pub fn said(&mut self, number: &str) -> String {
        let bytes = self.said.remove(&self.modems[number]).unwrap_or_default();
        let text = String::from_utf8_lossy(&bytes)
            .replace("\r\n\r\n", "|")
            .replace("\r\n", "|");
        text.trim_matches('|').to_owned()
    }

    /// What a modem has said since it was last asked, byte for byte.
    pub fn said_bytes(&mut self, number: &str) -> Vec<u8> {
        self.said.remove(&self.modems[number]).unwrap_or_default()
    }

    /// Lets time pass.
    pub fn wait(&mut self, span: Duration) {
        self.now += span;
        self.simulation.handle_timeout(self.now);
        self.drain();
    }

    pub fn wait_ms(&mut self, ms: u64) {
        self.wait(Duration::from_millis(ms));
    }

    /// Jumps from event to event until a modem has said `text`, for a virtual minute at most.
    pub fn wait_for(&mut self, number: &str, text: &str) {
        let deadline = self.now + Duration::from_secs(60);
        let id = self.modems[number];
        loop {
            let said = String::from_utf8_lossy(self.said.get(&id).map_or(&[], Vec::as_slice)).into_owned();
            if said.contains(text) {
                return;
            }
            match self.simulation.poll_timeout() {
                Some(at) if at <= deadline => self.now = self.now.max(at),
                _ => panic!(
                    "{number} said {said:?} and not {text:?}; the exchange: {:#?}",
                    self.log
                ),
            }
            self.simulation.handle_timeout(self.now);
            self.drain();
        }
    }

    /// The client raises DTR or drops it.
    pub fn circuits(&mut self, number: &str, dtr: bool) {
        let dte = DteCircuits { dtr, rts: true };
        self.simulation
            .handle_circuits(self.modems[number], dte, self.now);
        self.drain();
    }

    /// Whether the client has stopped its modem by XOFF.
    pub fn is_stopped(&self, number: &str) -> bool {
        self.simulation.is_stopped(self.modems[number])
    }

    /// What stations heard since they were last asked.
    pub fn speech(&mut self) -> Vec<i16> {
        std::mem::take(&mut self.speech)
    }

    /// What the exchange reported since it was last asked.
    pub fn log(&mut self) -> Vec<String> {
        std::mem::take(&mut self.log)
    }

    /// Two modems in a call, both online, nothing left unread.
    pub fn connect(&mut self, from: &str, to: &str) {
        self.at(to, "ATS0=1");
        self.write(from, format!("ATDT{to}\r"));
        self.wait_for(from, "CONNECT");
        self.wait_for(to, "CONNECT");
        self.said.clear();
        self.log.clear();
    }

    fn drain(&mut self) {
        while let Some((id, bytes)) = self.simulation.poll_output() {
            self.said.entry(id).or_default().extend(bytes);
        }
        while let Some(event) = self.simulation.poll_event() {
            match event {
                SimEvent::Exchange(event) => self.log.push(event.to_string()),
                SimEvent::Speech { samples, .. } => self.speech.extend(samples),
                _ => {}
            }
        }
    }
}
