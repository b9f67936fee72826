//! Messages in words, by name, and judged.

use super::*;

#[test]
fn every_message_of_the_families_is_described_once() {
    for family in [&LINE, &PHONE] {
        for constant in family.constants {
            let found = messages().filter(|m| m.name == constant.name).count();
            assert_eq!(found, 1, "{}", constant.name);
            assert_eq!(message(constant.value).map(|m| m.name), Some(constant.name));
        }
    }
    assert_eq!(messages().count(), LINE.constants.len() + PHONE.constants.len());
    assert_eq!(messages().filter(|m| m.sender == Sender::Provider).count(), 28);
}

#[test]
fn the_mode_of_a_call_state_is_named_by_its_state() {
    let event = |state, mode| render_event(2, [state, mode, 16]);
    assert_eq!(
        event(0x40, 1),
        "LINE_CALLSTATE(LINECALLSTATE_BUSY, LINEBUSYMODE_STATION, LINEMEDIAMODE_DATAMODEM)"
    );
    assert_eq!(
        event(0x4000, 0x20),
        "LINE_CALLSTATE(LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_BUSY, LINEMEDIAMODE_DATAMODEM)"
    );
    assert_eq!(
        event(1, 0),
        "LINE_CALLSTATE(LINECALLSTATE_IDLE, 0x0, LINEMEDIAMODE_DATAMODEM)"
    );
}

#[test]
fn details_follow_the_state_they_belong_to() {
    assert_eq!(
        render_event(8, [2, 1, 3]),
        "LINE_LINEDEVSTATE(LINEDEVSTATE_RINGING, 1, 3)"
    );
    assert_eq!(
        render_event(8, [4, 0, 0]),
        "LINE_LINEDEVSTATE(LINEDEVSTATE_CONNECTED)"
    );
    assert_eq!(
        render_event(18, [0x200, 2, 0]),
        "PHONE_STATE(PHONESTATE_HANDSETHOOKSWITCH, PHONEHOOKSWITCHMODE_MIC)"
    );
    assert_eq!(
        render_event(9, [0x35, 2, 0]),
        "LINE_MONITORDIGITS('5', LINEDIGITMODE_DTMF, tick 0)"
    );
    assert_eq!(render_event(777, [1, 2, 3]), "message 777(0x1, 0x2, 0x3)");
    assert_eq!(
        render_event(2, [u64::MAX, 0, 0]),
        "LINE_CALLSTATE(0xffffffffffffffff, 0x0, 0)"
    );
}

#[test]
fn parameters_are_known_by_name() {
    let named = |name: &str, params| message_named(name).expect("a message").named_params(params);
    assert_eq!(
        named("LINE_CALLSTATE", [0x40, 1, 16]),
        [
            ("LINECALLSTATE", "LINECALLSTATE_BUSY".to_owned()),
            ("mode", "LINEBUSYMODE_STATION".to_owned()),
            ("LINEMEDIAMODE", "LINEMEDIAMODE_DATAMODEM".to_owned())
        ]
    );
    assert_eq!(
        named("LINE_CREATE", [4, 17, 0]),
        [("hProvider", "0x4".to_owned()), ("dwTempID", "17".to_owned())]
    );
    assert_eq!(
        named("LINE_NEWCALL", [0x10, 0x7f00, 0]),
        [("hdCall", "0x10".to_owned()), ("lphtCall", "0x7f00".to_owned())]
    );
    assert_eq!(
        named("LINE_SENDMSPDATA", [0, 0x7f00, 12]),
        [
            ("hdMSPLine", "0x0".to_owned()),
            ("lpData", "0x7f00".to_owned()),
            ("dwSize", "12".to_owned())
        ]
    );
    assert_eq!(
        named("PHONE_BUTTON", [3, 2, 1]),
        [
            ("button", "3".to_owned()),
            ("PHONEBUTTONMODE", "PHONEBUTTONMODE_CALL".to_owned()),
            ("PHONEBUTTONSTATE", "PHONEBUTTONSTATE_UP".to_owned())
        ]
    );
    assert_eq!(
        named("LINE_DEVSPECIFIC", [1, 2, 3])[2],
        ("dwParam3", "0x3".to_owned())
    );
    assert_eq!(named("PHONE_CLOSE", [1, 2, 3]), []);
}

#[test]
fn a_message_may_be_wrong_for_its_sender_and_its_version() {
    let problem = |msg: &str, version| {
        let value = message_named(msg).expect("a message").value();
        problem(value, version)
    };
    assert_eq!(problem("LINE_QOSINFO", Version::V3_0), None);
    assert_eq!(
        problem("LINE_QOSINFO", Version::V2_2),
        Some(MessageProblem::NewerThan {
            name: "LINE_QOSINFO",
            since: Version::V3_0,
            version: Version::V2_2
        })
    );
    assert_eq!(
        problem("LINE_APPNEWCALL", Version::V3_1),
        Some(MessageProblem::TapisAlone {
            name: "LINE_APPNEWCALL"
        })
    );
    assert_eq!(
        super::problem(777, Version::V3_1),
        Some(MessageProblem::Unknown { msg: 777 })
    );
    assert_eq!(
        super::problem(777, Version::V3_1).expect("a problem").to_string(),
        "message 777 is none of TSPI's"
    );
}

#[test]
fn the_handle_of_each_message_is_told() {
    let about = |name: &str| message_named(name).expect("a message").about;
    assert_eq!(about("LINE_CALLSTATE"), About::Call);
    assert_eq!(about("LINE_LINEDEVSTATE"), About::Line);
    assert_eq!(about("LINE_CREATEDIALOGINSTANCE"), About::Provider);
    assert_eq!(about("LINE_SENDDIALOGINSTANCEDATA"), About::Dialog);
    assert_eq!(about("PHONE_STATE"), About::Phone);
    for name in ["LINE_CREATE", "LINE_REMOVE", "PHONE_CREATE", "PHONE_REMOVE"] {
        assert_eq!(about(name), About::Nothing, "{name}");
    }
    for message in messages() {
        assert!(!message.about.words().is_empty());
    }
}
