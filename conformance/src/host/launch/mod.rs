//! Starting the child's process with its pipes, and ending it with all that it started.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as os;
#[cfg(windows)]
use windows as os;

use super::{ChildOptions, HostBinary, HostError, wine::Seat};
use std::{
    io::{self, PipeReader, Write},
    path::Path,
    process::{Command, ExitStatus},
    time::{Duration, Instant},
};

pub(super) use os::Messages;

/// A started process and its pipes.
pub(super) struct Launched {
    pub(super) process: Process,
    pub(super) requests: Box<dyn Write + Send>,
    pub(super) messages: os::Messages,
    pub(super) printed: PipeReader,
}

/// The process, its process group (or job), and the leash.
pub(super) struct Process {
    os: os::Process,
    /// The child ends itself when this end of its stdin is closed, even if the harness is killed.
    _leash: Option<os::Leash>,
    status: Option<Status>,
}

/// How a process ended, as its parent sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Status {
    /// It exited with this code.
    Code(i32),
    /// This signal ended it.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has them"))]
    Signal(u32),
}

impl From<ExitStatus> for Status {
    fn from(status: ExitStatus) -> Status {
        #[cfg(unix)]
        if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
            return Status::Signal(signal.cast_unsigned());
        }
        Status::Code(status.code().unwrap_or(-1))
    }
}

/// The program that the user knows as the host.
pub(super) fn program(host: &HostBinary) -> &Path {
    match host {
        HostBinary::Native(program) => program,
        HostBinary::Wine { host_exe, .. } => host_exe,
    }
}

/// Starts the child; under Wine in a prefix that no other child uses at the same time.
pub(super) fn launch(
    host: &HostBinary,
    options: &ChildOptions,
) -> Result<(Launched, Option<Seat>), HostError> {
    let (command, seat) = match host {
        HostBinary::Native(program) => (Command::new(program), None),
        HostBinary::Wine { host_exe, prefix } => {
            let mut seat = prefix.seat()?;
            seat.warm_up(host_exe)?;
            seat.map_ports(&options.ports)?;
            (seat.command(host_exe), Some(seat))
        }
    };
    let started = start_with(host, options, command)?;
    Ok((started, seat))
}

/// Starts another child where one is: under Wine in the same prefix.
pub(super) fn launch_beside(
    host: &HostBinary,
    options: &ChildOptions,
    seat: Option<&Seat>,
) -> Result<Launched, HostError> {
    let program = program(host);
    let command = seat.map_or_else(|| Command::new(program), |seat| seat.command(program));
    start_with(host, options, command)
}

fn start_with(
    host: &HostBinary,
    options: &ChildOptions,
    mut command: Command,
) -> Result<Launched, HostError> {
    command.envs(options.env.iter().map(|(name, value)| (name, value)));
    start(command).map_err(|source| HostError::Spawn {
        program: program(host).to_owned(),
        source,
    })
}

fn start(command: Command) -> io::Result<Launched> {
    // One pipe for both, so that what is printed keeps its order.
    let (printed, print) = io::pipe()?;
    os::start(command, print, printed)
}

impl Process {
    fn new(os: os::Process, leash: Option<os::Leash>) -> Process {
        Process {
            os,
            _leash: leash,
            status: None,
        }
    }

    /// The process id.
    pub(super) fn id(&self) -> u32 {
        self.os.id()
    }

    /// Waits for the process to end, which stays unreaped, so that its group cannot become someone else's.
    pub(super) fn wait_within(&mut self, patience: Duration) -> Option<Status> {
        let deadline = Instant::now() + patience;
        // There is no wait with a deadline that works everywhere; in nearly all cases the first look finds it ended.
        let mut nap = Duration::from_micros(50);
        while self.status.is_none() {
            self.status = self.os.ended();
            if self.status.is_none() {
                if Instant::now() >= deadline {
                    break;
                }
                std::thread::sleep(nap);
                nap = (nap * 2).min(Duration::from_millis(5));
            }
        }
        self.status
    }

    /// Kills the process and all that it started, as far as it is still there, and reaps it; so does dropping it.
    pub(super) fn kill(self) {
        drop(self);
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.os.kill();
    }
}
