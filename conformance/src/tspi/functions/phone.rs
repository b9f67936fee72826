//! Functions of phone devices.

use crate::tspi::constants::{PHONEHOOKSWITCHDEV, PHONELAMPMODE};
use crate::tspi::functions::CallbackKind::*;
use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::{PHONEBUTTONINFO, PHONECAPS, PHONEEXTENSIONID, PHONESTATUS, VARSTRING};

super::function_table! {
    group Phone;
    TSPI_phoneClose: Sync, Optional, since V1_3, "nf-tspi-tspi_phoneclose.md" {
        hdPhone: Handle(HdPhone);
    }
    TSPI_phoneGetButtonInfo: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetbuttoninfo.md" {
        hdPhone: Handle(HdPhone);
        dwButtonLampID: Dword(None);
        lpButtonInfo: OutStruct(&PHONEBUTTONINFO);
    }
    TSPI_phoneGetData: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetdata.md" {
        hdPhone: Handle(HdPhone);
        dwDataID: Dword(None);
        lpData: OutBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpData" };
    }
    TSPI_phoneGetDevCaps: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetdevcaps.md" {
        dwDeviceID: DeviceId;
        dwTSPIVersion: TspiVersion;
        dwExtVersion: ExtVersion;
        lpPhoneCaps: OutStruct(&PHONECAPS);
    }
    TSPI_phoneGetDisplay: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetdisplay.md" {
        hdPhone: Handle(HdPhone);
        lpDisplay: OutStruct(&VARSTRING);
    }
    TSPI_phoneGetExtensionID: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetextensionid.md" {
        dwDeviceID: DeviceId;
        dwTSPIVersion: TspiVersion;
        lpExtensionID: OutStruct(&PHONEEXTENSIONID);
    }
    TSPI_phoneGetGain: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetgain.md" {
        hdPhone: Handle(HdPhone);
        dwHookSwitchDev: Dword(Some(&PHONEHOOKSWITCHDEV));
        lpdwGain: OutDword(None);
    }
    TSPI_phoneGetHookSwitch: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegethookswitch.md" {
        hdPhone: Handle(HdPhone);
        lpdwHookSwitchDevs: OutDword(Some(&PHONEHOOKSWITCHDEV));
    }
    TSPI_phoneGetID: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetid.md" {
        hdPhone: Handle(HdPhone);
        lpDeviceID: OutStruct(&VARSTRING);
        lpszDeviceClass: InString;
        hTargetProcess: Handle(Process);
    }
    TSPI_phoneGetIcon: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegeticon.md" {
        dwDeviceID: DeviceId;
        lpszDeviceClass: InString, [optional];
        lphIcon: OutIcon;
    }
    TSPI_phoneGetLamp: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetlamp.md" {
        hdPhone: Handle(HdPhone);
        dwButtonLampID: Dword(None);
        lpdwLampMode: OutDword(Some(&PHONELAMPMODE));
    }
    TSPI_phoneGetRing: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetring.md" {
        hdPhone: Handle(HdPhone);
        lpdwRingMode: OutDword(None);
        lpdwVolume: OutDword(None);
    }
    TSPI_phoneGetStatus: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetstatus.md" {
        hdPhone: Handle(HdPhone);
        lpPhoneStatus: OutStruct(&PHONESTATUS);
    }
    TSPI_phoneGetVolume: Sync, Optional, since V1_3, "nf-tspi-tspi_phonegetvolume.md" {
        hdPhone: Handle(HdPhone);
        dwHookSwitchDev: Dword(Some(&PHONEHOOKSWITCHDEV));
        lpdwVolume: OutDword(None);
    }
    TSPI_phoneNegotiateExtVersion: Sync, Optional, since V1_3, "nf-tspi-tspi_phonenegotiateextversion.md" {
        dwDeviceID: DeviceId;
        dwTSPIVersion: TspiVersion;
        dwLowVersion: ExtVersion;
        dwHighVersion: ExtVersion;
        lpdwExtVersion: OutVersion;
    }
    TSPI_phoneNegotiateTSPIVersion: Sync, MandatoryWithPhones, since V1_3, "nf-tspi-tspi_phonenegotiatetspiversion.md" {
        dwDeviceID: DeviceId;
        dwLowVersion: TspiVersion;
        dwHighVersion: TspiVersion;
        lpdwTSPIVersion: OutVersion;
    }
    TSPI_phoneOpen: Sync, Optional, since V1_3, "nf-tspi-tspi_phoneopen.md" {
        dwDeviceID: DeviceId;
        htPhone: Handle(HtPhone);
        lphdPhone: OutHandle(HdPhone);
        dwTSPIVersion: TspiVersion;
        lpfnEventProc: Callback(PhoneEvent);
    }
    TSPI_phoneSelectExtVersion: Sync, Optional, since V1_3, "nf-tspi-tspi_phoneselectextversion.md" {
        hdPhone: Handle(HdPhone);
        dwExtVersion: ExtVersion;
    }
}
