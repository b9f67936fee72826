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

    /// Sends a byte of a command back. A deleted character is wiped out on the client's screen, and nothing is where
    /// nothing is left to delete.
    pub(super) fn echo_command(&mut self, byte: u8) {
        match self.reader.deletes(byte, &self.settings) {
            None => self.echo(byte),
            Some(false) => {}
            Some(true) => [0x08, b' ', 0x08].into_iter().for_each(|byte| self.echo(byte)),
        }
    }

    /// What a modem says when it is switched on, where its make says anything.
    pub(super) fn show_banner(&mut self) {
        let banner = self.profile().quirks.banner.clone();
        if !banner.is_empty() {
            self.information(&banner);
        }
    }

    /// Sends a result code, unless `Q` silences it.
    pub(super) fn result(&mut self, code: &ResultCode) {
        if self.settings.get("Q") == 0 {
            self.result_always(code);
        }
    }

    /// Sends a result code, in the words and numbers of the make.
    pub(super) fn result_always(&mut self, code: &ResultCode) {
        let framing = self.settings.framing();
        let texts = &self.profile().results;
        let own = match code {
            ResultCode::Extended(_) => None,
            _ if texts.words.is_empty() && texts.numbers.is_empty() => None,
            code => {
                let words = code.to_string();
                let words = texts.words.get(&words).cloned().unwrap_or(words);
                let number = texts.numbers.get(&words).copied().unwrap_or(code.number());
                Some(if framing.verbose {
                    framing.information(&words)
                } else {
                    framing.numeric(number)
                })
            }
        };
        self.outputs.push_back(Output::Result {
            bytes: own.unwrap_or_else(|| framing.result(code)),
            framing,
        });
    }

    pub(super) fn information(&mut self, text: &str) {
        let framing = self.settings.framing();
        self.outputs.push_back(Output::Information {
            bytes: framing.information(text),
            framing,
        });
    }
}
