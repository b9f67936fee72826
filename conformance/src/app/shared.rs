//! A child that goes from scenario to scenario. Each loads the provider anew, into a process that finds nothing of the one
//! before: neither code nor memory of the DLL, nor threads, nor files in its folder, nor values in its registry.

use std::io;

use super::backdrop::Backdrop;
use super::stage::Folder;
use super::{Reusable, Stop};
use crate::host::{Child, HostBinary};
use crate::scenario::ast::Scenario;

/// A child without a provider, and what belongs to it.
pub(crate) struct Shared {
    child: Reusable,
    /// The name of the providers in their scenarios, by which their files are found.
    name: String,
    /// The folder of its files, in which its working directory lies.
    dir: Folder,
    /// The child's program, where the registry that it writes into is the user's own.
    own_registry: Option<HostBinary>,
}

impl Shared {
    pub(super) fn new(
        child: Reusable,
        name: String,
        dir: Folder,
        own_registry: Option<HostBinary>,
    ) -> Shared {
        Shared {
            child,
            name,
            dir,
            own_registry,
        }
    }

    /// Whether a scenario can be played in it, of those that [`may_share`].
    pub(crate) fn fits(&self, scenario: &Scenario) -> bool {
        scenario
            .providers
            .iter()
            .all(|provider| provider.name.node == self.name)
    }

    /// The child and its folder, from which all files are gone.
    pub(super) fn taken(self) -> io::Result<(Folder, Option<Reusable>)> {
        empty(&self.dir.0.join(&self.name))?;
        Ok((self.dir, Some(self.child)))
    }

    /// Ends it. That it does not end well may be the doing of any provider that was played in it.
    pub(crate) fn end(self) -> Result<(), Stop> {
        let ended = self.child.end().map_err(|death| Stop::Bug(death.to_string()));
        let restored = self.own_registry.map_or(Ok(()), |host| {
            Child::restore_registry(&host).map_err(|error| Stop::Bug(error.to_string()))
        });
        ended.and(restored)
    }
}

/// Removes all that is in a folder, but not the folder, which may be a process's working directory.
fn empty(dir: &std::path::Path) -> io::Result<()> {
    for entry in std::fs::read_dir(dir)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => std::fs::remove_dir_all(entry.path())?,
            false => std::fs::remove_file(entry.path())?,
        }
    }
    Ok(())
}

/// Whether scenarios of one provider may be played in one child before this backdrop: where files or processes are put up for
/// each, or its environment tells of its ports, each needs a process of its own.
pub(crate) fn may_share(scenario: &Scenario, backdrop: &Backdrop) -> bool {
    let is_of_scenario = |template: &str| template.replace("{dir}", "").contains('{');
    scenario.providers.len() == 1
        && backdrop.setup.files.is_empty()
        && backdrop.setup.helpers.is_empty()
        && !backdrop.env.iter().any(|(_, value)| is_of_scenario(value))
}
