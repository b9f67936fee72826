//! Faults as exceptions, exits as the detaching of the process; on Windows and under Wine.
//!
//! A vectored handler sees an exception before the provider's own `__try` blocks do, so it only reports. The process
//! ends when no one has handled the exception, in the unhandled-exception filter.

use super::{Fault, Note, report};
use crate::{ledger::Access, outbox};
use offhook_host_protocol::{CRASHED, Message, encode_frame};
use std::{
    ffi::c_void,
    fmt::Write,
    mem,
    sync::atomic::{AtomicBool, Ordering},
};
use windows_sys::Win32::{
    Foundation::{
        EXCEPTION_ACCESS_VIOLATION, EXCEPTION_ARRAY_BOUNDS_EXCEEDED, EXCEPTION_DATATYPE_MISALIGNMENT,
        EXCEPTION_ILLEGAL_INSTRUCTION, EXCEPTION_IN_PAGE_ERROR, EXCEPTION_INT_DIVIDE_BY_ZERO,
        EXCEPTION_INT_OVERFLOW, EXCEPTION_NONCONTINUABLE_EXCEPTION, EXCEPTION_PRIV_INSTRUCTION,
        EXCEPTION_STACK_OVERFLOW, NTSTATUS, STATUS_HEAP_CORRUPTION, STATUS_STACK_BUFFER_OVERRUN,
        STILL_ACTIVE,
    },
    System::{
        Diagnostics::Debug::{
            AddVectoredExceptionHandler, EXCEPTION_POINTERS, EXCEPTION_RECORD, SEM_FAILCRITICALERRORS,
            SEM_NOGPFAULTERRORBOX, SEM_NOOPENFILEERRORBOX, SetErrorMode, SetUnhandledExceptionFilter,
        },
        LibraryLoader::GetModuleFileNameW,
        Memory::{MEM_IMAGE, MEMORY_BASIC_INFORMATION, VirtualQuery},
        SystemServices::DLL_PROCESS_DETACH,
        Threading::{GetCurrentProcess, GetExitCodeProcess, SetThreadStackGuarantee, TerminateProcess},
    },
};

/// The exceptions that end a process unless someone handles them; all others (C++ throws, Rust panics, debug prints,
/// thread names) are a program's everyday business.
const FATAL: [NTSTATUS; 12] = [
    EXCEPTION_ACCESS_VIOLATION,
    EXCEPTION_ARRAY_BOUNDS_EXCEEDED,
    EXCEPTION_DATATYPE_MISALIGNMENT,
    EXCEPTION_ILLEGAL_INSTRUCTION,
    EXCEPTION_IN_PAGE_ERROR,
    EXCEPTION_INT_DIVIDE_BY_ZERO,
    EXCEPTION_INT_OVERFLOW,
    EXCEPTION_NONCONTINUABLE_EXCEPTION,
    EXCEPTION_PRIV_INSTRUCTION,
    EXCEPTION_STACK_OVERFLOW,
    STATUS_HEAP_CORRUPTION,
    STATUS_STACK_BUFFER_OVERRUN,
];

/// The handlers' answer that leaves an exception to the next one.
const CONTINUE_SEARCH: i32 = 0;

/// Bytes of stack that are kept back for the handler when the stack is full.
const HANDLER_STACK: u32 = 32 << 10;

static AS_ASKED: AtomicBool = AtomicBool::new(false);

/// Ends the process at once, without running any exit handler of the provider.
pub fn leave_now(code: i32) -> ! {
    leaving_as_asked();
    // SAFETY: the pseudo handle of this process is always good.
    unsafe { TerminateProcess(GetCurrentProcess(), code.cast_unsigned()) };
    std::process::abort()
}

/// Says that the exit to come was asked for.
pub fn leaving_as_asked() {
    AS_ASKED.store(true, Ordering::Relaxed);
}

/// Keeps back stack of this thread for the handlers, for when it is full.
pub fn watch_this_thread() {
    let mut guarantee = HANDLER_STACK;
    // SAFETY: `guarantee` is writable. Where the guarantee is refused, only a stack overflow stays without a report.
    unsafe { SetThreadStackGuarantee(&raw mut guarantee) };
}

/// Sets the handlers, and turns off the dialogs with which Windows would wait for a person.
pub fn install() {
    overflow::watch();
    // SAFETY: both handlers have the type asked for and live as long as the process.
    unsafe {
        SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX | SEM_NOOPENFILEERRORBOX);
        assert!(
            !AddVectoredExceptionHandler(1, Some(on_exception)).is_null(),
            "no handler for exceptions"
        );
        SetUnhandledExceptionFilter(Some(on_unhandled));
    }
}

/// Whether such a fault is one of the instruction at which it came.
pub fn is_of_instruction(code: u32) -> bool {
    let of_system = [
        EXCEPTION_NONCONTINUABLE_EXCEPTION,
        STATUS_HEAP_CORRUPTION,
        STATUS_STACK_BUFFER_OVERRUN,
    ];
    let code = code.cast_signed();
    FATAL.contains(&code) && !of_system.contains(&code)
}

/// The name of the module that an address lies in, and the offset there.
pub fn module_of(at: usize, name: &mut Note) -> Option<usize> {
    // SAFETY: it is plain data, for which zero is a value.
    let mut memory: MEMORY_BASIC_INFORMATION = unsafe { mem::zeroed() };
    // SAFETY: `memory` is writable over its size; the address is only asked about.
    let known = unsafe { VirtualQuery(at as *const c_void, &raw mut memory, mem::size_of_val(&memory)) };
    if known == 0 || memory.Type != MEM_IMAGE {
        return None;
    }
    let mut path = [0u16; 512];
    // SAFETY: the allocation of an image begins at the module's handle; `path` is writable over its length.
    let length = unsafe { GetModuleFileNameW(memory.AllocationBase, path.as_mut_ptr(), path.len() as u32) };
    let path = path.get(..length as usize)?;
    let file = path.rsplit(|unit| *unit == u16::from(b'\\')).next()?;
    for letter in char::decode_utf16(file.iter().copied()) {
        // A name that does not fit is cut, which beats none.
        let _ = name.write_char(letter.unwrap_or(char::REPLACEMENT_CHARACTER));
    }
    (!file.is_empty()).then(|| at - memory.AllocationBase as usize)
}

unsafe extern "system" fn on_exception(pointers: *mut EXCEPTION_POINTERS) -> i32 {
    // SAFETY: the system passes a valid record.
    let record = unsafe { &*(*pointers).ExceptionRecord };
    if record.ExceptionCode == EXCEPTION_STACK_OVERFLOW {
        overflow::hand_over(record.ExceptionAddress as usize);
    }
    if FATAL.contains(&record.ExceptionCode) {
        report_exception(record, false);
    }
    CONTINUE_SEARCH
}

fn report_exception(record: &EXCEPTION_RECORD, silence: bool) {
    let memory = matches!(
        record.ExceptionCode,
        EXCEPTION_ACCESS_VIOLATION | EXCEPTION_IN_PAGE_ERROR
    );
    let [kind, address, ..] = record.ExceptionInformation;
    let access = match kind {
        0 => Access::Read,
        1 => Access::Write,
        _ => Access::Other,
    };
    report(
        &Fault {
            code: record.ExceptionCode.cast_unsigned(),
            address: if memory { address } else { 0 },
            at: record.ExceptionAddress as usize,
            access,
            stack: false,
        },
        silence,
    );
}

/// A thread whose stack is full has about a page left, too little for a report (Wine ends the thread that tries it), so
/// that another thread, which waits from the start, does it.
mod overflow {
    use super::{Access, EXCEPTION_STACK_OVERFLOW, Fault, leave_now, report};
    use offhook_host_protocol::CRASHED;
    use std::{
        ptr,
        sync::atomic::{AtomicPtr, AtomicUsize, Ordering},
        thread,
    };
    use windows_sys::Win32::System::Threading::{
        CreateEventW, INFINITE, SetEvent, Sleep, WaitForSingleObject,
    };

    static EVENT: AtomicPtr<std::ffi::c_void> = AtomicPtr::new(ptr::null_mut());
    static AT: AtomicUsize = AtomicUsize::new(0);

    /// Starts the thread that waits.
    pub fn watch() {
        // SAFETY: no security descriptor and no name; the event lives as long as the process.
        let event = unsafe { CreateEventW(ptr::null(), 0, 0, ptr::null()) };
        EVENT.store(event, Ordering::Release);
        thread::spawn(|| {
            // SAFETY: the event is never closed.
            unsafe { WaitForSingleObject(EVENT.load(Ordering::Acquire), INFINITE) };
            let code = EXCEPTION_STACK_OVERFLOW.cast_unsigned();
            let at = AT.load(Ordering::Acquire);
            report(
                &Fault {
                    code,
                    address: 0,
                    at,
                    access: Access::Other,
                    stack: true,
                },
                true,
            );
            leave_now(CRASHED);
        });
    }

    /// Wakes that thread and waits for the end, with as little stack as can be.
    pub fn hand_over(at: usize) {
        AT.store(at, Ordering::Release);
        // SAFETY: the event is never closed.
        unsafe {
            SetEvent(EVENT.load(Ordering::Acquire));
            Sleep(INFINITE);
        }
    }
}

unsafe extern "system" fn on_unhandled(pointers: *const EXCEPTION_POINTERS) -> i32 {
    // SAFETY: the system passes a valid record.
    let record = unsafe { &*(*pointers).ExceptionRecord };
    // Once more where the vectored handler has told of it: an answer that another thread has sent since makes the parent take it
    // for handled. A throw that no one caught is told of here alone.
    report_exception(record, true);
    leave_now(CRASHED)
}

/// Called by the loader as the process detaches, by whatever way it leaves but the hard ones.
unsafe extern "system" fn on_tls_event(_: *mut c_void, reason: u32, _: *mut c_void) {
    if reason != DLL_PROCESS_DETACH || AS_ASKED.load(Ordering::Relaxed) {
        return;
    }
    let Some(outbox) = outbox::get() else { return };
    let mut code = 0;
    // SAFETY: the pseudo handle of this process is always good; `code` is writable.
    let known = unsafe { GetExitCodeProcess(GetCurrentProcess(), &raw mut code) } != 0;
    let code = (known && code != STILL_ACTIVE.cast_unsigned()).then_some(code.cast_signed());
    let mut frame = Vec::new();
    if encode_frame(&Message::Exiting { code }, &mut frame).is_ok() {
        outbox.last_words(&frame, true);
    }
}

/// The loader calls what the linker collects in the sections from `.CRT$XLA` to `.CRT$XLZ`.
#[used]
#[unsafe(link_section = ".CRT$XLB")]
static ON_TLS_EVENT: unsafe extern "system" fn(*mut c_void, u32, *mut c_void) = on_tls_event;
