//! Calls that take a while: made apart, in a thread of their own, or ones in which the child asks something back.

use super::child::{Child, Replied};
use super::mailbox::{Asked, Waited, Wanted};
use super::{Death, HostError};
use offhook_host_protocol::{Arg, Message, Request, encode_frame};

/// What is heard of a call that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It has ended.
    Replied(Replied),
    /// Before that, something wants an answer: [`Child::answer_ask`].
    Asked(Asked),
}

impl Child {
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
