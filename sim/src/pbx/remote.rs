//! A handle to a running PBX, for any thread.

use std::sync::mpsc as std_mpsc;

use tokio::sync::mpsc;

use crate::device::csta::CstaServer;
use crate::exchange::switch::{ServiceError, Switch};
use crate::time::SimTime;

/// What is done on the PBX's thread; what it gives back tells whoever asked that it is done.
pub(super) type Step = Box<dyn FnOnce(&mut CstaServer, &mut Switch, SimTime) -> Done + Send>;

type Done = Box<dyn FnOnce()>;

pub(super) enum Request {
    Step(Step),
    Stop,
}

/// A handle to a running PBX. Cloning it is cheap; it does not keep the PBX running.
#[derive(Clone, Debug)]
pub struct Remote(mpsc::UnboundedSender<Request>);

impl Remote {
    pub(super) fn new(requests: mpsc::UnboundedSender<Request>) -> Remote {
        Remote(requests)
    }

    pub(super) fn stop(&self) {
        // Where nobody hears it, the thread has ended already.
        self.0.send(Request::Stop).unwrap_or_default();
    }

    /// Does something on the PBX's thread and gives what came of it, once clients were told; `None` where the PBX has
    /// ended. Not to be called from the PBX's sink, which runs on that thread.
    pub fn ask<T: Send + 'static>(
        &self,
        step: impl FnOnce(&mut CstaServer, &mut Switch, SimTime) -> T + Send + 'static,
    ) -> Option<T> {
        let (reply, answer) = std_mpsc::channel();
        let step = move |server: &mut CstaServer, switch: &mut Switch, now: SimTime| -> Done {
            let result = step(server, switch, now);
            // Whoever asked may have stopped waiting only by ending.
            Box::new(move || reply.send(result).unwrap_or_default())
        };
        self.0.send(Request::Step(Box::new(step))).ok()?;
        answer.recv().ok()
    }

    /// Does something on the switch, as somebody at a telephone would; returns once clients were told of it.
    ///
    /// # Errors
    /// What the switch answers; [`ServiceError::Unspecified`] where the PBX has ended.
    pub fn command(
        &self,
        step: impl FnOnce(&mut Switch, SimTime) -> Result<(), ServiceError> + Send + 'static,
    ) -> Result<(), ServiceError> {
        self.ask(|_, switch, now| step(switch, now))
            .unwrap_or(Err(ServiceError::Unspecified))
    }
}
