//! Which DLL plays which provider of a scenario, and the child that each is loaded in.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::host::HostBinary;
use crate::scenario::ast::Scenario;

/// A provider's DLL and its child.
#[derive(Debug, Clone)]
pub struct Library {
    /// The DLL.
    pub dll: PathBuf,
    /// The child's program.
    pub host: HostBinary,
    /// Environment of this child alone.
    pub env: Vec<(String, String)>,
}

/// The DLLs of a run: one for each provider that has its own, and one for all others.
#[derive(Debug, Clone)]
pub struct Cast {
    named: Vec<(String, Library)>,
    usual: Option<Library>,
}

/// Why these DLLs and these scenarios do not go together.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum CastError {
    /// Two DLLs for one provider.
    #[error("{} is given twice: each provider is played by one DLL", who(name.as_deref()))]
    Twice {
        /// The provider; none where it is the DLL for all that have no other.
        name: Option<String>,
    },
    /// No scenario has a provider of this name.
    #[error("{option} {name}=…: no scenario here has a provider called {name}; theirs are {}", .there.join(", "))]
    Unknown {
        /// Where it was written.
        option: &'static str,
        /// The name.
        name: String,
        /// The names that there are.
        there: Vec<String>,
    },
    /// A provider of a scenario that no DLL plays.
    #[error(
        "{scenario} has a provider {name}, which nothing plays: add --provider {name}=FILE, or --provider FILE for all that \
         are not named"
    )]
    Missing {
        /// The provider.
        name: String,
        /// The scenario's file.
        scenario: String,
    },
}

fn who(name: Option<&str>) -> String {
    match name {
        Some(name) => format!("--provider {name}=…"),
        None => "--provider FILE without a name".to_owned(),
    }
}

impl Cast {
    /// One DLL for every provider.
    pub fn of_one(library: Library) -> Cast {
        Cast {
            named: Vec::new(),
            usual: Some(library),
        }
    }

    /// Several: each for the provider of its name, one without a name for all others.
    ///
    /// # Errors
    /// [`CastError::Twice`]
    pub fn of_many(
        libraries: impl IntoIterator<Item = (Option<String>, Library)>,
    ) -> Result<Cast, CastError> {
        let (mut named, mut usual): (Vec<(String, Library)>, Option<Library>) = (Vec::new(), None);
        for (name, library) in libraries {
            let taken = match &name {
                Some(name) => named.iter().any(|(known, _)| known == name),
                None => usual.is_some(),
            };
            if taken {
                return Err(CastError::Twice { name });
            }
            match name {
                Some(name) => named.push((name, library)),
                None => usual = Some(library),
            }
        }
        Ok(Cast { named, usual })
    }

    /// The DLL that plays a provider.
    pub fn library(&self, provider: &str) -> Option<&Library> {
        let own = self.named.iter().find(|(name, _)| name == provider);
        own.map(|(_, library)| library).or(self.usual.as_ref())
    }

    /// All DLLs.
    pub fn libraries(&self) -> impl Iterator<Item = &Library> {
        self.named.iter().map(|(_, library)| library).chain(&self.usual)
    }

    /// That every DLL has a provider to play, and every provider of the scenarios a DLL.
    ///
    /// # Errors
    /// [`CastError::Unknown`], [`CastError::Missing`]
    pub fn fits(&self, scenarios: &[Scenario]) -> Result<(), CastError> {
        known("--provider", self.named.iter().map(|(name, _)| name), scenarios)?;
        let mut providers = of_all(scenarios);
        match providers.find(|(_, name)| self.library(name).is_none()) {
            Some((scenario, name)) => Err(CastError::Missing {
                name: name.to_owned(),
                scenario: scenario.source.name().to_owned(),
            }),
            None => Ok(()),
        }
    }

    /// Whether a DLL is for one provider alone.
    pub fn has_names(&self) -> bool {
        !self.named.is_empty()
    }

    /// What plays a scenario, as golden files are named: `modem-tsp`, or `modem-tsp+csta-tsp` where there are several.
    pub fn label(&self, scenario: &Scenario) -> String {
        let mut names: Vec<String> = Vec::new();
        for provider in &scenario.providers {
            let library = self.library(&provider.name);
            let name = library.map(|library| provider_name(&library.dll));
            names.extend(name.filter(|name| !names.contains(name)));
        }
        names.join("+")
    }

    /// The DLLs as a report names them.
    pub fn describe(&self) -> String {
        let named = self.named.iter().map(|(name, library)| (Some(name), library));
        let all = named.chain(self.usual.iter().map(|library| (None, library)));
        let words: Vec<String> = all
            .map(|(name, library)| match name {
                Some(name) => format!("{name}={}", library.dll.display()),
                None => library.dll.display().to_string(),
            })
            .collect();
        words.join(" ")
    }
}

/// The providers of all scenarios, by their names.
fn of_all(scenarios: &[Scenario]) -> impl Iterator<Item = (&Scenario, &str)> {
    scenarios.iter().flat_map(|scenario| {
        let providers = scenario.providers.iter();
        providers.map(move |provider| (scenario, provider.name.as_str()))
    })
}

/// That each of these names is that of a provider in some scenario.
///
/// # Errors
/// [`CastError::Unknown`]
pub(super) fn known<'n>(
    option: &'static str,
    names: impl IntoIterator<Item = &'n String>,
    scenarios: &[Scenario],
) -> Result<(), CastError> {
    for name in names {
        if !of_all(scenarios).any(|(_, known)| known == name) {
            let there: BTreeSet<&str> = of_all(scenarios).map(|(_, name)| name).collect();
            return Err(CastError::Unknown {
                option,
                name: name.clone(),
                there: there.into_iter().map(str::to_owned).collect(),
            });
        }
    }
    Ok(())
}

/// The provider's name in golden files: its file's name without `lib` and ending, spelled with hyphens.
fn provider_name(dll: &Path) -> String {
    let stem = dll
        .file_stem()
        .map(|stem| stem.to_string_lossy().into_owned())
        .unwrap_or_default();
    stem.strip_prefix("lib").unwrap_or(&stem).replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::parse;

    fn library(file: &str) -> Library {
        Library {
            dll: PathBuf::from(file),
            host: HostBinary::Native(PathBuf::from("host")),
            env: Vec::new(),
        }
    }

    fn cast(given: &[(&str, &str)]) -> Result<Cast, CastError> {
        Cast::of_many(given.iter().map(|(name, file)| {
            let name = (!name.is_empty()).then(|| (*name).to_owned());
            (name, library(file))
        }))
    }

    fn scenario(providers: &str) -> Scenario {
        let text = format!("scenario: a test\nproviders: {providers}\nsteps\n  wait 1 ms\n");
        parse("test.call", &text).unwrap()
    }

    #[test]
    fn a_provider_has_the_dll_of_its_name_or_the_one_for_all() {
        let cast = cast(&[("Q", "libcsta_tsp.so"), ("", "libmodem_tsp.so")]).unwrap();
        assert_eq!(cast.library("Q").unwrap().dll, Path::new("libcsta_tsp.so"));
        assert_eq!(cast.library("P").unwrap().dll, Path::new("libmodem_tsp.so"));
        let both = scenario("P with 1 line, Q with 1 line");
        assert_eq!(cast.label(&both), "modem-tsp+csta-tsp");
        assert_eq!(cast.label(&scenario("A with 1 line, B with 1 line")), "modem-tsp");
        assert_eq!(cast.describe(), "Q=libcsta_tsp.so libmodem_tsp.so");
    }

    #[test]
    fn what_is_given_twice_or_plays_nothing_is_refused() {
        let twice = cast(&[("Q", "a.dll"), ("Q", "b.dll")]).unwrap_err();
        assert_eq!(
            twice.to_string(),
            "--provider Q=… is given twice: each provider is played by one DLL"
        );
        assert!(cast(&[("", "a.dll"), ("", "b.dll")]).is_err());
        let both = [scenario("P with 1 line, Q with 1 line")];
        let cast = cast(&[("Q", "a.dll"), ("", "b.dll")]).unwrap();
        assert_eq!(cast.fits(&both), Ok(()));
        let unknown = cast.fits(&[scenario("P with 1 line")]).unwrap_err();
        assert_eq!(
            unknown.to_string(),
            "--provider Q=…: no scenario here has a provider called Q; theirs are P"
        );
    }

    #[test]
    fn a_provider_that_nothing_plays_is_named_with_its_scenario() {
        let cast = cast(&[("Q", "a.dll")]).unwrap();
        let missing = cast
            .fits(&[scenario("P with 1 line, Q with 1 line")])
            .unwrap_err();
        assert!(
            missing.to_string().starts_with("test.call has a provider P"),
            "{missing}"
        );
        assert!(missing.to_string().contains("--provider P=FILE"), "{missing}");
    }
}
