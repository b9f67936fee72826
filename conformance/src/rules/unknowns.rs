//! Rules about what is not known, or is not there: parties without a number, values that never become known, positions of a
//! telephone without a button or a lamp, values of an extension that nobody chose.

use super::Level::{Must, Should};
use super::judging::{each_answer, each_phone_event, kept};
use super::{Answer, Judgement, Rule, Story};
use crate::tspi::{constant_value, family, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/linecallpartyid--constants/3",
        page: "linecallpartyid--constants.md",
        level: Must,
        requirement: "The flags of each party of LINECALLINFO say what is there: ADDRESS or PARTIAL where its number is given, NAME where \
                      its name is, and neither where neither is.",
        why: "Applications look at the flags first, and show nobody.",
        mend: "Set the flags where the strings are put in place.",
        broken_by: "number-without-flag",
        exercises: &["outgoing-answered", "two-lines"],
        judge: flags_say_what_is_there,
    },
    Rule {
        id: "tspi/linecallpartyid--constants/4",
        page: "linecallpartyid--constants.md",
        level: Must,
        requirement: "What is UNAVAIL never becomes known, and what may still become known is UNKNOWN: a party, the origin and reason of a \
                      call, the mode of a disconnect, the state of a button.",
        why: "Applications stop waiting for what comes after all.",
        mend: "Begin with UNKNOWN where the device may still tell, and say UNAVAIL when it no longer can.",
        broken_by: "unavailable-at-first",
        exercises: &["two-lines", "outgoing-answered"],
        judge: unavailable_stays_so,
    },
    Rule {
        id: "tspi/phonebuttonmode--constants/2",
        page: "phonebuttonmode--constants.md",
        level: Must,
        requirement: "A position that is PHONEBUTTONMODE_DUMMY has no button, and one that is PHONELAMPMODE_DUMMY no lamp: neither \
                      PHONE_BUTTON nor PHONE_STATE with PHONESTATE_LAMP names it.",
        why: "Applications show a lamp where the telephone has none.",
        mend: "Fill PHONECAPS and the messages from one table of positions.",
        broken_by: "lamp-of-a-dummy",
        exercises: &["phone-settings"],
        judge: dummies_are_silent,
    },
    Rule {
        id: "tspi/phonebuttonmode--constants/3",
        page: "phonebuttonmode--constants.md",
        level: Must,
        requirement: "PHONEBUTTONMODE_KEYPAD is for the twelve keys of the keypad: 0 to 9, star and hash.",
        why: "Applications take the key for a digit.",
        mend: "Use PHONEBUTTONMODE_FEATURE, CALL, LOCAL or DISPLAY for other buttons.",
        broken_by: "every-button-a-key",
        exercises: &["phone-settings"],
        judge: keys_are_twelve,
    },
    Rule {
        id: "tspi/constant-extensibility/1",
        page: "constant-extensibility.md",
        level: Should,
        requirement: "Values of an extension, in the bits that a family leaves to devices, are used only where an extension version was \
                      selected. Published providers send them always, and Windows hands them on: a warning.",
        why: "An application that does not know the extension takes the value for none.",
        mend: "Use documented values until TSPI_lineSelectExtVersion has selected a version.",
        broken_by: "extends-for-everybody",
        exercises: &["outgoing-answered"],
        judge: extensions_were_selected,
    },
];

/// The parties of a call: the names of their flags, number and name.
const PARTIES: [[&str; 3]; 5] = [
    ["dwCallerIDFlags", "CallerID", "CallerIDName"],
    ["dwCalledIDFlags", "CalledID", "CalledIDName"],
    ["dwConnectedIDFlags", "ConnectedID", "ConnectedIDName"],
    ["dwRedirectionIDFlags", "RedirectionID", "RedirectionIDName"],
    ["dwRedirectingIDFlags", "RedirectingID", "RedirectingIDName"],
];

fn bits(names: &[&str]) -> u32 {
    names.iter().fold(0, |all, name| all | constant_value(name))
}

fn is_whole(answer: &Answer) -> bool {
    let number = |member| answer.decoded.get(member).and_then(|value| value.number());
    number("dwNeededSize").is_some_and(|needed| number("dwTotalSize").is_some_and(|total| needed <= total))
}

fn flags_say_what_is_there(story: &Story<'_>) -> Judgement {
    let numbered = bits(&["LINECALLPARTYID_ADDRESS", "LINECALLPARTYID_PARTIAL"]);
    let named = constant_value("LINECALLPARTYID_NAME");
    let mut judgement = Judgement::default();
    for [flags, number, name] in PARTIES {
        judgement.join(each_answer(story, "LINECALLINFO", |info| {
            if !is_whole(info) {
                return None;
            }
            let set = info.number(flags)?;
            let (has_number, has_name) = (!info.text(number)?.is_empty(), !info.text(name)?.is_empty());
            let right = (set & numbered != 0) == has_number && (set & named != 0) == has_name;
            kept(right, || {
                let shown = render_constant("LINECALLPARTYID", set);
                let (number_is, name_is) = (info.text(number).unwrap_or_default(), info.text(name).unwrap_or_default());
                format!("{flags} is {shown}, {number} is {number_is:?} and {name} is {name_is:?}")
            })
        }));
    }
    judgement
}

/// Structure, member, the value that never becomes known.
const FINAL: [(&str, &str, &str); 8] = [
    ("LINECALLINFO", "dwCallerIDFlags", "LINECALLPARTYID_UNAVAIL"),
    ("LINECALLINFO", "dwCalledIDFlags", "LINECALLPARTYID_UNAVAIL"),
    ("LINECALLINFO", "dwConnectedIDFlags", "LINECALLPARTYID_UNAVAIL"),
    ("LINECALLINFO", "dwRedirectionIDFlags", "LINECALLPARTYID_UNAVAIL"),
    ("LINECALLINFO", "dwRedirectingIDFlags", "LINECALLPARTYID_UNAVAIL"),
    ("LINECALLINFO", "dwOrigin", "LINECALLORIGIN_UNAVAIL"),
    ("LINECALLINFO", "dwReason", "LINECALLREASON_UNAVAIL"),
    ("PHONEBUTTONINFO", "dwButtonState", "PHONEBUTTONSTATE_UNAVAIL"),
];

fn unavailable_stays_so(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (structure, member, unavailable) in FINAL {
        judgement.join(each_answer(story, structure, |now| {
            let about = |other: &&Answer| {
                let ids = [now, *other].map(|answer| {
                    let one = &story.invocations[answer.invocation];
                    (answer.call, answer.device, one.value("dwButtonLampID"))
                });
                other.at < now.at && ids[0] == ids[1]
            };
            let before = story.answers(structure).filter(about).last()?;
            let (was, is) = (before.number(member)?, now.number(member)?);
            let became = was == constant_value(unavailable) && is != was;
            let said = kept(!became, || format!("{structure}.{member} was {unavailable}, and is {is:#x} now"));
            said.map(|said| said.with([before.at]))
        }));
    }
    // A mode that becomes known is reported once more.
    let disconnected = constant_value("LINECALLSTATE_DISCONNECTED");
    let unavailable = u64::from(constant_value("LINEDISCONNECTMODE_UNAVAIL"));
    for call in &story.calls {
        for pair in call.states.windows(2) {
            if pair.iter().all(|seen| seen.state == disconnected) {
                let breach = (pair[0].mode == unavailable && pair[1].mode != unavailable)
                    .then(|| format!("LINEDISCONNECTMODE_UNAVAIL became {:#x}", pair[1].mode));
                judgement.note(pair[1].at, breach);
            }
        }
    }
    judgement
}

/// The modes of a position in a list of PHONECAPS.
fn position(story: &Story<'_>, ht: u64, at: usize, list: &str, place: u64) -> Option<u32> {
    let caps = story.caps("PHONECAPS", story.phone(ht)?.device, at)?;
    caps.numbers(list)?.get(usize::try_from(place).ok()?).copied()
}

fn dummies_are_silent(story: &Story<'_>) -> Judgement {
    let [no_lamp, no_button] = ["PHONELAMPMODE_DUMMY", "PHONEBUTTONMODE_DUMMY"].map(constant_value);
    let lamp = u64::from(constant_value("PHONESTATE_LAMP"));
    each_phone_event(story, "PHONE_STATE", |at, args| {
        if args.params[0] != lamp {
            return None;
        }
        let modes = position(story, args.device, at, "LampModes", args.params[1])?;
        kept(modes != no_lamp, || format!("PHONESTATE_LAMP for lamp {}, which is PHONELAMPMODE_DUMMY", args.params[1]))
    })
    .and(each_phone_event(story, "PHONE_BUTTON", |at, args| {
        let mode = position(story, args.device, at, "ButtonModes", args.params[0])?;
        kept(mode != no_button, || format!("PHONE_BUTTON for button {}, which is PHONEBUTTONMODE_DUMMY", args.params[0]))
    }))
}

/// The keys of a keypad.
const KEYS: u32 = 12;

fn keys_are_twelve(story: &Story<'_>) -> Judgement {
    let key = constant_value("PHONEBUTTONMODE_KEYPAD");
    each_answer(story, "PHONECAPS", |caps| {
        let keys = caps.numbers("ButtonModes")?.iter().filter(|mode| **mode == key).count();
        kept(keys <= KEYS as usize, || format!("{keys} buttons of PHONECAPS.ButtonModes are PHONEBUTTONMODE_KEYPAD"))
    })
    .and(each_answer(story, "PHONEBUTTONINFO", |info| {
        let button = story.invocations[info.invocation].dword("dwButtonLampID");
        let mode = info.number("dwButtonMode")?;
        kept(button < KEYS || mode != key, || format!("button {button} is PHONEBUTTONMODE_KEYPAD"))
    }))
}

/// Members whose families leave bits to devices: structure, member, family, those bits.
const OPEN: [(&str, &str, &str, u32); 4] = [
    ("LINECALLINFO", "dwMediaMode", "LINEMEDIAMODE", 0xFF00_0000),
    ("LINECALLINFO", "dwBearerMode", "LINEBEARERMODE", 0xFFFF_0000),
    ("LINECALLSTATUS", "dwCallState", "LINECALLSTATE", 0xFF00_0000),
    ("LINEDEVCAPS", "dwMediaModes", "LINEMEDIAMODE", 0xFF00_0000),
];

fn extensions_were_selected(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (structure, member, of, open) in OPEN {
        let defined = family(of).map_or(0, |family| family.mask());
        judgement.join(each_answer(story, structure, |answer| {
            let extended = answer.number(member)? & open & !defined;
            let device = answer.device;
            let selected = story.invocations_of("TSPI_lineSelectExtVersion").any(|one| {
                one.called < answer.at && one.result() == Some(0) && one.dword("dwExtVersion") != 0 && story.device_of(one) == device
            });
            kept(extended == 0 || selected, || {
                format!("{structure}.{member} has {extended:#x} of an extension, and no extension version is selected")
            })
        }));
    }
    judgement
}
