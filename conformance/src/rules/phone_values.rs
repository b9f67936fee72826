//! Rules about what a phone says of itself: the values that its queries give, and that they agree.

use super::Level::{Must, Should};
use super::judging::{each, each_answer, kept};
use super::structures::{fills_every_member, leaves_tapi_members};
use super::{Answer, Judgement, Rule, Story};
use crate::tspi::{FamilyKind, Kind, constant_value, family};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/phoneGetVolume/2",
        page: "nf-tspi-tspi_phonegetvolume.md",
        level: Must,
        requirement: "Volumes and gains lie in 0x00000000 (silence) to 0x0000FFFF (maximum): those of TSPI_phoneGetVolume, \
                      TSPI_phoneGetGain and TSPI_phoneGetRing.",
        why: "Applications scale a control by them, and draw it off its end.",
        mend: "Scale the device's own steps to 0 to 0xFFFF in one place.",
        broken_by: "volume-beyond-maximum",
        exercises: &["phone-settings"],
        judge: volumes_are_in_range,
    },
    Rule {
        id: "tspi/phoneGetHookSwitch/1",
        page: "nf-tspi-tspi_phonegethookswitch.md",
        level: Must,
        requirement: "What a function writes to a DWORD with named values holds only such values: hook switch devices of \
                      TSPI_phoneGetHookSwitch, one lamp mode of TSPI_phoneGetLamp.",
        why: "Applications compare with the constants that they know; another value is nothing to them.",
        mend: "Write the defined constants, and all of the DWORD.",
        broken_by: "hook-switch-of-no-device",
        exercises: &["phone-settings"],
        judge: out_words_hold_defined_values,
    },
    Rule {
        id: "tspi/phoneGetStatus/1",
        page: "nf-tspi-tspi_phonegetstatus.md",
        level: Must,
        requirement: "dwNumOwners, dwNumMonitors and the owner's name of PHONESTATUS are TAPI's: they hold the same bytes after the call as before.",
        why: "Applications see wrong counts of who has the phone open.",
        mend: "Set the members that the page gives to the provider, and no other; do not clear the structure.",
        broken_by: "overwrites-phone-owners",
        exercises: &["phone"],
        judge: |story| leaves_tapi_members(story, "PHONESTATUS"),
    },
    Rule {
        id: "tspi/phoneGetDevCaps/1",
        page: "nf-tspi-tspi_phonegetdevcaps.md",
        level: Should,
        requirement: "On success every member of PHONECAPS, PHONESTATUS, PHONEBUTTONINFO and VARSTRING but dwTotalSize and \
                      TAPI's own is filled: none holds what TAPI's memory held before. Microsoft's own sample fills what it \
                      has and leaves the rest: a warning.",
        why: "Applications read whatever stood in TAPI's memory.",
        mend: "Clear what is the provider's first, and then set what there is.",
        broken_by: "leaves-phone-members-unfilled",
        exercises: &["phone"],
        judge: |story| {
            let structures = ["PHONECAPS", "PHONESTATUS", "PHONEBUTTONINFO", "VARSTRING"];
            structures.iter().map(|structure| fills_every_member(story, structure)).fold(Judgement::default(), Judgement::and)
        },
    },
    Rule {
        id: "tspi/phoneGetStatus/6",
        page: "nf-tspi-tspi_phonegetstatus.md",
        level: Must,
        requirement: "PHONESTATUS tells the same as the single queries: hook switches, ring mode, volumes and gains.",
        why: "Applications that ask for all and applications that ask for one see different phones.",
        mend: "Answer all queries from the same state.",
        broken_by: "phone-status-disagrees",
        exercises: &["phone", "phone-settings"],
        judge: status_agrees_with_queries,
    },
    Rule {
        id: "tspi/PHONECAPS/14",
        page: "ns-tapi-phonecaps.md",
        level: Must,
        requirement: "ButtonModes, ButtonFunctions and LampModes of PHONECAPS have an entry for each of the dwNumButtonLamps \
                      buttons, each with defined values; modes that PHONEBUTTONINFO gives are among them.",
        why: "Applications index the lists by the button's identifier, and read past their end.",
        mend: "Fill the three lists from the table of buttons whose length is dwNumButtonLamps.",
        broken_by: "one-button-more",
        exercises: &["phone"],
        judge: |story| buttons_have_entries(story).and(buttons_are_as_listed(story)),
    },
    Rule {
        id: "tspi/PHONECAPS/15",
        page: "ns-tapi-phonecaps.md",
        level: Must,
        requirement: "SetData and GetData of PHONECAPS have an entry for each of the dwNumSetData and dwNumGetData areas.",
        why: "Applications look up how much fits an area, and read past the end of the list.",
        mend: "Fill count and list from one table of areas.",
        broken_by: "one-data-area-more",
        exercises: &["phone"],
        judge: |story| {
            each_answer(story, "PHONECAPS", |caps| {
                let (set, get) = (caps.number("dwNumSetData")?, caps.number("dwNumGetData")?);
                let length = |part| caps.numbers(part).map_or(0, |list| list.len() as u32);
                let right = length("SetData") == set && length("GetData") == get;
                kept(right || is_short(caps), || {
                    format!(
                        "dwNumSetData is {set} with {} entries, dwNumGetData {get} with {}",
                        length("SetData"),
                        length("GetData")
                    )
                })
            })
        },
    },
    Rule {
        id: "tspi/PHONECAPS/6",
        page: "ns-tapi-phonecaps.md",
        level: Must,
        requirement: "Volumes, gains and modes of PHONECAPS are claimed only for hook switch devices that dwHookSwitchDevs lists, \
                      and TSPI_phoneGetHookSwitch reports no other.",
        why: "An application shows controls of a device that the phone has not.",
        mend: "Fill dwHookSwitchDevs and what is said of each device from one table.",
        broken_by: "volume-of-no-device",
        exercises: &["phone"],
        judge: devices_are_listed,
    },
    Rule {
        id: "tspi/phonefeature--constants/2",
        page: "phonefeature--constants.md",
        level: Must,
        requirement: "Features of a handset, speaker or headset are set in PHONECAPS.dwPhoneFeatures only for devices in \
                      dwHookSwitchDevs.",
        why: "An application offers its user a control that can never work.",
        mend: "Derive the features from the table of devices.",
        broken_by: "phone-features-of-no-device",
        exercises: &["phone"],
        judge: features_are_of_listed_devices,
    },
];

/// Whether less came than there is, so that lists may be left out.
pub(super) fn is_short(answer: &Answer) -> bool {
    answer.number("dwNeededSize") > answer.number("dwTotalSize")
}

const LOUDEST: u64 = 0xFFFF;

fn volumes_are_in_range(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (function, out) in [
        ("TSPI_phoneGetVolume", "lpdwVolume"),
        ("TSPI_phoneGetGain", "lpdwGain"),
        ("TSPI_phoneGetRing", "lpdwVolume"),
    ] {
        let of_function = each(story, function, |one| {
            let given = one.number_out(out).filter(|_| one.result() == Some(0))?;
            kept(given <= LOUDEST, || format!("{function} gave {given:#x}"))
        });
        judgement = judgement.and(of_function);
    }
    judgement
}

fn out_words_hold_defined_values(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations.iter().filter(|one| one.result() == Some(0)) {
        for arg in one.function.args {
            let (Kind::OutDword(Some(family)), Some(given)) = (arg.kind, one.number_out(arg.name)) else {
                continue;
            };
            let single = arg.name == "lpdwLampMode" || family.kind == FamilyKind::Enum;
            let right = given & !u64::from(family.mask()) == 0 && (!single || given.count_ones() <= 1 || family.kind == FamilyKind::Enum);
            let said = kept(right, || {
                format!("{} wrote {} to {}", one.function.name, family.render(given as u32), arg.name)
            });
            judgement.say(one.at(), said);
        }
    }
    judgement
}

/// Device, and the word for it in the members of PHONESTATUS and PHONECAPS.
const DEVICES: [(&str, &str); 3] = [
    ("PHONEHOOKSWITCHDEV_HANDSET", "Handset"),
    ("PHONEHOOKSWITCHDEV_SPEAKER", "Speaker"),
    ("PHONEHOOKSWITCHDEV_HEADSET", "Headset"),
];

/// What the single queries tell of a phone, out of its status.
fn queried(status: &Answer) -> Vec<Option<u32>> {
    let of_devices = DEVICES.iter().flat_map(|(_, word)| {
        ["HookSwitchMode", "Volume", "Gain"].map(|what| status.number(&format!("dw{word}{what}")))
    });
    std::iter::once(status.number("dwRingMode")).chain(of_devices).collect()
}

/// The status that was read just before or after a query of the same phone, with nothing set and nothing reported between.
/// Where the one before and the one after differ, somebody has touched the telephone meanwhile.
fn status_beside<'s>(story: &'s Story<'_>, one: &super::Invocation<'_>) -> Option<&'s Answer> {
    let index = story.invocations.iter().position(|other| other.called == one.called)?;
    let quiet = |other: &super::Invocation<'_>| other.function.name.contains("_phoneGet");
    let near = |from: usize, step: isize| {
        let mut at = from as isize + step;
        while let Some(other) = usize::try_from(at).ok().and_then(|at| story.invocations.get(at)) {
            if !quiet(other) {
                return None;
            }
            if other.function.name == "TSPI_phoneGetStatus" {
                return (other.value("hdPhone") == one.value("hdPhone")).then_some(at as usize);
            }
            at += step;
        }
        None
    };
    let read = |at: usize| story.answers("PHONESTATUS").find(|answer| answer.invocation == at);
    let (before, after) = (near(index, -1).and_then(read), near(index, 1).and_then(read));
    if let (Some(before), Some(after)) = (before, after)
        && queried(before) != queried(after)
    {
        return None;
    }
    let status = after.or(before)?;
    let (first, last) = (one.called.min(status.at), one.at().max(status.at));
    let told = story.phone_callbacks.iter().any(|(at, _)| (first..=last).contains(at));
    (!told).then_some(status)
}

fn status_agrees_with_queries(story: &Story<'_>) -> Judgement {
    let onhook = constant_value("PHONEHOOKSWITCHMODE_ONHOOK");
    let switches = each(story, "TSPI_phoneGetHookSwitch", |one| {
        let offhook = one.number_out("lpdwHookSwitchDevs").filter(|_| one.result() == Some(0))?;
        let status = status_beside(story, one)?;
        let wrong = DEVICES.iter().find(|(device, word)| {
            let mode = status.number(&format!("dw{word}HookSwitchMode")).unwrap_or_default();
            mode != 0 && (mode == onhook) == (offhook & u64::from(constant_value(device)) != 0)
        });
        kept(wrong.is_none(), || {
            let (device, word) = wrong.copied().unwrap_or_default();
            format!("TSPI_phoneGetHookSwitch says otherwise of {device} than PHONESTATUS.dw{word}HookSwitchMode")
        })
        .map(|said| said.with([status.at]))
    });
    let ring = each(story, "TSPI_phoneGetRing", |one| {
        let mode = one.number_out("lpdwRingMode").filter(|_| one.result() == Some(0))?;
        let status = status_beside(story, one)?;
        let told = status.number("dwRingMode")?;
        kept(mode == u64::from(told), || format!("TSPI_phoneGetRing gave ring mode {mode}, PHONESTATUS {told}"))
            .map(|said| said.with([status.at]))
    });
    let mut judgement = switches.and(ring);
    for (function, out, what) in [
        ("TSPI_phoneGetVolume", "lpdwVolume", "Volume"),
        ("TSPI_phoneGetGain", "lpdwGain", "Gain"),
    ] {
        judgement = judgement.and(each(story, function, |one| {
            let given = one.number_out(out).filter(|_| one.result() == Some(0))?;
            let status = status_beside(story, one)?;
            let asked = one.dword("dwHookSwitchDev");
            let (_, word) = DEVICES.iter().find(|(device, _)| constant_value(device) == asked)?;
            let told = status.number(&format!("dw{word}{what}"))?;
            kept(given == u64::from(told), || format!("{function} gave {given:#x}, PHONESTATUS.dw{word}{what} {told:#x}"))
                .map(|said| said.with([status.at]))
        }));
    }
    judgement
}

fn buttons_have_entries(story: &Story<'_>) -> Judgement {
    each_answer(story, "PHONECAPS", |caps| {
        let buttons = caps.number("dwNumButtonLamps")? as usize;
        if is_short(caps) {
            return None;
        }
        let wrong = [
            ("ButtonModes", "PHONEBUTTONMODE"),
            ("ButtonFunctions", "PHONEBUTTONFUNCTION"),
            ("LampModes", "PHONELAMPMODE"),
        ]
        .into_iter()
        .find_map(|(part, values)| {
            let list = caps.numbers(part).unwrap_or_default();
            let values = family(values)?;
            let own = |value: u32| values.name == "PHONEBUTTONFUNCTION" && value >= 0x8000_0000;
            let undefined = list.iter().find(|value| {
                let known = match values.kind {
                    FamilyKind::Flags => **value & !values.mask() == 0,
                    _ => values.name_of(**value).is_some(),
                };
                !known && !own(**value)
            });
            match undefined {
                _ if list.len() != buttons => Some(format!("dwNumButtonLamps is {buttons}, and {part} has {} entries", list.len())),
                Some(value) => Some(format!("{part} has {}", values.render(*value))),
                None => None,
            }
        });
        kept(wrong.is_none(), || wrong.unwrap_or_default())
    })
}

/// What PHONEBUTTONINFO says of a button is what PHONECAPS lists for it, until TSPI_phoneSetButtonInfo changes it.
fn buttons_are_as_listed(story: &Story<'_>) -> Judgement {
    each_answer(story, "PHONEBUTTONINFO", |info| {
        let one = &story.invocations[info.invocation];
        let (phone, button) = (one.value("hdPhone"), one.dword("dwButtonLampID"));
        let set = story.invocations_of("TSPI_phoneSetButtonInfo").any(|other| other.called < one.called && other.value("hdPhone") == phone);
        let caps = story.caps("PHONECAPS", info.device?, info.at).filter(|_| !set)?;
        let listed = |part: &str| caps.numbers(part)?.get(button as usize).copied();
        let pairs = [("dwButtonMode", "ButtonModes"), ("dwButtonFunction", "ButtonFunctions")];
        let wrong = pairs.into_iter().find_map(|(member, part)| {
            let (is, listed) = (info.number(member)?, listed(part)?);
            (is != listed).then_some((member, is, part, listed))
        });
        kept(wrong.is_none(), || {
            let (member, is, part, listed) = wrong.unwrap_or_default();
            format!("{member} of button {button} is {is:#x}, and PHONECAPS.{part} has {listed:#x}")
        })
        .map(|said| said.with([caps.at]))
    })
}

fn devices_are_listed(story: &Story<'_>) -> Judgement {
    let caps = each_answer(story, "PHONECAPS", |caps| {
        let devices = caps.number("dwHookSwitchDevs")?;
        let beyond = (caps.number("dwVolumeFlags")? | caps.number("dwGainFlags")?) & !devices;
        let modes = DEVICES.iter().find(|(device, word)| {
            devices & constant_value(device) == 0
                && caps.number(&format!("dw{word}HookSwitchModes")).is_some_and(|modes| modes != 0)
        });
        kept(beyond == 0 && modes.is_none(), || match modes {
            Some((device, word)) => format!("dw{word}HookSwitchModes is given, and dwHookSwitchDevs lacks {device}"),
            None => format!("dwVolumeFlags or dwGainFlags have {beyond:#x}, which dwHookSwitchDevs lacks"),
        })
    });
    caps.and(each(story, "TSPI_phoneGetHookSwitch", |one| {
        let given = one.number_out("lpdwHookSwitchDevs").filter(|_| one.result() == Some(0))?;
        let caps = story.caps("PHONECAPS", story.device_of(one)?, one.called)?;
        let beyond = given & !u64::from(caps.number("dwHookSwitchDevs")?);
        kept(beyond == 0, || format!("TSPI_phoneGetHookSwitch gave {beyond:#x}, which dwHookSwitchDevs lacks"))
    }))
}

fn features_are_of_listed_devices(story: &Story<'_>) -> Judgement {
    each_answer(story, "PHONECAPS", |caps| {
        let features = caps.number("dwPhoneFeatures")?;
        let values = family("PHONEFEATURE")?;
        let wrong = values.constants.iter().find(|feature| {
            features & feature.value != 0
                && DEVICES.iter().any(|(device, word)| {
                    feature.name.ends_with(&word.to_uppercase()) && !caps.has("dwHookSwitchDevs", device)
                })
        });
        kept(wrong.is_none(), || {
            let name = wrong.map_or("", |feature| feature.name);
            format!("dwPhoneFeatures has {name}, and dwHookSwitchDevs lacks its device")
        })
    })
}
