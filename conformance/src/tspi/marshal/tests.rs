//! Calls are put together as the table says, and read back.

use offhook_host_protocol::Arg;
use proptest::prelude::*;

use super::*;
use crate::tspi::functions::{Function, HandleKind, Kind, function, functions};
use crate::tspi::structures::{Builder, Fill, LINECALLPARAMS, LINEGENERATETONE, POISON, Value};
use crate::tspi::version::Version;

fn call(name: &str) -> Call {
    Call::new(name).expect("the function exists")
}

fn known(name: &str) -> &'static Function {
    function(name).expect("the function exists")
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16()
        .chain([0])
        .flat_map(u16::to_le_bytes)
        .collect()
}

#[test]
fn make_call() {
    let params = Builder::new(&LINECALLPARAMS, Version::V2_2)
        .number("dwMediaMode", 16)
        .build()
        .expect("a name");
    let args = call("TSPI_lineMakeCall")
        .version(Version::V2_2)
        .request(7)
        .handle("hdLine", 0x10)
        .handle("htCall", 0x4000_0001)
        .text("lpszDestAddress", "5551234")
        .structure("lpCallParams", params.clone())
        .build()
        .expect("the names exist");
    assert_eq!(
        args,
        [
            Arg::Value(7),
            Arg::Value(0x10),
            Arg::Value(0x4000_0001),
            Arg::Out {
                bytes: vec![POISON; 8],
                keep: false
            },
            Arg::In(utf16("5551234")),
            Arg::Value(0),
            Arg::In(params),
        ]
    );
    let shown = render_args(known("TSPI_lineMakeCall"), &args, Version::V2_2);
    let start = "dwRequestID=7, hdLine=0x10, htCall=0x40000001, lphdCall=room for 8 bytes, \
                 lpszDestAddress=\"5551234\", dwCountryCode=0, lpCallParams={dwBearerMode=0, ";
    assert!(shown.starts_with(start), "{shown}");
    assert!(shown.contains("dwMediaMode=LINEMEDIAMODE_DATAMODEM"), "{shown}");
}

#[test]
fn init_has_its_procedure_and_version() {
    let args = call("TSPI_providerInit")
        .version(Version::V3_0)
        .dword("dwPermanentProviderID", 3)
        .build()
        .expect("names");
    assert_eq!(args[0], Arg::Value(0x0003_0000));
    assert_eq!(args[6], Arg::Completion);
    assert_eq!(
        args[7],
        Arg::Out {
            bytes: vec![0; 4],
            keep: false
        }
    );
    let shown = render_args(known("TSPI_providerInit"), &args, Version::V3_0);
    assert!(
        shown.starts_with("dwTSPIVersion=3.0, dwPermanentProviderID=3, "),
        "{shown}"
    );
    assert!(
        shown.ends_with("lpfnCompletionProc=ASYNC_COMPLETION, lpdwTSPIOptions=room for 4 bytes"),
        "{shown}"
    );
}

#[test]
fn sizes_and_counts_follow_their_memory() {
    let size = |call: Call, name: &str| {
        let place = call.function().arg(name).expect("a parameter");
        call.build().expect("names")[place].clone()
    };
    let answer = call("TSPI_lineAnswer").bytes("lpsUserUserInfo", *b"abc");
    assert_eq!(size(answer.clone(), "dwSize"), Arg::Value(3));
    assert_eq!(
        size(answer.dword("dwSize", 9), "dwSize"),
        Arg::Value(9),
        "what is given overrides"
    );
    assert_eq!(size(call("TSPI_lineAnswer"), "dwSize"), Arg::Value(0));
    assert_eq!(
        size(call("TSPI_lineGetAddressID").text("lpsAddress", "101"), "dwSize"),
        Arg::Value(4)
    );
    let tone = vec![0; LINEGENERATETONE.fixed_size(Version::V3_1)];
    let tones = call("TSPI_lineGenerateTone").array("lpTones", &[tone.clone(), tone]);
    assert_eq!(size(tones, "dwNumTones"), Arg::Value(2));
    let gather = call("TSPI_lineGatherDigits")
        .dword("dwNumDigits", 4)
        .fill(Fill::Zero);
    assert_eq!(
        size(gather.clone(), "lpsDigits"),
        Arg::Out {
            bytes: vec![0; 8],
            keep: true
        }
    );
    assert_eq!(size(gather.null("lpsDigits"), "lpsDigits"), Arg::Null);
}

#[test]
fn a_child_of_32_bits_has_short_handles() {
    let args = call("TSPI_lineOpen").bits(32).build().expect("names");
    assert_eq!(
        args[2],
        Arg::Out {
            bytes: vec![POISON; 4],
            keep: false
        }
    );
    let back = returned(known("TSPI_lineOpen"), &[(2, vec![1, 2, 0, 0])], Version::V3_1);
    assert_eq!(back, [("lphdLine", Value::Handle(0x201))]);
}

#[test]
fn what_comes_back_is_read_by_the_table() {
    let version = |low: u32| vec![(3, low.to_le_bytes().to_vec())];
    let back = returned(
        known("TSPI_lineNegotiateTSPIVersion"),
        &version(0x0002_0001),
        Version::V3_1,
    );
    assert_eq!(back, [("lpdwTSPIVersion", Value::Version(Version::V2_1))]);
    let back = returned(
        known("TSPI_lineOpen"),
        &[(2, vec![8; 8]), (99, vec![])],
        Version::V3_1,
    );
    assert_eq!(back, [("lphdLine", Value::Handle(0x0808_0808_0808_0808))]);
    let back = returned(
        known("TSPI_providerUIIdentify"),
        &[(0, utf16("C:\\ui.dll"))],
        Version::V3_1,
    );
    assert_eq!(back, [("lpszUIDLLName", Value::Text("C:\\ui.dll".into()))]);
}

#[test]
fn mistakes_are_named() {
    let error = |call: Call| call.build().expect_err("a mistake").to_string();
    assert_eq!(
        Call::new("TSPI_lineMakeCal").expect_err("a mistake").to_string(),
        "TSPI has no function TSPI_lineMakeCal; did you mean TSPI_lineMakeCall?"
    );
    assert_eq!(
        error(call("TSPI_lineDrop").handle("hdcall", 1)),
        "TSPI_lineDrop has no parameter hdcall; did you mean hdCall?"
    );
    assert_eq!(
        error(call("TSPI_lineDrop").text("hdCall", "x")),
        "parameter hdCall of TSPI_lineDrop takes no string"
    );
    assert_eq!(
        error(call("TSPI_lineClose").request(1)),
        "TSPI_lineClose has no parameter dwRequestID"
    );
}

/// With nothing given, every function gets what its kinds ask for, within the child's limit.
#[test]
fn every_function_can_be_called_by_default() {
    for f in functions() {
        let args = Call::of(f).build().expect("nothing was given wrongly");
        assert_eq!(args.len(), f.args.len());
        assert!(args.len() <= offhook_host_protocol::MAX_ARGS, "{}", f.name);
        for (parameter, arg) in f.args.iter().zip(&args) {
            let right = match parameter.kind {
                Kind::Callback(_) => !matches!(arg, Arg::Value(_) | Arg::Null | Arg::In(_) | Arg::Out { .. }),
                Kind::OutHandle(_)
                | Kind::OutStruct(_)
                | Kind::OutGuid
                | Kind::OutIcon
                | Kind::OutString { .. } => {
                    matches!(arg, Arg::Out { .. })
                }
                Kind::OutDword(_) | Kind::OutVersion => {
                    matches!(arg, Arg::Out { bytes, .. } if bytes.len() == 4)
                }
                Kind::InString | Kind::InStruct(_) | Kind::InArray { .. } => *arg == Arg::Null,
                Kind::InBytes { .. } | Kind::InOutBytes { .. } | Kind::OutBytes { .. } => *arg == Arg::Null,
                Kind::Handle(HandleKind::Event) => *arg == Arg::Event,
                Kind::InChars { .. } | Kind::OutDigits { .. } => *arg == Arg::Null,
                _ => matches!(arg, Arg::Value(_)),
            };
            assert!(right, "{}: {} is {arg:?}", f.name, parameter.name);
        }
        assert!(!render_args(f, &args, Version::V3_1).is_empty());
    }
}

fn any_arg() -> impl Strategy<Value = Arg> {
    let bytes = || prop::collection::vec(any::<u8>(), 0..64);
    prop_oneof![
        any::<u64>().prop_map(Arg::Value),
        Just(Arg::Null),
        bytes().prop_map(Arg::In),
        bytes().prop_map(|bytes| Arg::Out { bytes, keep: false }),
        Just(Arg::LineEvent),
    ]
}

proptest! {
    /// A record may hold anything: rendering never fails on it.
    #[test]
    fn any_arguments_can_be_rendered(
        f in prop::sample::select(functions().collect::<Vec<_>>()),
        args in prop::collection::vec(any_arg(), 0..14),
        outs in prop::collection::vec((any::<u8>(), prop::collection::vec(any::<u8>(), 0..64)), 0..4),
    ) {
        let _ = render_args(f, &args, Version::V3_1);
        for (_, value) in returned(f, &outs, Version::V3_1) {
            let _ = value.to_string();
        }
    }
}
