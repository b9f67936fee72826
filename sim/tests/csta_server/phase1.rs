//! The MD110 as its applications see it: phase I, without an association.

use offhook_sim::{
    device::csta::ClientId,
    exchange::switch::{ConnectionState, ForwardingType},
    wire::csta::{ber, framing::Frame, schema::phase1, value::Value},
};

use crate::bench::{Bench, Heard, octets};

fn encode(ty: &str, value: &Value) -> Vec<u8> {
    ber::encode(phase1::ty(ty).expect("the schema has it"), value).expect("it is of the type")
}

fn decode(ty: &str, bytes: &Value) -> Value {
    let Value::Any(bytes) = bytes else {
        panic!("{bytes}")
    };
    ber::decode(phase1::ty(ty).expect("the schema has it"), bytes).expect("it is of the type")
}

fn number(digits: &str) -> Value {
    Value::choice("dialingNumber", Value::text(digits))
}

fn connection(call: &str, device: &str) -> Value {
    Value::sequence([("callID", octets(call)), ("deviceID", Value::text(device))])
}

fn invoke(bench: &mut Bench, client: ClientId, code: i64, ty: &str, argument: &Value) {
    let members = [
        ("invokeID", Value::Integer(code)),
        ("opcode", Value::Integer(code)),
        ("argument", Value::Any(encode(ty, argument))),
    ];
    let body = encode("ROSEapdu", &Value::choice("roiv", Value::sequence(members)));
    bench.send_frame(client, &Frame::new(body));
}

/// What the client has heard since it was asked last: APDUs in order.
fn heard(bench: &mut Bench, client: ClientId) -> Vec<Value> {
    let heard = std::mem::take(bench.heard.get_mut(&client).expect("the client is there"));
    let apdus = heard.into_iter().map(|heard| match heard {
        Heard::Phase1(bytes) => ber::decode(phase1::ty("ROSEapdu").expect("the schema has it"), &bytes),
        other => panic!("{other:?}"),
    });
    apdus.map(|apdu| apdu.expect("it is one")).collect()
}

/// Asks for an operation; gives what the answer holds, and the events that followed it: number and content.
fn ask(
    bench: &mut Bench,
    client: ClientId,
    code: i64,
    ty: &str,
    argument: &Value,
) -> (Value, Vec<(i64, Value)>) {
    invoke(bench, client, code, ty, argument);
    let mut heard = heard(bench, client).into_iter();
    let answer = heard.next().expect("there is an answer");
    let events = heard.map(|apdu| {
        let argument = apdu.get("roiv").and_then(|roiv| roiv.get("argument"));
        let report = decode("CSTAEventReportArgument", argument.expect("events have one"));
        let number = report.get("eventType").and_then(Value::as_integer);
        let info = report.get("eventInfo").cloned();
        (number.expect("it has a number"), info.expect("it has content"))
    });
    (answer, events.collect())
}

fn result(answer: &Value) -> &Value {
    answer
        .get("rors")
        .and_then(|rors| rors.get("result")?.get("result"))
        .unwrap_or_else(|| panic!("{answer}"))
}

#[test]
fn a_call_is_made_answered_held_and_cleared() {
    let mut bench = Bench::with("md110");
    let client = bench.connect();
    let object = Value::sequence([("monitorObject", number("201"))]);
    let (answer, _) = ask(&mut bench, client, 71, "MonitorStartArgument", &object);
    let started = decode("MonitorStartResult", result(&answer));
    assert_eq!(started.get("crossRefIdentifier"), Some(&octets("1")));
    let call = Value::sequence([
        ("callingDevice", number("201")),
        ("calledDirectoryNumber", number("202")),
    ]);
    let (answer, events) = ask(&mut bench, client, 10, "MakeCallArgument", &call);
    assert_eq!(decode("ConnectionID", result(&answer)), connection("1", "201"));
    let numbers: Vec<_> = events.iter().map(|(number, _)| *number).collect();
    assert_eq!(numbers, [13, 10, 4], "serviceInitiated, originated, delivered");
    assert_eq!(
        decode("DeliveredEvent", &events[2].1).to_string(),
        "{connection {callID '1', deviceID \"202\"}, alertingDevice dialingNumber: \"202\", callingDevice \
         dialingNumber: \"201\", calledDevice dialingNumber: \"202\", lastRedirectionDevice notRequired: NULL, \
         localConnectionInfo connected, cause newCall}"
    );
    let (_, events) = ask(&mut bench, client, 2, "ConnectionID", &connection("1", "202"));
    assert_eq!(events.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [6]);
    let hold = Value::sequence([
        ("callToBeHeld", connection("1", "201")),
        ("connectionReservation", Value::Boolean(true)),
    ]);
    let (_, events) = ask(&mut bench, client, 9, "HoldCallArgument", &hold);
    assert_eq!(events.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [8]);
    let consult = Value::sequence([
        ("existingCall", connection("1", "201")),
        ("calledDirectoryNumber", number("203")),
    ]);
    let (answer, _) = ask(&mut bench, client, 14, "ConnectionID", &connection("1", "201"));
    assert!(answer.get("rors").is_some(), "{answer}");
    let (answer, _) = ask(&mut bench, client, 7, "ConsultationCallArgument", &consult);
    assert_eq!(decode("ConnectionID", result(&answer)), connection("2", "201"));
    ask(&mut bench, client, 2, "ConnectionID", &connection("2", "203"));
    // The held call need not be named.
    let active = Value::choice("activeCall", connection("2", "201"));
    let (answer, events) = ask(&mut bench, client, 16, "ConnectionDetails", &active);
    let transferred = decode("TransferCallResult", result(&answer));
    assert_eq!(
        transferred.get("connections").map(|list| list.items().len()),
        Some(2)
    );
    assert_eq!(events.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [14]);
}

#[test]
fn features_are_set_and_asked() {
    let mut bench = Bench::with("md110");
    let client = bench.connect();
    let forward = Value::sequence([
        ("forwardingType", Value::named("forwardBusyOn")),
        ("forwardDN", Value::text("205")),
    ]);
    let set = Value::sequence([
        ("device", number("201")),
        ("feature", Value::choice("forward", forward.clone())),
    ]);
    let (answer, _) = ask(&mut bench, client, 15, "SetFeatureArgument", &set);
    assert!(answer.get("rors").is_some(), "{answer}");
    let device = bench.device("201");
    let rules: Vec<_> = bench.switch.forwarding(device).map(|(kind, _)| kind).collect();
    assert_eq!(rules, [ForwardingType::Busy]);
    let query = |feature| Value::sequence([("device", number("201")), ("feature", Value::named(feature))]);
    let answers = [
        ("forward", Value::choice("forward", forward)),
        (
            "doNotDisturb",
            Value::choice("doNotDisturb", Value::Boolean(false)),
        ),
        (
            "msgWaitingOn",
            Value::choice("msgWaitingOn", Value::Boolean(false)),
        ),
        ("agentState", Value::choice("agentState", Value::named("logOut"))),
    ];
    for (feature, expected) in answers {
        let (answer, _) = ask(&mut bench, client, 12, "QueryDeviceArgument", &query(feature));
        assert_eq!(
            decode("QueryDeviceResult", result(&answer)),
            expected,
            "{feature}"
        );
    }
}

#[test]
fn snapshots_and_refusals_have_their_forms() {
    let mut bench = Bench::with("md110");
    let client = bench.connect();
    let caller = bench.device("201");
    bench
        .switch
        .make_call(caller, "202", &Default::default(), bench.now)
        .expect("both are free");
    bench.settle();
    let (answer, _) = ask(&mut bench, client, 74, "DeviceID", &number("202"));
    assert_eq!(
        decode("SnapshotDeviceResult", result(&answer)).to_string(),
        "{{deviceOnCall dialingNumber: \"202\", callIdentifier {callID '1', deviceID \"202\"}, \
         localConnectionState alerting}}"
    );
    let (answer, _) = ask(&mut bench, client, 2, "ConnectionID", &connection("1", "201"));
    let error = answer.get("roer").and_then(|error| error.get("parameter"));
    assert_eq!(
        decode("UniversalFailure", error.expect("it is refused")).to_string(),
        "stateIncompatibility: noCallToAnswer"
    );
    // Clear Call is not among the operations of Application Link.
    invoke(&mut bench, client, 4, "ConnectionID", &connection("1", "201"));
    let rejected = heard(&mut bench, client);
    assert!(rejected[0].get("rorj").is_some(), "{rejected:?}");
    assert!(
        bench
            .switch
            .connection_in(caller, ConnectionState::Connected)
            .is_some()
    );
}
