//! One Wine prefix: kept warm, given serial ports, stopped.

use super::{
    Wine,
    seed::{PORTS, Seed, port_link},
};
use crate::{cleanup, host::HostError, inspect::Image};
use std::{
    fs::{self, File},
    io::{self, BufRead, BufReader, ErrorKind},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// The file that says so when a prefix is made to its end.
const READY: &str = "offhook-ready";

/// Seconds that the prefix's server outlives its last program, in case the harness is killed.
pub(super) const LINGER: &str = "-p5";

/// A prefix that is ours alone as long as its lock is held.
pub(super) struct Prefix {
    wine: Wine,
    dir: PathBuf,
    keeper: Option<Keeper>,
    /// Stops Wine also when the user interrupts.
    _stop: cleanup::Guard,
    /// Let go of last, when no process is left.
    _lock: File,
}

/// A program that does nothing but live, because Wine's services end with the last program and take a while to start.
struct Keeper(Child);

impl Prefix {
    /// Opens the prefix at `dir`, of which `lock` is held; makes it where it is missing, unfinished or another Wine's.
    pub(super) fn open(
        wine: Wine,
        dir: PathBuf,
        lock: File,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Prefix, HostError> {
        // Whoever held the lock before may have been killed before it could stop Wine.
        if dir.is_dir() {
            stop(&wine, &dir);
        }
        if !is_ready(&wine, &dir) {
            let cache = dir.parent().unwrap_or(&dir);
            Seed::take(&wine, cache, progress)?
                .plant(&wine, &dir)
                .map_err(|error| HostError::prefix(&dir, error))?;
        }
        let stopped = (wine.clone(), dir.clone());
        let guard = cleanup::register(move || stop(&stopped.0, &stopped.1));
        Ok(Prefix {
            wine,
            dir,
            keeper: None,
            _stop: guard,
            _lock: lock,
        })
    }

    /// Where it is.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Starts Wine's server and services, unless they run.
    pub(super) fn warm_up(&mut self, host_exe: &Path) -> Result<(), HostError> {
        if self
            .keeper
            .as_mut()
            .is_some_and(|keeper| matches!(keeper.0.try_wait(), Ok(None)))
        {
            return Ok(());
        }
        self.keeper = None;
        self.bring_prng(host_exe)?;
        let failed = |error: io::Error| HostError::prefix(&self.dir, error);
        // The server is started by itself, or it would inherit the pipes of the first program and hold them open.
        run(&mut self.wine.server(&self.dir, LINGER)).map_err(failed)?;
        let mut command = self.wine.command(&self.dir, host_exe);
        command
            .arg("--stay")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut keeper = Keeper(command.spawn().map_err(failed)?);
        // Its first line says that the services are up.
        let mut line = String::new();
        if let Some(stdout) = keeper.0.stdout.take() {
            BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
        }
        if line.trim_end() != "ready" {
            let said = keeper.said();
            if Image::width(host_exe) == Some(32) {
                return Err(HostError::NoWine32 {
                    wine: self.wine.version.clone(),
                    said: said.trim().to_owned(),
                });
            }
            let what = format!(
                "`{}` does not run under {}: {said}; is it a build for this Wine's word size?",
                host_exe.display(),
                self.wine.version
            );
            return Err(HostError::prefix(&self.dir, what));
        }
        self.keeper = Some(keeper);
        Ok(())
    }

    /// Debian's Wine 8 has no `bcryptprimitives.dll`, which programs in Rust import; ours then lies beside the host.
    fn bring_prng(&self, host_exe: &Path) -> Result<(), HostError> {
        const NAME: &str = "bcryptprimitives.dll";
        let system = self.dir.join("drive_c/windows/system32").join(NAME);
        if system.is_file() || host_exe.with_file_name(NAME).is_file() {
            return Ok(());
        }
        Err(HostError::NotBuilt {
            what: format!(
                "{NAME} beside `{}`, which {} lacks",
                host_exe.display(),
                self.wine.version
            ),
            remedy: "build the package `bcryptprimitives` for the same target as the host".to_owned(),
        })
    }

    /// Points `COM1`, `COM2`, … to these ports, and the others nowhere.
    pub(super) fn map_ports(&self, ports: &[String]) -> Result<(), HostError> {
        if ports.len() > PORTS {
            let what = format!(
                "{} serial ports, more than {PORTS}: use fewer lines a provider",
                ports.len()
            );
            return Err(HostError::prefix(&self.dir, what));
        }
        for index in 0..PORTS {
            let link = port_link(&self.dir, index + 1);
            self.point(&link, ports.get(index))
                .map_err(|error| HostError::prefix(&link, error))?;
        }
        Ok(())
    }

    fn point(&self, link: &Path, port: Option<&String>) -> io::Result<()> {
        match fs::remove_file(link) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        port.map_or(Ok(()), |port| symlink(Path::new(port), link))
    }
}

impl Drop for Prefix {
    fn drop(&mut self) {
        // `_stop` does the rest; the keeper is killed first so that it is reaped.
        self.keeper = None;
    }
}

impl Keeper {
    /// The first line that it said on stderr, after it has ended.
    fn said(mut self) -> String {
        drop(self.0.stdin.take());
        let mut said = String::new();
        if let Some(stderr) = self.0.stderr.take() {
            // What cannot be read was not said.
            let _ = BufReader::new(stderr).read_line(&mut said);
        }
        said.trim_end().to_owned()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Whether it had ended before makes no difference.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What stands in a prefix that was made to its end: by which Wine, and where, since its registry holds its place.
fn ready_mark(wine: &Wine, dir: &Path) -> String {
    format!("3 {} {}\n", wine.version, dir.display())
}

/// Whether the prefix was made to its end, there and by this Wine.
pub(super) fn is_ready(wine: &Wine, dir: &Path) -> bool {
    fs::read_to_string(dir.join(READY)).is_ok_and(|mark| mark == ready_mark(wine, dir))
}

/// Says that the prefix was made to its end.
pub(super) fn mark_ready(wine: &Wine, dir: &Path) -> io::Result<()> {
    fs::write(dir.join(READY), ready_mark(wine, dir))
}

/// Ends all processes of the prefix and waits until they are gone.
pub(super) fn stop(wine: &Wine, dir: &Path) {
    for option in ["-k", "-w"] {
        // The server exits with an error where nothing runs, which is what is wanted.
        let _ = wine.server(dir, option).status();
    }
}

/// Runs a command to its end; an error names it.
pub(super) fn run(command: &mut Command) -> io::Result<()> {
    let status = command.status();
    let failed = |what: &dyn std::fmt::Display| {
        io::Error::other(format!(
            "`{}` failed: {what}",
            command.get_program().to_string_lossy()
        ))
    };
    match status {
        // Wine's server says 2 where it runs already.
        Ok(status) if status.success() || status.code() == Some(2) => Ok(()),
        Ok(status) => Err(failed(&status)),
        Err(error) => Err(failed(&error)),
    }
}

#[cfg(unix)]
pub(super) fn symlink(to: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(not(unix))]
pub(super) fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}
