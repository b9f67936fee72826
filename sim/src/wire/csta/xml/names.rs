//! Where ECMA-323 does not spell an element as ECMA-285 spells the member.

/// Members, bits and values whose element has another name: the type, the member, the element.
static ELEMENTS: &[(&str, &str, &str)] = &[
    ("MonitorStopArgument", "crossRefIdentifier", "monitorCrossRefID"),
    (
        "ChangeMonitorFilterArgument",
        "crossRefIdentifier",
        "monitorCrossRefID",
    ),
    ("MonitorStartResult", "crossRefIdentifier", "monitorCrossRefID"),
    ("MonitorStartResult", "actualmonitorFilter", "actualMonitorFilter"),
    ("MonitorFilter", "callControl", "callcontrol"),
    ("MonitorFilter", "voiceUnit", "voice"),
    (
        "ServicesPermitted",
        "mediaAttachmentServices",
        "mediaAttachementServices",
    ),
    ("ServicesPermitted", "voiceUnitServices", "voiceServices"),
    ("RedirectionDeviceID", "numberdialed", "numberDialed"),
    (
        "SnapshotCallResult",
        "associatedCallingDeviceID",
        "associatedCallingDevice",
    ),
    (
        "SnapshotCallResult",
        "associatedCalledDeviceID",
        "associatedCalledDevice",
    ),
    (
        "SnapshotCallResponseInfo",
        "localConnectionState",
        "localConnectionInfo",
    ),
    (
        "SetHookswitchStatusArgument",
        "hookswitchOnHook",
        "hookswitchOnhook",
    ),
    (
        "EstablishedEvent",
        "originatingNIDConnection",
        "originatinNIDConnection",
    ),
    (
        "NetworkReachedEvent",
        "originatingNIDConneciton",
        "originatingNIDConnection",
    ),
    ("AgentStateEntry", "loggedOn", "loggedOnState"),
    (
        "ConnectionInformation",
        "mediaSessionInformation",
        "mediaSessionInfo",
    ),
    ("CSTASecurityData", "timestamp", "timeStamp"),
    (
        "UniversalFailure",
        "systemResourceAvailability",
        "systemResourceAvailibility",
    ),
    ("EventCause", "badUri", "badURI"),
    ("EventCause", "interDigitTimeout", "interdigitTimeout"),
    (
        "EventCause",
        "notAvaliableBearerService",
        "notAvailableBearerService",
    ),
    (
        "GetAuditoryApparatusInformationArgument",
        "auditoryApparatus",
        "auditorityApparatus",
    ),
    // The only bit of a filter's last member, whose type has no name.
    ("", "privateEvent", "private"),
    ("RouteingServices", "reroute", "reRoute"),
    (
        "CallAssociatedEventFilter",
        "dTMFDigitsDetected",
        "digitsGenerated",
    ),
    (
        "CallAssociatedEventFilter",
        "telephonyTonesDetected",
        "telephonyTonesGenerated",
    ),
    ("Profiles", "level1aVoiceBrowserProfile", "l1aVoiceBrowserProfile"),
    ("Profiles", "level1bVoiceBrowserProfile", "l1bVoiceBrowserProfile"),
    ("Profiles", "level2VoiceBrowserProfile", "l2VoiceBrowserProfile"),
    (
        "Profiles",
        "minimalUaCSTACallControlProfile",
        "minimalUACSTACallControlProfile",
    ),
    (
        "Profiles",
        "basicUaCSTACallControlProfile",
        "basicUACSTAtCallControlProfile",
    ),
    (
        "Profiles",
        "advancedUaCSTACallControlProfile",
        "advancedUACSTACallControlProfile",
    ),
    (
        "Profiles",
        "conferencingUaCSTACallControlProfile",
        "conferencingUACSTACallControlProfile",
    ),
    (
        "Profiles",
        "basicUaCSTADeviceFeatureProfile",
        "basicUACSTADeviceFeatureProfile",
    ),
    ("DeviceIDFormat", "privateNumber", "deviceIDTagPrivateNumber"),
    ("DeviceIDFormat", "privateName", "deviceIDTagPrivateName"),
    (
        "GetSwitchingFunctionCapsResult",
        "maxDeviceHistoryLength",
        "maxDeviceHistoryEntries",
    ),
    (
        "VoiceUnitEventFilter",
        "voiceAttributesChange",
        "voiceAttributesChanged",
    ),
];

/// The element for member `member` of type `ty`.
pub(super) fn element(ty: &str, member: &'static str) -> &'static str {
    let row = ELEMENTS.iter().find(|(of, name, _)| *of == ty && *name == member);
    row.map_or(member, |(_, _, element)| element)
}

/// What one item of a list is called: the list's type or, where that has no name, its member.
static ITEMS: &[(&str, &str)] = &[
    ("ConnectionList", "connectionListItem"),
    ("ForwardList", "forwardListItem"),
    ("SnapshotDeviceData", "snapshotDeviceResponseInfo"),
    ("SnapshotCallData", "snapshotCallResponseInfo"),
    ("DeviceMediaInfoList", "deviceMediaInfo"),
    ("CallMediaInfoList", "callMediaInfo"),
    ("DestinationDetection", "detectionItem"),
    ("ButtonList", "buttonItem"),
    ("DisplayList", "displayListItem"),
    ("CallBackList", "callBackListItem"),
    ("AuditoryApparatusList", "auditoryApparatusItem"),
    ("appearanceList", "appearance"),
    ("otherPhysicalDeviceList", "deviceID"),
    ("otherLogicalDeviceList", "deviceID"),
    ("associatedGroupList", "deviceID"),
    ("privateDataVersionList", "privateDataVersion"),
    ("HookswitchStatusList", "hookswitchStatusItem"),
    ("LampList", "lampItem"),
    ("LampModeList", "lampModeItem"),
    ("ProtocolVersionList", "protocolVersion"),
    ("compoundCallState", "localConnectionState"),
    ("lampList", "lampID"),
    ("microphoneGainList", "microphoneGainItem"),
    ("microphoneMuteList", "microphoneMuteItem"),
    ("speakerMuteList", "speakerMuteItem"),
    ("speakerVolumeList", "speakerVolumeItem"),
    ("ringerStatusList", "ringerStatusItem"),
    ("agentStateList", "agentStateEntry"),
    ("agentInfo", "agentInfoItem"),
    ("callingDeviceList", "callingDevice"),
    ("deviceList", "device"),
    ("alternateRoutes", "deviceID"),
    ("addNewDestinationsList", "device"),
    ("digitDurationList", "digitDuration"),
    ("pauseDurationList", "pauseDuration"),
    ("otherDevsPrimaryCallList", "otherDevsPrimaryCall"),
    ("otherDevsSecondaryCallList", "otherDevsSecondaryCall"),
    ("numberOfChargeUnits", "chargingUnitsRecord"),
];

/// The element of one item of the list type `ty`, or of the list in `member`.
pub(super) fn item(ty: &str, member: &str) -> &'static str {
    let row = |name: &str| {
        ITEMS
            .iter()
            .find(|(list, _)| *list == name)
            .map(|(_, item)| *item)
    };
    row(ty).or_else(|| row(member)).unwrap_or("item")
}

/// Types that have one element more between themselves and their members.
pub(super) fn wrapper(ty: &str) -> Option<&'static str> {
    match ty {
        "MessageInfo" => Some("messageInfoItem"),
        "DeviceHistory" => Some("DeviceHistoryListItem"),
        _ => None,
    }
}

/// The order of the elements of `ty` where it is not that of the members.
pub(super) fn order(ty: &str) -> &'static [&'static str] {
    match ty {
        "MessageInfo" => &["contentTypeAndSubtype", "contents", "contentsLength"],
        "ForwardListItem" => &[
            "forwardingType",
            "forwardStatus",
            "forwardDN",
            "forwardDefault",
            "ringCount",
            "ringDuration",
        ],
        _ => &[],
    }
}

/// Whether this member is a list of devices in this edition of ECMA-323, where ECMA-285 has a single device.
pub(super) fn is_device_list(edition: u8, ty: &str, member: &str) -> bool {
    edition >= 6 && ty == "DeflectCallArgument" && member == "newDestination"
}

/// The member whose devices follow the first one in such a list.
pub(super) const MORE_DESTINATIONS: &str = "addNewDestinationsList";

/// How ECMA-323 writes the octet strings of a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Octets {
    /// As characters: identifiers.
    Text,
    /// In hexadecimal.
    Hexadecimal,
    /// As characters where they are some that are no hexadecimal digits, else in hexadecimal: data of applications.
    Either,
}

/// How octets of type `ty` in `member` are written.
pub(super) fn octets(ty: &str, member: &str) -> Octets {
    match (ty, member) {
        ("AccountInfo" | "AuthCode" | "AgentPassword" | "CallQualifyingData", _)
        | (_, "switchingSubDomainInformationElements") => Octets::Hexadecimal,
        ("CorrelatorData" | "UserData", _) | (_, "string") => Octets::Either,
        _ => Octets::Text,
    }
}

/// Octet strings that are inside an element called `string`.
pub(super) fn is_in_string(ty: &str) -> bool {
    matches!(ty, "CorrelatorData" | "UserData")
}

/// Events whose element ECMA-323 does not call as ECMA-285 calls the type.
static EVENT_ELEMENTS: &[(&str, &str)] = &[
    ("TransferredEvent", "TransferedEvent"),
    ("RouteingModeEvent", "RouteingEvent"),
];

/// The element of the event of type `ty`.
pub(super) fn event_element(ty: &str) -> &str {
    let row = EVENT_ELEMENTS.iter().find(|(known, _)| *known == ty);
    row.map_or(ty, |(_, element)| element)
}

/// The type of the event in element `element`.
pub(super) fn event_type(element: &str) -> &str {
    let row = EVENT_ELEMENTS.iter().find(|(_, known)| *known == element);
    row.map_or(element, |(ty, _)| ty)
}
