//! The PBX on TCP, with clients that are plain sockets.

use std::{
    io::{Read as _, Write as _},
    net::{Shutdown, SocketAddr, TcpStream},
    sync::mpsc,
    time::Duration,
};

use offhook_sim::{
    SimTime,
    device::csta::{CloseReason, Profile},
    exchange::pbx::Quirks,
    exchange::switch::{CallOptions, ConnectionId, OperationError, StationSettings, Switch},
    pbx::{Pbx, PbxEvent, PbxPort},
    wire::csta::{
        framing::{Frame, Framing, Link, Side},
        message::Message,
        services::Service,
        value::Value,
        xml::{self, Document, Style},
    },
};

struct Client {
    stream: TcpStream,
    link: Link,
}

impl Client {
    fn connect(address: &str) -> Client {
        let stream = TcpStream::connect(address).expect("the PBX listens");
        Client {
            stream,
            link: Link::new(Framing::AnnexJ, Side::Client),
        }
    }

    fn send(&mut self, invoke: i64, service: &str, argument: Value) {
        let service = Service::by_name(service).expect("the service is in the table");
        let message = Document::Message(Message::Request {
            invoke,
            service,
            argument,
        });
        let text = xml::write(&Style::default(), &message).expect("it has a form");
        let frame = Frame {
            invoke: Some(invoke as u16),
            body: text.into_bytes(),
        };
        self.link.send(SimTime::ZERO, &frame).expect("it fits");
        self.stream
            .write_all(&self.link.output())
            .expect("the PBX is there");
    }

    fn hear(&mut self) -> Message {
        let mut buffer = [0; 512];
        loop {
            if let Some(frame) = self.link.next_frame().expect("the PBX frames as agreed") {
                let invoke = i64::from(frame.invoke.expect("an Annex J frame has one"));
                match xml::read(invoke, &frame.body).expect("the PBX writes what can be read") {
                    Document::Message(message) => return message,
                    session => panic!("{session:?}"),
                }
            }
            let count = self.stream.read(&mut buffer).expect("the PBX is there");
            assert_ne!(count, 0, "the PBX closed the connection");
            self.link.receive(SimTime::ZERO, &buffer[..count]);
        }
    }
}

fn device(number: &str) -> Value {
    Value::sequence([(
        "deviceIdentifier",
        Value::choice("dialingNumber", Value::text(number)),
    )])
}

/// Which client went, and why the PBX closed it where it did.
type Went = mpsc::Receiver<(u32, Option<CloseReason>)>;

fn pbx(profile: &str, extensions: u32) -> (Pbx, Went) {
    pbx_with(profile, extensions, &Quirks::default())
}

fn pbx_with(profile: &str, extensions: u32, quirks: &Quirks) -> (Pbx, Went) {
    let mut switch = Switch::default();
    for number in (201..).take(extensions as usize) {
        switch
            .add_station(&number.to_string(), StationSettings::default())
            .expect("the number is free");
    }
    let profile = Profile::by_name(profile)
        .expect("it is in the table")
        .with(quirks);
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let (gone, went) = mpsc::channel();
    let sink = move |_, event: PbxEvent<'_>| {
        if let PbxEvent::Gone(client, reason) = event {
            // The test may have ended.
            gone.send((client.0, reason)).unwrap_or_default();
        }
    };
    (
        Pbx::start(switch, profile, vec![PbxPort::Tcp(address)], sink).expect("the port is free"),
        went,
    )
}

#[test]
fn what_happens_at_a_telephone_reaches_every_application() {
    let (pbx, went) = pbx("annex-j", 2);
    let mut clients = [Client::connect(&pbx.ports()[0]), Client::connect(&pbx.ports()[0])];
    for client in &mut clients {
        let object = Value::choice("deviceObject", device("202"));
        client.send(1, "MonitorStart", Value::sequence([("monitorObject", object)]));
        assert!(matches!(client.hear(), Message::Response { invoke: 1, .. }));
    }
    let dial = |switch: &mut Switch, now| {
        let caller = switch.device("201").ok_or(OperationError::InvalidDeviceId)?;
        switch
            .make_call(caller, "202", &CallOptions::default(), now)
            .map(drop)
    };
    pbx.command(dial).expect("both are free");
    for client in &mut clients {
        let Message::Event {
            invoke, event, data, ..
        } = client.hear()
        else {
            panic!("it is no event")
        };
        assert_eq!((invoke, event.name), (9999, "delivered"));
        assert_eq!(data.get("localConnectionInfo"), Some(&Value::named("alerting")));
    }
    drop(clients);
    let mut gone: Vec<_> = (0..2).map(|_| went.recv().expect("the clients went")).collect();
    gone.sort_by_key(|(client, _)| *client);
    assert_eq!(gone, [(1, None), (2, None)]);
}

#[test]
fn a_client_that_does_not_frame_as_agreed_is_closed() {
    let (pbx, went) = pbx("hipath", 2);
    let mut stream = TcpStream::connect(&pbx.ports()[0]).expect("the PBX listens");
    stream.write_all(b"hello").expect("the PBX is there");
    assert_eq!(stream.read(&mut [0; 16]).expect("it is closed in order"), 0);
    assert_eq!(went.recv(), Ok((1, Some(CloseReason::BadFraming))));
}

#[test]
fn a_client_that_never_reads_is_closed_and_the_others_go_on() {
    let (pbx, went) = pbx("annex-j", 1000);
    let mut deaf = Client::connect(&pbx.ports()[0]);
    // Each request brings the list of a thousand devices; nobody reads it. The PBX gives up before the requests do.
    let writer = std::thread::spawn(move || {
        for invoke in (1..9000).cycle() {
            let service = Service::by_name("GetSwitchingFunctionDevices").expect("it is in the table");
            let argument = Value::sequence([]);
            let message = Document::Message(Message::Request {
                invoke,
                service,
                argument,
            });
            let text = xml::write(&Style::default(), &message).expect("it has a form");
            let frame = Frame {
                invoke: Some(invoke as u16),
                body: text.into_bytes(),
            };
            deaf.link.send(SimTime::ZERO, &frame).expect("it fits");
            if deaf.stream.write_all(&deaf.link.output()).is_err() {
                return;
            }
        }
    });
    assert_eq!(went.recv(), Ok((1, Some(CloseReason::Slow))));
    writer.join().expect("the writer ends when it is closed");
    let mut other = Client::connect(&pbx.ports()[0]);
    other.send(1, "RequestSystemStatus", Value::sequence([]));
    assert!(matches!(other.hear(), Message::Response { invoke: 1, .. }));
}

#[test]
fn a_client_that_hears_of_calls_and_does_not_read_is_closed_and_misses_the_others_nothing() {
    let (pbx, went) = pbx("annex-j", 2);
    let watch = |client: &mut Client| {
        for invoke in 1..=60 {
            let object = Value::choice("deviceObject", device("202"));
            client.send(
                invoke,
                "MonitorStart",
                Value::sequence([("monitorObject", object)]),
            );
            assert!(matches!(client.hear(), Message::Response { .. }));
        }
    };
    let (mut deaf, mut other) = (Client::connect(&pbx.ports()[0]), Client::connect(&pbx.ports()[0]));
    watch(&mut deaf);
    let object = Value::choice("deviceObject", device("202"));
    other.send(1, "MonitorStart", Value::sequence([("monitorObject", object)]));
    assert!(matches!(other.hear(), Message::Response { .. }));
    let call = |switch: &mut Switch, now| {
        let [caller, called] = ["201", "202"].map(|number| switch.device(number).expect("it is there"));
        let made = switch.make_call(caller, "202", &CallOptions::default(), now)?;
        switch.answer_call(ConnectionId::new(made.call, called), now)?;
        switch.clear_connection(made, now)
    };
    let mut calls: i64 = 0;
    let gone = loop {
        match went.try_recv() {
            Ok(gone) => break gone,
            Err(error) => assert_eq!(error, mpsc::TryRecvError::Empty),
        }
        pbx.command(call).expect("both are free");
        calls += 1;
        assert!(calls < 9000, "it is never closed");
        // The other one hears all of it, whatever the deaf one does.
        other.send(calls, "RequestSystemStatus", Value::sequence([]));
        let mut heard = Vec::new();
        loop {
            match other.hear() {
                Message::Event { event, .. } => heard.push(event.name),
                Message::Response { invoke, .. } if invoke == calls => break,
                message => panic!("{message:?}"),
            }
        }
        for name in ["delivered", "established", "connectionCleared"] {
            assert!(heard.contains(&name), "{heard:?}");
        }
    };
    assert_eq!(gone, (1, Some(CloseReason::Slow)));
}

#[test]
fn a_client_that_says_no_more_is_heard_to_the_end_and_goes() {
    let (pbx, went) = pbx("annex-j", 2);
    let mut client = Client::connect(&pbx.ports()[0]);
    client.send(1, "RequestSystemStatus", Value::sequence([]));
    client.stream.shutdown(Shutdown::Write).expect("it is open");
    assert!(matches!(client.hear(), Message::Response { invoke: 1, .. }));
    assert_eq!(
        client.stream.read(&mut [0; 16]).expect("it is closed in order"),
        0
    );
    assert_eq!(went.recv(), Ok((1, None)));
}

#[test]
fn a_client_that_gives_no_sign_of_life_is_closed() {
    let quirks = Quirks {
        keep_alive: Some(Some(Duration::from_millis(50))),
        ..Quirks::default()
    };
    let (pbx, went) = pbx_with("annex-j", 2, &quirks);
    let mut client = Client::connect(&pbx.ports()[0]);
    assert!(matches!(
        client.hear(),
        Message::Request { service, .. } if service.name == "RequestSystemStatus"
    ));
    assert_eq!(went.recv(), Ok((1, Some(CloseReason::Silent))));
    assert_eq!(
        client.stream.read(&mut [0; 16]).expect("it is closed in order"),
        0
    );
}
