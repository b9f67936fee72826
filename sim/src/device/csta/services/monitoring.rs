//! Monitors: started, changed and stopped by clients.

use std::collections::BTreeSet;

use super::{calls::existing_call, no_data};
use crate::device::csta::{
    ClientId, CstaServer,
    identifiers::digits,
    monitor::{Monitor, Object},
};
use crate::exchange::switch::{
    OperationError, ServiceError, SubscribedResourceError, Switch, SystemResourceError,
};
use crate::wire::csta::value::Value;

type Answer = Result<Value, ServiceError>;

pub(super) fn start(
    server: &mut CstaServer,
    switch: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let wanted = argument.get("monitorObject");
    let object = match wanted.and_then(Value::chosen) {
        Some(("deviceObject", device)) => {
            let id = digits(device).and_then(|digits| switch.device(&digits));
            Object::Device(id.ok_or(OperationError::InvalidDeviceId)?)
        }
        Some((_, call)) => Object::Call(existing_call(switch, call)?),
        None => return Err(OperationError::InvalidMonitorObject.into()),
    };
    let kind = argument.get("monitorType").and_then(Value::as_name);
    let follows_calls = matches!(object, Object::Call(_)) || kind == Some("call");
    if matches!(object, Object::Call(_)) && kind == Some("device") {
        return Err(OperationError::InvalidMonitorType.into());
    }
    let profile = server.profile();
    if server.monitors.len() >= profile.monitors_max {
        return Err(SystemResourceError::OverallMonitorLimitExceeded.into());
    }
    if server.watched.get(&object).map_or(0, BTreeSet::len) >= profile.monitors_per_object {
        return Err(SubscribedResourceError::ObjectMonitorLimitExceeded.into());
    }
    let calls = match object {
        Object::Call(call) => BTreeSet::from([call]),
        Object::Device(device) if follows_calls => {
            switch.snapshot_device(device).iter().map(|at| at.call).collect()
        }
        Object::Device(_) => BTreeSet::new(),
    };
    let filter = argument
        .get("requestedMonitorFilter")
        .cloned()
        .unwrap_or(Value::sequence([]));
    server.last_monitor += 1;
    let id = server.last_monitor;
    server.watched.entry(object).or_default().insert(id);
    if follows_calls {
        server.followers.insert(id);
    }
    server.monitors.insert(
        id,
        Monitor {
            client,
            object,
            follows_calls,
            calls,
            filter: filter.clone(),
        },
    );
    Ok(Value::sequence([
        ("crossRefIdentifier", Value::Octets(id.to_string().into_bytes())),
        ("actualmonitorFilter", filter),
        ("monitorExistingCalls", Value::Boolean(true)),
    ]))
}

/// The monitor of this client that `argument` names.
fn own(server: &CstaServer, client: ClientId, argument: &Value) -> Result<u32, ServiceError> {
    let octets = argument.get("crossRefIdentifier").and_then(Value::as_octets);
    let id = octets.and_then(|octets| std::str::from_utf8(octets).ok()?.parse().ok());
    let own = id.filter(|id| {
        server
            .monitors
            .get(id)
            .is_some_and(|monitor| monitor.client == client)
    });
    own.ok_or(OperationError::InvalidMonitorCrossRefId.into())
}

pub(super) fn stop(server: &mut CstaServer, _: &mut Switch, client: ClientId, argument: &Value) -> Answer {
    let id = own(server, client, argument)?;
    server.forget_monitor(id);
    Ok(no_data())
}

pub(super) fn change_filter(
    server: &mut CstaServer,
    _: &mut Switch,
    client: ClientId,
    argument: &Value,
) -> Answer {
    let id = own(server, client, argument)?;
    let filter = argument
        .get("requestedFilterList")
        .cloned()
        .unwrap_or(Value::sequence([]));
    if let Some(monitor) = server.monitors.get_mut(&id) {
        monitor.filter = filter.clone();
    }
    Ok(Value::sequence([("actualFilterList", filter)]))
}
