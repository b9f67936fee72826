//! Exercises that go on in one child are told as those that have one each.

use std::collections::BTreeMap;
use std::path::Path;

use offhook_tests::{elf, pe, run};
use serde_json::Value;

/// What a check says by the names of its results: the verdict, and where, after which steps and how a rule was broken.
fn told(dll: &Path, fault: &str, filters: &[&str], fresh: bool) -> BTreeMap<String, (Value, Value)> {
    let dll = dll.to_str().unwrap();
    let mut args = vec![
        "check",
        "--device",
        "none",
        "--strictness",
        "robust",
        "--report",
        "json",
        "--provider",
        dll,
    ];
    args.extend(filters.iter().flat_map(|filter| ["--filter", filter]));
    args.extend(fresh.then_some("--fresh"));
    let report = run(&args, fault).json();
    let results = report["results"].as_array().expect("a report has results");
    let told = results.iter().map(|result| {
        let breach = &result["breach"];
        let shown = serde_json::json!([breach["source"], breach["steps"]]);
        (
            result["id"].as_str().unwrap().to_owned(),
            (result["verdict"].clone(), shown),
        )
    });
    told.collect()
}

/// Rules that are judged only where one request happens to be under way while another is made: `skip` else.
const BY_CHANCE: [&str; 1] = ["tspi/life-cycle-of-a-telephony-service-provider/7"];

fn is_told_alike(dll: &Path, fault: &str, filters: &[&str]) {
    let (shared, fresh) = (told(dll, fault, filters, false), told(dll, fault, filters, true));
    for (id, told) in fresh.iter().filter(|(id, _)| !BY_CHANCE.contains(&id.as_str())) {
        assert_eq!(shared.get(id), Some(told), "{fault}: {id}");
    }
    assert_eq!(shared.len(), fresh.len(), "{fault}");
}

#[test]
fn a_sound_provider_is_told_alike() {
    is_told_alike(&elf("model-tsp"), "", &[]);
}

/// A rule that is broken, a call that ends the process, and one that hangs.
const FAULTS: [&str; 3] = ["thread-left-behind", "works-once-a-process", "exits-in-make-call"];

#[test]
fn what_is_wrong_is_told_alike_on_elf() {
    for fault in FAULTS {
        is_told_alike(&elf("faulty-model-tsp"), fault, &["tspi/line", "tspi/provider"]);
    }
}

#[test]
fn what_is_wrong_is_told_alike_under_wine() {
    is_told_alike(
        &pe("faulty-model-tsp"),
        "exits-in-make-call",
        &["tspi/lineMakeCall", "tspi/lineDrop"],
    );
}
