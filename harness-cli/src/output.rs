//! Standard output, reports and logs. A reader that has gone (`offhook list rules | head`) ends the program quietly.

use std::fs::{self, File};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use offhook_sim::control::server::Broadcast;
use serde_json::Value;

use crate::cli::{Format, ReportTo};
use crate::fail::Fail;

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

/// Writes a report where it goes: to a file, or what was not shown as it came (all but text) to standard output.
pub fn report(to: &ReportTo, text: &str) -> Result<(), Fail> {
    match &to.file {
        Some(file) => {
            fs::write(file, text).map_err(|error| Fail::usage(format!("{}: {error}", file.display())))
        }
        None if to.format == Format::Json => {
            print(text);
            Ok(())
        }
        None => Ok(()),
    }
}

/// Makes a log file, where one is wanted.
pub fn log_file(path: Option<&Path>) -> Result<Option<BufWriter<File>>, Fail> {
    path.map(|path| {
        let file = File::create(path);
        let file = file.map_err(|error| Fail::usage(format!("--log {}: {error}", path.display())))?;
        Ok(BufWriter::new(file))
    })
    .transpose()
}

/// Who is told of every event as JSON: the log file, and whoever watches.
pub struct Audience {
    file: Option<(BufWriter<File>, PathBuf)>,
    broadcast: Broadcast,
}

impl Audience {
    /// The file is made anew.
    pub fn new(log: Option<&Path>, broadcast: Broadcast) -> Result<Audience, Fail> {
        let file = log_file(log)?.zip(log.map(Path::to_owned));
        Ok(Audience { file, broadcast })
    }

    /// Tells an event. A file that cannot be written any more is told of once.
    pub fn tell(&mut self, event: impl FnOnce() -> Value) {
        if self.file.is_none() && !self.broadcast.is_watched() {
            return;
        }
        let line = event().to_string();
        self.broadcast.send(&line);
        if let Some((writer, path)) = &mut self.file
            && let Err(error) = writeln!(writer, "{line}").and_then(|()| writer.flush())
        {
            eprintln!("offhook: {} cannot be written any more: {error}", path.display());
            self.file = None;
        }
    }
}
