//! Phonebooks, and numbers dialled out of them.

use super::world::World;
use super::{check, gsm};
use offhook_sim::{CallerId, ExchangeConfig, SimCommand, StationBehaviour};

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
