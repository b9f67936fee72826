//! Documents as peers write them.

use super::{Document, Style, read, write};
use crate::wire::csta::{
    message::{Message, ReadError},
    services::{Event, Service},
    value::Value,
};

fn device(number: &str) -> Value {
    Value::sequence([(
        "deviceIdentifier",
        Value::choice("dialingNumber", Value::text(number)),
    )])
}

fn connection(call: &str, number: &str) -> Value {
    let members = [
        ("callID", Value::Octets(call.as_bytes().to_vec())),
        ("deviceID", Value::choice("staticID", device(number))),
    ];
    Value::choice("both", Value::sequence(members))
}

fn make_call() -> Document {
    let argument = Value::sequence([
        ("callingDevice", device("201")),
        ("calledDirectoryNumber", device("202")),
    ]);
    let service = Service::by_name("MakeCall").expect("it is in the table");
    Document::Message(Message::Request {
        invoke: 7,
        service,
        argument,
    })
}

#[test]
fn edition_six_deflects_to_a_list_of_devices() {
    let body = "<callToBeDiverted><callID>1</callID></callToBeDiverted>";
    let single = format!("<DeflectCall>{body}<newDestination>202</newDestination></DeflectCall>");
    let list = "<newDestination><device>202</device><device>203</device></newDestination>";
    let list = format!("<DeflectCall>{body}{list}</DeflectCall>");
    let argument = |text: &str| match read(1, text.as_bytes()) {
        Ok(Document::Message(Message::Request { argument, .. })) => argument,
        other => panic!("{other:?}"),
    };
    assert_eq!(argument(&single).get("newDestination"), Some(&device("202")));
    let listed = argument(&list);
    assert_eq!(listed.get("newDestination"), Some(&device("202")));
    assert_eq!(
        listed.get("addNewDestinationsList"),
        Some(&Value::List(vec![device("203")]))
    );
}

#[test]
fn prefixes_prologs_and_strange_elements_make_no_difference() {
    let bare = "<MakeCall><callingDevice>201</callingDevice>\
                <calledDirectoryNumber>202</calledDirectoryNumber></MakeCall>";
    let prefixed = "\u{feff}<?xml version=\"1.0\"?>\n<csta:MakeCall \
                    xmlns:csta=\"http://www.ecma-international.org/standards/ecma-323/csta/ed3\">\n  \
                    <csta:callingDevice typeOfNumber=\"dialingNumber\">201</csta:callingDevice>\n  \
                    <csta:calledDirectoryNumber>202</csta:calledDirectoryNumber>\n  \
                    <csta:somethingNew><csta:inside/></csta:somethingNew>\n</csta:MakeCall>\n";
    assert_eq!(read(7, bare.as_bytes()), Ok(make_call()));
    assert_eq!(read(7, prefixed.as_bytes()), Ok(make_call()));
}

#[test]
fn a_document_is_written_in_the_style_that_is_asked_for() {
    let style = Style {
        edition: 4,
        prefix: "csta".into(),
        prolog: false,
    };
    let text = write(&style, &make_call()).expect("it has a form");
    assert_eq!(
        text,
        "<csta:MakeCall xmlns:csta=\"http://www.ecma-international.org/standards/ecma-323/csta/ed4\">\
         <csta:callingDevice>201</csta:callingDevice>\
         <csta:calledDirectoryNumber>202</csta:calledDirectoryNumber></csta:MakeCall>"
    );
}

#[test]
fn an_event_begins_with_its_monitor_and_transfers_are_spelled_as_the_standard_does() {
    let data = Value::sequence([
        ("primaryOldCall", connection("17", "201")),
        (
            "transferringDevice",
            Value::choice("deviceIdentifier", device("201")),
        ),
        ("transferredToDevice", Value::choice("notKnown", Value::Null)),
        ("transferredConnections", Value::List(vec![])),
        ("cause", Value::named("transfer")),
    ]);
    let event = Event::by_type("TransferredEvent").expect("it is in the table");
    let document = Document::Message(Message::Event {
        invoke: 9999,
        monitor: b"m1".to_vec(),
        event,
        data,
    });
    let text = write(&Style::default(), &document).expect("it has a form");
    assert!(text.contains("<TransferedEvent "), "{text}");
    assert!(
        text.contains("ed5\"><monitorCrossRefID>m1</monitorCrossRefID><primaryOldCall><callID>17</callID>"),
        "{text}"
    );
    assert_eq!(read(9999, text.as_bytes()), Ok(document));
}

#[test]
fn the_misspelt_error_category_is_kept() {
    let document = Document::Message(Message::failure(3, "systemResourceAvailability", "resourceBusy"));
    let text = write(&Style::default(), &document).expect("it has a form");
    assert!(
        text.contains("<systemResourceAvailibility>resourceBusy</systemResourceAvailibility>"),
        "{text}"
    );
    assert_eq!(read(3, text.as_bytes()), Ok(document));
}

#[test]
fn sessions_have_a_namespace_of_their_own() {
    let text = "<StartApplicationSession xmlns=\"http://www.ecma-international.org/standards/ecma-354/appl_session\">\
                <applicationInfo><applicationID>bench</applicationID></applicationInfo>\
                <requestedProtocolVersions><protocolVersion>ed5</protocolVersion></requestedProtocolVersions>\
                <requestedSessionDuration>60</requestedSessionDuration></StartApplicationSession>";
    let document = read(1, text.as_bytes()).expect("it is one");
    let Document::Session { name, content, .. } = &document else {
        panic!("{document:?}")
    };
    assert_eq!(*name, "StartApplicationSession");
    assert_eq!(content.get("requestedSessionDuration"), Some(&Value::Integer(60)));
    let style = Style {
        prolog: false,
        ..Style::default()
    };
    assert_eq!(write(&style, &document).as_deref(), Ok(text));
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    assert!(matches!(read(1, b"<MakeCall>"), Err(ReadError::Envelope(_))));
    assert!(matches!(
        read(1, b"<!DOCTYPE x [<!ENTITY a \"b\">]><MakeCall/>"),
        Err(ReadError::Envelope(_))
    ));
    assert!(matches!(read(1, b"<MakeTea/>"), Err(ReadError::Unknown { .. })));
    let text = b"<SetDoNotDisturb><device>201</device><doNotDisturbOn>yes</doNotDisturbOn></SetDoNotDisturb>";
    let Err(ReadError::Content { error, .. }) = read(1, text) else {
        panic!("that is no boolean")
    };
    assert_eq!(
        error,
        "in SetDoNotDisturb: in doNotDisturbOn: \"yes\" is neither true nor false"
    );
    let deep = "<a>".repeat(100);
    assert!(matches!(read(1, deep.as_bytes()), Err(ReadError::Envelope(_))));
}
