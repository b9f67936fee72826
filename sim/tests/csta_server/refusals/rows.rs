//! The table: a service, what is wrong with the request, the request, and the error that it gets.

use offhook_sim::wire::csta::value::Value;

use crate::bench::{connection, device, octets};

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wrong {
    /// A device that nobody has.
    Device,
    /// A device of a kind that the service is not for.
    DeviceKind,
    /// A device that is out of service.
    OutOfService,
    /// A call that there is not.
    Call,
    /// A device that is not in the call.
    Connection,
    /// A connection or a device in another state.
    State,
    /// A reference to something of another client, or of none.
    Reference,
    /// A parameter that nobody can mean.
    Parameter,
    /// More than there may be.
    Limit,
}

pub struct Row {
    pub service: &'static str,
    pub wrong: Wrong,
    pub argument: Value,
    pub error: &'static str,
}

pub fn at(call: u32, number: &'static str) -> Value {
    connection(call, number)
}

fn call(call: u32) -> Value {
    Value::choice("callID", octets(&call.to_string()))
}

fn bits(group: &'static str) -> Value {
    Value::sequence([(group, Value::Bits(0))])
}

macro_rules! rows {
    ($($service:ident $wrong:ident {$($member:ident: $value:expr),* $(,)?} $error:literal;)*) => {
        vec![$(Row {
            service: stringify!($service),
            wrong: Wrong::$wrong,
            argument: Value::sequence([$((stringify!($member), $value)),*]),
            error: $error,
        }),*]
    };
}

/// A long text where a short one belongs.
fn long(count: usize) -> Value {
    Value::Octets(vec![b'7'; count])
}

/// In the office of `super::office`: 201 and 202 talk (call 1), 203 rings at 204 (2), 207 holds 208 (3) and talks to 209 (4),
/// 210 has found 201 busy (5), 211 dials (6); 205 does nothing, 206 is out of service; 300 is an ACD group of 205, 70 and 71
/// park slots of which 71 is taken (7), 80 a voice mail, 900 a routeing device.
#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    rows! {
        AcceptCall Call {callToBeAccepted: at(99, "204")} "operation: invalidCallID";
        AcceptCall Connection {callToBeAccepted: at(2, "205")} "operation: invalidConnectionID";
        AcceptCall Device {callToBeAccepted: at(2, "999")} "operation: invalidConnectionID";
        AcceptCall State {callToBeAccepted: at(2, "204")} "stateIncompatibility: invalidConnectionState";

        AlternateCall Call {heldCall: at(99, "207"), activeCall: at(4, "207")} "operation: invalidHeldCallID";
        AlternateCall Connection {heldCall: at(3, "205"), activeCall: at(4, "205")} "operation: invalidHeldConnectionID";
        AlternateCall Device {heldCall: at(3, "999"), activeCall: at(4, "999")} "operation: invalidHeldConnectionID";
        AlternateCall Device {heldCall: at(3, "207"), activeCall: at(4, "209")} "operation: notSameDevice";
        AlternateCall Parameter {heldCall: at(3, "207"), activeCall: at(3, "207")} "operation: invalidActiveCallID";
        AlternateCall State {heldCall: at(4, "207"), activeCall: at(3, "207")} "stateIncompatibility: invalidHeldConnectionState";

        AnswerCall Call {callToBeAnswered: at(99, "204")} "operation: invalidCallID";
        AnswerCall Connection {callToBeAnswered: at(2, "205")} "operation: invalidConnectionID";
        AnswerCall Device {callToBeAnswered: at(2, "999")} "operation: invalidConnectionID";
        AnswerCall State {callToBeAnswered: at(1, "202")} "stateIncompatibility: noCallToAnswer";

        CallBack Call {callbackConnection: at(99, "210")} "operation: invalidCallID";
        CallBack Connection {callbackConnection: at(5, "205")} "operation: invalidConnectionID";
        CallBack Device {callbackConnection: at(5, "999")} "operation: invalidConnectionID";
        CallBack State {callbackConnection: at(1, "201")} "stateIncompatibility: noCallToComplete";

        CallBackMessage Call {callbackMessageConnection: at(99, "210")} "operation: invalidCallID";
        CallBackMessage Connection {callbackMessageConnection: at(5, "205")} "operation: invalidConnectionID";
        CallBackMessage Device {callbackMessageConnection: at(5, "999")} "operation: invalidConnectionID";
        CallBackMessage State {callbackMessageConnection: at(1, "201")} "stateIncompatibility: noCallToComplete";

        CamponCall Call {camponConnection: at(99, "210")} "operation: invalidCallID";
        CamponCall Connection {camponConnection: at(5, "205")} "operation: invalidConnectionID";
        CamponCall Device {camponConnection: at(5, "999")} "operation: invalidConnectionID";
        CamponCall State {camponConnection: at(1, "201")} "stateIncompatibility: noCallToComplete";

        ClearCall Call {callToBeCleared: call(99)} "operation: invalidCallID";
        ClearCall Parameter {callToBeCleared: Value::choice("callID", octets("x"))} "operation: invalidCallID";

        ClearConnection Call {connectionToBeCleared: at(99, "201")} "operation: invalidCallID";
        ClearConnection Connection {connectionToBeCleared: at(1, "205")} "operation: invalidConnectionID";
        ClearConnection Device {connectionToBeCleared: at(1, "999")} "operation: invalidConnectionID";

        ConferenceCall Call {heldCall: at(3, "207"), activeCall: at(99, "207")} "operation: invalidActiveCallID";
        ConferenceCall Connection {heldCall: at(3, "205"), activeCall: at(4, "205")} "operation: invalidHeldConnectionID";
        ConferenceCall Device {heldCall: at(3, "999"), activeCall: at(4, "999")} "operation: invalidHeldConnectionID";
        ConferenceCall Device {heldCall: at(3, "207"), activeCall: at(4, "209")} "operation: notSameDevice";
        ConferenceCall State {heldCall: at(4, "207"), activeCall: at(3, "207")} "stateIncompatibility: invalidHeldConnectionState";

        ConsultationCall Call {existingCall: at(99, "201"), consultedDevice: device("205")} "operation: invalidCallID";
        ConsultationCall Connection {existingCall: at(1, "205"), consultedDevice: device("208")} "operation: invalidConnectionID";
        ConsultationCall Device {existingCall: at(1, "999"), consultedDevice: device("205")} "operation: invalidConnectionID";
        ConsultationCall State {existingCall: at(3, "207"), consultedDevice: device("205")} "stateIncompatibility: invalidActiveConnectionState";
        ConsultationCall Parameter {existingCall: at(1, "201"), consultedDevice: device("no number")} "operation: invalidCalledDeviceID";
        ConsultationCall Parameter {existingCall: at(1, "201"), consultedDevice: device("205"), correlatorData: long(33)} "operation: correlatorDataOutOfRange";

        DeflectCall Call {callToBeDiverted: at(99, "204"), newDestination: device("205")} "operation: invalidCallID";
        DeflectCall Connection {callToBeDiverted: at(2, "205"), newDestination: device("205")} "operation: invalidConnectionID";
        DeflectCall Device {callToBeDiverted: at(2, "999"), newDestination: device("205")} "operation: invalidConnectionID";
        DeflectCall Device {callToBeDiverted: at(2, "204"), newDestination: device("999")} "operation: invalidDestination";
        DeflectCall Parameter {callToBeDiverted: at(2, "204"), newDestination: device("203")} "operation: notDifferentDevices";
        DeflectCall State {callToBeDiverted: at(1, "202"), newDestination: device("205")} "stateIncompatibility: invalidConnectionState";
        DeflectCall State {callToBeDiverted: at(2, "204"), newDestination: device("201")} "stateIncompatibility: invalidDestinationDeviceState";
        DeflectCall OutOfService {callToBeDiverted: at(2, "204"), newDestination: device("206")} "systemResourceAvailability: destinationDeviceOutOfService";

        DialDigits Call {diallingConnection: at(99, "211"), diallingSequence: device("2")} "operation: invalidCallID";
        DialDigits Connection {diallingConnection: at(6, "205"), diallingSequence: device("2")} "operation: invalidConnectionID";
        DialDigits Device {diallingConnection: at(6, "999"), diallingSequence: device("2")} "operation: invalidConnectionID";
        DialDigits State {diallingConnection: at(1, "201"), diallingSequence: device("2")} "stateIncompatibility: invalidConnectionState";
        DialDigits Parameter {diallingConnection: at(6, "211"), diallingSequence: device("no number")} "operation: invalidParameterValue";

        DirectedPickupCall Call {callToBePickedUp: at(99, "204"), requestingDevice: device("205")} "operation: invalidCallID";
        DirectedPickupCall Connection {callToBePickedUp: at(2, "208"), requestingDevice: device("205")} "operation: invalidConnectionID";
        DirectedPickupCall Device {callToBePickedUp: at(2, "999"), requestingDevice: device("205")} "operation: invalidConnectionID";
        DirectedPickupCall Device {callToBePickedUp: at(2, "204"), requestingDevice: device("999")} "operation: invalidPickUpDeviceID";
        DirectedPickupCall DeviceKind {callToBePickedUp: at(2, "204"), requestingDevice: device("300")} "operation: requestIncompatibleWithPickupDevice";
        DirectedPickupCall OutOfService {callToBePickedUp: at(2, "204"), requestingDevice: device("206")} "systemResourceAvailability: pickupDeviceOutOfService";
        DirectedPickupCall Parameter {callToBePickedUp: at(2, "204"), requestingDevice: device("203")} "operation: notDifferentDevices";
        DirectedPickupCall State {callToBePickedUp: at(1, "202"), requestingDevice: device("205")} "stateIncompatibility: invalidConnectionState";

        GroupPickupCall Device {newDestination: device("999")} "operation: invalidPickUpDeviceID";
        GroupPickupCall DeviceKind {newDestination: device("205")} "operation: requestIncompatibleWithPickupDevice";
        GroupPickupCall State {newDestination: device("212")} "stateIncompatibility: noCallToAnswer";

        HoldCall Call {callToBeHeld: at(99, "201")} "operation: invalidCallID";
        HoldCall Connection {callToBeHeld: at(1, "205")} "operation: invalidConnectionID";
        HoldCall Device {callToBeHeld: at(1, "999")} "operation: invalidConnectionID";
        HoldCall State {callToBeHeld: at(2, "204")} "stateIncompatibility: invalidConnectionState";

        IntrudeCall Call {intrude: at(99, "210")} "operation: invalidCallID";
        IntrudeCall Connection {intrude: at(5, "205")} "operation: invalidConnectionID";
        IntrudeCall Device {intrude: at(5, "999")} "operation: invalidConnectionID";
        IntrudeCall State {intrude: at(1, "201")} "stateIncompatibility: noCallToComplete";

        JoinCall Call {activeCall: at(99, "201"), joiningDevice: device("205")} "operation: invalidActiveCallID";
        JoinCall Connection {activeCall: at(1, "208"), joiningDevice: device("205")} "operation: invalidActiveConnectionID";
        JoinCall Device {activeCall: at(1, "999"), joiningDevice: device("205")} "operation: invalidActiveConnectionID";
        JoinCall Device {activeCall: at(1, "201"), joiningDevice: device("999")} "operation: invalidDeviceID";
        JoinCall DeviceKind {activeCall: at(1, "201"), joiningDevice: device("300")} "operation: requestIncompatibleWithDevice";
        JoinCall OutOfService {activeCall: at(1, "201"), joiningDevice: device("206")} "systemResourceAvailability: deviceOutOfService";
        JoinCall State {activeCall: at(2, "204"), joiningDevice: device("205")} "stateIncompatibility: invalidActiveConnectionState";
        JoinCall State {activeCall: at(1, "201"), joiningDevice: device("203")} "stateIncompatibility: invalidDeviceState";

        MakeCall Device {callingDevice: device("999"), calledDirectoryNumber: device("205")} "operation: invalidCallingDeviceID";
        MakeCall DeviceKind {callingDevice: device("300"), calledDirectoryNumber: device("205")} "operation: requestIncompatibleWithCallingDevice";
        MakeCall OutOfService {callingDevice: device("206"), calledDirectoryNumber: device("205")} "systemResourceAvailability: callingDeviceOutOfService";
        MakeCall State {callingDevice: device("201"), calledDirectoryNumber: device("205")} "stateIncompatibility: invalidCallingDeviceState";
        MakeCall Parameter {callingDevice: device("205"), calledDirectoryNumber: device("no number")} "operation: invalidCalledDeviceID";
        MakeCall Parameter {callingDevice: device("205"), calledDirectoryNumber: device("208"), correlatorData: long(33)} "operation: correlatorDataOutOfRange";
        MakeCall Parameter {callingDevice: device("205"), calledDirectoryNumber: device("208"), userData: long(257)} "operation: invalidParameterValue";
        MakeCall Parameter {callingDevice: device("205"), calledDirectoryNumber: device("208"), accountCode: long(33)} "operation: invalidAccountCode";

        MakeConnection Device {initiatingDevice: device("999")} "operation: invalidDeviceID";
        MakeConnection DeviceKind {initiatingDevice: device("300")} "operation: requestIncompatibleWithDevice";
        MakeConnection OutOfService {initiatingDevice: device("206")} "systemResourceAvailability: deviceOutOfService";
        MakeConnection State {initiatingDevice: device("201")} "stateIncompatibility: invalidDeviceState";

        MakePredictiveCall Device {callingDevice: device("999"), calledDirectoryNumber: device("205")} "operation: invalidCallingDeviceID";
        MakePredictiveCall Device {callingDevice: device("212"), calledDirectoryNumber: device("999")} "operation: invalidCalledDeviceID";
        MakePredictiveCall DeviceKind {callingDevice: device("900"), calledDirectoryNumber: device("205")} "operation: requestIncompatibleWithCallingDevice";
        MakePredictiveCall OutOfService {callingDevice: device("206"), calledDirectoryNumber: device("205")} "systemResourceAvailability: callingDeviceOutOfService";

        ParkCall Call {parking: at(99, "201"), parkTo: device("70")} "operation: invalidCallID";
        ParkCall Connection {parking: at(1, "205"), parkTo: device("70")} "operation: invalidConnectionID";
        ParkCall Device {parking: at(1, "999"), parkTo: device("70")} "operation: invalidConnectionID";
        ParkCall Device {parking: at(1, "201"), parkTo: device("999")} "operation: invalidParkToDeviceID";
        ParkCall DeviceKind {parking: at(1, "201"), parkTo: device("300")} "operation: requestIncompatibleWithParkToDevice";
        ParkCall OutOfService {parking: at(1, "201"), parkTo: device("206")} "systemResourceAvailability: parkToDeviceOutOfService";
        ParkCall Parameter {parking: at(1, "201"), parkTo: device("202")} "operation: notDifferentDevices";
        ParkCall State {parking: at(2, "204"), parkTo: device("70")} "stateIncompatibility: invalidConnectionState";
        ParkCall State {parking: at(1, "201"), parkTo: device("71")} "stateIncompatibility: invalidParkToDeviceState";

        ReconnectCall Call {heldCall: at(3, "207"), activeCall: at(99, "207")} "operation: invalidActiveCallID";
        ReconnectCall Connection {heldCall: at(3, "205"), activeCall: at(4, "205")} "operation: invalidActiveConnectionID";
        ReconnectCall Device {heldCall: at(3, "999"), activeCall: at(4, "999")} "operation: invalidHeldConnectionID";
        ReconnectCall Device {heldCall: at(3, "207"), activeCall: at(4, "209")} "operation: notSameDevice";
        ReconnectCall State {heldCall: at(4, "207"), activeCall: at(3, "207")} "stateIncompatibility: invalidActiveConnectionState";

        RetrieveCall Call {callToBeRetrieved: at(99, "207")} "operation: invalidCallID";
        RetrieveCall Connection {callToBeRetrieved: at(3, "205")} "operation: invalidConnectionID";
        RetrieveCall Device {callToBeRetrieved: at(3, "999")} "operation: invalidConnectionID";
        RetrieveCall State {callToBeRetrieved: at(1, "201")} "stateIncompatibility: invalidHeldConnectionState";

        SingleStepConferenceCall Call {activeCall: at(99, "201"), deviceToJoin: device("205")} "operation: invalidActiveCallID";
        SingleStepConferenceCall Connection {activeCall: at(1, "208"), deviceToJoin: device("205")} "operation: invalidActiveConnectionID";
        SingleStepConferenceCall Device {activeCall: at(1, "999"), deviceToJoin: device("205")} "operation: invalidActiveConnectionID";
        SingleStepConferenceCall Device {activeCall: at(1, "201"), deviceToJoin: device("999")} "operation: invalidDeviceID";
        SingleStepConferenceCall OutOfService {activeCall: at(1, "201"), deviceToJoin: device("206")} "systemResourceAvailability: destinationDeviceOutOfService";
        SingleStepConferenceCall Parameter {activeCall: at(1, "201"), deviceToJoin: device("202")} "operation: notDifferentDevices";
        SingleStepConferenceCall State {activeCall: at(2, "204"), deviceToJoin: device("205")} "stateIncompatibility: invalidActiveConnectionState";
        SingleStepConferenceCall State {activeCall: at(1, "201"), deviceToJoin: device("208")} "stateIncompatibility: invalidDestinationDeviceState";

        SingleStepTransferCall Call {activeCall: at(99, "201"), transferredTo: device("205")} "operation: invalidActiveCallID";
        SingleStepTransferCall Connection {activeCall: at(1, "208"), transferredTo: device("205")} "operation: invalidActiveConnectionID";
        SingleStepTransferCall Device {activeCall: at(1, "999"), transferredTo: device("205")} "operation: invalidActiveConnectionID";
        SingleStepTransferCall Device {activeCall: at(1, "201"), transferredTo: device("999")} "operation: invalidDestination";
        SingleStepTransferCall OutOfService {activeCall: at(1, "201"), transferredTo: device("206")} "systemResourceAvailability: destinationDeviceOutOfService";
        SingleStepTransferCall Parameter {activeCall: at(1, "201"), transferredTo: device("202")} "operation: notDifferentDevices";
        SingleStepTransferCall State {activeCall: at(2, "204"), transferredTo: device("205")} "stateIncompatibility: invalidActiveConnectionState";
        SingleStepTransferCall State {activeCall: at(1, "201"), transferredTo: device("208")} "stateIncompatibility: invalidDestinationDeviceState";

        TransferCall Call {heldCall: at(99, "207"), activeCall: at(4, "207")} "operation: invalidHeldCallID";
        TransferCall Connection {heldCall: at(3, "205"), activeCall: at(4, "205")} "operation: invalidHeldConnectionID";
        TransferCall Device {heldCall: at(3, "999"), activeCall: at(4, "999")} "operation: invalidHeldConnectionID";
        TransferCall Device {heldCall: at(3, "207"), activeCall: at(4, "209")} "operation: notSameDevice";
        TransferCall State {heldCall: at(4, "207"), activeCall: at(3, "207")} "stateIncompatibility: invalidHeldConnectionState";

        AssociateData Call {existingCall: at(99, "201"), correlatorData: octets("1")} "operation: invalidCallID";
        AssociateData Connection {existingCall: at(1, "205"), correlatorData: octets("1")} "operation: invalidConnectionID";
        AssociateData Device {existingCall: at(1, "999"), correlatorData: octets("1")} "operation: invalidConnectionID";
        AssociateData Parameter {existingCall: at(1, "201")} "operation: atLeastOneConditionalParameterNotProvided";
        AssociateData Parameter {existingCall: at(1, "201"), correlatorData: long(33)} "operation: correlatorDataOutOfRange";
        AssociateData Parameter {existingCall: at(1, "201"), accountCode: long(33)} "operation: invalidAccountCode";

        GenerateDigits Call {connectionToSendDigits: at(99, "201"), charactersToSend: Value::text("1")} "operation: invalidCallID";
        GenerateDigits Connection {connectionToSendDigits: at(1, "205"), charactersToSend: Value::text("1")} "operation: invalidConnectionID";
        GenerateDigits Device {connectionToSendDigits: at(1, "999"), charactersToSend: Value::text("1")} "operation: invalidConnectionID";
        GenerateDigits State {connectionToSendDigits: at(2, "204"), charactersToSend: Value::text("1")} "stateIncompatibility: invalidConnectionState";
        GenerateDigits Parameter {connectionToSendDigits: at(1, "201"), charactersToSend: Value::text("x")} "operation: toneCharacterOutOfRange";
        GenerateDigits Parameter {connectionToSendDigits: at(1, "201"), charactersToSend: Value::text("1".repeat(65))} "operation: invalidParameterValue";

        GenerateTelephonyTones Call {connectionToSendTone: at(99, "201"), toneToSend: Value::named("beep")} "operation: invalidCallID";
        GenerateTelephonyTones Connection {connectionToSendTone: at(1, "205"), toneToSend: Value::named("beep")} "operation: invalidConnectionID";
        GenerateTelephonyTones Device {connectionToSendTone: at(1, "999"), toneToSend: Value::named("beep")} "operation: invalidConnectionID";
        GenerateTelephonyTones State {connectionToSendTone: at(2, "204"), toneToSend: Value::named("beep")} "stateIncompatibility: invalidConnectionState";

        SendUserInformation Call {existingCall: at(99, "201"), userData: octets("1")} "operation: invalidCallID";
        SendUserInformation Connection {existingCall: at(1, "205"), userData: octets("1")} "operation: invalidConnectionID";
        SendUserInformation Device {existingCall: at(1, "999"), userData: octets("1")} "operation: invalidConnectionID";
        SendUserInformation Parameter {existingCall: at(1, "201"), userData: long(257)} "operation: invalidParameterValue";

        SetForwarding Device {device: device("999"), activateForward: Value::Boolean(false)} "operation: invalidDeviceID";
        SetForwarding DeviceKind {device: device("300"), activateForward: Value::Boolean(false)} "operation: requestIncompatibleWithDevice";
        SetForwarding Parameter {device: device("205"), activateForward: Value::Boolean(true)} "operation: invalidForwardingDestination";
        SetForwarding Parameter {device: device("205"), activateForward: Value::Boolean(true), forwardDN: device("205")} "operation: invalidForwardingDestination";
        SetForwarding Parameter {device: device("205"), activateForward: Value::Boolean(true), forwardDN: device("no number")} "operation: invalidForwardingDestination";
        SetForwarding Parameter {device: device("205"), activateForward: Value::Boolean(true), forwardDN: device("208"), ringDuration: Value::Integer(-1)} "operation: invalidParameterValue";
        GetForwarding Device {device: device("999")} "operation: invalidDeviceID";
        GetForwarding DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        SetDoNotDisturb Device {device: device("999"), doNotDisturbOn: Value::Boolean(true)} "operation: invalidDeviceID";
        SetDoNotDisturb DeviceKind {device: device("70"), doNotDisturbOn: Value::Boolean(true)} "operation: requestIncompatibleWithDevice";
        GetDoNotDisturb Device {device: device("999")} "operation: invalidDeviceID";
        GetDoNotDisturb DeviceKind {device: device("70")} "operation: requestIncompatibleWithDevice";
        SetMessageWaitingIndicator Device {device: device("999"), messageWaitingOn: Value::Boolean(true)} "operation: invalidDeviceID";
        SetMessageWaitingIndicator DeviceKind {device: device("80"), messageWaitingOn: Value::Boolean(true)} "operation: requestIncompatibleWithDevice";
        GetMessageWaitingIndicator Device {device: device("999")} "operation: invalidDeviceID";
        GetMessageWaitingIndicator DeviceKind {device: device("80")} "operation: requestIncompatibleWithDevice";
        SetAutoAnswer Device {device: device("999"), autoAnswerOn: Value::Boolean(true)} "operation: invalidDeviceID";
        SetAutoAnswer DeviceKind {device: device("300"), autoAnswerOn: Value::Boolean(true)} "operation: requestIncompatibleWithDevice";
        GetAutoAnswer Device {device: device("999")} "operation: invalidDeviceID";
        GetAutoAnswer DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetCallerIDStatus Device {device: device("999")} "operation: invalidDeviceID";
        GetLastNumberDialed Device {device: device("999")} "operation: invalidDeviceID";
        GetLastNumberDialed DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";

        CallBackNonCallRelated Device {originatingDevice: device("999"), targetDevice: device("205")} "operation: invalidCallingDeviceID";
        CallBackNonCallRelated Device {originatingDevice: device("205"), targetDevice: device("999")} "operation: invalidCalledDeviceID";
        CallBackNonCallRelated DeviceKind {originatingDevice: device("300"), targetDevice: device("205")} "operation: requestIncompatibleWithCallingDevice";
        CallBackNonCallRelated DeviceKind {originatingDevice: device("205"), targetDevice: device("300")} "operation: requestIncompatibleWithCalledDevice";
        CallBackNonCallRelated Parameter {originatingDevice: device("205"), targetDevice: device("205")} "operation: notDifferentDevices";
        CallBackNonCallRelated State {originatingDevice: device("212"), targetDevice: device("202")} "operation: featureAlreadySet";
        CancelCallBack Device {originatingDevice: device("999"), targetDevice: device("205")} "operation: invalidCallingDeviceID";
        CancelCallBack Device {originatingDevice: device("205"), targetDevice: device("999")} "operation: invalidCalledDeviceID";
        CancelCallBack State {originatingDevice: device("205"), targetDevice: device("208")} "stateIncompatibility: noCallToComplete";
        CallBackMessageNonCallRelated Device {originatingDevice: device("999"), targetDevice: device("205")} "operation: invalidCallingDeviceID";
        CallBackMessageNonCallRelated Device {originatingDevice: device("205"), targetDevice: device("999")} "operation: invalidCalledDeviceID";
        CallBackMessageNonCallRelated DeviceKind {originatingDevice: device("205"), targetDevice: device("300")} "operation: requestIncompatibleWithCalledDevice";
        CallBackMessageNonCallRelated DeviceKind {originatingDevice: device("300"), targetDevice: device("205")} "operation: requestIncompatibleWithCallingDevice";
        CallBackMessageNonCallRelated Parameter {originatingDevice: device("205"), targetDevice: device("205")} "operation: notDifferentDevices";
        CancelCallBackMessage Device {originatingDevice: device("999"), targetDevice: device("205")} "operation: invalidCallingDeviceID";
        CancelCallBackMessage Device {originatingDevice: device("205"), targetDevice: device("999")} "operation: invalidCalledDeviceID";
        CancelCallBackMessage State {originatingDevice: device("205"), targetDevice: device("208")} "stateIncompatibility: noCallToComplete";
        GetCallBack Device {device: device("999")} "operation: invalidDeviceID";
        GetCallBack DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";

        GetRouteingMode Device {device: device("999")} "operation: invalidDeviceID";
        GetRouteingMode DeviceKind {device: device("205")} "operation: requestIncompatibleWithDevice";
        SetRouteingMode Device {device: device("999"), routeingMode: Value::Boolean(true)} "operation: invalidDeviceID";
        SetRouteingMode DeviceKind {device: device("205"), routeingMode: Value::Boolean(true)} "operation: requestIncompatibleWithDevice";

        GetAgentState Device {device: device("999")} "operation: invalidDeviceID";
        GetAgentState Device {device: device("205"), acdGroup: device("999")} "operation: invalidAgentGroup";
        GetAgentState DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        SetAgentState Device {device: device("999"), requestedAgentState: Value::named("ready")} "operation: invalidDeviceID";
        SetAgentState Device {device: device("205"), requestedAgentState: Value::named("loggedOn"), group: device("999")} "operation: invalidAgentGroup";
        SetAgentState DeviceKind {device: device("300"), requestedAgentState: Value::named("loggedOn")} "operation: requestIncompatibleWithDevice";
        SetAgentState DeviceKind {device: device("212"), requestedAgentState: Value::named("loggedOn"), group: device("300")} "operation: invalidAgentGroup";
        SetAgentState State {device: device("212"), requestedAgentState: Value::named("ready")} "operation: invalidAgentState";
        SetAgentState State {device: device("205"), requestedAgentState: Value::named("loggedOn")} "operation: invalidAgentState";
        SetAgentState Parameter {device: device("205"), requestedAgentState: Value::named("ready"), agentID: octets("2")} "operation: invalidAgentIdentifier";
        SetAgentState Parameter {device: device("212"), requestedAgentState: Value::named("loggedOn"), agentID: long(33)} "operation: invalidAgentIdentifier";
        GetAutoWorkMode Device {device: device("999")} "operation: invalidDeviceID";
        GetAutoWorkMode DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetAutoWorkMode State {device: device("212")} "operation: invalidAgentState";
        SetAutoWorkMode Device {device: device("999"), autoWorkOn: Value::Boolean(true)} "operation: invalidDeviceID";
        SetAutoWorkMode DeviceKind {device: device("300"), autoWorkOn: Value::Boolean(true)} "operation: requestIncompatibleWithDevice";
        SetAutoWorkMode State {device: device("212"), autoWorkOn: Value::Boolean(true)} "operation: invalidAgentState";
        SetAutoWorkMode Parameter {device: device("205"), autoWorkOn: Value::Boolean(true), autoWorkInterval: Value::Integer(-1)} "operation: invalidParameterValue";

        ButtonPress Device {device: device("999"), button: octets("1")} "operation: invalidDeviceID";
        ButtonPress DeviceKind {device: device("300"), button: octets("1")} "operation: requestIncompatibleWithDevice";
        ButtonPress Parameter {device: device("205"), button: octets("9")} "operation: invalidButtonIdentifier";
        GetAuditoryApparatusInformation Device {device: device("999")} "operation: invalidDeviceID";
        GetAuditoryApparatusInformation DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetAuditoryApparatusInformation Parameter {device: device("205"), auditoryApparatus: octets("9")} "operation: invalidParameterValue";
        GetButtonInformation Device {device: device("999")} "operation: invalidDeviceID";
        GetButtonInformation DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetButtonInformation Parameter {device: device("205"), button: octets("9")} "operation: invalidButtonIdentifier";
        SetButtonInformation Device {device: device("999"), button: octets("1")} "operation: invalidDeviceID";
        SetButtonInformation DeviceKind {device: device("300"), button: octets("1")} "operation: requestIncompatibleWithDevice";
        SetButtonInformation Parameter {device: device("205"), button: octets("9")} "operation: invalidButtonIdentifier";
        SetButtonInformation Parameter {device: device("205"), button: octets("1"), buttonLabel: Value::text("x".repeat(65))} "operation: invalidParameterValue";
        GetDisplay Device {device: device("999")} "operation: invalidDeviceID";
        GetDisplay DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetDisplay Parameter {device: device("205"), display: octets("9")} "operation: invalidParameterValue";
        SetDisplay Device {device: device("999"), contentsOfDisplay: Value::text("x")} "operation: invalidDeviceID";
        SetDisplay DeviceKind {device: device("300"), contentsOfDisplay: Value::text("x")} "operation: requestIncompatibleWithDevice";
        SetDisplay Parameter {device: device("205"), contentsOfDisplay: Value::text("x"), offset: Value::Integer(-1)} "operation: invalidParameterValue";
        GetHookswitchStatus Device {device: device("999")} "operation: invalidDeviceID";
        GetHookswitchStatus DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetHookswitchStatus Parameter {device: device("205"), hookswitch: octets("9")} "operation: invalidHookswitchComponent";
        SetHookswitchStatus Device {device: device("999"), hookswitch: octets("0"), hookswitchOnHook: Value::Boolean(true)} "operation: invalidDeviceID";
        SetHookswitchStatus DeviceKind {device: device("300"), hookswitch: octets("0"), hookswitchOnHook: Value::Boolean(true)} "operation: requestIncompatibleWithDevice";
        SetHookswitchStatus Parameter {device: device("205"), hookswitch: octets("9"), hookswitchOnHook: Value::Boolean(true)} "operation: invalidHookswitchComponent";
        GetLampInformation Device {device: device("999")} "operation: invalidDeviceID";
        GetLampInformation DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetLampInformation Parameter {device: device("205"), lamp: octets("9")} "operation: invalidLampID";
        GetLampMode Device {device: device("999")} "operation: invalidDeviceID";
        GetLampMode DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetLampMode Parameter {device: device("205"), lamp: octets("9")} "operation: invalidLampID";
        SetLampMode Device {device: device("999"), lamp: octets("1"), lampMode: Value::Integer(3)} "operation: invalidDeviceID";
        SetLampMode DeviceKind {device: device("300"), lamp: octets("1"), lampMode: Value::Integer(3)} "operation: requestIncompatibleWithDevice";
        SetLampMode Parameter {device: device("205"), lamp: octets("9"), lampMode: Value::Integer(3)} "operation: invalidLampID";
        GetMicrophoneGain Device {device: device("999")} "operation: invalidDeviceID";
        GetMicrophoneGain DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetMicrophoneGain Parameter {device: device("205"), auditoryApparatus: octets("9")} "operation: invalidParameterValue";
        SetMicrophoneGain Device {device: device("999"), auditoryApparatus: octets("0"), microphoneGain: Value::choice("micGainAbs", Value::Integer(1))} "operation: invalidDeviceID";
        SetMicrophoneGain DeviceKind {device: device("300"), auditoryApparatus: octets("0"), microphoneGain: Value::choice("micGainAbs", Value::Integer(1))} "operation: requestIncompatibleWithDevice";
        SetMicrophoneGain Parameter {device: device("205"), auditoryApparatus: octets("0"), microphoneGain: Value::choice("micGainAbs", Value::Integer(101))} "operation: invalidMicrophoneGain";
        GetMicrophoneMute Device {device: device("999")} "operation: invalidDeviceID";
        GetMicrophoneMute DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetMicrophoneMute Parameter {device: device("205"), auditoryApparatus: octets("9")} "operation: invalidParameterValue";
        SetMicrophoneMute Device {device: device("999"), auditoryApparatus: octets("0"), microphoneMuteOn: Value::Boolean(true)} "operation: invalidDeviceID";
        SetMicrophoneMute DeviceKind {device: device("300"), auditoryApparatus: octets("0"), microphoneMuteOn: Value::Boolean(true)} "operation: requestIncompatibleWithDevice";
        SetMicrophoneMute Parameter {device: device("205"), auditoryApparatus: octets("9"), microphoneMuteOn: Value::Boolean(true)} "operation: invalidParameterValue";
        GetRingerStatus Device {device: device("999")} "operation: invalidDeviceID";
        GetRingerStatus DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetRingerStatus Parameter {device: device("205"), ringer: octets("9")} "operation: invalidParameterValue";
        SetRingerStatus Device {device: device("999"), ringer: octets("0"), ringPattern: Value::Integer(1)} "operation: invalidDeviceID";
        SetRingerStatus DeviceKind {device: device("300"), ringer: octets("0"), ringPattern: Value::Integer(1)} "operation: requestIncompatibleWithDevice";
        SetRingerStatus Parameter {device: device("205"), ringer: octets("0"), ringPattern: Value::Integer(-1)} "operation: invalidRingPattern";
        SetRingerStatus Parameter {device: device("205"), ringer: octets("0"), ringVolume: Value::choice("volAbs", Value::Integer(101))} "operation: invalidRingVolume";
        SetRingerStatus Parameter {device: device("205"), ringer: octets("0"), ringMode: Value::named("ringing")} "operation: parameterNotSupported";
        GetSpeakerMute Device {device: device("999")} "operation: invalidDeviceID";
        GetSpeakerMute DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetSpeakerMute Parameter {device: device("205"), auditoryApparatus: octets("9")} "operation: invalidParameterValue";
        SetSpeakerMute Device {device: device("999"), auditoryApparatus: octets("0"), speakerMuteOn: Value::Boolean(true)} "operation: invalidDeviceID";
        SetSpeakerMute DeviceKind {device: device("300"), auditoryApparatus: octets("0"), speakerMuteOn: Value::Boolean(true)} "operation: requestIncompatibleWithDevice";
        SetSpeakerMute Parameter {device: device("205"), auditoryApparatus: octets("9"), speakerMuteOn: Value::Boolean(true)} "operation: invalidParameterValue";
        GetSpeakerVolume Device {device: device("999")} "operation: invalidDeviceID";
        GetSpeakerVolume DeviceKind {device: device("300")} "operation: requestIncompatibleWithDevice";
        GetSpeakerVolume Parameter {device: device("205"), auditoryApparatus: octets("9")} "operation: invalidParameterValue";
        SetSpeakerVolume Device {device: device("999"), auditoryApparatus: octets("0"), speakerVolume: Value::choice("volAbs", Value::Integer(1))} "operation: invalidDeviceID";
        SetSpeakerVolume DeviceKind {device: device("300"), auditoryApparatus: octets("0"), speakerVolume: Value::choice("volAbs", Value::Integer(1))} "operation: requestIncompatibleWithDevice";
        SetSpeakerVolume Parameter {device: device("205"), auditoryApparatus: octets("0"), speakerVolume: Value::choice("volAbs", Value::Integer(101))} "operation: invalidSpeakerVolume";

        SnapshotDevice Device {snapshotObject: device("999")} "operation: invalidDeviceID";
        SnapshotCall Call {snapshotObject: call(99)} "operation: invalidCallID";

        MonitorStart Device {monitorObject: Value::choice("deviceObject", device("999"))} "operation: invalidDeviceID";
        MonitorStart Call {monitorObject: Value::choice("callObject", call(99))} "operation: invalidCallID";
        MonitorStart Parameter {monitorObject: Value::choice("callObject", call(1)), monitorType: Value::named("device")} "operation: invalidMonitorType";
        MonitorStart Limit {monitorObject: Value::choice("deviceObject", device("201"))} "subscribedResourceAvailability: objectMonitorLimitExceeded";
        MonitorStop Reference {crossRefIdentifier: octets("1")} "operation: invalidMonitorCrossRefID";
        MonitorStop Reference {crossRefIdentifier: octets("77")} "operation: invalidMonitorCrossRefID";
        ChangeMonitorFilter Reference {crossRefIdentifier: octets("1"), requestedFilterList: bits("callControl")} "operation: invalidMonitorCrossRefID";
        ChangeMonitorFilter Reference {crossRefIdentifier: octets("77"), requestedFilterList: bits("callControl")} "operation: invalidMonitorCrossRefID";
        SystemRegisterCancel Reference {sysStatRegisterID: octets("77")} "operation: invalidCrossRefID";
        ChangeSysStatFilter Reference {sysStatRegisterID: octets("77"), requestedStatusFilter: Value::choice("filter", Value::Bits(0))} "operation: invalidCrossRefID";

        RouteRegister Device {routeingDevice: device("999")} "operation: invalidDeviceID";
        RouteRegister DeviceKind {routeingDevice: device("205")} "operation: requestIncompatibleWithDevice";
        RouteRegister Limit {routeingDevice: device("900")} "subscribedResourceAvailability: objectRegistrationLimitExceeded";
        RouteRegisterCancel Reference {routeRegisterReqID: octets("77")} "operation: invalidRouteRegistrationCrossRefID";
        RouteSelect Reference {crossRefIdentifier: octets("77"), routeSelected: device("205")} "operation: invalidRouteingCrossRefID";
        RouteEnd Reference {crossRefIdentifier: octets("77")} "operation: invalidRouteingCrossRefID";
        RouteReject Reference {crossRefIdentifier: octets("77")} "operation: invalidRouteingCrossRefID";

        GetLogicalDeviceInformation Device {device: device("999")} "operation: invalidDeviceID";
        GetPhysicalDeviceInformation Device {device: device("999")} "operation: invalidDeviceID";
        GetPhysicalDeviceInformation DeviceKind {device: device("900")} "operation: requestIncompatibleWithDevice";
        GetSwitchingFunctionDevices Device {requestedDeviceID: device("999")} "operation: invalidDeviceID";
    }
}
