//! Structures of identifiers, strings, tones and media control.

use super::rows::*;
use crate::tspi::constants::*;

super::structure_table! {
    VARSTRING: "ns-tapi-varstring.md" {
        since V1_3 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwStringFormat: of(&STRINGFORMAT),
            dwStringSize: size("String"),
            dwStringOffset: text("String"),
        }
    }
    LINEEXTENSIONID: "ns-tapi-lineextensionid.md" {
        since V1_3 {
            dwExtensionID0: number(),
            dwExtensionID1: number(),
            dwExtensionID2: number(),
            dwExtensionID3: number(),
        }
    }
    LINEMONITORTONE: "ns-tapi-linemonitortone.md" {
        since V1_3 {
            dwAppSpecific: number(),
            dwDuration: number(),
            dwFrequency1: number(),
            dwFrequency2: number(),
            dwFrequency3: number(),
        }
    }
    LINEGENERATETONE: "ns-tapi-linegeneratetone.md" {
        since V1_3 {
            dwFrequency: number(),
            dwCadenceOn: number(),
            dwCadenceOff: number(),
            dwVolume: number(),
        }
    }
    LINEMEDIACONTROLDIGIT: "ns-tapi-linemediacontroldigit.md" {
        since V1_3 {
            dwDigit: number(),
            dwDigitModes: of(&LINEDIGITMODE),
            dwMediaControl: of(&LINEMEDIACONTROL),
        }
    }
    LINEMEDIACONTROLMEDIA: "ns-tapi-linemediacontrolmedia.md" {
        since V1_3 {
            dwMediaModes: of(&LINEMEDIAMODE),
            dwDuration: number(),
            dwMediaControl: of(&LINEMEDIACONTROL),
        }
    }
    LINEMEDIACONTROLTONE: "ns-tapi-linemediacontroltone.md" {
        since V1_3 {
            dwAppSpecific: number(),
            dwDuration: number(),
            dwFrequency1: number(),
            dwFrequency2: number(),
            dwFrequency3: number(),
            dwMediaControl: of(&LINEMEDIACONTROL),
        }
    }
    LINEMEDIACONTROLCALLSTATE: "ns-tapi-linemediacontrolcallstate.md" {
        since V1_3 {
            dwCallStates: of(&LINECALLSTATE),
            dwMediaControl: of(&LINEMEDIACONTROL),
        }
    }
    LINECALLHUBTRACKINGINFO: "ns-tapi-linecallhubtrackinginfo.md" {
        since V3_0 {
            dwTotalSize: total(),
            dwNeededSize: needed(),
            dwUsedSize: used(),
            dwAvailableTracking: of(&LINECALLHUBTRACKING),
            dwCurrentTracking: of(&LINECALLHUBTRACKING),
        }
    }
    LINEQOSSERVICELEVEL: "lineqosservicelevel--constants.md" {
        since V3_0 {
            dwMediaMode: of(&LINEMEDIAMODE),
            dwQOSServiceLevel: of(&crate::tspi::constants::LINEQOSSERVICELEVEL),
        }
    }
    LINECALLQOSINFO: "lineqosrequesttype--constants.md" {
        since V3_0 {
            dwKey: number(),
            dwTotalSize: total(),
            dwQOSRequestType: of(&LINEQOSREQUESTTYPE),
            dwNumServiceLevelEntries: number(),
            LineQOSServiceLevel: array(&LINEQOSSERVICELEVEL, "dwNumServiceLevelEntries"),
        }
    }
}
