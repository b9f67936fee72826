//! The Windows child under Wine, tried with the same library as the native one.
#![cfg(unix)]

mod probe;

use offhook_conformance::host::{
    Child, ChildOptions, Death, HostBinary, HostError, RegistrySetting, Replied, WinePrefix, artifact,
    artifact::Target,
};
use offhook_host_protocol::{Arg, RegistryValue};
use probe::Probe;
use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

/// The tests that run at the same time share a pool of prefixes, so that Wine is stopped when the last one ends.
static POOL: Mutex<Weak<WinePrefix>> = Mutex::new(Weak::new());

/// The probe and what keeps its pool alive. What is missing is named in the panic, with the remedy.
fn wine() -> Probe {
    let mut quiet = |_: &str| {};
    let host_exe =
        artifact::provider_host(Target::Windows64, &mut quiet).unwrap_or_else(|error| panic!("{error}"));
    let library = artifact::library("probe-dll", Target::Windows64, &mut quiet).unwrap();
    let mut pool = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    let shared = pool.upgrade().unwrap_or_else(|| {
        let prefix = WinePrefix::take(|what| eprintln!("{what}")).unwrap_or_else(|error| panic!("{error}"));
        Arc::new(prefix)
    });
    *pool = Arc::downgrade(&shared);
    Probe {
        host: HostBinary::Wine {
            host_exe,
            prefix: WinePrefix::clone(&shared),
        },
        library,
    }
}

#[test]
fn calls_and_returns() {
    probe::calls_and_returns(&wine());
}

#[test]
fn memory_that_is_filled_later_is_read_anew() {
    probe::dialogs::memory_that_is_filled_later_is_read_anew(&wine());
}

#[test]
fn what_is_unloaded_is_loaded_anew() {
    probe::anew::what_is_unloaded_is_loaded_anew(&wine());
}

#[test]
fn what_stays_is_told() {
    probe::anew::what_stays_is_told(&wine());
}

/// A library whose thread lives on is not unloaded when the child ends: the thread would crash. An ELF library is kept by Rust's
/// own threads as soon as they run, so that only a PE shows it.
#[test]
fn what_lives_on_stays_loaded() {
    let (mut child, _messages) = wine().child();
    child.call("probe_leave_thread", vec![]).unwrap();
    child.shutdown().unwrap();
}

#[test]
fn crashes_beside_calls_are_told() {
    probe::crashes_beside_calls_are_told(&wine());
}

#[test]
fn what_a_process_has_is_counted() {
    probe::what_a_process_has_is_counted(&wine());
}

#[test]
fn exits_without_a_word_are_told() {
    probe::exits_by(&wine(), "probe_terminate", &[7, 99]);
}

#[test]
fn exports_are_known() {
    probe::dialogs::exports_are_known(&wine());
}

#[test]
fn dialogs_are_asked_for() {
    probe::dialogs::dialogs_are_asked_for(&wine());
}

#[test]
fn what_is_asked_is_answered() {
    probe::dialogs::what_is_asked_is_answered(&wine());
}

#[test]
fn calls_at_once_are_inside_together() {
    probe::dialogs::calls_at_once_are_inside_together(&wine());
}

#[test]
fn new_calls_are_refused() {
    probe::dialogs::new_calls_are_refused(&wine());
}

#[test]
fn calls_apart_run_at_once() {
    probe::dialogs::calls_apart_run_at_once(&wine());
}

#[test]
fn callbacks_arrive() {
    probe::callbacks_arrive(&wine());
}

#[test]
fn garbage_from_many_threads_arrives() {
    probe::misdeeds::garbage_from_many_threads_arrives(&wine());
}

#[test]
fn a_flood_is_recorded_without_loss() {
    probe::misdeeds::a_flood_is_recorded_without_loss(&wine());
}

#[test]
fn a_bad_pointer_is_told() {
    probe::misdeeds::a_bad_pointer_is_told(&wine(), 0xC000_0005);
}

#[test]
fn callbacks_from_the_loader_arrive() {
    probe::misdeeds::callbacks_from_the_loader_arrive(&wine(), &[2, 3, 0]);
}

#[test]
fn a_corrupt_heap_costs_one_child() {
    probe::misdeeds::a_corrupt_heap_costs_one_child(&wine());
}

#[test]
fn calls_go_ahead() {
    probe::calls_go_ahead(&wine());
}

#[test]
fn crashes_are_told() {
    probe::crashes_are_told(&wine(), 0xC000_0005, 0xC000_00FD, 0xC000_0409);
}

#[test]
fn crash_between_calls() {
    probe::crash_between_calls(&wine());
}

#[test]
fn late_reads_are_told() {
    probe::late_reads_are_told(&wine());
}

#[test]
fn hangs_are_ended() {
    probe::hangs_are_ended(&wine(), ("winver", "-"));
}

#[test]
fn exits_are_told() {
    probe::exits_are_told(&wine());
}

#[test]
fn floods_are_drained() {
    probe::floods_are_drained(&wine());
}

#[test]
fn dropping_ends() {
    probe::dropping_ends(&wine());
}

#[test]
fn load_failures_are_told() {
    let elf = std::env::current_exe().unwrap();
    probe::load_failures_are_told(&wine(), &elf);
}

#[test]
fn children_do_not_outlive_their_parent() {
    probe::children_do_not_outlive_their_parent(&wine(), "children_do_not_outlive_their_parent");
}

/// Registry values are there before the provider is loaded, and stay from child to child.
#[test]
fn the_registry_is_written() {
    let probe = wine();
    let key = "HKLM\\Software\\Offhook\\Probe".to_owned();
    let setting = |name: &str, value| RegistrySetting {
        key: key.clone(),
        name: name.to_owned(),
        value,
    };
    let registry = vec![
        setting("Number", RegistryValue::Dword(4711)),
        setting("Text", RegistryValue::Text("COM1".to_owned())),
    ];
    let (mut child, _messages) = probe.child_with(ChildOptions {
        registry,
        ..probe.options()
    });
    let key = "Software\\Offhook\\Probe";
    let mut read = |name: &str| child.call("probe_registry", vec![wide(key), wide(name)]).unwrap();
    assert_eq!(
        read("Number"),
        Replied::Returned {
            result: 4711,
            outs: vec![]
        }
    );
    assert_eq!(
        read("Text"),
        Replied::Returned {
            result: i32::from(b'C'),
            outs: vec![]
        }
    );
    assert_eq!(
        read("Nothing"),
        Replied::Returned {
            result: -1,
            outs: vec![]
        }
    );

    let registry = vec![RegistrySetting {
        key: "HKXX\\A".to_owned(),
        ..setting("B", RegistryValue::Dword(1))
    }];
    let error = Child::spawn(
        &probe.host,
        ChildOptions {
            registry,
            ..probe.options()
        },
        |_| {},
    )
    .unwrap_err();
    assert!(
        matches!(&error, HostError::Registry(what) if what.contains("HKXX")),
        "{error:?}"
    );
}

fn wide(text: &str) -> Arg {
    Arg::In(
        text.encode_utf16()
            .chain([0])
            .flat_map(u16::to_le_bytes)
            .collect(),
    )
}

/// The first port is COM1, for two children at the same time each its own.
#[test]
fn ports_are_mapped() {
    use std::io::{Read, Write};
    let probe = wine();
    assert_eq!(probe.host.com_name(0).as_deref(), Some("COM1"));
    let children: Vec<_> = (0..2u8)
        .map(|number| {
            let (mut device, port) = serialport::TTYPort::pair().unwrap();
            let path = serialport::SerialPort::name(&port).unwrap();
            let (mut child, _messages) = probe.child_with(ChildOptions {
                ports: vec![path],
                ..probe.options()
            });
            let talk =
                std::thread::spawn(move || child.call("probe_port", vec![probe::text("COM1")]).unwrap());
            (number, device_answers(&mut device, number), talk, device, port)
        })
        .collect();
    for (number, asked, talk, _device, _port) in children {
        assert_eq!(asked, b"AT\r");
        assert_eq!(
            talk.join().unwrap(),
            Replied::Returned {
                result: i32::from(b'0' + number),
                outs: vec![]
            }
        );
    }

    fn device_answers(device: &mut serialport::TTYPort, number: u8) -> Vec<u8> {
        serialport::SerialPort::set_timeout(device, probe::PATIENCE).unwrap();
        let mut asked = vec![0; 3];
        device.read_exact(&mut asked).unwrap();
        device.write_all(&[b'0' + number]).unwrap();
        asked
    }
}

/// With the library in front of it a Windows program waits for ringing and carrier as on hardware, and its DTR reaches
/// the modem.
#[cfg(target_os = "linux")]
#[test]
fn modem_lines_reach_a_windows_program() {
    use offhook_sim::{Circuits, DteCircuits, SimCommand, SimEvent};
    use std::sync::mpsc;

    const EV_RLSD_RING: u64 = 0x20 | 0x100;
    const CLRDTR: u64 = 6;
    let library = artifact::library("offhook-lines", Target::Native, &mut |_: &str| {}).unwrap();
    let mut simulation = offhook_sim::Simulation::new(offhook_sim::ExchangeConfig::quick());
    let modem = simulation
        .add_modem("101", offhook_sim::ModemProfile::quick())
        .unwrap();
    let (sender, events) = mpsc::channel();
    let sink = move |_, event| sender.send(event).unwrap_or_default();
    let driver =
        offhook_sim::Driver::start(simulation, vec![(modem, offhook_sim::PortSpec::Pty)], sink).unwrap();
    let probe = wine();
    let (mut child, _messages) = probe.child_with(ChildOptions {
        ports: vec![driver.ports()[0].path.clone()],
        env: vec![("LD_PRELOAD".to_owned(), library.display().to_string())],
        ..probe.options()
    });
    let mut call = |function: &str, args: Vec<Arg>| match child.call(function, args).unwrap() {
        Replied::Returned { result, .. } => result,
        Replied::Missing => panic!("the probe has no {function}"),
    };
    assert_eq!(call("probe_comm_open", vec![wide("COM1")]), 0);
    let say = |line: &str| vec![Arg::In(line.as_bytes().to_vec()), Arg::Value(line.len() as u64)];
    assert_eq!(call("probe_comm_write", say("AT&C1&D2\r")), 9);
    assert_eq!(call("probe_comm_mask", vec![Arg::Value(EV_RLSD_RING)]), 0);
    driver
        .command(SimCommand::Call {
            from: "7".into(),
            to: "101".into(),
            caller_id: None,
        })
        .unwrap();
    let ring = call("probe_comm_wait", vec![]);
    assert_eq!(ring, 0x100, "EV_RING");
    assert_eq!(call("probe_comm_mask", vec![Arg::Value(0x20)]), 0);
    assert_eq!(call("probe_comm_write", say("ATA\r")), 4);
    assert_eq!(call("probe_comm_wait", vec![]), 0x20, "EV_RLSD");
    assert_eq!(call("probe_comm_status", vec![]), 0x10 | 0x20 | 0x80);
    assert_eq!(call("probe_comm_escape", vec![Arg::Value(CLRDTR)]), 0);
    assert_eq!(call("probe_comm_wait", vec![]), 0x20, "the carrier is gone");
    let dtr_off = Circuits::Dte(DteCircuits {
        dtr: false,
        rts: true,
    });
    assert!(
        events
            .try_iter()
            .any(|event| matches!(event, SimEvent::Circuits { circuits, .. } if circuits == dtr_off))
    );
}

/// When the last user of the prefixes is gone, so is every Wine process, also after a hang.
#[test]
fn nothing_is_left_when_the_prefixes_are_released() {
    let HostBinary::Wine { host_exe, .. } = wine().host else {
        unreachable!("Wine")
    };
    let library = wine().library;
    let cache = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("wine-alone");
    let prefix =
        WinePrefix::take_in(&cache, |what| eprintln!("{what}")).unwrap_or_else(|error| panic!("{error}"));
    let alone = Probe {
        host: HostBinary::Wine { host_exe, prefix },
        library,
    };
    let options = ChildOptions {
        deadline: Duration::from_millis(500),
        ..alone.options()
    };
    let (mut child, _messages) = alone.child();
    child
        .call("probe_start", vec![probe::text("winver"), probe::text("-")])
        .unwrap();
    drop(child);
    let (mut child, _messages) = alone.child_with(options);
    assert!(matches!(
        child.call("probe_hang", vec![]),
        Err(Death::Hang { .. })
    ));
    drop(child);
    assert!(!processes_of(&cache).is_empty(), "the prefix is kept warm");
    drop(alone);
    assert_eq!(processes_of(&cache), Vec::<String>::new());
}

/// The processes whose Wine prefix lies in this folder; the dead that wait to be reaped have no environment any more.
fn processes_of(cache: &std::path::Path) -> Vec<String> {
    let mark = format!("WINEPREFIX={}", cache.display());
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|process| {
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            environment
                .split(|byte| *byte == 0)
                .any(|variable| variable.starts_with(mark.as_bytes()))
        })
        .map(|process| std::fs::read_to_string(process.path().join("cmdline")).unwrap_or_default())
        .collect()
}
