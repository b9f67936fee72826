//! XML documents of every kind.

use offhook_sim::wire::csta::{
    message::Message,
    schema::{Type, phase3},
    services::{EVENTS, SERVICES},
    xml::{Document, SESSION},
};
use proptest::prelude::*;

use super::printable;

fn ty(name: &str) -> &'static Type {
    phase3::ty(name).expect("the schema has it")
}

/// Documents of every kind, each with a name for failures.
pub fn all() -> Vec<(String, BoxedStrategy<Document>)> {
    let mut all = Vec::new();
    for service in SERVICES {
        let requests = printable(ty(service.argument));
        let request = move |argument| {
            Document::Message(Message::Request {
                invoke: 1,
                service,
                argument,
            })
        };
        all.push((service.name.to_owned(), requests.prop_map(request).boxed()));
        if let Some(result) = service.result {
            let response = move |result| {
                Document::Message(Message::Response {
                    invoke: 1,
                    service: Some(service),
                    result,
                })
            };
            let responses = printable(ty(result)).prop_map(response);
            all.push((format!("{}Response", service.name), responses.boxed()));
        }
    }
    for event in EVENTS {
        let data = (printable(ty(event.ty)), "[a-z0-9]{1,6}");
        let report = move |(data, monitor): (_, String)| {
            Document::Message(Message::Event {
                invoke: 1,
                monitor: monitor.into_bytes(),
                event,
                data,
            })
        };
        all.push((event.ty.to_owned(), data.prop_map(report).boxed()));
    }
    for name in SESSION {
        let session = move |content| Document::Session {
            invoke: 1,
            name,
            content,
        };
        all.push((name.to_owned(), printable(ty(name)).prop_map(session).boxed()));
    }
    let error = |error| Document::Message(Message::Failure { invoke: 1, error });
    all.push((
        "CSTAErrorCode".to_owned(),
        printable(ty("UniversalFailure")).prop_map(error).boxed(),
    ));
    all
}
