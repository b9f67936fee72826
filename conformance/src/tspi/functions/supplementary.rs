//! Functions of calls put on hold, transferred, joined, forwarded, parked, completed later.

use crate::tspi::constants::{LINECALLCOMPLMODE, LINEPARKMODE, LINETRANSFERMODE};
use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::{LINECALLPARAMS, LINEFORWARDLIST, VARSTRING};

super::function_table! {
    group Supplementary;
    TSPI_lineAddToConference: Async, Optional, since V1_3, "nf-tspi-tspi_lineaddtoconference.md" {
        dwRequestID: RequestId;
        hdConfCall: Handle(HdCall);
        hdConsultCall: Handle(HdCall);
    }
    TSPI_lineBlindTransfer: Async, Optional, since V1_3, "nf-tspi-tspi_lineblindtransfer.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpszDestAddress: InString;
        dwCountryCode: Dword(None);
    }
    TSPI_lineCompleteCall: Async, Optional, since V1_3, "nf-tspi-tspi_linecompletecall.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpdwCompletionID: OutDword(None), [kept];
        dwCompletionMode: Dword(Some(&LINECALLCOMPLMODE));
        dwMessageID: Dword(None);
    }
    TSPI_lineCompleteTransfer: Async, Optional, since V1_3, "nf-tspi-tspi_linecompletetransfer.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        hdConsultCall: Handle(HdCall);
        htConfCall: Handle(HtCall), [optional];
        lphdConfCall: OutHandle(HdCall), [optional];
        dwTransferMode: Dword(Some(&LINETRANSFERMODE));
    }
    TSPI_lineForward: Async, Optional, since V1_3, "nf-tspi-tspi_lineforward.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine);
        bAllAddresses: Bool;
        dwAddressID: AddressId;
        lpForwardList: InStruct(&LINEFORWARDLIST), [optional];
        dwNumRingsNoAnswer: Dword(None);
        htConsultCall: Handle(HtCall);
        lphdConsultCall: OutHandle(HdCall);
        lpCallParams: InStruct(&LINECALLPARAMS), [optional];
    }
    TSPI_lineHold: Async, Optional, since V1_3, "nf-tspi-tspi_linehold.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
    }
    TSPI_linePark: Async, Optional, since V1_3, "nf-tspi-tspi_linepark.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        dwParkMode: Dword(Some(&LINEPARKMODE));
        lpszDirAddress: InString, [optional];
        lpNonDirAddress: OutStruct(&VARSTRING), [optional, kept];
    }
    TSPI_linePickup: Async, Optional, since V1_3, "nf-tspi-tspi_linepickup.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine);
        dwAddressID: AddressId;
        htCall: Handle(HtCall);
        lphdCall: OutHandle(HdCall);
        lpszDestAddress: InString, [optional];
        lpszGroupID: InString, [optional];
    }
    TSPI_linePrepareAddToConference: Async, Optional, since V1_3, "nf-tspi-tspi_lineprepareaddtoconference.md" {
        dwRequestID: RequestId;
        hdConfCall: Handle(HdCall);
        htConsultCall: Handle(HtCall);
        lphdConsultCall: OutHandle(HdCall);
        lpCallParams: InStruct(&LINECALLPARAMS), [optional];
    }
    TSPI_lineRedirect: Async, Optional, since V1_3, "nf-tspi-tspi_lineredirect.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpszDestAddress: InString;
        dwCountryCode: Dword(None);
    }
    TSPI_lineRemoveFromConference: Async, Optional, since V1_3, "nf-tspi-tspi_lineremovefromconference.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
    }
    TSPI_lineSetupConference: Async, Optional, since V1_3, "nf-tspi-tspi_linesetupconference.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall), [optional];
        hdLine: Handle(HdLine);
        htConfCall: Handle(HtCall);
        lphdConfCall: OutHandle(HdCall);
        htConsultCall: Handle(HtCall);
        lphdConsultCall: OutHandle(HdCall);
        dwNumParties: Dword(None);
        lpCallParams: InStruct(&LINECALLPARAMS), [optional];
    }
    TSPI_lineSetupTransfer: Async, Optional, since V1_3, "nf-tspi-tspi_linesetuptransfer.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        htConsultCall: Handle(HtCall);
        lphdConsultCall: OutHandle(HdCall);
        lpCallParams: InStruct(&LINECALLPARAMS), [optional];
    }
    TSPI_lineSwapHold: Async, Optional, since V1_3, "nf-tspi-tspi_lineswaphold.md" {
        dwRequestID: RequestId;
        hdActiveCall: Handle(HdCall);
        hdHeldCall: Handle(HdCall);
    }
    TSPI_lineUncompleteCall: Async, Optional, since V1_3, "nf-tspi-tspi_lineuncompletecall.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine);
        dwCompletionID: Dword(None);
    }
    TSPI_lineUnhold: Async, Optional, since V1_3, "nf-tspi-tspi_lineunhold.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
    }
    TSPI_lineUnpark: Async, Optional, since V1_3, "nf-tspi-tspi_lineunpark.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine);
        dwAddressID: AddressId;
        htCall: Handle(HtCall);
        lphdCall: OutHandle(HdCall);
        lpszDestAddress: InString;
    }
}
