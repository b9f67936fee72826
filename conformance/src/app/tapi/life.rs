//! A provider's life: loaded, started anew, shut down.

use std::collections::HashMap;
use std::path::Path;

use super::record::{Lane, Sink};
use super::{FIRST_HANDLE, FIRST_REQUEST, Invoked, Reusable, Stop, Tapi, call};
use crate::host::{Child, ChildOptions, Death, HostBinary, HostError};
use crate::trace::{HostNote, Party, Recorder, What};
use crate::tspi::{Version, constant_value, functions};

impl Tapi {
    /// Spawns the child, or takes one that another provider was played in, and loads the DLL. Nothing of TSPI is called yet.
    pub(in crate::app) fn load(
        (name, id): (&str, u32),
        host: &HostBinary,
        options: ChildOptions,
        dll: &Path,
        recorder: Recorder,
        reusable: Option<Reusable>,
    ) -> Result<Tapi, HostError> {
        let party = Party::Provider(name.to_owned());
        let timeout = options.deadline;
        let (mut child, lane) = match reusable {
            Some(reusable) => reusable.taken(&options, recorder.clone(), party.clone())?,
            None => {
                let lane = Lane::of(recorder.clone(), party.clone());
                let sink = Sink {
                    lane: lane.clone(),
                    ended: HostNote::Silent,
                };
                let child = Child::spawn(host, options.clone(), move |message| sink.record(message))?;
                (child, lane)
            }
        };
        child.load(dll)?;
        recorder.push(party.clone(), What::Host(HostNote::Loaded));
        let names = exported(&mut child).map_err(HostError::LoadDied)?;
        recorder.push(party, What::Exports { of_ui: false, names });
        Ok(Tapi {
            name: name.to_owned(),
            recorder,
            child,
            lane,
            id,
            next_handle: FIRST_HANDLE,
            next_request: FIRST_REQUEST,
            offers: Version::V3_1,
            version: Version::V1_3,
            lines: 0,
            phones: 0,
            line_versions: Vec::new(),
            phone_versions: Vec::new(),
            lost: Vec::new(),
            unmade: HashMap::new(),
            attended: 0,
            media: HashMap::new(),
            timeout,
            initialised: false,
            initialised_again: 0,
            one_at_a_time: false,
            inside: 0,
            host: host.clone(),
            options,
            dll: dll.to_owned(),
            ui_dll: None,
            applications: Vec::new(),
        })
    }

    /// Keeps whether the provider is initialised, and how it wants to be called.
    pub(super) fn note_life(&mut self, invoked: &Invoked) {
        match invoked.function.name {
            "TSPI_providerInit" if invoked.result == 0 => {
                let options = invoked.number("lpdwTSPIOptions") as u32;
                self.one_at_a_time = options & constant_value("LINETSPIOPTION_NONREENTRANT") != 0;
                match self.initialised {
                    true => self.initialised_again += 1,
                    false => self.initialised = true,
                }
            }
            "TSPI_providerShutdown" if invoked.result >= 0 => match self.initialised_again {
                0 => self.initialised = false,
                _ => self.initialised_again -= 1,
            },
            _ => {}
        }
    }

    /// Ends the provider and starts it anew, in the same process.
    pub fn restart(&mut self) -> Result<(), Stop> {
        self.restart_after(|_| Ok(()))
    }

    /// The same, with something done in between.
    pub fn restart_after(&mut self, between: impl FnOnce(&mut Tapi) -> Result<(), Stop>) -> Result<(), Stop> {
        self.shut_down()?;
        between(self)?;
        self.line_versions.clear();
        self.phone_versions.clear();
        self.lost.clear();
        self.media.clear();
        self.start()
    }

    /// Has what the process has counted into the record.
    pub fn census(&mut self) -> Result<(), Stop> {
        // Under Wine a port can be opened twice, so that it does not tell who holds it.
        let ports = match &self.host {
            HostBinary::Wine { .. } => Vec::new(),
            HostBinary::Native(_) if cfg!(windows) => {
                let ports = self.options.ports.iter();
                ports
                    .map(|port| format!(r"\\.\{}", port.trim_start_matches(r"\\.\")))
                    .collect()
            }
            HostBinary::Native(_) => self.options.ports.clone(),
        };
        let counted = self.child.census(ports);
        counted.map_err(|death| self.died(death))
    }

    fn shut_down(&mut self) -> Result<(), Stop> {
        let call = call("TSPI_providerShutdown")?
            .dword("dwTSPIVersion", self.version.0)
            .dword("dwPermanentProviderID", self.id);
        self.demand(call).map(drop)
    }

    /// Ends the applications, shuts the provider down and ends its child. Where the child is to be kept it goes on without the
    /// provider, if that leaves nothing in it.
    pub(in crate::app) fn finish(mut self, keep: bool) -> Result<Option<Reusable>, Stop> {
        let applications = self.end_applications();
        let provider = self.finish_provider(keep);
        applications.and(provider)
    }

    fn finish_provider(mut self, keep: bool) -> Result<Option<Reusable>, Stop> {
        // As many as TSPI_providerInit succeeded: a provider that counts them runs until the last. One that has ignored all
        // but the first has ended with the first, and may refuse the rest.
        let mut ended = false;
        while self.initialised {
            match self.shut_down() {
                Ok(()) => ended = true,
                Err(stop) if !ended || matches!(stop, Stop::Died { .. }) => return Err(stop),
                Err(_) => self.initialised = false,
            }
        }
        let party = self.party();
        let unloaded = if keep {
            self.child.unload()
        } else {
            Ok(Err(String::new()))
        };
        let ended = match unloaded {
            Ok(Ok(())) => {
                self.lane.leave(HostNote::Silent);
                self.recorder.push(party, What::Host(HostNote::Ended));
                return Ok(Some(Reusable::new(self.child, self.lane)));
            }
            Ok(Err(_)) => self.child.shutdown(),
            Err(death) => Err(death),
        };
        match ended {
            Ok(()) => {
                self.recorder.push(party, What::Host(HostNote::Ended));
                Ok(None)
            }
            Err(death) => {
                self.recorder
                    .push(party, What::Host(HostNote::Died(death.to_string())));
                Err(Stop::Died {
                    provider: self.name,
                    death,
                })
            }
        }
    }
}

/// The functions of TSPI that the DLL in a child exports.
pub(super) fn exported(child: &mut Child) -> Result<Vec<&'static str>, Death> {
    let names: Vec<&'static str> = functions().map(|function| function.name).collect();
    let found = child.exports(&names)?;
    let found = names.into_iter().zip(found).filter(|(_, found)| *found);
    Ok(found.map(|(name, _)| name).collect())
}
