//! A pseudo-terminal: the modem is the master, the client opens the path of the slave.
//!
//! The client may close and open as it likes. While nobody has the slave open, reading the master fails with EIO
//! and polling it says "hung up" for ever, so it is taken out of the runtime until somebody opens the path.

use std::cell::{Cell, RefCell};
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::rc::Rc;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, QueueSelector, tcflush, tcgetattr, tcsetattr};
use tokio::io::unix::AsyncFd;
use tokio::io::{Interest, Ready};

use super::{PortError, Read};
use crate::wire::uart::{LineSettings, Parity};
use crate::wire::v24::{DceCircuits, DteCircuits};

#[cfg(target_os = "linux")]
use super::lines;
#[cfg(not(target_os = "linux"))]
use no_lines as lines;

/// A new pseudo-terminal that no runtime knows yet.
pub(crate) struct PtyBuilder {
    /// Goes before the master: the terminal's number, and with it the page's name, is another's as soon as it closes.
    lines: lines::Builder,
    master: OwnedFd,
    path: String,
    opens: opens::Builder,
}

impl PtyBuilder {
    /// Makes a pseudo-terminal in raw mode, and gives the path of its slave.
    pub(crate) fn open(number: &str) -> Result<(PtyBuilder, String), PortError> {
        let failed = |step: &'static str| {
            let number = number.to_owned();
            move |source: rustix::io::Errno| PortError::Pty {
                number,
                step,
                source: source.into(),
            }
        };
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let flags = flags | OpenptFlags::CLOEXEC;
        let master = openpt(flags).map_err(failed("openpt"))?;
        grantpt(&master).map_err(failed("grantpt"))?;
        unlockpt(&master).map_err(failed("unlockpt"))?;
        let path = ptsname(&master, Vec::new()).map_err(failed("ptsname"))?;
        let path = path.to_string_lossy().into_owned();
        rustix::io::fcntl_setfd(&master, rustix::io::FdFlags::CLOEXEC).map_err(failed("fcntl"))?;
        rustix::fs::fcntl_setfl(&master, OFlags::RDWR | OFlags::NONBLOCK).map_err(failed("fcntl"))?;
        // Opening and closing the slave once brings the master into the state that it has between two clients.
        let slave = open_slave(&path).map_err(failed("open"))?;
        make_raw(&slave).map_err(failed("tcsetattr"))?;
        let opens = opens::Builder::watch(Path::new(&path)).map_err(failed("watching for a client"))?;
        let lines = lines::Builder::make(Path::new(&path)).map_err(|source| PortError::Pty {
            number: number.to_owned(),
            step: "making its page of control circuits",
            source,
        })?;
        drop(slave);
        Ok((
            PtyBuilder {
                master,
                path: path.clone(),
                opens,
                lines,
            },
            path,
        ))
    }

    pub(super) fn build(self) -> io::Result<Pty> {
        let master = Rc::new(self.master);
        Ok(Pty {
            client: RefCell::new(None),
            was_renewed: Cell::new(false),
            opens: self.opens.build()?,
            lines: self.lines.build()?,
            settings: Cell::new(LineSettings::plain(0)),
            circuits: Cell::new(DteCircuits::READY),
            client_part: Cell::new(lines::ClientPart::FRESH),
            drained: Cell::new(0),
            changes_more: Cell::new(false),
            master,
            path: self.path,
        })
    }
}

/// Bytes in one read from which on more is expected at once. A terminal gives 4095 at most.
const STREAM: usize = 2048;

/// A pseudo-terminal on the driver's thread.
pub(crate) struct Pty {
    /// Goes before the master, as in the builder.
    lines: lines::Lines,
    master: Rc<OwnedFd>,
    path: String,
    /// The master in the runtime, while a client is there; a share, so that the master outlives its removal.
    client: RefCell<Option<Rc<AsyncFd<Rc<OwnedFd>>>>>,
    /// A writer noticed that the client changed; the reader has not said so yet.
    was_renewed: Cell<bool>,
    opens: opens::Opens,
    /// Settings and circuits of the client as they were told last.
    settings: Cell<LineSettings>,
    circuits: Cell<DteCircuits>,
    client_part: Cell<lines::ClientPart>,
    /// The last request to drain that was met.
    drained: Cell<u8>,
    /// The client changed something; it may have changed more.
    changes_more: Cell<bool>,
}

impl Pty {
    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<Read> {
        if self.was_renewed.take() {
            return Ok(Read::ClientGone);
        }
        let master = self.wait_client().await?;
        loop {
            if self.changes_more.take()
                && let Some(read) = self.client_changed()?
            {
                return Ok(read);
            }
            self.meet_drain()?;
            // Bytes come first: who writes `ATH` and drops DTR wants the command to be seen.
            let ready = tokio::select! {
                biased;
                ready = master.readable() => Some(ready?),
                written = self.lines.written() => {
                    written?;
                    None
                }
            };
            // Settings hold for the bytes that follow them.
            if let Some(read) = self.client_changed()? {
                return Ok(read);
            }
            let Some(mut ready) = ready else {
                continue;
            };
            if self.is_stale(ready.ready())? {
                *self.client.borrow_mut() = None;
                return Ok(Read::ClientGone);
            }
            match rustix::io::read(&self.master, &mut *buffer) {
                Ok(0) | Err(rustix::io::Errno::IO) => {
                    self.client_gone()?;
                    return Ok(Read::ClientGone);
                }
                Ok(count) => {
                    // A little is all there is, and waiting saves a read that would say so. In a stream the next read does what
                    // waiting would: it has the kernel bring what was written.
                    if count < STREAM {
                        ready.clear_ready();
                    }
                    return Ok(Read::Bytes(count));
                }
                Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// What the client changed since it was asked last, one thing at a time.
    fn client_changed(&self) -> io::Result<Option<Read>> {
        let change = self.next_change()?;
        self.changes_more.set(change.is_some());
        Ok(change)
    }

    fn next_change(&self) -> io::Result<Option<Read>> {
        let part = self.lines.client()?;
        let before = self.client_part.get();
        if part.broke_since(before) {
            self.client_part.set(before.with_breaks_of(part));
            return Ok(Some(Read::Break));
        }
        self.client_part.set(part);
        let settings = settings(&self.master, part)?;
        if settings != self.settings.get() {
            self.settings.set(settings);
            return Ok(Some(Read::Settings(settings)));
        }
        // A rate of zero means "hang up" (B0): DTR and RTS fall with it.
        let circuits = part.circuits(settings.rate);
        Ok((self.circuits.replace(circuits) != circuits).then_some(Read::Circuits(circuits)))
    }

    /// Answers a client that waits until its bytes have been taken. The kernel knows no such wait for a
    /// pseudo-terminal, and who flushes after it would lose the last bytes.
    fn meet_drain(&self) -> io::Result<()> {
        let request = self.client_part.get().drains();
        if request == self.drained.get() || poll_now(&self.master, PollFlags::IN)?.contains(PollFlags::IN) {
            return Ok(());
        }
        self.drained.set(request);
        self.lines.drained(request)
    }

    /// Shows the client what the modem holds on.
    pub(super) fn set_circuits(&self, dce: DceCircuits) -> io::Result<()> {
        self.lines.set_circuits(dce)
    }

    pub(super) fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        if self.client.borrow().is_none() && is_hung_up(&self.master)? {
            return Ok(bytes.len());
        }
        match rustix::io::write(&self.master, bytes) {
            Ok(count) => Ok(count),
            Err(rustix::io::Errno::INTR) => Ok(0),
            // A client that leaves its input unread may leave it full.
            Err(rustix::io::Errno::AGAIN) if is_hung_up(&self.master)? => Ok(bytes.len()),
            Err(rustix::io::Errno::AGAIN) => Ok(0),
            // The client left between two looks.
            Err(rustix::io::Errno::IO) => Ok(bytes.len()),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) async fn writable(&self) -> io::Result<()> {
        let master = self.wait_client().await?;
        loop {
            let mut ready = master.writable().await?;
            if self.is_stale(ready.ready())? {
                *self.client.borrow_mut() = None;
                self.was_renewed.set(true);
                return Ok(());
            }
            // Readiness may be an old one, from before the last write filled the buffer.
            if poll_now(&self.master, PollFlags::OUT)?.intersects(PollFlags::OUT | PollFlags::HUP) {
                return Ok(());
            }
            ready.clear_ready();
        }
    }

    /// Whether a client left and another came before anybody looked. The runtime never forgets that a descriptor was
    /// closed, so it would call this one ready for ever: it has to be registered anew.
    fn is_stale(&self, ready: Ready) -> io::Result<bool> {
        Ok((ready.is_read_closed() || ready.is_write_closed()) && !is_hung_up(&self.master)?)
    }

    /// Waits until a client has the slave open.
    async fn wait_client(&self) -> io::Result<Rc<AsyncFd<Rc<OwnedFd>>>> {
        if let Some(master) = &*self.client.borrow() {
            return Ok(Rc::clone(master));
        }
        // Bytes may be left from a client that opened, wrote and closed.
        while poll_now(&self.master, PollFlags::IN)? == PollFlags::HUP {
            self.opens.next().await?;
        }
        let interest = Interest::READABLE | Interest::WRITABLE;
        let master = Rc::new(register(Rc::clone(&self.master), interest)?);
        *self.client.borrow_mut() = Some(Rc::clone(&master));
        Ok(master)
    }

    /// Leaves the terminal to the next client as the first one found it: raw, with nothing to read.
    fn client_gone(&self) -> io::Result<()> {
        *self.client.borrow_mut() = None;
        // What the slave has not read can only be discarded on the slave's side.
        let slave = open_slave(&self.path)?;
        tcflush(&slave, QueueSelector::IFlush)?;
        make_raw(&slave)?;
        self.lines.refresh()?;
        self.client_part.set(lines::ClientPart::FRESH);
        self.drained.set(0);
        self.circuits.set(DteCircuits::READY);
        Ok(())
    }
}

fn open_slave(path: &str) -> rustix::io::Result<OwnedFd> {
    rustix::fs::open(
        path,
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )
}

/// Puts a descriptor into the runtime. tokio deprecates the safe constructor, because not every `AsRawFd` keeps its
/// descriptor open; a shared `OwnedFd` does, and the constructor that replaces it is unsafe, which this crate has not.
#[allow(
    deprecated,
    reason = "sound for an owned descriptor; the replacement is unsafe"
)]
pub(super) fn register(fd: Rc<OwnedFd>, interest: Interest) -> io::Result<AsyncFd<Rc<OwnedFd>>> {
    AsyncFd::with_interest(fd, interest)
}

fn make_raw(terminal: &OwnedFd) -> rustix::io::Result<()> {
    let mut modes = tcgetattr(terminal)?;
    modes.make_raw();
    tcsetattr(terminal, OptionalActions::Now, &modes)
}

/// How the client has set the port: the rate from the terminal, the framing from the page where it stands there.
fn settings(master: &OwnedFd, part: lines::ClientPart) -> io::Result<LineSettings> {
    let rate = tcgetattr(master)?.output_speed();
    let (data_bits, parity, stop_bits) = part.framing().unwrap_or((8, Parity::None, 1));
    Ok(LineSettings {
        rate,
        data_bits,
        parity,
        stop_bits,
    })
}

fn is_hung_up(master: &OwnedFd) -> io::Result<bool> {
    Ok(poll_now(master, PollFlags::empty())?.contains(PollFlags::HUP))
}

/// What holds of the master now, of these flags and "hung up".
fn poll_now(master: &OwnedFd, flags: PollFlags) -> io::Result<PollFlags> {
    let mut fds = [PollFd::new(master, flags)];
    poll(
        &mut fds,
        Some(&Timespec {
            tv_sec: 0,
            tv_nsec: 0,
        }),
    )?;
    Ok(fds[0].revents())
}

/// Linux tells when somebody opens the path.
#[cfg(target_os = "linux")]
mod opens {
    use std::io;
    use std::os::fd::OwnedFd;
    use std::path::Path;
    use std::rc::Rc;

    use rustix::fs::inotify::{CreateFlags, WatchFlags, add_watch, init};
    use tokio::io::Interest;
    use tokio::io::unix::AsyncFd;

    pub(super) struct Builder(OwnedFd);

    impl Builder {
        pub(super) fn watch(path: &Path) -> rustix::io::Result<Builder> {
            let inotify = init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK)?;
            add_watch(&inotify, path, WatchFlags::OPEN)?;
            Ok(Builder(inotify))
        }

        pub(super) fn build(self) -> io::Result<Opens> {
            Ok(Opens(super::register(Rc::new(self.0), Interest::READABLE)?))
        }
    }

    pub(super) struct Opens(AsyncFd<Rc<OwnedFd>>);

    impl Opens {
        /// Waits until the path has been opened since the last call.
        pub(super) async fn next(&self) -> io::Result<()> {
            let mut records = [0; 1024];
            loop {
                let mut ready = self.0.readable().await?;
                match rustix::io::read(self.0.get_ref(), &mut records) {
                    Ok(_) => return Ok(()),
                    Err(rustix::io::Errno::AGAIN) => ready.clear_ready(),
                    Err(error) => return Err(error.into()),
                }
            }
        }
    }
}

/// Elsewhere it has to be looked for.
#[cfg(not(target_os = "linux"))]
mod opens {
    use std::io;
    use std::path::Path;
    use std::time::Duration;

    pub(super) struct Builder;

    impl Builder {
        pub(super) fn watch(_path: &Path) -> rustix::io::Result<Builder> {
            Ok(Builder)
        }

        pub(super) fn build(self) -> io::Result<Opens> {
            Ok(Opens)
        }
    }

    pub(super) struct Opens;

    impl Opens {
        pub(super) async fn next(&self) -> io::Result<()> {
            tokio::time::sleep(Duration::from_millis(5)).await;
            Ok(())
        }
    }
}

/// Elsewhere a pseudo-terminal shows its rate only.
#[cfg(not(target_os = "linux"))]
mod no_lines {
    use std::io;
    use std::path::Path;

    use crate::wire::uart::Parity;
    use crate::wire::v24::{DceCircuits, DteCircuits};

    pub(super) struct Builder;

    impl Builder {
        pub(super) fn make(_slave: &Path) -> io::Result<Builder> {
            Ok(Builder)
        }

        pub(super) fn build(self) -> io::Result<Lines> {
            Ok(Lines)
        }
    }

    #[derive(Clone, Copy)]
    pub(super) struct ClientPart;

    impl ClientPart {
        pub(super) const FRESH: ClientPart = ClientPart;

        pub(super) fn circuits(self, rate: u32) -> DteCircuits {
            let on = rate != 0;
            DteCircuits { dtr: on, rts: on }
        }

        pub(super) fn framing(self) -> Option<(u8, Parity, u8)> {
            None
        }

        pub(super) fn broke_since(self, _earlier: ClientPart) -> bool {
            false
        }

        pub(super) fn drains(self) -> u8 {
            0
        }

        pub(super) fn with_breaks_of(self, _part: ClientPart) -> ClientPart {
            self
        }
    }

    pub(super) struct Lines;

    impl Lines {
        pub(super) fn set_circuits(&self, _dce: DceCircuits) -> io::Result<()> {
            Ok(())
        }

        pub(super) fn client(&self) -> io::Result<ClientPart> {
            Ok(ClientPart)
        }

        pub(super) fn drained(&self, _request: u8) -> io::Result<()> {
            Ok(())
        }

        pub(super) fn refresh(&self) -> io::Result<()> {
            Ok(())
        }

        pub(super) async fn written(&self) -> io::Result<()> {
            std::future::pending().await
        }
    }
}
