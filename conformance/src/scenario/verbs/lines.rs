//! Rows of line devices: versions, opening, status messages, configuration, what is theirs alone.

use super::row::Preset::{Constant, OwnMedia};
use super::row::{Row, call};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    call("open line <device dwDeviceID> as <new-line htLine>", "TSPI_lineOpen", "open line 1 as L"),
    call("close line <end-line hdLine>", "TSPI_lineClose", "close line L"),
    call("watch incoming calls on <line hdLine> [for <media dwMediaModes>]", "TSPI_lineSetDefaultMediaDetection",
        "watch incoming calls on L for LINEMEDIAMODE_DATAMODEM")
        .preset(&[("dwMediaModes", OwnMedia)]),
    call("set status messages of line <line hdLine> to <constants dwLineStates> [, <constants dwAddressStates>]",
        "TSPI_lineSetStatusMessages",
        "set status messages of line L to LINEDEVSTATE_RINGING and LINEDEVSTATE_OUTOFSERVICE, LINEADDRESSSTATE_NUMCALLS"),
    call("set device status <constants dwStatusToChange> of line <line hdLine> <switch fStatus>", "TSPI_lineSetLineDevStatus",
        "set device status LINEDEVSTATUSFLAGS_MSGWAIT of line L on"),
    call("negotiate version of line <device dwDeviceID> from <version dwLowVersion> to <version dwHighVersion>",
        "TSPI_lineNegotiateTSPIVersion", "negotiate version of line 1 from 1.3 to 3.1"),
    call("negotiate extension version of line <device dwDeviceID> from <version dwLowVersion> to <version dwHighVersion>",
        "TSPI_lineNegotiateExtVersion", "negotiate extension version of line 1 from 1.0 to 2.0"),
    call("select extension version <version dwExtVersion> on line <line hdLine>", "TSPI_lineSelectExtVersion",
        "select extension version 1.0 on line L"),
    call("get number of addresses of line <line hdLine>", "TSPI_lineGetNumAddressIDs", "get number of addresses of line L"),
    call("get address id of <dialable lpsAddress> on <line hdLine>", "TSPI_lineGetAddressID", "get address id of \"101\" on L")
        .preset(&[("dwAddressMode", Constant("LINEADDRESSMODE_DIALABLEADDR"))]),
    call("get id of line <line hdLine> for <class lpszDeviceClass>", "TSPI_lineGetID", "get id of line L for \"tapi/line\"")
        .preset(&[("dwSelect", Constant("LINECALLSELECT_LINE"))]),
    call("get id of address <count dwAddressID> of line <line hdLine> for <class lpszDeviceClass>", "TSPI_lineGetID",
        "get id of address 0 of line L for \"tapi/line\"")
        .preset(&[("dwSelect", Constant("LINECALLSELECT_ADDRESS"))]),
    call("get id of call <call hdCall> for <class lpszDeviceClass>", "TSPI_lineGetID", "get id of call C for \"tapi/line\"")
        .preset(&[("dwSelect", Constant("LINECALLSELECT_CALL"))]),
    call("get icon of line <device dwDeviceID> [for <class lpszDeviceClass>]", "TSPI_lineGetIcon",
        "get icon of line 1 for \"tapi/line\""),
    call("get device config of line <device dwDeviceID> for <class lpszDeviceClass>", "TSPI_lineGetDevConfig",
        "get device config of line 1 for \"tapi/line\""),
    call("set device config of line <device dwDeviceID> for <class lpszDeviceClass> to <bytes lpDeviceConfig>",
        "TSPI_lineSetDevConfig", "set device config of line 1 for \"tapi/line\" to \"a=1\""),
    call("send device specific <bytes lpParams> to line <line hdLine>", "TSPI_lineDevSpecific",
        "send device specific \"ping\" to line L"),
    call("send device specific <bytes lpParams> to call <call hdCall>", "TSPI_lineDevSpecific",
        "send device specific \"ping\" to call C"),
    call("send device specific feature <count dwFeature> [with data <bytes lpParams>] to line <line hdLine>",
        "TSPI_lineDevSpecificFeature", "send device specific feature 3 with data \"ping\" to line L"),
    call("set current location <count dwLocation>", "TSPI_lineSetCurrentLocation", "set current location 1"),
];
