//! Snapshots of devices and calls.

use super::calls::existing_call;
use crate::device::csta::identifiers::{connection, known, party, to_device};
use crate::exchange::switch::{
    ConnectionId, ConnectionState, OperationError, ServiceError, Switch, simple_call_state,
};
use crate::time::SimTime;
use crate::wire::csta::value::Value;

type Answer = Result<Value, ServiceError>;

pub(super) fn device(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = to_device(
        switch,
        argument,
        "snapshotObject",
        OperationError::InvalidDeviceId,
    )?;
    let connections = switch.snapshot_device(device);
    let items = connections.into_iter().map(|at| item(switch, at)).collect();
    let data = Value::choice("snapshotData", Value::List(items));
    Ok(Value::sequence([("crossRefIDorSnapshotData", data)]))
}

fn item(switch: &Switch, at: ConnectionId) -> Value {
    let states = switch.snapshot_call(at.call).unwrap_or_default();
    let (local, others): (Vec<_>, Vec<_>) = states.into_iter().partition(|(member, _)| *member == at.device);
    let local = local.first().map_or(ConnectionState::Null, |(_, state)| *state);
    let simple = match others[..] {
        [] => simple_call_state(local, ConnectionState::Null),
        [(_, other)] => simple_call_state(local, other),
        _ => None,
    };
    let state = match simple {
        Some((_, name)) => Value::choice("simpleCallState", Value::named(name)),
        None => {
            let states = std::iter::once(local).chain(others.iter().map(|(_, state)| *state));
            let states = states.map(|state| Value::named(state.name())).collect();
            Value::choice("compoundCallState", Value::List(states))
        }
    };
    let endpoint = match others[..] {
        [(other, _)] => Some(known(switch, other)),
        _ => None,
    };
    Value::sequence([
        ("connectionIdentifier", connection(switch, at)),
        ("localCallState", state),
    ])
    .with("endpointDevice", endpoint)
}

pub(super) fn call(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let call = existing_call(switch, argument.get("snapshotObject").unwrap_or(&Value::Null))?;
    let item = |(device, state): (_, ConnectionState)| {
        Value::sequence([
            ("deviceOnCall", known(switch, device)),
            (
                "callIdentifier",
                connection(switch, ConnectionId::new(call, device)),
            ),
            ("localConnectionState", Value::named(state.name())),
        ])
    };
    let items = switch
        .snapshot_call(call)
        .unwrap_or_default()
        .into_iter()
        .map(item)
        .collect();
    let data = Value::choice("snapshotData", Value::List(items));
    let result = Value::sequence([("crossRefIDorSnapshotData", data)]);
    let Some(info) = switch.call_info(call) else {
        return Ok(result);
    };
    let correlator = info.correlator.as_ref().map(|data| Value::Octets(data.to_vec()));
    Ok(result
        .with("callingDevice", party(switch, &info.calling))
        .with("calledDevice", party(switch, &info.called))
        .with("correlatorData", correlator))
}
