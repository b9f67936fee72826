//! The exchange behind a scenario: modems on its lines, a PBX, stations; and what of all that goes on record.

use std::time::Duration;

use offhook_sim::exchange::Exchange;
use offhook_sim::{
    DeviceFault, Driver, DriverOptions, ExchangeConfig, PortSpec, SimCommand, SimError, SimEvent, Simulation,
    StationBehaviour,
};

use super::backdrop::Backdrop;
use super::stage::{StageError, hardware};
use crate::scenario::ast::{Behaviour, Change, LineRef, ModemState, Scenario, Setup};
use crate::scenario::source::{Span, Spanned};
use crate::trace::{Party, Recorder, What};

/// The exchange as the scenario describes it, a modem a line, and their ports.
pub(super) fn hardware_for(
    scenario: &Scenario,
    backdrop: &Backdrop,
    recorder: &Recorder,
) -> Result<Driver, StageError> {
    let (extensions, others): (Vec<_>, Vec<_>) = lines_of(scenario).partition(|(index, line)| {
        let provider = line.provider.as_ref();
        provider.is_some_and(|provider| backdrop.is_extension(provider, *index))
    });
    let extensions: Vec<String> = extensions
        .iter()
        .map(|(_, line)| scenario.number_of(line))
        .collect();
    let office = backdrop.office.as_ref();
    let office = office
        .map(|office| office.build(&extensions))
        .transpose()
        .map_err(hardware)?;
    let (exchange, office) = match office {
        Some((switch, office)) => (
            Exchange::with_switch(ExchangeConfig::quick(), switch),
            Some(office),
        ),
        None => (Exchange::new(ExchangeConfig::quick()), None),
    };
    let mut simulation = Simulation::with_exchange(exchange);
    let mut ports = Vec::new();
    for (place, (_, line)) in others.iter().enumerate().filter(|_| backdrop.modems) {
        let device = backdrop.devices.get(place);
        let named = device.and_then(|device| device.profile.clone());
        let mut profile = named.unwrap_or_default().hurried();
        if let Some(after) = gives_up(scenario, line) {
            profile
                .registers
                .push((7, u8::try_from(after.as_secs()).unwrap_or(u8::MAX)));
        }
        let modem = simulation
            .add_modem(&scenario.number_of(line), profile)
            .map_err(hardware)?;
        let port = match device.and_then(|device| device.modem_end.clone()) {
            Some(path) => PortSpec::Path(path),
            None => PortSpec::Pty,
        };
        ports.push((modem, port).into());
    }
    let record = recorder.clone();
    let sink = move |_, event| {
        if let Some(what) = recorded(event) {
            record.push(Party::Device, what);
        }
    };
    let options = DriverOptions::default();
    let driver = Driver::start_beside(simulation, ports, office, options, sink).map_err(hardware)?;
    let has_exchange = backdrop.modems || backdrop.office.is_some();
    for setup in scenario.setup.iter().filter(|_| has_exchange) {
        match &setup.node {
            // A scenario that needs a PBX is skipped where there is none, with that as the reason.
            Setup::Change(Change::Switch(_)) if backdrop.office.is_none() => {}
            Setup::Change(made) => change(scenario, &driver, made).map_err(hardware)?,
            Setup::Number { .. } | Setup::GivesUpAfter { .. } => {}
        }
    }
    Ok(driver)
}

/// Every line of a scenario, counted from 0 over all providers.
pub(super) fn lines_of(scenario: &Scenario) -> impl Iterator<Item = (usize, LineRef)> {
    let lines = scenario.providers.iter().flat_map(|provider| {
        (1..=provider.lines.node).map(|number| LineRef {
            number: Spanned::new(number, Span::default()),
            provider: Some(provider.name.clone()),
        })
    });
    lines.enumerate()
}

/// What of an event goes on record. Control circuits and settings do not: which of them are seen depends on the kind
/// of port.
fn recorded(event: SimEvent) -> Option<What> {
    Some(match event {
        SimEvent::Wire {
            number,
            to_device,
            bytes,
        } => What::Wire {
            number,
            to_device,
            bytes,
        },
        SimEvent::Circuits { .. }
        | SimEvent::Settings { .. }
        | SimEvent::Break { .. }
        | SimEvent::Link { .. }
        | SimEvent::Message { .. }
        | SimEvent::Speech { .. } => return None,
        SimEvent::Exchange(event) => What::Exchange(event),
        SimEvent::Switch(step) => What::Switch(step),
        SimEvent::Csta { to_switch, text } => What::Csta { to_switch, text },
        SimEvent::PortFailed { number, message } => What::PortFailed { number, message },
    })
}

pub(super) fn gives_up(scenario: &Scenario, line: &LineRef) -> Option<Duration> {
    scenario.setup.iter().rev().find_map(|setup| match &setup.node {
        Setup::GivesUpAfter { line: of, after }
            if of.number == line.number && scenario.provider_index(of) == scenario.provider_index(line) =>
        {
            Some(after.node)
        }
        _ => None,
    })
}

/// Changes the exchange, a line, or a modem.
pub(super) fn change(scenario: &Scenario, driver: &Driver, change: &Change) -> Result<(), SimError> {
    driver.command(match change {
        Change::Station { number, behaviour } => SimCommand::SetStation {
            number: number.node.clone(),
            behaviour: match behaviour {
                Behaviour::AnswersAfter(after) => StationBehaviour::AnswersAfter(after.node),
                Behaviour::Busy => StationBehaviour::Busy,
                Behaviour::NeverAnswers => StationBehaviour::NeverAnswers,
            },
        },
        Change::DialTone { line, present } => SimCommand::SetDialTone {
            number: scenario.number_of(line),
            present: *present,
        },
        Change::Faults { line, faults, seed } => {
            // The parser has read them once already.
            let spec = faults.as_ref().and_then(|faults| faults.parse().ok());
            let seed = seed.as_ref().map_or(1, |seed| u64::from(seed.node));
            let number = scenario.number_of(line);
            return driver
                .remote()
                .set_faults(&number, spec.unwrap_or_default(), Some(seed));
        }
        Change::Modem { line, state } => modem_command(scenario.number_of(line), state),
        Change::Switch(line) => return driver.pbx(&line.node),
    })
}

fn modem_command(number: String, state: &ModemState) -> SimCommand {
    let fault = match state {
        ModemState::Power(on) => return SimCommand::SetPower { number, on: *on },
        ModemState::InOrder => None,
        ModemState::GivesNoReply => Some(DeviceFault::NoReply),
        ModemState::RepliesWrongly(text) => Some(DeviceFault::WrongReply(text.node.clone())),
        ModemState::RepliesLate(after) => Some(DeviceFault::LateReply(after.node)),
        ModemState::EchoesEverything => Some(DeviceFault::EchoStuck),
        ModemState::SaysRing(every) => Some(DeviceFault::RingStorm(every.node)),
    };
    SimCommand::SetDeviceFault { number, fault }
}
