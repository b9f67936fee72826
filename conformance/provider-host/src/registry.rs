//! Writes the registry values that configure a provider, where there is a registry, and tells what was there before.

use offhook_host_protocol::RegistryValue;

/// Why a value could not be written: the operating system's words and number.
type Failure = (String, i64);

/// What stood where a value was written: the value before, and the topmost key that had to be made.
pub type Before = (RegistryValue, Option<String>);

/// Writes one value, creating its key, or removes it.
#[cfg(windows)]
pub fn set(key: &str, name: &str, value: &RegistryValue) -> Result<Before, Failure> {
    use windows_registry::Type;
    let (root_name, root, path) = split(key)?;
    let what = || format!("registry value {key}\\{name}");
    let before = match root.open(path).and_then(|open| open.get_value(name)) {
        Ok(known) => RegistryValue::Raw {
            kind: known.ty().into(),
            bytes: known.to_vec(),
        },
        Err(_) => RegistryValue::Absent,
    };
    if *value == RegistryValue::Absent {
        if before != RegistryValue::Absent {
            let open = told(root.options().write().open(path), what)?;
            told(open.remove_value(name), what)?;
        }
        return Ok((before, None));
    }
    let made = first_missing(root, path).map(|path| format!("{root_name}\\{path}"));
    let open = told(root.create(path), what)?;
    let written = match value {
        RegistryValue::Dword(value) => open.set_u32(name, *value),
        RegistryValue::Text(value) => open.set_string(name, value),
        RegistryValue::Raw { kind, bytes } => open.set_bytes(name, Type::from(*kind), bytes),
        RegistryValue::Absent => Ok(()),
    };
    told(written, what)?;
    Ok((before, made))
}

/// Removes a key and all below it, if it is there.
#[cfg(windows)]
pub fn remove_key(key: &str) -> Result<(), Failure> {
    let (_, root, path) = split(key)?;
    // A root has no path: nothing but a key that was made is ever removed.
    if path.is_empty() || root.open(path).is_err() {
        return Ok(());
    }
    told(root.remove_tree(path), || format!("registry key {key}"))
}

/// The name of a key's root, the root, and the path below it.
#[cfg(windows)]
fn split(key: &str) -> Result<(&'static str, &'static windows_registry::Key, &str), Failure> {
    let (root, path) = key.split_once('\\').unwrap_or((key, ""));
    match root.to_ascii_uppercase().as_str() {
        "HKLM" | "HKEY_LOCAL_MACHINE" => Ok(("HKLM", windows_registry::LOCAL_MACHINE, path)),
        "HKCU" | "HKEY_CURRENT_USER" => Ok(("HKCU", windows_registry::CURRENT_USER, path)),
        _ => Err((
            format!("the registry key `{key}` begins with neither HKLM nor HKCU"),
            0,
        )),
    }
}

/// The topmost key of a path that is not there.
#[cfg(windows)]
fn first_missing<'p>(root: &windows_registry::Key, path: &'p str) -> Option<&'p str> {
    let ends = path.match_indices('\\').map(|(at, _)| at).chain([path.len()]);
    ends.map(|end| &path[..end])
        .find(|above| root.open(above).is_err())
}

/// A failure with what it was about.
#[cfg(windows)]
fn told<T>(result: windows_registry::Result<T>, what: impl Fn() -> String) -> Result<T, Failure> {
    result.map_err(|error| (format!("{}: {error}", what()), error.code().0.into()))
}

/// There is no registry here.
#[cfg(not(windows))]
pub fn set(key: &str, name: &str, _: &RegistryValue) -> Result<Before, Failure> {
    Err((
        format!("registry value {key}\\{name}: this platform has no registry"),
        0,
    ))
}

/// There is no registry here.
#[cfg(not(windows))]
pub fn remove_key(key: &str) -> Result<(), Failure> {
    Err((format!("registry key {key}: this platform has no registry"), 0))
}
