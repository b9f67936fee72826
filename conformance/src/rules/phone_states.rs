//! Rules about what PHONESTATUS and PHONECAPS say of a phone against what it does.

use super::Level::Must;
use super::judging::{Feature, Said, is_error, kept, refused_where_claimed, taken_where_not_claimed};
use super::{Answer, Invocation, Judgement, Rule, Story};
use crate::tspi::constant_value;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/hookswitch-devices/2",
        page: "hookswitch-devices.md",
        level: Must,
        requirement: "Muting and unmuting a device keeps its volume and gain: TSPI_phoneSetHookSwitch changes neither in PHONESTATUS.",
        why: "The user who takes the telephone off mute hears nothing, or far too much.",
        mend: "Keep volume and gain apart from the hook switch mode.",
        broken_by: "mute-forgets-volume",
        exercises: &["phone-settings"],
        judge: muting_keeps_the_volume,
    },
    Rule {
        id: "tspi/PHONESTATUS/5",
        page: "ns-tapi-phonestatus.md",
        level: Must,
        requirement: "PHONESTATUS.LampModes gives the present mode of each lamp, which is that of the last TSPI_phoneSetLamp that succeeded, and \
                      Display what stands on the display: it is not empty after TSPI_phoneSetDisplay has written there.",
        why: "Applications that draw the telephone show lamps and a display that the user does not see.",
        mend: "Fill both from what the device was last told.",
        broken_by: "lamps-of-status-dark",
        exercises: &["phone-settings"],
        judge: status_shows_lamps_and_display,
    },
    Rule {
        id: "tspi/PHONESTATUS/7",
        page: "ns-tapi-phonestatus.md",
        level: Must,
        requirement: "A function whose PHONEFEATURE_ bit is set in PHONESTATUS.dwPhoneFeatures is not unavailable whatever is asked; one whose bit \
                      is never set there is refused. Where no bit is set at all, nothing is claimed and nothing judged.",
        why: "Applications offer their user what can never work, or hide what could.",
        mend: "Set the bits from the table of what the device can do, and look there first in each function.",
        broken_by: "lamp-in-name-only",
        exercises: &["phone-settings"],
        judge: features_are_true,
    },
];

/// The devices of a phone, as they stand in the names of members.
const DEVICES: [&str; 3] = ["Handset", "Speaker", "Headset"];

/// The status of the same phone that was read just before, with the calls in between.
fn before<'s, 't>(story: &'s Story<'t>, status: &Answer) -> Option<(&'s Answer, &'s [Invocation<'t>])> {
    let earlier = story.answers("PHONESTATUS").take_while(|other| other.at < status.at);
    let last = earlier.filter(|other| other.device == status.device).last()?;
    let between = story.invocations.get(last.invocation + 1..status.invocation)?;
    Some((last, between))
}

fn muting_keeps_the_volume(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for status in story.answers("PHONESTATUS") {
        judgement.say(status.at, volumes_kept(story, status));
    }
    judgement
}

fn volumes_kept(story: &Story<'_>, status: &Answer) -> Option<Said> {
    let (last, between) = before(story, status)?;
    let switched = between.iter().filter(|one| one.function.name == "TSPI_phoneSetHookSwitch").count();
    let quiet = between
        .iter()
        .all(|one| one.function.name == "TSPI_phoneSetHookSwitch" || one.function.name.starts_with("TSPI_phoneGet"));
    let told = ["HANDSETVOLUME", "HANDSETGAIN", "SPEAKERVOLUME", "SPEAKERGAIN", "HEADSETVOLUME", "HEADSETGAIN"]
        .iter()
        .fold(0, |bits, name| bits | u64::from(constant_value(&format!("PHONESTATE_{name}"))));
    let changed = story.phone_callbacks.iter().any(|(at, args)| {
        *at > last.at && *at < status.at && args.msg == constant_value("PHONE_STATE") && args.params[0] & told != 0
    });
    if switched == 0 || !quiet || changed {
        return None;
    }
    let members = DEVICES.iter().flat_map(|device| ["Volume", "Gain"].map(|what| format!("dw{device}{what}")));
    let wrong = members.into_iter().find_map(|member| {
        let (was, is) = (last.number(&member)?, status.number(&member)?);
        (was != is).then_some((member, was, is))
    });
    kept(wrong.is_none(), || match &wrong {
        Some((member, was, is)) => format!("TSPI_phoneSetHookSwitch was called, and {member} went from {was:#x} to {is:#x}"),
        None => String::new(),
    })
    .map(|said| said.with([last.at]))
}

fn status_shows_lamps_and_display(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for status in story.answers("PHONESTATUS") {
        judgement.say(status.at, lamps_are_as_set(story, status));
        judgement.say(status.at, display_is_shown(story, status));
    }
    judgement
}

/// The last calls of a function on the phone of an answer that had succeeded by then, the latest first.
fn done<'s, 't>(story: &'s Story<'t>, status: &Answer, function: &'static str) -> Vec<&'s Invocation<'t>> {
    let asked = story.invocations.get(status.invocation).map_or(0, |one| one.called);
    let mut done: Vec<&Invocation<'_>> = story
        .invocations_of(function)
        .filter(|one| one.called < asked && story.device_of(one) == status.device)
        .filter(|one| story.outcome(one).is_some_and(|outcome| outcome.succeeded() && outcome.at < asked))
        .collect();
    done.reverse();
    done
}

fn is_whole(status: &Answer) -> bool {
    let sizes = status.number("dwNeededSize").zip(status.number("dwUsedSize"));
    sizes.is_some_and(|(needed, used)| needed <= used)
}

fn lamps_are_as_set(story: &Story<'_>, status: &Answer) -> Option<Said> {
    let modes = status.numbers("LampModes").filter(|_| is_whole(status))?;
    // A lamp that changed by itself is reported.
    let told = |id: u32, at: usize| {
        let lamp = u64::from(constant_value("PHONESTATE_LAMP"));
        story.phone_callbacks.iter().any(|(event, args)| {
            let of_lamp = args.params[0] == lamp && args.params[1] == u64::from(id) || args.params[0] & lamp != 0 && args.params[0] != lamp;
            *event > at && *event < status.at && args.msg == constant_value("PHONE_STATE") && of_lamp
        })
    };
    let set = done(story, status, "TSPI_phoneSetLamp");
    let mut seen = Vec::new();
    let mut wrong = None;
    for one in set {
        let id = one.dword("dwButtonLampID");
        if seen.contains(&id) {
            continue;
        }
        seen.push(id);
        let wanted = one.dword("dwLampMode");
        let given = modes.get(id as usize).copied();
        let by_itself = given != Some(wanted) && told(id, story.outcome(one)?.at + 8);
        if given != Some(wanted) && !by_itself && wrong.is_none() {
            wrong = Some((id, wanted, given));
        }
    }
    if seen.is_empty() {
        return None;
    }
    kept(wrong.is_none(), || match wrong {
        Some((id, wanted, Some(given))) => format!("lamp {id} was set to {wanted:#x}, and LampModes says {given:#x}"),
        Some((id, ..)) => format!("lamp {id} was set, and LampModes has no entry for it"),
        None => String::new(),
    })
}

fn display_is_shown(story: &Story<'_>, status: &Answer) -> Option<Said> {
    let written = done(story, status, "TSPI_phoneSetDisplay");
    let text = written.first().filter(|one| one.bytes_in("lpsDisplay").is_some_and(|bytes| !bytes.is_empty()))?;
    if !is_whole(status) {
        return None;
    }
    let shown = status.number("dwDisplaySize")?;
    kept(shown > 0, || "TSPI_phoneSetDisplay succeeded, and PHONESTATUS.Display is empty".to_owned())
        .map(|said| said.with([text.called]))
}

const fn feature(function: &'static str, bit: &'static str) -> Feature {
    Feature {
        function,
        structure: "PHONESTATUS",
        member: "dwPhoneFeatures",
        bit,
    }
}

/// Functions with a bit of their own. Hook switches, volumes and gains have one for each device.
const FEATURES: &[Feature] = &[
    feature("TSPI_phoneGetButtonInfo", "PHONEFEATURE_GETBUTTONINFO"),
    feature("TSPI_phoneGetData", "PHONEFEATURE_GETDATA"),
    feature("TSPI_phoneGetDisplay", "PHONEFEATURE_GETDISPLAY"),
    feature("TSPI_phoneGetLamp", "PHONEFEATURE_GETLAMP"),
    feature("TSPI_phoneGetRing", "PHONEFEATURE_GETRING"),
    feature("TSPI_phoneSetButtonInfo", "PHONEFEATURE_SETBUTTONINFO"),
    feature("TSPI_phoneSetData", "PHONEFEATURE_SETDATA"),
    feature("TSPI_phoneSetDisplay", "PHONEFEATURE_SETDISPLAY"),
    feature("TSPI_phoneSetLamp", "PHONEFEATURE_SETLAMP"),
    feature("TSPI_phoneSetRing", "PHONEFEATURE_SETRING"),
];

fn features_are_true(story: &Story<'_>) -> Judgement {
    // A device may lack one ring mode or one lamp of many: what is unavailable whatever is asked is meant.
    let ever = |feature: &&Feature| {
        let mut outcomes = story.invocations_of(feature.function).filter_map(|one| story.outcome(one));
        outcomes.any(|outcome| !is_error(outcome.result, &["PHONEERR_OPERATIONUNAVAIL"]))
    };
    let never: Vec<Feature> = FEATURES.iter().filter(|feature| !ever(feature)).copied().collect();
    let mut judgement = refused_where_claimed(story, &never);
    judgement.judged += FEATURES.iter().filter(ever).count();
    if story.claimed("PHONESTATUS", "dwPhoneFeatures").is_some_and(|bits| bits != 0) {
        judgement.join(taken_where_not_claimed(story, FEATURES));
    }
    judgement
}
