//! Status reports: `+CSMP` asks for them, `+CNMI` says how they are told.

use offhook_sim::{ExchangeConfig, ModemProfile, StationBehaviour};

use super::world::World;
use super::{gsm, modules};

/// 101 sends a message in text mode and asks for a report.
fn send(world: &mut World, to: &str) {
    world.write("101", format!("AT+CMGS=\"{to}\"\rhello\x1a"));
}

#[test]
fn a_report_follows_a_message_that_asks_for_it() {
    let mut world = modules();
    world.at("101", "AT+CMGF=1;+CSMP=49,167,0,0;+CNMI=2,1,0,1");
    send(&mut world, "102");
    assert!(world.said("101").ends_with("+CMGS: 1|OK"));
    world.wait_ms(2000);
    assert_eq!(
        world.said("101"),
        "+CDS: 6,1,\"102\",129,\"26/01/01,12:00:00+00\",\"26/01/01,12:00:00+00\",0"
    );
    world.at("101", "AT+CSMP=17,167,0,0");
    send(&mut world, "102");
    world.said("101");
    world.wait_ms(2000);
    assert_eq!(world.said("101"), "", "nobody asked");
}

#[test]
fn a_report_says_what_became_of_the_message() {
    let makes = [("101", gsm()), ("102", gsm()), ("103", ModemProfile::default())];
    let mut world = World::with_profiles(ExchangeConfig::default(), &makes);
    world.station("104", StationBehaviour::NeverAnswers);
    world.at("101", "AT+CMGF=1;+CSMP=49;+CNMI=2,1,0,1");
    for (to, status) in [("102", 0), ("103", 0x41), ("104", 0), ("105", 0x43)] {
        send(&mut world, to);
        world.wait_for("101", "+CDS");
        let said = world.said("101");
        assert!(said.ends_with(&format!(",{status}")), "{to}: {said}");
    }
}

#[test]
fn a_report_is_stored_and_read_like_a_message() {
    let mut world = modules();
    world.at("101", "AT+CMGF=1;+CSMP=49;+CNMI=2,1,0,2");
    send(&mut world, "102");
    world.wait_for("101", "+CDSI: \"SM\",1");
    world.said("101");
    let report = "6,1,\"102\",129,\"26/01/01,12:00:00+00\",\"26/01/01,12:00:00+00\",0";
    assert_eq!(
        world.at("101", "AT+CMGL=\"ALL\""),
        format!("+CMGL: 1,\"REC UNREAD\",{report}|OK")
    );
    assert_eq!(
        world.at("101", "AT+CMGR=1"),
        format!("+CMGR: \"REC READ\",{report}|OK")
    );
    assert_eq!(
        world.at("101", "AT+CMGF=0;+CMGR=1"),
        "+CMGR: 1,,21|000601038101F2621010210000006210102100000000|OK"
    );
}

#[test]
fn octets_ask_for_a_report_too() {
    let mut world = modules();
    world.at("101", "AT+CNMI=2,1,0,1");
    world.write("101", "AT+CMGS=18\r002100038101F200000AE8329BFD4697D9EC37\x1a");
    world.wait_for("101", "+CDS: 21");
    world.at("102", "AT+CMGF=1;+CSDH=1");
    assert!(
        world.at("102", "AT+CMGR=1").contains(",129,36,0,0,"),
        "the receiver sees that a report was asked for"
    );
}

#[test]
fn a_message_waits_until_its_receiver_can_be_reached() {
    let mut world = modules();
    world.at("101", "AT+CMGF=1;+CSMP=49;+CNMI=2,1,0,1");
    world.at("102", "AT+CMGF=1;+CNMI=2,1;+CFUN=4");
    send(&mut world, "102");
    world.wait_ms(5000);
    assert!(world.said("101").ends_with("+CMGS: 1|OK"));
    assert_eq!(world.said("102"), "");
    assert_eq!(world.at("102", "AT+CFUN=1"), "OK|+CMTI: \"SM\",1");
    world.wait_for("101", "+CDS");
    assert!(
        world
            .said("101")
            .contains("\"26/01/01,12:00:00+00\",\"26/01/01,12:00:05+00\",0")
    );
}

#[test]
fn cnmi_says_when_the_client_is_told() {
    let mut world = modules();
    world.at("101", "AT+CMGF=1");
    world.at("102", "AT+CMGF=1;+CNMI=0,1");
    send(&mut world, "102");
    assert_eq!(world.said("102"), "", "kept");
    assert_eq!(world.at("102", "AT+CNMI=2,1,0,0,0"), "OK|+CMTI: \"SM\",1");
    world.at("102", "AT+CNMI=0,1");
    send(&mut world, "102");
    assert_eq!(world.at("102", "AT+CNMI=2,1,0,0,1"), "OK", "forgotten");
}

#[test]
fn a_message_that_comes_during_a_call_is_told_after_it() {
    let makes = [("101", gsm()), ("102", gsm()), ("103", gsm())];
    let mut world = World::with_profiles(ExchangeConfig::default(), &makes);
    world.at("101", "AT+CMGF=1");
    world.at("102", "AT+CNMI=2,1");
    world.station("5550", StationBehaviour::AnswersAfter(std::time::Duration::ZERO));
    world.write("102", "ATD5550\r");
    world.wait_for("102", "CONNECT");
    world.said("102");
    send(&mut world, "102");
    world.wait_ms(2000);
    assert_eq!(world.said("102"), "", "the call's bytes are the call's");
    world.write("102", "+++");
    world.wait_for("102", "OK");
    world.wait_for("102", "+CMTI: \"SM\",1");
}
