//! Monitors: who wants to hear of what.

use std::collections::BTreeSet;

use super::ClientId;
use crate::exchange::switch::{CallEvent, CallEventKind, CallId, DeviceId};
use crate::wire::csta::{
    schema::{Kind, phase3},
    services::Event,
    value::Value,
};

/// What a monitor watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Object {
    Device(DeviceId),
    Call(CallId),
}

/// One monitor.
#[derive(Debug)]
pub(super) struct Monitor {
    pub client: ClientId,
    pub object: Object,
    /// It follows calls, even beyond the device that it was started on.
    pub follows_calls: bool,
    /// The calls that it follows.
    pub calls: BTreeSet<CallId>,
    /// Events that it does not want, of type MonitorFilter.
    pub filter: Value,
}

impl Monitor {
    /// Whether `event` concerns this monitor; notes the calls that it goes on to follow.
    pub fn sees(&mut self, event: &CallEvent) -> bool {
        let merged = match &event.kind {
            CallEventKind::Transferred(merge) | CallEventKind::Conferenced(merge) => {
                let mut old = vec![merge.primary_old.call];
                old.extend(merge.secondary_old.map(|secondary| secondary.call));
                old.extend(merge.connections.iter().filter_map(|entry| Some(entry.old?.call)));
                old
            }
            _ => Vec::new(),
        };
        let involved = match self.object {
            Object::Device(device) => {
                event.devices().any(|member| member == device) || merged_away(event, device)
            }
            Object::Call(_) => false,
        };
        if !self.follows_calls {
            return involved;
        }
        let followed = self.calls.contains(&event.call) || merged.iter().any(|old| self.calls.contains(old));
        if involved || followed {
            for old in &merged {
                self.calls.remove(old);
            }
            if event.kind == CallEventKind::CallCleared {
                self.calls.remove(&event.call);
            } else {
                self.calls.insert(event.call);
            }
        }
        involved || followed
    }

    /// Whether the monitor has nothing left to watch: its call is over.
    pub fn is_over(&self) -> bool {
        matches!(self.object, Object::Call(_)) && self.calls.is_empty()
    }

    /// The device that local connection info is told of.
    pub fn local(&self) -> Option<DeviceId> {
        match self.object {
            Object::Device(device) if !self.follows_calls => Some(device),
            _ => None,
        }
    }

    /// Whether the filter lets `event` through. A set bit holds its event back.
    pub fn lets_through(&self, event: &Event) -> bool {
        let Some((group, bit)) = filter_bit(event) else {
            return true;
        };
        self.filter
            .get(group)
            .and_then(Value::as_bits)
            .is_none_or(|bits| bits >> bit & 1 == 0)
    }
}

/// Whether a merge took `device` out of its calls, so that it is told for the last time.
fn merged_away(event: &CallEvent, device: DeviceId) -> bool {
    match &event.kind {
        CallEventKind::Transferred(merge) | CallEventKind::Conferenced(merge) => merge
            .connections
            .iter()
            .any(|entry| entry.old.is_some_and(|old| old.device == device)),
        _ => false,
    }
}

/// The member of MonitorFilter that `event` is in, and its bit.
fn filter_bit(event: &Event) -> Option<(&'static str, i64)> {
    let (group, name) = match (event.category, event.name) {
        ("callControlEvents", name) => ("callControl", name),
        ("callAssociatedEvents", "digitsGeneratedEvent") => ("callAssociated", "dTMFDigitsDetected"),
        ("callAssociatedEvents", "telephonyTonesGeneratedEvent") => {
            ("callAssociated", "telephonyTonesDetected")
        }
        ("callAssociatedEvents", name) => ("callAssociated", name),
        ("physicalDeviceFeatureEvents", name) => ("physicalDeviceFeature", name),
        ("logicalDeviceFeatureEvents", name) => ("logicalDeviceFeature", name),
        ("deviceMaintenanceEvents", name) => ("maintenance", name),
        (_, name) => ("private", name),
    };
    let Kind::BitString(bits) = &phase3::ty("MonitorFilter")?.field(group)?.ty.kind else {
        return None;
    };
    bits.iter()
        .find(|(bit, _)| *bit == name)
        .map(|(_, bit)| (group, *bit))
}
