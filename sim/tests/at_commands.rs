//! The modem's commands as a client sees them.

mod world;

use offhook_sim::{SimCommand, StationBehaviour};
use world::World;

fn modem() -> World {
    World::with_modems(&["101"])
}

/// Sends each line and compares what comes back at once.
fn check(dialogue: &[(&str, &str)]) {
    let mut world = modem();
    for (line, answer) in dialogue {
        assert_eq!(world.at("101", line), *answer, "{line}");
    }
}

#[test]
fn lines_hold_many_commands_in_either_case_with_spaces() {
    check(&[
        ("AT", "OK"),
        ("at", "OK"),
        ("AT &F E0 V1 X4 &C1 &D2 &K3 S0=0 L1 M1 N1 W1 Y0 \\N3 %C0", "OK"),
        ("at &c1 &d2 v1 x4", "OK"),
        (
            "ATI0I3",
            &format!("Offhook Simulated Modem|{}|OK", env!("CARGO_PKG_VERSION")),
        ),
    ]);
}

#[test]
fn what_the_modem_does_not_know_is_an_error_and_ends_the_line() {
    check(&[
        ("ATJ", "ERROR"),
        ("ATE2", "ERROR"),
        ("AT+XYZ", "ERROR"),
        ("AT+XYZ=?", "ERROR"),
        ("ATS99?", "ERROR"),
        ("ATS0=300", "ERROR"),
        ("ATS7=0", "ERROR"),
        ("AT=5", "ERROR"),
        ("ATS8=7=S8=9", "ERROR"),
        ("ATS8?", "007|OK"),
        ("ATDTx", "ERROR"),
        ("ATDL", "ERROR"),
        ("AT+VTS=1", "ERROR"),
    ]);
}

#[test]
fn registers_are_read_with_three_digits_and_kept_by_w_until_z() {
    check(&[
        ("ATS0?S2?S12?", "000|043|050|OK"),
        ("ATS0=2S7=30&W", "OK"),
        ("ATS0=5S7=", "ERROR"),
        ("ATS0?", "005|OK"),
        ("ATZ", "OK"),
        ("ATS0?S7?", "002|030|OK"),
        ("AT&FS0?S7?", "000|050|OK"),
    ]);
}

#[test]
fn result_codes_in_numbers_have_no_line_feeds() {
    let mut world = modem();
    world.write("101", "ATV0\r");
    assert_eq!(world.said_bytes("101"), b"0\r");
    world.write("101", "ATI1J\r");
    assert_eq!(world.said_bytes("101"), b"000\r\n4\r");
    world.write("101", "ATS3=42S4=43V1\rAT*");
    assert_eq!(world.said_bytes("101"), b"*+OK*+*+OK*+");
}

#[test]
fn q_silences_results_and_not_information() {
    check(&[("ATQ1", ""), ("ATJ", ""), ("ATI1", "000"), ("ATQ0", "OK")]);
}

#[test]
fn echo_repeats_commands_as_they_were_typed() {
    let mut world = modem();
    world.at("101", "ATE1");
    for byte in b"ati1\r" {
        world.write("101", [*byte]);
    }
    assert_eq!(world.said_bytes("101"), b"ati1\r\r\n000\r\n\r\nOK\r\n");
}

#[test]
fn junk_before_at_and_line_feeds_after_it_are_ignored() {
    let mut world = modem();
    for junk in ["\0", "\x1b", "+++", "\r\r", "xyz ", "A", "\n"] {
        assert_eq!(world.at("101", &format!("{junk}AT")), "OK", "{junk:?}");
        world.write("101", "\n");
        assert_eq!(world.said("101"), "");
    }
}

#[test]
fn a_slash_repeats_the_last_line() {
    let mut world = modem();
    world.at("101", "ATI1");
    world.write("101", "A/a/");
    assert_eq!(world.said("101"), "000|OK|000|OK");
}

#[test]
fn identification_and_capabilities() {
    check(&[
        ("AT+GMI", "Offhook|OK"),
        (
            "AT+GMM;+GMR",
            &format!("Offhook Simulated Modem|{}|OK", env!("CARGO_PKG_VERSION")),
        ),
        ("AT+GCAP", "+GCAP: +FCLASS,+MS,+ES,+DS|OK"),
        ("AT+FCLASS?", "0|OK"),
        ("AT+FCLASS=?", "0,1,2,2.0,8|OK"),
        ("AT+FCLASS=0", "OK"),
        ("AT+FCLASS=3", "ERROR"),
        ("AT+VCID=?", "(0-2)|OK"),
        ("AT+VCID=1;+VCID?;#CID?", "1|1|OK"),
        ("AT+VCID=3", "ERROR"),
        ("AT+IFC=,0;+IFC?", "+IFC: 2,0|OK"),
        ("AT+IFC=?", "+IFC: (0-3),(0-2)|OK"),
        ("AT+GCI?;+GCI=42;+GCI?", "+GCI: B5|+GCI: 42|OK"),
        ("AT+GSN;+GOI", "0|1,3,6,1|OK"),
    ]);
}

#[test]
fn settings_are_shown() {
    let shown = modem().at("101", "ATX3S8=9&V");
    assert!(
        shown.contains(" X3 ") && shown.contains(" S08:009 ") && shown.ends_with("|OK"),
        "{shown}"
    );
}

#[test]
fn escape_and_return_lose_no_data() {
    let mut world = World::with_modems(&["101", "102"]);
    world.connect("101", "102");
    world.write("101", "a+++");
    world.wait_ms(2000);
    assert_eq!(world.said("101"), "", "no escape without silence before it");
    world.write("101", "+++");
    world.wait_ms(1000);
    assert_eq!(world.said("101"), "OK");
    assert_eq!(world.at("101", "ATI1"), "000|OK");
    world.said("102");
    world.write("102", "meanwhile");
    assert_eq!(world.said("101"), "");
    assert_eq!(world.at("101", "ATD102"), "ERROR", "the modem is in a call");
    world.write("101", "ATO\r");
    assert_eq!(world.said_bytes("101"), b"\r\nCONNECT 33600\r\nmeanwhile");
    world.write("101", "back");
    assert_eq!(world.said("102"), "back");
}

#[test]
fn the_guard_time_follows_s12_and_the_character_s2() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("101", "ATS12=5S2=33");
    world.connect("101", "102");
    world.wait_ms(100);
    world.write("101", "!!!");
    world.wait_ms(99);
    assert_eq!(world.said("101"), "");
    world.wait_ms(1);
    assert_eq!(world.said("101"), "OK");
    world.at("101", "ATH");
    world.wait_for("102", "NO CARRIER");
}

#[test]
fn o_without_a_call_finds_no_carrier() {
    check(&[("ATO", "NO CARRIER"), ("AT", "OK")]);
}

#[test]
fn x_decides_what_connect_says() {
    let mut world = modem();
    world.station("200", StationBehaviour::AnswersAfter(std::time::Duration::ZERO));
    for (level, said) in [
        ("X0", "CONNECT"),
        ("X1", "CONNECT 33600"),
        ("X4", "CONNECT 33600"),
    ] {
        world.write("101", format!("AT{level}DT200\r"));
        world.wait_for("101", "CONNECT");
        assert_eq!(world.said("101"), said, "{level}");
        world.command(SimCommand::HangUp { number: "200".into() });
        assert_eq!(world.said("101"), "NO CARRIER");
    }
}

#[test]
fn h1_takes_the_line_and_h_gives_it_back() {
    let mut world = modem();
    assert_eq!(world.at("101", "ATH1"), "OK");
    world.wait_ms(500);
    assert_eq!(world.at("101", "ATH"), "OK");
    assert_eq!(
        world.log(),
        ["101 goes off-hook", "101 hears dial tone", "101 goes on-hook"]
    );
}

#[test]
fn w_waits_for_dial_tone_where_x_would_not() {
    let mut world = modem();
    world.command(SimCommand::SetDialTone {
        number: "101".into(),
        present: false,
    });
    world.write("101", "ATX1DTW200\r");
    world.wait_for("101", "NO DIALTONE");
}

#[test]
fn pauses_and_modifiers_do_not_change_the_number() {
    let mut world = modem();
    world.station(
        "9555123",
        StationBehaviour::AnswersAfter(std::time::Duration::ZERO),
    );
    for string in ["T9,555 123", "P9W5-5!5T123", "(9)555$123", "L"] {
        world.write("101", format!("ATD{string}\r"));
        world.wait_for("101", "CONNECT");
        let dialled = world
            .log()
            .into_iter()
            .find(|event| event.ends_with("dials 9555123"));
        assert!(dialled.is_some(), "{string}");
        world.command(SimCommand::HangUp {
            number: "9555123".into(),
        });
        world.said("101");
    }
}

#[test]
fn vts_sends_digits_over_a_call() {
    let mut world = modem();
    world.at("101", "ATH1");
    world.wait_ms(500);
    world.write("101", "AT+VTS=1,{2,5},[933,,150],#,*,A\r");
    world.wait_for("101", "OK");
    world.said("101");
    assert_eq!(world.at("101", "AT+VTS=11"), "ERROR");
    let dialled: String = world.log()[2..]
        .iter()
        .filter_map(|event| event.split("dials ").nth(1)?.chars().next())
        .collect();
    assert_eq!(dialled, "12#*A");
}
