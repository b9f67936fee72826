//! What the child says to the parent.

use crate::bytes;
use serde::{Deserialize, Serialize};

/// One message from the child, in the order in which things happened there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Message {
    /// Answers [`crate::Request::Hello`].
    Hello {
        /// [`crate::VERSION`] of the child.
        version: u16,
        /// The width of a register in the child: 32 or 64.
        bits: u8,
        /// The child's platform, such as `linux x86_64` or `windows x86_64 (wine 8.0)`.
        platform: String,
        /// The process id as the child's operating system counts (under Wine: Wine's own).
        pid: u32,
    },
    /// [`crate::Request::Load`] or [`crate::Request::RemoveKey`] went well.
    Done,
    /// A request could not be carried out; the provider is not to blame for a call that ends so.
    Failed {
        /// What went wrong, in the operating system's words.
        what: String,
        /// The operating system's error number, 0 where there is none.
        code: i64,
    },
    /// The provider does not export the function.
    Missing {
        /// [`crate::Request::Call::seq`].
        seq: u32,
    },
    /// The function returned.
    Returned {
        /// [`crate::Request::Call::seq`].
        seq: u32,
        /// What it returned.
        result: i32,
        /// The contents of every [`crate::Arg::Out`] with the argument's index, counted from 0.
        outs: Vec<(u8, Vec<u8>)>,
        /// When it returned; the thread is the one that calls.
        stamp: Stamp,
    },
    /// The provider called its `ASYNC_COMPLETION`.
    Completed {
        /// `dwRequestID`.
        request: u32,
        /// `lResult`.
        result: i32,
        /// When and in which thread.
        stamp: Stamp,
    },
    /// The provider called its `LINEEVENT`.
    Line {
        /// `htLine`.
        line: u64,
        /// `htCall`.
        call: u64,
        /// `dwMsg`.
        msg: u32,
        /// `dwParam1` to `dwParam3`.
        params: [u64; 3],
        /// For `LINE_NEWCALL`, the `htCall` that the child handed out through `dwParam2`; `None` where it wrote NULL.
        new_call: Option<u64>,
        /// The bytes that the message points to, for `LINE_SENDDIALOGINSTANCEDATA` and `LINE_SENDMSPDATA`.
        data: Vec<u8>,
        /// When and in which thread.
        stamp: Stamp,
    },
    /// The provider called its `PHONEEVENT`.
    Phone {
        /// `htPhone`.
        phone: u64,
        /// `dwMsg`.
        msg: u32,
        /// `dwParam1` to `dwParam3`.
        params: [u64; 3],
        /// When and in which thread.
        stamp: Stamp,
    },
    /// The crash handler saw a fault. These are the child's last words, unless the provider handles the fault itself
    /// (structured exception handling on Windows) and the child lives on.
    Fault {
        /// The signal number (Unix) or the exception code (Windows).
        code: u32,
        /// The address that could not be accessed, 0 where the fault has none.
        address: u64,
        /// The address of the instruction, 0 where it is not known.
        at: u64,
        /// The file name of the module that the instruction lies in; empty where it lies in none, or where the fault is
        /// none of one instruction.
        module: String,
        /// The instruction's offset from where that module was loaded.
        offset: u64,
        /// What is known about the address, such as `write past the end of argument 3 of TSPI_lineGetDevCaps: offset
        /// 712 of 712 bytes`; empty where nothing is.
        note: String,
    },
    /// The process is leaving by `exit` or `ExitProcess` without having been asked to (Windows child only; elsewhere
    /// the wait status tells).
    Exiting {
        /// The exit code where the child can learn it.
        code: Option<i32>,
    },
    /// The user interface DLL called its `TUISPIDLLCALLBACK`, and waits for [`crate::Request::Answer`].
    Ui {
        /// A number of the child's choice, repeated in the answer.
        ask: u32,
        /// `dwObjectID`.
        object: u64,
        /// `dwObjectType`.
        kind: u32,
        /// The `dwSize` bytes at `lpParams` as they were passed.
        #[serde(with = "bytes")]
        params: Vec<u8>,
        /// When and in which thread.
        stamp: Stamp,
    },
    /// The event that [`crate::Arg::Event`] of a call stands for was signalled.
    Signalled {
        /// [`crate::Request::Call::seq`].
        seq: u32,
        /// When.
        stamp: Stamp,
    },
    /// The provider sent `LINE_CREATEDIALOGINSTANCE`, with this in its `TUISPICREATEDIALOGINSTANCEPARAMS`.
    Dialog {
        /// `hProvider`, which stands in the place of `htLine`.
        provider: u64,
        /// `dwRequestID`.
        request: u32,
        /// `hdDlgInst`.
        hd: u64,
        /// The `htDlgInst` that the child handed out.
        ht: u64,
        /// `lpszUIDLLName`.
        ui_dll: String,
        /// The `dwSize` bytes at `lpParams`.
        params: Vec<u8>,
        /// When and in which thread.
        stamp: Stamp,
    },
    /// Answers [`crate::Request::Exports`].
    Exports {
        /// For each name whether it is exported.
        found: Vec<bool>,
    },
    /// Answers [`crate::Request::SetRegistry`].
    Was {
        /// What the value was before; [`crate::RegistryValue::Absent`] where there was none.
        value: crate::RegistryValue,
        /// The topmost key that had to be made for it.
        made: Option<String>,
    },
    /// Answers [`crate::Request::Read`].
    Kept {
        /// [`crate::Request::Read::seq`].
        seq: u32,
        /// The contents by argument index; none where that call left nothing.
        outs: Vec<(u8, Vec<u8>)>,
    },
    /// Answers [`crate::Request::Census`].
    Census {
        /// Threads.
        threads: u32,
        /// Handles, or file descriptors; 0 where the system does not count them, as Wine.
        handles: u32,
        /// Bytes of memory that are its own and in use.
        memory: u64,
        /// Of the ports that were asked about, in their order, whether this process holds it open.
        open: Vec<bool>,
    },
}

/// When and where in the child something happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Microseconds since the child started.
    pub micros: u64,
    /// The operating system's id of the thread.
    pub thread: u32,
}
