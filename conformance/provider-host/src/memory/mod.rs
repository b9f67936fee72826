//! Address space by the page, as each operating system gives it: reserved and inaccessible, opened, closed.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::{close, give_back, guard, open, page_size, reserve};
#[cfg(windows)]
pub use windows::{close, give_back, guard, open, page_size, reserve};
