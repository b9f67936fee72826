//! `.reg` files, as Windows' registry editor writes them (`reg-file` format, versions 4 and 5): keys and values.

use offhook_host_protocol::RegistryValue;

use crate::host::RegistrySetting;

/// What is wrong in a `.reg` file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct RegFileError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

const REG_SZ: u32 = 1;
const REG_EXPAND_SZ: u32 = 2;
const REG_BINARY: u32 = 3;
const REG_MULTI_SZ: u32 = 7;

/// Reads a `.reg` file in UTF-16 with its mark, or in UTF-8. A value without a name has the empty one.
///
/// # Errors
/// The first line that says nothing a value could be, or that takes a whole key away, which could not be put back.
pub fn read(bytes: &[u8]) -> Result<Vec<RegistrySetting>, RegFileError> {
    let text = decoded(bytes);
    let mut lines = joined(&text).into_iter();
    let narrow = match lines.next() {
        Some((_, "REGEDIT4")) => true,
        Some((_, "Windows Registry Editor Version 5.00")) => false,
        _ => {
            return Err(RegFileError {
                line: 1,
                message: "a registry file begins with `Windows Registry Editor Version 5.00` or `REGEDIT4`"
                    .to_owned(),
            });
        }
    };
    let mut key: Option<String> = None;
    let mut settings = Vec::new();
    for (line, text) in lines.collect::<Vec<_>>() {
        let wrong = |message: &str| RegFileError {
            line,
            message: message.to_owned(),
        };
        if let Some(name) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            if name.starts_with('-') {
                return Err(wrong(
                    "a whole key cannot be taken away: name its values, as in `\"Name\"=-`",
                ));
            }
            let root = name.split('\\').next().unwrap_or_default();
            if !matches!(root, "HKEY_LOCAL_MACHINE" | "HKEY_CURRENT_USER" | "HKLM" | "HKCU") {
                return Err(wrong("a key begins with HKEY_LOCAL_MACHINE or HKEY_CURRENT_USER"));
            }
            key = Some(name.to_owned());
            continue;
        }
        let Some(key) = &key else {
            return Err(wrong("a value stands below its key, which stands in brackets"));
        };
        let (name, rest) = name_of(text).ok_or_else(|| wrong("a value is written `\"Name\"=…` or `@=…`"))?;
        let value = value_of(rest.trim(), narrow).map_err(wrong)?;
        settings.push(RegistrySetting {
            key: key.clone(),
            name,
            value,
        });
    }
    Ok(settings)
}

fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xff, 0xfe, rest @ ..] => {
            let units = rest
                .chunks_exact(2)
                .map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            char::decode_utf16(units)
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect()
        }
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// The lines that say something, each with its number; a line of bytes that ends in `\` goes on in the next.
fn joined(text: &str) -> Vec<(usize, &str)> {
    let mut lines: Vec<(usize, &str)> = Vec::new();
    let mut rest = text;
    let mut number = 0;
    while !rest.is_empty() {
        let start = rest;
        let first = number + 1;
        loop {
            let (line, behind) = rest.split_once('\n').unwrap_or((rest, ""));
            rest = behind;
            number += 1;
            let goes_on = line.trim_end().ends_with('\\') && line_of(start, rest).contains("hex");
            if !goes_on || rest.is_empty() {
                break;
            }
        }
        let line = line_of(start, rest).trim();
        if !line.is_empty() && !line.starts_with(';') {
            lines.push((first, line));
        }
    }
    lines
}

/// What of `start` stands before `rest`, which is its end.
fn line_of<'t>(start: &'t str, rest: &str) -> &'t str {
    &start[..start.len() - rest.len()]
}

/// The value's name, and what stands behind the equals sign.
fn name_of(line: &str) -> Option<(String, &str)> {
    if let Some(rest) = line.strip_prefix('@') {
        return Some((String::new(), rest.trim_start().strip_prefix('=')?));
    }
    let (name, rest) = quoted(line)?;
    Some((name, rest.trim_start().strip_prefix('=')?))
}

/// A string in quotation marks, and what stands behind it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut chars = text.strip_prefix('"')?.char_indices();
    let mut string = String::new();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((string, &text[at + 2..])),
            '\\' => string.push(chars.next()?.1),
            c => string.push(c),
        }
    }
    None
}

fn value_of(text: &str, narrow: bool) -> Result<RegistryValue, &'static str> {
    if text == "-" {
        return Ok(RegistryValue::Absent);
    }
    if text.starts_with('"') {
        return match quoted(text) {
            Some((string, "")) => Ok(RegistryValue::Text(string)),
            _ => Err("a string ends with a quotation mark, and nothing follows it"),
        };
    }
    if let Some(digits) = text.strip_prefix("dword:") {
        let number = u32::from_str_radix(digits.trim(), 16);
        return number
            .map(RegistryValue::Dword)
            .map_err(|_| "behind `dword:` stand up to eight hexadecimal digits");
    }
    let Some(rest) = text.strip_prefix("hex") else {
        return Err("a value is a string, `dword:…`, `hex:…`, `hex(N):…`, or `-`");
    };
    let (kind, digits) = match rest.strip_prefix('(') {
        Some(rest) => {
            let (kind, digits) = rest.split_once("):").ok_or("the type stands as in `hex(2):`")?;
            let kind = u32::from_str_radix(kind, 16).map_err(|_| "the type is a hexadecimal number")?;
            (kind, digits)
        }
        None => (
            REG_BINARY,
            rest.strip_prefix(':').ok_or("bytes stand behind `hex:`")?,
        ),
    };
    let mut bytes = Vec::new();
    let digits: String = digits
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '\\')
        .collect();
    for byte in digits.split(',').filter(|byte| !byte.is_empty()) {
        let byte = u8::from_str_radix(byte, 16);
        bytes.push(byte.map_err(|_| "bytes are two hexadecimal digits each, with commas")?);
    }
    if narrow && matches!(kind, REG_SZ | REG_EXPAND_SZ | REG_MULTI_SZ) {
        // Version 4 writes strings in single bytes.
        bytes = bytes.iter().flat_map(|byte| [*byte, 0]).collect();
    }
    Ok(RegistryValue::Raw { kind, bytes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn raw(kind: u32, bytes: &[u8]) -> RegistryValue {
        RegistryValue::Raw {
            kind,
            bytes: bytes.to_vec(),
        }
    }

    const FILE: &str = "Windows Registry Editor Version 5.00\r\n\r\n; what the vendor's installer writes\r\n\
        [HKEY_LOCAL_MACHINE\\Software\\Vendor\\Tsp]\r\n@=\"the default\"\r\n\
        \"Path\"=\"C:\\\\Vendor\\\\a \\\"b\\\"\"\r\n\"Lines\"=dword:0000001f\r\n\
        \"Blob\"=hex:01,02,\\\r\n  ff\r\n\"Home\"=hex(2):25,00,00,00\r\n\"Old\"=-\r\n\
        [HKEY_CURRENT_USER\\Software\\Vendor]\r\n\"Big\"=hex(b):01,00,00,00,00,00,00,00\r\n";

    #[test]
    fn every_kind_of_value_is_read() {
        let settings = read(FILE.as_bytes()).unwrap();
        let values: Vec<(&str, &RegistryValue)> = settings
            .iter()
            .map(|setting| (setting.name.as_str(), &setting.value))
            .collect();
        assert_eq!(
            values,
            [
                ("", &RegistryValue::Text("the default".into())),
                ("Path", &RegistryValue::Text("C:\\Vendor\\a \"b\"".into())),
                ("Lines", &RegistryValue::Dword(31)),
                ("Blob", &raw(3, &[1, 2, 255])),
                ("Home", &raw(2, &[0x25, 0, 0, 0])),
                ("Old", &RegistryValue::Absent),
                ("Big", &raw(11, &[1, 0, 0, 0, 0, 0, 0, 0])),
            ]
        );
        assert_eq!(settings[0].key, "HKEY_LOCAL_MACHINE\\Software\\Vendor\\Tsp");
        assert_eq!(settings[6].key, "HKEY_CURRENT_USER\\Software\\Vendor");
    }

    #[test]
    fn utf_16_reads_as_utf_8_does_and_version_4_in_single_bytes() {
        let wide: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(FILE.encode_utf16().flat_map(u16::to_le_bytes))
            .collect();
        assert_eq!(read(&wide), read(FILE.as_bytes()));
        let narrow = b"REGEDIT4\n[HKLM\\Software\\V]\n\"E\"=hex(2):25,41,00\n";
        assert_eq!(read(narrow).unwrap()[0].value, raw(2, &[0x25, 0, 0x41, 0, 0, 0]));
    }

    #[test]
    fn a_mistake_names_its_line() {
        let line = |text: &str| read(text.as_bytes()).unwrap_err().line;
        assert_eq!(line("hello"), 1);
        assert_eq!(line("REGEDIT4\n\n\"A\"=\"b\""), 3);
        assert_eq!(line("REGEDIT4\n[HKLM\\S]\n\"A\"=hex:1g"), 3);
        assert_eq!(line("REGEDIT4\n[-HKLM\\S]"), 2);
        assert_eq!(line("REGEDIT4\n[HKEY_USERS\\S]"), 2);
        assert_eq!(line("REGEDIT4\n[HKLM\\S]\n\"A\"=\"b"), 3);
        assert_eq!(line("REGEDIT4\n[HKLM\\S]\n\"A\"=hex:00,\\\n01\n\"B\"=qword:1"), 5);
    }

    proptest! {
        #[test]
        fn anything_is_read_or_refused(text in any::<String>(), bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = read(text.as_bytes());
            let _ = read(format!("REGEDIT4\n[HKLM\\S]\n{text}").as_bytes());
            let _ = read(&bytes);
        }
    }
}
