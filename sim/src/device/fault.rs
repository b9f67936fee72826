//! Faults of a modem itself, between it and its port: answers that do not come, come late or are wrong.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use super::modem::Output;
use crate::time::SimTime;

/// What is wrong with a modem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceFault {
    /// It carries commands out and says nothing.
    NoReply,
    /// It answers every result with this text.
    WrongReply(String),
    /// Everything that it says comes this much later.
    LateReply(Duration),
    /// It sends back every byte, whatever `E` says, data too.
    EchoStuck,
    /// It says `RING` again and again, this often, without a call.
    RingStorm(Duration),
}

impl fmt::Display for DeviceFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DeviceFault::NoReply => f.write_str("no reply"),
            DeviceFault::WrongReply(text) => write!(f, "wrong reply {text:?}"),
            DeviceFault::LateReply(delay) => write!(f, "replies {delay:?} late"),
            DeviceFault::EchoStuck => f.write_str("echo stuck"),
            DeviceFault::RingStorm(every) => write!(f, "RING every {every:?}"),
        }
    }
}

/// What stands between a modem and its port.
#[derive(Debug)]
pub(crate) struct Outlet {
    fault: Option<DeviceFault>,
    has_power: bool,
    late: VecDeque<(SimTime, Vec<u8>)>,
    next_ring: Option<SimTime>,
    ready: Vec<u8>,
}

impl Default for Outlet {
    fn default() -> Outlet {
        Outlet {
            fault: None,
            has_power: true,
            late: VecDeque::new(),
            next_ring: None,
            ready: Vec::new(),
        }
    }
}

impl Outlet {
    /// Sets what is wrong from now on; what was late already still comes.
    pub(crate) fn set_fault(&mut self, fault: Option<DeviceFault>, now: SimTime) {
        self.next_ring = matches!(fault, Some(DeviceFault::RingStorm(_))).then_some(now);
        self.fault = fault;
    }

    pub(crate) fn has_power(&self) -> bool {
        self.has_power
    }

    pub(crate) fn set_power(&mut self, on: bool) {
        self.has_power = on;
        if !on {
            self.late.clear();
            self.ready.clear();
        }
    }

    /// The client wrote bytes.
    pub(crate) fn written(&mut self, bytes: &[u8]) {
        if self.has_power && self.fault == Some(DeviceFault::EchoStuck) {
            self.ready.extend_from_slice(bytes);
        }
    }

    /// The modem says something.
    pub(crate) fn push(&mut self, output: Output, now: SimTime) {
        if !self.has_power {
            return;
        }
        match (&self.fault, output) {
            (Some(DeviceFault::NoReply), Output::Result { .. } | Output::Information { .. }) => {}
            (Some(DeviceFault::EchoStuck), Output::Echo(_)) => {}
            (Some(DeviceFault::WrongReply(text)), Output::Result { framing, .. }) => {
                self.ready.extend(framing.information(text));
            }
            (Some(DeviceFault::LateReply(delay)), output) => {
                self.late.push_back((now + *delay, output.into_bytes()));
            }
            (_, output) => self.ready.extend(output.into_bytes()),
        }
    }

    pub(crate) fn due_at(&self) -> Option<SimTime> {
        if !self.has_power {
            return None;
        }
        let late = self.late.front().map(|(at, _)| *at);
        [late, self.next_ring].into_iter().flatten().min()
    }

    pub(crate) fn handle_timeout(&mut self, now: SimTime) {
        if !self.has_power {
            return;
        }
        while self.late.front().is_some_and(|(at, _)| *at <= now) {
            let (_, bytes) = self.late.pop_front().unwrap_or_default();
            self.ready.extend(bytes);
        }
        if let (Some(DeviceFault::RingStorm(every)), Some(at)) = (&self.fault, self.next_ring)
            && at <= now
        {
            self.ready.extend(b"\r\nRING\r\n");
            // A storm without a pause would never let time pass.
            self.next_ring = Some(now + (*every).max(Duration::from_millis(1)));
        }
    }

    /// What the client is sent now.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.ready)
    }
}
