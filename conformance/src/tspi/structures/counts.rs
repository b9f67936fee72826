//! Which member counts the entries of a variable part, as the structures' pages say.

/// Structure, part, the member with the number of its entries.
static COUNTS: &[(&str, &str, &str)] = &[
    ("LINEDEVCAPS", "TerminalCaps", "dwNumTerminals"),
    ("LINEDEVCAPS", "TerminalText", "dwNumTerminals"),
    ("LINEADDRESSCAPS", "CompletionMsgText", "dwNumCompletionMessages"),
    ("LINEADDRESSCAPS", "CallTreatmentList", "dwNumCallTreatments"),
    ("LINEADDRESSSTATUS", "Forward", "dwForwardNumEntries"),
    ("PHONECAPS", "ButtonModes", "dwNumButtonLamps"),
    ("PHONECAPS", "ButtonFunctions", "dwNumButtonLamps"),
    ("PHONECAPS", "LampModes", "dwNumButtonLamps"),
    ("PHONECAPS", "SetData", "dwNumSetData"),
    ("PHONECAPS", "GetData", "dwNumGetData"),
];

/// The member that counts the entries of a part, if one does.
pub(super) fn count_of(structure: &str, part: &str) -> Option<&'static str> {
    let found = COUNTS
        .iter()
        .find(|(known, of, _)| *known == structure && *of == part);
    found.map(|(.., member)| *member)
}

#[cfg(test)]
mod tests {
    use super::super::{Content, FieldKind, structure};
    use super::*;

    #[test]
    fn each_count_is_a_number_of_a_list() {
        for (name, part, member) in COUNTS {
            let of = structure(name).expect("a structure");
            let (.., content) = of.part(part).expect("a part");
            assert!(
                matches!(
                    content,
                    Content::List(_) | Content::Dwords(_) | Content::Table { .. }
                ),
                "{name}.{part}"
            );
            assert_eq!(of.member(member).map(|m| m.kind), Some(FieldKind::Dword(None)));
        }
    }
}
