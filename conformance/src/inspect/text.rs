//! An inspection for people.

use std::fmt::Write as _;

use super::devices::{Extension, LineReport, PhoneReport, ProviderReport};
use super::{Filled, Got, Inspection, Role, Sweep};
use crate::report::{Style, line};
use crate::tspi::constants::LINETSPIOPTION;
use crate::tspi::{Function, Need, Value, Version, functions};

/// The whole inspection.
pub fn text(inspection: &Inspection, style: Style) -> String {
    let mut text = String::new();
    let image = &inspection.image;
    let role = match inspection.exports.role {
        Role::Provider => "a telephony service provider",
        Role::UiDll => "the user interface DLL of a telephony service provider",
        Role::Neither => "no telephony service provider",
    };
    row(&mut text, 0, "file", &inspection.path);
    row(
        &mut text,
        0,
        "image",
        &format!("{}, {} bits, {}: {role}", image.format, image.bits, image.machine),
    );
    exports(&mut text, inspection);
    if let Some(provider) = &inspection.provider {
        self::provider(&mut text, provider);
    }
    if !inspection.sweeps.is_empty() {
        text.push_str("\nsizes\n");
        for sweep in &inspection.sweeps {
            swept(&mut text, sweep);
        }
    }
    if !inspection.findings.is_empty() {
        text.push_str("\nfindings\n");
        for finding in &inspection.findings {
            text.push_str(&line(finding, style));
            text.push('\n');
        }
    }
    let exit = inspection.exit().row();
    let meaning = match inspection.findings.len() {
        0 => "nothing is wrong with what was looked at",
        _ => exit.meaning,
    };
    let _ = writeln!(text, "\nexit {}: {meaning}", exit.code);
    text
}

fn row(text: &mut String, depth: usize, name: &str, value: &str) {
    let _ = writeln!(
        text,
        "{:indent$}{name:<width$}  {value}",
        "",
        indent = 2 * depth,
        width = 12
    );
}

fn exports(text: &mut String, inspection: &Inspection) {
    let exports = &inspection.exports;
    let known = functions().count();
    let unnamed = match exports.unnamed {
        0 => String::new(),
        n => format!(", {n} without a name"),
    };
    row(
        text,
        0,
        "exports",
        &format!(
            "{} of the {known} functions of TSPI and TUISPI, {} other names{unnamed}",
            exports.functions.len(),
            exports.misspelt.len() + exports.others.len()
        ),
    );
    let named = |wanted: fn(&Function) -> bool| {
        let names: Vec<&str> = exports
            .functions
            .iter()
            .filter(|f| wanted(f))
            .map(|f| f.name)
            .collect();
        names.join(" ")
    };
    let lists = [
        ("mandatory", named(|f| f.need == Need::Mandatory)),
        (
            "optional",
            named(|f| matches!(f.need, Need::Optional | Need::MandatoryWithPhones)),
        ),
        ("obsolete", named(|f| matches!(f.need, Need::Obsolete(_)))),
        (
            "missing",
            exports
                .missing
                .iter()
                .map(|f| f.name)
                .collect::<Vec<_>>()
                .join(" "),
        ),
        ("others", exports.others.join(" ")),
    ];
    for (name, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        wrapped(text, name, list);
    }
    for export in &inspection.image.exports {
        if let Some(forward) = &export.forward {
            row(text, 1, "forwarded", &format!("{} to {forward}", export.name));
        }
    }
}

fn swept(text: &mut String, sweep: &Sweep) {
    let needed = sweep
        .needed
        .words(|needed| format!("{needed} bytes needed, {} sizes tried", sweep.tried));
    let found = match (&sweep.needed, sweep.findings.len() + sweep.deaths.len()) {
        (Got::Is(_), 0) => ": sound".to_owned(),
        (_, 0) => String::new(),
        (_, n) => format!(": {n} findings"),
    };
    let _ = writeln!(
        text,
        "  {:<62}  {}: {needed}{found}",
        sweep.query.words(),
        sweep.structure.name
    );
}

/// A list of names in lines of readable width.
fn wrapped(text: &mut String, name: &str, list: &str) {
    const WIDTH: usize = 100;
    let mut lead = name;
    let mut line = String::new();
    for word in list.split(' ') {
        if !line.is_empty() && line.len() + word.len() > WIDTH {
            row(text, 1, lead, &line);
            (lead, line) = ("", String::new());
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    row(text, 1, lead, &line);
}

fn provider(text: &mut String, report: &ProviderReport) {
    let start = &report.start;
    let alone: Vec<String> = report.versions.iter().map(Version::to_string).collect();
    let alone = if alone.is_empty() {
        String::new()
    } else {
        format!(" of 1.3 to 3.1; alone {}", alone.join(", "))
    };
    row(
        text,
        0,
        "version",
        &format!("{}{alone}", start.version.words(Version::to_string)),
    );
    row(
        text,
        0,
        "options",
        &start.options.words(|options| LINETSPIOPTION.render(*options)),
    );
    row(
        text,
        0,
        "UI DLL",
        &report.ui_dll.words(|name| format!("{name:?}")),
    );
    row(
        text,
        0,
        "devices",
        &format!("{} lines, {} phones", start.lines, start.phones),
    );
    for line in &report.lines {
        self::line_device(text, line);
    }
    for phone in &report.phones {
        self::phone_device(text, phone);
    }
}

fn extension(extension: &Extension) -> String {
    if extension.id == [0; 4] {
        return "none".to_owned();
    }
    let id: Vec<String> = extension.id.iter().map(|word| format!("{word:08x}")).collect();
    let version = extension
        .version
        .map_or("no version settled".to_owned(), |v| format!("version {v}"));
    format!("{}, {version}", id.join("-"))
}

fn line_device(text: &mut String, line: &LineReport) {
    let _ = writeln!(text, "\nline {}", line.device);
    row(text, 1, "version", &line.version.words(Version::to_string));
    row(text, 1, "extensions", &line.extension.words(extension));
    if !matches!(line.msp, Got::NotExported) {
        row(text, 1, "MSP", &line.msp.words(Value::to_string));
    }
    filled(text, 1, &line.caps);
    for (address, caps) in line.addresses.iter().enumerate() {
        let _ = writeln!(text, "\n  address {address}");
        filled(text, 2, caps);
    }
}

fn phone_device(text: &mut String, phone: &PhoneReport) {
    let _ = writeln!(text, "\nphone {}", phone.device);
    row(text, 1, "version", &phone.version.words(Version::to_string));
    row(text, 1, "extensions", &phone.extension.words(extension));
    filled(text, 1, &phone.caps);
}

/// A structure, a member a line.
fn filled(text: &mut String, depth: usize, got: &Got<Filled>) {
    let Got::Is(filled) = got else {
        row(text, depth, "capabilities", &got.words(|_| String::new()));
        return;
    };
    let decoded = &filled.decoded;
    let size = |name: &str| decoded.get(name).map_or("?".to_owned(), Value::to_string);
    row(
        text,
        depth,
        decoded.structure.name,
        &format!(
            "{} bytes used of {} needed",
            size("dwUsedSize"),
            size("dwNeededSize")
        ),
    );
    for (name, value) in decoded.shown() {
        let _ = writeln!(
            text,
            "{:indent$}{name:<32}  {value}",
            "",
            indent = 2 * (depth + 1)
        );
    }
}
