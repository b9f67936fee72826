//! What a routeing device asks and is told.

use super::call_event::CallInfo;
use super::cause::EventCause;
use super::ids::{CallId, DeviceId};
use crate::time::SimTime;

/// A route request's number: ECMA-269's routeing cross reference identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RouteId(pub u32);

/// An event of one dialogue about the way of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteEvent {
    /// When it happened.
    pub at: SimTime,
    /// The dialogue.
    pub route: RouteId,
    /// The routeing device that the call is at.
    pub routeing_device: DeviceId,
    /// The call.
    pub call: CallId,
    /// What happened.
    pub kind: RouteEventKind,
}

/// The routeing messages of ECMA-269 that the switch sends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RouteEventKind {
    /// Where shall this call go? Answer with [`Switch::route_select`](super::Switch::route_select).
    RouteRequest {
        /// Who takes part.
        info: CallInfo,
    },
    /// The way that was chosen leads nowhere; choose another.
    ReRoute,
    /// The call has gone this way.
    RouteUsed {
        /// The number that it went to.
        destination: std::sync::Arc<str>,
    },
    /// The dialogue is over.
    RouteEnd {
        /// Why.
        cause: EventCause,
    },
}
