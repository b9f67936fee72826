//! A PBX in real time: a switch and its CSTA server on TCP and on ports, on a thread of its own.
//!
//! Everything happens on that thread, one step at a time, as in the driver of modems: bytes come, the server takes
//! them, the sink is told, and only then do answers go out, each frame in one write where the client takes it.

mod console;
mod core;
pub(crate) mod links;
mod remote;
pub(crate) mod stream;
mod verbs;

use std::cell::RefCell;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::rc::Rc;
use std::sync::mpsc as std_mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::{JoinSet, LocalSet};

use crate::device::csta::{ClientId, CloseReason, Profile, Record};
use crate::exchange::switch::{ServiceError, Switch, SwitchEvent};
use crate::port::{Port, PortBuilder, PortError, PortSpec};
use crate::time::SimTime;

use core::{Core, SharedCore};
use links::{serve_listener, serve_port};
use remote::Request;
use stream::Stream;

pub use console::PbxConsole;
pub use remote::Remote;
pub use verbs::VERBS;

/// Where applications reach the PBX.
#[derive(Debug)]
pub enum PbxPort {
    /// Any number of clients over TCP; port 0 lets the system choose.
    Tcp(SocketAddr),
    /// One client on a serial port or a pseudo-terminal.
    Port(PortSpec),
}

/// What the sink is told.
#[derive(Debug)]
pub enum PbxEvent<'a> {
    /// The switch did something; [`Switch::describe`] says it in words.
    Switch(&'a Switch, &'a SwitchEvent),
    /// A message went in or out.
    Message(Record),
    /// A client has come.
    Connected(ClientId),
    /// A client is gone; with a reason where the server closed it.
    Gone(ClientId, Option<CloseReason>),
    /// A port cannot be used any more.
    PortFailed(String),
}

type Sink = Box<dyn FnMut(SimTime, PbxEvent<'_>) + Send>;

/// A running PBX. Dropping it ends it and closes its ports.
#[derive(Debug)]
pub struct Pbx {
    ports: Vec<String>,
    remote: Remote,
    thread: Option<JoinHandle<()>>,
}

enum Opened {
    Tcp(TcpListener),
    Port(PortBuilder),
}

impl Pbx {
    /// Opens the ports and starts the switch at [`SimTime::ZERO`].
    ///
    /// The sink is called on the PBX's thread, before the bytes of the same step are written. It must not block, and
    /// must not call [`Pbx::command`], which waits for that thread.
    ///
    /// # Errors
    /// Where a port does not open, or the thread does not start.
    pub fn start(
        switch: Switch,
        profile: Profile,
        ports: Vec<PbxPort>,
        sink: impl FnMut(SimTime, PbxEvent<'_>) + Send + 'static,
    ) -> Result<Pbx, PortError> {
        let mut opened = Vec::new();
        let mut names = Vec::new();
        for port in ports {
            match port {
                PbxPort::Tcp(address) => {
                    let failed = |source| PortError::Tcp {
                        number: "CSTA".to_owned(),
                        address,
                        source,
                    };
                    let listener = TcpListener::bind(address).map_err(failed)?;
                    listener.set_nonblocking(true).map_err(failed)?;
                    names.push(listener.local_addr().map_err(failed)?.to_string());
                    opened.push(Opened::Tcp(listener));
                }
                PbxPort::Port(spec) => {
                    let (builder, path) = Port::open(spec, "CSTA")?;
                    names.push(path);
                    opened.push(Opened::Port(builder));
                }
            }
        }
        let (requests, receiver) = mpsc::unbounded_channel();
        let (started, starting) = std_mpsc::channel();
        let sink: Sink = Box::new(sink);
        let thread = std::thread::Builder::new()
            .name("offhook pbx".to_owned())
            .spawn(move || run(switch, profile, opened, sink, receiver, &started))
            .map_err(PortError::Driver)?;
        let pbx = Pbx {
            ports: names,
            remote: Remote::new(requests),
            thread: Some(thread),
        };
        match starting.recv() {
            Ok(Ok(())) => Ok(pbx),
            Ok(Err(error)) => Err(PortError::Driver(error)),
            Err(_) => Err(PortError::Driver(io::Error::other("its thread ended at once"))),
        }
    }

    /// What clients open, in the order in which the ports were given: `127.0.0.1:40713`, `/dev/pts/5`.
    pub fn ports(&self) -> &[String] {
        &self.ports
    }

    /// Does something on the switch, as somebody at a telephone would; returns once clients were told of it.
    ///
    /// # Errors
    /// What the switch answers; [`ServiceError::Unspecified`] where the PBX has ended.
    pub fn command(
        &self,
        step: impl FnOnce(&mut Switch, SimTime) -> Result<(), ServiceError> + Send + 'static,
    ) -> Result<(), ServiceError> {
        self.remote.command(step)
    }

    /// A handle to the PBX for other threads.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }
}

impl Drop for Pbx {
    fn drop(&mut self) {
        self.remote.stop();
        if let Some(thread) = self.thread.take() {
            // A panic of the sink has been printed; a second one while unwinding would abort the process.
            thread.join().unwrap_or_default();
        }
    }
}

fn run(
    switch: Switch,
    profile: Profile,
    opened: Vec<Opened>,
    sink: Sink,
    mut requests: mpsc::UnboundedReceiver<Request>,
    started: &std_mpsc::Sender<io::Result<()>>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        // Only a caller that has gone itself does not hear this.
        Err(error) => return started.send(Err(error)).unwrap_or_default(),
    };
    let core = Rc::new(RefCell::new(Core::new(switch, profile, sink)));
    LocalSet::new().block_on(&runtime, async {
        let mut tasks = JoinSet::new();
        for port in opened {
            let begun = match port {
                Opened::Tcp(listener) => tokio::net::TcpListener::from_std(listener).map(|listener| {
                    tasks.spawn_local(serve_listener(Rc::clone(&core), listener));
                }),
                Opened::Port(builder) => builder.build().map(|port| {
                    let stream = Rc::new(Stream::Port(port));
                    tasks.spawn_local(serve_port(Rc::clone(&core), stream));
                }),
            };
            if let Err(error) = begun {
                return started.send(Err(error)).unwrap_or_default();
            }
        }
        tasks.spawn_local(serve_timer(Rc::clone(&core)));
        started.send(Ok(())).unwrap_or_default();
        loop {
            tokio::select! {
                request = requests.recv() => match request {
                    Some(Request::Step(step)) => core.borrow_mut().step(step),
                    Some(Request::Stop) | None => break,
                },
                Some(ended) = tasks.join_next() => {
                    if let Some(panic) = ended.err().and_then(|error| error.try_into_panic().ok()) {
                        std::panic::resume_unwind(panic);
                    }
                }
            }
        }
    });
}

async fn serve_timer(core: SharedCore) {
    let (began, changed) = {
        let core = core.borrow();
        (core.began, Rc::clone(&core.timer_changed))
    };
    loop {
        let due_at = core.borrow().timer_set;
        let due = async {
            match due_at {
                Some(at) => {
                    tokio::time::sleep_until((began + Duration::from_micros(at.as_micros())).into()).await
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {
                let core = &mut *core.borrow_mut();
                let now = core.now();
                core.links.server.handle_timeout(&mut core.switch, now);
                core.report(now);
            }
            () = changed.notified() => {}
        }
    }
}
