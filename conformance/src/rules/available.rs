//! Rules about what can be done: what the capabilities claim is there, and what a status calls possible now is not refused.

use super::Level::Must;
use super::call_params::has_flag;
use super::judging::{Feature, ON_ITS_WAY, Said, is_error, kept, refused_where_claimed, taken_where_not_claimed};
use super::{Answer, Invocation, Judgement, Rule, Story};
use crate::tspi::{constant_value, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/linecallfeature--constants/4",
        page: "linecallfeature--constants.md",
        level: Must,
        requirement: "A bit of dwCallFeatures in LINEADDRESSCAPS, of dwPhoneFeatures in PHONECAPS, LINEDEVCAPFLAGS_MEDIACONTROL and \
                      LINEADDRCAPFLAGS_ACCEPTTOALERT go with a function: it is exported, and not refused with …ERR_OPERATIONUNAVAIL. \
                      Without LINEDEVCAPFLAGS_MEDIACONTROL there is no media control.",
        why: "Applications offer their user a button that never works.",
        mend: "Set the bit only where the function does something, or export the function.",
        broken_by: "claims-hold-in-vain",
        exercises: &["hold", "phone-settings", "media"],
        judge: claimed_functions_are_there,
    },
    Rule {
        id: "tspi/phoneerr--constants/6",
        page: "phoneerr--constants.md",
        level: Must,
        requirement: "What PHONECAPS.dwPhoneFeatures does not claim, the phone does not do: the function fails, with \
                      PHONEERR_OPERATIONUNAVAIL where it is never available.",
        why: "Applications do not offer what works.",
        mend: "Set the bit of every function that the phone has in dwPhoneFeatures.",
        broken_by: "lamps-unclaimed",
        exercises: &["phone-settings"],
        judge: |story| taken_where_not_claimed(story, &OF_PHONES),
    },
    Rule {
        id: "tspi/linecallfeature--constants/3",
        page: "linecallfeature--constants.md",
        level: Must,
        requirement: "What LINECALLSTATUS, LINEADDRESSSTATUS or LINEDEVSTATUS calls possible now is not refused with \
                      LINEERR_INVALCALLSTATE, LINEERR_INVALLINESTATE, LINEERR_OPERATIONUNAVAIL or LINEERR_CALLUNAVAIL, as long as \
                      nothing has changed.",
        why: "Applications enable their buttons by these bits.",
        mend: "Compute the bits from the state of the call, address or line when the status is asked for.",
        broken_by: "hold-is-not-possible",
        exercises: &["features-used"],
        judge: possible_is_possible,
    },
];

const fn of_call(function: &'static str, bit: &'static str) -> Feature {
    Feature {
        function,
        structure: "LINEADDRESSCAPS",
        member: "dwCallFeatures",
        bit,
    }
}

const OF_CALLS: [Feature; 30] = [
    of_call("TSPI_lineAccept", "LINECALLFEATURE_ACCEPT"),
    of_call("TSPI_lineAddToConference", "LINECALLFEATURE_ADDTOCONF"),
    of_call("TSPI_lineAnswer", "LINECALLFEATURE_ANSWER"),
    of_call("TSPI_lineBlindTransfer", "LINECALLFEATURE_BLINDTRANSFER"),
    of_call("TSPI_lineCompleteCall", "LINECALLFEATURE_COMPLETECALL"),
    of_call("TSPI_lineCompleteTransfer", "LINECALLFEATURE_COMPLETETRANSF"),
    of_call("TSPI_lineDial", "LINECALLFEATURE_DIAL"),
    of_call("TSPI_lineDrop", "LINECALLFEATURE_DROP"),
    of_call("TSPI_lineGatherDigits", "LINECALLFEATURE_GATHERDIGITS"),
    of_call("TSPI_lineGenerateDigits", "LINECALLFEATURE_GENERATEDIGITS"),
    of_call("TSPI_lineGenerateTone", "LINECALLFEATURE_GENERATETONE"),
    of_call("TSPI_lineHold", "LINECALLFEATURE_HOLD"),
    of_call("TSPI_lineMonitorDigits", "LINECALLFEATURE_MONITORDIGITS"),
    of_call("TSPI_lineMonitorMedia", "LINECALLFEATURE_MONITORMEDIA"),
    of_call("TSPI_lineMonitorTones", "LINECALLFEATURE_MONITORTONES"),
    of_call("TSPI_linePark", "LINECALLFEATURE_PARK"),
    of_call("TSPI_linePrepareAddToConference", "LINECALLFEATURE_PREPAREADDCONF"),
    of_call("TSPI_lineRedirect", "LINECALLFEATURE_REDIRECT"),
    of_call("TSPI_lineRemoveFromConference", "LINECALLFEATURE_REMOVEFROMCONF"),
    of_call("TSPI_lineSecureCall", "LINECALLFEATURE_SECURECALL"),
    of_call("TSPI_lineSendUserUserInfo", "LINECALLFEATURE_SENDUSERUSER"),
    of_call("TSPI_lineSetCallParams", "LINECALLFEATURE_SETCALLPARAMS"),
    of_call("TSPI_lineSetTerminal", "LINECALLFEATURE_SETTERMINAL"),
    of_call("TSPI_lineSetupConference", "LINECALLFEATURE_SETUPCONF"),
    of_call("TSPI_lineSetupTransfer", "LINECALLFEATURE_SETUPTRANSFER"),
    of_call("TSPI_lineSwapHold", "LINECALLFEATURE_SWAPHOLD"),
    of_call("TSPI_lineUnhold", "LINECALLFEATURE_UNHOLD"),
    of_call("TSPI_lineReleaseUserUserInfo", "LINECALLFEATURE_RELEASEUSERUSERINFO"),
    of_call("TSPI_lineSetCallTreatment", "LINECALLFEATURE_SETTREATMENT"),
    of_call("TSPI_lineSetCallData", "LINECALLFEATURE_SETCALLDATA"),
];

const OF_DEVICES: [Feature; 2] = [
    Feature {
        function: "TSPI_lineSetMediaControl",
        structure: "LINEDEVCAPS",
        member: "dwDevCapFlags",
        bit: "LINEDEVCAPFLAGS_MEDIACONTROL",
    },
    Feature {
        function: "TSPI_lineAccept",
        structure: "LINEADDRESSCAPS",
        member: "dwAddrCapFlags",
        bit: "LINEADDRCAPFLAGS_ACCEPTTOALERT",
    },
];

const fn of_phone(function: &'static str, bit: &'static str) -> Feature {
    Feature {
        function,
        structure: "PHONECAPS",
        member: "dwPhoneFeatures",
        bit,
    }
}

/// Functions of phones that have one bit each; those of hook switches have one for each device.
const OF_PHONES: [Feature; 10] = [
    of_phone("TSPI_phoneGetButtonInfo", "PHONEFEATURE_GETBUTTONINFO"),
    of_phone("TSPI_phoneGetData", "PHONEFEATURE_GETDATA"),
    of_phone("TSPI_phoneGetDisplay", "PHONEFEATURE_GETDISPLAY"),
    of_phone("TSPI_phoneGetLamp", "PHONEFEATURE_GETLAMP"),
    of_phone("TSPI_phoneGetRing", "PHONEFEATURE_GETRING"),
    of_phone("TSPI_phoneSetButtonInfo", "PHONEFEATURE_SETBUTTONINFO"),
    of_phone("TSPI_phoneSetData", "PHONEFEATURE_SETDATA"),
    of_phone("TSPI_phoneSetDisplay", "PHONEFEATURE_SETDISPLAY"),
    of_phone("TSPI_phoneSetLamp", "PHONEFEATURE_SETLAMP"),
    of_phone("TSPI_phoneSetRing", "PHONEFEATURE_SETRING"),
];

fn claimed_functions_are_there(story: &Story<'_>) -> Judgement {
    let mut judgement = taken_where_not_claimed(story, &OF_DEVICES[..1]);
    for features in [&OF_CALLS[..], &OF_DEVICES[..], &OF_PHONES[..]] {
        // What a device refuses once it may do at another time, or in another mode.
        let never = |feature: &&Feature| {
            let mut outcomes = story.invocations_of(feature.function).filter_map(|one| story.outcome(one));
            outcomes.all(|outcome| is_error(outcome.result, &["LINEERR_OPERATIONUNAVAIL", "PHONEERR_OPERATIONUNAVAIL"]))
        };
        let never: Vec<Feature> = features.iter().filter(never).copied().collect();
        judgement.join(refused_where_claimed(story, &never));
        let used = features.iter().any(|feature| story.invocations_of(feature.function).next().is_some());
        judgement.judged += usize::from(used && story.claimed(features[0].structure, features[0].member).is_some());
        for feature in features.iter().filter(|feature| story.lacks(feature.function)) {
            let claimed = story.claimed(feature.structure, feature.member).unwrap_or_default();
            let called = story.exports.map_or(0, |exports| exports.at);
            let breach = (claimed & constant_value(feature.bit) != 0).then(|| {
                let (structure, member) = (feature.structure, feature.member);
                format!("{structure}.{member} has {}, and {} is not exported", feature.bit, feature.function)
            });
            judgement.note(called, breach);
        }
    }
    judgement
}

/// Structure, member, bit, function; a further condition on the call of the function.
type Possible = (&'static str, &'static str, &'static str, &'static str, fn(&Invocation<'_>) -> bool);

fn any(_: &Invocation<'_>) -> bool {
    true
}

const DIRECTED: u32 = 1;

fn completes_by(one: &Invocation<'_>, mode: &str) -> bool {
    one.dword("dwCompletionMode") == constant_value(&format!("LINECALLCOMPLMODE_{mode}"))
}

const POSSIBLE: [Possible; 23] = [
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_COMPLCALLBACK", "TSPI_lineCompleteCall", |one| completes_by(one, "CALLBACK")),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_COMPLCAMPON", "TSPI_lineCompleteCall", |one| completes_by(one, "CAMPON")),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_COMPLINTRUDE", "TSPI_lineCompleteCall", |one| completes_by(one, "INTRUDE")),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_COMPLMESSAGE", "TSPI_lineCompleteCall", |one| completes_by(one, "MESSAGE")),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_NOHOLDCONFERENCE", "TSPI_lineSetupConference", |one| has_flag(one, "LINECALLPARAMFLAGS_NOHOLDCONFERENCE")),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_ONESTEPTRANSFER", "TSPI_lineSetupTransfer", |one| has_flag(one, "LINECALLPARAMFLAGS_ONESTEPTRANSFER")),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_PICKUPWAITING", "TSPI_linePickup", |one| one.is_null("lpszDestAddress") && one.is_null("lpszGroupID")),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_PICKUP", "TSPI_linePickup", any),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_UNPARK", "TSPI_lineUnpark", any),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_UNCOMPLETECALL", "TSPI_lineUncompleteCall", any),
    ("LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_FORWARD", "TSPI_lineForward", any),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_PARKDIRECT", "TSPI_linePark", |one| one.dword("dwParkMode") == DIRECTED),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_PARKNONDIRECT", "TSPI_linePark", |one| one.dword("dwParkMode") != DIRECTED),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_TRANSFERNORM", "TSPI_lineCompleteTransfer", |one| one.dword("dwTransferMode") == DIRECTED),
    ("LINECALLSTATUS", "dwCallFeatures2", "LINECALLFEATURE2_TRANSFERCONF", "TSPI_lineCompleteTransfer", |one| one.dword("dwTransferMode") != DIRECTED),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_MAKECALL", "TSPI_lineMakeCall", any),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_FORWARD", "TSPI_lineForward", any),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_SETUPCONF", "TSPI_lineSetupConference", |one| one.value("hdCall") == Some(0)),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_PICKUPHELD", "TSPI_linePickup", |one| one.is_null("lpszDestAddress")),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_PICKUPDIRECT", "TSPI_linePickup", |one| !one.is_null("lpszDestAddress")),
    ("LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_MAKECALL", "TSPI_lineMakeCall", any),
    ("LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_SETTERMINAL", "TSPI_lineSetTerminal", any),
    ("LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_SETDEVSTATUS", "TSPI_lineSetLineDevStatus", any),
];

const REFUSALS: [&str; 4] = ["LINEERR_INVALCALLSTATE", "LINEERR_INVALLINESTATE", "LINEERR_OPERATIONUNAVAIL", "LINEERR_CALLUNAVAIL"];

/// Whether nothing was reported, and nothing asked for but queries, between two events.
fn is_quiet(story: &Story<'_>, from: usize, to: usize) -> bool {
    let told = story.callbacks.iter().any(|(at, _)| *at > from && *at < to);
    let asked = story.invocations.iter().any(|one| {
        one.called > from && one.called < to && !one.function.name.contains("Get")
    });
    !told && !asked
}

fn possible_is_possible(story: &Story<'_>) -> Judgement {
    let of_calls = OF_CALLS.iter().map(|feature| ("LINECALLSTATUS", "dwCallFeatures", feature.bit, feature.function, any as fn(&Invocation<'_>) -> bool));
    let mut judgement = Judgement::default();
    for possible in of_calls.chain(POSSIBLE) {
        for status in story.answers(possible.0) {
            judgement.say(status.at, is_possible(story, status, &possible));
        }
    }
    judgement
}

fn is_possible(story: &Story<'_>, status: &Answer, possible: &Possible) -> Option<Said> {
    let (structure, member, bit, function, fits) = *possible;
    if !status.has(member, bit) {
        return None;
    }
    let about = |one: &&Invocation<'_>| match status.call {
        // The first call that the function is about is the one whose status counts.
        Some(ht) => ["hdCall", "hdConfCall", "hdActiveCall"]
            .iter()
            .find_map(|name| story.call_of(one, name))
            .is_some_and(|call| call.ht == ht),
        None => one.value("hdLine").is_some() && story.device_of(one) == status.device,
    };
    let mut later = story.invocations_of(function).filter(|one| one.called > status.at);
    let one = later.find(about).filter(|one| fits(one) && is_quiet(story, status.at, one.called))?;
    let outcome = story.outcome(one)?;
    // What comes about while it runs may make it impossible, and its report may still be on its way.
    let until = story.time(outcome.at) + ON_ITS_WAY;
    let mut states = story.calls.iter().flat_map(|call| &call.states);
    if states.any(|seen| seen.at > one.called && story.time(seen.at) <= until) && !outcome.succeeded() {
        return None;
    }
    let right = !is_error(outcome.result, &REFUSALS);
    let said = kept(right, || {
        format!("{structure}.{member} had {bit}, and {function} gave {}", render_result(outcome.result))
    });
    said.map(|said| said.with([one.called, outcome.at]))
}
