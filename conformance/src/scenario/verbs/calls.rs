//! Rows of a call from its beginning to its end, and of what is known of it.

use super::row::Preset::{Constant, Number, OwnMedia};
use super::row::{Preset, Row, call};

/// LINECALLPARAMS of a call of the medium that the line has, as TAPI fills it in for an application that says nothing.
pub(super) const CALL_PARAMS: &[(&str, Preset)] = &[
    ("lpCallParams.dwBearerMode", Constant("LINEBEARERMODE_VOICE")),
    ("lpCallParams.dwMinRate", Number(300)),
    ("lpCallParams.dwMaxRate", Number(115_200)),
    ("lpCallParams.dwMediaMode", OwnMedia),
    (
        "lpCallParams.dwAddressMode",
        Constant("LINEADDRESSMODE_ADDRESSID"),
    ),
];

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    call("make call <new-call htCall> on <line hdLine> [to <dialable lpszDestAddress>] [for <media lpCallParams.dwMediaMode>]",
        "TSPI_lineMakeCall", "make call D on L to \"5551234\"")
        .preset(CALL_PARAMS)
        .also(&["originate"]),
    call("dial <digits lpszDestAddress> on <call hdCall>", "TSPI_lineDial", "dial \"34\" on C"),
    call("answer <call hdCall>", "TSPI_lineAnswer", "answer C"),
    call("accept <call hdCall>", "TSPI_lineAccept", "accept C"),
    call("drop <call hdCall>", "TSPI_lineDrop", "drop C").also(&["hang", "hangup", "disconnect", "end"]),
    call("drop <call hdCall> without owner", "TSPI_lineDropNoOwner", "drop C without owner"),
    call("drop <call hdCall> on close", "TSPI_lineDropOnClose", "drop C on close"),
    call("close call <end-call hdCall>", "TSPI_lineCloseCall", "close call C").also(&["deallocate"]),
    call("secure <call hdCall>", "TSPI_lineSecureCall", "secure C"),
    call("send user-user info <bytes lpsUserUserInfo> on <call hdCall>", "TSPI_lineSendUserUserInfo",
        "send user-user info \"hello\" on C"),
    call("release user-user info of <call hdCall>", "TSPI_lineReleaseUserUserInfo", "release user-user info of C"),
    call("set app specific of <call hdCall> to <count dwAppSpecific>", "TSPI_lineSetAppSpecific", "set app specific of C to 7"),
    call("set call data of <call hdCall> to <bytes lpCallData>", "TSPI_lineSetCallData", "set call data of C to \"note\""),
    call("set call params of <call hdCall> to <constants dwBearerMode> [from <count dwMinRate> to <count dwMaxRate>]",
        "TSPI_lineSetCallParams", "set call params of C to LINEBEARERMODE_VOICE from 300 to 9600"),
    call("get address id of call <call hdCall>", "TSPI_lineGetCallAddressID", "get address id of call C"),
    call("get call ids of <call hdCall>", "TSPI_lineGetCallIDs", "get call ids of C"),
];
