//! `offhook sim pbx`: a virtual PBX for applications that speak CSTA.

use std::io::BufRead as _;
use std::sync::mpsc;
use std::time::Duration;

use offhook_conformance::exit::Exit;
use offhook_sim::{
    PortSpec, SimTime,
    device::csta::{Profile, profiles},
    exchange::pbx::Pbx as Description,
    exchange::switch::{
        CallOptions, ConnectionId, ConnectionState, DeviceId, Forward, ForwardingType, OperationError,
        ServiceError, StateError, StationSettings, Switch,
    },
    pbx::{Pbx, PbxEvent, PbxPort},
};

use crate::cli::SimPbxArgs;
use crate::fail::Fail;
use crate::output::print;

/// Runs a PBX until the user interrupts.
pub fn run(args: &SimPbxArgs) -> Result<Exit, Fail> {
    let (switch, described) = match &args.description {
        Some(file) => {
            let described = Description::load(file).map_err(|error| Fail::usage(error.to_string()))?;
            (described.switch, described.profile)
        }
        None => (extensions(args)?, None),
    };
    let name = args
        .profile
        .clone()
        .or(described)
        .unwrap_or_else(|| "annex-j".to_owned());
    let profile = Profile::by_name(&name).ok_or_else(|| {
        let names = profiles().map(|profile| profile.name).join(", ");
        Fail::usage(format!(
            "profile {name}: there is no such profile; there are {names}"
        ))
    })?;
    let mut ports: Vec<_> = args.tcp.iter().map(|address| PbxPort::Tcp(*address)).collect();
    if args.pty {
        ports.push(PbxPort::Port(PortSpec::Pty));
    }
    let wire = args.wire;
    let pbx = Pbx::start(switch, profile, ports, move |at, event| {
        if let Some(text) = log_line(&event, wire) {
            let seconds = Duration::from_micros(at.as_micros()).as_secs_f64();
            print(&format!("{seconds:>10.3}  {text}\n"));
        }
    })
    .map_err(|error| Fail::usage(format!("{error:#}")))?;
    for port in pbx.ports() {
        print(&format!("{name}  {port}\n"));
    }

    let (wishes, wished) = mpsc::channel();
    let interrupt = wishes.clone();
    ctrlc::set_handler(move || {
        // A second interrupt while the first is served has nobody left to tell.
        let _ = interrupt.send(None);
    })
    .map_err(|error| Fail::bug(format!("the handler of interrupts could not be set: {error}")))?;
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines().map_while(Result::ok) {
            if wishes.send(Some(line)).is_err() {
                return;
            }
        }
    });
    while let Ok(Some(line)) = wished.recv() {
        if let Err(why) = obey(&pbx, &line) {
            print(&format!("            {why}\n"));
        }
    }
    drop(pbx);
    Ok(Exit::Held)
}

/// Plain telephones with numbers in a row.
fn extensions(args: &SimPbxArgs) -> Result<Switch, Fail> {
    let mut switch = Switch::default();
    for number in (args.first_number..).take(args.extensions as usize) {
        let number = number.to_string();
        switch
            .add_station(&number, StationSettings::default())
            .map_err(|error| Fail::usage(format!("extension {number}: {error}")))?;
    }
    Ok(switch)
}

fn log_line(event: &PbxEvent<'_>, wire: bool) -> Option<String> {
    match event {
        PbxEvent::Switch(switch, event) => Some(switch.describe(event)),
        PbxEvent::Message(record) => wire.then(|| {
            let arrow = if record.from_client { "<-" } else { "->" };
            format!("application {} {arrow} {}", record.client.0, record.text)
        }),
        PbxEvent::Connected(client) => Some(format!("application {} has come", client.0)),
        PbxEvent::Gone(client, None) => Some(format!("application {} is gone", client.0)),
        PbxEvent::Gone(client, Some(reason)) => Some(format!("application {} is closed: {reason}", client.0)),
        PbxEvent::PortFailed(message) => Some(format!("a port failed: {message}")),
    }
}

type Act = fn(&mut Switch, DeviceId, &str, SimTime) -> Result<(), ServiceError>;

/// What people at telephones do: the verb, what it needs beside the extension, what it does.
#[rustfmt::skip]
static VERBS: &[(&str, &str, &str, Act)] = &[
    ("call", "NUMBER", "calls a number", |switch, device, to, now| {
        switch.make_call(device, to, &CallOptions::default(), now).map(drop)
    }),
    ("answer", "", "answers the call that rings", |switch, device, _, now| {
        let at = the(switch, device, ConnectionState::Alerting)?;
        switch.answer_call(at, now)
    }),
    ("clear", "", "leaves the call, or the one that was held last", |switch, device, _, now| {
        let states = [ConnectionState::Connected, ConnectionState::Fail, ConnectionState::Initiated, ConnectionState::Hold];
        let at = states.into_iter().find_map(|state| switch.connection_in(device, state));
        switch.clear_connection(at.ok_or(StateError::NoCallToClear)?, now)
    }),
    ("hold", "", "puts the call on hold", |switch, device, _, now| {
        let at = the(switch, device, ConnectionState::Connected)?;
        switch.hold_call(at, now)
    }),
    ("retrieve", "", "comes back to the held call", |switch, device, _, now| {
        let at = the(switch, device, ConnectionState::Hold)?;
        switch.retrieve_call(at, now)
    }),
    ("consult", "NUMBER", "puts the call on hold and calls a number", |switch, device, to, now| {
        let at = the(switch, device, ConnectionState::Connected)?;
        switch.consultation_call(at, to, &CallOptions::default(), now).map(drop)
    }),
    ("transfer", "", "joins the held call and the other one, and leaves", |switch, device, _, now| {
        let held = the(switch, device, ConnectionState::Hold)?;
        let active = the(switch, device, ConnectionState::Connected)?;
        switch.transfer_call(held, active, now).map(drop)
    }),
    ("conference", "", "joins the held call and the other one, and stays", |switch, device, _, now| {
        let held = the(switch, device, ConnectionState::Hold)?;
        let active = the(switch, device, ConnectionState::Connected)?;
        switch.conference_call(held, active, now).map(drop)
    }),
    ("deflect", "NUMBER", "sends the call that rings to a number", |switch, device, to, now| {
        let at = the(switch, device, ConnectionState::Alerting)?;
        switch.deflect_call(at, to, now)
    }),
    ("forward", "NUMBER", "forwards all calls to a number; to itself: no more", |switch, device, to, now| {
        let forward = (to != switch.number(device)).then(|| Forward { to: to.into(), ring_duration: None });
        switch.set_forwarding(device, ForwardingType::Immediate, forward, now)
    }),
    ("do-not-disturb", "on|off", "takes no calls", |switch, device, on, now| {
        let on = is_on(on)?;
        switch.set_do_not_disturb(device, on, now)
    }),
    ("message-waiting", "on|off", "has messages", |switch, device, on, now| {
        let on = is_on(on)?;
        switch.set_message_waiting(device, on, now)
    }),
    ("out-of-service", "", "is unplugged", |switch, device, _, now| switch.set_in_service(device, false, now)),
    ("back-in-service", "", "is plugged in again", |switch, device, _, now| switch.set_in_service(device, true, now)),
];

fn the(switch: &Switch, device: DeviceId, state: ConnectionState) -> Result<ConnectionId, ServiceError> {
    switch
        .connection_in(device, state)
        .ok_or(StateError::InvalidConnectionState.into())
}

fn is_on(word: &str) -> Result<bool, ServiceError> {
    match word {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(OperationError::InvalidParameterValue.into()),
    }
}

fn help() -> String {
    let mut text = String::new();
    for (verb, needs, what, _) in VERBS {
        let usage = format!("{verb} EXTENSION {needs}");
        text += &format!("{usage:<36}{what}\n            ");
    }
    text
}

/// Does what a line says: `VERB EXTENSION [WORD]`.
fn obey(pbx: &Pbx, line: &str) -> Result<(), String> {
    let mut words = line.split_whitespace();
    let Some(verb) = words.next() else { return Ok(()) };
    let Some((_, needs, _, act)) = VERBS.iter().find(|(name, ..)| *name == verb) else {
        return Err(if verb == "help" {
            help()
        } else {
            format!("{verb}: no such verb; help lists them")
        });
    };
    let (Some(extension), word) = (words.next(), words.next().unwrap_or_default()) else {
        return Err(format!("{verb}: which extension?"));
    };
    if needs.is_empty() != word.is_empty() || words.next().is_some() {
        return Err(format!("the form is: {verb} EXTENSION {needs}"));
    }
    let (number, word, act) = (extension.to_owned(), word.to_owned(), *act);
    let done = pbx.command(move |switch, now| {
        let device = switch.device(&number).ok_or(OperationError::InvalidDeviceId)?;
        act(switch, device, &word, now)
    });
    done.map_err(|error| format!("{verb} {extension}: {error}"))
}
