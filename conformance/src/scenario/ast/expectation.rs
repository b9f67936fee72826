//! What must happen, or must not.

use std::time::Duration;

use super::super::source::Spanned;
use super::{DEFAULT_DEADLINE, Ending, Given, Name};

/// Something that must happen, or must not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expectation {
    /// What.
    pub kind: ExpectationKind,
    /// `within 5 s`; see [`Expectation::deadline`].
    pub within: Option<Spanned<Duration>>,
}

impl Expectation {
    /// How long to wait for it.
    pub fn deadline(&self) -> Duration {
        self.within
            .as_ref()
            .map_or(DEFAULT_DEADLINE, |within| within.node)
    }
}

/// What is expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExpectationKind {
    /// `expect C is …`: the next LINE_CALLSTATE of the call that no step has looked at yet is one of these.
    State {
        /// The call.
        call: Name,
        /// At least one.
        states: Vec<CallState>,
    },
    /// `expect C reaches …`: one of these comes; other states before it are allowed.
    Reaches {
        /// The call.
        call: Name,
        /// At least one.
        states: Vec<CallState>,
    },
    /// `expect call D on L`: LINE_NEWCALL on the line; then, if states are given, the call's first state is one of them.
    IncomingCall {
        /// The call's name from here on.
        bind: Name,
        /// The open line.
        line: Name,
        /// None or more.
        states: Vec<CallState>,
    },
    /// `expect C reports LINECALLINFOSTATE_CALLERID`, `expect L reports LINEDEVSTATE_RINGING`: a message that carries one
    /// of these; others before it are allowed.
    Reports {
        /// Which message.
        message: ReportMessage,
        /// The call or the open line, as the message has it.
        of: Name,
        /// Constants of the message's family, at least one.
        any_of: Vec<Name>,
    },
    /// `expect LINE_MONITORDIGITS on C with digit "5"`: this message about a line, a call or a phone, with these values;
    /// others before it are allowed. Each is looked at once.
    Message {
        /// The message's name.
        message: Name,
        /// The call, the open line or the open phone.
        of: Name,
        /// What its parameters are; the others may be anything.
        values: Vec<MessageValue>,
    },
    /// `expect LINE_CREATE from P`: this message from a provider. TAPI then does what it does: it has the device made, or
    /// takes it for gone.
    DeviceMessage {
        /// The message's name.
        message: Name,
        /// The provider; the first if none is given.
        provider: Option<Name>,
        /// What its parameters are; the others may be anything.
        values: Vec<MessageValue>,
    },
    /// `expect dialog instance I`: LINE_CREATEDIALOGINSTANCE.
    Dialog {
        /// The instance's name from here on.
        bind: Name,
        /// The provider; the first if none is given.
        provider: Option<Name>,
    },
    /// `expect only reports asked for on L`: every report of a status since the line or phone was opened is one that
    /// an application had asked for. Has no `within`.
    OnlyAsked {
        /// The open line or phone.
        of: Name,
    },
    /// `expect nothing on C for 300 ms`: the call changes to no further state in that time. Has no `within`.
    Nothing {
        /// The call.
        call: Name,
        /// How long.
        lasting: Spanned<Duration>,
    },
    /// `expect R completes`, `expect R fails with …`: the completion of a request begun before.
    Request {
        /// The request.
        request: Name,
        /// How it must end.
        ending: Ending,
    },
    /// `expect its CallerID is "5551234"`: a member of the structure that was queried last. Has no `within`.
    Field {
        /// The member, or the variable part without its `dw` and `Size`/`Offset` (`CallerID`).
        field: Name,
        /// What it must be.
        comparison: Comparison,
    },
    /// `expect switch receives "MakeCall"`: a CSTA message.
    Switch {
        /// To the PBX, or from it.
        receives: bool,
        /// What the message holds, as the trace shows it.
        text: Spanned<String>,
    },
    /// What somebody at the far end sees.
    Station {
        /// The station's telephone number.
        number: Spanned<String>,
        /// What.
        event: StationEvent,
    },
}

/// A call state, perhaps with the modes that it may come with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallState {
    /// LINECALLSTATE constant.
    pub state: Name,
    /// Constants of the state's mode (LINEDISCONNECTMODE and the like), dwParam2 of the message; any mode if empty.
    pub modes: Vec<Name>,
}

/// What a parameter of a message is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageValue {
    /// The parameter's name as it was written; `None` where the constant alone tells.
    pub name: Option<Name>,
    /// Which parameter, from 0.
    pub place: usize,
    /// What it is: a number, constants (of flags, all of them are set), or a digit.
    pub given: Given,
}

impl Default for MessageValue {
    /// What stands for a value that could not be read.
    fn default() -> Self {
        MessageValue {
            name: None,
            place: 0,
            given: Given::Null,
        }
    }
}

/// A message that a `reports` expectation waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportMessage {
    /// LINE_CALLINFO of a call, with a LINECALLINFOSTATE in dwParam1.
    CallInfo,
    /// LINE_GENERATE of a call, with a LINEGENERATETERM in dwParam1.
    Generate,
    /// LINE_LINEDEVSTATE of a line, with a LINEDEVSTATE in dwParam1.
    LineDevState,
    /// LINE_ADDRESSSTATE of a line, with a LINEADDRESSSTATE in dwParam2.
    AddressState,
    /// PHONE_STATE of a phone, with a PHONESTATE in dwParam1.
    PhoneState,
}

/// How a member of a structure is looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// `is A or B`.
    Is(Vec<Value>),
    /// `is not A or B`: none of them.
    IsNot(Vec<Value>),
    /// `has A and B`: all of these bits are set.
    Has(Vec<Name>),
    /// `lacks A and B`: none of these bits is set.
    Lacks(Vec<Name>),
    /// `is at least 1`.
    AtLeast(Spanned<u32>),
    /// `is at most 1`.
    AtMost(Spanned<u32>),
}

/// What a member is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A string, for a variable part.
    Text(Spanned<String>),
    /// A number.
    Number(Spanned<u32>),
    /// A constant.
    Constant(Name),
}

/// Something that the far end sees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StationEvent {
    /// `rings`: a call reaches it.
    Rings,
    /// `is answered`: the call that it makes is answered.
    IsAnswered,
    /// `hears busy tone`: the line that it calls is busy.
    HearsBusyTone,
    /// `hears hang-up`: the other end has hung up.
    HearsHangUp,
    /// `receives "hello"`: data; what came before and behind it does not matter.
    Receives(Spanned<Vec<u8>>),
    /// `receives digits "123"`: DTMF digits.
    ReceivesDigits(Spanned<String>),
}
