//! Who reads the child's messages, and how a caller waits for its answer.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub(super) use unix::Listener;
#[cfg(windows)]
pub(super) use windows::Listener;
