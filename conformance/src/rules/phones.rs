//! Rules about the life of a phone, and about what is reported of it.

use super::Level::{Must, Should};
use super::judging::{each, each_phone_event, kept, phone_was_given_time};
use super::{Judgement, Rule, Story};
use crate::tspi::{Sender, constant_value, message, render_constant, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/phoneOpen/1",
        page: "nf-tspi-tspi_phoneopen.md",
        level: Must,
        requirement: "When TSPI_phoneOpen returns 0, *lphdPhone holds the provider's handle of the phone.",
        why: "TAPI passes what stands there in every later call on the phone; a handle that is not there crashes the provider.",
        mend: "Write the handle to *lphdPhone before TSPI_phoneOpen returns 0.",
        broken_by: "no-phone-handle",
        exercises: &["phone"],
        judge: |story| {
            each(story, "TSPI_phoneOpen", |one| {
                if one.result() != Some(0) {
                    return None;
                }
                let given = one.number_out("lphdPhone").unwrap_or_default();
                kept(given != 0, || "TSPI_phoneOpen returned 0 and left *lphdPhone as it was".to_owned())
            })
        },
    },
    Rule {
        id: "tspi/PHONEEVENT/1",
        page: "nc-tspi-phoneevent.md",
        level: Must,
        requirement: "The htPhone of a PHONEEVENT is the HTAPIPHONE that TSPI_phoneOpen was given for a phone that is open.",
        why: "TAPI looks the phone up by that handle and drops an event whose phone it does not know.",
        mend: "Keep the htPhone of TSPI_phoneOpen beside the phone and pass it, never the provider's own handle.",
        broken_by: "wrong-htphone",
        exercises: &["phone-settings"],
        judge: events_name_open_phones,
    },
    Rule {
        id: "tspi/phoneClose/5",
        page: "nf-tspi-tspi_phoneclose.md",
        level: Must,
        requirement: "After TSPI_phoneClose has returned, no PHONEEVENT names that phone.",
        why: "TAPI has freed the phone; an event with its handle is dropped or lands on a phone that reuses it.",
        mend: "End whatever reports on the phone before TSPI_phoneClose returns.",
        broken_by: "event-after-close-phone",
        exercises: &["phone"],
        judge: closed_phones_stay_silent,
    },
    Rule {
        id: "tspi/PHONEEVENT/4",
        page: "nc-tspi-phoneevent.md",
        level: Must,
        requirement: "The dwMsg of a PHONEEVENT is a phone message that a provider sends; PHONE_REPLY is TAPI's own, and \
                      completions go by ASYNC_COMPLETION.",
        why: "TAPI ignores what it does not know, and an application waits for its reply for ever.",
        mend: "Send PHONE_BUTTON, PHONE_CLOSE, PHONE_CREATE, PHONE_DEVSPECIFIC, PHONE_REMOVE and PHONE_STATE, and complete by ASYNC_COMPLETION.",
        broken_by: "sends-phone-reply",
        exercises: &["phone-settings"],
        judge: sends_phone_messages,
    },
    Rule {
        id: "tspi/phoneClose/3",
        page: "nf-tspi-tspi_phoneclose.md",
        level: Should,
        requirement: "Requests outstanding on the phone are completed before TSPI_phoneClose returns. The page only \
                      recommends the order: a warning.",
        why: "The application gets its replies for a phone that is gone.",
        mend: "Complete what is outstanding on the phone with an error before TSPI_phoneClose returns.",
        broken_by: "completes-after-phone-close",
        exercises: &["phone-closed-early"],
        judge: closing_completes_phone_requests,
    },
    Rule {
        id: "tspi/phoneClose/8",
        page: "nf-tspi-tspi_phoneclose.md",
        level: Should,
        requirement: "Functions by which TAPI cleans up return 0 in all but extraordinary circumstances: closing a phone, a line \
                      or a call that is open, ending the provider, naming its user interface. Windows goes on all the same: \
                      a warning.",
        why: "TAPI takes the device for closed whatever came back, while the provider holds it.",
        mend: "Clean up as far as possible and return 0.",
        broken_by: "phone-close-fails",
        exercises: &["phone", "lifecycle"],
        judge: cleaning_up_succeeds,
    },
    Rule {
        id: "tspi/phoneSetStatusMessages/5",
        page: "nf-tspi-tspi_phonesetstatusmessages.md",
        level: Should,
        requirement: "PHONE_STATE and PHONE_BUTTON are sent only for states and buttons that TSPI_phoneSetStatusMessages has \
                      asked for; PHONESTATE_REINIT always. TAPI filters for each application again: a warning.",
        why: "What nobody asked for costs time on its way through TAPI.",
        mend: "Keep what TSPI_phoneSetStatusMessages last asked for beside the phone, nothing at first, and look at it before each event.",
        broken_by: "phone-state-unasked",
        exercises: &["phone-silent"],
        judge: reports_what_was_asked_for,
    },
    Rule {
        id: "tspi/PHONE_BUTTON/2",
        page: "phone-button.md",
        level: Must,
        requirement: "PHONE_BUTTON names a button from 0 to dwNumButtonLamps-1, one PHONEBUTTONMODE_ and one PHONEBUTTONSTATE_ \
                      constant; keys 0 to 11 are of the keypad.",
        why: "Applications index their tables by the button and choose by mode and state.",
        mend: "Take identifier and mode from the table that fills PHONECAPS, and send one event for down and one for up.",
        broken_by: "button-beyond-phone",
        exercises: &["phone-pressed"],
        judge: buttons_are_the_phones,
    },
    Rule {
        id: "tspi/PHONE_BUTTON/6",
        page: "phone-button.md",
        level: Must,
        requirement: "Every button that PHONE_BUTTON reports down is reported up again.",
        why: "An application takes the button for held for ever.",
        mend: "Where the device does not tell of the release, send PHONEBUTTONSTATE_UP shortly after.",
        broken_by: "button-stays-down",
        exercises: &["phone-pressed"],
        judge: buttons_come_up_again,
    },
];

/// Messages that have no phone.
const WITHOUT_PHONE: [&str; 2] = ["PHONE_CREATE", "PHONE_REMOVE"];

fn events_name_open_phones(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let without = WITHOUT_PHONE.map(constant_value);
    for (at, args) in &story.phone_callbacks {
        if without.contains(&args.msg) {
            continue;
        }
        // The phone may report while it is being opened.
        let opening = story.invocations_of("TSPI_phoneOpen").filter(|one| one.called < *at);
        let mut taken = opening.filter(|one| one.result().is_none_or(|result| result == 0));
        let known = taken.any(|one| one.value("htPhone") == Some(args.device));
        judgement.say(
            *at,
            kept(known, || format!("htPhone = {:#x}, which no phone has that is open", args.device)),
        );
    }
    judgement
}

fn closed_phones_stay_silent(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for phone in &story.phones {
        let Some(closed) = phone.closed else { continue };
        let mut events = story.phone_callbacks.iter();
        let late = events.find(|(at, args)| *at > closed && args.device == phone.ht);
        let name = late.and_then(|(_, args)| message(args.msg)).map_or("an event", |message| message.name);
        let breach = late.map(|_| format!("{name} names phone {:#x} after TSPI_phoneClose returned", phone.ht));
        judgement.note(late.map_or(closed, |(at, _)| *at), breach);
    }
    judgement
}

fn sends_phone_messages(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (at, args) in &story.phone_callbacks {
        let known = message(args.msg);
        let right = known.is_some_and(|known| known.sender == Sender::Provider && known.name.starts_with("PHONE_"));
        judgement.say(
            *at,
            kept(right, || {
                let name = known.map_or_else(|| args.msg.to_string(), |known| known.name.to_owned());
                format!("PHONEEVENT with dwMsg = {name}")
            }),
        );
    }
    judgement
}

fn closing_completes_phone_requests(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for phone in &story.phones {
        let Some(closed) = phone.closed else { continue };
        for request in story.requests.iter().filter(|request| request.phone == Some(phone.ht)) {
            let one = &story.invocations[request.invocation];
            let late = request.completions.first().filter(|(at, _)| *at > closed);
            let breach = late.map(|_| format!("{} was completed after TSPI_phoneClose had returned", one.function.name));
            judgement.note(late.map_or(closed, |(at, _)| *at), breach);
        }
    }
    judgement
}

/// Functions that clean up, the handle that each is given.
const CLEANING_UP: &[&str] = &[
    "TSPI_phoneClose",
    "TSPI_lineClose",
    "TSPI_lineCloseCall",
    "TSPI_providerShutdown",
    "TSPI_providerUIIdentify",
];

fn cleaning_up_succeeds(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story.invocations.iter().filter(|one| CLEANING_UP.contains(&one.function.name)) {
        let Some(returned) = one.returned else { continue };
        let known = match one.function.name {
            "TSPI_phoneClose" => one.value("hdPhone").is_some_and(|hd| {
                let phone = story.phone_by_hd(hd, one.called);
                phone.is_some_and(|phone| phone.closed.is_none_or(|closed| closed >= returned.at))
            }),
            "TSPI_lineClose" => one.value("hdLine").is_some_and(|hd| {
                let line = story.line_by_hd(hd, one.called);
                line.is_some_and(|line| line.closed.is_none_or(|closed| closed >= returned.at))
            }),
            "TSPI_lineCloseCall" => story.call_of(one, "hdCall").is_some_and(|call| {
                call.valid.is_some_and(|valid| valid < one.called)
                    && call.closed.is_none_or(|closed| closed >= returned.at)
            }),
            _ => true,
        };
        if known {
            let said = kept(returned.result == 0, || {
                format!("{} failed with {}", one.function.name, render_result(returned.result))
            });
            judgement.say(returned.at, said);
        }
    }
    judgement
}

fn reports_what_was_asked_for(story: &Story<'_>) -> Judgement {
    let always = u64::from(constant_value("PHONESTATE_REINIT"));
    let states = each_phone_event(story, "PHONE_STATE", |at, args| {
        let phone = story.phone(args.device)?;
        let asked = u64::from(story.phone_mask(phone.ht, at).states) | always;
        let beyond = args.params[0] & !asked;
        kept(beyond == 0, || {
            let names = render_constant("PHONESTATE", beyond as u32);
            format!("PHONE_STATE reports {names}, which TSPI_phoneSetStatusMessages has not asked for")
        })
    });
    let buttons = each_phone_event(story, "PHONE_BUTTON", |at, args| {
        let mask = story.phone_mask(story.phone(args.device)?.ht, at);
        let asked = args.params[1] & u64::from(mask.button_modes) != 0
            && args.params[2] & u64::from(mask.button_states) != 0;
        kept(asked, || "PHONE_BUTTON came for a mode or state that was not asked for".to_owned())
    });
    states.and(buttons)
}

/// The keys of a telephone: 0 to 9, star and hash.
const KEYPAD: u64 = 12;

fn buttons_are_the_phones(story: &Story<'_>) -> Judgement {
    let keypad = u64::from(constant_value("PHONEBUTTONMODE_KEYPAD"));
    each_phone_event(story, "PHONE_BUTTON", |at, args| {
        let phone = story.phone(args.device)?;
        let buttons = story.caps("PHONECAPS", phone.device, at)?.number("dwNumButtonLamps")?;
        let [button, mode, state] = args.params;
        let is_one = |family: &str, value: u64| {
            crate::tspi::family(family)
                .is_some_and(|family| u32::try_from(value).is_ok_and(|value| family.name_of(value).is_some()))
        };
        let right = button < u64::from(buttons)
            && is_one("PHONEBUTTONMODE", mode)
            && is_one("PHONEBUTTONSTATE", state)
            && (button >= KEYPAD || mode == keypad);
        kept(right, || {
            format!("PHONE_BUTTON with button {button}, mode {mode:#x}, state {state:#x}; the phone has {buttons}")
        })
    })
}

fn buttons_come_up_again(story: &Story<'_>) -> Judgement {
    let message = constant_value("PHONE_BUTTON");
    let [down, up] = ["PHONEBUTTONSTATE_DOWN", "PHONEBUTTONSTATE_UP"].map(|name| u64::from(constant_value(name)));
    each_phone_event(story, "PHONE_BUTTON", |at, args| {
        if args.params[2] != down {
            return None;
        }
        let asked = story.phone_mask(story.phone(args.device)?.ht, at).button_states;
        let released = story.phone_callbacks.iter().any(|(later, other)| {
            *later > at
                && other.msg == message
                && other.device == args.device
                && other.params[0] == args.params[0]
                && other.params[2] == up
        });
        let waited = phone_was_given_time(story, args.device, at);
        if u64::from(asked) & up == 0 || !released && !waited {
            return None;
        }
        kept(released, || format!("button {} went down and never came up", args.params[0]))
    })
}
