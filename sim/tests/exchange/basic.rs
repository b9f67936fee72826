//! Calls between two telephones: made, answered, held, cleared, refused.

use std::time::Duration;

use offhook_sim::exchange::switch::{
    CallOptions, ConnectionState, Limits, OperationError, Script, ServiceError, StateError, StationSettings,
    SwitchEvent, SystemResourceError,
};

use crate::desk::Desk;

#[test]
fn a_call_is_made_answered_and_cleared() {
    let mut desk = Desk::with(&["201", "202"]);
    let caller = desk.call("201", "202");
    assert_eq!(
        desk.log(),
        [
            "call 1: 201 initiates (newCall)",
            "call 1: 201 originates to 202 (newCall)",
            "call 1: delivered to 202 from 201 (newCall)",
        ]
    );
    desk.answer("202");
    assert_eq!(desk.log(), ["call 1: established at 202 (newCall)"]);
    desk.switch.clear_connection(caller, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: 201 cleared (normalClearing)",
            "call 1: 202 cleared by 201 (normalClearing)",
            "call 1: cleared (normalClearing)",
        ]
    );
    desk.close();
}

#[test]
fn an_event_tells_each_device_its_own_state() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.call("201", "202");
    let mut seen = Vec::new();
    while let Some(event) = desk.switch.poll_event() {
        if let SwitchEvent::Call(event) = event {
            seen.push((
                event.kind.name(),
                event.local_connection_info(desk.device("201")),
                event.local_connection_info(desk.device("202")),
                event.devices().count(),
            ));
        }
    }
    use ConnectionState::*;
    assert_eq!(
        seen,
        [
            ("Service Initiated", Initiated, Null, 1),
            ("Originated", Connected, Null, 1),
            ("Delivered", Connected, Alerting, 2),
        ]
    );
}

#[test]
fn a_caller_who_gives_up_cancels_the_call() {
    let mut desk = Desk::with(&["201", "202"]);
    desk.call("201", "202");
    desk.log();
    desk.hang_up("201");
    assert_eq!(desk.log()[0], "call 1: 201 cleared (callCancelled)");
    desk.close();
}

#[test]
fn a_busy_telephone_fails_the_call_and_the_caller_hears_it() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.talk("201", "202");
    let caller = desk.call("203", "201");
    assert_eq!(desk.log()[2..], ["call 2: failed at 201 (busy)"]);
    assert_eq!(desk.switch.state(caller), ConnectionState::Connected);
    desk.hang_up("203");
    assert!(desk.switch.snapshot_device(desk.device("201")).len() == 1);
    desk.close();
}

#[test]
fn a_number_that_nobody_has_fails_at_the_caller() {
    let mut desk = Desk::with(&["201"]);
    let caller = desk.call("201", "999");
    assert_eq!(desk.log()[2..], ["call 1: failed at 201 (destNotObtainable)"]);
    assert_eq!(desk.switch.state(caller), ConnectionState::Fail);
    assert_eq!(
        desk.try_call("201", "201").unwrap_err(),
        ServiceError::StateIncompatibility(StateError::InvalidCallingDeviceState)
    );
    desk.close();
}

#[test]
fn digits_are_collected_until_they_fit_one_number_only() {
    let mut desk = Desk::with(&["201", "202", "2021"]);
    let caller = desk.device("201");
    let connection = desk.switch.make_connection(caller, desk.now).unwrap();
    desk.switch
        .dial_digits(connection, "20", false, desk.now)
        .unwrap();
    desk.switch.dial_digits(connection, "2", false, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: 201 initiates (newCall)",
            "call 1: 201 dials 20 (normal)",
            "call 1: 201 dials 2 (normal)",
        ]
    );
    desk.wait(Duration::from_secs(10));
    assert_eq!(
        desk.log(),
        [
            "call 1: 201 originates to 202 (newCall)",
            "call 1: delivered to 202 from 201 (newCall)",
        ]
    );
    desk.close();
}

#[test]
fn a_prompted_telephone_calls_once_it_goes_off_hook() {
    let mut desk = Desk::with(&["201", "202"]);
    let caller = desk.device("201");
    let options = CallOptions {
        prompt: true,
        ..CallOptions::default()
    };
    let connection = desk.switch.make_call(caller, "202", &options, desk.now).unwrap();
    assert_eq!(desk.log(), ["call 1: 201 initiates (makeCall)"]);
    assert!(!desk.switch.is_off_hook(caller));
    desk.switch.answer_call(connection, desk.now).unwrap();
    assert_eq!(desk.log().len(), 2);
    assert!(desk.switch.is_off_hook(caller));
    desk.close();
}

#[test]
fn hold_and_retrieve() {
    let mut desk = Desk::with(&["201", "202"]);
    let caller = desk.talk("201", "202");
    desk.switch.hold_call(caller, desk.now).unwrap();
    assert_eq!(
        desk.switch.hold_call(caller, desk.now).unwrap_err(),
        ServiceError::StateIncompatibility(StateError::InvalidConnectionState)
    );
    desk.switch.retrieve_call(caller, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: held by 201 (normal)",
            "call 1: retrieved by 201 (normal)"
        ]
    );
    desk.close();
}

#[test]
fn answering_holds_the_other_call_or_is_refused() {
    for auto_hold in [true, false] {
        let limits = Limits {
            auto_hold,
            ..Limits::default()
        };
        let mut desk = Desk::limited(limits, &["201", "203"]);
        let settings = StationSettings {
            call_waiting: true,
            ..StationSettings::default()
        };
        desk.station("202", settings);
        desk.talk("201", "202");
        desk.call("203", "202");
        desk.log();
        let ringing = desk.at("202", ConnectionState::Alerting);
        let answered = desk.switch.answer_call(ringing, desk.now);
        if auto_hold {
            answered.unwrap();
            assert_eq!(
                desk.log(),
                [
                    "call 1: held by 202 (newCall)",
                    "call 2: established at 202 (newCall)"
                ]
            );
        } else {
            assert_eq!(
                answered.unwrap_err(),
                ServiceError::StateIncompatibility(StateError::ConnectedCallExists)
            );
            assert!(desk.log().is_empty());
        }
        desk.close();
    }
}

#[test]
fn alternate_and_reconnect() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    let (held, active) = desk.consult("201", "202", "203");
    desk.switch.alternate_call(held, active, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 2: held by 202 (alternate)",
            "call 1: retrieved by 202 (alternate)"
        ]
    );
    desk.switch.reconnect_call(held, active, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: 202 cleared (normalClearing)",
            "call 1: 201 cleared by 202 (normalClearing)",
            "call 1: cleared (normalClearing)",
            "call 2: retrieved by 202 (normal)",
        ]
    );
    desk.close();
}

#[test]
fn stations_play_their_scripts() {
    let mut desk = Desk::with(&["201"]);
    let second = Duration::from_secs(1);
    let scripts = [
        (
            "301",
            Script::AnswersAfter(second),
            "call 1: established at 301 (newCall)",
        ),
        (
            "302",
            Script::RefusesAfter(second),
            "call 2: 302 cleared (normalClearing)",
        ),
        ("303", Script::Busy, ""),
    ];
    for (number, script, heard) in scripts {
        let settings = StationSettings {
            script: Some(script),
            ..StationSettings::default()
        };
        desk.station(number, settings);
        desk.call("201", number);
        desk.log();
        desk.wait(second);
        assert_eq!(desk.log().first().map_or("", String::as_str), heard);
        desk.hang_up("201");
    }
    let settings = StationSettings {
        script: Some(Script::AnswersFor {
            after: second,
            talks: second,
        }),
        ..StationSettings::default()
    };
    desk.station("304", settings);
    desk.call("201", "304");
    desk.wait(second);
    assert_eq!(desk.switch.call_count(), 1);
    desk.wait(second);
    assert_eq!(desk.switch.call_count(), 0);
    desk.close();
}

#[test]
fn an_offered_call_alerts_once_it_is_accepted() {
    let mut desk = Desk::with(&["201"]);
    let settings = StationSettings {
        offers: true,
        ..StationSettings::default()
    };
    desk.station("202", settings);
    desk.call("201", "202");
    assert_eq!(desk.log()[2], "call 1: offered to 202 (newCall)");
    let offered = desk.at("202", ConnectionState::Alerting);
    desk.switch.accept_call(offered, desk.now).unwrap();
    assert_eq!(desk.log(), ["call 1: delivered to 202 from 201 (newCall)"]);
    assert_eq!(
        desk.switch.accept_call(offered, desk.now).unwrap_err(),
        ServiceError::StateIncompatibility(StateError::InvalidConnectionState)
    );
    desk.close();
}

#[test]
fn a_device_out_of_service_leaves_its_calls_and_gets_none() {
    let mut desk = Desk::with(&["201", "202"]);
    desk.talk("201", "202");
    let away = desk.device("202");
    desk.switch.set_in_service(away, false, desk.now).unwrap();
    assert_eq!(desk.switch.call_count(), 0);
    desk.log();
    desk.call("201", "202");
    assert_eq!(desk.log()[2], "call 2: failed at 202 (destOutOfOrder)");
    assert_eq!(
        desk.try_call("202", "201").unwrap_err(),
        ServiceError::SystemResourceAvailability(SystemResourceError::CallingDeviceOutOfService)
    );
    desk.close();
}

#[test]
fn wrong_names_are_refused_by_what_is_wrong() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    let caller = desk.talk("201", "202");
    let mut other = caller;
    other.device = desk.device("203");
    assert_eq!(
        desk.switch.hold_call(other, desk.now).unwrap_err(),
        ServiceError::Operation(OperationError::InvalidConnectionId)
    );
    other.call.0 = 77;
    assert_eq!(
        desk.switch.clear_connection(other, desk.now).unwrap_err(),
        ServiceError::Operation(OperationError::InvalidCallId)
    );
    assert_eq!(
        desk.try_call("203", "2x").unwrap_err(),
        ServiceError::Operation(OperationError::InvalidCalledDeviceId)
    );
    assert!(desk.log().is_empty());
    desk.close();
}

#[test]
fn the_hook_of_a_telephone_follows_its_calls() {
    let mut desk = Desk::with(&["201", "202"]);
    desk.call("201", "202");
    assert_eq!(desk.device_log(), ["201: off-hook"]);
    desk.answer("202");
    desk.hang_up("201");
    assert_eq!(
        desk.device_log(),
        ["202: off-hook", "201: on-hook", "202: on-hook"]
    );
    desk.close();
}
