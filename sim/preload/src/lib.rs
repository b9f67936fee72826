//! Modem lines for the clients of a simulated modem.
//!
//! `LD_PRELOAD=liboffhook_lines.so program` lets the program read and switch the modem lines of a simulator's
//! pseudo-terminal, which the kernel knows nothing of: `TIOCMGET`, `TIOCMSET`, `TIOCMBIS`, `TIOCMBIC`, `TIOCMIWAIT`,
//! `TIOCGICOUNT`, breaks, `tcdrain`, and data bits, parity and stop bits. Every other call, and every other file, goes to the
//! C library as it is.
//!
//! It holds nothing between two calls: each looks for the page of the terminal (see `page`) and lets it go again. So
//! it does not matter who forks, closes what, or outlives the simulator.
#![cfg(target_os = "linux")]
// Standing in front of the C library is calling by address and reading what callers point at.
#![allow(unsafe_code)]

#[allow(dead_code, reason = "shared with the simulator, which uses the rest")]
#[path = "../../src/port/page.rs"]
mod page;

mod call;
mod framing;
mod terminal;
mod wait;

use std::ffi::c_void;

use libc::{c_int, c_ulong};

use call::{fail, next, real_ioctl};
use terminal::Terminal;

/// `ioctl(2)`. The C library's is variadic; on the machines of Linux a third argument travels alike in both forms.
///
/// # Safety
/// As `ioctl(2)`: `argument` is what the request wants.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ioctl(fd: c_int, request: c_ulong, argument: *mut c_void) -> c_int {
    // The requests of terminals have the letter T; some libraries pass them with the sign extended.
    let code = request & 0xFFFF_FFFF;
    if !is_of_terminals(code) {
        // SAFETY: the caller's arguments, unchanged.
        return unsafe { real_ioctl(fd, request, argument) };
    }
    let Some(terminal) = Terminal::of(fd) else {
        // SAFETY: as above.
        return unsafe { real_ioctl(fd, request, argument) };
    };
    match code {
        libc::TIOCMGET => {
            let Some(bits) = terminal.modem_bits() else {
                return fail(libc::EIO);
            };
            // SAFETY: TIOCMGET takes the address of an int.
            unsafe { argument.cast::<c_int>().write_unaligned(bits) };
            0
        }
        libc::TIOCMSET | libc::TIOCMBIS | libc::TIOCMBIC => {
            // SAFETY: these take the address of an int.
            let bits = unsafe { argument.cast::<c_int>().read_unaligned() };
            let on = if code == libc::TIOCMBIC { 0 } else { bits };
            let off = match code {
                libc::TIOCMSET => !bits,
                libc::TIOCMBIC => bits,
                _ => 0,
            };
            terminal.switch(on, off)
        }
        // This one takes its mask itself, not an address.
        libc::TIOCMIWAIT => wait::for_change(&terminal, argument as usize as c_int),
        libc::TIOCGICOUNT => {
            let Some(counts) = terminal.counts() else {
                return fail(libc::EIO);
            };
            // SAFETY: TIOCGICOUNT takes the address of a serial_icounter_struct: cts, dsr, rng, dcd and sixteen more.
            unsafe {
                argument.cast::<[c_int; 20]>().write_unaligned([0; 20]);
                argument.cast::<[u32; 4]>().write_unaligned(counts);
            }
            0
        }
        libc::TIOCSBRK => terminal.count_break(),
        // The simulator is told of breaks, not of their length.
        libc::TIOCCBRK => 0,
        libc::TCSBRK if argument.is_null() => terminal.count_break(),
        libc::TCSBRK => wait::for_drain(&terminal),
        libc::TCSBRKP => terminal.count_break(),
        // SAFETY: these take the address of one of the kernel's termios structures.
        _ if framing::is_get(code) => unsafe { framing::get(&terminal, fd, request, argument) },
        // SAFETY: as above.
        _ if framing::is_set(code) => unsafe { framing::set(&terminal, fd, request, argument) },
        // SAFETY: the caller's arguments, unchanged.
        _ => unsafe { real_ioctl(fd, request, argument) },
    }
}

/// Whether a request may be one that is answered here; the requests of termios 2 carry a size in their upper half.
fn is_of_terminals(code: c_ulong) -> bool {
    code & 0xFF00 == 0x5400
}

/// `tcgetattr(3)`, whose own request inside the C library does not come by `ioctl`.
///
/// # Safety
/// As `tcgetattr(3)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcgetattr(fd: c_int, attributes: *mut libc::termios) -> c_int {
    type Function = unsafe extern "C" fn(c_int, *mut libc::termios) -> c_int;
    // SAFETY: the next definition of this name has this type.
    let Some(real) = (unsafe { next::<Function>(c"tcgetattr") }) else {
        return fail(libc::ENOSYS);
    };
    // SAFETY: the caller's arguments, unchanged.
    let result = unsafe { real(fd, attributes) };
    if result == 0
        && let Some(terminal) = Terminal::of(fd)
    {
        // SAFETY: the C library has just filled it.
        let attributes = unsafe { &mut *attributes };
        attributes.c_cflag = framing::with_client_s(&terminal, attributes.c_cflag);
    }
    result
}

/// `tcsetattr(3)`. A pseudo-terminal has eight bits without parity whatever it is told, and the C library then says
/// that the settings are impossible; so they go onto the page instead.
///
/// # Safety
/// As `tcsetattr(3)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsetattr(fd: c_int, actions: c_int, attributes: *const libc::termios) -> c_int {
    type Function = unsafe extern "C" fn(c_int, c_int, *const libc::termios) -> c_int;
    // SAFETY: the next definition of this name has this type.
    let Some(real) = (unsafe { next::<Function>(c"tcsetattr") }) else {
        return fail(libc::ENOSYS);
    };
    let terminal = (!attributes.is_null()).then(|| Terminal::of(fd)).flatten();
    let Some(terminal) = terminal else {
        // SAFETY: the caller's arguments, unchanged.
        return unsafe { real(fd, actions, attributes) };
    };
    if actions != libc::TCSANOW && wait::for_drain(&terminal) != 0 {
        return -1;
    }
    // SAFETY: not null, and the caller's promise.
    let wanted = unsafe { *attributes };
    let mut possible = wanted;
    possible.c_cflag = framing::without(wanted.c_cflag);
    // SAFETY: a structure of our own.
    let result = unsafe { real(fd, actions, &raw const possible) };
    if result == 0 {
        framing::store(&terminal, wanted.c_cflag);
    }
    result
}

/// `tcdrain(3)`, whose own request inside the C library does not come by `ioctl`.
///
/// # Safety
/// As `tcdrain(3)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcdrain(fd: c_int) -> c_int {
    match Terminal::of(fd) {
        Some(terminal) => wait::for_drain(&terminal),
        // SAFETY: as TCSBRK with an argument that is not 0 wants it, which is what the C library makes of this call.
        None => unsafe { real_ioctl(fd, libc::TCSBRK, std::ptr::without_provenance_mut(1)) },
    }
}

/// `tcsendbreak(3)`; on a terminal of ours it takes no time, as on any pseudo-terminal.
///
/// # Safety
/// As `tcsendbreak(3)`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn tcsendbreak(fd: c_int, duration: c_int) -> c_int {
    type Function = unsafe extern "C" fn(c_int, c_int) -> c_int;
    if let Some(terminal) = Terminal::of(fd) {
        return terminal.count_break();
    }
    // SAFETY: the next definition of this name has this type, and the arguments are the caller's.
    match unsafe { next::<Function>(c"tcsendbreak") } {
        // SAFETY: as above.
        Some(real) => unsafe { real(fd, duration) },
        None => fail(libc::ENOSYS),
    }
}
