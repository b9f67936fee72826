//! The provider for extensions of a PBX keeps every rule and plays every scenario as its golden files say.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use offhook_sim::wire::csta::services::{Group, SERVICES};
use offhook_tests::{elf, offhook, pe, run};

/// Scenarios that are played over other links too: each function group once, and what a telephone shows.
const CHOSEN: [&str; 6] = [
    "call-answered",
    "hold",
    "conference",
    "telephone",
    "transfer-consulted",
    "queue-and-agent",
];

/// Plays them with a PBX of another make behind the provider; the golden files are that make's own.
fn held_over(profile: &str, dll: &Path) {
    let device = format!("pbx:{profile}");
    let golden = format!("golden/{profile}");
    let files = CHOSEN.map(|name| format!("fixtures/scenarios/csta/{name}.call"));
    let mut args = vec!["run", "--device", &device, "--golden", &golden];
    args.extend(files.iter().map(String::as_str));
    args.extend(["--provider", dll.to_str().unwrap()]);
    let answer = run(&args, "");
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

fn held(command: &[&str], dll: &Path) {
    let dll = dll.to_str().unwrap();
    let answer = run(&[command, &["--device", "pbx", "--provider", dll]].concat(), "");
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
}

#[test]
fn scenarios_play_as_their_golden_files_say_on_elf() {
    held(&["run", "fixtures/scenarios/csta"], &elf("csta-tsp"));
}

#[test]
fn scenarios_play_as_their_golden_files_say_under_wine() {
    held(&["run", "fixtures/scenarios/csta"], &pe("csta-tsp"));
}

#[test]
fn the_provider_keeps_every_rule_on_elf() {
    held(&["check"], &elf("csta-tsp"));
}

#[test]
fn the_provider_keeps_every_rule_under_wine() {
    held(&["check"], &pe("csta-tsp"));
}

/// Every make of switch that speaks phase III; `md110` speaks phase I, which this provider does not.
#[test]
fn every_profile_plays_every_scenario_on_elf() {
    let dll = elf("csta-tsp");
    for profile in ["annex-j", "panasonic", "alcatel", "serial"] {
        let device = format!("pbx:{profile}");
        let args = [
            "run",
            "fixtures/scenarios/csta",
            "--no-golden",
            "--device",
            &device,
        ];
        let answer = run(&[&args[..], &["--provider", dll.to_str().unwrap()]].concat(), "");
        assert_eq!(answer.code, 0, "{profile}: {}{}", answer.out, answer.err);
    }
}

#[test]
fn a_serial_line_with_checksums_carries_the_same_on_elf() {
    held_over("serial", &elf("csta-tsp"));
}

#[test]
fn a_serial_line_with_checksums_carries_the_same_under_wine() {
    held_over("serial", &pe("csta-tsp"));
}

#[test]
fn xml_says_the_same_on_elf() {
    held_over("annex-j", &elf("csta-tsp"));
}

#[test]
fn xml_says_the_same_under_wine() {
    held_over("annex-j", &pe("csta-tsp"));
}

/// How a call control service is seen from TSPI: asked for here, or why it is not, and done elsewhere.
struct Ends {
    service: &'static str,
    /// The scenario in which the provider asks for it, or why TSPI never does.
    here: Result<&'static str, &'static str>,
    /// The scenario in which somebody else does it, and a line of this provider is in the call.
    elsewhere: &'static str,
}

/// Every call control service from both ends.
#[rustfmt::skip]
const ENDS: &[Ends] = &[
    ends("AcceptCall", Ok("accepted-here"), "accepted-at-the-other-end"),
    ends("AlternateCall", Ok("swap"), "swapped-by-the-other-end"),
    ends("AnswerCall", Ok("incoming-answered"), "call-answered"),
    ends("CallBack", Ok("call-back"), "called-back"),
    ends("CallBackMessage", Ok("call-back-message-left-elsewhere"), "call-back-message-left-here"),
    ends("CamponCall", Ok("camp-on"), "camped-on"),
    ends("ClearCall", Err("an application leaves a call; it does not end it for the others"), "cleared-by-the-switch"),
    ends("ClearConnection", Ok("call-dropped"), "incoming-abandoned"),
    ends("ConferenceCall", Ok("conference"), "conferenced-by-the-other-end"),
    ends("ConsultationCall", Ok("transfer-consulted"), "consulted-here"),
    ends("DeflectCall", Ok("redirect"), "deflected-by-the-other-end"),
    ends("DialDigits", Ok("dial-by-hand"), "dialled-by-hand-at-the-other-end"),
    ends("DirectedPickupCall", Ok("pickup-directed"), "picked-up-at-the-other-end"),
    ends("GroupPickupCall", Ok("pickup-group"), "picked-up-in-the-group"),
    ends("HoldCall", Ok("hold"), "held-by-the-other-end"),
    ends("IntrudeCall", Ok("intrude"), "intruded-upon"),
    ends("JoinCall", Err("TSPI_lineCompleteCall intrudes where a call was found busy; nothing joins another one"), "joined-by-somebody"),
    ends("MakeCall", Ok("call-answered"), "incoming-answered"),
    ends("MakeConnection", Err("a call without a number is a MakeCall that is prompted"), "dialled-by-hand-at-the-other-end"),
    ends("MakePredictiveCall", Err("the provider claims no LINEADDRCAPFLAGS_PREDICTIVEDIALER"), "predictive-call-to-this-line"),
    ends("ParkCall", Ok("park"), "parked-by-the-other-end"),
    ends("ReconnectCall", Ok("consultation-dropped"), "consulted-here-and-left"),
    ends("RetrieveCall", Ok("hold"), "held-by-the-other-end"),
    ends("SingleStepConferenceCall", Err("TSPI_linePrepareAddToConference makes a consultation call"), "conference-by-the-other-end"),
    ends("SingleStepTransferCall", Ok("transfer-blind"), "transferred-in-one-step-by-the-other-end"),
    ends("TransferCall", Ok("transfer-consulted"), "transferred-by-the-other-end"),
];

const fn ends(
    service: &'static str,
    here: Result<&'static str, &'static str>,
    elsewhere: &'static str,
) -> Ends {
    Ends {
        service,
        here,
        elsewhere,
    }
}

/// Whether the golden file of a scenario shows the provider asking for a service.
fn asks_for(scenario: &str, service: &str) -> bool {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../golden/{scenario}@csta-tsp.snap"));
    let trace = fs::read_to_string(&golden).unwrap_or_else(|error| panic!("{}: {error}", golden.display()));
    trace
        .lines()
        .filter_map(|line| line.strip_prefix("csta <-    | "))
        .any(|request| request.split(' ').nth(1) == Some(service))
}

#[test]
fn every_call_control_service_is_played_from_both_ends() {
    let known = SERVICES
        .iter()
        .filter(|service| service.group == Group::CallControl);
    // Calls of this switch are voice calls: it carries no messages.
    let served: Vec<_> = known
        .map(|service| service.name)
        .filter(|name| *name != "SendMessage")
        .collect();
    let told: Vec<_> = ENDS.iter().map(|ends| ends.service).collect();
    assert_eq!(told, served);
    for Ends {
        service,
        here,
        elsewhere,
    } in ENDS
    {
        if let Ok(scenario) = here {
            assert!(asks_for(scenario, service), "{scenario}: {service}");
        }
        assert!(!asks_for(elsewhere, service), "{elsewhere}: {service}");
    }
}

#[test]
fn a_pbx_of_phase_one_is_not_put_behind_the_provider() {
    let scenario = "fixtures/scenarios/csta/hold.call";
    let args = ["run", scenario, "--device", "pbx:md110", "--provider", "csta-tsp"];
    let answer = run(&args, "");
    assert_eq!(answer.code, 2, "{}{}", answer.out, answer.err);
    assert!(
        answer.err.contains("name another profile behind it"),
        "{}",
        answer.err
    );
}

#[test]
fn a_pbx_by_itself_plays_what_is_typed() {
    let mut pbx = Command::new(offhook())
        .args(["sim", "pbx", "--profile", "md110", "--tcp", "127.0.0.1:0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut typed = pbx.stdin.take().unwrap();
    typed
        .write_all(b"call 201 202\nanswer 202\nshow\nswap 202\nquit\n")
        .unwrap();
    let answer = pbx.wait_with_output().unwrap();
    let [out, err] = [answer.stdout, answer.stderr].map(|text| String::from_utf8(text).unwrap());
    assert!(answer.status.success(), "{out}{err}");
    assert!(out.starts_with("md110  127.0.0.1:"), "{out}");
    assert!(out.contains("\ncall 1: 201 connected 202 connected\n"), "{out}");
    assert_eq!(err, "202 is in no call that is held: `show` lists the calls\n");
}
