//! Verbs on a running PBX, by hand and over the control channel.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::mpsc;

use offhook_sim::control::server::{Address, Broadcast, Server, Verbs as _};
use offhook_sim::device::csta::{CloseReason, Profile};
use offhook_sim::exchange::pbx::Pbx as Description;
use offhook_sim::exchange::verbs;
use offhook_sim::pbx::{Pbx, PbxConsole, PbxEvent, PbxPort, VERBS};
use serde_json::{Value, json};

/// The office of the example, with what the switch did as it is told.
fn office() -> (Pbx, mpsc::Receiver<String>) {
    let described = Description::from_toml(offhook_sim::exchange::pbx::OFFICE, "office.toml")
        .expect("the example describes one");
    let profile = Profile::by_name("annex-j").expect("it is in the table");
    let address = PbxPort::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)));
    let (told, tells) = mpsc::channel();
    let sink = move |_, event: PbxEvent<'_>| {
        let text = match event {
            PbxEvent::Switch(switch, event) => switch.describe(event),
            PbxEvent::Gone(client, reason) => format!("{} gone {reason:?}", client.0),
            PbxEvent::Connected(client) => format!("{} came", client.0),
            _ => return,
        };
        // The test may have ended.
        told.send(text).unwrap_or_default();
    };
    let profile = profile.with(&described.quirks);
    (
        Pbx::start(described.switch, profile, vec![address], sink).expect("the port is free"),
        tells,
    )
}

fn calls_of(console: &PbxConsole, number: &str) -> Value {
    let status = console.obey("status").expect("it runs").members;
    let lines = status["lines"].as_array().expect("it lists the devices");
    let line = lines.iter().find(|line| line["number"] == number);
    line.expect("it is there")["calls"].clone()
}

#[test]
fn people_call_transfer_and_clear() {
    let (pbx, _tells) = office();
    let console = PbxConsole::new(pbx.remote());
    let obey = |line: &str| {
        console
            .obey(line)
            .unwrap_or_else(|error| panic!("{line}: {error}"))
    };
    obey("call 203 204");
    assert_eq!(
        calls_of(&console, "204"),
        json!([{"call": 1, "state": "alerting"}])
    );
    obey("answer 204");
    obey("consult 204 205");
    obey("answer 205");
    obey("swap 204");
    obey("transfer 204");
    assert_eq!(calls_of(&console, "204"), json!([]));
    assert_eq!(
        calls_of(&console, "203"),
        json!([{"call": 3, "state": "connected"}])
    );
    obey("hang-up 203");
    assert_eq!(calls_of(&console, "205"), json!([]));
    obey("outside 0301234 5550206");
    obey("out-of-service 203");
    obey("hook 207 off");
    assert_eq!(calls_of(&console, "207")[0]["state"], "initiated");
}

#[test]
fn what_makes_no_sense_is_refused_with_the_form() {
    let (pbx, _tells) = office();
    let console = PbxConsole::new(pbx.remote());
    let refused = |line: &str| console.obey(line).expect_err("it is refused");
    assert_eq!(refused("sing 201"), "no verb is called sing: `help` lists them");
    assert_eq!(refused("call 201"), "this is written `call FROM TO`");
    assert_eq!(
        refused("answer 201"),
        "201 is in no call that is alerting: `show` lists the calls"
    );
    assert_eq!(
        refused("call 999 201"),
        "no device has the number 999: `show` lists those in calls"
    );
    assert_eq!(refused("drop 7"), "drop: there is no application 7");
    assert!(
        refused("system-status well")
            .starts_with("system-status: well is no system status; there are initializing")
    );
    let help = console.obey("help").expect("it lists them").members;
    let telephones = verbs::VERBS.len() - 1;
    assert_eq!(
        help["verbs"].as_array().map(Vec::len),
        Some(telephones + VERBS.len())
    );
    for line in ["button 203 x", "hook 203 up", "auto-answer 203 perhaps"] {
        assert!(refused(line).starts_with("this is written `"), "{line}");
    }
}

#[test]
fn the_control_channel_takes_json_lines_and_tells_events() {
    let (pbx, _tells) = office();
    let broadcast = Broadcast::default();
    let address = Address::Tcp(SocketAddr::from(([127, 0, 0, 1], 0)));
    let (quit, quits) = mpsc::channel();
    let console = PbxConsole::new(pbx.remote());
    let server = Server::start(address, console, broadcast.clone(), move || {
        quit.send(()).unwrap_or_default();
    })
    .expect("the port is free");
    let Address::Tcp(address) = server.address() else {
        panic!("it is on TCP")
    };
    let mut stream = TcpStream::connect(address).expect("it listens");
    let mut lines = BufReader::new(stream.try_clone().expect("it can be shared")).lines();
    let mut ask = |line: &str| -> Value {
        writeln!(stream, "{line}").expect("it is there");
        let answer = lines.next().expect("it answers").expect("it is text");
        serde_json::from_str(&answer).expect("it is JSON")
    };
    assert_eq!(
        ask("{\"do\": \"call 203 204\", \"id\": 7}"),
        json!({"id": 7, "ok": true})
    );
    assert_eq!(ask("answer 204"), json!({"ok": true}));
    assert_eq!(
        ask("{\"do\": \"answer 204\"}")["error"],
        "204 is in no call that is alerting: `show` lists the calls"
    );
    assert_eq!(ask("watch"), json!({"ok": true}));
    assert!(broadcast.is_watched());
    assert_eq!(ask("quit"), json!({"ok": true}));
    assert_eq!(quits.recv(), Ok(()));
}

#[test]
fn links_are_cut_and_the_switch_restarts() {
    let (pbx, tells) = office();
    let console = PbxConsole::new(pbx.remote());
    let client = TcpStream::connect(&pbx.ports()[0]).expect("it listens");
    let heard = |wanted: &str| {
        tells
            .iter()
            .find(|text| text == wanted)
            .expect("it is told while the PBX runs")
    };
    heard("1 came");
    console.obey("drop 1").expect("it is there");
    heard(&format!("1 gone {:?}", Some(CloseReason::Cut)));
    drop(client);
    let client = TcpStream::connect(&pbx.ports()[0]).expect("it listens");
    heard("2 came");
    console.obey("call 203 204").expect("both are free");
    console.obey("restart").expect("it may");
    heard(&format!("2 gone {:?}", Some(CloseReason::Restarted)));
    assert_eq!(calls_of(&console, "204"), json!([]));
    drop(client);
}
