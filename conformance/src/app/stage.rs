//! What stands around a scenario: the record, the simulated exchange with its modems and ports, and one TAPI a
//! provider.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use offhook_host_protocol::RegistryValue;
use offhook_sim::{Driver, ExchangeConfig, ModemProfile, OpenPort, PortSpec, Simulation};

use super::backdrop::{Backdrop, PortAssignment};
use super::cast::Library;
use super::hardware::{gives_up, hardware_for, lines_of};
use super::office::{self, SwitchEnd};
use super::shared::Shared;
use super::tapi::PROVIDER_ID;
use super::{Reusable, Stop, Tapi};
use crate::cleanup;
use crate::host::{Child, ChildOptions, HostBinary, HostError, RegistrySetting};
use crate::scenario::ast::{LineRef, Provider, Scenario};
use crate::scenario::source::{Span, Spanned};
use crate::setup::{self, Helper};
use crate::trace::Recorder;

/// A running stage.
pub struct Stage {
    /// The record of everything.
    pub recorder: Recorder,
    /// The exchange and modems.
    pub driver: Driver,
    /// The providers in the scenario's order.
    pub providers: Vec<Tapi>,
    /// Whether each line of each provider is an extension of the PBX.
    extensions: Vec<Vec<bool>>,
    /// The longest that an expectation waits, whatever it says.
    pub patience: Option<Duration>,
    /// The child's program, where the registry that it writes into is the user's own.
    own_registry: Option<HostBinary>,
    /// Processes beside the providers; they end after them.
    _helpers: Vec<Helper>,
    /// Folder of files made for this scenario; gone with the stage, and on an interrupt.
    dir: Folder,
    /// Whether the child is to go on when the stage is cleared, and the child that does.
    keeps: bool,
    kept: Option<(Reusable, String)>,
}

/// A folder, and who removes it.
pub(super) type Folder = (PathBuf, cleanup::Guard);

/// Why a stage could not be set.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// The simulated hardware could not be set up.
    #[error("the simulated hardware could not be set up: {0}")]
    Hardware(String),
    /// The child could not be started, or the provider not be loaded.
    #[error(transparent)]
    Host(#[from] HostError),
    /// No DLL plays this provider.
    #[error("nothing plays the provider {0}: add --provider {0}=FILE")]
    Uncast(String),
    /// A helper, a file or a TCP port could not be put up.
    #[error("the set-up failed: {0}")]
    Setup(#[from] io::Error),
}

impl Stage {
    /// Sets the stage for a scenario: exchange, modems, ports, then each provider loaded but not started.
    pub fn set(scenario: &Scenario, backdrop: &Backdrop) -> Result<Stage, StageError> {
        Stage::set_in(scenario, backdrop, None)
    }

    /// The same with the provider in a child that goes on from another scenario of the same provider.
    pub(crate) fn set_in(
        scenario: &Scenario,
        backdrop: &Backdrop,
        shared: Option<Shared>,
    ) -> Result<Stage, StageError> {
        let recorder = Recorder::new();
        let (folder, mut reusable) = match shared {
            Some(shared) => shared.taken().map_err(hardware)?,
            None => (scratch_dir().map_err(hardware)?, None),
        };
        let dir = folder.0.clone();
        let tcp = setup::tcp_ports(templates(backdrop))?;
        let helpers = backdrop.setup.helpers.iter();
        let helpers = helpers
            .map(|helper| helper.start(&dir, &tcp))
            .collect::<io::Result<Vec<Helper>>>()?;
        let driver = hardware_for(scenario, backdrop, &recorder)?;
        let mut ports = driver.ports().iter();
        let mut devices = backdrop.devices.iter();
        let mut extensions = Vec::new();
        let mut providers = Vec::new();
        for provider in &scenario.providers {
            let library = backdrop.cast.library(&provider.name);
            let library = library.ok_or_else(|| StageError::Uncast(provider.name.node.clone()))?;
            let of_it = |line: &LineRef| line.provider.as_ref() == Some(&provider.name);
            let lines: Vec<bool> = lines_of(scenario)
                .filter(|(_, line)| of_it(line))
                .map(|(index, _)| backdrop.is_extension(&provider.name, index))
                .collect();
            let modems = lines.iter().filter(|extension| !**extension).count();
            let mut mine: Vec<String> = ports
                .by_ref()
                .take(modems)
                .map(|port| client_end(port, devices.next()))
                .collect();
            let switch = office::switch_end(scenario, provider, &lines, backdrop, &driver, &mut mine);
            extensions.push(lines);
            // Each has a registry key of its own, by its identifier.
            let id = PROVIDER_ID + u32::try_from(providers.len()).unwrap_or_default();
            let options = child_options(
                library,
                (&provider.name, id),
                &mine,
                connect_ms(scenario, provider),
                switch.as_ref(),
                backdrop,
                &dir,
                &tcp,
            )?;
            let dll = setup::install(
                &library.dll,
                &backdrop.setup.files,
                &dir.join(&provider.name.node),
            )?;
            providers.push(Tapi::load(
                (&provider.name, id),
                &library.host,
                options,
                &dll,
                recorder.clone(),
                reusable.take(),
            )?);
        }
        let own_registry =
            |library: &&Library| cfg!(windows) && matches!(library.host, HostBinary::Native(_));
        Ok(Stage {
            recorder,
            driver,
            providers,
            extensions,
            patience: backdrop.patience,
            own_registry: backdrop
                .cast
                .libraries()
                .find(own_registry)
                .map(|library| library.host.clone()),
            _helpers: helpers,
            dir: folder,
            keeps: false,
            kept: None,
        })
    }

    /// Has the child go on when the stage is cleared, if the provider leaves nothing in it.
    pub(crate) fn keep_child(&mut self) {
        self.keeps = true;
    }

    /// The child that goes on after the stage was cleared, with what belongs to it.
    pub(crate) fn into_shared(self) -> Option<Shared> {
        let (child, name) = self.kept?;
        Some(Shared::new(child, name, self.dir, self.own_registry))
    }

    /// Whether a line of a provider, both counted from 0, is an extension of the PBX.
    pub(super) fn is_extension(&self, provider: usize, line: u32) -> bool {
        let lines = self.extensions.get(provider);
        lines
            .and_then(|lines| lines.get(line as usize))
            .copied()
            .unwrap_or_default()
    }

    /// Ends every provider in order; the first thing that goes wrong is told.
    pub fn clear(&mut self) -> Result<(), Stop> {
        let mut first = Ok(());
        for provider in self.providers.drain(..) {
            let name = provider.name().to_owned();
            match provider.finish(self.keeps) {
                Ok(kept) => self.kept = kept.map(|child| (child, name)),
                Err(stop) => first = first.and(Err(stop)),
            }
        }
        if self.kept.is_some() {
            // What was written into the registry is put back when the child ends.
            return first;
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

pub(super) fn hardware(error: impl std::fmt::Display) -> StageError {
    StageError::Hardware(error.to_string())
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
#[allow(
    clippy::too_many_arguments,
    reason = "all that a child is told is gathered here"
)]
fn child_options(
    library: &Library,
    (name, id): (&str, u32),
    ports: &[String],
    connect_ms: u32,
    switch: Option<&SwitchEnd>,
    backdrop: &Backdrop,
    dir: &Path,
    tcp: &[u16],
) -> Result<ChildOptions, StageError> {
    let dir = dir.join(name);
    // Not the folder around it too, which an interrupt may have taken away. A child that goes on has it already.
    if !dir.is_dir() {
        std::fs::create_dir(&dir).map_err(hardware)?;
    }
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
    let csta = dir.join("csta-tsp.conf");
    let port_of = |index: usize, port: &str| library.host.com_name(index).unwrap_or_else(|| port.to_owned());
    let of_switch = switch.map_or(Vec::new(), |switch| switch.settings(ports, port_of));
    let lines: String = of_switch
        .iter()
        .map(|(name, value)| format!("{name} = {value}\n"))
        .collect();
    std::fs::write(&csta, lines).map_err(hardware)?;

    let fill = |template: &str| {
        let mut text = setup::fill(template, &dir, tcp);
        for (index, port) in ports.iter().enumerate() {
            let com = library.host.com_name(index).unwrap_or_else(|| port.clone());
            text = text
                .replace(&format!("{{port{}}}", index + 1), port)
                .replace(&format!("{{com{}}}", index + 1), &com);
        }
        if let Some(switch) = switch {
            text = switch.fill(text);
        }
        text
    };
    let mut env = vec![
        ("MODEM_TSP_CONFIG".to_owned(), config.display().to_string()),
        ("CSTA_TSP_CONFIG".to_owned(), csta.display().to_string()),
    ];
    env.extend(
        library
            .env
            .iter()
            .chain(&backdrop.env)
            .map(|(name, value)| (name.clone(), fill(value))),
    );

    let key = format!("HKLM\\Software\\Microsoft\\Windows\\CurrentVersion\\Telephony\\Provider{id}");
    let mut registry = Vec::new();
    for (index, port) in ports.iter().enumerate() {
        let com = library.host.com_name(index).unwrap_or_else(|| port.clone());
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
    registry.extend(of_switch.into_iter().map(|(name, value)| RegistrySetting {
        key: key.clone(),
        name,
        value: RegistryValue::Text(value),
    }));
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
