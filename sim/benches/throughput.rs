//! Data from one client to another through two modems in a call, on pseudo-terminals, beside the same data between two raw
//! pseudo-terminals that a thread joins: what the modems, the exchange and the driver take of it.

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

    use offhook_sim::{Driver, ExchangeConfig, ModemProfile, PortSpec, Simulation};
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

    /// Rounds, in turns so that both meet the same weather.
    const ROUNDS: usize = 9;

    pub fn main() {
        let is_small = std::env::args().any(|arg| matches!(arg.as_str(), "--test" | "--quick"));
        let size = if is_small { 256 * 1024 } else { 8 * 1024 * 1024 };
        let (driver, mut modems) = modems();
        let (joint, mut raw) = raw();
        let (mut raw_times, mut modem_times) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            raw_times.push(transfer(&mut raw, size));
            modem_times.push(transfer(&mut modems, size));
        }
        let rate = |times: &mut Vec<Duration>| {
            times.sort_unstable();
            size as f64 / times[times.len() / 2].as_secs_f64() / 1e6
        };
        let (raw_rate, modem_rate) = (rate(&mut raw_times), rate(&mut modem_times));
        println!(
            "median of {ROUNDS} transfers of {size} bytes: raw {raw_rate:.1} MB/s, through a call {modem_rate:.1} MB/s, \
             ratio {:.2}",
            modem_rate / raw_rate
        );
        drop(modems);
        driver.shutdown();
        drop(raw);
        joint.join().expect("the joining thread ended well");
    }

    /// Writes at one end while it reads at the other, and compares.
    fn transfer((from, to): &mut (File, File), size: usize) -> Duration {
        let data: Vec<u8> = (0..size).map(|n| (n * 31 % 251) as u8).collect();
        let began = Instant::now();
        let mut read = vec![0; size];
        std::thread::scope(|scope| {
            scope.spawn(|| from.write_all(&data).expect("the terminal takes the data"));
            to.read_exact(&mut read).expect("the data comes");
        });
        let took = began.elapsed();
        assert!(read == data, "the data is not what was sent");
        took
    }

    /// Two modems that are on line with each other.
    fn modems() -> (Driver, (File, File)) {
        let mut simulation = Simulation::new(ExchangeConfig::quick());
        let ports = ["101", "102"].map(|number| {
            let modem = simulation.add_modem(number, ModemProfile::quick());
            (modem.expect("the number is free"), PortSpec::Pty)
        });
        let driver = Driver::start(simulation, Vec::from(ports), |_, _| {}).expect("the driver starts");
        let [mut from, mut to] = [0, 1].map(|place| open(&driver.ports()[place].path));
        to.write_all(b"ATE0S0=1\r").expect("it takes a command");
        until(&mut to, "OK");
        from.write_all(b"ATE0DT102\r").expect("it takes a command");
        until(&mut from, "CONNECT 33600\r\n");
        until(&mut to, "CONNECT 33600\r\n");
        (driver, (from, to))
    }

    fn until(terminal: &mut File, text: &str) {
        let mut heard = Vec::new();
        while !String::from_utf8_lossy(&heard).contains(text) {
            let mut byte = [0];
            terminal.read_exact(&mut byte).expect("the modem answers");
            heard.extend(byte);
        }
    }

    /// Two terminals, and a thread that carries what is written at one to the other.
    fn raw() -> (JoinHandle<()>, (File, File)) {
        let [(mut first, from), (mut second, to)] = [terminal(), terminal()];
        let joint = std::thread::spawn(move || {
            let mut buffer = vec![0; 4096];
            // An error is the end: the slave was closed.
            while let Ok(count @ 1..) = first.read(&mut buffer) {
                second
                    .write_all(&buffer[..count])
                    .expect("the terminal takes the data");
            }
        });
        (joint, (from, to))
    }

    fn terminal() -> (File, File) {
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
        (File::from(master), slave)
    }

    fn open(path: &str) -> File {
        OpenOptions::new()
            .read(true)
            .write(true)
            .open(path)
            .expect("the terminal opens")
    }
}
