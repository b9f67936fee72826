//! The verbs, one row each.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::Verb;
use crate::device::fault::DeviceFault;
use crate::exchange::{RingPattern, StationBehaviour};
use crate::port::fault::time;
use crate::simulation::SimCommand;

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
    pub(super) read: Reader,
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
pub(in super::super) fn unescape(text: &str) -> Option<Vec<u8>> {
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
