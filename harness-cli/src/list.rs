//! `offhook list`: what there is, for people and for machines.

use std::path::Path;

use offhook_conformance::exit;
use offhook_conformance::rules::rules;
use offhook_conformance::scenario;
use offhook_conformance::tspi;
use serde_json::{Value, json};

use crate::cli::Listing;
use crate::fail::Fail;

/// Prints one listing.
pub fn list(what: Listing, scenarios: &Path, as_json: bool) -> Result<(), Fail> {
    let rows = match what {
        Listing::Rules => rule_rows(),
        Listing::Functions => function_rows(),
        Listing::Messages => message_rows(),
        Listing::Structures => structure_rows(),
        Listing::Verbs => verb_rows(),
        Listing::Scenarios => scenario_rows(scenarios)?,
        Listing::ExitCodes => exit_rows(),
    };
    if as_json && matches!(what, Listing::Functions) {
        crate::output::print(&format!("{:#}\n", Value::from(function_objects())));
    } else if as_json {
        let objects: Vec<Value> = rows.rows.iter().map(|row| rows.object(row)).collect();
        crate::output::print(&format!("{:#}\n", Value::from(objects)));
    } else if matches!(what, Listing::Verbs) {
        crate::output::print(&scenario::reference());
    } else {
        crate::output::print(&rows.text());
    }
    Ok(())
}

/// A listing: the names of its columns, and its rows.
struct Rows {
    columns: &'static [&'static str],
    rows: Vec<Vec<String>>,
}

impl Rows {
    fn object(&self, row: &[String]) -> Value {
        let mut object = json!({});
        for (column, cell) in self.columns.iter().zip(row) {
            object[*column] = cell.as_str().into();
        }
        object
    }

    /// Columns as wide as their widest cell, the last as it is.
    fn text(&self) -> String {
        let widths: Vec<usize> = (0..self.columns.len())
            .map(|column| self.rows.iter().map(|row| row[column].len()).max().unwrap_or(0))
            .collect();
        let mut text = String::new();
        for row in &self.rows {
            let last = row.len() - 1;
            for (cell, width) in row[..last].iter().zip(&widths) {
                text.push_str(&format!("{cell:<width$}  "));
            }
            text.push_str(&row[last]);
            text.push('\n');
        }
        text
    }
}

fn rule_rows() -> Rows {
    let row = |rule: &offhook_conformance::rules::Rule| {
        vec![
            rule.id.to_owned(),
            rule.level.word().to_owned(),
            rule.requirement.to_owned(),
        ]
    };
    Rows {
        columns: &["id", "level", "requirement"],
        rows: rules().map(row).collect(),
    }
}

/// One line a function; `function_objects` has all that is known.
fn function_rows() -> Rows {
    let row = |function: &tspi::Function| {
        let states = function.states_in_words().replace("LINECALLSTATE_", "");
        vec![
            function.name.to_owned(),
            function.group.word().to_owned(),
            function.since.to_string(),
            function.mode.word().to_owned(),
            function.need.words(),
            states,
            function
                .args
                .iter()
                .map(tspi::Parameter::words)
                .collect::<Vec<_>>()
                .join(", "),
        ]
    };
    Rows {
        columns: &["name", "group", "since", "mode", "need", "states", "arguments"],
        rows: tspi::functions().map(row).collect(),
    }
}

/// Every function with its arguments, the call states in which it is welcome, and the errors that its page lists.
fn function_objects() -> Vec<Value> {
    tspi::functions()
        .map(|function| {
            let arguments: Vec<Value> = function
                .args
                .iter()
                .map(|arg| {
                    json!({
                        "name": arg.name,
                        "direction": arg.kind.direction().word(),
                        "kind": arg.kind.words(),
                        "optional": arg.optional,
                        "kept-until-completion": arg.kept,
                    })
                })
                .collect();
            let states: Vec<Value> = function
                .entry_states()
                .iter()
                .map(|row| json!({ "call": row.handle, "states": row.names() }))
                .collect();
            json!({
                "name": function.name,
                "page": function.page,
                "group": function.group.word(),
                "declared": function.is_declared(),
                "since": function.since.to_string(),
                "mode": function.mode.word(),
                "need": function.need.words(),
                "arguments": arguments,
                "states": states,
                "errors": function.errors(),
            })
        })
        .collect()
}

fn verb_rows() -> Rows {
    let row = |line: scenario::Written| {
        vec![
            line.part.to_owned(),
            line.form,
            line.meaning.to_owned(),
            line.example.to_owned(),
        ]
    };
    Rows {
        columns: &["part", "form", "meaning", "example"],
        rows: scenario::written().into_iter().map(row).collect(),
    }
}

fn message_rows() -> Rows {
    let row = |message: &tspi::Message| {
        let params = message.params.map(|parameter| parameter.words());
        vec![
            message.name.to_owned(),
            message.value().to_string(),
            match message.sender {
                tspi::Sender::Provider => "provider",
                tspi::Sender::Tapi => "TAPI alone",
            }
            .to_owned(),
            message.since.to_string(),
            message.about.words().to_owned(),
            params.join(", "),
        ]
    };
    Rows {
        columns: &["name", "value", "sender", "since", "handles", "parameters"],
        rows: tspi::messages().map(row).collect(),
    }
}

/// A version in which a structure does not exist yet has no size.
fn structure_rows() -> Rows {
    let row = |structure: &&'static tspi::Structure| {
        let sizes = tspi::Version::ALL.map(|version| match structure.fixed_size(version) {
            0 => format!("{version}: none"),
            bytes => format!("{version}: {bytes}"),
        });
        vec![
            structure.name.to_owned(),
            if structure.variable { "variable" } else { "fixed" }.to_owned(),
            sizes.join(", "),
        ]
    };
    Rows {
        columns: &["name", "size", "bytes"],
        rows: tspi::structures().collect::<Vec<_>>().iter().map(row).collect(),
    }
}

fn scenario_rows(dir: &Path) -> Result<Rows, Fail> {
    let mut rows = Vec::new();
    for path in crate::paths::scenario_files(&[dir.to_owned()])? {
        let scenario = scenario::load(&path).map_err(Fail::scenario)?;
        rows.push(vec![path.display().to_string(), scenario.title.node.clone()]);
    }
    Ok(Rows {
        columns: &["file", "title"],
        rows,
    })
}

fn exit_rows() -> Rows {
    let row = |row: &exit::Row| vec![row.code.to_string(), row.name.to_owned(), row.meaning.to_owned()];
    Rows {
        columns: &["code", "name", "meaning"],
        rows: exit::TABLE.iter().map(row).collect(),
    }
}
