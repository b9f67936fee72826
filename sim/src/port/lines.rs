//! The simulator's side of a pseudo-terminal's page of control circuits; see [`super::page`] for its layout.

use std::cell::Cell;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
use rustix::fs::{FlockOperation, flock};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use super::page;
use crate::wire::uart::Parity;
use crate::wire::v24::{DceCircuits, DteCircuits};

/// The client's part of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClientPart([u8; page::DTE_LENGTH]);

impl ClientPart {
    pub(super) const FRESH: ClientPart = ClientPart(page::DTE_FRESH);

    /// The client's circuits; all fall at rate 0, which means "hang up" (`B0`).
    pub(super) fn circuits(self, rate: u32) -> DteCircuits {
        DteCircuits {
            dtr: self.0[page::DTR] != 0 && rate != 0,
            rts: self.0[page::RTS] != 0 && rate != 0,
        }
    }

    /// Data bits, parity and stop bits, where the client set them: the terminal itself keeps eight bits always.
    pub(super) fn framing(self) -> Option<(u8, Parity, u8)> {
        let parity = match self.0[page::PARITY] {
            1 => Parity::Odd,
            2 => Parity::Even,
            3 => Parity::Mark,
            4 => Parity::Space,
            _ => Parity::None,
        };
        let bits = self.0[page::DATA_BITS];
        (5..=8)
            .contains(&bits)
            .then_some((bits, parity, self.0[page::STOP_BITS].clamp(1, 2)))
    }

    /// Whether a break began between the two.
    pub(super) fn broke_since(self, earlier: ClientPart) -> bool {
        self.0[page::BREAKS] != earlier.0[page::BREAKS]
    }

    /// How often the client asked for all that it wrote to be taken.
    pub(super) fn drains(self) -> u8 {
        self.0[page::DRAINS]
    }

    /// This part, with what the other one says of breaks.
    pub(super) fn with_breaks_of(mut self, part: ClientPart) -> ClientPart {
        self.0[page::BREAKS] = part.0[page::BREAKS];
        self
    }
}

/// A page that no runtime knows yet. The file goes with it.
#[derive(Debug)]
pub(super) struct Builder {
    file: File,
    name: Name,
    watch: OwnedFd,
}

impl Builder {
    /// Makes the page of the terminal at `slave`.
    pub(super) fn make(slave: &Path) -> io::Result<Builder> {
        let about = fs::metadata(slave)?;
        let number = rustix::fs::minor(about.rdev());
        let folder = folder(about.uid())?;
        let path = folder.join(page::file_name(number));
        // What lies there is a dead simulator's: terminals that are open have numbers of their own. Clients of the
        // old file must not follow into the new one.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let name = Name(path);
        // Held as long as the simulator lives: a client knows by it that the page is not left over.
        flock(&file, FlockOperation::NonBlockingLockExclusive)?;
        let mut content = [0; page::LENGTH];
        content[..8].copy_from_slice(&page::MAGIC);
        content[page::DEVICE..page::DEVICE + 8].copy_from_slice(&about.dev().to_le_bytes());
        content[page::DTE..page::DTE + page::DTE_LENGTH].copy_from_slice(&page::DTE_FRESH);
        file.write_all_at(&content, 0)?;
        let watch = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
        add_watch(&watch, &name.0, WatchFlags::MODIFY)?;
        Ok(Builder { file, name, watch })
    }

    pub(super) fn build(self) -> io::Result<Lines> {
        Ok(Lines {
            watch: super::pty::register(Rc::new(self.watch), Interest::READABLE)?,
            file: self.file,
            name: self.name,
            shown: Cell::default(),
        })
    }
}

/// The folder of this user's pages, made where it is missing.
fn folder(user: u32) -> io::Result<PathBuf> {
    if let Some(folder) = std::env::var_os(page::FOLDER_VARIABLE) {
        fs::create_dir_all(&folder)?;
        return Ok(folder.into());
    }
    let mut last = io::Error::from(io::ErrorKind::NotFound);
    for place in page::PLACES {
        let folder = Path::new(place).join(page::folder_name(user));
        let made = fs::DirBuilder::new().mode(0o700).create(&folder);
        match made {
            Ok(()) => return Ok(folder),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                // Others may write to these places too: the folder has to be this user's, and no link.
                let about = fs::symlink_metadata(&folder)?;
                if about.is_dir() && about.uid() == rustix::process::geteuid().as_raw() {
                    return Ok(folder);
                }
                last = io::Error::other(format!("{} belongs to somebody else", folder.display()));
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}

/// A page on the driver's thread.
pub(super) struct Lines {
    watch: AsyncFd<Rc<OwnedFd>>,
    file: File,
    #[expect(dead_code, reason = "removes the file when it goes")]
    name: Name,
    /// What was shown last, and how often each circuit changed.
    shown: Cell<(DceCircuits, [u32; 4])>,
}

impl Lines {
    /// Shows the client what the modem holds on.
    pub(super) fn set_circuits(&self, dce: DceCircuits) -> io::Result<()> {
        let (before, mut counts) = self.shown.get();
        let changed = [
            dce.cts != before.cts,
            dce.dsr != before.dsr,
            before.ri && !dce.ri,
            dce.dcd != before.dcd,
        ];
        for (count, changed) in counts.iter_mut().zip(changed) {
            *count = count.wrapping_add(changed.into());
        }
        self.shown.set((dce, counts));
        let bit = |on: bool, bit: u8| if on { bit } else { 0 };
        let circuits = bit(dce.cts, page::CTS)
            | bit(dce.dsr, page::DSR)
            | bit(dce.ri, page::RI)
            | bit(dce.dcd, page::DCD);
        let counts: Vec<u8> = counts.iter().flat_map(|count| count.to_le_bytes()).collect();
        // The counts come first: who waits for a change looks at them, and then at the circuits. The second write
        // wakes it again.
        self.file.write_all_at(&counts, page::COUNTS as u64)?;
        self.file.write_all_at(&[circuits], page::DCE as u64)
    }

    /// The client's part now.
    pub(super) fn client(&self) -> io::Result<ClientPart> {
        let mut part = [0; page::DTE_LENGTH];
        self.file.read_exact_at(&mut part, page::DTE as u64)?;
        Ok(ClientPart(part))
    }

    /// Tells the client that all that it wrote before its request of this number has been taken.
    pub(super) fn drained(&self, request: u8) -> io::Result<()> {
        self.file.write_all_at(&[request], page::DRAINED as u64)
    }

    /// Leaves the page to the next client as the first one found it.
    pub(super) fn refresh(&self) -> io::Result<()> {
        self.drained(0)?;
        self.file.write_all_at(&page::DTE_FRESH, page::DTE as u64)
    }

    /// Waits until somebody has written to the page since the last call; the simulator's own writes count too.
    pub(super) async fn written(&self) -> io::Result<()> {
        let mut records = [0; 1024];
        loop {
            let mut ready = self.watch.readable().await?;
            match rustix::io::read(self.watch.get_ref(), &mut records) {
                Ok(_) => return Ok(()),
                Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// The page's name in its folder.
#[derive(Debug)]
struct Name(PathBuf);

impl Drop for Name {
    fn drop(&mut self) {
        // Where it cannot be removed, the lock that ends with the simulator tells clients that it is dead.
        fs::remove_file(&self.0).unwrap_or_default();
    }
}
