//! PBXs described in files.

use offhook_sim::SimTime;
use offhook_sim::device::csta::{Encoding, Profile};
use offhook_sim::exchange::pbx::{OFFICE, Pbx, PbxError};
use offhook_sim::exchange::switch::{AgentState, CallOptions, ConnectionState, DeviceKind, ForwardingType};

#[test]
fn the_office_is_as_it_is_described() {
    let pbx = Pbx::from_toml(OFFICE, "office.toml").unwrap();
    assert_eq!(
        (pbx.name.as_str(), pbx.profile.as_deref()),
        ("Office", Some("hipath"))
    );
    let mut switch = pbx.switch;
    assert!(switch.poll_event().is_none());
    let count = |kind| switch.devices().filter(|d| switch.kind(*d) == Some(kind)).count();
    assert_eq!(count(DeviceKind::Station), 23);
    assert_eq!(count(DeviceKind::ParkSlot), 4);
    assert_eq!(count(DeviceKind::Trunk), 4);
    assert_eq!(count(DeviceKind::Group), 2);
    let device = |number| switch.device(number).unwrap();
    assert!(switch.do_not_disturb(device("202")));
    let types: Vec<ForwardingType> = switch.forwarding(device("202")).map(|(t, _)| t).collect();
    assert_eq!(
        types,
        [ForwardingType::BusyInternal, ForwardingType::DoNotDisturb]
    );
    assert_eq!(switch.agent(device("206")).unwrap().state, AgentState::Ready);
    assert_eq!(&*switch.apparatus(device("201")).buttons[&2].number, "202");

    let (caller, agent) = (device("210"), device("206"));
    switch
        .make_call(caller, "900", &CallOptions::default(), SimTime::ZERO)
        .unwrap();
    // Nobody says in time where the call shall go.
    let asked_until = switch.poll_timeout().unwrap();
    switch.handle_timeout(asked_until);
    assert!(switch.connection_in(agent, ConnectionState::Alerting).is_some());
}

#[test]
fn the_office_shows_every_key_that_there_is() {
    let tables = [
        "",
        "[quirks]\n",
        "[limits]\n",
        "[[extension]]\n",
        "[[extension]]\n[[extension.forward]]\n",
        "[[extension]]\n[[extension.button]]\n",
        "[[park]]\n",
        "[[voice_mail]]\n",
        "[[trunk]]\n",
        "[[group]]\n",
        "[[agent]]\n",
        "[[routeing]]\n",
    ];
    for table in tables {
        let told = Pbx::from_toml(&format!("{table}no_such_key = 1\n"), "pbx.toml")
            .unwrap_err()
            .to_string();
        let (_, known) = told.split_once("expected ").expect("the keys are told");
        for key in known.split('`').skip(1).step_by(2) {
            let shown = [format!("{key} ="), format!("[{key}]")];
            assert!(shown.iter().any(|form| OFFICE.contains(form)), "{table}{key}");
        }
    }
}

#[test]
fn quirks_change_the_profile_and_nothing_else() {
    let text = "[quirks]\nkeep_alive = \"never\"\nedition = 4\nmonitors_per_object = 1\n";
    let described = Pbx::from_toml(text, "pbx.toml").unwrap();
    let plain = Profile::by_name("annex-j").unwrap();
    let profile = plain.clone().with(&described.quirks);
    assert_eq!(profile.keep_alive, None);
    assert_eq!(profile.monitors_per_object, 1);
    assert_eq!(profile.clients_max, plain.clients_max);
    assert!(matches!(profile.encoding, Encoding::Xml(style) if style.edition == 4));
    // What speaks no XML has no edition.
    let hipath = Profile::by_name("hipath").unwrap();
    assert_eq!(hipath.clone().with(&described.quirks).encoding, hipath.encoding);
}

#[test]
fn a_mistake_is_told_with_its_place_and_its_remedy() {
    let cases = [
        (
            "[quirks]\nkeep_alive = \"soon\"\n",
            "pbx.toml:2:14: `soon` is no time: write a time such as 500ms, 12s or 3min",
        ),
        (
            "[quirks]\nedition = 9\n",
            "pbx.toml:2:11: there is no edition 9 of ECMA-323 here: write 3, 4, 5 or 6",
        ),
        (
            "[[extension]]\nnumber = \"201\"\n[[extension]]\nnumber = \"201\"\n",
            "pbx.toml:4:10: `201` is refused (operation error: invalidDeviceID): \
             give every device a number of its own, or a range such as 201-299",
        ),
        (
            "[[extension]]\nnumber = \"9-10\"\n",
            "pbx.toml:2:10: `9-10` is no number: give every device a number of its own, or a range such as 201-299",
        ),
        (
            "[[group]]\nnumber = \"300\"\nmembers = [\"201\"]\n",
            "pbx.toml:3:12: `201` is no device here: name a number that is described here",
        ),
        (
            "[[extension]]\nnumber = \"2O1\"\n",
            "pbx.toml:2:10: `2O1` is no number: give every device a number of its own, or a range such as 201-299",
        ),
        (
            "profile = \"hipat\"\n",
            "pbx.toml:1:11: `hipat` is no profile: write one of hipath, annex-j, md110, panasonic, alcatel, serial",
        ),
        (
            "[quirks]\nclients = 0\n",
            "pbx.toml:2:11: 0 is too few: write 1 or more",
        ),
        (
            "[[trunk]]\nname = \"CO\"\nprefixes = [\"0\"]\ncircuits = 0\n",
            "pbx.toml:4:12: 0 is too few: write 1 or more",
        ),
        (
            "[[routeing]]\nnumber = \"900\"\ndefault = \"900\"\n",
            "pbx.toml:3:11: `900` would route its calls to itself: name another number",
        ),
        (
            "[limits]\nno_answer = \"soon\"\n",
            "pbx.toml:2:13: `soon` is no time: write a time such as 500ms, 12s or 3min",
        ),
        (
            "[[extension]]\nnumber = \"1\"\nscript = \"sleeps\"\n",
            "pbx.toml:3:10: `sleeps` is no script: write `busy`, `answers after 2s`, `answers after 2s for 10s`, \
             `refuses after 1s` or `never answers`",
        ),
        (
            "[[extension]]\nnumber = \"1\"\nforward = [{ when = \"forwardBusy\", to = \"1\" }]\n",
            "pbx.toml:3:41: `1` is refused (operation error: invalidForwardingDestination): forward to a number \
             other than the device's own",
        ),
        (
            "[[extension]]\nnumber = \"1\"\n[[agent]]\nid = \"7\"\nat = \"1\"\nstate = \"asleep\"\n",
            "pbx.toml:6:9: `asleep` is no state of an agent: write agentReady or agentNotReady",
        ),
    ];
    for (text, told) in cases {
        assert_eq!(Pbx::from_toml(text, "pbx.toml").unwrap_err().to_string(), told);
    }
    let unknown = Pbx::from_toml("extensions = 7\n", "pbx.toml")
        .unwrap_err()
        .to_string();
    assert!(
        unknown.starts_with("pbx.toml:1:1: unknown field `extensions`"),
        "{unknown}"
    );
    assert!(
        unknown.ends_with("see sim/pbx/office.toml for what a description holds"),
        "{unknown}"
    );
}

#[test]
fn a_file_that_is_not_there_is_told_by_name() {
    let missing = Pbx::load("no/such.toml".as_ref()).unwrap_err();
    assert!(matches!(missing, PbxError::Unreadable { file, .. } if file == "no/such.toml"));
}
