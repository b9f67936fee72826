//! What a run puts around its providers besides ports: registry values, files beside the DLL, environment, helper
//! processes, TCP ports. All of it is gone, or put back, when the run is over.

mod helper;
mod reg_file;

use std::collections::BTreeMap;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::host::RegistrySetting;

pub use helper::{Helper, HelperSpec, Ready};
pub use reg_file::{RegFileError, read as read_reg_file};

/// The most TCP ports that a run may ask for.
const MOST_PORTS: usize = 16;

/// What is put up for each scenario.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Setup {
    /// Registry values as `.reg` files have them.
    pub registry: Vec<RegistrySetting>,
    /// Files beside the provider, which then is a copy.
    pub files: Vec<Installed>,
    /// Processes that run as long as the scenario.
    pub helpers: Vec<HelperSpec>,
}

/// A file that is laid beside the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Installed {
    /// Where it is.
    pub from: PathBuf,
    /// Its name, or path, from the provider's folder.
    pub to: PathBuf,
}

/// A set-up file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// It cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// It does not say what a set-up file can say.
    #[error("{}: {message}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong, with the place.
        message: String,
    },
}

/// What a set-up file says besides [`Setup`].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SetupFile {
    /// What is put up for each scenario.
    pub setup: Setup,
    /// The devices behind the lines, as on the command line.
    pub device: Vec<String>,
    /// The environment: names and templates.
    pub env: Vec<(String, String)>,
    /// Registry values: `KEY\NAME` and templates.
    pub registry: Vec<(String, String)>,
}

/// A set-up file as it is written.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    device: Vec<String>,
    env: BTreeMap<String, String>,
    registry: BTreeMap<String, WrittenValue>,
    reg_files: Vec<PathBuf>,
    files: Vec<WrittenFile>,
    helper: Vec<WrittenHelper>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum WrittenValue {
    Number(u32),
    Text(String),
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum WrittenFile {
    Same(PathBuf),
    Named { from: PathBuf, to: PathBuf },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenHelper {
    command: Vec<String>,
    ready: Option<String>,
}

/// Reads a set-up file (TOML). Paths in it count from its own folder, in which its helpers run too.
///
/// # Errors
/// That it, or a file that it names, cannot be read, or what is wrong in it.
pub fn read(path: &Path) -> Result<SetupFile, SetupError> {
    let text = std::fs::read_to_string(path).map_err(|source| SetupError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let malformed = |message: String| SetupError::Malformed {
        path: path.to_owned(),
        message,
    };
    let written: Written = toml::from_str(&text).map_err(|error| malformed(error.to_string()))?;
    let folder = std::path::absolute(path)
        .ok()
        .and_then(|path| path.parent().map(Path::to_owned))
        .unwrap_or_default();
    let mut setup = Setup::default();
    for file in written.reg_files {
        setup.registry.extend(registry_of(&folder.join(file))?);
    }
    for file in written.files {
        setup.files.push(match file {
            WrittenFile::Same(from) => installed(&folder.join(from), None),
            WrittenFile::Named { from, to } => installed(&folder.join(from), Some(to)),
        });
    }
    for helper in written.helper {
        let ready = helper.ready.map(Ready::Says);
        let spec = HelperSpec::new(helper.command, folder.clone(), ready);
        setup
            .helpers
            .push(spec.ok_or_else(|| malformed("a helper has no command".to_owned()))?);
    }
    let value = |value| match value {
        WrittenValue::Number(number) => format!("dword:{number}"),
        WrittenValue::Text(text) => text,
    };
    Ok(SetupFile {
        setup,
        device: written.device,
        env: written.env.into_iter().collect(),
        registry: written
            .registry
            .into_iter()
            .map(|(path, written)| (path, value(written)))
            .collect(),
    })
}

/// The values of a `.reg` file.
///
/// # Errors
/// That it cannot be read, or what is wrong in it, with the line.
pub fn registry_of(path: &Path) -> Result<Vec<RegistrySetting>, SetupError> {
    let bytes = std::fs::read(path).map_err(|source| SetupError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    reg_file::read(&bytes).map_err(|error| SetupError::Malformed {
        path: path.to_owned(),
        message: error.to_string(),
    })
}

/// A file to be laid beside the provider, under another name if one is given.
pub fn installed(from: &Path, to: Option<PathBuf>) -> Installed {
    let own = || from.file_name().map(PathBuf::from).unwrap_or_default();
    Installed {
        from: from.to_owned(),
        to: to.unwrap_or_else(own),
    }
}

/// The TCP ports that these templates speak of by `{tcp1}`, `{tcp2}`, …: free ones of this machine.
///
/// # Errors
/// That the system gives none.
pub fn tcp_ports<'t>(templates: impl Iterator<Item = &'t str>) -> io::Result<Vec<u16>> {
    let wanted = templates
        .map(|template| {
            (1..=MOST_PORTS)
                .rev()
                .find(|number| template.contains(&tcp_name(*number)))
                .unwrap_or(0)
        })
        .max()
        .unwrap_or(0);
    // All are held until all are known, so that no two are the same.
    let held: io::Result<Vec<TcpListener>> = (0..wanted)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect();
    held?
        .iter()
        .map(|listener| listener.local_addr().map(|address| address.port()))
        .collect()
}

/// How templates name a TCP port, counted from 1.
fn tcp_name(number: usize) -> String {
    format!("{{tcp{number}}}")
}

/// A template with its TCP ports and its folder filled in.
pub fn fill(template: &str, dir: &Path, tcp: &[u16]) -> String {
    let mut text = template.replace("{dir}", &dir.display().to_string());
    for (index, port) in tcp.iter().enumerate() {
        text = text.replace(&tcp_name(index + 1), &port.to_string());
    }
    text
}

/// Copies the provider and the files that belong beside it into a folder; where the copy is. Without files the provider
/// stays where it is.
///
/// # Errors
/// That something cannot be copied.
pub fn install(dll: &Path, files: &[Installed], dir: &Path) -> io::Result<PathBuf> {
    if files.is_empty() {
        return Ok(dll.to_owned());
    }
    let name =
        |path: &Path, error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    let provider = dir.join(dll.file_name().unwrap_or_default());
    std::fs::copy(dll, &provider).map_err(|error| name(dll, error))?;
    for file in files {
        let to = dir.join(&file.to);
        if let Some(folder) = to.parent() {
            std::fs::create_dir_all(folder).map_err(|error| name(folder, error))?;
        }
        std::fs::copy(&file.from, &to).map_err(|error| name(&file.from, error))?;
    }
    Ok(provider)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_up_file_says_all_that_a_run_needs() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(
            dir.path().join("vendor.reg"),
            "REGEDIT4\n\n[HKEY_LOCAL_MACHINE\\Software\\Vendor]\n\"A\"=dword:00000010\n",
        )
        .unwrap();
        let file = dir.path().join("setup.toml");
        std::fs::write(
            &file,
            r#"
            device = ["none"]
            reg_files = ["vendor.reg"]
            files = ["vendor.ini", { from = "data/a.dat", to = "deep/b.dat" }]
            [env]
            VENDOR_SERVER = "127.0.0.1:{tcp1}"
            [registry]
            'HKLM\Software\Vendor\Port' = 7
            'HKLM\Software\Vendor\Host' = "localhost"
            [[helper]]
            command = ["server", "{tcp1}"]
            ready = "listening"
            "#,
        )
        .unwrap();
        let read = read(&file).unwrap();
        assert_eq!(read.device, ["none"]);
        assert_eq!(read.setup.registry.len(), 1);
        assert_eq!(read.setup.files[1].to, Path::new("deep/b.dat"));
        assert_eq!(read.setup.files[0].from, dir.path().join("vendor.ini"));
        let settings: Vec<&str> = read.registry.iter().map(|(_, value)| value.as_str()).collect();
        assert_eq!(settings, ["localhost", "dword:7"]);
        assert_eq!(read.setup.helpers.len(), 1);
        assert_eq!(read.env[0].1, "127.0.0.1:{tcp1}");
    }

    #[test]
    fn a_word_that_no_set_up_knows_is_a_mistake_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("setup.toml");
        std::fs::write(&file, "regestry = 1\n").unwrap();
        let error = read(&file).unwrap_err().to_string();
        assert!(error.contains("regestry") && error.contains("line 1"), "{error}");
        assert!(read(&dir.path().join("no.toml")).is_err());
    }

    #[test]
    fn tcp_ports_are_as_many_as_are_spoken_of_and_differ() {
        let none = tcp_ports(["{dir}", "{tcp}"].into_iter()).unwrap();
        assert!(none.is_empty());
        let ports = tcp_ports(["{tcp1}", "x{tcp3}"].into_iter()).unwrap();
        assert_eq!(ports.len(), 3);
        assert!(ports[0] != ports[1] && ports[1] != ports[2] && ports[0] != ports[2]);
        let filled = fill("{tcp1}/{tcp3}/{dir}", Path::new("d"), &ports);
        assert_eq!(filled, format!("{}/{}/d", ports[0], ports[2]));
    }

    #[test]
    fn files_lie_beside_a_copy_of_the_provider() {
        let dir = tempfile::tempdir().unwrap();
        let (dll, ini) = (dir.path().join("vendor.tsp"), dir.path().join("vendor.ini"));
        std::fs::write(&dll, "dll").unwrap();
        std::fs::write(&ini, "ini").unwrap();
        assert_eq!(install(&dll, &[], dir.path()).unwrap(), dll);
        let place = dir.path().join("place");
        std::fs::create_dir(&place).unwrap();
        let files = [
            installed(&ini, None),
            installed(&ini, Some(PathBuf::from("deep/other.ini"))),
        ];
        assert_eq!(install(&dll, &files, &place).unwrap(), place.join("vendor.tsp"));
        assert_eq!(std::fs::read(place.join("vendor.ini")).unwrap(), b"ini");
        assert_eq!(std::fs::read(place.join("deep/other.ini")).unwrap(), b"ini");
        let missing = install(&dll, &[installed(Path::new("no/such"), None)], &place);
        assert!(missing.unwrap_err().to_string().contains("no/such"));
    }
}
