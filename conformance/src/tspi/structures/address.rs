//! Structures of addresses: capabilities, status, forwarding, call treatments.

use super::rows::*;
use crate::tspi::constants::*;

super::structure_table! {
    LINEADDRESSCAPS: "ns-tapi-lineaddresscaps.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwLineDeviceID: number(),
            dwAddressSize: size("Address"),
            dwAddressOffset: text("Address"),
            dwDevSpecificSize: size("DevSpecific"),
            dwDevSpecificOffset: bytes("DevSpecific"),
            dwAddressSharing: of(&LINEADDRESSSHARING),
            dwAddressStates: of(&LINEADDRESSSTATE),
            dwCallInfoStates: of(&LINECALLINFOSTATE),
            dwCallerIDFlags: of(&LINECALLPARTYID),
            dwCalledIDFlags: of(&LINECALLPARTYID),
            dwConnectedIDFlags: of(&LINECALLPARTYID),
            dwRedirectionIDFlags: of(&LINECALLPARTYID),
            dwRedirectingIDFlags: of(&LINECALLPARTYID),
            dwCallStates: of(&LINECALLSTATE),
            dwDialToneModes: of(&LINEDIALTONEMODE),
            dwBusyModes: of(&LINEBUSYMODE),
            dwSpecialInfo: of(&LINESPECIALINFO),
            dwDisconnectModes: of(&LINEDISCONNECTMODE),
            dwMaxNumActiveCalls: number(),
            dwMaxNumOnHoldCalls: number(),
            dwMaxNumOnHoldPendingCalls: number(),
            dwMaxNumConference: number(),
            dwMaxNumTransConf: number(),
            dwAddrCapFlags: of(&LINEADDRCAPFLAGS),
            dwCallFeatures: of(&LINECALLFEATURE),
            dwRemoveFromConfCaps: of(&LINEREMOVEFROMCONF),
            dwRemoveFromConfState: of(&LINECALLSTATE),
            dwTransferModes: of(&LINETRANSFERMODE),
            dwParkModes: of(&LINEPARKMODE),
            dwForwardModes: of(&LINEFORWARDMODE),
            dwMaxForwardEntries: number(),
            dwMaxSpecificEntries: number(),
            dwMinFwdNumRings: number(),
            dwMaxFwdNumRings: number(),
            dwMaxCallCompletions: number(),
            dwCallCompletionConds: of(&LINECALLCOMPLCOND),
            dwCallCompletionModes: of(&LINECALLCOMPLMODE),
            dwNumCompletionMessages: number(),
            dwCompletionMsgTextEntrySize: number(),
            dwCompletionMsgTextSize: size("CompletionMsgText"),
            dwCompletionMsgTextOffset: table("CompletionMsgText", "dwCompletionMsgTextEntrySize"),
            dwAddressFeatures: of(&LINEADDRFEATURE),
        }
        since V2_0 {
            dwPredictiveAutoTransferStates: of(&LINECALLSTATE),
            dwNumCallTreatments: number(),
            dwCallTreatmentListSize: size("CallTreatmentList"),
            dwCallTreatmentListOffset: list("CallTreatmentList", &LINECALLTREATMENTENTRY),
            dwDeviceClassesSize: size("DeviceClasses"),
            dwDeviceClassesOffset: strings("DeviceClasses"),
            dwMaxCallDataSize: number(),
            dwCallFeatures2: of(&LINECALLFEATURE2),
            dwMaxNoAnswerTimeout: number(),
            dwConnectedModes: of(&LINECONNECTEDMODE),
            dwOfferingModes: of(&LINEOFFERINGMODE),
            dwAvailableMediaModes: of(&LINEMEDIAMODE),
        }
    }
    LINECALLTREATMENTENTRY: "ns-tapi-linecalltreatmententry.md" {
        since V2_0 {
            dwCallTreatmentID: of(&LINECALLTREATMENT),
            dwCallTreatmentNameSize: size("CallTreatmentName"),
            dwCallTreatmentNameOffset: text("CallTreatmentName"),
        }
    }
    LINEADDRESSSTATUS: "ns-tapi-lineaddressstatus.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwNumInUse: number(),
            dwNumActiveCalls: number(),
            dwNumOnHoldCalls: number(),
            dwNumOnHoldPendCalls: number(),
            dwAddressFeatures: of(&LINEADDRFEATURE),
            dwNumRingsNoAnswer: number(),
            dwForwardNumEntries: number(),
            dwForwardSize: size("Forward"),
            dwForwardOffset: list("Forward", &LINEFORWARD),
            dwTerminalModesSize: size("TerminalModes"),
            dwTerminalModesOffset: dwords("TerminalModes", &LINETERMMODE),
            dwDevSpecificSize: size("DevSpecific"),
            dwDevSpecificOffset: bytes("DevSpecific"),
        }
    }
    LINEFORWARD: "ns-tapi-lineforward.md" {
        since V1_3 {
            dwForwardMode: of(&LINEFORWARDMODE),
            dwCallerAddressSize: size("CallerAddress"),
            dwCallerAddressOffset: text("CallerAddress"),
            dwDestCountryCode: number(),
            dwDestAddressSize: size("DestAddress"),
            dwDestAddressOffset: text("DestAddress"),
        }
        since V3_1 {
            dwCallerAddressType: of(&LINEADDRESSTYPE),
            dwDestAddressType: of(&LINEADDRESSTYPE),
        }
    }
    LINEFORWARDLIST: "ns-tapi-lineforwardlist.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNumEntries: number(),
            ForwardList: array(&LINEFORWARD, "dwNumEntries"),
        }
    }
}
