//! How a child ends: told to, or by itself; what is said of that, and that nothing of it is left.

use super::{
    Child, Death, HostBinary, Printed,
    launch::{Process, Status},
    mailbox::End,
};
use offhook_host_protocol::Request;
use std::{
    sync::{MutexGuard, PoisonError},
    time::Duration,
};

/// How long a child that closed its pipe may take until its exit status is there.
const EXIT_PATIENCE: Duration = Duration::from_secs(2);

/// How long the last messages and the last output of a dead child may take to be read.
pub(super) const READ_PATIENCE: Duration = Duration::from_millis(500);

/// The process, and how it ended.
pub(super) struct Life {
    /// `None` as soon as the process is reaped.
    pub process: Option<Process>,
    pub death: Option<Death>,
}

impl Life {
    /// The life of a process that runs.
    pub fn of(process: Process) -> Life {
        Life {
            process: Some(process),
            death: None,
        }
    }
}

impl Child {
    /// How the child ended; `None` as long as it lives, and after [`Child::shutdown`].
    pub fn death(&self) -> Option<Death> {
        let mut life = self.life();
        if life.death.is_none() && self.mailbox.end().is_some() {
            return Some(self.settle(&mut life, None));
        }
        life.death.clone()
    }

    /// Asks the child to leave and waits for it, at most for the deadline. An error is the provider's doing: what its
    /// DLL does when the process ends.
    pub fn shutdown(self) -> Result<(), Death> {
        self.end().1
    }

    /// [`Child::shutdown`] that also tells what was printed.
    pub fn end(mut self) -> (Printed, Result<(), Death>) {
        let result = self.leave();
        (self.printed(), result)
    }

    fn leave(&mut self) -> Result<(), Death> {
        if let Some(death) = self.death() {
            return Err(death);
        }
        // Where the request cannot be sent the process is gone, which its status tells.
        let _ = self.send(&Request::Exit);
        let mut life = self.life();
        let status = life
            .process
            .as_mut()
            .and_then(|process| process.wait_within(self.deadline));
        if status.is_none() {
            let death = Death::Hang {
                function: "exit".to_owned(),
                after: self.deadline,
            };
            return Err(bury(&mut life, death));
        }
        self.mailbox.wait_for_end(READ_PATIENCE);
        let words = self.mailbox.last_words();
        let orderly = words.fault.is_none() && words.exiting.is_none() && status == Some(Status::Code(0));
        if !orderly {
            return Err(self.settle(&mut life, Some("exit")));
        }
        if let Some(process) = life.process.take() {
            process.kill();
        }
        Ok(())
    }

    /// A function that has not returned in time is given up, and the child with it.
    pub fn hung(&self, function: &str) -> Death {
        let death = Death::Hang {
            function: function.to_owned(),
            after: self.deadline,
        };
        bury(&mut self.life(), death)
    }

    pub(super) fn breach(&self, what: String) -> Death {
        bury(&mut self.life(), Death::Protocol { what })
    }

    /// Says how the child died whose messages have ended, and sees to it that nothing of it is left.
    pub(super) fn settle(&self, life: &mut Life, during: Option<&str>) -> Death {
        if let Some(death) = &life.death {
            return death.clone();
        }
        let during = during.map(str::to_owned);
        let words = self.mailbox.last_words();
        if let Some(End::Breach(what)) = self.mailbox.end() {
            return bury(life, Death::Protocol { what });
        }
        let status = life
            .process
            .as_mut()
            .and_then(|process| process.wait_within(EXIT_PATIENCE));
        let death = match (words.fault, status) {
            (Some(fault), _) => Death::Crash {
                signal_or_code: fault.code,
                fault: Some(fault),
                during,
            },
            (None, None) => Death::Protocol {
                what: "it closed its end of the pipe and lives on".to_owned(),
            },
            (None, Some(Status::Signal(signal))) => Death::Crash {
                signal_or_code: signal,
                fault: None,
                during,
            },
            (None, Some(Status::Code(code))) => match words.exiting {
                Some(said) => Death::Exit {
                    code: said.unwrap_or(code),
                    during,
                },
                None => match self.crash_code(code) {
                    Some(signal_or_code) => Death::Crash {
                        signal_or_code,
                        fault: None,
                        during,
                    },
                    None => Death::Exit { code, during },
                },
            },
        };
        bury(life, death)
    }

    /// The exception that an exit code stands for, where no handler could tell: the stack was full, or the process
    /// ended itself by `__fastfail`, as an abort in Rust does. Wine keeps the low eight bits of the code.
    fn crash_code(&self, code: i32) -> Option<u32> {
        const HARD: [u32; 5] = [0xC000_0005, 0xC000_001D, 0xC000_00FD, 0xC000_0374, 0xC000_0409];
        let code = code.cast_unsigned();
        match &self.host {
            HostBinary::Native(_) if cfg!(not(windows)) => None,
            HostBinary::Native(_) => (code >= 0xC000_0000).then_some(code),
            HostBinary::Wine { .. } => HARD.into_iter().find(|hard| hard & 0xFF == code),
        }
    }

    pub(super) fn life(&self) -> MutexGuard<'_, Life> {
        self.life.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Kills and reaps whatever is left of the child and remembers how it died.
pub(super) fn bury(life: &mut Life, death: Death) -> Death {
    if let Some(process) = life.process.take() {
        process.kill();
    }
    life.death.get_or_insert(death).clone()
}
