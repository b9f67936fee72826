//! The switch's events as CSTA's.

use super::identifiers::{call, connection, device, known, number, party, redirection};
use super::services::size;
use crate::exchange::switch::{
    AgentState, CallEvent, CallEventKind, ConnectionId, ConnectionListEntry, DeviceEvent, DeviceEventKind,
    DeviceId, Merge, Party, Switch,
};
use crate::wire::csta::{services::Event, value::Value};

/// An event of a call, for a monitor of device `local`, or of the whole call.
pub(super) fn call_event(
    switch: &Switch,
    event: &CallEvent,
    local: Option<DeviceId>,
) -> Option<(&'static Event, Value)> {
    use CallEventKind as Kind;
    let info = &event.info;
    let at = |id: &DeviceId| connection(switch, ConnectionId::new(event.call, *id));
    let calling = || party(switch, &info.calling);
    let called = || party(switch, &info.called);
    let last = || redirection(switch, info.last_redirection.as_ref());
    // Most events of a call name the connection, the device at it, and who calls whom.
    let parties = |connection: &'static str, subject: &'static str, id: &DeviceId| {
        Value::sequence([
            (connection, at(id)),
            (subject, known(switch, *id)),
            ("callingDevice", calling()),
            ("calledDevice", called()),
            ("lastRedirectionDevice", last()),
        ])
    };
    let plain = |connection: &'static str, subject: &'static str, id: &DeviceId| {
        Value::sequence([(connection, at(id)), (subject, known(switch, *id))])
    };
    let (ty, data) = match &event.kind {
        Kind::ServiceInitiated { device } => (
            "ServiceInitiatedEvent",
            plain("initiatedConnection", "initiatingDevice", device),
        ),
        Kind::DigitsDialed { device, digits } => {
            let data = plain("dialingConnection", "dialingDevice", device);
            ("DigitsDialedEvent", data.with("dialingSequence", number(digits)))
        }
        Kind::Originated { device } => {
            let data = plain("originatedConnection", "callingDevice", device);
            ("OriginatedEvent", data.with("calledDevice", called()))
        }
        Kind::Offered { device } => (
            "OfferedEvent",
            parties("offeredConnection", "offeredDevice", device),
        ),
        Kind::Delivered { device } => ("DeliveredEvent", parties("connection", "alertingDevice", device)),
        Kind::Established { device } => (
            "EstablishedEvent",
            parties("establishedConnection", "answeringDevice", device),
        ),
        Kind::Held { device } => ("HeldEvent", plain("heldConnection", "holdingDevice", device)),
        Kind::Retrieved { device } => (
            "RetrievedEvent",
            plain("retrievedConnection", "retrievingDevice", device),
        ),
        Kind::Queued {
            device,
            number_queued,
            calls_in_front,
        } => {
            let data = parties("queuedConnection", "queue", device);
            let data = data.with("numberQueued", Value::Integer(i64::from(*number_queued)));
            (
                "QueuedEvent",
                data.with("callsInFront", Value::Integer(i64::from(*calls_in_front))),
            )
        }
        Kind::Diverted {
            device,
            new_destination,
        } => {
            let data = parties("connection", "divertingDevice", device);
            (
                "DivertedEvent",
                data.with("newDestination", party(switch, new_destination)),
            )
        }
        Kind::Failed { device } => (
            "FailedEvent",
            parties("failedConnection", "failingDevice", device),
        ),
        Kind::NetworkReached { device } => (
            "NetworkReachedEvent",
            parties("outboundConnection", "networkInterfaceUsed", device),
        ),
        Kind::ConnectionCleared { device, releasing } => {
            let members = [
                ("droppedConnection", at(device)),
                ("releasingDevice", known(switch, *releasing)),
            ];
            ("ConnectionClearedEvent", Value::sequence(members))
        }
        Kind::CallCleared => (
            "CallClearedEvent",
            Value::sequence([("clearedCall", call(event.call))]),
        ),
        Kind::Transferred(merge) => {
            let data = Value::sequence([
                ("primaryOldCall", connection(switch, merge.primary_old)),
                ("transferringDevice", known(switch, merge.device)),
                ("transferredToDevice", party(switch, &merge.to)),
                ("transferredConnections", connections(switch, merge)),
            ]);
            (
                "TransferredEvent",
                data.with(
                    "secondaryOldCall",
                    merge.secondary_old.map(|old| connection(switch, old)),
                ),
            )
        }
        Kind::Conferenced(merge) => {
            let data = Value::sequence([
                ("primaryOldCall", connection(switch, merge.primary_old)),
                ("conferencingDevice", known(switch, merge.device)),
                ("addedParty", party(switch, &merge.to)),
                ("conferenceConnections", connections(switch, merge)),
            ]);
            (
                "ConferencedEvent",
                data.with(
                    "secondaryOldCall",
                    merge.secondary_old.map(|old| connection(switch, old)),
                ),
            )
        }
        Kind::DigitsGenerated { device, digits } => {
            let members = [
                ("connection", at(device)),
                ("digitGeneratedList", Value::text(&**digits)),
            ];
            ("DigitsGeneratedEvent", Value::sequence(members))
        }
        Kind::TelephonyTonesGenerated { device, tone } => {
            let members = [
                ("connection", at(device)),
                ("toneGenerated", Value::named(tone.name())),
            ];
            ("TelephonyTonesGeneratedEvent", Value::sequence(members))
        }
        Kind::CallInformation { device } => ("CallInformationEvent", plain("connection", "device", device)),
    };
    let found = Event::by_type(ty)?;
    let state = local.map(|id| Value::named(event.local_connection_info(id).name()));
    let extra = [
        ("localConnectionInfo", state),
        ("cause", Some(Value::named(event.cause.name()))),
        (
            "correlatorData",
            info.correlator.as_ref().map(|data| Value::Octets(data.to_vec())),
        ),
        (
            "userData",
            info.user_data.as_ref().map(|data| Value::Octets(data.to_vec())),
        ),
        (
            "associatedCallingDevice",
            info.associated_calling.map(|id| known(switch, id)),
        ),
        (
            "associatedCalledDevice",
            info.associated_called.map(|id| known(switch, id)),
        ),
    ];
    // Not every event has room for all that travels with a call.
    let ty = found.phase3_type()?;
    let extra = extra.into_iter().filter(|(name, _)| ty.field(name).is_some());
    Some((
        found,
        extra.fold(data, |data, (name, value)| data.with(name, value)),
    ))
}

fn connections(switch: &Switch, merge: &Merge) -> Value {
    connection_list(switch, &merge.connections)
}

/// How old connections became new ones.
pub(super) fn connection_list(switch: &Switch, entries: &[ConnectionListEntry]) -> Value {
    let item = |entry: &ConnectionListEntry| {
        let endpoint = match &entry.endpoint {
            Party::Device(id) => Value::choice("deviceID", device(switch, *id)),
            Party::Number(digits) => Value::choice("deviceID", number(digits)),
            Party::NotKnown => Value::choice("notKnown", Value::Null),
            Party::Restricted => Value::choice("restricted", Value::Null),
        };
        let trunk = entry
            .associated_nid
            .map(|id| Value::choice("deviceID", device(switch, id)));
        Value::sequence([])
            .with("newConnection", entry.new.map(|new| connection(switch, new)))
            .with("oldConnection", entry.old.map(|old| connection(switch, old)))
            .with("endpoint", endpoint)
            .with("associatedNID", trunk)
    };
    Value::List(entries.iter().map(item).collect())
}

/// An event of a device; `None` for what has no event in the schema.
pub(super) fn device_event(switch: &Switch, event: &DeviceEvent) -> Option<(&'static Event, Value)> {
    use DeviceEventKind as Kind;
    let subject = known(switch, event.device);
    let on = |name: &'static str, subject_name: &'static str, on: bool| {
        Value::sequence([(subject_name, subject.clone()), (name, Value::Boolean(on))])
    };
    let part = |id: &'static str, name: &'static str, value: Value| {
        let part = Value::Octets(b"0".to_vec());
        Value::sequence([("invokingDevice", subject.clone()), (id, part), (name, value)])
    };
    let percent = |value: u8| i64::from(value.min(100));
    let (ty, data) = match &event.kind {
        Kind::DoNotDisturb { on: value } => ("DoNotDisturbEvent", on("doNotDisturbOn", "device", *value)),
        Kind::Forwarding {
            forwarding_type,
            forward,
        } => {
            let data = on("forwardStatus", "device", forward.is_some());
            let data = data.with("forwardingType", Value::named(forwarding_type.name()));
            (
                "ForwardingEvent",
                data.with("forwardTo", forward.as_ref().map(|forward| number(&forward.to))),
            )
        }
        Kind::MessageWaiting { on: value } => (
            "MessageWaitingEvent",
            on("messageWaitingOn", "targetDevice", *value),
        ),
        Kind::AutoAnswer { on: value } => ("AutoAnswerEvent", on("autoAnswerOn", "invokingDevice", *value)),
        Kind::CallBack { target, on: value } => {
            let data = on("callBackSetCanceled", "originatingDevice", *value);
            ("CallBackEvent", data.with("targetDevice", known(switch, *target)))
        }
        Kind::AutoWorkMode { interval } => {
            let data = on("autoWorkOn", "invokingDevice", interval.is_some());
            let seconds = interval.map(|time| i64::try_from(time.as_secs()).unwrap_or(i64::MAX));
            (
                "AutoWorkModeEvent",
                data.with("autoWorkInterval", seconds.map(Value::Integer)),
            )
        }
        Kind::AgentLoggedOn { agent, group } => {
            let members = [
                ("agentDevice", subject.clone()),
                ("agentID", Value::Octets(agent.as_bytes().to_vec())),
            ];
            let group = group.map(|group| device(switch, group));
            (
                "AgentLoggedOnEvent",
                Value::sequence(members).with("acdGroup", group),
            )
        }
        Kind::CallBackMessage { target, on: value } => {
            let data = on("callBackMsgSetCanceled", "originatingDevice", *value);
            (
                "CallBackMessageEvent",
                data.with("targetDevice", known(switch, *target)),
            )
        }
        Kind::RouteingMode { on: value } => ("RouteingModeEvent", on("routeingMode", "device", *value)),
        Kind::ButtonInformation {
            button,
            label,
            number: associated,
        } => {
            let data = Value::sequence([
                ("device", subject.clone()),
                ("button", Value::Octets(button.to_string().into_bytes())),
                ("buttonLabel", Value::text(&**label)),
            ]);
            let associated = (!associated.is_empty()).then(|| number(associated));
            (
                "ButtonInformationEvent",
                data.with("buttonAssociatedNumber", associated),
            )
        }
        Kind::Agent { agent, group, state } => {
            let ty = match state {
                AgentState::NotReady => "AgentNotReadyEvent",
                AgentState::Null => "AgentLoggedOffEvent",
                AgentState::Ready => "AgentReadyEvent",
                AgentState::Busy => "AgentBusyEvent",
                AgentState::WorkingAfterCall => "AgentWorkingAfterCallEvent",
            };
            let members = [
                ("agentDevice", subject.clone()),
                ("agentID", Value::Octets(agent.as_bytes().to_vec())),
            ];
            (
                ty,
                Value::sequence(members).with("acdGroup", group.map(|group| device(switch, group))),
            )
        }
        Kind::BackInService => (
            "BackInServiceEvent",
            Value::sequence([("device", subject.clone())]),
        ),
        Kind::OutOfService => (
            "OutOfServiceEvent",
            Value::sequence([("device", subject.clone())]),
        ),
        Kind::Hookswitch { off_hook } => {
            let data = on("hookswitchOnHook", "device", !off_hook);
            (
                "HookswitchEvent",
                data.with("hookswitch", Value::Octets(b"0".to_vec())),
            )
        }
        Kind::LampMode { lamp, mode } => {
            let members = [
                ("device", subject.clone()),
                ("lamp", Value::Octets(lamp.to_string().into_bytes())),
                ("lampMode", Value::Integer(i64::from(mode.code()))),
            ];
            ("LampModeEvent", Value::sequence(members))
        }
        Kind::ButtonPress { button } => {
            let button = Value::Octets(button.to_string().into_bytes());
            (
                "ButtonPressEvent",
                Value::sequence([("device", subject.clone()), ("button", button)]),
            )
        }
        Kind::DisplayUpdated { contents } => {
            let (rows, columns) = size(contents);
            let members = [
                ("device", subject.clone()),
                ("logicalRows", Value::Integer(rows)),
                ("logicalColumns", Value::Integer(columns)),
                ("contentsOfDisplay", Value::text(&**contents)),
            ];
            ("DisplayUpdatedEvent", Value::sequence(members))
        }
        Kind::RingerStatus {
            ringing,
            pattern,
            volume,
        } => {
            let members = [
                ("device", subject.clone()),
                ("ringer", Value::Octets(b"0".to_vec())),
                (
                    "ringMode",
                    Value::named(if *ringing { "ringing" } else { "notRinging" }),
                ),
                ("ringPattern", Value::Integer(i64::from(*pattern))),
                (
                    "ringVolume",
                    Value::choice("volAbs", Value::Integer(percent(*volume))),
                ),
            ];
            ("RingerStatusEvent", Value::sequence(members))
        }
        Kind::MicrophoneGain { gain } => {
            let value = Value::choice("micGainAbs", Value::Integer(percent(*gain)));
            (
                "MicrophoneGainEvent",
                part("auditoryApparatus", "microphoneGain", value),
            )
        }
        Kind::MicrophoneMute { on } => (
            "MicrophoneMuteEvent",
            part("auditoryApparatus", "microphoneMuteOn", Value::Boolean(*on)),
        ),
        Kind::SpeakerVolume { volume } => {
            let value = Value::choice("volAbs", Value::Integer(percent(*volume)));
            (
                "SpeakerVolumeEvent",
                part("auditoryApparatus", "speakerVolume", value),
            )
        }
        Kind::SpeakerMute { on } => (
            "SpeakerMuteEvent",
            part("auditoryApparatus", "speakerMuteOn", Value::Boolean(*on)),
        ),
        // The standard knows no screening, and no service of this switch comes to nothing after it was accepted.
        Kind::CallScreening { .. } | Kind::ServiceCompletionFailure { .. } => return None,
    };
    Some((Event::by_type(ty)?, data))
}
