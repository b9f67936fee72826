//! CSTA messages, the same in every encoding: requests, their answers, and events.

use thiserror::Error;

use super::{
    ber::{DecodeError, EncodeError},
    services::{Event, Service},
    value::Value,
};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A service is asked for.
    Request {
        /// Ties the answer to it.
        invoke: i64,
        /// What is asked for.
        service: &'static Service,
        /// With what; of the service's argument type.
        argument: Value,
    },
    /// It was done.
    Response {
        /// The request's.
        invoke: i64,
        /// The service; `None` where the peer sends no more than the invoke id.
        service: Option<&'static Service>,
        /// What came of it; of the service's result type.
        result: Value,
    },
    /// It was refused.
    Failure {
        /// The request's.
        invoke: i64,
        /// Why; of type UniversalFailure.
        error: Value,
    },
    /// What came was no message of the protocol (ROSE's reject).
    Reject {
        /// That of the message, where it could be read.
        invoke: Option<i64>,
        /// Why; of type Problem.
        problem: Value,
    },
    /// A monitor tells what happened.
    Event {
        /// The event report's own invoke id; nobody answers it.
        invoke: i64,
        /// The monitor.
        monitor: Vec<u8>,
        /// What kind of event.
        event: &'static Event,
        /// What it tells; of the event's type.
        data: Value,
    },
}

impl Message {
    /// The failure `name` of `category`: `("operation", "invalidDeviceID")`.
    pub fn failure(invoke: i64, category: &'static str, name: &'static str) -> Self {
        Message::Failure {
            invoke,
            error: Value::choice(category, Value::named(name)),
        }
    }
}

/// Why bytes are no message, and what to answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ReadError {
    /// Not even the envelope can be read.
    #[error("not a message: {0}")]
    Envelope(String),
    /// The message asks for, answers or tells something that is in no table.
    #[error("there is no operation or event {name}")]
    Unknown {
        /// The message's invoke id, where it has one.
        invoke: Option<i64>,
        /// The number or the name of what is unknown.
        name: String,
    },
    /// The envelope is right, the content is not of the service's type.
    #[error("{service} cannot be read: {error}")]
    Content {
        /// The message's invoke id.
        invoke: i64,
        /// The service or the event.
        service: &'static str,
        /// What is wrong.
        error: String,
    },
}

impl From<DecodeError> for ReadError {
    fn from(error: DecodeError) -> Self {
        ReadError::Envelope(error.to_string())
    }
}

impl ReadError {
    /// The reject that answers what could not be read (X.880 clause 9.5).
    pub fn reject(&self) -> Message {
        let (invoke, choice, number) = match self {
            ReadError::Envelope(_) => (None, "general", 2),
            ReadError::Unknown { invoke, .. } => (*invoke, "invoke", 1),
            ReadError::Content { invoke, .. } => (Some(*invoke), "invoke", 2),
        };
        Message::Reject {
            invoke,
            problem: Value::choice(choice, Value::Integer(number)),
        }
    }
}

/// Why a message cannot be written.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WriteError {
    /// The value does not fit the type.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The encoding has no such service or event.
    #[error("{0} has no form in this encoding")]
    NoForm(&'static str),
}
