//! What is written can be read again, and nothing that is read brings the parser down.

use proptest::prelude::*;

use super::diagnostics::drawn;
use super::generate::scenario;
use crate::scenario::parse;
use crate::scenario::verbs::VERBS;

/// Reads anything; of what cannot be read, draws the answer, with every place inside the text.
fn read_or_draw(text: &str) {
    let Err(error) = parse("any.call", text) else {
        return;
    };
    assert!(!error.mistakes.is_empty());
    for mistake in &error.mistakes {
        assert!(mistake.span.end() <= text.len(), "{mistake:?} of {text:?}");
        assert!(text.is_char_boundary(mistake.span.start) && text.is_char_boundary(mistake.span.end()));
    }
    assert!(drawn(&error).contains("any.call"));
}

/// Words of the language and values that could stand between them.
fn words() -> Vec<String> {
    let examples = VERBS.iter().flat_map(|verb| verb.example.split_whitespace());
    let others = [
        "begin",
        "fails",
        "completes",
        "\n",
        "exchange\n",
        "steps\n",
        "scenario: x\n",
        "\"",
        "#",
        "é",
        ",",
    ];
    examples.chain(others).map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn a_printed_scenario_is_read_as_the_same(scenario in scenario()) {
        let printed = scenario.to_string();
        match parse("printed.call", &printed) {
            Ok(read) => {
                prop_assert_eq!(&read, &scenario, "{}", printed);
                prop_assert_eq!(read.to_string(), printed);
            }
            Err(error) => prop_assert!(false, "{}\n{}", printed, drawn(&error)),
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        read_or_draw(&text);
    }

    #[test]
    fn any_mixture_of_words_is_read_or_refused(
        words in proptest::collection::vec(proptest::sample::select(words()), 0..60)
    ) {
        read_or_draw(&format!("scenario: x\nsteps\n{}", words.join(" ")));
    }

    #[test]
    fn a_line_with_a_word_changed_is_read_or_refused(
        verb in 0..VERBS.len(),
        word in 0_usize..12,
        other in proptest::sample::select(words()),
        lost in any::<bool>(),
    ) {
        let mut line: Vec<&str> = VERBS[verb].example.split_whitespace().collect();
        let word = word % line.len();
        if lost { line.truncate(word); } else { line[word] = &other; }
        let before = "scenario: x\nsteps\n  open line 1 as L\n  make call C on L\n  begin drop C as R\n  ";
        read_or_draw(&format!("{before}{}", line.join(" ")));
    }
}
