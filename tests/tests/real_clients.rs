//! Programs that nobody here wrote use the simulated modems, on their pseudo-terminals: `chat` at both ends of a
//! call, then a C-Kermit file transfer over that call.
#![cfg(unix)]

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use offhook_sim::{Driver, ExchangeConfig, ModemProfile, PortSpec, SimEvent, SimTime, Simulation};

/// A program of another package.
struct Tool {
    name: &'static str,
    /// Where it may be; `chat` is outside the usual PATH.
    paths: &'static [&'static str],
    package: &'static str,
}

const CHAT: Tool = Tool {
    name: "chat",
    paths: &["/usr/sbin/chat", "/usr/bin/chat"],
    package: "ppp",
};
const KERMIT: Tool = Tool {
    name: "kermit",
    paths: &["/usr/bin/kermit"],
    package: "ckermit",
};

impl Tool {
    fn command(&self) -> Command {
        let path = self.paths.iter().map(Path::new).find(|path| path.exists());
        Command::new(path.unwrap_or_else(|| {
            panic!(
                "{} is not installed: this test needs the Debian packages {} and {} (apt-get install ppp ckermit)",
                self.name, CHAT.package, KERMIT.package
            )
        }))
    }
}

/// A running program, killed when dropped.
struct Running {
    name: String,
    child: Child,
    /// All that it printed, once it has ended.
    printed: mpsc::Receiver<String>,
}

impl Running {
    /// Starts a program; what it prints on standard error, and on standard output unless that leads elsewhere, is
    /// kept for the message of a failure.
    fn start(name: &str, mut command: Command, output: Option<File>) -> Running {
        let (mut reader, writer) = std::io::pipe().unwrap();
        match output {
            Some(file) => command.stdout(file),
            None => command.stdout(writer.try_clone().unwrap()),
        };
        let child = command
            .stderr(writer)
            .spawn()
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        // The command holds the writing end; without this the reader would never see the end.
        drop(command);
        let (sender, printed) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let end = reader.read_to_end(&mut bytes);
            let text = String::from_utf8_lossy(&bytes).into_owned();
            // The test may have failed elsewhere by now, and then nobody listens.
            sender
                .send(end.map_or_else(|error| error.to_string(), |_| text))
                .unwrap_or_default();
        });
        Running {
            name: name.to_owned(),
            child,
            printed,
        }
    }

    fn ends_well_by(mut self, deadline: Instant) {
        let left = deadline.saturating_duration_since(Instant::now());
        let Ok(printed) = self.printed.recv_timeout(left) else {
            panic!("{} did not end in time", self.name);
        };
        let status: ExitStatus = self.child.wait().unwrap();
        assert!(status.success(), "{} ended with {status}: {printed}", self.name);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only where the program has ended and been waited for.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

fn open(path: &str) -> File {
    OpenOptions::new()
        .read(true)
        .write(true)
        .open(path)
        .unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// `chat` with its script, on a terminal.
fn chat(port: &str, script: &[&str]) -> Running {
    let mut command = CHAT.command();
    command
        .args(["-v", "-s", "-t", "10"])
        .args(script)
        .stdin(open(port));
    Running::start(&format!("chat on {port}"), command, Some(open(port)))
}

/// `kermit` on a line, with its own files in `folder`. Both terminals are connected already, so it does not look for
/// a carrier that a pseudo-terminal cannot show.
fn kermit(port: &str, folder: &Path, action: &str) -> Running {
    let set_up = format!(
        "set carrier-watch off, set line {port}, set flow none, set file type binary, set transfer display none, \
         {action}, if failure exit 1, exit 0"
    );
    let mut command = KERMIT.command();
    command
        .args(["-Y", "-H", "-C", &set_up])
        .current_dir(folder)
        .env("HOME", folder)
        .stdin(Stdio::null());
    Running::start(&format!("kermit on {port}"), command, None)
}

/// Bytes in which every value occurs and nothing repeats for long.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

fn start(events: mpsc::Sender<SimEvent>) -> Driver {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let ports = ["101", "102"]
        .map(|number| {
            (
                simulation.add_modem(number, ModemProfile::quick()).unwrap(),
                PortSpec::Pty,
            )
        })
        .into();
    let sink = move |_: SimTime, event| events.send(event).unwrap_or_default();
    Driver::start(simulation, ports, sink).unwrap()
}

#[test]
fn chat_calls_chat_and_kermit_sends_a_file_over_the_call() {
    let (sender, events) = mpsc::channel();
    let driver = start(sender);
    let (caller, called) = (driver.ports()[0].path.as_str(), driver.ports()[1].path.as_str());

    let deadline = Instant::now() + Duration::from_secs(30);
    let answering = chat(called, &["RING", "ATA", "CONNECT", ""]);
    let calling = chat(caller, &["", "AT", "OK", "ATDT102", "CONNECT", ""]);
    calling.ends_well_by(deadline);
    answering.ends_well_by(deadline);
    let reported: Vec<String> = events
        .try_iter()
        .filter_map(|event| match event {
            SimEvent::Exchange(event) => Some(event.to_string()),
            _ => None,
        })
        .collect();
    assert!(
        reported.contains(&"call 1: 102 answers".to_owned()),
        "{reported:#?}"
    );

    let data = noise(200_000);
    let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(from.path().join("sent.bin"), &data).unwrap();
    let deadline = Instant::now() + Duration::from_secs(120);
    let began = Instant::now();
    let receiving = kermit(called, to.path(), "receive received.bin");
    let sending = kermit(caller, from.path(), "send sent.bin");
    sending.ends_well_by(deadline);
    receiving.ends_well_by(deadline);
    let took = began.elapsed();
    println!(
        "C-Kermit sent {} bytes in {:.2} s",
        data.len(),
        took.as_secs_f64()
    );
    let received: PathBuf = to.path().join("received.bin");
    let arrived = std::fs::read(&received).unwrap_or_else(|error| panic!("{}: {error}", received.display()));
    assert_eq!(arrived.len(), data.len());
    assert!(
        arrived == data,
        "the file arrived, and is not the one that was sent"
    );
    driver.shutdown();
}
