//! What the switch's events mean to the lines.

use super::services::LineServices;
use super::switch::{
    CallEvent, CallEventKind, ConnectionId, ConnectionState, DeviceId, EventCause, Merge, SwitchEvent,
};
use super::{CallId, Exchange, ExchangeEvent, LineSignal, Notice, Timer};

impl Exchange {
    /// Carries the switch's events to the lines, in order.
    pub(super) fn follow(&mut self) {
        loop {
            while let Some(event) = self.switch.poll_event() {
                let before = self.event_count();
                if let SwitchEvent::Call(event) = &event {
                    self.follow_call(event);
                }
                if let Some(kept) = &mut self.switch_events {
                    kept.push_back((before, event));
                }
            }
            if !self.open_loops() {
                return;
            }
        }
    }

    /// Tells the switch of stations that have put their handsets down; whether there were any.
    pub(super) fn open_loops(&mut self) -> bool {
        let now = self.switch.now();
        let lines = std::mem::take(&mut self.loops_to_open);
        for line in &lines {
            // The device is a line of this switch, which is all that could be wrong.
            self.switch.set_off_hook(*line, false, now).ok();
        }
        !lines.is_empty()
    }

    pub(super) fn follow_call(&mut self, event: &CallEvent) {
        use CallEventKind::*;
        let id = event.call;
        self.give_notice(event);
        match &event.kind {
            Delivered { device } | Offered { device } => self.delivered(event, *device),
            Established { device } => self.established(event, *device),
            Failed { device } => self.failed(event, *device),
            Diverted {
                device,
                new_destination,
            } => {
                self.stops_ringing(*device, id);
                if let Some(number) = self.devices.get(device).cloned() {
                    let to = self.switch.party(new_destination);
                    self.events
                        .push_back(ExchangeEvent::Forwarded { call: id, number, to });
                }
            }
            ConnectionCleared { device, .. } => self.cleared(id, *device),
            CallCleared => self.call_cleared(id),
            Transferred(merge) | Conferenced(merge) => self.merged(id, merge),
            DigitsGenerated { device, digits } => self.digits_sent(ConnectionId::new(id, *device), digits),
            _ => {}
        }
    }

    /// Whether a line has a part in the call.
    fn concerns_lines(&self, event: &CallEvent) -> bool {
        event.devices().any(|device| self.devices.contains_key(&device))
    }

    /// The lines that are connected in the call, but for one device: those that hear its progress.
    pub(super) fn listeners(&self, event: &CallEvent, but: DeviceId) -> Vec<DeviceId> {
        event
            .connections
            .iter()
            .filter(|(device, state)| *device != but && *state == ConnectionState::Connected)
            .map(|(device, _)| *device)
            .collect()
    }

    fn delivered(&mut self, event: &CallEvent, device: DeviceId) {
        let callers = self.listeners(event, device);
        let ringback = self.config.ringback();
        let Some(number) = self.devices.get(&device).cloned() else {
            return self.signal_all(&callers, &ringback);
        };
        if event.info.last_redirection.is_some() {
            self.notify(&[device], Notice::WasForwarded);
        }
        let waits = self.rings(event, &number);
        self.signal_all(&callers, &ringback);
        if waits {
            self.notify(&callers, Notice::Waits);
        }
        self.first_burst(&number, event.at);
    }

    fn established(&mut self, event: &CallEvent, device: DeviceId) {
        let moves = self.moving.is_some_and(|moving| moving.device == device);
        if moves || !self.concerns_lines(event) {
            return;
        }
        if let Some(line) = self.line_of(device) {
            line.ringing = None;
        }
        let number = self.switch.number(device).to_owned();
        self.events.push_back(ExchangeEvent::Answered {
            call: event.call,
            number,
        });
        self.signal_all(&[device], &LineSignal::Answered);
        self.signal_all(&self.listeners(event, device), &LineSignal::Answered);
    }

    /// The callers in the call hear why it fails.
    fn failed(&mut self, event: &CallEvent, device: DeviceId) {
        self.stops_ringing(device, event.call);
        let mut callers = self.listeners(event, device);
        if event.info.calling == device.into() {
            callers.push(device);
        }
        for caller in callers {
            let Some(number) = self.devices.get(&caller).cloned() else {
                continue;
            };
            let dialled = self.dialled(event.call, &number).map(str::to_owned);
            let to = dialled.unwrap_or_else(|| self.switch.party(&event.info.called));
            let call = event.call;
            match event.cause {
                EventCause::Busy | EventCause::DoNotDisturb => {
                    let number = number.clone();
                    self.events
                        .push_back(ExchangeEvent::BusyTone { call, number, to });
                    self.signal_all(&[caller], &LineSignal::Busy);
                }
                _ => {
                    self.events
                        .push_back(ExchangeEvent::Unobtainable { call, number, to });
                    let release_at = event.at + self.config.announcement;
                    self.timers.insert((release_at, Timer::Release(call)));
                    self.signal_all(&[caller], &LineSignal::Unobtainable);
                }
            }
        }
    }

    fn cleared(&mut self, id: CallId, device: DeviceId) {
        self.party_gone(id, device);
        if self.moving == Some(ConnectionId::new(id, device)) {
            return;
        }
        self.stops_ringing(device, id);
        let Some(number) = self.devices.get(&device).cloned() else {
            return;
        };
        if let Some(line) = self.lines.get_mut(&number) {
            line.dialling = None;
        }
        self.leaving.entry(id).or_default().push(number);
        if self.switch.snapshot_call(id).is_some() {
            // The others talk on: this line alone is released.
            self.release(id);
        }
    }

    fn call_cleared(&mut self, id: CallId) {
        let mine = self.leaving.contains_key(&id) || self.callers.contains_key(&id);
        self.callers.remove(&id);
        if mine {
            self.events.push_back(ExchangeEvent::Ended { call: id });
        }
        self.release(id);
    }

    /// Frees the lines that have left the call. An end that is still off-hook is told; a station then goes on-hook by
    /// itself, a device stays off-hook until it hangs up.
    fn release(&mut self, id: CallId) {
        for number in self.leaving.remove(&id).unwrap_or_default() {
            let Some(line) = self.lines.get_mut(&number).filter(|line| line.is_off_hook) else {
                continue;
            };
            if line.station.is_some() {
                line.is_off_hook = false;
                let device = line.device;
                self.events.push_back(ExchangeEvent::OnHook { number });
                self.loops_to_open.push(device);
            } else if let Some(signal) = line.services.ended(id) {
                self.signal(&number, signal);
            }
        }
    }

    /// A line that rang for an old call rings for the new one.
    fn merged(&mut self, id: CallId, merge: &Merge) {
        for entry in &merge.connections {
            let (Some(old), Some(new)) = (entry.old, entry.new) else {
                continue;
            };
            if let Some(said) = self.callers.remove(&old.call) {
                self.callers.insert(id, said);
            }
            let Some(number) = self.devices.get(&new.device).cloned() else {
                continue;
            };
            let Some(line) = self.lines.get_mut(&number) else {
                continue;
            };
            let LineServices {
                waiting,
                held,
                conference,
                ..
            } = &mut line.services;
            let ringing = line.ringing.as_mut().map(|ringing| &mut ringing.call);
            let known = [waiting, held, conference].into_iter().filter_map(Option::as_mut);
            for call in known.chain(ringing).filter(|call| **call == old.call) {
                *call = id;
            }
        }
    }

    fn stops_ringing(&mut self, device: DeviceId, id: CallId) {
        if let Some(line) = self.line_of(device)
            && line.ringing.as_ref().is_some_and(|ringing| ringing.call == id)
        {
            line.ringing = None;
            self.signal_all(&[device], &LineSignal::RingingEnds);
        }
    }

    fn line_of(&mut self, device: DeviceId) -> Option<&mut super::Line> {
        self.lines.get_mut(self.devices.get(&device)?)
    }
}
