//! Calls beside each other: waiting, held, in a conference, transferred.

use std::time::Duration;

use super::world::World;
use super::{check, modules};
use offhook_sim::{CallerId, SimCommand, StationBehaviour};

#[test]
fn a_second_call_waits_is_taken_swapped_and_released() {
    let mut world = modules();
    world.station("5", StationBehaviour::AnswersAfter(Duration::ZERO));
    world.at("101", "AT+CCWA=1,1");
    world.write("101", "ATD5;\r");
    world.wait_for("101", "OK");
    world.wait_ms(1000);
    world.said("101");
    world.command(SimCommand::Call {
        from: "6".into(),
        to: "101".into(),
        caller_id: Some(CallerId::number("6")),
    });
    world.wait_for("101", "+CCWA");
    assert_eq!(world.said("101"), "+CCWA: \"6\",129,1");
    check(
        &mut world,
        &[
            (
                "AT+CLCC",
                "+CLCC: 1,0,0,0,0,\"5\",129|+CLCC: 2,1,5,0,0,\"6\",129|OK",
            ),
            ("AT+CHLD=2", "OK"),
            (
                "AT+CLCC",
                "+CLCC: 1,0,1,0,0,\"5\",129|+CLCC: 2,1,0,0,0,\"6\",129|OK",
            ),
            ("AT+CHLD=2", "OK"),
            (
                "AT+CLCC",
                "+CLCC: 1,0,0,0,0,\"5\",129|+CLCC: 2,1,1,0,0,\"6\",129|OK",
            ),
        ],
    );
    // The held far end hangs up, and only its call is over.
    world.command(SimCommand::HangUp { number: "6".into() });
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.at("101", "AT+CLCC"), "+CLCC: 1,0,0,0,0,\"5\",129|OK");
    world.log();
    assert_eq!(world.at("101", "AT+CHLD=1"), "OK");
    assert_eq!(
        world.log(),
        [
            "call 1: 101 hangs up",
            "call 1: ended",
            "5 goes on-hook",
            "101 goes on-hook"
        ]
    );
}

#[test]
fn a_second_outgoing_call_holds_the_first_and_releasing_it_brings_the_first_back() {
    let mut world = modules();
    for number in ["5", "6"] {
        world.station(number, StationBehaviour::AnswersAfter(Duration::ZERO));
        world.write("101", format!("ATD{number};\r"));
        world.wait_for("101", "OK");
        world.wait_ms(1000);
        world.said("101");
    }
    check(
        &mut world,
        &[
            (
                "AT+CLCC",
                "+CLCC: 1,0,1,0,0,\"5\",129|+CLCC: 2,0,0,0,0,\"6\",129|OK",
            ),
            ("AT+CHLD=12", "OK"),
            ("AT+CLCC", "+CLCC: 1,0,1,0,0,\"5\",129|OK"),
            ("AT+CHLD=2", "OK"),
            ("AT+CLCC", "+CLCC: 1,0,0,0,0,\"5\",129|OK"),
            ("ATH", "OK"),
            ("AT+CLCC", "OK"),
        ],
    );
}

#[test]
fn an_analogue_modem_shows_a_waiting_call_as_pcw_says() {
    for (setting, ends) in [(0, false), (1, true), (2, false)] {
        let mut world = World::with_modems(&["101", "102"]);
        world.command(SimCommand::SetCallWaiting {
            number: "101".into(),
            on: true,
        });
        world.at("101", &format!("AT+PCW={setting}"));
        world.connect("101", "102");
        world.command(SimCommand::Call {
            from: "7".into(),
            to: "101".into(),
            caller_id: None,
        });
        world.wait_ms(600);
        assert_eq!(world.ring_indicator("101"), setting == 0, "{setting}");
        assert_eq!(world.said("101") == "NO CARRIER", ends, "{setting}");
    }
}

/// A module with an active call to 6 and a held one to 5.
fn two_calls() -> World {
    let mut world = modules();
    for number in ["5", "6"] {
        world.station(number, StationBehaviour::AnswersAfter(Duration::ZERO));
        world.write("101", format!("ATD{number};\r"));
        world.wait_for("101", "OK");
        world.wait_ms(1000);
        world.said("101");
    }
    world.log();
    world
}

#[test]
fn a_conference_is_one_call_until_its_members_leave() {
    let mut world = two_calls();
    assert_eq!(
        world.at("101", "AT+CHLD=3;+CLCC"),
        "+CLCC: 1,0,0,0,1,\"5\",129|+CLCC: 2,0,0,0,1,\"6\",129|OK"
    );
    assert_eq!(world.log(), ["call 3: 101 makes a conference of its calls"]);
    // One of them is dropped, the other stays; nothing is a conference then.
    assert_eq!(world.at("101", "AT+CHLD=11"), "OK");
    assert_eq!(world.log(), ["5 goes on-hook"]);
    assert_eq!(world.at("101", "AT+CLCC"), "+CLCC: 2,0,0,0,0,\"6\",129|OK");
    assert_eq!(world.at("101", "ATH"), "OK");
    let log = world.log();
    assert!(log.contains(&"6 goes on-hook".to_owned()), "{log:?}");
}

#[test]
fn a_member_that_hangs_up_leaves_the_conference() {
    let mut world = two_calls();
    assert_eq!(world.at("101", "AT+CHLD=3"), "OK");
    world.command(SimCommand::HangUp { number: "6".into() });
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.at("101", "AT+CLCC"), "+CLCC: 1,0,0,0,0,\"5\",129|OK");
    world.command(SimCommand::HangUp { number: "5".into() });
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.at("101", "AT+CLCC"), "OK");
}

#[test]
fn who_made_the_conference_ends_it_for_all() {
    for line in ["ATH", "AT+CHUP", "AT+CHLD=1"] {
        let mut world = two_calls();
        world.at("101", "AT+CHLD=3");
        world.log();
        assert_eq!(world.at("101", line), "OK");
        let log = world.log();
        for number in ["5", "6", "101"] {
            assert!(log.contains(&format!("{number} goes on-hook")), "{line}: {log:?}");
        }
    }
}

#[test]
fn one_of_a_conference_is_spoken_with_alone_and_all_come_together_again() {
    let mut world = two_calls();
    check(
        &mut world,
        &[
            ("AT+CHLD=3", "OK"),
            ("AT+CHLD=21", "OK"),
            (
                "AT+CLCC",
                "+CLCC: 1,0,0,0,0,\"5\",129|+CLCC: 2,0,1,0,0,\"6\",129|OK",
            ),
        ],
    );
    assert_eq!(
        world.log(),
        [
            "call 3: 101 makes a conference of its calls",
            "call 4: 101 goes on with 5 alone"
        ]
    );
    check(&mut world, &[("AT+CHLD=3", "OK"), ("AT+CHLD=22", "OK")]);
    assert_eq!(
        world.at("101", "AT+CLCC"),
        "+CLCC: 1,0,1,0,0,\"5\",129|+CLCC: 2,0,0,0,0,\"6\",129|OK"
    );
    // The held one goes: the active call stays.
    world.command(SimCommand::HangUp { number: "5".into() });
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.at("101", "AT+CLCC"), "+CLCC: 2,0,0,0,0,\"6\",129|OK");
}

#[test]
fn a_transfer_leaves_the_far_ends_to_each_other() {
    let mut world = two_calls();
    assert_eq!(world.at("101", "AT+CHLD=4"), "OK");
    assert_eq!(
        world.log(),
        ["call 3: 101 connects its calls and leaves", "101 goes on-hook"]
    );
    assert_eq!(world.at("101", "AT+CLCC"), "OK");
    world.command(SimCommand::Send {
        number: "5".into(),
        bytes: b"hello".to_vec(),
    });
    world.command(SimCommand::HangUp { number: "5".into() });
    assert_eq!(
        world.log(),
        [
            "call 3: 5 sends 5 bytes",
            "5 goes on-hook",
            "call 3: 5 hangs up",
            "call 3: ended",
            "6 goes on-hook"
        ]
    );
    check(
        &mut world,
        &[("AT+CHLD=4", "ERROR"), ("AT+CMEE=1;+CHLD=3", "+CME ERROR: 3")],
    );
}
