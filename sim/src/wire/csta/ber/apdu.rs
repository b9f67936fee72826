//! Phase III messages as APDUs: ROSE for services and events, ACSE for the association.

use super::{decode, encode};
use crate::wire::csta::{
    ber::EncodeError,
    message::{Message, ReadError, WriteError},
    schema::{Class, Type, phase3},
    services::{EVENT_REPORT, Event, Service},
    value::Value,
};

/// One APDU.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Apdu {
    /// A service, an answer or an event.
    Message(Message),
    /// Something about the association, of type ACSEapdu.
    Association(Value),
}

fn ty(name: &'static str) -> Result<&'static Type, EncodeError> {
    phase3::ty(name).ok_or(EncodeError::UnknownName(name, "the schema"))
}

fn read_type(name: &'static str) -> Result<&'static Type, ReadError> {
    phase3::ty(name).ok_or_else(|| ReadError::Envelope(format!("the schema lacks {name}")))
}

/// The APDU in `bytes`.
///
/// # Errors
/// Where the bytes are no APDU, name an operation that is in no table, or hold an argument of another type.
/// [`ReadError::reject`] is what to answer.
pub fn read(bytes: &[u8]) -> Result<Apdu, ReadError> {
    let element = super::first(bytes)?;
    if element.tag.class == Class::Application {
        return Ok(Apdu::Association(decode(read_type("ACSEapdu")?, bytes)?));
    }
    let rose = decode(read_type("ROSEapdu")?, bytes)?;
    let (kind, body) = rose
        .chosen()
        .ok_or_else(|| ReadError::Envelope("unknown kind of APDU".into()))?;
    let number = |name: &str| body.get(name).and_then(Value::as_integer);
    let invoke = number("invokeID").unwrap_or_default();
    let message = match kind {
        "roiv" => request(invoke, body)?,
        "rors" => response(invoke, body)?,
        "roer" => {
            let error = match raw(body.get("parameter")) {
                Some(bytes) => content(invoke, "UniversalFailure", read_type("UniversalFailure")?, bytes)?,
                None => Value::choice("unspecified", Value::Null),
            };
            Message::Failure { invoke, error }
        }
        _ => Message::Reject {
            invoke: body
                .get("invokeID")
                .and_then(|id| id.get("present"))
                .and_then(Value::as_integer),
            problem: body.get("problem").cloned().unwrap_or(Value::Null),
        },
    };
    Ok(Apdu::Message(message))
}

fn raw(value: Option<&Value>) -> Option<&[u8]> {
    match value {
        Some(Value::Any(bytes)) => Some(bytes),
        _ => None,
    }
}

fn content(invoke: i64, service: &'static str, ty: &Type, bytes: &[u8]) -> Result<Value, ReadError> {
    decode(ty, bytes).map_err(|error| ReadError::Content {
        invoke,
        service,
        error: error.to_string(),
    })
}

fn code(value: Option<&Value>) -> Result<i64, String> {
    match value {
        Some(Value::Choice("local", code)) => code.as_integer().ok_or_else(|| code.to_string()),
        other => Err(other.map(Value::to_string).unwrap_or_default()),
    }
}

fn request(invoke: i64, body: &Value) -> Result<Message, ReadError> {
    let unknown = |name: String| ReadError::Unknown {
        invoke: Some(invoke),
        name,
    };
    let code = code(body.get("opcode")).map_err(unknown)?;
    let argument = raw(body.get("argument")).unwrap_or(&[5, 0]);
    if code == EVENT_REPORT {
        return event(invoke, argument);
    }
    let service = Service::by_code(code).ok_or_else(|| unknown(code.to_string()))?;
    let ty = read_type(service.argument)?;
    Ok(Message::Request {
        invoke,
        service,
        argument: content(invoke, service.name, ty, argument)?,
    })
}

fn event(invoke: i64, argument: &[u8]) -> Result<Message, ReadError> {
    let report = content(
        invoke,
        "EventReport",
        read_type("CSTAEventReportArgument")?,
        argument,
    )?;
    let info = report.get("eventSpecificInfo");
    let found = info.and_then(Value::chosen).and_then(|(category, event)| {
        let (name, data) = event.chosen()?;
        Some((Event::find(category, name)?, data))
    });
    let Some((event, data)) = found else {
        let name = info.map(Value::to_string).unwrap_or_default();
        return Err(ReadError::Unknown {
            invoke: Some(invoke),
            name,
        });
    };
    let monitor = report
        .get("crossRefIdentifier")
        .and_then(Value::as_octets)
        .unwrap_or_default()
        .to_vec();
    Ok(Message::Event {
        invoke,
        monitor,
        event,
        data: data.clone(),
    })
}

fn response(invoke: i64, body: &Value) -> Result<Message, ReadError> {
    let Some(result) = body.get("result") else {
        return Ok(Message::Response {
            invoke,
            service: None,
            result: Value::Null,
        });
    };
    let unknown = |name: String| ReadError::Unknown {
        invoke: Some(invoke),
        name,
    };
    let code = code(result.get("opcode")).map_err(unknown)?;
    let service = Service::by_code(code).ok_or_else(|| unknown(code.to_string()))?;
    let value = match (service.result(), raw(result.get("result"))) {
        (Some(ty), Some(bytes)) => content(invoke, service.name, ty, bytes)?,
        _ => Value::Null,
    };
    Ok(Message::Response {
        invoke,
        service: Some(service),
        result: value,
    })
}

/// The bytes of `apdu`.
///
/// # Errors
/// Where a value does not fit its type.
pub fn write(apdu: &Apdu) -> Result<Vec<u8>, WriteError> {
    let message = match apdu {
        Apdu::Association(value) => return Ok(encode(ty("ACSEapdu")?, value)?),
        Apdu::Message(message) => message,
    };
    let rose = match message {
        Message::Request {
            invoke,
            service,
            argument,
        } => {
            let argument = encode(ty(service.argument)?, argument)?;
            invocation(*invoke, service.code, argument)
        }
        Message::Event {
            invoke,
            monitor,
            event,
            data,
        } => {
            let info = Value::choice(event.category, Value::choice(event.name, data.clone()));
            let members = [
                ("crossRefIdentifier", Value::Octets(monitor.clone())),
                ("eventSpecificInfo", info),
            ];
            let argument = encode(ty("CSTAEventReportArgument")?, &Value::sequence(members))?;
            invocation(*invoke, EVENT_REPORT, argument)
        }
        Message::Response {
            invoke,
            service,
            result,
        } => {
            let body = Value::sequence([("invokeID", Value::Integer(*invoke))]);
            let result = match service {
                Some(service) => {
                    let body =
                        Value::sequence([("opcode", Value::choice("local", Value::Integer(service.code)))]);
                    let result = match service.result {
                        Some(name) if *result != Value::Null => Some(Value::Any(encode(ty(name)?, result)?)),
                        _ => None,
                    };
                    Some(body.with("result", result))
                }
                None => None,
            };
            Value::choice("rors", body.with("result", result))
        }
        Message::Failure { invoke, error } => {
            let members = [
                ("invokeID", Value::Integer(*invoke)),
                ("errcode", Value::choice("local", Value::Integer(1))),
                ("parameter", Value::Any(encode(ty("UniversalFailure")?, error)?)),
            ];
            Value::choice("roer", Value::sequence(members))
        }
        Message::Reject { invoke, problem } => {
            let id = match invoke {
                Some(invoke) => Value::choice("present", Value::Integer(*invoke)),
                None => Value::choice("absent", Value::Null),
            };
            Value::choice(
                "rorj",
                Value::sequence([("invokeID", id), ("problem", problem.clone())]),
            )
        }
    };
    Ok(encode(ty("ROSEapdu")?, &rose)?)
}

fn invocation(invoke: i64, code: i64, argument: Vec<u8>) -> Value {
    let members = [
        ("invokeID", Value::Integer(invoke)),
        ("opcode", Value::choice("local", Value::Integer(code))),
        ("argument", Value::Any(argument)),
    ];
    Value::choice("roiv", Value::sequence(members))
}
