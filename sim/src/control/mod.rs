//! Running a simulation by hand or by program: verbs in words, typed, piped, or sent over a socket.
//!
//! [`verb`] turns a line of text into a [`Verb`], [`Console`] carries it out on a running driver, [`server`] does so for
//! clients that speak JSON lines, [`book`] is the telephone book, and [`recorder`] makes a scenario of what happened.
//! [`play`] plays a file of verbs in virtual time.

pub mod book;
pub mod play;
pub mod recorder;
pub mod recordings;
pub mod server;
pub mod verb;

use crate::driver::{LineStatus, Remote};
use crate::exchange::{CallerId, LineState};
use crate::port::fault::FaultSpec;
use crate::simulation::{SimCommand, SimError};

pub use book::Book;
pub use play::{PlayError, Player, SCRIPT_VERBS};
pub use recorder::Recorder;
pub use recordings::Recordings;
pub use verb::{VERBS, Verb, VerbError};

/// What came of a verb.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// It is done.
    Done,
    /// What the lines are doing.
    Status(Vec<LineStatus>),
    /// The verbs.
    Help,
    /// Whoever asked wants to hear of every event from now on.
    Watch,
    /// Whoever asked wants the simulation to end.
    Quit,
}

/// Why a verb was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ControlError {
    /// It makes no sense.
    #[error(transparent)]
    Verb(#[from] VerbError),
    /// It makes no sense now.
    #[error(transparent)]
    Step(#[from] SimError),
    /// A name that the telephone book does not have stands where a telephone is meant.
    #[error(
        "no telephone is called {name:?}: give a number, or a name as the telephone book has it, in quotation marks where it \
         has blanks"
    )]
    Unknown {
        /// The name.
        name: String,
    },
    /// A recording cannot be read or written.
    #[error("{file}: {message}")]
    Recording {
        /// The file.
        file: String,
        /// What is wrong with it.
        message: String,
    },
}

/// What verbs are carried out on: a simulation that runs in real time, or one that is played.
pub trait Bench {
    /// Carries out a step on the far side.
    ///
    /// # Errors
    /// Where it makes no sense now.
    fn command(&mut self, command: SimCommand) -> Result<(), SimError>;

    /// Sets the faults of a modem's port, with a seed of their own or the bench's.
    ///
    /// # Errors
    /// Where no modem has the number.
    fn set_faults(&mut self, number: &str, faults: FaultSpec, seed: Option<u64>) -> Result<(), SimError>;

    /// What every modem is doing.
    ///
    /// # Errors
    /// Where the simulation has ended.
    fn status(&mut self) -> Result<Vec<LineStatus>, SimError>;
}

impl Bench for Remote {
    fn command(&mut self, command: SimCommand) -> Result<(), SimError> {
        Remote::command(self, command)
    }

    fn set_faults(&mut self, number: &str, faults: FaultSpec, seed: Option<u64>) -> Result<(), SimError> {
        Remote::set_faults(self, number, faults, seed)
    }

    fn status(&mut self) -> Result<Vec<LineStatus>, SimError> {
        Remote::status(self)
    }
}

/// Carries verbs out on a running simulation.
#[derive(Clone, Debug)]
pub struct Console {
    remote: Remote,
    book: Book,
    recordings: Recordings,
}

impl Console {
    /// A console for a driver, with a telephone book.
    pub fn new(remote: Remote, book: Book) -> Console {
        Console {
            remote,
            book,
            recordings: Recordings::default(),
        }
    }

    /// The same console with recordings that whoever sees the events fills.
    pub fn with_recordings(self, recordings: Recordings) -> Console {
        Console { recordings, ..self }
    }

    /// Carries out one line of text.
    ///
    /// # Errors
    /// Where the line is no verb, or makes no sense now.
    pub fn run(&self, line: &str) -> Result<Answer, ControlError> {
        let mut remote = self.remote.clone();
        carry_out(Verb::parse(line)?, &self.book, &self.recordings, &mut remote)
    }
}

/// Carries out a verb on a bench.
fn carry_out(
    verb: Verb,
    book: &Book,
    recordings: &Recordings,
    bench: &mut impl Bench,
) -> Result<Answer, ControlError> {
    match verb {
        Verb::Ring { to, from, name } => ring(book, bench, &to, from, name)?,
        Verb::HangUp { number } => hang_up(bench, number.map(|number| book.number(&number)))?,
        Verb::Step(mut command) => {
            book.resolve(&mut command);
            if let SimCommand::SetStation { number, .. } = &command {
                known(number)?;
            }
            bench.command(command)?;
        }
        Verb::Speak { number, file } => {
            let samples = recordings::read(&file)?;
            let number = book.number(&number);
            bench.command(SimCommand::Speak { number, samples })?;
        }
        Verb::Record { number, file } => recordings.switch(&book.number(&number), file)?,
        Verb::Faults { number, faults, seed } => bench.set_faults(&number, faults, seed)?,
        Verb::Status => return Ok(Answer::Status(bench.status()?)),
        Verb::Help => return Ok(Answer::Help),
        Verb::Watch => return Ok(Answer::Watch),
        Verb::Quit => return Ok(Answer::Quit),
    }
    Ok(Answer::Done)
}

/// A number, not a name that nobody has.
fn known(number: &str) -> Result<(), ControlError> {
    let is_number = number.chars().all(|c| c.is_ascii_digit() || "*#+".contains(c));
    if is_number && !number.is_empty() {
        return Ok(());
    }
    Err(ControlError::Unknown {
        name: number.to_owned(),
    })
}

/// Whoever is in the book is announced by name.
fn ring(
    book: &Book,
    bench: &mut impl Bench,
    to: &str,
    from: Option<String>,
    name: Option<String>,
) -> Result<(), ControlError> {
    let to = book.number(to);
    let shown = from
        .as_deref()
        .filter(|from| !matches!(*from, "private" | "out-of-area"));
    let shown = shown.map(|from| book.number(from));
    known(&to)?;
    shown.as_deref().map_or(Ok(()), known)?;
    let caller_id = from.as_deref().map(|from| CallerId {
        number: match from {
            "private" => None,
            // What caller id says in place of a number.
            "out-of-area" => Some("O".to_owned()),
            _ => shown.clone(),
        },
        name: name.or_else(|| book.name(shown.as_deref()?).map(str::to_owned)),
    });
    bench.command(SimCommand::Call {
        from: shown.unwrap_or_else(|| "0".to_owned()),
        to,
        caller_id,
    })?;
    Ok(())
}

/// A modem's line cannot be hung up from outside: its far end is. Without a number, every far end.
fn hang_up(bench: &mut impl Bench, number: Option<String>) -> Result<(), SimError> {
    let lines = bench.status()?;
    let Some(number) = number else {
        for line in &lines {
            if let (Some(far), false) = (&line.far_end, is_modem(&lines, line.far_end.as_deref())) {
                bench.command(SimCommand::HangUp { number: far.clone() })?;
            }
        }
        return Ok(());
    };
    let far = lines
        .iter()
        .find(|line| line.number == number)
        .map(|line| line.far_end.clone().filter(|_| line.state != LineState::Cut));
    match far {
        None => bench.command(SimCommand::HangUp { number }),
        Some(None) => Err(SimError::NoCall { number }),
        Some(Some(far)) => bench.command(SimCommand::HangUp { number: far }),
    }
}

fn is_modem(lines: &[LineStatus], number: Option<&str>) -> bool {
    lines.iter().any(|line| Some(line.number.as_str()) == number)
}
