//! Calls that nobody owns: what TAPI does with a call that a provider announces and no application takes.
//!
//! The pages contradict each other, and agree where each speaks of its own version. `unowned-calls.md`: TAPI drops such a call,
//! from version 2.0 on by TSPI_lineDrop. `tspi-linedropnoowner.md` and `what-s-new-for-tspi-version-2-1.md`: from 2.1 on it drops
//! none by itself, for applications may be on other machines. So by the version of the line: 1.4 by TSPI_lineDropNoOwner where that
//! is exported, up to 2.0 by TSPI_lineDrop, later not at all.

use super::Stop;
use super::steps::Player;
use super::tapi::call;
use crate::rules::Story;
use crate::tspi::{Version, constant_value};

/// A call that TAPI drops because nobody owns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unowned {
    provider: usize,
    ht: u64,
    hd: u64,
    /// Whether it is closed: its handle is passed no more.
    closed: bool,
}

/// The oldest version of which TAPI leaves such calls alone.
const LEAVES_ALONE: Version = Version::V2_1;

impl Player<'_> {
    /// A state of an announced call was reported by event `at`: where nobody owns the call it is dropped, and one that was
    /// dropped so is closed once it is idle.
    pub(super) fn see_state(
        &mut self,
        provider: usize,
        at: usize,
        line: u64,
        ht: u64,
        state: u32,
    ) -> Result<(), Stop> {
        let idle = state == constant_value("LINECALLSTATE_IDLE");
        let dropped = self
            .handles
            .unowned
            .iter()
            .position(|one| one.provider == provider && one.ht == ht);
        if let Some(place) = dropped {
            return match idle {
                true => self.close_unowned(place),
                false => Ok(()),
            };
        }
        let over = idle || state == constant_value("LINECALLSTATE_DISCONNECTED");
        let open = self
            .handles
            .lines
            .values()
            .find(|open| open.provider == provider && open.ht == line);
        let Some(device) = open.map(|open| open.device) else {
            return Ok(());
        };
        let version = self.stage.providers[provider].line_version(device);
        if over || version >= LEAVES_ALONE {
            return Ok(());
        }
        let events = self.stage.recorder.events();
        let story = Story::read(&events, &self.stage.providers[provider].party());
        let Some(told) = story.call(ht) else { return Ok(()) };
        let is_first = told.states.first().is_some_and(|seen| seen.at == at);
        // The steps are one application, which takes every call as long as it has not said which.
        let (Some(hd), Some(wanted), true) = (told.hd, story.media_mask(line, at), is_first) else {
            return Ok(());
        };
        if wanted != 0
            && self
                .media_of(provider, hd, version)?
                .is_none_or(|media| media & wanted != 0)
        {
            return Ok(());
        }
        let closed = false;
        self.drop_unowned(
            Unowned {
                provider,
                ht,
                hd,
                closed,
            },
            version,
        )
    }

    /// The media mode of a call, by which TAPI looks for its owner; `None` where it is not known yet.
    fn media_of(&mut self, provider: usize, hd: u64, version: Version) -> Result<Option<u32>, Stop> {
        let tapi = &mut self.stage.providers[provider];
        let query = call("TSPI_lineGetCallInfo")?.handle("hdCall", hd);
        let answered = tapi.invoke_at(query, version)?;
        tapi.aside(answered.seq);
        let info = answered.out("lpCallInfo").filter(|_| answered.result == 0);
        let info =
            info.map(|info| crate::tspi::decode(&crate::tspi::structures::LINECALLINFO, info, version));
        let media = info.and_then(|info| info.get("dwMediaMode")?.number());
        Ok(media.filter(|media| *media != 0 && media & constant_value("LINEMEDIAMODE_UNKNOWN") == 0))
    }

    fn drop_unowned(&mut self, unowned: Unowned, version: Version) -> Result<(), Stop> {
        let tapi = &mut self.stage.providers[unowned.provider];
        let own = "TSPI_lineDropNoOwner";
        let function = match version == Version::V1_4 && tapi.missing(&[own])?.is_empty() {
            true => own,
            false => "TSPI_lineDrop",
        };
        if tapi.missing(&[function])?.is_empty() {
            tapi.invoke_at(call(function)?.handle("hdCall", unowned.hd), version)?;
        }
        self.handles.unowned.push(unowned);
        Ok(())
    }

    /// Closes the calls that were dropped and never became idle.
    pub(super) fn close_all_unowned(&mut self) -> Result<(), Stop> {
        for place in 0..self.handles.unowned.len() {
            self.close_unowned(place)?;
        }
        Ok(())
    }

    fn close_unowned(&mut self, place: usize) -> Result<(), Stop> {
        let unowned = &mut self.handles.unowned[place];
        if std::mem::replace(&mut unowned.closed, true) {
            return Ok(());
        }
        let (provider, close) = (
            unowned.provider,
            call("TSPI_lineCloseCall")?.handle("hdCall", unowned.hd),
        );
        self.stage.providers[provider].invoke(close).map(drop)
    }

    /// Whether TAPI has dropped and closed a call because nobody owned it.
    pub(super) fn is_disowned(&self, provider: usize, ht: u64) -> bool {
        let mut closed = self.handles.unowned.iter().filter(|one| one.closed);
        closed.any(|one| one.provider == provider && one.ht == ht)
    }
}
