//! One Wine prefix: made, kept warm, given serial ports, stopped.

use super::Wine;
use crate::{cleanup, host::HostError, inspect::Image};
use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{self, BufRead, BufReader, ErrorKind},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

/// How many serial ports a prefix knows.
const PORTS: usize = 64;

/// Seconds that the prefix's server outlives its last program, in case the harness is killed.
const LINGER: &str = "-p5";

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
        let marker = dir.join("offhook-ready");
        let fits = format!("2 {} {}\n", wine.version, dir.display());
        if fs::read_to_string(&marker).ok().as_ref() != Some(&fits) {
            progress(&format!("making a Wine prefix in {}, once", dir.display()));
            make(&wine, &dir)
                .and_then(|()| fs::write(&marker, &fits))
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

/// Makes the prefix anew.
///
/// Wine's mount manager resets the links of serial ports each time it starts, to the devices it finds or to those that
/// the registry names. So the registry names links of ours, which we may point anywhere at any time.
fn make(wine: &Wine, dir: &Path) -> io::Result<()> {
    if dir.exists() {
        fs::remove_dir_all(dir)?;
    }
    fs::create_dir_all(dir.join("ports"))?;
    run(&mut wine.server(dir, LINGER))?;
    let silent = |command: &mut Command| {
        run(command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null()))
    };
    silent(wine.command(dir, "wineboot").arg("-i"))?;
    let mut ports = "REGEDIT4\r\n\r\n[HKEY_LOCAL_MACHINE\\Software\\Wine\\Ports]\r\n".to_owned();
    for number in 1..=PORTS {
        let link = port_link(dir, number).display().to_string().replace('\\', "\\\\");
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
    // Its registry is on the disk only when it has stopped.
    stop(wine, dir);
    Ok(())
}

fn port_link(dir: &Path, number: usize) -> PathBuf {
    dir.join("ports").join(format!("com{number}"))
}

/// Ends all processes of the prefix and waits until they are gone.
fn stop(wine: &Wine, dir: &Path) {
    for option in ["-k", "-w"] {
        // The server exits with an error where nothing runs, which is what is wanted.
        let _ = wine.server(dir, option).status();
    }
}

/// Runs a command to its end; an error names it.
fn run(command: &mut Command) -> io::Result<()> {
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
fn symlink(to: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(to, link)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(ErrorKind::Unsupported.into())
}
