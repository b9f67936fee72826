//! How what a child reports becomes the record.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use offhook_host_protocol::Message;

use crate::trace::{CallbackArgs, Census, HostNote, Party, Recorder, What};

/// The record that a child's messages go into; another one for each provider that is played in it. A clone is the same.
#[derive(Clone, Default)]
pub(super) struct Lane(Arc<Mutex<Option<(Recorder, Party)>>>);

impl Lane {
    /// A lane of this record.
    pub fn of(recorder: Recorder, party: Party) -> Lane {
        let lane = Lane::default();
        lane.turn_to(recorder, party);
        lane
    }

    /// From here on the messages go into this record.
    pub fn turn_to(&self, recorder: Recorder, party: Party) {
        *self.lock() = Some((recorder, party));
    }

    /// Nothing goes into the record any more, which says so.
    pub fn leave(&self, ended: HostNote) {
        if let Some((recorder, party)) = self.lock().take() {
            recorder.push(party, What::Host(ended));
        }
    }

    fn push(&self, what: What) {
        if let Some((recorder, party)) = &*self.lock() {
            recorder.push(party.clone(), what);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<(Recorder, Party)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Puts what the child reports into the record, and at last that it is silent.
pub(super) struct Sink {
    pub lane: Lane,
    /// What is recorded when the child can say nothing any more.
    pub ended: HostNote,
}

impl Sink {
    pub fn record(&self, message: Message) {
        if let Some(what) = recorded(message) {
            self.lane.push(what);
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.lane.leave(self.ended.clone());
    }
}

/// What a message is in the record; the child's own affairs are none.
fn recorded(message: Message) -> Option<What> {
    Some(match message {
        Message::Returned {
            seq, result, outs, ..
        } => What::Return { seq, result, outs },
        Message::Missing { seq } => What::NotExported { seq },
        Message::Completed { request, result, .. } => What::Completed { request, result },
        Message::Line {
            line,
            call,
            msg,
            params,
            new_call,
            data,
            stamp,
        } => What::Line(CallbackArgs {
            device: line,
            call,
            msg,
            params,
            new_call,
            micros: stamp.micros,
            data,
        }),
        Message::Phone {
            phone,
            msg,
            params,
            stamp,
        } => What::Phone(CallbackArgs {
            device: phone,
            call: 0,
            msg,
            params,
            new_call: None,
            micros: stamp.micros,
            data: Vec::new(),
        }),
        Message::Ui {
            ask,
            object,
            kind,
            params,
            ..
        } => What::Ui {
            ask,
            object,
            kind,
            params,
        },
        Message::Signalled { seq, .. } => What::Signalled { seq },
        Message::Dialog {
            provider,
            request,
            hd,
            ht,
            ui_dll,
            params,
            ..
        } => What::Dialog {
            provider,
            request,
            hd,
            ht,
            ui_dll,
            params,
        },
        Message::Census {
            threads,
            handles,
            memory,
            open,
        } => What::Census(Census {
            threads,
            handles,
            memory,
            open,
        }),
        Message::Kept { seq, outs } => What::Kept { seq, outs },
        Message::Hello { .. }
        | Message::Exports { .. }
        | Message::Was { .. }
        | Message::Done
        | Message::Failed { .. }
        | Message::Fault { .. }
        | Message::Exiting { .. } => return None,
    })
}
