//! The one loop: runs a simulation in real time, on real ports, on a thread of its own.
//!
//! Everything happens on that thread, one step at a time: bytes come, the simulation takes them, the sink is told,
//! and only then do answers go out. So what a client does in answer is always later on the record.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;
use std::sync::mpsc as std_mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio::task::{JoinSet, LocalSet};

use crate::port::{OpenPort, Port, PortBuilder, PortError, PortSpec, Read};
use crate::simulation::{ModemId, SimCommand, SimError, SimEvent, Simulation};
use crate::time::SimTime;
use crate::wire::uart::LineSettings;
use crate::wire::v24::{DceCircuits, DteCircuits};

/// Bytes on their way to a client beyond which the modem at the other end of the call has to wait.
const BACKLOG_MOST: usize = 64 * 1024;

type Sink = Box<dyn FnMut(SimTime, SimEvent) + Send>;
type Request = (SimCommand, std_mpsc::Sender<Result<(), SimError>>);

/// A running simulation. Dropping it ends the simulation and closes its ports.
#[derive(Debug)]
pub struct Driver {
    ports: Vec<OpenPort>,
    requests: Option<mpsc::UnboundedSender<Request>>,
    thread: Option<JoinHandle<()>>,
}

impl Driver {
    /// Opens the ports and starts the simulation at [`SimTime::ZERO`]. A modem without a port hears its line, and its
    /// answers go nowhere.
    ///
    /// The sink is called on the driver's thread, before the bytes of the same step are written. It must not block,
    /// and must not call [`Driver::command`], which waits for that thread.
    ///
    /// # Errors
    /// Where a port does not open, or the thread does not start; ports opened before are closed again.
    pub fn start(
        simulation: Simulation,
        ports: Vec<(ModemId, PortSpec)>,
        sink: impl FnMut(SimTime, SimEvent) + Send + 'static,
    ) -> Result<Driver, PortError> {
        let mut builders = Vec::new();
        let mut open_ports = Vec::new();
        for (id, spec) in ports {
            let number = simulation.number(id).to_owned();
            let (builder, path) = Port::open(spec, &number)?;
            builders.push((id, builder));
            open_ports.push(OpenPort { number, path });
        }
        let (requests, receiver) = mpsc::unbounded_channel();
        let (started, starting) = std_mpsc::channel();
        let sink: Sink = Box::new(sink);
        let thread = std::thread::Builder::new()
            .name("offhook simulation".to_owned())
            .spawn(move || run(simulation, builders, sink, receiver, &started))
            .map_err(PortError::Driver)?;
        let driver = Driver {
            ports: open_ports,
            requests: Some(requests),
            thread: Some(thread),
        };
        match starting.recv() {
            Ok(Ok(())) => Ok(driver),
            Ok(Err(error)) => Err(PortError::Driver(error)),
            Err(_) => Err(PortError::Driver(io::Error::other("its thread ended at once"))),
        }
    }

    /// The open ports, in the order in which they were given.
    pub fn ports(&self) -> &[OpenPort] {
        &self.ports
    }

    /// Carries out a step on the far side; returns once the exchange has taken it and the sink was told.
    ///
    /// # Errors
    /// Where the step makes no sense now, or the simulation has ended.
    pub fn command(&self, command: SimCommand) -> Result<(), SimError> {
        let (reply, answer) = std_mpsc::channel();
        let requests = self.requests.as_ref().ok_or(SimError::Ended)?;
        requests.send((command, reply)).map_err(|_| SimError::Ended)?;
        answer.recv().map_err(|_| SimError::Ended)?
    }

    /// Ends the simulation and closes its ports.
    ///
    /// # Panics
    /// Where the sink panicked, with the same panic.
    pub fn shutdown(mut self) {
        if let Err(panic) = self.end() {
            std::panic::resume_unwind(panic);
        }
    }

    fn end(&mut self) -> std::thread::Result<()> {
        self.requests = None;
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A panic of the sink has been printed; a second one while unwinding would abort the process.
        self.end().unwrap_or_default();
    }
}

/// What the tasks of the driver's thread share.
struct Core {
    simulation: Simulation,
    sink: Sink,
    began: Instant,
    ports: Vec<Attached>,
    /// Ports that do not read until the far end's backlog has shrunk.
    waiting: BTreeSet<usize>,
    timer_set: Option<SimTime>,
    timer_changed: Rc<Notify>,
}

struct Attached {
    id: ModemId,
    port: Rc<Port>,
    /// Bytes that the port did not take yet.
    backlog: Vec<u8>,
    /// Wakes the port's task: there is a backlog, or a reason to wait is gone.
    wake: Rc<Notify>,
    /// What the client holds on, and how it has set its port, where the kind of port tells.
    dte: DteCircuits,
    settings: Option<LineSettings>,
    /// What the client was shown last.
    shown: Option<DceCircuits>,
}

type SharedCore = Rc<RefCell<Core>>;

fn run(
    simulation: Simulation,
    builders: Vec<(ModemId, PortBuilder)>,
    sink: Sink,
    mut requests: mpsc::UnboundedReceiver<Request>,
    started: &std_mpsc::Sender<io::Result<()>>,
) {
    let prepared = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| {
            let _inside = runtime.enter();
            let mut ports = Vec::new();
            for (id, builder) in builders {
                ports.push(Attached {
                    id,
                    port: Rc::new(builder.build()?),
                    backlog: Vec::new(),
                    wake: Rc::new(Notify::new()),
                    dte: DteCircuits::READY,
                    settings: None,
                    shown: None,
                });
            }
            drop(_inside);
            Ok((runtime, ports))
        });
    let (runtime, ports) = match prepared {
        Ok(prepared) => prepared,
        // Only a caller that has gone itself does not hear this.
        Err(error) => return started.send(Err(error)).unwrap_or_default(),
    };
    let core = Core {
        simulation,
        sink,
        began: Instant::now(),
        ports,
        waiting: BTreeSet::new(),
        timer_set: None,
        timer_changed: Rc::new(Notify::new()),
    };
    let mut core = core;
    let count = core.ports.len();
    for index in 0..count {
        let dce = core.simulation.circuits(core.ports[index].id);
        core.show_circuits(index, dce);
    }
    let core = Rc::new(RefCell::new(core));
    LocalSet::new().block_on(&runtime, async {
        let mut tasks = JoinSet::new();
        for index in 0..count {
            tasks.spawn_local(serve_port(Rc::clone(&core), index));
        }
        tasks.spawn_local(serve_timer(Rc::clone(&core)));
        // A caller that has gone already has dropped the requests too.
        started.send(Ok(())).unwrap_or_default();
        loop {
            tokio::select! {
                request = requests.recv() => match request {
                    Some((command, reply)) => {
                        let result = core.borrow_mut().command(command);
                        // Whoever asked may have stopped waiting only by ending.
                        reply.send(result).unwrap_or_default();
                    }
                    None => break,
                },
                // The timer never ends, a port's task ends when its port fails: what matters here is a panic.
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
                let mut core = core.borrow_mut();
                let now = core.now();
                core.simulation.handle_timeout(now);
                core.report(now);
            }
            () = changed.notified() => {}
        }
    }
}

async fn serve_port(core: SharedCore, index: usize) {
    let (port, wake) = {
        let core = core.borrow();
        (
            Rc::clone(&core.ports[index].port),
            Rc::clone(&core.ports[index].wake),
        )
    };
    let mut buffer = vec![0; 4096];
    loop {
        let (may_read, may_write) = core.borrow_mut().interest(index);
        let result = tokio::select! {
            biased;
            () = wake.notified() => Ok(()),
            ready = port.writable(), if may_write => {
                ready.and_then(|()| core.borrow_mut().write_backlog(index))
            }
            read = port.read(&mut buffer), if may_read => {
                read.map(|read| core.borrow_mut().take(index, read, &buffer))
            }
        };
        if let Err(error) = result {
            // The modem goes on without a client; whoever reads the record learns why.
            core.borrow_mut().port_failed(index, &error);
            return;
        }
    }
}

impl Core {
    fn now(&self) -> SimTime {
        SimTime::from(self.began.elapsed())
    }

    fn command(&mut self, command: SimCommand) -> Result<(), SimError> {
        let now = self.now();
        let result = self.simulation.command(command, now);
        self.report(now);
        result
    }

    /// Whether a port should read, and whether it has something to write.
    fn interest(&mut self, index: usize) -> (bool, bool) {
        let congested = self.is_congested(index);
        let changed = if congested {
            self.waiting.insert(index)
        } else {
            self.waiting.remove(&index)
        };
        if changed {
            let dce = self.simulation.circuits(self.ports[index].id);
            self.show_circuits(index, dce);
        }
        (!congested, !self.ports[index].backlog.is_empty())
    }

    /// The client at the far end reads more slowly than this one writes.
    fn is_congested(&self, index: usize) -> bool {
        let Some(far) = self.simulation.far_modem(self.ports[index].id) else {
            return false;
        };
        let backlog = self
            .ports
            .iter()
            .find(|port| port.id == far)
            .map_or(0, |port| port.backlog.len());
        backlog + self.simulation.held_bytes(far) > BACKLOG_MOST
    }

    fn take(&mut self, index: usize, read: Read, buffer: &[u8]) {
        let now = self.now();
        let id = self.ports[index].id;
        match read {
            Read::Bytes(count) => self.simulation.handle_bytes(id, &buffer[..count], now),
            Read::ClientGone => {
                self.ports[index].backlog.clear();
                self.ports[index].dte = DteCircuits::READY;
                self.simulation.handle_client_gone(id, now);
            }
            Read::Circuits(dte) => {
                self.ports[index].dte = dte;
                self.simulation.handle_circuits(id, dte, now);
                self.ports[index].wake.notify_one();
            }
            Read::Settings(settings) => {
                self.ports[index].settings = Some(settings);
                let number = self.simulation.number(id).to_owned();
                (self.sink)(now, SimEvent::Settings { number, settings });
            }
            Read::Break => {
                let number = self.simulation.number(id).to_owned();
                (self.sink)(now, SimEvent::Break { number });
            }
        }
        self.report(now);
    }

    /// Tells the sink what happened, then lets the answers out.
    fn report(&mut self, now: SimTime) {
        while let Some(event) = self.simulation.poll_event() {
            (self.sink)(now, event);
        }
        while let Some((id, dce)) = self.simulation.poll_circuits() {
            if let Some(index) = self.ports.iter().position(|port| port.id == id) {
                self.show_circuits(index, dce);
            }
        }
        while let Some((id, bytes)) = self.simulation.poll_output() {
            if let Some(index) = self.ports.iter().position(|port| port.id == id) {
                self.write(index, bytes);
            }
        }
        let due_at = self.simulation.poll_timeout();
        if due_at != self.timer_set {
            self.timer_set = due_at;
            self.timer_changed.notify_one();
        }
        self.wake_waiting();
    }

    /// Shows the client what the modem holds on, with CTS off while the port does not read.
    fn show_circuits(&mut self, index: usize, mut dce: DceCircuits) {
        dce.cts &= !self.waiting.contains(&index);
        let attached = &mut self.ports[index];
        if attached.shown.replace(dce) == Some(dce) {
            return;
        }
        if let Err(error) = attached.port.set_circuits(dce) {
            self.port_failed(index, &error);
        }
    }

    fn write(&mut self, index: usize, bytes: Vec<u8>) {
        let attached = &mut self.ports[index];
        let written = if attached.backlog.is_empty() {
            attached.port.try_write(&bytes)
        } else {
            Ok(0)
        };
        match written {
            Ok(count) if count == bytes.len() => {}
            Ok(count) => {
                attached.backlog.extend_from_slice(&bytes[count..]);
                attached.wake.notify_one();
            }
            Err(error) => self.port_failed(index, &error),
        }
    }

    fn write_backlog(&mut self, index: usize) -> io::Result<()> {
        let attached = &mut self.ports[index];
        let count = attached.port.try_write(&attached.backlog)?;
        attached.backlog.drain(..count);
        self.wake_waiting();
        Ok(())
    }

    fn wake_waiting(&mut self) {
        for index in &self.waiting {
            if !self.is_congested(*index) {
                self.ports[*index].wake.notify_one();
            }
        }
    }

    fn port_failed(&mut self, index: usize, error: &io::Error) {
        let now = self.now();
        let number = self.simulation.number(self.ports[index].id).to_owned();
        self.ports[index].backlog.clear();
        (self.sink)(
            now,
            SimEvent::PortFailed {
                number,
                message: error.to_string(),
            },
        );
    }
}
