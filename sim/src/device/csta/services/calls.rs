//! Call control: each service as ECMA-269 clause 17 has it, on the switch's method of the same name.

use super::{capability::travelling, no_data};
use crate::device::csta::events::connection_list;
use crate::device::csta::identifiers::{
    connection, device, digits, to_call, to_connection, to_device, to_digits,
};
use crate::exchange::switch::{
    CallId, CallOptions, ConnectionId, ConnectionState, Merged, OperationError, Participation, ServiceError,
    Switch,
};
use crate::time::SimTime;
use crate::wire::csta::value::Value;

type Answer = Result<Value, ServiceError>;

/// Services that act on one connection and answer with nothing.
macro_rules! on_connection {
    ($($name:ident, $member:literal, $method:ident;)*) => {
        $(pub(super) fn $name(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
            let connection = to_connection(switch, argument, $member)?;
            switch.$method(connection, now)?;
            Ok(no_data())
        })*
    };
}

on_connection! {
    accept, "callToBeAccepted", accept_call;
    answer, "callToBeAnswered", answer_call;
    clear_connection, "connectionToBeCleared", clear_connection;
    hold, "callToBeHeld", hold_call;
    retrieve, "callToBeRetrieved", retrieve_call;
}

/// The two connections of one device that a service is about: held, active. A device without a call means its
/// connection in that state.
fn pair(switch: &Switch, argument: &Value) -> Result<(ConnectionId, ConnectionId), ServiceError> {
    let held = in_state(switch, argument, "heldCall", ConnectionState::Hold)?;
    let active = in_state(switch, argument, "activeCall", ConnectionState::Connected)?;
    Ok((held, active))
}

fn in_state(
    switch: &Switch,
    argument: &Value,
    member: &str,
    state: ConnectionState,
) -> Result<ConnectionId, ServiceError> {
    let device = argument.get(member).and_then(|id| id.get("deviceID"));
    let device = device
        .and_then(|local| digits(local.get("staticID")?))
        .and_then(|digits| switch.device(&digits));
    match device.and_then(|device| switch.connection_in(device, state)) {
        Some(found) => Ok(found),
        None => to_connection(switch, argument, member),
    }
}

pub(super) fn alternate(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (held, active) = pair(switch, argument)?;
    switch.alternate_call(held, active, now)?;
    Ok(no_data())
}

pub(super) fn reconnect(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (held, active) = pair(switch, argument)?;
    switch.reconnect_call(active, held, now)?;
    Ok(no_data())
}

pub(super) fn clear_call(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let call = to_call(argument.get("callToBeCleared").unwrap_or(&Value::Null))?;
    switch.clear_call(call, now)?;
    Ok(no_data())
}

pub(super) fn call_back(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let from = to_connection(switch, argument, "callbackConnection")?;
    switch.call_back(from, now)?;
    Ok(Value::sequence([]))
}

pub(super) fn call_back_message(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let from = to_connection(switch, argument, "callbackMessageConnection")?;
    let target = switch.call_back_message_in(from, now)?;
    Ok(Value::sequence([("targetDevice", device(switch, target))]))
}

pub(super) fn camp_on(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let from = to_connection(switch, argument, "camponConnection")?;
    switch.camp_on_call(from, now)?;
    Ok(no_data())
}

fn merged(switch: &Switch, name: &'static str, of: ConnectionId, merged: &Merged) -> Value {
    let list = connection_list(switch, &merged.connections);
    Value::sequence([(name, new_connection(switch, of, merged)), ("connections", list)])
}

/// The connection of the merging device in the new call or, where it is in it no more, of whoever is first in it.
fn new_connection(switch: &Switch, of: ConnectionId, merged: &Merged) -> Value {
    let mut new = merged.connections.iter().filter_map(|entry| entry.new);
    let own = new
        .clone()
        .find(|new| new.device == of.device)
        .or_else(|| new.next());
    connection(switch, own.unwrap_or(ConnectionId::new(merged.call, of.device)))
}

pub(super) fn conference(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (held, active) = pair(switch, argument)?;
    let done = switch.conference_call(held, active, now)?;
    Ok(merged(switch, "conferenceCall", active, &done))
}

pub(super) fn transfer(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (held, active) = pair(switch, argument)?;
    let done = switch.transfer_call(held, active, now)?;
    Ok(merged(switch, "transferredCall", active, &done))
}

pub(super) fn single_step_transfer(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let active = to_connection(switch, argument, "activeCall")?;
    let to = to_digits(argument, "transferredTo", OperationError::InvalidDestination)?;
    let done = switch.single_step_transfer(active, &to, now)?;
    Ok(merged(switch, "transferredCall", active, &done))
}

fn participation(argument: &Value) -> Result<Participation, ServiceError> {
    match argument.get("participationType") {
        None => Ok(Participation::Active),
        Some(value) => {
            let named = value.as_name().and_then(Participation::from_name);
            named.ok_or(OperationError::InvalidParticipationType.into())
        }
    }
}

pub(super) fn single_step_conference(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let active = to_connection(switch, argument, "activeCall")?;
    let joining = to_device(switch, argument, "deviceToJoin", OperationError::InvalidDeviceId)?;
    let done = switch.single_step_conference(active, joining, participation(argument)?, now)?;
    let joined = ConnectionId::new(done.call, joining);
    Ok(Value::sequence([(
        "conferencedCall",
        new_connection(switch, joined, &done),
    )]))
}

pub(super) fn join(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let active = to_connection(switch, argument, "activeCall")?;
    let joining = to_device(switch, argument, "joiningDevice", OperationError::InvalidDeviceId)?;
    let done = switch.join_call(active, joining, participation(argument)?, now)?;
    let joined = ConnectionId::new(done.call, joining);
    Ok(Value::sequence([(
        "conferencedCall",
        new_connection(switch, joined, &done),
    )]))
}

pub(super) fn intrude(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let intruding = to_connection(switch, argument, "intrude")?;
    let done = switch.intrude_call(intruding, participation(argument)?, now)?;
    Ok(Value::sequence([(
        "conferencedCall",
        new_connection(switch, intruding, &done),
    )]))
}

/// What travels with a new call. The calling device is prompted unless the client says otherwise (ECMA-269 17.1.18).
fn options(argument: &Value, prompts: bool) -> Result<CallOptions, ServiceError> {
    let origination = argument.get("autoOriginate").and_then(Value::as_name);
    let account = travelling(argument, "accountCode")?;
    Ok(CallOptions {
        prompt: prompts && origination != Some("doNotPrompt"),
        correlator: travelling(argument, "correlatorData")?.map(Into::into),
        user_data: travelling(argument, "userData")?.map(Into::into),
        account: account.map(|octets| String::from_utf8_lossy(octets).as_ref().into()),
    })
}

pub(super) fn consultation(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let existing = to_connection(switch, argument, "existingCall")?;
    let consulted = to_digits(argument, "consultedDevice", OperationError::InvalidCalledDeviceId)?;
    let new = switch.consultation_call(existing, &consulted, &options(argument, false)?, now)?;
    Ok(Value::sequence([("initiatedCall", connection(switch, new))]))
}

pub(super) fn make_call(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let calling = to_device(
        switch,
        argument,
        "callingDevice",
        OperationError::InvalidCallingDeviceId,
    )?;
    let called = to_digits(
        argument,
        "calledDirectoryNumber",
        OperationError::InvalidCalledDeviceId,
    )?;
    let new = switch.make_call(calling, &called, &options(argument, true)?, now)?;
    Ok(Value::sequence([("callingDevice", connection(switch, new))]))
}

pub(super) fn make_connection(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let initiating = to_device(
        switch,
        argument,
        "initiatingDevice",
        OperationError::InvalidDeviceId,
    )?;
    let new = switch.make_connection(initiating, now)?;
    Ok(Value::sequence([("initiatingDevice", connection(switch, new))]))
}

pub(super) fn make_predictive_call(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let calling = to_device(
        switch,
        argument,
        "callingDevice",
        OperationError::InvalidCallingDeviceId,
    )?;
    let called = to_digits(
        argument,
        "calledDirectoryNumber",
        OperationError::InvalidCalledDeviceId,
    )?;
    let new = switch.make_predictive_call(calling, &called, &options(argument, false)?, now)?;
    Ok(Value::sequence([("initiatedCall", connection(switch, new))]))
}

pub(super) fn dial_digits(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let dialling = to_connection(switch, argument, "diallingConnection")?;
    let sequence = to_digits(
        argument,
        "diallingSequence",
        OperationError::InvalidCalledDeviceId,
    )?;
    switch.dial_digits(dialling, &sequence, false, now)?;
    Ok(no_data())
}

pub(super) fn deflect(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let diverted = to_connection(switch, argument, "callToBeDiverted")?;
    let to = to_digits(argument, "newDestination", OperationError::InvalidDestination)?;
    switch.deflect_call(diverted, &to, now)?;
    Ok(no_data())
}

pub(super) fn directed_pickup(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let picked = to_connection(switch, argument, "callToBePickedUp")?;
    let requesting = to_device(
        switch,
        argument,
        "requestingDevice",
        OperationError::InvalidPickUpDeviceId,
    )?;
    let new = switch.directed_pickup_call(picked, requesting, now)?;
    Ok(Value::sequence([("pickedCall", connection(switch, new))]))
}

pub(super) fn group_pickup(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let requesting = to_device(
        switch,
        argument,
        "newDestination",
        OperationError::InvalidPickUpDeviceId,
    )?;
    let new = switch.group_pickup_call(requesting, now)?;
    Ok(Value::sequence([("pickedCall", connection(switch, new))]))
}

/// An empty number parks at any free slot.
pub(super) fn park(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let parking = to_connection(switch, argument, "parking")?;
    let anywhere = argument
        .get("parkTo")
        .and_then(digits)
        .is_some_and(|digits| digits.is_empty());
    let to = if anywhere {
        None
    } else {
        Some(to_device(
            switch,
            argument,
            "parkTo",
            OperationError::InvalidParkToDeviceId,
        )?)
    };
    let parked = switch.park_call(parking, to, now)?;
    Ok(Value::sequence([("parkedTo", connection(switch, parked))]))
}

/// A call that exists; `invalidCallID` where it does not.
pub(super) fn existing_call(switch: &Switch, value: &Value) -> Result<CallId, ServiceError> {
    let call = to_call(value)?;
    switch
        .snapshot_call(call)
        .map(|_| call)
        .ok_or(OperationError::InvalidCallId.into())
}
