//! `offhook sim modem`: virtual modems for any program to talk to.

use std::sync::mpsc;
use std::time::Duration;

use offhook_conformance::exit::Exit;
use offhook_sim::{
    Driver, ExchangeConfig, ModemProfile, PortSpec, SimCommand, SimEvent, Simulation, StationBehaviour,
};

use crate::cli::{SimModemArgs, duration};
use crate::fail::Fail;
use crate::output::print;

/// Runs modems until the user interrupts.
pub fn modem(args: &SimModemArgs) -> Result<Exit, Fail> {
    let mut simulation = Simulation::new(ExchangeConfig::default());
    let mut ports = Vec::new();
    for index in 0..u32::from(args.lines) {
        let number = (args.first_number + index).to_string();
        let modem = simulation
            .add_modem(&number, ModemProfile::default())
            .map_err(|error| Fail::usage(format!("line {number}: {error}")))?;
        ports.push((modem, PortSpec::Pty));
    }
    let wire = args.wire;
    let driver = Driver::start(simulation, ports, move |at, event| {
        if let Some(text) = log_line(&event, wire) {
            let seconds = Duration::from_micros(at.as_micros()).as_secs_f64();
            print(&format!("{seconds:>10.3}  {text}\n"));
        }
    })
    .map_err(|error| Fail::usage(format!("{error:#}")))?;
    for station in &args.station {
        driver
            .command(set_station(station)?)
            .map_err(|error| Fail::usage(format!("--station {station}: {error}")))?;
    }
    for port in driver.ports() {
        print(&format!("{}  {}\n", port.number, port.path));
    }

    let (interrupt, interrupted) = mpsc::channel();
    ctrlc::set_handler(move || {
        // A second interrupt while the first is served has nobody left to tell.
        let _ = interrupt.send(());
    })
    .map_err(|error| Fail::bug(format!("the handler of interrupts could not be set: {error}")))?;
    interrupted.recv().map_err(|error| Fail::bug(error.to_string()))?;
    driver.shutdown();
    Ok(Exit::Held)
}

fn log_line(event: &SimEvent, wire: bool) -> Option<String> {
    match event {
        SimEvent::Exchange(event) => Some(event.to_string()),
        SimEvent::PortFailed { number, message } => Some(format!("the port of {number} failed: {message}")),
        SimEvent::Speech { number, samples } => {
            wire.then(|| format!("{number} hears {} ms of speech", samples.len() / 8))
        }
        SimEvent::Settings { number, settings } => wire.then(|| format!("{number} <- {settings}")),
        SimEvent::Break { number } => wire.then(|| format!("{number} <- break")),
        SimEvent::Circuits { number, circuits } => wire.then(|| format!("{number} {circuits}")),
        SimEvent::Wire {
            number,
            to_device,
            bytes,
        } => wire.then(|| {
            let arrow = if *to_device { "<-" } else { "->" };
            format!("{number} {arrow} {}", bytes.escape_ascii())
        }),
    }
}

/// `NUMBER=answers:TIME`, `NUMBER=busy` or `NUMBER=silent`.
fn set_station(text: &str) -> Result<SimCommand, Fail> {
    let wrong = |why: &str| Fail::usage(format!("--station {text}: {why}"));
    let (number, what) = text
        .split_once('=')
        .ok_or_else(|| wrong("the form is NUMBER=WHAT"))?;
    let behaviour = match what.split_once(':') {
        Some(("answers", after)) => {
            StationBehaviour::AnswersAfter(duration(after).map_err(|why| wrong(&why))?)
        }
        None if what == "busy" => StationBehaviour::Busy,
        None if what == "silent" => StationBehaviour::NeverAnswers,
        _ => return Err(wrong("a station does one of answers:TIME, busy and silent")),
    };
    Ok(SimCommand::SetStation {
        number: number.to_owned(),
        behaviour,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stations_answer_are_busy_or_stay_silent() {
        assert!(matches!(
            set_station("5551234=answers:2s").unwrap(),
            SimCommand::SetStation { behaviour: StationBehaviour::AnswersAfter(after), .. } if after.as_secs() == 2
        ));
        assert!(matches!(
            set_station("5550000=busy").unwrap(),
            SimCommand::SetStation {
                behaviour: StationBehaviour::Busy,
                ..
            }
        ));
        assert!(set_station("5550000=sings").is_err());
        assert!(set_station("5550000").is_err());
    }
}
