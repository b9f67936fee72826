//! Profiles that come along are sound, and a bad one is told by its place.

use super::*;

fn wrong(text: &str) -> String {
    ModemProfile::from_toml(text, "mine.toml")
        .unwrap_err()
        .to_string()
}

#[test]
fn every_profile_that_comes_along_is_sound_and_bears_its_name() {
    for (name, _) in PROFILES {
        let profile = ModemProfile::find(name).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(profile.name, *name);
        assert!(!profile.summary.is_empty(), "{name}");
    }
    assert_eq!(ModemProfile::find("offhook"), Ok(ModemProfile::default()));
}

#[test]
fn an_empty_file_is_the_default_modem() {
    assert_eq!(
        ModemProfile::from_toml("", "mine.toml"),
        Ok(ModemProfile::default())
    );
}

#[test]
fn a_file_says_what_differs() {
    let text = r#"
        name = "mine"
        lacks = ["+V*"]
        [identity]
        model = "M"
        i.3 = ["three", "lines"]
        [defaults]
        S7 = 60
        E = 0
        "&C" = 0
        "+IFC" = "0,0"
        [[reply]]
        command = "^sysinfo"
        lines = ["^SYSINFO:2"]
    "#;
    let profile = ModemProfile::from_toml(text, "mine.toml").unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(profile.model, "M");
    assert_eq!(profile.registers, [(7, 60)]);
    assert!(!profile.echo && profile.lacks("+VCID") && !profile.lacks("+IFC"));
    assert_eq!(profile.replies[0].command, "^SYSINFO");
}

#[test]
fn mistakes_are_told_with_line_and_remedy() {
    assert_eq!(
        wrong("name = \"x\"\nlacks = [\"+XYZ\"]\n"),
        "mine.toml:2:10: the simulator knows no command `+XYZ`: spell it in capitals with its prefix; answer a maker's \
         own command with [[reply]]"
    );
    assert!(wrong("[defaults]\nS999 = 3\n").starts_with("mine.toml:2:8: no register S999 holds 3: "));
    assert!(wrong("[defaults]\nS7 = 0\n").ends_with("2:6: no register S7 holds 0: it holds 1 to 255"));
    assert!(
        wrong("[defaults]\nE = 2\n").ends_with("E does not take 2: it takes 0 to 1; [most] says otherwise")
    );
    assert!(wrong("[defaults]\n\"+IFC\" = \"9,9\"\n").ends_with("AT+IFC=? tells what it holds"));
    assert!(ModemProfile::from_toml("[most]\nX = 7\n[defaults]\nX = 7\n", "mine.toml").is_ok());
    assert!(wrong("[defaults]\n\"&J\" = 1\n\"+GMI\" = 3\n").starts_with("mine.toml:3:1: "));
    assert!(wrong("nam = \"x\"\n").starts_with("mine.toml:1:1: unknown field `nam`"));
    assert!(wrong("name = \n").starts_with("mine.toml:1:"));
    assert!(wrong("[[reply]]\ncommand = \"ATI9\"\n").contains("write it as it stands after AT"));
    assert!(wrong("[identity.i]\nx = [\"1\"]\n").starts_with("mine.toml:2:1: `x` is no number"));
    let unknown = ModemProfile::find("nokia").unwrap_err().to_string();
    assert!(unknown.contains("offhook, hayes, v250"), "{unknown}");
    let missing = ModemProfile::find("/nowhere/x.toml").unwrap_err();
    assert!(matches!(missing, ProfileError::Unreadable { .. }));
}
