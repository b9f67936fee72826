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

/// The declarations of `tspi.h` (public domain, from MinGW), one function a line: `name type argument, …`.
const DECLARED: &str = include_str!("declared.txt");

/// Whether a parameter of this type in the header is of this kind in the table.
fn fits(declared: &str, kind: Kind) -> bool {
    use Kind::*;
    match declared {
        "DRV_REQUESTID" => kind == RequestId,
        "DWORD" => matches!(
            kind,
            DeviceId
                | AddressId
                | ProviderId
                | TspiVersion
                | ExtVersion
                | Dword(_)
                | Bool
                | Size { .. }
                | Count { .. }
        ),
        "DWORD_PTR" => kind == DwordPtr,
        "LPDWORD" => matches!(kind, OutDword(_) | OutVersion),
        "GUID*" => kind == OutGuid,
        "LPHICON" => kind == OutIcon,
        "LPCSTR" => matches!(kind, InBytes { .. }),
        "LPCWSTR" => matches!(kind, InString | InChars { .. } | InBytes { .. }),
        "LPWSTR" => matches!(kind, OutString { .. } | OutDigits { .. }),
        "LPVOID" => matches!(kind, InBytes { .. } | InOutBytes { .. } | OutBytes { .. }),
        handle if handle.starts_with('H') => matches!(kind, Handle(of) if of.word() == handle),
        out if out.starts_with("LPH") => matches!(kind, OutHandle(of) if of.word() == &out[2..]),
        structure if structure.starts_with("LP") => {
            matches!(kind, InStruct(of) | OutStruct(of) | InArray { of, .. } if of.name == &structure[2..])
        }
        procedure => matches!(kind, Callback(of) if of.word() == procedure),
    }
}

#[test]
fn every_argument_is_as_the_header_declares_it() {
    let mut seen = 0;
    for line in DECLARED.lines() {
        let (name, args) = line.split_once(' ').expect("a name and arguments");
        let f = function(name).unwrap_or_else(|| panic!("{name} is not in the table"));
        assert!(f.is_declared());
        let declared: Vec<(&str, &str)> = args
            .split(", ")
            .map(|arg| arg.rsplit_once(' ').expect("a type and a name"))
            .collect();
        let names: Vec<&str> = declared.iter().map(|(_, name)| *name).collect();
        let ours: Vec<&str> = f.args.iter().map(|arg| arg.name).collect();
        assert_eq!(ours, names, "{name}");
        for ((declared, _), arg) in declared.iter().zip(f.args) {
            assert!(
                fits(declared, arg.kind),
                "{name}: {declared} {} is {:?}",
                arg.name,
                arg.kind
            );
        }
        seen += 1;
    }
    assert_eq!(seen, functions().filter(|f| f.is_declared()).count());
}

/// `windows-sys` numbers the functions of TSPI from 500 on, but for those that 2.0 and the user interface DLL brought.
#[test]
fn windows_sys_knows_no_function_that_is_not_in_the_table() {
    use windows_sys::Win32::Devices::Tapi as Theirs;
    macro_rules! numbers {
        ($($name:ident)*) => { [$((stringify!($name), Theirs::$name)),*] };
    }
    let theirs = numbers! {
        TSPI_LINEACCEPT TSPI_LINEADDTOCONFERENCE TSPI_LINEANSWER TSPI_LINEBLINDTRANSFER
        TSPI_LINECLOSE TSPI_LINECLOSECALL TSPI_LINECOMPLETECALL TSPI_LINECOMPLETETRANSFER
        TSPI_LINECONDITIONALMEDIADETECTION TSPI_LINECONFIGDIALOG TSPI_LINEDEVSPECIFIC
        TSPI_LINEDEVSPECIFICFEATURE TSPI_LINEDIAL TSPI_LINEDROP TSPI_LINEFORWARD
        TSPI_LINEGATHERDIGITS TSPI_LINEGENERATEDIGITS TSPI_LINEGENERATETONE TSPI_LINEGETADDRESSCAPS
        TSPI_LINEGETADDRESSID TSPI_LINEGETADDRESSSTATUS TSPI_LINEGETCALLADDRESSID
        TSPI_LINEGETCALLINFO TSPI_LINEGETCALLSTATUS TSPI_LINEGETDEVCAPS TSPI_LINEGETDEVCONFIG
        TSPI_LINEGETEXTENSIONID TSPI_LINEGETICON TSPI_LINEGETID TSPI_LINEGETLINEDEVSTATUS
        TSPI_LINEGETNUMADDRESSIDS TSPI_LINEHOLD TSPI_LINEMAKECALL TSPI_LINEMONITORDIGITS
        TSPI_LINEMONITORMEDIA TSPI_LINEMONITORTONES TSPI_LINENEGOTIATEEXTVERSION
        TSPI_LINENEGOTIATETSPIVERSION TSPI_LINEOPEN TSPI_LINEPARK TSPI_LINEPICKUP
        TSPI_LINEPREPAREADDTOCONFERENCE TSPI_LINEREDIRECT TSPI_LINEREMOVEFROMCONFERENCE
        TSPI_LINESECURECALL TSPI_LINESELECTEXTVERSION TSPI_LINESENDUSERUSERINFO
        TSPI_LINESETAPPSPECIFIC TSPI_LINESETCALLPARAMS TSPI_LINESETDEFAULTMEDIADETECTION
        TSPI_LINESETDEVCONFIG TSPI_LINESETMEDIACONTROL TSPI_LINESETMEDIAMODE
        TSPI_LINESETSTATUSMESSAGES TSPI_LINESETTERMINAL TSPI_LINESETUPCONFERENCE
        TSPI_LINESETUPTRANSFER TSPI_LINESWAPHOLD TSPI_LINEUNCOMPLETECALL TSPI_LINEUNHOLD
        TSPI_LINEUNPARK TSPI_PHONECLOSE TSPI_PHONECONFIGDIALOG TSPI_PHONEDEVSPECIFIC
        TSPI_PHONEGETBUTTONINFO TSPI_PHONEGETDATA TSPI_PHONEGETDEVCAPS TSPI_PHONEGETDISPLAY
        TSPI_PHONEGETEXTENSIONID TSPI_PHONEGETGAIN TSPI_PHONEGETHOOKSWITCH TSPI_PHONEGETICON
        TSPI_PHONEGETID TSPI_PHONEGETLAMP TSPI_PHONEGETRING TSPI_PHONEGETSTATUS TSPI_PHONEGETVOLUME
        TSPI_PHONENEGOTIATEEXTVERSION TSPI_PHONENEGOTIATETSPIVERSION TSPI_PHONEOPEN
        TSPI_PHONESELECTEXTVERSION TSPI_PHONESETBUTTONINFO TSPI_PHONESETDATA TSPI_PHONESETDISPLAY
        TSPI_PHONESETGAIN TSPI_PHONESETHOOKSWITCH TSPI_PHONESETLAMP TSPI_PHONESETRING
        TSPI_PHONESETSTATUSMESSAGES TSPI_PHONESETVOLUME TSPI_PROVIDERCONFIG TSPI_PROVIDERINIT
        TSPI_PROVIDERINSTALL TSPI_PROVIDERREMOVE TSPI_PROVIDERSHUTDOWN TSPI_PROVIDERENUMDEVICES
        TSPI_LINEDROPONCLOSE TSPI_LINEDROPNOOWNER TSPI_PROVIDERCREATELINEDEVICE
        TSPI_PROVIDERCREATEPHONEDEVICE TSPI_LINESETCURRENTLOCATION TSPI_LINECONFIGDIALOGEDIT
        TSPI_LINERELEASEUSERUSERINFO TSPI_LINEGETCALLID TSPI_LINEGETCALLHUBTRACKING
        TSPI_LINESETCALLHUBTRACKING TSPI_LINERECEIVEMSPDATA TSPI_LINEMSPIDENTIFY
        TSPI_LINECREATEMSPINSTANCE TSPI_LINECLOSEMSPINSTANCE
    };
    for (index, (name, number)) in theirs.iter().enumerate() {
        assert_eq!(*number, 500 + u32::try_from(index).expect("few"), "{name}");
        let known =
            functions().any(|f| f.name.to_uppercase().trim_end_matches('S') == name.trim_end_matches('S'));
        assert!(known, "{name}");
    }
    let unnumbered = functions().filter(|f| f.since == Version::V2_0).count();
    assert_eq!(theirs.len() + unnumbered, functions().count());
}

#[test]
fn rows_can_be_read_by_people() {
    let f = function("TSPI_lineMakeCall").expect("declared");
    let words: Vec<String> = f.args.iter().map(Parameter::words).collect();
    assert_eq!(
        words,
        [
            "dwRequestID",
            "hdLine",
            "htCall",
            "lphdCall out",
            "lpszDestAddress?",
            "dwCountryCode",
            "lpCallParams?"
        ]
    );
    assert_eq!(f.args[3].kind.words(), "HDRVCALL");
    assert_eq!(f.args[6].kind.words(), "LINECALLPARAMS");
    let caps = function("TSPI_lineGetDevCaps").expect("declared");
    assert_eq!(caps.args[3].kind.direction(), Direction::InOut);
    assert_eq!(
        function("TSPI_lineConfigDialog").expect("known").need.words(),
        "obsolete from 2.0"
    );
    assert_eq!(
        function("TSPI_lineAnswer").expect("declared").states_in_words(),
        "hdCall: LINECALLSTATE_OFFERING | LINECALLSTATE_ACCEPTED"
    );
}
