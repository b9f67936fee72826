//! A GSM module: calls beside each other, short messages, the SIM, what the network tells.

mod beside;
mod calls;
mod character_sets;
mod messages;
mod network;
mod notices;
mod phonebook;
mod reports;
#[path = "../world/mod.rs"]
mod world;

use offhook_sim::{ExchangeConfig, ModemProfile};
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
