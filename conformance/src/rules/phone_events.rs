//! Rules about what a phone reports, and about what its structures say.

use super::Level::Must;
use super::judging::{each_answer, each_phone_event, kept};
use super::{Judgement, Rule, Story};
use crate::trace::CallbackArgs;
use crate::tspi::{Sender, constant_value, family, message, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/tspi-phone-device-messages/1",
        page: "tspi-phone-device-messages.md",
        level: Must,
        requirement: "The dwMsg of a PHONEEVENT is one of the phone messages that TSPI defines for providers.",
        why: "TAPI ignores what it does not know, so what the provider meant to tell is lost.",
        mend: "Send only PHONE_BUTTON, PHONE_CLOSE, PHONE_CREATE, PHONE_DEVSPECIFIC, PHONE_REMOVE and PHONE_STATE.",
        broken_by: "unknown-phone-message",
        exercises: &["phone-settings"],
        judge: phone_messages_are_known,
    },
    Rule {
        id: "tspi/PHONE_STATE/3",
        page: "phone-state.md",
        level: Must,
        requirement: "With PHONESTATE_LAMP alone dwParam2 of PHONE_STATE is the identifier of a lamp, with a …HOOKSWITCH bit \
                      alone one PHONEHOOKSWITCHMODE_ constant, with PHONESTATE_RINGMODE alone a ring mode that there is.",
        why: "Applications take the detail from the message and do not ask again.",
        mend: "Fill dwParam2 from what changed, one message for each change.",
        broken_by: "lamp-of-no-button",
        exercises: &["phone-settings"],
        judge: states_carry_their_detail,
    },
    Rule {
        id: "tspi/PHONESTATUS/2",
        page: "ns-tapi-phonestatus.md",
        level: Must,
        requirement: "Each volume and gain of PHONESTATUS lies in 0 to 0xFFFF.",
        why: "Applications draw the levels as parts of 0xFFFF.",
        mend: "Scale the device's own steps to 0xFFFF.",
        broken_by: "too-loud",
        exercises: &["phone"],
        judge: volumes_lie_in_range,
    },
    Rule {
        id: "tspi/PHONESTATUS/3",
        page: "ns-tapi-phonestatus.md",
        level: Must,
        requirement: "Each hookswitch mode of PHONESTATUS is one PHONEHOOKSWITCHMODE_ constant, for each device that \
                      PHONECAPS.dwHookSwitchDevs lists.",
        why: "Applications compare with the constants and show the handset as nothing.",
        mend: "Say PHONEHOOKSWITCHMODE_UNKNOWN where the device does not tell.",
        broken_by: "two-hookswitch-modes",
        exercises: &["phone"],
        judge: hookswitch_modes_are_one,
    },
    Rule {
        id: "tspi/PHONECAPS/5",
        page: "ns-tapi-phonecaps.md",
        level: Must,
        requirement: "Only states that PHONECAPS.dwPhoneStates lists are reported with PHONE_STATE.",
        why: "TAPI asks only for the states that are listed; others are never expected.",
        mend: "Set the bit of every state that the provider can report in dwPhoneStates.",
        broken_by: "phone-states-beyond-caps",
        exercises: &["phone-settings"],
        judge: phone_states_are_claimed,
    },
    Rule {
        id: "tspi/PHONECAPS/20",
        page: "ns-tapi-phonecaps.md",
        level: Must,
        requirement: "Hookswitch modes that PHONE_STATE reports lie within the dwMonitored…HookSwitchModes of the device, from \
                      version 2.0 on.",
        why: "Applications decide by those members what they will be told of.",
        mend: "List every mode that the provider can report for the device.",
        broken_by: "unmonitored-hookswitch-modes",
        exercises: &["phone-settings"],
        judge: hookswitch_modes_are_monitored,
    },
    Rule {
        id: "tspi/PHONECAPS/18",
        page: "ns-tapi-phonecaps.md",
        level: Must,
        requirement: "What PHONESTATUS.dwPhoneFeatures calls possible now, PHONECAPS.dwPhoneFeatures calls possible at all.",
        why: "An application offers its user a button that can never work.",
        mend: "Fill both from one table.",
        broken_by: "phone-features-beyond-caps",
        exercises: &["phone"],
        judge: features_stay_within_caps,
    },
];

fn phone_messages_are_known(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, args) in &story.phone_callbacks {
        let known = message(args.msg).filter(|message| message.name.starts_with("PHONE_") && message.sender != Sender::Tapi);
        let breach = known.is_none().then(|| format!("PHONEEVENT with dwMsg = {}", args.msg));
        judgement.note(*at, breach);
    }
    judgement
}

/// The hookswitch devices: bit of PHONE_STATE, bit of PHONECAPS, member of PHONESTATUS, member of PHONECAPS.
const HOOKSWITCHES: [(&str, &str, &str, &str); 3] = [
    (
        "PHONESTATE_HANDSETHOOKSWITCH",
        "PHONEHOOKSWITCHDEV_HANDSET",
        "dwHandsetHookSwitchMode",
        "dwMonitoredHandsetHookSwitchModes",
    ),
    (
        "PHONESTATE_SPEAKERHOOKSWITCH",
        "PHONEHOOKSWITCHDEV_SPEAKER",
        "dwSpeakerHookSwitchMode",
        "dwMonitoredSpeakerHookSwitchModes",
    ),
    (
        "PHONESTATE_HEADSETHOOKSWITCH",
        "PHONEHOOKSWITCHDEV_HEADSET",
        "dwHeadsetHookSwitchMode",
        "dwMonitoredHeadsetHookSwitchModes",
    ),
];

/// The hookswitch that a PHONE_STATE is about, if it is about one alone.
fn hookswitch(args: &CallbackArgs) -> Option<(&'static str, &'static str)> {
    let row = HOOKSWITCHES
        .iter()
        .find(|(state, ..)| args.params[0] == u64::from(constant_value(state)))?;
    Some((row.0, row.3))
}

fn is_hookswitch_mode(mode: u64) -> bool {
    let modes = family("PHONEHOOKSWITCHMODE");
    u32::try_from(mode).is_ok_and(|mode| modes.is_some_and(|modes| modes.name_of(mode).is_some()))
}

fn states_carry_their_detail(story: &Story<'_>) -> Judgement {
    each_phone_event(story, "PHONE_STATE", |at, args| {
        let caps = story.caps("PHONECAPS", story.phone(args.device)?.device, at)?;
        let (state, detail) = (args.params[0], args.params[1]);
        let is = |name: &str| state == u64::from(constant_value(name));
        if is("PHONESTATE_LAMP") {
            let lamps = caps.number("dwNumButtonLamps")?;
            return kept(detail < u64::from(lamps), || {
                format!("PHONESTATE_LAMP with dwParam2 = {detail}, and there are {lamps} buttons and lamps")
            });
        }
        if is("PHONESTATE_RINGMODE") {
            let modes = caps.number("dwNumRingModes")?;
            return kept(detail <= u64::from(modes), || {
                format!("PHONESTATE_RINGMODE with dwParam2 = {detail}, and there are {modes} ring modes")
            });
        }
        let (state, _) = hookswitch(args)?;
        kept(is_hookswitch_mode(detail), || {
            format!("{state} with dwParam2 = {detail:#x}, not one PHONEHOOKSWITCHMODE_ constant")
        })
    })
}

fn volumes_lie_in_range(story: &Story<'_>) -> Judgement {
    const LEVELS: [&str; 7] = [
        "dwRingVolume",
        "dwHandsetVolume",
        "dwHandsetGain",
        "dwSpeakerVolume",
        "dwSpeakerGain",
        "dwHeadsetVolume",
        "dwHeadsetGain",
    ];
    each_answer(story, "PHONESTATUS", |status| {
        let loud = LEVELS
            .into_iter()
            .find(|level| status.number(level).is_some_and(|level| level > 0xFFFF));
        kept(loud.is_none(), || {
            let level = loud.unwrap_or_default();
            format!("{level} is {:#x}", status.number(level).unwrap_or_default())
        })
    })
}

fn hookswitch_modes_are_one(story: &Story<'_>) -> Judgement {
    each_answer(story, "PHONESTATUS", |status| {
        let caps = story.caps("PHONECAPS", status.device?, status.at)?;
        let wrong = HOOKSWITCHES.iter().find(|(_, device, member, _)| {
            let mode = status.number(member).map(u64::from);
            caps.has("dwHookSwitchDevs", device) && mode.is_some_and(|mode| !is_hookswitch_mode(mode))
        });
        kept(wrong.is_none(), || {
            let member = wrong.map_or("", |(_, _, member, _)| member);
            let mode = status.number(member).unwrap_or_default();
            format!("{member} is {}", render_constant("PHONEHOOKSWITCHMODE", mode))
        })
    })
}

fn phone_states_are_claimed(story: &Story<'_>) -> Judgement {
    each_phone_event(story, "PHONE_STATE", |at, args| {
        let caps = story.caps("PHONECAPS", story.phone(args.device)?.device, at)?;
        let beyond = args.params[0] & !u64::from(caps.number("dwPhoneStates")?);
        kept(beyond == 0, || {
            let shown = render_constant("PHONESTATE", beyond as u32);
            format!("PHONE_STATE reports {shown}, which PHONECAPS.dwPhoneStates lacks")
        })
    })
}

fn hookswitch_modes_are_monitored(story: &Story<'_>) -> Judgement {
    each_phone_event(story, "PHONE_STATE", |at, args| {
        let caps = story.caps("PHONECAPS", story.phone(args.device)?.device, at)?;
        let (state, member) = hookswitch(args)?;
        let monitored = u64::from(caps.number(member)?);
        kept(args.params[1] & !monitored == 0, || {
            let mode = render_constant("PHONEHOOKSWITCHMODE", args.params[1] as u32);
            format!("{state} reports {mode}, which PHONECAPS.{member} lacks")
        })
    })
}

fn features_stay_within_caps(story: &Story<'_>) -> Judgement {
    each_answer(story, "PHONESTATUS", |status| {
        let caps = story.caps("PHONECAPS", status.device?, status.at)?;
        let beyond = status.number("dwPhoneFeatures")? & !caps.number("dwPhoneFeatures")?;
        kept(beyond == 0, || {
            let shown = render_constant("PHONEFEATURE", beyond);
            format!("PHONESTATUS.dwPhoneFeatures has {shown}, which PHONECAPS.dwPhoneFeatures lacks")
        })
    })
}
