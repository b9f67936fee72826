//! What the server does when a service is asked for: rows of a table, by the service's name.

mod agents;
mod calls;
mod capability;
mod features;
mod logical;
mod monitoring;
mod physical;
mod routeing;
mod snapshot;
mod system;

use super::{ClientId, CstaServer};
use crate::exchange::switch::{OperationError, ServiceError, Switch};
use crate::time::SimTime;
use crate::wire::csta::{message::Message, services::Service, value::Value};

pub(super) use physical::size;
pub(super) use system::status_bit;

/// A service of the switch: what is asked, and the answer.
type Serve = fn(&mut Switch, &Value, SimTime) -> Result<Value, ServiceError>;

/// A service of the server itself, which knows who asks.
type Attend = fn(&mut CstaServer, &mut Switch, ClientId, &Value) -> Result<Value, ServiceError>;

enum Handler {
    Switch(Serve),
    Server(Attend),
}

use Handler::{Server as S, Switch as W};

/// Every service that is served. What is in no row is answered with serviceNotSupported: [`NOT_SERVED`] says why.
#[rustfmt::skip]
static HANDLERS: &[(&str, Handler)] = &[
    ("AcceptCall", W(calls::accept)),
    ("AlternateCall", W(calls::alternate)),
    ("AnswerCall", W(calls::answer)),
    ("CallBack", W(calls::call_back)),
    ("CallBackMessage", W(calls::call_back_message)),
    ("CamponCall", W(calls::camp_on)),
    ("ClearCall", W(calls::clear_call)),
    ("ClearConnection", W(calls::clear_connection)),
    ("ConferenceCall", W(calls::conference)),
    ("ConsultationCall", W(calls::consultation)),
    ("DeflectCall", W(calls::deflect)),
    ("DialDigits", W(calls::dial_digits)),
    ("DirectedPickupCall", W(calls::directed_pickup)),
    ("GroupPickupCall", W(calls::group_pickup)),
    ("HoldCall", W(calls::hold)),
    ("IntrudeCall", W(calls::intrude)),
    ("JoinCall", W(calls::join)),
    ("MakeCall", W(calls::make_call)),
    ("MakeConnection", W(calls::make_connection)),
    ("MakePredictiveCall", W(calls::make_predictive_call)),
    ("ParkCall", W(calls::park)),
    ("ReconnectCall", W(calls::reconnect)),
    ("RetrieveCall", W(calls::retrieve)),
    ("SingleStepConferenceCall", W(calls::single_step_conference)),
    ("SingleStepTransferCall", W(calls::single_step_transfer)),
    ("TransferCall", W(calls::transfer)),
    ("AssociateData", W(features::associate_data)),
    ("GenerateDigits", W(features::generate_digits)),
    ("GenerateTelephonyTones", W(features::generate_telephony_tones)),
    ("SendUserInformation", W(features::send_user_information)),
    ("SetForwarding", W(features::set_forwarding)),
    ("GetForwarding", W(features::get_forwarding)),
    ("SetDoNotDisturb", W(features::set_do_not_disturb)),
    ("GetDoNotDisturb", W(features::get_do_not_disturb)),
    ("SetMessageWaitingIndicator", W(features::set_message_waiting)),
    ("GetMessageWaitingIndicator", W(features::get_message_waiting)),
    ("CallBackNonCallRelated", W(logical::call_back)),
    ("CancelCallBack", W(logical::cancel_call_back)),
    ("CallBackMessageNonCallRelated", W(logical::call_back_message)),
    ("CancelCallBackMessage", W(logical::cancel_call_back_message)),
    ("GetCallBack", W(logical::get_call_back)),
    ("SetAutoAnswer", W(logical::set_auto_answer)),
    ("GetAutoAnswer", W(logical::get_auto_answer)),
    ("GetCallerIDStatus", W(logical::get_caller_id_status)),
    ("GetLastNumberDialed", W(logical::get_last_number_dialed)),
    ("GetRouteingMode", W(logical::get_routeing_mode)),
    ("SetRouteingMode", W(logical::set_routeing_mode)),
    ("GetAgentState", W(agents::get_state)),
    ("SetAgentState", W(agents::set_state)),
    ("GetAutoWorkMode", W(agents::get_auto_work_mode)),
    ("SetAutoWorkMode", W(agents::set_auto_work_mode)),
    ("ButtonPress", W(physical::button_press)),
    ("GetAuditoryApparatusInformation", W(physical::get_auditory_apparatus)),
    ("GetButtonInformation", W(physical::get_button_information)),
    ("SetButtonInformation", W(physical::set_button_information)),
    ("GetDisplay", W(physical::get_display)),
    ("SetDisplay", W(physical::set_display)),
    ("GetHookswitchStatus", W(physical::get_hookswitch_status)),
    ("SetHookswitchStatus", W(physical::set_hookswitch_status)),
    ("GetLampInformation", W(physical::get_lamp_information)),
    ("GetLampMode", W(physical::get_lamp_mode)),
    ("SetLampMode", W(physical::set_lamp_mode)),
    ("GetMicrophoneGain", W(physical::get_microphone_gain)),
    ("SetMicrophoneGain", W(physical::set_microphone_gain)),
    ("GetMicrophoneMute", W(physical::get_microphone_mute)),
    ("SetMicrophoneMute", W(physical::set_microphone_mute)),
    ("GetRingerStatus", W(physical::get_ringer_status)),
    ("SetRingerStatus", W(physical::set_ringer_status)),
    ("GetSpeakerMute", W(physical::get_speaker_mute)),
    ("SetSpeakerMute", W(physical::set_speaker_mute)),
    ("GetSpeakerVolume", W(physical::get_speaker_volume)),
    ("SetSpeakerVolume", W(physical::set_speaker_volume)),
    ("SnapshotDevice", W(snapshot::device)),
    ("SnapshotCall", W(snapshot::call)),
    ("MonitorStart", S(monitoring::start)),
    ("MonitorStop", S(monitoring::stop)),
    ("ChangeMonitorFilter", S(monitoring::change_filter)),
    ("RequestSystemStatus", S(system::request_status)),
    ("SystemStatus", S(system::status)),
    ("SystemRegister", S(system::register)),
    ("SystemRegisterCancel", S(system::register_cancel)),
    ("ChangeSysStatFilter", S(system::change_filter)),
    ("RouteRegister", S(routeing::register)),
    ("RouteRegisterCancel", S(routeing::register_cancel)),
    ("RouteSelect", S(routeing::select)),
    ("RouteEnd", S(routeing::end)),
    ("RouteReject", S(routeing::reject)),
    ("GetCSTAFeatures", S(capability::features)),
    ("GetLogicalDeviceInformation", W(capability::logical_device)),
    ("GetPhysicalDeviceInformation", W(capability::physical_device)),
    ("GetSwitchingFunctionCaps", S(capability::switching_function)),
    ("GetSwitchingFunctionDevices", S(capability::devices)),
    ("Escape", S(system::escape)),
];

/// The services of the schema that are not served, and why.
#[rustfmt::skip]
static NOT_SERVED: &[(&str, &str)] = &[
    ("SendMessage", "calls of this switch are voice calls; it carries no messages"),
    ("CancelTelephonyTones", "a tone ends by itself"),
    ("ChangeConnectionInformation", "every connection speaks and hears"),
    ("SetCallerIDStatus", "callers are always shown"),
    ("ReRoute", "only a switch asks for another way"),
    ("RouteRequest", "only a switch asks for a way"),
    ("RouteUsed", "only a switch tells the way"),
    ("RouteRegisterAbort", "only a switch aborts a registration"),
    ("SystemRegisterAbort", "only a switch aborts a registration, and this one never does"),
    ("SwitchingFunctionDevices", "only a switch lists its devices"),
];

/// The services of [`NOT_SERVED`] that the switch itself asks its clients for.
static ASKED: &[&str] = &[
    "ReRoute",
    "RouteRequest",
    "RouteUsed",
    "RouteRegisterAbort",
    "SwitchingFunctionDevices",
];

/// The answer of services that have nothing to say.
fn no_data() -> Value {
    Value::choice("noData", Value::Null)
}

/// An error of the switch as CSTA's UniversalFailure.
fn failure(error: ServiceError) -> Value {
    match error {
        ServiceError::Operation(error) => Value::choice("operation", Value::named(error.name())),
        ServiceError::Security(error) => Value::choice("security", Value::named(error.name())),
        ServiceError::StateIncompatibility(error) => {
            Value::choice("stateIncompatibility", Value::named(error.name()))
        }
        ServiceError::SystemResourceAvailability(error) => {
            Value::choice("systemResourceAvailability", Value::named(error.name()))
        }
        ServiceError::SubscribedResourceAvailability(error) => {
            Value::choice("subscribedResourceAvailability", Value::named(error.name()))
        }
        ServiceError::PerformanceManagement(error) => {
            Value::choice("performanceManagement", Value::named(error.name()))
        }
        ServiceError::PrivateData => Value::choice("privateData", Value::named("cSTAPrivateDataInfoError")),
        ServiceError::Unspecified => Value::choice("unspecified", Value::Null),
    }
}

/// Whether the switch has a service: it serves it, or asks for it itself.
fn is_supported(service: &Service) -> bool {
    HANDLERS.iter().any(|(name, _)| *name == service.name) || ASKED.contains(&service.name)
}

impl CstaServer {
    pub(super) fn handle_message(&mut self, switch: &mut Switch, client: ClientId, message: Message) {
        // Answers to the switch's own requests need no more than to have come.
        let Message::Request {
            invoke,
            service,
            argument,
        } = message
        else {
            return;
        };
        let handler = HANDLERS
            .iter()
            .find(|(name, _)| *name == service.name)
            .map(|(_, handler)| handler);
        let done = match handler {
            Some(Handler::Switch(serve)) => serve(switch, &argument, self.now),
            Some(Handler::Server(attend)) => attend(self, switch, client, &argument),
            None => {
                let row = NOT_SERVED.iter().find(|(name, _)| *name == service.name);
                let why = row.map_or("it is in no table", |(_, why)| why);
                self.note(client, false, format!("{} is not served: {why}", service.name));
                Err(OperationError::ServiceNotSupported.into())
            }
        };
        let answer = match done {
            Ok(_) if service.result.is_none() => return,
            Ok(result) => Message::Response {
                invoke,
                service: Some(service),
                result,
            },
            Err(error) => Message::Failure {
                invoke,
                error: failure(error),
            },
        };
        self.send(client, &answer);
        self.after(switch, client, service, &argument);
    }

    /// What a service has to send after its answer.
    fn after(&mut self, switch: &Switch, client: ClientId, service: &Service, argument: &Value) {
        if service.name == "GetSwitchingFunctionDevices" {
            self.list_devices(switch, client, argument);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ASKED, HANDLERS, NOT_SERVED};
    use crate::wire::csta::services::SERVICES;

    #[test]
    fn every_service_is_served_or_it_is_said_why_not() {
        for service in SERVICES {
            let served = HANDLERS.iter().filter(|(name, _)| *name == service.name).count();
            let refused = NOT_SERVED
                .iter()
                .filter(|(name, _)| *name == service.name)
                .count();
            assert_eq!(served + refused, 1, "{}", service.name);
        }
        assert_eq!(HANDLERS.len() + NOT_SERVED.len(), SERVICES.len());
        for asked in ASKED {
            assert!(NOT_SERVED.iter().any(|(name, _)| name == asked), "{asked}");
        }
    }
}
