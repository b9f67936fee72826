//! `+CSCS`: names, numbers, USSD and messages in the client's character set.

use offhook_sim::{ExchangeConfig, SimCommand};

use super::world::World;
use super::{check, gsm, modules};

/// A text as `UCS2` has it.
fn ucs2(text: &str) -> String {
    text.encode_utf16().map(|unit| format!("{unit:04X}")).collect()
}

#[test]
fn names_are_turned_from_the_set_and_into_it() {
    let zoe = ucs2("Zoë");
    check(
        &mut modules(),
        &[
            ("AT+CSCS=\"UCS2\"", "OK"),
            (&format!("AT+CPBW=1,\"555\",129,\"{zoe}\""), "OK"),
            ("AT+CPBR=1", &format!("+CPBR: 1,\"555\",129,\"{zoe}\"|OK")),
            (
                &format!("AT+CPBF=\"{}\"", ucs2("Z")),
                &format!("+CPBF: 1,\"555\",129,\"{zoe}\"|OK"),
            ),
            ("AT+CPBW=2,\"1\",129,\"Z\"", "ERROR"),
            ("AT+COPS?", &format!("+COPS: 0,0,\"{}\"|OK", ucs2("Offhook"))),
            ("AT+CSCS=\"UTF-8\";+CPBR=1", "+CPBR: 1,\"555\",129,\"Zoë\"|OK"),
            ("AT+CSCS=\"HEX\";+CPBW=3,\"1\",129,\"4E6F00\"", "OK"),
            ("AT+CPBR=3", "+CPBR: 3,\"1\",129,\"4E6F00\"|OK"),
            ("AT+CSCS=\"UTF-8\";+CPBR=3", "+CPBR: 3,\"1\",129,\"No@\"|OK"),
            ("AT+CSCS=\"IRA\";+CPBR=1", "+CPBR: 1,\"555\",129,\"Zo?\"|OK"),
        ],
    );
}

#[test]
fn an_entry_is_dialled_by_its_name_in_the_set() {
    let mut world = modules();
    world.at("101", "AT+CPBW=1,\"102\",129,\"Bob\"");
    world.at("101", &format!("AT+CSCS=\"UCS2\";D>\"{}\";", ucs2("Bob")));
    world.wait_for("102", "RING");
}

#[test]
fn what_the_network_says_is_in_the_set() {
    let mut profile = gsm();
    profile.sim.services.insert("*100#".into(), "5 @".into());
    profile.sim.services.insert("*101#".into(), "5 \u{416}".into());
    let mut world = World::with_profiles(ExchangeConfig::default(), &[("101", profile)]);
    for (set, asked, answer) in [
        ("IRA", "*100#".to_owned(), "+CUSD: 0,\"5 @\",15".to_owned()),
        ("UCS2", ucs2("*100#"), format!("+CUSD: 0,\"{}\",15", ucs2("5 @"))),
        ("HEX", "2A31303023".into(), "+CUSD: 0,\"352000\",15".into()),
        (
            "UTF-8",
            "*101#".into(),
            format!("+CUSD: 0,\"{}\",72", ucs2("5 \u{416}")),
        ),
    ] {
        let line = format!("AT+CSCS=\"{set}\";+CUSD=1,\"{asked}\",15");
        assert_eq!(world.at("101", &line), "OK", "{set}");
        world.wait_for("101", "+CUSD");
        assert_eq!(world.said("101"), answer, "{set}");
    }
}

#[test]
fn a_code_in_another_set_is_told_from_one_that_no_service_has() {
    check(
        &mut modules(),
        &[
            ("AT+CUSD=1,\"*999#\",15", "OK"),
            // As ModemManager tries first, whatever the set.
            ("AT+CMEE=1;+CUSD=1,\"2A31303023\",15", "+CME ERROR: 50"),
            ("AT+CSCS=\"HEX\";+CUSD=1,\"2A31303023\",15", "OK"),
        ],
    );
}

#[test]
fn the_name_of_a_caller_is_in_the_set() {
    let mut world = modules();
    world.at("101", "AT+CSCS=\"UCS2\";+CLIP=1");
    world.command(SimCommand::Call {
        from: "555".into(),
        to: "101".into(),
        caller_id: Some(offhook_sim::CallerId {
            number: Some("555".into()),
            name: Some("Zoë".into()),
        }),
    });
    world.wait_for("101", "+CLIP");
    let name = ucs2("Zoë");
    assert!(
        world
            .said("101")
            .contains(&format!("+CLIP: \"555\",129,\"\",0,\"{name}\",0"))
    );
}

#[test]
fn messages_and_their_numbers_are_in_the_set() {
    let mut world = modules();
    for number in ["101", "102"] {
        world.at(number, "AT+CMGF=1;+CNMI=2,1;+CSCS=\"UCS2\"");
    }
    world.write("101", format!("AT+CMGS=\"{}\"\r{}\x1a", ucs2("102"), ucs2("€ @")));
    assert!(world.said("101").ends_with("+CMGS: 1|OK"));
    world.said("102");
    let (from, text) = (ucs2("101"), ucs2("€ @"));
    assert_eq!(
        world.at("102", "AT+CMGR=1"),
        format!("+CMGR: \"REC UNREAD\",\"{from}\",,\"26/01/01,12:00:00+00\"|{text}|OK")
    );
    assert!(
        world
            .at("102", "AT+CSCS=\"HEX\";+CMGR=1")
            .ends_with("|1B652000|OK")
    );
    assert!(world.at("102", "AT+CSCS=\"UTF-8\";+CMGR=1").ends_with("|€ @|OK"));
    assert_eq!(
        world.at("102", "AT+CSCS=\"UCS2\";+CSCA?"),
        format!("+CSCA: \"{}\",145|OK", ucs2("+15550000"))
    );
    // A number and a text that are none in this set.
    assert_eq!(world.at("101", "AT+CMGS=\"102\""), "+CMS ERROR: 305");
    world.write("101", format!("AT+CMGS=\"{}\"\rhello\x1a", ucs2("102")));
    assert!(world.said("101").ends_with("+CMS ERROR: 305"));
}

#[test]
fn csmp_makes_a_message_octets() {
    let mut world = modules();
    world.at("102", "AT+CMGF=1;+CNMI=2,1;+CSDH=1");
    world.at("101", "AT+CMGF=1;+CSMP=17,167,0,4");
    world.write("101", "AT+CMGS=\"102\"\r01FF80\x1a");
    assert!(world.said("101").ends_with("+CMGS: 1|OK"));
    world.said("102");
    assert_eq!(
        world.at("102", "AT+CMGR=1"),
        "+CMGR: \"REC UNREAD\",\"101\",,\"26/01/01,12:00:00+00\",129,4,0,4,\"+15550000\",145,3|01FF80|OK"
    );
}
