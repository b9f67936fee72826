//! System status, registration for it, and private data.

use super::no_data;
use crate::device::csta::{ClientId, CstaServer, client::Registration};
use crate::exchange::switch::{OperationError, ServiceError, Switch, SystemResourceError};
use crate::wire::csta::{
    schema::{Kind, phase3},
    value::Value,
};

type Answer = Result<Value, ServiceError>;

/// Registrations of one client: there are no more kinds of status to tell apart.
const REGISTRATIONS_MOST: usize = 64;

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

pub(super) fn request_status(server: &mut CstaServer, _: &mut Switch, _: ClientId, _: &Value) -> Answer {
    Ok(Value::sequence([("systemStatus", Value::named(server.status))]))
}

/// The client tells how it is. It is taken note of by being recorded.
pub(super) fn status(_: &mut CstaServer, _: &mut Switch, _: ClientId, _: &Value) -> Answer {
    Ok(no_data())
}

/// A filter without a status filter holds nothing back.
pub(super) fn register(
    server: &mut CstaServer,
    _: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let types = argument.get("requestTypes").and_then(Value::as_bits);
    let filter = argument
        .get("requestedStatusFilter")
        .and_then(Value::as_bits)
        .unwrap_or_default();
    let has = server.clients.get(&client).map(|known| known.registrations.len());
    if has.is_some_and(|has| has >= REGISTRATIONS_MOST) {
        return Err(SystemResourceError::RegistrationLimitExceeded.into());
    }
    let id = server.next_id();
    if let Some(known) = server.clients.get_mut(&client) {
        known.registrations.push(Registration {
            id,
            types: types.unwrap_or_default(),
            unwanted: filter,
        });
    }
    let members = [("sysStatRegisterID", Value::Octets(id.to_string().into_bytes()))];
    Ok(Value::sequence(members).with("actualStatusFilter", Value::Bits(filter)))
}

/// The registration of this client that `argument` names, by its place.
fn own(server: &CstaServer, client: ClientId, argument: &Value) -> Result<usize, ServiceError> {
    let octets = argument
        .get("sysStatRegisterID")
        .and_then(Value::as_octets)
        .unwrap_or_default();
    let known = server.clients.get(&client);
    let place = known.and_then(|known| {
        let mut registrations = known.registrations.iter();
        registrations.position(|registration| registration.id.to_string().as_bytes() == octets)
    });
    place.ok_or(OperationError::InvalidCrossRefId.into())
}

pub(super) fn register_cancel(
    server: &mut CstaServer,
    _: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let place = own(server, client, argument)?;
    if let Some(known) = server.clients.get_mut(&client) {
        known.registrations.remove(place);
    }
    Ok(no_data())
}

/// In BER the filter may be the one status that the standard's module has room for.
pub(super) fn change_filter(
    server: &mut CstaServer,
    _: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let place = own(server, client, argument)?;
    let filter = argument.get("requestedStatusFilter").cloned();
    let unwanted = filter.as_ref().and_then(|filter| match filter.chosen()? {
        ("filter", bits) => bits.as_bits(),
        (_, status) => status_bit(status.as_name()?).map(|bit| 1 << bit),
    });
    let (filter, unwanted) = filter
        .zip(unwanted)
        .ok_or(OperationError::InvalidParameterValue)?;
    if let Some(known) = server.clients.get_mut(&client) {
        known.registrations[place].unwanted = unwanted;
    }
    Ok(Value::sequence([("actualStatusFilter", filter)]))
}

/// Private data are acknowledged: no maker's own data mean anything to this switch.
pub(super) fn escape(_: &mut CstaServer, _: &mut Switch, _: ClientId, _: &Value) -> Answer {
    Ok(no_data())
}
