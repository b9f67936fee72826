//! An existing serial port, on which the simulated modem speaks: `COM3`, `/dev/ttyUSB0`, one end of a null modem.
//!
//! Serial ports have no portable readiness, so a thread of the port's own alternates between reading and writing.

use std::collections::VecDeque;
use std::io;
use std::io::Read as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{Notify, mpsc};

use super::{PortError, Read};
use crate::wire::v24::{DceCircuits, DteCircuits};

/// How long a read waits before the thread looks for something to write.
const TURN: Duration = Duration::from_millis(1);
/// Bytes that wait for the port before the modem has to.
const CAPACITY: usize = 4096;
/// The rate of the port, bit/s; a null modem does not care.
const RATE: u32 = 115_200;

pub(crate) struct Serial {
    shared: Arc<Shared>,
    incoming: tokio::sync::Mutex<Incoming>,
    thread: Option<JoinHandle<()>>,
}

struct Incoming {
    chunks: mpsc::Receiver<io::Result<Chunk>>,
    rest: VecDeque<u8>,
}

/// What the thread read.
enum Chunk {
    Bytes(Vec<u8>),
    Circuits(DteCircuits),
}

#[derive(Default)]
struct Shared {
    outgoing: Mutex<VecDeque<u8>>,
    room: Notify,
    /// What the modem holds on, as the thread is to show it.
    dce: Mutex<DceCircuits>,
    stop: AtomicBool,
}

impl Shared {
    fn outgoing(&self) -> MutexGuard<'_, VecDeque<u8>> {
        self.outgoing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Serial {
    pub(super) fn open(number: &str, path: &str) -> Result<Serial, PortError> {
        let failed = |source: io::Error| PortError::Serial {
            number: number.to_owned(),
            path: path.to_owned(),
            source,
        };
        let port = serialport::new(path, RATE)
            .timeout(TURN)
            .open()
            .map_err(|error| failed(error.into()))?;
        let shared = Arc::new(Shared::default());
        let (sender, chunks) = mpsc::channel(16);
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name(format!("port of line {number}"))
            .spawn(move || alternate(port, &for_thread, &sender))
            .map_err(failed)?;
        let incoming = tokio::sync::Mutex::new(Incoming {
            chunks,
            rest: VecDeque::new(),
        });
        Ok(Serial {
            shared,
            incoming,
            thread: Some(thread),
        })
    }

    pub(super) async fn read(&self, buffer: &mut [u8]) -> io::Result<Read> {
        let mut incoming = self.incoming.lock().await;
        if incoming.rest.is_empty() {
            match incoming.chunks.recv().await {
                Some(Ok(Chunk::Bytes(bytes))) => incoming.rest.extend(bytes),
                Some(Ok(Chunk::Circuits(dte))) => return Ok(Read::Circuits(dte)),
                Some(Err(error)) => return Err(error),
                None => return Err(io::ErrorKind::BrokenPipe.into()),
            }
        }
        let count = buffer.len().min(incoming.rest.len());
        for (slot, byte) in buffer.iter_mut().zip(incoming.rest.drain(..count)) {
            *slot = byte;
        }
        Ok(Read::Bytes(count))
    }

    pub(super) fn try_write(&self, bytes: &[u8]) -> usize {
        let mut outgoing = self.shared.outgoing();
        let count = CAPACITY.saturating_sub(outgoing.len()).min(bytes.len());
        outgoing.extend(&bytes[..count]);
        count
    }

    /// Across a null modem: DTR is the client's DSR and DCD, RTS its CTS. RI has no wire.
    pub(super) fn set_circuits(&self, dce: DceCircuits) {
        *self.shared.dce.lock().unwrap_or_else(PoisonError::into_inner) = dce;
    }

    pub(super) async fn writable(&self) {
        while self.shared.outgoing().len() >= CAPACITY {
            self.shared.room.notified().await;
        }
    }
}

impl Drop for Serial {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.incoming.get_mut().chunks.close();
        if let Some(thread) = self.thread.take() {
            // The thread has nothing to say any more: its errors went through the channel.
            thread.join().unwrap_or_default();
        }
    }
}

/// The port's thread: writes what waits, reads what came, until the port is dropped or fails.
fn alternate(
    mut port: Box<dyn serialport::SerialPort>,
    shared: &Shared,
    chunks: &mpsc::Sender<io::Result<Chunk>>,
) {
    let mut buffer = [0; 4096];
    let mut wires = Wires::default();
    while !shared.stop.load(Ordering::Relaxed) {
        if let Err(error) = write_some(&mut *port, shared) {
            chunks.blocking_send(Err(error)).unwrap_or_default();
            return;
        }
        let dce = *shared.dce.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(dte) = wires.exchange(&mut *port, dce)
            && chunks.blocking_send(Ok(Chunk::Circuits(dte))).is_err()
        {
            return;
        }
        let chunk = match port.read(&mut buffer) {
            Ok(0) => continue,
            Ok(count) => Ok(Chunk::Bytes(buffer[..count].to_vec())),
            Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => {
                continue;
            }
            Err(error) => Err(error),
        };
        let failed = chunk.is_err();
        // A closed channel means that the port is being dropped.
        if chunks.blocking_send(chunk).is_err() || failed {
            return;
        }
    }
}

/// The control wires of a null modem, as they were seen last.
#[derive(Default)]
struct Wires {
    shown: Option<DceCircuits>,
    seen: Option<DteCircuits>,
    /// The port has none, or none that say anything.
    is_dead: bool,
    /// DSR was on once: the wire is there.
    is_connected: bool,
}

impl Wires {
    /// Shows the modem's circuits and gives the client's where they changed. Where the wire of DSR was never seen on,
    /// the client is taken to be ready: a cable of three wires says nothing.
    fn exchange(&mut self, port: &mut dyn serialport::SerialPort, dce: DceCircuits) -> Option<DteCircuits> {
        if self.is_dead {
            return None;
        }
        let dte = self.try_exchange(port, dce).ok();
        self.is_dead = dte.is_none();
        let dte = dte?;
        self.is_connected |= dte.dtr;
        (self.is_connected && self.seen.replace(dte) != Some(dte)).then_some(dte)
    }

    fn try_exchange(
        &mut self,
        port: &mut dyn serialport::SerialPort,
        dce: DceCircuits,
    ) -> serialport::Result<DteCircuits> {
        if self.shown != Some(dce) {
            port.write_data_terminal_ready(dce.dcd)?;
            port.write_request_to_send(dce.cts)?;
            self.shown = Some(dce);
        }
        Ok(DteCircuits {
            dtr: port.read_data_set_ready()?,
            rts: port.read_clear_to_send()?,
        })
    }
}

fn write_some(port: &mut dyn serialport::SerialPort, shared: &Shared) -> io::Result<()> {
    let bytes: Vec<u8> = shared.outgoing().iter().copied().collect();
    if bytes.is_empty() {
        return Ok(());
    }
    let count = match port.write(&bytes) {
        Ok(count) => count,
        Err(error) if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::Interrupted) => 0,
        Err(error) => return Err(error),
    };
    shared.outgoing().drain(..count);
    shared.room.notify_one();
    Ok(())
}
