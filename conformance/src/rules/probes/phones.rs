//! What can be set on a phone, by its PHONECAPS: each is set and read back, and values beyond what the phone has are tried.

use super::super::judging::EVENTUALLY;
use super::{call, filled, finish, with_each};
use crate::app::{Stage, Stop, Tapi};
use crate::tspi::marshal::Call;
use crate::tspi::{Decoded, constant_value};

/// An identifier that no phone has.
const NO_SUCH: u32 = 0x7000;

/// Hook switch devices, with the members of PHONECAPS that list the modes of each.
const DEVICES: [(&str, &str); 3] = [
    ("PHONEHOOKSWITCHDEV_HANDSET", "dwHandsetHookSwitchModes"),
    ("PHONEHOOKSWITCHDEV_SPEAKER", "dwSpeakerHookSwitchModes"),
    ("PHONEHOOKSWITCHDEV_HEADSET", "dwHeadsetHookSwitchModes"),
];

/// States that TAPI adds by itself; it asks no provider for them.
const TAPIS_STATES: [&str; 3] = ["PHONESTATE_OWNER", "PHONESTATE_MONITORS", "PHONESTATE_REINIT"];

/// Sets all there is to set on each open phone.
pub(in crate::rules) fn settings(stage: &mut Stage) -> Result<(), Stop> {
    with_each(stage, |tapi, story| {
        for phone in story.phones.iter().filter(|phone| phone.closed.is_none()) {
            let version = tapi.phone_version(phone.device);
            let caps = call("TSPI_phoneGetDevCaps")?.dword("dwDeviceID", phone.device);
            if let Some(caps) = filled(tapi, caps, version)? {
                let mut set = Setting {
                    tapi,
                    hd: phone.hd,
                    caps,
                };
                set.status_messages()?;
                set.hook_switches()?;
                set.ringer()?;
                set.lamps_and_buttons()?;
                set.display()?;
                set.data()?;
            }
        }
        // What is not reported by then is missed.
        std::thread::sleep(EVENTUALLY);
        Ok(())
    })
}

struct Setting<'a> {
    tapi: &'a mut Tapi,
    hd: u64,
    caps: Decoded,
}

impl Setting<'_> {
    fn cap(&self, member: &str) -> u32 {
        let value = self.caps.get(member);
        value.and_then(|value| value.number()).unwrap_or_default()
    }

    fn of(&self, function: &str) -> Result<Call, Stop> {
        Ok(call(function)?.handle("hdPhone", self.hd))
    }

    fn call(&mut self, function: &str, dwords: &[(&str, u32)]) -> Result<(), Stop> {
        let call = dwords
            .iter()
            .fold(self.of(function)?, |call, (name, value)| call.dword(name, *value));
        finish(self.tapi, call)?;
        Ok(())
    }

    fn status(&mut self) -> Result<(), Stop> {
        let call = self.of("TSPI_phoneGetStatus")?;
        finish(self.tapi, call)?;
        Ok(())
    }

    fn status_messages(&mut self) -> Result<(), Stop> {
        let own = TAPIS_STATES
            .iter()
            .fold(0, |bits, name| bits | constant_value(name));
        let states = self.cap("dwPhoneStates") & !own;
        self.call("TSPI_phoneSetStatusMessages", &[("dwPhoneStates", states)])
    }

    fn hook_switches(&mut self) -> Result<(), Stop> {
        let has = self.cap("dwHookSwitchDevs");
        for (device, modes) in DEVICES {
            let device = constant_value(device);
            for (set, get, member, out) in [
                (
                    "TSPI_phoneSetVolume",
                    "TSPI_phoneGetVolume",
                    "dwVolumeFlags",
                    "dwVolume",
                ),
                ("TSPI_phoneSetGain", "TSPI_phoneGetGain", "dwGainFlags", "dwGain"),
            ] {
                let settable = self.cap(member) & device != 0;
                if has & device != 0 && settable {
                    for value in [0x8000, 0xFFFF, 0] {
                        self.call(set, &[("dwHookSwitchDev", device), (out, value)])?;
                        self.call(get, &[("dwHookSwitchDev", device)])?;
                    }
                }
                self.call(set, &[("dwHookSwitchDev", device), (out, 0x0001_0000)])?;
            }
            if has & device == 0 {
                continue;
            }
            let modes = self.cap(modes);
            for mode in (0..32).map(|bit| 1 << bit).filter(|bit| modes & bit != 0) {
                let asked = [("dwHookSwitchDevs", device), ("dwHookSwitchMode", mode)];
                self.call("TSPI_phoneSetHookSwitch", &asked)?;
                self.call("TSPI_phoneGetHookSwitch", &[])?;
                self.status()?;
            }
        }
        for device in [0, 0b11, 0x100] {
            self.call("TSPI_phoneGetVolume", &[("dwHookSwitchDev", device)])?;
            self.call("TSPI_phoneGetGain", &[("dwHookSwitchDev", device)])?;
            self.call("TSPI_phoneSetVolume", &[("dwHookSwitchDev", device)])?;
            self.call("TSPI_phoneSetGain", &[("dwHookSwitchDev", device)])?;
        }
        let handset = constant_value("PHONEHOOKSWITCHDEV_HANDSET");
        let onhook = constant_value("PHONEHOOKSWITCHMODE_ONHOOK");
        for (devices, mode) in [(0, onhook), (0x100, onhook), (handset, 0), (handset, 0x100)] {
            let asked = [("dwHookSwitchDevs", devices), ("dwHookSwitchMode", mode)];
            self.call("TSPI_phoneSetHookSwitch", &asked)?;
        }
        Ok(())
    }

    fn ringer(&mut self) -> Result<(), Stop> {
        let modes = self.cap("dwNumRingModes");
        for mode in [1, modes, 0].into_iter().filter(|mode| *mode <= modes) {
            for volume in [0xFFFF, 0x4000] {
                self.call("TSPI_phoneSetRing", &[("dwRingMode", mode), ("dwVolume", volume)])?;
                self.call("TSPI_phoneGetRing", &[])?;
            }
            self.call("TSPI_phoneGetRing", &[])?;
            self.status()?;
        }
        self.call("TSPI_phoneSetRing", &[("dwRingMode", NO_SUCH), ("dwVolume", 0)])?;
        self.call(
            "TSPI_phoneSetRing",
            &[("dwRingMode", 0), ("dwVolume", 0x0001_0000)],
        )
    }

    fn lamps_and_buttons(&mut self) -> Result<(), Stop> {
        let ids = self.cap("dwNumButtonLamps").min(64);
        let (steady, off) = (
            constant_value("PHONELAMPMODE_STEADY"),
            constant_value("PHONELAMPMODE_OFF"),
        );
        for id in 0..ids {
            for mode in [steady, off] {
                self.call(
                    "TSPI_phoneSetLamp",
                    &[("dwButtonLampID", id), ("dwLampMode", mode)],
                )?;
                self.call("TSPI_phoneGetLamp", &[("dwButtonLampID", id)])?;
            }
            self.call("TSPI_phoneGetButtonInfo", &[("dwButtonLampID", id)])?;
        }
        self.status()?;
        for mode in [0, steady | off, 0x8000] {
            self.call(
                "TSPI_phoneSetLamp",
                &[("dwButtonLampID", 0), ("dwLampMode", mode)],
            )?;
        }
        self.call(
            "TSPI_phoneSetLamp",
            &[("dwButtonLampID", NO_SUCH), ("dwLampMode", steady)],
        )?;
        self.call("TSPI_phoneGetLamp", &[("dwButtonLampID", NO_SUCH)])?;
        self.call("TSPI_phoneGetButtonInfo", &[("dwButtonLampID", NO_SUCH)])
    }

    fn display(&mut self) -> Result<(), Stop> {
        let (rows, columns) = (self.cap("dwDisplayNumRows"), self.cap("dwDisplayNumColumns"));
        for (row, column) in [(0, 0), (rows, 0), (0, columns), (NO_SUCH, NO_SUCH)] {
            let text = self.of("TSPI_phoneSetDisplay")?;
            let text = text
                .dword("dwRow", row)
                .dword("dwColumn", column)
                .bytes("lpsDisplay", *b"H\0i\0");
            finish(self.tapi, text)?;
        }
        self.call("TSPI_phoneGetDisplay", &[])?;
        self.status()
    }

    fn data(&mut self) -> Result<(), Stop> {
        for id in [0, NO_SUCH] {
            let set = self.of("TSPI_phoneSetData")?;
            finish(self.tapi, set.dword("dwDataID", id).bytes("lpData", *b"abc"))?;
            for size in [0, 1, 16] {
                self.call("TSPI_phoneGetData", &[("dwDataID", id), ("dwSize", size)])?;
            }
        }
        Ok(())
    }
}
