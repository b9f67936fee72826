//! Two modems and a telephone on an exchange, in virtual time: no bytes, circuits and steps make a modem panic, stop time,
//! or say what is no answer of V.250.
//!
//! An input is a first octet that chooses the makes of modem, then steps: an octet that says what happens, an octet for
//! how much of it, and the octets that it takes.
#![cfg_attr(fuzzing, no_main)]

use std::time::Duration;

use offhook_sim::device::modem::profile::PROFILES;
use offhook_sim::{
    CallerId, DeviceFault, DteCircuits, ExchangeConfig, ModemProfile, RingPattern, SimCommand, SimTime,
    Simulation, StationBehaviour,
};

#[cfg(fuzzing)]
libfuzzer_sys::fuzz_target!(|data: &[u8]| run(data));

const STATION: &str = "5551234";

/// Plays one input.
pub fn run(data: &[u8]) {
    let Some((&makes, mut rest)) = data.split_first() else {
        return;
    };
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let modems = [makes & 7, makes >> 3 & 7].map(usize::from);
    let modems = [("101", modems[0]), ("102", modems[1])].map(|(number, make)| {
        let profile = PROFILES
            .get(make)
            .map_or_else(ModemProfile::default, |(name, _)| {
                ModemProfile::find(name).expect("a profile that comes along is sound")
            });
        simulation
            .add_modem(number, profile.hurried())
            .expect("the number is free")
    });
    simulation
        .add_station(STATION, StationBehaviour::AnswersAfter(Duration::from_millis(50)))
        .expect("the number is free");
    let mut now = SimTime::ZERO;
    while let Some((&[what, much], after)) = rest.split_first_chunk() {
        let length = usize::from(if what & 15 < 4 { much & 63 } else { 0 }).min(after.len());
        let (bytes, after) = after.split_at(length);
        rest = after;
        let modem = modems[usize::from(what >> 7)];
        let number = simulation.number(modem).to_owned();
        match what & 15 {
            0..=2 => simulation.handle_bytes(modem, bytes, now),
            // A whole command line, with its prefix and its end.
            3 => simulation.handle_bytes(modem, &[b"AT", bytes, b"\r"].concat(), now),
            4 => now += Duration::from_millis(u64::from(much)),
            5 => now += Duration::from_millis(100 * u64::from(much)),
            6 => simulation.handle_circuits(
                modem,
                DteCircuits {
                    dtr: much & 1 == 0,
                    rts: much & 2 == 0,
                },
                now,
            ),
            7 => simulation.handle_client_gone(modem, now),
            // What makes no sense now is refused, and that is an answer too.
            step => drop(simulation.command(command(step, much, number), now)),
        }
        pass_to(&mut simulation, now);
        check(&mut simulation);
    }
    // A minute later time still passes.
    pass_to(&mut simulation, now + Duration::from_secs(60));
    check(&mut simulation);
}

fn command(step: u8, much: u8, number: String) -> SimCommand {
    let station = STATION.to_owned();
    match step {
        8 => SimCommand::Call {
            from: station,
            to: number,
            caller_id: (much & 1 == 0).then(|| CallerId::number(STATION)),
        },
        9 => SimCommand::HangUp { number: station },
        10 => SimCommand::Send {
            number: station,
            bytes: vec![much; 3],
        },
        11 => SimCommand::SetPower {
            number,
            on: much & 1 == 0,
        },
        12 => SimCommand::SetDialTone {
            number,
            present: much & 1 == 0,
        },
        13 => SimCommand::Cut { number },
        14 => SimCommand::SetRing {
            number,
            pattern: (much != 0).then(|| RingPattern(vec![u32::from(much); 3])),
        },
        _ => SimCommand::SetDeviceFault {
            number,
            fault: match much % 6 {
                0 => None,
                1 => Some(DeviceFault::NoReply),
                2 => Some(DeviceFault::WrongReply("WHAT".to_owned())),
                3 => Some(DeviceFault::LateReply(Duration::from_millis(much.into()))),
                4 => Some(DeviceFault::EchoStuck),
                _ => Some(DeviceFault::RingStorm(Duration::from_millis(much.into()))),
            },
        },
    }
}

/// Lets time pass event by event. Many things may be due at one moment, but not without end.
fn pass_to(simulation: &mut Simulation, now: SimTime) {
    let (mut last, mut steps) = (SimTime::ZERO, 0);
    while let Some(at) = simulation.poll_timeout().filter(|at| *at <= now) {
        assert!(at >= last, "time went back from {last} to {at}");
        steps = if at == last { steps + 1 } else { 0 };
        assert!(steps < 10_000, "time stands still at {at}");
        last = at;
        simulation.handle_timeout(at);
        check(simulation);
    }
}

/// Nothing is kept that nobody could ever take, and what goes to clients is never empty.
fn check(simulation: &mut Simulation) {
    while let Some((_, bytes)) = simulation.poll_output() {
        assert!(!bytes.is_empty());
    }
    while simulation.poll_circuits().is_some() {}
    while simulation.poll_event().is_some() {}
}
