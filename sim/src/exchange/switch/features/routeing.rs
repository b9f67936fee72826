//! Routeing devices: a call that comes to one waits there until a client says where it shall go.

use std::sync::Arc;

use super::super::{
    CallEventKind, CallId, ConnectionId, ConnectionState, DeviceEventKind, DeviceId, DeviceKind, EventCause,
    OperationError, RouteEvent, RouteEventKind, RouteId, ServiceError, StationSettings, Switch, SwitchEvent,
    Timer, route,
};
use crate::time::SimTime;

/// A routeing device as the switch keeps it.
#[derive(Clone, Debug)]
pub(in super::super) struct RouteingDevice {
    /// Where calls go when nobody says, or nobody in time.
    default: Arc<str>,
    /// A client is asked.
    asks: bool,
}

/// A dialogue with a client about the way of one call.
#[derive(Clone, Debug)]
pub(in super::super) struct Dialogue {
    pub(in super::super) connection: ConnectionId,
    until: SimTime,
}

impl Switch {
    /// Adds a routeing device. Calls to it go to `default` unless a client has them routed
    /// ([`Switch::set_routeing_mode`]).
    pub fn add_routeing_device(&mut self, number: &str, default: &str) -> Result<DeviceId, ServiceError> {
        if !route::is_number(default) || default == number {
            return Err(OperationError::InvalidDestination.into());
        }
        let settings = StationSettings {
            max_calls: usize::MAX,
            ..StationSettings::default()
        };
        let id = self.add(number, DeviceKind::RouteingDevice, settings)?;
        let device = RouteingDevice {
            default: default.into(),
            asks: false,
        };
        self.routeing.insert(id, device);
        Ok(id)
    }

    /// Get Routeing Mode: whether a client is asked; `None` for what is no routeing device.
    pub fn routeing_mode(&self, device: DeviceId) -> Option<bool> {
        self.routeing.get(&device).map(|known| known.asks)
    }

    /// Set Routeing Mode: whether a client is asked where the calls of a routeing device shall go.
    pub fn set_routeing_mode(
        &mut self,
        device: DeviceId,
        on: bool,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let known = switch
                .routeing
                .get_mut(&device)
                .ok_or(OperationError::RequestIncompatibleWithDevice)?;
            known.asks = on;
            switch.report_device(device, DeviceEventKind::RouteingMode { on });
            Ok(())
        })
    }

    /// Route Select: the call goes to this number. Where it cannot go there, the switch asks again (Re-Route).
    ///
    /// Errors: no such dialogue (`invalidRouteingCrossRefID`); nobody has the number (`invalidDestination`).
    pub fn route_select(&mut self, route: RouteId, to: &str, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let dialogue = switch
                .dialogues
                .get(&route)
                .ok_or(OperationError::InvalidRouteingCrossRefId)?;
            let connection = dialogue.connection;
            if !route::is_number(to) || !switch.is_routable(to) {
                return Err(OperationError::InvalidDestination.into());
            }
            if switch.check_destination(connection.call, to).is_err() {
                switch.report_route(route, connection, RouteEventKind::ReRoute);
                return Ok(());
            }
            switch.dialogues.remove(&route);
            let used = RouteEventKind::RouteUsed {
                destination: to.into(),
            };
            switch.report_route(route, connection, used);
            let cause = EventCause::Normal;
            switch.report_route(route, connection, RouteEventKind::RouteEnd { cause });
            switch.divert(connection.call, connection.device, to, EventCause::Redirected);
            Ok(())
        })
    }

    /// Route End from the client: the switch routes the call as it would without it.
    pub fn route_end(&mut self, route: RouteId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let dialogue = switch.dialogues.get(&route);
            let connection = dialogue
                .map(|dialogue| dialogue.connection)
                .ok_or(OperationError::InvalidRouteingCrossRefId)?;
            switch.dialogues.remove(&route);
            switch.route_by_default(connection);
            Ok(())
        })
    }

    /// Route Reject: the call is refused.
    pub fn route_reject(&mut self, route: RouteId, now: SimTime) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            let dialogue = switch.dialogues.get(&route);
            let connection = dialogue
                .map(|dialogue| dialogue.connection)
                .ok_or(OperationError::InvalidRouteingCrossRefId)?;
            switch.dialogues.remove(&route);
            let cause = EventCause::Blocked;
            switch.report_route(route, connection, RouteEventKind::RouteEnd { cause });
            switch.fail(connection.call, connection.device, cause);
            Ok(())
        })
    }

    /// A call has come to a routeing device.
    pub(in super::super) fn present_routeing(&mut self, id: CallId, device: DeviceId, cause: EventCause) {
        if !self.is_in_service(device) {
            return self.fail(id, device, EventCause::DestOutOfOrder);
        }
        let connection = ConnectionId::new(id, device);
        self.enter(connection, ConnectionState::Queued);
        let kind = CallEventKind::Queued {
            device,
            number_queued: 1,
            calls_in_front: 0,
        };
        self.report(id, cause, kind);
        if !self.routeing.get(&device).is_some_and(|known| known.asks) {
            return self.route_by_default(connection);
        }
        self.last_route = self.last_route.wrapping_add(1);
        let route = RouteId(self.last_route);
        let until = self.now + self.limits.route_timeout;
        self.dialogues.insert(route, Dialogue { connection, until });
        self.change(connection, |c| c.route = Some(route));
        self.at(until, Timer::Route(route));
        let info = self.call_info(id).cloned().unwrap_or_default();
        self.report_route(route, connection, RouteEventKind::RouteRequest { info });
    }

    /// Nobody has said in time where the call shall go.
    pub(in super::super) fn route_timeout(&mut self, route: RouteId, at: SimTime) {
        if self
            .dialogues
            .get(&route)
            .is_none_or(|dialogue| dialogue.until != at)
        {
            return;
        }
        if let Some(dialogue) = self.dialogues.remove(&route) {
            let cause = EventCause::Timeout;
            self.report_route(route, dialogue.connection, RouteEventKind::RouteEnd { cause });
            self.route_by_default(dialogue.connection);
        }
    }

    fn route_by_default(&mut self, connection: ConnectionId) {
        let ConnectionId { call, device } = connection;
        if let Some(default) = self.routeing.get(&device).map(|known| Arc::clone(&known.default)) {
            self.divert(call, device, &default, EventCause::Redirected);
        }
    }

    /// A connection at a routeing device is gone, or has another name now.
    pub(in super::super) fn route_moved(
        &mut self,
        route: RouteId,
        old: ConnectionId,
        to: Option<ConnectionId>,
    ) {
        match to {
            Some(new) => {
                if let Some(dialogue) = self.dialogues.get_mut(&route) {
                    dialogue.connection = new;
                }
            }
            None => {
                if self.dialogues.remove(&route).is_some() {
                    let cause = EventCause::CallCancelled;
                    self.report_route(route, old, RouteEventKind::RouteEnd { cause });
                }
            }
        }
    }

    fn report_route(&mut self, route: RouteId, connection: ConnectionId, kind: RouteEventKind) {
        self.events.push_back(SwitchEvent::Route(RouteEvent {
            at: self.now,
            route,
            routeing_device: connection.device,
            call: connection.call,
            kind,
        }));
    }
}
