//! A process that stands beside the provider as long as a scenario is played: the server or switch that it talks to.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, PipeReader};
use std::net::{Ipv4Addr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How long a helper may take until it is ready.
const PATIENCE: Duration = Duration::from_secs(20);
/// How many of its last lines are kept for a message.
const KEPT_LINES: usize = 20;
/// How often a port is tried, and a process that is not ready looked after.
const NAP: Duration = Duration::from_millis(10);

/// A helper to be started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HelperSpec {
    /// The program and its arguments: templates.
    pub command: Vec<String>,
    /// Where it runs.
    pub folder: PathBuf,
    /// When it is ready.
    pub ready: Ready,
}

/// When a helper is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ready {
    /// As soon as it is started.
    Started,
    /// When it has printed a line with this text in it.
    Says(String),
    /// When it takes connections at this TCP port, by its place from 0. It sees one that is closed at once.
    Listens(usize),
}

/// A helper that runs; it and all that it started end when this drops.
#[derive(Debug)]
pub struct Helper {
    process: os::Process,
}

impl HelperSpec {
    /// A helper with this command; `None` if that is empty. Where nothing else is said, one that is told a TCP port is ready
    /// when it listens there.
    pub fn new(command: Vec<String>, folder: PathBuf, ready: Option<Ready>) -> Option<HelperSpec> {
        if command.is_empty() {
            return None;
        }
        let listens = || {
            let port = (1..=super::MOST_PORTS).find(|number| {
                command
                    .iter()
                    .any(|word| word.contains(&super::tcp_name(*number)))
            });
            port.map_or(Ready::Started, |number| Ready::Listens(number - 1))
        };
        let ready = ready.unwrap_or_else(listens);
        Some(HelperSpec {
            command,
            folder,
            ready,
        })
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// That it cannot be started, or what it last said where it ended, or was not ready in time.
    pub fn start(&self, dir: &Path, tcp: &[u16]) -> io::Result<Helper> {
        let words: Vec<String> = self
            .command
            .iter()
            .map(|word| super::fill(word, dir, tcp))
            .collect();
        let failed = |what: String| io::Error::other(format!("the helper `{}` {what}", words.join(" ")));
        let (printed, print) = io::pipe()?;
        let mut command = Command::new(&words[0]);
        command
            .args(&words[1..])
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(print.try_clone()?)
            .stderr(print);
        let process =
            os::Process::start(command).map_err(|error| failed(format!("cannot be started: {error}")))?;
        let mut helper = Helper { process };
        let said = Said::read(printed)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let ready = match &self.ready {
                Ready::Started => true,
                Ready::Says(text) => said.wait_for(text, NAP),
                Ready::Listens(place) => match tcp.get(*place) {
                    Some(port) => TcpStream::connect((Ipv4Addr::LOCALHOST, *port)).is_ok(),
                    None => {
                        return Err(failed(format!(
                            "waits for a TCP port {}, and has none",
                            place + 1
                        )));
                    }
                },
            };
            if ready {
                return Ok(helper);
            }
            if helper.process.has_ended() {
                // Its last lines are read before they are told.
                said.wait_for_end(PATIENCE);
                return Err(failed(format!("has ended before it was ready{}", said.last())));
            }
            if Instant::now() >= deadline {
                return Err(failed(format!(
                    "was not ready within {PATIENCE:?}{}",
                    said.last()
                )));
            }
            if matches!(self.ready, Ready::Listens(_)) {
                thread::sleep(NAP);
            }
        }
    }
}

/// What a helper prints.
#[derive(Clone, Default)]
struct Said(Arc<(Mutex<Lines>, Condvar)>);

#[derive(Default)]
struct Lines {
    last: VecDeque<String>,
    /// Everything up to now, for a text that is waited for and already gone from the last lines.
    looked_at: usize,
    total: usize,
    ended: bool,
}

impl Said {
    fn read(from: PipeReader) -> io::Result<Said> {
        let said = Said::default();
        let lines = said.clone();
        thread::Builder::new().name("helper".to_owned()).spawn(move || {
            for line in BufReader::new(from).split(b'\n').map_while(Result::ok) {
                lines.push(String::from_utf8_lossy(&line).trim_end().to_owned());
            }
            lines.end();
        })?;
        Ok(said)
    }

    fn push(&self, line: String) {
        let (lines, grew) = &*self.0;
        let mut lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.last.push_back(line);
        lines.total += 1;
        if lines.last.len() > KEPT_LINES {
            lines.last.pop_front();
        }
        grew.notify_all();
    }

    fn end(&self) {
        let (lines, grew) = &*self.0;
        lines.lock().unwrap_or_else(PoisonError::into_inner).ended = true;
        grew.notify_all();
    }

    /// Whether a line with this text has come, or comes within this time.
    fn wait_for(&self, text: &str, within: Duration) -> bool {
        let (lines, grew) = &*self.0;
        let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        let found = |lines: &mut Lines| {
            let fresh = (lines.total - lines.looked_at).min(lines.last.len());
            let skipped = lines.last.len() - fresh;
            lines.looked_at = lines.total;
            lines.last.iter().skip(skipped).any(|line| line.contains(text))
        };
        let mut seen = false;
        let waited = grew.wait_timeout_while(lines, within, |lines| {
            seen |= found(lines);
            !seen && !lines.ended
        });
        drop(waited);
        seen
    }

    fn wait_for_end(&self, within: Duration) {
        let (lines, grew) = &*self.0;
        let lines = lines.lock().unwrap_or_else(PoisonError::into_inner);
        drop(grew.wait_timeout_while(lines, within, |lines| !lines.ended));
    }

    /// The last lines, for the end of a message.
    fn last(&self) -> String {
        let lines = self.0.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last: Vec<&str> = lines.last.iter().map(String::as_str).collect();
        if last.is_empty() {
            String::new()
        } else {
            format!("; it last said:\n{}", last.join("\n"))
        }
    }
}

#[cfg(unix)]
mod os {
    use rustix::process::{Pid, Signal, kill_process_group};
    use std::io;
    use std::os::unix::process::CommandExt;
    use std::process::{Child, Command};

    /// A process that leads a group of its own.
    #[derive(Debug)]
    pub(super) struct Process(Child);

    impl Process {
        pub(super) fn start(mut command: Command) -> io::Result<Process> {
            command.process_group(0).spawn().map(Process)
        }

        pub(super) fn has_ended(&mut self) -> bool {
            !matches!(self.0.try_wait(), Ok(None))
        }
    }

    impl Drop for Process {
        fn drop(&mut self) {
            if let Some(group) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
                // The one error that can be is that no one is left in the group.
                let _ = kill_process_group(group, Signal::KILL);
            }
            // It has ended, or does now.
            let _ = self.0.wait();
        }
    }
}

#[cfg(windows)]
mod os {
    use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};
    use std::io;
    use std::process::Command;

    /// A process in a job of its own.
    #[derive(Debug)]
    pub(super) struct Process(Box<dyn ChildWrapper>);

    impl Process {
        pub(super) fn start(command: Command) -> io::Result<Process> {
            CommandWrap::from(command).wrap(JobObject).spawn().map(Process)
        }

        pub(super) fn has_ended(&mut self) -> bool {
            !matches!(self.0.try_wait(), Ok(None))
        }
    }

    impl Drop for Process {
        fn drop(&mut self) {
            // The one error that can be is that no one is left in the job.
            let _ = self.0.start_kill();
            let _ = self.0.wait();
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str, ready: Option<Ready>) -> HelperSpec {
        let command = ["sh", "-c", script].map(str::to_owned).to_vec();
        HelperSpec::new(command, PathBuf::from("/"), ready).expect("it has a command")
    }

    #[test]
    fn a_helper_is_ready_when_it_says_so_and_ends_with_all_that_it_started() {
        let dir = tempfile::tempdir().unwrap();
        let script = "sleep 1000 & echo $! > {dir}/pid; echo now listening; wait";
        let helper = shell(script, Some(Ready::Says("listening".into())))
            .start(dir.path(), &[])
            .expect("it starts");
        let pid = std::fs::read_to_string(dir.path().join("pid")).expect("it has written its child's id");
        let pid = rustix::process::Pid::from_raw(pid.trim().parse().expect("a number")).expect("no zero");
        assert!(rustix::process::test_kill_process(pid).is_ok());
        drop(helper);
        // Whoever adopts the killed process may take a moment to reap it.
        let stat = format!("/proc/{}/stat", pid.as_raw_nonzero());
        let gone = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
        assert!((0..2000).any(|_| gone() || {
            thread::sleep(Duration::from_millis(1));
            false
        }));
    }

    #[test]
    fn a_helper_that_ends_too_early_is_told_with_its_last_words() {
        let dir = tempfile::tempdir().unwrap();
        let error = shell(
            "echo no such switch >&2; exit 3",
            Some(Ready::Says("ready".into())),
        )
        .start(dir.path(), &[])
        .expect_err("it ends");
        assert!(error.to_string().contains("no such switch"), "{error}");
        let missing = HelperSpec::new(vec!["/no/such/program".into()], PathBuf::from("/"), None);
        let error = missing
            .expect("a command")
            .start(dir.path(), &[])
            .expect_err("none");
        assert!(error.to_string().contains("/no/such/program"), "{error}");
        assert_eq!(HelperSpec::new(Vec::new(), PathBuf::new(), None), None);
    }

    #[test]
    fn a_helper_that_is_told_a_port_is_ready_when_it_listens_there() {
        let spec = HelperSpec::new(
            vec!["server".into(), "--port={tcp2}".into()],
            PathBuf::new(),
            None,
        );
        assert_eq!(spec.map(|spec| spec.ready), Some(Ready::Listens(1)));
    }
}
