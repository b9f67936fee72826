//! One child with one provider: asked, watched, and ended.

use super::{
    ChildOptions, Death, HostBinary, HostError, Printed, RegistrySetting,
    launch::{self, Process, Status},
    listen::Listener,
    mailbox::{End, Mailbox, Waited, Wanted},
    printed::Drain,
    registry::{Journal, Written},
    wine::Seat,
};
use etcetera::BaseStrategy;
use offhook_host_protocol::{Arg, Message, RegistryValue, Request, VERSION, encode_frame};
use std::{
    fmt,
    io::{self, Write},
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long a child that closed its pipe may take until its exit status is there.
const EXIT_PATIENCE: Duration = Duration::from_secs(2);

/// How long the last messages and the last output of a dead child may take to be read.
const READ_PATIENCE: Duration = Duration::from_millis(500);

/// Where it is kept what was written into a registry.
const REGISTRY_JOURNAL: &str = "registry-written.json";

/// How many bytes of requests are sent before their answers are read: less than a pipe holds.
const AHEAD_MAX: usize = 32 << 10;

/// How long a child may take to start, however short the deadline of a call: under Wine a process begins with a prefix.
const STARTING: Duration = Duration::from_secs(10);

/// A provider's process. Dropping it kills and reaps the process and all that the process started.
pub struct Child {
    pub(super) mailbox: Arc<Mailbox>,
    pub(super) listener: Listener,
    requests: Box<dyn Write + Send>,
    pub(super) frame: Vec<u8>,
    life: Mutex<Life>,
    drain: Drain,
    host: HostBinary,
    pub(super) deadline: Duration,
    seq: u32,
    bits: u8,
    platform: String,
    /// Given back after the processes there are gone, hence the last field.
    seat: Option<Arc<Seat>>,
}

struct Life {
    /// `None` as soon as the process is reaped.
    process: Option<Process>,
    death: Option<Death>,
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
            life: Mutex::new(Life {
                process: Some(launched.process),
                death: None,
            }),
            drain: Drain::start(launched.printed).map_err(failed)?,
            host: host.clone(),
            deadline: options.deadline.max(STARTING),
            seq: 0,
            bits: 0,
            platform: String::new(),
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

    /// Puts back what earlier children there have left in the registry, then writes these values.
    fn write_registry(&mut self, settings: &[RegistrySetting]) -> Result<(), HostError> {
        let journal = match &self.seat {
            Some(seat) => seat.dir().join(REGISTRY_JOURNAL),
            None => {
                let base = etcetera::choose_base_strategy()
                    .map_err(|error| HostError::Registry(error.to_string()))?;
                base.cache_dir().join("offhook").join(REGISTRY_JOURNAL)
            }
        };
        let failed = |error: io::Error| HostError::Registry(error.to_string());
        let mut journal = Journal::open(&journal).map_err(failed)?;
        let undo = journal.to_undo();
        if !undo.is_empty() {
            for written in undo {
                self.set_registry(&written.key, &written.name, &written.was)?;
                if let Some(key) = written.made {
                    match self.ask_for_registry(&Request::RemoveKey { key })? {
                        Message::Done => {}
                        other => {
                            return Err(HostError::Registry(format!("the child answers with {other:?}")));
                        }
                    }
                }
            }
            journal.clear().map_err(failed)?;
        }
        for setting in settings {
            let (was, made) = self.set_registry(&setting.key, &setting.name, &setting.value)?;
            let (key, name) = (setting.key.clone(), setting.name.clone());
            journal.push(Written { key, name, was, made }).map_err(failed)?;
        }
        Ok(())
    }

    fn set_registry(
        &mut self,
        key: &str,
        name: &str,
        value: &RegistryValue,
    ) -> Result<(RegistryValue, Option<String>), HostError> {
        let request = Request::SetRegistry {
            key: key.to_owned(),
            name: name.to_owned(),
            value: value.clone(),
        };
        match self.ask_for_registry(&request)? {
            Message::Was { value, made } => Ok((value, made)),
            other => Err(HostError::Registry(format!("the child answers with {other:?}"))),
        }
    }

    fn ask_for_registry(&mut self, request: &Request) -> Result<Message, HostError> {
        match self.ask(request, "start").map_err(HostError::StartDied)? {
            Message::Failed { what, .. } => Err(HostError::Registry(what)),
            answer => Ok(answer),
        }
    }

    /// Puts the registry back as it was before any child, where that cannot wait for the next one: it is the user's own.
    ///
    /// # Errors
    /// That a child could not be started for it, or not do it.
    pub fn restore_registry(host: &HostBinary) -> Result<(), HostError> {
        let child = Child::spawn(host, ChildOptions::default(), |_| ())?;
        child.shutdown().map_err(HostError::StartDied)
    }

    /// Loads the provider; once in a child's life.
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

    /// Calls functions one after another without waiting in between, and gives what came of each; the deadline is each
    /// call's own. For calls that do not depend on one another: a process is woken once for many of them.
    pub fn call_all(
        &mut self,
        calls: impl IntoIterator<Item = (String, Vec<Arg>)>,
    ) -> Result<Vec<Replied>, Death> {
        let mut replies = Vec::new();
        let mut calls = calls.into_iter().peekable();
        while calls.peek().is_some() {
            let (mut asked, mut frames) = (Vec::new(), Vec::new());
            // Only the last may be long: the others fit into the pipe, so that nobody waits for room in it.
            while frames.len() < AHEAD_MAX
                && let Some((function, args)) = calls.next()
            {
                let seq = self.next_call();
                asked.push((seq, function.clone()));
                let request = Request::Call {
                    seq,
                    function,
                    args,
                    apart: false,
                };
                if let Err(error) = encode_frame(&request, &mut self.frame) {
                    return Err(self.breach(format!("a request could not be sent: {error}")));
                }
                frames.extend_from_slice(&self.frame);
            }
            self.send_all(&frames, asked.len(), &asked[0].1)?;
            for (seq, function) in asked {
                let answer = self.answer(&function)?;
                replies.push(self.replied(seq, &function, answer)?);
            }
        }
        Ok(replies)
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

    /// How the child ended; `None` as long as it lives, and after [`Child::shutdown`].
    pub fn death(&self) -> Option<Death> {
        let mut life = self.life();
        if life.death.is_none() && self.mailbox.end().is_some() {
            return Some(self.settle(&mut life, None));
        }
        life.death.clone()
    }

    /// Asks the child to leave and waits for it, at most for the deadline. An error is the provider's doing: what its
    /// DLL does when the process ends.
    pub fn shutdown(self) -> Result<(), Death> {
        self.end().1
    }

    /// [`Child::shutdown`] that also tells what was printed.
    pub fn end(mut self) -> (Printed, Result<(), Death>) {
        let result = self.leave();
        (self.printed(), result)
    }

    fn leave(&mut self) -> Result<(), Death> {
        if let Some(death) = self.death() {
            return Err(death);
        }
        // Where the request cannot be sent the process is gone, which its status tells.
        let _ = self.send(&Request::Exit);
        let mut life = self.life();
        let status = life
            .process
            .as_mut()
            .and_then(|process| process.wait_within(self.deadline));
        if status.is_none() {
            let death = Death::Hang {
                function: "exit".to_owned(),
                after: self.deadline,
            };
            return Err(bury(&mut life, death));
        }
        self.mailbox.wait_for_end(READ_PATIENCE);
        let words = self.mailbox.last_words();
        let orderly = words.fault.is_none() && words.exiting.is_none() && status == Some(Status::Code(0));
        if !orderly {
            return Err(self.settle(&mut life, Some("exit")));
        }
        if let Some(process) = life.process.take() {
            process.kill();
        }
        Ok(())
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
    fn answer(&mut self, during: &str) -> Result<Message, Death> {
        match self.heard(Wanted::Reply, during)? {
            Waited::Reply(message) => Ok(message),
            _ => Err(self.breach("a question came where an answer was due".to_owned())),
        }
    }

    /// Waits for an answer or a question; that neither comes is a death.
    pub(super) fn heard(&self, wanted: Wanted, during: &str) -> Result<Waited, Death> {
        match self.listener.wait(wanted, Instant::now() + self.deadline) {
            Waited::Ended => Err(self.settle(&mut self.life(), Some(during))),
            Waited::TimedOut => {
                let death = Death::Hang {
                    function: during.to_owned(),
                    after: self.deadline,
                };
                Err(bury(&mut self.life(), death))
            }
            heard => Ok(heard),
        }
    }

    fn send(&mut self, request: &Request) -> Result<(), String> {
        encode_frame(request, &mut self.frame).map_err(|error| error.to_string())?;
        self.requests
            .write_all(&self.frame)
            .map_err(|error| error.to_string())
    }

    pub(super) fn breach(&self, what: String) -> Death {
        bury(&mut self.life(), Death::Protocol { what })
    }

    /// Says how the child died whose messages have ended, and sees to it that nothing of it is left.
    fn settle(&self, life: &mut Life, during: Option<&str>) -> Death {
        if let Some(death) = &life.death {
            return death.clone();
        }
        let during = during.map(str::to_owned);
        let words = self.mailbox.last_words();
        if let Some(End::Breach(what)) = self.mailbox.end() {
            return bury(life, Death::Protocol { what });
        }
        let status = life
            .process
            .as_mut()
            .and_then(|process| process.wait_within(EXIT_PATIENCE));
        let death = match (words.fault, status) {
            (Some(fault), _) => Death::Crash {
                signal_or_code: fault.code,
                fault: Some(fault),
                during,
            },
            (None, None) => Death::Protocol {
                what: "it closed its end of the pipe and lives on".to_owned(),
            },
            (None, Some(Status::Signal(signal))) => Death::Crash {
                signal_or_code: signal,
                fault: None,
                during,
            },
            (None, Some(Status::Code(code))) => match words.exiting {
                Some(said) => Death::Exit {
                    code: said.unwrap_or(code),
                    during,
                },
                None => match self.crash_code(code) {
                    Some(signal_or_code) => Death::Crash {
                        signal_or_code,
                        fault: None,
                        during,
                    },
                    None => Death::Exit { code, during },
                },
            },
        };
        bury(life, death)
    }

    /// The exception that an exit code stands for, where no handler could tell: the stack was full, or the process
    /// ended itself by `__fastfail`, as an abort in Rust does. Wine keeps the low eight bits of the code.
    fn crash_code(&self, code: i32) -> Option<u32> {
        const HARD: [u32; 5] = [0xC000_0005, 0xC000_001D, 0xC000_00FD, 0xC000_0374, 0xC000_0409];
        let code = code.cast_unsigned();
        match &self.host {
            HostBinary::Native(_) => (cfg!(windows) && code >= 0xC000_0000).then_some(code),
            HostBinary::Wine { .. } => HARD.into_iter().find(|hard| hard & 0xFF == code),
        }
    }

    fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Kills and reaps whatever is left of the child and remembers how it died.
fn bury(life: &mut Life, death: Death) -> Death {
    if let Some(process) = life.process.take() {
        process.kill();
    }
    life.death.get_or_insert(death).clone()
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("id", &self.id())
            .field("platform", &self.platform)
            .finish_non_exhaustive()
    }
}
