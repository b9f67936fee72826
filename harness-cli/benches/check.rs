//! How long `offhook check` of the model provider takes with every rule, beside the bare minimum: as many children that
//! are started, load the provider and end. Natively, and under Wine where there is one.
//!
//! `cargo bench -p offhook --bench check`, on a machine that does nothing else; `-- native` or `-- wine` is one of the two.
//! The aim on two processors is 2 s natively and 10 s under warm Wine. Beside the time on the clock it says how much processor time
//! the check and its children took, where the system tells (Wine's server is none of them): on a machine that does something
//! else too, that says more.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use offhook_conformance::host::artifact::{self, Target};
use offhook_conformance::host::{Child, ChildOptions, HostBinary, HostError, WinePrefix};

/// A way to run it: its name, the child's program, the provider, and the time that is aimed at.
struct Platform {
    name: &'static str,
    host: HostBinary,
    provider: std::path::PathBuf,
    aim: Duration,
    /// Turns of each side, which alternate so that both see the same machine.
    turns: usize,
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if !args.iter().any(|arg| arg == "--bench") {
        return; // `cargo test --benches` only wants to know that it starts
    }
    let names: Vec<&String> = args.iter().filter(|arg| !arg.starts_with('-')).collect();
    let wanted = |name: &str| names.is_empty() || names.iter().any(|wanted| *wanted == name);
    let mut progress = |line: &str| eprintln!("{line}");
    if wanted("native") {
        let host = artifact::provider_host(Target::Native, &mut progress).expect("the host builds");
        measure(&Platform {
            name: "native",
            host: HostBinary::Native(host),
            provider: artifact::library("model-tsp", Target::Native, &mut progress)
                .expect("the provider builds"),
            aim: Duration::from_secs(2),
            turns: 7,
        });
    }
    if cfg!(windows) || !wanted("wine") {
        return;
    }
    match wine() {
        Ok(platform) => measure(&platform),
        Err(error) => println!("wine: not measured: {error}"),
    }
}

fn wine() -> Result<Platform, HostError> {
    let mut progress = |line: &str| eprintln!("{line}");
    Ok(Platform {
        name: "wine",
        provider: artifact::library("model-tsp", Target::Windows64, &mut progress)?,
        host: HostBinary::Wine {
            host_exe: artifact::provider_host(Target::Windows64, &mut progress)?,
            prefix: WinePrefix::take(|line| eprintln!("{line}"))?,
        },
        aim: Duration::from_secs(10),
        turns: 3,
    })
}

fn measure(platform: &Platform) {
    // As many scenarios at once as the default, and as many as there are processors.
    let processors = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    for jobs in [None, Some(processors)] {
        // The first also starts Wine's services and fills caches.
        let (_, exercises) = check(platform, jobs);
        children(platform, exercises, processors);
        let mut spent = Vec::new();
        let turns = (0..platform.turns).map(|_| {
            let raw = children(platform, exercises, processors);
            let before = processor_time();
            let checked = check(platform, jobs).0;
            spent.extend(processor_time().zip(before).map(|(after, before)| after - before));
            (raw, checked)
        });
        let (raw, checked): (Vec<_>, Vec<_>) = turns.unzip();
        let (raw, checked) = (median(raw), median(checked));
        let spent = match spent.is_empty() {
            true => String::new(),
            false => format!(", {:.2?} of processor time", median(spent)),
        };
        let jobs = jobs.map_or_else(|| "by default".to_owned(), |jobs| format!("with --jobs {jobs}"));
        println!(
            "{}, check of model-tsp {jobs}: {checked:.2?}{spent} for {exercises} exercises ({}), {raw:.2?} for as many bare \
             children, {processors} at once; ratio {:.2}",
            platform.name,
            if checked <= platform.aim {
                format!("aim {:.0?}: met", platform.aim)
            } else {
                format!("aim {:.0?}: missed", platform.aim)
            },
            checked.as_secs_f64() / raw.as_secs_f64()
        );
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// What the children that have ended took of the processors, and theirs; Linux tells in hundredths of a second.
fn processor_time() -> Option<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // After the name in parentheses the third field; the 16th and 17th are the children's, in user mode and in the kernel.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Duration::from_millis(10 * (ticks(16)? + ticks(17)?)))
}

/// Checks with every rule; how long that took, and how many exercises were played.
fn check(platform: &Platform, jobs: Option<usize>) -> (Duration, usize) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_offhook"));
    command
        .args([
            "check",
            "--strictness",
            "robust",
            "--device",
            "none",
            "--report",
            "json",
            "--provider",
        ])
        .arg(&platform.provider)
        .stderr(Stdio::inherit());
    if let Some(jobs) = jobs {
        command.args(["--jobs", &jobs.to_string()]);
    }
    let begun = Instant::now();
    let output = command.output().expect("offhook runs");
    let took = begun.elapsed();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("it reports");
    assert_eq!(output.status.code(), Some(0), "the provider is clean: {report:#}");
    let results = report["results"].as_array().expect("a report has results");
    let played = |result: &&serde_json::Value| {
        result["verdict"] == "pass"
            && result["id"]
                .as_str()
                .is_some_and(|id| id.starts_with("exercise/"))
    };
    (took, results.iter().filter(played).count())
}

/// Starts so many children with the provider, and ends them, some at once.
fn children(platform: &Platform, count: usize, at_once: usize) -> Duration {
    let next = AtomicUsize::new(0);
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..at_once {
            scope.spawn(|| {
                while next.fetch_add(1, Ordering::Relaxed) < count {
                    child(&platform.host, &platform.provider);
                }
            });
        }
    });
    begun.elapsed()
}

fn child(host: &HostBinary, provider: &Path) {
    let mut child = Child::spawn(host, ChildOptions::default(), |_| {}).expect("the child starts");
    child.load(provider).expect("the provider loads");
    child.shutdown().expect("the child ends");
}
