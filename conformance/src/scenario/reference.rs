//! The language on one page: every verb as it is written, and what it is for.

use std::fmt::Write as _;

use super::verbs::{BEGUN, ENDING, Place, VERBS};

/// Every verb as it is written and what it is for, by the parts of a file.
pub fn reference() -> String {
    let parts: [(&str, &[Place]); 4] = [
        ("header", &[Place::Header]),
        ("exchange", &[Place::Exchange, Place::Both]),
        ("steps of the application", &[Place::App]),
        ("other steps", &[Place::Steps, Place::Both]),
    ];
    let mut page = String::new();
    for (title, places) in parts {
        let _ = writeln!(page, "{title}");
        if title == "header" {
            let _ = writeln!(page, "  scenario: …\n      what the scenario shows");
        }
        for verb in VERBS.iter().filter(|verb| places.contains(&verb.place)) {
            let _ = writeln!(page, "  {}\n      {}", verb.form, verb.meaning);
        }
        if places.contains(&Place::App) {
            let _ = writeln!(
                page,
                "  … {}\n      how the function must end, if not with success",
                *ENDING
            );
            let _ = writeln!(
                page,
                "  begin … {}\n      an asynchronous function that is not waited for",
                *BEGUN
            );
        }
    }
    page
}
