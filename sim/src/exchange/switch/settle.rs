//! What follows by itself once a service is done: hooks, and whoever waits for a device to become free.

use super::device::Waiting;
use super::{ConnectionState, DeviceEventKind, DeviceId, DeviceKind, EventCause, Switch};

impl Switch {
    /// Looks at every device whose calls changed, until no more change.
    pub(super) fn settle(&mut self) {
        while let Some(device) = self.dirty.pop_front() {
            if let Some(known) = self.devices.get_mut(device.index()) {
                known.is_dirty = false;
            }
            self.follow_hook(device);
            self.refresh_trunk(device);
            self.refresh_agent(device);
            self.refresh_memberships(device);
            self.serve_waiting(device);
        }
    }

    /// A station's switch hook follows its calls.
    fn follow_hook(&mut self, device: DeviceId) {
        let Some(known) = self.devices.get(device.index()) else {
            return;
        };
        if known.kind != DeviceKind::Station {
            return;
        }
        let off_hook = known.calls.iter().any(|id| {
            self.calls.get(id).is_some_and(|call| match call.state(device) {
                ConnectionState::Connected | ConnectionState::Hold => true,
                ConnectionState::Initiated => call.prompted.is_none(),
                ConnectionState::Fail => call.info.calling == device.into(),
                _ => false,
            })
        });
        if off_hook != known.off_hook {
            if let Some(known) = self.devices.get_mut(device.index()) {
                known.off_hook = off_hook;
            }
            self.report_device(device, DeviceEventKind::Hookswitch { off_hook });
        }
    }

    /// A device that has become free takes the first that waits for it.
    fn serve_waiting(&mut self, device: DeviceId) {
        let waited_for = |switch: &Switch| {
            let known = switch.devices.get(device.index());
            known.is_some_and(|known| !known.waiting.is_empty())
        };
        while waited_for(self) && !self.is_busy(device) {
            let next = self
                .devices
                .get_mut(device.index())
                .and_then(|d| d.waiting.pop_front());
            match next {
                Some(Waiting::CampOn(connection)) => {
                    if self.state(connection) == ConnectionState::Queued {
                        self.alert(connection.call, device, EventCause::CampOn);
                    }
                }
                Some(Waiting::CallBack { caller, target }) => self.call_back_due(caller, target),
                None => return,
            }
        }
    }
}
