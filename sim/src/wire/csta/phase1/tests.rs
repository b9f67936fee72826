//! Phase I: operations to and from values, as the MD110 frames them, and what it has no form for.

use super::{
    operations::OPERATIONS,
    read,
    values::{filter_down, filter_up},
    write,
};
use crate::wire::csta::{
    ber,
    message::Message,
    schema::phase1,
    services::{EVENTS, SERVICES},
    value::{Value, hex},
};

fn apdu(value: &Value) -> Vec<u8> {
    ber::encode(phase1::ty("ROSEapdu").expect("it is there"), value).expect("it is of the type")
}

fn invocation(code: i64, ty: &str, argument: &Value) -> Vec<u8> {
    let argument = ber::encode(phase1::ty(ty).expect("it is there"), argument).expect("it is of the type");
    let members = [
        ("invokeID", Value::Integer(7)),
        ("opcode", Value::Integer(code)),
        ("argument", Value::Any(argument)),
    ];
    apdu(&Value::choice("roiv", Value::sequence(members)))
}

#[test]
fn every_row_names_a_type_that_exists() {
    for operation in OPERATIONS {
        assert!(phase1::ty(operation.argument).is_some(), "{}", operation.name);
    }
}

#[test]
fn a_make_call_is_the_one_of_phase_three() {
    let number = |digits| Value::choice("dialingNumber", Value::text(digits));
    let argument = Value::sequence([
        ("callingDevice", number("201")),
        ("calledDirectoryNumber", number("202")),
    ]);
    let (message, asked) = read(&invocation(10, "MakeCallArgument", &argument)).expect("it is a request");
    let Message::Request {
        invoke,
        service,
        argument,
    } = message
    else {
        panic!("{message:?}")
    };
    assert_eq!((invoke, service.name), (7, "MakeCall"));
    assert_eq!(
        argument.to_string(),
        "{callingDevice {deviceIdentifier dialingNumber: \"201\"}, calledDirectoryNumber {deviceIdentifier \
         dialingNumber: \"202\"}, autoOriginate doNotPrompt}"
    );
    let device = Value::choice("dialingNumber", Value::text("201"));
    let device = Value::choice("staticID", Value::sequence([("deviceIdentifier", device)]));
    let members = [("callID", Value::Octets(b"1".to_vec())), ("deviceID", device)];
    let connection = Value::choice("both", Value::sequence(members));
    let answer = Message::Response {
        invoke: 7,
        service: Some(service),
        result: Value::sequence([("callingDevice", connection)]),
    };
    let bytes = write(&answer, asked.as_ref()).expect("it has a form");
    // rors { 7, { 10, ConnectionID { callID '1', deviceID "201" } } }
    assert_eq!(
        hex(&bytes),
        "A2120201".to_owned() + "07300D02010A6B08" + "820131" + "8003323031"
    );
}

#[test]
fn a_filter_keeps_its_bits_on_the_way_up_and_down() {
    let filter = Value::sequence([
        ("callControl", Value::Bits(0b101)),
        ("feature", Value::Bits(0b1010)),
        ("agent", Value::Bits(0b11)),
        ("maintenance", Value::Bits(0b1)),
        ("private", Value::Boolean(false)),
    ]);
    let up = filter_up(&filter);
    assert_eq!(
        up.to_string(),
        "{callControl {0 2}, callAssociated {}, logicalDeviceFeature {1 2 11}, physicalDeviceFeature {5}, \
         maintenance {0}}"
    );
    assert_eq!(filter_down(&up), filter);
}

#[test]
fn errors_are_the_nearest_that_phase_one_has() {
    let refuse = |category, name| {
        let bytes = write(&Message::failure(3, category, name), None).expect("it has a form");
        let rose = ber::decode(phase1::ty("ROSEapdu").expect("it is there"), &bytes).expect("it is one");
        let Some(Value::Any(error)) = rose.get("roer").and_then(|error| error.get("parameter")) else {
            panic!("{rose}")
        };
        let ty = phase1::ty("UniversalFailure").expect("it is there");
        ber::decode(ty, error).expect("it is one").to_string()
    };
    assert_eq!(
        refuse("operation", "invalidDeviceID"),
        "operation: invalidDeviceID"
    );
    assert_eq!(refuse("operation", "invalidLampID"), "operation: generic");
    for (category, told, nearest) in [
        ("operation", "serviceNotSupported", "invalidFeature"),
        ("operation", "invalidHeldCallID", "invalidCallID"),
        ("operation", "invalidActiveConnectionID", "invalidConnectionID"),
        ("operation", "invalidPickUpDeviceID", "invalidDeviceID"),
        (
            "operation",
            "requestIncompatibleWithDevice",
            "requestIncompatibleWithObject",
        ),
        ("operation", "invalidMonitorCrossRefID", "invalidCrossRefID"),
        ("operation", "correlatorDataOutOfRange", "valueOutOfRange"),
        ("operation", "invalidAgentState", "generic"),
        ("stateIncompatibility", "invalidHeldConnectionState", "noHeldCall"),
        (
            "stateIncompatibility",
            "invalidConnectionState",
            "invalidObjectState",
        ),
        (
            "systemResourceAvailability",
            "deviceOutOfService",
            "resourceOutOfService",
        ),
        (
            "systemResourceAvailability",
            "resourceLimitExceeded",
            "resourceBusy",
        ),
    ] {
        assert_eq!(refuse(category, told), format!("{category}: {nearest}"));
    }
    assert_eq!(
        refuse("stateIncompatibility", "noCallToAnswer"),
        "stateIncompatibility: noCallToAnswer"
    );
    assert_eq!(
        refuse("privateData", "cSTAPrivateDataInfoError"),
        "unspecified: NULL"
    );
}

#[test]
fn what_phase_one_lacks_cannot_be_written() {
    let event = EVENTS.iter().find(|event| event.phase1.is_none());
    let message = Message::Event {
        invoke: 1,
        monitor: b"1".to_vec(),
        event: event.expect("there is one"),
        data: Value::sequence([]),
    };
    assert!(write(&message, None).is_err());
    let service = SERVICES
        .iter()
        .find(|service| service.name == "RouteRequest")
        .expect("it is there");
    let message = Message::Request {
        invoke: 1,
        service,
        argument: Value::sequence([]),
    };
    assert!(write(&message, None).is_err());
}
