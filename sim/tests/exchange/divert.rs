//! Calls that go elsewhere: forwarded, deflected, picked up, parked, camped on, called back.

use std::time::Duration;

use offhook_sim::exchange::switch::{
    CallOptions, ConnectionId, ConnectionState, Forward, ForwardingType, Limits, OperationError, Screening,
    ServiceError, StateError, StationSettings, SystemResourceError,
};

use crate::desk::Desk;

fn forward(desk: &mut Desk, from: &str, forwarding_type: ForwardingType, to: &str) {
    let device = desk.device(from);
    let rule = Forward {
        to: to.into(),
        ring_duration: Some(Duration::from_secs(6)),
    };
    desk.switch
        .set_forwarding(device, forwarding_type, Some(rule), desk.now)
        .unwrap();
}

#[test]
fn forwarding_acts_at_once_when_busy_and_after_a_while() {
    let cases = [
        (ForwardingType::Immediate, "callForwardImmediate", 0),
        (ForwardingType::ImmediateInternal, "callForwardImmediate", 0),
        (ForwardingType::NoAnswer, "callForwardNoAnswer", 6),
        (ForwardingType::NoAnswerInternal, "callForwardNoAnswer", 6),
    ];
    for (forwarding_type, cause, seconds) in cases {
        let mut desk = Desk::with(&["201", "202", "203"]);
        forward(&mut desk, "202", forwarding_type, "203");
        desk.call("201", "202");
        let before = desk.log();
        desk.wait(Duration::from_secs(seconds));
        let after = if seconds == 0 {
            before[2..].to_vec()
        } else {
            desk.log()
        };
        assert_eq!(
            after,
            [
                format!("call 1: diverted by 202 to 203 ({cause})"),
                format!("call 1: delivered to 203 from 201 ({cause})"),
            ]
        );
        desk.close();
    }
}

#[test]
fn forwarding_of_calls_from_outside_leaves_inside_calls_alone() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    forward(&mut desk, "202", ForwardingType::ImmediateExternal, "203");
    desk.call("201", "202");
    assert_eq!(desk.log()[2], "call 1: delivered to 202 from 201 (newCall)");
    desk.close();
}

#[test]
fn forwarding_when_busy_and_a_ring_of_forwards() {
    let mut desk = Desk::with(&["201", "202", "203", "204"]);
    forward(&mut desk, "202", ForwardingType::Busy, "203");
    desk.talk("202", "204");
    desk.call("201", "202");
    assert_eq!(desk.log()[2], "call 2: diverted by 202 to 203 (callForwardBusy)");
    desk.close();

    let mut desk = Desk::with(&["201", "202", "203"]);
    forward(&mut desk, "202", ForwardingType::Immediate, "203");
    forward(&mut desk, "203", ForwardingType::Immediate, "202");
    desk.call("201", "202");
    assert_eq!(
        desk.log().last().unwrap(),
        "call 1: failed at 202 (destNotObtainable)"
    );
    desk.close();
}

#[test]
fn do_not_disturb_refuses_or_forwards() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    let quiet = desk.device("202");
    desk.switch.set_do_not_disturb(quiet, true, desk.now).unwrap();
    desk.call("201", "202");
    assert_eq!(desk.log()[2], "call 1: failed at 202 (doNotDisturb)");
    desk.hang_up("201");
    forward(&mut desk, "202", ForwardingType::DoNotDisturb, "203");
    desk.log();
    desk.call("201", "202");
    assert_eq!(desk.log()[2], "call 2: diverted by 202 to 203 (callForward)");
    desk.close();
}

#[test]
fn a_device_does_not_forward_to_itself() {
    let mut desk = Desk::with(&["201"]);
    let device = desk.device("201");
    let rule = Forward {
        to: "201".into(),
        ring_duration: None,
    };
    assert_eq!(
        desk.switch
            .set_forwarding(device, ForwardingType::Busy, Some(rule), desk.now)
            .unwrap_err(),
        ServiceError::Operation(OperationError::InvalidForwardingDestination)
    );
}

#[test]
fn deflecting() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.call("201", "202");
    desk.log();
    let ringing = desk.at("202", ConnectionState::Alerting);
    desk.switch.deflect_call(ringing, "203", desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: diverted by 202 to 203 (redirected)",
            "call 1: delivered to 203 from 201 (redirected)",
        ]
    );
    let ringing = desk.at("203", ConnectionState::Alerting);
    for (to, error) in [
        ("201", ServiceError::from(OperationError::NotDifferentDevices)),
        ("999", OperationError::InvalidDestination.into()),
    ] {
        assert_eq!(
            desk.switch.deflect_call(ringing, to, desk.now).unwrap_err(),
            error
        );
    }
    desk.close();
}

#[test]
fn picking_up_by_name_and_by_group() {
    let grouped = || StationSettings {
        pickup_group: Some(7),
        ..StationSettings::default()
    };
    let mut desk = Desk::with(&["201", "205"]);
    for number in ["202", "203", "204"] {
        desk.station(number, grouped());
    }
    desk.call("201", "202");
    desk.log();
    let ringing = desk.at("202", ConnectionState::Alerting);
    let (any, member) = (desk.device("205"), desk.device("203"));
    desk.switch.directed_pickup_call(ringing, any, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: diverted by 202 to 205 (callPickup)",
            "call 1: established at 205 (callPickup)",
        ]
    );
    desk.hang_up("201");
    assert_eq!(
        desk.switch.group_pickup_call(member, desk.now).unwrap_err(),
        ServiceError::StateIncompatibility(StateError::NoCallToAnswer)
    );
    desk.call("201", "202");
    let taken = desk.switch.group_pickup_call(member, desk.now).unwrap();
    assert_eq!(desk.switch.state(taken), ConnectionState::Connected);
    assert_eq!(
        desk.switch.group_pickup_call(any, desk.now).unwrap_err(),
        ServiceError::Operation(OperationError::RequestIncompatibleWithPickupDevice)
    );
    desk.close();
}

#[test]
fn parking_in_a_slot_and_taking_the_call_from_there() {
    let mut desk = Desk::with(&["201", "202", "203", "204"]);
    let slot = desk.switch.add_park_slot("71").unwrap();
    desk.talk("201", "202");
    let parking = desk.at("202", ConnectionState::Connected);
    let parked = desk.switch.park_call(parking, None, desk.now).unwrap();
    assert_eq!(parked.device, slot);
    assert_eq!(
        desk.log(),
        [
            "call 1: diverted by 202 to 71 (park)",
            "call 1: queued at 71 as 1 (park)"
        ]
    );
    desk.talk("203", "204");
    let other = desk.at("204", ConnectionState::Connected);
    assert_eq!(
        desk.switch.park_call(other, None, desk.now).unwrap_err(),
        ServiceError::SystemResourceAvailability(SystemResourceError::ResourceBusy)
    );
    let taker = desk.device("202");
    desk.switch.directed_pickup_call(parked, taker, desk.now).unwrap();
    assert_eq!(
        desk.log().last().unwrap(),
        "call 1: established at 202 (callPickup)"
    );
    desk.close();
}

#[test]
fn a_call_that_nobody_takes_from_its_slot_comes_back() {
    let limits = Limits {
        park_recall: Some(Duration::from_secs(30)),
        ..Limits::default()
    };
    let mut desk = Desk::limited(limits, &["201", "202"]);
    desk.switch.add_park_slot("71").unwrap();
    desk.talk("201", "202");
    let parking = desk.at("202", ConnectionState::Connected);
    desk.switch.park_call(parking, None, desk.now).unwrap();
    desk.log();
    desk.wait(Duration::from_secs(30));
    assert_eq!(
        desk.log(),
        [
            "call 1: diverted by 71 to 202 (recall)",
            "call 1: delivered to 202 from 201 (recall)"
        ]
    );
    desk.close();
}

#[test]
fn camping_on_until_the_telephone_is_free() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.talk("201", "202");
    let caller = desk.call("203", "202");
    let waiting = desk.switch.camp_on_call(caller, desk.now).unwrap();
    assert_eq!(desk.log().last().unwrap(), "call 2: queued at 202 as 1 (campOn)");
    desk.hang_up("201");
    assert_eq!(
        desk.log().last().unwrap(),
        "call 2: delivered to 202 from 203 (campOn)"
    );
    assert_eq!(desk.switch.state(waiting), ConnectionState::Alerting);
    desk.close();
}

#[test]
fn calling_back_once_both_are_free() {
    let mut desk = Desk::with(&["201", "202", "203", "204"]);
    desk.talk("201", "202");
    let caller = desk.call("203", "202");
    desk.switch.call_back(caller, desk.now).unwrap();
    desk.talk("203", "204");
    desk.hang_up("201");
    assert_eq!(desk.switch.call_count(), 1, "203 is busy still");
    desk.log();
    desk.hang_up("204");
    assert_eq!(desk.log().last().unwrap(), "call 4: 203 initiates (callBack)");
    let prompted = desk.at("203", ConnectionState::Initiated);
    desk.switch.answer_call(prompted, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 4: 203 originates to 202 (callBack)",
            "call 4: delivered to 202 from 203 (callBack)",
        ]
    );
    desk.close();
}

#[test]
fn a_call_back_after_no_answer_waits_until_the_telephone_was_used() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    let caller = desk.call("201", "202");
    desk.switch.call_back(caller, desk.now).unwrap();
    assert_eq!(desk.switch.call_count(), 0);
    desk.talk("202", "203");
    desk.hang_up("202");
    assert_eq!(desk.log().last().unwrap(), "call 3: 201 initiates (callBack)");
    let (from, to) = (desk.device("201"), desk.device("202"));
    assert_eq!(
        desk.switch
            .cancel_call_back(from, Some(to), desk.now)
            .unwrap_err(),
        ServiceError::StateIncompatibility(StateError::NoCallToComplete)
    );
    desk.close();
}

#[test]
fn a_predictive_call_reaches_its_agent_once_it_is_answered() {
    let mut desk = Desk::with(&["201", "202"]);
    let agent = desk.device("201");
    let connection = desk
        .switch
        .make_predictive_call(agent, "202", &CallOptions::default(), desk.now)
        .unwrap();
    assert_eq!(
        desk.log(),
        ["call 1: delivered to 202 from 201 (makePredictiveCall)"]
    );
    desk.answer("202");
    assert_eq!(
        desk.log(),
        [
            "call 1: established at 202 (newCall)",
            "call 1: delivered to 201 from 201 (makePredictiveCall)",
        ]
    );
    assert_eq!(desk.switch.state(connection), ConnectionState::Alerting);
    desk.answer("201");
    let called = ConnectionId::new(connection.call, desk.device("202"));
    assert_eq!(desk.switch.hears(connection), [called]);
    desk.close();
}

#[test]
fn screening_comes_before_forwarding_and_can_turn_callers_away() {
    let mut desk = Desk::with(&["201", "202", "203", "204"]);
    let device = desk.device("202");
    forward(&mut desk, "202", ForwardingType::Immediate, "203");
    let rule = |forwarding_type, caller: Option<&str>, to: &str| Screening {
        forwarding_type,
        caller: caller.map(Into::into),
        forward: Forward {
            to: to.into(),
            ring_duration: None,
        },
    };
    let rules = vec![
        rule(ForwardingType::Immediate, Some("201"), ""),
        rule(ForwardingType::ImmediateExternal, None, "201"),
    ];
    desk.switch
        .set_screening(device, rules.clone(), desk.now)
        .unwrap();
    assert_eq!(desk.switch.screening(device), rules);
    desk.call("201", "202");
    assert_eq!(desk.log().last().unwrap(), "call 1: failed at 202 (doNotDisturb)");
    desk.call("204", "202");
    assert_eq!(
        desk.log()[2..],
        [
            "call 2: diverted by 202 to 203 (callForwardImmediate)",
            "call 2: delivered to 203 from 204 (callForwardImmediate)",
        ]
    );
    for (wrong, error) in [
        (
            rule(ForwardingType::Busy, None, "202"),
            OperationError::InvalidForwardingDestination,
        ),
        (
            rule(ForwardingType::DoNotDisturb, None, "203"),
            OperationError::InvalidParameterValue,
        ),
    ] {
        assert_eq!(
            desk.switch.set_screening(device, vec![wrong], desk.now),
            Err(ServiceError::Operation(error))
        );
    }
    assert_eq!(desk.switch.screening(device), rules, "a refusal changes nothing");
    desk.close();
}

#[test]
fn a_call_that_is_only_offered_is_not_answered_either() {
    let mut desk = Desk::with(&["201", "203"]);
    let settings = StationSettings {
        offers: true,
        ..StationSettings::default()
    };
    desk.station("202", settings);
    forward(&mut desk, "202", ForwardingType::NoAnswer, "203");
    desk.call("201", "202");
    desk.log();
    desk.wait(Duration::from_secs(6));
    assert_eq!(
        desk.log()[0],
        "call 1: diverted by 202 to 203 (callForwardNoAnswer)"
    );
    desk.close();
}

#[test]
fn a_call_that_is_parked_at_a_line_is_taken_there() {
    let mut desk = Desk::with(&["201", "202"]);
    let line = desk
        .switch
        .add_line_with("101", StationSettings::default())
        .unwrap();
    desk.talk("201", "202");
    let parking = desk.at("202", ConnectionState::Connected);
    let parked = desk.switch.park_call(parking, Some(line), desk.now).unwrap();
    desk.log();
    let taken = desk.switch.directed_pickup_call(parked, line, desk.now).unwrap();
    assert_eq!(desk.log(), ["call 1: established at 101 (callPickup)"]);
    assert_eq!(
        (taken, desk.switch.state(taken)),
        (parked, ConnectionState::Connected)
    );
    desk.close();
}

#[test]
fn a_parked_call_comes_back_when_its_parker_is_free() {
    let limits = Limits {
        park_recall: Some(Duration::from_secs(10)),
        ..Limits::default()
    };
    let mut desk = Desk::limited(limits, &["201", "202", "203"]);
    desk.switch.add_park_slot("71").unwrap();
    desk.talk("201", "202");
    let parking = desk.at("202", ConnectionState::Connected);
    desk.switch.park_call(parking, None, desk.now).unwrap();
    desk.call("202", "203");
    desk.log();
    desk.wait(Duration::from_secs(10));
    assert_eq!(desk.log(), [""; 0], "202 is busy");
    desk.hang_up("202");
    desk.log();
    desk.wait(Duration::from_secs(10));
    assert_eq!(
        desk.log(),
        [
            "call 1: diverted by 71 to 202 (recall)",
            "call 1: delivered to 202 from 201 (recall)",
        ]
    );
    desk.close();
}
