//! Verbs carried out on a running PBX.

use serde_json::{Map, Value, json};

use super::Remote;
use super::verbs::{Act, VERBS};
use crate::control::server::{Obeyed, Then, Verbs};
use crate::exchange::switch::{ConnectionId, Switch};
use crate::exchange::verbs;

/// Carries verbs out on a running PBX, typed or from the control channel.
#[derive(Clone, Debug)]
pub struct PbxConsole(Remote);

impl PbxConsole {
    /// A console for a PBX.
    pub fn new(remote: Remote) -> PbxConsole {
        PbxConsole(remote)
    }

    fn status(&self) -> Option<Map<String, Value>> {
        self.0.ask(|server, switch, _| {
            let devices = switch.devices().map(|device| {
                let calls = switch.snapshot_device(device);
                let calls: Vec<Value> = calls.into_iter().map(|at| connection(switch, at)).collect();
                json!({
                    "number": switch.number(device),
                    "in_service": switch.is_in_service(device),
                    "do_not_disturb": switch.do_not_disturb(device),
                    "message_waiting": switch.message_waiting(device),
                    "agent": switch.agent(device).map(|agent| agent.state.name()),
                    "calls": calls,
                })
            });
            let lines: Vec<Value> = devices.collect();
            let applications: Vec<u32> = server.clients().map(|client| client.0).collect();
            let mut members = Map::new();
            members.insert("lines".to_owned(), lines.into());
            members.insert("applications".to_owned(), applications.into());
            members.insert("monitors".to_owned(), server.monitor_count().into());
            members.insert("system_status".to_owned(), server.status().into());
            members
        })
    }
}

fn connection(switch: &Switch, at: ConnectionId) -> Value {
    json!({"call": at.call.0, "state": switch.state(at).name()})
}

impl Verbs for PbxConsole {
    fn obey(&self, line: &str) -> Result<Obeyed, String> {
        let mut words = line.split_whitespace();
        let name = words.next().unwrap_or_default();
        let ended = || "the PBX has ended".to_owned();
        let Some(verb) = VERBS.iter().find(|verb| verb.name == name) else {
            let line = line.to_owned();
            let done = self.0.ask(move |_, switch, now| verbs::run(switch, &line, now));
            let text = done.ok_or_else(ended)?.map_err(|error| error.to_string())?;
            let text = (!text.is_empty()).then(|| ("text".to_owned(), text.into()));
            return Ok(Obeyed {
                members: text.into_iter().collect(),
                then: Then::Nothing,
            });
        };
        let words: Vec<String> = words.map(str::to_owned).collect();
        match verb.act {
            Act::Pbx(act) => {
                let done = self
                    .0
                    .ask(move |server, switch, now| act(server, switch, &words, now));
                done.ok_or_else(ended)?
                    .map_err(|error| format!("{name}: {error}"))?;
            }
            Act::Status => {
                return Ok(Obeyed {
                    members: self.status().ok_or_else(ended)?,
                    then: Then::Nothing,
                });
            }
            Act::Help => {
                let telephones = verbs::VERBS.iter().filter(|verb| verb.form != "help");
                let telephones = telephones.map(|verb| json!({"form": verb.form, "meaning": verb.meaning}));
                let own = VERBS.iter().map(|verb| {
                    let form = format!("{} {}", verb.name, verb.words);
                    json!({"form": form.trim_end(), "meaning": verb.meaning})
                });
                let verbs: Vec<Value> = telephones.chain(own).collect();
                return Ok(Obeyed {
                    members: Map::from_iter([("verbs".to_owned(), verbs.into())]),
                    then: Then::Nothing,
                });
            }
            Act::Watch => return Ok(Obeyed::then(Then::Watch)),
            Act::Quit => return Ok(Obeyed::then(Then::Quit)),
        }
        Ok(Obeyed::default())
    }
}
