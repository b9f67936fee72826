//! One application: its link, its encoding, where its association or session stands.

use std::collections::BTreeMap;
use std::time::Duration;

use thiserror::Error;

use super::profile::{Encoding, Profile};
use crate::time::SimTime;
use crate::wire::csta::{
    ber::apdu::{self, Apdu},
    framing::{Frame, FramingError, Link, Side},
    message::{Message, ReadError, WriteError},
    phase1,
    value::Value,
    xml::{self, Document, Style},
};

/// Why the server closes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum CloseReason {
    /// The client released or aborted the association.
    #[error("the client ended the association")]
    Released,
    /// It asked for services without an association, or for one that cannot be.
    #[error("there is no association")]
    NoAssociation,
    /// Its bytes are not framed as the profile says.
    #[error("the bytes are not framed as agreed")]
    BadFraming,
    /// It began a frame and did not go on.
    #[error("a frame was begun and never finished")]
    Unfinished,
    /// It gave no sign of life when asked for one.
    #[error("the client is silent")]
    Silent,
    /// It does not acknowledge frames, or does not read what it is sent.
    #[error("the client does not take what it is sent")]
    Slow,
    /// Somebody cut it, for a test of what the client does then.
    #[error("the link was cut")]
    Cut,
    /// The switch begins anew.
    #[error("the switch restarts")]
    Restarted,
    /// There are as many clients as the profile allows.
    #[error("there are too many clients")]
    TooManyClients,
}

/// Why a message could not be sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum SendError {
    #[error(transparent)]
    Write(#[from] WriteError),
    #[error(transparent)]
    Framing(#[from] FramingError),
}

/// What a frame holds.
pub(super) enum Incoming {
    Message(Message),
    /// Of type ACSEapdu.
    Association(Value),
    Session(i64, &'static str, Value),
}

/// An ECMA-354 session.
#[derive(Debug)]
pub(super) struct Session {
    pub id: String,
    pub ends: SimTime,
}

#[derive(Debug)]
pub(super) struct Client {
    pub link: Link,
    /// The association stands, or none is needed.
    pub associated: bool,
    pub session: Option<Session>,
    /// The edition of ECMA-323 that a session was started with; that of the profile before.
    pub edition: Option<u8>,
    /// When the client last sent anything, and whether it has been asked for a sign of life since.
    pub heard: SimTime,
    pub asked: bool,
    last_invoke: i64,
    /// Phase I: what has been asked and not been answered, by invoke id.
    asked_in_phase1: BTreeMap<i64, phase1::Asked>,
    /// What it wants to hear of the switch itself.
    pub registrations: Vec<Registration>,
    /// What is said to it, while that is held back.
    pub held: Option<Vec<Frame>>,
}

/// A registration for system status and the like.
#[derive(Debug)]
pub(super) struct Registration {
    pub id: u32,
    /// What it is for, of type RequestTypes.
    pub types: u64,
    /// The statuses that it does not want, of type StatusFilter.
    pub unwanted: u64,
}

/// How long a client may pause inside a frame.
const FRAME_PAUSE: Duration = Duration::from_secs(30);

/// Bytes that wait for a client's acknowledgements beyond which it counts as one that does not read.
const WAITING_MOST: usize = 1024 * 1024;

/// The invoke id that events have in Annex J, where it is four digits.
const EVENT_INVOKE: u16 = 9999;

impl Client {
    pub fn new(profile: &Profile, now: SimTime) -> Client {
        Client {
            link: Link::new(profile.framing, Side::Server),
            associated: !profile.association,
            session: None,
            edition: None,
            heard: now,
            asked: false,
            last_invoke: 0,
            asked_in_phase1: BTreeMap::new(),
            registrations: Vec::new(),
            held: None,
        }
    }

    /// An invoke id for a request or an event of the switch.
    pub fn next_invoke(&mut self) -> i64 {
        self.last_invoke = self.last_invoke % i64::from(EVENT_INVOKE - 1) + 1;
        self.last_invoke
    }

    /// When something is due, however idle the client is.
    pub fn deadline(&self, profile: &Profile) -> Option<SimTime> {
        let life = profile
            .keep_alive
            .map(|wait| self.heard + if self.asked { wait * 2 } else { wait });
        let session = self.session.as_ref().map(|session| session.ends);
        let frame = self.link.is_inside_frame().then(|| self.heard + FRAME_PAUSE);
        let own = life.into_iter().chain(session).chain(frame);
        own.chain(self.link.deadline()).min()
    }

    /// Whether it has begun a frame and left it at that.
    pub fn is_stuck(&self, now: SimTime) -> bool {
        self.link.is_inside_frame() && now >= self.heard + FRAME_PAUSE
    }

    /// Whether more waits for it than it will ever take.
    pub fn is_slow(&self) -> bool {
        let held = self
            .held
            .iter()
            .flatten()
            .map(|frame| frame.body.len())
            .sum::<usize>();
        self.link.waiting() + held > WAITING_MOST
    }

    pub fn read(&mut self, profile: &Profile, frame: &Frame) -> Result<Incoming, ReadError> {
        match &profile.encoding {
            Encoding::Phase1 => {
                let (message, asked) = phase1::read(&frame.body)?;
                if let (Message::Request { invoke, .. }, Some(asked)) = (&message, asked) {
                    self.asked_in_phase1.insert(*invoke, asked);
                }
                Ok(Incoming::Message(message))
            }
            Encoding::Phase3 => Ok(match apdu::read(&frame.body)? {
                Apdu::Message(message) => Incoming::Message(message),
                Apdu::Association(value) => Incoming::Association(value),
            }),
            Encoding::Xml(_) => {
                let invoke = i64::from(frame.invoke.unwrap_or_default());
                Ok(match xml::read(invoke, &frame.body)? {
                    Document::Message(message) => Incoming::Message(message),
                    Document::Session {
                        invoke,
                        name,
                        content,
                    } => Incoming::Session(invoke, name, content),
                })
            }
        }
    }

    pub fn send(&mut self, profile: &Profile, now: SimTime, message: &Message) -> Result<(), SendError> {
        let frame = match &profile.encoding {
            Encoding::Phase1 => {
                let asked = match message {
                    Message::Response { invoke, .. } | Message::Failure { invoke, .. } => {
                        self.asked_in_phase1.remove(invoke)
                    }
                    _ => None,
                };
                Frame::new(phase1::write(message, asked.as_ref())?)
            }
            Encoding::Phase3 => Frame::new(apdu::write(&Apdu::Message(message.clone()))?),
            Encoding::Xml(style) => {
                let invoke = match message {
                    Message::Event { .. } => EVENT_INVOKE,
                    Message::Request { invoke, .. }
                    | Message::Response { invoke, .. }
                    | Message::Failure { invoke, .. } => four_digits(*invoke),
                    Message::Reject { invoke, .. } => four_digits(invoke.unwrap_or_default()),
                };
                // XML has no reject: what could not be read is an error of the operation.
                let message = match message {
                    Message::Reject { problem, .. } => {
                        Message::failure(0, "operation", rejected_in_xml(problem))
                    }
                    message => message.clone(),
                };
                let text = xml::write(&self.style(style), &Document::Message(message))?;
                Frame {
                    invoke: Some(invoke),
                    body: text.into_bytes(),
                }
            }
        };
        self.put(now, frame)
    }

    fn put(&mut self, now: SimTime, frame: Frame) -> Result<(), SendError> {
        match &mut self.held {
            Some(held) => held.push(frame),
            None => self.link.send(now, &frame)?,
        }
        Ok(())
    }

    /// Holds back what is said to the client from now on, or lets it go.
    pub fn hold(&mut self, now: SimTime, hold: bool) -> Result<(), SendError> {
        if hold {
            self.held.get_or_insert_default();
            return Ok(());
        }
        for frame in self.held.take().unwrap_or_default() {
            self.link.send(now, &frame)?;
        }
        Ok(())
    }

    fn style(&self, style: &Style) -> Style {
        Style {
            edition: self.edition.unwrap_or(style.edition),
            ..style.clone()
        }
    }

    pub fn send_association(&mut self, now: SimTime, value: Value) -> Result<(), SendError> {
        let frame = Frame::new(apdu::write(&Apdu::Association(value))?);
        self.put(now, frame)
    }

    pub fn send_session(
        &mut self,
        profile: &Profile,
        now: SimTime,
        document: &Document,
        invoke: i64,
    ) -> Result<(), SendError> {
        let Encoding::Xml(style) = &profile.encoding else {
            return Ok(());
        };
        let text = xml::write(&self.style(style), document)?;
        let frame = Frame {
            invoke: Some(four_digits(invoke)),
            body: text.into_bytes(),
        };
        self.put(now, frame)
    }
}

/// The error that is nearest to a reject: a service that is in no table, a parameter that is wrong, no message at all.
fn rejected_in_xml(problem: &Value) -> &'static str {
    match problem.chosen() {
        Some(("invoke", Value::Integer(1))) => "serviceNotSupported",
        Some(("invoke", Value::Integer(2))) => "invalidParameterValue",
        _ => "generic",
    }
}

fn four_digits(invoke: i64) -> u16 {
    u16::try_from(invoke.rem_euclid(10_000)).unwrap_or_default()
}

/// A time of a session in whole seconds, as ECMA-354 counts it.
pub(super) fn seconds(time: Duration) -> i64 {
    i64::try_from(time.as_secs()).unwrap_or(i64::MAX)
}
