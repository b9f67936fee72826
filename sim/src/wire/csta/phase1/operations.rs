//! The operations of phase I, one row each: what they ask for in phase III, and how that is answered.

use super::values::{
    connection_down, connection_up, device_up, digits, filter_down, filter_up, local_state, number,
    party_down,
};
use crate::wire::csta::value::Value;

/// One operation.
#[derive(Debug)]
pub struct Operation {
    /// Its code.
    pub code: i64,
    /// Its name in ECMA-179.
    pub name: &'static str,
    /// The type of what is asked.
    pub argument: &'static str,
    /// The service of phase III that is asked for, and its argument.
    pub asks: fn(&Value) -> Option<(&'static str, Value)>,
    /// The answer by that service's result and the operation's own argument: type and value.
    pub answers: fn(&Value, &Value) -> Option<(&'static str, Value)>,
}

impl PartialEq for Operation {
    fn eq(&self, other: &Self) -> bool {
        self.code == other.code
    }
}

impl Eq for Operation {}

pub(super) const SYSTEM_STATUS: i64 = 52;
pub(super) const MONITOR_STOP: i64 = 73;

type Asks = fn(&Value) -> Option<(&'static str, Value)>;
type Answers = fn(&Value, &Value) -> Option<(&'static str, Value)>;

const fn row(
    code: i64,
    name: &'static str,
    argument: &'static str,
    asks: Asks,
    answers: Answers,
) -> Operation {
    Operation {
        code,
        name,
        argument,
        asks,
        answers,
    }
}

/// The operations that Application Link has. Clear Call and Snapshot Call are not among them.
#[rustfmt::skip]
pub static OPERATIONS: &[Operation] = &[
    row(1, "AlternateCall", "ConnectionDetails", |it| pair("AlternateCall", it), nothing),
    row(2, "AnswerCall", "ConnectionID", |it| one("AnswerCall", "callToBeAnswered", it), nothing),
    row(3, "CallCompletion", "CallCompletionArgument", completion, nothing),
    row(5, "ClearConnection", "ConnectionID", |it| one("ClearConnection", "connectionToBeCleared", it), nothing),
    row(6, "ConferenceCall", "ConnectionDetails", |it| pair("ConferenceCall", it), conferenced),
    row(7, "ConsultationCall", "ConsultationCallArgument", consultation, |it, _| new_call("initiatedCall", it)),
    row(8, "DivertCall", "DivertCallArgument", divert, nothing),
    row(9, "HoldCall", "HoldCallArgument", |it| one("HoldCall", "callToBeHeld", it.get("callToBeHeld")?), nothing),
    row(10, "MakeCall", "MakeCallArgument", |it| make("MakeCall", it), |it, _| new_call("callingDevice", it)),
    row(11, "MakePredictiveCall", "MakeCallArgument", |it| make("MakePredictiveCall", it), |it, _| new_call("initiatedCall", it)),
    row(12, "QueryDevice", "QueryDeviceArgument", query, queried),
    row(13, "ReconnectCall", "ConnectionDetails", |it| pair("ReconnectCall", it), nothing),
    row(14, "RetrieveCall", "ConnectionID", |it| one("RetrieveCall", "callToBeRetrieved", it), nothing),
    row(15, "SetFeature", "SetFeatureArgument", set_feature, nothing),
    row(16, "TransferCall", "ConnectionDetails", |it| pair("TransferCall", it), transferred),
    row(SYSTEM_STATUS, "SystemStatus", "SystemStatus", system_status, nothing),
    row(71, "MonitorStart", "MonitorStartArgument", monitor_start, monitor_started),
    row(72, "ChangeMonitorFilter", "ChangeMonitorFilterArgument", change_filter, filter_changed),
    row(MONITOR_STOP, "MonitorStop", "MonitorCrossRefID", |it| Some(("MonitorStop", Value::sequence([("crossRefIdentifier", it.clone())]))), nothing),
    row(74, "SnapshotDevice", "DeviceID", |it| Some(("SnapshotDevice", Value::sequence([("snapshotObject", device_up(it)?)]))), snapshot),
];

/// The operation with that code.
pub(super) fn by_code(code: i64) -> Option<&'static Operation> {
    OPERATIONS.iter().find(|operation| operation.code == code)
}

type Asked = Option<(&'static str, Value)>;

fn nothing(_: &Value, _: &Value) -> Asked {
    Some(("NoData", Value::Null))
}

fn one(service: &'static str, member: &'static str, connection: &Value) -> Asked {
    Some((service, Value::sequence([(member, connection_up(connection)?)])))
}

/// Operations on two calls of one device. Where only one is named, the other one is named by its device alone: the
/// switch knows which of its calls is held and which is active.
fn pair(service: &'static str, details: &Value) -> Asked {
    let both = details.get("bothCalls").unwrap_or(details);
    let named = |member| both.get(member).and_then(connection_up);
    let other = |connection: &Value| {
        let device = connection.get("both")?.get("deviceID")?.clone();
        Some(Value::choice("deviceID", device))
    };
    let (held, active) = match (named("heldCall"), named("activeCall")) {
        (Some(held), Some(active)) => (held, active),
        (Some(held), None) => (held.clone(), other(&held)?),
        (None, active) => (other(active.as_ref()?)?, active?),
    };
    Some((
        service,
        Value::sequence([("heldCall", held), ("activeCall", active)]),
    ))
}

fn completion(argument: &Value) -> Asked {
    let (kind, connection) = argument.chosen()?;
    match kind {
        "campon" => one("CamponCall", "camponConnection", connection),
        "callback" => one("CallBack", "callbackConnection", connection),
        _ => one("IntrudeCall", "intrude", connection),
    }
}

fn consultation(argument: &Value) -> Asked {
    let members = [
        ("existingCall", connection_up(argument.get("existingCall")?)?),
        (
            "consultedDevice",
            device_up(argument.get("calledDirectoryNumber")?)?,
        ),
    ];
    Some(("ConsultationCall", Value::sequence(members)))
}

fn divert(argument: &Value) -> Asked {
    let members = [
        (
            "callToBeDiverted",
            connection_up(argument.get("callToBeDiverted")?)?,
        ),
        ("newDestination", device_up(argument.get("newDestination")?)?),
    ];
    Some(("DeflectCall", Value::sequence(members)))
}

/// Phase I knows no prompting: the device is off-hook at once.
fn make(service: &'static str, argument: &Value) -> Asked {
    let members = Value::sequence([
        ("callingDevice", device_up(argument.get("callingDevice")?)?),
        (
            "calledDirectoryNumber",
            device_up(argument.get("calledDirectoryNumber")?)?,
        ),
    ]);
    let prompts = (service == "MakeCall").then(|| Value::named("doNotPrompt"));
    Some((service, members.with("autoOriginate", prompts)))
}

fn new_call(member: &str, result: &Value) -> Asked {
    Some(("ConnectionID", connection_down(result.get(member)?)?))
}

fn connections(result: &Value) -> Option<Value> {
    let entries = result.get("connections")?.items().iter();
    let new = entries.filter_map(|entry| connection_down(entry.get("newConnection")?));
    Some(Value::List(new.collect()))
}

fn conferenced(result: &Value, _: &Value) -> Asked {
    let new = connection_down(result.get("conferenceCall")?)?;
    let members = Value::sequence([("conferenceCall", new)]);
    Some((
        "ConferenceCallResult",
        members.with("connections", connections(result)),
    ))
}

fn transferred(result: &Value, _: &Value) -> Asked {
    let new = result.get("transferredCall").and_then(connection_down);
    let members = Value::sequence([]).with("transferredCall", new);
    Some((
        "TransferCallResult",
        members.with("connections", connections(result)),
    ))
}

fn query(argument: &Value) -> Asked {
    let device = Value::sequence([("device", device_up(argument.get("device")?)?)]);
    let service = match argument.get("feature")?.as_name()? {
        "msgWaitingOn" => "GetMessageWaitingIndicator",
        "doNotDisturb" => "GetDoNotDisturb",
        "forward" => "GetForwarding",
        "deviceInfo" => "GetLogicalDeviceInformation",
        _ => "GetAgentState",
    };
    Some((service, device))
}

/// Forwarding types of phase I for those of phase III, on and off; types that tell inside from outside go with the
/// plain ones.
fn forwarding_type(name: &str, on: bool) -> &'static str {
    let forms = if name.starts_with("forwardBusy") {
        ["forwardBusyOff", "forwardBusyOn"]
    } else if name.starts_with("forwardNoAns") {
        ["forwardNoAnsOff", "forwardNoAnsOn"]
    } else {
        ["forwardAlwaysOff", "forwardAlwaysOn"]
    };
    forms[usize::from(on)]
}

/// A forwarding as phase I has it. Clients expect a number even where there is none.
pub(super) fn forward_parameter(name: &str, on: bool, to: Option<String>) -> Value {
    Value::sequence([
        ("forwardingType", Value::named(forwarding_type(name, on))),
        ("forwardDN", Value::text(to.unwrap_or_default())),
    ])
}

fn queried(result: &Value, argument: &Value) -> Asked {
    let feature = argument.get("feature")?.as_name()?;
    let answer = match feature {
        "msgWaitingOn" => result.get("messageWaitingOn")?.clone(),
        "doNotDisturb" => result.get("doNotDisturbOn")?.clone(),
        "forward" => match result.get("forwardingList")?.items().first() {
            None => forward_parameter("forwardImmediate", false, None),
            Some(item) => {
                let name = item.get("forwardingType").and_then(Value::as_name)?;
                forward_parameter(name, true, item.get("forwardDN").and_then(digits))
            }
        },
        "deviceInfo" => Value::sequence([
            ("deviceId", argument.get("device")?.clone()),
            ("deviceType", Value::named("station")),
            // Voice is the first of the classes.
            ("deviceClass", Value::Bits(1)),
        ]),
        _ => {
            let entry = result.get("agentStateList")?.items().first()?;
            let state = entry.get("agentInfo").and_then(|info| info.items().first());
            let state = state.and_then(|info| info.get("agentState")?.as_name());
            Value::named(match state {
                None | Some("agentNull") => "logOut",
                Some("agentReady") => "ready",
                Some("agentWorkingAfterCall") => "workNotReady",
                Some("agentBusy") => "workReady",
                Some(_) => "notReady",
            })
        }
    };
    Some(("QueryDeviceResult", Value::choice(feature, answer)))
}

fn set_feature(argument: &Value) -> Asked {
    let device = Value::sequence([("device", device_up(argument.get("device")?)?)]);
    let (feature, value) = argument.get("feature")?.chosen()?;
    Some(match feature {
        "msgWaitingOn" => (
            "SetMessageWaitingIndicator",
            device.with("messageWaitingOn", value.clone()),
        ),
        "doNotDisturb" => ("SetDoNotDisturb", device.with("doNotDisturbOn", value.clone())),
        "forward" => {
            let (kind, on) = match value.get("forwardingType")?.as_name()? {
                "forwardAlwaysOn" => ("forwardImmediate", true),
                "forwardAlwaysOff" => ("forwardImmediate", false),
                "forwardBusyOn" => ("forwardBusy", true),
                "forwardBusyOff" => ("forwardBusy", false),
                "forwardNoAnsOn" => ("forwardNoAns", true),
                _ => ("forwardNoAns", false),
            };
            let to = value.get("forwardDN").and_then(Value::as_text).map(number);
            let device = device
                .with("forwardingType", Value::named(kind))
                .with("activateForward", Value::Boolean(on));
            ("SetForwarding", device.with("forwardDN", to))
        }
        _ => {
            let (state, detail) = value.chosen()?;
            let wanted = match state {
                "logOn" => "loggedOn",
                "logOff" => "loggedOff",
                "ready" | "workReady" => "ready",
                "workNotReady" => "workingAfterCall",
                _ => "notReady",
            };
            let group = detail.get("agentGroup").and_then(device_up);
            let device = device.with("requestedAgentState", Value::named(wanted));
            ("SetAgentState", device.with("group", group))
        }
    })
}

fn system_status(status: &Value) -> Asked {
    Some((
        "SystemStatus",
        Value::sequence([("systemStatus", status.clone())]),
    ))
}

fn monitor_start(argument: &Value) -> Asked {
    let object = match argument.get("monitorObject")?.chosen()? {
        ("callObject", call) => Value::choice("callObject", connection_up(call)?),
        (plan, number) => {
            let device = Value::choice(plan, number.clone());
            Value::choice("deviceObject", device_up(&device)?)
        }
    };
    let asked = Value::sequence([("monitorObject", object)])
        .with(
            "requestedMonitorFilter",
            argument.get("requestedMonitorFilter").map(filter_up),
        )
        .with("monitorType", argument.get("monitorType").cloned());
    Some(("MonitorStart", asked))
}

fn monitor_started(result: &Value, _: &Value) -> Asked {
    let members = [("crossRefIdentifier", result.get("crossRefIdentifier")?.clone())];
    let filter = result.get("actualmonitorFilter").map(filter_down);
    let answer = Value::sequence(members).with("actualmonitorFilter", filter);
    Some(("MonitorStartResult", answer))
}

fn change_filter(argument: &Value) -> Asked {
    let members = [
        ("crossRefIdentifier", argument.get("crossRefIdentifier")?.clone()),
        (
            "requestedFilterList",
            filter_up(argument.get("requestedFilterList")?),
        ),
    ];
    Some(("ChangeMonitorFilter", Value::sequence(members)))
}

fn filter_changed(result: &Value, _: &Value) -> Asked {
    let filter = filter_down(result.get("actualFilterList")?);
    Some(("ChangeMonitorFilterResult", filter))
}

fn snapshot(result: &Value, argument: &Value) -> Asked {
    let data = result.get("crossRefIDorSnapshotData")?.get("snapshotData")?;
    let item = |entry: &Value| {
        let id = connection_down(entry.get("connectionIdentifier")?)?;
        let state = local_state(entry.get("localCallState")?);
        let members = [("deviceOnCall", party_down(argument)?), ("callIdentifier", id)];
        Some(Value::sequence(members).with("localConnectionState", state.map(Value::named)))
    };
    let items = data.items().iter().map(item).collect::<Option<Vec<_>>>()?;
    Some(("SnapshotDeviceResult", Value::List(items)))
}
