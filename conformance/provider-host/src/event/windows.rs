//! Event objects of Windows.

use std::{
    io,
    os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle},
    ptr,
};
use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::Threading::{CreateEventW, INFINITE, SetEvent, WaitForSingleObject};

/// An event that stays signalled.
pub struct Event(OwnedHandle);

impl Event {
    pub fn new() -> io::Result<Event> {
        // SAFETY: no attributes and no name are allowed to be passed.
        let handle = unsafe { CreateEventW(ptr::null(), 1, 0, ptr::null()) };
        if handle.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: just made, and nobody else's.
        Ok(Event(unsafe { OwnedHandle::from_raw_handle(handle) }))
    }

    /// Waits until it is signalled, which it stays.
    pub fn wait(&self) -> bool {
        self.signalled_within(INFINITE)
    }

    pub fn is_signalled(&self) -> bool {
        self.signalled_within(0)
    }

    fn signalled_within(&self, ms: u32) -> bool {
        // SAFETY: the handle is open as long as `self` lives.
        unsafe { WaitForSingleObject(self.0.as_raw_handle(), ms) == WAIT_OBJECT_0 }
    }

    pub fn signal(&self) {
        // SAFETY: the handle is open as long as `self` lives.
        unsafe { SetEvent(self.0.as_raw_handle()) };
    }

    pub fn handle(&self) -> usize {
        self.0.as_raw_handle() as usize
    }
}
