//! `offhook sim modem` as a tool: links, typed verbs, the control channel, and what it says of mistakes.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};

use offhook_tests::{offhook, run};

struct Simulator {
    child: Child,
    said: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Simulator {
    fn start(args: &[&str]) -> Simulator {
        let mut child = Command::new(offhook())
            .args(["sim", "modem"])
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Simulator { child, said }
    }

    /// Reads up to a line with this text, and gives that line.
    fn says(&mut self, text: &str) -> String {
        let line = self
            .said
            .find_map(|line| line.ok().filter(|line| line.contains(text)));
        line.unwrap_or_else(|| panic!("it ended and did not say {text:?}"))
    }

    /// Reads up to where there has been a line with each of these texts, in any order, and gives those lines.
    fn says_all<const COUNT: usize>(&mut self, texts: [&str; COUNT]) -> [String; COUNT] {
        let mut found = texts.map(|_| String::new());
        while found.iter().any(String::is_empty) {
            let line = self.says("");
            for (found, text) in found.iter_mut().zip(texts) {
                if found.is_empty() && line.contains(text) {
                    found.clone_from(&line);
                }
            }
        }
        found
    }

    fn type_line(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // Both fail only where it has ended and been waited for.
        self.child.kill().unwrap_or_default();
        self.child.wait().map(drop).unwrap_or_default();
    }
}

#[test]
fn links_a_control_channel_and_typed_verbs_until_somebody_quits() {
    let dir = tempfile::tempdir().unwrap();
    let (links, socket, log) = (
        dir.path().join("links"),
        dir.path().join("socket"),
        dir.path().join("log"),
    );
    let mut simulator = Simulator::start(&[
        "--lines=2",
        "--first-number=201",
        "--profile=courier",
        "--speed=100",
        "--wire",
        &format!("--link-dir={}", links.display()),
        &format!("--control={}", socket.display()),
        &format!("--log={}", log.display()),
    ]);
    let port = simulator.says("202  ").split_off(5);
    assert_eq!(
        std::fs::read_link(links.join("202")).unwrap().to_str(),
        Some(port.as_str())
    );

    simulator.type_line("ring 201 from 5551234");
    simulator.says("201 rings");
    simulator.says("201 -> RING");
    simulator.type_line("status");
    let status = simulator.says("ringing with 5551234");
    assert!(status.starts_with("201") && status.contains("+DTR"), "{status}");

    let mut control = UnixStream::connect(&socket).unwrap();
    control
        .write_all(b"{\"do\": \"hangup 201\"}\n{\"do\": \"quit\"}\n")
        .unwrap();
    simulator.says("5551234 hangs up");
    assert_eq!(simulator.child.wait().unwrap().code(), Some(0));
    let mut answers = String::new();
    control.read_to_string(&mut answers).unwrap();
    assert!(answers.starts_with("{\"ok\":true}\n"), "{answers}");
    assert!(!links.exists() && !socket.exists(), "it leaves nothing behind");
    let log = std::fs::read_to_string(log).unwrap();
    assert!(
        log.lines()
            .all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok())
    );
    assert!(log.contains("5551234 hangs up"), "{log}");
}

#[test]
fn mistakes_are_usage_errors_that_say_what_is_wrong() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (args, wanted) in [
        (vec!["--rfc2217", &taken], taken.as_str()),
        (vec!["--control", &taken], &taken),
        (vec!["--faults", "sing=1"], "delay=TIME"),
        (vec!["--faults", "999:drop=1%"], "999"),
        (vec!["--profile", "no-such-modem"], "no-such-modem"),
        (vec!["--phone-book", "/no/such/book"], "/no/such/book"),
        (vec!["--port", "/dev/no-such-port"], "/dev/no-such-port"),
        (vec!["--link-dir", "x", "--tcp", "127.0.0.1:0"], "--link-dir"),
        (vec!["--speed", "0"], "between"),
        (vec!["--join", "nowhere"], "HOST:PORT"),
        (vec!["--listen", &taken], &taken),
    ] {
        let answer = run(&[vec!["sim", "modem"], args.clone()].concat(), "");
        assert_eq!(answer.code, 2, "{args:?}: {}", answer.err);
        assert!(answer.err.contains(wanted), "{args:?}: {}", answer.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_library_for_modem_lines_is_laid_out() {
    let answer = run(&["sim", "library"], "");
    assert_eq!(answer.code, 0, "{}", answer.err);
    let library = std::fs::read(answer.out.trim_end()).unwrap();
    assert!(library.starts_with(b"\x7fELF"));
}

/// What is recorded at a modem plays again on a provider, and everything holds.
#[test]
fn a_recording_is_a_scenario_that_runs() {
    let dir = tempfile::tempdir().unwrap();
    let record = dir.path().join("recorded.call");
    let mut simulator = Simulator::start(&[
        "--speed=20",
        "--station=5551234=answers:100ms",
        &format!("--record={}", record.display()),
    ]);
    let port = simulator.says("101  ").split_off(5);
    let mut client = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open(port)
        .unwrap();
    client.write_all(b"ATDT5551234\r").unwrap();
    simulator.says("5551234 answers");
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains("CONNECT") {
        let mut buffer = [0; 256];
        let count = client.read(&mut buffer).unwrap();
        heard.extend(&buffer[..count]);
    }
    simulator.type_line("hangup");
    simulator.says("ended");
    simulator.type_line("ring 101 from 5559876 JANE DOE");
    simulator.says("101 rings");
    client.write_all(b"ATA\r").unwrap();
    simulator.says("101 answers");
    simulator.type_line("hangup 5559876");
    simulator.says("ended");
    simulator.type_line("quit");
    assert_eq!(simulator.child.wait().unwrap().code(), Some(0));

    let scenario = std::fs::read_to_string(&record).unwrap();
    assert!(
        scenario.contains("station 5559876 calls line 1 named \"JANE DOE\""),
        "{scenario}"
    );
    let answer = run(&["run", "--no-golden", record.to_str().unwrap()], "");
    assert_eq!(answer.code, 0, "{scenario}\n{}{}", answer.out, answer.err);
}

/// A client of a port that reads until it has seen a text.
struct Client(std::fs::File);

impl Client {
    fn open(path: &str) -> Client {
        let options = std::fs::OpenOptions::new().read(true).write(true).open(path);
        Client(options.unwrap())
    }

    fn ask(&mut self, line: &str, wanted: &str) {
        self.0.write_all(line.as_bytes()).unwrap();
        self.read(wanted);
    }

    fn read(&mut self, wanted: &str) {
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).contains(wanted) {
            let mut buffer = [0; 256];
            let count = self.0.read(&mut buffer).unwrap();
            heard.extend(&buffer[..count]);
        }
    }
}

/// Two simulators joined by TCP: a call from one to the other, the link lost, made again by itself, and another call.
#[test]
fn simulators_are_joined_and_find_each_other_again() {
    let mut there = Simulator::start(&["--first-number=201", "--listen=127.0.0.1:0", "--speed=20"]);
    let address = there.says("listen  ").split_off(8);
    let mut far = Client::open(&there.says("201  ").split_off(5));
    let mut here = Simulator::start(&["--speed=20", "--join", &address]);
    // The link may be up before the ports are told.
    let [mut port, _] = here.says_all(["101  ", "is up and leads to 201"]);
    let mut near = Client::open(&port.split_off(5));
    far.ask("ATS0=1\r", "OK");
    near.ask("ATDT201\r", "CONNECT");
    far.read("CONNECT");
    near.ask("over the wire", "");
    far.read("over the wire");
    drop(far);
    drop(there);
    near.read("NO CARRIER");
    here.says("is lost");

    let listen = format!("--listen={address}");
    let mut there = Simulator::start(&["--first-number=201", &listen, "--speed=20"]);
    let mut far = Client::open(&there.says("201  ").split_off(5));
    here.says("is up and leads to 201");
    near.ask("ATDT201\r", "");
    far.read("RING");
    far.ask("ATA\r", "CONNECT");
    near.read("CONNECT");
}

/// A script plays in virtual time: the same seed brings the same events, and a failure has its line and its own exit code.
#[test]
fn a_script_plays_the_same_every_time() {
    let play = |seed: &str| {
        let args = [
            "sim",
            "play",
            "fixtures/simulator/ringing.sim",
            "--lines=2",
            "--wire",
            "--seed",
            seed,
        ];
        let answer = run(&args, "");
        assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
        answer.out
    };
    let first = play("3");
    assert_eq!(first, play("3"));
    assert!(
        first.contains("101 rings") && first.contains("NAME=JANE DOE"),
        "{first}"
    );
    let last = first.lines().last().unwrap();
    assert!(
        last.contains("played to its end") && last.trim_start().starts_with("6"),
        "{last}"
    );

    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("fails.sim");
    for (text, code, wanted) in [
        ("type 101 AT\nexpect 101 BUSY within 5s\n", 1, "line 2, at 5.000"),
        ("jump\n", 2, "line 1"),
    ] {
        std::fs::write(&script, text).unwrap();
        let answer = run(&["sim", "play", script.to_str().unwrap()], "");
        assert_eq!(answer.code, code, "{}", answer.err);
        assert!(answer.err.contains(wanted), "{}", answer.err);
    }
    let faults = ["--faults", "999:drop=1%"];
    let args = [&["sim", "play", script.to_str().unwrap()][..], &faults].concat();
    let answer = run(&args, "");
    assert_eq!(answer.code, 2, "{}", answer.err);
    assert!(
        answer.err.contains("no modem has the number 999"),
        "{}",
        answer.err
    );
}
