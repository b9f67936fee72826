//! Functions of changes to a phone device.

use crate::tspi::constants::{
    PHONEBUTTONMODE, PHONEBUTTONSTATE, PHONEHOOKSWITCHDEV, PHONEHOOKSWITCHMODE, PHONELAMPMODE, PHONESTATE,
};
use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::PHONEBUTTONINFO;

super::function_table! {
    group Phone;
    TSPI_phoneDevSpecific: Async, Optional, since V1_3, "nf-tspi-tspi_phonedevspecific.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        lpParams: InOutBytes { size: "dwSize" }, [optional, kept];
        dwSize: Size { of: "lpParams" };
    }
    TSPI_phoneSetButtonInfo: Async, Optional, since V1_3, "nf-tspi-tspi_phonesetbuttoninfo.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        dwButtonLampID: Dword(None);
        lpButtonInfo: InStruct(&PHONEBUTTONINFO);
    }
    TSPI_phoneSetData: Async, Optional, since V1_3, "nf-tspi-tspi_phonesetdata.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        dwDataID: Dword(None);
        lpData: InBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpData" };
    }
    TSPI_phoneSetDisplay: Async, Optional, since V1_3, "nf-tspi-tspi_phonesetdisplay.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        dwRow: Dword(None);
        dwColumn: Dword(None);
        lpsDisplay: InBytes { size: "dwSize" };
        dwSize: Size { of: "lpsDisplay" };
    }
    TSPI_phoneSetGain: Async, Optional, since V1_3, "nf-tspi-tspi_phonesetgain.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        dwHookSwitchDev: Dword(Some(&PHONEHOOKSWITCHDEV));
        dwGain: Dword(None);
    }
    TSPI_phoneSetHookSwitch: Async, Optional, since V1_3, "nf-tspi-tspi_phonesethookswitch.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        dwHookSwitchDevs: Dword(Some(&PHONEHOOKSWITCHDEV));
        dwHookSwitchMode: Dword(Some(&PHONEHOOKSWITCHMODE));
    }
    TSPI_phoneSetLamp: Async, Optional, since V1_3, "nf-tspi-tspi_phonesetlamp.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        dwButtonLampID: Dword(None);
        dwLampMode: Dword(Some(&PHONELAMPMODE));
    }
    TSPI_phoneSetRing: Async, Optional, since V1_3, "nf-tspi-tspi_phonesetring.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        dwRingMode: Dword(None);
        dwVolume: Dword(None);
    }
    TSPI_phoneSetStatusMessages: Sync, Optional, since V1_3, "nf-tspi-tspi_phonesetstatusmessages.md" {
        hdPhone: Handle(HdPhone);
        dwPhoneStates: Dword(Some(&PHONESTATE));
        dwButtonModes: Dword(Some(&PHONEBUTTONMODE));
        dwButtonStates: Dword(Some(&PHONEBUTTONSTATE));
    }
    TSPI_phoneSetVolume: Async, Optional, since V1_3, "nf-tspi-tspi_phonesetvolume.md" {
        dwRequestID: RequestId;
        hdPhone: Handle(HdPhone);
        dwHookSwitchDev: Dword(Some(&PHONEHOOKSWITCHDEV));
        dwVolume: Dword(None);
    }
}
