//! Verbs: what they are, and how a line is read. `rows` has one row for each.

mod rows;

use std::path::PathBuf;

use crate::port::fault::FaultSpec;
use crate::simulation::SimCommand;

pub(super) use rows::unescape;
pub use rows::{VERBS, VerbRow, behaviour};

/// One line of text, understood.
#[derive(Clone, Debug, PartialEq)]
pub enum Verb {
    /// A station calls a line.
    Ring {
        /// The line.
        to: String,
        /// The station; withheld where there is none.
        from: Option<String>,
        /// The caller's name.
        name: Option<String>,
    },
    /// A station, the far end of a modem's call, or every far end hangs up.
    HangUp {
        /// The number.
        number: Option<String>,
    },
    /// A step that the simulation takes as it is.
    Step(SimCommand),
    /// A telephone plays a WAV file to the far end of its call.
    Speak {
        /// The telephone.
        number: String,
        /// The file.
        file: PathBuf,
    },
    /// What a telephone hears is kept, or no longer.
    Record {
        /// The telephone.
        number: String,
        /// The WAV file that it goes to; none where the recording ends.
        file: Option<PathBuf>,
    },
    /// Faults of a modem's port.
    Faults {
        /// The modem's number.
        number: String,
        /// The faults.
        faults: FaultSpec,
        /// The seed of their dice, where it is not the simulator's.
        seed: Option<u64>,
    },
    /// What the lines are doing.
    Status,
    /// The verbs.
    Help,
    /// Every event from now on.
    Watch,
    /// End the simulation.
    Quit,
}

/// A line that is no verb.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line:?} is not understood: {remedy}")]
pub struct VerbError {
    /// The line.
    pub line: String,
    /// What would be right.
    pub remedy: String,
}

impl Verb {
    /// Reads a line.
    ///
    /// # Errors
    /// Where it is no verb, with the form that it should have.
    pub fn parse(line: &str) -> Result<Verb, VerbError> {
        let wrong = |remedy: String| VerbError {
            line: line.trim().to_owned(),
            remedy,
        };
        let (name, behind) = word(line).unwrap_or_default();
        let row = VERBS
            .iter()
            .find(|row| row.name == name)
            .ok_or_else(|| wrong("`help` lists the verbs".to_owned()))?;
        let mut words = Vec::new();
        let mut left = behind;
        while let Some((next, after)) = word(left) {
            words.push(next);
            left = after;
        }
        // White space before a text belongs to it, but for the one that parts it from the word before.
        let rest = word(behind).map_or("", |(_, rest)| rest);
        let rest = rest.strip_prefix(char::is_whitespace).unwrap_or(rest);
        (row.read)(&words, rest).ok_or_else(|| wrong(format!("the form is `{}`", row.form)))
    }
}

/// The first word of a text and what stands behind it. A word may stand in quotation marks and hold blanks then, as a name
/// in the telephone book does.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let quoted = text.strip_prefix('"').and_then(|quoted| quoted.split_once('"'));
    if let Some((word, rest)) = quoted
        && rest.chars().next().is_none_or(char::is_whitespace)
    {
        return Some((word, rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::device::fault::DeviceFault;
    use crate::exchange::RingPattern;

    #[test]
    fn a_name_with_blanks_stands_in_quotation_marks() {
        assert_eq!(
            Verb::parse("ring 101 from \"Jane Doe\""),
            Ok(Verb::Ring {
                to: "101".into(),
                from: Some("Jane Doe".into()),
                name: None
            })
        );
        assert_eq!(
            Verb::parse("speak \"Jane Doe\" in the hall.wav"),
            Ok(Verb::Speak {
                number: "Jane Doe".into(),
                file: "in the hall.wav".into()
            })
        );
        assert_eq!(
            Verb::parse("send 5 say \"hi"),
            Ok(Verb::Step(SimCommand::Send {
                number: "5".into(),
                bytes: b"say \"hi".to_vec()
            }))
        );
    }

    #[test]
    fn verbs_are_read_in_words() {
        assert_eq!(
            Verb::parse("ring 101 from 5551234 Jane Doe"),
            Ok(Verb::Ring {
                to: "101".into(),
                from: Some("5551234".into()),
                name: Some("Jane Doe".into())
            })
        );
        assert_eq!(
            Verb::parse("  send 5551234  hello\\r\\x00 "),
            Ok(Verb::Step(SimCommand::Send {
                number: "5551234".into(),
                bytes: b" hello\r\0 ".to_vec()
            }))
        );
        assert_eq!(
            Verb::parse("modem 101 late-reply 500ms"),
            Ok(Verb::Step(SimCommand::SetDeviceFault {
                number: "101".into(),
                fault: Some(DeviceFault::LateReply(Duration::from_millis(500)))
            }))
        );
        assert_eq!(
            Verb::parse("message 101 from 5551234 Call me back"),
            Ok(Verb::Step(SimCommand::SendMessage {
                from: "5551234".into(),
                to: "101".into(),
                text: "Call me back".into()
            }))
        );
        assert_eq!(Verb::parse("hangup"), Ok(Verb::HangUp { number: None }));
        assert_eq!(
            Verb::parse("speak 5551234 my greeting.wav"),
            Ok(Verb::Speak {
                number: "5551234".into(),
                file: "my greeting.wav".into()
            })
        );
        assert_eq!(
            Verb::parse("record 5551234 off"),
            Ok(Verb::Record {
                number: "5551234".into(),
                file: None
            })
        );
        assert_eq!(
            Verb::parse("pattern 101 800,400,800"),
            Ok(Verb::Step(SimCommand::SetRing {
                number: "101".into(),
                pattern: Some(RingPattern(vec![800, 400, 800]))
            }))
        );
        for wrong in [
            "pattern 101 800,400",
            "pattern 101 0",
            "pattern 101 x",
            "waiting 101",
            "record 5",
        ] {
            assert!(Verb::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_no_verb_is_answered_with_its_form() {
        fn remedy(line: &str) -> String {
            Verb::parse(line).unwrap_err().remedy
        }
        assert_eq!(remedy("power 101 maybe"), "the form is `power NUMBER on|off`");
        assert_eq!(remedy("dance"), "`help` lists the verbs");
        assert_eq!(remedy(""), "`help` lists the verbs");
        for row in VERBS {
            let line = format!("{} a b c d e f", row.name);
            if !["ring", "send", "modem", "speak", "record"].contains(&row.name) {
                assert!(remedy(&line).contains(row.form), "{line}");
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn no_line_makes_it_panic(line in "\\PC{0,40}", verb in 0..VERBS.len()) {
            let _ = Verb::parse(&line);
            let _ = Verb::parse(&format!("{} {line}", VERBS[verb].name));
        }
    }
}
