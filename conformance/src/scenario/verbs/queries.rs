//! Rows of the queries that fill a structure; `expect its …` then looks at it.

use super::row::{Row, call};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    call("query LINECALLINFO of <call hdCall>", "TSPI_lineGetCallInfo", "query LINECALLINFO of C").also(&["read"]),
    call("query LINECALLSTATUS of <call hdCall>", "TSPI_lineGetCallStatus", "query LINECALLSTATUS of C"),
    call("query LINEDEVSTATUS of <line hdLine>", "TSPI_lineGetLineDevStatus", "query LINEDEVSTATUS of L"),
    call("query LINEADDRESSSTATUS of <line hdLine>", "TSPI_lineGetAddressStatus", "query LINEADDRESSSTATUS of L"),
    call("query LINEDEVCAPS of line <device dwDeviceID>", "TSPI_lineGetDevCaps", "query LINEDEVCAPS of line 1"),
    call("query LINEDEVCAPS of <line dwDeviceID>", "TSPI_lineGetDevCaps", "query LINEDEVCAPS of L"),
    call("query LINEADDRESSCAPS of line <device dwDeviceID>", "TSPI_lineGetAddressCaps", "query LINEADDRESSCAPS of line 1 of P"),
    call("query LINEADDRESSCAPS of <line dwDeviceID>", "TSPI_lineGetAddressCaps", "query LINEADDRESSCAPS of L"),
    call("query LINEEXTENSIONID of line <device dwDeviceID>", "TSPI_lineGetExtensionID", "query LINEEXTENSIONID of line 1"),
    call("query LINECALLHUBTRACKINGINFO of <line hdLine>", "TSPI_lineGetCallHubTracking", "query LINECALLHUBTRACKINGINFO of L"),
    call("query PHONECAPS of phone <telephone-device dwDeviceID>", "TSPI_phoneGetDevCaps", "query PHONECAPS of phone 1"),
    call("query PHONECAPS of <telephone dwDeviceID>", "TSPI_phoneGetDevCaps", "query PHONECAPS of H"),
    call("query PHONESTATUS of <telephone hdPhone>", "TSPI_phoneGetStatus", "query PHONESTATUS of H"),
    call("query PHONEEXTENSIONID of phone <telephone-device dwDeviceID>", "TSPI_phoneGetExtensionID",
        "query PHONEEXTENSIONID of phone 1"),
    call("query PHONEBUTTONINFO <count dwButtonLampID> of <telephone hdPhone>", "TSPI_phoneGetButtonInfo",
        "query PHONEBUTTONINFO 1 of H"),
];
