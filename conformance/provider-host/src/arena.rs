//! The arguments' memory: each buffer ends exactly at an inaccessible page, and all of a call's memory becomes
//! inaccessible when the call returns. Addresses are used again only after the whole arena has been used once.

use crate::{ledger, memory};
use std::{io, ops::Range, ptr};

/// Bytes of address space that the buffers of calls go through: some ten thousand calls before an address returns.
const SIZE: usize = if cfg!(target_pointer_width = "64") {
    1 << 30
} else {
    64 << 20
};

/// Address space from which calls take their buffers.
pub struct Arena {
    start: usize,
    next: usize,
    size: usize,
    page: usize,
    /// What the current call has taken.
    taken: Range<usize>,
}

/// A buffer that a pointer argument points to.
#[derive(Clone, Copy, Debug)]
pub struct Buffer {
    /// Its first byte.
    pub address: usize,
    /// Its length in bytes; the byte after it is inaccessible.
    pub length: usize,
}

impl Arena {
    /// Reserves the address space.
    pub fn new() -> io::Result<Arena> {
        Arena::of_size(SIZE)
    }

    fn of_size(size: usize) -> io::Result<Arena> {
        let start = memory::reserve(size)?;
        Ok(Arena {
            start,
            next: start,
            size,
            page: memory::page_size(),
            taken: start..start,
        })
    }

    /// Begins a call whose buffers have these lengths, so that they all fit behind each other.
    pub fn begin(&mut self, lengths: impl Iterator<Item = usize>) -> io::Result<()> {
        let need: usize = lengths.map(|length| self.span(length)).sum();
        if need > self.size {
            return Err(io::Error::other(format!(
                "the arguments need {need} bytes, more than the arena has"
            )));
        }
        if need > self.start + self.size - self.next {
            self.next = self.start;
        }
        self.taken = self.next..self.next;
        Ok(())
    }

    /// Puts `bytes` into a new buffer of the current call; `argument` counts from 0.
    pub fn place(&mut self, bytes: &[u8], function: &'static str, argument: usize) -> io::Result<Buffer> {
        let (start, span) = (self.next, self.span(bytes.len()));
        let buffer = self.fill(start, span, bytes)?;
        self.next += span;
        self.taken.end = self.next;
        ledger::enter(start..start + span, buffer, function, argument);
        Ok(buffer)
    }

    /// Puts `bytes` into a buffer that stays accessible as long as the process lives.
    pub fn place_for_good(
        &self,
        bytes: &[u8],
        function: &'static str,
        argument: usize,
    ) -> io::Result<Buffer> {
        let span = self.span(bytes.len());
        let start = memory::reserve(span)?;
        let buffer = self.fill(start, span, bytes)?;
        ledger::enter(start..start + span, buffer, function, argument);
        Ok(buffer)
    }

    /// Makes all that the current call has taken inaccessible.
    pub fn end(&mut self) -> io::Result<()> {
        if self.taken.is_empty() {
            return Ok(());
        }
        ledger::release(&self.taken);
        // SAFETY: whole pages of the arena, and the buffers in it have been read back by now.
        unsafe { memory::close(self.taken.start, self.taken.len())? };
        self.taken.start = self.taken.end;
        Ok(())
    }

    /// Bytes of address space for a buffer: its pages, at least one, and the guard page.
    fn span(&self, length: usize) -> usize {
        (length.div_ceil(self.page).max(1) + 1) * self.page
    }

    fn fill(&self, start: usize, span: usize, bytes: &[u8]) -> io::Result<Buffer> {
        let end = start + span - self.page;
        // SAFETY: whole pages of reserved address space that no live buffer lies in.
        unsafe { memory::open(start, end - start)? };
        let buffer = Buffer {
            address: end - bytes.len(),
            length: bytes.len(),
        };
        // SAFETY: the pages from `start` to `end` have just been made writable and hold nothing else.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.address as *mut u8, bytes.len()) };
        Ok(buffer)
    }
}

impl Buffer {
    /// What the buffer holds now.
    ///
    /// # Safety
    ///
    /// The buffer has to be accessible still.
    pub unsafe fn read(self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.length);
        // SAFETY: the caller vouches for the source; the destination has just been given that capacity. A copy through
        // raw pointers, because a thread of the provider may write to the buffer at the same time.
        unsafe {
            ptr::copy(self.address as *const u8, bytes.as_mut_ptr(), self.length);
            bytes.set_len(self.length);
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_end_at_pages_and_addresses_rest_before_they_return() {
        let page = memory::page_size();
        let mut arena = Arena::of_size(8 * page).unwrap();
        let mut seen = Vec::new();
        for round in 0..5u8 {
            arena.begin([5, 0].into_iter()).unwrap();
            let some = arena.place(&[round; 5], "f", 0).unwrap();
            let none = arena.place(&[], "f", 1).unwrap();
            assert_eq!((some.address + 5) % page, 0);
            assert_eq!(none.address % page, 0);
            // SAFETY: the call has not ended yet.
            assert_eq!(unsafe { some.read() }, [round; 5]);
            arena.end().unwrap();
            seen.push(some.address);
        }
        assert_ne!(seen[0], seen[1]);
        assert_eq!(seen[0], seen[2], "two calls fill the arena of eight pages");
        assert!(arena.begin([9 * page].into_iter()).is_err());
    }

    #[test]
    fn a_kept_buffer_outlives_the_call() {
        let mut arena = Arena::of_size(16 * memory::page_size()).unwrap();
        arena.begin(std::iter::empty()).unwrap();
        let kept = arena.place_for_good(b"kept", "f", 0).unwrap();
        arena.end().unwrap();
        // SAFETY: it stays accessible as long as the process lives.
        assert_eq!(unsafe { kept.read() }, b"kept");
    }
}
