//! What the network tells the ends of a call of the services that act on it (27.007 7.17).

use serde::{Deserialize, Serialize};

use super::switch::{CallEvent, CallEventKind, DeviceId};
use super::{Exchange, LineSignal};

/// What a service has done to a call, as one end of it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub enum Notice {
    /// To the caller: the call goes on to another number.
    Forwarded,
    /// To the caller: the called line is in a call, and this one waits.
    Waits,
    /// To the called line: the call was sent on to it.
    WasForwarded,
    /// The far end has put the call on hold.
    Held,
    /// The far end has come back to it.
    Retrieved,
    /// The far end has made a conference of it.
    Conferenced,
    /// The far end has left, and the call goes on with somebody else.
    Transferred,
}

impl Exchange {
    /// Tells the lines in a call what a service has done to it.
    pub(super) fn give_notice(&mut self, event: &CallEvent) {
        use CallEventKind::{Conferenced, Diverted, Held, Retrieved, Transferred};
        let (device, notice) = match &event.kind {
            Diverted { device, .. } => (*device, Notice::Forwarded),
            Held { device } => (*device, Notice::Held),
            Retrieved { device } => (*device, Notice::Retrieved),
            Conferenced(merge) => (merge.device, Notice::Conferenced),
            Transferred(merge) => (merge.device, Notice::Transferred),
            _ => return,
        };
        self.notify(&self.listeners(event, device), notice);
    }

    pub(super) fn notify(&mut self, devices: &[DeviceId], notice: Notice) {
        self.signal_all(devices, &LineSignal::Notice(notice));
    }

    /// The device of a line beyond this exchange has been given notice there: so is the far end here.
    pub(crate) fn notice_from_afar(&mut self, number: &str, notice: Notice) {
        let Some(connection) = self.engaged(number) else {
            return;
        };
        let states = self.switch.snapshot_call(connection.call).unwrap_or_default();
        let others = states.iter().map(|(device, _)| *device);
        let others: Vec<DeviceId> = others.filter(|device| *device != connection.device).collect();
        self.notify(&others, notice);
    }
}
