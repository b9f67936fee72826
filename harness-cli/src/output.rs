//! Standard output. A reader that has gone (`offhook list rules | head`) ends the program quietly.

use std::io::{ErrorKind, Write};

/// Prints text as it is.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        if error.kind() == ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        eprintln!("offhook: standard output cannot be written: {error}");
        std::process::exit(i32::from(offhook_conformance::exit::Exit::Usage.code()));
    }
}
