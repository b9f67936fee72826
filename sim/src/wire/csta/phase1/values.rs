//! Values between the phases: up to phase III and down to phase I.

use super::operations::forward_parameter;
use crate::wire::csta::{
    schema::{Kind, Presence, Type, phase1, phase3},
    services::Event,
    value::Value,
};

/// Digits as a DeviceID of phase III.
pub(super) fn number(digits: &str) -> Value {
    let number = Value::choice("dialingNumber", Value::text(digits));
    Value::sequence([("deviceIdentifier", number)])
}

/// The digits of a device of either phase, whatever plan they are in.
pub(super) fn digits(device: &Value) -> Option<String> {
    let mut inner = device.get("deviceIdentifier").unwrap_or(device);
    while let Some((_, value)) = inner.chosen() {
        inner = value;
    }
    match inner {
        Value::Sequence(_) => digits(inner),
        Value::Text(digits) => Some(digits.clone()),
        Value::Integer(number) => Some(number.to_string()),
        Value::Octets(octets) => String::from_utf8(octets.clone()).ok(),
        _ => None,
    }
}

/// A device of phase I as a DeviceID.
pub(super) fn device_up(device: &Value) -> Option<Value> {
    digits(device).map(|digits| number(&digits))
}

/// A device of phase III as one of phase I.
pub(super) fn party_down(device: &Value) -> Option<Value> {
    Some(match (digits(device), device.chosen()) {
        (Some(digits), _) => Value::choice("dialingNumber", Value::text(digits)),
        (None, Some(("notRequired", _))) => Value::choice("notRequired", Value::Null),
        _ => Value::choice("notKnown", Value::Null),
    })
}

pub(super) fn connection_up(connection: &Value) -> Option<Value> {
    let call = connection.get("callID").cloned();
    let device = connection.get("deviceID").and_then(Value::as_text).map(number);
    let device = device.map(|device| Value::choice("staticID", device));
    Some(match (call, device) {
        (Some(call), Some(device)) => {
            Value::choice("both", Value::sequence([("callID", call), ("deviceID", device)]))
        }
        (Some(call), None) => Value::choice("callID", call),
        (None, Some(device)) => Value::choice("deviceID", device),
        (None, None) => return None,
    })
}

pub(super) fn connection_down(connection: &Value) -> Option<Value> {
    let inner = connection.get("both").unwrap_or(connection);
    let device = inner.get("deviceID").and_then(digits).map(Value::text);
    let call = inner.get("callID").cloned();
    (call.is_some() || device.is_some())
        .then(|| Value::sequence([]).with("callID", call).with("deviceID", device))
}

/// The state of the device itself in a snapshot's call state.
pub(super) fn local_state(state: &Value) -> Option<&'static str> {
    let (kind, value) = state.chosen()?;
    if kind != "simpleCallState" {
        return value.items().first()?.as_name();
    }
    let Kind::Enumerated(known) = &phase3::ty("SimpleCallState")?.kind else {
        return None;
    };
    let (_, code) = known.iter().find(|(name, _)| Some(*name) == value.as_name())?;
    // The lower half is the device's own state, the upper one that of the other end.
    let Kind::Enumerated(states) = &phase1::ty("LocalConnectionState")?.kind else {
        return None;
    };
    states
        .iter()
        .find(|(_, state)| *state == code & 0xF)
        .map(|(name, _)| *name)
}

/// Where the bits of a filter are: the member and the bit in phase I, and in phase III.
static FILTER: &[(&str, &str, &str, &str)] = &[
    ("feature", "callInformation", "callAssociated", "callInformation"),
    ("feature", "doNotDisturb", "logicalDeviceFeature", "doNotDisturb"),
    ("feature", "forwarding", "logicalDeviceFeature", "forwarding"),
    (
        "feature",
        "messageWaiting",
        "physicalDeviceFeature",
        "messageWaiting",
    ),
    ("agent", "agentLoggedOn", "logicalDeviceFeature", "agentLoggedOn"),
    (
        "agent",
        "agentLoggedOff",
        "logicalDeviceFeature",
        "agentLoggedOff",
    ),
    ("agent", "agentNotReady", "logicalDeviceFeature", "agentNotReady"),
    ("agent", "agentReady", "logicalDeviceFeature", "agentReady"),
    (
        "agent",
        "workNotReady",
        "logicalDeviceFeature",
        "agentWorkingAfterCall",
    ),
    ("agent", "workReady", "logicalDeviceFeature", "agentBusy"),
    ("maintenance", "backInService", "maintenance", "backInService"),
    ("maintenance", "outOfService", "maintenance", "outOfService"),
];

fn bit(filter: Option<&'static Type>, member: &str, name: &str) -> Option<(&'static str, u64)> {
    let field = filter?.field(member)?;
    let Kind::BitString(bits) = &field.ty.kind else {
        return None;
    };
    let (_, bit) = bits.iter().find(|(known, _)| *known == name)?;
    Some((field.name, 1 << bit))
}

/// Copies the bits of `filter` to the places that they have in the other phase.
fn moved(
    filter: &Value,
    from: Option<&'static Type>,
    to: Option<&'static Type>,
    places: impl Iterator<Item = ((&'static str, &'static str), (&'static str, &'static str))>,
) -> Value {
    let mut members: Vec<(&'static str, u64)> = Vec::new();
    for ((member, name), (to_member, to_name)) in places {
        let (Some((_, old)), Some((target, new))) = (bit(from, member, name), bit(to, to_member, to_name))
        else {
            continue;
        };
        let Some(bits) = filter.get(member).and_then(Value::as_bits) else {
            continue;
        };
        let set = if bits & old == 0 { 0 } else { new };
        match members.iter_mut().find(|(known, _)| *known == target) {
            Some((_, bits)) => *bits |= set,
            None => members.push((target, set)),
        }
    }
    let members = members.into_iter();
    Value::Sequence(members.map(|(name, bits)| (name, Value::Bits(bits))).collect())
}

/// The names of the call control events, which both phases have.
fn call_control() -> impl Iterator<Item = (&'static str, &'static str, &'static str, &'static str)> {
    let bits: &[(&str, i64)] = match phase1::ty("CallFilter").map(|ty| &ty.kind) {
        Some(Kind::BitString(bits)) => bits,
        _ => &[],
    };
    bits.iter()
        .map(|(name, _)| ("callControl", *name, "callControl", *name))
}

pub(super) fn filter_up(filter: &Value) -> Value {
    let places = call_control().chain(FILTER.iter().copied());
    let places = places.map(|(member, name, to, to_name)| ((member, name), (to, to_name)));
    moved(
        filter,
        phase1::ty("MonitorFilter"),
        phase3::ty("MonitorFilter"),
        places,
    )
}

/// With all its members: clients of the MD110 count on them.
pub(super) fn filter_down(filter: &Value) -> Value {
    let places = call_control().chain(FILTER.iter().copied());
    let places = places.map(|(member, name, to, to_name)| ((to, to_name), (member, name)));
    let ty = phase1::ty("MonitorFilter");
    let set = moved(filter, phase3::ty("MonitorFilter"), ty, places);
    let Some(Kind::Sequence(fields)) = ty.map(|ty| &ty.kind) else {
        return set;
    };
    let members = fields.iter().map(|field| {
        let nothing = match field.ty.kind {
            Kind::Boolean => Value::Boolean(false),
            _ => Value::Bits(0),
        };
        (field.name, set.get(field.name).cloned().unwrap_or(nothing))
    });
    Value::Sequence(members.collect())
}

/// A UniversalFailure of phase III as the nearest one of phase I: the same error, or the general one of its category.
pub(super) fn failure(error: &Value) -> Value {
    let unspecified = Value::choice("unspecified", Value::Null);
    let Some((category, error)) = error.chosen() else {
        return unspecified;
    };
    let field = phase1::ty("UniversalFailure").and_then(|ty| ty.field(category));
    let Some((field, Kind::Enumerated(known))) = field.map(|field| (field, &field.ty.kind)) else {
        return unspecified;
    };
    let named = error.as_name().unwrap_or_default();
    let find = |wanted: &str| known.iter().find(|(name, _)| *name == wanted);
    let name = find(named).or_else(|| find(nearest(named)));
    Value::choice(field.name, Value::named(name.map_or("generic", |(name, _)| name)))
}

/// What phase I calls an error that phase III tells apart more finely.
fn nearest(error: &str) -> &'static str {
    match error {
        "serviceNotSupported" => "invalidFeature",
        "invalidHeldCallID" | "invalidActiveCallID" => "invalidCallID",
        "invalidHeldConnectionID" | "invalidActiveConnectionID" => "invalidConnectionID",
        "invalidHeldConnectionState" => "noHeldCall",
        "invalidActiveConnectionState" => "noActiveCall",
        "resourceLimitExceeded" => "resourceBusy",
        _ if error.starts_with("requestIncompatibleWith") => "requestIncompatibleWithObject",
        _ if error.ends_with("CrossRefID") => "invalidCrossRefID",
        _ if error.ends_with("DeviceID") => "invalidDeviceID",
        _ if error.ends_with("OutOfRange") => "valueOutOfRange",
        _ if error.ends_with("State") => "invalidObjectState",
        _ if error.ends_with("OutOfService") => "resourceOutOfService",
        _ => "generic",
    }
}

/// What an event tells, as phase I's type of it has room for.
pub(super) fn event(event: &Event, ty: &'static Type, data: &Value) -> Option<Value> {
    if event.ty != "ForwardingEvent" {
        return down(ty, data);
    }
    let on = data.get("forwardStatus").and_then(Value::as_bool)?;
    let kind = data.get("forwardingType").and_then(Value::as_name);
    let to = data.get("forwardTo").and_then(digits);
    Some(Value::sequence([
        ("device", party_down(data.get("device")?)?),
        (
            "forwardingInformation",
            forward_parameter(kind.unwrap_or("forwardImmediate"), on, to),
        ),
    ]))
}

/// A value of phase III as one of type `ty` of phase I, whose members have the same names. What that type has no place
/// for is left out; nothing where it needs more than there is.
fn down(ty: &'static Type, value: &Value) -> Option<Value> {
    match ty.name {
        "ConnectionID" => return connection_down(value),
        "DeviceID" | "SubjectDeviceID" | "CallingDeviceID" | "CalledDeviceID" | "RedirectionDeviceID" => {
            return party_down(value);
        }
        "ConnectionList" => {
            let new = value.items().iter();
            let new = new.filter_map(|entry| connection_down(entry.get("newConnection")?));
            return Some(Value::List(new.collect()));
        }
        _ => {}
    }
    match (&ty.kind, value) {
        (Kind::Enumerated(known), Value::Enumerated(_)) => {
            let (name, _) = known.iter().find(|(name, _)| Some(*name) == value.as_name())?;
            Some(Value::named(name))
        }
        (Kind::Sequence(fields), Value::Sequence(_)) => {
            let mut members = Vec::new();
            for field in *fields {
                match value.get(field.name).and_then(|value| down(field.ty, value)) {
                    Some(value) => members.push((field.name, value)),
                    None if field.presence == Presence::Required => return None,
                    None => {}
                }
            }
            Some(Value::Sequence(members))
        }
        (Kind::Boolean, Value::Boolean(_))
        | (Kind::Integer(_), Value::Integer(_))
        | (Kind::OctetString, Value::Octets(_))
        | (Kind::Ia5String, Value::Text(_)) => Some(value.clone()),
        _ => None,
    }
}
