//! One command of an AT command line as a value, and its canonical text.

use std::fmt;

use super::DialString;

/// One command of a command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// A basic command (V.250 5.3.1): a letter, or `&`, `\` or `%` and a letter, and a number.
    Basic {
        /// The name in capitals, with its prefix: `E`, `&F`, `\N`.
        name: String,
        /// The number, where one was given; most commands take none for 0.
        value: Option<u32>,
    },
    /// An S-register (V.250 5.3.2).
    Register {
        /// The register's number.
        number: u32,
        /// What to do with it.
        operation: RegisterOperation,
    },
    /// `D` and its dial string (V.250 6.3.1).
    Dial(DialString),
    /// `&Z`: a number of the modem's own telephone book.
    StoredNumber {
        /// The place in the book; none given means 0.
        place: Option<u32>,
        /// What to do with it.
        operation: StoredNumberOperation,
    },
    /// An extended command (V.250 5.4), or one with another prefix that makers use for the same: `#`, `^`, `$`, `!`,
    /// `@`, `_` or `~`.
    Extended {
        /// The name in capitals, with its prefix: `+VCID`, `#CID`.
        name: String,
        /// What is asked of it.
        operation: Operation,
    },
}

/// What is asked of an S-register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RegisterOperation {
    /// `Sn?`
    Read,
    /// `Sn=value`; a missing value means 0.
    Set(Option<u32>),
}

/// What is asked of a stored number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StoredNumberOperation {
    /// `&Zn?`
    Read,
    /// `&Zn=dial string`
    Set(DialString),
}

/// What is asked of an extended command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// `+NAME`
    Execute,
    /// `+NAME?`
    Read,
    /// `+NAME=?`
    Test,
    /// `+NAME=value,value`
    Set(Vec<Value>),
}

/// One value of an extended command's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Left out, as in `1,,2`.
    Missing,
    /// A decimal number.
    Number(u32),
    /// A string in quotation marks, without them; `\22` in it is a quotation mark.
    Quoted(String),
    /// Anything else, such as a DTMF digit `#` or a tone `[933,,150]`.
    Word(String),
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Command::Basic { name, value: None } => f.write_str(name),
            Command::Basic {
                name,
                value: Some(value),
            } => write!(f, "{name}{value}"),
            Command::Register {
                number,
                operation: RegisterOperation::Read,
            } => write!(f, "S{number}?"),
            Command::Register {
                number,
                operation: RegisterOperation::Set(None),
            } => write!(f, "S{number}="),
            Command::Register {
                number,
                operation: RegisterOperation::Set(Some(value)),
            } => {
                write!(f, "S{number}={value}")
            }
            Command::Dial(string) => write!(f, "D{string}"),
            Command::StoredNumber { place, operation } => {
                f.write_str("&Z")?;
                if let Some(place) = place {
                    write!(f, "{place}")?;
                }
                match operation {
                    StoredNumberOperation::Read => f.write_str("?"),
                    StoredNumberOperation::Set(string) => write!(f, "={string}"),
                }
            }
            Command::Extended { name, operation } => write!(f, "{name}{operation}"),
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operation::Execute => Ok(()),
            Operation::Read => f.write_str("?"),
            Operation::Test => f.write_str("=?"),
            Operation::Set(values) => {
                f.write_str("=")?;
                for (i, value) in values.iter().enumerate() {
                    if i > 0 {
                        f.write_str(",")?;
                    }
                    write!(f, "{value}")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Missing => Ok(()),
            Value::Number(number) => write!(f, "{number}"),
            Value::Quoted(text) => {
                f.write_str("\"")?;
                for c in text.chars() {
                    match c {
                        '"' | '\\' | '\0'..='\u{1f}' | '\u{7f}' => write!(f, "\\{:02X}", u32::from(c))?,
                        c => write!(f, "{c}")?,
                    }
                }
                f.write_str("\"")
            }
            Value::Word(text) => f.write_str(text),
        }
    }
}
