//! Rules about the provider as a whole: started and started again, devices that come while it runs, its user interface named.

use super::Level::{Must, Should};
use super::judging::{each, each_outcome, is_error, kept, never_fails_with};
use super::{Invocation, Judgement, Rule, Story};
use crate::tspi::structures::POISON;
use crate::tspi::{Kind, Mode, constant_value, render_result};

pub const RULES: &[Rule] = &[
    Rule {
        id: "tspi/providerEnumDevices/2",
        page: "nf-tspi-tspi_providerenumdevices.md",
        level: Must,
        requirement: "A synchronous function that succeeds has written all that it gives: each DWORD, version, handle, icon and GUID whose place \
                      it was given. Here the places hold a pattern before, so that one that is left out is seen.",
        why: "TAPI goes on with whatever lay in its memory: a count of lines, a version, a handle.",
        mend: "Write every out parameter before returning 0, NULL or 0 where there is nothing.",
        broken_by: "volume-unwritten",
        exercises: &["phone", "lifecycle", "ids", "places"],
        judge: results_are_written,
    },
    Rule {
        id: "tspi/providerInit/1",
        page: "nf-tspi-tspi_providerinit.md",
        level: Must,
        requirement: "A version that was negotiated is good for the provider as a whole: neither TSPI_providerInit nor TSPI_providerShutdown with it \
                      returns LINEERR_INCOMPATIBLEAPIVERSION.",
        why: "TAPI cannot start the provider that has just agreed to be started.",
        mend: "Compare with the same range of versions everywhere.",
        broken_by: "init-under-another-version",
        exercises: &["lifecycle"],
        judge: negotiated_versions_are_good,
    },
    Rule {
        id: "tspi/providerInit/10",
        page: "nf-tspi-tspi_providerinit.md",
        level: Must,
        requirement: "TSPI_providerInit of a provider that is initialised, before its TSPI_providerShutdown, is ignored and returns 0.",
        why: "TAPI takes the provider for broken, and its lines are lost.",
        mend: "Count the calls, or return 0 where the provider runs already.",
        broken_by: "init-only-once",
        exercises: &["initialised-twice"],
        judge: |story| {
            each(story, "TSPI_providerInit", |one| {
                let mut before = story.invocations.iter().filter(|other| other.called < one.called && other.result() == Some(0));
                let last = before.rfind(|other| matches!(other.function.name, "TSPI_providerInit" | "TSPI_providerShutdown"))?;
                if last.function.name != "TSPI_providerInit" {
                    return None;
                }
                let result = one.result()?;
                kept(result == 0, || format!("the provider is initialised, and TSPI_providerInit gave {}", render_result(result)))
                    .map(|said| said.with([last.called]))
            })
        },
    },
    Rule {
        id: "tspi/providerCreateLineDevice/2",
        page: "nf-tspi-tspi_providercreatelinedevice.md",
        level: Must,
        requirement: "TSPI_providerCreateLineDevice and TSPI_providerCreatePhoneDevice know the dwTempID that came with the provider's own LINE_CREATE \
                      or PHONE_CREATE, and return 0, unless memory or another resource is short.",
        why: "A device that was plugged in never appears.",
        mend: "Keep what was announced under dwParam2 until TAPI asks for it.",
        broken_by: "created-line-refused",
        exercises: &["created-devices"],
        judge: announced_devices_are_made,
    },
    Rule {
        id: "tspi/providerCreateLineDevice/3",
        page: "nf-tspi-tspi_providercreatelinedevice.md",
        level: Must,
        requirement: "After TSPI_providerCreateLineDevice or TSPI_providerCreatePhoneDevice has succeeded, dwDeviceID is the new device, though it is \
                      none of those that TSPI_providerInit was told of: no function refuses it with BADDEVICEID or NODRIVER until it is removed.",
        why: "The device is there, and cannot be used.",
        mend: "Keep dwDeviceID with the device; find devices by it, not by its distance from the base.",
        broken_by: "created-line-unknown",
        exercises: &["created-devices"],
        judge: made_devices_are_known,
    },
    Rule {
        id: "tspi/providerCreateLineDevice/6",
        page: "nf-tspi-tspi_providercreatelinedevice.md",
        level: Must,
        requirement: "A creation that failed leaves no device: functions that are given its dwDeviceID fail.",
        why: "TAPI gives the identifier to the next device, and two answer to it.",
        mend: "Note the device only when all of it is set up.",
        broken_by: "failed-line-is-there",
        exercises: &["created-devices"],
        judge: failed_devices_are_not_there,
    },
    Rule {
        id: "tspi/providerUIIdentify/2",
        page: "nf-tspi-tspi_provideruiidentify.md",
        level: Should,
        requirement: "TSPI_providerUIIdentify gives the whole path of the DLL with the user interface, from the root on, with its \
                      terminating null. Microsoft's sample gives the bare name of a file in the system directory, which Windows finds: a \
                      warning.",
        why: "Windows loads another DLL of that name into the application, or none.",
        mend: "Use GetModuleFileName, or put the system directory in front.",
        broken_by: "interface-without-path",
        exercises: &["identified"],
        judge: |story| {
            each(story, "TSPI_providerUIIdentify", |one| {
                let bytes = one.bytes_out("lpszUIDLLName").filter(|_| one.result() == Some(0))?;
                let ends = bytes.chunks_exact(2).any(|unit| unit == [0, 0]);
                let path = one.text_out("lpszUIDLLName")?;
                let mut start = path.chars();
                let whole = match (start.next(), start.next(), start.next()) {
                    (Some('/'), ..) | (Some('\\'), Some('\\'), _) => true,
                    (Some(drive), Some(':'), Some('\\' | '/')) => drive.is_ascii_alphabetic(),
                    _ => false,
                };
                kept(ends && whole, || format!("lpszUIDLLName is {path:?}"))
            })
        },
    },
];

/// Places that stay as they are in some cases, by the pages of their functions: TAPI sets the options to 0 before.
const LEFT: &[&str] = &["lpdwTSPIOptions", "lphdConsultCall", "lphdConfCall"];

fn results_are_written(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for one in &story.invocations {
        if one.function.mode != Mode::Sync || one.result() != Some(0) {
            continue;
        }
        let places = one.function.args.iter().filter(|arg| {
            let fits = matches!(arg.kind, Kind::OutDword(_) | Kind::OutVersion | Kind::OutHandle(_) | Kind::OutIcon | Kind::OutGuid);
            fits && !LEFT.contains(&arg.name)
        });
        for place in places {
            let (Some(before), Some(after)) = (one.bytes_in(place.name), one.bytes_out(place.name)) else { continue };
            if before.iter().any(|byte| *byte != POISON) {
                continue;
            }
            judgement.say(one.at(), kept(before != after, || format!("{} succeeded and left {} as it was", one.function.name, place.name)));
        }
    }
    judgement
}

fn negotiated_versions_are_good(story: &Story<'_>) -> Judgement {
    let negotiated = |version: u32| {
        let negotiations = ["TSPI_lineNegotiateTSPIVersion", "TSPI_phoneNegotiateTSPIVersion"].into_iter();
        let mut all = negotiations.flat_map(|function| story.invocations_of(function));
        all.any(|one| one.result() == Some(0) && one.number_out("lpdwTSPIVersion") == Some(u64::from(version)))
    };
    ["TSPI_providerInit", "TSPI_providerShutdown"].iter().fold(Judgement::default(), |mut all, function| {
        all.join(never_fails_with(story, function, &["LINEERR_INCOMPATIBLEAPIVERSION"], |one| negotiated(one.dword("dwTSPIVersion"))));
        all
    })
}

const CREATIONS: [(&str, &str); 2] = [("TSPI_providerCreateLineDevice", "LINE_CREATE"), ("TSPI_providerCreatePhoneDevice", "PHONE_CREATE")];

fn announced_devices_are_made(story: &Story<'_>) -> Judgement {
    CREATIONS.iter().fold(Judgement::default(), |mut all, (function, message)| {
        let message = constant_value(message);
        all.join(each_outcome(story, function, |one, outcome| {
            let mut events = story.callbacks.iter().chain(&story.phone_callbacks);
            let announced = events.find(|(at, args)| *at < one.called && args.msg == message && Some(args.params[1]) == one.value("dwTempID"))?;
            let again = story.invocations_of(function).any(|other| {
                other.called < one.called && other.result() == Some(0) && other.value("dwTempID") == one.value("dwTempID")
            });
            let short = is_error(outcome.result, &["LINEERR_NOMEM", "LINEERR_RESOURCEUNAVAIL", "PHONEERR_NOMEM", "PHONEERR_RESOURCEUNAVAIL"]);
            if again || short {
                return None;
            }
            kept(outcome.succeeded(), || format!("{function} of the device that was announced failed with {}", render_result(outcome.result)))
                .map(|said| said.with([announced.0]))
        }));
        all
    })
}

/// Whether a function is about a phone device.
fn of_phone(one: &Invocation<'_>) -> bool {
    one.function.name.contains("hone")
}

/// Invocations that name a device, with the creation of that device before: whether it succeeded.
fn named_after_creation<'s>(story: &'s Story<'_>) -> impl Iterator<Item = (&'s Invocation<'s>, &'s Invocation<'s>)> {
    story.invocations.iter().filter_map(|one| {
        let device = one.value("dwDeviceID").filter(|_| !one.function.name.contains("Create"))?;
        let mut creations = story.invocations.iter().filter(|other| {
            let creates = CREATIONS.iter().any(|(name, _)| other.function.name == *name);
            creates && other.called < one.called && other.value("dwDeviceID") == Some(device) && of_phone(other) == of_phone(one)
        });
        Some((one, creations.next_back()?))
    })
}

fn made_devices_are_known(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    let unknown = ["LINEERR_BADDEVICEID", "LINEERR_NODRIVER", "PHONEERR_BADDEVICEID", "PHONEERR_NODRIVER"];
    for (one, creation) in named_after_creation(story).filter(|(_, creation)| creation.result() == Some(0)) {
        let removals = [constant_value("LINE_REMOVE"), constant_value("PHONE_REMOVE")];
        let mut events = story.callbacks.iter().chain(&story.phone_callbacks);
        let removed = events.any(|(at, args)| {
            *at > creation.called && *at < one.at() && removals.contains(&args.msg) && Some(args.params[0]) == one.value("dwDeviceID")
        });
        if let Some(result) = one.result().filter(|_| !removed) {
            judgement.say(one.at(), kept(!is_error(result, &unknown), || {
                format!("device {} was created, and {} refuses it with {}", one.dword("dwDeviceID"), one.function.name, render_result(result))
            }));
        }
    }
    judgement
}

fn failed_devices_are_not_there(story: &Story<'_>) -> Judgement {
    let mut judgement = Judgement::default();
    for (one, creation) in named_after_creation(story).filter(|(_, creation)| creation.result().is_some_and(|result| result < 0)) {
        let device = one.dword("dwDeviceID");
        if device < story.devices(of_phone(one)) {
            continue;
        }
        if let Some(result) = one.result() {
            judgement.say(one.at(), kept(result < 0, || {
                format!("the creation of device {device} failed, and {} knows it", one.function.name)
            }).map(|said| said.with([creation.at()])));
        }
    }
    judgement
}
