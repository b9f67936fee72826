//! How associations and sessions begin, are kept up, and end.

use std::time::Duration;

use offhook_sim::{
    device::csta::{CloseReason, Profile},
    exchange::switch::StationSettings,
    wire::csta::{
        ber::apdu::{self, Apdu},
        framing::{Frame, Framing, FramingError, Link, Side},
        message::Message,
        services::Service,
        value::Value,
    },
};

use crate::bench::{Bench, Heard, make_call};

#[test]
fn a_switch_says_its_status_as_soon_as_there_is_an_association() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    let [
        Heard::Association(aare),
        Heard::Message(Message::Request {
            service, argument, ..
        }),
    ] = &bench.heard[&client][..]
    else {
        panic!("{:?}", bench.heard[&client]);
    };
    let answer = aare.get("aare").expect("it is an AARE");
    assert_eq!(answer.get("result"), Some(&Value::Integer(0)));
    assert_eq!(
        answer.get("applicationContextName"),
        Some(&Value::Oid(vec![1, 3, 12, 0, 218]))
    );
    assert_eq!(service.name, "SystemStatus");
    assert_eq!(argument.get("systemStatus"), Some(&Value::named("normal")));
}

#[test]
fn the_best_version_that_both_know_is_chosen_and_none_is_refused() {
    let mut bench = Bench::with("alcatel");
    let client = bench.connect();
    bench.associate(client, 1 << 4 | 1 << 14);
    let [Heard::Association(aare)] = &bench.heard[&client][..] else {
        panic!("{:?}", bench.heard[&client])
    };
    assert!(aare.to_string().contains("cSTAVersion {14}"), "{aare}");
    let stranger = bench.connect();
    bench.associate(stranger, 1);
    assert_eq!(bench.closed, [(stranger, CloseReason::NoAssociation)]);
}

#[test]
fn services_need_an_association() {
    let mut bench = Bench::with("hipath");
    let client = bench.connect();
    bench.send_frame(client, &Frame::new(vec![0xA1, 6, 2, 1, 1, 2, 1, 10]));
    assert_eq!(bench.closed, [(client, CloseReason::NoAssociation)]);
    assert!(matches!(&bench.heard[&client][..], [Heard::Association(abort)] if abort.get("abrt").is_some()));
}

#[test]
fn a_release_is_answered() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    bench.send_association(client, Value::choice("rlrq", Value::sequence([])));
    assert_eq!(bench.closed, [(client, CloseReason::Released)]);
    assert!(
        matches!(bench.heard[&client].last(), Some(Heard::Association(answer)) if answer.get("rlre").is_some())
    );
}

#[test]
fn what_cannot_be_read_is_rejected_and_the_client_stays() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    bench.heard.clear();
    // An operation that is in no table, then a Make Call without an argument.
    bench.send_frame(client, &Frame::new(vec![0xA1, 7, 2, 1, 1, 2, 2, 3, 231]));
    bench.send_frame(client, &Frame::new(vec![0xA1, 6, 2, 1, 2, 2, 1, 10]));
    bench.send_frame(client, &Frame::new(vec![0x30, 0]));
    let rejected: Vec<_> = bench.heard[&client]
        .iter()
        .map(|heard| match heard {
            Heard::Message(Message::Reject { invoke, problem }) => (*invoke, problem.to_string()),
            other => panic!("{other:?}"),
        })
        .collect();
    let expected = [
        (Some(1), "invoke: 1"),
        (Some(2), "invoke: 2"),
        (None, "general: 2"),
    ];
    assert_eq!(
        rejected,
        expected.map(|(invoke, problem)| (invoke, problem.to_owned()))
    );
    assert_eq!(bench.closed, []);
}

#[test]
fn a_silent_client_is_asked_for_a_sign_of_life_and_then_dropped() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    bench.monitor(client, "201");
    bench.heard.clear();
    let asked_at = bench
        .server
        .poll_timeout(&bench.switch)
        .expect("the client is watched");
    bench.later(asked_at);
    assert!(matches!(
        &bench.heard[&client][..],
        [Heard::Message(Message::Request { service, .. })] if service.name == "RequestSystemStatus"
    ));
    let dropped_at = bench
        .server
        .poll_timeout(&bench.switch)
        .expect("an answer is awaited");
    bench.later(dropped_at);
    assert_eq!(bench.closed, [(client, CloseReason::Silent)]);
    assert_eq!(bench.server.monitor_count(), 0);
    assert_eq!(bench.server.poll_timeout(&bench.switch), None);
}

#[test]
fn a_client_too_many_is_closed_at_once() {
    let profile = Profile {
        clients_max: 1,
        ..Profile::by_name("annex-j").expect("it is in the table")
    };
    let mut bench = Bench::new(profile);
    bench.client();
    let second = bench.client();
    assert_eq!(bench.closed, [(second, CloseReason::TooManyClients)]);
}

#[test]
fn bytes_that_are_no_frame_end_the_connection() {
    let mut bench = Bench::with("hipath");
    let client = bench.client();
    bench
        .server
        .handle_bytes(&mut bench.switch, client, b"GET / HTTP/1.1\r\n", bench.now);
    bench.settle();
    assert_eq!(bench.closed, [(client, CloseReason::BadFraming)]);
}

#[test]
fn a_frame_that_is_never_finished_ends_the_connection() {
    // The client has greeted where it has to. The beginning of a frame in every framing of streams, as long as it may be; XML and BER do not come to it.
    let begun: [(&str, &[u8]); 5] = [
        ("hipath", &[0x26, 0xFF, 0xFF, 0xA1]),
        ("annex-j", &[0, 0, 0x80, 0x07, b'0', b'0', b'0', b'1', b'<']),
        ("md110", &[0x7F, 0xFF, 0xA1]),
        ("panasonic", &[0, 0xF0, 0xA1]),
        ("alcatel", &[0x60, 0x84, 0, 0, 0x70, 0]),
    ];
    for (profile, bytes) in begun {
        let mut bench = Bench::with(profile);
        let client = bench.connect();
        let at = bench.now;
        bench.server.handle_bytes(&mut bench.switch, client, bytes, at);
        bench.settle();
        assert_eq!(bench.closed, [], "{profile}");
        let due = bench
            .server
            .poll_timeout(&bench.switch)
            .expect("it is waited for");
        bench.later(due);
        assert_eq!(bench.closed, [(client, CloseReason::Unfinished)], "{profile}");
        assert_eq!(bench.server.poll_timeout(&bench.switch), None, "{profile}");
    }
}

#[test]
fn a_length_that_no_frame_has_ends_the_connection_at_once() {
    let begun: [(&str, &[u8]); 5] = [
        ("hipath", &[0x26, 0x80, 0x00]),
        ("annex-j", &[0, 0, 0xFF, 0xFF]),
        ("md110", &[0xFF, 0xFF]),
        ("panasonic", &[0, 0xF1]),
        ("alcatel", &[0x60, 0x84, 0, 1, 0, 0]),
    ];
    for (profile, bytes) in begun {
        let mut bench = Bench::with(profile);
        let client = bench.connect();
        let at = bench.now;
        bench.server.handle_bytes(&mut bench.switch, client, bytes, at);
        bench.settle();
        assert_eq!(bench.closed, [(client, CloseReason::BadFraming)], "{profile}");
    }
}

#[test]
fn a_serial_client_that_acknowledges_too_slowly_is_dropped() {
    let mut bench = Bench::with("serial");
    for number in 300..400 {
        bench
            .switch
            .add_station(&number.to_string(), StationSettings::default())
            .expect("the number is free");
    }
    let (slow, other) = (bench.client(), bench.client());
    bench.monitor(other, "201");
    // Each list of devices takes a dozen frames or more; the client asks for them and acknowledges none.
    let list = Service::by_name("GetSwitchingFunctionDevices").expect("it is in the table");
    let mut asked = 0;
    let mut link = Link::new(Framing::Serial, Side::Client);
    while bench.closed.is_empty() {
        asked += 1;
        let argument = Value::sequence([]);
        let message = Message::Request {
            invoke: asked,
            service: list,
            argument,
        };
        let body = apdu::write(&Apdu::Message(message)).expect("it has a form");
        link.send(bench.now, &Frame::new(body)).expect("it fits");
        let bytes = link.output();
        bench
            .server
            .handle_bytes(&mut bench.switch, slow, &bytes, bench.now);
        // The client hears the acknowledgements of its own frames, and nothing else.
        while let Some((to, bytes)) = bench.server.poll_output() {
            assert_eq!(to, slow);
            link.receive(bench.now, &bytes);
        }
        drop(link.output());
        while let Some(closed) = bench.server.poll_closed() {
            bench.closed.push(closed);
        }
        assert!(asked < 10_000, "it is never dropped");
    }
    assert_eq!(bench.closed, [(slow, CloseReason::Slow)]);
    bench.links.remove(&slow);
    bench
        .ask(other, "MakeCall", make_call("201", "202"))
        .expect("both are free");
    assert_eq!(bench.events(other)[0], "1 serviceInitiated");
}

#[test]
fn a_session_is_started_prolonged_and_runs_out() {
    let mut bench = Bench::with("annex-j");
    let client = bench.client();
    let application = Value::sequence([("applicationID", Value::text("bench"))]);
    let start = Value::sequence([
        ("applicationInfo", application),
        ("requestedProtocolVersions", Value::List(vec![Value::text("ed5")])),
        ("requestedSessionDuration", Value::Integer(20)),
    ]);
    bench.send_session(client, "StartApplicationSession", start);
    let [Heard::Session(name, content)] = &bench.heard[&client][..] else {
        panic!("{:?}", bench.heard[&client])
    };
    assert_eq!(*name, "StartApplicationSessionPosResponse");
    assert_eq!(content.get("actualSessionDuration"), Some(&Value::Integer(20)));
    let id = content.get("sessionID").cloned().expect("a session has one");
    bench.monitor(client, "201");
    bench.later(bench.now + Duration::from_secs(15));
    let reset = Value::sequence([
        ("sessionID", id),
        ("requestedSessionDuration", Value::Integer(20)),
    ]);
    bench.send_session(client, "ResetApplicationSessionTimer", reset);
    bench.later(bench.now + Duration::from_secs(15));
    assert_eq!(bench.server.monitor_count(), 1);
    bench.later(bench.now + Duration::from_secs(5));
    assert!(matches!(
        bench.heard[&client].last(),
        Some(Heard::Session("ApplicationSessionTerminated", reason)) if reason.to_string().contains("timerExpired")
    ));
    assert_eq!(bench.server.monitor_count(), 0);
    let stop = Value::sequence([
        ("sessionID", Value::text("session-9")),
        (
            "sessionEndReason",
            Value::choice("definedEndReason", Value::named("normal")),
        ),
    ]);
    bench.send_session(client, "StopApplicationSession", stop);
    assert!(matches!(
        bench.heard[&client].last(),
        Some(Heard::Session("StopApplicationSessionNegResponse", _))
    ));
}

#[test]
fn a_changed_status_is_told_to_whoever_registered_for_it() {
    let mut bench = Bench::with("annex-j");
    let (registered, other) = (bench.client(), bench.client());
    let argument = Value::sequence([("requestTypes", Value::Bits(1))]);
    bench.ask(registered, "SystemRegister", argument).expect("it may");
    bench.heard.values_mut().for_each(Vec::clear);
    bench.server.set_status("overloadImminent", bench.now);
    bench.settle();
    assert!(matches!(
        &bench.heard[&registered][..],
        [Heard::Message(Message::Request { service, .. })] if service.name == "SystemStatus"
    ));
    assert_eq!(bench.heard[&other], []);
}

#[test]
fn a_session_decides_the_edition_and_one_that_nobody_speaks_is_refused() {
    let mut bench = Bench::with("annex-j");
    let client = bench.client();
    let start = |edition: &str| {
        let namespace = format!("http://www.ecma-international.org/standards/ecma-323/csta/ed{edition}");
        Value::sequence([
            (
                "applicationInfo",
                Value::sequence([("applicationID", Value::text("bench"))]),
            ),
            (
                "requestedProtocolVersions",
                Value::List(vec![Value::text(namespace)]),
            ),
        ])
    };
    bench.send_session(client, "StartApplicationSession", start("9"));
    let [Heard::Session("StartApplicationSessionNegResponse", refused)] = &bench.heard[&client][..] else {
        panic!("{:?}", bench.heard[&client])
    };
    assert_eq!(
        refused.to_string(),
        "{errorCode definedError: requestedProtocolVersionNotSupported}"
    );
    bench.send_session(client, "StartApplicationSession", start("3"));
    bench.server.set_status("normal", bench.now);
    let body = b"<RequestSystemStatus/>";
    let header = [&[0, 0, 0, 8 + body.len() as u8][..], b"0001"].concat();
    let frame = [&header[..], body].concat();
    bench
        .server
        .handle_bytes(&mut bench.switch, client, &frame, bench.now);
    let (_, answer) = bench.server.poll_output().expect("it answers");
    let answer = String::from_utf8_lossy(&answer).into_owned();
    assert!(
        answer.contains("<RequestSystemStatusResponse xmlns=\"http://www.ecma-international.org/standards/ecma-323/csta/ed3\">"),
        "{answer}"
    );
}

#[test]
fn a_serial_client_is_told_that_its_conversation_is_over() {
    let mut bench = Bench::with("serial");
    let client = bench.client();
    bench
        .server
        .drop_clients(Some(client), bench.now)
        .expect("the client is there");
    bench.settle();
    assert_eq!(bench.closed, [(client, CloseReason::Cut)]);
    let link = bench.links.get_mut(&client).expect("it is there");
    assert_eq!(link.next_frame(), Err(FramingError::Ended));
}

#[test]
fn what_is_held_back_arrives_in_order_once_it_is_let_go() {
    for profile in ["hipath", "annex-j", "serial"] {
        let mut bench = Bench::with(profile);
        let client = bench.client();
        let before = bench.heard[&client].len();
        bench.server.hold(true, bench.now);
        for callee in ["202", "203"] {
            bench.tell(client, "MakeCall", make_call("201", callee));
        }
        assert_eq!(bench.heard[&client].len(), before, "{profile}");
        // Both were heard, though the first was not answered.
        assert_eq!(bench.switch.call_count(), 1, "{profile}");
        bench.server.hold(false, bench.now);
        bench.settle();
        let said = &bench.heard[&client][before..];
        assert!(
            matches!(
                said,
                [
                    Heard::Message(Message::Response { .. }),
                    Heard::Message(Message::Failure { .. })
                ]
            ),
            "{profile}: {said:?}"
        );
    }
}
