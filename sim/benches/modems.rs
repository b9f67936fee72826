//! Modems without ports, in virtual time: commands a second, calls through the exchange and how their cost grows with its
//! lines, and ten thousand modems on one machine with the memory of each.
//!
//! Beside criterion's figures it prints a million calls in one go and the memory; `--quick` and `--test` make both small.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput};
use offhook_sim::{ExchangeConfig, ModemId, ModemProfile, SimCommand, SimTime, Simulation, StationBehaviour};

/// Takes all that a simulation has to say.
fn drain(simulation: &mut Simulation) {
    while let Some(output) = simulation.poll_output() {
        black_box(output);
    }
    while simulation.poll_circuits().is_some() {}
    while let Some(event) = simulation.poll_event() {
        black_box(event);
    }
}

fn modem() -> (Simulation, ModemId) {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let modem = simulation
        .add_modem("101", ModemProfile::quick())
        .expect("a new number");
    (simulation, modem)
}

fn commands(c: &mut Criterion) {
    let mut group = c.benchmark_group("commands");
    for (name, line, count) in [
        ("AT", "AT\r", 1),
        ("usual set-up", "AT&F E0 V1 X4 &C1 &D2 S0=0\r", 7),
        ("extended", "AT+VCID=1;+FCLASS?;+MS=V34,1,0,33600\r", 3),
    ] {
        let (mut simulation, modem) = modem();
        let mut now = SimTime::ZERO;
        group.throughput(Throughput::Elements(count));
        group.bench_function(name, |b| {
            b.iter(|| {
                now += Duration::from_millis(1);
                simulation.handle_bytes(modem, line.as_bytes(), now);
                drain(&mut simulation);
            });
        });
    }
    group.finish();
}

/// An exchange with so many telephones that answer at once.
fn exchange(lines: u32) -> Simulation {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    for place in 0..lines {
        simulation
            .add_station(&number(place), StationBehaviour::AnswersAfter(Duration::ZERO))
            .expect("a new number");
    }
    simulation
}

fn number(place: u32) -> String {
    (1_000_000 + place).to_string()
}

/// One call from its first digit to the end: dialled, rung, answered, hung up.
fn call(simulation: &mut Simulation, turn: u32, lines: u32, now: &mut SimTime) {
    let from = turn.wrapping_mul(7919) % lines;
    let (from, to) = (number(from), number((from + lines / 2) % lines));
    let command = SimCommand::Call {
        from: from.clone(),
        to,
        caller_id: None,
    };
    simulation.command(command, *now).expect("the line is free");
    *now += Duration::from_millis(50);
    simulation.handle_timeout(*now);
    let hang_up = SimCommand::HangUp { number: from };
    simulation.command(hang_up, *now).expect("the call is answered");
    drain(simulation);
}

fn calls(c: &mut Criterion) {
    let mut group = c.benchmark_group("line calls");
    group.throughput(Throughput::Elements(1));
    for lines in [100, 1_000, 10_000, 100_000] {
        let mut simulation = exchange(lines);
        let (mut now, mut turn) = (SimTime::ZERO, 0);
        group.bench_function(BenchmarkId::from_parameter(lines), |b| {
            b.iter(|| {
                turn += 1;
                call(&mut simulation, turn, lines, &mut now);
            });
        });
    }
    group.finish();
}

fn print_million(calls: u32) {
    const LINES: u32 = 1_000;
    let mut simulation = exchange(LINES);
    let mut now = SimTime::ZERO;
    let began = Instant::now();
    for turn in 0..calls {
        call(&mut simulation, turn, LINES, &mut now);
    }
    let took = began.elapsed().as_secs_f64();
    println!(
        "{calls} calls between {LINES} lines: {took:.1} s, {:.0} calls a second; {now} s of simulated time",
        f64::from(calls) / took
    );
}

/// Bytes that the process holds in memory; nothing where the system does not tell.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

fn print_memory(modems: u32) {
    let before = resident();
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let ids: Vec<ModemId> = (0..modems)
        .map(|place| {
            let modem = simulation.add_modem(&number(place), ModemProfile::quick());
            modem.expect("a new number")
        })
        .collect();
    drain(&mut simulation);
    let shown = |what: &str| match before.zip(resident()) {
        Some((before, now)) => {
            let bytes = now.saturating_sub(before) / u64::from(modems);
            println!("{modems} modems {what}: {bytes} bytes each");
        }
        None => println!("{modems} modems {what}: this system does not tell the memory"),
    };
    shown("as they are switched on");
    let began = Instant::now();
    let mut now = SimTime::ZERO;
    for (place, modem) in ids.iter().enumerate() {
        let half = ids.len() / 2;
        let line = match place < half {
            true => format!("ATE0DT{}\r", number(u32::try_from(place + half).expect("few"))),
            false => "ATE0S0=1\r".to_owned(),
        };
        simulation.handle_bytes(*modem, line.as_bytes(), now);
    }
    for _ in 0..100 {
        now += Duration::from_millis(10);
        simulation.handle_timeout(now);
        drain(&mut simulation);
    }
    let connected = ids
        .iter()
        .filter(|modem| simulation.far_modem(**modem).is_some())
        .count();
    shown(&format!("with {connected} of them in calls"));
    println!(
        "{} calls set up in {:.2} s",
        connected / 2,
        began.elapsed().as_secs_f64()
    );
}

fn main() {
    let is_small = std::env::args().any(|arg| matches!(arg.as_str(), "--test" | "--quick"));
    // First of all: memory that something else has freed would be counted to nobody.
    print_memory(if is_small { 1_000 } else { 10_000 });
    print_million(if is_small { 10_000 } else { 1_000_000 });
    let mut criterion = Criterion::default().configure_from_args();
    commands(&mut criterion);
    calls(&mut criterion);
    criterion.final_summary();
}
