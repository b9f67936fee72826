//! What TAPI never does: every function that the provider exports with handles of nothing, with NULL, with identifiers of no
//! device. Functions that end something are left out where the handle is good.

use super::super::Story;
use super::super::hostile::FOREIGN;
use super::{try_call, with_each};
use crate::app::{Stage, Stop, Tapi};
use crate::tspi::marshal::Call;
use crate::tspi::{Builder, Function, Group, HandleKind, Kind, constant_value, functions};

/// A handle of nothing: no address, and no small number.
const NOTHING: u64 = 0x7E57_0001;

/// Functions with handles, identifiers or pointers that a caller may get wrong.
fn callable() -> impl Iterator<Item = &'static Function> {
    let odd = [
        "TSPI_lineSetCurrentLocation",
        "TSPI_lineConfigDialog",
        "TSPI_lineConfigDialogEdit",
        "TSPI_phoneConfigDialog",
    ];
    functions().filter(move |function| {
        !matches!(function.group, Group::Ui | Group::Obsolete | Group::Provider)
            && !odd.contains(&function.name)
    })
}

/// The call of a function with all that must be given, good or bad: handles by `handle`.
fn whole(tapi: &mut Tapi, function: &'static Function, handle: impl Fn(HandleKind) -> u64) -> Call {
    let version = tapi.version;
    let mut call = Call::of(function).version(version);
    for arg in function.args {
        call = match arg.kind {
            Kind::Handle(kind) => match kind {
                HandleKind::HtCall | HandleKind::HtLine | HandleKind::HtPhone | HandleKind::HtMspLine => {
                    call.handle(arg.name, tapi.new_handle())
                }
                kind => call.handle(arg.name, handle(kind)),
            },
            Kind::InString if !arg.optional => call.text(
                arg.name,
                if arg.name == "lpszDeviceClass" {
                    "tapi/line"
                } else {
                    "1"
                },
            ),
            Kind::InStruct(structure) if !arg.optional => match Builder::new(structure, version).build() {
                Ok(bytes) => call.structure(arg.name, bytes),
                Err(_) => call,
            },
            Kind::Dword(_) if arg.name == "dwSelect" => call.dword(arg.name, 1),
            Kind::InBytes { .. } if !arg.optional => call.bytes(arg.name, vec![0; 4]),
            _ => call,
        };
    }
    call
}

fn attempt(tapi: &mut Tapi, call: Call) -> Result<(), Stop> {
    match super::finish(tapi, call) {
        // A request that is never completed is another rule's.
        Ok(_) | Err(Stop::Failed(_)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

/// Every function with handles of nothing, then with those of a line and a phone that have been closed, and with identifiers
/// of no device.
pub(in crate::rules) fn handles(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        let closed = closed(story);
        for function in callable() {
            let mut handles: Vec<HandleKind> = Vec::new();
            for arg in function.args {
                if let Kind::Handle(kind @ (HandleKind::HdLine | HandleKind::HdCall | HandleKind::HdPhone)) =
                    arg.kind
                {
                    handles.push(kind);
                }
            }
            if !handles.is_empty() {
                let call = whole(tapi, function, |_| NOTHING);
                attempt(tapi, call)?;
            }
            if function.arg("dwSelect").is_some() && handles.contains(&HandleKind::HdCall) {
                let call = whole(tapi, function, |_| NOTHING);
                attempt(
                    tapi,
                    call.dword("dwSelect", constant_value("LINECALLSELECT_CALL")),
                )?;
            }
            for (kind, hd) in &closed {
                if handles == [*kind] {
                    let call = whole(tapi, function, |_| *hd);
                    attempt(tapi, call)?;
                }
            }
            if function.args.iter().any(|arg| arg.kind == Kind::DeviceId) {
                let call = whole(tapi, function, |_| NOTHING);
                let call = call.dword("dwDeviceID", FOREIGN);
                try_call(tapi, call)?;
            }
        }
        // A conference without a call, on no line.
        if let Some(function) = callable().find(|function| function.name == "TSPI_lineSetupConference") {
            let call = whole(tapi, function, |kind| {
                if kind == HandleKind::HdCall { 0 } else { NOTHING }
            });
            attempt(tapi, call)?;
        }
        Ok(())
    })
}

/// Handles of what has been closed.
fn closed(story: &Story<'_>) -> Vec<(HandleKind, u64)> {
    let lines = story
        .lines
        .iter()
        .filter(|line| line.closed.is_some())
        .map(|line| (HandleKind::HdLine, line.hd));
    let phones = story
        .phones
        .iter()
        .filter(|phone| phone.closed.is_some())
        .map(|phone| (HandleKind::HdPhone, phone.hd));
    lines.chain(phones).collect()
}

/// Every function with NULL in place of each pointer that must be given, and with a size beside a NULL pointer; the handles are
/// good.
pub(in crate::rules) fn pointers(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        let line = story
            .lines
            .iter()
            .find(|line| line.closed.is_none())
            .map(|line| line.hd);
        let phone = story
            .phones
            .iter()
            .find(|phone| phone.closed.is_none())
            .map(|phone| phone.hd);
        let call = story
            .calls
            .iter()
            .find(|call| call.closed.is_none())
            .and_then(|call| call.hd);
        let good = |kind| match kind {
            HandleKind::HdLine => line,
            HandleKind::HdPhone => phone,
            HandleKind::HdCall => call,
            _ => Some(0),
        };
        for function in callable() {
            let known = function.args.iter().all(|arg| match arg.kind {
                Kind::Handle(kind) => good(kind).is_some(),
                _ => true,
            });
            // Opening again, creating and ending are not asked for with good handles.
            let ends = ["Open", "Close", "Drop", "Create"]
                .iter()
                .any(|word| function.name.contains(word));
            if !known || ends && !function.name.contains("Open") {
                continue;
            }
            for arg in function.args {
                let place = matches!(
                    arg.kind,
                    Kind::OutHandle(_)
                        | Kind::OutDword(_)
                        | Kind::OutVersion
                        | Kind::OutStruct(_)
                        | Kind::OutGuid
                        | Kind::OutIcon
                        | Kind::OutString { .. }
                );
                if place && !arg.optional {
                    let call = whole(tapi, function, |kind| good(kind).unwrap_or_default()).null(arg.name);
                    attempt(tapi, call)?;
                }
                if let Kind::Size { of } = arg.kind {
                    let call = whole(tapi, function, |kind| good(kind).unwrap_or_default());
                    attempt(tapi, call.null(of).dword(arg.name, 16))?;
                }
            }
        }
        Ok(())
    })
}
