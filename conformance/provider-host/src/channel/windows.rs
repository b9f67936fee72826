//! Unix descriptors of a process that runs under Wine.

use std::{
    ffi::{CStr, c_char, c_void},
    fs::File,
    io, mem,
    os::windows::io::FromRawHandle,
    ptr,
};
use windows_sys::Win32::{
    Foundation::{GENERIC_READ, GENERIC_WRITE},
    System::LibraryLoader::{GetModuleHandleA, GetProcAddress},
};

/// `SYNCHRONIZE`, the right to wait for a handle.
const SYNCHRONIZE: u32 = 0x0010_0000;

/// Wine's `wine_server_fd_to_handle`: descriptor, access, attributes, where to put the handle; returns an NTSTATUS.
type FdToHandle = unsafe extern "C" fn(i32, u32, u32, *mut *mut c_void) -> i32;

/// Turns the Unix descriptors into handles, which Wine's ntdll does for those who ask.
pub fn from_fds(requests: i32, messages: i32) -> io::Result<(File, File)> {
    let Some(address) = ntdll(c"wine_server_fd_to_handle") else {
        return Err(io::Error::other(
            "descriptors are passed only under Wine, and this is none",
        ));
    };
    // SAFETY: that is the type of Wine's function of that name.
    let fd_to_handle = unsafe { mem::transmute::<*const c_void, FdToHandle>(address) };
    let open = |fd, access| {
        let mut handle = ptr::null_mut();
        // SAFETY: `handle` is writable for the call.
        let status = unsafe { fd_to_handle(fd, access | SYNCHRONIZE, 0, &raw mut handle) };
        if status != 0 {
            return Err(io::Error::other(format!(
                "descriptor {fd} is no handle: status {status:#x}"
            )));
        }
        // SAFETY: Wine has just made the handle for us.
        Ok(unsafe { File::from_raw_handle(handle) })
    };
    Ok((open(requests, GENERIC_READ)?, open(messages, GENERIC_WRITE)?))
}

/// The platform in words, with Wine's version where this is Wine.
pub fn platform() -> String {
    let windows = format!("windows {}", std::env::consts::ARCH);
    let Some(address) = ntdll(c"wine_get_version") else {
        return windows;
    };
    // SAFETY: that is the type of Wine's function of that name; it returns a string constant.
    let version = unsafe {
        let get = mem::transmute::<*const c_void, unsafe extern "C" fn() -> *const c_char>(address);
        CStr::from_ptr(get())
    };
    format!("{windows} (wine {})", version.to_string_lossy())
}

/// The address of an export of ntdll.
fn ntdll(name: &CStr) -> Option<*const c_void> {
    // SAFETY: both names are terminated; ntdll is always loaded.
    let address = unsafe {
        GetProcAddress(
            GetModuleHandleA(c"ntdll.dll".as_ptr().cast()),
            name.as_ptr().cast(),
        )
    };
    address.map(|address| address as *const c_void)
}
