//! The last words: what the process still says when a fault or an exit takes it away.

#[cfg(any(target_os = "linux", test))]
mod maps;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as os;
#[cfg(windows)]
use windows as os;

use crate::{
    callbacks,
    ledger::{self, Access},
    outbox,
};
use offhook_host_protocol::encode_fault;
use std::fmt;
use std::panic;

pub use os::{leave_now, leaving_as_asked, watch_this_thread};

/// Watches for faults and exits from here on.
pub fn install() {
    // A panic of this program itself is no fault of the provider, whose panics go through its own copy of std.
    panic::set_hook(Box::new(|panic| {
        if let Some(outbox) = outbox::get() {
            outbox.failed(format!("the provider host itself failed: {panic}"), 0);
        }
        leave_now(crate::BROKEN);
    }));
    os::install();
}

/// A fault as the operating system reports it.
struct Fault {
    /// Signal number or exception code.
    code: u32,
    /// The address that could not be accessed, 0 where there is none.
    address: usize,
    /// The instruction, 0 where it is not known.
    at: usize,
    /// What the instruction was doing.
    access: Access,
    /// Whether the stack is at its end.
    stack: bool,
}

/// Tells the parent of a fault, from inside a handler: no allocation, no lock that could hold it up for long.
fn report(fault: &Fault, silence: bool) {
    let Some(outbox) = outbox::get() else { return };
    let mut note = Note::default();
    // A note that does not fit is cut, which beats none.
    let _ = ledger::describe(fault.address, fault.access, &mut note);
    if note.length == 0 && !callbacks::touched().is_empty() {
        // The instruction is this program's, and the pointer the provider's.
        let what = callbacks::touched();
        let _ = fmt::Write::write_fmt(
            &mut note,
            format_args!("{what}, {:#x}, is not there", fault.address),
        );
    }
    if note.length == 0 && fault.stack {
        let _ = fmt::Write::write_str(&mut note, "stack overflow");
    }
    let mut module = Note::default();
    let offset = match fault.at {
        0 => None,
        _ if !callbacks::touched().is_empty() => None,
        at => os::is_of_instruction(fault.code)
            .then(|| os::module_of(at, &mut module))
            .flatten(),
    };
    let place = offset.map_or(("", 0), |offset| (module.text(), offset as u64));
    let mut frame = [0; 768];
    let (address, at) = (fault.address as u64, fault.at as u64);
    if let Some(length) = encode_fault(&mut frame, fault.code, address, at, place, note.text()) {
        outbox.last_words(&frame[..length], silence);
    }
}

/// Text of a limited length, without allocation.
struct Note {
    bytes: [u8; 256],
    length: usize,
}

impl Default for Note {
    fn default() -> Note {
        Note {
            bytes: [0; 256],
            length: 0,
        }
    }
}

impl Note {
    fn text(&self) -> &str {
        std::str::from_utf8(&self.bytes[..self.length]).unwrap_or("")
    }
}

impl fmt::Write for Note {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.bytes
            .get_mut(self.length..end)
            .ok_or(fmt::Error)?
            .copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
