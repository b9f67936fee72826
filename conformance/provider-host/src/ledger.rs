//! Whose memory an address is or was: which argument of which call. Written by calls, read by the crash handler, hence
//! a fixed table of atomics that neither locks nor allocates.

use crate::arena::Buffer;
use offhook_host_protocol::MAX_ARGS;
use std::{
    fmt::{self, Write},
    ops::Range,
    sync::atomic::{AtomicBool, AtomicPtr, AtomicUsize, Ordering::Relaxed, Ordering::Release},
};

/// How many buffers are remembered.
const ENTRIES: usize = 4096;

static LEDGER: [Entry; ENTRIES] = [const { Entry::empty() }; ENTRIES];
static NEXT: AtomicUsize = AtomicUsize::new(0);

struct Entry {
    /// The pages of the buffer and its guard page.
    start: AtomicUsize,
    end: AtomicUsize,
    address: AtomicUsize,
    length: AtomicUsize,
    argument: AtomicUsize,
    function: AtomicPtr<u8>,
    function_length: AtomicUsize,
    released: AtomicBool,
}

impl Entry {
    const fn empty() -> Entry {
        Entry {
            start: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            address: AtomicUsize::new(0),
            length: AtomicUsize::new(0),
            argument: AtomicUsize::new(0),
            function: AtomicPtr::new(std::ptr::null_mut()),
            function_length: AtomicUsize::new(0),
            released: AtomicBool::new(false),
        }
    }

    fn function(&self) -> &'static str {
        let function = self.function.load(Relaxed);
        if function.is_null() {
            return "";
        }
        // SAFETY: pointer and length come from a `&'static str` in `enter`; the names are few and live for ever, and an
        // entry is written again only thousands of buffers later.
        unsafe {
            let bytes = std::slice::from_raw_parts(function, self.function_length.load(Relaxed));
            std::str::from_utf8(bytes).unwrap_or("")
        }
    }
}

/// What the faulting instruction was doing.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Reading.
    Read,
    /// Writing.
    Write,
    /// Executing, or not known.
    Other,
}

/// Remembers a buffer and the pages that it took; `argument` counts from 0.
pub fn enter(pages: Range<usize>, buffer: Buffer, function: &'static str, argument: usize) {
    let entry = &LEDGER[NEXT.fetch_add(1, Relaxed) % ENTRIES];
    entry.start.store(pages.start, Relaxed);
    entry.address.store(buffer.address, Relaxed);
    entry.length.store(buffer.length, Relaxed);
    entry.argument.store(argument, Relaxed);
    entry.function_length.store(0, Relaxed);
    entry.function.store(function.as_ptr().cast_mut(), Relaxed);
    entry.function_length.store(function.len(), Relaxed);
    entry.released.store(false, Relaxed);
    entry.end.store(pages.end, Release);
}

/// Remembers that those buffers of the latest call that lie in these pages have become inaccessible.
pub fn release(pages: &Range<usize>) {
    let next = NEXT.load(Relaxed);
    // Calls of other threads may have buffers in between.
    for back in 1..=4 * MAX_ARGS {
        let entry = &LEDGER[next.wrapping_sub(back) % ENTRIES];
        if pages.contains(&entry.start.load(Relaxed)) {
            entry.released.store(true, Release);
        }
    }
}

/// Says in `note` what is known about an address that a fault names; nothing where nothing is known.
///
/// Arguments are counted from 1 here, as a reader counts them.
pub fn describe(address: usize, access: Access, note: &mut impl Write) -> fmt::Result {
    let next = NEXT.load(Relaxed);
    let newest_first = (1..=ENTRIES).map(|back| &LEDGER[next.wrapping_sub(back) % ENTRIES]);
    let Some(entry) = newest_first
        .into_iter()
        .find(|entry| (entry.start.load(Relaxed)..entry.end.load(Relaxed)).contains(&address))
    else {
        return Ok(());
    };
    let doing = match access {
        Access::Read => "read",
        Access::Write => "write",
        Access::Other => "use as code",
    };
    let (argument, function) = (entry.argument.load(Relaxed) + 1, entry.function());
    if entry.released.load(Relaxed) {
        return write!(
            note,
            "{doing} of memory of argument {argument} of {function} after the call returned"
        );
    }
    let (length, first) = (entry.length.load(Relaxed), entry.address.load(Relaxed));
    match address.checked_sub(first) {
        None => write!(
            note,
            "{doing} before the beginning of argument {argument} of {function}, by {} bytes",
            first - address
        ),
        // What is there may be read and written: it was jumped to.
        Some(offset) if offset < length => write!(
            note,
            "{doing} of argument {argument} of {function}: offset {offset} of {length} bytes"
        ),
        Some(offset) => write!(
            note,
            "{doing} past the end of argument {argument} of {function}: offset {offset} of {length} bytes"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arena::Arena;

    fn note(address: usize, access: Access) -> String {
        let mut note = String::new();
        describe(address, access, &mut note).unwrap();
        note
    }

    #[test]
    fn a_fault_is_traced_to_the_argument_it_hit() {
        let mut arena = Arena::new().unwrap();
        let first = arena.place(&[0; 12], "TSPI_lineGetDevCaps", 4).unwrap();
        let second = arena.place(&[0; 7], "TSPI_lineGetDevCaps", 5).unwrap();
        assert_eq!(
            note(first.address + 12, Access::Write),
            "write past the end of argument 5 of TSPI_lineGetDevCaps: offset 12 of 12 bytes"
        );
        assert_eq!(
            note(second.address + 9, Access::Read),
            "read past the end of argument 6 of TSPI_lineGetDevCaps: offset 9 of 7 bytes"
        );
        assert_eq!(
            note(first.address, Access::Other),
            "use as code of argument 5 of TSPI_lineGetDevCaps: offset 0 of 12 bytes"
        );
        assert_eq!(
            note(first.address - 2, Access::Read),
            "read before the beginning of argument 5 of TSPI_lineGetDevCaps, by 2 bytes"
        );
        arena.end().unwrap();
        assert_eq!(
            note(first.address + 3, Access::Read),
            "read of memory of argument 5 of TSPI_lineGetDevCaps after the call returned"
        );
        assert_eq!(note(8, Access::Read), "");
    }
}
