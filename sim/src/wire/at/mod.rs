//! AT commands and result codes (ITU-T V.250) to values and back.

mod codes;
mod command;
mod dial;
mod parse;
mod result;

pub use codes::{MAKER_CODES, NUMERIC_CODES};
pub use command::{Command, Operation, RegisterOperation, StoredNumberOperation, Value};
pub use dial::{BookEntry, DialElement, DialString};
pub(crate) use parse::squeeze;
pub use parse::{SyntaxError, parse_command_line, parse_dial_string, parse_value};
pub use result::{Framing, ParseResultCodeError, ResultCode, parse_result_code};
