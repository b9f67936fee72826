//! `offhook sim modem`: virtual modems for any program to talk to.

mod args;
mod links;
mod log;
pub mod play;

use std::fs::File;
use std::io::BufRead;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError, mpsc};

use offhook_conformance::exit::Exit;
use offhook_sim::control::server::{Address, Broadcast, Server, Verbs};
use offhook_sim::control::{Answer, Book, Console, Recorder, Recordings, VERBS, verb};
use offhook_sim::exchange::{NATIONS, Nation};
use offhook_sim::port::fault::FaultSpec;
use offhook_sim::{
    Driver, DriverOptions, ExchangeConfig, LineSettings, LineStatus, LinkSpec, ModemId, ModemProfile,
    PortSetup, PortSpec, SimCommand, SimEvent, SimTime, Simulation, TcpKind,
};

pub use args::{EXAMPLES, ModemsArgs, SimModemArgs};

use crate::embedded;
use crate::fail::Fail;
use crate::output::{Audience, print};
use links::Links;
use log::Log;

/// Prints where the library lies that gives programs the modem lines of pseudo-terminals.
pub fn library() -> Result<Exit, Fail> {
    let library = embedded::lines()?
        .ok_or_else(|| Fail::usage("this system needs no library: its ports have modem lines".to_owned()))?;
    print(&format!("{}\n", library.display()));
    Ok(Exit::Held)
}

/// Runs modems until the user interrupts, or somebody quits.
pub fn modem(args: &SimModemArgs) -> Result<Exit, Fail> {
    let book = book(&args.modems)?;
    let (simulation, modems) = set_up(&args.modems)?;
    let ports = ports(args, modems)?;
    let broadcast = Broadcast::default();
    let numbers = args.modems.numbers().collect();
    let recorder = Arc::new(Mutex::new(Recorder::new(numbers)));
    let recordings = Recordings::default();
    if let Some(file) = &args.record {
        // Said now, and not after what was to be recorded.
        File::create(file).map_err(|error| Fail::usage(format!("--record {}: {error}", file.display())))?;
    }
    let sink = sink(args, broadcast.clone(), Arc::clone(&recorder), recordings.clone())?;
    let options = DriverOptions {
        speed: args.speed,
        seed: args.modems.seed,
    };
    let (links, listening) = links(args)?;
    let driver = Driver::start_linked(simulation, ports, options, links, sink).map_err(port_fail)?;
    for station in book.stations() {
        driver
            .command(station)
            .map_err(|error| Fail::usage(format!("--phone-book: {error}")))?;
    }
    for station in &args.modems.station {
        driver
            .command(set_station(station)?)
            .map_err(|error| Fail::usage(format!("--station {station}: {error}")))?;
    }
    let _links = match &args.link_dir {
        Some(dir) => Links::make(dir, driver.ports())?,
        None => Links::default(),
    };

    let (end, ended) = mpsc::channel();
    let interrupt = end.clone();
    ctrlc::set_handler(move || {
        // A second interrupt while the first is served has nobody left to tell.
        let _ = interrupt.send(());
    })
    .map_err(|error| Fail::bug(format!("the handler of interrupts could not be set: {error}")))?;
    let console = Console::new(driver.remote(), book).with_recordings(recordings.clone());
    let _server = match &args.control {
        Some(address) => Some(serve(address, console.clone(), broadcast, end.clone())?),
        None => None,
    };
    if let Some(address) = listening {
        print(&format!("listen  {address}\n"));
    }
    for port in driver.ports() {
        print(&format!("{}  {}\n", port.number, port.path));
    }
    std::thread::Builder::new()
        .name("typed verbs".to_owned())
        .spawn(move || take_typed(&console, &end))
        .map_err(|error| Fail::bug(format!("no thread for what is typed: {error}")))?;
    ended.recv().map_err(|error| Fail::bug(error.to_string()))?;
    driver.shutdown();
    recordings
        .finish()
        .map_err(|error| Fail::usage(error.to_string()))?;
    if let Some(file) = &args.record {
        let scenario = recorder.lock().unwrap_or_else(PoisonError::into_inner).scenario();
        std::fs::write(file, scenario)
            .map_err(|error| Fail::usage(format!("{}: {error}", file.display())))?;
    }
    Ok(Exit::Held)
}

/// The links to other simulators, and where this one listens.
fn links(args: &SimModemArgs) -> Result<(Vec<LinkSpec>, Option<SocketAddr>), Fail> {
    let mut specs = Vec::new();
    let mut listening = None;
    if let Some(address) = args.listen {
        let (spec, bound) = LinkSpec::listen(address)
            .map_err(|error| Fail::usage(format!("--listen {address}: {error}; is it taken?")))?;
        specs.push(spec);
        listening = Some(bound);
    }
    for address in &args.join {
        let port = address.rsplit_once(':').filter(|(host, _)| !host.is_empty());
        if port.is_none_or(|(_, port)| port.parse::<u16>().is_err()) {
            return Err(Fail::usage(format!(
                "--join {address}: the form is HOST:PORT, such as bench1:7100"
            )));
        }
        specs.push(LinkSpec::Join(address.clone()));
    }
    Ok((specs, listening))
}

fn port_fail(error: impl std::error::Error) -> Fail {
    let mut message = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        message = format!("{message} ({cause})");
        source = cause.source();
    }
    Fail::usage(message)
}

/// The telephone book, which may be empty.
fn book(args: &ModemsArgs) -> Result<Book, Fail> {
    match &args.phone_book {
        Some(file) => Book::load(file).map_err(|error| Fail::usage(error.to_string())),
        None => Ok(Book::default()),
    }
}

/// The exchange with its modems, and the faults of each.
fn set_up(args: &ModemsArgs) -> Result<(Simulation, Vec<(ModemId, FaultSpec)>), Fail> {
    let profile = ModemProfile::find(&args.profile).map_err(|error| Fail::usage(error.to_string()))?;
    let faults = args.faults.iter().map(|text| faults_of(text));
    let faults = faults.collect::<Result<Vec<_>, _>>()?;
    let mut simulation = Simulation::new(exchange(&args.country)?);
    let mut modems = Vec::new();
    for number in args.numbers() {
        let modem = simulation
            .add_modem(&number, profile.clone())
            .map_err(|error| Fail::usage(format!("line {number}: {error}")))?;
        let mut mine = FaultSpec::default();
        for (of, faults) in &faults {
            if of.as_ref().is_none_or(|of| *of == number) {
                mine.to_device.extend(faults.to_device.iter().cloned());
                mine.to_client.extend(faults.to_client.iter().cloned());
            }
        }
        modems.push((modem, mine));
    }
    for of in faults.iter().filter_map(|(of, _)| of.as_ref()) {
        if !args.numbers().any(|number| number == *of) {
            return Err(Fail::usage(format!(
                "--faults {of}:…: no modem has the number {of}"
            )));
        }
    }
    Ok((simulation, modems))
}

/// The port of each modem.
fn ports(args: &SimModemArgs, modems: Vec<(ModemId, FaultSpec)>) -> Result<Vec<PortSetup>, Fail> {
    if args.link_dir.is_some() && (args.rfc2217.is_some() || args.tcp.is_some()) {
        let what = "--link-dir links pseudo-terminals, and ports on TCP have an address already";
        return Err(Fail::usage(what.to_owned()));
    }
    let modems = modems.into_iter().zip(0..);
    modems
        .map(|((modem, faults), index)| {
            Ok(PortSetup {
                modem,
                port: port_spec(args, index)?,
                faults,
                strict: args.strict_baud.map(LineSettings::plain),
            })
        })
        .collect()
}

/// An exchange that rings as those of a country do.
fn exchange(country: &str) -> Result<ExchangeConfig, Fail> {
    let nation = Nation::named(country).ok_or_else(|| {
        let known: Vec<&str> = NATIONS.iter().map(|nation| nation.code).collect();
        Fail::usage(format!(
            "--country {country}: how exchanges ring there is not known; there are {}",
            known.join(", ")
        ))
    })?;
    Ok(ExchangeConfig::default().ringing_as(nation))
}

fn port_spec(args: &SimModemArgs, index: u16) -> Result<PortSpec, Fail> {
    let at = |first: SocketAddr, kind| {
        let port = match first.port() {
            0 => Some(0),
            port => port.checked_add(index),
        };
        let port = port.ok_or_else(|| {
            Fail::usage(format!(
                "{first}: there are no {} ports from there on",
                args.modems.lines
            ))
        })?;
        Ok(PortSpec::Tcp(SocketAddr::new(first.ip(), port), kind))
    };
    match (args.rfc2217, args.tcp, args.port.get(usize::from(index))) {
        (Some(first), ..) => at(first, TcpKind::Rfc2217),
        (None, Some(first), _) => at(first, TcpKind::Raw),
        (None, None, Some(port)) => Ok(PortSpec::Path(port.clone())),
        (None, None, None) => Ok(PortSpec::Pty),
    }
}

/// `[NUMBER:]FAULT,…`
fn faults_of(text: &str) -> Result<(Option<String>, FaultSpec), Fail> {
    let (number, faults) = match text.split_once(':') {
        Some((number, faults)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            (Some(number.to_owned()), faults)
        }
        _ => (None, text),
    };
    let faults = faults
        .parse()
        .map_err(|error| Fail::usage(format!("--faults: {error}")))?;
    Ok((number, faults))
}

/// What hears of every event: standard output, the log file, and whoever watches.
fn sink(
    args: &SimModemArgs,
    broadcast: Broadcast,
    recorder: Arc<Mutex<Recorder>>,
    recordings: Recordings,
) -> Result<impl FnMut(SimTime, SimEvent) + Send + 'static, Fail> {
    let mut audience = Audience::new(args.modems.log.as_deref(), broadcast)?;
    let mut log = Log::new(args.modems.wire);
    let records = args.record.is_some();
    Ok(move |at: SimTime, event: SimEvent| {
        recordings.hear(at, &event);
        if records {
            recorder
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(at, &event);
        }
        for text in log.lines(&event) {
            print(&format!("{:>10}  {text}\n", at.to_string()));
        }
        audience.tell(|| log::json(at, &event));
    })
}

/// Listens for verbs from clients.
pub fn serve(
    address: &Address,
    console: impl Verbs,
    broadcast: Broadcast,
    end: mpsc::Sender<()>,
) -> Result<Server, Fail> {
    let quit = move || {
        // Fails only where the end has come already.
        end.send(()).unwrap_or_default();
    };
    let server = Server::start(address.clone(), console, broadcast, quit);
    let shown = match address {
        Address::Unix(path) => path.display().to_string(),
        Address::Tcp(address) => address.to_string(),
    };
    let server = server.map_err(|error| Fail::usage(format!("--control {shown}: {error}; is it taken?")))?;
    if let Address::Tcp(bound) = server.address() {
        print(&format!("control  {bound}\n"));
    }
    Ok(server)
}

/// Carries out what is typed, until there is no more: the simulation goes on without a keyboard.
fn take_typed(console: &Console, end: &mpsc::Sender<()>) {
    for line in std::io::stdin().lock().lines().map_while(Result::ok) {
        if line.trim().is_empty() {
            continue;
        }
        match console.run(&line) {
            Ok(Answer::Status(lines)) => print(&lines.iter().map(status).collect::<String>()),
            Ok(Answer::Help) => {
                for row in VERBS {
                    print(&format!("  {}\n      {}\n", row.form, row.meaning));
                }
            }
            // The end may have come already.
            Ok(Answer::Quit) => end.send(()).unwrap_or_default(),
            Ok(Answer::Watch) => {
                print("every event is shown here already; --wire shows what passes the ports too\n")
            }
            Ok(Answer::Done) => {}
            Err(error) => eprintln!("{error}"),
        }
    }
}

fn status(line: &LineStatus) -> String {
    let power = if line.has_power { "" } else { "  no power" };
    let far = line
        .far_end
        .as_ref()
        .map_or(String::new(), |far| format!(" with {far}"));
    let settings = line
        .settings
        .map_or(String::new(), |settings| format!("  {settings}"));
    format!(
        "{}  {}  {}{far}{power}  {} {}{settings}\n",
        line.number,
        line.port.as_deref().unwrap_or("-"),
        line.state.word(),
        offhook_sim::Circuits::Dte(line.dte),
        offhook_sim::Circuits::Dce(line.dce),
    )
}

/// `NUMBER=answers:TIME`, `NUMBER=busy` or `NUMBER=silent`.
fn set_station(text: &str) -> Result<SimCommand, Fail> {
    let wrong = |why: &str| Fail::usage(format!("--station {text}: {why}"));
    let (number, what) = text
        .split_once('=')
        .ok_or_else(|| wrong("the form is NUMBER=WHAT"))?;
    let behaviour = verb::behaviour(what)
        .ok_or_else(|| wrong("a station does one of answers:TIME (answers:2s), busy and silent"))?;
    Ok(SimCommand::SetStation {
        number: number.to_owned(),
        behaviour,
    })
}

#[cfg(test)]
mod tests {
    use offhook_sim::StationBehaviour;

    use super::*;

    #[test]
    fn stations_answer_are_busy_or_stay_silent() {
        assert!(matches!(
            set_station("5551234=answers:2s"),
            Ok(SimCommand::SetStation { behaviour: StationBehaviour::AnswersAfter(after), .. }) if after.as_secs() == 2
        ));
        assert!(matches!(
            set_station("5550000=busy"),
            Ok(SimCommand::SetStation {
                behaviour: StationBehaviour::Busy,
                ..
            })
        ));
        assert!(set_station("5550000=sings").is_err());
        assert!(set_station("5550000").is_err());
    }

    #[test]
    fn faults_are_of_all_modems_or_of_one() {
        assert!(matches!(faults_of("drop=1%"), Ok((None, _))));
        assert!(matches!(faults_of("to-client:drop=1%"), Ok((None, _))));
        assert!(matches!(faults_of("102:to-client:drop=1%"), Ok((Some(number), _)) if number == "102"));
        assert!(faults_of("102:sing").is_err());
    }
}
