//! What can be done at a PBX by hand beyond its telephones, whose verbs are [`crate::exchange::verbs`]: one row each.

use crate::device::csta::{ClientId, CstaServer};
use crate::exchange::switch::{Party, Switch};
use crate::time::SimTime;

/// One verb.
#[derive(Debug)]
pub struct Verb {
    /// The first word.
    pub name: &'static str,
    /// What follows it.
    pub words: &'static str,
    /// What it does.
    pub meaning: &'static str,
    pub(super) act: Act,
}

/// Done at the PBX itself, with all words behind the verb.
type AtPbx = fn(&mut CstaServer, &mut Switch, &[String], SimTime) -> Result<(), String>;

#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Pbx(AtPbx),
    Status,
    Help,
    Watch,
    Quit,
}

const fn pbx(name: &'static str, words: &'static str, meaning: &'static str, act: AtPbx) -> Verb {
    Verb {
        name,
        words,
        meaning,
        act: Act::Pbx(act),
    }
}

const fn own(name: &'static str, meaning: &'static str, act: Act) -> Verb {
    Verb {
        name,
        words: "",
        meaning,
        act,
    }
}

/// Every one of them.
#[rustfmt::skip]
pub static VERBS: &[Verb] = &[
    pbx("outside", "CALLER NUMBER", "a call comes in on the first trunk", |_, switch, words, now| {
        let [caller, to] = words else { return Err(form("outside")) };
        let trunk = switch.trunk_groups().next().ok_or("the PBX has no trunk")?;
        let caller = Party::Number(caller.as_str().into());
        switch.incoming_call(trunk, caller, None, to, now).map(drop).map_err(|error| error.to_string())
    }),
    pbx("system-status", "STATUS", "says this of itself: normal, disabled, overloadReached, …", |server, _, words, now| {
        let [status] = words else { return Err(form("system-status")) };
        server.set_status_by_name(status, now)
    }),
    pbx("lose-monitors", "EXTENSION|all", "stops the monitors of a device, or all of them", |server, switch, words, now| {
        let [which] = words else { return Err(form("lose-monitors")) };
        let device = match which.as_str() {
            "all" => None,
            number => Some(switch.device(number).ok_or_else(|| format!("{number} is nobody's number"))?),
        };
        server.stop_monitors(device, now);
        Ok(())
    }),
    pbx("drop", "APPLICATION|all", "cuts the link of an application, or of all", |server, _, words, now| {
        let [which] = words else { return Err(form("drop")) };
        let client = match which.as_str() {
            "all" => None,
            number => Some(number.parse().map(ClientId).map_err(|_| format!("{number:?} is no application"))?),
        };
        server.drop_clients(client, now)
    }),
    pbx("restart", "", "begins anew: calls end, applications are cut off", |server, switch, words, now| {
        if !words.is_empty() {
            return Err(form("restart"));
        }
        server.restart(switch, now);
        Ok(())
    }),
    own("status", "extensions with their calls, and applications", Act::Status),
    own("watch", "events from now on (on the control channel)", Act::Watch),
    own("help", "the verbs", Act::Help),
    own("quit", "ends the PBX", Act::Quit),
];

/// The form of a verb, for those who wrote it otherwise.
fn form(name: &str) -> String {
    let words = VERBS.iter().find(|verb| verb.name == name).map(|verb| verb.words);
    format!("the form is: {name} {}", words.unwrap_or_default())
}
