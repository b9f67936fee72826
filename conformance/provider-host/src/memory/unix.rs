//! Pages by `mmap` and `mprotect`.

use std::{io, ptr};

/// Bytes of a page.
pub fn page_size() -> usize {
    // SAFETY: takes no pointers; the page size is always known.
    let size = unsafe { libc::sysconf(libc::_SC_PAGESIZE) };
    usize::try_from(size).unwrap_or(4096)
}

/// Takes `length` bytes of inaccessible address space and returns where they begin.
pub fn reserve(length: usize) -> io::Result<usize> {
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: an anonymous mapping wherever the system likes touches nothing that exists.
    let start = unsafe { libc::mmap(ptr::null_mut(), length, libc::PROT_NONE, flags, -1, 0) };
    if start == libc::MAP_FAILED {
        Err(io::Error::last_os_error())
    } else {
        Ok(start as usize)
    }
}

/// Makes `length` bytes at the page `start` readable and writable.
///
/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned.
pub unsafe fn open(start: usize, length: usize) -> io::Result<()> {
    // SAFETY: the caller vouches for the range.
    unsafe { protect(start, length, libc::PROT_READ | libc::PROT_WRITE) }
}

/// Makes `length` bytes at the page `start` inaccessible.
///
/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned, to which nothing of ours points.
pub unsafe fn close(start: usize, length: usize) -> io::Result<()> {
    // SAFETY: the caller vouches for the range.
    unsafe { protect(start, length, libc::PROT_NONE) }
}

/// Makes `length` bytes at the page `start` inaccessible whatever [`open`] does later, and says whether it could (Linux
/// can from 6.13 on).
///
/// # Safety
///
/// As for [`close`].
pub unsafe fn guard(start: usize, length: usize) -> bool {
    /// `MADV_GUARD_INSTALL`, a name that the C libraries' headers do not have yet.
    const MADV_GUARD_INSTALL: libc::c_int = 102;
    // SAFETY: the caller vouches for the range; a kernel that does not know the advice refuses it.
    cfg!(target_os = "linux") && unsafe { libc::madvise(start as *mut _, length, MADV_GUARD_INSTALL) } == 0
}

/// Gives all of `length` bytes at `start` back.
///
/// # Safety
///
/// It has to be one whole result of [`reserve`], to which nothing of ours points.
pub unsafe fn give_back(start: usize, length: usize) -> io::Result<()> {
    // SAFETY: the caller vouches for the range.
    let result = unsafe { libc::munmap(start as *mut _, length) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}

/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned.
unsafe fn protect(start: usize, length: usize, to: libc::c_int) -> io::Result<()> {
    // SAFETY: the caller vouches that the range is ours.
    let result = unsafe { libc::mprotect(start as *mut _, length, to) };
    if result == 0 {
        Ok(())
    } else {
        Err(io::Error::last_os_error())
    }
}
