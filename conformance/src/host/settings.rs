//! What a child is to find in its registry: written before the provider is loaded, put back by the next child there.

use super::{
    Child, ChildOptions, HostBinary, HostError, RegistrySetting,
    registry::{Journal, Written},
};
use etcetera::BaseStrategy;
use offhook_host_protocol::{Message, RegistryValue, Request};
use std::io;
use std::sync::{Mutex, PoisonError};

/// Where it is kept what was written into a registry.
const REGISTRY_JOURNAL: &str = "registry-written.json";

/// How many children live whose registry is the user's own, which they share.
static SHARING: Mutex<u32> = Mutex::new(0);

/// One child of those that share the user's registry, for as long as it lives.
#[derive(Debug)]
pub(super) struct Sharing(());

impl Sharing {
    /// One more than there were.
    fn one_more(sharing: &mut u32) -> Sharing {
        *sharing += 1;
        Sharing(())
    }
}

impl Drop for Sharing {
    fn drop(&mut self) {
        *SHARING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
    }
}

impl Child {
    /// Puts back what earlier children there have left in the registry, then writes these values. Where another child
    /// lives that shares the registry, what was written for it stays.
    pub(super) fn write_registry(&mut self, settings: &[RegistrySetting]) -> Result<(), HostError> {
        if self.seat.is_some() {
            return self.write_beside(0, settings);
        }
        // Held until all is written: another child that starts meanwhile would take it for what a dead one has left.
        let mut sharing = SHARING.lock().unwrap_or_else(PoisonError::into_inner);
        let beside = *sharing;
        self.sharing = Some(Sharing::one_more(&mut sharing));
        self.write_beside(beside, settings)
    }

    /// The same, with so many children beside this one.
    fn write_beside(&mut self, beside: u32, settings: &[RegistrySetting]) -> Result<(), HostError> {
        let journal = match &self.seat {
            Some(seat) => seat.dir().join(REGISTRY_JOURNAL),
            None => {
                let base = etcetera::choose_base_strategy()
                    .map_err(|error| HostError::Registry(error.to_string()))?;
                base.cache_dir().join("offhook").join(REGISTRY_JOURNAL)
            }
        };
        let failed = |error: io::Error| HostError::Registry(error.to_string());
        let mut journal = Journal::open(&journal).map_err(failed)?;
        let undo = journal.to_undo(beside);
        if !undo.is_empty() {
            for written in undo {
                self.set_registry(&written.key, &written.name, &written.was)?;
                if let Some(key) = written.made {
                    match self.ask_for_registry(&Request::RemoveKey { key })? {
                        Message::Done => {}
                        other => {
                            return Err(HostError::Registry(format!("the child answers with {other:?}")));
                        }
                    }
                }
            }
            journal.clear().map_err(failed)?;
        }
        for setting in settings {
            let (was, made) = self.set_registry(&setting.key, &setting.name, &setting.value)?;
            let (key, name) = (setting.key.clone(), setting.name.clone());
            journal.push(Written { key, name, was, made }).map_err(failed)?;
        }
        Ok(())
    }

    fn set_registry(
        &mut self,
        key: &str,
        name: &str,
        value: &RegistryValue,
    ) -> Result<(RegistryValue, Option<String>), HostError> {
        let request = Request::SetRegistry {
            key: key.to_owned(),
            name: name.to_owned(),
            value: value.clone(),
        };
        match self.ask_for_registry(&request)? {
            Message::Was { value, made } => Ok((value, made)),
            other => Err(HostError::Registry(format!("the child answers with {other:?}"))),
        }
    }

    fn ask_for_registry(&mut self, request: &Request) -> Result<Message, HostError> {
        match self.ask(request, "start").map_err(HostError::StartDied)? {
            Message::Failed { what, .. } => Err(HostError::Registry(what)),
            answer => Ok(answer),
        }
    }

    /// Puts the registry back as it was before any child, where that cannot wait for the next one: it is the user's own.
    ///
    /// # Errors
    /// That a child could not be started for it, or not do it.
    pub fn restore_registry(host: &HostBinary) -> Result<(), HostError> {
        let child = Child::spawn(host, ChildOptions::default(), |_| ())?;
        child.shutdown().map_err(HostError::StartDied)
    }
}
