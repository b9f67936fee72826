//! Messages of the provider.

use super::super::lanes::Lane;
use super::Renderer;
use crate::trace::{CallbackArgs, Party};
use crate::tspi::messages::Parameter;
use crate::tspi::{Value, constant_value, message, render_event};

impl Renderer {
    pub(super) fn callback(&mut self, name: &str, by: &Party, args: &CallbackArgs, kind: &'static str) {
        let lane = Lane::Event(name.to_owned());
        let message_name = message(args.msg).map_or("", |message| message.name);
        match message_name {
            "LINE_SENDDIALOGINSTANCEDATA" => {
                let dialog = self.names.name(by, "dialog", args.device);
                let data = match args.params[0] {
                    0 => "NULL".to_owned(),
                    _ => Value::Bytes(args.data.clone()).to_string(),
                };
                return self.line(&lane, &format!("{dialog}: {message_name}({data})"));
            }
            "LINE_SENDMSPDATA" => {
                let instance = self.names.name(by, "msp", args.params[0]);
                let line = self.names.name(by, "line", args.device);
                let data = Value::Bytes(args.data.clone());
                return self.line(&lane, &format!("{line}: {message_name}({instance}, {data})"));
            }
            "LINE_CREATE" | "PHONE_CREATE" | "LINE_REMOVE" | "PHONE_REMOVE" => {
                return self.line(&lane, &render_event(args.msg, args.params));
            }
            _ => {}
        }
        let device = self.names.name(by, kind, args.device);
        if let Some(new_call) = args.new_call {
            let call = self.names.name(by, "call", new_call);
            let hd = self
                .names
                .name_after(by, ("call", new_call), "hdcall", args.params[0]);
            return self.line(&lane, &format!("LINE_NEWCALL on {device}: {call} is {hd}"));
        }
        if message_name == "LINE_NEWCALL" && args.params[1] != 0 {
            return self.line(&lane, &format!("LINE_NEWCALL on {device} is refused with NULL"));
        }
        let ringing = message(args.msg).is_some_and(|message| message.name == "LINE_LINEDEVSTATE")
            && args.params[0] == u64::from(constant_value("LINEDEVSTATE_RINGING"));
        if ringing && args.params[2] > 1 {
            return;
        }
        let about = match args.call {
            0 => device,
            call => self.names.name(by, "call", call),
        };
        self.line(&lane, &format!("{about}: {}", steady_event(args)));
    }
}

/// A message without the system's tick count, which changes from run to run; that there is one shows.
fn steady_event(args: &CallbackArgs) -> String {
    let ticks = |place: usize| {
        message(args.msg).is_some_and(|message| message.params[place] == Parameter::Ticks)
            && args.params[place] != 0
    };
    let steady = std::array::from_fn(|place| if ticks(place) { 0 } else { args.params[place] });
    let text = render_event(args.msg, steady);
    if (0..3).any(ticks) {
        text.replace("tick 0", "tick (now)")
    } else {
        text
    }
}
