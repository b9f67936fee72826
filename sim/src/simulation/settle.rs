//! Between modems and exchange: actions one way, signals the other, and what the modems said.

use std::collections::BTreeSet;

use super::{End, ModemId, SimEvent, Simulation};
use crate::device::modem::LineAction;
use crate::exchange::{Handshake, LineSignal, Sound};
use crate::time::SimTime;
use crate::wire::sms::ShortMessage;
use crate::wire::v24::{Circuits, DceCircuits};

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
                LineAction::Service(service) => self.exchange.line_service(number, service, now),
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

    /// A short message on its way: a mobile modem takes it, anybody else has no use for it.
    pub(super) fn deliver(&mut self, from: &str, message: ShortMessage, now: SimTime) {
        self.events.push_back(SimEvent::Message {
            from: from.to_owned(),
            to: message.number.clone(),
            text: message.text(),
        });
        let to = message.number.trim_start_matches('+').to_owned();
        if let Some(id) = self.by_number.get(&to).copied() {
            self.ends[id.0].modem.handle_message(from, message, now);
            self.collect(id, now);
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
