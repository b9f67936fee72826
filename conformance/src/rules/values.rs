//! Rules about values: which constants may stand where, in structures and in messages.

use super::Level::Must;
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::{
    Family, FamilyKind, FieldKind, Filler, Kind as ArgKind, Member, MessageParameter, Structure, Value, Version,
    callstate_mode, family, message,
};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/constant-extensibility/defined-values",
        page: "constant-extensibility.md",
        level: Must,
        requirement: "Members and message parameters that hold constants hold only values that the constants' page \
                      defines, or those that it opens to extensions.",
        why: "Applications compare with the constants that they know; another value is nothing to them.",
        mend: "Use the defined constants, or an extension where the page of the family leaves room for one.",
        broken_by: "undefined-bits",
        exercises: &["lifecycle", "outgoing-answered", "incoming-caller-id"],
        judge: |story| {
            let mut judgement = members_hold_defined_values(story);
            judgement.join(entries_hold_defined_values(story));
            parameters_hold_defined_values(story, &mut judgement);
            judgement
        },
    },
    Rule {
        id: "tspi/LINEDEVCAPS/22",
        page: "ns-tapi-linedevcaps.md",
        level: Must,
        requirement: "Of each dialling parameter, the minimum is not above the default, nor the default above the maximum.",
        why: "An application that picks a value between the limits finds none.",
        mend: "Put all three of each dialling parameter into one table row and check them there.",
        broken_by: "dial-params-out-of-order",
        exercises: &["lifecycle"],
        judge: dial_params_are_in_order,
    },
    Rule {
        id: "tspi/LINEADDRESSCAPS/1",
        page: "ns-tapi-lineaddresscaps.md",
        level: Must,
        requirement: "LINEADDRESSCAPS.dwLineDeviceID is the identifier of the line that was asked about.",
        why: "An application relates the address to another line.",
        mend: "Copy dwDeviceID, the id that TAPI gave, not an index of your own.",
        broken_by: "wrong-device-id",
        exercises: &["lifecycle"],
        judge: address_caps_name_their_line,
    },
];

/// Families whose high 16 bits may carry extensions.
const OPEN_HIGH_BITS: &[&str] = &[
    "LINEBEARERMODE",
    "LINEBUSYMODE",
    "LINEDIALTONEMODE",
    "LINEDIGITMODE",
    "LINEDISCONNECTMODE",
    "LINEMEDIACONTROL",
    "LINESPECIALINFO",
    "LINETONEMODE",
    "PHONELAMPMODE",
];

/// Families whose high 8 bits may carry extensions: a call state's substate, a device's own media modes.
const OPEN_TOP_BYTE: &[&str] = &["LINECALLSTATE", "LINEMEDIAMODE"];

/// What is wrong with a value of a family. Zero is never wrong: it is what stands where nothing is said.
fn undefined(family: &Family, value: u32) -> Option<String> {
    let open = match family.name {
        name if OPEN_HIGH_BITS.contains(&name) => 0xFFFF_0000,
        name if OPEN_TOP_BYTE.contains(&name) => 0xFF00_0000,
        _ => 0,
    };
    let right = match family.kind {
        FamilyKind::Flags => value & !(family.mask() | open) == 0,
        // Vendors' own values of scalar constants have the highest bit set.
        FamilyKind::Enum => value == 0 || family.name_of(value).is_some() || is_own_value(family.name, value),
        FamilyKind::Code => true,
    };
    (!right).then(|| family.render(value))
}

fn is_own_value(family: &str, value: u32) -> bool {
    match family {
        "PHONEBUTTONFUNCTION" => value >= 0x8000_0000,
        "LINECALLTREATMENT" => value >= 0x100,
        _ => false,
    }
}

/// A DWORD of a structure that a successful call filled; `None` where the provider left it as it was given.
pub(super) fn number_filled(one: &Invocation<'_>, arg: &str, member: &Member) -> Option<u32> {
    let range = member.offset..member.offset + 4;
    let (before, after) = (
        one.bytes_in(arg)?.get(range.clone())?,
        one.bytes_out(arg)?.get(range)?,
    );
    if before == after {
        return None;
    }
    Some(u32::from_le_bytes(after.try_into().ok()?))
}

/// The structures that a successful call filled: the argument and what it points to.
pub(super) fn structures_of(
    one: &Invocation<'_>,
) -> impl Iterator<Item = (&'static str, &'static Structure)> {
    let succeeded = one.result() == Some(0);
    one.function.args.iter().filter_map(move |arg| match arg.kind {
        ArgKind::OutStruct(structure) if succeeded => Some((arg.name, structure)),
        _ => None,
    })
}

fn members_hold_defined_values(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in &story.invocations {
        let at = one.returned.map_or(one.called, |returned| returned.at);
        for (arg, structure) in structures_of(one) {
            let members = structure.members(story.version());
            for member in members.filter(|member| member.filler == Filler::Provider) {
                let FieldKind::Dword(Some(family)) = member.kind else {
                    continue;
                };
                let Some(value) = number_filled(one, arg, &member) else {
                    continue;
                };
                let breach = undefined(family, value).map(|shown| {
                    format!(
                        "{}: {}.{} is {shown}",
                        one.function.name, structure.name, member.name
                    )
                });
                judgement.note(at, breach);
            }
        }
    }
    judgement
}

/// Structure, its list, the member of an entry, its family; for a list of numbers, no member.
const ENTRIES: [(&str, &str, &str, &str); 10] = [
    ("LINEDEVCAPS", "TerminalCaps", "dwTermDev", "LINETERMDEV"),
    ("LINEDEVCAPS", "TerminalCaps", "dwTermModes", "LINETERMMODE"),
    ("LINEDEVCAPS", "TerminalCaps", "dwTermSharing", "LINETERMSHARING"),
    ("LINEADDRESSCAPS", "CallTreatmentList", "dwCallTreatmentID", "LINECALLTREATMENT"),
    ("LINEADDRESSSTATUS", "Forward", "dwForwardMode", "LINEFORWARDMODE"),
    ("LINEADDRESSSTATUS", "TerminalModes", "", "LINETERMMODE"),
    ("LINEDEVSTATUS", "TerminalModes", "", "LINETERMMODE"),
    ("LINECALLINFO", "TerminalModes", "", "LINETERMMODE"),
    ("PHONECAPS", "LampModes", "", "PHONELAMPMODE"),
    ("PHONESTATUS", "LampModes", "", "PHONELAMPMODE"),
];

fn entries_hold_defined_values(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (structure, list, member, of) in ENTRIES {
        let Some(family) = family(of) else { continue };
        for answer in story.answers(structure) {
            let Some(Value::List(entries)) = answer.decoded.get(list) else { continue };
            let number = |entry: &Value| match entry {
                Value::Struct(members) => members.iter().find(|(name, _)| *name == member)?.1.number(),
                other => other.number(),
            };
            let wrong = entries.iter().filter_map(number).find_map(|value| undefined(family, value));
            let breach = wrong.map(|shown| match member {
                "" => format!("{structure}.{list} has {shown}"),
                member => format!("{structure}.{list} has an entry whose {member} is {shown}"),
            });
            judgement.note(answer.at, breach);
        }
    }
    judgement
}

fn parameters_hold_defined_values(story: &Story<'_>, judgement: &mut Judgement) {
    // What names nothing that changed says nothing.
    const NAMING: [(&str, usize); 3] = [("LINE_ADDRESSSTATE", 1), ("LINE_LINEDEVSTATE", 0), ("PHONE_STATE", 0)];
    for (at, args) in story.callbacks.iter().chain(&story.phone_callbacks) {
        let Some(message) = message(args.msg) else {
            continue;
        };
        if let Some((name, index)) = NAMING.iter().find(|(name, _)| *name == message.name) {
            let breach = (args.params[*index] == 0).then(|| format!("{name}: dwParam{} is 0", index + 1));
            judgement.note(*at, breach);
        }
        for (index, parameter) in message.params.iter().enumerate() {
            let family = match parameter {
                MessageParameter::Of(family) => *family,
                MessageParameter::CallStateMode => match callstate_mode(args.params[0] as u32) {
                    Some(family) => family,
                    None => continue,
                },
                _ => continue,
            };
            let wrong = match u32::try_from(args.params[index]) {
                Ok(value) => undefined(family, value),
                Err(_) => Some(format!("{:#x}", args.params[index])),
            };
            judgement.note(
                *at,
                wrong.map(|shown| format!("{}: dwParam{} is {shown}", message.name, index + 1)),
            );
        }
    }
}

fn dial_params_are_in_order(story: &Story<'_>) -> Judgement {
    const PARAMS: [&str; 4] = [
        "dwDialPause",
        "dwDialSpeed",
        "dwDigitDuration",
        "dwWaitForDialtone",
    ];
    let mut judgement = Judgement::default();
    for one in story
        .invocations_of("TSPI_lineGetDevCaps")
        .filter(|one| one.result() == Some(0))
    {
        let Some(caps) = super::structures::decoded(one, "lpLineDevCaps", story.version()) else {
            continue;
        };
        for param in PARAMS {
            let [low, usual, high] = ["Min", "Default", "Max"].map(|which| {
                caps.get(&format!("{which}DialParams.{param}"))
                    .and_then(|value| value.number())
            });
            let (Some(low), Some(usual), Some(high)) = (low, usual, high) else {
                continue;
            };
            let breach = (low > usual || usual > high)
                .then(|| format!("{param}: minimum {low}, default {usual}, maximum {high}"));
            judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
        }
    }
    judgement
}

fn address_caps_name_their_line(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in story
        .invocations_of("TSPI_lineGetAddressCaps")
        .filter(|one| one.result() == Some(0))
    {
        let caps = super::structures::decoded(one, "lpAddressCaps", story.version());
        let named = caps
            .as_ref()
            .and_then(|caps| caps.get("dwLineDeviceID")?.number());
        let (Some(named), Some(asked)) = (named, one.value("dwDeviceID")) else {
            continue;
        };
        let breach = (u64::from(named) != asked)
            .then(|| format!("line {asked} was asked about, and dwLineDeviceID is {named}"));
        judgement.note(one.returned.map_or(one.called, |returned| returned.at), breach);
    }
    judgement
}

/// The member of that name in the version in force.
pub(super) fn member(structure: &Structure, name: &str, version: u32) -> Option<Member> {
    structure
        .members(Version::from(version))
        .find(|member| member.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tspi::family;

    fn judged(name: &str, value: u32) -> bool {
        undefined(family(name).unwrap(), value).is_none()
    }

    #[test]
    fn extensions_are_allowed_where_their_page_allows_them() {
        assert!(judged("LINEDISCONNECTMODE", 0x8000_0000));
        assert!(!judged("LINEDEVCAPFLAGS", 0x8000_0000));
        assert!(judged("LINECALLSTATE", 0x0100_0100));
        assert!(judged("PHONEBUTTONFUNCTION", 0x8000_0001));
        assert!(!judged("PHONEBUTTONFUNCTION", 0x7fff_0001));
    }

    #[test]
    fn families_that_are_open_exist() {
        for name in OPEN_HIGH_BITS.iter().chain(OPEN_TOP_BYTE) {
            assert!(family(name).is_some(), "{name}");
        }
    }
}
