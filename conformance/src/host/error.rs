//! What can go wrong with a child, and how a child can end.

use crate::verdict::Verdict;
use std::{fmt, io, path::PathBuf, time::Duration};

/// Why there is no child with a loaded provider.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The program could not be started.
    #[error("the provider host `{}` could not be started: {source}", program.display())]
    Spawn {
        /// The program.
        program: PathBuf,
        /// Why not.
        source: io::Error,
    },
    /// The program started and ended before it was ready.
    #[error("the provider host could not get ready: {0}")]
    StartDied(Death),
    /// The program speaks another version of the protocol; it was built from other sources.
    #[error("the provider host does not fit this harness: {0}; build both from the same sources")]
    Version(String),
    /// A registry value could not be written.
    #[error("the provider's configuration could not be written: {0}")]
    Registry(String),
    /// The operating system did not load the provider.
    #[error("the provider `{}` could not be loaded: {what}", path.display())]
    Load {
        /// The provider.
        path: PathBuf,
        /// The operating system's words.
        what: String,
        /// The operating system's error number, 0 where it gives none.
        code: i64,
    },
    /// The process ended while the provider was loaded.
    #[error("the provider was not loaded: {0}")]
    LoadDied(Death),
    /// There is no Wine.
    #[error(
        "no Wine found ({0}): install it, on Debian with `apt-get install wine64`, or choose an ELF provider"
    )]
    NoWine(String),
    /// This Wine runs no 32-bit programs.
    #[error(
        "it is a 32-bit DLL, which needs a 32-bit process, and {wine} runs none{}; install its 32-bit parts, on Debian with \
         `dpkg --add-architecture i386` and the package `wine32`", in_parentheses(.said)
    )]
    NoWine32 {
        /// Wine's name and version.
        wine: String,
        /// What it said.
        said: String,
    },
    /// A Wine prefix could not be made or used.
    #[error("the Wine prefix `{}`: {what}", dir.display())]
    Prefix {
        /// The prefix.
        dir: PathBuf,
        /// What went wrong, and what to do.
        what: String,
    },
    /// A program or library of this project is not there and could not be built.
    #[error("{what} is missing: {remedy}")]
    NotBuilt {
        /// What is missing.
        what: String,
        /// What to do.
        remedy: String,
    },
}

/// How a child ended that was not asked to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Death {
    /// A fault took it.
    #[error("crashed{}{}", in_function(.during), crash(*signal_or_code, .fault))]
    Crash {
        /// The signal's number (ELF) or the exception's code (PE).
        signal_or_code: u32,
        /// What the crash handler saw, where it could tell.
        fault: Option<Fault>,
        /// The function that was being called, `load` while the provider was loaded; `None` between requests.
        during: Option<String>,
    },
    /// It did not answer within its deadline, and was killed.
    #[error("hung in {function} for {} ms and was killed", after.as_millis())]
    Hang {
        /// The function that did not return; `load` or `exit` where it was the load or the orderly exit.
        function: String,
        /// The deadline.
        after: Duration,
    },
    /// It left by `exit`, or was told to end by something else than a fault.
    #[error("left the process with exit code {code}{}", in_function(.during))]
    Exit {
        /// The exit code (under Wine the low eight bits where the child could not tell more).
        code: i32,
        /// As in [`Death::Crash`].
        during: Option<String>,
    },
    /// It said something else than the protocol allows, or fell silent without ending; it was killed.
    #[error("broke the protocol: {what}")]
    Protocol {
        /// What it did.
        what: String,
    },
}

impl Death {
    /// The same, in this function where it is not known in which.
    pub fn in_function(mut self, name: &str) -> Death {
        if let Death::Crash { during, .. } | Death::Exit { during, .. } = &mut self {
            during.get_or_insert_with(|| name.to_owned());
        }
        self
    }
}

/// What the crash handler saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The signal's number or the exception's code.
    pub code: u32,
    /// The address that could not be accessed.
    pub address: u64,
    /// The instruction.
    pub at: u64,
    /// The module that the instruction lies in and its offset there, where it lies in one.
    pub module: Option<(String, u64)>,
    /// Whose memory the address is, where that is known; arguments are counted from 1 in it.
    pub note: String,
}

fn in_parentheses(said: &str) -> String {
    if said.is_empty() {
        String::new()
    } else {
        format!(" ({said})")
    }
}

fn in_function(function: &Option<String>) -> String {
    function
        .as_ref()
        .map_or(String::new(), |function| format!(" in {function}"))
}

fn crash(code: u32, fault: &Option<Fault>) -> String {
    let named = name_of(code).map_or_else(|| format!(" ({code:#x})"), |name| format!(" ({name})"));
    let Some(fault) = fault else { return named };
    let place = match &fault.module {
        Some((module, offset)) => format!(", by {module}+{offset:#x}"),
        // It is the instruction itself that is not there.
        None if fault.address != 0 && fault.at == fault.address => {
            ", where no code is: a thread outlived the library that it ran in, or a pointer was bad"
                .to_owned()
        }
        None => String::new(),
    };
    match fault {
        Fault { note, .. } if !note.is_empty() => format!("{named}: {note}{place}"),
        Fault { address: 0, .. } => format!("{named}{place}"),
        Fault { address, .. } => format!("{named} at address {address:#x}{place}"),
    }
}

/// The name of a signal or an exception code; the two ranges do not overlap.
fn name_of(code: u32) -> Option<&'static str> {
    Some(match code {
        4 => "SIGILL",
        5 => "SIGTRAP",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        15 => "SIGTERM",
        31 => "SIGSYS",
        0xC000_0005 => "access violation",
        0xC000_001D => "illegal instruction",
        0xC000_0094 => "integer division by zero",
        0xC000_00FD => "stack overflow",
        0xC000_0374 => "heap corruption",
        0xC000_0409 => "abort",
        _ => return None,
    })
}

impl Death {
    /// What it says of the provider.
    pub fn verdict(&self) -> Verdict {
        match self {
            Death::Crash { .. } => Verdict::Crash,
            Death::Hang { .. } => Verdict::Hang,
            Death::Exit { .. } => Verdict::Exit,
            Death::Protocol { .. } => Verdict::ProtocolBreach,
        }
    }
}

/// What Windows' loader says of a DLL whose own code crashed while it was loaded.
const ERROR_NOACCESS: i64 = 998;

impl HostError {
    /// What it says of the provider: that it cannot be loaded, how it died, or nothing, for the harness is at fault.
    pub fn verdict(&self) -> Verdict {
        match self {
            HostError::Load {
                code: ERROR_NOACCESS, ..
            } => Verdict::Crash,
            HostError::Load { .. } | HostError::NoWine32 { .. } => Verdict::NotLoaded,
            HostError::LoadDied(death) => death.verdict(),
            _ => Verdict::HarnessBug,
        }
    }

    /// A [`HostError::Prefix`] of whatever went wrong.
    pub(super) fn prefix(dir: impl Into<PathBuf>, what: impl fmt::Display) -> HostError {
        HostError::Prefix {
            dir: dir.into(),
            what: what.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(fault: Fault) -> String {
        let death = Death::Crash {
            signal_or_code: 11,
            fault: Some(fault),
            during: None,
        };
        death.to_string()
    }

    #[test]
    fn a_crash_names_its_place_as_far_as_it_is_known() {
        let fault = Fault {
            code: 11,
            address: 0x10,
            at: 0x7f00_1234,
            module: Some(("vendor.tsp".to_owned(), 0x1234)),
            note: String::new(),
        };
        assert_eq!(
            words(fault.clone()),
            "crashed (SIGSEGV) at address 0x10, by vendor.tsp+0x1234"
        );
        let noted = Fault {
            note: "read past the end".to_owned(),
            ..fault.clone()
        };
        assert_eq!(
            words(noted),
            "crashed (SIGSEGV): read past the end, by vendor.tsp+0x1234"
        );
        let nowhere = Fault {
            module: None,
            ..fault.clone()
        };
        assert_eq!(words(nowhere), "crashed (SIGSEGV) at address 0x10");
        let gone = Fault {
            address: fault.at,
            module: None,
            ..fault
        };
        assert!(words(gone).contains("0x7f001234, where no code is"));
    }
}
