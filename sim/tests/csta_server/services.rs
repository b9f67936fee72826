//! Services and what monitors are told.

use offhook_sim::{
    device::csta::{Encoding, profiles},
    exchange::switch::StationSettings,
    wire::csta::{message::Message, value::Value},
};

use crate::bench::{Bench, Heard, connection, device, make_call};

#[test]
fn a_call_runs_the_same_through_every_profile() {
    for profile in profiles() {
        if profile.encoding == Encoding::Phase1 {
            continue;
        }
        let name = profile.name;
        let mut bench = Bench::new(profile);
        let client = bench.client();
        let caller = bench.monitor(client, "201");
        let called = bench.monitor(client, "202");
        let [caller, called] = [caller, called].map(|id| String::from_utf8(id).expect("it is text"));
        bench.events(client);
        let made = bench
            .ask(client, "MakeCall", make_call("201", "202"))
            .expect(name);
        assert_eq!(made.get("callingDevice"), Some(&connection(1, "201")), "{name}");
        let answer = Value::sequence([("callToBeAnswered", connection(1, "202"))]);
        bench.ask(client, "AnswerCall", answer).expect(name);
        let clear = Value::sequence([("connectionToBeCleared", connection(1, "201"))]);
        bench.ask(client, "ClearConnection", clear).expect(name);
        let events = bench.events(client);
        let expected = [
            format!("{caller} serviceInitiated"),
            format!("{caller} originated"),
            format!("{caller} delivered"),
            format!("{called} delivered"),
            format!("{caller} established"),
            format!("{called} established"),
        ];
        assert_eq!(events[..6], expected, "{name}");
        assert!(
            events[6..]
                .iter()
                .all(|event| event.ends_with("connectionCleared")),
            "{name}: {events:?}"
        );
    }
}

#[test]
fn the_answer_comes_before_the_events_that_it_causes() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    bench.monitor(client, "201");
    bench.events(client);
    bench
        .ask(client, "MakeCall", make_call("201", "202"))
        .expect("both are free");
    let heard = &bench.heard[&client];
    assert!(
        matches!(heard[0], Heard::Message(Message::Response { .. })),
        "{heard:?}"
    );
    assert!(
        matches!(heard[1], Heard::Message(Message::Event { .. })),
        "{heard:?}"
    );
}

#[test]
fn events_tell_the_local_state_to_monitors_of_devices() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    bench.monitor(client, "202");
    bench
        .ask(client, "MakeCall", make_call("201", "202"))
        .expect("both are free");
    let delivered = bench.heard[&client].iter().find_map(|heard| match heard {
        Heard::Message(Message::Event { event, data, .. }) if event.name == "delivered" => Some(data),
        _ => None,
    });
    let data = delivered.expect("it was delivered");
    assert_eq!(data.get("localConnectionInfo"), Some(&Value::named("alerting")));
    assert_eq!(data.get("cause"), Some(&Value::named("newCall")));
    assert_eq!(data.get("connection"), Some(&connection(1, "202")));
    assert_eq!(
        data.get("callingDevice"),
        Some(&Value::choice("deviceIdentifier", device("201")))
    );
}

#[test]
fn a_filter_holds_back_the_events_of_its_bits() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    // Bit 12 is Service Initiated, bit 9 Originated.
    let filter = Value::sequence([("callControl", Value::Bits(1 << 12 | 1 << 9))]);
    let argument = Value::sequence([
        ("monitorObject", Value::choice("deviceObject", device("201"))),
        ("requestedMonitorFilter", filter),
    ]);
    let started = bench
        .ask(client, "MonitorStart", argument)
        .expect("the device is there");
    bench
        .ask(client, "MakeCall", make_call("201", "202"))
        .expect("both are free");
    assert_eq!(bench.events(client), ["1 delivered"]);
    let id = started
        .get("crossRefIdentifier")
        .cloned()
        .expect("a monitor has one");
    let change = Value::sequence([
        ("crossRefIdentifier", id),
        ("requestedFilterList", Value::sequence([])),
    ]);
    bench
        .ask(client, "ChangeMonitorFilter", change)
        .expect("it is the client's");
    bench
        .ask(client, "MakeCall", make_call("201", "203"))
        .expect_err("201 is busy");
    let clear = Value::sequence([("connectionToBeCleared", connection(1, "201"))]);
    bench.ask(client, "ClearConnection", clear).expect("it is there");
    assert!(
        bench
            .events(client)
            .iter()
            .all(|event| event == "1 connectionCleared")
    );
}

#[test]
fn a_monitor_of_a_call_follows_it_through_a_transfer_and_ends_with_it() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    bench
        .ask(client, "MakeCall", make_call("201", "202"))
        .expect("both are free");
    bench
        .ask(
            client,
            "AnswerCall",
            Value::sequence([("callToBeAnswered", connection(1, "202"))]),
        )
        .expect("it alerts");
    let call = Value::choice("callID", Value::Octets(b"1".to_vec()));
    let argument = Value::sequence([("monitorObject", Value::choice("callObject", call))]);
    bench
        .ask(client, "MonitorStart", argument)
        .expect("the call is there");
    let argument = Value::sequence([
        ("existingCall", connection(1, "202")),
        ("consultedDevice", device("203")),
    ]);
    let consulted = bench
        .ask(client, "ConsultationCall", argument)
        .expect("203 is free");
    assert_eq!(consulted.get("initiatedCall"), Some(&connection(2, "202")));
    bench
        .ask(
            client,
            "AnswerCall",
            Value::sequence([("callToBeAnswered", connection(2, "203"))]),
        )
        .expect("it alerts");
    bench.events(client);
    let pair = [
        ("heldCall", connection(1, "202")),
        ("activeCall", connection(2, "202")),
    ];
    let transferred = bench
        .ask(client, "TransferCall", Value::sequence(pair))
        .expect("it holds one of two");
    let new = transferred
        .get("transferredCall")
        .and_then(|id| id.get("both")?.get("callID")?.as_octets());
    let new = String::from_utf8(new.expect("the new call has an id").to_vec()).expect("it is text");
    assert!(bench.events(client).contains(&"1 transferred".to_owned()));
    let new: u32 = new.parse().expect("it is a number");
    let clear = Value::sequence([(
        "callToBeCleared",
        Value::choice("callID", Value::Octets(new.to_string().into_bytes())),
    )]);
    bench.ask(client, "ClearCall", clear).expect("the call is there");
    let stopped = bench.heard[&client].iter().any(|heard| {
        matches!(heard, Heard::Message(Message::Request { service, .. }) if service.name == "MonitorStop")
    });
    assert!(stopped, "{:?}", bench.heard[&client]);
    assert_eq!(bench.server.monitor_count(), 0);
}

#[test]
fn several_applications_hear_of_the_same_device() {
    let mut bench = Bench::with("annex-j");
    let (first, second) = (bench.client(), bench.client());
    bench.monitor(first, "201");
    bench.monitor(second, "201");
    bench
        .ask(first, "MakeCall", make_call("201", "202"))
        .expect("both are free");
    let (to_first, to_second) = (bench.events(first), bench.events(second));
    assert_eq!(to_first.len(), to_second.len());
    assert!(
        to_second.iter().all(|event| event.starts_with("2 ")),
        "{to_second:?}"
    );
    bench.server.handle_gone(second);
    assert_eq!(bench.server.monitor_count(), 1);
}

#[test]
fn features_are_set_and_told() {
    let mut bench = Bench::with("annex-j");
    let client = bench.client();
    bench.monitor(client, "201");
    let on = Value::sequence([
        ("device", device("201")),
        ("doNotDisturbOn", Value::Boolean(true)),
    ]);
    bench
        .ask(client, "SetDoNotDisturb", on)
        .expect("the device is there");
    let got = bench.ask(
        client,
        "GetDoNotDisturb",
        Value::sequence([("device", device("201"))]),
    );
    assert_eq!(
        got,
        Ok(Value::sequence([("doNotDisturbOn", Value::Boolean(true))]))
    );
    let forward = Value::sequence([
        ("device", device("201")),
        ("forwardingType", Value::named("forwardBusy")),
        ("activateForward", Value::Boolean(true)),
        ("forwardDN", device("202")),
    ]);
    bench
        .ask(client, "SetForwarding", forward)
        .expect("the device is there");
    let got = bench.ask(
        client,
        "GetForwarding",
        Value::sequence([("device", device("201"))]),
    );
    let list = got.expect("the device is there");
    let items = list.get("forwardingList").map(Value::items).unwrap_or_default();
    assert_eq!(items[0].get("forwardDN"), Some(&device("202")));
    assert_eq!(bench.events(client), ["1 doNotDisturb", "1 forwarding"]);
}

#[test]
fn the_devices_are_listed_in_segments() {
    let mut bench = Bench::with("panasonic");
    let client = bench.client();
    let answer = bench
        .ask(client, "GetSwitchingFunctionDevices", Value::sequence([]))
        .expect("there is a list");
    let reference = answer.get("serviceCrossRefID");
    let listed = bench.heard[&client].iter().filter_map(|heard| match heard {
        Heard::Message(Message::Request {
            service, argument, ..
        }) if service.name == "SwitchingFunctionDevices" => Some(argument),
        _ => None,
    });
    let listed: Vec<_> = listed.collect();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].get("serviceCrossRefID"), reference);
    assert_eq!(listed[0].get("lastSegment"), Some(&Value::Boolean(true)));
    assert_eq!(
        listed[0].get("deviceList").map(|list| list.items().len()),
        Some(6)
    );
}

/// A conference of `numbers`, as a monitor of the first of them is told of it.
fn conference_of(bench: &mut Bench, numbers: &[&str]) -> Vec<String> {
    let client = bench.client();
    let [first, second, more @ ..] = numbers else {
        panic!("a conference needs more");
    };
    bench.monitor(client, first);
    bench
        .ask(client, "MakeCall", make_call(first, second))
        .expect("both are free");
    let answer = Value::sequence([("callToBeAnswered", connection(1, second))]);
    bench.ask(client, "AnswerCall", answer).expect("it rings");
    bench.events(client);
    // Each one who joins makes it a new call.
    for (call, number) in (1..).zip(more) {
        let members = [
            ("activeCall", connection(call, first)),
            ("deviceToJoin", device(number)),
        ];
        bench
            .ask(client, "SingleStepConferenceCall", Value::sequence(members))
            .expect("it is free");
    }
    let requests = bench.heard[&client].iter().filter_map(|heard| match heard {
        Heard::Message(Message::Request { service, .. }) => Some(service.name.to_owned()),
        Heard::Message(Message::Event { event, .. }) if event.name == "conferenced" => {
            Some(event.name.to_owned())
        }
        _ => None,
    });
    requests.collect()
}

#[test]
fn an_event_leaves_out_what_its_frame_has_no_room_for() {
    let mut bench = Bench::with("panasonic");
    let told = conference_of(&mut bench, &["201", "202", "203", "204", "205", "206"]);
    assert_eq!(told, ["conferenced"; 4]);
}

#[test]
fn a_monitor_whose_event_cannot_be_told_ends_and_says_so() {
    let mut bench = Bench::with("panasonic");
    let numbers = [1, 2, 3, 4, 5, 6].map(|last| format!("2000000000000000000{last}"));
    let numbers = numbers.each_ref().map(String::as_str);
    for number in numbers {
        bench
            .switch
            .add_station(number, StationSettings::default())
            .expect("the number is free");
    }
    let told = conference_of(&mut bench, &numbers);
    assert_eq!(told.last().map(String::as_str), Some("MonitorStop"), "{told:?}");
    assert_eq!(bench.server.monitor_count(), 0);
}
