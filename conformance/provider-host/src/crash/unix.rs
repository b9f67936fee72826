//! Faults as signals. An exit needs no last words here: the parent tells it by the wait status.

use super::{Fault, Note, report};
use crate::ledger::Access;
use std::{mem, ptr, sync::OnceLock};

/// Bytes of the stack that the handler runs on, for when the other one is full.
const HANDLER_STACK: usize = 64 << 10;

/// The signals by which a process dies of its own doing.
const FATAL: [libc::c_int; 7] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGILL,
    libc::SIGFPE,
    libc::SIGABRT,
    libc::SIGTRAP,
    libc::SIGSYS,
];

/// Ends the process at once, without running any exit handler of the provider.
pub fn leave_now(code: i32) -> ! {
    // SAFETY: never returns, and needs nothing.
    unsafe { libc::_exit(code) }
}

/// Says that the exit to come was asked for; nothing to do here.
pub fn leaving_as_asked() {}

/// Gives this thread a stack for the handlers, for when its own is full. One thread at a time may have it.
pub fn watch_this_thread() {
    static STACK: OnceLock<usize> = OnceLock::new();
    let stack =
        STACK.get_or_init(|| Box::leak(vec![0u8; HANDLER_STACK].into_boxed_slice()).as_mut_ptr() as usize);
    let stack = libc::stack_t {
        ss_sp: *stack as *mut libc::c_void,
        ss_flags: 0,
        ss_size: HANDLER_STACK,
    };
    // SAFETY: the stack is leaked, so that it lives as long as the process.
    let set = unsafe { libc::sigaltstack(&raw const stack, ptr::null_mut()) };
    assert_eq!(set, 0, "no stack for the crash handler");
}

/// Sets the handlers, and turns core files off: the parent keeps the evidence.
pub fn install() {
    let limit = libc::rlimit {
        rlim_cur: 0,
        rlim_max: 0,
    };
    // SAFETY: `limit` is readable. A system that refuses only writes core files, so the result does not matter.
    unsafe { libc::setrlimit(libc::RLIMIT_CORE, &raw const limit) };
    // SAFETY: sigaction is plain data, for which zero is a value.
    let mut action: libc::sigaction = unsafe { mem::zeroed() };
    action.sa_sigaction = on_signal as *const () as usize;
    action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESETHAND;
    for signal in FATAL {
        // SAFETY: the handler has the type that SA_SIGINFO asks for and does only what a handler may.
        let set = unsafe { libc::sigaction(signal, &raw const action, ptr::null_mut()) };
        assert_eq!(set, 0, "no handler for signal {signal}");
    }
}

/// Whether such a fault is one of the instruction at which it came.
pub fn is_of_instruction(code: u32) -> bool {
    let of_instruction = [
        libc::SIGSEGV,
        libc::SIGBUS,
        libc::SIGILL,
        libc::SIGFPE,
        libc::SIGTRAP,
    ];
    of_instruction.contains(&code.cast_signed())
}

/// The name of the module that an address lies in, and the offset there.
#[cfg(target_os = "linux")]
pub fn module_of(at: usize, name: &mut Note) -> Option<usize> {
    let mut search = super::maps::Search::new(at);
    let mut piece = [0u8; 4096];
    // SAFETY: the path is terminated; a handler may open, read and close.
    let maps = unsafe { libc::open(c"/proc/self/maps".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    if maps < 0 {
        return None;
    }
    let found = loop {
        // SAFETY: `piece` is writable over its length.
        let read = unsafe { libc::read(maps, piece.as_mut_ptr().cast(), piece.len()) };
        let Some(text) = usize::try_from(read).ok().and_then(|read| piece.get(..read)) else {
            break None;
        };
        if text.is_empty() {
            break None;
        }
        let found = search.take(text, name);
        if found.is_some() {
            break found;
        }
    };
    // SAFETY: it is open and closed only here.
    unsafe { libc::close(maps) };
    found
}

/// Not known on this platform.
#[cfg(not(target_os = "linux"))]
pub fn module_of(_: usize, _: &mut Note) -> Option<usize> {
    None
}

extern "C" fn on_signal(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel passes a valid siginfo; whether it holds an address, its code tells.
    let (sent, address) = unsafe { ((*info).si_code <= 0, (*info).si_addr() as usize) };
    let memory = matches!(signal, libc::SIGSEGV | libc::SIGBUS) && !sent;
    // SAFETY: the kernel passes the context of the interrupted thread.
    let (at, stack_pointer, access) = unsafe { registers(context) };
    let near_stack = stack_pointer != 0 && address.abs_diff(stack_pointer) < 64 << 10;
    report(
        &Fault {
            code: signal.cast_unsigned(),
            address: if memory { address } else { 0 },
            at,
            access,
            stack: memory && near_stack,
        },
        true,
    );
    // The handler has been reset: the signal, pending until we return, now ends the process in the usual way.
    // SAFETY: takes no pointers.
    unsafe { libc::raise(signal) };
}

/// The instruction's address, the stack pointer, and what the instruction was doing.
///
/// # Safety
///
/// `context` has to be what the kernel passed to a handler.
#[cfg(all(target_os = "linux", target_arch = "x86_64"))]
unsafe fn registers(context: *mut libc::c_void) -> (usize, usize, Access) {
    /// Bits of the page-fault code: a write, an instruction fetch.
    const WRITE: i64 = 2;
    const FETCH: i64 = 16;
    // SAFETY: the caller vouches for it.
    let registers = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    let register = |index: libc::c_int| registers[index as usize];
    let access = match register(libc::REG_ERR) {
        code if code & FETCH != 0 => Access::Other,
        code if code & WRITE != 0 => Access::Write,
        _ => Access::Read,
    };
    (
        register(libc::REG_RIP) as usize,
        register(libc::REG_RSP) as usize,
        access,
    )
}

/// The instruction's address, the stack pointer, and what the instruction was doing, which this platform does not say.
///
/// # Safety
///
/// `context` has to be what the kernel passed to a handler.
#[cfg(all(target_os = "linux", target_arch = "aarch64"))]
unsafe fn registers(context: *mut libc::c_void) -> (usize, usize, Access) {
    // SAFETY: the caller vouches for it.
    let machine = unsafe { &(*context.cast::<libc::ucontext_t>()).uc_mcontext };
    (machine.pc as usize, machine.sp as usize, Access::Other)
}

/// Not known on this platform.
///
/// # Safety
///
/// None needed.
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
unsafe fn registers(_: *mut libc::c_void) -> (usize, usize, Access) {
    (0, 0, Access::Other)
}
