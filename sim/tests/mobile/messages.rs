//! Short messages.

use super::modules;
use offhook_sim::SimCommand;

#[test]
fn text_messages_are_sent_stored_listed_and_deleted() {
    let mut world = modules();
    for number in ["101", "102"] {
        world.at(number, "AT+CMGF=1;+CNMI=2,1");
    }
    world.write("101", "AT+CMGS=\"102\"\r");
    assert_eq!(world.said_bytes("101"), b"\r\n> ");
    world.write("101", "Hello @ 5 \u{20ac}\x1a");
    assert_eq!(world.said("101"), "+CMGS: 1|OK");
    assert_eq!(world.said("102"), "+CMTI: \"SM\",1");
    assert_eq!(
        world.at("102", "AT+CMGL"),
        "+CMGL: 1,\"REC UNREAD\",\"101\",,\"26/01/01,12:00:00+00\"|Hello @ 5 \u{20ac}|OK"
    );
    assert_eq!(world.at("102", "AT+CMGL=\"REC UNREAD\""), "OK");
    assert_eq!(
        world.at("102", "AT+CMGR=1"),
        "+CMGR: \"REC READ\",\"101\",,\"26/01/01,12:00:00+00\"|Hello @ 5 \u{20ac}|OK"
    );
    assert_eq!(
        world.at("102", "AT+CPMS?"),
        "+CPMS: \"SM\",1,30,\"SM\",1,30,\"SM\",1,30|OK"
    );
    assert_eq!(world.at("102", "AT+CMGD=1;+CMGL=\"ALL\""), "OK");
    world.write("101", "AT+CMGS=\"102\"\rnever mind\x1b");
    assert!(world.said("101").ends_with("OK"));
    assert_eq!(world.said("102"), "");
}

#[test]
fn messages_in_octets_are_those_of_23_040() {
    let mut world = modules();
    world.at("102", "AT+CNMI=2,2");
    // To 102, "hellohello", first with a length that does not fit.
    world.write("101", "AT+CMGS=17\r000100038101F200000AE8329BFD4697D9EC37\x1a");
    assert!(world.said("101").ends_with("+CMS ERROR: 304"));
    world.write("101", "AT+CMGS=18\r000100038101F200000AE8329BFD4697D9EC37\x1a");
    assert!(world.said("101").ends_with("+CMGS: 1|OK"));
    assert_eq!(
        world.said("102"),
        "+CMT: ,24|0004038101F100006210102100000\u{30}0AE8329BFD4697D9EC37"
    );
}

#[test]
fn a_station_writes_to_a_module_and_drafts_are_kept() {
    let mut world = modules();
    world.at("101", "AT+CMGF=1;+CNMI=2,1");
    world.command(SimCommand::SendMessage {
        from: "+4917012345".into(),
        to: "101".into(),
        text: "привет".into(),
    });
    assert_eq!(world.said("101"), "+CMTI: \"SM\",1");
    assert!(
        world
            .at("101", "AT+CMGR=1")
            .contains("|043F044004380432043504420|OK".trim_end_matches("0|OK"))
    );
    world.write("101", "AT+CMGW=\"102\"\rdraft\x1a");
    assert!(world.said("101").ends_with("+CMGW: 2|OK"));
    assert_eq!(
        world.at("101", "AT+CMGL=\"STO UNSENT\""),
        "+CMGL: 2,\"STO UNSENT\",\"102\",,|draft|OK"
    );
    assert_eq!(world.at("101", "AT+CMSS=2"), "+CMSS: 1|OK");
    assert_eq!(
        world.at("101", "AT+CMGL=\"STO SENT\""),
        "+CMGL: 2,\"STO SENT\",\"102\",,|draft|OK"
    );
    let wrong = world.try_command(SimCommand::SendMessage {
        from: "5".into(),
        to: "404".into(),
        text: "x".into(),
    });
    assert!(wrong.unwrap_err().to_string().contains("is no mobile modem"));
}
