//! Every S-register that acts: its default, its range, and what it does.

mod world;

use std::time::Duration;

use offhook_sim::device::modem::registers::REGISTERS;
use offhook_sim::{SimCommand, SimTime, StationBehaviour};
use world::World;

/// Number, default, least, most, and a call in which it shows.
type Row = (u32, u8, u32, u32, fn());

const ACTING: &[Row] = &[
    (0, 0, 0, 255, s0_answers_after_so_many_rings),
    (
        1,
        0,
        0,
        255,
        s1_counts_rings_until_they_have_stopped_for_eight_seconds,
    ),
    (
        2,
        43,
        0,
        255,
        s2_is_the_escape_character_and_above_127_there_is_none,
    ),
    (3, 13, 0, 127, s3_ends_lines_and_answers),
    (4, 10, 0, 127, s4_is_in_answers),
    (5, 8, 0, 127, s5_deletes),
    (6, 2, 0, 255, s6_is_waited_before_blind_dialling),
    (7, 50, 1, 255, s7_is_how_long_a_carrier_is_waited_for),
    (8, 2, 0, 255, s8_is_the_length_of_a_comma),
    (10, 14, 0, 255, s10_is_how_long_a_carrier_may_be_gone),
    (11, 95, 50, 255, s11_is_the_length_of_a_digit),
    (12, 50, 0, 255, s12_is_the_silence_around_an_escape),
    (25, 5, 0, 255, s25_is_how_long_dtr_is_off_before_that_counts),
    (29, 70, 0, 255, s29_is_the_length_of_a_flash),
    (30, 0, 0, 255, s30_ends_a_call_without_data),
    (32, 17, 0, 255, s32_and_s33_are_xon_and_xoff),
    (33, 19, 0, 255, s32_and_s33_are_xon_and_xoff),
    (37, 0, 0, 12, s37_is_the_fastest_rate),
];

/// Held and shown, as clients set them on every modem: number and default.
const HELD: &[(u32, u8)] = &[
    (9, 6),
    (13, 0),
    (14, 138),
    (16, 0),
    (18, 0),
    (19, 0),
    (20, 0),
    (21, 52),
    (22, 117),
    (23, 62),
    (24, 0),
    (26, 1),
    (27, 73),
    (28, 0),
    (31, 194),
    (36, 7),
    (38, 20),
    (46, 138),
    (48, 7),
    (82, 8),
    (86, 0),
    (91, 10),
    (95, 0),
];

#[test]
fn every_register_has_its_default_and_its_range() {
    let acting = ACTING
        .iter()
        .map(|(number, factory, least, most, _)| (*number, *factory, *least, *most));
    let held = HELD.iter().map(|(number, factory)| (*number, *factory, 0, 255));
    let all: Vec<_> = acting.chain(held).collect();
    assert_eq!(all.len(), REGISTERS.len(), "a register is missing here");
    for (number, factory, least, most) in all {
        let mut world = World::with_modems(&["101"]);
        let read = |world: &mut World| world.at("101", &format!("ATS{number}?"));
        assert_eq!(read(&mut world), format!("{factory:03}|OK"), "S{number}");
        for (value, fits) in [(most, true), (least, true), (most + 1, false), (256, false)] {
            let mut world = World::with_modems(&["101"]);
            let said = world.at("101", &format!("ATS{number}={value}"));
            // S3 and S4 make this very answer.
            let is_text = !matches!(number, 3 | 4) || !fits;
            assert!(
                !is_text || said == if fits { "OK" } else { "ERROR" },
                "S{number}={value}: {said}"
            );
            if fits && is_text {
                assert_eq!(read(&mut world), format!("{value:03}|OK"));
                // What S1 counts is no setting.
                let after = if number == 1 { value } else { factory.into() };
                assert_eq!(
                    world.at("101", &format!("AT&FS{number}?")),
                    format!("{after:03}|OK"),
                    "S{number}"
                );
            }
        }
        if least > 0 {
            assert_eq!(
                world.at("101", &format!("ATS{number}={}", least - 1)),
                "ERROR",
                "S{number}"
            );
        }
    }
}

#[test]
fn every_register_that_acts_does() {
    for (_, _, _, _, show) in ACTING {
        show();
    }
}

fn called(setting: &str) -> World {
    let mut world = World::with_modems(&["101"]);
    assert_eq!(world.at("101", setting), "OK");
    world.command(SimCommand::Call {
        from: "7".into(),
        to: "101".into(),
        caller_id: None,
    });
    world
}

/// How long it takes until a line of the exchange's log says so.
fn time_until(world: &mut World, wanted: &str) -> u128 {
    let began = world.now();
    while !world.log().iter().any(|event| event.contains(wanted)) {
        assert!(
            world.now() - began < Duration::from_secs(60),
            "{wanted} never came"
        );
        world.wait_ms(10);
    }
    (world.now() - began).as_millis()
}

fn dialled_after(line: &str) -> u128 {
    let mut world = World::with_modems(&["101"]);
    world.station("55", StationBehaviour::NeverAnswers);
    world.write("101", format!("{line}\r"));
    time_until(&mut world, "dials 55")
}

fn s0_answers_after_so_many_rings() {
    for rings in [1, 3] {
        let mut world = called(&format!("ATS0={rings}"));
        world.wait_for("101", "CONNECT");
        assert_eq!(world.said("101").matches("RING").count(), rings);
    }
    let mut world = called("ATS0=0");
    world.wait_ms(120_000);
    assert!(!world.said("101").contains("CONNECT"));
}

fn s1_counts_rings_until_they_have_stopped_for_eight_seconds() {
    let mut world = called("ATS0=0");
    world.wait_ms(7000);
    assert_eq!(world.said("101"), "RING|RING");
    assert_eq!(world.at("101", "ATS1?"), "002|OK");
    world.command(SimCommand::HangUp { number: "7".into() });
    world.wait_ms(6500);
    assert_eq!(world.at("101", "ATS1?"), "002|OK");
    world.wait_ms(1500);
    assert_eq!(world.at("101", "ATS1?"), "000|OK");
    // A client may set it, and S0 counts on from there.
    let mut world = called("ATS0=3S1=2");
    world.wait_for("101", "CONNECT");
    assert_eq!(world.said("101").matches("RING").count(), 1);
}

fn s2_is_the_escape_character_and_above_127_there_is_none() {
    for (setting, typed, escapes) in [
        ("S2=33", "!!!", true),
        ("S2=33", "+++", false),
        ("S2=128", "+++", false),
    ] {
        let mut world = World::with_modems(&["101", "102"]);
        world.at("101", &format!("AT{setting}"));
        world.connect("101", "102");
        world.wait_ms(1100);
        world.write("101", typed);
        world.wait_ms(1100);
        assert_eq!(world.said("101") == "OK", escapes, "{setting} {typed}");
        assert_eq!(world.said("102"), typed, "what is typed is data all the same");
    }
}

fn s3_ends_lines_and_answers() {
    let mut world = World::with_modems(&["101"]);
    world.write("101", "ATS3=42\r");
    world.said_bytes("101");
    world.write("101", "ATI1*");
    assert_eq!(world.said_bytes("101"), b"*\n000*\n*\nOK*\n");
}

fn s4_is_in_answers() {
    let mut world = World::with_modems(&["101"]);
    world.write("101", "ATS4=43\r");
    assert_eq!(world.said_bytes("101"), b"\r+OK\r+");
}

fn s5_deletes() {
    let mut world = World::with_modems(&["101"]);
    world.at("101", "ATS5=33");
    assert_eq!(world.at("101", "ATX!I1"), "000|OK");
    assert_eq!(world.at("101", "ATS5=8"), "OK");
}

fn s6_is_waited_before_blind_dialling() {
    let usual = dialled_after("ATX1DT55");
    assert_eq!(dialled_after("ATX1S6=5DT55"), usual + 3000);
    assert_eq!(
        dialled_after("ATX4S6=5DT55"),
        dialled_after("ATX4DT55"),
        "dial tone is listened for"
    );
}

fn s7_is_how_long_a_carrier_is_waited_for() {
    for seconds in [1, 20] {
        let mut world = World::with_modems(&["101"]);
        world.station("55", StationBehaviour::NeverAnswers);
        world.write("101", format!("ATS7={seconds}DT55\r"));
        time_until(&mut world, "dials 55");
        let began = world.now();
        world.wait_for("101", "NO CARRIER");
        let waited = (world.now() - began).as_millis();
        assert!(
            (seconds * 1000 - 50..=seconds * 1000 + 50).contains(&waited),
            "{waited} ms"
        );
    }
}

fn s8_is_the_length_of_a_comma() {
    let usual = dialled_after("ATDT,55");
    assert_eq!(dialled_after("ATS8=7DT,55"), usual + 5000);
}

fn s10_is_how_long_a_carrier_may_be_gone() {
    for (tenths, ms) in [(30, 3000), (255, 0)] {
        let mut world = World::with_modems(&["101", "102"]);
        world.at("101", &format!("AT\\N0S10={tenths}"));
        world.connect("101", "102");
        world.command(SimCommand::Cut { number: "102".into() });
        world.wait_ms(ms - ms / 1000);
        assert_eq!(world.said("101"), "");
        world.wait_ms(10_000);
        assert_eq!(world.said("101") == "NO CARRIER", tenths != 255, "S10={tenths}");
    }
}

fn s11_is_the_length_of_a_digit() {
    assert!(dialled_after("ATS11=200DT55") >= dialled_after("ATS11=100DT55") + 200);
}

fn s12_is_the_silence_around_an_escape() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("101", "ATS12=10");
    world.connect("101", "102");
    world.wait_ms(200);
    world.write("101", "+++");
    world.wait_ms(199);
    assert_eq!(world.said("101"), "");
    world.wait_ms(1);
    assert_eq!(world.said("101"), "OK");
}

fn s25_is_how_long_dtr_is_off_before_that_counts() {
    for (off_ms, ends) in [(900, false), (1100, true)] {
        let mut world = World::with_modems(&["101", "102"]);
        world.at("101", "AT&D2S25=100");
        world.connect("101", "102");
        world.circuits("101", false);
        world.wait_ms(off_ms);
        world.circuits("101", true);
        world.wait_ms(100);
        assert_eq!(world.said("102") == "NO CARRIER", ends, "DTR off for {off_ms} ms");
    }
}

fn s29_is_the_length_of_a_flash() {
    assert_eq!(dialled_after("ATS29=170DT!55"), dialled_after("ATDT!55") + 1000);
}

fn s30_ends_a_call_without_data() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("101", "ATS30=2");
    world.connect("101", "102");
    let began: SimTime = world.now();
    world.wait_for("101", "NO CARRIER");
    let waited = (world.now() - began).as_millis();
    assert!((19_000..=20_000).contains(&waited), "{waited} ms");
}

fn s32_and_s33_are_xon_and_xoff() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("101", "AT&K4S32=60S33=62");
    world.connect("101", "102");
    world.write("101", "a>b");
    assert!(world.is_stopped("101"));
    world.write("101", "<");
    assert!(!world.is_stopped("101"));
    world.write("101", "\x13\x11");
    assert!(!world.is_stopped("101"), "the usual characters are data now");
}

fn s37_is_the_fastest_rate() {
    let mut world = World::with_modems(&["101", "102"]);
    world.at("102", "ATS0=1");
    world.write("101", "ATS37=9DT102\r");
    world.wait_for("101", "CONNECT 9600");
}
