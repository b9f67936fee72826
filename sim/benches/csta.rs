//! The CSTA server: requests over TCP beside a raw echo of the same frames, the codecs in bytes a second, and calls in
//! virtual time while an application watches a thousand devices.
//!
//! On a busy machine the scheduler decides the times over TCP; `taskset -c 0` shows what the code itself costs.

use std::hint::black_box;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use offhook_sim::SimTime;
use offhook_sim::device::csta::{ClientId, CstaServer, Profile};
use offhook_sim::exchange::switch::{CallOptions, ConnectionId, DeviceId, StationSettings, Switch};
use offhook_sim::pbx::{Pbx, PbxPort};
use offhook_sim::wire::csta::{
    ber::apdu::{self, Apdu},
    framing::{Frame, Framing, Link, Side},
    message::Message,
    services::{Event, Service},
    value::Value,
    xml::{self, Document, Style},
};

/// Round trips for the ratio, taken in turns so that both meet the same weather.
const TURNS: usize = 10_000;

fn device(number: &str) -> Value {
    let number = Value::choice("dialingNumber", Value::text(number));
    Value::sequence([("deviceIdentifier", number)])
}

fn connection(call: &str, number: &str) -> Value {
    let device = Value::choice("staticID", device(number));
    let call = Value::Octets(call.as_bytes().to_vec());
    Value::choice("both", Value::sequence([("callID", call), ("deviceID", device)]))
}

fn request(service: &str, argument: Value) -> Message {
    let service = Service::by_name(service).expect("it is in the table");
    Message::Request {
        invoke: 1,
        service,
        argument,
    }
}

fn document(message: Message) -> String {
    xml::write(&Style::default(), &Document::Message(message)).expect("it has a form")
}

fn switch(extensions: u32) -> (Switch, Vec<DeviceId>, Vec<String>) {
    let mut switch = Switch::default();
    let numbers: Vec<String> = (0..extensions)
        .map(|place| (200_000 + place).to_string())
        .collect();
    let add = |number: &String| {
        let added = switch.add_station(number, StationSettings::default());
        added.expect("a new number")
    };
    let devices = numbers.iter().map(add).collect();
    (switch, devices, numbers)
}

/// A snapshot of an idle device as Annex J frames: what is asked and what is answered.
fn frames() -> (Vec<u8>, Vec<u8>) {
    let service = Service::by_name("SnapshotDevice").expect("it is in the table");
    let framed = |message: Message| {
        let mut link = Link::new(Framing::AnnexJ, Side::Client);
        let frame = Frame {
            invoke: Some(1),
            body: document(message).into_bytes(),
        };
        link.send(SimTime::ZERO, &frame).expect("it fits");
        link.output()
    };
    let asked = Value::sequence([("snapshotObject", device("200001"))]);
    let data = Value::choice("snapshotData", Value::List(Vec::new()));
    let answer = Message::Response {
        invoke: 1,
        service: Some(service),
        result: Value::sequence([("crossRefIDorSnapshotData", data)]),
    };
    (framed(request("SnapshotDevice", asked)), framed(answer))
}

fn round_trip(stream: &mut TcpStream, question: &[u8], answer: &mut [u8]) {
    stream.write_all(question).expect("the other end is there");
    stream.read_exact(answer).expect("it answers");
}

fn tcp(c: &mut Criterion) {
    let (question, expected) = frames();
    let (switch, ..) = switch(100);
    let profile = Profile::by_name("annex-j").expect("it is in the table");
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let pbx = Pbx::start(switch, profile, vec![PbxPort::Tcp(any)], |_, _| {}).expect("the port is free");
    let listener = TcpListener::bind(any).expect("the port is free");
    let address = listener.local_addr().expect("it has an address");
    let (length, reply) = (question.len(), expected.clone());
    let echo = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("somebody comes");
        stream.set_nodelay(true).expect("TCP can");
        let mut question = vec![0; length];
        while stream.read_exact(&mut question).is_ok() && stream.write_all(&reply).is_ok() {}
    });
    let open = |address: &str| {
        let stream = TcpStream::connect(address).expect("it listens");
        stream.set_nodelay(true).expect("TCP can");
        stream
    };
    let (mut raw, mut csta) = (open(&address.to_string()), open(&pbx.ports()[0]));
    let mut answer = vec![0; expected.len()];
    round_trip(&mut csta, &question, &mut answer);
    assert_eq!(answer, expected, "{}", String::from_utf8_lossy(&answer));

    let mut group = c.benchmark_group("tcp");
    group.throughput(Throughput::Elements(1));
    group.bench_function("raw echo", |b| {
        b.iter(|| round_trip(&mut raw, &question, &mut answer))
    });
    group.bench_function("SnapshotDevice", |b| {
        b.iter(|| round_trip(&mut csta, &question, &mut answer));
    });
    group.finish();
    let mut timed = |stream: &mut TcpStream| {
        let began = Instant::now();
        round_trip(stream, &question, &mut answer);
        began.elapsed()
    };
    let (mut echoes, mut requests) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        echoes.push(timed(&mut raw));
        requests.push(timed(&mut csta));
    }
    let median = |mut times: Vec<Duration>| {
        times.sort_unstable();
        times[times.len() / 2].as_secs_f64() * 1e6
    };
    let (echo_time, request_time) = (median(echoes), median(requests));
    println!(
        "tcp: SnapshotDevice {request_time:.1} us, raw echo of the same frames {echo_time:.1} us, ratio {:.2}",
        request_time / echo_time
    );
    drop((raw, csta, pbx));
    echo.join().expect("the echo ends with its client");
}

/// A call's busiest message and its simplest.
fn messages() -> [(&'static str, Message); 2] {
    let known = |number| Value::choice("deviceIdentifier", device(number));
    let data = Value::sequence([
        ("connection", connection("4711", "200002")),
        ("alertingDevice", known("200002")),
        ("callingDevice", known("200001")),
        ("calledDevice", known("200002")),
        ("lastRedirectionDevice", Value::choice("notRequired", Value::Null)),
        ("localConnectionInfo", Value::named("alerting")),
        ("cause", Value::named("newCall")),
    ]);
    let event = Message::Event {
        invoke: 1,
        monitor: b"17".to_vec(),
        event: Event::by_type("DeliveredEvent").expect("it is in the table"),
        data,
    };
    let answer = Value::sequence([("callToBeAnswered", connection("4711", "200002"))]);
    [
        ("DeliveredEvent", event),
        ("AnswerCall", request("AnswerCall", answer)),
    ]
}

fn codecs(c: &mut Criterion) {
    for (name, message) in messages() {
        let bytes = apdu::write(&Apdu::Message(message.clone())).expect("it has a form");
        let mut group = c.benchmark_group(format!("ber/{name}"));
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_function("decode", |b| b.iter(|| apdu::read(black_box(&bytes))));
        let apdu = Apdu::Message(message.clone());
        group.bench_function("encode", |b| b.iter(|| apdu::write(black_box(&apdu))));
        group.finish();
        let text = document(message.clone());
        let mut group = c.benchmark_group(format!("xml/{name}"));
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function("decode", |b| b.iter(|| xml::read(1, black_box(text.as_bytes()))));
        let document = Document::Message(message);
        group.bench_function("encode", |b| {
            b.iter(|| xml::write(&Style::default(), black_box(&document)));
        });
        group.finish();
    }
}

/// A server with one client that watches the first thousand devices.
fn watched(switch: &mut Switch, numbers: &[String]) -> (CstaServer, ClientId) {
    let profile = Profile::by_name("annex-j").expect("it is in the table");
    let mut server = CstaServer::new(profile);
    let client = server.connect(SimTime::ZERO);
    let mut link = Link::new(Framing::AnnexJ, Side::Client);
    for number in numbers.iter().take(1_000) {
        let object = Value::choice("deviceObject", device(number));
        let start = request("MonitorStart", Value::sequence([("monitorObject", object)]));
        let frame = Frame {
            invoke: Some(1),
            body: document(start).into_bytes(),
        };
        link.send(SimTime::ZERO, &frame).expect("it fits");
    }
    server.handle_bytes(switch, client, &link.output(), SimTime::ZERO);
    assert_eq!(server.monitor_count(), numbers.len().min(1_000));
    drain(&mut server);
    (server, client)
}

fn drain(server: &mut CstaServer) {
    while let Some(output) = server.poll_output() {
        black_box(output);
    }
    while let Some(event) = server.poll_event() {
        black_box(event);
    }
    while let Some(record) = server.poll_record() {
        black_box(record);
    }
}

/// One call: made, answered and cleared, its events written for the monitors of both ends where they are watched. Half
/// of the calls are between devices that are.
fn calls(c: &mut Criterion) {
    let mut group = c.benchmark_group("calls_with_1000_monitors");
    group.throughput(Throughput::Elements(1));
    for extensions in [2_000, 10_000, 100_000] {
        let (mut switch, devices, numbers) = switch(extensions);
        let (mut server, _) = watched(&mut switch, &numbers);
        let (mut now, mut turn) = (SimTime::ZERO, 0);
        group.bench_function(BenchmarkId::from_parameter(extensions), |b| {
            b.iter(|| {
                turn += 1;
                now += Duration::from_millis(10);
                let base = if turn % 2 == 0 { 0 } else { 1_000 };
                let span = if turn % 2 == 0 {
                    1_000
                } else {
                    devices.len() - 1_000
                };
                let from = base + turn * 7919 % span;
                let to = base + (turn * 7919 + span / 2) % span;
                let options = CallOptions::default();
                let caller = switch
                    .make_call(devices[from], &numbers[to], &options, now)
                    .expect("idle");
                let called = ConnectionId::new(caller.call, devices[to]);
                switch.answer_call(called, now).expect("alerting");
                switch.clear_connection(caller, now).expect("connected");
                server.pump(&mut switch, now);
                drain(&mut server);
            });
        });
        assert_eq!(switch.call_count(), 0);
    }
    group.finish();
}

criterion_group!(benches, tcp, codecs, calls);
criterion_main!(benches);
