//! Calls to the outside and from there.

use std::time::Duration;

use offhook_sim::exchange::switch::{
    CallOptions, ConnectionId, ConnectionState, EventCause, Forward, ForwardingType, NumberFit, Party,
    Script, ServiceError, SwitchEvent, SystemResourceError, TrunkGroupId, TrunkSettings,
};

use crate::desk::Desk;

fn trunks(desk: &mut Desk, circuits: u32) -> TrunkGroupId {
    let second = Duration::from_secs(1);
    let settings = TrunkSettings {
        name: "T".into(),
        circuits,
        prefixes: vec!["0".into(), "5550".into()],
        far_ends: [
            ("1001".into(), Script::AnswersAfter(second)),
            ("1002".into(), Script::Busy),
        ]
        .into(),
        others: None,
    };
    desk.switch.add_trunk_group(settings).unwrap()
}

#[test]
fn a_call_goes_out_and_is_answered() {
    let mut desk = Desk::with(&["201"]);
    trunks(&mut desk, 1);
    desk.call("201", "01001");
    assert_eq!(
        desk.log()[2..],
        [
            "call 1: reached the network through T-1 (newCall)",
            "call 1: delivered to T-1 from 201 (newCall)",
        ]
    );
    desk.wait(Duration::from_secs(1));
    assert_eq!(desk.log(), ["call 1: established at T-1 (newCall)"]);
    desk.close();
}

#[test]
fn outside_parties_are_busy_unknown_or_all_trunks_are() {
    let mut desk = Desk::with(&["201", "202"]);
    trunks(&mut desk, 1);
    for (number, failed) in [
        ("01002", "call 1: failed at T-1 (busy)"),
        ("01003", "call 2: failed at T-1 (destNotObtainable)"),
    ] {
        desk.call("201", number);
        assert_eq!(desk.log().last().unwrap(), failed);
        desk.hang_up("201");
        desk.log();
    }
    desk.call("201", "01001");
    desk.log();
    desk.call("202", "01001");
    assert_eq!(desk.log().last().unwrap(), "call 4: failed at 202 (trunksBusy)");
    desk.hang_up("201");
    desk.hang_up("202");
    desk.call("202", "01001");
    assert_eq!(
        desk.log().last().unwrap(),
        "call 5: delivered to T-1 from 202 (newCall)"
    );
    desk.close();
}

#[test]
fn a_call_comes_in_and_is_from_outside() {
    let mut desk = Desk::with(&["201", "202"]);
    let group = trunks(&mut desk, 1);
    let called = desk.device("201");
    let forward = Forward {
        to: "202".into(),
        ring_duration: None,
    };
    desk.switch
        .set_forwarding(called, ForwardingType::ImmediateExternal, Some(forward), desk.now)
        .unwrap();
    let caller = Party::Number("4155550100".into());
    let circuit = desk
        .switch
        .incoming_call(group, caller.clone(), Some("A FRIEND"), "201", desk.now)
        .unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: T-1 originates to 201 (newCall)",
            "call 1: diverted by 201 to 202 (callForwardImmediate)",
            "call 1: delivered to 202 from 4155550100 (callForwardImmediate)",
        ]
    );
    assert_eq!(
        desk.switch
            .incoming_call(group, caller, None, "202", desk.now)
            .unwrap_err(),
        ServiceError::SystemResourceAvailability(SystemResourceError::NetworkBusy)
    );
    desk.answer("202");
    desk.switch.clear_connection(circuit, desk.now).unwrap();
    desk.close();
}

#[test]
fn two_telephones_of_one_exchange_talk_through_a_trunk() {
    let mut desk = Desk::with(&["201"]);
    desk.switch.add_line("101").unwrap();
    trunks(&mut desk, 2);
    desk.call("201", "0101");
    assert_eq!(
        desk.log()[2..],
        [
            "call 1: reached the network through T-1 (newCall)",
            "call 2: T-1 originates to 101 (newCall)",
            "call 2: delivered to 101 from 201 (newCall)",
            "call 1: delivered to T-1 from 201 (newCall)",
        ]
    );
    desk.answer("101");
    assert_eq!(
        desk.log(),
        [
            "call 2: established at 101 (newCall)",
            "call 1: established at T-1 (newCall)"
        ]
    );
    let caller = desk.at("201", ConnectionState::Connected);
    let heard = desk.switch.hears(caller);
    assert_eq!(heard.len(), 1);
    assert_eq!(desk.switch.number(heard[0].device), "101");
    desk.hang_up("101");
    assert_eq!(desk.switch.call_count(), 0);
    desk.close();
}

#[test]
fn a_call_that_fails_beyond_the_trunk_is_heard_on_this_side() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    trunks(&mut desk, 2);
    desk.talk("202", "203");
    let caller = desk.call("201", "0202");
    let mut causes = Vec::new();
    while let Some(event) = desk.switch.poll_event() {
        if let SwitchEvent::Call(event) = event
            && event.kind.name() == "Failed"
        {
            causes.push((event.call, event.cause));
        }
    }
    assert_eq!(causes.len(), 2);
    assert_eq!(causes[1], (caller.call, EventCause::Busy));
    assert_eq!(desk.switch.state(caller), ConnectionState::Connected);
    desk.switch.clear_connection(caller, desk.now).unwrap();
    assert_eq!(desk.switch.call_count(), 1);
}

#[test]
fn a_caller_from_outside_is_transferred_to_an_extension() {
    let mut desk = Desk::with(&["201", "202"]);
    let group = trunks(&mut desk, 1);
    let outside = Party::Number("4155550100".into());
    desk.switch
        .incoming_call(group, outside.clone(), None, "201", desk.now)
        .unwrap();
    desk.answer("201");
    let active = desk.at("201", ConnectionState::Connected);
    let merged = desk.switch.single_step_transfer(active, "202", desk.now).unwrap();
    let trunk = &merged.connections[0];
    assert_eq!(trunk.endpoint, outside);
    assert_eq!(trunk.associated_nid, desk.switch.device("T-1"));
    let info = desk.switch.call_info(merged.call).unwrap();
    assert_eq!(info.calling, outside);
    desk.close();
}

#[test]
fn digits_fit_numbers_beyond_a_trunk() {
    let mut desk = Desk::with(&["201", "5"]);
    trunks(&mut desk, 1);
    for (digits, fit) in [
        ("2", NumberFit::Prefix),
        ("201", NumberFit::Exact),
        ("5", NumberFit::ExactOrLonger),
        ("0", NumberFit::Prefix),
        ("0100", NumberFit::Prefix),
        ("01001", NumberFit::Exact),
        ("5550201", NumberFit::Exact),
        ("9", NumberFit::None),
    ] {
        assert_eq!(desk.switch.fits(digits), fit, "{digits}");
    }
}

#[test]
fn an_empty_prefix_takes_every_number_that_nobody_has() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    let settings = TrunkSettings {
        name: "W".into(),
        circuits: 3,
        prefixes: vec![String::new()],
        far_ends: [
            ("5551234".into(), Script::AnswersAfter(Duration::from_secs(1))),
            ("5559999".into(), Script::NeverAnswers),
        ]
        .into(),
        others: None,
    };
    desk.switch.add_trunk_group(settings).unwrap();
    for (number, last) in [
        ("5559999", "call 1: delivered to W-1 from 201 (newCall)"),
        ("5", "call 2: failed at W-1 (destNotObtainable)"),
        ("202", "call 3: delivered to 202 from 201 (newCall)"),
    ] {
        desk.call("201", number);
        desk.wait(Duration::from_secs(100));
        assert_eq!(desk.log().last().unwrap(), last);
        desk.hang_up("201");
    }
    assert_eq!(desk.switch.fits("555"), NumberFit::Prefix);
    desk.close();
}

#[test]
fn whoever_is_beyond_a_trunk_stays_known_in_a_conference() {
    let mut desk = Desk::with(&["201"]);
    trunks(&mut desk, 2);
    let second = Duration::from_secs(1);
    let held = desk.call("201", "01001");
    desk.wait(second);
    let options = CallOptions::default();
    let active = desk
        .switch
        .consultation_call(held, "55501001", &options, desk.now)
        .unwrap();
    desk.wait(second);
    let merged = desk.switch.conference_call(held, active, desk.now).unwrap();
    let outside = Party::Number("1001".into());
    let parties: Vec<Party> = ["T-1", "T-2"]
        .iter()
        .map(|circuit| {
            let circuit = desk.device(circuit);
            desk.switch.party_at(ConnectionId::new(merged.call, circuit))
        })
        .collect();
    assert_eq!(parties, [outside.clone(), outside]);
    desk.close();
}
