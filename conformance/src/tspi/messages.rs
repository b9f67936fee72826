//! The messages of `LINEEVENT` and `PHONEEVENT`: who sends them and what their parameters mean.

use super::constants::{
    Family, LINE, LINEADDRESSSTATE, LINEBUSYMODE, LINECALLINFOSTATE, LINECALLSTATE, LINECONNECTEDMODE,
    LINEDEVSTATE, LINEDIALTONEMODE, LINEDIGITMODE, LINEDISCONNECTMODE, LINEGATHERTERM, LINEGENERATETERM,
    LINEMEDIAMODE, LINEOFFERINGMODE, LINESPECIALINFO, PHONE, PHONEBUTTONMODE, PHONEBUTTONSTATE,
    PHONEHOOKSWITCHMODE, PHONESTATE, QE,
};
use super::version::Version;
use Parameter::*;
use Sender::*;

/// A message.
#[derive(Debug)]
pub struct Message {
    /// The documented name.
    pub name: &'static str,
    /// The documentation page.
    pub page: &'static str,
    /// Who sends it.
    pub sender: Sender,
    /// The first version that has it.
    pub since: Version,
    /// What `dwParam1` to `dwParam3` mean.
    pub params: [Parameter; 3],
}

/// Who sends a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A provider, to TAPI.
    Provider,
    /// TAPI alone, to applications; a provider never does.
    Tapi,
}

/// What a parameter of a message means.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Parameter {
    /// Nothing; any value is tolerated.
    Unused,
    /// A number, with the name of what it is.
    Number(&'static str),
    /// Whatever the provider's extension says.
    DeviceSpecific,
    /// A value of a family.
    Of(&'static Family),
    /// A call handle of TAPI's or of the provider's.
    Handle(&'static str),
    /// An address in the provider's process.
    Pointer(&'static str),
    /// Milliseconds of the system's tick count, or zero.
    Ticks,
    /// A digit as a character in the low byte.
    Digit,
    /// The mode that belongs to the call state in `dwParam1` ([`callstate_mode`]).
    CallStateMode,
    /// The detail that belongs to the line state in `dwParam1`, if it stands alone.
    LineStateDetail,
    /// The detail that belongs to the phone state in `dwParam1`, if it stands alone.
    PhoneStateDetail,
}

impl Message {
    /// The number of the message.
    pub fn value(&self) -> u32 {
        LINE.value(self.name)
            .or_else(|| PHONE.value(self.name))
            .expect("a test finds every message in its family")
    }

    /// The three parameters in words; `None` for those that mean nothing.
    pub fn render_params(&self, params: [u64; 3]) -> [Option<String>; 3] {
        std::array::from_fn(|i| self.params[i].render(params[i], params[0]))
    }
}

/// The family of `dwParam2` of `LINE_CALLSTATE` and of `dwCallStateMode`, for a call state; `None` where the state has none.
pub fn callstate_mode(state: u32) -> Option<&'static Family> {
    match LINECALLSTATE.name_of(state)? {
        "LINECALLSTATE_BUSY" => Some(&LINEBUSYMODE),
        "LINECALLSTATE_CONNECTED" => Some(&LINECONNECTEDMODE),
        "LINECALLSTATE_DIALTONE" => Some(&LINEDIALTONEMODE),
        "LINECALLSTATE_DISCONNECTED" => Some(&LINEDISCONNECTMODE),
        "LINECALLSTATE_OFFERING" => Some(&LINEOFFERINGMODE),
        "LINECALLSTATE_SPECIALINFO" => Some(&LINESPECIALINFO),
        _ => None,
    }
}

impl Parameter {
    fn render(self, value: u64, first: u64) -> Option<String> {
        let hex = || format!("{value:#x}");
        let of = |family: &Family| u32::try_from(value).map_or_else(|_| hex(), |v| family.render(v));
        let first = u32::try_from(first).unwrap_or(0);
        Some(match self {
            Unused => return None,
            Number(name) => format!("{name} {value}"),
            Handle(name) | Pointer(name) => format!("{name} {value:#x}"),
            DeviceSpecific => hex(),
            Of(family) => of(family),
            Ticks => format!("tick {value}"),
            Digit => char::from_u32((value & 0xff) as u32)
                .filter(char::is_ascii_graphic)
                .map_or_else(hex, |digit| format!("'{digit}'")),
            CallStateMode => callstate_mode(first).map_or_else(hex, of),
            LineStateDetail => match LINEDEVSTATE.name_of(first) {
                Some("LINEDEVSTATE_RINGING") => value.to_string(),
                _ if value == 0 => return None,
                _ => hex(),
            },
            PhoneStateDetail => match PHONESTATE.name_of(first) {
                Some(name) if name.ends_with("HOOKSWITCH") => of(&PHONEHOOKSWITCHMODE),
                Some("PHONESTATE_LAMP" | "PHONESTATE_RINGMODE") => value.to_string(),
                _ if value == 0 => return None,
                _ => hex(),
            },
        })
    }
}

const NOTHING: [Parameter; 3] = [Unused, Unused, Unused];
const SPECIFIC: [Parameter; 3] = [DeviceSpecific, DeviceSpecific, DeviceSpecific];

const fn row(
    name: &'static str,
    page: &'static str,
    sender: Sender,
    since: Version,
    params: [Parameter; 3],
) -> Message {
    Message {
        name,
        page,
        sender,
        since,
        params,
    }
}

/// Every message of the two callbacks. What only applications see is there to be recognised, not to be read.
#[rustfmt::skip]
static MESSAGES: &[Message] = &[
    row("LINE_ADDRESSSTATE", "line-addressstate.md", Provider, Version::V1_3, [Number("address"), Of(&LINEADDRESSSTATE), Unused]),
    row("LINE_CALLINFO", "line-callinfo.md", Provider, Version::V1_3, [Of(&LINECALLINFOSTATE), Unused, Unused]),
    row("LINE_CALLSTATE", "line-callstate.md", Provider, Version::V1_3, [Of(&LINECALLSTATE), CallStateMode, Of(&LINEMEDIAMODE)]),
    row("LINE_CLOSE", "line-close.md", Provider, Version::V1_3, NOTHING),
    row("LINE_DEVSPECIFIC", "line-devspecific.md", Provider, Version::V1_3, SPECIFIC),
    row("LINE_DEVSPECIFICFEATURE", "line-devspecificfeature.md", Provider, Version::V1_3, SPECIFIC),
    row("LINE_GATHERDIGITS", "line-gatherdigits.md", Provider, Version::V1_3, [Of(&LINEGATHERTERM), Number("dwEndToEndID"), Ticks]),
    row("LINE_GENERATE", "line-generate.md", Provider, Version::V1_3, [Of(&LINEGENERATETERM), Number("dwEndToEndID"), Ticks]),
    row("LINE_LINEDEVSTATE", "line-linedevstate.md", Provider, Version::V1_3, [Of(&LINEDEVSTATE), LineStateDetail, LineStateDetail]),
    row("LINE_MONITORDIGITS", "line-monitordigits.md", Provider, Version::V1_3, [Digit, Of(&LINEDIGITMODE), Ticks]),
    row("LINE_MONITORMEDIA", "line-monitormedia.md", Provider, Version::V1_3, [Of(&LINEMEDIAMODE), Unused, Ticks]),
    row("LINE_MONITORTONE", "line-monitortone.md", Provider, Version::V1_3, [Number("dwAppSpecific"), Number("dwToneListID"), Ticks]),
    row("LINE_CREATE", "line-create.md", Provider, Version::V1_4, [Handle("hProvider"), Number("dwTempID"), Unused]),
    row("LINE_REMOVE", "line-remove.md", Provider, Version::V2_0, [Number("device"), Unused, Unused]),
    row("LINE_DEVSPECIFICEX", "line-devspecificex.md", Provider, Version::V3_0, SPECIFIC),
    row("LINE_NEWCALL", "line-newcall.md", Provider, Version::V1_3, [Handle("hdCall"), Pointer("lphtCall"), Unused]),
    row("LINE_CALLDEVSPECIFIC", "line-calldevspecific.md", Provider, Version::V1_3, SPECIFIC),
    row("LINE_CALLDEVSPECIFICFEATURE", "line-calldevspecificfeature.md", Provider, Version::V1_3, SPECIFIC),
    row("LINE_CREATEDIALOGINSTANCE", "line-createdialoginstance.md", Provider, Version::V2_0, [Pointer("lpParams"), Unused, Unused]),
    row("LINE_SENDDIALOGINSTANCEDATA", "line-senddialoginstancedata.md", Provider, Version::V2_0, [Pointer("lpParams"), Number("dwSize"), Unused]),
    row("LINE_SENDMSPDATA", "line-sendmspdata.md", Provider, Version::V3_0, [Handle("hdMSPLine"), Pointer("lpData"), Number("dwSize")]),
    row("LINE_QOSINFO", "line-qosinfo.md", Provider, Version::V3_0, [Of(&QE), Number("media"), Unused]),
    row("PHONE_BUTTON", "phone-button.md", Provider, Version::V1_3, [Number("button"), Of(&PHONEBUTTONMODE), Of(&PHONEBUTTONSTATE)]),
    row("PHONE_CLOSE", "phone-close.md", Provider, Version::V1_3, NOTHING),
    row("PHONE_DEVSPECIFIC", "phone-devspecific.md", Provider, Version::V1_3, SPECIFIC),
    row("PHONE_STATE", "phone-state.md", Provider, Version::V1_3, [Of(&PHONESTATE), PhoneStateDetail, Unused]),
    row("PHONE_CREATE", "phone-create.md", Provider, Version::V1_4, [Handle("hProvider"), Number("dwTempID"), Unused]),
    row("PHONE_REMOVE", "phone-remove.md", Provider, Version::V2_0, [Number("device"), Unused, Unused]),
    row("LINE_REPLY", "line-reply.md", Tapi, Version::V1_3, SPECIFIC),
    row("LINE_REQUEST", "line-request.md", Tapi, Version::V1_3, SPECIFIC),
    row("LINE_AGENTSPECIFIC", "line-agentspecific.md", Tapi, Version::V2_0, SPECIFIC),
    row("LINE_AGENTSTATUS", "line-agentstatus.md", Tapi, Version::V2_0, SPECIFIC),
    row("LINE_APPNEWCALL", "line-appnewcall.md", Tapi, Version::V2_0, SPECIFIC),
    row("LINE_PROXYREQUEST", "line-proxyrequest.md", Tapi, Version::V2_0, SPECIFIC),
    row("LINE_AGENTSESSIONSTATUS", "line-agentsessionstatus.md", Tapi, Version::V2_2, SPECIFIC),
    row("LINE_QUEUESTATUS", "line-queuestatus.md", Tapi, Version::V2_2, SPECIFIC),
    row("LINE_AGENTSTATUSEX", "line-agentstatusex.md", Tapi, Version::V2_2, SPECIFIC),
    row("LINE_GROUPSTATUS", "line-groupstatus.md", Tapi, Version::V2_2, SPECIFIC),
    row("LINE_PROXYSTATUS", "line-proxystatus.md", Tapi, Version::V2_2, SPECIFIC),
    row("LINE_APPNEWCALLHUB", "line-appnewcallhub.md", Tapi, Version::V3_0, SPECIFIC),
    row("LINE_CALLHUBCLOSE", "line-callhubclose.md", Tapi, Version::V3_0, SPECIFIC),
    row("PHONE_REPLY", "phone-reply.md", Tapi, Version::V1_3, SPECIFIC),
];

/// All messages.
pub fn messages() -> impl Iterator<Item = &'static Message> {
    MESSAGES.iter()
}

/// The message with this number. Line and phone messages share one range, without overlap.
pub fn message(value: u32) -> Option<&'static Message> {
    let name = LINE.name_of(value).or_else(|| PHONE.name_of(value))?;
    message_named(name)
}

/// The message with this name.
pub fn message_named(name: &str) -> Option<&'static Message> {
    MESSAGES.iter().find(|m| m.name == name)
}

/// An event in words, as in `LINE_CALLSTATE(LINECALLSTATE_BUSY, LINEBUSYMODE_STATION, 0)`; an unknown message keeps its number.
pub fn render_event(msg: u32, params: [u64; 3]) -> String {
    let Some(message) = message(msg) else {
        let [a, b, c] = params;
        return format!("message {msg}({a:#x}, {b:#x}, {c:#x})");
    };
    let shown: Vec<String> = message.render_params(params).into_iter().flatten().collect();
    format!("{}({})", message.name, shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_of_the_families_is_described_once() {
        for family in [&LINE, &PHONE] {
            for constant in family.constants {
                let found = messages().filter(|m| m.name == constant.name).count();
                assert_eq!(found, 1, "{}", constant.name);
                assert_eq!(message(constant.value).map(|m| m.name), Some(constant.name));
            }
        }
        assert_eq!(messages().count(), LINE.constants.len() + PHONE.constants.len());
        assert_eq!(messages().filter(|m| m.sender == Provider).count(), 28);
    }

    #[test]
    fn the_mode_of_a_call_state_is_named_by_its_state() {
        let event = |state, mode| render_event(2, [state, mode, 16]);
        assert_eq!(
            event(0x40, 1),
            "LINE_CALLSTATE(LINECALLSTATE_BUSY, LINEBUSYMODE_STATION, LINEMEDIAMODE_DATAMODEM)"
        );
        assert_eq!(
            event(0x4000, 0x20),
            "LINE_CALLSTATE(LINECALLSTATE_DISCONNECTED, LINEDISCONNECTMODE_BUSY, LINEMEDIAMODE_DATAMODEM)"
        );
        assert_eq!(
            event(1, 0),
            "LINE_CALLSTATE(LINECALLSTATE_IDLE, 0x0, LINEMEDIAMODE_DATAMODEM)"
        );
    }

    #[test]
    fn details_follow_the_state_they_belong_to() {
        assert_eq!(
            render_event(8, [2, 1, 3]),
            "LINE_LINEDEVSTATE(LINEDEVSTATE_RINGING, 1, 3)"
        );
        assert_eq!(
            render_event(8, [4, 0, 0]),
            "LINE_LINEDEVSTATE(LINEDEVSTATE_CONNECTED)"
        );
        assert_eq!(
            render_event(18, [0x200, 2, 0]),
            "PHONE_STATE(PHONESTATE_HANDSETHOOKSWITCH, PHONEHOOKSWITCHMODE_MIC)"
        );
        assert_eq!(
            render_event(9, [0x35, 2, 0]),
            "LINE_MONITORDIGITS('5', LINEDIGITMODE_DTMF, tick 0)"
        );
        assert_eq!(render_event(777, [1, 2, 3]), "message 777(0x1, 0x2, 0x3)");
        assert_eq!(
            render_event(2, [u64::MAX, 0, 0]),
            "LINE_CALLSTATE(0xffffffffffffffff, 0x0, 0)"
        );
    }
}
