//! From the switch's events to the event reports of monitors.

use std::collections::BTreeSet;

use super::{
    ClientId, CstaServer,
    events::{call_event, device_event},
    monitor::Object,
};
use crate::exchange::switch::{CallEventKind, DeviceEventKind, Switch, SwitchEvent};
use crate::wire::csta::{message::Message, services::Event, value::Value};

/// What an event can do without where its frame has no room for it, in this order. All of it is optional in the standard;
/// who is in a conference is told by the new connections, and the members of one device by their old calls.
static SPARE: &[&str] = &[
    "userData",
    "correlatorData",
    "associatedNID",
    "endpoint",
    "oldConnection",
];

/// Leaves out of an event, or of the entries of its lists, the next thing that it can do without; whether there was one.
fn shorten(message: &mut Message) -> bool {
    let Message::Event {
        data: Value::Sequence(members),
        ..
    } = message
    else {
        return false;
    };
    SPARE.iter().any(|spare| {
        let count = members.len();
        members.retain(|(name, _)| name != spare);
        let mut found = members.len() < count;
        for (_, value) in members.iter_mut() {
            let Value::List(items) = value else { continue };
            for item in items {
                let Value::Sequence(entry) = item else { continue };
                let count = entry.len();
                entry.retain(|(name, _)| name != spare);
                found |= entry.len() < count;
            }
        }
        found
    })
}

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
        let mut message = Message::Event {
            invoke: known.next_invoke(),
            monitor: monitor.to_string().into_bytes(),
            event,
            data,
        };
        while let Err(error) = self.put(client, &message) {
            if shorten(&mut message) {
                continue;
            }
            // A client that misses an event knows no more how its calls stand: it is told that the monitor is over.
            self.note(client, false, format!("{} cannot be sent: {error}", event.ty));
            self.forget_monitor(monitor);
            return self.tell_monitor_stopped(client, monitor);
        }
    }

    /// A monitor has ended without its client's doing (ECMA-269 13.1.3).
    pub(super) fn tell_monitor_stopped(&mut self, client: ClientId, monitor: u32) {
        let monitor = Value::Octets(monitor.to_string().into_bytes());
        let argument = Value::sequence([("crossRefIdentifier", monitor)]);
        self.request(client, "MonitorStop", argument);
    }
}
