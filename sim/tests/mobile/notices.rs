//! `+COLP` and `+CSSN`: who is connected, and what services do to a call.

use std::time::Duration;

use offhook_sim::{ExchangeConfig, StationBehaviour};

use super::world::World;
use super::{gsm, modules};

fn three() -> World {
    let makes = [("101", gsm()), ("102", gsm()), ("103", gsm())];
    World::with_profiles(ExchangeConfig::default(), &makes)
}

/// `from` calls `to`, which answers; what both said is read.
fn talk(world: &mut World, from: &str, to: &str) {
    world.write(from, format!("ATD{to};\r"));
    world.wait_for(to, "RING");
    world.at(to, "ATA");
    world.wait_ms(100);
    world.said(from);
    world.said(to);
}

#[test]
fn the_result_waits_for_the_connected_number() {
    let mut world = modules();
    world.at("101", "AT+COLP=1");
    world.write("101", "ATD102;\r");
    world.wait_for("102", "RING");
    assert_eq!(world.said("101"), "");
    world.at("102", "ATA");
    world.wait_for("101", "OK");
    assert_eq!(world.said("101"), "+COLP: \"102\",129|OK");
    assert!(world.at("101", "AT+CLCC").starts_with("+CLCC: 1,0,0,0,0,\"102\""));
}

#[test]
fn the_number_is_that_of_whoever_answers() {
    let mut world = modules();
    world.station("5550", StationBehaviour::AnswersAfter(Duration::from_secs(3)));
    world.at("102", "AT+CCFC=0,3,\"5550\"");
    world.at("101", "AT+COLP=1;+CSSN=1,1");
    world.write("101", "ATD102;\r");
    world.wait_for("101", "OK");
    assert_eq!(world.said("101"), "+CSSI: 2|+COLP: \"5550\",129|OK");
}

#[test]
fn a_call_that_waits_for_its_connected_number_can_fail_or_be_given_up() {
    let mut world = modules();
    world.station("5550", StationBehaviour::Busy);
    world.at("101", "AT+COLP=1");
    world.write("101", "ATD5550;+CSQ\r");
    world.wait_for("101", "BUSY");
    assert_eq!(world.said("101"), "BUSY");
    world.write("101", "ATD102;\r");
    world.wait_for("102", "RING");
    world.wait_ms(500);
    world.write("101", " ");
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.at("101", "AT+CLCC"), "OK");
}

#[test]
fn a_data_call_tells_the_number_before_connect() {
    let mut world = modules();
    world.station("5550", StationBehaviour::AnswersAfter(Duration::ZERO));
    world.at("101", "AT+COLP=1");
    world.write("101", "ATD5550\r");
    world.wait_for("101", "CONNECT");
    assert!(world.said("101").starts_with("+COLP: \"5550\",129|CONNECT"));
}

#[test]
fn hold_and_retrieve_are_told_to_the_far_end() {
    let mut world = modules();
    world.at("102", "AT+CSSN=0,1");
    talk(&mut world, "101", "102");
    world.at("101", "AT+CHLD=2");
    assert_eq!(world.said("102"), "+CSSU: 2");
    world.at("101", "AT+CHLD=2");
    assert_eq!(world.said("102"), "+CSSU: 3");
    world.at("102", "AT+CSSN=0,0");
    world.at("101", "AT+CHLD=2");
    assert_eq!(world.said("102"), "");
}

#[test]
fn a_waiting_call_and_a_conference_are_told() {
    let mut world = three();
    for number in ["101", "102", "103"] {
        world.at(number, "AT+CSSN=1,1;+CCWA=1,1");
    }
    talk(&mut world, "101", "102");
    world.at("103", "ATD101;");
    world.wait_for("103", "+CSSI: 3");
    world.at("101", "AT+CHLD=2");
    assert_eq!(world.said("102"), "+CSSU: 2");
    world.at("101", "AT+CHLD=3");
    for number in ["102", "103"] {
        let said = world.said(number);
        assert!(said.ends_with("+CSSU: 4"), "{number}: {said}");
    }
}

#[test]
fn a_forwarded_call_is_told_to_both_ends_and_ones_own_forwarding_to_the_caller() {
    let mut world = three();
    world.at("103", "AT+CSSN=1,1");
    world.at("102", "AT+CCFC=0,3,\"103\"");
    world.at("101", "ATD102;");
    world.wait_for("103", "RING");
    assert!(world.said("103").starts_with("+CSSU: 0"));
    world.at("101", "ATH");
    world.wait_ms(10_000);
    world.said("103");
    world.at("103", "AT+CCFC=1,3,\"555\"");
    world.write("103", "ATD101;\r");
    assert!(world.said("103").starts_with("+CSSI: 1"));
    world.wait_for("103", "OK");
    world.said("103");
    assert_eq!(world.at("103", "ATH"), "OK");
    world.at("103", "AT+CCFC=0,3,\"555\"");
    world.write("103", "ATD101;\r");
    assert!(world.said("103").starts_with("+CSSI: 0"));
}
