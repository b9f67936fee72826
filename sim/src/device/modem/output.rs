//! What the modem sends to its client: echo, result codes, information, data.

use super::Modem;
use crate::wire::at::{Framing, ResultCode};

/// Bytes for the client, and what they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Command bytes sent back.
    Echo(Vec<u8>),
    /// A result code in the framing that was in force.
    Result {
        /// The bytes.
        bytes: Vec<u8>,
        /// The framing.
        framing: Framing,
    },
    /// A line of information in the framing that was in force.
    Information {
        /// The bytes.
        bytes: Vec<u8>,
        /// The framing.
        framing: Framing,
    },
    /// Bytes from the far end.
    Data(Vec<u8>),
}

impl Output {
    /// The bytes alone.
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Output::Echo(bytes)
            | Output::Result { bytes, .. }
            | Output::Information { bytes, .. }
            | Output::Data(bytes) => bytes,
        }
    }
}

impl Modem {
    pub(super) fn echo(&mut self, byte: u8) {
        match self.outputs.back_mut() {
            Some(Output::Echo(bytes)) => bytes.push(byte),
            _ => self.outputs.push_back(Output::Echo(vec![byte])),
        }
    }

    /// Sends a result code, unless `Q` silences it.
    pub(super) fn result(&mut self, code: &ResultCode) {
        if self.settings.get("Q") == 0 {
            let framing = self.settings.framing();
            self.outputs.push_back(Output::Result {
                bytes: framing.result(code),
                framing,
            });
        }
    }

    pub(super) fn information(&mut self, text: &str) {
        let framing = self.settings.framing();
        self.outputs.push_back(Output::Information {
            bytes: framing.information(text),
            framing,
        });
    }
}
