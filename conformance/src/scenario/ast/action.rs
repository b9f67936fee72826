//! Steps by which the application calls TSPI functions, and what may come of them.

use super::super::source::Spanned;
use super::{LineRef, Name};

/// A TSPI function, called as TAPI would.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// `open line 1 as L`: TSPI_lineNegotiateTSPIVersion and TSPI_lineOpen.
    OpenLine {
        /// The line device.
        line: LineRef,
        /// The open line's name from here on.
        bind: Name,
    },
    /// `close line L`: TSPI_lineClose.
    CloseLine {
        /// The open line.
        line: Name,
    },
    /// `watch incoming calls on L`: TSPI_lineSetDefaultMediaDetection.
    WatchIncoming {
        /// The open line.
        line: Name,
        /// LINEMEDIAMODE constants; LINEMEDIAMODE_DATAMODEM if empty, see [`Action::media_modes`].
        media: Vec<Name>,
    },
    /// `make call C on L to "5551234"`: TSPI_lineMakeCall.
    MakeCall {
        /// The call's name from here on.
        bind: Name,
        /// The open line.
        line: Name,
        /// The destination address, passed as it is; NULL if none is given.
        to: Option<Spanned<String>>,
        /// LINEMEDIAMODE constants for LINECALLPARAMS; LINEMEDIAMODE_DATAMODEM if empty, see [`Action::media_modes`].
        media: Vec<Name>,
    },
    /// `dial "34" on C`: TSPI_lineDial.
    Dial {
        /// The digits, passed as they are.
        digits: Spanned<String>,
        /// The call.
        call: Name,
    },
    /// `answer C`: TSPI_lineAnswer.
    Answer {
        /// The call.
        call: Name,
    },
    /// `accept C`: TSPI_lineAccept.
    Accept {
        /// The call.
        call: Name,
    },
    /// `drop C`: TSPI_lineDrop.
    Drop {
        /// The call.
        call: Name,
    },
    /// `close call C`: TSPI_lineCloseCall.
    CloseCall {
        /// The call.
        call: Name,
    },
    /// `send digits "123" on C`: TSPI_lineGenerateDigits with LINEDIGITMODE_DTMF.
    SendDigits {
        /// The digits.
        digits: Spanned<String>,
        /// The call.
        call: Name,
    },
    /// `set media mode of C to LINEMEDIAMODE_DATAMODEM`: TSPI_lineSetMediaMode.
    SetMediaMode {
        /// The call.
        call: Name,
        /// LINEMEDIAMODE constants, at least one.
        media: Vec<Name>,
    },
    /// `query LINECALLINFO of C`: reads a structure; `expect its …` then looks at it.
    Query {
        /// Which structure.
        structure: Structure,
        /// Of what.
        of: QueryTarget,
    },
}

impl Action {
    /// The TSPI function that the action calls.
    pub fn function(&self) -> &'static str {
        match self {
            Action::OpenLine { .. } => "TSPI_lineOpen",
            Action::CloseLine { .. } => "TSPI_lineClose",
            Action::WatchIncoming { .. } => "TSPI_lineSetDefaultMediaDetection",
            Action::MakeCall { .. } => "TSPI_lineMakeCall",
            Action::Dial { .. } => "TSPI_lineDial",
            Action::Answer { .. } => "TSPI_lineAnswer",
            Action::Accept { .. } => "TSPI_lineAccept",
            Action::Drop { .. } => "TSPI_lineDrop",
            Action::CloseCall { .. } => "TSPI_lineCloseCall",
            Action::SendDigits { .. } => "TSPI_lineGenerateDigits",
            Action::SetMediaMode { .. } => "TSPI_lineSetMediaMode",
            Action::Query { structure, .. } => structure.function(),
        }
    }

    /// The media modes that a step which may leave them out stands for.
    pub fn media_modes(given: &[Name]) -> Vec<&str> {
        if given.is_empty() {
            vec!["LINEMEDIAMODE_DATAMODEM"]
        } else {
            given.iter().map(|name| name.as_str()).collect()
        }
    }
}

/// What a query is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum QueryTarget {
    /// A call.
    Call(Name),
    /// An open line.
    OpenLine(Name),
    /// A line device, open or not.
    Line(LineRef),
}

/// A structure that a query reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Structure {
    /// LINECALLINFO, by TSPI_lineGetCallInfo.
    CallInfo,
    /// LINECALLSTATUS, by TSPI_lineGetCallStatus.
    CallStatus,
    /// LINEDEVCAPS, by TSPI_lineGetDevCaps.
    DevCaps,
    /// LINEADDRESSCAPS of address 0, by TSPI_lineGetAddressCaps.
    AddressCaps,
    /// LINEDEVSTATUS, by TSPI_lineGetLineDevStatus.
    DevStatus,
    /// LINEADDRESSSTATUS of address 0, by TSPI_lineGetAddressStatus.
    AddressStatus,
}

impl Structure {
    /// The structure's name in TAPI.
    pub fn name(self) -> &'static str {
        match self {
            Structure::CallInfo => "LINECALLINFO",
            Structure::CallStatus => "LINECALLSTATUS",
            Structure::DevCaps => "LINEDEVCAPS",
            Structure::AddressCaps => "LINEADDRESSCAPS",
            Structure::DevStatus => "LINEDEVSTATUS",
            Structure::AddressStatus => "LINEADDRESSSTATUS",
        }
    }

    /// The function that fills it.
    pub fn function(self) -> &'static str {
        match self {
            Structure::CallInfo => "TSPI_lineGetCallInfo",
            Structure::CallStatus => "TSPI_lineGetCallStatus",
            Structure::DevCaps => "TSPI_lineGetDevCaps",
            Structure::AddressCaps => "TSPI_lineGetAddressCaps",
            Structure::DevStatus => "TSPI_lineGetLineDevStatus",
            Structure::AddressStatus => "TSPI_lineGetAddressStatus",
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
}

/// How a function ends, whether by its return or by its completion. No matter which, an empty list of errors allows any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// With success.
    Completes,
    /// With one of these LINEERR codes.
    Fails(Vec<Name>),
    /// With success or with one of these LINEERR codes.
    CompletesOrFails(Vec<Name>),
}
