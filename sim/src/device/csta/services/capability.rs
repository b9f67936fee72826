//! Capability exchange: what the switch, its services and its devices can do, and which devices there are.

use super::features::subject;
use super::is_supported;
use crate::device::csta::{ClientId, CstaServer, Encoding, identifiers};
use crate::exchange::switch::{DeviceId, DeviceKind, ForwardingType, OperationError, ServiceError, Switch};
use crate::time::SimTime;
use crate::wire::csta::{
    schema::{Kind, phase3},
    services::{EVENTS, Group, SERVICES},
    value::Value,
};

type Answer = Result<Value, ServiceError>;

/// How many devices one message lists: each takes up to 30 bytes, and Panasonic's frames end at 240.
const SEGMENT: usize = 6;

/// Bits of a named bit string, by their names.
fn bits(ty: &str, names: &[&str]) -> Value {
    let Some(Kind::BitString(known)) = phase3::ty(ty).map(|ty| &ty.kind) else {
        return Value::Bits(0);
    };
    let set = known.iter().filter(|(name, _)| names.contains(name));
    Value::Bits(set.fold(0, |bits, (_, bit)| bits | 1 << bit))
}

/// The list of Get CSTA Features that services of a chapter are in.
fn service_list(group: Group) -> (&'static str, &'static str) {
    match group {
        Group::CapabilityExchange => ("capExchangeServList", "CapExchangeServList"),
        Group::System => ("systemStatServList", "SystemStatusServList"),
        Group::Monitoring => ("monitoringServList", "MonitoringServList"),
        Group::Snapshot => ("snapshotServList", "SnapshotServList"),
        Group::CallControl => ("callControlServList", "CallControlServList"),
        Group::CallAssociated => ("callAssociatedServList", "CallAssociatedServList"),
        Group::Routeing => ("routeingServList", "RouteingServList"),
        Group::PhysicalDevice => ("physDevServList", "PhysDevServList"),
        Group::LogicalDevice => ("logicalServList", "LogicalServList"),
        Group::Vendor => ("vendorSpecificServList", "VendorSpecificServList"),
    }
}

/// The list of Get CSTA Features that events of a category are in.
fn event_list(category: &str) -> (&'static str, &'static str) {
    match category {
        "callControlEvents" => ("callControlEvtsList", "CallControlEvtsList"),
        "callAssociatedEvents" => ("callAssociatedEvtsList", "CallAssociatedEvtsList"),
        "physicalDeviceFeatureEvents" => ("physDevEvtsList", "PhysDevEvtsList"),
        "logicalDeviceFeatureEvents" => ("logicalEvtsList", "LogicalEvtsList"),
        "deviceMaintenanceEvents" => ("deviceMaintEvtsList", "DeviceMaintEvtsList"),
        _ => ("vendorSpecificEvtsList", "VendorSpecificEvtsList"),
    }
}

/// Names that the lists of Get CSTA Features do not spell as services and events are called.
static LISTED_AS: &[(&str, &str)] = &[
    ("CamponCall", "campOnCall"),
    ("SingleStepConferenceCall", "singleStepConference"),
    ("SingleStepTransferCall", "singleStepTransfer"),
    ("ChangeSysStatFilter", "changeSystemStatusFilter"),
    ("SystemRegisterAbort", "systemStatusRegisterAbort"),
    ("SystemRegisterCancel", "systemStatusRegisterCancel"),
    ("GetAuditoryApparatusInformation", "getAuditoryApparatusInfo"),
    ("GetHookswitchStatus", "getHookSwitchStatus"),
    ("SetHookswitchStatus", "setHookSwitchStatus"),
    ("GetLampInformation", "getLampInfo"),
    ("CallBackNonCallRelated", "callBackNonCallRel"),
    ("CallBackMessageNonCallRelated", "callBackMsgNonCallRel"),
    ("CancelCallBackMessage", "cancelCallBackMsg"),
    ("digitsGeneratedEvent", "digitsGenerated"),
    ("telephonyTonesGeneratedEvent", "telephonyTonesGenerated"),
    ("networkCapabilitiesChanged", "netwCapsChanged"),
    ("networkReached", "netwReached"),
];

/// Events that the switch has no occasion for.
static NEVER: &[&str] = &[
    "bridged",
    "charging",
    "serviceCompletionFailure",
    "networkCapabilitiesChanged",
    "callerIDStatus",
    "privateEvent",
];

fn listed(ty: &str, name: &str) -> Option<&'static str> {
    let row = LISTED_AS.iter().find(|(known, _)| *known == name);
    let spelled = match row {
        Some((_, spelled)) => (*spelled).to_owned(),
        None => name[..1].to_lowercase() + &name[1..],
    };
    phase3::ty(ty)?.field(&spelled).map(|field| field.name)
}

/// Adds an entry to the list in `member` of `lists`, unless it is there.
fn add(lists: &mut Vec<(&'static str, Value)>, member: &'static str, entry: &'static str) {
    if !lists.iter().any(|(name, _)| *name == member) {
        lists.push((member, Value::Sequence(Vec::new())));
    }
    for (name, list) in lists {
        if let (true, Value::Sequence(entries)) = (*name == member, list) {
            // No bit is set: none of the optional parameters is claimed.
            entries.push((entry, Value::Bits(0)));
        }
    }
}

pub(super) fn features(server: &mut CstaServer, _: &mut Switch, _: ClientId, _: &Value) -> Answer {
    let (mut services, mut events) = (Vec::new(), Vec::new());
    for service in SERVICES.iter().filter(|service| is_supported(service)) {
        let (member, ty) = service_list(service.group);
        if let Some(entry) = listed(ty, service.name) {
            add(&mut services, member, entry);
        }
    }
    if server.profile().encoding == Encoding::Phase3 {
        // ECMA-285 has no OPTIONAL in this one list, so that a decoder made from it needs them.
        add(&mut services, "snapshotServList", "snapshotCallData");
        add(&mut services, "snapshotServList", "snapshotDeviceData");
    }
    for event in EVENTS.iter().filter(|event| !NEVER.contains(&event.name)) {
        let (member, ty) = event_list(event.category);
        if let Some(entry) = listed(ty, event.name) {
            add(&mut events, member, entry);
        }
    }
    Ok(Value::sequence([
        ("supportedServices", Value::Sequence(services)),
        ("supportedEvents", Value::Sequence(events)),
    ]))
}

/// Category, type by name, and what kinds of group a device is.
fn kind_of(switch: &Switch, device: DeviceId) -> (&'static str, &'static str, Option<&'static str>) {
    match switch.kind(device) {
        Some(DeviceKind::Line) => ("station", "line", None),
        Some(DeviceKind::Trunk) => ("networkInterface", "trunk", None),
        Some(DeviceKind::Group) if switch.group(device).is_some_and(|group| group.agents_only) => {
            ("group", "acdGroup", Some("acd"))
        }
        Some(DeviceKind::Group) => ("group", "stationGroup", Some("hunt")),
        Some(DeviceKind::ParkSlot) => ("park", "parkingDevice", None),
        Some(DeviceKind::VoiceMail) => ("voiceUnit", "other", None),
        Some(DeviceKind::RouteingDevice) => ("routeingDevice", "other", None),
        Some(DeviceKind::Station) | None => ("station", "station", None),
    }
}

fn count(count: usize) -> Value {
    Value::Integer(i64::try_from(count).unwrap_or(i64::MAX))
}

const MERGES: &[&str] = &["consultationCall", "holdCallMakeCall", "alternateCall"];

pub(super) fn logical_device(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    let (category, named, group) = kind_of(switch, device);
    let telephone = switch.is_telephone(device);
    let groups = switch.groups_of(device);
    let members = [
        ("deviceCategory", Value::named(category)),
        ("namedDeviceTypes", Value::named(named)),
        ("hasPhysicalElement", Value::Boolean(telephone)),
        ("acdModels", bits("ACDModels", &["visibleACDRelatedDevices"])),
        ("appearanceAddressable", Value::Boolean(false)),
        ("appearanceType", Value::named("selectedStandard")),
        ("mediaClassSupport", bits("MediaClass", &["voice"])),
    ];
    let mut information = Value::sequence(members).with(
        "groupDeviceAttributes",
        group.map(|attribute| bits("GroupDeviceAttributes", &[attribute])),
    );
    if !groups.is_empty() {
        let list = groups.iter().map(|group| identifiers::device(switch, *group));
        let models = bits("AgentLogOnModels", &["logOnToACDGroupExplOneStep"]);
        information = information
            .with("agentLogOnModels", models)
            .with("associatedGroupList", Value::List(list.collect()));
    }
    let Some(settings) = switch.settings(device).filter(|_| telephone) else {
        return Ok(information);
    };
    Ok(information
        .with("maxActiveCalls", count(1))
        .with("maxHeldCalls", count(settings.max_calls.saturating_sub(1)))
        .with("maxFwdSettings", count(ForwardingType::ALL.len()))
        .with("maxDevicesInConf", count(switch.limits().conference_members))
        .with("transAndConfSetup", bits("TransAndConfSetup", MERGES)))
}

pub(super) fn physical_device(switch: &mut Switch, argument: &Value, _: SimTime) -> Answer {
    let device = subject(switch, argument)?;
    if !switch.is_telephone(device) {
        return Err(OperationError::RequestIncompatibleWithDevice.into());
    }
    let (category, named, _) = kind_of(switch, device);
    let parts = switch.apparatus(device);
    Ok(Value::sequence([
        ("deviceCategory", Value::named(category)),
        ("namedDeviceTypes", Value::named(named)),
        ("hasLogicalElement", Value::Boolean(true)),
        ("deviceModelName", Value::text("Offhook")),
        ("maxDisplays", count(1)),
        ("maxButtons", count(parts.buttons.len())),
        ("maxLamps", count(parts.lamps.len())),
    ]))
}

/// How long agents, data and numbers may be, by the names of MaxLengthParameters. The switch refuses longer ones.
static LENGTHS: &[(&str, usize)] = &[
    ("accountInfo", 32),
    ("authCode", 0),
    ("agentID", 32),
    ("agentPassword", 0),
    ("callIDInConnectionID", 8),
    ("correlatorData", 32),
    ("privateData", 0),
    ("deviceIdentifiers", 128),
    ("userData", 256),
    ("buttonLabel", 64),
    ("lampLabel", 0),
    ("charactersToSend", 64),
];

/// Data of at most the length that the switch says it takes; `error` where they are longer.
pub(super) fn within<'a>(
    name: &str,
    data: Option<&'a [u8]>,
    error: OperationError,
) -> Result<Option<&'a [u8]>, ServiceError> {
    let most = LENGTHS
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, most)| *most);
    match data.filter(|data| most.is_some_and(|most| data.len() > most)) {
        Some(_) => Err(error.into()),
        None => Ok(data),
    }
}

/// Correlator data, user data or an account code of a request, checked.
pub(super) fn travelling<'a>(argument: &'a Value, member: &str) -> Result<Option<&'a [u8]>, ServiceError> {
    let (name, error) = match member {
        "correlatorData" => ("correlatorData", OperationError::CorrelatorDataOutOfRange),
        "accountCode" => ("accountInfo", OperationError::InvalidAccountCode),
        _ => ("userData", OperationError::InvalidParameterValue),
    };
    within(name, argument.get(member).and_then(Value::as_octets), error)
}

pub(super) fn switching_function(server: &mut CstaServer, _: &mut Switch, _: ClientId, _: &Value) -> Answer {
    let name = server.profile().name;
    let features = [
        "isForwardingAfter",
        "userSpecific",
        "supportFailedWithAssConn",
        "recall",
        "callBack",
        "extCallsIncoming",
        "extCallsOutgoing",
        "prompting",
    ];
    let formats = [
        "dialableDigitsAsterix",
        "dialableDigitsHash",
        "sFReprGeneric",
        "sFReprImplicitTON",
    ];
    let lengths = LENGTHS.iter().map(|(name, most)| (*name, count(*most)));
    let wait = server.profile().keep_alive.map(|wait| wait.as_secs());
    let timer = wait
        .and_then(|wait| i64::try_from(wait).ok())
        .filter(|wait| *wait <= 180);
    Ok(Value::sequence([
        ("switchingSubDomainName", Value::text(name)),
        ("manufacturerName", Value::text("Offhook")),
        (
            "profiles",
            bits("Profiles", &["basicTelephonyProfile", "routeingProfile"]),
        ),
        ("deviceIDFormat", bits("DeviceIDFormat", &formats)),
        ("swDomainFeatures", bits("SwDomainFeatures", &features)),
        (
            "swAppearanceAddressability",
            bits("SwAppearanceAddressability", &["nonAddressable"]),
        ),
        (
            "swAppearanceTypes",
            bits("SwAppearanceTypes", &["selectedStandard"]),
        ),
        ("ignoreUnsupportedParameters", Value::named("ignoreParameters")),
        ("mediaClassSupport", bits("MediaClass", &["voice"])),
        ("transAndConfSetup", bits("TransAndConfSetup", MERGES)),
        ("correlatorDataSupported", Value::Boolean(true)),
        ("dynamicFeatureSupported", Value::named("none")),
        ("aCDModels", bits("ACDModels", &["visibleACDRelatedDevices"])),
        (
            "agentLogOnModels",
            bits("AgentLogOnModels", &["logOnToACDGroupExplOneStep"]),
        ),
        ("connectionView", Value::named("fixed")),
        ("maxLengthParameters", Value::Sequence(lengths.collect())),
    ])
    .with("systemStatusTimer", timer.map(Value::Integer)))
}

/// The list itself follows the answer, in messages of its own.
pub(super) fn devices(server: &mut CstaServer, switch: &mut Switch, _: ClientId, argument: &Value) -> Answer {
    if argument.get("requestedDeviceID").is_some() {
        identifiers::to_device(
            switch,
            argument,
            "requestedDeviceID",
            OperationError::InvalidDeviceId,
        )?;
    }
    let id = Value::Octets(server.next_id().to_string().into_bytes());
    Ok(Value::sequence([("serviceCrossRefID", id)]))
}

/// What a request for one kind of devices calls the device, and what attributes a list shows of it.
fn requested_as(switch: &Switch, device: DeviceId) -> (&'static str, Option<&'static str>) {
    match kind_of(switch, device) {
        (_, _, Some("acd")) => ("groupACD", Some("groupACD")),
        (_, _, Some(_)) => ("groupHunt", Some("groupHunt")),
        (category, _, None) => (category, None),
    }
}

fn attribute_bits(name: &str) -> Value {
    let attributes = phase3::ty("DeviceListEntry").and_then(|ty| ty.field("deviceAttributes"));
    let Some(Kind::BitString(known)) = attributes.map(|field| &field.ty.kind) else {
        return Value::Bits(0);
    };
    let set = known.iter().filter(|(known, _)| *known == name);
    Value::Bits(set.fold(0, |bits, (_, bit)| bits | 1 << bit))
}

impl CstaServer {
    pub(super) fn list_devices(&mut self, switch: &Switch, client: ClientId, argument: &Value) {
        let one = argument.get("requestedDeviceID").and_then(identifiers::digits);
        let wanted = argument.get("requestedDeviceCategory").and_then(Value::as_name);
        let mut rows = Vec::new();
        for device in switch.devices() {
            let (asked, attribute) = requested_as(switch, device);
            let is_wanted = wanted.is_none_or(|wanted| wanted == asked);
            if is_wanted
                && one
                    .as_deref()
                    .is_none_or(|number| number == switch.number(device))
            {
                let (category, named, _) = kind_of(switch, device);
                let attribute = attribute.map(attribute_bits);
                let members = [
                    ("deviceID", identifiers::device(switch, device)),
                    ("deviceCategory", Value::named(category)),
                    ("namedDeviceTypes", Value::named(named)),
                ];
                rows.push(Value::sequence(members).with("deviceAttributes", attribute));
            }
        }
        let cross_ref = Value::Octets(self.last_id.to_string().into_bytes());
        let count = rows.len().div_ceil(SEGMENT).max(1);
        let mut rows = rows.into_iter();
        for segment in 1..=count {
            let list: Vec<_> = rows.by_ref().take(SEGMENT).collect();
            let argument = Value::sequence([
                ("serviceCrossRefID", cross_ref.clone()),
                (
                    "segmentID",
                    Value::Integer(i64::try_from(segment).unwrap_or(i64::MAX)),
                ),
                ("lastSegment", Value::Boolean(segment == count)),
                ("deviceList", Value::List(list)),
            ]);
            self.request(client, "SwitchingFunctionDevices", argument);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{EVENTS, SERVICES, event_list, listed, service_list};

    #[test]
    fn every_service_and_event_of_the_tables_has_its_entry_in_a_list() {
        for service in SERVICES {
            let (_, ty) = service_list(service.group);
            assert!(listed(ty, service.name).is_some(), "{}", service.name);
        }
        for event in EVENTS {
            let (_, ty) = event_list(event.category);
            assert!(listed(ty, event.name).is_some(), "{}", event.name);
        }
    }
}
