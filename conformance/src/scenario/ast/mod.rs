//! What a scenario says, as a tree: its header, the exchange's set-up and the steps. Every node knows where it was written.
//!
//! Names of constants are held in full (`LINECALLSTATE_CONNECTED`), even where the file left the prefix out.

mod action;
mod expectation;

use std::time::Duration;

pub use self::action::{Action, Ending, Given, Outcome, Structure, Until};
pub use self::expectation::{
    CallState, Comparison, Expectation, ExpectationKind, MessageValue, ReportMessage, StationEvent, Value,
};
use super::source::{Source, Span, Spanned};

/// A name that the scenario gives (`C`, `L`, `R`) or takes from TSPI (`LINEERR_INVALCALLSTATE`).
pub type Name = Spanned<String>;

/// What kind of thing a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NameKind {
    /// An open line.
    Line,
    /// A call.
    Call,
    /// An open phone.
    Phone,
    /// A request that was begun.
    Request,
    /// A media service provider's instance on a line.
    MspInstance,
    /// A dialog instance.
    Dialog,
}

/// How long an expectation without `within` waits.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(5);

/// A whole `.call` file. Equality disregards the source and all places.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file.
    pub source: Source,
    /// `scenario:`, one line that says what the scenario shows.
    pub title: Spanned<String>,
    /// `needs:`, what the provider must have besides the functions that the steps call.
    pub needs: Vec<Spanned<Need>>,
    /// `providers:`, at least one; `P with 1 line` where the file names none.
    pub providers: Vec<Provider>,
    /// The lines under `exchange`.
    pub setup: Vec<Spanned<Setup>>,
    /// The lines under `steps`.
    pub steps: Vec<Step>,
}

impl PartialEq for Scenario {
    fn eq(&self, other: &Self) -> bool {
        self.title == other.title
            && self.needs == other.needs
            && self.providers == other.providers
            && self.setup == other.setup
            && self.steps == other.steps
    }
}

impl Scenario {
    /// How long the steps wait for time to pass, whatever happens.
    pub fn waits(&self) -> Duration {
        let waits = self.steps.iter().map(|step| match &step.kind {
            StepKind::Wait(time) => time.node,
            StepKind::Expect(Expectation {
                kind: ExpectationKind::Nothing { lasting, .. },
                ..
            }) => lasting.node,
            _ => Duration::ZERO,
        });
        waits.sum()
    }

    /// The position in [`Scenario::providers`] of a line's provider: the one it names, or else the first.
    pub fn provider_index(&self, line: &LineRef) -> usize {
        let named = |name: &Name| self.providers.iter().position(|provider| provider.name == *name);
        line.provider.as_ref().and_then(named).unwrap_or(0)
    }

    /// The telephone number of a line: what `line 1 is 101` says, or else 101, 102, … over all providers in order.
    pub fn number_of(&self, line: &LineRef) -> String {
        let provider = self.provider_index(line);
        let said = self.setup.iter().rev().find_map(|setup| match &setup.node {
            Setup::Number { line: of, number }
                if of.number == line.number && self.provider_index(of) == provider =>
            {
                Some(number.node.clone())
            }
            _ => None,
        });
        said.unwrap_or_else(|| {
            let before: u32 = self
                .providers
                .iter()
                .take(provider)
                .map(|provider| provider.lines.node)
                .sum();
            (100 + before + line.number.node).to_string()
        })
    }
}

/// Something without which the scenario is skipped, with this as the reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Need {
    /// The provider exports this function.
    Function(String),
    /// The provider sets this bit in this member of its capabilities (`LINEADDRCAPFLAGS_PARTIALDIAL` in
    /// `LINEADDRESSCAPS`, `dwAddrCapFlags`).
    Capability {
        /// Where the bit is looked up.
        structure: Structure,
        /// The structure's member.
        field: &'static str,
        /// The bit's name.
        constant: String,
    },
    /// The device behind the provider is a modem.
    Modem,
    /// Each line says its own number: the address of its LINEADDRESSCAPS.
    Addresses,
    /// The provider has the extensions by which a tester makes happen what no application could, as `model-tsp` has.
    TestExtensions,
    /// It is a PBX.
    Pbx,
}

/// A provider that the scenario plays with, as often as it is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// The name that the scenario gives it.
    pub name: Name,
    /// How many lines it is installed with.
    pub lines: Spanned<u32>,
    /// How many phones it is installed with at least.
    pub phones: Spanned<u32>,
    /// `at version 1.4`: the newest version that TAPI offers it, where that is not the newest there is.
    pub version: Option<Spanned<u32>>,
}

/// `line 1`, `line 1 of Q` or `phone 1`: a device, by its place in its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRef {
    /// Which line (or phone) of the provider, from 1.
    pub number: Spanned<u32>,
    /// The provider's name; the first provider if none is given. See [`Scenario::provider_index`].
    pub provider: Option<Name>,
}

/// One line of the exchange's set-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setup {
    /// `line 1 is 101`: the line's telephone number.
    Number {
        /// The line.
        line: LineRef,
        /// Its number.
        number: Spanned<String>,
    },
    /// `line 1 gives up after 2 s`: how long the line's modem waits for an answer (the default of its register S7).
    GivesUpAfter {
        /// The line.
        line: LineRef,
        /// Whole seconds.
        after: Spanned<Duration>,
    },
    /// Something that may also change while the steps run.
    Change(Change),
}

/// A property of the exchange; allowed in the set-up and among the steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// `station 5551234 is busy`: what a station does when it is called.
    Station {
        /// The station's telephone number.
        number: Spanned<String>,
        /// What it does.
        behaviour: Behaviour,
    },
    /// `switch "hold 202"`: somebody does something at the telephones of a PBX, or to its link.
    Switch(Spanned<String>),
    /// `line 1 has no dial tone`, `line 1 has dial tone`.
    DialTone {
        /// The line.
        line: LineRef,
        /// Whether the exchange gives it dial tone.
        present: bool,
    },
    /// `line 1 has faults "drop=1%" with seed 7`, `line 1 has no faults`: what happens to bytes between the line's modem
    /// and its provider.
    Faults {
        /// The line.
        line: LineRef,
        /// As `offhook sim modem --faults` takes them; `None` for no faults.
        faults: Option<Spanned<String>>,
        /// The seed of its dice; 1 if not given.
        seed: Option<Spanned<u32>>,
    },
    /// `modem of line 1 gives no reply`: what is wrong with the line's modem.
    Modem {
        /// The line.
        line: LineRef,
        /// What is wrong, or that nothing is.
        state: ModemState,
    },
}

/// What is wrong with a modem. The last one said holds; power is a matter of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModemState {
    /// `is in order`
    InOrder,
    /// `gives no reply`: it carries commands out and says nothing.
    GivesNoReply,
    /// `replies "…" to everything`: that is its result, whatever the command.
    RepliesWrongly(Spanned<String>),
    /// `replies 2 s late`: everything that it says comes so much later.
    RepliesLate(Spanned<Duration>),
    /// `echoes everything`: it sends back every byte, data too.
    EchoesEverything,
    /// `says RING every 100 ms`: without a call, and without end.
    SaysRing(Spanned<Duration>),
    /// `has no power`, `has power`.
    Power(bool),
}

/// What a station does when it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Behaviour {
    /// It answers when it has rung this long.
    AnswersAfter(Spanned<Duration>),
    /// It is busy.
    Busy,
    /// It rings until the caller gives up (or a step lets it answer).
    NeverAnswers,
}

/// One line under `steps`. Equality disregards where it stands.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it does.
    pub kind: StepKind,
    /// Where it stands, without indentation and comment.
    pub span: Span,
    /// Its line in the file, from 1.
    pub line: usize,
    /// It as written, without indentation and comment.
    pub text: String,
}

impl PartialEq for Step {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepKind {
    /// The application calls a TSPI function.
    App {
        /// Which, with what.
        action: Action,
        /// What is to come of it.
        outcome: Outcome,
    },
    /// `at once …`, `at once 8 times …`: with all such steps around it, TAPI calls functions at the same time, each in a
    /// thread of its own. The steps end when all have ended.
    AtOnce {
        /// How often this one is called; once if not given.
        times: Option<Spanned<u32>>,
        /// Which function, with what.
        action: Action,
        /// How it must end.
        ending: Ending,
    },
    /// Somebody at the far end does something.
    Station {
        /// The station's telephone number.
        number: Spanned<String>,
        /// What it does.
        action: StationAction,
    },
    /// The exchange changes from here on.
    Change(Change),
    /// `line 1 is cut`: the line is pulled out of the wall.
    Cut {
        /// The line.
        line: LineRef,
    },
    /// An application at TAPI begins or ceases to want something. TAPI passes on what all of them want together.
    Application {
        /// The application.
        name: Name,
        /// What it wants from here on.
        wants: Wants,
    },
    /// `refuse 2 new calls`: TAPI answers the next LINE_NEWCALLs of a provider with NULL, as it does where it is short of memory.
    RefuseNewCalls {
        /// How many.
        count: Spanned<u32>,
        /// The provider; the first if none is given.
        provider: Option<Name>,
    },
    /// `wait 300 ms`: nothing is done for a while.
    Wait(Spanned<Duration>),
    /// Something must happen, or must not.
    Expect(Expectation),
}

/// What an application wants of an open line or phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wants {
    /// `watches LINEDEVSTATE_RINGING and LINEADDRESSSTATE_NUMCALLS on L`: reports of these changes. It replaces what the
    /// application watched there before.
    Reports {
        /// The open line or phone.
        on: Name,
        /// Constants of LINEDEVSTATE and LINEADDRESSSTATE, or of PHONESTATE, PHONEBUTTONMODE and PHONEBUTTONSTATE.
        states: Vec<Name>,
    },
    /// `takes calls for LINEMEDIAMODE_G3FAX on L`: incoming calls of these media modes. It replaces those before.
    Calls {
        /// The open line.
        on: Name,
        /// Constants of LINEMEDIAMODE.
        media: Vec<Name>,
    },
    /// `leaves L`: nothing any more.
    Nothing {
        /// The open line or phone.
        on: Name,
    },
}

impl Wants {
    /// The function by which TAPI passes it on; `None` where that depends on what was wanted before.
    pub(crate) fn function(&self) -> Option<&'static str> {
        match self {
            Wants::Reports { states, .. } if states.iter().any(|state| state.starts_with("PHONE")) => {
                Some("TSPI_phoneSetStatusMessages")
            }
            Wants::Reports { .. } => Some("TSPI_lineSetStatusMessages"),
            Wants::Calls { .. } => Some("TSPI_lineSetDefaultMediaDetection"),
            Wants::Nothing { .. } => None,
        }
    }
}

/// What somebody at the far end does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StationAction {
    /// `station 5551234 calls line 1`.
    Calls {
        /// The line that it calls.
        line: LineRef,
        /// What the exchange says about the caller; `None` for `showing nothing`.
        caller_id: Option<CallerId>,
    },
    /// `answers` a call that rings.
    Answers,
    /// `hangs up`.
    HangsUp,
    /// `sends "hello"` to the other end of its call.
    Sends(Spanned<Vec<u8>>),
}

/// What the exchange says about a caller.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CallerId {
    /// `showing "…"`; the station's own number if not given.
    pub number: Option<Spanned<String>>,
    /// `named "…"`; no name if not given.
    pub name: Option<Spanned<String>>,
}
