//! Calls per second through the switch in virtual time, and how that changes with the number of extensions.
//!
//! One call: made, answered, held, retrieved, cleared, with every event taken. `transfers` is two calls that become
//! one; `queue` is a call that waits for an agent and gets one.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use offhook_sim::SimTime;
use offhook_sim::exchange::switch::{
    AgentState, CallOptions, ConnectionId, ConnectionState, DeviceId, Distribution, GroupSettings, Limits,
    StationSettings, Switch,
};

fn switch(extensions: u32) -> (Switch, Vec<DeviceId>, Vec<String>) {
    let mut switch = Switch::new(Limits::default());
    let numbers: Vec<String> = (0..extensions)
        .map(|place| format!("{:06}", 200_000 + place))
        .collect();
    let devices = numbers
        .iter()
        .map(|number| {
            switch
                .add_station(number, StationSettings::default())
                .expect("a new number")
        })
        .collect();
    (switch, devices, numbers)
}

fn drain(switch: &mut Switch) {
    while let Some(event) = switch.poll_event() {
        black_box(event);
    }
}

/// A pair of extensions far from the last one, so that no two calls meet the same memory.
fn pair(turn: usize, count: usize) -> (usize, usize) {
    let first = (turn * 7919) % count;
    (first, (first + count / 2) % count)
}

fn calls(c: &mut Criterion) {
    let mut group = c.benchmark_group("calls");
    group.throughput(Throughput::Elements(1));
    for extensions in [100, 1_000, 10_000, 100_000] {
        let (mut switch, devices, numbers) = switch(extensions);
        let (mut now, mut turn) = (SimTime::ZERO, 0);
        group.bench_function(BenchmarkId::from_parameter(extensions), |b| {
            b.iter(|| {
                turn += 1;
                now += Duration::from_millis(10);
                let (from, to) = pair(turn, devices.len());
                let options = CallOptions::default();
                let caller = switch
                    .make_call(devices[from], &numbers[to], &options, now)
                    .expect("idle");
                let called = ConnectionId::new(caller.call, devices[to]);
                switch.answer_call(called, now).expect("alerting");
                switch.hold_call(caller, now).expect("connected");
                switch.retrieve_call(caller, now).expect("held");
                switch.clear_connection(called, now).expect("connected");
                drain(&mut switch);
            });
        });
        assert_eq!(switch.call_count(), 0);
    }
    group.finish();
}

/// As `calls`, while every second extension of the rest is in a call that goes on.
fn calls_among_calls(c: &mut Criterion) {
    let mut group = c.benchmark_group("calls_among_calls");
    group.throughput(Throughput::Elements(1));
    for extensions in [1_000, 100_000] {
        let (mut switch, devices, numbers) = switch(extensions);
        let options = CallOptions::default();
        let half = devices.len() / 2;
        for place in (0..half).step_by(2) {
            let caller = switch
                .make_call(devices[place], &numbers[place + 1], &options, SimTime::ZERO)
                .expect("idle");
            let called = ConnectionId::new(caller.call, devices[place + 1]);
            switch.answer_call(called, SimTime::ZERO).expect("alerting");
        }
        drain(&mut switch);
        let (mut now, mut turn) = (SimTime::ZERO, 0);
        group.bench_function(BenchmarkId::from_parameter(extensions), |b| {
            b.iter(|| {
                turn += 1;
                now += Duration::from_millis(10);
                let (from, to) = pair(turn, half);
                let caller = switch
                    .make_call(devices[half + from], &numbers[half + to], &options, now)
                    .expect("idle");
                let called = ConnectionId::new(caller.call, devices[half + to]);
                switch.answer_call(called, now).expect("alerting");
                switch.clear_connection(caller, now).expect("connected");
                drain(&mut switch);
            });
        });
    }
    group.finish();
}

fn transfers(c: &mut Criterion) {
    let (mut switch, devices, numbers) = switch(100_000);
    let (mut now, mut turn) = (SimTime::ZERO, 0);
    let mut group = c.benchmark_group("transfers");
    group.throughput(Throughput::Elements(1));
    group.bench_function("100000", |b| {
        b.iter(|| {
            turn += 1;
            now += Duration::from_millis(10);
            let (from, to) = pair(turn, devices.len());
            let third = (to + 1) % devices.len();
            let options = CallOptions::default();
            let caller = switch
                .make_call(devices[from], &numbers[to], &options, now)
                .expect("idle");
            let held = ConnectionId::new(caller.call, devices[to]);
            switch.answer_call(held, now).expect("alerting");
            let active = switch
                .consultation_call(held, &numbers[third], &options, now)
                .expect("connected");
            let ringing = ConnectionId::new(active.call, devices[third]);
            switch.answer_call(ringing, now).expect("alerting");
            let merged = switch.transfer_call(held, active, now).expect("held and active");
            switch.clear_call(merged.call, now).expect("a call");
            drain(&mut switch);
        });
    });
    group.finish();
}

fn queue(c: &mut Criterion) {
    let (mut switch, devices, numbers) = switch(100_000);
    let settings = GroupSettings {
        members: devices[..1_000].to_vec(),
        distribution: Distribution::LongestIdle,
        agents_only: true,
        queue: 1_000,
        ..GroupSettings::default()
    };
    switch.add_group("300", settings).expect("a new number");
    for (place, device) in devices[..1_000].iter().enumerate() {
        switch
            .log_on(*device, &numbers[place], None, Duration::ZERO, SimTime::ZERO)
            .expect("nobody there");
        switch
            .set_agent_state(*device, AgentState::Ready, SimTime::ZERO)
            .expect("logged on");
    }
    drain(&mut switch);
    let (mut now, mut turn) = (SimTime::ZERO, 0);
    let mut group = c.benchmark_group("queue");
    group.throughput(Throughput::Elements(1));
    group.bench_function("1000 agents", |b| {
        b.iter(|| {
            turn += 1;
            now += Duration::from_millis(10);
            let from = devices[1_000 + turn * 7919 % (devices.len() - 1_000)];
            let caller = switch
                .make_call(from, "300", &CallOptions::default(), now)
                .expect("idle");
            let states = switch.snapshot_call(caller.call).expect("a call");
            let (agent, _) = states
                .into_iter()
                .find(|(_, state)| *state == ConnectionState::Alerting)
                .expect("an agent is free");
            switch
                .answer_call(ConnectionId::new(caller.call, agent), now)
                .expect("alerting");
            switch.clear_connection(caller, now).expect("connected");
            drain(&mut switch);
        });
    });
    group.finish();
}

criterion_group!(benches, calls, calls_among_calls, transfers, queue);
criterion_main!(benches);
