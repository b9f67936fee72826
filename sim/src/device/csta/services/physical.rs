//! Physical device features: buttons, lamps, display, hookswitch, ringer, microphone and loudspeaker.
//!
//! A telephone has one display, one hookswitch, one ringer and one handset, each called `0`; lamps and buttons are
//! called by their numbers.

use super::features::{on, telephone};
use super::{capability::within, no_data};
use crate::device::csta::identifiers::{digits, number};
use crate::exchange::switch::{
    Apparatus, Button, ConnectionState, DeviceId, LampMode, OperationError, ServiceError, Switch,
};
use crate::time::SimTime;
use crate::wire::csta::value::Value;

type Answer = Result<Value, ServiceError>;

/// How much louder or softer one step is.
const STEP: i64 = 10;

fn the_part() -> Value {
    Value::Octets(b"0".to_vec())
}

/// The telephone with the parts that it has.
fn parts(switch: &Switch, argument: &Value) -> Result<(DeviceId, Apparatus), ServiceError> {
    let device = telephone(switch, argument)?;
    Ok((device, switch.apparatus(device)))
}

/// The telephone, where `argument` means its only part of the kind in `member`.
fn only(
    switch: &Switch,
    argument: &Value,
    member: &str,
    error: OperationError,
) -> Result<(DeviceId, Apparatus), ServiceError> {
    match argument.get(member).and_then(Value::as_octets) {
        None | Some(b"0") => parts(switch, argument),
        Some(_) => Err(error.into()),
    }
}

fn handset(switch: &Switch, argument: &Value) -> Result<(DeviceId, Apparatus), ServiceError> {
    only(
        switch,
        argument,
        "auditoryApparatus",
        OperationError::InvalidParameterValue,
    )
}

/// The number that a lamp or a button goes by; `None` where none is named.
fn numbered(argument: &Value, member: &str, error: OperationError) -> Result<Option<u32>, ServiceError> {
    let Some(octets) = argument.get(member).and_then(Value::as_octets) else {
        return Ok(None);
    };
    let number = std::str::from_utf8(octets)
        .ok()
        .and_then(|text| text.parse().ok());
    number.map(Some).ok_or(error.into())
}

fn name(number: u32) -> Value {
    Value::Octets(number.to_string().into_bytes())
}

/// The parts with their numbers: all, or the one that is wanted.
fn wanted<T>(
    parts: impl IntoIterator<Item = (u32, T)>,
    one: Option<u32>,
    error: OperationError,
) -> Result<Vec<(u32, T)>, ServiceError> {
    let found: Vec<_> = parts
        .into_iter()
        .filter(|(number, _)| one.is_none_or(|one| one == *number))
        .collect();
    if one.is_some() && found.is_empty() {
        return Err(error.into());
    }
    Ok(found)
}

fn list(name: &'static str, items: Vec<Value>) -> Value {
    Value::sequence([(name, Value::List(items))])
}

/// A level of 0 to 100, as it is given or as steps away from `now`.
fn level(value: Option<&Value>, now: u8, error: OperationError) -> Result<u8, ServiceError> {
    let level = match value.and_then(Value::chosen) {
        Some((_, Value::Integer(level))) => Some(*level),
        Some((_, step)) => match step.as_name() {
            Some("increment") => Some((i64::from(now) + STEP).min(100)),
            Some("decrement") => Some((i64::from(now) - STEP).max(0)),
            _ => None,
        },
        None => None,
    };
    level
        .and_then(|level| u8::try_from(level).ok())
        .ok_or(error.into())
}

pub(super) fn button_press(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let error = OperationError::InvalidButtonIdentifier;
    let (device, _) = parts(switch, argument)?;
    let button = numbered(argument, "button", error)?.ok_or(error)?;
    switch.button_press(device, button, now)?;
    Ok(no_data())
}

pub(super) fn get_button_information(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let error = OperationError::InvalidButtonIdentifier;
    let (_, parts) = parts(switch, argument)?;
    let buttons = wanted(parts.buttons, numbered(argument, "button", error)?, error)?;
    let item = |(place, button): (u32, Button)| {
        let associated = (!button.number.is_empty()).then(|| number(&button.number));
        Value::sequence([
            ("button", name(place)),
            ("buttonLabel", Value::text(&*button.label)),
            ("buttonLabelSettable", Value::Boolean(true)),
        ])
        .with("buttonAssociatedNumber", associated)
        .with("buttonAssociatedNumberSettable", Value::Boolean(true))
    };
    Ok(list("buttonList", buttons.into_iter().map(item).collect()))
}

/// What is not said of a button stays as it was.
pub(super) fn set_button_information(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let error = OperationError::InvalidButtonIdentifier;
    let (device, parts) = parts(switch, argument)?;
    let place = numbered(argument, "button", error)?.ok_or(error)?;
    let mut button = parts.buttons.get(&place).cloned().ok_or(error)?;
    if let Some(label) = argument.get("buttonLabel").and_then(Value::as_text) {
        let error = OperationError::InvalidParameterValue;
        within("buttonLabel", Some(label.as_bytes()), error)?;
        button.label = label.into();
    }
    if let Some(number) = argument.get("buttonAssociatedNumber").and_then(digits) {
        button.number = number.into();
    }
    switch.set_button_information(device, place, button, now)?;
    Ok(no_data())
}

pub(super) fn get_lamp_information(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let error = OperationError::InvalidLampId;
    let (_, parts) = parts(switch, argument)?;
    let lamps = wanted(parts.lamps, numbered(argument, "lamp", error)?, error)?;
    let item = |(lamp, _)| Value::sequence([("lamp", name(lamp))]);
    Ok(list("lampList", lamps.into_iter().map(item).collect()))
}

pub(super) fn get_lamp_mode(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let error = OperationError::InvalidLampId;
    let (_, parts) = parts(switch, argument)?;
    let lamps = wanted(parts.lamps, numbered(argument, "lamp", error)?, error)?;
    let item = |(lamp, mode): (u32, LampMode)| {
        let mode = Value::Integer(i64::from(mode.code()));
        Value::sequence([("lamp", name(lamp)), ("lampMode", mode)])
    };
    Ok(list("lampModeList", lamps.into_iter().map(item).collect()))
}

pub(super) fn set_lamp_mode(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let error = OperationError::InvalidLampId;
    let (device, _) = parts(switch, argument)?;
    let lamp = numbered(argument, "lamp", error)?.ok_or(error)?;
    let code = argument.get("lampMode").and_then(Value::as_integer);
    let mode = code
        .and_then(|code| LampMode::from_code(u16::try_from(code).ok()?))
        .ok_or(OperationError::InvalidLampMode)?;
    switch.set_lamp_mode(device, lamp, mode, now)?;
    Ok(no_data())
}

/// Rows and columns of what a display shows: a display is as large as its contents.
pub(in crate::device::csta) fn size(contents: &str) -> (i64, i64) {
    let rows = contents.split('\n');
    let columns = rows.clone().map(|row| row.chars().count()).max();
    let size = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    (size(rows.count()), size(columns.unwrap_or_default()))
}

pub(super) fn get_display(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let (_, parts) = only(switch, argument, "display", OperationError::InvalidParameterValue)?;
    let (rows, columns) = size(&parts.display);
    let item = Value::sequence([
        ("displayID", the_part()),
        ("logicalRows", Value::Integer(rows)),
        ("logicalColumns", Value::Integer(columns)),
        ("contentsOfDisplay", Value::text(&*parts.display)),
    ]);
    Ok(list("displayList", vec![item]))
}

/// With an offset, the contents lie over what is shown from there on.
pub(super) fn set_display(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let error = OperationError::InvalidParameterValue;
    let (device, parts) = only(switch, argument, "display", error)?;
    let contents = argument
        .get("contentsOfDisplay")
        .and_then(Value::as_text)
        .ok_or(error)?;
    let shown = match argument.get("offset").and_then(Value::as_integer) {
        None => contents.to_owned(),
        Some(offset) => {
            let offset = usize::try_from(offset)
                .ok()
                .filter(|offset| *offset < 1000)
                .ok_or(error)?;
            let blanks = std::iter::repeat(' ');
            let before = parts.display.chars().chain(blanks).take(offset);
            let after = parts.display.chars().skip(offset + contents.chars().count());
            before.chain(contents.chars()).chain(after).collect()
        }
    };
    switch.set_display(device, &shown, now)?;
    Ok(no_data())
}

pub(super) fn get_hookswitch_status(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let error = OperationError::InvalidHookswitchComponent;
    let (device, _) = only(switch, argument, "hookswitch", error)?;
    let item = Value::sequence([
        ("hookswitch", the_part()),
        ("hookswitchOnHook", Value::Boolean(!switch.is_off_hook(device))),
    ]);
    Ok(list("hookswitchStatusList", vec![item]))
}

pub(super) fn set_hookswitch_status(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let error = OperationError::InvalidHookswitchComponent;
    let (device, _) = only(switch, argument, "hookswitch", error)?;
    switch.set_hookswitch(device, !on(argument, "hookswitchOnHook"), now)?;
    Ok(no_data())
}

pub(super) fn get_microphone_gain(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let (_, parts) = handset(switch, argument)?;
    let gain = Value::Integer(i64::from(parts.microphone_gain));
    let item = Value::sequence([("auditoryApparatus", the_part()), ("micGainAbs", gain)]);
    Ok(list("microphoneGainList", vec![item]))
}

pub(super) fn set_microphone_gain(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (device, parts) = handset(switch, argument)?;
    let wanted = argument.get("microphoneGain");
    let gain = level(
        wanted,
        parts.microphone_gain,
        OperationError::InvalidMicrophoneGain,
    )?;
    switch.set_microphone_gain(device, gain, now)?;
    Ok(no_data())
}

pub(super) fn get_microphone_mute(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let (_, parts) = handset(switch, argument)?;
    let muted = Value::Boolean(parts.microphone_mute);
    let item = Value::sequence([("auditoryApparatus", the_part()), ("microphoneMuteOn", muted)]);
    Ok(list("microphoneMuteList", vec![item]))
}

pub(super) fn set_microphone_mute(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (device, _) = handset(switch, argument)?;
    switch.set_microphone_mute(device, on(argument, "microphoneMuteOn"), now)?;
    Ok(no_data())
}

pub(super) fn get_speaker_mute(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let (_, parts) = handset(switch, argument)?;
    let muted = Value::Boolean(parts.speaker_mute);
    let item = Value::sequence([("auditoryApparatus", the_part()), ("speakerMuteOn", muted)]);
    Ok(list("speakerMuteList", vec![item]))
}

pub(super) fn set_speaker_mute(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (device, _) = handset(switch, argument)?;
    switch.set_speaker_mute(device, on(argument, "speakerMuteOn"), now)?;
    Ok(no_data())
}

pub(super) fn get_speaker_volume(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let (_, parts) = handset(switch, argument)?;
    let volume = Value::Integer(i64::from(parts.speaker_volume));
    let item = Value::sequence([("auditoryApparatus", the_part()), ("speakerVolAbs", volume)]);
    Ok(list("speakerVolumeList", vec![item]))
}

pub(super) fn set_speaker_volume(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (device, parts) = handset(switch, argument)?;
    let wanted = argument.get("speakerVolume");
    let volume = level(wanted, parts.speaker_volume, OperationError::InvalidSpeakerVolume)?;
    switch.set_speaker_volume(device, volume, now)?;
    Ok(no_data())
}

pub(super) fn get_ringer_status(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let (device, parts) = only(switch, argument, "ringer", OperationError::InvalidParameterValue)?;
    let rings = switch.connection_in(device, ConnectionState::Alerting).is_some();
    let item = Value::sequence([
        ("ringer", the_part()),
        (
            "ringMode",
            Value::named(if rings { "ringing" } else { "notRinging" }),
        ),
        ("ringPattern", Value::Integer(i64::from(parts.ring_pattern))),
        ("ringVolAbs", Value::Integer(i64::from(parts.ring_volume))),
    ]);
    Ok(list("ringerStatusList", vec![item]))
}

/// The ringer rings when the telephone is alerted, and for no application's sake.
pub(super) fn set_ringer_status(switch: &mut Switch, argument: &Value, now: SimTime) -> Answer {
    let (device, parts) = only(switch, argument, "ringer", OperationError::InvalidParameterValue)?;
    if argument.get("ringMode").is_some() {
        return Err(OperationError::ParameterNotSupported.into());
    }
    let pattern = match argument.get("ringPattern").and_then(Value::as_integer) {
        None => parts.ring_pattern,
        Some(pattern) => u32::try_from(pattern).map_err(|_| OperationError::InvalidRingPattern)?,
    };
    let volume = match argument.get("ringVolume") {
        None => parts.ring_volume,
        wanted => level(wanted, parts.ring_volume, OperationError::InvalidRingVolume)?,
    };
    switch.set_ringer(device, pattern, volume, now)?;
    Ok(no_data())
}

/// A handset whose loudspeaker and microphone can be set and read in every way.
pub(super) fn get_auditory_apparatus(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    const ALL: u64 = 0b1_1111;
    let (device, _) = handset(switch, argument)?;
    let on_hook = u64::from(!switch.is_off_hook(device));
    let item = Value::sequence([
        ("auditoryApparatus", the_part()),
        ("auditoryApparatusType", Value::named("handset")),
        ("speaker", Value::Bits(ALL)),
        ("microphone", Value::Bits(ALL)),
        ("hookswitch", Value::Bits(1 | on_hook << 1)),
        ("hookswitchID", the_part()),
    ]);
    Ok(list("auditoryApparatusList", vec![item]))
}
