//! The native child, tried with a library of single misdeeds.

mod probe;

use offhook_conformance::host::{
    Child, ChildOptions, Death, HostBinary, HostError, artifact, artifact::Target,
};
use probe::Probe;
use std::path::Path;

fn native() -> Probe {
    let mut quiet = |_: &str| {};
    Probe {
        host: HostBinary::Native(artifact::provider_host(Target::Native, &mut quiet).unwrap()),
        library: artifact::library("probe-dll", Target::Native, &mut quiet).unwrap(),
    }
}

/// What a segmentation fault, a full stack and an abort are called here.
const CODES: [u32; 3] = if cfg!(windows) {
    [0xC000_0005, 0xC000_00FD, 0xC000_0409]
} else {
    [11, 11, 6]
};

#[test]
fn calls_and_returns() {
    probe::calls_and_returns(&native());
}

#[test]
fn memory_that_is_filled_later_is_read_anew() {
    probe::dialogs::memory_that_is_filled_later_is_read_anew(&native());
}

#[test]
fn what_is_unloaded_is_loaded_anew() {
    probe::anew::what_is_unloaded_is_loaded_anew(&native());
}

#[test]
fn what_stays_is_told() {
    probe::anew::what_stays_is_told(&native());
}

#[test]
fn crashes_beside_calls_are_told() {
    probe::crashes_beside_calls_are_told(&native());
}

#[test]
fn what_a_process_has_is_counted() {
    probe::what_a_process_has_is_counted(&native());
}

#[test]
fn exports_are_known() {
    probe::dialogs::exports_are_known(&native());
}

#[test]
fn dialogs_are_asked_for() {
    probe::dialogs::dialogs_are_asked_for(&native());
}

#[test]
fn what_is_asked_is_answered() {
    probe::dialogs::what_is_asked_is_answered(&native());
}

#[test]
fn calls_at_once_are_inside_together() {
    probe::dialogs::calls_at_once_are_inside_together(&native());
}

#[test]
fn new_calls_are_refused() {
    probe::dialogs::new_calls_are_refused(&native());
}

#[test]
fn calls_apart_run_at_once() {
    probe::dialogs::calls_apart_run_at_once(&native());
}

#[test]
fn callbacks_arrive() {
    probe::callbacks_arrive(&native());
}

#[test]
fn garbage_from_many_threads_arrives() {
    probe::misdeeds::garbage_from_many_threads_arrives(&native());
}

#[test]
fn a_flood_is_recorded_without_loss() {
    probe::misdeeds::a_flood_is_recorded_without_loss(&native());
}

#[test]
fn a_bad_pointer_is_told() {
    probe::misdeeds::a_bad_pointer_is_told(&native(), CODES[0]);
}

#[test]
fn callbacks_from_the_loader_arrive() {
    probe::misdeeds::callbacks_from_the_loader_arrive(
        &native(),
        if cfg!(windows) { &[2, 3, 0] } else { &[0] },
    );
}

#[test]
fn a_corrupt_heap_costs_one_child() {
    probe::misdeeds::a_corrupt_heap_costs_one_child(&native());
}

#[test]
fn calls_go_ahead() {
    probe::calls_go_ahead(&native());
}

#[test]
fn crashes_are_told() {
    let [crash, overflow, abort] = CODES;
    probe::crashes_are_told(&native(), crash, overflow, abort);
}

#[test]
fn crash_between_calls() {
    probe::crash_between_calls(&native());
}

#[test]
fn late_reads_are_told() {
    probe::late_reads_are_told(&native());
}

#[test]
fn hangs_are_ended() {
    let helper = if cfg!(windows) {
        ("ping", "localhost")
    } else {
        ("sleep", "3600")
    };
    probe::hangs_are_ended(&native(), helper);
}

#[test]
fn exits_are_told() {
    probe::exits_are_told(&native());
}

#[test]
fn floods_are_drained() {
    probe::floods_are_drained(&native());
}

#[test]
fn dropping_ends() {
    probe::dropping_ends(&native());
}

#[test]
fn load_failures_are_told() {
    let other = if cfg!(windows) { "/etc/hosts" } else { "/dev/null" };
    probe::load_failures_are_told(&native(), Path::new(other));
}

#[test]
fn a_program_that_is_no_host_is_told() {
    let missing = HostBinary::Native("no-such-program".into());
    assert!(matches!(
        Child::spawn(&missing, ChildOptions::default(), |_| {}),
        Err(HostError::Spawn { .. })
    ));
    if cfg!(unix) {
        let other = HostBinary::Native("/bin/true".into());
        let error = Child::spawn(&other, ChildOptions::default(), |_| {}).unwrap_err();
        assert!(
            matches!(&error, HostError::StartDied(Death::Exit { code: 0, .. })),
            "{error:?}"
        );
    }
}

#[cfg(unix)]
#[test]
fn children_do_not_outlive_their_parent() {
    probe::children_do_not_outlive_their_parent(&native(), "children_do_not_outlive_their_parent");
}
