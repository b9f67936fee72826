//! Routeing services: registering for routeing devices, and saying where calls shall go.

use super::features::on;
use super::no_data;
use crate::device::csta::{
    ClientId, CstaServer,
    identifiers::{digits, to_device},
};
use crate::exchange::switch::{OperationError, RouteId, ServiceError, SubscribedResourceError, Switch};
use crate::wire::csta::value::Value;

type Answer = Result<Value, ServiceError>;

/// Without a device, a client registers for all that no other one has registered for.
pub(super) fn register(
    server: &mut CstaServer,
    switch: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let mut device = None;
    if argument.get("routeingDevice").is_some() {
        let named = to_device(
            switch,
            argument,
            "routeingDevice",
            OperationError::InvalidDeviceId,
        )?;
        if switch.routeing_mode(named).is_none() {
            return Err(OperationError::RequestIncompatibleWithDevice.into());
        }
        device = Some(named);
    }
    let id = server.next_id();
    if !server.routeing.register(id, client, device) {
        return Err(SubscribedResourceError::ObjectRegistrationLimitExceeded.into());
    }
    let id = Value::Octets(id.to_string().into_bytes());
    Ok(Value::sequence([("routeRegisterReqID", id)]))
}

fn number(argument: &Value, member: &str) -> Option<u32> {
    let octets = argument.get(member).and_then(Value::as_octets)?;
    std::str::from_utf8(octets).ok()?.parse().ok()
}

pub(super) fn register_cancel(
    server: &mut CstaServer,
    _: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    match number(argument, "routeRegisterReqID") {
        Some(id) if server.routeing.cancel(id, client) => Ok(no_data()),
        _ => Err(OperationError::InvalidRouteRegistrationCrossRefId.into()),
    }
}

/// The dialogue of this client that `argument` is about.
fn own(server: &CstaServer, client: ClientId, argument: &Value) -> Result<RouteId, ServiceError> {
    number(argument, "crossRefIdentifier")
        .and_then(|number| server.routeing.dialogue(number, client))
        .ok_or(OperationError::InvalidRouteingCrossRefId.into())
}

/// The first of the routes that is somebody's number is taken.
pub(super) fn select(
    server: &mut CstaServer,
    switch: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let route = own(server, client, argument)?;
    server
        .routeing
        .set_tells_used(route, on(argument, "routeUsedReq"));
    let others = argument
        .get("alternateRoutes")
        .map(Value::items)
        .unwrap_or_default();
    let routes = argument.get("routeSelected").into_iter().chain(others);
    let mut refused = OperationError::InvalidDestination.into();
    for to in routes.filter_map(digits) {
        match switch.route_select(route, &to, server.now) {
            Ok(()) => return Ok(no_data()),
            Err(error) => refused = error,
        }
    }
    Err(refused)
}

/// The client does not route this call: the switch does.
pub(super) fn end(
    server: &mut CstaServer,
    switch: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let route = own(server, client, argument)?;
    switch.route_end(route, server.now)?;
    server.routeing.end(route);
    Ok(no_data())
}

pub(super) fn reject(
    server: &mut CstaServer,
    switch: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let route = own(server, client, argument)?;
    switch.route_reject(route, server.now)?;
    Ok(no_data())
}
