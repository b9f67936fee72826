//! Deeds of a user interface, memory that is filled after a call has returned, and what a DLL exports.

use super::{PATIENCE, Probe};
use offhook_conformance::host::Replied;
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
    let missing = child.load_ui("no/such/ui.dll").unwrap();
    assert!(missing.is_err(), "{missing:?}");
    child.shutdown().unwrap();
}

pub fn dialogs_are_relayed(probe: &Probe) {
    let (mut child, messages) = probe.child();
    let Replied::Returned { result: ht, .. } =
        child.call("probe_create_dialog", vec![Arg::LineEvent]).unwrap()
    else {
        panic!("it returns the handle it was given")
    };
    let asked = child.call("probe_ask_provider", vec![Arg::UiCallback]).unwrap();
    assert!(
        matches!(asked, Replied::Returned { result: 11_003, .. }),
        "{asked:?}"
    );
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
        Message::Ui {
            object: 1,
            kind: 2,
            params: before,
            answer: Some((3, after)),
            ..
        },
        Message::Returned { .. },
    ] = messages.as_slice()
    else {
        panic!("{messages:?}")
    };
    assert_eq!((ui_dll.as_str(), params.as_slice()), ("ui.dll", &[1, 2, 3][..]));
    assert_eq!((*given, *line), (u64::from(ht.cast_unsigned()), *given));
    assert_eq!(data.as_slice(), [1, 2]);
    assert_eq!(
        (before.as_slice(), after.as_slice()),
        (&[10, 20, 30][..], &[11, 21, 31][..])
    );
}
