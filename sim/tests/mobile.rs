//! A GSM module: calls beside each other, short messages, the SIM, what the network tells.

mod world;

use std::time::Duration;

use offhook_sim::{CallerId, ExchangeConfig, ModemProfile, SimCommand, StationBehaviour};
use world::World;

fn gsm() -> ModemProfile {
    ModemProfile::find("gsm").unwrap()
}

/// Two modules, 101 and 102.
fn modules() -> World {
    World::with_profiles(ExchangeConfig::default(), &[("101", gsm()), ("102", gsm())])
}

fn with_pin() -> World {
    let mut profile = gsm();
    profile.sim.pin = Some("1234".into());
    World::with_profiles(ExchangeConfig::default(), &[("101", profile)])
}

fn check(world: &mut World, dialogue: &[(&str, &str)]) {
    for (line, answer) in dialogue {
        assert_eq!(world.at("101", line), *answer, "{line}");
    }
}

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
                "+CSCS: \"IRA\"|+CSCS: (\"GSM\",\"IRA\",\"UTF-8\")|OK",
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
        world.wait_for("101", "+CLIP");
    };
    call(&mut world);
    assert_eq!(
        world.said("101"),
        "+CRING: VOICE|+CLIP: \"5551234\",129,\"\",0,\"\",0"
    );
    world.wait_ms(4000);
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

/// A module whose SIM knows two people.
fn with_phonebook() -> World {
    let mut profile = gsm();
    profile.sim.phonebook = [("Ann", "5551234"), ("Bob", "+4930123456")]
        .map(|(name, number)| (name.to_owned(), number.to_owned()))
        .into();
    profile.sim.number = "5550101".into();
    World::with_profiles(ExchangeConfig::default(), &[("101", profile)])
}

#[test]
fn phonebooks_are_chosen_read_searched_and_written() {
    check(
        &mut with_phonebook(),
        &[
            (
                "AT+CPBS=?",
                "+CPBS: (\"SM\",\"ME\",\"ON\",\"DC\",\"MC\",\"RC\")|OK",
            ),
            ("AT+CPBS?", "+CPBS: \"SM\",2,250|OK"),
            (
                "AT+CPBR=?;+CPBF=?;+CPBW=?",
                "+CPBR: (1-250),40,18|+CPBF: 40,18|+CPBW: (1-250),40,(129,145,161),18|OK",
            ),
            (
                "AT+CPBR=1,9",
                "+CPBR: 1,\"5551234\",129,\"Ann\"|+CPBR: 2,\"+4930123456\",145,\"Bob\"|OK",
            ),
            ("AT+CPBR=3", "OK"),
            ("AT+CPBF=\"B\"", "+CPBF: 2,\"+4930123456\",145,\"Bob\"|OK"),
            ("AT+CPBW=,\"+331\",,\"C \\22D\\22\"", "OK"),
            ("AT+CPBW=4,\"332\",145", "OK"),
            (
                "AT+CPBR=3,4",
                "+CPBR: 3,\"+331\",145,\"C \\22D\\22\"|+CPBR: 4,\"+332\",145,\"\"|OK",
            ),
            ("AT+CPBW=4;+CPBR=4", "OK"),
            (
                "AT+CPBS=\"ON\";+CPBS?;+CNUM",
                "+CPBS: \"ON\",1,4|+CNUM: \"\",\"5550101\",129|OK",
            ),
            (
                "AT+CPBW=2,\"7\",129,\"Office\";+CNUM",
                "+CNUM: \"\",\"5550101\",129|+CNUM: \"Office\",\"7\",129|OK",
            ),
            ("AT+CMEE=1;+CPBR=5", "+CME ERROR: 21"),
            ("AT+CPBW=0,\"1\"", "+CME ERROR: 21"),
            ("AT+CPBF=\"Z\"", "+CME ERROR: 22"),
            ("AT+CPBS=\"XX\"", "+CME ERROR: 50"),
            ("AT+CPBW=1,\"0x1\"", "+CME ERROR: 27"),
            ("AT+CPBW=1,\"1\",129,\"nineteen characters\"", "+CME ERROR: 24"),
            ("AT+CPBW=1,\"1\",129,\"\u{fc}\"", "+CME ERROR: 25"),
            (
                "AT+CSCS=\"UTF-8\";+CPBW=1,\"1\",129,\"\u{fc}\";+CPBR=1",
                "+CPBR: 1,\"1\",129,\"\u{fc}\"|OK",
            ),
            ("AT+CPBW=3,\"1\";+CPBW=4,\"1\"", "OK"),
            ("AT+CPBW=,\"1\"", "+CME ERROR: 20"),
            ("AT+CPBS=\"DC\";+CPBW=1,\"1\"", "+CME ERROR: 3"),
        ],
    );
}

#[test]
fn numbers_are_dialled_by_name_and_place_and_noted() {
    let mut world = with_phonebook();
    world.station("5551234", StationBehaviour::NeverAnswers);
    for line in [
        "ATD>\"Ann\";",
        "ATD>1;",
        "ATD>SM1;",
        "ATD>\"SM\"1i;",
        "ATD>dc1;",
        "ATD555\"1ADG\";",
    ] {
        world.write("101", format!("{line}\r"));
        world.wait_ms(3000);
        assert_eq!(world.said("101"), "OK", "{line}");
        let log = world.log();
        assert!(
            log.iter().any(|event| event.contains("5551234 rings")),
            "{line}: {log:?}"
        );
        assert_eq!(world.at("101", "ATH"), "OK");
        world.log();
    }
    world.at("101", "AT+CMEE=1");
    for (line, error) in [
        ("ATD>\"Eve\";", 22),
        ("ATD>9;", 22),
        ("ATD>ME101;", 21),
        ("ATD>XX1;", 50),
    ] {
        assert_eq!(world.at("101", line), format!("+CME ERROR: {error}"), "{line}");
    }
    for (from, answers) in [("7", false), ("8", true)] {
        world.command(SimCommand::Call {
            from: from.into(),
            to: "101".into(),
            caller_id: Some(CallerId::number(from)),
        });
        world.wait_ms(4000);
        if answers {
            world.at("101", "ATA");
        }
        world.command(SimCommand::HangUp { number: from.into() });
        world.wait_ms(9000);
        world.said("101");
    }
    check(
        &mut world,
        &[
            ("AT+CPBS=\"DC\";+CPBS?", "+CPBS: \"DC\",6,10|OK"),
            ("AT+CPBR=1", "+CPBR: 1,\"5551234\",129,\"\"|OK"),
            ("AT+CPBS=\"MC\";+CPBR=1,10", "+CPBR: 1,\"7\",129,\"\"|OK"),
            ("AT+CPBS=\"RC\";+CPBR=1,10", "+CPBR: 1,\"8\",129,\"\"|OK"),
        ],
    );
}
