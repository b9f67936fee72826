//! The PBX on TCP, with clients that are plain sockets.

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
};

use offhook_sim::{
    SimTime,
    device::csta::{CloseReason, Profile},
    exchange::switch::{CallOptions, OperationError, StationSettings, Switch},
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

fn pbx(profile: &str, extensions: u32) -> (Pbx, mpsc::Receiver<(u32, Option<CloseReason>)>) {
    let mut switch = Switch::default();
    for number in (201..).take(extensions as usize) {
        switch
            .add_station(&number.to_string(), StationSettings::default())
            .expect("the number is free");
    }
    let profile = Profile::by_name(profile).expect("it is in the table");
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
