//! Why the program could not do what it was asked, and the exit code for it.

use offhook_conformance::exit::Exit;

/// A failure with its exit code.
#[derive(Debug)]
pub struct Fail {
    /// The way to end.
    pub exit: Exit,
    /// What to tell.
    pub message: String,
}

impl Fail {
    /// The command line, or a file or port named on it, is wrong.
    pub fn usage(message: impl Into<String>) -> Fail {
        Fail {
            exit: Exit::Usage,
            message: message.into(),
        }
    }

    /// What was asked for selects nothing.
    pub fn nothing(message: impl Into<String>) -> Fail {
        Fail {
            exit: Exit::NothingSelected,
            message: message.into(),
        }
    }

    /// A scenario file is wrong; the report carries its carets.
    pub fn scenario(report: miette::Report) -> Fail {
        Fail {
            exit: Exit::Usage,
            message: format!("{report:?}"),
        }
    }

    /// The harness itself is at fault.
    pub fn bug(message: impl Into<String>) -> Fail {
        Fail {
            exit: Exit::HarnessBug,
            message: message.into(),
        }
    }
}
