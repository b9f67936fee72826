//! What a call through the provider's child costs, beside the bare minimum: a child that echoes frames of the same size
//! over pipes. Natively, and under Wine where there is one.

use criterion::Criterion;
use offhook_conformance::host::{
    Child, ChildOptions, HostBinary, Replied, WinePrefix, artifact, artifact::Target,
};
use offhook_host_protocol::{Arg, Request, encode_frame};
use std::{
    hint::black_box,
    io::{BufReader, Read, Write},
    process::{ChildStdin, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

/// Round trips of one side before the other has its turn, so that both see the same machine.
const BLOCK: u32 = 200;

/// Turns of each side.
const TURNS: usize = 41;

/// The calls that are measured: the shape of `TSPI_lineMakeCall`, and one without pointers.
fn calls() -> [(&'static str, &'static str, Vec<Arg>); 2] {
    let make_call = vec![
        Arg::Value(0x10001),
        Arg::Value(0x1000),
        Arg::Value(0x4C00_0001),
        Arg::Out {
            bytes: vec![0; 8],
            keep: false,
        },
        Arg::In("5551234\0".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        Arg::Value(0),
        Arg::In([200u32.to_le_bytes().as_slice(), &[0; 196]].concat()),
    ];
    [
        ("call with three pointers", "probe_make_call", make_call),
        (
            "call without pointers",
            "probe_sum",
            (1..=7).map(Arg::Value).collect(),
        ),
    ]
}

/// The echo at the other end of two pipes.
struct Echo {
    process: std::process::Child,
    to: Option<ChildStdin>,
    from: BufReader<ChildStdout>,
    frame: Vec<u8>,
}

impl Echo {
    fn start(mut command: Command) -> Echo {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = command.spawn().expect("the echo starts");
        let to = process.stdin.take();
        let from = BufReader::with_capacity(64 << 10, process.stdout.take().expect("its stdout is piped"));
        Echo {
            process,
            to,
            from,
            frame: Vec::new(),
        }
    }

    fn trip(&mut self) {
        self.to
            .as_mut()
            .expect("open until dropped")
            .write_all(&self.frame)
            .expect("the echo reads");
        let mut back = vec![0; self.frame.len()];
        self.from.read_exact(&mut back).expect("the echo answers");
        assert_eq!(black_box(back), self.frame);
    }
}

impl Drop for Echo {
    fn drop(&mut self) {
        drop(self.to.take());
        self.process.wait().expect("the echo ends with its input");
    }
}

fn trip(child: &mut Child, function: &str, args: &[Arg]) {
    let replied = child.call(function, args.to_vec()).expect("the child lives");
    assert!(matches!(black_box(replied), Replied::Returned { .. }));
}

/// One call of a batch.
fn batch(child: &mut Child, function: &str, args: &[Arg]) -> Duration {
    let start = Instant::now();
    let calls = (0..BLOCK).map(|_| (function.to_owned(), args.to_vec()));
    let replies = child.call_all(calls).expect("the child lives");
    assert_eq!(black_box(replies).len(), BLOCK as usize);
    start.elapsed() / BLOCK
}

fn block(mut trip: impl FnMut()) -> Duration {
    let start = Instant::now();
    for _ in 0..BLOCK {
        trip();
    }
    start.elapsed() / BLOCK
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn measure(criterion: &mut Criterion, platform: &str, child: &mut Child, echo: &mut Echo) {
    let mut group = criterion.benchmark_group(platform);
    let mut lines = Vec::new();
    for (name, function, args) in calls() {
        let request = Request::Call {
            seq: 1000,
            function: function.to_owned(),
            args: args.clone(),
            apart: false,
        };
        encode_frame(&request, &mut echo.frame).expect("it fits");
        group.bench_function(
            format!("{name}, raw echo of {} bytes", echo.frame.len()),
            |bench| {
                bench.iter(|| echo.trip());
            },
        );
        group.bench_function(format!("{name}, through the child"), |bench| {
            bench.iter(|| trip(child, function, &args));
        });
        let turns = (0..TURNS).map(|_| (block(|| echo.trip()), block(|| trip(child, function, &args))));
        let (raw, through): (Vec<_>, Vec<_>) = turns.unzip();
        let (raw, through) = (median(raw), median(through));
        let ratio = through.as_secs_f64() / raw.as_secs_f64();
        let batched = median((0..TURNS).map(|_| batch(child, function, &args)).collect());
        lines.push(format!(
            "{platform}, {name}: {:.0} calls a second singly, {:.0} in batches of {BLOCK}",
            1.0 / through.as_secs_f64(),
            1.0 / batched.as_secs_f64()
        ));
        lines.push(format!(
            "{platform}, {name}: {through:.1?} beside a raw echo of {raw:.1?}, ratio {ratio:.2}"
        ));
    }
    group.finish();
    println!("{}", lines.join("\n"));
}

fn child(host: &HostBinary, library: &std::path::Path) -> Child {
    let start = Instant::now();
    let mut child = Child::spawn(host, ChildOptions::default(), |_| {}).expect("the child starts");
    child.load(library).expect("the library loads");
    println!(
        "{}: started and loaded in {:.1?}",
        child.platform(),
        start.elapsed()
    );
    child
}

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    measure_all(&mut criterion);
    pinned();
}

/// Measures once more on one core: where the scheduler puts two processes on two cores, waking one another may cost ten
/// times what all else does, and it is luck which of the two pairs it does that to.
fn pinned() {
    const PINNED: &str = "OFFHOOK_BENCH_PINNED";
    if std::env::var_os(PINNED).is_some() {
        return;
    }
    println!("all on one core:");
    let program = std::env::current_exe().expect("it runs");
    // Without benchmarks of that name, only the ratios are measured.
    let status = Command::new("taskset")
        .args(["-c", "0"])
        .arg(program)
        .args(["--bench", "none"])
        .env(PINNED, "1")
        .status();
    if !status.is_ok_and(|status| status.success()) {
        println!("not measured: there is no `taskset` here");
    }
}

fn measure_all(criterion: &mut Criterion) {
    let mut progress = |line: &str| eprintln!("{line}");

    let host =
        HostBinary::Native(artifact::provider_host(Target::Native, &mut progress).expect("the host builds"));
    let library = artifact::library("probe-dll", Target::Native, &mut progress).expect("the library builds");
    let raw =
        artifact::program("probe-dll", "raw-echo", Target::Native, &mut progress).expect("the echo builds");
    measure(
        criterion,
        "native",
        &mut child(&host, &library),
        &mut Echo::start(Command::new(raw)),
    );

    if cfg!(windows) {
        return;
    }
    let windows = || -> Result<_, offhook_conformance::host::HostError> {
        let mut progress = |line: &str| eprintln!("{line}");
        let host_exe = artifact::provider_host(Target::Windows64, &mut progress)?;
        let library = artifact::library("probe-dll", Target::Windows64, &mut progress)?;
        let raw = artifact::program("probe-dll", "raw-echo", Target::Windows64, &mut progress)?;
        let prefix = WinePrefix::take(|line| eprintln!("{line}"))?;
        Ok((
            HostBinary::Wine {
                host_exe,
                prefix: prefix.clone(),
            },
            library,
            raw,
            prefix,
        ))
    };
    let (host, library, raw, prefix) = match windows() {
        Ok(windows) => windows,
        Err(error) => {
            println!("wine: not measured: {error}");
            return;
        }
    };
    drop(child(&host, &library)); // the first one also starts Wine's services
    let mut child = child(&host, &library);
    let seat = prefix.seat().expect("a second prefix");
    measure(
        criterion,
        "wine",
        &mut child,
        &mut Echo::start(seat.command(&raw)),
    );
}
