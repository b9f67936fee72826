//! What the parent asks of the child.

use crate::bytes;
use serde::{Deserialize, Serialize};

/// One request; the child answers each before it takes the next, but for a call that is made apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Request {
    /// The first request on every connection; answered by [`crate::Message::Hello`].
    Hello {
        /// [`crate::VERSION`] of the parent.
        version: u16,
    },
    /// Writes one registry value, creating the key (Windows child only); answered by [`crate::Message::Was`].
    SetRegistry {
        /// The key, such as `HKLM\Software\Offhook\Modem`; `HKCU` and the long names of both are known as well.
        key: String,
        /// The value's name.
        name: String,
        /// The value.
        value: RegistryValue,
    },
    /// Loads the provider, or, in an application's process, the DLL of its user interface; answered by [`crate::Message::Done`] or [`crate::Message::Failed`].
    Load {
        /// The DLL's path as the child's operating system spells it.
        path: String,
        /// The working directory that it finds, spelled alike; the child's own where there is none.
        cwd: Option<String>,
    },
    /// Unloads the provider, so that another may be loaded as into a new process; answered by [`crate::Message::Done`], or by
    /// [`crate::Message::Failed`] where something of it stays: a thread, its code, its environment. Whether it is unloaded then is
    /// not said: the child is to be asked nothing more but to leave.
    Unload,
    /// Calls one exported function of the provider.
    Call {
        /// A number of the parent's choice, repeated in the answer.
        seq: u32,
        /// The exported name.
        function: String,
        /// The arguments, at most [`crate::MAX_ARGS`].
        args: Vec<Arg>,
        /// Whether it is called in a thread of its own, so that other requests are carried out meanwhile.
        apart: bool,
    },
    /// Leave; not answered.
    Exit,
    /// Calls functions of the provider at the same time, each in a thread of its own that waits until all are ready;
    /// each is answered as a [`Request::Call`] that is made apart.
    AtOnce {
        /// The calls.
        calls: Vec<Invocation>,
    },
    /// Answers the next `LINE_NEWCALL`s with NULL in place of a handle; answered by [`crate::Message::Done`].
    RefuseNewCalls {
        /// How many.
        count: u32,
    },
    /// Asks which functions the DLL exports; answered by [`crate::Message::Exports`].
    Exports {
        /// The names to look for.
        names: Vec<String>,
    },
    /// Reads memory anew that a call left with the provider ([`Arg::Out`] with `keep`); answered by
    /// [`crate::Message::Kept`].
    Read {
        /// [`Request::Call::seq`] of that call.
        seq: u32,
    },
    /// Removes a registry key and all below it, which is none if it is not there (Windows child only); answered by
    /// [`crate::Message::Done`]. Only keys that [`crate::Message::Was`] named are removed.
    RemoveKey {
        /// The key.
        key: String,
    },
    /// Counts what the child's process has; answered by [`crate::Message::Census`], or by [`crate::Message::Failed`] where the
    /// system does not tell.
    Census {
        /// Ports as the child's operating system spells them.
        ports: Vec<String>,
    },
    /// What `TUISPIDLLCALLBACK` is to return, and the bytes that it leaves at `lpParams`; not answered.
    Answer {
        /// [`crate::Message::Ui::ask`].
        ask: u32,
        /// What the procedure returns.
        result: i32,
        /// The bytes at `lpParams` afterwards: as many as there were.
        #[serde(with = "bytes")]
        params: Vec<u8>,
    },
}

/// A call of one exported function.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invocation {
    /// A number of the parent's choice, repeated in the answer.
    pub seq: u32,
    /// The exported name.
    pub function: String,
    /// The arguments, at most [`crate::MAX_ARGS`].
    pub args: Vec<Arg>,
}

/// A registry value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistryValue {
    /// `REG_DWORD`.
    Dword(u32),
    /// `REG_SZ`.
    Text(String),
    /// A value of any type.
    Raw {
        /// The type's number.
        kind: u32,
        /// The data as the registry holds it.
        bytes: Vec<u8>,
    },
    /// There is no such value: it is removed where it is.
    Absent,
}

/// One argument of a call, by what the child has to put into the argument's slot.
///
/// A slot is one machine register: 8 bytes in a 64-bit child, 4 bytes in a 32-bit child.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arg {
    /// A scalar: DWORD, handle, id, HWND. A 32-bit child passes the low half.
    Value(u64),
    /// A null pointer.
    Null,
    /// A pointer to these bytes, which end exactly at an inaccessible page; the memory is made inaccessible as soon
    /// as the call returns. The pointer is aligned as the length allows: a structure should be padded to a multiple
    /// of its alignment.
    In(#[serde(with = "bytes")] Vec<u8>),
    /// A pointer to a writable buffer that ends exactly at an inaccessible page.
    Out {
        /// What the buffer holds before the call; its length is the buffer's.
        #[serde(with = "bytes")]
        bytes: Vec<u8>,
        /// Whether the buffer stays accessible after the return, for a provider that fills it until it completes the
        /// request; its contents are sent back with the return either way.
        keep: bool,
    },
    /// The child's `ASYNC_COMPLETION`, which reports [`crate::Message::Completed`].
    Completion,
    /// The child's `LINEEVENT`, which reports [`crate::Message::Line`].
    LineEvent,
    /// The child's `PHONEEVENT`, which reports [`crate::Message::Phone`].
    PhoneEvent,
    /// The child's `TUISPIDLLCALLBACK`, which reports [`crate::Message::Ui`] and waits for [`Request::Answer`].
    UiCallback,
    /// A fresh event object, whose signalling the child reports as [`crate::Message::Signalled`]: on Windows one for
    /// `SetEvent`, elsewhere an eventfd(2), to which a 1 of eight bytes is written.
    Event,
}
