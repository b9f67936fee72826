//! Pages by `VirtualAlloc` and `VirtualFree`.

use std::{io, mem, ptr};
use windows_sys::Win32::System::{
    Memory::{
        MEM_COMMIT, MEM_DECOMMIT, MEM_RESERVE, PAGE_NOACCESS, PAGE_READWRITE, VirtualAlloc, VirtualFree,
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

/// Reserves `length` bytes of inaccessible address space and returns where they begin.
pub fn reserve(length: usize) -> io::Result<usize> {
    // SAFETY: a reservation wherever the system likes touches nothing that exists.
    let start = unsafe { VirtualAlloc(ptr::null(), length, MEM_RESERVE, PAGE_NOACCESS) };
    if start.is_null() {
        Err(io::Error::last_os_error())
    } else {
        Ok(start as usize)
    }
}

/// Makes `length` zeroed bytes at the page `start` readable and writable.
///
/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned.
pub unsafe fn open(start: usize, length: usize) -> io::Result<()> {
    // SAFETY: the caller vouches that the range is reserved address space of ours.
    let opened = unsafe { VirtualAlloc(start as *const _, length, MEM_COMMIT, PAGE_READWRITE) };
    if opened.is_null() {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}

/// Makes `length` bytes at the page `start` inaccessible again and gives their memory back, in one step.
///
/// # Safety
///
/// The range has to be whole pages of what [`reserve`] returned, to which nothing of ours points.
pub unsafe fn close(start: usize, length: usize) -> io::Result<()> {
    // SAFETY: the caller vouches that the range is ours and unused.
    let closed = unsafe { VirtualFree(start as *mut _, length, MEM_DECOMMIT) };
    if closed == 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(())
    }
}
