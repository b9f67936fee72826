//! Data bits, parity and stop bits, which a pseudo-terminal ignores.

use std::ffi::c_void;

use libc::{c_int, c_ulong, tcflag_t};

use crate::call::real_ioctl;
use crate::page;
use crate::terminal::Terminal;
use crate::wait;

/// Where `c_cflag` stands in every termios structure of the kernel but the oldest, and there.
const CFLAG: usize = 8;
const CFLAG_OLDEST: usize = 4;

/// What goes onto the page instead of into the terminal.
const KEPT: tcflag_t = libc::CSIZE | libc::PARENB | libc::PARODD | libc::CMSPAR | libc::CSTOPB;

/// Whether a request reads settings.
pub(crate) fn is_get(code: c_ulong) -> bool {
    matches!(code, libc::TCGETS | libc::TCGETA | libc::TCGETS2)
}

/// Whether a request writes settings.
pub(crate) fn is_set(code: c_ulong) -> bool {
    matches!(
        code,
        libc::TCSETS
            | libc::TCSETSW
            | libc::TCSETSF
            | libc::TCSETA
            | libc::TCSETAW
            | libc::TCSETAF
            | libc::TCSETS2
            | libc::TCSETSW2
            | libc::TCSETSF2
    )
}

/// Whether a request that writes settings waits until everything is sent.
fn waits(code: c_ulong) -> bool {
    !matches!(code, libc::TCSETS | libc::TCSETA | libc::TCSETS2)
}

fn is_oldest(code: c_ulong) -> bool {
    matches!(code, libc::TCGETA | libc::TCSETA | libc::TCSETAW | libc::TCSETAF)
}

/// # Safety
/// As `ioctl(2)` with one of the requests of [`is_get`].
pub(crate) unsafe fn get(terminal: &Terminal, fd: c_int, request: c_ulong, argument: *mut c_void) -> c_int {
    // SAFETY: the caller's promise.
    let result = unsafe { real_ioctl(fd, request, argument) };
    if result == 0 {
        // SAFETY: the kernel has just filled the structure, in which c_cflag stands here.
        unsafe {
            let field = Field::of(request, argument);
            field.write(with_client_s(terminal, field.read()));
        }
    }
    result
}

/// # Safety
/// As `ioctl(2)` with one of the requests of [`is_set`].
pub(crate) unsafe fn set(terminal: &Terminal, fd: c_int, request: c_ulong, argument: *mut c_void) -> c_int {
    if waits(request & 0xFFFF_FFFF) && wait::for_drain(terminal) != 0 {
        return -1;
    }
    // SAFETY: the caller's promise. The terminal ignores the framing by itself.
    let result = unsafe { real_ioctl(fd, request, argument) };
    if result == 0 {
        // SAFETY: the kernel has just read the structure, in which c_cflag stands here.
        store(terminal, unsafe { Field::of(request, argument).read() });
    }
    result
}

/// `c_cflag` in a structure of the kernel.
enum Field {
    Long(*mut tcflag_t),
    Short(*mut u16),
}

impl Field {
    /// # Safety
    /// The argument of one of the requests here.
    unsafe fn of(request: c_ulong, argument: *mut c_void) -> Field {
        // SAFETY: inside the structure.
        unsafe {
            if is_oldest(request & 0xFFFF_FFFF) {
                Field::Short(argument.byte_add(CFLAG_OLDEST).cast())
            } else {
                Field::Long(argument.byte_add(CFLAG).cast())
            }
        }
    }

    /// # Safety
    /// The structure can be read.
    unsafe fn read(&self) -> tcflag_t {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Field::Long(flags) => flags.read_unaligned(),
                Field::Short(flags) => flags.read_unaligned().into(),
            }
        }
    }

    /// # Safety
    /// The structure can be written.
    unsafe fn write(&self, flags: tcflag_t) {
        // SAFETY: the caller's promise.
        unsafe {
            match self {
                Field::Long(place) => place.write_unaligned(flags),
                // The oldest structure has the lower half of the flags.
                Field::Short(place) => place.write_unaligned(flags as u16),
            }
        }
    }
}

/// The flags as the client set them: those of the terminal, with the framing from the page.
pub(crate) fn with_client_s(terminal: &Terminal, flags: tcflag_t) -> tcflag_t {
    let Some(part) = terminal.client() else {
        return flags;
    };
    let size = match part[page::DATA_BITS] {
        5 => libc::CS5,
        6 => libc::CS6,
        7 => libc::CS7,
        8 => libc::CS8,
        // Nobody has set any.
        _ => return flags,
    };
    let parity = match part[page::PARITY] {
        1 => libc::PARENB | libc::PARODD,
        2 => libc::PARENB,
        3 => libc::PARENB | libc::CMSPAR | libc::PARODD,
        4 => libc::PARENB | libc::CMSPAR,
        _ => 0,
    };
    let stop = if part[page::STOP_BITS] == 2 {
        libc::CSTOPB
    } else {
        0
    };
    flags & !KEPT | size | parity | stop
}

/// The flags that a pseudo-terminal can be given.
pub(crate) fn without(flags: tcflag_t) -> tcflag_t {
    flags & !KEPT | libc::CS8 | libc::CREAD
}

/// Puts the framing onto the page; done also where it is the same, because the simulator looks at the rate then.
pub(crate) fn store(terminal: &Terminal, flags: tcflag_t) {
    let bits = match flags & libc::CSIZE {
        libc::CS5 => 5,
        libc::CS6 => 6,
        libc::CS7 => 7,
        _ => 8,
    };
    let parity = match (
        flags & libc::PARENB != 0,
        flags & libc::CMSPAR != 0,
        flags & libc::PARODD != 0,
    ) {
        (false, ..) => 0,
        (true, false, true) => 1,
        (true, false, false) => 2,
        (true, true, true) => 3,
        (true, true, false) => 4,
    };
    let stop = if flags & libc::CSTOPB != 0 { 2 } else { 1 };
    // Where this failed, whoever asks for the settings finds no framing, which is what a pseudo-terminal has.
    terminal.write(page::DATA_BITS, &[bits, parity, stop]);
}
