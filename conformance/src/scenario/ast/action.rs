//! Steps by which the application calls TSPI functions, and what may come of them.

use std::time::Duration;

use super::super::source::Spanned;
use super::super::verbs::Verb;
use super::{Comparison, DEFAULT_DEADLINE, LineRef, Name, NameKind};
use crate::tspi::Function;

/// A TSPI function, called as TAPI would: a row of the verb table with its slots filled.
#[derive(Debug, Clone)]
pub struct Action {
    /// The row by which it is written.
    pub(in crate::scenario) verb: &'static Verb,
    /// What the row's slots hold, in the order of its form; `None` in a part that was left out.
    pub(in crate::scenario) slots: Vec<Option<Given>>,
    /// The function that is called.
    pub function: &'static Function,
    /// `with dwCountryCode 49, …`: values by the function's own names. They go before everything else.
    pub with: Vec<(Name, Given)>,
}

impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        self.verb.form == other.verb.form && self.slots == other.slots && self.with == other.with
    }
}

impl Eq for Action {}

/// A value for a parameter of a function, or for a member of a structure that it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Given {
    /// A name that this step gives, with success.
    New(NameKind, Name),
    /// A name of something that is there.
    Name(NameKind, Name),
    /// A name that ends with this step's success.
    Last(NameKind, Name),
    /// A provider.
    Provider(Name),
    /// A line device.
    Line(LineRef),
    /// A phone device.
    Phone(LineRef),
    /// A number.
    Number(Spanned<u64>),
    /// Constants, which are added up.
    Constants(Vec<Name>),
    /// A string.
    Text(Spanned<String>),
    /// Bytes.
    Bytes(Spanned<Vec<u8>>),
    /// A time, passed in milliseconds.
    Duration(Spanned<Duration>),
    /// `on` or `off`.
    Switch(Spanned<bool>),
    /// A version: `2.1` is 0x00020001.
    Version(Spanned<u32>),
    /// What no step says and many mean: data by modem where the line's capabilities have that, else speech, else what they
    /// have.
    OwnMedia,
    /// `its NAME`: what the last step that read something found there.
    Its(Name),
    /// `NULL`.
    Null,
}

impl Action {
    /// What is said of the function's parameters, each by its path (`hdCall`, `lpCallParams.dwMediaMode`): what stands
    /// behind `with`, then the slots, then what the row says of the rest. Of a path that comes twice the first counts.
    pub fn arguments(&self) -> Vec<(&str, &Given)> {
        let with = self.with.iter().map(|(path, given)| (path.as_str(), given));
        let slots = self.verb.form.holes();
        let slots = slots
            .iter()
            .zip(&self.slots)
            .filter_map(|(hole, given)| Some((hole.target, given.as_ref()?)));
        let rest = self.verb.preset().iter().map(|(path, given)| (*path, given));
        let mut arguments: Vec<(&str, &Given)> = Vec::new();
        for (path, given) in with.chain(slots).chain(rest) {
            if !arguments.iter().any(|(known, _)| *known == path) {
                arguments.push((path, given));
            }
        }
        arguments
    }
}

/// Capabilities of a device, in which a scenario may need a bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// LINEDEVCAPS, by TSPI_lineGetDevCaps.
    DevCaps,
    /// LINEADDRESSCAPS of address 0, by TSPI_lineGetAddressCaps.
    AddressCaps,
    /// PHONECAPS, by TSPI_phoneGetDevCaps.
    PhoneCaps,
}

impl Structure {
    /// The structure's name in TAPI.
    pub fn name(self) -> &'static str {
        match self {
            Structure::DevCaps => "LINEDEVCAPS",
            Structure::AddressCaps => "LINEADDRESSCAPS",
            Structure::PhoneCaps => "PHONECAPS",
        }
    }

    /// The function that fills it.
    pub fn function(self) -> &'static str {
        match self {
            Structure::DevCaps => "TSPI_lineGetDevCaps",
            Structure::AddressCaps => "TSPI_lineGetAddressCaps",
            Structure::PhoneCaps => "TSPI_phoneGetDevCaps",
        }
    }
}

/// What is to come of a function call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The step ends when the function has ended, asynchronous or not, and it must end like this.
    Ends(Ending),
    /// `begin … as R`: the step ends when the function returns; `expect R …` waits for its completion. Only of
    /// asynchronous functions.
    Begun(Name),
    /// `until its NAME is …`: a query, made again until it finds that.
    Until(Until),
}

/// What a query that is made again and again waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Until {
    /// The member, or the variable part without its `dw` and `Size`/`Offset`.
    pub field: Name,
    /// What it must be.
    pub comparison: Comparison,
    /// `within 5 s`; see [`Until::deadline`].
    pub within: Option<Spanned<Duration>>,
}

impl Until {
    /// How long to wait for it.
    pub fn deadline(&self) -> Duration {
        self.within
            .as_ref()
            .map_or(DEFAULT_DEADLINE, |within| within.node)
    }
}

/// How a function ends, whether by its return or by its completion. No matter which, an empty list of errors allows any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With success.
    Completes,
    /// With one of these LINEERR or PHONEERR codes.
    Fails(Vec<Name>),
    /// With success or with one of these codes.
    CompletesOrFails(Vec<Name>),
}

impl Action {
    /// Whether the provider need not export the function: the step takes any failure, and nothing that it makes is used.
    pub fn may_be_missing(&self, outcome: &Outcome) -> bool {
        let any_failure =
            matches!(outcome, Outcome::Ends(Ending::CompletesOrFails(errors)) if errors.is_empty());
        any_failure
            && !self
                .arguments()
                .iter()
                .any(|(_, given)| matches!(given, Given::New(..)))
    }
}
