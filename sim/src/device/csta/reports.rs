//! From the switch's events to the event reports of monitors.

use std::collections::BTreeSet;

use super::{
    ClientId, CstaServer,
    events::{call_event, device_event},
    monitor::Object,
};
use crate::exchange::switch::{CallEventKind, DeviceEventKind, Switch, SwitchEvent};
use crate::wire::csta::{message::Message, services::Event, value::Value};

impl CstaServer {
    pub(super) fn report(&mut self, switch: &Switch, event: &SwitchEvent) {
        let mut reports = Vec::new();
        let mut over = Vec::new();
        for id in self.concerned(event) {
            let Some(monitor) = self.monitors.get_mut(&id) else {
                continue;
            };
            let found = match event {
                SwitchEvent::Call(event) if monitor.sees(event) => call_event(switch, event, monitor.local()),
                SwitchEvent::Device(event) if monitor.object == Object::Device(event.device) => {
                    device_event(switch, event)
                }
                _ => None,
            };
            if let Some((kind, data)) = found
                && monitor.lets_through(kind)
                && self.profile.encoding.carries(kind)
            {
                reports.push((monitor.client, id, kind, data));
            }
            if monitor.is_over() {
                over.push((monitor.client, id));
            }
        }
        for (client, id, kind, data) in reports {
            self.send_event(client, id, kind, data);
        }
        if let SwitchEvent::Device(event) = event
            && event.kind == DeviceEventKind::OutOfService
        {
            self.abort_routeing(event.device);
        }
        for (client, id) in over {
            self.forget_monitor(id);
            self.tell_monitor_stopped(client, id);
        }
    }

    /// The monitors that an event may concern, in the order in which they were started.
    fn concerned(&self, event: &SwitchEvent) -> BTreeSet<u32> {
        let on = |device| self.watched.get(&Object::Device(device)).into_iter().flatten();
        match event {
            SwitchEvent::Call(event) => {
                let merged = match &event.kind {
                    CallEventKind::Transferred(merge) | CallEventKind::Conferenced(merge) => {
                        &merge.connections[..]
                    }
                    _ => &[],
                };
                let old = merged.iter().filter_map(|entry| Some(entry.old?.device));
                let devices = event.devices().chain(old);
                devices.flat_map(on).chain(&self.followers).copied().collect()
            }
            SwitchEvent::Device(event) => on(event.device).copied().collect(),
            SwitchEvent::Route(_) => BTreeSet::new(),
        }
    }

    fn send_event(&mut self, client: ClientId, monitor: u32, event: &'static Event, data: Value) {
        let Some(known) = self.clients.get_mut(&client) else {
            return;
        };
        let invoke = known.next_invoke();
        let monitor = monitor.to_string().into_bytes();
        self.send(
            client,
            &Message::Event {
                invoke,
                monitor,
                event,
                data,
            },
        );
    }

    /// A monitor has ended without its client's doing (ECMA-269 13.1.3).
    pub(super) fn tell_monitor_stopped(&mut self, client: ClientId, monitor: u32) {
        let monitor = Value::Octets(monitor.to_string().into_bytes());
        let argument = Value::sequence([("crossRefIdentifier", monitor)]);
        self.request(client, "MonitorStop", argument);
    }
}
