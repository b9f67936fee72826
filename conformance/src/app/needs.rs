//! What a scenario needs of the provider and of the device behind it. What is missing skips it, with the reason.

use super::tapi::call;
use super::{Backdrop, Stage, Stop, Tapi};
use crate::scenario::ast::{Change, ExpectationKind, Need, Scenario, Setup, Step, StepKind, Structure};
use crate::tspi::{self, Group, Need as Export, constant_value, decode, render_constant};

/// Before anything is started: what a scenario needs of the device behind the provider, and that is not there.
pub fn lacking(scenario: &Scenario, backdrop: &Backdrop) -> Option<String> {
    match (backdrop.has_modems(), backdrop.office.is_some()) {
        (false, false) => device(scenario).map(|needed| format!("it needs {needed}, and there is no device")),
        (false, true) => of_modem(scenario).then(|| "it needs a modem, and there is a PBX".to_owned()),
        (true, false) => of_pbx(scenario).then(|| "it needs a PBX: --device pbx".to_owned()),
        (true, true) => None,
    }
}

/// Before anything is called: every function that is not demanded of all providers. What a provider must export is left to
/// the step that calls it, which then fails.
pub(super) fn exports(scenario: &Scenario, stage: &mut Stage) -> Result<(), Stop> {
    let named = |name: &str| {
        let need = Need::Function(name.to_owned());
        scenario.needs.iter().any(|known| known.node == need)
    };
    let looked_up = |name: &&str| {
        tspi::function(name).is_some_and(|function| {
            // The functions of the user interface may be in another DLL.
            function.group != Group::Ui && (named(name) || function.need != Export::Mandatory)
        })
    };
    for (place, provider) in stage.providers.iter_mut().enumerate() {
        let names: Vec<&str> = scenario
            .functions_needed(place)
            .into_iter()
            .filter(looked_up)
            .collect();
        let missing = provider.missing(&names)?;
        if !missing.is_empty() {
            return Err(Stop::Skipped(format!(
                "the provider does not export {}",
                missing.join(", ")
            )));
        }
    }
    Ok(())
}

/// What a scenario needs that only a device behind the lines has.
pub fn device(scenario: &Scenario) -> Option<&'static str> {
    if scenario.needs.iter().any(|need| need.node == Need::Modem) {
        return Some("a modem");
    }
    if of_pbx(scenario) {
        return Some("a PBX");
    }
    let of_exchange = || scenario.steps.iter().any(|step| is_of_exchange(&step.kind));
    (!scenario.setup.is_empty() || of_exchange()).then_some("an exchange behind the lines")
}

/// Everything that a scenario changes around the provider, from the beginning or on its way.
fn changes(scenario: &Scenario) -> impl Iterator<Item = &Change> {
    let set_up = scenario.setup.iter().filter_map(|setup| match &setup.node {
        Setup::Change(change) => Some(change),
        Setup::Number { .. } | Setup::GivesUpAfter { .. } => None,
    });
    let stepped = scenario.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Change(change) => Some(change),
        _ => None,
    });
    set_up.chain(stepped)
}

fn needs(scenario: &Scenario, need: &Need) -> bool {
    scenario.needs.iter().any(|known| known.node == *need)
}

/// Whether a scenario is about a PBX.
fn of_pbx(scenario: &Scenario) -> bool {
    needs(scenario, &Need::Pbx) || changes(scenario).any(|change| matches!(change, Change::Switch(_)))
}

/// Whether a scenario is about a modem or its line: extensions have neither.
fn of_modem(scenario: &Scenario) -> bool {
    let of_line = |change: &Change| {
        matches!(
            change,
            Change::DialTone { .. } | Change::Faults { .. } | Change::Modem { .. }
        )
    };
    let cut = |step: &Step| matches!(step.kind, StepKind::Cut { .. });
    needs(scenario, &Need::Modem) || changes(scenario).any(of_line) || scenario.steps.iter().any(cut)
}

/// Whether a step is about the exchange behind the provider's devices.
fn is_of_exchange(step: &StepKind) -> bool {
    match step {
        StepKind::Station { .. } | StepKind::Change(_) | StepKind::Cut { .. } => true,
        StepKind::Expect(expectation) => matches!(
            expectation.kind,
            ExpectationKind::Station { .. } | ExpectationKind::Switch { .. }
        ),
        StepKind::App { .. }
        | StepKind::AtOnce { .. }
        | StepKind::RefuseNewCalls { .. }
        | StepKind::Application { .. }
        | StepKind::Wait(_) => false,
    }
}

/// When the providers have been started: phones where they are declared, and every bit of capabilities that is needed,
/// looked up in the first device.
pub(super) fn devices(scenario: &Scenario, stage: &mut Stage) -> Result<(), Stop> {
    for (provider, declared) in stage.providers.iter_mut().zip(&scenario.providers) {
        if provider.phones < declared.phones.node {
            let (has, wants) = (provider.phones, declared.phones.node);
            return Err(Stop::Skipped(format!(
                "the provider has {has} phone devices, and the scenario needs {wants}"
            )));
        }
        for need in &scenario.needs {
            match &need.node {
                Need::Capability {
                    structure,
                    field,
                    constant,
                } => capability(provider, *structure, field, constant)?,
                Need::Addresses => (0..declared.lines.node).try_for_each(|line| address(provider, line))?,
                Need::TestExtensions => test_extensions(provider)?,
                Need::Function(_) | Need::Modem | Need::Pbx => {}
            }
        }
    }
    Ok(())
}

/// The extensions of `model-tsp`, by the identifier that it gives them; its `core/specific.rs` says what each does.
const TEST_EXTENSIONS: [u32; 4] = [0x7ee5_5017, 0x11d3_9a42, 0xc000_4bb5, 0x4f66_8a10];

fn test_extensions(tapi: &mut Tapi) -> Result<(), Stop> {
    let lacking = || Stop::Skipped("it needs the extensions for tests, which the provider lacks".to_owned());
    if !tapi.missing(&["TSPI_lineGetExtensionID"])?.is_empty() {
        return Err(lacking());
    }
    let answered = tapi.invoke(call("TSPI_lineGetExtensionID")?.dword("dwDeviceID", 0))?;
    let wanted: Vec<u8> = TEST_EXTENSIONS
        .iter()
        .flat_map(|part| part.to_le_bytes())
        .collect();
    match answered.result == 0 && answered.out("lpExtensionID") == Some(&wanted) {
        true => Ok(()),
        false => Err(lacking()),
    }
}

fn address(tapi: &mut Tapi, line: u32) -> Result<(), Stop> {
    let version = tapi.line_version(line);
    let query = call("TSPI_lineGetAddressCaps")?.dword("dwDeviceID", line);
    let answered = tapi.invoke_at(query, version)?;
    let bytes = answered.out("lpAddressCaps").filter(|_| answered.result == 0);
    let structure = tspi::structure("LINEADDRESSCAPS");
    let known = bytes.zip(structure).is_some_and(|(bytes, structure)| {
        let caps = decode(structure, bytes, version);
        caps.get("Address")
            .and_then(|address| address.text().map(str::is_empty))
            == Some(false)
    });
    match known {
        true => Ok(()),
        false => Err(Stop::Skipped(format!(
            "it needs the numbers of the lines, and LINEADDRESSCAPS of line {} has no address",
            line + 1
        ))),
    }
}

fn capability(tapi: &mut Tapi, structure: Structure, field: &str, constant: &str) -> Result<(), Stop> {
    let of_phone = structure == Structure::PhoneCaps;
    if of_phone && tapi.phones == 0 {
        return Err(Stop::Skipped(format!(
            "it needs {constant} of a phone, and the provider has none"
        )));
    }
    let version = if of_phone {
        tapi.phone_version(0)
    } else {
        tapi.line_version(0)
    };
    let query = call(structure.function())?.dword("dwDeviceID", 0);
    let answered = tapi.invoke_at(query, version)?;
    if answered.result != 0 {
        return Err(Stop::failed(format!(
            "{} failed with {}",
            structure.function(),
            tspi::render_result(answered.result)
        )));
    }
    let described = tspi::structure(structure.name());
    let held = described.and_then(|described| {
        let argument = answered
            .function
            .args
            .iter()
            .find(|arg| matches!(arg.kind, tspi::Kind::OutStruct(_)))?;
        let decoded = decode(described, answered.out(argument.name)?, version);
        decoded.get(field)?.number()
    });
    let held = held.unwrap_or(0);
    if held & constant_value(constant) != 0 {
        return Ok(());
    }
    let family = tspi::constant(constant).map_or("", |(family, _)| family.name);
    Err(Stop::Skipped(format!(
        "the provider lacks {constant}: {field} of {} is {}",
        structure.name(),
        render_constant(family, held)
    )))
}
