//! Rules about what the capabilities limit: values within what they list are not refused as invalid, values beyond are.

use super::Level::Must;
use super::judging::{each_outcome, is_error, kept};
use super::{Invocation, Judgement, Outcome, Rule, Story};
use crate::tspi::structures::LINEFORWARDLIST;
use crate::tspi::{Decoded, Value, constant_value, decode, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/LINEDEVCAPS/13",
        page: "ns-tapi-linedevcaps.md",
        level: Must,
        requirement: "What the capabilities list as possible is not refused as invalid: digits and tones to generate, monitor and gather, \
                      modes of parking, transfers and call completion, bits of the line's status, hook switch modes that can be \
                      set, sizes of call data and user-user information up to the most.",
        why: "Applications choose from the lists, and what they choose is refused.",
        mend: "Check arguments against the same table that fills the capabilities.",
        broken_by: "refuses-listed-digits",
        exercises: &["limits", "phone-settings"],
        judge: |story| judged(story, true),
    },
    Rule {
        id: "tspi/LINEDEVCAPS/15",
        page: "ns-tapi-linedevcaps.md",
        level: Must,
        requirement: "What lies beyond the limits in the capabilities is refused: modes that are not listed, more frequencies than one tone may have, more call data or user-user information than the most, \
                      more forwardings or outstanding call completions than there may be, messages that are not there.",
        why: "TAPI leaves these checks to the provider; an application believes that what it asked for is done.",
        mend: "Check arguments against the same table that fills the capabilities.",
        broken_by: "takes-any-amount",
        exercises: &["limits"],
        judge: |story| judged(story, false),
    },
];

/// How a value is held against a member.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Against {
    /// Every bit is in the member.
    Bits,
    /// It is one constant, whose bit is in the member. Several at once are another rule's matter.
    One,
    /// It is not above the member.
    Most,
    /// It is below the member.
    Count,
}

struct Limit {
    function: &'static str,
    /// Parameter whose value it is.
    parameter: &'static str,
    structure: &'static str,
    member: &'static str,
    against: Against,
    /// Errors that say the value is invalid.
    errors: &'static [&'static str],
    /// When the limit holds.
    when: fn(&Invocation<'_>) -> bool,
}

const fn limit(
    function: &'static str,
    parameter: &'static str,
    (structure, member): (&'static str, &'static str),
    against: Against,
    errors: &'static [&'static str],
) -> Limit {
    Limit {
        function,
        parameter,
        structure,
        member,
        against,
        errors,
        when: |_| true,
    }
}

impl Limit {
    const fn when(mut self, when: fn(&Invocation<'_>) -> bool) -> Limit {
        self.when = when;
        self
    }
}

const DEV: &str = "LINEDEVCAPS";
const ADDRESS: &str = "LINEADDRESSCAPS";

#[rustfmt::skip]
static LIMITS: &[Limit] = &[
    limit("TSPI_lineGenerateDigits", "dwDigitMode", (DEV, "dwGenerateDigitModes"), Against::One, &["LINEERR_INVALDIGITMODE"])
        .when(|one| !one.is_null("lpszDigits")),
    limit("TSPI_lineMonitorDigits", "dwDigitModes", (DEV, "dwMonitorDigitModes"), Against::Bits, &["LINEERR_INVALDIGITMODE"]),
    limit("TSPI_lineGatherDigits", "dwDigitModes", (DEV, "dwMonitorDigitModes"), Against::Bits, &["LINEERR_INVALDIGITMODE"])
        .when(|one| !one.is_null("lpsDigits")),
    limit("TSPI_lineGenerateTone", "dwToneMode", (DEV, "dwGenerateToneModes"), Against::One, &["LINEERR_INVALTONEMODE"]),
    limit("TSPI_lineGenerateTone", "dwNumTones", (DEV, "dwGenerateToneMaxNumFreq"), Against::Most, &[])
        .when(|one| one.dword("dwToneMode") == constant_value("LINETONEMODE_CUSTOM")),
    limit("TSPI_lineSetLineDevStatus", "dwStatusToChange", (DEV, "dwSettableDevStatus"), Against::Bits, &["LINEERR_INVALPARAM"]),
    limit("TSPI_lineSendUserUserInfo", "dwSize", (DEV, "dwUUISendUserUserInfoSize"), Against::Most, &["LINEERR_USERUSERINFOTOOBIG"])
        .when(|one| !one.is_null("lpsUserUserInfo")),
    limit("TSPI_lineSetCallData", "dwSize", (ADDRESS, "dwMaxCallDataSize"), Against::Most, &[]),
    limit("TSPI_lineCompleteTransfer", "dwTransferMode", (ADDRESS, "dwTransferModes"), Against::One, &["LINEERR_INVALTRANSFERMODE"]),
    limit("TSPI_linePark", "dwParkMode", (ADDRESS, "dwParkModes"), Against::One, &["LINEERR_INVALPARKMODE"]),
    limit("TSPI_lineCompleteCall", "dwCompletionMode", (ADDRESS, "dwCallCompletionModes"), Against::One, &["LINEERR_INVALCALLCOMPLMODE"]),
    limit("TSPI_lineCompleteCall", "dwMessageID", (ADDRESS, "dwNumCompletionMessages"), Against::Count, &["LINEERR_INVALMESSAGEID"])
        .when(|one| one.dword("dwCompletionMode") == constant_value("LINECALLCOMPLMODE_MESSAGE")),
    limit("TSPI_phoneSetHookSwitch", "dwHookSwitchMode", ("PHONECAPS", "dwSettableHandsetHookSwitchModes"), Against::One, &["PHONEERR_INVALHOOKSWITCHMODE"])
        .when(|one| one.dword("dwHookSwitchDevs") == constant_value("PHONEHOOKSWITCHDEV_HANDSET")),
    limit("TSPI_phoneSetHookSwitch", "dwHookSwitchMode", ("PHONECAPS", "dwSettableSpeakerHookSwitchModes"), Against::One, &["PHONEERR_INVALHOOKSWITCHMODE"])
        .when(|one| one.dword("dwHookSwitchDevs") == constant_value("PHONEHOOKSWITCHDEV_SPEAKER")),
    limit("TSPI_phoneSetHookSwitch", "dwHookSwitchMode", ("PHONECAPS", "dwSettableHeadsetHookSwitchModes"), Against::One, &["PHONEERR_INVALHOOKSWITCHMODE"])
        .when(|one| one.dword("dwHookSwitchDevs") == constant_value("PHONEHOOKSWITCHDEV_HEADSET")),
];

/// A value beyond: refused, whatever the error. A list without any bit claims nothing, so that nothing is held against it.
fn judged(story: &Story<'_>, within: bool) -> Judgement {
    let mut all = Judgement::default();
    for limit in LIMITS {
        all.join(each_outcome(story, limit.function, |one, outcome| {
            let value = one.value(limit.parameter)? as u32;
            let caps = story.caps(limit.structure, story.device_of(one)?, one.called)?;
            let most = caps.number(limit.member)?;
            let odd = match limit.against {
                Against::Bits => value == 0 || most == 0,
                Against::One => value.count_ones() != 1 || most == 0,
                Against::Most | Against::Count => false,
            };
            if odd || !(limit.when)(one) {
                return None;
            }
            let inside = match limit.against {
                Against::Bits | Against::One => value & !most == 0,
                Against::Most => value <= most,
                Against::Count => value < most,
            };
            let right = match inside {
                true => !is_error(outcome.result, limit.errors),
                false => !outcome.succeeded(),
            };
            (inside == within).then(|| told(right, limit, (value, most), outcome)).flatten()
        }));
    }
    if !within {
        all.join(forwardings(story));
        all.join(completions(story));
    }
    all
}

fn told(right: bool, limit: &Limit, (value, most): (u32, u32), outcome: Outcome) -> Option<super::judging::Said> {
    kept(right, || {
        format!(
            "{}.{} is {most:#x}, and {} with {} {value:#x} gave {}",
            limit.structure,
            limit.member,
            limit.function,
            limit.parameter,
            render_result(outcome.result)
        )
    })
}

fn forwardings(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineForward", |one, outcome| {
        let list = decode(&LINEFORWARDLIST, one.bytes_in("lpForwardList")?, one.version);
        let entries = list.get("dwNumEntries")?.number()?;
        let most = story.caps(ADDRESS, story.device_of(one)?, one.called)?.number("dwMaxForwardEntries")?;
        let specific = specific_entries(&list);
        let caps = story.caps(ADDRESS, story.device_of(one)?, one.called)?;
        if specific > caps.number("dwMaxSpecificEntries")? {
            return kept(!outcome.succeeded(), || {
                format!("TSPI_lineForward with {specific} entries for single callers succeeded, more than dwMaxSpecificEntries")
            });
        }
        if entries <= most {
            return None;
        }
        kept(!outcome.succeeded(), || {
            format!("LINEADDRESSCAPS.dwMaxForwardEntries is {most}, and TSPI_lineForward with {entries} succeeded")
        })
    })
}

/// How many entries of a list are for one caller.
fn specific_entries(list: &Decoded) -> u32 {
    let modes = ["UNCONDSPECIFIC", "BUSYSPECIFIC", "NOANSWSPECIFIC", "BUSYNASPECIFIC"];
    let modes = modes.iter().fold(0, |all, mode| all | constant_value(&format!("LINEFORWARDMODE_{mode}")));
    let Some(Value::List(entries)) = list.get("ForwardList") else { return 0 };
    let specific = entries.iter().filter(|entry| match entry {
        Value::Struct(members) => {
            let mode = members.iter().find(|(name, _)| *name == "dwForwardMode").and_then(|(_, mode)| mode.number());
            mode.is_some_and(|mode| mode & modes != 0)
        }
        _ => false,
    });
    specific.count() as u32
}

/// Completions of calls that are outstanding, where none can have ended by itself: nothing was offered meanwhile.
fn completions(story: &Story<'_>) -> Judgement {
    each_outcome(story, "TSPI_lineCompleteCall", |one, outcome| {
        let device = story.device_of(one)?;
        let most = story.caps(ADDRESS, device, one.called)?.number("dwMaxCallCompletions")?;
        let of_line = |name: &'static str| {
            let before = story.invocations_of(name).filter(|other| other.called < one.called);
            before.filter(|other| story.device_of(other) == Some(device))
        };
        let done = |other: &Invocation<'_>| story.outcome(other).is_some_and(|outcome| outcome.succeeded() && outcome.at < one.called);
        let made = of_line("TSPI_lineCompleteCall").filter(|other| done(other)).count();
        let undone = of_line("TSPI_lineUncompleteCall").filter(|other| done(other)).count();
        let offered = story.calls.iter().any(|call| matches!(call.origin, super::Origin::Announced(at) if at < one.called));
        let outstanding = made.saturating_sub(undone);
        if outstanding < most as usize || (offered && most != 0) {
            return None;
        }
        kept(!outcome.succeeded(), || {
            format!("LINEADDRESSCAPS.dwMaxCallCompletions is {most}, {outstanding} are outstanding, and another was taken")
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tspi::{function, structure};

    #[test]
    fn every_row_names_what_exists() {
        for limit in LIMITS {
            let function = function(limit.function).expect(limit.function);
            assert!(function.arg(limit.parameter).is_some(), "{}", limit.parameter);
            let of = structure(limit.structure).expect(limit.structure);
            assert!(of.member(limit.member).is_some(), "{}", limit.member);
            limit.errors.iter().for_each(|error| assert_ne!(constant_value(error), 0));
        }
    }
}
