//! Conferences of a mobile modem's calls: the far ends one by one (27.007 7.13, TS 22.084).

use super::calls::{CallState, MobileCall};
use crate::device::modem::Modem;
use crate::exchange::LineService;
use crate::wire::at::ResultCode;

impl Modem {
    /// The number of the far end of a call that is part of a conference.
    pub(super) fn party_of(&self, id: u32) -> Option<String> {
        let mut calls = self.mobile.iter().flat_map(|mobile| &mobile.calls);
        let call = calls.find(|call| call.id == id && call.is_multiparty)?;
        call.party.clone().or_else(|| call.number.clone())
    }

    pub(super) fn release_party(&mut self, id: u32) {
        if let Some(party) = self.party_of(id) {
            self.serve(LineService::ReleaseParty(party));
            self.leaves_conference(id);
        }
    }

    /// Speaks with one of the conference alone; the others are held.
    pub(super) fn split(&mut self, id: u32) {
        let Some(party) = self.party_of(id) else { return };
        self.serve(LineService::Split(party));
        self.set_calls(CallState::Active, CallState::Held);
        let mut calls = self.mobile.iter_mut().flat_map(|mobile| &mut mobile.calls);
        if let Some(call) = calls.find(|call| call.id == id) {
            call.state = CallState::Active;
            call.is_multiparty = false;
            call.party = None;
        }
        self.conference_of_one();
    }

    fn leaves_conference(&mut self, id: u32) {
        if let Some(mobile) = &mut self.mobile {
            mobile.calls.retain(|call| call.id != id);
        }
        self.conference_of_one();
    }

    /// One call is no conference.
    fn conference_of_one(&mut self) {
        let Some(mobile) = &mut self.mobile else { return };
        let mut members = mobile.calls.iter_mut().filter(|call| call.is_multiparty);
        if let (Some(last), None) = (members.next(), members.next()) {
            last.is_multiparty = false;
            last.party = None;
        }
    }

    /// The exchange has made a conference, with these far ends. A call is known by the number that it shows; one that
    /// shows none, or was forwarded, takes what is left, in the order of its number.
    pub(in super::super) fn conferenced(&mut self, mut parties: Vec<String>) {
        let Some(mobile) = &mut self.mobile else { return };
        let members = || mobile.calls.iter().filter(|call| call.is_multiparty);
        parties.retain(|party| members().all(|call| call.party.as_ref() != Some(party)));
        let open = |call: &&mut MobileCall| call.is_multiparty && call.party.is_none();
        for call in mobile.calls.iter_mut().filter(open) {
            let place = parties
                .iter()
                .position(|party| call.number.as_ref() == Some(party));
            call.party = place.map(|place| parties.remove(place));
        }
        let mut rest = parties.into_iter();
        for call in mobile.calls.iter_mut().filter(open) {
            call.party = rest.next();
        }
    }

    /// A far end has left the conference.
    pub(in super::super) fn party_gone(&mut self, party: &str) {
        let mut calls = self.mobile.iter().flat_map(|mobile| &mobile.calls);
        let gone = calls.find(|call| call.is_multiparty && call.party.as_deref() == Some(party));
        if let Some(id) = gone.map(|call| call.id) {
            self.leaves_conference(id);
            self.call_is_over(&ResultCode::NoCarrier, "Normal call clearing");
        }
    }
}
