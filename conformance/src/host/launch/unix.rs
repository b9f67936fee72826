//! Unix: two inherited descriptors, a process group.
//!
//! The child is started by posix_spawn(3), which copies nothing of this process: with many children at once, whose threads
//! all write to memory, the copying of fork(2) took longer than all else of a start.

use super::{Launched, Status};
use nix::{
    spawn::{PosixSpawnAttr, PosixSpawnFileActions, PosixSpawnFlags, posix_spawn},
    sys::signal::{SigSet, Signal as Reset},
};
use rustix::{
    io::fcntl_dupfd_cloexec,
    process::{Pid, Signal, WaitId, WaitIdOptions, WaitOptions, kill_process_group, waitid, waitpid},
};
use std::{
    collections::BTreeMap,
    env,
    ffi::{CString, OsString},
    io::{self, PipeReader, PipeWriter},
    os::{
        fd::{AsFd, AsRawFd, OwnedFd},
        unix::ffi::OsStringExt,
    },
    process::Command,
};

/// The descriptors in the child, the first two after the standard ones.
const REQUESTS: i32 = 3;
const MESSAGES: i32 = 4;

/// The first descriptor that none of the child's is.
const FREE: i32 = 10;

/// The pipe that messages come from.
pub(in super::super) type Messages = PipeReader;

/// The other end of the child's stdin.
pub(super) type Leash = PipeWriter;

/// A process that leads a group of its own; it is not waited for before it is killed.
pub(in super::super) struct Process {
    id: Pid,
}

pub(super) fn start(command: Command, print: PipeWriter, printed: PipeReader) -> io::Result<Launched> {
    let (their_requests, requests) = io::pipe()?;
    let (messages, their_messages) = io::pipe()?;
    let (their_leash, leash) = io::pipe()?;
    // Each out of the way of the descriptors that the child is to have, and closed here when it has them.
    let theirs = [
        (apart(their_leash)?, vec![0]),
        (apart(print)?, vec![1, 2]),
        (apart(their_requests)?, vec![REQUESTS]),
        (apart(their_messages)?, vec![MESSAGES]),
    ];
    let mut actions = PosixSpawnFileActions::init()?;
    for (ours, numbers) in &theirs {
        for number in numbers {
            actions.add_dup2(ours.as_raw_fd(), *number)?;
        }
    }
    // Rust's runtime has this process ignore SIGPIPE; a provider finds signals as any program does.
    let mut reset = SigSet::empty();
    reset.add(Reset::SIGPIPE);
    let mut attributes = PosixSpawnAttr::init()?;
    attributes.set_pgroup(nix::unistd::Pid::from_raw(0))?;
    attributes.set_sigmask(&SigSet::empty())?;
    attributes.set_sigdefault(&reset)?;
    attributes.set_flags(
        PosixSpawnFlags::POSIX_SPAWN_SETPGROUP
            | PosixSpawnFlags::POSIX_SPAWN_SETSIGMASK
            | PosixSpawnFlags::POSIX_SPAWN_SETSIGDEF,
    )?;
    let id = posix_spawn(
        command.get_program(),
        &actions,
        &attributes,
        &arguments(&command)?,
        &environment(&command)?,
    )?;
    let id = Pid::from_raw(id.as_raw()).ok_or_else(|| io::Error::other("a process without a number"))?;
    Ok(Launched {
        process: super::Process::new(Process { id }, Some(leash)),
        requests: Box::new(requests),
        messages,
        printed,
    })
}

/// The same, with a number that none of the child's descriptors has.
fn apart(end: impl AsFd) -> io::Result<OwnedFd> {
    Ok(fcntl_dupfd_cloexec(end, FREE)?)
}

fn arguments(command: &Command) -> io::Result<Vec<CString>> {
    let (requests, messages) = (REQUESTS.to_string(), MESSAGES.to_string());
    let fds = ["--in-fd", &requests, "--out-fd", &messages].map(OsString::from);
    let given = command.get_args().map(OsString::from);
    let program = [command.get_program().to_owned()];
    program
        .into_iter()
        .chain(given)
        .chain(fds)
        .map(terminated)
        .collect()
}

/// That of this process, as the command changes it.
fn environment(command: &Command) -> io::Result<Vec<CString>> {
    let mut all: BTreeMap<OsString, OsString> = env::vars_os().collect();
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => all.insert(name.to_owned(), value.to_owned()),
            None => all.remove(name),
        };
    }
    let setting = |(mut name, value): (OsString, OsString)| {
        name.push("=");
        name.push(value);
        terminated(name)
    };
    all.into_iter().map(setting).collect()
}

fn terminated(text: OsString) -> io::Result<CString> {
    CString::new(text.into_vec()).map_err(io::Error::other)
}

impl Process {
    pub(super) fn id(&self) -> u32 {
        self.id.as_raw_nonzero().get().cast_unsigned()
    }

    /// How the process ended, leaving it to be reaped.
    pub(super) fn ended(&mut self) -> Option<Status> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        let status = waitid(WaitId::Pid(self.id), options).ok()??;
        if let Some(code) = status.exit_status() {
            return Some(Status::Code(code));
        }
        status
            .terminating_signal()
            .map(|signal| Status::Signal(signal.cast_unsigned()))
    }

    pub(super) fn kill(&mut self) {
        // The one error that can be is that no one is left in the group.
        let _ = kill_process_group(self.id, Signal::KILL);
        // Fails only for a child that has been waited for already, which this one is here alone.
        while matches!(
            waitpid(Some(self.id), WaitOptions::empty()),
            Err(rustix::io::Errno::INTR)
        ) {}
    }
}
