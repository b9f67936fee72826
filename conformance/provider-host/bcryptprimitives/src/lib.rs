//! The one export of Windows' `bcryptprimitives.dll` that Rust's standard library imports, for a Wine that has no such
//! DLL: without it neither the provider host nor a provider written in Rust loads there. Empty elsewhere.
#![allow(unsafe_code)]

#[cfg(windows)]
mod windows {
    #[link(name = "advapi32")]
    unsafe extern "system" {
        /// `RtlGenRandom` by the name under which advapi32 exports it.
        fn SystemFunction036(buffer: *mut u8, length: u32) -> u8;
    }

    /// Fills `length` bytes at `buffer` with random bytes; returns `TRUE`, or `FALSE` where the system has none to give.
    ///
    /// # Safety
    ///
    /// `buffer` has to be valid for writes of `length` bytes.
    #[unsafe(no_mangle)]
    pub unsafe extern "system" fn ProcessPrng(buffer: *mut u8, length: usize) -> i32 {
        let mut done = 0;
        while done < length {
            let part = u32::try_from(length - done).unwrap_or(u32::MAX);
            // SAFETY: the caller vouches for `length` bytes at `buffer`, and `done + part` is at most `length`.
            if unsafe { SystemFunction036(buffer.add(done), part) } == 0 {
                return 0;
            }
            done += part as usize;
        }
        1
    }
}
