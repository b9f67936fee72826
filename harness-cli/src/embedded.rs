//! What the program carries: the provider host for this machine and the reference provider. Both are laid into
//! the user's cache, under a name made from their content, and used from there.

use std::fs;
use std::hash::{DefaultHasher, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::fail::Fail;

const HOST: &[u8] = include_bytes!(env!("OFFHOOK_EMBEDDED_HOST"));
const PROVIDER: &[u8] = include_bytes!(env!("OFFHOOK_EMBEDDED_PROVIDER"));
/// Empty of code where this is no Linux.
const LINES: &[u8] = include_bytes!(env!("OFFHOOK_EMBEDDED_LINES"));

const HOST_NAME: &str = if cfg!(windows) {
    "offhook-provider-host.exe"
} else {
    "offhook-provider-host"
};
const PROVIDER_NAME: &str = if cfg!(windows) {
    "modem_tsp.dll"
} else {
    "libmodem_tsp.so"
};

/// The provider host for this machine.
pub fn host() -> Result<PathBuf, Fail> {
    laid(HOST_NAME, HOST)
}

/// The reference modem provider for this machine.
pub fn provider() -> Result<PathBuf, Fail> {
    laid(PROVIDER_NAME, PROVIDER)
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
