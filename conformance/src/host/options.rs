//! Which child, and with what around it.

use super::WinePrefix;
use offhook_host_protocol::RegistryValue;
use std::{
    path::{Path, PathBuf},
    time::Duration,
};

/// The program of the child.
#[derive(Clone, Debug)]
pub enum HostBinary {
    /// A program of the platform that the harness runs on.
    Native(PathBuf),
    /// A Windows program, run under Wine.
    Wine {
        /// `offhook-provider-host.exe`, 64-bit or 32-bit as the provider is.
        host_exe: PathBuf,
        /// Where it runs.
        prefix: WinePrefix,
    },
}

impl HostBinary {
    /// The name under which the child knows the port of [`ChildOptions::ports`] with this index (from 0), where that is
    /// not the port's own name: `COM1`, `COM2`, … under Wine.
    pub fn com_name(&self, index: usize) -> Option<String> {
        match self {
            HostBinary::Native(_) => None,
            HostBinary::Wine { .. } => Some(format!("COM{}", index + 1)),
        }
    }

    /// A file's path as the child's operating system spells it.
    pub fn child_path(&self, path: &Path) -> String {
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        match self {
            HostBinary::Native(_) => path.display().to_string(),
            HostBinary::Wine { .. } => format!("Z:{}", path.display()).replace('/', "\\"),
        }
    }

    /// Whether the child is a Windows process.
    pub(super) fn is_windows(&self) -> bool {
        cfg!(windows) || matches!(self, HostBinary::Wine { .. })
    }
}

/// What stands around the provider in its process.
#[derive(Clone, Debug)]
pub struct ChildOptions {
    /// Environment variables besides those of the harness.
    pub env: Vec<(String, String)>,
    /// The working directory; that of the harness where there is none.
    pub cwd: Option<PathBuf>,
    /// Registry values that are written before the provider is loaded, where the child has a registry.
    pub registry: Vec<RegistrySetting>,
    /// The serial ports' paths; under Wine they become `COM1`, `COM2`, … (see [`HostBinary::com_name`]).
    pub ports: Vec<String>,
    /// How long each request may take, the load and every call among them.
    pub deadline: Duration,
}

impl Default for ChildOptions {
    fn default() -> ChildOptions {
        ChildOptions {
            env: Vec::new(),
            cwd: None,
            registry: Vec::new(),
            ports: Vec::new(),
            deadline: Duration::from_secs(10),
        }
    }
}

/// One registry value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrySetting {
    /// The key, which begins with `HKLM\` or `HKCU\`.
    pub key: String,
    /// The value's name.
    pub name: String,
    /// The value.
    pub value: RegistryValue,
}
