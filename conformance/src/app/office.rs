//! A PBX behind a provider's lines: its description, and how the provider is told of it.

use offhook_sim::Driver;
use offhook_sim::Office;
use offhook_sim::PortSpec;
use offhook_sim::device::csta::Profile;
use offhook_sim::exchange::pbx::{Pbx, PbxError};
use offhook_sim::exchange::switch::{ServiceError, StationSettings, Switch};
use offhook_sim::pbx::PbxPort;

use super::backdrop::Backdrop;
use crate::scenario::ast::{LineRef, Provider, Scenario};
use crate::scenario::source::{Span, Spanned};

/// The PBX that stands behind a provider where no description is named.
const DESCRIPTION: &str = include_str!("office.toml");

/// The kind of switch where neither the command line nor the description names one.
const PROFILE: &str = "hipath";

/// How long after a lost link the reference provider tries again: short, so that scenarios are quick.
const RECONNECT_MS: u32 = 50;

/// A PBX for the lines of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfficeDevice {
    /// Its description in TOML, and the name of the file for messages.
    description: (String, String),
    /// How its CSTA link speaks.
    pub profile: Profile,
    /// Which lines are extensions of it.
    pub behind: Behind,
}

/// Which lines a PBX is behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behind {
    /// This one, counted from 0 over all providers, and all that follow.
    From(usize),
    /// All of these providers.
    Providers(Vec<String>),
}

/// Why a PBX cannot stand behind a provider.
#[derive(Debug, thiserror::Error)]
pub enum OfficeError {
    /// Its description is none.
    #[error(transparent)]
    Description(#[from] PbxError),
    /// There is no such profile.
    #[error(
        "no profile is called {name}: write hipath, annex-j, md110, panasonic, alcatel or serial, or a TOML file"
    )]
    Profile {
        /// What was written.
        name: String,
    },
    /// A line cannot be an extension.
    #[error("extension {number} cannot be added: {error}")]
    Extension {
        /// Its number.
        number: String,
        /// What the switch says.
        error: ServiceError,
    },
}

impl OfficeDevice {
    /// The PBX that `what` names: a profile, or a file that describes one; the usual one where nothing is named.
    ///
    /// # Errors
    /// Where there is no such profile or file, or the file describes no PBX.
    pub fn find(what: Option<&str>, behind: Behind) -> Result<OfficeDevice, OfficeError> {
        let profile = what.and_then(Profile::by_name);
        let (description, named) = match (what, &profile) {
            (Some(file), None) if file.ends_with(".toml") => {
                let text = std::fs::read_to_string(file).map_err(|error| PbxError::Unreadable {
                    file: file.to_owned(),
                    message: error.to_string(),
                })?;
                let named = Pbx::from_toml(&text, file)?.profile;
                ((text, file.to_owned()), named)
            }
            (Some(name), None) => {
                return Err(OfficeError::Profile {
                    name: name.to_owned(),
                });
            }
            _ => ((DESCRIPTION.to_owned(), "the usual PBX".to_owned()), None),
        };
        let name = named.unwrap_or_else(|| PROFILE.to_owned());
        let profile = profile.or_else(|| Profile::by_name(&name));
        Ok(OfficeDevice {
            description,
            profile: profile.ok_or(OfficeError::Profile { name })?,
            behind,
        })
    }

    /// Whether its link is a serial one.
    fn is_serial(&self) -> bool {
        self.profile.name == "serial"
    }

    /// The switch, with these extensions where it has them not, and its link.
    pub(super) fn build(&self, extensions: &[String]) -> Result<(Switch, Office), OfficeError> {
        let (text, file) = &self.description;
        let mut switch = Pbx::from_toml(text, file)?.switch;
        for number in extensions {
            if switch.device(number).is_none() {
                let added = switch.add_station(number, StationSettings::default());
                added.map_err(|error| OfficeError::Extension {
                    number: number.clone(),
                    error,
                })?;
            }
        }
        while switch.poll_event().is_some() {}
        let port = match self.is_serial() {
            true => PbxPort::Port(PortSpec::Pty),
            false => PbxPort::Tcp(([127, 0, 0, 1], 0).into()),
        };
        let office = Office {
            profile: self.profile.clone(),
            ports: vec![port],
        };
        Ok((switch, office))
    }
}

/// How a provider reaches the switch, and which extensions its lines are.
pub(super) struct SwitchEnd {
    profile: &'static str,
    /// `HOST:PORT`; none where it is a serial port, the last one of the provider's.
    address: Option<String>,
    extensions: Vec<String>,
    /// Whether the scenario has a part for their telephones.
    phones: bool,
}

/// The end of the link for a provider of whose `lines` some are extensions; a serial port is added to its ports.
pub(super) fn switch_end(
    scenario: &Scenario,
    provider: &Provider,
    lines: &[bool],
    backdrop: &Backdrop,
    driver: &Driver,
    ports: &mut Vec<String>,
) -> Option<SwitchEnd> {
    let office = backdrop.office.as_ref()?;
    let line = |number: u32| LineRef {
        number: Spanned::new(number, Span::default()),
        provider: Some(provider.name.clone()),
    };
    let extensions: Vec<String> = (1..)
        .zip(lines)
        .filter(|(_, extension)| **extension)
        .map(|(number, _)| scenario.number_of(&line(number)))
        .collect();
    let end = driver.office_ports().first().filter(|_| !extensions.is_empty())?;
    let address = match office.is_serial() {
        true => {
            ports.push(end.clone());
            None
        }
        false => Some(end.clone()),
    };
    Some(SwitchEnd {
        profile: office.profile.name,
        address,
        extensions,
        phones: provider.phones.node > 0,
    })
}

impl SwitchEnd {
    /// The settings of the reference provider for extensions; `name` gives a port its name in the provider's system.
    pub(super) fn settings(
        &self,
        ports: &[String],
        name: impl Fn(usize, &str) -> String,
    ) -> Vec<(String, String)> {
        let switch = match (&self.address, ports.last()) {
            (Some(address), _) => format!("tcp:{address}"),
            (None, Some(port)) => format!("serial:{}", name(ports.len() - 1, port)),
            (None, None) => String::new(),
        };
        let mut settings = vec![
            ("Switch".to_owned(), switch),
            ("Profile".to_owned(), self.profile.to_owned()),
            ("Phones".to_owned(), u32::from(self.phones).to_string()),
            ("ReconnectTime".to_owned(), RECONNECT_MS.to_string()),
        ];
        let extensions = self.extensions.iter().enumerate();
        settings
            .extend(extensions.map(|(index, number)| (format!("Extension{}", index + 1), number.clone())));
        settings
    }

    /// Fills in what templates say of the switch: `{switch}` is its address, `{extension1}` the first line's number.
    pub(super) fn fill(&self, text: String) -> String {
        let address = self.address.as_deref().unwrap_or_default();
        let text = text.replace("{switch}", address);
        let extensions = self.extensions.iter().enumerate();
        extensions.fold(text, |text, (index, number)| {
            text.replace(&format!("{{extension{}}}", index + 1), number)
        })
    }
}
