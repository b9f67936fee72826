//! Deeds of a user interface, memory that is filled after a call has returned, and what a DLL exports.

use super::{PATIENCE, Probe};
use offhook_conformance::host::{Heard, Replied};
use offhook_host_protocol::{Arg, Message};

pub fn memory_that_is_filled_later_is_read_anew(probe: &Probe) {
    let (mut child, messages) = probe.child();
    let seq = child.next_seq();
    let room = Arg::Out {
        bytes: vec![0; 4],
        keep: true,
    };
    let Replied::Returned { result: 7, .. } = child
        .call("probe_fill_later", vec![room, Arg::Value(4), Arg::Completion])
        .unwrap()
    else {
        panic!("it returns its request id")
    };
    while !matches!(
        messages.recv_timeout(PATIENCE).unwrap(),
        Message::Completed { request: 7, .. }
    ) {}
    assert_eq!(child.kept(seq).unwrap(), [(0, vec![0x5a; 4])]);
    assert_eq!(child.kept(seq + 100).unwrap(), []);
    child.shutdown().unwrap();
}

pub fn exports_are_known(probe: &Probe) {
    let (mut child, _messages) = probe.child();
    let names = ["probe_sum", "TSPI_lineOpen", "probe_hang"];
    assert_eq!(child.exports(&names).unwrap(), [true, false, true]);
    child.shutdown().unwrap();
}

/// The provider's part: it asks for a dialog and sends data to it.
pub fn dialogs_are_asked_for(probe: &Probe) {
    let (mut child, messages) = probe.child();
    let Replied::Returned { result: ht, .. } =
        child.call("probe_create_dialog", vec![Arg::LineEvent]).unwrap()
    else {
        panic!("it returns the handle it was given")
    };
    child.shutdown().unwrap();
    let messages: Vec<Message> = messages.iter().collect();
    let [
        Message::Dialog {
            provider: 4,
            request: 9,
            hd: 0x77,
            ht: given,
            ui_dll,
            params,
            ..
        },
        Message::Line {
            line, msg: 504, data, ..
        },
        Message::Returned { .. },
    ] = messages.as_slice()
    else {
        panic!("{messages:?}")
    };
    assert_eq!((ui_dll.as_str(), params.as_slice()), ("ui.dll", &[1, 2, 3][..]));
    assert_eq!((*given, *line), (u64::from(ht.cast_unsigned()), *given));
    assert_eq!(data.as_slice(), [1, 2]);
}

/// The application's part, in a process beside: it asks, waits for the answer, and goes on with what that left.
pub fn what_is_asked_is_answered(probe: &Probe) {
    let (provider, _messages) = probe.child();
    let mut child = provider.spawn_beside(probe.options(), |_| ()).unwrap();
    child.load(&probe.library).unwrap();
    child.count_from(100);
    let function = "probe_ask_provider";
    for apart in [false, true] {
        let seq = child.begin(function, vec![Arg::UiCallback], apart).unwrap();
        let Heard::Asked(asked) = child.hear(seq, function, apart).unwrap() else {
            panic!("it asks first")
        };
        assert_eq!((asked.object, asked.kind, asked.params), (1, 2, vec![10, 20, 30]));
        // What is answered beyond the bytes that were passed is left out.
        child.answer_ask(asked.ask, 3, vec![11, 21, 31, 41]).unwrap();
        let heard = child.hear(seq, function, apart).unwrap();
        let Heard::Replied(Replied::Returned { result, .. }) = heard else {
            panic!("{heard:?}")
        };
        assert_eq!(result, 11_003);
    }
    child.shutdown().unwrap();
    provider.shutdown().unwrap();
}

/// Calls that are made apart run at once, beside others; a crash of one ends them all.
pub fn calls_apart_run_at_once(probe: &Probe) {
    let (mut child, _messages) = probe.child();
    let wait = "probe_meet";
    let first = child.begin(wait, vec![Arg::Value(2)], true).unwrap();
    let second = child.begin(wait, vec![Arg::Value(2)], true).unwrap();
    for seq in [second, first] {
        let heard = child.hear(seq, wait, true).unwrap();
        assert!(
            matches!(heard, Heard::Replied(Replied::Returned { result: 1, .. })),
            "both were inside together: {heard:?}"
        );
    }
    child.shutdown().unwrap();
}

/// Several calls of one function are in it at the same time, and of a function that is not there each is told.
pub fn calls_at_once_are_inside_together(probe: &Probe) {
    let (mut child, _messages) = probe.child();
    let meet = |_| ("probe_meet".to_owned(), vec![Arg::Value(8)]);
    let none = ("probe_that_is_not_there".to_owned(), Vec::new());
    let calls: Vec<_> = (0..8).map(meet).chain([none]).collect();
    let seqs = child.begin_at_once(calls).unwrap();
    assert_eq!(seqs.len(), 9);
    assert_eq!(
        child.hear(seqs[8], "probe_that_is_not_there", true).unwrap(),
        Heard::Replied(Replied::Missing)
    );
    for seq in seqs[..8].iter().rev() {
        let heard = child.hear(*seq, "probe_meet", true).unwrap();
        assert!(
            matches!(heard, Heard::Replied(Replied::Returned { result: 1, .. })),
            "all were inside together: {heard:?}"
        );
    }
    child.shutdown().unwrap();
}

/// A new call that is refused gets NULL, the next one a handle.
pub fn new_calls_are_refused(probe: &Probe) {
    let (mut child, messages) = probe.child();
    child.refuse_new_calls(1).unwrap();
    let procedures = || vec![Arg::Completion, Arg::LineEvent, Arg::PhoneEvent, Arg::UiCallback];
    let mut call_back = |handle: fn(u64) -> bool| {
        let seq = child.begin("probe_call_back", procedures(), false).unwrap();
        let Heard::Asked(asked) = child.hear(seq, "probe_call_back", false).unwrap() else {
            panic!("it asks first")
        };
        child.answer_ask(asked.ask, 0, Vec::new()).unwrap();
        let heard = child.hear(seq, "probe_call_back", false).unwrap();
        let Heard::Replied(Replied::Returned { result, .. }) = heard else {
            panic!("{heard:?}")
        };
        assert!(handle(u64::from(result.cast_unsigned())), "{result:#x}");
    };
    call_back(|handle| handle == 0);
    call_back(|handle| handle >= u64::from(offhook_host_protocol::FIRST_NEW_CALL));
    child.shutdown().unwrap();
    let handed_out = messages.iter().filter_map(|message| match message {
        Message::Line {
            msg: 500, new_call, ..
        } => Some(new_call.is_some()),
        _ => None,
    });
    assert_eq!(handed_out.collect::<Vec<_>>(), [false, true]);
}
