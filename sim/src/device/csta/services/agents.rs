//! Agents: logging on and off, what they do, and their work after calls.

use std::time::Duration;

use super::features::{on, subject, telephone};
use super::{capability::within, no_data};
use crate::device::csta::identifiers::{device, digits, to_device};
use crate::exchange::switch::{Agent, AgentState, DeviceId, OperationError, ServiceError, Switch};
use crate::time::SimTime;
use crate::wire::csta::value::Value;

type Answer = Result<Value, ServiceError>;

/// The group that `argument` names in `member`, where it names one.
fn group(switch: &Switch, argument: &Value, member: &str) -> Result<Option<DeviceId>, ServiceError> {
    if argument.get(member).is_none() {
        return Ok(None);
    }
    to_device(switch, argument, member, OperationError::InvalidAgentGroup).map(Some)
}

fn logged_on(switch: &Switch, device: DeviceId) -> Result<&Agent, ServiceError> {
    switch
        .agent(device)
        .ok_or(OperationError::InvalidAgentState.into())
}

/// One entry: the agent who is logged on at the device, or that nobody is.
pub(super) fn get_state(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let at = telephone(switch, argument)?;
    let wanted = group(switch, argument, "acdGroup")?;
    let agent = switch
        .agent(at)
        .filter(|agent| wanted.is_none() || agent.group.is_none() || agent.group == wanted);
    let entry = match agent {
        None => Value::sequence([("loggedOn", Value::Boolean(false))]),
        Some(agent) => {
            let info = Value::sequence([]).with("acdGroup", agent.group.map(|group| device(switch, group)));
            let info = info.with("agentState", Value::named(agent.state.name()));
            Value::sequence([
                ("agentID", Value::Octets(agent.id.as_bytes().to_vec())),
                ("loggedOn", Value::Boolean(true)),
                ("agentInfo", Value::List(vec![info])),
            ])
        }
    };
    Ok(Value::sequence([("agentStateList", Value::List(vec![entry]))]))
}

pub(super) fn set_state(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    let id = argument.get("agentID").and_then(Value::as_octets);
    let id = within("agentID", id, OperationError::InvalidAgentIdentifier)?.map(String::from_utf8_lossy);
    let wanted = argument.get("requestedAgentState").and_then(Value::as_name);
    let state = match wanted {
        Some("loggedOn") => {
            // Without an identity of their own, agents go by the number of their device.
            let number = argument.get("device").and_then(digits).unwrap_or_default();
            let id = id.as_deref().unwrap_or(&number);
            let group = group(switch, argument, "group")?;
            switch.log_on(device, id, group, Duration::ZERO, now)?;
            return Ok(Value::sequence([]));
        }
        Some("loggedOff") => AgentState::Null,
        Some("notReady") => AgentState::NotReady,
        Some("ready") => AgentState::Ready,
        Some("workingAfterCall") => AgentState::WorkingAfterCall,
        _ => return Err(OperationError::AgentStateOutOfRange.into()),
    };
    if id.is_some_and(|id| logged_on(switch, device).is_ok_and(|agent| *agent.id != *id)) {
        return Err(OperationError::InvalidAgentIdentifier.into());
    }
    switch.set_agent_state(device, state, now)?;
    Ok(Value::sequence([]))
}

pub(super) fn get_auto_work_mode(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = telephone(switch, argument)?;
    let interval = logged_on(switch, device)?.after_call.as_secs();
    let members = [("autoWorkOn", Value::Boolean(interval > 0))];
    let seconds = i64::try_from(interval).unwrap_or(i64::MAX);
    Ok(Value::sequence(members).with("autoWorkInterval", Value::Integer(seconds)))
}

pub(super) fn set_auto_work_mode(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    let seconds = argument.get("autoWorkInterval").and_then(Value::as_integer);
    let seconds = seconds.map_or(Ok(0), u64::try_from);
    let seconds = seconds.map_err(|_| OperationError::InvalidParameterValue)?;
    let interval = on(argument, "autoWorkOn").then_some(Duration::from_secs(seconds));
    switch.set_auto_work_mode(device, interval, now)?;
    Ok(no_data())
}
