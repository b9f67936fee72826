//! What holds whatever clients send.

use std::collections::BTreeMap;

use offhook_sim::device::csta::profiles;
use offhook_sim::wire::csta::{
    framing::Frame,
    message::Message,
    schema::{Kind, phase3},
    value::Value,
};
use proptest::prelude::*;

use crate::bench::{Bench, Heard, connection, device, make_call};

/// Services with calls and devices that may or may not be there.
fn request() -> impl Strategy<Value = (&'static str, Value)> {
    let number = || prop::sample::select(vec!["201", "202", "203", "204", "999"]);
    let at = |member: &'static str| {
        move |(call, number): (u32, &str)| Value::sequence([(member, connection(call, number))])
    };
    let pair = |(held, active, number): (u32, u32, &str)| {
        Value::sequence([
            ("heldCall", connection(held, number)),
            ("activeCall", connection(active, number)),
        ])
    };
    let one = move || (1..6u32, number());
    let two = move || (1..6u32, 1..6u32, number());
    prop_oneof![
        4 => (number(), number()).prop_map(|(from, to)| ("MakeCall", make_call(from, to))),
        4 => one().prop_map(at("callToBeAnswered")).prop_map(|argument| ("AnswerCall", argument)),
        2 => one().prop_map(at("connectionToBeCleared")).prop_map(|argument| ("ClearConnection", argument)),
        2 => one().prop_map(at("callToBeHeld")).prop_map(|argument| ("HoldCall", argument)),
        1 => one().prop_map(at("callToBeRetrieved")).prop_map(|argument| ("RetrieveCall", argument)),
        2 => (one(), number()).prop_map(|((call, number), to)| {
            let members = [("existingCall", connection(call, number)), ("consultedDevice", device(to))];
            ("ConsultationCall", Value::sequence(members))
        }),
        2 => two().prop_map(pair).prop_map(|argument| ("TransferCall", argument)),
        2 => two().prop_map(pair).prop_map(|argument| ("ConferenceCall", argument)),
        1 => two().prop_map(pair).prop_map(|argument| ("AlternateCall", argument)),
        1 => (one(), number()).prop_map(|((call, number), to)| {
            let members = [("callToBeDiverted", connection(call, number)), ("newDestination", device(to))];
            ("DeflectCall", Value::sequence(members))
        }),
        1 => two().prop_map(pair).prop_map(|argument| ("ReconnectCall", argument)),
        1 => (one(), number()).prop_map(|((call, number), to)| {
            let members = [("activeCall", connection(call, number)), ("transferredTo", device(to))];
            ("SingleStepTransferCall", Value::sequence(members))
        }),
        1 => (one(), number()).prop_map(|((call, number), to)| {
            let members = [("activeCall", connection(call, number)), ("deviceToJoin", device(to))];
            ("SingleStepConferenceCall", Value::sequence(members))
        }),
        1 => (one(), number()).prop_map(|((call, number), to)| {
            let members = [("callToBePickedUp", connection(call, number)), ("requestingDevice", device(to))];
            ("DirectedPickupCall", Value::sequence(members))
        }),
        1 => one().prop_map(at("camponConnection")).prop_map(|argument| ("CamponCall", argument)),
        1 => one().prop_map(at("callbackConnection")).prop_map(|argument| ("CallBack", argument)),
        1 => one().prop_map(at("callbackMessageConnection")).prop_map(|argument| ("CallBackMessage", argument)),
        1 => one().prop_map(at("callToBeAccepted")).prop_map(|argument| ("AcceptCall", argument)),
        1 => one().prop_map(at("callToBeCleared")).prop_map(|argument| ("ClearCall", argument)),
        1 => one().prop_map(at("intrude")).prop_map(|argument| ("IntrudeCall", argument)),
        1 => (one(), number()).prop_map(|((call, number), to)| {
            let members = [("activeCall", connection(call, number)), ("joiningDevice", device(to))];
            ("JoinCall", Value::sequence(members))
        }),
        1 => (one(), number()).prop_map(|((call, number), to)| {
            let members = [("parking", connection(call, number)), ("parkTo", device(to))];
            ("ParkCall", Value::sequence(members))
        }),
        1 => (one(), number()).prop_map(|((call, number), to)| {
            let members = [("diallingConnection", connection(call, number)), ("diallingSequence", device(to))];
            ("DialDigits", Value::sequence(members))
        }),
        1 => number().prop_map(|number| {
            ("MakeConnection", Value::sequence([("initiatingDevice", device(number))]))
        }),
        1 => (number(), number()).prop_map(|(from, to)| {
            let members = [("callingDevice", device(from)), ("calledDirectoryNumber", device(to))];
            ("MakePredictiveCall", Value::sequence(members))
        }),
        1 => number().prop_map(|number| {
            ("GroupPickupCall", Value::sequence([("newDestination", device(number))]))
        }),
        1 => one().prop_map(|(call, number)| {
            let members = [
                ("connectionToSendDigits", connection(call, number)),
                ("charactersToSend", Value::text("12#")),
            ];
            ("GenerateDigits", Value::sequence(members))
        }),
        1 => (number(), any::<bool>()).prop_map(|(number, on)| {
            let members = [("device", device(number)), ("doNotDisturbOn", Value::Boolean(on))];
            ("SetDoNotDisturb", Value::sequence(members))
        }),
        1 => (number(), number(), any::<bool>()).prop_map(|(number, to, on)| {
            let members = [
                ("device", device(number)), ("forwardingType", Value::named("forwardImmediate")),
                ("activateForward", Value::Boolean(on)), ("forwardDN", device(to)),
            ];
            ("SetForwarding", Value::sequence(members))
        }),
        1 => (number(), any::<bool>()).prop_map(|(number, on)| {
            let members = [
                ("device", device(number)), ("hookswitch", Value::Octets(b"0".to_vec())),
                ("hookswitchOnHook", Value::Boolean(on)),
            ];
            ("SetHookswitchStatus", Value::sequence(members))
        }),
    ]
}

/// The local state that the last event told of each connection, by call.
type Told = BTreeMap<Vec<u8>, String>;

fn call_of(connection: &Value) -> Option<Vec<u8>> {
    connection
        .get("both")?
        .get("callID")?
        .as_octets()
        .map(<[u8]>::to_vec)
}

/// Takes an event of a device monitor: where the device stands in which call now.
fn apply(told: &mut Told, data: &Value) {
    for old in ["primaryOldCall", "secondaryOldCall"] {
        if let Some(call) = data.get(old).and_then(call_of) {
            told.remove(&call);
        }
    }
    let lists = ["transferredConnections", "conferenceConnections"];
    let merged = lists
        .iter()
        .find_map(|list| data.get(list))
        .map(Value::items)
        .unwrap_or_default();
    for entry in merged {
        if let Some(call) = entry.get("oldConnection").and_then(call_of) {
            told.remove(&call);
        }
    }
    let of_event = match data {
        Value::Sequence(members) => members
            .iter()
            .find_map(|(name, value)| (!name.ends_with("OldCall")).then(|| call_of(value)).flatten()),
        _ => None,
    };
    let of_merge = merged
        .iter()
        .find_map(|entry| entry.get("newConnection").and_then(call_of));
    let state = data
        .get("localConnectionInfo")
        .and_then(Value::as_name)
        .unwrap_or("null");
    if let Some(call) = of_merge.or(of_event) {
        if state == "null" {
            told.remove(&call);
        } else {
            told.insert(call, state.to_owned());
        }
    }
}

/// The device's own state in a simple call state: the lower half of its number.
fn own_half(simple: &str) -> Option<&'static str> {
    let number = |ty: &str, wanted: &dyn Fn(&(&'static str, i64)) -> bool| match &phase3::ty(ty)?.kind {
        Kind::Enumerated(names) => names.iter().copied().find(|row| wanted(row)),
        _ => None,
    };
    let (_, code) = number("SimpleCallState", &|(name, _)| *name == simple)?;
    number("LocalConnectionState", &|(_, state)| *state == code & 0xF).map(|(name, _)| name)
}

/// What a snapshot of a device says: its own state in each call.
fn snapshot(answer: &Value) -> Told {
    let data = answer
        .get("crossRefIDorSnapshotData")
        .and_then(|data| data.get("snapshotData"));
    let items = data.map(Value::items).unwrap_or_default().iter();
    let told = items.filter_map(|item| {
        let call = item.get("connectionIdentifier").and_then(call_of)?;
        let state = item.get("localCallState")?;
        let local = match state.chosen()? {
            ("compoundCallState", states) => states.items().first()?.as_name()?,
            (_, simple) => own_half(simple.as_name()?)?,
        };
        Some((call, local.to_owned()))
    });
    told.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_events_of_a_monitor_rebuild_the_snapshot(
        requests in prop::collection::vec(request(), 1..24),
        profile in prop::sample::select(vec!["hipath", "annex-j"]),
    ) {
        let mut bench = Bench::with(profile);
        let client = bench.client();
        let watcher = bench.client();
        let numbers = ["201", "202", "203", "204"];
        let monitors = numbers.map(|number| bench.monitor(watcher, number));
        let requested = requests.len();
        for (service, argument) in requests {
            // Most of what is asked cannot be done; whatever the answer, there is one.
            drop(bench.ask(client, service, argument));
        }
        for (number, monitor) in numbers.iter().zip(monitors) {
            let mut told = Told::new();
            for heard in &bench.heard[&watcher] {
                // What is heard in a call moves nobody in it.
                if let Heard::Message(Message::Event { monitor: id, event, data, .. }) = heard
                    && *id == monitor
                    && event.category == "callControlEvents"
                {
                    apply(&mut told, data);
                }
            }
            let asked = Value::sequence([("snapshotObject", device(number))]);
            let answer = bench.ask(watcher, "SnapshotDevice", asked).expect("the device is there");
            prop_assert_eq!(told, snapshot(&answer), "monitor of {}", number);
        }
        // Nothing holds a call when nobody is left. A call back that was asked for is made once its party is free, so a
        // call that is cleared may bring another: one for each that was asked for, and no more.
        for _ in 0..=requested {
            for call in bench.switch.snapshot().calls.into_keys() {
                let call = Value::choice("callID", Value::Octets(call.0.to_string().into_bytes()));
                drop(bench.ask(client, "ClearCall", Value::sequence([("callToBeCleared", call)])));
            }
        }
        prop_assert_eq!(bench.switch.call_count(), 0);
    }

    #[test]
    fn no_frame_upsets_the_server(bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..40), 1..6)) {
        for profile in profiles() {
            let mut bench = Bench::new(profile);
            let client = bench.client();
            for body in &bodies {
                if bench.closed.is_empty() {
                    bench.send_frame(client, &Frame { invoke: Some(1), body: body.clone() });
                }
            }
            prop_assert_eq!(bench.switch.call_count(), 0);
        }
    }
}
