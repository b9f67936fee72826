//! Agents, the parts of telephones, capability exchange, the time of events.

use std::time::Duration;

use offhook_sim::{
    SimTime,
    device::csta::Profile,
    exchange::{
        pbx::Quirks,
        switch::{Button, ConnectionState},
    },
    wire::csta::{message::Message, services::Service, value::Value},
};

use crate::bench::{Bench, Heard, connection, device, make_call, octets, office};

fn of(number: &str) -> Value {
    Value::sequence([("device", device(number))])
}

#[test]
fn an_agent_logs_on_takes_a_call_and_logs_off() {
    let (mut bench, client) = office("annex-j");
    bench.monitor(client, "201");
    let set = |bench: &mut Bench, state| {
        let argument = of("201")
            .with("requestedAgentState", Value::named(state))
            .with("agentID", octets("7001"))
            .with("group", device("300"));
        bench.ask(client, "SetAgentState", argument)
    };
    assert_eq!(
        set(&mut bench, "ready"),
        Err("operation: invalidAgentState".to_owned())
    );
    set(&mut bench, "loggedOn").expect("nobody is there");
    set(&mut bench, "ready").expect("the agent is there");
    bench
        .ask(client, "MakeCall", make_call("204", "300"))
        .expect("the group has an agent");
    let answer = Value::sequence([("callToBeAnswered", connection(1, "201"))]);
    bench.ask(client, "AnswerCall", answer).expect("it alerts");
    let state = bench.ask(client, "GetAgentState", of("201")).expect("it is one");
    assert_eq!(
        state.to_string(),
        "{agentStateList {{agentID '7001', loggedOn TRUE, agentInfo {{acdGroup {deviceIdentifier \
         dialingNumber: \"300\"}, agentState agentBusy}}}}}"
    );
    let clear = Value::sequence([("connectionToBeCleared", connection(1, "201"))]);
    bench.ask(client, "ClearConnection", clear).expect("it is there");
    set(&mut bench, "loggedOff").expect("the agent is there");
    let of_agents: Vec<_> = bench
        .events(client)
        .into_iter()
        .filter(|event| event.contains("agent"))
        .collect();
    assert_eq!(
        of_agents,
        [
            "1 agentLoggedOn",
            "1 agentNotReady",
            "1 agentReady",
            "1 agentBusy",
            "1 agentReady",
            "1 agentLoggedOff"
        ]
    );
}

#[test]
fn the_parts_of_a_telephone_are_set_asked_and_told() {
    let (mut bench, client) = office("annex-j");
    let at = bench.device("201");
    bench.switch.add_lamp(at, 1).expect("it is a telephone");
    bench
        .switch
        .set_button_information(at, 2, Button::default(), bench.now)
        .expect("it is a telephone");
    bench.settle();
    bench.monitor(client, "201");
    let handset = || of("201").with("auditoryApparatus", octets("0"));
    let volume = Value::choice("volInc", Value::named("increment"));
    let gain = Value::choice("micGainAbs", Value::Integer(70));
    let set = [
        (
            "SetLampMode",
            of("201")
                .with("lamp", octets("1"))
                .with("lampMode", Value::Integer(3)),
        ),
        (
            "SetButtonInformation",
            of("201")
                .with("button", octets("2"))
                .with("buttonLabel", Value::text("BOSS")),
        ),
        (
            "SetButtonInformation",
            of("201")
                .with("button", octets("2"))
                .with("buttonAssociatedNumber", device("202")),
        ),
        (
            "SetDisplay",
            of("201").with("contentsOfDisplay", Value::text("HELLO")),
        ),
        (
            "SetDisplay",
            of("201")
                .with("contentsOfDisplay", Value::text("P!"))
                .with("offset", Value::Integer(3)),
        ),
        ("SetMicrophoneGain", handset().with("microphoneGain", gain)),
        (
            "SetMicrophoneMute",
            handset().with("microphoneMuteOn", Value::Boolean(true)),
        ),
        ("SetSpeakerVolume", handset().with("speakerVolume", volume)),
        (
            "SetSpeakerMute",
            handset().with("speakerMuteOn", Value::Boolean(true)),
        ),
        (
            "SetRingerStatus",
            of("201")
                .with("ringer", octets("0"))
                .with("ringPattern", Value::Integer(4)),
        ),
    ];
    for (service, argument) in set {
        bench
            .ask(client, service, argument)
            .unwrap_or_else(|error| panic!("{service}: {error}"));
    }
    let told = bench.events(client);
    let expected = [
        "lampMode",
        "buttonInformation",
        "buttonInformation",
        "displayUpdated",
        "displayUpdated",
        "microphoneGain",
        "microphoneMute",
        "speakerVolume",
        "speakerMute",
        "ringerStatus",
    ];
    assert_eq!(told, expected.map(|name| format!("1 {name}")));
    let asked = [
        ("GetLampMode", "{lampModeList {{lamp '1', lampMode 3}}}"),
        ("GetLampInformation", "{lampList {{lamp '1'}}}"),
        (
            "GetDisplay",
            "{displayList {{displayID '0', logicalRows 1, logicalColumns 5, contentsOfDisplay \"HELP!\"}}}",
        ),
        (
            "GetMicrophoneGain",
            "{microphoneGainList {{auditoryApparatus '0', micGainAbs 70}}}",
        ),
        (
            "GetMicrophoneMute",
            "{microphoneMuteList {{auditoryApparatus '0', microphoneMuteOn TRUE}}}",
        ),
        (
            "GetSpeakerVolume",
            "{speakerVolumeList {{auditoryApparatus '0', speakerVolAbs 60}}}",
        ),
        (
            "GetSpeakerMute",
            "{speakerMuteList {{auditoryApparatus '0', speakerMuteOn TRUE}}}",
        ),
        (
            "GetRingerStatus",
            "{ringerStatusList {{ringer '0', ringMode notRinging, ringPattern 4, ringVolAbs 50}}}",
        ),
        (
            "GetHookswitchStatus",
            "{hookswitchStatusList {{hookswitch '0', hookswitchOnHook TRUE}}}",
        ),
    ];
    for (service, answer) in asked {
        let got = bench.ask(client, service, of("201")).expect(service);
        assert_eq!(got.to_string(), answer, "{service}");
    }
    // The button dials; lifting and putting down the handset is answering and clearing.
    bench
        .ask(client, "ButtonPress", of("201").with("button", octets("2")))
        .expect("it is there");
    let hook = |number, on_hook| {
        of(number)
            .with("hookswitch", octets("0"))
            .with("hookswitchOnHook", Value::Boolean(on_hook))
    };
    bench
        .ask(client, "SetHookswitchStatus", hook("202", false))
        .expect("it rings");
    let called = bench.device("202");
    assert!(
        bench
            .switch
            .connection_in(called, ConnectionState::Connected)
            .is_some()
    );
    bench
        .ask(client, "SetHookswitchStatus", hook("202", true))
        .expect("it talks");
    assert_eq!(bench.switch.call_count(), 0);
    let last = bench
        .ask(client, "GetLastNumberDialed", of("201"))
        .expect("it called");
    assert_eq!(last.get("numberDialed"), Some(&device("202")));
}

#[test]
fn parts_that_are_not_there_are_refused() {
    let (mut bench, client) = office("hipath");
    let cases = [
        (
            "SetLampMode",
            of("201")
                .with("lamp", octets("9"))
                .with("lampMode", Value::Integer(3)),
            "invalidLampID",
        ),
        (
            "ButtonPress",
            of("201").with("button", octets("9")),
            "invalidButtonIdentifier",
        ),
        (
            "GetButtonInformation",
            of("201").with("button", octets("x")),
            "invalidButtonIdentifier",
        ),
        (
            "GetHookswitchStatus",
            of("201").with("hookswitch", octets("1")),
            "invalidHookswitchComponent",
        ),
        ("GetDisplay", of("300"), "requestIncompatibleWithDevice"),
        ("GetRouteingMode", of("201"), "requestIncompatibleWithDevice"),
        (
            "RouteRegister",
            Value::sequence([("routeingDevice", device("201"))]),
            "requestIncompatibleWithDevice",
        ),
        (
            "GetPhysicalDeviceInformation",
            of("900"),
            "requestIncompatibleWithDevice",
        ),
        ("GetLogicalDeviceInformation", of("999"), "invalidDeviceID"),
    ];
    for (service, argument, error) in cases {
        assert_eq!(
            bench.ask(client, service, argument),
            Err(format!("operation: {error}")),
            "{service}"
        );
    }
}

#[test]
fn the_switch_says_what_it_and_its_devices_can_do() {
    for profile in ["hipath", "annex-j", "panasonic"] {
        let (mut bench, client) = office(profile);
        let no_data = Value::choice("noData", Value::Null);
        let caps = bench
            .ask(client, "GetSwitchingFunctionCaps", no_data)
            .expect("it has some");
        assert_eq!(caps.get("manufacturerName"), Some(&Value::text("Offhook")));
        let group = bench
            .ask(client, "GetLogicalDeviceInformation", of("300"))
            .expect("it is there");
        assert_eq!(group.get("deviceCategory"), Some(&Value::named("group")));
        let member = bench
            .ask(client, "GetLogicalDeviceInformation", of("201"))
            .expect("it is there");
        assert_eq!(
            member.get("associatedGroupList"),
            Some(&Value::List(vec![device("300")]))
        );
        let telephone = bench
            .ask(client, "GetPhysicalDeviceInformation", of("201"))
            .expect("it is there");
        assert_eq!(telephone.get("maxDisplays"), Some(&Value::Integer(1)));
    }
}

#[test]
fn the_switch_lists_its_services_and_events() {
    for profile in ["hipath", "annex-j", "alcatel", "serial"] {
        let (mut bench, client) = office(profile);
        let features = bench
            .ask(client, "GetCSTAFeatures", Value::sequence([]))
            .expect("it has some");
        let has = |list: &str, entry: &str| {
            let of = |member: &str| features.get(member)?.get(list)?.get(entry);
            of("supportedServices")
                .or_else(|| of("supportedEvents"))
                .is_some()
        };
        assert!(has("capExchangeServList", "getCSTAFeatures"), "{profile}");
        assert!(has("callControlServList", "makeCall"), "{profile}");
        assert!(has("routeingServList", "routeSelect"), "{profile}");
        assert!(has("routeingServList", "routeRequest"), "{profile}");
        assert!(!has("callControlServList", "sendMessage"), "{profile}");
        assert!(
            !has("systemStatServList", "systemStatusRegisterAbort"),
            "{profile}"
        );
        assert!(has("callControlEvtsList", "delivered"), "{profile}");
        assert!(!has("callControlEvtsList", "bridged"), "{profile}");
        assert!(!has("vendorSpecificEvtsList", "privateEvent"), "{profile}");
    }
}

#[test]
fn an_answer_that_has_no_room_in_a_frame_is_an_error() {
    let (mut bench, client) = office("panasonic");
    assert_eq!(
        bench.ask(client, "GetCSTAFeatures", Value::sequence([])),
        Err("systemResourceAvailability: resourceLimitExceeded".to_owned())
    );
}

#[test]
fn what_is_in_no_service_table_is_named_in_the_record_with_the_reason() {
    let (mut bench, client) = office("hipath");
    let argument = of("201").with("callerIDProvided", Value::Boolean(false));
    assert!(bench.ask(client, "SetCallerIDStatus", argument).is_err());
    let records: Vec<_> = std::iter::from_fn(|| bench.server.poll_record()).collect();
    let service = Service::by_name("SetCallerIDStatus").expect("it is in the table");
    let said = format!("{} is not served: callers are always shown", service.name);
    assert!(records.iter().any(|record| record.text == said), "{records:?}");
}

#[test]
fn events_say_when_they_happened_where_the_profile_does() {
    for (profile, stamps) in [
        ("hipath", true),
        ("annex-j", true),
        ("panasonic", true),
        ("serial", false),
    ] {
        let quirks = Quirks {
            timestamps: Some(stamps),
            ..Quirks::default()
        };
        let mut bench = Bench::new(
            Profile::by_name(profile)
                .expect("it is in the table")
                .with(&quirks),
        );
        let client = bench.client();
        bench.later(SimTime::from(Duration::from_secs(5)));
        bench.monitor(client, "202");
        bench
            .ask(client, "MakeCall", make_call("201", "202"))
            .expect("both are free");
        let data = bench.heard[&client].iter().find_map(|heard| match heard {
            Heard::Message(Message::Event { event, data, .. }) if event.name == "delivered" => Some(data),
            _ => None,
        });
        let extensions = data.expect("it was delivered").get("extensions");
        let stamp = extensions.and_then(|all| all.get("security")?.get("timestamp")?.as_text());
        assert_eq!(stamp, stamps.then_some("20000101000005"), "{profile}");
    }
}
