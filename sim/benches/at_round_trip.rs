//! `AT` and its answer on a pseudo-terminal, beside a raw echo of the same bytes both ways: what the modem, the
//! exchange and the driver add to what the kernel takes anyway.
//!
//! Where the machine is busy, the scheduler's choice of core moves either figure by a factor of three; run it under
//! `taskset -c 0` to see what the code itself costs.

#[cfg(unix)]
fn main() {
    terminals::main();
}

#[cfg(not(unix))]
fn main() {
    println!("no pseudo-terminals on this system, nothing to measure");
}

#[cfg(unix)]
mod terminals {
    use std::fs::{File, OpenOptions};
    use std::io::{Read, Write};
    use std::thread::JoinHandle;
    use std::time::{Duration, Instant};

    use criterion::Criterion;
    use offhook_sim::{Driver, ExchangeConfig, ModemProfile, PortSpec, Simulation};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

    const QUESTION: &[u8] = b"AT\r";
    const ANSWER: &[u8] = b"AT\r\r\nOK\r\n";
    /// Round trips for the ratio, taken in turns so that both meet the same weather.
    const TURNS: usize = 20_000;

    pub fn main() {
        let (driver, mut modem) = modem();
        let (echo, mut raw) = raw_echo();
        let mut criterion = Criterion::default()
            .configure_from_args()
            .measurement_time(Duration::from_secs(3));
        let mut group = criterion.benchmark_group("pty");
        group.bench_function("raw echo", |b| b.iter(|| round_trip(&mut raw)));
        group.bench_function("AT", |b| b.iter(|| round_trip(&mut modem)));
        group.finish();
        criterion.final_summary();
        print_ratio(&mut raw, &mut modem);
        drop(raw);
        drop(modem);
        driver.shutdown();
        echo.join().expect("the echo thread ended well");
    }

    fn print_ratio(raw: &mut File, modem: &mut File) {
        let (mut raw_times, mut at_times) = (Vec::with_capacity(TURNS), Vec::with_capacity(TURNS));
        for _ in 0..TURNS {
            raw_times.push(timed(raw));
            at_times.push(timed(modem));
        }
        let median = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64() * 1e6
        };
        let (raw, at) = (median(&mut raw_times), median(&mut at_times));
        println!(
            "median of {TURNS} in turns: raw echo {raw:.1} µs, AT {at:.1} µs, ratio {:.2}",
            at / raw
        );
    }

    fn timed(terminal: &mut File) -> Duration {
        let began = Instant::now();
        round_trip(terminal);
        began.elapsed()
    }

    fn round_trip(terminal: &mut File) {
        terminal
            .write_all(QUESTION)
            .expect("the terminal takes the question");
        let mut answer = [0; ANSWER.len()];
        terminal.read_exact(&mut answer).expect("the answer comes");
        assert_eq!(answer, ANSWER);
    }

    fn modem() -> (Driver, File) {
        let mut simulation = Simulation::new(ExchangeConfig::quick());
        let modem = simulation
            .add_modem("101", ModemProfile::quick())
            .expect("the number is free");
        let driver =
            Driver::start(simulation, vec![(modem, PortSpec::Pty)], |_, _| {}).expect("the driver starts");
        let file = open(&driver.ports()[0].path);
        (driver, file)
    }

    /// A terminal whose master answers the question with the answer, in one blocking read and one write.
    fn raw_echo() -> (JoinHandle<()>, File) {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a terminal");
        grantpt(&master).expect("its slave is granted");
        unlockpt(&master).expect("its slave is unlocked");
        let path = ptsname(&master, Vec::new())
            .expect("its slave has a name")
            .into_string()
            .expect("in ASCII");
        let slave = open(&path);
        let mut modes = tcgetattr(&slave).expect("the slave has modes");
        modes.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &modes).expect("the slave becomes raw");
        let mut master = File::from(master);
        let echo = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            // An error is the end: the slave was closed.
            while master
                .read(&mut buffer)
                .is_ok_and(|count| count == QUESTION.len())
            {
                master.write_all(ANSWER).expect("the terminal takes the answer");
            }
        });
        (echo, slave)
    }

    fn open(path: &str) -> File {
        OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .expect("the terminal opens")
    }
}
