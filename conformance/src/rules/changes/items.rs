//! What may change: the members that show it, and the bits that report it.

/// What may change.
pub(super) struct Item {
    /// The structure that shows it.
    pub structure: &'static str,
    /// Its members and parts; none stands for all that is the provider's.
    pub members: &'static [&'static str],
    /// The bits of which one reports it.
    pub bits: &'static [&'static str],
}

const fn item(structure: &'static str, members: &'static [&'static str], bits: &'static [&'static str]) -> Item {
    Item {
        structure,
        members,
        bits,
    }
}

const CALLS: &[&str] = &["dwNumActiveCalls", "dwNumOnHoldCalls", "dwNumOnHoldPendCalls"];

/// What `LINE_LINEDEVSTATE` reports.
pub(super) const LINE_ITEMS: &[Item] = &[
    item("LINEDEVSTATUS", CALLS, &["LINEDEVSTATE_NUMCALLS"]),
    item("LINEDEVSTATUS", &["dwNumCallCompletions"], &["LINEDEVSTATE_NUMCOMPLETIONS"]),
    item("LINEDEVSTATUS", &["dwSignalLevel"], &["LINEDEVSTATE_SIGNAL"]),
    item("LINEDEVSTATUS", &["dwBatteryLevel"], &["LINEDEVSTATE_BATTERY"]),
    item("LINEDEVSTATUS", &["dwRoamMode"], &["LINEDEVSTATE_ROAMMODE"]),
    item("LINEDEVSTATUS", &["TerminalModes"], &["LINEDEVSTATE_TERMINALS"]),
    item("LINEDEVSTATUS", &["DevSpecific"], &["LINEDEVSTATE_DEVSPECIFIC"]),
    item(
        "LINEDEVSTATUS",
        &["dwDevStatusFlags"],
        &[
            "LINEDEVSTATE_MSGWAITON",
            "LINEDEVSTATE_MSGWAITOFF",
            "LINEDEVSTATE_CONNECTED",
            "LINEDEVSTATE_DISCONNECTED",
            "LINEDEVSTATE_INSERVICE",
            "LINEDEVSTATE_OUTOFSERVICE",
            "LINEDEVSTATE_MAINTENANCE",
            "LINEDEVSTATE_LOCK",
        ],
    ),
    item("LINEDEVCAPS", &[], &["LINEDEVSTATE_CAPSCHANGE"]),
    item("VARSTRING", &["String"], &["LINEDEVSTATE_CONFIGCHANGE"]),
];

/// What `LINE_ADDRESSSTATE` reports.
pub(super) const ADDRESS_ITEMS: &[Item] = &[
    item("LINEADDRESSSTATUS", CALLS, &["LINEADDRESSSTATE_NUMCALLS"]),
    item(
        "LINEADDRESSSTATUS",
        &["dwNumInUse"],
        &["LINEADDRESSSTATE_INUSEZERO", "LINEADDRESSSTATE_INUSEONE", "LINEADDRESSSTATE_INUSEMANY"],
    ),
    item(
        "LINEADDRESSSTATUS",
        &["dwNumRingsNoAnswer", "dwForwardNumEntries", "Forward"],
        &["LINEADDRESSSTATE_FORWARD"],
    ),
    item("LINEADDRESSSTATUS", &["TerminalModes"], &["LINEADDRESSSTATE_TERMINALS"]),
    item("LINEADDRESSSTATUS", &["DevSpecific"], &["LINEADDRESSSTATE_DEVSPECIFIC"]),
    item("LINEADDRESSCAPS", &[], &["LINEADDRESSSTATE_CAPSCHANGE"]),
];

/// What `LINE_CALLINFO` reports.
pub(super) const CALL_ITEMS: &[Item] = &[
    item("LINECALLINFO", &["dwBearerMode"], &["LINECALLINFOSTATE_BEARERMODE"]),
    item("LINECALLINFO", &["dwRate"], &["LINECALLINFOSTATE_RATE"]),
    item("LINECALLINFO", &["dwMediaMode"], &["LINECALLINFOSTATE_MEDIAMODE"]),
    item("LINECALLINFO", &["dwAppSpecific"], &["LINECALLINFOSTATE_APPSPECIFIC"]),
    item("LINECALLINFO", &["dwCallID"], &["LINECALLINFOSTATE_CALLID"]),
    item("LINECALLINFO", &["dwRelatedCallID"], &["LINECALLINFOSTATE_RELATEDCALLID"]),
    item("LINECALLINFO", &["dwOrigin"], &["LINECALLINFOSTATE_ORIGIN"]),
    item("LINECALLINFO", &["dwReason"], &["LINECALLINFOSTATE_REASON"]),
    item("LINECALLINFO", &["dwCompletionID"], &["LINECALLINFOSTATE_COMPLETIONID"]),
    item("LINECALLINFO", &["dwTrunk"], &["LINECALLINFOSTATE_TRUNK"]),
    item(
        "LINECALLINFO",
        &["dwCallerIDFlags", "CallerID", "CallerIDName"],
        &["LINECALLINFOSTATE_CALLERID"],
    ),
    item(
        "LINECALLINFO",
        &["dwCalledIDFlags", "CalledID", "CalledIDName"],
        &["LINECALLINFOSTATE_CALLEDID"],
    ),
    item(
        "LINECALLINFO",
        &["dwConnectedIDFlags", "ConnectedID", "ConnectedIDName"],
        &["LINECALLINFOSTATE_CONNECTEDID"],
    ),
    item(
        "LINECALLINFO",
        &["dwRedirectionIDFlags", "RedirectionID", "RedirectionIDName"],
        &["LINECALLINFOSTATE_REDIRECTIONID"],
    ),
    item(
        "LINECALLINFO",
        &["dwRedirectingIDFlags", "RedirectingID", "RedirectingIDName"],
        &["LINECALLINFOSTATE_REDIRECTINGID"],
    ),
    item("LINECALLINFO", &["Display"], &["LINECALLINFOSTATE_DISPLAY"]),
    item("LINECALLINFO", &["UserUserInfo"], &["LINECALLINFOSTATE_USERUSERINFO"]),
    item("LINECALLINFO", &["HighLevelComp"], &["LINECALLINFOSTATE_HIGHLEVELCOMP"]),
    item("LINECALLINFO", &["LowLevelComp"], &["LINECALLINFOSTATE_LOWLEVELCOMP"]),
    item("LINECALLINFO", &["ChargingInfo"], &["LINECALLINFOSTATE_CHARGINGINFO"]),
    item("LINECALLINFO", &["TerminalModes"], &["LINECALLINFOSTATE_TERMINAL"]),
    item("LINECALLINFO", &["DialParams"], &["LINECALLINFOSTATE_DIALPARAMS"]),
    item("LINECALLINFO", &["DevSpecific"], &["LINECALLINFOSTATE_DEVSPECIFIC"]),
    item("LINECALLINFO", &["dwCallTreatment"], &["LINECALLINFOSTATE_TREATMENT"]),
    item("LINECALLINFO", &["CallData"], &["LINECALLINFOSTATE_CALLDATA"]),
    item(
        "LINECALLINFO",
        &["SendingFlowspec", "ReceivingFlowspec"],
        &["LINECALLINFOSTATE_QOS"],
    ),
];

/// What `PHONE_STATE` reports.
pub(super) const PHONE_ITEMS: &[Item] = &[
    item("PHONESTATUS", &["dwRingMode"], &["PHONESTATE_RINGMODE"]),
    item("PHONESTATUS", &["dwRingVolume"], &["PHONESTATE_RINGVOLUME"]),
    item("PHONESTATUS", &["dwHandsetHookSwitchMode"], &["PHONESTATE_HANDSETHOOKSWITCH"]),
    item("PHONESTATUS", &["dwHandsetVolume"], &["PHONESTATE_HANDSETVOLUME"]),
    item("PHONESTATUS", &["dwHandsetGain"], &["PHONESTATE_HANDSETGAIN"]),
    item("PHONESTATUS", &["dwSpeakerHookSwitchMode"], &["PHONESTATE_SPEAKERHOOKSWITCH"]),
    item("PHONESTATUS", &["dwSpeakerVolume"], &["PHONESTATE_SPEAKERVOLUME"]),
    item("PHONESTATUS", &["dwSpeakerGain"], &["PHONESTATE_SPEAKERGAIN"]),
    item("PHONESTATUS", &["dwHeadsetHookSwitchMode"], &["PHONESTATE_HEADSETHOOKSWITCH"]),
    item("PHONESTATUS", &["dwHeadsetVolume"], &["PHONESTATE_HEADSETVOLUME"]),
    item("PHONESTATUS", &["dwHeadsetGain"], &["PHONESTATE_HEADSETGAIN"]),
    item("PHONESTATUS", &["Display"], &["PHONESTATE_DISPLAY"]),
    item("PHONESTATUS", &["LampModes"], &["PHONESTATE_LAMP"]),
    item(
        "PHONESTATUS",
        &["dwStatusFlags"],
        &["PHONESTATE_CONNECTED", "PHONESTATE_DISCONNECTED", "PHONESTATE_SUSPEND", "PHONESTATE_RESUME"],
    ),
    item("PHONECAPS", &[], &["PHONESTATE_CAPSCHANGE"]),
];
