//! A PBX described in a file: TOML, with every mistake told by its place and its remedy.
//!
//! `sim/pbx/office.toml` shows all that a description can hold.

mod build;
mod file;
mod text;

use std::path::Path;
use std::time::Duration;

use super::switch::Switch;

/// The description that comes with the simulator.
pub const OFFICE: &str = include_str!("../../../pbx/office.toml");

/// A PBX as its description says, before the first call.
#[derive(Debug)]
pub struct Pbx {
    /// Its name.
    pub name: String,
    /// The name of the profile of its CSTA link, where the description names one.
    pub profile: Option<String>,
    /// What its CSTA link does otherwise than the profile.
    pub quirks: Quirks,
    /// Its switch, with all devices, nobody calling. What was set up left no events.
    pub switch: Switch,
}

/// What a switch does otherwise than the profile that it goes by; what is left out is as in the profile.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Quirks {
    /// It says its system status as soon as a client has come, and at every sign of life.
    pub announces_status: Option<bool>,
    /// Events say when they happened.
    pub timestamps: Option<bool>,
    /// How long a client may be silent before it is asked for a sign of life; `Some(None)` for ever.
    pub keep_alive: Option<Option<Duration>>,
    /// Clients at once.
    pub clients: Option<usize>,
    /// Monitors in all.
    pub monitors: Option<usize>,
    /// Monitors on one device or call.
    pub monitors_per_object: Option<usize>,
    /// The longest application session.
    pub session: Option<Duration>,
    /// The edition of ECMA-323, 3 to 6, where the profile speaks XML.
    pub edition: Option<u8>,
    /// The prefix of XML elements.
    pub prefix: Option<String>,
    /// Whether documents begin with an XML declaration.
    pub prolog: Option<bool>,
}

/// Why a description cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PbxError {
    /// The file could not be read.
    #[error("could not read {file}: {message}: name a file that describes a PBX")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        message: String,
    },
    /// The file describes no PBX.
    #[error("{file}:{line}:{column}: {message}: {remedy}")]
    Invalid {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
        /// What is wrong.
        message: String,
        /// What to do.
        remedy: String,
    },
}

impl Pbx {
    /// The PBX that a file describes.
    ///
    /// # Errors
    /// Where the file cannot be read, or describes none.
    pub fn load(path: &Path) -> Result<Pbx, PbxError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| PbxError::Unreadable {
            file: file.clone(),
            message: error.to_string(),
        })?;
        Pbx::from_toml(&text, &file)
    }

    /// The PBX that a text describes; `file` is its name in error messages.
    ///
    /// # Errors
    /// Where the text describes none: place, mistake and remedy.
    pub fn from_toml(text: &str, file: &str) -> Result<Pbx, PbxError> {
        let source = build::Source { text, file };
        let parsed = toml::from_str(text).map_err(|error| {
            let message = error.message().trim().replace('\n', " ");
            source.error(
                error.span().unwrap_or(0..0),
                message,
                "see sim/pbx/office.toml for what a description holds",
            )
        })?;
        source.pbx(parsed)
    }
}
