//! There are no event objects: an eventfd(2) stands for one.

use std::{
    fs::File,
    io::{self, Write},
    os::fd::{AsRawFd, FromRawFd},
};

/// An eventfd.
pub struct Event(File);

impl Event {
    pub fn new() -> io::Result<Event> {
        // SAFETY: takes no pointers; a failure is told by its result.
        let fd = unsafe { libc::eventfd(0, libc::EFD_CLOEXEC) };
        if fd == -1 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just made, and nobody else's.
        Ok(Event(unsafe { File::from_raw_fd(fd) }))
    }

    /// Waits until it is signalled, which it stays.
    pub fn wait(&self) -> bool {
        self.readable_within(-1)
    }

    pub fn is_signalled(&self) -> bool {
        self.readable_within(0)
    }

    fn readable_within(&self, ms: i32) -> bool {
        let mut fd = libc::pollfd {
            fd: self.0.as_raw_fd(),
            events: libc::POLLIN,
            revents: 0,
        };
        loop {
            // SAFETY: one entry, of this function's own.
            match unsafe { libc::poll(&raw mut fd, 1, ms) } {
                -1 if io::Error::last_os_error().kind() == io::ErrorKind::Interrupted => {}
                ready => return ready == 1 && fd.revents & libc::POLLIN != 0,
            }
        }
    }

    pub fn signal(&self) {
        // It fails only where somebody has closed it, and then nobody waits for it either.
        let _ = (&self.0).write_all(&1u64.to_ne_bytes());
    }

    pub fn handle(&self) -> usize {
        usize::try_from(self.0.as_raw_fd()).unwrap_or(0)
    }
}
