//! What the tests of the native and of the Wine child have in common: every deed of the probe library, told right.

pub mod anew;
pub mod dialogs;
pub mod misdeeds;

use offhook_conformance::host::{Child, ChildOptions, Death, Heard, HostBinary, HostError, Replied};
use offhook_host_protocol::{Arg, FIRST_NEW_CALL, Message};
use std::{
    path::PathBuf,
    sync::mpsc::{self, Receiver},
    time::{Duration, Instant},
};

/// Long enough for a loaded machine; no test that passes waits for it.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A kind of child and the probe library for it.
pub struct Probe {
    pub host: HostBinary,
    pub library: PathBuf,
}

impl Probe {
    pub fn options(&self) -> ChildOptions {
        ChildOptions {
            deadline: PATIENCE,
            ..ChildOptions::default()
        }
    }

    /// A child with the library loaded, and its messages.
    pub fn child(&self) -> (Child, Receiver<Message>) {
        self.child_with(self.options())
    }

    pub fn child_with(&self, options: ChildOptions) -> (Child, Receiver<Message>) {
        let (sink, messages) = mpsc::channel();
        let mut child = Child::spawn(&self.host, options, move |message| {
            // A test that has seen enough no longer listens.
            let _ = sink.send(message);
        })
        .unwrap();
        child.load(&self.library).unwrap();
        // The answers until now are here, for each comes before its request returns: how many there are depends on what
        // an earlier child left in the registry.
        assert!(messages.try_iter().count() >= 2);
        (child, messages)
    }

    /// The death that a call brings, after which nothing is left, and the messages up to it.
    pub fn death_by(&self, function: &str, args: Vec<Arg>) -> (Death, Vec<Message>) {
        let (mut child, messages) = self.child();
        let id = child.id().unwrap();
        let death = child.call(function, args).unwrap_err();
        assert_eq!(child.death(), Some(death.clone()));
        assert_eq!(
            child.call("probe_sum", vec![]).unwrap_err(),
            death,
            "a dead child stays dead"
        );
        assert_eq!(child.id(), None);
        assert_gone(id);
        (death, messages.iter().collect())
    }
}

/// Asserts that no process has this id, nor is in the group that it led.
#[cfg(unix)]
pub fn assert_gone(id: u32) {
    use rustix::process::{Pid, test_kill_process, test_kill_process_group};
    let id = Pid::from_raw(id.cast_signed()).unwrap();
    assert_eq!(test_kill_process(id), Err(rustix::io::Errno::SRCH));
    // What the leader started is no child of ours: it is dead, but whoever inherited it may take a moment to reap it.
    wait_until("the group is gone", || {
        test_kill_process_group(id) == Err(rustix::io::Errno::SRCH) || zombies(id)
    });
}

/// Whether all that is left of the group is dead and only waits to be reaped.
#[cfg(unix)]
fn zombies(group: rustix::process::Pid) -> bool {
    let group = group.as_raw_nonzero().to_string();
    std::fs::read_dir("/proc").is_ok_and(|processes| {
        processes.flatten().all(|process| {
            let stat = std::fs::read_to_string(process.path().join("stat")).unwrap_or_default();
            // After the name in parentheses: state, parent, group.
            let rest = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
            let mut fields = rest.split_whitespace();
            let (state, of) = (fields.next(), fields.nth(1));
            of != Some(group.as_str()) || state == Some("Z")
        })
    })
}

#[cfg(windows)]
pub fn assert_gone(id: u32) {
    let list = std::process::Command::new("tasklist")
        .args(["/FI", &format!("PID eq {id}")])
        .output()
        .unwrap();
    assert!(
        !String::from_utf8_lossy(&list.stdout).contains("offhook"),
        "process {id} lives"
    );
}

/// Looks until it is so, at most for [`PATIENCE`].
pub fn wait_until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "never: {what}");
        std::thread::yield_now();
    }
}

/// A text as a C string in memory of its own.
pub fn text(text: &str) -> Arg {
    Arg::In([text.as_bytes(), b"\0"].concat())
}

fn returned(result: i32) -> Replied {
    Replied::Returned { result, outs: vec![] }
}

/// Many calls go ahead of their answers, which come in order; the one that never returns is named.
pub fn calls_go_ahead(probe: &Probe) {
    let after = Duration::from_millis(300);
    let (mut child, _messages) = probe.child();
    let sum = |first: u64| {
        (
            "probe_sum".to_owned(),
            (first..first + 7).map(Arg::Value).collect(),
        )
    };
    let long = vec![Arg::In(vec![1; 40 << 10]), Arg::Value(0)];
    let one_by_one: Vec<_> = (1..=300)
        .map(|first| child.call("probe_sum", sum(first).1).unwrap())
        .collect();
    assert_eq!(child.call_all((1..=300).map(sum)).unwrap(), one_by_one);

    let missing = ("no_such_function".to_owned(), long);
    let replies = child
        .call_all([sum(1), missing.clone(), missing, sum(1)])
        .unwrap();
    assert_eq!(replies[1..3], [Replied::Missing, Replied::Missing]);
    assert_eq!([&replies[0], &replies[3]], [&one_by_one[0], &one_by_one[0]]);

    let hang = ("probe_hang".to_owned(), vec![]);
    child.set_deadline(after);
    assert_eq!(
        child.call_all([sum(1), hang, sum(1)]).unwrap_err(),
        Death::Hang {
            function: "probe_hang".to_owned(),
            after
        }
    );
}

/// Values and buffers go in and out.
pub fn calls_and_returns(probe: &Probe) {
    let (mut child, messages) = probe.child();
    let values = (1..=7).map(Arg::Value).collect();
    assert_eq!(child.next_seq(), 0);
    assert_eq!(child.call("probe_sum", values).unwrap(), returned(140));
    assert!(matches!(
        messages.recv().unwrap(),
        Message::Returned {
            seq: 0,
            result: 140,
            ..
        }
    ));

    let bytes = vec![1, 2, 255];
    for keep in [false, true] {
        let args = vec![
            Arg::Out {
                bytes: bytes.clone(),
                keep,
            },
            Arg::Value(3),
        ];
        let outs = vec![(0, vec![2, 3, 0])];
        assert_eq!(
            child.call("probe_increment", args).unwrap(),
            Replied::Returned { result: 3, outs }
        );
    }

    let handle = vec![0; usize::from(child.bits() / 8)];
    let args = vec![
        Arg::Value(5),
        Arg::Value(0x1000),
        Arg::Value(9),
        Arg::Out {
            bytes: handle.clone(),
            keep: false,
        },
        Arg::In(vec![0x35, 0, 0, 0]),
        Arg::Value(0),
        Arg::In(200u32.to_le_bytes().to_vec()),
    ];
    let mut expected = handle;
    expected[..4].copy_from_slice(&(0x1000u32 + 0x35 + 200).to_le_bytes());
    assert_eq!(
        child.call("probe_make_call", args).unwrap(),
        Replied::Returned {
            result: 5,
            outs: vec![(3, expected)]
        }
    );

    assert_eq!(
        child.call("TSPI_lineMakeCall", vec![Arg::Null]).unwrap(),
        Replied::Missing
    );
    assert!(
        messages
            .iter()
            .any(|message| matches!(message, Message::Missing { seq: 4 }))
    );
    assert_eq!(
        child.call("probe_caught_panic", vec![]).unwrap(),
        returned(1),
        "a panic that is caught is no crash"
    );
    assert_eq!(child.death(), None);
    child.shutdown().unwrap();
}

/// What the provider calls back arrives in order, and before the return.
pub fn callbacks_arrive(probe: &Probe) {
    let (mut child, messages) = probe.child();
    let args = vec![Arg::Completion, Arg::LineEvent, Arg::PhoneEvent, Arg::UiCallback];
    let handle = u64::from(FIRST_NEW_CALL);
    let function = "probe_call_back";
    let seq = child.begin(function, args, false).unwrap();
    let Heard::Asked(asked) = child.hear(seq, function, false).unwrap() else {
        panic!("it waits for an answer")
    };
    child.answer_ask(asked.ask, 0, asked.params).unwrap();
    assert_eq!(
        child.hear(seq, function, false).unwrap(),
        Heard::Replied(returned(FIRST_NEW_CALL.cast_signed()))
    );
    child.shutdown().unwrap();
    let messages: Vec<Message> = messages.iter().collect();
    let [
        Message::Line {
            line: 11,
            call: 0,
            msg: 500,
            params: [12, _, 0],
            new_call: Some(new_call),
            stamp: first,
            ..
        },
        Message::Line {
            line: 11,
            call,
            msg: 2,
            params: [1, 2, 3],
            new_call: None,
            ..
        },
        Message::Phone {
            phone: 21,
            msg: 14,
            params: [4, 5, 6],
            ..
        },
        Message::Ui {
            object: 31,
            kind: 4,
            params,
            ..
        },
        Message::Completed {
            request: 41,
            result: -42,
            stamp: other,
        },
        Message::Returned { stamp: last, .. },
    ] = messages.as_slice()
    else {
        panic!("{messages:?}");
    };
    assert_eq!(
        (*new_call, *call, params.as_slice()),
        (handle, handle, [1, 2, 3].as_slice())
    );
    assert_eq!(first.thread, last.thread);
    assert_ne!(first.thread, other.thread);
    assert!(first.micros <= other.micros && other.micros <= last.micros);
}

/// A fault in the call is a crash, with its address; the messages up to it are kept.
pub fn crashes_are_told(probe: &Probe, code: u32, overflow: u32, abort: u32) {
    let crash = |function: &str, args| match probe.death_by(function, args) {
        (
            Death::Crash {
                signal_or_code,
                fault,
                during,
            },
            messages,
        ) => {
            assert_eq!(during.as_deref(), Some(function));
            (signal_or_code, fault, messages)
        }
        (other, _) => panic!("{function}: {other:?}"),
    };
    let (signal, fault, messages) = crash("probe_crash", vec![]);
    assert_eq!(signal, code);
    let fault = fault.unwrap();
    assert_eq!((fault.code, fault.address, fault.note.as_str()), (code, 16, ""));
    assert_ne!(fault.at, 0);
    let (module, offset) = fault.module.clone().expect("it is an instruction of the library");
    assert_eq!(
        Some(module.as_str()),
        probe.library.file_name().and_then(|name| name.to_str())
    );
    assert!(
        offset > 0 && fault.at % 4096 == offset % 4096,
        "{offset:#x} of {:#x}",
        fault.at
    );
    let words = Death::Crash {
        signal_or_code: signal,
        fault: Some(fault),
        during: Some("probe_crash".to_owned()),
    };
    let place = format!("at address 0x10, by {module}+{offset:#x}");
    assert!(words.to_string().ends_with(&place), "{words}");
    assert!(
        matches!(messages.as_slice(), [Message::Fault { .. }]),
        "{messages:?}"
    );

    assert_eq!(crash("probe_overflow", vec![Arg::Value(0)]).0, overflow);
    assert_eq!(crash("probe_abort", vec![]).0, abort);
    assert_eq!(
        crash("probe_panic", vec![]).0,
        abort,
        "a panic cannot leave an extern function"
    );

    // Whose memory it was.
    let (_, fault, _) = crash(
        "probe_increment",
        vec![
            Arg::Out {
                bytes: vec![0; 10],
                keep: false,
            },
            Arg::Value(12),
        ],
    );
    let note = fault.unwrap().note;
    assert!(
        note.contains("past the end of argument 1 of probe_increment: offset 10 of 10 bytes"),
        "{note}"
    );
    let (_, fault, _) = crash("probe_increment", vec![Arg::In(vec![]), Arg::Value(1)]);
    assert!(fault.unwrap().note.contains("offset 0 of 0 bytes"));
}

/// A fault between calls is a crash too, and whoever listens learns of the end.
pub fn crash_between_calls(probe: &Probe) {
    let (mut child, messages) = probe.child();
    let id = child.id().unwrap();
    assert_eq!(child.call("probe_crash_later", vec![]).unwrap(), returned(0));
    let rest: Vec<Message> = messages.iter().collect();
    assert!(
        matches!(rest.as_slice(), [Message::Returned { .. }, Message::Fault { .. }]),
        "{rest:?}"
    );
    assert!(
        matches!(child.death(), Some(Death::Crash { during: None, .. })),
        "{:?}",
        child.death()
    );
    assert_gone(id);
    assert!(child.shutdown().is_err());
}

/// Memory of an argument that is read after the return.
pub fn late_reads_are_told(probe: &Probe) {
    let (mut child, messages) = probe.child();
    child
        .call("probe_read_later", vec![Arg::In(vec![7; 64]), Arg::Value(64)])
        .unwrap();
    // The sink is gone when the child is.
    let messages: Vec<Message> = messages.iter().collect();
    let [Message::Returned { .. }, Message::Fault { note, .. }] = messages.as_slice() else {
        panic!("{messages:?}");
    };
    assert_eq!(
        note,
        "read of memory of argument 1 of probe_read_later after the call returned"
    );
    assert!(matches!(child.death(), Some(Death::Crash { fault: Some(_), .. })));
}

/// A call that does not return is ended at its deadline, with the process and all that it started.
pub fn hangs_are_ended(probe: &Probe, helper: (&str, &str)) {
    for function in ["probe_hang", "probe_spin"] {
        let after = Duration::from_millis(300);
        let (mut child, messages) = probe.child();
        let id = child.id().unwrap();
        let helper = child
            .call("probe_start", vec![text(helper.0), text(helper.1)])
            .unwrap();
        assert!(
            matches!(helper, Replied::Returned { result: 1.., .. }),
            "{helper:?}"
        );
        child.set_deadline(after);
        let start = Instant::now();
        let death = child.call(function, vec![]).unwrap_err();
        assert_eq!(
            death,
            Death::Hang {
                function: function.to_owned(),
                after
            }
        );
        assert!(start.elapsed() >= after);
        assert_eq!(child.death(), Some(death));
        assert_eq!(child.id(), None);
        assert_gone(id);
        drop(child);
        assert_eq!(
            messages.iter().count(),
            1,
            "the return of probe_start, then the end"
        );
    }
}

/// An exit by the provider's own hand is no crash, whatever its code: 99 is also that of a process whose crash was told.
pub fn exits_are_told(probe: &Probe) {
    exits_by(probe, "probe_exit", &[0, 7, 99]);
}

/// The same where the function leaves the process in its own way.
pub fn exits_by(probe: &Probe, function: &str, codes: &[u64]) {
    for code in codes.iter().copied() {
        let (death, _) = probe.death_by(function, vec![Arg::Value(code)]);
        let during = Some(function.to_owned());
        assert_eq!(
            death,
            Death::Exit {
                code: i32::try_from(code).unwrap(),
                during
            }
        );
    }
}

/// A thread that crashes while calls go on is told with what it did, though answers come after its first word.
pub fn crashes_beside_calls_are_told(probe: &Probe) {
    let (mut child, _messages) = probe.child();
    child.call("probe_crash_later", vec![]).unwrap();
    let death = loop {
        if let Err(death) = child.call("probe_exports_nothing_of_this_name", vec![]) {
            break death;
        }
    };
    assert!(matches!(death, Death::Crash { fault: Some(_), .. }), "{death:?}");
}

/// What a process has is counted, also by a system whose own count is none.
pub fn what_a_process_has_is_counted(probe: &Probe) {
    let (mut child, messages) = probe.child();
    child.census(Vec::new()).unwrap();
    let counted = messages.try_iter().find_map(|message| match message {
        Message::Census {
            threads,
            handles,
            memory,
            ..
        } => Some((threads > 0, handles > 0, memory > 0)),
        _ => None,
    });
    assert_eq!(counted, Some((true, true, true)));
    child.shutdown().unwrap();
}

/// What the provider prints goes nowhere near the protocol and holds no one up.
pub fn floods_are_drained(probe: &Probe) {
    let (mut child, _messages) = probe.child();
    assert_eq!(
        child.call("probe_flood", vec![Arg::Value(2000)]).unwrap(),
        returned(2000)
    );
    assert_eq!(
        child.call("probe_sum", (0..7).map(Arg::Value).collect()).unwrap(),
        returned(112)
    );
    let (printed, ended) = child.end();
    ended.unwrap();
    assert_eq!(printed.total, 2000 * 2 * 1024);
    assert_eq!(printed.tail.len(), 16 << 10);
    assert!(printed.tail.ends_with(b"...\n"));
}

/// Dropping a child that is well ends it.
pub fn dropping_ends(probe: &Probe) {
    let (child, messages) = probe.child();
    let id = child.id().unwrap();
    drop(child);
    assert_gone(id);
    assert_eq!(messages.iter().count(), 0);
}

/// What cannot be loaded is told in the operating system's words, and kills no one.
pub fn load_failures_are_told(probe: &Probe, other_platform: &std::path::Path) {
    let dir = tempfile::tempdir().unwrap();
    let text = dir.path().join("not-a-library");
    std::fs::write(&text, "no library").unwrap();
    for path in [text.as_path(), &dir.path().join("nothing"), other_platform] {
        let mut child = Child::spawn(&probe.host, probe.options(), |_| {}).unwrap();
        let error = child.load(path).unwrap_err();
        let HostError::Load { path: told, what, .. } = &error else {
            panic!("{error:?}")
        };
        assert_eq!(told, path);
        assert!(!what.is_empty());
        assert_eq!(child.death(), None);
        child.load(&probe.library).unwrap();
        child.shutdown().unwrap();
    }
}

/// The child ends although it hangs in a call and no one kills it, once the harness is killed. The harness is played by
/// this very test (of the given name), started anew.
#[cfg(unix)]
pub fn children_do_not_outlive_their_parent(probe: &Probe, test: &str) {
    use std::{
        io::{BufRead, BufReader},
        process::{Command, Stdio},
    };
    const DOOMED: &str = "OFFHOOK_TEST_DOOMED";
    if std::env::var_os(DOOMED).is_some() {
        let (sink, messages) = mpsc::channel();
        let mut child = Child::spawn(
            &probe.host,
            ChildOptions {
                deadline: PATIENCE * 3,
                ..probe.options()
            },
            move |message| {
                let _ = sink.send(message);
            },
        )
        .unwrap();
        child.load(&probe.library).unwrap();
        let id = child.id().unwrap();
        std::thread::spawn(move || {
            messages
                .iter()
                .find(|message| matches!(message, Message::Completed { .. }))
                .unwrap();
            println!("hangs {id}");
        });
        panic!(
            "{:?}",
            child.call("probe_complete_and_hang", vec![Arg::Completion])
        );
    }
    let mut doomed = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(DOOMED, "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(doomed.stdout.take().unwrap())
        .lines()
        .map(Result::unwrap);
    let id = lines
        .find_map(|line| {
            line.split_once("hangs ")
                .map(|(_, id)| id.trim().parse().unwrap())
        })
        .unwrap();
    doomed.kill().unwrap();
    doomed.wait().unwrap();
    let id = rustix::process::Pid::from_raw(id).unwrap();
    wait_until("the child is gone", || {
        rustix::process::test_kill_process(id).is_err() || zombies(id)
    });
}
