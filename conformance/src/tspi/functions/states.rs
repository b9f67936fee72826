//! The call states in which functions take a call, as their pages lay them down.
//!
//! A state outside the mask permits a refusal with `LINEERR_INVALCALLSTATE`; one inside does not by itself.

use crate::tspi::constants::LINECALLSTATE;

/// The states in which a function takes one of its call handles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryStates {
    /// The parameter with the call.
    pub handle: &'static str,
    /// `LINECALLSTATE_` bits.
    pub states: u32,
}

const IDLE: u32 = 0x0001;
const OFFERING: u32 = 0x0002;
const ACCEPTED: u32 = 0x0004;
const RINGBACK: u32 = 0x0020;
const BUSY: u32 = 0x0040;
const CONNECTED: u32 = 0x0100;
const PROCEEDING: u32 = 0x0200;
const ONHOLD: u32 = 0x0400;
const CONFERENCED: u32 = 0x0800;
const ONHOLDPENDCONF: u32 = 0x1000;
const ONHOLDPENDTRANSFER: u32 = 0x2000;
const DISCONNECTED: u32 = 0x4000;
const ANY: u32 = 0xffff;

const fn row(handle: &'static str, states: u32) -> EntryStates {
    EntryStates { handle, states }
}

/// The rows of a function.
pub(super) fn of(function: &str) -> &'static [EntryStates] {
    STATES
        .iter()
        .find(|(name, _)| *name == function)
        .map_or(&[], |(_, rows)| rows)
}

/// Function, rows; the first is the call that the function is about.
#[rustfmt::skip]
pub(super) static STATES: &[(&str, &[EntryStates])] = &[
    ("TSPI_lineAccept", &[row("hdCall", OFFERING)]),
    ("TSPI_lineAddToConference", &[
        row("hdConfCall", ONHOLDPENDCONF | ONHOLD),
        row("hdConsultCall", CONNECTED | ONHOLD | PROCEEDING | RINGBACK),
    ]),
    ("TSPI_lineAnswer", &[row("hdCall", OFFERING | ACCEPTED)]),
    ("TSPI_lineBlindTransfer", &[row("hdCall", CONNECTED)]),
    ("TSPI_lineCloseCall", &[row("hdCall", ANY)]),
    ("TSPI_lineCompleteCall", &[row("hdCall", BUSY | RINGBACK | PROCEEDING)]),
    ("TSPI_lineCompleteTransfer", &[
        row("hdCall", ONHOLDPENDTRANSFER),
        row("hdConsultCall", CONNECTED | RINGBACK | BUSY | PROCEEDING),
    ]),
    ("TSPI_lineDial", &[row("hdCall", ANY & !IDLE & !DISCONNECTED)]),
    ("TSPI_lineDrop", &[row("hdCall", ANY & !IDLE)]),
    ("TSPI_lineGatherDigits", &[row("hdCall", ANY & !IDLE)]),
    ("TSPI_lineGenerateDigits", &[row("hdCall", ANY)]),
    ("TSPI_lineGenerateTone", &[row("hdCall", ANY & !IDLE)]),
    ("TSPI_lineGetCallAddressID", &[row("hdCall", ANY)]),
    ("TSPI_lineGetCallInfo", &[row("hdCall", ANY)]),
    ("TSPI_lineGetCallStatus", &[row("hdCall", ANY)]),
    ("TSPI_lineHold", &[row("hdCall", CONNECTED)]),
    ("TSPI_lineMonitorDigits", &[row("hdCall", ANY & !IDLE & !DISCONNECTED)]),
    ("TSPI_lineMonitorMedia", &[row("hdCall", ANY & !IDLE)]),
    ("TSPI_lineMonitorTones", &[row("hdCall", ANY & !IDLE)]),
    ("TSPI_linePark", &[row("hdCall", CONNECTED)]),
    ("TSPI_linePrepareAddToConference", &[row("hdConfCall", CONNECTED)]),
    ("TSPI_lineRedirect", &[row("hdCall", OFFERING)]),
    ("TSPI_lineReleaseUserUserInfo", &[row("hdCall", ANY)]),
    ("TSPI_lineRemoveFromConference", &[row("hdCall", CONFERENCED)]),
    ("TSPI_lineSecureCall", &[row("hdCall", ANY & !IDLE)]),
    ("TSPI_lineSendUserUserInfo", &[row("hdCall", CONNECTED | OFFERING | ACCEPTED | RINGBACK)]),
    ("TSPI_lineSetAppSpecific", &[row("hdCall", ANY)]),
    ("TSPI_lineSetCallParams", &[row("hdCall", ANY & !IDLE & !DISCONNECTED)]),
    ("TSPI_lineSetMediaControl", &[row("hdCall", ANY)]),
    ("TSPI_lineSetMediaMode", &[row("hdCall", ANY)]),
    ("TSPI_lineSetTerminal", &[row("hdCall", ANY)]),
    ("TSPI_lineSetupConference", &[row("hdCall", CONNECTED)]),
    ("TSPI_lineSetupTransfer", &[row("hdCall", CONNECTED)]),
    ("TSPI_lineSwapHold", &[
        row("hdActiveCall", CONNECTED),
        row("hdHeldCall", ONHOLDPENDTRANSFER | ONHOLDPENDCONF | ONHOLD),
    ]),
    ("TSPI_lineUnhold", &[row("hdCall", ONHOLD | ONHOLDPENDTRANSFER | ONHOLDPENDCONF)]),
];

impl EntryStates {
    /// The states by name.
    pub fn render(&self) -> String {
        if self.states == ANY {
            "any".to_owned()
        } else {
            LINECALLSTATE.render(self.states)
        }
    }
    /// The names of the states.
    pub fn names(&self) -> Vec<&'static str> {
        let members = LINECALLSTATE.constants.iter();
        members
            .filter(|state| self.states & state.value != 0)
            .map(|state| state.name)
            .collect()
    }
}
