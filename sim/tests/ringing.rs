//! Ringing in time, distinctive ring, and caller id in every form.

mod world;

use offhook_sim::exchange::{NATIONS, Nation, WallClock};
use offhook_sim::wire::caller_id::decode;
use offhook_sim::{CallerId, ExchangeConfig, ModemProfile, RingPattern, SimCommand};
use world::World;

fn ring_from(world: &mut World, caller_id: Option<CallerId>) {
    world.command(SimCommand::Call {
        from: "7".into(),
        to: "101".into(),
        caller_id,
    });
}

fn caller(number: Option<&str>, name: Option<&str>) -> Option<CallerId> {
    Some(CallerId {
        number: number.map(str::to_owned),
        name: name.map(str::to_owned),
    })
}

fn in_country(code: &str) -> World {
    let config = ExchangeConfig::default().ringing_as(Nation::named(code).unwrap());
    World::with_profiles(config, &[("101", ModemProfile::default())])
}

/// When the ring indicator changed within the span, in ms after the first ring began.
fn ring_indicator(world: &mut World, span_ms: u32) -> Vec<u32> {
    world.wait_for("101", "RING");
    let mut changes = vec![0];
    let mut is_on = world.ring_indicator("101");
    assert!(is_on);
    for ms in (10..=span_ms).step_by(10) {
        world.wait_ms(10);
        if world.ring_indicator("101") != is_on {
            is_on = !is_on;
            changes.push(ms);
        }
    }
    changes
}

#[test]
fn the_ring_indicator_follows_the_cadence_of_each_country() {
    for (country, changes) in [
        ("US", vec![0, 2000, 6000, 8000]),
        (
            "GB",
            vec![0, 400, 600, 1000, 3000, 3400, 3600, 4000, 6000, 6400, 6600, 7000],
        ),
        ("DE", vec![0, 1000, 5000, 6000]),
        ("FR", vec![0, 1500, 5000, 6500]),
        ("JP", vec![0, 1000, 3000, 4000, 6000, 7000]),
    ] {
        let mut world = in_country(country);
        ring_from(&mut world, None);
        assert_eq!(ring_indicator(&mut world, 8500), changes, "{country}");
    }
    assert_eq!(NATIONS.len(), 5);
}

#[test]
fn tones_and_cadences_are_those_that_e_180_publishes() {
    // ITU-T E.180 supplement 2: ring on, off, ... in seconds; dial tone; busy tone and its cadence.
    for (country, ring, dial, busy, busy_cadence) in [
        ("US", vec![2.0, 4.0], (350, 440), (480, 620), (0.5, 0.5)),
        (
            "GB",
            vec![0.4, 0.2, 0.4, 2.0],
            (350, 440),
            (400, 0),
            (0.375, 0.375),
        ),
        ("DE", vec![1.0, 4.0], (425, 0), (425, 0), (0.48, 0.48)),
        ("FR", vec![1.5, 3.5], (440, 0), (440, 0), (0.5, 0.5)),
        ("JP", vec![1.0, 2.0], (400, 0), (400, 0), (0.5, 0.5)),
    ] {
        let nation = Nation::named(country).unwrap();
        let lengths = nation.ring_ms.iter().copied().chain([nation.silence_ms]);
        let seconds: Vec<f64> = lengths.map(|ms| f64::from(ms) / 1000.0).collect();
        assert_eq!(seconds, ring, "{country}");
        assert_eq!((nation.dial_tone, nation.busy_tone), (dial, busy), "{country}");
        let (on, off) = nation.busy_ms;
        assert_eq!(
            (f64::from(on) / 1000.0, f64::from(off) / 1000.0),
            busy_cadence,
            "{country}"
        );
    }
}

#[test]
fn caller_id_comes_before_the_first_ring_where_the_country_does_so() {
    for (country, said) in [
        ("GB", "NMBR=5551234|RING"),
        ("US", "RING|DATE=0101|TIME=1200|NMBR=5551234"),
    ] {
        let mut world = in_country(country);
        world.at("101", "AT+VCID=1");
        ring_from(&mut world, caller(Some("5551234"), None));
        world.wait_ms(3700);
        let heard = world.said("101").replace("|RING|RING", "|RING");
        assert!(heard.ends_with(said), "{country}: {heard}");
    }
}

#[test]
fn answering_ends_the_ringing_current() {
    let mut world = in_country("US");
    ring_from(&mut world, None);
    world.wait_for("101", "RING");
    assert!(world.ring_indicator("101"));
    world.write("101", "ATA\r");
    assert!(!world.ring_indicator("101"));
}

#[test]
fn a_caller_who_gives_up_ends_the_ringing_current() {
    let mut world = in_country("US");
    ring_from(&mut world, None);
    world.wait_for("101", "RING");
    world.wait_ms(500);
    assert!(world.ring_indicator("101"));
    world.command(SimCommand::HangUp { number: "7".into() });
    assert!(!world.ring_indicator("101"));
    world.wait_ms(10_000);
    assert!(!world.ring_indicator("101"));
    assert_eq!(world.said("101"), "RING");
}

#[test]
fn distinctive_ring_is_reported_in_tenths_of_a_second() {
    // Without a second value nothing says RING; with one it comes so long after a ring, unless the current flows again.
    for (setting, said) in [
        ("1", "DRON=8|DROF=4|DRON=8|DROF=40|DRON=8|DROF=4|DRON=8"),
        (
            "1,5",
            "DRON=8|DROF=4|DRON=8|RING|DROF=40|DRON=8|DROF=4|DRON=8|RING",
        ),
        (
            "1,2",
            "DRON=8|RING|DROF=4|DRON=8|RING|DROF=40|DRON=8|RING|DROF=4|DRON=8|RING",
        ),
        ("0,5", "RING|RING"),
    ] {
        let mut world = World::with_modems(&["101"]);
        assert_eq!(world.at("101", &format!("AT+VDR={setting}")), "OK");
        world.command(SimCommand::SetRing {
            number: "101".into(),
            pattern: Some(RingPattern(vec![800, 400, 800])),
        });
        ring_from(&mut world, None);
        world.wait_ms(9100);
        assert_eq!(world.said("101"), said, "+VDR={setting}");
    }
}

#[test]
fn rings_are_counted_for_s0_where_they_are_not_told() {
    let mut world = World::with_modems(&["101"]);
    world.at("101", "AT+VDR=1;S0=2");
    ring_from(&mut world, None);
    world.wait_for("101", "CONNECT");
    assert_eq!(world.said("101"), "DRON=20|DROF=40|CONNECT 33600");
}

#[test]
fn every_caller_is_told_in_every_format() {
    let clock = WallClock {
        month: 1,
        day: 1,
        hour: 12,
        minute: 0,
    };
    for number in [None, Some("5551234"), Some("O")] {
        for name in [None, Some("A FRIEND"), Some("P"), Some("O")] {
            for command in ["+VCID", "#CID"] {
                let mut world = World::with_modems(&["101"]);
                world.at("101", &format!("AT{command}=1"));
                ring_from(&mut world, caller(number, name));
                world.wait_ms(4000);
                let shown = number.unwrap_or("P");
                let formatted = format!("DATE=0101|TIME=1200|NMBR={shown}");
                let formatted = name.map_or(formatted.clone(), |name| format!("{formatted}|NAME={name}"));
                assert_eq!(world.said("101"), format!("RING|{formatted}"));
                assert_eq!(world.at("101", "AT+VRID"), format!("{formatted}|OK"));

                let mut world = World::with_modems(&["101"]);
                world.at("101", &format!("AT{command}=2"));
                ring_from(&mut world, caller(number, name));
                world.wait_ms(4000);
                let said = world.said("101");
                let hex = said.strip_prefix("RING|MESG=").unwrap();
                let octets: Vec<u8> = (0..hex.len())
                    .step_by(2)
                    .map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap())
                    .collect();
                // One message: SDMF for a number alone, MDMF with a name; its octets add up to nothing.
                assert_eq!(octets[0], if name.is_none() { 0x04 } else { 0x80 });
                assert_eq!(usize::from(octets[1]), octets.len() - 3);
                assert_eq!(octets.iter().fold(0u8, |sum, octet| sum.wrapping_add(*octet)), 0);
                assert_eq!(decode(&octets), Ok((caller(number, name).unwrap(), clock)));
                assert_eq!(world.at("101", "AT+VRID=1"), format!("MESG={hex}|OK"));
            }
        }
    }
}

#[test]
fn unformatted_caller_id_is_the_message_in_hexadecimal() {
    let mut world = World::with_modems(&["101"]);
    world.at("101", "AT+VCID=2");
    ring_from(&mut world, caller(Some("5551234"), None));
    world.wait_ms(4000);
    assert_eq!(
        world.said("101"),
        "RING|MESG=040F303130313132303035353531323334FF"
    );
    assert_eq!(
        world.at("101", "AT+VRID=0"),
        "DATE=0101|TIME=1200|NMBR=5551234|OK"
    );
}

/// A call waits for 101, which is in one with 102.
fn waits(class: u8, setting: &str) -> World {
    let mut world = World::with_modems(&["101", "102"]);
    world.command(SimCommand::SetCallWaiting {
        number: "101".into(),
        on: true,
    });
    for number in ["101", "102"] {
        world.at(number, &format!("AT+FCLASS={class}"));
    }
    world.at("101", setting);
    world.write("101", "ATDT102\r");
    world.wait_for("102", "RING");
    world.write("102", "ATA\r");
    world.wait_for("101", if class == 8 { "OK" } else { "CONNECT" });
    world.said("101");
    ring_from(&mut world, caller(Some("5551234"), Some("JANE")));
    // The exchange takes a moment to find the line.
    world.wait_ms(700);
    world
}

#[test]
fn a_waiting_caller_is_known_after_an_escape_and_told_in_a_voice_call() {
    let mut world = waits(0, "AT+PCW=0;+VCID=1");
    assert!(world.ring_indicator("101"));
    world.wait_ms(300);
    assert!(!world.ring_indicator("101"), "one short ring");
    world.write("101", "+++");
    world.wait_ms(1000);
    assert_eq!(world.said("101"), "OK");
    let told = "DATE=0101|TIME=1200|NMBR=5551234|NAME=JANE";
    assert_eq!(world.at("101", "AT+VRID"), format!("{told}|OK"));

    let mut world = waits(8, "AT+VCID=1");
    assert_eq!(world.said("101"), format!("\x10w\x10X|{told}|\x10."));
    assert_eq!(waits(8, "AT+VCID=0").said("101"), "\x10w", "the beep alone");
    assert_eq!(waits(8, "AT+VCID=1;+PCW=2").said("101"), "");
}

#[test]
fn a_make_writes_caller_id_in_its_own_way() {
    let conexant = ModemProfile::find("conexant").unwrap();
    let mut world = World::with_profiles(ExchangeConfig::default(), &[("101", conexant)]);
    world.at("101", "AT+VCID=1");
    ring_from(&mut world, caller(Some("5551234"), Some("A FRIEND")));
    world.wait_ms(4000);
    assert_eq!(
        world.said("101"),
        "RING|DATE = 0101|TIME = 1200|NMBR = 5551234|NAME = A FRIEND"
    );
}
