//! Rows of calls put on hold, transferred, joined, forwarded, parked, completed later.

use super::calls::CALL_PARAMS;
use super::row::Preset::{Constant, Null, Number};
use super::row::{Row, call};

#[rustfmt::skip]
pub(super) const ROWS: &[Row] = &[
    call("hold <call hdCall>", "TSPI_lineHold", "hold C"),
    call("unhold <call hdCall>", "TSPI_lineUnhold", "unhold C").also(&["retrieve", "resume"]),
    call("swap <call hdActiveCall> with <call hdHeldCall>", "TSPI_lineSwapHold", "swap C with K"),
    call("park <call hdCall> at <dialable lpszDirAddress>", "TSPI_linePark", "park C at \"701\"")
        .preset(&[("dwParkMode", Constant("LINEPARKMODE_DIRECTED")), ("lpNonDirAddress", Null)]),
    call("park <call hdCall>", "TSPI_linePark", "park C")
        .preset(&[("dwParkMode", Constant("LINEPARKMODE_NONDIRECTED"))]),
    call("unpark <new-call htCall> on <line hdLine> from <dialable lpszDestAddress>", "TSPI_lineUnpark",
        "unpark E on L from \"701\""),
    call("pick up <new-call htCall> on <line hdLine> [from <dialable lpszDestAddress>] [in group <text lpszGroupID>]",
        "TSPI_linePickup", "pick up E on L from \"102\" in group \"1\""),
    call("set up transfer of <call hdCall> to <new-call htConsultCall>", "TSPI_lineSetupTransfer", "set up transfer of C to E")
        .preset(CALL_PARAMS)
        .also(&["consult"]),
    call("blind transfer <call hdCall> to <dialable lpszDestAddress>", "TSPI_lineBlindTransfer",
        "blind transfer C to \"103\""),
    call("complete transfer of <call hdCall> to <call hdConsultCall>", "TSPI_lineCompleteTransfer",
        "complete transfer of C to K")
        .preset(&[("dwTransferMode", Constant("LINETRANSFERMODE_TRANSFER")), ("htConfCall", Number(0)), ("lphdConfCall", Null)])
        .also(&["transfer"]),
    call("complete transfer of <call hdCall> to <call hdConsultCall> as conference <new-call htConfCall>",
        "TSPI_lineCompleteTransfer", "complete transfer of C to K as conference F")
        .preset(&[("dwTransferMode", Constant("LINETRANSFERMODE_CONFERENCE"))]),
    call("set up conference <new-call htConfCall> of <call hdCall> with <new-call htConsultCall> [for <count dwNumParties> parties]",
        "TSPI_lineSetupConference", "set up conference F of C with E for 3 parties")
        .preset(CALL_PARAMS)
        .also(&["conference"]),
    call("set up conference <new-call htConfCall> on <line hdLine> with <new-call htConsultCall> [for <count dwNumParties> parties]",
        "TSPI_lineSetupConference", "set up conference F on L with E")
        .preset(CALL_PARAMS),
    call("prepare to add <new-call htConsultCall> to conference <call hdConfCall>", "TSPI_linePrepareAddToConference",
        "prepare to add E to conference C")
        .preset(CALL_PARAMS),
    call("add <call hdConsultCall> to conference <call hdConfCall>", "TSPI_lineAddToConference", "add K to conference C"),
    call("remove <call hdCall> from conference", "TSPI_lineRemoveFromConference", "remove C from conference"),
    call("forward <line hdLine> to <dialable lpForwardList.1.DestAddress> [for <constants lpForwardList.1.dwForwardMode>] [consulting <new-call htConsultCall>]",
        "TSPI_lineForward", "forward L to \"5551234\" for LINEFORWARDMODE_BUSY")
        .preset(&[("bAllAddresses", Number(1)), ("lpForwardList.1.dwForwardMode", Constant("LINEFORWARDMODE_UNCOND"))]),
    call("cancel forwarding of <line hdLine>", "TSPI_lineForward", "cancel forwarding of L")
        .preset(&[("bAllAddresses", Number(1)), ("lpForwardList", Null)]),
    call("complete call <call hdCall> by <constants dwCompletionMode> [message <count dwMessageID>]", "TSPI_lineCompleteCall",
        "complete call C by LINECALLCOMPLMODE_CAMPON"),
    call("uncomplete call <count dwCompletionID> on <line hdLine>", "TSPI_lineUncompleteCall", "uncomplete call 1 on L"),
    call("redirect <call hdCall> to <dialable lpszDestAddress>", "TSPI_lineRedirect", "redirect C to \"103\"")
        .also(&["deflect"]),
];
