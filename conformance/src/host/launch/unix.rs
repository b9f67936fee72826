//! Unix: two inherited descriptors, a process group.

use super::{Launched, Status};
use command_fds::{CommandFdExt, FdMapping};
use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process_group, waitid};
use std::{
    io::{self, PipeReader},
    os::unix::process::CommandExt,
    process::{Child, Command},
};

/// The descriptors in the child, the first two after the standard ones.
const REQUESTS: i32 = 3;
const MESSAGES: i32 = 4;

/// The pipe that messages come from.
pub(in super::super) type Messages = PipeReader;

/// A process that leads a group of its own.
pub(in super::super) struct Process {
    child: Child,
}

pub(super) fn start(mut command: Command, printed: PipeReader) -> io::Result<Launched> {
    let (their_requests, requests) = io::pipe()?;
    let (messages, their_messages) = io::pipe()?;
    command.args([
        "--in-fd",
        &REQUESTS.to_string(),
        "--out-fd",
        &MESSAGES.to_string(),
    ]);
    command.process_group(0);
    command
        .fd_mappings(vec![
            FdMapping {
                parent_fd: their_requests.into(),
                child_fd: REQUESTS,
            },
            FdMapping {
                parent_fd: their_messages.into(),
                child_fd: MESSAGES,
            },
        ])
        .map_err(io::Error::other)?;
    let mut child = command.spawn()?;
    // Closes our copies of the child's ends, without which the pipes would never end.
    drop(command);
    let leash = child.stdin.take();
    Ok(Launched {
        process: super::Process::new(Process { child }, leash),
        requests: Box::new(requests),
        messages,
        printed,
    })
}

impl Process {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended, leaving it to be reaped.
    pub(super) fn ended(&mut self) -> Option<Status> {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT | WaitIdOptions::NOHANG;
        let status = waitid(WaitId::Pid(self.pid()?), options).ok()??;
        if let Some(code) = status.exit_status() {
            return Some(Status::Code(code));
        }
        status
            .terminating_signal()
            .map(|signal| Status::Signal(signal.cast_unsigned()))
    }

    pub(super) fn kill(&mut self) {
        if let Some(group) = self.pid() {
            // The one error that can be is that no one is left in the group.
            let _ = kill_process_group(group, Signal::KILL);
        }
        // Fails only for a child that has been waited for already, which this one is here alone.
        let _ = self.child.wait();
    }

    fn pid(&self) -> Option<Pid> {
        Pid::from_raw(i32::try_from(self.child.id()).ok()?)
    }
}
