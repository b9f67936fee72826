//! Ringing in time, distinctive ring, and caller id in every form.

mod world;

use offhook_sim::exchange::{NATIONS, Nation};
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
fn distinctive_ring_is_reported_in_tenths_of_a_second() {
    let mut world = World::with_modems(&["101"]);
    world.at("101", "AT+VDR=1");
    world.command(SimCommand::SetRing {
        number: "101".into(),
        pattern: Some(RingPattern(vec![800, 400, 800])),
    });
    ring_from(&mut world, None);
    world.wait_ms(5000);
    assert_eq!(world.said("101"), "RING|DRON=8|DROF=4|DRON=8");
}

#[test]
fn private_and_out_of_area_callers_are_told_apart() {
    for (number, said) in [(None, "NMBR=P"), (Some("O"), "NMBR=O")] {
        let mut world = World::with_modems(&["101"]);
        world.at("101", "AT+VCID=1");
        ring_from(&mut world, caller(number, Some("O")));
        world.wait_ms(4000);
        assert_eq!(
            world.said("101"),
            format!("RING|DATE=0101|TIME=1200|{said}|NAME=O")
        );
    }
}

#[test]
fn unformatted_caller_id_is_the_message_in_hexadecimal() {
    let mut world = World::with_modems(&["101"]);
    world.at("101", "AT+VCID=2");
    ring_from(&mut world, caller(Some("5551234"), None));
    world.wait_ms(4000);
    let heard = world.said("101");
    assert!(
        heard.starts_with("RING|MESG=040F30313031313230303535353132333"),
        "{heard}"
    );
    assert_eq!(
        world.at("101", "AT+VRID=0"),
        "DATE=0101|TIME=1200|NMBR=5551234|OK"
    );
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
