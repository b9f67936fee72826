//! The control channel: clients on a Unix socket or on TCP send verbs and are answered, one JSON object a line.
//!
//! ```text
//! > {"do": "ring 101 from 5551234", "id": 1}
//! < {"id": 1, "ok": true}
//! > {"do": "status"}
//! < {"ok": true, "lines": [{"number": "101", "state": "ringing", …}]}
//! > {"do": "watch"}
//! < {"ok": true}
//! < {"at": 12.345, "kind": "exchange", "text": "call 1: 101 rings"}
//! ```
//!
//! A line that is no object is taken for a verb itself, so that `nc` will do.

use std::io::{self, BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use serde_json::{Map, Value, json};

use super::{Answer, Console, VERBS};
use crate::driver::LineStatus;

/// What carries verbs out.
pub trait Verbs: Send + Sync + 'static {
    /// Carries out one line of text.
    ///
    /// # Errors
    /// Where the line is no verb, or makes no sense now.
    fn obey(&self, line: &str) -> Result<Obeyed, String>;
}

/// What came of a verb.
#[derive(Clone, Debug, Default)]
pub struct Obeyed {
    /// What the answer says beside that it is done.
    pub members: Map<String, Value>,
    /// What the channel has to do.
    pub then: Then,
}

impl Obeyed {
    /// Nothing to say, but something to do.
    pub fn then(then: Then) -> Obeyed {
        Obeyed {
            members: Map::new(),
            then,
        }
    }
}

/// What the channel has to do after a verb.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Then {
    /// Nothing.
    #[default]
    Nothing,
    /// The client hears of every event from now on.
    Watch,
    /// The simulation ends.
    Quit,
}

impl Verbs for Console {
    fn obey(&self, line: &str) -> Result<Obeyed, String> {
        let list = |name: &str, items: Vec<Value>| Obeyed {
            members: Map::from_iter([(name.to_owned(), items.into())]),
            then: Then::Nothing,
        };
        Ok(match self.run(line).map_err(|error| error.to_string())? {
            Answer::Done => Obeyed::default(),
            Answer::Status(lines) => list("lines", lines.iter().map(line_json).collect()),
            Answer::Help => {
                let rows = VERBS.iter();
                let rows = rows.map(|row| json!({"form": row.form, "meaning": row.meaning}));
                list("verbs", rows.collect())
            }
            Answer::Watch => Obeyed::then(Then::Watch),
            Answer::Quit => Obeyed::then(Then::Quit),
        })
    }
}

/// Lines that a client may fall behind before it is dropped: events must not wait for it.
const BEHIND_MOST: usize = 4096;

/// Where the channel is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Address {
    /// A socket in the file system (Unix only).
    Unix(PathBuf),
    /// A TCP port of this machine.
    Tcp(SocketAddr),
}

/// Sends events to everyone who watches. Cloning shares the watchers.
#[derive(Clone, Debug, Default)]
pub struct Broadcast(Arc<Mutex<Vec<SyncSender<String>>>>);

impl Broadcast {
    /// Sends a line to all; never waits. Whoever is too far behind is dropped.
    pub fn send(&self, line: &str) {
        let mut watchers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watchers.retain(|watcher| watcher.try_send(line.to_owned()).is_ok());
    }

    /// Whether anybody watches.
    pub fn is_watched(&self) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn add(&self, watcher: SyncSender<String>) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(watcher);
    }
}

/// A listening control channel. Dropping it ends it and removes its socket.
#[derive(Debug)]
pub struct Server {
    address: Address,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Listens, and carries out what clients send. `quit` is called for a client that wants the simulation to end.
    ///
    /// # Errors
    /// Where the address is taken or not this machine's.
    pub fn start(
        address: Address,
        console: impl Verbs,
        broadcast: Broadcast,
        quit: impl Fn() + Send + Sync + 'static,
    ) -> io::Result<Server> {
        let (listener, address) = Listener::bind(address)?;
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let shared = Arc::new(Shared {
            console: Box::new(console),
            broadcast,
            quit: Box::new(quit),
        });
        let thread = std::thread::Builder::new()
            .name("control channel".to_owned())
            .spawn(move || {
                while let Ok((reader, writer)) = listener.accept() {
                    if stopped.load(Ordering::SeqCst) {
                        return;
                    }
                    let shared = Arc::clone(&shared);
                    // Without a thread the client is dropped, and sees it.
                    let _ = std::thread::Builder::new()
                        .name("control client".to_owned())
                        .spawn(move || shared.serve(reader, writer));
                }
            })?;
        Ok(Server {
            address,
            stop,
            thread: Some(thread),
        })
    }

    /// Where it listens, with the port that the system chose.
    pub fn address(&self) -> &Address {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        // A connection of our own wakes the thread out of accepting.
        if self.address.knock().is_ok()
            && let Some(thread) = self.thread.take()
        {
            thread.join().unwrap_or_default();
        }
        if let Address::Unix(path) = &self.address {
            std::fs::remove_file(path).unwrap_or_default();
        }
    }
}

type Ends = (Box<dyn io::Read + Send>, Box<dyn Write + Send>);

enum Listener {
    #[cfg(unix)]
    Unix(std::os::unix::net::UnixListener),
    Tcp(TcpListener),
}

impl Listener {
    fn bind(address: Address) -> io::Result<(Listener, Address)> {
        match address {
            Address::Tcp(address) => {
                let listener = TcpListener::bind(address)?;
                let bound = listener.local_addr()?;
                Ok((Listener::Tcp(listener), Address::Tcp(bound)))
            }
            #[cfg(unix)]
            Address::Unix(path) => {
                // What a simulator left that was killed is in the way; what answers is another's.
                if std::os::unix::net::UnixStream::connect(&path).is_ok() {
                    return Err(io::ErrorKind::AddrInUse.into());
                }
                if std::fs::symlink_metadata(&path).is_ok_and(|about| is_socket(&about)) {
                    std::fs::remove_file(&path)?;
                }
                let listener = std::os::unix::net::UnixListener::bind(&path)?;
                Ok((Listener::Unix(listener), Address::Unix(path)))
            }
            #[cfg(not(unix))]
            Address::Unix(_) => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn accept(&self) -> io::Result<Ends> {
        match self {
            #[cfg(unix)]
            Listener::Unix(listener) => {
                let (stream, _) = listener.accept()?;
                Ok((Box::new(stream.try_clone()?), Box::new(stream)))
            }
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept()?;
                Ok((Box::new(stream.try_clone()?), Box::new(stream)))
            }
        }
    }
}

#[cfg(unix)]
fn is_socket(about: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    about.file_type().is_socket()
}

impl Address {
    fn knock(&self) -> io::Result<()> {
        match self {
            Address::Tcp(address) => TcpStream::connect(address).map(drop),
            #[cfg(unix)]
            Address::Unix(path) => std::os::unix::net::UnixStream::connect(path).map(drop),
            #[cfg(not(unix))]
            Address::Unix(_) => Ok(()),
        }
    }
}

impl std::str::FromStr for Address {
    type Err = String;

    /// `HOST:PORT`, or a path where there is a slash.
    fn from_str(text: &str) -> Result<Address, String> {
        if text.contains('/') {
            return Ok(Address::Unix(PathBuf::from(text)));
        }
        let address = text.parse().map_err(|_| {
            format!("{text:?} is neither ADDRESS:PORT, such as 127.0.0.1:7000, nor a path with a slash")
        })?;
        Ok(Address::Tcp(address))
    }
}

struct Shared {
    console: Box<dyn Verbs>,
    broadcast: Broadcast,
    quit: Box<dyn Fn() + Send + Sync>,
}

impl Shared {
    fn serve(&self, reader: Box<dyn io::Read + Send>, writer: Box<dyn Write + Send>) {
        let (lines, to_write) = sync_channel(BEHIND_MOST);
        let writing = std::thread::Builder::new()
            .name("control answers".to_owned())
            .spawn(move || write_lines(writer, &to_write));
        if writing.is_err() {
            return;
        }
        for line in BufReader::new(reader).lines().map_while(Result::ok) {
            if line.trim().is_empty() {
                continue;
            }
            let (answer, then) = self.answer(&line);
            if let Err(TrySendError::Disconnected(_) | TrySendError::Full(_)) = lines.try_send(answer) {
                return;
            }
            match then {
                Then::Watch => self.broadcast.add(lines.clone()),
                Then::Quit => (self.quit)(),
                Then::Nothing => {}
            }
        }
    }

    fn answer(&self, line: &str) -> (String, Then) {
        let request: Option<Map<String, Value>> = serde_json::from_str(line).ok();
        let id = request.as_ref().and_then(|request| request.get("id")).cloned();
        let verb = match &request {
            None if line.trim_start().starts_with('{') => Err("the line is no JSON object".to_owned()),
            None => Ok(line),
            Some(request) => match request.get("do").and_then(Value::as_str) {
                Some(verb) => Ok(verb),
                None => Err("the object has no text \"do\"".to_owned()),
            },
        };
        let outcome = verb.and_then(|verb| self.console.obey(verb));
        let mut answer = Map::new();
        answer.extend(id.map(|id| ("id".to_owned(), id)));
        answer.insert("ok".to_owned(), json!(outcome.is_ok()));
        let then = match outcome {
            Err(error) => {
                answer.insert("error".to_owned(), json!(error));
                Then::Nothing
            }
            Ok(obeyed) => {
                answer.extend(obeyed.members);
                obeyed.then
            }
        };
        (Value::Object(answer).to_string(), then)
    }
}

fn write_lines(mut writer: Box<dyn Write + Send>, lines: &Receiver<String>) {
    for line in lines {
        // A client that has gone hears nothing more.
        if writeln!(writer, "{line}").and_then(|()| writer.flush()).is_err() {
            return;
        }
    }
}

/// A line's status as JSON.
pub fn line_json(line: &LineStatus) -> Value {
    let (dce, dte) = (line.dce, line.dte);
    json!({
        "number": line.number,
        "port": line.port,
        "state": line.state.word(),
        "far_end": line.far_end,
        "power": line.has_power,
        "settings": line.settings.map(|settings| settings.to_string()),
        "dtr": dte.dtr, "rts": dte.rts,
        "cts": dce.cts, "dsr": dce.dsr, "ri": dce.ri, "dcd": dce.dcd,
    })
}
