//! The calls that this library stands in front of.

use std::ffi::{CStr, c_void};

use libc::{c_int, c_ulong};

/// The kernel's `ioctl`.
///
/// # Safety
/// As `ioctl(2)`.
pub(crate) unsafe fn real_ioctl(fd: c_int, request: c_ulong, argument: *mut c_void) -> c_int {
    // SAFETY: the caller's promise. The result of ioctl is an int.
    unsafe { libc::syscall(libc::SYS_ioctl, fd, request, argument) as c_int }
}

/// The next definition of a function after this library's.
///
/// # Safety
/// `T` is the type of a pointer to that function.
pub(crate) unsafe fn next<T: Copy>(name: &CStr) -> Option<T> {
    const { assert!(size_of::<T>() == size_of::<*mut c_void>()) };
    // SAFETY: the name ends with a zero.
    let found = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
    // SAFETY: a pointer of the same size; not null, and the caller says that it is one of this type.
    (!found.is_null()).then(|| unsafe { std::mem::transmute_copy(&found) })
}

/// Sets `errno`; the result of a call that failed.
pub(crate) fn fail(error: c_int) -> c_int {
    // SAFETY: this thread's errno.
    unsafe { *libc::__errno_location() = error };
    -1
}

/// This thread's `errno`, put back when dropped: looking for a page must not show in calls that are passed on.
pub(crate) struct KeepErrno(c_int);

impl KeepErrno {
    pub(crate) fn new() -> KeepErrno {
        // SAFETY: this thread's errno.
        KeepErrno(unsafe { *libc::__errno_location() })
    }
}

impl Drop for KeepErrno {
    fn drop(&mut self) {
        // SAFETY: as above.
        unsafe { *libc::__errno_location() = self.0 };
    }
}
