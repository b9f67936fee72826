//! One child with one provider: asked, watched, and ended.

use super::{
    ChildOptions, Death, HostBinary, HostError, Printed,
    ending::{Life, READ_PATIENCE, bury},
    launch::{self, Process},
    listen::Listener,
    mailbox::{Mailbox, Waited, Wanted},
    printed::Drain,
    settings::Sharing,
    wine::Seat,
};
use offhook_host_protocol::{Arg, Message, Request, VERSION, encode_frame};
use std::{
    fmt,
    io::Write,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

/// How long a line that a provider prints may take to come.
const LINE_PATIENCE: Duration = Duration::from_millis(100);

/// How long a child may take to start, however short the deadline of a call: under Wine a process begins with a prefix.
const STARTING: Duration = Duration::from_secs(10);

/// A provider's process. Dropping it kills and reaps the process and all that the process started.
pub struct Child {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) listener: Listener,
    pub(super) requests: Box<dyn Write + Send>,
    pub(super) frame: Vec<u8>,
    pub(super) life: Mutex<Life>,
    pub(super) drain: Drain,
    pub(super) host: HostBinary,
    pub(super) deadline: Duration,
    /// The working directory that a DLL finds.
    pub(super) cwd: Option<PathBuf>,
    seq: u32,
    bits: u8,
    platform: String,
    /// That it shares the user's own registry.
    pub(super) sharing: Option<Sharing>,
    /// Given back after the processes there are gone, hence the last field.
    pub(super) seat: Option<Arc<Seat>>,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Replied {
    /// The function returned.
    Returned {
        /// Its result.
        result: i32,
        /// The contents of every [`Arg::Out`] with the argument's index, from 0.
        outs: Vec<(u8, Vec<u8>)>,
    },
    /// The provider does not export the function.
    Missing,
}

impl Child {
    /// Starts a child and gets it ready for [`Child::load`].
    ///
    /// `sink` is given every message in the order in which the child sent it, by the thread that calls or by one of the
    /// child's own, never by two at once; an answer reaches it before the request returns. It is dropped when the child
    /// can say nothing any more, from when on [`Child::death`] tells why.
    pub fn spawn(
        host: &HostBinary,
        options: ChildOptions,
        sink: impl FnMut(Message) + Send + 'static,
    ) -> Result<Child, HostError> {
        let (launched, seat) = launch::launch(host, &options)?;
        let child = Child::launched(host, &options, launched, seat.map(Arc::new), sink)?;
        child.ready(&options)
    }

    /// Starts another child beside this one, with its registry: an application's process beside that of TAPI's server.
    /// Nothing is written into the registry, whatever the options say.
    pub fn spawn_beside(
        &self,
        options: ChildOptions,
        sink: impl FnMut(Message) + Send + 'static,
    ) -> Result<Child, HostError> {
        let launched = launch::launch_beside(&self.host, &options, self.seat.as_deref())?;
        let mut child = Child::launched(&self.host, &options, launched, self.seat.clone(), sink)?;
        child.greet(&options)?;
        Ok(child)
    }

    fn launched(
        host: &HostBinary,
        options: &ChildOptions,
        launched: launch::Launched,
        seat: Option<Arc<Seat>>,
        sink: impl FnMut(Message) + Send + 'static,
    ) -> Result<Child, HostError> {
        let failed = |source| HostError::Spawn {
            program: launch::program(host).to_owned(),
            source,
        };
        let mailbox = Arc::new(Mailbox::default());
        Ok(Child {
            listener: Listener::start(mailbox.clone(), launched.messages, Box::new(sink)).map_err(failed)?,
            mailbox,
            requests: launched.requests,
            frame: Vec::with_capacity(1024),
            life: Mutex::new(Life::of(launched.process)),
            drain: Drain::start(launched.printed).map_err(failed)?,
            host: host.clone(),
            deadline: options.deadline.max(STARTING),
            cwd: options.cwd.clone(),
            seq: 0,
            bits: 0,
            platform: String::new(),
            sharing: None,
            seat,
        })
    }

    /// Learns whom it has to do with; from then on a call may take no longer than the options say.
    fn greet(&mut self, options: &ChildOptions) -> Result<(), HostError> {
        match self
            .ask(&Request::Hello { version: VERSION }, "start")
            .map_err(HostError::StartDied)?
        {
            Message::Hello {
                version: VERSION,
                bits,
                platform,
                ..
            } => {
                self.bits = bits;
                self.platform = platform;
                self.deadline = options.deadline;
                Ok(())
            }
            Message::Failed { what, .. } => Err(HostError::Version(what)),
            other => Err(HostError::Version(format!("it answers with {other:?}"))),
        }
    }

    fn ready(mut self, options: &ChildOptions) -> Result<Child, HostError> {
        self.greet(options)?;
        if !self.host.is_windows() {
            return Ok(self);
        }
        self.write_registry(&options.registry)?;
        Ok(self)
    }

    /// Loads the provider, once in a child's life, or once more after [`Child::unload`].
    pub fn load(&mut self, dll: &Path) -> Result<(), HostError> {
        let path = self.host.child_path(dll);
        match self.load_by_name(&path) {
            Err(HostError::Load { what, code, .. }) => Err(HostError::Load {
                path: dll.to_owned(),
                what,
                code,
            }),
            loaded => loaded,
        }
    }

    /// Unloads the provider, which has been shut down: another load finds the process as new then. What stays instead, in words;
    /// then the child can only be ended.
    pub fn unload(&mut self) -> Result<Result<(), String>, Death> {
        match self.ask(&Request::Unload, "unload")? {
            Message::Done => {
                self.seq = 0;
                self.mailbox.forget_apart();
                Ok(Ok(()))
            }
            Message::Failed { what, .. } => Ok(Err(what)),
            other => Err(self.breach(format!("an unload was answered with {other:?}"))),
        }
    }

    /// Gets a child ready for another load, with the ports and registry values of these options; their environment and working
    /// directory have to be those that it was started with.
    pub fn reuse(&mut self, options: &ChildOptions) -> Result<(), HostError> {
        if let Some(seat) = &self.seat {
            seat.map_ports(&options.ports)?;
        }
        self.deadline = options.deadline;
        self.cwd.clone_from(&options.cwd);
        // It is no child beside itself.
        self.sharing = None;
        if self.host.is_windows() {
            self.write_registry(&options.registry)?;
        }
        Ok(())
    }

    /// How long each further call may take. Starting a child, under Wine above all, takes longer than a call should.
    pub fn set_deadline(&mut self, deadline: Duration) {
        self.deadline = deadline;
    }

    /// Calls an exported function and waits for its return, at most for the deadline.
    pub fn call(&mut self, function: &str, args: Vec<Arg>) -> Result<Replied, Death> {
        let seq = self.next_call();
        let request = Request::Call {
            seq,
            function: function.to_owned(),
            args,
            apart: false,
        };
        let answer = self.ask(&request, function)?;
        self.replied(seq, function, answer)
    }

    pub(super) fn next_call(&mut self) -> u32 {
        let seq = self.seq;
        self.seq += 1;
        seq
    }

    /// What the answer to a call says.
    pub(super) fn replied(&self, seq: u32, function: &str, answer: Message) -> Result<Replied, Death> {
        match answer {
            Message::Returned {
                seq: answered,
                result,
                outs,
                ..
            } if answered == seq => Ok(Replied::Returned { result, outs }),
            Message::Missing { seq: answered } if answered == seq => Ok(Replied::Missing),
            Message::Failed { what, .. } => Err(self.breach(what)),
            other => Err(self.breach(format!("call {seq} of {function} was answered with {other:?}"))),
        }
    }

    /// Which of these functions the provider exports; in their order.
    pub fn exports(&mut self, names: &[&str]) -> Result<Vec<bool>, Death> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        match self.ask(&Request::Exports { names }, "look-up of exports")? {
            Message::Exports { found } => Ok(found),
            other => Err(self.breach(format!("a look-up of exports was answered with {other:?}"))),
        }
    }

    /// Has the child count what its process has, which its sink is given; nothing where the system does not tell.
    pub fn census(&mut self, ports: Vec<String>) -> Result<(), Death> {
        match self.ask(&Request::Census { ports }, "count")? {
            Message::Census { .. } | Message::Failed { .. } => Ok(()),
            other => Err(self.breach(format!("a count was answered with {other:?}"))),
        }
    }

    /// What the memory holds now that call `seq` left with the provider, by argument index.
    pub fn kept(&mut self, seq: u32) -> Result<Vec<(u8, Vec<u8>)>, Death> {
        match self.ask(&Request::Read { seq }, "reading of memory")? {
            Message::Kept { seq: answered, outs } if answered == seq => Ok(outs),
            other => Err(self.breach(format!("a reading of memory was answered with {other:?}"))),
        }
    }

    /// Counts calls from this number on. Two children whose calls stand in one record have numbers of their own.
    pub fn count_from(&mut self, seq: u32) {
        self.seq = seq;
    }

    /// The number that the next call will have in [`Message::Returned`] and [`Message::Missing`].
    pub fn next_seq(&self) -> u32 {
        self.seq
    }

    /// The width of the child's registers: 32 or 64.
    pub fn bits(&self) -> u8 {
        self.bits
    }

    /// The child's platform in words.
    pub fn platform(&self) -> &str {
        &self.platform
    }

    /// The process id by which the operating system of the harness knows the child; `None` when it has ended.
    pub fn id(&self) -> Option<u32> {
        self.life().process.as_ref().map(Process::id)
    }

    /// What the provider has printed up to now; all of it when the child has ended.
    pub fn printed(&self) -> Printed {
        if self.life().process.is_none() {
            self.drain.wait_for_end(READ_PATIENCE);
        }
        self.drain.printed()
    }

    /// The last line that the provider has printed.
    pub fn last_line(&self) -> Option<String> {
        self.drain.last_line(LINE_PATIENCE)
    }

    /// Sends a request and waits for its answer; `during` names it in the verdict where none comes.
    pub(super) fn ask(&mut self, request: &Request, during: &str) -> Result<Message, Death> {
        let mut frame = std::mem::take(&mut self.frame);
        let sent = match encode_frame(request, &mut frame) {
            Ok(()) => self.send_all(&frame, 1, during),
            Err(error) => Err(self.breach(format!("a request could not be sent: {error}"))),
        };
        self.frame = frame;
        sent?;
        self.answer(during)
    }

    /// Sends requests, already in frames, that so many answers are due to.
    pub(super) fn send_all(&mut self, frames: &[u8], answers: usize, during: &str) -> Result<(), Death> {
        if let Some(death) = self.death() {
            return Err(death);
        }
        if answers > 0 {
            self.listener.expect(answers);
        }
        let Err(error) = self.requests.write_all(frames) else {
            return Ok(());
        };
        let waited = self.listener.wait(Wanted::Reply, Instant::now() + READ_PATIENCE);
        let mut life = self.life();
        Err(match waited {
            Waited::Ended => self.settle(&mut life, Some(during)),
            _ => {
                let what = format!("a request could not be sent: {error}");
                bury(&mut life, Death::Protocol { what })
            }
        })
    }

    /// Waits for the next answer.
    pub(super) fn answer(&mut self, during: &str) -> Result<Message, Death> {
        match self.heard(Wanted::Reply, during)? {
            Waited::Reply(message) => Ok(message),
            _ => Err(self.breach("a question came where an answer was due".to_owned())),
        }
    }

    /// Waits for an answer or a question; that neither comes is a death.
    pub(super) fn heard(&self, wanted: Wanted, during: &str) -> Result<Waited, Death> {
        match self.listener.wait(wanted, Instant::now() + self.deadline) {
            Waited::Ended => Err(self.settle(&mut self.life(), Some(during))),
            Waited::TimedOut => Err(self.hung(during)),
            heard => Ok(heard),
        }
    }

    pub(super) fn send(&mut self, request: &Request) -> Result<(), String> {
        encode_frame(request, &mut self.frame).map_err(|error| error.to_string())?;
        self.requests
            .write_all(&self.frame)
            .map_err(|error| error.to_string())
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("id", &self.id())
            .field("platform", &self.platform)
            .finish_non_exhaustive()
    }
}
