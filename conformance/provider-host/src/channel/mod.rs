//! The pipes to the parent, none of which is stdout, because providers print.

#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
pub use unix::platform;
#[cfg(windows)]
pub use windows::platform;

use std::{
    fs::File,
    io::{self, ErrorKind, Read},
    thread,
};

#[cfg(unix)]
use unix::from_fds;
#[cfg(windows)]
use windows::from_fds;

/// Opens the pipe that requests come from and the pipe that messages go to, as the command line names them:
/// `--in-fd N --out-fd M` for inherited Unix descriptors (also under Wine), `--in-pipe NAME --out-pipe NAME` for
/// pipes that are opened by name (Windows).
pub fn open(args: &[String]) -> io::Result<(File, File)> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["--in-fd", requests, "--out-fd", messages] => {
            let number = |text: &str| text.parse::<i32>().map_err(io::Error::other);
            from_fds(number(requests)?, number(messages)?)
        }
        ["--in-pipe", requests, "--out-pipe", messages] => {
            Ok((File::open(requests)?, File::options().write(true).open(messages)?))
        }
        _ => Err(io::Error::other(
            "no --in-fd N --out-fd M or --in-pipe NAME --out-pipe NAME given",
        )),
    }
}

/// Ends this process when the parent has gone, even while a call of the provider hangs.
///
/// The parent holds the other end of stdin and never writes to it. (`PR_SET_PDEATHSIG` would do it only on Linux, and
/// there also when merely the parent's thread ends that started this process.)
pub fn leave_with_the_parent() {
    thread::spawn(|| {
        wait_for_end_of_stdin();
        crate::crash::leave_now(crate::BROKEN);
    });
}

/// Returns when the other end of stdin is closed.
pub fn wait_for_end_of_stdin() {
    let mut ignored = [0; 64];
    loop {
        match io::stdin().lock().read(&mut ignored) {
            Ok(0) => return,
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}
