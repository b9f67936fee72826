//! Programs of other packages, run by a test: what they print is waited for, and none outlives its test.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::io::Errno;
use rustix::process::{Pid, WaitId, WaitIdOptions, waitid};

/// How long a test waits for one thing before it gives up.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// A program by its name; programs for the superuser stand outside the usual PATH.
///
/// # Panics
/// Where it is not installed.
pub fn program(name: &str) -> Command {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain(["/usr/sbin", "/sbin"].map(PathBuf::from));
    let found = folders
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    Command::new(
        found.unwrap_or_else(|| panic!("{name} is not installed: tests/run installs what the tests run")),
    )
}

/// Opens a serial port, or whatever stands for one.
///
/// # Panics
/// Where it does not open.
pub fn open_port(path: &str) -> File {
    let file = OpenOptions::new().read(true).write(true).open(path);
    file.unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A running program, killed when dropped.
pub struct Running {
    name: String,
    input: Option<ChildStdin>,
    shared: Arc<Shared>,
    /// How much of what it said was waited for.
    heard: usize,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    child: Child,
    said: Vec<u8>,
    /// It, and whoever else holds its output, will say no more.
    is_silent: bool,
    status: Option<ExitStatus>,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // A test that panicked with it leaves it as it was.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits as long as this holds, at most until patience ends.
    fn wait_while(&self, mut condition: impl FnMut(&State) -> bool) -> MutexGuard<'_, State> {
        let condition = |state: &mut State| condition(state);
        let waited = self.changed.wait_timeout_while(self.lock(), PATIENCE, condition);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn listen(&self, mut output: impl Read) {
        let mut buffer = [0; 4096];
        loop {
            match output.read(&mut buffer) {
                Ok(0) | Err(_) => return self.change(|state| state.is_silent = true),
                Ok(count) => self.change(|state| state.said.extend_from_slice(&buffer[..count])),
            }
        }
    }

    /// Waits for the end of the child without reaping it, so that its number is nobody else's while it may be killed.
    fn reap(&self, child: Pid) {
        let options = WaitIdOptions::EXITED | WaitIdOptions::NOWAIT;
        while matches!(waitid(WaitId::Pid(child), options), Err(Errno::INTR)) {}
        self.change(|state| state.status = state.child.wait().ok());
    }
}

impl Running {
    /// Starts a program whose input is typed and whose output is heard.
    ///
    /// # Panics
    /// Where it does not start; so with the rest of these.
    pub fn start(name: &str, mut command: Command) -> Running {
        command.stdin(Stdio::piped());
        Running::spawn(name, command, None)
    }

    /// Starts a program whose input and output are a serial port; what it says on standard error is heard.
    pub fn on_port(name: &str, mut command: Command, port: &str) -> Running {
        command.stdin(open_port(port));
        Running::spawn(&format!("{name} on {port}"), command, Some(open_port(port)))
    }

    /// Starts a program that draws on a terminal and asks keys of it: `script` of util-linux gives it one.
    pub fn on_terminal(name: &str, command: &Command) -> Running {
        let words = [command.get_program()].into_iter().chain(command.get_args());
        let line: Vec<String> = words.map(|word| quoted(&word.to_string_lossy())).collect();
        let mut terminal = program("script");
        terminal.args(["--quiet", "--return", "--command", &line.join(" "), "/dev/null"]);
        terminal.env("TERM", "linux");
        for (name, value) in command.get_envs() {
            terminal.env(name, value.unwrap_or_default());
        }
        Running::start(name, terminal)
    }

    fn spawn(name: &str, mut command: Command, output: Option<File>) -> Running {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        match output {
            Some(file) => command.stdout(file),
            None => command.stdout(writer.try_clone().expect("a pipe's end")),
        };
        let spawned = command.stderr(writer).spawn();
        let mut child = spawned.unwrap_or_else(|error| panic!("{name}: {error}"));
        // The command holds the writing end; without this the reader would never see the end.
        drop(command);
        let input = child.stdin.take();
        let id = Pid::from_child(&child);
        let state = State {
            child,
            said: Vec::new(),
            is_silent: false,
            status: None,
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
        });
        let (listener, reaper) = (Arc::clone(&shared), Arc::clone(&shared));
        std::thread::spawn(move || listener.listen(reader));
        std::thread::spawn(move || reaper.reap(id));
        Running {
            name: name.to_owned(),
            input,
            shared,
            heard: 0,
        }
    }

    /// Waits until it has said this, after all that was waited for before; gives what it said up to there.
    pub fn says(&mut self, text: &str) -> String {
        let heard = self.heard;
        let place = |state: &State| {
            let mut rest = state.said[heard..].windows(text.len());
            rest.position(|part| part == text.as_bytes())
        };
        let state = self
            .shared
            .wait_while(|state| !state.is_silent && place(state).is_none());
        let Some(place) = place(&state) else {
            let why = if state.is_silent { "ended" } else { "took too long" };
            panic!(
                "{} {why} and did not say {text:?}: {}",
                self.name,
                text_of(&state.said)
            );
        };
        let end = heard + place + text.len();
        let up_to = text_of(&state.said[heard..end]);
        drop(state);
        self.heard = end;
        up_to
    }

    /// Types this into it.
    pub fn types(&mut self, keys: &str) {
        let input = self.input.as_mut().expect("its input is typed");
        let written = input.write_all(keys.as_bytes()).and_then(|()| input.flush());
        written.unwrap_or_else(|error| panic!("{} takes no input: {error}", self.name));
    }

    /// Waits until it has ended, whatever it thinks of it, and gives its status and all that it said.
    pub fn ends(mut self) -> (ExitStatus, String) {
        self.input = None;
        let state = self
            .shared
            .wait_while(|state| !state.is_silent || state.status.is_none());
        let text = text_of(&state.said);
        match state.status {
            Some(status) if state.is_silent => (status, text),
            Some(_) => panic!(
                "{} ended, and something that it started did not: {text}",
                self.name
            ),
            None => panic!("{} did not end in time: {text}", self.name),
        }
    }

    /// Waits until it has ended with success, and gives all that it said.
    pub fn ends_well(self) -> String {
        let name = self.name.clone();
        let (status, text) = self.ends();
        assert!(status.success(), "{name} ended with {status}: {text}");
        text
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Fails only where the program has ended.
        self.shared.lock().child.kill().unwrap_or_default();
        drop(self.shared.wait_while(|state| state.status.is_none()));
    }
}

fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Python with a package of PyPI, in an environment of the tests' own in `folder`; made where it is missing.
///
/// # Panics
/// Where it cannot be made.
pub fn python_with(package: &str, folder: &Path) -> PathBuf {
    let environment = folder.join(package);
    let python = environment.join("bin/python");
    if !environment.join("complete").exists() {
        let run = |program: &Path, arguments: &[&str]| {
            let status = Command::new(program).args(arguments).status();
            let is_well = status.is_ok_and(|status| status.success());
            assert!(is_well, "{} {arguments:?} failed", program.display());
        };
        let place = environment.to_string_lossy();
        run(Path::new("python3"), &["-m", "venv", "--clear", &place]);
        run(&python, &["-m", "pip", "install", "--quiet", package]);
        std::fs::write(environment.join("complete"), "").expect("the environment can be written");
    }
    python
}
