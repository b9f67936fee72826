//! Rules about what the capabilities claim and the functions do: features, media types, terminals, extensions.

use super::Level::Must;
use super::judging::{Feature, each_answer, kept, refused_where_claimed, taken_where_not_claimed};
use super::{Judgement, Rule, Story};
use crate::tspi::{Value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineAccept/13",
        page: "nf-tspi-tspi_lineaccept.md",
        level: Must,
        requirement: "The capabilities tell which functions a line has: one that LINEADDRESSCAPS.dwCallFeatures, where it lists any, \
                      lacks is not taken.",
        why: "Applications grey out what they are told is not there, though it would work.",
        mend: "List every function that some call of the address can be asked for at some time.",
        broken_by: "hides-features",
        exercises: &["two-lines", "hold"],
        judge: |story| {
            match story.claimed("LINEADDRESSCAPS", "dwCallFeatures") {
                None | Some(0) => Judgement::default(),
                Some(_) => taken_where_not_claimed(story, CALL_FEATURES),
            }
        },
    },
    Rule {
        id: "tspi/lineDial/12",
        page: "nf-tspi-tspi_linedial.md",
        level: Must,
        requirement: "What the capabilities claim is not refused as unavailable: functions of lines in LINEADDRESSCAPS.dwAddressFeatures \
                      and LINEDEVCAPS.dwLineFeatures, and dialling in several steps with LINEADDRCAPFLAGS_PARTIALDIAL.",
        why: "Applications offer their users what then does not work.",
        mend: "Claim only what the line can do, in features and flags alike.",
        broken_by: "claims-forwarding",
        exercises: &["forward", "device-status", "dial-partial", "dial-steps"],
        judge: |story| refused_where_claimed(story, LINE_FEATURES),
    },
    Rule {
        id: "tspi/lineGetDevCaps/3",
        page: "nf-tspi-tspi_linegetdevcaps.md",
        level: Must,
        requirement: "LINEDEVCAPS holds for all addresses of the line: media types that LINEADDRESSCAPS.dwAvailableMediaModes lists are in \
                      LINEDEVCAPS.dwMediaModes.",
        why: "Applications that look for a line with a media type pass by one that has it.",
        mend: "Make dwMediaModes the union of the media types of all addresses.",
        broken_by: "media-of-address-alone",
        exercises: &["outgoing-answered"],
        judge: |story| {
            each_answer(story, "LINEADDRESSCAPS", |address| {
                let line = story.caps("LINEDEVCAPS", address.device?, address.at)?;
                let (own, all) = (address.number("dwAvailableMediaModes")?, line.number("dwMediaModes")?);
                kept(own & !all == 0, || {
                    let beyond = render_constant("LINEMEDIAMODE", own & !all);
                    format!("LINEADDRESSCAPS.dwAvailableMediaModes has {beyond}, which LINEDEVCAPS.dwMediaModes lacks")
                })
            })
        },
    },
    Rule {
        id: "tspi/lineGetDevCaps/6",
        page: "nf-tspi-tspi_linegetdevcaps.md",
        level: Must,
        requirement: "LINEDEVCAPS has a LINETERMCAPS for each of its dwNumTerminals terminals, with every member filled: one \
                      LINETERMDEV_ constant, terminal modes, and one LINETERMSHARING_ constant.",
        why: "Applications show terminals without a kind.",
        mend: "Write dwNumTerminals entries, each with dwTermDev, dwTermModes and dwTermSharing.",
        broken_by: "terminals-uncounted",
        exercises: &["terminals"],
        judge: terminals_are_described,
    },
    Rule {
        id: "tspi/lineGetAddressCaps/8",
        page: "nf-tspi-tspi_linegetaddresscaps.md",
        level: Must,
        requirement: "With dwExtVersion 0 no extensions are used: the device-specific part of LINEDEVCAPS and of LINEADDRESSCAPS is empty.",
        why: "Who asks without extensions does not know the form of what he gets.",
        mend: "Fill the device-specific part only for an extension version that you know.",
        broken_by: "extensions-uncalled-for",
        exercises: &["outgoing-answered"],
        judge: |story| {
            let mut all = Judgement::default();
            for structure in ["LINEDEVCAPS", "LINEADDRESSCAPS"] {
                all.join(each_answer(story, structure, |answer| {
                    if story.invocations[answer.invocation].value("dwExtVersion") != Some(0) {
                        return None;
                    }
                    let size = answer.number("dwDevSpecificSize")?;
                    kept(size == 0, || {
                        format!("dwExtVersion is 0, and {structure}.dwDevSpecificSize is {size}")
                    })
                }));
            }
            all
        },
    },
];

const fn call_feature(function: &'static str, bit: &'static str) -> Feature {
    Feature { function, structure: "LINEADDRESSCAPS", member: "dwCallFeatures", bit }
}

/// Functions of calls that have a bit.
const CALL_FEATURES: &[Feature] = &[
    call_feature("TSPI_lineAccept", "LINECALLFEATURE_ACCEPT"),
    call_feature("TSPI_lineAddToConference", "LINECALLFEATURE_ADDTOCONF"),
    call_feature("TSPI_lineAnswer", "LINECALLFEATURE_ANSWER"),
    call_feature("TSPI_lineBlindTransfer", "LINECALLFEATURE_BLINDTRANSFER"),
    call_feature("TSPI_lineCompleteCall", "LINECALLFEATURE_COMPLETECALL"),
    call_feature("TSPI_lineCompleteTransfer", "LINECALLFEATURE_COMPLETETRANSF"),
    call_feature("TSPI_lineDial", "LINECALLFEATURE_DIAL"),
    call_feature("TSPI_lineDrop", "LINECALLFEATURE_DROP"),
    call_feature("TSPI_lineHold", "LINECALLFEATURE_HOLD"),
    call_feature("TSPI_linePark", "LINECALLFEATURE_PARK"),
    call_feature("TSPI_linePrepareAddToConference", "LINECALLFEATURE_PREPAREADDCONF"),
    call_feature("TSPI_lineRedirect", "LINECALLFEATURE_REDIRECT"),
    call_feature("TSPI_lineRemoveFromConference", "LINECALLFEATURE_REMOVEFROMCONF"),
    call_feature("TSPI_lineSecureCall", "LINECALLFEATURE_SECURECALL"),
    call_feature("TSPI_lineSendUserUserInfo", "LINECALLFEATURE_SENDUSERUSER"),
    call_feature("TSPI_lineSetCallParams", "LINECALLFEATURE_SETCALLPARAMS"),
    call_feature("TSPI_lineSetupTransfer", "LINECALLFEATURE_SETUPTRANSFER"),
    call_feature("TSPI_lineSwapHold", "LINECALLFEATURE_SWAPHOLD"),
    call_feature("TSPI_lineUnhold", "LINECALLFEATURE_UNHOLD"),
];

const fn address_feature(function: &'static str, bit: &'static str) -> Feature {
    Feature { function, structure: "LINEADDRESSCAPS", member: "dwAddressFeatures", bit }
}

/// Functions of lines that have a bit.
const LINE_FEATURES: &[Feature] = &[
    address_feature("TSPI_lineForward", "LINEADDRFEATURE_FORWARD"),
    address_feature("TSPI_lineMakeCall", "LINEADDRFEATURE_MAKECALL"),
    address_feature("TSPI_lineUncompleteCall", "LINEADDRFEATURE_UNCOMPLETECALL"),
    Feature {
        function: "TSPI_lineDial",
        structure: "LINEADDRESSCAPS",
        member: "dwAddrCapFlags",
        bit: "LINEADDRCAPFLAGS_PARTIALDIAL",
    },
    Feature {
        function: "TSPI_lineSetLineDevStatus",
        structure: "LINEDEVCAPS",
        member: "dwLineFeatures",
        bit: "LINEFEATURE_SETDEVSTATUS",
    },
];

fn terminals_are_described(story: &Story<'_>) -> Judgement {
    each_answer(story, "LINEDEVCAPS", |caps| {
        let count = caps.number("dwNumTerminals").filter(|_| caps.is_whole())?;
        let entries = match caps.decoded.get("TerminalCaps")? {
            Value::List(entries) => entries.as_slice(),
            Value::Absent => &[],
            _ => return None,
        };
        if entries.len() != count as usize {
            return kept(false, || format!("dwNumTerminals is {count}, and {} are described", entries.len()));
        }
        let number = |entry: &Value, name: &str| match entry {
            Value::Struct(members) => members.iter().find(|(known, _)| *known == name)?.1.number(),
            _ => None,
        };
        let poor = entries.iter().position(|entry| {
            let one = |name| number(entry, name).is_some_and(|value| value.count_ones() == 1);
            let modes = number(entry, "dwTermModes").is_some_and(|modes| modes != 0);
            !(one("dwTermDev") && one("dwTermSharing") && modes)
        });
        (count > 0).then(|| kept(poor.is_none(), || format!("terminal {} is not described whole", poor.unwrap_or(0))))?
    })
}
