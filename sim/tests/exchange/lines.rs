//! Subscribers' lines and extensions on one exchange.

use std::time::Duration;

use offhook_sim::exchange::switch::{
    CallOptions, ConnectionState, Limits, StationSettings, Switch, SwitchEvent, TrunkSettings,
};
use offhook_sim::exchange::{Exchange, LineSignal, verbs};
use offhook_sim::{ExchangeConfig, ModemProfile, SimTime, Simulation};

/// A PBX with two extensions behind trunks that are dialled by 5550, and one subscriber's line, 101.
fn exchange() -> Exchange {
    let mut switch = Switch::new(Limits::default());
    for number in ["201", "202"] {
        switch.add_station(number, StationSettings::default()).unwrap();
    }
    switch
        .add_trunk_group(TrunkSettings {
            name: "T".into(),
            circuits: 2,
            prefixes: vec!["5550".into(), "0".into()],
            ..TrunkSettings::default()
        })
        .unwrap();
    let mut exchange = Exchange::with_switch(ExchangeConfig::default(), switch);
    exchange.add_line("101").unwrap();
    exchange.observe_switch();
    exchange
}

fn run(exchange: &mut Exchange, now: &mut SimTime, seconds: u64) -> (Vec<String>, Vec<LineSignal>) {
    *now += Duration::from_secs(seconds);
    exchange.handle_timeout(*now);
    let mut log = Vec::new();
    while let Some(event) = exchange.poll_event() {
        log.push(event.to_string());
    }
    let mut signals = Vec::new();
    while let Some((_, signal)) = exchange.poll_signal() {
        signals.push(signal);
    }
    (log, signals)
}

#[test]
fn a_line_calls_an_extension_through_a_trunk() {
    let mut exchange = exchange();
    let mut now = SimTime::ZERO;
    exchange.off_hook("101", now);
    run(&mut exchange, &mut now, 1);
    exchange.dial("101", "5550201", true, now);
    let (log, signals) = run(&mut exchange, &mut now, 1);
    assert_eq!(log, ["call 1: 101 dials 5550201"]);
    assert!(
        matches!(signals.as_slice(), [LineSignal::Ringback { .. }]),
        "{signals:?}"
    );
    let called = exchange.switch().device("201").unwrap();
    let ringing = exchange
        .switch()
        .connection_in(called, ConnectionState::Alerting)
        .unwrap();
    exchange.serve(|switch| switch.answer_call(ringing, now)).unwrap();
    let (_, signals) = run(&mut exchange, &mut now, 0);
    assert_eq!(signals, [LineSignal::Answered]);
    assert_eq!(exchange.far_end("101"), Some("201"));

    exchange
        .serve(|switch| switch.generate_digits(ringing, "42", now))
        .unwrap();
    exchange
        .serve(|switch| switch.clear_connection(ringing, now))
        .unwrap();
    let (log, signals) = run(&mut exchange, &mut now, 0);
    assert_eq!(log.last().unwrap(), "call 1: ended");
    assert_eq!(signals, [LineSignal::Digits("42".into()), LineSignal::Released]);
    let mut told = 0;
    while let Some(event) = exchange.poll_switch_event() {
        told += usize::from(matches!(event, SwitchEvent::Call(_)));
    }
    assert!(told > 10);
}

#[test]
fn a_line_that_rings_for_a_transferred_call_is_answered_in_the_new_one() {
    let mut exchange = exchange();
    let mut now = SimTime::ZERO;
    let (first, second) = (
        exchange.switch().device("201").unwrap(),
        exchange.switch().device("202").unwrap(),
    );
    let options = CallOptions::default();
    exchange.serve(|switch| {
        switch.make_call(first, "202", &options, now).unwrap();
        let ringing = switch.connection_in(second, ConnectionState::Alerting).unwrap();
        switch.answer_call(ringing, now).unwrap();
        let active = switch.consultation_call(ringing, "101", &options, now).unwrap();
        switch.transfer_call(ringing, active, now).unwrap();
    });
    let (log, _) = run(&mut exchange, &mut now, 6);
    assert_eq!(
        log,
        [
            "call 2: 101 is called by 202",
            "call 2: 101 rings",
            "call 3: 101 is sent caller id",
            "call 3: 101 rings",
        ]
    );
    exchange.off_hook("101", now);
    let (log, signals) = run(&mut exchange, &mut now, 0);
    assert_eq!(log, ["101 goes off-hook", "call 3: 101 answers"]);
    assert!(signals.ends_with(&[LineSignal::Answered]));
    exchange.on_hook("101", now);
    assert_eq!(exchange.switch().call_count(), 0);
}

#[test]
fn a_line_that_is_off_hook_finds_calls_failing_and_can_still_dial() {
    let mut exchange = exchange();
    let mut now = SimTime::ZERO;
    exchange.off_hook("101", now);
    run(&mut exchange, &mut now, 1);
    let first = exchange.switch().device("201").unwrap();
    let options = CallOptions::default();
    exchange
        .serve(|switch| switch.make_call(first, "101", &options, now))
        .unwrap();
    assert!(exchange.far_end("101").is_none());
    exchange.dial("101", "202", true, now);
    run(&mut exchange, &mut now, 1);
    let called = exchange.switch().device("202").unwrap();
    assert!(
        exchange
            .switch()
            .connection_in(called, ConnectionState::Alerting)
            .is_some()
    );
}

#[test]
fn a_modem_connects_to_an_extension_through_a_trunk() {
    let mut simulation = Simulation::with_exchange(exchange());
    simulation.observe_switch();
    let profile = ModemProfile {
        echo: false,
        ..ModemProfile::default()
    };
    let modem = simulation.add_modem("102", profile).unwrap();
    let mut now = SimTime::ZERO;
    simulation.handle_bytes(modem, b"ATDT5550201\r", now);
    now += Duration::from_secs(5);
    simulation.handle_timeout(now);
    simulation
        .serve(now, |switch| verbs::run(switch, "answer 201", now))
        .unwrap();
    now += Duration::from_secs(20);
    simulation.handle_timeout(now);
    let mut said = Vec::new();
    while let Some((_, bytes)) = simulation.poll_output() {
        said.extend(bytes);
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(said.contains("CONNECT"), "{said:?}");
    simulation
        .serve(now, |switch| verbs::run(switch, "hang-up 201", now))
        .unwrap();
    let (_, bytes) = simulation.poll_output().unwrap();
    assert_eq!(bytes, b"\r\nNO CARRIER\r\n");
    assert_eq!(simulation.exchange().switch().call_count(), 0);
    assert!(simulation.poll_switch_event().is_some());
}
