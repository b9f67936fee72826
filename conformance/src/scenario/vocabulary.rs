//! The names that a scenario takes from TSPI: which there are, what a short one stands for, and which is nearest.

use super::ast::{ReportMessage, Structure};
use crate::tspi::structures::{Content, FieldKind};
use crate::tspi::{self, Family, Function, Kind, constants, messages};

/// The families of `reports` expectations about calls, and the message that carries each.
pub(super) static CALL_REPORTS: &[(&Family, ReportMessage)] = &[
    (&constants::LINECALLINFOSTATE, ReportMessage::CallInfo),
    (&constants::LINEGENERATETERM, ReportMessage::Generate),
];

/// The families of `reports` expectations about lines, and the message that carries each.
pub(super) static LINE_REPORTS: &[(&Family, ReportMessage)] = &[
    (&constants::LINEDEVSTATE, ReportMessage::LineDevState),
    (&constants::LINEADDRESSSTATE, ReportMessage::AddressState),
];

/// The family of `reports` expectations about phones, and the message that carries it.
pub(super) static PHONE_REPORTS: &[(&Family, ReportMessage)] =
    &[(&constants::PHONESTATE, ReportMessage::PhoneState)];

/// Bits that a scenario may need, and the member of the capabilities that holds them.
pub(super) static CAPABILITIES: &[(&Family, Structure, &str)] = &[
    (
        &constants::LINEADDRCAPFLAGS,
        Structure::AddressCaps,
        "dwAddrCapFlags",
    ),
    (
        &constants::LINEADDRFEATURE,
        Structure::AddressCaps,
        "dwAddressFeatures",
    ),
    (
        &constants::LINECALLFEATURE,
        Structure::AddressCaps,
        "dwCallFeatures",
    ),
    (
        &constants::LINECALLFEATURE2,
        Structure::AddressCaps,
        "dwCallFeatures2",
    ),
    (&constants::LINEDEVCAPFLAGS, Structure::DevCaps, "dwDevCapFlags"),
    (&constants::LINEFEATURE, Structure::DevCaps, "dwLineFeatures"),
    (&constants::LINEMEDIAMODE, Structure::DevCaps, "dwMediaModes"),
    (&constants::LINEBEARERMODE, Structure::DevCaps, "dwBearerModes"),
    (&constants::PHONEFEATURE, Structure::PhoneCaps, "dwPhoneFeatures"),
    (
        &constants::PHONEHOOKSWITCHDEV,
        Structure::PhoneCaps,
        "dwHookSwitchDevs",
    ),
];

/// The candidate most like `word`, if any is like enough to be meant. Case does not count.
pub(super) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    // Two single letters have nothing in common: between them only case may differ.
    let limit = match word.chars().count() {
        0 | 1 => 0,
        letters => (letters / 3).clamp(1, 5),
    };
    candidates
        .into_iter()
        .map(|candidate| {
            (
                strsim::damerau_levenshtein(&word, &candidate.to_lowercase()),
                candidate,
            )
        })
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A constant's name without its family's.
fn short<'a>(family: &Family, whole: &'a str) -> &'a str {
    whole
        .strip_prefix(family.name)
        .and_then(|rest| rest.strip_prefix('_'))
        .unwrap_or(whole)
}

/// The whole name of a constant of one of these families, given whole or short.
pub(super) fn resolve(word: &str, families: &[&'static Family]) -> Option<&'static str> {
    let members = |family: &&'static Family| {
        let family: &'static Family = family;
        family
            .constants
            .iter()
            .map(|constant| constant.name)
            .find(|name| *name == word || short(family, name) == word)
    };
    families.iter().find_map(members)
}

/// The constant of these families nearest to a misspelt one; short if that was.
pub(super) fn nearest_constant(word: &str, families: &[&'static Family]) -> Option<&'static str> {
    let names = || {
        families
            .iter()
            .flat_map(|family| family.constants.iter().map(move |c| (*family, c.name)))
    };
    let whole = names().map(|(_, name)| name);
    let shortened = names().map(|(family, name)| short(family, name));
    if word.contains('_') {
        nearest(word, whole)
    } else {
        nearest(word, shortened)
    }
}

/// The family that holds the mode of a call state.
pub(super) fn mode_family(state: &str) -> Option<&'static Family> {
    messages::callstate_mode(constants::LINECALLSTATE.value(state)?)
}

/// Whether it is the family of the modes of a call state.
pub(super) fn is_callstate_mode(family: &Family) -> bool {
    constants::LINECALLSTATE
        .constants
        .iter()
        .any(|state| messages::callstate_mode(state.value) == Some(family))
}

/// What a member of a structure holds, as far as a comparison cares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum FieldContent {
    /// A string, or bytes that are compared with one.
    Text,
    /// A number, perhaps of a family.
    Number(Option<&'static Family>),
    /// Something that no comparison can look at.
    Other,
}

/// What a step that calls a function can find afterwards, by the names that a scenario uses: the members and variable
/// parts of the structure that it fills, and other out parameters by their own names. Handles are no such thing.
pub(super) fn found(function: &'static Function) -> Vec<(&'static str, FieldContent)> {
    function
        .args
        .iter()
        .flat_map(|arg| match arg.kind {
            Kind::OutStruct(structure) => fields(structure),
            Kind::OutDword(family) => vec![(arg.name, FieldContent::Number(family))],
            Kind::OutVersion => vec![(arg.name, FieldContent::Number(None))],
            Kind::OutDigits { .. }
            | Kind::OutString { .. }
            | Kind::OutBytes { .. }
            | Kind::InOutBytes { .. } => {
                vec![(arg.name, FieldContent::Text)]
            }
            Kind::OutGuid => vec![(arg.name, FieldContent::Other)],
            _ => Vec::new(),
        })
        .collect()
}

/// What `its` is said of: the structure that the function fills, or else the function.
pub(super) fn found_in(function: &'static Function) -> &'static str {
    let structure = function.args.iter().find_map(|arg| match arg.kind {
        Kind::OutStruct(structure) => Some(structure.name),
        _ => None,
    });
    structure.unwrap_or(function.name)
}

/// The members of a structure by the names that a scenario uses: members themselves, and variable parts.
pub(super) fn fields(structure: &'static tspi::Structure) -> Vec<(&'static str, FieldContent)> {
    let member = |kind: &FieldKind| match kind {
        FieldKind::Dword(family) => FieldContent::Number(*family),
        FieldKind::TotalSize | FieldKind::NeededSize | FieldKind::UsedSize | FieldKind::Size(_) => {
            FieldContent::Number(None)
        }
        _ => FieldContent::Other,
    };
    let mut fields = Vec::new();
    for held in structure.all_members() {
        match held.kind {
            FieldKind::Offset {
                part,
                content: Content::Text | Content::Bytes,
            } => fields.push((part, FieldContent::Text)),
            FieldKind::Offset { part, .. } => fields.push((part, FieldContent::Other)),
            kind => fields.push((held.name, member(&kind))),
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_resolved_whole_and_short_within_their_families() {
        let states: &[&'static Family] = &[&constants::LINECALLSTATE];
        assert_eq!(resolve("CONNECTED", states), Some("LINECALLSTATE_CONNECTED"));
        assert_eq!(resolve("LINECALLSTATE_BUSY", states), Some("LINECALLSTATE_BUSY"));
        assert_eq!(resolve("LINEDISCONNECTMODE_BUSY", states), None);
        assert_eq!(nearest_constant("CONECTED", states), Some("CONNECTED"));
        assert_eq!(
            nearest_constant("LINECALSTATE_CONECTED", states),
            Some("LINECALLSTATE_CONNECTED")
        );
        assert_eq!(nearest_constant("banana", states), None);
    }

    #[test]
    fn the_modes_of_states_come_from_the_table() {
        let family = mode_family("LINECALLSTATE_DISCONNECTED").expect("it has modes");
        assert_eq!(family.name, "LINEDISCONNECTMODE");
        assert!(mode_family("LINECALLSTATE_IDLE").is_none());
        assert!(is_callstate_mode(family) && !is_callstate_mode(&constants::LINEMEDIAMODE));
    }

    #[test]
    fn capabilities_are_those_of_the_table() {
        for (family, structure, field) in CAPABILITIES {
            let described = tspi::structure(structure.name()).expect("a structure");
            let held = fields(described)
                .into_iter()
                .find(|(name, _)| name == field)
                .map(|(_, content)| content);
            assert_eq!(
                held,
                Some(FieldContent::Number(Some(family))),
                "{field} of {}",
                structure.name()
            );
            let function = tspi::function(structure.function()).expect("a function");
            assert_eq!(found_in(function), structure.name());
        }
    }

    #[test]
    fn what_a_call_finds_is_what_its_function_gives() {
        let of = |name| found(tspi::function(name).expect("a function"));
        assert!(of("TSPI_lineGetCallInfo").contains(&("CallerID", FieldContent::Text)));
        assert_eq!(
            of("TSPI_phoneGetGain"),
            [("lpdwGain", FieldContent::Number(None))]
        );
        assert_eq!(of("TSPI_lineGatherDigits"), [("lpsDigits", FieldContent::Text)]);
        assert!(of("TSPI_lineMakeCall").is_empty());
    }
}
