//! A switch, its server, and clients that speak through their links in memory.

use std::collections::BTreeMap;

use offhook_sim::{
    SimTime,
    device::csta::{ClientId, CloseReason, CstaServer, Encoding, Profile},
    exchange::switch::{DeviceId, GroupSettings, StationSettings, Switch},
    wire::csta::{
        ber::apdu::{self, Apdu},
        framing::{Frame, FramingError, Link, Side},
        message::Message,
        services::Service,
        value::Value,
        xml::{self, Document},
    },
};

/// What a client heard.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    Message(Message),
    Association(Value),
    Session(&'static str, Value),
    /// An APDU of phase I.
    Phase1(Vec<u8>),
}

pub struct Bench {
    pub switch: Switch,
    pub server: CstaServer,
    pub now: SimTime,
    profile: Profile,
    pub links: BTreeMap<ClientId, Link>,
    pub heard: BTreeMap<ClientId, Vec<Heard>>,
    pub closed: Vec<(ClientId, CloseReason)>,
    invoke: i64,
}

impl Bench {
    /// A switch with telephones 201 to 206 behind a server of this profile.
    pub fn new(profile: Profile) -> Bench {
        let mut switch = Switch::default();
        for number in 201..=206 {
            switch
                .add_station(&number.to_string(), StationSettings::default())
                .expect("the number is free");
        }
        Bench {
            switch,
            server: CstaServer::new(profile.clone()),
            now: SimTime::ZERO,
            profile,
            links: BTreeMap::new(),
            heard: BTreeMap::new(),
            closed: Vec::new(),
            invoke: 0,
        }
    }

    pub fn with(name: &str) -> Bench {
        Bench::new(Profile::by_name(name).expect("the profile is in the table"))
    }

    pub fn device(&self, number: &str) -> DeviceId {
        self.switch.device(number).expect("the device is there")
    }

    /// A client that has connected, and has an association where one is needed.
    pub fn client(&mut self) -> ClientId {
        let id = self.connect();
        if self.profile.association {
            self.associate(id, 1 << 3);
        }
        id
    }

    pub fn connect(&mut self) -> ClientId {
        let id = self.server.connect(self.now);
        self.links
            .insert(id, Link::new(self.profile.framing, Side::Client));
        self.heard.insert(id, Vec::new());
        self.settle();
        id
    }

    pub fn associate(&mut self, client: ClientId, versions: u64) {
        let user = Value::sequence([("cSTAVersion", Value::Bits(versions))]);
        let user = Value::choice("singleASN1Type", Value::choice("newDefinition", user));
        let context = Value::Oid(vec![1, 3, 12, 0, 218]);
        let request = Value::sequence([
            ("applicationContextName", context.clone()),
            (
                "userInformation",
                Value::List(vec![Value::sequence([
                    ("directReference", context),
                    ("encoding", user),
                ])]),
            ),
        ]);
        self.send_association(client, Value::choice("aarq", request));
    }

    pub fn send_association(&mut self, client: ClientId, apdu: Value) {
        let body = apdu::write(&Apdu::Association(apdu)).expect("it has a form");
        self.send_frame(client, &Frame::new(body));
    }

    pub fn send_frame(&mut self, client: ClientId, frame: &Frame) {
        let link = self.links.get_mut(&client).expect("the client is there");
        link.send(self.now, frame).expect("the frame fits");
        self.settle();
    }

    pub fn send_session(&mut self, client: ClientId, name: &'static str, content: Value) {
        let Encoding::Xml(style) = &self.profile.encoding else {
            panic!("sessions are XML")
        };
        let text = xml::write(
            style,
            &Document::Session {
                invoke: 1,
                name,
                content,
            },
        )
        .expect("it has a form");
        self.send_frame(
            client,
            &Frame {
                invoke: Some(1),
                body: text.into_bytes(),
            },
        );
    }

    /// Asks for a service that is not answered where it is done; what came of it is in [`Bench::heard`].
    pub fn tell(&mut self, client: ClientId, service: &str, argument: Value) {
        self.invoke += 1;
        let invoke = self.invoke;
        let service = Service::by_name(service).expect("the service is in the table");
        let message = Message::Request {
            invoke,
            service,
            argument,
        };
        let frame = match &self.profile.encoding {
            Encoding::Phase1 => panic!("the messages of phase I are in tests of their own"),
            Encoding::Phase3 => Frame::new(apdu::write(&Apdu::Message(message)).expect("it has a form")),
            Encoding::Xml(style) => {
                let text = xml::write(style, &Document::Message(message)).expect("it has a form");
                Frame {
                    invoke: Some(invoke as u16),
                    body: text.into_bytes(),
                }
            }
        };
        self.send_frame(client, &frame);
    }

    /// Asks for a service and gives the answer; what came beside it is in [`Bench::heard`].
    pub fn ask(&mut self, client: ClientId, service: &str, argument: Value) -> Result<Value, String> {
        self.tell(client, service, argument);
        let invoke = self.invoke;
        let heard = self.heard.get_mut(&client).expect("the client is there");
        for message in heard.iter() {
            match message {
                Heard::Message(Message::Response {
                    invoke: answered,
                    result,
                    ..
                }) if *answered == invoke => {
                    return Ok(result.clone());
                }
                Heard::Message(Message::Failure {
                    invoke: answered,
                    error,
                }) if *answered == invoke => {
                    return Err(error.to_string());
                }
                _ => {}
            }
        }
        panic!("no answer to {service}: {heard:?}");
    }

    pub fn monitor(&mut self, client: ClientId, number: &str) -> Vec<u8> {
        let argument = Value::sequence([("monitorObject", Value::choice("deviceObject", device(number)))]);
        let result = self
            .ask(client, "MonitorStart", argument)
            .expect("the device is there");
        result
            .get("crossRefIdentifier")
            .and_then(Value::as_octets)
            .expect("a monitor has one")
            .to_vec()
    }

    /// The events that a client has heard, but for those of hookswitches: names with the monitor, in order. What was heard
    /// is forgotten.
    pub fn events(&mut self, client: ClientId) -> Vec<String> {
        let heard = std::mem::take(self.heard.get_mut(&client).expect("the client is there"));
        let named = heard.into_iter().filter_map(|message| match message {
            Heard::Message(Message::Event { monitor, event, .. }) if event.name != "hookswitch" => {
                Some(format!("{} {}", String::from_utf8_lossy(&monitor), event.name))
            }
            _ => None,
        });
        named.collect()
    }

    pub fn later(&mut self, at: SimTime) {
        self.now = at;
        self.server.handle_timeout(&mut self.switch, at);
        self.settle();
    }

    /// Carries bytes to and fro until nobody has more to say.
    pub fn settle(&mut self) {
        loop {
            let mut quiet = true;
            self.server.pump(&mut self.switch, self.now);
            for (id, link) in &mut self.links {
                let bytes = link.output();
                if !bytes.is_empty() {
                    quiet = false;
                    self.server.handle_bytes(&mut self.switch, *id, &bytes, self.now);
                }
            }
            while let Some((id, bytes)) = self.server.poll_output() {
                quiet = false;
                let link = self.links.get_mut(&id).expect("the client is there");
                link.receive(self.now, &bytes);
                loop {
                    match link.next_frame() {
                        Ok(Some(frame)) => {
                            let heard = read(&self.profile, &frame);
                            self.heard.entry(id).or_default().push(heard);
                        }
                        Ok(None) | Err(FramingError::Ended) => break,
                        Err(error) => panic!("the server does not frame as agreed: {error}"),
                    }
                }
            }
            while let Some(closed) = self.server.poll_closed() {
                self.closed.push(closed);
            }
            if quiet {
                return;
            }
        }
    }
}

fn read(profile: &Profile, frame: &Frame) -> Heard {
    match &profile.encoding {
        Encoding::Phase1 => Heard::Phase1(frame.body.clone()),
        Encoding::Phase3 => match apdu::read(&frame.body).expect("the server writes what can be read") {
            Apdu::Message(message) => Heard::Message(message),
            Apdu::Association(value) => Heard::Association(value),
        },
        Encoding::Xml(_) => {
            let invoke = i64::from(frame.invoke.expect("an Annex J frame has one"));
            match xml::read(invoke, &frame.body).expect("the server writes what can be read") {
                Document::Message(message) => Heard::Message(message),
                Document::Session { name, content, .. } => Heard::Session(name, content),
            }
        }
    }
}

pub fn device(number: &str) -> Value {
    Value::sequence([(
        "deviceIdentifier",
        Value::choice("dialingNumber", Value::text(number)),
    )])
}

pub fn connection(call: u32, number: &str) -> Value {
    let members = [
        ("callID", Value::Octets(call.to_string().into_bytes())),
        ("deviceID", Value::choice("staticID", device(number))),
    ];
    Value::choice("both", Value::sequence(members))
}

/// The argument of a Make Call whose caller need not lift the handset first.
pub fn make_call(from: &str, to: &str) -> Value {
    Value::sequence([
        ("callingDevice", device(from)),
        ("calledDirectoryNumber", device(to)),
        ("autoOriginate", Value::named("doNotPrompt")),
    ])
}

pub fn octets(text: &str) -> Value {
    Value::Octets(text.as_bytes().to_vec())
}

/// A bench with an ACD group 300 of 201 and 202, and a routeing device 900 that leads to 203.
pub fn office(profile: &str) -> (Bench, ClientId) {
    let mut bench = Bench::with(profile);
    let settings = GroupSettings {
        members: vec![bench.device("201"), bench.device("202")],
        agents_only: true,
        queue: 5,
        ..GroupSettings::default()
    };
    bench
        .switch
        .add_group("300", settings)
        .expect("the number is free");
    let routeing = bench
        .switch
        .add_routeing_device("900", "203")
        .expect("the number is free");
    bench
        .switch
        .set_routeing_mode(routeing, true, bench.now)
        .expect("it is one");
    let client = bench.client();
    (bench, client)
}

/// The requests that the switch has made of a client: names and arguments. What was heard is forgotten.
pub fn asked(bench: &mut Bench, client: ClientId) -> Vec<(&'static str, Value)> {
    let heard = std::mem::take(bench.heard.get_mut(&client).expect("the client is there"));
    let requests = heard.into_iter().filter_map(|message| match message {
        Heard::Message(Message::Request {
            service, argument, ..
        }) => Some((service.name, argument)),
        _ => None,
    });
    requests.collect()
}
