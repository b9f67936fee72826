//! Links to other simulators over TCP: one side listens, the other connects, again and again where the link is lost.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

use super::SharedCore;
use crate::link::codec::{Decoder, encode};
use crate::link::{LinkId, Message, VERSION};
use crate::simulation::SimEvent;

/// Between two attempts to connect.
const RETRY: Duration = Duration::from_secs(1);
/// A side that has nothing to say says so this often.
const ALIVE: Duration = Duration::from_secs(5);
/// A link on which nothing was heard for so long is lost.
const SILENCE: Duration = Duration::from_secs(15);

/// One side of a link.
#[derive(Debug)]
pub enum LinkSpec {
    /// Others connect here.
    Listen(std::net::TcpListener),
    /// Connects to `HOST:PORT`.
    Join(String),
}

impl LinkSpec {
    /// Listens at an address.
    ///
    /// # Errors
    /// Where it is taken, or not this machine's.
    pub fn listen(address: SocketAddr) -> io::Result<(LinkSpec, SocketAddr)> {
        let listener = std::net::TcpListener::bind(address)?;
        listener.set_nonblocking(true)?;
        let bound = listener.local_addr()?;
        Ok((LinkSpec::Listen(listener), bound))
    }
}

/// Where messages for each link go.
pub(super) type Senders = BTreeMap<LinkId, mpsc::UnboundedSender<Message>>;

/// Keeps one side of a link up for as long as the simulation runs.
pub(super) async fn serve(core: SharedCore, spec: LinkSpec) {
    match spec {
        LinkSpec::Join(address) => {
            let mut told = None;
            loop {
                let reason = match TcpStream::connect(&address).await {
                    Ok(stream) => {
                        let ended = session(&core, stream, &address).await;
                        told = ended.was_up.then(|| ended.reason.clone()).or(told);
                        ended.reason
                    }
                    Err(error) => error.to_string(),
                };
                // The same reason is told once, however often it keeps the link down.
                if told.as_ref() != Some(&reason) {
                    tell(&core, &address, &format!("is down: {reason}"));
                    told = Some(reason);
                }
                sleep(RETRY).await;
            }
        }
        LinkSpec::Listen(listener) => {
            let listener = match TcpListener::from_std(listener) {
                Ok(listener) => listener,
                Err(error) => return tell(&core, "listener", &format!("cannot listen: {error}")),
            };
            loop {
                match listener.accept().await {
                    Ok((stream, from)) => {
                        let core = Rc::clone(&core);
                        tokio::task::spawn_local(async move {
                            let from = from.to_string();
                            let ended = session(&core, stream, &from).await;
                            if !ended.was_up {
                                tell(&core, &from, &format!("is down: {}", ended.reason));
                            }
                        });
                    }
                    Err(error) => {
                        tell(&core, "listener", &format!("cannot take a link: {error}"));
                        sleep(RETRY).await;
                    }
                }
            }
        }
    }
}

fn tell(core: &SharedCore, peer: &str, text: &str) {
    let mut core = core.borrow_mut();
    let now = core.now();
    let event = SimEvent::Link {
        peer: peer.to_owned(),
        text: text.to_owned(),
    };
    (core.sink)(now, event);
}

struct Ended {
    reason: String,
    was_up: bool,
}

/// One link from its first message to its loss.
async fn session(core: &SharedCore, stream: TcpStream, peer: &str) -> Ended {
    // Without it, single keystrokes are late.
    stream.set_nodelay(true).unwrap_or_default();
    let (reader, writer) = stream.into_split();
    let (sender, messages) = mpsc::unbounded_channel();
    let hello = core.borrow().simulation.link_hello();
    // The receiver is there still.
    sender.send(hello).unwrap_or_default();
    let writing = tokio::task::spawn_local(write(writer, messages));
    let mut incoming = Incoming {
        reader,
        decoder: Decoder::default(),
    };
    let ended = match greeted(&mut incoming).await {
        Ok(numbers) => Ended {
            reason: talk(core, &mut incoming, sender, &numbers, peer).await,
            was_up: true,
        },
        Err(reason) => Ended {
            reason,
            was_up: false,
        },
    };
    writing.abort();
    ended
}

/// What the other side says first.
async fn greeted(incoming: &mut Incoming) -> Result<Vec<String>, String> {
    match incoming.next().await? {
        Message::Hello {
            version: VERSION,
            numbers,
        } => Ok(numbers),
        Message::Hello { version, .. } => Err(format!(
            "the other simulator speaks version {version} of the protocol and this one {VERSION}: use the same release"
        )),
        _ => Err("the other side does not introduce itself".to_owned()),
    }
}

async fn talk(
    core: &SharedCore,
    incoming: &mut Incoming,
    sender: mpsc::UnboundedSender<Message>,
    numbers: &[String],
    peer: &str,
) -> String {
    let (link, taken) = {
        let mut core = core.borrow_mut();
        let now = core.now();
        let (link, taken) = core.simulation.link_up(numbers, now);
        core.links.insert(link, sender);
        core.report(now);
        (link, taken)
    };
    tell(core, peer, &format!("is up and leads to {}", numbers.join(", ")));
    tell_taken(core, peer, &taken);
    let reason = loop {
        let message = match incoming.next().await {
            Ok(message) => message,
            Err(reason) => break reason,
        };
        let taken = {
            let mut core = core.borrow_mut();
            let now = core.now();
            let is_news = matches!(message, Message::Numbers { .. });
            let taken = core.simulation.handle_link(link, message, now);
            core.report(now);
            // Numbers are told whole; what is taken among them was told when the link came up.
            if is_news { Vec::new() } else { taken }
        };
        tell_taken(core, peer, &taken);
    };
    tell(core, peer, &format!("is lost: {reason}"));
    let mut core = core.borrow_mut();
    let now = core.now();
    core.links.remove(&link);
    core.simulation.link_down(link, now);
    core.report(now);
    reason
}

fn tell_taken(core: &SharedCore, peer: &str, taken: &[String]) {
    if !taken.is_empty() {
        let text = format!(
            "has numbers that are taken here, and nobody here reaches them: {}; another --first-number helps",
            taken.join(", ")
        );
        tell(core, peer, &text);
    }
}

struct Incoming {
    reader: OwnedReadHalf,
    decoder: Decoder,
}

impl Incoming {
    /// The next message, or why there will be none.
    async fn next(&mut self) -> Result<Message, String> {
        let mut buffer = vec![0; 16 * 1024];
        loop {
            let message = self.decoder.next_message().map_err(|error| error.to_string())?;
            if let Some(message) = message {
                return Ok(message);
            }
            let read = timeout(SILENCE, self.reader.read(&mut buffer)).await;
            match read {
                Err(_) => return Err(format!("nothing was heard for {} s", SILENCE.as_secs())),
                Ok(Ok(0)) => return Err("the other side has gone".to_owned()),
                Ok(Ok(count)) => self.decoder.push(&buffer[..count]),
                Ok(Err(error)) => return Err(error.to_string()),
            }
        }
    }
}

/// Writes messages, and signs of life between them. The reader learns of an error as well.
async fn write(mut writer: OwnedWriteHalf, mut messages: mpsc::UnboundedReceiver<Message>) {
    loop {
        let message = match timeout(ALIVE, messages.recv()).await {
            Ok(Some(message)) => message,
            Ok(None) => return,
            Err(_) => Message::Alive,
        };
        // Only a message of more than a megabyte is none; no port reads so much at once.
        let Ok(frame) = encode(&message) else { continue };
        if writer.write_all(&frame).await.is_err() {
            return;
        }
    }
}
