//! Call associated services, forwarding, do not disturb and message waiting.

use std::time::Duration;

use super::{
    capability::{travelling, within},
    no_data,
};
use crate::device::csta::identifiers::{number, to_connection, to_device, to_digits};
use crate::exchange::switch::{
    DeviceId, Forward, ForwardingType, OperationError, ServiceError, Switch, TelephonyTone,
};
use crate::time::SimTime;
use crate::wire::csta::value::Value;

type Answer = Result<Value, ServiceError>;

pub(super) fn associate_data(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let existing = to_connection(switch, argument, "existingCall")?;
    let correlator = travelling(argument, "correlatorData")?;
    let account = travelling(argument, "accountCode")?.map(String::from_utf8_lossy);
    switch.associate_data(existing, correlator, account.as_deref(), now)?;
    Ok(no_data())
}

pub(super) fn generate_digits(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let from = to_connection(switch, argument, "connectionToSendDigits")?;
    let digits = argument
        .get("charactersToSend")
        .and_then(Value::as_text)
        .unwrap_or_default();
    within(
        "charactersToSend",
        Some(digits.as_bytes()),
        OperationError::InvalidParameterValue,
    )?;
    switch.generate_digits(from, digits, now)?;
    Ok(no_data())
}

pub(super) fn generate_telephony_tones(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let from = to_connection(switch, argument, "connectionToSendTone")?;
    let tone = argument
        .get("toneToSend")
        .and_then(Value::as_name)
        .and_then(TelephonyTone::from_name);
    switch.generate_telephony_tones(from, tone.ok_or(OperationError::InvalidParameterValue)?, now)?;
    Ok(no_data())
}

pub(super) fn send_user_information(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let from = to_connection(switch, argument, "existingCall")?;
    let data = travelling(argument, "userData")?.unwrap_or_default();
    switch.send_user_information(from, data, now)?;
    Ok(no_data())
}

pub(super) fn subject(switch: &Switch, argument: &Value) -> Result<DeviceId, ServiceError> {
    to_device(switch, argument, "device", OperationError::InvalidDeviceId)
}

/// The device, where it is a telephone: nothing else has features.
pub(super) fn telephone(switch: &Switch, argument: &Value) -> Result<DeviceId, ServiceError> {
    let device = subject(switch, argument)?;
    if !switch.is_telephone(device) {
        return Err(OperationError::RequestIncompatibleWithDevice.into());
    }
    Ok(device)
}

pub(super) fn on(argument: &Value, member: &str) -> bool {
    argument.get(member).and_then(Value::as_bool).unwrap_or_default()
}

/// A forwarding without a type is the immediate one.
pub(super) fn set_forwarding(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    let forwarding_type = match argument.get("forwardingType") {
        None => ForwardingType::Immediate,
        Some(value) => {
            let named = value.as_name().and_then(ForwardingType::from_name);
            named.ok_or(OperationError::InvalidForwardingType)?
        }
    };
    let forward = if on(argument, "activateForward") {
        let to = to_digits(
            argument,
            "forwardDN",
            OperationError::InvalidForwardingDestination,
        )?;
        let seconds = argument.get("ringDuration").and_then(Value::as_integer);
        let seconds = seconds.map(u64::try_from).transpose();
        let ring_duration = seconds
            .map_err(|_| OperationError::InvalidParameterValue)?
            .map(Duration::from_secs);
        Some(Forward {
            to: to.into(),
            ring_duration,
        })
    } else {
        None
    };
    switch.set_forwarding(device, forwarding_type, forward, now)?;
    Ok(no_data())
}

pub(super) fn get_forwarding(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = telephone(switch, argument)?;
    let item = |(forwarding_type, forward): (ForwardingType, &Forward)| {
        let members = [
            ("forwardingType", Value::named(forwarding_type.name())),
            ("forwardStatus", Value::Boolean(true)),
            ("forwardDN", number(&forward.to)),
        ];
        let seconds = forward
            .ring_duration
            .map(|duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX));
        Value::sequence(members).with("ringDuration", seconds.map(Value::Integer))
    };
    Ok(Value::sequence([(
        "forwardingList",
        Value::List(switch.forwarding(device).map(item).collect()),
    )]))
}

pub(super) fn set_do_not_disturb(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    switch.set_do_not_disturb(device, on(argument, "doNotDisturbOn"), now)?;
    Ok(no_data())
}

pub(super) fn get_do_not_disturb(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = telephone(switch, argument)?;
    Ok(Value::sequence([(
        "doNotDisturbOn",
        Value::Boolean(switch.do_not_disturb(device)),
    )]))
}

pub(super) fn set_message_waiting(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    switch.set_message_waiting(device, on(argument, "messageWaitingOn"), now)?;
    Ok(no_data())
}

pub(super) fn get_message_waiting(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = telephone(switch, argument)?;
    Ok(Value::sequence([(
        "messageWaitingOn",
        Value::Boolean(switch.message_waiting(device)),
    )]))
}
