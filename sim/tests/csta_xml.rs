//! The XML codec over all services, answers, events and sessions: writing and reading are inverse, and no text upsets it.

mod csta_values;

use csta_values::documents;
use offhook_sim::wire::csta::xml::{self, Style};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

#[test]
fn reading_gives_back_what_was_written() {
    for (name, documents) in documents::all() {
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
