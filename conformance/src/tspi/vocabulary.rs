//! The names that a scenario may use, and the nearest one to a name that it may not.

use super::nearest::nearest;
use super::{constants, functions, structures};

/// Whether TSPI has a function of this name.
pub fn is_function(name: &str) -> bool {
    functions::function(name).is_some()
}

/// The function nearest to a misspelt name.
pub fn nearest_function(name: &str) -> Option<&'static str> {
    functions::nearest(name)
}

/// Whether there is a constant of this whole name.
pub fn is_constant(name: &str) -> bool {
    constants::constant(name).is_some()
}

/// The constant nearest to a misspelt whole name.
pub fn nearest_constant(name: &str) -> Option<&'static str> {
    constants::nearest(name)
}

/// The value of a member of a family, by its whole name or without the prefix: `CONNECTED` in `LINECALLSTATE`.
pub fn member(family: &str, name: &str) -> Option<u32> {
    constants::family(family)?.value(name)
}

/// The member of a family nearest to a misspelt name, in the same form: with the prefix if the name has it.
pub fn nearest_member(family: &str, name: &str) -> Option<&'static str> {
    let family = constants::family(family)?;
    if name.starts_with(family.name) {
        return nearest(name, family.constants.iter().map(|c| c.name));
    }
    nearest(name, family.constants.iter().map(|c| family.short(c)))
}

/// Whether a structure (or, without one, any structure) has a member or variable part of this name. A member of a
/// structure inside is written `DialParams.dwDialPause`.
pub fn is_field(structure: Option<&str>, name: &str) -> bool {
    fields(structure).any(|known| known == name)
        || name.split_once('.').is_some_and(|(outer, inner)| {
            structures::structures()
                .filter(|s| structure.is_none_or(|name| s.name == name))
                .any(|s| {
                    s.member(outer).is_some_and(|m| match m.kind {
                        structures::FieldKind::Struct(nested) => nested.member(inner).is_some(),
                        _ => false,
                    })
                })
        })
}

/// The field nearest to a misspelt name.
pub fn nearest_field(structure: Option<&str>, name: &str) -> Option<&'static str> {
    nearest(name, fields(structure))
}

/// The fields of a structure, or of all.
fn fields(structure: Option<&str>) -> impl Iterator<Item = &'static str> {
    structures::structures()
        .filter(move |s| structure.is_none_or(|name| s.name == name))
        .flat_map(|s| s.names())
}

/// Whether there is a structure of this name.
pub fn is_structure(name: &str) -> bool {
    structures::structure(name).is_some()
}

/// The structure nearest to a misspelt name.
pub fn nearest_structure(name: &str) -> Option<&'static str> {
    nearest(name, structures::structures().map(|s| s.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_or_corrected() {
        assert!(is_function("TSPI_lineMakeCall") && !is_function("lineMakeCall"));
        assert!(is_constant("LINECALLSTATE_IDLE") && !is_constant("IDLE"));
        assert_eq!(member("LINECALLSTATE", "IDLE"), Some(1));
        assert_eq!(nearest_member("LINECALLSTATE", "CONECTED"), Some("CONNECTED"));
        assert_eq!(
            nearest_member("LINECALLSTATE", "LINECALLSTATE_BSY"),
            Some("LINECALLSTATE_BUSY")
        );
        assert!(is_field(Some("LINECALLINFO"), "CallerIDName") && is_field(None, "dwCallState"));
        assert!(is_field(Some("LINECALLINFO"), "DialParams.dwDialPause"));
        assert!(!is_field(Some("LINECALLINFO"), "dwCallState") && !is_field(None, "DialParams.dwRate"));
        assert_eq!(nearest_field(Some("LINECALLINFO"), "CalerID"), Some("CallerID"));
        assert!(is_structure("LINECALLINFO"));
        assert_eq!(nearest_structure("LINECALINFO"), Some("LINECALLINFO"));
    }
}
