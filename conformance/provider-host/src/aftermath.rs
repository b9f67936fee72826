//! What a provider leaves in this process that whatever is loaded after it would find, and that a new process has not.

use crate::census;
use std::{
    env,
    ffi::OsString,
    io, thread,
    time::{Duration, Instant},
};

/// How long a thread that has been waited for may still be counted: the system tells those who wait a little earlier than it
/// takes the thread from its list.
const LINGERS: Duration = Duration::from_millis(20);

/// The process before the provider was loaded.
pub struct Before {
    threads: u32,
    environment: Vec<(OsString, OsString)>,
}

impl Before {
    /// As it is now.
    pub fn now() -> io::Result<Before> {
        Ok(Before {
            threads: census::threads()?,
            environment: env::vars_os().collect(),
        })
    }

    /// What of it is different now, in words.
    pub fn changed(&self) -> io::Result<Option<String>> {
        let since = Instant::now();
        loop {
            let threads = census::threads()?;
            if threads <= self.threads {
                break;
            }
            if since.elapsed() > LINGERS {
                return Ok(Some(format!("{} threads are left", threads - self.threads)));
            }
            thread::yield_now();
        }
        let same = env::vars_os().eq(self.environment.iter().cloned());
        Ok((!same).then(|| "the environment is another".to_owned()))
    }
}
