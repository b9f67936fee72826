//! Inherited descriptors.

use std::{fs::File, io, os::fd::FromRawFd};

/// Takes the two descriptors, which programs that the provider starts do not inherit.
pub fn from_fds(requests: i32, messages: i32) -> io::Result<(File, File)> {
    for fd in [requests, messages] {
        // SAFETY: sets a flag of a descriptor, and fails where it is none.
        if unsafe { libc::fcntl(fd, libc::F_SETFD, libc::FD_CLOEXEC) } == -1 {
            return Err(io::Error::last_os_error());
        }
    }
    // SAFETY: both are open, as just seen, and the parent passes them for nothing but this.
    Ok(unsafe { (File::from_raw_fd(requests), File::from_raw_fd(messages)) })
}

/// The platform in words.
pub fn platform() -> String {
    format!("{} {}", std::env::consts::OS, std::env::consts::ARCH)
}
