//! The SIM, the network, errors, and what clients poll.

use offhook_sim::{SimCommand, StationBehaviour};

use super::world::World;
use super::{check, modules, with_pin};

#[test]
fn what_clients_poll() {
    check(
        &mut modules(),
        &[
            ("AT+CPIN?", "+CPIN: READY|OK"),
            ("AT+CREG?", "+CREG: 0,1|OK"),
            ("AT+CREG=2;+CREG?", "+CREG: 2,1,\"0001\",\"00000001\"|OK"),
            ("AT+CSQ", "+CSQ: 20,99|OK"),
            ("AT+COPS?", "+COPS: 0,0,\"Offhook\"|OK"),
            ("AT+COPS=3,2;+COPS?", "+COPS: 0,2,\"00101\"|OK"),
            (
                "AT+CGMI;+CGSN;+CIMI",
                "Offhook|490154203237518|001010123456789|OK",
            ),
            ("AT+CLCC", "OK"),
            ("AT+CPAS", "+CPAS: 0|OK"),
            (
                "AT+CSCS?;+CSCS=?",
                "+CSCS: \"IRA\"|+CSCS: (\"GSM\",\"IRA\",\"UTF-8\",\"UCS2\",\"HEX\")|OK",
            ),
            ("AT+CLIR?;+CLIP?", "+CLIR: 0,4|+CLIP: 0,1|OK"),
            ("AT+CHLD=?", "+CHLD: (0,1,1x,2,2x,3,4)|OK"),
            ("AT+CVHU=0;+CRC=1;+CLIP=1;+CCWA=1,1;+CNMI=2,1", "OK"),
            ("AT+GCAP", "+GCAP: +CGSM,+FCLASS|OK"),
            (
                "AT+CFUN=0;+CSQ;+CREG?;+COPS?",
                "+CSQ: 99,99|+CREG: 2,0|+COPS: 0|OK",
            ),
            ("ATD102;", "ERROR"),
        ],
    );
}

#[test]
fn errors_come_by_number_or_text_as_cmee_says() {
    check(
        &mut modules(),
        &[
            ("AT+CSCS=\"KLINGON\"", "ERROR"),
            ("AT+CMEE=1;+CSCS=\"KLINGON\"", "+CME ERROR: 50"),
            ("AT+CMEE=2;+CSCS=\"KLINGON\"", "+CME ERROR: Incorrect parameters"),
            ("AT+CHLD=2", "+CME ERROR: operation not allowed"),
            ("AT+CHLD=5", "+CME ERROR: operation not supported"),
            ("AT+CMGR=1", "+CMS ERROR: 321"),
            ("AT+CLCK=\"SC\",2", "+CLCK: 0|OK"),
        ],
    );
}

#[test]
fn a_locked_sim_asks_for_its_pin_and_then_for_its_puk() {
    let mut world = with_pin();
    check(
        &mut world,
        &[
            ("AT+CMEE=1;+CPIN?", "+CPIN: SIM PIN|OK"),
            ("AT+COPS?", "+CME ERROR: 11"),
            ("ATD5;", "+CME ERROR: 11"),
            ("AT+CREG?", "+CREG: 0,0|OK"),
            ("AT+CPIN=\"0000\"", "+CME ERROR: 16"),
            ("AT+CPIN=1234", "OK"),
            ("AT+CPIN?;+CREG?", "+CPIN: READY|+CREG: 0,1|OK"),
            ("AT+CPWD=\"SC\",\"1234\",\"4321\"", "OK"),
            ("AT+CFUN=1,1", "OK"),
            ("AT+CPIN=\"1\"", "ERROR"),
            ("AT+CMEE=1;+CPIN=\"1\"", "+CME ERROR: 16"),
            ("AT+CPIN=\"1\"", "+CME ERROR: 12"),
            ("AT+CPIN?", "+CPIN: SIM PUK|OK"),
            ("AT+CPIN=\"11111111\",\"5555\"", "+CME ERROR: 16"),
            ("AT+CPIN=\"12345678\",\"5555\"", "OK"),
            ("AT+CLCK=\"SC\",0,\"5555\"", "OK"),
            ("AT+CFUN=1,1", "OK"),
            ("AT+CPIN?", "+CPIN: READY|OK"),
        ],
    );
}

#[test]
fn the_network_answers_ussd() {
    let mut world = modules();
    assert_eq!(world.at("101", "AT+CUSD=1,\"*100#\",15"), "OK");
    world.wait_ms(300);
    assert_eq!(world.said("101"), "+CUSD: 0,\"Your balance is 5.00\",15");
    world.at("101", "AT+CUSD=1,\"*999#\"");
    world.wait_ms(300);
    assert_eq!(world.said("101"), "+CUSD: 4");
}

/// Every command that call control needs, in its test, read and set forms; `-` where there is no such form.
#[test]
fn every_command_of_call_control_has_its_three_forms() {
    #[rustfmt::skip]
    let table = [
        // name, =?, ?, a setting, what is read then
        ("+CPIN", "OK", "+CPIN: READY|OK", "-", "-"),
        ("+CREG", "+CREG: (0-2)|OK", "+CREG: 0,1|OK", "=2", "+CREG: 2,1,\"0001\",\"00000001\"|OK"),
        ("+CGATT", "+CGATT: (0,1)|OK", "+CGATT: 1|OK", "=0", "+CGATT: 0|OK"),
        ("+CSQ", "+CSQ: (0-31,99),(0-7,99)|OK", "-", "-", "-"),
        ("+COPS", "+COPS: (2,\"Offhook\",\"Offhook\",\"00101\"),,(0-4),(0-2)|OK", "+COPS: 0,0,\"Offhook\"|OK", "=3,2", "+COPS: 0,2,\"00101\"|OK"),
        ("+CMEE", "+CMEE: (0-2)|OK", "+CMEE: 0|OK", "=2", "+CMEE: 2|OK"),
        ("+CLIP", "+CLIP: (0-1)|OK", "+CLIP: 0,1|OK", "=1", "+CLIP: 1,1|OK"),
        ("+CLIR", "+CLIR: (0-2)|OK", "+CLIR: 0,4|OK", "=1", "+CLIR: 1,4|OK"),
        ("+CLCC", "OK", "-", "-", "-"),
        ("+CHLD", "+CHLD: (0,1,1x,2,2x,3,4)|OK", "-", "-", "-"),
        ("+CHUP", "OK", "-", "-", "-"),
        ("+CRC", "+CRC: (0,1)|OK", "+CRC: 0|OK", "=1", "+CRC: 1|OK"),
        ("+CCWA", "+CCWA: (0,1)|OK", "+CCWA: 0|OK", "=1", "+CCWA: 1|OK"),
        ("+CCFC", "+CCFC: (0-5)|OK", "-", "-", "-"),
        ("+CVHU", "+CVHU: (0-2)|OK", "+CVHU: 0|OK", "=1", "+CVHU: 1|OK"),
        ("+CSCS", "+CSCS: (\"GSM\",\"IRA\",\"UTF-8\",\"UCS2\",\"HEX\")|OK", "+CSCS: \"IRA\"|OK", "=\"GSM\"", "+CSCS: \"GSM\"|OK"),
        ("+CUSD", "+CUSD: (0-2)|OK", "+CUSD: 0|OK", "=1", "+CUSD: 1|OK"),
        ("+CNUM", "OK", "-", "-", "-"),
        ("+CEER", "OK", "-", "-", "-"),
        ("+CMGF", "+CMGF: (0,1)|OK", "+CMGF: 0|OK", "=1", "+CMGF: 1|OK"),
        ("+CMGS", "OK", "-", "-", "-"),
        ("+CMGL", "+CMGL: (0-4)|OK", "-", "-", "-"),
        ("+CSCA", "OK", "+CSCA: \"+15550000\",145|OK", "=\"+49170\",145", "+CSCA: \"+49170\",145|OK"),
        ("+CNMI", "+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)|OK", "+CNMI: 0,0,0,0,0|OK", "=2,1,0,2", "+CNMI: 2,1,0,2,0|OK"),
        ("+CFUN", "+CFUN: (0,1,4),(0,1)|OK", "+CFUN: 1|OK", "=4", "+CFUN: 4|OK"),
    ];
    for (name, test, read, setting, after) in table {
        let mut world = modules();
        for (form, answer) in [("=?", test), ("?", read), (setting, "OK"), ("?", after)] {
            if form != "-" && answer != "-" {
                assert_eq!(
                    world.at("101", &format!("AT{name}{form}")),
                    answer,
                    "{name}{form}"
                );
            }
        }
        if setting != "-" {
            let said = world.at("101", &format!("AT{name}=77"));
            assert!(
                said.ends_with("ERROR") || said.starts_with("+CM"),
                "{name}=77: {said}"
            );
        }
    }
}

/// What a call to 101 comes to: `rings`, where it goes in its place, or an announcement.
fn call_comes_to(world: &mut World) -> String {
    world.log();
    world.command(SimCommand::Call {
        from: "9".into(),
        to: "101".into(),
        caller_id: None,
    });
    world.wait_ms(1000);
    let log = world.log().join("; ");
    world.command(SimCommand::HangUp { number: "9".into() });
    world.wait_ms(30_000);
    world.said("101");
    match log {
        log if log.contains("101 rings") => "rings".to_owned(),
        log if log.contains("7 is called") => "goes to 7".to_owned(),
        log if log.contains("unobtainable") => "announcement".to_owned(),
        log => log,
    }
}

#[test]
fn a_module_without_network_is_not_reached_and_calls_go_where_they_are_sent_then() {
    let mut world = modules();
    world.station("7", StationBehaviour::NeverAnswers);
    for (off, on) in [
        ("+CFUN=4", "+CFUN=1"),
        ("+CFUN=0", "+CFUN=1"),
        ("+COPS=2", "+COPS=0"),
    ] {
        assert_eq!(call_comes_to(&mut world), "rings");
        assert_eq!(world.at("101", &format!("AT{off}")), "OK");
        assert_eq!(call_comes_to(&mut world), "announcement", "{off}");
        assert_eq!(world.at("101", &format!("AT{on}")), "OK");
    }
    assert_eq!(world.at("101", "AT+CCFC=3,3,\"7\""), "OK");
    assert_eq!(call_comes_to(&mut world), "rings");
    world.at("101", "AT+CFUN=0");
    assert_eq!(call_comes_to(&mut world), "goes to 7");
    world.at("101", "AT+CFUN=1");
    assert_eq!(world.at("101", "AT+CCFC=3,2"), "+CCFC: 1,1,\"7\",129|OK");
    assert_eq!(call_comes_to(&mut world), "rings");
    // Power that is gone is no network either.
    for (on, comes_to) in [(false, "goes to 7"), (true, "rings")] {
        world.command(SimCommand::SetPower {
            number: "101".into(),
            on,
        });
        assert_eq!(call_comes_to(&mut world), comes_to);
    }
    // A SIM that waits for its PIN is in no network.
    let mut world = with_pin();
    assert_eq!(call_comes_to(&mut world), "announcement");
    world.at("101", "AT+CPIN=1234");
    assert_eq!(call_comes_to(&mut world), "rings");
}

#[test]
fn a_client_that_asked_for_it_is_told_when_the_network_is_entered_and_left() {
    let mut world = with_pin();
    world.at("101", "AT+CREG=1;+CEREG=2");
    assert_eq!(world.at("101", "AT+CPIN=1234"), "OK");
    world.wait_ms(299);
    assert_eq!(world.said("101"), "");
    world.wait_ms(1);
    assert_eq!(world.said("101"), "+CREG: 1|+CEREG: 1,\"0001\",\"00000001\"");
    assert_eq!(
        world.at("101", "AT+COPS=2;+COPS?;+CREG?"),
        "+COPS: 2|+CREG: 1,0|OK"
    );
    world.wait_ms(300);
    assert_eq!(world.said("101"), "+CREG: 0|+CEREG: 0");
    assert_eq!(world.at("101", "AT+CPIN?;+COPS=0"), "+CPIN: READY|OK");
    world.wait_ms(300);
    assert_eq!(world.said("101"), "+CREG: 1|+CEREG: 1,\"0001\",\"00000001\"");
}

#[test]
fn a_module_that_leaves_the_network_ends_its_call() {
    let mut world = modules();
    world.station("7", StationBehaviour::AnswersAfter(std::time::Duration::ZERO));
    world.write("101", "ATD7;\r");
    world.wait_ms(2000);
    world.log();
    world.said("101");
    assert_eq!(world.at("101", "AT+COPS=2;+CLCC"), "OK");
    assert!(world.log().contains(&"call 1: 101 hangs up".to_owned()));
}
