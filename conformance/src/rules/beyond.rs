//! Rules about what lies beyond a limit, or beyond the devices that there are.

use super::Level::{Must, Robust};
use super::judging::{kept, refuses};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::constant_value;

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineerr--constants/12",
        page: "lineerr--constants.md",
        level: Must,
        requirement: "User-user information that is longer than the size in LINEDEVCAPS for the function is refused with \
                      LINEERR_USERUSERINFOTOOBIG, unless the function is not available at all.",
        why: "The far end receives half of it, or nothing, and nobody is told.",
        mend: "Compare dwSize with the size that dwUUIAcceptSize, dwUUIAnswerSize, dwUUIDropSize or dwUUISendUserUserInfoSize claims.",
        broken_by: "user-user-info-of-any-size",
        exercises: &["user-user-too-long"],
        judge: long_information_is_refused,
    },
    Rule {
        id: "tspi/lineerr--constants/13",
        page: "lineerr--constants.md",
        level: Must,
        requirement: "A timeout of gathering digits that is neither 0 nor within LINEDEVCAPS.dwGatherDigitsMinTimeout and \
                      dwGatherDigitsMaxTimeout is refused with LINEERR_INVALTIMEOUT, unless the function is not available at all.",
        why: "Digits are waited for longer, or shorter, than the application says.",
        mend: "Compare both timeouts with the limits that LINEDEVCAPS claims.",
        broken_by: "waits-for-any-time",
        exercises: &["digits-too-late"],
        judge: |story| {
            refuses(story, "TSPI_lineGatherDigits", &["LINEERR_INVALTIMEOUT", "LINEERR_OPERATIONUNAVAIL"], |one| {
                beyond_timeouts(story, one)
            })
        },
    },
    Rule {
        id: "tspi/lineerr--constants/8",
        page: "lineerr--constants.md",
        level: Robust,
        requirement: "A device identifier that TAPI never gave is refused with LINEERR_ or PHONEERR_BADDEVICEID, …NODEVICE or \
                      …NODRIVER, unless the function is not available at all. TAPI itself passes none.",
        why: "The provider reads beyond its tables.",
        mend: "Look the identifier up before anything else.",
        broken_by: "knows-every-device",
        exercises: &["foreign-devices"],
        judge: foreign_devices_are_refused,
    },
    Rule {
        id: "tspi/LINE_REMOVE/4",
        page: "line-remove.md",
        level: Must,
        requirement: "A line that LINE_REMOVE, or a phone that PHONE_REMOVE, has taken away is not there any more when TAPI initializes the \
                      provider anew: TSPI_providerEnumDevices counts what is left.",
        why: "Applications find a line again that cannot be used.",
        mend: "Strike the device from the settings before LINE_REMOVE is sent.",
        broken_by: "removed-lines-come-back",
        exercises: &["removed-devices"],
        judge: removed_devices_stay_away,
    },
];

/// Function, the member of LINEDEVCAPS that claims how much it takes.
const USER_USER: [(&str, &str); 4] = [
    ("TSPI_lineAccept", "dwUUIAcceptSize"),
    ("TSPI_lineAnswer", "dwUUIAnswerSize"),
    ("TSPI_lineDrop", "dwUUIDropSize"),
    ("TSPI_lineSendUserUserInfo", "dwUUISendUserUserInfoSize"),
];

fn long_information_is_refused(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (function, member) in USER_USER {
        let errors = ["LINEERR_USERUSERINFOTOOBIG", "LINEERR_OPERATIONUNAVAIL"];
        judgement.join(refuses(story, function, &errors, |one| {
            let caps = story.device_of(one).and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
            let most = caps.and_then(|caps| caps.number(member));
            // A call that is over is refused for that.
            let living = story.call_of(one, "hdCall").is_some_and(|call| call.was(&["LINECALLSTATE_CONNECTED"], one.called));
            living && !one.is_null("lpsUserUserInfo") && most.is_some_and(|most| one.dword("dwSize") > most)
        }));
    }
    judgement
}

fn beyond_timeouts(story: &Story<'_>, one: &Invocation<'_>) -> bool {
    let caps = story.device_of(one).and_then(|device| story.caps("LINEDEVCAPS", device, one.called));
    let limit = |member: &str| caps.and_then(|caps| caps.number(member));
    let (Some(least), Some(most)) = (limit("dwGatherDigitsMinTimeout"), limit("dwGatherDigitsMaxTimeout")) else {
        return false;
    };
    let wrong = |timeout: u32| timeout != 0 && !(least..=most).contains(&timeout);
    !one.is_null("lpsDigits") && (wrong(one.dword("dwFirstDigitTimeout")) || wrong(one.dword("dwInterDigitTimeout")))
}

/// Functions that ask what a device is. The pages of others list no error for it.
const OF_DEVICES: [(&str, bool); 3] = [
    ("TSPI_lineGetDevCaps", false),
    ("TSPI_lineGetAddressCaps", false),
    ("TSPI_phoneGetDevCaps", true),
];

fn foreign_devices_are_refused(story: &Story<'_>) -> Judgement {
    let errors = [
        "LINEERR_BADDEVICEID",
        "LINEERR_NODEVICE",
        "LINEERR_NODRIVER",
        "LINEERR_OPERATIONUNAVAIL",
        "PHONEERR_BADDEVICEID",
        "PHONEERR_NODEVICE",
        "PHONEERR_NODRIVER",
        "PHONEERR_OPERATIONUNAVAIL",
    ];
    let mut judgement = Judgement::default();
    for (function, of_phone) in OF_DEVICES {
        let create = match of_phone {
            true => "TSPI_providerCreatePhoneDevice",
            false => "TSPI_providerCreateLineDevice",
        };
        judgement.join(refuses(story, function, &errors, |one| {
            let device = one.dword("dwDeviceID");
            let created = story.invocations_of(create).any(|made| made.dword("dwDeviceID") == device);
            device >= story.devices(of_phone) && !created
        }));
    }
    judgement
}

fn removed_devices_stay_away(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let kinds = [
        ("lpdwNumLines", "TSPI_providerCreateLineDevice", "LINE_REMOVE", &story.callbacks),
        ("lpdwNumPhones", "TSPI_providerCreatePhoneDevice", "PHONE_REMOVE", &story.phone_callbacks),
    ];
    for (count, create, remove, callbacks) in kinds {
        let mut counted = story.invocations_of("TSPI_providerEnumDevices").filter(|one| one.result() == Some(0));
        let Some(first) = counted.next().and_then(|one| one.number_out(count)) else {
            continue;
        };
        for one in counted {
            let created = story.invocations_of(create).filter(|made| made.result() == Some(0) && made.called < one.called);
            let msg = constant_value(remove);
            let removed = callbacks.iter().filter(|(at, args)| args.msg == msg && *at < one.called).count() as u64;
            let Some(now) = one.number_out(count).filter(|_| removed > 0) else {
                continue;
            };
            let most = (first + created.count() as u64).saturating_sub(removed);
            judgement.say(
                one.at(),
                kept(now <= most, || {
                    format!("{removed} {remove} came, and *{count} is {now}, where {most} are left")
                }),
            );
        }
    }
    judgement
}
