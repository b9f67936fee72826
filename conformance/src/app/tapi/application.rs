//! An application's process, in which the user interface of a provider lives: its DLL is loaded there, its functions are
//! called there, and what it says through `TUISPIDLLCALLBACK` is passed to the provider's process and back.

use std::path::Path;

use offhook_host_protocol::Arg;

use super::dialogs::{DIALOG, Dialog};
use super::life::exported;
use super::record::{Lane, Sink};
use super::{Tapi, call};
use crate::app::{Invoked, Stop};
use crate::host::{Asked, Child, ChildOptions, Death, Heard, HostError, Replied};
use crate::trace::{HostNote, What};
use crate::tspi::marshal::Call;
use crate::tspi::{Function, Need, Version, constant_value};

/// The first number of a call in an application's process, apart from those in the provider's.
pub(super) const FIRST_CALL: u32 = 0x0100_0000;

/// How many numbers each process has.
const CALLS_EACH: u32 = 0x0100_0000;

/// A process with a user interface DLL.
pub(super) struct Application {
    /// The DLL by the path that the provider gave.
    path: String,
    pub(super) child: Child,
    /// Dialogs that are shown.
    pub(super) dialogs: Vec<Dialog>,
    /// Whether it was told how it ended.
    pub(super) told: bool,
}

/// A call of the user interface that is ready to be made.
pub(super) struct ReadyUi {
    /// The place of its application.
    pub application: usize,
    pub function: &'static Function,
    pub args: Vec<Arg>,
    /// TAPI's handle of the dialog that it is about, 0 where it is about none.
    pub ht: u64,
    /// The provider's handle of that dialog.
    pub hd: u64,
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
            lane: Lane::of(self.recorder.clone(), self.party()),
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
        let names = exported(&mut child).map_err(|death| self.ui_gone(death))?;
        self.recorder
            .push(self.party(), What::Exports { of_ui: true, names });
        self.applications.push(Application {
            path: path.to_owned(),
            child,
            dialogs: Vec::new(),
            told: false,
        });
        Ok(index)
    }

    /// What a call of a function of the user interface needs: its application, the arguments, and the dialog that it is about.
    pub(super) fn ready_ui(&mut self, call: Call, version: Version) -> Result<ReadyUi, Stop> {
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
        Ok(ReadyUi {
            application: self.application(&path)?,
            function,
            args,
            ht: ht.unwrap_or_default(),
            hd: created.map_or(0, |created| created.hd),
        })
    }

    /// Calls a function of the user interface in the application's process. A dialog has a thread of its own: the call
    /// succeeds when it is ready for data, and what comes of it later is for [`Tapi::attend_ui`].
    pub(super) fn invoke_ui(&mut self, call: Call, version: Version) -> Result<Invoked, Stop> {
        let ReadyUi {
            application: index,
            function,
            args,
            ht,
            hd,
        } = self.ready_ui(call, version)?;
        let from = self.recorder.len();
        let apart = function.name == DIALOG;
        let seq = self.applications[index].child.next_seq();
        self.record_call(seq, function, &args);
        let begun = self.applications[index].child.begin(function.name, args, apart);
        begun.map_err(|death| self.ui_died(index, death))?;
        if apart && let Some(ready) = self.await_dialog(index, seq, from)? {
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
        let replied = self.hear_ui(index, seq, function, apart)?;
        self.invoked(function, 0, from, seq, replied)
    }

    /// Waits for the return of a call of the user interface, and passes on what it asks before.
    pub(super) fn hear_ui(
        &mut self,
        index: usize,
        seq: u32,
        function: &'static Function,
        apart: bool,
    ) -> Result<Replied, Stop> {
        loop {
            let heard = self.applications[index].child.hear(seq, function.name, apart);
            match heard.map_err(|death| self.ui_died(index, death))? {
                Heard::Asked(asked) => self.relay(index, asked)?,
                Heard::Replied(Replied::Missing) => {
                    let text = format!("the user interface DLL does not export {}", function.name);
                    return Err(match function.need {
                        Need::Optional => Stop::Skipped(text),
                        _ => Stop::failed(text),
                    });
                }
                Heard::Replied(replied) => return Ok(replied),
            }
        }
    }

    /// Whether a dialog is shown, which may ask for something at any time.
    pub(super) fn shows_dialogs(&self) -> bool {
        let shows = |one: &Application| !one.told && !one.dialogs.is_empty();
        self.applications.iter().any(shows)
    }

    /// Passes on what user interfaces wait for an answer to, and tells of one that has ended.
    pub(super) fn attend_asked(&mut self) -> Result<(), Stop> {
        for index in 0..self.applications.len() {
            self.answer_asked(index)?;
            self.check_alive(index)?;
        }
        Ok(())
    }

    pub(super) fn answer_asked(&mut self, index: usize) -> Result<(), Stop> {
        while let Some(asked) = self.applications[index].child.asked() {
            self.relay(index, asked)?;
        }
        Ok(())
    }

    /// Passes what a user interface says to the provider, and what comes of it back. The provider knows a dialog by its own
    /// handle (`nf-tspi-tspi_providergenericdialogdata.md`), the user interface by TAPI's.
    pub(super) fn relay(&mut self, index: usize, asked: Asked) -> Result<(), Stop> {
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

    /// Tells, once, that an application has ended by itself.
    pub(super) fn check_alive(&mut self, index: usize) -> Result<(), Stop> {
        match self.applications[index].child.death() {
            Some(death) if !self.applications[index].told => Err(self.ui_died(index, death)),
            _ => Ok(()),
        }
    }

    pub(super) fn ui_died(&mut self, index: usize, death: Death) -> Stop {
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
