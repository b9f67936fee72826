//! Verbs in a file, played in virtual time: the clock jumps from event to event, so that an hour of ringing takes no time,
//! and the same file with the same seed always brings the same.
//!
//! ```text
//! # A comment. All verbs of a console, and the clients' own:
//! type 101 AT+VCID=1
//! expect 101 OK
//! ring 101 from 5551234 JANE DOE
//! expect 101 NAME=JANE DOE within 10s
//! wait 60s
//! ```

use std::time::Duration;

use super::verb::unescape;
use super::{Bench, Book, ControlError, Recordings, Verb, VerbError, carry_out};
use crate::driver::LineStatus;
use crate::port::fault::{FaultSpec, FaultyLine, time};
use crate::simulation::{ModemId, SimCommand, SimError, SimEvent, Simulation};
use crate::time::SimTime;
use crate::wire::v24::DteCircuits;

/// How long an expectation waits where it says nothing.
const PATIENCE: Duration = Duration::from_secs(60);

/// What a line of a script asks for, beside the verbs of a console.
#[derive(Clone, Debug, PartialEq)]
enum Step {
    Write(String, Vec<u8>),
    Circuits(String, DteCircuits),
    Expect(String, Vec<u8>, Duration),
    Quiet(String, Duration),
    Wait(Duration),
}

type Reader = fn(&[&str], &str) -> Option<Step>;

/// One verb of scripts.
pub struct ScriptRow {
    /// The first word.
    pub name: &'static str,
    /// How it is written.
    pub form: &'static str,
    /// What it does.
    pub meaning: &'static str,
    read: Reader,
}

const fn row(name: &'static str, form: &'static str, meaning: &'static str, read: Reader) -> ScriptRow {
    ScriptRow {
        name,
        form,
        meaning,
        read,
    }
}

/// Every verb of scripts that a console has not.
pub const SCRIPT_VERBS: &[ScriptRow] = &[
    row(
        "type",
        "type NUMBER TEXT",
        "a modem's client types a line and Enter",
        |words, rest| {
            let mut bytes = unescape(rest)?;
            bytes.push(b'\r');
            Some(Step::Write((*words.first()?).to_owned(), bytes))
        },
    ),
    row(
        "write",
        "write NUMBER TEXT",
        "a modem's client writes bytes; \\r, \\n, \\xHH",
        |words, rest| Some(Step::Write((*words.first()?).to_owned(), unescape(rest)?)),
    ),
    row(
        "dtr",
        "dtr NUMBER on|off",
        "a modem's client raises DTR or drops it",
        |words, _| {
            let (number, dtr) = match words {
                [number, "on"] => (number, true),
                [number, "off"] => (number, false),
                _ => return None,
            };
            Some(Step::Circuits(
                (*number).to_owned(),
                DteCircuits { dtr, rts: true },
            ))
        },
    ),
    row(
        "expect",
        "expect NUMBER TEXT [within TIME]",
        "a modem's client reads this, within a minute where nothing is said",
        |words, rest| {
            let (text, within) = match words {
                [_, .., "within", span] => {
                    let text = rest.trim_end().strip_suffix(span)?.trim_end();
                    (text.strip_suffix("within")?.trim_end(), time(span)?)
                }
                _ => (rest, PATIENCE),
            };
            Some(Step::Expect(
                (*words.first()?).to_owned(),
                unescape(text)?,
                within,
            ))
        },
    ),
    row(
        "quiet",
        "quiet NUMBER TIME",
        "a modem's client reads nothing for so long",
        |words, _| match words {
            [number, span] => Some(Step::Quiet((*number).to_owned(), time(span)?)),
            _ => None,
        },
    ),
    row("wait", "wait TIME", "time passes", |words, _| match words {
        [span] => Some(Step::Wait(time(span)?)),
        _ => None,
    }),
];

/// Why a script did not play to its end.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlayError {
    /// A line is none.
    #[error("line {line}: {error}")]
    Wrong {
        /// From 1.
        line: usize,
        /// What is wrong, and what would be right.
        error: ControlError,
    },
    /// What was expected did not happen.
    #[error("line {line}, at {at}: {wanted}, but {number} said {said:?}")]
    Failed {
        /// From 1.
        line: usize,
        /// The simulated time.
        at: SimTime,
        /// What was expected.
        wanted: String,
        /// The modem.
        number: String,
        /// What it has said that nothing was expected of.
        said: String,
    },
}

/// A simulation in virtual time, with a client for each modem.
pub struct Player<S> {
    simulation: Simulation,
    book: Book,
    recordings: Recordings,
    clients: Vec<Client>,
    seed: u64,
    now: SimTime,
    sink: S,
}

/// A modem's client and the serial line between them.
struct Client {
    modem: ModemId,
    number: String,
    dte: DteCircuits,
    /// Bytes on their way to the modem and to the client.
    faults: (FaultyLine, FaultyLine),
    /// What was read, and not expected yet.
    heard: Vec<u8>,
}

impl<S: FnMut(SimTime, SimEvent)> Player<S> {
    /// A player of these modems, each with the faults of its line. The sink hears of every event.
    pub fn new(
        simulation: Simulation,
        modems: Vec<(ModemId, FaultSpec)>,
        book: Book,
        seed: u64,
        sink: S,
    ) -> Player<S> {
        let clients = modems
            .into_iter()
            .enumerate()
            .map(|(index, (modem, faults))| Client {
                modem,
                number: simulation.number(modem).to_owned(),
                dte: DteCircuits::READY,
                faults: faults.lines(seed.wrapping_add(index as u64)),
                heard: Vec::new(),
            });
        Player {
            clients: clients.collect(),
            simulation,
            book,
            recordings: Recordings::default(),
            seed,
            now: SimTime::ZERO,
            sink,
        }
    }

    /// The simulated time.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Plays a script.
    ///
    /// # Errors
    /// Where a line is wrong or makes no sense, or what it expects does not happen. The lines before it were played, and
    /// recordings hold what was heard up to there.
    pub fn play(&mut self, script: &str) -> Result<(), PlayError> {
        let played = self.play_lines(script);
        let line = script.lines().count();
        let kept = self.recordings.finish();
        played.and(kept.map_err(|error| PlayError::Wrong { line, error }))
    }

    fn play_lines(&mut self, script: &str) -> Result<(), PlayError> {
        for (index, text) in script.lines().enumerate() {
            let text = text.trim();
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let line = index + 1;
            let wrong = |error| PlayError::Wrong { line, error };
            match read(text).map_err(|error| wrong(error.into()))? {
                Some(step) => self.step(step, line)?,
                None => {
                    let verb = Verb::parse(text).map_err(|error| wrong(error.into()))?;
                    let (book, recordings) = (self.book.clone(), self.recordings.clone());
                    if let super::Answer::Quit = carry_out(verb, &book, &recordings, self).map_err(wrong)? {
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn step(&mut self, step: Step, line: usize) -> Result<(), PlayError> {
        let wrong = |error: SimError| PlayError::Wrong {
            line,
            error: error.into(),
        };
        match step {
            Step::Wait(span) => self.pass_to(self.now + span),
            Step::Write(number, bytes) => {
                let index = self.index(&number).map_err(wrong)?;
                let client = &mut self.clients[index];
                let bytes = client.faults.0.push(&bytes, self.now);
                self.simulation.handle_bytes(client.modem, &bytes, self.now);
                self.collect();
            }
            Step::Circuits(number, dte) => {
                let index = self.index(&number).map_err(wrong)?;
                self.clients[index].dte = dte;
                self.simulation
                    .handle_circuits(self.clients[index].modem, dte, self.now);
                self.collect();
            }
            Step::Expect(number, text, within) => {
                let index = self.index(&number).map_err(wrong)?;
                let until = self.now + within;
                while !self.hears(index, &text) {
                    if !self.next_event(until) {
                        let wanted = format!("{:?} was expected", String::from_utf8_lossy(&text));
                        return Err(self.failed(index, line, wanted));
                    }
                }
            }
            Step::Quiet(number, span) => {
                let index = self.index(&number).map_err(wrong)?;
                let until = self.now + span;
                while self.clients[index].heard.is_empty() && self.next_event(until) {}
                if !self.clients[index].heard.is_empty() {
                    return Err(self.failed(index, line, "nothing was expected".to_owned()));
                }
            }
        }
        Ok(())
    }

    fn failed(&self, index: usize, line: usize, wanted: String) -> PlayError {
        let client = &self.clients[index];
        PlayError::Failed {
            line,
            at: self.now,
            wanted,
            number: client.number.clone(),
            said: String::from_utf8_lossy(&client.heard).into_owned(),
        }
    }

    fn index(&self, number: &str) -> Result<usize, SimError> {
        let number = self.book.number(number);
        let index = self.clients.iter().position(|client| client.number == number);
        index.ok_or(SimError::NotAModem { number })
    }

    /// Whether the client has read a text; what came before it, and it, count no more then.
    fn hears(&mut self, index: usize, text: &[u8]) -> bool {
        let heard = &mut self.clients[index].heard;
        let at = heard.windows(text.len()).position(|window| window == text);
        if let Some(at) = at {
            heard.drain(..at + text.len());
        }
        at.is_some()
    }

    /// Jumps to what happens next, or to `until` where nothing happens before; whether something did.
    fn next_event(&mut self, until: SimTime) -> bool {
        let lines = self
            .clients
            .iter()
            .flat_map(|client| [&client.faults.0, &client.faults.1]);
        let due = lines
            .filter_map(FaultyLine::poll_timeout)
            .chain(self.simulation.poll_timeout())
            .min();
        let Some(at) = due.filter(|at| *at <= until) else {
            self.now = self.now.max(until);
            return false;
        };
        self.now = self.now.max(at);
        self.simulation.handle_timeout(self.now);
        for client in &mut self.clients {
            let bytes = client.faults.0.poll(self.now);
            self.simulation.handle_bytes(client.modem, &bytes, self.now);
            client.heard.extend(client.faults.1.poll(self.now));
        }
        self.collect();
        true
    }

    fn pass_to(&mut self, until: SimTime) {
        while self.next_event(until) {}
    }

    fn collect(&mut self) {
        while let Some(event) = self.simulation.poll_event() {
            self.recordings.hear(self.now, &event);
            (self.sink)(self.now, event);
        }
        // Clients of scripts do not look at their modems' circuits, but the events tell of them.
        while self.simulation.poll_circuits().is_some() {}
        while let Some((modem, bytes)) = self.simulation.poll_output() {
            if let Some(client) = self.clients.iter_mut().find(|client| client.modem == modem) {
                let bytes = client.faults.1.push(&bytes, self.now);
                client.heard.extend(bytes);
            }
        }
    }
}

impl<S: FnMut(SimTime, SimEvent)> Bench for Player<S> {
    fn command(&mut self, command: SimCommand) -> Result<(), SimError> {
        let done = self.simulation.command(command, self.now);
        self.collect();
        done
    }

    fn set_faults(&mut self, number: &str, faults: FaultSpec, seed: Option<u64>) -> Result<(), SimError> {
        let index = self.index(number)?;
        let seed = seed.unwrap_or(self.seed.wrapping_add(index as u64));
        self.clients[index].faults = faults.lines(seed);
        Ok(())
    }

    fn status(&mut self) -> Result<Vec<LineStatus>, SimError> {
        let status = |client: &Client| {
            let (state, far_end) = self.simulation.line_state(&client.number)?;
            Some(LineStatus {
                number: client.number.clone(),
                port: None,
                state,
                far_end: far_end.map(str::to_owned),
                dce: self.simulation.circuits(client.modem),
                dte: client.dte,
                settings: None,
                has_power: self.simulation.has_power(client.modem),
                tells_callers: self.simulation.tells_callers(client.modem),
            })
        };
        Ok(self.clients.iter().filter_map(status).collect())
    }
}

/// A line as a step of scripts; `None` where it is a verb of consoles.
fn read(text: &str) -> Result<Option<Step>, VerbError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let Some((name, words)) = words.split_first() else {
        return Ok(None);
    };
    let Some(row) = SCRIPT_VERBS.iter().find(|row| row.name == *name) else {
        return Ok(None);
    };
    let behind = text[name.len()..].trim_start();
    let rest = behind
        .split_once(char::is_whitespace)
        .map_or("", |(_, rest)| rest.trim_start());
    match (row.read)(words, rest) {
        Some(step) => Ok(Some(step)),
        None => Err(VerbError {
            line: text.to_owned(),
            remedy: format!("the form is `{}`", row.form),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_read_in_words() {
        assert_eq!(
            read("expect 101 CONNECT 33600 within 5s").unwrap(),
            Some(Step::Expect(
                "101".into(),
                b"CONNECT 33600".to_vec(),
                Duration::from_secs(5)
            ))
        );
        assert_eq!(
            read("expect 101 within").unwrap(),
            Some(Step::Expect("101".into(), b"within".to_vec(), PATIENCE))
        );
        assert_eq!(
            read("type 101 ATDT 102").unwrap(),
            Some(Step::Write("101".into(), b"ATDT 102\r".to_vec()))
        );
        assert_eq!(read("ring 101").unwrap(), None);
        for wrong in [
            "type",
            "type 101",
            "expect 101",
            "wait",
            "wait 5",
            "quiet 101",
            "dtr 101 up",
            "write 101 \\q",
        ] {
            let error = read(wrong).unwrap_err();
            assert!(error.remedy.contains("the form is"), "{wrong}: {error}");
        }
    }
}
