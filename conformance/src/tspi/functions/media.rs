//! Functions of media on a call: digits, tones, media types, terminals, quality of service.

use crate::tspi::constants::{
    LINECALLSELECT, LINECALLTREATMENT, LINEDIGITMODE, LINEMEDIAMODE, LINETERMMODE, LINETONEMODE,
};
use crate::tspi::functions::HandleKind::*;
use crate::tspi::functions::Kind::*;
use crate::tspi::structures::{
    LINECALLPARAMS, LINEGENERATETONE, LINEMEDIACONTROLCALLSTATE, LINEMEDIACONTROLDIGIT,
    LINEMEDIACONTROLMEDIA, LINEMEDIACONTROLTONE, LINEMONITORTONE,
};

super::function_table! {
    group Media;
    TSPI_lineConditionalMediaDetection: Sync, Optional, since V1_3, "nf-tspi-tspi_lineconditionalmediadetection.md" {
        hdLine: Handle(HdLine);
        dwMediaModes: Dword(Some(&LINEMEDIAMODE));
        lpCallParams: InStruct(&LINECALLPARAMS);
    }
    TSPI_lineGatherDigits: Sync, Optional, since V1_3, "nf-tspi-tspi_linegatherdigits.md" {
        hdCall: Handle(HdCall);
        dwEndToEndID: Dword(None);
        dwDigitModes: Dword(Some(&LINEDIGITMODE));
        lpsDigits: OutDigits { count: "dwNumDigits" }, [optional, kept];
        dwNumDigits: Count { of: "lpsDigits" };
        lpszTerminationDigits: InString, [optional];
        dwFirstDigitTimeout: Dword(None);
        dwInterDigitTimeout: Dword(None);
    }
    TSPI_lineGenerateDigits: Sync, Optional, since V1_3, "nf-tspi-tspi_linegeneratedigits.md" {
        hdCall: Handle(HdCall);
        dwEndToEndID: Dword(None);
        dwDigitMode: Dword(Some(&LINEDIGITMODE));
        lpszDigits: InString, [optional];
        dwDuration: Dword(None);
    }
    TSPI_lineGenerateTone: Sync, Optional, since V1_3, "nf-tspi-tspi_linegeneratetone.md" {
        hdCall: Handle(HdCall);
        dwEndToEndID: Dword(None);
        dwToneMode: Dword(Some(&LINETONEMODE));
        dwDuration: Dword(None);
        dwNumTones: Count { of: "lpTones" };
        lpTones: InArray { of: &LINEGENERATETONE, count: "dwNumTones" }, [optional];
    }
    TSPI_lineMonitorDigits: Sync, Optional, since V1_3, "nf-tspi-tspi_linemonitordigits.md" {
        hdCall: Handle(HdCall);
        dwDigitModes: Dword(Some(&LINEDIGITMODE));
    }
    TSPI_lineMonitorMedia: Sync, Optional, since V1_3, "nf-tspi-tspi_linemonitormedia.md" {
        hdCall: Handle(HdCall);
        dwMediaModes: Dword(Some(&LINEMEDIAMODE));
    }
    TSPI_lineMonitorTones: Sync, Optional, since V1_3, "nf-tspi-tspi_linemonitortones.md" {
        hdCall: Handle(HdCall);
        dwToneListID: Dword(None);
        lpToneList: InArray { of: &LINEMONITORTONE, count: "dwNumEntries" }, [optional];
        dwNumEntries: Count { of: "lpToneList" };
    }
    TSPI_lineSetCallQualityOfService: Async, Optional, since V2_0, "nf-tspi-tspi_linesetcallqualityofservice.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        lpSendingFlowspec: InBytes { size: "dwSendingFlowspecSize" }, [optional];
        dwSendingFlowspecSize: Size { of: "lpSendingFlowspec" };
        lpReceivingFlowspec: InBytes { size: "dwReceivingFlowspecSize" }, [optional];
        dwReceivingFlowspecSize: Size { of: "lpReceivingFlowspec" };
    }
    TSPI_lineSetCallTreatment: Async, Optional, since V2_0, "nf-tspi-tspi_linesetcalltreatment.md" {
        dwRequestID: RequestId;
        hdCall: Handle(HdCall);
        dwTreatment: Dword(Some(&LINECALLTREATMENT));
    }
    TSPI_lineSetDefaultMediaDetection: Sync, Mandatory, since V1_3, "nf-tspi-tspi_linesetdefaultmediadetection.md" {
        hdLine: Handle(HdLine);
        dwMediaModes: Dword(Some(&LINEMEDIAMODE));
    }
    TSPI_lineSetMediaControl: Sync, Optional, since V1_3, "nf-tspi-tspi_linesetmediacontrol.md" {
        hdLine: Handle(HdLine), [optional];
        dwAddressID: AddressId;
        hdCall: Handle(HdCall), [optional];
        dwSelect: Dword(Some(&LINECALLSELECT));
        lpDigitList: InArray { of: &LINEMEDIACONTROLDIGIT, count: "dwDigitNumEntries" }, [optional];
        dwDigitNumEntries: Count { of: "lpDigitList" };
        lpMediaList: InArray { of: &LINEMEDIACONTROLMEDIA, count: "dwMediaNumEntries" }, [optional];
        dwMediaNumEntries: Count { of: "lpMediaList" };
        lpToneList: InArray { of: &LINEMEDIACONTROLTONE, count: "dwToneNumEntries" }, [optional];
        dwToneNumEntries: Count { of: "lpToneList" };
        lpCallStateList: InArray { of: &LINEMEDIACONTROLCALLSTATE, count: "dwCallStateNumEntries" }, [optional];
        dwCallStateNumEntries: Count { of: "lpCallStateList" };
    }
    TSPI_lineSetMediaMode: Sync, Optional, since V1_3, "nf-tspi-tspi_linesetmediamode.md" {
        hdCall: Handle(HdCall);
        dwMediaMode: Dword(Some(&LINEMEDIAMODE));
    }
    TSPI_lineSetTerminal: Async, Optional, since V1_3, "nf-tspi-tspi_linesetterminal.md" {
        dwRequestID: RequestId;
        hdLine: Handle(HdLine), [optional];
        dwAddressID: AddressId;
        hdCall: Handle(HdCall), [optional];
        dwSelect: Dword(Some(&LINECALLSELECT));
        dwTerminalModes: Dword(Some(&LINETERMMODE));
        dwTerminalID: Dword(None);
        bEnable: Bool;
    }
}
