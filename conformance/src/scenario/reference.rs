//! The language on one page: every verb as it is written, and what it is for.

use std::fmt::Write as _;

use super::verbs::{AT_ONCE, BEGUN, ENDING, Place, UNTIL, VERBS, WITH};

/// A way of writing a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The part of a file where it stands: `header`, `exchange`, `steps of the application`, `other steps`.
    pub part: &'static str,
    /// How it is written; what stands in brackets may be left out.
    pub form: String,
    /// What it is for, or the function that it calls.
    pub meaning: &'static str,
    /// A line of this form; empty where the form is its own example.
    pub example: &'static str,
}

const PARTS: [(&str, &[Place]); 4] = [
    ("header", &[Place::Header]),
    ("exchange", &[Place::Exchange, Place::Both]),
    ("steps of the application", &[Place::App]),
    ("other steps", &[Place::Steps, Place::Both]),
];

/// Every way of writing a line, by the parts of a file.
pub fn written() -> Vec<Written> {
    let plain = |part, form: String, meaning| Written {
        part,
        form,
        meaning,
        example: "",
    };
    let mut all = Vec::new();
    for (part, places) in PARTS {
        if part == "header" {
            all.push(plain(part, "scenario: …".to_owned(), "what the scenario shows"));
        }
        for verb in VERBS.iter().filter(|verb| places.contains(&verb.place)) {
            all.push(Written {
                part,
                form: verb.form.to_string(),
                meaning: verb.meaning,
                example: verb.example,
            });
        }
        if places.contains(&Place::App) {
            all.push(plain(
                part,
                format!("… {}", *WITH),
                "any parameter of the function, or member of what it points to, by its own name",
            ));
            all.push(plain(
                part,
                format!("… {}", *ENDING),
                "how the function must end, if not with success",
            ));
            for until in UNTIL.iter() {
                all.push(plain(
                    part,
                    format!("query … {}", until.form),
                    "the query is made again until it finds that",
                ));
            }
            all.push(plain(
                part,
                format!("begin … {}", *BEGUN),
                "an asynchronous function that is not waited for",
            ));
            all.push(plain(
                part,
                format!("{} …", *AT_ONCE),
                "neighbouring lines that begin so are called at the same time, each in a thread of its own",
            ));
        }
    }
    all
}

/// [`written`] as a page for people.
pub fn reference() -> String {
    let mut page = String::new();
    let mut part = "";
    for line in written() {
        if line.part != part {
            part = line.part;
            // Writing to a string cannot fail.
            let _ = writeln!(page, "{part}");
        }
        let _ = writeln!(page, "  {}\n      {}", line.form, line.meaning);
    }
    page
}
