//! What the switch reports of calls: one typed event for every transition.

use std::sync::Arc;

use super::cause::EventCause;
use super::ids::{CallId, ConnectionId, DeviceId, Party};
use super::state::ConnectionState;
use crate::time::SimTime;

/// An event of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallEvent {
    /// When it happened.
    pub at: SimTime,
    /// The call; for [`CallEventKind::Transferred`] and [`CallEventKind::Conferenced`] the new one.
    pub call: CallId,
    /// Why it happened.
    pub cause: EventCause,
    /// What happened.
    pub kind: CallEventKind,
    /// Who takes part and what travels with the call.
    pub info: CallInfo,
    /// Every connection of the call as it is right after this event, in the order in which they joined.
    pub connections: Vec<(DeviceId, ConnectionState)>,
}

/// Who takes part in a call and what travels with it. Events carry it as it was at their moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallInfo {
    /// Who calls.
    pub calling: Party,
    /// The caller's name, where it is known.
    pub calling_name: Option<Arc<str>>,
    /// Who was called first.
    pub called: Party,
    /// The device that sent the call on last; `None` where it was never redirected.
    pub last_redirection: Option<Party>,
    /// The trunk that a call from outside came in on.
    pub associated_calling: Option<DeviceId>,
    /// The trunk that a call to the outside goes out on.
    pub associated_called: Option<DeviceId>,
    /// Correlator data (ECMA-269 12.2.10).
    pub correlator: Option<Arc<[u8]>>,
    /// User data that came last (ECMA-269 12.2.32).
    pub user_data: Option<Arc<[u8]>>,
    /// The account that the call is charged to.
    pub account: Option<Arc<str>>,
}

/// The call control and call associated events of ECMA-269. `device` is always the subject device: the connection
/// that changed is (call, device).
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(
    missing_docs,
    reason = "the fields are the subject device and what the variant says"
)]
pub enum CallEventKind {
    /// A device has begun a call and has not dialled all of it: initiated.
    ServiceInitiated { device: DeviceId },
    /// Digits were dialled in a call that is initiated still.
    DigitsDialed { device: DeviceId, digits: Arc<str> },
    /// A device has dialled all and waits for the call to get through: connected.
    Originated { device: DeviceId },
    /// A call is offered to a device, which may accept, divert or refuse it: alerting.
    Offered { device: DeviceId },
    /// A device is being alerted: alerting.
    Delivered { device: DeviceId },
    /// A device has joined the call: connected.
    Established { device: DeviceId },
    /// A device holds the call: hold.
    Held { device: DeviceId },
    /// A device has come back to the call: connected.
    Retrieved { device: DeviceId },
    /// A call waits at a device: queued.
    Queued {
        device: DeviceId,
        number_queued: u32,
        calls_in_front: u32,
    },
    /// A call has left a device for another one: null.
    Diverted {
        device: DeviceId,
        new_destination: Party,
    },
    /// A call cannot go on at a device: fail.
    Failed { device: DeviceId },
    /// A call has left the switch through a trunk: connected.
    NetworkReached { device: DeviceId },
    /// A device has left the call: null.
    ConnectionCleared { device: DeviceId, releasing: DeviceId },
    /// The call is over.
    CallCleared,
    /// A device has left, and its two calls (or one) go on as one new call.
    Transferred(Merge),
    /// Two calls have become one new call with all their devices, or one call has got room for another device.
    Conferenced(Merge),
    /// Digits were sent in the call.
    DigitsGenerated { device: DeviceId, digits: Arc<str> },
    /// A tone was sent in the call.
    TelephonyTonesGenerated { device: DeviceId, tone: TelephonyTone },
    /// User data, correlator data or account of the call changed.
    CallInformation { device: DeviceId },
}

/// How old connections became new ones (ECMA-269 12.2.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merge {
    /// The connection of the merging device in the call that it held, or in the only one.
    pub primary_old: ConnectionId,
    /// Its connection in the other call.
    pub secondary_old: Option<ConnectionId>,
    /// The device that transferred or conferenced.
    pub device: DeviceId,
    /// Whom it transferred to, or whom it added.
    pub to: Party,
    /// Every connection of the new call, and for a transfer the ones that ended.
    pub connections: Vec<ConnectionListEntry>,
}

/// One row of a connection list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionListEntry {
    /// The connection in the new call; `None` for the transferring device, which is in it no more.
    pub new: Option<ConnectionId>,
    /// The connection that it was; `None` for a device that was in neither call.
    pub old: Option<ConnectionId>,
    /// Who is at the end of it.
    pub endpoint: Party,
    /// The trunk between, for a party outside.
    pub associated_nid: Option<DeviceId>,
}

super::coded::coded_enum! {
    /// The tones of ECMA-269's Generate Telephony Tones.
    TelephonyTone {
        Beep = 0 "beep",
        Billing = 1 "billing",
        Busy = 2 "busy",
        Carrier = 3 "carrier",
        Confirmation = 4 "confirmation",
        Dial = 5 "dial",
        FaxCng = 6 "faxCNG",
        Hold = 7 "hold",
        Howler = 8 "howler",
        Intrusion = 9 "intrusion",
        ModemCng = 10 "modemCNG",
        Park = 11 "park",
        RecordWarning = 12 "recordWarning",
        Reorder = 13 "reorder",
        Ringback = 14 "ringback",
        Silence = 15 "silence",
        SitVc = 16 "sitVC",
        SitIc = 17 "sitIC",
        SitRo = 18 "sitRO",
        SitNc = 19 "sitNC",
    }
}

impl CallEventKind {
    /// The name of the event in ECMA-269.
    pub fn name(&self) -> &'static str {
        use CallEventKind::*;
        match self {
            ServiceInitiated { .. } => "Service Initiated",
            DigitsDialed { .. } => "Digits Dialed",
            Originated { .. } => "Originated",
            Offered { .. } => "Offered",
            Delivered { .. } => "Delivered",
            Established { .. } => "Established",
            Held { .. } => "Held",
            Retrieved { .. } => "Retrieved",
            Queued { .. } => "Queued",
            Diverted { .. } => "Diverted",
            Failed { .. } => "Failed",
            NetworkReached { .. } => "Network Reached",
            ConnectionCleared { .. } => "Connection Cleared",
            CallCleared => "Call Cleared",
            Transferred(_) => "Transferred",
            Conferenced(_) => "Conferenced",
            DigitsGenerated { .. } => "Digits Generated",
            TelephonyTonesGenerated { .. } => "Telephony Tones Generated",
            CallInformation { .. } => "Call Information",
        }
    }

    /// The subject device; a call that is cleared has none.
    pub fn device(&self) -> Option<DeviceId> {
        use CallEventKind::*;
        match self {
            ServiceInitiated { device }
            | DigitsDialed { device, .. }
            | Originated { device }
            | Offered { device }
            | Delivered { device }
            | Established { device }
            | Held { device }
            | Retrieved { device }
            | Queued { device, .. }
            | Diverted { device, .. }
            | Failed { device }
            | NetworkReached { device }
            | ConnectionCleared { device, .. }
            | DigitsGenerated { device, .. }
            | TelephonyTonesGenerated { device, .. }
            | CallInformation { device } => Some(*device),
            Transferred(merge) | Conferenced(merge) => Some(merge.device),
            CallCleared => None,
        }
    }
}

impl CallEvent {
    /// What a monitor of `device` is told as local connection info: the state of that device in the call right after
    /// the event, null where it is not in it (any more).
    pub fn local_connection_info(&self, device: DeviceId) -> ConnectionState {
        self.connections
            .iter()
            .find(|(member, _)| *member == device)
            .map_or(ConnectionState::Null, |(_, state)| *state)
    }

    /// The devices whose monitors see this event: all in the call, and the subject device that may just have left it.
    pub fn devices(&self) -> impl Iterator<Item = DeviceId> + '_ {
        let subject = self
            .kind
            .device()
            .filter(|device| self.local_connection_info(*device) == ConnectionState::Null);
        self.connections.iter().map(|(device, _)| *device).chain(subject)
    }
}
