//! `offhook sim pbx`: a virtual PBX for applications that speak CSTA.

use std::io::BufRead as _;
use std::sync::mpsc;

use offhook_conformance::exit::Exit;
use offhook_sim::control::server::{Broadcast, Then, Verbs as _};
use offhook_sim::{
    PortSpec, SimTime,
    device::csta::{Profile, profiles},
    exchange::pbx::{Pbx as Description, Quirks},
    exchange::switch::{StationSettings, Switch},
    pbx::{Pbx, PbxConsole, PbxEvent, PbxPort},
};
use serde_json::{Map, Value, json};

use crate::cli::SimPbxArgs;
use crate::fail::Fail;
use crate::output::{Audience, print};
use crate::sim::serve;

/// Examples for `--help`.
pub const EXAMPLES: &str = "\
Examples:
  offhook sim pbx --profile annex-j --tcp 127.0.0.1:0 --wire       # XML of ECMA-323
  offhook sim pbx --profile hipath --tcp 127.0.0.1:0               # BER of ECMA-285, with an association
  offhook sim pbx --profile md110 --tcp 127.0.0.1:0                # phase I, as Ericsson's MD110 speaks it
  offhook sim pbx --profile serial --pty --extensions 4
  offhook sim pbx --description office.toml --tcp 127.0.0.1:4711 --control /tmp/pbx.sock --log pbx.jsonl

Verbs say what people at the telephones do and what befalls the PBX; they are typed, or sent to the control channel:
  call 201 202 · answer 202 · consult 202 203 · transfer 202 · out-of-service 201 · outside 0301234 201
  drop all · lose-monitors 201 · system-status overloadReached · restart · status · help

sim/pbx/office.toml in the sources shows all that a description holds. Ctrl-C ends it all.";

/// Runs a PBX until the user interrupts, or somebody quits.
pub fn run(args: &SimPbxArgs) -> Result<Exit, Fail> {
    let (switch, described, quirks) = match &args.description {
        Some(file) => {
            let described = Description::load(file).map_err(|error| Fail::usage(error.to_string()))?;
            (described.switch, described.profile, described.quirks)
        }
        None => (extensions(args)?, None, Quirks::default()),
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
    let broadcast = Broadcast::default();
    let pbx = Pbx::start(
        switch,
        profile.with(&quirks),
        ports,
        sink(args, broadcast.clone())?,
    )
    .map_err(|error| Fail::usage(format!("{error:#}")))?;
    let (end, ended) = mpsc::channel();
    let interrupt = end.clone();
    ctrlc::set_handler(move || {
        // A second interrupt while the first is served has nobody left to tell.
        let _ = interrupt.send(());
    })
    .map_err(|error| Fail::bug(format!("the handler of interrupts could not be set: {error}")))?;
    let console = PbxConsole::new(pbx.remote());
    let _server = match &args.control {
        Some(address) => Some(serve(address, console.clone(), broadcast, end.clone())?),
        None => None,
    };
    for port in pbx.ports() {
        print(&format!("{name}  {port}\n"));
    }
    std::thread::Builder::new()
        .name("typed verbs".to_owned())
        .spawn(move || take_typed(&console, &end))
        .map_err(|error| Fail::bug(format!("no thread for what is typed: {error}")))?;
    ended.recv().map_err(|error| Fail::bug(error.to_string()))?;
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

/// What hears of every event: standard output, the log file, and whoever watches.
fn sink(
    args: &SimPbxArgs,
    broadcast: Broadcast,
) -> Result<impl FnMut(SimTime, PbxEvent<'_>) + Send + 'static, Fail> {
    let mut audience = Audience::new(args.log.as_deref(), broadcast)?;
    let wire = args.wire;
    Ok(move |at: SimTime, event: PbxEvent<'_>| {
        if let Some(text) = log_line(&event, wire) {
            print(&format!("{:>10}  {text}\n", at.to_string()));
        }
        audience.tell(|| json(at, &event));
    })
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

/// An event as one JSON object.
fn json(at: SimTime, event: &PbxEvent<'_>) -> Value {
    let mut value = match event {
        PbxEvent::Switch(switch, event) => json!({"kind": "switch", "text": switch.describe(event)}),
        PbxEvent::Message(record) => json!({
            "kind": "message", "application": record.client.0, "from_application": record.from_client,
            "text": record.text,
        }),
        PbxEvent::Connected(client) => json!({"kind": "connected", "application": client.0}),
        PbxEvent::Gone(client, reason) => json!({
            "kind": "gone", "application": client.0, "reason": reason.map(|reason| reason.to_string()),
        }),
        PbxEvent::PortFailed(message) => json!({"kind": "port-failed", "text": message}),
    };
    value["at"] = json!(at.as_micros() as f64 / 1e6);
    value
}

/// Carries out what is typed, until there is no more: the PBX goes on without a keyboard.
fn take_typed(console: &PbxConsole, end: &mpsc::Sender<()>) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if line.trim().is_empty() {
            continue;
        }
        match console.obey(&line) {
            Ok(obeyed) => {
                print(&shown(&obeyed.members));
                match obeyed.then {
                    // The end may have come already.
                    Then::Quit => end.send(()).unwrap_or_default(),
                    Then::Watch => print("every event is shown here already; --wire shows messages too\n"),
                    Then::Nothing => {}
                }
            }
            Err(error) => eprintln!("{error}"),
        }
    }
}

/// What a verb has to say, for people.
fn shown(members: &Map<String, Value>) -> String {
    let mut text = String::new();
    text += members.get("text").and_then(Value::as_str).unwrap_or_default();
    let list = |name: &str| members.get(name).and_then(Value::as_array).into_iter().flatten();
    for verb in list("verbs") {
        let word = |member: &str| verb[member].as_str().unwrap_or_default().to_owned();
        text += &format!("  {}\n      {}\n", word("form"), word("meaning"));
    }
    for line in list("lines") {
        text += line["number"].as_str().unwrap_or_default();
        for (flag, what) in [
            ("do_not_disturb", "do not disturb"),
            ("message_waiting", "message waiting"),
        ] {
            if line[flag] == json!(true) {
                text += &format!("  {what}");
            }
        }
        if line["in_service"] == json!(false) {
            text += "  out of service";
        }
        if let Some(state) = line["agent"].as_str() {
            text += &format!("  {state}");
        }
        for call in line["calls"].as_array().into_iter().flatten() {
            text += &format!(
                "  call {} {}",
                call["call"],
                call["state"].as_str().unwrap_or_default()
            );
        }
        text.push('\n');
    }
    if let Some(applications) = members.get("applications").and_then(Value::as_array) {
        let monitors = members
            .get("monitors")
            .and_then(Value::as_u64)
            .unwrap_or_default();
        let (count, status) = (applications.len(), members["system_status"].as_str());
        let status = status.unwrap_or_default();
        text += &format!("{count} application(s), {monitors} monitor(s), system status {status}\n");
    }
    text
}
