//! Calls between modems, and with stations, in virtual time.

mod world;

use std::time::Duration;

use offhook_sim::{CallerId, SimCommand, SimError, StationBehaviour};
use world::World;

#[test]
fn two_modems_call_each_other_talk_and_hang_up() {
    let mut world = World::with_modems(&["101", "102"]);
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    assert_eq!(world.at("102", "ATA"), "RING");
    world.wait_for("101", "CONNECT 33600");
    world.wait_for("102", "CONNECT 33600");
    world.said("101");
    world.said("102");

    world.write("101", "hello");
    assert_eq!(world.said("102"), "hello");
    world.write("102", "good day");
    assert_eq!(world.said("101"), "good day");

    world.wait_ms(1000);
    world.write("102", "+++");
    world.wait_for("102", "OK");
    world.said("102");
    assert_eq!(world.at("102", "ATH"), "OK");
    assert_eq!(world.said("101"), "+++|NO CARRIER");
    assert_eq!(
        world.log(),
        [
            "101 goes off-hook",
            "101 hears dial tone",
            "call 1: 101 dials 102",
            "call 1: 102 is called by 101",
            "call 1: 102 rings",
            "102 goes off-hook",
            "call 1: 102 answers",
            "call 1: 101 sends 5 bytes",
            "call 1: 102 sends 8 bytes",
            "call 1: 102 sends 3 bytes",
            "102 goes on-hook",
            "call 1: 102 hangs up",
            "call 1: ended",
            "101 goes on-hook",
        ]
    );
}

#[test]
fn a_station_that_answers_connects() {
    let mut world = World::with_modems(&["101"]);
    world.station("5551234", StationBehaviour::AnswersAfter(Duration::from_secs(3)));
    world.write("101", "ATDT 555-1234\r");
    world.wait_for("101", "CONNECT");
    world.said("101");
    world.command(SimCommand::Send {
        number: "5551234".into(),
        bytes: b"welcome".to_vec(),
    });
    assert_eq!(world.said("101"), "welcome");
    world.command(SimCommand::HangUp {
        number: "5551234".into(),
    });
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.at("101", "AT"), "OK");
}

#[test]
fn busy_is_told_from_silence_at_x3_and_x4_only() {
    let mut world = World::with_modems(&["101"]);
    world.station("200", StationBehaviour::Busy);
    for (level, told, seconds) in [
        ("X4", "BUSY", 0),
        ("X3", "BUSY", 0),
        ("X2", "NO CARRIER", 50),
        ("X0", "NO CARRIER", 50),
    ] {
        let began = world.now();
        world.write("101", format!("AT{level}DT200\r"));
        world.wait_for("101", told);
        assert_eq!(world.said("101"), told, "{level}");
        assert!(world.now() - began >= Duration::from_secs(seconds), "{level}");
    }
}

#[test]
fn nobody_answers_until_s7_runs_out() {
    let mut world = World::with_modems(&["101"]);
    world.station("200", StationBehaviour::NeverAnswers);
    for (line, told) in [("ATS7=20DT200", "NO CARRIER"), ("ATS7=20DT200@", "NO ANSWER")] {
        let began = world.now();
        world.write("101", format!("{line}\r"));
        world.wait_for("101", told);
        let took = (world.now() - began).as_secs();
        assert!((20..=22).contains(&took), "{line}: {took} s");
        assert!(world.log().contains(&"101 goes on-hook".to_owned()));
        world.said("101");
    }
}

#[test]
fn a_dead_line_has_no_dial_tone() {
    let mut world = World::with_modems(&["101"]);
    world.command(SimCommand::SetDialTone {
        number: "101".into(),
        present: false,
    });
    world.write("101", "ATDT102\r");
    world.wait_for("101", "NO DIALTONE");
    assert_eq!(
        world.log(),
        ["101 goes off-hook", "101 hears no dial tone", "101 goes on-hook"]
    );
    world.write("101", "ATX1DT102\r");
    world.wait_for("101", "NO CARRIER");
}

#[test]
fn nobody_has_the_number() {
    let mut world = World::with_modems(&["101"]);
    world.write("101", "ATDT999\r");
    world.wait_for("101", "NO CARRIER");
    assert!(
        world
            .log()
            .contains(&"call 1: 101 hears that 999 is unobtainable".to_owned())
    );
}

#[test]
fn caller_id_comes_between_the_first_and_the_second_ring() {
    let mut world = World::with_modems(&["101"]);
    assert_eq!(world.at("101", "AT#CID=1"), "OK");
    assert_eq!(world.at("101", "AT+VCID?"), "1|OK");
    let caller = CallerId {
        number: Some("5551234".into()),
        name: Some("A FRIEND".into()),
    };
    world.command(SimCommand::Call {
        from: "5551234".into(),
        to: "101".into(),
        caller_id: Some(caller),
    });
    world.wait_ms(6600);
    assert_eq!(
        world.said("101"),
        "RING|DATE=0101|TIME=1200|NMBR=5551234|NAME=A FRIEND|RING"
    );
    world.command(SimCommand::HangUp {
        number: "5551234".into(),
    });
    world.wait_ms(30_000);
    assert_eq!(world.said("101"), "", "an abandoned call rings no more");
    assert_eq!(world.at("101", "ATS1?"), "000|OK");
}

#[test]
fn s0_counts_rings_before_it_answers() {
    let mut world = World::with_modems(&["101"]);
    world.at("101", "ATS0=3");
    world.command(SimCommand::Call {
        from: "7".into(),
        to: "101".into(),
        caller_id: None,
    });
    world.wait_for("101", "CONNECT");
    assert_eq!(world.said("101"), "RING|RING|RING|CONNECT 33600");
    assert!(world.log().contains(&"call 1: 101 answers".to_owned()));
}

#[test]
fn a_semicolon_returns_to_command_state_and_the_next_d_goes_on() {
    let mut world = World::with_modems(&["101"]);
    world.station("5551234", StationBehaviour::AnswersAfter(Duration::ZERO));
    world.write("101", "ATDT555;\r");
    world.wait_for("101", "OK");
    world.write("101", "ATDT1234;\r");
    world.wait_for("101", "OK");
    world.said("101");
    world.wait_ms(3000);
    assert_eq!(
        world.log()[2..],
        [
            "call 1: 101 dials 555, more to come",
            "call 1: 101 dials 5551234",
            "call 1: 5551234 is called by 101",
            "call 1: 5551234 rings",
            "5551234 goes off-hook",
            "call 1: 5551234 answers",
        ]
    );
    world.said("101");
    world.write("101", "AT+VTS=1,#\r");
    world.wait_for("101", "OK");
    world.said("101");
    world.write("101", "ATD42;\r");
    world.wait_for("101", "OK");
    assert_eq!(
        world.log(),
        [
            "call 1: 101 sends digits 1",
            "call 1: 101 sends digits #",
            "call 1: 101 sends digits 42"
        ]
    );
    world.said("101");
    assert_eq!(world.at("101", "ATH"), "OK");
}

#[test]
fn digits_that_fit_no_line_are_routed_when_no_more_come() {
    let mut world = World::with_modems(&["101"]);
    world.write("101", "ATDT555;\r");
    world.wait_for("101", "OK");
    world.wait_ms(11_000);
    assert!(
        world
            .log()
            .contains(&"call 1: 101 hears that 555 is unobtainable".to_owned())
    );
}

#[test]
fn a_character_aborts_a_dial_but_the_line_feed_after_the_command_does_not() {
    let mut world = World::with_modems(&["101"]);
    world.station("200", StationBehaviour::NeverAnswers);
    world.write("101", "ATDT200\r\n");
    world.wait_ms(3000);
    assert_eq!(world.said("101"), "");
    world.write("101", "\r");
    assert_eq!(world.said("101"), "NO CARRIER");
    assert!(
        world
            .log()
            .ends_with(&["call 1: 101 hangs up".to_owned(), "call 1: ended".to_owned()])
    );
    assert_eq!(world.at("101", "AT"), "OK");
}

#[test]
fn what_comes_within_an_eighth_of_a_second_of_the_command_aborts_nothing() {
    let mut world = World::with_modems(&["101"]);
    world.station("200", StationBehaviour::NeverAnswers);
    for (pause_ms, said) in [(124, ""), (125, "NO CARRIER")] {
        world.write("101", "ATDT200\r");
        world.wait_ms(pause_ms);
        world.write("101", "\0");
        world.wait_ms(3000);
        assert_eq!(world.said("101"), said, "after {pause_ms} ms");
        world.write("101", "ATH\r");
        world.wait_ms(100);
        world.said("101");
    }
}

#[test]
fn a_pulled_line_ends_the_call_at_both_ends() {
    let mut world = World::with_modems(&["101", "102"]);
    world.connect("101", "102");
    world.command(SimCommand::Cut { number: "101".into() });
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.said("102"), "NO CARRIER");
    world.write("101", "ATDT102\r");
    world.wait_for("101", "NO DIALTONE");
    world.said("101");
    world.command(SimCommand::SetDialTone {
        number: "101".into(),
        present: true,
    });
    world.connect("101", "102");
}

#[test]
fn the_caller_gives_up_while_the_other_end_rings() {
    let mut world = World::with_modems(&["101", "102"]);
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.write("101", "x");
    assert_eq!(world.said("101"), "NO CARRIER");
    world.said("102");
    world.write("102", "ATS7=5A\r");
    world.wait_for("102", "NO CARRIER");
}

#[test]
fn a_line_in_use_is_busy() {
    let mut world = World::with_modems(&["101", "102", "103"]);
    world.connect("101", "102");
    world.write("103", "ATDT101\r");
    world.wait_for("103", "BUSY");
    world.at("103", "ATH1");
    world.command(SimCommand::Call {
        from: "9".into(),
        to: "103".into(),
        caller_id: None,
    });
    world.wait_ms(1000);
    assert!(
        world
            .log()
            .contains(&"call 3: 9 hears busy tone, 103 is busy".to_owned())
    );
}

#[test]
fn steps_that_make_no_sense_say_why() {
    let mut world = World::with_modems(&["101"]);
    let number = || "101".to_owned();
    let nobody = || "404".to_owned();
    let error = |world: &mut World, command| world.try_command(command).unwrap_err();
    assert_eq!(
        error(&mut world, SimCommand::Answer { number: number() }),
        SimError::NotAStation { number: number() }
    );
    assert_eq!(
        error(&mut world, SimCommand::HangUp { number: nobody() }),
        SimError::UnknownNumber { number: nobody() }
    );
    world.station("404", StationBehaviour::NeverAnswers);
    assert_eq!(
        error(&mut world, SimCommand::Answer { number: nobody() }),
        SimError::NotRinging { number: nobody() }
    );
    assert_eq!(
        error(&mut world, SimCommand::HangUp { number: nobody() }),
        SimError::NoCall { number: nobody() }
    );
    let send = SimCommand::Send {
        number: nobody(),
        bytes: vec![1],
    };
    assert_eq!(
        error(&mut world, send.clone()),
        SimError::NoCall { number: nobody() }
    );
    world.command(SimCommand::Call {
        from: nobody(),
        to: number(),
        caller_id: None,
    });
    assert_eq!(
        error(&mut world, send),
        SimError::NotAnswered { number: nobody() }
    );
    let again = SimCommand::Call {
        from: nobody(),
        to: number(),
        caller_id: None,
    };
    assert_eq!(error(&mut world, again), SimError::InUse { number: nobody() });
}
