//! What the program carries: the provider host for this machine and the reference providers. They are laid into
//! the user's cache, under a name made from their content, and used from there.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;
use offhook_conformance::exit::Exit;

use crate::fail::Fail;

const HOST: &[u8] = include_bytes!(env!("OFFHOOK_EMBEDDED_HOST"));
/// Empty of code where this is no Linux.
const LINES: &[u8] = include_bytes!(env!("OFFHOOK_EMBEDDED_LINES"));

const HOST_NAME: &str = if cfg!(windows) {
    "offhook-provider-host.exe"
} else {
    "offhook-provider-host"
};

/// A provider that is carried.
struct Provider {
    /// Its package's name, by which it is asked for.
    name: &'static str,
    content: &'static [u8],
}

/// The reference providers, the usual one first.
const PROVIDERS: [Provider; 3] = [
    Provider {
        name: "modem-tsp",
        content: include_bytes!(env!("OFFHOOK_EMBEDDED_MODEM_TSP")),
    },
    Provider {
        name: "csta-tsp",
        content: include_bytes!(env!("OFFHOOK_EMBEDDED_CSTA_TSP")),
    },
    Provider {
        name: "model-tsp",
        content: include_bytes!(env!("OFFHOOK_EMBEDDED_MODEL_TSP")),
    },
];

/// The provider host for this machine.
pub fn host() -> Result<PathBuf, Fail> {
    laid(HOST_NAME, HOST)
}

/// A carried provider's DLL, in the user's cache.
fn carried(provider: &Provider) -> Result<PathBuf, Fail> {
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let file = format!("{prefix}{}{suffix}", provider.name.replace('-', "_"));
    laid(&file, provider.content)
}

/// The DLL that was asked for: a file, or a reference provider by its name; without any, the reference modem provider.
pub fn provider(asked: Option<&Path>) -> Result<PathBuf, Fail> {
    let Some(asked) = asked else {
        return carried(&PROVIDERS[0]);
    };
    let named = PROVIDERS
        .iter()
        .find(|provider| Path::new(provider.name) == asked);
    if let Some(named) = named.filter(|_| !asked.exists()) {
        return carried(named);
    }
    if !asked.exists() && asked.extension().is_none() && asked.components().count() == 1 {
        let names: Vec<&str> = PROVIDERS.iter().map(|provider| provider.name).collect();
        return Err(Fail {
            exit: Exit::NotLoaded,
            message: format!(
                "{}: there is no such file, and no reference provider of that name: these are {}",
                asked.display(),
                names.join(", ")
            ),
        });
    }
    std::path::absolute(asked).map_err(|error| Fail::usage(format!("{}: {error}", asked.display())))
}

/// The library that gives clients of pseudo-terminals their modem lines; only Linux has it.
pub fn lines() -> Result<Option<PathBuf>, Fail> {
    if !cfg!(target_os = "linux") {
        return Ok(None);
    }
    laid("liboffhook_lines.so", LINES).map(Some)
}

/// The user's cache folder of this program.
fn cache() -> Result<PathBuf, Fail> {
    let base = etcetera::choose_base_strategy().map_err(|error| {
        Fail::usage(format!(
            "there is no cache folder: {error}; set HOME or XDG_CACHE_HOME"
        ))
    })?;
    Ok(base.cache_dir().join("offhook"))
}

fn laid(name: &str, content: &[u8]) -> Result<PathBuf, Fail> {
    let mut hasher = DefaultHasher::new();
    hasher.write(content);
    let dir = cache()?.join(format!("{:016x}", hasher.finish()));
    let path = dir.join(name);
    if fs::read(&path).is_ok_and(|present| present == content) {
        return Ok(path);
    }
    lay(&dir, &path, content).map_err(|error| {
        Fail::usage(format!(
            "{}: {error}; set XDG_CACHE_HOME to a folder that can be written",
            path.display()
        ))
    })?;
    Ok(path)
}

/// Writes beside and renames, so that another run never sees half a file.
fn lay(dir: &Path, path: &Path, content: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(dir)?;
    let mut file = tempfile::NamedTempFile::new_in(dir)?;
    file.write_all(content)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.as_file()
            .set_permissions(fs::Permissions::from_mode(0o755))?;
    }
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}
