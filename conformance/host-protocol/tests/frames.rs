//! Framing holds for every value, and no garbage gets past it.

use offhook_host_protocol::{
    Arg, FrameError, Invocation, MAX_FRAME, Message, RegistryValue, Request, Stamp, encode_fault, read_frame,
    take_frame, write_frame,
};
use proptest::prelude::*;

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..200)
}

fn arg() -> impl Strategy<Value = Arg> {
    prop_oneof![
        any::<u64>().prop_map(Arg::Value),
        Just(Arg::Null),
        bytes().prop_map(Arg::In),
        (bytes(), any::<bool>()).prop_map(|(bytes, keep)| Arg::Out { bytes, keep }),
        Just(Arg::Completion),
        Just(Arg::LineEvent),
        Just(Arg::PhoneEvent),
        Just(Arg::UiCallback),
        Just(Arg::Event),
    ]
}

fn registry_value() -> impl Strategy<Value = RegistryValue> {
    prop_oneof![
        any::<u32>().prop_map(RegistryValue::Dword),
        ".*".prop_map(RegistryValue::Text),
        (any::<u32>(), bytes()).prop_map(|(kind, bytes)| RegistryValue::Raw { kind, bytes }),
        Just(RegistryValue::Absent),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    let value = registry_value().boxed();
    prop_oneof![
        any::<u16>().prop_map(|version| Request::Hello { version }),
        (".*", ".*", value).prop_map(|(key, name, value)| Request::SetRegistry { key, name, value }),
        (".*", proptest::option::of(".*")).prop_map(|(path, cwd)| Request::Load { path, cwd }),
        Just(Request::Unload),
        (
            any::<u32>(),
            ".*",
            prop::collection::vec(arg(), 0..14),
            any::<bool>()
        )
            .prop_map(|(seq, function, args, apart)| Request::Call {
                seq,
                function,
                args,
                apart
            }),
        (any::<u32>(), ".*", prop::collection::vec(arg(), 0..5)).prop_map(|(seq, function, args)| {
            Request::AtOnce {
                calls: vec![Invocation { seq, function, args }],
            }
        }),
        any::<u32>().prop_map(|count| Request::RefuseNewCalls { count }),
        Just(Request::Exit),
        prop::collection::vec(".*", 0..4).prop_map(|names| Request::Exports { names }),
        any::<u32>().prop_map(|seq| Request::Read { seq }),
        (any::<u32>(), any::<i32>(), bytes()).prop_map(|(ask, result, params)| Request::Answer {
            ask,
            result,
            params
        }),
        ".*".prop_map(|key| Request::RemoveKey { key }),
        prop::collection::vec(".*", 0..4).prop_map(|ports| Request::Census { ports }),
    ]
}

fn stamp() -> impl Strategy<Value = Stamp> {
    (any::<u64>(), any::<u32>()).prop_map(|(micros, thread)| Stamp { micros, thread })
}

fn message() -> impl Strategy<Value = Message> {
    let outs = prop::collection::vec((any::<u8>(), bytes()), 0..4);
    prop_oneof![
        (any::<u16>(), any::<u8>(), ".*", any::<u32>()).prop_map(|(version, bits, platform, pid)| {
            Message::Hello {
                version,
                bits,
                platform,
                pid,
            }
        }),
        Just(Message::Done),
        (".*", any::<i64>()).prop_map(|(what, code)| Message::Failed { what, code }),
        any::<u32>().prop_map(|seq| Message::Missing { seq }),
        (any::<u32>(), any::<i32>(), outs, stamp()).prop_map(|(seq, result, outs, stamp)| {
            Message::Returned {
                seq,
                result,
                outs,
                stamp,
            }
        }),
        (any::<u32>(), any::<i32>(), stamp()).prop_map(|(request, result, stamp)| Message::Completed {
            request,
            result,
            stamp
        }),
        (
            any::<(u64, u64, u32)>(),
            any::<[u64; 3]>(),
            any::<Option<u64>>(),
            bytes(),
            stamp()
        )
            .prop_map(
                |((line, call, msg), params, new_call, data, stamp)| Message::Line {
                    line,
                    call,
                    msg,
                    params,
                    new_call,
                    data,
                    stamp
                }
            ),
        (any::<u64>(), any::<u32>(), any::<[u64; 3]>(), stamp()).prop_map(|(phone, msg, params, stamp)| {
            Message::Phone {
                phone,
                msg,
                params,
                stamp,
            }
        }),
        (any::<u32>(), any::<u64>(), any::<u64>(), ".*", any::<u64>(), ".*").prop_map(
            |(code, address, at, module, offset, note)| {
                Message::Fault {
                    code,
                    address,
                    at,
                    module,
                    offset,
                    note,
                }
            }
        ),
        any::<Option<i32>>().prop_map(|code| Message::Exiting { code }),
        (any::<u32>(), any::<u64>(), any::<u32>(), bytes(), stamp()).prop_map(
            |(ask, object, kind, params, stamp)| Message::Ui {
                ask,
                object,
                kind,
                params,
                stamp,
            }
        ),
        (any::<u32>(), stamp()).prop_map(|(seq, stamp)| Message::Signalled { seq, stamp }),
        (any::<(u64, u32, u64, u64)>(), ".*", bytes(), stamp()).prop_map(
            |((provider, request, hd, ht), ui_dll, params, stamp)| Message::Dialog {
                provider,
                request,
                hd,
                ht,
                ui_dll,
                params,
                stamp,
            }
        ),
        (registry_value(), prop::option::of(".*")).prop_map(|(value, made)| Message::Was { value, made }),
        prop::collection::vec(any::<bool>(), 0..4).prop_map(|found| Message::Exports { found }),
        (any::<u32>(), prop::collection::vec((any::<u8>(), bytes()), 0..4))
            .prop_map(|(seq, outs)| Message::Kept { seq, outs }),
        (
            any::<u32>(),
            any::<u32>(),
            any::<u64>(),
            prop::collection::vec(any::<bool>(), 0..4)
        )
            .prop_map(|(threads, handles, memory, open)| Message::Census {
                threads,
                handles,
                memory,
                open
            }),
    ]
}

proptest! {
    #[test]
    fn what_is_written_is_read(requests in prop::collection::vec(request(), 0..4), messages in prop::collection::vec(message(), 0..4)) {
        let mut wire = Vec::new();
        for request in &requests {
            write_frame(&mut wire, request)?;
        }
        for message in &messages {
            write_frame(&mut wire, message)?;
        }
        let mut from = wire.as_slice();
        for request in &requests {
            let read = read_frame::<Request>(&mut from)?;
            prop_assert_eq!(read.as_ref(), Some(request));
        }
        for message in &messages {
            let read = read_frame::<Message>(&mut from)?;
            prop_assert_eq!(read.as_ref(), Some(message));
        }
        prop_assert_eq!(read_frame::<Message>(&mut from)?, None);
    }

    #[test]
    fn frames_are_taken_wherever_the_stream_is_cut(messages in prop::collection::vec(message(), 1..4), cut in any::<prop::sample::Index>()) {
        let mut wire = Vec::new();
        for message in &messages {
            write_frame(&mut wire, message)?;
        }
        let cut = cut.index(wire.len());
        let mut taken = Vec::new();
        let mut left = &wire[..cut];
        while let Some(message) = take_frame::<Message>(&mut left)? {
            taken.push(message);
        }
        let mut left = &wire[cut - left.len()..];
        while let Some(message) = take_frame::<Message>(&mut left)? {
            taken.push(message);
        }
        prop_assert!(left.is_empty());
        prop_assert_eq!(taken, messages);
    }

    #[test]
    fn garbage_never_panics(garbage in prop::collection::vec(any::<u8>(), 0..400)) {
        let mut from = garbage.as_slice();
        while let Ok(Some(_)) = read_frame::<Message>(&mut from) {}
        let mut from = garbage.as_slice();
        while let Ok(Some(_)) = take_frame::<Message>(&mut from) {}
        // The same bytes as one payload, so that the decoder sees them and not only the length check.
        let mut framed = u32::try_from(garbage.len()).unwrap().to_le_bytes().to_vec();
        framed.extend(&garbage);
        if let Ok(Some(message)) = read_frame::<Message>(&mut framed.as_slice()) {
            let mut again = Vec::new();
            write_frame(&mut again, &message)?;
            prop_assert_eq!(read_frame::<Message>(&mut again.as_slice())?, Some(message));
        }
        let _ = read_frame::<Request>(&mut framed.as_slice());
    }

    #[test]
    fn a_cut_frame_is_an_error(message in message(), cut in any::<prop::sample::Index>()) {
        let mut wire = Vec::new();
        write_frame(&mut wire, &message)?;
        let cut = 1 + cut.index(wire.len() - 1);
        let result = read_frame::<Message>(&mut &wire[..cut]);
        prop_assert!(matches!(result, Err(FrameError::Truncated)), "{:?}", result);
    }

    #[test]
    fn a_fault_encoded_without_allocation_is_a_fault(
        code: u32,
        address: u64,
        at: u64,
        module in ".{0,30}",
        offset: u64,
        note in ".{0,60}"
    ) {
        let mut buffer = [0; 768];
        let length = encode_fault(&mut buffer, code, address, at, (&module, offset), &note).expect("it fits");
        let message = read_frame::<Message>(&mut &buffer[..length])?;
        prop_assert_eq!(message, Some(Message::Fault { code, address, at, module, offset, note }));
    }
}

#[test]
fn a_length_beyond_the_limit_is_refused_before_anything_is_read() {
    let wire = u32::try_from(MAX_FRAME + 1).unwrap().to_le_bytes();
    let error = read_frame::<Message>(&mut wire.as_slice()).unwrap_err();
    assert!(
        matches!(error, FrameError::TooLong(length) if length == MAX_FRAME + 1),
        "{error:?}"
    );
    let mut wire = Vec::new();
    let args = vec![Arg::In(vec![0; MAX_FRAME])];
    let error = write_frame(
        &mut wire,
        &Request::Call {
            seq: 0,
            function: String::new(),
            args,
            apart: false,
        },
    )
    .unwrap_err();
    assert!(matches!(error, FrameError::TooLong(_)), "{error:?}");
    assert!(wire.is_empty());
}

#[test]
fn bytes_after_the_value_are_refused() {
    let wire = [2, 0, 0, 0, 1, 0];
    let error = read_frame::<Message>(&mut wire.as_slice()).unwrap_err();
    assert!(matches!(error, FrameError::Trailing(1)), "{error:?}");
}

#[test]
fn a_fault_that_does_not_fit_is_none() {
    assert_eq!(encode_fault(&mut [0; 3], 1, 2, 3, ("", 0), ""), None);
    assert_eq!(
        encode_fault(&mut [0; 12], 1, 2, 3, ("m", 4), "longer than the buffer"),
        None
    );
}
