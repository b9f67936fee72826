//! Messages as XML documents: ECMA-323, editions 3 to 6, and ECMA-354's application sessions.
//!
//! The documents follow from the same type descriptions as BER, since ECMA-323 spells its elements as ECMA-285 spells
//! its members; where it does not, `names` says so. Read with any namespace prefix or none, with or without a prolog,
//! and with elements that a later edition has added; written as [`Style`] says.

mod names;
mod node;
mod read;
pub mod schema;
mod write;

#[cfg(test)]
mod tests;

use super::{
    message::{Message, ReadError, WriteError},
    schema::{Type, phase3},
    services::{Event, Service},
    value::Value,
};

/// How documents are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Style {
    /// The edition of ECMA-323, 3 to 6, which names the namespace.
    pub edition: u8,
    /// The namespace prefix; none where it is empty.
    pub prefix: String,
    /// Whether a document begins with an XML declaration.
    pub prolog: bool,
}

impl Default for Style {
    fn default() -> Self {
        Style {
            edition: 5,
            prefix: String::new(),
            prolog: true,
        }
    }
}

/// One document: a message, or something about the application session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Document {
    /// A service, an answer or an event. A response carries its service, an event its monitor.
    Message(Message),
    /// An element of ECMA-354: its name, which is its type's name too, and its content.
    Session {
        /// That of the frame.
        invoke: i64,
        /// `StartApplicationSession` and the like.
        name: &'static str,
        /// What it says.
        content: Value,
    },
}

/// The elements of ECMA-354, each of the type of the same name.
pub static SESSION: [&str; 10] = [
    "StartApplicationSession",
    "StartApplicationSessionPosResponse",
    "StartApplicationSessionNegResponse",
    "StopApplicationSession",
    "StopApplicationSessionPosResponse",
    "StopApplicationSessionNegResponse",
    "ResetApplicationSessionTimer",
    "ResetApplicationSessionTimerPosResponse",
    "ResetApplicationSessionTimerNegResponse",
    "ApplicationSessionTerminated",
];

const SESSION_NAMESPACE: &str = "http://www.ecma-international.org/standards/ecma-354/appl_session";
const MONITOR: &str = "monitorCrossRefID";
const ERROR: &str = "CSTAErrorCode";
const RESPONSE: &str = "Response";

fn namespace(edition: u8) -> String {
    format!("http://www.ecma-international.org/standards/ecma-323/csta/ed{edition}")
}

fn ty(name: &'static str) -> Result<&'static Type, ReadError> {
    phase3::ty(name).ok_or_else(|| ReadError::Envelope(format!("the schema lacks {name}")))
}

/// The document in `text`, which came in a frame with invoke id `invoke`.
///
/// # Errors
/// Where the text is no XML, its element is in no table, or its content is not of the element's type.
pub fn read(invoke: i64, text: &[u8]) -> Result<Document, ReadError> {
    let root = node::parse(text).map_err(ReadError::Envelope)?;
    let content = |service: &'static str, name: &'static str| {
        read::value(ty(name)?, &root).map_err(|error| ReadError::Content {
            invoke,
            service,
            error,
        })
    };
    let message = if let Some(service) = Service::by_name(&root.name) {
        Message::Request {
            invoke,
            service,
            argument: content(service.name, service.argument)?,
        }
    } else if let Some(service) = root.name.strip_suffix(RESPONSE).and_then(Service::by_name) {
        let result = service
            .result
            .map_or(Ok(Value::Null), |result| content(service.name, result))?;
        Message::Response {
            invoke,
            service: Some(service),
            result,
        }
    } else if root.name == ERROR {
        Message::Failure {
            invoke,
            error: content(ERROR, "UniversalFailure")?,
        }
    } else if let Some(event) = Event::by_type(names::event_type(&root.name)) {
        let monitor = root.children.iter().find(|child| child.name == MONITOR);
        let monitor = monitor
            .map(|child| read::octets(names::Octets::Text, &child.text))
            .unwrap_or_default();
        Message::Event {
            invoke,
            monitor,
            event,
            data: content(event.name, event.ty)?,
        }
    } else if let Some(name) = SESSION.iter().find(|name| **name == root.name) {
        return Ok(Document::Session {
            invoke,
            name,
            content: content(name, name)?,
        });
    } else {
        return Err(ReadError::Unknown {
            invoke: Some(invoke),
            name: root.name,
        });
    };
    Ok(Document::Message(message))
}

/// `document` as text.
///
/// # Errors
/// Where a value does not fit its type, or has no form in XML: rejects, and BER that nobody could read.
pub fn write(style: &Style, document: &Document) -> Result<String, WriteError> {
    let mut writer = write::Writer::new(style);
    let namespace = namespace(style.edition);
    let message = match document {
        Document::Message(message) => message,
        Document::Session { name, content, .. } => {
            writer.root(name, SESSION_NAMESPACE, None, name, content)?;
            return Ok(writer.finish());
        }
    };
    match message {
        Message::Request {
            service, argument, ..
        } => {
            writer.root(service.name, &namespace, None, service.argument, argument)?;
        }
        Message::Response {
            service: Some(service),
            result,
            ..
        } => {
            let name = format!("{}{RESPONSE}", service.name);
            match service.result {
                Some(ty) if *result != Value::Null => writer.root(&name, &namespace, None, ty, result)?,
                _ => writer.root(
                    &name,
                    &namespace,
                    None,
                    "NoData",
                    &Value::choice("noData", Value::Null),
                )?,
            }
        }
        Message::Response { service: None, .. } => {
            return Err(WriteError::NoForm("a response without its service"));
        }
        Message::Failure { error, .. } => writer.root(ERROR, &namespace, None, "UniversalFailure", error)?,
        Message::Reject { .. } => return Err(WriteError::NoForm("a reject")),
        Message::Event {
            monitor, event, data, ..
        } => {
            writer.root(
                names::event_element(event.ty),
                &namespace,
                Some(monitor),
                event.ty,
                data,
            )?;
        }
    }
    Ok(writer.finish())
}
