//! Hunt and ring groups, queues with agents, voice mail, routeing devices.

use std::time::Duration;

use offhook_sim::exchange::switch::{
    AgentState, ConnectionState, DeviceId, Distribution, Forward, ForwardingType, GroupSettings,
    OperationError, RouteEventKind, RouteId, ServiceError, SwitchEvent,
};

use crate::desk::Desk;

fn group(desk: &mut Desk, number: &str, members: &[&str], settings: GroupSettings) -> DeviceId {
    let settings = GroupSettings {
        members: members.iter().map(|member| desk.device(member)).collect(),
        ..settings
    };
    desk.switch.add_group(number, settings).unwrap()
}

fn ringing(desk: &Desk) -> Vec<String> {
    let devices = desk.switch.devices();
    devices
        .filter(|device| {
            desk.switch
                .connection_in(*device, ConnectionState::Alerting)
                .is_some()
        })
        .map(|device| desk.switch.number(device).to_owned())
        .collect()
}

#[test]
fn a_hunt_group_takes_its_members_in_its_own_order() {
    let cases = [
        (Distribution::Linear, ["301", "301", "301"]),
        (Distribution::Circular, ["301", "302", "303"]),
        (Distribution::LongestIdle, ["301", "302", "303"]),
    ];
    for (distribution, order) in cases {
        let mut desk = Desk::with(&["201", "301", "302", "303"]);
        let settings = GroupSettings {
            distribution,
            ..GroupSettings::default()
        };
        group(&mut desk, "300", &["301", "302", "303"], settings);
        for member in order {
            desk.wait(Duration::from_secs(1));
            desk.call("201", "300");
            assert_eq!(ringing(&desk), [member], "{distribution:?}");
            desk.answer(member);
            desk.hang_up("201");
        }
        desk.close();
    }
}

#[test]
fn a_hunt_group_skips_members_that_are_busy_or_do_not_answer() {
    let mut desk = Desk::with(&["201", "202", "301", "302", "303"]);
    let settings = GroupSettings {
        ring_time: Some(Duration::from_secs(12)),
        ..GroupSettings::default()
    };
    group(&mut desk, "300", &["301", "302", "303"], settings);
    desk.talk("202", "301");
    desk.call("201", "300");
    assert_eq!(
        desk.log()[2..],
        [
            "call 2: diverted by 300 to 302 (distributed)",
            "call 2: delivered to 302 from 201 (distributed)",
        ]
    );
    desk.wait(Duration::from_secs(12));
    assert_eq!(
        desk.log(),
        [
            "call 2: diverted by 302 to 303 (callForwardNoAnswer)",
            "call 2: delivered to 303 from 201 (callForwardNoAnswer)",
        ]
    );
    desk.wait(Duration::from_secs(60));
    assert_eq!(ringing(&desk), ["303"], "nobody else is left");
    desk.close();
}

#[test]
fn a_ring_group_rings_everywhere_until_one_answers() {
    let mut desk = Desk::with(&["201", "301", "302", "303"]);
    let settings = GroupSettings {
        distribution: Distribution::All,
        ..GroupSettings::default()
    };
    group(&mut desk, "300", &["301", "302", "303"], settings);
    desk.call("201", "300");
    assert_eq!(ringing(&desk), ["301", "302", "303"]);
    desk.log();
    desk.answer("302");
    assert_eq!(
        desk.log(),
        [
            "call 1: established at 302 (newCall)",
            "call 1: 301 cleared by 302 (multipleAlerting)",
            "call 1: 303 cleared by 302 (multipleAlerting)",
        ]
    );
    desk.close();
}

#[test]
fn a_group_without_room_is_busy_or_flows_over() {
    let mut desk = Desk::with(&["201", "202", "203", "301", "401"]);
    group(&mut desk, "300", &["301"], GroupSettings::default());
    let settings = GroupSettings {
        overflow: Some("401".into()),
        ..GroupSettings::default()
    };
    group(&mut desk, "310", &["301"], settings);
    desk.talk("201", "301");
    desk.call("202", "300");
    assert_eq!(desk.log()[2], "call 2: failed at 300 (busy)");
    desk.hang_up("202");
    desk.log();
    desk.call("202", "310");
    assert_eq!(
        desk.log()[2..],
        [
            "call 3: diverted by 310 to 401 (overflow)",
            "call 3: delivered to 401 from 202 (overflow)"
        ]
    );
    desk.close();
}

#[test]
fn calls_wait_for_agents_in_order() {
    let mut desk = Desk::with(&["201", "202", "301", "302"]);
    let settings = GroupSettings {
        agents_only: true,
        queue: 5,
        max_wait: Some(Duration::from_secs(60)),
        distribution: Distribution::LongestIdle,
        ..GroupSettings::default()
    };
    let acd = group(&mut desk, "300", &["301", "302"], settings);
    let at = desk.device("301");
    desk.call("201", "300");
    desk.call("202", "300");
    let log = desk.log();
    assert_eq!(log[2], "call 1: queued at 300 as 1 (noAvailableAgents)");
    assert_eq!(log[5], "call 2: queued at 300 as 2 (noAvailableAgents)");
    assert_eq!(desk.switch.queued_calls(acd).len(), 2);

    let after_call = Duration::from_secs(5);
    desk.switch
        .log_on(at, "7001", Some(acd), after_call, desk.now)
        .unwrap();
    desk.switch
        .set_agent_state(at, AgentState::Ready, desk.now)
        .unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: diverted by 300 to 301 (distributed)",
            "call 1: delivered to 301 from 201 (distributed)"
        ]
    );
    desk.answer("301");
    assert_eq!(desk.switch.agent(at).unwrap().state, AgentState::Busy);
    desk.hang_up("201");
    assert_eq!(desk.switch.agent(at).unwrap().state, AgentState::WorkingAfterCall);
    desk.log();
    desk.wait(after_call);
    assert_eq!(
        desk.log(),
        [
            "call 2: diverted by 300 to 301 (distributed)",
            "call 2: delivered to 301 from 202 (distributed)"
        ]
    );
    assert!(desk.switch.queued_calls(acd).is_empty());
    desk.close();
}

#[test]
fn an_agent_is_told_apart_from_a_telephone() {
    let mut desk = Desk::with(&["301", "302"]);
    let acd = group(&mut desk, "300", &["301"], GroupSettings::default());
    let (at, other) = (desk.device("301"), desk.device("302"));
    let mut log_on =
        |device, id: &str, group| desk.switch.log_on(device, id, group, Duration::ZERO, desk.now);
    let refused = [
        (log_on(other, "1", Some(acd)), OperationError::InvalidAgentGroup),
        (log_on(at, "", Some(acd)), OperationError::InvalidAgentIdentifier),
    ];
    log_on(at, "1", Some(acd)).unwrap();
    for (answer, error) in refused {
        assert_eq!(answer.unwrap_err(), ServiceError::Operation(error));
    }
    let again = desk.switch.log_on(at, "2", None, Duration::ZERO, desk.now);
    assert_eq!(
        again.unwrap_err(),
        ServiceError::Operation(OperationError::InvalidAgentState)
    );
    desk.switch
        .set_agent_state(at, AgentState::Null, desk.now)
        .unwrap();
    assert_eq!(
        desk.device_log(),
        [
            "301: agent 1 logged on at 300",
            "301: agent 1 at 300 agentNotReady",
            "301: agent 1 logged off at 300"
        ]
    );
}

#[test]
fn a_call_that_waits_too_long_flows_over() {
    let mut desk = Desk::with(&["201", "301", "401"]);
    let settings = GroupSettings {
        agents_only: true,
        queue: 1,
        max_wait: Some(Duration::from_secs(30)),
        overflow: Some("401".into()),
        ..GroupSettings::default()
    };
    let acd = group(&mut desk, "300", &["301"], settings);
    desk.call("201", "300");
    desk.log();
    desk.wait(Duration::from_secs(30));
    assert_eq!(
        desk.log(),
        [
            "call 1: diverted by 300 to 401 (overflow)",
            "call 1: delivered to 401 from 201 (overflow)"
        ]
    );
    assert!(desk.switch.queued_calls(acd).is_empty());
    desk.close();
}

#[test]
fn voice_mail_takes_a_message_and_gives_it_back() {
    let mut desk = Desk::with(&["201", "202"]);
    desk.switch.add_voice_mail("800").unwrap();
    let owner = desk.device("202");
    let forward = Forward {
        to: "800".into(),
        ring_duration: Some(Duration::from_secs(10)),
    };
    desk.switch
        .set_forwarding(owner, ForwardingType::NoAnswer, Some(forward), desk.now)
        .unwrap();
    desk.call("201", "202");
    desk.wait(Duration::from_secs(10));
    assert_eq!(
        desk.log().last().unwrap(),
        "call 1: established at 800 (callForwardNoAnswer)"
    );
    desk.hang_up("201");
    assert!(desk.switch.message_waiting(owner));
    desk.call("202", "800");
    assert!(!desk.switch.message_waiting(owner));
    desk.close();
}

/// The dialogues that were begun, and what else the switch said about ways.
fn routes(desk: &mut Desk) -> Vec<(RouteId, RouteEventKind)> {
    let mut routes = Vec::new();
    while let Some(event) = desk.switch.poll_event() {
        if let SwitchEvent::Route(event) = event {
            routes.push((event.route, event.kind));
        }
    }
    routes
}

#[test]
fn a_client_says_where_a_call_goes() {
    let mut desk = Desk::with(&["201", "202", "203", "204"]);
    desk.talk("203", "204");
    let device = desk.switch.add_routeing_device("900", "202").unwrap();
    desk.call("201", "900");
    assert_eq!(ringing(&desk), ["202"], "no client asked for it");
    desk.hang_up("201");
    desk.switch.set_routeing_mode(device, true, desk.now).unwrap();

    desk.call("201", "900");
    let (route, _) = routes(&mut desk)[0].clone();
    desk.switch.route_select(route, "203", desk.now).unwrap();
    assert_eq!(
        routes(&mut desk),
        [(route, RouteEventKind::ReRoute)],
        "203 is busy"
    );
    desk.switch.route_select(route, "202", desk.now).unwrap();
    assert_eq!(routes(&mut desk).len(), 2);
    assert_eq!(ringing(&desk), ["202"]);
    assert_eq!(
        desk.switch.route_select(route, "202", desk.now).unwrap_err(),
        ServiceError::Operation(OperationError::InvalidRouteingCrossRefId)
    );
    desk.hang_up("201");

    desk.call("201", "900");
    desk.wait(Duration::from_secs(10));
    assert_eq!(ringing(&desk), ["202"], "nobody answered in time");
    desk.hang_up("201");

    let caller = desk.call("201", "900");
    let asked = routes(&mut desk);
    desk.switch
        .route_reject(asked.last().unwrap().0, desk.now)
        .unwrap();
    assert_eq!(desk.switch.state(caller), ConnectionState::Connected);
    assert_eq!(
        desk.switch.snapshot_call(caller.call).unwrap()[1].1,
        ConnectionState::Fail
    );
}
