//! One terminal and its page, for the length of one call.

use std::ffi::CString;
use std::fs::File;
use std::mem::MaybeUninit;
use std::os::fd::{AsRawFd, FromRawFd};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use libc::c_int;

use crate::call::{KeepErrno, fail};
use crate::page;

/// The major numbers of the slaves of pseudo-terminals.
const SLAVES: std::ops::RangeInclusive<u32> = 136..=143;

/// A pseudo-terminal behind which a simulator lives.
pub(crate) struct Terminal {
    file: File,
    pub(crate) path: CString,
}

impl Terminal {
    /// The terminal that a descriptor is open on; `None` for anything else.
    pub(crate) fn of(fd: c_int) -> Option<Terminal> {
        let _errno = KeepErrno::new();
        let mut about = MaybeUninit::<libc::stat>::uninit();
        // SAFETY: the structure is large enough, and is read only where the call filled it.
        let about = unsafe {
            if libc::fstat(fd, about.as_mut_ptr()) != 0 {
                return None;
            }
            about.assume_init()
        };
        if about.st_mode & libc::S_IFMT != libc::S_IFCHR || !SLAVES.contains(&libc::major(about.st_rdev)) {
            return None;
        }
        let file = page::file_name(libc::minor(about.st_rdev));
        let folders: Vec<PathBuf> = match std::env::var_os(page::FOLDER_VARIABLE) {
            Some(folder) => vec![folder.into()],
            // Whoever owns the terminal runs the simulator.
            None => page::PLACES
                .iter()
                .map(|place| Path::new(place).join(page::folder_name(about.st_uid)))
                .collect(),
        };
        folders
            .iter()
            .find_map(|folder| Terminal::open(&folder.join(&file), about.st_dev))
    }

    fn open(path: &Path, device: u64) -> Option<Terminal> {
        let path = CString::new(path.as_os_str().as_encoded_bytes()).ok()?;
        let flags = libc::O_RDWR | libc::O_CLOEXEC | libc::O_NOFOLLOW;
        // SAFETY: the path ends with a zero. What was opened is nobody else's.
        let file = unsafe {
            let fd = libc::open(path.as_ptr(), flags);
            if fd < 0 {
                return None;
            }
            File::from_raw_fd(fd)
        };
        let mut head = [0; page::DEVICE + 8];
        file.read_exact_at(&mut head, 0).ok()?;
        let is_ours = head.starts_with(&page::MAGIC) && head[page::DEVICE..] == device.to_le_bytes();
        // A living simulator holds the lock.
        // SAFETY: a descriptor of our own.
        let is_alive = unsafe { libc::flock(file.as_raw_fd(), libc::LOCK_SH | libc::LOCK_NB) } != 0;
        (is_ours && is_alive).then_some(Terminal { file, path })
    }

    /// The circuits of both sides as `TIOCMGET` gives them.
    pub(crate) fn modem_bits(&self) -> Option<c_int> {
        let mut dce = [0];
        self.file.read_exact_at(&mut dce, page::DCE as u64).ok()?;
        let dte = self.client()?;
        let of = |on: bool, bit| if on { bit } else { 0 };
        Some(
            of(dte[page::DTR] != 0, libc::TIOCM_DTR)
                | of(dte[page::RTS] != 0, libc::TIOCM_RTS)
                | of(dce[0] & page::CTS != 0, libc::TIOCM_CTS)
                | of(dce[0] & page::DSR != 0, libc::TIOCM_DSR)
                | of(dce[0] & page::RI != 0, libc::TIOCM_RNG)
                | of(dce[0] & page::DCD != 0, libc::TIOCM_CAR),
        )
    }

    /// Changes of CTS, DSR, RI and DCD, as `TIOCGICOUNT` orders them.
    pub(crate) fn counts(&self) -> Option<[u32; 4]> {
        let mut bytes = [0; 16];
        self.file.read_exact_at(&mut bytes, page::COUNTS as u64).ok()?;
        let mut counts = [0; 4];
        for (count, bytes) in counts.iter_mut().zip(bytes.chunks_exact(4)) {
            *count = u32::from_le_bytes(bytes.try_into().ok()?);
        }
        Some(counts)
    }

    /// Switches DTR and RTS; other bits have no meaning here, as on a real port.
    pub(crate) fn switch(&self, on: c_int, off: c_int) -> c_int {
        for (bit, place) in [(libc::TIOCM_DTR, page::DTR), (libc::TIOCM_RTS, page::RTS)] {
            let wanted = if on & bit != 0 {
                1
            } else if off & bit != 0 {
                0
            } else {
                continue;
            };
            if self.put(place, wanted) != 0 {
                return -1;
            }
        }
        0
    }

    /// A break of any length begins.
    pub(crate) fn count_break(&self) -> c_int {
        match self.client() {
            Some(part) => self.put(page::BREAKS, part[page::BREAKS].wrapping_add(1)),
            None => fail(libc::EIO),
        }
    }

    /// The last request to drain that the simulator has met.
    pub(crate) fn drained(&self) -> Option<u8> {
        let mut drained = [0];
        self.file.read_exact_at(&mut drained, page::DRAINED as u64).ok()?;
        Some(drained[0])
    }

    /// The client's part of the page.
    pub(crate) fn client(&self) -> Option<[u8; page::DTE_LENGTH]> {
        let mut part = [0; page::DTE_LENGTH];
        self.file.read_exact_at(&mut part, page::DTE as u64).ok()?;
        Some(part)
    }

    /// Writes one byte of the client's part; 0, or -1 with `errno`.
    pub(crate) fn put(&self, place: usize, value: u8) -> c_int {
        self.write(place, &[value])
    }

    /// Writes bytes of the client's part; 0, or -1 with `errno`.
    pub(crate) fn write(&self, place: usize, values: &[u8]) -> c_int {
        match self.file.write_all_at(values, (page::DTE + place) as u64) {
            Ok(()) => 0,
            Err(_) => fail(libc::EIO),
        }
    }
}
