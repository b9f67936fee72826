//! Structures of what a line device and an address can do and how they stand.

use super::LINEDIALPARAMS;
use super::rows::*;
use crate::tspi::constants::*;

super::structure_table! {
    LINEDEVCAPS: "ns-tapi-linedevcaps.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwProviderInfoSize: size("ProviderInfo"),
            dwProviderInfoOffset: text("ProviderInfo"),
            dwSwitchInfoSize: size("SwitchInfo"),
            dwSwitchInfoOffset: text("SwitchInfo"),
            dwPermanentLineID: number(),
            dwLineNameSize: size("LineName"),
            dwLineNameOffset: text("LineName"),
            dwStringFormat: of(&STRINGFORMAT),
            dwAddressModes: of(&LINEADDRESSMODE),
            dwNumAddresses: number(),
            dwBearerModes: of(&LINEBEARERMODE),
            dwMaxRate: number(),
            dwMediaModes: of(&LINEMEDIAMODE),
            dwGenerateToneModes: of(&LINETONEMODE),
            dwGenerateToneMaxNumFreq: number(),
            dwGenerateDigitModes: of(&LINEDIGITMODE),
            dwMonitorToneMaxNumFreq: number(),
            dwMonitorToneMaxNumEntries: number(),
            dwMonitorDigitModes: of(&LINEDIGITMODE),
            dwGatherDigitsMinTimeout: number(),
            dwGatherDigitsMaxTimeout: number(),
            dwMedCtlDigitMaxListSize: number(),
            dwMedCtlMediaMaxListSize: number(),
            dwMedCtlToneMaxListSize: number(),
            dwMedCtlCallStateMaxListSize: number(),
            dwDevCapFlags: of(&LINEDEVCAPFLAGS),
            dwMaxNumActiveCalls: number(),
            dwAnswerMode: of(&LINEANSWERMODE),
            dwRingModes: number(),
            dwLineStates: of(&LINEDEVSTATE),
            dwUUIAcceptSize: number(),
            dwUUIAnswerSize: number(),
            dwUUIMakeCallSize: number(),
            dwUUIDropSize: number(),
            dwUUISendUserUserInfoSize: number(),
            dwUUICallInfoSize: number(),
            MinDialParams: nested(&LINEDIALPARAMS),
            MaxDialParams: nested(&LINEDIALPARAMS),
            DefaultDialParams: nested(&LINEDIALPARAMS),
            dwNumTerminals: number(),
            dwTerminalCapsSize: size("TerminalCaps"),
            dwTerminalCapsOffset: list("TerminalCaps", &LINETERMCAPS),
            dwTerminalTextEntrySize: number(),
            dwTerminalTextSize: size("TerminalText"),
            dwTerminalTextOffset: table("TerminalText", "dwTerminalTextEntrySize"),
            dwDevSpecificSize: size("DevSpecific"),
            dwDevSpecificOffset: bytes("DevSpecific"),
            dwLineFeatures: of(&LINEFEATURE),
        }
        since V2_0 {
            dwSettableDevStatus: of(&LINEDEVSTATUSFLAGS),
            dwDeviceClassesSize: size("DeviceClasses"),
            dwDeviceClassesOffset: strings("DeviceClasses"),
        }
        since V2_2 {
            PermanentLineGuid: guid(),
        }
        since V3_0 {
            dwAddressTypes: of(&LINEADDRESSTYPE),
            ProtocolGuid: guid(),
            dwAvailableTracking: of(&LINECALLHUBTRACKING),
        }
    }
    LINETERMCAPS: "ns-tapi-linetermcaps.md" {
        since V1_3 {
            dwTermDev: of(&LINETERMDEV),
            dwTermModes: of(&LINETERMMODE),
            dwTermSharing: of(&LINETERMSHARING),
        }
    }
    LINEDEVSTATUS: "ns-tapi-linedevstatus.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwNumOpens: number().by_tapi(),
            dwOpenMediaModes: of(&LINEMEDIAMODE).by_tapi(),
            dwNumActiveCalls: number(),
            dwNumOnHoldCalls: number(),
            dwNumOnHoldPendCalls: number(),
            dwLineFeatures: of(&LINEFEATURE),
            dwNumCallCompletions: number(),
            dwRingMode: number(),
            dwSignalLevel: number(),
            dwBatteryLevel: number(),
            dwRoamMode: of(&LINEROAMMODE),
            dwDevStatusFlags: of(&LINEDEVSTATUSFLAGS),
            dwTerminalModesSize: size("TerminalModes"),
            dwTerminalModesOffset: dwords("TerminalModes", &LINETERMMODE),
            dwDevSpecificSize: size("DevSpecific"),
            dwDevSpecificOffset: bytes("DevSpecific"),
        }
        since V2_0 {
            dwAvailableMediaModes: of(&LINEMEDIAMODE),
            dwAppInfoSize: size("AppInfo").by_tapi(),
            dwAppInfoOffset: list("AppInfo", &LINEAPPINFO).by_tapi(),
        }
    }
    LINEAPPINFO: "ns-tapi-lineappinfo.md" {
        since V2_0 {
            dwMachineNameSize: size("MachineName"),
            dwMachineNameOffset: text("MachineName"),
            dwUserNameSize: size("UserName"),
            dwUserNameOffset: text("UserName"),
            dwModuleFilenameSize: size("ModuleFilename"),
            dwModuleFilenameOffset: text("ModuleFilename"),
            dwFriendlyNameSize: size("FriendlyName"),
            dwFriendlyNameOffset: text("FriendlyName"),
            dwMediaModes: of(&LINEMEDIAMODE),
            dwAddressID: number(),
        }
    }
}
