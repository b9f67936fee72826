//! A port in memory: a client in the same process, with deadlines instead of a terminal.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::Read;

/// What the port holds in each direction before the writer has to wait.
const CAPACITY: usize = 4096;

/// Both ends of a new port.
pub fn pair() -> (MemoryPort, MemoryClient) {
    let shared = Arc::new(Shared::default());
    (
        MemoryPort {
            shared: Arc::clone(&shared),
        },
        MemoryClient { shared },
    )
}

/// The device's end.
#[derive(Debug)]
pub struct MemoryPort {
    shared: Arc<Shared>,
}

/// The client's end.
#[derive(Debug)]
pub struct MemoryClient {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    pipes: Mutex<Pipes>,
    /// Wakes the client.
    for_client: Condvar,
    /// Wakes the device: bytes came, or room.
    bytes: Notify,
    room: Notify,
}

#[derive(Debug, Default)]
struct Pipes {
    to_device: VecDeque<u8>,
    to_client: VecDeque<u8>,
    client: ClientState,
    device_gone: bool,
}

#[derive(Debug, Default, PartialEq, Eq)]
enum ClientState {
    #[default]
    Present,
    /// Closed its end; the device has not noticed.
    Leaving,
    Gone,
}

impl Shared {
    /// A panic elsewhere leaves the queues whole: they are changed in single steps.
    fn lock(&self) -> MutexGuard<'_, Pipes> {
        self.pipes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl MemoryClient {
    /// Writes all bytes, waiting for room.
    ///
    /// # Errors
    /// `BrokenPipe` where the device's end is gone.
    pub fn write_all(&self, mut bytes: &[u8]) -> io::Result<()> {
        let mut pipes = self.shared.lock();
        while !bytes.is_empty() {
            if pipes.device_gone {
                return Err(io::ErrorKind::BrokenPipe.into());
            }
            let room = CAPACITY.saturating_sub(pipes.to_device.len()).min(bytes.len());
            pipes.to_device.extend(&bytes[..room]);
            bytes = &bytes[room..];
            self.shared.bytes.notify_one();
            if !bytes.is_empty() {
                pipes = self
                    .shared
                    .for_client
                    .wait(pipes)
                    .unwrap_or_else(PoisonError::into_inner);
            }
        }
        Ok(())
    }

    /// Reads what there is, waiting for the first byte; empty where none came in time or the device's end is gone.
    pub fn read(&self, wait: Duration) -> Vec<u8> {
        let pipes = self.shared.lock();
        let nothing = |pipes: &mut Pipes| pipes.to_client.is_empty() && !pipes.device_gone;
        let waited = self.shared.for_client.wait_timeout_while(pipes, wait, nothing);
        let (mut pipes, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let bytes = pipes.to_client.drain(..).collect();
        self.shared.room.notify_one();
        bytes
    }

    /// Reads until `text` has come, for `wait` at most; gives all that was read.
    ///
    /// # Errors
    /// What was read, where `text` was not in it.
    pub fn read_until(&self, text: &str, wait: Duration) -> Result<String, String> {
        let deadline = Instant::now() + wait;
        let mut read = Vec::new();
        loop {
            let so_far = String::from_utf8_lossy(&read);
            if so_far.contains(text) {
                return Ok(so_far.into_owned());
            }
            let left = deadline.saturating_duration_since(Instant::now());
            let more = self.read(left);
            if more.is_empty() {
                return Err(so_far.into_owned());
            }
            read.extend(more);
        }
    }
}

impl Drop for MemoryClient {
    fn drop(&mut self) {
        self.shared.lock().client = ClientState::Leaving;
        self.shared.bytes.notify_one();
        self.shared.room.notify_one();
    }
}

impl Drop for MemoryPort {
    fn drop(&mut self) {
        self.shared.lock().device_gone = true;
        self.shared.for_client.notify_all();
    }
}

impl MemoryPort {
    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<Read> {
        loop {
            {
                let mut pipes = self.shared.lock();
                if !pipes.to_device.is_empty() {
                    let count = buffer.len().min(pipes.to_device.len());
                    for (slot, byte) in buffer.iter_mut().zip(pipes.to_device.drain(..count)) {
                        *slot = byte;
                    }
                    self.shared.for_client.notify_all();
                    return Ok(Read::Bytes(count));
                }
                // A client in memory does not come back: its going is told once.
                if pipes.client == ClientState::Leaving {
                    pipes.client = ClientState::Gone;
                    return Ok(Read::ClientGone);
                }
            }
            self.shared.bytes.notified().await;
        }
    }

    pub(super) fn try_write(&self, bytes: &[u8]) -> usize {
        let mut pipes = self.shared.lock();
        if pipes.client != ClientState::Present {
            return bytes.len();
        }
        let count = CAPACITY.saturating_sub(pipes.to_client.len()).min(bytes.len());
        pipes.to_client.extend(&bytes[..count]);
        self.shared.for_client.notify_all();
        count
    }

    pub(super) async fn writable(&self) {
        while !self.has_room() {
            self.shared.room.notified().await;
        }
    }

    fn has_room(&self) -> bool {
        let pipes = self.shared.lock();
        pipes.to_client.len() < CAPACITY || pipes.client != ClientState::Present
    }
}
