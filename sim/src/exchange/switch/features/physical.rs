//! The parts of a telephone: lamps, buttons, display, ringer, loudspeaker and microphone.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::super::{
    CallOptions, ConnectionState, DeviceEventKind, DeviceId, DeviceKind, LampMode, OperationError,
    ServiceError, StateError, Switch,
};
use crate::time::SimTime;

/// What a button stands for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Button {
    /// What is written on it.
    pub label: Arc<str>,
    /// The number that it dials; empty for none.
    pub number: Arc<str>,
}

/// The parts of one telephone as they are now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Apparatus {
    /// The lamps by number.
    pub lamps: BTreeMap<u32, LampMode>,
    /// The buttons by number.
    pub buttons: BTreeMap<u32, Button>,
    /// What the display shows, its rows joined by line feeds.
    pub display: Arc<str>,
    /// How the ringer rings: a number of the telephone's own.
    pub ring_pattern: u32,
    /// How loud the ringer is, 0 to 100.
    pub ring_volume: u8,
    /// How loud the loudspeaker is, 0 to 100.
    pub speaker_volume: u8,
    /// The loudspeaker is muted.
    pub speaker_mute: bool,
    /// The gain of the microphone, 0 to 100.
    pub microphone_gain: u8,
    /// The microphone is muted.
    pub microphone_mute: bool,
}

impl Default for Apparatus {
    fn default() -> Apparatus {
        Apparatus {
            lamps: BTreeMap::new(),
            buttons: BTreeMap::new(),
            display: "".into(),
            ring_pattern: 0,
            ring_volume: 50,
            speaker_volume: 50,
            speaker_mute: false,
            microphone_gain: 50,
            microphone_mute: false,
        }
    }
}

impl Switch {
    /// The parts of a telephone as they are now; as they come where nothing was set yet.
    pub fn apparatus(&self, device: DeviceId) -> Apparatus {
        self.apparatus.get(&device).cloned().unwrap_or_default()
    }

    /// Gives a telephone a lamp, off.
    pub fn add_lamp(&mut self, device: DeviceId, lamp: u32) -> Result<(), ServiceError> {
        self.parts(device)?.lamps.entry(lamp).or_insert(LampMode::Off);
        Ok(())
    }

    /// Set Lamp Mode. A lamp that the telephone does not have is refused (`invalidLampID`).
    pub fn set_lamp_mode(
        &mut self,
        device: DeviceId,
        lamp: u32,
        mode: LampMode,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.set_part(device, now, DeviceEventKind::LampMode { lamp, mode }, |parts| {
            *parts.lamps.get_mut(&lamp).ok_or(OperationError::InvalidLampId)? = mode;
            Ok(())
        })
    }

    /// Set Button Information. Makes the button where it is new.
    pub fn set_button_information(
        &mut self,
        device: DeviceId,
        button: u32,
        information: Button,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        let kind = DeviceEventKind::ButtonInformation {
            button,
            label: Arc::clone(&information.label),
            number: Arc::clone(&information.number),
        };
        self.set_part(device, now, kind, |parts| {
            parts.buttons.insert(button, information);
            Ok(())
        })
    }

    /// Button Press. A button with a number dials it: where the telephone has begun a call, in that call; otherwise it
    /// makes one. A button that the telephone does not have is refused (`invalidButtonIdentifier`).
    pub fn button_press(&mut self, device: DeviceId, button: u32, now: SimTime) -> Result<(), ServiceError> {
        let known = self.parts(device)?.buttons.get(&button);
        let number = known
            .map(|known| Arc::clone(&known.number))
            .ok_or(OperationError::InvalidButtonIdentifier)?;
        self.set_part(device, now, DeviceEventKind::ButtonPress { button }, |_| Ok(()))?;
        if number.is_empty() {
            return Ok(());
        }
        match self.connection_in(device, ConnectionState::Initiated) {
            Some(begun) => self.dial_digits(begun, &number, true, now),
            None => self
                .make_call(device, &number, &CallOptions::default(), now)
                .map(|_| ()),
        }
    }

    /// Set Display.
    pub fn set_display(
        &mut self,
        device: DeviceId,
        contents: &str,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        let contents: Arc<str> = contents.into();
        let kind = DeviceEventKind::DisplayUpdated {
            contents: Arc::clone(&contents),
        };
        self.set_part(device, now, kind, |parts| {
            parts.display = contents;
            Ok(())
        })
    }

    /// Set Ringer Status: its pattern and its volume, 0 to 100 (`invalidRingVolume`).
    pub fn set_ringer(
        &mut self,
        device: DeviceId,
        pattern: u32,
        volume: u8,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        let kind = DeviceEventKind::RingerStatus {
            ringing: self.connection_in(device, ConnectionState::Alerting).is_some(),
            pattern,
            volume,
        };
        self.set_part(device, now, kind, |parts| {
            percent(volume, OperationError::InvalidRingVolume)?;
            parts.ring_pattern = pattern;
            parts.ring_volume = volume;
            Ok(())
        })
    }

    /// Set Speaker Volume, 0 to 100 (`invalidSpeakerVolume`).
    pub fn set_speaker_volume(
        &mut self,
        device: DeviceId,
        volume: u8,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.set_part(device, now, DeviceEventKind::SpeakerVolume { volume }, |parts| {
            percent(volume, OperationError::InvalidSpeakerVolume)?;
            parts.speaker_volume = volume;
            Ok(())
        })
    }

    /// Set Speaker Mute.
    pub fn set_speaker_mute(&mut self, device: DeviceId, on: bool, now: SimTime) -> Result<(), ServiceError> {
        self.set_part(device, now, DeviceEventKind::SpeakerMute { on }, |parts| {
            parts.speaker_mute = on;
            Ok(())
        })
    }

    /// Set Microphone Gain, 0 to 100 (`invalidMicrophoneGain`).
    pub fn set_microphone_gain(
        &mut self,
        device: DeviceId,
        gain: u8,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.set_part(device, now, DeviceEventKind::MicrophoneGain { gain }, |parts| {
            percent(gain, OperationError::InvalidMicrophoneGain)?;
            parts.microphone_gain = gain;
            Ok(())
        })
    }

    /// Set Microphone Mute.
    pub fn set_microphone_mute(
        &mut self,
        device: DeviceId,
        on: bool,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        self.set_part(device, now, DeviceEventKind::MicrophoneMute { on }, |parts| {
            parts.microphone_mute = on;
            Ok(())
        })
    }

    /// Set Hookswitch Status of a telephone that the switch runs: lifted, it answers the call that alerts or prompts it
    /// and otherwise begins one; put down, it leaves the call that it is in. A line goes on-hook and off-hook by itself
    /// and is refused (`requestIncompatibleWithDevice`).
    pub fn set_hookswitch(
        &mut self,
        device: DeviceId,
        off_hook: bool,
        now: SimTime,
    ) -> Result<(), ServiceError> {
        if self.kind(device) != Some(DeviceKind::Station) {
            return Err(OperationError::RequestIncompatibleWithDevice.into());
        }
        let at = |switch: &Switch, states: &[ConnectionState]| {
            states
                .iter()
                .find_map(|state| switch.connection_in(device, *state))
        };
        if off_hook == self.is_off_hook(device) {
            return Ok(());
        }
        if !off_hook {
            let states = [
                ConnectionState::Connected,
                ConnectionState::Fail,
                ConnectionState::Initiated,
            ];
            let left = at(self, &states).ok_or(StateError::NoConnectionToClear)?;
            return self.clear_connection(left, now);
        }
        match at(self, &[ConnectionState::Alerting, ConnectionState::Initiated]) {
            Some(waiting) => self.answer_call(waiting, now),
            None => self.make_connection(device, now).map(|_| ()),
        }
    }

    fn parts(&mut self, device: DeviceId) -> Result<&mut Apparatus, ServiceError> {
        self.telephone_mut(device)?;
        Ok(self.apparatus.entry(device).or_default())
    }

    fn set_part(
        &mut self,
        device: DeviceId,
        now: SimTime,
        kind: DeviceEventKind,
        set: impl FnOnce(&mut Apparatus) -> Result<(), OperationError>,
    ) -> Result<(), ServiceError> {
        self.serve(now, |switch| {
            set(switch.parts(device)?)?;
            switch.report_device(device, kind);
            Ok(())
        })
    }
}

fn percent(value: u8, error: OperationError) -> Result<(), OperationError> {
    if value <= 100 { Ok(()) } else { Err(error) }
}
