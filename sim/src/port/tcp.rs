//! A port on TCP: RFC 2217, or the bytes alone. One client at a time; who comes meanwhile is turned away.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use super::{PortError, Read};
use crate::wire::rfc2217::{Event, Server};
use crate::wire::v24::{DceCircuits, DteCircuits};

/// How the port speaks to its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TcpKind {
    /// The bytes of the port and nothing else: no circuits, no settings.
    Raw,
    /// Telnet with the COM port control option.
    Rfc2217,
}

/// A listening port that no runtime knows yet.
#[derive(Debug)]
pub(crate) struct TcpBuilder {
    listener: std::net::TcpListener,
    kind: TcpKind,
}

impl TcpBuilder {
    pub(super) fn open(
        number: &str,
        address: SocketAddr,
        kind: TcpKind,
    ) -> Result<(TcpBuilder, String), PortError> {
        let failed = |source| PortError::Tcp {
            number: number.to_owned(),
            address,
            source,
        };
        let listener = std::net::TcpListener::bind(address).map_err(failed)?;
        listener.set_nonblocking(true).map_err(failed)?;
        let bound = listener.local_addr().map_err(failed)?;
        let scheme = match kind {
            TcpKind::Raw => "socket",
            TcpKind::Rfc2217 => "rfc2217",
        };
        Ok((TcpBuilder { listener, kind }, format!("{scheme}://{bound}")))
    }

    pub(super) fn build(self) -> io::Result<Tcp> {
        Ok(Tcp {
            listener: TcpListener::from_std(self.listener)?,
            kind: self.kind,
            dce: Cell::new(DceCircuits::default()),
            client: RefCell::new(None),
            came: Notify::new(),
        })
    }
}

/// A port on TCP, on the driver's thread.
pub(crate) struct Tcp {
    listener: TcpListener,
    kind: TcpKind,
    dce: Cell<DceCircuits>,
    client: RefCell<Option<Client>>,
    /// A client came: what waits for one looks again.
    came: Notify,
}

struct Client {
    stream: Rc<TcpStream>,
    telnet: Option<Server>,
    /// What was decoded and not yet asked for.
    arrived: VecDeque<Arrived>,
    /// What the stream did not take yet.
    outgoing: Vec<u8>,
}

enum Arrived {
    Bytes(Vec<u8>),
    Other(Read),
}

impl Client {
    fn new(stream: TcpStream, kind: TcpKind, dce: DceCircuits) -> Client {
        let telnet = (kind == TcpKind::Rfc2217).then(|| Server::new(dce));
        let ready = Arrived::Other(Read::Circuits(DteCircuits::READY));
        Client {
            stream: Rc::new(stream),
            telnet,
            arrived: VecDeque::from([ready]),
            outgoing: Vec::new(),
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        let Some(telnet) = &mut self.telnet else {
            return self.arrived.push_back(Arrived::Bytes(bytes.to_vec()));
        };
        for event in telnet.receive(bytes) {
            self.arrived.push_back(match event {
                Event::Data(bytes) => Arrived::Bytes(bytes),
                Event::Settings(settings) => Arrived::Other(Read::Settings(settings)),
                Event::Circuits(dte) => Arrived::Other(Read::Circuits(dte)),
                Event::Break => Arrived::Other(Read::Break),
            });
        }
        self.outgoing.extend(telnet.take_replies());
    }

    /// Writes what the stream takes; a client that is gone is noticed by the next read.
    fn flush(&mut self) {
        if self.outgoing.is_empty() {
            return;
        }
        match self.stream.try_write(&self.outgoing) {
            Ok(count) => drop(self.outgoing.drain(..count)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(_) => self.outgoing.clear(),
        }
    }

    fn is_suspended(&self) -> bool {
        self.telnet.as_ref().is_some_and(Server::is_suspended)
    }

    /// The next thing that arrived, bytes laid into the buffer.
    fn next(&mut self, buffer: &mut [u8]) -> Option<Read> {
        match self.arrived.pop_front()? {
            Arrived::Other(read) => Some(read),
            Arrived::Bytes(mut bytes) => {
                let count = bytes.len().min(buffer.len());
                buffer[..count].copy_from_slice(&bytes[..count]);
                bytes.drain(..count);
                if !bytes.is_empty() {
                    self.arrived.push_front(Arrived::Bytes(bytes));
                }
                Some(Read::Bytes(count))
            }
        }
    }
}

impl Tcp {
    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<Read> {
        loop {
            let Some((stream, has_outgoing)) = self.present() else {
                let (stream, _) = self.listener.accept().await?;
                self.welcome(stream)?;
                continue;
            };
            if let Some(read) = self.with(|client| client.next(buffer)).flatten() {
                return Ok(read);
            }
            tokio::select! {
                biased;
                accepted = self.listener.accept() => turn_away(accepted?.0, self.kind),
                ready = stream.writable(), if has_outgoing => {
                    ready?;
                    self.with(Client::flush);
                }
                ready = stream.readable() => {
                    ready?;
                    if self.fill(&stream, buffer)? {
                        *self.client.borrow_mut() = None;
                        return Ok(Read::ClientGone);
                    }
                }
            }
        }
    }

    /// Reads what there is. True where the client is gone.
    fn fill(&self, stream: &TcpStream, buffer: &mut [u8]) -> io::Result<bool> {
        match stream.try_read(buffer) {
            Ok(0) => Ok(true),
            Ok(count) => {
                self.with(|client| {
                    client.take(&buffer[..count]);
                    client.flush();
                });
                // A client that asked for silence may have ended it just now.
                self.came.notify_one();
                Ok(false)
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(false),
            // Reset, timed out, unreachable: whatever it is, this client is gone and the next one may come.
            Err(_) => Ok(true),
        }
    }

    pub(super) fn try_write(&self, bytes: &[u8]) -> usize {
        let mut client = self.client.borrow_mut();
        let Some(client) = client.as_mut() else {
            return bytes.len();
        };
        client.flush();
        if !client.outgoing.is_empty() || client.is_suspended() {
            return 0;
        }
        client.outgoing = match client.telnet {
            Some(_) => Server::encode(bytes),
            None => bytes.to_vec(),
        };
        client.flush();
        bytes.len()
    }

    pub(super) async fn writable(&self) -> io::Result<()> {
        loop {
            let Some((stream, has_outgoing)) = self.present() else {
                return Ok(());
            };
            if has_outgoing {
                stream.writable().await?;
                self.with(Client::flush);
            } else if self.with(|client| client.is_suspended()) == Some(true) {
                self.came.notified().await;
            } else {
                return Ok(());
            }
        }
    }

    pub(super) fn set_circuits(&self, dce: DceCircuits) {
        self.dce.set(dce);
        self.with(|client| {
            if let Some(telnet) = &mut client.telnet {
                telnet.set_circuits(dce);
                client.outgoing.extend(telnet.take_replies());
                client.flush();
            }
        });
    }

    fn welcome(&self, stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        *self.client.borrow_mut() = Some(Client::new(stream, self.kind, self.dce.get()));
        self.came.notify_one();
        Ok(())
    }

    fn present(&self) -> Option<(Rc<TcpStream>, bool)> {
        let client = self.client.borrow();
        let client = client.as_ref()?;
        Some((Rc::clone(&client.stream), !client.outgoing.is_empty()))
    }

    fn with<T>(&self, act: impl FnOnce(&mut Client) -> T) -> Option<T> {
        self.client.borrow_mut().as_mut().map(act)
    }
}

/// Tells a second client why it gets nothing, as far as its kind of port has words.
fn turn_away(stream: TcpStream, kind: TcpKind) {
    if kind == TcpKind::Rfc2217 {
        // It is gone either way.
        stream
            .try_write(b"port already in use\r\n")
            .map(drop)
            .unwrap_or_default();
    }
}
