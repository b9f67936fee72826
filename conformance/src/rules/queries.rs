//! Rules about what is asked: in every state of a call, every member filled, every place written.

use super::Level::{Must, Should};
use super::judging::{each, each_answer, kept, never_fails_with};
use super::structures::fills_every_member;
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::{constant_value, render_constant};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/lineGetCallInfo/3",
        page: "nf-tspi-tspi_linegetcallinfo.md",
        level: Must,
        requirement: "Queries of a call, setting its dwAppSpecific and closing it work in every call state: none fails with \
                      LINEERR_INVALCALLSTATE.",
        why: "TAPI asks whenever an application does, and closes calls in whatever state they are.",
        mend: "Do not look at the state of the call in functions that only ask or release.",
        broken_by: "asks-for-a-state",
        exercises: &["outgoing-answered"],
        judge: queries_work_in_every_state,
    },
    Rule {
        id: "tspi/lineGetAddressCaps/3",
        page: "nf-tspi-tspi_linegetaddresscaps.md",
        level: Should,
        requirement: "On success every member that is the provider's is filled in LINEADDRESSCAPS, LINEADDRESSSTATUS, LINEDEVSTATUS, \
                      LINECALLINFO and LINECALLSTATUS: none holds what TAPI's memory held before. Published providers set what \
                      they have and leave the rest: a warning.",
        why: "Applications read whatever stood in TAPI's memory.",
        mend: "Clear all that is yours behind dwTotalSize first, and then set what there is.",
        broken_by: "leaves-status-unfilled",
        exercises: &["outgoing-answered"],
        judge: |story| {
            let mut judgement = Judgement::default();
            for structure in FILLED {
                judgement.join(fills_every_member(story, structure));
            }
            judgement
        },
    },
    Rule {
        id: "tspi/lineGetAddressID/4",
        page: "nf-tspi-tspi_linegetaddressid.md",
        level: Must,
        requirement: "The address identifiers that TSPI_lineGetAddressID and TSPI_lineGetCallAddressID give lie between 0 and the \
                      number of addresses minus one, and the number of TSPI_lineGetNumAddressIDs is LINEDEVCAPS.dwNumAddresses.",
        why: "TAPI checks identifiers against the number and refuses what lies beyond.",
        mend: "Number the addresses from 0, and take every count from the same place.",
        broken_by: "address-beyond-the-last",
        exercises: &["ids", "call-settings"],
        judge: address_ids_lie_in_range,
    },
    Rule {
        id: "tspi/lineGetDevConfig/3",
        page: "nf-tspi-tspi_linegetdevconfig.md",
        level: Must,
        requirement: "On success the VARSTRING of TSPI_lineGetDevConfig has dwStringFormat STRINGFORMAT_BINARY.",
        why: "TAPI would hand on the configuration as text, and change it.",
        mend: "Set STRINGFORMAT_BINARY whatever the data looks like.",
        broken_by: "configuration-as-text",
        exercises: &["device-config"],
        judge: configurations_are_binary,
    },
    Rule {
        id: "tspi/LINEDEVCAPS/7",
        page: "ns-tapi-linedevcaps.md",
        level: Must,
        requirement: "TSPI_lineGetAddressCaps knows the addresses 0 to dwNumAddresses-1 and no others.",
        why: "Applications find addresses that are not there, or miss one that is.",
        mend: "Check dwAddressID against the number of addresses before anything else.",
        broken_by: "addresses-without-end",
        exercises: &["ids"],
        judge: only_its_addresses_are_known,
    },
];

/// Functions whose pages name every call state as valid.
const ANY_STATE: [&str; 6] = [
    "TSPI_lineGetCallInfo",
    "TSPI_lineGetCallStatus",
    "TSPI_lineGetCallAddressID",
    "TSPI_lineGetCallIDs",
    "TSPI_lineSetAppSpecific",
    "TSPI_lineCloseCall",
];

const FILLED: [&str; 5] = [
    "LINEADDRESSCAPS",
    "LINEADDRESSSTATUS",
    "LINEDEVSTATUS",
    "LINECALLINFO",
    "LINECALLSTATUS",
];

fn queries_work_in_every_state(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for function in ANY_STATE {
        let known = |one: &Invocation<'_>| story.call_of(one, "hdCall").is_some();
        judgement.join(never_fails_with(story, function, &["LINEERR_INVALCALLSTATE"], known));
    }
    judgement
}

fn address_ids_lie_in_range(story: &Story<'_>) -> Judgement {
    let addresses = |one: &Invocation<'_>| {
        let caps = story.caps("LINEDEVCAPS", story.device_of(one)?, one.at())?;
        caps.number("dwNumAddresses").map(u64::from)
    };
    let mut judgement = Judgement::default();
    for function in ["TSPI_lineGetAddressID", "TSPI_lineGetCallAddressID"] {
        judgement.join(each(story, function, |one| {
            let id = one.number_out("lpdwAddressID").filter(|_| one.result() == Some(0))?;
            let number = addresses(one)?;
            kept(id < number, || format!("{function} gave {id}, and dwNumAddresses is {number}"))
        }));
    }
    judgement.join(each(story, "TSPI_lineGetNumAddressIDs", |one| {
        let given = one.number_out("lpdwNumAddressIDs").filter(|_| one.result() == Some(0))?;
        let number = addresses(one)?;
        kept(given == number, || {
            format!("*lpdwNumAddressIDs is {given}, and LINEDEVCAPS.dwNumAddresses is {number}")
        })
    }));
    judgement
}

fn configurations_are_binary(story: &Story<'_>) -> Judgement {
    each_answer(story, "VARSTRING", |answer| {
        let one = &story.invocations[answer.invocation];
        if one.function.name != "TSPI_lineGetDevConfig" {
            return None;
        }
        let format = answer.number("dwStringFormat")?;
        kept(format == constant_value("STRINGFORMAT_BINARY"), || {
            format!("dwStringFormat is {}", render_constant("STRINGFORMAT", format))
        })
    })
}

fn only_its_addresses_are_known(story: &Story<'_>) -> Judgement {
    each(story, "TSPI_lineGetAddressCaps", |one| {
        let caps = story.caps("LINEDEVCAPS", one.dword("dwDeviceID"), one.at())?;
        let (number, address) = (caps.number("dwNumAddresses")?, one.dword("dwAddressID"));
        let knows = one.result()? >= 0;
        let small = one.result() == Some(constant_value("LINEERR_STRUCTURETOOSMALL") as i32);
        if small {
            return None;
        }
        kept(knows == (address < number), || {
            let said = if knows { "told" } else { "refused" };
            format!("dwNumAddresses is {number}, and the capabilities of address {address} were {said}")
        })
    })
}
