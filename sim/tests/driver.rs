//! The driver on ports in memory: real time, real threads, on every platform.

use std::sync::mpsc;
use std::time::Duration;

use offhook_sim::port::memory::{self, MemoryClient};
use offhook_sim::{
    Driver, ExchangeConfig, ExchangeEvent, ModemProfile, PortSpec, SimCommand, SimError, SimEvent,
    Simulation, StationBehaviour,
};

const DEADLINE: Duration = Duration::from_secs(10);

/// Quick modems with these numbers, a client for each, and what is reported.
fn start(numbers: &[&str]) -> (Driver, Vec<MemoryClient>, mpsc::Receiver<SimEvent>) {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let (mut ports, mut clients) = (Vec::new(), Vec::new());
    for number in numbers {
        let profile = ModemProfile {
            echo: false,
            ..ModemProfile::quick()
        };
        let (port, client) = memory::pair();
        ports.push((
            simulation.add_modem(number, profile).unwrap(),
            PortSpec::Memory(port),
        ));
        clients.push(client);
    }
    let (sender, events) = mpsc::channel();
    let driver = Driver::start(simulation, ports, move |_, event| {
        // The test may have ended already.
        sender.send(event).unwrap_or_default();
    });
    (driver.unwrap(), clients, events)
}

fn say(client: &MemoryClient, line: &str, answer: &str) {
    client.write_all(format!("{line}\r").as_bytes()).unwrap();
    client.read_until(answer, DEADLINE).unwrap();
}

#[test]
fn a_call_from_dialling_to_hang_up() {
    let (driver, clients, events) = start(&["101", "102"]);
    say(&clients[1], "ATS0=1", "OK");
    say(&clients[0], "ATDT102", "CONNECT");
    clients[1].read_until("CONNECT 33600\r\n", DEADLINE).unwrap();
    clients[0].write_all(b"hello").unwrap();
    clients[1].read_until("hello", DEADLINE).unwrap();
    driver.command(SimCommand::Cut { number: "101".into() }).unwrap();
    clients[0].read_until("NO CARRIER", DEADLINE).unwrap();
    clients[1].read_until("NO CARRIER", DEADLINE).unwrap();
    driver.shutdown();
    let answered = |event| matches!(event, SimEvent::Exchange(ExchangeEvent::Answered { number, .. }) if number == "102");
    assert!(events.into_iter().any(answered));
}

#[test]
fn the_sink_hears_of_an_answer_before_the_client_can_read_it() {
    let (driver, clients, events) = start(&["101"]);
    for _ in 0..100 {
        clients[0].write_all(b"AT\r").unwrap();
        clients[0].read_until("OK\r\n", DEADLINE).unwrap();
        let told: Vec<SimEvent> = events.try_iter().collect();
        let said = SimEvent::Wire {
            number: "101".into(),
            to_device: false,
            bytes: b"\r\nOK\r\n".to_vec(),
        };
        assert_eq!(told.last(), Some(&said));
    }
    driver.shutdown();
}

#[test]
fn commands_are_taken_before_they_return_and_refused_with_a_reason() {
    let (driver, _clients, events) = start(&["101"]);
    driver
        .command(SimCommand::SetStation {
            number: "7".into(),
            behaviour: StationBehaviour::Busy,
        })
        .unwrap();
    driver
        .command(SimCommand::Call {
            from: "7".into(),
            to: "101".into(),
            caller_id: None,
        })
        .unwrap();
    assert!(
        events
            .try_iter()
            .any(|event| event == SimEvent::Exchange(ExchangeEvent::OffHook { number: "7".into() }))
    );
    let refused = driver.command(SimCommand::Answer { number: "8".into() });
    assert_eq!(refused, Err(SimError::UnknownNumber { number: "8".into() }));
}

/// A megabyte written as fast as it goes, to a client that does not read at first.
#[test]
fn a_slow_reader_loses_nothing_and_slows_the_writer_down() {
    let (driver, clients, _events) = start(&["101", "102"]);
    say(&clients[1], "ATS0=1", "OK");
    say(&clients[0], "ATDT102", "CONNECT 33600\r\n");
    clients[1].read_until("CONNECT 33600\r\n", DEADLINE).unwrap();
    let data: Vec<u8> = (0..1u32 << 20)
        .map(|i| (i.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    let [writer, reader] = <[MemoryClient; 2]>::try_from(clients).unwrap();
    std::thread::scope(|scope| {
        let (finished, writing) = mpsc::channel();
        let data_ref = &data;
        scope.spawn(move || {
            writer.write_all(data_ref).unwrap();
            finished.send(()).unwrap();
            writer
        });
        // With nobody reading, the writer gets stuck well before the end: it cannot have finished.
        assert!(writing.recv_timeout(Duration::from_millis(200)).is_err());
        let mut arrived = Vec::new();
        while arrived.len() < data.len() {
            let more = reader.read(DEADLINE);
            assert!(!more.is_empty(), "only {} bytes arrived", arrived.len());
            arrived.extend(more);
        }
        assert!(arrived == data, "the bytes differ");
        writing.recv_timeout(DEADLINE).unwrap();
    });
    driver.shutdown();
}

#[test]
fn a_dropped_driver_ends_its_thread_and_its_ports() {
    let (driver, clients, events) = start(&["101"]);
    drop(driver);
    assert_eq!(events.recv(), Err(mpsc::RecvError), "the sink is still alive");
    assert!(clients[0].write_all(b"AT\r").is_err());
    assert!(clients[0].read(DEADLINE).is_empty());
}

#[test]
fn a_panic_of_the_sink_reaches_shutdown() {
    let mut simulation = Simulation::new(ExchangeConfig::quick());
    let (port, client) = memory::pair();
    let modem = simulation.add_modem("101", ModemProfile::quick()).unwrap();
    let driver = Driver::start(simulation, vec![(modem, PortSpec::Memory(port))], |_, _| {
        panic!("sink is full")
    });
    let driver = driver.unwrap();
    client.write_all(b"AT\r").unwrap();
    assert!(client.read(DEADLINE).is_empty());
    let number = "101".to_owned();
    assert_eq!(driver.command(SimCommand::Cut { number }), Err(SimError::Ended));
    let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| driver.shutdown())).unwrap_err();
    assert_eq!(panic.downcast_ref::<&str>(), Some(&"sink is full"));
}
