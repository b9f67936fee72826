//! A running simulation by hand: verbs, faults, and the control channel.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::sync::mpsc;
use std::time::Duration;

use offhook_sim::control::server::{Address, Broadcast, Server};
use offhook_sim::control::{Answer, Book, Console, ControlError};
use offhook_sim::port::memory::{self, MemoryClient};
use offhook_sim::{
    Driver, DriverOptions, ExchangeConfig, ModemProfile, PortSetup, PortSpec, SimError, Simulation,
};

const DEADLINE: Duration = Duration::from_secs(10);

fn start(faults: &str, options: DriverOptions) -> (Driver, MemoryClient, Console) {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let modem = simulation.add_modem("101", ModemProfile::quick()).unwrap();
    let (port, client) = memory::pair();
    let setup = PortSetup {
        faults: faults.parse().unwrap(),
        ..PortSetup::from((modem, PortSpec::Memory(port)))
    };
    let driver = Driver::start_with(simulation, vec![setup], options, |_, _| {}).unwrap();
    let book = Book::from_toml("[5551234]\nname = \"Jane\"\n", "book.toml").unwrap();
    let console = Console::new(driver.remote(), book);
    (driver, client, console)
}

fn say(client: &MemoryClient, line: &str, answer: &str) -> String {
    client.write_all(format!("{line}\r").as_bytes()).unwrap();
    client.read_until(answer, DEADLINE).unwrap()
}

#[test]
fn a_call_by_verbs() {
    let (driver, client, console) = start("none", DriverOptions::default());
    say(&client, "ATE0+VCID=1", "OK");
    console.run("ring 101 from jane").unwrap();
    let heard = client.read_until("NAME=Jane", DEADLINE).unwrap();
    assert!(heard.contains("NMBR=5551234"), "{heard}");
    let Ok(Answer::Status(lines)) = console.run("status") else {
        panic!("no status");
    };
    assert_eq!(lines[0].state.word(), "ringing");
    assert_eq!(lines[0].far_end.as_deref(), Some("5551234"));
    say(&client, "ATA", "CONNECT");
    console.run("send jane hi\\x21").unwrap();
    client.read_until("hi!", DEADLINE).unwrap();
    console.run("hangup 101").unwrap();
    client.read_until("NO CARRIER", DEADLINE).unwrap();
    let refused = console.run("hangup 101");
    assert_eq!(
        refused,
        Err(ControlError::Step(SimError::NoCall { number: "101".into() }))
    );
    driver.shutdown();
}

#[test]
fn a_name_that_nobody_has_is_no_telephone() {
    let (driver, _client, console) = start("none", DriverOptions::default());
    for line in ["ring 101 from john", "ring jim from 5551234", "station john busy"] {
        let refused = console.run(line).unwrap_err().to_string();
        assert!(refused.contains("telephone book"), "{line}: {refused}");
    }
    console.run("ring 101 from private").unwrap();
    driver.shutdown();
}

#[test]
fn each_fault_of_a_modem_shows_at_its_port() {
    let (driver, client, console) = start("none", DriverOptions::default());
    say(&client, "ATE0", "OK");
    console.run("modem 101 wrong-reply WHAT NOW").unwrap();
    say(&client, "AT", "\r\nWHAT NOW\r\n");
    console.run("modem 101 echo-stuck").unwrap();
    assert_eq!(say(&client, "AT", "OK\r\n"), "AT\r\r\nOK\r\n");
    console.run("modem 101 ok").unwrap();
    say(&client, "ATE1S7=33", "OK");
    console.run("modem 101 no-reply").unwrap();
    say(&client, "AT", "AT\r");
    console.run("modem 101 ring-storm 1ms").unwrap();
    let storm = client
        .read_until("RING\r\n\r\nRING\r\n\r\nRING", DEADLINE)
        .unwrap();
    assert!(!storm.contains("OK"), "{storm}");
    console.run("modem 101 late-reply 1ms").unwrap();
    say(&client, "AT", "OK");
    console.run("modem 101 ok").unwrap();
    console.run("power 101 off").unwrap();
    let Ok(Answer::Status(lines)) = console.run("status") else {
        panic!("no status");
    };
    assert!(!lines[0].has_power && !lines[0].dce.dsr && !lines[0].dce.cts);
    console.run("power 101 on").unwrap();
    // It was not stored.
    assert!(say(&client, "ATS7?", "OK\r\n").contains("050"));
    let unknown = console.run("power 102 off");
    assert_eq!(
        unknown,
        Err(ControlError::Step(SimError::NotAModem { number: "102".into() }))
    );
    driver.shutdown();
}

#[test]
fn faults_of_a_port_come_from_the_start_and_by_verb() {
    let (driver, client, console) = start("to-device:duplicate=100%", DriverOptions::default());
    // Junk, the command T, and a line end without a line.
    assert!(say(&client, "AT", "OK\r\n\r").starts_with("AATT\r"));
    console.run("faults 101 to-client:split=1/1ms").unwrap();
    assert_eq!(say(&client, "AT", "OK\r\n"), "AT\r\r\nOK\r\n");
    assert!(console.run("faults 102 none").is_err());
    assert!(console.run("faults 101 sing").is_err());
    driver.shutdown();
}

#[test]
fn time_runs_as_fast_as_it_is_told() {
    let options = DriverOptions {
        speed: 1000.0,
        ..DriverOptions::default()
    };
    let (driver, client, console) = start("none", options);
    say(&client, "ATE0S7=60", "OK");
    console.run("station 7 silent").unwrap();
    // A minute passes in 60 ms; at the pace of the clock the deadline would be over.
    say(&client, "ATDT7", "NO CARRIER");
    driver.shutdown();
}

#[test]
fn clients_of_the_control_channel_are_answered_in_json() {
    let (driver, client, console) = start("none", DriverOptions::default());
    let (quit, asked_to_quit) = mpsc::channel();
    let broadcast = Broadcast::default();
    let address: Address = "127.0.0.1:0".parse().unwrap();
    let server = Server::start(address, console, broadcast.clone(), move || {
        quit.send(()).unwrap();
    })
    .unwrap();
    let Address::Tcp(address) = server.address().clone() else {
        panic!("TCP was asked for");
    };
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut answers = BufReader::new(stream.try_clone().unwrap()).lines();
    let mut ask = |line: &str| {
        writeln!(stream, "{line}").unwrap();
        answers.next().unwrap().unwrap()
    };
    assert_eq!(
        ask(r#"{"do": "ring 101 from 7", "id": 1}"#),
        r#"{"id":1,"ok":true}"#
    );
    client.read_until("RING", DEADLINE).unwrap();
    let status = ask("status");
    assert!(status.contains(r#""state":"ringing""#), "{status}");
    assert!(ask(r#"{"do": 5}"#).contains(r#""ok":false"#));
    assert!(ask("{").contains("no JSON"));
    let refused = ask(r#"{"do": "answer 101"}"#);
    assert!(
        refused.contains(r#""ok":false"#) && refused.contains("modem's line"),
        "{refused}"
    );
    assert_eq!(ask("watch"), r#"{"ok":true}"#);
    while !broadcast.is_watched() {
        std::thread::yield_now();
    }
    broadcast.send("an event");
    assert_eq!(ask("quit"), "an event");
    asked_to_quit.recv_timeout(DEADLINE).unwrap();
    drop(server);
    assert!(TcpStream::connect(address).is_err(), "it listens no more");
    driver.shutdown();
}

#[cfg(unix)]
#[test]
fn a_socket_goes_with_its_server_and_a_dead_one_is_replaced() {
    let folder = std::env::temp_dir().join(format!("offhook-control-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("socket");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists(), "what a killed simulator leaves");
    let (driver, _client, console) = start("none", DriverOptions::default());
    let listen = || {
        Server::start(
            Address::Unix(path.clone()),
            console.clone(),
            Broadcast::default(),
            || {},
        )
    };
    let server = listen().unwrap();
    assert!(listen().is_err(), "it is taken");
    drop(server);
    assert!(!path.exists());
    std::fs::remove_dir_all(&folder).unwrap();
    driver.shutdown();
}
