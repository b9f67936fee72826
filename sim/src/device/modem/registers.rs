//! The S-registers, one row each (V.250 5.3.2 and 6.2, 6.3; the rest as Hayes modems have them).

use super::{Modem, Outcome};
use crate::wire::at::RegisterOperation;

/// One S-register.
#[derive(Debug)]
pub struct RegisterRow {
    /// Its number.
    pub number: u32,
    /// Its value when the modem leaves the factory.
    pub factory: u8,
    /// The values that it takes.
    pub range: (u8, u8),
    /// What it holds, with its unit.
    pub meaning: &'static str,
}

const fn row(number: u32, factory: u8, range: (u8, u8), meaning: &'static str) -> RegisterRow {
    RegisterRow {
        number,
        factory,
        range,
        meaning,
    }
}

/// Every register that the modem has.
pub const REGISTERS: &[RegisterRow] = &[
    row(0, 0, (0, 255), "rings before automatic answer, 0 for never"),
    row(1, 0, (0, 255), "rings counted"),
    row(2, 43, (0, 255), "escape character; above 127 there is none"),
    row(3, 13, (0, 127), "command line termination character"),
    row(4, 10, (0, 127), "response formatting character"),
    row(5, 8, (0, 127), "command line editing character"),
    row(6, 2, (0, 255), "pause before blind dialling, s"),
    row(7, 50, (1, 255), "wait for carrier, s"),
    row(8, 2, (0, 255), "pause for a comma, s"),
    row(9, 6, (0, 255), "carrier detect response time, 0.1 s; stored"),
    row(
        10,
        14,
        (0, 255),
        "delay before hang-up after loss of a carrier without error correction, 0.1 s; 255 for never",
    ),
    row(11, 95, (50, 255), "length of a DTMF digit, ms"),
    row(12, 50, (0, 255), "escape guard time, 0.02 s; 0 for none"),
    row(13, 0, (0, 255), "flags of makers; stored"),
    row(14, 138, (0, 255), "flags of E, Q, V, T; stored"),
    row(16, 0, (0, 255), "tests; stored"),
    row(18, 0, (0, 255), "test timer, s; stored"),
    row(19, 0, (0, 255), "flags of makers; stored"),
    row(20, 0, (0, 255), "flags of makers; stored"),
    row(21, 52, (0, 255), "flags of &C, &D; stored"),
    row(22, 117, (0, 255), "flags of L, M, X; stored"),
    row(23, 62, (0, 255), "flags of the port; stored"),
    row(24, 0, (0, 255), "sleep timer, s; stored"),
    row(25, 5, (0, 255), "how long DTR is off before that counts, 0.01 s"),
    row(26, 1, (0, 255), "delay from RTS to CTS, 0.01 s; stored"),
    row(27, 73, (0, 255), "flags of &Q, &L; stored"),
    row(28, 0, (0, 255), "flags of pulse dialling; stored"),
    row(29, 70, (0, 255), "hook flash, 0.01 s"),
    row(30, 0, (0, 255), "inactivity timer, 10 s; 0 for none"),
    row(31, 194, (0, 255), "flags of W; stored"),
    row(32, 17, (0, 255), "XON character, for &K4 to &K6"),
    row(33, 19, (0, 255), "XOFF character, for &K4 to &K6"),
    row(36, 7, (0, 255), "negotiation failure treatment; stored"),
    row(
        37,
        0,
        (0, 12),
        "fastest rate: 0 for any, 3 for 300, 5 for 1200, 6 for 2400 bit/s, ...",
    ),
    row(38, 20, (0, 255), "delay before forced hang-up, s; stored"),
    row(46, 138, (0, 255), "error correction and compression; stored"),
    row(48, 7, (0, 255), "feature negotiation; stored"),
    row(82, 8, (0, 255), "break handling; stored"),
    row(86, 0, (0, 255), "why the last call failed; stored"),
    row(91, 10, (0, 255), "transmit level, -dBm; stored"),
    row(95, 0, (0, 255), "extended result codes; stored"),
];

impl Modem {
    pub(super) fn run_register(&mut self, number: u32, operation: RegisterOperation) -> Outcome {
        let row = REGISTERS.iter().find(|row| row.number == number);
        let Some(row) = row.filter(|_| !self.profile().lacks(&format!("S{number}"))) else {
            return self.unknown_command();
        };
        match operation {
            RegisterOperation::Read => {
                let value = if number == 1 {
                    self.incoming.rings()
                } else {
                    self.settings.register(number)
                };
                self.information(&format!("{value:03}"));
                Outcome::Next
            }
            RegisterOperation::Set(value) => match u8::try_from(value.unwrap_or(0)) {
                Ok(value) if number == 1 => {
                    self.incoming.set_rings(value);
                    Outcome::Next
                }
                Ok(value) if (row.range.0..=row.range.1).contains(&value) => {
                    self.settings.set_register(number, value);
                    Outcome::Next
                }
                _ => Outcome::Error,
            },
        }
    }
}
