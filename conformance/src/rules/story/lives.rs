//! The lives of what TAPI keeps: lines, phones, calls, MSP instances, dialogs and conferences.

use crate::tspi::constant_value;

/// A line from `TSPI_lineOpen` to `TSPI_lineClose`.
#[derive(Debug)]
pub struct LineLife {
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle.
    pub hd: u64,
    /// `dwDeviceID`.
    pub device: u32,
    /// Index of the return of `TSPI_lineOpen`.
    pub opened: usize,
    /// Index of the return of a successful `TSPI_lineClose`.
    pub closed: Option<usize>,
}

/// A phone from `TSPI_phoneOpen` to `TSPI_phoneClose`.
#[derive(Debug)]
pub struct PhoneLife {
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle.
    pub hd: u64,
    /// `dwDeviceID`.
    pub device: u32,
    /// Index of the return of `TSPI_phoneOpen`.
    pub opened: usize,
    /// Index of the return of a successful `TSPI_phoneClose`.
    pub closed: Option<usize>,
}

/// An MSP instance from `TSPI_lineCreateMSPInstance` to `TSPI_lineCloseMSPInstance`.
#[derive(Debug)]
pub struct MspLife {
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle.
    pub hd: u64,
    /// TAPI's handle of its line.
    pub line: Option<u64>,
    /// Index of the return that created it.
    pub created: usize,
    /// Index of the return of a successful close.
    pub closed: Option<usize>,
}

/// A dialog instance from `LINE_CREATEDIALOGINSTANCE` to `TSPI_providerFreeDialogInstance`.
#[derive(Debug)]
pub struct DialogLife {
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle.
    pub hd: u64,
    /// The handle that the message was sent with: `hProvider`, if it is right.
    pub provider: u64,
    /// `dwRequestID` of the request that it belongs to.
    pub request: u32,
    /// `lpszUIDLLName`.
    pub ui_dll: String,
    /// Index of the event that created it.
    pub created: usize,
    /// Index of the return of a successful free.
    pub freed: Option<usize>,
}

/// A conference: its call, and which calls were in it.
#[derive(Debug)]
pub struct Conference {
    /// TAPI's handle of the conference call.
    pub ht: u64,
    /// Each member: TAPI's handle, index from which on it belongs, index from which on no more.
    pub members: Vec<(u64, usize, Option<usize>)>,
}

/// Which status messages TAPI has asked for, as of one event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mask {
    /// `dwLineStates` or `dwPhoneStates`.
    pub states: u32,
    /// `dwAddressStates` of a line.
    pub address_states: u32,
    /// `dwButtonModes` of a phone.
    pub button_modes: u32,
    /// `dwButtonStates` of a phone.
    pub button_states: u32,
}

/// How a call came to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// By an invocation that takes TAPI's handle of a new call, as `TSPI_lineMakeCall` does.
    Made(usize),
    /// By `LINE_NEWCALL` at this index.
    Announced(usize),
}

/// A call state that the provider reported.
#[derive(Debug, Clone, Copy)]
pub struct StateSeen {
    /// Index in the trace.
    pub at: usize,
    /// `dwParam1`.
    pub state: u32,
    /// `dwParam2`.
    pub mode: u64,
}

/// The life of one call.
#[derive(Debug)]
pub struct CallLife {
    /// TAPI's handle.
    pub ht: u64,
    /// The provider's handle, where it gave one.
    pub hd: Option<u64>,
    /// TAPI's handle of its line.
    pub line: Option<u64>,
    /// How it came to be.
    pub origin: Origin,
    /// Index of the invocation or `LINE_NEWCALL` that began it.
    pub begun: usize,
    /// From which event on it is valid: its request's successful completion, or its `LINE_NEWCALL`.
    pub valid: Option<usize>,
    /// The states reported, in order.
    pub states: Vec<StateSeen>,
    /// Every event that names it.
    pub events: Vec<usize>,
    /// Index of the return of a successful `TSPI_lineCloseCall`.
    pub closed: Option<usize>,
}

impl CallLife {
    /// The state last reported before event `at`.
    pub fn state_before(&self, at: usize) -> Option<StateSeen> {
        self.states.iter().take_while(|seen| seen.at < at).last().copied()
    }

    /// Whether the call was in one of these states (`LINECALLSTATE_CONNECTED`, …) just before event `at`.
    pub fn was(&self, states: &[&str], at: usize) -> bool {
        self.state_before(at)
            .is_some_and(|seen| states.iter().any(|state| seen.state == constant_value(state)))
    }

    /// The first report of one of these states after event `at`.
    pub fn next_of(&self, states: &[&str], at: usize) -> Option<StateSeen> {
        let wanted = |seen: &&StateSeen| states.iter().any(|state| seen.state == constant_value(state));
        self.states
            .iter()
            .filter(|seen| seen.at > at)
            .find(wanted)
            .copied()
    }
}
