//! V.250 beyond the everyday: reports of a connection, stored numbers, timers, and what profiles change.

mod world;

use std::time::Duration;

use offhook_sim::device::modem::ModemProfile;
use offhook_sim::{ExchangeConfig, SimCommand, StationBehaviour};
use world::World;

fn modem() -> World {
    World::with_modems(&["101"])
}

/// Two modems, each set up by a line, the first calling the second; what each said from there on.
fn call(caller: &str, called: &str) -> (String, String) {
    let mut world = World::with_modems(&["101", "102"]);
    assert_eq!(world.at("101", caller), "OK");
    assert_eq!(world.at("102", called), "OK");
    world.at("102", "ATS0=1");
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.wait_ms(6000);
    (world.said("101"), world.said("102"))
}

#[test]
fn the_slower_modem_decides_the_rate() {
    for (caller, called, rate) in [
        ("AT", "AT", "33600"),
        ("AT+MS=V32B", "AT", "14400"),
        ("AT", "ATF4", "1200"),
        ("ATS37=6", "AT", "2400"),
        ("AT+MS=V34,1,0,28800", "AT", "28800"),
    ] {
        let connect = format!("CONNECT {rate}");
        let (first, second) = call(caller, called);
        assert_eq!(first, connect, "{caller} {called}");
        assert_eq!(second, format!("RING|{connect}"), "{caller} {called}");
    }
}

#[test]
fn modems_that_have_nothing_in_common_find_no_carrier() {
    for (caller, called) in [
        ("AT+MS=V34,0,28800", "ATF4"),
        ("AT\\N4", "AT\\N0"),
        ("AT+ES=3,2", "AT&Q0"),
    ] {
        let (first, second) = call(caller, called);
        assert_eq!(
            (first.as_str(), second.as_str()),
            ("NO CARRIER", "RING|NO CARRIER"),
            "{caller} {called}"
        );
    }
}

#[test]
fn reports_come_before_connect_in_their_order() {
    assert_eq!(
        call("AT+MR=1;+ER=1;+DR=1;+ILRR=1", "AT").0,
        "+MCR: V34|+MRR: 33600|+ER: LAPM|+DR: V42B|+ILRR: 115200|CONNECT 33600"
    );
    assert_eq!(
        call("AT+ER=1;+DR=1", "AT\\N0").0,
        "+ER: NONE|+DR: NONE|CONNECT 33600"
    );
    assert_eq!(
        call("ATW1", "AT").0,
        "CARRIER 33600|PROTOCOL: LAP-M|COMPRESSION: V.42BIS|CONNECT 115200"
    );
    assert_eq!(call("ATW1X0", "AT%C0").0, "CONNECT");
    assert_eq!(call("AT+DR=1", "AT%C0").0, "+DR: NONE|CONNECT 33600");
    assert_eq!(
        call("ATW1+IPR=9600", "AT").0.rsplit('|').next(),
        Some("CONNECT 9600")
    );
}

#[test]
fn a_modem_that_only_takes_the_line_offers_no_carrier() {
    let mut world = World::with_modems(&["101", "102"]);
    world.write("101", "ATS7=10DT102\r");
    world.wait_for("102", "RING");
    world.said("102");
    assert_eq!(world.at("102", "ATH1"), "OK");
    world.wait_for("101", "NO CARRIER");
    assert_eq!(world.said("101"), "NO CARRIER");
}

#[test]
fn numbers_are_stored_shown_and_dialled() {
    let mut world = modem();
    world.station("5551234", StationBehaviour::AnswersAfter(Duration::ZERO));
    assert_eq!(world.at("101", "AT&Z3=T5551234"), "OK");
    assert_eq!(world.at("101", "AT&Z3?"), "T5551234|OK");
    assert_eq!(world.at("101", "AT&Z4?"), "-|OK");
    assert_eq!(world.at("101", "ATDS=4"), "ERROR");
    assert_eq!(world.at("101", "AT&Z10=5"), "ERROR");
    assert_eq!(
        world.at("101", "AT&Z1=S=1"),
        "ERROR",
        "a number does not name itself"
    );
    for line in ["ATDS=3\r", "ATDL\r", "ATDS3\r"] {
        world.write("101", line);
        world.wait_for("101", "CONNECT");
        world.command(SimCommand::HangUp {
            number: "5551234".into(),
        });
        world.said("101");
    }
}

#[test]
fn pulses_take_longer_than_tones_and_s11_makes_tones_shorter() {
    let dialled_after = |line: &str| {
        let mut world = modem();
        world.station("55", StationBehaviour::NeverAnswers);
        world.write("101", format!("{line}\r"));
        while !world.log().contains(&"call 1: 101 dials 55".to_owned()) {
            world.wait_ms(10);
        }
        (world.now() - offhook_sim::SimTime::ZERO).as_millis()
    };
    let tone = dialled_after("ATDT55");
    assert!((570..=600).contains(&tone), "{tone} ms");
    assert!(dialled_after("ATS11=50DT55") < tone - 150);
    // Two fives: ten pulses of 100 ms and twice 700 ms.
    assert!(dialled_after("ATDP55") > 2400);
    assert_eq!(dialled_after("ATPD55"), dialled_after("ATDP55"));
}

#[test]
fn without_error_correction_s10_says_how_long_a_lost_carrier_is_waited_for() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("101", "AT\\N0S10=30");
    world.connect("101", "102");
    world.command(SimCommand::Cut { number: "102".into() });
    assert_eq!(world.said("101"), "");
    world.wait_ms(2999);
    assert_eq!(world.said("101"), "");
    world.wait_ms(1);
    assert_eq!(world.said("101"), "NO CARRIER");
}

#[test]
fn s30_ends_a_call_in_which_nothing_is_said() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("101", "ATS30=1");
    world.connect("101", "102");
    world.wait_ms(9000);
    world.write("102", "x");
    world.wait_ms(9999);
    assert_eq!(world.said("101"), "x");
    world.wait_ms(1);
    assert_eq!(world.said("101"), "NO CARRIER");
    assert_eq!(world.said("102"), "NO CARRIER");
}

#[test]
fn data_is_transparent_for_all_bytes() {
    let mut world = World::with_modems(&["101", "102"]);
    world.connect("101", "102");
    let all: Vec<u8> = (0..=255).collect();
    world.write("101", &all);
    assert_eq!(world.said_bytes("102"), all);
}

#[test]
fn deleted_characters_are_wiped_out_where_echo_is_on() {
    let mut world = modem();
    world.at("101", "ATE1");
    world.write("101", "ATX\x08I1\x08\x08\x08\r");
    assert_eq!(
        world.said_bytes("101"),
        b"ATX\x08 \x08I1\x08 \x08\x08 \x08\r\r\nOK\r\n"
    );
}

#[test]
fn two_sets_of_settings_are_stored() {
    let mut world = modem();
    assert_eq!(world.at("101", "ATS8=7&W0S8=9&W1S8=1Z0S8?"), "007|OK");
    assert_eq!(world.at("101", "ATZ1S8?"), "009|OK");
}

fn at(profile: &str, dialogue: &[(&str, &str)]) {
    let profile = ModemProfile::find(profile).unwrap();
    let mut world = World::with_profiles(ExchangeConfig::default(), &[("101", profile)]);
    for (line, answer) in dialogue {
        assert_eq!(world.at("101", line), *answer, "{line}");
    }
}

#[test]
fn makes_differ_as_their_profiles_say() {
    at(
        "hayes",
        &[
            ("ATI0", "249|OK"),
            ("AT+GMI", "ERROR"),
            ("AT\\N0", "ERROR"),
            ("AT&C1&D2S7?", "030|OK"),
            ("ATS48?", "ERROR"),
            (&format!("AT{}", "E0".repeat(21)), "ERROR"),
        ],
    );
    at(
        "v250",
        &[
            ("AT+GMM", "V.250|OK"),
            ("AT&K3", "ERROR"),
            ("AT+VCID=1", "ERROR"),
            ("AT+FCLASS?", "0|OK"),
        ],
    );
    at(
        "courier",
        &[
            ("ATX7I3", "USRobotics Courier V.Everything|OK"),
            ("AT#CID=1", "OK"),
        ],
    );
    at("conexant", &[("ATI5", "B5|OK"), ("ATX5", "ERROR")]);
    at("zyxel", &[("ATI1", "24A5 OK|OK"), ("AT&N63", "OK")]);
}

#[test]
fn a_couriers_words_differ() {
    let courier = ModemProfile::find("courier").unwrap();
    let mut world = World::with_profiles(ExchangeConfig::default(), &[("101", courier)]);
    world.station("200", StationBehaviour::AnswersAfter(Duration::from_secs(1)));
    world.write("101", "ATX7DT200\r");
    world.wait_for("101", "CONNECT");
    assert_eq!(world.said("101"), "RINGING|CONNECT 33600/ARQ/V34/LAPM/V42BIS");
    world.command(SimCommand::HangUp { number: "200".into() });
    world.said("101");
    world.command(SimCommand::SetDialTone {
        number: "101".into(),
        present: false,
    });
    world.write("101", "ATDT200\r");
    world.wait_for("101", "NO DIAL TONE");
    world.write("101", "ATV0&A0DT200\r");
    world.wait_for("101", "6\r");
}

#[test]
fn scripted_answers_come_first_and_in_their_time() {
    let profile = ModemProfile::from_toml(
        r#"
        [[reply]]
        command = "^SYSINFO"
        lines = ["^SYSINFO:2,3"]
        [[reply]]
        command = "+GMI"
        lines = ["SOMEBODY"]
        [[reply]]
        command = "*ECAM=1"
        result = "+CME ERROR: 3"
        [[reply]]
        command = "$SLOW*"
        delay_ms = 500
        [[reply]]
        command = "I9"
        result = "BLACKLISTED"
        "#,
        "mine.toml",
    )
    .unwrap();
    let mut world = World::with_profiles(ExchangeConfig::default(), &[("101", profile)]);
    assert_eq!(world.at("101", "AT^SYSINFO"), "^SYSINFO:2,3|OK");
    assert_eq!(world.at("101", "AT+GMI;I1"), "SOMEBODY|000|OK");
    assert_eq!(world.at("101", "AT*ECAM=1"), "+CME ERROR: 3");
    assert_eq!(world.at("101", "ATI9I1"), "BLACKLISTED");
    assert_eq!(world.at("101", "AT$SLOW=5;I1"), "");
    world.write("101", "lost");
    world.wait_ms(499);
    assert_eq!(world.said("101"), "");
    world.wait_ms(1);
    assert_eq!(world.said("101"), "000|OK");
}

#[test]
fn flow_control_has_two_names_and_xoff_stays_with_the_modem() {
    let mut world = World::with_modems(&["101", "102"]);
    for (line, answer) in [
        ("AT+IFC?", "+IFC: 2,2|OK"),
        ("AT+IFC=?", "+IFC: (0-3),(0-2)|OK"),
        ("AT&K0+IFC?", "+IFC: 0,0|OK"),
        ("AT&K4+IFC?", "+IFC: 1,1|OK"),
        ("AT+IFC=2,2;&V", "&K3"),
        ("AT+IFC=1,1;&V", "&K4"),
    ] {
        let said = world.at("101", line);
        assert!(said.contains(answer), "{line}: {said}");
    }
    world.connect("101", "102");
    world.write("101", b"a\x13b");
    assert_eq!(world.said("102"), "ab");
    assert!(world.is_stopped("101"));
    world.write("101", b"\x11");
    assert!(!world.is_stopped("101"));
    // The other modem has RTS and CTS, and both octets are data to it.
    world.write("102", b"\x13\x11");
    assert_eq!(world.said_bytes("101"), b"\x13\x11");
}

#[test]
fn a_hook_flash_takes_the_waiting_call_and_goes_back_or_asks_for_another_number() {
    let mut world = modem();
    for number in ["5", "6"] {
        world.station(number, StationBehaviour::AnswersAfter(Duration::ZERO));
    }
    world.command(SimCommand::SetCallWaiting {
        number: "101".into(),
        on: true,
    });
    world.at("101", "AT+FCLASS=8");
    world.write("101", "ATDT5\r");
    world.wait_for("101", "OK");
    world.command(SimCommand::Call {
        from: "7".into(),
        to: "101".into(),
        caller_id: None,
    });
    world.wait_ms(1000);
    world.log();
    world.at("101", "AT+VTS=!");
    world.wait_ms(1000);
    assert_eq!(world.log(), ["call 2: 101 answers"]);
    world.said("101");
    // Back to the first, which is told by who hears a digit.
    world.at("101", "AT+VTS=!,1");
    world.wait_ms(1000);
    assert_eq!(world.log(), ["call 1: 101 sends digits 1"]);
    world.command(SimCommand::HangUp { number: "7".into() });
    world.log();
    // The first is held, and another number dialled.
    world.said("101");
    world.write("101", "ATD!W6\r");
    world.wait_ms(3000);
    let log = world.log();
    assert!(log.contains(&"call 3: 6 answers".to_owned()), "{log:?}");
    assert!(!log.iter().any(|event| event.starts_with("call 1")), "{log:?}");
}
