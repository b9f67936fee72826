//! The seed: the prefix that Wine made, in which nothing runs any more, and of which all others are copies.
//!
//! Wine takes some seven seconds and 700 megabytes for a prefix, nearly all of it copies of its own programs. A copy of
//! the seed shares those by hard links, so that one more prefix costs a tenth of a second and two megabytes.

use super::{Wine, prefix};
use crate::host::HostError;
use std::{
    ffi::OsStr,
    fmt::Write as _,
    fs::{self, File},
    io::{self, ErrorKind, Read},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// How many serial ports a prefix knows.
pub(super) const PORTS: usize = 64;

/// A seed that is ready, and nobody else's as long as this lives.
pub(super) struct Seed {
    dir: PathBuf,
    _lock: File,
}

impl Seed {
    /// The seed in this cache; made where it is missing, unfinished or another Wine's. Whoever makes it at the same time
    /// is waited for.
    pub(super) fn take(wine: &Wine, cache: &Path, progress: &mut dyn FnMut(&str)) -> Result<Seed, HostError> {
        let dir = cache.join("seed");
        let failed = |error: io::Error| HostError::prefix(&dir, error);
        let lock = File::create(dir.with_extension("lock")).map_err(failed)?;
        lock.lock().map_err(failed)?;
        if !prefix::is_ready(wine, &dir) {
            progress(&format!("making a Wine prefix in {}, once", dir.display()));
            make(wine, &dir)
                .and_then(|()| prefix::mark_ready(wine, &dir))
                .map_err(failed)?;
        }
        Ok(Seed { dir, _lock: lock })
    }

    /// Makes `dir` a prefix like it, in the place of whatever is there.
    pub(super) fn plant(&self, wine: &Wine, dir: &Path) -> io::Result<()> {
        if dir.exists() {
            fs::remove_dir_all(dir)?;
        }
        copy_tree(&self.dir, dir, false)?;
        fs::create_dir_all(dir.join("ports"))?;
        let file = dir.join("system.reg");
        let registry = fs::read(&file)?;
        match with_other_ports(&registry, &self.dir, dir) {
            Some(registry) => fs::write(&file, registry)?,
            None => name_ports(wine, dir)?,
        }
        prefix::mark_ready(wine, dir)
    }
}

/// Lets Wine make a prefix.
fn make(wine: &Wine, dir: &Path) -> io::Result<()> {
    if dir.exists() {
        prefix::stop(wine, dir);
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir)?;
    prefix::run(&mut wine.server(dir, prefix::LINGER))?;
    silent(wine.command(dir, "wineboot").arg("-i"))?;
    name_ports(wine, dir)
}

/// Names the serial ports in the registry, and stops the prefix.
///
/// Wine's mount manager resets the links of serial ports each time it starts, to the devices it finds or to those that
/// the registry names. So the registry names links of ours, which we may point anywhere at any time.
fn name_ports(wine: &Wine, dir: &Path) -> io::Result<()> {
    let mut ports = "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\Wine\\Ports]\r\n".to_owned();
    for number in 1..=PORTS {
        let link = escaped(&port_link(dir, number));
        // Writing to a string cannot fail.
        let _ = write!(ports, "\"COM{number}\"=\"{link}\"\r\n");
    }
    let file = dir.join("ports.reg");
    fs::write(&file, ports)?;
    silent(
        wine.command(dir, "regedit")
            .arg("/S")
            .arg(format!("Z:{}", file.display()).replace('/', "\\")),
    )?;
    fs::remove_file(&file)?;
    // Its registry is on the disk only when it has stopped.
    prefix::stop(wine, dir);
    Ok(())
}

/// The link of ours that the registry names for `COMn`.
pub(super) fn port_link(dir: &Path, number: usize) -> PathBuf {
    dir.join("ports").join(format!("com{number}"))
}

/// A path as a registry file writes it.
fn escaped(path: &Path) -> String {
    path.display().to_string().replace('\\', "\\\\")
}

/// A registry file of one prefix, with the ports of another; `None` where it does not name all of them by the plain
/// path, because Wine writes some characters in another way.
fn with_other_ports(registry: &[u8], from: &Path, to: &Path) -> Option<String> {
    let registry = str::from_utf8(registry).ok()?;
    let mut moved = registry.to_owned();
    for number in 1..=PORTS {
        let value = |dir| format!("\"COM{number}\"=\"{}\"", escaped(&port_link(dir, number)));
        let (old, new) = (value(from), value(to));
        if !new.is_ascii() || !moved.contains(&old) {
            return None;
        }
        moved = moved.replacen(&old, &new, 1);
    }
    Some(moved)
}

/// Copies a folder with all in it. Programs in `windows` are hard links where the file system has such.
fn copy_tree(from: &Path, to: &Path, is_windows: bool) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (old, new) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(
                &old,
                &new,
                is_windows || entry.file_name() == OsStr::new("windows"),
            )?;
        } else if kind.is_symlink() {
            prefix::symlink(&fs::read_link(&old)?, &new)?;
        } else if !(is_windows && is_program(&old)? && fs::hard_link(&old, &new).is_ok()) {
            fs::copy(&old, &new)?;
        }
    }
    Ok(())
}

/// Whether a file is a program or library of Windows. Nothing writes into those; settings such as `win.ini` are written.
fn is_program(file: &Path) -> io::Result<bool> {
    let mut magic = [0; 2];
    match File::open(file)?.read_exact(&mut magic) {
        Ok(()) => Ok(&magic == b"MZ"),
        Err(error) if error.kind() == ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

fn silent(command: &mut Command) -> io::Result<()> {
    prefix::run(
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry_of(dir: &Path) -> String {
        (1..=PORTS).fold("[Software\\\\Wine\\\\Ports] 1\n".to_owned(), |text, number| {
            text + &format!("\"COM{number}\"=\"{}/ports/com{number}\"\n", dir.display())
        })
    }

    #[test]
    fn ports_of_a_copy_are_its_own() {
        let (seed, copy) = (Path::new("/cache/seed"), Path::new("/cache/prefix-1"));
        let moved = with_other_ports(registry_of(seed).as_bytes(), seed, copy);
        assert_eq!(moved.as_deref(), Some(registry_of(copy).as_str()));
    }

    #[test]
    fn where_wine_writes_a_path_in_its_own_way_the_copy_is_told_by_wine() {
        let (seed, copy) = (Path::new("/caché/seed"), Path::new("/caché/prefix-1"));
        assert_eq!(with_other_ports(registry_of(seed).as_bytes(), seed, copy), None);
        let odd = registry_of(Path::new("/cach\\xe9/seed"));
        assert_eq!(with_other_ports(odd.as_bytes(), seed, copy), None);
    }

    #[cfg(unix)]
    #[test]
    fn programs_are_shared_and_settings_are_not() {
        use std::os::unix::fs::MetadataExt as _;
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("seed"), folder.path().join("copy"));
        fs::create_dir_all(from.join("drive_c/windows/system32")).unwrap();
        for (name, text) in [
            ("drive_c/windows/system32/tapi32.dll", "MZ…"),
            ("drive_c/windows/win.ini", "[fonts]"),
            ("drive_c/windows/empty", ""),
            ("system.reg", "MZ"),
        ] {
            fs::write(from.join(name), text).unwrap();
        }
        prefix::symlink(Path::new("../drive_c"), &from.join("c:")).unwrap();
        copy_tree(&from, &to, false).unwrap();
        let shared = |name: &str| {
            let number = |dir: &Path| fs::metadata(dir.join(name)).unwrap().ino();
            number(&from) == number(&to)
        };
        assert!(shared("drive_c/windows/system32/tapi32.dll"));
        assert!(!shared("drive_c/windows/win.ini"));
        assert!(!shared("drive_c/windows/empty"));
        assert!(!shared("system.reg"));
        assert_eq!(fs::read_link(to.join("c:")).unwrap(), Path::new("../drive_c"));
    }
}
