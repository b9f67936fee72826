//! Functions of line devices and addresses: versions, opening, capabilities, status, configuration.

use crate::tspi::constants::{
    LINEADDRESSMODE, LINEADDRESSSTATE, LINECALLSELECT, LINEDEVSTATE, LINEDEVSTATUSFLAGS,
};
use crate::tspi::functions::CallbackKind::*;
use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::{
    LINEADDRESSCAPS, LINEADDRESSSTATUS, LINEDEVCAPS, LINEDEVSTATUS, LINEEXTENSIONID, VARSTRING,
};

super::function_table! {
    group Line;
    TSPI_lineClose: Sync, Mandatory, since V1_3, "nf-tspi-tspi_lineclose.md" {
        hdLine: Handle(HdLine);
    }
    TSPI_lineDevSpecific: Async, Optional, since V1_3, "nf-tspi-tspi_linedevspecific.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine);
        dwAddressID: AddressId;
        hdCall: Handle(HdCall), [optional];
        lpParams: InOutBytes { size: "dwSize" }, [optional, kept];
        dwSize: Size { of: "lpParams" };
    }
    TSPI_lineDevSpecificFeature: Async, Optional, since V1_3, "nf-tspi-tspi_linedevspecificfeature.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine);
        dwFeature: Dword(None);
        lpParams: InOutBytes { size: "dwSize" }, [optional, kept];
        dwSize: Size { of: "lpParams" };
    }
    TSPI_lineGetAddressCaps: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetaddresscaps.md" {
        dwDeviceID: DeviceId;
        dwAddressID: AddressId;
        dwTSPIVersion: TspiVersion;
        dwExtVersion: ExtVersion;
        lpAddressCaps: OutStruct(&LINEADDRESSCAPS);
    }
    TSPI_lineGetAddressID: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetaddressid.md" {
        hdLine: Handle(HdLine);
        lpdwAddressID: OutDword(None);
        dwAddressMode: Dword(Some(&LINEADDRESSMODE));
        lpsAddress: InChars { count: "dwSize" };
        dwSize: Count { of: "lpsAddress" };
    }
    TSPI_lineGetAddressStatus: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetaddressstatus.md" {
        hdLine: Handle(HdLine);
        dwAddressID: AddressId;
        lpAddressStatus: OutStruct(&LINEADDRESSSTATUS);
    }
    TSPI_lineGetDevCaps: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetdevcaps.md" {
        dwDeviceID: DeviceId;
        dwTSPIVersion: TspiVersion;
        dwExtVersion: ExtVersion;
        lpLineDevCaps: OutStruct(&LINEDEVCAPS);
    }
    TSPI_lineGetDevConfig: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetdevconfig.md" {
        dwDeviceID: DeviceId;
        lpDeviceConfig: OutStruct(&VARSTRING);
        lpszDeviceClass: InString;
    }
    TSPI_lineGetExtensionID: Sync, Optional, since V1_3, "nf-tspi-tspi_linegetextensionid.md" {
        dwDeviceID: DeviceId;
        dwTSPIVersion: TspiVersion;
        lpExtensionID: OutStruct(&LINEEXTENSIONID);
    }
    TSPI_lineGetID: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetid.md" {
        hdLine: Handle(HdLine), [optional];
        dwAddressID: AddressId;
        hdCall: Handle(HdCall), [optional];
        dwSelect: Dword(Some(&LINECALLSELECT));
        lpDeviceID: OutStruct(&VARSTRING);
        lpszDeviceClass: InString;
        hTargetProcess: Handle(Process);
    }
    TSPI_lineGetIcon: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegeticon.md" {
        dwDeviceID: DeviceId;
        lpszDeviceClass: InString, [optional];
        lphIcon: OutIcon;
    }
    TSPI_lineGetLineDevStatus: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetlinedevstatus.md" {
        hdLine: Handle(HdLine);
        lpLineDevStatus: OutStruct(&LINEDEVSTATUS);
    }
    TSPI_lineGetNumAddressIDs: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetnumaddressids.md" {
        hdLine: Handle(HdLine);
        lpdwNumAddressIDs: OutDword(None);
    }
    TSPI_lineNegotiateExtVersion: Sync, Optional, since V1_3, "nf-tspi-tspi_linenegotiateextversion.md" {
        dwDeviceID: DeviceId;
        dwTSPIVersion: TspiVersion;
        dwLowVersion: ExtVersion;
        dwHighVersion: ExtVersion;
        lpdwExtVersion: OutVersion;
    }
    TSPI_lineNegotiateTSPIVersion: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linenegotiatetspiversion.md" {
        dwDeviceID: DeviceId;
        dwLowVersion: TspiVersion;
        dwHighVersion: TspiVersion;
        lpdwTSPIVersion: OutVersion;
    }
    TSPI_lineOpen: Sync, Mandatory, since V1_3, "nf-tspi-tspi_lineopen.md" {
        dwDeviceID: DeviceId;
        htLine: Handle(HtLine);
        lphdLine: OutHandle(HdLine);
        dwTSPIVersion: TspiVersion;
        lpfnEventProc: Callback(LineEvent);
    }
    TSPI_lineSelectExtVersion: Sync, Optional, since V1_3, "nf-tspi-tspi_lineselectextversion.md" {
        hdLine: Handle(HdLine);
        dwExtVersion: ExtVersion;
    }
    TSPI_lineSetCurrentLocation: Sync, Obsolete(V2_0), since V1_4, "tspi-linesetcurrentlocation.md" {
        dwLocation: Dword(None);
    }
    TSPI_lineSetDevConfig: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linesetdevconfig.md" {
        dwDeviceID: DeviceId;
        lpDeviceConfig: InBytes { size: "dwSize" };
        dwSize: Size { of: "lpDeviceConfig" };
        lpszDeviceClass: InString;
    }
    TSPI_lineSetLineDevStatus: Async, Optional, since V2_0, "nf-tspi-tspi_linesetlinedevstatus.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine);
        dwStatusToChange: Dword(Some(&LINEDEVSTATUSFLAGS));
        fStatus: Bool;
    }
    TSPI_lineSetStatusMessages: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linesetstatusmessages.md" {
        hdLine: Handle(HdLine);
        dwLineStates: Dword(Some(&LINEDEVSTATE));
        dwAddressStates: Dword(Some(&LINEADDRESSSTATE));
    }
}
