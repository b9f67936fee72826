//! Rules about extension versions, and about the version of phones.

use super::Level::Must;
use super::judging::{each, is_error, kept, never_fails_with, refuses, takes};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::{constant_value, render_result, render_version};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineNegotiateExtVersion/3",
        page: "nf-tspi-tspi_linenegotiateextversion.md",
        level: Must,
        requirement: "An extension version, and the version of a phone, that negotiation answers lies within the range it was offered.",
        why: "TAPI calls the provider by rules that the provider does not know, or gives up on it.",
        mend: "Answer the lower of dwHighVersion and your newest version, and check it against dwLowVersion.",
        broken_by: "ext-version-out-of-range",
        exercises: &["ext-versions"],
        judge: answers_within_the_range,
    },
    Rule {
        id: "tspi/lineNegotiateExtVersion/5",
        page: "nf-tspi-tspi_linenegotiateextversion.md",
        level: Must,
        requirement: "A range of extension versions, or of versions of a phone, that the provider does not support fails with \
                      LINEERR_ or PHONEERR_INCOMPATIBLEEXTVERSION, or INCOMPATIBLEAPIVERSION; a provider without extensions may \
                      say that they are unavailable.",
        why: "An application uses extensions that are not there.",
        mend: "Return the error of the page where the ranges do not overlap.",
        broken_by: "accepts-any-ext-version",
        exercises: &["ext-versions"],
        judge: foreign_ranges_are_refused,
    },
    Rule {
        id: "tspi/lineNegotiateExtVersion/4",
        page: "nf-tspi-tspi_linenegotiateextversion.md",
        level: Must,
        requirement: "Negotiation answers the highest version of the range that the provider supports: none lower than one that \
                      it answered to another range and that lies in this one.",
        why: "Applications do without what the provider could do.",
        mend: "Search the supported versions from the newest down.",
        broken_by: "lowest-version",
        exercises: &["versions"],
        judge: answers_the_highest,
    },
    Rule {
        id: "tspi/lineNegotiateExtVersion/10",
        page: "nf-tspi-tspi_linenegotiateextversion.md",
        level: Must,
        requirement: "While an extension version is selected on an open line or phone, negotiation answers it alone: a range without \
                      it fails with INCOMPATIBLEEXTVERSION. Selecting 0 makes the whole range negotiable again.",
        why: "Two applications use different extensions of one device at once.",
        mend: "Look at the selected version first in the negotiation, and forget it when 0 is selected or the device closed.",
        broken_by: "selection-is-not-exclusive",
        exercises: &["ext-versions"],
        judge: a_selected_version_is_alone,
    },
    Rule {
        id: "tspi/lineNegotiateExtVersion/9",
        page: "nf-tspi-tspi_linenegotiateextversion.md",
        level: Must,
        requirement: "An extension version can be negotiated before a line or phone is opened and while it is open: a range that was agreed \
                      on at one time is at the other, unless another version is selected.",
        why: "Windows negotiates for each application that asks, whatever others have open: one that comes second is refused what the \
              first was given.",
        mend: "Let the negotiation look at the versions that you have and at what is selected, not at whether the device is open.",
        broken_by: "negotiates-closed-lines-alone",
        exercises: &["ext-versions"],
        judge: negotiates_at_any_time,
    },
    Rule {
        id: "tspi/lineNegotiateTSPIVersion/9",
        page: "nf-tspi-tspi_linenegotiatetspiversion.md",
        level: Must,
        requirement: "INITIALIZE_NEGOTIATION and every device identifier that the provider has are accepted by the negotiation of \
                      versions, and by TSPI_lineGetDevCaps; the negotiation for phones is exported, and never unavailable, where there \
                      are phones.",
        why: "TAPI cannot use the device, or the provider, at all.",
        mend: "Accept all identifiers from the base of TSPI_providerInit on, and those of created devices.",
        broken_by: "phone-negotiation-unavailable",
        exercises: &["phone", "versions"],
        judge: own_devices_are_accepted,
    },
];

/// Function, out parameter, the error for ranges that do not overlap.
const NEGOTIATIONS: [(&str, &str, &str); 3] = [
    ("TSPI_lineNegotiateExtVersion", "lpdwExtVersion", "LINEERR_INCOMPATIBLEEXTVERSION"),
    ("TSPI_phoneNegotiateExtVersion", "lpdwExtVersion", "PHONEERR_INCOMPATIBLEEXTVERSION"),
    ("TSPI_phoneNegotiateTSPIVersion", "lpdwTSPIVersion", "PHONEERR_INCOMPATIBLEAPIVERSION"),
];

const UNAVAILABLE: [&str; 2] = ["LINEERR_OPERATIONUNAVAIL", "PHONEERR_OPERATIONUNAVAIL"];

/// No version has a major number as high as this.
const FOREIGN: u32 = 0x7000_0000;

fn answered(one: &Invocation<'_>, out: &str) -> Option<u32> {
    // What was left as it was is another rule's matter.
    Some(one.number_out(out).filter(|_| one.result() == Some(0) && one.wrote(out))? as u32)
}

fn answers_within_the_range(story: &Story<'_>) -> Judgement {
    NEGOTIATIONS.iter().fold(Judgement::default(), |mut all, (function, out, _)| {
        all.join(each(story, function, |one| {
            let (given, low, high) = (answered(one, out)?, one.dword("dwLowVersion"), one.dword("dwHighVersion"));
            kept((low..=high).contains(&given), || {
                let [low, high, given] = [low, high, given].map(render_version);
                format!("{function}: {low} to {high} was offered, and {given} answered")
            })
        }));
        all
    })
}

fn foreign_ranges_are_refused(story: &Story<'_>) -> Judgement {
    NEGOTIATIONS.iter().fold(Judgement::default(), |mut all, (function, _, error)| {
        let extension = function.ends_with("ExtVersion");
        let errors: Vec<&str> = [*error].into_iter().chain(UNAVAILABLE.into_iter().filter(|_| extension)).collect();
        all.join(refuses(story, function, &errors, |one| one.dword("dwLowVersion") >= FOREIGN));
        all
    })
}

fn answers_the_highest(story: &Story<'_>) -> Judgement {
    let functions = [
        ("TSPI_lineNegotiateTSPIVersion", "lpdwTSPIVersion"),
        ("TSPI_phoneNegotiateTSPIVersion", "lpdwTSPIVersion"),
        ("TSPI_lineNegotiateExtVersion", "lpdwExtVersion"),
        ("TSPI_phoneNegotiateExtVersion", "lpdwExtVersion"),
    ];
    let mut all = Judgement::default();
    for (function, out) in functions {
        all.join(each(story, function, |one| {
            let given = answered(one, out)?;
            let device = one.dword("dwDeviceID");
            // While an extension version is selected, it alone is supported.
            if out == "lpdwExtVersion" && selected(story, one, function.contains("_phone")).is_some_and(|version| version != 0) {
                return None;
            }
            let known = story.invocations_of(function).filter(|other| other.dword("dwDeviceID") == device);
            let range = one.dword("dwLowVersion")..=one.dword("dwHighVersion");
            let better = known.filter_map(|other| answered(other, out)).find(|version| *version > given && range.contains(version));
            kept(better.is_none(), || {
                let better = render_version(better.unwrap_or_default());
                format!("{function} answered {}, and supports {better}, which lies in the range", render_version(given))
            })
        }));
    }
    all
}

/// The extension version that is selected on a device when a call is made, 0 for none.
fn selected(story: &Story<'_>, one: &Invocation<'_>, of_phone: bool) -> Option<u32> {
    let device = one.dword("dwDeviceID");
    let (function, closing) = match of_phone {
        true => ("TSPI_phoneSelectExtVersion", story.phones.iter().filter(|phone| phone.device == device).filter_map(|phone| phone.closed).filter(|closed| *closed < one.called).max()),
        false => ("TSPI_lineSelectExtVersion", story.lines.iter().filter(|line| line.device == device).filter_map(|line| line.closed).filter(|closed| *closed < one.called).max()),
    };
    let last = story
        .invocations_of(function)
        .filter(|other| other.result() == Some(0) && other.called < one.called && story.device_of(other) == Some(device))
        .last()?;
    (closing.is_none_or(|closed| closed < last.called)).then(|| last.dword("dwExtVersion"))
}

fn a_selected_version_is_alone(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, out, error) in &NEGOTIATIONS[..2] {
        let of_phone = function.contains("_phone");
        all.join(each(story, function, |one| {
            let selected = selected(story, one, of_phone)?;
            let range = one.dword("dwLowVersion")..=one.dword("dwHighVersion");
            let result = one.result()?;
            let right = match selected {
                // What was selected before can be had again.
                0 => {
                    let had = story.invocations_of(function).filter(|other| other.called < one.called);
                    let mut had = had.filter_map(|other| answered(other, out));
                    if !had.any(|version| range.contains(&version)) {
                        return None;
                    }
                    result == 0
                }
                _ if range.contains(&selected) => answered(one, out) == Some(selected),
                _ => is_error(result, &[error]),
            };
            kept(right, || {
                let given = answered(one, out).map_or_else(|| render_result(result), render_version);
                format!("{function} with {} selected gave {given}", render_version(selected))
            })
        }));
    }
    all
}

fn own_devices_are_accepted(story: &Story<'_>) -> Judgement {
    let initialize = constant_value("INITIALIZE_NEGOTIATION");
    let usual = |one: &Invocation<'_>| {
        one.dword("dwLowVersion") <= 0x0001_0003 && one.dword("dwHighVersion") >= 0x0003_0000
    };
    let (lines, phones) = (story.devices(false), story.devices(true));
    let mut all = takes(story, "TSPI_lineNegotiateTSPIVersion", |one| {
        let device = one.dword("dwDeviceID");
        usual(one) && (device == initialize || device < lines)
    });
    all.join(takes(story, "TSPI_phoneNegotiateTSPIVersion", |one| {
        let device = one.dword("dwDeviceID");
        usual(one) && phones > 0 && (device == initialize || device < phones)
    }));
    let unknown = ["LINEERR_BADDEVICEID", "LINEERR_NODEVICE", "LINEERR_NODRIVER"];
    all.join(never_fails_with(story, "TSPI_lineGetDevCaps", &unknown, |one| one.dword("dwDeviceID") < lines));
    if let Some(exports) = story.exports.filter(|_| phones > 0) {
        let name = "TSPI_phoneNegotiateTSPIVersion";
        all.say(exports.at, kept(exports.has(name), || format!("there are {phones} phones, and {name} is not exported")));
    }
    all
}

/// Whether a device is open at an event.
fn is_open(story: &Story<'_>, of_phone: bool, device: u32, at: usize) -> bool {
    let lives = |opened: usize, closed: Option<usize>| opened < at && closed.is_none_or(|closed| closed > at);
    match of_phone {
        true => story.phones.iter().any(|phone| phone.device == device && lives(phone.opened, phone.closed)),
        false => story.lines.iter().any(|line| line.device == device && lives(line.opened, line.closed)),
    }
}

fn negotiates_at_any_time(story: &Story<'_>) -> Judgement {
    let mut all = Judgement::default();
    for (function, ..) in &NEGOTIATIONS[..2] {
        let of_phone = function.contains("_phone");
        let range = |one: &Invocation<'_>| (one.dword("dwDeviceID"), one.dword("dwLowVersion"), one.dword("dwHighVersion"));
        let free = |one: &Invocation<'_>| selected(story, one, of_phone).is_none_or(|version| version == 0);
        let open = |one: &Invocation<'_>| is_open(story, of_phone, one.dword("dwDeviceID"), one.called);
        all.join(each(story, function, |one| {
            let mut others = story.invocations_of(function).filter(|other| {
                other.result() == Some(0) && range(other) == range(one) && open(other) != open(one) && free(other)
            });
            let other = others.next().filter(|_| free(one))?;
            let (when, result) = (if open(one) { "while the device is open" } else { "while it is closed" }, one.result()?);
            kept(result == 0, || format!("{function} agreed to the range at another time, and {when} gave {}", render_result(result)))
                .map(|said| said.with([other.called]))
        }));
    }
    all
}
