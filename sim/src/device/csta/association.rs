//! Beginning, keeping up and ending: ACSE associations, ECMA-354 sessions, system status, signs of life.

use std::time::Duration;

use super::{
    ClientId, CloseReason, CstaServer,
    client::{Incoming, Registration, Session, seconds},
};
use crate::exchange::switch::Switch;
use crate::time::SimTime;
use crate::wire::csta::{framing::Frame, message::Message, value::Value, xml::Document};

/// The versions of CSTA that are phase III in BER, as bits of CSTAVersion, best first.
const VERSIONS: [u32; 5] = [18, 14, 4, 3, 2];

impl CstaServer {
    pub(super) fn handle_frame(&mut self, switch: &mut Switch, client: ClientId, frame: &Frame) {
        let Some(known) = self.clients.get_mut(&client) else {
            return;
        };
        if frame.body.is_empty() {
            return self.note(client, true, "an empty frame".to_owned());
        }
        let incoming = known.read(&self.profile, frame);
        let associated = known.associated;
        match incoming {
            Ok(Incoming::Association(apdu)) => self.associate(client, &apdu),
            Ok(Incoming::Session(invoke, name, content)) => self.session(client, invoke, name, &content),
            Ok(_) | Err(_) if !associated => {
                let abort = Value::choice("abrt", Value::sequence([("abortSource", Value::Integer(1))]));
                self.answer_association(client, abort);
                self.close(client, CloseReason::NoAssociation);
            }
            Ok(Incoming::Message(message)) => {
                self.note(client, true, super::describe(&message));
                self.handle_message(switch, client, message);
            }
            Err(error) => {
                self.note(client, true, error.to_string());
                let mut reject = error.reject();
                if let Message::Reject { invoke, .. } = &mut reject {
                    *invoke = invoke.or(frame.invoke.map(i64::from));
                }
                self.send(client, &reject);
            }
        }
    }

    fn answer_association(&mut self, client: ClientId, value: Value) {
        self.note(client, false, value.to_string());
        let now = self.now;
        let sent = self
            .clients
            .get_mut(&client)
            .map(|known| known.send_association(now, value));
        if let Some(Err(error)) = sent {
            self.note(client, false, format!("cannot be sent: {error}"));
        }
    }

    fn associate(&mut self, client: ClientId, apdu: &Value) {
        self.note(client, true, apdu.to_string());
        match apdu.chosen() {
            Some(("aarq", request)) => {
                let version = version(request);
                let accepted = version.is_some();
                self.answer_association(client, response(request, version));
                if !accepted {
                    self.close(client, CloseReason::NoAssociation);
                    return;
                }
                if let Some(known) = self.clients.get_mut(&client) {
                    known.associated = true;
                }
                if self.profile.announces_status {
                    self.tell_status(client);
                }
            }
            Some(("rlrq", _)) => {
                let normal = Value::sequence([("reason", Value::Integer(0))]);
                self.answer_association(client, Value::choice("rlre", normal));
                self.close(client, CloseReason::Released);
            }
            _ => self.close(client, CloseReason::Released),
        }
    }

    /// Tells a client the system status: once for each registration that wants this one; to a client without
    /// registrations where the profile says so.
    pub(super) fn tell_status(&mut self, client: ClientId) {
        let Some(known) = self.clients.get(&client) else {
            return;
        };
        let status = Value::sequence([("systemStatus", Value::named(self.status))]);
        let wanted = |registration: &&Registration| {
            let bit = super::services::status_bit(self.status);
            let held_back = bit.is_some_and(|bit| registration.unwanted >> bit & 1 == 1);
            registration.types & 1 == 1 && !held_back
        };
        let told: Vec<Value> = if known.registrations.is_empty() {
            let unasked = known.associated && self.profile.announces_status;
            unasked.then_some(status).into_iter().collect()
        } else {
            let registrations = known.registrations.iter().filter(wanted);
            let id = |registration: &Registration| Value::Octets(registration.id.to_string().into_bytes());
            registrations
                .map(|registration| status.clone().with("sysStatRegisterID", id(registration)))
                .collect()
        };
        for argument in told {
            self.request(client, "SystemStatus", argument);
        }
    }

    pub(super) fn client_timeout(&mut self, client: ClientId, now: SimTime) {
        let Some(known) = self.clients.get_mut(&client) else {
            return;
        };
        if known.link.handle_timeout(now).is_err() {
            return self.close(client, CloseReason::Slow);
        }
        if known.is_stuck(now) {
            return self.close(client, CloseReason::Unfinished);
        }
        if known.session.as_ref().is_some_and(|session| session.ends <= now) {
            self.end_session(client);
        }
        let Some(known) = self.clients.get_mut(&client) else {
            return;
        };
        let Some(wait) = self.profile.keep_alive else {
            return;
        };
        if now >= known.heard + wait * 2 {
            if known.associated && self.profile.association {
                let abort = Value::choice("abrt", Value::sequence([("abortSource", Value::Integer(0))]));
                self.answer_association(client, abort);
            }
            self.close(client, CloseReason::Silent);
        } else if now >= known.heard + wait && !known.asked {
            known.asked = true;
            if known.associated {
                self.request(client, "RequestSystemStatus", Value::sequence([]));
            }
        }
    }

    fn end_session(&mut self, client: ClientId) {
        let Some(session) = self
            .clients
            .get_mut(&client)
            .and_then(|known| known.session.take())
        else {
            return;
        };
        let reason = Value::choice("definedTermReason", Value::named("timerExpired"));
        let content = Value::sequence([
            ("sessionID", Value::text(session.id)),
            ("sessionTermReason", reason),
        ]);
        self.answer_session(client, 0, "ApplicationSessionTerminated", content);
        self.forget_wishes(client);
    }

    fn answer_session(&mut self, client: ClientId, invoke: i64, name: &'static str, content: Value) {
        self.note(client, false, format!("{name} {content}"));
        let document = Document::Session {
            invoke,
            name,
            content,
        };
        let now = self.now;
        let profile = &self.profile;
        let sent = self
            .clients
            .get_mut(&client)
            .map(|known| known.send_session(profile, now, &document, invoke));
        if let Some(Err(error)) = sent {
            self.note(client, false, format!("cannot be sent: {error}"));
        }
    }

    fn session(&mut self, client: ClientId, invoke: i64, name: &'static str, content: &Value) {
        self.note(client, true, format!("{name} {content}"));
        let max = self.profile.session_max;
        let asked = content
            .get("requestedSessionDuration")
            .and_then(Value::as_integer);
        let asked = asked
            .and_then(|asked| u64::try_from(asked).ok())
            .filter(|asked| *asked > 0);
        let duration = asked.map_or(max, |asked| Duration::from_secs(asked).min(max));
        let ends = self.now + duration;
        let Some(known) = self.clients.get_mut(&client) else {
            return;
        };
        let current = known.session.as_ref().map(|session| session.id.clone());
        let matches =
            current.is_some() && content.get("sessionID").and_then(Value::as_text) == current.as_deref();
        let unknown = || {
            let error = Value::choice("definedError", Value::named("invalidSessionID"));
            Value::sequence([("errorCode", error)])
        };
        let granted = ("actualSessionDuration", Value::Integer(seconds(duration)));
        let (answer, content) = match name {
            "StartApplicationSession" => {
                let versions = content
                    .get("requestedProtocolVersions")
                    .map(Value::items)
                    .unwrap_or_default();
                let spoken = |version: &Value| Some((version.clone(), edition(version.as_text()?)?));
                let Some((version, edition)) = versions.iter().find_map(spoken) else {
                    let error = Value::choice(
                        "definedError",
                        Value::named("requestedProtocolVersionNotSupported"),
                    );
                    let content = Value::sequence([("errorCode", error)]);
                    return self.answer_session(
                        client,
                        invoke,
                        "StartApplicationSessionNegResponse",
                        content,
                    );
                };
                self.last_session += 1;
                let id = format!("session-{}", self.last_session);
                known.session = Some(Session { id: id.clone(), ends });
                known.edition = Some(edition);
                let content = [
                    ("sessionID", Value::text(id)),
                    ("actualProtocolVersion", version),
                    granted,
                ];
                ("StartApplicationSessionPosResponse", Value::sequence(content))
            }
            "StopApplicationSession" if matches => {
                known.session = None;
                self.forget_wishes(client);
                ("StopApplicationSessionPosResponse", Value::sequence([]))
            }
            "StopApplicationSession" => ("StopApplicationSessionNegResponse", unknown()),
            "ResetApplicationSessionTimer" if matches => {
                known.session = current.map(|id| Session { id, ends });
                (
                    "ResetApplicationSessionTimerPosResponse",
                    Value::sequence([granted]),
                )
            }
            "ResetApplicationSessionTimer" => ("ResetApplicationSessionTimerNegResponse", unknown()),
            // Answers, and what only a server says, ask for nothing.
            _ => return,
        };
        self.answer_session(client, invoke, answer, content);
    }
}

/// The edition of ECMA-323 that a protocol version of a session means: its namespace, or the end of it, `ed5`.
fn edition(version: &str) -> Option<u8> {
    let (_, number) = version.trim().rsplit_once("ed")?;
    number.parse().ok().filter(|number| (3..=6).contains(number))
}

/// The version that both sides know, best first. A client that names none is taken to know ours.
fn version(request: &Value) -> Option<u32> {
    let user = request
        .get("userInformation")
        .map(Value::items)
        .unwrap_or_default();
    let offered = user.iter().find_map(|external| {
        let (_, information) = external.get("encoding")?.get("singleASN1Type")?.chosen()?;
        information.get("cSTAVersion")?.as_bits()
    });
    match offered {
        Some(bits) => VERSIONS.into_iter().find(|version| bits >> version & 1 == 1),
        None => Some(VERSIONS[0]),
    }
}

fn response(request: &Value, version: Option<u32>) -> Value {
    let context = request.get("applicationContextName").cloned();
    let context = context.unwrap_or_else(|| Value::Oid(vec![1, 3, 12, 0, 285]));
    let diagnostic = Value::choice("acseServiceUser", Value::Integer(i64::from(version.is_none())));
    let accepted = Value::sequence([
        ("applicationContextName", context.clone()),
        ("result", Value::Integer(i64::from(version.is_none()))),
        ("resultSourceDiagnostic", diagnostic),
    ]);
    let information = version.map(|version| {
        let chosen = Value::sequence([("cSTAVersion", Value::Bits(1 << version))]);
        let external = Value::sequence([
            ("directReference", context),
            (
                "encoding",
                Value::choice("singleASN1Type", Value::choice("newDefinition", chosen)),
            ),
        ]);
        Value::List(vec![external])
    });
    Value::choice("aare", accepted.with("userInformation", information))
}
