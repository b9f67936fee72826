//! An inspection for machines.

use serde_json::{Map, Value as Json, json};

use super::devices::{Extension, LineReport, PhoneReport, ProviderReport};
use super::{Filled, Got, Inspection, Role, Sweep};
use crate::tspi::constants::{FamilyKind, LINETSPIOPTION};
use crate::tspi::{Family, Function, Value, Version, render_result};

/// The whole inspection: `image`, `exports`, `provider` (null where it was not started), `sizes`, `findings`,
/// `exit`.
///
/// A number with named values is an object of `value` and `names`; a question that failed is an object of `error`; one
/// that could not be put is null.
pub fn json(inspection: &Inspection) -> Json {
    let exit = inspection.exit().row();
    json!({
        "offhook": env!("CARGO_PKG_VERSION"),
        "file": inspection.path,
        "image": image(inspection),
        "exports": exports(inspection),
        "provider": inspection.provider.as_ref().map(provider),
        "sizes": inspection.sweeps.iter().map(sweep).collect::<Vec<_>>(),
        "findings": inspection.findings,
        "exit": { "code": exit.code, "name": exit.name },
    })
}

fn image(inspection: &Inspection) -> Json {
    let image = &inspection.image;
    let exports: Vec<Json> = image
        .exports
        .iter()
        .map(|export| json!({ "name": export.name.to_string(), "forward": export.forward }))
        .collect();
    json!({
        "format": image.format.to_string(),
        "bits": image.bits,
        "machine": image.machine.to_string(),
        "exports": exports,
    })
}

fn exports(inspection: &Inspection) -> Json {
    let exports = &inspection.exports;
    let names = |functions: &[&Function]| functions.iter().map(|f| f.name).collect::<Vec<_>>();
    let misspelt: Vec<Json> = exports
        .misspelt
        .iter()
        .map(|found| json!({ "name": found.name, "nearest": found.nearest, "decorated": found.decorated }))
        .collect();
    let companions: Vec<Json> = exports
        .companions
        .iter()
        .map(|c| json!({ "function": c.wanted, "page": c.page, "because": c.because }))
        .collect();
    json!({
        "role": match exports.role {
            Role::Provider => "provider",
            Role::UiDll => "ui-dll",
            Role::Neither => "neither",
        },
        "functions": names(&exports.functions),
        "missing": names(&exports.missing),
        "asked-for": companions,
        "misspelt": misspelt,
        "others": exports.others,
        "unnamed": exports.unnamed,
    })
}

fn provider(report: &ProviderReport) -> Json {
    let start = &report.start;
    let versions: Vec<String> = report.versions.iter().map(Version::to_string).collect();
    json!({
        "version": got(&start.version, |v| v.to_string().into()),
        "versions": versions,
        "options": got(&start.options, |options| number(*options, Some(&LINETSPIOPTION))),
        "ui-dll": got(&report.ui_dll, |name| name.as_str().into()),
        "lines": report.lines.iter().map(line).collect::<Vec<_>>(),
        "phones": report.phones.iter().map(phone).collect::<Vec<_>>(),
    })
}

fn sweep(sweep: &Sweep) -> Json {
    let findings: Vec<Json> = sweep
        .findings
        .iter()
        .map(|found| {
            json!({
                "fault": found.fault.to_string(),
                "first": found.first,
                "last": found.last,
                "times": found.times,
                "verdict": found.fault.verdict(),
            })
        })
        .collect();
    let deaths: Vec<Json> = sweep
        .deaths
        .iter()
        .map(|(total, death)| json!({ "size": total, "how": death.to_string() }))
        .collect();
    json!({
        "query": sweep.query.words(),
        "structure": sweep.structure.name,
        "fixed": sweep.fixed,
        "needed": got(&sweep.needed, |needed| (*needed).into()),
        "tried": sweep.tried,
        "findings": findings,
        "deaths": deaths,
    })
}

fn got<T>(got: &Got<T>, make: impl Fn(&T) -> Json) -> Json {
    match got {
        Got::Is(answer) => make(answer),
        Got::Refused(error) => json!({ "error": render_result(*error) }),
        Got::NotExported => Json::Null,
    }
}

fn line(line: &LineReport) -> Json {
    json!({
        "device": line.device,
        "version": got(&line.version, |v| v.to_string().into()),
        "extension": got(&line.extension, extension),
        "msp": got(&line.msp, value),
        "caps": got(&line.caps, filled),
        "addresses": line.addresses.iter().map(|caps| got(caps, filled)).collect::<Vec<_>>(),
    })
}

fn phone(phone: &PhoneReport) -> Json {
    json!({
        "device": phone.device,
        "version": got(&phone.version, |v| v.to_string().into()),
        "extension": got(&phone.extension, extension),
        "caps": got(&phone.caps, filled),
    })
}

fn extension(extension: &Extension) -> Json {
    json!({ "id": extension.id, "version": extension.version.map(|v| v.to_string()) })
}

fn filled(filled: &Filled) -> Json {
    pairs(&filled.decoded.fields)
}

fn pairs(fields: &[(&'static str, Value)]) -> Json {
    let members = fields.iter().map(|(name, of)| ((*name).to_owned(), value(of)));
    Json::Object(members.collect::<Map<_, _>>())
}

/// A value of a structure.
fn value(of: &Value) -> Json {
    match of {
        Value::Number(value, family) => number(*value, *family),
        Value::Wide(number) | Value::Handle(number) => (*number).into(),
        Value::Room(bytes) => (*bytes).into(),
        Value::Text(text) => text.as_str().into(),
        Value::Bytes(bytes) => {
            let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json!({ "bytes": hex })
        }
        Value::Struct(members) => pairs(members),
        Value::List(values) => values.iter().map(value).collect(),
        Value::Absent => Json::Null,
        Value::Version(_) | Value::Guid(_) | Value::Time(_) | Value::Procedure(_) => of.to_string().into(),
    }
}

fn number(value: u32, family: Option<&'static Family>) -> Json {
    let Some(family) = family else {
        return value.into();
    };
    let names: Vec<&str> = match family.kind {
        FamilyKind::Flags => {
            let set = family
                .constants
                .iter()
                .filter(|c| c.value != 0 && c.value & value == c.value);
            set.map(|c| c.name).collect()
        }
        FamilyKind::Enum | FamilyKind::Code => family.name_of(value).into_iter().collect(),
    };
    json!({ "value": value, "names": names })
}
