//! The loop over in-memory pipes: what goes in as requests comes out as messages.

use crate::{inbox::Inbox, outbox, serve::serve};
use offhook_host_protocol::{Arg, Message, RegistryValue, Request, VERSION, read_frame, write_frame};
use std::fs::File;

#[cfg(unix)]
fn file(writer: std::io::PipeWriter) -> File {
    std::os::fd::OwnedFd::from(writer).into()
}

#[cfg(windows)]
fn file(writer: std::io::PipeWriter) -> File {
    std::os::windows::io::OwnedHandle::from(writer).into()
}

/// A process has one way out, so one test asks everything.
#[test]
fn each_request_gets_its_answer() {
    let (mut messages, writer) = std::io::pipe().unwrap();
    let outbox = outbox::install(file(writer));
    let mut wire = Vec::new();
    let call = |function: &str, args| Request::Call {
        seq: 7,
        function: function.to_owned(),
        args,
        apart: false,
    };
    for request in [
        Request::Hello { version: VERSION },
        Request::Hello { version: VERSION + 1 },
        call("TSPI_providerInit", vec![]),
        Request::Load {
            path: "no-such-provider".to_owned(),
            cwd: None,
        },
        Request::SetRegistry {
            key: "HKXX\\A".to_owned(),
            name: "B".to_owned(),
            value: RegistryValue::Dword(1),
        },
        Request::Load {
            path: system_library().to_owned(),
            cwd: Some("no-such-folder".to_owned()),
        },
        Request::Load {
            path: system_library().to_owned(),
            cwd: None,
        },
        Request::Load {
            path: system_library().to_owned(),
            cwd: None,
        },
        call("no such function", vec![]),
        call("TSPI_providerInit", vec![Arg::Null; 14]),
        Request::Exit,
        Request::Hello { version: VERSION },
    ] {
        write_frame(&mut wire, &request).unwrap();
    }
    serve(&Inbox::new(std::io::Cursor::new(wire)), outbox).unwrap();
    let mut next = || read_frame::<Message>(&mut messages).unwrap().unwrap();
    let failed = |message| match message {
        Message::Failed { what, .. } => what,
        other => panic!("{other:?}"),
    };
    assert!(matches!(next(), Message::Hello { version: VERSION, .. }));
    assert!(failed(next()).contains("protocol"));
    assert!(failed(next()).contains("no provider is loaded"));
    assert!(!failed(next()).is_empty());
    assert!(failed(next()).contains("HKXX"));
    assert!(!failed(next()).is_empty(), "there is no such folder");
    assert_eq!(next(), Message::Done);
    assert!(failed(next()).contains("already"));
    assert_eq!(next(), Message::Missing { seq: 7 });
    assert!(failed(next()).contains("14 arguments"));
    outbox.send(Message::Done);
    assert_eq!(next(), Message::Done, "nothing after Exit is answered");
    assert!(
        serve(&Inbox::new([1, 0, 0].as_slice()), outbox).is_err(),
        "a cut request is an error"
    );
}

/// A library that every system of its kind has.
fn system_library() -> &'static str {
    if cfg!(windows) {
        "kernel32.dll"
    } else if cfg!(target_os = "macos") {
        "libSystem.dylib"
    } else {
        "libc.so.6"
    }
}
