//! The verbs, one row each, and how they are read.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::device::fault::DeviceFault;
use crate::exchange::{RingPattern, StationBehaviour};
use crate::port::fault::{FaultSpec, time};
use crate::simulation::SimCommand;

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

/// How a verb is read: from the words behind it; the text is everything behind the first of them, as it stands.
type Reader = fn(&[&str], &str) -> Option<Verb>;

/// One verb.
pub struct VerbRow {
    /// The first word.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it does.
    pub meaning: &'static str,
    read: Reader,
}

const fn row(name: &'static str, form: &'static str, meaning: &'static str, read: Reader) -> VerbRow {
    VerbRow {
        name,
        form,
        meaning,
        read,
    }
}

/// Every verb.
pub const VERBS: &[VerbRow] = &[
    row(
        "ring",
        "ring NUMBER [from NUMBER|private|out-of-area [NAME]]",
        "a telephone calls a line; without `from` no caller id is sent",
        |words, _| match words {
            [to] => Some(Verb::Ring {
                to: text(to),
                from: None,
                name: None,
            }),
            [to, "from", from, name @ ..] => Some(Verb::Ring {
                to: text(to),
                from: Some(text(from)),
                name: (!name.is_empty()).then(|| name.join(" ")),
            }),
            _ => None,
        },
    ),
    row(
        "answer",
        "answer NUMBER",
        "a ringing telephone answers",
        |words, _| one(words, |number| SimCommand::Answer { number }),
    ),
    row(
        "hangup",
        "hangup [NUMBER]",
        "a telephone hangs up: this one, the one a modem is in a call with, or all",
        |words, _| match words {
            [] => Some(Verb::HangUp { number: None }),
            [number] => Some(Verb::HangUp {
                number: Some(text(number)),
            }),
            _ => None,
        },
    ),
    row(
        "send",
        "send NUMBER TEXT",
        "a telephone's modem sends text; \\r, \\n, \\xHH",
        |words, rest| {
            let [number, ..] = words else { return None };
            let bytes = unescape(rest)?;
            Some(Verb::Step(SimCommand::Send {
                number: text(number),
                bytes,
            }))
        },
    ),
    row(
        "digits",
        "digits NUMBER DIGITS",
        "a telephone sends DTMF digits",
        |words, _| match words {
            [number, digits] => Some(Verb::Step(SimCommand::SendDigits {
                number: text(number),
                digits: text(digits),
            })),
            _ => None,
        },
    ),
    row(
        "speak",
        "speak NUMBER FILE.wav",
        "a telephone plays a recording to the far end of its call",
        |words, rest| {
            let [number, ..] = words else { return None };
            Some(Verb::Speak {
                number: text(number),
                file: path(rest)?,
            })
        },
    ),
    row(
        "record",
        "record NUMBER FILE.wav|off",
        "what a telephone hears becomes a WAV file, which is whole when the recording or the simulation ends",
        |words, rest| {
            let [number, ..] = words else { return None };
            let file = path(rest)?;
            Some(Verb::Record {
                number: text(number),
                file: (file != Path::new("off")).then_some(file),
            })
        },
    ),
    row(
        "waiting",
        "waiting NUMBER on|off",
        "a call that finds the line in another waits, or hears busy tone",
        |words, _| {
            let (number, on) = match words {
                [number, "on"] => (number, true),
                [number, "off"] => (number, false),
                _ => return None,
            };
            Some(Verb::Step(SimCommand::SetCallWaiting {
                number: text(number),
                on,
            }))
        },
    ),
    row(
        "pattern",
        "pattern NUMBER MS,MS,…|none",
        "how the line rings, current on and off in turn, such as 800,400,800; as all lines where there is none",
        |words, _| {
            let (number, pattern) = match words {
                [number, "none"] => (number, None),
                [number, lengths] => {
                    let lengths: Option<Vec<u32>> = lengths.split(',').map(|ms| ms.parse().ok()).collect();
                    // It ends with current, and no part of it is nothing or more than a minute.
                    let lengths = lengths.filter(|all| all.len() % 2 == 1)?;
                    let fits = lengths.len() < 20 && lengths.iter().all(|ms| (1..=60_000).contains(ms));
                    (number, fits.then_some(Some(RingPattern(lengths)))?)
                }
                _ => return None,
            };
            Some(Verb::Step(SimCommand::SetRing {
                number: text(number),
                pattern,
            }))
        },
    ),
    row(
        "message",
        "message NUMBER from NUMBER TEXT",
        "a telephone sends a short message to a mobile modem",
        |words, _| match words {
            [to, "from", from, words @ ..] if !words.is_empty() => {
                Some(Verb::Step(SimCommand::SendMessage {
                    from: text(from),
                    to: text(to),
                    text: words.join(" "),
                }))
            }
            _ => None,
        },
    ),
    row(
        "station",
        "station NUMBER answers:TIME|busy|silent",
        "a telephone is there and does this when it is called",
        |words, _| match words {
            [number, what] => Some(Verb::Step(SimCommand::SetStation {
                number: text(number),
                behaviour: behaviour(what)?,
            })),
            _ => None,
        },
    ),
    row(
        "cut",
        "cut NUMBER",
        "a line is pulled out of its socket",
        |words, _| one(words, |number| SimCommand::Cut { number }),
    ),
    row(
        "mend",
        "mend NUMBER",
        "a line is put back and has dial tone",
        |words, _| {
            one(words, |number| SimCommand::SetDialTone {
                number,
                present: true,
            })
        },
    ),
    row(
        "no-dialtone",
        "no-dialtone NUMBER",
        "a line loses its dial tone",
        |words, _| {
            one(words, |number| SimCommand::SetDialTone {
                number,
                present: false,
            })
        },
    ),
    row(
        "power",
        "power NUMBER on|off",
        "a modem's power goes or comes back",
        |words, _| {
            let (number, on) = match words {
                [number, "on"] => (number, true),
                [number, "off"] => (number, false),
                _ => return None,
            };
            Some(Verb::Step(SimCommand::SetPower {
                number: text(number),
                on,
            }))
        },
    ),
    row(
        "faults",
        "faults NUMBER none|FAULT,… [seed SEED]",
        "what happens to bytes on a modem's port, such as drop=1%,to-client:delay=20ms",
        |words, _| {
            let (number, faults, seed) = match words {
                [number, faults] => (number, faults, None),
                [number, faults, "seed", seed] => (number, faults, Some(seed.parse().ok()?)),
                _ => return None,
            };
            Some(Verb::Faults {
                number: text(number),
                faults: faults.parse().ok()?,
                seed,
            })
        },
    ),
    row(
        "modem",
        "modem NUMBER ok|no-reply|wrong-reply TEXT|late-reply TIME|echo-stuck|ring-storm TIME",
        "what is wrong with a modem",
        |words, _| {
            let [number, what @ ..] = words else { return None };
            Some(Verb::Step(SimCommand::SetDeviceFault {
                number: text(number),
                fault: device_fault(what)?,
            }))
        },
    ),
    row(
        "status",
        "status",
        "what the lines and ports are doing",
        |words, _| words.is_empty().then_some(Verb::Status),
    ),
    row("watch", "watch", "show every event from now on", |words, _| {
        words.is_empty().then_some(Verb::Watch)
    }),
    row("help", "help", "the verbs", |words, _| {
        words.is_empty().then_some(Verb::Help)
    }),
    row("quit", "quit", "end the simulation", |words, _| {
        words.is_empty().then_some(Verb::Quit)
    }),
];

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

fn text(word: &&str) -> String {
    (*word).to_owned()
}

fn path(rest: &str) -> Option<PathBuf> {
    Some(rest.trim())
        .filter(|rest| !rest.is_empty())
        .map(PathBuf::from)
}

fn one(words: &[&str], step: fn(String) -> SimCommand) -> Option<Verb> {
    match words {
        [number] => Some(Verb::Step(step(text(number)))),
        _ => None,
    }
}

/// `answers:TIME`, `answers` at once, `busy` or `silent`.
pub fn behaviour(word: &str) -> Option<StationBehaviour> {
    match word.split_once(':') {
        Some(("answers", after)) => time(after).map(StationBehaviour::AnswersAfter),
        None if word == "answers" => Some(StationBehaviour::AnswersAfter(Duration::ZERO)),
        None if word == "busy" => Some(StationBehaviour::Busy),
        None if word == "silent" => Some(StationBehaviour::NeverAnswers),
        _ => None,
    }
}

fn device_fault(words: &[&str]) -> Option<Option<DeviceFault>> {
    Some(match words {
        ["ok"] => None,
        ["no-reply"] => Some(DeviceFault::NoReply),
        ["wrong-reply", reply @ ..] if !reply.is_empty() => Some(DeviceFault::WrongReply(reply.join(" "))),
        ["late-reply", delay] => Some(DeviceFault::LateReply(time(delay)?)),
        ["echo-stuck"] => Some(DeviceFault::EchoStuck),
        ["ring-storm", every] => Some(DeviceFault::RingStorm(time(every)?)),
        _ => return None,
    })
}

/// Text with `\r`, `\n`, `\t`, `\\` and `\xHH` as bytes.
pub(super) fn unescape(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'\\' {
            bytes.push(*byte);
            continue;
        }
        let (escape, after) = rest.split_first()?;
        rest = after;
        bytes.push(match escape {
            b'r' => b'\r',
            b'n' => b'\n',
            b't' => b'\t',
            b'\\' => b'\\',
            b'x' => {
                let (digits, after) = rest.split_at_checked(2)?;
                rest = after;
                u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?
            }
            _ => return None,
        });
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

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
