//! One call into the provider, its arguments by name, and the request that an asynchronous one begins.

use offhook_host_protocol::Arg;

use crate::tspi::structures::POISON;
use crate::tspi::{Function, Mode, Version};

/// One call into the provider and its return.
#[derive(Debug)]
pub struct Invocation<'t> {
    /// The function.
    pub function: &'static Function,
    /// Number of the call within its child.
    pub seq: u32,
    /// Index of the call in the trace.
    pub called: usize,
    /// Index of the return, result and out buffers; `None` where the provider never returned.
    pub returned: Option<Returned<'t>>,
    /// The version that rules the layout of its structures: what it passes itself, or that of its device.
    pub version: Version,
    /// Whether TAPI would never call so: with a handle of nothing, or NULL for what must be given.
    pub hostile: bool,
    pub(super) args: &'t [Arg],
}

/// The return of an [`Invocation`].
#[derive(Debug, Clone, Copy)]
pub struct Returned<'t> {
    /// Index in the trace.
    pub at: usize,
    /// The result as it came.
    pub result: i32,
    /// Out buffers by argument position.
    pub outs: &'t [(u8, Vec<u8>)],
}

impl<'t> Invocation<'t> {
    fn arg(&self, name: &str) -> Option<&'t Arg> {
        self.args.get(self.function.arg(name)?)
    }

    /// A scalar argument by its documented name.
    pub fn value(&self, name: &str) -> Option<u64> {
        match self.arg(name)? {
            Arg::Value(value) => Some(*value),
            _ => None,
        }
    }

    /// A scalar argument as a DWORD; 0 where the function has none of that name.
    pub fn dword(&self, name: &str) -> u32 {
        self.value(name).unwrap_or_default() as u32
    }

    /// Whether a pointer argument was NULL.
    pub fn is_null(&self, name: &str) -> bool {
        matches!(self.arg(name), Some(Arg::Null))
    }

    /// The bytes passed in for an argument: an in buffer, or an out buffer as it was before the call.
    pub fn bytes_in(&self, name: &str) -> Option<&'t [u8]> {
        match self.arg(name)? {
            Arg::In(bytes) | Arg::Out { bytes, .. } => Some(bytes),
            _ => None,
        }
    }

    /// What an out argument held after the return.
    pub fn bytes_out(&self, name: &str) -> Option<&'t [u8]> {
        let position = self.function.arg(name)?;
        let outs = self.returned.as_ref()?.outs;
        outs.iter()
            .find(|(index, _)| usize::from(*index) == position)
            .map(|(_, bytes)| bytes.as_slice())
    }

    /// Whether an out argument holds something else than the pattern that TAPI's memory held before.
    pub fn wrote(&self, name: &str) -> bool {
        self.bytes_out(name)
            .is_some_and(|bytes| bytes.iter().any(|byte| *byte != POISON))
    }

    /// An out argument read as a DWORD or a handle of four or eight bytes; 0 where the provider left it as it was.
    pub fn number_out(&self, name: &str) -> Option<u64> {
        let bytes = self.bytes_out(name)?;
        if bytes.iter().all(|byte| *byte == POISON) {
            return Some(0);
        }
        let mut wide = [0; 8];
        wide.get_mut(..bytes.len())?.copy_from_slice(bytes);
        Some(u64::from_le_bytes(wide))
    }

    /// A NUL-terminated UTF-16 in argument.
    pub fn text_in(&self, name: &str) -> Option<String> {
        Some(text(self.bytes_in(name)?))
    }

    /// A NUL-terminated UTF-16 out argument.
    pub fn text_out(&self, name: &str) -> Option<String> {
        Some(text(self.bytes_out(name)?))
    }

    /// Whether another invocation of the same function was given the same arguments.
    pub fn asked_alike(&self, other: &Invocation<'_>) -> bool {
        self.args == other.args
    }

    /// The result, where the provider returned.
    pub fn result(&self) -> Option<i32> {
        self.returned.as_ref().map(|returned| returned.result)
    }

    /// Whether the call was accepted: zero, or a request id for an asynchronous function, of which zero accepts nothing.
    pub fn accepted(&self) -> bool {
        let is_request = self.function.mode == Mode::Async;
        self.result()
            .is_some_and(|result| result > 0 || (result == 0 && !is_request))
    }

    /// Index of the return, or of the call where the provider never returned.
    pub fn at(&self) -> usize {
        self.returned.map_or(self.called, |returned| returned.at)
    }
}

fn text(bytes: &[u8]) -> String {
    let units = bytes
        .chunks_exact(2)
        .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    String::from_utf16_lossy(&units.take_while(|unit| *unit != 0).collect::<Vec<_>>())
}

/// An accepted asynchronous request.
#[derive(Debug)]
pub struct Request {
    /// `dwRequestID`.
    pub id: u32,
    /// The invocation that made it.
    pub invocation: usize,
    /// Each completion: index in the trace and `lResult`.
    pub completions: Vec<(usize, i32)>,
    /// TAPI's handle of the line it belongs to, where that can be told.
    pub line: Option<u64>,
    /// TAPI's handle of the phone it belongs to, where it is of one.
    pub phone: Option<u64>,
}

/// How a call into the provider ended: with its return, or with its completion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Index of the return or completion in the trace.
    pub at: usize,
    /// Zero or a negative error.
    pub result: i32,
}

impl Outcome {
    /// Whether it succeeded.
    pub fn succeeded(self) -> bool {
        self.result >= 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tspi::function;

    fn returned(name: &str, result: i32) -> Invocation<'static> {
        Invocation {
            function: function(name).expect("a function"),
            seq: 0,
            called: 0,
            returned: Some(Returned {
                at: 1,
                result,
                outs: &[],
            }),
            version: Version::V2_0,
            args: &[],
            hostile: false,
        }
    }

    #[test]
    fn zero_accepts_a_synchronous_call_and_no_request() {
        assert!(returned("TSPI_lineClose", 0).accepted());
        assert!(returned("TSPI_lineDrop", 7).accepted());
        assert!(!returned("TSPI_lineDrop", 0).accepted());
        assert!(!returned("TSPI_lineClose", -1).accepted());
    }
}
