//! What the switch reports of devices: logical features, agents, the parts of a telephone, and service.

use std::sync::Arc;
use std::time::Duration;

use super::coded::coded_enum;
use super::device::Screening;
use super::ids::{ConnectionId, DeviceId};
use crate::time::SimTime;

/// An event of one device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceEvent {
    /// When it happened.
    pub at: SimTime,
    /// The device.
    pub device: DeviceId,
    /// What happened.
    pub kind: DeviceEventKind,
}

coded_enum! {
    /// When a device forwards its calls, and which calls: `Int` from inside the switch, `Ext` from outside.
    ForwardingType {
        Immediate = 0 "forwardImmediate",
        Busy = 1 "forwardBusy",
        NoAnswer = 2 "forwardNoAns",
        BusyInternal = 3 "forwardBusyInt",
        BusyExternal = 4 "forwardBusyExt",
        NoAnswerInternal = 5 "forwardNoAnsInt",
        NoAnswerExternal = 6 "forwardNoAnsExt",
        ImmediateInternal = 7 "forwardImmInt",
        ImmediateExternal = 8 "forwardImmExt",
        DoNotDisturb = 9 "forwardDND",
        DoNotDisturbInternal = 10 "forwardDNDInt",
        DoNotDisturbExternal = 11 "forwardDNDExt",
    }
}

/// Where a device forwards calls of one type to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The number that the calls go to.
    pub to: Arc<str>,
    /// For the types of no answer: how long the device is alerted first.
    pub ring_duration: Option<Duration>,
}

coded_enum! {
    /// What an agent does.
    AgentState {
        NotReady = 0 "agentNotReady",
        Null = 1 "agentNull",
        Ready = 2 "agentReady",
        Busy = 3 "agentBusy",
        WorkingAfterCall = 4 "agentWorkingAfterCall",
    }
}

coded_enum! {
    /// How a lamp shines.
    LampMode {
        BrokenFlutter = 0 "brokenFlutter",
        Flutter = 1 "flutter",
        Off = 2 "off",
        Steady = 3 "steady",
        Wink = 4 "wink",
        Unknown = 5 "unknown",
    }
}

/// The device events of ECMA-269: logical, physical and maintenance. On and off are one event with a value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the fields are what the variant says")]
pub enum DeviceEventKind {
    /// Do not disturb was switched.
    DoNotDisturb { on: bool },
    /// Forwarding of one type was set, or taken off.
    CallScreening { screening: Vec<Screening> },
    Forwarding {
        forwarding_type: ForwardingType,
        forward: Option<Forward>,
    },
    /// Messages wait for the device, or wait no more.
    MessageWaiting { on: bool },
    /// The device answers calls by itself, or does so no more.
    AutoAnswer { on: bool },
    /// A call back from this device to another was booked, or ended.
    CallBack { target: DeviceId, on: bool },
    /// This device asked another one to call back, or took that back.
    CallBackMessage { target: DeviceId, on: bool },
    /// An agent has logged on; what the agent does follows.
    AgentLoggedOn {
        agent: Arc<str>,
        group: Option<DeviceId>,
    },
    /// How long the agent at this device works after each call by itself; `None` where not at all.
    AutoWorkMode { interval: Option<Duration> },
    /// An agent's state changed; `Null` is a log off.
    Agent {
        agent: Arc<str>,
        group: Option<DeviceId>,
        state: AgentState,
    },
    /// Whether a routeing device asks a client where its calls shall go.
    RouteingMode { on: bool },
    /// The device serves again.
    BackInService,
    /// The device serves no more.
    OutOfService,
    /// The handset was lifted or put down, by hand or by a service.
    Hookswitch { off_hook: bool },
    /// A lamp shines in another way.
    LampMode { lamp: u32, mode: LampMode },
    /// A button was pressed.
    ButtonPress { button: u32 },
    /// What a button stands for changed: its label and the number that it dials.
    ButtonInformation {
        button: u32,
        label: Arc<str>,
        number: Arc<str>,
    },
    /// The display shows another text; its rows are joined by line feeds.
    DisplayUpdated { contents: Arc<str> },
    /// The ringer began or ceased to ring, or rings in another way.
    RingerStatus { ringing: bool, pattern: u32, volume: u8 },
    /// The gain of the microphone, 0 to 100.
    MicrophoneGain { gain: u8 },
    /// The microphone was muted or opened.
    MicrophoneMute { on: bool },
    /// The volume of the loudspeaker, 0 to 100.
    SpeakerVolume { volume: u8 },
    /// The loudspeaker was muted or opened.
    SpeakerMute { on: bool },
    /// A service that had been accepted came to nothing: the connection it was about.
    ServiceCompletionFailure { connection: ConnectionId },
}
