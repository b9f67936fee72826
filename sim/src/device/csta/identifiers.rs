//! Devices, calls and connections between the switch's own numbers and CSTA's values.

use crate::exchange::switch::{CallId, ConnectionId, DeviceId, OperationError, Party, ServiceError, Switch};
use crate::wire::csta::value::Value;

/// A number as a DeviceID.
pub(super) fn number(number: &str) -> Value {
    Value::sequence([(
        "deviceIdentifier",
        Value::choice("dialingNumber", Value::text(number)),
    )])
}

/// A device as a DeviceID.
pub(super) fn device(switch: &Switch, device: DeviceId) -> Value {
    number(switch.number(device))
}

/// A device as one of the DeviceID types that may also be unknown.
pub(super) fn known(switch: &Switch, id: DeviceId) -> Value {
    Value::choice("deviceIdentifier", device(switch, id))
}

/// A party as one of the DeviceID types that may also be unknown.
pub(super) fn party(switch: &Switch, who: &Party) -> Value {
    match who {
        Party::Device(id) => known(switch, *id),
        Party::Number(digits) => Value::choice("deviceIdentifier", number(digits)),
        Party::NotKnown => Value::choice("notKnown", Value::Null),
        Party::Restricted => Value::choice("restricted", Value::Null),
    }
}

/// The device that sent a call on last.
pub(super) fn redirection(switch: &Switch, who: Option<&Party>) -> Value {
    match who {
        Some(Party::Device(id)) => Value::choice("numberdialed", device(switch, *id)),
        Some(Party::Number(digits)) => Value::choice("numberdialed", number(digits)),
        Some(Party::NotKnown) => Value::choice("notKnown", Value::Null),
        Some(Party::Restricted) => Value::choice("restricted", Value::Null),
        None => Value::choice("notRequired", Value::Null),
    }
}

fn call_octets(call: CallId) -> Value {
    Value::Octets(call.0.to_string().into_bytes())
}

/// A call without a device as a ConnectionID.
pub(super) fn call(call: CallId) -> Value {
    Value::choice("callID", call_octets(call))
}

/// A connection as a ConnectionID.
pub(super) fn connection(switch: &Switch, connection: ConnectionId) -> Value {
    let device = Value::choice("staticID", device(switch, connection.device));
    Value::choice(
        "both",
        Value::sequence([("callID", call_octets(connection.call)), ("deviceID", device)]),
    )
}

/// The digits of a DeviceID, whatever plan they are in.
pub(super) fn digits(device: &Value) -> Option<String> {
    let (_, mut number) = device.get("deviceIdentifier")?.chosen()?;
    while let Some((_, inner)) = number.chosen() {
        number = inner;
    }
    match number {
        Value::Text(digits) => Some(digits.clone()),
        Value::Octets(digits) => String::from_utf8(digits.clone()).ok(),
        Value::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The switch's device that member `member` of `argument` names; `error` where there is none.
pub(super) fn to_device(
    switch: &Switch,
    argument: &Value,
    member: &str,
    error: OperationError,
) -> Result<DeviceId, ServiceError> {
    let digits = argument.get(member).and_then(digits);
    digits
        .and_then(|digits| switch.device(&digits))
        .ok_or(ServiceError::Operation(error))
}

/// The digits that member `member` of `argument` names.
pub(super) fn to_digits(
    argument: &Value,
    member: &str,
    error: OperationError,
) -> Result<String, ServiceError> {
    argument
        .get(member)
        .and_then(digits)
        .ok_or(ServiceError::Operation(error))
}

/// The call of a ConnectionID.
pub(super) fn to_call(connection: &Value) -> Result<CallId, ServiceError> {
    let call = connection
        .get("callID")
        .or_else(|| connection.get("both")?.get("callID"));
    let digits = call
        .and_then(Value::as_octets)
        .and_then(|octets| std::str::from_utf8(octets).ok());
    let number = digits.and_then(|digits| digits.parse().ok());
    number
        .map(CallId)
        .ok_or(ServiceError::Operation(OperationError::InvalidCallId))
}

/// The connection that member `member` of `argument` names. A device without a call means its only connection.
pub(super) fn to_connection(
    switch: &Switch,
    argument: &Value,
    member: &str,
) -> Result<ConnectionId, ServiceError> {
    let unknown = match member {
        "heldCall" => OperationError::InvalidHeldConnectionId,
        "activeCall" => OperationError::InvalidActiveConnectionId,
        _ => OperationError::InvalidConnectionId,
    };
    let value = argument.get(member).ok_or(unknown)?;
    let device = value
        .get("deviceID")
        .or_else(|| value.get("both")?.get("deviceID"));
    let id = device
        .and_then(|local| digits(local.get("staticID")?))
        .and_then(|digits| switch.device(&digits));
    let id = id.ok_or(unknown)?;
    if value.get("deviceID").is_some() {
        return match switch.snapshot_device(id)[..] {
            [only] => Ok(only),
            _ => Err(unknown.into()),
        };
    }
    Ok(ConnectionId::new(to_call(value)?, id))
}
