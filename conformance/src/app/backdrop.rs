//! What stays the same over all scenarios of a run.

use std::time::Duration;

use offhook_sim::ModemProfile;

use super::cast::{Cast, CastError, known};
use super::office::{Behind, OfficeDevice};
use crate::rules::{Level, Numbers};
use crate::scenario::ast::{Name, Scenario};

/// What stays the same over all scenarios of a run.
#[derive(Clone)]
pub struct Backdrop {
    /// The providers' DLLs and their children.
    pub cast: Cast,
    /// The device behind each line; a pseudo-serial port where there are fewer than lines.
    pub devices: Vec<PortAssignment>,
    /// Whether there are modems at all; a provider that talks to something else needs none.
    pub modems: bool,
    /// The PBX behind the lines that are its extensions.
    pub office: Option<OfficeDevice>,
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
    /// Whether each exercise of a check has a child of its own, also where several could be played in one.
    pub fresh: bool,
    /// Environment of the child: names and templates.
    pub env: Vec<(String, String)>,
    /// Registry strings of the child: `KEY\NAME` and templates.
    pub registry: Vec<(String, String)>,
    /// What else is put up around the providers.
    pub setup: crate::setup::Setup,
}

impl Backdrop {
    /// That every provider that is named here is in one of these scenarios, and that each of theirs has its DLL.
    ///
    /// # Errors
    /// [`CastError::Unknown`], [`CastError::Missing`]
    pub fn fits(&self, scenarios: &[Scenario]) -> Result<(), CastError> {
        self.cast.fits(scenarios)?;
        match self.office.as_ref().map(|office| &office.behind) {
            Some(Behind::Providers(names)) => known("--device", names, scenarios),
            _ => Ok(()),
        }
    }

    /// Whether a line of a provider is an extension of the PBX; `index` counts all lines before it, those of other providers
    /// too.
    pub fn is_extension(&self, provider: &Name, index: usize) -> bool {
        let office = self.office.as_ref();
        office.is_some_and(|office| match &office.behind {
            Behind::From(first) => index >= *first,
            Behind::Providers(names) => names.iter().any(|name| name == provider.as_str()),
        })
    }

    /// Whether there is a line that no PBX is behind, and a modem may be.
    pub fn has_modems(&self) -> bool {
        let all = |office: &OfficeDevice| matches!(office.behind, Behind::From(0));
        self.modems && !self.office.as_ref().is_some_and(all)
    }
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
