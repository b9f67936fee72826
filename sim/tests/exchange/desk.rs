//! A switch at which tests sit: devices by number, and what happened in plain words.

use std::time::Duration;

use offhook_sim::SimTime;
use offhook_sim::exchange::switch::{
    CallOptions, ConnectionId, ConnectionState, DeviceId, Limits, Replica, ServiceError, StationSettings,
    Switch, SwitchEvent,
};

pub struct Desk {
    pub switch: Switch,
    pub now: SimTime,
    replica: Replica,
    log: Vec<String>,
}

impl Desk {
    /// Plain telephones with these numbers.
    pub fn with(numbers: &[&str]) -> Desk {
        Desk::limited(Limits::default(), numbers)
    }

    pub fn limited(limits: Limits, numbers: &[&str]) -> Desk {
        let mut switch = Switch::new(limits);
        for number in numbers {
            switch.add_station(number, StationSettings::default()).unwrap();
        }
        Desk {
            switch,
            now: SimTime::ZERO,
            replica: Replica::default(),
            log: Vec::new(),
        }
    }

    pub fn station(&mut self, number: &str, settings: StationSettings) -> DeviceId {
        self.switch.add_station(number, settings).unwrap()
    }

    pub fn device(&self, number: &str) -> DeviceId {
        self.switch.device(number).unwrap()
    }

    pub fn call(&mut self, from: &str, to: &str) -> ConnectionId {
        self.try_call(from, to).unwrap()
    }

    pub fn try_call(&mut self, from: &str, to: &str) -> Result<ConnectionId, ServiceError> {
        let from = self.device(from);
        self.switch.make_call(from, to, &CallOptions::default(), self.now)
    }

    /// The connection of a device in this state.
    pub fn at(&self, number: &str, state: ConnectionState) -> ConnectionId {
        let device = self.device(number);
        self.switch
            .connection_in(device, state)
            .unwrap_or_else(|| panic!("{number} is not {state}: {:#?}", self.log))
    }

    pub fn answer(&mut self, number: &str) {
        let ringing = self.at(number, ConnectionState::Alerting);
        self.switch.answer_call(ringing, self.now).unwrap();
    }

    /// Two telephones that talk; gives the caller's connection. Nothing is left in the log.
    pub fn talk(&mut self, from: &str, to: &str) -> ConnectionId {
        let connection = self.call(from, to);
        self.answer(to);
        self.log();
        connection
    }

    /// A caller, a middle and a third: the middle holds the first call and talks in the second. Gives the middle's
    /// held and active connections.
    pub fn consult(&mut self, first: &str, middle: &str, third: &str) -> (ConnectionId, ConnectionId) {
        self.talk(first, middle);
        let held = self.at(middle, ConnectionState::Connected);
        let active = self
            .switch
            .consultation_call(held, third, &CallOptions::default(), self.now)
            .unwrap();
        self.answer(third);
        self.log();
        (held, active)
    }

    pub fn hang_up(&mut self, number: &str) {
        let device = self.device(number);
        for connection in self.switch.snapshot_device(device) {
            self.switch.clear_connection(connection, self.now).unwrap();
        }
    }

    pub fn wait(&mut self, span: Duration) {
        self.now += span;
        self.switch.handle_timeout(self.now);
    }

    /// The call events since the last asking, as sentences without the call's number.
    pub fn log(&mut self) -> Vec<String> {
        self.drain(|event| matches!(event, SwitchEvent::Call(_)))
    }

    /// The device events since the last asking.
    pub fn device_log(&mut self) -> Vec<String> {
        self.drain(|event| matches!(event, SwitchEvent::Device(_)))
    }

    fn drain(&mut self, wanted: impl Fn(&SwitchEvent) -> bool) -> Vec<String> {
        self.log.clear();
        while let Some(event) = self.switch.poll_event() {
            self.replica.apply(&event);
            if wanted(&event) {
                self.log.push(self.switch.describe(&event));
            }
        }
        assert_eq!(
            *self.replica.snapshot(),
            self.switch.snapshot(),
            "{:#?}",
            self.log
        );
        self.log.clone()
    }

    /// Everybody hangs up, and nothing may be left.
    pub fn close(mut self) {
        for device in self.switch.devices() {
            for connection in self.switch.snapshot_device(device) {
                // An end that the one before it took along is gone already.
                let _ = self.switch.clear_connection(connection, self.now);
            }
        }
        assert_eq!(self.switch.call_count(), 0);
        self.log();
    }
}
