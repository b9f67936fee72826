//! Rules about bits and numbers that only make sense together: an option with its function, a least with its most.

use super::Level::{Must, Should};
use super::judging::{Said, each_answer, kept};
use super::{Answer, Invocation, Judgement, Rule, Story};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/linecallfeature2--constants/1",
        page: "linecallfeature2--constants.md",
        level: Must,
        requirement: "A bit for an option of a function comes with the bit of the function itself: LINECALLFEATURE2_COMPL… \
                      with LINECALLFEATURE_COMPLETECALL, LINECALLFEATURE2_PARK… with LINECALLFEATURE_PARK, FORWARDDND and \
                      FORWARDFWD with FORWARD, and so on.",
        why: "Applications look at the function's bit first and never see the option.",
        mend: "Set both bits from one row of a table, or neither.",
        broken_by: "option-without-function",
        exercises: &["lifecycle"],
        judge: options_come_with_their_function,
    },
    Rule {
        id: "tspi/LINEADDRESSCAPS/17",
        page: "ns-tapi-lineaddresscaps.md",
        level: Must,
        requirement: "Of each pair of limits in the capabilities the least is not above the most: forwarding rings, timeouts of \
                      gathering digits.",
        why: "An application that picks a value between the limits finds none.",
        mend: "Put both limits into one table row and check them there; equal where there is no choice.",
        broken_by: "limits-out-of-order",
        exercises: &["lifecycle"],
        judge: limits_are_in_order,
    },
    Rule {
        id: "tspi/PHONECAPS/9",
        page: "ns-tapi-phonecaps.md",
        level: Must,
        requirement: "PHONECAPS.dwDisplayNumRows and dwDisplayNumColumns are both zero, where there is no display, or neither.",
        why: "An application divides its text into rows of no columns.",
        mend: "Take both from the display, or leave both zero.",
        broken_by: "display-without-columns",
        exercises: &["phone"],
        judge: displays_have_rows_and_columns,
    },
    Rule {
        id: "tspi/tapi-version-negotiation/1",
        page: "tapi-version-negotiation.md",
        level: Must,
        requirement: "A device without extensions reports an extension identifier of zeros, and one that negotiates an \
                      extension version reports another.",
        why: "Applications take the extensions of another maker for theirs.",
        mend: "Make one identifier with a GUID tool and give it for every device that has your extensions.",
        broken_by: "extensions-of-nobody",
        exercises: &["extensions"],
        judge: extensions_have_an_identifier,
    },
    Rule {
        id: "tspi/lineGetExtensionID/3",
        page: "nf-tspi-tspi_linegetextensionid.md",
        level: Should,
        requirement: "A device that agrees to no extension version at all reports an extension identifier of zeros, every part of it written. \
                      Applications that know the identifier cope with a device that has nothing to negotiate: a warning.",
        why: "An application that finds the identifier of its vendor goes on to negotiate, and is refused; one that finds what was in memory \
              before finds extensions of nobody.",
        mend: "Fill LINEEXTENSIONID or PHONEEXTENSIONID with zeros where you have no extensions, and agree to a version where you have.",
        broken_by: "identifier-of-no-extension",
        exercises: &["extensions", "ext-versions"],
        judge: no_extensions_have_no_identifier,
    },
];

/// Structure, member and bit of the option; member and bit of its function.
type Together = (&'static str, &'static str, &'static str, &'static str, &'static str);

const COMPLETE: &str = "LINECALLFEATURE_COMPLETECALL";
const TRANSFER: &str = "LINECALLFEATURE_COMPLETETRANSF";
const PARK: &str = "LINECALLFEATURE_PARK";
const ADDRESS: &str = "LINEADDRFEATURE_FORWARD";
const LINE: &str = "LINEFEATURE_FORWARD";

/// Options of calls, in LINEADDRESSCAPS and in LINECALLSTATUS alike.
const OF_CALLS: [(&str, &str); 10] = [
    ("LINECALLFEATURE2_COMPLCALLBACK", COMPLETE),
    ("LINECALLFEATURE2_COMPLCAMPON", COMPLETE),
    ("LINECALLFEATURE2_COMPLINTRUDE", COMPLETE),
    ("LINECALLFEATURE2_COMPLMESSAGE", COMPLETE),
    ("LINECALLFEATURE2_NOHOLDCONFERENCE", "LINECALLFEATURE_SETUPCONF"),
    ("LINECALLFEATURE2_ONESTEPTRANSFER", "LINECALLFEATURE_SETUPTRANSFER"),
    ("LINECALLFEATURE2_TRANSFERNORM", TRANSFER),
    ("LINECALLFEATURE2_TRANSFERCONF", TRANSFER),
    ("LINECALLFEATURE2_PARKDIRECT", PARK),
    ("LINECALLFEATURE2_PARKNONDIRECT", PARK),
];

const OF_DEVICES: [Together; 8] = [
    ("LINEADDRESSCAPS", "dwAddressFeatures", "LINEADDRFEATURE_FORWARDDND", "dwAddressFeatures", ADDRESS),
    ("LINEADDRESSCAPS", "dwAddressFeatures", "LINEADDRFEATURE_FORWARDFWD", "dwAddressFeatures", ADDRESS),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_FORWARDDND", "dwAddressFeatures", ADDRESS),
    ("LINEADDRESSSTATUS", "dwAddressFeatures", "LINEADDRFEATURE_FORWARDFWD", "dwAddressFeatures", ADDRESS),
    ("LINEDEVCAPS", "dwLineFeatures", "LINEFEATURE_FORWARDDND", "dwLineFeatures", LINE),
    ("LINEDEVCAPS", "dwLineFeatures", "LINEFEATURE_FORWARDFWD", "dwLineFeatures", LINE),
    ("LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_FORWARDDND", "dwLineFeatures", LINE),
    ("LINEDEVSTATUS", "dwLineFeatures", "LINEFEATURE_FORWARDFWD", "dwLineFeatures", LINE),
];

fn options_come_with_their_function(story: &Story<'_>) -> Judgement {
    let of_calls = ["LINEADDRESSCAPS", "LINECALLSTATUS"].into_iter().flat_map(|structure| {
        OF_CALLS.map(|(option, function)| (structure, "dwCallFeatures2", option, "dwCallFeatures", function))
    });
    let mut judgement = Judgement::default();
    for (structure, member, option, of, function) in of_calls.chain(OF_DEVICES) {
        judgement.join(each_answer(story, structure, |answer| {
            if !answer.has(member, option) {
                return None;
            }
            kept(answer.has(of, function), || {
                format!("{structure}.{member} has {option}, and {of} lacks {function}")
            })
        }));
    }
    judgement
}

/// Structure, least, most.
const LIMITS: [(&str, &str, &str); 2] = [
    ("LINEADDRESSCAPS", "dwMinFwdNumRings", "dwMaxFwdNumRings"),
    ("LINEDEVCAPS", "dwGatherDigitsMinTimeout", "dwGatherDigitsMaxTimeout"),
];

fn limits_are_in_order(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (structure, least, most) in LIMITS {
        judgement.join(each_answer(story, structure, |caps| {
            let (low, high) = (caps.number(least)?, caps.number(most)?);
            kept(low <= high, || format!("{structure}.{least} is {low}, and {most} is {high}"))
        }));
    }
    judgement
}

fn displays_have_rows_and_columns(story: &Story<'_>) -> Judgement {
    each_answer(story, "PHONECAPS", |caps| {
        let (rows, columns) = (caps.number("dwDisplayNumRows")?, caps.number("dwDisplayNumColumns")?);
        kept((rows == 0) == (columns == 0), || {
            format!("dwDisplayNumRows is {rows}, and dwDisplayNumColumns is {columns}")
        })
    })
}

/// Extension identifiers by device, against the negotiations of their versions.
fn extensions_have_an_identifier(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let devices = [
        ("TSPI_lineGetExtensionID", "LINEEXTENSIONID", "TSPI_lineNegotiateExtVersion"),
        ("TSPI_phoneGetExtensionID", "PHONEEXTENSIONID", "TSPI_phoneNegotiateExtVersion"),
    ];
    for (asks, structure, negotiates) in devices {
        for answer in story.answers(structure) {
            let about: Option<&Answer> = (story.invocations[answer.invocation].function.name == asks).then_some(answer);
            judgement.say(answer.at, about.and_then(|answer| identified(story, answer, negotiates)));
        }
    }
    judgement
}

const IDENTIFIED: [(&str, &str); 2] = [
    ("LINEEXTENSIONID", "TSPI_lineNegotiateExtVersion"),
    ("PHONEEXTENSIONID", "TSPI_phoneNegotiateExtVersion"),
];

fn no_extensions_have_no_identifier(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let parts = ["dwExtensionID0", "dwExtensionID1", "dwExtensionID2", "dwExtensionID3"];
    for (structure, negotiates) in IDENTIFIED {
        for answer in story.answers(structure) {
            let about = |one: &&Invocation<'_>| story.device_of(one) == answer.device && one.result().is_some();
            let mut asked = story.invocations_of(negotiates).filter(about).peekable();
            // Only a range that nobody could miss tells that there is none.
            let refused = asked.peek().is_none() || !asked.all(|one| one.result().is_some_and(|result| result < 0));
            let wide = story.invocations_of(negotiates).filter(about).any(|one| one.dword("dwLowVersion") <= 1 && one.dword("dwHighVersion") >= 0x0010_0000);
            if refused || !wide {
                continue;
            }
            let zeros = parts.iter().all(|part| answer.number(part) == Some(0));
            let said = kept(zeros, || format!("{negotiates} agrees to no version, and {structure} is not all zeros"));
            judgement.say(answer.at, said);
        }
    }
    judgement
}

fn identified(story: &Story<'_>, answer: &Answer, negotiates: &str) -> Option<Said> {
    let parts = ["dwExtensionID0", "dwExtensionID1", "dwExtensionID2", "dwExtensionID3"];
    let nobody = parts.iter().all(|part| answer.number(part) == Some(0));
    let negotiated = story.invocations_of(negotiates).find(|one| {
        let same = story.device_of(one) == answer.device;
        let version = one.number_out("lpdwExtVersion").unwrap_or_default();
        same && one.result() == Some(0) && version != 0
    });
    let negotiated = negotiated?;
    let said = kept(!nobody, || {
        format!("{negotiates} agreed on a version, and the extension identifier is all zeros")
    });
    said.map(|said| said.with([negotiated.called]))
}
