//! The rule about what LINEDEVSTATUS, LINEADDRESSSTATUS and LINECALLSTATUS do not call possible now. That what they do call
//! possible is not refused is a rule of `available`.

use super::Level::Should;
use super::judging::{each_outcome, kept};
use super::{Answer, Invocation, Judgement, Rule, Story};
use crate::tspi::{constant_value, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineMakeCall/15",
        page: "nf-tspi-tspi_linemakecall.md",
        level: Should,
        requirement: "What the status of a line, an address or a call does not call possible now is refused, as LINEERR_INVALLINESTATE or \
                      LINEERR_INVALCALLSTATE tell. Published providers leave out bits of what they can do, and TAPI calls all the same: a warning.",
        why: "Applications do not offer what would work.",
        mend: "Set the bit wherever the function would succeed, or refuse it there.",
        broken_by: "features-too-few",
        exercises: &["features-now"],
        judge: impossible_is_refused,
    },
];

/// Function, structure, its member, the bit.
type Row = (&'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const FEATURES: &[Row] = &[
    ("TSPI_lineMakeCall", "LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_MAKECALL"),
    ("TSPI_lineForward", "LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_FORWARD"),
    ("TSPI_lineSetLineDevStatus", "LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_SETDEVSTATUS"),
    ("TSPI_linePickup", "LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_PICKUP"),
    ("TSPI_lineUnpark", "LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_UNPARK"),
    ("TSPI_lineUncompleteCall", "LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_UNCOMPLETECALL"),
    ("TSPI_lineAccept", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_ACCEPT"),
    ("TSPI_lineAnswer", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_ANSWER"),
    ("TSPI_lineBlindTransfer", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_BLINDTRANSFER"),
    ("TSPI_lineCompleteCall", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_COMPLETECALL"),
    ("TSPI_lineDial", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_DIAL"),
    ("TSPI_lineDrop", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_DROP"),
    ("TSPI_lineGenerateDigits", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_GENERATEDIGITS"),
    ("TSPI_lineGenerateTone", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_GENERATETONE"),
    ("TSPI_lineHold", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_HOLD"),
    ("TSPI_lineMonitorDigits", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_MONITORDIGITS"),
    ("TSPI_linePark", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_PARK"),
    ("TSPI_linePrepareAddToConference", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_PREPAREADDCONF"),
    ("TSPI_lineRedirect", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_REDIRECT"),
    ("TSPI_lineRemoveFromConference", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_REMOVEFROMCONF"),
    ("TSPI_lineSecureCall", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_SECURECALL"),
    ("TSPI_lineSendUserUserInfo", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_SENDUSERUSER"),
    ("TSPI_lineSetupConference", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_SETUPCONF"),
    ("TSPI_lineSetupTransfer", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_SETUPTRANSFER"),
    ("TSPI_lineUnhold", "LINECALLSTATUS", "dwCallFeatures", "LINECALLFEATURE_UNHOLD"),
];

/// Whether a status is about what an invocation is about: the same call, or else the same device.
fn is_about(story: &Story<'_>, status: &Answer, one: &Invocation<'_>) -> bool {
    match status.structure {
        "LINECALLSTATUS" => {
            let call = story.call_of(one, "hdCall").or_else(|| story.call_of(one, "hdConfCall"));
            status.call.is_some() && status.call == call.map(|call| call.ht)
        }
        // A line with several addresses has as many states.
        "LINEADDRESSSTATUS" => status.device == story.device_of(one) && status.address == one.value("dwAddressID").map(|id| id as u32),
        _ => status.device == story.device_of(one),
    }
}

/// The status that was read last before a call, if nothing has happened since. What happens during the call may be its doing,
/// unless it is refused.
fn fresh<'s>(story: &'s Story<'_>, one: &Invocation<'_>, structure: &'s str) -> Option<&'s Answer> {
    let status = story.answers(structure).filter(|status| status.at < one.called && is_about(story, status, one)).last()?;
    let read = story.invocations[status.invocation].called;
    let acts = |other: &&Invocation<'_>| {
        let asks = other.function.name.contains("Get") || other.function.name.contains("Negotiate");
        other.called > read && other.called < one.called && !asks
    };
    let refused = story.outcome(one).is_some_and(|outcome| outcome.result < 0);
    let until = if refused { one.at() } else { one.called };
    let quiet = story.invocations.iter().find(acts).is_none();
    let silent = !story.callbacks.iter().any(|(at, _)| *at > read && *at < until);
    // What was reported just before may still be on its way into the status, or beyond it.
    let last = story.callbacks.iter().rfind(|(at, _)| *at < read);
    let settled = last.is_none_or(|(at, _)| story.time(read) - story.time(*at) >= super::judging::ON_ITS_WAY / 4);
    (quiet && silent && settled).then_some(status)
}

fn impossible_is_refused(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, structure, member, bit) in FEATURES {
        // A provider that claims nothing there says nothing by it.
        if story.claimed(structure, member).is_none_or(|bits| bits == 0) {
            continue;
        }
        all.join(each_outcome(story, function, |one, outcome| {
            let status = fresh(story, one, structure)?;
            let bits = status.number(member)?;
            if bits & constant_value(bit) != 0 {
                return None;
            }
            kept(outcome.result < 0, || {
                format!("{structure}.{member} lacks {bit}, and {function} gave {}", render_result(outcome.result))
            })
            .map(|said| said.with([status.at]))
        }));
    }
    all
}
