//! What a person types to play the telephones of a switch: `call 201 202`, `answer 202`, `transfer 202`. A verb is a row.

mod desk;
mod error;

use std::fmt::Write;
use std::time::Duration;

use super::switch::{
    AgentState, CallOptions, ConnectionState, Forward, ForwardingType, Participation, Party, Switch,
};
use crate::time::SimTime;
use desk::{Desk, switched};

pub use error::VerbError;

/// One verb.
pub struct Verb {
    /// Its name and its words, as help shows them.
    pub form: &'static str,
    /// What it does.
    pub meaning: &'static str,
    run: fn(&mut Desk<'_>, &[&str]) -> Result<(), VerbError>,
}

use ConnectionState::{Alerting, Connected, Hold, Initiated, Queued};

/// All verbs. Words in capitals are numbers of devices or what they say; those in brackets may be left out.
pub const VERBS: &[Verb] = &[
    verb("call FROM TO", "FROM calls TO", |d, w| {
        d.switch
            .make_call(d.device(w[0])?, w[1], &CallOptions::default(), d.now)?;
        Ok(())
    }),
    verb(
        "answer DEVICE",
        "the call that alerts DEVICE is answered",
        |d, w| {
            let ringing = d.at(w[0], &[Alerting, Initiated], "alerting")?;
            Ok(d.switch.answer_call(ringing, d.now)?)
        },
    ),
    verb(
        "hang-up DEVICE",
        "DEVICE leaves the call that it is connected to, or its oldest",
        |d, w| {
            let any = ConnectionState::ALL;
            let active = d
                .at(w[0], &[Connected, Initiated], "")
                .or_else(|_| d.at(w[0], any, "any"))?;
            Ok(d.switch.clear_connection(active, d.now)?)
        },
    ),
    verb("hold DEVICE", "DEVICE holds its call", |d, w| {
        let active = d.at(w[0], &[Connected], "connected")?;
        Ok(d.switch.hold_call(active, d.now)?)
    }),
    verb(
        "retrieve DEVICE",
        "DEVICE comes back to the call that it holds",
        |d, w| {
            let held = d.at(w[0], &[Hold], "held")?;
            Ok(d.switch.retrieve_call(held, d.now)?)
        },
    ),
    verb(
        "swap DEVICE",
        "DEVICE holds its call and comes back to the held one",
        |d, w| {
            let (held, active) = d.two(w[0])?;
            Ok(d.switch.alternate_call(held, active, d.now)?)
        },
    ),
    verb(
        "consult DEVICE TO",
        "DEVICE holds its call and calls TO",
        |d, w| {
            let active = d.at(w[0], &[Connected], "connected")?;
            d.switch
                .consultation_call(active, w[1], &CallOptions::default(), d.now)?;
            Ok(())
        },
    ),
    verb(
        "reconnect DEVICE",
        "DEVICE leaves its call and comes back to the held one",
        |d, w| {
            let held = d.at(w[0], &[Hold], "held")?;
            let active = d.at(w[0], &[Connected, Initiated, ConnectionState::Fail], "connected")?;
            Ok(d.switch.reconnect_call(active, held, d.now)?)
        },
    ),
    verb(
        "transfer DEVICE [TO]",
        "DEVICE joins its two calls and leaves, or sends its call to TO",
        |d, w| {
            match w.get(1) {
                Some(to) => {
                    let active = d.at(w[0], &[Connected, Hold], "connected")?;
                    d.switch.single_step_transfer(active, to, d.now)?;
                }
                None => {
                    let (held, active) = d.two(w[0])?;
                    d.switch.transfer_call(held, active, d.now)?;
                }
            }
            Ok(())
        },
    ),
    verb(
        "conference DEVICE [WITH]",
        "DEVICE joins its two calls and stays, or takes WITH into its call",
        |d, w| {
            match w.get(1) {
                Some(with) => {
                    let active = d.at(w[0], &[Connected], "connected")?;
                    let added = d.device(with)?;
                    d.switch
                        .single_step_conference(active, added, Participation::Active, d.now)?;
                }
                None => {
                    let (held, active) = d.two(w[0])?;
                    d.switch.conference_call(held, active, d.now)?;
                }
            }
            Ok(())
        },
    ),
    verb(
        "deflect DEVICE TO",
        "the call that alerts DEVICE goes to TO",
        |d, w| {
            let ringing = d.at(w[0], &[Alerting, Queued], "alerting")?;
            Ok(d.switch.deflect_call(ringing, w[1], d.now)?)
        },
    ),
    verb(
        "pickup DEVICE [AT]",
        "DEVICE takes the call that alerts AT or waits there, or one of its group",
        |d, w| {
            let device = d.device(w[0])?;
            match w.get(1) {
                Some(at) => {
                    let call = d.at(at, &[Alerting, Queued, Hold], "alerting or waiting")?;
                    d.switch.directed_pickup_call(call, device, d.now)?;
                }
                None => {
                    d.switch.group_pickup_call(device, d.now)?;
                }
            }
            Ok(())
        },
    ),
    verb(
        "park DEVICE [AT]",
        "the call of DEVICE waits at AT, or at a free slot",
        |d, w| {
            let active = d.at(w[0], &[Connected, Hold], "connected")?;
            let place = w.get(1).map(|at| d.device(at)).transpose()?;
            d.switch.park_call(active, place, d.now)?;
            Ok(())
        },
    ),
    verb(
        "camp-on DEVICE",
        "the caller DEVICE waits until the busy telephone is free",
        |d, w| {
            let active = d.at(w[0], &[Connected], "connected")?;
            d.switch.camp_on_call(active, d.now)?;
            Ok(())
        },
    ),
    verb(
        "call-back DEVICE",
        "the caller DEVICE is called back once the other is free",
        |d, w| {
            let active = d.at(w[0], &[Connected], "connected")?;
            Ok(d.switch.call_back(active, d.now)?)
        },
    ),
    verb(
        "call-back-message DEVICE",
        "the caller DEVICE leaves word at whom it did not reach",
        |d, w| {
            let active = d.at(w[0], &[Connected], "connected")?;
            d.switch.call_back_message_in(active, d.now)?;
            Ok(())
        },
    ),
    verb(
        "intrude DEVICE",
        "the caller DEVICE comes into the call that the other is busy with",
        |d, w| {
            let active = d.at(w[0], &[Connected], "connected")?;
            d.switch.intrude_call(active, Participation::Active, d.now)?;
            Ok(())
        },
    ),
    verb(
        "join DEVICE WITH",
        "DEVICE comes into the call of WITH",
        |d, w| {
            let joining = d.device(w[0])?;
            let active = d.at(w[1], &[Connected], "connected")?;
            d.switch
                .join_call(active, joining, Participation::Active, d.now)?;
            Ok(())
        },
    ),
    verb(
        "accept DEVICE",
        "the call that is offered to DEVICE alerts it",
        |d, w| {
            let offered = d.at(w[0], &[Alerting], "alerting")?;
            Ok(d.switch.accept_call(offered, d.now)?)
        },
    ),
    verb(
        "lift DEVICE",
        "DEVICE gets a connection that it can dial on",
        |d, w| {
            let device = d.device(w[0])?;
            d.switch.make_connection(device, d.now)?;
            Ok(())
        },
    ),
    verb("dial DEVICE DIGITS", "DEVICE dials more digits", |d, w| {
        let dialling = d.at(w[0], &[Initiated], "initiated")?;
        Ok(d.switch.dial_digits(dialling, w[1], false, d.now)?)
    }),
    verb(
        "predict FROM TO",
        "TO is called first, and FROM once it has answered",
        |d, w| {
            let from = d.device(w[0])?;
            d.switch
                .make_predictive_call(from, w[1], &CallOptions::default(), d.now)?;
            Ok(())
        },
    ),
    verb("clear DEVICE", "all leave the call of DEVICE", |d, w| {
        let any = d.at(w[0], ConnectionState::ALL, "any")?;
        Ok(d.switch.clear_call(any.call, d.now)?)
    }),
    verb(
        "digits DEVICE DIGITS",
        "DEVICE sends digits in its call",
        |d, w| {
            let active = d.at(w[0], &[Connected], "connected")?;
            Ok(d.switch.generate_digits(active, w[1], d.now)?)
        },
    ),
    verb(
        "forward DEVICE TYPE [TO]",
        "DEVICE forwards calls of a type (forwardBusy, …) to TO, or no more",
        |d, w| {
            let device = d.device(w[0])?;
            let form = "forward DEVICE TYPE [TO]";
            let forwarding_type = ForwardingType::from_name(w[1]).ok_or(VerbError::Usage { form })?;
            let forward = w.get(2).map(|to| Forward {
                to: (*to).into(),
                ring_duration: None,
            });
            Ok(d.switch.set_forwarding(device, forwarding_type, forward, d.now)?)
        },
    ),
    verb(
        "do-not-disturb DEVICE on|off",
        "calls do not alert DEVICE, or do",
        |d, w| {
            let on = switched(w[1], "do-not-disturb DEVICE on|off")?;
            Ok(d.switch.set_do_not_disturb(d.device(w[0])?, on, d.now)?)
        },
    ),
    verb(
        "message-waiting DEVICE on|off",
        "the lamp of DEVICE is lit, or not",
        |d, w| {
            let on = switched(w[1], "message-waiting DEVICE on|off")?;
            Ok(d.switch.set_message_waiting(d.device(w[0])?, on, d.now)?)
        },
    ),
    verb(
        "auto-answer DEVICE on|off",
        "DEVICE answers by itself, or does not",
        |d, w| {
            let on = switched(w[1], "auto-answer DEVICE on|off")?;
            Ok(d.switch.set_auto_answer(d.device(w[0])?, on, d.now)?)
        },
    ),
    verb(
        "hook DEVICE off|on",
        "the handset of DEVICE is lifted, or put down",
        |d, w| {
            let off = match w[1] {
                "off" => true,
                "on" => false,
                _ => {
                    return Err(VerbError::Usage {
                        form: "hook DEVICE off|on",
                    });
                }
            };
            Ok(d.switch.set_hookswitch(d.device(w[0])?, off, d.now)?)
        },
    ),
    verb("button DEVICE NUMBER", "a button of DEVICE is pressed", |d, w| {
        let form = "button DEVICE NUMBER";
        let button = w[1].parse().map_err(|_| VerbError::Usage { form })?;
        Ok(d.switch.button_press(d.device(w[0])?, button, d.now)?)
    }),
    verb("log-on DEVICE AGENT", "AGENT works at DEVICE, ready", |d, w| {
        let device = d.device(w[0])?;
        d.switch.log_on(device, w[1], None, Duration::ZERO, d.now)?;
        Ok(d.switch.set_agent_state(device, AgentState::Ready, d.now)?)
    }),
    verb("log-off DEVICE", "nobody works at DEVICE", |d, w| {
        Ok(d.switch
            .set_agent_state(d.device(w[0])?, AgentState::Null, d.now)?)
    }),
    verb("ready DEVICE", "the agent at DEVICE takes calls", |d, w| {
        let device = d.device(w[0])?;
        Ok(d.switch.set_agent_state(device, AgentState::Ready, d.now)?)
    }),
    verb(
        "not-ready DEVICE",
        "the agent at DEVICE takes no calls",
        |d, w| {
            let device = d.device(w[0])?;
            Ok(d.switch.set_agent_state(device, AgentState::NotReady, d.now)?)
        },
    ),
    verb(
        "incoming TRUNK CALLER TO",
        "CALLER calls TO from outside, through the group of the circuit TRUNK",
        |d, w| {
            let group = d.switch.trunk_group(d.device(w[0])?);
            let group = group.ok_or_else(|| VerbError::UnknownNumber {
                number: w[0].to_owned(),
            })?;
            d.switch
                .incoming_call(group, Party::Number(w[1].into()), None, w[2], d.now)?;
            Ok(())
        },
    ),
    verb("out-of-service DEVICE", "DEVICE serves no more", |d, w| {
        Ok(d.switch.set_in_service(d.device(w[0])?, false, d.now)?)
    }),
    verb("in-service DEVICE", "DEVICE serves again", |d, w| {
        Ok(d.switch.set_in_service(d.device(w[0])?, true, d.now)?)
    }),
    verb("show", "the calls", |d, _| {
        d.show();
        Ok(())
    }),
    verb("help", "the verbs", |d, _| {
        for verb in VERBS {
            let _ = writeln!(d.answer, "{:<32} {}", verb.form, verb.meaning);
        }
        Ok(())
    }),
];

const fn verb(
    form: &'static str,
    meaning: &'static str,
    run: fn(&mut Desk<'_>, &[&str]) -> Result<(), VerbError>,
) -> Verb {
    Verb { form, meaning, run }
}

/// Carries out one line. Gives what there is to show, which is mostly nothing: the switch's events tell the rest.
///
/// # Errors
/// Where the line is no verb, or the switch refuses; nothing has changed then.
pub fn run(switch: &mut Switch, line: &str, now: SimTime) -> Result<String, VerbError> {
    let mut words = line.split_whitespace();
    let Some(name) = words.next() else {
        return Ok(String::new());
    };
    let words: Vec<&str> = words.collect();
    let verb = VERBS
        .iter()
        .find(|verb| verb.form.split_whitespace().next() == Some(name))
        .ok_or_else(|| VerbError::UnknownVerb {
            verb: name.to_owned(),
        })?;
    let most = verb.form.split_whitespace().count() - 1;
    let least = most - verb.form.matches('[').count();
    if words.len() < least || words.len() > most {
        return Err(VerbError::Usage { form: verb.form });
    }
    let mut desk = Desk {
        switch,
        now,
        answer: String::new(),
    };
    (verb.run)(&mut desk, &words)?;
    Ok(desk.answer)
}
