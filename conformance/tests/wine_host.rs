//! The Windows child under Wine, tried with the same library as the native one.
#![cfg(unix)]

mod probe;

use offhook_conformance::host::{
    HostBinary, WinePrefix, artifact, artifact::Target,
};
use probe::Probe;
use std::sync::{Arc, Mutex, PoisonError, Weak};

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
fn callbacks_arrive() {
    probe::callbacks_arrive(&wine());
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
