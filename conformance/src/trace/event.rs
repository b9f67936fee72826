//! What can happen in a run. Rules, snapshots and reports read nothing else.

use std::time::Duration;

use offhook_host_protocol::Arg;
use offhook_sim::{ExchangeEvent, SwitchStep};

use crate::tspi::Function;

/// One thing that happened, at `at` after the run began.
#[derive(Debug, Clone)]
pub struct Event {
    /// Time since the recorder was made.
    pub at: Duration,
    /// Whose boundary it crossed.
    pub by: Party,
    /// What happened.
    pub what: What,
}

/// Whose boundary an event crossed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Party {
    /// The scenario itself: its steps.
    Scenario,
    /// A provider, by the name the scenario gives it (`P` where it gives none).
    Provider(String),
    /// The simulated hardware.
    Device,
}

/// What happened, one variant a lane or a part of one.
#[derive(Debug, Clone)]
pub enum What {
    /// A step of the scenario began.
    Step {
        /// Line in the scenario file, counted from 1.
        line: usize,
        /// The step as it is written there.
        text: String,
    },
    /// TAPI calls into the provider.
    Call {
        /// Number of the call within its provider's child.
        seq: u32,
        /// The function, from the one table.
        function: &'static Function,
        /// The arguments in the function's order.
        args: Vec<Arg>,
    },
    /// The provider returned.
    Return {
        /// Number of the call that returned.
        seq: u32,
        /// The function's result: zero, a request id or a negative error.
        result: i32,
        /// What the out arguments hold, by position.
        outs: Vec<(u8, Vec<u8>)>,
    },
    /// The functions of TSPI that a DLL exports, as TAPI looks them up when it has loaded it. Those of the user interface
    /// may stand in the provider's own DLL too. A trace in words leaves it out.
    Exports {
        /// Whether an application's process has loaded the DLL for its user interface.
        of_ui: bool,
        /// Their names, in the table's order.
        names: Vec<&'static str>,
    },
    /// What the provider's process has. A trace in words leaves it out.
    Census(Census),
    /// The provider does not export the function of call `seq`.
    NotExported {
        /// Number of the call.
        seq: u32,
    },
    /// TAPI makes these calls at once, each in a thread of its own; of a provider that wants one at a time, one after another.
    AtOnce {
        /// The numbers of the calls, which begin after this.
        calls: Vec<u32>,
    },
    /// TAPI made call `seq` for its own knowledge, or makes it anew: a trace in words leaves it out, for how often that
    /// happens says nothing of the provider.
    Aside {
        /// Number of the call.
        seq: u32,
    },
    /// `ASYNC_COMPLETION`.
    Completed {
        /// `dwRequestID`.
        request: u32,
        /// `lResult`.
        result: i32,
    },
    /// `LINEEVENT`.
    Line(CallbackArgs),
    /// `PHONEEVENT`; `call` is zero.
    Phone(CallbackArgs),
    /// Memory that a call left with the provider, read anew.
    Kept {
        /// Number of that call.
        seq: u32,
        /// What the out arguments hold now, by position.
        outs: Vec<(u8, Vec<u8>)>,
    },
    /// The user interface called its `TUISPIDLLCALLBACK`, in an application's process.
    Ui {
        /// A number by which the answer is told.
        ask: u32,
        /// `dwObjectID`.
        object: u64,
        /// `dwObjectType`.
        kind: u32,
        /// The parameter block as it was passed.
        params: Vec<u8>,
    },
    /// The callback returned to the user interface what `TSPI_providerGenericDialogData` made of it.
    UiAnswer {
        /// The number of the [`What::Ui`].
        ask: u32,
        /// The result.
        result: i32,
        /// The parameter block afterwards.
        params: Vec<u8>,
    },
    /// The user interface signalled the event that it was given with this call.
    Signalled {
        /// Number of the call.
        seq: u32,
    },
    /// `LINE_CREATEDIALOGINSTANCE`.
    Dialog {
        /// The handle that it was sent with.
        provider: u64,
        /// `dwRequestID` of the request that it belongs to.
        request: u32,
        /// The provider's handle.
        hd: u64,
        /// The handle that was handed out.
        ht: u64,
        /// `lpszUIDLLName`.
        ui_dll: String,
        /// The parameter block.
        params: Vec<u8>,
    },
    /// Bytes on the wire between provider and device.
    Wire {
        /// Number of the exchange line that the device stands on.
        number: String,
        /// From the provider to the device, or back.
        to_device: bool,
        /// The bytes, as they were read or written at once.
        bytes: Vec<u8>,
    },
    /// Something on the exchange.
    Exchange(ExchangeEvent),
    /// Something in the switch of a PBX.
    Switch(SwitchStep),
    /// A CSTA message between a PBX and its applications.
    Csta {
        /// From an application to the PBX, or back.
        to_switch: bool,
        /// The message, in ASN.1's value notation.
        text: String,
    },
    /// A modem's port stopped working.
    PortFailed {
        /// Number of the modem's line.
        number: String,
        /// What the system said.
        message: String,
    },
    /// Something about the child process.
    Host(HostNote),
}

/// The arguments of a `LINEEVENT` or `PHONEEVENT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallbackArgs {
    /// `htLine` or `htPhone`.
    pub device: u64,
    /// `htCall`, zero where there is none.
    pub call: u64,
    /// `dwMsg`.
    pub msg: u32,
    /// `dwParam1` to `dwParam3`.
    pub params: [u64; 3],
    /// For `LINE_NEWCALL`, the `htCall` that was handed out; `None` where it was refused with NULL.
    pub new_call: Option<u64>,
    /// When the provider called, in microseconds since its process started: the trace's own time is that of the reading.
    pub micros: u64,
    /// For `LINE_SENDDIALOGINSTANCEDATA` and `LINE_SENDMSPDATA`, the bytes that it points to.
    pub data: Vec<u8>,
}

/// What a process has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Census {
    /// Threads.
    pub threads: u32,
    /// Handles, or file descriptors; 0 where the system does not count them, as Wine.
    pub handles: u32,
    /// Bytes of memory that are its own and in use.
    pub memory: u64,
    /// Of the provider's ports, in their order, whether the process holds it open.
    pub open: Vec<bool>,
}

/// What the harness saw of the child process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HostNote {
    /// The provider was loaded.
    Loaded,
    /// The child ended before it was asked to; in words.
    Died(String),
    /// The child's messages have ended: it lives no more, asked to or not.
    Silent,
    /// The child ended as it was asked to.
    Ended,
    /// An application's process has loaded the user interface DLL.
    UiLoaded,
    /// That process ended before it was asked to; in words.
    UiDied(String),
    /// Its messages have ended.
    UiSilent,
    /// It ended as it was asked to.
    UiEnded,
}
