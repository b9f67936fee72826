//! The clients of a CSTA server on TCP and on ports: accepted, read, written to, given up.
//!
//! The tasks here are the same for a PBX by itself and for one on the exchange that modems share; each is a [`Host`].

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::stream::{Got, Stream};
use crate::device::csta::{ClientId, CloseReason, CstaServer};
use crate::time::SimTime;

/// Bytes on their way to a client beyond which it counts as one that does not read.
const BACKLOG_MOST: usize = 1024 * 1024;

/// How long a client that is closed may take to read what was said to it last.
const LINGER: Duration = Duration::from_secs(2);

/// How long no client is accepted after the system has refused one.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// What the tasks of a thread share that has clients of a CSTA server.
pub(crate) trait Host: 'static {
    /// The clients.
    fn links(&mut self) -> &mut Links;
    /// A client has come.
    fn connect(&mut self, stream: &Rc<Stream>) -> ClientId;
    /// Bytes of a client have come.
    fn take(&mut self, id: ClientId, bytes: &[u8]);
    /// A client is gone.
    fn gone(&mut self, id: ClientId);
    /// A port, or the listening socket, has failed.
    fn port_failed(&mut self, error: &io::Error);
}

/// A server and its clients.
pub(crate) struct Links {
    pub(crate) server: CstaServer,
    pub(crate) clients: BTreeMap<ClientId, Attached>,
    /// The line is cut: whoever comes is turned away.
    pub(crate) is_cut: bool,
}

pub(crate) struct Attached {
    stream: Rc<Stream>,
    /// Bytes that the stream did not take yet.
    backlog: Vec<u8>,
    /// Wakes the client's task: there is a backlog, or the server has closed the client.
    wake: Rc<Notify>,
    closed: bool,
}

impl Links {
    pub(crate) fn new(server: CstaServer) -> Links {
        Links {
            server,
            clients: BTreeMap::new(),
            is_cut: false,
        }
    }

    pub(crate) fn connect(&mut self, stream: &Rc<Stream>, now: SimTime) -> ClientId {
        let id = self.server.connect(now);
        let attached = Attached {
            stream: Rc::clone(stream),
            backlog: Vec::new(),
            wake: Rc::new(Notify::new()),
            closed: false,
        };
        self.clients.insert(id, attached);
        if self.is_cut {
            self.server.handle_slow(id);
        }
        id
    }

    /// Forgets a client; whether the server did not know yet that it is gone.
    pub(crate) fn gone(&mut self, id: ClientId) -> bool {
        let closed = self.clients.remove(&id).is_some_and(|client| client.closed);
        self.server.handle_gone(id);
        !closed
    }

    /// Cuts the line of every client, and of all that come, until it is restored.
    pub(crate) fn cut(&mut self, cut: bool) {
        self.is_cut = cut;
        if cut {
            // What was on its way is lost with the line.
            self.server.lose_held();
            while self.server.poll_output().is_some() {}
            self.drop_all();
        }
    }

    /// Ends every client's connection without a word.
    pub(crate) fn drop_all(&mut self) {
        for id in self.clients.keys().copied().collect::<Vec<_>>() {
            self.server.handle_slow(id);
        }
    }

    /// Lets out what the server has to say.
    pub(crate) fn write_out(&mut self) {
        while let Some((id, bytes)) = self.server.poll_output() {
            let Some(client) = self.clients.get_mut(&id) else {
                continue;
            };
            client.backlog.extend_from_slice(&bytes);
            if self.write(id).is_err() {
                // The client's own task meets the same error when it reads, and ends the client.
                continue;
            }
            let backlog = self.clients.get(&id).map_or(0, |client| client.backlog.len());
            if backlog > BACKLOG_MOST {
                self.server.handle_slow(id);
            }
        }
    }

    /// The next client that the server has closed.
    pub(crate) fn poll_closed(&mut self) -> Option<(ClientId, CloseReason)> {
        let (id, reason) = self.server.poll_closed()?;
        if let Some(client) = self.clients.get_mut(&id) {
            client.closed = true;
            if matches!(reason, CloseReason::Slow | CloseReason::Silent) {
                // Nobody takes what is left.
                client.backlog.clear();
            }
            client.wake.notify_one();
        }
        Some((id, reason))
    }

    pub(crate) fn write(&mut self, id: ClientId) -> io::Result<()> {
        let Some(client) = self.clients.get_mut(&id) else {
            return Ok(());
        };
        let count = client.stream.try_write(&client.backlog)?;
        client.backlog.drain(..count);
        if !client.backlog.is_empty() {
            client.wake.notify_one();
        }
        Ok(())
    }
}

pub(crate) async fn serve_listener<H: Host>(core: Rc<RefCell<H>>, listener: tokio::net::TcpListener) {
    let mut clients = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    let stream = Rc::new(Stream::tcp(stream));
                    let id = core.borrow_mut().connect(&stream);
                    clients.spawn_local(serve_client(Rc::clone(&core), stream, id));
                }
                // The system has no more descriptors, or the client is gone again: the next one may fare better.
                Err(error) => {
                    core.borrow_mut().port_failed(&error);
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                }
            },
            Some(ended) = clients.join_next() => {
                if let Some(panic) = ended.err().and_then(|error| error.try_into_panic().ok()) {
                    std::panic::resume_unwind(panic);
                }
            }
        }
    }
}

/// A port has one client after the other: one begins with its first bytes.
pub(crate) async fn serve_port<H: Host>(core: Rc<RefCell<H>>, stream: Rc<Stream>) {
    let mut buffer = vec![0; 4096];
    loop {
        match stream.read(&mut buffer).await {
            Ok(Got::Bytes(count)) => {
                let id = core.borrow_mut().connect(&stream);
                core.borrow_mut().take(id, &buffer[..count]);
                serve_client(Rc::clone(&core), Rc::clone(&stream), id).await;
            }
            Ok(Got::Gone | Got::Nothing) => {}
            Err(error) => {
                return core.borrow_mut().port_failed(&error);
            }
        }
    }
}

/// Carries the bytes of one client until it is gone, or the server has closed it and all is written.
async fn serve_client<H: Host>(core: Rc<RefCell<H>>, stream: Rc<Stream>, id: ClientId) {
    let wake = core
        .borrow_mut()
        .links()
        .clients
        .get(&id)
        .map(|client| Rc::clone(&client.wake));
    let Some(wake) = wake else { return };
    let mut buffer = vec![0; 4096];
    let mut given_up_at = None;
    loop {
        let (may_write, closed) = {
            let mut core = core.borrow_mut();
            let Some(client) = core.links().clients.get(&id) else {
                return;
            };
            (!client.backlog.is_empty(), client.closed)
        };
        if closed && !may_write {
            core.borrow_mut().links().clients.remove(&id);
            return;
        }
        if closed {
            given_up_at.get_or_insert_with(|| Instant::now() + LINGER);
        }
        let given_up = sleep_until(given_up_at.unwrap_or_else(Instant::now));
        let result = tokio::select! {
            biased;
            () = wake.notified() => Ok(()),
            ready = stream.writable(), if may_write => ready.and_then(|()| core.borrow_mut().links().write(id)),
            () = given_up, if closed => Err(io::ErrorKind::TimedOut.into()),
            got = stream.read(&mut buffer), if !closed => match got {
                Ok(Got::Bytes(count)) => {
                    core.borrow_mut().take(id, &buffer[..count]);
                    Ok(())
                }
                Ok(Got::Nothing) => Ok(()),
                Ok(Got::Gone) => Err(io::ErrorKind::UnexpectedEof.into()),
                Err(error) => Err(error),
            }
        };
        if result.is_err() {
            // Whatever broke the connection, the client is gone.
            return core.borrow_mut().gone(id);
        }
    }
}
