//! An application's process, in which the user interface of a provider lives: its DLL is loaded there, its functions are
//! called there, and what it says through `TUISPIDLLCALLBACK` is passed to the provider's process and back.

use std::path::Path;
use std::time::Instant;

use offhook_host_protocol::Arg;

use super::{Sink, Tapi, call};
use crate::app::{Invoked, Stop};
use crate::host::{Asked, Child, ChildOptions, Death, Heard, HostError};
use crate::trace::{HostNote, Waited, What};
use crate::tspi::marshal::Call;
use crate::tspi::{Need, Version, constant_value};

/// The first number of a call in an application's process, apart from those in the provider's.
pub(super) const FIRST_CALL: u32 = 0x0100_0000;

/// How many numbers each process has.
const CALLS_EACH: u32 = 0x0100_0000;

/// The function that is called in a thread of its own, and returns when its dialog is over.
const DIALOG: &str = "TUISPI_providerGenericDialog";

/// A process with a user interface DLL.
pub(super) struct Application {
    /// The DLL by the path that the provider gave.
    path: String,
    child: Child,
    /// Dialogs that are shown.
    dialogs: Vec<Dialog>,
    /// How it ended, once that was told.
    told: bool,
}

/// What a provider said when it asked for a dialog.
struct Created {
    hd: u64,
    ui_dll: String,
    params: Vec<u8>,
}

/// A dialog that a thread of the application shows.
struct Dialog {
    ht: u64,
    hd: u64,
    /// The number of its call.
    seq: u32,
    /// Where in the record it was called.
    from: usize,
    /// Whether it has signalled its event.
    ready: bool,
    /// Events before this one have been looked at for data.
    data_seen: usize,
}

impl Tapi {
    /// Which of these functions the user interface DLL does not export: all, where there is none.
    pub(super) fn missing_in_ui<'n>(&mut self, names: &[&'n str]) -> Result<Vec<&'n str>, Stop> {
        let Some(path) = self.ui_dll()? else {
            return Ok(names.to_vec());
        };
        let index = self.application(&path)?;
        let found = self.applications[index].child.exports(names);
        let found = found.map_err(|death| self.ui_died(index, death))?;
        let missing = names.iter().zip(found).filter(|(_, found)| !found);
        Ok(missing.map(|(name, _)| *name).collect())
    }

    /// The user interface DLL that the provider names; asked for once.
    fn ui_dll(&mut self) -> Result<Option<String>, Stop> {
        if let Some(known) = &self.ui_dll {
            return Ok(known.clone());
        }
        let name = "TSPI_providerUIIdentify";
        let mut path = None;
        if self.missing(&[name])?.is_empty() {
            let identified = self.invoke(call(name)?)?;
            let units = identified.out("lpszUIDLLName").unwrap_or_default();
            let units = units.chunks_exact(2);
            let units = units.map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            let units: Vec<u16> = units.take_while(|unit| *unit != 0).collect();
            path = Some(String::from_utf16_lossy(&units))
                .filter(|path| identified.result == 0 && !path.is_empty());
        }
        self.ui_dll = Some(path.clone());
        Ok(path)
    }

    /// The application with this user interface DLL, started where there is none. One that has ended is not started again:
    /// what was shown in it is gone.
    fn application(&mut self, path: &str) -> Result<usize, Stop> {
        if let Some(index) = self.applications.iter().position(|one| one.path == path) {
            return Ok(index);
        }
        let index = self.applications.len();
        let sink = Sink {
            recorder: self.recorder.clone(),
            party: self.party(),
            ended: HostNote::UiSilent,
        };
        let options = ChildOptions {
            registry: Vec::new(),
            ..self.options.clone()
        };
        let started = self
            .child
            .spawn_beside(options, move |message| sink.record(message));
        let mut child = started.map_err(|error| Stop::Bug(format!("an application's process: {error}")))?;
        child.count_from(FIRST_CALL + u32::try_from(index).unwrap_or(0) * CALLS_EACH);
        let loaded = match beside(path, &self.dll) {
            Some(file) => child.load(&file),
            None => child.load_by_name(path),
        };
        match loaded {
            Ok(()) => {}
            Err(HostError::LoadDied(death)) => return Err(self.ui_gone(death)),
            Err(HostError::Load { what, .. }) => {
                let text = format!("the user interface DLL {path} cannot be loaded: {what}");
                return Err(Stop::failed(text));
            }
            Err(error) => return Err(Stop::Bug(error.to_string())),
        }
        self.recorder.push(self.party(), What::Host(HostNote::UiLoaded));
        self.applications.push(Application {
            path: path.to_owned(),
            child,
            dialogs: Vec::new(),
            told: false,
        });
        Ok(index)
    }

    /// Calls a function of the user interface in the application's process. A dialog has a thread of its own: the call
    /// succeeds when it is ready for data, and what comes of it later is for [`Tapi::attend_ui`].
    pub(super) fn invoke_ui(&mut self, call: Call, version: Version) -> Result<Invoked, Stop> {
        let (function, _, mut args) = self.arguments(call, version)?;
        let place = |name| function.arg(name).filter(|place| *place < args.len());
        let (ht_place, block, size) = (place("htDlgInst"), place("lpParams"), place("dwSize"));
        let ht = match ht_place.map(|place| &args[place]) {
            Some(Arg::Value(ht)) => Some(*ht),
            _ => None,
        };
        let created = ht.and_then(|ht| self.created_dialog(ht));
        // What a dialog begins with is what the provider asked for it with.
        if function.name == DIALOG
            && let (Some(created), Some(block), Some(size)) = (&created, block, size)
            && matches!(args[block], Arg::Null)
            && !created.params.is_empty()
        {
            args[size] = Arg::Value(created.params.len() as u64);
            args[block] = Arg::Out {
                bytes: created.params.clone(),
                keep: false,
            };
        }
        let named = created.as_ref().map(|created| created.ui_dll.clone());
        let path = match named.filter(|path| !path.is_empty()) {
            Some(path) => Some(path),
            None => self.ui_dll()?,
        };
        let Some(path) = path else {
            let text = "the provider names no user interface DLL by TSPI_providerUIIdentify";
            return Err(Stop::Skipped(text.to_owned()));
        };
        let index = self.application(&path)?;
        let from = self.recorder.len();
        let apart = function.name == DIALOG;
        let seq = self.applications[index].child.next_seq();
        self.record_call(seq, function, &args);
        let begun = self.applications[index].child.begin(function.name, args, apart);
        begun.map_err(|death| self.ui_died(index, death))?;
        if apart && let Some(ready) = self.await_dialog(index, seq, from)? {
            let (ht, hd) = (ht.unwrap_or_default(), created.map_or(0, |created| created.hd));
            self.applications[index].dialogs.push(Dialog {
                ht,
                hd,
                seq,
                from,
                ready,
                data_seen: 0,
            });
            return Ok(Invoked {
                function,
                result: 0,
                request: 0,
                from,
                seq,
                outs: Vec::new(),
            });
        }
        loop {
            let heard = self.applications[index].child.hear(seq, function.name, apart);
            match heard.map_err(|death| self.ui_died(index, death))? {
                Heard::Asked(asked) => self.relay(index, asked)?,
                Heard::Replied(crate::host::Replied::Missing) => {
                    let text = format!("the user interface DLL does not export {}", function.name);
                    return Err(match function.need {
                        Need::Optional => Stop::Skipped(text),
                        _ => Stop::failed(text),
                    });
                }
                Heard::Replied(replied) => return self.invoked(function, 0, from, seq, replied),
            }
        }
    }

    /// Waits until a dialog is ready for data, and answers what it asks before; `None` where it has returned.
    fn await_dialog(&mut self, index: usize, seq: u32, from: usize) -> Result<Option<bool>, Stop> {
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
    fn created_dialog(&self, ht: u64) -> Option<Created> {
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

    fn answer_asked(&mut self, index: usize) -> Result<(), Stop> {
        while let Some(asked) = self.applications[index].child.asked() {
            self.relay(index, asked)?;
        }
        Ok(())
    }

    /// Passes what a user interface says to the provider, and what comes of it back. The provider knows a dialog by its own
    /// handle (`nf-tspi-tspi_providergenericdialogdata.md`), the user interface by TAPI's.
    fn relay(&mut self, index: usize, asked: Asked) -> Result<(), Stop> {
        const RELAY: &str = "TSPI_providerGenericDialogData";
        let dialog = asked.kind == constant_value("TUISPIDLL_OBJECT_DIALOGINSTANCE");
        let known = self.created_dialog(asked.object).filter(|_| dialog);
        let object = known.map_or(asked.object, |created| created.hd);
        let (mut result, mut params) = (
            constant_value("LINEERR_OPERATIONUNAVAIL").cast_signed(),
            asked.params.clone(),
        );
        if self.missing(&[RELAY])?.is_empty() {
            let relayed = call(RELAY)?
                .handle("dwObjectID", object)
                .dword("dwObjectType", asked.kind);
            let relayed = match asked.params.is_empty() {
                true => relayed,
                false => relayed.bytes("lpParams", asked.params),
            };
            let relayed = self.invoke(relayed)?;
            result = relayed.result;
            params = relayed.out("lpParams").map_or(params, <[u8]>::to_vec);
        }
        let ask = asked.ask;
        self.recorder.push(
            self.party(),
            What::UiAnswer {
                ask,
                result,
                params: params.clone(),
            },
        );
        let answered = self.applications[index].child.answer_ask(ask, result, params);
        answered.map_err(|death| self.ui_died(index, death))
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

    /// Tells, once, that an application has ended by itself.
    fn check_alive(&mut self, index: usize) -> Result<(), Stop> {
        match self.applications[index].child.death() {
            Some(death) if !self.applications[index].told => Err(self.ui_died(index, death)),
            _ => Ok(()),
        }
    }

    fn ui_died(&mut self, index: usize, death: Death) -> Stop {
        let told = std::mem::replace(&mut self.applications[index].told, true);
        match told {
            true => Stop::UiDied {
                provider: self.name.clone(),
                death,
            },
            false => self.ui_gone(death),
        }
    }

    fn ui_gone(&self, death: Death) -> Stop {
        self.recorder
            .push(self.party(), What::Host(HostNote::UiDied(death.to_string())));
        Stop::UiDied {
            provider: self.name.clone(),
            death,
        }
    }

    /// Ends the applications' processes.
    pub(super) fn end_applications(&mut self) -> Result<(), Stop> {
        let mut first = Ok(());
        for application in std::mem::take(&mut self.applications) {
            let Application { child, told, .. } = application;
            match child.shutdown() {
                Ok(()) => self.recorder.push(self.party(), What::Host(HostNote::UiEnded)),
                Err(_) if told => {}
                Err(death) => first = first.and(Err(self.ui_gone(death))),
            }
        }
        first
    }
}

/// The file beside the provider that a bare file name means: a vendor's installer puts both into one folder.
fn beside(name: &str, dll: &Path) -> Option<std::path::PathBuf> {
    let bare = !name.contains(['/', '\\', ':']);
    let file = dll.parent()?.join(name);
    (bare && file.is_file()).then_some(file)
}
