//! Functions of media service providers and call hubs.

use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::LINECALLHUBTRACKINGINFO;

super::function_table! {
    group Msp;
    TSPI_lineCloseMSPInstance: Sync, Optional, since V3_0, "nf-tspi-tspi_lineclosemspinstance.md" {
        hdMSPLine: Handle(HdMspLine);
    }
    TSPI_lineCreateMSPInstance: Sync, Optional, since V3_0, "nf-tspi-tspi_linecreatemspinstance.md" {
        hdLine: Handle(HdLine);
        dwAddressID: AddressId;
        htMSPLine: Handle(HtMspLine);
        lphdMSPLine: OutHandle(HdMspLine);
    }
    TSPI_lineGetCallHubTracking: Sync, Optional, since V3_0, "nf-tspi-tspi_linegetcallhubtracking.md" {
        hdLine: Handle(HdLine);
        lpTrackingInfo: OutStruct(&LINECALLHUBTRACKINGINFO);
    }
    TSPI_lineMSPIdentify: Sync, Optional, since V3_0, "nf-tspi-tspi_linemspidentify.md" {
        dwDeviceID: DeviceId;
        pCLSID: OutGuid;
    }
    TSPI_lineReceiveMSPData: Sync, Optional, since V3_0, "nf-tspi-tspi_linereceivemspdata.md" {
        hdLine: Handle(HdLine);
        hdCall: Handle(HdCall);
        hdMSPLine: Handle(HdMspLine);
        pBuffer: InBytes { size: "dwSize" };
        dwSize: Size { of: "pBuffer" };
    }
    TSPI_lineSetCallHubTracking: Sync, Optional, since V3_0, "nf-tspi-tspi_linesetcallhubtracking.md" {
        hdLine: Handle(HdLine);
        lpTrackingInfo: InStruct(&LINECALLHUBTRACKINGINFO);
    }
}
