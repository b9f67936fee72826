//! The XML codec over all services, answers, events and sessions: writing and reading are inverse, and no text upsets it.

mod csta_values;

use offhook_sim::wire::csta::{
    message::Message,
    schema::{Type, phase3},
    services::{EVENTS, SERVICES},
    xml::{self, Document, SESSION, Style},
};
use proptest::{
    prelude::*,
    strategy::Strategy,
    test_runner::{Config, TestRunner},
};

fn ty(name: &str) -> &'static Type {
    phase3::ty(name).expect("the schema has it")
}

/// Documents of every kind, each with a name for failures.
fn documents() -> Vec<(String, BoxedStrategy<Document>)> {
    let mut all = Vec::new();
    for service in SERVICES {
        let requests = csta_values::printable(ty(service.argument));
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
            let responses = csta_values::printable(ty(result)).prop_map(response);
            all.push((format!("{}Response", service.name), responses.boxed()));
        }
    }
    for event in EVENTS {
        let data = (csta_values::printable(ty(event.ty)), "[a-z0-9]{1,6}");
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
        all.push((
            name.to_owned(),
            csta_values::printable(ty(name)).prop_map(session).boxed(),
        ));
    }
    let error = |error| Document::Message(Message::Failure { invoke: 1, error });
    all.push((
        "CSTAErrorCode".to_owned(),
        csta_values::printable(ty("UniversalFailure"))
            .prop_map(error)
            .boxed(),
    ));
    all
}

#[test]
fn reading_gives_back_what_was_written() {
    for (name, documents) in documents() {
        let mut runner = TestRunner::new(Config::with_cases(24));
        let style = (
            3..=6u8,
            prop::sample::select(vec!["", "csta", "x"]),
            any::<bool>(),
        );
        let outcome = runner.run(&(documents, style), |(document, (edition, prefix, prolog))| {
            let style = Style {
                edition,
                prefix: prefix.to_owned(),
                prolog,
            };
            let text =
                xml::write(&style, &document).map_err(|error| TestCaseError::fail(error.to_string()))?;
            prop_assert_eq!(xml::read(1, text.as_bytes()), Ok(document), "{}", text);
            Ok(())
        });
        outcome.unwrap_or_else(|failure| panic!("{name}: {failure}"));
    }
}

proptest! {
    #![proptest_config(Config::with_cases(256))]

    #[test]
    fn no_text_upsets_the_reader(
        text in "(<[/!?]?(MakeCall|callingDevice|DeliveredEvent|a:b|x)( y=\"&[a-z]{0,3};\")?/?>|[ -~]{0,6}){0,12}",
    ) {
        // Whatever comes of it, it comes without a panic; what is read can be written.
        if let Ok(document) = xml::read(1, text.as_bytes()) {
            prop_assert!(xml::write(&Style::default(), &document).is_ok());
        }
    }
}
