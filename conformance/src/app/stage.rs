//! What stands around a scenario: the record, the simulated exchange with its modems and ports, and one TAPI a
//! provider.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use offhook_host_protocol::RegistryValue;
use offhook_sim::{
    DeviceFault, Driver, ExchangeConfig, ModemProfile, OpenPort, PortSpec, SimCommand, SimError, SimEvent,
    Simulation, StationBehaviour,
};

use super::tapi::PROVIDER_ID;
use super::{Stop, Tapi};
use crate::cleanup;
use crate::host::{Child, ChildOptions, HostBinary, HostError, RegistrySetting};
use crate::rules::{Level, Numbers};
use crate::scenario::ast::{Behaviour, Change, LineRef, ModemState, Provider, Scenario, Setup};
use crate::scenario::source::{Span, Spanned};
use crate::setup::{self, Helper};
use crate::trace::{Party, Recorder, What};

/// What stays the same over all scenarios of a run.
#[derive(Clone)]
pub struct Backdrop {
    /// The child's program.
    pub host: HostBinary,
    /// The provider's DLL.
    pub dll: PathBuf,
    /// The device behind each line; a pseudo-serial port where there are fewer than lines.
    pub devices: Vec<PortAssignment>,
    /// Whether there are modems at all; a provider that talks to something else needs none.
    pub modems: bool,
    /// How long one call into the provider may take.
    pub timeout: Duration,
    /// The longest that an expectation waits, whatever it says; `None` lets it say.
    pub patience: Option<Duration>,
    /// The lightest level that rules are judged at.
    pub strictness: Level,
    /// The numbers at the far end that exercises dial.
    pub numbers: Numbers,
    /// How many scenarios may be on stage at once.
    pub jobs: usize,
    /// Environment of the child: names and templates.
    pub env: Vec<(String, String)>,
    /// Registry strings of the child: `KEY\NAME` and templates.
    pub registry: Vec<(String, String)>,
    /// What else is put up around the providers.
    pub setup: crate::setup::Setup,
}

/// A device on an existing port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PortAssignment {
    /// The modem that is simulated; the default one where none is named.
    pub profile: Option<ModemProfile>,
    /// The port on which the simulated modem speaks; a new pseudo-serial port where there is none.
    pub modem_end: Option<String>,
    /// The port's name for the provider, where it differs.
    pub provider_end: Option<String>,
}

/// A running stage.
pub struct Stage {
    /// The record of everything.
    pub recorder: Recorder,
    /// The exchange and modems.
    pub driver: Driver,
    /// The providers in the scenario's order.
    pub providers: Vec<Tapi>,
    /// Whether a modem stands behind each line.
    pub has_modems: bool,
    /// The longest that an expectation waits, whatever it says.
    pub patience: Option<Duration>,
    /// The child's program, where the registry that it writes into is the user's own.
    own_registry: Option<HostBinary>,
    /// Processes beside the providers; they end after them.
    _helpers: Vec<Helper>,
    /// Folder of files made for this scenario; gone with the stage, and on an interrupt.
    _dir: cleanup::Guard,
}

/// Why a stage could not be set.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The simulated hardware could not be set up.
    #[error("the simulated hardware could not be set up: {0}")]
    Hardware(String),
    /// The child could not be started, or the provider not be loaded.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A helper, a file or a TCP port could not be put up.
    #[error("the set-up failed: {0}")]
    Setup(#[from] io::Error),
}

impl Stage {
    /// Sets the stage for a scenario: exchange, modems, ports, then each provider loaded but not started.
    pub fn set(scenario: &Scenario, backdrop: &Backdrop) -> Result<Stage, StageError> {
        let recorder = Recorder::new();
        let (dir, dir_guard) = scratch_dir().map_err(hardware)?;
        let tcp = setup::tcp_ports(templates(backdrop))?;
        let helpers = backdrop.setup.helpers.iter();
        let helpers = helpers
            .map(|helper| helper.start(&dir, &tcp))
            .collect::<io::Result<Vec<Helper>>>()?;
        let driver = hardware_for(scenario, backdrop, &recorder)?;
        let mut ports = driver.ports().iter();
        let mut devices = backdrop.devices.iter();
        let mut providers = Vec::new();
        for provider in &scenario.providers {
            let lines = provider.lines.node as usize;
            let mine: Vec<String> = ports
                .by_ref()
                .take(lines)
                .map(|port| client_end(port, devices.next()))
                .collect();
            let options = child_options(
                &provider.name,
                &mine,
                connect_ms(scenario, provider),
                backdrop,
                &dir,
                &tcp,
            )?;
            let dll = setup::install(
                &backdrop.dll,
                &backdrop.setup.files,
                &dir.join(&provider.name.node),
            )?;
            providers.push(Tapi::load(
                &provider.name,
                &backdrop.host,
                options,
                &dll,
                recorder.clone(),
            )?);
        }
        Ok(Stage {
            recorder,
            driver,
            providers,
            has_modems: backdrop.modems,
            patience: backdrop.patience,
            own_registry: (cfg!(windows) && matches!(backdrop.host, HostBinary::Native(_)))
                .then(|| backdrop.host.clone()),
            _helpers: helpers,
            _dir: dir_guard,
        })
    }

    /// Ends every provider in order; the first thing that goes wrong is told.
    pub fn clear(&mut self) -> Result<(), Stop> {
        let mut first = Ok(());
        for provider in self.providers.drain(..) {
            let ended = provider.finish();
            first = first.and(ended);
        }
        if let Some(host) = self.own_registry.take() {
            let restored = Child::restore_registry(&host).map_err(|error| Stop::Bug(error.to_string()));
            first = first.and(restored);
        }
        first
    }
}

/// Opens each existing port that a run names, and closes it again: what is wrong with one is better told before the run.
pub fn try_ports(devices: &[PortAssignment]) -> Result<(), StageError> {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let mut ports = Vec::new();
    for (index, path) in devices.iter().enumerate() {
        let Some(path) = &path.modem_end else { continue };
        let number = format!("of --device {}", index + 1);
        let modem = simulation
            .add_modem(&number, ModemProfile::quick())
            .map_err(hardware)?;
        ports.push((modem, PortSpec::Path(path.clone())));
    }
    if !ports.is_empty() {
        Driver::start(simulation, ports, |_, _| ())
            .map_err(hardware)?
            .shutdown();
    }
    Ok(())
}

/// A folder of its own, and who removes it.
fn scratch_dir() -> io::Result<(PathBuf, cleanup::Guard)> {
    cleanup::make(|| {
        let dir = tempfile::Builder::new().prefix("offhook-").tempdir()?.keep();
        let gone = dir.clone();
        let remove = move || {
            // It may hold what another process still writes; the system's own cleaning takes what is left.
            let _ = std::fs::remove_dir_all(gone);
        };
        Ok((dir, remove))
    })
}

fn hardware(error: impl std::fmt::Display) -> StageError {
    StageError::Hardware(error.to_string())
}

/// The exchange as the scenario describes it, a modem a line, and their ports.
fn hardware_for(scenario: &Scenario, backdrop: &Backdrop, recorder: &Recorder) -> Result<Driver, StageError> {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let mut ports = Vec::new();
    let lines = scenario
        .providers
        .iter()
        .flat_map(|provider| (1..=provider.lines.node).map(move |number| (provider, number)));
    for (index, (provider, number)) in lines.enumerate().filter(|_| backdrop.modems) {
        let line = LineRef {
            number: Spanned::new(number, Span::default()),
            provider: Some(provider.name.clone()),
        };
        let device = backdrop.devices.get(index);
        let named = device.and_then(|device| device.profile.clone());
        let mut profile = named.unwrap_or_default().hurried();
        if let Some(after) = gives_up(scenario, &line) {
            profile
                .registers
                .push((7, u8::try_from(after.as_secs()).unwrap_or(u8::MAX)));
        }
        let modem = simulation
            .add_modem(&scenario.number_of(&line), profile)
            .map_err(hardware)?;
        let port = match device.and_then(|device| device.modem_end.clone()) {
            Some(path) => PortSpec::Path(path),
            None => PortSpec::Pty,
        };
        ports.push((modem, port));
    }
    let record = recorder.clone();
    let driver = Driver::start(simulation, ports, move |_, event| {
        if let Some(what) = recorded(event) {
            record.push(Party::Device, what);
        }
    })
    .map_err(hardware)?;
    for setup in scenario.setup.iter().filter(|_| backdrop.modems) {
        if let Setup::Change(change) = &setup.node {
            make_change(&driver, scenario, change).map_err(hardware)?;
        }
    }
    Ok(driver)
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
        SimEvent::PortFailed { number, message } => What::PortFailed { number, message },
    })
}

fn gives_up(scenario: &Scenario, line: &LineRef) -> Option<Duration> {
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
pub(super) fn make_change(driver: &Driver, scenario: &Scenario, change: &Change) -> Result<(), SimError> {
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

/// Everything that may speak of a TCP port.
fn templates(backdrop: &Backdrop) -> impl Iterator<Item = &str> {
    let helpers = backdrop.setup.helpers.iter().flat_map(|helper| &helper.command);
    let settings = backdrop
        .env
        .iter()
        .chain(&backdrop.registry)
        .map(|(_, value)| value);
    helpers.chain(settings).map(String::as_str)
}

fn client_end(port: &OpenPort, device: Option<&PortAssignment>) -> String {
    device
        .and_then(|device| device.provider_end.clone())
        .unwrap_or_else(|| port.path.clone())
}

/// Silence around `+++`, for the reference provider; short, so that scenarios are quick.
const GUARD_MS: u32 = 60;

/// How long after the last ring the reference provider takes a call for abandoned: over one cycle of the exchange.
const RING_MS: u32 = 1_500;

/// How long the reference provider has its modem wait for an answer where the scenario says nothing.
const CONNECT_MS: u32 = 60_000;

/// How long a provider's modems wait for an answer: as the scenario says of its first line that it speaks of.
fn connect_ms(scenario: &Scenario, provider: &Provider) -> u32 {
    let line = |number| LineRef {
        number: Spanned::new(number, Span::default()),
        provider: Some(provider.name.clone()),
    };
    let said = (1..=provider.lines.node).find_map(|number| gives_up(scenario, &line(number)));
    said.map_or(CONNECT_MS, |after| {
        u32::try_from(after.as_millis()).unwrap_or(CONNECT_MS)
    })
}

/// Environment, files and registry that tell the provider of its ports. Each child gets the reference
/// provider's settings, which others ignore, and what the command line adds.
fn child_options(
    name: &str,
    ports: &[String],
    connect_ms: u32,
    backdrop: &Backdrop,
    dir: &Path,
    tcp: &[u16],
) -> Result<ChildOptions, StageError> {
    let dir = dir.join(name);
    // Not the folder around it too, which an interrupt may have taken away.
    std::fs::create_dir(&dir).map_err(hardware)?;
    let config = dir.join("modem-tsp.conf");
    let times = [
        ("GuardTime", GUARD_MS),
        ("RingTimeout", RING_MS),
        ("ConnectTimeout", connect_ms),
    ];
    let settings: String = ports
        .iter()
        .enumerate()
        .map(|(index, port)| format!("Port{} = {port}\n", index + 1))
        .chain(times.iter().map(|(name, ms)| format!("{name} = {ms}\n")))
        .collect();
    std::fs::write(&config, settings).map_err(hardware)?;

    let fill = |template: &str| {
        let mut text = setup::fill(template, &dir, tcp);
        for (index, port) in ports.iter().enumerate() {
            let com = backdrop.host.com_name(index).unwrap_or_else(|| port.clone());
            text = text
                .replace(&format!("{{port{}}}", index + 1), port)
                .replace(&format!("{{com{}}}", index + 1), &com);
        }
        text
    };
    let mut env = vec![("MODEM_TSP_CONFIG".to_owned(), config.display().to_string())];
    env.extend(
        backdrop
            .env
            .iter()
            .map(|(name, value)| (name.clone(), fill(value))),
    );

    let key = format!("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Telephony\\Provider{PROVIDER_ID}");
    let mut registry = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        let com = backdrop.host.com_name(index).unwrap_or_else(|| port.clone());
        registry.push(RegistrySetting {
            key: key.clone(),
            name: format!("Port{}", index + 1),
            value: RegistryValue::Text(com),
        });
    }
    for (name, ms) in times {
        registry.push(RegistrySetting {
            key: key.clone(),
            name: name.to_owned(),
            value: RegistryValue::Dword(ms),
        });
    }
    registry.extend(backdrop.setup.registry.iter().cloned());
    for (path, value) in &backdrop.registry {
        let (key, name) = path.rsplit_once('\\').unwrap_or((path, ""));
        let value = fill(value);
        let value = match value
            .strip_prefix("dword:")
            .and_then(|number| number.parse().ok())
        {
            Some(number) => RegistryValue::Dword(number),
            None => RegistryValue::Text(value),
        };
        registry.push(RegistrySetting {
            key: key.to_owned(),
            name: name.to_owned(),
            value,
        });
    }
    Ok(ChildOptions {
        env,
        cwd: Some(dir),
        registry,
        ports: ports.to_vec(),
        deadline: backdrop.timeout,
    })
}
