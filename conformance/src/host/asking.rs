//! Calls other than one after another: ahead of their answers, apart in threads of their own, at once, or such that the
//! child asks something back in them.

use super::child::{Child, Replied};
use super::mailbox::{Asked, Waited, Wanted};
use super::{Death, HostError};
use offhook_host_protocol::{Arg, Invocation, Message, Request, encode_frame};

/// How many bytes of requests are sent before their answers are read: less than a pipe holds.
const AHEAD_MAX: usize = 32 << 10;

/// What is heard of a call that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It has ended.
    Replied(Replied),
    /// Before that, something wants an answer: [`Child::answer_ask`].
    Asked(Asked),
}

impl Child {
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

    /// Begins a call and gives its number; [`Child::hear`] tells what comes of it. No other call may be made before it has
    /// returned, unless it is made `apart`, in a thread of its own.
    pub fn begin(&mut self, function: &str, args: Vec<Arg>, apart: bool) -> Result<u32, Death> {
        let seq = self.next_call();
        let request = Request::Call {
            seq,
            function: function.to_owned(),
            args,
            apart,
        };
        if apart {
            self.mailbox.expect_apart(seq);
        }
        self.tell(&request, usize::from(!apart), function)?;
        Ok(seq)
    }

    /// Waits, for as long as a call may take, until the call returns or the child asks something.
    pub fn hear(&self, seq: u32, function: &str, apart: bool) -> Result<Heard, Death> {
        let wanted = if apart {
            Wanted::Apart(seq)
        } else {
            Wanted::ReplyOrAsk
        };
        Ok(match self.heard(wanted, function)? {
            Waited::Asked(asked) => Heard::Asked(asked),
            Waited::Reply(answer) => Heard::Replied(self.replied(seq, function, answer)?),
            Waited::Ended | Waited::TimedOut => {
                return Err(self.breach(format!("{function} was neither answered nor given up")));
            }
        })
    }

    /// Begins calls at the same time, each in a thread of its own, and gives their numbers in order; [`Child::hear`] tells what
    /// comes of each, as of calls that are made apart.
    pub fn begin_at_once(&mut self, calls: Vec<(String, Vec<Arg>)>) -> Result<Vec<u32>, Death> {
        let calls = calls.into_iter().map(|(function, args)| Invocation {
            seq: self.next_call(),
            function,
            args,
        });
        let calls: Vec<Invocation> = calls.collect();
        let seqs: Vec<u32> = calls.iter().map(|call| call.seq).collect();
        seqs.iter().for_each(|seq| self.mailbox.expect_apart(*seq));
        self.tell(&Request::AtOnce { calls }, 0, "calls at once")?;
        Ok(seqs)
    }

    /// Has the next so many `LINE_NEWCALL`s answered with NULL.
    pub fn refuse_new_calls(&mut self, count: u32) -> Result<(), Death> {
        match self.ask(&Request::RefuseNewCalls { count }, "refusal of new calls")? {
            Message::Done => Ok(()),
            other => Err(self.breach(format!("a refusal of new calls was answered with {other:?}"))),
        }
    }

    /// What the child waits for an answer to just now.
    pub fn asked(&self) -> Option<Asked> {
        self.mailbox.asked()
    }

    /// Lets a callback return, with these bytes at its `lpParams`.
    pub fn answer_ask(&mut self, ask: u32, result: i32, params: Vec<u8>) -> Result<(), Death> {
        let answer = Request::Answer { ask, result, params };
        self.tell(&answer, 0, "TUISPIDLLCALLBACK")
    }

    /// Sends a request without waiting for what comes of it.
    fn tell(&mut self, request: &Request, answers: usize, during: &str) -> Result<(), Death> {
        let mut frame = std::mem::take(&mut self.frame);
        let sent = match encode_frame(request, &mut frame) {
            Ok(()) => self.send_all(&frame, answers, during),
            Err(error) => Err(self.breach(format!("a request could not be sent: {error}"))),
        };
        self.frame = frame;
        sent
    }

    /// Loads a DLL by a path that is the child's own already; why it cannot be loaded.
    pub fn load_by_name(&mut self, path: &str) -> Result<(), HostError> {
        let request = Request::Load {
            path: path.to_owned(),
            cwd: self.cwd.as_deref().map(|cwd| self.host.child_path(cwd)),
        };
        match self.ask(&request, "load").map_err(HostError::LoadDied)? {
            Message::Done => Ok(()),
            Message::Failed { what, code } => Err(HostError::Load {
                path: path.into(),
                what,
                code,
            }),
            other => Err(HostError::LoadDied(
                self.breach(format!("the load was answered with {other:?}")),
            )),
        }
    }
}
