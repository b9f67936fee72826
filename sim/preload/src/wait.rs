//! Waiting for the simulator: `TIOCMIWAIT` for a modem line to change, `tcdrain` for bytes to be taken.

use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use libc::c_int;

use crate::call::fail;
use crate::page;
use crate::terminal::Terminal;

/// The lines in the order of the counts.
const LINES: [c_int; 4] = [libc::TIOCM_CTS, libc::TIOCM_DSR, libc::TIOCM_RNG, libc::TIOCM_CAR];

/// Waits until one of the lines in the mask has changed; RI counts where it goes off, as on a UART. A signal ends the
/// wait with `EINTR`, the simulator's end with `EIO`.
pub(crate) fn for_change(terminal: &Terminal, mask: c_int) -> c_int {
    let Some(before) = terminal.counts() else {
        return fail(libc::EIO);
    };
    until(terminal, || {
        let now = terminal.counts()?;
        let mut lines = LINES.iter().zip(before.iter().zip(&now));
        Some(lines.any(|(line, (before, now))| mask & line != 0 && before != now))
    })
}

/// Waits until the simulator has taken all that was written. The kernel says at once that a pseudo-terminal has sent
/// everything, and a flush after that loses what nobody has read.
pub(crate) fn for_drain(terminal: &Terminal) -> c_int {
    let Some(part) = terminal.client() else {
        return fail(libc::EIO);
    };
    let request = part[page::DRAINS].wrapping_add(1);
    if terminal.put(page::DRAINS, request) != 0 {
        return -1;
    }
    until(terminal, || Some(terminal.drained()? == request))
}

/// Waits until something that the page says holds; `None` where the page cannot be read.
fn until(terminal: &Terminal, holds: impl Fn() -> Option<bool>) -> c_int {
    // SAFETY: plain calls; the path ends with a zero, and the new descriptor is nobody else's.
    let watch = unsafe {
        let fd = libc::inotify_init1(libc::IN_CLOEXEC);
        if fd < 0 {
            return -1;
        }
        let watch = OwnedFd::from_raw_fd(fd);
        let events = libc::IN_MODIFY | libc::IN_ATTRIB | libc::IN_DELETE_SELF;
        if libc::inotify_add_watch(fd, terminal.path.as_ptr(), events) < 0 {
            return fail(libc::EIO);
        }
        watch
    };
    loop {
        match holds() {
            Some(true) => return 0,
            Some(false) => {}
            None => return fail(libc::EIO),
        }
        let mut records = [0u8; 1024];
        // SAFETY: a buffer of our own, with its length.
        let read = unsafe { libc::read(watch.as_raw_fd(), records.as_mut_ptr().cast(), records.len()) };
        if read < 0 {
            // EINTR most of all; errno says which.
            return -1;
        }
        if !is_there(terminal) {
            return fail(libc::EIO);
        }
    }
}

/// Whether the page still has its name; the simulator takes that away when it ends.
fn is_there(terminal: &Terminal) -> bool {
    // SAFETY: the path ends with a zero.
    unsafe { libc::access(terminal.path.as_ptr(), libc::F_OK) == 0 }
}
