//! A library that was unloaded is loaded as into a new process, or stays and the process with it.

use super::Probe;
use offhook_conformance::host::{Child, Replied};

fn returned(child: &mut Child, function: &str) -> i32 {
    match child.call(function, vec![]).unwrap() {
        Replied::Returned { result, .. } => result,
        Replied::Missing => panic!("{function} is missing"),
    }
}

/// Loaded again it remembers nothing, and the calls are counted from the first on.
pub fn what_is_unloaded_is_loaded_anew(probe: &Probe) {
    let (mut child, _messages) = probe.child();
    for round in 1..4 {
        assert_eq!(returned(&mut child, "probe_count"), 1, "round {round}");
        assert_eq!(returned(&mut child, "probe_count"), 2, "round {round}");
        assert_eq!(child.unload().unwrap(), Ok(()), "round {round}");
        assert_eq!(child.next_seq(), 0);
        child.reuse(&probe.options()).unwrap();
        child.load(&probe.library).unwrap();
    }
    child.shutdown().unwrap();
}

/// Where something of it stays, it is not unloaded, and the child ends as any other.
pub fn what_stays_is_told(probe: &Probe) {
    for (function, stays) in [
        ("probe_leave_thread", "thread"),
        ("probe_leave_variable", "environment"),
    ] {
        let (mut child, _messages) = probe.child();
        assert_eq!(returned(&mut child, function), 0);
        let why = child.unload().unwrap().unwrap_err();
        assert!(why.contains(stays), "{function}: {why}");
        child.shutdown().unwrap();
    }
}
