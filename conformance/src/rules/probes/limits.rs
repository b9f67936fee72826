//! The limits in the capabilities: values at them and beyond.

use super::{call, filled, finish, with_each};
use crate::app::{Stage, Stop, Tapi};
use crate::tspi::marshal::Call;
use crate::tspi::{Decoded, Version, constant_value};

/// Tries the limits on each connected call that TAPI made, and on its line.
pub(in crate::rules) fn tried(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        let connected = story.calls.iter().filter(|call| {
            let made = matches!(call.origin, super::super::Origin::Made(_));
            made && call.closed.is_none() && call.was(&["LINECALLSTATE_CONNECTED"], story.events.len())
        });
        for one in connected {
            let (Some(hd), Some(line)) = (one.hd, one.line.and_then(|ht| story.line(ht))) else {
                continue;
            };
            let version = tapi.line_version(line.device);
            let of = |function: &str| Ok::<Call, Stop>(call(function)?.dword("dwDeviceID", line.device));
            let dev = filled(tapi, of("TSPI_lineGetDevCaps")?, version)?;
            let address = filled(tapi, of("TSPI_lineGetAddressCaps")?, version)?;
            let (Some(dev), Some(address)) = (dev, address) else {
                continue;
            };
            let mut trying = Trying { tapi, hd, version };
            trying.sizes(&dev, &address)?;
            let release = trying.of("TSPI_lineReleaseUserUserInfo")?;
            finish(trying.tapi, release)?;
            trying.digits()?;
            trying.tones(&dev)?;
            for bit in 0..4 {
                let change = call("TSPI_lineSetLineDevStatus")?
                    .handle("hdLine", line.hd)
                    .dword("dwStatusToChange", 1 << bit)
                    .dword("fStatus", 1);
                finish(trying.tapi, change)?;
            }
        }
        Ok(())
    })
}

fn number(caps: &Decoded, member: &str) -> usize {
    let value = caps.get(member).and_then(|value| value.number());
    value.unwrap_or_default() as usize
}

/// The most bytes that are sent to find out whether they are too many.
const BYTES_MAX: usize = 1 << 16;

struct Trying<'a> {
    tapi: &'a mut Tapi,
    hd: u64,
    version: Version,
}

impl Trying<'_> {
    fn of(&self, function: &str) -> Result<Call, Stop> {
        Ok(call(function)?.handle("hdCall", self.hd))
    }

    fn sizes(&mut self, dev: &Decoded, address: &Decoded) -> Result<(), Stop> {
        let data = (
            "TSPI_lineSetCallData",
            "lpCallData",
            number(address, "dwMaxCallDataSize"),
        );
        let user = (
            "TSPI_lineSendUserUserInfo",
            "lpsUserUserInfo",
            number(dev, "dwUUISendUserUserInfoSize"),
        );
        for (function, parameter, most) in [data, user] {
            for size in [most, most + 1]
                .into_iter()
                .filter(|size| (1..BYTES_MAX).contains(size))
            {
                let call = self.of(function)?.bytes(parameter, vec![b'x'; size]);
                finish(self.tapi, call)?;
            }
        }
        Ok(())
    }

    fn digits(&mut self) -> Result<(), Stop> {
        for mode in ["PULSE", "DTMF", "DTMFEND"] {
            let mode = constant_value(&format!("LINEDIGITMODE_{mode}"));
            let generate = self.of("TSPI_lineGenerateDigits")?.dword("dwDigitMode", mode);
            finish(self.tapi, generate.text("lpszDigits", "1"))?;
            let monitor = self.of("TSPI_lineMonitorDigits")?.dword("dwDigitModes", mode);
            finish(self.tapi, monitor)?;
        }
        let off = self.of("TSPI_lineMonitorDigits")?.dword("dwDigitModes", 0);
        finish(self.tapi, off)?;
        let cancel = self.of("TSPI_lineGenerateDigits")?.null("lpszDigits");
        finish(self.tapi, cancel)?;
        Ok(())
    }

    fn tones(&mut self, dev: &Decoded) -> Result<(), Stop> {
        let most = number(dev, "dwGenerateToneMaxNumFreq");
        let custom = constant_value("LINETONEMODE_CUSTOM");
        // dwFrequency, dwCadenceOn, dwCadenceOff, dwVolume
        let tone: Vec<u8> = [440_u32, 0, 0, 0]
            .iter()
            .flat_map(|member| member.to_le_bytes())
            .collect();
        for tones in [most, most + 1]
            .into_iter()
            .filter(|tones| (1..64).contains(tones))
        {
            let generate = self
                .of("TSPI_lineGenerateTone")?
                .dword("dwToneMode", custom)
                .dword("dwDuration", 20);
            let generate = generate
                .version(self.version)
                .array("lpTones", &vec![tone.clone(); tones]);
            finish(self.tapi, generate)?;
        }
        for bit in 1..5 {
            let generate = self
                .of("TSPI_lineGenerateTone")?
                .dword("dwToneMode", 1 << bit)
                .dword("dwDuration", 20);
            finish(self.tapi, generate)?;
        }
        let cancel = self.of("TSPI_lineGenerateTone")?.dword("dwToneMode", 0);
        finish(self.tapi, cancel)?;
        Ok(())
    }
}
