//! Programs that nobody here wrote read and switch the modem lines of simulated modems: pyserial and the serialport
//! crate on a pseudo-terminal with the library that is loaded in front, pyserial's own client of RFC 2217, and Windows
//! programs under Wine.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use offhook_conformance::host::WinePrefix;
use offhook_conformance::host::artifact::{self, Target};
use offhook_sim::{
    Driver, ExchangeConfig, LineSettings, ModemProfile, Parity, PortSpec, SimCommand, SimEvent, Simulation,
    StationBehaviour, TcpKind,
};
use offhook_tests::program::Running;

const DEADLINE: Duration = Duration::from_secs(30);

struct Killed(Child);

impl Drop for Killed {
    fn drop(&mut self) {
        // Both fail only where the program has ended and been waited for.
        self.0.kill().unwrap_or_default();
        self.0.wait().map(drop).unwrap_or_default();
    }
}

fn start(port: PortSpec) -> (Driver, mpsc::Receiver<SimEvent>) {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    simulation
        .add_station("200", StationBehaviour::AnswersAfter(Duration::ZERO))
        .unwrap();
    let modem = simulation.add_modem("101", ModemProfile::quick()).unwrap();
    let (sender, events) = mpsc::channel();
    let sink = move |_, event| sender.send(event).unwrap_or_default();
    (
        Driver::start(simulation, vec![(modem, port)], sink).unwrap(),
        events,
    )
}

/// Debian's own Python: the package of pyserial belongs to it.
fn python() -> Command {
    let mut command = Command::new("/usr/bin/python3");
    command.arg(offhook_tests::root().join("tests/clients/lines.py"));
    command
}

/// Runs the script and plays the far end for it.
fn play(driver: &Driver, mut client: Command) -> Killed {
    client.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut client = Killed(client.spawn().expect("python3 runs; tests/run installs it"));
    let said = BufReader::new(client.0.stdout.take().unwrap());
    let far_end = "5551234".to_owned();
    for line in said.lines() {
        match line.unwrap().as_str() {
            "call" => driver.command(SimCommand::Call {
                from: far_end.clone(),
                to: "101".into(),
                caller_id: None,
            }),
            "hang up" => driver.command(SimCommand::HangUp {
                number: far_end.clone(),
            }),
            "done" => return client,
            other => panic!("the script said {other:?}"),
        }
        .unwrap();
    }
    panic!(
        "the script ended early; is python3-serial installed? {:?}",
        client.0.wait()
    );
}

/// Lets the script end, and gives the events up to that.
fn finish(driver: Driver, mut client: Killed, events: mpsc::Receiver<SimEvent>) -> Vec<SimEvent> {
    client.0.stdin.take().unwrap().write_all(b"\n").unwrap();
    assert!(client.0.wait().unwrap().success());
    driver.shutdown();
    events.into_iter().collect()
}

fn check(events: &[SimEvent]) {
    let seven_even = LineSettings {
        rate: 9600,
        data_bits: 7,
        parity: Parity::Even,
        stop_bits: 1,
    };
    let settings: Vec<LineSettings> = events
        .iter()
        .filter_map(|event| match event {
            SimEvent::Settings { settings, .. } => Some(*settings),
            _ => None,
        })
        .collect();
    assert!(settings.contains(&LineSettings::plain(57_600)), "{settings:?}");
    assert_eq!(settings.last(), Some(&seven_even), "{settings:?}");
    assert!(events.iter().any(|event| matches!(event, SimEvent::Break { .. })));
}

#[test]
fn pyserial_on_a_pseudo_terminal_sees_every_line_through_the_library() {
    let (driver, events) = start(PortSpec::Pty);
    let mut client = python();
    client
        .arg(&driver.ports()[0].path)
        .env("LD_PRELOAD", offhook_tests::lines_library());
    let client = play(&driver, client);
    check(&finish(driver, client, events));
}

#[test]
fn pyserial_sees_every_line_over_rfc_2217() {
    let address = "127.0.0.1:0".parse().unwrap();
    let (driver, events) = start(PortSpec::Tcp(address, TcpKind::Rfc2217));
    let mut client = python();
    client.arg(&driver.ports()[0].path);
    let client = play(&driver, client);
    check(&finish(driver, client, events));
}

#[test]
fn serialport_rs_sees_every_line_through_the_library() {
    let (driver, events) = start(PortSpec::Pty);
    let mut client = Command::new(offhook_tests::client("serial-lines"));
    client
        .arg(&driver.ports()[0].path)
        .env("LD_PRELOAD", offhook_tests::lines_library());
    let client = play(&driver, client);
    check(&finish(driver, client, events));
}

/// A program of ours for Windows in a prefix of Wine whose `COM1` is the modem's port, and what keeps the prefix.
fn under_wine(driver: &Driver, package: &str) -> (impl Sized + use<>, Command) {
    let program = offhook_tests::windows_client(package);
    let prepared = WinePrefix::take(|what| eprintln!("{what}")).and_then(|prefix| {
        let mut seat = prefix.seat()?;
        seat.warm_up(&artifact::provider_host(Target::Windows64, &mut |_: &str| {})?)?;
        seat.map_ports(&[driver.ports()[0].path.clone()])?;
        Ok((prefix, seat))
    });
    let (prefix, seat) = prepared.unwrap_or_else(|error| panic!("{error}"));
    let mut client = seat.command(&program);
    client
        .arg("COM1")
        .env("LD_PRELOAD", offhook_tests::lines_library());
    ((prefix, seat), client)
}

#[test]
fn serialport_rs_sees_every_line_under_wine() {
    let (driver, events) = start(PortSpec::Pty);
    let (_prefix, client) = under_wine(&driver, "serial-lines");
    let client = play(&driver, client);
    check(&finish(driver, client, events));
}

#[test]
fn a_windows_program_waits_for_ringing_and_carrier() {
    let (driver, _events) = start(PortSpec::Pty);
    let (_prefix, client) = under_wine(&driver, "comm-events");
    let mut client = Running::start("comm-events", client);
    client.says("waiting for a call");
    let caller = "5551234".to_owned();
    driver
        .command(SimCommand::Call {
            from: caller.clone(),
            to: "101".into(),
            caller_id: None,
        })
        .unwrap();
    client.says("EV_RING true");
    client.says("the carrier: EV_RLSD true, MS_RLSD_ON true");
    driver.command(SimCommand::HangUp { number: caller }).unwrap();
    client.says("its end: EV_RLSD true, MS_RLSD_ON false");
    client.says("after CLRDTR: MS_RLSD_ON false");
    client.ends_well();
}

/// `TIOCMIWAIT` sleeps until the line changes, and the simulator's end wakes it too.
#[test]
fn a_wait_for_a_line_ends_with_the_change() {
    let (driver, _events) = start(PortSpec::Pty);
    let script = "import fcntl, os, sys, termios\n\
                  fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n\
                  print('waiting', flush=True)\n\
                  fcntl.ioctl(fd, 0x545C, 0x080)\n\
                  print('rang', flush=True)\n\
                  try:\n\
                  \tfcntl.ioctl(fd, 0x545C, 0x040)\n\
                  except OSError as error:\n\
                  \tprint(error.errno, flush=True)\n";
    let mut client = Command::new("/usr/bin/python3");
    client
        .args(["-c", script, &driver.ports()[0].path])
        .env("LD_PRELOAD", offhook_tests::lines_library())
        .stdout(Stdio::piped());
    let mut client = Killed(client.spawn().unwrap());
    let mut said = BufReader::new(client.0.stdout.take().unwrap()).lines();
    assert_eq!(said.next().unwrap().unwrap(), "waiting");
    // Rings until it is noticed: the script may not have reached its wait at the first.
    driver
        .command(SimCommand::Call {
            from: "7".into(),
            to: "101".into(),
            caller_id: None,
        })
        .unwrap();
    assert_eq!(said.next().unwrap().unwrap(), "rang");
    driver.shutdown();
    // EIO: the port is gone. Where the script was late, ENOTTY: its lines went first.
    let error = said.next().unwrap().unwrap();
    assert!(error == "5" || error == "25", "{error}");
    let deadline = Instant::now() + DEADLINE;
    while client.0.try_wait().unwrap().is_none() {
        assert!(Instant::now() < deadline, "the script did not end");
        std::thread::yield_now();
    }
}

/// Without the library a pseudo-terminal says at once that all is sent, and a flush may lose it.
#[test]
fn what_was_drained_is_not_lost_by_a_flush() {
    let (driver, events) = start(PortSpec::Pty);
    let script = "import os, sys, termios, tty\n\
                  fd = os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)\n\
                  tty.setraw(fd)\n\
                  for number in range(200):\n\
                  \tos.write(fd, b'%03d' % number)\n\
                  \ttermios.tcdrain(fd)\n\
                  \ttermios.tcflush(fd, termios.TCIOFLUSH)\n";
    let mut client = Command::new("/usr/bin/python3");
    client
        .args(["-c", script, &driver.ports()[0].path])
        .env("LD_PRELOAD", offhook_tests::lines_library());
    assert!(client.status().unwrap().success());
    driver.shutdown();
    let heard = events.into_iter().filter_map(|event| match event {
        SimEvent::Wire {
            to_device: true,
            bytes,
            ..
        } => Some(bytes),
        _ => None,
    });
    let wanted: String = (0..200).map(|number| format!("{number:03}")).collect();
    assert_eq!(String::from_utf8(heard.flatten().collect()).unwrap(), wanted);
}

/// A client at another rate than the modem's reads and sends garbage.
#[test]
fn a_strict_modem_understands_its_own_rate_alone() {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let modem = simulation.add_modem("101", ModemProfile::quick()).unwrap();
    let setup = offhook_sim::PortSetup {
        strict: Some(LineSettings::plain(9600)),
        ..(modem, PortSpec::Pty).into()
    };
    let (sender, events) = mpsc::channel();
    let sink = move |_, event| sender.send(event).unwrap_or_default();
    let driver = Driver::start_with(simulation, vec![setup], Default::default(), sink).unwrap();
    let script = "import serial, sys\n\
                  port = serial.Serial(sys.argv[1], 19200, timeout=10)\n\
                  port.write(b'AT\\r')\n\
                  sys.stdin.readline()\n\
                  port.baudrate = 9600\n\
                  port.write(b'\\rATE0\\r')\n\
                  print(b'OK' in port.read_until(b'OK\\r\\n'), flush=True)\n";
    let mut client = Command::new("/usr/bin/python3");
    client
        .args(["-c", script, &driver.ports()[0].path])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut client = Killed(client.spawn().unwrap());
    let heard = || loop {
        if let SimEvent::Wire {
            to_device: true,
            bytes,
            ..
        } = events.recv_timeout(DEADLINE).unwrap()
        {
            return bytes;
        }
    };
    let garbage = heard();
    assert_ne!(garbage, b"AT\r");
    assert!(!garbage.is_empty());
    client.0.stdin.take().unwrap().write_all(b"\n").unwrap();
    let said = BufReader::new(client.0.stdout.take().unwrap()).lines().next();
    assert_eq!(said.unwrap().unwrap(), "True");
    assert_eq!(heard(), b"\rATE0\r");
    driver.shutdown();
}
