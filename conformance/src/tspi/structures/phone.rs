//! Structures of phone devices.

use super::rows::*;
use crate::tspi::constants::*;

super::structure_table! {
    PHONECAPS: "ns-tapi-phonecaps.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwProviderInfoSize: size("ProviderInfo"),
            dwProviderInfoOffset: text("ProviderInfo"),
            dwPhoneInfoSize: size("PhoneInfo"),
            dwPhoneInfoOffset: text("PhoneInfo"),
            dwPermanentPhoneID: number(),
            dwPhoneNameSize: size("PhoneName"),
            dwPhoneNameOffset: text("PhoneName"),
            dwStringFormat: of(&STRINGFORMAT),
            dwPhoneStates: of(&PHONESTATE),
            dwHookSwitchDevs: of(&PHONEHOOKSWITCHDEV),
            dwHandsetHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
            dwSpeakerHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
            dwHeadsetHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
            dwVolumeFlags: of(&PHONEHOOKSWITCHDEV),
            dwGainFlags: of(&PHONEHOOKSWITCHDEV),
            dwDisplayNumRows: number(),
            dwDisplayNumColumns: number(),
            dwNumRingModes: number(),
            dwNumButtonLamps: number(),
            dwButtonModesSize: size("ButtonModes"),
            dwButtonModesOffset: dwords("ButtonModes", &PHONEBUTTONMODE),
            dwButtonFunctionsSize: size("ButtonFunctions"),
            dwButtonFunctionsOffset: dwords("ButtonFunctions", &PHONEBUTTONFUNCTION),
            dwLampModesSize: size("LampModes"),
            dwLampModesOffset: dwords("LampModes", &PHONELAMPMODE),
            dwNumSetData: number(),
            dwSetDataSize: size("SetData"),
            dwSetDataOffset: numbers("SetData"),
            dwNumGetData: number(),
            dwGetDataSize: size("GetData"),
            dwGetDataOffset: numbers("GetData"),
            dwDevSpecificSize: size("DevSpecific"),
            dwDevSpecificOffset: bytes("DevSpecific"),
        }
        since V2_0 {
            dwDeviceClassesSize: size("DeviceClasses"),
            dwDeviceClassesOffset: strings("DeviceClasses"),
            dwPhoneFeatures: of(&PHONEFEATURE),
            dwSettableHandsetHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
            dwSettableSpeakerHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
            dwSettableHeadsetHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
            dwMonitoredHandsetHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
            dwMonitoredSpeakerHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
            dwMonitoredHeadsetHookSwitchModes: of(&PHONEHOOKSWITCHMODE),
        }
        since V2_2 {
            PermanentPhoneGuid: guid(),
        }
    }
    PHONESTATUS: "ns-tapi-phonestatus.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwStatusFlags: of(&PHONESTATUSFLAGS),
            dwNumOwners: number().by_tapi(),
            dwNumMonitors: number().by_tapi(),
            dwRingMode: number(),
            dwRingVolume: number(),
            dwHandsetHookSwitchMode: of(&PHONEHOOKSWITCHMODE),
            dwHandsetVolume: number(),
            dwHandsetGain: number(),
            dwSpeakerHookSwitchMode: of(&PHONEHOOKSWITCHMODE),
            dwSpeakerVolume: number(),
            dwSpeakerGain: number(),
            dwHeadsetHookSwitchMode: of(&PHONEHOOKSWITCHMODE),
            dwHeadsetVolume: number(),
            dwHeadsetGain: number(),
            dwDisplaySize: size("Display"),
            dwDisplayOffset: bytes("Display"),
            dwLampModesSize: size("LampModes"),
            dwLampModesOffset: dwords("LampModes", &PHONELAMPMODE),
            dwOwnerNameSize: size("OwnerName").by_tapi(),
            dwOwnerNameOffset: text("OwnerName").by_tapi(),
            dwDevSpecificSize: size("DevSpecific"),
            dwDevSpecificOffset: bytes("DevSpecific"),
        }
        since V2_0 {
            dwPhoneFeatures: of(&PHONEFEATURE),
        }
    }
    PHONEBUTTONINFO: "ns-tapi-phonebuttoninfo.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwButtonMode: of(&PHONEBUTTONMODE),
            dwButtonFunction: of(&PHONEBUTTONFUNCTION),
            dwButtonTextSize: size("ButtonText"),
            dwButtonTextOffset: text("ButtonText"),
            dwDevSpecificSize: size("DevSpecific"),
            dwDevSpecificOffset: bytes("DevSpecific"),
        }
        since V1_4 {
            dwButtonState: of(&PHONEBUTTONSTATE),
        }
    }
    PHONEEXTENSIONID: "ns-tapi-phoneextensionid.md" {
        since V1_3 {
            dwExtensionID0: number(),
            dwExtensionID1: number(),
            dwExtensionID2: number(),
            dwExtensionID3: number(),
        }
    }
}
