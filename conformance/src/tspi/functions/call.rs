//! Functions of a call from its beginning to its end, and what is known of it.

use crate::tspi::constants::LINEBEARERMODE;
use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::{LINECALLINFO, LINECALLPARAMS, LINECALLSTATUS, LINEDIALPARAMS};

super::function_table! {
    group Call;
    TSPI_lineAccept: Async, Optional, since V1_3, "nf-tspi-tspi_lineaccept.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpsUserUserInfo: InBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpsUserUserInfo" };
    }
    TSPI_lineAnswer: Async, Mandatory, since V1_3, "nf-tspi-tspi_lineanswer.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpsUserUserInfo: InBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpsUserUserInfo" };
    }
    TSPI_lineCloseCall: Sync, Optional, since V1_3, "nf-tspi-tspi_lineclosecall.md" {
        hdCall: Handle(HdCall);
    }
    TSPI_lineDial: Async, Mandatory, since V1_3, "nf-tspi-tspi_linedial.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpszDestAddress: InString;
        dwCountryCode: Dword(None);
    }
    TSPI_lineDrop: Async, Mandatory, since V1_3, "nf-tspi-tspi_linedrop.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpsUserUserInfo: InBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpsUserUserInfo" };
    }
    TSPI_lineDropNoOwner: Sync, Obsolete(V2_1), since V1_4, "tspi-linedropnoowner.md" {
        hdCall: Handle(HdCall);
    }
    TSPI_lineDropOnClose: Sync, Obsolete(V2_1), since V1_4, "tspi-linedroponclose.md" {
        hdCall: Handle(HdCall);
    }
    TSPI_lineGetCallAddressID: Sync, Optional, since V1_3, "nf-tspi-tspi_linegetcalladdressid.md" {
        hdCall: Handle(HdCall);
        lpdwAddressID: OutDword(None);
    }
    TSPI_lineGetCallIDs: Sync, Optional, since V3_0, "nf-tspi-tspi_linegetcallids.md" {
        hdCall: Handle(HdCall);
        lpdwAddressID: OutDword(None);
        lpdwCallID: OutDword(None);
        lpdwRelatedCallID: OutDword(None);
    }
    TSPI_lineGetCallInfo: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetcallinfo.md" {
        hdCall: Handle(HdCall);
        lpCallInfo: OutStruct(&LINECALLINFO);
    }
    TSPI_lineGetCallStatus: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linegetcallstatus.md" {
        hdCall: Handle(HdCall);
        lpCallStatus: OutStruct(&LINECALLSTATUS);
    }
    TSPI_lineMakeCall: Async, Mandatory, since V1_3, "nf-tspi-tspi_linemakecall.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine);
        htCall: Handle(HtCall);
        lphdCall: OutHandle(HdCall);
        lpszDestAddress: InString, [optional];
        dwCountryCode: Dword(None);
        lpCallParams: InStruct(&LINECALLPARAMS), [optional];
    }
    TSPI_lineReleaseUserUserInfo: Async, Optional, since V1_4, "nf-tspi-tspi_linereleaseuseruserinfo.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
    }
    TSPI_lineSecureCall: Async, Optional, since V1_3, "nf-tspi-tspi_linesecurecall.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
    }
    TSPI_lineSendUserUserInfo: Async, Optional, since V1_3, "nf-tspi-tspi_linesenduseruserinfo.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpsUserUserInfo: InBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpsUserUserInfo" };
    }
    TSPI_lineSetAppSpecific: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linesetappspecific.md" {
        hdCall: Handle(HdCall);
        dwAppSpecific: Dword(None);
    }
    TSPI_lineSetCallData: Async, Optional, since V2_0, "nf-tspi-tspi_linesetcalldata.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpCallData: InBytes { size: "dwSize" }, [optional];
        dwSize: Size { of: "lpCallData" };
    }
    TSPI_lineSetCallParams: Async, Optional, since V1_3, "nf-tspi-tspi_linesetcallparams.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        dwBearerMode: Dword(Some(&LINEBEARERMODE));
        dwMinRate: Dword(None);
        dwMaxRate: Dword(None);
        lpDialParams: InStruct(&LINEDIALPARAMS), [optional];
    }
}
