//! Rows of media on a call: digits, tones, media types, terminals, quality of service; media service providers, call hubs.

use super::calls::CALL_PARAMS;
use super::row::Preset::{Constant, Null, Number};
use super::row::{Row, call};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    call("send digits <digits lpszDigits> on <call hdCall>", "TSPI_lineGenerateDigits", "send digits \"123\" on C")
        .preset(&[("dwEndToEndID", Number(1)), ("dwDigitMode", Constant("LINEDIGITMODE_DTMF"))]),
    call("stop sending digits on <call hdCall>", "TSPI_lineGenerateDigits", "stop sending digits on C")
        .preset(&[("dwDigitMode", Constant("LINEDIGITMODE_DTMF")), ("lpszDigits", Null)]),
    call("gather <count dwNumDigits> digits on <call hdCall> [until <digits lpszTerminationDigits>] [within <duration dwFirstDigitTimeout>]",
        "TSPI_lineGatherDigits", "gather 4 digits on C until \"#\" within 2 s")
        .preset(&[("dwEndToEndID", Number(1)), ("dwDigitModes", Constant("LINEDIGITMODE_DTMF"))]),
    call("stop gathering digits on <call hdCall>", "TSPI_lineGatherDigits", "stop gathering digits on C")
        .preset(&[("dwDigitModes", Constant("LINEDIGITMODE_DTMF")), ("lpsDigits", Null)]),
    call("monitor digits <constants dwDigitModes> on <call hdCall>", "TSPI_lineMonitorDigits",
        "monitor digits LINEDIGITMODE_DTMF on C"),
    call("stop monitoring digits on <call hdCall>", "TSPI_lineMonitorDigits", "stop monitoring digits on C"),
    call("generate tone <constants dwToneMode> on <call hdCall> [for <duration dwDuration>]", "TSPI_lineGenerateTone",
        "generate tone LINETONEMODE_BEEP on C for 100 ms")
        .preset(&[("dwEndToEndID", Number(1))]),
    call("generate tone of <count lpTones.1.dwFrequency> Hz on <call hdCall> [for <duration dwDuration>]",
        "TSPI_lineGenerateTone", "generate tone of 440 Hz on C for 100 ms")
        .preset(&[("dwEndToEndID", Number(1)), ("dwToneMode", Constant("LINETONEMODE_CUSTOM"))]),
    call("stop generating tone on <call hdCall>", "TSPI_lineGenerateTone", "stop generating tone on C"),
    call("monitor tone of <count lpToneList.1.dwFrequency1> Hz on <call hdCall> [for <duration lpToneList.1.dwDuration>]",
        "TSPI_lineMonitorTones", "monitor tone of 440 Hz on C for 50 ms")
        .preset(&[("dwToneListID", Number(1)), ("lpToneList.1.dwAppSpecific", Number(1))]),
    call("stop monitoring tones on <call hdCall>", "TSPI_lineMonitorTones", "stop monitoring tones on C"),
    call("monitor media <constants dwMediaModes> on <call hdCall>", "TSPI_lineMonitorMedia",
        "monitor media LINEMEDIAMODE_G3FAX on C"),
    call("stop monitoring media on <call hdCall>", "TSPI_lineMonitorMedia", "stop monitoring media on C"),
    call("set media mode of <call hdCall> to <media dwMediaMode>", "TSPI_lineSetMediaMode",
        "set media mode of C to LINEMEDIAMODE_DATAMODEM"),
    call("detect media <constants dwMediaModes> conditionally on <line hdLine>", "TSPI_lineConditionalMediaDetection",
        "detect media LINEMEDIAMODE_INTERACTIVEVOICE conditionally on L")
        .preset(CALL_PARAMS),
    call("set media control of call <call hdCall> for media <constants lpMediaList.1.dwMediaModes> to <constants lpMediaList.1.dwMediaControl>",
        "TSPI_lineSetMediaControl", "set media control of call C for media LINEMEDIAMODE_G3FAX to LINEMEDIACONTROL_START")
        .preset(&[("dwSelect", Constant("LINECALLSELECT_CALL"))]),
    call("set media control of call <call hdCall> for state <constants lpCallStateList.1.dwCallStates> to <constants lpCallStateList.1.dwMediaControl>",
        "TSPI_lineSetMediaControl", "set media control of call C for state LINECALLSTATE_IDLE to LINEMEDIACONTROL_RESET")
        .preset(&[("dwSelect", Constant("LINECALLSELECT_CALL"))]),
    call("set media control of line <line hdLine> for media <constants lpMediaList.1.dwMediaModes> to <constants lpMediaList.1.dwMediaControl>",
        "TSPI_lineSetMediaControl", "set media control of line L for media LINEMEDIAMODE_G3FAX to LINEMEDIACONTROL_START")
        .preset(&[("dwSelect", Constant("LINECALLSELECT_LINE"))]),
    call("set terminal <count dwTerminalID> of call <call hdCall> for <constants dwTerminalModes> <switch bEnable>",
        "TSPI_lineSetTerminal", "set terminal 0 of call C for LINETERMMODE_RINGER on")
        .preset(&[("dwSelect", Constant("LINECALLSELECT_CALL"))]),
    call("set terminal <count dwTerminalID> of line <line hdLine> for <constants dwTerminalModes> <switch bEnable>",
        "TSPI_lineSetTerminal", "set terminal 0 of line L for LINETERMMODE_RINGER and LINETERMMODE_LAMPS off")
        .preset(&[("dwSelect", Constant("LINECALLSELECT_LINE"))]),
    call("set call treatment of <call hdCall> to <constants dwTreatment>", "TSPI_lineSetCallTreatment",
        "set call treatment of C to LINECALLTREATMENT_MUSIC"),
    call("set quality of service of <call hdCall> sending <bytes lpSendingFlowspec> receiving <bytes lpReceivingFlowspec>",
        "TSPI_lineSetCallQualityOfService", "set quality of service of C sending \"s\" receiving \"r\""),
    call("request quality of service of <call hdCall> at <constants lpSendingFlowspec.1.dwQOSServiceLevel> for <constants lpSendingFlowspec.1.dwMediaMode>",
        "TSPI_lineSetCallQualityOfService",
        "request quality of service of C at LINEQOSSERVICELEVEL_BESTEFFORT for LINEMEDIAMODE_INTERACTIVEVOICE")
        .preset(&[("lpSendingFlowspec.dwKey", Number(0x4C51_534B)), // LINEQOSSTRUCT_KEY
            ("lpSendingFlowspec.dwQOSRequestType", Constant("LINEQOSREQUESTTYPE_SERVICELEVEL")), ("lpReceivingFlowspec", Null)]),

    call("create MSP instance <new-msp htMSPLine> on <line hdLine>", "TSPI_lineCreateMSPInstance", "create MSP instance N on L"),
    call("close MSP instance <end-msp hdMSPLine>", "TSPI_lineCloseMSPInstance", "close MSP instance M"),
    call("send MSP data <bytes pBuffer> to <msp hdMSPLine> [about <call hdCall>]", "TSPI_lineReceiveMSPData",
        "send MSP data \"sdp\" to M about C"),
    call("identify MSP of line <device dwDeviceID>", "TSPI_lineMSPIdentify", "identify MSP of line 1"),
    call("set call hub tracking of <line hdLine> to <constants lpTrackingInfo.dwCurrentTracking>", "TSPI_lineSetCallHubTracking",
        "set call hub tracking of L to LINECALLHUBTRACKING_ALLCALLS"),
];
