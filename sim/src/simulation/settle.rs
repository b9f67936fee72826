//! Between modems and exchange: actions one way, signals the other, and what the modems said.

use std::collections::BTreeSet;

use super::{End, ModemId, SimEvent, Simulation};
use crate::device::modem::LineAction;
use crate::exchange::{Handshake, LineService, LineSignal, Sound};
use crate::time::SimTime;
use crate::wire::sms::{Delivery, ShortMessage, StatusReport};
use crate::wire::v24::{Circuits, DceCircuits};

impl End {
    /// A short message can be brought to the modem.
    fn can_be_reached(&self) -> bool {
        self.outlet.has_power() && self.modem.is_reachable()
    }
}

impl Simulation {
    /// Carries actions to the exchange and signals to the modems until all is quiet, then reports what the modems
    /// said.
    pub(super) fn settle(&mut self, mut touched: BTreeSet<ModemId>, now: SimTime) {
        let mut all_touched = BTreeSet::new();
        loop {
            while let Some(id) = touched.pop_first() {
                all_touched.insert(id);
                self.carry_out(id, now);
            }
            while let Some(event) = self.exchange.poll_event() {
                self.link_event(&event);
                self.events.push_back(SimEvent::Exchange(event));
            }
            let Some((number, signal)) = self.exchange.poll_signal() else {
                break;
            };
            if self.links.leads_to(&number) {
                self.link_signal(&number, signal, now);
                continue;
            }
            if let Some(id) = self.by_number.get(&number).copied() {
                let is_answered = signal == LineSignal::Answered;
                let end = &mut self.ends[id.0];
                if !end.outlet.has_power() {
                    continue;
                }
                let modem = &mut end.modem;
                if is_answered {
                    modem.connected_to(self.exchange.far_end(&number));
                }
                modem.handle_signal(signal, now);
                // A station is taken for a modem of any kind.
                let far = self.exchange.far_end(&number).filter(|_| is_answered);
                if far.is_some_and(|far| !self.by_number.contains_key(far) && !self.links.leads_to(far)) {
                    modem.handle_signal(LineSignal::Sound(Sound::Handshake(Handshake::ANY)), now);
                }
                touched.insert(id);
            }
        }
        for id in all_touched {
            self.collect(id, now);
        }
        self.tell_numbers();
    }

    /// Carries what a link has done to the lines.
    pub(crate) fn link_settle(&mut self, now: SimTime) {
        self.settle(BTreeSet::new(), now);
        self.handle_timeout(now);
    }

    pub(super) fn carry_out(&mut self, id: ModemId, now: SimTime) {
        let End { number, modem, .. } = &mut self.ends[id.0];
        while let Some(action) = modem.poll_event() {
            match action {
                LineAction::OffHook => self.exchange.off_hook(number, now),
                LineAction::OnHook => self.exchange.on_hook(number, now),
                LineAction::Dial { digits, complete } => self.exchange.dial(number, &digits, complete, now),
                LineAction::Data(bytes) => self.exchange.data(number, &bytes),
                LineAction::Service(service) => {
                    let is_back = service == LineService::Reachable(true);
                    self.exchange.line_service(number, service, now);
                    if is_back && !self.kept.is_empty() {
                        self.bring_kept(id, now);
                        return self.carry_out(id, now);
                    }
                }
                LineAction::Message(message) => {
                    let from = number.clone();
                    self.deliver(&from, message, now);
                    return self.carry_out(id, now);
                }
                LineAction::Sound(sound) => {
                    let far = self.exchange.far_end(number);
                    let station = far.filter(|far| !self.by_number.contains_key(*far));
                    let station = station.filter(|far| !self.links.leads_to(far));
                    if let (Some(station), Sound::Voice(samples)) = (station, &sound) {
                        self.events.push_back(SimEvent::Speech {
                            number: station.to_owned(),
                            samples: samples.clone(),
                        });
                    }
                    self.exchange.sound(number, sound);
                }
            }
        }
    }

    /// A short message on its way: a mobile modem takes it, a telephone is taken to show it.
    pub(super) fn deliver(&mut self, from: &str, message: ShortMessage, now: SimTime) {
        self.events.push_back(SimEvent::Message {
            from: from.to_owned(),
            to: message.number.clone(),
            text: message.text(),
        });
        let to = message.number.trim_start_matches('+').to_owned();
        self.bring(from, &to, message, now);
    }

    /// The service centre brings a message: now, or as soon as the modem can be reached. Then it reports what became of
    /// the message, where the sender asked for that.
    pub(crate) fn bring(&mut self, from: &str, to: &str, message: ShortMessage, now: SimTime) {
        let receiver = self.by_number.get(to).copied();
        if let Some(id) = receiver.filter(|id| !self.ends[id.0].can_be_reached()) {
            return self.kept.push((id, from.to_owned(), message));
        }
        if self.links.leads_to(to) {
            return self.link_message(from, to, message);
        }
        let (report, number) = (message.report, message.number.clone());
        let status = match receiver {
            Some(id) => {
                let status = self.ends[id.0].modem.handle_message(from, message, now);
                self.collect(id, now);
                status
            }
            None if self.exchange.has_line(to) => Delivery::Received,
            None => Delivery::NotObtainable,
        };
        if let Some(reference) = report {
            let report = StatusReport {
                reference,
                number,
                status,
            };
            self.report(from, report, now);
        }
    }

    /// The sender of a message is told what became of it.
    pub(crate) fn report(&mut self, from: &str, report: StatusReport, now: SimTime) {
        match self.by_number.get(from).copied() {
            Some(id) => {
                self.ends[id.0].modem.handle_report(report, now);
                self.collect(id, now);
            }
            None => self.link_report(from, report),
        }
    }

    /// The messages that waited for a modem that can be reached now.
    pub(super) fn bring_kept(&mut self, id: ModemId, now: SimTime) {
        let waiting = std::mem::take(&mut self.kept);
        let (for_it, others): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|(to, ..)| *to == id);
        self.kept = others;
        let to = self.ends[id.0].number.clone();
        for (_, from, message) in for_it {
            self.bring(&from, &to, message, now);
        }
    }

    /// Takes the circuits that a modem switched, what it said, in one piece, and its timer.
    fn collect(&mut self, id: ModemId, now: SimTime) {
        let end = &mut self.ends[id.0];
        let circuits = if end.outlet.has_power() {
            end.modem.circuits()
        } else {
            DceCircuits::default()
        };
        if circuits != end.circuits {
            end.circuits = circuits;
            self.circuits.push_back((id, circuits));
            self.events.push_back(SimEvent::Circuits {
                number: end.number.clone(),
                circuits: Circuits::Dce(circuits),
            });
        }
        while let Some(output) = end.modem.poll_output() {
            end.outlet.push(output, now);
        }
        let bytes = end.outlet.take();
        if !bytes.is_empty() {
            let number = end.number.clone();
            self.events.push_back(SimEvent::Wire {
                number,
                to_device: false,
                bytes: bytes.clone(),
            });
            self.outputs.push_back((id, bytes));
        }
        let due_at = [end.modem.poll_timeout(), end.outlet.due_at()]
            .into_iter()
            .flatten()
            .min();
        if due_at != end.due_at {
            if let Some(at) = end.due_at {
                self.due.remove(&(at, id));
            }
            self.due.extend(due_at.map(|at| (at, id)));
            end.due_at = due_at;
        }
    }
}
