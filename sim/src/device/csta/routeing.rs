//! Who routes the calls of routeing devices: registrations, and the dialogues about single calls.

use std::collections::BTreeMap;

use super::{ClientId, CstaServer, identifiers};
use crate::exchange::switch::{
    CallInfo, ConnectionId, DeviceId, EventCause, RouteEvent, RouteEventKind, RouteId, Switch,
};
use crate::wire::csta::value::Value;

/// A client that routes the calls of one device, or of all that no other client has registered for.
#[derive(Debug)]
struct Registration {
    client: ClientId,
    device: Option<DeviceId>,
}

/// The dialogue about the way of one call.
#[derive(Debug)]
struct Dialogue {
    client: ClientId,
    registration: u32,
    /// The client wants to be told the way that the call went.
    tells_used: bool,
}

/// Registrations and dialogues.
#[derive(Debug, Default)]
pub(super) struct Routeing {
    registrations: BTreeMap<u32, Registration>,
    dialogues: BTreeMap<RouteId, Dialogue>,
    /// Calls that nobody routes: they go the way that the switch knows.
    unanswered: Vec<RouteId>,
}

impl Routeing {
    /// Registers a client under `id`. False where another one has that device already.
    pub fn register(&mut self, id: u32, client: ClientId, device: Option<DeviceId>) -> bool {
        let taken = self.registrations.values().any(|known| known.device == device);
        if !taken {
            self.registrations.insert(id, Registration { client, device });
        }
        !taken
    }

    /// Ends a registration of this client; its dialogues go on. False where there is none.
    pub fn cancel(&mut self, id: u32, client: ClientId) -> bool {
        let own = self
            .registrations
            .get(&id)
            .is_some_and(|known| known.client == client);
        if own {
            self.registrations.remove(&id);
        }
        own
    }

    /// The dialogue of this client with that number.
    pub fn dialogue(&self, number: u32, client: ClientId) -> Option<RouteId> {
        let route = RouteId(number);
        self.dialogues
            .get(&route)
            .filter(|known| known.client == client)
            .map(|_| route)
    }

    /// The client has ended a dialogue.
    pub fn end(&mut self, route: RouteId) {
        self.dialogues.remove(&route);
    }

    /// Says whether the client wants to be told the way.
    pub fn set_tells_used(&mut self, route: RouteId, tells: bool) {
        if let Some(known) = self.dialogues.get_mut(&route) {
            known.tells_used = tells;
        }
    }

    /// A client is gone, and with it what it registered for.
    pub fn forget(&mut self, client: ClientId) {
        self.registrations.retain(|_, known| known.client != client);
        let orphans = self.dialogues.iter().filter(|(_, known)| known.client == client);
        self.unanswered.extend(orphans.map(|(route, _)| *route));
        self.dialogues.retain(|_, known| known.client != client);
    }

    /// The registrations for one device.
    fn of(&self, device: DeviceId) -> Option<(u32, ClientId)> {
        let find = |wanted| {
            self.registrations
                .iter()
                .find(|(_, known)| known.device == wanted)
        };
        find(Some(device))
            .or_else(|| find(None))
            .map(|(id, known)| (*id, known.client))
    }
}

fn octets(number: u32) -> Value {
    Value::Octets(number.to_string().into_bytes())
}

impl CstaServer {
    /// Lets calls go their way that nobody routes.
    pub(super) fn settle_routes(&mut self, switch: &mut Switch) {
        while let Some(route) = self.routeing.unanswered.pop() {
            // Where the dialogue has ended by itself meanwhile, there is nothing left to do.
            switch.route_end(route, self.now).unwrap_or_default();
        }
    }

    /// Carries what the switch says about the way of a call to the client that routes it.
    pub(super) fn report_route(&mut self, switch: &Switch, event: &RouteEvent) {
        let route = event.route;
        if let RouteEventKind::RouteRequest { info } = &event.kind {
            return self.request_route(switch, event, info);
        }
        let Some(known) = self.routeing.dialogues.get(&route) else {
            return;
        };
        let (client, tells_used) = (known.client, known.tells_used);
        let argument = Value::sequence([
            ("crossRefIdentifier", octets(route.0)),
            ("routeRegisterReqID", octets(known.registration)),
        ]);
        match &event.kind {
            RouteEventKind::RouteRequest { .. } => {}
            RouteEventKind::ReRoute => self.request(client, "ReRoute", argument),
            RouteEventKind::RouteUsed { destination } if tells_used => {
                let used = Value::choice("deviceIdentifier", identifiers::number(destination));
                self.request(client, "RouteUsed", argument.with("routeUsed", used));
            }
            RouteEventKind::RouteUsed { .. } => {}
            RouteEventKind::RouteEnd { cause } => {
                self.routeing.dialogues.remove(&route);
                self.request(client, "RouteEnd", argument.with("errorValue", error(*cause)));
            }
        }
    }

    fn request_route(&mut self, switch: &Switch, event: &RouteEvent, info: &CallInfo) {
        let Some((registration, client)) = self.routeing.of(event.routeing_device) else {
            return self.routeing.unanswered.push(event.route);
        };
        let dialogue = Dialogue {
            client,
            registration,
            tells_used: false,
        };
        self.routeing.dialogues.insert(event.route, dialogue);
        let device = event.routeing_device;
        let wait = switch.limits().route_timeout.as_millis();
        let correlator = info.correlator.as_ref().map(|data| Value::Octets(data.to_vec()));
        let trunk = info
            .associated_calling
            .map(|trunk| identifiers::known(switch, trunk));
        let call = ConnectionId::new(event.call, device);
        let argument = Value::sequence([
            ("crossRefIdentifier", octets(event.route.0)),
            ("routeRegisterReqID", octets(registration)),
            ("currentRoute", identifiers::party(switch, &info.called)),
            ("callingDevice", identifiers::party(switch, &info.calling)),
            ("routeingDevice", identifiers::known(switch, device)),
            ("routedCall", identifiers::connection(switch, call)),
            (
                "replyTimeout",
                Value::Integer(i64::try_from(wait).unwrap_or(i64::MAX)),
            ),
        ]);
        let argument = argument
            .with("associatedCallingDevice", trunk)
            .with("correlatorData", correlator);
        self.request(client, "RouteRequest", argument);
    }

    /// A routeing device serves no more: whoever registered for it is told.
    pub(super) fn abort_routeing(&mut self, device: DeviceId) {
        let registrations = self.routeing.registrations.iter();
        let found = registrations
            .filter(|(_, known)| known.device == Some(device))
            .map(|(id, known)| (*id, known.client))
            .collect::<Vec<_>>();
        for (id, client) in found {
            self.routeing.registrations.remove(&id);
            let argument = Value::sequence([("routeRegisterReqID", octets(id))]);
            self.request(client, "RouteRegisterAbort", argument);
        }
    }
}

/// Why a dialogue has ended, where it is no ordinary end.
fn error(cause: EventCause) -> Option<Value> {
    match cause {
        EventCause::Timeout => Some(Value::choice("operation", Value::named("routeingTimerExpired"))),
        EventCause::CallCancelled => Some(Value::choice(
            "stateIncompatibility",
            Value::named("noActiveCall"),
        )),
        _ => None,
    }
}
