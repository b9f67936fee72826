//! A client's end of a connection, TCP or a port, behind one face.

use std::io;
use std::time::Duration;

use socket2::{SockRef, TcpKeepalive};
use tokio::net::TcpStream;

use crate::port::{Port, Read};

/// What a read brought.
pub(crate) enum Got {
    Bytes(usize),
    /// The client closed its end.
    Gone,
    /// Something about circuits or settings, which CSTA has no use for.
    Nothing,
}

/// How long a connection is idle before the system finds out whether the other end is still there.
const IDLE: Duration = Duration::from_secs(60);

pub(crate) enum Stream {
    Tcp(TcpStream),
    Port(Port),
}

impl Stream {
    /// A connection that sends each frame at once, and that ends where the other end's machine is gone without a word:
    /// not every profile asks its clients for a sign of life.
    pub fn tcp(stream: TcpStream) -> Stream {
        // Where the system refuses, frames only come a little later, and a lost client is found out later.
        stream.set_nodelay(true).unwrap_or_default();
        let keep_alive = TcpKeepalive::new().with_time(IDLE);
        SockRef::from(&stream)
            .set_tcp_keepalive(&keep_alive)
            .unwrap_or_default();
        Stream::Tcp(stream)
    }

    /// Waits for the client's bytes. Nothing is lost where the future is dropped.
    pub async fn read(&self, buffer: &mut [u8]) -> io::Result<Got> {
        match self {
            Stream::Tcp(stream) => loop {
                stream.readable().await?;
                match stream.try_read(buffer) {
                    Ok(0) => return Ok(Got::Gone),
                    Ok(count) => return Ok(Got::Bytes(count)),
                    Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                    Err(error) => return Err(error),
                }
            },
            Stream::Port(port) => Ok(match port.read(buffer).await? {
                Read::Bytes(count) => Got::Bytes(count),
                Read::ClientGone => Got::Gone,
                _ => Got::Nothing,
            }),
        }
    }

    /// Writes as much as the connection takes now.
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Stream::Tcp(stream) => match stream.try_write(bytes) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(0),
                written => written,
            },
            Stream::Port(port) => port.try_write(bytes),
        }
    }

    /// Waits until [`Stream::try_write`] may take something again.
    pub async fn writable(&self) -> io::Result<()> {
        match self {
            Stream::Tcp(stream) => stream.writable().await,
            Stream::Port(port) => port.writable().await,
        }
    }
}
