//! Pages by `mmap` and `mprotect`.

use std::{io, ptr};

/// Bytes of a page.
pub fn page_size() -> usize {
    // SAFETY: takes no pointers; the page size is always known.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

/// Reserves `length` bytes of inaccessible address space and returns where they begin.
pub fn reserve(length: usize) -> io::Result<usize> {
    map(ptr::null_mut(), length, 0)
}

/// Makes `length` zeroed bytes at the page `start` readable and writable.
///
/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned.
pub unsafe fn open(start: usize, length: usize) -> io::Result<()> {
    // SAFETY: the caller vouches that the range is reserved address space of ours.
    let result = unsafe { libc::mprotect(start as *mut _, length, libc::PROT_READ | libc::PROT_WRITE) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// Makes `length` bytes at the page `start` inaccessible again and gives their memory back, in one step.
///
/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned, to which nothing of ours points.
pub unsafe fn close(start: usize, length: usize) -> io::Result<()> {
    map(start as *mut _, length, libc::MAP_FIXED).map(drop)
}

fn map(at: *mut libc::c_void, length: usize, more: libc::c_int) -> io::Result<usize> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE | more;
    // SAFETY: an anonymous mapping; with MAP_FIXED the callers vouch that what it replaces is theirs.
    let start = unsafe { libc::mmap(at, length, libc::PROT_NONE, flags, -1, 0) };
    if start == libc::MAP_FAILED {
        Err(io::Error::last_os_error())
    } else {
        Ok(start as usize)
    }
}
