//! Events in plain words, with the numbers of the devices.

use std::fmt::Write;

use super::{
    AgentState, CallEvent, CallEventKind, DeviceEvent, DeviceEventKind, DeviceId, Merge, Party,
    RouteEventKind, Switch, SwitchEvent,
};

impl Switch {
    /// An event as a sentence, for a record that people read: `call 1: 202 is delivered (newCall)`.
    pub fn describe(&self, event: &SwitchEvent) -> String {
        match event {
            SwitchEvent::Call(event) => self.describe_call(event),
            SwitchEvent::Device(event) => self.describe_device(event),
            SwitchEvent::Route(event) => {
                let device = self.number(event.routeing_device);
                let what = match &event.kind {
                    RouteEventKind::RouteRequest { info } => {
                        format!("asks where to send the call of {}", self.party(&info.calling))
                    }
                    RouteEventKind::ReRoute => "asks for another way".to_owned(),
                    RouteEventKind::RouteUsed { destination } => format!("sent the call to {destination}"),
                    RouteEventKind::RouteEnd { cause } => format!("asks no more ({cause})"),
                };
                format!("{}: {device} {what}", event.call)
            }
        }
    }

    fn describe_call(&self, event: &CallEvent) -> String {
        use CallEventKind::*;
        let n = |device: &DeviceId| self.number(*device);
        let what = match &event.kind {
            ServiceInitiated { device } => format!("{} initiates", n(device)),
            DigitsDialed { device, digits } => format!("{} dials {digits}", n(device)),
            Originated { device } => {
                format!("{} originates to {}", n(device), self.party(&event.info.called))
            }
            Offered { device } => format!("offered to {}", n(device)),
            Delivered { device } => {
                format!(
                    "delivered to {} from {}",
                    n(device),
                    self.party(&event.info.calling)
                )
            }
            Established { device } => format!("established at {}", n(device)),
            Held { device } => format!("held by {}", n(device)),
            Retrieved { device } => format!("retrieved by {}", n(device)),
            Queued {
                device,
                number_queued,
                ..
            } => format!("queued at {} as {number_queued}", n(device)),
            Diverted {
                device,
                new_destination,
            } => {
                format!("diverted by {} to {}", n(device), self.party(new_destination))
            }
            Failed { device } => format!("failed at {}", n(device)),
            NetworkReached { device } => format!("reached the network through {}", n(device)),
            ConnectionCleared { device, releasing } if device == releasing => {
                format!("{} cleared", n(device))
            }
            ConnectionCleared { device, releasing } => format!("{} cleared by {}", n(device), n(releasing)),
            CallCleared => "cleared".to_owned(),
            Transferred(merge) => format!("transferred {}", self.describe_merge(merge)),
            Conferenced(merge) => format!("conferenced {}", self.describe_merge(merge)),
            DigitsGenerated { device, digits } => format!("{} sends digits {digits}", n(device)),
            TelephonyTonesGenerated { device, tone } => format!("{} sends tone {tone}", n(device)),
            CallInformation { device } => format!("{} sends information", n(device)),
        };
        format!("{}: {what} ({})", event.call, event.cause)
    }

    fn describe_merge(&self, merge: &Merge) -> String {
        let mut text = format!(
            "by {} to {} from {}",
            self.number(merge.device),
            self.party(&merge.to),
            merge.primary_old.call
        );
        if let Some(secondary) = merge.secondary_old {
            let _ = write!(text, " and {}", secondary.call);
        }
        text
    }

    fn describe_device(&self, event: &DeviceEvent) -> String {
        use DeviceEventKind::*;
        let switched = |on: bool| if on { "on" } else { "off" };
        let what = match &event.kind {
            DoNotDisturb { on } => format!("do not disturb {}", switched(*on)),
            CallScreening { screening } => match screening.len() {
                0 => "screens no calls".to_owned(),
                rules => format!("screens calls by {rules} rules"),
            },
            Forwarding {
                forwarding_type,
                forward: Some(forward),
            } => format!("{forwarding_type} to {}", forward.to),
            Forwarding {
                forwarding_type,
                forward: None,
            } => format!("{forwarding_type} off"),
            MessageWaiting { on } => format!("message waiting {}", switched(*on)),
            AutoAnswer { on } => format!("auto answer {}", switched(*on)),
            CallBack { target, on } => format!("call back of {} {}", self.number(*target), switched(*on)),
            CallBackMessage { target, on } => {
                format!("call back message at {} {}", self.number(*target), switched(*on))
            }
            AgentLoggedOn { agent, group } => format!("agent {agent} logged on{}", self.at_group(*group)),
            AutoWorkMode { interval: None } => "no work after calls".to_owned(),
            AutoWorkMode {
                interval: Some(interval),
            } => format!("{} s of work after calls", interval.as_secs()),
            Agent { agent, group, state } => {
                let at = self.at_group(*group);
                match state {
                    AgentState::Null => format!("agent {agent} logged off{at}"),
                    state => format!("agent {agent}{at} {state}"),
                }
            }
            RouteingMode { on } => format!("routeing {}", switched(*on)),
            BackInService => "back in service".to_owned(),
            OutOfService => "out of service".to_owned(),
            Hookswitch { off_hook: true } => "off-hook".to_owned(),
            Hookswitch { off_hook: false } => "on-hook".to_owned(),
            LampMode { lamp, mode } => format!("lamp {lamp} {mode}"),
            ButtonPress { button } => format!("button {button} pressed"),
            ButtonInformation {
                button,
                label,
                number,
            } => format!("button {button} is {label} {number}"),
            DisplayUpdated { contents } => format!("display shows {contents:?}"),
            RingerStatus {
                ringing,
                pattern,
                volume,
            } => format!(
                "ringer {}, pattern {pattern}, volume {volume}",
                switched(*ringing)
            ),
            MicrophoneGain { gain } => format!("microphone gain {gain}"),
            MicrophoneMute { on } => format!("microphone mute {}", switched(*on)),
            SpeakerVolume { volume } => format!("speaker volume {volume}"),
            SpeakerMute { on } => format!("speaker mute {}", switched(*on)),
            ServiceCompletionFailure { connection } => format!("service failed in {}", connection.call),
        };
        format!("{}: {what}", self.number(event.device))
    }

    fn at_group(&self, group: Option<DeviceId>) -> String {
        group.map_or(String::new(), |group| format!(" at {}", self.number(group)))
    }

    /// A party as people write it.
    pub fn party(&self, party: &Party) -> String {
        match party {
            Party::Device(device) => self.number(*device).to_owned(),
            Party::Number(number) => number.to_string(),
            Party::NotKnown => "an unknown party".to_owned(),
            Party::Restricted => "a withheld number".to_owned(),
        }
    }
}
