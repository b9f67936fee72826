//! The one loop: runs a simulation in real time, on real ports, on a thread of its own.
//!
//! Everything happens on that thread, one step at a time: bytes come, the simulation takes them, the sink is told,
//! and only then do answers go out. So what a client does in answer is always later on the record.

mod core;
mod link;
mod office;
mod remote;
mod setup;

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::io;
use std::rc::Rc;
use std::sync::mpsc as std_mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::{Notify, mpsc};
use tokio::task::{JoinSet, LocalSet};

use crate::port::{OpenPort, Port, PortError, PortSpec};
use crate::simulation::{ModemId, SimCommand, SimError, SimEvent, Simulation};
use crate::time::SimTime;
use crate::wire::v24::DteCircuits;

use self::core::{Attached, Core, Sink};
use remote::Request;
use setup::Unattached;

pub use link::LinkSpec;
pub use office::{LINK_VERBS, LinkVerb, Office};
pub use remote::{LineStatus, Remote};
pub use setup::{DriverOptions, PortSetup};

/// A running simulation. Dropping it ends the simulation and closes its ports.
#[derive(Debug)]
pub struct Driver {
    ports: Vec<OpenPort>,
    office_ports: Vec<String>,
    remote: Remote,
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
        let ports = ports.into_iter().map(PortSetup::from).collect();
        Driver::start_with(simulation, ports, DriverOptions::default(), sink)
    }

    /// As [`Driver::start`], with lines that are not in order and a clock of its own pace.
    ///
    /// # Errors
    /// As [`Driver::start`].
    pub fn start_with(
        simulation: Simulation,
        ports: Vec<PortSetup>,
        options: DriverOptions,
        sink: impl FnMut(SimTime, SimEvent) + Send + 'static,
    ) -> Result<Driver, PortError> {
        Driver::start_linked(simulation, ports, options, Vec::new(), sink)
    }

    /// As [`Driver::start_with`], joined to other simulators. A link that cannot be there yet is no error: the sink hears
    /// of it.
    ///
    /// # Errors
    /// As [`Driver::start`].
    pub fn start_linked(
        simulation: Simulation,
        ports: Vec<PortSetup>,
        options: DriverOptions,
        links: Vec<LinkSpec>,
        sink: impl FnMut(SimTime, SimEvent) + Send + 'static,
    ) -> Result<Driver, PortError> {
        Driver::begin(simulation, ports, None, options, links, sink)
    }

    /// As [`Driver::start_with`], where the simulation's switch is a PBX with a CSTA link beside the modems.
    ///
    /// # Errors
    /// As [`Driver::start`].
    pub fn start_beside(
        simulation: Simulation,
        ports: Vec<PortSetup>,
        office: Option<Office>,
        options: DriverOptions,
        sink: impl FnMut(SimTime, SimEvent) + Send + 'static,
    ) -> Result<Driver, PortError> {
        Driver::begin(simulation, ports, office, options, Vec::new(), sink)
    }

    fn begin(
        mut simulation: Simulation,
        ports: Vec<PortSetup>,
        office: Option<Office>,
        options: DriverOptions,
        links: Vec<LinkSpec>,
        sink: impl FnMut(SimTime, SimEvent) + Send + 'static,
    ) -> Result<Driver, PortError> {
        let office = office.map(office::open).transpose()?;
        let office_ports = office.as_ref().map_or(Vec::new(), |office| office.names.clone());
        if office.is_some() {
            simulation.observe_switch();
        }
        let mut builders = Vec::new();
        let mut open_ports = Vec::new();
        for setup in ports {
            let number = simulation.number(setup.modem).to_owned();
            let (builder, path) = Port::open(setup.port, &number)?;
            builders.push(Unattached {
                id: setup.modem,
                builder,
                path: path.clone(),
                faults: setup.faults,
                strict: setup.strict,
            });
            open_ports.push(OpenPort { number, path });
        }
        let (requests, receiver) = mpsc::unbounded_channel();
        let (started, starting) = std_mpsc::channel();
        let sink: Sink = Box::new(sink);
        let thread = std::thread::Builder::new()
            .name("offhook simulation".to_owned())
            .spawn(move || {
                let setting = Setting {
                    builders,
                    office,
                    options,
                    links,
                };
                run(simulation, setting, sink, receiver, &started);
            })
            .map_err(PortError::Driver)?;
        let driver = Driver {
            ports: open_ports,
            office_ports,
            remote: Remote(requests),
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

    /// What applications of the PBX open, in the order in which its ports were given: `127.0.0.1:40713`, `/dev/pts/5`.
    pub fn office_ports(&self) -> &[String] {
        &self.office_ports
    }

    /// Carries out a line for the PBX: a verb of [`crate::exchange::verbs`], or one of [`LINK_VERBS`].
    ///
    /// # Errors
    /// Where there is no PBX, the line is no verb, or the switch refuses.
    pub fn pbx(&self, line: &str) -> Result<(), SimError> {
        self.remote.pbx(line)
    }

    /// Carries out a step on the far side; returns once the exchange has taken it and the sink was told.
    ///
    /// # Errors
    /// Where the step makes no sense now, or the simulation has ended.
    pub fn command(&self, command: SimCommand) -> Result<(), SimError> {
        self.remote.command(command)
    }

    /// A way to ask the driver from other threads.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
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
        // Fails where the thread has ended by itself, which is what is wanted.
        self.remote.0.send(Request::End).unwrap_or_default();
        self.thread.take().map_or(Ok(()), JoinHandle::join)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // A panic of the sink has been printed; a second one while unwinding would abort the process.
        self.end().unwrap_or_default();
    }
}

type SharedCore = Rc<RefCell<Core>>;

/// What a driver's thread begins with.
struct Setting {
    builders: Vec<Unattached>,
    office: Option<office::Opened>,
    options: DriverOptions,
    links: Vec<LinkSpec>,
}

fn run(
    simulation: Simulation,
    setting: Setting,
    sink: Sink,
    mut requests: mpsc::UnboundedReceiver<Request>,
    started: &std_mpsc::Sender<io::Result<()>>,
) {
    let Setting {
        builders,
        office,
        options,
        links,
    } = setting;
    let prepared = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .and_then(|runtime| {
            let _inside = runtime.enter();
            let mut ports = Vec::new();
            for unattached in builders {
                let seed = options.seed.wrapping_add(ports.len() as u64);
                ports.push(Attached {
                    id: unattached.id,
                    path: unattached.path,
                    faults: unattached.faults.lines(seed),
                    strict: unattached.strict,
                    port: Rc::new(unattached.builder.build()?),
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
        options,
        ports,
        waiting: BTreeSet::new(),
        links: link::Senders::new(),
        office: None,
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
        for link in links {
            tasks.spawn_local(link::serve(Rc::clone(&core), link));
        }
        if let Some(office) = office
            && let Err(error) = office.serve(&core, &mut tasks)
        {
            return started.send(Err(error)).unwrap_or_default();
        }
        // A caller that has gone already has dropped the requests too.
        started.send(Ok(())).unwrap_or_default();
        loop {
            tokio::select! {
                request = requests.recv() => match request {
                    // Whoever asked may have stopped waiting only by ending.
                    Some(Request::Command(command, reply)) => {
                        let result = core.borrow_mut().command(command);
                        reply.send(result).unwrap_or_default();
                    }
                    Some(Request::SetFaults(number, faults, seed, reply)) => {
                        let result = core.borrow_mut().set_faults(number, &faults, seed);
                        reply.send(result).unwrap_or_default();
                    }
                    Some(Request::Status(reply)) => {
                        reply.send(core.borrow().status()).unwrap_or_default();
                    }
                    Some(Request::Pbx(line, reply)) => {
                        let result = core.borrow_mut().pbx(&line);
                        reply.send(result).unwrap_or_default();
                    }
                    Some(Request::End) | None => break,
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
    let (began, speed, changed) = {
        let core = core.borrow();
        (core.began, core.options.speed, Rc::clone(&core.timer_changed))
    };
    loop {
        let due_at = core.borrow().timer_set;
        let due = async {
            match due_at {
                Some(at) => {
                    let wait = Duration::from_micros(at.as_micros()).div_f64(speed);
                    tokio::time::sleep_until((began + wait).into()).await
                }
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {
                let mut core = core.borrow_mut();
                let now = core.now();
                core.simulation.handle_timeout(now);
                core.let_through(now);
                core.office_timed_out(now);
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
