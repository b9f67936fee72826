//! The fuzz corpora hold a message of every kind: each service asked of a server in which a call stands, and each service
//! and event by itself in BER and in XML.
//!
//! `OFFHOOK_UPDATE_CORPUS=1 cargo test -p offhook-sim --test csta_server corpus` writes those that are missing.

use std::{fs, path::Path};

use offhook_sim::{
    device::csta::profiles,
    wire::csta::{
        ber::apdu::{self, Apdu},
        framing::{Frame, Framing, Link, Side},
        message::Message,
        schema::{Kind, Presence, Type, phase3},
        services::{EVENTS, SERVICES, Service},
        value::Value,
        xml::{self, Document, Style},
    },
};
use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

use crate::bench::{connection, device, make_call};
use crate::csta_values;

/// What a client might mean in the switch of the fuzz target: devices that are there, the connection that stands.
fn lifelike(runner: &mut TestRunner, ty: &'static Type) -> Value {
    match (ty.name, &ty.kind) {
        ("DeviceID", _) => device("203"),
        ("ConnectionID" | "ConnectionIDBody", _) => connection(1, "201"),
        (_, Kind::Choice([first, ..])) => Value::choice(first.name, lifelike(runner, first.ty)),
        (_, Kind::Sequence(fields)) => {
            let needed = fields.iter().filter(|field| field.presence == Presence::Required);
            let members: Vec<_> = needed
                .map(|field| (field.name, lifelike(runner, field.ty)))
                .collect();
            Value::Sequence(members)
        }
        _ => csta_values::printable(ty)
            .new_tree(runner)
            .expect("the type has values")
            .current(),
    }
}

fn request(invoke: i64, service: &'static Service, argument: Value) -> Message {
    Message::Request {
        invoke,
        service,
        argument,
    }
}

/// An input of the server's target: HiPath's profile, an association, a call from 201 to 202, and a request.
fn served(service: &'static Service, argument: Value) -> Vec<u8> {
    let at = profiles()
        .iter()
        .position(|profile| profile.framing == Framing::HiPath);
    let mut input = vec![u8::try_from(at.expect("it is one of them")).expect("there are few")];
    let context = Value::sequence([("applicationContextName", Value::Oid(vec![1, 3, 12, 0, 218]))]);
    let known = |name| Service::by_name(name).expect("it is in the table");
    let answer = Value::sequence([("callToBeAnswered", connection(1, "202"))]);
    let said = [
        Apdu::Association(Value::choice("aarq", context)),
        Apdu::Message(request(1, known("MakeCall"), make_call("201", "202"))),
        Apdu::Message(request(2, known("AnswerCall"), answer)),
        Apdu::Message(request(3, service, argument)),
    ];
    let mut link = Link::new(Framing::HiPath, Side::Client);
    for apdu in said {
        let body = apdu::write(&apdu).expect("it has a form");
        link.send(offhook_sim::SimTime::ZERO, &Frame::new(body))
            .expect("it fits");
    }
    for piece in link.output().chunks(255) {
        input.extend([0, u8::try_from(piece.len()).expect("it is a piece")]);
        input.extend(piece);
    }
    input
}

#[test]
fn the_corpora_hold_every_service_and_event() {
    let mut runner = TestRunner::deterministic();
    let mut inputs = Vec::new();
    let ty = |name: &str| phase3::ty(name).expect("the schema has it");
    let mut messages = Vec::new();
    for service in SERVICES {
        let argument = lifelike(&mut runner, ty(service.argument));
        inputs.push(("csta_server", service.name, served(service, argument.clone())));
        messages.push((service.name, request(1, service, argument)));
    }
    for event in EVENTS {
        let data = lifelike(&mut runner, ty(event.ty));
        let message = Message::Event {
            invoke: 1,
            monitor: b"1".to_vec(),
            event,
            data,
        };
        messages.push((event.ty, message));
    }
    for (name, message) in messages {
        // The first two octets choose a type, which the message itself is none of.
        let bytes = apdu::write(&Apdu::Message(message.clone())).expect("it has a form");
        inputs.push(("csta_ber", name, [vec![0, 0], bytes].concat()));
        let text = xml::write(&Style::default(), &Document::Message(message)).expect("it has a form");
        inputs.push(("csta_xml", name, text.into_bytes()));
    }
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus");
    for (target, name, input) in inputs {
        let file = corpus.join(target).join(format!("one-{name}"));
        if !file.exists() && std::env::var_os("OFFHOOK_UPDATE_CORPUS").is_some() {
            fs::write(&file, &input).expect("the corpus can be written");
        }
        assert!(
            file.exists(),
            "{} is missing; see this test's head",
            file.display()
        );
    }
}
