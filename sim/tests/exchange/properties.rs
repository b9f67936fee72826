//! Whatever is asked of a switch, its calls stay sound and its events tell all.

use std::time::Duration;

use offhook_sim::SimTime;
use offhook_sim::exchange::switch::{
    AgentState, CallOptions, ConnectionId, ConnectionState, DeviceId, DeviceKind, Distribution, Forward,
    ForwardingType, GroupSettings, Limits, Participation, Party, Replica, RouteId, Screening, Script,
    StationSettings, Switch, TrunkGroupId, TrunkSettings,
};
use proptest::prelude::*;

/// One request: which service, and three numbers that it picks its arguments by.
type Request = (u8, u8, u8, u8);

fn connection(switch: &Switch, pick: u8) -> ConnectionId {
    let all: Vec<ConnectionId> = switch
        .devices()
        .flat_map(|device| switch.snapshot_device(device))
        .collect();
    match all.len() {
        0 => ConnectionId::new(offhook_sim::CallId(1), switch.devices().next().unwrap()),
        count => all[usize::from(pick) % count],
    }
}

fn device(switch: &Switch, pick: u8) -> DeviceId {
    switch
        .devices()
        .nth(usize::from(pick) % switch.devices().len())
        .unwrap()
}

fn ask(switch: &mut Switch, trunks: TrunkGroupId, (service, a, b, c): Request, now: SimTime) {
    let (one, two) = (connection(switch, a), connection(switch, b));
    let target = device(switch, c);
    // Now and then through a trunk, to somebody outside or back to a device of ours.
    let number = match b % 9 {
        0 => "01001".to_owned(),
        1 => format!("0{}", switch.number(target)),
        2 => "5551234".to_owned(),
        _ => switch.number(target).to_owned(),
    };
    let options = CallOptions {
        prompt: b % 4 == 0,
        ..CallOptions::default()
    };
    let participation = Participation::ALL[usize::from(b) % 2];
    // Most requests are refused, which is as good: a refusal must change nothing either.
    let before = switch.snapshot();
    let done = match service % 34 {
        0 | 1 => switch.make_call(device(switch, a), &number, &options, now).err(),
        2 | 3 => switch.answer_call(one, now).err(),
        4 => switch.clear_connection(one, now).err(),
        5 => switch.hold_call(one, now).err(),
        6 => switch.retrieve_call(one, now).err(),
        7 => switch.consultation_call(one, &number, &options, now).err(),
        8 => switch.alternate_call(one, two, now).err(),
        9 => switch.reconnect_call(one, two, now).err(),
        10 | 11 => switch.transfer_call(one, two, now).err(),
        12 | 13 => switch.conference_call(one, two, now).err(),
        14 => switch.single_step_transfer(one, &number, now).err(),
        15 => switch
            .single_step_conference(one, target, participation, now)
            .err(),
        16 => switch.join_call(one, target, participation, now).err(),
        17 => switch.intrude_call(one, participation, now).err(),
        18 => switch.deflect_call(one, &number, now).err(),
        19 => switch.directed_pickup_call(one, target, now).err(),
        20 => switch.park_call(one, (b % 2 == 0).then_some(target), now).err(),
        21 => switch.camp_on_call(one, now).err(),
        22 => switch.call_back(one, now).err(),
        23 => switch
            .make_predictive_call(device(switch, a), &number, &options, now)
            .err(),
        24 => switch.group_pickup_call(target, now).err(),
        25 => switch.set_in_service(target, b % 3 != 0, now).err(),
        26 => switch
            .incoming_call(trunks, Party::NotKnown, None, &number, now)
            .err(),
        27 => switch
            .log_on(target, "7", None, Duration::from_secs(1), now)
            .err(),
        28 => switch
            .set_agent_state(target, AgentState::ALL[usize::from(b) % 5], now)
            .err(),
        29 => switch.route_select(RouteId(u32::from(a % 8)), &number, now).err(),
        30 => switch.route_reject(RouteId(u32::from(a % 8)), now).err(),
        31 => switch.split_call(one, two.device, now).err(),
        32 => {
            let rule = Screening {
                forwarding_type: ForwardingType::ALL[usize::from(a) % 12],
                caller: (a % 2 == 0).then(|| switch.number(device(switch, a)).into()),
                forward: Forward {
                    to: if b % 3 == 0 {
                        "".into()
                    } else {
                        number.as_str().into()
                    },
                    ring_duration: Some(Duration::from_secs(1)),
                },
            };
            switch.set_screening(target, vec![rule], now).err()
        }
        _ => {
            let forwarding_type = ForwardingType::ALL[usize::from(a) % 12];
            let forward = Forward {
                to: switch.number(device(switch, b)).into(),
                ring_duration: None,
            };
            switch
                .set_forwarding(target, forwarding_type, (b % 2 == 0).then_some(forward), now)
                .err()
        }
    };
    if done.is_some() {
        assert_eq!(before, switch.snapshot(), "a refusal changed something");
    }
}

fn check(switch: &Switch) {
    for (call, connections) in switch.snapshot().calls {
        assert!(!connections.is_empty(), "{call} is empty");
        for (device, state) in &connections {
            assert_ne!(*state, ConnectionState::Null);
            assert!(
                switch
                    .snapshot_device(*device)
                    .contains(&ConnectionId::new(call, *device))
            );
        }
    }
    for device in switch.devices() {
        let connected = switch
            .snapshot_device(device)
            .into_iter()
            .filter(|c| {
                matches!(
                    switch.state(*c),
                    ConnectionState::Connected | ConnectionState::Initiated
                )
            })
            .count();
        assert!(
            connected <= 1 || switch.kind(device) != Some(DeviceKind::Station),
            "{} is connected {connected} times",
            switch.number(device)
        );
        for connection in switch.snapshot_device(device) {
            assert_ne!(switch.state(connection), ConnectionState::Null);
        }
    }
}

fn switch(transfer_to_failed: bool) -> (Switch, TrunkGroupId) {
    let limits = Limits {
        conference_members: 4,
        transfer_to_failed,
        park_recall: Some(Duration::from_secs(3)),
        ..Limits::default()
    };
    let mut switch = Switch::new(limits);
    for place in 0..7_u64 {
        let settings = StationSettings {
            call_waiting: place % 2 == 0,
            auto_answer: place == 5,
            offers: place == 4,
            pickup_group: Some(1),
            script: (place == 6).then_some(Script::AnswersFor {
                after: Duration::from_secs(1),
                talks: Duration::from_secs(2),
            }),
            ..StationSettings::default()
        };
        switch.add_station(&format!("20{place}"), settings).unwrap();
    }
    let line = StationSettings {
        offers: true,
        pickup_group: Some(1),
        ..StationSettings::default()
    };
    switch.add_line_with("101", line).unwrap();
    switch.add_park_slot("71").unwrap();
    switch.add_voice_mail("80").unwrap();
    let routeing = switch.add_routeing_device("90", "300").unwrap();
    switch.set_routeing_mode(routeing, true, SimTime::ZERO).unwrap();
    let members: Vec<DeviceId> = switch.devices().take(4).collect();
    for (number, distribution, agents_only) in [
        ("300", Distribution::All, false),
        ("310", Distribution::Circular, false),
        ("320", Distribution::LongestIdle, true),
    ] {
        let settings = GroupSettings {
            members: members.clone(),
            distribution,
            agents_only,
            ring_time: Some(Duration::from_secs(2)),
            queue: 2,
            max_wait: Some(Duration::from_secs(5)),
            overflow: agents_only.then(|| "80".into()),
            ..GroupSettings::default()
        };
        switch.add_group(number, settings).unwrap();
    }
    let trunks = TrunkSettings {
        name: "T".into(),
        circuits: 3,
        prefixes: vec!["0".into()],
        far_ends: [("1001".into(), Script::AnswersAfter(Duration::from_secs(1)))].into(),
        ..TrunkSettings::default()
    };
    let trunks = switch.add_trunk_group(trunks).unwrap();
    let world = TrunkSettings {
        name: "W".into(),
        circuits: 2,
        prefixes: vec![String::new()],
        far_ends: [("5551234".into(), Script::NeverAnswers)].into(),
        ..TrunkSettings::default()
    };
    switch.add_trunk_group(world).unwrap();
    (switch, trunks)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn events_rebuild_the_snapshot_and_nothing_leaks(
        requests in proptest::collection::vec((any::<Request>(), 0_u64..4), 1..80),
        transfer_to_failed in any::<bool>(),
    ) {
        let (mut switch, trunks) = switch(transfer_to_failed);
        let mut replica = Replica::default();
        let mut now = SimTime::ZERO;
        for (request, seconds) in requests {
            ask(&mut switch, trunks, request, now);
            now += Duration::from_secs(seconds);
            switch.handle_timeout(now);
            while let Some(event) = switch.poll_event() {
                replica.apply(&event);
            }
            prop_assert_eq!(replica.snapshot(), &switch.snapshot());
            check(&switch);
        }
        for device in switch.devices() {
            switch.cancel_call_back(device, None, now).ok();
        }
        // A device that is cleared may get a call that waited for it.
        for _ in 0..20 {
            for device in switch.devices() {
                for connection in switch.snapshot_device(device) {
                    switch.clear_connection(connection, now).ok();
                }
            }
        }
        prop_assert!(switch.snapshot().calls.is_empty(), "{:#?}", switch.snapshot());
    }
}
