//! Windows: two named pipes, a job object.

use super::{Launched, Status};
use interprocess::os::windows::named_pipe::{PipeListener, PipeListenerOptions, RecvPipeStream, pipe_mode};
use process_wrap::std::{ChildWrapper, CommandWrap, JobObject};
use std::{
    fs::File,
    io::{self, PipeReader, PipeWriter},
    path::Path,
    process::{ChildStdin, Command, Stdio},
    sync::{
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

/// How long the child may take until it opens its pipes.
const OPEN_PATIENCE: Duration = Duration::from_secs(20);

/// Bytes that a pipe takes without blocking.
const BUFFER: u32 = 64 << 10;

static PIPES: AtomicU32 = AtomicU32::new(0);

/// The pipe that messages come from.
pub(in super::super) type Messages = RecvPipeStream<pipe_mode::Bytes>;

/// The other end of the child's stdin.
pub(super) type Leash = ChildStdin;

/// A process in a job of its own.
pub(in super::super) struct Process {
    child: Box<dyn ChildWrapper>,
}

pub(super) fn start(mut command: Command, print: PipeWriter, printed: PipeReader) -> io::Result<Launched> {
    command
        .stdin(Stdio::piped())
        .stdout(print.try_clone()?)
        .stderr(print);
    let number = PIPES.fetch_add(1, Ordering::Relaxed);
    let name = |end: &str| format!(r"\\.\pipe\offhook-{}-{number}-{end}", std::process::id());
    let (requests, messages) = (name("requests"), name("messages"));
    let pipe = |name: &str| {
        let path = Path::new(name).to_owned();
        PipeListenerOptions::new()
            .path(path)
            .input_buffer_size_hint(BUFFER)
            .output_buffer_size_hint(BUFFER)
    };
    let to_child: PipeListener<pipe_mode::None, pipe_mode::Bytes> = pipe(&requests).create_send_only()?;
    let from_child: PipeListener<pipe_mode::Bytes, pipe_mode::None> = pipe(&messages).create_recv_only()?;
    command.args(["--in-pipe", &requests, "--out-pipe", &messages]);
    let mut command = CommandWrap::from(command);
    let mut child = command.wrap(JobObject).spawn()?;
    // Closes our copy of the pipe that the child prints to.
    drop(command);
    let leash = child.stdin().take();
    let process = super::Process::new(Process { child }, leash);

    let (opened, open) = mpsc::channel();
    // `accept` knows no deadline, hence a thread that waits in our place.
    thread::spawn(move || {
        let pipes = to_child
            .accept()
            .and_then(|requests| Ok((requests, from_child.accept()?)));
        // No one listens any more where it took too long.
        let _ = opened.send(pipes);
    });
    match open.recv_timeout(OPEN_PATIENCE) {
        Ok(Ok((to, from))) => Ok(Launched {
            process,
            requests: Box::new(to),
            messages: from,
            printed,
        }),
        Ok(Err(error)) => {
            process.kill();
            Err(error)
        }
        Err(_) => {
            process.kill();
            // Lets the thread go, which still waits for someone to open the pipes.
            let _ = File::open(&requests);
            let _ = File::options().write(true).open(&messages);
            Err(io::Error::other("the child did not open its pipes"))
        }
    }
}

impl Process {
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How the process ended.
    pub(super) fn ended(&mut self) -> Option<Status> {
        self.child.try_wait().ok().flatten().map(Status::from)
    }

    pub(super) fn kill(&mut self) {
        // The one error that can be is that no one is left in the job.
        let _ = self.child.start_kill();
        let _ = self.child.wait();
    }
}
