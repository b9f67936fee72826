//! Profiles as files: TOML with every mistake told by its place and its remedy.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use serde::Deserialize;
use toml::Spanned;

use super::super::{basic, extended, registers};
use super::{Feature, ModemProfile, Quirks, Reply, ResultTexts, SimProfile};

/// The profiles that come with the simulator: name and file.
pub const PROFILES: &[(&str, &str)] = &[
    ("hayes", include_str!("../../../../profiles/hayes.toml")),
    ("v250", include_str!("../../../../profiles/v250.toml")),
    ("courier", include_str!("../../../../profiles/courier.toml")),
    ("conexant", include_str!("../../../../profiles/conexant.toml")),
    ("zyxel", include_str!("../../../../profiles/zyxel.toml")),
    ("gsm", include_str!("../../../../profiles/gsm.toml")),
];

/// Why a profile cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// The file could not be read.
    #[error("could not read the profile {file}: {message}")]
    Unreadable {
        /// The file.
        file: String,
        /// What the system said.
        message: String,
    },
    /// No profile has the name.
    #[error("no profile is called {name}: use {} or a file that ends with .toml", Known)]
    Unknown {
        /// The name.
        name: String,
    },
    /// The file is no profile.
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

/// The names of the profiles that come with the simulator, as a sentence has them.
struct Known;

impl fmt::Display for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("offhook")?;
        PROFILES.iter().try_for_each(|(name, _)| write!(f, ", {name}"))
    }
}

/// A profile's file. What it leaves out is as in the default profile.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ProfileFile {
    name: Option<String>,
    summary: Option<String>,
    features: Option<Vec<Feature>>,
    #[serde(default)]
    lacks: Vec<Spanned<String>>,
    #[serde(default)]
    identity: Identity,
    #[serde(default)]
    defaults: BTreeMap<Spanned<String>, Spanned<Setting>>,
    #[serde(default)]
    most: BTreeMap<Spanned<String>, u32>,
    #[serde(default)]
    rates: Rates,
    #[serde(default)]
    pace_ms: Pace,
    #[serde(default)]
    results: ResultTexts,
    #[serde(default)]
    sim: SimProfile,
    #[serde(default)]
    quirks: Quirks,
    #[serde(default)]
    reply: Vec<Spanned<Reply>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Identity {
    manufacturer: Option<String>,
    model: Option<String>,
    revision: Option<String>,
    serial: Option<String>,
    object: Option<String>,
    country: Option<String>,
    i: BTreeMap<Spanned<String>, Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Rates {
    line: Option<u32>,
    port: Option<u32>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Pace {
    digit: Option<u64>,
    dial_tone_wait: Option<u64>,
    training: Option<u64>,
    ring_memory: Option<u64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Setting {
    Number(u32),
    Text(String),
}

impl ModemProfile {
    /// The profile of a name, or in a file where the name ends with `.toml`.
    ///
    /// # Errors
    /// Where there is none, or its file is wrong.
    pub fn find(name: &str) -> Result<ModemProfile, ProfileError> {
        if name.ends_with(".toml") {
            return ModemProfile::load(Path::new(name));
        }
        if name == "offhook" {
            return Ok(ModemProfile::default());
        }
        let known = PROFILES.iter().find(|(known, _)| *known == name);
        let (name, text) = known.ok_or_else(|| ProfileError::Unknown {
            name: name.to_owned(),
        })?;
        ModemProfile::from_toml(text, &format!("{name}.toml"))
    }

    /// The profile in a file.
    ///
    /// # Errors
    /// Where the file cannot be read, or is no profile.
    pub fn load(path: &Path) -> Result<ModemProfile, ProfileError> {
        let file = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| ProfileError::Unreadable {
            file: file.clone(),
            message: error.to_string(),
        })?;
        ModemProfile::from_toml(&text, &file)
    }

    /// The profile in a text; `file` is its name in error messages.
    ///
    /// # Errors
    /// Where the text is no profile: place, mistake and remedy.
    pub fn from_toml(text: &str, file: &str) -> Result<ModemProfile, ProfileError> {
        let source = Source { text, file };
        let parsed: ProfileFile = toml::from_str(text).map_err(|error| {
            let message = error.message().trim().replace('\n', " ");
            source.error(
                error.span().unwrap_or(0..0),
                &message,
                "see sim/profiles/README.md for what a profile holds",
            )
        })?;
        source.profile(parsed)
    }
}

struct Source<'a> {
    text: &'a str,
    file: &'a str,
}

impl Source<'_> {
    fn error(&self, span: Range<usize>, message: &str, remedy: &str) -> ProfileError {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        ProfileError::Invalid {
            file: self.file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before.chars().rev().take_while(|c| *c != '\n').count() + 1,
            message: message.to_owned(),
            remedy: remedy.to_owned(),
        }
    }

    fn profile(&self, from: ProfileFile) -> Result<ModemProfile, ProfileError> {
        let mut profile = ModemProfile::default();
        set(&mut profile.name, from.name);
        set(&mut profile.summary, from.summary);
        set(&mut profile.features, from.features);
        set(&mut profile.manufacturer, from.identity.manufacturer);
        set(&mut profile.model, from.identity.model);
        set(&mut profile.revision, from.identity.revision);
        set(&mut profile.serial, from.identity.serial);
        set(&mut profile.object, from.identity.object);
        set(&mut profile.country, from.identity.country);
        set(&mut profile.connect_rate, from.rates.line);
        set(&mut profile.port_rate, from.rates.port);
        set(
            &mut profile.digit_time,
            from.pace_ms.digit.map(Duration::from_millis),
        );
        set(
            &mut profile.dial_tone_wait,
            from.pace_ms.dial_tone_wait.map(Duration::from_millis),
        );
        set(
            &mut profile.training_time,
            from.pace_ms.training.map(Duration::from_millis),
        );
        set(
            &mut profile.ring_memory,
            from.pace_ms.ring_memory.map(Duration::from_millis),
        );
        profile.results = from.results;
        profile.quirks = from.quirks;
        profile.sim = from.sim;
        for (number, lines) in from.identity.i {
            let parsed = number.get_ref().parse().map_err(|_| {
                let message = format!("`{}` is no number of the command I", number.get_ref());
                self.error(number.span(), &message, "write a number in quotation marks")
            })?;
            profile.identification.insert(parsed, lines);
        }
        for pattern in from.lacks {
            self.known(pattern.get_ref(), pattern.span())?;
            profile.lacks.push(pattern.into_inner());
        }
        for (name, most) in from.most {
            self.basic(&name)?;
            profile.most.insert(name.into_inner(), most);
        }
        for (name, value) in from.defaults {
            self.default(&mut profile, name, value)?;
        }
        for reply in from.reply {
            if reply.get_ref().command.is_empty() || reply.get_ref().command.to_uppercase().starts_with("AT")
            {
                let message = format!("`{}` is no command", reply.get_ref().command);
                return Err(self.error(reply.span(), &message, "write it as it stands after AT"));
            }
            let mut reply = reply.into_inner();
            reply.command = crate::wire::at::squeeze(&reply.command);
            profile.replies.push(reply);
        }
        Ok(profile)
    }

    /// A setting of `[defaults]`: a register, a basic or an extended command.
    fn default(
        &self,
        profile: &mut ModemProfile,
        name: Spanned<String>,
        value: Spanned<Setting>,
    ) -> Result<(), ProfileError> {
        let register = name
            .get_ref()
            .strip_prefix('S')
            .and_then(|number| number.parse().ok());
        match (register, value.get_ref()) {
            (Some(number), Setting::Number(set)) => {
                let row = registers::REGISTERS.iter().find(|row| row.number == number);
                let held = row.zip(u8::try_from(*set).ok());
                let fits = held.filter(|(row, set)| (row.range.0..=row.range.1).contains(set));
                let (_, set) = fits.ok_or_else(|| {
                    let message = format!("no register {} holds {set}", name.get_ref());
                    let remedy = match row {
                        Some(row) => format!("it holds {} to {}", row.range.0, row.range.1),
                        None => "the simulator has no such register".to_owned(),
                    };
                    self.error(value.span(), &message, &remedy)
                })?;
                profile.registers.push((number, set));
            }
            (None, Setting::Number(set)) if name.get_ref().starts_with(['+', '#']) => {
                self.extended(&name, &set.to_string(), &value)?;
                profile.texts.insert(name.into_inner(), set.to_string());
            }
            (None, Setting::Number(set)) => {
                let row = self.basic(&name)?;
                let most = profile.most.get(name.get_ref()).copied().unwrap_or(row.most());
                if *set > most {
                    let message = format!("{} does not take {set}", name.get_ref());
                    let remedy = format!("it takes 0 to {most}; [most] says otherwise");
                    return Err(self.error(value.span(), &message, &remedy));
                }
                profile.values.insert(name.get_ref().clone(), *set);
                if name.get_ref() == "E" {
                    profile.echo = *set == 1;
                }
            }
            (_, Setting::Text(text)) => {
                self.extended(&name, text, &value)?;
                profile.texts.insert(name.into_inner(), text.clone());
            }
        }
        Ok(())
    }

    fn basic(&self, name: &Spanned<String>) -> Result<&'static basic::BasicRow, ProfileError> {
        let row = basic::BASIC.iter().find(|row| row.name == name.get_ref());
        row.ok_or_else(|| self.unknown(name.get_ref(), name.span()))
    }

    fn extended(
        &self,
        name: &Spanned<String>,
        text: &str,
        value: &Spanned<Setting>,
    ) -> Result<(), ProfileError> {
        let row = extended::row_of(name.get_ref()).filter(|row| row.factory().is_some());
        match row {
            Some(row) if row.can_hold(text) => Ok(()),
            Some(_) => {
                let message = format!("{} does not hold {text:?}", name.get_ref());
                let remedy = format!("AT{}=? tells what it holds", name.get_ref());
                Err(self.error(value.span(), &message, &remedy))
            }
            None => Err(self.unknown(name.get_ref(), name.span())),
        }
    }

    /// A pattern that fits nothing is a slip of the pen.
    fn known(&self, pattern: &str, span: Range<usize>) -> Result<(), ProfileError> {
        let registers = registers::REGISTERS.iter().map(|row| format!("S{}", row.number));
        let names = basic::BASIC.iter().map(|row| row.name.to_owned());
        let names = names.chain(registers).chain(["D", "&Z"].map(str::to_owned));
        let mut names = names.chain(extended::names().map(str::to_owned));
        match names.any(|name| super::matches(pattern, &name)) {
            true => Ok(()),
            false => Err(self.unknown(pattern, span)),
        }
    }

    fn unknown(&self, name: &str, span: Range<usize>) -> ProfileError {
        self.error(
            span,
            &format!("the simulator knows no command `{name}`"),
            "spell it in capitals with its prefix; answer a maker's own command with [[reply]]",
        )
    }
}

fn set<T>(place: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *place = value;
    }
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
