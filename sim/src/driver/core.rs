//! What the tasks of the driver's thread share: the simulation, its ports, and the bytes between them.

use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;
use std::time::Instant;

use tokio::sync::Notify;

use super::link::Senders;
use super::remote::LineStatus;
use super::setup::DriverOptions;
use crate::pbx::links::Links;
use crate::port::fault::{FaultSpec, FaultyLine};
use crate::port::{Port, Read};
use crate::simulation::{ModemId, SimCommand, SimError, SimEvent, Simulation};
use crate::time::SimTime;
use crate::wire::uart::{self, LineSettings};
use crate::wire::v24::{DceCircuits, DteCircuits};

/// Bytes on their way to a client beyond which the modem at the other end of the call has to wait.
const BACKLOG_MOST: usize = 64 * 1024;

pub(super) type Sink = Box<dyn FnMut(SimTime, SimEvent) + Send>;

/// What the tasks of the driver's thread share.
pub(super) struct Core {
    pub(super) simulation: Simulation,
    pub(super) sink: Sink,
    pub(super) began: Instant,
    pub(super) options: DriverOptions,
    pub(super) ports: Vec<Attached>,
    /// Ports that do not read until the far end's backlog has shrunk.
    pub(super) waiting: BTreeSet<usize>,
    pub(super) links: Senders,
    /// The applications of the PBX that the switch is.
    pub(super) office: Option<Links>,
    pub(super) timer_set: Option<SimTime>,
    pub(super) timer_changed: Rc<Notify>,
}

pub(super) struct Attached {
    pub(super) id: ModemId,
    pub(super) path: String,
    /// What happens to bytes on their way to the modem and to the client.
    pub(super) faults: (FaultyLine, FaultyLine),
    /// The modem's own settings, where they matter.
    pub(super) strict: Option<LineSettings>,
    pub(super) port: Rc<Port>,
    /// Bytes that the port did not take yet.
    pub(super) backlog: Vec<u8>,
    /// Wakes the port's task: there is a backlog, or a reason to wait is gone.
    pub(super) wake: Rc<Notify>,
    /// What the client holds on, and how it has set its port, where the kind of port tells.
    pub(super) dte: DteCircuits,
    pub(super) settings: Option<LineSettings>,
    /// What the client was shown last.
    pub(super) shown: Option<DceCircuits>,
}

impl Core {
    pub(super) fn now(&self) -> SimTime {
        SimTime::from(self.began.elapsed().mul_f64(self.options.speed))
    }

    pub(super) fn command(&mut self, command: SimCommand) -> Result<(), SimError> {
        let now = self.now();
        let result = self.simulation.command(command, now);
        self.report(now);
        result
    }

    /// Whether a port should read, and whether it has something to write.
    pub(super) fn interest(&mut self, index: usize) -> (bool, bool) {
        let congested = self.is_congested(index);
        let changed = if congested {
            self.waiting.insert(index)
        } else {
            self.waiting.remove(&index)
        };
        if changed {
            let id = self.ports[index].id;
            let dce = self.simulation.circuits(id);
            self.show_circuits(index, dce);
            if let Some(octet) = self.simulation.stops_client_by(id, congested) {
                self.deliver(index, vec![octet]);
            }
        }
        let may_write = !self.ports[index].backlog.is_empty() && !self.is_held(index);
        (!congested, may_write)
    }

    /// The client has taken RTS away, and the modem heeds it; or has sent XOFF.
    pub(super) fn is_held(&self, index: usize) -> bool {
        let port = &self.ports[index];
        !port.dte.rts && self.simulation.heeds_rts(port.id) || self.simulation.is_stopped(port.id)
    }

    /// The client at the far end reads more slowly than this one writes.
    pub(super) fn is_congested(&self, index: usize) -> bool {
        let Some(far) = self.simulation.far_modem(self.ports[index].id) else {
            return false;
        };
        let backlog = self
            .ports
            .iter()
            .find(|port| port.id == far)
            .map_or(0, |port| port.backlog.len() + port.faults.1.held_bytes());
        backlog + self.simulation.held_bytes(far) > BACKLOG_MOST
    }

    pub(super) fn take(&mut self, index: usize, read: Read, buffer: &[u8]) {
        let now = self.now();
        let id = self.ports[index].id;
        match read {
            Read::Bytes(count) => {
                let attached = &mut self.ports[index];
                let heard = match (attached.strict, attached.settings) {
                    (Some(own), Some(theirs)) => uart::receive(&buffer[..count], theirs, own),
                    _ => buffer[..count].to_vec(),
                };
                let bytes = attached.faults.0.push(&heard, now);
                let was_stopped = self.simulation.is_stopped(id);
                self.simulation.handle_bytes(id, &bytes, now);
                if was_stopped {
                    self.ports[index].wake.notify_one();
                }
            }
            Read::ClientGone => {
                let attached = &mut self.ports[index];
                attached.backlog.clear();
                attached.faults.0.clear();
                attached.faults.1.clear();
                self.ports[index].dte = DteCircuits::READY;
                self.simulation.handle_client_gone(id, now);
            }
            Read::Circuits(dte) => {
                self.ports[index].dte = dte;
                self.simulation.handle_circuits(id, dte, now);
                self.ports[index].wake.notify_one();
            }
            Read::Settings(settings) => {
                self.ports[index].settings = Some(settings);
                let number = self.simulation.number(id).to_owned();
                (self.sink)(now, SimEvent::Settings { number, settings });
            }
            Read::Break => {
                let number = self.simulation.number(id).to_owned();
                (self.sink)(now, SimEvent::Break { number });
            }
        }
        self.report(now);
    }

    /// Tells the sink what happened, then lets the answers out.
    pub(super) fn report(&mut self, now: SimTime) {
        self.follow_switch(now);
        while let Some(event) = self.simulation.poll_event() {
            (self.sink)(now, event);
        }
        self.let_office_speak(now);
        while let Some((id, dce)) = self.simulation.poll_circuits() {
            if let Some(index) = self.ports.iter().position(|port| port.id == id) {
                self.show_circuits(index, dce);
            }
        }
        while let Some((id, bytes)) = self.simulation.poll_output() {
            if let Some(index) = self.ports.iter().position(|port| port.id == id) {
                self.write(index, bytes);
            }
        }
        while let Some((link, message)) = self.simulation.poll_link() {
            if let Some(sender) = self.links.get(&link) {
                // A link whose writer has ended is about to be lost.
                sender.send(message).unwrap_or_default();
            }
        }
        let lines = self
            .ports
            .iter()
            .flat_map(|port| [&port.faults.0, &port.faults.1]);
        let due_at = lines
            .filter_map(FaultyLine::poll_timeout)
            .chain(self.simulation.poll_timeout())
            .chain(self.office_timeout())
            .min();
        if due_at != self.timer_set {
            self.timer_set = due_at;
            self.timer_changed.notify_one();
        }
        self.wake_waiting();
    }

    /// Shows the client what the modem holds on, with CTS off while the port does not read.
    pub(super) fn show_circuits(&mut self, index: usize, mut dce: DceCircuits) {
        dce.cts &= !self.waiting.contains(&index);
        let attached = &mut self.ports[index];
        if attached.shown.replace(dce) == Some(dce) {
            return;
        }
        if let Err(error) = attached.port.set_circuits(dce) {
            self.port_failed(index, &error);
        }
    }

    /// What faulty lines have held back long enough goes on.
    pub(super) fn let_through(&mut self, now: SimTime) {
        for index in 0..self.ports.len() {
            let bytes = self.ports[index].faults.0.poll(now);
            self.simulation.handle_bytes(self.ports[index].id, &bytes, now);
            let bytes = self.ports[index].faults.1.poll(now);
            self.deliver(index, bytes);
        }
    }

    pub(super) fn set_faults(
        &mut self,
        number: String,
        faults: &FaultSpec,
        seed: Option<u64>,
    ) -> Result<(), SimError> {
        let index = self
            .ports
            .iter()
            .position(|port| self.simulation.number(port.id) == number)
            .ok_or(SimError::NotAModem { number })?;
        let now = self.now();
        // What the old faults hold back is lost with them.
        let seed = seed.unwrap_or(self.options.seed.wrapping_add(index as u64));
        self.ports[index].faults = faults.lines(seed);
        self.report(now);
        Ok(())
    }

    pub(super) fn status(&self) -> Vec<LineStatus> {
        let line = |port: &Attached| {
            let number = self.simulation.number(port.id);
            let (state, far_end) = self.simulation.line_state(number)?;
            Some(LineStatus {
                number: number.to_owned(),
                port: Some(port.path.clone()),
                state,
                far_end: far_end.map(str::to_owned),
                dce: self.simulation.circuits(port.id),
                dte: port.dte,
                settings: port.settings,
                has_power: self.simulation.has_power(port.id),
                tells_callers: self.simulation.tells_callers(port.id),
            })
        };
        self.ports.iter().filter_map(line).collect()
    }

    pub(super) fn write(&mut self, index: usize, bytes: Vec<u8>) {
        let now = self.now();
        let bytes = self.ports[index].faults.1.push(&bytes, now);
        self.deliver(index, bytes);
    }

    /// Hands bytes to the port, as the client's settings make them look.
    pub(super) fn deliver(&mut self, index: usize, bytes: Vec<u8>) {
        if bytes.is_empty() {
            return;
        }
        let is_held = self.is_held(index);
        let attached = &mut self.ports[index];
        let bytes = match (attached.strict, attached.settings) {
            (Some(own), Some(theirs)) => uart::receive(&bytes, own, theirs),
            _ => bytes,
        };
        let written = if attached.backlog.is_empty() && !is_held {
            attached.port.try_write(&bytes)
        } else {
            Ok(0)
        };
        match written {
            Ok(count) if count == bytes.len() => {}
            Ok(count) => {
                attached.backlog.extend_from_slice(&bytes[count..]);
                attached.wake.notify_one();
            }
            Err(error) => self.port_failed(index, &error),
        }
    }

    pub(super) fn write_backlog(&mut self, index: usize) -> io::Result<()> {
        let attached = &mut self.ports[index];
        let count = attached.port.try_write(&attached.backlog)?;
        attached.backlog.drain(..count);
        self.wake_waiting();
        Ok(())
    }

    pub(super) fn wake_waiting(&mut self) {
        for index in &self.waiting {
            if !self.is_congested(*index) {
                self.ports[*index].wake.notify_one();
            }
        }
    }

    pub(super) fn port_failed(&mut self, index: usize, error: &io::Error) {
        let now = self.now();
        let number = self.simulation.number(self.ports[index].id).to_owned();
        self.ports[index].backlog.clear();
        (self.sink)(
            now,
            SimEvent::PortFailed {
                number,
                message: error.to_string(),
            },
        );
    }
}
