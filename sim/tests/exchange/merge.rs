//! Transfer and conference, in two steps and in one; joining and intruding.

use offhook_sim::exchange::switch::{
    CallOptions, ConnectionId, ConnectionState, Limits, OperationError, Participation, ServiceError,
    StateError, SystemResourceError,
};

use crate::desk::Desk;

#[test]
fn consultation_transfer_makes_a_new_call_of_the_two() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    let (held, active) = desk.consult("201", "202", "203");
    let merged = desk.switch.transfer_call(held, active, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        ["call 3: transferred by 202 to 203 from call 1 and call 2 (transfer)"]
    );
    assert_eq!(merged.call.0, 3);
    let new: Vec<_> = merged.connections.iter().filter_map(|entry| entry.new).collect();
    assert_eq!(
        new,
        [
            ConnectionId::new(merged.call, desk.device("201")),
            ConnectionId::new(merged.call, desk.device("203")),
        ]
    );
    let info = desk.switch.call_info(merged.call).unwrap();
    assert_eq!(info.calling, desk.device("201").into());
    assert_eq!(info.called, desk.device("203").into());
    assert_eq!(info.last_redirection, Some(desk.device("202").into()));
    assert_eq!(desk.switch.snapshot_device(desk.device("202")), []);
    desk.close();
}

#[test]
fn a_transfer_to_a_telephone_that_rings_goes_on_ringing() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.talk("201", "202");
    let held = desk.at("202", ConnectionState::Connected);
    let active = desk
        .switch
        .consultation_call(held, "203", &CallOptions::default(), desk.now)
        .unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: held by 202 (consultation)",
            "call 2: 202 initiates (consultation)",
            "call 2: 202 originates to 203 (consultation)",
            "call 2: delivered to 203 from 202 (consultation)",
        ]
    );
    desk.switch.transfer_call(held, active, desk.now).unwrap();
    desk.answer("203");
    assert_eq!(desk.log()[1], "call 3: established at 203 (newCall)");
    desk.close();
}

#[test]
fn a_transfer_to_a_busy_telephone_is_refused_and_the_caller_is_got_back() {
    let mut desk = Desk::with(&["201", "202", "203", "204"]);
    desk.talk("203", "204");
    desk.talk("201", "202");
    let held = desk.at("202", ConnectionState::Connected);
    let active = desk
        .switch
        .consultation_call(held, "203", &CallOptions::default(), desk.now)
        .unwrap();
    assert_eq!(
        desk.switch.transfer_call(held, active, desk.now).unwrap_err(),
        ServiceError::StateIncompatibility(StateError::InvalidActiveConnectionState)
    );
    desk.switch.reconnect_call(active, held, desk.now).unwrap();
    assert_eq!(desk.switch.state(held), ConnectionState::Connected);
    desk.close();
}

#[test]
fn where_it_is_wanted_the_other_end_hears_that_it_was_transferred_to_a_busy_telephone() {
    let limits = Limits {
        transfer_to_failed: true,
        ..Limits::default()
    };
    let mut desk = Desk::limited(limits, &["201", "202", "203", "204"]);
    desk.talk("203", "204");
    desk.talk("201", "202");
    let held = desk.at("202", ConnectionState::Connected);
    let active = desk
        .switch
        .consultation_call(held, "203", &CallOptions::default(), desk.now)
        .unwrap();
    let new = desk.switch.transfer_call(held, active, desk.now).unwrap().call;
    let states = [
        ("201", ConnectionState::Connected),
        ("203", ConnectionState::Fail),
    ];
    assert_eq!(
        desk.switch.snapshot_call(new).unwrap(),
        states.map(|(number, state)| (desk.device(number), state))
    );
    desk.hang_up("201");
    assert_eq!(desk.switch.snapshot_call(new), None);
    desk.close();
}

#[test]
fn a_conference_grows_until_it_is_full() {
    let limits = Limits {
        conference_members: 4,
        ..Limits::default()
    };
    let mut desk = Desk::limited(limits, &["201", "202", "203", "204", "205"]);
    let (held, active) = desk.consult("201", "202", "203");
    desk.switch.conference_call(held, active, desk.now).unwrap();
    assert_eq!(
        desk.log(),
        ["call 3: conferenced by 202 to 203 from call 1 and call 2 (conference)"]
    );
    for (added, fits) in [("204", true), ("205", false)] {
        let held = desk.at("202", ConnectionState::Connected);
        let active = desk
            .switch
            .consultation_call(held, added, &CallOptions::default(), desk.now)
            .unwrap();
        desk.answer(added);
        let done = desk.switch.conference_call(held, active, desk.now);
        assert_eq!(done.is_ok(), fits);
        if let Err(error) = done {
            let full = SystemResourceError::ConferenceMemberLimitExceeded;
            assert_eq!(error, ServiceError::SystemResourceAvailability(full));
        }
    }
    let conference = desk.at("201", ConnectionState::Connected);
    assert_eq!(desk.switch.snapshot_call(conference.call).unwrap().len(), 4);
    assert_eq!(desk.switch.hears(conference).len(), 2, "202 holds it");
    desk.hang_up("204");
    assert_eq!(desk.switch.snapshot_call(conference.call).unwrap().len(), 3);
    desk.close();
}

#[test]
fn connections_of_two_devices_or_of_one_call_cannot_merge() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    let (held, active) = desk.consult("201", "202", "203");
    let third = desk.at("203", ConnectionState::Connected);
    for (held, active, error) in [
        (held, third, OperationError::NotSameDevice),
        (held, held, OperationError::InvalidActiveCallId),
    ] {
        assert_eq!(
            desk.switch.transfer_call(held, active, desk.now).unwrap_err(),
            ServiceError::Operation(error)
        );
    }
    assert_eq!(
        desk.switch.conference_call(active, held, desk.now).unwrap_err(),
        ServiceError::StateIncompatibility(StateError::InvalidHeldConnectionState)
    );
    desk.close();
}

#[test]
fn single_step_transfer() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.talk("201", "202");
    let active = desk.at("202", ConnectionState::Connected);
    assert_eq!(
        desk.switch
            .single_step_transfer(active, "999", desk.now)
            .unwrap_err(),
        ServiceError::Operation(OperationError::InvalidDestination)
    );
    desk.switch.single_step_transfer(active, "203", desk.now).unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 2: transferred by 202 to 203 from call 1 (singleStepTransfer)",
            "call 2: delivered to 203 from 201 (singleStepTransfer)",
        ]
    );
    desk.answer("203");
    desk.close();
}

#[test]
fn single_step_conference() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.talk("201", "202");
    let active = desk.at("202", ConnectionState::Connected);
    let third = desk.device("203");
    desk.switch
        .single_step_conference(active, third, Participation::Active, desk.now)
        .unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 2: conferenced by 202 to 203 from call 1 (singleStepConference)",
            "call 2: delivered to 203 from 202 (singleStepConference)",
        ]
    );
    desk.answer("203");
    desk.log();
    desk.close();
}

#[test]
fn a_silent_member_does_not_keep_a_call_alive() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.talk("201", "202");
    let active = desk.at("202", ConnectionState::Connected);
    let third = desk.device("203");
    desk.switch
        .join_call(active, third, Participation::Silent, desk.now)
        .unwrap();
    assert_eq!(
        desk.log(),
        ["call 2: conferenced by 203 to 203 from call 1 (joinCall)"]
    );
    let (talker, listener) = (
        desk.at("201", ConnectionState::Connected),
        desk.at("203", ConnectionState::Connected),
    );
    assert_eq!(desk.switch.hears(talker).len(), 1);
    assert_eq!(desk.switch.hears(listener).len(), 2);
    desk.hang_up("201");
    assert_eq!(desk.switch.call_count(), 0);
    desk.close();
}

#[test]
fn intruding_into_the_call_of_a_busy_telephone() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    desk.talk("201", "202");
    let blocked = desk.call("203", "202");
    desk.log();
    desk.switch
        .intrude_call(blocked, Participation::Active, desk.now)
        .unwrap();
    assert_eq!(
        desk.log().last().unwrap(),
        "call 3: conferenced by 203 to 203 from call 1 (intrude)"
    );
    assert_eq!(desk.switch.call_count(), 1);
    desk.close();
}
