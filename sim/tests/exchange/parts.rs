//! The parts of a telephone, and what travels with a call.

use offhook_sim::exchange::switch::{
    Button, CallOptions, ConnectionState, EventCause, LampMode, OperationError, ServiceError, StateError,
    SwitchEvent, TelephonyTone,
};

use crate::desk::Desk;

#[test]
fn lamps_buttons_display_and_sound_are_set_and_told() {
    let mut desk = Desk::with(&["201", "202"]);
    let device = desk.device("201");
    let now = desk.now;
    let switch = &mut desk.switch;
    switch.add_lamp(device, 1).unwrap();
    switch.set_lamp_mode(device, 1, LampMode::Wink, now).unwrap();
    switch.set_display(device, "HELLO", now).unwrap();
    switch.set_ringer(device, 3, 80, now).unwrap();
    switch.set_speaker_volume(device, 70, now).unwrap();
    switch.set_microphone_mute(device, true, now).unwrap();
    for (answer, error) in [
        (
            switch.set_lamp_mode(device, 2, LampMode::Off, now),
            OperationError::InvalidLampId,
        ),
        (
            switch.set_microphone_gain(device, 101, now),
            OperationError::InvalidMicrophoneGain,
        ),
        (
            switch.button_press(device, 4, now),
            OperationError::InvalidButtonIdentifier,
        ),
    ] {
        assert_eq!(answer.unwrap_err(), ServiceError::Operation(error));
    }
    let parts = switch.apparatus(device);
    assert_eq!((parts.lamps[&1], &*parts.display), (LampMode::Wink, "HELLO"));
    assert_eq!(
        desk.device_log(),
        [
            "201: lamp 1 wink",
            "201: display shows \"HELLO\"",
            "201: ringer off, pattern 3, volume 80",
            "201: speaker volume 70",
            "201: microphone mute on",
        ]
    );
}

#[test]
fn a_button_with_a_number_dials_it() {
    let mut desk = Desk::with(&["201", "202"]);
    let device = desk.device("201");
    let button = Button {
        label: "BOSS".into(),
        number: "202".into(),
    };
    desk.switch
        .set_button_information(device, 1, button, desk.now)
        .unwrap();
    desk.switch.button_press(device, 1, desk.now).unwrap();
    desk.at("202", ConnectionState::Alerting);
    desk.close();
}

#[test]
fn digits_and_tones_need_a_call_that_is_connected() {
    let mut desk = Desk::with(&["201", "202"]);
    let caller = desk.call("201", "202");
    let ringing = desk.at("202", ConnectionState::Alerting);
    assert_eq!(
        desk.switch.generate_digits(ringing, "1", desk.now).unwrap_err(),
        ServiceError::StateIncompatibility(StateError::InvalidConnectionState)
    );
    assert_eq!(
        desk.switch.generate_digits(caller, "12x", desk.now).unwrap_err(),
        ServiceError::Operation(OperationError::ToneCharacterOutOfRange)
    );
    desk.log();
    desk.switch.generate_digits(caller, "12,#", desk.now).unwrap();
    desk.switch
        .generate_telephony_tones(caller, TelephonyTone::Beep, desk.now)
        .unwrap();
    assert_eq!(
        desk.log(),
        [
            "call 1: 201 sends digits 12,# (normal)",
            "call 1: 201 sends tone beep (normal)"
        ]
    );
    desk.close();
}

#[test]
fn correlator_and_user_data_travel_into_the_transferred_call() {
    let mut desk = Desk::with(&["201", "202", "203"]);
    let (held, active) = desk.consult("201", "202", "203");
    desk.switch
        .associate_data(held, Some(b"case 7"), Some("4711"), desk.now)
        .unwrap();
    desk.switch
        .send_user_information(active, b"hello", desk.now)
        .unwrap();
    let merged = desk.switch.transfer_call(held, active, desk.now).unwrap();
    let info = desk.switch.call_info(merged.call).unwrap();
    assert_eq!(info.correlator.as_deref(), Some(&b"case 7"[..]));
    assert_eq!(info.user_data.as_deref(), Some(&b"hello"[..]));
    assert_eq!(info.account.as_deref(), Some("4711"));
    assert_eq!(
        desk.switch
            .associate_data(held, None, None, desk.now)
            .unwrap_err(),
        ServiceError::Operation(OperationError::AtLeastOneConditionalParameterNotProvided)
    );
    desk.close();
}

#[test]
fn what_a_caller_sends_is_in_every_event_of_the_call() {
    let mut desk = Desk::with(&["201", "202"]);
    let caller = desk.device("201");
    desk.switch.set_name(caller, "RECEPTION").unwrap();
    let options = CallOptions {
        user_data: Some(b"x".as_slice().into()),
        ..CallOptions::default()
    };
    desk.switch.make_call(caller, "202", &options, desk.now).unwrap();
    let mut events = 0;
    while let Some(event) = desk.switch.poll_event() {
        if let SwitchEvent::Call(event) = event {
            assert_eq!(event.info.user_data.as_deref(), Some(&b"x"[..]));
            assert_eq!(event.info.calling_name.as_deref(), Some("RECEPTION"));
            assert_eq!(event.cause, EventCause::NewCall);
            events += 1;
        }
    }
    assert_eq!(events, 3);
}
