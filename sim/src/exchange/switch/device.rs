//! A device as the switch keeps it, and what it is told of one.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::device_event::{Forward, ForwardingType};
use super::ids::{CallId, ConnectionId, DeviceId};

/// What kind of device it is (the categories of ECMA-269 6.1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DeviceKind {
    /// A telephone that the switch runs: it goes off-hook and on-hook with its calls.
    Station,
    /// A subscriber's line with anything behind it, which goes off-hook and on-hook by itself.
    Line,
    /// One circuit of a trunk group: a network interface device.
    Trunk,
    /// A group of stations: hunt, ring or ACD.
    Group,
    /// A place where calls are parked.
    ParkSlot,
    /// A machine that answers every call.
    VoiceMail,
    /// Calls to it go where a client says.
    RouteingDevice,
}

/// What a station does by itself when it is alerted: for far ends without anybody to play them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Script {
    /// Answers this long after it was alerted.
    AnswersAfter(Duration),
    /// Answers, and clears the connection again after a while.
    AnswersFor {
        /// From being alerted to the answer.
        after: Duration,
        /// From the answer to clearing.
        talks: Duration,
    },
    /// Callers find it busy.
    Busy,
    /// Refuses the call this long after it was alerted.
    RefusesAfter(Duration),
    /// Is alerted for as long as the caller waits.
    NeverAnswers,
}

/// What is done with some of a device's calls, before its forwardings are looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screening {
    /// When, and from inside or outside the switch: any type but those of do not disturb.
    pub forwarding_type: ForwardingType,
    /// The caller's number; `None` is any caller.
    pub caller: Option<Arc<str>>,
    /// Where the calls go. An empty number turns them away as do not disturb does.
    pub forward: Forward,
}

/// What a station is told once. The default is a plain telephone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StationSettings {
    /// The name that its calls show.
    pub name: String,
    /// Calls that it can be in at once, held ones included; those beyond find it busy.
    pub max_calls: usize,
    /// A call alerts it while it is in another one.
    pub call_waiting: bool,
    /// It answers by itself.
    pub auto_answer: bool,
    /// Calls are offered first, and alert when they are accepted.
    pub offers: bool,
    /// The pickup group that it belongs to.
    pub pickup_group: Option<u32>,
    /// What it does when it is alerted.
    pub script: Option<Script>,
}

impl Default for StationSettings {
    fn default() -> StationSettings {
        StationSettings {
            name: String::new(),
            max_calls: 4,
            call_waiting: false,
            auto_answer: false,
            offers: false,
            pickup_group: None,
            script: None,
        }
    }
}

/// One device.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub(super) number: Arc<str>,
    pub(super) kind: DeviceKind,
    pub(super) settings: StationSettings,
    pub(super) in_service: bool,
    /// The calls that it has a connection in.
    pub(super) calls: BTreeSet<CallId>,
    /// A station's switch hook, or a line's loop.
    pub(super) off_hook: bool,
    pub(super) do_not_disturb: bool,
    pub(super) message_waiting: bool,
    /// The number that it called last.
    pub(super) last_number: Option<Arc<str>>,
    pub(super) forwarding: BTreeMap<ForwardingType, Forward>,
    /// In the order in which it is looked at.
    pub(super) screening: Vec<Screening>,
    /// Who waits for this device to become free, in the order of asking.
    pub(super) waiting: VecDeque<Waiting>,
    /// It is in the list of devices to look at once the service is done.
    pub(super) is_dirty: bool,
}

/// Who waits for a device to become free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// A call that is camped on.
    CampOn(ConnectionId),
    /// A device wants to be called back once both it and the other one are free.
    CallBack { caller: DeviceId, target: DeviceId },
}

impl Device {
    pub(super) fn new(number: Arc<str>, kind: DeviceKind, settings: StationSettings) -> Device {
        Device {
            number,
            kind,
            settings,
            in_service: true,
            calls: BTreeSet::new(),
            off_hook: false,
            do_not_disturb: false,
            message_waiting: false,
            last_number: None,
            forwarding: BTreeMap::new(),
            screening: Vec::new(),
            waiting: VecDeque::new(),
            is_dirty: false,
        }
    }

    /// Whether it is an end of calls that somebody speaks at.
    pub(super) fn is_telephone(&self) -> bool {
        matches!(self.kind, DeviceKind::Station | DeviceKind::Line)
    }
}
