//! Writes the registry values that configure a provider, where there is a registry.

use offhook_host_protocol::RegistryValue;

/// Writes one value, creating its key; the error is the operating system's words and number.
#[cfg(windows)]
pub fn set(key: &str, name: &str, value: &RegistryValue) -> Result<(), (String, i64)> {
    use windows_registry::{CURRENT_USER, LOCAL_MACHINE};
    let (root, path) = key.split_once('\\').unwrap_or((key, ""));
    let root = match root.to_ascii_uppercase().as_str() {
        "HKLM" | "HKEY_LOCAL_MACHINE" => LOCAL_MACHINE,
        "HKCU" | "HKEY_CURRENT_USER" => CURRENT_USER,
        _ => {
            return Err((
                format!("the registry key `{key}` begins with neither HKLM nor HKCU"),
                0,
            ));
        }
    };
    let write = || {
        let key = root.create(path)?;
        match value {
            RegistryValue::Dword(value) => key.set_u32(name, *value),
            RegistryValue::Text(value) => key.set_string(name, value),
        }
    };
    write().map_err(|error| {
        (
            format!("registry value {key}\\{name}: {error}"),
            error.code().0.into(),
        )
    })
}

/// There is no registry here.
#[cfg(not(windows))]
pub fn set(key: &str, name: &str, _: &RegistryValue) -> Result<(), (String, i64)> {
    Err((
        format!("registry value {key}\\{name}: this platform has no registry"),
        0,
    ))
}
