//! Bad providers survive contact: what they call back is recorded, and what they break is theirs.

use super::Probe;
use offhook_conformance::host::{Child, Death, Replied};
use offhook_host_protocol::{Arg, Message};
use std::{collections::HashMap, time::Duration};

fn returned(result: i32) -> Replied {
    let outs = Vec::new();
    Replied::Returned { result, outs }
}

/// Garbage from many threads at once arrives whole, and in each thread's own order.
pub fn garbage_from_many_threads_arrives(probe: &Probe) {
    const THREADS: u32 = 16;
    const EACH: u32 = 500;
    let (mut child, messages) = probe.child();
    let args = vec![
        Arg::LineEvent,
        Arg::PhoneEvent,
        Arg::Value(THREADS.into()),
        Arg::Value(EACH.into()),
    ];
    assert_eq!(
        child.call("probe_call_back_from_many", args).unwrap(),
        returned(THREADS.cast_signed())
    );
    child.shutdown().unwrap();
    let mut next: HashMap<u64, u64> = HashMap::new();
    let mut threads: HashMap<u64, u32> = HashMap::new();
    for message in messages.iter() {
        let (params, stamp, garbage) = match message {
            Message::Line {
                line,
                msg,
                params,
                stamp,
                ..
            } => (params, stamp, line > 1 << 30 && msg == 0xFFFF_0000),
            Message::Phone {
                msg, params, stamp, ..
            } => (params, stamp, msg == 0xFFFF_0001),
            _ => continue,
        };
        assert!(garbage, "the handles arrive as they were");
        let [number, event, _] = params;
        let expected = next.entry(number).or_default();
        assert_eq!(event, *expected, "thread {number}");
        *expected += 1;
        assert_eq!(*threads.entry(number).or_insert(stamp.thread), stamp.thread);
    }
    assert_eq!(next.len(), THREADS as usize);
    assert!(next.values().all(|count| *count == u64::from(EACH)), "{next:?}");
}

/// A hundred thousand events in one go: none is lost, and none overtakes another.
pub fn a_flood_is_recorded_without_loss(probe: &Probe) {
    const COUNT: u32 = 100_000;
    let (mut child, messages) = probe.child();
    let args = vec![Arg::LineEvent, Arg::Value(COUNT.into())];
    assert_eq!(
        child.call("probe_call_back_flood", args).unwrap(),
        returned(COUNT.cast_signed())
    );
    child.shutdown().unwrap();
    let events = messages.iter().filter_map(|message| match message {
        Message::Line { params, .. } => Some(params[0]),
        _ => None,
    });
    assert!(
        events.eq(0..u64::from(COUNT)),
        "an event is missing or out of place"
    );
}

/// A pointer that leads nowhere is the provider's fault, and the crash says whose pointer it was.
pub fn a_bad_pointer_is_told(probe: &Probe, code: u32) {
    let (death, _) = probe.death_by("probe_call_back_with_bad_pointer", vec![Arg::LineEvent]);
    let Death::Crash {
        signal_or_code,
        fault: Some(fault),
        ..
    } = &death
    else {
        panic!("{death:?}");
    };
    assert_eq!((*signal_or_code, fault.address), (code, 0x10));
    assert!(
        death
            .to_string()
            .ends_with("the HTAPICALL that dwParam2 of LINE_NEWCALL points to, 0x10, is not there"),
        "{death}"
    );
}

/// Callbacks from where the loader holds its lock, and when the process ends, long after the provider was to be silent.
pub fn callbacks_from_the_loader_arrive(probe: &Probe, reasons: &[u64]) {
    let (mut child, messages) = probe.child();
    let args = vec![Arg::LineEvent];
    assert_eq!(
        child.call("probe_call_back_from_the_loader", args).unwrap(),
        returned(1)
    );
    child.shutdown().unwrap();
    let seen: Vec<u64> = messages
        .iter()
        .filter_map(|message| match message {
            Message::Line { params, .. } => Some(params[0]),
            _ => None,
        })
        .collect();
    assert!(reasons.iter().all(|reason| seen.contains(reason)), "{seen:?}");
    assert_eq!(seen.last(), Some(&0), "the process ends last");
}

/// A provider that destroys its heap costs its own child and nothing else. How that child ends depends on what its heap
/// then does: glibc aborts, Wine's may go round in circles.
pub fn a_corrupt_heap_costs_one_child(probe: &Probe) {
    let (mut other, _messages) = probe.child();
    let (mut child, _) = probe.child();
    child.set_deadline(Duration::from_secs(2));
    let death = child.call("probe_corrupt_heap", vec![]).unwrap_err();
    assert!(
        matches!(death, Death::Crash { .. } | Death::Hang { .. }),
        "{death:?}"
    );
    assert_eq!(child.id(), None);
    let sum = |child: &mut Child| child.call("probe_sum", (1..=7).map(Arg::Value).collect());
    assert_eq!(sum(&mut other).unwrap(), returned(140));
    let (mut next, _messages) = probe.child();
    assert_eq!(sum(&mut next).unwrap(), returned(140));
    next.shutdown().unwrap();
    other.shutdown().unwrap();
}
