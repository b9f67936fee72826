//! Names of things in the exchange: calls, devices, connections, and parties that may be neither.

use std::fmt;
use std::sync::Arc;

/// A call's number, counted from 1 in the order in which the calls began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u32);

impl fmt::Display for CallId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "call {}", self.0)
    }
}

/// A device of one [`Switch`](super::Switch): a place in its list of devices, valid as long as the switch lives.
/// [`Switch::number`](super::Switch::number) gives its directory number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DeviceId(pub(crate) u32);

impl DeviceId {
    /// The place of the device in its switch, counted from 0: ECMA-269's device number.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A connection: one device's part in one call (ECMA-269 6.1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId {
    /// The call.
    pub call: CallId,
    /// The device.
    pub device: DeviceId,
}

impl ConnectionId {
    /// The connection of `device` in `call`.
    pub fn new(call: CallId, device: DeviceId) -> ConnectionId {
        ConnectionId { call, device }
    }
}

/// Who takes part in a call, as events tell it: calling, called, last redirection device.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Party {
    /// A device of this switch.
    Device(DeviceId),
    /// A number outside this switch, or one that nobody has.
    Number(Arc<str>),
    /// The switch does not know.
    #[default]
    NotKnown,
    /// The number is withheld.
    Restricted,
}

impl From<DeviceId> for Party {
    fn from(device: DeviceId) -> Party {
        Party::Device(device)
    }
}
