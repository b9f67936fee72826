//! Dialogs that a user interface shows: each in a thread of its own, ready for data at its time, over at its time.

use std::time::Instant;

use super::{Tapi, call};
use crate::app::Stop;
use crate::host::Heard;
use crate::trace::{HostNote, Waited, What};
use crate::tspi::constant_value;

/// The function that is called in a thread of its own, and returns when its dialog is over.
pub(super) const DIALOG: &str = "TUISPI_providerGenericDialog";

/// What a provider said when it asked for a dialog.
pub(super) struct Created {
    pub hd: u64,
    pub ui_dll: String,
    pub params: Vec<u8>,
}

/// A dialog that a thread of the application shows.
pub(super) struct Dialog {
    /// TAPI's handle, and the provider's.
    pub ht: u64,
    pub hd: u64,
    /// The number of its call.
    pub seq: u32,
    /// Where in the record it was called.
    pub from: usize,
    /// Whether it has signalled its event.
    pub ready: bool,
    /// Events before this one have been looked at for data.
    pub data_seen: usize,
}

impl Tapi {
    /// Waits until a dialog is ready for data, and answers what it asks before; `None` where it has returned.
    pub(super) fn await_dialog(&mut self, index: usize, seq: u32, from: usize) -> Result<Option<bool>, Stop> {
        let (deadline, mut next) = (Instant::now() + self.timeout, from);
        loop {
            self.answer_asked(index)?;
            let left = deadline.saturating_duration_since(Instant::now());
            let party = self.party();
            let waited = self.recorder.wait(next, left, |at, event| match &event.what {
                _ if event.by != party => None,
                What::Signalled { seq: of } if *of == seq => Some((at, Some(true))),
                What::Return { seq: of, .. } | What::NotExported { seq: of } if *of == seq => {
                    Some((at, None))
                }
                What::Ui { .. } | What::Host(HostNote::UiSilent) => Some((at, Some(false))),
                _ => None,
            });
            match waited {
                Waited::Seen((_, None)) => return Ok(None),
                Waited::Seen((_, Some(true))) => return Ok(Some(true)),
                Waited::Seen((at, Some(false))) => {
                    next = at + 1;
                    self.check_alive(index)?;
                }
                Waited::TimedOut => {
                    let text = format!(
                        "{DIALOG} neither signalled hEvent nor returned within {:?}",
                        self.timeout
                    );
                    return Err(Stop::failed(text));
                }
            }
        }
    }

    /// What the provider said of a dialog that it asked for.
    pub(super) fn created_dialog(&self, ht: u64) -> Option<Created> {
        let party = self.party();
        let found = self.recorder.find(0, |_, event| match &event.what {
            What::Dialog {
                ht: of,
                hd,
                ui_dll,
                params,
                ..
            } if *of == ht && event.by == party => Some(Created {
                hd: *hd,
                ui_dll: ui_dll.clone(),
                params: params.clone(),
            }),
            _ => None,
        });
        found.0
    }

    /// Does what is due between the user interfaces and the provider: answers, passes data on to dialogs that are ready for
    /// them, and tells the provider of dialogs that are over. Gives TAPI's handles of those.
    pub(in crate::app) fn attend_ui(&mut self) -> Result<Vec<u64>, Stop> {
        let mut over = Vec::new();
        for index in 0..self.applications.len() {
            self.answer_asked(index)?;
            self.check_alive(index)?;
            self.pass_data(index)?;
            over.extend(self.free_ended(index)?);
        }
        Ok(over)
    }

    fn pass_data(&mut self, index: usize) -> Result<(), Stop> {
        let message = constant_value("LINE_SENDDIALOGINSTANCEDATA");
        for place in 0..self.applications[index].dialogs.len() {
            while let Some(dialog) = self.applications[index].dialogs.get(place)
                && dialog.ready
            {
                let (ht, from) = (dialog.ht, dialog.data_seen);
                let party = self.party();
                let found = self.recorder.find(from, |at, event| match &event.what {
                    What::Line(args) if event.by == party && args.msg == message && args.device == ht => {
                        Some((at, args.params[0] != 0, args.data.clone()))
                    }
                    _ => None,
                });
                let Some((at, some, data)) = found.0 else { break };
                self.applications[index].dialogs[place].data_seen = at + 1;
                let passed = call("TUISPI_providerGenericDialogData")?.handle("htDlgInst", ht);
                let passed = match some {
                    true => passed.bytes("lpParams", data),
                    false => passed.null("lpParams"),
                };
                self.invoke_ui(passed, self.version)?;
            }
        }
        Ok(())
    }

    fn free_ended(&mut self, index: usize) -> Result<Vec<u64>, Stop> {
        let mut over = Vec::new();
        let party = self.party();
        let mut place = 0;
        while let Some(dialog) = self.applications[index].dialogs.get(place) {
            let (seq, ht, hd) = (dialog.seq, dialog.ht, dialog.hd);
            let ended = self.recorder.find(dialog.from, |_, event| match &event.what {
                What::Return { seq: of, .. } if *of == seq && event.by == party => Some(()),
                _ => None,
            });
            if ended.0.is_none() {
                place += 1;
                continue;
            }
            self.applications[index].dialogs.remove(place);
            over.push(ht);
            self.free_dialog(hd)?;
        }
        Ok(over)
    }

    /// Tells the provider that a dialog is over.
    fn free_dialog(&mut self, hd: u64) -> Result<(), Stop> {
        let free = "TSPI_providerFreeDialogInstance";
        if hd != 0 && self.missing(&[free])?.is_empty() {
            self.invoke(call(free)?.handle("hdDlgInst", hd))?;
        }
        Ok(())
    }

    /// Has the dialogs closed that are still shown, as TAPI does when an application ends, and waits for their end.
    pub(in crate::app) fn close_dialogs(&mut self) -> Result<Vec<u64>, Stop> {
        let mut over = Vec::new();
        for index in 0..self.applications.len() {
            while let Some(dialog) = self.applications[index].dialogs.first() {
                let (ht, hd, seq) = (dialog.ht, dialog.hd, dialog.seq);
                let close = call("TUISPI_providerGenericDialogData")?.handle("htDlgInst", ht);
                let closed = match self.applications[index].told {
                    true => Ok(()),
                    false => self.invoke_ui(close.null("lpParams"), self.version).map(drop),
                };
                let closed = closed.and_then(|()| match self.applications[index].told {
                    true => Ok(()),
                    false => self.await_end(index, seq),
                });
                self.applications[index].dialogs.remove(0);
                over.push(ht);
                closed.and(self.free_dialog(hd))?;
            }
        }
        Ok(over)
    }

    fn await_end(&mut self, index: usize, seq: u32) -> Result<(), Stop> {
        loop {
            let heard = self.applications[index].child.hear(seq, DIALOG, true);
            match heard.map_err(|death| self.ui_died(index, death))? {
                Heard::Asked(asked) => self.relay(index, asked)?,
                Heard::Replied(_) => return Ok(()),
            }
        }
    }
}
