//! One call at a time.

use std::time::Duration;

use super::modules;
use super::world::World;
use offhook_sim::{CallerId, SimCommand, StationBehaviour};

#[test]
fn a_call_goes_through_its_states() {
    let mut world = modules();
    world.station("5", StationBehaviour::AnswersAfter(Duration::from_secs(2)));
    world.write("101", "ATD5;\r");
    world.wait_for("101", "OK");
    world.said("101");
    assert_eq!(world.at("101", "AT+CLCC"), "+CLCC: 1,0,2,0,0,\"5\",129|OK");
    world.wait_ms(1000);
    assert_eq!(world.at("101", "AT+CLCC"), "+CLCC: 1,0,3,0,0,\"5\",129|OK");
    world.wait_ms(2000);
    assert_eq!(
        world.at("101", "AT+CLCC;+CPAS"),
        "+CLCC: 1,0,0,0,0,\"5\",129|+CPAS: 4|OK"
    );
    world.command(SimCommand::HangUp { number: "5".into() });
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.at("101", "AT+CLCC;+CEER"), "+CEER: Normal call clearing|OK");
    assert!(world.log().contains(&"101 goes on-hook".to_owned()));
}

#[test]
fn busy_and_unknown_numbers_end_a_call_with_their_cause() {
    let mut world = modules();
    world.station("5", StationBehaviour::Busy);
    for (number, told, cause) in [
        ("5", "BUSY", "User busy"),
        ("999", "NO CARRIER", "Unassigned (unallocated) number"),
    ] {
        world.write("101", format!("ATD{number};\r"));
        world.wait_for("101", told);
        world.said("101");
        assert_eq!(world.at("101", "AT+CEER;+CLCC"), format!("+CEER: {cause}|OK"));
    }
}

#[test]
fn an_incoming_call_rings_with_its_number_and_is_answered_or_refused() {
    let mut world = modules();
    world.at("101", "AT+CLIP=1;+CRC=1");
    let call = |world: &mut World| {
        world.command(SimCommand::Call {
            from: "5551234".into(),
            to: "101".into(),
            caller_id: Some(CallerId::number("5551234")),
        });
        world.wait_for("101", "RING");
    };
    // The number comes with the first ring: no network waits for the silence after it.
    call(&mut world);
    assert_eq!(
        world.said("101"),
        "+CRING: VOICE|+CLIP: \"5551234\",129,\"\",0,\"\",0"
    );
    world.wait_ms(6000);
    assert_eq!(
        world.said("101"),
        "+CRING: VOICE|+CLIP: \"5551234\",129,\"\",0,\"\",0"
    );
    assert_eq!(world.at("101", "AT+CLCC"), "+CLCC: 1,1,4,0,0,\"5551234\",129|OK");
    assert_eq!(world.at("101", "ATA"), "OK");
    assert_eq!(world.at("101", "AT+CLCC"), "+CLCC: 1,1,0,0,0,\"5551234\",129|OK");
    assert_eq!(world.at("101", "AT+CHUP"), "OK");
    assert_eq!(world.at("101", "AT+CLCC"), "OK");

    call(&mut world);
    world.said("101");
    world.log();
    assert_eq!(world.at("101", "AT+CHUP"), "OK");
    assert_eq!(world.log(), ["call 2: 5551234 hears busy tone, 101 is busy"]);
    assert_eq!(world.at("101", "ATA"), "NO CARRIER", "nothing rings any more");
}

#[test]
fn a_caller_who_gives_up_leaves_no_call() {
    let mut world = modules();
    world.command(SimCommand::Call {
        from: "5".into(),
        to: "101".into(),
        caller_id: None,
    });
    world.wait_for("101", "RING");
    world.command(SimCommand::HangUp { number: "5".into() });
    world.wait_ms(9000);
    world.said("101");
    assert_eq!(world.at("101", "AT+CLCC"), "OK");
}

#[test]
fn calls_are_forwarded_and_numbers_withheld() {
    let mut world = modules();
    world.station("7", StationBehaviour::NeverAnswers);
    assert_eq!(world.at("102", "AT+CCFC=0,2"), "+CCFC: 0,1|OK");
    assert_eq!(world.at("102", "AT+CCFC=0,3,\"7\",129"), "OK");
    assert_eq!(world.at("102", "AT+CCFC=0,2"), "+CCFC: 1,1,\"7\",129|OK");
    world.write("101", "AT+CLIR=1;D102;\r");
    world.wait_ms(3000);
    let log = world.log();
    assert!(
        log.contains(&"call 1: 102 forwards it to 7".to_owned()),
        "{log:?}"
    );
    assert!(
        log.contains(&"call 1: 7 is called by a withheld number".to_owned()),
        "{log:?}"
    );
    world.at("101", "ATH");
    assert_eq!(world.at("102", "AT+CCFC=0,4;+CCFC=2,3,\"7\",129,1,,,12"), "OK");
    world.write("101", "AT+CLIR=0;D102;\r");
    world.wait_ms(16_000);
    let log = world.log();
    let rings = log.iter().filter(|event| *event == "call 2: 102 rings").count();
    assert_eq!(rings, 2);
    assert!(log.contains(&"call 2: 7 is called by 101".to_owned()), "{log:?}");
}

#[test]
fn two_lines_that_forward_to_each_other_do_not_forward_for_ever() {
    let mut world = modules();
    world.at("101", "AT+CCFC=0,3,\"102\",129");
    world.at("102", "AT+CCFC=0,3,\"101\",129");
    world.command(SimCommand::Call {
        from: "9".into(),
        to: "101".into(),
        caller_id: None,
    });
    world.wait_ms(20_000);
    let forwarded = world
        .log()
        .iter()
        .filter(|event| event.contains("forwards"))
        .count();
    assert_eq!(forwarded, 10, "as often as the switch lets calls be sent on");
}

#[test]
fn cvhu_says_whether_h_and_dtr_end_a_voice_call() {
    let in_call = "+CLCC: 1,0,0,0,0,\"5\",129|OK";
    for (setting, after_dtr, after_h) in [(0, in_call, "OK"), (1, in_call, in_call), (2, "OK", "OK")] {
        let mut world = modules();
        world.station("5", StationBehaviour::AnswersAfter(Duration::ZERO));
        world.at("101", &format!("AT&D2+CVHU={setting}"));
        world.write("101", "ATD5;\r");
        world.wait_for("101", "OK");
        world.wait_ms(1000);
        world.said("101");
        world.circuits("101", false);
        world.wait_ms(200);
        world.circuits("101", true);
        world.said("101");
        assert_eq!(world.at("101", "AT+CLCC"), after_dtr, "+CVHU={setting}");
        assert_eq!(world.at("101", "ATH"), "OK");
        assert_eq!(world.at("101", "AT+CLCC"), after_h, "+CVHU={setting}");
        world.at("101", "AT+CHUP");
        assert_eq!(world.at("101", "AT+CLCC"), "OK", "+CHUP always does");
    }
}
