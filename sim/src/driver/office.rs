//! A PBX on the exchange that the modems share: its CSTA server, and the applications that speak to it.

use std::cell::RefCell;
use std::io;
use std::net::TcpListener;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use tokio::task::JoinSet;

use super::core::Core;
use crate::device::csta::{ClientId, CstaServer, Profile, Record};
use crate::exchange::switch::{CallEventKind, Switch, SwitchEvent};
use crate::exchange::verbs;
use crate::pbx::PbxPort;
use crate::pbx::links::{Host, Links, serve_listener, serve_port};
use crate::pbx::stream::Stream;
use crate::port::{Port, PortBuilder, PortError};
use crate::simulation::{SimError, SimEvent, SwitchStep};
use crate::time::SimTime;

/// How a PBX is reached.
#[derive(Debug)]
pub struct Office {
    /// The kind of switch that it passes for.
    pub profile: Profile,
    /// Where applications reach it.
    pub ports: Vec<PbxPort>,
}

/// What can be done to the link of a PBX: a verb, and what it does.
#[derive(Debug)]
pub struct LinkVerb {
    /// Its name and its words.
    pub form: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// The verbs of the link; those of the telephones are [`verbs::VERBS`].
pub const LINK_VERBS: &[LinkVerb] = &[
    LinkVerb {
        form: "cut-link",
        meaning: "every application loses its connection, and none gets a new one",
    },
    LinkVerb {
        form: "restore-link",
        meaning: "applications are served again",
    },
    LinkVerb {
        form: "hold-link",
        meaning: "what the switch says is on its way until the link is released, cut or restarted",
    },
    LinkVerb {
        form: "release-link",
        meaning: "what the switch says arrives, in order",
    },
    LinkVerb {
        form: "restart",
        meaning: "the switch forgets its calls and its applications, and is there again",
    },
    LinkVerb {
        form: "stop-monitors DEVICE",
        meaning: "the switch ends the monitors on DEVICE",
    },
    LinkVerb {
        form: "system-status STATUS",
        meaning: "the switch says that it is normal, disabled, initializing, …",
    },
];

enum Place {
    Tcp(TcpListener),
    Port(PortBuilder),
}

/// A PBX whose ports are open, on its way to the driver's thread.
pub(super) struct Opened {
    profile: Profile,
    places: Vec<Place>,
    pub(super) names: Vec<String>,
}

/// Opens the ports of a PBX.
pub(super) fn open(office: Office) -> Result<Opened, PortError> {
    let (mut places, mut names) = (Vec::new(), Vec::new());
    for port in office.ports {
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
                places.push(Place::Tcp(listener));
            }
            PbxPort::Port(spec) => {
                let (builder, path) = Port::open(spec, "CSTA")?;
                names.push(path);
                places.push(Place::Port(builder));
            }
        }
    }
    Ok(Opened {
        profile: office.profile,
        places,
        names,
    })
}

impl Opened {
    /// Begins to serve the ports.
    pub(super) fn serve(self, core: &Rc<RefCell<Core>>, tasks: &mut JoinSet<()>) -> io::Result<()> {
        let mut server = CstaServer::new(self.profile);
        let now = Duration::from_micros(core.borrow().now().as_micros());
        server.set_beginning((SystemTime::now() - now).into());
        core.borrow_mut().office = Some(Links::new(server));
        for place in self.places {
            let core = Rc::clone(core);
            match place {
                Place::Tcp(listener) => {
                    let listener = tokio::net::TcpListener::from_std(listener)?;
                    tasks.spawn_local(serve_listener(core, listener));
                }
                Place::Port(builder) => {
                    let stream = Rc::new(Stream::Port(builder.build()?));
                    tasks.spawn_local(serve_port(core, stream));
                }
            }
        }
        Ok(())
    }
}

/// What of a switch's event those want to know who wait for it.
fn step(switch: &Switch, event: &SwitchEvent) -> SwitchStep {
    use CallEventKind as Kind;
    let text = switch.describe(event);
    let SwitchEvent::Call(event) = event else {
        return SwitchStep {
            text,
            ..SwitchStep::default()
        };
    };
    let (name, device) = match &event.kind {
        Kind::Delivered { device } | Kind::Offered { device } => ("Delivered", Some(*device)),
        Kind::Established { device } => ("Established", Some(*device)),
        Kind::Failed { device } => ("Failed", Some(*device)),
        Kind::ConnectionCleared { device, .. } => ("ConnectionCleared", Some(*device)),
        Kind::DigitsGenerated { device, .. } => ("DigitsGenerated", Some(*device)),
        _ => ("", None),
    };
    let number = |device| switch.number(device).to_owned();
    let releasing = match &event.kind {
        Kind::ConnectionCleared { releasing, .. } => number(*releasing),
        _ => String::new(),
    };
    let digits = match &event.kind {
        Kind::DigitsGenerated { digits, .. } => digits.to_string(),
        _ => String::new(),
    };
    let there = event.connections.iter().map(|(device, _)| *device);
    SwitchStep {
        text,
        event: Some(name).filter(|name| !name.is_empty()),
        cause: event.cause.name(),
        device: device.map(number).unwrap_or_default(),
        releasing,
        devices: there.chain(device).map(number).collect(),
        digits,
    }
}

fn told(record: Record) -> SimEvent {
    SimEvent::Csta {
        to_switch: record.from_client,
        text: record.text,
    }
}

impl Core {
    /// Has the server do something with the switch, which the modems' lines follow, and tells what happened.
    fn attend(&mut self, now: SimTime, act: impl FnOnce(&mut CstaServer, &mut Switch)) {
        self.simulation.handle_timeout(now);
        self.tell_office(now);
        let Core {
            simulation,
            sink,
            office: Some(links),
            ..
        } = self
        else {
            return;
        };
        let server = &mut links.server;
        let mut act = Some(act);
        simulation.serve_through(now, |switch| {
            if let Some(act) = act.take() {
                act(server, switch);
            }
            server.pump(switch, now);
            // What came in, what it led to, what is said of that.
            let records: Vec<Record> = std::iter::from_fn(|| server.poll_record()).collect();
            let (asked, said): (Vec<Record>, Vec<Record>) =
                records.into_iter().partition(|record| record.from_client);
            asked.into_iter().for_each(|record| sink(now, told(record)));
            let events: Vec<SwitchEvent> = std::iter::from_fn(|| server.poll_event()).collect();
            for event in &events {
                sink(now, SimEvent::Switch(step(switch, event)));
            }
            said.into_iter().for_each(|record| sink(now, told(record)));
            events
        });
        self.tell_office(now);
    }

    /// Has the server report what the switch did without it: at the wish of lines, and as time went by. What the lines did
    /// is told in between, each in its time.
    fn tell_office(&mut self, now: SimTime) {
        let Core {
            simulation,
            sink,
            office: Some(links),
            ..
        } = self
        else {
            return;
        };
        loop {
            while let Some(event) = simulation.poll_event_before_switch() {
                sink(now, event);
            }
            let Some(event) = simulation.poll_switch_event() else {
                break;
            };
            sink(
                now,
                SimEvent::Switch(step(simulation.exchange().switch(), &event)),
            );
            simulation.serve_through(now, |switch| {
                links.server.tell(switch, &event);
                Vec::new()
            });
        }
        while let Some(event) = simulation.poll_event() {
            sink(now, event);
        }
    }

    /// Has the server report what the switch has done meanwhile.
    pub(super) fn follow_switch(&mut self, now: SimTime) {
        if self.office.is_some() {
            self.attend(now, |_, _| ());
        }
    }

    /// Tells what else passed between the switch and its applications, and lets the answers out.
    pub(super) fn let_office_speak(&mut self, now: SimTime) {
        let Core {
            sink,
            office: Some(links),
            ..
        } = self
        else {
            return;
        };
        while let Some(record) = links.server.poll_record() {
            sink(now, told(record));
        }
        links.write_out();
        while links.poll_closed().is_some() {}
    }

    pub(super) fn office_timeout(&self) -> Option<SimTime> {
        let links = self.office.as_ref()?;
        links.server.poll_timeout(self.simulation.exchange().switch())
    }

    pub(super) fn office_timed_out(&mut self, now: SimTime) {
        self.attend(now, |server, switch| server.handle_timeout(switch, now));
    }

    /// Carries out a line for the PBX.
    pub(super) fn pbx(&mut self, line: &str) -> Result<(), SimError> {
        if self.office.is_none() {
            return Err(SimError::NoPbx);
        }
        let now = self.now();
        self.simulation.handle_timeout(now);
        let done = self.link_verb(line, now).unwrap_or_else(|| {
            let mut done = Ok(());
            self.attend(now, |_, switch| {
                done = verbs::run(switch, line, now)
                    .map(drop)
                    .map_err(|error| error.to_string());
            });
            done
        });
        self.report(now);
        done.map_err(|message| SimError::Pbx {
            line: line.to_owned(),
            message,
        })
    }

    /// Carries out a verb of the link; `None` where the line is none.
    fn link_verb(&mut self, line: &str, now: SimTime) -> Option<Result<(), String>> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let verb = LINK_VERBS
            .iter()
            .find(|verb| verb.form.split_whitespace().next() == words.first().copied())?;
        if verb.form.split_whitespace().count() != words.len() {
            return Some(Err(format!("this is written `{}`", verb.form)));
        }
        let links = self.office.as_mut()?;
        Some(match words[..] {
            ["cut-link"] => {
                links.cut(true);
                Ok(())
            }
            ["restore-link"] => {
                links.cut(false);
                Ok(())
            }
            ["hold-link"] => {
                links.server.hold(true, now);
                Ok(())
            }
            ["release-link"] => {
                links.server.hold(false, now);
                Ok(())
            }
            ["restart"] => {
                links.server.lose_held();
                links.drop_all();
                self.attend(now, |_, switch| {
                    for (call, _) in switch.snapshot().calls {
                        // Refused only where clearing another one has ended it.
                        switch.clear_call(call, now).ok();
                    }
                });
                Ok(())
            }
            ["stop-monitors", number] => match self.simulation.exchange().switch().device(number) {
                None => Err(format!("no device has the number {number}")),
                device => {
                    let before = links.server.monitor_count();
                    links.server.stop_monitors(device, now);
                    match links.server.monitor_count() {
                        after if after == before => Err(format!("nobody monitors {number}")),
                        _ => Ok(()),
                    }
                }
            },
            ["system-status", status] => links.server.set_status_by_name(status, now),
            _ => return None,
        })
    }
}

impl Host for Core {
    fn links(&mut self) -> &mut Links {
        self.office.as_mut().expect("only a PBX has clients")
    }

    fn connect(&mut self, stream: &Rc<Stream>) -> ClientId {
        let now = self.now();
        let id = self.links().connect(stream, now);
        self.report(now);
        id
    }

    fn take(&mut self, id: ClientId, bytes: &[u8]) {
        let now = self.now();
        self.attend(now, |server, switch| server.handle_bytes(switch, id, bytes, now));
        self.report(now);
    }

    fn gone(&mut self, id: ClientId) {
        let now = self.now();
        self.links().gone(id);
        self.report(now);
    }

    fn port_failed(&mut self, error: &io::Error) {
        let now = self.now();
        let (number, message) = ("CSTA".to_owned(), error.to_string());
        (self.sink)(now, SimEvent::PortFailed { number, message });
    }
}
