//! The table of functions holds together, and has as many as the header declares.

use std::collections::HashSet;

use super::*;
use crate::tspi::constants::constant;

#[test]
fn as_many_as_the_header_declares() {
    let count = |prefix: &str| {
        functions()
            .filter(|f| f.is_declared() && f.name.starts_with(prefix))
            .count()
    };
    assert_eq!(count("TSPI_line"), 75);
    assert_eq!(count("TSPI_phone"), 28);
    assert_eq!(count("TSPI_provider"), 11);
    assert_eq!(count("TUISPI_"), 8);
    assert_eq!(functions().count(), 114 + 8 + 3);
}

#[test]
fn rows_are_consistent() {
    let mut names = HashSet::new();
    for f in functions() {
        assert!(names.insert(f.name), "{} twice", f.name);
        assert_eq!(function(f.name).map(|g| g.name), Some(f.name));
        let asks = f.args.first().is_some_and(|p| p.kind == Kind::RequestId);
        assert_eq!(
            asks,
            f.mode == Mode::Async,
            "{}: a request id goes with an asynchronous function",
            f.name
        );
        let requests = f.args.iter().filter(|p| p.kind == Kind::RequestId).count();
        assert!(requests <= 1);
        let lower = f.name.to_lowercase();
        let pages = [
            format!("nf-tspi-{lower}.md"),
            format!("{}.md", lower.replace('_', "-")),
        ];
        assert!(pages.contains(&f.page.to_owned()), "{}: {}", f.name, f.page);
        let mut seen = HashSet::new();
        for p in f.args {
            assert!(seen.insert(p.name), "{}: {} twice", f.name, p.name);
            let measured = match p.kind {
                Kind::Size { of } | Kind::Count { of } => Some(of),
                Kind::InChars { count } | Kind::OutDigits { count } | Kind::InArray { count, .. } => {
                    Some(count)
                }
                Kind::InBytes { size } | Kind::InOutBytes { size } | Kind::OutBytes { size } => Some(size),
                _ => None,
            };
            if let Some(other) = measured {
                assert!(f.arg(other).is_some(), "{}: {} points to {other}", f.name, p.name);
            }
        }
    }
}

#[test]
fn errors_and_states_name_what_exists() {
    for (name, errors) in errors::rows() {
        assert!(function(name).is_some(), "{name}");
        let mut seen = HashSet::new();
        for error in *errors {
            assert!(constant(error).is_some(), "{name}: {error}");
            assert!(seen.insert(error), "{name}: {error} twice");
        }
    }
    for (name, rows) in states::STATES {
        let f = function(name).expect("a state row names a function");
        for row in *rows {
            let place = f.arg(row.handle).expect("a state row names a parameter");
            assert_eq!(
                f.args[place].kind,
                Kind::Handle(HandleKind::HdCall),
                "{name}: {}",
                row.handle
            );
            assert_ne!(row.states, 0);
        }
    }
    assert_eq!(function("TSPI_lineAnswer").and_then(Function::states), Some(6));
    assert!(
        function("TSPI_lineMakeCall")
            .expect("declared")
            .errors()
            .contains(&"LINEERR_DIALBILLING")
    );
}

#[test]
fn a_misspelt_function_finds_its_neighbour() {
    assert_eq!(nearest("TSPI_lineMakecal"), Some("TSPI_lineMakeCall"));
    assert_eq!(nearest("TSPI_providerinit"), Some("TSPI_providerInit"));
    assert_eq!(nearest("DllMain"), None);
}
