//! Rules about setting a phone: what is set can be read back and is reported, and what the phone has not is refused.

use super::Level::{Must, Should};
use super::judging::{each_outcome, is_error, kept, refuses, reports_on_phone, takes};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::{HandleKind, Kind, constant_value, family, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/phoneSetVolume/4",
        page: "nf-tspi-tspi_phonesetvolume.md",
        level: Must,
        requirement: "Where TSPI_phoneSetVolume, TSPI_phoneSetGain, TSPI_phoneSetRing or TSPI_phoneSetLamp has succeeded, the query \
                      of the same item gives what was set: modes exactly, volumes and gains as nearly as the device has steps.",
        why: "The application shows a setting that the phone has not.",
        mend: "Complete with success only when the phone has taken the setting, and answer queries from what it took.",
        broken_by: "forgets-lamps",
        exercises: &["phone-settings"],
        judge: settings_are_read_back,
    },
    Rule {
        id: "tspi/phoneSetHookSwitch/5",
        page: "nf-tspi-tspi_phonesethookswitch.md",
        level: Must,
        requirement: "Where TSPI_phoneSetHookSwitch has succeeded, TSPI_phoneGetHookSwitch shows the named devices in the new \
                      mode, and the others as they were.",
        why: "The application believes a microphone off that is on.",
        mend: "Change exactly the devices in dwHookSwitchDevs, and complete with success when all have changed.",
        broken_by: "forgets-hook-switches",
        exercises: &["phone-settings"],
        judge: hook_switches_are_read_back,
    },
    Rule {
        id: "tspi/phoneSetHookSwitch/6",
        page: "nf-tspi-tspi_phonesethookswitch.md",
        level: Must,
        requirement: "A hook switch, lamp or ring mode that was set to another value is reported with PHONE_STATE, where \
                      TSPI_phoneSetStatusMessages has asked for it.",
        why: "Other applications go on showing the old state.",
        mend: "Send PHONE_STATE from where the state of the phone changes, whoever changed it.",
        broken_by: "phone-state-unsaid",
        exercises: &["phone-settings"],
        judge: changes_are_reported,
    },
    Rule {
        id: "tspi/phoneerr--constants/2",
        page: "phoneerr--constants.md",
        level: Must,
        requirement: "A button or lamp, a data area, a ring mode that the phone has not is refused with \
                      PHONEERR_INVALBUTTONLAMPID, PHONEERR_INVALDATAID, PHONEERR_INVALRINGMODE, unless the function is not \
                      available at all.",
        why: "TAPI does not know the phone's numbers, so what the provider lets pass goes to the device.",
        mend: "Compare each number with the count that PHONECAPS gives before asking the device.",
        broken_by: "takes-any-lamp",
        exercises: &["phone-settings"],
        judge: numbers_beyond_the_phone_are_refused,
    },
    Rule {
        id: "tspi/phoneSetRing/5",
        page: "nf-tspi-tspi_phonesetring.md",
        level: Must,
        requirement: "Every ring mode from 0 (silence) to PHONECAPS.dwNumRingModes is valid: TSPI_phoneSetRing does not refuse \
                      it with PHONEERR_INVALRINGMODE.",
        why: "An application that counts to dwNumRingModes finds modes that do not work.",
        mend: "Count only modes that can be set in dwNumRingModes.",
        broken_by: "refuses-last-ring-mode",
        exercises: &["phone-settings"],
        judge: |story| {
            each_outcome(story, "TSPI_phoneSetRing", |one, outcome| {
                let modes = story.caps("PHONECAPS", story.device_of(one)?, one.called)?.number("dwNumRingModes")?;
                let mode = one.dword("dwRingMode");
                if mode > modes || modes == 0 {
                    return None;
                }
                kept(!is_error(outcome.result, &["PHONEERR_INVALRINGMODE"]), || {
                    format!("dwNumRingModes is {modes}, and ring mode {mode} was refused with PHONEERR_INVALRINGMODE")
                })
            })
        },
    },
    Rule {
        id: "tspi/PHONECAPS/8",
        page: "ns-tapi-phonecaps.md",
        level: Must,
        requirement: "A device in PHONECAPS.dwVolumeFlags or dwGainFlags takes TSPI_phoneSetVolume or TSPI_phoneSetGain: neither is \
                      unavailable there.",
        why: "An application shows its user a control that can never work.",
        mend: "Set the bit only for devices whose volume or gain the provider can change.",
        broken_by: "volume-is-unavailable",
        exercises: &["phone-settings"],
        judge: claimed_volumes_can_be_set,
    },
    Rule {
        id: "tspi/phoneSetStatusMessages/4",
        page: "nf-tspi-tspi_phonesetstatusmessages.md",
        level: Must,
        requirement: "Asking for phone states that are defined is accepted, also for states that the provider never reports; with \
                      dwButtonModes 0, dwButtonStates does not matter.",
        why: "TAPI asks for the union of what applications want, and one that wants more than there is would spoil it for all.",
        mend: "Keep the masks, and take those bits out that the device does not report.",
        broken_by: "refuses-status-messages",
        exercises: &["phone-settings"],
        judge: |story| {
            let defined = family("PHONESTATE").map_or(0, |family| family.mask());
            takes(story, "TSPI_phoneSetStatusMessages", |one| {
                one.dword("dwPhoneStates") & !defined == 0 && one.dword("dwButtonModes") == 0
            })
        },
    },
    Rule {
        id: "tspi/phoneOpen/7",
        page: "nf-tspi-tspi_phoneopen.md",
        level: Must,
        requirement: "A handle that the provider gave for a phone, line or call is valid until it is closed: no function refuses it \
                      with PHONEERR_INVALPHONEHANDLE, LINEERR_INVALLINEHANDLE or LINEERR_INVALCALLHANDLE before.",
        why: "An application that did nothing wrong cannot use what it has opened.",
        mend: "Forget a handle only in the function that closes it.",
        broken_by: "forgets-phone-handle",
        exercises: &["phone-settings", "two-lines"],
        judge: open_handles_are_valid,
    },
    Rule {
        id: "tspi/phoneSetData/5",
        page: "nf-tspi-tspi_phonesetdata.md",
        level: Should,
        requirement: "What TSPI_phoneSetData put into a data area, TSPI_phoneGetData of the same area gives back from its \
                      beginning. The page does not say that areas of both directions are the same: a warning.",
        why: "The application reads what another area holds.",
        mend: "Choose the area by dwDataID in both functions.",
        broken_by: "data-of-another-area",
        exercises: &["phone-settings"],
        judge: data_are_read_back,
    },
];

const LOUDEST: u32 = 0xFFFF;

/// How a setting is set and read: function and parameter, what it is set for, query and what that writes.
struct Setting {
    set: &'static str,
    value: &'static str,
    key: Option<&'static str>,
    get: &'static str,
    out: &'static str,
    /// Whether a device with few steps may give another value.
    stepped: bool,
}

const SETTINGS: &[Setting] = &[
    Setting { set: "TSPI_phoneSetVolume", value: "dwVolume", key: Some("dwHookSwitchDev"), get: "TSPI_phoneGetVolume", out: "lpdwVolume", stepped: true },
    Setting { set: "TSPI_phoneSetGain", value: "dwGain", key: Some("dwHookSwitchDev"), get: "TSPI_phoneGetGain", out: "lpdwGain", stepped: true },
    Setting { set: "TSPI_phoneSetLamp", value: "dwLampMode", key: Some("dwButtonLampID"), get: "TSPI_phoneGetLamp", out: "lpdwLampMode", stepped: false },
    Setting { set: "TSPI_phoneSetRing", value: "dwVolume", key: None, get: "TSPI_phoneGetRing", out: "lpdwVolume", stepped: true },
    Setting { set: "TSPI_phoneSetRing", value: "dwRingMode", key: None, get: "TSPI_phoneGetRing", out: "lpdwRingMode", stepped: false },
];

/// What was last set with success before a query of the same item, with nothing else set meanwhile.
fn last_set<'s, 't>(story: &'s Story<'t>, one: &Invocation<'_>, set: &str, key: Option<&str>) -> Option<&'s Invocation<'t>> {
    let same = |other: &&Invocation<'t>| {
        other.called < one.called
            && other.value("hdPhone") == one.value("hdPhone")
            && key.is_none_or(|key| other.value(key) == one.value(key))
    };
    let last = story.invocations_of(set).filter(same).last()?;
    let outcome = story.outcome(last)?;
    (outcome.succeeded() && outcome.at < one.called).then_some(last)
}

fn settings_are_read_back(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for setting in SETTINGS {
        for one in story.invocations_of(setting.get).filter(|one| one.result() == Some(0)) {
            let Some(set) = last_set(story, one, setting.set, setting.key) else { continue };
            let (wanted, given) = (set.dword(setting.value), one.number_out(setting.out).unwrap_or_default() as u32);
            // Of a device with few steps only the ends are known.
            let right = match wanted {
                0 if setting.stepped => given < LOUDEST / 2,
                LOUDEST if setting.stepped => given > LOUDEST / 2,
                _ if setting.stepped => continue,
                _ => given == wanted,
            };
            let said = kept(right, || {
                format!("{} set {wanted:#x}, and {} gave {given:#x}", setting.set, setting.get)
            });
            judgement.say(one.at(), said.map(|said| said.with([set.called])));
        }
    }
    judgement
}

/// The devices that TSPI_phoneGetHookSwitch shows offhook.
fn offhook(one: &Invocation<'_>) -> Option<u64> {
    one.number_out("lpdwHookSwitchDevs").filter(|_| one.result() == Some(0))
}

fn hook_switches_are_read_back(story: &Story<'_>) -> Judgement {
    let onhook = constant_value("PHONEHOOKSWITCHMODE_ONHOOK");
    let mut judgement = Judgement::default();
    let mut before: Option<(u64, u64)> = None;
    for one in story.invocations_of("TSPI_phoneGetHookSwitch") {
        let (Some(now), Some(phone)) = (offhook(one), one.value("hdPhone")) else { continue };
        if let Some(set) = last_set(story, one, "TSPI_phoneSetHookSwitch", None) {
            let devices = u64::from(set.dword("dwHookSwitchDevs"));
            let wanted = if set.dword("dwHookSwitchMode") == onhook { 0 } else { devices };
            let others = before.filter(|(of, _)| *of == phone).map_or(now, |(_, then)| then);
            let right = now & devices == wanted && now & !devices == others & !devices;
            let said = kept(right, || {
                format!("devices {devices:#x} were to be {wanted:#x} offhook, and TSPI_phoneGetHookSwitch gave {now:#x}")
            });
            judgement.say(one.at(), said.map(|said| said.with([set.called])));
        }
        before = Some((phone, now));
    }
    judgement
}

fn changes_are_reported(story: &Story<'_>) -> Judgement {
    let differs = |one: &Invocation<'_>, get: &str, key: Option<&str>, out: &str, value: &str| {
        let same = |other: &&Invocation<'_>| {
            other.called < one.called
                && other.result() == Some(0)
                && other.value("hdPhone") == one.value("hdPhone")
                && key.is_none_or(|key| other.value(key) == one.value(key))
        };
        let last = story.invocations_of(get).filter(same).last();
        last.and_then(|last| last.number_out(out)).is_some_and(|was| was != u64::from(one.dword(value)))
    };
    let lamps = reports_on_phone(story, "TSPI_phoneSetLamp", "PHONESTATE_LAMP", |one| {
        differs(one, "TSPI_phoneGetLamp", Some("dwButtonLampID"), "lpdwLampMode", "dwLampMode")
    });
    let ring = reports_on_phone(story, "TSPI_phoneSetRing", "PHONESTATE_RINGMODE", |one| {
        differs(one, "TSPI_phoneGetRing", None, "lpdwRingMode", "dwRingMode")
    });
    let mut judgement = lamps.and(ring);
    let onhook = constant_value("PHONEHOOKSWITCHMODE_ONHOOK");
    for device in ["HANDSET", "SPEAKER", "HEADSET"] {
        let bit = constant_value(&format!("PHONEHOOKSWITCHDEV_{device}"));
        let state = format!("PHONESTATE_{device}HOOKSWITCH");
        judgement = judgement.and(reports_on_phone(story, "TSPI_phoneSetHookSwitch", &state, |one| {
            let before = story.invocations_of("TSPI_phoneGetHookSwitch").filter(|other| {
                other.called < one.called && other.value("hdPhone") == one.value("hdPhone")
            });
            let was = before.last().and_then(offhook);
            let on = one.dword("dwHookSwitchMode") == onhook;
            one.dword("dwHookSwitchDevs") == bit && was.is_some_and(|was| (was & u64::from(bit) == 0) != on)
        }));
    }
    judgement
}

/// Function, its parameter, the member of PHONECAPS with the first number that is none, the error.
const BEYOND: &[(&str, &str, &str, &str)] = &[
    ("TSPI_phoneSetLamp", "dwButtonLampID", "dwNumButtonLamps", "PHONEERR_INVALBUTTONLAMPID"),
    ("TSPI_phoneGetLamp", "dwButtonLampID", "dwNumButtonLamps", "PHONEERR_INVALBUTTONLAMPID"),
    ("TSPI_phoneGetButtonInfo", "dwButtonLampID", "dwNumButtonLamps", "PHONEERR_INVALBUTTONLAMPID"),
    ("TSPI_phoneSetButtonInfo", "dwButtonLampID", "dwNumButtonLamps", "PHONEERR_INVALBUTTONLAMPID"),
    ("TSPI_phoneSetData", "dwDataID", "dwNumSetData", "PHONEERR_INVALDATAID"),
    ("TSPI_phoneGetData", "dwDataID", "dwNumGetData", "PHONEERR_INVALDATAID"),
];

const UNAVAILABLE: &str = "PHONEERR_OPERATIONUNAVAIL";

fn numbers_beyond_the_phone_are_refused(story: &Story<'_>) -> Judgement {
    let caps = |one: &Invocation<'_>, member: &str| {
        story.caps("PHONECAPS", story.device_of(one)?, one.called)?.number(member)
    };
    let ring = refuses(story, "TSPI_phoneSetRing", &["PHONEERR_INVALRINGMODE", UNAVAILABLE], |one| {
        caps(one, "dwNumRingModes").is_some_and(|modes| modes != 0 && one.dword("dwRingMode") > modes)
    });
    BEYOND.iter().fold(ring, |judgement, (function, parameter, member, error)| {
        judgement.and(refuses(story, function, &[error, UNAVAILABLE], |one| {
            caps(one, member).is_some_and(|count| one.dword(parameter) >= count)
        }))
    })
}

fn claimed_volumes_can_be_set(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (function, member) in [("TSPI_phoneSetVolume", "dwVolumeFlags"), ("TSPI_phoneSetGain", "dwGainFlags")] {
        judgement = judgement.and(each_outcome(story, function, |one, outcome| {
            let flags = story.caps("PHONECAPS", story.device_of(one)?, one.called)?.number(member)?;
            let device = one.dword("dwHookSwitchDev");
            if device.count_ones() != 1 || flags & device == 0 {
                return None;
            }
            kept(!is_error(outcome.result, &[UNAVAILABLE, "PHONEERR_INVALHOOKSWITCHDEV"]), || {
                format!("PHONECAPS.{member} has {device:#x}, and {function} failed with {}", render_result(outcome.result))
            })
        }));
    }
    judgement
}

fn open_handles_are_valid(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in &story.invocations {
        let Some(outcome) = story.outcome(one) else { continue };
        for arg in one.function.args {
            let Some(hd) = one.value(arg.name) else { continue };
            let open = |closed: Option<usize>| closed.is_none_or(|closed| closed > outcome.at);
            let (valid, error) = match arg.kind {
                Kind::Handle(HandleKind::HdPhone) => {
                    let phone = story.phone_by_hd(hd, one.called);
                    (phone.is_some_and(|phone| open(phone.closed)), "PHONEERR_INVALPHONEHANDLE")
                }
                Kind::Handle(HandleKind::HdLine) => {
                    let line = story.line_by_hd(hd, one.called);
                    (line.is_some_and(|line| open(line.closed)), "LINEERR_INVALLINEHANDLE")
                }
                Kind::Handle(HandleKind::HdCall) => {
                    let call = story.call_by_hd(hd, one.called);
                    let valid = |valid: Option<usize>| valid.is_some_and(|valid| valid < one.called);
                    (call.is_some_and(|call| valid(call.valid) && open(call.closed)), "LINEERR_INVALCALLHANDLE")
                }
                _ => continue,
            };
            // Of a function with several handles any may be meant.
            let handles = one.function.args.iter().filter(|arg| matches!(arg.kind, Kind::Handle(kind) if matches!(kind, HandleKind::HdPhone | HandleKind::HdLine | HandleKind::HdCall)));
            if !valid || handles.count() != 1 {
                continue;
            }
            let said = kept(!is_error(outcome.result, &[error]), || {
                format!("{}: {} is open, and {error} came", one.function.name, arg.name)
            });
            judgement.say(outcome.at, said);
        }
    }
    judgement
}

fn data_are_read_back(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations_of("TSPI_phoneGetData").filter(|one| one.result() == Some(0)) {
        let Some(set) = last_set(story, one, "TSPI_phoneSetData", Some("dwDataID")) else { continue };
        let (Some(put), Some(got)) = (set.bytes_in("lpData"), one.bytes_out("lpData")) else { continue };
        let length = put.len().min(got.len());
        let right = put[..length] == got[..length];
        judgement.say(one.at(), kept(right, || "TSPI_phoneGetData gave other bytes than were set".to_owned()));
    }
    judgement
}
