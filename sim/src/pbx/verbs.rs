//! What can be done at a PBX by hand: verbs, one row each.

use std::time::Duration;

use crate::device::csta::{ClientId, CstaServer};
use crate::exchange::switch::{
    AgentState, CallOptions, ConnectionId, ConnectionState, DeviceId, Forward, ForwardingType,
    OperationError, Participation, Party, ServiceError, StateError, Switch,
};
use crate::time::SimTime;

/// One verb.
#[derive(Debug)]
pub struct Verb {
    /// The first word.
    pub name: &'static str,
    /// What follows it.
    pub words: &'static str,
    /// What it does.
    pub meaning: &'static str,
    pub(super) act: Act,
}

/// Done at an extension, with the word behind it where the verb has one.
type AtTelephone = fn(&mut Switch, DeviceId, &str, SimTime) -> Result<(), ServiceError>;

/// Done at the PBX itself, with all words behind the verb.
type AtPbx = fn(&mut CstaServer, &mut Switch, &[String], SimTime) -> Result<(), String>;

#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Telephone(AtTelephone),
    Pbx(AtPbx),
    Status,
    Help,
    Watch,
    Quit,
}

const fn at(name: &'static str, words: &'static str, meaning: &'static str, act: AtTelephone) -> Verb {
    Verb {
        name,
        words,
        meaning,
        act: Act::Telephone(act),
    }
}

const fn pbx(name: &'static str, words: &'static str, meaning: &'static str, act: AtPbx) -> Verb {
    Verb {
        name,
        words,
        meaning,
        act: Act::Pbx(act),
    }
}

const fn own(name: &'static str, meaning: &'static str, act: Act) -> Verb {
    Verb {
        name,
        words: "",
        meaning,
        act,
    }
}

/// Every verb. `EXTENSION` is the telephone that something is done at.
#[rustfmt::skip]
pub static VERBS: &[Verb] = &[
    at("call", "EXTENSION NUMBER", "calls a number", |switch, device, to, now| {
        switch.make_call(device, to, &CallOptions::default(), now).map(drop)
    }),
    at("answer", "EXTENSION", "answers the call that rings", |switch, device, _, now| {
        let alerting = the(switch, device, ConnectionState::Alerting)?;
        switch.answer_call(alerting, now)
    }),
    at("clear", "EXTENSION", "leaves the call, or the one that was held last", |switch, device, _, now| {
        let states = [
            ConnectionState::Connected, ConnectionState::Fail, ConnectionState::Initiated, ConnectionState::Alerting,
            ConnectionState::Queued, ConnectionState::Hold,
        ];
        let left = states.into_iter().find_map(|state| switch.connection_in(device, state));
        switch.clear_connection(left.ok_or(StateError::NoCallToClear)?, now)
    }),
    at("hold", "EXTENSION", "puts the call on hold", |switch, device, _, now| {
        let active = the(switch, device, ConnectionState::Connected)?;
        switch.hold_call(active, now)
    }),
    at("retrieve", "EXTENSION", "comes back to the held call", |switch, device, _, now| {
        let held = the(switch, device, ConnectionState::Hold)?;
        switch.retrieve_call(held, now)
    }),
    at("alternate", "EXTENSION", "holds the call and comes back to the held one", |switch, device, _, now| {
        let (held, active) = pair(switch, device)?;
        switch.alternate_call(held, active, now)
    }),
    at("consult", "EXTENSION NUMBER", "puts the call on hold and calls a number", |switch, device, to, now| {
        let active = the(switch, device, ConnectionState::Connected)?;
        switch.consultation_call(active, to, &CallOptions::default(), now).map(drop)
    }),
    at("reconnect", "EXTENSION", "leaves the call and comes back to the held one", |switch, device, _, now| {
        let (held, active) = pair(switch, device)?;
        switch.reconnect_call(active, held, now)
    }),
    at("transfer", "EXTENSION", "joins the held call and the other one, and leaves", |switch, device, _, now| {
        let (held, active) = pair(switch, device)?;
        switch.transfer_call(held, active, now).map(drop)
    }),
    at("send-on", "EXTENSION NUMBER", "transfers the call to a number in one step", |switch, device, to, now| {
        let active = the(switch, device, ConnectionState::Connected)?;
        switch.single_step_transfer(active, to, now).map(drop)
    }),
    at("conference", "EXTENSION", "joins the held call and the other one, and stays", |switch, device, _, now| {
        let (held, active) = pair(switch, device)?;
        switch.conference_call(held, active, now).map(drop)
    }),
    at("invite", "EXTENSION NUMBER", "takes another extension into the call", |switch, device, to, now| {
        let active = the(switch, device, ConnectionState::Connected)?;
        let joining = switch.device(to).ok_or(OperationError::InvalidDeviceId)?;
        switch.single_step_conference(active, joining, Participation::Active, now).map(drop)
    }),
    at("deflect", "EXTENSION NUMBER", "sends the call that rings to a number", |switch, device, to, now| {
        let alerting = the(switch, device, ConnectionState::Alerting)?;
        switch.deflect_call(alerting, to, now)
    }),
    at("park", "EXTENSION [SLOT]", "parks the call, at this slot or at any", |switch, device, slot, now| {
        let active = the(switch, device, ConnectionState::Connected)?;
        let slot = match slot {
            "" => None,
            number => Some(switch.device(number).ok_or(OperationError::InvalidParkToDeviceId)?),
        };
        switch.park_call(active, slot, now).map(drop)
    }),
    at("pick-up", "EXTENSION [NUMBER]", "takes the call that rings or is parked there, or in its group", |switch, device, from, now| {
        if from.is_empty() {
            return switch.group_pickup_call(device, now).map(drop);
        }
        let other = switch.device(from).ok_or(OperationError::InvalidPickUpDeviceId)?;
        let waiting = [ConnectionState::Alerting, ConnectionState::Queued, ConnectionState::Connected];
        let waiting = waiting.into_iter().find_map(|state| switch.connection_in(other, state));
        switch.directed_pickup_call(waiting.ok_or(StateError::NoCallToAnswer)?, device, now).map(drop)
    }),
    at("camp-on", "EXTENSION", "waits for whom it found busy", |switch, device, _, now| {
        let calling = the(switch, device, ConnectionState::Connected)?;
        switch.camp_on_call(calling, now).map(drop)
    }),
    at("call-back", "EXTENSION", "is called back by whom it did not reach", |switch, device, _, now| {
        let calling = the(switch, device, ConnectionState::Connected)?;
        switch.call_back(calling, now)
    }),
    at("digits", "EXTENSION DIGITS", "sends digits in the call", |switch, device, digits, now| {
        let active = the(switch, device, ConnectionState::Connected)?;
        switch.generate_digits(active, digits, now)
    }),
    at("hook", "EXTENSION off|on", "lifts the handset, or puts it down", |switch, device, hook, now| {
        let on = is_on(hook)?;
        switch.set_hookswitch(device, !on, now)
    }),
    at("button", "EXTENSION NUMBER", "presses a button", |switch, device, button, now| {
        let button = button.parse().map_err(|_| OperationError::InvalidButtonIdentifier)?;
        switch.button_press(device, button, now)
    }),
    at("forward", "EXTENSION NUMBER", "forwards all calls to a number; to itself: no more", |switch, device, to, now| {
        let forward = (to != switch.number(device)).then(|| Forward { to: to.into(), ring_duration: None });
        switch.set_forwarding(device, ForwardingType::Immediate, forward, now)
    }),
    at("do-not-disturb", "EXTENSION on|off", "takes no calls", |switch, device, on, now| {
        let on = is_on(on)?;
        switch.set_do_not_disturb(device, on, now)
    }),
    at("message-waiting", "EXTENSION on|off", "has messages", |switch, device, on, now| {
        let on = is_on(on)?;
        switch.set_message_waiting(device, on, now)
    }),
    at("auto-answer", "EXTENSION on|off", "answers by itself", |switch, device, on, now| {
        let on = is_on(on)?;
        switch.set_auto_answer(device, on, now)
    }),
    at("log-on", "EXTENSION AGENT", "an agent begins to work", |switch, device, agent, now| {
        switch.log_on(device, agent, None, Duration::ZERO, now)
    }),
    at("log-off", "EXTENSION", "the agent goes", |switch, device, _, now| switch.set_agent_state(device, AgentState::Null, now)),
    at("ready", "EXTENSION", "the agent takes calls", |switch, device, _, now| switch.set_agent_state(device, AgentState::Ready, now)),
    at("not-ready", "EXTENSION", "the agent takes no calls", |switch, device, _, now| switch.set_agent_state(device, AgentState::NotReady, now)),
    at("out-of-service", "EXTENSION", "is unplugged", |switch, device, _, now| switch.set_in_service(device, false, now)),
    at("back-in-service", "EXTENSION", "is plugged in again", |switch, device, _, now| switch.set_in_service(device, true, now)),
    pbx("outside", "CALLER NUMBER", "a call comes in on the first trunk", |_, switch, words, now| {
        let [caller, to] = words else { return Err(form("outside")) };
        let trunk = switch.trunk_groups().next().ok_or("the PBX has no trunk")?;
        let caller = Party::Number(caller.as_str().into());
        switch.incoming_call(trunk, caller, None, to, now).map(drop).map_err(|error| error.to_string())
    }),
    pbx("system-status", "STATUS", "says this of itself: normal, disabled, overloadReached, …", |server, _, words, now| {
        let [status] = words else { return Err(form("system-status")) };
        server.set_status_by_name(status, now)
    }),
    pbx("lose-monitors", "EXTENSION|all", "stops the monitors of a device, or all of them", |server, switch, words, now| {
        let [which] = words else { return Err(form("lose-monitors")) };
        let device = match which.as_str() {
            "all" => None,
            number => Some(switch.device(number).ok_or_else(|| format!("{number} is nobody's number"))?),
        };
        server.stop_monitors(device, now);
        Ok(())
    }),
    pbx("drop", "APPLICATION|all", "cuts the link of an application, or of all", |server, _, words, now| {
        let [which] = words else { return Err(form("drop")) };
        let client = match which.as_str() {
            "all" => None,
            number => Some(number.parse().map(ClientId).map_err(|_| format!("{number:?} is no application"))?),
        };
        server.drop_clients(client, now)
    }),
    pbx("restart", "", "begins anew: calls end, applications are cut off", |server, switch, words, now| {
        if !words.is_empty() {
            return Err(form("restart"));
        }
        server.restart(switch, now);
        Ok(())
    }),
    own("status", "extensions with their calls, and applications", Act::Status),
    own("watch", "events from now on (on the control channel)", Act::Watch),
    own("help", "the verbs", Act::Help),
    own("quit", "ends the PBX", Act::Quit),
];

/// The form of a verb, for those who wrote it otherwise.
pub(super) fn form(name: &str) -> String {
    let words = VERBS.iter().find(|verb| verb.name == name).map(|verb| verb.words);
    format!("the form is: {name} {}", words.unwrap_or_default())
}

fn the(switch: &Switch, device: DeviceId, state: ConnectionState) -> Result<ConnectionId, ServiceError> {
    switch
        .connection_in(device, state)
        .ok_or(StateError::InvalidConnectionState.into())
}

/// The held call and the other one. A call that nobody has answered yet will do for a transfer.
fn pair(switch: &Switch, device: DeviceId) -> Result<(ConnectionId, ConnectionId), ServiceError> {
    let held = the(switch, device, ConnectionState::Hold)?;
    Ok((held, the(switch, device, ConnectionState::Connected)?))
}

fn is_on(word: &str) -> Result<bool, ServiceError> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(OperationError::InvalidParameterValue.into()),
    }
}
