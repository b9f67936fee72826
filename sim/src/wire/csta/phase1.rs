//! Phase I messages (ECMA-179 and ECMA-180) as Ericsson's MD110 speaks them: ROSE without an association.
//!
//! Messages are turned into those of phase III and back, so that a server need not know the phases apart: an operation
//! is a row of `operations`, values follow from the types of both phases in `values`. What phase I has no form for
//! cannot be written. The other side's part, asking for services and reading answers, is not here.

mod operations;
mod values;

#[cfg(test)]
mod tests;

use super::{
    ber::{self, EncodeError},
    message::{Message, ReadError, WriteError},
    schema::{Type, phase1},
    services::{EVENT_REPORT, Event, Service},
    value::Value,
};

/// What has to be kept of a request until it is answered: the answer's form depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    operation: &'static operations::Operation,
    argument: Value,
}

/// The code of ROSE's error that carries a UniversalFailure.
const UNIVERSAL_FAILURE: i64 = 1;

fn ty(name: &'static str) -> Result<&'static Type, EncodeError> {
    phase1::ty(name).ok_or(EncodeError::UnknownName(name, "the schema"))
}

fn encode(name: &'static str, value: &Value) -> Result<Vec<u8>, EncodeError> {
    ber::encode(ty(name)?, value)
}

fn decode(name: &'static str, bytes: &[u8]) -> Result<Value, String> {
    let ty = ty(name).map_err(|error| error.to_string())?;
    ber::decode(ty, bytes).map_err(|error| error.to_string())
}

fn raw(value: Option<&Value>) -> Option<&[u8]> {
    match value {
        Some(Value::Any(bytes)) => Some(bytes),
        _ => None,
    }
}

/// The message in `bytes`, and what has to be kept of it where it is a request.
///
/// # Errors
/// Where the bytes are no APDU, name an operation that is in no table, or hold an argument of another type.
/// [`ReadError::reject`] is what to answer.
pub fn read(bytes: &[u8]) -> Result<(Message, Option<Asked>), ReadError> {
    let rose = decode("ROSEapdu", bytes).map_err(ReadError::Envelope)?;
    let (kind, body) = rose
        .chosen()
        .ok_or_else(|| ReadError::Envelope("unknown kind of APDU".into()))?;
    let number = |name: &str| body.get(name).and_then(Value::as_integer);
    let invoke = number("invokeID").unwrap_or_default();
    let message = match kind {
        "roiv" => return request(invoke, body).map(|(message, asked)| (message, Some(asked))),
        // What clients answer to the switch's own requests says no more than that they have come.
        "rors" => Message::Response {
            invoke,
            service: None,
            result: Value::Null,
        },
        "roer" => Message::Failure {
            invoke,
            error: Value::choice("unspecified", Value::Null),
        },
        _ => Message::Reject {
            invoke: body
                .get("invokeID")
                .and_then(|id| id.get("present"))
                .and_then(Value::as_integer),
            problem: body.get("problem").cloned().unwrap_or(Value::Null),
        },
    };
    Ok((message, None))
}

fn request(invoke: i64, body: &Value) -> Result<(Message, Asked), ReadError> {
    let code = body.get("opcode").and_then(Value::as_integer).unwrap_or_default();
    let unknown = |name: String| ReadError::Unknown {
        invoke: Some(invoke),
        name,
    };
    let operation = operations::by_code(code).ok_or_else(|| unknown(code.to_string()))?;
    let content = |error: String| ReadError::Content {
        invoke,
        service: operation.name,
        error,
    };
    let argument =
        decode(operation.argument, raw(body.get("argument")).unwrap_or(&[5, 0])).map_err(content)?;
    let (service, asked) =
        (operation.asks)(&argument).ok_or_else(|| content("the argument is not understood".into()))?;
    let service = Service::by_name(service).ok_or_else(|| unknown(service.to_owned()))?;
    let message = Message::Request {
        invoke,
        service,
        argument: asked,
    };
    Ok((message, Asked { operation, argument }))
}

/// Whether phase I has a form for an event.
pub fn carries(event: &Event) -> bool {
    event.phase1_type().is_some()
}

/// The bytes of `message`; `asked` is what was kept of the request that it answers.
///
/// # Errors
/// Where phase I has no form for it.
pub fn write(message: &Message, asked: Option<&Asked>) -> Result<Vec<u8>, WriteError> {
    let rose = match message {
        Message::Request {
            invoke,
            service,
            argument,
        } => {
            let (code, argument) = told(service.name, argument)?;
            invocation(*invoke, code, argument)
        }
        Message::Event {
            invoke,
            monitor,
            event,
            data,
        } => {
            let (Some(number), Some(ty)) = (event.phase1, event.phase1_type()) else {
                return Err(WriteError::NoForm(event.ty));
            };
            let info = values::event(event, ty, data).ok_or(WriteError::NoForm(event.ty))?;
            let members = [
                ("crossRefIdentifier", Value::Octets(monitor.clone())),
                ("eventType", Value::Integer(number)),
                ("eventInfo", Value::Any(ber::encode(ty, &info)?)),
            ];
            let report = encode("CSTAEventReportArgument", &Value::sequence(members))?;
            invocation(*invoke, EVENT_REPORT, report)
        }
        Message::Response { invoke, result, .. } => {
            let asked = asked.ok_or(WriteError::NoForm("an answer that nobody asked for"))?;
            let operation = asked.operation;
            let (name, value) = (operation.answers)(result, &asked.argument)
                .ok_or(WriteError::NoForm("an answer of that shape"))?;
            let result = Value::sequence([
                ("opcode", Value::Integer(operation.code)),
                ("result", Value::Any(encode(name, &value)?)),
            ]);
            let members = [("invokeID", Value::Integer(*invoke)), ("result", result)];
            Value::choice("rors", Value::sequence(members))
        }
        Message::Failure { invoke, error } => {
            let error = encode("UniversalFailure", &values::failure(error))?;
            let members = [
                ("invokeID", Value::Integer(*invoke)),
                ("errcode", Value::Integer(UNIVERSAL_FAILURE)),
                ("parameter", Value::Any(error)),
            ];
            Value::choice("roer", Value::sequence(members))
        }
        Message::Reject { invoke, problem } => {
            let id = match invoke {
                Some(invoke) => Value::choice("present", Value::Integer(*invoke)),
                None => Value::choice("absent", Value::Null),
            };
            let members = [("invokeID", id), ("problem", problem.clone())];
            Value::choice("rorj", Value::sequence(members))
        }
    };
    Ok(encode("ROSEapdu", &rose)?)
}

/// What the switch may say of its own accord.
fn told(service: &'static str, argument: &Value) -> Result<(i64, Vec<u8>), WriteError> {
    match service {
        "SystemStatus" => {
            let status = argument.get("systemStatus").and_then(Value::as_name);
            // A later phase has one status more.
            let status = match status {
                Some("partiallyDisabled") | None => "disabled",
                Some(status) => status,
            };
            Ok((
                operations::SYSTEM_STATUS,
                encode("SystemStatus", &Value::named(status))?,
            ))
        }
        "MonitorStop" => {
            let monitor = argument.get("crossRefIdentifier").cloned();
            let monitor = monitor.ok_or(WriteError::NoForm("a monitor without its reference"))?;
            Ok((operations::MONITOR_STOP, encode("MonitorCrossRefID", &monitor)?))
        }
        _ => Err(WriteError::NoForm(service)),
    }
}

fn invocation(invoke: i64, code: i64, argument: Vec<u8>) -> Value {
    let members = [
        ("invokeID", Value::Integer(invoke)),
        ("opcode", Value::Integer(code)),
        ("argument", Value::Any(argument)),
    ];
    Value::choice("roiv", Value::sequence(members))
}
