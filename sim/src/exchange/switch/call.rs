//! A call as the switch keeps it: its connections, and what is due for each.

use std::sync::Arc;

use super::call_event::CallInfo;
use super::cause::EventCause;
use super::device::Script;
use super::ids::{ConnectionId, DeviceId, Party};
use super::routeing_event::RouteId;
use super::state::ConnectionState;
use crate::time::SimTime;

/// One call.
#[derive(Clone, Debug, Default)]
pub(super) struct Call {
    /// In the order in which the devices joined.
    pub(super) connections: Vec<Connection>,
    pub(super) info: CallInfo,
    /// Digits so far while the call is initiated.
    pub(super) dialled: String,
    /// When the digits so far are taken for the whole number.
    pub(super) complete_at: Option<SimTime>,
    /// The number that is dialled once the prompted caller goes off-hook.
    pub(super) prompted: Option<Arc<str>>,
    /// What the call was made for; tells the cause of its first events.
    pub(super) purpose: Option<EventCause>,
    /// Times that the call was sent on.
    pub(super) diversions: u32,
    /// Members of a group that the call was at already.
    pub(super) tried: Vec<DeviceId>,
    /// A predictive call: the device that gets it once the called party answers.
    pub(super) predictive: Option<DeviceId>,
}

/// One device's part in a call.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) device: DeviceId,
    pub(super) state: ConnectionState,
    /// Alerting, but offered only: the device has not accepted it yet.
    pub(super) offered: bool,
    /// Hears and is not heard, and is no reason for the call to go on.
    pub(super) silent: bool,
    /// The group that distributed the call to this device.
    pub(super) group: Option<DeviceId>,
    /// Its place in the queue of a group.
    pub(super) place: Option<u64>,
    /// The dialogue about its way.
    pub(super) route: Option<RouteId>,
    /// Whose voice mail it is.
    pub(super) mailbox: Option<DeviceId>,
    /// The connection on the other side of a trunk: what happens to one happens to the other.
    pub(super) peer: Option<ConnectionId>,
    /// The call has left the switch here, and nobody beyond has answered yet.
    pub(super) reached: bool,
    /// Who is beyond a trunk.
    pub(super) beyond: Option<Party>,
    /// What the party beyond a trunk does.
    pub(super) script: Option<Script>,
    /// Who parked the call here, or put it into the queue; it is called back to where nobody takes it.
    pub(super) parked_by: Option<DeviceId>,
    /// When the device counts as not answering.
    pub(super) no_answer_at: Option<SimTime>,
    /// When the device's script goes on.
    pub(super) script_at: Option<SimTime>,
}

impl Connection {
    pub(super) fn new(device: DeviceId, state: ConnectionState) -> Connection {
        Connection {
            device,
            state,
            offered: false,
            silent: false,
            group: None,
            place: None,
            route: None,
            mailbox: None,
            peer: None,
            reached: false,
            beyond: None,
            script: None,
            parked_by: None,
            no_answer_at: None,
            script_at: None,
        }
    }
}

impl Call {
    pub(super) fn get(&self, device: DeviceId) -> Option<&Connection> {
        self.connections.iter().find(|c| c.device == device)
    }

    pub(super) fn get_mut(&mut self, device: DeviceId) -> Option<&mut Connection> {
        self.connections.iter_mut().find(|c| c.device == device)
    }

    pub(super) fn state(&self, device: DeviceId) -> ConnectionState {
        self.get(device).map_or(ConnectionState::Null, |c| c.state)
    }

    pub(super) fn states(&self) -> Vec<(DeviceId, ConnectionState)> {
        self.connections.iter().map(|c| (c.device, c.state)).collect()
    }

    /// The call came from outside the switch.
    pub(super) fn is_external(&self) -> bool {
        self.info.associated_calling.is_some()
    }

    /// Whether somebody would miss the call: two ends at least, one of which speaks, dials or holds.
    pub(super) fn is_alive(&self) -> bool {
        let parties = self.connections.iter().filter(|c| !c.silent);
        let mut ends = 0;
        let mut active = false;
        for party in parties {
            ends += 1;
            active |= matches!(party.state, ConnectionState::Connected | ConnectionState::Hold);
        }
        ends >= 2 && active
    }
}
