//! Logical device features: call backs, automatic answer, last number, routeing mode.

use super::features::{on, subject, telephone};
use super::no_data;
use crate::device::csta::identifiers::{device, number, to_device};
use crate::exchange::switch::{DeviceId, OperationError, ServiceError, Switch};
use crate::time::SimTime;
use crate::wire::csta::value::Value;

type Answer = Result<Value, ServiceError>;

pub(super) fn set_auto_answer(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    switch.set_auto_answer(device, on(argument, "autoAnswerOn"), now)?;
    Ok(no_data())
}

pub(super) fn get_auto_answer(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = telephone(switch, argument)?;
    let answers = switch
        .settings(device)
        .is_some_and(|settings| settings.auto_answer);
    Ok(Value::sequence([("autoAnswerOn", Value::Boolean(answers))]))
}

fn call_back_pair(switch: &Switch, argument: &Value) -> Result<(DeviceId, DeviceId), ServiceError> {
    let caller = to_device(
        switch,
        argument,
        "originatingDevice",
        OperationError::InvalidCallingDeviceId,
    )?;
    Ok((
        caller,
        to_device(
            switch,
            argument,
            "targetDevice",
            OperationError::InvalidCalledDeviceId,
        )?,
    ))
}

pub(super) fn call_back(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (caller, target) = call_back_pair(switch, argument)?;
    switch.call_back_device(caller, target, now)?;
    Ok(no_data())
}

pub(super) fn cancel_call_back(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (caller, target) = call_back_pair(switch, argument)?;
    switch.cancel_call_back(caller, Some(target), now)?;
    Ok(no_data())
}

pub(super) fn call_back_message(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (caller, target) = call_back_pair(switch, argument)?;
    switch.call_back_message(caller, target, now)?;
    Ok(no_data())
}

pub(super) fn cancel_call_back_message(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (caller, target) = call_back_pair(switch, argument)?;
    switch.cancel_call_back_message(caller, target, now)?;
    Ok(no_data())
}

pub(super) fn get_call_back(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let caller = telephone(switch, argument)?;
    let item = |target| {
        Value::sequence([
            ("originatingDevice", device(switch, caller)),
            ("targetDevice", device(switch, target)),
        ])
    };
    let items = switch.call_backs(caller).into_iter().map(item).collect();
    Ok(Value::sequence([("callBackList", Value::List(items))]))
}

/// Callers are always shown.
pub(super) fn get_caller_id_status(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    subject(switch, argument)?;
    Ok(Value::sequence([("callerIDProvided", Value::Boolean(true))]))
}

/// A device that has not called anybody has called the empty number.
pub(super) fn get_last_number_dialed(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = telephone(switch, argument)?;
    let last = switch.last_number(device).unwrap_or_default();
    Ok(Value::sequence([("numberDialed", number(last))]))
}

pub(super) fn get_routeing_mode(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    let mode = switch
        .routeing_mode(device)
        .ok_or(OperationError::RequestIncompatibleWithDevice)?;
    Ok(Value::sequence([("routeingMode", Value::Boolean(mode))]))
}

pub(super) fn set_routeing_mode(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    switch.set_routeing_mode(device, on(argument, "routeingMode"), now)?;
    Ok(no_data())
}
