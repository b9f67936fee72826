//! What stands around the providers, from the command line's words: DLLs with their children, devices, set-up.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use offhook_conformance::app::{Backdrop, Behind, Cast, Library, OfficeDevice, PortAssignment, try_ports};
use offhook_conformance::exit::Exit;
use offhook_conformance::host::artifact::{self, Target};
use offhook_conformance::host::{HostBinary, HostError, WinePrefix};
use offhook_conformance::inspect::{Format as ImageFormat, Image};
use offhook_conformance::rules::{Level, Numbers};
use offhook_conformance::setup::{self, HelperSpec, SetupError, SetupFile};
use offhook_sim::ModemProfile;
use offhook_sim::device::csta::Encoding;

use crate::cli::{Common, SetupArgs, Strictness};
use crate::embedded;
use crate::fail::Fail;

/// The backdrop of a run.
pub fn backdrop(common: &Common) -> Result<Backdrop, Fail> {
    let SetupFile {
        setup,
        device,
        mut env,
        mut registry,
    } = put_up(&common.setup)?;
    env.extend(common.setup.env.iter().cloned());
    registry.extend(common.setup.registry.iter().cloned());
    let device = if common.device.is_empty() {
        device
    } else {
        common.device.clone()
    };
    let cast = cast(&common.provider)?;
    let modems = !device.iter().any(|device| device == "none");
    if !modems && device.len() > 1 {
        return Err(Fail::usage(
            "--device none stands alone: there is no device".to_owned(),
        ));
    }
    let devices: Vec<PortAssignment> = device
        .iter()
        .filter(|device| modems && !is_pbx(device))
        .map(|device| assignment(device))
        .collect::<Result<_, _>>()?;
    let office = office(&device)?;
    if let Some(office) = &office
        && office.profile.encoding == Encoding::Phase1
        && common.provider.iter().any(|given| named(given).1 == "csta-tsp")
    {
        return Err(Fail::usage(format!(
            "csta-tsp speaks phase III and the PBX phase I ({}): name another profile behind it, such as --device \
             pbx:hipath, or a provider that speaks phase I",
            office.profile.name
        )));
    }
    try_ports(&devices).map_err(|error| Fail::usage(error.to_string()))?;
    Ok(Backdrop {
        numbers: Numbers::default(),
        jobs: common
            .jobs
            .map_or_else(|| default_jobs(&cast, &devices, modems, &setup), NonZero::get),
        cast,
        devices,
        modems,
        office,
        timeout: common.timeout,
        patience: None,
        fresh: false,
        strictness: match common.strictness {
            Strictness::Must => Level::Must,
            Strictness::Should => Level::Should,
            Strictness::Robust => Level::Robust,
        },
        env,
        registry,
        setup,
    })
}

/// The DLLs of the words of `--provider`, each `[NAME=]FILE`.
fn cast(given: &[String]) -> Result<Cast, Fail> {
    let usual = [None];
    let given: Vec<Option<&str>> = given.iter().map(|text| Some(text.as_str())).collect();
    let given = if given.is_empty() { &usual[..] } else { &given[..] };
    let mut libraries = Vec::new();
    for text in given {
        let (name, file) = text.map_or((None, None), |text| {
            let (name, file) = named(text);
            (name.map(str::to_owned), Some(Path::new(file)))
        });
        libraries.push((name, library_of(embedded::provider(file)?)?));
    }
    Cast::of_many(libraries).map_err(|error| Fail::usage(error.to_string()))
}

/// `NAME=…`, the name of a scenario's provider, and what stands behind it. A file that is called so is not taken apart.
fn named(text: &str) -> (Option<&str>, &str) {
    let is_name = |name: &str| {
        name.starts_with(|first: char| first.is_ascii_alphabetic())
            && name
                .chars()
                .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
    };
    match text.split_once('=') {
        Some((name, rest)) if is_name(name) && !Path::new(text).exists() => (Some(name), rest),
        _ => (None, text),
    }
}

/// A DLL with the child that fits it.
pub(crate) fn library_of(dll: PathBuf) -> Result<Library, Fail> {
    Ok(Library {
        host: host_for(&dll)?,
        env: modem_lines(&dll)?.into_iter().collect(),
        dll,
    })
}

/// What gives the child the modem lines of its pseudo-terminals, where the library fits its process.
fn modem_lines(dll: &Path) -> Result<Option<(String, String)>, Fail> {
    const VARIABLE: &str = "LD_PRELOAD";
    if Image::read(dll).is_ok_and(|image| image.bits == 32) {
        return Ok(None);
    }
    let Some(library) = embedded::lines()? else {
        return Ok(None);
    };
    let mut value = library.display().to_string();
    if let Ok(others) = std::env::var(VARIABLE)
        && !others.is_empty()
    {
        value = format!("{value}:{others}");
    }
    Ok(Some((VARIABLE.to_owned(), value)))
}

/// What is put up around the providers: what the file says, and the command line on top.
fn put_up(args: &SetupArgs) -> Result<SetupFile, Fail> {
    let usage = |error: SetupError| Fail::usage(error.to_string());
    let mut file = match &args.setup {
        Some(path) => setup::read(path).map_err(usage)?,
        None => SetupFile::default(),
    };
    for path in &args.reg_file {
        file.setup
            .registry
            .extend(setup::registry_of(path).map_err(usage)?);
    }
    for text in &args.install {
        let (from, to) = match text.split_once('=') {
            Some((from, to)) => (from, Some(PathBuf::from(to))),
            None => (text.as_str(), None),
        };
        if !Path::new(from).is_file() {
            return Err(Fail::usage(format!("--install {from}: there is no such file")));
        }
        file.setup.files.push(setup::installed(Path::new(from), to));
    }
    let here = std::env::current_dir().map_err(|error| Fail::usage(error.to_string()))?;
    for command in &args.helper {
        let words = command.split_whitespace().map(str::to_owned).collect();
        let helper = HelperSpec::new(words, here.clone(), None);
        file.setup
            .helpers
            .push(helper.ok_or_else(|| Fail::usage("--helper: a command stands behind it".to_owned()))?);
    }
    Ok(file)
}

/// How many scenarios are played at once. They wait for most of their time, those without a device for nearly all of it.
/// Under Wine each child has a prefix of its own, so that no more is shared than elsewhere; a prefix takes its time to start.
/// Where there is one registry, an existing port, or a helper that might use what another has, one.
fn default_jobs(cast: &Cast, devices: &[PortAssignment], modems: bool, setup: &setup::Setup) -> usize {
    let wine = cast
        .libraries()
        .any(|library| matches!(library.host, HostBinary::Wine { .. }));
    let alone = !setup.helpers.is_empty() && wine;
    if cfg!(windows) || alone || devices.iter().any(|device| device.modem_end.is_some()) {
        return 1;
    }
    match (wine, modems) {
        (true, true) => parallel_jobs(),
        (true, false) | (false, true) => 2 * parallel_jobs(),
        (false, false) => 18 * parallel_jobs(),
    }
}

/// How many scenarios are played at once where nothing is shared.
pub(crate) fn parallel_jobs() -> usize {
    2 * thread::available_parallelism().map_or(1, NonZero::get)
}

/// The child for a DLL: a PE file on another system than Windows runs under Wine, in a process as wide as the DLL;
/// everything else is tried as it is.
fn host_for(dll: &Path) -> Result<HostBinary, Fail> {
    let unloadable = |message: String| Fail {
        exit: Exit::NotLoaded,
        message: format!("{}: {message}", dll.display()),
    };
    fs::File::open(dll).map_err(|error| unloadable(error.to_string()))?;
    // What is no library is left to the loader, whose words are the provider's verdict.
    let image = Image::read(dll).ok();
    let pe = image
        .as_ref()
        .is_some_and(|image| image.format == ImageFormat::Pe);
    if let Some(why) = image.as_ref().and_then(Image::unloadable) {
        return Err(unloadable(why));
    }
    let narrow = image.is_some_and(|image| image.bits == 32) && cfg!(target_pointer_width = "64");
    if !pe || (cfg!(windows) && !narrow) {
        return Ok(HostBinary::Native(embedded::host()?));
    }
    let target = if narrow {
        Target::Windows32
    } else {
        Target::Windows64
    };
    windows_host(target).map_err(|error| match narrow {
        true => unloadable(format!(
            "it is a 32-bit DLL, which needs a 32-bit process: {error}"
        )),
        false => unloadable(error.to_string()),
    })
}

/// A Windows child, under Wine where this is no Windows.
fn windows_host(target: Target) -> Result<HostBinary, HostError> {
    let mut progress = |text: &str| eprintln!("{text}");
    if cfg!(windows) {
        return Ok(HostBinary::Native(artifact::provider_host(
            target,
            &mut progress,
        )?));
    }
    let prefix = WinePrefix::take(|text: &str| eprintln!("{text}"))?;
    let host_exe = artifact::provider_host(target, &mut progress)?;
    Ok(HostBinary::Wine { host_exe, prefix })
}

fn is_pbx(device: &str) -> bool {
    named(device).1.split(':').next() == Some("pbx")
}

/// `pbx[:PROFILE|:FILE]`: the PBX is behind this line and all that follow; with NAME= before it, behind all lines of that
/// provider.
fn office(devices: &[String]) -> Result<Option<OfficeDevice>, Fail> {
    let Some(first_line) = devices.iter().position(|device| is_pbx(device)) else {
        return Ok(None);
    };
    let text = named(&devices[first_line]).1;
    let wrong = |why: &str| Fail::usage(format!("--device {text}: {why}"));
    let others: Vec<&String> = devices.iter().filter(|device| is_pbx(device)).collect();
    if others.iter().any(|device| named(device).1 != text) {
        return Err(wrong("one PBX is behind all lines that have one: name it alike"));
    }
    let names: Vec<String> = others
        .iter()
        .filter_map(|device| named(device).0.map(str::to_owned))
        .collect();
    let behind = match (names.len(), others.len()) {
        (0, _) if devices[first_line..].iter().any(|device| !is_pbx(device)) => {
            return Err(wrong(
                "a PBX is behind all the lines that follow too: name it last, or NAME=pbx for the lines of one provider",
            ));
        }
        (0, _) => Behind::From(first_line),
        (named, all) if named < all => {
            return Err(wrong("name the provider of each, or of none"));
        }
        _ => Behind::Providers(names),
    };
    let what = text.split_once(':').map(|(_, what)| what);
    let found = OfficeDevice::find(what, behind);
    found.map(Some).map_err(|error| wrong(&error.to_string()))
}

/// `modem[:PROFILE][@PORT[:NAME]]`.
fn assignment(text: &str) -> Result<PortAssignment, Fail> {
    let wrong = |why: &str| Fail::usage(format!("--device {text}: {why}"));
    let (modem, port) = match text.split_once('@') {
        Some((modem, port)) => (modem, Some(port)),
        None => (text, None),
    };
    let (kind, profile) = match modem.split_once(':') {
        Some((kind, profile)) => (kind, Some(profile)),
        None => (modem, None),
    };
    if kind != "modem" || port == Some("") {
        return Err(wrong(
            "the forms are none, pbx, pbx:PROFILE, pbx:FILE (each of the three perhaps with NAME= before it), modem, \
             modem:PROFILE, and either modem with @PORT or @PORT:NAME behind it",
        ));
    }
    let profile = profile
        .map(ModemProfile::find)
        .transpose()
        .map_err(|error| wrong(&error.to_string()))?;
    let (modem_end, provider_end) = match port.and_then(|port| port.split_once(':')) {
        Some((modem_end, provider_end)) => (Some(modem_end.to_owned()), Some(provider_end.to_owned())),
        None => (port.map(str::to_owned), None),
    };
    Ok(PortAssignment {
        profile,
        modem_end,
        provider_end,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_name_both_ends_of_a_port() {
        let of = |text| assignment(text).unwrap();
        assert_eq!(
            of("modem"),
            PortAssignment {
                profile: None,
                modem_end: None,
                provider_end: None
            }
        );
        assert_eq!(of("modem@COM3").modem_end.as_deref(), Some("COM3"));
        assert_eq!(of("modem@COM3:COM4").provider_end.as_deref(), Some("COM4"));
        assert_eq!(
            of("modem:courier@COM3"),
            PortAssignment {
                profile: Some(ModemProfile::find("courier").unwrap()),
                ..of("modem@COM3")
            }
        );
        assert!(assignment("modem:no-such-modem").is_err());
        assert!(assignment("fax@COM3").is_err());
        assert!(assignment("modem@").is_err());
    }

    #[test]
    fn a_pbx_is_behind_the_lines_that_follow_or_those_of_a_provider() {
        let behind = |devices: &[&str]| {
            let devices: Vec<String> = devices.iter().map(|device| (*device).to_owned()).collect();
            office(&devices).map(|office| office.map(|office| office.behind))
        };
        assert!(matches!(behind(&["modem"]), Ok(None)));
        assert!(matches!(
            behind(&["modem", "pbx:serial"]),
            Ok(Some(Behind::From(1)))
        ));
        let Ok(Some(Behind::Providers(names))) = behind(&["Q=pbx", "modem", "R=pbx"]) else {
            panic!("a provider has a PBX behind it");
        };
        assert_eq!(names, ["Q", "R"]);
        assert!(behind(&["pbx", "modem"]).is_err());
        assert!(behind(&["Q=pbx", "R=pbx:serial"]).is_err());
        assert!(behind(&["Q=pbx", "pbx"]).is_err());
    }

    #[test]
    fn a_provider_may_have_a_name() {
        assert_eq!(named("Q=csta-tsp"), (Some("Q"), "csta-tsp"));
        assert_eq!(named("vendor.tsp"), (None, "vendor.tsp"));
        assert_eq!(named("./a=b.tsp"), (None, "./a=b.tsp"));
    }
}
