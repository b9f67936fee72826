//! A user interface DLL lives in an application's process: whatever it does there, the provider goes on and is shut down
//! in order.

use std::path::Path;

use offhook_tests::{elf, pe, run};

/// Fault, what is said of it, exit code.
const DEATHS: [(&str, &str, &str, i32); 4] = [
    (
        "ui-crashes",
        "user-interface",
        "crashed in TUISPI_providerConfig",
        3,
    ),
    ("ui-hangs", "user-interface", "hung in TUISPI_providerConfig", 4),
    (
        "ui-panics",
        "user-interface",
        "crashed in TUISPI_providerConfig",
        3,
    ),
    ("ui-crashes-later", "dialog", "crashed", 3),
];

fn costs_the_application_only(dll: &Path) {
    for (fault, scenario, said, code) in DEATHS {
        let scenario = format!("fixtures/scenarios/model/{scenario}.call");
        let dll = dll.to_str().unwrap();
        let args = [
            "run",
            &scenario,
            "--provider",
            dll,
            "--device",
            "none",
            "--timeout",
            "3s",
            "--no-golden",
            "--trace",
        ];
        let answer = run(&args, fault);
        assert_eq!(answer.code, code, "{fault}: {}{}", answer.out, answer.err);
        let told = format!("the user interface of provider P, in the application's process: {said}");
        assert!(answer.out.contains(&told), "{fault}: {}", answer.out);
        // The provider is none the worse for it.
        let shut_down = "TSPI_providerShutdown(dwTSPIVersion=3.1, dwPermanentProviderID=4)\nP call     |   -> 0\nP host     | process ended as told";
        assert!(answer.out.contains(shut_down), "{fault}: {}", answer.out);
    }
}

#[test]
fn a_user_interface_that_dies_costs_the_application_only_on_elf() {
    costs_the_application_only(&elf("faulty-model-tsp"));
}

#[test]
fn a_user_interface_that_dies_costs_the_application_only_under_wine() {
    costs_the_application_only(&pe("faulty-model-tsp"));
}

/// A function that does not return before a dialog has said something: the dialog is heard meanwhile.
const HELD: &str = "scenario: a function waits for a dialog
steps
  at once get icon of line 1
  at once configure provider P
";

fn is_heard_while_a_function_is_held(dll: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("held.call");
    std::fs::write(&file, HELD).unwrap();
    let args = [
        "run",
        file.to_str().unwrap(),
        "--provider",
        dll.to_str().unwrap(),
        "--device",
        "none",
        "--no-golden",
        "--trace",
    ];
    let answer = run(&args, "waits-for-dialog");
    assert_eq!(answer.code, 0, "{}{}", answer.out, answer.err);
    let place = |text: &str| {
        answer
            .out
            .find(text)
            .unwrap_or_else(|| panic!("{text}: {}", answer.out))
    };
    let (asked, called) = (
        place("TUISPIDLLCALLBACK("),
        place("TSPI_providerGenericDialogData("),
    );
    let returned = place("P call#1   |   -> 0");
    assert!(asked < called && called < returned, "{}", answer.out);
}

#[test]
fn a_dialog_is_heard_while_a_function_is_held_on_elf() {
    is_heard_while_a_function_is_held(&elf("faulty-model-tsp"));
}

#[test]
fn a_dialog_is_heard_while_a_function_is_held_under_wine() {
    is_heard_while_a_function_is_held(&pe("faulty-model-tsp"));
}
