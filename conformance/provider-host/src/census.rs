//! What this process has: threads, handles, memory, open ports. What a provider leaves behind shows in it.

use offhook_host_protocol::Message;
use std::io;

/// Counts it all.
pub fn take(ports: &[String]) -> io::Result<Message> {
    let (threads, handles, memory) = platform::counts()?;
    Ok(Message::Census {
        threads,
        handles,
        memory,
        open: ports.iter().map(|port| platform::holds(port)).collect(),
    })
}

/// How many threads this process has.
pub fn threads() -> io::Result<u32> {
    platform::threads()
}

#[cfg(target_os = "linux")]
mod platform {
    use std::{fs, io, path::Path};

    fn entries(dir: &str) -> io::Result<u32> {
        fs::read_dir(dir).map(|entries| u32::try_from(entries.count()).unwrap_or(u32::MAX))
    }

    pub fn threads() -> io::Result<u32> {
        entries("/proc/self/task")
    }

    pub fn counts() -> io::Result<(u32, u32, u64)> {
        let status = fs::read_to_string("/proc/self/status")?;
        // `RssAnon:     1234 kB`
        let anonymous = status.lines().find_map(|line| {
            let kibibytes = line.strip_prefix("RssAnon:")?.trim().strip_suffix("kB")?;
            kibibytes.trim().parse::<u64>().ok()
        });
        let memory = anonymous.ok_or_else(|| io::Error::other("/proc/self/status has no RssAnon"))?;
        Ok((threads()?, entries("/proc/self/fd")?, memory << 10))
    }

    pub fn holds(port: &str) -> bool {
        let port = fs::canonicalize(port).unwrap_or_else(|_| Path::new(port).to_owned());
        let Ok(entries) = fs::read_dir("/proc/self/fd") else {
            return false;
        };
        let mut files = entries
            .flatten()
            .filter_map(|entry| fs::read_link(entry.path()).ok());
        files.any(|file| file == port)
    }
}

#[cfg(windows)]
mod platform {
    use std::{ffi::c_void, io, mem, ptr};
    use windows_sys::{
        Wdk::System::SystemInformation::{NtQuerySystemInformation, SYSTEM_INFORMATION_CLASS},
        Win32::{
            Foundation::{
                CloseHandle, ERROR_ACCESS_DENIED, ERROR_SHARING_VIOLATION, GENERIC_READ, GENERIC_WRITE,
                GetLastError, INVALID_HANDLE_VALUE, STATUS_INFO_LENGTH_MISMATCH,
            },
            Storage::FileSystem::{CreateFileW, OPEN_EXISTING},
            System::{
                Diagnostics::ToolHelp::{
                    CreateToolhelp32Snapshot, TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First, Thread32Next,
                },
                Memory::{MEM_COMMIT, MEM_PRIVATE, MEMORY_BASIC_INFORMATION, VirtualQuery},
                Threading::{GetCurrentProcess, GetCurrentProcessId, GetProcessHandleCount},
            },
        },
    };

    pub fn counts() -> io::Result<(u32, u32, u64)> {
        let mut handles = 0;
        // SAFETY: a handle of this process, and room for the number.
        if unsafe { GetProcessHandleCount(GetCurrentProcess(), &raw mut handles) } == 0 {
            return Err(io::Error::last_os_error());
        }
        // Wine says that every process has none, but lists those of all.
        if handles == 0 {
            handles = listed()?;
        }
        Ok((threads()?, handles, memory()))
    }

    /// The number of this process's handles among those of all processes.
    fn listed() -> io::Result<u32> {
        /// `SystemExtendedHandleInformation`, which the headers do not name.
        const ALL_HANDLES: SYSTEM_INFORMATION_CLASS = 64;
        /// `SYSTEM_HANDLE_TABLE_ENTRY_INFO_EX`.
        #[repr(C)]
        struct Entry {
            object: usize,
            process: usize,
            handle: usize,
            access: u32,
            back_trace: u16,
            kind: u16,
            attributes: u32,
            reserved: u32,
        }
        /// The number of entries and a reserved word before them.
        const HEAD: usize = 2;
        let mut words = vec![0usize; 1 << 14];
        loop {
            let size = u32::try_from(size_of_val(words.as_slice())).unwrap_or(u32::MAX);
            let mut needed = 0;
            // SAFETY: `words` is writable over its size, and `needed` is.
            let status = unsafe {
                NtQuerySystemInformation(ALL_HANDLES, words.as_mut_ptr().cast(), size, &raw mut needed)
            };
            if status == STATUS_INFO_LENGTH_MISMATCH && words.len() < 1 << 24 {
                words.resize(2 * words.len(), 0);
                continue;
            }
            if status != 0 {
                return Err(io::Error::other(format!(
                    "the handles are not listed: status {status:#x}"
                )));
            }
            let room = size_of_val(&words[HEAD..]) / size_of::<Entry>();
            // SAFETY: behind the head are so many entries, which is no more than there is room for; words are aligned for them.
            let entries = unsafe {
                std::slice::from_raw_parts(words[HEAD..].as_ptr().cast::<Entry>(), words[0].min(room))
            };
            let own = std::process::id() as usize;
            let count = entries.iter().filter(|entry| entry.process == own).count();
            return Ok(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }

    /// What is committed and private, region by region.
    fn memory() -> u64 {
        let (mut sum, mut address) = (0, ptr::null::<c_void>());
        // SAFETY: all zeros are a value of it.
        let mut region: MEMORY_BASIC_INFORMATION = unsafe { mem::zeroed() };
        let size = size_of::<MEMORY_BASIC_INFORMATION>();
        // SAFETY: any address may be asked about, and there is room for the answer; beyond the last it says nothing.
        while unsafe { VirtualQuery(address, &raw mut region, size) } != 0 && region.RegionSize != 0 {
            if region.State == MEM_COMMIT && region.Type == MEM_PRIVATE {
                sum += region.RegionSize as u64;
            }
            let Some(next) = region.BaseAddress.addr().checked_add(region.RegionSize) else {
                break;
            };
            address = region.BaseAddress.with_addr(next);
        }
        sum
    }

    pub fn threads() -> io::Result<u32> {
        // SAFETY: no pointers; the snapshot is closed below.
        let snapshot = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0) };
        if snapshot == INVALID_HANDLE_VALUE {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: all zeros are a value of it.
        let mut entry: THREADENTRY32 = unsafe { mem::zeroed() };
        entry.dwSize = size_of::<THREADENTRY32>() as u32;
        let mut count = 0;
        // SAFETY: a snapshot that is open, and an entry that says its size; and the process's own number.
        unsafe {
            let own = GetCurrentProcessId();
            let mut more = Thread32First(snapshot, &raw mut entry);
            while more != 0 {
                count += u32::from(entry.th32OwnerProcessID == own);
                more = Thread32Next(snapshot, &raw mut entry);
            }
            CloseHandle(snapshot);
        }
        Ok(count)
    }

    /// A port is open once at a time: who holds it keeps this out.
    pub fn holds(port: &str) -> bool {
        let name: Vec<u16> = port.encode_utf16().chain([0]).collect();
        // SAFETY: a text with its null, and no other pointers.
        unsafe {
            let access = GENERIC_READ | GENERIC_WRITE;
            let file = CreateFileW(
                name.as_ptr(),
                access,
                0,
                ptr::null(),
                OPEN_EXISTING,
                0,
                ptr::null_mut(),
            );
            if file == INVALID_HANDLE_VALUE {
                return matches!(GetLastError(), ERROR_ACCESS_DENIED | ERROR_SHARING_VIOLATION);
            }
            CloseHandle(file);
            false
        }
    }
}

#[cfg(not(any(target_os = "linux", windows)))]
mod platform {
    use std::io;

    pub fn threads() -> io::Result<u32> {
        Err(io::Error::other(
            "what a process has is not counted on this system",
        ))
    }

    pub fn counts() -> io::Result<(u32, u32, u64)> {
        threads().map(|threads| (threads, 0, 0))
    }

    pub fn holds(_: &str) -> bool {
        false
    }
}
