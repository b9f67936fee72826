//! Our layouts are those of `windows-sys`, which has the structures as version 2.2 knows them.

use core::mem::offset_of;
use windows_sys::Win32::Devices::Tapi;

use super::*;

/// Compares every member, its place and the size of the whole.
macro_rules! same_layout {
    ($($name:ident $(+ $tail:ident)? { $($field:ident)* })*) => {$(
        let theirs = [$((stringify!($field), offset_of!(Tapi::$name, $field))),*];
        let ours: Vec<_> = super::$name.members(Version::V2_2).map(|m| (m.name, m.offset)).collect();
        assert_eq!(ours, theirs, stringify!($name));
        let entry = 0 $(+ size_of::<Tapi::$tail>())?;
        assert_eq!(super::$name.fixed_size(Version::V2_2) + entry, size_of::<Tapi::$name>(), stringify!($name));
    )*};
}

#[test]
#[rustfmt::skip]
fn the_layout_of_windows_sys() {
    same_layout! {
        LINEDEVCAPS { dwTotalSize dwNeededSize dwUsedSize dwProviderInfoSize dwProviderInfoOffset
            dwSwitchInfoSize dwSwitchInfoOffset dwPermanentLineID dwLineNameSize dwLineNameOffset
            dwStringFormat dwAddressModes dwNumAddresses dwBearerModes dwMaxRate dwMediaModes
            dwGenerateToneModes dwGenerateToneMaxNumFreq dwGenerateDigitModes dwMonitorToneMaxNumFreq
            dwMonitorToneMaxNumEntries dwMonitorDigitModes dwGatherDigitsMinTimeout dwGatherDigitsMaxTimeout
            dwMedCtlDigitMaxListSize dwMedCtlMediaMaxListSize dwMedCtlToneMaxListSize
            dwMedCtlCallStateMaxListSize dwDevCapFlags dwMaxNumActiveCalls dwAnswerMode dwRingModes
            dwLineStates dwUUIAcceptSize dwUUIAnswerSize dwUUIMakeCallSize dwUUIDropSize
            dwUUISendUserUserInfoSize dwUUICallInfoSize MinDialParams MaxDialParams DefaultDialParams
            dwNumTerminals dwTerminalCapsSize dwTerminalCapsOffset dwTerminalTextEntrySize
            dwTerminalTextSize dwTerminalTextOffset dwDevSpecificSize dwDevSpecificOffset dwLineFeatures
            dwSettableDevStatus dwDeviceClassesSize dwDeviceClassesOffset PermanentLineGuid }
        LINETERMCAPS { dwTermDev dwTermModes dwTermSharing }
        LINEDEVSTATUS { dwTotalSize dwNeededSize dwUsedSize dwNumOpens dwOpenMediaModes dwNumActiveCalls
            dwNumOnHoldCalls dwNumOnHoldPendCalls dwLineFeatures dwNumCallCompletions dwRingMode
            dwSignalLevel dwBatteryLevel dwRoamMode dwDevStatusFlags dwTerminalModesSize
            dwTerminalModesOffset dwDevSpecificSize dwDevSpecificOffset dwAvailableMediaModes dwAppInfoSize
            dwAppInfoOffset }
        LINEAPPINFO { dwMachineNameSize dwMachineNameOffset dwUserNameSize dwUserNameOffset
            dwModuleFilenameSize dwModuleFilenameOffset dwFriendlyNameSize dwFriendlyNameOffset dwMediaModes
            dwAddressID }
        LINEADDRESSCAPS { dwTotalSize dwNeededSize dwUsedSize dwLineDeviceID dwAddressSize dwAddressOffset
            dwDevSpecificSize dwDevSpecificOffset dwAddressSharing dwAddressStates dwCallInfoStates
            dwCallerIDFlags dwCalledIDFlags dwConnectedIDFlags dwRedirectionIDFlags dwRedirectingIDFlags
            dwCallStates dwDialToneModes dwBusyModes dwSpecialInfo dwDisconnectModes dwMaxNumActiveCalls
            dwMaxNumOnHoldCalls dwMaxNumOnHoldPendingCalls dwMaxNumConference dwMaxNumTransConf
            dwAddrCapFlags dwCallFeatures dwRemoveFromConfCaps dwRemoveFromConfState dwTransferModes
            dwParkModes dwForwardModes dwMaxForwardEntries dwMaxSpecificEntries dwMinFwdNumRings
            dwMaxFwdNumRings dwMaxCallCompletions dwCallCompletionConds dwCallCompletionModes
            dwNumCompletionMessages dwCompletionMsgTextEntrySize dwCompletionMsgTextSize
            dwCompletionMsgTextOffset dwAddressFeatures dwPredictiveAutoTransferStates dwNumCallTreatments
            dwCallTreatmentListSize dwCallTreatmentListOffset dwDeviceClassesSize dwDeviceClassesOffset
            dwMaxCallDataSize dwCallFeatures2 dwMaxNoAnswerTimeout dwConnectedModes dwOfferingModes
            dwAvailableMediaModes }
        LINECALLTREATMENTENTRY { dwCallTreatmentID dwCallTreatmentNameSize dwCallTreatmentNameOffset }
        LINEADDRESSSTATUS { dwTotalSize dwNeededSize dwUsedSize dwNumInUse dwNumActiveCalls dwNumOnHoldCalls
            dwNumOnHoldPendCalls dwAddressFeatures dwNumRingsNoAnswer dwForwardNumEntries dwForwardSize
            dwForwardOffset dwTerminalModesSize dwTerminalModesOffset dwDevSpecificSize dwDevSpecificOffset }
        LINEFORWARD { dwForwardMode dwCallerAddressSize dwCallerAddressOffset dwDestCountryCode
            dwDestAddressSize dwDestAddressOffset }
        LINEFORWARDLIST + LINEFORWARD { dwTotalSize dwNumEntries ForwardList }
        LINECALLINFO { dwTotalSize dwNeededSize dwUsedSize hLine dwLineDeviceID dwAddressID dwBearerMode
            dwRate dwMediaMode dwAppSpecific dwCallID dwRelatedCallID dwCallParamFlags dwCallStates
            dwMonitorDigitModes dwMonitorMediaModes DialParams dwOrigin dwReason dwCompletionID dwNumOwners
            dwNumMonitors dwCountryCode dwTrunk dwCallerIDFlags dwCallerIDSize dwCallerIDOffset
            dwCallerIDNameSize dwCallerIDNameOffset dwCalledIDFlags dwCalledIDSize dwCalledIDOffset
            dwCalledIDNameSize dwCalledIDNameOffset dwConnectedIDFlags dwConnectedIDSize dwConnectedIDOffset
            dwConnectedIDNameSize dwConnectedIDNameOffset dwRedirectionIDFlags dwRedirectionIDSize
            dwRedirectionIDOffset dwRedirectionIDNameSize dwRedirectionIDNameOffset dwRedirectingIDFlags
            dwRedirectingIDSize dwRedirectingIDOffset dwRedirectingIDNameSize dwRedirectingIDNameOffset
            dwAppNameSize dwAppNameOffset dwDisplayableAddressSize dwDisplayableAddressOffset
            dwCalledPartySize dwCalledPartyOffset dwCommentSize dwCommentOffset dwDisplaySize
            dwDisplayOffset dwUserUserInfoSize dwUserUserInfoOffset dwHighLevelCompSize
            dwHighLevelCompOffset dwLowLevelCompSize dwLowLevelCompOffset dwChargingInfoSize
            dwChargingInfoOffset dwTerminalModesSize dwTerminalModesOffset dwDevSpecificSize
            dwDevSpecificOffset dwCallTreatment dwCallDataSize dwCallDataOffset dwSendingFlowspecSize
            dwSendingFlowspecOffset dwReceivingFlowspecSize dwReceivingFlowspecOffset }
        LINECALLSTATUS { dwTotalSize dwNeededSize dwUsedSize dwCallState dwCallStateMode dwCallPrivilege
            dwCallFeatures dwDevSpecificSize dwDevSpecificOffset dwCallFeatures2 tStateEntryTime }
        LINECALLPARAMS { dwTotalSize dwBearerMode dwMinRate dwMaxRate dwMediaMode dwCallParamFlags
            dwAddressMode dwAddressID DialParams dwOrigAddressSize dwOrigAddressOffset
            dwDisplayableAddressSize dwDisplayableAddressOffset dwCalledPartySize dwCalledPartyOffset
            dwCommentSize dwCommentOffset dwUserUserInfoSize dwUserUserInfoOffset dwHighLevelCompSize
            dwHighLevelCompOffset dwLowLevelCompSize dwLowLevelCompOffset dwDevSpecificSize
            dwDevSpecificOffset dwPredictiveAutoTransferStates dwTargetAddressSize dwTargetAddressOffset
            dwSendingFlowspecSize dwSendingFlowspecOffset dwReceivingFlowspecSize dwReceivingFlowspecOffset
            dwDeviceClassSize dwDeviceClassOffset dwDeviceConfigSize dwDeviceConfigOffset dwCallDataSize
            dwCallDataOffset dwNoAnswerTimeout dwCallingPartyIDSize dwCallingPartyIDOffset }
        LINEDIALPARAMS { dwDialPause dwDialSpeed dwDigitDuration dwWaitForDialtone }
        VARSTRING { dwTotalSize dwNeededSize dwUsedSize dwStringFormat dwStringSize dwStringOffset }
        LINEEXTENSIONID { dwExtensionID0 dwExtensionID1 dwExtensionID2 dwExtensionID3 }
        LINEMONITORTONE { dwAppSpecific dwDuration dwFrequency1 dwFrequency2 dwFrequency3 }
        LINEGENERATETONE { dwFrequency dwCadenceOn dwCadenceOff dwVolume }
        LINEMEDIACONTROLDIGIT { dwDigit dwDigitModes dwMediaControl }
        LINEMEDIACONTROLMEDIA { dwMediaModes dwDuration dwMediaControl }
        LINEMEDIACONTROLTONE { dwAppSpecific dwDuration dwFrequency1 dwFrequency2 dwFrequency3
            dwMediaControl }
        LINEMEDIACONTROLCALLSTATE { dwCallStates dwMediaControl }
        PHONECAPS { dwTotalSize dwNeededSize dwUsedSize dwProviderInfoSize dwProviderInfoOffset
            dwPhoneInfoSize dwPhoneInfoOffset dwPermanentPhoneID dwPhoneNameSize dwPhoneNameOffset
            dwStringFormat dwPhoneStates dwHookSwitchDevs dwHandsetHookSwitchModes dwSpeakerHookSwitchModes
            dwHeadsetHookSwitchModes dwVolumeFlags dwGainFlags dwDisplayNumRows dwDisplayNumColumns
            dwNumRingModes dwNumButtonLamps dwButtonModesSize dwButtonModesOffset dwButtonFunctionsSize
            dwButtonFunctionsOffset dwLampModesSize dwLampModesOffset dwNumSetData dwSetDataSize
            dwSetDataOffset dwNumGetData dwGetDataSize dwGetDataOffset dwDevSpecificSize dwDevSpecificOffset
            dwDeviceClassesSize dwDeviceClassesOffset dwPhoneFeatures dwSettableHandsetHookSwitchModes
            dwSettableSpeakerHookSwitchModes dwSettableHeadsetHookSwitchModes
            dwMonitoredHandsetHookSwitchModes dwMonitoredSpeakerHookSwitchModes
            dwMonitoredHeadsetHookSwitchModes PermanentPhoneGuid }
        PHONESTATUS { dwTotalSize dwNeededSize dwUsedSize dwStatusFlags dwNumOwners dwNumMonitors dwRingMode
            dwRingVolume dwHandsetHookSwitchMode dwHandsetVolume dwHandsetGain dwSpeakerHookSwitchMode
            dwSpeakerVolume dwSpeakerGain dwHeadsetHookSwitchMode dwHeadsetVolume dwHeadsetGain
            dwDisplaySize dwDisplayOffset dwLampModesSize dwLampModesOffset dwOwnerNameSize
            dwOwnerNameOffset dwDevSpecificSize dwDevSpecificOffset dwPhoneFeatures }
        PHONEBUTTONINFO { dwTotalSize dwNeededSize dwUsedSize dwButtonMode dwButtonFunction dwButtonTextSize
            dwButtonTextOffset dwDevSpecificSize dwDevSpecificOffset dwButtonState }
        PHONEEXTENSIONID { dwExtensionID0 dwExtensionID1 dwExtensionID2 dwExtensionID3 }
    }
}
