//! Where what changes from run to run gets a stable name: handles, request ids, rings, dates.

use std::collections::HashMap;

use super::Party;

/// Stable names for values, given out in order of first appearance.
#[derive(Debug, Default)]
pub struct Names {
    given: HashMap<(Party, &'static str, u64), String>,
    next: HashMap<(Party, &'static str), usize>,
}

impl Names {
    /// The name of a value of one kind in one provider: `call1`, `call2`, … Zero is `NULL`.
    pub fn name(&mut self, party: &Party, kind: &'static str, value: u64) -> String {
        if value == 0 {
            return "NULL".to_owned();
        }
        let key = (party.clone(), kind, value);
        if let Some(name) = self.given.get(&key) {
            return name.clone();
        }
        let next = self.next.entry((party.clone(), kind)).or_insert(0);
        *next += 1;
        let name = format!("{kind}{next}");
        self.given.insert(key, name.clone());
        name
    }

    /// Names one value after another that it belongs to: the provider's handle after TAPI's, whichever shows first. So
    /// `hdcall2` always is the provider's handle of `call2`.
    pub fn name_after(
        &mut self,
        party: &Party,
        of: (&'static str, u64),
        kind: &'static str,
        value: u64,
    ) -> String {
        if value == 0 {
            return "NULL".to_owned();
        }
        let first = self.name(party, of.0, of.1);
        let number = first.strip_prefix(of.0).unwrap_or(&first);
        let name = format!("{kind}{number}");
        self.given.insert((party.clone(), kind, value), name.clone());
        name
    }

    /// The name of a value if it was named before.
    pub fn known(&self, party: &Party, kind: &'static str, value: u64) -> Option<&str> {
        self.given.get(&(party.clone(), kind, value)).map(String::as_str)
    }
}

/// Collects the bytes of one direction of a wire into lines, so that how a read or write was cut does not show.
#[derive(Debug, Default)]
pub(super) struct WireLines {
    pending: Vec<u8>,
}

impl WireLines {
    /// Takes bytes and gives the lines they complete, without line ends; lines that hold nothing are left out.
    pub(super) fn take(&mut self, bytes: &[u8]) -> Vec<String> {
        let mut lines = Vec::new();
        for byte in bytes {
            match byte {
                b'\r' | b'\n' => lines.extend(self.flush()),
                _ => self.pending.push(*byte),
            }
        }
        lines
    }

    /// What has come since the last line end.
    pub(super) fn flush(&mut self) -> Option<String> {
        let pending = std::mem::take(&mut self.pending);
        (!pending.is_empty()).then(|| steady(&pending.escape_ascii().to_string()))
    }
}

/// A line from the device without the date and time of day that caller id carries.
fn steady(line: &str) -> String {
    match line.split_once('=').map(|(name, _)| name.trim()) {
        Some(name @ ("DATE" | "TIME")) => format!("{name}=(now)"),
        _ => line.to_owned(),
    }
}

/// A text without the numbers of ports, which change from run to run: `/dev/pts/5` and `COM3` are `(port)`.
pub(super) fn portless(text: &str) -> String {
    ["/dev/pts/", "COM"]
        .into_iter()
        .fold(text.to_owned(), |text, stem| {
            let mut pieces = text.split(stem);
            let mut steady = pieces.next().unwrap_or_default().to_owned();
            for piece in pieces {
                let rest = piece.trim_start_matches(|c: char| c.is_ascii_digit());
                steady.push_str(if rest.len() < piece.len() { "(port)" } else { stem });
                steady.push_str(rest);
            }
            steady
        })
}

/// A CSTA message with its devices and connections as people write them: `"202"` for a DeviceID that is a number, and
/// `1@"202"` for the connection of that device in call 1.
pub fn short_numbers(text: &str) -> String {
    /// How a DeviceID that is a number begins in ASN.1's value notation, and how it ends behind the number.
    const NUMBER: (&str, &str) = ("{deviceIdentifier dialingNumber: \"", "\"}");
    /// As [`NUMBER`], of a connection, up to its call and from there to its device.
    const CONNECTION: (&str, &str) = ("both: {callID '", "', deviceID staticID: ");
    let mut numbers = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(NUMBER.0) {
        let (number, behind) = behind.split_once(NUMBER.1).unwrap_or((behind, ""));
        // One of the types that may also be unknown says first that it is not.
        let before = before.strip_suffix("deviceIdentifier: ").unwrap_or(before);
        numbers.push_str(&format!("{before}\"{number}\""));
        rest = behind;
    }
    numbers.push_str(rest);
    let mut short = String::new();
    let mut rest = &*numbers;
    while let Some((before, behind)) = rest.split_once(CONNECTION.0) {
        let Some(((call, device), behind)) = behind
            .split_once('}')
            .and_then(|(inner, behind)| Some((inner.split_once(CONNECTION.1)?, behind)))
        else {
            break;
        };
        short.push_str(&format!("{before}{call}@{device}"));
        rest = behind;
    }
    short.push_str(rest);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_value_has_the_same_name() {
        let mut names = Names::default();
        let party = Party::Provider("P".into());
        assert_eq!(names.name(&party, "call", 0x4e), "call1");
        assert_eq!(names.name(&party, "call", 0x4f), "call2");
        assert_eq!(names.name(&party, "call", 0x4e), "call1");
        assert_eq!(names.name(&party, "line", 0x4e), "line1");
        assert_eq!(names.name(&party, "call", 0), "NULL");
    }

    #[test]
    fn a_handle_of_the_provider_is_named_after_that_of_tapi() {
        let mut names = Names::default();
        let party = Party::Provider("P".into());
        assert_eq!(names.name(&party, "call", 1), "call1");
        assert_eq!(names.name_after(&party, ("call", 2), "hdcall", 70), "hdcall2");
        assert_eq!(names.name_after(&party, ("call", 1), "hdcall", 71), "hdcall1");
        assert_eq!(names.name(&party, "hdcall", 70), "hdcall2");
        assert_eq!(names.name_after(&party, ("call", 3), "hdcall", 70), "hdcall3");
        assert_eq!(names.name_after(&party, ("call", 4), "hdcall", 0), "NULL");
    }

    #[test]
    fn ports_have_no_numbers() {
        assert_eq!(portless("Modem on /dev/pts/12"), "Modem on (port)");
        assert_eq!(portless("Modem on COM3, COMMON"), "Modem on (port), COMMON");
    }

    #[test]
    fn devices_and_connections_are_short() {
        let id = |number: &str| format!("{{deviceIdentifier dialingNumber: \"{number}\"}}");
        let text = format!(
            "HeldEvent for '1' {{heldConnection both: {{callID '7', deviceID staticID: {}}}, holdingDevice deviceIdentifier: {}, cause normal}}",
            id("101"),
            id("101")
        );
        assert_eq!(
            short_numbers(&text),
            "HeldEvent for '1' {heldConnection 7@\"101\", holdingDevice \"101\", cause normal}"
        );
        assert_eq!(short_numbers("rlre: {reason 0}"), "rlre: {reason 0}");
    }

    #[test]
    fn how_bytes_are_cut_does_not_show() {
        let mut whole = WireLines::default();
        let mut cut = WireLines::default();
        let bytes = b"\r\nRING\r\n\r\nTIME = 1200\r\nNMBR = 5551234\r\n";
        let pieces: Vec<String> = bytes.iter().flat_map(|byte| cut.take(&[*byte])).collect();
        assert_eq!(whole.take(bytes), pieces);
        assert_eq!(pieces, ["RING", "TIME=(now)", "NMBR = 5551234"]);
    }
}
