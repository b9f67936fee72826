//! The driver on pseudo-terminals, with clients that come and go.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use offhook_sim::{
    Driver, ExchangeConfig, ExchangeEvent, ModemProfile, PortError, PortSpec, SimCommand, SimEvent,
    Simulation, StationBehaviour,
};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::termios::{LocalModes, OptionalActions, OutputModes};

const DEADLINE: Duration = Duration::from_secs(10);

/// A program that has a terminal open.
struct Client(File);

impl Client {
    fn open(path: &str) -> Client {
        Client(OpenOptions::new().read(true).write(true).open(path).unwrap())
    }

    fn write(&self, bytes: &[u8]) {
        (&self.0).write_all(bytes).unwrap();
    }

    /// Whether there is something to read within the time.
    fn has_input(&self, wait: Duration) -> bool {
        let mut fds = [PollFd::new(&self.0, PollFlags::IN)];
        let wait = Timespec::try_from(wait).unwrap();
        poll(&mut fds, Some(&wait)).unwrap() > 0
    }

    fn read_until(&self, text: &str) -> String {
        let read = self.read_while(|read| !String::from_utf8_lossy(read).contains(text));
        String::from_utf8(read).unwrap()
    }

    fn read_while(&self, more: impl Fn(&[u8]) -> bool) -> Vec<u8> {
        let deadline = Instant::now() + DEADLINE;
        let mut read = Vec::new();
        while more(&read) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(
                self.has_input(left),
                "nothing more came after {:?}",
                String::from_utf8_lossy(&read)
            );
            let mut buffer = [0; 4096];
            let count = (&self.0).read(&mut buffer).unwrap();
            assert!(count > 0, "the terminal hung up");
            read.extend(&buffer[..count]);
        }
        read
    }
}

fn wait_for(events: &mpsc::Receiver<SimEvent>, mut wanted: impl FnMut(SimEvent) -> bool) {
    let deadline = Instant::now() + DEADLINE;
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        let event = events.recv_timeout(left).expect("the event comes in time");
        if wanted(event) {
            return;
        }
    }
}

fn start(numbers: &[&str]) -> (Driver, mpsc::Receiver<SimEvent>) {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    simulation
        .add_station("200", StationBehaviour::AnswersAfter(Duration::ZERO))
        .unwrap();
    let modem = |number: &&str| {
        (
            simulation.add_modem(number, ModemProfile::quick()).unwrap(),
            PortSpec::Pty,
        )
    };
    let ports = numbers.iter().map(modem).collect();
    let (sender, events) = mpsc::channel();
    let sink = move |_, event| sender.send(event).unwrap_or_default();
    (Driver::start(simulation, ports, sink).unwrap(), events)
}

#[test]
fn clients_come_and_go_and_each_finds_a_clean_port() {
    let (driver, events) = start(&["101"]);
    let path = &driver.ports()[0].path;
    for _ in 0..50 {
        let client = Client::open(path);
        client.write(b"ATI0\r");
        assert_eq!(
            client.read_until("OK\r\n"),
            "ATI0\r\r\nOffhook Simulated Modem\r\n\r\nOK\r\n"
        );
        // Left unread and half typed: the next client must see nothing of it. With &D2 the modem goes on-hook when
        // it notices that the client has gone.
        client.write(b"AT&D2H1I3\rATI");
        drop(client);
        wait_for(&events, |event| {
            event == SimEvent::Exchange(ExchangeEvent::OnHook { number: "101".into() })
        });
    }
}

/// The port may notice two clients as one: nothing may get stuck, whatever the moment.
#[test]
fn clients_may_follow_each_other_faster_than_the_port_can_tell() {
    let (driver, _events) = start(&["101"]);
    for round in 0..300 {
        let client = Client::open(&driver.ports()[0].path);
        client.write(b"\rATE0\r");
        client.read_until("OK\r\n");
        if round % 2 == 0 {
            drop(client);
            drop(Client::open(&driver.ports()[0].path));
        }
    }
}

/// A getty that dies leaves its terminal echoing what the modem echoes, for ever and faster than anybody reads.
#[test]
fn a_client_that_echoes_and_never_reads_leaves_a_clean_port_when_it_closes() {
    let (driver, events) = start(&["101"]);
    let path = &driver.ports()[0].path;
    for _ in 0..5 {
        let client = Client::open(path);
        let mut modes = rustix::termios::tcgetattr(&client.0).unwrap();
        modes.local_modes |= LocalModes::ECHO;
        modes.output_modes |= OutputModes::OPOST | OutputModes::ONLCR;
        rustix::termios::tcsetattr(&client.0, OptionalActions::Now, &modes).unwrap();
        client.write(b"AT\r");
        let mut heard = 0;
        wait_for(&events, |event| {
            if let SimEvent::Wire {
                to_device: true,
                bytes,
                ..
            } = event
            {
                heard += bytes.len();
            }
            heard > 3_000
        });
        drop(client);
        let next = Client::open(path);
        next.write(b"\rATI3\r");
        next.read_until(env!("CARGO_PKG_VERSION"));
    }
    driver.shutdown();
}

#[test]
fn a_client_that_only_listens_hears_the_ring_and_none_from_before() {
    let (driver, events) = start(&["101"]);
    let call = || SimCommand::Call {
        from: "7".into(),
        to: "101".into(),
        caller_id: None,
    };
    driver.command(call()).unwrap();
    wait_for(
        &events,
        |event| matches!(event, SimEvent::Wire { bytes, .. } if bytes == b"\r\nRING\r\n"),
    );
    driver.command(SimCommand::HangUp { number: "7".into() }).unwrap();
    let client = Client::open(&driver.ports()[0].path);
    assert!(
        !client.has_input(Duration::from_millis(50)),
        "a ring from before the client came"
    );
    driver.command(call()).unwrap();
    client.read_until("RING");
}

#[test]
fn every_byte_value_passes_both_ways_between_two_modems() {
    let (driver, _events) = start(&["101", "102"]);
    let one = Client::open(&driver.ports()[0].path);
    let two = Client::open(&driver.ports()[1].path);
    two.write(b"ATS0=1\r");
    two.read_until("OK\r\n");
    one.write(b"ATDT102\r");
    one.read_until("CONNECT 33600\r\n");
    two.read_until("CONNECT 33600\r\n");
    let all: Vec<u8> = (0..=255).collect();
    for (from, to) in [(&one, &two), (&two, &one)] {
        from.write(&all);
        assert_eq!(to.read_while(|read| read.len() < all.len()), all);
    }
}

#[test]
fn d2_hangs_up_when_the_client_closes_and_d0_does_not() {
    let (driver, events) = start(&["101"]);
    for (mode, hangs_up) in [("&D2", true), ("&D0", false)] {
        let client = Client::open(&driver.ports()[0].path);
        client.write(format!("AT{mode}DT200\r").as_bytes());
        client.read_until("CONNECT 33600\r\n");
        drop(client);
        if hangs_up {
            let ended = |event| matches!(event, SimEvent::Exchange(ExchangeEvent::Ended { .. }));
            wait_for(&events, ended);
        } else {
            let client = Client::open(&driver.ports()[0].path);
            driver
                .command(SimCommand::Send {
                    number: "200".into(),
                    bytes: b"still here".to_vec(),
                })
                .unwrap();
            client.read_until("still here");
        }
    }
}

#[test]
fn dropping_the_driver_hangs_its_terminals_up() {
    let (driver, events) = start(&["101", "102"]);
    let client = Client::open(&driver.ports()[0].path);
    client.write(b"AT\r");
    client.read_until("OK\r\n");
    drop(driver);
    while events.try_recv().is_ok() {}
    assert_eq!(
        events.try_recv(),
        Err(mpsc::TryRecvError::Disconnected),
        "the sink is still alive"
    );
    assert!(client.has_input(DEADLINE));
    let left = (&client.0).read(&mut [0; 16]);
    assert!(
        matches!(left, Ok(0) | Err(_)),
        "the terminal is still alive: {left:?}"
    );
}

/// The simulated modem on an existing port: here the slave of a terminal whose master the test holds.
#[test]
fn a_modem_speaks_on_an_existing_port() {
    let master: OwnedFd =
        rustix::pty::openpt(rustix::pty::OpenptFlags::RDWR | rustix::pty::OpenptFlags::NOCTTY).unwrap();
    rustix::pty::grantpt(&master).unwrap();
    rustix::pty::unlockpt(&master).unwrap();
    let path = rustix::pty::ptsname(master.as_fd(), Vec::new())
        .unwrap()
        .into_string()
        .unwrap();
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let modem = simulation.add_modem("101", ModemProfile::quick()).unwrap();
    let driver = Driver::start(simulation, vec![(modem, PortSpec::Path(path.clone()))], |_, _| {}).unwrap();
    assert_eq!(driver.ports()[0].path, path);
    let client = Client(File::from(master));
    for _ in 0..20 {
        client.write(b"AT\r");
        assert_eq!(client.read_until("OK\r\n"), "AT\r\r\nOK\r\n");
    }
    driver.shutdown();
}

#[test]
fn a_port_that_is_not_there_is_named() {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let modem = simulation.add_modem("101", ModemProfile::quick()).unwrap();
    let error = Driver::start(
        simulation,
        vec![(modem, PortSpec::Path("/dev/offhook-none".into()))],
        |_, _| {},
    );
    let error = error.unwrap_err();
    assert!(
        matches!(&error, PortError::Serial { path, .. } if path == "/dev/offhook-none"),
        "{error:?}"
    );
    assert!(
        error.to_string().contains("/dev/offhook-none for line 101"),
        "{error}"
    );
}
