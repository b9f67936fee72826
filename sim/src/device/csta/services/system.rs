//! System status and registration, the list of devices, and private data.

use super::no_data;
use crate::device::csta::{ClientId, CstaServer, identifiers};
use crate::exchange::switch::{DeviceKind, OperationError, ServiceError, Switch};
use crate::wire::csta::{
    message::Message,
    schema::{Kind, phase3},
    services::Service,
    value::Value,
};

type Answer = Result<Value, ServiceError>;

/// How many devices one message lists: each takes some 20 bytes, and Panasonic's frames end at 240.
const SEGMENT: usize = 8;

/// The bit of StatusFilter for a system status.
pub(in crate::device::csta) fn status_bit(status: &str) -> Option<i64> {
    // The filter says messageLost where the status says messagesLost.
    let name = if status == "messagesLost" {
        "messageLost"
    } else {
        status
    };
    let Kind::BitString(bits) = &phase3::ty("StatusFilter")?.kind else {
        return None;
    };
    bits.iter().find(|(bit, _)| *bit == name).map(|(_, bit)| *bit)
}

pub(super) fn request_status(server: &mut CstaServer, _: &Switch, _: ClientId, _: &Value) -> Answer {
    Ok(Value::sequence([("systemStatus", Value::named(server.status))]))
}

/// The client tells how it is. It is taken note of by being recorded.
pub(super) fn status(_: &mut CstaServer, _: &Switch, _: ClientId, _: &Value) -> Answer {
    Ok(no_data())
}

pub(super) fn register(server: &mut CstaServer, _: &Switch, client: ClientId, argument: &Value) -> Answer {
    server.last_registration += 1;
    let id = server.last_registration;
    let filter = argument
        .get("requestedStatusFilter")
        .and_then(Value::as_bits)
        .unwrap_or_default();
    if let Some(known) = server.clients.get_mut(&client) {
        known.registration = Some((id, filter));
    }
    let members = [("sysStatRegisterID", Value::Octets(id.to_string().into_bytes()))];
    Ok(Value::sequence(members).with("actualStatusFilter", Value::Bits(filter)))
}

pub(super) fn register_cancel(
    server: &mut CstaServer,
    _: &Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let octets = argument
        .get("sysStatRegisterID")
        .and_then(Value::as_octets)
        .unwrap_or_default();
    let known = server
        .clients
        .get_mut(&client)
        .ok_or(OperationError::InvalidCrossRefId)?;
    match known.registration {
        Some((id, _)) if id.to_string().as_bytes() == octets => {
            known.registration = None;
            Ok(no_data())
        }
        _ => Err(OperationError::InvalidCrossRefId.into()),
    }
}

/// The list itself follows the answer, in messages of its own.
pub(super) fn devices(server: &mut CstaServer, _: &Switch, _: ClientId, _: &Value) -> Answer {
    server.last_registration += 1;
    let id = Value::Octets(server.last_registration.to_string().into_bytes());
    Ok(Value::sequence([("serviceCrossRefID", id)]))
}

/// Private data are acknowledged: no maker's own data mean anything to this switch.
pub(super) fn escape(_: &mut CstaServer, _: &Switch, _: ClientId, _: &Value) -> Answer {
    Ok(no_data())
}

fn category(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Station | DeviceKind::Line => "station",
        DeviceKind::Trunk => "networkInterface",
        DeviceKind::Group => "groupHunt",
        DeviceKind::ParkSlot => "park",
        DeviceKind::VoiceMail => "voiceUnit",
        DeviceKind::RouteingDevice => "routeingDevice",
    }
}

impl CstaServer {
    pub(super) fn list_devices(&mut self, switch: &Switch, client: ClientId, argument: &Value) {
        let Some(service) = Service::by_name("SwitchingFunctionDevices") else {
            return;
        };
        let one = argument.get("requestedDeviceID").and_then(identifiers::digits);
        let wanted = argument.get("requestedDeviceCategory").and_then(Value::as_name);
        let mut rows = Vec::new();
        for device in switch.devices() {
            let category = switch.kind(device).map_or("other", category);
            let is_wanted = wanted.is_none_or(|wanted| wanted == category);
            if is_wanted
                && one
                    .as_deref()
                    .is_none_or(|number| number == switch.number(device))
            {
                let members = [("deviceID", identifiers::device(switch, device))];
                rows.push(Value::sequence(members).with("deviceCategory", Value::named(category)));
            }
        }
        let cross_ref = Value::Octets(self.last_registration.to_string().into_bytes());
        let count = rows.len().div_ceil(SEGMENT).max(1);
        let mut rows = rows.into_iter();
        for segment in 1..=count {
            let list: Vec<_> = rows.by_ref().take(SEGMENT).collect();
            let argument = Value::sequence([
                ("serviceCrossRefID", cross_ref.clone()),
                (
                    "segmentID",
                    Value::Integer(i64::try_from(segment).unwrap_or(i64::MAX)),
                ),
                ("lastSegment", Value::Boolean(segment == count)),
                ("deviceList", Value::List(list)),
            ]);
            let Some(known) = self.clients.get_mut(&client) else {
                return;
            };
            let invoke = known.next_invoke();
            self.send(
                client,
                &Message::Request {
                    invoke,
                    service,
                    argument,
                },
            );
        }
    }
}
