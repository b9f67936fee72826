//! When and where in this process something happens.

use offhook_host_protocol::Stamp;
use std::{cell::Cell, sync::OnceLock, time::Instant};

static START: OnceLock<Instant> = OnceLock::new();

/// Starts the clock; everything is stamped with the microseconds since then.
pub fn start() {
    START.get_or_init(Instant::now);
}

/// The time and thread of now.
pub fn stamp() -> Stamp {
    let micros = START.get_or_init(Instant::now).elapsed().as_micros();
    Stamp {
        micros: u64::try_from(micros).unwrap_or(u64::MAX),
        thread: thread(),
    }
}

/// The operating system's id of the calling thread, asked for once per thread.
fn thread() -> u32 {
    thread_local! {
        static ID: Cell<u32> = const { Cell::new(0) };
    }
    ID.with(|id| {
        if id.get() == 0 {
            id.set(ask());
        }
        id.get()
    })
}

#[cfg(unix)]
fn ask() -> u32 {
    #[cfg(target_os = "linux")]
    // SAFETY: takes no arguments and cannot fail.
    let id = unsafe { libc::gettid() }.cast_unsigned();
    #[cfg(not(target_os = "linux"))]
    // SAFETY: takes no arguments and cannot fail. The address of the thread's own block tells threads apart.
    let id = unsafe { libc::pthread_self() } as usize as u32;
    id
}

#[cfg(windows)]
fn ask() -> u32 {
    // SAFETY: takes no arguments and cannot fail.
    unsafe { windows_sys::Win32::System::Threading::GetCurrentThreadId() }
}
