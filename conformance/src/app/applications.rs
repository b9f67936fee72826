//! What applications at TAPI want of open lines and phones. Providers know no applications: TAPI passes them the union
//! (`nf-tspi-tspi_linesetstatusmessages.md`, `nf-tspi-tspi_linesetdefaultmediadetection.md`).

use std::collections::BTreeMap;

use super::Stop;
use super::steps::Player;
use super::tapi::call;
use crate::scenario::ast::{Name, Wants};
use crate::tspi::marshal::Call;
use crate::tspi::{constant, render_result};

/// What one application wants of one line or phone, or what all of them do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Changes to be reported, by the family of their constants in the order of [`FAMILIES`].
    states: [u32; 5],
    /// Media modes of incoming calls.
    media: u32,
}

/// The families of what can be reported: two of a line, three of a phone.
const FAMILIES: [&str; 5] = [
    "LINEDEVSTATE",
    "LINEADDRESSSTATE",
    "PHONESTATE",
    "PHONEBUTTONMODE",
    "PHONEBUTTONSTATE",
];

impl Wanted {
    fn and(self, other: Wanted) -> Wanted {
        Wanted {
            states: std::array::from_fn(|place| self.states[place] | other.states[place]),
            media: self.media | other.media,
        }
    }

    /// The same with these constants of the families in place of what it had.
    fn watching(self, constants: &[Name]) -> Wanted {
        let mut states = [0; 5];
        for name in constants {
            let Some((family, value)) = constant(name) else {
                continue;
            };
            if let Some(place) = FAMILIES.iter().position(|known| *known == family.name) {
                states[place] |= value;
            }
        }
        Wanted { states, ..self }
    }
}

/// What all applications want, by the names of what they want it of and their own.
#[derive(Debug, Default)]
pub struct Applications(BTreeMap<String, BTreeMap<String, Wanted>>);

impl Applications {
    /// Nobody wants anything any more of what had this name.
    pub fn forget(&mut self, of: &str) {
        self.0.remove(of);
    }

    /// Replaces what an application wants of something; what all together want then.
    fn set(&mut self, of: &str, application: &str, change: impl FnOnce(Wanted) -> Wanted) -> Wanted {
        let here = self.0.entry(of.to_owned()).or_default();
        let wanted = here.entry(application.to_owned()).or_default();
        *wanted = change(*wanted);
        here.values().fold(Wanted::default(), |all, one| all.and(*one))
    }
}

/// An application begins or ceases to want something, and TAPI passes on what is wanted now.
pub(super) fn wants(player: &mut Player<'_>, application: &Name, wants: &Wants) -> Result<(), Stop> {
    let applications = &mut player.handles.applications;
    let set = |applications: &mut Applications, of: &Name, change: &dyn Fn(Wanted) -> Wanted| {
        applications.set(of, application, change)
    };
    match wants {
        Wants::Reports { on, states } => {
            let all = set(applications, on, &|was| was.watching(states));
            pass_states(player, on, all)
        }
        Wants::Calls { on, media } => {
            let modes = media.iter().filter_map(|name| constant(name));
            let modes = modes.fold(0, |modes, (_, mode)| modes | mode);
            let all = set(applications, on, &|was| Wanted { media: modes, ..was });
            pass_media(player, on, all)
        }
        Wants::Nothing { on } => {
            let mut was = Wanted::default();
            let all = applications.set(on, application, |before| {
                was = before;
                Wanted::default()
            });
            if was.states != [0; 5] {
                pass_states(player, on, all)?;
            }
            if was.media != 0 {
                pass_media(player, on, all)?;
            }
            Ok(())
        }
    }
}

fn pass_states(player: &mut Player<'_>, on: &Name, all: Wanted) -> Result<(), Stop> {
    let [line, address, phone, modes, buttons] = all.states;
    let (provider, call) = if player.handles.lines.contains_key(&on.node) {
        let open = player.line(on)?;
        let call = call("TSPI_lineSetStatusMessages")?
            .handle("hdLine", open.hd)
            .dword("dwLineStates", line)
            .dword("dwAddressStates", address);
        (open.provider, call)
    } else {
        let open = player.other(on)?;
        let call = call("TSPI_phoneSetStatusMessages")?
            .handle("hdPhone", open.hd)
            .dword("dwPhoneStates", phone)
            .dword("dwButtonModes", modes)
            .dword("dwButtonStates", buttons);
        (open.provider, call)
    };
    pass(player, provider, call)
}

fn pass_media(player: &mut Player<'_>, on: &Name, all: Wanted) -> Result<(), Stop> {
    let open = player.line(on)?;
    let call = call("TSPI_lineSetDefaultMediaDetection")?
        .handle("hdLine", open.hd)
        .dword("dwMediaModes", all.media);
    pass(player, open.provider, call)
}

fn pass(player: &mut Player<'_>, provider: usize, call: Call) -> Result<(), Stop> {
    let invoked = player.stage.providers[provider].invoke(call)?;
    match invoked.result {
        0 => Ok(()),
        error => {
            let (name, error) = (invoked.function.name, render_result(error));
            Err(Stop::failed(format!("{name}: expected success, saw {error}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::source::Spanned;
    use crate::tspi::constant_value;

    fn names(names: &[&str]) -> Vec<Name> {
        let name = |name: &&str| Spanned::new((*name).to_owned(), Default::default());
        names.iter().map(name).collect()
    }

    #[test]
    fn tapi_asks_for_the_union_and_an_application_replaces_its_own_share() {
        let mut all = Applications::default();
        let ringing = names(&["LINEDEVSTATE_RINGING", "LINEADDRESSSTATE_NUMCALLS"]);
        let outside = names(&["LINEDEVSTATE_OUTOFSERVICE"]);
        all.set("L", "A", |was| was.watching(&ringing));
        let both = all.set("L", "B", |was| was.watching(&outside));
        let value = constant_value;
        assert_eq!(
            both.states,
            [
                value("LINEDEVSTATE_RINGING") | value("LINEDEVSTATE_OUTOFSERVICE"),
                value("LINEADDRESSSTATE_NUMCALLS"),
                0,
                0,
                0
            ]
        );
        let one = all.set("L", "A", |was| was.watching(&[]));
        assert_eq!(one.states, [value("LINEDEVSTATE_OUTOFSERVICE"), 0, 0, 0, 0]);
        all.forget("L");
        assert_eq!(all.set("L", "C", |was| was), Wanted::default());
    }

    #[test]
    fn media_modes_and_states_are_kept_apart() {
        let mut all = Applications::default();
        all.set("L", "A", |was| Wanted { media: 0x10, ..was });
        let watched = all.set("L", "A", |was| was.watching(&names(&["LINEDEVSTATE_RINGING"])));
        assert_eq!(
            (watched.media, watched.states[0]),
            (0x10, constant_value("LINEDEVSTATE_RINGING"))
        );
        let both = all.set("L", "B", |was| Wanted { media: 0x4, ..was });
        assert_eq!(both.media, 0x14);
    }
}
