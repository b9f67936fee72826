//! How what a child reports becomes the record.

use offhook_host_protocol::Message;

use crate::trace::{CallbackArgs, Census, HostNote, Party, Recorder, What};

/// Puts what the child reports into the record, and at last that it is silent.
pub(super) struct Sink {
    pub recorder: Recorder,
    pub party: Party,
    /// What is recorded when the child can say nothing any more.
    pub ended: HostNote,
}

impl Sink {
    pub fn record(&self, message: Message) {
        if let Some(what) = recorded(message) {
            self.recorder.push(self.party.clone(), what);
        }
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.recorder
            .push(self.party.clone(), What::Host(self.ended.clone()));
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
