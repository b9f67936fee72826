//! The arguments' memory: each buffer ends exactly at an inaccessible page, and all of a call's memory becomes
//! inaccessible when the call returns. Addresses are used again only after the whole arena has been used once.
//!
//! Changing what is accessible costs more than anything else in a call. So the pages of closed buffers are kept and
//! only made inaccessible, all those of a call at once, and some are opened ahead, while the parent has its turn: many
//! in one step where the guard pages between them can be made to last.

use crate::{ledger, memory};
use std::{collections::VecDeque, io, ptr};

/// Slots of the ring, each a page for a buffer and a guard page: some hundred calls before an address returns.
const SLOTS: usize = 1024;

/// Slots that are open when a call comes; few functions have more pointers.
const AHEAD: usize = 4;

/// Slots that are opened in one step where that can be done; divides the ring.
const BATCH: usize = 32;

/// Long buffers whose addresses are kept from being used again.
const RESTING: usize = 16;

/// Address space from which calls take their buffers.
pub struct Arena {
    start: usize,
    slots: usize,
    page: usize,
    /// Counts slots without end; the slot's place is the count modulo [`Arena::slots`]. Slots from `first` to `next` are
    /// the current call's, those from there to `open` are open and unused.
    first: usize,
    next: usize,
    open: usize,
    /// How many slots are opened in one step.
    batch: usize,
    /// Buffers of the current call that are longer than a page: where their pages begin, and how many bytes they take.
    long: Vec<(usize, usize)>,
    /// Those of earlier calls, inaccessible, the oldest first.
    resting: VecDeque<(usize, usize)>,
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
    /// Takes the address space and opens the first slots.
    pub fn new() -> io::Result<Arena> {
        let mut arena = Arena::of_slots(SLOTS)?;
        arena.prepare()?;
        Ok(arena)
    }

    fn of_slots(slots: usize) -> io::Result<Arena> {
        let page = memory::page_size();
        let start = memory::reserve(slots * 2 * page)?;
        // SAFETY: pages of the arena, which is unused as yet.
        let lasting = slots.is_multiple_of(BATCH) && unsafe { memory::guard(start + page, page) };
        let batch = if lasting { BATCH } else { 1 };
        Ok(Arena {
            start,
            slots,
            page,
            first: 0,
            next: 0,
            open: 0,
            batch,
            long: Vec::new(),
            resting: VecDeque::new(),
        })
    }

    /// Puts `bytes` into a new buffer of the current call; `argument` counts from 0.
    pub fn place(&mut self, bytes: &[u8], function: &'static str, argument: usize) -> io::Result<Buffer> {
        if bytes.len() > self.page {
            let (start, length) = self.fresh(bytes.len())?;
            self.long.push((start, length));
            return Ok(self.fill(start, length, bytes, function, argument));
        }
        if self.next == self.open {
            self.open_slots()?;
        }
        let start = self.slot(self.next);
        self.next += 1;
        Ok(self.fill(start, self.page, bytes, function, argument))
    }

    /// Puts `bytes` into a buffer that stays accessible as long as the process lives.
    pub fn place_for_good(
        &self,
        bytes: &[u8],
        function: &'static str,
        argument: usize,
    ) -> io::Result<Buffer> {
        let (start, length) = self.fresh(bytes.len())?;
        Ok(self.fill(start, length, bytes, function, argument))
    }

    /// Makes all that the current call has taken inaccessible.
    pub fn end(&mut self) -> io::Result<()> {
        while self.first < self.next {
            // A run of slots up to the end of the call or of the ring.
            let place = self.first % self.slots;
            let count = (self.next - self.first).min(self.slots - place);
            let start = self.slot(self.first);
            self.close(start, 2 * count * self.page)?;
            self.first += count;
        }
        for (start, length) in std::mem::take(&mut self.long) {
            self.close(start, length)?;
            self.resting.push_back((start, length));
        }
        while self.resting.len() > RESTING {
            if let Some((start, length)) = self.resting.pop_front() {
                // SAFETY: `fresh` made the mapping, and nothing has pointed to it since the call's end.
                unsafe { memory::give_back(start, length + self.page)? };
            }
        }
        Ok(())
    }

    /// Opens slots for the next call; for the time when no one waits.
    pub fn prepare(&mut self) -> io::Result<()> {
        while self.open < self.next + AHEAD {
            self.open_slots()?;
        }
        Ok(())
    }

    fn open_slots(&mut self) -> io::Result<()> {
        let start = self.slot(self.open);
        // SAFETY: pages of the arena that no buffer of this call lies in, as there are far more slots than arguments. The
        // guard pages in between last, and the last one is never opened.
        unsafe { memory::open(start, (2 * self.batch - 1) * self.page)? };
        if self.open < self.slots {
            self.make_slots(start)?;
        }
        self.open += self.batch;
        Ok(())
    }

    /// What is done for slots when they are opened for the first time.
    fn make_slots(&self, start: usize) -> io::Result<()> {
        for slot in 0..self.batch {
            let start = start + slot * 2 * self.page;
            // SAFETY: pages of the arena that have just been opened and that nothing lies in yet.
            unsafe {
                // The first touch of a page is slow, so it is done here.
                (start as *mut u8).write_volatile(0);
                if self.batch > 1 && !memory::guard(start + self.page, self.page) {
                    return Err(io::Error::last_os_error());
                }
            }
        }
        Ok(())
    }

    fn close(&self, start: usize, length: usize) -> io::Result<()> {
        ledger::release(&(start..start + length));
        // SAFETY: whole pages of ours, and the buffers in it have been read back by now.
        unsafe { memory::close(start, length) }
    }

    fn slot(&self, count: usize) -> usize {
        self.start + count % self.slots * 2 * self.page
    }

    /// New open pages for `length` bytes, with a guard page of their own.
    fn fresh(&self, length: usize) -> io::Result<(usize, usize)> {
        let pages = length.div_ceil(self.page).max(1) * self.page;
        let start = memory::reserve(pages + self.page)?;
        // SAFETY: just reserved.
        unsafe { memory::open(start, pages)? };
        Ok((start, pages))
    }

    /// Lets `bytes` end at the end of the `length` open bytes at `start`, behind which is a guard page.
    fn fill(
        &self,
        start: usize,
        length: usize,
        bytes: &[u8],
        function: &'static str,
        argument: usize,
    ) -> Buffer {
        let end = start + length;
        let buffer = Buffer {
            address: end - bytes.len(),
            length: bytes.len(),
        };
        // SAFETY: the callers have opened these pages, and nothing else lies in them.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), buffer.address as *mut u8, bytes.len()) };
        ledger::enter(start..end + self.page, buffer, function, argument);
        buffer
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
        let mut arena = Arena::of_slots(7).unwrap();
        let mut seen = Vec::new();
        for round in 0..8u8 {
            arena.prepare().unwrap();
            let some = arena.place(&[round; 5], "f", 0).unwrap();
            let none = arena.place(&[], "f", 1).unwrap();
            let long = arena.place(&vec![round; page + 1], "f", 2).unwrap();
            assert_eq!((some.address + 5) % page, 0);
            assert_eq!(none.address % page, 0);
            assert_eq!((long.address + 1) % page, 0);
            // SAFETY: the call has not ended yet.
            unsafe {
                assert_eq!(some.read(), [round; 5]);
                assert_eq!(long.read(), vec![round; page + 1]);
            }
            arena.end().unwrap();
            assert!(
                !seen[seen.len().saturating_sub(3)..].contains(&some.address),
                "too soon: {round}"
            );
            seen.push(some.address);
        }
        assert_eq!(
            seen[0], seen[7],
            "seven times two slots are twice the ring of seven"
        );
    }

    #[test]
    fn a_kept_buffer_outlives_the_call() {
        let mut arena = Arena::of_slots(16).unwrap();
        let kept = arena.place_for_good(b"kept", "f", 0).unwrap();
        arena.end().unwrap();
        // SAFETY: it stays accessible as long as the process lives.
        assert_eq!(unsafe { kept.read() }, b"kept");
    }
}
