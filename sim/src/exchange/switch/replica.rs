//! A copy of the switch's calls that is kept by its events alone.

use std::collections::BTreeMap;

use super::{CallEventKind, CallId, ConnectionState, DeviceId, Merge, Switch, SwitchEvent};

/// Every call of a switch with the state of each of its connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The calls by number, their connections by device.
    pub calls: BTreeMap<CallId, BTreeMap<DeviceId, ConnectionState>>,
}

impl Switch {
    /// Every call as it is now.
    pub fn snapshot(&self) -> Snapshot {
        let calls = self.calls.iter();
        Snapshot {
            calls: calls
                .map(|(id, call)| (*id, call.states().into_iter().collect()))
                .collect(),
        }
    }
}

/// What an observer knows who has seen all events from the beginning. It reads no more than ECMA-269 gives a monitor:
/// the subject device, and the connection lists of merged calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replica {
    snapshot: Snapshot,
}

impl Replica {
    /// Takes the next event.
    pub fn apply(&mut self, event: &SwitchEvent) {
        use CallEventKind::*;
        let SwitchEvent::Call(event) = event else {
            return;
        };
        let id = event.call;
        let state = match &event.kind {
            ServiceInitiated { .. } => ConnectionState::Initiated,
            Originated { .. } | Established { .. } | Retrieved { .. } | NetworkReached { .. } => {
                ConnectionState::Connected
            }
            Offered { .. } | Delivered { .. } => ConnectionState::Alerting,
            Held { .. } => ConnectionState::Hold,
            Queued { .. } => ConnectionState::Queued,
            Failed { .. } => ConnectionState::Fail,
            Diverted { device, .. } | ConnectionCleared { device, .. } => {
                if let Some(call) = self.snapshot.calls.get_mut(&id) {
                    call.remove(device);
                }
                return;
            }
            CallCleared => {
                self.snapshot.calls.remove(&id);
                return;
            }
            Transferred(merge) | Conferenced(merge) => return self.merge(id, merge),
            DigitsDialed { .. }
            | DigitsGenerated { .. }
            | TelephonyTonesGenerated { .. }
            | CallInformation { .. } => return,
        };
        if let Some(device) = event.kind.device() {
            self.snapshot.calls.entry(id).or_default().insert(device, state);
        }
    }

    /// Old connections keep their states in the new call; a device that had two, or had none, is connected.
    fn merge(&mut self, id: CallId, merge: &Merge) {
        let mut call = BTreeMap::new();
        for entry in &merge.connections {
            let Some(new) = entry.new else { continue };
            let kept = entry
                .old
                .filter(|_| new.device != merge.device)
                .and_then(|old| self.snapshot.calls.get(&old.call)?.get(&old.device));
            call.insert(new.device, kept.copied().unwrap_or(ConnectionState::Connected));
        }
        self.snapshot.calls.remove(&merge.primary_old.call);
        if let Some(secondary) = merge.secondary_old {
            self.snapshot.calls.remove(&secondary.call);
        }
        self.snapshot.calls.insert(id, call);
    }

    /// What the events so far make of it.
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }
}
