//! AT commands and result codes (ITU-T V.250) to values and back.

mod command;
mod dial;
mod parse;
mod result;

pub use command::{Command, Operation, RegisterOperation, Value};
pub use dial::{DialElement, DialString};
pub use parse::{SyntaxError, parse_command_line, parse_dial_string, parse_value};
pub use result::{Framing, NUMERIC_CODES, ParseResultCodeError, ResultCode, parse_result_code};
