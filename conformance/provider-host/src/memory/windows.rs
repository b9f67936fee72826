//! Pages by `VirtualAlloc` and `VirtualProtect`.

use std::{io, mem, ptr};
use windows_sys::Win32::System::{
    Memory::{
        MEM_COMMIT, MEM_RELEASE, MEM_RESERVE, PAGE_NOACCESS, PAGE_READWRITE, VirtualAlloc, VirtualFree,
        VirtualProtect,
    },
    SystemInformation::{GetSystemInfo, SYSTEM_INFO},
};

/// Bytes of a page.
pub fn page_size() -> usize {
    // SAFETY: SYSTEM_INFO is plain numbers and pointers, for which zero is a value.
    let mut info: SYSTEM_INFO = unsafe { mem::zeroed() };
    // SAFETY: `info` is writable for the call.
    unsafe { GetSystemInfo(&raw mut info) };
    info.dwPageSize as usize
}

/// Takes `length` bytes of inaccessible address space and returns where they begin.
pub fn reserve(length: usize) -> io::Result<usize> {
    // SAFETY: memory wherever the system likes touches nothing that exists.
    let start = unsafe { VirtualAlloc(ptr::null(), length, MEM_RESERVE | MEM_COMMIT, PAGE_NOACCESS) };
    if start.is_null() {
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
    unsafe { protect(start, length, PAGE_READWRITE) }
}

/// Makes `length` bytes at the page `start` inaccessible.
///
/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned, to which nothing of ours points.
pub unsafe fn close(start: usize, length: usize) -> io::Result<()> {
    // SAFETY: the caller vouches for the range.
    unsafe { protect(start, length, PAGE_NOACCESS) }
}

/// Makes `length` bytes inaccessible whatever [`open`] does later; Windows has nothing of the kind.
///
/// # Safety
///
/// As for [`close`].
pub unsafe fn guard(_: usize, _: usize) -> bool {
    false
}

/// Gives all of what [`reserve`] returned at `start` back; Windows knows its length.
///
/// # Safety
///
/// It has to be one whole result of [`reserve`], to which nothing of ours points.
pub unsafe fn give_back(start: usize, _: usize) -> io::Result<()> {
    // SAFETY: the caller vouches for it.
    let done = unsafe { VirtualFree(start as *mut _, 0, MEM_RELEASE) };
    if done == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned.
unsafe fn protect(start: usize, length: usize, to: u32) -> io::Result<()> {
    let mut before = 0;
    // SAFETY: the caller vouches that the range is ours; `before` is writable for the call.
    let done = unsafe { VirtualProtect(start as *const _, length, to, &raw mut before) };
    if done == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
