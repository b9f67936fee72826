//! What came of calling a function.

use crate::tspi::Function;
use crate::tspi::structures::POISON;

/// What came of calling a function.
#[derive(Debug, Clone)]
pub struct Invoked {
    /// The function.
    pub function: &'static Function,
    /// Its result.
    pub result: i32,
    /// Request id given, 0 for a synchronous function.
    pub request: u32,
    /// Where in the record the call began.
    pub from: usize,
    /// The number of the call within its child.
    pub seq: u32,
    pub(super) outs: Vec<(u8, Vec<u8>)>,
}

impl Invoked {
    /// The out arguments by position.
    pub fn outs(&self) -> &[(u8, Vec<u8>)] {
        &self.outs
    }

    /// What an out argument holds, where it was given room and is exported.
    pub fn out(&self, name: &str) -> Option<&[u8]> {
        let position = self.function.arg(name)?;
        self.outs
            .iter()
            .find(|(index, _)| usize::from(*index) == position)
            .map(|(_, bytes)| bytes.as_slice())
    }

    /// Whether an out argument holds something else than it did before.
    pub fn wrote(&self, name: &str) -> bool {
        self.out(name)
            .is_some_and(|bytes| bytes.iter().any(|byte| *byte != POISON))
    }

    /// An out argument as a number.
    pub fn number(&self, name: &str) -> u64 {
        let mut wide = [0; 8];
        // What the provider left as it was is nothing.
        let bytes = self.out(name).unwrap_or_default();
        if bytes.iter().all(|byte| *byte == POISON) {
            return 0;
        }
        let length = bytes.len().min(8);
        wide[..length].copy_from_slice(&bytes[..length]);
        u64::from_le_bytes(wide)
    }
}
