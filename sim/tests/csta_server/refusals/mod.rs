//! Bad requests: every service that is served, with each kind of request that it has to refuse, and the error of
//! ECMA-269 (clause 12.2.12, `UniversalFailure`) that it gets: its category and its value.

mod rows;

use std::collections::BTreeSet;
use std::time::Duration;

use offhook_sim::{
    device::csta::{ClientId, Profile},
    exchange::switch::{Button, GroupSettings, Limits, StationSettings, Switch},
    wire::csta::{
        schema::{Kind, Type},
        services::{SERVICES, Service},
        value::Value,
    },
};

use proptest::{
    strategy::{Strategy as _, ValueTree as _},
    test_runner::TestRunner,
};

use crate::bench::{Bench, device, make_call, octets};
use crate::csta_values;
use rows::{Wrong, at, rows};

/// Services that every request is answered with what was asked for.
static NEVER_REFUSED: &[&str] = &[
    "GetCSTAFeatures",
    "GetSwitchingFunctionCaps",
    "RequestSystemStatus",
    "SystemStatus",
    // But for too many of one client, which `what_there_is_a_limit_of_ends_there` tells.
    "SystemRegister",
    "Escape",
];

/// A switch as [`rows`] has it, with a client that monitors 201 and routes for 900, and the one that asks.
fn office(profile: &str) -> (Bench, ClientId, ClientId) {
    let profile = Profile {
        monitors_per_object: 1,
        ..Profile::by_name(profile).expect("it is in the table")
    };
    let mut bench = Bench::new(profile);
    for number in 207..=212 {
        let settings = StationSettings {
            pickup_group: (number == 212).then_some(1),
            ..StationSettings::default()
        };
        bench
            .switch
            .add_station(&number.to_string(), settings)
            .expect("it is free");
    }
    let members = vec![bench.device("205")];
    let group = GroupSettings {
        members,
        agents_only: true,
        ..GroupSettings::default()
    };
    bench.switch.add_group("300", group).expect("it is free");
    for slot in ["70", "71"] {
        bench.switch.add_park_slot(slot).expect("it is free");
    }
    bench.switch.add_voice_mail("80").expect("it is free");
    let routeing = bench
        .switch
        .add_routeing_device("900", "205")
        .expect("it is free");
    let now = bench.now;
    bench
        .switch
        .set_routeing_mode(routeing, true, now)
        .expect("it is one");
    let [unplugged, agent, parked] = ["206", "205", "212"].map(|number| bench.device(number));
    bench
        .switch
        .set_in_service(unplugged, false, now)
        .expect("it is there");
    bench
        .switch
        .log_on(agent, "1", None, Duration::ZERO, now)
        .expect("nobody is there");
    bench
        .switch
        .set_button_information(agent, 1, Button::default(), now)
        .expect("it is a telephone");
    let (first, second) = (bench.client(), bench.client());
    let mut ask = |service: &str, argument| bench.ask(first, service, argument).expect(service);
    let answer = |call, number| Value::sequence([("callToBeAnswered", at(call, number))]);
    ask("MakeCall", make_call("201", "202"));
    ask("AnswerCall", answer(1, "202"));
    ask("MakeCall", make_call("203", "204"));
    ask("MakeCall", make_call("207", "208"));
    ask("AnswerCall", answer(3, "208"));
    let consult = [("existingCall", at(3, "207")), ("consultedDevice", device("209"))];
    ask("ConsultationCall", Value::sequence(consult));
    ask("AnswerCall", answer(4, "209"));
    ask("MakeCall", make_call("210", "201"));
    ask(
        "MakeConnection",
        Value::sequence([("initiatingDevice", device("211"))]),
    );
    ask("MakeCall", make_call("212", "205"));
    ask("AnswerCall", answer(7, "205"));
    ask(
        "ParkCall",
        Value::sequence([("parking", at(7, "205")), ("parkTo", device("71"))]),
    );
    let booked = [
        ("originatingDevice", device("212")),
        ("targetDevice", device("202")),
    ];
    ask("CallBackNonCallRelated", Value::sequence(booked));
    ask(
        "RouteRegister",
        Value::sequence([("routeingDevice", device("900"))]),
    );
    bench.monitor(first, "201");
    assert_ne!(bench.switch.snapshot_device(parked), []);
    (bench, first, second)
}

fn refused(profile: &str) {
    let (mut bench, first, second) = office(profile);
    let before = bench.switch.snapshot();
    let mut wrong = Vec::new();
    for row in rows() {
        bench.heard.values_mut().for_each(Vec::clear);
        let answer = bench.ask(second, row.service, row.argument.clone());
        if answer != Err(row.error.to_owned()) {
            wrong.push(format!(
                "{} {:?} {}: {answer:?} instead of {}",
                row.service, row.wrong, row.argument, row.error
            ));
        }
        assert_eq!(
            bench.switch.snapshot(),
            before,
            "{} {}",
            row.service,
            row.argument
        );
        assert_eq!(bench.heard[&first], [], "{} {}", row.service, row.argument);
    }
    assert!(wrong.is_empty(), "{profile}:\n{}", wrong.join("\n"));
}

#[test]
fn a_bad_request_changes_nothing_and_gets_the_error_of_its_category_in_ber() {
    refused("hipath");
}

#[test]
fn a_bad_request_changes_nothing_and_gets_the_error_of_its_category_in_xml() {
    refused("annex-j");
}

/// What a service has to refuse, by the parameters that it must have.
fn refusals_of(service: &Service) -> BTreeSet<Wrong> {
    let mut needed = BTreeSet::new();
    // A number that nobody has is refused where a call waits to be routed, which the tests of routeing show.
    if service.name == "RouteSelect" {
        needed.insert(Wrong::Reference);
        return needed;
    }
    let argument: &Type = service.argument().expect("it has one");
    let Kind::Sequence(fields) = &argument.kind else {
        return needed;
    };
    for field in *fields {
        match field.ty.name {
            "DeviceID" => drop(needed.insert(Wrong::Device)),
            "ConnectionID" | "ConnectionIDBody" => drop(needed.insert(Wrong::Call)),
            "MonitorCrossRefID" | "RouteingCrossRefID" | "RouteRegisterReqID" | "SysStatRegisterID" => {
                needed.insert(Wrong::Reference);
            }
            _ => {}
        }
    }
    needed
}

#[test]
fn every_service_that_is_served_has_its_refusals_in_the_table() {
    let (mut bench, _, client) = office("hipath");
    let mut runner = TestRunner::deterministic();
    let rows = rows();
    for service in SERVICES {
        let told: BTreeSet<Wrong> = rows
            .iter()
            .filter(|row| row.service == service.name)
            .map(|row| row.wrong)
            .collect();
        if !told.is_empty() {
            let missing: Vec<_> = refusals_of(service).difference(&told).copied().collect();
            assert!(missing.is_empty(), "{}: {missing:?}", service.name);
        } else if !NEVER_REFUSED.contains(&service.name) {
            let argument = csta_values::value(service.argument().expect("it has one"))
                .new_tree(&mut runner)
                .expect("the type has values")
                .current();
            let answer = bench.ask(client, service.name, argument);
            assert_eq!(
                answer,
                Err("operation: serviceNotSupported".to_owned()),
                "{}",
                service.name
            );
        }
    }
}

#[test]
fn what_there_is_a_limit_of_ends_there() {
    let mut bench = Bench::new(Profile {
        monitors_max: 2,
        ..Profile::by_name("hipath").expect("it is in the table")
    });
    let limits = Limits {
        conference_members: 3,
        calls: 2,
        ..Limits::default()
    };
    bench.switch = Switch::new(limits);
    for number in 201..=206 {
        bench
            .switch
            .add_station(&number.to_string(), StationSettings::default())
            .expect("it is free");
    }
    bench.switch.add_park_slot("70").expect("it is free");
    let client = bench.client();
    let answer = |call, number| Value::sequence([("callToBeAnswered", at(call, number))]);
    bench
        .ask(client, "MakeCall", make_call("201", "202"))
        .expect("both are free");
    bench
        .ask(client, "AnswerCall", answer(1, "202"))
        .expect("it rings");
    bench
        .ask(client, "MakeCall", make_call("203", "204"))
        .expect("both are free");
    bench
        .ask(client, "AnswerCall", answer(2, "204"))
        .expect("it rings");
    let full = "systemResourceAvailability: resourceLimitExceeded";
    let consult = Value::sequence([("existingCall", at(1, "201")), ("consultedDevice", device("205"))]);
    let predict = Value::sequence([
        ("callingDevice", device("205")),
        ("calledDirectoryNumber", device("206")),
    ]);
    let connect = Value::sequence([("initiatingDevice", device("205"))]);
    for (service, argument) in [
        ("MakeCall", make_call("205", "206")),
        ("MakeConnection", connect),
        ("MakePredictiveCall", predict),
        ("ConsultationCall", consult),
    ] {
        assert_eq!(
            bench.ask(client, service, argument),
            Err(full.to_owned()),
            "{service}"
        );
    }
    let invite =
        |call, number| Value::sequence([("activeCall", at(call, "201")), ("deviceToJoin", device(number))]);
    bench
        .ask(client, "SingleStepConferenceCall", invite(1, "205"))
        .expect("there is room for a third");
    let crowded = "systemResourceAvailability: conferenceMemberLimitExceeded";
    assert_eq!(
        bench.ask(client, "SingleStepConferenceCall", invite(3, "206")),
        Err(crowded.to_owned())
    );
    let park = Value::sequence([("parking", at(2, "203")), ("parkTo", device(""))]);
    bench.ask(client, "ParkCall", park).expect("the slot is free");
    let park = Value::sequence([("parking", at(3, "201")), ("parkTo", device(""))]);
    assert_eq!(
        bench.ask(client, "ParkCall", park),
        Err("systemResourceAvailability: resourceBusy".to_owned())
    );
    let clear = Value::sequence([("callToBeCleared", Value::choice("callID", octets("2")))]);
    bench.ask(client, "ClearCall", clear).expect("it is parked");
    let join = Value::sequence([("activeCall", at(3, "201")), ("joiningDevice", device("206"))]);
    assert_eq!(bench.ask(client, "JoinCall", join), Err(crowded.to_owned()));
    bench.monitor(client, "201");
    bench.monitor(client, "202");
    let third = Value::sequence([("monitorObject", Value::choice("deviceObject", device("203")))]);
    assert_eq!(
        bench.ask(client, "MonitorStart", third),
        Err("systemResourceAvailability: overallMonitorLimitExceeded".to_owned())
    );
    let register = || Value::sequence([("requestTypes", Value::Bits(1))]);
    let refused = (0..1000).find_map(|_| bench.ask(client, "SystemRegister", register()).err());
    assert_eq!(
        refused.as_deref(),
        Some("systemResourceAvailability: registrationLimitExceeded")
    );
}
