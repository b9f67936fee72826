//! The rows: every message of the two callbacks.

use super::Parameter::*;
use super::Sender::*;
use super::{About, Message, Parameter, Sender};
use crate::tspi::constants::{
    LINEADDRESSSTATE, LINECALLINFOSTATE, LINECALLSTATE, LINEDEVSTATE, LINEDIGITMODE, LINEGATHERTERM,
    LINEGENERATETERM, LINEMEDIAMODE, PHONEBUTTONMODE, PHONEBUTTONSTATE, PHONESTATE, QE,
};
use crate::tspi::version::Version;

const NOTHING: [Parameter; 3] = [Unused, Unused, Unused];
const SPECIFIC: [Parameter; 3] = [DeviceSpecific, DeviceSpecific, DeviceSpecific];

const fn row(
    name: &'static str,
    page: &'static str,
    about: About,
    sender: Sender,
    since: Version,
    params: [Parameter; 3],
) -> Message {
    Message {
        name,
        page,
        about,
        sender,
        since,
        params,
    }
}

/// Every message of the two callbacks. What only applications see is there to be recognised, not to be read.
#[rustfmt::skip]
pub(super) static MESSAGES: &[Message] = &[
    row("LINE_ADDRESSSTATE", "line-addressstate.md", About::Line, Provider, Version::V1_3, [Number("address"), Of(&LINEADDRESSSTATE), Unused]),
    row("LINE_CALLINFO", "line-callinfo.md", About::Call, Provider, Version::V1_3, [Of(&LINECALLINFOSTATE), Unused, Unused]),
    row("LINE_CALLSTATE", "line-callstate.md", About::Call, Provider, Version::V1_3, [Of(&LINECALLSTATE), CallStateMode, Of(&LINEMEDIAMODE)]),
    row("LINE_CLOSE", "line-close.md", About::Line, Provider, Version::V1_3, NOTHING),
    row("LINE_DEVSPECIFIC", "line-devspecific.md", About::Line, Provider, Version::V1_3, SPECIFIC),
    row("LINE_DEVSPECIFICFEATURE", "line-devspecificfeature.md", About::Line, Provider, Version::V1_3, SPECIFIC),
    row("LINE_GATHERDIGITS", "line-gatherdigits.md", About::Call, Provider, Version::V1_3, [Of(&LINEGATHERTERM), Number("dwEndToEndID"), Ticks]),
    row("LINE_GENERATE", "line-generate.md", About::Call, Provider, Version::V1_3, [Of(&LINEGENERATETERM), Number("dwEndToEndID"), Ticks]),
    row("LINE_LINEDEVSTATE", "line-linedevstate.md", About::Line, Provider, Version::V1_3, [Of(&LINEDEVSTATE), LineStateDetail, LineStateDetail]),
    row("LINE_MONITORDIGITS", "line-monitordigits.md", About::Call, Provider, Version::V1_3, [Digit, Of(&LINEDIGITMODE), Ticks]),
    row("LINE_MONITORMEDIA", "line-monitormedia.md", About::Call, Provider, Version::V1_3, [Of(&LINEMEDIAMODE), Unused, Ticks]),
    row("LINE_MONITORTONE", "line-monitortone.md", About::Call, Provider, Version::V1_3, [Number("dwAppSpecific"), Number("dwToneListID"), Ticks]),
    row("LINE_CREATE", "line-create.md", About::Nothing, Provider, Version::V1_4, [Handle("hProvider"), Number("dwTempID"), Unused]),
    row("LINE_REMOVE", "line-remove.md", About::Nothing, Provider, Version::V2_0, [Number("device"), Unused, Unused]),
    row("LINE_DEVSPECIFICEX", "line-devspecificex.md", About::Line, Provider, Version::V3_0, SPECIFIC),
    row("LINE_NEWCALL", "line-newcall.md", About::Line, Provider, Version::V1_3, [Handle("hdCall"), Pointer("lphtCall"), Unused]),
    row("LINE_CALLDEVSPECIFIC", "line-calldevspecific.md", About::Call, Provider, Version::V1_3, SPECIFIC),
    row("LINE_CALLDEVSPECIFICFEATURE", "line-calldevspecificfeature.md", About::Call, Provider, Version::V1_3, SPECIFIC),
    row("LINE_CREATEDIALOGINSTANCE", "line-createdialoginstance.md", About::Provider, Provider, Version::V2_0, [Pointer("lpParams"), Unused, Unused]),
    row("LINE_SENDDIALOGINSTANCEDATA", "line-senddialoginstancedata.md", About::Dialog, Provider, Version::V2_0, [Pointer("lpParams"), Number("dwSize"), Unused]),
    row("LINE_SENDMSPDATA", "line-sendmspdata.md", About::Call, Provider, Version::V3_0, [Handle("hdMSPLine"), Pointer("lpData"), Number("dwSize")]),
    row("LINE_QOSINFO", "line-qosinfo.md", About::Call, Provider, Version::V3_0, [Of(&QE), Number("media"), Unused]),
    row("PHONE_BUTTON", "phone-button.md", About::Phone, Provider, Version::V1_3, [Number("button"), Of(&PHONEBUTTONMODE), Of(&PHONEBUTTONSTATE)]),
    row("PHONE_CLOSE", "phone-close.md", About::Phone, Provider, Version::V1_3, NOTHING),
    row("PHONE_DEVSPECIFIC", "phone-devspecific.md", About::Phone, Provider, Version::V1_3, SPECIFIC),
    row("PHONE_STATE", "phone-state.md", About::Phone, Provider, Version::V1_3, [Of(&PHONESTATE), PhoneStateDetail, Unused]),
    row("PHONE_CREATE", "phone-create.md", About::Nothing, Provider, Version::V1_4, [Handle("hProvider"), Number("dwTempID"), Unused]),
    row("PHONE_REMOVE", "phone-remove.md", About::Nothing, Provider, Version::V2_0, [Number("device"), Unused, Unused]),
    row("LINE_REPLY", "line-reply.md", About::Line, Tapi, Version::V1_3, SPECIFIC),
    row("LINE_REQUEST", "line-request.md", About::Line, Tapi, Version::V1_3, SPECIFIC),
    row("LINE_AGENTSPECIFIC", "line-agentspecific.md", About::Line, Tapi, Version::V2_0, SPECIFIC),
    row("LINE_AGENTSTATUS", "line-agentstatus.md", About::Line, Tapi, Version::V2_0, SPECIFIC),
    row("LINE_APPNEWCALL", "line-appnewcall.md", About::Line, Tapi, Version::V2_0, SPECIFIC),
    row("LINE_PROXYREQUEST", "line-proxyrequest.md", About::Line, Tapi, Version::V2_0, SPECIFIC),
    row("LINE_AGENTSESSIONSTATUS", "line-agentsessionstatus.md", About::Line, Tapi, Version::V2_2, SPECIFIC),
    row("LINE_QUEUESTATUS", "line-queuestatus.md", About::Line, Tapi, Version::V2_2, SPECIFIC),
    row("LINE_AGENTSTATUSEX", "line-agentstatusex.md", About::Line, Tapi, Version::V2_2, SPECIFIC),
    row("LINE_GROUPSTATUS", "line-groupstatus.md", About::Line, Tapi, Version::V2_2, SPECIFIC),
    row("LINE_PROXYSTATUS", "line-proxystatus.md", About::Line, Tapi, Version::V2_2, SPECIFIC),
    row("LINE_APPNEWCALLHUB", "line-appnewcallhub.md", About::Line, Tapi, Version::V3_0, SPECIFIC),
    row("LINE_CALLHUBCLOSE", "line-callhubclose.md", About::Line, Tapi, Version::V3_0, SPECIFIC),
    row("PHONE_REPLY", "phone-reply.md", About::Phone, Tapi, Version::V1_3, SPECIFIC),
];
